// Package auth says who may do what: actions, roles, grants by area, password hashes.
package auth

import (
	"slices"

	"github.com/lineside/lineside/runtime/tag"
)

// Action is something a person may be allowed to do in an area.
type Action uint16

// The actions, as bits.
const (
	View Action = 1 << iota
	Operate
	Tune
	Acknowledge
	Shelve
	Design
	Install
	Administer
)

// ActionNames are the actions by their names in documents and on the wire.
var ActionNames = []struct {
	Name   string
	Action Action
}{
	{"view", View}, {"operate", Operate}, {"tune", Tune}, {"acknowledge", Acknowledge},
	{"shelve", Shelve}, {"design", Design}, {"install", Install}, {"administer", Administer},
}

// Names lists the actions in a.
func (a Action) Names() []string {
	var out []string
	for _, n := range ActionNames {
		if a&n.Action != 0 {
			out = append(out, n.Name)
		}
	}
	return out
}

// Roles are the built-in roles with their actions.
var Roles = map[string]Action{
	"viewer":   View,
	"operator": View | Operate | Acknowledge,
	"engineer": View | Operate | Tune | Acknowledge | Shelve | Design | Install,
	"admin":    View | Operate | Tune | Acknowledge | Shelve | Design | Install | Administer,
}

// Grant gives a role below an area; area "" is the whole plant.
type Grant struct {
	Role string   `json:"role" enum:"viewer,operator,engineer,admin"`
	Area tag.Path `json:"area,omitempty"`
}

// Rights are the grants of one user or token, ready to be asked. The zero value allows nothing.
type Rights struct {
	rules []rule
	roles []string
	key   string
}

type rule struct {
	area    tag.Path
	actions Action
}

// RightsOf makes the rights of grants, cut to the actions in limit (a token's scope).
func RightsOf(grants []Grant, limit Action) Rights {
	var r Rights
	for _, g := range grants {
		if a := Roles[g.Role] & limit; a != 0 {
			r.rules = append(r.rules, rule{g.Area, a})
			if !slices.Contains(r.roles, g.Role) {
				r.roles = append(r.roles, g.Role)
			}
			r.key += string(g.Area) + "\x00" + string(rune(a)) + "\x00"
		}
	}
	return r
}

// AllActions is the limit that cuts nothing.
const AllActions = Administer<<1 - 1

// Allows reports whether action is allowed at path (a tag or an area).
func (r Rights) Allows(action Action, path tag.Path) bool {
	for i := range r.rules {
		if r.rules[i].actions&action != 0 && path.Under(r.rules[i].area) {
			return true
		}
	}
	return false
}

// Anywhere reports whether action is allowed in any area at all.
func (r Rights) Anywhere(action Action) bool {
	for i := range r.rules {
		if r.rules[i].actions&action != 0 {
			return true
		}
	}
	return false
}

// Roles are the roles held in any area, each once. What may be done goes by Allows: they decide
// only what is offered.
func (r Rights) Roles() []string { return slices.Clone(r.roles) }

// Key is the same for equal rights; sessions with one key may share a feed.
func (r Rights) Key() string { return r.key }

// Actor is who asks: a person's session or a token.
type Actor struct {
	// Name is the user's login name, "token:<name>" for a token, "system" for the runtime itself.
	Name string
	// Origin is the remote address and what it came by: "192.0.2.7 session", "cli".
	Origin string
	// Owner is the user behind a token, "" for a person's own session.
	Owner  string
	Rights Rights
}

// Person is who answers for what is done: the owner of a token, else the actor itself. Two
// sessions and all tokens of a user are one person.
func (a Actor) Person() string {
	if a.Owner != "" {
		return a.Owner
	}
	return a.Name
}
