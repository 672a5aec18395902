package paint

import (
	"image/color"
	"math"
	"slices"
)

// sheet takes the steps of a picture that is made of lines and text.
type sheet interface {
	area(rings [][]xy, col color.NRGBA)
	hatch(rings [][]xy, h *hatching)
	stroke(lines [][]xy, width float64, round bool, col color.NRGBA)
	words(w *words)
	picture(p *picture)
	clip(rings [][]xy, draw func()) // lets what is drawn be seen in an area alone
}

// onto draws a picture's steps on a sheet, cut to a little more than its size.
func (c *canvas) onto(s sheet) {
	for _, st := range c.steps {
		switch st := st.(type) {
		case *drawing:
			c.vector(s, st)
		case *shape:
			s.area([][]xy{st.path}, straight(st.color))
		case *words:
			s.words(st)
		case *picture:
			s.picture(st)
		case *stamp:
			for _, k := range st.sprites.shapes(st.at.x, st.at.y) {
				s.area([][]xy{k.path}, straight(k.color))
			}
		case *crowd:
			st.onto(s)
		case *squares:
			st.onto(s)
		case *inset:
			st.onto(s)
		}
	}
}

// onto draws the units one by one: below the rims, then the symbols.
func (k *crowd) onto(s sheet) {
	for _, kinds := range k.kinds() {
		for i := range k.found {
			u := &k.found[i]
			y := kinds[u.of(len(kinds))]
			s.area([][]xy{outline(y.shape, float64(u.x), float64(u.y), y.radius)}, straight(y.color))
		}
	}
}

// onto draws those of a class as one.
func (q *squares) onto(s sheet) {
	for class, boxes := range q.boxes {
		var rings [][]xy
		for _, r := range boxes {
			rings = append(rings, corners(boxOf(r)))
		}
		if col := straight(q.colors[class]); len(rings) > 0 {
			col.A = squareCover
			s.area(rings, col)
		}
	}
}

// rim is how far areas and lines reach out of the sheet, in pixels.
const rim = 8.0

func (c *canvas) vector(s sheet, d *drawing) {
	room := box{-rim, -rim, float64(c.size.Max.X) + rim, float64(c.size.Max.Y) + rim}
	if d.half > 0 {
		wide := box{room.x0 - d.half, room.y0 - d.half, room.x1 + d.half, room.y1 + d.half}
		lines := cutLines(d, wide)
		stroke := func() { s.stroke(lines, 2*d.half, d.dash == 0, straight(d.color)) }
		switch within := ringsIn(d.within, room); {
		case len(lines) == 0:
		case d.within == nil:
			stroke()
		case len(within) > 0:
			s.clip(within, stroke)
		}
		return
	}
	rings := ringsIn(d.lines, room)
	if len(rings) == 0 {
		return
	}
	if d.color.A > 0 {
		s.area(rings, straight(d.color))
	}
	if d.hatch != nil {
		s.hatch(rings, d.hatch)
	}
}

// ringsIn is the part of an area that lies in a box.
func ringsIn(lines []line, room box) [][]xy {
	var rings [][]xy
	for _, ring := range chainLines(lines) {
		if ring = cutRing(ring, room); len(ring) > 2 {
			rings = append(rings, ring)
		}
	}
	return rings
}

// straight is a premultiplied colour as it was.
func straight(c color.RGBA) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

// points of a line in its direction, where it is drawn.
func (l *line) points() []xy {
	out := make([]xy, len(l.path))
	for i, v := range l.path {
		out[i] = xy{v.x + l.dx, v.y}
	}
	if l.back {
		slices.Reverse(out)
	}
	return out
}

// chainLines joins the lines that bound an area into rings. They meet exactly: ends of
// arcs are the same vertices.
func chainLines(lines []line) [][]xy {
	all := make([][]xy, len(lines))
	begin := map[xy][]int{}
	for i := range lines {
		if all[i] = lines[i].points(); len(all[i]) > 1 {
			begin[all[i][0]] = append(begin[all[i][0]], i)
		}
	}
	used := make([]bool, len(lines))
	var out [][]xy
	for i, path := range all {
		if used[i] || len(path) < 2 {
			continue
		}
		used[i] = true
		ring := slices.Clone(path)
		for ring[len(ring)-1] != ring[0] {
			end := ring[len(ring)-1]
			k := slices.IndexFunc(begin[end], func(j int) bool { return !used[j] })
			if k < 0 {
				break
			}
			j := begin[end][k]
			used[j] = true
			ring = append(ring, all[j][1:]...)
		}
		out = append(out, ring)
	}
	return out
}

// cutRing cuts a ring to a box, side by side (Sutherland and Hodgman 1974).
func cutRing(ring []xy, room box) []xy {
	b := boxAround(ring)
	if b.x0 >= room.x0 && b.x1 <= room.x1 && b.y0 >= room.y0 && b.y1 <= room.y1 {
		return ring
	}
	if !b.meets(room, 0) {
		return nil
	}
	sides := []struct {
		in  func(v xy) bool
		cut func(a, b xy) xy
	}{
		{func(v xy) bool { return v.x >= room.x0 }, func(a, b xy) xy { return cutX(a, b, room.x0) }},
		{func(v xy) bool { return v.x <= room.x1 }, func(a, b xy) xy { return cutX(a, b, room.x1) }},
		{func(v xy) bool { return v.y >= room.y0 }, func(a, b xy) xy { return acrossY(a, b, room.y0) }},
		{func(v xy) bool { return v.y <= room.y1 }, func(a, b xy) xy { return acrossY(a, b, room.y1) }},
	}
	for _, s := range sides {
		var out []xy
		for i, v := range ring {
			last := ring[(i+len(ring)-1)%len(ring)]
			if s.in(v) != s.in(last) {
				out = append(out, s.cut(last, v))
			}
			if s.in(v) {
				out = append(out, v)
			}
		}
		if ring = out; len(ring) == 0 {
			return nil
		}
	}
	return ring
}

func acrossY(a, b xy, y float64) xy { return xy{a.x + (b.x-a.x)*(y-a.y)/(b.y-a.y), y} }

// cutLines gives what of lines lies in a box, in pieces; of dashed ones, the dashes.
func cutLines(d *drawing, room box) [][]xy {
	var out [][]xy
	for i := range d.lines {
		l := &d.lines[i]
		if !l.box.moved(l.dx, 0).meets(room, 0) {
			continue
		}
		path := l.points()
		if l.back { // patterns run as on pictures of pixels
			slices.Reverse(path)
		}
		if d.dash > 0 {
			out = append(out, dashesIn(path, d.dash, room)...)
			continue
		}
		out = append(out, piecesIn(path, room)...)
	}
	return out
}

// dashesIn gives the dashes of a path that meet a box.
func dashesIn(path []xy, dash float64, room box) [][]xy {
	var out [][]xy
	var piece []xy
	at, period := 0.0, dash*(1+gap)
	flush := func() {
		if len(piece) > 1 && boxAround(piece).meets(room, 0) {
			out = append(out, piece)
		}
		piece = nil
	}
	for i := 1; i < len(path); i++ {
		a, b := path[i-1], path[i]
		length := math.Hypot(b.x-a.x, b.y-a.y)
		if length == 0 {
			continue
		}
		if !boxAround([]xy{a, b}).meets(room, 0) {
			flush()
			at += length
			continue
		}
		point := func(t float64) xy { return xy{a.x + (b.x-a.x)*t/length, a.y + (b.y-a.y)*t/length} }
		for done := 0.0; done < length; {
			phase := math.Mod(at+done, period)
			next := min(length, done+max(1e-6, period-phase))
			if phase < dash {
				next = min(length, done+max(1e-6, dash-phase))
				if len(piece) == 0 {
					piece = append(piece, point(done))
				}
				piece = append(piece, point(next))
			}
			if phase >= dash || next < length {
				flush()
			}
			done = next
		}
		at += length
	}
	flush()
	return out
}
