package session

import "slices"

// Editors lists the names of who has the draft of an installation open, in the designer or in
// a preview.
func (h *Hub) Editors(installation string) []string {
	names := []string{}
	for _, c := range h.all() {
		c.mu.Lock()
		for _, v := range c.views {
			if v.screen != nil && v.screen.Revision == 0 && v.screen.Installation == installation {
				names = append(names, c.actor.Name)
				break
			}
		}
		c.mu.Unlock()
	}
	slices.Sort(names)
	return slices.Compact(names)
}
