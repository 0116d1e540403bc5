package session

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/lineside/lineside/runtime/auth"
)

// MaxQuestions is the number of questions about the history under way at once, of one connection.
const MaxQuestions = 4

// HistoryFunc answers a question about the history: a HistoryQuestion of the HTTP API by a HistoryAnswer. An error that is
// an *Error is told as it is.
type HistoryFunc func(ctx context.Context, actor auth.Actor, language string, question json.RawMessage) (json.RawMessage, error)

// AnswerHistory says who answers questions about the history; without it there is none. It is called before the first
// connection.
func (h *Hub) AnswerHistory(f HistoryFunc) { h.history = f }

// askHistory answers beside the other requests; the question ends with the connection.
func (c *conn) askHistory(r Request) {
	switch {
	case c.hub.history == nil:
		c.fail(r.ID, c.problem("history_none"))
		return
	case c.asking.Add(1) > MaxQuestions:
		c.asking.Add(-1)
		c.fail(r.ID, c.problem("too_many_questions"))
		return
	}
	language := c.language()
	c.running.Add(1)
	go func() {
		defer c.running.Done()
		defer c.asking.Add(-1)
		ctx, cancel := context.WithTimeout(c.ctx, opTimeout)
		defer cancel()
		answer, err := c.hub.history(ctx, c.actor, language, r.History)
		var e *Error
		switch {
		case errors.As(err, &e):
			c.fail(r.ID, e)
		case err != nil:
			c.hub.log.Error("question about the history failed", "error", err)
			c.fail(r.ID, &Error{Code: "internal", Message: "The history cannot be read."})
		default:
			c.reply(&Reply{ID: r.ID, OK: true, History: answer})
		}
	}()
}
