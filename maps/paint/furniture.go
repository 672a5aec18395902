package paint

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

const pad = 10.0 // points between furniture and edge

// entry is a line of the legend.
type entry struct {
	layer.Entry
	dash      float64 // of a line that is not agreed on or is claimed, in points
	contested bool    // an area whose status is disputed
}

// legend gathers the entries of all layers, and of disputed lines and areas that are
// in view.
func (c *canvas) legend() []entry {
	var out []entry
	for _, l := range c.s.Layers {
		for _, e := range c.entries(l) {
			out = append(out, entry{Entry: e})
		}
	}
	if c.lineInView(region.Disputed) {
		out = append(out, entry{Entry: layer.Entry{Text: "line that is not agreed on"}, dash: 4})
	}
	if c.lineInView(region.Claimed) {
		out = append(out, entry{Entry: layer.Entry{Text: "line that a country claims"}, dash: 1.8})
	}
	if c.contestedInView() {
		out = append(out, entry{Entry: layer.Entry{Text: "area whose status is disputed"}, contested: true})
	}
	return out
}

// lineInView says whether a line of a class is drawn.
func (c *canvas) lineInView(class region.BorderClass) bool {
	return slices.ContainsFunc(c.p.borders[class], func(arc int32) bool { return c.inView(c.p.atlas.ArcBound(arc)) })
}

func (c *canvas) contestedInView() bool {
	return slices.ContainsFunc(c.p.atlas.Regions, func(r region.Region) bool { return r.Disputed && c.inView(r.Bound) })
}

// source is the line below the picture.
func (c *canvas) source() string {
	a := c.p.atlas
	parts := append([]string(nil), c.s.Notes...)
	projection := "Projection: Mercator."
	if c.s.EqualArea {
		projection = "Projection: Lambert azimuthal equal-area around " + degrees(c.s.View.Center[1], "N", "S") + ", " + degrees(tile.Longitude(c.s.View.Center[0]), "E", "W") + "."
	}
	by := ""
	if len(a.Countries) > 0 {
		by = "Names of countries: " + cmp.Or(string(c.s.Names), "ILO")
		if len(c.s.OwnNames) > 0 {
			by += ", some by the authors"
		}
		by += "."
	}
	seen := ""
	if v := a.Viewpoint(); v != region.DeFacto {
		from, _ := a.Country(string(v))
		seen = "Boundaries are drawn as seen from " + cmp.Or(c.s.OwnNames[string(v)], from.NameBy(c.s.Names), string(v)) + "."
	}
	parts = append(parts, cmp.Or(c.s.Disclaimer, Disclaimer), seen, by, "Boundaries: "+a.Source+" ("+a.Vintage+").", c.credit(), projection)
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// credit names who made the base maps in view.
func (c *canvas) credit() string {
	if len(c.credits) == 0 {
		return ""
	}
	return "Base map: " + strings.Join(c.credits, "; ") + "."
}

// degrees writes a latitude or longitude to a tenth of a degree.
func degrees(v float64, plus, minus string) string {
	v = math.Round(v*10) / 10
	switch {
	case math.Abs(v) == 180:
		return "180°"
	case v < 0:
		return strconv.FormatFloat(-v, 'f', -1, 64) + "°" + minus
	case v == 0:
		return "0°"
	}
	return strconv.FormatFloat(v, 'f', -1, 64) + "°" + plus
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
	c.legendBox = c.placeLegend(c.legend())
	c.take(c.legendBox)
	c.take(image.Rect(w-int(170*c.px), h-strip-int(40*c.px), w, h))
	if c.s.Title != "" {
		c.take(image.Rect(0, 0, w, int(44*c.px)))
	}
	c.take(image.Rect(w-int(40*c.px), c.top(), w, c.top()+int(40*c.px))) // north
}

// furniture draws title, legend, scale bar, north and the source line.
func (c *canvas) furniture() {
	if !c.s.Furniture {
		return
	}
	strip := c.frame()
	c.drawLegend()
	c.scaleBar(c.s.View, strip.Min.Y)
	c.north()
}

// frame draws title and source, and says where the source is.
func (c *canvas) frame() image.Rectangle {
	strip := c.sourceBar()
	c.titleBar()
	return strip
}

// sourceBar draws the source at the foot of the picture.
func (c *canvas) sourceBar() image.Rectangle {
	src := c.sourceLayout()
	w, h := c.s.View.Width, c.s.View.Height
	strip := image.Rect(0, h-src.Height-int(8*c.px), w, h)
	c.bar(strip)
	c.text(src, pad*c.px, float64(strip.Min.Y)+4*c.px, c.t.PanelText)
	return strip
}

// titleBar draws the title, if there is one, at the head.
func (c *canvas) titleBar() image.Rectangle {
	if c.s.Title == "" {
		return image.Rectangle{}
	}
	w := c.s.View.Width
	l := c.p.face.Layout(c.s.Title, text.Style{Size: float32(17 * c.px), Bold: true, Width: w - int(2*pad*c.px), Lines: 1, Align: text.Left, Height: 1.5})
	box := image.Rect(0, 0, w, l.Height+int(8*c.px))
	c.bar(box)
	c.text(l, pad*c.px, 4*c.px, c.t.PanelText)
	return box
}

// bar is a panel that nothing shows through.
func (c *canvas) bar(r image.Rectangle) {
	col := c.t.Panel
	part := func(v uint8) uint8 { return uint8(uint32(v) * 255 / uint32(col.A)) }
	c.fill(r, color.RGBA{part(col.R), part(col.G), part(col.B), 255})
}

func (c *canvas) top() int {
	if c.s.Title != "" {
		return int((pad + 44) * c.px)
	}
	return int(pad * c.px)
}

func (c *canvas) entryLayout(e entry) *text.Layout {
	return c.p.face.Layout(e.Text, text.Style{Size: float32(11.5 * c.px), Bold: e.Heading, Height: 1.45, Width: int(260 * c.px), Lines: 1, Align: text.Left})
}

func (c *canvas) placeLegend(es []entry) image.Rectangle {
	if len(es) == 0 {
		return image.Rectangle{}
	}
	return c.leastCovering(c.legendSize(es))
}

// legendSize is the room that a legend takes; none takes none.
func (c *canvas) legendSize(es []entry) image.Point {
	if len(es) == 0 {
		return image.Point{}
	}
	width, height := 0, 0
	for _, e := range es {
		w, h := c.entrySize(e.Entry)
		width, height = max(width, w), height+h
	}
	return image.Pt(width+int(16*c.px), height+int(12*c.px))
}

// legendCorners are where a legend of a size begins, by corner.
func (c *canvas) legendCorners(size image.Point) [corners4]image.Point {
	left, top := int(pad*c.px), c.top()
	right, bottom := c.size.Max.X-left-size.X, c.size.Max.Y-c.sourceLayout().Height-int(18*c.px)-size.Y
	return [corners4]image.Point{TopLeft: {left, top}, BottomLeft: {left, bottom}, TopRight: {right, top + int(46*c.px)}, BottomRight: {right, bottom - int(34*c.px)}}
}

// leastCovering is the corner in which a panel of a size covers fewest units and least
// of the study's countries.
func (c *canvas) leastCovering(size image.Point) image.Rectangle {
	land := c.focusMask()
	var best image.Rectangle
	least := math.Inf(1)
	for i, at := range c.legendCorners(size) {
		r := image.Rectangle{at, at.Add(size)}
		if cost := c.covered(r, land); cost < least && (r.In(c.size) || best.Empty()) {
			best, least, c.corner = r, cost, Corner(i)
		}
	}
	return best
}

// coarse is how many pixels the mask of the study's countries has as one.
const coarse = 12

// focusMask is where the study's countries are, coarsely.
func (c *canvas) focusMask() *image.RGBA {
	d := &drawing{color: color.RGBA{A: 255}}
	for _, l := range c.focus {
		path := make([]xy, len(l.path))
		for i, v := range l.path {
			path[i] = xy{(v.x + l.dx) / coarse, v.y / coarse}
		}
		d.lines = append(d.lines, line{path: path, box: boxAround(path), back: l.back})
	}
	img := image.NewRGBA(image.Rect(0, 0, c.size.Max.X/coarse+1, c.size.Max.Y/coarse+1))
	_ = rasterize(context.Background(), img, color.RGBA{}, []step{d}) // nothing ends this context
	return img
}

// covered tells what a panel would hide: each unit as much as a hundred points square.
func (c *canvas) covered(r image.Rectangle, land *image.RGBA) float64 {
	cost := 0.0
	for _, m := range c.marks {
		if around(xy{m.X, m.Y}, m.Radius).Overlaps(r) {
			cost += 1e4 * c.px * c.px
		}
	}
	for y := r.Min.Y / coarse; y <= r.Max.Y/coarse; y++ {
		for x := r.Min.X / coarse; x <= r.Max.X/coarse; x++ {
			cost += coarse * coarse * float64(land.RGBAAt(x, y).A) / 255
		}
	}
	return cost
}

func (c *canvas) drawLegend() {
	if !c.legendBox.Empty() {
		c.drawEntries(c.legend(), c.legendBox)
	}
}

// drawEntries writes the lines of a legend into a box.
func (c *canvas) drawEntries(es []entry, box image.Rectangle) {
	c.fill(box, c.t.Panel)
	y := float64(box.Min.Y) + 6*c.px
	for _, e := range es {
		x := float64(box.Min.X) + 8*c.px
		if len(e.Circles) > 0 {
			y += c.circles(e.Entry, x, y)
			continue
		}
		l := c.entryLayout(e)
		if !e.Heading {
			c.sign(e, x, y+float64(l.Height)/2)
			x += 20 * c.px
		}
		c.text(l, x, y, c.t.PanelText)
		y += float64(l.Height)
	}
}

// sign draws what an entry explains, beside x, with its middle at y.
func (c *canvas) sign(e entry, x, y float64) {
	switch {
	case e.dash > 0:
		for from := 0.0; from < 11; from += 1.75 * e.dash {
			c.polygon(corners(box{x + from*c.px, y - 0.7*c.px, x + (from+e.dash)*c.px, y + 0.7*c.px}), c.t.Disputed)
		}
	case e.contested:
		c.shape(layer.Box, x+6*c.px, y, 5.7*c.px, c.t.Disputed) // a rim, as there is room for little hatching
		c.shape(layer.Box, x+6*c.px, y, 4.7*c.px, c.t.Land)
		c.hatched(x+1.3*c.px, y, 9.4*c.px, c.hatching(c.t.Contested, false))
	case e.Hatched:
		c.shape(e.Shape, x+6*c.px, y, 5*c.px, c.t.Blank)
		c.hatched(x+c.px, y, 10*c.px, c.unread(e.Suppressed))
	default:
		c.shape(e.Shape, x+6*c.px, y, 5*c.px, e.Color)
	}
}

// hatched hatches a square as areas are.
func (c *canvas) hatched(x, middle, side float64, h *hatching) {
	square := closedLine(corners(box{x, middle - side/2, x + side, middle + side/2}))
	c.add(&drawing{lines: []line{square}, hatch: h})
}

// scaleBar draws a round distance, true at the middle of a view.
func (c *canvas) scaleBar(v tile.View, bottom int) {
	m := v.MetresPerPixel() / c.px
	metres := layer.RoundBelow(m * 120)
	length := metres / m * c.px
	name := strconv.FormatFloat(metres, 'f', 0, 64) + " m"
	if metres >= 1000 {
		name = strconv.FormatFloat(metres/1000, 'f', 0, 64) + " km"
	}
	l := c.p.face.Layout(name, text.Style{Size: float32(10.5 * c.px), Height: 1.3})
	x1, y := float64(c.s.View.Width)-pad*c.px, float64(bottom)-10*c.px
	c.haloed(l, x1-length, y-float64(l.Height)-3*c.px, c.t.Text)
	c.rect(x1-length, y-1*c.px, x1, y+0.6*c.px)
	c.rect(x1-length, y-4*c.px, x1-length+1.6*c.px, y)
	c.rect(x1-1.6*c.px, y-4*c.px, x1, y)
}

func (c *canvas) rect(x0, y0, x1, y1 float64) {
	c.polygon(corners(box{x0, y0, x1, y1}), c.t.Text)
}

// north draws an arrow to the north of where it stands.
func (c *canvas) north() {
	x, y := float64(c.s.View.Width)-22*c.px, float64(c.top())+26*c.px
	sin, cos := 0.0, 1.0
	if l := c.plane.lambert; l != nil {
		p := l.back(xy{x, y})
		to := l.at(orb.Point{p[0], min(89.9, p[1]+0.1)})
		d := math.Hypot(to.x-x, to.y-y)
		sin, cos = (to.x-x)/d, (y-to.y)/d
	}
	turned := func(dx, dy float64) xy { return xy{x + (dx*cos-dy*sin)*c.px, y + (dx*sin+dy*cos)*c.px} }
	c.polygon([]xy{turned(0, -12), turned(6, 6), turned(0, 2), turned(-6, 6)}, c.t.Text)
	l := c.p.face.Layout("N", text.Style{Size: float32(11 * c.px), Bold: true, Height: 1.2})
	at := turned(0, -21)
	c.haloed(l, at.x-float64(l.Width)/2, at.y-float64(l.Height)/2, c.t.Text)
}
