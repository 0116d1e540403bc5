package engine

import (
	"math"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

const now = tag.Time(1_800_000_000 * int64(time.Second))

func raw(v tag.Value) tag.Sample { return tag.Sample{Value: v, Source: now - 5} }

func TestConvert(t *testing.T) {
	linear := linearScale(&plant.Scale{RawLow: 4, RawHigh: 20, Low: 0, High: 100})
	clamped := *linear
	clamped.clamp, clamped.low, clamped.high = true, 0, 100
	falling := linearScale(&plant.Scale{RawLow: 0, RawHigh: 1000, Low: 50, High: -50})
	plain := func(typ, raw tag.Type) *source {
		return &source{typ: typ, raw: raw, bit: -1, last: tag.Sample{Value: tag.OfInt(77)}}
	}
	with := func(s *source, sc *scale) *source { s.scale = sc; return s }
	bit := func(n int) *source { s := plain(tag.Bool, tag.Int); s.bit = n; return s }
	for _, row := range []struct {
		name    string
		source  *source
		in      tag.Sample
		value   tag.Value
		quality tag.Quality
	}{
		{"as it is", plain(tag.Float, tag.Float), raw(tag.OfFloat(1.5)), tag.OfFloat(1.5), tag.Good},
		{"NaN is a value", plain(tag.Float, tag.Float), raw(tag.OfFloat(math.NaN())), tag.OfFloat(math.NaN()), tag.Good},
		{"int for a float", plain(tag.Float, tag.Float), raw(tag.OfInt(3)), tag.OfFloat(3), tag.Good},
		{"text that is a number", plain(tag.Float, tag.Float), raw(tag.OfString("2.5")), tag.OfFloat(2.5), tag.Good},
		{"text where a number was", plain(tag.Float, tag.Float), raw(tag.OfString("much")), tag.OfInt(77), tag.BadTypeMismatch},
		{"nothing", plain(tag.Float, tag.Float), raw(tag.Value{}), tag.OfInt(77), tag.BadNoData},
		{"bad keeps the last value", plain(tag.Float, tag.Float), tag.Sample{Quality: tag.BadDeviceFailure}, tag.OfInt(77), tag.BadDeviceFailure},
		{"uncertain passes", plain(tag.Int, tag.Int), tag.Sample{Value: tag.OfInt(1), Quality: tag.UncertainSubNormal, Source: now}, tag.OfInt(1), tag.UncertainSubNormal},
		{"bit 0", bit(0), raw(tag.OfInt(0b101)), tag.OfBool(true), tag.Good},
		{"bit 1", bit(1), raw(tag.OfInt(0b101)), tag.OfBool(false), tag.Good},
		{"bit 15 of a negative word", bit(15), raw(tag.OfInt(-1)), tag.OfBool(true), tag.Good},
		{"bit 63", bit(63), raw(tag.OfInt(math.MinInt64)), tag.OfBool(true), tag.Good},
		{"linear", with(plain(tag.Float, tag.Float), linear), raw(tag.OfFloat(12)), tag.OfFloat(50), tag.Good},
		{"linear beyond the end", with(plain(tag.Float, tag.Float), linear), raw(tag.OfFloat(20.16)), tag.OfFloat(101), tag.Good},
		{"clamped", with(plain(tag.Float, tag.Float), &clamped), raw(tag.OfFloat(25)), tag.OfFloat(100), tag.GoodClamped},
		{"clamped below", with(plain(tag.Float, tag.Float), &clamped), raw(tag.OfFloat(0)), tag.OfFloat(0), tag.GoodClamped},
		{"falling", with(plain(tag.Float, tag.Float), falling), raw(tag.OfFloat(250)), tag.OfFloat(25), tag.Good},
		{"scaled int is rounded", with(plain(tag.Int, tag.Float), linear), raw(tag.OfFloat(10.1)), tag.OfInt(38), tag.Good},
		{"infinity cannot be scaled", with(plain(tag.Float, tag.Float), linear), raw(tag.OfFloat(math.Inf(1))), tag.OfInt(77), tag.BadOutOfRange},
	} {
		t.Run(row.name, func(t *testing.T) {
			out, _ := row.source.convert(row.in, now)
			same := out.Value.Equal(row.value) || out.Value.Type() == tag.Float && math.Abs(out.Value.Float()-row.value.Float()) < 1e-9
			if !same || out.Quality != row.quality || out.Server != now {
				t.Errorf("got %v %v at %v, want %v %v", out.Value, out.Quality, out.Server, row.value, row.quality)
			}
		})
	}
}

func TestSourceTime(t *testing.T) {
	hour := tag.Time(time.Hour)
	for _, row := range []struct {
		name     string
		in, want tag.Time
		fault    bool
	}{
		{"of the device", now - hour, now - hour, false},
		{"a clock that is a little fast", now + hour/10, now + hour/10, false},
		{"a clock of another time zone", now + hour, now, true},
		{"2099", 4070908800 * tag.Time(time.Second), now, true},
		{"none", 0, now, false},
		{"1970", 5 * hour, now, true},
		{"before 1970", -5 * hour, now, true},
		{"next week", now + 7*24*hour, now, true},
	} {
		s := source{typ: tag.Int, raw: tag.Int, bit: -1}
		out, fault := s.convert(tag.Sample{Value: tag.OfInt(1), Source: row.in}, now)
		if out.Source != row.want || fault != row.fault || out.Quality != tag.Good {
			t.Errorf("%s: %v %v %v", row.name, out.Source, fault, out.Quality)
		}
	}
}

func TestDeadband(t *testing.T) {
	for _, row := range []struct {
		name   string
		band   float64
		repeat time.Duration
		in     []float64
		step   time.Duration
		passes []bool
	}{
		{"none", 0, 0, []float64{1, 1, 2}, time.Second, []bool{true, true, true}},
		{"small changes add up", 1, 0, []float64{10, 10.6, 11.1, 11.2, 10}, time.Second, []bool{true, false, true, false, true}},
		{"exactly the band does not pass", 1, 0, []float64{10, 11, 11.5}, time.Second, []bool{true, false, true}},
		{"repeat", 5, 3 * time.Second, []float64{1, 1, 1, 1, 1}, time.Second, []bool{true, false, false, true, false}},
		{"to NaN and back", 1, 0, []float64{1, math.NaN(), math.NaN(), 1}, time.Second, []bool{true, true, false, true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := source{typ: tag.Float, raw: tag.Float, bit: -1, band: row.band, repeat: row.repeat, last: tag.Sample{Quality: tag.BadWaitingForInitialData}}
			at := now
			for i, f := range row.in {
				if _, pass, _ := s.take(tag.Sample{Value: tag.OfFloat(f)}, at); pass != row.passes[i] {
					t.Errorf("value %d (%v): passes %v", i, f, pass)
				}
				at += tag.Time(row.step)
			}
			if _, pass, _ := s.take(tag.Sample{Quality: tag.BadDeviceFailure}, at); !pass {
				t.Error("a change of quality did not pass")
			}
			s.take(tag.Sample{Value: tag.OfFloat(5)}, at)
			s.force = true
			if _, pass, _ := s.take(tag.Sample{Value: tag.OfFloat(5.01)}, at); !pass || s.force {
				t.Error("the value after a write did not pass")
			}
			s.dead = true
			if _, pass, _ := s.take(tag.Sample{Value: tag.OfFloat(500)}, at); pass {
				t.Error("a value of a tag that is gone passed")
			}
		})
	}
}
