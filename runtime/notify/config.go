package notify

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Config says who is told of what: all that an administrator sets up.
type Config struct {
	// URL is the address at which people reach this server, for links: "https://plant.example.com".
	URL      string    `json:"url,omitempty"`
	Channels []Channel `json:"channels,omitempty"`
	Rosters  []Roster  `json:"rosters,omitempty"`
	Routes   []Route   `json:"routes,omitempty"`
	Holidays []Holiday `json:"holidays,omitempty"`
}

// Channel is one way by which messages leave.
type Channel struct {
	// ID is 1 to 64 letters, digits, "_" and "-".
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Kind is mail, webhook, sms or push; Preset the service of which the settings are, "" for none.
	Kind   string `json:"kind"`
	Preset string `json:"preset,omitempty"`
	// Settings are those of the kind. Secrets are references.
	Settings json.RawMessage `json:"settings,omitempty"`
	// Language is that of those of whom none is known; English when left out.
	Language string `json:"language,omitempty" enum:"en,zh"`
	// Texts stand in for the built-in texts, by language.
	Texts map[string]Template `json:"texts,omitempty"`
	// PerMinute is how many messages one receiver gets in a minute; those that are more come in one. 10 when left out.
	PerMinute int  `json:"perMinute,omitempty"`
	Disabled  bool `json:"disabled,omitempty"`
}

// Template is how a message reads. Placeholders are {title}, {value} and so on: see Placeholders. A line whose first
// placeholder is empty is left out.
type Template struct {
	// Subject is one line, Text has several; what is left out is the built-in one.
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Roster is a group of people: those who always belong to it, and those of the shift that is on duty.
type Roster struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Members are names of users who belong to it at any time.
	Members []string `json:"members,omitempty"`
	Shifts  []Shift  `json:"shifts,omitempty"`
	// Otherwise are those who are told when nobody is on duty.
	Otherwise []string `json:"otherwise,omitempty"`
}

// Shift is a time at which people are on duty, in the time zone of the plant.
type Shift struct {
	Name string `json:"name,omitempty"`
	Hours
	People []string `json:"people" nullable:"false"`
}

// Hours are times of the week. The zero value is always.
type Hours struct {
	// Days are mon to sun, and holiday; every day when left out. On a holiday only what names it counts, unless nothing does.
	Days []string `json:"days,omitempty" enum:"mon,tue,wed,thu,fri,sat,sun,holiday"`
	// From and To are times of the day, "22:00". What ends before it begins ends on the next day; both left out are the whole
	// day.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Holiday is a day that is not like others.
type Holiday struct {
	// Date is "2026-12-25".
	Date string `json:"date"`
	Name string `json:"name,omitempty"`
}

// Route says who is told of which alarms, and who else as long as nobody acknowledges.
type Route struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Areas, Classes and Priorities say of which alarms; each left out is all.
	Areas      []tag.Path `json:"areas,omitempty"`
	Classes    []string   `json:"classes,omitempty"`
	Priorities []string   `json:"priorities,omitempty" enum:"urgent,high,medium,low"`
	// On is what is told beside that the alarm was raised: return, acknowledge, shelve (also suppressed and out of service)
	// and escalate. They are told to whom the raised alarm was.
	On []string `json:"on,omitempty" enum:"return,acknowledge,shelve,escalate"`
	// When is at which times the route counts for alarms that are raised; always when left out.
	When []Hours `json:"when,omitempty"`
	// Steps follow each other until somebody acknowledges.
	Steps []Step `json:"steps" nullable:"false"`
	// UntilReturned ends the steps when the alarm has returned, acknowledged or not.
	UntilReturned bool `json:"untilReturned,omitempty"`
	Disabled      bool `json:"disabled,omitempty"`
}

// Step is who is told at one time.
type Step struct {
	// After is how long after the step before, or after the alarm was raised.
	After spec.Duration `json:"after,omitempty"`
	// Channels are ids; To are receivers: user:<name>, roster:<id>, mail:<address> or phone:<number>. Each is told by the
	// channels that reach it. A channel that reaches a group needs no receiver.
	Channels []string `json:"channels" nullable:"false"`
	To       []string `json:"to,omitempty"`
	// Every repeats the step until the next begins or Times have been told in all, at most 20.
	Every spec.Duration `json:"every,omitempty"`
	Times int           `json:"times,omitempty"`
}

// Person is how one user wants to be told.
type Person struct {
	Mail  string `json:"mail,omitempty"`
	Phone string `json:"phone,omitempty"`
	// Language of messages: that of the pages when left out.
	Language string `json:"language,omitempty" enum:"en,zh"`
	// Quiet are times at which nothing is told; Urgent says that urgent alarms are told even then.
	Quiet  []Hours `json:"quiet,omitempty"`
	Urgent bool    `json:"urgent,omitempty"`
	// Areas and Priorities are the only ones that are told; each left out is all.
	Areas      []tag.Path `json:"areas,omitempty"`
	Priorities []string   `json:"priorities,omitempty" enum:"urgent,high,medium,low"`
}

// Limits of the set-up.
const (
	MaxChannels  = 50
	MaxRosters   = 200
	MaxRouted    = 500 // routes
	MaxSteps     = 10
	MaxShifts    = 50
	MaxPeople    = 100 // of a roster, or receivers of a step
	MaxHolidays  = 1000
	MaxHours     = 20
	MaxFilter    = 100
	MaxAfter     = 7 * 24 * time.Hour
	MinEvery     = 10 * time.Second
	MaxTimes     = 20
	MaxTemplate  = 4000
	MaxPerMinute = 600
)

// Days are the names of days, Sunday first as time.Weekday counts, and what stands for holidays.
var Days = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat", "holiday"}

// What of an alarm may be told.
const (
	OnRaise       = "raise"
	OnReturn      = "return"
	OnAcknowledge = "acknowledge"
	OnShelve      = "shelve"
	OnEscalate    = "escalate"
)

var tellable = []string{OnReturn, OnAcknowledge, OnShelve, OnEscalate}

// Prefixes of receivers.
const (
	toUser   = "user:"
	toRoster = "roster:"
	toMail   = "mail:"
	toPhone  = "phone:"
)

var (
	idForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()/-]{2,30}$`)
	timeForm  = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

// PlainPhone is a number of a telephone without what people write between the digits; false when it is none.
func PlainPhone(s string) (string, bool) {
	if !phoneForm.MatchString(s) {
		return "", false
	}
	return strings.Map(func(r rune) rune {
		if r == '+' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s), true
}

// Channel finds a channel by its id.
func (c *Config) Channel(id string) *Channel {
	for i := range c.Channels {
		if c.Channels[i].ID == id {
			return &c.Channels[i]
		}
	}
	return nil
}

// Roster finds a roster by its id.
func (c *Config) Roster(id string) *Roster {
	for i := range c.Rosters {
		if c.Rosters[i].ID == id {
			return &c.Rosters[i]
		}
	}
	return nil
}

// Called is the name of a channel for people.
func (c *Channel) Called() string {
	if c.Name != "" {
		return c.Name
	}
	return c.ID
}

type checker struct {
	config *Config
	spec.Problems
}

// Check tells everything that is wrong. users says whether there is a user; nil knows all.
func (c *Config) Check(users func(name string) bool) spec.Problems {
	k := &checker{config: c}
	if c.URL != "" {
		if u, err := url.Parse(c.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || len(c.URL) > 500 {
			k.Add("url_invalid", "/url", `Write an address such as "https://plant.example.com".`, "The address of this server is not an address that a browser takes.")
		}
	}
	k.count("/channels", len(c.Channels), MaxChannels)
	k.count("/rosters", len(c.Rosters), MaxRosters)
	k.count("/routes", len(c.Routes), MaxRouted)
	k.count("/holidays", len(c.Holidays), MaxHolidays)
	seen := map[string]bool{}
	id := func(at, what, id, name string) {
		if !idForm.MatchString(id) {
			k.Add("id_form", at+"/id", `Write 1 to 64 letters, digits, "_" and "-".`, "%q cannot be an id.", clip(id, 80))
		}
		if seen[what+id] {
			k.Add("id_double", at+"/id", "Give each its own id.", "There is another with the id %q.", clip(id, 80))
		}
		seen[what+id] = true
		k.length(at+"/name", name, 200)
	}
	for i := range c.Channels {
		at := fmt.Sprintf("/channels/%d", i)
		id(at, "c", c.Channels[i].ID, c.Channels[i].Name)
		k.channel(at, &c.Channels[i])
	}
	for i := range c.Rosters {
		at, r := fmt.Sprintf("/rosters/%d", i), &c.Rosters[i]
		id(at, "r", r.ID, r.Name)
		k.people(at+"/members", r.Members, users)
		k.people(at+"/otherwise", r.Otherwise, users)
		k.count(at+"/shifts", len(r.Shifts), MaxShifts)
		for j := range r.Shifts {
			place := fmt.Sprintf("%s/shifts/%d", at, j)
			k.length(place+"/name", r.Shifts[j].Name, 200)
			k.hours(place, r.Shifts[j].Hours)
			k.people(place+"/people", r.Shifts[j].People, users)
			if len(r.Shifts[j].People) == 0 {
				k.Add("value_missing", place+"/people", "Name who is on duty then, or remove the shift.", "Nobody is on duty in the shift.")
			}
		}
	}
	for i := range c.Routes {
		at := fmt.Sprintf("/routes/%d", i)
		id(at, "s", c.Routes[i].ID, c.Routes[i].Name)
		k.route(at, &c.Routes[i], users)
	}
	for i, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, h.Date); err != nil {
			k.Add("value_format", fmt.Sprintf("/holidays/%d/date", i), `Write year, month and day: "2026-12-25".`, "%q is not a day.", clip(h.Date, 40))
		}
		k.length(fmt.Sprintf("/holidays/%d/name", i), h.Name, 200)
	}
	return k.Problems
}

func (k *checker) channel(at string, c *Channel) {
	kind, ok := Lookup(c.Kind)
	if !ok {
		k.Add("channel_kind_unknown", at+"/kind", "Choose one of the kinds of channels.", "There is no kind of channel %q.", clip(c.Kind, 80))
		return
	}
	if c.PerMinute < 0 || c.PerMinute > MaxPerMinute {
		k.Add("value_range", at+"/perMinute", "Write 1 to 600, or nothing for 10.", "%d messages a minute are not possible.", c.PerMinute)
	}
	language(&k.Problems, at+"/language", c.Language)
	settings := c.Settings
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	if err := kind.Check(settings); err != nil {
		k.Problems = append(k.Problems, problemsOf(err).Under(at+"/settings")...)
	}
	for lang, t := range c.Texts {
		place := at + "/texts/" + spec.Escape(lang)
		language(&k.Problems, place, lang)
		k.template(place+"/subject", t.Subject)
		k.template(place+"/text", t.Text)
	}
}

func (k *checker) template(at, text string) {
	k.length(at, text, MaxTemplate)
	for _, name := range unknownPlaceholders(text) {
		k.Add("placeholder_unknown", at, "Known are "+knownPlaceholders()+".", "There is no placeholder {%s}.", clip(name, 40))
	}
}

func (k *checker) route(at string, r *Route, users func(string) bool) {
	k.count(at+"/areas", len(r.Areas), MaxFilter)
	k.count(at+"/classes", len(r.Classes), MaxFilter)
	k.choices(at+"/priorities", r.Priorities, alarm.Priorities)
	k.choices(at+"/on", r.On, tellable)
	for i, area := range r.Areas {
		if _, err := tag.ParsePath(string(area)); err != nil {
			k.Add("path_invalid", fmt.Sprintf("%s/areas/%d", at, i), "Choose an area of the plant.", "%q is not a path.", clip(string(area), 80))
		}
	}
	k.count(at+"/when", len(r.When), MaxHours)
	for i, h := range r.When {
		k.hours(fmt.Sprintf("%s/when/%d", at, i), h)
	}
	if len(r.Steps) == 0 {
		k.Add("value_missing", at+"/steps", "Say who is told, and by which channel.", "The route tells nobody.")
	}
	k.count(at+"/steps", len(r.Steps), MaxSteps)
	for i := range r.Steps {
		k.step(fmt.Sprintf("%s/steps/%d", at, i), &r.Steps[i], users)
	}
}

func (k *checker) step(at string, s *Step, users func(string) bool) {
	if s.After < 0 || s.After.Std() > MaxAfter {
		k.Add("value_range", at+"/after", "Write a time up to seven days.", "A step cannot come after %s.", s.After.Std())
	}
	if s.Every != 0 && (s.Every.Std() < MinEvery || s.Every.Std() > MaxAfter) {
		k.Add("value_range", at+"/every", "Write a time from ten seconds to seven days.", "A step cannot be repeated every %s.", s.Every.Std())
	}
	if s.Times < 0 || s.Times > MaxTimes {
		k.Add("value_range", at+"/times", "Write 1 to 20.", "A step cannot be told %d times.", s.Times)
	}
	if len(s.Channels) == 0 {
		k.Add("value_missing", at+"/channels", "Choose a channel.", "The step has no channel.")
	}
	k.count(at+"/channels", len(s.Channels), MaxChannels)
	k.count(at+"/to", len(s.To), MaxPeople)
	reaches := map[Reach]bool{}
	for i, id := range s.Channels {
		c := k.config.Channel(id)
		if c == nil {
			k.Add("channel_unknown", fmt.Sprintf("%s/channels/%d", at, i), "Choose a channel that there is.", "There is no channel %q.", clip(id, 80))
		} else if kind, ok := Lookup(c.Kind); ok {
			reaches[kind.Reach] = true
		}
	}
	for i, to := range s.To {
		k.receiver(fmt.Sprintf("%s/to/%d", at, i), to, users)
	}
	if len(s.To) == 0 && (reaches[ByMail] || reaches[ByPhone] || reaches[ByDevice]) {
		k.Add("value_missing", at+"/to", "Choose a person, a roster or an address.", "The step does not say who is told.")
	}
}

func (k *checker) receiver(at, to string, users func(string) bool) {
	if name, ok := strings.CutPrefix(to, toUser); ok {
		if users != nil && !users(name) {
			k.Add("user_unknown", at, "Choose a user that there is.", "There is no user %q.", clip(name, 80))
		}
	} else if id, ok := strings.CutPrefix(to, toRoster); ok {
		if k.config.Roster(id) == nil {
			k.Add("roster_unknown", at, "Choose a roster that there is.", "There is no roster %q.", clip(id, 80))
		}
	} else if address, ok := strings.CutPrefix(to, toMail); ok {
		if !mailForm(address) {
			k.Add("address_invalid", at, `Write an address such as "alarms@example.com".`, "%q is not an e-mail address.", clip(address, 80))
		}
	} else if number, ok := strings.CutPrefix(to, toPhone); ok {
		if _, ok := PlainPhone(number); !ok {
			k.Add("phone_invalid", at, `Write a number such as "+49 170 1234567".`, "%q is not the number of a telephone.", clip(number, 80))
		}
	} else {
		k.Add("receiver_unknown", at, "Choose a person, a roster or an address.", "%q is no receiver.", clip(to, 80))
	}
}

func (k *checker) people(at string, names []string, users func(string) bool) {
	k.count(at, len(names), MaxPeople)
	for i, name := range names {
		if name == "" || users != nil && !users(name) {
			k.Add("user_unknown", fmt.Sprintf("%s/%d", at, i), "Choose a user that there is.", "There is no user %q.", clip(name, 80))
		}
	}
}

func (k *checker) hours(at string, h Hours) { checkHours(&k.Problems, at, h) }

func checkHours(ps *spec.Problems, at string, h Hours) {
	checkChoices(ps, at+"/days", h.Days, Days)
	for _, t := range [...]struct{ at, s string }{{"/from", h.From}, {"/to", h.To}} {
		if t.s != "" && !timeForm.MatchString(t.s) {
			ps.Add("value_format", at+t.at, `Write hour and minute: "22:00".`, "%q is not a time of the day.", clip(t.s, 40))
		}
	}
	if (h.From == "") != (h.To == "") {
		ps.Add("value_missing", at, "Give both times, or none for the whole day.", "One of the times is missing.")
	}
}

func (k *checker) choices(at string, list, known []string) {
	checkChoices(&k.Problems, at, list, known)
}

func checkChoices(ps *spec.Problems, at string, list, known []string) {
	if len(list) > len(known) {
		ps.Add("too_many", at, "Remove some.", "There are %d, more than %d.", len(list), len(known))
		return
	}
	for i, s := range list {
		if !slices.Contains(known, s) {
			ps.Add("value_choice", fmt.Sprintf("%s/%d", at, i), "Choose "+strings.Join(known, ", ")+".", "%q is not one of the choices.", clip(s, 40))
		}
	}
}

func (k *checker) count(at string, n, most int) {
	if n > most {
		k.Add("too_many", at, "Remove some.", "There are %d, more than %d.", n, most)
	}
}

func (k *checker) length(at, s string, most int) {
	if len(s) > most {
		k.Add("text_too_long", at, "Make it shorter.", "The text has %d bytes, more than %d.", len(s), most)
	}
}

func language(ps *spec.Problems, at, lang string) {
	if lang != "" && lang != "en" && lang != "zh" {
		ps.Add("value_choice", at, "Choose en or zh.", "%q is not one of the choices.", clip(lang, 40))
	}
}

// Check tells everything that is wrong with the settings of a person.
func (p *Person) Check() spec.Problems {
	var ps spec.Problems
	if p.Mail != "" && !mailForm(p.Mail) {
		ps.Add("address_invalid", "/mail", `Write an address such as "alarms@example.com".`, "%q is not an e-mail address.", clip(p.Mail, 80))
	}
	if p.Phone != "" {
		if _, ok := PlainPhone(p.Phone); !ok {
			ps.Add("phone_invalid", "/phone", `Write a number such as "+49 170 1234567".`, "%q is not the number of a telephone.", clip(p.Phone, 80))
		}
	}
	language(&ps, "/language", p.Language)
	if len(p.Quiet) > MaxHours || len(p.Areas) > MaxFilter {
		ps.Add("too_many", "/quiet", "Remove some.", "There are %d, more than %d.", max(len(p.Quiet), len(p.Areas)), MaxHours)
	}
	for i, h := range p.Quiet {
		checkHours(&ps, fmt.Sprintf("/quiet/%d", i), h)
	}
	for i, area := range p.Areas {
		if _, err := tag.ParsePath(string(area)); err != nil {
			ps.Add("path_invalid", fmt.Sprintf("/areas/%d", i), "Choose an area of the plant.", "%q is not a path.", clip(string(area), 80))
		}
	}
	checkChoices(&ps, "/priorities", p.Priorities, alarm.Priorities)
	return ps
}

func problemsOf(err error) spec.Problems {
	switch e := err.(type) {
	case spec.Problems:
		return e
	case *spec.Problem:
		return spec.Problems{e}
	}
	return spec.Problems{{Code: "settings_invalid", Message: err.Error()}}
}

// clip cuts a text for people to read.
func clip(s string, most int) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
