package snmp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// maxFailures is how many requests in a row may go unanswered before the device counts as lost.
const maxFailures = 2

// session asks a device one thing at a time. All but close is called from one goroutine.
type session struct {
	settings *Settings

	mu     sync.Mutex
	conn   net.Conn // nil when closed or lost
	cancel context.CancelFunc

	client    *gosnmp.GoSNMP
	requestID uint32
	failures  int
}

// requestIDs is how many request numbers one request may use up: finding the engine of
// the device, and again with its clock.
const requestIDs = 8

// unsent is an error of a request that never left.
type unsent struct{ error }

func (e unsent) Unwrap() error { return e.error }

// open makes a socket and asks for the time since the device was started.
func (s *session) open(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	if s.conn != nil {
		s.conn.Close()
		s.conn = nil
	}
	s.cancel = cancel
	s.mu.Unlock()
	client := newClient(s.settings)
	client.Context = ctx
	fail := func(err error) error {
		return fmt.Errorf("ask %s: %w: %w", net.JoinHostPort(s.settings.Host, fmt.Sprint(s.settings.Port)), connector.ErrNotConnected, err)
	}
	if err := client.Connect(); err != nil {
		return fail(err)
	}
	s.mu.Lock()
	if ctx.Err() != nil {
		s.mu.Unlock()
		client.Conn.Close()
		return fail(ctx.Err())
	}
	s.conn = client.Conn
	s.mu.Unlock()
	s.client, s.failures = client, 0
	s.requestID = 1<<24 + rand.Uint32N(1<<28)
	if _, err := s.get(ctx, []string{oidUpTime}); err != nil {
		s.drop()
		if s.settings.Version != "3" && errors.As(err, new(*connector.StatusError)) {
			err = fmt.Errorf("%w: a device does not answer a wrong community either", err)
		}
		return fail(err)
	}
	return nil
}

// newClient makes the client of the settings. It does not repeat what goes unanswered:
// that is for the engine.
func newClient(s *Settings) *gosnmp.GoSNMP {
	c := &gosnmp.GoSNMP{
		Target: s.Host, Port: uint16(s.Port), Transport: "udp", Community: s.read(), Timeout: s.Timeout.Std(), MaxOids: 1000,
		MaxRepetitions: uint32(s.MaxRepetitions), Version: map[string]gosnmp.SnmpVersion{"1": gosnmp.Version1, "2c": gosnmp.Version2c, "3": gosnmp.Version3}[s.Version],
	}
	if s.Version != "3" {
		return c
	}
	usm := &gosnmp.UsmSecurityParameters{UserName: s.User}
	c.SecurityModel, c.ContextName, c.MsgFlags = gosnmp.UserSecurityModel, s.Context, gosnmp.NoAuthNoPriv
	if s.Security != "none" {
		c.MsgFlags = gosnmp.AuthNoPriv
		usm.AuthenticationProtocol, usm.AuthenticationPassphrase = map[string]gosnmp.SnmpV3AuthProtocol{
			"md5": gosnmp.MD5, "sha": gosnmp.SHA, "sha224": gosnmp.SHA224, "sha256": gosnmp.SHA256, "sha384": gosnmp.SHA384, "sha512": gosnmp.SHA512,
		}[s.AuthProtocol], s.AuthPassword
	}
	if s.Security == "authPriv" {
		c.MsgFlags = gosnmp.AuthPriv
		usm.PrivacyProtocol, usm.PrivacyPassphrase = map[string]gosnmp.SnmpV3PrivProtocol{
			"des": gosnmp.DES, "aes": gosnmp.AES, "aes192": gosnmp.AES192, "aes256": gosnmp.AES256, "aes192c": gosnmp.AES192C, "aes256c": gosnmp.AES256C,
		}[s.PrivProtocol], s.PrivPassword
	}
	// Passwords must not reach a log.
	usm.Logger = gosnmp.NewLogger(log.New(io.Discard, "", 0))
	c.SecurityParameters = usm
	return c
}

func (s *Settings) read() string {
	if s.Community == "" {
		return "public"
	}
	return s.Community
}

func (s *Settings) write() string {
	if s.WriteCommunity == "" {
		return s.read()
	}
	return s.WriteCommunity
}

// close ends what is under way.
func (s *session) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

func (s *session) drop() { _ = s.close() }

func (s *session) current() net.Conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// get asks for objects. The answer has them in this order, or an error status.
func (s *session) get(ctx context.Context, oids []string) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, s.settings.read(), func(c *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) { return c.Get(oids) }, oids)
}

// set writes one object.
func (s *session) set(ctx context.Context, pdu gosnmp.SnmpPDU) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, s.settings.write(), func(c *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) { return c.Set([]gosnmp.SnmpPDU{pdu}) }, []string{pdu.Name})
}

// next asks for what follows an object: one, or as many as a step of browsing takes.
func (s *session) next(ctx context.Context, oid string, many bool) (*gosnmp.SnmpPacket, error) {
	return s.ask(ctx, s.settings.read(), func(c *gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error) {
		if many && s.settings.Version != "1" {
			return c.GetBulk([]string{oid}, 0, uint32(s.settings.MaxRepetitions))
		}
		return c.GetNext([]string{oid})
	}, nil)
}

// ask carries out one request. An answer that does not fit it is an error: gosnmp lets
// some pass whose request number is 0 or which have no objects. The error is a
// *connector.StatusError for what concerns this request only; an unsent around it when
// the request surely did not reach the device.
func (s *session) ask(ctx context.Context, community string, do func(*gosnmp.GoSNMP) (*gosnmp.SnmpPacket, error), names []string) (*gosnmp.SnmpPacket, error) {
	conn := s.current()
	if conn == nil {
		return nil, unsent{connector.ErrNotConnected}
	}
	if err := ctx.Err(); err != nil {
		return nil, unsent{err}
	}
	s.client.Context, s.client.Community = ctx, community
	s.requestID = (s.requestID + requestIDs) & 0x3FFFFFFF
	s.client.SetRequestID(s.requestID)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	answer, err := do(s.client)
	stop()
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	if n := answer.RequestID - s.requestID; n < 1 || n > requestIDs {
		return nil, badAnswer("it has the number of another request")
	}
	if answer.PDUType != gosnmp.GetResponse {
		return nil, badAnswer("it is a %s", answer.PDUType)
	}
	s.failures = 0
	if answer.Error != gosnmp.NoError || names == nil {
		return answer, nil
	}
	if len(answer.Variables) != len(names) {
		return nil, badAnswer("it has %d objects in place of %d", len(answer.Variables), len(names))
	}
	for i, v := range answer.Variables {
		if strings.TrimPrefix(v.Name, ".") != names[i] {
			return nil, badAnswer("it has %s in place of %s", v.Name, names[i])
		}
	}
	return answer, nil
}

func badAnswer(format string, args ...any) error {
	return &connector.StatusError{Quality: tag.BadCommunicationError, Message: "the answer does not fit: " + fmt.Sprintf(format, args...)}
}

// denied are the reports of version 3 that say that the device does not know or believe
// this user.
var denied = map[error]string{
	gosnmp.ErrUnknownUsername: "the device does not know the user", gosnmp.ErrWrongDigest: "the password or the way of authentication is wrong",
	gosnmp.ErrDecryption: "the password or the way of encryption is wrong", gosnmp.ErrUnknownSecurityLevel: "the device does not give the user this level of security",
}

// failed sorts what went wrong.
func (s *session) failed(ctx context.Context, err error) error {
	for known, text := range denied {
		if errors.Is(err, known) {
			return &connector.StatusError{Quality: tag.BadUserAccessDenied, Message: text}
		}
	}
	if before, _, panicked := strings.Cut(err.Error(), " Stack:"); panicked {
		err = errors.New(before)
	}
	late := errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, gosnmp.ErrMaxRetriesExceeded)
	switch {
	case s.current() == nil, errors.Is(err, net.ErrClosed):
		s.drop()
		return fmt.Errorf("%w: closed", connector.ErrNotConnected)
	case errors.Is(ctx.Err(), context.Canceled):
		return ctx.Err()
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		s.drop()
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	status := &connector.StatusError{Quality: tag.BadCommunicationError, Message: "the answer cannot be read: " + err.Error()}
	if strings.Contains(err.Error(), "not authentic") { // what a device says of a wrong password cannot be proved to be its own
		status.Message = "the device does not know the password or the way of authentication, or does not permit this level of security"
	}
	if late {
		status = &connector.StatusError{Quality: tag.BadTimeout, Message: "the device did not answer in time"}
	}
	if s.failures++; s.failures >= maxFailures {
		s.drop()
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, status)
	}
	return status
}

// statuses say what the error statuses of an answer mean (RFC 1157, 4.1; RFC 3416, 4.2.5).
var statuses = map[gosnmp.SNMPError]struct {
	quality tag.Quality
	text    string
}{
	gosnmp.TooBig:              {tag.BadRequestTooLarge, "the answer would be too big"},
	gosnmp.NoSuchName:          {tag.BadNodeIDUnknown, "the device has no such object, or does not let it be written"},
	gosnmp.BadValue:            {tag.BadTypeMismatch, "the device does not take this value"},
	gosnmp.ReadOnly:            {tag.BadNotWritable, "the object cannot be written"},
	gosnmp.GenErr:              {tag.BadDeviceFailure, "the device could not do it"},
	gosnmp.NoAccess:            {tag.BadUserAccessDenied, "access to the object is not permitted"},
	gosnmp.WrongType:           {tag.BadTypeMismatch, "the object is of another type"},
	gosnmp.WrongLength:         {tag.BadOutOfRange, "the value has the wrong length"},
	gosnmp.WrongEncoding:       {tag.BadTypeMismatch, "the device does not understand the value"},
	gosnmp.WrongValue:          {tag.BadOutOfRange, "the device does not take this value"},
	gosnmp.NoCreation:          {tag.BadNodeIDUnknown, "the device has no such object"},
	gosnmp.InconsistentValue:   {tag.BadInvalidState, "the device does not take this value now"},
	gosnmp.ResourceUnavailable: {tag.BadResourceUnavailable, "the device has no resources left"},
	gosnmp.CommitFailed:        {tag.BadDeviceFailure, "the device could not carry it out"},
	gosnmp.UndoFailed:          {tag.BadDeviceFailure, "the device could carry it out in part only"},
	gosnmp.AuthorizationError:  {tag.BadUserAccessDenied, "access is not permitted"},
	gosnmp.NotWritable:         {tag.BadNotWritable, "the object cannot be written"},
	gosnmp.InconsistentName:    {tag.BadNodeIDUnknown, "the device has no such object now"},
}

func statusOf(e gosnmp.SNMPError) *connector.StatusError {
	if k, ok := statuses[e]; ok {
		return &connector.StatusError{Quality: k.quality, Message: fmt.Sprintf("%s (%s)", k.text, e)}
	}
	return &connector.StatusError{Quality: tag.BadDeviceFailure, Message: fmt.Sprintf("the device answered with error %d", e)}
}
