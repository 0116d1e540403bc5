package api

import (
	"context"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/spec"
)

// DrawingSource is a picture that is to become a drawing.
type DrawingSource struct {
	// SVG is the text of the file.
	SVG string `json:"svg" minLength:"1" maxLength:"4194304"`
}

// DrawingResult is a compiled drawing with what was left out of it.
type DrawingResult struct {
	// Drawing has no id yet; the app that takes it gives one.
	Drawing  *app.Drawing    `json:"drawing"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

func (s *Server) drawingsResource() {
	add(s, route{method: "POST", path: "/drawings", id: "compileDrawing", tag: "apps", summary: "Compile an SVG to a drawing; nothing is kept", access: anywhere(auth.Design), maxBody: 3 * drawing.MaxBytes}, s.compileDrawing)
}

func (s *Server) compileDrawing(ctx context.Context, in *body[DrawingSource]) (*body[DrawingResult], error) {
	d, problems := drawing.Compile([]byte(in.Body.SVG))
	if d == nil {
		return nil, problems
	}
	return answerWith(DrawingResult{Drawing: d, Problems: told(ctx, problems)})
}
