package notify

import (
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Placeholders are what may stand in braces in the texts of a channel.
var Placeholders = []string{"event", "title", "name", "value", "limit", "unit", "priority", "area", "path", "time", "message", "cause", "consequence", "action", "link", "by", "comment", "step"}

// more are known in what a channel sends to its service, beside Placeholders.
var more = []string{"subject", "text", "lines", "to", "key", "unix", "state"}

var hole = regexp.MustCompile(`\{([a-zA-Z]+)\}`)

func unknownPlaceholders(text string) (out []string) {
	for _, m := range hole.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(Placeholders, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

func knownPlaceholders() string { return "{" + strings.Join(Placeholders, "}, {") + "}" }

// mailForm reports whether a text is the bare address of a person (RFC 5321, 4.1.2).
func mailForm(s string) bool {
	a, err := netmail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 254 && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == ',' })
}

// Facts are what is known of something that has happened to an alarm.
type Facts struct {
	// Seq is the number of the line in the journal.
	Seq      int64       `json:"seq"`
	Time     time.Time   `json:"time"`
	Key      alarm.Key   `json:"key"`
	Event    string      `json:"event"`
	State    alarm.State `json:"state"`
	Priority string      `json:"priority"`
	Class    string      `json:"class,omitempty"`
	Title    spec.Text   `json:"title,omitempty"`
	Name     spec.Text   `json:"name,omitempty"`
	Message  spec.Text   `json:"message,omitempty"`
	Area     spec.Text   `json:"area,omitempty"`
	// Value, Limit and Unit are as people read them.
	Value       string    `json:"value,omitempty"`
	Limit       string    `json:"limit,omitempty"`
	Unit        string    `json:"unit,omitempty"`
	Cause       spec.Text `json:"cause,omitempty"`
	Consequence spec.Text `json:"consequence,omitempty"`
	Action      spec.Text `json:"action,omitempty"`
	By          string    `json:"by,omitempty"`
	Comment     string    `json:"comment,omitempty"`
	// Step is the number of the step of an escalation, from 1.
	Step int `json:"step,omitempty"`
}

// Declared is what an alarm's declaration adds to a line of the journal.
type Declared struct {
	Class  string
	Routes []string
	// Value is the one of the journal as people read it.
	Value, Limit, Unit         string
	Area                       spec.Text
	Cause, Consequence, Action spec.Text
}

var eventTexts = map[string]spec.Text{
	OnRaise:           {"en": "Alarm", "zh": "报警"},
	OnReturn:          {"en": "Returned to normal", "zh": "已恢复"},
	OnAcknowledge:     {"en": "Acknowledged", "zh": "已确认"},
	OnEscalate:        {"en": "Escalated", "zh": "已升级"},
	"shelve":          {"en": "Shelved", "zh": "已搁置"},
	"suppress":        {"en": "Suppressed", "zh": "已抑制"},
	"out-of-service":  {"en": "Out of service", "zh": "已停用"},
	"removed":         {"en": "Removed", "zh": "已删除"},
	"again":           {"en": "Still not acknowledged", "zh": "仍未确认"},
	"not-acknowledge": {"en": "Not acknowledged", "zh": "无人确认"},
	"test":            {"en": "Test", "zh": "测试"},
}

var priorityTexts = map[string]spec.Text{
	"urgent": {"en": "Urgent", "zh": "紧急"}, "high": {"en": "High", "zh": "高"}, "medium": {"en": "Medium", "zh": "中"}, "low": {"en": "Low", "zh": "低"},
}

// builtIn are the texts of channels that have none.
var builtIn = map[string]Template{
	"en": {
		Subject: "[{priority}] {event}: {title} – {name}",
		Text:    "{message}\nValue: {value} {unit}\nLimit: {limit} {unit}\nArea: {area}\nTime: {time}\nBy: {by} {comment}\nWhat to do: {action}\n{link}",
	},
	"zh": {
		Subject: "【{priority}】{event}：{title} – {name}",
		Text:    "{message}\n数值：{value} {unit}\n限值：{limit} {unit}\n区域：{area}\n时间：{time}\n操作人：{by} {comment}\n处理措施：{action}\n{link}",
	},
}

// BuiltIn is the text of a language that holds when a channel has none of its own.
func BuiltIn(lang string) Template {
	if t, ok := builtIn[lang]; ok {
		return t
	}
	return builtIn["en"]
}

// fields are the values of the placeholders in a language.
func (f *Facts) fields(lang, base string, zone *time.Location) map[string]string {
	if zone == nil {
		zone = time.Local
	}
	path, _ := f.Key.Split()
	area := f.Area.In(lang)
	if area == "" {
		area = string(parent(path))
	}
	step := ""
	if f.Step > 0 {
		step = strconv.Itoa(f.Step)
	}
	m := map[string]string{
		"event": eventTexts[f.Event].In(lang), "title": f.Title.In(lang), "name": f.Name.In(lang), "value": f.Value, "limit": f.Limit, "unit": f.Unit,
		"priority": priorityTexts[f.Priority].In(lang), "area": area, "path": string(path), "time": f.Time.In(zone).Format("2006-01-02 15:04:05 MST"),
		"message": f.Message.In(lang), "cause": f.Cause.In(lang), "consequence": f.Consequence.In(lang), "action": f.Action.In(lang),
		"link": link(base, f.Key), "by": f.By, "comment": f.Comment, "step": step, "state": string(f.State), "unix": strconv.FormatInt(f.Time.Unix(), 10),
	}
	for name, s := range m {
		m[name] = tidy(s, 2000)
	}
	return m
}

func parent(p tag.Path) tag.Path {
	s := string(p)
	if i := strings.LastIndexByte(s, '/'); i > 0 {
		return tag.Path(s[:i])
	}
	return ""
}

// link leads to the alarm in the list of alarms.
func link(base string, key alarm.Key) string {
	if base == "" || key == "" {
		return ""
	}
	return strings.TrimRight(base, "/") + "/alarms?alarm=" + url.QueryEscape(string(key))
}

// tidy makes a text that came from outside fit for a message: valid, without control characters but line breaks, and not
// endless.
func tidy(s string, most int) string {
	s = cut(s, most)
	s = strings.ToValidUTF8(s, "\ufffd")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069': // the latter turn texts around
			return -1
		}
		return r
	}, s)
}

// fill puts values into the placeholders of a text. Values are not looked at for placeholders of their own. A line whose first
// placeholder is empty is left out, blanks at ends are too.
func fill(text string, fields map[string]string) string {
	lines := strings.Split(text, "\n")
	out := make([]string, 0, len(lines))
	for _, line := range lines {
		if m := hole.FindStringSubmatch(line); m != nil {
			if v, known := fields[m[1]]; known && v == "" {
				continue
			}
		}
		out = append(out, strings.TrimRight(put(line, fields), " "))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// put puts values into the placeholders of a text, and leaves all else as it stands.
func put(text string, fields map[string]string) string {
	return hole.ReplaceAllStringFunc(text, func(h string) string {
		if v, known := fields[h[1:len(h)-1]]; known {
			return v
		}
		return h
	})
}

// oneLine makes a text one line.
func oneLine(s string) string {
	return strings.Join(strings.Fields(s), " ")
}

// write makes the message of facts for a channel in a language.
func write(c *Channel, f *Facts, lang, base string, zone *time.Location) (subject, text string, fields map[string]string) {
	if lang == "" {
		lang = c.Language
	}
	if lang == "" {
		lang = "en"
	}
	t := BuiltIn(lang)
	if own, ok := c.Texts[lang]; ok {
		if own.Subject != "" {
			t.Subject = own.Subject
		}
		if own.Text != "" {
			t.Text = own.Text
		}
	}
	fields = f.fields(lang, base, zone)
	subject = strings.Trim(oneLine(put(t.Subject, fields)), " –:")
	text = fill(t.Text, fields)
	if text == "" {
		text = subject
	}
	fields["subject"], fields["text"], fields["lang"] = subject, text, lang
	return subject, text, fields
}

// shortKey is a key of a fixed length for one of any.
func shortKey(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}
