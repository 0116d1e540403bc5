package report

import (
	"fmt"
	"math"
	"time"
)

// scale is an axis of values.
type scale struct {
	unit      string
	low, high float64
	step      float64
	decimals  int
}

// chart is a drawing with axes and a legend.
func (l *layouter) chart(c *Chart) {
	height := min(c.Height*mm, l.bottom-l.top-40)
	if !l.need(height + 24) {
		return
	}
	// Lines of one unit share an axis; the first two units have one, further ones are drawn over their own range, which
	// the legend tells.
	var units []string
	axisOf := make([]int, len(c.Lines))
	for i, line := range c.Lines {
		at := -1
		for k, u := range units {
			if u == line.Unit {
				at = k
			}
		}
		if at < 0 {
			at = len(units)
			units = append(units, line.Unit)
		}
		axisOf[i] = at
	}
	scales := make([]scale, len(units))
	for k := range scales {
		low, high := math.Inf(1), math.Inf(-1)
		for i, line := range c.Lines {
			if axisOf[i] == k {
				low, high = bounds(&line, low, high)
			}
		}
		if c.Style == "bar" {
			if low, high = min(low, 0), max(high, 0); high == 0 && low == 0 {
				high = 1
			}
		}
		var fixedLow, fixedHigh *float64
		if k == 0 {
			fixedLow, fixedHigh = c.Low, c.High
		}
		scales[k] = niceScale(low, high, fixedLow, fixedHigh, int(height/28))
		scales[k].unit = units[k]
	}
	leftAxis := l.axisWidth(scales[0])
	rightAxis := 6.0
	if len(scales) > 1 {
		rightAxis = l.axisWidth(scales[1])
	}
	top, bottom := l.y+12, l.y+height-14
	x0, x1 := l.left+leftAxis, l.right-rightAxis
	yOf := func(s scale, v float64) float64 {
		return bottom - (min(max(v, s.low), s.high)-s.low)/(s.high-s.low)*(bottom-top)
	}
	for k, s := range scales[:min(2, len(scales))] {
		for n := 0; n <= 50; n++ {
			v := s.low + float64(n)*s.step
			if v > s.high+s.step/1000 {
				break
			}
			y := yOf(s, v)
			if label := number(v, s.decimals); k == 0 {
				l.mark(Mark{Kind: "line", X: x0, Y: y, W: x1, H: y, Size: 0.3, Color: hair})
				l.print(label, l.left, y-4.5, leftAxis-4, 7, "right", muted)
			} else {
				l.print(label, x1+4, y-4.5, rightAxis, 7, "left", muted)
			}
		}
		if unit := l.font.clean(s.unit); unit != "" {
			if k == 0 {
				l.print(unit, l.left, l.y-2, leftAxis-4, 7, "right", muted)
			} else {
				l.print(unit, x1+4, l.y-2, rightAxis, 7, "left", muted)
			}
		}
	}
	l.mark(Mark{Kind: "line", X: x0, Y: bottom, W: x1, H: bottom, Size: 0.6, Color: muted})
	l.mark(Mark{Kind: "line", X: x0, Y: top, W: x0, H: bottom, Size: 0.6, Color: muted})
	if c.Style == "bar" {
		l.bars(c, scales, axisOf, x0, x1, top, bottom, yOf)
	} else {
		l.times(x0, x1, top, bottom)
		from, to := float64(l.content.From.UnixMilli()), float64(l.content.To.UnixMilli())
		xOf := func(t int64) float64 { return x0 + (min(max(float64(t), from), to)-from)/(to-from)*(x1-x0) }
		for i := range c.Lines {
			l.curve(&c.Lines[i], c.Style == "step", i, scales[axisOf[i]], xOf, yOf)
		}
	}
	l.y += height
	l.legend(c, scales, axisOf)
}

func bounds(line *Line, low, high float64) (float64, float64) {
	for _, p := range line.Points {
		if p.Value != nil {
			low, high = min(low, *p.Value), max(high, *p.Value)
		}
	}
	for _, v := range line.Values {
		if v != nil {
			low, high = min(low, *v), max(high, *v)
		}
	}
	return low, high
}

// niceScale makes an axis with steps of 1, 2 or 5 times a power of ten.
func niceScale(low, high float64, fixedLow, fixedHigh *float64, steps int) scale {
	if math.IsInf(low, 0) || math.IsInf(high, 0) {
		low, high = 0, 1
	}
	if fixedLow != nil {
		low = *fixedLow
	}
	if fixedHigh != nil {
		high = *fixedHigh
	}
	if high <= low {
		pad := max(math.Abs(low)*0.05, 1)
		if fixedLow != nil {
			high = low + pad
		} else {
			low, high = low-pad, high+pad
		}
	}
	steps = min(max(steps, 2), 8)
	raw := high/float64(steps) - low/float64(steps)
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	if power == 0 || math.IsInf(power, 0) || math.IsNaN(power) {
		return scale{low: low, high: high, step: raw}
	}
	step := 10 * power
	for _, f := range []float64{1, 2, 5} {
		if f*power >= raw {
			step = f * power
			break
		}
	}
	s := scale{low: low, high: high, step: step, decimals: int(min(max(0, -math.Floor(math.Log10(step)+1e-9)), 9))}
	if fixedLow == nil {
		s.low = math.Floor(low/step+1e-9) * step
	}
	if fixedHigh == nil {
		s.high = s.low + math.Ceil((high-s.low)/step-1e-9)*step
	}
	return s
}

func (l *layouter) axisWidth(s scale) float64 {
	w := l.font.width(l.font.clean(s.unit), 7)
	for _, v := range []float64{s.low, s.high, s.low + s.step} {
		w = max(w, l.font.width(number(v, s.decimals), 7))
	}
	return min(w+8, 80)
}

// timeSteps are those between the marks of a time axis.
var timeSteps = []time.Duration{time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour}

// times is the axis of time: marks at full hours or days of the plant's calendar.
func (l *layouter) times(x0, x1, top, bottom float64) {
	from, to := l.content.From, l.content.To
	span := to.Sub(from)
	most := max(int((x1-x0)/58), 2)
	xOf := func(t time.Time) float64 { return x0 + float64(t.Sub(from))/float64(span)*(x1-x0) }
	put := func(t time.Time, label string) {
		x := xOf(t)
		l.mark(Mark{Kind: "line", X: x, Y: top, W: x, H: bottom, Size: 0.2, Color: hair})
		l.mark(Mark{Kind: "line", X: x, Y: bottom, W: x, H: bottom + 3, Size: 0.5, Color: muted})
		w := l.font.width(label, 7)
		at := min(max(x-w/2, l.left), l.right-w)
		l.print(label, at, bottom+4, w, 7, "left", muted)
	}
	for _, step := range timeSteps {
		if int(span/step) > most {
			continue
		}
		y, m, d := from.Date()
		count := 0
		for minutes := 0; count < 1000; minutes += int(step / time.Minute) {
			t := time.Date(y, m, d, 0, minutes, 0, 0, from.Location())
			if t.After(to) {
				break
			}
			if t.Before(from) {
				continue
			}
			count++
			label := clock(t)
			if t.Hour() == 0 && t.Minute() == 0 && span > 25*time.Hour {
				label = t.Format("01-02")
			}
			put(t, label)
		}
		return
	}
	days := max(1, int(math.Ceil(span.Hours()/24/float64(most))))
	y, m, d := from.Date()
	for n := 0; n < 2000; n++ {
		t := time.Date(y, m, d+n*days, 0, 0, 0, 0, from.Location())
		if t.After(to) {
			break
		}
		if !t.Before(from) {
			label := t.Format("01-02")
			if span > 400*24*time.Hour {
				label = t.Format("2006-01")
			}
			put(t, label)
		}
	}
}

// curve is one line; where there is no value there is a gap.
func (l *layouter) curve(line *Line, stepped bool, index int, s scale, xOf func(int64) float64, yOf func(scale, float64) float64) {
	var points []float64
	flush := func() {
		switch {
		case len(points) > 2:
			l.mark(Mark{Kind: "path", Points: points, Size: 1, Color: lineColors[index%len(lineColors)], Dash: index})
		case len(points) == 2: // one sample between two gaps
			l.mark(Mark{Kind: "rect", X: points[0] - 0.8, Y: points[1] - 0.8, W: 1.6, H: 1.6, Color: lineColors[index%len(lineColors)]})
		}
		points = nil
	}
	for _, p := range line.Points {
		x := xOf(p.Time)
		if p.Value == nil {
			if n := len(points); n > 0 { // the value held until it was lost
				points = append(points, x, points[n-1])
			}
			flush()
			continue
		}
		y := yOf(s, *p.Value)
		if n := len(points); stepped && n > 0 && points[n-1] != y {
			points = append(points, x, points[n-1])
		}
		points = append(points, x, y)
	}
	flush()
}

// bars are side by side, those of each step together.
func (l *layouter) bars(c *Chart, scales []scale, axisOf []int, x0, x1, top, bottom float64, yOf func(scale, float64) float64) {
	n := len(c.Bars)
	slot := (x1 - x0) / float64(n)
	width := slot * 0.8 / float64(len(c.Lines))
	for i, line := range c.Lines {
		s := scales[axisOf[i]]
		zero := yOf(s, 0)
		for k, v := range line.Values {
			if v == nil {
				continue
			}
			y := yOf(s, *v)
			l.mark(Mark{Kind: "rect", X: x0 + (float64(k)+0.1)*slot + float64(i)*width, Y: min(y, zero), W: max(width-0.4, 0.3), H: math.Abs(zero - y), Color: lineColors[i%len(lineColors)]})
		}
	}
	// As many names as fit.
	widest := 0.0
	for _, name := range c.Labels {
		widest = max(widest, l.font.width(l.font.clean(name), 7))
	}
	every := max(1, int(math.Ceil((min(widest, 90)+4)/slot)))
	for k := 0; k < n && k < len(c.Labels); k += every {
		room := slot * float64(every)
		label := l.font.ellipsis(l.font.clean(c.Labels[k]), 7, room)
		w := l.font.width(label, 7)
		x := x0 + (float64(k)+0.5)*slot - w/2
		l.print(label, min(max(x, l.left), l.right-w), bottom+4, w, 7, "left", muted)
	}
}

// legend names the lines, with their look and their lowest and highest value.
func (l *layouter) legend(c *Chart, scales []scale, axisOf []int) {
	x := l.left
	const size = 7.5
	for i := range c.Lines {
		line := &c.Lines[i]
		name := line.Title
		if line.Unit != "" {
			name += " (" + line.Unit + ")"
		}
		if low, high := bounds(line, math.Inf(1), math.Inf(-1)); low <= high {
			decimals := max(scales[axisOf[i]].decimals, line.Decimals)
			if low != math.Trunc(low) || high != math.Trunc(high) {
				decimals = max(decimals, 1)
			}
			name += fmt.Sprintf("  %s … %s", number(low, decimals), number(high, decimals))
		}
		name = l.font.ellipsis(l.font.clean(name), size, l.width()-24)
		w := 20 + l.font.width(name, size) + 14
		if x > l.left && x+w-14 > l.right {
			x = l.left
			l.y += size * 1.5
			l.need(size * 1.5)
		}
		if c.Style == "bar" {
			l.mark(Mark{Kind: "rect", X: x + 4, Y: l.y + 2, W: 8, H: 7, Color: lineColors[i%len(lineColors)]})
		} else {
			l.mark(Mark{Kind: "path", Points: []float64{x, l.y + 6, x + 16, l.y + 6}, Size: 1.2, Color: lineColors[i%len(lineColors)], Dash: i})
		}
		l.print(name, x+20, l.y, w, size, "left", ink)
		x += w
	}
	l.y += size * 1.5
}
