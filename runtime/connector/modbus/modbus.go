// Package modbus is a Modbus client: over TCP and TLS with MBAP frames, over serial lines with
// RTU or ASCII frames, and over TCP with either of the two, as serial gateways pass them on.
// The protocol core is our own: see docs/decisions/modbus.md.
//
// Of a reply only what surely belongs to the request is believed: transaction, unit,
// function and length must fit, late and doubled replies are thrown away, and a
// connection whose bytes cannot be cut into frames is closed and opened anew. On a serial
// line a unit that missed a reply must first show that it is in step again.
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
	"github.com/lineside/lineside/runtime/connector/line"
	"github.com/lineside/lineside/runtime/connector/trust"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "modbus", Version: 1, Icon: "network", Category: "plc",
			Title:    spec.Text{"en": "Modbus TCP, RTU, ASCII", "zh": "Modbus TCP、RTU、ASCII"},
			Summary:  spec.Text{"en": "Reads and writes coils and registers of controllers, drives, meters and gateways.", "zh": "读写控制器、变频器、仪表和网关的线圈与寄存器。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(wire.Address{}),
		CanBrowse:     true,
	}, decodeSettings, New, wire.ParseAddress))
}

// Settings are those of one connection.
type Settings struct {
	// Transport is the way to the device and the framing.
	Transport string `json:"transport" title:"Transport" zh:"传输方式" group:"connection" enum:"tcp=Modbus TCP,tls=Modbus TCP Security (TLS)|Modbus TCP 安全 (TLS),rtu=RTU on a serial port|RTU（串口）,ascii=ASCII on a serial port|ASCII（串口）,rtu-over-tcp=RTU over TCP,ascii-over-tcp=ASCII over TCP" default:"tcp"`
	Host      string `json:"host,omitempty" title:"Host" zh:"主机" help:"Name or IP address of the device or gateway." helpZh:"设备或网关的名称或 IP 地址。" group:"connection" required:"true" when:"transport=tcp,tls,rtu-over-tcp,ascii-over-tcp" min:"1" max:"253"`
	Port      int    `json:"port" title:"Port" zh:"端口" help:"502; of Modbus TCP Security 802." helpZh:"502；Modbus TCP 安全为 802。" group:"connection" when:"transport=tcp,tls,rtu-over-tcp,ascii-over-tcp" default:"502" min:"1" max:"65535"`

	// SerialPort is the name of the port; devices that name the same share it.
	SerialPort string `json:"serialPort,omitempty" title:"Serial port" zh:"串口" help:"Such as /dev/ttyUSB0 or COM3; better a lasting name below /dev/serial/by-id. Devices on one bus name the same port with the same settings and share it. The test lists the ports of this computer when there is none of that name." helpZh:"如 /dev/ttyUSB0 或 COM3；建议使用 /dev/serial/by-id 下的固定名称。同一总线上的设备填写相同的串口和参数即可共用。若串口不存在，测试会列出本机的串口。" group:"connection" required:"true" when:"transport=rtu,ascii" min:"1" max:"255"`
	Baud       int    `json:"baud" title:"Baud rate" zh:"波特率" unit:"Bd" group:"connection" when:"transport=rtu,ascii" default:"19200" min:"50" max:"4000000"`
	Parity     string `json:"parity" title:"Parity" zh:"校验位" group:"connection" when:"transport=rtu,ascii" enum:"none=None|无,even=Even|偶,odd=Odd|奇" default:"even"`
	StopBits   int    `json:"stopBits" title:"Stop bits" zh:"停止位" help:"The standard asks for two without parity; most devices take one." helpZh:"标准要求无校验时为两位；多数设备一位即可。" group:"connection" when:"transport=rtu,ascii" default:"1" min:"1" max:"2"`
	DataBits   int    `json:"dataBits" title:"Data bits" zh:"数据位" help:"8; for ASCII commonly 7." helpZh:"8；ASCII 常为 7。" group:"connection" when:"transport=rtu,ascii" default:"8" min:"7" max:"8"`

	// Unit is the unit identifier of points that name none.
	Unit int `json:"unit" title:"Unit id" zh:"单元号" help:"Number of the device behind the address; a point may name another." helpZh:"该地址后面的设备编号；变量可指定其他编号。" group:"connection" default:"1" min:"0" max:"255"`
	// Timeout bounds the wait for one reply.
	Timeout spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"connection" default:"1s" min:"10ms" max:"1m"`
	// Order is the byte order of values of points that name none.
	Order string `json:"order" title:"Byte order" zh:"字节顺序" help:"Order of the bytes of a 32-bit value; A is the most significant." helpZh:"32 位数值的字节顺序，A 为最高字节。" group:"connection" enum:"ABCD=ABCD (big-endian)|ABCD（大端）,CDAB=CDAB (words swapped)|CDAB（字交换）,BADC=BADC (bytes swapped)|BADC（字节交换）,DCBA=DCBA (little-endian)|DCBA（小端）" default:"ABCD"`
	// FirstAddress is the number that the device's manual gives to the first register.
	FirstAddress int `json:"firstAddress" title:"First address" zh:"首地址" help:"0 when addresses count from zero as in the protocol, 1 when the manual counts from one." helpZh:"按协议从零计数时为 0，手册从一计数时为 1。" group:"connection" default:"0" min:"0" max:"1"`

	// Delay is the least silence between a reply and the next request.
	Delay        spec.Duration `json:"delay" title:"Pause between frames" zh:"帧间隔" help:"Least silence between a reply and the next request. On a serial line never less than three and a half characters; more for RS-485 devices that are slow to turn around." helpZh:"应答与下一次请求之间的最短间隔。串口上不少于 3.5 个字符；RS-485 设备收发切换较慢时应加大。" group:"advanced" advanced:"true" default:"0s" min:"0s" max:"10s"`
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

	// Map is the manual's table of registers as CSV: see readMap.
	Map string `json:"map,omitempty" kind:"text" title:"Register map (CSV)" zh:"寄存器表 (CSV)" help:"Browsing the device then shows these registers with their values. The first line names the columns; name, address and type are needed, table, length, order, bit, unitId, unit, scale, writable and description may be there. An address may be written as in manuals: 40001, 4x0001 or holding:0. Slashes in names make folders." helpZh:"浏览设备时显示这些寄存器及其数值。首行为列名：name、address、type 必填，table、length、order、bit、unitId、unit、scale、writable、description 可选。地址可按手册书写：40001、4x0001 或 holding:0。名称中的斜杠形成文件夹。" group:"advanced" advanced:"true" max:"262144"`

	// CA, Certificate, Key and Insecure are those of Modbus TCP Security.
	CA          string `json:"ca,omitempty" kind:"text" title:"CA certificate (PEM)" zh:"CA 证书 (PEM)" help:"Who signed the device's certificate; the system's list if empty." helpZh:"签发设备证书的机构；留空使用系统列表。" group:"security" when:"transport=tls" max:"65536"`
	Certificate string `json:"certificate,omitempty" kind:"text" title:"Client certificate (PEM)" zh:"客户端证书 (PEM)" help:"By it the device knows who asks, and what he may do." helpZh:"设备据此识别客户端及其权限。" group:"security" when:"transport=tls" max:"65536"`
	Key         string `json:"key,omitempty" secret:"true" title:"Key of the client certificate (PEM)" zh:"客户端证书密钥 (PEM)" group:"security" when:"transport=tls" max:"65536"`
	Insecure    bool   `json:"insecure" title:"Accept any certificate" zh:"接受任何证书" help:"Anybody between here and the device can then read and change everything. For trying only." helpZh:"中间人可读取和篡改所有数据，仅供试用。" group:"security" when:"transport=tls" default:"false" advanced:"true"`

	trust     *trust.Settings // nil without TLS
	registers []register
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if s.serial() && (s.Unit < 1 || s.Unit > 247) {
		ps.Add("modbus_unit", "/unit", "give the number of the device, 1 to 247", "unit %d cannot be asked on a serial line", s.Unit)
	}
	if s.Transport == "rtu" && s.DataBits != 8 {
		ps.Add("modbus_data_bits", "/dataBits", "give 8 data bits, or choose ASCII", "RTU needs 8 data bits")
	}
	if s.Transport == "tls" {
		s.trust = &trust.Settings{CA: s.CA, Certificate: s.Certificate, Key: s.Key, Insecure: s.Insecure}
		if err := s.trust.CheckTLS(); err != nil {
			ps.Add("modbus_tls", "/certificate", "paste the text from BEGIN to END, key included", "%v", err)
		}
	}
	var err error
	if s.registers, err = readMap(s.Map, s.FirstAddress); err != nil {
		ps.Add("modbus_map", "/map", "correct the line; the first line names the columns: name, address, type", "%v", err)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// serial reports whether the way is a serial port of this computer.
func (s *Settings) serial() bool { return s.Transport == "rtu" || s.Transport == "ascii" }

// Connector is one connection.
type Connector struct {
	settings *Settings
	link     *link
	memory   memory
}

// New makes a connector of settings that Check accepted. It does not connect.
func New(s *Settings) *Connector {
	l := &link{
		address: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), trust: s.trust, framing: tcpFraming{}, timeout: s.Timeout.Std(), delay: s.Delay.Std(),
		silent: map[byte]bool{}, answered: map[byte]time.Time{}, absent: absences{},
	}
	switch s.Transport {
	case "rtu", "rtu-over-tcp":
		l.framing, l.serial = rtuFraming{}, true
	case "ascii", "ascii-over-tcp":
		l.framing, l.serial = &asciiFraming{}, true
	}
	if s.serial() {
		l.mode = &line.Mode{Device: s.SerialPort, Baud: s.Baud, DataBits: s.DataBits, Parity: s.Parity, StopBits: s.StopBits}
		l.address = s.SerialPort
	}
	return &Connector{settings: s, link: l, memory: newMemory()}
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) {
	if c.settings.trust != nil {
		c.settings.trust.UseTrust(k)
	}
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
	if p.table == wire.Discrete || p.table == wire.Input {
		return &connector.StatusError{Quality: tag.BadNotWritable, Message: "inputs cannot be written"}
	}
	if p.coil || p.Bit >= 0 {
		on, err := v.Convert(tag.Bool)
		if err != nil {
			return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: err.Error()}
		}
		if p.coil {
			return c.writeCoil(ctx, &p, on.Bool())
		}
		return c.writeBit(ctx, &p, on.Bool())
	}
	words, err := p.Encode(v)
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
	for i, w := range wire.Store(1<<p.Bit, p.count, p.Order) {
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
