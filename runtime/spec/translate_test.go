package spec

import "testing"

func TestTranslate(t *testing.T) {
	for _, c := range []struct{ text, lang, want string }{
		{"Remove it.", "zh", "请删除。"},
		{"Remove it.", "zh-CN", "请删除。"},
		{"Remove it.", "en", "Remove it."},
		{"Nobody has said this.", "zh", "Nobody has said this."},
		{"", "zh", ""},
		{`The key "a{1}" stands twice.`, "zh", `键 "a{1}" 重复出现。`},
		{"A text stands where a number should.", "zh", "此处应为数字，却是文本。"},
		{"Known are: app", "zh", "可用的有：app"},
		{`The tag path "a//b": a level is empty.`, "zh", `变量路径 "a//b"：有空的层级。`},
		{`"say \"so\"" is missing.`, "zh", `缺少 "say \"so\""。`},
		{"Give 1 to 5 entries.", "zh", "应为 1 至 5 项。"},
	} {
		if got := Translate(c.text, c.lang); got != c.want {
			t.Errorf("%q in %s: got %q, want %q", c.text, c.lang, got, c.want)
		}
	}
}
