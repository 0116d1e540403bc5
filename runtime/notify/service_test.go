package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

const escalating = `{
 "channels":[{"id":"mail","kind":"test-mail","settings":{"service":"%mail"}},{"id":"sms","kind":"test-sms","settings":{"service":"%sms"}}],
 "rosters":[{"id":"night","shifts":[{"from":"22:00","to":"06:00","people":["anna"]}],"otherwise":["Bo"]}],
 "routes":[{"id":"r","areas":["north"],"priorities":["urgent","high"],"on":["return","acknowledge","escalate"],"steps":[
  {"channels":["mail"],"to":["roster:night"],"every":"2m","times":2},
  {"after":"5m","channels":["sms"],"to":["user:Bo"],"every":"10m","times":3}]}]}`

// The clock of a bubble begins at midnight of 1 January 2000, UTC: the night shift is on duty.

// TestEscalation: who is on duty first, once more, then the next, until somebody acknowledges.
func TestEscalation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail, sms, k := newService(t, "mail", nil), newService(t, "sms", nil), newKeeper()
		defer run(t, open(t, k, escalating))()
		synctest.Wait()
		k.happen("south/level", alarm.Raise, alarm.Unacknowledged, "high") // another area
		k.happen("north/level", alarm.Raise, alarm.Unacknowledged, "low")  // another priority
		k.happen("north/level", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		want := []string{"anna@x.test [High] Alarm: level – High"}
		if got := mail.got(); !slices.Equal(got, want) {
			t.Fatal(got)
		}
		if took := mail.times()[0].Sub(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); took > time.Second {
			t.Error("it took", took)
		}
		time.Sleep(2 * time.Minute)
		want = append(want, "anna@x.test [High] Still not acknowledged: level – High")
		if got := mail.got(); !slices.Equal(got, want) {
			t.Fatal(got)
		}
		time.Sleep(3 * time.Minute)
		want = append(want, "anna@x.test [High] Escalated: level – High")
		if got := mail.got(); !slices.Equal(got, want) {
			t.Fatal(got)
		}
		if got := sms.got(); !slices.Equal(got, []string{"+491702 【高】无人确认：液位 – 高"}) {
			t.Fatal(got)
		}
		time.Sleep(10 * time.Minute)
		if n, _ := sms.count(); n != 2 {
			t.Fatal(sms.got())
		}
		k.happen("north/level", alarm.Acknowledge, alarm.Acknowledged, "high")
		time.Sleep(time.Hour)
		if got := sms.got(); len(got) != 3 || got[2] != "+491702 【高】已确认：液位 – 高" {
			t.Fatal(got)
		}
		k.happen("north/level", alarm.Return, alarm.Normal, "high")
		time.Sleep(time.Second)
		want = append(want, "anna@x.test [High] Acknowledged: level – High", "anna@x.test [High] Returned to normal: level – High")
		if got := mail.got(); !slices.Equal(got, want) {
			t.Fatal(got)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if len(k.runs) != 0 {
			t.Error(k.runs)
		}
	})
}

// TestShelvedEndsEscalation, and what comes back with its condition true is a new alarm.
func TestShelvedEndsEscalation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail, _, k := newService(t, "mail", nil), newService(t, "sms", nil), newKeeper()
		defer run(t, open(t, k, escalating))()
		k.happen("north/level", alarm.Raise, alarm.Unacknowledged, "urgent")
		time.Sleep(time.Second)
		k.happen("north/level", alarm.Shelve, alarm.Shelved, "urgent")
		time.Sleep(time.Hour)
		k.happen("north/level", alarm.Return, alarm.Shelved, "urgent")
		k.happen("north/level", alarm.Raise, alarm.Shelved, "urgent") // it runs on, unseen
		time.Sleep(time.Minute)
		if n, _ := mail.count(); n != 1 {
			t.Fatal(mail.got())
		}
		k.happen("north/level", alarm.Unshelve, alarm.Unacknowledged, "urgent")
		time.Sleep(time.Minute)
		if n, _ := mail.count(); n != 2 {
			t.Fatal(mail.got())
		}
	})
}

// TestWhoIsTold: rights, quiet hours, filters, languages; nobody is told the same twice; who is not told stands in the log with
// the reason; when nobody is, the next step does not wait.
func TestWhoIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail, chat, k := newService(t, "mail", nil), newService(t, "chat", nil), newKeeper()
		defer run(t, open(t, k, `{"url":"https://x.test/",
		 "channels":[{"id":"mail","kind":"test-mail","settings":{"service":"%mail"}},{"id":"chat","kind":"test-chat","language":"zh","settings":{"service":"%chat"}}],
		 "rosters":[{"id":"all","members":["anna","BO","carl","dora","erik","fay","gone"]},{"id":"empty","shifts":[{"from":"10:00","to":"11:00","people":["anna"]}]}],
		 "routes":[
		  {"id":"first","areas":["north"],"steps":[{"channels":["mail","chat"],"to":["roster:all","user:anna","mail:office@x.test"]}]},
		  {"id":"second","steps":[{"channels":["mail"],"to":["user:anna"]}]},
		  {"id":"third","areas":["east"],"steps":[{"channels":["mail"],"to":["roster:empty"]},{"after":"1h","channels":["mail"],"to":["user:Bo"]}]},
		  {"id":"off","disabled":true,"steps":[{"channels":["mail"],"to":["mail:never@x.test"]}]}]}`))()
		k.happen("north/level", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		got := mail.got()
		slices.Sort(got)
		if want := []string{"anna@x.test [High] Alarm: level – High", "bo@x.test 【高】报警：液位 – 高", "office@x.test [High] Alarm: level – High"}; !slices.Equal(got, want) {
			t.Fatal(got)
		}
		if got := chat.got(); !slices.Equal(got, []string{"【高】报警：液位 – 高"}) {
			t.Fatal(got)
		}
		m := mail.messages()[0]
		for _, part := range []string{"too high", "Value: 87.2 %", "Limit: 82 %", "Start pump 3.", "https://x.test/alarms?alarm=north%2Flevel%23high"} {
			if !strings.Contains(m.Text, part) && strings.Contains(m.Subject, "High") {
				t.Errorf("%q lacks %q", m.Text, part)
			}
		}
		reasons := map[string]string{}
		for _, o := range k.all() {
			if o.State == Skipped {
				reasons[o.Receiver] = o.Reason
			}
		}
		for name, want := range map[string]string{"carl": ReasonRights, "dora": ReasonQuiet, "erik": ReasonUser, "fay": ReasonAddress, "gone": ReasonUser} {
			if reasons[name] != want {
				t.Errorf("%s: %q, not %q", name, reasons[name], want)
			}
		}
		// What is urgent comes through quiet hours.
		k.happen("north/other", alarm.Raise, alarm.Unacknowledged, "urgent")
		time.Sleep(time.Second)
		if !slices.Contains(mail.got(), "dora@x.test [Urgent] Alarm: other – High") {
			t.Error(mail.got())
		}
		// A class that names routes goes by those only.
		before := len(chat.got())
		k.happen("north/classy", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		if len(chat.got()) != before || !slices.Contains(mail.got(), "anna@x.test [High] Alarm: classy – High") {
			t.Error(chat.got(), mail.got())
		}
		// Nobody is on duty: the next step is told at once.
		k.happen("east/level", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		if !slices.Contains(mail.got(), "bo@x.test 【高】无人确认：液位 – 高") {
			t.Error(mail.got())
		}
	})
}

const oneChat = `{"channels":[
 {"id":"a","kind":"test-chat","perMinute":600,"settings":{"service":"%a"}},
 {"id":"b","kind":"test-chat","perMinute":600,"settings":{"service":"%b"}}],
 "routes":[{"id":"r","steps":[{"channels":["a","b"]}]}]}`

// TestServiceAway: a service that answers 500 for an hour, hangs, or refuses, gets everything in order when it is back; the other
// goes on.
func TestServiceAway(t *testing.T) {
	for name, fault := range map[string]func(ctx context.Context, m Message) error{
		"500":    func(context.Context, Message) error { return errors.New("500 Internal Server Error") },
		"refuse": func(context.Context, Message) error { return errors.New("connection refused") },
		"hang":   func(ctx context.Context, _ Message) error { <-ctx.Done(); return ctx.Err() },
		"panic":  func(context.Context, Message) error { return &Later{errors.New("429"), time.Minute} },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b, k := newService(t, "a", fault), newService(t, "b", nil), newKeeper()
				s := open(t, k, oneChat)
				defer run(t, s)()
				for i := range 60 {
					k.happen(tag.Path(fmt.Sprintf("hall/t%02d", i)), alarm.Raise, alarm.Unacknowledged, "high")
					time.Sleep(time.Minute)
				}
				if n, _ := b.count(); n != 60 {
					t.Fatalf("the other service got %d", n)
				}
				at := b.times()
				for i := range at {
					if i > 0 && at[i].Sub(at[i-1]) != time.Minute {
						t.Fatal("the other service had to wait", at[i])
					}
				}
				_, tries := a.count()
				if took, _ := a.count(); took != 0 || tries < 20 || tries > 200 {
					t.Errorf("%d tries in an hour", tries)
				}
				if waiting, failed, stuck := s.queue.counts(time.Now()); waiting != 60 || failed != 0 || !stuck {
					t.Error(waiting, failed, stuck)
				}
				if d := s.Doing(); !d["a"].Failing || d["a"].Error == "" || d["b"].Failing {
					t.Error(d)
				}
				a.say(nil)
				time.Sleep(5 * time.Minute)
				if got, want := a.got(), b.got(); !slices.Equal(got, want) {
					t.Errorf("%d of %d, in order %v", len(got), len(want), slices.IsSorted(got))
				}
				if _, _, stuck := s.queue.counts(time.Now()); stuck {
					t.Error("still stuck")
				}
			})
		})
	}
}

// TestGivenUp: what a service never takes is given up at once, what it does not take for a day then; neither holds up the rest.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newService(t, "a", func(_ context.Context, m Message) error {
			if strings.Contains(m.Subject, "bad") {
				return Permanent(errors.New("no such address"))
			}
			return nil
		})
		b, k := newService(t, "b", func(context.Context, Message) error { return errors.New("away") }), newKeeper()
		s := open(t, k, oneChat)
		defer run(t, s)()
		k.happen("hall/bad", alarm.Raise, alarm.Unacknowledged, "high")
		k.happen("hall/good", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		if _, tries := a.count(); len(a.got()) != 1 || tries != 2 {
			t.Fatal(a.got(), tries)
		}
		if _, failed, stuck := s.queue.counts(time.Now()); failed != 1 || !stuck {
			t.Error(failed, stuck)
		}
		time.Sleep(25 * time.Hour)
		if got := k.states(); got[Failed] != 3 || got[Waiting] != 0 || got[Sent] != 1 {
			t.Error(got)
		}
		// They can be sent again.
		b.say(nil)
		var again []*Outgoing
		for _, o := range k.all() {
			if o.Reason == ReasonExpired {
				o.State, o.Created, o.Due = Waiting, time.Now(), time.Now()
				again = append(again, o)
			}
		}
		s.Again(again)
		time.Sleep(time.Minute)
		if n, _ := b.count(); n != 2 {
			t.Error(n)
		}
	})
}

// TestKilled: a kill between sending and keeping that it was sent tells twice at most, never not at all; an escalation goes on
// where it was.
func TestKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail, sms, k := newService(t, "mail", nil), newService(t, "sms", nil), newKeeper()
		end := run(t, open(t, k, escalating))
		k.mu.Lock()
		k.dies = func(o *Outgoing) bool { return o.State == Sent } // as if it had been killed there
		k.mu.Unlock()
		k.happen("north/level", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		end()
		if n, _ := mail.count(); n != 1 || k.states()[Sending] != 1 {
			t.Fatal(n, k.states())
		}
		k.mu.Lock()
		k.dies = nil
		k.mu.Unlock()
		time.Sleep(4 * time.Minute) // away, while a repetition was due
		end = run(t, open(t, k, escalating))
		time.Sleep(30 * time.Second)
		want := []string{"anna@x.test [High] Alarm: level – High", "anna@x.test [High] Alarm: level – High", "anna@x.test [High] Still not acknowledged: level – High"}
		if got := mail.got(); !slices.Equal(got, want) || mail.messages()[0].Key != mail.messages()[1].Key {
			t.Fatal(got)
		}
		time.Sleep(time.Minute)
		if n, _ := sms.count(); n != 1 {
			t.Error("the escalation was forgotten")
		}
		end()
		// Nothing is told twice by a start alone.
		end = run(t, open(t, k, escalating))
		time.Sleep(time.Second)
		if n, _ := mail.count(); n != 4 {
			t.Error(mail.got())
		}
		end()
	})
}

// TestDiskFull: what cannot be kept is not told, and is told when it can be; what is under way goes on.
func TestDiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, k := newService(t, "a", nil), newService(t, "b", nil), newKeeper()
		defer run(t, open(t, k, oneChat))()
		synctest.Wait()
		k.mu.Lock()
		k.fails = true
		k.mu.Unlock()
		for i := range 5 {
			k.happen(tag.Path(fmt.Sprintf("hall/t%d", i)), alarm.Raise, alarm.Unacknowledged, "high")
			time.Sleep(time.Minute)
		}
		k.mu.Lock()
		k.fails = false
		k.mu.Unlock()
		time.Sleep(10 * time.Second)
		if got := a.got(); len(got) != 5 || !slices.IsSorted(got) {
			t.Error(got)
		}
	})
}

// TestFlood: of a thousand alarms a second each receiver gets a few messages, and is told of all; the queue does not grow without
// end; what is urgent comes soon.
func TestFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, k := newService(t, "a", nil), newService(t, "b", nil), newKeeper()
		s := open(t, k, strings.ReplaceAll(oneChat, `"perMinute":600`, `"perMinute":6`))
		defer run(t, s)()
		all := 0
		for range 10 {
			for range 1000 {
				k.happen(tag.Path(fmt.Sprintf("hall/t%d", all)), alarm.Raise, alarm.Unacknowledged, "high")
				all++
			}
			time.Sleep(time.Second)
			if waiting, _, _ := s.queue.counts(time.Now()); waiting > 2*(maxLane+500) {
				t.Fatalf("%d wait", waiting)
			}
		}
		time.Sleep(5 * time.Minute)
		took, _ := a.count()
		if took > 12 {
			t.Errorf("%d messages in a flood", took)
		}
		told := 0
		for _, m := range a.messages() {
			var n int
			if _, err := fmt.Sscanf(m.Subject, "+%d more alarms", &n); err == nil {
				told += n
			} else {
				told++
			}
		}
		if told != all {
			t.Errorf("%d of %d were told", told, all)
		}
		if got := k.states(); got[Waiting] != 0 || got[Digested] == 0 {
			t.Error(got)
		}
		// Quiet again: each is told by itself.
		time.Sleep(10 * time.Minute)
		k.happen("hall/after", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		if got := a.got(); !strings.Contains(got[len(got)-1], "after") {
			t.Error(got[len(got)-1])
		}
	})
}

// TestFloodOfSkipped: that somebody is not told fills no log.
func TestFloodOfSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newService(t, "mail", nil)
		k := newKeeper()
		defer run(t, open(t, k, `{"channels":[{"id":"mail","kind":"test-mail","settings":{"service":"%mail"}}],"routes":[{"id":"r","steps":[{"channels":["mail"],"to":["user:dora","user:carl"]}]}]}`))()
		for i := range 2000 {
			k.happen(tag.Path(fmt.Sprintf("north/t%d", i)), alarm.Raise, alarm.Unacknowledged, "high")
		}
		time.Sleep(10 * time.Second)
		if got := k.states()[Skipped]; got != 2*maxNoted {
			t.Error(got)
		}
	})
}

// TestChannelGone: what waits for a channel that is removed is given up with the reason.
func TestChannelGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		newService(t, "a", func(context.Context, Message) error { return errors.New("away") })
		newService(t, "b", nil)
		k := newKeeper()
		s := open(t, k, oneChat)
		defer run(t, s)()
		k.happen("hall/level", alarm.Raise, alarm.Unacknowledged, "high")
		time.Sleep(time.Second)
		s.Use(&Config{})
		time.Sleep(5 * time.Minute)
		if got := k.states(); got[Skipped] != 1 || got[Waiting] != 0 {
			t.Error(got)
		}
	})
}
