// Package file watches files that other programs write: CSV, JSON and JSON lines, in the one
// folder that the server was started with. A file that grows is read on from where it was, a
// replaced or rewritten one from the beginning; of a large one only the end is read.
//
// A look at a file is a look at its size and time, once a scan: notices of the system would not
// come from network drives.
package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "file", Version: 1, Icon: "file-text", Category: "data",
			Title:    spec.Text{"en": "Files (CSV, JSON)", "zh": "文件（CSV、JSON）"},
			Summary:  spec.Text{"en": "Watches CSV, JSON and JSON lines files in the folder for files of the server.", "zh": "监视服务器文件目录中的 CSV、JSON 和 JSON Lines 文件。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
	}, decodeSettings, newConnector, ParseAddress))
}

// Settings are those of one device.
type Settings struct {
	// File is a name in the folder for files; its last part may be a pattern.
	File   string `json:"file,omitempty" title:"File" zh:"文件" help:"In the folder for files of the server (--files), such as line1.csv or logs/*.csv: of several the one changed last. A tag may name another." helpZh:"位于服务器的文件目录中 (--files)，例如 line1.csv 或 logs/*.csv：多个文件时取最后修改的一个。变量可指定其他文件。" group:"connection" max:"1024"`
	Format string `json:"format" title:"Format" zh:"格式" group:"connection" enum:"csv=CSV|CSV,json=JSON|JSON,jsonl=JSON lines|JSON Lines" default:"csv"`

	Delimiter string `json:"delimiter" title:"Between columns" zh:"列分隔符" group:"content" when:"format=csv" enum:"auto=By the first line|按首行判断,comma=Comma|逗号,semicolon=Semicolon|分号,tab=Tab|制表符,pipe=Bar ( | )" default:"auto"`
	Headless  bool   `json:"headless" title:"No line of names" zh:"无列名行" group:"content" when:"format=csv" default:"false"`
	Decimal   string `json:"decimal" title:"Decimal separator" zh:"小数点" group:"content" when:"format=csv" enum:"point=Point|点,comma=Comma|逗号" default:"point"`
	Charset   string `json:"charset" title:"Encoding" zh:"字符编码" help:"A byte order mark goes before." helpZh:"字节顺序标记优先。" group:"content" enum:"utf-8=UTF-8,utf-16=UTF-16,gbk=GBK,latin1=Latin 1" default:"utf-8"`
	Zone      string `json:"zone" title:"Time zone" zh:"时区" help:"Of times that name none: UTC, local, or a name such as Asia/Shanghai." helpZh:"用于未注明时区的时间：UTC、local 或 Asia/Shanghai 等名称。" group:"content" default:"UTC" max:"64"`

	zone    *time.Location
	charset *payload.Charset
}

var delimiters = map[string]byte{"auto": 0, "comma": ',', "semicolon": ';', "tab": '\t', "pipe": '|'}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.File != "" {
		if err := checkPattern(s.File); err != nil {
			ps.Add("file_outside", "/file", "give a name below the folder for files, without ..", "%v", err)
		}
	}
	if s.zone, err = payload.LoadZone(s.Zone); err != nil {
		ps.Add("time_zone", "/zone", "write UTC, local or a name such as Asia/Shanghai", "%v", err)
	}
	if s.charset, err = payload.LoadCharset(s.Charset); err != nil {
		ps.Add("encoding", "/charset", "write utf-8, gbk, utf-16 or latin1", "%v", err)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// checkPattern checks a name whose last part may be a pattern.
func checkPattern(name string) error {
	if err := folder.Check(name); err != nil {
		return err
	}
	dir, last := path.Split(name)
	if isPattern(dir) {
		return fmt.Errorf("only the last part of %q may be a pattern", name)
	}
	if _, err := path.Match(last, ""); err != nil {
		return fmt.Errorf("%q is not a pattern", last)
	}
	return nil
}

func isPattern(name string) bool { return strings.ContainsAny(name, "*?[") }

// Address says where in a file a value is.
type Address struct {
	File string `json:"file,omitempty" title:"File" zh:"文件" help:"That of the device if empty." helpZh:"留空为设备的文件。" max:"1024"`
	// Column is for CSV, Path for JSON.
	Column string `json:"column,omitempty" title:"Column" zh:"列" help:"For CSV: name in the first line, or number from 1." helpZh:"用于 CSV：首行中的列名，或从 1 开始的列号。" max:"256"`
	Path   string `json:"path,omitempty" title:"Place in the JSON" zh:"JSON 中的位置" help:"For JSON: such as $.data[0].temp, data[-1].temp for the last, or /data/0/temp; the whole if empty." helpZh:"用于 JSON：例如 $.data[0].temp、data[-1].temp（最后一个）或 /data/0/temp；留空为整个内容。" max:"512"`
	// KeyColumn and Key choose among rows or lines.
	KeyColumn string `json:"keyColumn,omitempty" title:"Column or place of the key" zh:"键的列或位置" help:"Only rows or lines with the key count." helpZh:"仅使用键匹配的行。" max:"512"`
	Key       string `json:"key,omitempty" title:"Key" zh:"键" max:"1024"`
	Row       string `json:"row" title:"Row" zh:"行" help:"By the time, if there is one." helpZh:"如有时间，则按时间排序。" enum:"last=Last|最后一行,first=First|第一行" default:"last"`
	Time      string `json:"time,omitempty" title:"Column or place of the time" zh:"时间的列或位置" help:"The time of the file if empty." helpZh:"留空为文件时间。" max:"512"`

	path, keyPath, timePath payload.Path
	pathErr                 error
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, _ tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if a.File != "" {
		if err := checkPattern(a.File); err != nil {
			ps.Add("file_outside", "/file", "give a name below the folder for files, without ..", "%v", err)
		}
	}
	if writable {
		ps.Add("not_writable", "", "make the tag read-only", "files are read only")
	}
	if a.Column != "" && a.Path != "" {
		ps.Add("file_address", "/path", "give a column for CSV, or a place for JSON", "there are a column and a place")
	}
	if (a.Key != "") != (a.KeyColumn != "") {
		ps.Add("file_address", "/keyColumn", "give both or neither", "key and column of the key go together")
	}
	var err error
	if a.path, err = payload.ParsePath(a.Path); err != nil {
		ps.Add("file_address", "/path", "write a place such as $.data[0].temp or /data/0/temp", "%v", err)
	}
	// Which format it is says the device: a name of a column need not be a place.
	var keyErr, timeErr error
	a.keyPath, keyErr = payload.ParsePath(a.KeyColumn)
	a.timePath, timeErr = payload.ParsePath(a.Time)
	a.pathErr = errors.Join(keyErr, timeErr)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// Connector is one device.
type Connector struct {
	settings *Settings

	mu   sync.Mutex
	open bool
}

func newConnector(s *Settings) *Connector { return &Connector{settings: s} }

// Connect implements connector.Connector. There is something to read from when there is the
// folder; a file may come later.
func (c *Connector) Connect(ctx context.Context) error {
	if _, err := folder.List(""); err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = true
	return ctx.Err()
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = false
	return nil
}

func (c *Connector) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.open
}

// Write implements connector.Connector.
func (c *Connector) Write(context.Context, connector.Point, tag.Value) error {
	if c.closed() {
		return connector.ErrNotConnected
	}
	return &connector.StatusError{Quality: tag.BadNotWritable, Message: "files are read only"}
}
