package snmp

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// refusal is what a device of version 1 said of an object, and when it is asked again.
type refusal struct {
	quality tag.Quality
	again   time.Time
}

// refusedFor is how long a refused object is left alone.
const refusedFor = 30 * time.Second

// Plan groups the points into requests of as many objects as the settings allow.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var (
		resolved = make([]point, 0, len(points))
		wrong    []int
	)
	for _, p := range points {
		r, err := resolve(p)
		if err != nil {
			wrong = append(wrong, p.ID)
			continue
		}
		resolved = append(resolved, r)
	}
	slices.SortStableFunc(resolved, func(a, b point) int { return compareOID(a.oid, b.oid) })
	var requests []connector.Request
	from, objects := 0, 0
	for i := range resolved {
		if i == from || resolved[i].oid != resolved[i-1].oid {
			objects++
		}
		if objects > c.most {
			requests = append(requests, newRequest(c, resolved[from:i]))
			from, objects = i, 1
		}
	}
	if from < len(resolved) {
		requests = append(requests, newRequest(c, resolved[from:]))
	}
	if len(wrong) > 0 {
		requests = append(requests, &invalid{ids: wrong})
	}
	return requests
}

// compareOID orders object identifiers by their numbers.
func compareOID(a, b string) int {
	for a != "" && b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if d := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); d != 0 {
			return d
		}
	}
	return cmp.Compare(len(a), len(b))
}

// request reads some objects in one exchange, or in several once the device found the
// answer too big.
type request struct {
	c      *Connector
	points []point // by object identifier
	ids    []int
	oids   []string
	values map[string]gosnmp.SnmpPDU
	bad    map[string]tag.Quality
}

func newRequest(c *Connector, points []point) *request {
	r := &request{c: c, points: points, values: map[string]gosnmp.SnmpPDU{}, bad: map[string]tag.Quality{}}
	for i := range points {
		r.ids = append(r.ids, points[i].id)
	}
	return r
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	clear(r.values)
	clear(r.bad)
	r.oids = r.oids[:0]
	now := time.Now()
	for i := range r.points {
		oid := r.points[i].oid
		if i > 0 && oid == r.points[i-1].oid {
			continue
		}
		if old, ok := r.c.refused[oid]; ok && now.Before(old.again) {
			r.bad[oid] = old.quality
			continue
		}
		r.oids = append(r.oids, oid)
	}
	if len(r.oids) == 0 && r.c.session.current() == nil {
		return dst, connector.ErrNotConnected
	}
	if err := r.fetch(ctx, r.oids); err != nil {
		return dst, plain(err)
	}
	source := tag.Now()
	for i := range r.points {
		p := &r.points[i]
		sample := tag.Sample{Quality: r.bad[p.oid], Source: source}
		if v, ok := r.values[p.oid]; ok {
			sample.Value, sample.Quality = p.decode(v)
		}
		dst = append(dst, connector.Update{Point: p.id, Sample: sample})
	}
	return dst, nil
}

// fetch asks for objects, again without those of which the device says that it does not
// have them, and in halves when the answer would be too big.
func (r *request) fetch(ctx context.Context, oids []string) error {
	for len(oids) > 0 {
		if len(oids) > r.c.most {
			if err := r.fetch(ctx, oids[:r.c.most]); err != nil {
				return err
			}
			oids = oids[r.c.most:]
			continue
		}
		answer, err := r.c.session.get(ctx, oids)
		if err != nil {
			return err
		}
		at := int(answer.ErrorIndex) - 1
		switch {
		case answer.Error == gosnmp.NoError:
			for i, v := range answer.Variables {
				r.values[oids[i]] = v
				delete(r.c.refused, oids[i])
			}
			return nil
		case answer.Error == gosnmp.TooBig && len(oids) > 1:
			r.c.most = len(oids) / 2
		case at >= 0 && at < len(oids): // one of them is at fault: version 1 then gives none
			q := statusOf(answer.Error).Quality
			r.bad[oids[at]] = q
			r.c.refused[oids[at]] = refusal{q, time.Now().Add(refusedFor)}
			oids = slices.Delete(slices.Clone(oids), at, at+1)
		case len(oids) > 1: // it does not say which
			half := len(oids) / 2
			if err := r.fetch(ctx, oids[:half]); err != nil {
				return err
			}
			oids = oids[half:]
		default:
			q := statusOf(answer.Error).Quality
			r.bad[oids[0]] = q
			r.c.refused[oids[0]] = refusal{q, time.Now().Add(refusedFor)}
			return nil
		}
	}
	return nil
}

// plain takes an unsent off an error: of a read it is of no interest.
func plain(err error) error {
	if left := (unsent{}); errors.As(err, &left) {
		return left.error
	}
	return err
}

// invalid is the request of points without an SNMP address.
type invalid struct{ ids []int }

func (r *invalid) Points() []int { return r.ids }

func (r *invalid) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	for _, id := range r.ids {
		dst = append(dst, connector.Update{Point: id, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
	}
	return dst, nil
}

func isUnsent(err error) bool { return errors.As(err, new(unsent)) }

// isRefusal reports whether the device surely did not carry out what it was asked.
func isRefusal(err error) bool {
	var status *connector.StatusError
	return errors.As(err, &status) && status.Quality == tag.BadUserAccessDenied
}
