package promql

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Limits of an answer.
const (
	// MaxPoints is how many points a series has at most, MaxSeries how many series are looked at.
	MaxPoints = 11_000
	MaxSeries = 10_000
	// MaxTotal is how many points an answer has in all.
	MaxTotal = 2_000_000
)

// Labels are the labels of a series.
type Labels map[string]string

// Source has series.
type Source interface {
	// Select finds the series that all matchers want.
	Select(matchers []Matcher) []Labels
	// Values are what a series has at times, NaN where nothing: for function "" the value that holds, else the function over
	// the range that ends there.
	Values(ctx context.Context, series Labels, function string, over time.Duration, times []time.Time) ([]float64, error)
}

// Series is a result: values at the times that were asked for, NaN where there is none.
type Series struct {
	Labels Labels
	Values []float64
}

// Result is what a query gives: series, or with Scalar one without labels.
type Result struct {
	Scalar bool
	Series []Series
}

// Eval evaluates a query at times.
func Eval(ctx context.Context, e Expr, src Source, times []time.Time) (Result, error) {
	if len(times) > MaxPoints {
		return Result{}, fmt.Errorf("there are more than %d points: make the step longer, or the time shorter", MaxPoints)
	}
	switch e := e.(type) {
	case Number:
		values := make([]float64, len(times))
		for i := range values {
			values[i] = float64(e)
		}
		return Result{Scalar: true, Series: []Series{{Labels{}, values}}}, nil
	case *Selector:
		return fetch(ctx, e, "", src, times)
	case *Call:
		return fetch(ctx, e.Of, e.Function, src, times)
	case *Sum:
		r, err := Eval(ctx, e.Of, src, times)
		if err == nil && r.Scalar {
			err = fmt.Errorf("%s is over series, not over a number", e.Function)
		}
		if err != nil {
			return Result{}, err
		}
		return e.put(r, len(times)), nil
	case *Binary:
		return e.eval(ctx, src, times)
	}
	return Result{}, errors.New("this is not known here")
}

func fetch(ctx context.Context, s *Selector, function string, src Source, times []time.Time) (Result, error) {
	list := src.Select(s.Matchers)
	if len(list) > MaxSeries || len(list)*len(times) > MaxTotal {
		return Result{}, fmt.Errorf("there are %d series with %d points each, too many for one answer: choose fewer by their labels, or a longer step", len(list), len(times))
	}
	moved := times
	if s.Offset != 0 {
		moved = make([]time.Time, len(times))
		for i, t := range times {
			moved[i] = t.Add(-s.Offset)
		}
	}
	var out Result
	for _, labels := range list {
		values, err := src.Values(ctx, labels, function, s.Range, moved)
		if err != nil {
			return Result{}, err
		}
		if !slices.ContainsFunc(values, func(f float64) bool { return f == f }) {
			continue
		}
		if function != "" && function != "last_over_time" {
			labels = without(labels)
		}
		out.Series = append(out.Series, Series{labels, values})
	}
	return out, nil
}

// without are labels without the name: what is computed is another metric.
func without(l Labels) Labels {
	out := make(Labels, len(l))
	for k, v := range l {
		if k != Name {
			out[k] = v
		}
	}
	return out
}

func (s *Sum) put(r Result, n int) Result {
	type group struct {
		labels Labels
		values []float64
		counts []int
	}
	groups := map[string]*group{}
	var order []string
	for _, x := range r.Series {
		labels := Labels{}
		var key strings.Builder
		for _, name := range s.By {
			if v := x.Labels[name]; v != "" {
				labels[name] = v
			}
			fmt.Fprintf(&key, "%q", x.Labels[name])
		}
		g := groups[key.String()]
		if g == nil {
			g = &group{labels, make([]float64, n), make([]int, n)}
			groups[key.String()] = g
			order = append(order, key.String())
		}
		for i, v := range x.Values {
			if v != v {
				continue
			}
			switch {
			case g.counts[i] == 0:
				g.values[i] = v
			case s.Function == "min":
				g.values[i] = min(g.values[i], v)
			case s.Function == "max":
				g.values[i] = max(g.values[i], v)
			default:
				g.values[i] += v
			}
			g.counts[i]++
		}
	}
	var out Result
	slices.Sort(order)
	for _, key := range order {
		g := groups[key]
		for i, n := range g.counts {
			switch {
			case n == 0:
				g.values[i] = math.NaN()
			case s.Function == "avg":
				g.values[i] /= float64(n)
			case s.Function == "count":
				g.values[i] = float64(n)
			}
		}
		out.Series = append(out.Series, Series{g.labels, g.values})
	}
	return out
}

func (b *Binary) eval(ctx context.Context, src Source, times []time.Time) (Result, error) {
	x, err := Eval(ctx, b.A, src, times)
	if err != nil {
		return x, err
	}
	y, err := Eval(ctx, b.B, src, times)
	if err != nil {
		return y, err
	}
	if !x.Scalar && !y.Scalar {
		return Result{}, fmt.Errorf("arithmetic is with numbers only, not between series. %s", Understood)
	}
	do := func(a, c float64) float64 {
		switch b.Op {
		case '+':
			return a + c
		case '-':
			return a - c
		case '*':
			return a * c
		}
		return a / c
	}
	out := Result{Scalar: x.Scalar && y.Scalar}
	of, number, turned := x, y.Series[0:min(1, len(y.Series))], false
	if x.Scalar && !y.Scalar {
		of, number, turned = y, x.Series, true
	}
	for _, s := range of.Series {
		values := make([]float64, len(s.Values))
		for i, v := range s.Values {
			if c := number[0].Values[i]; turned {
				values[i] = do(c, v)
			} else {
				values[i] = do(v, c)
			}
		}
		out.Series = append(out.Series, Series{without(s.Labels), values})
	}
	return out, nil
}
