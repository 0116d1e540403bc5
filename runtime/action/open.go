package action

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	type settings struct {
		Screen  string          `json:"screen" title:"Screen" zh:"画面" kind:"screen" required:"true"`
		As      string          `json:"as" title:"Where" zh:"打开方式" enum:"here=Here|此处,popup=Popup|弹窗,drawer=Drawer|抽屉,window=New window|新窗口" default:"here"`
		Params  json.RawMessage `json:"params" title:"Inputs of that screen" zh:"该画面的输入" kind:"params" help:"Stand in for inputs of the app: one faceplate serves many machines." helpZh:"替换应用的输入：一个面板可用于多台设备。"`
		Confirm string          `json:"confirm" title:"Question" zh:"提问" help:"Asked before it is done." helpZh:"执行前询问操作员。" group:"ask" max:"200"`
	}
	register(Type{
		Component: spec.Component{
			ID: "open", Icon: "app-window", Category: categoryScreen,
			Title:    spec.Text{"en": "Open a screen", "zh": "打开画面"},
			Summary:  spec.Text{"en": "Opens a screen in place of this one, as a popup, a drawer or a window of the browser.", "zh": "在此处、弹窗、抽屉或新的浏览器窗口中打开画面。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Open {screen} ({as})", "zh": "打开 {screen}（{as}）"},
		order:  50,
		check: func(d *Document, a *Action) spec.Problems {
			var ps spec.Problems
			if a.Screen == "" {
				ps.Add("value_missing", "/screen", "Name the screen.", "The action %q has no screen.", a.Do)
			} else if !slices.Contains(d.Screens, a.Screen) {
				ps = append(ps, spec.OneOf("screen_unknown", "/screen", fmt.Sprintf("There is no screen %q.", clip(a.Screen)), a.Screen, slices.Sorted(slices.Values(d.Screens))))
			}
			ps = append(ps, choice("/as", a.As, "here", "popup", "drawer", "window")...)
			for _, id := range slices.Sorted(maps.Keys(a.Params)) {
				ps = append(ps, checkParam(d, "/params/"+spec.Escape(id), id, a.Params[id])...)
			}
			return ps
		},
		run: func(_ context.Context, h Host, a *Action) error {
			e := Effect{Do: "open", Screen: a.Screen, As: a.As}
			if e.As == "" {
				e.As = "here"
			}
			for id, raw := range a.Params {
				v, err := param(h, raw)
				if err != nil {
					return err
				}
				if e.Params == nil {
					e.Params = map[string]json.RawMessage{}
				}
				e.Params[id] = v
			}
			h.Effect(e)
			return nil
		},
	})
}

// checkParam checks what stands in for one input.
func checkParam(d *Document, at, id string, raw json.RawMessage) (ps spec.Problems) {
	in, known := d.Inputs[id]
	_, isTag := TagOf(raw)
	switch {
	case !known:
		return spec.Problems{spec.OneOf("param_unknown", at, fmt.Sprintf("The app has no input %q.", clip(id)), id, slices.Sorted(maps.Keys(d.Inputs)))}
	case in.Kind == "tag" && !isTag:
		ps.Add("value_type", at, `Write {"tag": path}`, "The input %q takes a tag.", id)
	case in.Kind == "tag":
		ps = spec.Validate([]spec.Field{{Name: "tag", Kind: spec.KindTag, Required: true}}, raw).Under(at)
	case isTag:
		ps.Add("value_type", at, "Write a value or an expression.", "The input %q takes a value, not a tag.", id)
	case in.Kind == "asset":
		var path string
		if isObject(raw) {
			return scalar(at, raw)
		}
		if json.Unmarshal(raw, &path) != nil {
			ps.Add("value_type", at, "Write the path of an asset as a text.", "The input %q takes an asset.", id)
		} else if _, err := tag.ParsePath(path); err != nil {
			ps.Add("tag_path", at, "Write the path of an asset, such as area/line/pump1.", "The %v.", err)
		}
	default:
		if ps = scalar(at, raw); len(ps) > 0 || isObject(raw) {
			return ps
		}
		if t, ok := tag.ParseType(in.Type); ok {
			if v, err := tag.Parse(raw, t); err != nil || v.IsNone() {
				ps.Add("value_type", at, "Write a value of the type of the input.", "The value is not of type %s.", in.Type)
			}
		}
	}
	return ps
}

// param is what is sent along for one input: paths resolved, expressions computed.
func param(h Host, raw json.RawMessage) (json.RawMessage, error) {
	if text, ok := TagOf(raw); ok {
		path, err := h.Path(text)
		if err != nil {
			return nil, err
		}
		return json.Marshal(map[string]tag.Path{"tag": path})
	}
	v, err := ValueOf(h, raw)
	if err != nil {
		return nil, err
	}
	return v.AppendJSON(nil), nil
}
