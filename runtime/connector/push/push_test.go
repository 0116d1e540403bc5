package push

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

const token = "a token that is long enough"

// device is a connector at work.
type device struct {
	*Connector
	mu  sync.Mutex
	got []connector.Update
	end chan error
}

func start(t testing.TB, settings string, typ tag.Type, addresses ...string) *device {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(fmt.Sprintf(`{"token":%q%s}`, token, settings)))
	if err != nil {
		t.Fatal(err)
	}
	d := &device{Connector: &Connector{settings: s}, end: make(chan error, 1)}
	if err := d.Connect(context.Background()); err != nil {
		t.Fatal(err)
	}
	var points []connector.Point
	for i, raw := range addresses {
		a, err := ParseAddress(json.RawMessage(raw), typ, false)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, connector.Point{ID: i, Type: typ, Address: a})
	}
	go func() {
		d.end <- d.Run(context.Background(), points, func(u []connector.Update) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.got = append(d.got, u...)
		})
	}()
	t.Cleanup(func() { _ = d.Close() })
	peer.Await(t, "the device to listen", func() bool {
		d.Connector.mu.Lock()
		defer d.Connector.mu.Unlock()
		return d.inbox != nil
	})
	return d
}

// says is what came since it was last asked.
func (d *device) says() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for _, u := range d.got {
		out = append(out, fmt.Sprintf("%d=%s %s", u.Point, u.Sample.Value, u.Sample.Quality))
	}
	d.got = nil
	return strings.Join(out, ", ")
}

func TestMessages(t *testing.T) {
	d := start(t, "", tag.JSON, `{"path":"/line/temp","time":"/ts"}`, `{"path":"$.list[-1]"}`, `{}`, `{"path":"v","keyPath":"name","key":"a"}`)
	for _, row := range []struct{ message, want string }{
		{`{"line":{"temp":21.5},"ts":1700000000}`, `0=21.5 Good, 2={"line":{"temp":21.5},"ts":1700000000} Good`}, {`{"line":{"temp":null}}`, `0=null BadNoData, 2={"line":{"temp":null}} Good`}, {`{"line":{"temp":1},"ts":"never"}`, `0=1 Uncertain, 2={"line":{"temp":1},"ts":"never"} Good`},
		{`{"list":[1,[2,18446744073709551615]]}`, `1=[2,18446744073709551615] Good, 2={"list":[1,[2,18446744073709551615]]} Good`}, {`{"name":"a","v":"阀"}`, `2={"name":"a","v":"阀"} Good, 3="阀" Good`}, {`{"name":"b","v":1}`, `2={"name":"b","v":1} Good`}, {"\xef\xbb\xbf5", "2=5 Good"},
	} {
		if err := d.Receive(t.Context(), token, []byte(row.message)); err != nil {
			t.Errorf("%s: %v", row.message, err)
		}
		if got := d.says(); got != row.want {
			t.Errorf("%s: %s, want %s", row.message, got, row.want)
		}
	}
	for _, bad := range []string{"", "x", `{"a":`, "\xff", strings.Repeat("[", 1000), `{"a":1,"a":2}`} {
		var refused *connector.StatusError
		if err := d.Receive(t.Context(), token, []byte(bad)); !errors.As(err, &refused) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	for _, wrong := range []string{"", "x", token + "x", token[:len(token)-1]} {
		if err := d.Receive(t.Context(), wrong, []byte("1")); !errors.Is(err, connector.ErrForbidden) {
			t.Errorf("token %q: %v", wrong, err)
		}
	}
	if got := d.says(); got != "" {
		t.Errorf("what was refused came: %s", got)
	}
	_ = d.Close()
	if err := <-d.end; !errors.Is(err, connector.ErrNotConnected) {
		t.Error(err)
	}
	var refused *connector.StatusError
	if err := d.Receive(t.Context(), token, []byte("1")); !errors.As(err, &refused) {
		t.Errorf("after the end: %v", err)
	}
}

// TestSeveral: an array is one message, or a message each, oldest first.
func TestSeveral(t *testing.T) {
	d := start(t, `,"array":"messages","zone":"Asia/Shanghai"`, tag.Int, `{"path":"v","keyPath":"n","key":"a","time":"t"}`, `{"path":"v","keyPath":"n","key":"b"}`)
	if err := d.Receive(t.Context(), token, []byte(`[{"n":"a","v":1,"t":"2023-11-15 06:13:20"},{"n":"b","v":2},{"n":"a","v":3,"t":"2023-11-15 06:13:21"},{"n":"c"},7]`)); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	if len(d.got) != 3 || d.got[0].Sample.Source.Milli() != 1700000000000 || d.got[2].Sample.Source.Milli() != 1700000001000 || d.got[2].Sample.Value != tag.OfInt(3) {
		t.Error(d.got)
	}
	d.mu.Unlock()
	if err := d.Receive(t.Context(), token, []byte("["+strings.Repeat("1,", maxMessages)+"1]")); err == nil {
		t.Error("so many were taken")
	}
	d = start(t, "", tag.Int, `{"path":"/1/v"}`)
	if err := d.Receive(t.Context(), token, []byte(`[{"v":1},{"v":2}]`)); err != nil || d.says() != "0=2 Good" {
		t.Error(err)
	}
}

// TestSilence: what is not heard of for a while is bad, and good again with the next message.
func TestSilence(t *testing.T) {
	d := start(t, `,"silence":"100ms"`, tag.Int, `{"path":"v"}`)
	send := func() {
		if err := d.Receive(t.Context(), token, []byte(`{"v":1}`)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		send()
		if got := d.says(); !strings.Contains(got, "0=1 Good") {
			t.Error(got)
		}
		peer.Await(t, "the silence", func() bool { return strings.Contains(d.says(), "0=null BadNoCommunication") })
	}
	began := time.Now()
	for time.Since(began) < 300*time.Millisecond {
		send()
		time.Sleep(10 * time.Millisecond)
	}
}

func TestSettings(t *testing.T) {
	for _, bad := range []string{`{}`, `{"token":"short"}`, `{"token":"0123456789abcdef","zone":"Mars"}`} {
		if _, err := decodeSettings(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if _, err := decodeSettings(json.RawMessage(`{"token":"secret:x"}`)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{`{"path":"a..b"}`, `{"key":"a"}`, `{"time":"/~2"}`, `{"x":1}`} {
		if _, err := ParseAddress(json.RawMessage(bad), tag.Int, false); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	if _, err := ParseAddress(json.RawMessage(`{}`), tag.Int, true); err == nil {
		t.Error("it can be written")
	}
}

func FuzzReceive(f *testing.F) {
	f.Add([]byte(`[{"n":"a","v":1,"t":5}]`))
	f.Add([]byte(`{"v":{"v":[[[1]]]}}`))
	each := start(f, `,"array":"messages"`, tag.Float, `{"path":"v","keyPath":"n","key":"a","time":"t"}`, `{"path":"/0/v"}`, `{"path":"[-1]"}`)
	f.Fuzz(func(t *testing.T, message []byte) {
		err := each.Receive(t.Context(), token, message)
		var refused *connector.StatusError
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		each.says()
	})
}
