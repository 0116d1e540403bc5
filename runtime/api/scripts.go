package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// maxTrial bounds the body of a trial, in bytes.
const maxTrial = 4 << 20

// ScriptList is how all scripts fare.
type ScriptList struct {
	// Running says whether scripts are run at all: not in safe mode.
	Running bool                 `json:"running"`
	Scripts []engine.ScriptState `json:"scripts" nullable:"false"`
}

// ScriptLog is a part of the log of scripts, oldest first.
type ScriptLog struct {
	Lines []engine.ScriptLine `json:"lines" nullable:"false"`
	// Next is what to give as after to go on.
	Next uint64 `json:"next"`
}

// ScriptTrialResult is a widget as it would be used, and what came of the steps.
type ScriptTrialResult struct {
	engine.ScriptTried
	// Manifest and Drawing are as a browser gets them; Drawing is missing when the SVG cannot be drawn.
	Manifest *widgets.Manifest `json:"manifest"`
	Drawing  *app.Drawing      `json:"drawing,omitempty"`
	// Parts are those of the document and those that the SVG declares.
	Parts []app.PartBinding `json:"parts" nullable:"false"`
	// Types are the declarations for the editor of its script (TypeScript).
	Types string `json:"types"`
}

func (s *Server) scriptsResource() {
	add(s, route{method: "GET", path: "/scripts", id: "listScripts", tag: "scripts", summary: "How the scripts of the apps fare: calls, times, errors, strikes", access: whole(auth.Design)}, s.listScripts)
	add(s, route{method: "GET", path: "/scripts/log", id: "readScriptLog", tag: "scripts", summary: "What scripts have written, done wrong and were refused", access: whole(auth.Design)}, s.readScriptLog)
	add(s, route{method: "GET", path: "/scripts/lineside.d.ts", id: "getScriptTypes", tag: "scripts", summary: "What scripts see and may define, as declarations for editors", access: loggedIn, answerType: "text/plain", answer: &huma.MediaType{Schema: &huma.Schema{Type: "string"}}}, s.scriptTypes)
	add(s, route{method: "POST", path: "/scripts/try", id: "tryScript", tag: "scripts", summary: "Compile a widget of an app and try its script with sample data; nothing is kept or written", access: whole(auth.Design), maxBody: maxTrial, body: schemaOf[engine.ScriptTrial](s)}, s.tryScript)
}

func (s *Server) listScripts(ctx context.Context, _ *nothing) (*body[ScriptList], error) {
	out := ScriptList{Running: s.engine.ScriptsRun(), Scripts: s.engine.Scripts()}
	for i := range out.Scripts {
		if p := out.Scripts[i].Last; p != nil {
			out.Scripts[i].Last = told(ctx, spec.Problems{p})[0]
		}
	}
	return answerWith(out)
}

func (s *Server) readScriptLog(ctx context.Context, in *struct {
	Installation string `query:"installation" doc:"the lines of this installation only"`
	Widget       string `query:"widget" doc:"the lines of this widget type only"`
	After        uint64 `query:"after" doc:"lines behind this one"`
	Limit        int    `query:"limit" minimum:"1" maximum:"1000" default:"200"`
}) (*body[ScriptLog], error) {
	lines := s.engine.ScriptLog(in.Installation, in.Widget, in.After, in.Limit)
	out := ScriptLog{Lines: lines, Next: in.After}
	for i := range lines {
		out.Next = max(out.Next, lines[i].ID)
		if p := lines[i].Problem; p != nil {
			lines[i].Problem = told(ctx, spec.Problems{p})[0]
			lines[i].Text = lines[i].Problem.Message
		}
	}
	return answerWith(out)
}

func (s *Server) scriptTypes(context.Context, *nothing) (*rawDocument, error) {
	return &rawDocument{ContentType: "text/plain; charset=utf-8", Body: []byte(script.Types(nil))}, nil
}

// tsTypes are the types of settings in TypeScript.
var tsTypes = map[spec.Kind]string{spec.KindBool: "boolean", spec.KindInt: "number", spec.KindFloat: "number", spec.KindAny: "string | number | boolean"}

// shapeOf is what the declarations say of a widget.
func shapeOf(o *app.Own) *script.Shape {
	shape := &script.Shape{Writable: o.Writes}
	for i := range o.Manifest.Settings {
		f := &o.Manifest.Settings[i]
		typ := tsTypes[f.Kind]
		if typ == "" {
			typ = "string"
		}
		shape.Settings = append(shape.Settings, [2]string{f.Name, typ})
	}
	seen := map[string]bool{}
	for _, b := range o.Parts {
		if b.Set != "" && !seen[b.Set] {
			seen[b.Set] = true
			shape.Outputs = append(shape.Outputs, b.Set)
		}
	}
	for _, e := range o.Manifest.Events {
		shape.Events = append(shape.Events, e.Name)
	}
	return shape
}

func (s *Server) tryScript(ctx context.Context, in *struct{ RawBody []byte }) (*body[ScriptTrialResult], error) {
	if err := spec.Strict(in.RawBody); err != nil {
		return nil, err
	}
	var trial engine.ScriptTrial
	if err := json.Unmarshal(in.RawBody, &trial); err != nil {
		return nil, errBodySyntax.with().because(err)
	}
	o := trial.Widget.Compile()
	out := ScriptTrialResult{Manifest: o.Manifest, Drawing: o.Drawing, Parts: append([]drawing.PartBinding{}, o.Parts...), Types: script.Types(shapeOf(o))}
	tried, err := s.engine.TryScript(ctx, &trial)
	if err != nil {
		return nil, err
	}
	tried.Problems = told(ctx, tried.Problems)
	for i := range tried.Outcomes {
		tried.Outcomes[i].Problems = told(ctx, tried.Outcomes[i].Problems)
	}
	out.ScriptTried = *tried
	return answerWith(out)
}
