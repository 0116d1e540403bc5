package drawing

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

const gauge = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="200" height="100" data-ls-var="speed:float:rpm=0; running:bool; name=7">
	<path id="path123" d="M50 50V10" stroke="var(--accent)" fill="none" data-ls-rotate="speed * 1.8 - 90" data-ls-pivot="50 50"/>
	<g id="lamp" data-ls-fill="running ? 'ok' : 'off'" data-ls-click="pressed"><circle cx="10" cy="10" r="5"/></g>
	<text x="50" y="40" data-ls-set-text="label" data-ls-onclick="alert(1)">0</text>
	<script data-ls-visible="true">alert(1)</script>
</svg>`

func TestWidgetOfSVG(t *testing.T) {
	d, declared, ps := CompileWidget([]byte(gauge))
	if d == nil {
		t.Fatal(ps)
	}
	want := `[{speed float rpm 0} {running bool   } {name any  7}]`
	var vars []string
	for _, v := range declared.Vars {
		vars = append(vars, fmt.Sprintf("{%s %s %s %s}", v.Name, v.Type, v.Unit, v.Default))
	}
	if got := "[" + strings.Join(vars, " ") + "]"; strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("%s", got)
	}
	if got := fmt.Sprintf("%+v", declared.Bindings); got != `[{Part:path123 What:rotate Expr:speed * 1.8 - 90 Set: Event:} {Part:lamp What:click Expr: Set: Event:pressed} {Part:lamp What:fill Expr:running ? 'ok' : 'off' Set: Event:} {Part:text What:text Expr: Set:label Event:}]` {
		t.Errorf("%s", got)
	}
	needle := d.Part("path123")
	if needle == nil || !slices.Equal(needle.Pivot, []float64{100, 100}) || needle.Stroke != "accent" {
		t.Errorf("%+v", needle)
	}
	var said []string
	for _, p := range ps {
		said = append(said, p.Code)
	}
	if got := strings.Join(said, " "); got != "svg_binding svg_binding svg_left_out" {
		t.Errorf("%s: %v", got, ps)
	}
}

func FuzzCompileWidget(f *testing.F) {
	f.Add(gauge)
	f.Add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1" data-ls-var=";;a:b:c=d;a::=;=:"><use href="#a" data-ls-pivot="x"/><path id="a" d="M0 0h1" stroke="red" data-ls-click="" data-ls-="x"/></svg>`)
	f.Fuzz(func(t *testing.T, text string) {
		d, declared, ps := CompileWidget([]byte(text))
		if d == nil {
			if !ps.Errors() {
				t.Fatal("no drawing, and nobody says why")
			}
			return
		}
		if len(declared.Vars) > MaxVars || len(declared.Bindings) > MaxBindings {
			t.Fatal("more than the limits")
		}
		ids := d.PartIDs()
		for _, b := range declared.Bindings {
			if !slices.Contains(ids, b.Part) || !slices.Contains(Whats, b.What) {
				t.Fatalf("%+v is of no part", b)
			}
		}
		for _, v := range declared.Vars {
			if !varName.MatchString(v.Name) || !slices.Contains(varTypes, v.Type) {
				t.Fatalf("%+v", v)
			}
		}
	})
}
