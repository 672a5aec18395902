package view

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"golang.org/x/image/vector"

	"sselandscape/maps/text"
)

// Scale is what a Slider takes values from.
type Scale struct {
	Start, End, Step float64
	Every            float64           // between ticks; 0: no ticks but the ends
	Labels           map[string]string // of values, by their text
	Vertical, Stars  bool
	NoTicks          bool
}

// steps is the number of steps from start to end.
func (s Scale) steps() int { return int(math.Floor(math.Abs(s.End-s.Start)/s.Step + 1e-9)) }

// decimals that a value of the scale may have.
func (s Scale) decimals() int {
	n := 0
	for _, v := range []float64{s.Start, s.Step} {
		_, part, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
		n = max(n, len(part))
	}
	return n
}

// text writes the value after so many steps.
func (s Scale) text(i int) string {
	step := s.Step
	if s.End < s.Start {
		step = -step
	}
	return strconv.FormatFloat(s.Start+float64(i)*step+0, 'f', s.decimals(), 64)
}

// index finds a value's number of steps.
func (s Scale) index(v string) (int, bool) {
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	i := math.Abs(f-s.Start) / s.Step
	n := int(math.Round(i))
	if math.Abs(i-float64(n)) > 1e-6 || n > s.steps() || s.steps() > 0 && (f-s.Start)*(s.End-s.Start) < 0 {
		return 0, false
	}
	return n, true
}

// Values lists the values of the scale, at most so many.
func (s Scale) Values(most int) []string {
	if !(s.Step > 0) {
		s.Step = 1
	}
	var out []string
	for i := 0; i <= s.steps() && i < most; i++ {
		out = append(out, s.text(i))
	}
	return out
}

// Near writes a value as the scale writes it, "" if it has no such value.
func (s Scale) Near(v string) string {
	if i, ok := s.index(v); ok && s.Step > 0 {
		return s.text(i)
	}
	return ""
}

// Slider takes a value of a scale: arrows by a step, PgUp and PgDn by ten, Home
// and End, digits typed, or the pointer. It is blank until touched. With Stars it
// is a rating.
type Slider struct {
	picture
	Changed func(value string)

	face  *text.Face
	scale Scale
	at    int // steps from the start; -1: blank
	typed string
}

// NewSlider makes a slider at a value, or blank.
func NewSlider(face *text.Face, scale Scale, value string) *Slider {
	if !(scale.Step > 0) {
		scale.Step = 1
	}
	s := &Slider{face: face, scale: scale, at: -1}
	if i, ok := scale.index(value); ok {
		s.at = i
	}
	s.begin(s, s.draw)
	return s
}

// Value is the value that is chosen, "" if none is.
func (s *Slider) Value() string {
	if s.at < 0 {
		return ""
	}
	return s.scale.text(s.at)
}

// Problem says what is wrong with what is being typed, "" if nothing.
func (s *Slider) Problem() string {
	if _, ok := s.scale.index(s.typed); ok || s.typed == "" {
		return ""
	}
	return fmt.Sprintf("%s is no value of this scale; it runs from %s to %s in steps of %s.", s.typed, s.scale.text(0), s.scale.text(s.scale.steps()), strconv.FormatFloat(s.scale.Step, 'f', -1, 64))
}

// Typed is what was typed, while it is no value yet or the focus is here.
func (s *Slider) Typed() string { return s.typed }

// MinSize implements fyne.CanvasObject.
func (s *Slider) MinSize() fyne.Size {
	switch {
	case s.scale.Vertical && !s.scale.Stars:
		return fyne.NewSize(200, 300)
	case s.scale.Stars:
		return fyne.NewSize(200, 84)
	}
	return fyne.NewSize(200, 106)
}

func (s *Slider) set(i int) {
	s.at = max(0, min(i, s.scale.steps()))
	s.changed()
	if s.Changed != nil {
		s.Changed(s.Value())
	}
}

// TypedKey implements fyne.Focusable.
func (s *Slider) TypedKey(e *fyne.KeyEvent) {
	by := 0
	switch e.Name {
	case fyne.KeyUp, fyne.KeyRight:
		by = 1
	case fyne.KeyDown, fyne.KeyLeft:
		by = -1
	case fyne.KeyPageUp:
		by = 10
	case fyne.KeyPageDown:
		by = -10
	case fyne.KeyHome:
		by = -s.scale.steps() - 1
	case fyne.KeyEnd:
		by = s.scale.steps() + 1
	case fyne.KeyBackspace, fyne.KeyDelete:
		s.erase(e.Name == fyne.KeyDelete)
		return
	default:
		s.page(e.Name)
		return
	}
	s.typed = ""
	if s.at < 0 && by != s.scale.steps()+1 { // the first touch lands on the start
		by = 0
		s.at = 0
	}
	s.set(s.at + by)
}

// erase takes the last typed character back, or makes the answer blank.
func (s *Slider) erase(all bool) {
	if s.typed != "" && !all {
		s.typed = s.typed[:len(s.typed)-1]
	} else {
		s.typed = ""
	}
	s.take()
}

// take follows what is typed.
func (s *Slider) take() {
	s.at = -1
	if i, ok := s.scale.index(s.typed); ok {
		s.at = i
	}
	s.changed()
	if s.Changed != nil {
		s.Changed(s.Value())
	}
}

// TypedRune implements fyne.Focusable: digits make a value.
func (s *Slider) TypedRune(r rune) {
	if r == ',' {
		r = '.'
	}
	if !(r >= '0' && r <= '9' || r == '.' || r == '-') || len(s.typed) > 20 {
		return
	}
	if s.scale.Stars && s.scale.steps() < 10 && s.scale.decimals() == 0 {
		s.typed = "" // one digit is a rating
	}
	s.typed += string(r)
	s.take()
}

// FocusLost implements fyne.Focusable.
func (s *Slider) FocusLost() {
	if s.Problem() == "" {
		s.typed = ""
	}
	s.picture.FocusLost()
}

// Tapped implements fyne.Tappable.
func (s *Slider) Tapped(e *fyne.PointEvent) { s.focus(); s.point(e.Position) }

// Dragged implements fyne.Draggable.
func (s *Slider) Dragged(e *fyne.DragEvent) { s.point(e.Position) }

// DragEnd implements fyne.Draggable.
func (s *Slider) DragEnd() {}

func (s *Slider) point(p fyne.Position) {
	s.typed = ""
	if s.scale.Stars {
		s.set(int((p.X - starLeft) / s.star()))
		return
	}
	from, length := s.track()
	part := (p.X - from) / length
	if s.scale.Vertical {
		part = 1 - (p.Y-from)/length
	}
	s.set(int(math.Round(float64(part) * float64(s.scale.steps()))))
}

const (
	starLeft    = 8
	sliderEdge  = 34
	sliderTrack = 50 // points above a track
)

// star is the width of a star with its gap, in points.
func (s *Slider) star() float32 {
	return min(44, (s.Size().Width-2*starLeft)/float32(s.scale.steps()+1))
}

// track is where the track begins and how long it is, in points.
func (s *Slider) track() (from, length float32) {
	if s.scale.Vertical {
		return 40, s.Size().Height - 60
	}
	return sliderEdge, s.Size().Width - 2*sliderEdge
}

func (s *Slider) draw(img *image.RGBA, k float32) {
	p := colours()
	if s.focused {
		frame(img, img.Bounds(), p.primary, max(1, int(1.5*k)))
	}
	if s.scale.Stars {
		s.drawStars(img, k, p)
		return
	}
	c := p.fore
	if s.at < 0 {
		c = p.grey
	}
	if s.Problem() != "" {
		c = p.error
	}
	s.face.Layout(s.words(), text.Style{Size: 15 * k, Bold: s.at >= 0, Height: 1.4}).Draw(img, 10*k, 6*k, c)
	s.drawTrack(img, k, p)
}

// words is what is chosen, in words.
func (s *Slider) words() string {
	v := s.Value()
	label := s.scale.Labels[v]
	switch {
	case s.Problem() != "":
		return "✗ " + s.Problem()
	case s.at < 0:
		return "No answer yet: arrows, or type a number"
	case s.scale.Stars:
		v = fmt.Sprintf("%d of %d", s.at+1, s.scale.steps()+1)
	}
	if label != "" {
		return v + " – " + label
	}
	return v
}

func (s *Slider) drawTrack(img *image.RGBA, k float32, p palette) {
	from, length := s.track()
	along := func(i int) float32 { return from + length*float32(i)/float32(max(1, s.scale.steps())) }
	spot := func(i int) image.Point {
		if s.scale.Vertical {
			return image.Pt(int(46*k), int((2*from+length-along(i))*k))
		}
		return image.Pt(int(along(i)*k), int(sliderTrack*k))
	}
	a, b := spot(0), spot(s.scale.steps())
	bar := image.Rectangle{a, b}.Canon().Inset(-max(1, int(1.5*k)))
	draw.Draw(img, bar, image.NewUniform(p.grey), image.Point{}, draw.Src)
	for _, i := range s.ticks() {
		s.tick(img, spot(i), i, k, p)
	}
	if s.at >= 0 {
		at := spot(s.at)
		draw.Draw(img, image.Rectangle{a, at}.Canon().Inset(-max(2, int(2.5*k))), image.NewUniform(p.primary), image.Point{}, draw.Src)
		disc(img, at, int(9*k), p.primary)
		disc(img, at, int(4*k), opaque(themeColor(theme.ColorNameBackground)))
	}
}

// ticks are the steps that are marked: the ends, every tick interval, and what has
// a label.
func (s *Slider) ticks() []int {
	n := s.scale.steps()
	if s.scale.NoTicks {
		return []int{0, n}
	}
	every := 0
	if s.scale.Every > 0 {
		every = max(1, int(math.Round(s.scale.Every/s.scale.Step)))
	} else if n <= 10 {
		every = 1
	}
	var out []int
	for i := 0; i <= n && len(out) < 200; i++ {
		if i == 0 || i == n || every > 0 && i%every == 0 || s.scale.Labels[s.scale.text(i)] != "" && n < 1000 {
			out = append(out, i)
		}
	}
	return out
}

// tick draws a mark with its label, or its number.
func (s *Slider) tick(img *image.RGBA, at image.Point, i int, k float32, p palette) {
	v := s.scale.text(i)
	if l := s.scale.Labels[v]; l != "" {
		v = l
	}
	t := max(1, int(1.5*k))
	st := text.Style{Size: 12 * k, Width: int(110 * k), Lines: 2, Align: text.Center, Height: 1.3}
	if s.scale.Vertical {
		draw.Draw(img, image.Rect(at.X, at.Y, at.X+int(12*k), at.Y+t), image.NewUniform(p.grey), image.Point{}, draw.Src)
		st.Align, st.Width = text.Left, int(260*k)
		l := s.face.Layout(v, st)
		l.Draw(img, float32(at.X)+20*k, float32(at.Y)-float32(l.Height)/2, p.fore)
		return
	}
	draw.Draw(img, image.Rect(at.X, at.Y, at.X+t, at.Y+int(12*k)), image.NewUniform(p.grey), image.Point{}, draw.Src)
	if _, length := s.track(); len(s.ticks()) > 1 {
		st.Width = int(min(110, length/float32(len(s.ticks())-1)-4) * k)
	}
	st.Width = max(st.Width, int(20*k))
	st.Align = text.Left
	st.Width = s.face.Layout(v, st).Width + 1
	st.Align = text.Center
	x := float32(at.X) - float32(st.Width)/2
	x = max(2*k, min(x, float32(img.Bounds().Dx()-st.Width)-2*k))
	s.face.Layout(v, st).Draw(img, x, float32(at.Y)+15*k, p.fore)
}

func (s *Slider) drawStars(img *image.RGBA, k float32, p palette) {
	size := s.star() * k
	for i := 0; i <= s.scale.steps(); i++ {
		cx, cy := starLeft*k+size*(float32(i)+0.5), 30*k
		drawStar(img, cx, cy, size*0.44, p.fore)
		if i > s.at {
			drawStar(img, cx, cy, size*0.36, opaque(themeColor(theme.ColorNameBackground)))
		} else {
			drawStar(img, cx, cy, size*0.38, p.primary)
		}
	}
	c := p.fore
	if s.at < 0 {
		c = p.grey
	}
	s.face.Layout(s.words(), text.Style{Size: 14 * k, Bold: s.at >= 0, Height: 1.4}).Draw(img, 12*k, 57*k, c)
}

// drawStar fills a star of five points.
func drawStar(img *image.RGBA, cx, cy, r float32, c color.Color) {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	z := vector.NewRasterizer(w, h)
	for i := range 10 {
		a := -math.Pi/2 + float64(i)*math.Pi/5
		q := float64(r)
		if i%2 == 1 {
			q *= 0.45
		}
		x, y := cx+float32(q*math.Cos(a)), cy+float32(q*math.Sin(a))
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	z.ClosePath()
	z.Draw(img, img.Bounds(), image.NewUniform(c), image.Point{})
}
