package snmp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func unconnected(t testing.TB, port int, more string) *Connector {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(fmt.Sprintf(`{"host":"127.0.0.1","port":%d,%s}`, port, more)))
	if err != nil {
		t.Fatal(err)
	}
	c := New(s)
	t.Cleanup(func() { c.Close() })
	return c
}

func connected(t testing.TB, port int, more string) *Connector {
	t.Helper()
	c := unconnected(t, port, more)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c
}

func at(t testing.TB, id int, address string, typ tag.Type) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(address), typ, false)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint(id)), Address: a, Type: typ}
}

func read(t testing.TB, c *Connector, points ...connector.Point) map[int]tag.Sample {
	t.Helper()
	out := map[int]tag.Sample{}
	for _, r := range c.Plan(points) {
		updates, err := r.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range updates {
			out[u.Point] = u.Sample
		}
	}
	if len(out) != len(points) {
		t.Fatalf("%d samples of %d points", len(out), len(points))
	}
	return out
}

// Each type is read as it is meant, and written so that another manager reads it.
func TestTypes(t *testing.T) {
	agent := peer.StartSnmpd(t)
	c := connected(t, agent.Port, versions["2c"])
	want := map[int]struct {
		more string
		v    tag.Value
	}{
		4: {"", tag.OfInt(4294967295)}, 5: {"", tag.OfString("18446744073709551615")}, 8: {"", tag.OfString("10.0.0.1")}, 9: {"", tag.OfString("1.3.6.1.2.1.1")},
		10: {`,"format":"truth"`, tag.OfBool(false)}, 12: {"", tag.OfInt(1<<53 + 1)}, 13: {"", tag.OfFloat(21.5)}, 14: {"", tag.OfInt(-7)}, 15: {"", tag.OfString("00:1b:21:3a:4f:05")},
		16: {`,"format":"date"`, tag.OfString("2024-02-29T13:14:15.6+08:00")}, 17: {"", tag.OfBytes([]byte{0xFF, 0xFE, 0})},
	}
	var points []connector.Point
	for n, w := range want {
		points = append(points, at(t, n, valueAt(n, w.more), w.v.Type()))
	}
	for n, s := range read(t, c, points...) {
		if s.Value != want[n].v || s.Quality != tag.Good {
			t.Errorf("object %d is %v %v, want %v", n, s.Value, s.Quality, want[n].v)
		}
	}
	for _, row := range []struct {
		n    int
		v    tag.Value
		more string
		says string
	}{
		{2, tag.OfInt(-7), "", "INTEGER: -7"}, {3, tag.OfInt(4e9), "", "Gauge32: 4000000000"}, {6, tag.OfInt(360000), "", "Timeticks: (360000) 1:00:00.00"},
		{7, tag.OfString("pump 1"), "", `STRING: "pump 1"`}, {8, tag.OfString("192.168.1.2"), "", "IpAddress: 192.168.1.2"}, {10, tag.OfBool(true), `,"format":"truth"`, "INTEGER: 1"},
		{11, tag.OfString("DE-AD:be ef"), `,"format":"hex"`, "Hex-STRING: DE AD BE EF"}, {13, tag.OfFloat(-0.5), "", `STRING: "-0.5"`}, {17, tag.OfBytes([]byte{1, 2}), "", "Hex-STRING: 01 02"},
	} {
		if err := c.Write(t.Context(), at(t, 1, valueAt(row.n, row.more), row.v.Type()), row.v); err != nil {
			t.Errorf("write %v to object %d: %v", row.v, row.n, err)
		} else if got := strings.TrimSpace(agent.Get(t, fmt.Sprintf("%s.%d.0", peer.SnmpValues, row.n))); got != row.says {
			t.Errorf("object %d is %s to snmpget, want %s", row.n, got, row.says)
		}
	}
	// A type that is said, but is not that of the object, is refused by the device.
	err := c.Write(t.Context(), at(t, 1, valueAt(7, `,"type":"integer"`), tag.Int), tag.OfInt(1))
	if status := (*connector.StatusError)(nil); !errors.As(err, &status) || status.Quality != tag.BadTypeMismatch {
		t.Errorf("a number written to a text: %v", err)
	}
}

// Every level of security of version 3, and what is said when it does not fit.
func TestSecurity(t *testing.T) {
	agent := peer.StartSnmpd(t)
	const pw = peer.SnmpPassword
	user := func(name, auth, priv string) string {
		return fmt.Sprintf(`"version":"3","user":%q,"authProtocol":%q,"privProtocol":%q,"authPassword":%q,"privPassword":%q`, name, auth, priv, pw, pw)
	}
	for _, row := range []struct {
		name     string
		settings string
		says     string // "" when it works
	}{
		{"no password", `"version":"3","user":"reader","security":"none"`, ""},
		{"MD5", `"version":"3","user":"signer","security":"auth","authProtocol":"md5","authPassword":"` + pw + `"`, ""},
		{"SHA AES", versions["3 SHA AES"], ""},
		{"SHA-256 AES", versions["3 SHA-256 AES-128"], ""},
		{"DES", user("des", "sha", "des"), ""},
		{"SHA-384 AES-192", user("aes192", "sha384", "aes192"), ""},
		{"SHA-512 AES-256", user("aes256", "sha512", "aes256"), ""},
		{"SHA-224 AES-192 C", user("aes192c", "sha224", "aes192c"), ""},
		{"SHA-512 AES-256 C", user("aes256c", "sha512", "aes256c"), ""},
		{"unknown user", `"version":"3","user":"nobody","security":"none"`, "does not know the user"},
		{"wrong password", `"version":"3","user":"operator","authPassword":"wrong one","privPassword":"` + pw + `"`, "does not know the password or the way of authentication"},
		{"wrong authentication", `"version":"3","user":"operator","authProtocol":"sha512","authPassword":"` + pw + `","privPassword":"` + pw + `"`, "does not know the password or the way of authentication"},
		{"wrong password of the encryption", `"version":"3","user":"operator","authPassword":"` + pw + `","privPassword":"wrong one"`, "ask 127.0.0.1"},
		{"more than the user may", `"version":"3","user":"signer","authProtocol":"md5","authPassword":"` + pw + `","privPassword":"` + pw + `"`, "permit this level of security"},
		{"wrong community", `"community":"wrong"`, "wrong community"},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := unconnected(t, agent.Port, row.settings+`,"timeout":"400ms"`)
			err := c.Connect(t.Context())
			if row.says == "" {
				if err != nil {
					t.Fatal(err)
				}
				if got := read(t, c, at(t, 1, `{"oid":"sysName.0"}`, tag.String)); got[1].Value != tag.OfString("line 1") {
					t.Errorf("the name is %v", got[1])
				}
			} else if !errors.Is(err, connector.ErrNotConnected) || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), pw) {
				t.Errorf("%v", err)
			}
		})
	}
	t.Run("a user who may not write", func(t *testing.T) {
		c := connected(t, agent.Port, `"version":"3","user":"reader","security":"none"`)
		err := c.Write(t.Context(), at(t, 1, valueAt(2, ""), tag.Int), tag.OfInt(1))
		if status := (*connector.StatusError)(nil); !errors.As(err, &status) || status.Quality != tag.BadUserAccessDenied || errors.Is(err, connector.ErrUncertain) {
			t.Errorf("%v", err)
		}
	})
	t.Run("the agent starts again, its clock too", func(t *testing.T) {
		c := connected(t, agent.Port, versions["3 SHA AES"])
		agent.Kill()
		agent.Restart(t)
		peer.Await(t, "the name to come", func() bool {
			updates, err := c.Plan([]connector.Point{at(t, 1, `{"oid":"sysName.0"}`, tag.String)})[0].Read(t.Context(), nil)
			if errors.Is(err, connector.ErrNotConnected) {
				_ = c.Connect(t.Context())
			}
			return err == nil && updates[0].Sample.Value == tag.OfString("line 1")
		})
	})
}

// Many objects come in batches; what one device does not have spoils no other, in version 1 too.
func TestBatches(t *testing.T) {
	agent := peer.StartSnmpd(t)
	for _, version := range []string{"1", "2c"} {
		t.Run(version, func(t *testing.T) {
			c := connected(t, agent.Port, versions[version]+`,"maxObjects":7`)
			var points []connector.Point
			for i := range 100 {
				oid := []string{"sysUpTime.0", "sysName.0", "sysContact.0", "1.3.6.1.2.1.1.77.0", "sysLocation.0", "ifNumber.0", "1.3.6.1.2.1.1.78.0", "snmpInPkts.0", "ifIndex.1", "ipForwarding.0"}[i%10]
				points = append(points, at(t, i, fmt.Sprintf(`{"oid":%q}`, oid), tag.String))
			}
			for range 2 {
				for i, s := range read(t, c, points...) {
					want := tag.Good
					if i%10 == 3 || i%10 == 6 {
						want = tag.BadNodeIDUnknown
					}
					if s.Quality != want || i%10 == 1 && s.Value != tag.OfString("line 1") {
						t.Fatalf("point %d is %v %v, want %v", i, s.Value, s.Quality, want)
					}
				}
			}
		})
	}
}

// Browsing finds every object that snmpwalk finds, under the names of the standard.
func TestBrowse(t *testing.T) {
	agent := peer.StartSnmpd(t)
	for _, version := range []string{"1", "2c", "3 SHA AES"} {
		t.Run(version, func(t *testing.T) {
			c := connected(t, agent.Port, versions[version]+`,"timeout":"10s"`)
			seen := map[string]connector.Node{}
			var visit func(id string)
			visit = func(id string) {
				nodes, err := c.Browse(t.Context(), id)
				if err != nil {
					t.Fatalf("browse %q: %v", id, err)
				}
				for _, n := range nodes {
					if _, twice := seen[n.ID]; twice || n.Name == "" || n.HasChild == (n.Address != nil) {
						t.Fatalf("node %+v", n)
					}
					seen[n.ID] = n
					// The list of processes changes while it is read, and the tables of addresses are long.
					if n.HasChild && (strings.HasPrefix(n.ID, "1.3.6.1.2.1.1.") || strings.HasPrefix(n.ID, "1.3.6.1.2.1.2.") || strings.HasPrefix(n.ID, "1.3.6.1.4.1.99999")) {
						visit(n.ID)
					}
				}
			}
			for _, id := range []string{"", "1.3.6.1.2.1.1", "1.3.6.1.2.1.2"} {
				visit(id)
			}
			for _, below := range []string{"1.3.6.1.2.1.1", "1.3.6.1.2.1.2", peer.SnmpValues} {
				for _, oid := range agent.Walk(t, below) {
					// Version 1 has no Counter64.
					if n, ok := seen[oid]; (!ok || n.Address == nil) && (version != "1" || !strings.HasSuffix(oid, ".5.0") && !strings.HasSuffix(oid, ".12.0")) {
						t.Errorf("%s was not found", oid)
					}
				}
			}
			for id, name := range map[string]string{
				"1.3.6.1.2.1.1": "system", "1.3.6.1.2.1.25": "host", "1.3.6.1.4.1.2021": "ucdavis", "1.3.6.1.2.1.1.3.0": "sysUpTime.0", "1.3.6.1.2.1.2.2": "ifTable", "1.3.6.1.4.1.99999.1.7.0": "7.0",
			} {
				if seen[id].Name != name {
					t.Errorf("%s is %+v, want %s", id, seen[id], name)
				}
			}
			if n := seen["1.3.6.1.2.1.1.5.0"]; !n.Writable || n.Type != "string" || string(n.Value) != `"line 1"` || string(n.Address) != `{"oid":"1.3.6.1.2.1.1.5.0"}` {
				t.Errorf("sysName is %+v", n)
			}
			row, ok := connector.Node{}, false
			for id, n := range seen { // with a single interface the column is left out
				if strings.HasPrefix(id, "1.3.6.1.2.1.2.2.1.10.") {
					row, ok = n, true
				}
			}
			if ok && (row.Title == "" || row.Unit != "By") {
				t.Errorf("a row of ifInOctets is %+v", row)
			}
		})
	}
	c := connected(t, agent.Port, versions["2c"])
	for _, id := range []string{"1.3.6.1.2.1.1.1.0", "1.3.6.1.9.9"} {
		if nodes, err := c.Browse(t.Context(), id); err != nil || len(nodes) != 0 {
			t.Errorf("below %s: %v, %v", id, nodes, err)
		}
	}
	if _, err := c.Browse(t.Context(), "nonsense"); err == nil {
		t.Error("nonsense can be browsed")
	}
	if got, err := c.Identify(t.Context()); err != nil || got != "line 1 · a switch" {
		t.Errorf("it is %q, %v", got, err)
	}
}

// An object that is slow to come costs a time-out, and its late answer is not that of the next.
func TestSlowObject(t *testing.T) {
	agent := peer.StartSnmpd(t)
	c := connected(t, agent.Port, `"timeout":"300ms"`)
	_, err := c.Plan([]connector.Point{at(t, 1, valueAt(90, ""), tag.Int)})[0].Read(t.Context(), nil)
	if status := (*connector.StatusError)(nil); !errors.As(err, &status) || status.Quality != tag.BadTimeout {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err = c.Plan([]connector.Point{at(t, 1, `{"oid":"sysName.0"}`, tag.String)})[0].Read(ctx, nil)
	if err == nil || time.Since(begin) > 250*time.Millisecond {
		t.Errorf("a request that was given up took %v: %v", time.Since(begin), err)
	}
	peer.Await(t, "the agent to be back", func() bool {
		updates, err := c.Plan([]connector.Point{at(t, 1, `{"oid":"sysName.0"}`, tag.String)})[0].Read(t.Context(), nil)
		if errors.Is(err, connector.ErrNotConnected) {
			_ = c.Connect(t.Context())
		}
		if err == nil && updates[0].Sample.Value != tag.OfString("line 1") {
			t.Fatalf("the name is %v", updates[0].Sample)
		}
		return err == nil
	})
}
