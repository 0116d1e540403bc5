package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

type contextKey int

const (
	actorKey contextKey = iota
	languageKey
	userKey
)

// actorOf is who asks; the zero actor is nobody.
func actorOf(ctx context.Context) auth.Actor {
	a, _ := ctx.Value(actorKey).(auth.Actor)
	return a
}

// languageOf is the language of who asks.
func languageOf(ctx context.Context) string {
	l, _ := ctx.Value(languageKey).(string)
	if l == "" {
		return "en"
	}
	return l
}

// userOf is the person who is logged in; false for a token.
func userOf(ctx context.Context) (store.User, bool) {
	u, ok := ctx.Value(userKey).(store.User)
	return u, ok
}

// Keys of a browser session.
const (
	sessionUser  = "user"
	sessionEpoch = "epoch"
)

// sessionLifetime is how long a login lasts; it is prolonged while it is used.
const sessionLifetime = 14 * 24 * time.Hour

// identify finds out who asks, by API token or by session, and puts them into the context
// of the request. Nobody is somebody too: routes decide whom they let in.
func (s *Server) identify(r *http.Request) (*http.Request, error) {
	ctx := r.Context()
	language := preferred(r.Header.Get("Accept-Language"))
	origin := stationOf(r)
	actor := auth.Actor{Origin: origin}
	if secret, ok := bearer(r); ok {
		token, rights, err := s.tokenRights(ctx, secret)
		if err != nil {
			return r.WithContext(context.WithValue(ctx, languageKey, language)), err
		}
		actor = auth.Actor{Name: "token:" + token.Name, Origin: origin + " token", Owner: token.Owner, Rights: rights}
	} else if name := s.sessions.GetString(ctx, sessionUser); name != "" {
		user, err := s.store.User(ctx, name)
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && (user.Disabled || user.Epoch != s.sessions.GetInt(ctx, sessionEpoch)):
			// The session has ended: log in again.
		case err != nil:
			return r, err
		default:
			actor = auth.Actor{Name: user.Name, Origin: origin + " session", Rights: auth.RightsOf(user.Grants, auth.AllActions)}
			ctx = context.WithValue(ctx, userKey, user)
			if user.Language != "" {
				language = user.Language
			}
		}
	}
	ctx = context.WithValue(ctx, actorKey, actor)
	ctx = context.WithValue(ctx, languageKey, language)
	return r.WithContext(ctx), nil
}

func bearer(r *http.Request) (string, bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(secret), ok && strings.EqualFold(scheme, "Bearer")
}

// tokenRights finds a token and what it may do: never more than its owner may now.
func (s *Server) tokenRights(ctx context.Context, secret string) (store.Token, auth.Rights, error) {
	token, err := s.store.TokenByHash(ctx, auth.HashToken(secret))
	if errors.Is(err, store.ErrNotFound) {
		return token, auth.Rights{}, errTokenInvalid.with()
	}
	if err != nil {
		return token, auth.Rights{}, err
	}
	now := time.Now()
	owner, err := s.store.User(ctx, token.Owner)
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return token, auth.Rights{}, err
	case err != nil, owner.Disabled, !token.Expires.IsZero() && now.After(token.Expires):
		return token, auth.Rights{}, errTokenInvalid.with()
	}
	limit, err := auth.ParseActions(token.Actions)
	if err != nil {
		return token, auth.Rights{}, errTokenInvalid.with().because(err)
	}
	if now.Sub(token.LastUsed) > time.Minute {
		if err := s.store.TokenUsed(ctx, token.Name, now); err != nil {
			s.log.Warn("use of token not noted", "token", token.Name, "error", err)
		}
	}
	return token, auth.RightsOf(token.Grants, limit).Within(auth.RightsOf(owner.Grants, auth.AllActions)), nil
}

func remoteHost(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// preferred picks English or Chinese from Accept-Language: the one named first.
func preferred(header string) string {
	for _, part := range strings.Split(header, ",") {
		switch tag, _, _ := strings.Cut(strings.TrimSpace(part), ";"); {
		case strings.HasPrefix(strings.ToLower(tag), "zh"):
			return "zh"
		case strings.HasPrefix(strings.ToLower(tag), "en"):
			return "en"
		}
	}
	return "en"
}

// withActor identifies who asks before next.
func (s *Server) withActor(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := s.identify(r)
		if err != nil {
			s.writeError(w, r, err)
			return
		}
		if ctx := r.Context(); s.sessions.GetString(ctx, sessionUser) != "" && time.Until(s.sessions.Deadline(ctx)) < sessionLifetime/2 {
			s.sessions.SetDeadline(ctx, time.Now().Add(sessionLifetime))
		}
		next.ServeHTTP(w, r)
	})
}
