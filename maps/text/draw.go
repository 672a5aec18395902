package text

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"
)

// maskKey tells glyph pictures apart: four positions a pixel across.
type maskKey struct {
	id           font.GID
	size         float32
	quarter      uint8
	bold, italic bool
	halo         uint8 // pixels
}

// mask is a glyph as coverage, and where its corner lies from the origin.
type mask struct {
	alpha  *image.Alpha
	dx, dy int
}

// Draw puts the text into a picture with its top left corner at (x, y).
func (l *Layout) Draw(dst draw.Image, x, y float32, c color.Color) { l.draw(dst, x, y, c, 0) }

// DrawHalo puts the text on a rim of so many pixels in another colour.
func (l *Layout) DrawHalo(dst draw.Image, x, y float32, c, rim color.Color, pixels uint8) {
	l.draw(dst, x, y, rim, pixels)
	l.draw(dst, x, y, c, 0)
}

func (l *Layout) draw(dst draw.Image, x, y float32, c color.Color, halo uint8) {
	if l.face == nil {
		return
	}
	l.face.mu.Lock()
	defer l.face.mu.Unlock()
	plain := image.NewUniform(c)
	for _, ln := range l.lines {
		for _, g := range ln.glyphs {
			sp := l.spans[g.span]
			src := plain
			if sp.Color != nil && halo == 0 {
				src = image.NewUniform(sp.Color)
			}
			gx, gy := x+g.x, float32(math.Round(float64(y+g.y)))
			whole := float32(math.Floor(float64(gx)))
			m := l.face.mask(maskKey{g.id, l.size, uint8((gx - whole) * 4), sp.Bold, sp.Italic, halo})
			if m.alpha == nil {
				continue
			}
			at := image.Pt(int(whole)+m.dx, int(gy)+m.dy)
			draw.DrawMask(dst, m.alpha.Bounds().Add(at), src, image.Point{}, m.alpha, image.Point{}, draw.Over)
		}
	}
}

func (f *Face) mask(k maskKey) *mask {
	m, ok := f.masks.get(k)
	if !ok {
		m = f.render(k)
		f.masks.put(k, m)
	}
	return m
}

// render draws a glyph's outline; bold is the outline drawn twice, a little
// apart, and italic leans it by a fifth.
func (f *Face) render(k maskKey) *mask {
	outline, ok := f.face.GlyphData(k.id).(font.GlyphOutline)
	if !ok || len(outline.Segments) == 0 {
		return &mask{}
	}
	s := f.scale * k.size
	shift := float32(k.quarter)/4 + 0.125
	point := func(p opentype.SegmentPoint) (float32, float32) {
		x, y := p.X*s, -p.Y*s
		if k.italic {
			x -= y * 0.2
		}
		return x + shift, y
	}
	box := around(outline, point, int(k.halo)+2)
	w, h := box.Dx(), box.Dy()
	if w <= 0 || h <= 0 || w > 4096 || h > 4096 {
		return &mask{}
	}
	alpha := image.NewAlpha(image.Rect(0, 0, w, h))
	for _, dx := range boldness(k.bold, k.size) {
		r := vector.NewRasterizer(w, h)
		trace(r, outline, func(p opentype.SegmentPoint) (float32, float32) {
			x, y := point(p)
			return x - float32(box.Min.X) + dx, y - float32(box.Min.Y)
		})
		r.Draw(alpha, alpha.Bounds(), image.Opaque, image.Point{})
	}
	if k.halo > 0 {
		alpha = spread(alpha, int(k.halo))
	}
	return &mask{alpha, box.Min.X, box.Min.Y}
}

// around is the box of an outline with a rim, in pixels from the glyph's origin.
func around(o font.GlyphOutline, point func(opentype.SegmentPoint) (float32, float32), rim int) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, seg := range o.Segments {
		for _, p := range seg.ArgsSlice() {
			px, py := point(p)
			x, y := float64(px), float64(py)
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	return image.Rect(int(math.Floor(x0))-rim, int(math.Floor(y0))-rim, int(math.Ceil(x1))+rim, int(math.Ceil(y1))+rim)
}

func trace(r Pen, o font.GlyphOutline, at func(opentype.SegmentPoint) (float32, float32)) {
	for i, s := range o.Segments {
		ax, ay := at(s.Args[0])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			if i > 0 {
				r.ClosePath()
			}
			r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			r.QuadTo(ax, ay, bx, by)
		case opentype.SegmentOpCubeTo:
			bx, by := at(s.Args[1])
			cx, cy := at(s.Args[2])
			r.CubeTo(ax, ay, bx, by, cx, cy)
		}
	}
	r.ClosePath()
}

// spread gives each pixel the strongest coverage within a radius.
func spread(in *image.Alpha, radius int) *image.Alpha {
	b := in.Bounds()
	out := image.NewAlpha(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			best := uint8(0)
			for dy := -radius; dy <= radius; dy++ {
				for dx := -radius; dx <= radius; dx++ {
					if dx*dx+dy*dy <= radius*radius+1 && image.Pt(x+dx, y+dy).In(b) {
						best = max(best, in.AlphaAt(x+dx, y+dy).A)
					}
				}
			}
			out.SetAlpha(x, y, color.Alpha{best})
		}
	}
	return out
}
