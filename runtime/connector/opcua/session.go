package opcua

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector/trust"
)

// session is a session on a channel of its own (OPC 10000-4, 5.6).
type session struct {
	settings *Settings
	channel  *channel
	auth     nodeID
	names    atomic.Pointer[namespaces]
	perCall  operationLimits
	lives    time.Duration
	types    typeMemory
	stop     context.CancelFunc
	kept     chan struct{} // closed when keep has ended
}

// operationLimits are how many nodes the server takes in one request (OPC 10000-5, 6.3.11).
type operationLimits struct{ read, browse, monitor atomic.Int64 }

// namespaces is the server's table of namespaces.
func (s *session) namespaces() namespaces {
	if n := s.names.Load(); n != nil {
		return *n
	}
	return nil
}

const sessionTimeout = time.Minute

// openSession connects, secures, logs in and learns what the server is like.
func openSession(ctx context.Context, settings *Settings) (*session, error) {
	plain, _ := newSecurity("None", modeNone, nil, nil)
	ch, err := dialChannel(ctx, settings.address, settings.URL, plain)
	if err != nil {
		return nil, err
	}
	s := &session{settings: settings, channel: ch, kept: make(chan struct{})}
	chosen, err := s.discover(ctx)
	if err != nil {
		ch.close()
		return nil, err
	}
	own := (*identity)(nil)
	var remote *x509.Certificate
	if chosen.mode != modeNone {
		ch.close()
		if remote, err = settings.checkCertificate(chosen, time.Now()); err != nil {
			return nil, err
		}
		if own, err = settings.identity(); err != nil {
			return nil, err
		}
		secure, err := newSecurity(policyName(chosen.policy), chosen.mode, own, remote)
		if err != nil {
			return nil, trouble("opcua_certificate_invalid", "Give certificates with RSA keys of 2048 to 4096 bits.", "The security policy cannot be used: %v", err)
		}
		if s.channel, err = dialChannel(ctx, settings.address, settings.URL, secure); err != nil {
			return nil, s.distrusted(err, own)
		}
	}
	if err := s.begin(ctx, chosen, own, remote); err != nil {
		s.channel.close()
		return nil, s.distrusted(err, own)
	}
	keeping, stop := context.WithCancel(context.Background())
	s.stop = stop
	go s.keep(keeping)
	return s, nil
}

// discover asks for the endpoints and chooses one.
func (s *session) discover(ctx context.Context) (*endpoint, error) {
	r, err := s.channel.ask(ctx, nodeID{}, id.GetEndpointsRequest_Encoding_DefaultBinary, id.GetEndpointsResponse_Encoding_DefaultBinary, s.settings.Timeout.Std(), func(w *writer) {
		w.text(s.settings.URL)
		w.null()
		w.null()
	})
	if err != nil {
		return nil, notConnected("ask for endpoints", err)
	}
	offered := r.endpoints()
	if r.err != nil {
		return nil, lost("endpoints of the server: %w", r.err)
	}
	return s.settings.choose(offered)
}

// notConnected makes any error one that ends the connection.
func notConnected(what string, err error) error { return lost("%s: %w", what, err) }

// distrusted explains that it is the server that does not trust us. Many servers say no more
// than that security checks failed.
func (s *session) distrusted(err error, own *identity) error {
	if own == nil || !is(err, ua.StatusBadSecurityChecksFailed, ua.StatusBadCertificateUntrusted, ua.StatusBadCertificateInvalid, ua.StatusBadCertificateURIInvalid) {
		return err
	}
	hint := "In the server, move the certificate with the fingerprint %s from the rejected to the trusted ones."
	if s.settings.own == nil {
		hint += " It can be downloaded from the page of certificates."
	}
	return errors.Join(trouble("opcua_not_trusted_by_server", fmt.Sprintf(hint, trust.Fingerprint(own.certificate)), "The server does not trust this Lineside"), err)
}

// begin creates and activates the session.
func (s *session) begin(ctx context.Context, chosen *endpoint, own *identity, remote *x509.Certificate) error {
	uri := "urn:lineside"
	if own != nil {
		uri = own.uri
	}
	clientNonce := make([]byte, 32)
	rand.Read(clientNonce)
	r, err := s.ask(ctx, id.CreateSessionRequest_Encoding_DefaultBinary, id.CreateSessionResponse_Encoding_DefaultBinary, func(w *writer) {
		w.text(uri)
		w.text("urn:lineside")
		w.localized("Lineside")
		w.u32(1) // client
		w.null()
		w.null()
		w.null()
		w.textOrNull(chosen.server)
		w.text(s.settings.URL)
		w.text("Lineside " + rand.Text()[:8])
		w.bytes(clientNonce)
		if own != nil {
			w.bytes(own.certificate.Raw)
		} else {
			w.null()
		}
		w.f64(float64(max(sessionTimeout, 4*s.settings.KeepAlive.Std()) / time.Millisecond))
		w.u32(maxMessage)
	})
	if err != nil {
		return notConnected("create a session", err)
	}
	r.nodeID()
	s.auth = r.nodeID()
	s.lives = time.Duration(r.f64()) * time.Millisecond
	nonce := append([]byte(nil), r.bytes()...)
	certificate := append([]byte(nil), r.bytes()...)
	proven := r.endpoints()
	for range r.count(8) {
		r.bytes()
		r.bytes()
	}
	r.text()
	signature := append([]byte(nil), r.bytes()...)
	if r.err != nil {
		return lost("session: %w", r.err)
	}
	secure := s.channel.secure
	if own != nil {
		if !bytes.HasPrefix(certificate, remote.Raw) {
			return lost("the server created the session with another certificate")
		}
		if err := secure.asym.VerifySignature(slices.Concat(own.certificate.Raw, clientNonce), signature); err != nil {
			return lost("the server does not have the key of its certificate")
		}
		if s.settings.downgraded(chosen, proven) {
			return trouble("opcua_downgraded", "Look for a device in the network that changes messages.", "The server offers other endpoints than were announced")
		}
	}
	return s.activate(ctx, chosen, own, nonce, certificate)
}

// activate proves who we are and logs the user in (OPC 10000-4, 5.6.3).
func (s *session) activate(ctx context.Context, chosen *endpoint, own *identity, nonce, certificate []byte) error {
	if len(certificate) == 0 {
		certificate = chosen.certificate
	}
	var signature []byte
	var algorithm string
	var err error
	if own != nil {
		if signature, algorithm, err = s.channel.secure.sign(own.key, s.channel.secure.policy, certificate, nonce); err != nil {
			return lost("sign: %w", err)
		}
	}
	user, err := s.userToken(chosen, nonce, certificate)
	if err != nil {
		return err
	}
	_, err = s.ask(ctx, id.ActivateSessionRequest_Encoding_DefaultBinary, id.ActivateSessionResponse_Encoding_DefaultBinary, func(w *writer) {
		w.signature(signature, algorithm)
		w.null()
		w.count(1)
		w.text("en")
		w.extension(user.encoding, user.body)
		w.signature(user.signature, user.algorithm)
	})
	if is(err, ua.StatusBadUserAccessDenied, ua.StatusBadIdentityTokenInvalid, ua.StatusBadIdentityTokenRejected, ua.StatusBadIdentityChangeNotSupported) {
		return errors.Join(trouble("opcua_login_refused", "Check user name, password and certificate of the user, and that the server lets this user in.", "The server refuses the login"), err)
	}
	if err != nil {
		return notConnected("activate the session", err)
	}
	return s.learn(ctx)
}

func (w *writer) signature(signature []byte, algorithm string) {
	w.textOrNull(algorithm)
	if signature == nil {
		w.null()
		return
	}
	w.bytes(signature)
}

// login is a user identity token (OPC 10000-4, 7.41).
type login struct {
	encoding  uint32
	body      func(w *writer)
	signature []byte
	algorithm string
}

func (s *session) userToken(e *endpoint, nonce, certificate []byte) (*login, error) {
	kind := map[string]uint32{"anonymous": 0, "password": 1, "certificate": 2}[s.settings.User]
	// Of several ways the one that is secured best.
	token, best := (*userToken)(nil), -1
	var policy string
	for i := range e.tokens {
		t := &e.tokens[i]
		p := t.policy
		if p == "" {
			p = e.policy
		}
		if rank := slices.Index(policies, policyName(p)); t.kind == kind && rank > best && policyName(p) != "" {
			token, best, policy = t, rank, policyName(p)
		}
	}
	if token == nil {
		if kind == 0 && len(e.tokens) == 0 {
			token = &userToken{id: "anonymous"}
		} else {
			return nil, trouble("opcua_login_not_offered", "Choose another way to log in, or have the server allow this one.", "The server does not let anybody log in this way")
		}
	}
	switch kind {
	case 0:
		return &login{encoding: id.AnonymousIdentityToken_Encoding_DefaultBinary, body: func(w *writer) { w.text(token.id) }}, nil
	case 2:
		u := s.settings.user
		chain, err := x509.ParseCertificates(certificate)
		if err != nil || len(chain) == 0 || policy == "None" {
			return nil, trouble("opcua_certificate_missing", "Give the server a certificate.", "The server has no certificate to log in by a certificate with")
		}
		secure, err := newSecurity(policy, modeSign, u, chain[0])
		if err != nil {
			return nil, trouble("opcua_certificate_invalid", "Give certificates with RSA keys of 2048 to 4096 bits.", "The user's certificate cannot be used: %v", err)
		}
		signature, algorithm, err := secure.sign(u.key, policy, certificate, nonce)
		if err != nil {
			return nil, lost("sign: %w", err)
		}
		return &login{
			encoding: id.X509IdentityToken_Encoding_DefaultBinary, signature: signature, algorithm: algorithm,
			body: func(w *writer) { w.text(token.id); w.bytes(u.certificate.Raw) },
		}, nil
	}
	secret, algorithm := []byte(s.settings.Password), ""
	if policy == "None" {
		if s.channel.secure.mode != modeSignAndEncrypt && !s.settings.PlainPassword {
			return nil, trouble("opcua_password_plain", "Choose a security other than None, or allow it in the settings.", "The password would be sent unencrypted")
		}
	} else {
		// Without security nobody has checked this certificate: that is what None means.
		chain, err := x509.ParseCertificates(certificate)
		if err != nil || len(chain) == 0 {
			return nil, trouble("opcua_certificate_missing", "Give the server a certificate, or allow the password to be sent unencrypted.", "The server has no certificate to encrypt the password for")
		}
		if secret, algorithm, err = encryptPassword(policy, chain[0], s.settings.Password, nonce); err != nil {
			return nil, lost("encrypt the password: %w", err)
		}
	}
	return &login{encoding: id.UserNameIdentityToken_Encoding_DefaultBinary, body: func(w *writer) {
		w.text(token.id)
		w.text(s.settings.Username)
		w.bytes(secret)
		w.textOrNull(algorithm)
	}}, nil
}

// learn reads the table of namespaces and the limits of the server.
func (s *session) learn(ctx context.Context) error {
	limits := map[uint32]*atomic.Int64{
		id.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead:          &s.perCall.read,
		id.Server_ServerCapabilities_OperationLimits_MaxNodesPerBrowse:        &s.perCall.browse,
		id.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall: &s.perCall.monitor,
	}
	reads := []readID{{node: nodeID{num: id.Server_NamespaceArray}, attribute: attributeValue}}
	for n, limit := range limits {
		limit.Store(int64(s.settings.MaxItems))
		reads = append(reads, readID{node: nodeID{num: n}, attribute: attributeValue})
	}
	got, err := s.read(ctx, reads)
	if err != nil {
		return notConnected("read the namespaces", err)
	}
	var names namespaces
	for _, uri := range got[0].value.elems {
		names = append(names, uri.Text())
	}
	s.names.Store(&names)
	for i, d := range got[1:] {
		if n := d.value.scalar.Int(); !d.status.bad() && n > 0 {
			limits[reads[i+1].node.num].Store(min(n, int64(s.settings.MaxItems)))
		}
	}
	return nil
}

// ask sends a request of the session. The time-out is that of the settings.
func (s *session) ask(ctx context.Context, request, answer uint16, body func(w *writer)) (*reader, error) {
	timeout := s.settings.Timeout.Std()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return s.channel.ask(ctx, s.auth, request, answer, timeout, body)
}

// sessionGone are the statuses by which a server says that it does not know us any more:
// it was started again, or we were silent for too long.
var sessionGone = []ua.StatusCode{
	ua.StatusBadSessionIDInvalid, ua.StatusBadSessionClosed, ua.StatusBadSecureChannelIDInvalid, ua.StatusBadSecureChannelClosed,
	ua.StatusBadSessionNotActivated, ua.StatusBadServerHalted, ua.StatusBadShutdown,
}

// keep renews the security token in time and looks whether the server answers and runs,
// until the session is closed or lost.
func (s *session) keep(ctx context.Context) {
	defer close(s.kept)
	every := s.settings.KeepAlive.Std()
	if s.lives > 0 {
		every = min(every, s.lives/3)
	}
	look := time.NewTicker(max(every, 100*time.Millisecond))
	defer look.Stop()
	renew := time.NewTimer(lifetime)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.channel.gone:
			return
		case lives := <-s.channel.renews:
			renew.Reset(lives * 3 / 4)
		case <-renew.C:
			limit, cancel := context.WithTimeout(ctx, s.settings.Timeout.Std())
			err := s.channel.open(limit, true)
			cancel()
			if err != nil && ctx.Err() == nil {
				s.channel.drop(notConnected("renew the channel", err))
			}
		case <-look.C:
			if err := s.alive(ctx); err != nil && ctx.Err() == nil {
				s.channel.drop(notConnected("keep alive", err))
			}
		}
	}
}

// alive reads the state of the server, which must be running.
func (s *session) alive(ctx context.Context) error {
	got, err := s.read(ctx, []readID{{node: nodeID{num: id.Server_ServerStatus_State}, attribute: attributeValue}})
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("no answer within %v", s.settings.Timeout.Std())
	}
	if err != nil {
		return err
	}
	if state := got[0].value.scalar; !got[0].status.bad() && state.Int() == int64(ua.ServerStateShutdown) {
		return errors.New("the server shuts down")
	}
	return nil
}

// close ends the session and the channel, politely if the server answers at once.
func (s *session) close() {
	s.stop()
	select {
	case <-s.channel.gone:
	default:
		ctx, cancel := context.WithTimeout(context.Background(), goodbye)
		_, _ = s.ask(ctx, id.CloseSessionRequest_Encoding_DefaultBinary, id.CloseSessionResponse_Encoding_DefaultBinary, func(w *writer) { w.bool(true) })
		cancel()
	}
	s.channel.close()
	<-s.kept
}
