package view

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// SheetLine is a heading, or a question as it stands on paper: its mark, what is
// asked, what was answered, what is wrong.
type SheetLine struct {
	Key     string // the same as long as it is the same question
	Heading bool
	Depth   int
	Mark    string
	Text    string // with **bold** and *italic*
	Answer  string // in words; "" if there is none
	Faint   string // stands in place of an answer
	Problem string
}

// Sheet is a page of a questionnaire: lines drawn as one picture, and among them
// one card of live widgets that stands for one line or several. Only lines in
// view are asked for and measured, outwards from the card, so that a section of
// a thousand questions costs what is seen of it.
type Sheet struct {
	widget.BaseWidget
	// Tap is called with the key of a line that was tapped.
	Tap func(key string)

	face     *text.Face
	page     SheetPage
	card     *fyne.Container
	cardTop  float32 // points from the upper edge
	cardHigh float32
	placed   []placedLine // the lines in view
	tops     map[string]float32
	measured map[sheetMeasure]float32
	raster   *canvas.Raster
	clip     *container.Clip
}

// SheetPage is what a sheet shows.
type SheetPage struct {
	Line        func(i int) SheetLine
	First, Last int // the lines First to Last-1
	From, Until int // the lines From to Until-1 among them, for which the card stands
	Card        fyne.CanvasObject
}

// placedLine is a line in view, in points from the upper edge.
type placedLine struct {
	at        int
	line      SheetLine
	top, high float32
}

type sheetMeasure struct {
	line  SheetLine
	width float32
}

// Sizes in points.
const (
	sheetGutter  = 34 // holds the marks
	sheetEdge    = 14 // above the first line and below the last
	sheetContext = 64 // what shows beyond the card, so that one sees where one is
	sheetGap     = 9  // below a line
	sheetPad     = 14 // inside the card
	sheetIndent  = 14
	sheetMost    = 4096 // measured lines that are kept
)

// NewSheet makes an empty sheet.
func NewSheet(face *text.Face) *Sheet {
	s := &Sheet{face: face, card: container.NewStack(), measured: map[sheetMeasure]float32{}}
	s.clip = container.NewClip(container.New(sheetLayout{s}, s.card))
	s.clip.ExtendBaseWidget(s.clip)
	s.ExtendBaseWidget(s)
	return s
}

// Turn shows another page, or the same one with its card at another place. A card
// whose line was in view stays where the line was, as far as all of it can be seen
// there.
func (s *Sheet) Turn(p SheetPage) {
	s.page = p
	s.card.Objects = []fyne.CanvasObject{p.Card}
	top, seen := s.tops[p.Line(p.From).Key]
	if !seen {
		top = s.Size().Height / 3
	}
	s.cardTop = top
	s.Arrange()
}

// Arrange measures the card anew and brings all of it into view.
func (s *Sheet) Arrange() {
	if s.page.Line == nil || s.Size().Width <= sheetGutter+2*sheetPad {
		return
	}
	w := s.Size().Width - sheetGutter - 2*sheetPad
	s.card.Resize(fyne.NewSize(w, s.card.Size().Height))
	s.cardHigh = s.card.MinSize().Height
	s.card.Resize(fyne.NewSize(w, s.cardHigh))
	h := s.Size().Height
	s.cardTop = min(s.cardTop, h-sheetContext-s.cardHigh-2*sheetPad)
	s.cardTop = max(s.cardTop, min(sheetContext, h/8))
	s.settle()
}

// settle leaves no empty space at the ends, and places what is in view.
func (s *Sheet) settle() {
	h := s.Size().Height
	if end := s.cardTop + s.cardHigh + 2*sheetPad + s.length(s.page.Until, s.page.Last, h) + sheetEdge; end < h {
		s.cardTop += h - end
	}
	if above := s.length(s.page.First, s.page.From, s.cardTop) + sheetEdge; above < s.cardTop {
		s.cardTop = above
	}
	s.place()
	s.card.Move(fyne.NewPos(sheetGutter+sheetPad, s.cardTop+sheetPad))
	if s.raster != nil {
		s.raster.Refresh()
	}
}

// length adds up lines, at least until it exceeds most: from the one nearest to
// the card.
func (s *Sheet) length(from, until int, most float32) float32 {
	sum := float32(0)
	if until <= s.page.From {
		for i := until - 1; i >= from && sum <= most; i-- {
			sum += s.height(s.page.Line(i))
		}
		return sum
	}
	for i := from; i < until && sum <= most; i++ {
		sum += s.height(s.page.Line(i))
	}
	return sum
}

// place lists the lines in view.
func (s *Sheet) place() {
	s.placed, s.tops = s.placed[:0], map[string]float32{}
	add := func(i int, top float32, l SheetLine, h float32) {
		s.placed = append(s.placed, placedLine{i, l, top, h})
		s.tops[l.Key] = top
	}
	y := s.cardTop - sheetGap
	for i := s.page.From - 1; i >= s.page.First && y > 0; i-- {
		l := s.page.Line(i)
		h := s.height(l)
		y -= h
		add(i, y+sheetGap, l, h)
	}
	y = s.cardTop + s.cardHigh + 2*sheetPad + sheetGap
	for i := s.page.Until; i < s.page.Last && y < s.Size().Height; i++ {
		l := s.page.Line(i)
		h := s.height(l)
		add(i, y, l, h)
		y += h
	}
	s.tops[s.page.Line(s.page.From).Key] = s.cardTop
}

// sheetPart is a text of a line.
type sheetPart struct {
	text   string
	size   float32
	bold   bool
	lines  int // at the most, 0 any number
	color  fyne.ThemeColorName
	markup bool
}

func (l SheetLine) parts() []sheetPart {
	if l.Heading {
		return []sheetPart{{l.Text, 15.5, true, 0, theme.ColorNamePrimary, true}}
	}
	out := []sheetPart{{l.Text, 14.5, false, 0, theme.ColorNameForeground, true}}
	switch {
	case l.Answer != "":
		out = append(out, sheetPart{l.Answer, 14.5, true, 6, theme.ColorNameForeground, false})
	case l.Faint != "":
		out = append(out, sheetPart{l.Faint, 13.5, false, 1, theme.ColorNamePlaceHolder, false})
	}
	if l.Problem != "" {
		out = append(out, sheetPart{"✗ " + l.Problem, 13.5, false, 0, theme.ColorNameError, true})
	}
	return out
}

func (s *Sheet) indent(l SheetLine) float32 { return sheetGutter + sheetIndent*float32(l.Depth) }

func (s *Sheet) layout(p sheetPart, l SheetLine, scale float32) *text.Layout {
	width := max(60, s.Size().Width-s.indent(l)-sheetPad)
	st := text.Style{Size: p.size * scale, Width: int(width), Bold: p.bold, Lines: p.lines, Height: 1.4}
	if scale != 1 { // breaks lines where they were measured to break
		st.Width = int(width*scale) + 1
	}
	if !p.markup {
		return s.face.Layout(p.text, st)
	}
	spans := text.Markup(p.text)
	for i := range spans {
		if spans[i].Italic {
			spans[i].Color = themeColor(theme.ColorNamePrimary)
		}
	}
	return s.face.Spans(spans, st)
}

// height is that of a line with the gap below it.
func (s *Sheet) height(l SheetLine) float32 {
	k := sheetMeasure{l, s.Size().Width}
	if h, ok := s.measured[k]; ok {
		return h
	}
	if len(s.measured) > sheetMost {
		clear(s.measured)
	}
	h := float32(sheetGap)
	if l.Heading {
		h += 8
	}
	for _, p := range l.parts() {
		h += float32(s.layout(p, l, 1).Height)
	}
	s.measured[k] = h
	return h
}

// MinSize implements fyne.CanvasObject.
func (s *Sheet) MinSize() fyne.Size { return fyne.NewSize(300, 200) }

// Resize implements fyne.CanvasObject.
func (s *Sheet) Resize(size fyne.Size) {
	if size == s.Size() {
		return
	}
	s.BaseWidget.Resize(size)
	s.Arrange()
}

// Reveal scrolls until a part of the card is in view: top to bottom, in points from
// the top of the sheet as it stands.
func (s *Sheet) Reveal(top, bottom float32) {
	h := s.Size().Height
	by := max(0, bottom+sheetPad-h)
	by = min(by, top-sheetPad)
	if top < sheetPad {
		by = top - sheetPad
	}
	if by != 0 {
		s.cardTop -= by
		s.settle()
	}
}

// Scrolled implements fyne.Scrollable.
func (s *Sheet) Scrolled(e *fyne.ScrollEvent) {
	if s.page.Line == nil {
		return
	}
	s.cardTop += e.Scrolled.DY * 2
	s.settle()
}

// Tapped implements fyne.Tappable.
func (s *Sheet) Tapped(e *fyne.PointEvent) {
	for _, p := range s.placed {
		if y := e.Position.Y; s.Tap != nil && !p.line.Heading && y >= p.top && y < p.top+p.high {
			s.Tap(p.line.Key)
			return
		}
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	s.raster = canvas.NewRaster(s.draw)
	return &sheetRenderer{s}
}

func (s *Sheet) draw(w, h int) image.Image {
	img := surface(w, h)
	if w == 0 || s.Size().Width == 0 || s.page.Line == nil {
		return img
	}
	k := float32(w) / s.Size().Width
	for _, p := range s.placed {
		s.drawLine(img, p, k)
	}
	top, bottom := int(s.cardTop*k), int((s.cardTop+s.cardHigh+2*sheetPad)*k)
	box := image.Rect(int((sheetGutter-8)*k), top, w-int(4*k), bottom)
	frame(img, box, opaque(themeColor(theme.ColorNameSeparator)), max(1, int(k)))
	fill(img, image.Rect(box.Min.X, top, box.Min.X+max(2, int(4*k)), bottom), opaque(themeColor(theme.ColorNamePrimary)))
	return img
}

func (s *Sheet) drawLine(img *image.RGBA, p placedLine, k float32) {
	y, x := p.top*k, s.indent(p.line)*k
	if p.line.Heading {
		y += 8 * k
	}
	left := text.RightToLeft(p.line.Text) // runs to the left: begins at the right edge
	if left {
		x = sheetPad * k
	}
	if p.line.Mark != "" {
		c := theme.ColorNamePlaceHolder
		switch p.line.Mark {
		case "✓":
			c = theme.ColorNameSuccess
		case "✗":
			c = theme.ColorNameError
		}
		mark := s.face.Layout(p.line.Mark, text.Style{Size: 14.5 * k, Height: 1.4})
		at := 10 * k
		if left {
			at = float32(img.Bounds().Dx()) - at - float32(mark.Width)
		}
		mark.Draw(img, at, y, opaque(themeColor(c)))
	}
	for _, part := range p.line.parts() {
		l := s.layout(part, p.line, k)
		l.Draw(img, x, y, opaque(themeColor(part.color)))
		y += float32(s.layout(part, p.line, 1).Height) * k
	}
}

// sheetLayout moves the card when its height changes.
type sheetLayout struct{ s *Sheet }

func (l sheetLayout) Layout([]fyne.CanvasObject, fyne.Size) {
	if h := l.s.card.MinSize().Height; h != l.s.cardHigh {
		l.s.Arrange()
	}
}

func (sheetLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

type sheetRenderer struct{ s *Sheet }

func (r *sheetRenderer) Layout(size fyne.Size) {
	r.s.raster.Resize(size)
	r.s.clip.Resize(size)
}

func (r *sheetRenderer) MinSize() fyne.Size { return r.s.MinSize() }
func (r *sheetRenderer) Refresh()           { r.s.raster.Refresh() }
func (r *sheetRenderer) Destroy()           {}
func (r *sheetRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.s.raster, r.s.clip}
}
