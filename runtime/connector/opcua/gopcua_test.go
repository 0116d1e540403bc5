package opcua

import (
	"strings"
	"testing"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/server"
	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// TestSecondStack is against gopcua's own server, which knows less than node-opcua: no limits,
// no value ranks, and data types that it guesses.
func TestSecondStack(t *testing.T) {
	port := peer.FreePort(t)
	s := server.New(server.EnableSecurity("None", ua.MessageSecurityModeNone), server.EnableAuthMode(ua.UserTokenTypeAnonymous), server.EndPoint("127.0.0.1", port))
	root, err := s.Namespace(0)
	if err != nil {
		t.Fatal(err)
	}
	ns := server.NewNodeNameSpace(s, "urn:second")
	s.AddNamespace(ns)
	root.Objects().AddRef(ns.Objects(), id.HasComponent, true)
	for name, v := range map[string]any{"int": int32(5), "double": 2.5, "bool": true, "text": "水泵"} {
		ns.Objects().AddRef(ns.AddNewVariableStringNode(name, v), id.HasComponent, true)
	}
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, acquire := range []string{"subscribe", "read"} {
		t.Run(acquire, func(t *testing.T) {
			raw := settings(port, quick+`,"acquire":"`+acquire+`"`)
			if got := codeOf(t, raw); got != "opcua_no_endpoint" { // it wants its address to the letter
				t.Errorf("another path is refused as %q", got)
			}
			c := newClient(t, strings.Replace(raw, "/UA/test", "", 1)).connect()
			node := func(name string) string { return `{"node":"nsu=urn:second;s=` + name + `"}` }
			number, double, on, text := point(t, 0, node("int"), tag.Int), point(t, 1, node("double"), tag.Float), point(t, 2, node("bool"), tag.Bool), point(t, 3, node("text"), tag.String)
			c.watch(number, double, on, text)
			c.expect(3, tag.OfString("水泵"), tag.Good)
			for _, v := range []int64{7, -8, 9} {
				if err := c.Write(t.Context(), number, tag.OfInt(v)); err != nil {
					t.Fatal(err)
				}
				c.expect(0, tag.OfInt(v), tag.Good)
			}
			if err := c.Write(t.Context(), double, tag.OfFloat(-1.25)); err != nil {
				t.Fatal(err)
			}
			c.expect(1, tag.OfFloat(-1.25), tag.Good)
			if err := c.Write(t.Context(), on, tag.OfBool(false)); err != nil {
				t.Fatal(err)
			}
			c.expect(2, tag.OfBool(false), tag.Good)
			nodes, err := c.Browse(t.Context(), "")
			if err != nil || len(nodes) == 0 {
				t.Errorf("%d nodes: %v", len(nodes), err)
			}
		})
	}
}
