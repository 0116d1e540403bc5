// Package s7 is a client of Siemens S7 controllers: S7-300, 400, 1200, 1500, and what
// speaks like them, over ISO on TCP (RFC 1006). The protocol core is our own: see
// docs/decisions/s7.md.
//
// Addresses that lie near each other are read as one run of bytes, and as many runs in one
// message as its agreed length holds. Of an answer only what surely belongs to the job is
// believed: reference, function, number of items and the length of each must fit.
package s7

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(&connector.Type{
		Component: spec.Component{
			ID: "s7", Version: 1, Icon: "cpu", Category: "plc",
			Title: spec.Text{"en": "Siemens S7", "zh": "西门子 S7"},
			Summary: spec.Text{
				"en": "Reads and writes data blocks, memory, inputs and outputs of S7-300, 400, 1200 and 1500 controllers by PUT/GET.",
				"zh": "通过 PUT/GET 读写 S7-300、400、1200、1500 控制器的数据块、位存储器、输入和输出。",
			},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		New: func(raw json.RawMessage) (connector.Connector, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return New(s)
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
	Host string `json:"host" title:"Host" zh:"主机" help:"Name or IP address of the controller or its communication module." helpZh:"控制器或通信模块的名称或 IP 地址。" group:"connection" required:"true" min:"1" max:"253"`
	Port int    `json:"port" title:"Port" zh:"端口" group:"connection" default:"102" min:"1" max:"65535"`
	// Addressing is how the connection names its ends.
	Addressing string `json:"addressing" title:"Find the CPU by" zh:"CPU 定位方式" group:"connection" enum:"slot=Rack and slot|机架和插槽,tsap=TSAP" default:"slot"`
	Rack       int    `json:"rack" title:"Rack" zh:"机架" help:"0 in nearly all cases." helpZh:"绝大多数情况为 0。" group:"connection" when:"addressing=slot" default:"0" min:"0" max:"7"`
	Slot       int    `json:"slot" title:"Slot" zh:"插槽" help:"1 for S7-1200 and S7-1500, 2 for S7-300; for S7-400 as in the hardware configuration." helpZh:"S7-1200、S7-1500 为 1，S7-300 为 2；S7-400 见硬件组态。" group:"connection" when:"addressing=slot" default:"1" min:"0" max:"31"`
	// Resource is the kind of connection, of which a controller keeps so many of each free.
	Resource   string `json:"resource" title:"Kind of connection" zh:"连接类型" help:"A controller keeps a number of connections free for each kind." helpZh:"控制器为每种类型保留一定数量的连接。" group:"connection" when:"addressing=slot" enum:"pg=Programming device (PG)|编程设备 (PG),op=Operator panel (OP)|操作面板 (OP),basic=S7 basic|S7 基本通信" default:"op"`
	LocalTSAP  string `json:"localTsap" title:"TSAP of this side" zh:"本地 TSAP" help:"Two bytes in hexadecimal, as in the configuration of the connection: 10.00." helpZh:"两个十六进制字节，与连接组态一致：10.00。" group:"connection" when:"addressing=tsap" default:"10.00" min:"4" max:"5"`
	RemoteTSAP string `json:"remoteTsap" title:"TSAP of the controller" zh:"控制器 TSAP" help:"Two bytes in hexadecimal: 20.00 for LOGO!, 10.00 for S7-200." helpZh:"两个十六进制字节：LOGO! 为 20.00，S7-200 为 10.00。" group:"connection" when:"addressing=tsap" default:"20.00" min:"4" max:"5"`
	// Timeout bounds the wait for one answer.
	Timeout spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"connection" default:"2s" min:"10ms" max:"1m"`
	// Encoding is how the characters of CHAR and STRING are meant.
	Encoding string `json:"encoding" title:"Characters of STRING" zh:"STRING 字符编码" help:"How the bytes of CHAR and STRING are meant. WCHAR and WSTRING are Unicode always." helpZh:"CHAR 与 STRING 的字节编码；WCHAR 与 WSTRING 始终为 Unicode。" group:"connection" enum:"windows-1252=Western (Windows-1252)|西文 (Windows-1252),gb18030=Chinese (GBK, GB 18030)|中文 (GBK, GB 18030),utf-8=UTF-8" default:"windows-1252"`

	// PDU is the length of messages that is asked for; the controller may agree to less.
	PDU int `json:"pdu" title:"Longest message" zh:"最大报文长度" help:"What is asked for; the controller may agree to less." helpZh:"请求的长度，控制器可能同意较小的值。" group:"advanced" advanced:"true" unit:"B" default:"960" min:"240" max:"4096"`
	// MaxGap is the number of bytes nobody asked for that may be read along.
	MaxGap int `json:"maxGap" title:"Widest gap" zh:"最大间隙" help:"Bytes nobody asked for that may be read along to save an item of the message." helpZh:"为减少报文条目而可以一并读取的无用字节数。" group:"advanced" advanced:"true" unit:"B" default:"24" min:"0" max:"400"`
}

// resources are the first bytes of the controller's TSAP.
var resources = map[string]byte{"pg": 1, "op": 2, "basic": 3}

func decodeSettings(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := spec.Decode(raw, &s); err != nil {
		return s, err
	}
	if s.Addressing != "tsap" {
		return s, nil
	}
	var ps spec.Problems
	for name, text := range map[string]string{"localTsap": s.LocalTSAP, "remoteTsap": s.RemoteTSAP} {
		if _, err := parseTSAP(text); err != nil {
			ps.Add("siemens_tsap", "/"+name, "Write two bytes in hexadecimal, such as 10.00.", "%q is not a TSAP.", text)
		}
	}
	return s, ps.Err()
}

// parseTSAP reads "10.00" or "1000".
func parseTSAP(text string) ([]byte, error) {
	text = strings.Replace(text, ".", "", 1)
	n, err := strconv.ParseUint(text, 16, 16)
	if err != nil || len(text) != 4 {
		return nil, fmt.Errorf("%q is not two bytes in hexadecimal", text)
	}
	return []byte{byte(n >> 8), byte(n)}, nil
}

// tsaps are the names of the two ends of the connection.
func (s *Settings) tsaps() (local, remote []byte, err error) {
	if s.Addressing != "tsap" {
		return []byte{1, 0}, []byte{resources[s.Resource], byte(s.Rack<<5 | s.Slot)}, nil
	}
	if local, err = parseTSAP(s.LocalTSAP); err == nil {
		remote, err = parseTSAP(s.RemoteTSAP)
	}
	return local, remote, err
}

// Connector is one connection.
type Connector struct {
	settings Settings
	encoding encoding
	link     *link
	// refused are the addresses that the controller refused since it was connected. They
	// belong to the engine's goroutine.
	refused map[span]refusal
}

// New makes a connector of settings that Check accepted. It does not connect.
func New(s Settings) (*Connector, error) {
	local, remote, err := s.tsaps()
	if err != nil {
		return nil, err
	}
	return &Connector{
		settings: s, encoding: encoding(s.Encoding), refused: map[span]refusal{},
		link: &link{address: net.JoinHostPort(s.Host, strconv.Itoa(s.Port)), local: local, remote: remote, ask: s.PDU, timeout: s.Timeout.Std()},
	}, nil
}

// pdu is the length of messages that the controller agreed to, before that the least.
func (c *Connector) pdu() int {
	if c.link.pdu > 0 {
		return c.link.pdu
	}
	return minPDU
}

// Connect implements connector.Connector. A controller that does not permit PUT/GET is
// told from one that does by reading one byte.
func (c *Connector) Connect(ctx context.Context) error {
	c.refused = map[span]refusal{}
	if err := c.link.open(ctx); err != nil {
		return err
	}
	probe := []span{{area: areaMemory, count: 1}}
	reply, err := c.link.exchange(ctx, rosctrJob, readParameters(nil, probe), nil)
	if err == nil {
		err = reply.eachItem(probe, func(int, itemCode, []byte) {}) // any answer will do
	}
	if err == nil {
		return nil
	}
	c.link.drop()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("read from %s: %w: %w", c.link.address, connector.ErrNotConnected, plain(err))
}

// Close implements connector.Connector.
func (c *Connector) Close() error { return c.link.close() }

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, cp connector.Point, v tag.Value) error {
	p, err := resolve(cp)
	if err != nil {
		return err
	}
	if p.area.words() {
		return &connector.StatusError{Quality: tag.BadNotWritable, Message: "timers and counters are not written"}
	}
	value, err := p.encode(v, c.encoding)
	if err != nil {
		return err
	}
	s := p.span()
	switch {
	case p.kind.lengthened():
		return c.writeTexts(ctx, &p, value)
	case p.kind == kindBool && p.array == 0:
		s.count = 1
		return c.send(ctx, s, p.bit, value)
	}
	return c.writeBytes(ctx, s, value)
}

// writeBytes writes a run of bytes: in one message if it fits, else in several, the first
// bytes last, as they may be the length of what follows. An error after the first message
// leaves the outcome unknown.
func (c *Connector) writeBytes(ctx context.Context, s span, value []byte) error {
	most := (c.pdu() - jobHeader - 2 - itemLength - dataHeader) &^ 1
	for at := (len(value) - 1) / most * most; at >= 0; at -= most {
		one := s
		one.start, one.count = s.start+at, min(most, len(value)-at)
		if err := c.send(ctx, one, -1, value[at:at+one.count]); err != nil {
			if at+most < len(value) && !errors.Is(err, connector.ErrUncertain) {
				return fmt.Errorf("%w: only the last %d of %d bytes were written: %w", connector.ErrUncertain, len(value)-at-one.count, len(value), err)
			}
			return err
		}
	}
	return nil
}

// writeTexts writes a text, or a list of them. The longest length that stands before each
// in the controller is respected and kept; where there is none yet, it becomes that of the
// address.
func (c *Connector) writeTexts(ctx context.Context, p *point, value []byte) error {
	stride, head := p.kind.stride(p.length), kinds[p.kind].bytes
	for i := range max(p.array, 1) {
		one := value[i*stride:]
		n := int(one[1])
		width := 1
		if p.kind == kindWString {
			n, width = int(one[2])<<8|int(one[3]), 2
		}
		s := p.span()
		s.start, s.count = s.start+i*stride, head+n*width
		one = one[:s.count]
		most, err := c.readHead(ctx, s.start, head, width, s)
		if err != nil {
			return undone(i, err)
		}
		switch {
		case most == 0: // never used: our own length becomes that of the controller
			one[0], one[width-1] = byte(p.length>>(8*(width-1))), byte(p.length)
		case n > most:
			return undone(i, refused(tag.BadOutOfRange, "the text has %d characters, the controller keeps %d", n, most))
		default:
			s.start, s.count, one = s.start+width, s.count-width, one[width:]
		}
		if err := c.writeBytes(ctx, s, one); err != nil {
			return undone(i, err)
		}
	}
	return nil
}

// undone says of a list of which some are written that its outcome is unknown.
func undone(written int, err error) error {
	if written == 0 || errors.Is(err, connector.ErrUncertain) {
		return err
	}
	return fmt.Errorf("%w: only the first %d were written: %w", connector.ErrUncertain, written, err)
}

// readHead reads the longest length of a text in the controller.
func (c *Connector) readHead(ctx context.Context, start, head, width int, s span) (int, error) {
	s.start, s.count = start, head
	spans := []span{s}
	reply, err := c.link.exchange(ctx, rosctrJob, readParameters(nil, spans), nil)
	if err != nil {
		return 0, plain(err)
	}
	most := 0
	var refusal error
	err = reply.eachItem(spans, func(_ int, code itemCode, data []byte) {
		if code != itemOK {
			refusal = code.status()
			return
		}
		most = int(data[0])
		if width == 2 {
			most = most<<8 | int(data[1])
		}
	})
	return most, errors.Join(err, refusal)
}

// send writes a run of bytes, or one bit, and returns when the controller has confirmed it.
func (c *Connector) send(ctx context.Context, s span, bit int, value []byte) error {
	parameters, data := writeJob(s, bit, value)
	reply, err := c.link.exchange(ctx, rosctrJob, parameters, data)
	var code itemCode
	if err == nil {
		code, err = reply.checkWrite()
	}
	var status *connector.StatusError
	switch {
	case err == nil && code == itemOK:
		return nil
	case err == nil:
		return code.status()
	case errors.As(err, &unsent{}):
		return plain(err)
	case errors.As(err, &status) && status.Quality != tag.BadTimeout && status.Quality != tag.BadCommunicationError:
		return err // the controller refused the job as a whole
	}
	return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
}
