package layer

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"sync"

	"github.com/paulmach/orb"
)

// Layer is something drawn on a map: *Regions, *Points or *Places.
type Layer interface {
	// Legend explains the layer, in the order of its entries.
	Legend() []Entry
	layer()
}

// All has one layer of each type, for tests of code that switches on them.
var All = []Layer{&Regions{}, &Points{}, &Places{}}

// Entry is a line of a legend. A heading has neither shape nor colour.
type Entry struct {
	Text    string
	Color   color.RGBA
	Shape   Shape
	Hatched bool
	Heading bool
}

// Shape tells classes apart for readers who do not see their colours.
type Shape uint8

// The shapes of markers; Box is for areas.
const (
	Circle Shape = iota
	Square
	Triangle
	Diamond
	Pentagon
	Star
	Cross
	Box
)

// Class is a group of units drawn alike.
type Class struct {
	Name  string
	Color color.RGBA
	Shape Shape
}

// Palette gives classes colours that colour-blind readers tell apart (Okabe and
// Ito 2008) and a shape each.
func Palette(names ...string) []Class {
	colors := []color.RGBA{{0, 114, 178, 255}, {213, 94, 0, 255}, {0, 158, 115, 255}, {204, 121, 167, 255}, {230, 159, 0, 255}, {86, 180, 233, 255}, {110, 110, 110, 255}}
	out := make([]Class, len(names))
	for i, n := range names {
		out[i] = Class{n, colors[i%len(colors)], Shape(i % int(Box))}
	}
	return out
}

// Point is a unit on the map.
type Point struct {
	ID    string
	At    orb.Point // lon, lat
	Class int
	Label string
}

// Points are units. They stay as they are once they were drawn.
type Points struct {
	Title   string
	Points  []Point
	Classes []Class
	// Cluster draws crowded units as one with their number.
	Cluster bool

	once     sync.Once
	clusters *ClusterIndex
	onceAll  sync.Once
	index    *PointIndex
}

// Clusters is the index of the units, made when it is first asked for.
func (p *Points) Clusters() *ClusterIndex {
	p.once.Do(func() { p.clusters = NewClusterIndex(p.Points, len(p.Classes)) })
	return p.clusters
}

// Index finds the units of a view; it is made when it is first asked for.
func (p *Points) Index() *PointIndex {
	p.onceAll.Do(func() { p.index = NewPointIndex(p.Points) })
	return p.index
}

func (*Points) layer() {}

// Legend implements Layer: the classes that are in use.
func (p *Points) Legend() []Entry {
	used := make([]bool, len(p.Classes))
	for _, x := range p.Points {
		if x.Class < len(used) {
			used[x.Class] = true
		}
	}
	var out []Entry
	for i, c := range p.Classes {
		if used[i] {
			out = append(out, Entry{Text: c.Name, Color: c.Color, Shape: c.Shape})
		}
	}
	return heading(p.Title, out)
}

func heading(title string, entries []Entry) []Entry {
	if title == "" || len(entries) == 0 {
		return entries
	}
	return append([]Entry{{Text: title, Heading: true}}, entries...)
}

// Place is a town of the gazetteer.
type Place struct {
	Name       string
	At         orb.Point // lon, lat
	Country    string    // ISO 3166-1 alpha-3; "" is taken for one of the study's
	Population int
}

// Places are labelled where there is room, the largest first.
type Places struct{ Places []Place }

func (*Places) layer() {}

// Legend implements Layer: places need none.
func (*Places) Legend() []Entry { return nil }

// Fill is the look of an area. Hatched is for areas that are not to be read as a
// value: no data, or too few units to be shown; they have the map's own colours.
type Fill struct {
	Color   color.RGBA
	Hatched bool
}

// Regions are regions with a fill of their own, by code.
type Regions struct {
	Title   string
	Fill    map[string]Fill
	Entries []Entry
}

func (*Regions) layer() {}

// Legend implements Layer.
func (r *Regions) Legend() []Entry { return heading(r.Title, r.Entries) }

// Method says where classes of numbers begin.
type Method uint8

// The methods.
const (
	Quantile Method = iota // as many regions in each class
	Equal                  // classes of the same width
)

// ramp is a sequential palette, light to dark, that keeps its order for
// colour-blind readers and in grey print (after ColorBrewer's BuGn).
var ramp = []color.RGBA{{229, 245, 240, 255}, {178, 223, 208, 255}, {112, 192, 168, 255}, {48, 152, 132, 255}, {0, 104, 96, 255}}

// NoData is the fill of regions without a value.
var NoData = Fill{Hatched: true}

// Choropleth colours regions by a number. Codes lists all regions to be coloured;
// those without a value show as "no data".
func Choropleth(title string, codes []string, values map[string]float64, method Method) *Regions {
	return Classed(title, codes, values, Breaks(known(codes, values), len(ramp), method))
}

// Classed is [Choropleth] with classes of one's own: breaks are the values at
// which those above the first begin. They are put in order and used once each.
func Classed(title string, codes []string, values map[string]float64, breaks []float64) *Regions {
	breaks = slices.Compact(slices.Sorted(slices.Values(breaks)))
	out := &Regions{Title: title, Fill: map[string]Fill{}}
	missing := false
	for _, c := range codes {
		v, ok := values[c]
		if !ok || math.IsNaN(v) {
			out.Fill[c], missing = NoData, true
			continue
		}
		out.Fill[c] = Fill{Color: shade(classOf(v, breaks), len(breaks)+1)}
	}
	out.Entries = legend(known(codes, values), breaks)
	if missing {
		out.Entries = append(out.Entries, Entry{Text: "no data", Shape: Box, Hatched: true})
	}
	return out
}

// known lists the values that there are, in order.
func known(codes []string, values map[string]float64) []float64 {
	var out []float64
	for _, c := range codes {
		if v, ok := values[c]; ok && !math.IsNaN(v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return out
}

// shade spreads the classes over the whole ramp, between its colours where there
// are more of them.
func shade(class, classes int) color.RGBA {
	if classes < 2 {
		return ramp[len(ramp)/2]
	}
	at := float64(class*(len(ramp)-1)) / float64(classes-1)
	i := min(int(at), len(ramp)-2)
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*(at-float64(i)))) }
	a, b := ramp[i], ramp[i+1]
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 255}
}

func classOf(v float64, breaks []float64) int {
	i, found := slices.BinarySearch(breaks, v)
	if found {
		i++
	}
	return i
}

// Breaks returns the values at which classes above the first begin, at most n-1
// of them, all different. Values are in order.
func Breaks(values []float64, n int, method Method) []float64 {
	if len(values) == 0 {
		return nil
	}
	var out []float64
	lo, hi := values[0], values[len(values)-1]
	for i := 1; i < n; i++ {
		b := lo + (hi-lo)*float64(i)/float64(n)
		if method == Quantile {
			b = values[len(values)*i/n]
		}
		if b > lo && (len(out) == 0 || b > out[len(out)-1]) {
			out = append(out, b)
		}
	}
	return out
}

// legend has a line for each class. The outer classes reach to the least and the
// greatest value, or as far as their break where no value lies beyond it.
func legend(values, breaks []float64) []Entry {
	if len(values) == 0 {
		return nil
	}
	lo, hi := values[0], values[len(values)-1]
	if len(breaks) > 0 {
		lo, hi = min(lo, breaks[0]), max(hi, breaks[len(breaks)-1])
	}
	edges := append(append([]float64{lo}, breaks...), hi)
	var out []Entry
	for i := range len(edges) - 1 {
		from, to := number(edges[i]), number(edges[i+1])
		text, last := from+" – "+to, i == len(edges)-2
		switch {
		case last && from == to:
			text = from
		case !last && from == to: // no value lies below the first break
			text = "<" + to
		case !last:
			text = from + " – <" + to
		}
		out = append(out, Entry{Text: text, Color: shade(i, len(edges)-1), Shape: Box})
	}
	return out
}

func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return fmt.Sprintf("%.4g", v)
}
