package session

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

// openEach opens several screens: each is answered by itself, as its values may change before the last is open.
func (c *conn) openEach(r *Request) {
	if len(r.Each) > MaxOpens {
		c.fail(r.ID, c.problem("too_many_opens"))
		return
	}
	// What is asked at once counts for less than asked one by one, but not for nothing.
	if !c.limiter.AllowN(time.Now(), 1+len(r.Each)/20) {
		c.fail(r.ID, c.problem("too_many_requests"))
		return
	}
	c.setLanguage(r.Language)
	var shown []opened
	for i := range r.Each {
		x := &r.Each[i]
		if x.ID <= 0 {
			c.fail(r.ID, c.problem("each_id"))
			return
		}
		one := &Request{ID: x.ID, Op: r.Op, Installation: x.Installation, Screen: x.Screen, Params: x.Params, Draft: x.Draft, Offers: x.Offers, Units: r.Units}
		c.openOne(one, &shown)
	}
	c.reply(&Reply{ID: r.ID, OK: true})
}

// opened is a screen that a request has opened, for those after it that are the same but for their parameters.
type opened struct {
	id     int
	screen *engine.Screen
}

// liken leaves out of a reply what an earlier one of the same request says; false when there is none.
func liken(r *Reply, s *engine.Screen, shown *[]opened) bool {
	for _, o := range *shown {
		if o.screen.App == s.App && o.screen.Revision == s.Revision && bytes.Equal(o.screen.Document, s.Document) {
			r.Like, r.Screen = o.id, nil
			return true
		}
	}
	*shown = append(*shown, opened{r.ID, s})
	return false
}

// offered adds to the parameters of a request what the app has inputs for, and says what that was.
func (c *conn) offered(r *Request) (params map[string]json.RawMessage, took []string) {
	if len(r.Offers) == 0 {
		return r.Params, nil
	}
	params = make(map[string]json.RawMessage, len(r.Params)+len(r.Offers))
	for _, in := range c.hub.engine.Inputs(r.Installation, r.Draft) {
		raw, ok := r.Offers[in.ID]
		typ, known := tag.ParseType(in.Type)
		if !ok || in.Kind != "parameter" || !known {
			continue
		}
		if _, given := r.Params[in.ID]; given {
			continue
		}
		if v, err := tag.Parse(raw, typ); err == nil && !v.IsNone() {
			params[in.ID] = raw
			took = append(took, in.ID)
		}
	}
	maps.Copy(params, r.Params)
	return params, took
}

// closeEach closes several views; those that are closed already do not matter.
func (c *conn) closeEach(r *Request) {
	if len(r.Views) > MaxOpens {
		c.fail(r.ID, c.problem("too_many_opens"))
		return
	}
	for _, number := range r.Views {
		c.closeNumber(number)
	}
	c.reply(&Reply{ID: r.ID, OK: true})
}

// closeNumber closes a view; false when there is none.
func (c *conn) closeNumber(number int) bool {
	c.mu.Lock()
	v := c.views[number]
	delete(c.views, number)
	c.mu.Unlock()
	if v == nil {
		return false
	}
	c.drop(v)
	c.mu.Lock()
	c.ready = slices.DeleteFunc(c.ready, func(o *view) bool { return o == v || o == v.part })
	c.mu.Unlock()
	return true
}
