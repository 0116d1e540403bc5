package modbus

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	_ "github.com/lineside/lineside/runtime/connector/modbus"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// libmodbus's own test of servers, with what it expects to find (unit-test.h).
func TestLibmodbus(t *testing.T) {
	var tags []exposed
	bit := func(table string, first, n int, values []byte, write bool) {
		for i := range n {
			plant := `"type":"bool","initial":false`
			if values != nil && values[i/8]>>(i%8)&1 != 0 {
				plant = `"type":"bool","initial":true`
			}
			if write {
				plant += `,"write":{}`
			}
			tags = append(tags, exposed{fmt.Sprintf("%s/%d", table, i), plant, fmt.Sprintf(`"table":%q,"address":%d`, table, first+i)})
		}
	}
	bit("coil", 0x130, 0x25, nil, true)
	bit("discrete", 0x1C4, 0x16, []byte{0xAC, 0xDB, 0x35}, false)
	for i := range 0x20 {
		tags = append(tags, exposed{fmt.Sprintf("holding/%d", i), `"type":"int","initial":0,"write":{}`, fmt.Sprintf(`"table":"holding","address":%d,"type":"uint16"`, 0x160+i)})
	}
	tags = append(tags, exposed{"input", `"type":"int","initial":10`, `"table":"input","address":264,"type":"uint16"`})
	s := begin(t, 0, "", tags)
	out, err := peer.LibmodbusClient(t, s.port)
	if err != nil || !strings.Contains(out, "ALL TESTS PASS WITH SUCCESS") {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%d of its tests passed", strings.Count(out, "OK\n"))
}

func TestMbpoll(t *testing.T) {
	s := begin(t, 0, "", all())
	read := func(want string, args ...string) {
		t.Helper()
		out, err := peer.Mbpoll(t, s.port, args...)
		if err != nil || !strings.Contains(out, want) {
			t.Errorf("mbpoll %q: %v, want %q\n%s", args, err, want, out)
		}
	}
	read("[0]: \t65534 (-2)", "-t", "4", "-r", "0")
	read("[4]: \t1.5", "-t", "4:float", "-B", "-r", "4")
	read("[2]: \t-70000", "-t", "4:int", "-r", "2")
	read("[100]: \t", "-t", "3", "-r", "100", "-c", "2")
	read("[10]: \t1", "-t", "1", "-r", "10")
	if out, err := peer.Mbpoll(t, s.port, "-t", "4:float", "-B", "-r", "4", "--", "-12.25"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := s.value("a/float"); got != "-12.25" {
		t.Errorf("mbpoll wrote %s", got)
	}
	if out, err := peer.Mbpoll(t, s.port, "-t", "0", "-r", "0", "--", "1", "0"); err != nil || s.value("a/on") != "true" || s.value("a/off") != "false" {
		t.Errorf("coils: %v\n%s", err, out)
	}
	if out, err := peer.Mbpoll(t, s.port, "-t", "4", "-r", "500"); err == nil && !strings.Contains(out, "Illegal data address") {
		t.Errorf("wrong address: %s", out)
	}
}

func TestPymodbusClient(t *testing.T) {
	s := begin(t, 0, "", all())
	out := peer.PymodbusClient(t, s.port, `
import struct
from pymodbus.mei_message import ReadDeviceInformationRequest
def words(*w): return struct.pack('>%dH' % len(w), *w)
r = client.read_holding_registers(0, 21, slave=1).registers
print(struct.unpack('>h', words(r[0]))[0], r[1], struct.unpack('>i', words(r[3], r[2]))[0], struct.unpack('>f', words(*r[4:6]))[0],
      struct.unpack('>d', words(*r[6:10]))[0], struct.unpack('>q', words(*r[10:14]))[0], words(*r[14:17]))
print(client.read_coils(0, 4, slave=1).bits[:4], client.read_discrete_inputs(10, 1, slave=1).bits[0])
w = struct.unpack('>4H', struct.pack('>d', -0.125))
print(client.write_registers(6, list(w), slave=1), client.write_coils(0, [True, False], slave=1), client.write_coil(0, False, slave=1))
print(client.write_register(4, 1, slave=1), client.read_holding_registers(900, 1, slave=1), client.mask_write_register(1, 0xF0F0, 0x0102, slave=1))
print(client.readwrite_registers(read_address=0, read_count=2, write_address=0, write_registers=[5], slave=1).registers)
print(client.execute(ReadDeviceInformationRequest(2, 0)).information[0])
`)
	for _, want := range []string{
		`-2 65535 -70000 1.5 3.25 1 b'abc\x00\x00\x00'`, "[False, True, False, True] True", "WriteMultipleRegisterResponse (6,4) WriteNCoilResponse(0, 2) WriteCoilResponse(0) => False",
		"Exception Response(134, 6, IllegalAddress) Exception Response(131, 3, IllegalAddress)", "[5, 61938]", "Lineside",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if got := s.value("a/double"); got != "-0.125" {
		t.Errorf("pymodbus wrote %s", got)
	}
}

func TestModbusSerialClient(t *testing.T) {
	s := begin(t, 0, "", all())
	out := peer.ModbusSerialClient(t, s.port, `
  console.log((await client.readHoldingRegisters(4, 2)).buffer.readFloatBE(0), (await client.readInputRegisters(100, 2)).buffer.readFloatLE(0));
  console.log((await client.readCoils(0, 2)).data.slice(0, 2), (await client.readDiscreteInputs(10, 1)).data[0]);
  await client.writeRegister(0, 77); await client.writeRegisters(14, [0x4865, 0x6c6c, 0x6f00]); await client.writeCoil(0, true); await client.writeCoils(0, [false, true]);
  await client.maskWriteRegister(18, 0xfffe, 0);
  await client.readHoldingRegisters(666, 1).catch((e) => console.log("refused", e.modbusCode));
  const id = await client.readDeviceIdentification(2, 0); console.log(id.data["0"]);`)
	for _, want := range []string{"1.5 -1", "[ false, true ] true", "refused 2", "Lineside"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for path, want := range map[string]string{"a/short": "77", "a/text": `"Hello"`, "a/on": "false", "a/off": "true", "a/low": "false"} {
		if got := s.value(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

// The exported map is what the setting "register map" of a device takes, and reads what is exposed.
func TestExportedMapIsTaken(t *testing.T) {
	s := begin(t, 0, `"firstAddress":1,"order":"BADC"`, append(all()[8:12:12], exposed{"a/first", `"type":"int","initial":7,"title":{"en":"First, and \"best\""}`, `"table":"input","address":1,"type":"uint16","unit":3`}))
	rows, err := s.ExportNorthbound("plc")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	settings, err := json.Marshal(map[string]any{"host": "127.0.0.1", "port": s.port, "map": "\ufeff" + b.String()})
	if err != nil {
		t.Fatal(err)
	}
	nodes, err := s.Browse(t.Context(), "", "modbus", settings, "a")
	if err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	var got []string
	for _, n := range nodes {
		got = append(got, fmt.Sprintf("%s %s %v", n.Name, n.Value, n.Writable))
	}
	slices.Sort(got)
	if want := `big 1 true, double 3.25 true, first 7 false, scaled 23.5 true, text "abc" true`; strings.Join(got, ", ") != want {
		t.Errorf("%q\n%s", got, b.String())
	}
}

// Our own client against our own server, by the list that all connectors pass.
func TestConformanceOfTheConnector(t *testing.T) {
	holding := func(address int, kind, more string) string {
		return fmt.Sprintf(`"table":"holding","address":%d,"type":%q%s`, address, kind, more)
	}
	values := []struct {
		register string
		typ      tag.Type
		value    tag.Value
	}{
		{holding(400, "int16", ""), tag.Int, tag.OfInt(-123)}, {holding(401, "uint16", ""), tag.Int, tag.OfInt(65535)},
		{holding(402, "int32", `,"order":"CDAB"`), tag.Int, tag.OfInt(-70000)}, {holding(404, "uint32", ""), tag.Int, tag.OfInt(math.MaxUint32)},
		{holding(406, "float32", `,"order":"BADC"`), tag.Float, tag.OfFloat(-1.5)}, {holding(408, "float64", `,"order":"DCBA"`), tag.Float, tag.OfFloat(math.Pi)},
		{holding(412, "int64", ""), tag.Int, tag.OfInt(math.MinInt64)}, {holding(416, "uint64", ""), tag.Int, tag.OfInt(math.MaxInt64)},
		{holding(420, "bcd16", ""), tag.Int, tag.OfInt(9999)}, {holding(421, "bcd32", ""), tag.Float, tag.OfFloat(12345678)},
		{holding(423, "string", `,"length":11`), tag.String, tag.OfString("阀门 A-1")},
		{holding(430, "uint16", `,"bit":15`), tag.Bool, tag.OfBool(true)}, {holding(430, "uint16", `,"bit":2`), tag.Bool, tag.OfBool(true)},
		{holding(433, "bool", ""), tag.Bool, tag.OfBool(true)}, {`"table":"coil","address":50`, tag.Bool, tag.OfBool(true)},
	}
	tags := []exposed{{"live", `"type":"int","initial":0,"write":{}`, holding(300, "uint16", "")}}
	var device conformance.Device
	for i, v := range values {
		tags = append(tags, exposed{fmt.Sprintf("v%d", i), fmt.Sprintf(`"type":%q,"write":{}`, v.typ), v.register})
		device.Values = append(device.Values, conformance.Tag{Address: "{" + v.register + "}", Type: v.typ, Value: v.value})
	}
	zero := map[tag.Type]tag.Value{tag.Int: tag.OfInt(0), tag.Float: tag.OfFloat(0), tag.String: tag.OfString(""), tag.Bool: tag.OfBool(false)}
	conformance.Run(t, func(t *testing.T) *conformance.Device {
		start := func(port int) *site {
			s := begin(t, port, "", tags)
			s.set("live", tag.OfInt(0), tag.Good)
			for i, v := range values {
				s.set(fmt.Sprintf("v%d", i), zero[v.typ], tag.Good)
			}
			return s
		}
		s := start(0)
		d := device
		d.Connector, d.Port = "modbus", s.port
		d.Settings = func(port int) string {
			return fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"timeout":"700ms"}`, port)
		}
		d.Kill = func(*testing.T) { s.stop() }
		d.Restart = func(*testing.T) { s = start(s.port) }
		d.Live = conformance.Tag{Address: "{" + holding(300, "uint16", "") + "}", Type: tag.Int}
		d.Change = func(_ *testing.T, n int) { s.set("live", tag.OfInt(int64(n)), tag.Good) }
		d.Missing = []conformance.Bad{
			{Tag: conformance.Tag{Address: "{" + holding(3000, "uint16", "") + "}", Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
			{Tag: conformance.Tag{Address: `{"table":"input","address":20000,"type":"int16"}`, Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
		}
		return &d
	})
}
