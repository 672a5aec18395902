package paint

import (
	"image"
	"image/color"
	"math"
	"strconv"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
)

// points draws units and clusters of units.
func (c *canvas) points() {
	for _, l := range c.s.Layers {
		ps, ok := l.(*layer.Points)
		if !ok {
			continue
		}
		var xs, ys []float64
		var classes, which []int
		for i, p := range ps.Points {
			if v, ok := c.project(p.At); ok {
				xs, ys, classes, which = append(xs, v.x), append(ys, v.y), append(classes, p.Class), append(which, i)
			}
		}
		size := 34 * c.px
		if !ps.Cluster {
			size = 1e-6
		}
		for _, k := range layer.Clusters(xs, ys, classes, len(ps.Classes), size) {
			var ids []string
			for _, i := range k.Points {
				ids = append(ids, ps.Points[which[i]].ID)
			}
			if len(ids) == 1 {
				c.marker(ps, which[k.Points[0]], k)
			} else {
				c.cluster(ps, k, ids)
			}
		}
	}
}

func (c *canvas) marker(ps *layer.Points, i int, k layer.Cluster) {
	p := ps.Points[i]
	r := 6.5 * c.px
	cl := layer.Class{Color: color.RGBA{0, 114, 178, 255}}
	if p.Class >= 0 && p.Class < len(ps.Classes) {
		cl = ps.Classes[p.Class]
	}
	if p.ID != "" && p.ID == c.s.Selected {
		c.shape(layer.Circle, k.X, k.Y, r+5*c.px, c.t.Text)
		c.shape(layer.Circle, k.X, k.Y, r+3*c.px, c.t.Focus)
	}
	c.shape(cl.Shape, k.X, k.Y, r+1.5*c.px, c.t.Marker)
	c.shape(cl.Shape, k.X, k.Y, r, cl.Color)
	c.marks = append(c.marks, Mark{k.X, k.Y, r, []string{p.ID}})
	c.take(image.Rect(int(k.X-r), int(k.Y-r), int(k.X+r), int(k.Y+r)))
}

// cluster draws a pie of classes with the number of units in it.
func (c *canvas) cluster(ps *layer.Points, k layer.Cluster, ids []string) {
	r := (10 + 2.2*math.Log2(float64(len(ids)))) * c.px
	c.shape(layer.Circle, k.X, k.Y, r+1.5*c.px, c.t.Marker)
	from := -math.Pi / 2
	for i, n := range k.Classes {
		if n == 0 {
			continue
		}
		to := from + 2*math.Pi*float64(n)/float64(len(ids))
		c.wedge(k.X, k.Y, r, from, to, ps.Classes[i].Color)
		from = to
	}
	c.shape(layer.Circle, k.X, k.Y, r-4*c.px, c.t.Panel)
	l := c.p.face.Layout(strconv.Itoa(len(ids)), text.Style{Size: float32(11 * c.px), Bold: true})
	c.text(l, k.X-float64(l.Width)/2, k.Y-float64(l.Height)/2, c.t.PanelText)
	c.marks = append(c.marks, Mark{k.X, k.Y, r, ids})
	c.take(image.Rect(int(k.X-r), int(k.Y-r), int(k.X+r), int(k.Y+r)))
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
	var path []xy
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
	c.polygon(path, col)
}

func (c *canvas) take(r image.Rectangle) { c.taken = append(c.taken, r) }

func (c *canvas) free(r image.Rectangle) bool {
	for _, t := range c.taken {
		if t.Overlaps(r) {
			return false
		}
	}
	return true
}
