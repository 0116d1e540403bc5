package modbus

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/northbound"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// exception is the refusal of a request (clause 7); 0 is none.
type exception byte

// maxParallel is how many values of one request are written at the same time.
const maxParallel = 16

// request is one request being served.
type request struct {
	server *server
	host   northbound.Host
	unit   *unit
	from   string // address of the client
	// wait is called before values are brought to the gate.
	wait func(ctx context.Context, values int) error
}

// serve answers one PDU (clause 6). The reply is an exception response when it cannot be done.
func (r *request) serve(ctx context.Context, pdu, reply []byte) []byte {
	reply = append(reply[:0], pdu[0])
	var e exception
	switch body := pdu[1:]; pdu[0] {
	case wire.ReadCoils, wire.ReadDiscrete:
		reply, e = r.readBits(pdu[0], body, reply)
	case wire.ReadHolding, wire.ReadInput:
		reply, e = r.readRegisters(pdu[0], body, reply)
	case wire.WriteCoil:
		reply, e = r.writeCoil(ctx, body, reply)
	case wire.WriteRegister:
		reply, e = r.writeRegister(ctx, body, reply)
	case wire.WriteCoils:
		reply, e = r.writeCoils(ctx, body, reply)
	case wire.WriteRegisters:
		reply, e = r.writeRegisters(ctx, body, reply)
	case wire.MaskWrite:
		reply, e = r.maskWrite(ctx, body, reply)
	case wire.ReadWriteRegisters:
		reply, e = r.readWrite(ctx, body, reply)
	case wire.Encapsulated:
		reply, e = identify(body, reply)
	default:
		e = exception(wire.IllegalFunction)
	}
	if e != 0 {
		return refusal(reply, pdu[0], e)
	}
	return reply
}

func refusal(reply []byte, function byte, e exception) []byte {
	return append(reply[:0], function|wire.ExceptionBit, byte(e))
}

// extent reads an address and a quantity, and checks them (the order of the checks is that of clause 6).
func extent(body []byte, length, most int) (start, count int, e exception) {
	if len(body) != length {
		return 0, 0, exception(wire.IllegalValue)
	}
	start, count = int(binary.BigEndian.Uint16(body)), int(binary.BigEndian.Uint16(body[2:]))
	switch {
	case count < 1 || count > most:
		return 0, 0, exception(wire.IllegalValue)
	case start+count > 65536:
		return 0, 0, exception(wire.IllegalAddress)
	}
	return start, count, 0
}

// find lists the items of a read.
func (r *request) find(t wire.Table, start, count int) (table, exception) {
	all := r.unit[t]
	items := all.at(start, count)
	if r.server.settings.Gaps == "zero" && !all.spans(start, count) || r.server.settings.Gaps != "zero" && !items.covers(start, count) {
		return nil, exception(wire.IllegalAddress)
	}
	return items, 0
}

// samples reads the values of items at one moment.
func (r *request) samples(items table) []tag.Sample {
	tags := make([]int, len(items))
	for i, it := range items {
		tags[i] = it.tag
	}
	return r.host.Read(tags, make([]tag.Sample, 0, len(tags)))
}

func (r *request) readBits(function byte, body, reply []byte) ([]byte, exception) {
	start, count, e := extent(body, 4, wire.MaxReadCoils)
	if e != 0 {
		return reply, e
	}
	t := wire.Coil
	if function == wire.ReadDiscrete {
		t = wire.Discrete
	}
	items, e := r.find(t, start, count)
	if e != 0 {
		return reply, e
	}
	reply = append(reply, byte((count+7)/8))
	first := len(reply)
	reply = append(reply, make([]byte, (count+7)/8)...)
	for i, s := range r.samples(items) {
		words, e := r.present(items[i], s)
		if e != 0 {
			return reply, e
		}
		if words[0] != 0 {
			n := items[i].start - start
			reply[first+n/8] |= 1 << (n % 8)
		}
	}
	return reply, 0
}

func (r *request) readRegisters(function byte, body, reply []byte) ([]byte, exception) {
	start, count, e := extent(body, 4, wire.MaxReadRegisters)
	if e != 0 {
		return reply, e
	}
	t := wire.Holding
	if function == wire.ReadInput {
		t = wire.Input
	}
	words, e := r.words(t, start, count)
	if e != 0 {
		return reply, e
	}
	reply = append(reply, byte(2*count))
	for _, w := range words {
		reply = binary.BigEndian.AppendUint16(reply, w)
	}
	return reply, 0
}

// words are the present contents of registers.
func (r *request) words(t wire.Table, start, count int) ([]uint16, exception) {
	items, e := r.find(t, start, count)
	if e != 0 {
		return nil, e
	}
	out := make([]uint16, count)
	for i, s := range r.samples(items) {
		it := items[i]
		words, e := r.present(it, s)
		if e != 0 {
			return nil, e
		}
		for j, w := range words {
			if n := it.start + j - start; n >= 0 && n < count {
				out[n] |= w // bits of one register lie side by side
			}
		}
	}
	return out, 0
}

// present are the registers of an item for a sample; of a bit, one word that is not 0 when it is on.
func (r *request) present(it *item, s tag.Sample) ([]uint16, exception) {
	keep := r.server.settings.Bad == "last"
	if !s.Quality.IsBad() || keep && !s.Value.IsNone() {
		if words, ok := it.encode(s.Value); ok {
			if keep {
				it.last.Store(&words)
			}
			return words, 0
		}
	}
	switch r.server.settings.Bad {
	case "last":
		if last := it.last.Load(); last != nil {
			return *last, 0
		}
		return make([]uint16, it.count), 0
	case "silent":
		return nil, exception(wire.GatewayTargetSilent)
	}
	return nil, exception(wire.DeviceFailure)
}

// encode makes the registers of a value; false when it does not fit.
func (it *item) encode(v tag.Value) ([]uint16, bool) {
	if it.layout.Bit >= 0 || it.layout.Format == wire.Bool {
		on, err := v.Convert(tag.Bool)
		if err != nil || v.IsNone() {
			return nil, false
		}
		if !on.Bool() {
			return []uint16{0}, true
		}
		return wire.Store(1<<max(it.layout.Bit, 0), 1, it.layout.Order), true
	}
	switch it.layout.Format {
	case wire.String:
		v = cut(v, it.layout.Length)
	case wire.Float32, wire.Float64:
	default:
		if v.Type() == tag.Float && it.layout.Factor == 0 {
			v = tag.OfFloat(math.Round(v.Float()))
		}
	}
	words, err := it.layout.Encode(v)
	return words, err == nil
}

// cut shortens a text to so many bytes, between characters.
func cut(v tag.Value, length int) tag.Value {
	text := v.Text()
	if len(text) <= length {
		return v
	}
	if v.Type() == tag.Bytes {
		return tag.OfBytes([]byte(text[:length]))
	}
	for length > 0 && !utf8.RuneStart(text[length]) {
		length--
	}
	return tag.OfString(text[:length])
}

func (r *request) writeCoil(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) != 4 {
		return reply, exception(wire.IllegalValue)
	}
	value := binary.BigEndian.Uint16(body[2:])
	if value != 0 && value != 0xFF00 {
		return reply, exception(wire.IllegalValue)
	}
	start := int(binary.BigEndian.Uint16(body))
	return append(reply, body...), r.setBits(ctx, start, []bool{value != 0})
}

func (r *request) writeCoils(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) < 5 {
		return reply, exception(wire.IllegalValue)
	}
	start, count, e := extent(body[:4], 4, wire.MaxWriteCoils)
	if n := (count + 7) / 8; e == 0 && (int(body[4]) != n || len(body) != 5+n) {
		e = exception(wire.IllegalValue)
	}
	if e != 0 {
		return reply, e
	}
	on := make([]bool, count)
	for i := range on {
		on[i] = body[5+i/8]>>(i%8)&1 != 0
	}
	return append(reply, body[:4]...), r.setBits(ctx, start, on)
}

// setBits writes coils. Each must be there.
func (r *request) setBits(ctx context.Context, start int, on []bool) exception {
	items := r.unit[wire.Coil].at(start, len(on))
	if !items.covers(start, len(on)) {
		return exception(wire.IllegalAddress)
	}
	values := make([]northbound.Write, 0, len(items))
	samples := r.samples(items)
	for i, it := range items {
		v, q := wire.Deliver(tag.OfBool(on[it.start-start]), it.typ)
		switch {
		case !it.write:
			return exception(wire.IllegalAddress)
		case q != tag.Good:
			return exception(wire.IllegalValue)
		case r.alike(it, samples[i], []uint16{word(on[it.start-start])}):
			continue
		}
		values = append(values, northbound.Write{Tag: it.tag, Value: v, From: r.from})
	}
	return r.write(ctx, values)
}

func word(on bool) uint16 {
	if on {
		return 1
	}
	return 0
}

// alike reports whether a tag has a value already that somebody wants to write, and so need not be written.
func (r *request) alike(it *item, s tag.Sample, words []uint16) bool {
	if !r.server.settings.Changes || !s.Quality.IsGood() {
		return false
	}
	present, ok := it.encode(s.Value)
	return ok && slices.Equal(present, words)
}

func (r *request) writeRegister(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) != 4 {
		return reply, exception(wire.IllegalValue)
	}
	start := int(binary.BigEndian.Uint16(body))
	return append(reply, body...), r.setWords(ctx, start, []uint16{binary.BigEndian.Uint16(body[2:])})
}

func (r *request) writeRegisters(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) < 5 {
		return reply, exception(wire.IllegalValue)
	}
	start, count, e := extent(body[:4], 4, wire.MaxWriteRegisters)
	if e == 0 && (int(body[4]) != 2*count || len(body) != 5+2*count) {
		e = exception(wire.IllegalValue)
	}
	if e != 0 {
		return reply, e
	}
	return append(reply, body[:4]...), r.setWords(ctx, start, wordsOf(body[5:]))
}

func wordsOf(b []byte) []uint16 {
	out := make([]uint16, len(b)/2)
	for i := range out {
		out[i] = binary.BigEndian.Uint16(b[2*i:])
	}
	return out
}

// setWords writes registers. Each must be there, and each value must be written as a whole.
func (r *request) setWords(ctx context.Context, start int, words []uint16) exception {
	items := r.unit[wire.Holding].at(start, len(words))
	if !items.covers(start, len(words)) {
		return exception(wire.IllegalAddress)
	}
	values := make([]northbound.Write, 0, len(items))
	samples := r.samples(items)
	for i, it := range items {
		if it.start < start || it.end() > start+len(words) {
			return exception(wire.IllegalAddress)
		}
		own := words[it.start-start : it.end()-start]
		if it.shared() {
			own = []uint16{own[0] & wire.Store(1<<it.layout.Bit, 1, it.layout.Order)[0]}
			if present, ok := it.encode(samples[i].Value); !it.write && ok && slices.Equal(present, own) {
				continue // the bit of another beside those that are written
			}
		}
		if !it.write {
			return exception(wire.IllegalAddress)
		}
		raw := make([]byte, 0, 2*len(own))
		for _, w := range own {
			raw = binary.BigEndian.AppendUint16(raw, w)
		}
		v, q := it.layout.Decode(raw)
		if q != tag.Good {
			return exception(wire.IllegalValue)
		}
		if r.alike(it, samples[i], own) {
			continue
		}
		values = append(values, northbound.Write{Tag: it.tag, Value: v, From: r.from})
	}
	return r.write(ctx, values)
}

// maskWrite sets a register to (present AND and) OR (or AND NOT and), clause 6.16.
func (r *request) maskWrite(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) != 6 {
		return reply, exception(wire.IllegalValue)
	}
	start := int(binary.BigEndian.Uint16(body))
	and, or := binary.BigEndian.Uint16(body[2:]), binary.BigEndian.Uint16(body[4:])
	r.server.masking.Lock()
	defer r.server.masking.Unlock()
	present, e := r.words(wire.Holding, start, 1)
	if e != 0 {
		return reply, e
	}
	return append(reply, body...), r.setWords(ctx, start, []uint16{present[0]&and | or&^and})
}

// readWrite writes registers and then reads (clause 6.17).
func (r *request) readWrite(ctx context.Context, body, reply []byte) ([]byte, exception) {
	if len(body) < 9 {
		return reply, exception(wire.IllegalValue)
	}
	_, count, e := extent(body[:4], 4, wire.MaxReadRegisters)
	if e != 0 {
		return reply, e
	}
	start, written, e := extent(body[4:8], 4, wire.MaxReadWriteRegisters)
	if e == 0 && (int(body[8]) != 2*written || len(body) != 9+2*written) {
		e = exception(wire.IllegalValue)
	}
	if e == 0 {
		_, e = r.find(wire.Holding, int(binary.BigEndian.Uint16(body)), count)
	}
	if e == 0 {
		e = r.setWords(ctx, start, wordsOf(body[9:]))
	}
	if e != 0 {
		return reply, e
	}
	return r.readRegisters(wire.ReadHolding, body[:4], reply)
}

// write brings values to the gate: all of them, or none when the gate would refuse one.
func (r *request) write(ctx context.Context, values []northbound.Write) exception {
	if len(values) == 0 {
		return 0
	}
	if r.wait(ctx, len(values)) != nil {
		return exception(wire.DeviceBusy)
	}
	for _, w := range values {
		if r.host.Check(w) == nil {
			continue
		}
		// Refused it goes into the audit trail; in the rare case that it is let through now, it is
		// written.
		return r.one(ctx, w)
	}
	if len(values) == 1 {
		return r.one(ctx, values[0])
	}
	ends := make([]exception, len(values))
	turn := make(chan struct{}, maxParallel)
	var all sync.WaitGroup
	for i, w := range values {
		turn <- struct{}{}
		all.Go(func() {
			ends[i] = r.one(ctx, w)
			<-turn
		})
	}
	all.Wait()
	return slices.Max(ends)
}

// one writes one value and says what its end means to the client.
func (r *request) one(ctx context.Context, w northbound.Write) exception {
	r.server.writes.Add(1)
	outcome, problem := r.host.Write(ctx, w)
	switch {
	case outcome == northbound.Good:
		return 0
	case problem == nil:
		return exception(wire.DeviceFailure)
	}
	switch problem.Code {
	case "value_low", "value_high", "value_type", "value_invalid", "value_scale":
		return exception(wire.IllegalValue)
	case "not_writable", "forbidden", "tag_unknown":
		return exception(wire.IllegalAddress)
	case "queue_full", "device_busy":
		return exception(wire.DeviceBusy)
	}
	return exception(wire.DeviceFailure)
}
