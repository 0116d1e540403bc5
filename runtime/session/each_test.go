package session

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

func plantPath(i int) tag.Path { return tag.Path(fmt.Sprintf("line/p%04d", i)) }

// pumps is a plant of so many pumps below line.
func pumps(n int) *plant.Plant {
	p := &plant.Plant{Format: plant.Format, Models: []plant.Model{{ID: "pump"}}}
	for i := range 5 {
		p.Models[0].Properties = append(p.Models[0].Properties, plant.Property{ID: fmt.Sprintf("v%d", i), Definition: plant.Definition{Type: "float", Initial: []byte("1")}})
	}
	for i := range n {
		p.Assets = append(p.Assets, plant.Asset{Path: plantPath(i), Model: "pump"})
	}
	return p
}

// Many screens are opened by one request, each answered by itself; assets are followed as they come and go; and a
// thousand cards cost little.
func TestManyScreensAtOnce(t *testing.T) {
	e := running(t)
	const many = 1000
	if err := e.SetPlant(pumps(many)); err != nil {
		t.Fatal(err)
	}
	var inside []app.Widget
	for i := range 5 {
		inside = append(inside, app.Widget{ID: fmt.Sprintf("w%d", i), Type: "value", Width: 100, Height: 40, Props: map[string]json.RawMessage{"value": json.RawMessage(fmt.Sprintf(`{"tag":"{pump}/v%d"}`, i))}})
	}
	doc := boiler("Pumps", inside...)
	doc.Inputs = []app.Input{{ID: "pump", Kind: "asset", Model: "pump"}, {ID: "index", Kind: "parameter", Type: "int"}}
	if err := e.SetApp(app.Installation{ID: "pumps"}, doc, 1); err != nil {
		t.Fatal(err)
	}
	w := newWorldOf(t, e, Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	c := w.dial(t, "operator", nil)
	begun := time.Now()
	for part := range many / MaxOpens {
		var each []string
		for i := range MaxOpens {
			n := part*MaxOpens + i
			each = append(each, fmt.Sprintf(`{"id":%d,"installation":"pumps","screen":"main","params":{"pump":"%s"},"offers":{"index":%d,"name":"x"}}`, 100000+n, plantPath(n), n))
		}
		if r := c.ask(`"op":"open","each":[` + strings.Join(each, ",") + `]`); r.Error != nil {
			t.Fatalf("%+v", r.Error)
		}
	}
	t.Logf("%d screens with 5 bound widgets opened in %v", many, time.Since(begun))
	first := c.replyTo(100000)
	second := c.replyTo(100001)
	if first.Error != nil || first.View == 0 || first.Screen == nil || first.App == nil || len(first.Took) != 1 {
		t.Errorf("the first: %+v", first.Reply)
	}
	if second.Like != 100000 || second.Screen != nil || second.View == first.View || len(second.Bindings) != 5 {
		t.Errorf("the second: %+v", second.Reply)
	}
	if r := c.ask(fmt.Sprintf(`"op":"close","views":[%d,%d]`, first.View, second.View)); r.Error != nil {
		t.Errorf("close: %+v", r.Error)
	}

	list := c.ask(`"op":"assets","installation":"pumps","input":"pump","area":"line"`)
	if len(list.Assets) != many || list.Total != many {
		t.Fatalf("%d assets of %d: %+v", len(list.Assets), list.Total, list.Error)
	}
	if err := e.SetPlant(pumps(many + 1)); err != nil {
		t.Fatal(err)
	}
	c.until("the list with one more", func(m message) bool { return m.Op == "assets" && m.Total == many+1 })
	if r := c.ask(`"op":"assets","installation":"pumps","input":"index"`); r.Error == nil || r.Error.Code != "input_unknown" {
		t.Errorf("a list of no asset: %+v", r.Error)
	}
}
