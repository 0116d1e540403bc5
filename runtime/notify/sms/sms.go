// Package sms brings messages to telephones through a gateway that is asked over HTTP: that of a provider, or a modem with a
// web interface.
package sms

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	notify.Register(&notify.Kind{
		Component: spec.Component{
			ID: "sms", Version: 1, Icon: "smartphone",
			Title:    spec.Text{"en": "SMS", "zh": "短信"},
			Summary:  spec.Text{"en": "Text messages to telephones, through the web interface of a provider or of a modem. One number at a time.", "zh": "通过服务商或短信猫的网络接口发送短信，每次一个号码。"},
			Settings: spec.Fields(Settings{}),
		},
		Reach: notify.ByPhone,
		Presets: []notify.Preset{
			{
				ID: "query", Icon: "smartphone", Title: spec.Text{"en": "By address", "zh": "通过网址参数"},
				Summary:  spec.Text{"en": "Number and text stand in the address: https://gateway/send?to={to}&text={text}.", "zh": "号码和内容写在网址中：https://gateway/send?to={to}&text={text}。"},
				Settings: json.RawMessage(`{"method":"GET","format":"none"}`), Fields: []string{"url", "user", "password", "headers", "length", "expect"},
			},
			{
				ID: "json", Icon: "smartphone", Title: spec.Text{"en": "By JSON", "zh": "通过 JSON"},
				Summary:  spec.Text{"en": "Number and text are sent as JSON.", "zh": "号码和内容以 JSON 发送。"},
				Settings: json.RawMessage(`{"method":"POST","format":"json","body":"{\"to\":\"{to}\",\"text\":\"{text}\"}"}`), Fields: []string{"url", "body", "user", "password", "headers", "length", "expect"},
			},
			{
				ID: "form", Icon: "smartphone", Title: spec.Text{"en": "By form", "zh": "通过表单"},
				Summary:  spec.Text{"en": "Number and text are sent as the fields of a form, as Twilio and many others want it.", "zh": "号码和内容以表单字段发送，适用于 Twilio 等服务。"},
				Settings: json.RawMessage(`{"method":"POST","format":"form","body":"To={to}&Body={text}"}`), Fields: []string{"url", "body", "user", "password", "headers", "length", "expect"},
			},
		},
		Check: func(raw json.RawMessage) error {
			_, err := decode(raw)
			return err
		},
		New: func(raw json.RawMessage, h notify.Host) (notify.Sender, error) {
			s, err := decode(raw)
			if err != nil {
				return nil, err
			}
			c, err := notify.NewCaller(&s.Request, h, nil)
			if err != nil {
				return nil, err
			}
			return &sender{s, c}, nil
		},
	})
}

// Settings are those of one gateway.
type Settings struct {
	notify.Request
	Length int `json:"length" title:"Characters at most" zh:"最多字符数" help:"Longer texts are cut. 160 fit into one message in Latin letters, 70 in Chinese." helpZh:"超出部分会被截断。一条短信可容纳 160 个拉丁字符或 70 个汉字。" group:"content" default:"300" min:"20" max:"1600"`
}

func decode(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	if url, body := s.URL, s.Body; !strings.HasPrefix(url, "secret:") && !strings.Contains(url+body, "{to}") && (s.Format != "json" || body != "") {
		ps.Add("placeholder_missing", "/body", "Let {to} stand where the number of the telephone is to be.", "The number of the telephone is not sent.")
	}
	return s, ps.Err()
}

type sender struct {
	settings *Settings
	*notify.Caller
}

// Send implements notify.Sender. The text is the subject with what says most; the link comes last and is never cut.
func (s *sender) Send(ctx context.Context, m notify.Message) (string, error) {
	text := m.Subject
	if message := m.Fields["message"]; message != "" && !strings.Contains(text, message) {
		text += "\n" + message
	}
	end := ""
	if m.Link != "" {
		end = "\n" + m.Link
	}
	most := s.settings.Length - len([]rune(end))
	if most < 20 {
		end, most = "", s.settings.Length
	}
	if r := []rune(text); len(r) > most {
		text = string(r[:most-1]) + "…"
	}
	m.Text = text + end
	return s.Call(ctx, m)
}
