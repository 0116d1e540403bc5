package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// HistoryNote is what somebody has written beside a time of the history.
type HistoryNote struct {
	ID int64 `json:"id"`
	// Tag is the one it is about; left out for all.
	Tag string `json:"tag,omitempty"`
	// From and To are the time in ms since 1970, the same for a moment.
	From    int64     `json:"from"`
	To      int64     `json:"to"`
	Text    string    `json:"text"`
	By      string    `json:"by"`
	Written time.Time `json:"written"`
}

// NewHistoryNote is a note to be kept.
type NewHistoryNote struct {
	Tag  string `json:"tag,omitempty" maxLength:"512"`
	From int64  `json:"from"`
	To   int64  `json:"to,omitempty"`
	Text string `json:"text" minLength:"1" maxLength:"1000"`
}

// PenSet is a choice of tags that somebody looks at together.
type PenSet struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Owner string `json:"owner"`
	// Shared ones are seen by everybody, and changed by their owner only; Mine says that it is one's own.
	Shared bool `json:"shared"`
	Mine   bool `json:"mine"`
	PenSetContent
	Changed time.Time `json:"changed"`
}

// PenSetContent is what a set of pens shows.
type PenSetContent struct {
	Pens []PenOfSet `json:"pens" maxItems:"24" nullable:"false"`
	// Last is for how many milliseconds up to now.
	Last int64 `json:"last,omitempty" minimum:"0"`
	// Shift is the period to compare with: 1d, 1w, 1mo, 1y.
	Shift string `json:"shift,omitempty" maxLength:"16"`
}

// PenOfSet is one line of a set.
type PenOfSet struct {
	Path   string `json:"path" maxLength:"512"`
	Hidden bool   `json:"hidden,omitempty"`
}

// PenSetRequest is a set to be kept.
type PenSetRequest struct {
	Name   string `json:"name" minLength:"1" maxLength:"128"`
	Shared bool   `json:"shared,omitempty"`
	PenSetContent
}

// PenSetList are the sets that one sees.
type PenSetList struct {
	Sets []PenSet `json:"sets" nullable:"false"`
}

func (s *Server) historyNotesResource() {
	add(s, route{method: "GET", path: "/history/notes", id: "listHistoryNotes", tag: "history", summary: "Notes beside a time", access: anywhere(auth.View)}, s.listHistoryNotes)
	add(s, route{method: "POST", path: "/history/notes", id: "addHistoryNote", tag: "history", summary: "Write a note beside a time", access: anywhere(auth.Operate), status: 201}, s.addHistoryNote)
	add(s, route{method: "DELETE", path: "/history/notes/{id}", id: "removeHistoryNote", tag: "history", summary: "Remove a note; that of others takes the right to tune", access: anywhere(auth.Operate), status: 204}, s.removeHistoryNote)
}

func (s *Server) penSetsResource() {
	add(s, route{method: "GET", path: "/history/pens", id: "listPenSets", tag: "history", summary: "One's own sets of pens, and those that others share", access: anywhere(auth.View)}, s.listPenSets)
	add(s, route{method: "POST", path: "/history/pens", id: "addPenSet", tag: "history", summary: "Keep a set of pens", access: anywhere(auth.View), status: 201}, func(ctx context.Context, in *body[PenSetRequest]) (*body[PenSet], error) {
		return s.savePenSet(ctx, 0, &in.Body)
	})
	add(s, route{method: "PUT", path: "/history/pens/{id}", id: "savePenSet", tag: "history", summary: "Change one's own set of pens", access: anywhere(auth.View)}, func(ctx context.Context, in *struct {
		ID   int64 `path:"id" minimum:"1"`
		Body PenSetRequest
	}) (*body[PenSet], error) {
		return s.savePenSet(ctx, in.ID, &in.Body)
	})
	add(s, route{method: "DELETE", path: "/history/pens/{id}", id: "removePenSet", tag: "history", summary: "Remove one's own set of pens", access: anywhere(auth.View), status: 204}, s.removePenSet)
}

func (s *Server) listHistoryNotes(ctx context.Context, in *struct {
	Tag  []string `query:"tag,explode" maxItems:"100" doc:"notes of these tags, and those of all"`
	From int64    `query:"from" doc:"ms since 1970"`
	To   int64    `query:"to" doc:"ms since 1970"`
}) (*body[[]HistoryNote], error) {
	rights := actorOf(ctx).Rights
	var paths []string
	for _, p := range in.Tag {
		if rights.Allows(auth.View, tag.Path(p)) {
			paths = append(paths, p)
		}
	}
	list, err := s.store.HistoryNotes(ctx, paths, in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := make([]HistoryNote, len(list))
	for i, n := range list {
		out[i] = noteOf(n)
	}
	return answerWith(out)
}

func noteOf(n store.HistoryNote) HistoryNote {
	return HistoryNote{ID: n.ID, Tag: n.Path, From: n.From, To: n.To, Text: n.Text, By: n.By, Written: n.Written.UTC()}
}

func (s *Server) addHistoryNote(ctx context.Context, in *body[NewHistoryNote]) (*body[HistoryNote], error) {
	n := in.Body
	rights := actorOf(ctx).Rights
	if n.Tag != "" {
		if _, err := s.historyPaths(ctx, []string{n.Tag}); err != nil {
			return nil, err
		}
	}
	if !rights.Allows(auth.Operate, tag.Path(n.Tag)) && (n.Tag != "" || !rights.Anywhere(auth.Operate)) {
		return nil, errForbidden.with("operate", "here")
	}
	if n.Text = strings.TrimSpace(n.Text); n.Text == "" {
		return nil, errNoteEmpty.with().at("/text")
	}
	const most = 1 << 43
	if n.From < -most || n.From > most || n.To > most {
		return nil, errMoment.with(fmt.Sprint(n.From)).at("/from")
	}
	note := store.HistoryNote{Path: n.Tag, From: n.From, To: max(n.From, n.To), Text: n.Text, By: actorOf(ctx).Name, Written: time.Now()}
	if err := s.store.AddHistoryNote(ctx, &note, entry(ctx, "history.note", n.Tag)); err != nil {
		return nil, err
	}
	return answerWith(noteOf(note))
}

func (s *Server) removeHistoryNote(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1"`
}) (*done, error) {
	n, err := s.store.HistoryNote(ctx, in.ID)
	a := actorOf(ctx)
	if errors.Is(err, store.ErrNotFound) || err == nil && !a.Rights.Allows(auth.View, tag.Path(n.Path)) && n.Path != "" {
		return nil, errNoteUnknown.with()
	}
	if err != nil {
		return nil, err
	}
	if n.By != a.Name && !a.Rights.Allows(auth.Tune, tag.Path(n.Path)) {
		return nil, errForbidden.with("tune", "here")
	}
	e := entry(ctx, "history.note.remove", n.Path)
	e.Old, _ = json.Marshal(n.Text)
	if err := s.store.RemoveHistoryNote(ctx, in.ID, e); err != nil {
		return nil, err
	}
	return &done{}, nil
}

func (s *Server) penSetOf(ctx context.Context, p *store.PenSet) PenSet {
	out := PenSet{ID: p.ID, Name: p.Name, Owner: p.Owner, Shared: p.Shared, Mine: p.Owner == actorOf(ctx).Person(), Changed: p.Changed.UTC()}
	_ = json.Unmarshal(p.Content, &out.PenSetContent) // it was written here
	if out.Pens == nil {
		out.Pens = []PenOfSet{}
	}
	return out
}

func (s *Server) listPenSets(ctx context.Context, _ *nothing) (*body[PenSetList], error) {
	list, err := s.store.PenSets(ctx, actorOf(ctx).Person())
	if err != nil {
		return nil, err
	}
	out := PenSetList{Sets: make([]PenSet, len(list))}
	for i := range list {
		out.Sets[i] = s.penSetOf(ctx, &list[i])
	}
	return answerWith(out)
}

// maxPenSets is how many sets a person keeps.
const maxPenSets = 500

func (s *Server) savePenSet(ctx context.Context, id int64, in *PenSetRequest) (*body[PenSet], error) {
	in.Name = strings.TrimSpace(in.Name)
	if in.Name == "" {
		return nil, errName.with(in.Name).at("/name")
	}
	person := actorOf(ctx).Person()
	if id == 0 {
		list, err := s.store.PenSets(ctx, person)
		if err != nil {
			return nil, err
		}
		mine := 0
		for i := range list {
			if list[i].Owner == person {
				mine++
			}
		}
		if mine >= maxPenSets {
			return nil, errPenSets.with(maxPenSets)
		}
	}
	content, err := json.Marshal(in.PenSetContent)
	if err != nil {
		return nil, err
	}
	p := store.PenSet{ID: id, Owner: person, Shared: in.Shared, Name: in.Name, Content: content, Changed: time.Now()}
	if err := s.store.SavePenSet(ctx, &p); errors.Is(err, store.ErrNotFound) {
		return nil, errPenSetUnknown.with()
	} else if err != nil {
		return nil, err
	}
	return answerWith(s.penSetOf(ctx, &p))
}

func (s *Server) removePenSet(ctx context.Context, in *struct {
	ID int64 `path:"id" minimum:"1"`
}) (*done, error) {
	err := s.store.RemovePenSet(ctx, in.ID, actorOf(ctx).Person())
	if errors.Is(err, store.ErrNotFound) {
		return nil, errPenSetUnknown.with()
	}
	if err != nil {
		return nil, err
	}
	return &done{}, nil
}

var (
	errNoteEmpty     = define("note_empty", 422, "The note has no text.", "备注没有内容。", "Write what others should know.", "请写下他人需要了解的内容。")
	errNoteUnknown   = define("note_unknown", 404, "There is no such note.", "没有此备注。", "Load the page again.", "请重新加载页面。")
	errPenSetUnknown = define("pen_set_unknown", 404, "There is no such set of your own.", "您没有此曲线组。", "Save it under a name of your own.", "请另存为您自己的曲线组。")
	errPenSets       = define("pen_sets_full", 409, "You keep %d sets already.", "您已保存 %d 个曲线组。", "Remove one that is not needed any more.", "请删除不再需要的曲线组。")
)
