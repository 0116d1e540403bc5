package modbus

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

const manual = `Name;Address;Type;Unit;Scale;Writable;Description
Tank/Level;holding:110;int16;%;0.1;yes;Level of the tank
Tank/Temperature;40101;real;Cel;;;
Tank/阀门;coil:5;;;;x;
Counter;30001;u16;;;;
`

func TestRegisterMap(t *testing.T) {
	server := peer.StartPymodbus(t)
	text, _ := json.Marshal(manual)
	c := device(t, server.Port, fmt.Sprintf(`"order":"CDAB","map":%s`, text))
	root, err := c.Browse(t.Context(), "")
	if err != nil || len(root) != 2 || root[0].Name != "Tank" || !root[0].HasChild || root[1].Name != "Counter" || root[1].Type != "int" || root[1].Value == nil {
		t.Fatalf("the root has %+v, %v", root, err)
	}
	nodes, err := c.Browse(t.Context(), root[0].ID)
	if err != nil || len(nodes) != 3 {
		t.Fatalf("the folder has %+v, %v", nodes, err)
	}
	level, warm, valve := nodes[0], nodes[1], nodes[2]
	if string(level.Value) != "-0.5" || level.Type != "float" || !level.Writable || level.Unit != "%" || !strings.Contains(level.Title, "Level of the tank") {
		t.Errorf("level is %+v", level)
	}
	if string(warm.Value) != "21.5" || warm.Type != "float" || warm.Writable {
		t.Errorf("temperature is %+v", warm)
	}
	if string(valve.Value) != "true" || valve.Type != "bool" {
		t.Errorf("valve is %+v", valve)
	}
	// What was browsed is a tag that can be written in its own unit.
	a, err := wire.ParseAddress(level.Address, tag.Float, true)
	if err != nil {
		t.Fatal(err)
	}
	p := connector.Point{ID: 1, Address: a, Type: tag.Float}
	if err := c.Write(t.Context(), p, tag.OfFloat(0.3)); err != nil {
		t.Fatal(err)
	}
	if got := server.Get(t, "holding", 110, 1); got[0] != 3 {
		t.Errorf("register is %d after writing 0.3", got[0])
	}
	if got := read(t, c, p); got[1].Value != tag.OfFloat(0.3) {
		t.Errorf("read back %v", got[1])
	}
	if _, err := device(t, server.Port, "").Browse(t.Context(), ""); err == nil {
		t.Error("a device without a map was browsed")
	}
}

func TestRegisterMapRefusals(t *testing.T) {
	for name, row := range map[string][2]string{
		"no name":         {"address,type\n1,int16\n", "name"},
		"unknown column":  {"name,address,typ\n", `"typ"`},
		"double column":   {"name,tag,address\n", "twice"},
		"double name":     {"name,address,type\na,40001,int16\na,40002,int16\n", "line 3"},
		"no table":        {"name,address,type\na,17,int16\n", "line 2"},
		"unknown type":    {"name,address,type\na,40001,int17\n", "line 2"},
		"scale of a bit":  {"name,address,type,scale\na,coil:1,,2\n", "line 2"},
		"scale zero":      {"name,address,type,scale\na,40001,int16,0\n", "line 2"},
		"write an input":  {"name,address,type,writable\na,30001,int16,yes\n", "line 2"},
		"empty folder":    {"name,address,type\na//b,40001,int16\n", "line 2"},
		"not a number":    {"name,address,type\na,4000x,int16\n", "line 2"},
		"beyond the last": {"name,address,type\na,holding:65536,float32\n", "line 2"},
		"open quote":      {"name,address,type\n\"a,40001,int16\n", "line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := readMap(row[0], 0); err == nil || !strings.Contains(err.Error(), row[1]) {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	for address, want := range map[string]string{"40001": "holding 0", "400010": "holding 9", "4x0001": "holding 0", "00017": "coil 16", "0x0017": "coil 16", "30002": "input 1", "10001": "discrete 0", "holding:0x10": "holding 16"} {
		table, n, err := readPlace("", address, 0)
		if got := fmt.Sprint(table, " ", n); err != nil || got != want {
			t.Errorf("%s is %s, %v; want %s", address, got, err, want)
		}
	}
	if _, n, _ := readPlace("", "40001", 1); n != 1 {
		t.Errorf("40001 is %d where addresses count from one", n)
	}
}

func FuzzRegisterMap(f *testing.F) {
	f.Add(manual, 0)
	f.Add("name,address\na,coil:1\n", 1)
	f.Fuzz(func(t *testing.T, text string, first int) {
		registers, err := readMap(text, first&1)
		if err != nil {
			return
		}
		for _, r := range registers {
			if _, err := wire.ParseAddress(r.raw, r.typ, r.write); err != nil {
				t.Fatalf("%s: %v", r.raw, err)
			}
		}
	})
}
