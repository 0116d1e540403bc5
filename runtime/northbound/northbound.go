// Package northbound is what every interface to the outside implements: a server or a client by
// which other systems read chosen tags and, where that is allowed, write them. An interface knows
// its protocol and nothing else: which tags there are, their values, the one gate of writes, state,
// retry and back-off belong to the engine.
package northbound

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sort"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Tag is one tag that an interface exposes.
type Tag struct {
	Path tag.Path
	Type tag.Type
	// Write says that the outside may write it, through the gate.
	Write bool
	// Area is the area or asset whose entry brought the tag in, "" when the entry names the tag.
	Area tag.Path
	// Entry is the place of the entry in the list of the document. Those of an area share it.
	Entry int
	// Map is what Type.Map made of how the entry exposes the tag.
	Map any
}

// Info is what is known about a tag beside its value.
type Info struct {
	Type  tag.Type
	Title spec.Text
	// Description, Unit (UCUM where it has one), range and decimals are those of the plant.
	Description string
	Unit        string
	Low, High   *float64
	Decimals    *int
	// WriteLow and WriteHigh are the limits of the gate; Writable says that there is one.
	WriteLow, WriteHigh *float64
	Writable            bool
	// Asset, Model and Property say which property of which asset the tag is, "" for others.
	Asset           tag.Path
	Model, Property string
}

// Feed tells which exposed tags have changed. It is used by one goroutine.
type Feed interface {
	// Drain appends the places of the tags that changed since the last Drain, each once, sorted.
	Drain(dst []int) []int
	// Close ends the feed.
	Close()
}

// Outcome is how a write ended.
type Outcome string

// The outcomes of a write.
const (
	Good   Outcome = "good"
	Failed Outcome = "failed"
	// Unknown is of a write that was sent to a device but not confirmed.
	Unknown Outcome = "unknown"
)

// Write is a value that somebody outside wants a tag to have.
type Write struct {
	// Tag is its place in the list of exposed tags.
	Tag   int
	Value tag.Value
	// From is who asks, as the protocol knows him: an address, a client identifier. It goes into
	// the audit trail.
	From string
	// Reason goes into the audit trail, "" when the protocol has none.
	Reason string
}

// Host is what the engine gives an interface that runs. Its methods may be called from any
// goroutine. Tags are named by their places in the list that New got.
type Host interface {
	// Read appends the newest samples of tags, all of one moment. A tag of an asset that is disabled
	// is BadOutOfService.
	Read(tags []int, dst []tag.Sample) []tag.Sample
	// Info describes a tag.
	Info(tag int) Info
	// Definitions changes when what Info says of any tag may have changed. Feeds are woken then.
	Definitions() uint64
	// Watch makes a feed of all exposed tags. wake is called when there is something to drain, once until
	// the next Drain; it should only signal. A change between Watch and the first Read may be reported although it
	// was seen.
	Watch(wake func()) Feed
	// Check says why a write would be refused if it came now, nil when it would not. Nothing is done.
	Check(w Write) *spec.Problem
	// Write brings a value through the gate of the engine: rights of the entry, safe mode, type,
	// limits, interlock, audit trail, device, read-back. It returns when the outcome is known; the
	// problem says why it is not good.
	Write(ctx context.Context, w Write) (Outcome, *spec.Problem)
	// Ready says that the interface is at work now, and where ("127.0.0.1:502"), for people to see.
	Ready(place string)
	// Lost says that the interface is not at work for the moment, but tries by itself: a client whose
	// server has gone. Ready ends it.
	Lost(err error)
	// Log is for what only the person who maintains the runtime wants to know.
	Log() *slog.Logger
}

// Interface is one configured interface.
type Interface interface {
	// Run serves until ctx ends, and returns within a second then, when all that it started has ended. An
	// error before that is shown, and Run is called again with back-off.
	Run(ctx context.Context, h Host) error
}

// Stats count since the interface began to run.
type Stats struct {
	// Peers are those who are connected, at most 100.
	Peers []Peer `json:"peers,omitempty"`
	// Connected is how many are.
	Connected int `json:"connected"`
	// Requests came in or messages went out; Refused of them could not be served; Writes are values that
	// were brought to the gate.
	Requests uint64 `json:"requests"`
	Refused  uint64 `json:"refused"`
	Writes   uint64 `json:"writes"`
}

// Peer is one who is connected.
type Peer struct {
	Address string    `json:"address"`
	Since   time.Time `json:"since"`
	// Requests came from it, Last is when the last did.
	Requests uint64     `json:"requests"`
	Last     *time.Time `json:"last,omitempty"`
}

// Counter is an interface that counts. Stats may be called while it runs, and before and after.
type Counter interface {
	Stats() Stats
}

// Type is a kind of interface: it describes itself and makes interfaces.
type Type struct {
	spec.Component
	// MapFields describe how one tag is exposed.
	MapFields []spec.Field `json:"map"`
	// Areas says that one entry may stand for all tags of an area or asset.
	Areas bool `json:"areas,omitempty"`
	// CanExport says that there is a table for the people on the other side: see Export.
	CanExport bool `json:"export,omitempty"`
	// New makes an interface of settings and tags that were found valid. It does not begin anything.
	New func(settings json.RawMessage, tags []Tag) (Interface, error) `json:"-"`
	// Check decodes and checks settings without making anything. Problems have places relative to
	// the settings.
	Check func(settings json.RawMessage) error `json:"-"`
	// Map decodes and checks how a tag of a type is exposed. Problems have places relative to the map. It
	// is called once for each tag of an area.
	Map func(raw json.RawMessage, t tag.Type, write bool) (any, error) `json:"-"`
	// Arrange finds what is wrong with tags together, for sound settings: two at one register. Places are
	// "/<entry>/…". It may be left out.
	Arrange func(settings json.RawMessage, tags []Tag) spec.Problems `json:"-"`
	// Suggest completes the maps of entries that are being edited: those without a place, or at one where
	// they cannot be, get one beside the others; with anew, all do, one after the other. What was chosen else is kept. nil
	// is returned for tags that cannot be exposed. It may be left out.
	Suggest func(settings json.RawMessage, tags []Tag, raw []json.RawMessage, anew bool) []json.RawMessage `json:"-"`
	// Export is the table for the people on the other side, the names of its columns first. infos are those of
	// the tags.
	Export func(settings json.RawMessage, tags []Tag, infos []Info) ([][]string, error) `json:"-"`
}

var types = map[string]*Type{}

// Register adds a kind of interface. It panics on a double or incomplete one, at start.
func Register(t *Type) {
	if t.ID == "" || t.New == nil || t.Map == nil || t.Check == nil || types[t.ID] != nil || t.CanExport != (t.Export != nil) {
		panic(fmt.Sprintf("northbound: bad or double registration of %q", t.ID))
	}
	types[t.ID] = t
}

// Lookup finds a kind of interface.
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
