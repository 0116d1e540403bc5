package api

import (
	"context"
	"errors"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

// SetupState says whether the runtime waits for its first administrator.
type SetupState struct {
	Needed bool `json:"needed"`
}

// Setup makes the first administrator.
type Setup struct {
	// Token is the part behind "#" of the set-up link.
	Token    string `json:"token" maxLength:"128"`
	Name     string `json:"name" maxLength:"256"`
	Password string `json:"password" maxLength:"1024"`
	Language string `json:"language,omitempty" enum:",en,zh"`
}

func (s *Server) setupResource() {
	add(s, route{method: "GET", path: "/setup", id: "getSetup", tag: "setup", summary: "Whether the first administrator is still to be made", access: open}, s.getSetup)
	add(s, route{method: "POST", path: "/setup", id: "setUp", tag: "setup", summary: "Make the first administrator and log in", access: open}, s.setUp)
}

// NewSetupToken makes a one-time set-up token in place of an earlier one, "" when there are
// users already. Only its hash is kept.
func (s *Server) NewSetupToken(ctx context.Context) (string, error) {
	if has, err := s.store.HasUsers(ctx); err != nil || has {
		return "", err
	}
	token := auth.NewSetupToken()
	return token, s.store.SetSetup(ctx, auth.HashToken(token))
}

func (s *Server) getSetup(ctx context.Context, _ *nothing) (*body[SetupState], error) {
	has, err := s.store.HasUsers(ctx)
	if err != nil {
		return nil, err
	}
	return answerWith(SetupState{Needed: !has})
}

func (s *Server) setUp(ctx context.Context, in *body[Setup]) (*body[Me], error) {
	b := in.Body
	if has, err := s.store.HasUsers(ctx); err != nil {
		return nil, err
	} else if has {
		return nil, errSetupDone.with()
	}
	origin := addressOf(ctx)
	if err := s.mayTry("setup", origin); err != nil {
		return nil, err
	}
	if right, err := s.store.IsSetup(ctx, auth.HashToken(b.Token)); err != nil {
		return nil, err
	} else if !right {
		return nil, errSetup.with().at("/token")
	}
	// The token is right: what follows is no guessing.
	s.lockout.Succeeded("setup", origin)
	if err := CheckName(b.Name); err != nil {
		return nil, err.at("/name")
	}
	hash, err := s.newPassword(ctx, b.Password, b.Name)
	if err != nil {
		return nil, err
	}
	user := store.User{Name: b.Name, Hash: hash, Language: b.Language, Grants: []auth.Grant{{Role: "admin"}}}
	err = s.store.AddFirstUser(ctx, auth.HashToken(b.Token), user, store.Entry{Actor: b.Name, Origin: originOf(origin), Action: "setup", Target: b.Name})
	if errors.Is(err, store.ErrNotFound) {
		return nil, errSetup.with().at("/token")
	}
	if err != nil {
		return nil, err
	}
	if err := s.begin(ctx, user, originOf(origin)); err != nil {
		return nil, err
	}
	return answerWith(meOf(user))
}
