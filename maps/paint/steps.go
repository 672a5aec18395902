package paint

import (
	"image"
	"image/color"

	"sselandscape/maps/text"
)

// step is one of a picture's, drawn one over the other: *drawing, *shape, *words,
// *picture, *stamp, *crowd, *squares or *inset.
// Pictures of pixels and those of lines are made of the same.
type step interface{ step() }

// drawing is an area or strokes of the map, in one colour.
type drawing struct {
	lines []line
	color color.RGBA // premultiplied; none leaves what is below
	hatch *hatching  // diagonal lines over an area
	half  float64    // half the width of a stroke; 0 is an area, bounded by all lines together
	dash  float64    // length of a dash; 0 is a whole line
	// within bounds an area out of which strokes do not reach; nil is everywhere.
	within []line
}

// hatching is diagonal lines.
type hatching struct {
	color  color.RGBA // premultiplied
	pitch  int        // pixels along a row from one to the next
	width  int        // pixels along a row
	rising bool       // from left to right; else falling
}

func (h *hatching) at(x, y int) bool {
	if h.rising {
		return (x+y)%h.pitch < h.width
	}
	return ((x-y)%h.pitch+h.pitch)%h.pitch < h.width
}

// shape is a filled path.
type shape struct {
	path  []xy
	color color.RGBA // premultiplied
}

// words is text with its top left corner at a place.
type words struct {
	layout *text.Layout
	at     xy
	color  color.RGBA
	halo   color.RGBA // premultiplied
	rim    float64    // pixels of the halo; 0 is none
}

func (*drawing) step() {}
func (*shape) step()   {}
func (*words) step()   {}

func (c *canvas) add(ds ...*drawing) {
	for _, d := range ds {
		if len(d.lines) > 0 {
			c.steps = append(c.steps, d)
		}
	}
}

func (c *canvas) polygon(path []xy, col color.RGBA) {
	if len(path) > 0 {
		c.steps = append(c.steps, &shape{path, col})
	}
}

func (c *canvas) fill(r image.Rectangle, col color.RGBA) {
	c.polygon(corners(boxOf(r)), col)
}

// text writes a layout with its top left corner at (x, y).
func (c *canvas) text(l *text.Layout, x, y float64, col color.RGBA) {
	c.steps = append(c.steps, &words{layout: l, at: xy{x, y}, color: col})
}

// haloed writes a layout on a rim.
func (c *canvas) haloed(l *text.Layout, x, y float64, col color.RGBA) {
	c.steps = append(c.steps, &words{layout: l, at: xy{x, y}, color: col, halo: c.t.Halo, rim: min(3, 1+c.px)})
}

func (c *canvas) hatching(col color.RGBA, rising bool) *hatching {
	pitch := max(4, int(8*c.px))
	return &hatching{color: col, pitch: pitch, width: max(1, pitch/4), rising: rising}
}

// unread hatches an area that is not to be read as a value; where one is suppressed the
// lines fall, and are denser.
func (c *canvas) unread(suppressed bool) *hatching {
	if !suppressed {
		return c.hatching(c.t.Hatch, true)
	}
	pitch := max(3, int(5*c.px))
	return &hatching{color: c.t.Hatch, pitch: pitch, width: max(1, 2*pitch/5)}
}
