package unit

import (
	"sync"

	"github.com/lineside/lineside/runtime/spec"
)

// Quantity is a kind of quantity: what people choose a unit for.
type Quantity struct {
	ID    string    `json:"id"`
	Title spec.Text `json:"title"`
	// Metric and US are the units that stand for it where a unit names no counterpart of its own.
	Metric string `json:"-"`
	US     string `json:"-"`
	// Units are the usual units, in the order in which they are offered.
	Units []string `json:"units"`
}

// Quantities are the kinds of quantity there are. The first of a dimension is meant by a unit that is not
// a common one.
var Quantities = []Quantity{
	{"temperature", text("Temperature", "温度"), "Cel", "[degF]", nil},
	{"temperatureDifference", text("Temperature difference", "温差"), "K", "[degR]", nil},
	{"pressure", text("Pressure", "压力"), "kPa", "[psi]", nil},
	{"volumeFlow", text("Volume flow", "体积流量"), "m3/h", "[gal_us]/min", nil},
	{"normalFlow", text("Gas flow at standard conditions", "标准状态气体流量"), "", "", nil},
	{"massFlow", text("Mass flow", "质量流量"), "kg/h", "[lb_av]/h", nil},
	{"volume", text("Volume", "体积"), "m3", "[gal_us]", nil},
	{"mass", text("Mass", "质量"), "kg", "[lb_av]", nil},
	{"length", text("Length and level", "长度与液位"), "m", "[ft_i]", nil},
	{"area", text("Area", "面积"), "m2", "[ft_i]2", nil},
	{"speed", text("Speed", "速度"), "m/s", "[ft_i]/s", nil},
	{"acceleration", text("Acceleration", "加速度"), "m/s2", "[ft_i]/s2", nil},
	{"rotation", text("Rotational speed", "转速"), "{rev}/min", "", nil},
	{"angularSpeed", text("Angular speed", "角速度"), "deg/s", "", nil},
	{"frequency", text("Frequency", "频率"), "Hz", "", nil},
	{"force", text("Force", "力"), "N", "[lbf_av]", nil},
	{"torque", text("Torque", "扭矩"), "N.m", "[ft_i].[lbf_av]", nil},
	{"energy", text("Energy", "能量"), "kW.h", "[Btu_IT]", nil},
	{"power", text("Power", "功率"), "kW", "[HP]", nil},
	{"apparentPower", text("Apparent power", "视在功率"), "", "", nil},
	{"reactivePower", text("Reactive power", "无功功率"), "", "", nil},
	{"voltage", text("Voltage", "电压"), "V", "", nil},
	{"current", text("Current", "电流"), "A", "", nil},
	{"resistance", text("Resistance", "电阻"), "Ohm", "", nil},
	{"charge", text("Charge", "电荷"), "A.h", "", nil},
	{"capacitance", text("Capacitance", "电容"), "F", "", nil},
	{"inductance", text("Inductance", "电感"), "H", "", nil},
	{"magneticField", text("Magnetic flux density", "磁通密度"), "T", "", nil},
	{"time", text("Time", "时间"), "s", "", nil},
	{"density", text("Density", "密度"), "kg/m3", "[lb_av]/[ft_i]3", nil},
	{"viscosity", text("Dynamic viscosity", "动力粘度"), "mPa.s", "", nil},
	{"kinematicViscosity", text("Kinematic viscosity", "运动粘度"), "mm2/s", "", nil},
	{"conductivity", text("Conductivity", "电导率"), "uS/cm", "", nil},
	{"ratio", text("Ratio", "比率"), "%", "", nil},
	{"humidity", text("Relative humidity", "相对湿度"), "", "", nil},
	{"acidity", text("Acidity", "酸碱度"), "", "", nil},
	{"concentration", text("Amount in volume", "摩尔浓度"), "", "", nil},
	{"angle", text("Angle", "角度"), "deg", "", nil},
	{"illuminance", text("Illuminance", "照度"), "lx", "", nil},
	{"irradiance", text("Irradiance", "辐照度"), "W/m2", "", nil},
	{"level", text("Level", "电平"), "", "", nil},
	{"soundPressure", text("Sound pressure level", "声压级"), "", "", nil},
	{"specificEnergy", text("Specific energy", "比能"), "kJ/kg", "[Btu_IT]/[lb_av]", nil},
	{"data", text("Data", "数据量"), "", "", nil},
	{"count", text("Count", "计数"), "", "", nil},
	{"countRate", text("Rate", "节拍"), "", "", nil},
}

func text(en, zh string) spec.Text { return spec.Text{"en": en, "zh": zh} }

var quantities = sync.OnceValue(func() map[string]*Quantity {
	out := make(map[string]*Quantity, len(Quantities))
	for i := range Quantities {
		out[Quantities[i].ID] = &Quantities[i]
	}
	for i := range Common {
		q := out[Common[i].Quantity]
		if q == nil {
			panic("unit: " + Common[i].Code + " is of no quantity")
		}
		q.Units = append(q.Units, Common[i].Code)
	}
	return out
})

// dimensional is the quantity that a dimension stands for when nothing else is known.
var dimensional = sync.OnceValue(func() map[Dimension]string {
	out := map[Dimension]string{}
	for i := range Quantities {
		if q := &Quantities[i]; q.Metric != "" {
			d := Must(q.Metric).dim
			if _, taken := out[d]; !taken && d != (Dimension{}) {
				out[d] = q.ID
			}
		}
	}
	return out
})

// Kinds are the Quantities that have units.
func Kinds() []Quantity {
	quantities()
	out := make([]Quantity, 0, len(Quantities))
	for _, q := range Quantities {
		if len(q.Units) > 0 {
			out = append(out, q)
		}
	}
	return out
}

// FindQuantity finds a kind of quantity.
func FindQuantity(id string) (*Quantity, bool) {
	q, ok := quantities()[id]
	return q, ok
}

// QuantityOf is the id of the kind of quantity that a unit measures, "" when that is not known.
func QuantityOf(u Unit) string {
	if e := entryOf(u); e != nil {
		return e.Quantity
	}
	return dimensional()[u.dim]
}
