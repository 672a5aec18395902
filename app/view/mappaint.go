package view

import (
	"context"
	"encoding/binary"
	"errors"
	"image"
	"math"
	"time"

	"fyne.io/fyne/v2"

	"sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

// piece is one of the pictures that a map is put together from, the most urgent first.
type piece int

const (
	detail  piece = iota // what is in view and some more
	signage              // where the legend stands
	wider                // sixteen times as much, coarsely
	globe                // everything, very coarsely
	parts
)

// How far pictures reach beyond the view, in parts of its width and height.
const (
	ahead     = 0.25
	aheadLeft = 0.1 // where the next one is painted
	widerLeft = 0.4
	coarser   = 2 // zooms less of the wider picture
)

// busyAfter is how long a picture may take without a sign.
const busyAfter = 150 * time.Millisecond

// How long the painter waits for the last turn of a wheel, and at most.
const (
	zoomRest = 50 * time.Millisecond
	zoomMost = 350 * time.Millisecond
)

// wish is what a picture is to show.
type wish struct {
	size    image.Point // of the map, to which signs are fitted; of the detail
	view    tile.View
	version int
	dark    bool
	k       float64
}

// pane is a picture that has been painted.
type pane struct {
	wish
	frame *paint.Frame
}

// painted is what the painter hands over.
type painted struct {
	part   piece
	wish   wish
	frame  *paint.Frame
	signs  paint.Signs  // of the detail
	corner paint.Corner // of the signage
	err    error
}

// repaint asks for all pictures anew. Those that are there show until then.
func (m *Map) repaint() {
	m.version++
	if m.cancel != nil {
		m.cancel()
	}
	m.pump()
}

// pump starts the painting that is most urgent, if none goes on. What is wanted is found
// when the painter has time for it: the newest wish wins.
func (m *Map) pump() {
	if !m.started() {
		return
	}
	if m.since.IsZero() && m.missing() {
		m.since = m.now()
		m.watch()
	}
	if m.cancel != nil {
		return
	}
	if m.zooming() {
		return
	}
	for p := range parts {
		if w, ok := m.wish(p); ok {
			m.order(p, w)
			return
		}
	}
}

// zooming says whether the zoom keeps changing. The painter then rests for a while, so
// that the map moves evenly.
func (m *Map) zooming() bool {
	now := m.now()
	return m.glide != nil && m.goal.Zoom != m.view.Zoom && now.Sub(m.turned) < zoomRest && now.Sub(m.ordered) < zoomMost
}

// missing says whether the picture of what is in view is not there yet.
func (m *Map) missing() bool {
	p := m.shown[detail]
	return p == nil || p.version != m.version || p.dark != IsDark() || p.k != m.k || p.view.Zoom != m.goal.Zoom || !covers(p.view, m.goal, 0)
}

// watch looks again after a while whether the picture is there.
func (m *Map) watch() {
	fyne.NewAnimation(busyAfter, func(part float32) {
		if part >= 1 && !m.slow && !m.since.IsZero() && m.now().Sub(m.since) >= busyAfter {
			m.slow = true
			m.changed()
		}
	}).Start()
}

// wish is what a picture should show, and whether that differs from what was asked for
// last.
func (m *Map) wish(p piece) (wish, bool) {
	w := wish{view: m.goal, version: m.version, dark: IsDark(), k: m.k}
	was := m.asked[p]
	fits := false
	switch p {
	case detail:
		w.size = m.pixels
		fits = was.view.Zoom == w.view.Zoom && covers(was.view, w.view, aheadLeft) && (was.size == w.size || !m.scene.Furniture)
		if m.shown[p] != nil { // the first is wanted soon
			w.view = grown(w.view, ahead)
		}
	case signage:
		if !m.scene.Furniture {
			return w, false
		}
		w.view, w.version = m.homeView, m.content
		fits = was.view == w.view
	case wider:
		fits = math.Abs(was.view.Zoom+coarser-w.view.Zoom) <= 1 && covers(was.view, w.view, widerLeft)
		w.view.Zoom, w.version = math.Max(w.view.Zoom-coarser, 0), m.content
	case globe:
		w.view = tile.View{Width: 3 * 256, Height: 3 * 256} // with sea beyond the Poles
		fits, w.version, w.k = was.view == w.view, m.globes, 1
	}
	return w, !fits || was.version != w.version || was.dark != w.dark || was.k != w.k
}

// grown is a view with more around it, in parts of its width and height on each side.
func grown(v tile.View, by float64) tile.View {
	v.Width += 2 * int(by*float64(v.Width))
	v.Height += 2 * int(by*float64(v.Height))
	return v
}

// covers says whether a view shows all of another and, on each side, a part of its width
// and height more.
func covers(a, v tile.View, more float64) bool {
	if a.Width == 0 {
		return false
	}
	x0, y0, ratio := within(a, v)
	mx, my := more*float64(v.Width), more*float64(v.Height)
	const rounding = 0.6
	return x0 <= -mx+rounding && y0 <= -my+rounding && x0+ratio*float64(a.Width) >= float64(v.Width)+mx-rounding && y0+ratio*float64(a.Height) >= float64(v.Height)+my-rounding
}

// within is where the picture of a view lies on that of another: its top left corner in
// pixels, and how much larger it is there.
func within(a, v tile.View) (x0, y0, ratio float64) {
	ratio = math.Exp2(v.Zoom - a.Zoom)
	cx, cy := v.Project(a.Center)
	return cx - ratio*float64(a.Width)/2, cy - ratio*float64(a.Height)/2, ratio
}

// sceneOf is the scene of a picture.
func (m *Map) sceneOf(p piece, w wish) paint.Scene {
	s := m.scene
	s.View, s.Dark, s.Scale = w.view, w.dark, float32(w.k)
	s.Furniture, s.Title, s.EqualArea = false, "", false
	if p != detail {
		s.Selected = ""
	}
	switch p {
	case wider:
		s.Scale /= 1 << coarser
	case globe:
		s.Scale = 0.1
		s.Layers, s.Graticule = nil, false
	}
	return s
}

func (m *Map) order(p piece, w wish) {
	ctx, cancel := context.WithCancel(context.Background())
	m.cancel, m.asked[p], m.ordered = cancel, w, m.now()
	painter, scene, title, signs, size := m.painter, m.sceneOf(p, w), m.scene.Title, m.scene.Furniture, m.pixels
	go func() {
		r := painted{part: p, wish: w}
		if p == signage {
			scene.Title = title
			r.corner, r.err = painter.LegendCorner(ctx, scene)
		} else {
			r.frame, r.err = painter.Paint(ctx, scene)
		}
		if p == detail && signs && r.err == nil {
			r.signs = painter.Signs(r.frame, size, title)
		}
		m.done <- r
		m.wake()
	}()
}

// collect takes over what the painter has finished and lets it go on.
func (m *Map) collect() {
	select {
	case r := <-m.done:
		m.take(r)
		m.pump()
	default:
	}
}

func (m *Map) take(r painted) {
	m.cancel()
	m.cancel = nil
	switch {
	case errors.Is(r.err, context.Canceled):
		m.asked[r.part] = wish{}
	case r.err != nil:
		if m.OnError != nil {
			m.OnError(r.err)
		}
	case r.part == signage:
		m.signs.corner = &r.corner
		m.signs.place()
	default:
		if old := m.shown[r.part]; r.part == detail {
			if m.last = nil; old != nil && old.version == r.wish.version && old.dark == r.wish.dark && old.k == r.wish.k {
				m.last = old
			}
		}
		if r.part == detail {
			m.signs.painted = r.signs
			m.signs.place()
		} else {
			r.frame.Marks = nil // they may be many, and nobody asks
		}
		m.shown[r.part] = &pane{r.wish, r.frame}
	}
	if r.part == detail && !m.missing() {
		m.since, m.slow = time.Time{}, false
	}
}

// compose puts the pictures one below the other, each only where those above leave
// something.
func (m *Map) compose(img *image.RGBA) {
	open := []image.Rectangle{img.Rect} // what is to be drawn still
	for _, p := range []*pane{m.shown[detail], m.last, m.shown[wider], m.shown[globe]} {
		if p == nil || len(open) == 0 {
			continue
		}
		x0, y0, ratio := within(p.view, m.view)
		if math.Abs(ratio-1) < 1e-9 {
			x0, y0, ratio = math.Round(x0), math.Round(y0), 1
		}
		box := image.Rect(int(math.Ceil(x0)), int(math.Ceil(y0)), int(math.Floor(x0+ratio*float64(p.view.Width))), int(math.Floor(y0+ratio*float64(p.view.Height))))
		var left []image.Rectangle
		for _, r := range open {
			if part := r.Intersect(box); !part.Empty() {
				stretch(img, part, p.frame.Image, x0, y0, ratio)
			}
			left = append(left, without(r, box)...)
		}
		if open = left; len(open) == 0 && p == m.shown[detail] && m.glide == nil {
			m.last = nil
		}
	}
}

// stretch draws a picture whose top left corner is moved to (x0, y0), and that is made
// so much larger, into a box that it covers.
func stretch(img *image.RGBA, box image.Rectangle, src *image.RGBA, x0, y0, ratio float64) {
	if ratio == 1 {
		for y := box.Min.Y; y < box.Max.Y; y++ {
			from := src.PixOffset(box.Min.X-int(x0), y-int(y0))
			copy(img.Pix[img.PixOffset(box.Min.X, y):img.PixOffset(box.Max.X, y)], src.Pix[from:])
		}
		return
	}
	// Between the four pixels around, as far as it comes without weighing many: while
	// the map glides there is one of these each frame.
	columns := make([]sample, box.Dx())
	for i := range columns {
		columns[i] = sampleAt(box.Min.X+i, x0, ratio, src.Rect.Dx(), 4)
	}
	for y := box.Min.Y; y < box.Max.Y; y++ {
		row := sampleAt(y, y0, ratio, src.Rect.Dy(), src.Stride)
		above, below := src.Pix[row.at:], src.Pix[row.at+row.step:]
		out := img.Pix[img.PixOffset(box.Min.X, y):][:4*len(columns)]
		for i, c := range columns {
			a := mixed(pixelOf(above, c.at), pixelOf(above, c.at+c.step), c.part)
			b := mixed(pixelOf(below, c.at), pixelOf(below, c.at+c.step), c.part)
			binary.LittleEndian.PutUint32(out[4*i:], mixed(a, b, row.part))
		}
	}
}

// sample is between which pixels of a row or column another one lies: where the first
// is, how far away the second, and 256ths of the second.
type sample struct {
	at, step int
	part     uint32
}

func sampleAt(i int, from, ratio float64, n, size int) sample {
	at := math.Max(0, math.Min((float64(i)+0.5-from)/ratio-0.5, float64(n-1)))
	first := int(at)
	s := sample{at: first * size, part: uint32((at - float64(first)) * 256)}
	if first < n-1 {
		s.step = size
	}
	return s
}

func pixelOf(pix []uint8, at int) uint32 { return binary.LittleEndian.Uint32(pix[at:]) }

// mixed is a pixel with so many 256ths of another, two colours at a time.
func mixed(a, b, part uint32) uint32 {
	const even = 0x00ff00ff
	low := ((a&even)*(256-part) + (b&even)*part) >> 8 & even
	high := (a>>8&even)*(256-part) + (b>>8&even)*part
	return low | high&^even
}

// without is what of a rectangle lies outside of another.
func without(r, cut image.Rectangle) []image.Rectangle {
	cut = cut.Intersect(r)
	if cut.Empty() {
		return []image.Rectangle{r}
	}
	var out []image.Rectangle
	for _, p := range []image.Rectangle{
		{r.Min, image.Pt(r.Max.X, cut.Min.Y)},
		{image.Pt(r.Min.X, cut.Min.Y), image.Pt(cut.Min.X, cut.Max.Y)},
		{image.Pt(cut.Max.X, cut.Min.Y), image.Pt(r.Max.X, cut.Max.Y)},
		{image.Pt(r.Min.X, cut.Max.Y), r.Max},
	} {
		if !p.Empty() {
			out = append(out, p)
		}
	}
	return out
}
