package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// soonAlarms waits until there are so many standing alarms.
func soonAlarms(t *testing.T, f *fixture, n int) (page AlarmPage) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if err := json.Unmarshal([]byte(f.must(200, "anna", "GET", "/alarms", "").body), &page); err != nil {
			t.Fatal(err)
		}
		if page.Total == n {
			return page
		}
		if time.Now().After(end) {
			t.Fatalf("%d alarms, not %d", page.Total, n)
		}
	}
}

func TestListIsSortedAndKeepsItsPlace(t *testing.T) {
	f := newFixture(t, false)
	var tags []string
	for i := range 30 {
		priority := []string{"low", "medium", "high"}[i%3]
		tags = append(tags, fmt.Sprintf(`{"path": "hall%d/line%d/t%02d", "type": "float", "initial": 99, "alarms": {"high": {"kind": "high", "priority": %q, "limit": 80}}}`, 1+i%2, i%4, i, priority))
	}
	f.must(200, "anna", "PUT", "/plant", `{"format": 1, "tags": [`+strings.Join(tags, ",")+`]}`, "If-Match", "*")
	soonAlarms(t, f, 30)
	list := func(query string) (page AlarmPage) {
		t.Helper()
		if err := json.Unmarshal([]byte(f.must(200, "anna", "GET", "/alarms?limit=5"+query, "").body), &page); err != nil {
			t.Fatal(err)
		}
		return page
	}
	if p := list("&sort=path"); p.Alarms[0].Path != "hall1/line0/t00" || p.Total != 30 || *p.Alarms[0].Limit != 80 {
		t.Errorf("%+v", p.Alarms[0])
	}
	if p := list("&sort=-path&offset=2"); p.Offset != 2 || p.Alarms[0].Path != "hall2/line3/t19" {
		t.Errorf("%d %+v", p.Offset, p.Alarms[0])
	}
	if p := list("&sort=-priority"); p.Alarms[0].Priority != "low" {
		t.Errorf("%+v", p.Alarms[0])
	}
	// The fourth line by path stands two lines below the first of the answer, wherever it is now.
	if p := list("&sort=path&anchor=hall1/line0/t12%23high&back=2&offset=20"); p.Offset != 1 || p.Alarms[2].Path != "hall1/line0/t12" {
		t.Errorf("%d %+v", p.Offset, p.Alarms[2])
	}
	if p := list("&sort=path&anchor=gone%23high&offset=28"); p.Offset != 28 || len(p.Alarms) != 2 {
		t.Errorf("%d %d", p.Offset, len(p.Alarms))
	}
	if p := list(""); len(p.Areas) != 2 || p.Areas[0].Area != "hall1" || p.Areas[0].Active != 15 || p.Areas[0].Waiting != "high" || !p.Areas[0].Deep || p.From != "" {
		t.Errorf("%+v", p.Areas)
	}
	if p := list("&area=hall1"); p.Total != 15 || p.From != "hall1" || len(p.Areas) != 2 || p.Areas[0].Area != "hall1/line0" || p.Areas[0].Deep {
		t.Errorf("%d %q %+v", p.Total, p.From, p.Areas)
	}
}

func TestAlarmViewIsKeptForEachPerson(t *testing.T) {
	f := newFixture(t, false)
	f.must(204, "vera", "PUT", "/alarms/view", `{"area":"hall1","priorities":["urgent"],"columns":["since","alarm"]}`)
	if got := f.must(200, "vera", "GET", "/alarms/view", "").body; !strings.Contains(got, `"area":"hall1"`) || !strings.Contains(got, `"columns":["since","alarm"]`) {
		t.Error(got)
	}
	if got := f.must(200, "olga", "GET", "/alarms/view", "").body; strings.Contains(got, "hall1") {
		t.Error(got)
	}
	f.must(422, "vera", "PUT", "/alarms/view", `{"priorities":["loud"]}`)
}

func TestCommentsAndPlacesOfAlarms(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "anna", "PUT", "/plant", alarmsOfTest, "If-Match", "*")
	soonAlarms(t, f, 1)
	f.must(200, "olga", "POST", "/alarms/comment", `{"alarms":["hall2/level#high"],"comment":" the float hangs "}`)
	var page JournalPage
	_ = json.Unmarshal([]byte(f.must(200, "anna", "GET", "/alarms/journal?event=comment", "").body), &page)
	if len(page.Entries) != 1 || page.Entries[0].Comment != "the float hangs" || page.Entries[0].By != "olga" || page.Entries[0].State != "unacknowledged" {
		t.Errorf("%+v", page)
	}
	f.must(404, "olga", "POST", "/alarms/comment", `{"alarms":["hall2/level#none"],"comment":"x"}`)
	f.must(403, "hal1", "POST", "/alarms/comment", `{"alarms":["hall2/level#high"],"comment":"x"}`)
	var places []AlarmPlace
	_ = json.Unmarshal([]byte(f.must(200, "anna", "GET", "/alarms/places?alarm=hall2/level%23high", "").body), &places)
	if len(places) < 2 || places[len(places)-1].Kind != "tag" || places[len(places)-2].Kind != "history" {
		t.Errorf("%+v", places)
	}
}
