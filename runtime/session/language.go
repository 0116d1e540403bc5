package session

// maxLanguage is the length of the longest language tag that is taken (BCP 47 needs no more in practice).
const maxLanguage = 35

// language is that of messages and of titles of tags on this connection.
func (c *conn) language() string {
	lang, _ := c.lang.Load().(string)
	return lang
}

// setLanguage changes it; "" and what is no tag leave it.
func (c *conn) setLanguage(lang string) {
	if lang != "" && len(lang) <= maxLanguage {
		c.lang.Store(lang)
	}
}

// speak changes the language and tells the bindings of a screen in it: the view stays open, with
// its variables and what is under way. Without a view it is for what is told of alarms and assets, and for messages.
func (c *conn) speak(r *Request) {
	if r.View == 0 {
		c.setLanguage(r.Language)
		c.reply(&Reply{ID: r.ID, OK: true})
		c.tellWords()
		return
	}
	v := c.views[r.View] // only this goroutine changes it
	if v == nil || v.screen == nil {
		c.fail(r.ID, c.problem("view_unknown"))
		return
	}
	c.setLanguage(r.Language)
	_, _, index := screenSlots(v.screen.Screen, c.actor.Rights)
	bindings := c.bindings(v.screen.Screen, index)
	c.reply(&Reply{ID: r.ID, OK: true, Bindings: bindings, Units: c.hub.viewUnits(v.screen.Screen, bindings, r.Units)})
	c.tellWords()
}

// tellWords tells once more what has words in it and belongs to no view.
func (c *conn) tellWords() {
	c.tellAssets()
	c.tellAlarms(c.hub.alarms.all(c.hub.engine))
}
