package api

import (
	"context"
	"errors"
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
)

// AlarmLimits are the limits of an alarm: those of its declaration, and those in force.
type AlarmLimits struct {
	Key  string `json:"key"`
	Kind string `json:"kind"`
	Unit string `json:"unit,omitempty"`
	// Limit and Lower are in force; left out when the alarm has none, or when it is not known now.
	Limit *float64 `json:"limit,omitempty"`
	Lower *float64 `json:"lower,omitempty"`
	// DeclaredLimit and DeclaredLower are those of the declaration; LimitFrom and LowerFrom the expressions by which they come
	// instead.
	DeclaredLimit *float64 `json:"declaredLimit,omitempty"`
	DeclaredLower *float64 `json:"declaredLower,omitempty"`
	LimitFrom     string   `json:"limitFrom,omitempty"`
	LowerFrom     string   `json:"lowerFrom,omitempty"`
	// MayTune says that you may set them, within Tune.
	MayTune bool        `json:"mayTune,omitempty"`
	Tune    *alarm.Tune `json:"tune,omitempty"`
	// Tuned says who has set which, left out when nobody has.
	Tuned *alarm.Tuned `json:"tuned,omitempty"`
}

// LimitOrder sets limits of an alarm.
type LimitOrder struct {
	Alarm string `json:"alarm"`
	// Limit and Lower are what is set; left out, it is that of the declaration again.
	Limit *float64 `json:"limit,omitempty"`
	Lower *float64 `json:"lower,omitempty"`
	// Reason is kept in the journal and in the audit trail.
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

func (s *Server) alarmLimitsResource() {
	add(s, route{method: "GET", path: "/alarms/limits", id: "getAlarmLimits", tag: "alarms", summary: "The limits of an alarm, and whether you may set them", access: anywhere(auth.View)}, s.alarmLimits)
	add(s, route{method: "PUT", path: "/alarms/limits", id: "setAlarmLimits", tag: "alarms", summary: "Set limits of an alarm while the plant runs, or go back to those of its declaration", access: anywhere(auth.Tune)}, s.tuneAlarm)
}

func (s *Server) alarmLimits(ctx context.Context, in *struct {
	Alarm string `query:"alarm" required:"true" maxLength:"900" doc:"the key of the alarm"`
}) (*body[AlarmLimits], error) {
	rights := actorOf(ctx).Rights
	a, known := s.engine.AlarmNow(alarm.Key(in.Alarm))
	if !known || !rights.Allows(auth.View, a.Path) {
		return nil, errAlarmUnknown.with()
	}
	l, ok := s.engine.AlarmLimits(a.Key)
	if !ok {
		return answerWith(AlarmLimits{Key: in.Alarm, Kind: a.Kind, Unit: a.Unit})
	}
	return answerWith(AlarmLimits{
		Key: in.Alarm, Kind: l.Kind, Unit: l.Unit, Limit: l.Limit, Lower: l.Lower, DeclaredLimit: l.DeclaredLimit, DeclaredLower: l.DeclaredLower, LimitFrom: l.LimitFrom, LowerFrom: l.LowerFrom,
		MayTune: l.Tune != nil && rights.Allows(auth.Tune, a.Path), Tune: l.Tune, Tuned: l.Tuned,
	})
}

func (s *Server) tuneAlarm(ctx context.Context, in *body[LimitOrder]) (*body[AlarmLimits], error) {
	o := in.Body
	err := s.engine.TuneAlarm(engine.TuneOrder{Key: alarm.Key(o.Alarm), Limit: o.Limit, Lower: o.Lower, Reason: strings.TrimSpace(o.Reason)}, actorOf(ctx))
	var p *spec.Problem
	switch {
	case errors.As(err, &p) && p.Code == "forbidden":
		return nil, errAlarmForbidden.with()
	case errors.As(err, &p) && p.Code == "alarm_unknown":
		return nil, errAlarmUnknown.with()
	case errors.As(err, &p) && p.Code == "alarm_fixed":
		return nil, errAlarmFixed.with()
	case errors.As(err, &p):
		return nil, spec.Problems{p}
	case err != nil:
		return nil, err
	}
	return s.alarmLimits(ctx, &struct {
		Alarm string `query:"alarm" required:"true" maxLength:"900" doc:"the key of the alarm"`
	}{o.Alarm})
}

var errAlarmFixed = define("alarm_fixed", 409, "The limit of the alarm is fixed.", "该报警的限值是固定的。", "Ask an engineer to let it be tuned.", "请工程师允许调整该限值。")
