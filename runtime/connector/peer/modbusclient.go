package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a client to its end and returns what it printed.
func run(t testing.TB, cmd *exec.Cmd) (string, error) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Mbpoll runs mbpoll once against a Modbus TCP server of this host. args are options and, after "--", values to
// write.
func Mbpoll(t testing.TB, port int, args ...string) (string, error) {
	t.Helper()
	var options, values []string
	for i, a := range args {
		if a == "--" {
			values = args[i+1:]
			break
		}
		options = append(options, a)
	}
	all := append([]string{"-m", "tcp", "-p", fmt.Sprint(port), "-1", "-q", "-0"}, options...)
	return run(t, exec.Command(need(t, "mbpoll", "mbpoll"), append(append(all, "--", "127.0.0.1"), values...)...))
}

// PymodbusClient runs a Python script with a connected pymodbus client in it, "client".
func PymodbusClient(t testing.TB, port int, script string) string {
	t.Helper()
	text := fmt.Sprintf("from pymodbus.client import ModbusTcpClient\nclient = ModbusTcpClient('127.0.0.1', port=%d, timeout=20)\nassert client.connect()\n%s\n", port, script)
	out, err := run(t, exec.Command("/usr/bin/python3", writeFile(t, t.TempDir(), "client.py", text)))
	if err != nil {
		t.Fatalf("pymodbus client: %v\n%s", err, out)
	}
	return out
}

// ModbusSerialClient runs a script with a connected client of the npm package modbus-serial in it, "client", within
// an async function.
func ModbusSerialClient(t testing.TB, port int, script string) string {
	t.Helper()
	text := fmt.Sprintf(`
const ModbusRTU = require("modbus-serial");
(async () => {
  const client = new ModbusRTU();
  await client.connectTCP("127.0.0.1", { port: %d });
  client.setID(1); client.setTimeout(20000);
  %s
  client.close(() => process.exit(0));
})().catch((e) => { console.error(e); process.exit(1); });`, port, script)
	cmd := exec.Command(need(t, "node", "nodejs"), "-e", text)
	cmd.Dir = Root(t)
	out, err := run(t, cmd)
	if err != nil {
		t.Fatalf("modbus-serial client: %v\n%s", err, out)
	}
	return out
}

// LibmodbusClient compiles and runs libmodbus's unit test client against a server of this host that has
// what unit-test.h names. What it asks of its own server to do wrong is left out: answers that are late, of another
// transaction or cut short, and function 17, which is of serial lines.
func LibmodbusClient(t testing.TB, port int) (string, error) {
	t.Helper()
	const examples = "/usr/share/doc/libmodbus-dev/examples"
	source, err := os.ReadFile(filepath.Join(examples, "unit-test-client.c"))
	if err != nil {
		t.Fatal("libmodbus's test client is missing: install the Debian package libmodbus-dev with its documentation (dpkg --path-include=/usr/share/doc/libmodbus-dev/*)")
	}
	text := strings.Replace(string(source), `"127.0.0.1", 1502`, fmt.Sprintf(`"127.0.0.1", %d`, port), 1)
	for _, part := range [][2]string{
		{"/** BAD USE OF REPLY FUNCTION **/", "/** SLAVE REPLY **/"},
		{`printf("3/3 Response with an invalid TID or slave: ");`, "/* Save original timeout */"},
		{"/* Trigger a special behaviour on server", "/** Run a few tests to challenge the server code **/"},
	} {
		from, to := strings.Index(text, part[0]), strings.Index(text, part[1])
		if from < 0 || to < from {
			t.Fatalf("libmodbus's test client no longer has %q before %q", part[0], part[1])
		}
		text = text[:from] + text[to:]
	}
	dir := t.TempDir()
	c, program := writeFile(t, dir, "client.c", text), filepath.Join(dir, "client")
	if out, err := run(t, exec.Command(need(t, "gcc", "gcc"), "-w", "-I"+examples, "-I/usr/include/modbus", "-o", program, c, "-lmodbus")); err != nil {
		t.Fatalf("compile libmodbus's test client: install the Debian packages gcc, libc6-dev and libmodbus-dev: %v\n%s", err, out)
	}
	return run(t, exec.Command(program, "tcp"))
}
