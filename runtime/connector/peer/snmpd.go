package peer

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Snmpd is net-snmp's agent, with the objects of test/peer/snmp_values.py. It knows the
// communities "public" (reads) and "private" (writes), and of version 3 the users "reader"
// (no password), "signer" (MD5), "operator" (SHA and AES, writes), "operator256" (SHA-256 and AES,
// writes) and one for each other way of encryption, all with the password SnmpPassword.
type Snmpd struct {
	*Process
	Port int
	dir  string
}

// SnmpValues is where the objects of every type are.
const SnmpValues = "1.3.6.1.4.1.99999.1"

// SnmpPassword is the password of all users of version 3, for authentication and encryption.
const SnmpPassword = "correct horse"

// StartSnmpd starts an agent.
func StartSnmpd(t testing.TB) *Snmpd {
	t.Helper()
	s := &Snmpd{Port: freeUDPPort(t), dir: t.TempDir()}
	script := filepath.Join(Root(t), "test", "peer", "snmp_values.py")
	users := ""
	for user, protocols := range map[string]string{"signer": "MD5 %q", "operator": "SHA %q AES %q", "operator256": "SHA-256 %q AES %q", "des": "SHA %q DES %q", "aes192": "SHA-384 %q AES-192 %q", "aes256": "SHA-512 %q AES-256 %q", "aes192c": "SHA-224 %q AES-192-C %q", "aes256c": "SHA-512 %q AES-256-C %q"} {
		users += "createUser " + user + " " + strings.ReplaceAll(protocols, "%q", `"`+SnmpPassword+`"`) + "\n"
	}
	writeFile(t, s.dir, "snmpd.conf", fmt.Sprintf(`agentAddress udp:127.0.0.1:%d
rocommunity public 127.0.0.1
rwcommunity private 127.0.0.1
%screateUser reader
rouser reader noauth
rouser signer auth
rwuser operator priv
rwuser operator256 priv
rouser des priv
rouser aes192 priv
rouser aes256 priv
rouser aes192c priv
rouser aes256c priv
sysName line 1
dontLogTCPWrappersConnects yes
sysDescr a switch
pass_persist .%s /usr/bin/python3 %s .%s
`, s.Port, users, SnmpValues, script, SnmpValues))
	s.Restart(t)
	return s
}

// Restart starts the agent again on its port after Kill, with fresh values.
func (s *Snmpd) Restart(t testing.TB) {
	t.Helper()
	cmd := exec.Command(need(t, "snmpd", "snmpd"), "-f", "-Lo", "-C", "-c", filepath.Join(s.dir, "snmpd.conf"), "-I", "-smux")
	cmd.Env = append(cmd.Environ(), "SNMP_PERSISTENT_DIR="+filepath.Join(s.dir, "state"), "MIBS=")
	s.Process = start(t, group(cmd))
	t.Cleanup(func() { killGroup(cmd) })
	Await(t, "snmpd to answer", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("snmpd ended while starting: %s", strings.Join(s.log, " · "))
		default:
		}
		args := append([]string{"-t", "0.2"}, s.args("public", "1.3.6.1.2.1.1.3.0")...)
		return exec.Command(need(t, "snmpget", "snmp"), args...).Run() == nil
	})
}

// Kill ends the agent, and the script that it started, as a power cut would.
func (s *Snmpd) Kill() {
	killGroup(s.cmd)
	s.Process.Kill()
}

func (s *Snmpd) args(community string, more ...string) []string {
	return append([]string{"-v2c", "-c", community, "-On", "-r", "0", fmt.Sprintf("127.0.0.1:%d", s.Port)}, more...)
}

// Set writes an object by snmpset, a manager that is not ours. The kind is one of its
// letters: i, u, t, a, s, x.
func (s *Snmpd) Set(t testing.TB, oid, kind, value string) {
	t.Helper()
	if out, err := exec.Command(need(t, "snmpset", "snmp"), s.args("private", oid, kind, value)...).CombinedOutput(); err != nil {
		t.Fatalf("snmpset: %v: %s", err, out)
	}
}

// Get reads an object by snmpget, as "INTEGER: 5".
func (s *Snmpd) Get(t testing.TB, oid string) string {
	t.Helper()
	out, err := exec.Command(need(t, "snmpget", "snmp"), s.args("public", oid)...).CombinedOutput()
	if err != nil {
		t.Fatalf("snmpget: %v: %s", err, out)
	}
	_, value, _ := strings.Cut(strings.TrimSpace(string(out)), " = ")
	return value
}

// Walk lists the object identifiers below another by snmpwalk.
func (s *Snmpd) Walk(t testing.TB, oid string) []string {
	t.Helper()
	out, err := exec.Command(need(t, "snmpwalk", "snmp"), append([]string{"-t", "10"}, s.args("public", oid)...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("snmpwalk: %v: %s", err, out)
	}
	var oids []string
	for line := range strings.Lines(string(out)) {
		if name, _, ok := strings.Cut(line, " = "); ok && strings.HasPrefix(name, ".1.") {
			oids = append(oids, name[1:])
		}
	}
	return oids
}
