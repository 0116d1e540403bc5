package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Pymodbus is test/peer/modbus_server.py: see there for what it holds and can be told.
type Pymodbus struct {
	*Process
	Port int
	args []string
}

// StartPymodbus starts a server; args are further arguments such as "--framer", "rtu".
func StartPymodbus(t testing.TB, args ...string) *Pymodbus {
	t.Helper()
	need(t, "python3", "python3")
	if err := exec.Command("/usr/bin/python3", "-c", "import pymodbus").Run(); err != nil {
		t.Fatal("pymodbus is missing: install the Debian package python3-pymodbus")
	}
	p := &Pymodbus{Port: FreePort(t), args: args}
	p.Restart(t)
	return p
}

// Restart starts the server again on its port after Kill, with fresh registers.
func (p *Pymodbus) Restart(t testing.TB) {
	t.Helper()
	args := append([]string{filepath.Join(Root(t), "test", "peer", "modbus_server.py"), "--port", strconv.Itoa(p.Port)}, p.args...)
	p.Process = start(t, exec.Command("/usr/bin/python3", args...))
	Await(t, "pymodbus to start", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("pymodbus ended while starting: %s", strings.Join(p.log, " · "))
		default:
		}
		return p.said("ready ")
	})
}

// Tell sends a command and returns its answer.
func (p *Pymodbus) Tell(t testing.TB, format string, args ...any) string {
	t.Helper()
	answer := p.ask(fmt.Sprintf(format, args...))
	if strings.HasPrefix(answer, "error") {
		t.Fatalf("pymodbus: %s: %s", fmt.Sprintf(format, args...), answer)
	}
	return answer
}

// Set writes registers or coils of all units.
func (p *Pymodbus) Set(t testing.TB, table string, address int, words ...uint16) {
	t.Helper()
	p.Tell(t, "set %s %d %s", table, address, strings.Trim(fmt.Sprint(words), "[]"))
}

// Get reads registers or coils of the first unit.
func (p *Pymodbus) Get(t testing.TB, table string, address, count int) []uint16 {
	t.Helper()
	var words []uint16
	for _, s := range strings.Fields(p.Tell(t, "get %s %d %d", table, address, count)) {
		n, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			t.Fatalf("pymodbus answered %q", s)
		}
		words = append(words, uint16(n))
	}
	return words
}

// Requests is the number of requests served since it was last asked for.
func (p *Pymodbus) Requests(t testing.TB) int {
	t.Helper()
	n, err := strconv.Atoi(p.Tell(t, "count"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// StartPymodbusSerial starts a server on a serial port, with 19,200 baud; args are further
// arguments, "--framer" with "rtu" or "ascii" among them.
func StartPymodbusSerial(t testing.TB, device string, args ...string) *Pymodbus {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import serial_asyncio").Run(); err != nil {
		t.Fatal("pymodbus cannot use a serial port: install the Debian package python3-serial-asyncio")
	}
	return StartPymodbus(t, append([]string{"--serial", device}, args...)...)
}

// StartPymodbusTLS starts a server of Modbus TCP Security that asks for a client certificate.
func StartPymodbusTLS(t testing.TB) (*Pymodbus, Certificates) {
	t.Helper()
	c, dir := NewCertificates(t), t.TempDir()
	files := writeFile(t, dir, "cert.pem", c.Server) + "," + writeFile(t, dir, "key.pem", c.ServerKey) + "," + writeFile(t, dir, "ca.pem", c.CA)
	return StartPymodbus(t, "--tls", files), c
}

// StartLibmodbus compiles and starts libmodbus's unit test server, which misbehaves on
// purpose, and starts it again whenever it ends: it serves one connection at a time.
// It returns the port.
func StartLibmodbus(t testing.TB) int {
	t.Helper()
	port := FreePort(t)
	libmodbus(t, "tcp", `"127.0.0.1", 1502`, fmt.Sprintf(`"127.0.0.1", %d`, port)).listening(port)
	return port
}

// StartLibmodbusSerial is StartLibmodbus on a serial port, by RTU with 115,200 baud and no
// parity. The unit is 17.
func StartLibmodbusSerial(t testing.TB, device string) {
	t.Helper()
	libmodbus(t, "rtu", `"/dev/ttyUSB0"`, strconv.Quote(device))
}

// libmodbus compiles the test server with its place replaced and keeps it running.
func libmodbus(t testing.TB, transport, place, by string) *Process {
	t.Helper()
	const examples = "/usr/share/doc/libmodbus-dev/examples"
	source, err := os.ReadFile(filepath.Join(examples, "unit-test-server.c"))
	if err != nil {
		t.Fatal("libmodbus's test server is missing: install the Debian package libmodbus-dev with its documentation (dpkg --path-include=/usr/share/doc/libmodbus-dev/*)")
	}
	dir := t.TempDir()
	text := strings.ReplaceAll(string(source), place, by)
	if text == string(source) {
		t.Fatalf("libmodbus's test server no longer has %s in it", place)
	}
	c := writeFile(t, dir, "server.c", text)
	program := filepath.Join(dir, "server")
	if out, err := exec.Command(need(t, "gcc", "gcc"), "-I"+examples, "-I/usr/include/modbus", "-o", program, c, "-lmodbus").CombinedOutput(); err != nil {
		t.Fatalf("compile libmodbus's test server: install the Debian packages gcc, libc6-dev and libmodbus-dev: %v\n%s", err, out)
	}
	// A shell restarts it; both are one process group of this test.
	loop := fmt.Sprintf("trap 'kill $child 2>/dev/null' EXIT; while :; do %s %s >/dev/null 2>&1 & child=$!; wait $child; sleep 0.02; done", program, transport)
	p := start(t, group(exec.Command("/bin/sh", "-c", loop)))
	t.Cleanup(func() { killGroup(p.cmd) })
	return p
}

// StartModbusSerial starts a server by the npm package modbus-serial with 1,000 holding
// registers (value = address), the input register 7 = 42 and the coil 3 on; reading
// holding register 666 answers exception 2. It returns the port.
func StartModbusSerial(t testing.TB) int {
	t.Helper()
	root := Root(t)
	if _, err := os.Stat(filepath.Join(root, "node_modules", "modbus-serial")); err != nil {
		t.Fatal("npm package modbus-serial is missing: run npm ci")
	}
	port := FreePort(t)
	script := fmt.Sprintf(`
const { ServerTCP } = require("modbus-serial");
const holding = Array.from({ length: 1000 }, (_, i) => i);
const coils = { 3: true };
new ServerTCP({
  getHoldingRegister: (a, _, done) => a === 666 || a >= 1000 ? done({ modbusErrorCode: 2, msg: "no" }) : done(null, holding[a]),
  getInputRegister: (a, _, done) => done(null, a === 7 ? 42 : 0),
  getCoil: (a, _, done) => done(null, !!coils[a]),
  setCoil: (a, v, _, done) => { coils[a] = v; done(); },
  setRegister: (a, v, _, done) => { holding[a] = v; done(); },
}, { host: "127.0.0.1", port: %d, unitID: 1 });`, port)
	cmd := exec.Command(need(t, "node", "nodejs"), "-e", script)
	cmd.Dir = root
	start(t, cmd).listening(port)
	return port
}
