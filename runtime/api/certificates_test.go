package api

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/engine"
)

// parse reads an answer.
func parse[T any](t *testing.T, a reply) (out T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
	return out
}

// state waits until a device is in a state, and gives it.
func (f *fixture) state(t *testing.T, device string, wanted func(engine.DeviceStatus) bool) (found engine.DeviceStatus) {
	t.Helper()
	peer.Await(t, "the device "+device, func() bool {
		for _, d := range f.engine.Devices() {
			if d.ID == device {
				found = d
			}
		}
		return wanted(found)
	})
	return found
}

func connected(d engine.DeviceStatus) bool { return d.State == engine.StateConnected }

// Brokers whose certificates have each fault: refused with the reason, trusted as far as was said,
// live without a restart, refused again.
func TestRefusedCertificates(t *testing.T) {
	for _, row := range []struct {
		fault        peer.CertificateFault
		reason, more string // what speaks against it when its authority is trusted, and what has to be said then
	}{
		{peer.Expired, "expired", `"althoughExpired":true`}, {peer.SelfSigned, "self_signed", ""}, {peer.OtherHost, "other_host", `"althoughName":true`},
	} {
		t.Run(string(row.fault), func(t *testing.T) {
			f := newFixture(t, false)
			c := peer.SpoiledCertificates(t, row.fault)
			m := peer.StartMosquitto(t, peer.MosquittoOptions{TLS: true, Certificates: &c})
			if row.fault != peer.SelfSigned { // Mosquitto needs an authority for its clients
				body, _ := json.Marshal(AuthorityFile{File: []byte(c.CA)})
				f.must(200, "anna", "POST", "/certificates/authorities", string(body))
			}
			settings, _ := json.Marshal(map[string]any{"url": fmt.Sprintf("mqtts://127.0.0.1:%d", m.Port), "certificate": m.ClientCert, "key": m.ClientKey})
			device := fmt.Sprintf(`{"put":{"devices":[{"id":"secure","connector":"mqtt","settings":%s}],"tags":[{"path":"secure/a","type":"float","device":"secure","address":{"topic":"a","retain":true},"write":{}}]}}`, settings)
			f.must(200, "anna", "PATCH", "/plant", device)
			refused := f.state(t, "secure", func(d engine.DeviceStatus) bool { return d.Certificate != nil }).Certificate
			test := parse[DeviceTestResult](t, f.must(200, "erik", "POST", "/devices/test", fmt.Sprintf(`{"connector":"mqtt","settings":%s}`, settings)))
			if test.OK || test.Certificate == nil || test.Certificate.Fingerprint != refused.Fingerprint || strings.Join(test.Certificate.Missing, " ") != row.reason || test.Problem.Hint == "" {
				t.Fatalf("%+v", test)
			}
			found := parse[Certificates](t, f.must(200, "erik", "GET", "/certificates", ""))
			last := found.Certificates[len(found.Certificates)-1]
			if last.State != "refused" || last.Address != refused.Address || strings.Join(last.Devices, " ") != "secure" {
				t.Fatalf("%+v", last)
			}
			decide := func(state, more string) {
				t.Helper()
				f.must(200, "anna", "POST", "/certificates/decide", strings.TrimSuffix(fmt.Sprintf(`{"fingerprint":%q,"address":%q,"state":%q,%s`, refused.Fingerprint, refused.Address, state, more), ",")+"}")
			}
			if row.more != "" {
				decide("trusted", "")
				f.state(t, "secure", func(d engine.DeviceStatus) bool { return d.Certificate != nil })
				if a := f.must(200, "anna", "GET", "/certificates", ""); !strings.Contains(a.body, `"state":"refused"`) {
					t.Errorf("trusted beyond what was said: %s", a.body)
				}
			}
			decide("trusted", row.more)
			d := f.state(t, "secure", connected)
			if d.CertificateEnds == nil || d.Certificate != nil {
				t.Errorf("%+v", d)
			}
			f.must(200, "anna", "PUT", "/tags/secure/a", `{"value":3.5}`)
			peer.Await(t, "the value to come back", func() bool {
				return strings.Contains(f.must(200, "anna", "GET", "/tags/secure/a", "").body, `"value":3.5`)
			})
			if a := f.must(200, "anna", "GET", "/tags/system/device/secure/certificateExpiring", ""); !strings.Contains(a.body, `"value":true`) {
				t.Errorf("a certificate of an hour does not expire: %s", a.body)
			}
			decide("rejected", "")
			d = f.state(t, "secure", func(d engine.DeviceStatus) bool { return d.Certificate != nil })
			if !d.Certificate.Rejected {
				t.Errorf("%+v", d.Certificate)
			}
			f.must(204, "anna", "DELETE", "/certificates/"+refused.Fingerprint+"?address="+url.QueryEscape(refused.Address), "")
			a := f.must(200, "anna", "GET", "/audit?q=certificate", "")
			for _, part := range []string{"certificate.trust", "certificate.reject", "certificate.remove", refused.Fingerprint, `"verified":true`} {
				if !strings.Contains(a.body, part) {
					t.Errorf("the audit trail lacks %s", part)
				}
			}
		})
	}
}

func TestCertificatePages(t *testing.T) {
	f := newFixture(t, false)
	c := peer.NewCertificates(t)
	file := func(data string) string { return `{"file":"` + base64.StdEncoding.EncodeToString([]byte(data)) + `"}` }
	print := strings.Repeat("A", 64)
	f.play(t, []scenario{
		{name: "nothing yet", as: "erik", method: "GET", url: "/certificates", status: 200, has: []string{`"certificates":[]`, `"application":"urn:`, `"RSA 2048"`}, lacks: []string{"PRIVATE"}},
		{name: "not an authority", as: "anna", method: "POST", url: "/certificates/authorities", body: file(c.Server), status: 422, has: []string{`"certificate_authority"`, `"hint"`}},
		{name: "not a certificate", as: "anna", method: "POST", url: "/certificates/authorities", body: file("hello"), status: 422, has: []string{`"certificate_file"`}},
		{name: "in Chinese", as: "anna", method: "POST", url: "/certificates/authorities", body: file("hello"), header: []string{"Accept-Language", "zh"}, status: 422, has: []string{"文件中没有证书"}},
		{name: "an authority", as: "anna", method: "POST", url: "/certificates/authorities", body: file(c.CA), status: 200, has: []string{"CN=Test CA", `"state":"trusted"`, `"decidedBy":"anna"`}},
		{name: "a stranger", as: "anna", method: "POST", url: "/certificates/decide", body: `{"fingerprint":"` + print + `","address":"a:1","state":"trusted"}`, status: 404, has: []string{`"not_found"`}},
		{name: "no decision", as: "anna", method: "POST", url: "/certificates/decide", body: `{"fingerprint":"` + print + `","address":"a:1","state":"maybe"}`, status: 422},
		{name: "forget a stranger", as: "anna", method: "DELETE", url: "/certificates/" + print, status: 404},
		{name: "file of a stranger", as: "erik", method: "GET", url: "/certificates/" + print + "/file", status: 404},
	})
	own := parse[Certificates](t, f.must(200, "anna", "GET", "/certificates", "")).Own
	der := f.must(200, "erik", "GET", "/certificates/own/file", "")
	text := f.must(200, "erik", "GET", "/certificates/own/file?format=pem", "")
	block, _ := pem.Decode([]byte(text.body))
	if block == nil || string(block.Bytes) != der.body || der.etag() != `"`+own.Fingerprint+`"` || !strings.Contains(der.header.Get("Content-Disposition"), "lineside.der") {
		t.Errorf("%v %s", der.header, text.body)
	}
	made := parse[Certificate](t, f.must(200, "anna", "POST", "/certificates/own/renew", ""))
	if made.Fingerprint == own.Fingerprint || made.Application != own.Application {
		t.Errorf("%+v", made)
	}
	if now := parse[Certificates](t, f.must(200, "anna", "GET", "/certificates", "")).Own; now.Fingerprint != made.Fingerprint {
		t.Errorf("%+v", now)
	}
}
