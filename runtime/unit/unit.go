// Package unit reads units of measure as The Unified Code for Units of Measure, version 2.2 (UCUM,
// case sensitive), writes them, and converts between them. It knows the spellings that people use in
// plants, what units are called in English and Chinese, and in which unit somebody wants to see a quantity.
//
// Beyond UCUM it takes Cel and [degF] within a product as differences of temperature, as in W/(m2.Cel).
package unit

import (
	"errors"
	"fmt"
	"math"
	"math/big"
)

// Dimension holds the exponents of the base units of UCUM: m, s, g, rad, K, C, cd.
type Dimension [7]int16

var baseCodes = [7]string{"m", "s", "g", "rad", "K", "C", "cd"}

// String is the dimension as a product of base units, "1" for none: "m-1.s-2.g".
func (d Dimension) String() string {
	out := ""
	for i, n := range d {
		if n == 0 {
			continue
		}
		if out != "" {
			out += "."
		}
		out += baseCodes[i]
		if n != 1 {
			out += fmt.Sprint(n)
		}
	}
	if out == "" {
		return "1"
	}
	return out
}

// Unit is a unit that was read. The zero Unit is the number one.
type Unit struct {
	code, symbol string
	dim          Dimension
	factor       *big.Rat // base units in one unit; nil is one
	special      *special // nil for a unit that begins at zero
	// scale is how many of the special unit one is: 1/10 for dB.
	scale *big.Rat
	// us says that it contains a unit that is customary in the United States.
	us bool
	// note is the annotation of a unit that is one atom with an annotation: "g" of "bar{g}".
	note string
}

// special is a unit on a scale that does not begin at zero, or is not even.
type special struct {
	// offset, in base units, is where an even scale begins: 273.15 for Cel.
	offset *big.Rat
	// from and to convert an uneven scale, in multiples of the factor: m = from(x), x = to(m).
	from, to func(float64) float64
}

// Code is the text that it was read from.
func (u Unit) Code() string { return u.code }

// Dimension is what it measures.
func (u Unit) Dimension() Dimension { return u.dim }

// Symbol is how it is printed: "m³/h", "°C".
func (u Unit) Symbol() string { return u.symbol }

// Customary says that it is made of units that are customary in the United States.
func (u Unit) Customary() bool { return u.us }

func (u Unit) ratio() *big.Rat {
	if u.factor == nil {
		return one
	}
	return u.factor
}

var one = big.NewRat(1, 1)

// ErrIncompatible says that two units measure different things.
var ErrIncompatible = errors.New("the units measure different things")

// Compatible reports whether values of one unit can be told in the other.
func Compatible(a, b Unit) bool { return a.dim == b.dim }

// Linear is a conversion y = x·Factor + Offset.
type Linear struct {
	Factor float64 `json:"factor"`
	Offset float64 `json:"offset,omitempty"`
}

// Identity converts nothing.
var Identity = Linear{Factor: 1}

// Apply converts a value.
func (l Linear) Apply(x float64) float64 { return x*l.Factor + l.Offset }

// Between is the conversion from one unit to another; false when they measure different things or one
// of them is on an uneven scale, such as dB, and the other is not on the same.
func Between(from, to Unit) (Linear, bool) {
	if from.dim != to.dim {
		return Linear{}, false
	}
	if from.uneven() || to.uneven() {
		if from.special != to.special {
			return Linear{}, false
		}
		f, _ := new(big.Rat).Quo(from.multiple(), to.multiple()).Float64()
		return Linear{Factor: f}, true
	}
	f, g := from.slope(), to.slope()
	factor, _ := new(big.Rat).Quo(f, g).Float64()
	difference := new(big.Rat).Sub(from.start(), to.start())
	offset, _ := difference.Quo(difference, g).Float64()
	if factor == 0 || math.IsInf(factor, 0) || math.IsInf(offset, 0) {
		return Linear{}, false
	}
	return Linear{Factor: factor, Offset: offset}, true
}

func (u Unit) uneven() bool { return u.special != nil && u.special.from != nil }

// multiple is the scale of a special unit.
func (u Unit) multiple() *big.Rat {
	if u.scale == nil {
		return one
	}
	return u.scale
}

// slope is how many base units one more is.
func (u Unit) slope() *big.Rat { return new(big.Rat).Mul(u.ratio(), u.multiple()) }

// start is where an even scale begins, in base units.
func (u Unit) start() *big.Rat {
	if u.special == nil || u.special.offset == nil {
		return new(big.Rat)
	}
	return u.special.offset
}

// Convert tells a value of one unit in another. The error is ErrIncompatible when they measure different
// things. A value that the scale cannot hold (the level of a negative ratio) is NaN.
func Convert(x float64, from, to Unit) (float64, error) {
	if l, ok := Between(from, to); ok {
		return l.Apply(x), nil
	}
	if from.dim != to.dim {
		return 0, fmt.Errorf("convert %s (%s) to %s (%s): %w", from.code, from.dim, to.code, to.dim, ErrIncompatible)
	}
	m := x * float(from.multiple())
	switch {
	case from.uneven():
		m = from.special.from(m) * float(from.ratio())
	default:
		m = m*float(from.ratio()) + float(from.start())
	}
	switch {
	case to.uneven():
		m = to.special.to(m/float(to.ratio())) / float(to.multiple())
	default:
		m = (m - float(to.start())) / float(to.slope())
	}
	return m, nil
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}
