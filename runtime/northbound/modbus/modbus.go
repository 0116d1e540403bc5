// Package modbus is a Modbus TCP server: other controllers, panels and programs read chosen tags as
// coils and registers and, where that is allowed, write them (MODBUS Application Protocol V1.1b3,
// MODBUS Messaging on TCP/IP Implementation Guide V1.0b).
//
// A value of several registers is written as a whole or not at all, and a request that writes
// several values is refused as a whole if one of them would be.
package modbus

import (
	"encoding/json"
	"fmt"
	"net/netip"

	"github.com/lineside/lineside/runtime/northbound"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	northbound.Register(&northbound.Type{
		Component: spec.Component{
			ID: "modbus", Version: 1, Icon: "network", Category: "plc",
			Title:    spec.Text{"en": "Modbus TCP server", "zh": "Modbus TCP 服务器"},
			Summary:  spec.Text{"en": "Controllers, panels and other programs read chosen tags as coils and registers, and write those that they may.", "zh": "其他控制器、触摸屏和程序以线圈和寄存器读取所选变量，并写入允许写入的变量。"},
			Settings: spec.Fields(Settings{}),
		},
		MapFields: spec.Fields(wire.Address{}),
		CanExport: true,
		New: func(raw json.RawMessage, tags []northbound.Tag) (northbound.Interface, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return newServer(s, tags), nil
		},
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
		Map:     parseMap,
		Arrange: arrange,
		Suggest: suggest,
		Export:  export,
	})
}

// Settings are those of one server.
type Settings struct {
	Address string `json:"address" title:"Listen on" zh:"监听地址" help:"127.0.0.1 is for programs of this computer only; the address of a network card lets in its network, 0.0.0.0 all. Modbus has no password: name the clients below." helpZh:"127.0.0.1 仅供本机程序访问；填写网卡地址则其网络可访问，0.0.0.0 为全部。Modbus 没有密码：请在下方列出客户端。" group:"connection" default:"127.0.0.1" min:"2" max:"64"`
	Port    int    `json:"port" title:"Port" zh:"端口" help:"502 is usual; below 1024 the system must allow it." helpZh:"通常为 502；1024 以下需要系统允许。" group:"connection" default:"502" min:"1" max:"65535"`
	// Clients are the addresses that may connect; none lets all.
	Clients []string `json:"clients,omitempty" title:"Clients" zh:"客户端" help:"Addresses or networks that may connect, such as 192.0.2.7 or 192.0.2.0/24. None lets all." helpZh:"允许连接的地址或网段，如 192.0.2.7 或 192.0.2.0/24。留空则全部允许。" group:"connection" max:"100"`
	// Unit answers for entries that name none.
	Unit    int  `json:"unit" title:"Unit id" zh:"单元号" help:"Tags may name another." helpZh:"变量可指定其他单元号。" group:"connection" default:"1" min:"0" max:"255"`
	AnyUnit bool `json:"anyUnit" title:"Answer to any unit id" zh:"应答任意单元号" help:"Clients often ask for 0, 1 or 255 whatever stands here. Switched off, an unknown unit is refused (exception 11)." helpZh:"客户端常使用 0、1 或 255。关闭后，未知单元号将被拒绝（异常码 11）。" group:"connection" default:"true"`

	Order        string `json:"order" title:"Byte order" zh:"字节顺序" help:"Order of the bytes of a 32-bit value; A is the most significant." helpZh:"32 位数值的字节顺序，A 为最高字节。" group:"connection" enum:"ABCD=ABCD (big-endian)|ABCD（大端）,CDAB=CDAB (words swapped)|CDAB（字交换）,BADC=BADC (bytes swapped)|BADC（字节交换）,DCBA=DCBA (little-endian)|DCBA（小端）" default:"ABCD"`
	FirstAddress int    `json:"firstAddress" title:"First address" zh:"首地址" help:"0 when addresses count from zero as in the protocol, 1 when the other side counts from one." helpZh:"按协议从零计数时为 0，对方从一计数时为 1。" group:"connection" default:"0" min:"0" max:"1"`

	// Bad is what a read gets that meets a value of bad quality.
	Bad string `json:"bad" title:"When a value is bad" zh:"数值质量为坏时" help:"A read that meets a value of bad quality gets this. The last value does not show that it is old." helpZh:"读取到质量为坏的数值时的应答。使用最后的值时无法看出其已过时。" group:"connection" enum:"failure=Refuse the read: exception 4 (device failure)|拒绝读取：异常码 4（设备故障）,silent=Refuse the read: exception 11 (no answer from the device)|拒绝读取：异常码 11（设备无应答）,last=Give the last value|给出最后的值" default:"failure"`
	// Gaps is what a read gets that meets registers that nothing lies in.
	Gaps string `json:"gaps" title:"Gaps" zh:"空缺" help:"Registers between those of the tags that nothing lies in." helpZh:"变量寄存器之间未使用的寄存器。" group:"connection" enum:"zero=Read as 0|读取为 0,refuse=Refuse the read: exception 2 (no such address)|拒绝读取：异常码 2（无此地址）" default:"zero" advanced:"true"`
	// Changes keeps values that a tag has already from being written again.
	Changes bool `json:"changes" title:"Write changes only" zh:"仅写入变化" help:"A client that writes the same value over and over then writes once. Switched off, each of its requests is a write of its own, with entries in the audit trail." helpZh:"客户端反复写入相同数值时只写入一次。关闭后，每次请求都是一次写入，并记入审计记录。" group:"connection" default:"true" advanced:"true"`

	Connections int           `json:"connections" title:"Connections" zh:"连接数" help:"At most. One that has been idle for 30 s makes room for another." helpZh:"最大连接数。空闲 30 秒的连接会让位给新连接。" group:"advanced" advanced:"true" default:"32" min:"1" max:"256"`
	Idle        spec.Duration `json:"idle" title:"Idle time-out" zh:"空闲超时" help:"A connection without requests is closed after this time." helpZh:"超过此时间没有请求的连接将被关闭。" group:"advanced" advanced:"true" default:"5m" min:"1s" max:"24h"`

	listen  netip.Addr
	allowed []netip.Prefix
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.listen, err = netip.ParseAddr(s.Address); err != nil {
		ps.Add("modbus_listen", "/address", "Write an IP address: 127.0.0.1, 0.0.0.0, or that of a network card.", "%q is not an IP address.", s.Address)
	}
	for i, text := range s.Clients {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var a netip.Addr
			if a, err = netip.ParseAddr(text); err == nil {
				a = a.Unmap()
				prefix = netip.PrefixFrom(a, a.BitLen())
			}
		}
		if err != nil {
			ps.Add("modbus_client", fmt.Sprintf("/clients/%d", i), "Write an address or a network: 192.0.2.7, 192.0.2.0/24.", "%q is neither an address nor a network.", text)
			continue
		}
		s.allowed = append(s.allowed, prefix)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// lets reports whether a client may connect.
func (s *Settings) lets(client netip.Addr) bool {
	if len(s.allowed) == 0 {
		return true
	}
	client = client.Unmap().WithZone("")
	for _, p := range s.allowed {
		if p.Contains(client) {
			return true
		}
	}
	return false
}

// parseMap decodes and checks where a tag of type t lies.
func parseMap(raw json.RawMessage, t tag.Type, write bool) (any, error) {
	a, err := wire.ParseAddress(raw, t, write)
	if err != nil {
		return nil, err
	}
	var ps spec.Problems
	if a.Bit != nil {
		if t != tag.Bool {
			ps.Add("modbus_bit", "/bit", "Leave the bit out, or expose a tag of type bool.", "A tag of type %s is more than one bit.", t)
		}
		if wire.Formats[a.Type].Words(0) != 1 {
			ps.Add("modbus_bit", "/type", `Choose "uint16".`, "A bit lies in one register, not in %s.", a.Type)
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}
