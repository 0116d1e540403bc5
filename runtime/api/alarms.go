package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
)

// AlarmOrder is what somebody does to alarms.
type AlarmOrder struct {
	// Alarms are keys. The order is carried out for all of them or for none.
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	// Comment is kept in the journal and in the audit trail.
	Comment string `json:"comment,omitempty" maxLength:"1000"`
}

// ShelveOrder puts alarms away for a time.
type ShelveOrder struct {
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	// Minutes is for how long, up to a day.
	Minutes int `json:"minutes" minimum:"1" maximum:"1440"`
	// Once ends it as soon as the alarm returns.
	Once bool `json:"once,omitempty"`
	// Reason is shown in the list of what is shelved.
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

// ServiceOrder takes alarms out of service.
type ServiceOrder struct {
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	Reason string   `json:"reason" minLength:"1" maxLength:"1000"`
}

// AlarmDone says what has become of an order.
type AlarmDone struct {
	// Done is for how many alarms it meant something; for the others somebody was faster.
	Done int `json:"done"`
}

func (s *Server) alarmsResource() {
	add(s, route{method: "GET", path: "/alarms", id: "listAlarms", tag: "alarms", summary: "Alarms that are not normal, and those that are put away", access: anywhere(auth.View)}, s.listAlarms)
	s.alarmPlaceResource()
	s.alarmJournalResource()
	s.alarmFiguresResource()
	s.alarmSheetResource()
	order := func(path, id, summary string, right auth.Action, event alarm.Event) {
		add(s, route{method: "POST", path: path, id: id, tag: "alarms", summary: summary, access: anywhere(right)}, func(ctx context.Context, in *body[AlarmOrder]) (*body[AlarmDone], error) {
			return s.orderAlarms(ctx, engine.AlarmOrder{Event: event, Comment: in.Body.Comment}, in.Body.Alarms)
		})
	}
	order("/alarms/ack", "acknowledgeAlarms", "Acknowledge alarms", auth.Acknowledge, alarm.Acknowledge)
	order("/alarms/reset", "resetAlarms", "Reset latched alarms", auth.Acknowledge, alarm.Reset)
	order("/alarms/unshelve", "unshelveAlarms", "Bring shelved alarms back", auth.Shelve, alarm.Unshelve)
	order("/alarms/in-service", "restoreAlarms", "Put alarms into service again", auth.Shelve, alarm.Restore)
	add(s, route{method: "POST", path: "/alarms/shelve", id: "shelveAlarms", tag: "alarms", summary: "Put alarms away for a time", access: anywhere(auth.Shelve)}, func(ctx context.Context, in *body[ShelveOrder]) (*body[AlarmDone], error) {
		o := in.Body
		return s.orderAlarms(ctx, engine.AlarmOrder{Event: alarm.Shelve, Comment: o.Reason, For: time.Duration(o.Minutes) * time.Minute, Once: o.Once}, o.Alarms)
	})
	add(s, route{method: "POST", path: "/alarms/out-of-service", id: "removeAlarms", tag: "alarms", summary: "Take alarms out of service", access: anywhere(auth.Shelve)}, func(ctx context.Context, in *body[ServiceOrder]) (*body[AlarmDone], error) {
		return s.orderAlarms(ctx, engine.AlarmOrder{Event: alarm.Remove, Comment: in.Body.Reason}, in.Body.Alarms)
	})
}

func (s *Server) orderAlarms(ctx context.Context, o engine.AlarmOrder, keys []string) (*body[AlarmDone], error) {
	for _, k := range keys {
		if !slices.Contains(o.Keys, alarm.Key(k)) {
			o.Keys = append(o.Keys, alarm.Key(k))
		}
	}
	o.Comment = strings.TrimSpace(o.Comment)
	n, err := s.engine.OrderAlarms(ctx, o, actorOf(ctx))
	var p *spec.Problem
	switch {
	case errors.As(err, &p) && p.Code == "forbidden":
		return nil, errAlarmForbidden.with()
	case errors.As(err, &p) && p.Code == "comment_missing":
		return nil, errAlarmComment.with().at("/comment")
	case errors.As(err, &p) && p.Code == "alarm_unknown":
		return nil, errAlarmUnknown.with()
	case err != nil:
		return nil, err
	}
	return answerWith(AlarmDone{Done: n})
}

var (
	errAlarmForbidden = define("alarm_forbidden", 403, "You may not do that with one of the alarms.", "您无权对其中一个报警执行此操作。", "Choose alarms of your areas, or ask an administrator.", "请选择您所在区域的报警，或联系管理员。")
	errAlarmComment   = define("comment_missing", 422, "One of the alarms wants a comment.", "其中一个报警必须填写说明。", "Say what you have found or done.", "请说明您发现或处理的情况。")
	errAlarmUnknown   = define("alarm_unknown", 404, "One of the alarms is not there any more.", "其中一个报警已不存在。", "Load the list again.", "请重新加载列表。")
)
