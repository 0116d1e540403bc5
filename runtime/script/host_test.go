package script

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/script/worker"
	"github.com/lineside/lineside/runtime/tag"
)

var command []string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "worker")
	if err != nil {
		panic(err)
	}
	name := filepath.Join(dir, "worker")
	build := exec.Command("go", "build", "-o", name, "./testdata/worker")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	command = []string{name, worker.Argument}
	code := m.Run()
	os.RemoveAll(dir)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Println(err)
		code = 1
	}
	os.Exit(code)
}

func host(t testing.TB, o Options) *Host {
	t.Helper()
	if o.Command == nil {
		o.Command = command
	}
	h := New(o)
	t.Cleanup(h.Close)
	return h
}

func load(t testing.TB, h *Host, id, source string) {
	t.Helper()
	if p := h.Load(id, source); p != nil {
		t.Fatalf("%s: %+v", id, p)
	}
}

func one(t testing.TB, h *Host, c Call) Result {
	t.Helper()
	r := h.Call(t.Context(), []Call{c})
	if len(r) != 1 {
		t.Fatalf("%d results", len(r))
	}
	return r[0]
}

const counter = `
function init(me, settings) { me.step = settings.step; me.sum = 0; }
function data(me, name, value, good) {
  me.sum += value * me.step;
  me.set("needle.rotate", me.sum);
  me.set("label.text", name + (good ? "" : "?"));
}
function event(me, name, value) { me.emit("pressed", { name, value }); me.write("setpoint", me.sum); }
function every(me) { me.log("sum is", me.sum, [1, 2]); }
function call(a, b) { return { a, b }; }
`

func TestInstancesAreApartAndEffectsComeBack(t *testing.T) {
	h := host(t, Options{})
	load(t, h, "counter", counter)
	number, text := tag.OfFloat, tag.OfString
	r := h.Call(t.Context(), []Call{
		{Script: "counter", Instance: 1, Function: Init, Args: []tag.Value{tag.OfJSON(`{"step":2}`)}},
		{Script: "counter", Instance: 2, Function: Init, Args: []tag.Value{tag.OfJSON(`{"step":10}`)}},
		{Script: "counter", Instance: 1, Function: Data, Args: []tag.Value{text("speed"), number(1.5), tag.OfBool(true)}},
		{Script: "counter", Instance: 2, Function: Data, Args: []tag.Value{text("speed"), tag.OfInt(4), tag.OfBool(false)}},
		{Script: "counter", Instance: 1, Function: Event, Args: []tag.Value{text("click"), tag.OfBool(true)}},
		{Script: "counter", Instance: 2, Function: Every},
		{Script: "counter", Function: Run, Args: []tag.Value{tag.OfInt(1 << 60), tag.Value{}}},
		{Script: "counter", Function: Answer},
		{Script: "none"},
	})
	want := []string{"[]", "[]", "[set 1 needle.rotate 3 set 1 label.text speed]", "[set 2 needle.rotate 40 set 2 label.text speed?]",
		`[emit 1 pressed {"name":"click","value":true} write 1 setpoint 3]`, "[log 2 sum is 40 [1,2] ]", "[]", "[]", "[]"}
	for i, x := range r {
		var b []string
		for _, e := range x.Effects {
			v := e.Value.String()
			if e.Value.Type() == tag.String || e.Value.Type() == tag.JSON || e.Value.IsNone() {
				v = e.Value.Text()
			}
			b = append(b, fmt.Sprintf("%v %d %s %s", e.Kind, e.Instance, e.Name, v))
		}
		if got := "[" + strings.Join(b, " ") + "]"; got != want[i] {
			t.Errorf("call %d: %s, want %s", i, got, want[i])
		}
		if (x.Problem != nil) != (i == 8) {
			t.Errorf("call %d: %+v", i, x.Problem)
		}
	}
	if got := r[6].Value.Text(); got != `{"a":1152921504606847000,"b":null}` {
		t.Errorf("returned %s", got)
	}
	h.Free("counter", 1)
	if r := one(t, h, Call{Script: "counter", Instance: 1, Function: Data, Args: []tag.Value{text("x"), number(1), tag.OfBool(true)}}); r.Effects[0].Value.Float() == 3 {
		t.Error("an instance that was freed is still there")
	}
	h.Remove("counter")
	if r := one(t, h, Call{Script: "counter", Function: Run}); r.Problem == nil || r.Problem.Code != "script_missing" {
		t.Errorf("%+v", r.Problem)
	}
}

func TestWhatIsWrongHasItsPlace(t *testing.T) {
	h := host(t, Options{})
	for _, c := range []struct {
		source, message string
		line            int
	}{
		{"let a = 1;\nlet b = ;", "Unexpected token ;", 2},
		{"\n\nthrow new Error('no')", "Error: no", 3},
		{"const a = 1;\nfunction f() { a = 2 }\nf()", "TypeError: Assignment to constant variable.", 2},
		{"missing()", "ReferenceError: missing is not defined", 1},
		{"let x; let x;", "SyntaxError: Identifier 'x' has already been declared", 1},
		{"throw { toString() { throw 1 } }", "The script has thrown something that cannot be shown.", 0},
		{strings.Repeat("(", 200), "The script has more than 128 brackets in each other.", 1},
		{strings.Repeat(" ", MaxSource+1), "The script has 65537 bytes, more than 65536.", 0},
		{"//# sourceMappingURL=/etc/passwd\nthrow 1", "1", 2},
	} {
		p := h.Load("x", c.source)
		if p == nil || !strings.Contains(p.Message, strings.TrimPrefix(c.message, "SyntaxError: ")) || c.line > 0 && p.Line != c.line {
			t.Errorf("%.40q: %+v", c.source, p)
		}
	}
	load(t, h, "x", "function call(a) {\n  return a.b.c;\n}")
	if r := one(t, h, Call{Script: "x", Function: Run, Args: []tag.Value{tag.OfInt(1)}}); r.Problem == nil || r.Problem.Line != 2 || r.Problem.Code != "script_threw" {
		t.Errorf("%+v", r.Problem)
	}
}

func TestScriptThatBreaksItsBudgetRests(t *testing.T) {
	now := time.Now()
	h := host(t, Options{now: func() time.Time { return now }})
	load(t, h, "bad", "function call() { for (;;); }")
	load(t, h, "good", "let n = 0; function call() { return ++n }")
	for i := range 3 {
		r := h.Call(t.Context(), []Call{{Script: "good", Function: Run}, {Script: "bad", Function: Run}, {Script: "good", Function: Run}})
		if r[0].Problem != nil || r[2].Problem != nil || r[2].Value.Int() != int64(2*i+2) {
			t.Fatalf("round %d: the neighbour noticed: %+v %+v", i, r[0], r[2])
		}
		if r[1].Problem == nil || r[1].Problem.Code != "script_budget" || r[1].Problem.Line != 1 {
			t.Fatalf("round %d: %+v", i, r[1].Problem)
		}
	}
	if r := one(t, h, Call{Script: "bad", Function: Run}); r.Problem.Code != "script_paused" {
		t.Errorf("%+v", r.Problem)
	}
	stats := h.Stats()
	if stats[0].Script != "bad" || !stats[0].Paused.Equal(now.Add(time.Minute)) || stats[0].Errors != 3 || stats[1].Calls != 6 || stats[1].Errors != 0 {
		t.Errorf("%+v", stats)
	}
	now = now.Add(61 * time.Second)
	for range 3 {
		if r := one(t, h, Call{Script: "bad", Function: Run}); r.Problem.Code != "script_budget" {
			t.Errorf("%+v", r.Problem)
		}
	}
	if s := h.Stats()[0]; !s.Paused.Equal(now.Add(2 * time.Minute)) {
		t.Errorf("rests until %v at %v", s.Paused, now)
	}
	load(t, h, "bad", "function call() { return 1 }")
	if r := one(t, h, Call{Script: "bad", Function: Run}); r.Problem != nil {
		t.Errorf("a script that was mended still rests: %+v", r.Problem)
	}
}

// hostile are scripts that want to stop, fill, blind or leave their process. Each is the body of a function.
var hostile = map[string]string{
	"loop":                   `for (;;);`,
	"loop in a getter":       `me.set("x", { get a() { for (;;); } })`,
	"loop in toString":       `me.set({ toString() { for (;;); } }, 1)`,
	"loop in toJSON":         `me.set("x", { toJSON() { for (;;); } })`,
	"loop in valueOf":        `+{ valueOf() { for (;;); } }`,
	"loop in a proxy":        `JSON.stringify(new Proxy({}, { ownKeys() { for (;;); } }))`,
	"loop in finally":        `try { for (;;); } finally { for (;;); }`,
	"loop that catches":      `for (;;) { try { for (;;); } catch (e) { } }`,
	"loop in a generator":    `for (const x of (function* () { for (;;) yield 1 })());`,
	"loop in sort":           `[3, 2, 1].sort(() => { for (;;); })`,
	"loop in a promise":      `Promise.resolve().then(function f() { return Promise.resolve().then(f) })`,
	"loop in an error":       `throw { toString() { for (;;); } }`,
	"loop in eval":           `eval("for(;;);")`,
	"loop in Function":       `new Function("for(;;);")()`,
	"labels":                 `a: for (;;) { for (;;) continue a }`,
	"recursion":              `(function f() { f() })()`,
	"recursion that goes on": `(function f() { try { f() } finally { f() } })()`,
	"recursion by a getter":  `const o = { get a() { return this.a } }; o.a`,
	"recursion by a proxy":   `const p = new Proxy({}, {}); Object.setPrototypeOf(p, p); p.x`,
	"recursion by toString":  `const o = { toString() { return "" + o } }; "" + o`,
	"recursion by JSON":      `const o = {}; o.toJSON = () => JSON.stringify(o); JSON.stringify(o)`,
	"recursion by apply":     `function f() { f.apply(null, []) } f()`,
	"recursion by Reflect":   `function f() { Reflect.construct(f, []) } new f()`,
	"recursion by bind":      `let f = () => 1; for (let i = 0; i < 1e6; i++) f = f.bind(null); f()`,
	"nested arrays":          `let a = []; for (let i = 0; i < 1e6; i++) a = [a]; JSON.stringify(a)`,
	"nested arrays, text":    `let a = []; for (let i = 0; i < 1e6; i++) a = [a]; "" + a`,
	"nested arrays, flat":    `let a = []; for (let i = 0; i < 1e6; i++) a = [a]; a.flat(Infinity)`,
	"nested JSON":            `JSON.parse("[".repeat(1e6))`,
	"nested source":          `eval("(".repeat(1e5))`,
	"nested source, unary":   `eval("!".repeat(1e6) + "1")`,
	"nested source, plus":    `eval("1" + "+1".repeat(1e6))`,
	"nested source, blocks":  `eval("{".repeat(1e5) + "}".repeat(1e5))`,
	"nested templates":       "eval('`${'.repeat(1e4))",
	"nested pattern":         `new RegExp("(".repeat(1e5) + ")".repeat(1e5))`,
	"circle":                 `const a = []; a.push(a); "" + a; JSON.stringify(a)`,
	"text that doubles":      `let s = "x"; for (;;) s += s`,
	"text of repeat":         `"x".repeat(2 ** 30)`,
	"text of repeat twice":   `"x".repeat(2 ** 26).repeat(2 ** 10)`,
	"text of pad":            `"".padStart(2 ** 30, "ab")`,
	"text of join":           `new Array(2 ** 28).join("xyz")`,
	"text of replace":        `"x".repeat(1e5).replace(/x/g, "y".repeat(1e5))`,
	"text of split":          `"x".repeat(1e7).split("")`,
	"text of concat":         `let s = "x".repeat(1e7); "".concat(...new Array(1e4).fill(s))`,
	"text of normalize":      `"\uFDFA".repeat(1e7).normalize("NFKD")`,
	"text of JSON":           `JSON.stringify("\u0000".repeat(1e8))`,
	"text of indent":         `JSON.stringify(new Array(1e6).fill([1]), null, 10)`,
	"text of URI":            `encodeURIComponent("\u4e2d".repeat(5e7))`,
	"text of locale":         `"x".repeat(1e8).toLocaleUpperCase()`,
	"list that grows":        `const a = []; for (;;) a.push(new Array(1000).fill(1))`,
	"list of a length":       `new Array(2 ** 32 - 1).fill(0)`,
	"list that is sparse":    `const a = []; a[2 ** 32 - 2] = 1; a.reverse()`,
	"list, sparse, sort":     `const a = []; a[4e9] = 1; a.sort()`,
	"list, sparse, indexOf":  `const a = []; a.length = 4294967295; a.indexOf(1)`,
	"list, includes":         `Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)`,
	"list, join of length":   `Array.prototype.join.call({ length: 2 ** 53 - 1 }, "")`,
	"list, unshift":          `Array.prototype.unshift.call({ length: 2 ** 52 }, 1)`,
	"list, splice":           `Array.prototype.splice.call({ length: 2 ** 52 }, 0, 1)`,
	"list, copyWithin":       `Array.prototype.copyWithin.call({ length: 2 ** 52 }, 0, 1)`,
	"list, fill":             `Array.prototype.fill.call({ length: 2 ** 52 }, 0)`,
	"list, from":             `Array.from({ length: 2 ** 32 - 1 })`,
	"list, spread":           `Math.max(...new Array(1e8))`,
	"list, apply":            `Math.max.apply(null, { length: 2 ** 31 })`,
	"list, concat":           `let a = [1]; for (;;) a = a.concat(a)`,
	"list, flatMap":          `let a = [1]; for (;;) a = a.flatMap(x => [x, x])`,
	"list, sort of many":     `new Array(3e6).fill(0).map(Math.random).sort()`,
	"bytes":                  `new ArrayBuffer(2 ** 31)`,
	"bytes that grow":        `const a = []; for (;;) a.push(new Uint8Array(1e7).fill(1))`,
	"bytes, typed":           `new Float64Array(2 ** 28)`,
	"bytes, set":             `new Uint8Array(2 ** 26).set(new Array(2 ** 26).fill(1))`,
	"map that grows":         `const m = new Map(); for (let i = 0; ; i++) m.set(i, "x" + i)`,
	"set that grows":         `const m = new Set(); for (let i = 0; ; i++) m.add("x" + i)`,
	"set while it is read":   `const s = new Set([1]); for (const x of s) { s.delete(x); s.add({}) }`,
	"keys that grow":         `const o = {}; for (let i = 0; ; i++) o["k" + i] = i`,
	"symbols that grow":      `for (let i = 0; ; i++) Symbol.for("s" + i)`,
	"closures that grow":     `const a = []; for (;;) { const b = new Array(100); a.push(() => b) }`,
	"number of many digits":  `2n ** (2n ** 40n)`,
	"numbers multiplied":     `let x = 3n; for (;;) x *= x`,
	"number as text":         `(2n ** 10000000n).toString()`,
	"number from text":       `BigInt("9".repeat(1e7))`,
	"number, shift":          `1n << (2n ** 33n)`,
	"pattern that goes back": `/^(a+)+$/.test("a".repeat(40) + "b")`,
	"pattern, twice":         `/(x+x+)+y/.exec("x".repeat(200))`,
	"pattern, catches":       `for (;;) { try { /^(a|aa)+$/.test("a".repeat(60) + "b") } catch (e) { } }`,
	"pattern, look behind":   `/(?<=(a+)+)b/.test("a".repeat(50))`,
	"pattern, long":          `new RegExp("a{1000}".repeat(1000))`,
	"pattern, alternatives":  `new RegExp("(a|b|ab)*c").test("ab".repeat(200))`,
	"pattern, split":         `"a".repeat(1e5).split(/(a*)*b/)`,
	"pattern, back":          `/(.*)(.*)(.*)(.*)(.*)\1\2\3\4\5x/.test("a".repeat(300))`,
	"effects":                `for (;;) me.set("x", 1)`,
	"effects, large":         `for (let i = 0; i < 1000; i++) me.set("x", "y".repeat(65536))`,
	"effect, too large":      `me.set("x", "y".repeat(1e6))`,
	"effect, name":           `me.set("x".repeat(1e7), 1)`,
	"log":                    `for (;;) console.log("x".repeat(1e5))`,
	"another's method":       `me.set.call({}, "x", 1)`,
	"nobody's method":        `const { set } = me; set("x", 1)`,
	"method of a proxy":      `me.set.call(new Proxy(me, {}), "x", 1)`,
	"no prototype":           `Object.setPrototypeOf(me, null); me.set("x", 1)`,
	"other stringify":        `JSON.stringify = () => { for (;;); }; me.set("x", { a: 1 }); for (;;);`,
	"other prototype":        `Object.prototype.toJSON = function () { for (;;); }; me.set("x", { a: 1 })`,
	"other then":             `Object.prototype.then = function () { for (;;); }; (async () => ({}))()`,
	"other iterator":         `Array.prototype[Symbol.iterator] = function* () { for (;;) yield 1 }; new Map([[1, 2]]); Math.max(...[1])`,
	"other species":          `class A extends Array { static get [Symbol.species]() { for (;;); } } new A(3).map(x => x)`,
	"check and use":          `let n = 0; const o = { get a() { return n++ ? "y".repeat(1e6) : 1 } }; for (let i = 0; i < 900; i++) me.set("x", o)`,
	"weak references":        `const w = new WeakMap(); for (;;) w.set({}, new Array(1e4).fill(0))`,
	"dates":                  `for (;;) new Date(8.64e15).toISOString()`,
	"date, locale":           `new Date(NaN).toISOString()`,
	"import":                 `eval('import("fs")')`,
	"require":                `require("fs").readFileSync("/etc/passwd")`,
	"process":                `process.exit(1)`,
	"constructor":            `this.constructor.constructor("return process")().exit()`,
	"global":                 `for (const k of Object.getOwnPropertyNames(globalThis)) try { globalThis[k] = null } catch (e) { } for (;;);`,
	"freeze":                 `Object.freeze(globalThis); Object.freeze(me); me.x = 1`,
	"async loop":             `(async () => { for (;;) await 1 })()`,
	"async many":             `for (;;) (async () => { await 1 })()`,
	"promises all":           `Promise.all(new Array(1e7).fill(Promise.resolve()))`,
	"source map":             `eval("1\n//# sourceMappingURL=/etc/passwd")`,
	"source map, data":       `new Function("//# sourceMappingURL=data:application/json;base64,e30=")()`,
	"stack":                  `Error.stackTraceLimit = Infinity; (function f() { try { f() } catch (e) { e.stack.repeat(1e4) } })()`,
	"error with a cause":     `let e; for (let i = 0; i < 1e5; i++) e = new Error("x", { cause: e }); throw e`,
	"throw a large text":     `throw "x".repeat(1e8)`,
	"throw a proxy":          `throw new Proxy({}, { get() { for (;;); } })`,
	"throw nothing":          `throw undefined`,
	"return a large list":    `return new Array(1e6).fill("x".repeat(100))`,
	"class fields":           `class A { a = new A() } new A()`,
	"destructuring":          `const [...a] = { [Symbol.iterator]: () => ({ next: () => ({ done: false }) }) }`,
	"arguments":              `(function () { arguments.length = 2 ** 31; Array.prototype.slice.call(arguments) })()`,
	"getter of length":       `Array.prototype.map.call({ get length() { return 2 ** 32 } }, x => x)`,
	"string raw":             `String.raw({ raw: { length: 2 ** 31 } })`,
	"from char code":         `String.fromCharCode(...new Array(1e6).fill(65))`,
	"local compare":          `new Array(1e6).fill("ä").sort((a, b) => a.localeCompare(b))`,
	"Object.assign":          `Object.assign({}, "x".repeat(1e7))`,
	"Object.entries":         `Object.entries("x".repeat(1e7))`,
	"Object.fromEntries":     `Object.fromEntries({ *[Symbol.iterator]() { for (let i = 0; ; i++) yield [i, i] } })`,
	"Reflect.ownKeys":        `Reflect.ownKeys(new Uint8Array(1e8))`,
	"with a getter":          `Object.defineProperty(globalThis, "x", { get() { for (;;); } }); x`,
	"switch":                 `switch ({ valueOf() { for (;;); } }) { default: for (;;); }`,
	"tagged":                 "((s) => { for (;;); })`x`",
	"do":                     `do { } while (true)`,
	"in":                     `"x" in new Proxy({}, { has() { for (;;); } })`,
	"instanceof":             `1 instanceof { [Symbol.hasInstance]() { for (;;); } }`,
	"toPrimitive":            `1 + { [Symbol.toPrimitive]() { for (;;); } }`,
}

func TestHostileScriptsStayWhereTheyAre(t *testing.T) {
	if len(hostile) < 140 {
		t.Fatalf("%d", len(hostile))
	}
	dir, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	neighbour := host(t, Options{})
	load(t, neighbour, "n", "let n = 0; function call() { return ++n }")
	h := host(t, Options{Strikes: 1000})
	load(t, h, "good", "let n = 0; function data(me) { me.set('n', ++n) }")
	ends := map[string]int{}
	var longest time.Duration
	for name, body := range hostile {
		if p := h.Load("bad", "function data(me) { "+body+" }"); p != nil {
			if p.Code != "script_crashed" && p.Code != "script_budget" { // the compiler counts constants together
				t.Errorf("%s: %+v", name, p)
			}
			ends["not loaded: "+p.Code]++
			continue
		}
		before := h.Started()
		begin := time.Now()
		r := h.Call(t.Context(), []Call{{Script: "good", Function: Data}, {Script: "bad", Function: Data}})
		took := time.Since(begin)
		switch bad := r[1]; {
		case bad.Problem == nil:
			ends["nothing happened"]++
		default:
			ends[bad.Problem.Code]++
			if bad.Problem.Code == "script_restarted" || bad.Problem.Code == "script_missing" {
				t.Errorf("%s: %+v", name, bad.Problem)
			}
		}
		if h.Started() != before {
			ends["another process"]++
		}
		longest = max(longest, took)
		if took > 6*time.Second { // 350 ms of CPU time; other tests may be running
			t.Errorf("%s: control came back after %v", name, took)
		}
		if r := one(t, h, Call{Script: "good", Instance: 7, Function: Data}); r.Problem != nil || len(r.Effects) != 1 {
			t.Errorf("%s: the other script of the installation is not well: %+v", name, r)
		}
		if r := one(t, neighbour, Call{Script: "n", Function: Run}); r.Problem != nil {
			t.Errorf("%s: the neighbour is not well: %+v", name, r.Problem)
		}
	}
	if neighbour.Started() != 1 {
		t.Errorf("the neighbour was started %d times", neighbour.Started())
	}
	if now, _ := os.ReadDir("."); len(now) != len(dir) {
		t.Error("a file was written")
	}
	t.Logf("%d scripts: %v; longest %v", len(hostile), ends, longest)
}

// A worker that is ended from outside is started again, and says that instances are gone.
func TestProcessIsStartedAgain(t *testing.T) {
	h := host(t, Options{})
	load(t, h, "a", "let n = 0; function call() { return ++n }")
	for range 3 {
		one(t, h, Call{Script: "a", Function: Run})
	}
	h.mu.Lock()
	_ = h.process.cmd.Process.Kill()
	h.mu.Unlock()
	started := h.Started()
	r := one(t, h, Call{Script: "a", Function: Run})
	if r.Problem == nil {
		t.Fatal("a call to a process that is gone has an answer")
	}
	if r := one(t, h, Call{Script: "a", Function: Run}); r.Problem != nil || r.Value.Int() != 1 || h.Started() != started+1 {
		t.Errorf("%+v after %d starts", r, h.Started())
	}
}

func TestProcessThatCannotBeStartedIsSaid(t *testing.T) {
	h := host(t, Options{Command: []string{"/does/not/exist"}})
	if p := h.Load("a", "1"); p == nil || p.Code != "script_start" {
		t.Errorf("%+v", p)
	}
	h = host(t, Options{Command: []string{"/bin/cat"}})
	if p := h.Load("a", "1"); p == nil {
		t.Error("a process that is no worker has loaded a script")
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	h := host(t, Options{})
	load(t, h, "a", "function call() { return 1 }")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r := h.Call(ctx, []Call{{Script: "a", Function: Run}}); r[0].Problem == nil {
		t.Error("no problem")
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		h := New(Options{Command: command})
		load(b, h, "a", "1")
		h.Close()
	}
}

func BenchmarkCallInBatchOf100(b *testing.B) {
	h := host(b, Options{})
	load(b, h, "a", "function data(me, name, value) { me.set('x', value) }")
	calls := make([]Call, 100)
	for i := range calls {
		calls[i] = Call{Script: "a", Instance: uint32(i), Function: Data, Args: []tag.Value{tag.OfString("speed"), tag.OfFloat(1.5), tag.OfBool(true)}}
	}
	for b.Loop() {
		for _, r := range h.Call(b.Context(), calls) {
			if r.Problem != nil {
				b.Fatal(r.Problem)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/call")
}

func BenchmarkRoundTrip(b *testing.B) {
	h := host(b, Options{})
	load(b, h, "a", "function call(v) { return v }")
	calls := []Call{{Script: "a", Function: Run, Args: []tag.Value{tag.OfFloat(1.5)}}}
	for b.Loop() {
		h.Call(b.Context(), calls)
	}
}
