package sql

import (
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says which cell holds a value, and how it is written.
type Address struct {
	// Query is the name of a query of the settings; without it, Table is read.
	Query  string `json:"query,omitempty" title:"Query" zh:"查询" help:"Name of a query of the device; a table is read if empty." helpZh:"设备中查询的名称；留空则读取表。" max:"64"`
	Schema string `json:"schema,omitempty" title:"Schema" zh:"模式" help:"Of the table; the usual one if empty." helpZh:"表所在的模式；留空为默认。" max:"256"`
	Table  string `json:"table,omitempty" title:"Table or view" zh:"表或视图" max:"256"`
	Column string `json:"column" title:"Column" zh:"列" required:"true" min:"1" max:"256"`
	// KeyColumn and Key choose among the rows; of these the newest by Time counts, without it the first.
	KeyColumn string `json:"keyColumn,omitempty" title:"Column of the key" zh:"键列" help:"Only rows with the key count." helpZh:"仅使用键匹配的行。" max:"256"`
	Key       string `json:"key,omitempty" title:"Key" zh:"键" max:"1024"`
	Time      string `json:"time,omitempty" title:"Column of the time" zh:"时间列" help:"The newest row counts, and its time is that of the value; else the first row." helpZh:"取时间最新的行，并以其时间为数值时间；否则取第一行。" max:"256"`
	// Null says what NULL means.
	Null string `json:"null" title:"NULL is" zh:"NULL 表示" enum:"bad=No value|无值,hold=The last value|保持上一个值" default:"bad" advanced:"true"`

	// Write is carried out to write.
	Write string `json:"write,omitempty" kind:"text" title:"Statement for writing" zh:"写入语句" help:"With :value, :time and :tag, such as UPDATE set SET v = :value WHERE id = 1." helpZh:"可用 :value、:time 和 :tag，例如 UPDATE set SET v = :value WHERE id = 1。" max:"16384" advanced:"true"`
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, _ tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	switch {
	case a.Query == "" && a.Table == "":
		ps.Add("sql_address", "/table", "name a table, or a query of the device", "there is neither a table nor a query")
	case a.Query != "" && (a.Table != "" || a.Schema != ""):
		ps.Add("sql_address", "/table", "leave the table or the query out", "there are a table and a query")
	}
	if (a.Key != "") != (a.KeyColumn != "") {
		ps.Add("sql_address", "/keyColumn", "give both or neither", "key and column of the key go together")
	}
	if writable && a.Write == "" {
		ps.Add("not_writable", "/write", "give a statement, or make the tag read-only", "there is no statement for writing")
	}
	if a.Write != "" {
		// The data base is not known here; in all of them a statement without texts reads the same.
		if st, err := parseStatement(a.Write, dialects["postgres"].lexis(), writeParams...); err != nil && err != errUnclosed {
			ps.Add("sql_address", "/write", "use :value, :time and :tag", "%v", err)
		} else if err == nil && writable && len(st.params) == 0 {
			ps.Add("sql_address", "/write", "use :value, :time and :tag", "the value is not in the statement")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

var writeParams = []string{":value", ":time", ":tag"}

// source names what is queried: equal sources are one query.
type source struct{ query, schema, table, keyColumn, time string }

func (a *Address) source() source {
	if a.Query != "" {
		return source{query: a.Query}
	}
	return source{schema: a.Schema, table: a.Table, keyColumn: a.KeyColumn, time: a.Time}
}

// String is the source for a person.
func (s source) String() string {
	if s.query != "" {
		return fmt.Sprintf("query %q", s.query)
	}
	return fmt.Sprintf("table %q", s.table)
}
