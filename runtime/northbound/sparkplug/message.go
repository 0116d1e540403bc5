package sparkplug

import (
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// Quality codes (clause 6.4.9.1).
const (
	qualityBad   = 0
	qualityGood  = 192
	qualityStale = 500
)

// qualityOf is the code of a quality: stale when the value may have been right once.
func qualityOf(q tag.Quality) int32 {
	switch q {
	case tag.BadNoCommunication, tag.BadNotConnected, tag.BadCommunicationError, tag.BadTimeout, tag.BadWaitingForInitialData, tag.BadOutOfService:
		return qualityStale
	}
	switch {
	case q.IsGood():
		return qualityGood
	case q.IsBad():
		return qualityBad
	}
	return qualityStale
}

// value is a sample of a metric as it stands in a message.
func (m *metric) value(s tag.Sample, aliases bool) sparkplug.Metric {
	out := sparkplug.Metric{Timestamp: s.Source, Type: m.typ}
	if out.Timestamp == 0 {
		out.Timestamp = s.Server
	}
	if aliases {
		out.Alias, out.HasAlias = m.alias, true
	} else {
		out.Name = m.name
	}
	v, err := sparkplug.Encode(m.typ, s.Value, sparkplug.Value{})
	if s.Value.IsNone() || err != nil {
		out.Null = true
	} else {
		out.Value = v
	}
	return out
}

// data is value, with its quality when hosts need to be told.
func (m *metric) data(s tag.Sample, aliases bool) sparkplug.Metric {
	out := m.value(s, aliases)
	code := qualityOf(s.Quality)
	if code != qualityGood || m.marked {
		out.Properties = []sparkplug.Property{quality(code)}
	}
	m.marked = code != qualityGood
	return out
}

func quality(code int32) sparkplug.Property {
	return sparkplug.Property{Key: "Quality", Type: sparkplug.Int32, Value: sparkplug.OfInt(code)}
}

// born is value with all that hosts are told of a metric at birth.
func (m *metric) born(s tag.Sample, aliases bool, info northbound.Info, write bool) sparkplug.Metric {
	out := m.value(s, aliases)
	out.Name = m.name
	code := qualityOf(s.Quality)
	m.marked = code != qualityGood
	out.Properties = []sparkplug.Property{quality(code), {Key: "readOnly", Type: sparkplug.Boolean, Value: sparkplug.OfBool(!write)}}
	text := func(key, s string) {
		if s != "" {
			out.Properties = append(out.Properties, sparkplug.Property{Key: key, Type: sparkplug.String, Value: sparkplug.OfText(s)})
		}
	}
	number := func(key string, f *float64) {
		if f != nil {
			out.Properties = append(out.Properties, sparkplug.Property{Key: key, Type: sparkplug.Double, Value: sparkplug.OfDouble(*f)})
		}
	}
	text("engUnit", info.Unit)
	number("engLow", info.Low)
	number("engHigh", info.High)
	description := info.Description
	if description == "" {
		description = info.Title["en"]
	}
	if description == "" {
		description = info.Title["zh"]
	}
	text("Documentation", description)
	return out
}

// rebirthMetric is the one by which hosts ask for births (clause 6.4.19).
func rebirthMetric(now tag.Time) sparkplug.Metric {
	return sparkplug.Metric{Name: sparkplug.Rebirth, Timestamp: now, Type: sparkplug.Boolean, Value: sparkplug.OfBool(false)}
}

// bdSeq is the metric that tells which death ends which life (clauses 6.4.19, 6.4.25).
func bdSeq(n uint64, now tag.Time) sparkplug.Metric {
	return sparkplug.Metric{Name: sparkplug.BdSeq, Timestamp: now, Type: sparkplug.Int64, Value: sparkplug.OfUint(n)}
}
