package modbus

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// register is one line of a register map.
type register struct {
	folder []string
	name   string
	title  string
	unit   string
	typ    tag.Type
	write  bool
	raw    json.RawMessage // the address
}

// Limits of a register map, which a person pastes.
const (
	maxRegisters = 20_000
	maxFolders   = 8
	// maxShown bounds the registers of one folder whose values are read along.
	maxShown = 500
)

// columns of a register map, with the other names they are known by in manuals.
var columns = map[string]string{
	"name": "name", "tag": "name", "名称": "name", "address": "address", "register": "address", "地址": "address", "table": "table", "area": "table", "数据区": "table",
	"type": "type", "datatype": "type", "data type": "type", "类型": "type", "数据类型": "type", "length": "length", "长度": "length", "order": "order", "byte order": "order", "字节顺序": "order",
	"bit": "bit", "位": "bit", "unitid": "unitId", "unit id": "unitId", "单元号": "unitId", "unit": "unit", "单位": "unit", "scale": "scale", "factor": "scale", "系数": "scale",
	"writable": "writable", "access": "writable", "可写": "writable", "description": "description", "comment": "description", "说明": "description",
}

// kinds are the types of a map by the names that manuals give them.
var kinds = map[string]string{
	"int": "int16", "short": "int16", "s16": "int16", "word": "uint16", "u16": "uint16", "uint": "uint16", "dint": "int32", "s32": "int32", "long": "int32", "dword": "uint32",
	"udint": "uint32", "u32": "uint32", "real": "float32", "float": "float32", "f32": "float32", "lreal": "float64", "double": "float64", "f64": "float64", "boolean": "bool", "bit": "bool", "text": "string", "char": "string",
	"s64": "int64", "lint": "int64", "u64": "uint64", "ulint": "uint64",
}

// readMap reads a register map: CSV with a line of column names, separated by comma,
// semicolon or tab. An error names the line.
func readMap(text string, first int) ([]register, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	head, _, _ := strings.Cut(strings.TrimLeft(text, "\r\n"), "\n")
	in := csv.NewReader(strings.NewReader(text))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	for _, c := range ",;\t" {
		if strings.Count(head, string(c)) > strings.Count(head, string(in.Comma)) {
			in.Comma = c
		}
	}
	cells, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("the first line: %w", err)
	}
	at := map[string]int{}
	for i, c := range cells {
		name, known := columns[strings.ToLower(strings.TrimSpace(c))]
		if !known {
			return nil, fmt.Errorf("line 1: there is no column %q", c)
		}
		if _, twice := at[name]; twice {
			return nil, fmt.Errorf("line 1: the column %q is there twice", c)
		}
		at[name] = i
	}
	for _, name := range []string{"name", "address"} {
		if _, ok := at[name]; !ok {
			return nil, fmt.Errorf("line 1: the column %q is missing", name)
		}
	}
	var out []register
	seen := map[string]bool{}
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := in.FieldPos(0)
		if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
			continue
		}
		cell := func(column string) string {
			if i, ok := at[column]; ok && i < len(cells) {
				return strings.TrimSpace(cells[i])
			}
			return ""
		}
		r, err := readRegister(cell, first)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if id := r.id(); seen[id] {
			return nil, fmt.Errorf("line %d: the name %q is there twice", line, id)
		} else {
			seen[id] = true
		}
		if out = append(out, r); len(out) > maxRegisters {
			return nil, fmt.Errorf("line %d: more than %d registers", line, maxRegisters)
		}
	}
}

func readRegister(cell func(string) string, first int) (register, error) {
	var r register
	parts := strings.Split(cell("name"), "/")
	if len(parts) > maxFolders || slices.ContainsFunc(parts, func(p string) bool { return strings.TrimSpace(p) == "" }) {
		return r, fmt.Errorf("%q is not a name", cell("name"))
	}
	r.folder, r.name = parts[:len(parts)-1], parts[len(parts)-1]
	r.unit, r.title = cell("unit"), cell("description")
	table, address, err := readPlace(cell("table"), cell("address"), first)
	if err != nil {
		return r, err
	}
	a := wire.Address{Table: table, Address: address, Order: strings.ToUpper(cell("order"))}
	for _, n := range []struct {
		column string
		to     func(int)
	}{{"length", func(n int) { a.Length = n }}, {"bit", func(n int) { a.Bit = &n }}, {"unitId", func(n int) { a.Unit = &n }}} {
		if text := cell(n.column); text != "" {
			v, err := strconv.Atoi(text)
			if err != nil {
				return r, fmt.Errorf("%s %q is not a whole number", n.column, text)
			}
			n.to(v)
		}
	}
	kind := strings.ToLower(cell("type"))
	if other, ok := kinds[kind]; ok {
		kind = other
	}
	single := wire.Tables[table].Bits() || a.Bit != nil || kind == "bool"
	if !wire.Tables[table].Bits() {
		a.Type = kind
	}
	switch {
	case single:
		r.typ = tag.Bool
	case kind == "string":
		r.typ = tag.String
	case strings.HasPrefix(kind, "float"):
		r.typ = tag.Float
	default:
		r.typ = tag.Int
	}
	if text := cell("scale"); text != "" {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f == 0 || f-f != 0 || single || r.typ == tag.String {
			return r, fmt.Errorf("scale %q is not a factor of a number", text)
		}
		if f != 1 {
			a.Factor, r.typ = f, tag.Float
		}
	}
	switch strings.ToLower(cell("writable")) {
	case "", "0", "no", "false", "n", "r", "ro", "read", "否", "只读":
	case "1", "yes", "true", "y", "x", "w", "rw", "r/w", "wr", "write", "是", "读写":
		r.write = true
	default:
		return r, fmt.Errorf("writable is %q, not yes or no", cell("writable"))
	}
	if r.raw, err = json.Marshal(a); err != nil {
		return r, err
	}
	if _, err := wire.ParseAddress(r.raw, r.typ, r.write); err != nil {
		return r, err
	}
	return r, nil
}

// readPlace reads an address as it is written in manuals: a number beside a column for the
// table; "holding:12"; or the number with the digit of the table, 40013 or 4x0013 or 400013,
// which counts from one.
func readPlace(table, address string, first int) (string, int, error) {
	if before, after, ok := strings.Cut(address, ":"); ok && table == "" {
		table, address = before, after
	}
	digits := map[byte]string{'0': "coil", '1': "discrete", '3': "input", '4': "holding"}
	if table = strings.ToLower(strings.TrimSpace(table)); table == "" {
		text := strings.ToLower(address)
		if len(text) > 2 && text[1] == 'x' && text[0] != '0' || len(text) > 3 && strings.HasPrefix(text, "0x") && !strings.ContainsAny(text[2:], "abcdef") && len(text) == 6 {
			text = text[:1] + text[2:]
		}
		if len(text) != 5 && len(text) != 6 || digits[text[0]] == "" {
			return "", 0, fmt.Errorf("address %q names no table: write 40001 or fill in the column table", address)
		}
		n, err := strconv.Atoi(text[1:])
		if err != nil || n < 1 {
			return "", 0, fmt.Errorf("address %q is not one", address)
		}
		return digits[text[0]], n - 1 + first, nil
	}
	if len(table) <= 2 && digits[table[0]] != "" && (len(table) == 1 || table[1] == 'x') {
		table = digits[table[0]]
	}
	for _, alias := range [][2]string{{"coils", "coil"}, {"discrete input", "discrete"}, {"discrete inputs", "discrete"}, {"input register", "input"}, {"input registers", "input"}, {"holding register", "holding"}, {"holding registers", "holding"}} {
		if table == alias[0] {
			table = alias[1]
		}
	}
	if _, ok := wire.Tables[table]; !ok {
		return "", 0, fmt.Errorf("there is no table %q", table)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(address), 0, 32)
	if err != nil {
		return "", 0, fmt.Errorf("address %q is not a whole number", address)
	}
	return table, int(n), nil
}

func (r *register) id() string { return strings.Join(append(slices.Clone(r.folder), r.name), "/") }

// Browse implements connector.Browser: the register map as a tree, with present values.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if len(c.settings.registers) == 0 {
		return nil, &spec.Problem{Code: "modbus_map_missing", Message: "A Modbus device does not say what it has.", Hint: "Put the table of registers from its manual into the setting \"Register map (CSV)\" of the device, or add tags by their addresses.", At: "/settings/map"}
	}
	depth := 0
	var within []string
	if id != "" {
		within = strings.Split(id, "/")
		depth = len(within)
	}
	var nodes []connector.Node
	var points []connector.Point
	var at []int
	folders := map[string]bool{}
	for i := range c.settings.registers {
		r := &c.settings.registers[i]
		if len(r.folder) < depth || !slices.Equal(r.folder[:depth], within) {
			continue
		}
		if len(r.folder) > depth {
			name := r.folder[depth]
			if !folders[name] {
				folders[name] = true
				nodes = append(nodes, connector.Node{ID: strings.Join(r.folder[:depth+1], "/"), Name: name, HasChild: true})
			}
			continue
		}
		title := ""
		if r.title != "" {
			title = r.name + " – " + r.title
		}
		nodes = append(nodes, connector.Node{ID: r.id() + "/", Name: r.name, Title: title, Address: r.raw, Type: r.typ.String(), Writable: r.write, Unit: r.unit})
		if a, err := wire.ParseAddress(r.raw, r.typ, false); err == nil && len(points) < maxShown {
			points = append(points, connector.Point{ID: len(at), Path: tag.Path(r.name), Address: a, Type: r.typ})
			at = append(at, len(nodes)-1)
		}
	}
	for _, request := range c.Plan(points) {
		updates, err := request.Read(ctx, nil)
		if err != nil {
			if errors.Is(err, connector.ErrNotConnected) || ctx.Err() != nil {
				break // the map is there without values too
			}
			continue
		}
		for _, u := range updates {
			if u.Sample.Quality.IsGood() {
				nodes[at[u.Point]].Value = u.Sample.Value.AppendJSON(nil)
			}
		}
	}
	return nodes, nil
}
