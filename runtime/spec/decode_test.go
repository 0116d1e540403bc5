package spec

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lineside/lineside/runtime/tag"
)

type credentials struct {
	User     string `json:"user" title:"User" zh:"用户" required:"true"`
	Password string `json:"password" title:"Password" zh:"密码" secret:"true"`
	Retries  int    `json:"retries" title:"Retries" zh:"重试" default:"3"`
}

type topic struct {
	Filter string `json:"filter" title:"Filter" zh:"过滤" required:"true"`
	QoS    int    `json:"qos" title:"QoS" zh:"QoS" default:"1" min:"0" max:"2"`
}

type common struct {
	Timeout Duration `json:"timeout" title:"Timeout" zh:"超时" default:"3s" min:"10ms" max:"1m"`
}

type settings struct {
	common
	Host   string          `json:"host" title:"Host" zh:"主机" help:"Name or address." helpZh:"名称或地址。" group:"connection" required:"true" max:"20"`
	Port   int             `json:"port" title:"Port" zh:"端口" default:"502" min:"1" max:"65535"`
	Mode   string          `json:"mode" title:"Mode" zh:"模式" enum:"tcp=TCP|TCP,rtu=RTU over TCP|基于TCP的RTU" default:"tcp"`
	Gap    float64         `json:"gap" title:"Gap" zh:"间隔" default:"0.5" unit:"s"`
	Line   string          `json:"line" title:"Line" zh:"线" required:"true" when:"mode=rtu"`
	Echo   bool            `json:"echo" title:"Echo" zh:"回显" default:"true"`
	Watch  tag.Path        `json:"watch" title:"Watch" zh:"观察"`
	Login  *credentials    `json:"login" title:"Login" zh:"登录"`
	Backup credentialsLess `json:"backup" title:"Backup" zh:"备份"`
	Topics []topic         `json:"topics" title:"Topics" zh:"主题" max:"2"`
	Words  []string        `json:"words" title:"Words" zh:"词"`
	Extra  json.RawMessage `json:"extra" title:"Extra" zh:"其他"`
	Limit  *float64        `json:"limit" title:"Limit" zh:"限值"`
}

type credentialsLess struct {
	Port int `json:"port" title:"Port" zh:"端口" default:"503"`
}

func TestDecodeFillsDefaults(t *testing.T) {
	var s settings
	err := Decode(json.RawMessage(`{"host":"plc","topics":[{"filter":"a"},{"filter":"b","qos":0}],"words":["x"],"extra":{"a":[1,2]},"echo":false}`), &s)
	if err != nil {
		t.Fatal(err)
	}
	if s.Port != 502 || s.Mode != "tcp" || s.Timeout.Std().String() != "3s" || s.Gap != 0.5 || s.Echo || s.Backup.Port != 503 {
		t.Errorf("defaults: %+v", s)
	}
	if s.Login != nil || s.Limit != nil {
		t.Errorf("pointers that were not given are set: %+v", s)
	}
	if len(s.Topics) != 2 || s.Topics[0].QoS != 1 || s.Topics[1].QoS != 0 {
		t.Errorf("topics: %+v", s.Topics)
	}
	if string(s.Extra) != `{"a":[1,2]}` {
		t.Errorf("extra: %s", s.Extra)
	}
	s = settings{}
	if err := Decode(json.RawMessage(`{"host":"plc","login":{"user":"u"},"limit":0}`), &s); err != nil {
		t.Fatal(err)
	}
	if s.Login == nil || s.Login.Retries != 3 || s.Limit == nil || *s.Limit != 0 {
		t.Errorf("given pointers: %+v", s)
	}
	var none common
	if err := Decode(nil, &none); err != nil || none.Timeout.Std().Seconds() != 3 {
		t.Errorf("empty settings: %v %v", err, none)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for _, c := range []struct{ name, raw, code, at, hint string }{
		{"unknown key", `{"host":"a","prot":1}`, "key_unknown", "/prot", `Did you mean "port"?`},
		{"unknown key far off", `{"host":"a","zzzzzzz":1}`, "key_unknown", "/zzzzzzz", "Known are: timeout, host"},
		{"other case", `{"host":"a","Port":1}`, "key_unknown", "/Port", `Did you mean "port"?`},
		{"double key", `{"host":"a","host":"b"}`, "json_duplicate_key", "/host", ""},
		{"double key, escaped", `{"host":"a","\u0068ost":"b"}`, "json_duplicate_key", "/host", ""},
		{"double key in free value", `{"host":"a","extra":{"x":1,"x":2}}`, "json_duplicate_key", "/extra/x", ""},
		{"text for number", `{"host":"a","port":"1"}`, "value_type", "/port", ""},
		{"number for text", `{"host":1}`, "value_type", "/host", ""},
		{"fraction for int", `{"host":"a","port":1.5}`, "value_type", "/port", ""},
		{"object for text", `{"host":{}}`, "value_type", "/host", ""},
		{"list for object", `{"host":"a","login":[]}`, "value_type", "/login", ""},
		{"null", `{"host":"a","port":null}`, "value_type", "/port", "Leave the key out"},
		{"missing", `{}`, "value_missing", "/host", ""},
		{"empty text that is required", `{"host":""}`, "value_missing", "/host", ""},
		{"missing when shown", `{"host":"a","mode":"rtu"}`, "value_missing", "/line", ""},
		{"missing inside", `{"host":"a","login":{}}`, "value_missing", "/login/user", ""},
		{"missing inside list", `{"host":"a","topics":[{"filter":"x"},{}]}`, "value_missing", "/topics/1/filter", ""},
		{"too many entries", `{"host":"a","topics":[{"filter":"x"},{"filter":"x"},{"filter":"x"}]}`, "value_range", "/topics", "at most 2 entries."},
		{"too low", `{"host":"a","port":0}`, "value_range", "/port", "1 to 65535"},
		{"too long", `{"host":"` + strings.Repeat("主", 21) + `"}`, "value_range", "/host", "at most 20 characters"},
		{"duration too short", `{"host":"a","timeout":"1ms"}`, "value_range", "/timeout", "Give 10ms to 1m0s."},
		{"duration without unit", `{"host":"a","timeout":"5"}`, "value_format", "/timeout", ""},
		{"choice", `{"host":"a","mode":"tpc"}`, "value_choice", "/mode", "Did you mean"},
		{"choice far off", `{"host":"a","mode":"serial-line"}`, "value_choice", "/mode", "Known are: tcp, rtu"},
		{"tag path", `{"host":"a","watch":"a/../b"}`, "tag_path", "/watch", ""},
		{"huge number", `{"host":"a","gap":1e999}`, "value_range", "/gap", ""},
		{"huge int", `{"host":"a","port":99999999999999999999}`, "value_type", "/port", ""},
		{"word in list", `{"host":"a","words":["x",1]}`, "value_type", "/words/1", ""},
		{"half surrogate", `{"host":"\ud800"}`, "json_encoding", "/host", ""},
		{"half surrogate in free value", `{"host":"a","extra":"\udc00x"}`, "json_encoding", "/extra", ""},
		{"not UTF-8", "{\"host\":\"\xff\"}", "json_encoding", "", ""},
		{"not JSON", "{\n\"host\": x}", "json_syntax", "", ""},
		{"two values", `{} {}`, "json_syntax", "", ""},
		{"not an object", `[]`, "value_type", "", ""},
		{"too deep", `{"host":"a","extra":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "json_depth", "", ""},
		{"too large", `{"host":"` + strings.Repeat("x", MaxSettingsBytes) + `"}`, "too_large", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var s settings
			err := Decode(json.RawMessage(c.raw), &s)
			ps, ok := err.(Problems)
			if !ok {
				t.Fatalf("got %v", err)
			}
			for _, p := range ps {
				if p.Code == c.code && (p.At == c.at || c.code == "json_depth") && strings.Contains(p.Hint, c.hint) {
					if p.Message == "" || p.Hint == "" {
						t.Errorf("without message or hint: %+v", p)
					}
					return
				}
			}
			t.Errorf("no %s at %q with hint %q in:\n%s", c.code, c.at, c.hint, dump(ps))
		})
	}
}

func TestDecodeTellsEverythingAtOnce(t *testing.T) {
	var s settings
	err := Decode(json.RawMessage(`{"prot":1,"port":70000,"mode":"x","login":{"usr":""}}`), &s)
	ps, _ := err.(Problems)
	var at []string
	for _, p := range ps {
		at = append(at, p.At)
	}
	if got := strings.Join(at, " "); got != "/prot /port /mode /login/usr /login/user /host" {
		t.Errorf("got %s", got)
	}
}

func TestBinding(t *testing.T) {
	fields := []Field{{Name: "level", Kind: KindFloat, Bind: true}, {Name: "fixed", Kind: KindFloat}}
	for _, c := range []struct{ raw, code string }{
		{`{"level":1}`, ""},
		{`{"level":{"tag":"a/b"}}`, ""},
		{`{"level":{"expr":"1+1"}}`, ""},
		{`{"level":{"expr":""}}`, "value_missing"},
		{`{"level":{}}`, "binding_form"},
		{`{"level":{"tag":"a","expr":"b"}}`, "binding_form"},
		{`{"level":{"tga":"a"}}`, "key_unknown"},
		{`{"level":{"tag":"a/../b"}}`, "tag_path"},
		{`{"level":"x"}`, "value_type"},
		{`{"fixed":{"tag":"a"}}`, "value_type"},
	} {
		ps := Validate(fields, json.RawMessage(c.raw))
		if c.code == "" && len(ps) > 0 || c.code != "" && (len(ps) == 0 || ps[0].Code != c.code) {
			t.Errorf("%s: want %q, got %s", c.raw, c.code, dump(ps))
		}
	}
}

func TestFieldsRefusesMistakes(t *testing.T) {
	for name, v := range map[string]any{
		"no title": struct {
			A int `json:"a"`
		}{},
		"no chinese": struct {
			A int `json:"a" title:"A"`
		}{},
		"bad default": struct {
			A int `json:"a" title:"A" zh:"A" default:"x"`
		}{},
		"bad flag": struct {
			A int `json:"a" title:"A" zh:"A" required:"yes"`
		}{},
		"no name": struct{ A int }{},
		"a map": struct {
			A map[string]int `json:"a" title:"A" zh:"A"`
		}{},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Fields(v)
		}()
	}
}

func dump(ps Problems) string {
	b, _ := json.MarshalIndent(ps, "", " ")
	return string(b)
}

func TestSchema(t *testing.T) {
	raw, err := json.Marshal(Schema(Fields(settings{})))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("settings.json", tree); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("settings.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		raw  string
		good bool
	}{
		{`{"host":"a"}`, true},
		{`{"host":"a","timeout":"0m30s","topics":[{"filter":"x"}],"words":["a"],"extra":[1],"login":{"user":"u"}}`, true},
		{`{}`, false}, {`{"host":""}`, false}, {`{"host":"a","prot":1}`, false}, {`{"host":"a","port":0}`, false}, {`{"host":"a","mode":"x"}`, false},
		{`{"host":"a","timeout":"5"}`, false}, {`{"host":"a","topics":[{}]}`, false}, {`{"host":"a","words":[1]}`, false}, {`{"host":"a","login":{}}`, false},
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(c.raw))
		if err != nil {
			t.Fatal(err)
		}
		var s settings
		if got := schema.Validate(doc) == nil; got != c.good || got != (Decode(json.RawMessage(c.raw), &s) == nil) {
			t.Errorf("%s: valid by the schema %v, want %v as Decode says", c.raw, got, c.good)
		}
	}
}

func FuzzValidate(f *testing.F) {
	f.Add([]byte(`{"host":"a","topics":[{"filter":"x"}],"login":{"user":"u"},"extra":{"a":[1,"\u00e4"]}}`))
	f.Add([]byte(`{"host":"a","port":-1e5,"extra":"\ud800\\"}`))
	fields := Fields(settings{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var s settings
		valid := len(Validate(fields, data)) == 0
		if err := Decode(data, &s); valid && err != nil {
			t.Fatalf("%s is valid, but cannot be decoded: %v", data, err)
		}
	})
}

// A type that holds itself, as parts in parts, is read to any depth that the limits allow.
func TestRecursiveType(t *testing.T) {
	type node struct {
		Name  string `json:"name,omitempty"`
		Nodes []node `json:"nodes,omitempty"`
	}
	type tree struct {
		Format int    `json:"format"`
		Nodes  []node `json:"nodes"`
	}
	d := Document{Name: "tree", Format: 1, MaxBytes: 1 << 10, MaxDepth: 16}
	var got tree
	if ps := d.Read([]byte(`{"format":1,"nodes":[{"nodes":[{"name":"a","nodes":[{"name":"b"}]}]}]}`), &got); len(ps) > 0 || got.Nodes[0].Nodes[0].Nodes[0].Name != "b" {
		t.Fatalf("got %v, %+v", ps, got)
	}
	ps := d.Read([]byte(`{"format":1,"nodes":[{"nodes":[{"nodes":[{"nme":"b"}]}]}]}`), &got)
	if len(ps) != 1 || ps[0].At != "/nodes/0/nodes/0/nodes/0/nme" {
		t.Errorf("got %v", ps)
	}
}
