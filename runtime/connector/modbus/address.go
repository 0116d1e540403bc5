package modbus

import (
	"fmt"

	"github.com/lineside/lineside/runtime/connector"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// resolve fills in what an address leaves to the device. The error is a *connector.StatusError.
func (c *Connector) resolve(cp connector.Point) (point, error) {
	a, ok := cp.Address.(*wire.Address)
	if !ok {
		return point{}, &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no Modbus address", cp.Path)}
	}
	p := point{id: cp.ID, unit: byte(c.settings.Unit), table: wire.Tables[a.Table], start: a.Address - c.settings.FirstAddress, Layout: a.Layout(cp.Type)}
	p.coil = p.table.Bits()
	p.count = p.Words()
	if p.Order == wire.OrderDefault {
		p.Order = wire.Orders[c.settings.Order]
	}
	if a.Unit != nil {
		p.unit = byte(*a.Unit)
	}
	if c.settings.serial() && (p.unit < 1 || p.unit > 247) {
		return point{}, &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("unit %d cannot be asked on a serial line", p.unit)}
	}
	if p.start < 0 || p.end() > 65536 {
		return point{}, &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("address %d does not exist when the first is %d", a.Address, c.settings.FirstAddress)}
	}
	return p, nil
}
