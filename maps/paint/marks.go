package paint

import (
	"image/color"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Mark is where a unit or a cluster was drawn, in pixels.
type Mark struct {
	X, Y, Radius float64
	points       *layer.Points
	cluster      layer.Cluster // of none where N is 0
	unit         int
}

// IDs are those of the units, in the order of their layer.
func (m *Mark) IDs() []string {
	if m.cluster.N == 0 {
		return []string{m.points.Points[m.unit].ID}
	}
	units := m.points.Clusters().Units(m.cluster)
	out := make([]string, len(units))
	for i, u := range units {
		out[i] = m.points.Points[u].ID
	}
	return out
}

// reach is how far beyond the picture's edge a unit or cluster may lie that shows in it,
// in points.
const reach = 40

// points draws what stands above the areas, layer by layer.
func (c *canvas) points() {
	for _, l := range c.s.Layers {
		switch l := l.(type) {
		case *layer.Points:
			if l.Cluster {
				c.clusters(l)
			} else {
				c.units(l)
			}
		case *layer.Symbols:
			c.symbols(l)
		case *layer.Density:
			c.density(l)
		}
	}
}

// nearby is the bound of the view and what is near to it.
func (c *canvas) nearby() orb.Bound {
	if c.plane.lambert != nil {
		m := reach * c.px / c.world * 360
		return c.bound.Pad(m)
	}
	v, m := c.s.View, int(reach*c.px)
	v.Width, v.Height = v.Width+2*m, v.Height+2*m
	return v.Bound()
}

// place gives the pixels of a place on Mercator's square, in every copy of the
// world that is in view or as near to it as a margin in points.
func (c *canvas) place(mx, my, margin float64, do func(x, y float64)) {
	margin *= c.px
	if l := c.plane.lambert; l != nil {
		v := l.at(tile.Degrees(mx, my))
		if v.x >= -margin && v.x <= float64(c.size.Max.X)+margin && v.y >= -margin && v.y <= float64(c.size.Max.Y)+margin {
			do(v.x, v.y)
		}
		return
	}
	x := mx*c.world - c.ox
	x -= math.Floor((x+margin)/c.world) * c.world
	for ; x <= float64(c.s.View.Width)+margin; x += c.world {
		do(x, my*c.world-c.oy)
	}
}

// clusters draws units, and as one those that stand close at this zoom.
func (c *canvas) clusters(ps *layer.Points) {
	zoom := int(math.Floor(c.s.View.Zoom - math.Log2(c.px) + 1e-9)) // so that clusters are a radius apart or more
	for _, k := range ps.Clusters().In(c.nearby(), zoom) {
		mx, my := tile.Mercator(k.At)
		c.place(mx, my, reach, func(x, y float64) {
			if k.N == 1 {
				c.unit(ps, ps.Clusters().Units(k)[0], x, y, unitRadius*c.px)
			} else {
				c.pie(ps, k, x, y)
			}
		})
	}
}

// unitRadius is that of a unit's marker in points, where there is room.
const unitRadius = 6.5

// unit draws a marker.
func (c *canvas) unit(ps *layer.Points, i int, x, y, r float64) {
	p := ps.Points[i]
	if p.ID != "" && p.ID == c.s.Selected {
		c.shape(layer.Circle, x, y, r+5*c.px, c.t.Text)
		c.shape(layer.Circle, x, y, r+3*c.px, c.t.Focus)
	}
	k := c.symbol(ps, p.Class, r)
	if c.sprites[k] == nil {
		c.sprites[k] = &sprites{symbol: k}
	}
	c.steps = append(c.steps, &stamp{c.sprites[k], xy{x, y}})
	c.marks = append(c.marks, Mark{X: x, Y: y, Radius: r, points: ps, unit: i})
	c.take(around(xy{x, y}, r))
}

// symbol is how units of a class are drawn.
func (c *canvas) symbol(ps *layer.Points, class int, r float64) symbol {
	k := symbol{color: color.RGBA{0, 114, 178, 255}, radius: r, rim: 1.5 * c.px * math.Pow(r/c.px/unitRadius, 2), rimColor: c.t.Marker}
	if class >= 0 && class < len(ps.Classes) {
		k.color, k.shape = ps.Classes[class].Color, ps.Classes[class].Shape
	}
	return k
}

// pie draws a cluster: a ring of its classes with the number of units in it.
func (c *canvas) pie(ps *layer.Points, k layer.Cluster, x, y float64) {
	doublings := math.Log2(float64(k.N))
	r := (9 + 1.8*min(doublings, 5) + 0.5*max(doublings-5, 0)) * c.px
	c.shape(layer.Circle, x, y, r+1.5*c.px, c.t.Marker)
	c.shape(layer.Circle, x, y, r, c.t.Hatch) // units without a class
	from := -math.Pi / 2
	for i, n := range k.Classes {
		if n == 0 {
			continue
		}
		to := from + 2*math.Pi*float64(n)/float64(k.N)
		c.wedge(x, y, r, from, to, ps.Classes[i].Color)
		from = to
	}
	c.shape(layer.Circle, x, y, r-4*c.px, c.t.Panel)
	l := c.p.face.Layout(brief(k.N), text.Style{Size: float32(11 * c.px), Bold: true})
	c.text(l, x-float64(l.Width)/2, y-float64(l.Height)/2, c.t.PanelText)
	c.marks = append(c.marks, Mark{X: x, Y: y, Radius: r, points: ps, cluster: k})
	c.take(around(xy{x, y}, r))
}

// brief writes a number in at most four signs.
func brief(n int) string {
	switch {
	case n < 10_000:
		return strconv.Itoa(n)
	case n < 1_000_000:
		return strconv.Itoa(n/1000) + "k"
	case n < 10_000_000:
		return strconv.FormatFloat(math.Floor(float64(n)/1e5)/10, 'f', -1, 64) + "M"
	}
	return strconv.Itoa(n/1_000_000) + "M"
}

func (c *canvas) wedge(x, y, r, from, to float64, col color.RGBA) {
	path := []xy{{x, y}}
	n := 2 + int((to-from)*8)
	for i := range n + 1 {
		a := from + (to-from)*float64(i)/float64(n)
		path = append(path, xy{x + r*math.Cos(a), y + r*math.Sin(a)})
	}
	c.polygon(path, col)
}

// shape draws a filled shape of a radius around a pixel.
func (c *canvas) shape(s layer.Shape, x, y, r float64, col color.RGBA) {
	c.polygon(outline(s, x, y, r), col)
}

// outline is the path around a shape of a radius around a pixel.
func outline(s layer.Shape, x, y, r float64) (path []xy) {
	round := func(n int, turn, grow float64) {
		for i := range n {
			a := 2*math.Pi*float64(i)/float64(n) + turn
			path = append(path, xy{x + r*grow*math.Cos(a), y + r*grow*math.Sin(a)})
		}
	}
	switch s {
	case layer.Circle:
		round(32, 0, 1)
	case layer.Square:
		round(4, math.Pi/4, 1.25)
	case layer.Triangle:
		round(3, -math.Pi/2, 1.3)
	case layer.Diamond:
		round(4, 0, 1.25)
	case layer.Pentagon:
		round(5, -math.Pi/2, 1.12)
	case layer.Star:
		for i := range 10 {
			grow := 1.3
			if i%2 == 1 {
				grow = 0.6
			}
			a := math.Pi*float64(i)/5 - math.Pi/2
			path = append(path, xy{x + r*grow*math.Cos(a), y + r*grow*math.Sin(a)})
		}
	case layer.Cross:
		t := 0.4 * r
		path = []xy{{x - t, y - r}, {x + t, y - r}, {x + t, y - t}, {x + r, y - t}, {x + r, y + t}, {x + t, y + t}, {x + t, y + r}, {x - t, y + r}, {x - t, y + t}, {x - r, y + t}, {x - r, y - t}, {x - t, y - t}}
	case layer.Box:
		path = []xy{{x - r, y - r}, {x + r, y - r}, {x + r, y + r}, {x - r, y + r}}
	}
	return path
}
