package api

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// CommandOrder gives an asset a command.
type CommandOrder struct {
	Command string `json:"command" maxLength:"64"`
	// Inputs are the values that the command asks for.
	Inputs map[string]json.RawMessage `json:"inputs,omitempty"`
	// Reason is kept in the audit trail; some commands demand one.
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

// CommandResult is how a command ended. One that was refused before anything was written is an error instead.
type CommandResult struct {
	// Outcome is good, or that of the write at which it ended.
	Outcome string `json:"outcome" enum:"good,failed,unknown,running"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Writes are those that were tried, in order; Left is how many were not.
	Writes []CommandWriteResult `json:"writes" nullable:"false"`
	Left   int                  `json:"left,omitempty"`
}

// CommandWriteResult is one write of a command.
type CommandWriteResult struct {
	Path    string          `json:"path"`
	Value   json.RawMessage `json:"value"`
	Outcome string          `json:"outcome" enum:"good,failed,unknown,running"`
}

func (s *Server) commandAsset(ctx context.Context, in *struct {
	TagPath
	Body CommandOrder
}) (*body[CommandResult], error) {
	r := s.engine.Command(ctx, engine.CommandRequest{Asset: tag.Path(in.Path), Command: in.Body.Command, Inputs: in.Body.Inputs, Reason: in.Body.Reason, Actor: actorOf(ctx)})
	if len(r.Writes) == 0 && r.Problem != nil {
		if r.Problem.Code == "asset_unknown" {
			return nil, errAssetUnknown.with(in.Path)
		}
		return nil, writeError(r.Problem)
	}
	out := CommandResult{Outcome: r.Outcome, Writes: []CommandWriteResult{}, Left: r.Left}
	if p := r.Problem; p != nil {
		lang := languageOf(ctx)
		out.Code, out.Message, out.Hint = p.Code, spec.Translate(p.Message, lang), spec.Translate(p.Hint, lang)
	}
	for i := range r.Writes {
		w := &r.Writes[i]
		out.Writes = append(out.Writes, CommandWriteResult{Path: string(w.Path), Value: w.Value, Outcome: w.Outcome})
	}
	return answerWith(out)
}

// assetCommand describes a command as the caller may give it.
func (s *Server) assetCommand(ctx context.Context, a *plant.Asset, c *plant.Command) AssetCommand {
	out := AssetCommand{ID: c.ID, Title: c.Title, Inputs: c.Inputs, Writes: c.Steps(), Confirm: c.Confirm, Allowed: !a.Disabled}
	order := []string{"", "none", "ask", "reason"}
	rank := func(confirm string) int {
		for i, s := range order {
			if s == confirm {
				return i
			}
		}
		return 0
	}
	asked := 0
	for _, w := range out.Writes {
		meta, ok := s.engine.Meta(a.Path+"/"+tag.Path(w.Property), actorOf(ctx).Rights, languageOf(ctx))
		out.Allowed = out.Allowed && ok && meta.Writable
		asked = max(asked, rank(meta.Confirm))
	}
	if asked == rank("reason") || out.Confirm == "" {
		out.Confirm = order[asked]
	}
	if out.Confirm == "" {
		out.Confirm = "ask"
	}
	return out
}

// AssetRelation is a relation of an asset, seen from it.
type AssetRelation struct {
	Type string `json:"type"`
	// Back says that the other asset has the relation to this one.
	Back bool `json:"back,omitempty"`
	// Path is the other asset.
	Path     string    `json:"path"`
	Title    spec.Text `json:"title,omitempty"`
	Model    string    `json:"model"`
	Disabled bool      `json:"disabled,omitempty"`
}

// assetRelations lists the relations of an asset from both ends, as far as the caller may view the other one.
func (s *Server) assetRelations(ctx context.Context, p *plant.Plant, x *plant.Expansion, a *plant.Asset) []AssetRelation {
	out := []AssetRelation{}
	add := func(kind string, path tag.Path, back bool) {
		other, ok := x.At(path)
		if ok && actorOf(ctx).Rights.Allows(auth.View, path) {
			out = append(out, AssetRelation{Type: kind, Back: back, Path: string(path), Title: other.Title, Model: other.Model, Disabled: other.Disabled})
		}
	}
	for _, r := range a.Relations {
		add(r.Type, r.To, false)
	}
	for i := range p.Assets {
		for _, r := range p.Assets[i].Relations {
			if r.To == a.Path {
				add(r.Type, p.Assets[i].Path, true)
			}
		}
	}
	return out
}

// names are texts by what they name.
type names map[string]spec.Text

// relationNames are the relations that mean something to the runtime.
var relationNames = names{plant.Feeds: {"en": "feeds", "zh": "供给"}, plant.Contains: {"en": "contains", "zh": "包含"}, plant.SpareOf: {"en": "is a spare of", "zh": "备件用于"}}

func (n names) of(id, lang string) string {
	if t, ok := n[id]; ok {
		return t.In(lang)
	}
	return id
}
