package notify

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

// Reach is what a channel needs to know of somebody to reach them.
type Reach string

// What there is to know of people.
const (
	// ByMail is by an e-mail address, ByPhone by the number of a telephone, ByDevice by the devices that somebody has
	// registered.
	ByMail   Reach = "mail"
	ByPhone  Reach = "phone"
	ByDevice Reach = "device"
	// ByGroup is a channel that reaches a group of people by itself: a chat.
	ByGroup Reach = "group"
)

// Message is what a channel has to bring to one receiver.
type Message struct {
	// Key is the same however often the message is tried, so that a service that knows it tells people once.
	Key string
	// To is the address of the receiver, "" when the channel is the receiver.
	To string
	// Subject is one line; Text has several. Link leads to the alarm, "" when there is none.
	Subject, Text, Link string
	// Urgent says that nobody should sleep through it.
	Urgent bool
	// Fields are the values of placeholders by their names.
	Fields map[string]string
	// Attachments are for mail only.
	Attachments []Attachment
}

// Sender brings messages to a service. It is used by several goroutines.
type Sender interface {
	// Send returns when the service has taken the message, with what it answered, for people. An error means that it has not,
	// as far as can be known: see Permanent, Gone and Later. It returns soon after ctx has ended.
	Send(ctx context.Context, m Message) (answer string, err error)
}

// Host is what a channel is given of the runtime.
type Host struct {
	// Trust decides about certificates; nil trusts the authorities of the system.
	Trust trust.Keeper
	// VAPID are the keys by which services for browsers know this server; nil when there are none.
	VAPID *VAPID
	// Now is the time, for signatures.
	Now func() time.Time
}

// VAPID are the keys of voluntary application server identification (RFC 8292), in base64url.
type VAPID struct{ Public, Private string }

// Preset is a channel of a kind as a service wants it.
type Preset struct {
	ID      string    `json:"id"`
	Title   spec.Text `json:"title"`
	Summary spec.Text `json:"summary,omitempty"`
	Icon    string    `json:"icon,omitempty"`
	// Settings are those that the service prescribes.
	Settings json.RawMessage `json:"settings"`
	// Fields are the names of the settings that are left to ask for.
	Fields []string `json:"fields" nullable:"false"`
}

// Kind is a kind of channel: it describes itself and makes senders.
type Kind struct {
	spec.Component
	Reach Reach `json:"reach" enum:"mail,phone,device,group"`
	// Presets are the services that there are; empty when the kind is one.
	Presets []Preset `json:"presets,omitempty"`
	// Check decodes and checks settings. Problems have places relative to them.
	Check func(settings json.RawMessage) error `json:"-"`
	// CheckDevice says what is wrong with a device that somebody registers, for kinds that reach devices.
	CheckDevice func(device, settings json.RawMessage) error `json:"-"`
	// New makes a sender of settings that were found valid, secrets in plain. It connects to nothing.
	New func(settings json.RawMessage, h Host) (Sender, error) `json:"-"`
}

var kinds = map[string]*Kind{}

// Register adds a kind of channel. It panics on a double or incomplete one, at start.
func Register(k *Kind) {
	if k.ID == "" || k.Reach == "" || k.Check == nil || k.New == nil || (k.Reach == ByDevice) != (k.CheckDevice != nil) || kinds[k.ID] != nil {
		panic(fmt.Sprintf("notify: bad or double registration of %q", k.ID))
	}
	kinds[k.ID] = k
}

// Lookup finds a kind of channel.
func Lookup(id string) (*Kind, bool) {
	k, ok := kinds[id]
	return k, ok
}

// Kinds lists all kinds by id.
func Kinds() []*Kind {
	out := make([]*Kind, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b *Kind) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Permanent wraps an error that trying again does not mend: an address that the service does not know.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

type permanent struct{ error }

func (p *permanent) Unwrap() error { return p.error }

// IsPermanent reports whether trying again is of no use.
func IsPermanent(err error) bool {
	p, ok := errors.AsType[*permanent](err)
	return ok && p != nil
}

// ErrGone says that a receiver is not there any more: a browser that has taken its permission back.
var ErrGone = errors.New("the device is not registered any more")

// Later is an error of a service that says when it wants to be asked again.
type Later struct {
	Err   error
	After time.Duration
}

// Error implements error.
func (l *Later) Error() string { return l.Err.Error() }

// Unwrap gives the error itself.
func (l *Later) Unwrap() error { return l.Err }

// NewVAPID makes the keys by which services for browsers know this server: P-256, in base64url (RFC 8292, 3.2).
func NewVAPID() (VAPID, error) {
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		return VAPID{}, err
	}
	return VAPID{Public: base64.RawURLEncoding.EncodeToString(key.PublicKey().Bytes()), Private: base64.RawURLEncoding.EncodeToString(key.Bytes())}, nil
}
