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
	known := make([]Vertex, 0, n/2)
	t := newVertexTable(n)
	at := func(i int32) Vertex { return known[i] }
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
			known = append(known, v)
			t.slots[slot] = int32(len(known))
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

// traced follows edges from vertex to vertex. Where more than two meet, neighbours
// by direction go together, so that rings touch and do not cross.
func traced(links []link) [][]Vertex {
	type end struct {
		v    Vertex
		link int32
	}
	ends := make([]end, 0, 2*len(links))
	for i, l := range links {
		ends = append(ends, end{l.a, int32(i)}, end{l.b, int32(i)})
	}
	far := func(e end) Vertex {
		if links[e.link].a == e.v {
			return links[e.link].b
		}
		return links[e.link].a
	}
	angle := func(e end) float64 { w := far(e); return math.Atan2(float64(w.Y-e.v.Y), float64(w.X-e.v.X)) }
	slices.SortFunc(ends, func(x, y end) int {
		return cmp.Or(compareVertices(x.v, y.v), cmp.Compare(angle(x), angle(y)), cmp.Compare(x.link, y.link))
	})
	at := make([][2]int32, len(links)) // places of the two ends of each edge
	for i, e := range ends {
		if links[e.link].a == e.v {
			at[e.link][0] = int32(i)
		} else {
			at[e.link][1] = int32(i)
		}
	}
	done := make([]bool, len(ends))
	var out [][]Vertex
	for i := range ends {
		var ring []Vertex
		// Every vertex has an even number of ends, so pairs are 2k and 2k+1.
		for j := int32(i); !done[j]; {
			k := j ^ 1
			done[j], done[k] = true, true
			ring = append(ring, ends[j].v)
			if at[ends[k].link][0] == k {
				j = at[ends[k].link][1]
			} else {
				j = at[ends[k].link][0]
			}
		}
		if len(ring) > 2 {
			out = append(out, parted(ring)...)
		}
	}
	return out
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
