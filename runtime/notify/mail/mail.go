// Package mail brings messages by e-mail, through a server that speaks SMTP (RFC 5321).
package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	notify.Register(&notify.Kind{
		Component: spec.Component{
			ID: "mail", Version: 1, Icon: "mail",
			Title:    spec.Text{"en": "E-mail", "zh": "电子邮件"},
			Summary:  spec.Text{"en": "Mail through the mail server of the plant or of a provider (SMTP). Reports and exports go by it, too.", "zh": "通过工厂或服务商的邮件服务器 (SMTP) 发送。报表和导出也由此发送。"},
			Settings: spec.Fields(Settings{}),
		},
		Reach: notify.ByMail,
		Check: func(raw json.RawMessage) error {
			_, err := decode(raw)
			return err
		},
		New: func(raw json.RawMessage, h notify.Host) (notify.Sender, error) {
			s, err := decode(raw)
			if err != nil {
				return nil, err
			}
			s.UseTrust(h.Trust)
			return &sender{s}, nil
		},
	})
}

// Settings are those of a mail server.
type Settings struct {
	Host     string `json:"host" title:"Mail server" zh:"邮件服务器" help:"Name or address of the server that takes outgoing mail." helpZh:"发信服务器的名称或地址。" group:"connection" required:"true" min:"1" max:"253"`
	Security string `json:"security" title:"Encryption" zh:"加密" group:"connection" enum:"starttls=STARTTLS,tls=TLS from the start|全程 TLS,none=None|不加密" default:"starttls"`
	Port     int    `json:"port,omitempty" title:"Port" zh:"端口" help:"587 with STARTTLS, 465 with TLS, 25 without if empty." helpZh:"留空时 STARTTLS 用 587，TLS 用 465，不加密用 25。" group:"connection" min:"1" max:"65535"`
	User     string `json:"user,omitempty" title:"User" zh:"用户名" help:"If empty, nobody logs in." helpZh:"留空则不登录。" group:"connection" max:"256"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"1024"`
	From     string `json:"from" title:"Sender" zh:"发件人" help:"The address that mails come from." helpZh:"邮件的发件地址。" group:"connection" required:"true" min:"3" max:"254"`
	FromName string `json:"fromName" title:"Name of the sender" zh:"发件人名称" group:"connection" default:"Lineside" max:"100"`
	trust.Settings
}

func (s *Settings) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.Security == "tls":
		return 465
	case s.Security == "none":
		return 25
	}
	return 587
}

func decode(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if strings.ContainsAny(s.Host, " /@:\r\n") && net.ParseIP(s.Host) == nil {
		ps.Add("host_invalid", "/host", `Write a name such as "smtp.example.com", without a port.`, "The mail server is not a name or an address.")
	}
	if err := CheckAddress(s.From); err != nil {
		ps.Add("address_invalid", "/from", `Write an address such as "alarms@example.com".`, "The sender is not an e-mail address.")
	}
	if err := s.CheckTLS(); err != nil {
		ps.Add("certificate_invalid", "/ca", "Paste the certificate in PEM form.", "%s.", err)
	}
	return s, ps.Err()
}

// CheckAddress says what is wrong with the bare address of a person (RFC 5321, 4.1.2).
func CheckAddress(address string) error {
	if strings.ContainsFunc(address, unicode.IsControl) {
		return errors.New("an address has no line breaks")
	}
	a, err := netmail.ParseAddress(address)
	if err != nil || a.Name != "" || a.Address != address {
		return fmt.Errorf("%q is not an e-mail address", address)
	}
	return nil
}

type sender struct{ settings *Settings }

// Send implements notify.Sender. Several receivers are separated by commas.
func (s *sender) Send(ctx context.Context, m notify.Message) (string, error) {
	message, err := s.message(m)
	if err != nil {
		return "", notify.Permanent(err)
	}
	client, err := s.client(ctx)
	if err != nil {
		return "", err
	}
	if err := client.DialAndSendWithContext(ctx, message); err != nil {
		return "", s.explain(err)
	}
	if answer := strings.TrimSpace(message.ServerResponse()); answer != "" {
		return answer, nil
	}
	return "accepted by " + s.settings.Host, nil
}

func (s *sender) message(m notify.Message) (*gomail.Msg, error) {
	var to []string
	for a := range strings.SplitSeq(m.To, ",") {
		a = strings.TrimSpace(a)
		if err := CheckAddress(a); err != nil {
			return nil, err
		}
		to = append(to, a)
	}
	if len(to) > notify.MaxRecipients || len(m.Attachments) > notify.MaxAttachments {
		return nil, fmt.Errorf("a mail has up to %d receivers and %d attachments", notify.MaxRecipients, notify.MaxAttachments)
	}
	out := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := out.FromFormat(line(s.settings.FromName), s.settings.From); err != nil {
		return nil, err
	}
	if err := out.To(to...); err != nil {
		return nil, err
	}
	out.Subject(line(m.Subject))
	out.SetDate()
	if m.Key != "" {
		// The same at each try (RFC 5322, 3.6.4): programs show a mail that came twice once.
		sum := sha256.Sum256([]byte(m.Key + "\x00" + m.To))
		out.SetMessageIDWithValue(hex.EncodeToString(sum[:16]) + "@" + domain(s.settings.From))
	}
	// No out-of-office answers (RFC 3834, 5).
	out.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.Urgent {
		out.SetImportance(gomail.ImportanceUrgent)
	}
	text := m.Text
	if m.Link != "" && !strings.Contains(text, m.Link) {
		text += "\n\n" + m.Link
	}
	out.SetBodyString(gomail.TypeTextPlain, text)
	size := 0
	for _, a := range m.Attachments {
		if size += len(a.Data); size > notify.MaxMailBytes {
			return nil, fmt.Errorf("the attachments have more than %d MB", notify.MaxMailBytes>>20)
		}
		kind := line(a.Type)
		if kind == "" {
			kind = "application/octet-stream"
		}
		out.AttachReadSeeker(line(a.Name), bytes.NewReader(a.Data), gomail.WithFileContentType(gomail.ContentType(kind)))
	}
	return out, nil
}

// line makes a text one line, so that it cannot begin a header of its own.
func line(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ' ' || r == '\u2028' || r == '\u2029' }), " ")
}

func domain(address string) string {
	_, d, _ := strings.Cut(address, "@")
	return d
}

// dialTimeout is how long the connection may take, exchangeTimeout the whole exchange.
const (
	dialTimeout     = 10 * time.Second
	exchangeTimeout = time.Minute
)

func (s *sender) client(ctx context.Context) (*gomail.Client, error) {
	o := s.settings
	address := net.JoinHostPort(o.Host, strconv.Itoa(o.port()))
	config, err := o.ClientTLS(address)
	if err != nil {
		return nil, err
	}
	dial := func(_ context.Context, network, address string) (net.Conn, error) {
		// A server that hangs in the middle would hold the sender for ever.
		dialer := net.Dialer{Timeout: dialTimeout}
		raw, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		end, ok := ctx.Deadline()
		if !ok {
			end = time.Now().Add(exchangeTimeout)
		}
		conn := &bounded{Conn: raw, end: end, stop: context.AfterFunc(ctx, func() { _ = raw.Close() })}
		if o.Security != "tls" {
			return conn, nil
		}
		secured := tls.Client(conn, config)
		err = conn.SetDeadline(time.Now().Add(dialTimeout))
		if err == nil {
			err = secured.HandshakeContext(ctx)
		}
		if err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secured, nil
	}
	options := []gomail.Option{gomail.WithPort(o.port()), gomail.WithTLSConfig(config), gomail.WithTimeout(dialTimeout), gomail.WithDialContextFunc(dial)}
	known := []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5}
	switch o.Security {
	case "tls":
		options = append(options, gomail.WithSSL())
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
		known = []gomail.SMTPAuthType{gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlainNoEnc, gomail.SMTPAuthLoginNoEnc}
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if o.User != "" {
		options = append(options, gomail.WithOpportunisticSMTPAuth(known...), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	return gomail.NewClient(o.Host, options...)
}

// bounded is a connection whose deadlines are never later than its end, and that is closed with its context.
type bounded struct {
	net.Conn
	end  time.Time
	stop func() bool
}

func (b *bounded) SetDeadline(t time.Time) error {
	if t.IsZero() || t.After(b.end) {
		t = b.end
	}
	return b.Conn.SetDeadline(t)
}

func (b *bounded) Close() error {
	b.stop()
	return b.Conn.Close()
}

// explain tells what trying again cannot mend from what it may.
func (s *sender) explain(err error) error {
	if e, ok := errors.AsType[*gomail.SendError](err); ok && e.ErrorCode() >= 500 {
		return notify.Permanent(err)
	}
	return err
}
