package certificate

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/store"
)

func open(t testing.TB, dir, legacy string) *Book {
	t.Helper()
	db, err := store.Open(t.Context(), "", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	b, err := New(t.Context(), db, slog.New(slog.DiscardHandler), legacy)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func leafOf(t testing.TB, text string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(text))
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func shown(t testing.TB, fault peer.CertificateFault, faults ...trust.Fault) trust.Shown {
	return trust.Shown{Address: "plc:4840", Leaf: leafOf(t, peer.SpoiledCertificates(t, fault).Server), Faults: faults}
}

// What an administrator decides holds for one certificate at one address, at once and after a restart.
func TestDecisions(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "")
	var told []string
	b.OnChange(func(devices []string) { told = append(told, devices...) })
	k := b.Keeper("press")
	s := shown(t, peer.Expired, trust.SelfSigned, trust.Expired, trust.OtherHost)
	print := trust.Fingerprint(s.Leaf)
	refused := func(why string, want ...trust.Fault) {
		t.Helper()
		var r *trust.Refusal
		if err := k.Judge(s); len(want) == 0 && err != nil || len(want) > 0 && (!errors.As(err, &r) || !slices.Equal(r.Faults, want)) {
			t.Fatalf("%s: %v", why, err)
		}
	}
	decide := func(d Decision) {
		t.Helper()
		d.By = "anna"
		if _, err := b.Decide(t.Context(), print, s.Address, d, store.Entry{Actor: "anna", Action: "certificate.trust"}); err != nil {
			t.Fatal(err)
		}
	}
	refused("a stranger", trust.SelfSigned, trust.Expired, trust.OtherHost)
	if e, ok := b.Find(print, s.Address); !ok || e.State != Refused || !slices.Equal(e.Devices, []string{"press"}) || e.Leaf.Subject.CommonName != "127.0.0.1" {
		t.Fatalf("%+v", e)
	}
	decide(Decision{State: Trusted})
	refused("trusted", trust.Expired, trust.OtherHost)
	decide(Decision{State: Trusted, AlthoughExpired: true})
	refused("although expired", trust.OtherHost)
	decide(Decision{State: Trusted, AlthoughExpired: true, AlthoughName: true})
	refused("although the name differs")
	if !slices.Equal(told, []string{"press", "press", "press"}) {
		t.Errorf("told %v", told)
	}
	// Elsewhere it is a stranger, and so is another certificate here.
	other := s
	other.Address = "plc2:4840"
	if k.Judge(other) == nil || k.Judge(shown(t, peer.SelfSigned, trust.SelfSigned)) == nil {
		t.Error("the decision reaches too far")
	}
	b = open(t, dir, "")
	k = b.Keeper("press")
	refused("trusted, after a restart")
	decide(Decision{State: Rejected, AlthoughExpired: true, AlthoughName: true})
	s.Faults = nil // an authority vouches for it by now
	var r *trust.Refusal
	if err := k.Judge(s); !errors.As(err, &r) || !r.Rejected {
		t.Fatalf("rejected: %v", err)
	}
	if e, _ := b.Find(print, s.Address); e.State != Rejected || e.AlthoughExpired || e.AlthoughName {
		t.Errorf("%+v", e)
	}
	if err := b.Remove(t.Context(), print, s.Address); err != nil {
		t.Fatal(err)
	}
	if err := b.Remove(t.Context(), print, s.Address); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed twice: %v", err)
	}
	refused("after it was forgotten")
	if e, _ := b.Find(print, s.Address); e.State != Accepted {
		t.Errorf("%+v", e)
	}
	if end, ok := b.Expires("press"); !ok || !end.Equal(s.Leaf.NotAfter) {
		t.Errorf("ends %v %v", end, ok)
	}
	if _, ok := b.Expires("other"); ok {
		t.Error("a device that showed none")
	}
}

// A device that shows another certificate every time fills nothing.
func TestStrangersAreForgotten(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "")
	kept := shown(t, peer.SelfSigned, trust.SelfSigned)
	b.now = func() time.Time { return time.Now().Add(-time.Hour) }
	_ = b.Keeper("a").Judge(kept)
	if _, err := b.Decide(t.Context(), trust.Fingerprint(kept.Leaf), kept.Address, Decision{State: Trusted}); err != nil {
		t.Fatal(err)
	}
	for i := range 3 * maxPerAddress {
		b.now = func() time.Time { return time.Now().Add(time.Duration(i) * time.Second) }
		if b.Keeper("a").Judge(shown(t, peer.SelfSigned, trust.SelfSigned)) == nil {
			t.Fatal("let in")
		}
	}
	if n := len(b.List()); n != maxPerAddress+1 {
		t.Errorf("%d are kept", n)
	}
	if n := len(open(t, dir, "").List()); n != maxPerAddress+1 {
		t.Errorf("%d are kept in the database", n)
	}
	if b.Keeper("a").Judge(kept) != nil {
		t.Error("a decision was forgotten")
	}
}

func TestAuthorities(t *testing.T) {
	c := peer.NewCertificates(t)
	block, _ := pem.Decode([]byte(c.CA))
	for name, data := range map[string][]byte{"PEM": []byte("some text\n" + c.CA), "DER": block.Bytes} {
		got, err := ParseAuthorities(data)
		if err != nil || len(got) != 1 || got[0].Subject.CommonName != "Test CA" {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for name, data := range map[string]string{"nothing": "", "noise": "\x00\x01", "a key": c.ServerKey, "a server": c.Server, "half": c.CA[:200], "huge": strings.Repeat("x", MaxImport+1)} {
		if _, err := ParseAuthorities([]byte(data)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	dir := t.TempDir()
	b := open(t, dir, "")
	parsed, _ := ParseAuthorities([]byte(c.CA))
	for range 2 { // twice is once
		if _, err := b.Import(t.Context(), parsed, "anna"); err != nil {
			t.Fatal(err)
		}
	}
	b = open(t, dir, "")
	if got := b.Keeper("x").Authorities(); len(got) != 1 || !got[0].Equal(parsed[0]) {
		t.Fatalf("%v", got)
	}
	if err := b.Remove(t.Context(), trust.Fingerprint(parsed[0]), ""); err != nil || len(b.Keeper("x").Authorities()) != 0 {
		t.Fatal(err)
	}
}

// The certificate of this application is made once, kept with its key encrypted, and renewed.
func TestOwn(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir, "")
	first, err := b.Keeper("press").Own()
	if err != nil {
		t.Fatal(err)
	}
	b = open(t, dir, "")
	second, err := b.Keeper("press").Own()
	if err != nil || !second.Certificate.Equal(first.Certificate) || !second.Key.Equal(first.Key) {
		t.Fatalf("another certificate after a restart: %v", err)
	}
	_, key, err := second.PEM()
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	b.OnChange(func(devices []string) { told = devices })
	third, err := b.Renew(t.Context())
	if err != nil || third.Certificate.Equal(second.Certificate) || third.Application() != first.Application() || !slices.Equal(told, []string{"press"}) {
		t.Fatalf("renewed: %v, told %v", err, told)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), strings.Split(key, "\n")[3]) {
			t.Errorf("%s holds the key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A certificate that lay in files is taken over, so that servers go on trusting it; the key does
// not stay there in the open.
func TestOwnFromFiles(t *testing.T) {
	dir, legacy := t.TempDir(), filepath.Join(t.TempDir(), "opcua")
	old, err := trust.NewIdentity(time.Now(), "")
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, err := old.PEM()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(legacy, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"certificate.pem": certificate, "key.pem": key, "certificate.der": "x"} {
		if err := os.WriteFile(filepath.Join(legacy, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := open(t, dir, legacy)
	own, err := b.Own()
	if err != nil || !own.Certificate.Equal(old.Certificate) {
		t.Fatal(err)
	}
	if _, err := os.Stat(legacy); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the files are still there: %v", err)
	}
}

// TestAnyOrder: whatever devices show and administrators say, in any order and over restarts,
// a certificate is let in exactly when its faults are covered by the last decision about it.
func TestAnyOrder(t *testing.T) {
	leaves := []*x509.Certificate{shown(t, peer.SelfSigned).Leaf, shown(t, peer.Expired).Leaf}
	all := []trust.Fault{trust.SelfSigned, trust.Expired, trust.OtherHost}
	db, err := store.Open(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rapid.Check(t, func(rt *rapid.T) {
		b := read(rt, db)
		for _, e := range b.List() { // of the run before
			if err := b.Remove(context.Background(), e.Fingerprint, e.Address); err != nil {
				rt.Fatal(err)
			}
		}
		model := map[key]Decision{}
		seen := map[key]bool{}
		pick := func() (key, *x509.Certificate) {
			c := rapid.SampledFrom(leaves).Draw(rt, "certificate")
			return key{trust.Fingerprint(c), rapid.SampledFrom([]string{"a:1", "b:2"}).Draw(rt, "address")}, c
		}
		rt.Repeat(map[string]func(*rapid.T){
			"show": func(rt *rapid.T) {
				id, c := pick()
				var faults []trust.Fault
				for _, f := range all {
					if rapid.Bool().Draw(rt, string(f)) {
						faults = append(faults, f)
					}
				}
				d, decided := model[id]
				covered := map[trust.Fault]bool{trust.SelfSigned: true, trust.Expired: d.AlthoughExpired, trust.OtherHost: d.AlthoughName}
				want := !decided || d.State == Trusted
				for _, f := range faults {
					want = want && decided && d.State == Trusted && covered[f]
				}
				seen[id] = true
				if err := b.Keeper("x").Judge(trust.Shown{Address: id.address, Leaf: c, Faults: faults}); (err == nil) != want {
					rt.Fatalf("%v with %v after %+v: %v", id, faults, d, err)
				}
			},
			"decide": func(rt *rapid.T) {
				id, _ := pick()
				d := Decision{State: rapid.SampledFrom([]string{Trusted, Rejected}).Draw(rt, "state"), AlthoughExpired: rapid.Bool().Draw(rt, "expired"), AlthoughName: rapid.Bool().Draw(rt, "name")}
				_, err := b.Decide(context.Background(), id.fingerprint, id.address, d)
				if (err == nil) != seen[id] {
					rt.Fatalf("decide: %v", err)
				}
				if err == nil {
					model[id] = d
				}
			},
			"remove": func(rt *rapid.T) {
				id, _ := pick()
				if err := b.Remove(context.Background(), id.fingerprint, id.address); (err == nil) != seen[id] {
					rt.Fatalf("remove: %v", err)
				}
				delete(model, id)
				delete(seen, id)
			},
			"restart": func(rt *rapid.T) {
				b = read(rt, db)
			},
		})
	})
}

// read is what a runtime finds when it starts.
func read(t *rapid.T, db *store.Store) *Book {
	b, err := New(context.Background(), db, slog.New(slog.DiscardHandler), "")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzAuthorities: a file that is imported comes from anywhere.
func FuzzAuthorities(f *testing.F) {
	f.Add([]byte("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n"))
	f.Add([]byte{0x30, 0x82})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseAuthorities(data)
		if err == nil && len(got) == 0 || err == nil && fmt.Sprint(got[0].IsCA) != "true" {
			t.Fatal("no authority")
		}
	})
}
