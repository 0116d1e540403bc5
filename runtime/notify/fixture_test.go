package notify

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// The kinds of the tests: their settings name a service of the test.
func init() {
	for _, k := range []struct {
		id    string
		reach Reach
	}{{"test-mail", ByMail}, {"test-sms", ByPhone}, {"test-chat", ByGroup}} {
		Register(&Kind{
			Component: spec.Component{ID: k.id, Title: spec.Text{"en": k.id}}, Reach: k.reach,
			Check: func(json.RawMessage) error { return nil },
			New: func(raw json.RawMessage, _ Host) (Sender, error) {
				var s struct{ Service string }
				if err := json.Unmarshal(raw, &s); err != nil {
					return nil, err
				}
				services.Lock()
				defer services.Unlock()
				if found := services.list[s.Service]; found != nil {
					return found, nil
				}
				return nil, errors.New("there is no such service")
			},
		})
	}
}

var services = struct {
	sync.Mutex
	list map[string]*service
}{list: map[string]*service{}}

// service takes messages as answer says.
type service struct {
	mu     sync.Mutex
	answer func(ctx context.Context, m Message) error
	took   []Message
	at     []time.Time
	tries  int
}

func newService(t *testing.T, name string, answer func(ctx context.Context, m Message) error) *service {
	s := &service{answer: answer}
	services.Lock()
	services.list[t.Name()+name] = s
	services.Unlock()
	return s
}

func (s *service) Send(ctx context.Context, m Message) (string, error) {
	s.mu.Lock()
	s.tries++
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, m); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took = append(s.took, m)
	s.at = append(s.at, time.Now())
	return "taken", nil
}

func (s *service) say(answer func(ctx context.Context, m Message) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// got are the receivers and subjects of what was taken.
func (s *service) got() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.took {
		out = append(out, strings.TrimSpace(m.To+" "+m.Subject))
	}
	return out
}

// messages and times are those of what was taken.
func (s *service) messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.took)
}

func (s *service) times() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.at)
}

func (s *service) count() (took, tries int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.took), s.tries
}

// keeper keeps in memory what a store would keep on a disk, and the journal beside it.
type keeper struct {
	mu       sync.Mutex
	cursor   int64
	lastID   int64
	journal  []alarm.Entry
	messages map[int64]*Outgoing
	runs     map[runKey]Run
	told     chan struct{}
	// fails refuses everything, dies stops before it keeps that something was sent.
	fails bool
	dies  func(o *Outgoing) bool
}

func newKeeper() *keeper {
	return &keeper{messages: map[int64]*Outgoing{}, runs: map[runKey]Run{}, told: make(chan struct{})}
}

var errDisk = errors.New("the disk is full")

func (k *keeper) LoadMessages(context.Context) (Kept, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails {
		return Kept{}, errDisk
	}
	out := Kept{Cursor: k.cursor, LastID: k.lastID}
	for _, r := range k.runs {
		out.Runs = append(out.Runs, &r)
	}
	for _, o := range k.messages {
		if o.State == Waiting || o.State == Sending {
			c := *o
			out.Messages = append(out.Messages, &c)
		}
	}
	slices.SortFunc(out.Messages, func(a, b *Outgoing) int { return int(a.ID - b.ID) })
	return out, nil
}

func (k *keeper) KeepMessages(_ context.Context, c Change) ([]*Outgoing, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails {
		return nil, errDisk
	}
	k.cursor = c.Cursor
	for _, r := range c.Gone {
		delete(k.runs, runKey{r.Key, r.Route})
	}
	for _, r := range c.Runs {
		k.runs[runKey{r.Key, r.Route}] = *r
	}
	for _, o := range c.Messages {
		copied := *o
		k.messages[o.ID] = &copied
		k.lastID = max(k.lastID, o.ID)
	}
	return c.Messages, nil
}

func (k *keeper) MarkMessages(_ context.Context, list []*Outgoing) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.fails {
		return errDisk
	}
	for _, o := range list {
		if k.dies != nil && k.dies(o) {
			return errDisk
		}
	}
	for _, o := range list {
		copied := *o
		k.messages[o.ID] = &copied
	}
	return nil
}

func (k *keeper) Device(context.Context, string) (json.RawMessage, error) { return nil, nil }
func (k *keeper) ForgetDevice(context.Context, string) error              { return nil }

// happen writes into the journal.
func (k *keeper) happen(path tag.Path, event alarm.Event, state alarm.State, priority string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.journal = append(k.journal, alarm.Entry{
		ID: int64(len(k.journal) + 1), Time: time.Now(), Path: path, Alarm: "high", Priority: priority, Event: event, State: state,
		Title: spec.Text{"en": path.Name(), "zh": "液位"}, Name: spec.Text{"en": "High", "zh": "高"}, Message: spec.Text{"en": "too high", "zh": "过高"}, Value: json.RawMessage("87.2"),
	})
	close(k.told)
	k.told = make(chan struct{})
}

func (k *keeper) events(ctx context.Context, after int64, take func(context.Context, []alarm.Entry) error) error {
	for {
		k.mu.Lock()
		list, told := slices.Clone(k.journal[min(int(after), len(k.journal)):]), k.told
		k.mu.Unlock()
		if len(list) > 500 {
			list = list[:500]
		}
		if len(list) > 0 {
			if err := take(ctx, list); err != nil {
				return err
			}
			after = list[len(list)-1].ID
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-told:
		}
	}
}

// all are copies of the messages of the log.
func (k *keeper) all() (out []*Outgoing) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, o := range k.messages {
		c := *o
		out = append(out, &c)
	}
	return out
}

// states counts the messages of the log by state.
func (k *keeper) states() map[State]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[State]int{}
	for _, o := range k.messages {
		out[o.State]++
	}
	return out
}

// the people of the tests.
func everybody() []Known {
	whole := auth.RightsOf([]auth.Grant{{Role: "operator"}}, auth.AllActions)
	return []Known{
		{Name: "anna", Rights: whole, Person: Person{Mail: "anna@x.test", Phone: "+49 170 1"}},
		{Name: "Bo", Rights: whole, Language: "zh", Person: Person{Mail: "bo@x.test", Phone: "+491702"}},
		{Name: "carl", Rights: auth.RightsOf([]auth.Grant{{Role: "operator", Area: "south"}}, auth.AllActions), Person: Person{Mail: "carl@x.test"}},
		{Name: "dora", Rights: whole, Person: Person{Mail: "dora@x.test", Quiet: []Hours{{From: "00:00", To: "12:00"}}, Urgent: true}},
		{Name: "erik", Rights: whole, Disabled: true, Person: Person{Mail: "erik@x.test"}},
		{Name: "fay", Rights: whole},
	}
}

// open makes a service of a set-up in JSON, in which % stands for the name of the test.
func open(t *testing.T, k *keeper, setup string) *Service {
	t.Helper()
	s := New(Options{
		Keeper: k, Events: k.events, Zone: func() *time.Location { return time.UTC },
		Declared: func(key alarm.Key, _ json.RawMessage) (Declared, bool) {
			d := Declared{Value: "87.2", Limit: "82", Unit: "%", Action: spec.Text{"en": "Start pump 3."}}
			if path, _ := key.Split(); path == "north/classy" {
				d.Class, d.Routes = "process", []string{"second"}
			}
			return d, true
		},
		People: func(context.Context) ([]Known, error) { return everybody(), nil },
	})
	var c Config
	if err := json.Unmarshal([]byte(strings.ReplaceAll(setup, "%", t.Name())), &c); err != nil {
		t.Fatal(err)
	}
	if ps := c.Check(nil); ps.Errors() {
		t.Fatal(ps)
	}
	s.Use(&c)
	return s
}

// run lets a service run; the function ends it.
func run(t *testing.T, s *Service) (end func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		s.Run(ctx)
		close(ended)
	}()
	return func() {
		t.Helper()
		cancel()
		select {
		case <-ended:
		case <-time.After(time.Second):
			t.Error("it did not end within a second")
			<-ended
		}
	}
}
