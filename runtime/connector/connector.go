// Package connector is what every protocol implements. A connector knows its protocol
// and nothing else: scan classes, coalescing of writes, retry, back-off, time-outs,
// scaling and deadband belong to the engine.
package connector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// ErrNotConnected, wrapped or bare, says that the connection is gone: the engine closes
// it, marks the tags of the device BadNoCommunication and connects again with back-off.
// Any other error of Read or Write concerns that request only.
var ErrNotConnected = errors.New("not connected")

// ErrUncertain, wrapped, says of a write that it was sent but not answered: it may or may
// not have been carried out, and must not be repeated on its own.
var ErrUncertain = errors.New("outcome unknown")

// ErrForbidden, of Receive, says that the sender may not send.
var ErrForbidden = errors.New("not allowed")

// StatusError is a device's refusal of one request with the quality it means.
type StatusError struct {
	Quality tag.Quality
	Message string
}

// Error implements error.
func (e *StatusError) Error() string { return e.Message }

// Point is one tag as the connector sees it.
type Point struct {
	// ID is the engine's number of the point, unique within the device.
	ID int
	// Path is for messages only.
	Path tag.Path
	// Address is what Type.Address made of the tag's address.
	Address any
	// Type is the type the tag wants; values are delivered in it or with BadTypeMismatch.
	Type tag.Type
}

// Update is a new sample of a point. Server time is filled in by the engine.
type Update struct {
	Point  int // Point.ID
	Sample tag.Sample
	// Historical says that the sample is not the present value: it belongs into the history at its time only.
	Historical bool
}

// Request is one exchange with the device that reads some points, as few exchanges as
// the protocol allows for all of them.
type Request interface {
	// Read appends an update for every point of the request. A point that fails alone is
	// an update of bad quality. An error concerns all points of the request.
	Read(ctx context.Context, dst []Update) ([]Update, error)
	// Points are the IDs of the points that the request reads.
	Points() []int
}

// Connector is one configured connection. The engine calls it from one goroutine at a
// time, except Close, which may come at any time and ends what is under way.
type Connector interface {
	// Connect opens the connection and returns when it is usable.
	Connect(ctx context.Context) error
	// Plan groups points into requests. It does no input or output. Connectors that only
	// push return nil.
	Plan(points []Point) []Request
	// Write writes one value and returns when the device has confirmed it.
	Write(ctx context.Context, p Point, v tag.Value) error
	// Close ends the connection. It may be connected again afterwards.
	Close() error
}

// Subscriber is a connector that is told of changes. Run blocks, calls emit for every
// batch (emit must not keep the slice) and returns when ctx ends or the connection is
// lost; it runs beside Write and Read.
type Subscriber interface {
	Run(ctx context.Context, points []Point, emit func([]Update)) error
}

// Receiver is a connector whose device sends of its own accord, to the address of this server
// that carries the id of the device.
type Receiver interface {
	// Receive takes one message; token is what the sender gave to be believed. The error is
	// ErrForbidden, or a *StatusError that says what is wrong with the message. It may be called
	// beside Run, and keeps nothing of the message.
	Receive(ctx context.Context, token string, message []byte) error
}

// Node is one entry of a browse.
type Node struct {
	// ID is given to Browse to see what lies below.
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title,omitempty"`
	HasChild bool   `json:"hasChildren,omitempty"`
	// Address, Type and Writable are set for what can become a tag.
	Address  json.RawMessage `json:"address,omitempty"`
	Type     string          `json:"type,omitempty"`
	Writable bool            `json:"writable,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	// Low and High are the range that the device names for the value, in Unit.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Value is a present value, if the browse knows one.
	Value json.RawMessage `json:"value,omitempty"`
	// Nested says of a node with an address that what lies below are values in their own right, such as topics
	// below a topic, and not details of this one.
	Nested bool `json:"nested,omitempty"`
}

// Browser is a connector that can list what the device has. It is called on a connected
// connector; id "" is the root.
type Browser interface {
	Browse(ctx context.Context, id string) ([]Node, error)
}

// Peeker is a connector that only pushes and can still read some points once, for a person who looks. It is called
// on a connected connector, and may be called beside Run.
type Peeker interface {
	Peek(ctx context.Context, points []Point) ([]Update, error)
}

// Identifier is a connector that can say what it is connected to: maker, model, version,
// name and state, in one line for a person, "" when the device does not tell. It is called
// on a connected connector.
type Identifier interface {
	Identify(ctx context.Context) (string, error)
}

// Type is a kind of connector: it describes itself and makes connectors.
type Type struct {
	spec.Component
	// AddressFields describe a tag's address.
	AddressFields []spec.Field `json:"address"`
	// Push says that values come by Subscriber, so scan classes do not apply.
	Push bool `json:"push,omitempty"`
	// CanBrowse says that connectors implement Browser.
	CanBrowse bool `json:"browse,omitempty"`
	// New makes a connector of settings that were decoded and found valid. It does not connect.
	New func(settings json.RawMessage) (Connector, error) `json:"-"`
	// Address decodes and checks a tag's address for a value type. Problems are of type
	// spec.Problems with places relative to the address.
	Address func(raw json.RawMessage, t tag.Type, writable bool) (any, error) `json:"-"`
	// Check decodes and checks settings without making anything.
	Check func(settings json.RawMessage) error `json:"-"`
}

// Define completes what a kind of connector says of itself with the three functions that make it
// one: decode reads and checks settings, make a connector of them, address those of a tag.
func Define[S any, C Connector, A any](t Type, decode func(json.RawMessage) (S, error), make func(S) C, address func(json.RawMessage, tag.Type, bool) (A, error)) *Type {
	t.New = func(raw json.RawMessage) (Connector, error) {
		s, err := decode(raw)
		if err != nil {
			return nil, err
		}
		return make(s), nil
	}
	t.Check = func(raw json.RawMessage) error {
		_, err := decode(raw)
		return err
	}
	t.Address = func(raw json.RawMessage, want tag.Type, writable bool) (any, error) {
		return address(raw, want, writable)
	}
	return &t
}

var types = map[string]*Type{}

// Register adds a kind of connector. It panics on a double or incomplete one, at start.
func Register(t *Type) {
	if t.ID == "" || t.New == nil || t.Address == nil || t.Check == nil || types[t.ID] != nil {
		panic(fmt.Sprintf("connector: bad or double registration of %q", t.ID))
	}
	types[t.ID] = t
}

// Lookup finds a kind of connector.
func Lookup(id string) (*Type, bool) {
	t, ok := types[id]
	return t, ok
}

// Types lists all kinds by id.
func Types() []*Type {
	out := make([]*Type, 0, len(types))
	for _, t := range types {
		out = append(out, t)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out
}
