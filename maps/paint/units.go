package paint

import (
	"image"
	"math"
	"runtime"
	"sync"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
)

// uncrowded is how many units in view have markers of full size and are named.
const uncrowded = 2000

// crowdRadius is the radius of markers where there are n in view, in points. It
// shrinks in steps, so that it stays while the view is moved a little.
func crowdRadius(n int) float64 {
	doublings := math.Ceil(math.Log2(float64(max(n, uncrowded)) / uncrowded))
	return max(2, unitRadius*math.Exp2(-doublings/6))
}

// placed is a unit in the picture.
type placed struct {
	x, y  float32
	unit  int32
	class int32
}

// units draws all units in view one by one, from north to south.
func (c *canvas) units(ps *layer.Points) {
	found := c.inSight(ps)
	r := crowdRadius(len(found)) * c.px
	if len(found) <= uncrowded {
		for _, u := range found {
			c.unit(ps, int(u.unit), float64(u.x), float64(u.y), r)
		}
		return
	}
	bands := min(runtime.GOMAXPROCS(0), c.s.View.Height/32+1)
	var wait sync.WaitGroup
	for i := range bands {
		band := c.img.Rect
		band.Min.Y, band.Max.Y = c.s.View.Height*i/bands, c.s.View.Height*(i+1)/bands
		wait.Go(func() { c.crowd(ps, found, r, band) })
	}
	wait.Wait()
	for _, u := range found {
		if c.s.Selected != "" && ps.Points[u.unit].ID == c.s.Selected {
			c.unit(ps, int(u.unit), float64(u.x), float64(u.y), r)
		}
	}
}

// crowd draws units in a band of the picture. All rims lie below all symbols: between
// units that overlap in order, little else than rims would be seen.
func (c *canvas) crowd(ps *layer.Points, found []placed, r float64, band image.Rectangle) {
	rims, fills := make([]sprites, len(ps.Classes)+1), make([]sprites, len(ps.Classes)+1)
	for i := range fills {
		k := c.symbol(ps, i, r) // the last is for those without a class
		rims[i].symbol = symbol{shape: k.shape, radius: r + k.rim, color: k.rimColor}
		fills[i].symbol = symbol{shape: k.shape, radius: r, color: k.color}
	}
	top, bottom := float32(float64(band.Min.Y)-2*r-2), float32(float64(band.Max.Y)+2*r+2)
	for _, kinds := range [][]sprites{rims, fills} {
		if kinds[0].radius < r+0.3 && &kinds[0] == &rims[0] {
			continue // too thin to be seen
		}
		for i := range found {
			u := &found[i]
			if u.y < top || u.y > bottom {
				continue
			}
			k := int(u.class)
			if k < 0 || k >= len(kinds) {
				k = len(kinds) - 1
			}
			p, at := kinds[k].at(float64(u.x), float64(u.y))
			p.draw(c.img, at, band)
		}
	}
	for _, u := range found {
		c.take(around(xy{float64(u.x), float64(u.y)}, r).Intersect(band))
	}
}

// inSight lists what of a layer is in view.
func (c *canvas) inSight(ps *layer.Points) []placed {
	n := 0
	for range ps.Index().In(c.nearby()) {
		n++
	}
	out := make([]placed, 0, n)
	for i, s := range ps.Index().In(c.nearby()) {
		c.place(s.X, s.Y, reach, func(x, y float64) {
			out = append(out, placed{float32(x), float32(y), int32(i), int32(s.Class)})
		})
	}
	return out
}

// At returns the ids of the mark under a pixel, the topmost first.
func (f *Frame) At(x, y float64) []string {
	if m, ok := f.mark(x, y); ok {
		return m.IDs()
	}
	return nil
}

// Spread returns the zoom at which the cluster under a pixel opens. It is false where
// there is none, and where all its units stand in one place.
func (f *Frame) Spread(x, y float64) (zoom float64, ok bool) {
	m, ok := f.mark(x, y)
	if !ok || m.cluster.N == 0 {
		return 0, false
	}
	z, ok := m.points.Clusters().Opens(m.cluster)
	return float64(z) + math.Log2(f.px()), ok
}

func (f *Frame) px() float64 {
	if f.scene.Scale <= 0 {
		return 1
	}
	return float64(f.scene.Scale)
}

// mark is the topmost under a pixel.
func (f *Frame) mark(x, y float64) (*Mark, bool) {
	for l := len(f.scene.Layers) - 1; l >= 0; l-- {
		ps, ok := f.scene.Layers[l].(*layer.Points)
		if !ok {
			continue
		}
		for i := len(f.Marks) - 1; i >= 0; i-- {
			if m := &f.Marks[i]; m.points == ps && m.near(x, y) {
				return m, true
			}
		}
		if ps.Cluster {
			continue
		}
		if m := f.crowded(ps, x, y); m != nil {
			return m, true
		}
	}
	return nil, false
}

func (m *Mark) near(x, y float64) bool { return math.Hypot(x-m.X, y-m.Y) <= m.Radius+3 }

// crowded finds the unit drawn last under a pixel by the layer's index: too many were
// drawn to keep a mark of each.
func (f *Frame) crowded(ps *layer.Points, x, y float64) (m *Mark) {
	const around = 2*unitRadius + 8
	v := f.scene.View
	side := int(around * f.px())
	small := tile.View{Center: v.Unproject(x, y), Zoom: v.Zoom, Width: 2 * side, Height: 2 * side}
	for i, s := range ps.Index().In(small.Bound()) {
		ux, uy := v.Project(tile.Degrees(s.X, s.Y))
		if k := (Mark{X: ux, Y: uy, Radius: 2 * f.px(), points: ps, unit: i}); k.near(x, y) {
			m = &k
		}
	}
	return m
}
