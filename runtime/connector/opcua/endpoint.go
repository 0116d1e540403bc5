package opcua

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

// endpoint is one way into a server (OPC 10000-4, 7.14).
type endpoint struct {
	url         string
	server      string // ApplicationUri
	certificate []byte
	mode        int
	policy      string // URI
	tokens      []userToken
	transport   string
}

// userToken is a way to log in (OPC 10000-4, 7.42).
type userToken struct {
	id     string
	kind   uint32 // 0 anonymous, 1 user name, 2 certificate, 3 issued
	policy string // URI; "" is that of the endpoint
}

func (r *reader) endpoints() []endpoint {
	out := make([]endpoint, r.count(30))
	for i := range out {
		e := &out[i]
		e.url = r.text()
		e.server = r.text()
		r.text() // product
		r.localized()
		r.u32()
		r.text()
		r.text()
		r.strings()
		e.certificate = append([]byte(nil), r.bytes()...)
		e.mode, e.policy = int(r.u32()), r.text()
		e.tokens = make([]userToken, r.count(20))
		for k := range e.tokens {
			t := &e.tokens[k]
			t.id, t.kind = r.text(), r.u32()
			r.text()
			r.text()
			t.policy = r.text()
		}
		e.transport = r.text()
		r.u8()
	}
	return out
}

// trouble is a reason why there is no connection that a person has to do something about.
func trouble(code, hint, format string, args ...any) error {
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, &spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint})
}

var modeNames = map[int]string{modeNone: "None", modeSign: "Sign", modeSignAndEncrypt: "SignAndEncrypt"}

// choose picks the endpoint that the settings ask for.
func (s *Settings) choose(offered []endpoint) (*endpoint, error) {
	mode := map[string]int{"Sign": modeSign, "SignAndEncrypt": modeSignAndEncrypt}[s.Mode]
	if s.Security == "None" {
		mode = modeNone
	}
	var best *endpoint
	var names []string
	for i := range offered {
		e := &offered[i]
		if e.transport != "" && !strings.Contains(e.transport, "uatcp-uasc-uabinary") {
			continue
		}
		policy := policyName(e.policy)
		if name := strings.TrimPrefix(e.policy, policyPrefix) + " " + modeNames[e.mode]; !slices.Contains(names, name) {
			names = append(names, name)
		}
		if policy == "" || e.mode != mode || s.Security != "best" && policy != s.Security {
			continue
		}
		if best == nil || slices.Index(policies, policy) > slices.Index(policies, policyName(best.policy)) {
			best = e
		}
	}
	if len(names) == 0 {
		return nil, trouble("opcua_no_endpoint", "Check the path in the address of the server.", "The server offers nothing at %q", s.URL)
	}
	if best == nil {
		wanted := s.Security
		if wanted == "best" {
			wanted = "a secure connection"
		}
		if mode != modeNone {
			wanted += " " + s.Mode
		}
		return nil, trouble("opcua_security_not_offered", "Choose a security that the server offers; None only in a network that you trust.",
			"The server does not offer %s, but %s", wanted, strings.Join(names, ", "))
	}
	return best, nil
}

// checkCertificate finds out whether the certificate of a server is one to talk to
// (OPC 10000-4, 6.1.3). The authorities of the system do not count for devices: somebody in the
// plant has to have said that it is trusted, in the settings or in the trust store.
func (s *Settings) checkCertificate(e *endpoint, now time.Time) (*x509.Certificate, error) {
	if len(e.certificate) == 0 {
		return nil, trouble("opcua_certificate_missing", "Give the server a certificate, or choose the security None.", "The server shows no certificate")
	}
	chain, err := x509.ParseCertificates(e.certificate)
	if err != nil || len(chain) == 0 {
		return nil, trouble("opcua_certificate_invalid", "Have the server make a new certificate.", "The certificate of the server cannot be read: %v", err)
	}
	roots := x509.NewCertPool()
	if s.keeper != nil {
		for _, c := range s.keeper.Authorities() {
			roots.AddCert(c)
		}
	}
	found := trust.Examine(chain, trust.Expected{Host: s.host, Application: e.server, Roots: roots, Names: namesHost}, now)
	named := s.trusted[trust.Fingerprint(chain[0])]
	faults := slices.DeleteFunc(found, func(f trust.Fault) bool {
		return named && f.Untrusted() || s.AcceptExpired && f.OutOfTime() || s.AcceptOtherHost && f == trust.OtherHost
	})
	return chain[0], trust.Decide(s.keeper, trust.Shown{Address: s.address, Leaf: chain[0], Faults: faults})
}

// downgraded reports whether the server, once it can prove who it is, offers better than what
// was chosen: then somebody changed the list of endpoints on its way (OPC 10000-4, 5.6.2.2).
func (s *Settings) downgraded(chosen *endpoint, proven []endpoint) bool {
	if chosen.mode == modeNone || len(proven) == 0 {
		return false
	}
	best, err := s.choose(proven)
	return err != nil || best.policy != chosen.policy || best.mode != chosen.mode
}
