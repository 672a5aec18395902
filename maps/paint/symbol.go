package paint

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"

	"sselandscape/maps/layer"
)

// quarters are the places within a pixel at which symbols are drawn: four each way.
const quarters = 4

// symbol is how a unit is drawn, but for its place.
type symbol struct {
	shape    layer.Shape
	radius   float64 // pixels
	color    color.RGBA
	rim      float64 // width; 0 is none
	rimColor color.RGBA
}

// sprite is a symbol drawn once.
type sprite struct {
	img  *image.RGBA // its origin is the pixel of the symbol's place
	rows []span
}

// span is what there is in a row, in bytes from its beginning: pixels from-to, those
// from solid to end opaque.
type span struct{ from, solid, end, to int }

// sprites are those of one symbol, drawn when they are first used.
type sprites struct {
	symbol
	drawn [quarters * quarters]*sprite
}

// at is the sprite for a place, and the pixel at which it is drawn.
func (s *sprites) at(x, y float64) (*sprite, image.Point) {
	qx, qy := int(math.Floor(x*quarters+0.5)), int(math.Floor(y*quarters+0.5))
	p := &s.drawn[qy&(quarters-1)*quarters+qx&(quarters-1)]
	if *p == nil {
		*p = s.draw(float64(qx&(quarters-1))/quarters, float64(qy&(quarters-1))/quarters)
	}
	return *p, image.Pt(qx>>2, qy>>2)
}

// shapes are those of the symbol at a place.
func (k *symbol) shapes(x, y float64) []*shape {
	out := []*shape{{outline(k.shape, x, y, k.radius), k.color}}
	if k.rim > 0 {
		out = append([]*shape{{outline(k.shape, x, y, k.radius+k.rim), k.rimColor}}, out...)
	}
	return out
}

// stamp is a symbol at a place.
type stamp struct {
	sprites *sprites
	at      xy
}

func (*stamp) step() {}

func (s *stamp) draw(img *image.RGBA) {
	p, at := s.sprites.at(s.at.x, s.at.y)
	p.draw(img, at, img.Rect)
}

// draw draws the symbol beside the pixel of its place by a part of a pixel.
func (k *symbol) draw(x, y float64) *sprite {
	side := int(math.Ceil(1.3*(k.radius+k.rim))) + 2
	p := &sprite{img: image.NewRGBA(image.Rect(-side, -side, side+1, side+1))}
	pen := vector.NewRasterizer(1, 1)
	for _, s := range k.shapes(x, y) {
		s.draw(p.img, pen)
	}
	for y := range p.img.Rect.Dy() {
		p.rows = append(p.rows, spanOf(p.img.Pix[y*p.img.Stride:][:p.img.Stride]))
	}
	return p
}

func spanOf(row []uint8) span {
	s := span{to: len(row)}
	for s.from < s.to && row[s.from+3] == 0 {
		s.from += 4
	}
	for s.to > s.from && row[s.to-1] == 0 {
		s.to -= 4
	}
	s.solid = s.from
	for s.solid < s.to && row[s.solid+3] != 255 {
		s.solid += 4
	}
	s.end = s.solid
	for s.end < s.to && row[s.end+3] == 255 {
		s.end += 4
	}
	return s
}

// draw lays the sprite over a picture, within a part of it.
func (p *sprite) draw(img *image.RGBA, at image.Point, within image.Rectangle) {
	all := p.img.Rect.Add(at)
	r := all.Intersect(within)
	if r.Empty() {
		return
	}
	left, right := 4*(r.Min.X-all.Min.X), 4*(r.Max.X-all.Min.X)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := y - all.Min.Y
		s := p.rows[row]
		if left > s.from || right < s.to { // the side of the picture cuts it
			s = span{max(s.from, left), min(max(s.solid, left), right), max(min(s.end, right), left), min(s.to, right)}
		}
		if s.from >= s.to {
			continue
		}
		src, dst := p.img.Pix[row*p.img.Stride:][:p.img.Stride], img.Pix[img.PixOffset(r.Min.X, y)-left+s.from:]
		layOver(dst, src[s.from:s.solid])
		copy(dst[s.solid-s.from:], src[s.solid:s.end])
		layOver(dst[s.end-s.from:], src[s.end:s.to])
	}
}

// layOver lays premultiplied pixels over others: two channels at a time, each with
// room for its product (x/255 is x+128 and its 256th part, divided by 256).
func layOver(dst, src []uint8) {
	const two = 0x00ff00ff
	for i := 0; i+3 < len(src); i += 4 {
		s, d := binary.LittleEndian.Uint32(src[i:]), binary.LittleEndian.Uint32(dst[i:])
		rest := 255 - s>>24
		a, b := d&two*rest+0x00800080, d>>8&two*rest+0x00800080
		a, b = (a+a>>8&two)>>8&two, (b+b>>8&two)>>8&two
		binary.LittleEndian.PutUint32(dst[i:], s+(a|b<<8))
	}
}
