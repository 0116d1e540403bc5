package api

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ExpressionText is an expression that is being written.
type ExpressionText struct {
	Text string `json:"text" maxLength:"16384"`
	// Installation is the app whose inputs and computed tags it may name, "" for none.
	Installation string `json:"installation,omitempty" maxLength:"64"`
}

// ExpressionCheck is what there is to say about an expression.
type ExpressionCheck struct {
	// Type of the result, "none" when it is not known.
	Type     string          `json:"type"`
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
	r := s.engine.CheckExpression(in.Body.Text, in.Body.Installation)
	out := ExpressionCheck{Type: r.Type.String(), Problems: told(ctx, r.Problems), Value: json.RawMessage("null"), Tags: make([]string, len(r.Tags))}
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
