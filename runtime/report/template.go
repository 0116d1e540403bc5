package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Template is a report to begin with: it asks for tags, and makes a document of them.
type Template struct {
	ID          string    `json:"id"`
	Title       spec.Text `json:"title"`
	Description spec.Text `json:"description"`
	// Period is the one it is meant for.
	Period string  `json:"period"`
	Inputs []Input `json:"inputs" nullable:"false"`
	// Numbers are what it asks for besides tags; all of them can be left out.
	Numbers []NumberInput `json:"numbers,omitempty"`
	build   func(in answers) []Block
}

// NumberInput is a number that a template can be given.
type NumberInput struct {
	ID    string    `json:"id"`
	Title spec.Text `json:"title"`
	Help  spec.Text `json:"help,omitempty"`
}

// answers are what a template was given.
type answers struct {
	tags    map[string][]tag.Path
	numbers map[string]float64
	period  string
}

// Input is what a template asks for.
type Input struct {
	ID    string    `json:"id"`
	Title spec.Text `json:"title"`
	Help  spec.Text `json:"help,omitempty"`
	// Types are those of tags that fit.
	Types []string `json:"types" nullable:"false"`
	// Least and Most are how many tags it takes.
	Least int `json:"least"`
	Most  int `json:"most"`
}

// Templates are the reports there are to begin with.
func Templates() []Template { return templates }

// Make makes a document of a template and the tags it was given; the problems are those of the inputs.
func Make(id string, title spec.Text, period string, inputs map[string][]tag.Path, numbers map[string]float64) (*Report, spec.Problems) {
	var ps spec.Problems
	i := slices.IndexFunc(templates, func(t Template) bool { return t.ID == id })
	if i < 0 {
		names := make([]string, len(templates))
		for k := range templates {
			names[k] = templates[k].ID
		}
		return nil, append(ps, spec.OneOf("template_unknown", "/template", fmt.Sprintf("There is no template %q.", clip(id)), id, names))
	}
	t := &templates[i]
	if period == "" {
		period = t.Period
	}
	for name := range inputs {
		if !slices.ContainsFunc(t.Inputs, func(in Input) bool { return in.ID == name }) {
			ps.Add("key_unknown", "/inputs/"+spec.Escape(clip(name)), "Leave it out.", "The template does not ask for %q.", clip(name))
		}
	}
	for _, in := range t.Inputs {
		at := "/inputs/" + in.ID
		n := len(inputs[in.ID])
		if n < in.Least {
			ps.Add("value_missing", at, "Choose a tag.", "No tag is chosen.")
		}
		if n > in.Most {
			ps.Add("too_many", at, "Choose fewer.", "There are %d tags, more than %d.", n, in.Most)
		}
		for k, path := range inputs[in.ID] {
			if _, err := tag.ParsePath(string(path)); err != nil {
				ps.Add("tag_path", fmt.Sprintf("%s/%d", at, k), "Write levels joined by /, such as area/line/speed.", "The %v.", err)
			}
		}
	}
	for name := range numbers {
		if !slices.ContainsFunc(t.Numbers, func(in NumberInput) bool { return in.ID == name }) {
			ps.Add("key_unknown", "/numbers/"+spec.Escape(clip(name)), "Leave it out.", "The template does not ask for %q.", clip(name))
		}
	}
	if ps.Errors() {
		return nil, ps
	}
	if len(title) == 0 {
		title = t.Title
	}
	r := Blank(title, period)
	if t.build != nil {
		r.Blocks = append(r.Blocks[:1], t.build(answers{inputs, numbers, period})...)
	}
	for i := range r.Blocks {
		r.Blocks[i].ID = fmt.Sprintf("b%d", i+1)
	}
	return r, Validate(r)
}

// Blank is a report with a heading, header and footer.
func Blank(title spec.Text, period string) *Report {
	return &Report{
		Format: Format, Title: title, Period: Period{Kind: period},
		Header: &Band{Left: text("{site}", "{site}"), Right: text("{period}", "{period}")},
		Footer: &Band{Left: text("{title}, made {date} {time}", "{title}，生成于 {date} {time}"), Right: text("Page {page} of {pages}", "第 {page} 页，共 {pages} 页")},
		Blocks: []Block{{ID: "b1", Kind: KindText, Text: &Text{Style: "heading", Text: text("{title}", "{title}")}}, {ID: "b2", Kind: KindText, Text: &Text{Text: text("{period}", "{period}")}}},
	}
}

// stepOf is the length of an interval that suits a period.
func stepOf(period string) string {
	switch period {
	case "hour":
		return "5m"
	case "shift", "day":
		return "1h"
	case "month", "week":
		return "1d"
	}
	return "1d"
}

func items(paths []tag.Path, fn string) []Item {
	out := make([]Item, len(paths))
	for i, p := range paths {
		out[i] = Item{Tag: p, Function: fn}
	}
	return out
}

func pointer[T any](v T) *T { return &v }

var (
	counterInput = []string{"int", "float"}
	templates    = []Template{
		{
			ID: "production", Period: "day",
			Title:       text("Production", "生产报表"),
			Description: text("What counters have grown by, in all and by hour or shift, with the yield when rejects are counted.", "计数器的增量：总计、按小时和按班次；如有不良品计数则计算合格率。"),
			Inputs: []Input{
				{ID: "good", Title: text("Counters of good parts", "合格品计数器"), Help: text("Tags that count up and begin again at 0 now and then.", "持续累加、偶尔清零的变量。"), Types: counterInput, Least: 1, Most: 8},
				{ID: "reject", Title: text("Counters of rejects", "不良品计数器"), Help: text("Optional.", "可选。"), Types: counterInput, Most: 8},
			},
			build: buildProduction,
		},
		{
			ID: "energy", Period: "day",
			Title:       text("Energy", "能耗报表"),
			Description: text("What meters have counted by interval, the mean and peak power, and costs when a tariff is put in.", "各时段电表用量、平均和峰值功率；填写电价后可计算费用。"),
			Inputs: []Input{
				{ID: "meters", Title: text("Energy meters (kWh, count up)", "电能表（kWh，累加）"), Types: counterInput, Least: 1, Most: 8},
				{ID: "power", Title: text("Power (kW)", "功率（kW）"), Help: text("Optional: drawn as a line.", "可选：以曲线显示。"), Types: counterInput, Most: 6},
			},
			Numbers: []NumberInput{{ID: "price", Title: text("Price of a kWh", "每 kWh 电价"), Help: text("Optional: adds the costs.", "可选：用于计算费用。")}},
			build:   buildEnergy,
		},
		{
			ID: "downtime", Period: "shift",
			Title:       text("Downtime", "停机报表"),
			Description: text("For how long machines stood still, by machine and by hour, with a list of stops.", "各设备停机时长（按设备、按小时）及停机记录。"),
			Inputs: []Input{
				{ID: "stopped", Title: text("Tags that are true, or not 0, while a machine stands", "停机时为真或非零的变量"), Types: []string{"bool", "int", "float", "string"}, Least: 1, Most: 20},
			},
			build: buildDowntime,
		},
		{
			ID: "alarms", Period: "week",
			Title:       text("Alarms", "报警报表"),
			Description: text("How many alarms there were by priority, which came most often, and the urgent and high ones in full.", "按优先级统计报警数量、最频繁的报警，以及紧急和高优先级报警明细。"),
			Inputs:      []Input{},
			build: func(answers) []Block {
				return []Block{
					{Kind: KindAlarms, Title: text("By priority", "按优先级"), Alarms: &Alarms{Show: "priorities"}},
					{Kind: KindAlarms, Title: text("The ten most frequent", "最频繁的十个报警"), Alarms: &Alarms{Show: "top", Limit: pointer(10)}},
					{Kind: KindAlarms, Title: text("Urgent and high", "紧急与高优先级"), Alarms: &Alarms{Show: "list", Priorities: []string{"urgent", "high"}, Limit: pointer(200)}},
				}
			},
		},
		{
			ID: "values", Period: "day",
			Title:       text("Measured values", "测量值报表"),
			Description: text("A line for each tag with average, lowest and highest, a drawing, and a table by hour.", "每个变量的平均、最低、最高值，趋势图，以及按小时的表格。"),
			Inputs: []Input{
				{ID: "values", Title: text("Measured values", "测量值"), Types: counterInput, Least: 1, Most: 8},
			},
			build: func(in answers) []Block {
				return []Block{
					{Kind: KindTable, Title: text("Over the period", "整个时段"), Table: &Table{Rows: "tags", Items: items(in.tags["values"], ""), Columns: []Column{{Function: "avg"}, {Function: "min"}, {Function: "max"}, {Function: "percentGood"}}}},
					{Kind: KindTrend, Title: text("Course", "趋势"), Trend: &Trend{Items: items(in.tags["values"], "")}},
					{Kind: KindTable, Title: text("By interval", "按时间段"), Table: &Table{Rows: "intervals", Step: stepOf(in.period), Items: items(in.tags["values"], "avg")}},
				}
			},
		},
		{
			ID: "quality", Period: "week",
			Title:       text("Quality of values", "数据质量报表"),
			Description: text("For which share of the time each value was good, how many samples came, and when there were gaps.", "每个变量数据有效的时间比例、样本数，以及何时出现缺口。"),
			Inputs: []Input{
				{ID: "values", Title: text("Values", "变量"), Types: []string{"bool", "int", "float"}, Least: 1, Most: 8},
			},
			build: buildQuality,
		},
	}
)

// totalOf is a formula for the sum of a function of tags.
func totalOf(fn string, paths []tag.Path) string {
	out := ""
	for i, p := range paths {
		if i > 0 {
			out += " + "
		}
		quote, _ := json.Marshal(string(p)) // no path has a quote or backslash in it
		out += fn + "(" + string(quote) + ")"
	}
	return out
}

func buildProduction(in answers) []Block {
	good, reject, period := in.tags["good"], in.tags["reject"], in.period
	tiles := []Item{{Formula: totalOf("delta", good), Title: text("Good parts", "合格品"), Decimals: pointer(0)}}
	if len(reject) > 0 {
		all := "(" + totalOf("delta", append(slices.Clone(good), reject...)) + ")"
		tiles = append(tiles,
			Item{Formula: totalOf("delta", reject), Title: text("Rejects", "不良品"), Decimals: pointer(0)},
			Item{Formula: "(" + totalOf("delta", good) + ") / " + all + " * 100", Title: text("Yield", "合格率"), Unit: "%", Decimals: pointer(1)})
	}
	tiles = append(tiles, Item{Formula: "(" + totalOf("delta", good) + ") / hours()", Title: text("Good parts an hour", "每小时合格品"), Decimals: pointer(1)})
	all := append(items(good, "delta"), items(reject, "delta")...)
	blocks := []Block{
		{Kind: KindTiles, Title: text("Key figures", "关键指标"), Tiles: &Tiles{Items: tiles}},
		{Kind: KindTrend, Title: text("Good parts by interval", "各时段合格品"), Trend: &Trend{Style: "bar", Step: stepOf(period), Items: items(good, "delta")}},
	}
	if period != "hour" && period != "shift" {
		blocks = append(blocks, Block{Kind: KindTable, Title: text("By shift", "按班次"), Table: &Table{Rows: "intervals", Step: "shift", Items: all, Total: "sum"}})
	}
	return append(blocks, Block{Kind: KindTable, Title: text("By interval", "按时间段"), Table: &Table{Rows: "intervals", Step: stepOf(period), Items: all, Total: "sum"}})
}

func buildEnergy(in answers) []Block {
	meters, power, period := in.tags["meters"], in.tags["power"], in.period
	tiles := []Item{
		{Formula: totalOf("delta", meters), Title: text("Energy", "电能"), Unit: "kWh", Decimals: pointer(1)},
		{Formula: "(" + totalOf("delta", meters) + ") / hours()", Title: text("Mean power", "平均功率"), Unit: "kW", Decimals: pointer(1)},
	}
	if price, ok := in.numbers["price"]; ok {
		tiles = append(tiles, Item{Formula: "(" + totalOf("delta", meters) + ") * " + strconv.FormatFloat(price, 'f', -1, 64), Title: text("Costs", "费用"), Decimals: pointer(2)})
	}
	for _, p := range power {
		tiles = append(tiles, Item{Tag: p, Function: "max"})
	}
	blocks := []Block{
		{Kind: KindTiles, Title: text("Key figures", "关键指标"), Tiles: &Tiles{Items: tiles}},
		{Kind: KindTrend, Title: text("Energy by interval", "各时段电能"), Trend: &Trend{Style: "bar", Step: stepOf(period), Items: items(meters, "delta")}},
	}
	if len(power) > 0 {
		blocks = append(blocks, Block{Kind: KindTrend, Title: text("Power", "功率"), Trend: &Trend{Items: items(power, "")}})
	}
	return append(blocks, Block{Kind: KindTable, Title: text("By interval", "按时间段"), Table: &Table{Rows: "intervals", Step: stepOf(period), Items: items(meters, "delta"), Total: "sum"}})
}

func buildDowntime(in answers) []Block {
	stopped, period := in.tags["stopped"], in.period
	share := "(" + totalOf("duration", stopped) + fmt.Sprintf(") / 3600 / hours() / %d * 100", len(stopped))
	return []Block{
		{Kind: KindTiles, Title: text("Key figures", "关键指标"), Tiles: &Tiles{Items: []Item{
			{Formula: "(" + totalOf("duration", stopped) + ") / 60", Title: text("Stopped in all", "停机总时长"), Unit: "min", Decimals: pointer(1)},
			{Formula: share, Title: text("Share of the time", "停机率"), Unit: "%", Decimals: pointer(1)},
			{Formula: "100 - " + share, Title: text("Availability", "可用率"), Unit: "%", Decimals: pointer(1)},
		}}},
		{Kind: KindTable, Title: text("By machine", "按设备"), Table: &Table{Rows: "tags", Items: items(stopped, ""), Columns: []Column{{Function: "duration"}, {Function: "percentGood"}}, Total: "sum"}},
		{Kind: KindTrend, Title: text("Hours by interval", "各时段停机小时数"), Trend: &Trend{Style: "bar", Step: stepOf(period), Items: items(stopped, "duration")}},
		{Kind: KindStops, Title: text("Stops", "停机记录"), Stops: &Stops{Items: items(stopped, ""), Shortest: "10s", Limit: pointer(100)}},
	}
}

func buildQuality(in answers) []Block {
	values := in.tags["values"]
	worst := make([]string, len(values))
	for i, p := range values {
		worst[i] = totalOf("percentGood", []tag.Path{p})
	}
	lowest := worst[0]
	if len(worst) > 1 {
		lowest = "min(" + strings.Join(worst, ", ") + ")"
	}
	return []Block{
		{Kind: KindTiles, Title: text("Key figures", "关键指标"), Tiles: &Tiles{Items: []Item{
			{Formula: "(" + totalOf("percentGood", values) + fmt.Sprintf(") / %d", len(values)), Title: text("Good on average", "平均有效率"), Unit: "%", Decimals: pointer(2)},
			{Formula: lowest, Title: text("Good at the worst", "最低有效率"), Unit: "%", Decimals: pointer(2)},
			{Formula: totalOf("count", values), Title: text("Samples", "样本数"), Decimals: pointer(0)},
		}}},
		{Kind: KindTable, Title: text("By tag", "按变量"), Table: &Table{Rows: "tags", Items: items(values, ""), Columns: []Column{{Function: "percentGood", Decimals: pointer(2)}, {Function: "count"}, {Function: "min"}, {Function: "max"}}}},
		{Kind: KindTrend, Title: text("Share of good time by interval", "各时段有效率"), Trend: &Trend{Style: "bar", Step: stepOf(in.period), Items: items(values, "percentGood")}},
		{Kind: KindTrend, Title: text("Course, with gaps where nothing is known", "趋势（未知处为缺口）"), Trend: &Trend{Style: "step", Items: items(values, "")}},
		{Kind: KindTable, Title: text("By interval", "按时间段"), Table: &Table{Rows: "intervals", Step: stepOf(in.period), Items: items(values, "percentGood"), Total: "min"}},
	}
}
