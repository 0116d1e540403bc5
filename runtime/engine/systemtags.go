package engine

import (
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// systemTags are the slots of system/device/<id>/…, in the order of systemTagList, and what they
// show now. shown is guarded by its lock.
type systemTags struct {
	slots [systemTagCount]tag.Slot
	sync.Mutex
	shown [systemTagCount]tag.Sample
}

// deviceNow is what the system tags of a device are made of.
type deviceNow struct {
	state, err  string
	since       time.Time
	latency     float64
	flaps       int
	flapping    bool
	failure     tag.Value
	clockOffset float64
	device      *device
}

// systemTag describes one system tag of a device.
type systemTag struct {
	name  string
	title spec.Text
	def   tag.Definition
	value func(n *deviceNow) tag.Value // none: there is none now
}

const systemTagCount = 15

var systemTagList = [systemTagCount]systemTag{
	{"connected", spec.Text{"en": "Connected", "zh": "已连接"}, tag.Definition{Type: tag.Bool, Description: "Whether the device answers."}, func(n *deviceNow) tag.Value { return tag.OfBool(n.state == StateConnected) }},
	{"state", spec.Text{"en": "State", "zh": "状态"}, tag.Definition{Type: tag.String, Description: "disabled, connecting, connected or lost."}, func(n *deviceNow) tag.Value { return tag.OfString(n.state) }},
	{"since", spec.Text{"en": "State since", "zh": "状态开始时间"}, tag.Definition{Type: tag.String, Description: "When the state began (ISO 8601)."}, func(n *deviceNow) tag.Value { return tag.OfString(n.since.UTC().Format(time.RFC3339)) }},
	{"error", spec.Text{"en": "Last error", "zh": "最近错误"}, tag.Definition{Type: tag.String, Description: "The last error since it was connected, empty when there was none."}, func(n *deviceNow) tag.Value { return tag.OfString(n.err) }},
	{"latency", spec.Text{"en": "Latency", "zh": "延迟"}, tag.Definition{Type: tag.Float, Unit: "ms", Description: "Time of one exchange, moving average."}, func(n *deviceNow) tag.Value {
		if n.state != StateConnected {
			return tag.Value{}
		}
		return tag.OfFloat(float64(int64(n.latency*1000+0.5)) / 1000)
	}},
	{"errors", spec.Text{"en": "Errors", "zh": "错误数"}, tag.Definition{Type: tag.Int, Description: "Failed exchanges and lost connections since the start."}, func(n *deviceNow) tag.Value { return tag.OfInt(int64(n.device.errors.Load())) }},
	{"overruns", spec.Text{"en": "Overruns", "zh": "扫描超时数"}, tag.Definition{Type: tag.Int, Description: "Rounds of scan classes that could not begin in time since the start."}, func(n *deviceNow) tag.Value { return tag.OfInt(int64(n.device.overruns.Load())) }},
	{"flapping", spec.Text{"en": "Flapping", "zh": "连接反复"}, tag.Definition{Type: tag.Bool, Description: "The connection comes and goes: three times in a row it was lost within a minute. Ends after a minute of steady connection, or five without one."}, func(n *deviceNow) tag.Value { return tag.OfBool(n.flapping) }},
	{"flaps", spec.Text{"en": "Flaps", "zh": "连接反复次数"}, tag.Definition{Type: tag.Int, Description: "How often in a row the connection was lost within a minute."}, func(n *deviceNow) tag.Value { return tag.OfInt(int64(n.flaps)) }},
	{"clockOffset", spec.Text{"en": "Clock is ahead by", "zh": "时钟偏差"}, tag.Definition{Type: tag.Float, Unit: "s", Description: "By how much the clock of the device is off, while that is more than can be believed; else 0."}, func(n *deviceNow) tag.Value { return tag.OfFloat(n.clockOffset) }},
	{"clockFaults", spec.Text{"en": "Clock faults", "zh": "时钟异常数"}, tag.Definition{Type: tag.Int, Description: "Values with a source time that cannot be, since the start; the server's time stands in."}, func(n *deviceNow) tag.Value { return tag.OfInt(int64(n.device.clockFaults.Load())) }},
	{"failedWrites", spec.Text{"en": "Failed writes", "zh": "失败写入数"}, tag.Definition{Type: tag.Int, Description: "Writes to the device that failed or whose outcome is unknown since the start."}, func(n *deviceNow) tag.Value { return tag.OfInt(int64(n.device.failedWrites.Load())) }},
	{"certificateEnds", spec.Text{"en": "Certificate ends", "zh": "证书到期时间"}, tag.Definition{Type: tag.String, Description: "When the certificate ends that the device showed last (ISO 8601), empty when it showed none."}, func(n *deviceNow) tag.Value {
		end := n.device.certificateEnds()
		if end.IsZero() {
			return tag.OfString("")
		}
		return tag.OfString(end.UTC().Format(time.RFC3339))
	}},
	{"certificateExpiring", spec.Text{"en": "Certificate expires", "zh": "证书即将到期"}, tag.Definition{Type: tag.Bool, Description: "Whether the certificate that the device showed last ends within 30 days, or has ended."}, func(n *deviceNow) tag.Value {
		end := n.device.certificateEnds()
		return tag.OfBool(!end.IsZero() && time.Until(end) < expiresSoon)
	}},
	{"lastFailedWrite", spec.Text{"en": "Last failed write", "zh": "最近失败的写入"}, tag.Definition{Type: tag.JSON, Description: "The last write to the device that failed or whose outcome is unknown: time, path, by, value, outcome, code, message; null when there was none."}, func(n *deviceNow) tag.Value { return n.failure }},
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
	s.flap.tick(time.Now(), s.state == StateConnected)
	n := deviceNow{state: s.state, err: s.err, since: s.since, latency: s.latency, flaps: s.flap.count, flapping: s.flap.on(), failure: s.failure, device: d}
	s.Unlock()
	n.clockOffset = d.clock.offset(time.Now()).Seconds()
	t := tag.Now()
	y := &d.system
	y.Lock()
	defer y.Unlock()
	var updates []tag.Update
	for i := range systemTagList {
		next := tag.Sample{Value: systemTagList[i].value(&n), Source: t, Server: t}
		if next.Value.IsNone() {
			next.Quality = tag.BadNoCommunication
		}
		if was := &y.shown[i]; was.Server != 0 && was.Value == next.Value && was.Quality == next.Quality {
			continue
		}
		y.shown[i] = next
		updates = append(updates, tag.Update{Slot: y.slots[i], Sample: next})
	}
	if len(updates) > 0 {
		d.table.Apply(updates)
	}
}

// writeFailed makes an event of a write to the device that did not end good.
func (d *device) writeFailed(failure tag.Value) {
	d.failedWrites.Add(1)
	d.status.Lock()
	d.status.failure = failure
	d.status.Unlock()
	d.publish(true)
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
	// Certificate is that of the device, when the last error is that it is not trusted.
	Certificate *RefusedCertificate `json:"certificate,omitempty"`
	// CertificateEnds is when the certificate ends that the device showed last, if it showed one.
	CertificateEnds *time.Time `json:"certificateEnds,omitempty"`
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
	// ClockOffset is by how many seconds the clock of the device is ahead, while that is more than can
	// be believed.
	ClockOffset float64 `json:"clockOffset,omitempty"`
	// Flapping says that the connection comes and goes, Flaps how often in a row it was lost within a minute.
	Flapping bool `json:"flapping,omitempty"`
	Flaps    int  `json:"flaps,omitempty"`
	// FailedWrites counts writes that failed or whose outcome is unknown.
	FailedWrites uint64 `json:"failedWrites"`
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
		s.Flaps, s.Flapping = d.status.flap.count, d.status.flap.on()
		s.Certificate = d.status.refused
		d.status.Unlock()
		if end := d.certificateEnds(); !end.IsZero() {
			s.CertificateEnds = &end
		}
		s.FailedWrites, s.ClockOffset = d.failedWrites.Load(), d.clock.offset(time.Now()).Seconds()
		out = append(out, s)
	}
	return out
}
