package region

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// vertexTable finds vertices that are known, by their place in a list: open
// addressing, which takes a fifth of the memory of a map.
type vertexTable struct {
	slots []int32 // place + 1, 0 is free
	shift int
}

func newVertexTable(n int) *vertexTable {
	size := max(4, bits.Len(uint(n+n/2)))
	return &vertexTable{make([]int32, 1<<size), 64 - size}
}

// find returns the place of a vertex, or the slot in which it would be.
func (t *vertexTable) find(v Vertex, at func(place int32) Vertex) (place int32, slot int) {
	slot = int((uint64(uint32(v.X))<<32 | uint64(uint32(v.Y))) * 0x9e3779b97f4a7c15 >> t.shift)
	for {
		p := t.slots[slot]
		if p == 0 {
			return -1, slot
		}
		if at(p-1) == v {
			return p - 1, slot
		}
		if slot++; slot == len(t.slots) {
			slot = 0
		}
	}
}

// snap makes one of vertices that lie one unit apart, as they do where neighbours
// were rounded differently.
func (b *Builder) snap() {
	n := 0
	b.eachRing(func(ring []Vertex) { n += len(ring) })
	const block = 1 << 16
	var known [][]Vertex // in blocks, as one list would be there twice when it grows
	count := int32(0)
	t := newVertexTable(n)
	at := func(i int32) Vertex { return known[i/block][i%block] }
	b.eachRing(func(ring []Vertex) {
		for i, v := range ring {
			place, slot := t.find(v, at)
			if place >= 0 {
				continue
			}
			if near, ok := beside(t, v, at); ok {
				ring[i] = near
				continue
			}
			if count%block == 0 {
				known = append(known, make([]Vertex, 0, block))
			}
			last := len(known) - 1
			known[last] = append(known[last], v)
			count++
			t.slots[slot] = count
		}
	})
}

func beside(t *vertexTable, v Vertex, at func(int32) Vertex) (Vertex, bool) {
	for dx := int32(-1); dx <= 1; dx++ {
		for dy := int32(-1); dy <= 1; dy++ {
			if place, _ := t.find(Vertex{v.X + dx, v.Y + dy}, at); place >= 0 {
				return at(place), true
			}
		}
	}
	return v, false
}

func (b *Builder) eachRing(visit func([]Vertex)) {
	for _, d := range b.areas {
		if d.refused {
			continue
		}
		for _, ring := range d.rings {
			visit(ring)
		}
	}
}

// clean makes rings of an area that pass no vertex twice, by the parity of their
// edges: an edge that is there twice bounds nothing. It says so if it is asked to.
func (b *Builder) clean(d *draft, say bool) {
	if d.refused {
		return
	}
	if len(d.rings) == 0 {
		b.note(d, true, "bounds no area; it is left out")
		return
	}
	for i, ring := range d.rings {
		d.rings[i] = withoutRepeats(ring)
	}
	if !repeats(d.rings) {
		return
	}
	before := len(d.rings)
	d.rings = untangle(d.rings)
	if len(d.rings) == 0 {
		b.note(d, true, "its rings bound nothing; it is left out")
	} else if say && len(d.rings) != before {
		b.note(d, false, "its rings touch or repeat themselves; they were parted into %d rings", len(d.rings))
	}
}

func withoutRepeats(ring []Vertex) []Vertex {
	ring = slices.Compact(ring)
	for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring
}

func compareVertices(a, b Vertex) int { return cmp.Or(cmp.Compare(a.X, b.X), cmp.Compare(a.Y, b.Y)) }

// repeats says whether a vertex is passed twice, or a ring is no ring any more.
func repeats(rings [][]Vertex) bool {
	n := 0
	for _, r := range rings {
		if len(r) < 3 {
			return true
		}
		n += len(r)
	}
	keys := make([]uint64, 0, n)
	for _, r := range rings {
		for _, v := range r {
			keys = append(keys, uint64(uint32(v.X))<<32|uint64(uint32(v.Y)))
		}
	}
	slices.Sort(keys)
	return len(slices.Compact(keys)) < n
}

// link is an edge between two vertices, the smaller first.
type link struct{ a, b Vertex }

// untangle makes simple rings, which do not cross where they meet, of the edges that
// rings pass an odd number of times.
func untangle(rings [][]Vertex) [][]Vertex {
	var links []link
	for _, r := range rings {
		for i, v := range r {
			w := r[(i+1)%len(r)]
			if c := compareVertices(v, w); c != 0 {
				links = append(links, link{v, w})
				if c > 0 {
					links[len(links)-1] = link{w, v}
				}
			}
		}
	}
	slices.SortFunc(links, func(x, y link) int { return cmp.Or(compareVertices(x.a, y.a), compareVertices(x.b, y.b)) })
	odd := links[:0]
	for i := 0; i < len(links); {
		j := i + 1
		for j < len(links) && links[j] == links[i] {
			j++
		}
		if (j-i)%2 == 1 {
			odd = append(odd, links[i])
		}
		i = j
	}
	return traced(odd)
}

// tracing is the ends of edges by vertex, and there by direction.
type tracing struct {
	links []link
	ends  []linkEnd
	at    [][2]int32 // places of the two ends of each edge
	group [][2]int32 // by end: the first and behind the last of its vertex
	left  []int8     // by edge: 1 if what lies on its left, from a to b, is inside, 2 if not, 0 not known
	work  int
}

type linkEnd struct {
	v    Vertex
	link int32
}

// traced follows edges from vertex to vertex. Where more than two meet, those go
// together that have a part of the inside between them, so that rings touch and do not
// cross, and what a ring bounds hangs together.
func traced(links []link) [][]Vertex {
	t := newTracing(links)
	partner := make([]int32, len(t.ends))
	for s := int32(0); s < int32(len(t.ends)); s = t.group[s][1] {
		e := t.group[s][1]
		from := s
		if e-s > 2 && !t.insideAfter(s) {
			from = s + 1
		}
		for i := s; i < e; i += 2 { // every vertex has an even number of ends
			j, k := s+(from-s+i-s)%(e-s), s+(from-s+i-s+1)%(e-s)
			partner[j], partner[k] = k, j
		}
	}
	done := make([]bool, len(t.ends))
	var out [][]Vertex
	for i := range t.ends {
		var ring []Vertex
		for j := int32(i); !done[j]; {
			k := partner[j]
			done[j], done[k] = true, true
			ring = append(ring, t.ends[j].v)
			j = t.other(k)
		}
		if len(ring) > 2 {
			out = append(out, parted(ring)...)
		}
	}
	return out
}

func newTracing(links []link) *tracing {
	t := &tracing{links: links, at: make([][2]int32, len(links)), left: make([]int8, len(links))}
	for i, l := range links {
		t.ends = append(t.ends, linkEnd{l.a, int32(i)}, linkEnd{l.b, int32(i)})
	}
	angle := func(e linkEnd) float64 {
		w := links[e.link].a
		if w == e.v {
			w = links[e.link].b
		}
		return math.Atan2(float64(w.Y-e.v.Y), float64(w.X-e.v.X))
	}
	slices.SortFunc(t.ends, func(x, y linkEnd) int {
		return cmp.Or(compareVertices(x.v, y.v), cmp.Compare(angle(x), angle(y)), cmp.Compare(x.link, y.link))
	})
	t.group = make([][2]int32, len(t.ends))
	from := 0
	for i, e := range t.ends {
		if e.v != t.ends[from].v {
			from = i
		}
		if links[e.link].a == e.v {
			t.at[e.link][0] = int32(i)
		} else {
			t.at[e.link][1] = int32(i)
		}
		if i+1 == len(t.ends) || t.ends[i+1].v != e.v {
			for j := from; j <= i; j++ {
				t.group[j] = [2]int32{int32(from), int32(i + 1)}
			}
		}
	}
	return t
}

// other is the other end of the edge of an end.
func (t *tracing) other(end int32) int32 {
	l := t.ends[end].link
	if t.at[l][0] == end {
		return t.at[l][1]
	}
	return t.at[l][0]
}

// insideAfter says whether what lies counter-clockwise of an end, seen from its
// vertex, is inside.
func (t *tracing) insideAfter(end int32) bool {
	l := t.ends[end].link
	if t.left[l] == 0 {
		t.spread(l)
	}
	return t.leftOf(end)
}

// leftOf says whether the left side of an edge, going out from an end, is inside.
func (t *tracing) leftOf(end int32) bool {
	l := t.ends[end].link
	return (t.left[l] == 1) == (t.links[l].a == t.ends[end].v)
}

// spread settles what is inside for all edges that hang together with one: around a
// vertex, inside and outside take turns.
func (t *tracing) spread(l int32) {
	t.left[l] = 1 // for now
	component := []int32{l}
	upright := int32(-1)
	for i := 0; i < len(component); i++ {
		l := component[i]
		if t.links[l].a.Y != t.links[l].b.Y {
			upright = l
		}
		for _, end := range t.at[l] {
			in := t.leftOf(end)
			for j := t.group[end][0]; j < t.group[end][1]; j++ {
				m := t.ends[j].link
				if t.left[m] != 0 {
					continue
				}
				t.left[m] = 2
				if ((j-end)%2 == 0) == in == (t.links[m].a == t.ends[j].v) {
					t.left[m] = 1
				}
				component = append(component, m)
			}
		}
	}
	if upright >= 0 && t.leftIsInside(upright) != (t.left[upright] == 1) {
		for _, l := range component {
			t.left[l] = 3 - t.left[l]
		}
	}
}

// leftIsInside counts the edges to the west of one, half a unit above its lower end,
// where no vertex is. Too much work is left undone: rings are right then too, but may
// touch more often than they have to.
func (t *tracing) leftIsInside(l int32) bool {
	if t.work += len(t.links); t.work > 20*maxVertices {
		return t.left[l] == 1
	}
	here := t.links[l]
	y := float64(min(here.a.Y, here.b.Y)) + 0.5
	across := func(k link) float64 { return crossesAt(k.a, k.b, y) }
	x, odd := across(here), false
	for _, k := range t.links {
		if (float64(k.a.Y) < y) != (float64(k.b.Y) < y) && across(k) < x {
			odd = !odd
		}
	}
	return odd == (here.a.Y < here.b.Y)
}

// parted cuts a ring at the vertices that it passes again.
func parted(ring []Vertex) [][]Vertex {
	var out [][]Vertex
	var path []Vertex
	place := map[Vertex]int{}
	for _, v := range ring {
		if i, ok := place[v]; ok {
			out = append(out, slices.Clone(path[i:]))
			for _, w := range path[i:] {
				delete(place, w)
			}
			path = path[:i]
		}
		place[v] = len(path)
		path = append(path, v)
	}
	out = append(out, path)
	return slices.DeleteFunc(out, func(r []Vertex) bool { return len(r) < 3 })
}
