package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// NorthboundDraft is a northbound interface as it is being edited.
type NorthboundDraft struct {
	// Interface is as it stands in the plant document; nothing is saved.
	Interface json.RawMessage `json:"interface"`
	// Anew gives all tags their places anew, one after the other.
	Anew bool `json:"anew,omitempty"`
}

// NorthboundArranged says what a northbound interface would be.
type NorthboundArranged struct {
	// Tags are the entries, their maps completed as the kind suggests.
	Tags []plant.Exposed `json:"tags" nullable:"false"`
	// Types are the types of the tags of the entries, "" of areas and of what is unknown; Writable says which can be
	// written at all.
	Types    []string `json:"types" nullable:"false"`
	Writable []bool   `json:"writable" nullable:"false"`
	// Problems have places relative to the interface.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// NorthboundPath is the id of a northbound interface.
type NorthboundPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) northboundResource() {
	add(s, route{method: "GET", path: "/northbound", id: "listNorthbound", tag: "northbound", summary: "How the northbound interfaces are doing", access: whole(auth.Design)}, s.listNorthbound)
	add(s, route{method: "POST", path: "/northbound/arrange", id: "arrangeNorthbound", tag: "northbound", summary: "Give exposed tags places, and say what is wrong; nothing is saved", access: whole(auth.Design), maxBody: plant.MaxBytes}, s.arrangeNorthbound)
	r := route{method: "GET", path: "/northbound/{id}/map.csv", id: "exportNorthbound", tag: "northbound", summary: "The table of exposed tags for the people on the other side", access: whole(auth.Design)}
	r.answer, r.answerType = &huma.MediaType{Schema: &huma.Schema{Type: "string"}}, "text/csv"
	add(s, r, s.exportNorthbound)
}

func (s *Server) listNorthbound(ctx context.Context, _ *nothing) (*body[[]engine.NorthboundStatus], error) {
	list := s.engine.Northbound()
	for i := range list {
		list[i].Error = spec.Translate(list[i].Error, languageOf(ctx))
	}
	return answerWith(list)
}

func (s *Server) arrangeNorthbound(ctx context.Context, in *body[NorthboundDraft]) (*body[NorthboundArranged], error) {
	var doc plant.Northbound
	if ps := spec.Typed(in.Body.Interface, &doc); len(ps) > 0 {
		return nil, ps.Under("/interface")
	}
	a := s.engine.ArrangeNorthbound(doc, in.Body.Anew)
	return answerWith(NorthboundArranged{Tags: orEmpty(a.Tags), Types: a.Types, Writable: a.Writable, Problems: told(ctx, a.Problems)})
}

func (s *Server) exportNorthbound(_ context.Context, in *NorthboundPath) (*rawDocument, error) {
	rows, err := s.engine.ExportNorthbound(in.ID)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets take it for UTF-8 then
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: "text/csv; charset=utf-8", Disposition: fmt.Sprintf(`attachment; filename="%s.csv"`, in.ID), Body: b.Bytes()}, nil
}

// exposures lists the northbound interfaces that expose wanted tags.
func (s *Server) exposures(p *plant.Plant, want wanted, rights auth.Rights, lang string) []Use {
	if !rights.Allows(auth.Design, "") {
		return nil
	}
	var out []Use
	for _, r := range plant.Exposures(p, func(path tag.Path, area bool) bool { return !area && want(string(path)) }) {
		out = append(out, Use{At: r.At, Text: r.Text, Where: r.Where.In(lang) + " › " + r.Northbound, Link: "/plant?northbound=" + url.QueryEscape(r.Northbound)})
	}
	return out
}
