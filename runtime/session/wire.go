package session

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/unit"
)

// This file is the only definition of the live protocol at /api/v1/live: one WebSocket,
// JSON text frames. docs/reference/live.md and the TypeScript types are made from it.
//
// A client sends Requests, each with an id of its own choosing, and gets exactly one
// Reply with that id. In between the server sends Values, Slots and Notice frames.
//
// The number of a view is unique within its connection. A client must not expect it to count
// from 1: connections that show the same thing have the same number, so that one encoded
// frame serves them all.

// Limits of what a client may send.
const (
	// MaxFrame is the largest frame a client may send, in bytes.
	MaxFrame = 64 << 10
	// MaxViews is the number of views (watch and open together) of one connection, MaxWatches how many may be watches.
	MaxViews   = 1024
	MaxWatches = 64
	// MaxOpens is the number of screens that one open or close may name.
	MaxOpens = 100
	// MaxAllSlots is the number of slots of all views of one connection.
	MaxAllSlots = 200000
	// MaxLists is the number of lists of assets of one connection, MaxListed how many assets one has at most.
	MaxLists  = 64
	MaxListed = 10000
	// MaxSlots is the number of slots of one view.
	MaxSlots = 20000
	// MaxPatterns is the number of patterns in one watch.
	MaxPatterns = 1000
	// MaxRate is the number of requests a second, MaxBurst of how many at once.
	MaxRate  = 50
	MaxBurst = 200
	// MaxWrites is the number of writes and events under way at once.
	MaxWrites = 16
)

// Close codes. After 4000–4499 the client comes back by itself, after 4500–4999 not.
const (
	// CloseRestart: the server goes down and will come back.
	CloseRestart = 4000
	// CloseSlow: the client did not read for 5 s. A frame is half out then, so the code itself
	// seldom arrives: a browser reports 1006.
	CloseSlow = 4001
	// CloseRevision: a new revision was published and the old views are gone.
	CloseRevision = 4002
	// CloseAccess: the rights of the user have changed.
	CloseAccess = 4003
	// CloseProtocol: a frame was not JSON, too large, or of no known form.
	CloseProtocol = 4500
	// CloseUnauthorized: not logged in, or the session has ended.
	CloseUnauthorized = 4501
	// CloseLimit: far more requests than allowed. A few too many, and too many views or writes,
	// are refused by an Error; too many connections by HTTP 503, after which the client comes back.
	CloseLimit = 4502
)

// Request is what a client sends. Op decides which other fields are read.
type Request struct {
	// ID is echoed in the Reply; a number above 0.
	ID int `json:"id"`
	// Op is what is asked: watch, open, event, write, history, assets, close, language or ping.
	Op string `json:"op" enum:"watch,open,event,write,history,assets,close,language,ping"`

	// Tags of watch: paths or patterns ("area/line/*/speed", "area/**").
	Tags []string `json:"tags,omitempty"`

	// Installation, Screen and Params of open. Draft asks for the draft instead of the
	// published revision, for those who may design. Screen "" is the start screen.
	Installation string                     `json:"installation,omitempty"`
	Screen       string                     `json:"screen,omitempty"`
	Params       map[string]json.RawMessage `json:"params,omitempty"`
	Draft        bool                       `json:"draft,omitempty"`
	// Offers of open stand in for inputs of these ids if the app has such parameters and Params has nothing for
	// them; else they are left out.
	Offers map[string]json.RawMessage `json:"offers,omitempty"`
	// Each of open are several screens at once, in place of Installation, Screen, Params, Draft and Offers: each gets a
	// Reply of its own, in this order and before that of the request itself.
	Each []OpenEach `json:"each,omitempty"`

	// Input and Area of assets: the assets that an input of Installation takes (Draft: of its draft), below a path. The
	// Reply has them, and an Assets frame comes whenever they have changed, until the list is closed.
	Input string `json:"input,omitempty"`
	Area  string `json:"area,omitempty"`
	// List of close: the id of the request of assets. Views of close are several views at once.
	List  int   `json:"list,omitempty"`
	Views []int `json:"views,omitempty"`

	// Language of open and language: in which messages and the titles of tags are told from now on, on
	// this connection. "" leaves it. The reply to language has the bindings of View once more.
	Language string `json:"language,omitempty"`

	// Units of open and language: in which units this person wants to see values; left out, in those that
	// they are configured in. Values come in the latter all the same: Units of the reply says how to convert them.
	Units *unit.Preference `json:"units,omitempty"`

	// View of event, close and language: the number from the reply to watch or open. Language without one is for alarms, lists of
	// assets and messages alone.
	View int `json:"view,omitempty"`
	// Widget, Name and Data of event: which widget, what happened ("click", "set"), with what value. Widget ""
	// is the screen itself ("load", "unload", "key:F2"); "load" with true says that it opened itself anew.
	Widget string          `json:"widget,omitempty"`
	Name   string          `json:"name,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`

	// Ask of event: nothing is done; Runs of the reply says which actions would be now. Runs of event are
	// those that may be done, of which the operator was asked; all of them when left out.
	Ask  bool  `json:"ask,omitempty"`
	Runs []int `json:"runs,omitempty"`

	// Tag and Value of write. Reason is kept in the audit trail, for event too.
	Tag    string          `json:"tag,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`
	Reason string          `json:"reason,omitempty"`
	// Manner of write says how, when the value is not just written.
	action.Manner

	// History of history is a HistoryQuestion of the HTTP API (POST /api/v1/history/query): up to 20 tags, from, to, and what
	// of it. Without step it gives what a line of so many pixels needs, 1000 when it does not say.
	History json.RawMessage `json:"history,omitempty"`
}

// Reply answers a Request: Error, or OK with what was asked for.
type Reply struct {
	ID    int    `json:"id"`
	OK    bool   `json:"ok,omitempty"`
	Error *Error `json:"error,omitempty"`
	// View is the number of the new view of watch and open.
	View int `json:"view,omitempty"`
	// Slots of watch: which slot shows which tag.
	Slots []WatchSlot `json:"slots,omitempty"`
	// Bindings of open and language: which slot feeds which property of which widget.
	Bindings []ViewBinding `json:"bindings,omitempty"`
	// Units of open and language: how to show the units that the tags and widgets of the screen name, by
	// their text. One that is not here is shown as it is.
	Units map[string]unit.Shown `json:"units,omitempty"`
	// Screen of open: the drawing without its bindings, as in the app document.
	Screen json.RawMessage `json:"screen,omitempty"`
	// Revision of open: number of the published revision, 0 for the draft.
	Revision int `json:"revision,omitempty"`
	// App of open: what the player shows around the screen.
	App *ViewApp `json:"app,omitempty"`
	// Like of open with Each: Screen and App are those of the reply with this id, and left out here.
	Like int `json:"like,omitempty"`
	// Took of open: the Offers that stand in for parameters of the app.
	Took []string `json:"took,omitempty"`
	// Assets of assets, sorted by path; Total is how many there are.
	Assets []ListedAsset `json:"assets,omitempty"`
	Total  int           `json:"total,omitempty"`
	// T and Values of watch and open: the present values, as in a Values frame.
	T      int64             `json:"t,omitempty"`
	Values []json.RawMessage `json:"v,omitempty"`
	// Result of event and write: what became of the write. A write that was refused has an outcome too.
	Result *WriteResult `json:"result,omitempty"`
	// History of history: a HistoryAnswer of the HTTP API.
	History json.RawMessage `json:"history,omitempty"`
	// Runs of event with Ask: the places of the actions whose conditions hold now.
	Runs []int `json:"runs,omitzero"`
	// Effects of event: what the client shall do, in order.
	Effects []action.Effect `json:"effects,omitempty"`
}

// OpenEach is one of several screens to open.
type OpenEach struct {
	// ID is echoed in the Reply for this screen.
	ID           int                        `json:"id"`
	Installation string                     `json:"installation"`
	Screen       string                     `json:"screen,omitempty"`
	Params       map[string]json.RawMessage `json:"params,omitempty"`
	Draft        bool                       `json:"draft,omitempty"`
	Offers       map[string]json.RawMessage `json:"offers,omitempty"`
}

// ListedAsset is an asset of a list, its title in the language of the connection.
type ListedAsset struct {
	Path  string `json:"path"`
	Title string `json:"title,omitempty"`
}

// Assets is {"op":"assets","list":7,…}: the assets of the list that was asked for by the request 7, all of them anew.
type Assets struct {
	Op     string        `json:"op"`
	List   int           `json:"list"`
	Assets []ListedAsset `json:"assets"`
	Total  int           `json:"total"`
}

// Error is what went wrong with a request; codes are those of the HTTP API.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	At      string `json:"at,omitempty"`
}

// WatchSlot is [slot, path] on the wire.
type WatchSlot struct {
	Slot int
	Path string
}

// ViewBinding says that slot feeds prop of widget.
type ViewBinding struct {
	Slot   int    `json:"slot"`
	Widget string `json:"widget"`
	Prop   string `json:"prop"`
	// Meta comes with a binding that is one tag: its unit, range and how it may be written.
	Meta *Meta `json:"meta,omitempty"`
}

// Meta is what a widget takes from the tag it is bound to.
type Meta struct {
	Path        string   `json:"path,omitempty"`
	Type        string   `json:"type,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Unit        string   `json:"unit,omitempty"`
	Low         *float64 `json:"low,omitempty"`
	High        *float64 `json:"high,omitempty"`
	NormalLow   *float64 `json:"normalLow,omitempty"`
	NormalHigh  *float64 `json:"normalHigh,omitempty"`
	Decimals    *int     `json:"decimals,omitempty"`
	// Format says what the value means: datetime, image, reference, location, vec2, vec3 or struct; "" when nothing further.
	Format string `json:"format,omitempty"`
	// Writable says that this user may write the tag now; WriteLow and WriteHigh are its limits.
	Writable  bool     `json:"writable,omitempty"`
	WriteLow  *float64 `json:"writeLow,omitempty"`
	WriteHigh *float64 `json:"writeHigh,omitempty"`
	// Confirm is none, ask or reason.
	Confirm string `json:"confirm,omitempty"`
	// Release says that a second person must release each write.
	Release bool `json:"release,omitempty"`
}

// ViewApp is the frame around a screen, as far as who opened it may see it.
type ViewApp struct {
	Name map[string]string `json:"name"`
	// Start is the id of the screen that this user sees first.
	Start   string       `json:"start"`
	Screens []ViewScreen `json:"screens"`
	// Languages are those of the app, English first.
	Languages []string `json:"languages"`
	// Texts are the texts by key that the screen names: key → language → text.
	Texts      map[string]map[string]string `json:"texts,omitempty"`
	Theme      *ViewTheme                   `json:"theme,omitempty"`
	Navigation *ViewNavigation              `json:"navigation,omitempty"`
	// Drawings are those that the screen shows, by id: a Drawing of the app document each.
	Drawings map[string]json.RawMessage `json:"drawings,omitempty"`
	// Manifests are those of the widgets of the app's own that the screen shows, by type.
	Manifests map[string]json.RawMessage `json:"manifests,omitempty"`
}

// ViewTheme is the look of the app as a whole.
type ViewTheme struct {
	// Scheme is light or dark for everybody; "" leaves it to the operator.
	Scheme string `json:"scheme,omitempty" enum:"light,dark"`
	// Logo is a picture as a data: URL.
	Logo string `json:"logo,omitempty"`
}

// ViewNavigation is how one gets from screen to screen.
type ViewNavigation struct {
	// Style is where the entries stand: header (the default), menu or none.
	Style string `json:"style,omitempty" enum:"header,menu,none"`
	// Breadcrumbs shows the way from the start screen.
	Breadcrumbs bool `json:"breadcrumbs,omitempty"`
	// Items are the entries that this user sees; null is one for every screen.
	Items []ViewItem `json:"items"`
}

// ViewItem is an entry: a screen, or a heading with entries below it.
type ViewItem struct {
	Title  map[string]string `json:"title,omitempty"`
	Icon   string            `json:"icon,omitempty"`
	Screen string            `json:"screen,omitempty"`
	Items  []ViewItem        `json:"items,omitempty"`
}

// ViewScreen is one entry of the screen menu.
type ViewScreen struct {
	ID   string            `json:"id"`
	Name map[string]string `json:"name"`
}

// WriteResult is the end of a write (OPC 10000-4 Good, Bad; Uncertain when it was sent but not confirmed).
type WriteResult struct {
	// Outcome is good, failed or unknown; running while a ramp is on its way.
	Outcome string `json:"outcome" enum:"good,failed,unknown,running"`
	// Code, Message and Hint say why it was not good, as in Error.
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Old and New are the values before and after, as read back.
	Old json.RawMessage `json:"old,omitempty"`
	New json.RawMessage `json:"new,omitempty"`
}

// Values is {"op":"values","view":1,"t":ms,"v":[row…]}. A row is [slot,value] when the
// quality is good and the source time is that of the frame to within TimeTolerance; a third
// number is the quality (OPC UA StatusCode), a fourth the source time in ms. A bad value is null.
type Values struct {
	Op     string            `json:"op"`
	View   int               `json:"view"`
	T      int64             `json:"t"`
	Values []json.RawMessage `json:"v"`
}

// TimeTolerance is how far, in ms, the source time of a two-number row may be from the frame's.
const TimeTolerance = 250

// Slots is {"op":"slots","view":1,"slots":[[slot,path],…]}: tags that a watch has come to match
// since its reply. It stands before the first values of these slots. A tag that was removed
// keeps its slot, with the quality BadNodeIdUnknown, and gets it back when it returns.
type Slots struct {
	Op    string      `json:"op"`
	View  int         `json:"view"`
	Slots []WatchSlot `json:"slots"`
}

// Writes is {"op":"writes",…}: what stands between people and devices now, as far as this user may
// see it. It comes after connecting when there is something to tell, and whenever it has changed.
type Writes struct {
	Op string `json:"op"`
	WritesNow
}

// WritesNow is the state of the master switch, of the two-person rule and of ramps.
type WritesNow struct {
	// Blocked is there while all writes of the site are refused.
	Blocked *Blocked `json:"blocked,omitempty"`
	// Asked are the writes that wait for a second person: one's own, and those that one may release.
	Asked []AskedWrite `json:"asked,omitempty"`
	// Ramps are the tags on their way to a value.
	Ramps []Ramp `json:"ramps,omitempty"`
}

// Blocked says who has blocked all writes, since when (ms since 1970), and why.
type Blocked struct {
	By     string `json:"by"`
	Since  int64  `json:"since"`
	Reason string `json:"reason"`
}

// AskedWrite is a write that waits for a second person until Until (ms since 1970).
type AskedWrite struct {
	ID    string          `json:"id"`
	Tag   string          `json:"tag"`
	Title string          `json:"title,omitempty"`
	Unit  string          `json:"unit,omitempty"`
	Value json.RawMessage `json:"value"`
	// Mode is that of the write, Reason what who has asked says.
	Mode   string `json:"mode,omitempty"`
	Reason string `json:"reason,omitempty"`
	By     string `json:"by"`
	Asked  int64  `json:"asked"`
	Until  int64  `json:"until"`
	// Mine: this user has asked, and may withdraw it; else they may release or refuse it.
	Mine bool `json:"mine,omitempty"`
}

// Ramp is a tag on its way to Target, which it reaches at Until (ms since 1970).
type Ramp struct {
	Tag    string          `json:"tag"`
	Target json.RawMessage `json:"target"`
	Began  int64           `json:"began"`
	Until  int64           `json:"until"`
	By     string          `json:"by"`
}

// Alarms is {"op":"alarms",…}: how many alarms there are of what this user may see, and the first of them. It comes after
// connecting when there are any, and whenever they have changed, at most five times a second.
type Alarms struct {
	Op string `json:"op"`
	AlarmsNow
}

// MaxAlarms is how many alarms an Alarms frame has, MaxAlarmAreas how many areas.
const (
	MaxAlarms     = 10
	MaxAlarmAreas = 24
)

// AlarmsNow is the state of the alarms of a user.
type AlarmsNow struct {
	// Seq is another one whenever an alarm of the plant has changed: then lists are to be read again.
	Seq uint64 `json:"seq,omitempty"`
	// Counts are by priority, the most urgent first; priorities without alarms are left out.
	Counts []AlarmCount `json:"counts,omitempty"`
	// First are the first of all: those that wait for an acknowledgement by priority, then the others that are active.
	First []AlarmNow `json:"first,omitempty"`
	// Sounds are what is to be heard, the most urgent first.
	Sounds []AlarmSound `json:"sounds,omitempty"`
	// Areas are the parts of the plant with alarms, by path: those of the first level at which there are several, the worst
	// when there are too many.
	Areas []AlarmArea `json:"areas,omitempty"`
}

// AlarmSound is what is to be heard as long as alarms of a priority wait for an acknowledgement.
type AlarmSound struct {
	Sound    string `json:"sound" enum:"chime,beep,pulse,siren"`
	Priority string `json:"priority" enum:"urgent,high,medium,low"`
	// Newest is a number of the newest of these alarms. It is higher than that of any alarm before: who has silenced up to a
	// number is to hear those above it.
	Newest int64 `json:"newest"`
}

// AlarmArea is how many alarms there are at and below a path.
type AlarmArea struct {
	Area string `json:"area"`
	// Priority is the worst of all, Waiting the worst of those that wait for an acknowledgement, left out when none does.
	Priority string `json:"priority" enum:"urgent,high,medium,low"`
	Waiting  string `json:"waiting,omitempty" enum:"urgent,high,medium,low"`
	AlarmAmount
}

// AlarmAmount is how many alarms wait for an acknowledgement, and how many are active.
type AlarmAmount struct {
	Unacknowledged int `json:"unacknowledged"`
	Active         int `json:"active"`
}

// AlarmCount is how many alarms there are of a priority: those that wait for an acknowledgement, and those that are active.
type AlarmCount struct {
	Priority       string `json:"priority" enum:"urgent,high,medium,low"`
	Unacknowledged int    `json:"unacknowledged"`
	Active         int    `json:"active"`
}

// AlarmNow is one alarm, in the language of the connection.
type AlarmNow struct {
	// Key names the alarm to the HTTP API.
	Key      string `json:"key"`
	Path     string `json:"path"`
	Priority string `json:"priority" enum:"urgent,high,medium,low"`
	State    string `json:"state" enum:"unacknowledged,acknowledged,returned,latched-unacknowledged,latched-acknowledged"`
	// Title is that of the tag, Name that of the alarm.
	Title   string `json:"title"`
	Name    string `json:"name"`
	Message string `json:"message"`
	// Since is when the state began, in ms since 1970.
	Since int64 `json:"since"`
	// May says that this user may acknowledge it, Comment that it must be said why.
	May     bool `json:"may,omitempty"`
	Comment bool `json:"comment,omitempty"`
}

// Notice is {"op":"notice",…}: something the client should know, such as a new revision.
type Notice struct {
	Op string `json:"op"`
	// Code is revision (a new one was published: open again), access (rights changed: open again) or message.
	Code         string `json:"code" enum:"revision,access,message"`
	Installation string `json:"installation,omitempty"`
	Message      string `json:"message,omitempty"`
}
