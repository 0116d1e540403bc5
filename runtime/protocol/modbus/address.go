package modbus

import (
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says where a value lies in a device and how.
type Address struct {
	Table string `json:"table" title:"Table" zh:"数据区" required:"true" enum:"coil=Coil (0x)|线圈 (0x),discrete=Discrete input (1x)|离散输入 (1x),input=Input register (3x)|输入寄存器 (3x),holding=Holding register (4x)|保持寄存器 (4x)"`
	// Address counts from the device's "first address", without the digit of the table.
	Address int    `json:"address" title:"Address" zh:"地址" help:"Without the leading digit of the table: 40001 is address 0, or 1 when the first address of the device is 1." helpZh:"不含数据区前缀：40001 为地址 0；设备首地址为 1 时为 1。" required:"true" min:"0" max:"65536"`
	Type    string `json:"type,omitempty" title:"Type" zh:"数据类型" required:"true" when:"table=input,holding" enum:"bool,int16,uint16,int32,uint32,int64,uint64,float32,float64,string=Text|文本,bcd16=BCD 16 bit|BCD 16 位,bcd32=BCD 32 bit|BCD 32 位"`
	// Length is the length of a text in bytes; two are in a register.
	Length int `json:"length,omitempty" title:"Length" zh:"长度" unit:"B" required:"true" when:"type=string" min:"1" max:"246"`
	// Order is the byte order, "" that of the device. In 64 bits it goes on: ABCDEFGH, GHEFCDAB, BADCFEHG, HGFEDCBA.
	Order string `json:"order,omitempty" title:"Byte order" zh:"字节顺序" when:"table=input,holding" enum:"ABCD=ABCD (big-endian)|ABCD（大端）,CDAB=CDAB (words swapped)|CDAB（字交换）,BADC=BADC (bytes swapped)|BADC（字节交换）,DCBA=DCBA (little-endian)|DCBA（小端）"`
	// Bit takes one bit of an integer, 0 being the least significant. Writing it changes no other bit.
	Bit *int `json:"bit,omitempty" title:"Bit" zh:"位" help:"One bit of the register, 0 is the least significant." helpZh:"寄存器中的一位，0 为最低位。" when:"type=int16,uint16,int32,uint32,int64,uint64" min:"0" max:"63" advanced:"true"`
	// Factor makes the value of the number in the registers, 0 and 1 leave it as it is. What is
	// written is divided by it and rounded to what the registers hold.
	Factor float64 `json:"factor,omitempty" title:"Factor" zh:"系数" help:"Value of one count: 0.1 when 235 means 23.5." helpZh:"每个计数对应的数值：235 表示 23.5 时为 0.1。" when:"type=int16,uint16,int32,uint32,int64,uint64,float32,float64,bcd16,bcd32" min:"-1e12" max:"1e12" advanced:"true"`
	// Unit is the unit identifier, nil that of the device.
	Unit *int `json:"unit,omitempty" title:"Unit id" zh:"单元号" help:"Only if it is not that of the device." helpZh:"仅在与设备不同时填写。" min:"0" max:"255" advanced:"true"`
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	tb := Tables[a.Table]
	if tb.Bits() {
		if a.Type != "" && a.Type != "bool" {
			ps.Add("modbus_type", "/type", "leave the type out or choose bool", "a %s is a single bit and has no type %s", a.Table, a.Type)
		}
		if a.Bit != nil {
			ps.Add("modbus_bit", "/bit", "leave the bit out", "a %s is a single bit already", a.Table)
		}
		a.Type = "bool"
	}
	f := Formats[a.Type]
	words := f.Words(a.Length)
	if a.Address+words > 65537 {
		ps.Add("modbus_range", "/address", "give a smaller address", "%s at %d reaches beyond the last register", a.Type, a.Address)
	}
	if a.Bit != nil && !tb.Bits() {
		switch f {
		case Int16, Uint16, Int32, Uint32, Int64, Uint64:
			if *a.Bit >= 16*words {
				ps.Add("modbus_bit", "/bit", fmt.Sprintf("choose a bit from 0 to %d", 16*words-1), "%s has no bit %d", a.Type, *a.Bit)
			}
		default:
			ps.Add("modbus_bit", "/bit", "choose an integer type", "a bit of %s has no meaning", a.Type)
		}
	}
	if a.Factor != 0 && (tb.Bits() || a.Bit != nil || f == Bool || f == String) {
		ps.Add("modbus_factor", "/factor", "leave the factor out", "only a number has a factor")
	}
	if writable && (tb == Discrete || tb == Input) {
		ps.Add("not_writable", "/table", "choose the table coil or holding, or make the tag read-only", "inputs cannot be written")
	}
	single := tb.Bits() || a.Bit != nil || f == Bool
	textual := t == tag.String || t == tag.Bytes
	switch {
	case t == tag.None:
	case t == tag.JSON || textual != (f == String) || t == tag.Bool && !single && textual:
		ps.Add("type_mismatch", "/type", "choose another type of the address or of the tag", "%s cannot be delivered as %s", a.Type, t)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// Layout is how a value of type t lies at the address.
func (a *Address) Layout(t tag.Type) Layout {
	l := Layout{Format: Formats[a.Type], Order: Orders[a.Order], Length: a.Length, Bit: -1, Factor: a.Factor, Type: t}
	if l.Factor == 1 {
		l.Factor = 0
	}
	if a.Bit != nil {
		l.Bit = *a.Bit
	}
	return l
}
