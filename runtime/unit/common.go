package unit

import (
	"strings"
	"sync"

	"github.com/lineside/lineside/runtime/spec"
)

// CommonUnit is a unit that plants use often.
type CommonUnit struct {
	// Code is the unit in UCUM.
	Code   string    `json:"code"`
	Symbol string    `json:"symbol"`
	Name   spec.Text `json:"name"`
	// Quantity is the id of a Quantity.
	Quantity string `json:"quantity"`
	// Counterpart is the unit that stands for it in the other system of units, "" when both use it.
	Counterpart string `json:"-"`
	// Spellings are what people write for it.
	Spellings []string `json:"spellings,omitempty"`
}

// Common are the units that plants use often, by quantity.
var Common = entries(`
Cel|°C|degree Celsius|摄氏度|temperature|[degF]|℃;degC;deg C;Celsius;celsius;° C
[degF]|°F|degree Fahrenheit|华氏度|temperature|Cel|℉;degF;deg F;Fahrenheit;fahrenheit;° F
[degR]|°R|degree Rankine|兰氏度|temperatureDifference|K|degR;Rankine
K|K|kelvin|开尔文|temperatureDifference|[degR]|Kelvin;degK
Pa|Pa|pascal|帕|pressure|[in_i'H2O]|帕斯卡
hPa|hPa|hectopascal|百帕|pressure|[in_i'Hg]|
kPa|kPa|kilopascal|千帕|pressure|[psi]|KPa;KPA
MPa|MPa|megapascal|兆帕|pressure|[psi]|Mpa;MPA
bar|bar|bar|巴|pressure|[psi]|Bar;BAR;bars
mbar|mbar|millibar|毫巴|pressure|[in_i'H2O]|mBar
bar{g}|bar(g)|bar gauge|巴（表压）|pressure|[psi]{g}|barg;bar g;bar(g);barü;bar_g
bar{a}|bar(a)|bar absolute|巴（绝压）|pressure|[psi]{a}|bara;bar a;bar(a);bar abs
kPa{g}|kPa(g)|kilopascal gauge|千帕（表压）|pressure|[psi]{g}|kPag;kPa(g)
MPa{g}|MPa(g)|megapascal gauge|兆帕（表压）|pressure|[psi]{g}|MPag;MPa(g)
[psi]|psi|pound per square inch|磅每平方英寸|pressure|bar|psi;PSI;lbf/in2;lb/in2
[psi]{g}|psi(g)|pound per square inch gauge|磅每平方英寸（表压）|pressure|bar{g}|psig;PSIG;psi(g)
[psi]{a}|psi(a)|pound per square inch absolute|磅每平方英寸（绝压）|pressure|bar{a}|psia;PSIA;psi(a)
atm|atm|standard atmosphere|标准大气压|pressure||
att|at|technical atmosphere|工程大气压|pressure||at;kgf/cm²;kg/cm2;kg/cm²
mm[Hg]|mmHg|millimetre of mercury|毫米汞柱|pressure|[in_i'Hg]|mmHg;Torr;torr
mm[H2O]|mmH₂O|millimetre of water|毫米水柱|pressure|[in_i'H2O]|mmH2O;mmWC;mmWS;mmwc
m[H2O]|mH₂O|metre of water|米水柱|pressure|[psi]|mH2O;mWC;mWS
[in_i'H2O]|inH₂O|inch of water|英寸水柱|pressure|mbar|inH2O;inWC;in w.c.;in.w.c.;"wc;"H2O;in. w.c.
[in_i'Hg]|inHg|inch of mercury|英寸汞柱|pressure|mbar|inHg;"Hg
m3/h|m³/h|cubic metre per hour|立方米每小时|volumeFlow|[gal_us]/min|cbm/h;m3/hr;CMH;cmh;m³/hr;方/小时;立方米/小时
m3/min|m³/min|cubic metre per minute|立方米每分钟|volumeFlow|[ft_i]3/min|CMM
m3/s|m³/s|cubic metre per second|立方米每秒|volumeFlow|[ft_i]3/s|
m3/d|m³/d|cubic metre per day|立方米每天|volumeFlow|[gal_us]/d|m3/day
l/s|l/s|litre per second|升每秒|volumeFlow|[gal_us]/min|L/s;lps
l/min|l/min|litre per minute|升每分钟|volumeFlow|[gal_us]/min|L/min;lpm;LPM;升/分钟
l/h|l/h|litre per hour|升每小时|volumeFlow|[gal_us]/h|L/h;lph;LPH;l/hr
ml/min|ml/min|millilitre per minute|毫升每分钟|volumeFlow|[foz_us]/min|mL/min;cc/min
[gal_us]/min|gal/min|gallon per minute|加仑每分钟|volumeFlow|l/min|gpm;GPM;gal/min;usgpm
[gal_us]/h|gal/h|gallon per hour|加仑每小时|volumeFlow|l/h|gph;GPH
[gal_us]/d|gal/d|gallon per day|加仑每天|volumeFlow|m3/d|gpd;GPD
[foz_us]/min|fl oz/min|fluid ounce per minute|液量盎司每分钟|volumeFlow|ml/min|
[ft_i]3/min|ft³/min|cubic foot per minute|立方英尺每分钟|volumeFlow|m3/h|cfm;CFM;acfm;ACFM
[ft_i]3/s|ft³/s|cubic foot per second|立方英尺每秒|volumeFlow|m3/s|cfs
[ft_i]3/h|ft³/h|cubic foot per hour|立方英尺每小时|volumeFlow|m3/h|cfh;CFH
[bbl_us]/d|bbl/d|barrel per day|桶每天|volumeFlow|m3/d|bpd;BPD;bbl/day
m3{N}/h|Nm³/h|standard cubic metre per hour|标准立方米每小时|normalFlow||Nm3/h;Nm³/h;Sm3/h;m3N/h;标方/小时;Nm3/hr
l{N}/min|Nl/min|standard litre per minute|标准升每分钟|normalFlow||Nl/min;slpm;SLPM;sl/min
ml{N}/min|Nml/min|standard millilitre per minute|标准毫升每分钟|normalFlow||sccm;SCCM
kg/h|kg/h|kilogram per hour|千克每小时|massFlow|[lb_av]/h|kg/hr;千克/小时
kg/min|kg/min|kilogram per minute|千克每分钟|massFlow|[lb_av]/min|
kg/s|kg/s|kilogram per second|千克每秒|massFlow|[lb_av]/s|
g/s|g/s|gram per second|克每秒|massFlow|[oz_av]/s|
g/min|g/min|gram per minute|克每分钟|massFlow|[oz_av]/min|
t/h|t/h|tonne per hour|吨每小时|massFlow|[ston_av]/h|tph;TPH;吨/小时
t/d|t/d|tonne per day|吨每天|massFlow|[ston_av]/d|
[lb_av]/h|lb/h|pound per hour|磅每小时|massFlow|kg/h|lb/hr;lbs/h;lbs/hr;pph
[lb_av]/min|lb/min|pound per minute|磅每分钟|massFlow|kg/min|lbs/min
[lb_av]/s|lb/s|pound per second|磅每秒|massFlow|kg/s|
[oz_av]/min|oz/min|ounce per minute|盎司每分钟|massFlow|g/min|
[ston_av]/h|ton/h|short ton per hour|短吨每小时|massFlow|t/h|
m3|m³|cubic metre|立方米|volume|[gal_us]|cbm;m^3;方
l|l|litre|升|volume|[gal_us]|L;ltr;litre;liter;Ltr
hl|hl|hectolitre|百升|volume|[gal_us]|hL
ml|ml|millilitre|毫升|volume|[foz_us]|mL;cc;ccm
cm3|cm³|cubic centimetre|立方厘米|volume|[in_i]3|
mm3|mm³|cubic millimetre|立方毫米|volume|[in_i]3|
m3{N}|Nm³|standard cubic metre|标准立方米|volume||Nm3;Sm3
[gal_us]|gal|gallon|加仑|volume|l|gal;gallon;gallons
[ft_i]3|ft³|cubic foot|立方英尺|volume|m3|ft3;cuft;cu ft;cft
[in_i]3|in³|cubic inch|立方英寸|volume|cm3|in3;cu in
[foz_us]|fl oz|fluid ounce|液量盎司|volume|ml|floz;fl.oz.
[bbl_us]|bbl|barrel|桶|volume|m3|bbl
kg|kg|kilogram|千克|mass|[lb_av]|Kg;KG;公斤;kgs
g|g|gram|克|mass|[oz_av]|gr;gram
mg|mg|milligram|毫克|mass|[gr]|
ug|µg|microgram|微克|mass||µg
t|t|tonne|吨|mass|[ston_av]|to;ton;tonne;tonnes
[lb_av]|lb|pound|磅|mass|kg|lb;lbs;LB
[oz_av]|oz|ounce|盎司|mass|g|oz
[gr]|gr|grain|格令|mass|mg|
[ston_av]|ton|short ton|短吨|mass|t|short ton;tons
m|m|metre|米|length|[ft_i]|meter;mtr
mm|mm|millimetre|毫米|length|[in_i]|MM
cm|cm|centimetre|厘米|length|[in_i]|
dm|dm|decimetre|分米|length|[in_i]|
um|µm|micrometre|微米|length|[mil_i]|µm;micron;microns
nm|nm|nanometre|纳米|length||
km|km|kilometre|千米|length|[mi_i]|Km;公里
[in_i]|in|inch|英寸|length|mm|in;inch;inches;"
[ft_i]|ft|foot|英尺|length|m|ft;feet;foot
[yd_i]|yd|yard|码|length|m|yd;yard
[mi_i]|mi|mile|英里|length|km|mi;mile;miles
[mil_i]|mil|mil|密耳|length|um|mil;thou;mils
m2|m²|square metre|平方米|area|[ft_i]2|sqm
cm2|cm²|square centimetre|平方厘米|area|[in_i]2|
mm2|mm²|square millimetre|平方毫米|area|[in_i]2|
har|ha|hectare|公顷|area|[acr_us]|ha
[ft_i]2|ft²|square foot|平方英尺|area|m2|ft2;sqft;sq ft
[in_i]2|in²|square inch|平方英寸|area|cm2|in2;sq in
[acr_us]|ac|acre|英亩|area|har|acre;acres
m/s|m/s|metre per second|米每秒|speed|[ft_i]/s|米/秒
m/min|m/min|metre per minute|米每分钟|speed|[ft_i]/min|mpm
m/h|m/h|metre per hour|米每小时|speed|[ft_i]/h|
mm/s|mm/s|millimetre per second|毫米每秒|speed|[in_i]/s|
mm/min|mm/min|millimetre per minute|毫米每分钟|speed|[in_i]/min|
km/h|km/h|kilometre per hour|千米每小时|speed|[mi_i]/h|kmh;kph;km/hr
[ft_i]/s|ft/s|foot per second|英尺每秒|speed|m/s|ft/s;fps
[ft_i]/min|ft/min|foot per minute|英尺每分钟|speed|m/min|ft/min;fpm;FPM
[in_i]/s|in/s|inch per second|英寸每秒|speed|mm/s|ips
[in_i]/min|in/min|inch per minute|英寸每分钟|speed|mm/min|ipm
[mi_i]/h|mph|mile per hour|英里每小时|speed|km/h|mph;MPH;mi/h
[kn_i]|kn|knot|节|speed||kn;knot;knots
m/s2|m/s²|metre per square second|米每二次方秒|acceleration|[ft_i]/s2|
[g]|gₙ|standard acceleration|标准重力加速度|acceleration||
[ft_i]/s2|ft/s²|foot per square second|英尺每二次方秒|acceleration|m/s2|
{rev}/min|rpm|revolution per minute|转每分钟|rotation||rpm;RPM;r/min;rev/min;U/min;1/min{rpm};转/分;转/分钟
{rev}/s|rev/s|revolution per second|转每秒|rotation||r/s;rps;RPS;转/秒
deg/s|°/s|degree per second|度每秒|angularSpeed||
rad/s|rad/s|radian per second|弧度每秒|angularSpeed||
Hz|Hz|hertz|赫兹|frequency||HZ;hz;赫
kHz|kHz|kilohertz|千赫|frequency||KHz;khz
MHz|MHz|megahertz|兆赫|frequency||
N|N|newton|牛顿|force|[lbf_av]|牛
kN|kN|kilonewton|千牛|force|[lbf_av]|KN
kgf|kgf|kilogram-force|千克力|force|[lbf_av]|kp
[lbf_av]|lbf|pound-force|磅力|force|N|lbf
N.m|N·m|newton metre|牛米|torque|[ft_i].[lbf_av]|Nm;N*m;N m;N·m;牛·米
kN.m|kN·m|kilonewton metre|千牛米|torque|[ft_i].[lbf_av]|kNm
N.cm|N·cm|newton centimetre|牛厘米|torque|[in_i].[lbf_av]|Ncm
[ft_i].[lbf_av]|ft·lbf|foot pound-force|英尺磅力|torque|N.m|ft-lb;ft-lbf;ftlb;lb-ft;lbf-ft
[in_i].[lbf_av]|in·lbf|inch pound-force|英寸磅力|torque|N.cm|in-lb;in-lbf;lb-in
kW.h|kWh|kilowatt hour|千瓦时|energy||kWh;KWh;kwh;KWH;度;kw.h
W.h|Wh|watt hour|瓦时|energy||Wh;wh
MW.h|MWh|megawatt hour|兆瓦时|energy||MWh;MWH
GW.h|GWh|gigawatt hour|吉瓦时|energy||GWh
J|J|joule|焦耳|energy|[Btu_IT]|焦
kJ|kJ|kilojoule|千焦|energy|[Btu_IT]|KJ
MJ|MJ|megajoule|兆焦|energy|[Btu_IT]|
GJ|GJ|gigajoule|吉焦|energy|[Btu_IT]|
kcal|kcal|kilocalorie|千卡|energy|[Btu_IT]|Kcal;大卡
[Btu_IT]|Btu|British thermal unit|英热单位|energy|kJ|BTU;Btu;btu
W|W|watt|瓦|power||瓦特
kW|kW|kilowatt|千瓦|power|[HP]|KW;kw;Kw
MW|MW|megawatt|兆瓦|power||Mw
GW|GW|gigawatt|吉瓦|power||
mW|mW|milliwatt|毫瓦|power||
[HP]|hp|horsepower|马力|power|kW|hp;HP;Hp
[Btu_IT]/h|Btu/h|British thermal unit per hour|英热单位每小时|power|kW|BTU/h;BTU/hr;Btu/hr;BTUH
V.A|VA|volt ampere|伏安|apparentPower||VA
kV.A|kVA|kilovolt ampere|千伏安|apparentPower||kVA;KVA;kva
MV.A|MVA|megavolt ampere|兆伏安|apparentPower||MVA
V.A{r}|var|volt ampere reactive|乏|reactivePower||var;VAr;VAR;Var
kV.A{r}|kvar|kilovolt ampere reactive|千乏|reactivePower||kvar;kVAr;kVAR;KVAR
MV.A{r}|Mvar|megavolt ampere reactive|兆乏|reactivePower||Mvar;MVAr
kV.A{r}.h|kvarh|kilovolt ampere reactive hour|千乏时|energy||kvarh;kVArh;kVARh
V|V|volt|伏|voltage||Volt;VAC;VDC;伏特
mV|mV|millivolt|毫伏|voltage||
uV|µV|microvolt|微伏|voltage||µV
kV|kV|kilovolt|千伏|voltage||KV
A|A|ampere|安|current||Amp;amps;安培
mA|mA|milliampere|毫安|current||
uA|µA|microampere|微安|current||µA
kA|kA|kiloampere|千安|current||KA
Ohm|Ω|ohm|欧姆|resistance||Ω;ohm;ohms;欧
mOhm|mΩ|milliohm|毫欧|resistance||mΩ
kOhm|kΩ|kiloohm|千欧|resistance||kΩ;kohm
MOhm|MΩ|megaohm|兆欧|resistance||MΩ
A.h|Ah|ampere hour|安时|charge||Ah;AH
mA.h|mAh|milliampere hour|毫安时|charge||mAh
C|C|coulomb|库仑|charge||
F|F|farad|法拉|capacitance||
uF|µF|microfarad|微法|capacitance||µF
H|H|henry|亨利|inductance||
mH|mH|millihenry|毫亨|inductance||
T|T|tesla|特斯拉|magneticField||
mT|mT|millitesla|毫特|magneticField||
s|s|second|秒|time||sec;secs
ms|ms|millisecond|毫秒|time||msec
us|µs|microsecond|微秒|time||µs
min|min|minute|分钟|time||mins;minutes;分
h|h|hour|小时|time||hr;hrs;hour;hours;时
d|d|day|天|time||day;days;日
wk|wk|week|周|time||week;weeks
mo|mo|month|月|time||month;months
a|a|year|年|time||yr;year;years
kg/m3|kg/m³|kilogram per cubic metre|千克每立方米|density|[lb_av]/[ft_i]3|
g/cm3|g/cm³|gram per cubic centimetre|克每立方厘米|density|[lb_av]/[ft_i]3|g/cc
g/l|g/l|gram per litre|克每升|density||g/L
mg/l|mg/l|milligram per litre|毫克每升|density||mg/L
ug/m3|µg/m³|microgram per cubic metre|微克每立方米|density||µg/m³
mg/m3|mg/m³|milligram per cubic metre|毫克每立方米|density||
[lb_av]/[ft_i]3|lb/ft³|pound per cubic foot|磅每立方英尺|density|kg/m3|lb/ft3
[lb_av]/[gal_us]|lb/gal|pound per gallon|磅每加仑|density|kg/m3|ppg;lb/gal
mPa.s|mPa·s|millipascal second|毫帕秒|viscosity||mPas;mPa*s
Pa.s|Pa·s|pascal second|帕秒|viscosity||Pas
cP|cP|centipoise|厘泊|viscosity||cps
mm2/s|mm²/s|square millimetre per second|平方毫米每秒|kinematicViscosity||
cSt|cSt|centistokes|厘斯|kinematicViscosity||
uS/cm|µS/cm|microsiemens per centimetre|微西每厘米|conductivity||µS/cm
mS/cm|mS/cm|millisiemens per centimetre|毫西每厘米|conductivity||
S/m|S/m|siemens per metre|西每米|conductivity||
%|%|per cent|百分比|ratio||pct;percent;％
[ppth]|‰|per mille|千分比|ratio||‰
[ppm]|ppm|part per million|百万分率|ratio||ppm;PPM
[ppb]|ppb|part per billion|十亿分率|ratio||ppb;PPB
%{vol}|% vol|per cent by volume|体积百分比|ratio||%vol;vol%;Vol%;Vol.-%
%{RH}|% RH|per cent relative humidity|相对湿度|humidity||%RH;% RH;%rH;% rF;%r.F.;%r.H.;RH%
[pH]|pH|pH|酸碱度|acidity||pH;PH
mol/l|mol/l|mole per litre|摩尔每升|concentration||mol/L
mmol/l|mmol/l|millimole per litre|毫摩尔每升|concentration||mmol/L
deg|°|degree|度（角）|angle||°
rad|rad|radian|弧度|angle||
mrad|mrad|milliradian|毫弧度|angle||
circ|rev|revolution|转|angle||
lx|lx|lux|勒克斯|illuminance||lux;Lux
klx|klx|kilolux|千勒|illuminance||
W/m2|W/m²|watt per square metre|瓦每平方米|irradiance||
dB|dB|decibel|分贝|level||
dB[SPL]|dB (SPL)|decibel sound pressure|声压级分贝|soundPressure||dB(A);dBA
dB{mW}|dBm|decibel milliwatt|分贝毫瓦|level||dBm
kJ/kg|kJ/kg|kilojoule per kilogram|千焦每千克|specificEnergy|[Btu_IT]/[lb_av]|
[Btu_IT]/[lb_av]|Btu/lb|British thermal unit per pound|英热单位每磅|specificEnergy|kJ/kg|
By|B|byte|字节|data||byte;bytes
kBy|kB|kilobyte|千字节|data||kB;KB
MBy|MB|megabyte|兆字节|data||MB
GBy|GB|gigabyte|吉字节|data||GB
bit|bit|bit|比特|data||bits
{pcs}|pcs|piece|件|count||pcs;pc;pieces;Stk;Stück;个;件;ea
1|1|one|一|count||
{pcs}/h|pcs/h|piece per hour|件每小时|countRate||pcs/h;件/小时
{pcs}/min|pcs/min|piece per minute|件每分钟|countRate||pcs/min;件/分钟
/min|1/min|per minute|每分钟|countRate||1/min;min-1
/s|1/s|per second|每秒|countRate||1/s;s-1
/h|1/h|per hour|每小时|countRate||1/h;h-1
`)

func entries(table string) []CommonUnit {
	lines := strings.Split(strings.TrimSpace(table), "\n")
	out := make([]CommonUnit, len(lines))
	for i, line := range lines {
		f := strings.Split(line, "|")
		if len(f) != 7 {
			panic("unit: " + line)
		}
		e := CommonUnit{Code: f[0], Symbol: f[1], Name: text(f[2], f[3]), Quantity: f[4], Counterpart: f[5]}
		if f[6] != "" {
			e.Spellings = strings.Split(f[6], ";")
		}
		out[i] = e
	}
	return out
}

var common = sync.OnceValue(func() map[string]*CommonUnit {
	out := make(map[string]*CommonUnit, len(Common))
	for i := range Common {
		out[Common[i].Code] = &Common[i]
	}
	return out
})

// entryOf is the common unit that a unit is, perhaps in another spelling; nil when it is none.
func entryOf(u Unit) *CommonUnit {
	if e, ok := common()[u.code]; ok {
		return e
	}
	if code, ok := spelled()[u.code]; ok {
		e := common()[code]
		if l, ok := Between(u, Must(e.Code)); ok && l == Identity {
			return e
		}
	}
	return nil
}

// Symbol is how a unit is shown: that of a common unit, else made of its parts.
func Symbol(u Unit) string {
	if e, ok := common()[u.code]; ok {
		return e.Symbol
	}
	return u.symbol
}
