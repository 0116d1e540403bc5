package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaNames are the names of schemas whose Go name says too little outside its package
// or is taken.
var schemaNames = map[string]string{
	"app.Tag": "AppTag", "app.Alarm": "AppAlarm", "alarm.Alarm": "TagAlarm", "alarm.Classification": "AlarmClass", "alarm.Period": "AlarmPeriod", "alarm.Reaction": "AlarmWrite", "alarm.Tune": "AlarmTune", "alarm.Tuned": "AlarmTuned", "app.Input": "AppInput",
	"plant.Tag": "PlantTag", "plant.Write": "TagWrite", "plant.Scan": "ScanClass",
	"widgets.Size": "WidgetSize", "widgets.Event": "WidgetEvent",
	"connector.Type": "ConnectorType", "northbound.Type": "NorthboundType", "northbound.Stats": "NorthboundStats", "northbound.Peer": "NorthboundPeer", "action.Type": "ActionType", "connector.Node": "BrowseNode",
	"backup.Settings": "BackupSettings", "backup.Status": "BackupStatus", "backup.Run": "BackupRun", "backup.Progress": "BackupProgress", "backup.Counts": "BackupCounts", "backup.Listed": "ListedBackup", "target.Settings": "Target", "target.Entry": "StoredFile",
	"export.Query": "ExportQuery", "export.Known": "ScheduledExport", "export.Run": "ExportRun",
	"notify.Config": "Messages", "notify.Channel": "MessageChannel", "notify.Template": "MessageTemplate", "notify.Roster": "Roster", "notify.Shift": "RosterShift", "notify.Hours": "MessageHours", "notify.Holiday": "Holiday",
	"notify.Route": "MessageRoute", "notify.Step": "MessageStep", "notify.Person": "MessagePerson", "notify.Outgoing": "Message", "notify.Kind": "ChannelKind", "notify.Preset": "ChannelPreset", "notify.Doing": "ChannelState", "notify.Gap": "RosterGap",
	"expression.Function": "Function", "expression.Example": "Example",
}

func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if n, ok := schemaNames[t.String()]; ok {
		return n
	}
	if name := t.Name(); strings.HasPrefix(t.String(), "report.") && name != "Report" {
		return "Report" + name // what stands on pages has short names there
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// OpenAPI is the OpenAPI 3.1 description of the API. It needs no database.
func OpenAPI() ([]byte, error) { return New(Options{}).openAPI() }

func (s *Server) openAPI() ([]byte, error) {
	raw, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, err
	}
	// OpenAPI has no parameter of several segments.
	return append(bytes.ReplaceAll(raw, []byte("{path...}"), []byte("{path}")), '\n'), nil
}

func (s *Server) serveOpenAPI(w http.ResponseWriter, r *http.Request) {
	raw, err := s.openAPI()
	if err != nil {
		s.writeError(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(raw)
}

// schemaOf documents a body that is read or written raw by the schema of its type.
func schemaOf[T any](s *Server) *huma.MediaType {
	return &huma.MediaType{Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[T](), true, "")}
}
