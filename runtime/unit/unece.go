package unit

import (
	"strings"
	"sync"
)

// UNECE is the namespace of the units of OPC UA that UNECE Recommendation 20 names (OPC 10000-8, 5.6.4.3).
const UNECE = "http://www.opcfoundation.org/UA/units/un/cefact"

// commonCodes are common codes of UNECE Recommendation 20, revision 17, of units that plants use, with what they are in UCUM.
const commonCodes = `
CEL Cel|FAH [degF]|KEL K|A48 [degR]
BAR bar|MBR mbar|PAL Pa|KPA kPa|MPA MPa|A97 hPa|HBA hbar|PS [psi]|ATM atm|ATT att|HN mm[Hg]|HP mm[H2O]|F78 [in_i'H2O]|F79 [in_i'Hg]|74 mPa|B96 uPa|A89 GPa
MTR m|MMT mm|CMT cm|DMT dm|KMT km|4H um|C45 nm|INH [in_i]|FOT [ft_i]|YRD [yd_i]|SMI [mi_i]|NMI [nmi_i]|77 [mil_i]
MTK m2|MMK mm2|CMK cm2|KMK km2|HAR har|INK [in_i]2|FTK [ft_i]2|YDK [yd_i]2|ACR [acr_us]
MTQ m3|MMQ mm3|CMQ cm3|DMQ dm3|LTR l|MLT ml|CLT cl|DLT dl|HLT hl|INQ [in_i]3|FTQ [ft_i]3|YDQ [yd_i]3|GLL [gal_us]|GLI [gal_br]|BLL [bbl_us]|OZA [foz_us]
KGM kg|GRM g|MGM mg|MC ug|TNE t|DTN 100.kg|LBR [lb_av]|ONZ [oz_av]|STN [ston_av]|LTN [lton_av]|GRN [gr]
SEC s|C26 ms|B98 us|C47 ns|MIN min|HUR h|DAY d|WEE wk|MON mo|ANN a
HTZ Hz|KHZ kHz|MHZ MHz|A86 GHz|RPM {rev}/min|RPS {rev}/s|C94 /min|C97 /s|2A rad/s|E96 deg/s
MTS m/s|2X m/min|KMH km/h|C16 mm/s|H81 mm/min|FS [ft_i]/s|FR [ft_i]/min|IU [in_i]/s|M63 [in_i]/min|HM [mi_i]/h|KNT [kn_i]|MSK m/s2|A76 Gal|K40 [g]
MQH m3/h|MQS m3/s|G53 m3/d|L2 l/min|G51 l/s|LD l/d|41 ml/min|40 ml/s|2K [ft_i]3/h|2L [ft_i]3/min|E73 [ft_i]3/s|G2 [gal_us]/min|G50 [gal_us]/h|GB [gal_us]/d|B1 [bbl_us]/d
KGS kg/s|E93 kg/h|F31 kg/min|F29 g/s|F28 g/min|E18 t/h|F33 mg/min|4W [ston_av]/h|4U [lb_av]/h|E19 t/d
NEW N|B47 kN|B51 MN|DU dyn|B37 kgf|C78 [lbf_av]|NU N.m|B48 kN.m|J72 cN.m|M92 [ft_i].[lbf_av]|F21 [in_i].[lbf_av]
JOU J|KJO kJ|3B MJ|GV GJ|WHR W.h|KWH kW.h|MWH MW.h|GWH GW.h|BTU [Btu_IT]|K51 kcal|E14 kcal
WTT W|KWT kW|MAW MW|A90 GW|C31 mW|BHP [HP]|K43 [HP]|2I [Btu_IT]/h|D46 V.A|KVA kV.A|MVA MV.A|D44 V.A{r}|KVR kV.A{r}|MAR MV.A{r}|K3 kV.A{r}.h
VLT V|2Z mV|D82 uV|KVT kV|AMP A|4K mA|B84 uA|B22 kA|OHM Ohm|E45 mOhm|B49 kOhm|B75 MOhm|SIE S|C27 mS|B99 uS|AMH A.h|E09 mA.h|COU C|FAR F|4O uF|C41 nF|4T pF|81 H|C14 mH|B90 uH|D33 T|C29 mT|WEB Wb
KMQ kg/m3|23 g/cm3|GL g/l|M1 mg/l|GP mg/m3|GQ ug/m3|87 [lb_av]/[ft_i]3|GE [lb_av]/[gal_us]
C65 Pa.s|C24 mPa.s|C7 cP|S4 m2/s|C17 mm2/s|4C cSt|D10 S/m|H61 mS/cm|G45 mS/m|H43 uS/cm
P1 %|59 [ppm]|61 [ppb]|NX [ppth]|Q30 [pH]|C62 1|EA {pcs}|H87 {pcs}|C34 mol|C36 mol/m3|C38 mol/l|M33 mmol/l
DD deg|C81 rad|C25 mrad|D61 '|D62 ''|LUX lx|LUM lm|CDL cd|D54 W/m2|2N dB|J69 Gal
B42 kJ/kg|J2 J/kg|AZ [Btu_IT]/[lb_av]|D53 W/(m.K)|D55 W/(m2.K)|B41 J/(kg.K)
AD By|2P kBy|4L MBy|E34 GBy|A99 bit
`

var unece = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, pair := range strings.FieldsFunc(commonCodes, func(r rune) bool { return r == '\n' || r == '|' }) {
		name, code, _ := strings.Cut(pair, " ")
		out[name] = code
	}
	return out
})

// OfUNECE is the unit of a common code of UNECE Recommendation 20.
func OfUNECE(common string) (Unit, bool) {
	code, ok := unece()[common]
	if !ok {
		return Unit{}, false
	}
	return Must(code), true
}

// OfUNECENumber is the unit of a common code as OPC UA numbers it: its characters as the bytes of a number
// (OPC 10000-8, 5.6.4.3).
func OfUNECENumber(id int32) (Unit, bool) {
	var name []byte
	for shift := 24; shift >= 0; shift -= 8 {
		if c := byte(id >> shift); c != 0 {
			name = append(name, c)
		}
	}
	return OfUNECE(string(name))
}
