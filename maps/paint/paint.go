package paint

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"github.com/paulmach/orb"
	"golang.org/x/image/vector"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// canvas is a picture being drawn.
type canvas struct {
	p         *Painter
	s         *Scene
	t         Theme
	img       *image.RGBA
	px        float64 // pixels per point
	ox, oy    float64 // origin of the view in pixels of the world
	world     float64
	shifts    []float64 // copies of the world in view, in worlds
	threshold uint8
	bound     orb.Bound
	arcs      []line // by arc, when first asked for: simplified, in pixels
	raster    *vector.Rasterizer
	taken     *coverage // by units, labels and furniture
	sprites   map[symbol]*sprites
	marks     []Mark
	densities map[*layer.Density][]layer.Entry // their legends
	named     map[int]bool                     // marks that have a place's name beside them
}

// Paint draws a scene. It stops early when the context ends.
func (p *Painter) Paint(ctx context.Context, s Scene) (*Frame, error) {
	c := p.canvas(&s)
	if err := c.draw(ctx, slices.Concat(c.areas(), c.water(), c.borders())); err != nil {
		return nil, err
	}
	for _, step := range []func(){c.points, c.labels, c.furniture} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step()
	}
	return &Frame{Image: c.img, Marks: c.marks, scene: s, atlas: p.atlas}, nil
}

func (p *Painter) canvas(s *Scene) *canvas {
	v := s.View
	c := &canvas{p: p, s: s, t: light, img: image.NewRGBA(image.Rect(0, 0, v.Width, v.Height)), px: float64(s.Scale), world: v.World(),
		bound: v.Bound(), arcs: make([]line, len(p.arcs)), raster: vector.NewRasterizer(1, 1), named: map[int]bool{}, densities: map[*layer.Density][]layer.Entry{},
		sprites: map[symbol]*sprites{}, taken: newCoverage(image.Rect(0, 0, v.Width, v.Height))}
	if s.Dark {
		c.t = dark
	}
	c.t.Halo, c.t.Panel = premultiply(c.t.Halo), premultiply(c.t.Panel)
	if c.px <= 0 {
		c.px = 1
	}
	c.ox, c.oy = v.Origin()
	for k := math.Floor(c.ox / c.world); k <= math.Floor((c.ox+float64(v.Width))/c.world); k++ {
		c.shifts = append(c.shifts, k)
	}
	// A vertex that moves the line by less than half a square pixel is left out.
	qx := c.p.atlas.Scale[0] / 360 * c.world
	qy := c.p.atlas.Scale[1] / 360 * c.world
	c.threshold = region.Threshold(0.5 * c.px / (qx * qy))
	draw.Draw(c.img, c.img.Bounds(), image.NewUniform(c.t.Sea), image.Point{}, draw.Src)
	return c
}

// arc returns an arc simplified for the zoom, in pixels of the world that begins
// at the antimeridian.
func (c *canvas) arc(i int) line {
	if l := c.arcs[i]; l.path != nil {
		return l
	}
	src := c.p.arcs[i]
	n := 0
	for _, v := range src {
		if v.rank >= c.threshold {
			n++
		}
	}
	path := make([]xy, 0, max(n, 1))
	for _, v := range src {
		if v.rank >= c.threshold {
			path = append(path, xy{v.x*c.world - c.ox, v.y*c.world - c.oy})
		}
	}
	c.arcs[i] = line{path: path, box: boxAround(path)}
	return c.arcs[i]
}

// sees says whether a box is in view in the copy of the world.
func (c *canvas) sees(b orb.Bound, shift float64) bool {
	return b.Max[0]+360*shift >= c.bound.Min[0] && b.Min[0]+360*shift <= c.bound.Max[0] && b.Max[1] >= c.bound.Min[1] && b.Min[1] <= c.bound.Max[1]
}

// areas fills the land, then the countries of the study, then regions that layers
// colour. Areas of one colour are filled as one, so no seam shows between them.
func (c *canvas) areas() []drawing {
	a := c.p.atlas
	out := []drawing{{lines: c.around(c.p.land), color: c.t.Land}}
	var focus sides
	groups := map[layer.Fill]*sides{}
	for i := range a.Regions {
		r := &a.Regions[i]
		if !c.inView(r.Bound) {
			continue
		}
		if slices.Contains(c.s.Focus, r.Country) {
			focus.add(r.Rings)
		}
		if f, ok := c.fillOf(r.Code); ok {
			if groups[f] == nil {
				groups[f] = &sides{}
			}
			groups[f].add(r.Rings)
		}
	}
	out = append(out, drawing{lines: c.around(focus.refs()), color: c.t.Focus})
	fills := make([]layer.Fill, 0, len(groups))
	for f := range groups {
		fills = append(fills, f)
	}
	slices.SortFunc(fills, compareFills)
	for _, f := range fills {
		d := drawing{lines: c.around(groups[f].refs()), color: f.Color}
		if f.Hatched {
			d.color, d.hatch, d.back = c.t.Blank, &c.t.Hatch, f.Suppressed
		}
		out = append(out, d)
	}
	return out
}

func (c *canvas) inView(b orb.Bound) bool {
	return slices.ContainsFunc(c.shifts, func(shift float64) bool { return c.sees(b, shift) })
}

// fillOf is how the topmost layer that knows a region fills it.
func (c *canvas) fillOf(code string) (f layer.Fill, ok bool) {
	for i := len(c.s.Layers) - 1; i >= 0 && !ok; i-- {
		if rs, is := c.s.Layers[i].(*layer.Regions); is {
			f, ok = rs.Fill[code]
		}
	}
	return f, ok
}

// sides counts how often arcs bound an area, forwards less backwards: what two of
// its parts share is no border of the whole.
type sides struct{ count map[int32]int }

func (s *sides) add(rings [][]int32) {
	if s.count == nil {
		s.count = map[int32]int{}
	}
	for _, ring := range rings {
		for _, ref := range ring {
			if ref < 0 {
				s.count[^ref]--
			} else {
				s.count[ref]++
			}
		}
	}
}

func (s *sides) refs() []int32 {
	var out []int32
	for ref, n := range s.count {
		if n < 0 {
			ref = ^ref
		}
		if n != 0 {
			out = append(out, ref)
		}
	}
	slices.Sort(out)
	return out
}

// around gives the lines of arcs that bound an area, in all copies of the world.
// Arcs above and below the picture do not matter to it.
func (c *canvas) around(refs []int32) []line {
	var out []line
	for _, ref := range refs {
		b := c.p.atlas.ArcBound(ref)
		if b.Max[1] < c.bound.Min[1] || b.Min[1] > c.bound.Max[1] {
			continue
		}
		l := c.arc(arcIndex(ref))
		l.back = ref < 0
		for _, shift := range c.shifts {
			l.dx = shift * c.world
			out = append(out, l)
		}
	}
	return out
}

// along gives the lines of arcs that are drawn themselves.
func (c *canvas) along(refs []int32) []line {
	var out []line
	for _, ref := range refs {
		b := c.p.atlas.ArcBound(ref)
		for _, shift := range c.shifts {
			if !c.sees(b, shift) {
				continue
			}
			l := c.arc(arcIndex(ref))
			l.dx = shift * c.world
			if max(b.Max[0], -b.Min[0]) < 179.99 {
				out = append(out, l)
			} else {
				out = append(out, c.offSeam(l)...)
			}
		}
	}
	return out
}

// offSeam cuts a line where it runs along the antimeridian: there the map was
// cut, there is no border.
func (c *canvas) offSeam(l line) []line {
	seam := func(v xy) bool { return math.Abs(v.x+c.ox) < 0.01 || math.Abs(v.x+c.ox-c.world) < 0.01 }
	var out []line
	from := 0
	for i := 1; i <= len(l.path); i++ {
		if i < len(l.path) && !(seam(l.path[i-1]) && seam(l.path[i])) {
			continue
		}
		if i-from > 1 {
			out = append(out, line{path: l.path[from:i], box: boxAround(l.path[from:i]), dx: l.dx})
		}
		from = i
	}
	return out
}

func arcIndex(ref int32) int {
	if ref < 0 {
		return int(^ref)
	}
	return int(ref)
}

// water draws lakes and rivers.
func (c *canvas) water() []drawing {
	a := c.p.atlas
	var lakes sides
	for _, l := range a.Lakes {
		if c.inView(a.RingsBound(l.Rings)) {
			lakes.add(l.Rings)
		}
	}
	out := []drawing{{lines: c.around(lakes.refs()), color: c.t.Lake}}
	if c.s.View.Zoom < 3.5 {
		return out
	}
	var rivers []int32
	for _, r := range a.Rivers {
		rivers = append(rivers, slices.Concat(r.Rings...)...)
	}
	return append(out, drawing{lines: c.along(rivers), color: c.t.River, half: 0.4 * c.px})
}

// borders draws each arc once, by what it separates. From afar only the study's
// countries show what is inside.
func (c *canvas) borders() []drawing {
	var inner []int32
	switch {
	case c.s.View.Zoom >= 4.8:
		inner = c.p.borders[region.Internal]
	case c.s.View.Zoom >= 3:
		for _, f := range c.s.Focus {
			inner = append(inner, c.p.inner[f]...)
		}
	}
	// Lines are thinner where countries are small.
	thin := min(1, max(0.6, c.s.View.Zoom/6))
	stroke := func(arcs []int32, width, dash float64, col color.RGBA) drawing {
		return drawing{lines: c.along(arcs), color: col, half: width * thin * c.px / 2, dash: dash * c.px}
	}
	return []drawing{
		stroke(inner, 0.9, 0, c.t.Internal),
		stroke(c.p.borders[region.Coast], 0.9, 0, c.t.Coast),
		stroke(c.p.borders[region.International], 1.3, 0, c.t.International),
		stroke(c.p.borders[region.Disputed], 1.3, 4, c.t.Disputed),
	}
}

// project returns the pixel of a position and whether it is in the picture.
func (c *canvas) project(p orb.Point) (xy, bool) {
	mx, my := tile.Mercator(p)
	for _, shift := range c.shifts {
		v := xy{(mx+shift)*c.world - c.ox, my*c.world - c.oy}
		if v.x >= -20 && v.x <= float64(c.s.View.Width)+20 && v.y >= -20 && v.y <= float64(c.s.View.Height)+20 {
			return v, true
		}
	}
	return xy{}, false
}
