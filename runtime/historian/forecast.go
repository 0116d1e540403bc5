package historian

import (
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// soonDays is how many days before the room ends it is told.
const soonDays = 14

// horizon is how far the forecast looks, in days.
const horizon = 11 * 365

// Forecast is how the room that the history takes will grow, when things go on as in the last days.
type Forecast struct {
	// Growth is how many bytes a day each tier grows by, before anything is deleted.
	Growth [tierCount]int64
	// Known is false when there is too little history to say.
	Known bool
	// Days is after how many days the room is used up; -1 when that never happens with this retention.
	Days int
	// Limit is how many bytes the history may take; 0 when that cannot be told.
	Limit int64
	// Points are the bytes the history takes at times to come, the first now.
	Points []ForecastPoint
}

// ForecastPoint is one of them.
type ForecastPoint struct {
	Time  time.Time
	Bytes int64
}

// growth is how many bytes a day a tier grows by: the mean of the last seven whole days, or what there is of today.
func (e *Extent) growth(t Tier) int64 {
	return e.growthAt(t, time.Now())
}

func (e *Extent) growthAt(t Tier, now time.Time) int64 {
	const day = tag.Time(24 * time.Hour)
	today := floorTo(tag.TimeOf(now), day)
	sum, days := int64(0), 0
	first := tag.Time(-1)
	for _, d := range e.Tiers[t].Days {
		if d.Start >= today-7*day && d.Start < today {
			if first < 0 {
				first = d.Start
			}
			sum += d.Bytes + d.Rows*rowCost
		}
	}
	if first >= 0 {
		// The first day of all is a part of one.
		days = int((today - first) / day)
		if days > 1 && first == e.Tiers[t].Days[0].Start {
			sum -= e.Tiers[t].Days[0].Bytes + e.Tiers[t].Days[0].Rows*rowCost
			days--
		}
		return sum / int64(days)
	}
	for _, d := range e.Tiers[t].Days {
		if part := tag.TimeOf(now) - today; d.Start == today && part > tag.Time(30*time.Minute) {
			return int64(float64(d.Bytes+d.Rows*rowCost) * float64(day) / float64(part))
		}
	}
	return 0
}

// forecast looks ahead day by day: each day brings what the last ones brought, and takes away what is then too old.
func forecast(s *Storage, r Retention, now time.Time) Forecast {
	const day = tag.Time(24 * time.Hour)
	f := Forecast{Days: -1}
	for t := range tierCount {
		f.Growth[t] = s.Extent.growthAt(t, now)
	}
	// A tier that has not been made yet grows by about what a minute takes of its samples.
	if f.Growth[TierMinute] == 0 {
		f.Growth[TierMinute] = f.Growth[TierRaw] / 8
	}
	if f.Growth[TierHour] == 0 {
		f.Growth[TierHour] = f.Growth[TierMinute] / 40
	}
	f.Known = f.Growth[TierRaw] > 0
	live := s.Extent.Live()
	if s.Space.Disk > 0 {
		// What is free on the disk, what is free inside the database, and what it has, less what must stay free.
		f.Limit = live + s.Space.Reusable + s.Space.Free - int64(float64(s.Space.Disk)*r.MinFreePercent/100)
	}
	if most := int64(r.MaxGiB * gib); most > 0 && (f.Limit == 0 || most < f.Limit) {
		f.Limit = most
	}
	today := floorTo(tag.TimeOf(now), day)
	var next, sums [tierCount]int64
	for t := range tierCount {
		x := &s.Extent.Tiers[t]
		sums[t] = x.Bytes + x.Rows*rowCost
	}
	f.Points = append(f.Points, ForecastPoint{now, live})
	for n := 1; n <= horizon; n++ {
		total := int64(0)
		for t := range tierCount {
			sums[t] += f.Growth[t]
			if keep := int64(r.keep(t) / (24 * time.Hour)); keep > 0 {
				// What was there leaves by its own days; what is new then leaves as it came.
				edge := today + tag.Time(n)*day - tag.Time(keep)*day
				days := s.Extent.Tiers[t].Days
				for next[t] < int64(len(days)) && days[next[t]].Start < min(edge, today) {
					d := &days[next[t]]
					sums[t] -= d.Bytes + d.Rows*rowCost
					next[t]++
				}
				if int64(n) > keep {
					sums[t] -= f.Growth[t]
				}
			}
			total += sums[t]
		}
		if f.Days < 0 && f.Limit > 0 && total > f.Limit && f.Known {
			f.Days = n - 1
		}
		// Often at first, seldom later.
		if n <= 60 && n%2 == 0 || n <= 730 && n%15 == 0 || n%60 == 0 {
			f.Points = append(f.Points, ForecastPoint{tag.Time(today + tag.Time(n)*day).Std(), total})
		}
		if f.Days >= 0 && n > 2*f.Days+60 {
			break
		}
	}
	return f
}
