package api

import (
	"strings"
	"testing"
)

func TestAlarmSheetIsComparedAndTakenOver(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "anna", "PUT", "/plant", alarmsOfTest, "If-Match", "*")
	csv := f.must(200, "vera", "GET", "/alarms/sheet.csv", "").body
	if !strings.Contains(csv, "hall1/level") || !strings.Contains(csv, "Too full") {
		t.Error(csv)
	}
	if got := f.must(200, "anna", "POST", "/alarms/sheet?dry=true&remove=true", csv).body; !strings.Contains(got, `"unchanged":3`) || !strings.Contains(got, `"changed":0`) {
		t.Error(got)
	}
	edited := "path,id,limit\nhall1/level,high,82\n"
	if got := f.must(200, "anna", "POST", "/alarms/sheet?dry=true", edited).body; !strings.Contains(got, `"name":"limit","old":"80","new":"82"`) {
		t.Error(got)
	}
	f.must(200, "anna", "POST", "/alarms/sheet", edited)
	if got := f.must(200, "anna", "GET", "/alarms/sheet.csv", "").body; !strings.Contains(got, ",82,") {
		t.Error(got)
	}
	// One wrong cell refuses all of the file.
	wrong := "path,id,limit\nhall1/level,high,85\nhall1/level,hh,much\n"
	if got := f.must(422, "anna", "POST", "/alarms/sheet", wrong).body; !strings.Contains(got, "Row 3") {
		t.Error(got)
	}
	if got := f.must(200, "anna", "GET", "/alarms/sheet.csv", "").body; strings.Contains(got, ",85,") {
		t.Error(got)
	}
	// Who designs one hall changes alarms there only.
	f.must(403, "hal1", "POST", "/alarms/sheet", "path,id,limit\nhall2/level,high,85\n")
	if file := f.must(200, "anna", "GET", "/alarms/sheet.xlsx", "").body; file[:2] != "PK" {
		t.Error(file[:20])
	}
}
