package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// warren is a device that is all nodes: folders of folders, a loop, a group of JSON.
type warren struct {
	opened, closed *atomic.Int64
	gone           *atomic.Bool
	inside         atomic.Int64
}

var warrenOpened, warrenClosed atomic.Int64
var warrenGone atomic.Bool

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{ID: "warren-test"}, CanBrowse: true,
		New: func(json.RawMessage) (connector.Connector, error) {
			return &warren{opened: &warrenOpened, closed: &warrenClosed, gone: &warrenGone}, nil
		},
		Check: func(json.RawMessage) error { return nil },
		Address: func(raw json.RawMessage, _ tag.Type, _ bool) (any, error) {
			if strings.Contains(string(raw), "bad") {
				return nil, fmt.Errorf("bad")
			}
			return string(raw), nil
		},
	})
}

func (w *warren) Connect(context.Context) error                           { w.opened.Add(1); return nil }
func (w *warren) Write(context.Context, connector.Point, tag.Value) error { return nil }
func (w *warren) Close() error                                            { w.closed.Add(1); return nil }
func (w *warren) Identify(context.Context) (string, error)                { return "a warren", nil }
func (w *warren) Plan(points []connector.Point) (out []connector.Request) {
	for _, p := range points {
		out = append(out, warrenRequest{p})
	}
	return out
}

type warrenRequest struct{ p connector.Point }

func (r warrenRequest) Points() []int { return []int{r.p.ID} }
func (r warrenRequest) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	if strings.Contains(r.p.Address.(string), "refused") {
		return dst, &connector.StatusError{Quality: tag.BadUserAccessDenied, Message: "no"}
	}
	return append(dst, connector.Update{Point: r.p.ID, Sample: tag.Sample{Value: tag.OfFloat(7)}}), nil
}

func (w *warren) Browse(_ context.Context, id string) ([]connector.Node, error) {
	if w.inside.Add(1) > 1 {
		panic("two callers at a time")
	}
	defer w.inside.Add(-1)
	if w.gone.Swap(false) {
		return nil, connector.ErrNotConnected
	}
	leaf := func(name string) connector.Node {
		return connector.Node{ID: id + "/" + name, Name: name, Type: "float", Address: json.RawMessage(`{}`)}
	}
	switch id {
	case "":
		detailed := leaf("detailed")
		detailed.HasChild = true
		nested := leaf("nested")
		nested.HasChild, nested.Nested = true, true
		group := connector.Node{ID: "group", Name: "group", Title: "Gruppe", Type: "json", HasChild: true, Address: json.RawMessage(`{}`)}
		return []connector.Node{{ID: "a", Name: "a", HasChild: true}, group, detailed, nested}, nil
	case "a":
		return []connector.Node{leaf("x"), {ID: "", Name: "up", HasChild: true}, {ID: "a", Name: "self", HasChild: true}, {ID: "broken", Name: "broken", HasChild: true}}, nil
	case "group":
		return []connector.Node{leaf("m"), leaf("n")}, nil
	case "broken":
		return nil, fmt.Errorf("this level cannot be looked at")
	}
	return []connector.Node{leaf("deep")}, nil
}

func found(x *Explored) string {
	var out []string
	for _, n := range x.Nodes {
		name := strings.Join(append(n.Trail, n.Name), "/")
		if n.Group {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func TestExplore(t *testing.T) {
	e := New(Options{})
	defer e.probes.endAll()
	for _, c := range []struct {
		name string
		ask  Exploration
		want string
		all  bool
	}{
		{"everything, once, without details", Exploration{}, "group* detailed nested a/x group/m group/n nested/deep", true},
		{"below a node", Exploration{Node: "group"}, "m n", true},
		{"words of path and title", Exploration{Find: "GRUPPE"}, "group", true},
		{"words of the trail", Exploration{Find: "group m"}, "group/m", true},
		{"limited", Exploration{Limit: 2}, "group detailed", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.ask.Connector = "warren-test"
			x, err := e.Explore(t.Context(), c.ask)
			if err != nil || found(x) != c.want || x.Complete != c.all {
				t.Errorf("%v: %s, complete %v", err, found(x), x.Complete)
			}
		})
	}
	if _, err := e.Explore(t.Context(), Exploration{Connector: "none"}); err == nil {
		t.Error("an unknown connector was explored")
	}
}

func TestPeek(t *testing.T) {
	e := New(Options{})
	defer e.probes.endAll()
	points := []PeekPoint{{json.RawMessage(`"ok"`), "float"}, {json.RawMessage(`"bad"`), "float"}, {json.RawMessage(`"refused"`), "float"}, {json.RawMessage(`"ok"`), "number"}}
	values, err := e.Peek(t.Context(), "", "warren-test", nil, points)
	if err != nil || len(values) != 4 || string(values[0].Value) != "7" || values[1].QualityName != "BadConfigurationError" || values[2].QualityName != "BadUserAccessDenied" || string(values[2].Value) != "null" || values[3].Quality == 0 {
		t.Errorf("%v %+v", err, values)
	}
	if values, err := e.Peek(t.Context(), "", "warren-test", nil, nil); err != nil || values != nil {
		t.Errorf("nothing to read: %v %v", err, values)
	}
}

// A connection made by hand is used again, by one caller at a time, is made anew when it was lost, and ends.
func TestProbes(t *testing.T) {
	e := New(Options{})
	opened, closed := warrenOpened.Load(), warrenClosed.Load()
	took, device, err := e.TestDevice(t.Context(), "warren-test", json.RawMessage(`{ "a": 1 }`))
	if err != nil || device != "a warren" || took < 0 {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := e.Browse(t.Context(), "", "warren-test", json.RawMessage(`{"a":1}`), ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := warrenOpened.Load() - opened; n != 1 {
		t.Errorf("connected %d times", n)
	}
	warrenGone.Store(true)
	if _, err := e.Browse(t.Context(), "", "warren-test", json.RawMessage(`{"a":1}`), ""); err != nil {
		t.Errorf("not connected again: %v", err)
	}
	if n := warrenOpened.Load() - opened; n != 2 {
		t.Errorf("connected %d times", n)
	}
	for i := range 3 * maxProbes {
		if _, err := e.Browse(t.Context(), "", "warren-test", json.RawMessage(fmt.Sprint(i)), ""); err != nil {
			t.Fatal(err)
		}
	}
	e.probes.mu.Lock()
	if n := len(e.probes.open); n != maxProbes {
		t.Errorf("%d are open", n)
	}
	e.probes.mu.Unlock()
	e.probes.endAll()
	if o, c := warrenOpened.Load()-opened, warrenClosed.Load()-closed; o != c {
		t.Errorf("opened %d, closed %d", o, c)
	}
}
