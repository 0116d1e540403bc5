package unit

import (
	"math"
	"math/big"
	"sync"
)

// prefixes are those of UCUM 2.2, tables 1 and 5, with how they are printed where that differs.
var prefixes = map[string]string{
	"Q": "1e30", "R": "1e27", "Y": "1e24", "Z": "1e21", "E": "1e18", "P": "1e15", "T": "1e12", "G": "1e9", "M": "1e6", "k": "1e3", "h": "1e2", "da": "1e1",
	"d": "1e-1", "c": "1e-2", "m": "1e-3", "u": "1e-6", "n": "1e-9", "p": "1e-12", "f": "1e-15", "a": "1e-18", "z": "1e-21", "y": "1e-24", "r": "1e-27", "q": "1e-30",
	"Ki": "1024", "Mi": "1048576", "Gi": "1073741824", "Ti": "1099511627776",
}

// atom is a unit that is no product of others.
type atom struct {
	code, symbol string
	// value times unit is what it is; unit "" is a base unit.
	value, unit string
	metric      bool // takes prefixes
	us          bool // customary in the United States
	special     *special
}

// atoms are the units of UCUM 2.2 that machines, utilities and laboratories of plants use: base units,
// derived units of the SI, units of ISO 1000, CGS and customary units (UCUM tables 2 to 21), with the
// values of the specification. Units of medicine, typography and history are left out.
var atoms = []atom{
	{code: "m", metric: true}, {code: "s", metric: true}, {code: "g", metric: true}, {code: "rad", metric: true},
	{code: "K", metric: true}, {code: "C", metric: true}, {code: "cd", metric: true},

	{code: "10*", symbol: "10", value: "10", unit: "1"}, {code: "10^", symbol: "10", value: "10", unit: "1"},
	{code: "[pi]", symbol: "π", value: "3.1415926535897932384626433832795028841971693993751058209749445923", unit: "1"},
	{code: "%", value: "1", unit: "10*-2"}, {code: "[ppth]", symbol: "‰", value: "1", unit: "10*-3"}, {code: "[ppm]", symbol: "ppm", value: "1", unit: "10*-6"},
	{code: "[ppb]", symbol: "ppb", value: "1", unit: "10*-9"}, {code: "[pptr]", symbol: "ppt", value: "1", unit: "10*-12"},

	{code: "mol", value: "6.0221367", unit: "10*23", metric: true}, {code: "sr", value: "1", unit: "rad2", metric: true},
	{code: "Hz", value: "1", unit: "s-1", metric: true}, {code: "N", value: "1", unit: "kg.m/s2", metric: true},
	{code: "Pa", value: "1", unit: "N/m2", metric: true}, {code: "J", value: "1", unit: "N.m", metric: true},
	{code: "W", value: "1", unit: "J/s", metric: true}, {code: "A", value: "1", unit: "C/s", metric: true},
	{code: "V", value: "1", unit: "J/C", metric: true}, {code: "F", value: "1", unit: "C/V", metric: true},
	{code: "Ohm", symbol: "Ω", value: "1", unit: "V/A", metric: true}, {code: "S", value: "1", unit: "Ohm-1", metric: true},
	{code: "Wb", value: "1", unit: "V.s", metric: true}, {code: "Cel", symbol: "°C", value: "1", unit: "K", metric: true, special: celsius},
	{code: "T", value: "1", unit: "Wb/m2", metric: true}, {code: "H", value: "1", unit: "Wb/A", metric: true},
	{code: "lm", value: "1", unit: "cd.sr", metric: true}, {code: "lx", value: "1", unit: "lm/m2", metric: true},
	{code: "Bq", value: "1", unit: "s-1", metric: true}, {code: "Gy", value: "1", unit: "J/kg", metric: true}, {code: "Sv", value: "1", unit: "J/kg", metric: true},

	{code: "gon", value: "0.9", unit: "deg"}, {code: "deg", symbol: "°", value: "2", unit: "[pi].rad/360"}, {code: "'", symbol: "′", value: "1", unit: "deg/60"}, {code: "''", symbol: "″", value: "1", unit: "'/60"},
	{code: "l", value: "1", unit: "dm3", metric: true}, {code: "L", value: "1", unit: "l", metric: true}, {code: "ar", symbol: "a", value: "100", unit: "m2", metric: true},
	{code: "min", value: "60", unit: "s"}, {code: "h", value: "60", unit: "min"}, {code: "d", value: "24", unit: "h"}, {code: "wk", value: "7", unit: "d"},
	{code: "mo", value: "1", unit: "mo_j"}, {code: "mo_j", symbol: "mo", value: "1", unit: "a_j/12"}, {code: "a", value: "1", unit: "a_j"}, {code: "a_j", symbol: "a", value: "365.25", unit: "d"},
	{code: "t", value: "1000", unit: "kg", metric: true}, {code: "bar", value: "100000", unit: "Pa", metric: true}, {code: "u", value: "1.6605402e-24", unit: "g", metric: true}, {code: "eV", value: "1", unit: "[e].V", metric: true},

	{code: "[c]", symbol: "c", value: "299792458", unit: "m/s", metric: true}, {code: "[e]", symbol: "e", value: "1.60217733e-19", unit: "C", metric: true},
	{code: "[mu_0]", symbol: "μ₀", value: "1", unit: "4.[pi].10*-7.N/A2", metric: true}, {code: "[ly]", symbol: "ly", value: "1", unit: "[c].a_j", metric: true},
	{code: "[g]", symbol: "gₙ", value: "9.80665", unit: "m/s2", metric: true}, {code: "atm", value: "101325", unit: "Pa"}, {code: "att", symbol: "at", value: "1", unit: "kgf/cm2"},
	{code: "gf", value: "1", unit: "g.[g]", metric: true}, {code: "[lbf_av]", symbol: "lbf", value: "1", unit: "[lb_av].[g]", us: true},
	{code: "Gal", value: "1", unit: "cm/s2", metric: true}, {code: "dyn", value: "1", unit: "g.cm/s2", metric: true}, {code: "erg", value: "1", unit: "dyn.cm", metric: true},
	{code: "P", value: "1", unit: "dyn.s/cm2", metric: true}, {code: "St", value: "1", unit: "cm2/s", metric: true}, {code: "G", value: "1e-4", unit: "T", metric: true}, {code: "Oe", value: "250", unit: "/[pi].A/m", metric: true},
	{code: "mho", value: "1", unit: "S", metric: true}, {code: "Ao", symbol: "Å", value: "0.1", unit: "nm"}, {code: "st", value: "1", unit: "m3", metric: true},
	{code: "Ci", value: "37e9", unit: "Bq", metric: true}, {code: "R", value: "2.58e-4", unit: "C/kg", metric: true},

	{code: "[in_i]", symbol: "in", value: "2.54", unit: "cm", us: true}, {code: "[ft_i]", symbol: "ft", value: "12", unit: "[in_i]", us: true}, {code: "[yd_i]", symbol: "yd", value: "3", unit: "[ft_i]", us: true},
	{code: "[mi_i]", symbol: "mi", value: "5280", unit: "[ft_i]", us: true}, {code: "[nmi_i]", symbol: "nmi", value: "1852", unit: "m"}, {code: "[kn_i]", symbol: "kn", value: "1", unit: "[nmi_i]/h"},
	{code: "[sin_i]", symbol: "in²", value: "1", unit: "[in_i]2", us: true}, {code: "[sft_i]", symbol: "ft²", value: "1", unit: "[ft_i]2", us: true}, {code: "[cin_i]", symbol: "in³", value: "1", unit: "[in_i]3", us: true},
	{code: "[cft_i]", symbol: "ft³", value: "1", unit: "[ft_i]3", us: true}, {code: "[cyd_i]", symbol: "yd³", value: "1", unit: "[yd_i]3", us: true}, {code: "[mil_i]", symbol: "mil", value: "1e-3", unit: "[in_i]", us: true},
	{code: "[ft_us]", symbol: "ft", value: "1200", unit: "m/3937", us: true}, {code: "[rd_us]", symbol: "rd", value: "16.5", unit: "[ft_us]", us: true}, {code: "[acr_us]", symbol: "ac", value: "160", unit: "[rd_us]2", us: true},
	{code: "[gal_us]", symbol: "gal", value: "231", unit: "[in_i]3", us: true}, {code: "[bbl_us]", symbol: "bbl", value: "42", unit: "[gal_us]", us: true}, {code: "[qt_us]", symbol: "qt", value: "1", unit: "[gal_us]/4", us: true},
	{code: "[pt_us]", symbol: "pt", value: "1", unit: "[qt_us]/2", us: true}, {code: "[gil_us]", symbol: "gi", value: "1", unit: "[pt_us]/4", us: true}, {code: "[foz_us]", symbol: "fl oz", value: "1", unit: "[gil_us]/4", us: true},
	{code: "[bu_us]", symbol: "bu", value: "2150.42", unit: "[in_i]3", us: true}, {code: "[gal_br]", symbol: "gal (imp)", value: "4.54609", unit: "l"},
	{code: "[gr]", symbol: "gr", value: "64.79891", unit: "mg", us: true}, {code: "[lb_av]", symbol: "lb", value: "7000", unit: "[gr]", us: true}, {code: "[oz_av]", symbol: "oz", value: "1", unit: "[lb_av]/16", us: true},
	{code: "[scwt_av]", symbol: "cwt", value: "100", unit: "[lb_av]", us: true}, {code: "[lcwt_av]", symbol: "cwt (imp)", value: "112", unit: "[lb_av]"}, {code: "[ston_av]", symbol: "ton", value: "20", unit: "[scwt_av]", us: true}, {code: "[lton_av]", symbol: "ton (imp)", value: "20", unit: "[lcwt_av]"},
	{code: "[oz_tr]", symbol: "oz t", value: "480", unit: "[gr]", us: true}, {code: "[car_m]", symbol: "ct", value: "0.2", unit: "g"},

	{code: "[degF]", symbol: "°F", value: "5", unit: "K/9", us: true, special: fahrenheit}, {code: "[degR]", symbol: "°R", value: "5", unit: "K/9", us: true}, {code: "[degRe]", symbol: "°Ré", value: "5", unit: "K/4", special: celsius},
	{code: "cal_IT", symbol: "cal", value: "4.1868", unit: "J", metric: true}, {code: "cal_th", symbol: "cal", value: "4.184", unit: "J", metric: true}, {code: "cal", value: "1", unit: "cal_th", metric: true},
	{code: "[Btu_IT]", symbol: "Btu", value: "1.05505585262", unit: "kJ", us: true}, {code: "[Btu_th]", symbol: "Btu", value: "1.054350", unit: "kJ", us: true}, {code: "[Btu]", symbol: "Btu", value: "1", unit: "[Btu_th]", us: true},
	{code: "[HP]", symbol: "hp", value: "550", unit: "[ft_i].[lbf_av]/s", us: true}, {code: "tex", value: "1", unit: "g/km", metric: true}, {code: "[den]", symbol: "den", value: "1", unit: "g/9/km"},
	{code: "m[H2O]", symbol: "mH₂O", value: "9.80665", unit: "kPa", metric: true}, {code: "m[Hg]", symbol: "mHg", value: "133.3220", unit: "kPa", metric: true},
	{code: "[in_i'H2O]", symbol: "inH₂O", value: "1", unit: "m[H2O].[in_i]/m", us: true}, {code: "[in_i'Hg]", symbol: "inHg", value: "1", unit: "m[Hg].[in_i]/m", us: true},
	{code: "[psi]", symbol: "psi", value: "1", unit: "[lbf_av]/[in_i]2", us: true}, {code: "[diop]", symbol: "dpt", value: "1", unit: "/m"}, {code: "[mesh_i]", symbol: "mesh", value: "1", unit: "/[in_i]", us: true},
	{code: "circ", symbol: "rev", value: "2", unit: "[pi].rad"},

	{code: "eq", value: "1", unit: "mol", metric: true}, {code: "osm", value: "1", unit: "mol", metric: true}, {code: "[pH]", symbol: "pH", value: "1", unit: "mol/l", special: acidity},
	{code: "g%", value: "1", unit: "g/dl", metric: true}, {code: "kat", value: "1", unit: "mol/s", metric: true}, {code: "U", value: "1", unit: "umol/min", metric: true},
	{code: "Np", value: "1", unit: "1", metric: true, special: neper}, {code: "B", value: "1", unit: "1", metric: true, special: bel},
	{code: "B[SPL]", symbol: "B (SPL)", value: "2", unit: "10*-5.Pa", metric: true, special: field}, {code: "B[V]", symbol: "BV", value: "1", unit: "V", metric: true, special: field},
	{code: "B[mV]", symbol: "BmV", value: "1", unit: "mV", metric: true, special: field}, {code: "B[uV]", symbol: "BµV", value: "1", unit: "uV", metric: true, special: field}, {code: "B[10.nV]", symbol: "B (10 nV)", value: "10", unit: "nV", metric: true, special: field},
	{code: "B[W]", symbol: "BW", value: "1", unit: "W", metric: true, special: bel}, {code: "B[kW]", symbol: "BkW", value: "1", unit: "kW", metric: true, special: bel},
	{code: "bit", value: "1", unit: "1", metric: true}, {code: "By", symbol: "B", value: "8", unit: "bit", metric: true}, {code: "Bd", value: "1", unit: "/s", metric: true},
}

// The scales of special units (UCUM 2.2, §21 to §22).
var (
	celsius    = &special{offset: rational("273.15")}
	fahrenheit = &special{offset: new(big.Rat).Mul(rational("459.67"), big.NewRat(5, 9))}
	neper      = &special{from: math.Exp, to: math.Log}
	bel        = &special{from: func(x float64) float64 { return math.Pow(10, x) }, to: math.Log10}
	field      = &special{from: func(x float64) float64 { return math.Pow(10, x/2) }, to: func(m float64) float64 { return 2 * math.Log10(m) }}
	acidity    = &special{from: func(x float64) float64 { return math.Pow(10, -x) }, to: func(m float64) float64 { return -math.Log10(m) }}
)

func rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("unit: " + text + " is no number")
	}
	return r
}

// known are the atoms by code, each worked out once.
var known = sync.OnceValue(func() map[string]*Unit {
	all := make(map[string]*Unit, len(atoms))
	todo := make(map[string]*atom, len(atoms))
	for i := range atoms {
		todo[atoms[i].code] = &atoms[i]
	}
	var find finder
	find = func(code string) (*Unit, bool, bool) {
		a := todo[code]
		if a == nil {
			return nil, false, false
		}
		if u := all[code]; u != nil {
			return u, a.metric, true
		}
		u := Unit{code: code, symbol: a.symbol, us: a.us, special: a.special}
		if u.symbol == "" {
			u.symbol = code
		}
		if a.unit == "" {
			for i, base := range baseCodes {
				if base == code {
					u.dim[i] = 1
				}
			}
		} else {
			of, err := read(a.unit, find)
			if err != nil {
				panic("unit: " + code + ": " + err.Error())
			}
			u.dim, u.factor = of.dim, new(big.Rat).Mul(of.ratio(), rational(a.value))
		}
		all[code] = &u
		return &u, a.metric, true
	}
	for i := range atoms {
		find(atoms[i].code)
	}
	return all
})

// metric are the atoms that take prefixes.
var metric = sync.OnceValue(func() map[string]bool {
	out := make(map[string]bool, len(atoms))
	for i := range atoms {
		out[atoms[i].code] = atoms[i].metric
	}
	return out
})

// finder finds an atom and tells whether it takes prefixes.
type finder func(code string) (u *Unit, metric, ok bool)

func findAtom(code string) (*Unit, bool, bool) {
	u := known()[code]
	return u, metric()[code], u != nil
}
