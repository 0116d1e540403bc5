// Package webhook brings messages to services over HTTP: chats with their own forms and signatures, and any other by a
// template.
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	notify.Register(&notify.Kind{
		Component: spec.Component{
			ID: "webhook", Version: 1, Icon: "webhook",
			Title:    spec.Text{"en": "Webhook and chat", "zh": "Webhook 与群聊"},
			Summary:  spec.Text{"en": "Any service with a web address: DingTalk, WeCom, Feishu, Slack, Teams, or a program of yours.", "zh": "任何带网址的服务：钉钉、企业微信、飞书、Slack、Teams 或自己的程序。"},
			Settings: spec.Fields(Settings{}),
		},
		Reach:   notify.ByGroup,
		Presets: presets,
		Check: func(raw json.RawMessage) error {
			_, err := decode(raw)
			return err
		},
		New: func(raw json.RawMessage, h notify.Host) (notify.Sender, error) {
			s, err := decode(raw)
			if err != nil {
				return nil, err
			}
			c, err := notify.NewCaller(&s.Request, h, s.signature())
			if err != nil {
				return nil, err
			}
			return sender{c}, nil
		},
	})
}

// Settings are those of one webhook.
type Settings struct {
	notify.Request
	Sign   string `json:"sign" title:"Signature" zh:"签名" group:"connection" enum:"none=None|无,dingtalk=DingTalk|钉钉,feishu=Feishu|飞书,hmac=HMAC-SHA256 in a header|请求头 HMAC-SHA256" default:"none" advanced:"true"`
	Secret string `json:"secret,omitempty" secret:"true" title:"Secret of the signature" zh:"签名密钥" help:"By it the service knows that the message comes from here." helpZh:"服务据此确认消息来源。" group:"connection" max:"500" when:"sign=dingtalk,feishu,hmac"`
}

func decode(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	if s.Sign == "hmac" && s.Secret == "" {
		ps.Add("value_missing", "/secret", "Write the secret that the service knows, too.", "The secret of the signature is missing.")
	}
	return s, ps.Err()
}

type sender struct{ *notify.Caller }

// Send implements notify.Sender.
func (s sender) Send(ctx context.Context, m notify.Message) (string, error) { return s.Call(ctx, m) }

// signature is how requests are signed, nil when they are not. A robot of DingTalk or Feishu may have no secret.
func (s *Settings) signature() notify.Sign {
	if s.Secret == "" {
		return nil
	}
	switch s.Sign {
	case "dingtalk":
		// open.dingtalk.com/document/robots/customize-robot-security-settings: milliseconds and secret, signed with the secret,
		// in the address.
		return func(u *url.URL, _ http.Header, body []byte, now time.Time) ([]byte, error) {
			at := strconv.FormatInt(now.UnixMilli(), 10)
			q := u.Query()
			q.Set("timestamp", at)
			q.Set("sign", notify.HMAC(s.Secret, at+"\n"+s.Secret))
			u.RawQuery = q.Encode()
			return body, nil
		}
	case "feishu":
		// open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: nothing, signed with seconds and secret, in the body.
		return func(_ *url.URL, _ http.Header, body []byte, now time.Time) ([]byte, error) {
			var doc map[string]any
			if json.Unmarshal(body, &doc) != nil || doc == nil {
				return nil, errors.New("the template must be a JSON object to be signed for Feishu")
			}
			at := strconv.FormatInt(now.Unix(), 10)
			doc["timestamp"], doc["sign"] = at, notify.HMAC(at+"\n"+s.Secret, "")
			return json.Marshal(doc)
		}
	case "hmac":
		return func(_ *url.URL, h http.Header, body []byte, now time.Time) ([]byte, error) {
			at := strconv.FormatInt(now.Unix(), 10)
			h.Set("Lineside-Timestamp", at)
			h.Set("Lineside-Signature", "sha256="+notify.HexHMAC(s.Secret, append([]byte(at+"."), body...)))
			return body, nil
		}
	}
	return nil
}

// presets are the services whose form is known.
var presets = []notify.Preset{
	{
		ID: "dingtalk", Icon: "message-circle", Title: spec.Text{"en": "DingTalk", "zh": "钉钉"},
		Summary:  spec.Text{"en": "In the group: Settings › Robots › Custom. Choose “Sign” for its security and copy address and secret. DingTalk takes 20 messages a minute.", "zh": "群设置 › 机器人 › 自定义，安全设置选择“加签”，复制地址和密钥。钉钉每分钟最多 20 条。"},
		Settings: settings(map[string]any{"sign": "dingtalk", "expect": "errcode=0"}, `{"msgtype":"text","text":{"content":"{subject}\n{text}"}}`),
		Fields:   []string{"url", "secret"},
	},
	{
		ID: "wecom", Icon: "message-circle", Title: spec.Text{"en": "WeCom", "zh": "企业微信"},
		Summary:  spec.Text{"en": "In the group: add a group robot and copy its webhook address. WeCom takes 20 messages a minute.", "zh": "群聊中添加群机器人，复制 Webhook 地址。企业微信每分钟最多 20 条。"},
		Settings: settings(map[string]any{"expect": "errcode=0", "most": 2000}, `{"msgtype":"text","text":{"content":"{subject}\n{text}"}}`),
		Fields:   []string{"url"},
	},
	{
		ID: "feishu", Icon: "message-circle", Title: spec.Text{"en": "Feishu and Lark", "zh": "飞书"},
		Summary:  spec.Text{"en": "In the group: Settings › Bots › Custom bot. Switch signature verification on and copy address and secret.", "zh": "群设置 › 群机器人 › 自定义机器人，启用签名校验，复制地址和密钥。"},
		Settings: settings(map[string]any{"sign": "feishu", "expect": "code=0"}, `{"msg_type":"post","content":{"post":{"zh_cn":{"title":"{subject}","content":[[{"tag":"text","text":"{text}"}],[{"tag":"a","text":"Lineside","href":"{link}"}]]}}}}`),
		Fields:   []string{"url", "secret"},
	},
	{
		ID: "slack", Icon: "message-circle", Title: spec.Text{"en": "Slack", "zh": "Slack"},
		Summary:  spec.Text{"en": "In Slack: an app with incoming webhooks; copy the address of the channel.", "zh": "在 Slack 应用中启用 Incoming Webhooks，复制频道的地址。"},
		Settings: settings(map[string]any{"expect": "=ok", "most": 2900}, `{"text":"{subject}","blocks":[{"type":"section","text":{"type":"plain_text","text":"{subject}"}},{"type":"section","text":{"type":"plain_text","text":"{text}"}},{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Lineside"},"url":"{link}"}]}]}`),
		Fields:   []string{"url"},
	},
	{
		ID: "teams", Icon: "message-circle", Title: spec.Text{"en": "Microsoft Teams", "zh": "Microsoft Teams"},
		Summary:  spec.Text{"en": "In the channel: Workflows › Post to a channel when a webhook request is received; copy the address.", "zh": "频道中选择“工作流”› “收到 Webhook 请求时发布到频道”，复制地址。"},
		Settings: settings(map[string]any{"most": 20000}, `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.2","body":[{"type":"TextBlock","size":"Medium","weight":"Bolder","wrap":true,"text":"{subject}"},{"type":"TextBlock","wrap":true,"text":"{lines}"}],"actions":[{"type":"Action.OpenUrl","title":"Lineside","url":"{link}"}]}}]}`),
		Fields:   []string{"url"},
	},
	{
		ID: "custom", Icon: "webhook", Title: spec.Text{"en": "Another service", "zh": "其他服务"},
		Summary:  spec.Text{"en": "Any address, with a template of your own for what is sent. Without one, everything is sent as JSON.", "zh": "任意地址，可自定义发送模板；无模板时以 JSON 发送全部内容。"},
		Settings: json.RawMessage(`{}`),
		Fields:   []string{"url", "method", "format", "body", "headers", "user", "password", "sign", "secret", "expect"},
	},
}

func settings(m map[string]any, body string) json.RawMessage {
	var doc any
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		panic(err)
	}
	m["body"] = body
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}
