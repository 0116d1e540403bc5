package frame

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says where a value lies in a frame and how, and what is sent to write it.
type Address struct {
	// Request names the request whose reply holds the value; "" where the device sends by itself.
	Request string `json:"request,omitempty" title:"Request" zh:"请求" help:"Name of the request whose reply holds the value. Empty when the device sends by itself, or for a value that is only written." helpZh:"其应答包含该值的请求名称。设备主动发送或仅写入时留空。" max:"64"`
	// Match is what frames begin with that hold the value.
	Match string `json:"match,omitempty" title:"Frames that begin with" zh:"帧开头" help:"Only these frames hold the value: text with \\r, \\x02, <STX>, or \"hex: 02 41\". Empty: every frame." helpZh:"仅这些帧包含该值：文本可用 \\r、\\x02、<STX>，或 \"hex: 02 41\"。留空表示所有帧。" max:"256"`
	Kind  string `json:"kind" title:"Kind" zh:"类型" enum:"number=Number in text|文本数字,text=Text|文本,is=True if the text is …|文本等于…为真,int=Signed integer|有符号整数,uint=Unsigned integer|无符号整数,float=Float|浮点数,bcd=BCD digits|BCD 码,bit=Bit|位,frames=Count of frames|帧计数,errors=Count of bad frames|坏帧计数,none=Nothing (write only)|无（仅写）" default:"number"`

	By        string `json:"by" title:"Found by" zh:"定位方式" when:"kind=number,text,is" enum:"position=Position|位置,separator=Separator|分隔符,regexp=Regular expression|正则表达式" default:"position"`
	Offset    int    `json:"offset" title:"Position" zh:"位置" help:"Bytes before the value, from 0. Start and end markers of text frames do not count; in binary frames everything counts." helpZh:"值之前的字节数，从 0 起。文本帧的起止标记不计；二进制帧全部计入。" unit:"B" when:"by=position" default:"0" min:"0" max:"65535"`
	Length    int    `json:"length,omitempty" title:"Length" zh:"长度" help:"0: to the end of the frame." helpZh:"0 表示到帧尾。" unit:"B" when:"by=position" min:"0" max:"65535"`
	Separator string `json:"separator,omitempty" title:"Separator" zh:"分隔符" help:"Such as , or ; or <TAB>." helpZh:"如 , 或 ; 或 <TAB>。" required:"true" when:"by=separator" max:"32"`
	Index     int    `json:"index,omitempty" title:"Part" zh:"序号" help:"Which part between the separators, from 1." helpZh:"分隔后的第几部分，从 1 起。" required:"true" when:"by=separator" min:"1" max:"10000"`
	Regexp    string `json:"regexp,omitempty" title:"Regular expression" zh:"正则表达式" help:"RE2 syntax; the first group in parentheses is the value, or all that fits." helpZh:"RE2 语法；第一个括号组为值，无括号时为整个匹配。" required:"true" when:"by=regexp" min:"1" max:"1000"`
	Equals    string `json:"equals,omitempty" title:"Is this text" zh:"等于此文本" when:"kind=is" required:"true" min:"1" max:"256"`
	Decimal   string `json:"decimal,omitempty" title:"Decimal sign" zh:"小数点" when:"kind=number" enum:"point=Point|点,comma=Comma|逗号" advanced:"true"`
	Base      int    `json:"base,omitempty" title:"Base" zh:"进制" help:"16 for hexadecimal digits." helpZh:"十六进制数字为 16。" when:"kind=number" min:"0" max:"16" advanced:"true"`
	Encoding  string `json:"encoding,omitempty" title:"Encoding" zh:"编码" help:"utf-8, gbk, latin1, utf-16, …; utf-8 if empty." helpZh:"utf-8、gbk、latin1、utf-16 等；留空为 utf-8。" when:"kind=text,is" max:"32" advanced:"true"`

	Size  int    `json:"size,omitempty" title:"Size" zh:"大小" help:"Bytes of the number; of a float 4 or 8." helpZh:"数值的字节数；浮点数为 4 或 8。" unit:"B" required:"true" when:"kind=int,uint,float,bcd,bit" min:"1" max:"8"`
	Order string `json:"order,omitempty" title:"Byte order" zh:"字节顺序" when:"kind=int,uint,float,bcd,bit" enum:"big=Big-endian (ABCD)|大端 (ABCD),little=Little-endian (DCBA)|小端 (DCBA),word-swapped=Words swapped (CDAB)|字交换 (CDAB),byte-swapped=Bytes swapped (BADC)|字节交换 (BADC)"`
	Bit   int    `json:"bit,omitempty" title:"Bit" zh:"位" help:"0 is the least significant." helpZh:"0 为最低位。" when:"kind=bit" min:"0" max:"63"`

	Factor float64 `json:"factor,omitempty" title:"Factor" zh:"系数" help:"Value of one count: 0.1 when 235 means 23.5." helpZh:"每个计数对应的数值：235 表示 23.5 时为 0.1。" when:"kind=number,int,uint,float,bcd,none" min:"-1e12" max:"1e12" advanced:"true"`

	// Write is the template of the frame that writes the value.
	Write string `json:"write,omitempty" title:"Sent to write" zh:"写入帧" help:"The frame with {value} or {value:0.00}, {value:u16}, {value:bcd2}, {value:on|off} and, if there is one, {checksum}: text with \\r, <STX>, or \"hex: 02 {value:u16} 03\"." helpZh:"包含 {value}、{value:0.00}、{value:u16}、{value:bcd2}、{value:on|off} 及（如有）{checksum} 的帧：文本可用 \\r、<STX>，或 \"hex: 02 {value:u16} 03\"。" max:"4096"`
	// Confirm is what the reply to a write begins with; Refusal what it begins with when the
	// device does not do it.
	Confirm string `json:"confirm,omitempty" title:"Confirmed by" zh:"确认方式" help:"With no reply the value counts as written once it is sent." helpZh:"无应答时，发送后即视为写入成功。" enum:"reply=Any frame|任意帧,begins=A frame that begins with …|以…开头的帧,none=No reply|无应答"`
	Reply   string `json:"reply,omitempty" title:"Reply begins with" zh:"应答开头" required:"true" when:"confirm=begins" min:"1" max:"256"`
	Refusal string `json:"refusal,omitempty" title:"Refusal begins with" zh:"拒绝应答开头" when:"confirm=reply,begins" help:"A frame that says that the device does not take the value, such as ERR or <NAK>." helpZh:"表示设备拒绝该值的帧，如 ERR 或 <NAK>。" max:"256"`

	match, separator, equals, reply, refusal []byte
	pattern                                  *regexp.Regexp
	charset                                  *payload.Charset
	template                                 template
}

// binary kinds are numbers in bytes.
func (a *Address) binary() bool {
	switch a.Kind {
	case "int", "uint", "float", "bcd", "bit":
		return true
	}
	return false
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	text := func(at, s string) []byte {
		b, err := parseBytes(s)
		if err != nil {
			ps.Add("frame_text", at, `write text with \r, \x02 or <STX>, or "hex: 02 41"`, "%v", err)
		}
		return b
	}
	a.match, a.separator = text("/match", a.Match), text("/separator", a.Separator)
	a.reply, a.refusal = text("/reply", a.Reply), text("/refusal", a.Refusal)
	a.equals = []byte(a.Equals)
	var err error
	if a.charset, err = payload.LoadCharset(a.Encoding); err != nil {
		ps.Add("frame_encoding", "/encoding", "choose utf-8, gbk, latin1 or utf-16", "%v", err)
	}
	if a.By == "regexp" && !a.binary() {
		if a.pattern, err = regexp.Compile(a.Regexp); err != nil {
			ps.Add("frame_regexp", "/regexp", "correct the expression", "%v", err)
		}
	}
	if a.Kind == "float" && a.Size != 4 && a.Size != 8 {
		ps.Add("frame_size", "/size", "give 4 or 8", "there is no float of %d bytes", a.Size)
	}
	if a.Kind == "bit" && a.Bit >= 8*a.Size {
		ps.Add("frame_bit", "/bit", fmt.Sprintf("choose a bit from 0 to %d", 8*a.Size-1), "%d bytes have no bit %d", a.Size, a.Bit)
	}
	if (a.Order == "word-swapped" || a.Order == "byte-swapped") && a.Size%2 != 0 {
		ps.Add("frame_order", "/order", "choose big- or little-endian, or an even size", "%d bytes have no words to swap", a.Size)
	}
	if a.Base != 0 && a.Base != 2 && a.Base != 8 && a.Base != 10 && a.Base != 16 {
		ps.Add("frame_base", "/base", "choose 2, 8, 10 or 16", "there are no numbers of base %d", a.Base)
	}
	if a.Write != "" {
		if a.template, err = parseTemplate(a.Write); err != nil {
			ps.Add("frame_template", "/write", `write for example "SP{value:0.0}\r\n"`, "%v", err)
		}
	}
	switch {
	case writable && a.Write == "":
		ps.Add("not_writable", "/write", "say what is sent to write the value, or make the tag read-only", "nothing is sent to write this value")
	case a.Kind == "none" && a.Write == "":
		ps.Add("frame_nothing", "/kind", "choose what is read, or say what is sent", "this address neither reads nor writes")
	}
	a.checkType(&ps, t)
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Address) checkType(ps *spec.Problems, t tag.Type) {
	textual := t == tag.String || t == tag.Bytes
	fits := t == tag.None
	switch a.Kind {
	case "text":
		fits = fits || textual
	case "is", "bit":
		fits = fits || t == tag.Bool || t.IsNumber()
	case "none":
		fits = true
	case "number":
		fits = fits || t.IsNumber() || t == tag.Bool || t == tag.String
	default:
		fits = fits || t.IsNumber() || t == tag.Bool
	}
	if !fits {
		ps.Add("type_mismatch", "/kind", "choose another kind of the address or type of the tag", "%s cannot be delivered as %s", a.Kind, t)
	}
}
