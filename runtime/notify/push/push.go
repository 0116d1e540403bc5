// Package push brings messages to telephones and browsers by Web Push (RFC 8030), encrypted for the one device (RFC 8291) and
// signed with the keys of this server (RFC 8292).
package push

import (
	"context"
	"crypto/ecdh"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	webpush "github.com/SherClockHolmes/webpush-go"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	notify.Register(&notify.Kind{
		Component: spec.Component{
			ID: "push", Version: 1, Icon: "bell-ring",
			Title:    spec.Text{"en": "Push to phones", "zh": "手机推送"},
			Summary:  spec.Text{"en": "Notifications on phones and computers, also while the page is closed. Each person registers their own under “My messages”. The server needs a way to the internet.", "zh": "在手机和电脑上显示通知，页面关闭时也能收到。每个人在“我的消息”中登记自己的设备。服务器需要能访问互联网。"},
			Settings: spec.Fields(Settings{}),
		},
		Reach:       notify.ByDevice,
		CheckDevice: checkDevice,
		Check: func(raw json.RawMessage) error {
			_, err := decode(raw)
			return err
		},
		New: func(raw json.RawMessage, h notify.Host) (notify.Sender, error) {
			s, err := decode(raw)
			if err != nil {
				return nil, err
			}
			if h.VAPID == nil {
				return nil, errors.New("there are no keys for push messages")
			}
			return &sender{s, *h.VAPID, notify.OutboundClient(nil, s.reachable)}, nil
		},
	})
}

// Settings are those of push messages.
type Settings struct {
	Contact string   `json:"contact" title:"Contact" zh:"联系人" help:"An e-mail address at which the services for browsers reach somebody when there is trouble. They want one." helpZh:"推送服务在出现问题时联系的电子邮件地址，必填。" group:"connection" required:"true" min:"3" max:"254"`
	Hours   int      `json:"hours" title:"Wait for a phone that is off" zh:"设备离线时保留" help:"For so long the message is kept for a phone that is off." helpZh:"手机关机时消息保留的时间。" group:"behaviour" unit:"h" default:"12" min:"1" max:"168" advanced:"true"`
	Hosts   []string `json:"hosts,omitempty" title:"Further services" zh:"其他推送服务" help:"Names of servers beside those of Google, Mozilla, Apple and Microsoft: push.example.com." helpZh:"除 Google、Mozilla、Apple、Microsoft 以外的服务器名称，例如 push.example.com。" group:"connection" max:"20" advanced:"true"`
}

// services are the servers of the makers of browsers: a subscription that names another would have this server ask anybody.
var services = []string{"fcm.googleapis.com", "android.googleapis.com", "updates.push.services.mozilla.com", ".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"}

func decode(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if !strings.Contains(s.Contact, "@") && !strings.HasPrefix(s.Contact, "https://") || strings.ContainsAny(s.Contact, " \r\n<>") {
		ps.Add("address_invalid", "/contact", `Write an address such as "alarms@example.com".`, "The contact is not an e-mail address.")
	}
	return s, ps.Err()
}

// Subscription is what a browser says of itself (Push API, 7).
type Subscription struct {
	Endpoint string `json:"endpoint"`
	Keys     struct {
		P256dh string `json:"p256dh"`
		Auth   string `json:"auth"`
	} `json:"keys"`
}

// known reports whether a server is one to which subscriptions may lead.
func known(host string, more []string) bool {
	host = strings.ToLower(host)
	return slices.ContainsFunc(slices.Concat(services, more), func(s string) bool {
		s = strings.ToLower(s)
		return host == s || strings.HasPrefix(s, ".") && strings.HasSuffix(host, s)
	})
}

// check says what is wrong with a subscription.
func (s *Subscription) check(more []string) error {
	u, err := url.Parse(s.Endpoint)
	if err != nil || u.Host == "" || u.User != nil || len(s.Endpoint) > 2000 {
		return errors.New("the address of the device is not one")
	}
	if u.Scheme != "https" || !known(u.Host, more) && !known(u.Hostname(), more) {
		return fmt.Errorf("%s is not known as a service for push messages", u.Host)
	}
	key, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Keys.P256dh, "="))
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	if err != nil {
		return errors.New("the key of the device is not one")
	}
	if auth, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s.Keys.Auth, "=")); err != nil || len(auth) != 16 {
		return errors.New("the secret of the device is not one")
	}
	return nil
}

// checkDevice says what is wrong with a subscription for a channel of settings.
func checkDevice(raw, settings json.RawMessage) error {
	var sub Subscription
	if err := json.Unmarshal(raw, &sub); err != nil {
		return errors.New("the device says nothing that can be understood")
	}
	s, err := decode(settings)
	if err != nil {
		return err
	}
	return sub.check(s.Hosts)
}

// reachable keeps subscriptions from leading into the plant, unless an administrator named the server or a proxy.
func (s *Settings) reachable(a netip.Addr) bool {
	if _, proxied := os.LookupEnv("HTTPS_PROXY"); proxied || len(s.Hosts) > 0 { // the proxy is in the plant
		return !a.IsLinkLocalUnicast() && !a.IsUnspecified() && !a.IsMulticast()
	}
	return a.IsGlobalUnicast() && !a.IsPrivate() && !a.IsLoopback()
}

type sender struct {
	settings *Settings
	keys     notify.VAPID
	client   *http.Client
}

// notification is what the page's worker shows.
type notification struct {
	Title  string `json:"title"`
	Body   string `json:"body"`
	Link   string `json:"link,omitempty"`
	Tag    string `json:"tag,omitempty"`
	Urgent bool   `json:"urgent,omitempty"`
}

// maxPayload is what is left of 4096 bytes after encryption (RFC 8291, 4).
const maxPayload = 3000

// Send implements notify.Sender. The receiver is a subscription.
func (s *sender) Send(ctx context.Context, m notify.Message) (string, error) {
	var sub Subscription
	if err := json.Unmarshal([]byte(m.To), &sub); err != nil {
		return "", notify.Permanent(errors.New("the device says nothing that can be understood"))
	}
	if err := sub.check(s.settings.Hosts); err != nil {
		return "", notify.Permanent(err)
	}
	n := notification{Title: m.Subject, Body: strings.TrimSpace(strings.ReplaceAll(m.Text, m.Link, "")), Link: path(m.Link), Tag: m.Fields["path"], Urgent: m.Urgent}
	payload, err := json.Marshal(n)
	for err == nil && len(payload) > maxPayload && n.Body != "" {
		r := []rune(n.Body)
		n.Body = string(r[:len(r)*2/3])
		payload, err = json.Marshal(n)
	}
	if err != nil {
		return "", notify.Permanent(err)
	}
	urgency := webpush.UrgencyNormal
	if m.Urgent {
		urgency = webpush.UrgencyHigh
	}
	answer, err := webpush.SendNotificationWithContext(ctx, payload, &webpush.Subscription{Endpoint: sub.Endpoint, Keys: webpush.Keys{Auth: sub.Keys.Auth, P256dh: sub.Keys.P256dh}}, &webpush.Options{
		HTTPClient: s.client, Subscriber: s.settings.Contact, TTL: s.settings.Hours * 3600, Urgency: urgency, VAPIDPublicKey: s.keys.Public, VAPIDPrivateKey: s.keys.Private, RecordSize: 3072 + 103,
	})
	if err != nil {
		if e, ok := errors.AsType[*url.Error](err); ok {
			err = e.Err // the address is a secret
		}
		return "", err
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	if answer.StatusCode == http.StatusNotFound || answer.StatusCode == http.StatusGone {
		return "", notify.Permanent(fmt.Errorf("%s: %w", answer.Status, notify.ErrGone))
	}
	return notify.Judge(answer, text, "")
}

// path is a link without the server: the page's worker opens it where the page came from.
func path(link string) string {
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return "/alarms"
	}
	return u.RequestURI()
}
