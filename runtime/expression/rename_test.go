package expression

import (
	"errors"
	"slices"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

func TestRename(t *testing.T) {
	for name, row := range map[string]struct {
		text     string
		kind     Kind
		from, to string
		want     string
		count    int
	}{
		"tag":                     {`tag("line1/speed") * 2`, Tag, "line1/speed", "line2/speed", `tag("line2/speed") * 2`, 1},
		"keeps blanks and quotes": {"  tag( 'a/b' )\n\t+ tag(`a/b`) ", Tag, "a/b", "c", "  tag( 'c' )\n\t+ tag(`c`) ", 2},
		"a text is no tag":        {`tag("a") == 1 ? "a" : "tag(\"a\")"`, Tag, "a", "b", `tag("b") == 1 ? "a" : "tag(\"a\")"`, 1},
		"a part is no tag":        {`tag("line1/speed2") + tag("line1")`, Tag, "line1/speed", "x", `tag("line1/speed2") + tag("line1")`, 0},
		"escapes":                 {`tag("a\u002fb") + tag("a/b")`, Tag, "a/b", "c/d", `tag("c/d") + tag("c/d")`, 2},
		"area":                    {`tag("line1/speed") + tag("line1/a/b") + tag("line12/speed")`, Area, "line1", "line2", `tag("line2/speed") + tag("line2/a/b") + tag("line12/speed")`, 2},
		"area itself":             {`tag("line1")`, Area, "line1", "hall/line1", `tag("hall/line1")`, 1},
		"comments":                {"tag(\"a\") // tag(\"a\")\n + /* tag(\"a\") */ 1", Tag, "a", "b", "tag(\"b\") // tag(\"a\")\n + /* tag(\"a\") */ 1", 1},
		"other scripts":           {`"泵🚰" == tag("泵/转速") ? tag("泵/转速") : 1`, Tag, "泵/转速", "泵/速度", `"泵🚰" == tag("泵/速度") ? tag("泵/速度") : 1`, 2},
		"variable":                {`speed * 2 + other.speed + value["speed"] + speed`, Variable, "speed", "rate", `rate * 2 + other.speed + value["speed"] + rate`, 2},
		"function of the name":    {`max(max, 1)`, Variable, "max", "top", `max(top, 1)`, 1},
		"chained comparison":      {`1 < speed < 3`, Variable, "speed", "v", `1 < v < 3`, 1},
		"in a predicate":          {`count([1, 2], {# > limit && tag("a") > 0})`, Variable, "limit", "l", `count([1, 2], {# > l && tag("a") > 0})`, 1},
		"hidden by a let":         {`let a = a + 1; a * 2`, Variable, "a", "b", `let a = b + 1; a * 2`, 1},
		"by pipe":                 {`"a/b" | tag()`, Tag, "a/b", "c", `"c" | tag()`, 1},
		"index and slice":         {`list[i:j] == list[i]`, Variable, "i", "n", `list[n:j] == list[n]`, 2},
		"count only":              {`a + a`, Variable, "a", "a", `a + a`, 2},
		"not there":               {`1 +`, Variable, "a", "b", `1 +`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, n, err := Rename(row.text, row.kind, row.from, row.to)
			if err != nil || got != row.want || n != row.count {
				t.Errorf("Rename = %q, %d, %v, want %q, %d", got, n, err, row.want, row.count)
			}
		})
	}
}

func TestRenameRefuses(t *testing.T) {
	if text, _, err := Rename(`let b = 1; a + b`, Variable, "a", "b"); !errors.Is(err, ErrShadowed) || text != `let b = 1; a + b` {
		t.Errorf("captured by a let: %q, %v", text, err)
	}
	if text, n, err := Rename(`a +`, Variable, "a", "b"); err == nil || n != 0 || text != "a +" {
		t.Errorf("cannot be read: %q, %d, %v", text, n, err)
	}
}

// FuzzRename proves that what was renamed compiles to the same with the names changed, and
// that the way back gives the text again.
func FuzzRename(f *testing.F) {
	for _, fn := range Functions() {
		for _, e := range fn.Examples {
			f.Add(e.Text, byte(0))
		}
	}
	for _, s := range []string{`tag("a/b") + a`, "tag(`a/b`) ?? 'a/b'", `let x = a; x + a`, `let a = 1; a`, `let zz = 1; a + zz`, `a.a[a]`, `count(1..3, # > a)`, `a < a < a`, `tag("a\u002fb/c")`, `a ? tag("a") : (a)`, `not a`, `-a | abs()`, "a // a\n+ a"} {
		f.Add(s, byte(0))
		f.Add(s, byte(1))
		f.Add(s, byte(2))
	}
	vars := map[string]tag.Type{"a": tag.Float, "b": tag.JSON, "c": tag.Bool, "zz": tag.Float}
	env := Env{Vars: vars, Tags: func(tag.Path) (tag.Type, bool) { return tag.Float, true }}
	f.Fuzz(func(t *testing.T, text string, k byte) {
		kind := Kind(k % 3)
		from, to := "a", "zz"
		if kind != Variable {
			from, to = "a/b", "zz/y"
		}
		out, n, err := Rename(text, kind, from, to)
		if err != nil || n == 0 {
			if out != text {
				t.Fatalf("%q became %q with %d, %v", text, out, n, err)
			}
			return
		}
		if guard(out) != nil {
			return // longer than an expression may be
		}
		old, err := Compile(text, env)
		if err != nil {
			return
		}
		next, err := Compile(out, env)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, out, err)
		}
		tags, names := old.Tags(), slices.Clone(old.Vars())
		moved := make([]tag.Path, 0, len(tags))
		for _, p := range tags {
			q, _ := Moved(kind, string(p), from, to)
			if !slices.Contains(moved, tag.Path(q)) {
				moved = append(moved, tag.Path(q))
			}
		}
		for i := range names {
			if kind == Variable && names[i] == from {
				names[i] = to
			}
		}
		slices.Sort(names)
		names = slices.Compact(names)
		got := slices.Clone(next.Vars())
		slices.Sort(got)
		if old.Type() != next.Type() || !slices.Equal(moved, next.Tags()) || !slices.Equal(names, got) {
			t.Fatalf("%q became %q: %v %v %v, want %v %v %v", text, out, next.Type(), next.Tags(), got, old.Type(), moved, names)
		}
		eval := func(p *Program) tag.Sample {
			in, vs := make([]tag.Sample, len(p.Tags())), make([]tag.Sample, len(p.Vars()))
			for i := range in {
				in[i] = tag.Sample{Value: tag.OfFloat(1.5)}
			}
			for i, name := range p.Vars() {
				switch vars[name] {
				case tag.Bool:
					vs[i] = tag.Sample{Value: tag.OfBool(true)}
				case tag.JSON:
					vs[i] = tag.Sample{Value: tag.OfJSON(`{"a":[1,2]}`)}
				default:
					vs[i] = tag.Sample{Value: tag.OfFloat(2)}
				}
			}
			return p.Eval(in, vs)
		}
		if a, b := show(eval(old)), show(eval(next)); a != b {
			t.Fatalf("%q gives %s, %q gives %s", text, a, out, b)
		}
	})
}
