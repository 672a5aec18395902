package layer

import (
	"image/color"
	"sync"

	"github.com/paulmach/orb"
)

// Layer is something drawn on a map: *Base, *Regions, *Overlay, *Points, *Places, *Symbols
// or *Density.
type Layer interface {
	// Legend explains the layer, in the order of its entries.
	Legend() []Entry
	layer()
}

// All has one layer of each type, for tests of code that switches on them.
var All = []Layer{&Base{}, &Regions{}, &Overlay{}, &Points{}, &Places{}, &Symbols{}, &Density{}}

// Entry is a line of a legend. A heading has neither shape nor colour. Of Circles
// there are several, one within the other, with a number each.
type Entry struct {
	Text       string
	Color      color.RGBA
	Shape      Shape
	Hatched    bool
	Suppressed bool // hatched the other way
	Heading    bool
	Circles    []Size
}

// Size is that of a circle in the legend.
type Size struct {
	Radius float64 // points
	Text   string
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

	onceClusters, onceIndex, onceUsed sync.Once

	clusters *ClusterIndex
	index    *PointIndex
	used     []bool // classes
}

// Clusters is the index of the units, made when it is first asked for.
func (p *Points) Clusters() *ClusterIndex {
	p.onceClusters.Do(func() { p.clusters = NewClusterIndex(p.Points, len(p.Classes)) })
	return p.clusters
}

// Index finds the units of a view; it is made when it is first asked for.
func (p *Points) Index() *PointIndex {
	p.onceIndex.Do(func() { p.index = NewPointIndex(p.Points) })
	return p.index
}

func (*Points) layer() {}

// Legend implements Layer: the classes that are in use.
func (p *Points) Legend() []Entry {
	p.onceUsed.Do(func() {
		p.used = make([]bool, len(p.Classes))
		for i := range p.Points {
			if k := p.Points[i].Class; k >= 0 && k < len(p.used) {
				p.used[k] = true
			}
		}
	})
	var out []Entry
	for i, c := range p.Classes {
		if p.used[i] {
			out = append(out, Entry{Text: c.Name, Color: c.Color, Shape: c.Shape})
		}
	}
	return heading(p.Title, out)
}

// ByClass gives a layer for each class, for maps side by side. Crowded units stand one by
// one on it.
func (p *Points) ByClass() []*Points {
	out := make([]*Points, len(p.Classes))
	for i := range out {
		out[i] = &Points{Title: p.Title, Classes: p.Classes}
	}
	for _, u := range p.Points {
		if u.Class >= 0 && u.Class < len(out) {
			out[u.Class].Points = append(out[u.Class].Points, u)
		}
	}
	return out
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
