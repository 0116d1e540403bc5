package engine

// Codes of notices.
const (
	// NoticeRevision: an installation runs another revision, or its screens must be opened
	// again because the tags they show have moved.
	NoticeRevision = "revision"
	// NoticeRemoved: an installation is gone.
	NoticeRemoved = "removed"
	// NoticePlant: the plant was changed.
	NoticePlant = "plant"
	// NoticeWrites: Writes has something new to tell.
	NoticeWrites = "writes"
	// NoticeAlarms: alarms have changed.
	NoticeAlarms = "alarms"
)

// Notice is something that open sessions should know.
type Notice struct {
	Code         string
	Installation string
	Revision     int
}

// Notices returns a channel on which what happens from now on arrives, until cancel is
// called. A listener that does not read loses the oldest ones.
func (e *Engine) Notices() (<-chan Notice, func()) { return e.notices.listen() }
