package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Try sends a test message by a channel that need not be saved, and gives the answer of its service.
func (s *Service) Try(ctx context.Context, c Channel, to, language, by string) (string, error) {
	sender, err := s.sender(&c)
	if err != nil {
		return "", err
	}
	now := s.Host.Now()
	f := &Facts{
		Time: now, Event: "test", Priority: "low", Title: spec.Text{"en": "Test message", "zh": "测试消息"}, Name: spec.Text{"en": "Lineside", "zh": "Lineside"},
		Message: spec.Text{"en": "If you read this, messages by this channel arrive.", "zh": "收到此消息表示该通道工作正常。"}, Value: "42.5", Limit: "40", Unit: "bar", By: by,
	}
	base := s.config().URL
	subject, text, fields := write(&c, f, language, base, s.Zone())
	if base != "" {
		fields["link"] = strings.TrimRight(base, "/") + "/alarms"
	}
	return s.send(ctx, &liveChannel{config: c, sender: sender}, Message{Key: fmt.Sprintf("test/%d", now.UnixNano()), To: to, Subject: subject, Text: text, Link: fields["link"], Fields: fields})
}

// Tried is what came of one test message.
type Tried struct {
	// Channel is its id, Name what it is called.
	Channel, Name, Answer string
	Err                   error
}

// TryPerson sends test messages to a person by every channel that reaches them.
func (s *Service) TryPerson(ctx context.Context, p *Known) (out []Tried) {
	for _, c := range s.config().Channels {
		kind, ok := Lookup(c.Kind)
		if !ok || c.Disabled {
			continue
		}
		var addresses []string
		switch kind.Reach {
		case ByMail:
			addresses = []string{p.Mail}
		case ByPhone:
			plain, _ := PlainPhone(p.Phone)
			addresses = []string{plain}
		case ByDevice:
			addresses = p.Devices
		}
		for _, to := range addresses {
			if to == "" {
				continue
			}
			answer, err := s.Try(ctx, c, to, cmp.Or(p.Person.Language, p.Language), p.Name)
			out = append(out, Tried{c.ID, c.Called(), answer, err})
		}
	}
	return out
}

// Reaches are the ways in which channels that are on reach people.
func (s *Service) Reaches() []string {
	out := []string{}
	for _, c := range s.config().Channels {
		if kind, ok := Lookup(c.Kind); ok && !c.Disabled && kind.Reach != ByGroup && !slices.Contains(out, string(kind.Reach)) {
			out = append(out, string(kind.Reach))
		}
	}
	return out
}

// CheckDevice says what is wrong with a device that somebody registers; found is false when there is no channel for it.
func (s *Service) CheckDevice(device json.RawMessage) (found bool, err error) {
	for _, c := range s.config().Channels {
		if kind, ok := Lookup(c.Kind); ok && !c.Disabled && kind.Reach == ByDevice {
			found = true
			if err = kind.CheckDevice(device, c.Settings); err == nil {
				return true, nil
			}
		}
	}
	return found, err
}
