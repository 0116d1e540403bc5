package opcua

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// client is a connector under test with what it was told last.
type client struct {
	*Connector
	t    *testing.T
	mu   sync.Mutex
	last map[int]tag.Sample
	stop func()
	lost chan error
}

func settings(port int, more string) string {
	return fmt.Sprintf(`{"url":"opc.tcp://127.0.0.1:%d/UA/test","interval":"50ms"%s}`, port, more)
}

func newClient(t *testing.T, raw string) *client {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := &client{Connector: &Connector{settings: s}, t: t, last: map[int]tag.Sample{}}
	t.Cleanup(func() {
		c.hush()
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *client) dial() error {
	ctx, cancel := context.WithTimeout(c.t.Context(), peer.Wait)
	defer cancel()
	return c.Connect(ctx)
}

func (c *client) connect() *client {
	c.t.Helper()
	if err := c.dial(); err != nil {
		c.t.Fatal(err)
	}
	return c
}

const test = "nsu=urn:lineside:test;s="

func node(name string) string { return fmt.Sprintf(`{"node":%q}`, test+name) }

func point(t *testing.T, id int, raw string, typ tag.Type) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(raw), typ, true)
	if err != nil {
		t.Fatalf("address %s: %v", raw, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("test/", id)), Address: a, Type: typ}
}

func (c *client) watch(points ...connector.Point) {
	c.hush()
	ctx, stop := context.WithCancel(context.Background())
	lost := make(chan error, 1)
	go func() {
		lost <- c.Run(ctx, points, func(updates []connector.Update) {
			c.mu.Lock()
			defer c.mu.Unlock()
			for _, u := range updates {
				c.last[u.Point] = u.Sample
			}
		})
		close(lost)
	}()
	c.lost, c.stop = lost, stop
}

func (c *client) hush() {
	if c.stop != nil {
		c.stop()
		for range c.lost {
			continue
		}
		c.stop = nil
	}
}

func (c *client) sample(id int) tag.Sample {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last[id]
}

// expect waits until a point has a value of a quality.
func (c *client) expect(id int, v tag.Value, q tag.Quality) {
	c.t.Helper()
	defer func() {
		if c.t.Failed() {
			c.t.Logf("point %d is %v", id, c.sample(id))
		}
	}()
	peer.Await(c.t, fmt.Sprintf("point %d to be %v %v", id, v, q), func() bool {
		s := c.sample(id)
		return s.Quality == q && (q.IsBad() || s.Value == v) && s.Source != 0
	})
}

// trustOf is the settings that trust the server, as a person has them from a failed test.
func trustOf(t *testing.T, raw string) string {
	t.Helper()
	err := newClient(t, raw).dial()
	var p *spec.Problem
	if !errors.As(err, &p) || p.Code != "certificate_untrusted" || !errors.Is(err, connector.ErrNotConnected) {
		t.Fatalf("a server that nobody trusts: %v", err)
	}
	_, print, ok := strings.Cut(p.Message, "fingerprint ")
	if !ok {
		t.Fatalf("no fingerprint in %q", p.Message)
	}
	return fmt.Sprintf(`,"trust":[%q]`, print)
}

const plain = `,"security":"None"`

func TestTypes(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	rows := []struct {
		name  string
		typ   tag.Type
		value tag.Value
		more  string
	}{
		{"bool", tag.Bool, tag.OfBool(true), ""},
		{"sbyte", tag.Int, tag.OfInt(-128), ""},
		{"byte", tag.Int, tag.OfInt(255), ""},
		{"int16", tag.Int, tag.OfInt(-32768), ""},
		{"uint16", tag.Int, tag.OfInt(65535), ""},
		{"int32", tag.Int, tag.OfInt(math.MinInt32), ""},
		{"uint32", tag.Int, tag.OfInt(math.MaxUint32), ""},
		{"int64", tag.Int, tag.OfInt(math.MinInt64), ""},
		{"uint64", tag.Int, tag.OfInt(math.MaxInt64), ""},
		{"float", tag.Float, tag.OfFloat(-1.5), ""},
		{"double", tag.Float, tag.OfFloat(math.Pi), ""},
		{"double", tag.Float, tag.OfFloat(math.NaN()), ""},
		{"double", tag.Float, tag.OfFloat(math.Inf(-1)), ""},
		{"string", tag.String, tag.OfString("线 \"1\"\n"), ""},
		{"string", tag.String, tag.OfString(strings.Repeat("水泵", 50_000)), ""},
		{"string", tag.String, tag.OfString(""), ""},
		{"localized", tag.String, tag.OfString("主阀"), ""},
		{"qualified", tag.String, tag.OfString("y"), ""},
		{"guid", tag.String, tag.OfString("11111111-2222-3333-4444-555566667777"), ""},
		{"nodeid", tag.String, tag.OfString("ns=1;s=x"), ""},
		{"datetime", tag.String, tag.OfString("2026-03-01T12:00:00.25Z"), ""},
		{"datetime", tag.Int, tag.OfInt(4_000_000_000_123), ""},
		{"bytes", tag.Bytes, tag.OfBytes([]byte{0, 255, 10}), ""},
		{"doubles", tag.JSON, tag.OfJSON(`[1,"NaN",-2.5]`), ""},
		{"doubles", tag.Float, tag.OfFloat(8.25), `,"range":"1"`},
		{"strings", tag.JSON, tag.OfJSON(`["","水","c"]`), ""},
		{"ints", tag.JSON, tag.OfJSON(`[7,8]`), `,"range":"0:1"`},
		{"matrix", tag.JSON, tag.OfJSON(`[[1,2,3],[4,5.5,6]]`), ""},
		{"empty", tag.JSON, tag.OfJSON(`[]`), ""},
	}
	points := make([]connector.Point, len(rows))
	for i, r := range rows {
		points[i] = point(t, i, fmt.Sprintf(`{"node":%q%s}`, test+r.name, r.more), r.typ)
	}
	c.watch(points...)
	for i, r := range rows {
		if err := c.Write(t.Context(), points[i], r.value); err != nil {
			t.Errorf("write %v to %s: %v", clip(r.value.String()), r.name, err)
			continue
		}
		c.expect(i, r.value, tag.Good)
	}
}

func TestReadsOnlyTypes(t *testing.T) {
	server := peer.StartOPCUA(t)
	for _, acquire := range []string{"subscribe", "read"} {
		t.Run(acquire, func(t *testing.T) {
			c := newClient(t, settings(server.Port, plain+fmt.Sprintf(`,"acquire":%q`, acquire))).connect()
			rows := []struct {
				address string
				typ     tag.Type
				value   tag.Value
				quality tag.Quality
			}{
				{node("huge"), tag.String, tag.OfString("18446744073709551614"), tag.Good},
				{node("huge"), tag.JSON, tag.OfJSON(`"18446744073709551614"`), tag.Good},
				{node("huge"), tag.Float, tag.OfFloat(18446744073709551614), tag.Good},
				{node("huge"), tag.Int, tag.Value{}, tag.BadOutOfRange},
				{node("nan"), tag.Float, tag.OfFloat(math.NaN()), tag.Good},
				{node("nan"), tag.Int, tag.Value{}, tag.BadTypeMismatch},
				{node("chinese"), tag.String, tag.OfString("水泵 1 号"), tag.Good},
				{node("long"), tag.String, tag.OfString(strings.Repeat("水", 100_000)), tag.Good},
				{node("matrix"), tag.JSON, tag.OfJSON("[[1,2,3],[4,5,6]]"), tag.Good},
				{fmt.Sprintf(`{"node":%q,"range":"1,2"}`, test+"matrix"), tag.Float, tag.OfFloat(6), tag.Good},
				{node("matrix"), tag.Float, tag.Value{}, tag.BadTypeMismatch},
				{`{"node":"i=2261"}`, tag.String, tag.OfString("NodeOPCUA-Server"), tag.Good},
				{node("nothing"), tag.Float, tag.Value{}, tag.BadNodeIDUnknown},
				{`{"node":"nsu=urn:no:where;s=x"}`, tag.Float, tag.Value{}, tag.BadNodeIDUnknown},
				{node("level"), tag.Float, tag.OfFloat(3.5), tag.Good},
			}
			var points []connector.Point
			for i, r := range rows {
				points = append(points, point(t, i, r.address, r.typ))
			}
			c.watch(points...)
			for i, r := range rows {
				if r.quality.IsGood() && strings.Contains(r.address, "i=2261") {
					peer.Await(t, "the name of the server", func() bool { return c.sample(i).Value.Text() != "" })
					continue
				}
				c.expect(i, r.value, r.quality)
			}
		})
	}
}

func TestQualityAndTimes(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	c.watch(point(t, 0, node("double"), tag.Float))
	server.Set(t, "double", 1.5)
	c.expect(0, tag.OfFloat(1.5), tag.Good)
	server.Tell(t, "status double BadSensorFailure")
	c.expect(0, tag.Value{}, tag.BadSensorFailure)
	server.Tell(t, "status double UncertainLastUsableValue")
	c.expect(0, tag.OfFloat(1.5), tag.UncertainLastUsableValue)
	for _, at := range []string{"2001-02-03T04:05:06.789Z", "1970-01-01T00:00:01Z", "2099-12-31T23:59:59Z"} {
		when, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}
		server.Tell(t, "stamp double %d %d", when.UnixMilli(), when.Unix())
		c.expect(0, tag.OfFloat(float64(when.Unix())), tag.Good)
		if got := c.sample(0).Source; got != tag.TimeOf(when) {
			t.Errorf("source time %v, want %v", got.Std(), when)
		}
	}
}

func TestRefusesWrites(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	for name, r := range map[string]struct {
		address string
		value   tag.Value
		quality tag.Quality
	}{
		"read only":     {node("readonly"), tag.OfFloat(1), 0},
		"no such node":  {node("nothing"), tag.OfFloat(1), tag.BadNodeIDUnknown},
		"no namespace":  {`{"node":"nsu=urn:no:where;s=x"}`, tag.OfFloat(1), tag.BadNodeIDUnknown},
		"too large":     {node("int16"), tag.OfInt(32768), tag.BadOutOfRange},
		"negative":      {node("uint64"), tag.OfInt(-1), tag.BadOutOfRange},
		"a fraction":    {node("int32"), tag.OfFloat(1.5), tag.BadTypeMismatch},
		"a text":        {node("double"), tag.OfString("x"), tag.BadTypeMismatch},
		"float range":   {node("float"), tag.OfFloat(1e300), tag.BadOutOfRange},
		"one for many":  {node("doubles"), tag.OfFloat(1), tag.BadTypeMismatch},
		"many for one":  {node("double"), tag.OfJSON("[1]"), tag.BadTypeMismatch},
		"unequal rows":  {node("matrix"), tag.OfJSON("[[1,2,3],[4]]"), tag.BadTypeMismatch},
		"element range": {fmt.Sprintf(`{"node":%q,"range":"50"}`, test+"ints"), tag.OfInt(1), 0},
	} {
		err := c.Write(t.Context(), point(t, 0, r.address, tag.None), r.value)
		var refusal *connector.StatusError
		if !errors.As(err, &refusal) || !refusal.Quality.IsBad() || r.quality != 0 && refusal.Quality != r.quality || errors.Is(err, connector.ErrUncertain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMethods(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	method := func(id int, name string, typ tag.Type) connector.Point {
		return point(t, id, fmt.Sprintf(`{"node":%q,"kind":"method","object":%q}`, test+name, test+"Machine"), typ)
	}
	start, add, greet := method(0, "start", tag.Bool), method(1, "add", tag.Float), method(2, "greet", tag.JSON)
	c.watch(start, add, greet)
	c.expect(0, tag.OfBool(false), tag.Good)
	for _, w := range []struct {
		point connector.Point
		value tag.Value
	}{{start, tag.OfBool(true)}, {add, tag.OfJSON("[40.5,2]")}, {greet, tag.OfString("水泵")}} {
		if err := c.Write(t.Context(), w.point, w.value); err != nil {
			t.Fatalf("call %v: %v", w.value, err)
		}
	}
	c.expect(0, tag.OfBool(false), tag.Good)
	c.expect(1, tag.OfFloat(42.5), tag.Good)
	c.expect(2, tag.OfJSON(`["你好 水泵",2]`), tag.Good)
	if got := server.Tell(t, "calls"); got != "3" {
		t.Errorf("%s calls", got)
	}
	for name, w := range map[string]struct {
		point connector.Point
		value tag.Value
	}{
		"too few": {add, tag.OfJSON("[1]")}, "wrong type": {add, tag.OfJSON(`["x",1]`)}, "no list": {add, tag.OfFloat(1)},
		"false": {start, tag.OfBool(false)}, "unknown": {method(3, "nothing", tag.Bool), tag.OfBool(true)},
	} {
		err := c.Write(t.Context(), w.point, w.value)
		var refusal *connector.StatusError
		if !errors.As(err, &refusal) || errors.Is(err, connector.ErrUncertain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := server.Tell(t, "calls"); got != "3" {
		t.Errorf("%s calls after those that were refused", got)
	}
}

// TestSecurity goes through all policies and modes, then the ways to log in.
func TestSecurity(t *testing.T) {
	server := peer.StartOPCUA(t)
	trusted := trustOf(t, settings(server.Port, ""))
	for _, policy := range policies[1:] {
		for _, mode := range []string{"Sign", "SignAndEncrypt"} {
			t.Run(policy+" "+mode, func(t *testing.T) {
				c := newClient(t, settings(server.Port, trusted+fmt.Sprintf(`,"security":%q,"mode":%q`, policy, mode))).connect()
				p := point(t, 0, node("string"), tag.String)
				c.watch(p)
				for _, v := range []tag.Value{tag.OfString(policy + mode), tag.OfString(strings.Repeat(mode, 30_000))} {
					if err := c.Write(t.Context(), p, v); err != nil {
						t.Fatal(err)
					}
					c.expect(0, v, tag.Good)
				}
				// The keys are renewed and what follows still works.
				if err := c.current().channel.open(t.Context(), true); err != nil {
					t.Fatalf("renew: %v", err)
				}
				v := tag.OfString("renewed")
				if err := c.Write(t.Context(), p, v); err != nil {
					t.Fatal(err)
				}
				c.expect(0, v, tag.Good)
			})
		}
	}
	user, err := trust.NewIdentity(time.Now(), "")
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, err := user.PEM()
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]struct{ more, code string }{
		"best":             {trusted, ""},
		"name":             {trusted + `,"user":"password","username":"operator","password":"s3cret"`, ""},
		"wrong password":   {trusted + `,"user":"password","username":"operator","password":"x"`, "opcua_login_refused"},
		"name in the open": {plain + `,"user":"password","username":"operator","password":"s3cret"`, ""}, // the server encrypts it
		"certificate":      {trusted + fmt.Sprintf(`,"user":"certificate","userCertificate":%q,"userKey":%q`, certificate, key), ""},
		"untrusted":        {`,"trust":["` + strings.Repeat("AB", 32) + `"]`, "certificate_untrusted"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, settings(server.Port, r.more))
			err := c.dial()
			var p *spec.Problem
			switch {
			case r.code == "" && err != nil:
				t.Fatal(err)
			case r.code != "" && (!errors.As(err, &p) || p.Code != r.code || !errors.Is(err, connector.ErrNotConnected)):
				t.Fatalf("%v, want %s", err, r.code)
			}
			if c.current() != nil && name == "best" && c.current().channel.secure.policy != "Aes256_Sha256_RsaPss" {
				t.Errorf("the best was %s", c.current().channel.secure.policy)
			}
		})
	}
}
