package sparkplug

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/tag"
)

// Namespace begins every topic (clause 4.1).
const Namespace = "spBv1.0"

// Kind is what a message is (clause 4.1.3).
type Kind string

// The kinds of messages of edge nodes and their devices.
const (
	NBirth Kind = "NBIRTH"
	NDeath Kind = "NDEATH"
	NData  Kind = "NDATA"
	NCmd   Kind = "NCMD"
	DBirth Kind = "DBIRTH"
	DDeath Kind = "DDEATH"
	DData  Kind = "DDATA"
	DCmd   Kind = "DCMD"
)

// The metrics that every edge node has (clause 6.4.19).
const (
	BdSeq   = "bdSeq"
	Rebirth = "Node Control/Rebirth"
)

// NodeID names an edge node. The two together are unique.
type NodeID struct{ Group, Node string }

// String is as it stands in topics.
func (n NodeID) String() string { return n.Group + "/" + n.Node }

// Topic is the topic of a message of an edge node, or of one of its devices.
type Topic struct {
	NodeID
	Kind   Kind
	Device string // "" for the node itself
}

// String is the topic as MQTT has it.
func (t Topic) String() string {
	s := Namespace + "/" + t.Group + "/" + string(t.Kind) + "/" + t.Node
	if t.Device != "" {
		s += "/" + t.Device
	}
	return s
}

// ParseTopic takes a topic apart.
func ParseTopic(s string) (t Topic, ok bool) {
	parts := strings.Split(s, "/")
	if len(parts) != 4 && len(parts) != 5 || parts[0] != Namespace {
		return Topic{}, false
	}
	t = Topic{NodeID: NodeID{parts[1], parts[3]}, Kind: Kind(parts[2])}
	of := map[Kind]int{NBirth: 4, NDeath: 4, NData: 4, NCmd: 4, DBirth: 5, DDeath: 5, DData: 5, DCmd: 5}[t.Kind]
	if of != len(parts) || t.Group == "" || t.Node == "" {
		return Topic{}, false
	}
	if len(parts) == 5 {
		if t.Device = parts[4]; t.Device == "" {
			return Topic{}, false
		}
	}
	return t, true
}

// StateTopic is where a host application says whether it is there (clause 4.2).
func StateTopic(host string) string { return Namespace + "/STATE/" + host }

// State is what it says there (clause 6.4.27).
type State struct {
	Online    bool  `json:"online"`
	Timestamp int64 `json:"timestamp"`
}

// Encode is the message.
func (s State) Encode() []byte {
	b, _ := json.Marshal(s) // two scalars
	return b
}

// StateOf makes a state of now.
func StateOf(online bool, now tag.Time) State { return State{online, now.Milli()} }

// DecodeState reads a state.
func DecodeState(b []byte) (State, error) {
	var s struct {
		Online    *bool  `json:"online"`
		Timestamp *int64 `json:"timestamp"`
	}
	if err := json.Unmarshal(b, &s); err != nil || s.Online == nil || s.Timestamp == nil {
		return State{}, errors.New("the message is not a state of Sparkplug 3")
	}
	return State{*s.Online, *s.Timestamp}, nil
}

// CheckName checks the name of a group, edge node, device or host (clause 4.1): it is a level of
// a topic.
func CheckName(s string) error {
	switch {
	case s == "":
		return errors.New("the name is empty")
	case len(s) > 1024:
		return fmt.Errorf("the name has %d bytes, more than 1024", len(s))
	case !utf8.ValidString(s):
		return errors.New("the name is not valid UTF-8")
	case strings.ContainsAny(s, "+#/"):
		return fmt.Errorf("the name %q has one of + # /", s)
	}
	for _, r := range s {
		if r < ' ' || r >= 0x7F && r < 0xA0 {
			return fmt.Errorf("the name has the control character U+%04X", r)
		}
	}
	return nil
}
