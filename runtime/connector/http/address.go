package http

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says which answer holds a value and where, and how it is written.
type Address struct {
	// URL is a path on the device; one request a scan serves all tags with the same one.
	URL    string `json:"url,omitempty" title:"Path" zh:"路径" help:"On the device, such as /api/values?line=1; its own address if empty. One request serves all tags of the same path." helpZh:"设备上的路径，例如 /api/values?line=1；留空为设备地址。相同路径的变量共用一次请求。" max:"2048"`
	Method string `json:"method" title:"Method" zh:"方法" enum:"GET,POST" default:"GET" advanced:"true"`
	Body   string `json:"body,omitempty" kind:"text" title:"Body of the request" zh:"请求正文" when:"method=POST" max:"65536" advanced:"true"`

	Format string `json:"format" title:"Answer" zh:"应答格式" enum:"json=JSON|JSON,csv=CSV|CSV,regex=Text found by a pattern|按表达式查找文本,text=Whole text|整个文本" default:"json"`
	// Path leads to the value in JSON.
	Path string `json:"path,omitempty" title:"Place in the JSON" zh:"JSON 中的位置" help:"Such as $.data[0].temp, data[-1].temp for the last, or /data/0/temp; the whole if empty." helpZh:"例如 $.data[0].temp、data[-1].temp（最后一个）或 /data/0/temp；留空为整个应答。" when:"format=json" max:"512"`

	Column    string `json:"column,omitempty" title:"Column" zh:"列" help:"Name in the first line, or number from 1." helpZh:"首行中的列名，或从 1 开始的列号。" when:"format=csv" required:"true" max:"256"`
	KeyColumn string `json:"keyColumn,omitempty" title:"Column of the key" zh:"键列" help:"Only rows with the key count." helpZh:"仅使用键匹配的行。" when:"format=csv" max:"256"`
	Key       string `json:"key,omitempty" title:"Key" zh:"键" when:"format=csv" max:"256"`
	Row       string `json:"row" title:"Row" zh:"行" help:"By the column of the time, if there is one." helpZh:"如有时间列，则按时间排序。" when:"format=csv" enum:"last=Last|最后一行,first=First|第一行" default:"last"`
	Headless  bool   `json:"headless" title:"No line of names" zh:"无列名行" when:"format=csv" default:"false" advanced:"true"`

	// Pattern is a regular expression in RE2's syntax.
	Pattern string `json:"pattern,omitempty" title:"Pattern" zh:"正则表达式" help:"RE2; the first match counts. What lies in ( ) is the value." helpZh:"RE2 语法，取第一个匹配；( ) 中的内容为数值。" when:"format=regex" required:"true" max:"1024"`
	Group   string `json:"group,omitempty" title:"Group" zh:"分组" help:"Name or number; the first if empty." helpZh:"名称或编号；留空为第一个。" when:"format=regex" max:"64"`

	// Time leads to the time of the value: a place, a column or a group, by the format.
	Time    string `json:"time,omitempty" title:"Time" zh:"时间" help:"Place, column or group of the time of the value; the time of the answer if empty." helpZh:"数值时间所在的位置、列或分组；留空为应答时间。" max:"512" advanced:"true"`
	Decimal string `json:"decimal" title:"Decimal separator" zh:"小数点" when:"format=csv,regex,text" enum:"point=Point|点,comma=Comma|逗号" default:"point" advanced:"true"`

	WriteURL    string `json:"writeUrl,omitempty" title:"Path for writing" zh:"写入路径" help:"May hold ${value}. The path above if empty." helpZh:"可包含 ${value}；留空为上面的路径。" max:"2048" advanced:"true"`
	WriteMethod string `json:"writeMethod" title:"Method for writing" zh:"写入方法" enum:"POST,PUT,PATCH,GET" default:"POST" advanced:"true"`
	Template    string `json:"template,omitempty" kind:"text" title:"Body for writing" zh:"写入正文" help:"Such as {\"value\":${value},\"ts\":${time_ms}}. Also ${text}, ${url}, ${time_s}, ${time}. The value alone if empty." helpZh:"例如 {\"value\":${value},\"ts\":${time_ms}}；还可用 ${text}、${url}、${time_s}、${time}。留空为仅数值。" when:"writeMethod=POST,PUT,PATCH" max:"16384" advanced:"true"`
	WriteType   string `json:"writeType,omitempty" title:"Content type for writing" zh:"写入内容类型" help:"JSON or plain text, by the body, if empty." helpZh:"留空则按正文为 JSON 或纯文本。" when:"writeMethod=POST,PUT,PATCH" max:"256" advanced:"true"`

	path, timePath   payload.Path
	pattern          *regexp.Regexp
	group, timeGroup int
}

var anyBase = &url.URL{Scheme: "http", Host: "device"}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	wrong := func(at string, err error, hint string) {
		if err != nil {
			ps.Add("http_address", at, hint, "%v", err)
		}
	}
	_, err := resolve(anyBase, a.URL)
	wrong("/url", err, "write a path such as /api/values")
	switch a.Format {
	case "json":
		a.path, err = payload.ParsePath(a.Path)
		wrong("/path", err, "write a place such as $.data[0].temp or /data/0/temp")
		if a.Time != "" {
			a.timePath, err = payload.ParsePath(a.Time)
			wrong("/time", err, "write a place such as $.ts or /ts")
		}
	case "csv":
		if (a.Key != "") != (a.KeyColumn != "") {
			wrong("/keyColumn", fmt.Errorf("key and column of the key go together"), "give both or neither")
		}
	case "regex":
		if a.pattern, err = regexp.Compile(a.Pattern); err != nil {
			wrong("/pattern", err, "write it in RE2's syntax")
			break
		}
		a.group, err = groupOf(a.pattern, a.Group, min(1, a.pattern.NumSubexp()))
		wrong("/group", err, "give the name or the number of a group")
		a.timeGroup, err = groupOf(a.pattern, a.Time, -1)
		wrong("/time", err, "give the name or the number of a group")
	case "text":
		if a.Time != "" {
			wrong("/time", fmt.Errorf("a whole text has no time in it"), "choose the format regex, or leave the time out")
		}
	}
	if writable {
		if a.WriteMethod == "GET" && !strings.Contains(a.WriteURL, "${") {
			wrong("/writeUrl", fmt.Errorf("a GET that writes must have the value in its path"), "put ${value} into the path for writing")
		}
		if a.Template != "" {
			wrong("/template", payload.CheckTemplate(a.Template), "use ${value}, ${text}, ${url}, ${time_ms}, ${time_s} and ${time}")
		}
		if !httpguts.ValidHeaderFieldValue(a.WriteType) {
			wrong("/writeType", fmt.Errorf("it has a line break or another control character"), "write a type such as application/json")
		}
		if _, err := a.writing(anyBase, tag.OfInt(1), time.UnixMilli(0)); err != nil && a.Template == "" {
			wrong("/writeUrl", err, "write a path such as /api/set?value=${value}")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// groupOf finds a group of a pattern by its name or number.
func groupOf(re *regexp.Regexp, name string, none int) (int, error) {
	if name == "" {
		return none, nil
	}
	if i := re.SubexpIndex(name); i >= 0 {
		return i, nil
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i <= re.NumSubexp() {
		return i, nil
	}
	return none, fmt.Errorf("the pattern has no group %q", name)
}

func (a *Address) decimal() byte {
	if a.Decimal == "comma" {
		return ','
	}
	return '.'
}

// reading is the request that reads the value.
func (a *Address) reading(base *url.URL) (target, error) {
	u, err := resolve(base, a.URL)
	if err != nil {
		return target{}, err
	}
	to := target{method: a.Method, url: u.String()}
	if a.Method == "POST" {
		to.body, to.kind = a.Body, kindOf(a.Body)
	}
	return to, nil
}

func kindOf(body string) string {
	if t := strings.TrimSpace(body); strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[") {
		return "application/json"
	}
	return "text/plain; charset=utf-8"
}

// escape makes a text safe in a path and in a query.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// writing is the request that writes a value. The error is a *connector.StatusError.
func (a *Address) writing(base *url.URL, v tag.Value, now time.Time) (target, error) {
	fail := func(q tag.Quality, err error) (target, error) {
		return target{}, &connector.StatusError{Quality: q, Message: err.Error()}
	}
	if err := payload.Finite(v); err != nil {
		return target{}, err
	}
	path := a.WriteURL
	if path == "" {
		path = a.URL
	}
	path, err := payload.Fill(path, v, now, escape)
	if err != nil {
		return fail(tag.BadConfigurationError, err)
	}
	u, err := resolve(base, path)
	if err != nil {
		return fail(tag.BadConfigurationError, err)
	}
	to := target{method: a.WriteMethod, url: u.String()}
	if to.method == "GET" {
		return to, nil
	}
	template, kind := a.Template, a.WriteType
	if template == "" {
		template = "${text}"
		if a.Format == "json" {
			template = "${value}"
		}
	}
	if kind == "" {
		if kind = kindOf(template); template == "${value}" {
			kind = "application/json"
		}
	}
	to.kind = kind
	if to.body, err = payload.Fill(template, v, now, nil); err != nil {
		return fail(tag.BadConfigurationError, err)
	}
	if len(to.body) > payload.MaxPayload {
		return fail(tag.BadRequestTooLarge, fmt.Errorf("the body has %d bytes, more than %d", len(to.body), payload.MaxPayload))
	}
	return to, nil
}
