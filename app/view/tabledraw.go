package view

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sselandscape/maps/text"
)

// tablePainter draws one frame of a table. It works in pixels: s is how many are a
// point, k the text scale.
type tablePainter struct {
	grid
	t    *Table
	img  *image.RGBA
	body *image.RGBA // the part of img that holds rows
	s    float32
}

func (t *Table) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || h == 0 || t.Size().Width == 0 {
		return img
	}
	t.clamp()
	p := &tablePainter{t: t, grid: t.grid(), img: img, s: float32(w) / t.Size().Width}
	p.body = p.img.SubImage(p.box(0, p.head, p.seen.Width, p.seen.Height)).(*image.RGBA)
	fill(p.img, p.img.Bounds(), opaque(themeColor(theme.ColorNameBackground)))
	if t.rows.Len() == 0 {
		p.empty()
	}
	first := int(t.top / float64(p.row))
	for place := first; place < t.rows.Len(); place++ {
		y := p.head + float32(float64(place)*float64(p.row)-t.top)
		if y >= p.head+p.seen.Height {
			break
		}
		p.line(place, y)
	}
	p.titles()
	p.bars()
	return p.img
}

func fill(img *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
}

func wash(img *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// box turns points into pixels; boxes that touch in points touch in pixels.
func (p *tablePainter) box(x, y, w, h float32) image.Rectangle {
	return image.Rect(p.px(x), p.px(y), p.px(x+w), p.px(y+h))
}

func (p *tablePainter) px(v float32) int { return int(math.Round(float64(v * p.s))) }

// hair is the width of a thin line.
func (p *tablePainter) hair() int { return max(1, p.px(1)) }

// line draws a row.
func (p *tablePainter) line(place int, y float32) {
	row := p.t.rows.Row(place)
	r := p.box(0, y, p.seen.Width, p.row)
	switch {
	case place == p.t.cursor:
		wash(p.body, r, themeColor(theme.ColorNameSelection))
	case p.t.marked[row] || p.over(inRow, place) || p.over(inGutter, place):
		wash(p.body, r, themeColor(theme.ColorNameHover))
	}
	fill(p.body, image.Rect(r.Min.X, r.Max.Y-p.hair(), r.Max.X, r.Max.Y), opaque(themeColor(theme.ColorNameSeparator)))
	if p.t.OnMarks != nil && (p.t.marked[row] || p.over(inRow, place) || p.over(inGutter, place) || place == p.t.cursor) {
		p.check(y, p.t.marked[row])
	}
	for i, c := range p.t.cells(row) {
		if i < len(p.t.columns) && p.left[i]-p.t.side < p.seen.Width && p.left[i]+p.width[i] > p.t.side {
			p.cell(i, c, y)
		}
	}
	if place == p.t.cursor {
		p.ring(r)
	}
}

func (p *tablePainter) over(what part, at int) bool { return p.t.pointer.over == spot{what, at} }

// ring shows that a row has the cursor: a frame if keys come here, else a bar at
// the side.
func (p *tablePainter) ring(r image.Rectangle) {
	primary := opaque(themeColor(theme.ColorNamePrimary))
	if p.t.focused && p.t.headAt < 0 {
		frame(p.body, r, primary, max(2, p.px(2)))
		return
	}
	fill(p.body, image.Rect(r.Min.X, r.Min.Y, r.Min.X+p.px(4*p.k), r.Max.Y), primary)
}

// check draws the box of a mark, with a tick if the row is marked.
func (p *tablePainter) check(y float32, on bool) {
	a := 14 * p.k
	x := (tableGutter*p.k-a)/2 + 2*p.k - p.t.side
	r := p.box(x, y+(p.row-a)/2, a, a)
	if !on {
		frame(p.body, r, opaque(themeColor(theme.ColorNameInputBorder)), p.hair())
		return
	}
	fill(p.body, r, opaque(themeColor(theme.ColorNamePrimary)))
	n := float32(r.Dx())
	tick := opaque(themeColor(theme.ColorNameForegroundOnPrimary))
	stroke(p.body, r, [][2]float32{{0.22 * n, 0.52 * n}, {0.43 * n, 0.73 * n}, {0.8 * n, 0.3 * n}}, n/7, tick)
}

// stroke draws a line through points, from the corner of a box.
func stroke(img *image.RGBA, r image.Rectangle, points [][2]float32, wide float32, c color.Color) {
	for y := range r.Dy() {
		for x := range r.Dx() {
			near := math.Inf(1)
			for i := 1; i < len(points); i++ {
				near = min(near, apart(float64(x)+0.5, float64(y)+0.5, points[i-1], points[i]))
			}
			blend(img, r.Min.X+x, r.Min.Y+y, c, cover(float64(wide)/2-near))
		}
	}
}

// apart is how far a point is from a line between two points.
func apart(x, y float64, a, b [2]float32) float64 {
	ax, ay, dx, dy := float64(a[0]), float64(a[1]), float64(b[0]-a[0]), float64(b[1]-a[1])
	t := max(0, min(1, ((x-ax)*dx+(y-ay)*dy)/(dx*dx+dy*dy)))
	return math.Hypot(x-ax-t*dx, y-ay-t*dy)
}

// longest is how much of a text is laid out, in bytes: more than any column shows.
const longest = 600

// shown is the part of a text that a cell can show, in one line.
func shown(s string) string {
	if len(s) > longest {
		cut := longest
		for cut > 0 && s[cut]&0xc0 == 0x80 {
			cut--
		}
		s = s[:cut] + "…"
	}
	if strings.ContainsAny(s, "\n\r\u2028\u2029") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

func (c TableColumn) align() text.Align {
	if c.Right {
		return text.Right
	}
	return text.Natural
}

func (p *tablePainter) style(width float32, bold bool, a text.Align) text.Style {
	return text.Style{Size: tableText * p.k * p.s, Width: max(1, p.px(width)), Lines: 1, Bold: bold, Align: a, Height: 1.4}
}

// cell draws what stands in a column of the row at y.
func (p *tablePainter) cell(i int, c Cell, y float32) {
	if c.Text == "" && c.Icon == "" {
		return
	}
	clip := p.body.SubImage(p.box(p.left[i]-p.t.side, y, p.width[i], p.row)).(*image.RGBA)
	x, room := p.left[i]-p.t.side+tablePad*p.k, p.width[i]-2*tablePad*p.k
	fore := opaque(themeColor(theme.ColorNameForeground))
	if c.Icon != "" {
		tone := fore
		if c.Color != "" {
			tone = opaque(themeColor(c.Color))
		}
		p.put(clip, c.Icon, x, y, p.row, p.style(room, false, text.Left), tone)
		x, room = x+20*p.k, room-20*p.k
	}
	if room > 4*p.k {
		p.put(clip, shown(c.Text), x, y, p.row, p.style(room, c.Bold, p.t.columns[i].align()), fore)
	}
}

// put draws a line of text in the middle of a height.
func (p *tablePainter) put(img *image.RGBA, s string, x, y, h float32, st text.Style, c color.Color) {
	l := p.t.face.Layout(s, st)
	l.Draw(img, x*p.s, float32(p.px(y))+(h*p.s-float32(l.Height))/2, c)
}

// titles draws the titles and the order.
func (p *tablePainter) titles() {
	all := p.box(0, 0, p.t.Size().Width, p.head)
	fill(p.img, all, opaque(themeColor(theme.ColorNameButton)))
	line := opaque(themeColor(theme.ColorNameInputBorder))
	fill(p.img, image.Rect(all.Min.X, all.Max.Y-p.hair(), all.Max.X, all.Max.Y), line)
	for i := range p.t.columns {
		p.title(i)
		right := p.left[i] + p.width[i] - p.t.side
		fill(p.img, p.box(right-0.5, 7*p.k, 1, p.head-14*p.k), line)
		if p.over(onEdge, i) || p.t.pointer.held == (spot{onEdge, i}) {
			fill(p.img, p.box(right-1.5, 2*p.k, 3, p.head-4*p.k), opaque(themeColor(theme.ColorNamePrimary)))
		}
	}
	if p.t.focused && (p.t.headAt >= 0 || p.t.rows.Len() == 0) {
		r := all
		if p.t.headAt >= 0 {
			r = p.box(p.left[p.t.headAt]-p.t.side, 0, p.width[p.t.headAt], p.head)
		}
		frame(p.img, r, opaque(themeColor(theme.ColorNamePrimary)), max(2, p.px(2)))
	}
}

func (p *tablePainter) title(i int) {
	x := p.left[i] - p.t.side
	r := p.box(x, 0, p.width[i], p.head)
	clip := p.img.SubImage(r).(*image.RGBA)
	if p.over(inHead, i) {
		wash(clip, r, themeColor(theme.ColorNameHover))
	}
	room := p.width[i] - 2*tablePad*p.k
	if i == p.t.sortBy {
		room -= 14 * p.k
		sign := "▲"
		if p.t.desc {
			sign = "▼"
		}
		st := p.style(14*p.k, false, text.Left)
		st.Size *= 0.75
		p.put(clip, sign, x+p.width[i]-20*p.k, 0, p.head, st, opaque(themeColor(theme.ColorNamePrimary)))
	}
	if room > 4*p.k {
		p.put(clip, p.t.columns[i].Title, x+tablePad*p.k, 0, p.head, p.style(room, true, p.t.columns[i].align()), opaque(themeColor(theme.ColorNameForeground)))
	}
}

// empty says why there is nothing.
func (p *tablePainter) empty() {
	st := text.Style{Size: tableText * p.k * p.s, Width: max(1, p.px(p.seen.Width-40*p.k)), Lines: 4, Align: text.Center, Height: 1.5}
	l := p.t.face.Layout(p.t.Empty, st)
	l.Draw(p.body, 20*p.k*p.s, (p.head+28*p.k)*p.s, opaque(themeColor(theme.ColorNamePlaceHolder)))
}

// bars draws the scroll bars.
func (p *tablePainter) bars() {
	if p.high {
		from, long := thumb(p.t.top, float64(p.seen.Height), p.tall, p.k)
		x := p.seen.Width
		fill(p.img, p.box(x, p.head, p.t.Size().Width-x, p.t.Size().Height-p.head), opaque(themeColor(theme.ColorNameButton)))
		p.thumb(p.box(x+2.5*p.k, p.head+from+1, (tableBar-5)*p.k, long-2), onBar)
	}
	if p.wide {
		from, long := thumb(float64(p.t.side), float64(p.seen.Width), float64(p.total), p.k)
		y := p.head + p.seen.Height
		fill(p.img, p.box(0, y, p.seen.Width, p.t.Size().Height-y), opaque(themeColor(theme.ColorNameButton)))
		p.thumb(p.box(from+1, y+2.5*p.k, long-2, (tableBar-5)*p.k), onSideBar)
	}
}

func (p *tablePainter) thumb(r image.Rectangle, what part) {
	name := fyne.ThemeColorName(theme.ColorNameInputBorder)
	if p.t.pointer.over.part == what || p.t.pointer.held.part == what {
		name = theme.ColorNamePrimary
	}
	fill(p.img, r, opaque(themeColor(name)))
}
