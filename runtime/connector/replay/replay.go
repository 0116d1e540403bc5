// Package replay plays a recording as if it were a device: in real time or faster, once or again
// and again, with its times shifted to now. Every sample that was recorded is delivered, whatever
// the scan classes.
package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/connector/recording"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "replay", Version: 1, Icon: "history", Category: "simulation",
			Title:    spec.Text{"en": "Replay", "zh": "回放"},
			Summary:  spec.Text{"en": "Plays a recording (CSV or JSON lines) in real time or faster, for trying apps.", "zh": "以实时或更快的速度回放记录（CSV 或 JSON Lines），用于试用应用。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		Push:          true,
		CanBrowse:     true,
	}, decodeSettings, newConnector, ParseAddress))
}

// Settings are those of one recording.
type Settings struct {
	Source string `json:"source" title:"Recording" zh:"记录来源" group:"connection" enum:"file=File|文件,text=Text|文本" default:"file"`
	File   string `json:"file,omitempty" title:"File" zh:"文件" help:"In the folder for files of the server (--files)." helpZh:"位于服务器的文件目录中 (--files)。" group:"connection" when:"source=file" required:"true" max:"1024"`
	Text   string `json:"text,omitempty" kind:"text" title:"CSV or JSON lines" zh:"CSV 或 JSON Lines" help:"With the columns time, tag, value and quality, or a column for every tag." helpZh:"含 time、tag、value 和 quality 列，或每个变量一列。" group:"connection" when:"source=text" required:"true" max:"500000"`

	TimeColumn string  `json:"timeColumn,omitempty" title:"Column of the time" zh:"时间列" help:"The column time, or else the first, if empty." helpZh:"留空为 time 列，否则为第一列。" group:"content" max:"256" advanced:"true"`
	Speed      float64 `json:"speed" title:"Speed" zh:"速度" help:"1 is real time, 10 is ten times as fast." helpZh:"1 为实时，10 为十倍速。" group:"content" default:"1" min:"0.001" max:"10000"`
	Loop       bool    `json:"loop" title:"Again and again" zh:"循环" group:"content" default:"true"`
	From       string  `json:"from,omitempty" title:"From" zh:"开始" help:"A time of the recording; its beginning if empty." helpZh:"记录中的时间；留空为开头。" group:"content" max:"64" advanced:"true"`
	To         string  `json:"to,omitempty" title:"To" zh:"结束" help:"A time of the recording; its end if empty." helpZh:"记录中的时间；留空为结尾。" group:"content" max:"64" advanced:"true"`
	// KeepTimes leaves the times of the samples as they were recorded.
	KeepTimes bool   `json:"keepTimes" title:"Keep the recorded times" zh:"保留记录时间" help:"Otherwise they are shifted to now." helpZh:"否则平移到当前时间。" group:"content" default:"false" advanced:"true"`
	Zone      string `json:"zone" title:"Time zone" zh:"时区" help:"Of times that name none: UTC, local, or a name such as Asia/Shanghai." helpZh:"用于未注明时区的时间：UTC、local 或 Asia/Shanghai 等名称。" group:"content" default:"UTC" max:"64" advanced:"true"`

	zone     *time.Location
	from, to tag.Time
	whole    bool // no To
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.zone, err = payload.LoadZone(s.Zone); err != nil {
		ps.Add("time_zone", "/zone", "write UTC, local or a name such as Asia/Shanghai", "%v", err)
		return nil, ps
	}
	if s.Source == "file" {
		if err := folder.Check(s.File); err != nil {
			ps.Add("file_outside", "/file", "give a name below the folder for files, without ..", "%v", err)
		}
	} else if _, err := recording.NewReader(strings.NewReader(s.Text), s.TimeColumn, s.zone); err != nil {
		ps.Add("replay_text", "/text", "give the columns time, tag and value, or time and a column for every tag", "%v", err)
	}
	if s.From != "" {
		if s.from, err = recording.ParseTime(s.From, s.zone); err != nil {
			ps.Add("replay_time", "/from", "write a time such as 2026-01-31 08:00:00", "%v", err)
		}
	}
	if s.whole = s.To == ""; !s.whole {
		if s.to, err = recording.ParseTime(s.To, s.zone); err != nil {
			ps.Add("replay_time", "/to", "write a time such as 2026-01-31 08:00:00", "%v", err)
		} else if s.From != "" && s.to <= s.from {
			ps.Add("replay_time", "/to", "give a later time", "the end is not after the beginning")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Address names a tag of the recording.
type Address struct {
	Tag string `json:"tag" title:"Tag" zh:"变量" help:"As it is called in the recording." helpZh:"在记录中的名称。" required:"true" min:"1" max:"1024"`
}

// ParseAddress decodes and checks an address. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, _ tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	if writable {
		return nil, spec.Problems{{Code: "not_writable", Message: "a recording cannot be written", Hint: "make the tag read-only"}}
	}
	return a, nil
}

// Connector is one recording that is played.
type Connector struct {
	settings *Settings

	mu    sync.Mutex
	ended chan struct{} // closed by Close; nil when not connected
	began time.Time     // when the present round began; zero before the first
}

func newConnector(s *Settings) *Connector { return &Connector{settings: s} }

// Connect implements connector.Connector. The recording goes on where it was.
func (c *Connector) Connect(ctx context.Context) error {
	_, close, err := c.read()
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended == nil {
		c.ended = make(chan struct{})
	}
	return ctx.Err()
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		close(c.ended)
		c.ended = nil
	}
	return nil
}

// Plan implements connector.Connector: everything is pushed.
func (c *Connector) Plan([]connector.Point) []connector.Request { return nil }

// Write implements connector.Connector.
func (c *Connector) Write(context.Context, connector.Point, tag.Value) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended == nil {
		return connector.ErrNotConnected
	}
	return &connector.StatusError{Quality: tag.BadNotWritable, Message: "a recording cannot be written"}
}

// read opens the recording at its beginning.
func (c *Connector) read() (*recording.Reader, func(), error) {
	s := c.settings
	var in io.Reader = strings.NewReader(s.Text)
	closing := func() {}
	if s.Source == "file" {
		f, err := folder.Open(s.File)
		if err != nil {
			return nil, nil, err
		}
		in, closing = f, func() { _ = f.Close() }
	}
	r, err := recording.NewReader(in, s.TimeColumn, s.zone)
	if err != nil {
		closing()
		return nil, nil, err
	}
	return r, closing, nil
}

// maxBrowsed is the most rows that a browse looks at, maxNodes the most tags that it lists.
const (
	maxBrowsed = 20_000
	maxNodes   = 1000
)

// Browse implements connector.Browser: the tags of the recording with their first values.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if id != "" {
		return nil, fmt.Errorf("browse %q: there is nothing of that name", id)
	}
	r, closing, err := c.read()
	if err != nil {
		return nil, err
	}
	defer closing()
	out, index := []connector.Node{}, map[string]int{}
	for n := 0; n < maxBrowsed && ctx.Err() == nil; n++ {
		row, err := r.Next()
		if wrong := (*recording.BadRow)(nil); errors.As(err, &wrong) {
			continue
		}
		if err != nil {
			break
		}
		for i := range row.Entries {
			e := &row.Entries[i]
			at, known := index[e.Tag]
			if !known && len(out) < maxNodes {
				raw, err := json.Marshal(Address{Tag: e.Tag})
				if err != nil {
					return nil, err
				}
				at, index[e.Tag] = len(out), len(out)
				out = append(out, connector.Node{ID: e.Tag, Name: e.Tag, Address: raw})
				known = true
			}
			if v, _ := e.Value(tag.None); known && out[at].Type == "" && !v.IsNone() {
				out[at].Type, out[at].Value = v.Type().String(), v.AppendJSON(nil)
			}
		}
	}
	for i := range out {
		if out[i].Type == "" {
			out[i].Type = "float"
		}
	}
	return out, nil
}
