package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// TagState is a tag with its present value.
type TagState struct {
	Path string `json:"path"`
	Type string `json:"type" enum:"none,bool,int,float,string,bytes,json"`
	// Format says what the value means, "" when nothing further.
	Format string `json:"format,omitempty" enum:"datetime,image,reference,location,vec2,vec3,struct"`
	// Fields are those of a struct.
	Fields []plant.StructField `json:"fields,omitempty"`
	Unit   string              `json:"unit,omitempty"`
	Title  string              `json:"title,omitempty"`
	// Low and High are the engineering range, when the tag has one.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Decimals is how many of them tell something, when the tag says.
	Decimals *int `json:"decimals,omitempty"`
	// Value is null when the quality is bad.
	Value json.RawMessage `json:"value"`
	// Quality is an OPC UA StatusCode, 0 good; QualityName its symbolic name.
	Quality     uint32 `json:"quality"`
	QualityName string `json:"qualityName"`
	// Source is when the device had the value, Server when it came here.
	Source *time.Time `json:"source,omitempty"`
	Server *time.Time `json:"server,omitempty"`
	// Writable says that the caller may write it now.
	Writable bool `json:"writable"`
	// WriteLow and WriteHigh are the limits of what may be written; Confirm says what is asked before.
	WriteLow  *float64 `json:"writeLow,omitempty"`
	WriteHigh *float64 `json:"writeHigh,omitempty"`
	Confirm   string   `json:"confirm,omitempty" enum:"none,ask,reason"`
	Device    string   `json:"device,omitempty"`
	// Kind is asset for a property of an asset; From says of all where the value comes from.
	Kind string `json:"kind" enum:"device,computed,memory,system,app,asset"`
	From string `json:"from" enum:"device,computed,memory,system,app"`
	// Labels are its own and those of its asset.
	Labels []string `json:"labels,omitempty"`
	// Asset, Model and Property say which property of which asset the tag is; Overridden that it
	// differs from the model there.
	Asset      string `json:"asset,omitempty"`
	Model      string `json:"model,omitempty"`
	Property   string `json:"property,omitempty"`
	Overridden bool   `json:"overridden,omitempty"`
}

// TagPage is a part of the tags, sorted by path.
type TagPage struct {
	Tags []TagState `json:"tags" nullable:"false"`
	// Next is the path to give as after for the next part, "" at the end.
	Next string `json:"next,omitempty"`
}

// TagWriteRequest is a value to write, and how. A tag that takes a second person is answered when that
// person has decided, or the time for it is over.
type TagWriteRequest struct {
	// Value may be left out by the modes toggle and hold.
	Value json.RawMessage `json:"value,omitempty"`
	action.Manner
	// Reason is kept in the audit trail; some tags demand one.
	Reason string `json:"reason,omitempty" maxLength:"1000"`
}

// TagWriteResult is how a write ended.
type TagWriteResult struct {
	// Outcome is good, unknown when it was sent but not confirmed, or running while a ramp is on its way.
	Outcome string `json:"outcome" enum:"good,failed,unknown,running"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Old and New are the values before and after, as read back.
	Old json.RawMessage `json:"old,omitempty"`
	New json.RawMessage `json:"new,omitempty"`
}

// TagPath is the path of a tag.
type TagPath struct {
	Path string `path:"path" maxLength:"512"`
}

func (s *Server) tagsResource() {
	add(s, route{method: "GET", path: "/tags", id: "listTags", tag: "tags", summary: "List tags with their values", access: anywhere(auth.View)}, s.listTags)
	add(s, route{method: "GET", path: "/tags/{path...}", id: "readTag", tag: "tags", summary: "Read one tag", access: anywhere(auth.View)}, s.readTag)
	add(s, route{method: "PUT", path: "/tags/{path...}", id: "writeTag", tag: "tags", summary: "Write one tag", access: loggedIn}, s.writeTag)
}

// tagState describes a tag; false when there is none that the caller may view.
func (s *Server) tagState(ctx context.Context, slot tag.Slot, path tag.Path) (TagState, bool) {
	rights := actorOf(ctx).Rights
	if path == "" || !rights.Allows(auth.View, path) {
		return TagState{}, false
	}
	m, ok := s.engine.Meta(path, rights, languageOf(ctx))
	if !ok {
		return TagState{}, false
	}
	sample := s.engine.Table().Get(slot)
	out := TagState{Path: string(path), Type: m.Type.String(), Unit: m.Unit, Title: m.Title, Low: m.Low, High: m.High, Decimals: m.Decimals,
		WriteLow: m.WriteLow, WriteHigh: m.WriteHigh, Confirm: m.Confirm, Value: json.RawMessage("null"),
		Quality: uint32(sample.Quality), QualityName: sample.Quality.String(), Writable: m.Writable, Device: m.Device, Kind: string(m.Kind), From: string(m.Kind)}
	if o := m.Origin; o != nil {
		out.Kind, out.Asset, out.Model, out.Property, out.Overridden = "asset", string(o.Asset), o.Model, o.Property, len(o.Overridden) > 0
	}
	if d := m.Document; d != nil {
		out.Format, out.Fields, out.Labels = d.Format, d.Fields, d.Labels
	}
	if !sample.Quality.IsBad() {
		out.Value = sample.Value.AppendJSON(nil)
	}
	if sample.Source != 0 {
		out.Source = given(sample.Source.Std().UTC())
	}
	if sample.Server != 0 {
		out.Server = given(sample.Server.Std().UTC())
	}
	return out, true
}

func (s *Server) listTags(ctx context.Context, in *struct {
	Pattern string `query:"pattern" maxLength:"512" doc:"like area/line/*/speed or area/**"`
	Query   string `query:"q" maxLength:"200" doc:"words in path, title, unit, device or attributes; label:…, type:… (a type or format), or the name of an attribute with a colon"`
	Limit   int    `query:"limit" default:"100" minimum:"1" maximum:"10000"`
	After   string `query:"after" maxLength:"512" doc:"only paths behind this one"`
}) (*body[TagPage], error) {
	pattern := tag.Pattern("**")
	if in.Pattern != "" {
		var err error
		if pattern, err = tag.ParsePattern(in.Pattern); err != nil {
			return nil, errPattern.with(err.Error()).at("/pattern")
		}
	}
	page := TagPage{Tags: []TagState{}}
	query := plant.ParseQuery(in.Query)
	for _, slot := range s.engine.Table().Match(pattern) {
		path := s.engine.Table().Path(slot)
		if in.After != "" && string(path) <= in.After {
			continue
		}
		t, ok := s.tagState(ctx, slot, path)
		if !ok || !query.Empty() && !query.Match(s.thing(&t)) {
			continue
		}
		if len(page.Tags) == in.Limit {
			page.Next = page.Tags[len(page.Tags)-1].Path
			break
		}
		page.Tags = append(page.Tags, t)
	}
	return answerWith(page)
}

// thing is a tag as a query sees it: with what is said of its asset.
func (s *Server) thing(t *TagState) *plant.Thing {
	out := &plant.Thing{Texts: []string{t.Path, t.Title, t.Unit, t.Device}, Types: []string{t.Type, t.Format}}
	if m, ok := s.engine.Meta(tag.Path(t.Path), auth.Rights{}, ""); ok && m.Document != nil {
		out.Titles, out.Marks = m.Document.Title, append(out.Marks, &m.Document.Marks)
	}
	if marks, ok := s.engine.Expansion().Marks(tag.Path(t.Asset)); ok {
		out.Marks = append(out.Marks, &marks)
		out.Types = append(out.Types, t.Model)
	}
	return out
}

func (s *Server) readTag(ctx context.Context, in *TagPath) (*body[TagState], error) {
	if slot, ok := s.engine.Table().Lookup(tag.Path(in.Path)); ok {
		if t, ok := s.tagState(ctx, slot, tag.Path(in.Path)); ok {
			return answerWith(t)
		}
	}
	return nil, errTagUnknown.with(in.Path) // the same for one that may not be viewed
}

func (s *Server) writeTag(ctx context.Context, in *struct {
	TagPath
	Body TagWriteRequest
}) (*body[TagWriteResult], error) {
	actor := actorOf(ctx)
	r := s.engine.Write(ctx, engine.WriteRequest{Path: tag.Path(in.Path), Value: in.Body.Value, Reason: in.Body.Reason, Actor: actor, Manner: in.Body.Manner})
	if r.Outcome == engine.OutcomeFailed && r.Problem != nil {
		return nil, writeError(r.Problem)
	}
	out := TagWriteResult{Outcome: r.Outcome}
	if r.Problem != nil {
		lang := languageOf(ctx)
		out.Code, out.Message, out.Hint = r.Problem.Code, spec.Translate(r.Problem.Message, lang), spec.Translate(r.Problem.Hint, lang)
	}
	if actor.Rights.Allows(auth.View, tag.Path(in.Path)) {
		out.Old, out.New = r.Old.AppendJSON(nil), r.New.AppendJSON(nil)
	}
	return answerWith(out)
}

// writeStatus is the HTTP status of a write that failed.
func writeStatus(code string) int {
	switch code {
	case "forbidden", "release_self", "release_person":
		return http.StatusForbidden
	case "writes_blocked":
		return http.StatusLocked
	case "tag_unknown", "release_unknown":
		return http.StatusNotFound
	case "value_missing", "value_type", "value_low", "value_high", "value_invalid", "value_scale", "reason_missing", "not_writable", "value_format", "input_missing", "input_unknown", "command_unknown", "value_choice", "value_range", "ramp_type":
		return http.StatusUnprocessableEntity
	case "not_connected", "device_refused", "device_unknown", "write_failed", "read_back_differs":
		return http.StatusBadGateway
	case "audit_failed", "not_kept":
		return http.StatusServiceUnavailable
	}
	return http.StatusConflict
}
