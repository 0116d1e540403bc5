package auth

import (
	"fmt"

	"github.com/lineside/lineside/runtime/tag"
)

// Within cuts r to what o allows too: what a token may do on behalf of its owner.
func (r Rights) Within(o Rights) Rights {
	var out Rights
	for _, a := range r.rules {
		for _, b := range o.rules {
			actions := a.actions & b.actions
			area := a.area
			switch {
			case actions == 0:
				continue
			case a.area.Under(b.area):
			case b.area.Under(a.area):
				area = b.area
			default:
				continue
			}
			out.rules = append(out.rules, rule{area, actions})
			out.key += string(area) + "\x00" + string(rune(actions)) + "\x00"
		}
	}
	return out
}

// Actions are all actions that are allowed in any area.
func (r Rights) Actions() Action {
	var all Action
	for i := range r.rules {
		all |= r.rules[i].actions
	}
	return all
}

// ParseActions reads actions by name; none is all of them.
func ParseActions(names []string) (Action, error) {
	if len(names) == 0 {
		return AllActions, nil
	}
	var out Action
next:
	for _, name := range names {
		for _, n := range ActionNames {
			if n.Name == name {
				out |= n.Action
				continue next
			}
		}
		return 0, fmt.Errorf("there is no action %q", name)
	}
	return out, nil
}

// Check reports what is wrong with a grant.
func (g Grant) Check() error {
	if _, ok := Roles[g.Role]; !ok {
		return fmt.Errorf("there is no role %q: viewer, operator, engineer, admin", g.Role)
	}
	if g.Area != "" {
		if _, err := tag.ParsePath(string(g.Area)); err != nil {
			return fmt.Errorf("area: %w", err)
		}
	}
	return nil
}

// IsAdmin reports whether grants give every right in the whole plant.
func IsAdmin(grants []Grant) bool {
	return RightsOf(grants, AllActions).Allows(Administer, "")
}
