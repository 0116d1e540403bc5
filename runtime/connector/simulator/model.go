package simulator

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// tick is the step of what is simulated in steps; maxTicks bounds how much of a long
// pause is made up for.
const (
	tick     = 100 * time.Millisecond
	maxTicks = 36_000
)

// random is a source of its own for everything that has a name.
func (c *Connector) random(name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(uint64(c.settings.Seed), h.Sum64()))
}

// steps counts the ticks since last and moves last on.
func steps(last *time.Time, now time.Time) int {
	n := now.Sub(*last) / tick
	if n <= 0 {
		return 0
	}
	if n > maxTicks {
		n = maxTicks
		*last = now
		return int(n)
	}
	*last = last.Add(n * tick)
	return int(n)
}

// walk goes a random step each tick and turns round at its ends.
type walk struct {
	random          *rand.Rand
	low, high, step float64
	value           float64
	last            time.Time
}

func newWalk(r *rand.Rand, a *Address, began time.Time) *walk {
	return &walk{random: r, low: a.Low, high: a.High, step: a.Step * tick.Seconds(), value: (a.Low + a.High) / 2, last: began}
}

func (w *walk) at(now time.Time) float64 {
	for range steps(&w.last, now) {
		w.value += (2*w.random.Float64() - 1) * w.step
		if w.value > w.high {
			w.value = max(w.low, 2*w.high-w.value)
		}
		if w.value < w.low {
			w.value = min(w.high, 2*w.low-w.value)
		}
	}
	return w.value
}

// follower is a first-order lag behind a setpoint.
type follower struct {
	address *Address
	value   float64
	last    time.Time
}

// step moves on to now, the setpoint having been target since the last step.
func (f *follower) step(target tag.Value, now time.Time) float64 {
	goal, lag := target.Float()*f.address.Gain+f.address.Offset, f.address.Lag.Std()
	if lag <= 0 {
		f.value = goal
	} else if passed := now.Sub(f.last); passed > 0 {
		f.value += (goal - f.value) * -math.Expm1(-passed.Seconds()/lag.Seconds())
	}
	f.last = now
	return f.value
}

// Machine is the model of a machine that idles, runs and fails.
type Machine struct {
	Name string `json:"name" title:"Name" zh:"名称" required:"true" max:"64"`
	// The weights say how likely a state is the next one, the times how long it lasts on average.
	IdleWeight  float64       `json:"idleWeight" title:"Weight of idle" zh:"空闲权重" default:"2" min:"0"`
	RunWeight   float64       `json:"runWeight" title:"Weight of run" zh:"运行权重" default:"8" min:"0"`
	FaultWeight float64       `json:"faultWeight" title:"Weight of fault" zh:"故障权重" default:"1" min:"0"`
	IdleTime    spec.Duration `json:"idleTime" title:"Time idle" zh:"空闲时长" default:"8s" min:"100ms" max:"24h"`
	RunTime     spec.Duration `json:"runTime" title:"Time running" zh:"运行时长" default:"40s" min:"100ms" max:"24h"`
	FaultTime   spec.Duration `json:"faultTime" title:"Time in fault" zh:"故障时长" default:"6s" min:"100ms" max:"24h"`
	// Speed is in pieces a minute.
	Speed   float64 `json:"speed" title:"Speed" zh:"额定速度" unit:"1/min" default:"120" min:"0"`
	Current float64 `json:"current" title:"Motor current" zh:"额定电流" unit:"A" default:"12" min:"0"`
}

// model is that of a machine by name, the usual one when the settings have none.
func (s Settings) model(name string) Machine {
	for _, m := range s.Machines {
		if m.Name == name {
			return m
		}
	}
	var m Machine
	if err := spec.Decode([]byte(`{"name":"usual"}`), &m); err != nil {
		panic(err) // a mistake in the defaults above
	}
	return m
}

const (
	stateIdle = iota
	stateRun
	stateFault
)

var stateNames = [...]string{"idle", "run", "fault"}

// machine runs a model tick by tick.
type machine struct {
	model   Machine
	random  *rand.Rand
	last    time.Time
	state   int
	left    int // ticks in this state
	speed   float64
	counter float64
	noise   float64
}

func newMachine(r *rand.Rand, m Machine, began time.Time) *machine {
	x := &machine{model: m, random: r, last: began}
	x.enter(stateRun)
	return x
}

func (m *machine) enter(state int) {
	m.state = state
	mean := [...]time.Duration{m.model.IdleTime.Std(), m.model.RunTime.Std(), m.model.FaultTime.Std()}[state]
	m.left = max(1, int(float64(mean/tick)*(0.5+m.random.Float64())))
}

// next draws another state by the weights.
func (m *machine) next() int {
	weights := [...]float64{m.model.IdleWeight, m.model.RunWeight, m.model.FaultWeight}
	weights[m.state] = 0
	all := weights[0] + weights[1] + weights[2]
	if all <= 0 {
		return m.state
	}
	at := m.random.Float64() * all
	for s, w := range weights {
		if at < w {
			return s
		}
		at -= w
	}
	return m.state
}

func (m *machine) advance(now time.Time) {
	for range steps(&m.last, now) {
		if m.left--; m.left <= 0 {
			m.enter(m.next())
		}
		goal, lag := 0.0, 1.0
		if m.state == stateRun {
			goal, lag = m.model.Speed, 2.0
		}
		m.speed += (goal - m.speed) * tick.Seconds() / lag
		if m.speed < m.model.Speed/1000 {
			m.speed = 0
		}
		m.counter += m.speed / 60 * tick.Seconds()
		m.noise = m.random.Float64() - 0.5
	}
}

func (m *machine) part(name string) tag.Value {
	switch name {
	case "speed":
		return tag.OfFloat(m.speed)
	case "counter":
		return tag.OfInt(int64(m.counter))
	case "current":
		load := 0.0
		if m.model.Speed > 0 {
			load = m.speed / m.model.Speed
		}
		idle := 0.0
		if m.state != stateFault {
			idle = 0.1
		}
		return tag.OfFloat(max(0, m.model.Current*(idle+0.9*load*(1+0.06*m.noise))))
	}
	return tag.OfInt(int64(m.state))
}
