package api

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/app/check"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ExpressionText is an expression that is being written.
type ExpressionText struct {
	Text string `json:"text" maxLength:"16384"`
	// Installation is the app whose inputs and computed tags it may name, "" for none.
	Installation string `json:"installation,omitempty" maxLength:"64"`
	// Widget and Prop are the type of widget and the property that the result is for, and Unit is what
	// the widget shows its numbers in. What does not fit them is told as a warning.
	Widget string `json:"widget,omitempty" maxLength:"64"`
	Prop   string `json:"prop,omitempty" maxLength:"64"`
	Unit   string `json:"unit,omitempty" maxLength:"64"`
	// Variables are those of the screen that the expression stands on. Event says that it stands in an
	// action, and may name the value that comes with the event.
	Variables []app.Variable `json:"variables,omitempty" maxItems:"200"`
	Event     bool           `json:"event,omitempty"`
}

// ExpressionCheck is what there is to say about an expression.
type ExpressionCheck struct {
	// Type of the result, "none" when it is not known.
	Type string `json:"type"`
	// Unit of the result, "" when it has none or it is not known.
	Unit     string          `json:"unit,omitempty"`
	Problems []*spec.Problem `json:"problems" nullable:"false"`
	// Value is the present result, null when it is bad or not for the caller to see.
	Value       json.RawMessage `json:"value"`
	Quality     uint32          `json:"quality"`
	QualityName string          `json:"qualityName"`
	// Tags are what it reads.
	Tags []string `json:"tags" nullable:"false"`
}

func (s *Server) expressionsResource() {
	add(s, route{method: "POST", path: "/expressions/check", id: "checkExpression", tag: "expressions", summary: "Check and evaluate an expression", access: anywhere(auth.Design)}, s.checkExpression)
}

func (s *Server) checkExpression(ctx context.Context, in *body[ExpressionText]) (*body[ExpressionCheck], error) {
	r := s.engine.CheckExpression(in.Body.Text, in.Body.Installation, engine.Names{Variables: in.Body.Variables, Event: in.Body.Event})
	out := ExpressionCheck{Type: r.Type.String(), Problems: told(ctx, r.Problems), Value: json.RawMessage("null"), Tags: make([]string, len(r.Tags))}
	out.Unit = r.Unit
	if m := s.catalogue[in.Body.Widget]; m != nil && len(r.Problems) == 0 {
		if p := check.Mismatch(m, in.Body.Prop, in.Body.Unit, check.Bound{Type: r.Type, Unit: r.Unit}); p != nil {
			out.Problems = append(out.Problems, told(ctx, spec.Problems{p})...)
		}
	}
	rights := actorOf(ctx).Rights
	for i, path := range r.Tags {
		out.Tags[i] = string(path)
		if !rights.Allows(auth.View, path) {
			r.Sample = tag.Sample{Quality: tag.BadUserAccessDenied}
		}
	}
	out.Quality, out.QualityName = uint32(r.Sample.Quality), r.Sample.Quality.String()
	if !r.Sample.Quality.IsBad() {
		out.Value = r.Sample.Value.AppendJSON(nil)
	}
	return answerWith(out)
}
