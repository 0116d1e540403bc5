package api

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

// Token is an API token. It acts for its owner, never with more rights than they have.
type Token struct {
	Name   string       `json:"name"`
	Owner  string       `json:"owner"`
	Grants []auth.Grant `json:"grants" nullable:"false"`
	// Actions cut the grants to these; none cuts nothing.
	Actions  []string   `json:"actions,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
	Created  time.Time  `json:"created"`
	LastUsed *time.Time `json:"lastUsed,omitempty"`
}

// TokenRequest asks for a token for oneself.
type TokenRequest struct {
	Name string `json:"name" maxLength:"256"`
	// Grants may not go beyond one's own; none are all of one's own.
	Grants  []auth.Grant `json:"grants,omitempty" maxItems:"100"`
	Actions []string     `json:"actions,omitempty" maxItems:"20" enum:"view,operate,tune,acknowledge,shelve,design,install,administer"`
	Expires *time.Time   `json:"expires,omitempty"`
}

// NewToken is a new token with its secret, which is told this once.
type NewToken struct {
	Token
	// Secret is sent as "Authorization: Bearer <secret>".
	Secret string `json:"secret"`
}

func (s *Server) tokensResource() {
	r := route{tag: "tokens", access: loggedIn}
	r.method, r.path, r.id, r.summary = "GET", "/tokens", "listTokens", "List one's own tokens; administrators see all"
	add(s, r, s.listTokens)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/tokens", "addToken", "Make a token for oneself", 201
	add(s, r, s.addToken)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/tokens/{name}", "removeToken", "Remove a token", 204
	add(s, r, s.removeToken)
}

// TokenOf is a token without what nobody may see.
func TokenOf(t store.Token) Token {
	return Token{Name: t.Name, Owner: t.Owner, Grants: orEmpty(t.Grants), Actions: t.Actions, Expires: given(t.Expires), Created: t.Created, LastUsed: given(t.LastUsed)}
}

func (s *Server) listTokens(ctx context.Context, _ *nothing) (*body[[]Token], error) {
	owner, err := s.tokensOf(ctx)
	if err != nil {
		return nil, err
	}
	tokens, err := s.store.Tokens(ctx, owner)
	if err != nil {
		return nil, err
	}
	out := make([]Token, len(tokens))
	for i, t := range tokens {
		out[i] = TokenOf(t)
	}
	return answerWith(out)
}

// tokensOf is whose tokens the caller may see and remove: "" is everybody's.
func (s *Server) tokensOf(ctx context.Context) (string, error) {
	if actorOf(ctx).Rights.Allows(auth.Administer, "") {
		return "", nil
	}
	if u, ok := userOf(ctx); ok {
		return u.Name, nil
	}
	return "", errPersonOnly.with()
}

func (s *Server) addToken(ctx context.Context, in *body[TokenRequest]) (*body[NewToken], error) {
	b := in.Body
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with() // a token that makes tokens would outlive its expiry
	}
	if err := CheckName(b.Name); err != nil {
		return nil, err.at("/name")
	}
	if len(b.Grants) == 0 {
		b.Grants = user.Grants
	}
	if err := checkGrants(b.Grants); err != nil {
		return nil, err
	}
	for _, g := range b.Grants {
		for _, a := range auth.ActionNames {
			if auth.Roles[g.Role]&a.Action != 0 && cuts(b.Actions, a.Name) && !actorOf(ctx).Rights.Allows(a.Action, g.Area) {
				return nil, errGrantWide.with().at("/grants")
			}
		}
	}
	t := store.Token{Name: b.Name, Owner: user.Name, Grants: b.Grants, Actions: b.Actions}
	if b.Expires != nil {
		if t.Expires = *b.Expires; !t.Expires.After(time.Now()) {
			return nil, errExpires.with().at("/expires")
		}
	}
	secret := auth.NewToken()
	t.Hash = auth.HashToken(secret)
	e := entry(ctx, "token.add", b.Name)
	e.New = tokenAudit(t)
	if err := s.store.AddToken(ctx, t, e); err != nil {
		return nil, unless(err, "token", b.Name)
	}
	kept, err := s.store.Token(ctx, b.Name)
	if err != nil {
		return nil, err
	}
	return answerWith(NewToken{TokenOf(kept), secret})
}

// cuts reports whether an action is left by the cut.
func cuts(actions []string, name string) bool {
	return len(actions) == 0 || slices.Contains(actions, name)
}

func tokenAudit(t store.Token) json.RawMessage {
	raw, err := json.Marshal(struct {
		Owner   string       `json:"owner"`
		Grants  []auth.Grant `json:"grants"`
		Actions []string     `json:"actions,omitempty"`
		Expires *time.Time   `json:"expires,omitempty"`
	}{t.Owner, orEmpty(t.Grants), t.Actions, given(t.Expires)})
	if err != nil {
		panic(err) // these types always marshal
	}
	return raw
}

func (s *Server) removeToken(ctx context.Context, in *NamePath) (*done, error) {
	owner, err := s.tokensOf(ctx)
	if err != nil {
		return nil, err
	}
	t, err := s.store.Token(ctx, in.Name)
	if err != nil {
		return nil, unless(err, "token", in.Name)
	}
	if owner != "" && !strings.EqualFold(owner, t.Owner) {
		return nil, errNotFound.with("token", in.Name)
	}
	e := entry(ctx, "token.remove", in.Name)
	e.Old = tokenAudit(t)
	if err := s.store.RemoveToken(ctx, in.Name, e); err != nil {
		return nil, unless(err, "token", in.Name)
	}
	s.actorChanged("token:" + in.Name)
	return nil, nil
}
