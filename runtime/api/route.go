package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lineside/lineside/runtime/auth"
)

// access says who may call a route. What a route checks beyond it (single tags, own tokens)
// stands at its handler.
type access struct {
	// open is for everybody, logged in or not.
	open bool
	// action is needed: in the whole plant, or with anywhere in some area at least; 0 is for
	// everybody who is logged in.
	action   auth.Action
	anywhere bool
}

var (
	open     = access{open: true}
	loggedIn = access{}
)

func anywhere(a auth.Action) access { return access{action: a, anywhere: true} }
func whole(a auth.Action) access    { return access{action: a} }

// String is the access as the API description tells it.
func (a access) String() string {
	switch {
	case a.open:
		return "everybody"
	case a.action == 0:
		return "logged in"
	case a.anywhere:
		return strings.Join(a.action.Names(), ", ") + " in some area"
	}
	return strings.Join(a.action.Names(), ", ") + " in the whole plant"
}

// check refuses who may not.
func (a access) check(actor auth.Actor) error {
	switch {
	case a.open:
		return nil
	case actor.Name == "":
		return errUnauthorized.with()
	case a.action == 0, a.anywhere && actor.Rights.Anywhere(a.action), !a.anywhere && actor.Rights.Allows(a.action, ""):
		return nil
	case a.anywhere:
		return errForbidden.with(strings.Join(a.action.Names(), ", "), "in some area")
	}
	return errForbidden.with(strings.Join(a.action.Names(), ", "), "in the whole plant")
}

// route is one operation of the API.
type route struct {
	method, path string
	// id names the operation in generated clients.
	id, tag, summary string
	access           access
	// status of success, 200 when left out.
	status int
	// maxBody bounds the body in bytes; 1 MiB when left out.
	maxBody int64
	// body and answer document what is sent raw.
	body, answer *huma.MediaType
	answerType   string
}

const maxBody = 1 << 20

// bodyTimeout is how long the body of a request may take to arrive.
var bodyTimeout = 30 * time.Second

// add registers a route. The handler runs only for those whom the route's access lets in.
func add[I, O any](s *Server, r route, handle func(context.Context, *I) (*O, error)) {
	s.routes = append(s.routes, r)
	op := huma.Operation{
		Method: r.method, Path: r.path, OperationID: r.id, Summary: r.summary, Tags: []string{r.tag}, DefaultStatus: r.status,
		MaxBodyBytes: r.maxBody, BodyReadTimeout: bodyTimeout, SkipValidateParams: false,
		Description: "Allowed to: " + r.access.String() + ".",
	}
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = maxBody
	}
	if !r.access.open {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	if r.body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": r.body}}
		op.SkipValidateBody = true
	}
	if r.answer != nil {
		kind := r.answerType
		if kind == "" {
			kind = "application/json"
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{kind: r.answer}}}
	}
	op.Middlewares = huma.Middlewares{s.admit(r.access)}
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.answer(ctx, err)
		}
		return out, nil
	})
}

// admit lets in who may, before anything of the body is read: nobody's body is held in memory.
func (s *Server) admit(a access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := a.check(actorOf(ctx.Context())); err != nil {
			r, w := humago.Unwrap(ctx)
			s.writeError(w, r, err)
			return
		}
		next(ctx)
	}
}

// answer makes the error that goes to the client, in its language, and logs the cause.
func (s *Server) answer(ctx context.Context, err error) error {
	e := errorOf(err)
	e.translate(languageOf(ctx))
	if e.status >= http.StatusInternalServerError && e.cause != nil {
		s.log.Error("request failed", "actor", actorOf(ctx).Name, "code", e.Code, "error", e.cause)
	}
	return e
}

// nothing is the input of a route that takes none.
type nothing struct{}

// body is an answer of one JSON value.
type body[T any] struct{ Body T }

func answerWith[T any](v T) (*body[T], error) { return &body[T]{v}, nil }

// done is an answer without content.
type done struct{}

// rawDocument is the answer of a document with its ETag.
type rawDocument struct {
	ContentType string `header:"Content-Type"`
	ETag        string `header:"ETag"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func documentAnswer(content []byte, etag string) *rawDocument {
	return &rawDocument{ContentType: "application/json", ETag: quote(etag), Body: content}
}

// quote makes an entity tag of a hash (RFC 9110, 8.8.3).
func quote(etag string) string { return `"` + etag + `"` }

// unquote reads If-Match: one entity tag, "*", or "" when it was not sent. A proxy that
// compresses makes the tag weak.
func unquote(header string) string {
	h := strings.TrimPrefix(strings.TrimSpace(header), "W/")
	return strings.Trim(h, `"`)
}
