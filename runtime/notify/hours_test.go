package notify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
)

// TestOnDuty: shifts over midnight belong to the day on which they begin, holidays have shifts of their own, and the hours are
// those on the wall also in the nights in which the clock changes.
func TestOnDuty(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{
		Holidays: []Holiday{{Date: "2026-12-25"}},
		Rosters: []Roster{
			{ID: "r", Shifts: []Shift{
				{Hours: Hours{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "06:00", To: "14:00"}, People: []string{"early"}},
				{Hours: Hours{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "22:00", To: "06:00"}, People: []string{"night"}},
				{Hours: Hours{Days: []string{"sat", "sun"}}, People: []string{"weekend"}},
				{Hours: Hours{Days: []string{"holiday"}}, People: []string{"holiday"}},
			}, Otherwise: []string{"stand-in"}},
			{ID: "plain", Members: []string{"boss"}, Shifts: []Shift{{Hours: Hours{From: "08:00", To: "08:00"}, People: []string{"always", "boss"}}}},
		},
	}
	k := c.calendar(berlin)
	for at, want := range map[string]string{
		"2026-11-23 06:00": "early",         // Monday
		"2026-11-23 13:59": "early",         //
		"2026-11-23 14:00": "stand-in",      //
		"2026-11-23 03:00": "stand-in",      // the night of Sunday is no shift
		"2026-11-27 23:00": "night",         // Friday
		"2026-11-28 05:59": "night weekend", // the shift of Friday, and Saturday's
		"2026-11-28 06:00": "weekend",       //
		"2026-12-24 23:00": "night",         //
		"2026-12-25 05:00": "night holiday", // the shift of the day before
		"2026-12-25 12:00": "holiday",       // a Friday
		"2026-12-26 12:00": "weekend",       //
		"2026-10-25 01:30": "weekend",       // the clock goes back at 3:00
		"2026-03-30 02:30": "stand-in",      //
	} {
		when, err := time.ParseInLocation("2006-01-02 15:04", at, berlin)
		if err != nil {
			t.Fatal(err)
		}
		got := k.onDuty(&c.Rosters[0], when)
		slices.Sort(got)
		parts := strings.Fields(want)
		slices.Sort(parts)
		if !slices.Equal(got, parts) {
			t.Errorf("%s: %v, not %v", at, got, parts)
		}
		if got := k.onDuty(&c.Rosters[1], when); !slices.Equal(got, []string{"boss", "always"}) {
			t.Errorf("%s: %v", at, got)
		}
	}
	// In the long night the shift from 22 to 6 has nine hours, in the short one seven.
	night := Hours{From: "22:00", To: "06:00"}
	for day, want := range map[string]int{"2026-10-24": 9, "2026-03-28": 7, "2026-06-01": 8} {
		from, err := time.ParseInLocation(time.DateOnly, day, berlin)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for i := range 24 * 4 {
			at := from.Add(12*time.Hour + time.Duration(i)*15*time.Minute)
			if k.within(night, at, false) {
				n++
			}
		}
		if n != want*4 {
			t.Errorf("%s: %d quarters, not %d hours", day, n, want)
		}
	}
	monday, _ := time.ParseInLocation(time.DateOnly, "2026-11-23", berlin)
	if gaps := c.Gaps(&c.Rosters[0], monday, berlin); len(gaps) != 0 { // somebody stands in
		t.Error(gaps)
	}
	c.Rosters[0].Otherwise = nil
	if gaps := c.Gaps(&c.Rosters[0], monday, berlin); len(gaps) != 6 || gaps[1].From.Hour() != 14 || gaps[1].To.Hour() != 22 {
		t.Error(gaps)
	}
}

// TestHoursMeet: two shifts that share a day between them cover each minute of a week once.
func TestHoursMeet(t *testing.T) {
	k := (&Config{}).calendar(time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		clock := func(m int) string { return time.Date(2000, 1, 1, m/60, m%60, 0, 0, time.UTC).Format("15:04") }
		a := rapid.IntRange(0, 1439).Draw(t, "a")
		b := (a + rapid.IntRange(1, 1439).Draw(t, "long")) % 1440
		day, night := Hours{From: clock(a), To: clock(b)}, Hours{From: clock(b), To: clock(a)}
		at := time.Date(2026, 11, 1, 0, rapid.IntRange(0, 7*1440).Draw(t, "at"), 30, 0, time.UTC)
		if k.within(day, at, false) == k.within(night, at, false) {
			t.Fatalf("%v %v at %s", day, night, at)
		}
	})
}

// TestSetup: what is wrong is named at its place, in both languages.
func TestSetup(t *testing.T) {
	for _, row := range []struct{ setup, at string }{
		{`{"url":"plant"}`, "/url"},
		{`{"url":"https://u:p@x.test"}`, "/url"},
		{`{"channels":[{"id":"a b","kind":"test-chat"}]}`, "/channels/0/id"},
		{`{"channels":[{"id":"a","kind":"nothing"}]}`, "/channels/0/kind"},
		{`{"channels":[{"id":"a","kind":"test-chat"},{"id":"a","kind":"test-chat"}]}`, "/channels/1/id"},
		{`{"channels":[{"id":"a","kind":"test-chat","perMinute":9999}]}`, "/channels/0/perMinute"},
		{`{"channels":[{"id":"a","kind":"test-chat","language":"fr"}]}`, "/channels/0/language"},
		{`{"channels":[{"id":"a","kind":"test-chat","texts":{"en":{"subject":"{password}"}}}]}`, "/channels/0/texts/en/subject"},
		{`{"channels":[{"id":"a","kind":"test-chat","texts":{"en":{"text":"` + strings.Repeat("x", 5000) + `"}}}]}`, "/channels/0/texts/en/text"},
		{`{"rosters":[{"id":"r","members":["nobody"]}]}`, "/rosters/0/members/0"},
		{`{"rosters":[{"id":"r","shifts":[{"people":[]}]}]}`, "/rosters/0/shifts/0/people"},
		{`{"rosters":[{"id":"r","shifts":[{"from":"25:00","to":"06:00","people":["anna"]}]}]}`, "/rosters/0/shifts/0/from"},
		{`{"rosters":[{"id":"r","shifts":[{"from":"22:00","people":["anna"]}]}]}`, "/rosters/0/shifts/0"},
		{`{"rosters":[{"id":"r","shifts":[{"days":["funday"],"people":["anna"]}]}]}`, "/rosters/0/shifts/0/days/0"},
		{`{"holidays":[{"date":"25.12."}]}`, "/holidays/0/date"},
		{`{"routes":[{"id":"r","steps":[]}]}`, "/routes/0/steps"},
		{`{"routes":[{"id":"r","steps":[{"channels":[]}]}]}`, "/routes/0/steps/0/channels"},
		{`{"routes":[{"id":"r","steps":[{"channels":["x"]}]}]}`, "/routes/0/steps/0/channels/0"},
		{`{"channels":[{"id":"m","kind":"test-mail"}],"routes":[{"id":"r","steps":[{"channels":["m"]}]}]}`, "/routes/0/steps/0/to"},
		{`{"channels":[{"id":"m","kind":"test-mail"}],"routes":[{"id":"r","steps":[{"channels":["m"],"to":["roster:x"]}]}]}`, "/routes/0/steps/0/to/0"},
		{`{"channels":[{"id":"m","kind":"test-mail"}],"routes":[{"id":"r","steps":[{"channels":["m"],"to":["mail:a@b.test, c@d.test"]}]}]}`, "/routes/0/steps/0/to/0"},
		{`{"channels":[{"id":"m","kind":"test-mail"}],"routes":[{"id":"r","steps":[{"channels":["m"],"to":["phone:12"]}]}]}`, "/routes/0/steps/0/to/0"},
		{`{"channels":[{"id":"m","kind":"test-chat"}],"routes":[{"id":"r","steps":[{"channels":["m"],"every":"1s"}]}]}`, "/routes/0/steps/0/every"},
		{`{"channels":[{"id":"m","kind":"test-chat"}],"routes":[{"id":"r","steps":[{"channels":["m"],"after":"999h"}]}]}`, "/routes/0/steps/0/after"},
		{`{"channels":[{"id":"m","kind":"test-chat"}],"routes":[{"id":"r","on":["maybe"],"steps":[{"channels":["m"]}]}]}`, "/routes/0/on/0"},
		{`{"channels":[{"id":"m","kind":"test-chat"}],"routes":[{"id":"r","areas":["a//b"],"steps":[{"channels":["m"]}]}]}`, "/routes/0/areas/0"},
	} {
		var c Config
		if err := json.Unmarshal([]byte(row.setup), &c); err != nil {
			t.Fatal(row.setup, err)
		}
		ps := c.Check(func(name string) bool { return name == "anna" })
		if len(ps) != 1 || ps[0].At != row.at {
			t.Errorf("%.90s: %v", row.setup, ps)
			continue
		}
		if zh := ps.In("zh")[0]; zh.Message == ps[0].Message || zh.Hint == ps[0].Hint {
			t.Errorf("no Chinese: %q %q", zh.Message, zh.Hint)
		}
	}
}

// TestTexts: a line without its value is left out, and what comes from outside is never read as a placeholder or as a line of
// its own.
func TestTexts(t *testing.T) {
	c := &Channel{ID: "c", Texts: map[string]Template{"en": {Subject: "{title}: {value}", Text: "{message}\nLimit: {limit}\nDo: {action}\nend {unknown}"}}}
	f := &Facts{Key: "a/b#high", Event: OnRaise, Priority: "high", Title: spec.Text{"en": "T\r\nBcc: x@y.test\x00 {limit}\u202e"}, Message: spec.Text{"en": "{action}"}, Value: "1", State: alarm.Unacknowledged}
	subject, text, _ := write(c, f, "", "", nil)
	if subject != "T Bcc: x@y.test {limit}: 1" {
		t.Errorf("%q", subject)
	}
	if text != "{action}\nend {unknown}" {
		t.Errorf("%q", text)
	}
	f.Title = spec.Text{"en": strings.Repeat("液", 5000)}
	if subject, _, _ := write(c, f, "", "", nil); len(subject) > 2100 || !strings.HasPrefix(subject, "液") {
		t.Error(len(subject))
	}
}

func FuzzText(f *testing.F) {
	f.Add("{title}\n{value} {x", "a\r\n{link}")
	f.Fuzz(func(t *testing.T, template, value string) {
		c := &Channel{ID: "c", Texts: map[string]Template{"en": {Subject: template, Text: template}}}
		subject, text, fields := write(c, &Facts{Key: "a#b", Event: OnRaise, Title: spec.Text{"en": value}, Value: value}, "en", "https://x.test", nil)
		if strings.ContainsAny(subject, "\r\n\x00") || text == "" && subject != "" || fields["title"] != tidy(value, 2000) {
			t.Fatalf("%q %q", subject, text)
		}
	})
}
