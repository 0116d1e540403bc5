package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

// maxRounds bounds how often a document is checked again while it is mended.
const maxRounds = 64

// Mend does every fix that check offers, checks again and goes on until none is left. It
// answers the mended document, the problems that were mended and those that are left. a is not
// changed. A fix that breaks the document is left out.
func Mend(a *app.App, check func(*app.App) spec.Problems) (mended *app.App, done, left spec.Problems, err error) {
	tried := map[string]bool{}
	left = check(a)
	for range maxRounds {
		var chosen, moves spec.Problems
		taken := map[string]bool{}
		for _, p := range left {
			if p.Fix == nil {
				continue
			}
			patch, err := json.Marshal(p.Fix.Patch)
			if err != nil {
				return a, done, left, fmt.Errorf("mend: %w", err)
			}
			// One fix of a widget at a time: the next may see it otherwise afterwards.
			key, at := p.Code+p.At+string(patch), record(p.At)
			move := shifts(p.Fix)
			if move {
				at = screenOf(p.At) + " order"
			}
			if tried[key] || taken[at] {
				continue
			}
			tried[key], taken[at] = true, true
			if move {
				moves = append(moves, p)
			} else {
				chosen = append(chosen, p)
			}
		}
		if chosen = append(chosen, moves...); len(chosen) == 0 { // what moves changes the places of others: last
			break
		}
		content, err := app.Canonical(a)
		if err != nil {
			return a, done, left, err
		}
		for _, p := range chosen {
			next, err := spec.Apply(content, p.Fix.Patch)
			if err != nil {
				continue
			}
			content, done = next, append(done, p)
		}
		next, err := app.Read(content)
		if err != nil {
			return a, done, left, fmt.Errorf("mend: %w", err)
		}
		a, left = next, check(next)
	}
	return a, done, left, nil
}

// record is the widget or screen that a place is in: its first four or two tokens.
func record(at string) string {
	tokens := strings.SplitN(at, "/", 6)
	if len(tokens) > 4 && tokens[3] == "widgets" {
		return strings.Join(tokens[:5], "/")
	}
	return screenOf(at)
}

func screenOf(at string) string {
	tokens := strings.SplitN(at, "/", 4)
	return strings.Join(tokens[:min(3, len(tokens))], "/")
}

// shifts reports whether a fix changes the order of widgets.
func shifts(f *spec.Fix) bool {
	for _, op := range f.Patch {
		if op.Op == "move" {
			return true
		}
	}
	return false
}
