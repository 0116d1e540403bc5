package main

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lineside/lineside/runtime/app/check"
)

// checkPage makes docs/reference/check.md.
func checkPage(*source) ([]byte, error) {
	p := newPage("Check", `
Screens are linted as a compiler lints code. Findings are warnings: they stand beside the property in
the designer and in its list of problems, `+"`lineside app validate`"+` prints them, and they prevent
nothing. A rule that needs the plant finds nothing where a tag is not known; `+"`--plant`"+` tells
the command. Hidden widgets are not looked at. Messages are shown with %q, %s and %g in place of
what they name. Where a fix is offered, the designer does it with one key (Alt+Enter on the
finding) and `+"`lineside app validate --fix`"+` writes it to the file.`)
	var rows [][]string
	for _, r := range check.Rules() {
		plant := ""
		if r.Plant {
			plant = "yes"
		}
		fix := "–"
		if r.Fix != nil {
			fix = both(r.Fix)
		}
		rows = append(rows, []string{code(r.Code), both(r.Title), plant, fix})
	}
	p.table([]string{"Code", "Finds", "Needs the plant", "Fix"}, rows)
	p.paragraph("Besides, a tag that the plant does not have (`tag_unknown`) is told where it is bound, and the tag that was probably meant is offered.")
	for _, r := range check.Rules() {
		p.heading(2, "%s", r.Code)
		p.paragraph(r.Why["en"])
		p.paragraph(r.Why["zh"])
		p.table([]string{"Message", "What to do"}, [][]string{{r.Message, r.Hint}, {r.Chinese.Message, r.Chinese.Hint}})
	}
	return p.Bytes(), nil
}

// tokensFile is where the colours have their values.
const tokensFile = "runtime/scene/tokens.ts"

var (
	themeBlock = regexp.MustCompile(`(?s)\nconst (light|dark)\b[^\n]* = \{\n(.*?)\n\};`)
	tokenLine  = regexp.MustCompile(`(?m)^  (\w+): "(#[0-9A-Fa-f]{6})",$`)
)

// checkTokens makes the colours of the themes known to Go.
func checkTokens(src *source) ([]byte, error) {
	raw, err := os.ReadFile(filepath.Join(src.root, filepath.FromSlash(tokensFile)))
	if err != nil {
		return nil, err
	}
	blocks := themeBlock.FindAllStringSubmatch(string(raw), -1)
	if len(blocks) != 2 || blocks[0][1] != "light" || blocks[1][1] != "dark" {
		return nil, fmt.Errorf("%s does not hold the themes light and dark", tokensFile)
	}
	dark := map[string]string{}
	for _, m := range tokenLine.FindAllStringSubmatch(blocks[1][2], -1) {
		dark[m[1]] = m[2]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// %s\n\npackage check\n\n", mark)
	b.WriteString("// themes are the names of the themes.\nvar themes = [...]string{\"light\", \"dark\"}\n\n")
	b.WriteString("// tokens are the colours of " + tokensFile + ": name → value in each theme.\nvar tokens = map[string][2]string{\n")
	light := tokenLine.FindAllStringSubmatch(blocks[0][2], -1)
	if len(light) == 0 || len(light) != len(dark) {
		return nil, fmt.Errorf("%s: %d colours in light, %d in dark", tokensFile, len(light), len(dark))
	}
	for _, m := range light {
		if dark[m[1]] == "" {
			return nil, fmt.Errorf("%s: %s has no dark value", tokensFile, m[1])
		}
		fmt.Fprintf(&b, "%q: {%q, %q},\n", m[1], m[2], dark[m[1]])
	}
	b.WriteString("}\n")
	return format.Source([]byte(b.String()))
}
