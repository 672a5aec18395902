package paint

import (
	"image"
	"image/color"
	"math"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
)

// How overlays are drawn: the share of a colour in areas, and sizes in points.
const (
	overlayFill  = 0.28
	overlayLine  = 1.8
	overlayPoint = 3.2
)

// mostOverlayNames is how many names of points are tried on a picture.
const mostOverlayNames = 300

// overlays draws layers of somebody's own above regions and borders.
func (c *canvas) overlays() []*drawing {
	var out []*drawing
	for _, l := range c.s.Layers {
		o, ok := l.(*layer.Overlay)
		if !ok || o.Shapes == nil {
			continue
		}
		var areas, lines []line
		for i := range o.Shapes.Drawn() {
			d := &o.Shapes.Drawn()[i]
			if d.Form == tile.Label {
				continue // overlayPoints
			}
			drawn := c.overlayLines(&o.Shapes.All[i], d)
			if lines = append(lines, drawn...); d.Form == tile.Area {
				areas = append(areas, drawn...)
			}
		}
		out = append(out, &drawing{lines: areas, color: faded(o.Color, overlayFill*opacity(o.Opacity))},
			&drawing{lines: lines, color: faded(o.Color, opacity(o.Opacity)), half: overlayLine / 2 * c.px})
	}
	return out
}

// copies are the copies of the world in which a box, in parts of the world, is in view; it
// may reach beyond the antimeridian.
func (c *canvas) copies(b [4]float64) (out []float64) {
	y0, y1 := b[1]*c.world-c.oy, b[3]*c.world-c.oy
	if y1 < -rim || y0 > float64(c.size.Max.Y)+rim {
		return nil
	}
	for k := c.shifts[0] - 1; k <= c.shifts[len(c.shifts)-1]+1; k++ {
		if x0, x1 := (b[0]+k)*c.world-c.ox, (b[2]+k)*c.world-c.ox; x1 >= -rim && x0 <= float64(c.size.Max.X)+rim {
			out = append(out, k)
		}
	}
	return out
}

// overlayLines are the paths of a shape in pixels. Vertices nearer than half a pixel to
// the one before are left out.
func (c *canvas) overlayLines(s *layer.OverlayShape, d *layer.Drawn) (out []line) {
	add := func(path []xy) { out = append(out, lineOf(path)) }
	if l := c.plane.lambert; l != nil {
		for _, p := range s.Paths {
			path := []xy{l.at(p[0])}
			for i := 1; i < len(p); i++ {
				path = l.bend(path, p[i-1], p[i], 0)
			}
			add(path)
		}
		return out
	}
	for _, k := range c.copies(d.Box) {
		for _, p := range d.Paths {
			path := make([]xy, 0, len(p))
			for i, v := range p {
				at := xy{(v[0]+k)*c.world - c.ox, v[1]*c.world - c.oy}
				if n := len(path); n > 0 && i < len(p)-1 && math.Abs(at.x-path[n-1].x) < 0.5 && math.Abs(at.y-path[n-1].y) < 0.5 {
					continue
				}
				path = append(path, at)
			}
			add(path)
		}
	}
	return out
}

// overlayPoints draws the points of overlays, one for those on the same pixels.
func (c *canvas) overlayPoints() {
	for _, l := range c.s.Layers {
		o, ok := l.(*layer.Overlay)
		if !ok || o.Shapes == nil {
			continue
		}
		col, seen := faded(o.Color, opacity(o.Opacity)), map[image.Point]bool{}
		for i := range o.Shapes.All {
			s := &o.Shapes.All[i]
			if s.Form != tile.Label {
				continue
			}
			for _, p := range s.Paths {
				for _, at := range p {
					c.overlayPoint(at, s.Name, col, seen)
				}
			}
		}
	}
}

func (c *canvas) overlayPoint(p orb.Point, name string, col color.RGBA, seen map[image.Point]bool) {
	at, in := c.project(p)
	if !in {
		return
	}
	k := image.Pt(int(at.x/2), int(at.y/2))
	if seen[k] {
		return
	}
	seen[k] = true
	c.shape(layer.Circle, at.x, at.y, (overlayPoint+1)*c.px, c.t.Marker)
	c.shape(layer.Circle, at.x, at.y, overlayPoint*c.px, col)
	if name != "" && len(c.overlayLabels) < mostOverlayNames {
		c.overlayLabels = append(c.overlayLabels, label{text: name, at: at, size: 10.5, color: c.t.PlaceText, dot: true})
	}
}
