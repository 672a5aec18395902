package paint

import (
	"context"
	"image"
	"image/color"
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// canvas is a picture being composed: what is drawn, step by step.
type canvas struct {
	p         *Painter
	s         *Scene
	t         Theme
	plane     plane
	size      image.Rectangle
	steps     []step
	closed    bool    // areas are to be whole rings, also where they leave the picture
	px        float64 // pixels per point
	ox, oy    float64 // origin of the view in pixels of the world
	world     float64
	shifts    []float64 // copies of the world in view, in worlds
	threshold uint8
	bound     orb.Bound
	arcs      []line    // by arc, when first asked for: simplified, in pixels
	taken     *coverage // by units, labels and furniture
	sprites   map[symbol]*sprites
	densities map[*layer.Density][]layer.Entry // their legends
	marks     []Mark
	named     map[int]bool // marks that have a place's name beside them
	ticks     []tick
	legendBox image.Rectangle
	corner    Corner // of the legend
	focus     []line // around the study's countries
	// of base maps and overlays
	townLabels    []ranked
	overlayLabels []label
	credits       []string // who made base maps
	based         bool     // a base map with land and water is in view
}

// Paint draws a scene. It stops early when the context ends.
func (p *Painter) Paint(ctx context.Context, s Scene) (*Frame, error) {
	c := p.canvas(&s)
	if err := c.compose(ctx); err != nil {
		return nil, err
	}
	img := image.NewRGBA(c.size)
	if err := rasterize(ctx, img, c.ground(), c.steps); err != nil {
		return nil, err
	}
	if len(s.Panels) > 0 {
		return &Frame{Image: img}, nil
	}
	return &Frame{Image: img, Marks: c.marks, plane: c.plane, scene: s, atlas: p.atlas, legend: c.legend(), credits: c.credits}, nil
}

// compose lists what is drawn.
func (c *canvas) compose(ctx context.Context) error {
	if len(c.s.Panels) > 0 {
		return c.multiples(ctx)
	}
	c.add(c.areas()...)
	if err := c.base(ctx); err != nil {
		return err
	}
	for _, part := range []func() []*drawing{c.fills, c.water, c.contested, c.graticule, c.borders, c.overlays} {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.add(part()...)
	}
	for _, part := range []func(){c.overlayPoints, c.points, c.labels, c.furniture} {
		if err := ctx.Err(); err != nil {
			return err
		}
		part()
	}
	return nil
}

func (p *Painter) canvas(s *Scene) *canvas {
	v := s.View
	c := &canvas{p: p, s: s, t: light, plane: newPlane(s), size: image.Rect(0, 0, v.Width, v.Height), px: float64(s.Scale), world: v.World(),
		bound: v.Bound(), arcs: make([]line, len(p.arcs)), named: map[int]bool{}, densities: map[*layer.Density][]layer.Entry{}, sprites: map[symbol]*sprites{},
		taken: newCoverage(image.Rect(0, 0, v.Width, v.Height))}
	if s.Dark {
		c.t = dark
	}
	for _, col := range []*color.RGBA{&c.t.Halo, &c.t.Panel, &c.t.Casing, &c.t.Contested, &c.t.Graticule} {
		*col = premultiply(*col)
	}
	if c.px <= 0 {
		c.px = 1
	}
	c.ox, c.oy = v.Origin()
	stretch := 1.0
	if l := c.plane.lambert; l != nil {
		c.closed, c.bound, c.shifts, stretch = true, l.seen(float64(v.Width), float64(v.Height)), []float64{0}, 1/math.Max(0.05, l.cos)
	} else {
		for k := math.Floor(c.ox / c.world); k <= math.Floor((c.ox+float64(v.Width))/c.world); k++ {
			c.shifts = append(c.shifts, k)
		}
	}
	// A vertex that moves the line by less than half a square pixel is left out.
	qx := c.p.atlas.Scale[0] / 360 * c.world
	qy := c.p.atlas.Scale[1] / 360 * c.world
	c.threshold = region.Threshold(0.5 * c.px / (qx * qy * stretch))
	return c
}

// arc returns an arc simplified for the zoom, in pixels of the world that begins
// at the antimeridian.
func (c *canvas) arc(i int) line {
	if l := c.arcs[i]; l.path != nil {
		return l
	}
	path := c.path(c.p.arcs[i])
	c.arcs[i] = lineOf(path)
	return c.arcs[i]
}

// path projects the vertices that count at the zoom.
func (c *canvas) path(src []point) []xy {
	n := 0
	for _, v := range src {
		if v.rank >= c.threshold {
			n++
		}
	}
	path := make([]xy, 0, max(n, 1))
	var last orb.Point
	for _, v := range src {
		switch l := c.plane.lambert; {
		case v.rank < c.threshold:
		case l == nil:
			path = append(path, xy{v.x*c.world - c.ox, v.y*c.world - c.oy})
		default:
			p := tile.Degrees(v.x, v.y)
			if len(path) == 0 {
				path = append(path, l.at(p))
			} else {
				path = l.bend(path, last, p, 0)
			}
			last = p
		}
	}
	return path
}

// sees says whether a box is in view in the copy of the world.
func (c *canvas) sees(b orb.Bound, shift float64) bool {
	if c.plane.lambert != nil {
		return seesTurned(c.bound, b, -1) || seesTurned(c.bound, b, 0) || seesTurned(c.bound, b, 1)
	}
	return seesTurned(c.bound, b, shift)
}

func seesTurned(view, b orb.Bound, shift float64) bool {
	return b.Max[0]+360*shift >= view.Min[0] && b.Min[0]+360*shift <= view.Max[0] && b.Max[1] >= view.Min[1] && b.Min[1] <= view.Max[1]
}

// visible leaves out rings that are not in view where areas have to be whole rings, and
// the one around the place that has no pixel.
func (c *canvas) visible(rings [][]int32) [][]int32 {
	if !c.closed {
		return rings
	}
	var out [][]int32
	for _, ring := range rings {
		if !c.inView(c.p.atlas.RingsBound([][]int32{ring})) {
			continue
		}
		if l := c.plane.lambert; l == nil || !c.p.atlas.RingHolds(ring, l.opposite()) {
			out = append(out, ring)
		}
	}
	return out
}

// seamWidth is how far beside the border of a neighbour land goes on that was there
// before areas of another source took its place, in degrees: wider than sources differ.
const seamWidth = 0.06

// areas fills the land, then the countries of the study. Areas of one colour are filled as
// one, so no seam shows between them.
func (c *canvas) areas() []*drawing {
	a := c.p.atlas
	out := []*drawing{{lines: c.around(c.land()), color: c.t.Land}}
	if wide := c.world / 360 * seamWidth; len(c.p.seams) > 0 && wide > 0.2 {
		var ground sides
		for i := range a.Ground {
			if c.inView(a.RingsBound(a.Ground[i].Rings)) {
				ground.add(c.visible(a.Ground[i].Rings))
			}
		}
		out = append(out, &drawing{lines: c.along(c.p.seams), color: c.t.Land, half: wide, within: c.around(ground.refs())})
	}
	var focus sides
	for i := range a.Regions {
		if r := &a.Regions[i]; slices.Contains(c.s.Focus, r.Country) && c.inView(r.Bound) {
			focus.add(c.visible(r.Rings))
		}
	}
	c.focus = c.around(focus.refs())
	return append(out, &drawing{lines: c.focus, color: c.t.Focus})
}

// land is what bounds all land.
func (c *canvas) land() []int32 {
	if !c.closed {
		return c.p.land
	}
	var land sides
	for i := range c.p.atlas.Regions {
		land.add(c.visible(c.p.atlas.Regions[i].Rings))
	}
	for i := range c.p.atlas.Context {
		land.add(c.visible(c.p.atlas.Context[i].Rings))
	}
	return land.refs()
}

// fills colours the areas of layers, higher levels first.
func (c *canvas) fills() []*drawing {
	var out []*drawing
	for level := 1; level <= c.p.atlas.Depth(); level++ {
		groups := map[layer.Fill]*sides{}
		for i := range c.p.atlas.At(level) {
			r := &c.p.atlas.At(level)[i]
			f, ok := c.fillOf(r.Code, level)
			if !ok || !c.inView(r.Bound) {
				continue
			}
			if groups[f] == nil {
				groups[f] = &sides{}
			}
			groups[f].add(c.visible(r.Rings))
		}
		fills := slices.SortedFunc(maps.Keys(groups), compareFills)
		for _, f := range fills {
			d := &drawing{lines: c.around(groups[f].refs()), color: f.Color}
			if f.Hatched {
				d.color, d.hatch = c.t.Blank, c.unread(f.Suppressed)
			}
			out = append(out, d)
		}
	}
	return out
}

// contested hatches areas whose status is disputed.
func (c *canvas) contested() []*drawing {
	var all sides
	for i := range c.p.atlas.Regions {
		if r := &c.p.atlas.Regions[i]; r.Disputed && c.inView(r.Bound) {
			all.add(c.visible(r.Rings))
		}
	}
	return []*drawing{{lines: c.around(all.refs()), hatch: c.hatching(c.t.Contested, false)}}
}

func (c *canvas) inView(b orb.Bound) bool {
	return slices.ContainsFunc(c.shifts, func(shift float64) bool { return c.sees(b, shift) })
}

// fillOf is how the topmost layer that knows an area of a level fills it.
func (c *canvas) fillOf(code string, level int) (f layer.Fill, ok bool) {
	for i := len(c.s.Layers) - 1; i >= 0 && !ok; i-- {
		if rs, is := c.s.Layers[i].(*layer.Regions); is && max(1, rs.Level) == level {
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
		if !c.closed && (b.Max[1] < c.bound.Min[1] || b.Min[1] > c.bound.Max[1]) {
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
				out = append(out, c.offSeam(arcIndex(ref), shift)...)
			}
		}
	}
	return out
}

// offSeam cuts an arc where it runs along the antimeridian: there the map was cut,
// there is no border.
func (c *canvas) offSeam(arc int, shift float64) []line {
	src := c.p.arcs[arc]
	seam := func(v point) bool { return v.x < 1e-6 || v.x > 1-1e-6 }
	var out []line
	from := 0
	for i := 1; i <= len(src); i++ {
		if i < len(src) && !(seam(src[i-1]) && seam(src[i])) {
			continue
		}
		if path := c.path(src[from:i]); len(path) > 1 {
			out = append(out, line{path: path, box: boxAround(path), dx: shift * c.world})
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

// watered says whether lakes and rivers are drawn: no base map has better ones.
func (c *canvas) watered() bool { return !c.based && !c.s.NoWater }

// lines is the deepest level of areas whose lines and names are drawn.
func (c *canvas) lines() int {
	if c.s.Lines > 0 {
		return min(c.s.Lines, c.p.atlas.Depth())
	}
	return c.p.atlas.Depth()
}

// water draws lakes and rivers.
func (c *canvas) water() []*drawing {
	if !c.watered() {
		return nil
	}
	a := c.p.atlas
	var lakes sides
	for _, l := range a.Lakes {
		if c.inView(a.RingsBound(l.Rings)) {
			lakes.add(c.visible(l.Rings))
		}
	}
	out := []*drawing{{lines: c.around(lakes.refs()), color: c.t.Lake}}
	if c.s.View.Zoom < 3.5 {
		return out
	}
	var rivers []int32
	for _, r := range a.Rivers {
		rivers = append(rivers, slices.Concat(r.Rings...)...)
	}
	return append(out, &drawing{lines: c.along(rivers), color: c.t.River, half: 0.4 * c.px})
}

// project returns the pixel of a position and whether it is in the picture.
func (c *canvas) project(p orb.Point) (xy, bool) {
	if l := c.plane.lambert; l != nil {
		v := l.at(p)
		return v, c.near(v)
	}
	mx, my := tile.Mercator(p)
	for _, shift := range c.shifts {
		if v := (xy{(mx+shift)*c.world - c.ox, my*c.world - c.oy}); c.near(v) {
			return v, true
		}
	}
	return xy{}, false
}

func (c *canvas) near(v xy) bool {
	return v.x >= -20 && v.x <= float64(c.s.View.Width)+20 && v.y >= -20 && v.y <= float64(c.s.View.Height)+20
}
