package unit

import "testing"

func TestUNECE(t *testing.T) {
	for name, code := range unece() {
		if !Valid(code) || len(name) < 1 || len(name) > 3 {
			t.Errorf("%s: %s", name, code)
		}
	}
	// The numbers of UNECE_to_OPCUA.csv of the OPC Foundation.
	for id, want := range map[int32]string{4408652: "Cel", 4604232: "[degF]", 4932940: "K", 4342098: "bar", 5067858: "m", 5066068: "mm", 4937544: "kW.h", 5067080: "m3/h", 20529: "%", 5394509: "{rev}/min", 4937556: "kW", 5264723: ""} {
		u, ok := OfUNECENumber(id)
		if ok != (want != "") || u.Code() != want {
			t.Errorf("%d is %q, want %q", id, u.Code(), want)
		}
	}
}
