package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
)

const alarmsOfTest = `{
 "format": 1,
 "tags": [
  {"path": "hall1/level", "type": "float", "initial": 50, "write": {}, "alarms": {
   "high": {"kind": "high", "priority": "high", "limit": 80, "title": {"en": "Too full", "zh": "过满"}},
   "hh": {"kind": "high-high", "priority": "urgent", "limit": 90, "acknowledge": "comment"}}},
  {"path": "hall2/level", "type": "float", "initial": 99, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 80}}}
 ]
}`

func TestAlarms(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "anna", "PUT", "/plant", alarmsOfTest, "If-Match", "*")
	list := func(who, query string) (page AlarmPage) {
		t.Helper()
		if err := json.Unmarshal([]byte(f.must(200, who, "GET", "/alarms"+query, "").body), &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	journal := func(who, query string) (page JournalPage) {
		t.Helper()
		if err := json.Unmarshal([]byte(f.must(200, who, "GET", "/alarms/journal"+query, "").body), &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	soon := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("waited in vain for ", what)
			}
		}
	}
	f.must(200, "olga", "PUT", "/tags/hall1/level", `{"value": 95}`)
	soon("three alarms", func() bool { return list("anna", "").Total == 3 })
	page := list("hal1", "")
	if page.Total != 2 || page.Alarms[0].ID != "hh" || !page.Alarms[0].Comment || page.Alarms[1].Name["zh"] != "过满" || !page.Alarms[0].MayShelve {
		t.Errorf("%+v", page)
	}
	if page := list("olga", "?priority=urgent,low"); page.Total != 2 || page.Alarms[0].MayShelve || !page.Alarms[0].MayAcknowledge {
		t.Errorf("%+v", page)
	}
	for query, want := range map[string]int{"?area=hall2": 1, "?area=hall": 0, "?q=TOO+FULL": 1, "?q=过满": 1, "?state=acknowledged": 0, "?limit=1": 3, "?list=shelved": 0, "?list=all": 3} {
		if page := list("anna", query); page.Total != want || query == "?limit=1" && len(page.Alarms) != 1 {
			t.Errorf("%s: %d, not %d", query, page.Total, want)
		}
	}
	one, both := `{"alarms":["hall1/level#high"]}`, `{"alarms":["hall1/level#high","hall1/level#hh"]}`
	for _, row := range []struct {
		who, path, body string
		status          int
	}{
		{"vera", "/alarms/ack", one, 403}, {"hal1", "/alarms/ack", `{"alarms":["hall2/level#high"]}`, 403}, {"olga", "/alarms/shelve", `{"alarms":["hall1/level#high"],"minutes":5,"reason":"x"}`, 403},
		{"olga", "/alarms/ack", both, 422}, {"olga", "/alarms/ack", `{"alarms":["hall1/level#none"]}`, 404}, {"olga", "/alarms/ack", `{"alarms":[]}`, 422}, {"erik", "/alarms/shelve", `{"alarms":["hall1/level#high"],"minutes":5,"reason":""}`, 422}, {"erik", "/alarms/shelve", `{"alarms":["hall1/level#high"],"minutes":99999,"reason":"x"}`, 422},
		{"olga", "/alarms/ack", one, 200}, {"hal1", "/alarms/ack", `{"alarms":["hall1/level#hh"],"comment":"valve stuck"}`, 200},
		{"erik", "/alarms/shelve", `{"alarms":["hall1/level#high"],"minutes":5,"reason":"sensor"}`, 200}, {"erik", "/alarms/unshelve", one, 200}, {"erik", "/alarms/out-of-service", `{"alarms":["hall2/level#high"],"reason":"repair"}`, 200}, {"erik", "/alarms/in-service", `{"alarms":["hall2/level#high"]}`, 200},
	} {
		if r := f.as(row.who, http.MethodPost, row.path, row.body); r.status != row.status {
			t.Errorf("%s %s %s: %d %s", row.who, row.path, row.body, r.status, r.body)
		}
	}
	if page := journal("anna", ""); len(page.Entries) != 9 || page.Entries[0].Event != "in-service" || page.Entries[0].By != "erik" {
		t.Errorf("%+v", page.Entries)
	}
	for query, want := range map[string]int{"?area=hall2": 3, "?user=olga": 1, "?event=raise": 3, "?q=valve": 1, "?alarm=hall1/level%23hh": 2, "?limit=2": 2, "?priority=low": 3, "?from=2100-01-01T00:00:00Z": 0} {
		if page := journal("anna", query); len(page.Entries) != want {
			t.Errorf("%s: %d, not %d", query, len(page.Entries), want)
		}
	}
	if page := journal("hal1", "?area=hall2"); len(page.Entries) != 0 {
		t.Error("sees what is not theirs")
	}
	if csv := f.must(200, "anna", "GET", "/alarms/journal.csv?q=valve", "").body; strings.Count(csv, "\n") != 2 || !strings.Contains(csv, "hall1/level") {
		t.Error(csv)
	}
	if trail := f.must(200, "anna", "GET", "/audit?q=alarm.acknowledge", "").body; !strings.Contains(trail, "valve stuck") {
		t.Error(trail)
	}
}
