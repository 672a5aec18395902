package paint

import (
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strconv"
	"strings"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
)

const pad = 10.0 // points between furniture and edge

// legend gathers the entries of all layers and of the borders that are drawn.
func (c *canvas) legend() []layer.Entry {
	var out []layer.Entry
	for _, l := range c.s.Layers {
		out = append(out, c.entries(l)...)
	}
	return out
}

// disputedInView says whether a disputed line is drawn.
func (c *canvas) disputedInView() bool {
	return slices.ContainsFunc(c.p.borders[region.Disputed], func(arc int32) bool { return c.inView(c.p.atlas.ArcBound(arc)) })
}

// source is the line below the picture.
func (c *canvas) source() string {
	a := c.p.atlas
	parts := append([]string(nil), c.s.Notes...)
	if c.disputedInView() {
		parts = append(parts, "Dashed: lines that are not agreed on.")
	}
	return strings.Join(append(parts, cmp.Or(c.s.Disclaimer, Disclaimer), "Boundaries: "+a.Source+" ("+a.Vintage+"). Projection: Mercator."), " ")
}

func (c *canvas) sourceLayout() *text.Layout {
	return c.p.face.Layout(c.source(), text.Style{Size: float32(9.5 * c.px), Width: c.s.View.Width - int(2*pad*c.px), Height: 1.3})
}

// reserveFurniture keeps labels away from where furniture will stand.
func (c *canvas) reserveFurniture() {
	if !c.s.Furniture {
		return
	}
	w, h := c.s.View.Width, c.s.View.Height
	strip := c.sourceLayout().Height + int(8*c.px)
	c.take(image.Rect(0, h-strip, w, h))
	c.take(c.legendBox(c.legend()))
	c.take(image.Rect(w-int(170*c.px), h-strip-int(40*c.px), w, h))
	if c.s.Title != "" {
		c.take(image.Rect(0, 0, w, int(44*c.px)))
	}
}

// furniture draws title, legend, scale bar, north and the source line.
func (c *canvas) furniture() {
	if !c.s.Furniture {
		return
	}
	src := c.sourceLayout()
	w, h := c.s.View.Width, c.s.View.Height
	strip := image.Rect(0, h-src.Height-int(8*c.px), w, h)
	c.bar(strip)
	src.Draw(c.img, float32(pad*c.px), float32(strip.Min.Y)+float32(4*c.px), c.t.PanelText)
	if c.s.Title != "" {
		l := c.p.face.Layout(c.s.Title, text.Style{Size: float32(17 * c.px), Bold: true, Width: w - int(2*pad*c.px), Lines: 1, Align: text.Left, Height: 1.5})
		bar := image.Rect(0, 0, w, l.Height+int(8*c.px))
		c.bar(bar)
		l.Draw(c.img, float32(pad*c.px), float32(4*c.px), c.t.PanelText)
	}
	c.drawLegend()
	c.scaleBar(strip.Min.Y)
	c.north()
}

// bar is a panel that nothing shows through.
func (c *canvas) bar(r image.Rectangle) {
	col := c.t.Panel
	draw.Draw(c.img, r, image.NewUniform(color.NRGBA{uint8(uint32(col.R) * 255 / uint32(col.A)), uint8(uint32(col.G) * 255 / uint32(col.A)), uint8(uint32(col.B) * 255 / uint32(col.A)), 255}), image.Point{}, draw.Src)
}

func (c *canvas) panel(r image.Rectangle) {
	draw.Draw(c.img, r, image.NewUniform(c.t.Panel), image.Point{}, draw.Over)
}

func (c *canvas) top() int {
	if c.s.Title != "" {
		return int((pad + 44) * c.px)
	}
	return int(pad * c.px)
}

func (c *canvas) entryLayout(e layer.Entry) *text.Layout {
	return c.p.face.Layout(e.Text, text.Style{Size: float32(11.5 * c.px), Bold: e.Heading, Height: 1.45, Width: int(260 * c.px), Lines: 1, Align: text.Left})
}

func (c *canvas) legendBox(es []layer.Entry) image.Rectangle {
	if len(es) == 0 {
		return image.Rectangle{}
	}
	width, height := 0, 0
	for _, e := range es {
		w, h := c.entrySize(e)
		width, height = max(width, w), height+h
	}
	at := image.Pt(int(pad*c.px), c.top())
	return image.Rectangle{at, at.Add(image.Pt(width+int(16*c.px), height+int(12*c.px)))}
}

func (c *canvas) drawLegend() {
	if es := c.legend(); len(es) > 0 {
		c.drawEntries(es, c.legendBox(es))
	}
}

func (c *canvas) drawEntries(es []layer.Entry, box image.Rectangle) {
	c.panel(box)
	y := float64(box.Min.Y) + 6*c.px
	for _, e := range es {
		x := float64(box.Min.X) + 8*c.px
		if len(e.Circles) > 0 {
			y += c.circles(e, x, y)
			continue
		}
		l := c.entryLayout(e)
		if !e.Heading {
			if e.Hatched {
				e.Color = c.t.Blank
			}
			c.shape(e.Shape, x+6*c.px, y+float64(l.Height)/2, 5*c.px, e.Color)
			if e.Hatched {
				c.hatch(x+1*c.px, y+float64(l.Height)/2-5*c.px, 10*c.px, e.Suppressed)
			}
			x += 20 * c.px
		}
		l.Draw(c.img, float32(x), float32(y), c.t.PanelText)
		y += float64(l.Height)
	}
}

// hatch draws the diagonals of an area without a value into a square; those of one
// that is suppressed fall, and are denser.
func (c *canvas) hatch(x, y, side float64, back bool) {
	t, lines := side/8, 2.0
	if back {
		lines = 3
	}
	for i := 1.0; i <= lines; i++ {
		at := side * i / lines
		path := []xy{{x + at - t, y}, {x + at, y}, {x, y + at}, {x, y + at - t}}
		if back {
			for j := range path {
				path[j].x = 2*x + side - path[j].x
			}
		}
		c.polygon(path, c.t.Hatch)
	}
}

// scaleBar draws a round distance, true at the middle of the picture.
func (c *canvas) scaleBar(bottom int) {
	m := c.s.View.MetresPerPixel() / c.px
	metres := math.Pow(10, math.Floor(math.Log10(m*120)))
	for _, k := range []float64{5, 2} {
		if metres*k/m <= 120 {
			metres *= k
			break
		}
	}
	length := metres / m * c.px
	name := strconv.FormatFloat(metres, 'f', 0, 64) + " m"
	if metres >= 1000 {
		name = strconv.FormatFloat(metres/1000, 'f', 0, 64) + " km"
	}
	l := c.p.face.Layout(name, text.Style{Size: float32(10.5 * c.px), Height: 1.3})
	x1, y := float64(c.s.View.Width)-pad*c.px, float64(bottom)-10*c.px
	l.DrawHalo(c.img, float32(x1-length), float32(y-float64(l.Height)-3*c.px), c.t.Text, c.t.Halo, 2)
	c.rect(x1-length, y-1*c.px, x1, y+0.6*c.px)
	c.rect(x1-length, y-4*c.px, x1-length+1.6*c.px, y)
	c.rect(x1-1.6*c.px, y-4*c.px, x1, y)
}

func (c *canvas) rect(x0, y0, x1, y1 float64) {
	c.polygon([]xy{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}, c.t.Text)
}

// north draws an arrow; Mercator's north is up.
func (c *canvas) north() {
	x, y := float64(c.s.View.Width)-22*c.px, float64(c.top())+26*c.px
	c.polygon([]xy{{x, y - 12*c.px}, {x + 6*c.px, y + 6*c.px}, {x, y + 2*c.px}, {x - 6*c.px, y + 6*c.px}}, c.t.Text)
	l := c.p.face.Layout("N", text.Style{Size: float32(11 * c.px), Bold: true, Height: 1.2})
	l.DrawHalo(c.img, float32(x)-float32(l.Width)/2, float32(y-14*c.px)-float32(l.Height), c.t.Text, c.t.Halo, 2)
}
