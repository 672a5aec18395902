package layer

import (
	"image/color"
	"math"
	"slices"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// Base is a base map, below everything else. Where it has no tiles the map is drawn as
// without one; lakes, rivers and names of towns are left to it where it has them.
type Base struct {
	Tiles   tile.Source
	Opacity float64 // 0 to 1; 0 is 1
	Grey    bool    // without colours
}

func (*Base) layer() {}

// Legend implements Layer: a base map needs none.
func (*Base) Legend() []Entry { return nil }

// Overlay is a layer of somebody's own: points, lines and areas in one colour.
type Overlay struct {
	Title   string
	Shapes  *Shapes
	Color   color.RGBA
	Opacity float64 // 0 to 1; 0 is 1
}

// Shapes are those of an overlay. They stay as they are once they were drawn.
type Shapes struct {
	All []OverlayShape

	once     sync.Once
	prepared []Drawn
}

// OverlayShape is something on an overlay.
type OverlayShape struct {
	Form  tile.Form
	Paths [][]orb.Point // lon, lat: rings, lines, or points; longitudes may reach beyond ±180
	Name  string        // of a point, written beside it where there is room
}

func (*Overlay) layer() {}

// Legend implements Layer.
func (o *Overlay) Legend() []Entry {
	if o.Title == "" || o.Shapes == nil || len(o.Shapes.All) == 0 {
		return nil
	}
	shape := Circle
	if o.Shapes.All[0].Form != tile.Label {
		shape = Box
	}
	return []Entry{{Text: o.Title, Color: o.Color, Shape: shape}}
}

// Drawn is a shape ready to be drawn: x from the west and y from the north as parts of
// Mercator's world.
type Drawn struct {
	Form  tile.Form
	Paths []orb.Ring
	Box   [4]float64 // x0, y0, x1, y1
	Name  string
}

// Drawn are the shapes, made ready when they are first asked for. Rings within rings run
// the other way round.
func (s *Shapes) Drawn() []Drawn {
	s.once.Do(func() {
		for _, x := range s.All {
			s.prepared = append(s.prepared, x.drawn())
		}
	})
	return s.prepared
}

func (s *OverlayShape) drawn() Drawn {
	d := Drawn{Form: s.Form, Name: s.Name, Box: [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}}
	for _, path := range s.Paths {
		out := make(orb.Ring, len(path))
		for i, p := range path {
			x, y := tile.Mercator(p)
			out[i] = orb.Point{x, y}
			d.Box = [4]float64{min(d.Box[0], x), min(d.Box[1], y), max(d.Box[2], x), max(d.Box[3], y)}
		}
		d.Paths = append(d.Paths, out)
	}
	if s.Form == tile.Area && len(d.Paths) <= mostNested {
		d.turn()
	}
	return d
}

// mostNested is of how many rings it is found out which lie in others; the rings of areas
// with more run as they did.
const mostNested = 300

// turn makes rings run clockwise, those in an odd number of others the other way.
func (d *Drawn) turn() {
	odd := make([]bool, len(d.Paths))
	for i, r := range d.Paths {
		for j, o := range d.Paths {
			if i != j && len(r) > 0 && region.InRing(o, r[0]) {
				odd[i] = !odd[i]
			}
		}
	}
	for i, r := range d.Paths {
		if (twiceArea(r) > 0) == odd[i] {
			slices.Reverse(r)
		}
	}
}

// twiceArea is twice the area of a ring, positive clockwise, as y grows to the south.
func twiceArea(ring orb.Ring) (a float64) {
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		a += p[0]*q[1] - q[0]*p[1]
	}
	return a
}
