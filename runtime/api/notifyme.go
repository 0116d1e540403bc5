package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// NotifyMe is how somebody is told of alarms.
type NotifyMe struct {
	notify.Person
	Devices []NotifyDevice `json:"devices" nullable:"false"`
	// Reaches are the ways in which there are channels: mail, phone, device.
	Reaches []string `json:"reaches" nullable:"false" enum:"mail,phone,device"`
	// Key is that of this server, for push messages.
	Key string `json:"key,omitempty"`
}

// NotifyDevice is a device on which somebody is told.
type NotifyDevice struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Created time.Time `json:"created"`
}

// NewNotifyDevice registers a device.
type NewNotifyDevice struct {
	// Name tells it from others: "Chrome on Android".
	Name string `json:"name" minLength:"1" maxLength:"100"`
	// Subscription is what the browser says of itself (Push API, 7).
	Subscription json.RawMessage `json:"subscription"`
}

// NotifyMeTried is what came of test messages to oneself.
type NotifyMeTried struct {
	Results []NotifyMeResult `json:"results" nullable:"false"`
}

// NotifyMeResult is what came of one.
type NotifyMeResult struct {
	Channel string `json:"channel"`
	Name    string `json:"name"`
	// Answer is what the service said, Error why it was not taken.
	Answer string `json:"answer,omitempty"`
	Error  string `json:"error,omitempty"`
}

// maxDevices is how many devices one may register.
const maxDevices = 10

func (s *Server) notifyMeResource() {
	r := route{tag: "messages", access: loggedIn}
	r.method, r.path, r.id, r.summary = "GET", "/notify/me", "getNotifyMe", "How one is told of alarms"
	add(s, r, s.getNotifyMe)
	r.method, r.id, r.summary = "PUT", "putNotifyMe", "Say how one wants to be told of alarms"
	add(s, r, s.putNotifyMe)
	r.method, r.path, r.id, r.summary = "GET", "/notify/me/log", "listNotifyMine", "The messages to oneself, newest first"
	add(s, r, s.notifyMine)
	r.method, r.path, r.id, r.summary = "POST", "/notify/me/try", "tryNotifyMe", "Send test messages to oneself"
	add(s, r, s.tryNotifyMe)
	r.method, r.path, r.id, r.summary, r.status = "POST", "/notify/me/devices", "addNotifyDevice", "Register a phone or a browser for push messages", 201
	add(s, r, s.addNotifyDevice)
	r.method, r.path, r.id, r.summary, r.status = "DELETE", "/notify/me/devices/{id}", "removeNotifyDevice", "Remove a phone or a browser", 204
	add(s, r, s.removeNotifyDevice)
}

func (s *Server) getNotifyMe(ctx context.Context, _ *nothing) (*body[NotifyMe], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	people, err := s.store.NotifyPeople(ctx)
	if err != nil {
		return nil, err
	}
	devices, err := s.store.NotifyDevices(ctx, user.Name)
	if err != nil {
		return nil, err
	}
	me := NotifyMe{Person: people[strings.ToLower(user.Name)], Devices: []NotifyDevice{}, Reaches: service.Reaches()}
	for _, d := range devices {
		me.Devices = append(me.Devices, NotifyDevice{d.ID, d.Name, d.Created})
	}
	if keys := service.Host.VAPID; keys != nil {
		me.Key = keys.Public
	}
	return answerWith(me)
}

func (s *Server) putNotifyMe(ctx context.Context, in *body[notify.Person]) (*body[NotifyMe], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	if ps := in.Body.Check(); ps.Errors() {
		return nil, ps
	}
	if err := s.store.SetNotifyPerson(ctx, user.Name, in.Body, entry(ctx, "notify.me", user.Name)); err != nil {
		return nil, err
	}
	service.Refresh()
	return s.getNotifyMe(ctx, nil)
}

func (s *Server) notifyMine(ctx context.Context, in *logFilter) (*body[NotifyLog], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	return s.messageLog(ctx, in, user.Name)
}

func (s *Server) addNotifyDevice(ctx context.Context, in *body[NewNotifyDevice]) (*body[NotifyDevice], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	found, err := service.CheckDevice(in.Body.Subscription)
	if err != nil {
		return nil, errNotifyDevice.with(err.Error()).at("/subscription")
	}
	if !found {
		return nil, errNotifyNoPush.with()
	}
	var sub struct{ Endpoint string }
	if err := json.Unmarshal(in.Body.Subscription, &sub); err != nil {
		return nil, errNotifyDevice.with(err.Error()).at("/subscription")
	}
	sum := sha256.Sum256([]byte(sub.Endpoint))
	d := store.NotifyDevice{ID: hex.EncodeToString(sum[:16]), User: user.Name, Name: in.Body.Name, Subscription: in.Body.Subscription}
	err = s.store.AddNotifyDevice(ctx, d, maxDevices, entry(ctx, "notify.device", in.Body.Name))
	if errors.Is(err, store.ErrExists) {
		return nil, errNotifyFull.with()
	}
	if err != nil {
		return nil, err
	}
	service.Refresh()
	return answerWith(NotifyDevice{d.ID, d.Name, time.Now()})
}

func (s *Server) removeNotifyDevice(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64"`
}) (*done, error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	if err := s.store.RemoveNotifyDevice(ctx, user.Name, in.ID, entry(ctx, "notify.device.remove", in.ID)); err != nil {
		return nil, unless(err, "device", in.ID)
	}
	service.Refresh()
	return nil, nil
}

// ownDevices are the ids of the devices of who asks.
func (s *Server) ownDevices(ctx context.Context) (ids []string, err error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	devices, err := s.store.NotifyDevices(ctx, user.Name)
	for _, d := range devices {
		ids = append(ids, d.ID)
	}
	return ids, err
}

// tries remembers when people tried last: a message may cost money.
type tries struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (t *tries) may(name string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.last[name]) < 10*time.Second {
		return false
	}
	if t.last == nil || len(t.last) > 10_000 {
		t.last = map[string]time.Time{}
	}
	t.last[name] = now
	return true
}

func (s *Server) tryNotifyMe(ctx context.Context, _ *nothing) (*body[NotifyMeTried], error) {
	user, ok := userOf(ctx)
	if !ok {
		return nil, errPersonOnly.with()
	}
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	if !s.tries.may(user.Name, time.Now()) {
		return nil, errNotifySoon.with()
	}
	people, err := notifyPeople(ctx, s.store)
	if err != nil {
		return nil, err
	}
	out := NotifyMeTried{Results: []NotifyMeResult{}}
	for _, p := range people {
		if p.Name != user.Name {
			continue
		}
		for _, r := range service.TryPerson(ctx, &p) {
			one := NotifyMeResult{Channel: r.Channel, Name: r.Name, Answer: r.Answer}
			if r.Err != nil {
				one.Error = spec.Translate(r.Err.Error(), languageOf(ctx))
			}
			out.Results = append(out.Results, one)
		}
	}
	if err := s.store.Audit(ctx, entry(ctx, "notify.try", user.Name)); err != nil {
		return nil, err
	}
	return answerWith(out)
}
