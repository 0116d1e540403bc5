package unit

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func near(a, b float64) bool {
	return math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) || math.Abs(a-b) < 1e-12 && b == 0
}

// The cases with a number are those of the UCUM functional tests (ucum-functional-tests, 3-101 …).
func TestConvert(t *testing.T) {
	for _, c := range []struct {
		name     string
		x        float64
		from, to string
		want     float64
	}{
		{"3-101", 6.3, "m", "m", 6.3}, {"3-102", 6.3, "mm", "m", 0.0063}, {"3-103", 6.3, "mm", "cm", 0.63}, {"3-104", 6.3, "s.m-1", "s/m", 6.3},
		{"3-105", 6.3, "s.mm-1", "s.m-1", 6300}, {"3-106", 6.3, "s.mm-2", "s.m-2", 6300000}, {"3-112", 6.3, "ms/m", "s/m", 0.0063}, {"3-114", 6.30, "4.s/m", "s/m", 25.2},
		{"3-116", 6.3, "s/mm", "s/m", 6300}, {"3-117", 6.3, "ms/mm", "s/m", 6.3}, {"3-118", 6.3, "[in_i]", "m", 0.16002}, {"3-119", 6.3, "[in_i]", "cm", 16.002},
		{"3-120", 6.3, "g.m.s-2.A-2", "g.m.C-2", 6.3}, {"3-121", 1, "10*-7.s", "s", 1e-7}, {"3-122", 1, "4.[pi].10*-7.s", "s", 0.0000012566370614359172953850573533},
		{"3-123", 1, "4.[pi].10*-7.N", "N", 1.2566370614359172953850573533e-6}, {"3-124", 1, "[mu_0]", "g.m.C-2", 1.2566370614359172953850573533e-3},
		{"3-125", 1, "m[Hg]", "g.s-2.m-1", 133322000}, {"3-126", 1, "S", "g-1.m-2.C2.s", 0.001}, {"3-127", 1, "[ly]", "cm", 946073047258080000},
		{"3-128", 1, "1/[ly]", "cm-1", 1.0570008340246e-18}, {"3-129", 1.2, "g.m", "m.g", 1.2},

		{"boiling water", 100, "Cel", "[degF]", 212}, {"and back", 212, "[degF]", "Cel", 100}, {"the same cold", -40, "Cel", "[degF]", -40}, {"absolute zero", -273.15, "Cel", "K", 0},
		{"Réaumur", 80, "[degRe]", "Cel", 100}, {"thousandths of a degree", 25000, "mCel", "[degF]", 77}, {"Rankine", 491.67, "[degR]", "Cel", 0},
		{"a difference", 10, "K", "[degR]", 18}, {"within a product", 1, "W/(m2.Cel)", "W/(m2.K)", 1}, {"a ramp", 1, "Cel/min", "[degF]/min", 1.8},
		{"bar to psi", 1, "bar", "[psi]", 14.503773773020923}, {"psi to kPa", 1, "[psi]", "kPa", 6.894757293168361}, {"gauge", 1, "bar{g}", "kPa", 100}, {"water column", 1, "[in_i'H2O]", "Pa", 249.08891},
		{"gpm", 1, "[gal_us]/min", "l/min", 3.785411784}, {"m3/h", 1, "m3/h", "[gal_us]/min", 4.402867539}, {"cfm", 1, "[ft_i]3/min", "m3/h", 1.699010795520}, {"horsepower", 1, "[HP]", "W", 745.69987158227022},
		{"kWh", 1, "kW.h", "MJ", 3.6}, {"Btu", 1, "[Btu_IT]", "J", 1055.05585262}, {"pound", 1, "[lb_av]", "g", 453.59237}, {"short ton", 1, "[ston_av]", "kg", 907.18474}, {"acre", 1, "[acr_us]", "m2", 4046.872609874252},
		{"torque", 1, "[ft_i].[lbf_av]", "N.m", 1.3558179483314004}, {"rpm", 60, "{rev}/min", "Hz", 1}, {"turn", 1, "circ", "deg", 360}, {"percent", 50, "%", "1", 0.5}, {"ppm", 1, "%", "[ppm]", 10000},
		{"decibels", 30, "dB", "1", 1000}, {"bel and decibel", 1, "B", "dB", 10}, {"sound", 94, "dB[SPL]", "Pa", 1.0023744672545447}, {"power level", 30, "dB[W]", "kW", 1},
		{"pH", 7, "[pH]", "mol/l", 1e-7}, {"to pH", 0.001, "mol/l", "[pH]", 3}, {"neper", 1, "Np", "1", math.E}, {"bytes", 1, "KiBy", "bit", 8192},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Convert(c.x, Must(c.from), Must(c.to))
			if err != nil || !near(got, c.want) {
				t.Fatalf("%g %s is %.15g %s, %v; want %.15g", c.x, c.from, got, c.to, err, c.want)
			}
		})
	}
}

func TestExact(t *testing.T) {
	if l, ok := Between(Must("Cel"), Must("[degF]")); !ok || l != (Linear{Factor: 1.8, Offset: 32}) {
		t.Errorf("%+v", l)
	}
	if l, ok := Between(Must("dB"), Must("B")); !ok || l.Factor != 0.1 {
		t.Errorf("%+v", l)
	}
	for _, c := range [][2]string{{"bar", "Cel"}, {"kg", "m"}, {"dB", "Pa"}, {"rad", "1"}} {
		if _, err := Convert(1, Must(c[0]), Must(c[1])); !errors.Is(err, ErrIncompatible) {
			t.Errorf("%v: %v", c, err)
		}
	}
	if _, err := Convert(1, Must("bar"), Must("Cel")); err == nil || !strings.Contains(err.Error(), "m-1.s-2.g") || !strings.Contains(err.Error(), "(K)") {
		t.Errorf("both dimensions are named: %v", err)
	}
}

// Of the validation cases of the UCUM functional tests those that are no units of medicine.
func TestParse(t *testing.T) {
	for _, c := range []string{
		"m", "mm[Hg]", "umol/2.h", "mmol/L", "m3.kg-1.s-2", "4.[pi].10*-7.N/A2", "10*23", "10^3", "/m", "g.m2", "kg/m3", "{pcs}/min", "m3{N}/h", "%{RH}", "(m/s)/s", "[in_i'H2O]", "B[10.nV]", "''", "1{x}", "10{a}", "dam", "100.m", "kg{wet'tis}", "MiBy",
	} {
		if !Valid(c) {
			_, err := Parse(c)
			t.Errorf("%q: %v", c, err)
		}
	}
	for _, c := range []string{
		"", " ", "m m", "mmol/12h", "5h", "kg[H20]", "u[IU]", "psi", "min.", "m/", "//m", "(m", "m)", "m{", "m}", "{a{b}}", "m-", "m+", "kmin", "k[ft_i]", "dm3)", "0.m", "m0", "m100", "dB/m", "[pH].m", "µm", "°C",
		strings.Repeat("(", 20) + "m" + strings.Repeat(")", 20), strings.Repeat("m.", 40) + "m", "mol99.mol99", "[", "[in_i", "2m", "m²",
	} {
		if Valid(c) {
			t.Errorf("%q was taken for a unit", c)
		}
	}
}

func TestSymbol(t *testing.T) {
	for code, want := range map[string]string{
		"Cel": "°C", "m3/h": "m³/h", "[psi]": "psi", "%": "%", "um": "µm", "kPa/min": "kPa/min", "W/(m2.K)": "W/(m²·K)", "kg.m/s2": "kg·m/s²", "/s": "1/s", "s-1": "s⁻¹", "{rev}/min": "rpm", "bar{g}": "bar(g)",
		"[gal_us]/min": "gal/min", "10*3": "10³", "kW.h": "kWh", "%{RH}": "% RH", "{Stk}/h": "Stk/h", "uOhm": "µΩ", "L/min": "L/min", "mCel": "m°C", "m[H2O]": "mH₂O", "l{beer}/h": "l(beer)/h", "12{pcs}": "12 pcs",
	} {
		if got := Symbol(Must(code)); got != want {
			t.Errorf("%s is shown as %q, want %q", code, got, want)
		}
	}
}

func TestSpellings(t *testing.T) {
	for text, want := range map[string]string{
		"°C": "Cel", "℃": "Cel", "° C": "Cel", "degC": "Cel", "celsius": "Cel", "摄氏度": "Cel", "m³/h": "m3/h", "m^3/h": "m3/h", "m3/hr": "m3/h", "kWh": "kW.h", "KWH": "kW.h", "rpm": "{rev}/min", "bar": "bar", "l/min": "l/min", "MPa": "MPa",
		"兆帕": "MPa", "psi": "[psi]", "PSIG": "[psi]{g}", "barg": "bar{g}", "bar(g)": "bar{g}", "Nm": "N.m", "N·m": "N.m", "N m": "N.m", "Nm³/h": "m3{N}/h", "%RH": "%{RH}", "% rH": "%{RH}", "µS/cm": "uS/cm", "μm": "um", "ft": "[ft_i]", "ft/min": "[ft_i]/min",
		"lbs/hr": "[lb_av]/h", "kWh/day": "(kW.h)/d", "pH": "[pH]", "mph": "[mi_i]/h", "gpm": "[gal_us]/min", "CFM": "[ft_i]3/min", "pcs": "{pcs}", "Stück": "{pcs}", "in": "[in_i]", "Ω": "Ohm", "kΩ": "kOhm", "‰": "[ppth]", "mbar": "mbar", "m/s²": "m/s2",
		"W/(m²·K)": "W/(m2.K)", "kg/m³": "kg/m3", "mmHg": "mm[Hg]", "inH2O": "[in_i'H2O]", "L/min": "L/min", "°": "deg", "pct": "%", "ppm": "[ppm]", "hp": "[HP]", "kVA": "kV.A", "kvar": "kV.A{r}", "Ah": "A.h", "吨/小时": "t/h", "度": "kW.h", "1/min": "1/min", "min-1": "min-1", "S": "S", "C": "C",
	} {
		u, _, ok := Find(text)
		if !ok || u.Code() != want {
			t.Errorf("%q means %q (%v), want %q", text, u.Code(), ok, want)
		}
	}
	for _, text := range []string{"", "widgets", "°X", "apples/h", "??", strings.Repeat("m", 500)} {
		if u, _, ok := Find(text); ok {
			t.Errorf("%q was taken for %s", text, u.Code())
		}
	}
	for text, want := range map[string]string{"baar": "bar", "Kelvim": "K", "celcius": "Cel", "m3/hh": "m3/h"} {
		got := Nearest(text, 3)
		if len(got) == 0 || got[0].Code != want {
			t.Errorf("nearest to %q: %v", text, got)
		}
	}
}

func TestCommon(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range Common {
		u, err := Parse(e.Code)
		if err != nil {
			t.Errorf("%s: %v", e.Code, err)
			continue
		}
		if seen[e.Code] {
			t.Errorf("%s stands twice", e.Code)
		}
		seen[e.Code] = true
		if e.Name["en"] == "" || e.Name["zh"] == "" || e.Symbol == "" {
			t.Errorf("%s has no name or symbol", e.Code)
		}
		q, ok := FindQuantity(e.Quantity)
		if !ok || !Compatible(u, Must(q.Units[0])) {
			t.Errorf("%s does not measure %s", e.Code, e.Quantity)
		}
		if e.Counterpart != "" {
			c, err := Parse(e.Counterpart)
			if err != nil || !Compatible(u, c) || c.Customary() == u.Customary() {
				t.Errorf("%s: the counterpart %s: %v", e.Code, e.Counterpart, err)
			} else if QuantityOf(c) != e.Quantity {
				t.Errorf("%s and its counterpart %s are of different quantities", e.Code, e.Counterpart)
			}
		}
		if got, _, ok := Find(e.Symbol); !ok || !Compatible(got, u) {
			t.Errorf("%s: its symbol %q is read as %q", e.Code, e.Symbol, got.Code())
		}
		for _, s := range e.Spellings {
			if got, _, ok := Find(s); !ok || got.Code() != e.Code && entryOf(got) == nil {
				t.Errorf("%s: %q is read as %q", e.Code, s, got.Code())
			}
		}
	}
	if len(Common) < 150 {
		t.Errorf("there are %d common units", len(Common))
	}
}

func TestShow(t *testing.T) {
	us, metric := &Preference{System: US}, &Preference{System: Metric}
	kPa := &Preference{System: US, Units: map[string]string{"pressure": "kPa"}}
	for _, c := range []struct {
		text string
		p    *Preference
		want Shown
	}{
		{"Cel", nil, Shown{Symbol: "°C"}}, {"°C", us, Shown{Symbol: "°F", Own: "°C", Factor: 1.8, Offset: 32}}, {"[degF]", us, Shown{Symbol: "°F"}}, {"K", us, Shown{Symbol: "Δ°F", Own: "K", Factor: 1.8}},
		{"bar", kPa, Shown{Symbol: "kPa", Own: "bar", Factor: 100}}, {"barg", kPa, Shown{Symbol: "kPa(g)", Own: "bar(g)", Factor: 100}}, {"kPa", kPa, Shown{Symbol: "kPa"}}, {"kPa", metric, Shown{Symbol: "kPa"}},
		{"V", us, Shown{Symbol: "V"}}, {"dB", us, Shown{Symbol: "dB"}}, {"rpm", us, Shown{Symbol: "rpm"}}, {"bar{g}", us, Shown{Symbol: "psi(g)", Own: "bar(g)", Factor: 14.503773773020923}},
		{"dm3/s", us, Shown{Symbol: "gal/min", Own: "dm³/s", Factor: 15.850323141489}}, {"[ft_i]/h", metric, Shown{Symbol: "m/s", Own: "ft/h", Factor: 0.3048 / 3600}}, {"kPa/min", us, Shown{Symbol: "kPa/min"}},
	} {
		got, ok := Show(c.text, c.p)
		if !ok || got.Symbol != c.want.Symbol || got.Own != c.want.Own || !near(got.Factor, c.want.Factor) || !near(got.Offset, c.want.Offset) {
			t.Errorf("%s for %+v: %+v %v", c.text, c.p, got, ok)
		}
	}
	if _, ok := Show("widgets", us); ok {
		t.Error("what is no unit is shown as it is")
	}
	bad := &Preference{System: "imperial", Units: map[string]string{"pressure": "Cel", "presure": "bar"}}
	if ps := bad.Check(); len(ps) != 3 {
		t.Errorf("%v", ps)
	}
	over := kPa.Over(&Preference{System: Metric, Units: map[string]string{"pressure": "bar", "energy": "MJ"}})
	if over.System != US || over.Units["pressure"] != "kPa" || over.Units["energy"] != "MJ" {
		t.Errorf("%+v", over)
	}
}

// anyUnit makes units with few surprises.
func anyUnit(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		part := rapid.SampledFrom([]string{"m", "s", "g", "kPa", "mm", "[ft_i]", "l", "min", "W", "J", "10*3", "{x}", "%", "h", "K", "Ohm", "mol", "deg", "[lb_av]"})
		one := func() string {
			p := part.Draw(t, "part")
			if p != "10*3" && p != "{x}" && rapid.Bool().Draw(t, "raised") {
				p += rapid.SampledFrom([]string{"2", "3", "-1", "-2"}).Draw(t, "exponent")
			}
			return p
		}
		out := one()
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			next := one()
			if depth > 0 && rapid.Bool().Draw(t, "within") {
				next = "(" + anyUnit(depth-1).Draw(t, "inner") + ")"
			}
			if len(out)+len(next) > MaxCode-2 {
				break
			}
			out += rapid.SampledFrom([]string{".", "/"}).Draw(t, "operator") + next
		}
		return out
	})
}

func TestAlgebra(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyUnit(1).Draw(t, "a"), anyUnit(0).Draw(t, "b")
		ua, ub := Must(a), Must(b)
		if len(a)+len(b)+5 > MaxCode {
			return
		}
		product, quotient := Must("("+a+").("+b+")"), Must("("+a+")/("+b+")")
		for i := range ua.dim {
			if product.dim[i] != ua.dim[i]+ub.dim[i] || quotient.dim[i] != ua.dim[i]-ub.dim[i] {
				t.Fatalf("%s and %s: %v %v", a, b, product.dim, quotient.dim)
			}
		}
		if code := quotient.code + ".(" + b + ")"; len(code) <= MaxCode {
			if l, ok := Between(Must(code), ua); !ok || l != Identity {
				t.Fatalf("%s is not %s: %+v", code, a, l)
			}
		}
	})
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.SampledFrom(Common).Draw(t, "a"), rapid.SampledFrom(Common).Draw(t, "b")
		ua, ub := Must(a.Code), Must(b.Code)
		x := rapid.Float64Range(1, 13).Draw(t, "x")
		y, err := Convert(x, ua, ub)
		if Compatible(ua, ub) != (err == nil) {
			t.Fatalf("%s to %s: %v", a.Code, b.Code, err)
		}
		if err != nil || math.IsNaN(y) || math.IsInf(y, 0) {
			return
		}
		if z, err := Convert(y, ub, ua); err != nil || math.Abs(z-x) > 1e-6 {
			t.Fatalf("%g %s is %g %s is %g, %v", x, a.Code, y, b.Code, z, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"m", "kg.m/s2", "10*-3", "B[10.nV]", "(m/(s.s))", "{x}", "/min", "mCel", "m3{N}/h", "[in_i'H2O]", "lbs/hr", "m³/h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Parse(text)
		if err != nil {
			var at *SyntaxError
			if !errors.As(err, &at) || at.Offset < 0 || at.Offset > len(text)+1 {
				t.Fatalf("%q: %#v", text, err)
			}
		} else if got, err := Convert(1, u, u); err != nil || !near(got, 1) {
			t.Fatalf("%q: 1 is %g, %v", text, got, err)
		}
		if v, _, ok := Find(text); ok && !Valid(v.Code()) {
			t.Fatalf("%q means %q", text, v.Code())
		}
		Nearest(text, 3)
		Show(text, &Preference{System: US})
	})
}
