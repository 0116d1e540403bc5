package api

import (
	"errors"
	"io"
	"net/http"
	"sync"

	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
)

// Bounds of what devices send.
const (
	// maxPush is the largest message in bytes.
	maxPush = 1 << 20
	// pushRate is how many messages a second one sender may send for one device, pushBurst how
	// many at once.
	pushRate, pushBurst = 50, 100
	// maxSenders is how many senders are told apart.
	maxSenders = 10_000
)

var (
	errPushToken = define("push_token", 401, "The device is not known, or the token is not its own.", "设备未知，或令牌不属于该设备。", "Send the token of the device as Authorization: Bearer …", "请以 Authorization: Bearer … 发送该设备的令牌。")
	errPushRate  = define("push_rate", 429, "Too many messages came in a short time.", "短时间内消息过多。", "Send several values in one message.", "请将多个数值放在一条消息中。")
)

// senders bounds how fast each may send.
type senders struct {
	mu sync.Mutex
	by map[string]*rate.Limiter
}

func (s *senders) allow(device, address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := address + " " + device
	l := s.by[key]
	if l == nil {
		if len(s.by) >= maxSenders {
			clear(s.by)
		}
		l = rate.NewLimiter(pushRate, pushBurst)
		s.by[key] = l
	}
	return l.Allow()
}

// pushResource lets devices send values. They are nobody who could log in: each has a token of its
// own in its settings, which is good for nothing else.
func (s *Server) pushResource() {
	limit := &senders{by: map[string]*rate.Limiter{}}
	s.mux.HandleFunc("POST "+prefix+"/push/{device}", func(w http.ResponseWriter, r *http.Request) {
		device := r.PathValue("device")
		if !limit.allow(device, remoteHost(r)) {
			s.writeError(w, r, errPushRate.with().header("Retry-After", "1"))
			return
		}
		token, ok := bearer(r)
		if !ok {
			token = r.Header.Get("X-API-Key")
		}
		if token == "" {
			s.writeError(w, r, errPushToken.with())
			return
		}
		message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPush))
		if err != nil {
			if !errors.As(err, new(*http.MaxBytesError)) {
				err = errBodySyntax.with().because(err)
			}
			s.writeError(w, r, err)
			return
		}
		var refused *connector.StatusError
		var problem *spec.Problem
		switch err := s.engine.Push(r.Context(), device, token, message); {
		case err == nil:
			w.WriteHeader(http.StatusNoContent)
		case errors.Is(err, connector.ErrForbidden):
			s.writeError(w, r, errPushToken.with())
		case errors.As(err, &refused):
			e := errBody.with()
			e.Problems = []*spec.Problem{{Code: e.Code, Message: refused.Message, Hint: e.Hint}}
			s.writeError(w, r, e)
		case errors.As(err, &problem):
			s.writeError(w, r, errNotReady.with().header("Retry-After", "1"))
		default:
			s.writeError(w, r, err)
		}
	})
}
