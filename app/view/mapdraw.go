package view

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"fyne.io/fyne/v2/theme"
	"github.com/paulmach/orb"
	"golang.org/x/image/vector"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// pen draws over the map, in pixels.
type pen struct {
	img                      *image.RGBA
	k                        float64 // pixels by point
	letters                  float32 // pixels of the em
	face                     *text.Face
	fore, back, line, accent color.Color
	wash                     color.RGBA
}

func (m *Map) pen(img *image.RGBA) *pen {
	r, g, b, _ := themeColor(theme.ColorNamePrimary).RGBA()
	const alpha = 46
	part := func(v uint32) uint8 { return uint8(v >> 8 * alpha / 255) }
	return &pen{img: img, k: m.k, letters: 12.5 * textScale() * float32(m.k), face: m.face,
		fore: opaque(themeColor(theme.ColorNameForeground)), back: opaque(themeColor(theme.ColorNameBackground)),
		line: opaque(themeColor(theme.ColorNamePrimary)), accent: opaque(themeColor(theme.ColorNameError)),
		wash: color.RGBA{part(r), part(g), part(b), alpha}}
}

// drawOver draws what lies over the pictures: what is selected or measured, the ring,
// the cross, scale and north, and what the map has to say.
func (m *Map) drawOver(img *image.RGBA) {
	p := m.pen(img)
	m.drawSigns(p)
	m.drawArea(p)
	if m.ring.on {
		p.ring(m)
	}
	if m.mode == PickPlace {
		p.cross(m.middle())
	} else if m.cross != nil {
		p.cross(m.at(*m.cross))
	}
	if m.scene.Furniture {
		p.scaleBar(m.view, m.under())
		p.north(float64(m.signs.title.box.Dy()))
	}
	m.say(p)
	if m.focused {
		frame(img, img.Rect, p.line, max(2, int(2*m.k)))
	}
}

// ring draws the ring around the mark to which Tab has led.
func (p *pen) ring(m *Map) {
	n := m.nearest(m.inView())
	for k := range m.inView() {
		if n == 0 {
			r := k.radius + 5*m.k
			p.circle(k.at, r, 5*m.k, p.back)
			p.circle(k.at, r, 2.5*m.k, p.fore)
		}
		n--
	}
}

// say writes what the keys and the pointer do, and that a picture is being drawn.
func (m *Map) say(p *pen) {
	words := map[MapMode]string{
		SelectRectangle: "Drag a rectangle; or arrows and Enter set two corners. Esc: back",
		SelectPolygon:   "Click the corners; Enter or double click closes. Backspace: one back. Esc: back",
		MeasureWay:      "Click along the way; Enter or double click ends, C closes. Backspace: one back. Esc: back",
	}[m.mode]
	y := float64(m.signs.title.box.Dy()) + 8*m.k
	if words != "" {
		y += float64(p.label(words, pixel{float64(m.pixels.X) / 2, y}, 0.5, 0).Dy()) + 4*m.k
	}
	if m.slow {
		p.label("Drawing …", pixel{float64(m.pixels.X) / 2, y}, 0.5, 0)
	}
}

// path is where a line through places is shown, as one piece.
func (m *Map) path(points []orb.Point) []pixel {
	out := make([]pixel, len(points))
	world := m.view.World()
	for i, q := range points {
		if i == 0 {
			out[0] = m.at(q)
			continue
		}
		x, y := tile.Mercator(q)
		lx, ly := tile.Mercator(points[i-1])
		out[i] = pixel{out[i-1].x + (x-lx)*world, out[i-1].y + (y-ly)*world}
	}
	return out
}

// drawArea draws what was drawn, and what is being drawn as far as the pointer or the
// cross.
func (m *Map) drawArea(p *pen) {
	d := m.drawn
	var end *orb.Point
	if m.cross != nil {
		end = m.cross
	} else if m.pointer != nil {
		at := m.place(*m.pointer)
		end = &at
	}
	if m.pressed != nil {
		if end == nil {
			end = m.pressed
		}
		d = drawnArea{points: []orb.Point{*m.pressed, unrolled(*end, *m.pressed)}, box: true, closed: true}
	}
	if len(d.points) == 0 {
		return
	}
	if m.measures(d) {
		m.drawWay(p, d, end)
		return
	}
	path := m.path(d.outline())
	if d.closed {
		p.fill(path)
		path = append(path, path[0])
	}
	p.stroke(path, 0)
	if !d.closed && end != nil {
		last := d.points[len(d.points)-1]
		p.stroke(m.path([]orb.Point{last, unrolled(*end, last)}), 6*m.k)
	}
	if !d.box {
		p.dots(m.path(d.points))
	}
	if d.closed && m.pressed == nil {
		left, right, top := math.Inf(1), math.Inf(-1), math.Inf(1)
		for _, a := range path {
			left, right, top = math.Min(left, a.x), math.Max(right, a.x), math.Min(top, a.y)
		}
		p.label(digitsOf(d.selected)+" selected", pixel{(left + right) / 2, top - 4*m.k}, 0.5, 1)
	}
}

// drawWay draws a way along great circles with its lengths, and with its area if it is
// closed.
func (m *Map) drawWay(p *pen, d drawnArea, end *orb.Point) {
	if d.closed {
		p.fill(m.path(great(d.points, true)))
	}
	p.stroke(m.path(great(d.points, d.closed)), 0)
	n := len(d.points)
	open := !d.ended && end != nil
	if open {
		p.stroke(m.path(great([]orb.Point{d.points[n-1], unrolled(*end, d.points[n-1])}, false)), 6*m.k)
	}
	spots := m.path(d.points)
	p.dots(spots)
	if n > 2 {
		for i := range n {
			if i > 0 || d.closed {
				from := (i + n - 1) % n
				p.lengthOn(spots[from], spots[i], distance(d.points[from], d.points[i]))
			}
		}
	}
	total := measure(d.points, d.closed)
	switch {
	case d.closed:
		x, y := 0., 0.
		for _, s := range spots {
			x, y = x+s.x/float64(n), y+s.y/float64(n)
		}
		p.label(total.String(), pixel{x, y}, 0.5, 0.5)
	case open:
		at := m.at(*end)
		p.label(lengthText(total.Length+distance(d.points[n-1], *end)), pixel{at.x + 14*m.k, at.y}, 0, 0.5)
	case n > 1:
		p.label(total.String(), pixel{spots[n-1].x, spots[n-1].y - 9*m.k}, 0.5, 1)
	}
}

// lengthOn writes the length of a piece of a way on it, where there is room.
func (p *pen) lengthOn(a, b pixel, metres float64) {
	words := lengthText(metres)
	if math.Hypot(a.x-b.x, a.y-b.y) > 60*p.k+float64(p.layout(words).Width) {
		p.haloed(words, pixel{(a.x + b.x) / 2, (a.y + b.y) / 2})
	}
}

// great is a way with places on the great circles between its points.
func great(points []orb.Point, closed bool) []orb.Point {
	var out []orb.Point
	for i := 1; i < len(points); i++ {
		out = append(out, along(points[i-1], points[i])...)
	}
	last := points[len(points)-1]
	if closed {
		first := unrolled(points[0], last)
		out = append(append(out, along(last, first)...), first)
		return out
	}
	return append(out, last)
}

// stroke draws a line on a rim; in dashes of a length if it is not 0.
func (p *pen) stroke(path []pixel, dash float64) {
	for i := 1; i < len(path); i++ {
		p.segment(path[i-1], path[i], 2.4*p.k, 0, p.back)
	}
	for i := 1; i < len(path); i++ {
		p.segment(path[i-1], path[i], 1.3*p.k, dash, p.line)
	}
}

// segment draws a straight line with round ends, half so wide.
func (p *pen) segment(a, b pixel, half, dash float64, c color.Color) {
	whole := math.Hypot(b.x-a.x, b.y-a.y)
	from, to, seen := clipped(a, b, p.img.Rect.Inset(-int(half)-2))
	if !seen {
		return
	}
	on := func(t float64) pixel { return pixel{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t} }
	if dash == 0 || whole == 0 {
		p.straight(on(from), on(to), half, c)
		return
	}
	for i := math.Floor(from * whole / (2 * dash)); i*2*dash < to*whole; i++ {
		p.straight(on(math.Max(from, i*2*dash/whole)), on(math.Min(to, (i*2+1)*dash/whole)), half, c)
	}
}

// clipped gives the part of a line, 0 to 1, that lies in a box (Liang and Barsky 1984).
func clipped(a, b pixel, box image.Rectangle) (from, to float64, ok bool) {
	from, to = 0, 1
	for _, e := range [][2]float64{
		{a.x - b.x, a.x - float64(box.Min.X)}, {b.x - a.x, float64(box.Max.X) - a.x},
		{a.y - b.y, a.y - float64(box.Min.Y)}, {b.y - a.y, float64(box.Max.Y) - a.y},
	} {
		switch t := e[1] / e[0]; {
		case e[0] == 0 && e[1] < 0:
			return 0, 0, false
		case e[0] < 0:
			from = math.Max(from, t)
		case e[0] > 0:
			to = math.Min(to, t)
		}
	}
	return from, to, from <= to
}

// straight covers the pixels that lie within half of a line between two pixels.
func (p *pen) straight(a, b pixel, half float64, c color.Color) {
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	reach := half + 1
	for y := int(math.Floor(math.Min(a.y, b.y) - reach)); y <= int(math.Ceil(math.Max(a.y, b.y)+reach)); y++ {
		x0, x1 := math.Min(a.x, b.x)-reach, math.Max(a.x, b.x)+reach
		if math.Abs(dy) > 1e-3*length { // only near the line
			mid, wide := a.x+(float64(y)+0.5-a.y)*dx/dy, (reach+1)*length/math.Abs(dy)
			x0, x1 = math.Max(x0, mid-wide), math.Min(x1, mid+wide)
		}
		for x := int(math.Floor(x0)); x <= int(math.Ceil(x1)); x++ {
			px, py := float64(x)+0.5-a.x, float64(y)+0.5-a.y
			t := 0.
			if length > 0 {
				t = math.Max(0, math.Min(1, (px*dx+py*dy)/(length*length)))
			}
			blend(p.img, x, y, c, cover(half-math.Hypot(px-t*dx, py-t*dy)))
		}
	}
}

// circle draws a ring of a radius and a width.
func (p *pen) circle(at pixel, r, wide float64, c color.Color) {
	reach := r + wide/2 + 1
	for y := int(at.y - reach); y <= int(at.y+reach); y++ {
		for x := int(at.x - reach); x <= int(at.x+reach); x++ {
			d := math.Hypot(float64(x)+0.5-at.x, float64(y)+0.5-at.y)
			blend(p.img, x, y, c, cover(wide/2-math.Abs(d-r)))
		}
	}
}

func (p *pen) dots(at []pixel) {
	box := p.img.Rect.Inset(-int(8 * p.k))
	for _, a := range at {
		if image.Pt(int(a.x), int(a.y)).In(box) {
			p.straight(a, a, 4.6*p.k, p.back)
			p.straight(a, a, 3.4*p.k, p.line)
		}
	}
}

// cross draws a cross with a hole in its middle.
func (p *pen) cross(at pixel) {
	for _, pass := range []struct {
		half float64
		c    color.Color
	}{{2.2 * p.k, p.back}, {1 * p.k, p.accent}} {
		for _, d := range []pixel{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			p.straight(pixel{at.x + 4*p.k*d.x, at.y + 4*p.k*d.y}, pixel{at.x + 14*p.k*d.x, at.y + 14*p.k*d.y}, pass.half, pass.c)
		}
	}
}

// fill washes over an area, by the even-odd rule.
func (p *pen) fill(path []pixel) {
	src := image.NewUniform(p.wash)
	var xs []float64
	for y := p.img.Rect.Min.Y; y < p.img.Rect.Max.Y; y++ {
		xs = xs[:0]
		mid := float64(y) + 0.5
		for i, a := range path {
			if b := path[(i+1)%len(path)]; (a.y > mid) != (b.y > mid) {
				xs = append(xs, a.x+(b.x-a.x)*(mid-a.y)/(b.y-a.y))
			}
		}
		slices.Sort(xs)
		for i := 1; i < len(xs); i += 2 {
			x0, x1 := math.Max(0, math.Round(xs[i-1])), math.Min(float64(p.img.Rect.Max.X), math.Round(xs[i]))
			if x1 > x0 {
				draw.Draw(p.img, image.Rect(int(x0), y, int(x1), y+1), src, image.Point{}, draw.Over)
			}
		}
	}
}

// polygon fills a small shape.
func (p *pen) polygon(path []pixel, c color.Color) {
	box := image.Rectangle{}
	for _, a := range path {
		at := image.Pt(int(a.x), int(a.y))
		box = box.Union(image.Rectangle{at, at.Add(image.Pt(2, 2))})
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, a := range path {
		x, y := float32(a.x-float64(box.Min.X)), float32(a.y-float64(box.Min.Y))
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	z.Draw(p.img, box, image.NewUniform(c), image.Point{})
}

// layout is words in one line, or in more where they are wider than the picture.
func (p *pen) layout(words string) *text.Layout {
	l := p.face.Layout(words, text.Style{Size: p.letters, Height: 1.35})
	if most := max(40, p.img.Rect.Dx()-int(40*p.k)); l.Width > most {
		l = p.face.Layout(words, text.Style{Size: p.letters, Height: 1.35, Align: text.Center, Width: most})
	}
	return l
}

// label writes words on a panel within the picture. A part, 0 to 1, of its width lies
// left of the place, and a part of its height above. It returns the panel.
func (p *pen) label(words string, at pixel, left, above float64) image.Rectangle {
	l := p.layout(words)
	px, py := 7*p.k, 3*p.k
	w, h := float64(l.Width)+2*px, float64(l.Height)+2*py
	x := math.Max(2*p.k, math.Min(at.x-w*left, float64(p.img.Rect.Dx())-w-2*p.k))
	y := math.Max(2*p.k, math.Min(at.y-h*above, float64(p.img.Rect.Dy())-h-2*p.k))
	box := image.Rect(int(x), int(y), int(x+w), int(y+h))
	fill(p.img, box, p.back)
	frame(p.img, box, p.line, max(1, int(p.k)))
	l.Draw(p.img, float32(x+px), float32(y+py), p.fore)
	return box
}

// haloed writes words around a place.
func (p *pen) haloed(words string, at pixel) {
	l := p.layout(words)
	l.DrawHalo(p.img, float32(at.x)-float32(l.Width)/2, float32(at.y)-float32(l.Height)/2, p.fore, p.back, uint8(min(3, 1+p.k)))
}

// scaleBar draws a round distance, true at the middle of the map.
func (p *pen) scaleBar(v tile.View, bottom float64) {
	m := v.MetresPerPixel()
	metres := layer.RoundBelow(m * 120 * p.k)
	words := digitsOf(int(metres)) + " m"
	if metres >= 1000 {
		words = digitsOf(int(metres/1000)) + " km"
	}
	right, y := float64(p.img.Rect.Dx())-12*p.k, float64(p.img.Rect.Dy())-bottom-12*p.k
	left := right - metres/m
	for _, pass := range []struct {
		half float64
		c    color.Color
	}{{2.2 * p.k, p.back}, {0.9 * p.k, p.fore}} {
		p.straight(pixel{left, y}, pixel{right, y}, pass.half, pass.c)
		p.straight(pixel{left, y - 4*p.k}, pixel{left, y}, pass.half, pass.c)
		p.straight(pixel{right, y - 4*p.k}, pixel{right, y}, pass.half, pass.c)
	}
	p.haloed(words, pixel{(left + right) / 2, y - float64(p.layout(words).Height)/2 - 3*p.k})
}

// north points up.
func (p *pen) north(top float64) {
	x, y := float64(p.img.Rect.Dx())-22*p.k, top+22*p.k+float64(p.letters)
	arrow := func(grow float64) []pixel {
		return []pixel{{x, y - (11+1.6*grow)*p.k}, {x + (6+grow)*p.k, y + (6+grow)*p.k}, {x, y + (2+grow)*p.k}, {x - (6+grow)*p.k, y + (6+grow)*p.k}}
	}
	p.polygon(arrow(1.6), p.back)
	p.polygon(arrow(0), p.fore)
	p.haloed("N", pixel{x, y - 12*p.k - float64(p.letters)/2})
}
