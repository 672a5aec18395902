package layer

import (
	"fmt"
	"image/color"
	"math"
	"slices"
)

// Fill is the look of an area. Hatched is for areas that are not to be read as a
// value; they have the map's own colours. Those Suppressed are hatched the other way.
type Fill struct {
	Color      color.RGBA
	Hatched    bool
	Suppressed bool
}

// NoData is the fill of regions without a value.
var NoData = Fill{Hatched: true}

// TooFew is the fill of regions whose value rests on too few units to be shown.
var TooFew = Fill{Hatched: true, Suppressed: true}

// Regions are regions with a fill of their own, by code.
type Regions struct {
	Title   string
	Level   int // of the areas: 1 regions, 2 districts …; 0 is 1
	Fill    map[string]Fill
	Entries []Entry
}

func (*Regions) layer() {}

// Legend implements Layer.
func (r *Regions) Legend() []Entry { return heading(r.Title, r.Entries) }

// Figures are a number for each region, to be drawn as colours or as symbols.
type Figures struct {
	Title  string
	Codes  []string           // of all regions that are to be drawn; those without a value show as "no data"
	Values map[string]float64 // 0 is a value; what is not finite is none
	// Units are how many units each value rests on, Least how many it takes to show one.
	// What rests on fewer, but on some, is suppressed: drawn as such, and neither the
	// classes nor the legend depend on it. Nil shows all.
	Units map[string]int
	Least int
}

// Style says how figures are classed and coloured; the zero Style is five quantiles in
// the default scheme.
type Style struct {
	Method  Method
	Classes int // 3 to 7; 0 is 5. A diverging scheme has as many on both sides: 2, 4 or 6
	Scheme  Scheme
	// Breaks are classes of one's own in place of a method's: the values at which those
	// above the first begin. They are put in order and used once each.
	Breaks []float64
	// Middle is where a diverging scheme changes sides; always a break there.
	Middle float64
}

// Choropleth colours regions by their figures; those without one show as "no data".
func (f *Figures) Choropleth(s Style) *Regions {
	known := f.known()
	breaks := s.breaks(known)
	colors := s.colors(breaks)
	out := f.gaps()
	out.Title = f.Title
	for _, c := range f.Codes {
		if v, ok := f.value(c); ok {
			out.Fill[c] = Fill{Color: colors[ClassOf(v, breaks)]}
		}
	}
	var entries []Entry
	for i, text := range RangeTexts(known, breaks) {
		entries = append(entries, Entry{Text: text, Color: colors[i], Shape: Box})
	}
	out.Entries = append(entries, out.Entries...)
	return out
}

// gaps are the regions that have no value to be shown, with their lines of the legend.
func (f *Figures) gaps() *Regions {
	out := &Regions{Fill: map[string]Fill{}}
	missing, few := false, false
	for _, c := range f.Codes {
		if _, ok := f.value(c); ok {
			continue
		}
		if f.suppressed(c) {
			out.Fill[c], few = TooFew, true
		} else {
			out.Fill[c], missing = NoData, true
		}
	}
	if few {
		out.Entries = append(out.Entries, Entry{Text: fmt.Sprintf("not shown: fewer than %d units", f.Least), Shape: Box, Hatched: true, Suppressed: true})
	}
	if missing {
		out.Entries = append(out.Entries, Entry{Text: "no data", Shape: Box, Hatched: true})
	}
	return out
}

// value is what may be shown of a region.
func (f *Figures) value(code string) (float64, bool) {
	v, ok := f.Values[code]
	return v, ok && finite(v) && !f.suppressed(code)
}

func (f *Figures) suppressed(code string) bool {
	n, ok := f.Units[code]
	v, has := f.Values[code]
	return ok && has && !math.IsNaN(v) && n > 0 && n < f.Least
}

// known lists the values that are shown, in order.
func (f *Figures) known() []float64 {
	var out []float64
	for _, c := range f.Codes {
		if v, ok := f.value(c); ok {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

func (s *Style) breaks(known []float64) []float64 {
	if s.Breaks != nil {
		own := slices.DeleteFunc(slices.Clone(s.Breaks), func(b float64) bool { return !finite(b) })
		if s.Scheme.Diverging() {
			own = append(own, s.Middle)
		}
		slices.Sort(own)
		return slices.Compact(own)
	}
	n := 5
	if s.Classes != 0 {
		n = min(max(s.Classes, 3), 7)
	}
	if !s.Scheme.Diverging() {
		return Breaks(known, n, s.Method)
	}
	i, _ := slices.BinarySearch(known, s.Middle)
	below, above := Breaks(known[:i], n/2, s.Method), Breaks(known[i:], n/2, s.Method)
	return slices.Compact(slices.Concat(below, []float64{s.Middle}, above))
}

// colors are those of the classes that breaks make.
func (s *Style) colors(breaks []float64) []color.RGBA {
	if !s.Scheme.Diverging() {
		return s.Scheme.Colors(len(breaks) + 1)
	}
	i, _ := slices.BinarySearch(breaks, s.Middle)
	return s.Scheme.around(i+1, len(breaks)-i)
}
