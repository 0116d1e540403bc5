package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const releasePlant = `{"format":1,"tags":[
	{"path":"a/valve","type":"bool","title":{"en":"Valve"},"initial":false,"write":{"release":{}}},
	{"path":"a/tuned","type":"float","initial":0,"write":{"high":10,"release":{"by":"tune","within":"5s"}}},
	{"path":"b/free","type":"float","initial":0,"write":{}}]}`

func person(name, role string, area tag.Path) auth.Actor {
	return auth.Actor{Name: name, Origin: "192.0.2.8 session", Rights: auth.RightsOf([]auth.Grant{{Role: role, Area: area}}, auth.AllActions)}
}

func problemCode(err error) string {
	var p *spec.Problem
	if errors.As(err, &p) {
		return p.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// ask begins a write that takes a second person and waits until it waits.
func (r *running) ask(ctx context.Context, path tag.Path, value string, actor auth.Actor) (Asked, chan WriteResult) {
	r.t.Helper()
	done := make(chan WriteResult, 1)
	go func() {
		done <- r.Write(ctx, WriteRequest{Path: path, Value: json.RawMessage(value), Reason: "because", Actor: actor})
	}()
	var found Asked
	until(r.t, "the write to wait", func() bool {
		for _, a := range r.Writes(actor).Asked {
			if a.Path == path && a.Mine {
				found = a
				return true
			}
		}
		return false
	})
	return found, done
}

func TestRelease(t *testing.T) {
	ctx := context.Background()
	anna, bob := person("anna", "operator", "a"), person("bob", "operator", "a")
	r := start(t, Options{})
	r.set(releasePlant)
	asked, done := r.ask(ctx, "a/valve", "true", anna)
	if asked.By != "anna" || string(asked.Value) != "true" || asked.Reason != "because" || asked.Title["en"] != "Valve" || asked.Until.Sub(asked.Asked) != time.Minute {
		t.Errorf("%+v", asked)
	}
	if r.sample("a/valve").Value.Bool() || r.sample("system/writes/waiting").Value.Int() != 1 {
		t.Error("it was written already, or does not wait")
	}
	// Who may not.
	for _, row := range []struct {
		actor auth.Actor
		want  string
	}{
		{anna, "release_self"},
		{auth.Actor{Name: "anna", Origin: "another browser", Rights: anna.Rights}, "release_self"},
		{auth.Actor{Name: "Anna", Rights: anna.Rights}, "release_self"},
		{auth.Actor{Name: "token:x", Owner: "anna", Rights: anna.Rights}, "release_self"},
		{auth.Actor{Name: "token:y", Owner: "bob", Rights: bob.Rights}, "release_person"},
		{person("vera", "viewer", "a"), "forbidden"},
		{person("otto", "operator", "b"), "release_unknown"}, // and is not told that there is one
	} {
		if err := r.Release(ctx, asked.ID, true, "", row.actor); problemCode(err) != row.want {
			t.Errorf("%s/%s: %v", row.actor.Name, row.actor.Owner, err)
		}
		mine := row.actor.Person() == "anna" || row.actor.Name == "Anna"
		if n := len(r.Writes(row.actor).Asked); mine && n != 1 || !mine && n != 0 {
			t.Errorf("%s sees %d", row.actor.Name, n)
		}
	}
	if list := r.Writes(bob).Asked; len(list) != 1 || list[0].Mine {
		t.Fatalf("bob sees %+v", list)
	}
	if err := r.Release(ctx, asked.ID, true, "", bob); err != nil {
		t.Fatal(err)
	}
	if res := <-done; res.Outcome != OutcomeGood || !r.sample("a/valve").Value.Bool() {
		t.Fatalf("%+v %v", res, res.Problem)
	}
	if err := r.Release(ctx, asked.ID, true, "", bob); problemCode(err) != "release_unknown" {
		t.Errorf("twice: %v", err)
	}
	r.trail.mu.Lock()
	defer r.trail.mu.Unlock()
	var got []string
	for _, e := range r.trail.entries {
		if e.Outcome != OutcomeFailed {
			got = append(got, fmt.Sprintf("%s %s %s %s", e.Actor, e.Action, e.Outcome, strings.SplitN(e.Message, " until", 2)[0]))
		}
	}
	if want := []string{"anna write.ask pending waits for a second person", "bob write.release good asked by anna", "anna write pending released by bob", "anna write good released by bob"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestReleaseEnds(t *testing.T) {
	ctx := context.Background()
	anna, bob, emil := person("anna", "operator", ""), person("bob", "operator", ""), person("emil", "engineer", "a")
	r := start(t, Options{})
	r.set(releasePlant)
	for _, row := range []struct {
		name string
		path tag.Path
		end  func(a Asked, cancel func()) error
		want string
	}{
		{"refused", "a/valve", func(a Asked, _ func()) error { return r.Release(ctx, a.ID, false, "not now", bob) }, "release_refused"},
		{"withdrawn", "a/valve", func(a Asked, _ func()) error { return r.Release(ctx, a.ID, false, "", anna) }, "release_withdrawn"},
		{"the one who asked has gone", "a/valve", func(_ Asked, cancel func()) error { cancel(); return nil }, "cancelled"},
		{"their rights have changed", "a/valve", func(Asked, func()) error { r.AccessChanged("Anna"); return nil }, "release_withdrawn"},
		{"writes are blocked", "a/valve", func(Asked, func()) error { r.SetBlock(&Block{By: "x", Reason: "y"}); r.SetBlock(nil); return nil }, "writes_blocked"},
		{"too late", "a/tuned", func(Asked, func()) error { return nil }, "release_expired"},
		{"the tag has gone meanwhile", "a/tuned", func(a Asked, _ func()) error {
			r.set(`{"format":1}`)
			return r.Release(ctx, a.ID, true, "", emil)
		}, "tag_unknown"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r.set(releasePlant)
			actx, cancel := context.WithCancel(ctx)
			defer cancel()
			a, done := r.ask(actx, row.path, "true", anna)
			if row.path == "a/tuned" && problemCode(r.Release(ctx, a.ID, true, "", bob)) != "forbidden" {
				t.Error("an operator released what takes the right to tune")
			}
			if err := row.end(a, cancel); err != nil {
				t.Fatal(err)
			}
			if res := <-done; res.Outcome != OutcomeFailed || code(res.Problem) != row.want {
				t.Errorf("%+v %v", res, res.Problem)
			}
			if n := len(r.Writes(anna).Asked); n != 0 {
				t.Errorf("%d still wait", n)
			}
		})
	}
}

// TestReleaseProperties: whatever people do, a write is carried out exactly when somebody else than who
// asked has released it, and each ends once.
func TestReleaseProperties(t *testing.T) {
	e := start(t, Options{})
	var tags []string
	for i := range 4 {
		tags = append(tags, fmt.Sprintf(`{"path":"t%d","type":"int","initial":0,"write":{"release":{}}}`, i))
	}
	e.set(`{"format":1,"tags":[` + strings.Join(tags, ",") + `]}`)
	people := []auth.Actor{person("anna", "operator", ""), person("bob", "operator", ""), {Name: "token:a", Owner: "anna", Rights: operator.Rights}, person("vera", "viewer", "")}
	ctx := context.Background()
	counter := 0
	rapid.Check(t, func(r *rapid.T) {
		type waiting struct {
			asked Asked
			by    auth.Actor
			value int
			done  chan WriteResult
		}
		open := map[tag.Path]*waiting{}
		values := map[tag.Path]int64{}
		for i := range 4 {
			p := tag.Path(fmt.Sprintf("t%d", i))
			values[p] = e.sample(p).Value.Int()
		}
		finish := func(w *waiting, want string) {
			res := <-w.done
			if got := res.Outcome + code(res.Problem); got != want {
				r.Fatalf("%s, want %s", got, want)
			}
			if res.Outcome == OutcomeGood {
				values[w.asked.Path] = int64(w.value)
			}
			delete(open, w.asked.Path)
		}
		r.Repeat(map[string]func(*rapid.T){
			"ask": func(r *rapid.T) {
				p := tag.Path(fmt.Sprintf("t%d", rapid.IntRange(0, 3).Draw(r, "tag")))
				who := people[rapid.IntRange(0, 2).Draw(r, "who")]
				counter++
				if open[p] != nil {
					if res := e.write(p, fmt.Sprint(counter), who); code(res.Problem) != "release_pending" {
						r.Fatalf("a second one: %v", res.Problem)
					}
					return
				}
				w := &waiting{by: who, value: counter}
				w.asked, w.done = e.ask(ctx, p, fmt.Sprint(counter), who)
				open[p] = w
			},
			"decide": func(r *rapid.T) {
				if len(open) == 0 {
					r.Skip()
				}
				var list []*waiting
				for i := range 4 {
					if w := open[tag.Path(fmt.Sprintf("t%d", i))]; w != nil {
						list = append(list, w)
					}
				}
				w := list[rapid.IntRange(0, len(list)-1).Draw(r, "which")]
				who := people[rapid.IntRange(0, 3).Draw(r, "who")]
				allow := rapid.Bool().Draw(r, "allow")
				same := who.Person() == w.by.Person()
				err := e.Release(ctx, w.asked.ID, allow, "", who)
				switch {
				case same && allow:
					if problemCode(err) != "release_self" {
						r.Fatal(err)
					}
				case same:
					finish(w, "failedrelease_withdrawn")
				case who.Owner != "":
					if problemCode(err) != "release_person" {
						r.Fatal(err)
					}
				case who.Name == "vera":
					if problemCode(err) != "forbidden" {
						r.Fatal(err)
					}
				case allow:
					finish(w, "good")
				default:
					finish(w, "failedrelease_refused")
				}
			},
			"": func(r *rapid.T) {
				for p, v := range values {
					if got := e.sample(p).Value.Int(); got != v {
						r.Fatalf("%s is %d, want %d", p, got, v)
					}
				}
			},
		})
		for _, w := range open {
			if err := e.Release(ctx, w.asked.ID, false, "", w.by); err != nil {
				r.Fatal(err)
			}
			<-w.done
		}
	})
}
