package api

import (
	"context"

	"github.com/lineside/lineside/runtime/auth"
)

// AlarmClassUse is how many alarms are of each class.
type AlarmClassUse struct {
	// Used counts alarms by the id of their class, those of assets one by one.
	Used map[string]int `json:"used"`
}

func (s *Server) alarmClassesResource() {
	add(s, route{method: "GET", path: "/plant/alarm-classes/used", id: "countAlarmClasses", tag: "plant", summary: "How many alarms are of each class", access: anywhere(auth.Design)}, func(context.Context, *struct{}) (*body[AlarmClassUse], error) {
		return answerWith(AlarmClassUse{Used: s.engine.AlarmClassUse()})
	})
}
