package sql

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of a browse.
const (
	maxNodes = 1000
	maxShown = 1000 // bytes of a value
)

// Browse implements connector.Browser: the queries of the device and the schemas, below these
// tables, below these columns with a value of one row. An id is a JSON list of names.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	conn, err := c.session(ctx)
	if err != nil {
		return nil, err
	}
	w := browser{c, conn}
	var path []string
	if id != "" {
		if err := json.Unmarshal([]byte(id), &path); err != nil || len(path) == 0 || len(path) > 2 {
			return nil, fmt.Errorf("browse %q: there is nothing of that name", id)
		}
	}
	d := c.settings.dialect
	switch {
	case len(path) == 0:
		names, err := w.names(ctx, d.schemas())
		if err != nil {
			return nil, err
		}
		var out []connector.Node
		for _, q := range c.settings.Queries {
			out = append(out, connector.Node{ID: nodeID("", q.Name), Name: q.Name, HasChild: true})
		}
		for _, n := range names {
			out = append(out, connector.Node{ID: nodeID(n), Name: n, HasChild: true})
		}
		return out, nil
	case path[0] == "":
		return w.browseQuery(ctx, path[len(path)-1])
	case len(path) == 1:
		names, err := w.names(ctx, d.tables(), path[0])
		if err != nil {
			return nil, err
		}
		var out []connector.Node
		for _, n := range names {
			out = append(out, connector.Node{ID: nodeID(path[0], n), Name: n, HasChild: true})
		}
		return out, nil
	}
	return w.browseTable(ctx, path[0], path[1])
}

// browser is a browse over one connection.
type browser struct {
	c    *Connector
	conn *sql.Conn
}

func nodeID(path ...string) string {
	b, _ := json.Marshal(path) // never fails for strings
	return string(b)
}

// names lists the first column of a query.
func (w *browser) names(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := w.conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() && len(out) < maxNodes {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		out = append(out, name)
	}
	return out, rows.Err()
}

// browseTable lists the columns of a table with the values of its newest row.
func (w *browser) browseTable(ctx context.Context, schema, table string) ([]connector.Node, error) {
	rows, err := w.conn.QueryContext(ctx, w.c.settings.dialect.columns(), schema, table)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var newest string
	var columns []string
	for rows.Next() {
		var name, typ string
		if err := rows.Scan(&name, &typ); err != nil {
			return nil, err
		}
		columns = append(columns, name)
		if t := strings.ToLower(typ); newest == "" && (strings.HasPrefix(t, "timestamp") || strings.HasPrefix(t, "datetime")) {
			newest = name
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("browse: there is no table %q", table)
	}
	address := map[string]string{"schema": schema, "table": table}
	if newest != "" {
		address["time"] = newest
	}
	r := &request{c: w.c, source: source{schema: schema, table: table, time: newest}, picks: []pick{{time: newest}}}
	for _, name := range columns {
		r.points = append(r.points, point{address: &Address{Column: name}})
	}
	return w.sampled(ctx, r.selection(w.c.settings.dialect.lexis()).text, nil, address)
}

// browseQuery lists the columns of a query with the values of its first row.
func (w *browser) browseQuery(ctx context.Context, name string) ([]connector.Node, error) {
	q := w.c.settings.query(name)
	if q == nil {
		return nil, fmt.Errorf("browse: the device has no query %q", name)
	}
	st, err := parseStatement(q.SQL, w.c.settings.dialect.lexis(), "{last}")
	if err != nil {
		return nil, err
	}
	args := make([]any, len(st.params))
	for i := range args {
		args[i] = q.First
	}
	return w.sampled(ctx, st.text, args, map[string]string{"query": name})
}

// sampled runs a query and makes a node of every column.
func (w *browser) sampled(ctx context.Context, query string, args []any, address map[string]string) ([]connector.Node, error) {
	in, done, err := w.c.settings.dialect.begin(ctx, w.conn)
	if err != nil {
		return nil, err
	}
	defer func() {
		if done(ctx) != nil {
			w.c.drop()
		}
	}()
	rows, err := in.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	cells, into := make([]any, len(types)), make([]any, len(types))
	for i := range cells {
		into[i] = &cells[i]
	}
	if rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []connector.Node
	var seen []string
	for i, t := range types {
		if i == maxNodes || slices.Contains(seen, t.Name()) {
			continue
		}
		seen = append(seen, t.Name())
		address["column"] = t.Name()
		raw, err := json.Marshal(address)
		if err != nil {
			return nil, err
		}
		n := connector.Node{ID: nodeID("column", t.Name()), Name: t.Name(), Address: raw, Type: "string"}
		if cells[i] != nil {
			sh := w.c.settings.dialect.shape(t.DatabaseTypeName())
			typ := kind(cells[i], sh)
			n.Type = typ.String()
			if v, q := value(cells[i], sh, typ, w.c.settings.zone); q == tag.Good {
				if shown := v.AppendJSON(nil); len(shown) <= maxShown {
					n.Value = shown
				}
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// kind is the type of tag that suits a cell.
func kind(cell any, sh shape) tag.Type {
	switch x := cell.(type) {
	case bool:
		return tag.Bool
	case int64, uint64:
		return tag.Int
	case float32, float64:
		return tag.Float
	case []byte:
		switch {
		case sh.bits:
			return tag.Int
		case sh.binary && !sh.uuid:
			return tag.Bytes
		case sh.uuid:
			return tag.String
		}
		return guess(string(x), sh)
	case string:
		return guess(x, sh)
	}
	return tag.String
}

func guess(s string, sh shape) tag.Type {
	if sh.array {
		return tag.JSON
	}
	switch payload.Guess(s, '.').Type() {
	case tag.Int, tag.Float:
		return tag.Float
	}
	return tag.String
}
