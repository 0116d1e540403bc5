package session

import (
	"bytes"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// assetList is a list of assets that a connection follows.
type assetList struct {
	installation, input string
	draft               bool
	area                tag.Path
	// told is the last frame, so that only changes are sent.
	told []byte
}

// askAssets answers with a list of assets, and follows it from then on.
func (c *conn) askAssets(r *Request) {
	rights := c.actor.Rights
	if !rights.Anywhere(auth.View) || r.Draft && !rights.Allows(auth.Design, "") {
		c.fail(r.ID, c.problem("forbidden"))
		return
	}
	l := &assetList{installation: r.Installation, input: r.Input, draft: r.Draft}
	if r.Area != "" {
		path, err := tag.ParsePath(r.Area)
		if err != nil {
			c.fail(r.ID, &Error{Code: "path_invalid", Message: err.Error(), At: "/area"})
			return
		}
		l.area = path
	}
	c.mu.Lock()
	full := len(c.lists) >= MaxLists
	c.mu.Unlock()
	if full {
		c.fail(r.ID, c.problem("too_many_lists"))
		return
	}
	now, err := c.listed(r.ID, l)
	if err != nil {
		c.fail(r.ID, c.errorOf(err))
		return
	}
	l.told = encodeJSON(now)
	c.mu.Lock()
	c.lists[r.ID] = l
	c.mu.Unlock()
	c.reply(&Reply{ID: r.ID, OK: true, Assets: now.Assets, Total: now.Total})
	c.tellAssets() // what has changed since, before the list was followed
}

// listed are the assets of a list as they are now, as far as this user may see them.
func (c *conn) listed(id int, l *assetList) (Assets, error) {
	found, err := c.hub.engine.AssetsFor(l.installation, l.input, l.draft, l.area)
	now := Assets{Op: "assets", List: id, Assets: []ListedAsset{}}
	for i := range found {
		a := &found[i]
		if !c.actor.Rights.Allows(auth.View, a.Path) {
			continue
		}
		if now.Total++; now.Total <= MaxListed {
			now.Assets = append(now.Assets, ListedAsset{Path: string(a.Path), Title: a.Title.In(c.language())})
		}
	}
	return now, err
}

// tellAssets sends the lists that have changed. A list that cannot be made any more is empty.
func (c *conn) tellAssets() {
	c.mu.Lock()
	lists := make(map[int]*assetList, len(c.lists))
	for id, l := range c.lists {
		lists[id] = l
	}
	c.mu.Unlock()
	for id, l := range lists {
		now, _ := c.listed(id, l)
		frame := encodeJSON(now)
		c.mu.Lock()
		same := c.lists[id] != l || bytes.Equal(frame, l.told)
		l.told = frame
		c.mu.Unlock()
		if !same {
			c.send(frame)
		}
	}
}

// closeList ends following a list; false when there is none.
func (c *conn) closeList(id int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.lists[id]
	delete(c.lists, id)
	return ok
}
