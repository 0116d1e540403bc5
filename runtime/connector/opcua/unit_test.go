package opcua

import (
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

// The unit of an EUInformation is told in UCUM where its number is one of UNECE, else by its name.
func TestUnitOfEUInformation(t *testing.T) {
	for text, want := range map[string]string{
		`{"namespaceUri":"http://www.opcfoundation.org/UA/units/un/cefact","unitId":4408652,"displayName":"°C"}`:   "Cel",
		`{"namespaceUri":"http://www.opcfoundation.org/UA/units/un/cefact","unitId":5067080,"displayName":"m³/h"}`: "m3/h",
		`{"namespaceUri":"http://www.opcfoundation.org/UA/units/un/cefact","unitId":1,"displayName":"Stk"}`:        "Stk",
		`{"namespaceUri":"urn:maker","unitId":4408652,"displayName":"°C"}`:                                         "°C",
		`null`: "", `[]`: "", `{"unitId":"x"}`: "",
	} {
		if got := unitOf(dataValue{value: variant{scalar: tag.OfString(text)}}); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
