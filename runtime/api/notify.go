package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

var (
	errNotifyTry    = define("message_refused", 502, "The service did not take the message: %s", "服务未接收消息：%s", "Look at address, user and password, and whether this server reaches the service.", "请检查地址、用户名和密码，以及服务器能否访问该服务。")
	errNotifySoon   = define("message_soon", 429, "You have just tried.", "您刚刚试过。", "Wait ten seconds and try again.", "请等待十秒后重试。")
	errNotifyDevice = define("device_refused", 422, "This device cannot be registered: %s.", "无法登记此设备：%s。", "Ask an administrator to allow its service in the channel for push messages.", "请管理员在推送通道中允许该服务。")
	errNotifyNoPush = define("push_missing", 409, "There is no channel for push messages.", "没有推送通道。", "Ask an administrator to add one.", "请管理员添加推送通道。")
	errNotifyFull   = define("devices_full", 409, "You have registered as many devices as may be.", "登记的设备数量已达上限。", "Remove one that you do not use any more.", "请删除不再使用的设备。")
)

// NotifySetup is who is told of what, with its ETag.
type NotifySetup struct {
	ETag string `header:"ETag"`
	Body notify.Config
}

// NotifyState says how channels and rosters are doing.
type NotifyState struct {
	Channels map[string]notify.Doing `json:"channels"`
	Rosters  map[string]RosterState  `json:"rosters"`
	// Problems are what is wrong with the set-up by now: a user is gone.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

// RosterState says who is on duty.
type RosterState struct {
	OnDuty []string `json:"onDuty" nullable:"false"`
	// Gaps are the times of the next seven days in which nobody is.
	Gaps []notify.Gap `json:"gaps" nullable:"false"`
}

// NotifyTry is a test message by a channel that need not be saved.
type NotifyTry struct {
	Channel notify.Channel `json:"channel"`
	// To is an address or a number; "" for a channel that needs none, and for the devices of who asks.
	To string `json:"to,omitempty" maxLength:"254"`
}

// NotifyTried is what came of a test message.
type NotifyTried struct {
	// Answer is what the service said.
	Answer       string `json:"answer"`
	Milliseconds int64  `json:"milliseconds"`
}

// NotifyLog is a part of the log of messages, newest first.
type NotifyLog struct {
	Messages []*notify.Outgoing `json:"messages" nullable:"false"`
	// Next is the id to give as before for the next part, 0 at the end.
	Next int64 `json:"next,omitempty"`
}

// NotifyAgain names messages that failed.
type NotifyAgain struct {
	IDs []int64 `json:"ids" minItems:"1" maxItems:"500"`
}

func (s *Server) notifyResource() {
	r := route{tag: "messages", access: whole(auth.Administer)}
	r.method, r.path, r.id, r.summary = "GET", "/notify", "getNotify", "Who is told of which alarms: channels, routes, rosters"
	add(s, r, s.getNotify)
	r.method, r.id, r.summary = "PUT", "putNotify", "Replace who is told of which alarms"
	add(s, r, s.putNotify)
	r.method, r.path, r.id, r.summary = "GET", "/notify/kinds", "listNotifyKinds", "The kinds of channels there are"
	add(s, r, func(context.Context, *nothing) (*body[[]*notify.Kind], error) { return answerWith(notify.Kinds()) })
	r.method, r.path, r.id, r.summary = "GET", "/notify/state", "getNotifyState", "How channels and rosters are doing"
	add(s, r, s.notifyState)
	r.method, r.path, r.id, r.summary = "POST", "/notify/try", "tryNotify", "Send a test message by a channel, and say what its service answers"
	add(s, r, s.tryNotify)
	r.method, r.path, r.id, r.summary = "GET", "/notify/log", "listNotifyLog", "The messages that were sent or wait, newest first"
	add(s, r, s.notifyLog)
	r.method, r.path, r.id, r.summary = "POST", "/notify/log/again", "repeatNotify", "Send messages that failed once more"
	add(s, r, s.notifyAgain)
	s.notifyMeResource()
}

// messages is the service, or an error where there is none.
func (s *Server) messages() (*notify.Service, error) {
	if s.notify == nil {
		return nil, errNotReady.with()
	}
	return s.notify, nil
}

// setup is the set-up that is kept.
func (s *Server) setup(ctx context.Context) (c notify.Config, etag string, err error) {
	content, etag, err := s.store.NotifySetup(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return notify.Config{}, "", nil
	}
	if err != nil {
		return c, "", err
	}
	return c, etag, json.Unmarshal(content, &c)
}

func (s *Server) getNotify(ctx context.Context, _ *nothing) (*NotifySetup, error) {
	c, etag, err := s.setup(ctx)
	if err != nil {
		return nil, err
	}
	return &NotifySetup{ETag: quote(etag), Body: c}, nil
}

func (s *Server) putNotify(ctx context.Context, in *struct {
	IfMatch string `header:"If-Match"`
	Body    notify.Config
}) (*NotifySetup, error) {
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	c := in.Body
	known, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	if ps := c.Check(func(name string) bool { return known[strings.ToLower(name)] }); ps.Errors() {
		return nil, ps
	}
	sealed, err := s.sealChannels(ctx, &c)
	if err != nil {
		return nil, err
	}
	if len(sealed.problems) > 0 {
		return nil, sealed.problems
	}
	content, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	etag, err := s.store.SaveNotifySetup(ctx, content, unquote(in.IfMatch), sealed.taken, sealed.kept, entry(ctx, "notify.setup", ""))
	if err != nil {
		return nil, err
	}
	service.Use(&c)
	return &NotifySetup{ETag: quote(etag), Body: c}, nil
}

func (s *Server) userNames(ctx context.Context) (map[string]bool, error) {
	users, err := s.store.Users(ctx)
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(users))
	for _, u := range users {
		known[strings.ToLower(u.Name)] = true
	}
	return known, nil
}

// sealChannels takes the secrets out of the settings of channels.
func (s *Server) sealChannels(ctx context.Context, c *notify.Config) (*sealing, error) {
	ids, err := s.store.SecretIDs(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for id := range ids {
		if strings.HasPrefix(id, store.NotifySecret) {
			known[id] = true
		}
	}
	sealed := &sealing{known: known, taken: map[string]string{}, prefix: store.NotifySecret}
	c.Channels = slices.Clone(c.Channels)
	for i := range c.Channels {
		channel := &c.Channels[i]
		kind, ok := notify.Lookup(channel.Kind)
		if !ok || len(bytes.TrimSpace(channel.Settings)) == 0 {
			continue
		}
		settings, err := sealed.settings(kind.Settings, channel.Settings, fmt.Sprintf("/channels/%d/settings", i))
		if err != nil {
			return nil, fmt.Errorf("settings of channel %s: %w", channel.ID, err)
		}
		channel.Settings = settings
	}
	return sealed, nil
}

func (s *Server) notifyState(ctx context.Context, _ *nothing) (*body[NotifyState], error) {
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	c, _, err := s.setup(ctx)
	if err != nil {
		return nil, err
	}
	known, err := s.userNames(ctx)
	if err != nil {
		return nil, err
	}
	out := NotifyState{Channels: service.Doing(), Rosters: map[string]RosterState{}, Problems: told(ctx, c.Check(func(name string) bool { return known[strings.ToLower(name)] }))}
	for i := range c.Rosters {
		r := &c.Rosters[i]
		out.Rosters[r.ID] = RosterState{OnDuty: orEmpty(service.OnDuty(r.ID)), Gaps: orEmpty(c.Gaps(r, time.Now(), service.Zone()))}
	}
	return answerWith(out)
}

func (s *Server) tryNotify(ctx context.Context, in *body[NotifyTry]) (*body[NotifyTried], error) {
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	channel := in.Body.Channel
	if channel.ID == "" {
		channel.ID = "draft"
	}
	c := notify.Config{Channels: []notify.Channel{channel}}
	if ps := c.Check(nil); ps.Errors() {
		for _, p := range ps {
			p.At = "/channel" + strings.TrimPrefix(p.At, "/channels/0")
		}
		return nil, ps
	}
	kind, _ := notify.Lookup(channel.Kind) // it was checked
	addresses := []string{""}
	switch kind.Reach {
	case notify.ByMail, notify.ByPhone:
		if in.Body.To == "" {
			return nil, spec.Problems{{Code: "value_missing", At: "/to", Message: "It is not said to whom the test message goes.", Hint: "Write an address or a number."}}
		}
		addresses[0] = in.Body.To
		if kind.Reach == notify.ByPhone {
			plain, ok := notify.PlainPhone(in.Body.To)
			if !ok {
				return nil, spec.Problems{{Code: "phone_invalid", At: "/to", Message: fmt.Sprintf("%q is not the number of a telephone.", in.Body.To), Hint: `Write a number such as "+49 170 1234567".`}}
			}
			addresses[0] = plain
		}
	case notify.ByDevice:
		if addresses, err = s.ownDevices(ctx); err != nil {
			return nil, err
		}
		if len(addresses) == 0 {
			return nil, spec.Problems{{Code: "value_missing", At: "/to", Message: "You have not registered a device.", Hint: "Save the channel, register this device under “My messages”, and try again."}}
		}
	}
	begun := time.Now()
	var answers []string
	for _, to := range addresses {
		answer, err := service.Try(ctx, channel, to, languageOf(ctx), actorOf(ctx).Name)
		e := entry(ctx, "notify.try", channel.ID)
		if err != nil {
			e.Outcome, e.Message = store.OutcomeFailed, err.Error()
		}
		if err := s.store.Audit(ctx, e); err != nil {
			return nil, err
		}
		if err != nil {
			return nil, errNotifyTry.with(spec.Translate(err.Error(), languageOf(ctx)))
		}
		answers = append(answers, answer)
	}
	return answerWith(NotifyTried{Answer: strings.Join(answers, "\n"), Milliseconds: time.Since(begun).Milliseconds()})
}

// logFilter says which messages of the log are wanted.
type logFilter struct {
	State   []string `query:"state" maxItems:"6" enum:"waiting,sending,sent,digested,failed,skipped" doc:"only those in these states"`
	Channel string   `query:"channel" maxLength:"64" doc:"only those by this channel"`
	Query   string   `query:"q" maxLength:"200" doc:"contained in subject, receiver, alarm or answer"`
	Before  int64    `query:"before" minimum:"0" doc:"only those with a lower id"`
	Limit   int      `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

func (s *Server) notifyLog(ctx context.Context, in *logFilter) (*body[NotifyLog], error) {
	return s.messageLog(ctx, in, "")
}

func (s *Server) messageLog(ctx context.Context, in *logFilter, receiver string) (*body[NotifyLog], error) {
	list, err := s.store.Messages(ctx, store.MessageFilter{States: in.State, Channel: in.Channel, Receiver: receiver, Query: in.Query, Before: in.Before, Limit: in.Limit + 1})
	if err != nil {
		return nil, err
	}
	out := NotifyLog{Messages: orEmpty(list)}
	if len(list) > in.Limit {
		out.Messages = list[:in.Limit]
		out.Next = list[in.Limit-1].ID
	}
	return answerWith(out)
}

func (s *Server) notifyAgain(ctx context.Context, in *body[NotifyAgain]) (*body[NotifyLog], error) {
	service, err := s.messages()
	if err != nil {
		return nil, err
	}
	list, err := s.store.QueueAgain(ctx, in.Body.IDs, entry(ctx, "notify.again", fmt.Sprint(in.Body.IDs)))
	if err != nil {
		return nil, err
	}
	out := NotifyLog{Messages: []*notify.Outgoing{}}
	for _, o := range list {
		shown := *o // the queue goes on with its own
		out.Messages = append(out.Messages, &shown)
	}
	service.Again(list)
	return answerWith(out)
}
