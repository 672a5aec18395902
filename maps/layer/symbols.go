package layer

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Symbols are circles, one in a region, whose areas are in proportion to a number.
type Symbols struct {
	Title   string
	Symbols []Symbol // the largest first, so that the small ones lie above
	Color   color.RGBA
	Radius  float64 // of the largest, in points
	gaps    []Entry
}

// Symbol is a circle of a region.
type Symbol struct {
	Code   string
	At     orb.Point // lon, lat of its middle
	Value  float64
	Radius float64 // points
}

func (*Symbols) layer() {}

// Legend implements Layer: three circles with round values, one within the other.
func (s *Symbols) Legend() []Entry {
	out := slices.Clone(s.gaps)
	if len(s.Symbols) > 0 {
		var circles []Size
		most := s.Symbols[0].Value
		values := roundBelow(most)
		if s.whole() { // there is no half a unit
			values = slices.DeleteFunc(values, func(v float64) bool { return v < 1 })
			if n := len(values); 0 < n && n < 3 && values[n-1] > 1 {
				values = append(values, 1)
			}
		}
		for _, v := range values {
			circles = append(circles, Size{s.Radius * math.Sqrt(v/most), number(v)})
		}
		out = append([]Entry{{Color: s.Color, Circles: circles}}, out...)
	}
	return heading(s.Title, out)
}

// whole says whether all values are whole numbers.
func (s *Symbols) whole() bool {
	return !slices.ContainsFunc(s.Symbols, func(k Symbol) bool { return k.Value != math.Trunc(k.Value) })
}

// roundBelow are three values of one digit, 1, 2 or 5, the first no greater than most
// and each about a third of the one before.
func roundBelow(most float64) []float64 {
	var out []float64
	for v := RoundBelow(most); v > 0 && len(out) < 3; v = RoundBelow(v * 0.45) {
		out = append(out, v)
	}
	return out
}

// RoundBelow is the greatest number of one digit, 1, 2 or 5, before or behind zeros, that
// is no greater than a number; 0 of what is next to nothing.
func RoundBelow(most float64) float64 {
	exp := math.Floor(math.Log10(most))
	if !(exp > -300) {
		return 0
	}
	with := func(digit float64) float64 {
		if exp < 0 {
			return digit / math.Pow(10, -exp) // so that 0.2 is 0.2
		}
		return digit * math.Pow(10, exp)
	}
	for _, digit := range []float64{5, 2} {
		if v := with(digit); v <= most*(1+1e-12) {
			return v
		}
	}
	return with(1)
}

// Symbols draws figures as circles: the greatest has the given radius in points. At
// gives the place of a region's circle, lon and lat, and is false for regions that are
// not on the map; [region.Atlas.Pole] finds it. A value of 0 or less has no circle. The
// regions returned show which have none because there is no data, or too few units.
func (f *Figures) Symbols(at func(code string) (orb.Point, bool), radius float64, col color.RGBA) (*Symbols, *Regions) {
	out, gaps := &Symbols{Title: f.Title, Color: col, Radius: radius}, f.gaps()
	for _, c := range f.Codes {
		v, ok := f.value(c)
		if !ok || v <= 0 {
			continue
		}
		if p, ok := at(c); ok {
			out.Symbols = append(out.Symbols, Symbol{Code: c, At: p, Value: v})
		}
	}
	slices.SortFunc(out.Symbols, func(a, b Symbol) int { return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(a.Code, b.Code)) })
	for i := range out.Symbols {
		out.Symbols[i].Radius = radius * math.Sqrt(out.Symbols[i].Value/out.Symbols[0].Value)
	}
	// Their lines stand below the circles.
	out.gaps, gaps.Entries = gaps.Entries, nil
	return out, gaps
}
