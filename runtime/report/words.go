package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
)

// say is a text of reports in a language; its verbs take the arguments.
func say(language string, t spec.Text, args ...any) string {
	if s := t.In(language); len(args) == 0 {
		return s
	}
	return fmt.Sprintf(t.In(language), args...)
}

// inLanguage is a text of a document in a language, or else in any.
func inLanguage(t spec.Text, language string) string {
	if s := t[language]; s != "" {
		return s
	}
	if s := t["en"]; s != "" {
		return s
	}
	return t["zh"]
}

var (
	wordTag       = text("Tag", "变量")
	wordFrom      = text("From", "开始")
	wordTo        = text("To", "结束")
	wordDuration  = text("Duration", "持续时间")
	wordTime      = text("Time", "时间")
	wordPriority  = text("Priority", "优先级")
	wordAlarm     = text("Alarm", "报警")
	wordMessage   = text("Message", "信息")
	wordCount     = text("Count", "次数")
	wordReturned  = text("Lasted", "持续")
	wordAcked     = text("Acknowledged by", "确认人")
	wordShare     = text("Share", "占比")
	wordTotal     = text("Total", "合计")
	wordAverage   = text("Average", "平均")
	wordLowest    = text("Lowest", "最低")
	wordHighest   = text("Highest", "最高")
	wordState     = text("State", "状态")
	wordOpen      = text("still active", "仍在持续")
	wordNoData    = text("No data in this period.", "此时段内没有数据。")
	wordNoAlarms  = text("No alarms in this period.", "此时段内没有报警。")
	wordNoStops   = text("Nothing in this period.", "此时段内没有记录。")
	wordNoTags    = text("No tags: none matches, or you may view none of them.", "没有变量：没有匹配项，或您无权查看。")
	wordPage      = text("Page %d of %d", "第 %d 页，共 %d 页")
	wordWeek      = text("Week %d, %s – %s", "%[2]s – %[3]s（第 %[1]d 周）")
	noteGone      = text("%q is not a tag of the plant any more and has no history.", "变量 %q 已不存在，且没有历史数据。")
	noteOld       = text("%q is not a tag of the plant any more; its history is shown.", "变量 %q 已不存在，显示的是其历史数据。")
	noteRight     = text("%q cannot be shown: you may not view it.", "无法显示 %q：您无权查看。")
	noteNoHistory = text("This runtime keeps no history.", "此运行时不保存历史数据。")
	noteCut       = text("Only the first %d of %d rows are shown.", "只显示前 %d 行，共 %d 行。")
	noteMany      = text("There are more rows than fit: only the first %d are shown.", "行数过多：只显示前 %d 行。")
	notePages     = text("The report has more than %d pages: the rest is not on paper. XLSX and CSV have all tables.", "报表超过 %d 页，其余部分未打印。XLSX 和 CSV 文件中有全部表格。")
	noteNow       = text("The period is not over yet: values are those until %s.", "该时段尚未结束：数值截至 %s。")
	noteUncertain = text("? A part of the time was bad or not known.", "? 部分时间的数据无效或未知。")
	noteBars      = text("There are more than %d bars: choose longer steps.", "柱形超过 %d 个：请选择更长的步长。")
	noteSteps     = text("There are too many steps: choose longer ones.", "步数过多：请选择更长的步长。")
	noteNoShifts  = text("The plant has no shifts in this period: declare them on the page of reports.", "此时段内没有班次：请在报表页面中设置班次。")
	noteFormula   = text("A formula cannot be computed: there is no data, or it divides by zero.", "公式无法计算：没有数据或除数为零。")
	priorityNames = map[string]spec.Text{"urgent": text("Urgent", "紧急"), "high": text("High", "高"), "medium": text("Medium", "中"), "low": text("Low", "低")}
	boolNames     = map[bool]spec.Text{true: text("on", "是"), false: text("off", "否")}
	functionNames = map[historian.Function]spec.Text{
		historian.Average: text("Average", "平均值"), historian.Mean: text("Mean of samples", "样本平均值"), historian.Minimum: text("Minimum", "最小值"), historian.Maximum: text("Maximum", "最大值"),
		historian.Range: text("Range", "极差"), historian.Sum: text("Sum", "总和"), historian.Count: text("Samples", "样本数"), historian.First: text("First", "首值"), historian.Last: text("Last", "末值"),
		historian.At: text("At the beginning", "起始值"), historian.Linear: text("At the beginning, on the line", "起始插值"), historian.Delta: text("Increase", "增量"), historian.Rate: text("Rate", "变化率"),
		historian.Integral: text("Integral", "积分"), historian.Duration: text("Time in state", "状态时长"), historian.PercentGood: text("Good", "有效率"), historian.StdDev: text("Std. deviation", "标准差"),
	}
)

// functionName names a function for people.
func functionName(f historian.Function, language string) string {
	if t, ok := functionNames[f]; ok {
		return t.In(language)
	}
	return string(f)
}

// unitOf is the unit of a function of a tag.
func unitOf(f historian.Function, unit string) string {
	switch f {
	case historian.PercentGood:
		return "%"
	case historian.Count, historian.Duration:
		return ""
	case historian.Rate:
		if unit == "" {
			return "1/s"
		}
		return unit + "/s"
	case historian.Integral:
		if unit == "" {
			return "s"
		}
		return unit + "·s"
	}
	return unit
}

// number writes a number for people: grouped by thousands, with so many decimals.
func number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return dash
	}
	if a := math.Abs(v); a >= 1e15 || a > 0 && a < 1e-9 {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	if strings.Trim(whole+rest, "0") == "" {
		sign = "" // no -0.00
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return sign + whole
}

// dash stands where there is no value.
const dash = "–"

// lasting writes a duration: 1:02:03, or with days 3 d 01:02:03.
func lasting(d time.Duration, language string) string {
	if d < 0 {
		return dash
	}
	s := int64(d.Round(time.Second) / time.Second)
	h, m := s/3600, s/60%60
	if h < 100 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s%60)
	}
	return fmt.Sprintf(say(language, text("%d d %02d:%02d:%02d", "%d 天 %02d:%02d:%02d")), h/24, h%24, m, s%60)
}

// day and clock write a time on the calendar of the plant, ISO 8601 in both languages.
func day(t time.Time) string    { return t.Format("2006-01-02") }
func clock(t time.Time) string  { return t.Format("15:04") }
func moment(t time.Time) string { return t.Format("2006-01-02 15:04") }

var (
	weekdayNames = []spec.Text{text("Sunday", "星期日"), text("Monday", "星期一"), text("Tuesday", "星期二"), text("Wednesday", "星期三"), text("Thursday", "星期四"), text("Friday", "星期五"), text("Saturday", "星期六")}
	monthNames   = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
)

// periodName names a period for people.
func periodName(kind string, s Span, language string) string {
	to := s.To
	last := s.To.Add(-time.Nanosecond)
	switch kind {
	case "hour":
		return fmt.Sprintf("%s %s – %s", day(s.From), s.From.Format("15:04"), to.Format("15:04 MST"))
	case "shift":
		name := inLanguage(s.Name, language)
		end := clock(to)
		if day(s.From) != day(to) {
			end = moment(to)
		}
		return strings.TrimSpace(fmt.Sprintf("%s, %s %s – %s", name, day(s.From), clock(s.From), end))
	case "day":
		return fmt.Sprintf("%s, %s", day(s.From), weekdayNames[s.From.Weekday()].In(language))
	case "week":
		_, week := s.From.ISOWeek()
		return say(language, wordWeek, week, day(s.From), day(last))
	case "month":
		if language == "zh" {
			return fmt.Sprintf("%d 年 %d 月", s.From.Year(), int(s.From.Month()))
		}
		return fmt.Sprintf("%s %d", monthNames[s.From.Month()-1], s.From.Year())
	}
	return moment(s.From) + " – " + moment(to)
}

// stepName names a step of a table or a bar.
func stepName(s Span, step string, language string) string {
	if len(s.Name) > 0 {
		return day(s.From)[5:] + " " + inLanguage(s.Name, language)
	}
	switch {
	case strings.HasSuffix(step, "mo"), strings.HasSuffix(step, "y"):
		return s.From.Format("2006-01")
	case strings.HasSuffix(step, "d"), strings.HasSuffix(step, "w"):
		return day(s.From)
	}
	return s.From.Format("01-02 15:04")
}
