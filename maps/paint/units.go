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
	k := &crowd{found: found, radius: r}
	for i := range len(ps.Classes) + 1 { // the last is for those without a class
		y := c.symbol(ps, i, r)
		k.rims = append(k.rims, symbol{shape: y.shape, radius: r + y.rim, color: y.rimColor})
		k.fills = append(k.fills, symbol{shape: y.shape, radius: r, color: y.color})
	}
	c.steps = append(c.steps, k)
	for _, u := range found {
		c.take(around(xy{float64(u.x), float64(u.y)}, r))
	}
	for _, u := range found {
		if c.s.Selected != "" && ps.Points[u.unit].ID == c.s.Selected {
			c.unit(ps, int(u.unit), float64(u.x), float64(u.y), r)
		}
	}
}

// crowd is many units. All rims lie below all symbols: between units that overlap in
// order, little else than rims would be seen.
type crowd struct {
	found       []placed
	radius      float64
	rims, fills []symbol // by class
}

func (*crowd) step() {}

// kinds are the symbols that are drawn, one over the other.
func (k *crowd) kinds() [][]symbol {
	if k.rims[0].radius < k.radius+0.4 {
		return [][]symbol{k.fills} // rims are too thin to be seen
	}
	return [][]symbol{k.rims, k.fills}
}

// of is the number of a unit's symbol.
func (u *placed) of(kinds int) int {
	if u.class < 0 || int(u.class) >= kinds {
		return kinds - 1
	}
	return int(u.class)
}

func (k *crowd) draw(img *image.RGBA) {
	b := img.Bounds()
	bands := min(runtime.GOMAXPROCS(0), b.Dy()/32+1)
	var wait sync.WaitGroup
	for i := range bands {
		band := b
		band.Min.Y, band.Max.Y = b.Min.Y+b.Dy()*i/bands, b.Min.Y+b.Dy()*(i+1)/bands
		wait.Go(func() { k.band(img, band) })
	}
	wait.Wait()
}

// band draws the units in a band of the picture.
func (k *crowd) band(img *image.RGBA, band image.Rectangle) {
	top, bottom := float32(float64(band.Min.Y)-2*k.radius-2), float32(float64(band.Max.Y)+2*k.radius+2)
	for _, kinds := range k.kinds() {
		drawn := make([]sprites, len(kinds))
		for i := range kinds {
			drawn[i].symbol = kinds[i]
		}
		for i := range k.found {
			u := &k.found[i]
			if u.y < top || u.y > bottom {
				continue
			}
			p, at := drawn[u.of(len(kinds))].at(float64(u.x), float64(u.y))
			p.draw(img, at, band)
		}
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
	small := tile.View{Center: f.plane.unproject(x, y), Zoom: v.Zoom, Width: 2 * side, Height: 2 * side}
	for i, s := range ps.Index().In(small.Bound()) {
		at := f.plane.project(tile.Degrees(s.X, s.Y))
		if k := (Mark{X: at.x, Y: at.y, Radius: 2 * f.px(), points: ps, unit: i}); k.near(x, y) {
			m = &k
		}
	}
	return m
}
