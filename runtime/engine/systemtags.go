package engine

import (
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// systemTags are the slots of system/device/<id>/….
type systemTags struct {
	connected, state, latency, errors tag.Slot
}

// systemTag describes one system tag of a device.
type systemTag struct {
	name  string
	title spec.Text
	def   tag.Definition
	slot  func(*systemTags) *tag.Slot
}

var systemTagList = []systemTag{
	{"connected", spec.Text{"en": "Connected", "zh": "已连接"}, tag.Definition{Type: tag.Bool, Description: "Whether the device answers."}, func(s *systemTags) *tag.Slot { return &s.connected }},
	{"state", spec.Text{"en": "State", "zh": "状态"}, tag.Definition{Type: tag.String, Description: "disabled, connecting, connected or lost."}, func(s *systemTags) *tag.Slot { return &s.state }},
	{"latency", spec.Text{"en": "Latency", "zh": "延迟"}, tag.Definition{Type: tag.Float, Unit: "ms", Description: "Time of one exchange, moving average."}, func(s *systemTags) *tag.Slot { return &s.latency }},
	{"errors", spec.Text{"en": "Errors", "zh": "错误数"}, tag.Definition{Type: tag.Int, Description: "Failed exchanges and lost connections since the start."}, func(s *systemTags) *tag.Slot { return &s.errors }},
}

// systemPath is the path of a system tag.
func systemPath(device, name string) tag.Path {
	return tag.Path("system/device/" + device + "/" + name)
}

// systemTypes is the types of the system tags of the devices of a plant.
func systemTypes(devices []plant.Device, into map[tag.Path]tag.Type) {
	for _, d := range devices {
		for _, t := range systemTagList {
			into[systemPath(d.ID, t.name)] = t.def.Type
		}
	}
}

// publish brings the state of the device into its system tags: at once when the state has
// changed, else once a second.
func (d *device) publish(now bool) {
	s := &d.status
	s.Lock()
	if !now && time.Since(s.shown) < time.Second {
		s.Unlock()
		return
	}
	s.shown = time.Now()
	state, latency := s.state, s.latency
	s.Unlock()
	t := tag.Now()
	sample := func(v tag.Value) tag.Sample { return tag.Sample{Value: v, Source: t, Server: t} }
	updates := []tag.Update{
		{Slot: d.system.connected, Sample: sample(tag.OfBool(state == StateConnected))},
		{Slot: d.system.state, Sample: sample(tag.OfString(state))},
		{Slot: d.system.errors, Sample: sample(tag.OfInt(int64(d.errors.Load())))},
	}
	if state == StateConnected {
		updates = append(updates, tag.Update{Slot: d.system.latency, Sample: sample(tag.OfFloat(float64(int64(latency*1000+0.5)) / 1000))})
	} else {
		updates = append(updates, tag.Update{Slot: d.system.latency, Sample: tag.Sample{Quality: tag.BadNoCommunication, Source: t, Server: t}})
	}
	d.table.Apply(updates)
}

// DeviceStatus is how a device is doing.
type DeviceStatus struct {
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
	Connector string `json:"connector"`
	// State is disabled, connecting, connected or lost.
	State string `json:"state" enum:"disabled,connecting,connected,lost"`
	// Error is the last error, "" when there was none since it connected.
	Error string `json:"error,omitempty"`
	// Since is when the state began.
	Since time.Time `json:"since"`
	// LatencyMs is the moving average of the time of an exchange.
	LatencyMs float64 `json:"latencyMs"`
	// Tags is the number of its tags; Reads, Writes and Errors count exchanges.
	Tags   int    `json:"tags"`
	Reads  uint64 `json:"reads"`
	Writes uint64 `json:"writes"`
	Errors uint64 `json:"errors"`
	// Overruns counts rounds of scan classes that could not begin in time, Connects the
	// connections made, ClockFaults values with a source time that cannot be.
	Overruns    uint64 `json:"overruns"`
	Connects    uint64 `json:"connects"`
	ClockFaults uint64 `json:"clockFaults"`
	// Queue is the number of waiting writes.
	Queue int `json:"queue"`
}

// Devices is the state of all devices, in the order of the document.
func (e *Engine) Devices() []DeviceStatus {
	e.mu.RLock()
	defer e.mu.RUnlock()
	out := make([]DeviceStatus, 0, len(e.order))
	for _, id := range e.order {
		d := e.devices[id]
		doc := d.doc.Load()
		s := DeviceStatus{
			ID: id, Name: doc.Name, Connector: doc.Connector, Tags: len(d.plan.Load().sources),
			Reads: d.reads.Load(), Writes: d.writeCount.Load(), Errors: d.errors.Load(), Overruns: d.overruns.Load(),
			Connects: d.connects.Load(), ClockFaults: d.clockFaults.Load(), Queue: d.writes.size(),
		}
		d.status.Lock()
		s.State, s.Error, s.Since, s.LatencyMs = d.status.state, d.status.err, d.status.since, d.status.latency
		d.status.Unlock()
		out = append(out, s)
	}
	return out
}
