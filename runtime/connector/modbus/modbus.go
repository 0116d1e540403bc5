// Package modbus is a Modbus client over TCP, with MBAP frames or with RTU frames as
// serial gateways pass them on. The protocol core is our own: see docs/decisions/modbus.md.
//
// Of a reply only what surely belongs to the request is believed: transaction, unit,
// function and length must fit, late and doubled replies are thrown away, and a
// connection whose bytes cannot be cut into frames is closed and opened anew.
package modbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{
			ID: "modbus", Version: 1, Icon: "network", Category: "plc",
			Title:    spec.Text{"en": "Modbus TCP / RTU over TCP", "zh": "Modbus TCP / RTU over TCP"},
			Summary:  spec.Text{"en": "Reads and writes coils and registers of controllers, drives, meters and gateways.", "zh": "读写控制器、变频器、仪表和网关的线圈与寄存器。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		New: func(raw json.RawMessage) (connector.Connector, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return New(s), nil
		},
		Address: func(raw json.RawMessage, t tag.Type, writable bool) (any, error) {
			return ParseAddress(raw, t, writable)
		},
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
	})
}

// Settings are those of one connection.
type Settings struct {
	// Transport is the framing: MBAP, or RTU frames as a serial gateway passes them on.
	Transport string `json:"transport" title:"Transport" zh:"传输方式" group:"connection" enum:"tcp=Modbus TCP,rtu-over-tcp=RTU over TCP" default:"tcp"`
	Host      string `json:"host" title:"Host" zh:"主机" help:"Name or IP address of the device or gateway." helpZh:"设备或网关的名称或 IP 地址。" group:"connection" required:"true" min:"1" max:"253"`
	Port      int    `json:"port" title:"Port" zh:"端口" group:"connection" default:"502" min:"1" max:"65535"`
	// Unit is the unit identifier of points that name none.
	Unit int `json:"unit" title:"Unit id" zh:"单元号" help:"Number of the device behind the address; a point may name another." helpZh:"该地址后面的设备编号；变量可指定其他编号。" group:"connection" default:"1" min:"0" max:"255"`
	// Timeout bounds the wait for one reply.
	Timeout spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"connection" default:"1s" min:"10ms" max:"1m"`
	// Order is the byte order of values of points that name none.
	Order string `json:"order" title:"Byte order" zh:"字节顺序" help:"Order of the bytes of a 32-bit value; A is the most significant." helpZh:"32 位数值的字节顺序，A 为最高字节。" group:"connection" enum:"ABCD=ABCD (big-endian)|ABCD（大端）,CDAB=CDAB (words swapped)|CDAB（字交换）,BADC=BADC (bytes swapped)|BADC（字节交换）,DCBA=DCBA (little-endian)|DCBA（小端）" default:"ABCD"`
	// FirstAddress is the number that the device's manual gives to the first register.
	FirstAddress int `json:"firstAddress" title:"First address" zh:"首地址" help:"0 when addresses count from zero as in the protocol, 1 when the manual counts from one." helpZh:"按协议从零计数时为 0，手册从一计数时为 1。" group:"connection" default:"0" min:"0" max:"1"`

	// Delay is the least silence between a reply and the next request.
	Delay        spec.Duration `json:"delay" title:"Pause between frames" zh:"帧间隔" help:"Least silence between a reply and the next request." helpZh:"应答与下一次请求之间的最短间隔。" group:"advanced" advanced:"true" default:"0s" min:"0s" max:"10s"`
	MaxRegisters int           `json:"maxRegisters" title:"Registers a read" zh:"每次读取的寄存器数" group:"advanced" advanced:"true" default:"125" min:"1" max:"125"`
	MaxCoils     int           `json:"maxCoils" title:"Coils a read" zh:"每次读取的线圈数" group:"advanced" advanced:"true" default:"2000" min:"1" max:"2000"`
	// MaxGap is the number of registers nobody asked for that may be read along; for
	// coils sixteen times as many.
	MaxGap int `json:"maxGap" title:"Widest gap" zh:"最大间隙" help:"Registers nobody asked for that may be read along to save a request; for coils sixteen times as many." helpZh:"为减少请求而可以一并读取的无用寄存器数；线圈为其十六倍。" group:"advanced" advanced:"true" default:"8" min:"0" max:"124"`
	// WriteRegister is the function that writes one register.
	WriteRegister string `json:"writeRegister" title:"Write one register by" zh:"写单个寄存器" group:"advanced" advanced:"true" enum:"fc6=Function 6|功能码 6,fc16=Function 16|功能码 16" default:"fc6"`
	WriteCoil     string `json:"writeCoil" title:"Write one coil by" zh:"写单个线圈" group:"advanced" advanced:"true" enum:"fc5=Function 5|功能码 5,fc15=Function 15|功能码 15" default:"fc5"`
	// WriteBit is how one bit of a register is written. "auto" is function 22, which the
	// device carries out as one step, and reading and writing for units that lack it.
	WriteBit string `json:"writeBit" title:"Write one bit by" zh:"写寄存器的位" help:"Function 22 changes the bit in one step in the device; read and write may lose a change that the device makes in between." helpZh:"功能码 22 由设备一步完成；先读后写可能丢失设备在其间所做的更改。" group:"advanced" advanced:"true" enum:"auto=Function 22 where known|优先功能码 22,fc22=Function 22 only|仅功能码 22,read-write=Read and write|先读后写" default:"auto"`
	// Probe reads one register when connecting, so that a host that does not speak Modbus
	// is not taken for a device.
	Probe bool `json:"probe" title:"Ask the unit when connecting" zh:"连接时询问设备" help:"Reads holding register 0; any answer will do. Switch off for a gateway behind which the default unit does not exist." helpZh:"读取保持寄存器 0，任何应答均可。若网关后不存在默认单元，请关闭。" group:"advanced" advanced:"true" default:"true"`
}

func decodeSettings(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := spec.Decode(raw, &s); err != nil {
		return s, err
	}
	return s, nil
}

// Connector is one connection.
type Connector struct {
	settings Settings
	link     *link
	memory   memory
}

// New makes a connector of settings that Check accepted. It does not connect.
func New(s Settings) *Connector {
	l := &link{
		address: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), framing: tcpFraming{}, timeout: s.Timeout.Std(), delay: s.Delay.Std(),
		silent: map[byte]bool{}, answered: map[byte]time.Time{},
	}
	if s.Transport == "rtu-over-tcp" {
		l.framing, l.serial = rtuFraming{}, true
	}
	return &Connector{settings: s, link: l, memory: newMemory()}
}

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	c.memory = newMemory()
	if err := c.link.open(ctx); err != nil {
		return err
	}
	if !c.settings.Probe {
		return nil
	}
	_, err := c.link.exchange(ctx, byte(c.settings.Unit), readPDU(fcReadHolding, 0, 1))
	if e := exception(0); err == nil || errors.As(err, &e) {
		return nil
	}
	_ = c.link.close() // the error that counts is the one before
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("ask unit %d at %s: %w: %w", c.settings.Unit, c.link.address, connector.ErrNotConnected, err)
}

// Close implements connector.Connector.
func (c *Connector) Close() error { return c.link.close() }

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, cp connector.Point, v tag.Value) error {
	p, err := c.resolve(cp)
	if err != nil {
		return err
	}
	if p.table == tableDiscrete || p.table == tableInput {
		return &connector.StatusError{Quality: tag.BadNotWritable, Message: "inputs cannot be written"}
	}
	if p.coil || p.bit >= 0 {
		on, err := v.Convert(tag.Bool)
		if err != nil {
			return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: err.Error()}
		}
		if p.coil {
			return c.writeCoil(ctx, &p, on.Bool())
		}
		return c.writeBit(ctx, &p, on.Bool())
	}
	words, err := p.encode(v)
	if err != nil {
		return err
	}
	return c.writeWords(ctx, &p, words)
}

func (c *Connector) writeCoil(ctx context.Context, p *point, on bool) error {
	if c.settings.WriteCoil == "fc15" {
		return c.send(ctx, p, writeCoilsPDU(p.start, on))
	}
	value := uint16(0)
	if on {
		value = 0xFF00
	}
	return c.send(ctx, p, writeSinglePDU(fcWriteCoil, p.start, value))
}

func (c *Connector) writeWords(ctx context.Context, p *point, words []uint16) error {
	if len(words) == 1 && c.settings.WriteRegister != "fc16" {
		return c.send(ctx, p, writeSinglePDU(fcWriteRegister, p.start, words[0]))
	}
	return c.send(ctx, p, writeRegistersPDU(p.start, words))
}

// writeBit writes one bit of a register, by function 22 if the unit knows it, else by
// reading the register and writing it back.
func (c *Connector) writeBit(ctx context.Context, p *point, on bool) error {
	index, mask := 0, uint16(0)
	for i, w := range store(1<<p.bit, p.count, p.order) {
		if w != 0 {
			index, mask = i, w
		}
	}
	word := *p
	word.start, word.count = p.start+index, 1
	or := uint16(0)
	if on {
		or = mask
	}
	if c.settings.WriteBit != "read-write" && !c.memory.noMask[p.unit] {
		err := c.send(ctx, p, maskWritePDU(word.start, ^mask, or))
		var refused *refusedError
		if c.settings.WriteBit == "fc22" || !errors.As(err, &refused) || refused.reason != illegalFunction {
			return err
		}
		c.memory.noMask[p.unit] = true
	}
	data, err := c.link.exchange(ctx, p.unit, readPDU(fcReadHolding, word.start, 1))
	if err != nil {
		return writeError(err, false)
	}
	present := uint16(data[0])<<8 | uint16(data[1])
	return c.writeWords(ctx, &word, []uint16{present&^mask | or})
}

// send carries out one write.
func (c *Connector) send(ctx context.Context, p *point, request []byte) error {
	_, err := c.link.exchange(ctx, p.unit, request)
	return writeError(err, true)
}

// refusedError is a device's exception to a write.
type refusedError struct {
	connector.StatusError
	reason exception
}

// As makes it found as the *connector.StatusError that it holds.
func (e *refusedError) As(target any) bool {
	if t, ok := target.(**connector.StatusError); ok {
		*t = &e.StatusError
		return true
	}
	return false
}

// writeError says of a write that failed whether the device may have carried it out.
// sends is false for a step that changes nothing.
func writeError(err error, sends bool) error {
	var (
		e    exception
		left unsent
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		refused := &refusedError{connector.StatusError{Quality: e.quality(), Message: e.Error()}, e}
		if sends && (e == acknowledge || e == gatewayTargetSilent) {
			return fmt.Errorf("%w: %w", connector.ErrUncertain, refused)
		}
		return refused
	case errors.As(err, &left) || !sends:
		return err
	}
	return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
}
