package paint

import (
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
	quarterX int
	quarterY int
}

// sprite is a symbol drawn once. Pixels between solid are opaque.
type sprite struct {
	img   *image.RGBA // its origin is the pixel of the symbol's place
	solid [][2]int    // by row, in bytes
}

// sprites are drawn when they are first used.
type sprites struct {
	raster *vector.Rasterizer
	drawn  map[symbol]*sprite
}

func newSprites() *sprites {
	return &sprites{raster: vector.NewRasterizer(1, 1), drawn: map[symbol]*sprite{}}
}

// at is the sprite of a symbol for a place, and the pixel at which it is drawn.
func (s *sprites) at(k symbol, x, y float64) (*sprite, image.Point) {
	qx, qy := int(math.Floor(x*quarters+0.5)), int(math.Floor(y*quarters+0.5))
	k.quarterX, k.quarterY = qx&(quarters-1), qy&(quarters-1)
	p := s.drawn[k]
	if p == nil {
		p = s.draw(k)
		s.drawn[k] = p
	}
	return p, image.Pt(qx>>2, qy>>2)
}

func (s *sprites) draw(k symbol) *sprite {
	side := int(math.Ceil(1.3*(k.radius+k.rim))) + 2
	p := &sprite{img: image.NewRGBA(image.Rect(-side, -side, side+1, side+1))}
	c := &canvas{img: p.img, raster: s.raster}
	x, y := float64(k.quarterX)/quarters, float64(k.quarterY)/quarters
	if k.rim > 0 {
		c.shape(k.shape, x, y, k.radius+k.rim, k.rimColor)
	}
	c.shape(k.shape, x, y, k.radius, k.color)
	for y := range p.img.Rect.Dy() {
		row := p.img.Pix[y*p.img.Stride:][:p.img.Stride]
		from := 0
		for from < len(row) && row[from+3] != 255 {
			from += 4
		}
		to := from
		for to < len(row) && row[to+3] == 255 {
			to += 4
		}
		p.solid = append(p.solid, [2]int{from, to})
	}
	return p
}

// draw lays the sprite over a picture, within a part of it.
func (p *sprite) draw(img *image.RGBA, at image.Point, within image.Rectangle) {
	r := p.img.Rect.Add(at).Intersect(within)
	if r.Empty() {
		return
	}
	left := 4 * (r.Min.X - at.X - p.img.Rect.Min.X) // what the side of the picture cuts off
	n := 4 * r.Dx()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := y - at.Y - p.img.Rect.Min.Y
		src := p.img.Pix[row*p.img.Stride+left:][:n]
		dst := img.Pix[img.PixOffset(r.Min.X, y):][:n]
		from, to := min(max(p.solid[row][0]-left, 0), n), min(max(p.solid[row][1]-left, 0), n)
		layOver(dst[:from], src[:from])
		copy(dst[from:to], src[from:to])
		layOver(dst[to:], src[to:])
	}
}

// layOver lays premultiplied pixels over others.
func layOver(dst, src []uint8) {
	for i := 0; i+3 < len(src) && i+3 < len(dst); i += 4 {
		s, d := (*[4]uint8)(src[i:]), (*[4]uint8)(dst[i:])
		if s[3] == 0 {
			continue
		}
		rest := 255 - uint32(s[3])
		for j := range d {
			d[j] = s[j] + uint8((uint32(d[j])*rest+127)/255)
		}
	}
}
