package report

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// dayPlant has a day of history: a temperature, a counter, a state that stopped twice, and alarms.
func dayPlant(t testing.TB) *testPlant {
	p := plantOf(t)
	one := 1
	begin := p.time(t, "2026-11-20 00:00")
	oven := tag.Path("hall/oven/temperature")
	p.keep(t, oven, Meta{Type: tag.Float, Title: "Oven temperature", Unit: "Cel", Decimals: &one})
	p.keep(t, "hall/line/good", Meta{Type: tag.Int, Title: "Good parts"})
	p.keep(t, "hall/line/stopped", Meta{Type: tag.Bool, Title: "Line stopped"})
	for minute := 0; minute < 24*60; minute += 5 {
		at := begin.Add(time.Duration(minute) * time.Minute)
		v := tag.OfFloat(180 + 20*math.Sin(float64(minute)/120))
		s := sampleAt(at, v)
		if minute >= 600 && minute < 660 {
			s.Value, s.Quality = tag.Value{}, tag.BadNoCommunication
		}
		p.keep(t, oven, p.metas[oven], s)
		p.keep(t, "hall/line/good", p.metas["hall/line/good"], sampleAt(at, tag.OfInt(int64(minute*3))))
	}
	p.keep(t, "hall/line/stopped", p.metas["hall/line/stopped"], sampleAt(begin, tag.OfBool(false)), sampleAt(begin.Add(8*time.Hour), tag.OfBool(true)), sampleAt(begin.Add(9*time.Hour), tag.OfBool(false)),
		sampleAt(begin.Add(23*time.Hour), tag.OfBool(true)))
	for i := range 12 {
		at := begin.Add(time.Duration(i) * time.Hour)
		e := alarm.Entry{Time: at, Path: oven, Alarm: "high", Priority: "high", Event: alarm.Raise, Title: spec.Text{"en": "Oven temperature", "zh": "炉温"}, Name: spec.Text{"en": "High", "zh": "高限"}, Message: spec.Text{"en": "198 °C is above 195 °C", "zh": "198 °C 高于 195 °C"}}
		p.journal = append(p.journal, e)
		e.Event, e.Time = alarm.Return, at.Add(10*time.Minute)
		p.journal = append(p.journal, e)
	}
	return p
}

const dayReport = `{"format":1,"title":{"en":"Daily report","zh":"生产日报表"},"period":{"kind":"day"},
 "header":{"left":{"en":"{site}"},"right":{"en":"{period}"}},"footer":{"left":{"en":"{title}"},"right":{"en":"Page {page} of {pages}","zh":"第 {page} 页，共 {pages} 页"}},
 "blocks":[
  {"id":"a","kind":"text","text":{"style":"heading","text":{"en":"{title}, {period}"}}},
  {"id":"b","kind":"text","text":{"text":{"en":"Made {= delta(\"hall/line/good\") ; 0} parts, {= delta(\"hall/line/good\") / hours() ; 1} an hour.","zh":"产量 {= delta(\"hall/line/good\") ; 0} 件，每小时 {= delta(\"hall/line/good\") / hours() ; 1} 件。"}}},
  {"id":"c","kind":"tiles","title":{"en":"Key figures","zh":"关键指标"},"tiles":{"items":[{"tag":"hall/line/good","fn":"delta"},{"tag":"hall/oven/temperature","fn":"avg"},{"tag":"hall/line/stopped","fn":"duration"},{"formula":"duration(\"hall/line/stopped\") / 3600 / hours() * 100","title":{"en":"Stopped","zh":"停机率"},"unit":"%"}]}},
  {"id":"d","kind":"trend","title":{"en":"Temperature","zh":"温度"},"trend":{"items":[{"tag":"hall/oven/temperature"},{"tag":"hall/line/good"}]}},
  {"id":"e","kind":"trend","trend":{"style":"bar","step":"1h","items":[{"tag":"hall/line/good","fn":"delta"}]}},
  {"id":"f","kind":"table","title":{"en":"By shift","zh":"按班次"},"table":{"rows":"intervals","step":"shift","total":"sum","items":[{"tag":"hall/line/good","fn":"delta"},{"tag":"hall/line/stopped","fn":"duration"}]}},
  {"id":"g","kind":"table","table":{"rows":"tags","items":[{"tag":"hall/oven/temperature"},{"tag":"hall/line/good"}],"columns":[{"fn":"avg"},{"fn":"min"},{"fn":"max"},{"fn":"percentGood"}]}},
  {"id":"h","kind":"alarms","title":{"en":"Alarms","zh":"报警"},"alarms":{"show":"list"}},
  {"id":"i","kind":"alarms","alarms":{"show":"top"}},
  {"id":"j","kind":"alarms","alarms":{"show":"priorities"}},
  {"id":"k","kind":"stops","title":{"en":"Stops","zh":"停机记录"},"stops":{"items":[{"tag":"hall/line/stopped"}]}}
 ]}`

func dayRequest(p *testPlant, t testing.TB, language string) Request {
	now := p.time(t, "2026-11-21 06:00")
	return Request{Span: p.Calendar().Resolve("day", now, true), Kind: "day", Language: language, By: "anna", Now: now}
}

func partOf(t testing.TB, c *Content, block string) *Part {
	t.Helper()
	for i := range c.Parts {
		if c.Parts[i].Block == block {
			return &c.Parts[i]
		}
	}
	t.Fatalf("no block %q", block)
	return nil
}

func TestFillDay(t *testing.T) {
	p := dayPlant(t)
	c := p.fill(t, dayReport, dayRequest(p, t, "en"))
	if got := partOf(t, c, "a").Text; got != "Daily report, 2026-11-20, Friday" {
		t.Errorf("heading: %q", got)
	}
	if got := partOf(t, c, "b").Text; got != "Made 4,305 parts, 179.4 an hour." {
		t.Errorf("text: %q", got)
	}
	tiles := partOf(t, c, "c").Tiles
	if tiles[0].Cell.Text != "4,305" || tiles[2].Cell.Text != "2:00:00" || !strings.HasPrefix(tiles[3].Cell.Text, "8.33") || tiles[1].Unit != "Cel" || !tiles[1].Cell.Uncertain {
		t.Errorf("tiles: %+v", tiles)
	}
	shifts := partOf(t, c, "f").Grid
	if len(shifts.Rows) != 4 || shifts.Rows[1][0].Text != "11-20 Early" || shifts.Rows[1][2].Text != "1:00:00" || shifts.Total[2].Text != "2:00:00" {
		t.Errorf("shifts: %+v", shifts)
	}
	list := partOf(t, c, "h").Grid
	if len(list.Rows) != 12 || list.Rows[0][1].Text != "2 High" || list.Rows[0][4].Text != "0:10:00" {
		t.Errorf("alarms: %+v", list)
	}
	if top := partOf(t, c, "i").Grid; len(top.Rows) != 1 || top.Rows[0][2].Text != "12" || top.Rows[0][4].Text != "2:00:00" {
		t.Errorf("top: %+v", top)
	}
	stops := partOf(t, c, "k").Grid
	if len(stops.Rows) != 2 || stops.Rows[0][3].Text != "1:00:00" || stops.Rows[1][2].Text != "still active" || stops.Total[3].Text != "2:00:00" {
		t.Errorf("stops: %+v", stops)
	}
	line := partOf(t, c, "d").Chart.Lines[0]
	gaps := 0
	for _, p := range line.Points {
		if p.Value == nil {
			gaps++
		}
	}
	if gaps == 0 || len(line.Points) < 250 {
		t.Errorf("trend: %d points, %d gaps", len(line.Points), gaps)
	}
}

// The PDF is read by poppler, which is not ours: Chinese and Latin come out as text, the one font is embedded and a subset.
func TestPDFReadByPoppler(t *testing.T) {
	font := fontOf(t)
	p := dayPlant(t)
	for _, language := range []string{"en", "zh"} {
		t.Run(language, func(t *testing.T) {
			c := p.fill(t, dayReport, dayRequest(p, t, language))
			out, err := PDF(c, font)
			if err != nil {
				t.Fatal(err)
			}
			if len(out) > 400<<10 {
				t.Errorf("the file has %d bytes: the font is not cut to what is used", len(out))
			}
			dir := t.TempDir()
			if keep := os.Getenv("REPORT_OUT"); keep != "" {
				dir = keep
			}
			file := filepath.Join(dir, "report-"+language+".pdf")
			if err := os.WriteFile(file, out, 0o600); err != nil {
				t.Fatal(err)
			}
			text := poppler(t, "pdftotext", "-layout", file, "-")
			wants := []string{"Daily report", "Friday", "4,305", "179.4", "Oven temperature", "North works"}
			if language == "zh" {
				wants = []string{"生产日报表", "星期五", "产量 4,305 件", "早班", "夜班", "炉温", "停机记录", "共", "高于 195 °C"}
			}
			for _, want := range wants {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in the text of the file", want)
				}
			}
			fonts := strings.Split(strings.TrimSpace(poppler(t, "pdffonts", file)), "\n")[2:]
			if len(fonts) != 1 || !strings.Contains(fonts[0], "+NotoSansSC") || strings.Count(fonts[0], "yes") != 3 {
				t.Errorf("fonts: %q", fonts)
			}
		})
	}
}

func poppler(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed: test/packages.sh", name)
	}
	var errs bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || errs.Len() > 0 {
		t.Fatalf("%s: %v: %s", name, err, errs.String())
	}
	return string(out)
}

func TestFooterNumbersPages(t *testing.T) {
	font := fontOf(t)
	p := dayPlant(t)
	l, err := Lay(p.fill(t, dayReport, dayRequest(p, t, "en")), font)
	if err != nil {
		t.Fatal(err)
	}
	if l.Total < 2 {
		t.Fatalf("%d pages", l.Total)
	}
	for i, page := range l.Pages {
		found := false
		for _, m := range page.Marks {
			found = found || m.Text == fmt.Sprintf("Page %d of %d", i+1, l.Total)
			if m.X < 0 || m.Kind == "text" && m.X+m.W > l.Width || m.Y > l.Height || m.Y < 0 {
				t.Errorf("page %d: %+v is off the paper", i+1, m)
			}
		}
		if !found {
			t.Errorf("page %d has no number", i+1)
		}
	}
}
