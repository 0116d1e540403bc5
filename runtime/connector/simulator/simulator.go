// Package simulator is a device made of formulas: waves, walks, a machine with states,
// a recording, and setpoints with something that follows them, so that screens and
// flows can be tried before the plant is there. With one clock and seed it always gives
// the same values.
package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{
			ID: "simulator", Version: 1, Icon: "activity", Category: "simulation",
			Title:    spec.Text{"en": "Simulator", "zh": "模拟器"},
			Summary:  spec.Text{"en": "Waves, walks, a machine model, recordings and setpoints without any hardware.", "zh": "无需硬件的波形、随机游走、机器模型、数据回放和设定值。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
		New: func(raw json.RawMessage) (connector.Connector, error) {
			s, r, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return newConnector(s, r, time.Now), nil
		},
		Address: func(raw json.RawMessage, t tag.Type, writable bool) (any, error) {
			return ParseAddress(raw, t, writable)
		},
		Check: func(raw json.RawMessage) error {
			_, _, err := decodeSettings(raw)
			return err
		},
	})
}

// Settings are those of one simulated device.
type Settings struct {
	// Seed makes the random parts of two devices differ, and those of one repeat.
	Seed int64 `json:"seed" title:"Seed" zh:"随机种子" help:"The same seed gives the same random values." helpZh:"相同的种子产生相同的随机值。" group:"connection" default:"1"`
	// CSV is a recording: a header line, a time column and value columns.
	CSV string `json:"csv,omitempty" kind:"text" title:"Recording (CSV)" zh:"回放数据 (CSV)" help:"A header line, a time column (seconds, or dates) and one column a value; played in a loop." helpZh:"首行为列名，含时间列（秒或日期）和数值列，循环回放。" group:"connection"`
	// TimeColumn is the name of the time column, "" for the first.
	TimeColumn string `json:"timeColumn,omitempty" title:"Time column" zh:"时间列" help:"The first column if empty." helpZh:"留空为第一列。" group:"connection"`
	// Machines are models that differ from the usual; any other name is a usual machine.
	Machines []Machine `json:"machines,omitempty" title:"Machines" zh:"机器模型" group:"advanced" advanced:"true" max:"100"`
}

func decodeSettings(raw json.RawMessage) (Settings, *loop, error) {
	var s Settings
	if err := spec.Decode(raw, &s); err != nil {
		return s, nil, err
	}
	r, err := parseRecording(s.CSV, s.TimeColumn)
	if err != nil {
		return s, nil, spec.Problems{{Code: "simulator_csv", At: "/csv", Message: err.Error(), Hint: "give a header line, rising times and as many columns in every row"}}
	}
	return s, r, nil
}

// Address says what a tag shows.
type Address struct {
	Kind   string        `json:"kind" title:"Kind" zh:"类型" required:"true" enum:"sine=Sine|正弦,ramp=Ramp|斜坡,square=Square|方波,random-walk=Random walk|随机游走,counter=Counter|计数器,machine=Machine model|机器模型,replay=Recording|数据回放,setpoint=Setpoint|设定值,follow=Follow a setpoint|跟随设定值"`
	Period spec.Duration `json:"period" title:"Period" zh:"周期" when:"kind=sine,ramp,square" default:"20s" min:"100ms" max:"240h"`
	Low    float64       `json:"low" title:"Low" zh:"下限" when:"kind=sine,ramp,square,random-walk" default:"0"`
	High   float64       `json:"high" title:"High" zh:"上限" when:"kind=sine,ramp,square,random-walk" default:"100"`
	// Phase shifts a wave by a part of its period.
	Phase float64 `json:"phase" title:"Phase" zh:"相位" help:"Part of the period, 0 to 1." helpZh:"占周期的比例，0 到 1。" when:"kind=sine,ramp,square" default:"0" min:"0" max:"1" advanced:"true"`
	Duty  float64 `json:"duty" title:"On share" zh:"占空比" when:"kind=square" default:"0.5" min:"0" max:"1"`
	// Step is the greatest change of a random walk in one second.
	Step float64 `json:"step" title:"Greatest change a second" zh:"每秒最大变化" when:"kind=random-walk" default:"2" min:"0"`
	// Interval is the time from one count to the next.
	Interval spec.Duration `json:"interval" title:"Time a count" zh:"计数间隔" when:"kind=counter" default:"1s" min:"1ms" max:"240h"`
	Modulo   int64         `json:"modulo" title:"Counts before zero" zh:"回零计数" help:"0 counts on for ever." helpZh:"0 表示一直累加。" when:"kind=counter" default:"0" min:"0" advanced:"true"`
	// Name tells walks, counters, machines and setpoints apart; tags of one name share it.
	Name string `json:"name,omitempty" title:"Name" zh:"名称" help:"Tags that give the same name show the same machine, setpoint or walk." helpZh:"名称相同的变量共用同一机器、设定值或游走。" when:"kind=random-walk,machine,setpoint" max:"64"`
	Part string `json:"part" title:"Value" zh:"数值" when:"kind=machine" enum:"state=State (0 idle 1 run 2 fault)|状态（0 空闲 1 运行 2 故障）,speed=Speed|速度,counter=Counter|产量,current=Motor current|电机电流" default:"state"`
	// Column is the name of a column of the recording.
	Column string `json:"column,omitempty" title:"Column" zh:"列" required:"true" when:"kind=replay"`
	// Initial is the first value of a setpoint, and where a follower begins.
	Initial json.RawMessage `json:"initial,omitempty" title:"First value" zh:"初始值" when:"kind=setpoint,follow"`
	// Setpoint is the name of the setpoint that a follower runs after.
	Setpoint string `json:"setpoint,omitempty" title:"Setpoint" zh:"设定值名称" help:"Name of a setpoint of this device; \"\" is the one without a name." helpZh:"本设备的设定值名称；留空为未命名的设定值。" when:"kind=follow" max:"64"`
	// Lag is the time in which a follower covers 63 % of the way.
	Lag    spec.Duration `json:"lag" title:"Lag" zh:"滞后时间" help:"Time in which it covers 63 % of the way." helpZh:"完成 63% 变化所需的时间。" when:"kind=follow" default:"3s" min:"0s" max:"24h"`
	Gain   float64       `json:"gain" title:"Gain" zh:"增益" when:"kind=follow" default:"1" advanced:"true"`
	Offset float64       `json:"offset" title:"Offset" zh:"偏移" when:"kind=follow" default:"0" advanced:"true"`

	initial tag.Value
	key     string // of what keeps state
}

// ParseAddress decodes and checks an address. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if a.Low >= a.High {
		ps.Add("simulator_range", "/high", "give a high above the low", "high %g is not above low %g", a.High, a.Low)
	}
	if writable && a.Kind != "setpoint" {
		ps.Add("not_writable", "/kind", "choose the kind setpoint, or make the tag read-only", "a %s cannot be written", a.Kind)
	}
	switch {
	case t == tag.Bytes || t == tag.JSON, t == tag.String && a.Kind != "setpoint" && a.Kind != "replay" && (a.Kind != "machine" || a.Part != "state"):
		ps.Add("type_mismatch", "", "choose another type of the tag", "a %s cannot be delivered as %s", a.Kind, t)
	}
	if a.Initial != nil {
		want := t
		if a.Kind == "follow" {
			want = tag.Float
		}
		v, err := tag.Parse(a.Initial, want)
		if err != nil {
			ps.Add("value_type", "/initial", "give a value of the tag's type", "%v", err)
		}
		a.initial = v
	}
	a.key = a.Kind + "/" + a.Name
	if a.Kind == "follow" {
		a.key = fmt.Sprintf("follow/%s/%v/%g/%g", a.Setpoint, a.Lag.Std(), a.Gain, a.Offset)
	}
	if a.Kind == "random-walk" {
		a.key = fmt.Sprintf("walk/%s/%g/%g/%g", a.Name, a.Low, a.High, a.Step)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// Connector is one simulated device.
type Connector struct {
	settings  Settings
	recording *loop
	now       func() time.Time

	mu        sync.Mutex
	open      bool
	began     time.Time
	walks     map[string]*walk
	machines  map[string]*machine
	setpoints map[string]tag.Value
	followers map[string]*follower
}

func newConnector(s Settings, r *loop, now func() time.Time) *Connector {
	return &Connector{
		settings: s, recording: r, now: now, walks: map[string]*walk{}, machines: map[string]*machine{},
		setpoints: map[string]tag.Value{}, followers: map[string]*follower{},
	}
}

// Connect implements connector.Connector. What was written survives a reconnect.
func (c *Connector) Connect(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.began.IsZero() {
		c.began = c.now()
	}
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

// Plan implements connector.Connector: everything is one request.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	if len(points) == 0 {
		return nil
	}
	r := &request{c: c, points: points, ids: make([]int, len(points))}
	for i := range points {
		r.ids[i] = points[i].ID
		if a, ok := points[i].Address.(*Address); ok && a.Kind == "setpoint" {
			c.begin(a, points[i].Type)
		}
	}
	return []connector.Request{r}
}

// begin gives a setpoint its first value before anybody follows it.
func (c *Connector) begin(a *Address, t tag.Type) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.setpoints[a.Name]; there {
		return
	}
	v := a.initial
	if v.IsNone() {
		v = map[tag.Type]tag.Value{tag.Bool: tag.OfBool(false), tag.Int: tag.OfInt(0), tag.String: tag.OfString("")}[t]
		if v.IsNone() {
			v = tag.OfFloat(0)
		}
	}
	c.setpoints[a.Name] = v
}

type request struct {
	c      *Connector
	points []connector.Point
	ids    []int
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// Read implements connector.Request.
func (r *request) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	c := r.c
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return dst, connector.ErrNotConnected
	}
	now := c.now()
	dst = slices.Grow(dst, len(r.points))
	for i := range r.points {
		p := &r.points[i]
		s := tag.Sample{Quality: tag.BadConfigurationError, Source: tag.TimeOf(now)}
		if a, ok := p.Address.(*Address); ok {
			s.Value, s.Quality = c.value(a, now)
			if a.Kind == "machine" && a.Part == "state" && p.Type == tag.String {
				s.Value = tag.OfString(stateNames[s.Value.Int()])
			}
		}
		if s.Quality == tag.Good {
			s.Value, s.Quality = fit(s.Value, p.Type)
		}
		dst = append(dst, connector.Update{Point: p.ID, Sample: s})
	}
	return dst, nil
}

// fit delivers a value in the type of the tag; a whole number of a wave is its nearest.
func fit(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	if t == tag.Int && v.Type() == tag.Float {
		v = tag.OfFloat(math.Round(v.Float()))
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

func (c *Connector) value(a *Address, now time.Time) (tag.Value, tag.Quality) {
	switch a.Kind {
	case "sine":
		return tag.OfFloat((a.Low+a.High)/2 + (a.High-a.Low)/2*math.Sin(2*math.Pi*a.turn(now))), tag.Good
	case "ramp":
		return tag.OfFloat(a.Low + (a.High-a.Low)*a.turn(now)), tag.Good
	case "square":
		if a.turn(now) < a.Duty {
			return tag.OfFloat(a.High), tag.Good
		}
		return tag.OfFloat(a.Low), tag.Good
	case "random-walk":
		w := c.walks[a.key]
		if w == nil {
			w = newWalk(c.random(a.key), a, c.began)
			c.walks[a.key] = w
		}
		return tag.OfFloat(w.at(now)), tag.Good
	case "counter":
		n := int64(now.Sub(c.began) / a.Interval.Std())
		if a.Modulo > 0 {
			n %= a.Modulo
		}
		return tag.OfInt(n), tag.Good
	case "machine":
		m := c.machines[a.Name]
		if m == nil {
			m = newMachine(c.random("machine/"+a.Name), c.settings.model(a.Name), c.began)
			c.machines[a.Name] = m
		}
		m.advance(now)
		return m.part(a.Part), tag.Good
	case "replay":
		return c.recording.at(a.Column, now.Sub(c.began))
	case "setpoint":
		return c.setpoints[a.Name], tag.Good
	case "follow":
		target, ok := c.setpoints[a.Setpoint]
		if !ok || target.Type() == tag.String {
			return tag.Value{}, tag.BadConfigurationError
		}
		f := c.followers[a.key]
		if f == nil {
			f = &follower{address: a, value: target.Float()*a.Gain + a.Offset, last: now}
			if !a.initial.IsNone() {
				f.value = a.initial.Float()
			}
			c.followers[a.key] = f
		}
		return tag.OfFloat(f.step(target, now)), tag.Good
	}
	return tag.Value{}, tag.BadConfigurationError
}

// turn is the part of the period that has passed, 0 to 1.
func (a *Address) turn(now time.Time) float64 {
	period := a.Period.Std()
	_, part := math.Modf(float64(now.UnixNano()%int64(period))/float64(period) + a.Phase)
	return part
}

// Write implements connector.Connector.
func (c *Connector) Write(_ context.Context, p connector.Point, v tag.Value) error {
	a, ok := p.Address.(*Address)
	if !ok || a.Kind != "setpoint" {
		return &connector.StatusError{Quality: tag.BadNotWritable, Message: "only a setpoint can be written"}
	}
	if p.Type != tag.None {
		w, err := v.Convert(p.Type)
		if err != nil {
			return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: err.Error()}
		}
		v = w
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.open {
		return connector.ErrNotConnected
	}
	// What followed the old value until now must have got there first.
	now := c.now()
	if old, there := c.setpoints[a.Name]; there {
		for _, f := range c.followers {
			if f.address.Setpoint == a.Name {
				f.step(old, now)
			}
		}
	}
	c.setpoints[a.Name] = v
	return nil
}
