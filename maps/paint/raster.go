package paint

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/image/vector"

	"sselandscape/maps/layer"
)

// Pictures are drawn in tiles of this side, in parallel. It is fixed, and small
// enough for the rasterizer to calculate in integers, so that the pixels do not
// depend on the machine.
const tileSide = 256

// xy is a position in pixels.
type xy struct{ x, y float64 }

// box is a rectangle in pixels; the zero box is not empty but a point.
type box struct{ x0, y0, x1, y1 float64 }

func boxAround(path []xy) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, v := range path {
		b = box{min(b.x0, v.x), min(b.y0, v.y), max(b.x1, v.x), max(b.y1, v.y)}
	}
	return b
}

func (b box) moved(dx, dy float64) box { return box{b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy} }

func (b box) meets(o box, rim float64) bool {
	return b.x1 >= o.x0-rim && b.x0 <= o.x1+rim && b.y1 >= o.y0-rim && b.y0 <= o.y1+rim
}

// line is a polyline of a drawing. Several drawings may share its path.
type line struct {
	path []xy
	box  box
	dx   float64 // where the path is drawn, from where it lies
	back bool    // from its end to its start
}

// lineOf is a path as a line.
func lineOf(path []xy) line { return line{path: path, box: boxAround(path)} }

// closedLine is a ring as a line.
func closedLine(path []xy) line { return lineOf(append(path, path[0])) }

// corners are those of a box, clockwise.
func corners(b box) []xy { return []xy{{b.x0, b.y0}, {b.x1, b.y0}, {b.x1, b.y1}, {b.x0, b.y1}} }

// boxOf is a rectangle of whole pixels.
func boxOf(r image.Rectangle) box {
	return box{float64(r.Min.X), float64(r.Min.Y), float64(r.Max.X), float64(r.Max.Y)}
}

// piecesIn is what of a path lies in a box.
func piecesIn(path []xy, room box) (out [][]xy) {
	var piece []xy
	flush := func() {
		if len(piece) > 1 {
			out = append(out, piece)
		}
		piece = nil
	}
	for i := 1; i < len(path); i++ {
		a, b, ok := clipSegment(path[i-1], path[i], room)
		if !ok || len(piece) > 0 && piece[len(piece)-1] != a {
			flush()
		}
		if ok && len(piece) == 0 {
			piece = append(piece, a)
		}
		if ok {
			piece = append(piece, b)
		}
	}
	flush()
	return out
}

// rasterize draws steps into a part of a picture.
func rasterize(ctx context.Context, img *image.RGBA, ground color.RGBA, steps []step) error {
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	pen := vector.NewRasterizer(1, 1)
	for i := 0; i < len(steps); i++ {
		switch s := steps[i].(type) {
		case *drawing:
			from := i
			for i+1 < len(steps) && isDrawing(steps[i+1]) {
				i++
			}
			if err := inTiles(ctx, img, steps[from:i+1]); err != nil {
				return err
			}
		case interface{ draw(*image.RGBA) }:
			s.draw(img)
		case *shape:
			s.draw(img, pen)
		case *inset:
			if err := s.draw(ctx, img); err != nil {
				return err
			}
		}
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return ctx.Err()
}

func isDrawing(s step) bool { _, ok := s.(*drawing); return ok }

// inTiles draws one drawing over the other, each tile on one core.
func inTiles(ctx context.Context, img *image.RGBA, ds []step) error {
	b := img.Bounds()
	across, down := (b.Dx()+tileSide-1)/tileSide, (b.Dy()+tileSide-1)/tileSide
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), across*down) {
		wait.Go(func() {
			w := workers.Get().(*worker)
			defer workers.Put(w)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= across*down {
					return
				}
				x, y := b.Min.X+i%across*tileSide, b.Min.Y+i/across*tileSide
				r := image.Rect(x, y, x+tileSide, y+tileSide).Intersect(b)
				for _, d := range ds {
					w.draw(img, r, d.(*drawing))
				}
			}
		})
	}
	wait.Wait()
	return ctx.Err()
}

// draw fills the path.
func (s *shape) draw(img *image.RGBA, pen *vector.Rasterizer) {
	around := boxAround(s.path)
	b := image.Rect(int(math.Floor(around.x0)), int(math.Floor(around.y0)), int(math.Ceil(around.x1)), int(math.Ceil(around.y1))).Intersect(img.Bounds())
	if b.Empty() {
		return
	}
	pen.Reset(b.Dx(), b.Dy())
	for i, v := range s.path {
		x, y := float32(v.x-float64(b.Min.X)), float32(v.y-float64(b.Min.Y))
		if i == 0 {
			pen.MoveTo(x, y)
		} else {
			pen.LineTo(x, y)
		}
	}
	pen.ClosePath()
	pen.Draw(img, b, image.NewUniform(s.color), image.Point{})
}

func (s *words) draw(img *image.RGBA) {
	x, y := float32(s.at.x), float32(s.at.y)
	if s.rim > 0 {
		s.layout.DrawHalo(img, x, y, s.color, s.halo, uint8(math.Round(min(3, s.rim))))
	} else {
		s.layout.Draw(img, x, y, s.color)
	}
}

var workers = sync.Pool{New: func() any { return &worker{raster: vector.NewRasterizer(1, 1)} }}

// worker draws tiles.
type worker struct {
	raster  *vector.Rasterizer
	mask    image.Alpha
	room    image.Alpha // that a drawing is within
	x, y    float64     // of the tile in the picture
	w, h    float64
	penX    float32
	penY    float32
	drawn   bool // anything at all
	started bool
}

// draw draws the part of a drawing that lies in a tile.
func (w *worker) draw(img *image.RGBA, tile image.Rectangle, d *drawing) {
	w.x, w.y, w.w, w.h = float64(tile.Min.X), float64(tile.Min.Y), float64(tile.Dx()), float64(tile.Dy())
	if !w.cover(&w.mask, d.lines, d.half, d.dash) {
		return
	}
	if d.within != nil {
		if !w.cover(&w.room, d.within, 0, 0) {
			return
		}
		for i, m := range w.room.Pix {
			w.mask.Pix[i] = uint8(uint32(w.mask.Pix[i]) * uint32(m) / 255)
		}
	}
	blend(img, tile, w.mask.Pix, d)
}

// cover finds how much of each pixel of the tile an area or strokes cover; false if
// none.
func (w *worker) cover(mask *image.Alpha, lines []line, half, dash float64) bool {
	w.drawn, w.started = false, false
	across, down := int(w.w), int(w.h)
	w.raster.Reset(across, down)
	for i := range lines {
		if half > 0 {
			w.stroke(&lines[i], half, dash)
		} else {
			w.bound(&lines[i])
		}
	}
	if !w.drawn {
		return false
	}
	if n := across * down; cap(mask.Pix) < n {
		mask.Pix = make([]uint8, n)
	}
	*mask = image.Alpha{Pix: mask.Pix[:across*down], Stride: across, Rect: image.Rect(0, 0, across, down)}
	w.raster.DrawOp = draw.Src
	w.raster.Draw(mask, mask.Rect, image.Opaque, image.Point{})
	return true
}

// bound adds a part of an area's border. What lies left or right of the tile is
// moved to its edge, because the rasterizer counts borders along each row; what
// lies above or below does not matter.
func (w *worker) bound(l *line) {
	b := l.box.moved(l.dx-w.x, -w.y)
	if b.y1 <= 0 || b.y0 >= w.h || len(l.path) < 2 {
		return
	}
	n, dx, dy := len(l.path), l.dx-w.x, -w.y
	if b.x1 <= 0 || b.x0 >= w.w {
		p, q := l.path[0], l.path[n-1]
		if l.back {
			p, q = q, p
		}
		w.edge(xy{p.x + dx, p.y + dy}, xy{q.x + dx, q.y + dy})
		return
	}
	i, step := 0, 1
	if l.back {
		i, step = n-1, -1
	}
	last := xy{l.path[i].x + dx, l.path[i].y + dy}
	for range n - 1 {
		i += step
		v := xy{l.path[i].x + dx, l.path[i].y + dy}
		w.edge(last, v)
		last = v
	}
}

// edge adds an edge clipped to the tile.
func (w *worker) edge(a, b xy) {
	if a.y <= 0 && b.y <= 0 || a.y >= w.h && b.y >= w.h || a.y == b.y {
		return
	}
	a, b = cutY(a, b, 0), cutY(b, a, 0)
	a, b = cutY(a, b, w.h), cutY(b, a, w.h)
	// The pieces left of, in and right of the tile, in the edge's direction.
	at := [4]xy{a, b, b, b}
	n := 2
	if (a.x < 0) != (b.x < 0) {
		at[1], at[n] = cutX(a, b, 0), b
		n++
	}
	if (a.x > w.w) != (b.x > w.w) {
		cut := cutX(a, b, w.w)
		if n == 3 && a.x > b.x { // reached before the left edge
			at[1], at[2], at[3] = cut, at[1], b
		} else {
			at[n-1], at[n] = cut, b
		}
		n++
	}
	for i := 1; i < n; i++ {
		w.segment(w.inside(at[i-1]), w.inside(at[i]))
	}
}

// cutY moves a to where the edge from a to b crosses y, if a lies beyond.
func cutY(a, b xy, y float64) xy {
	if (a.y < y) == (b.y < y) || (y == 0) != (a.y < y) {
		return a
	}
	return xy{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y}
}

func cutX(a, b xy, x float64) xy { return xy{x, a.y + (b.y-a.y)*(x-a.x)/(b.x-a.x)} }

func (w *worker) inside(v xy) xy { return xy{min(max(v.x, 0), w.w), min(max(v.y, 0), w.h)} }

// longest is how many rows an edge may cross in one go: the rasterizer loses up to
// 1/512 of a pixel on each, and two edges of one pixel may lose in opposite directions.
const longest = 16

func (w *worker) segment(a, b xy) {
	ax, ay := float32(a.x), float32(a.y)
	if !w.started || w.penX != ax || w.penY != ay {
		w.raster.MoveTo(ax, ay)
	}
	w.lineTo(a, b)
	w.penX, w.penY = float32(b.x), float32(b.y)
	w.started, w.drawn = true, true
}

// lineTo draws from a, where the pen is, to b.
func (w *worker) lineTo(a, b xy) {
	n := math.Ceil(math.Abs(b.y-a.y) / longest)
	for i := 1.0; i < n; i++ {
		w.raster.LineTo(float32(a.x+(b.x-a.x)*i/n), float32(a.y+(b.y-a.y)*i/n))
	}
	w.raster.LineTo(float32(b.x), float32(b.y))
}

// stroke adds a rectangle around each piece of a line and, on lines wide enough for it
// to show, a disc at each end and corner. All turn the same way, so that they add up
// where they meet.
func (w *worker) stroke(l *line, half, dash float64) {
	tile := box{0, 0, w.w, w.h}
	dx, dy := l.dx-w.x, -w.y
	if !l.box.moved(dx, dy).meets(tile, half+1) {
		return
	}
	along := 0.0
	for i := 1; i < len(l.path); i++ {
		a, b := xy{l.path[i-1].x + dx, l.path[i-1].y + dy}, xy{l.path[i].x + dx, l.path[i].y + dy}
		from := along
		if dash > 0 {
			along += math.Hypot(b.x-a.x, b.y-a.y)
		}
		p, q, ok := clipSegment(a, b, box{-half - 2, -half - 2, w.w + half + 2, w.h + half + 2})
		switch {
		case !ok:
		case dash > 0:
			w.dashes(p, q, from+math.Hypot(p.x-a.x, p.y-a.y), half, dash)
		case half < rounded:
			w.bar(p, q, half, half/2)
		default:
			w.bar(p, q, half, 0)
			if i == 1 {
				w.disc(p, half)
			}
			w.disc(q, half)
		}
	}
}

// rounded is half the width from which lines have round ends and corners, in pixels.
const rounded = 0.8

// gap is how long gaps between dashes are, in dashes.
const gap = 0.75

// dashes cuts a segment that begins so far along its line.
func (w *worker) dashes(a, b xy, from, half, dash float64) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return
	}
	ux, uy, period := (b.x-a.x)/length, (b.y-a.y)/length, dash*(1+gap)
	for at := -math.Mod(from, period); at < length; at += period {
		if s, e := max(at, 0), min(at+dash, length); s < e {
			w.bar(xy{a.x + ux*s, a.y + uy*s}, xy{a.x + ux*e, a.y + uy*e}, half, half/2)
		}
	}
}

// bar adds a rectangle around a segment, so much longer at its ends: joints close.
func (w *worker) bar(a, b xy, half, longer float64) {
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length < 1e-9 {
		return
	}
	ux, uy := (b.x-a.x)/length*half, (b.y-a.y)/length*half
	ex, ey := ux/half*longer, uy/half*longer
	corners := [4]xy{{a.x - ex - uy, a.y - ey + ux}, {b.x + ex - uy, b.y + ey + ux}, {b.x + ex + uy, b.y + ey - ux}, {a.x - ex + uy, a.y - ey - ux}}
	w.turn(corners[:])
}

// disc adds a polygon that is as good as round, turning as bars do.
func (w *worker) disc(at xy, r float64) {
	n := min(24, 6+2*int(r))
	var corners [24]xy
	for i := range n {
		sin, cos := math.Sincos(-2 * math.Pi * float64(i) / float64(n))
		corners[i] = xy{at.x + r*cos, at.y + r*sin}
	}
	w.turn(corners[:n])
}

func (w *worker) turn(corners []xy) {
	w.raster.MoveTo(float32(corners[0].x), float32(corners[0].y))
	for i, v := range corners {
		w.lineTo(v, corners[(i+1)%len(corners)])
	}
	w.started, w.drawn = false, true
}

// clipSegment clips by Liang and Barsky.
func clipSegment(a, b xy, r box) (xy, xy, bool) {
	if max(a.x, b.x) < r.x0 || min(a.x, b.x) > r.x1 || max(a.y, b.y) < r.y0 || min(a.y, b.y) > r.y1 {
		return a, b, false
	}
	t0, t1 := 0.0, 1.0
	dx, dy := b.x-a.x, b.y-a.y
	for _, e := range [4][2]float64{{-dx, a.x - r.x0}, {dx, r.x1 - a.x}, {-dy, a.y - r.y0}, {dy, r.y1 - a.y}} {
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

// blend lays the colour of a drawing over a tile through a mask of coverage.
func blend(img *image.RGBA, tile image.Rectangle, mask []uint8, d *drawing) {
	width := tile.Dx()
	for y := tile.Min.Y; y < tile.Max.Y; y++ {
		row := mask[(y-tile.Min.Y)*width:][:width]
		pix := img.Pix[img.PixOffset(tile.Min.X, y):][:4*width]
		for x, m := range row {
			if m == 0 {
				continue
			}
			k := d.color
			if d.hatch != nil && d.hatch.at(tile.Min.X+x, y) {
				k = d.hatch.color
			}
			if k.A > 0 {
				over(pix[4*x:4*x+4:4*x+4], k, uint32(m))
			}
		}
	}
}

// over lays a premultiplied colour over a pixel, m of 255 parts.
func over(p []uint8, k color.RGBA, m uint32) {
	if m == 255 && k.A == 255 {
		p[0], p[1], p[2], p[3] = k.R, k.G, k.B, 255
		return
	}
	rest := 255*255 - uint32(k.A)*m
	p[0] = uint8((uint32(k.R)*m*255 + uint32(p[0])*rest + 32512) / 65025)
	p[1] = uint8((uint32(k.G)*m*255 + uint32(p[1])*rest + 32512) / 65025)
	p[2] = uint8((uint32(k.B)*m*255 + uint32(p[2])*rest + 32512) / 65025)
	p[3] = uint8((uint32(k.A)*m*255 + uint32(p[3])*rest + 32512) / 65025)
}

// compareFills gives fills an order, for the same picture every time.
func compareFills(a, b layer.Fill) int {
	key := func(f layer.Fill) []uint8 {
		k := []uint8{f.Color.R, f.Color.G, f.Color.B, f.Color.A, 0}
		if f.Suppressed {
			k[4] = 1
		}
		return k
	}
	return slices.Compare(key(a), key(b))
}
