package paint

import (
	"cmp"
	"image"
	"math"
	"slices"
	"unicode"

	"sselandscape/maps/text"
)

// waterName is a river with the arcs of one of its lines.
type waterName struct {
	name string
	refs []int32
}

// How names lie along rivers: lines are looked at so often, smoothed over so much, and
// bend at most so much over the width of a letter, or as a whole.
const (
	sample     = 4.0 // points
	smoothOver = 5   // samples to each side
	letterTurn = 0.35
	wholeTurn  = 1.9 // radians
	straightBy = 7.0 // points that a line leaves its chord by where a name is straight
)

// apart are scripts whose letters may be set apart and turned one by one. Those of
// others join, or stand above each other; their names stay as they were shaped.
var apart = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Armenian, unicode.Georgian, unicode.Common, unicode.Inherited}

func lettersApart(s string) bool {
	return !slices.ContainsFunc([]rune(s), func(r rune) bool { return !unicode.In(r, apart...) })
}

// way is where a name may lie: samples of a line, and how good it is, less being better.
type way struct {
	at       []xy
	straight bool
	cost     float64
}

// riverLabels writes names along rivers, each once.
func (c *canvas) riverLabels() {
	if c.s.View.Zoom < 4.5 {
		return
	}
	ways := map[string][]way{}
	var names []string
	for _, r := range c.p.rivers {
		for _, l := range c.whole([][]int32{r.refs}) {
			lay := c.layout(riverLook(r.name, c.t))
			for _, part := range piecesIn(l.points(), boxOf(c.size)) {
				if w, ok := c.wayAlong(part, float64(lay.Width), lettersApart(r.name)); ok {
					if ways[r.name] == nil {
						names = append(names, r.name)
					}
					ways[r.name] = append(ways[r.name], w...)
				}
			}
		}
	}
	for _, name := range names {
		ws := ways[name]
		slices.SortStableFunc(ws, func(a, b way) int { return cmp.Compare(a.cost, b.cost) })
		for _, w := range ws {
			if c.writeAlong(c.layout(riverLook(name, c.t)), w) {
				break
			}
		}
	}
}

func riverLook(name string, t Theme) label {
	return label{text: name, size: 10, italic: leans(name), color: t.WaterText}
}

// leans says whether a name is in letters of which there are italics.
func leans(s string) bool {
	return !slices.ContainsFunc([]rune(s), func(r rune) bool {
		return !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Common, unicode.Inherited)
	})
}

// wayAlong finds where along a line a name of a width may lie.
func (c *canvas) wayAlong(path []xy, width float64, bent bool) ([]way, bool) {
	step := sample * c.px
	at := smoothed(resampled(path, step))
	n := int(math.Ceil((width+8*c.px)/step)) + 1
	var out []way
	for from := 0; from+n <= len(at); from += 4 {
		part := slices.Clone(at[from : from+n])
		if part[n-1].x < part[0].x { // never upside down
			slices.Reverse(part)
		}
		turn, sharp, off := bends(part, max(1, int(8*c.px/step)))
		middle := math.Abs(float64(from)+float64(n)/2-float64(len(at))/2) / float64(len(at))
		switch {
		case bent && sharp <= letterTurn && turn <= wholeTurn && steep(part):
			out = append(out, way{at: part, cost: turn + middle})
		case off <= straightBy*c.px:
			out = append(out, way{at: part, straight: true, cost: turn + middle + 1})
		}
	}
	return out, len(out) > 0
}

// steep says whether all of a line runs to the right, or none of it to the left by
// more than letters bear: what turns back would be upside down.
func steep(part []xy) bool {
	for i := 1; i < len(part); i++ {
		if part[i].x < part[i-1].x-0.3*math.Abs(part[i].y-part[i-1].y) {
			return false
		}
	}
	return true
}

// bends measures a line: how much it turns in all, at most over some samples, and how
// far it leaves its chord.
func bends(part []xy, over int) (turn, sharp, off float64) {
	angle := func(i, j int) float64 { return math.Atan2(part[j].y-part[i].y, part[j].x-part[i].x) }
	for i := over; i+over < len(part); i++ {
		d := math.Abs(turned(angle(i-over, i), angle(i, i+over)))
		sharp, turn = max(sharp, d), turn+d/float64(over)
	}
	a, b := part[0], part[len(part)-1]
	length := max(1e-9, math.Hypot(b.x-a.x, b.y-a.y))
	for _, v := range part {
		off = max(off, math.Abs((b.x-a.x)*(v.y-a.y)-(b.y-a.y)*(v.x-a.x))/length)
	}
	return turn, sharp, off
}

// turned is the angle from one direction to another, -π to π.
func turned(a, b float64) float64 { return math.Remainder(b-a, 2*math.Pi) }

// resampled walks along a path in equal steps.
func resampled(path []xy, step float64) []xy {
	out := []xy{path[0]}
	left := step
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		d := math.Hypot(b.x-a.x, b.y-a.y)
		at := 0.0
		for d-at >= left {
			at += left
			out = append(out, xy{a.x + (b.x-a.x)*at/d, a.y + (b.y-a.y)*at/d})
			left = step
		}
		left -= d - at
	}
	return out
}

// smoothed gives each sample the mean of those around it.
func smoothed(in []xy) []xy {
	out := make([]xy, len(in))
	for i := range in {
		k := min(smoothOver, i, len(in)-1-i)
		for j := i - k; j <= i+k; j++ {
			out[i].x += in[j].x / float64(2*k+1)
			out[i].y += in[j].y / float64(2*k+1)
		}
	}
	return out
}

// writeAlong writes a name along a way, above the line, if there is room.
func (c *canvas) writeAlong(lay *text.Layout, w way) bool {
	gs := slices.Collect(lay.Glyphs())
	pen := &tracer{}
	var boxes []image.Rectangle
	lift := 3 * c.px
	start := (w.length() - float64(lay.Width)) / 2
	for i := 0; i < len(gs); {
		j := i + 1
		for j < len(gs) && gs[j].Text == "" {
			j++
		}
		end := float64(lay.Width)
		if j < len(gs) {
			end = float64(gs[j].X)
		}
		middle := (float64(gs[i].X) + end) / 2
		at, angle := w.place(start + middle)
		pen.sin, pen.cos = math.Sincos(angle)
		for _, g := range gs[i:j] {
			dx, dy := float64(g.X)-middle, float64(g.Y-g.Base)-lift
			pen.origin = xy{at.x + dx*pen.cos - dy*pen.sin, at.y + dx*pen.sin + dy*pen.cos}
			lay.Trace(g, pen)
		}
		half := max((end-float64(gs[i].X))/2, float64(lay.Size())/2)
		boxes = append(boxes, around(xy{at.x + lift*2*pen.sin, at.y - lift*2*pen.cos}, half))
		i = j
	}
	for _, b := range boxes {
		if !b.In(c.size) || !c.free(b) {
			return false
		}
	}
	for _, b := range boxes {
		c.take(b)
	}
	lines := pen.done()
	c.add(&drawing{lines: lines, color: c.t.Halo, half: 1.6 * c.px}, &drawing{lines: lines, color: c.t.WaterText})
	return true
}

func (w way) length() float64 {
	sum := 0.0
	for i := 1; i < len(w.at); i++ {
		sum += math.Hypot(w.at[i].x-w.at[i-1].x, w.at[i].y-w.at[i-1].y)
	}
	return sum
}

// place is where a way is after a length, and its direction there.
func (w way) place(length float64) (xy, float64) {
	a, b := w.at[0], w.at[len(w.at)-1]
	if w.straight {
		d := max(1e-9, math.Hypot(b.x-a.x, b.y-a.y))
		return xy{a.x + (b.x-a.x)*length/d, a.y + (b.y-a.y)*length/d}, math.Atan2(b.y-a.y, b.x-a.x)
	}
	for i := 1; i < len(w.at); i++ {
		a, b = w.at[i-1], w.at[i]
		d := math.Hypot(b.x-a.x, b.y-a.y)
		if length <= d || i == len(w.at)-1 {
			// The direction is that of some way around, for letters to turn evenly.
			from, to := w.at[max(0, i-2)], w.at[min(len(w.at)-1, i+1)]
			t := length / max(1e-9, d)
			return xy{a.x + (b.x-a.x)*t, a.y + (b.y-a.y)*t}, math.Atan2(to.y-from.y, to.x-from.x)
		}
		length -= d
	}
	return a, 0
}

// tracer turns outlines of glyphs into lines.
type tracer struct {
	origin   xy
	sin, cos float64
	lines    []line
	path     []xy
	last     xy // as the glyph has it
}

func (t *tracer) add(x, y float64) {
	t.last = xy{x, y}
	t.path = append(t.path, xy{t.origin.x + x*t.cos - y*t.sin, t.origin.y + x*t.sin + y*t.cos})
}

// MoveTo begins a part of the outline.
func (t *tracer) MoveTo(x, y float32) {
	t.ClosePath()
	t.add(float64(x), float64(y))
}

// LineTo goes on in a straight line.
func (t *tracer) LineTo(x, y float32) { t.add(float64(x), float64(y)) }

// pieces is how many sides a curve of a letter becomes.
const pieces = 4

// QuadTo goes on in a curve.
func (t *tracer) QuadTo(ax, ay, x, y float32) {
	from := t.last
	for i := 1; i <= pieces; i++ {
		s := float64(i) / pieces
		u := 1 - s
		t.add(u*u*from.x+2*u*s*float64(ax)+s*s*float64(x), u*u*from.y+2*u*s*float64(ay)+s*s*float64(y))
	}
}

// CubeTo goes on in a curve.
func (t *tracer) CubeTo(ax, ay, bx, by, x, y float32) {
	from := t.last
	for i := 1; i <= pieces; i++ {
		s := float64(i) / pieces
		u := 1 - s
		t.add(u*u*u*from.x+3*u*u*s*float64(ax)+3*u*s*s*float64(bx)+s*s*s*float64(x), u*u*u*from.y+3*u*u*s*float64(ay)+3*u*s*s*float64(by)+s*s*s*float64(y))
	}
}

// ClosePath ends a part of the outline where it began.
func (t *tracer) ClosePath() {
	if len(t.path) > 1 {
		t.lines = append(t.lines, closedLine(t.path))
	}
	t.path = nil
}

func (t *tracer) done() []line {
	t.ClosePath()
	return t.lines
}
