package opcua

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const quick = plain + `,"keepAlive":"500ms","timeout":"2s"`

// awaitLoss waits until the subscription says that the connection is gone.
func (c *client) awaitLoss() error {
	c.t.Helper()
	select {
	case err := <-c.lost:
		if !errors.Is(err, connector.ErrNotConnected) {
			c.t.Fatalf("the loss was reported as %v", err)
		}
		return err
	case <-time.After(peer.Wait):
		c.t.Fatal("the loss was not noticed")
		return nil
	}
}

// A server that comes back with its namespaces in another order has the same nodes.
func TestRestartWithOtherIndices(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, quick)).connect()
	p := point(t, 0, node("double"), tag.Float)
	c.watch(p)
	server.Set(t, "double", 1.5)
	c.expect(0, tag.OfFloat(1.5), tag.Good)
	before, _ := c.current().namespaces().resolve(p.Address.(*Address).node)
	server.Kill()
	c.awaitLoss()
	server.Restart(t, "--shift", "3")
	c.connect().watch(p)
	server.Set(t, "double", 2.5)
	c.expect(0, tag.OfFloat(2.5), tag.Good)
	if err := c.Write(t.Context(), p, tag.OfFloat(3.5)); err != nil {
		t.Fatal(err)
	}
	c.expect(0, tag.OfFloat(3.5), tag.Good)
	if after, _ := c.current().namespaces().resolve(p.Address.(*Address).node); after == before {
		t.Errorf("the index of the namespace is %d as before", after.ns)
	}
}

// A session that answers while its subscription has fallen silent is no connection.
func TestSilentSubscription(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, quick)).connect()
	p := point(t, 0, node("live"), tag.Int)
	c.watch(p)
	server.Set(t, "live", 1)
	c.expect(0, tag.OfInt(1), tag.Good)
	server.Tell(t, "silence")
	if err := c.awaitLoss(); !strings.Contains(err.Error(), "silent") {
		t.Errorf("lost because of: %v", err)
	}
	c.connect().watch(p)
	server.Set(t, "live", 2)
	c.expect(0, tag.OfInt(2), tag.Good)
}

// A controller may load its program after its server has started.
func TestNodeThatComesLater(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	c.watch(point(t, 0, node("later"), tag.Float))
	c.expect(0, tag.Value{}, tag.BadNodeIDUnknown)
	server.Tell(t, "appear later 4.5")
	c.expect(0, tag.OfFloat(4.5), tag.Good)
}

func TestDeadbandOfTheServer(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	with := func(name, more string) string {
		return fmt.Sprintf(`{"node":%q,"sampling":"20ms","queue":5%s}`, test+name, more)
	}
	c.watch(point(t, 0, with("double", `,"deadband":10`), tag.Float), point(t, 1, with("double", ""), tag.Float), point(t, 2, with("level", `,"deadband":50,"deadbandKind":"percent"`), tag.Float))
	server.Set(t, "double", 100)
	c.expect(0, tag.OfFloat(100), tag.Good)
	server.Set(t, "double", 105)
	c.expect(1, tag.OfFloat(105), tag.Good)
	if got := c.sample(0).Value; got != tag.OfFloat(100) {
		t.Errorf("a change within the deadband came: %v", got)
	}
	server.Set(t, "double", 120)
	c.expect(0, tag.OfFloat(120), tag.Good)
	server.Set(t, "level", 10)
	c.expect(2, tag.OfFloat(10), tag.Good)
}

// Servers that take three nodes in one request are asked for three at a time.
func TestSmallServer(t *testing.T) {
	server := peer.StartOPCUA(t, "--limit", "3", "--many", "40")
	for _, acquire := range []string{"subscribe", "read"} {
		c := newClient(t, settings(server.Port, plain+fmt.Sprintf(`,"acquire":%q`, acquire))).connect()
		var points []connector.Point
		for i := range 40 {
			points = append(points, point(t, i, node(fmt.Sprintf("v%d", i)), tag.Float))
		}
		c.watch(points...)
		for i := range 40 {
			c.expect(i, tag.OfFloat(float64(i)), tag.Good)
		}
		nodes, err := c.Browse(t.Context(), test+"Many")
		if err != nil || len(nodes) != 40 {
			t.Errorf("%d nodes: %v", len(nodes), err)
		}
	}
}

func TestBrowse(t *testing.T) {
	server := peer.StartOPCUA(t)
	c := newClient(t, settings(server.Port, plain)).connect()
	find := func(at, name string) connector.Node {
		t.Helper()
		nodes, err := c.Browse(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if n.Name == name {
				return n
			}
		}
		t.Fatalf("nothing is called %s below %q", name, at)
		return connector.Node{}
	}
	folder := find("", "Test")
	if folder.ID != test+"Test" || !folder.HasChild || folder.Address != nil {
		t.Errorf("folder: %+v", folder)
	}
	level := find(folder.ID, "level")
	if level.Unit != "m" || level.Low == nil || *level.Low != 0 || level.High == nil || *level.High != 12 || string(level.Value) != "3.5" || level.Type != "float" || !level.Writable || string(level.Address) != `{"node":"nsu=urn:lineside:test;s=level"}` {
		t.Errorf("level: %+v", level)
	}
	for name, want := range map[string]string{
		"bool": "bool", "byte": "int", "uint64": "int", "double": "float", "string": "string", "datetime": "string", "localized": "string", "bytes": "bytes", "matrix": "json", "empty": "json",
	} {
		if n := find(folder.ID, name); n.Type != want {
			t.Errorf("%s is %s", name, n.Type)
		}
	}
	if n := find(folder.ID, "readonly"); n.Writable {
		t.Error("what is read only is writable")
	}
	if n := find(folder.ID, "chinese"); string(n.Value) != `"水泵 1 号"` {
		t.Errorf("value %s", n.Value)
	}
	machine := find(folder.ID, "Machine")
	if m := find(machine.ID, "add"); string(m.Address) != `{"kind":"method","node":"nsu=urn:lineside:test;s=add","object":"nsu=urn:lineside:test;s=Machine"}` {
		t.Errorf("method: %s", m.Address)
	}
	// A → B → A: each level lists what is below it, and ends.
	a := find(folder.ID, "A")
	b := find(a.ID, "B")
	if again := find(b.ID, "A"); again.ID != a.ID {
		t.Errorf("%+v", again)
	}
	if _, err := c.Browse(t.Context(), test+"nothing"); err == nil {
		t.Error("a node that is not there was listed")
	}
	if _, err := c.Browse(t.Context(), "no node id"); err == nil {
		t.Error("what is no node id was listed")
	}
	if about, err := c.Identify(t.Context()); err != nil || !strings.Contains(about, "NodeOPCUA") {
		t.Errorf("the server is %q: %v", about, err)
	}
}

func TestBrowseOfManyNodes(t *testing.T) {
	server := peer.StartOPCUA(t, "--many", "10000")
	c := newClient(t, settings(server.Port, plain+`,"timeout":"30s"`)).connect()
	begin := time.Now()
	nodes, err := c.Browse(t.Context(), test+"Many")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("10,000 nodes took %v", time.Since(begin))
	seen := map[string]bool{}
	for _, n := range nodes {
		if n.Type != "float" || n.Value == nil || seen[n.ID] {
			t.Fatalf("%+v", n)
		}
		seen[n.ID] = true
	}
	if len(nodes) != 10000 {
		t.Errorf("%d nodes", len(nodes))
	}
}

// codeOf connects and returns the code of the problem, "" when it worked.
func codeOf(t *testing.T, raw string) string {
	t.Helper()
	err := newClient(t, raw).dial()
	var p *spec.Problem
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &p) || !errors.Is(err, connector.ErrNotConnected):
		t.Fatalf("not a problem: %v", err)
	case p.Hint == "" || spec.Translate(p.Message, "zh") == p.Message || spec.Translate(p.Hint, "zh") == p.Hint:
		t.Errorf("no hint or no Chinese: %s %s", p.Message, p.Hint)
	}
	return p.Code
}

func TestSpoiledCertificates(t *testing.T) {
	for kind, accept := range map[string]string{"expired": "acceptExpired", "host": "acceptOtherHost"} {
		t.Run(kind, func(t *testing.T) {
			server := peer.StartOPCUA(t, "--certificate", kind)
			trust := trustOf(t, settings(server.Port, ""))
			if got := codeOf(t, settings(server.Port, trust)); got != "certificate_"+kind {
				t.Errorf("refused as %q", got)
			}
			if got := codeOf(t, settings(server.Port, trust+fmt.Sprintf(`,%q:true`, accept))); got != "" {
				t.Errorf("refused as %q although it is accepted", got)
			}
		})
	}
}

// A server that does not know us says so; once our certificate is trusted there, it works.
func TestServerThatDoesNotTrust(t *testing.T) {
	server := peer.StartOPCUA(t, "--strict", "yes", "--none", "no", "--anonymous", "no")
	user := `,"user":"password","username":"operator","password":"s3cret"`
	trust := trustOf(t, settings(server.Port, user)) + user
	if got := codeOf(t, settings(server.Port, trust)); got != "opcua_not_trusted_by_server" {
		t.Fatalf("refused as %q", got)
	}
	if got := codeOf(t, settings(server.Port, plain+user)); got != "opcua_security_not_offered" {
		t.Errorf("without security: %q", got)
	}
	rejected, err := filepath.Glob(filepath.Join(server.PKI, "pki", "rejected", "*"))
	if err != nil || len(rejected) == 0 {
		t.Fatalf("the server keeps no rejected certificate: %v", err)
	}
	for _, path := range rejected {
		if err := os.Rename(path, filepath.Join(server.PKI, "pki", "trusted", "certs", filepath.Base(path))); err != nil {
			t.Fatal(err)
		}
	}
	peer.Await(t, "the server to trust us", func() bool { return newClient(t, settings(server.Port, trust)).dial() == nil })
	if got := codeOf(t, settings(server.Port, strings.Replace(trust, user, "", 1))); got != "opcua_login_not_offered" {
		t.Errorf("anonymous: %q", got)
	}
}

// Everything that a connection started ends with it, whatever state it is in.
func TestNothingIsLeft(t *testing.T) {
	server := peer.StartOPCUA(t)
	proxy := peer.StartProxy(t, server.Port)
	before := runtime.NumGoroutine()
	for i := range 6 {
		c := newClient(t, settings(proxy.Port, quick)).connect()
		c.watch(point(t, 0, node("live"), tag.Int))
		server.Set(t, "live", i+1)
		c.expect(0, tag.OfInt(int64(i+1)), tag.Good)
		if i%2 == 1 {
			proxy.Set(peer.Freeze)
		}
		begin := time.Now()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("closing took %v", took)
		}
		c.hush()
		proxy.Set(nil)
	}
	// A Connect that nobody answers ends when it is closed.
	proxy.Set(peer.Freeze)
	c := newClient(t, settings(proxy.Port, quick))
	done := make(chan error, 1)
	go func() { done <- c.Connect(context.Background()) }()
	time.Sleep(50 * time.Millisecond) // so that it is under way; without it the test passes all the same
	for ended := false; !ended; {
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("connect: %v", err)
			}
			ended = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	proxy.Cut()
	peer.Await(t, "all goroutines to end", func() bool { return runtime.NumGoroutine() <= before })
}

func TestChoosesEndpoint(t *testing.T) {
	offer := func(names ...string) (out []endpoint) {
		for _, n := range names {
			policy, mode, _ := strings.Cut(n, " ")
			e := endpoint{policy: policyPrefix + policy, tokens: []userToken{{id: "a"}}}
			for m, name := range modeNames {
				if name == mode {
					e.mode = m
				}
			}
			out = append(out, e)
		}
		return out
	}
	for name, r := range map[string]struct{ security, mode, offered, want string }{
		"the best":           {"best", "SignAndEncrypt", "None None,Basic256Sha256 Sign,Basic256Sha256 SignAndEncrypt,Aes128_Sha256_RsaOaep SignAndEncrypt", "Aes128_Sha256_RsaOaep"},
		"never none":         {"best", "SignAndEncrypt", "None None", ""},
		"not the broken":     {"best", "Sign", "Basic256 Sign,Basic128Rsa15 Sign", ""},
		"that and no other":  {"Basic256Sha256", "Sign", "Aes256_Sha256_RsaPss Sign,Basic256Sha256 Sign", "Basic256Sha256"},
		"none when wanted":   {"None", "SignAndEncrypt", "Basic256Sha256 Sign,None None", "None"},
		"mode is not there":  {"best", "SignAndEncrypt", "Basic256Sha256 Sign", ""},
		"unknown ones first": {"best", "Sign", "Aes512 Sign,Basic256Sha256 Sign", "Basic256Sha256"},
	} {
		s := &Settings{Security: r.security, Mode: r.mode}
		got, err := s.choose(offer(strings.Split(r.offered, ",")...))
		if r.want == "" && err == nil || r.want != "" && (err != nil || policyName(got.policy) != r.want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	s := &Settings{Security: "best", Mode: "Sign"}
	announced, proven := offer("Basic256Sha256 Sign"), offer("Basic256Sha256 Sign", "Aes256_Sha256_RsaPss Sign")
	if !s.downgraded(&announced[0], proven) || s.downgraded(&announced[0], announced) {
		t.Error("a list of endpoints that was changed on its way")
	}
}

// A password is not sent unencrypted unless somebody allows it.
func TestPlainPassword(t *testing.T) {
	none, err := newSecurity("None", modeNone, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := &endpoint{policy: policyPrefix + "None", mode: modeNone, tokens: []userToken{{id: "u", kind: 1}}}
	s := &session{settings: &Settings{User: "password", Username: "operator", Password: "s3cret"}, channel: &channel{secure: none}}
	_, err = s.userToken(e, nil, nil)
	var p *spec.Problem
	if !errors.As(err, &p) || p.Code != "opcua_password_plain" {
		t.Errorf("sent: %v", err)
	}
	s.settings.PlainPassword = true
	if _, err := s.userToken(e, nil, nil); err != nil {
		t.Errorf("not sent although it is allowed: %v", err)
	}
}
