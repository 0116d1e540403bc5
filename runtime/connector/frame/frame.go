// Package frame speaks to devices that have no standard protocol: scales, barcode scanners,
// meters, displays. Their frames are described in the settings (where they begin and end, the
// checksum) and in the addresses (where a value lies in a frame), without a line of code. The
// device sends by itself, or is asked; over TCP in either direction, UDP or a serial line.
//
// A frame whose checksum is wrong is counted and never becomes a value.
package frame

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "frame", Version: 1, Icon: "binary", Category: "other",
			Title:    spec.Text{"en": "Frames (scanners, scales, meters)", "zh": "自定义帧（扫码枪、衡器、仪表）"},
			Summary:  spec.Text{"en": "Reads and writes devices of any protocol of text or binary frames over TCP, UDP or a serial port, described in a form.", "zh": "通过表单描述文本或二进制帧，经 TCP、UDP 或串口读写任意协议的设备。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
	}, decodeSettings, New, ParseAddress))
}

// Settings are those of one connection.
type Settings struct {
	Transport string `json:"transport" title:"Transport" zh:"传输方式" group:"connection" enum:"tcp=TCP: we connect to the device|TCP（主动连接设备）,tcp-server=TCP: the device connects to us|TCP（设备连接本机）,udp=UDP,serial=Serial port|串口" default:"tcp"`
	Host      string `json:"host,omitempty" title:"Host" zh:"主机" help:"Name or IP address of the device." helpZh:"设备的名称或 IP 地址。" group:"connection" required:"true" when:"transport=tcp,udp" min:"1" max:"253"`
	Port      int    `json:"port,omitempty" title:"Port" zh:"端口" help:"Of UDP, where what we send goes to." helpZh:"UDP 时为发送的目标端口。" group:"connection" required:"true" when:"transport=tcp,udp" min:"1" max:"65535"`
	// Listen and ListenPort are where the device connects to.
	Listen     string `json:"listen" title:"Address of this computer" zh:"本机地址" help:"Where the device connects to: 127.0.0.1 for programs of this computer only, 0.0.0.0 for all networks." helpZh:"设备连接的本机地址：127.0.0.1 仅限本机程序，0.0.0.0 为所有网络。" group:"connection" when:"transport=tcp-server" default:"127.0.0.1" min:"1" max:"64"`
	ListenPort int    `json:"listenPort,omitempty" title:"Port of this computer" zh:"本机端口" group:"connection" required:"true" when:"transport=tcp-server" min:"1" max:"65535"`
	From       string `json:"from,omitempty" title:"Only from" zh:"仅允许" help:"IP address of the device; others are turned away. Empty: any." helpZh:"设备的 IP 地址，其他地址被拒绝。留空为任意。" group:"connection" when:"transport=tcp-server" max:"64"`
	// LocalPort is where the device sends its packets to.
	LocalPort int `json:"localPort,omitempty" title:"Port of this computer" zh:"本机端口" help:"Where the device sends to by itself. Empty: any, for devices that answer." helpZh:"设备主动发送的目标端口。留空为任意端口，适用于应答设备。" group:"connection" when:"transport=udp" min:"0" max:"65535"`

	SerialPort string `json:"serialPort,omitempty" title:"Serial port" zh:"串口" help:"Such as /dev/ttyUSB0 or COM3; better a lasting name below /dev/serial/by-id. The test lists the ports of this computer when there is none of that name." helpZh:"如 /dev/ttyUSB0 或 COM3；建议使用 /dev/serial/by-id 下的固定名称。若串口不存在，测试会列出本机的串口。" group:"connection" required:"true" when:"transport=serial" min:"1" max:"255"`
	Baud       int    `json:"baud" title:"Baud rate" zh:"波特率" unit:"Bd" group:"connection" when:"transport=serial" default:"9600" min:"50" max:"4000000"`
	Parity     string `json:"parity" title:"Parity" zh:"校验位" group:"connection" when:"transport=serial" enum:"none=None|无,even=Even|偶,odd=Odd|奇" default:"none"`
	StopBits   int    `json:"stopBits" title:"Stop bits" zh:"停止位" group:"connection" when:"transport=serial" default:"1" min:"1" max:"2"`
	DataBits   int    `json:"dataBits" title:"Data bits" zh:"数据位" group:"connection" when:"transport=serial" default:"8" min:"5" max:"8"`

	Framing string `json:"framing" title:"Frames end by" zh:"帧的结束方式" group:"frames" enum:"delimiter=An end marker (lines)|结束符（行）,bracket=Start and end marker with escapes|起止符（可转义）,fixed=Fixed length|固定长度,length=A length field|长度字段,idle=A pause|停顿,packet=The UDP packet|UDP 数据包" default:"delimiter"`
	Start   string `json:"start,omitempty" title:"Start marker" zh:"起始符" help:"What every frame begins with: text with \\r, \\x02, <STX>, or \"hex: AA 55\". What comes before it is noise." helpZh:"每帧的开头：文本可用 \\r、\\x02、<STX>，或 \"hex: AA 55\"。其前的内容视为噪声。" group:"frames" max:"64"`
	End     string `json:"end" title:"End marker" zh:"结束符" group:"frames" when:"framing=delimiter,bracket" default:"\\r\\n" min:"1" max:"64"`
	Escape  string `json:"escape,omitempty" title:"Escape byte" zh:"转义字节" help:"Such as <DLE> or \\x7D: the byte after it is data, whatever it is." helpZh:"如 <DLE> 或 \\x7D：其后的字节一律为数据。" group:"frames" when:"framing=bracket" max:"16"`
	// EscapeXor is what the escaped byte was combined with (0x20 in HDLC).
	EscapeXor int           `json:"escapeXor,omitempty" title:"Escaped byte combined with" zh:"转义字节异或" help:"32 (hexadecimal 20) in frames like those of HDLC; 0: as it is." helpZh:"类 HDLC 帧为 32（十六进制 20）；0 表示原样。" group:"frames" when:"framing=bracket" min:"0" max:"255" advanced:"true"`
	Trailer   int           `json:"trailer,omitempty" title:"Bytes after the end marker" zh:"结束符后的字节数" help:"Such as 1 for a checksum behind <ETX>." helpZh:"如 <ETX> 后有 1 字节校验则为 1。" unit:"B" group:"frames" when:"framing=bracket" min:"0" max:"16"`
	Size      int           `json:"size,omitempty" title:"Length of a frame" zh:"帧长" unit:"B" group:"frames" required:"true" when:"framing=fixed" min:"1" max:"65536"`
	LengthAt  int           `json:"lengthAt" title:"Position of the length" zh:"长度字段位置" help:"Bytes before the length field, start marker included." helpZh:"长度字段之前的字节数，含起始符。" unit:"B" group:"frames" when:"framing=length" default:"0" min:"0" max:"1024"`
	LengthOf  int           `json:"lengthSize" title:"Size of the length" zh:"长度字段大小" unit:"B" group:"frames" when:"framing=length" default:"2" min:"1" max:"8"`
	LengthAs  string        `json:"lengthAs" title:"The length is written as" zh:"长度的写法" group:"frames" when:"framing=length" enum:"big=Big-endian|大端,little=Little-endian|小端,decimal=Digits|十进制数字,hex=Hexadecimal digits|十六进制数字" default:"big"`
	LengthAdd int           `json:"lengthAdd" title:"Add to the length" zh:"长度修正" help:"Bytes of the whole frame that the length does not count: header, the field itself, checksum." helpZh:"整帧中长度未计入的字节数：帧头、长度字段本身、校验。" unit:"B" group:"frames" when:"framing=length" default:"0" min:"-1024" max:"1024"`
	Idle      spec.Duration `json:"idle" title:"Pause after a frame" zh:"帧后停顿" group:"frames" when:"framing=idle" default:"20ms" min:"2ms" max:"10s"`
	MaxFrame  int           `json:"maxFrame" title:"Longest frame" zh:"最大帧长" unit:"B" group:"frames" default:"4096" min:"1" max:"65536" advanced:"true"`
	// Pause ends a frame whose end was lost.
	Pause spec.Duration `json:"pause" title:"Longest pause within a frame" zh:"帧内最长停顿" help:"After it the beginning of a frame is thrown away: its end was lost." helpZh:"超过后丢弃不完整的帧。" group:"frames" default:"1s" min:"10ms" max:"1m" advanced:"true"`

	Checksum     string `json:"checksum" title:"Checksum" zh:"校验" group:"checksum" enum:"none=None|无,sum8=Sum of 8 bits|累加和 8 位,lrc=LRC (complement of the sum)|LRC（累加和补码）,xor=XOR (BCC)|异或 (BCC),crc16-modbus=CRC-16/MODBUS,crc16-ccitt=CRC-16/CCITT (starts with FFFF)|CRC-16/CCITT（初值 FFFF）,crc16-xmodem=CRC-16/XMODEM (starts with 0)|CRC-16/XMODEM（初值 0）,crc32=CRC-32" default:"none"`
	ChecksumAs   string `json:"checksumAs" title:"The checksum is written as" zh:"校验的写法" group:"checksum" when:"checksum=sum8,lrc,xor,crc16-modbus,crc16-ccitt,crc16-xmodem,crc32" enum:"big=Bytes: high byte first|字节（高位在前）,little=Bytes: low byte first|字节（低位在前）,hex=Hexadecimal digits|十六进制数字" default:"big"`
	ChecksumFrom int    `json:"checksumFrom" title:"Begins after" zh:"起始偏移" help:"Bytes at the beginning of the frame that it does not cover, such as 1 for <STX>." helpZh:"帧首不参与校验的字节数，如 <STX> 为 1。" unit:"B" group:"checksum" when:"checksum=sum8,lrc,xor,crc16-modbus,crc16-ccitt,crc16-xmodem,crc32" default:"0" min:"0" max:"1024"`
	ChecksumGap  int    `json:"checksumGap" title:"Leaves out before itself" zh:"校验前不计字节" help:"Bytes just before the checksum that it does not cover, such as 1 for the * of NMEA." helpZh:"校验之前不参与校验的字节数，如 NMEA 的 * 为 1。" unit:"B" group:"checksum" when:"checksum=sum8,lrc,xor,crc16-modbus,crc16-ccitt,crc16-xmodem,crc32" default:"0" min:"0" max:"1024"`
	ChecksumTail int    `json:"checksumTail" title:"Bytes behind it" zh:"校验后字节" help:"Bytes of the frame behind the checksum, end marker included: 2 for \\r\\n." helpZh:"校验之后的字节数，含结束符：\\r\\n 为 2。" unit:"B" group:"checksum" when:"checksum=sum8,lrc,xor,crc16-modbus,crc16-ccitt,crc16-xmodem,crc32" default:"0" min:"0" max:"1024"`

	Mode     string    `json:"mode" title:"The device" zh:"设备" group:"exchange" enum:"listen=Sends by itself|主动发送,poll=Answers requests|应答请求" default:"listen"`
	Requests []Request `json:"requests,omitempty" title:"Requests" zh:"请求" help:"Each is sent at the scan rate of the tags that name it." helpZh:"按引用它的变量的扫描周期发送。" group:"exchange" when:"mode=poll" max:"200"`
	// Probe asks the first request when connecting.
	Probe bool `json:"probe" title:"Ask when connecting" zh:"连接时询问设备" help:"Sends the first request, so that what does not answer is not taken for the device." helpZh:"发送第一个请求，未应答则不视为设备。" group:"exchange" when:"mode=poll" default:"true" advanced:"true"`
	// Silence is after how long without a frame the device counts as lost.
	Silence spec.Duration `json:"silence" title:"Lost after silence of" zh:"静默判断断线" help:"0: never. Give it to devices that send regularly." helpZh:"0 表示从不。适用于定期发送的设备。" group:"exchange" when:"mode=listen" default:"0s" min:"0s" max:"24h"`
	Timeout spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"exchange" default:"1s" min:"10ms" max:"1m"`
	Delay   spec.Duration `json:"delay" title:"Pause before sending" zh:"发送前停顿" group:"exchange" default:"0s" min:"0s" max:"10s" advanced:"true"`
	// Hello is sent when the connection is there.
	Hello string `json:"hello,omitempty" title:"Sent when connected" zh:"连接后发送" help:"Such as a command that makes the device send." helpZh:"如让设备开始发送的命令。" group:"exchange" max:"4096" advanced:"true"`

	start, end []byte
	escape     int
	sum        *checksum
	from       netip.Addr
	hello      template
	requests   map[string]*Request
}

// Request is one question that the device answers.
type Request struct {
	Name string `json:"name" title:"Name" zh:"名称" required:"true" min:"1" max:"64"`
	Send string `json:"send" title:"Sent" zh:"发送" help:"Text with \\r, \\x02, <STX>, or \"hex: 02 41 03\"; {checksum} is where the checksum stands." helpZh:"文本可用 \\r、\\x02、<STX>，或 \"hex: 02 41 03\"；{checksum} 为校验位置。" required:"true" min:"1" max:"4096"`
	// Reply is what the reply begins with; other frames are passed over.
	Reply string `json:"reply,omitempty" title:"Reply begins with" zh:"应答开头" help:"Other frames are passed over. Give it whenever the device says to what it answers: a late reply is then never taken for another." helpZh:"其他帧将被忽略。若应答中标明所答内容，请填写，以免迟到的应答被误认。" max:"256"`

	template template
	reply    []byte
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	text := func(at, v string) []byte {
		b, err := parseBytes(v)
		if err != nil {
			ps.Add("frame_text", at, `write text with \r, \x02 or <STX>, or "hex: AA 55"`, "%v", err)
		}
		return b
	}
	send := func(at, v string) template {
		t, err := parseTemplate(v)
		switch {
		case err != nil:
			ps.Add("frame_template", at, `write text with \r, \x02 or <STX>, or "hex: 02 41 03"`, "%v", err)
		case t.takesValue():
			ps.Add("frame_template", at, "leave {value} to what writes a tag", "there is no value to send here")
		case t.takesSum() && s.Checksum == "none":
			ps.Add("frame_checksum", "/checksum", "choose the checksum", "%q has a checksum, but none was chosen", v)
		}
		return t
	}
	s.start, s.end, s.escape = text("/start", s.Start), text("/end", s.End), -1
	if escape := text("/escape", s.Escape); len(escape) == 1 {
		s.escape = int(escape[0])
	} else if len(escape) > 1 {
		ps.Add("frame_escape", "/escape", "give one byte", "%q is more than one byte", s.Escape)
	}
	if kind, ok := sums[s.Checksum]; ok {
		s.sum = &checksum{of: kind.of, size: kind.size, hex: s.ChecksumAs == "hex", little: s.ChecksumAs == "little", from: s.ChecksumFrom, gap: s.ChecksumGap, tail: s.ChecksumTail}
	}
	s.checkFraming(&ps)
	if s.From != "" {
		addr, err := netip.ParseAddr(s.From)
		if err != nil {
			ps.Add("frame_from", "/from", "give an IP address", "%q is not an IP address", s.From)
		}
		s.from = addr.Unmap()
	}
	if s.Hello != "" {
		s.hello = send("/hello", s.Hello)
	}
	s.requests = map[string]*Request{}
	if s.Mode == "poll" {
		for i := range s.Requests {
			r, at := &s.Requests[i], fmt.Sprintf("/requests/%d", i)
			r.template, r.reply = send(at+"/send", r.Send), text(at+"/reply", r.Reply)
			if s.requests[r.Name] != nil {
				ps.Add("frame_request_twice", at+"/name", "give each request a name of its own", "there are two requests %q", r.Name)
			}
			s.requests[r.Name] = r
		}
		if len(s.Requests) == 0 {
			ps.Add("frame_no_request", "/requests", "add a request, or choose that the device sends by itself", "there is nothing to ask the device")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Settings) checkFraming(ps *spec.Problems) {
	if s.Framing == "packet" && s.Transport != "udp" {
		ps.Add("frame_packet", "/framing", "choose how frames end", "only UDP has packets")
	}
	if s.Framing == "bracket" && len(s.start) == 0 {
		ps.Add("frame_start", "/start", "give the start marker", "frames between two markers need a start marker")
	}
	if s.Framing == "idle" && s.Transport == "udp" {
		ps.Add("frame_idle", "/framing", "choose the UDP packet", "a packet has no pauses")
	}
	if s.Framing == "fixed" && (s.Size > s.MaxFrame || s.Size < len(s.start)) {
		ps.Add("frame_size", "/size", "give a length up to the longest frame", "frames of %d bytes cannot be", s.Size)
	}
	if s.Framing == "length" {
		if s.LengthAs == "big" || s.LengthAs == "little" {
			if s.LengthOf > 4 {
				ps.Add("frame_length", "/lengthSize", "give 1 to 4 bytes", "a length of %d bytes is too large", s.LengthOf)
			}
		}
		if s.LengthAt+s.LengthOf > s.MaxFrame {
			ps.Add("frame_length", "/maxFrame", "raise the longest frame", "the length field lies beyond the longest frame")
		}
	}
	if s.sum != nil && s.sum.from+s.sum.gap+s.sum.width()+s.sum.tail > s.MaxFrame {
		ps.Add("frame_checksum", "/maxFrame", "raise the longest frame", "no frame has room for the checksum")
	}
}

// splitter makes one for a connection.
func (s *Settings) splitter() *splitter {
	p := &splitter{kind: s.Framing, start: s.start, size: s.Size, escape: s.escape, escapeXor: byte(s.EscapeXor), trailer: s.Trailer, sum: s.sum, max: s.MaxFrame}
	if s.Framing == "delimiter" || s.Framing == "bracket" {
		p.end = s.end
	}
	p.length.offset, p.length.size, p.length.coding, p.length.adjust = s.LengthAt, s.LengthOf, s.LengthAs, s.LengthAdd
	return p
}
