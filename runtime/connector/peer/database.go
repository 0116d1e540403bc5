//go:build unix

package peer

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Database is a data base server with the data base "plant", the user "lineside" and Password.
// It takes connections with and without TLS, the latter by Certificates.
type Database struct {
	*Process
	Port     int
	Password string
	Certificates
	command func() *exec.Cmd
	shell   func(sql string) *exec.Cmd
}

// Restart starts the server again on its port, with its data, after Kill.
func (d *Database) Restart(t testing.TB) {
	t.Helper()
	d.Process = start(t, d.command())
	d.listening(d.Port)
	Await(t, "the data base to answer", func() bool { return d.shell("SELECT 1").Run() == nil })
}

// Run carries out statements by the server's own client, and returns what it prints.
func (d *Database) Run(t testing.TB, format string, args ...any) string {
	t.Helper()
	cmd := d.shell(fmt.Sprintf(format, args...))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", fmt.Sprintf(format, args...), err, out)
	}
	return strings.TrimSpace(string(out))
}

// folder makes a folder that a server may write which has given up root's rights.
func serverFolder(t testing.TB, owner *syscall.Credential) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "database")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// StartPostgres starts a PostgreSQL server.
func StartPostgres(t testing.TB) *Database {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		t.Fatal("postgres is missing: install the Debian package postgresql-15")
	}
	programs := filepath.Dir(found[len(found)-1])
	var owner *syscall.Credential
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatalf("there is no user postgres: install the Debian package postgresql-15 (%v)", err)
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		owner = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	dir := serverFolder(t, owner)
	d := &Database{Port: FreePort(t), Password: "ge'he im", Certificates: NewCertificates(t)}
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(programs, name), args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "LC_ALL=C.UTF-8", "PGPASSWORD="+d.Password)
		if owner != nil {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
		}
		return cmd
	}
	own := func(name string) {
		if owner != nil {
			_ = os.Chown(name, int(owner.Uid), int(owner.Gid)) // the server says if it cannot read it
		}
		_ = os.Chmod(name, 0o600)
	}
	password := writeFile(t, dir, "password", d.Password+"\n")
	own(password)
	data := filepath.Join(dir, "data")
	if out, err := command("initdb", "-D", data, "-U", "lineside", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8", "--no-sync").CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	cert, key := writeFile(t, dir, "server.pem", d.Server), writeFile(t, dir, "server.key", d.ServerKey)
	own(cert)
	own(key)
	d.command = func() *exec.Cmd {
		_ = os.Remove(filepath.Join(data, "postmaster.pid")) // left by Kill
		return command("postgres", "-D", data, "-h", "127.0.0.1", "-p", strconv.Itoa(d.Port), "-k", dir, "-F", "-c", "ssl=on", "-c", "ssl_cert_file="+cert, "-c", "ssl_key_file="+key)
	}
	base := "postgres"
	d.shell = func(sql string) *exec.Cmd {
		return command("psql", "-h", "127.0.0.1", "-p", strconv.Itoa(d.Port), "-U", "lineside", "-d", base, "-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-c", sql)
	}
	d.Restart(t)
	d.Run(t, "CREATE DATABASE plant")
	base = "plant"
	return d
}

// StartMariaDB starts a MariaDB server, which speaks MySQL's protocol.
func StartMariaDB(t testing.TB) *Database {
	t.Helper()
	dir := serverFolder(t, nil)
	d := &Database{Port: FreePort(t), Password: "ge'he im", Certificates: NewCertificates(t)}
	data, socket := filepath.Join(dir, "data"), filepath.Join(dir, "socket")
	whom, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(need(t, "mariadb-install-db", "mariadb-server-core"), "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--datadir="+data, "--user="+whom.Username).CombinedOutput(); err != nil {
		t.Fatalf("mariadb-install-db: %v\n%s", err, out)
	}
	cert, key := writeFile(t, dir, "server.pem", d.Server), writeFile(t, dir, "server.key", d.ServerKey)
	server, client := need(t, "mariadbd", "mariadb-server-core"), need(t, "mariadb", "mariadb-client-core")
	d.command = func() *exec.Cmd {
		return exec.Command(server, "--no-defaults", "--user="+whom.Username, "--datadir="+data, "--socket="+socket, "--pid-file="+filepath.Join(dir, "pid"), "--bind-address=127.0.0.1", fmt.Sprintf("--port=%d", d.Port),
			"--ssl-cert="+cert, "--ssl-key="+key, "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve")
	}
	d.shell = func(sql string) *exec.Cmd {
		return exec.Command(client, "--no-defaults", "--socket="+socket, "--user=root", "--batch", "--skip-column-names", "--default-character-set=utf8mb4", "-e", sql)
	}
	d.Restart(t)
	d.Run(t, "CREATE DATABASE plant CHARACTER SET utf8mb4; CREATE USER lineside@'127.0.0.1' IDENTIFIED BY \"%s\"; GRANT ALL ON plant.* TO lineside@'127.0.0.1'", d.Password)
	return d
}
