package api

import (
	"context"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/unit"
)

// Me is who is logged in.
type Me struct {
	Name string `json:"name"`
	// Language is en or zh, "" when none was chosen.
	Language string `json:"language,omitempty"`
	// Theme is light or dark, "" when none was chosen.
	Theme string `json:"theme,omitempty"`
	// Units are those in which the person wants to see values; left out when none were chosen.
	Units *unit.Preference `json:"units,omitempty"`
	// PlantUnits are those that the plant shows to those who chose none.
	PlantUnits *unit.Preference `json:"plantUnits,omitempty"`
	Grants     []auth.Grant     `json:"grants" nullable:"false"`
	// Actions are those that are allowed in any area.
	Actions []string `json:"actions" nullable:"false"`
}

// Login is name and password.
type Login struct {
	Name     string `json:"name" maxLength:"256"`
	Password string `json:"password" maxLength:"1024"`
}

// MeChange changes what a person may change of themselves; what is left out stays.
type MeChange struct {
	Language *string `json:"language,omitempty" enum:",en,zh"`
	Theme    *string `json:"theme,omitempty" enum:",light,dark"`
	// Units are those in which values shall be shown; {} is what the plant shows to everybody.
	Units *unit.Preference `json:"units,omitempty"`
	// Password is a new one; Current must be the present one then. Other sessions end.
	Password *string `json:"password,omitempty" maxLength:"1024"`
	Current  string  `json:"current,omitempty" maxLength:"1024"`
}

func (s *Server) meResource() {
	add(s, route{method: "POST", path: "/login", id: "login", tag: "me", summary: "Log in", access: open}, s.login)
	add(s, route{method: "POST", path: "/logout", id: "logout", tag: "me", summary: "Log out", access: open, status: 204}, s.logout)
	add(s, route{method: "GET", path: "/me", id: "getMe", tag: "me", summary: "Who is logged in", access: loggedIn}, s.getMe)
	add(s, route{method: "PATCH", path: "/me", id: "changeMe", tag: "me", summary: "Change language, theme, units or password", access: loggedIn}, s.changeMe)
}

func meOf(u store.User) Me {
	return Me{Name: u.Name, Language: u.Language, Theme: u.Theme, Units: u.Units, Grants: orEmpty(u.Grants), Actions: orEmpty(auth.RightsOf(u.Grants, auth.AllActions).Actions().Names())}
}

// orEmpty keeps an empty list from becoming null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (s *Server) login(ctx context.Context, in *body[Login]) (*body[Me], error) {
	name, origin := in.Body.Name, addressOf(ctx)
	if err := s.mayTry(name, origin); err != nil {
		return nil, err
	}
	failed := store.Entry{Actor: name, Origin: originOf(origin), Action: "login", Outcome: store.OutcomeFailed}
	user, err := s.store.User(ctx, name)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	right, err := s.hasher.Check(ctx, in.Body.Password, user.Hash)
	if err != nil {
		return nil, err
	}
	switch {
	case !right:
		failed.Message = "wrong name or password"
	case user.Disabled:
		failed.Message = "the user is disabled"
	default:
		s.lockout.Succeeded(name, origin)
		if err := s.begin(ctx, user, originOf(origin)); err != nil {
			return nil, err
		}
		return answerWith(meOf(user))
	}
	if err := s.store.Audit(ctx, failed); err != nil {
		return nil, err
	}
	return nil, errLogin.with()
}

// addressOf is the remote address of who asks.
func addressOf(ctx context.Context) string {
	address, _, _ := strings.Cut(actorOf(ctx).Origin, " ")
	return address
}

// originOf is the remote address of a browser that is not logged in yet.
func originOf(address string) string { return address + " session" }

// mayTry refuses an attempt that comes too soon after failures.
func (s *Server) mayTry(name, address string) error {
	if wait := s.lockout.Wait(name, address); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		return errLoginLocked.with(seconds).header("Retry-After", strconv.Itoa(seconds))
	}
	return nil
}

// begin makes the browser's session that of user.
func (s *Server) begin(ctx context.Context, user store.User, origin string) error {
	err := s.store.ChangeUser(ctx, user.Name, func(u *store.User, _ []store.User) error {
		u.LastLogin = time.Now()
		return nil
	}, store.Entry{Actor: user.Name, Origin: origin, Action: "login"})
	if err != nil {
		return err
	}
	// A new token, so that one planted before the login is worth nothing.
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionUser, user.Name)
	s.sessions.Put(ctx, sessionEpoch, user.Epoch)
	return nil
}

func (s *Server) logout(ctx context.Context, _ *nothing) (*done, error) {
	if _, ok := userOf(ctx); ok {
		if err := s.store.Audit(ctx, entry(ctx, "logout", "")); err != nil {
			return nil, err
		}
	}
	if err := s.sessions.Destroy(ctx); err != nil {
		return nil, err
	}
	if u, ok := userOf(ctx); ok && s.live != nil {
		s.live.AccessChanged(u.Name) // other browsers of the same person come back by themselves
	}
	return nil, nil
}

func (s *Server) getMe(ctx context.Context, _ *nothing) (*body[Me], error) {
	a := actorOf(ctx)
	me := Me{Name: a.Name, Grants: []auth.Grant{}, Actions: orEmpty(a.Rights.Actions().Names())}
	if u, ok := userOf(ctx); ok {
		me = meOf(u)
	}
	me.PlantUnits = s.engine.PlantUnits()
	return answerWith(me)
}

func (s *Server) changeMe(ctx context.Context, in *body[MeChange]) (*body[Me], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	c := in.Body
	if ps := c.Units.Check(); ps.Errors() {
		return nil, ps.Under("/units")
	}
	var hash string
	var entries []store.Entry
	if c.Password != nil {
		origin := addressOf(ctx)
		if err := s.mayTry(user.Name, origin); err != nil {
			return nil, err
		}
		right, err := s.hasher.Check(ctx, c.Current, user.Hash)
		if err != nil {
			return nil, err
		}
		if !right {
			failed := entry(ctx, "user.password", user.Name)
			failed.Outcome, failed.Message = store.OutcomeFailed, "wrong present password"
			if err := s.store.Audit(ctx, failed); err != nil {
				return nil, err
			}
			return nil, errPasswordWrong.with().at("/current")
		}
		s.lockout.Succeeded(user.Name, origin)
		if hash, err = s.newPassword(ctx, *c.Password, user.Name); err != nil {
			return nil, err
		}
		entries = append(entries, entry(ctx, "user.password", user.Name))
	}
	err := s.store.ChangeUser(ctx, user.Name, func(u *store.User, _ []store.User) error {
		if c.Language != nil {
			u.Language = *c.Language
		}
		if c.Theme != nil {
			u.Theme = *c.Theme
		}
		if c.Units != nil {
			if u.Units = c.Units; c.Units.Empty() {
				u.Units = nil
			}
		}
		if hash != "" {
			u.Hash = hash
			u.Epoch++
		}
		user = *u
		return nil
	}, entries...)
	if err != nil {
		return nil, err
	}
	if hash != "" {
		if err := s.sessions.RenewToken(ctx); err != nil {
			return nil, err
		}
		s.sessions.Put(ctx, sessionEpoch, user.Epoch)
		s.accessChanged(ctx, user.Name)
	}
	return answerWith(meOf(user))
}

// newPassword checks a new password and makes its hash.
func (s *Server) newPassword(ctx context.Context, password, name string) (string, error) {
	if p := auth.CheckPassword(password, name); p != nil {
		e := errPassword.with()
		e.kind = &Code{Code: errPassword.Code, Status: errPassword.Status, Message: p.Message, Hint: p.Hint}
		return "", e.at("/password")
	}
	return s.hasher.Hash(ctx, password)
}
