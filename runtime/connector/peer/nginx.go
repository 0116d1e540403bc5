package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Nginx is a web server whose files below Root can be read (GET) and written (PUT).
type Nginx struct {
	*Process
	Port int
	Root string
	Certificates
	config string
}

// NginxOptions say how the server is set up.
type NginxOptions struct {
	// Username and Password are asked for when set.
	Username, Password string
	// TLS asks for a client certificate signed by the CA of the server.
	TLS bool
	// More are further lines of the server block; {port} is its port.
	More string
}

// StartNginx starts a server; the zero options are an open one without TLS.
func StartNginx(t testing.TB, o NginxOptions) *Nginx {
	t.Helper()
	n := &Nginx{Port: FreePort(t)}
	// Nginx gives up root's rights, and must still read and write its files.
	dir, err := os.MkdirTemp("", "nginx")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	n.Root = filepath.Join(dir, "root")
	for _, d := range []string{dir, n.Root} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(d, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	server := []string{fmt.Sprintf("listen 127.0.0.1:%d;", n.Port)}
	if o.TLS {
		n.Certificates = NewCertificates(t)
		server = []string{
			fmt.Sprintf("listen 127.0.0.1:%d ssl;", n.Port), "ssl_certificate " + writeFile(t, dir, "server.pem", n.Server) + ";", "ssl_certificate_key " + writeFile(t, dir, "server.key", n.ServerKey) + ";",
			"ssl_client_certificate " + writeFile(t, dir, "ca.pem", n.CA) + ";", "ssl_verify_client on;",
		}
	}
	if o.Username != "" {
		server = append(server, `auth_basic "test";`, "auth_basic_user_file "+writeFile(t, dir, "passwords", o.Username+":{PLAIN}"+o.Password+"\n")+";")
	}
	server = append(server, strings.ReplaceAll(o.More, "{port}", fmt.Sprint(n.Port)))
	n.config = writeFile(t, dir, "nginx.conf", fmt.Sprintf(`
daemon off;
worker_processes 1;
error_log stderr;
pid %[1]s/pid;
events {}
http {
  access_log off;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  default_type text/plain;
  types { application/json json; text/csv csv; }
  gzip on;
  gzip_min_length 100;
  gzip_types application/json text/csv;
  server {
    %[2]s
    location / { root %[3]s; dav_methods PUT; create_full_put_path on; }
  }
}
`, dir, strings.Join(server, "\n    "), n.Root))
	n.Restart(t)
	return n
}

// Restart starts the server again on its port after Kill.
func (n *Nginx) Restart(t testing.TB) {
	t.Helper()
	// Without a worker of its own it is one process, which can be killed as one.
	n.Process = start(t, exec.Command(need(t, "nginx", "nginx-light"), "-c", n.config, "-g", "master_process off;", "-e", "stderr"))
	n.listening(n.Port)
}

// Put replaces a file in one step.
func (n *Nginx) Put(t testing.TB, name, text string) {
	t.Helper()
	temporary := writeFile(t, filepath.Dir(n.Root), "new", text)
	if err := os.Rename(temporary, filepath.Join(n.Root, name)); err != nil {
		t.Fatal(err)
	}
}
