package region

import (
	"math"
	"runtime"
	"slices"

	"github.com/paulmach/orb"
)

// topology is areas as rings of arcs that neighbours share.
type topology struct {
	areas []*draft
	arcs  [][]Vertex
	users [][]int32 // areas by arc, once for each time that they use it
	work  int       // edges that were looked at to wind rings
}

// cutter finds where arcs begin and end. The rings stand one after the other in
// flat, each with its last vertex before it and its first behind, so that every
// vertex has its neighbours beside it.
type cutter struct {
	flat     []Vertex
	lengths  []int   // of the rings
	ids      []int32 // place of the first visit of the vertex
	junction []bool  // by place of the first visit
	known    map[uint64]int32
	topology *topology
}

// topology cuts all rings into arcs. An arc ends where the vertices before and
// behind are not the same for all rings that pass there (Bostock 2012).
func (b *Builder) topology() *topology {
	n := 0
	b.eachRing(func(r []Vertex) { n += len(r) + 2 })
	c := &cutter{flat: make([]Vertex, 0, n), ids: make([]int32, n), known: map[uint64]int32{}, topology: &topology{areas: b.areas}}
	for _, d := range b.areas {
		if d.refused {
			continue
		}
		for _, r := range d.rings {
			c.lengths = append(c.lengths, len(r))
			c.flat = append(append(append(c.flat, r[len(r)-1]), r...), r[0])
		}
		d.arcs = make([][]int32, len(d.rings))
		d.rings = nil // they are in flat, and arcs then
	}
	b.release()
	c.number()
	b.release()
	c.findJunctions()
	at, lengths := 1, c.lengths
	for i, d := range b.areas {
		if d.refused {
			continue
		}
		for j := range d.arcs {
			d.arcs[j] = c.cut(int32(i), at, lengths[0])
			at += lengths[0] + 2
			lengths = lengths[1:]
		}
	}
	return c.topology
}

// manyVertices is from how many on a build takes care of memory.
const manyVertices = 1_000_000

// release gives back what is not needed any more. Each step of a build has some large
// lists; without this, those of several steps would be in memory at once, as the collector
// waits until there is twice of what was there.
func (b *Builder) release() {
	if b.vertices > manyVertices {
		runtime.GC()
	}
}

// number gives the same number to visits of the same vertex.
func (c *cutter) number() {
	t := newVertexTable(len(c.flat))
	at := func(i int32) Vertex { return c.flat[i] }
	for i, v := range c.flat {
		place, slot := t.find(v, at)
		if place < 0 {
			place = int32(i)
			t.slots[slot] = place + 1
		}
		c.ids[i] = place
	}
}

func (c *cutter) findJunctions() {
	first := make([]int32, len(c.flat)) // place of the first visit that is no copy
	c.junction = make([]bool, len(c.flat))
	at := int32(0)
	for _, n := range c.lengths {
		for i := at + 1; i <= at+int32(n); i++ {
			id := c.ids[i]
			f := first[id]
			if f == 0 {
				first[id] = i
				continue
			}
			p, n, q, m := c.ids[i-1], c.ids[i+1], c.ids[f-1], c.ids[f+1]
			if !(p == q && n == m || p == m && n == q) {
				c.junction[id] = true
			}
		}
		at += int32(n) + 2
	}
}

// cut gives the arcs of the ring of n vertices that begins at a place.
func (c *cutter) cut(area int32, at, n int) []int32 {
	from := -1
	for i := at; i < at+n && from < 0; i++ {
		if c.junction[c.ids[i]] {
			from = i
		}
	}
	place := func(i int) int { return at + (i-at)%n }
	if from < 0 { // no junction: it begins at its smallest vertex
		from = at
		for i := at; i < at+n; i++ {
			if c.ids[i] < c.ids[from] {
				from = i
			}
		}
		return []int32{c.arc(area, from, n, place)}
	}
	var out []int32
	for start, i := from, from+1; i <= from+n; i++ {
		if c.junction[c.ids[place(i)]] {
			out = append(out, c.arc(area, start, i-start, place))
			start = i
		}
	}
	return out
}

// arc names the arc of n edges that begins at a place, in whichever direction it is
// known.
func (c *cutter) arc(area int32, from, n int, place func(int) int) int32 {
	id := func(i int) uint64 { return uint64(c.ids[place(i)]) }
	key, back := id(from)<<32|id(from+1), id(from+n)<<32|id(from+n-1)
	t := c.topology
	ref, ok := c.known[key]
	if !ok {
		ref = int32(len(t.arcs))
		arc := make([]Vertex, n+1)
		for i := range arc {
			arc[i] = c.flat[place(from+i)]
		}
		t.arcs, t.users = append(t.arcs, arc), append(t.users, nil)
		c.known[back] = ^ref
		c.known[key] = ref
	}
	i := index(ref)
	t.users[i] = append(t.users[i], area)
	return ref
}

// ring gives the vertices of a ring of arcs, with others put between them.
func (t *topology) ring(refs []int32, inserts map[edge][]Vertex) []Vertex {
	var out []Vertex
	for _, ref := range refs {
		i := index(ref)
		arc := t.arcs[i]
		part := make([]Vertex, 0, len(arc))
		for j, v := range arc {
			part = append(part, v)
			if more := inserts[edge{int32(i), int32(j)}]; len(more) > 0 {
				more = slices.Clone(more)
				slices.SortFunc(more, func(p, q Vertex) int {
					if away(v, p) < away(v, q) {
						return -1
					}
					return 1
				})
				part = append(part, slices.Compact(more)...)
			}
		}
		if ref < 0 {
			slices.Reverse(part)
		}
		out = append(out, part[:len(part)-1]...)
	}
	return out
}

func away(a, b Vertex) float64 { return math.Hypot(float64(b.X-a.X), float64(b.Y-a.Y)) }

// wind turns rings as TopoJSON does: outer ones clockwise, holes the other way.
func (t *topology) wind(rings [][]int32) [][]int32 {
	var e edgeIndex
	if len(rings) > 1 {
		e = indexEdges(t.arcs, rings)
	}
	for i, ring := range rings {
		hole := len(rings) > 1 && t.depth(ring, &e)%2 == 1
		if clockwise := t.doubleArea(ring) < 0; clockwise == hole {
			turned := make([]int32, len(ring))
			for j, ref := range ring {
				turned[len(ring)-1-j] = ^ref
			}
			rings[i] = turned
		}
	}
	return rings
}

// doubleArea is twice the area of a ring in square units, positive if it runs
// counter-clockwise.
func (t *topology) doubleArea(ring []int32) float64 {
	sum := 0.0
	o := first(t.arcs, ring[0])
	for _, ref := range ring {
		part := 0.0
		arc := t.arcs[index(ref)]
		for i := 1; i < len(arc); i++ {
			p, q := arc[i-1], arc[i]
			part += float64(p.X-o.X)*float64(q.Y-o.Y) - float64(q.X-o.X)*float64(p.Y-o.Y)
		}
		if ref < 0 {
			part = -part
		}
		sum += part
	}
	return sum
}

// depth counts the edges of an area west of a ring's lowest place, half a unit above
// it, where no vertex is: how many rings lie around it, by parity.
func (t *topology) depth(ring []int32, e *edgeIndex) (n int) {
	if t.work > maxTests {
		return 0 // told by Build
	}
	low := first(t.arcs, ring[0])
	for _, ref := range ring {
		for _, v := range t.arcs[index(ref)] {
			if v.Y < low.Y || v.Y == low.Y && v.X < low.X {
				low = v
			}
		}
	}
	y, x := float64(low.Y)+0.5, math.Inf(1)
	across := func(p, q Vertex) (float64, bool) {
		if p.Y > q.Y {
			p, q = q, p
		}
		return crossesAt(p, q, y), float64(p.Y) < y && y < float64(q.Y)
	}
	eachEdge(t.arcs, [][]int32{ring}, func(_ edge, p, q Vertex) {
		if p == low || q == low {
			if at, ok := across(p, q); ok {
				x = min(x, at)
			}
		}
	})
	b := int((y - e.low) / e.width)
	t.work += int(e.start[b+1] - e.start[b])
	for _, at := range e.edges[e.start[b]:e.start[b+1]] {
		arc := t.arcs[at.arc][at.vertex:]
		if west, ok := across(arc[0], arc[1]); ok && west < x {
			n++
		}
	}
	return n
}

// inner finds a place for the name of an area: lon, lat in the middle of its widest
// part on one of several parallels.
func (t *topology) inner(rings [][]int32) orb.Point {
	e := indexEdges(t.arcs, rings)
	lo, hi := vertexBound(t.arcs, rings)
	best, wide := orb.Point{float64(lo.X), float64(lo.Y)}, -1.0
	const lines = 9
	for i := 1; i <= lines; i++ {
		y := math.Floor(float64(lo.Y)+(float64(hi.Y)-float64(lo.Y))*float64(i)/(lines+1)) + 0.5
		xs := crossings(t.arcs, &e, y)
		for j := 1; j < len(xs); j += 2 {
			// Lines in the middle are preferred.
			if w := (xs[j] - xs[j-1]) * (1 - math.Abs(float64(i)/(lines+1)-0.5)); w > wide {
				best, wide = orb.Point{(xs[j] + xs[j-1]) / 2, y}, w
			}
		}
	}
	return orb.Point{best[0]*ownScale[0] + ownTranslate[0], best[1]*ownScale[1] + ownTranslate[1]}
}

// crossesAt is where the line through two vertices, not level, crosses a parallel.
func crossesAt(p, q Vertex, y float64) float64 {
	return float64(p.X) + (y-float64(p.Y))*(float64(q.X-p.X)/float64(q.Y-p.Y))
}

// crossings are the places at which edges cross a parallel, from west to east.
func crossings(arcs [][]Vertex, e *edgeIndex, y float64) []float64 {
	b := int(math.Floor((y - e.low) / e.width))
	if b < 0 || b+1 >= len(e.start) {
		return nil
	}
	var xs []float64
	for _, at := range e.edges[e.start[b]:e.start[b+1]] {
		p, q := arcs[at.arc][at.vertex], arcs[at.arc][at.vertex+1]
		if p.Y > q.Y {
			p, q = q, p
		}
		if float64(p.Y) <= y && y < float64(q.Y) {
			xs = append(xs, crossesAt(p, q, y))
		}
	}
	slices.Sort(xs)
	return xs
}
