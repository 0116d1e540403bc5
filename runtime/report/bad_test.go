package report

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

func blocks(list string) string {
	return `{"format":1,"title":{"en":"x"},"period":{"kind":"day"},"blocks":[` + list + `]}`
}

func notesOf(c *Content) string {
	out := ""
	for _, n := range c.Notes {
		out += n.Text + "\n"
	}
	return out
}

// all draws a content in every format.
func all(t *testing.T, c *Content) {
	t.Helper()
	for _, format := range []string{"xlsx", "csv", "pdf"} {
		font := (*Font)(nil)
		if format == "pdf" {
			font = fontOf(t)
		}
		if out, err := Render(c, format, font); err != nil || len(out) == 0 {
			t.Errorf("%s: %v", format, err)
		}
	}
	packed, err := Pack(c)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Unpack(packed); err != nil || again.Title != c.Title || !again.From.Equal(c.From) {
		t.Errorf("unpacked: %v", err)
	}
}

func TestWhatIsMissingIsNoted(t *testing.T) {
	p := dayPlant(t)
	delete(p.metas, "hall/oven/temperature") // gone from the plant, with history
	p.hidden = []tag.Path{"hall/line/good"}
	c := p.fill(t, blocks(`
		{"id":"a","kind":"table","table":{"rows":"tags","items":[{"tag":"hall/nothing"},{"tag":"hall/oven/temperature"},{"tag":"hall/line/good"}],"columns":[{"fn":"avg"}]}},
		{"id":"b","kind":"tiles","tiles":{"items":[{"formula":"delta(\"hall/line/good\") / 0"},{"tag":"hall/nothing","fn":"max"}]}},
		{"id":"c","kind":"trend","trend":{"items":[{"tag":"hall/nothing"}]}},
		{"id":"d","kind":"stops","stops":{"items":[{"tag":"hall/nothing"}]}},
		{"id":"e","kind":"table","table":{"rows":"tags","pattern":"nowhere/**","columns":[{"fn":"avg"}]}},
		{"id":"f","kind":"text","text":{"text":{"en":"{= avg(\"hall/line/good\")} and {= 1/0}"}}}`), dayRequest(p, t, "en"))
	rows := partOf(t, c, "a").Grid.Rows
	if rows[0][1].Text != dash || !strings.HasPrefix(rows[1][1].Text, "181") || rows[2][1].Text != dash {
		t.Errorf("%+v", rows)
	}
	for _, want := range []string{`"hall/nothing" is not a tag`, `"hall/oven/temperature" is not a tag of the plant any more; its history`, `"hall/line/good" cannot be shown`, "cannot be computed"} {
		if !strings.Contains(notesOf(c), want) {
			t.Errorf("no note %q in\n%s", want, notesOf(c))
		}
	}
	if partOf(t, c, "c").Empty == "" || partOf(t, c, "d").Empty == "" || partOf(t, c, "e").Empty == "" || partOf(t, c, "f").Text != "– and –" {
		t.Errorf("%+v", c.Parts)
	}
	for _, path := range c.Paths {
		if path == "hall/line/good" {
			t.Error("a tag that is hidden is told to be in the report")
		}
	}
	all(t, c)
	p.noRecord = true
	c = p.fill(t, dayReport, dayRequest(p, t, "zh"))
	if !strings.Contains(notesOf(c), "不保存历史数据") {
		t.Error(notesOf(c))
	}
	all(t, c)
}

func TestOddValues(t *testing.T) {
	p := plantOf(t)
	begin := p.time(t, "2026-11-20 00:00")
	long := strings.Repeat("很长的文字 long ", 80_000) // about 1 MB
	p.keep(t, "odd/float", Meta{Type: tag.Float, Title: "Odd"}, sampleAt(begin.Add(time.Hour), tag.OfFloat(math.NaN())), sampleAt(begin.Add(2*time.Hour), tag.OfFloat(math.Inf(1))), sampleAt(begin.Add(3*time.Hour), tag.OfFloat(math.MaxFloat64)),
		sampleAt(begin.Add(4*time.Hour), tag.OfFloat(-math.MaxFloat64)), sampleAt(begin.Add(5*time.Hour), tag.OfFloat(5e-324)))
	p.keep(t, "odd/text", Meta{Type: tag.String, Title: "Text {title} <b>\x00\u202e=cmd|'/c calc'!A1"}, sampleAt(begin.Add(time.Hour), tag.OfString(long)), sampleAt(begin.Add(2*time.Hour), tag.OfString("=1+1\n\x01\U0001F600\U0010FFFF")))
	p.keep(t, "odd/int", Meta{Type: tag.Int, Title: "Int"}, sampleAt(begin.Add(time.Hour), tag.OfInt(math.MaxInt64)), sampleAt(begin.Add(2*time.Hour), tag.OfInt(math.MinInt64)))
	columns := ""
	for i, fn := range historian.Functions() {
		if i > 0 {
			columns += ","
		}
		columns += fmt.Sprintf(`{"fn":%q}`, fn)
	}
	c := p.fill(t, blocks(`
		{"id":"a","kind":"table","table":{"rows":"tags","total":"sum","items":[{"tag":"odd/float"},{"tag":"odd/text"},{"tag":"odd/int"}],"columns":[`+columns+`]}},
		{"id":"b","kind":"trend","trend":{"items":[{"tag":"odd/float"},{"tag":"odd/int"},{"tag":"odd/text"}]}},
		{"id":"c","kind":"trend","trend":{"style":"bar","step":"1h","items":[{"tag":"odd/float","fn":"max"},{"tag":"odd/int","fn":"min"}]}},
		{"id":"d","kind":"stops","stops":{"items":[{"tag":"odd/text"},{"tag":"odd/int"}]}},
		{"id":"e","kind":"table","table":{"rows":"intervals","step":"1h","fn":"last","total":"avg","items":[{"tag":"odd/text"},{"tag":"odd/float"}]}}`), dayRequest(p, t, "en"))
	all(t, c)
	csv, err := CSV(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(csv, []byte("\r\n=")) || bytes.Contains(csv, []byte(",=1+1")) {
		t.Error("a spreadsheet would run a cell")
	}
	if len(csv) > 200_000 {
		t.Errorf("%d bytes: the text of a megabyte was not shortened", len(csv))
	}
}

func TestManyRows(t *testing.T) {
	font := fontOf(t)
	p := plantOf(t)
	begin := p.time(t, "2026-11-01 00:00")
	var samples []historian.Sample
	for i := range 30 * 24 {
		samples = append(samples, sampleAt(begin.Add(time.Duration(i)*time.Hour), tag.OfFloat(float64(i))))
	}
	p.keep(t, "a/b", Meta{Type: tag.Float, Title: "B"}, samples...)
	now := p.time(t, "2026-12-02 00:00")
	doc := blocks(`{"id":"a","kind":"table","table":{"rows":"intervals","step":"30s","fn":"avg","items":[{"tag":"a/b"}]}}`)
	// 86,400 rows of half a minute in a month.
	c := p.fill(t, doc, Request{Span: p.Calendar().Resolve("month", now, true), Kind: "month", Language: "en", Now: now})
	if n := len(partOf(t, c, "a").Grid.Rows); n != MaxRows {
		t.Errorf("%d rows", n)
	}
	if !strings.Contains(notesOf(c), "Only the first 10000 of 86400 rows") {
		t.Error(notesOf(c))
	}
	l, err := Lay(c, font)
	if err != nil || l.Total > MaxPages || l.Total < 100 {
		t.Errorf("%d pages, %v", l.Total, err)
	}
	all(t, c)
	// More steps than the history takes at once are told, not made.
	c = p.fill(t, strings.Replace(doc, "30s", "1s", 1), Request{Span: p.Calendar().Resolve("month", now, true), Kind: "month", Language: "en", Now: now})
	if !strings.Contains(notesOf(c), "too many steps") {
		t.Error(notesOf(c))
	}
	// Many tables: the paper ends, and says so.
	var list []string
	for i := range 60 {
		list = append(list, fmt.Sprintf(`{"id":"b%d","kind":"table","table":{"rows":"intervals","step":"1h","fn":"avg","items":[{"tag":"a/b"}]}},{"id":"c%d","kind":"text","text":{"text":{"en":%q}}}`, i, i, strings.Repeat("words and more words\\n", 100)))
	}
	c = p.fill(t, blocks(strings.Join(list[:50], ",")), Request{Span: p.Calendar().Resolve("month", now, true), Kind: "month", Language: "en", Now: now})
	if l, err = Lay(c, font); err != nil || l.Total > MaxPages {
		t.Errorf("%d pages, %v", l.Total, err)
	}
}

func picturePNG(w, h int) string {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h)))
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestProblems(t *testing.T) {
	bomb := picturePNG(1, 1)
	raw, _ := base64.StdEncoding.DecodeString(bomb)
	copy(raw[16:24], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // says that it has 65536 × 65536 pixels
	for name, c := range map[string]struct{ doc, at string }{
		"no title":              {`{"format":1,"title":{},"period":{"kind":"day"},"blocks":[]}`, "/title"},
		"a text too long":       {blocks(`{"id":"a","kind":"text","text":{"text":{"en":"` + strings.Repeat("x", 1<<20) + `"}}}`), "/blocks/0/text/text/en"},
		"a placeholder":         {blocks(`{"id":"a","kind":"text","text":{"text":{"en":"{pages}"}}}`), "/blocks/0/text/text/en"},
		"a formula":             {blocks(`{"id":"a","kind":"tiles","tiles":{"items":[{"formula":"1 +"}]}}`), "/blocks/0/tiles/items/0/formula"},
		"another kind":          {blocks(`{"id":"a","kind":"text","tiles":{"items":[]}}`), "/blocks/0/text"},
		"ids":                   {blocks(`{"id":"a","kind":"break"},{"id":"a","kind":"break"}`), "/blocks/1/id"},
		"too many blocks":       {blocks(strings.TrimSuffix(strings.Repeat(`{"id":"a","kind":"break"},`, 101), ",")), "/blocks"},
		"no picture":            {blocks(`{"id":"a","kind":"picture","picture":{}}`), "/blocks/0/picture/data"},
		"not a picture":         {blocks(`{"id":"a","kind":"picture","picture":{"data":"PHN2Zz4="}}`), "/blocks/0/picture/data"},
		"a picture that lies":   {blocks(`{"id":"a","kind":"picture","picture":{"data":"` + base64.StdEncoding.EncodeToString(raw) + `"}}`), "/blocks/0/picture/data"},
		"a hundred years":       {`{"format":1,"title":{"en":"x"},"period":{"kind":"custom","from":"1990-01-01T00:00:00Z","to":"2090-01-01T00:00:00Z"},"blocks":[]}`, "/period/to"},
		"a schedule":            {`{"format":1,"title":{"en":"x"},"period":{"kind":"day"},"blocks":[],"schedule":{"when":"99 * * * *"}}`, "/schedule/when"},
		"an address":            {`{"format":1,"title":{"en":"x"},"period":{"kind":"day"},"blocks":[],"schedule":{"when":"0 6 * * *","receivers":[{"address":"a@b\r\nBcc: c@d"}]}}`, "/schedule/receivers/0/address"},
		"a header of mail":      {`{"format":1,"title":{"en":"x"},"period":{"kind":"day"},"blocks":[],"schedule":{"when":"0 6 * * *","receivers":[{"address":"Anna <anna@example.com>"}]}}`, "/schedule/receivers/0/address"},
		"an axis":               {blocks(`{"id":"a","kind":"trend","trend":{"items":[{"tag":"a"}],"low":5,"high":5}}`), "/blocks/0/trend/high"},
		"a pattern":             {blocks(`{"id":"a","kind":"table","table":{"rows":"tags","pattern":"a//b","columns":[{"fn":"avg"}]}}`), "/blocks/0/table/pattern"},
		"a function":            {blocks(`{"id":"a","kind":"table","table":{"rows":"tags","items":[{"tag":"a"}],"columns":[{"fn":"mode"}]}}`), "/blocks/0/table/columns/0/fn"},
		"a path out of the way": {blocks(`{"id":"a","kind":"tiles","tiles":{"items":[{"tag":"../etc","fn":"avg"}]}}`), "/blocks/0/tiles/items/0/tag"},
	} {
		t.Run(name, func(t *testing.T) {
			_, ps := Check([]byte(c.doc))
			for _, p := range ps {
				if p.At == c.at && p.Message != "" && p.Hint != "" {
					return
				}
			}
			t.Errorf("no problem at %s: %v", c.at, ps)
		})
	}
}

func TestPictureIsDrawn(t *testing.T) {
	p := plantOf(t)
	now := p.time(t, "2026-11-21 06:00")
	c := p.fill(t, blocks(`{"id":"a","kind":"picture","picture":{"data":"`+picturePNG(40, 4000)+`","width":100,"align":"right"}},{"id":"b","kind":"picture","picture":{"data":"`+picturePNG(60, 30)+`"}}`),
		Request{Span: p.Calendar().Resolve("day", now, true), Kind: "day", Language: "en", Now: now})
	all(t, c)
	out, err := PDF(c, fontOf(t))
	if err != nil || !bytes.Contains(out, []byte("/Subtype /Image")) {
		t.Errorf("no picture in the file: %v", err)
	}
}

func TestTemplates(t *testing.T) {
	p := dayPlant(t)
	for _, x := range Templates() {
		for _, period := range []string{"shift", "day", "week", "month"} {
			in := map[string][]tag.Path{}
			for _, input := range x.Inputs {
				in[input.ID] = []tag.Path{"hall/line/good", "hall/oven/temperature"}
			}
			numbers := map[string]float64{}
			for _, n := range x.Numbers {
				numbers[n.ID] = 0.25
			}
			r, ps := Make(x.ID, nil, period, in, numbers)
			if len(ps) > 0 {
				t.Fatalf("%s: %v", x.ID, ps)
			}
			now := p.time(t, "2026-11-21 06:00")
			for _, language := range []string{"en", "zh"} {
				c, err := Fill(context.Background(), r, p, Request{Span: p.Calendar().Resolve(period, now, true), Kind: period, Language: language, Now: now})
				if err != nil {
					t.Fatal(err)
				}
				if period == "day" {
					all(t, c)
				}
				for _, part := range c.Parts {
					if language == "zh" && part.Title != "" && strings.IndexFunc(part.Title, func(r rune) bool { return r > 0x2e80 }) < 0 {
						t.Errorf("%s: %q is not Chinese", x.ID, part.Title)
					}
				}
			}
		}
		if len(x.Inputs) > 0 && x.Inputs[0].Least > 0 {
			if _, ps := Make(x.ID, nil, "day", nil, nil); !ps.Errors() {
				t.Errorf("%s without tags", x.ID)
			}
		}
	}
	if _, ps := Make("none", nil, "", nil, nil); !ps.Errors() {
		t.Error("a template that is not there")
	}
}
