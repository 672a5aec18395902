package paint

import (
	"image"
	"math"

	"github.com/paulmach/orb"

	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// steps between meridians and between parallels, in degrees.
var graticuleSteps = []float64{0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30}

// tick is a degree written at the frame.
type tick struct {
	layout *text.Layout
	at     xy
}

// graticule draws meridians and parallels, as many as lie well apart.
func (c *canvas) graticule() []*drawing {
	if !c.s.Graticule {
		return nil
	}
	step := graticuleSteps[len(graticuleSteps)-1]
	for i := len(graticuleSteps) - 1; i >= 0 && graticuleSteps[i]/360*c.world >= 110*c.px; i-- {
		step = graticuleSteps[i]
	}
	var lines []line
	b := c.bound
	for i := math.Ceil(b.Min[0] / step); i*step <= b.Max[0]; i++ {
		l := c.degree(orb.Point{i * step, max(-89.9, b.Min[1]-step)}, orb.Point{i * step, min(89.9, b.Max[1]+step)})
		lines = append(lines, l)
		c.tick(l, degrees(tile.Longitude(i*step), "E", "W"), false)
	}
	for i := math.Ceil(max(-85, b.Min[1]) / step); i*step <= min(85, b.Max[1]); i++ {
		l := c.degree(orb.Point{b.Min[0] - step, i * step}, orb.Point{b.Max[0] + step, i * step})
		lines = append(lines, l)
		c.tick(l, degrees(i*step, "N", "S"), true)
	}
	return []*drawing{{lines: lines, color: c.t.Graticule, half: 0.35 * c.px}}
}

// degree is the line between two positions on one meridian or parallel; longitudes may
// lie beyond 180°.
func (c *canvas) degree(a, b orb.Point) line {
	var path []xy
	if l := c.plane.lambert; l != nil {
		path = l.bend([]xy{l.at(a)}, a, b, 0)
	} else {
		for _, p := range [2]orb.Point{a, b} {
			x, y := tile.Mercator(p)
			path = append(path, xy{x*c.world - c.ox, y*c.world - c.oy})
		}
	}
	return lineOf(path)
}

// tick writes a degree where its line meets the frame: parallels at the left, meridians
// at the bottom, above the strip there.
func (c *canvas) tick(l line, name string, left bool) {
	lay := c.p.face.Layout(name, text.Style{Size: float32(9 * c.px), Height: 1.2})
	bottom := float64(c.size.Max.Y)
	if c.s.Furniture {
		bottom -= float64(c.sourceLayout().Height) + 8*c.px
	}
	for i := 1; i < len(l.path); i++ {
		a, b := l.path[i-1], l.path[i]
		at := xy{}
		switch {
		case left && (a.x < 1) != (b.x < 1):
			at = xy{3 * c.px, a.y + (b.y-a.y)*(1-a.x)/(b.x-a.x) - float64(lay.Height)}
		case !left && (a.y < bottom) != (b.y < bottom):
			at = xy{a.x + (b.x-a.x)*(bottom-a.y)/(b.y-a.y) + 2*c.px, bottom - float64(lay.Height) - c.px}
		default:
			continue
		}
		if box := image.Rect(int(at.x), int(at.y), int(at.x)+lay.Width, int(at.y)+lay.Height); box.In(c.size) && float64(box.Max.Y) <= bottom {
			c.ticks = append(c.ticks, tick{lay, at})
		}
		return
	}
}

// writeTicks writes the degrees that have room.
func (c *canvas) writeTicks() {
	for _, t := range c.ticks {
		if b := image.Rect(int(t.at.x), int(t.at.y), int(t.at.x)+t.layout.Width, int(t.at.y)+t.layout.Height); c.free(b) {
			c.haloed(t.layout, t.at.x, t.at.y, c.t.PlaceText)
			c.take(b)
		}
	}
}
