package view

import (
	"image"

	"sselandscape/maps/paint"
)

// signs are title, legend and source: what stands still while the map moves below. They
// are those of the picture that is shown, and change with it; the legend stays in the corner
// where it hides least of the view to which the map returns. A click folds a legend or source
// away, so that what is below can be seen, and so does L.
type signs struct {
	size                  image.Point // of the map
	title, legend, source sign
	painted               paint.Signs
	corner                *paint.Corner // nil until it is known
}

// place puts signs in their places.
func (g *signs) place() {
	s := &g.painted
	g.size = s.Size
	g.title.put(s.Title, image.Point{})
	g.legend.put(nil, image.Point{})
	if g.corner != nil {
		g.legend.put(s.Legend, s.LegendAt(*g.corner).Min)
	}
	g.source.put(s.Source, s.SourceAt())
}

// sign is a part of the signs, empty if there is none.
type sign struct {
	box   image.Rectangle
	image *image.RGBA
	fold  foldState
	pill  image.Rectangle // what is shown instead, as it was drawn last
}

// put shows a picture at a place, or nothing.
func (s *sign) put(img *image.RGBA, at image.Point) {
	s.image, s.box = img, image.Rectangle{}
	if img != nil {
		s.box = img.Rect.Add(at)
	}
}

func (s *sign) draw(img *image.RGBA) {
	if !s.box.Empty() {
		stretch(img, s.box.Intersect(img.Rect), s.image, float64(s.box.Min.X), float64(s.box.Min.Y), 1)
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
