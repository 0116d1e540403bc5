package backup

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

var began = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// plantIn is a data folder with something of everything, and what is open of it.
type plantIn struct {
	dir     string
	store   *store.Store
	archive *historian.Archive
}

func (p *plantIn) source() Source {
	return Source{Store: p.store, Dir: p.dir, Version: "test", Flush: func(ctx context.Context) error { return p.archive.Flush(ctx, tag.TimeOf(time.Now()), true) }}
}

func open(t testing.TB, url, dir string) *plantIn {
	t.Helper()
	s, err := store.Open(context.Background(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	a, err := historian.Open(context.Background(), s.History(), historian.Options{Dir: filepath.Join(dir, "history")})
	if err != nil {
		t.Fatal(err)
	}
	return &plantIn{dir, s, a}
}

func (p *plantIn) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(p.archive.Close(), p.store.Close()); err != nil {
		t.Error(err)
	}
}

// fill puts something into every table that there is a way for.
func (p *plantIn) fill(t testing.TB) {
	t.Helper()
	ctx, s := context.Background(), p.store
	parts := &store.Parts{Lists: []string{"tags"}, Put: func(yield func(store.Part, error) bool) {
		_ = yield(store.Part{List: "tags", Place: 1, Content: []byte(`{"path":"line1/a"}`)}, nil) && yield(store.Part{List: "tags", Place: 2, Content: []byte(`{"path":"line1/b"}`)}, nil)
	}}
	_, err := s.SavePlant(ctx, store.Change{Kind: store.Plant, Content: []byte(`{"format":1}`), Parts: parts, Want: store.NoETag}, "anna", map[string]string{"abc": "hunter2"}, []string{"abc"}, store.Entry{Actor: "anna", Action: "plant.save", Reason: "必须"})
	err = errors.Join(err, s.Install(ctx, "line", []byte("draft"), []byte("{}"), "anna"))
	_, e := s.Publish(ctx, "line", []byte("draft"), store.AnyETag, store.Revision{Comment: "first"})
	err = errors.Join(err, e,
		s.AddUser(ctx, store.User{Name: "Anna", Hash: "hash", Grants: []auth.Grant{{Role: "admin"}}}), s.AddUser(ctx, store.User{Name: "off", Hash: "x", Disabled: true}),
		s.AddToken(ctx, store.Token{Name: "ci", Owner: "anna", Hash: "aa", Grants: []auth.Grant{{Role: "viewer"}}}),
		s.SetSetting(ctx, "own", "value"), s.KeepValue(ctx, "line1/memory", []byte(`{"a":"\u0000b"}`), 7),
		s.KeepAlarms(ctx, alarm.Changes{Journal: []alarm.Entry{{Time: began, Path: "line1/a", Alarm: "high", Event: "raised", By: "anna", Title: map[string]string{"en": "High"}}}}),
		s.Sessions().Commit("token", []byte("x"), time.Now().Add(time.Hour)))
	ids, e := p.archive.SeriesOf(ctx, []tag.Path{"line1/a", "line1/b", "线/温度"})
	if err = errors.Join(err, e); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		at := tag.TimeOf(began) + tag.Time(i)*tag.Time(time.Second)
		p.archive.Append([]historian.Batch{
			{Series: ids[0], Samples: []historian.Sample{{Time: at, Value: tag.OfFloat(float64(i) / 3)}}},
			{Series: ids[1], Samples: []historian.Sample{{Time: at, Value: tag.OfInt(math.MaxInt64 - int64(i))}}},
			{Series: ids[2], Samples: []historian.Sample{{Time: at, Value: tag.OfString("zustand " + fmt.Sprint(i%7)), Quality: tag.UncertainSubNormal}}},
		})
	}
	if err := p.archive.Sync(true); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"last.values": "last", "provisioning/apps/a.json": "{}", "files/large.csv": "not kept", "log/lineside.log": "not kept"} {
		file := filepath.Join(p.dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
}

// expect finds what fill has put there.
func (p *plantIn) expect(t testing.TB, secret bool) {
	t.Helper()
	ctx, s := context.Background(), p.store
	if d, err := s.Document(ctx, store.Plant, ""); err != nil || string(d.Content) != `{"format":1}` {
		t.Errorf("plant: %q %v", d.Content, err)
	}
	places := ""
	if _, err := s.EachPart(ctx, store.Plant, "", func(p store.Part) error {
		places += string(p.Content)
		return nil
	}); err != nil || places != `{"path":"line1/a"}{"path":"line1/b"}` {
		t.Errorf("parts: %s %v", places, err)
	}
	if list, err := s.Revisions(ctx, "line"); err != nil || len(list) != 1 || list[0].Comment != "first" {
		t.Errorf("revisions: %+v %v", list, err)
	}
	if u, err := s.User(ctx, "anna"); err != nil || u.Name != "Anna" || len(u.Grants) != 1 || u.Disabled {
		t.Errorf("user: %+v %v", u, err)
	}
	if u, err := s.User(ctx, "off"); err != nil || !u.Disabled {
		t.Errorf("user: %+v %v", u, err)
	}
	if v, err := s.Setting(ctx, "own"); err != nil || v != "value" {
		t.Errorf("setting: %q %v", v, err)
	}
	if text, err := s.Secret(ctx, "abc"); secret != (err == nil && text == "hunter2") {
		t.Errorf("secret: %q %v", text, err)
	}
	if values, err := s.Values(ctx); err != nil || string(values["line1/memory"]) != `{"a":"\u0000b"}` {
		t.Errorf("values: %v %v", values, err)
	}
	if list, _, err := s.Journal(ctx, store.JournalFilter{Limit: 10}); err != nil || len(list) != 1 || list[0].Title["en"] != "High" {
		t.Errorf("journal: %+v %v", list, err)
	}
	if err := s.KeepAlarms(ctx, alarm.Changes{Journal: []alarm.Entry{{Time: began, Path: "line1/b", Alarm: "high", Event: "raised"}}}); err != nil {
		t.Errorf("numbers do not go on: %v", err)
	}
	if ids, err := s.History().AddSeries(ctx, []tag.Path{"new"}); err != nil || ids[0] < 4 {
		t.Errorf("numbers of series: %v %v", ids, err)
	}
	for path, want := range map[tag.Path]tag.Value{"line1/a": tag.OfFloat(4999.0 / 3), "line1/b": tag.OfInt(math.MaxInt64 - 4999), "线/温度": tag.OfString("zustand 1")} {
		n, last := 0, historian.Sample{}
		err := p.archive.Raw(ctx, path, 0, tag.TimeOf(time.Now()), func(list []historian.Sample) bool {
			n, last = n+len(list), list[len(list)-1]
			return true
		})
		if err != nil || n != 5000 || !last.Value.Equal(want) {
			t.Errorf("history of %s: %d samples, the last %v, %v", path, n, last.Value, err)
		}
	}
	for _, name := range []string{"last.values", "provisioning/apps/a.json"} {
		if _, err := os.Stat(filepath.Join(p.dir, filepath.FromSlash(name))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// write makes a backup in a file.
func write(t testing.TB, s Source) (string, *Manifest) {
	t.Helper()
	name := filepath.Join(t.TempDir(), Name(time.Now()))
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Write(context.Background(), f, s, nil)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return name, m
}

func TestBackupAndRestore(t *testing.T) {
	p := open(t, "", t.TempDir())
	p.fill(t)
	s := p.source()
	s.Passphrase = "correct horse battery"
	name, m := write(t, s)
	if m.Counts.Samples != 15000 || m.Counts.Series != 3 || m.Counts.Users != 2 || m.Counts.Documents < 2 || m.Counts.Files != 2 {
		t.Errorf("%+v", m.Counts)
	}
	if slices.ContainsFunc(m.Parts, func(p Part) bool { return strings.Contains(p.Name, "session") }) {
		t.Error("who is logged in was kept")
	}
	p.expect(t, true) // it runs on
	p.close(t)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", "correct horse"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("the backup shows %q", secret)
		}
	}
	if _, err := Verify(context.Background(), name, t.TempDir(), nil, nil); err != nil {
		t.Fatal(err)
	}
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Check(context.Background(), nil), f.Close()); err != nil {
		t.Fatal(err)
	}

	// On another machine: with the passphrase, with a wrong one, with the key file, and with neither.
	keyFile, err := os.ReadFile(filepath.Join(p.dir, store.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	for name2, o := range map[string]RestoreOptions{"passphrase": {Passphrase: "correct horse battery"}, "key": {Key: keyFile}, "none": {}} {
		o.Dir = t.TempDir()
		r, err := Restore(context.Background(), name, o, nil)
		if err != nil {
			t.Fatalf("%s: %v", name2, err)
		}
		if r.KeyMissing != (name2 == "none") || r.Before != "" {
			t.Errorf("%s: %+v", name2, r)
		}
		q := open(t, "", o.Dir)
		q.expect(t, name2 != "none")
		q.close(t)
		if _, err := os.Stat(filepath.Join(o.Dir, "files")); err == nil {
			t.Error("files of devices were kept")
		}
		left, _ := filepath.Glob(filepath.Join(o.Dir, "restore*"))
		if len(left) > 0 {
			t.Errorf("left: %v", left)
		}
		if _, err := Restore(context.Background(), name, o, nil); !errors.Is(err, ErrNotEmpty) {
			t.Errorf("over data: %v", err)
		}
		o.Force = true
		r, err = Restore(context.Background(), name, o, nil)
		if err != nil || r.Before == "" {
			t.Fatalf("forced: %+v %v", r, err)
		}
		if _, err := os.Stat(filepath.Join(r.Before, store.FileName)); err != nil {
			t.Error("what was there is not kept")
		}
		q = open(t, "", o.Dir)
		q.expect(t, name2 != "none")
		q.close(t)
	}
	if _, err := Restore(context.Background(), name, RestoreOptions{Dir: t.TempDir(), Passphrase: "wrong"}, nil); !errors.Is(err, ErrPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	busy := t.TempDir()
	unlock, err := store.LockFolder(busy)
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	if _, err := Restore(context.Background(), name, RestoreOptions{Dir: busy, Force: true}, nil); !errors.Is(err, ErrInUse) {
		t.Errorf("in use: %v", err)
	}
}

// TestDamage: a byte that flips, wherever it is, or an end that is missing, is found, named, and changes nothing.
func TestDamage(t *testing.T) {
	p := open(t, "", t.TempDir())
	p.fill(t)
	name, _ := write(t, p.source())
	p.close(t)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	dir, bad := t.TempDir(), filepath.Join(t.TempDir(), "bad.zip")
	unharmful, named := 0, 0
	for at := 1; at < len(raw); at += max(1, len(raw)/24) {
		broken := slices.Clone(raw)
		broken[at] ^= 0x10
		if err := os.WriteFile(bad, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Restore(context.Background(), bad, RestoreOptions{Dir: dir}, nil); err == nil {
			// Only where the zip says something twice: names and times in the heads before the parts.
			q := open(t, "", dir)
			q.expect(t, false)
			q.close(t)
			unharmful++
			dir = t.TempDir()
			continue
		} else if d := new(DamagedError); errors.As(err, &d) && d.Part != "" {
			named++
		}
		left, _ := os.ReadDir(dir)
		if slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Name() != "lineside.lock" }) {
			t.Fatalf("byte %d: left %v", at, left)
		}
	}
	if unharmful > 8 || named < 12 {
		t.Errorf("%d bytes did not matter, %d were named", unharmful, named)
	}
	for _, size := range []int{0, 10, len(raw) / 2, len(raw) - 1} {
		if err := os.WriteFile(bad, raw[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(bad); !errors.As(err, new(*DamagedError)) {
			t.Errorf("cut off at %d: %v", size, err)
		}
	}
}

// TestFinish ends a restore wherever it was cut off.
func TestFinish(t *testing.T) {
	p := open(t, "", t.TempDir())
	p.fill(t)
	name, _ := write(t, p.source())
	p.close(t)
	// A folder whose restore is whole but has not taken its place, with older data in it.
	prepare := func(steps int) string {
		dir := t.TempDir()
		old := open(t, "", dir)
		if err := old.store.SetSetting(context.Background(), "own", "old"); err != nil {
			t.Fatal(err)
		}
		old.close(t)
		f, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		ready := filepath.Join(dir, readyFolder)
		err = errors.Join(os.Mkdir(ready, 0o700), f.load(context.Background(), "", ready, "", nil), f.unpack(ready))
		key, e := os.ReadFile(filepath.Join(p.dir, store.KeyFile))
		err = errors.Join(err, e, os.WriteFile(filepath.Join(ready, store.KeyFile), key, 0o600),
			os.WriteFile(filepath.Join(ready, planName), []byte(`{"move":["lineside.db","last.values","provisioning","secret.key"],"remove":["history"],"before":"before"}`), 0o600))
		if err != nil {
			t.Fatal(err)
		}
		moves := [][2]string{{"lineside.db", "before/lineside.db"}, {"restore.ready/lineside.db", "lineside.db"}, {"restore.ready/last.values", "last.values"}, {"restore.ready/provisioning", "provisioning"}, {"secret.key", "before/secret.key"}, {"restore.ready/secret.key", "secret.key"}, {"history", "before/history"}}
		if err := os.Mkdir(filepath.Join(dir, "before"), 0o700); err != nil {
			t.Fatal(err)
		}
		for _, m := range moves[:steps] {
			if err := os.Rename(filepath.Join(dir, m[0]), filepath.Join(dir, m[1])); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	for steps := range 8 {
		dir := prepare(steps)
		for range 2 { // the second has nothing to do
			if err := Finish(context.Background(), dir, ""); err != nil {
				t.Fatalf("after %d steps: %v", steps, err)
			}
		}
		q := open(t, "", dir)
		q.expect(t, true)
		q.close(t)
	}
	// One that was not whole goes away.
	dir := prepare(0)
	if err := os.Rename(filepath.Join(dir, readyFolder), filepath.Join(dir, partFolder)); err != nil {
		t.Fatal(err)
	}
	if err := Finish(context.Background(), dir, ""); err != nil {
		t.Fatal(err)
	}
	q := open(t, "", dir)
	defer q.close(t)
	if v, err := q.store.Setting(context.Background(), "own"); err != nil || v != "old" {
		t.Errorf("%q %v", v, err)
	}
}

// changed is a backup with another manifest.
func changed(t *testing.T, name string, change func(*Manifest)) string {
	t.Helper()
	z, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	out := filepath.Join(t.TempDir(), "changed.zip")
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := zip.NewWriter(f)
	for _, part := range z.File {
		if part.Name != manifestName {
			if err := w.Copy(part); err != nil {
				t.Fatal(err)
			}
			continue
		}
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		var m Manifest
		err = json.NewDecoder(r).Decode(&m)
		change(&m)
		to, e := w.Create(manifestName)
		if err = errors.Join(err, e, json.NewEncoder(to).Encode(m)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRefused(t *testing.T) {
	p := open(t, "", t.TempDir())
	p.fill(t)
	name, _ := write(t, p.source())
	p.close(t)
	for what, change := range map[string]func(*Manifest){
		"lineside 9.9.9":          func(m *Manifest) { m.Format, m.Version = Format+1, "9.9.9" },
		"lineside 8.8.8":          func(m *Manifest) { m.Schema, m.Version = store.Schema()+1, "8.8.8" },
		"does not say":            func(m *Manifest) { m.Format = 0 },
		"files/../../etc":         func(m *Manifest) { m.Parts[0].Name = "files/../../etc" },
		"is missing":              func(m *Manifest) { m.Parts = append(m.Parts, m.Parts[0]) },
		"tables/users.rows: it h": func(m *Manifest) { part(m, "tables/users.rows").Rows++ },
		"sha-256":                 func(m *Manifest) { part(m, "tables/users.rows").SHA256 = "00" },
		"there is no column":      func(m *Manifest) { part(m, "tables/users.rows").Columns[0].Name = "none" },
		"tables/users.rows: a ro": func(m *Manifest) { part(m, "tables/users.rows").Columns = nil },
	} {
		dir := t.TempDir()
		_, err := Restore(context.Background(), changed(t, name, change), RestoreOptions{Dir: dir}, nil)
		if err == nil || !strings.Contains(strings.ToLower(err.Error()), what) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Stat(filepath.Join(dir, store.FileName)); err == nil {
			t.Errorf("%s: something was restored", what)
		}
	}
}

func part(m *Manifest, name string) *Part {
	return &m.Parts[slices.IndexFunc(m.Parts, func(p Part) bool { return p.Name == name })]
}

// FuzzRows: whatever a part holds, it is read or refused.
func FuzzRows(f *testing.F) {
	packed, err := appendRow(nil, []any{nil, int64(-5), 1.5, "text", []byte{1, 2}, true, false})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(append(append([]byte{byte(len(packed))}, packed...), 0))
	f.Add([]byte{0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := newRowReader(bytes.NewReader(b), make([]store.Column, 7))
		for {
			row, err := r.next()
			if err != nil || row == nil {
				return
			}
			again, err := appendRow(nil, row)
			if err != nil {
				t.Fatal(err)
			}
			back := make([]any, 7)
			if err := readRow(again, back); err != nil {
				t.Fatal(err)
			}
		}
	})
}
