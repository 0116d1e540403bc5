package api

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

// User is somebody who may log in.
type User struct {
	Name      string       `json:"name"`
	Grants    []auth.Grant `json:"grants" nullable:"false"`
	Language  string       `json:"language,omitempty"`
	Disabled  bool         `json:"disabled,omitempty"`
	Created   time.Time    `json:"created"`
	LastLogin *time.Time   `json:"lastLogin,omitempty"`
}

// UserChange adds or changes a user.
type UserChange struct {
	// Name cannot be changed.
	Name     string       `json:"name,omitempty" maxLength:"256"`
	Grants   []auth.Grant `json:"grants,omitempty" maxItems:"100"`
	Language string       `json:"language,omitempty" enum:",en,zh"`
	// Disabled users cannot log in; their sessions and tokens stop at once.
	Disabled bool `json:"disabled,omitempty"`
	// Password is needed for a new user; for another it is a new password, which ends their sessions.
	Password string `json:"password,omitempty" maxLength:"1024"`
}

// NamePath is the name of a user or token.
type NamePath struct {
	Name string `path:"name" maxLength:"256"`
}

func (s *Server) usersResource() {
	r := route{tag: "users", access: whole(auth.Administer)}
	r.method, r.path, r.id, r.summary = "GET", "/users", "listUsers", "List the users"
	add(s, r, s.listUsers)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/users", "addUser", "Add a user", 201
	add(s, r, s.addUser)
	r.method, r.path, r.id, r.summary, r.status = "GET", "/users/{name}", "getUser", "One user", 0
	add(s, r, s.getUser)
	r.method, r.path, r.id, r.summary = "PUT", "/users/{name}", "changeUser", "Change a user"
	add(s, r, s.changeUser)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/users/{name}", "removeUser", "Remove a user and their tokens", 204
	add(s, r, s.removeUser)
}

// UserOf is a user without what nobody may see.
func UserOf(u store.User) User {
	return User{Name: u.Name, Grants: orEmpty(u.Grants), Language: u.Language, Disabled: u.Disabled, Created: u.Created, LastLogin: given(u.LastLogin)}
}

// given is nil for no time.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// CheckName refuses what cannot be a name of a user or token: it stands in addresses.
func CheckName(name string) *Error {
	bad := func(r rune) bool {
		return !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`/\:%?#"<>`, r)
	}
	if n := utf8.RuneCountInString(name); n < 1 || n > 64 || len(name) > 128 || !utf8.ValidString(name) || strings.TrimSpace(name) != name || name == "." || name == ".." || strings.ContainsFunc(name, bad) {
		return errName.with(name)
	}
	switch strings.ToLower(name) {
	case "system", "cli", "me", "setup":
		return errName.with(name)
	}
	return nil
}

func checkGrants(grants []auth.Grant) error {
	for _, g := range grants {
		if err := g.Check(); err != nil {
			return errGrant.with(err.Error()).at("/grants")
		}
	}
	return nil
}

func (s *Server) listUsers(ctx context.Context, _ *nothing) (*body[[]User], error) {
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]User, len(users))
	for i, u := range users {
		out[i] = UserOf(u)
	}
	return answerWith(out)
}

func (s *Server) getUser(ctx context.Context, in *NamePath) (*body[User], error) {
	u, err := s.store.User(ctx, in.Name)
	if err != nil {
		return nil, unless(err, "user", in.Name)
	}
	return answerWith(UserOf(u))
}

func (s *Server) addUser(ctx context.Context, in *body[UserChange]) (*body[User], error) {
	b := in.Body
	if err := CheckName(b.Name); err != nil {
		return nil, err.at("/name")
	}
	if err := checkGrants(b.Grants); err != nil {
		return nil, err
	}
	hash, err := s.newPassword(ctx, b.Password, b.Name)
	if err != nil {
		return nil, err
	}
	e := entry(ctx, "user.add", b.Name)
	e.New = userAudit(b.Grants, b.Disabled, false)
	err = s.store.AddUser(ctx, store.User{Name: b.Name, Hash: hash, Grants: b.Grants, Language: b.Language, Disabled: b.Disabled}, e)
	if err != nil {
		return nil, unless(err, "user", b.Name)
	}
	return s.getUser(ctx, &NamePath{b.Name})
}

// userAudit is what the audit trail keeps of a user: never a hash.
func userAudit(grants []auth.Grant, disabled, password bool) json.RawMessage {
	raw, err := json.Marshal(struct {
		Grants   []auth.Grant `json:"grants"`
		Disabled bool         `json:"disabled,omitempty"`
		Password bool         `json:"passwordSet,omitempty"`
	}{orEmpty(grants), disabled, password})
	if err != nil {
		panic(err) // these types always marshal
	}
	return raw
}

func (s *Server) changeUser(ctx context.Context, in *struct {
	NamePath
	Body UserChange
}) (*body[User], error) {
	b := in.Body
	if err := checkGrants(b.Grants); err != nil {
		return nil, err
	}
	var hash string
	if b.Password != "" {
		var err error
		if hash, err = s.newPassword(ctx, b.Password, in.Name); err != nil {
			return nil, err
		}
	}
	e := []store.Entry{entry(ctx, "user.change", in.Name)}
	e[0].New = userAudit(b.Grants, b.Disabled, hash != "")
	var changed store.User
	err := s.store.ChangeUser(ctx, in.Name, func(u *store.User, others []store.User) error {
		e[0].Target, e[0].Old = u.Name, userAudit(u.Grants, u.Disabled, false)
		if hash != "" || b.Disabled && !u.Disabled {
			u.Epoch++
		}
		if hash != "" {
			u.Hash = hash
		}
		u.Grants, u.Disabled = b.Grants, b.Disabled
		if b.Language != "" {
			u.Language = b.Language
		}
		changed = *u
		return keepAdmin(append(others, *u))
	}, e...)
	if err != nil {
		return nil, unless(err, "user", in.Name)
	}
	if hash != "" {
		s.keepSession(ctx, changed)
	}
	s.accessChanged(ctx, changed.Name)
	return answerWith(UserOf(changed))
}

// keepSession lets the session go on in which somebody changed their own password.
func (s *Server) keepSession(ctx context.Context, changed store.User) {
	if me, ok := userOf(ctx); ok && strings.EqualFold(me.Name, changed.Name) {
		s.sessions.Put(ctx, sessionEpoch, changed.Epoch)
	}
}

// keepAdmin refuses to leave nobody who can administer.
func keepAdmin(users []store.User) error {
	for _, u := range users {
		if !u.Disabled && auth.IsAdmin(u.Grants) {
			return nil
		}
	}
	return errLastAdmin.with()
}

func (s *Server) removeUser(ctx context.Context, in *NamePath) (*done, error) {
	e := []store.Entry{entry(ctx, "user.remove", in.Name)}
	owned, err := s.store.Tokens(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	err = s.store.RemoveUser(ctx, in.Name, func(u store.User, others []store.User) error {
		e[0].Target, e[0].Old = u.Name, userAudit(u.Grants, u.Disabled, false)
		return keepAdmin(others)
	}, e...)
	if err != nil {
		return nil, unless(err, "user", in.Name)
	}
	names := make([]string, len(owned))
	for i, t := range owned {
		names[i] = t.Name
	}
	s.accessChanged(ctx, e[0].Target, names...)
	return nil, nil
}
