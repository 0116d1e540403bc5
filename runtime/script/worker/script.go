package worker

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/dop251/goja"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/parser"

	"github.com/lineside/lineside/runtime/script/wire"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of scripts and of what a call may leave.
const (
	maxDepth   = 400 // of calls
	maxEffects = 1000
	maxText    = 64 << 10 // bytes of a value
	maxLine    = 2 << 10  // bytes of a line of the log
	maxMessage = 1 << 10
)

// script is a script that was loaded: a VM of its own, and one object for each of its instances.
type script struct {
	worker    *worker
	vm        *goja.Runtime
	functions [wire.Functions]goja.Callable
	stringify goja.Callable
	parse     goja.Callable
	proto     *goja.Object
	instances map[uint32]*goja.Object
	numbers   map[*goja.Object]uint32
	texts     map[string]goja.Value // short texts that came before, such as names
	args      []goja.Value
	// of the call under way
	effects []byte
	count   uint32
}

func (w *worker) load(name, source string) (s *script, wrong *failure) {
	defer func() {
		if x := recover(); x != nil {
			s, wrong = nil, &failure{message: clip(fmt.Sprint("The script could not be started: ", x), maxMessage)}
		}
	}()
	// A comment that names a source map would have goja open a file.
	tree, err := parser.ParseFile(nil, name, source, 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, syntax(err)
	}
	program, err := goja.CompileAST(tree, true)
	if err != nil {
		return nil, syntax(err)
	}
	vm := goja.New()
	vm.SetParserOptions(parser.WithDisableSourceMaps)
	vm.SetMaxCallStackSize(maxDepth)
	s = &script{worker: w, vm: vm, instances: map[uint32]*goja.Object{}, numbers: map[*goja.Object]uint32{}, texts: map[string]goja.Value{}}
	json := vm.Get("JSON").ToObject(vm)
	s.stringify, _ = goja.AssertFunction(json.Get("stringify"))
	s.parse, _ = goja.AssertFunction(json.Get("parse"))
	s.api()
	w.watch.guard(func() { vm.Interrupt("time") })
	if _, err := vm.RunProgram(program); err != nil {
		return nil, s.failure(err)
	}
	for i, name := range wire.Names {
		if f, ok := goja.AssertFunction(vm.Get(name)); ok {
			s.functions[i] = f
		}
	}
	return s, nil
}

// syntax is what is wrong with the text of a script.
func syntax(err error) *failure {
	var list parser.ErrorList
	var one *goja.CompilerSyntaxError
	var other *goja.CompilerReferenceError
	switch {
	case errors.As(err, &list) && len(list) > 0:
		return &failure{uint32(list[0].Position.Line), uint32(list[0].Position.Column), clip(list[0].Message, maxMessage)}
	case errors.As(err, &one):
		return placed(one.File, one.Offset, one.Message)
	case errors.As(err, &other):
		return placed(other.File, other.Offset, other.Message)
	}
	return &failure{message: clip(err.Error(), maxMessage)}
}

func placed(f *file.File, offset int, message string) *failure {
	out := &failure{message: clip(message, maxMessage)}
	if f != nil {
		p := f.Position(offset)
		out.line, out.column = uint32(p.Line), uint32(p.Column)
	}
	return out
}

// api gives the script what it may use: methods of the widget that a function is called for, and console.
func (s *script) api() {
	vm := s.vm
	s.proto = vm.NewObject()
	leave := func(kind uint8) func(goja.FunctionCall) goja.Value {
		return func(c goja.FunctionCall) goja.Value {
			o, _ := c.This.(*goja.Object)
			if _, ok := s.numbers[o]; !ok {
				panic(vm.NewTypeError("This belongs to the widget that a function was called for: me.set(…)."))
			}
			s.effect(kind, s.numbers[o], c.Argument(0).String(), s.value(c.Argument(1)))
			return goja.Undefined()
		}
	}
	log := func(c goja.FunctionCall) goja.Value {
		var parts []string
		for i, a := range c.Arguments {
			if i == 16 {
				break
			}
			v := s.value(a)
			text := v.String()
			if v.Type() == tag.String || v.Type() == tag.JSON {
				text = v.Text()
			}
			parts = append(parts, clip(text, maxLine))
		}
		number := uint32(math.MaxUint32)
		if o, ok := c.This.(*goja.Object); ok {
			if n, ok := s.numbers[o]; ok {
				number = n
			}
		}
		s.effect(wire.Log, number, clip(strings.Join(parts, " "), maxLine), tag.Value{})
		return goja.Undefined()
	}
	for name, f := range map[string]func(goja.FunctionCall) goja.Value{"set": leave(wire.Set), "emit": leave(wire.Emit), "write": leave(wire.Write), "log": log} {
		_ = s.proto.DefineDataProperty(name, vm.ToValue(f), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE)
	}
	console := vm.NewObject()
	for _, name := range []string{"log", "info", "warn", "error", "debug"} {
		_ = console.Set(name, log)
	}
	_ = vm.Set("console", console)
}

// effect leaves something for the host.
func (s *script) effect(kind uint8, instance uint32, name string, v tag.Value) {
	if s.count == maxEffects {
		panic(s.vm.NewTypeError("A call may set, emit, write and log no more than %d things.", maxEffects))
	}
	s.count++
	s.effects = wire.Append(wire.Append(s.effects, kind), instance)
	s.effects = wire.AppendText(s.effects, clip(name, maxLine))
	s.effects = wire.AppendValue(s.effects, v)
}

// value takes a value out of the VM, once: what a getter says later does not matter.
func (s *script) value(v goja.Value) tag.Value {
	if o, ok := v.(*goja.Object); ok {
		text, err := s.stringify(goja.Undefined(), o)
		if err != nil {
			panic(err)
		}
		if goja.IsUndefined(text) {
			return tag.Value{} // a function
		}
		return tag.OfJSON(s.text(text.String()))
	}
	switch x := v.Export().(type) {
	case bool:
		return tag.OfBool(x)
	case int64:
		return tag.OfInt(x)
	case float64:
		return tag.OfFloat(x)
	case string:
		return tag.OfString(s.text(x))
	case nil:
		return tag.Value{}
	}
	return tag.OfString(s.text(v.String()))
}

func (s *script) text(t string) string {
	if len(t) > maxText {
		panic(s.vm.NewTypeError("A value may have no more than %d bytes.", maxText))
	}
	return strings.ToValidUTF8(t, "\uFFFD")
}

// arguments reads the arguments of a call; the list is used again for the next.
func (s *script) arguments(r *wire.Reader, n int) []goja.Value {
	s.args = append(s.args[:0], nil) // room for the instance
	for range n {
		s.args = append(s.args, s.argument(r))
	}
	return s.args
}

func (s *script) argument(r *wire.Reader) goja.Value {
	switch t := tag.Type(r.Byte()); t {
	case tag.Bool:
		return s.vm.ToValue(r.Byte() != 0)
	case tag.Int:
		return s.vm.ToValue(int64(r.Uint64()))
	case tag.Float:
		return s.vm.ToValue(math.Float64frombits(r.Uint64()))
	case tag.String, tag.Bytes, tag.JSON:
		raw := r.Raw()
		if t == tag.JSON {
			if v, err := s.parse(goja.Undefined(), s.vm.ToValue(string(raw))); err == nil {
				return v
			}
		}
		if len(raw) > 32 {
			return s.vm.ToValue(string(raw))
		}
		v, ok := s.texts[string(raw)]
		if !ok {
			v = s.vm.ToValue(string(raw))
			if len(s.texts) < 4096 {
				s.texts[string(raw)] = v
			}
		}
		return v
	}
	return goja.Null()
}

func (s *script) instance(n uint32) *goja.Object {
	o := s.instances[n]
	if o == nil {
		o = s.vm.CreateObject(s.proto)
		s.instances[n], s.numbers[o] = o, n
	}
	return o
}

func (s *script) free(n uint32) {
	if o := s.instances[n]; o != nil {
		delete(s.instances, n)
		delete(s.numbers, o)
	}
}

// call calls a function and adds the result. args has room for the instance before the arguments.
func (s *script) call(b []byte, instance uint32, function int, args []goja.Value, start time.Time) (out []byte) {
	s.effects, s.count = s.effects[:0], 0
	f := s.functions[function]
	var v tag.Value
	if f != nil {
		defer func() {
			if x := recover(); x != nil { // some built-in functions panic
				s.vm.ClearInterrupt()
				how := uint8(wire.Threw)
				if strings.Contains(fmt.Sprint(x), "timeout") {
					how = wire.Budget
				}
				out = appendFailure(b, how, time.Since(start), &failure{message: clip(fmt.Sprint(x), maxMessage)})
			}
		}()
		s.vm.ClearInterrupt()
		s.worker.watch.guard(s.interrupt)
		if function == wire.Call {
			args = args[1:]
		} else {
			args[0] = s.instance(instance)
		}
		got, err := f(goja.Undefined(), args...)
		if err == nil && function == wire.Call {
			v, err = s.result(got)
		}
		if err != nil {
			how := uint8(wire.Threw)
			var late *goja.InterruptedError
			if errors.As(err, &late) || strings.Contains(err.Error(), "match timeout") {
				how = wire.Budget
			}
			return appendFailure(b, how, time.Since(start), s.failure(err))
		}
	}
	b = wire.Append(wire.Append[uint8](b, wire.OK), uint32(time.Since(start).Microseconds()))
	b = wire.AppendValue(b, v)
	return append(wire.Append(b, s.count), s.effects...)
}

// result takes out what a function has returned, whose getters may throw.
func (s *script) result(v goja.Value) (out tag.Value, err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case error:
			err = x
		case goja.Value:
			err = errors.New(x.String())
		default:
			err = fmt.Errorf("%v", x)
		}
	}()
	return s.value(v), nil
}

func (s *script) interrupt() { s.vm.Interrupt("time") }

// failure is what somebody is told of an error of the VM, and where in the script it was.
func (s *script) failure(err error) (out *failure) {
	out = &failure{message: "The script has thrown something that cannot be shown."}
	defer func() { _ = recover() }() // what was thrown may have a toString of its own
	var late *goja.InterruptedError
	var thrown *goja.Exception
	var deep *goja.StackOverflowError
	switch {
	case errors.As(err, &late):
		out.message = "It ran for more than 100 ms and was stopped."
		out.line, out.column = place(late.Stack())
	case errors.As(err, &deep):
		out.message = "The functions call each other too deep."
		out.line, out.column = place(deep.Stack())
	case errors.As(err, &thrown):
		out.line, out.column = place(thrown.Stack())
		out.message = clip(thrown.Value().String(), maxMessage)
	default:
		out.message = clip(err.Error(), maxMessage)
	}
	return out
}

func place(stack []goja.StackFrame) (line, column uint32) {
	for i := range stack {
		if p := stack[i].Position(); p.Line > 0 {
			return uint32(p.Line), uint32(p.Column)
		}
	}
	return 0, 0
}
