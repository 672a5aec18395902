package paint

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/paulmach/orb"
	"golang.org/x/image/vector"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// xy is a position in pixels.
type xy struct{ x, y float64 }

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
	arcs      map[int][]xy // simplified, in pixels of shift 0
	raster    *vector.Rasterizer
	taken     []image.Rectangle // by labels and furniture
	marks     []Mark
}

// Paint draws a scene. It stops early when the context ends.
func (p *Painter) Paint(ctx context.Context, s Scene) (*Frame, error) {
	c := p.canvas(&s)
	steps := []func(){c.areas, c.water, c.borders, c.points, c.labels, c.furniture}
	for _, step := range steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		step()
	}
	return &Frame{Image: c.img, Marks: c.marks}, nil
}

func (p *Painter) canvas(s *Scene) *canvas {
	v := s.View
	c := &canvas{p: p, s: s, t: light, img: image.NewRGBA(image.Rect(0, 0, v.Width, v.Height)), px: float64(s.Scale), world: v.World(),
		bound: v.Bound(), arcs: map[int][]xy{}, raster: vector.NewRasterizer(1, 1)}
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

// arc returns an arc in pixels, simplified for the zoom.
func (c *canvas) arc(i int) []xy {
	if a, ok := c.arcs[i]; ok {
		return a
	}
	src := c.p.arcs[i]
	out := make([]xy, 0, 8)
	for _, v := range src {
		if v.rank >= c.threshold {
			out = append(out, xy{v.x*c.world - c.ox, v.y*c.world - c.oy})
		}
	}
	c.arcs[i] = out
	return out
}

// sees says whether a box is in view in the copy of the world.
func (c *canvas) sees(b orb.Bound, shift float64) bool {
	return b.Max[0]+360*shift >= c.bound.Min[0] && b.Min[0]+360*shift <= c.bound.Max[0] && b.Max[1] >= c.bound.Min[1] && b.Min[1] <= c.bound.Max[1]
}

// areas fills countries and regions.
func (c *canvas) areas() {
	focus := map[string]bool{}
	for _, f := range c.s.Focus {
		focus[f] = true
	}
	a := c.p.atlas
	for _, shift := range c.shifts {
		for i := range a.Context {
			if b := a.RingsBound(a.Context[i].Rings); c.sees(b, shift) {
				c.fill(a.Context[i].Rings, shift, c.t.Land)
			}
		}
		for i := range a.Regions {
			r := &a.Regions[i]
			if !c.sees(r.Bound, shift) {
				continue
			}
			col := c.t.Land
			if focus[r.Country] {
				col = c.t.Focus
			}
			for _, l := range c.s.Layers {
				if rs, ok := l.(*layer.Regions); ok {
					if f, ok := rs.Fill[r.Code]; ok {
						col = f
					}
				}
			}
			c.fill(r.Rings, shift, col)
		}
	}
}

// fill fills rings, clipped to the picture.
func (c *canvas) fill(rings [][]int32, shift float64, col color.RGBA) {
	var paths [][]xy
	lo, hi := xy{math.Inf(1), math.Inf(1)}, xy{math.Inf(-1), math.Inf(-1)}
	dx := shift * c.world
	for _, ring := range rings {
		var path []xy
		for _, ref := range ring {
			arc := c.arc(arcIndex(ref))
			for i := range arc {
				v := arc[i]
				if ref < 0 {
					v = arc[len(arc)-1-i]
				}
				path = append(path, xy{v.x + dx, v.y})
			}
		}
		path = clipPath(path, float64(c.s.View.Width), float64(c.s.View.Height))
		if len(path) < 3 {
			continue
		}
		for _, v := range path {
			lo, hi = xy{min(lo.x, v.x), min(lo.y, v.y)}, xy{max(hi.x, v.x), max(hi.y, v.y)}
		}
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return
	}
	box := image.Rect(int(math.Floor(lo.x)), int(math.Floor(lo.y)), int(math.Ceil(hi.x))+1, int(math.Ceil(hi.y))+1).Intersect(c.img.Bounds())
	if box.Empty() {
		return
	}
	c.raster.Reset(box.Dx(), box.Dy())
	for _, path := range paths {
		for i, v := range path {
			x, y := float32(v.x-float64(box.Min.X)), float32(v.y-float64(box.Min.Y))
			if i == 0 {
				c.raster.MoveTo(x, y)
			} else {
				c.raster.LineTo(x, y)
			}
		}
		c.raster.ClosePath()
	}
	c.raster.Draw(c.img, box, image.NewUniform(col), image.Point{})
}

func arcIndex(ref int32) int {
	if ref < 0 {
		return int(^ref)
	}
	return int(ref)
}

// clipPath clips a closed path to the picture and a small rim (Sutherland and
// Hodgman).
func clipPath(path []xy, w, h float64) []xy {
	const rim = 4
	inside := true
	for _, v := range path {
		if v.x < -rim || v.x > w+rim || v.y < -rim || v.y > h+rim {
			inside = false
			break
		}
	}
	if inside {
		return path
	}
	path = clipSide(path, func(v xy) float64 { return v.x + rim })
	path = clipSide(path, func(v xy) float64 { return w + rim - v.x })
	path = clipSide(path, func(v xy) float64 { return v.y + rim })
	return clipSide(path, func(v xy) float64 { return h + rim - v.y })
}

// clipSide keeps what has a distance of zero or more.
func clipSide(path []xy, distance func(xy) float64) []xy {
	if len(path) == 0 {
		return nil
	}
	out := make([]xy, 0, len(path))
	a := path[len(path)-1]
	da := distance(a)
	for _, b := range path {
		db := distance(b)
		if (da < 0) != (db < 0) {
			t := da / (da - db)
			out = append(out, xy{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t})
		}
		if db >= 0 {
			out = append(out, b)
		}
		a, da = b, db
	}
	return out
}

// water draws lakes and rivers.
func (c *canvas) water() {
	a := c.p.atlas
	for _, shift := range c.shifts {
		for _, l := range a.Lakes {
			if c.sees(a.RingsBound(l.Rings), shift) {
				c.fill(l.Rings, shift, c.t.Lake)
			}
		}
	}
	if c.s.View.Zoom < 3.5 {
		return
	}
	st := c.stroke(0.8)
	for _, shift := range c.shifts {
		for _, r := range a.Rivers {
			for _, line := range r.Rings {
				for _, ref := range line {
					if c.sees(a.ArcBound(ref), shift) {
						st.line(c.arc(arcIndex(ref)), shift*c.world, false)
					}
				}
			}
		}
	}
	st.draw(c.t.River)
}

// borders draws each arc once, by what it separates.
func (c *canvas) borders() {
	a := c.p.atlas
	classes := []struct {
		class region.BorderClass
		width float64
		dash  bool
		color color.RGBA
	}{
		{region.Internal, 0.8, false, c.t.Internal},
		{region.Coast, 0.8, false, c.t.Coast},
		{region.International, 1.3, false, c.t.International},
		{region.Disputed, 1.3, true, c.t.Disputed},
	}
	for _, k := range classes {
		if k.class == region.Internal && c.s.View.Zoom < 3 {
			continue
		}
		st := c.stroke(k.width)
		for i := range a.Arcs {
			if a.Border(i).Class != k.class {
				continue
			}
			for _, shift := range c.shifts {
				if c.sees(a.ArcBound(int32(i)), shift) {
					st.line(c.arc(i), shift*c.world, k.dash)
				}
			}
		}
		st.draw(k.color)
	}
}

// stroke gathers lines of one width.
type stroke struct {
	c     *canvas
	half  float64
	r     *vector.Rasterizer
	empty bool
}

func (c *canvas) stroke(width float64) *stroke {
	return &stroke{c: c, half: width * c.px / 2, r: vector.NewRasterizer(c.img.Bounds().Dx(), c.img.Bounds().Dy()), empty: true}
}

// line adds a line, segment by segment; dashes are four points long with gaps of
// three. Segments along the antimeridian are no borders.
func (st *stroke) line(path []xy, dx float64, dash bool) {
	along := 0.0
	for i := 1; i < len(path); i++ {
		a, b := xy{path[i-1].x + dx, path[i-1].y}, xy{path[i].x + dx, path[i].y}
		if st.onAntimeridian(a, b) {
			continue
		}
		if !dash {
			st.segment(a, b)
			continue
		}
		length := math.Hypot(b.x-a.x, b.y-a.y)
		on, off := 4*st.c.px, 3*st.c.px
		for at := 0.0; at < length; {
			phase := math.Mod(along+at, on+off)
			step := min(length-at, on-phase)
			if phase >= on {
				at += min(length-at, on+off-phase)
				continue
			}
			t, u := at/length, (at+step)/length
			st.segment(xy{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t}, xy{a.x + (b.x-a.x)*u, a.y + (b.y-a.y)*u})
			at += max(step, 1e-6)
		}
		along += length
	}
}

func (st *stroke) onAntimeridian(a, b xy) bool {
	if math.Abs(a.x-b.x) > 0.01 {
		return false
	}
	lon := math.Mod(a.x+st.c.ox, st.c.world)
	return math.Abs(lon) < 0.01 || math.Abs(math.Abs(lon)-st.c.world) < 0.01
}

// segment adds a rectangle around a segment, clipped to the picture's rim.
func (st *stroke) segment(a, b xy) {
	w, h := float64(st.c.s.View.Width), float64(st.c.s.View.Height)
	a, b, ok := clipSegment(a, b, -4, -4, w+4, h+4)
	if !ok {
		return
	}
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length < 1e-9 {
		return
	}
	nx, ny := -(b.y-a.y)/length*st.half, (b.x-a.x)/length*st.half
	ex, ey := (b.x-a.x)/length*st.half*0.5, (b.y-a.y)/length*st.half*0.5 // a little longer, so that joints close
	st.r.MoveTo(float32(a.x-ex+nx), float32(a.y-ey+ny))
	st.r.LineTo(float32(b.x+ex+nx), float32(b.y+ey+ny))
	st.r.LineTo(float32(b.x+ex-nx), float32(b.y+ey-ny))
	st.r.LineTo(float32(a.x-ex-nx), float32(a.y-ey-ny))
	st.r.ClosePath()
	st.empty = false
}

// clipSegment clips by Liang and Barsky.
func clipSegment(a, b xy, x0, y0, x1, y1 float64) (xy, xy, bool) {
	t0, t1 := 0.0, 1.0
	dx, dy := b.x-a.x, b.y-a.y
	for _, e := range [4][2]float64{{-dx, a.x - x0}, {dx, x1 - a.x}, {-dy, a.y - y0}, {dy, y1 - a.y}} {
		switch {
		case e[0] == 0 && e[1] < 0:
			return a, b, false
		case e[0] < 0:
			t0 = max(t0, e[1]/e[0])
		case e[0] > 0:
			t1 = min(t1, e[1]/e[0])
		}
	}
	if t0 > t1 {
		return a, b, false
	}
	return xy{a.x + dx*t0, a.y + dy*t0}, xy{a.x + dx*t1, a.y + dy*t1}, true
}

func (st *stroke) draw(col color.RGBA) {
	if !st.empty {
		st.r.Draw(st.c.img, st.c.img.Bounds(), image.NewUniform(col), image.Point{})
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
