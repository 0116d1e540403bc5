//go:build unix

package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// postgresBinary finds a program of the package postgresql-15 where Debian keeps it.
func postgresBinary(t *testing.T, name string) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if len(found) > 0 {
		return found[len(found)-1]
	}
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: apt-get install postgresql-15", name)
	}
	return path
}

// postgresServer is a PostgreSQL server of our own.
type postgresServer struct {
	t    *testing.T
	dir  string
	port int
	cmd  *exec.Cmd
	log  bytes.Buffer
	url  string
}

func (p *postgresServer) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: postgresUser(p.t)}
	}
	return cmd
}

// newPostgres makes a server and starts it.
func newPostgres(t *testing.T) *postgresServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "lineside-postgres-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &postgresServer{t: t, dir: dir}
	if os.Getuid() == 0 {
		id := postgresUser(t)
		if err := os.Chown(dir, int(id.Uid), int(id.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := p.command(postgresBinary(t, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "lineside", "-A", "trust", "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	p.port = peer.FreePort(t)
	p.url = fmt.Sprintf("postgres://lineside@127.0.0.1:%d/postgres?sslmode=disable", p.port)
	p.start()
	t.Cleanup(p.stop)
	return p
}

// start starts the server and waits until it answers.
func (p *postgresServer) start() {
	p.t.Helper()
	p.cmd = p.command(postgresBinary(p.t, "postgres"), "-D", filepath.Join(p.dir, "data"), "-h", "127.0.0.1", "-p", strconv.Itoa(p.port), "-k", p.dir, "-F")
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		s, err := Open(context.Background(), p.url, p.t.TempDir())
		if err == nil {
			_ = s.Close()
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("PostgreSQL does not answer: %v", err)
		}
	}
}

// stop stops the server at once, as far as its clients can tell.
func (p *postgresServer) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	_ = p.cmd.Wait()
	p.cmd = nil
}

// TestPostgreSQL runs the same on a PostgreSQL server of its own.
func TestPostgreSQL(t *testing.T) {
	p := newPostgres(t)
	everything(t, p.url)
	t.Run("history while it is away", func(t *testing.T) { historyAway(t, p) })
}

// historyAway: what comes while the database is away waits, up to a limit, and is written in order when it is back.
func historyAway(t *testing.T, p *postgresServer) {
	ctx := context.Background()
	s := open(t, p.url, t.TempDir())
	if err := s.db.Exec("DELETE FROM history_marks").Error; err != nil { // of the tests before
		t.Fatal(err)
	}
	dir := t.TempDir()
	const most = 30_000
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir, MaxPending: most})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	ids := seriesOf(t, a, "away/a", "away/b")
	n := 0
	more := func(count int) {
		for range count {
			for _, id := range ids {
				a.Append([]historian.Batch{{Series: id, Samples: []historian.Sample{mixed(n)}}})
			}
			n++
		}
	}
	more(3000)
	if err := a.Move(ctx, mixed(n).Time); err != nil {
		t.Fatal(err)
	}
	p.stop()
	for range 8 {
		more(1000)
		began := time.Now()
		if err := a.Move(ctx, mixed(n).Time); err == nil {
			t.Fatal("moved to a database that is away")
		}
		if time.Since(began) > 30*time.Second {
			t.Error("the attempt took", time.Since(began))
		}
		if err := a.Sync(true); err != nil {
			t.Fatal(err)
		}
	}
	if st := a.State(); st.Failure == nil || st.Dropped != 0 || st.Pending < 16_000 {
		t.Errorf("%+v", st)
	}
	// The journal has each once, however often it was tried.
	size := int64(0)
	files, _ := filepath.Glob(filepath.Join(dir, "*.journal"))
	for _, name := range files {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	if size > 20*2*int64(n) {
		t.Errorf("%d samples take %d bytes of journal in %d files", 2*n, size, len(files))
	}
	// A kill while it is away loses nothing; the server is not there to be asked at the start, so it comes back first.
	p.start()
	if a, err = historian.Open(ctx, s.History(), historian.Options{Dir: dir, MaxPending: most}); err != nil {
		t.Fatal(err)
	}
	p.stop()
	kept := n
	more(9000) // more than may wait
	if st := a.State(); st.Dropped == 0 || st.Pending > most {
		t.Errorf("%+v", st)
	}
	p.start()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		if err = a.Move(ctx, mixed(n+3600).Time); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	if st := a.State(); st.Pending != 0 || st.Failure != nil {
		t.Errorf("%+v", st)
	}
	var rows []chunkRow
	if err := s.db.Where("series IN ?", ids).Order("series, start").Find(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for i := 1; i < len(rows); i++ {
		if rows[i].Series == rows[i-1].Series && rows[i].First <= rows[i-1].Last {
			t.Errorf("row %d is not behind the one before", i)
		}
	}
	for _, path := range []tag.Path{"away/a", "away/b"} {
		got := readAll(t, a, path)
		if len(got) < kept {
			t.Fatalf("%d samples of %d", len(got), kept)
		}
		for i := range got {
			if got[i] != mixed(i) {
				t.Fatalf("sample %d of %s is %v", i, path, got[i])
			}
		}
	}
}

func postgresUser(t *testing.T) *syscall.Credential {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatalf("there is no user postgres: apt-get install postgresql-15 (%v)", err)
	}
	uid, _ := strconv.ParseUint(u.Uid, 10, 32)
	gid, _ := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}
