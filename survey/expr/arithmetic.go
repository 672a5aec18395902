package expr

import (
	"math"
	"strconv"
	"strings"
)

// number counts whole days of a date, with or without a time of day; where text is
// reckoned with otherwise, the time of day counts as a part of a day.
func number(k *Context, a []Value) (Value, error) {
	v, err := own(k, a)
	if err != nil || v.kind == numberKind || v.kind == booleanKind {
		return Num(v.number(k.Env.zone())), err
	}
	s := trim(v.String())
	if n, ok := plainNumber(s); ok {
		return Num(n), nil
	}
	if m, ok := parseDate(s, k.Env.zone()); ok {
		return Num(m.day()), nil
	}
	return Num(math.NaN()), nil
}

// roundHalfUp rounds halves towards positive infinity and keeps the sign of zero
// (XPath 1.0, 4.4).
func roundHalfUp(x float64) float64 {
	if r := math.Floor(x); x-r < 0.5 {
		return r
	}
	return math.Copysign(math.Ceil(x), x)
}

// round rounds to a whole number; with places to so many digits after the point,
// or with negative places to tens, hundreds …, halves away from zero.
func round(k *Context, a []Value) (Value, error) {
	z := k.Env.zone()
	x := a[0].number(z)
	if len(a) == 1 {
		return Num(roundHalfUp(x)), nil
	}
	places := math.Trunc(a[1].number(z))
	switch {
	case math.IsNaN(places) || math.IsNaN(x):
		return Num(math.NaN()), nil
	case math.IsInf(x, 0) || places > 400:
		return Num(x), nil
	case places < -400:
		return Num(math.Copysign(0, x)), nil
	}
	return Num(roundDecimal(x, int(places))), nil
}

// roundDecimal rounds the digits that a number is written with, so that 1.005 to
// two places is 1.01, as on paper.
func roundDecimal(x float64, places int) float64 {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(x), 'e', -1, 64), "e")
	digits := strings.Replace(mantissa, ".", "", 1)
	e, _ := strconv.Atoi(exponent)
	keep := e + 1 + places // digits before the cut
	switch {
	case keep >= len(digits):
		return x
	case keep < 0 || keep == 0 && digits[0] < '5':
		return math.Copysign(0, x)
	}
	up := digits[keep] >= '5'
	kept := []byte("0" + digits[:keep])
	for i := len(kept) - 1; up; i-- {
		if up = kept[i] == '9'; up {
			kept[i] = '0'
		} else {
			kept[i]++
		}
	}
	n, _ := strconv.ParseFloat(string(kept)+"e"+strconv.Itoa(-places), 64)
	return math.Copysign(n, x)
}

// sum adds the numbers of a node-set (XPath 1.0, 4.4); a blank makes it NaN.
func sum(k *Context, a []Value) (Value, error) {
	if _, ok := a[0].NodeSet(); !ok {
		return Value{}, errNoNodes
	}
	total, z := 0.0, k.Env.zone()
	each(a, func(v Value) { total += v.number(z) })
	return Num(total), nil
}

// extreme is NaN where one of the values is no number, and of nothing.
func extreme(better func(a, b float64) bool) func(*Context, []Value) (Value, error) {
	return func(k *Context, a []Value) (Value, error) {
		best, nan, any, z := 0.0, false, false, k.Env.zone()
		each(a, func(v Value) {
			n := v.number(z)
			nan = nan || math.IsNaN(n)
			if !any || better(n, best) {
				best, any = n, true
			}
		})
		if nan || !any {
			return Num(math.NaN()), nil
		}
		return Num(best), nil
	}
}
