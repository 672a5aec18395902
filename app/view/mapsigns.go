package view

import (
	"context"
	"image"

	"sselandscape/maps/paint"
)

// signs are title, legend and source: what stands still while the map moves below. A
// click folds a legend or source away, so that what is below can be seen, and so does L.
type signs struct {
	size                  image.Point // of the map
	title, legend, source sign
}

// sign is a part of the signs, empty if there is none.
type sign struct {
	box   image.Rectangle
	image *image.RGBA
	fold  foldState
	pill  image.Rectangle // what is shown instead, as it was drawn last
}

func (s *sign) draw(img *image.RGBA) {
	if !s.box.Empty() {
		stretch(img, s.box, s.image, float64(s.box.Min.X), float64(s.box.Min.Y), 1)
	}
}

// foldState says whether a sign is folded away.
type foldState uint8

const (
	byRoom foldState = iota // folded if it takes too much
	folded
	unfolded
)

// How much of the map signs may take.
const (
	mostLegend = 0.25 // of its area
	mostSource = 0.2  // of its height
)

// shows says whether a sign is there and not folded.
func (m *Map) shows(s *sign) bool {
	if s.box.Empty() || !m.scene.Furniture {
		return false
	}
	wide, high := float64(s.box.Dx())/float64(m.pixels.X), float64(s.box.Dy())/float64(m.pixels.Y)
	small := wide*high <= mostLegend
	if s == &m.signs.source {
		small = high <= mostSource
	}
	return s.fold == unfolded || s.fold == byRoom && small
}

func (m *Map) toggle(s *sign, show bool) {
	s.fold = folded
	if show {
		s.fold = unfolded
	}
	m.changed()
}

// toggleSigns folds legend and source away, or shows both.
func (m *Map) toggleSigns() {
	show := !m.shows(&m.signs.legend) && !m.shows(&m.signs.source)
	m.toggle(&m.signs.legend, show)
	m.toggle(&m.signs.source, show)
}

// tapSigns takes a click on a sign; false if there is none.
func (m *Map) tapSigns(p pixel) bool {
	at := image.Pt(int(p.x), int(p.y))
	for _, s := range []*sign{&m.signs.legend, &m.signs.source} {
		shows := m.shows(s)
		if shows && at.In(s.box) || !shows && at.In(s.pill) {
			m.toggle(s, !shows)
			return true
		}
	}
	return m.scene.Furniture && at.In(m.signs.title.box)
}

// under is how many pixels the source takes.
func (m *Map) under() float64 {
	if m.shows(&m.signs.source) {
		return float64(m.signs.source.box.Dy())
	}
	return 0
}

// drawSigns draws the signs, or in their places what they are.
func (m *Map) drawSigns(p *pen) {
	g := &m.signs
	if !m.scene.Furniture || g.size != p.img.Rect.Size() {
		return
	}
	g.title.draw(p.img)
	for _, s := range []*sign{&g.legend, &g.source} {
		s.pill = image.Rectangle{}
		switch {
		case m.shows(s):
			s.draw(p.img)
		case s == &g.source && !s.box.Empty():
			s.pill = p.label("Sources (L)", pixel{8 * m.k, float64(m.pixels.Y) - 8*m.k}, 0, 1)
		case !s.box.Empty():
			x, left := float64(s.box.Min.X), 0.
			if s.box.Min.X > m.pixels.X-s.box.Max.X {
				x, left = float64(s.box.Max.X), 1
			}
			s.pill = p.label("Legend (L)", pixel{x, float64(s.box.Min.Y)}, left, 0)
		}
	}
}

// paintSigns draws title, legend and source of a scene as the painter does: they are
// what it adds to the view to which the map returns, so the legend stands where it hides
// least there. Scale and north are drawn anew with each view.
func paintSigns(ctx context.Context, p *paint.Painter, s paint.Scene, title string) (signs, error) {
	without, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	s.Furniture, s.Title = true, title
	with, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	d := difference{with.Image, without.Image}
	return d.signs(float64(s.Scale)), nil
}

// difference is two pictures of the same size.
type difference struct{ a, b *image.RGBA }

func (d difference) at(x, y int) bool {
	i := d.a.PixOffset(x, y)
	return pixelOf(d.a.Pix, i) != pixelOf(d.b.Pix, i)
}

// signs finds bars from side to side above and below, and the panel of the legend at the
// left or right, at k pixels by point. Names that have made way for these differ, too; they
// fill no panel.
func (d difference) signs(k float64) signs {
	w, h := d.a.Rect.Dx(), d.a.Rect.Dy()
	top, bottom := 0, h
	for top < h && d.bar(top) {
		top++
	}
	for bottom > top && d.bar(bottom-1) {
		bottom--
	}
	out := signs{size: d.a.Rect.Size(), title: d.cut(image.Rect(0, 0, w, top)), source: d.cut(image.Rect(0, bottom, w, h))}
	const edge, least = 13, 30 // points: a line on which a panel is met, and how high it is
	for _, x := range []int{int(edge * k), w - 1 - int(edge*k)} {
		if x < 0 || x >= w {
			continue
		}
		from := top
		for y := top; y <= bottom; y++ {
			if y < bottom && d.at(x, y) {
				continue
			}
			if float64(y-from) >= least*k {
				out.legend = d.cut(d.panel(x, from, y))
			}
			from = y + 1
		}
	}
	return out
}

// cut is the sign in a box. The rest of the picture is not kept.
func (d difference) cut(box image.Rectangle) sign {
	img := image.NewRGBA(image.Rectangle{Max: box.Size()})
	stretch(img, img.Rect, d.a, -float64(box.Min.X), -float64(box.Min.Y), 1)
	return sign{box: box, image: img}
}

// bar says whether a row differs from side to side.
func (d difference) bar(y int) bool {
	const probes = 24
	w := d.a.Rect.Dx()
	same := 0
	for i := range probes {
		if !d.at(i*(w-1)/(probes-1), y) {
			same++
		}
	}
	return same < 3 // letters may have the colours that are below
}

// panel is the box around a piece of a column that differs, as wide as its rim does.
func (d difference) panel(x, y0, y1 int) image.Rectangle {
	side := func(by int) int {
		to := x
		for n := to + by; n >= 0 && n < d.a.Rect.Dx() && d.at(n, y0+1) && d.at(n, y1-2); n += by {
			to = n
		}
		return to
	}
	return image.Rect(side(-1), y0, side(1)+1, y1)
}
