package region

import (
	"fmt"
	"math"
	"slices"
)

// maxCompared bounds the pairs of areas whose overlap is measured, and the gaps that
// are told.
const maxCompared = 500

// maxPairs bounds the pairs that are found, maxHeld the tests to find them.
const (
	maxPairs = 20_000
	maxHeld  = 300_000_000
)

// compare tells which areas overlap, and between which there are thin gaps.
func (b *Builder) compare(t *topology, rs []Region) {
	var numbers []int // of features, by region
	at := map[int32]int{}
	for i, d := range b.areas {
		if !d.refused {
			at[int32(i)] = len(numbers)
			numbers = append(numbers, d.number)
		}
	}
	g := &grid{}
	g.sort(t.arcs, rs, func(int, edgeIndex) {}) // most are not asked for, and all are much
	b.release()
	x := &someEdges{arcs: t.arcs, regions: rs, known: map[int]*edgeIndex{}}
	pairs := t.overlapping(g, x, at)
	for i, p := range pairs {
		if i == maxCompared {
			b.problems = append(b.problems, Problem{Text: fmt.Sprintf("… and %d more pairs of areas overlap", len(pairs)-i)})
			break
		}
		if m := overlap(t.arcs, x.of(p[0]), x.of(p[1])); m >= 1 {
			b.problems = append(b.problems, Problem{Feature: numbers[p[0]], Other: numbers[p[1]],
				Text: fmt.Sprintf("overlaps feature %d by about %s; there the first counts", numbers[p[1]], squareMetres(m))})
		}
	}
	b.gaps(t, rs, at, numbers)
}

// someEdges sorts the edges of regions when they are asked for, and forgets them when
// there are many.
type someEdges struct {
	arcs    [][]Vertex
	regions []Region
	known   map[int]*edgeIndex
	held    int // edges
	work    int // edges that were sorted
}

// heldEdges is how many are kept, 8 bytes each; sortedEdges how many are sorted before all
// are kept, so that areas that lie upon each other take memory and not time without end.
const (
	heldEdges   = 4_000_000
	sortedEdges = 5 * maxVertices
)

func (x *someEdges) of(i int) *edgeIndex {
	e, ok := x.known[i]
	if !ok {
		if x.held > heldEdges && x.work < sortedEdges {
			clear(x.known)
			x.held = 0
		}
		found := indexEdges(x.arcs, x.regions[i].Rings)
		e = &found
		x.known[i] = e
		x.held, x.work = x.held+len(e.edges), x.work+len(e.edges)
	}
	return e
}

// overlapping lists pairs of regions that may overlap, by number: those on the same
// side of an arc, those whose arcs are crossed by, or run inside of, the other.
func (t *topology) overlapping(g *grid, x *someEdges, at map[int32]int) [][2]int {
	found := map[[2]int]bool{}
	add := func(i, j int) {
		if i != j && len(found) < maxPairs {
			found[[2]int{min(i, j), max(i, j)}] = true
		}
	}
	forward := make([][]int32, len(t.arcs)) // areas by arc, those that use it backwards with ^
	for i, d := range t.areas {
		if d.refused {
			continue
		}
		for _, ring := range d.arcs {
			for _, ref := range ring {
				area := int32(i)
				if ref < 0 {
					area = ^area
				}
				forward[index(ref)] = append(forward[index(ref)], area)
			}
		}
	}
	tests := 0
	for i, users := range forward {
		if len(found) == maxPairs {
			break
		}
		for j, u := range users[:min(len(users), 1000)] {
			for _, v := range users[j+1:] {
				if (u < 0) == (v < 0) {
					add(at[max(u, ^u)], at[max(v, ^v)])
				}
			}
		}
		if len(users) == 1 {
			tests += t.inside(g, x, t.arcs[i], at[max(users[0], ^users[0])], maxHeld-tests, add)
		}
	}
	out := make([][2]int, 0, len(found))
	for p := range found {
		out = append(out, p)
	}
	slices.SortFunc(out, func(p, q [2]int) int { return slices.Compare(p[:], q[:]) })
	return out
}

// inside looks which other regions hold middles of edges of an arc that only one
// region has, with a number of tests at most.
func (t *topology) inside(g *grid, e *someEdges, arc []Vertex, own, most int, add func(i, j int)) (tests int) {
	for i := 1; i < len(arc) && tests < most; i++ {
		x, y := (float64(arc[i-1].X)+float64(arc[i].X))/2, (float64(arc[i-1].Y)+float64(arc[i].Y))/2
		c := g.row(y)*g.columns + g.column(x)
		for _, q := range g.parts[g.start[c]:g.start[c+1]] {
			tests++
			if int(q.region) != own && (q.all || e.of(int(q.region)).holds(t.arcs, x, y)) {
				add(own, int(q.region))
			}
		}
	}
	return tests
}

// overlap is about the area, in square metres, that two regions both hold, by their edges:
// measured along parallels.
func overlap(arcs [][]Vertex, a, b *edgeIndex) float64 {
	low := max(a.low, b.low)
	high := min(a.low+a.width*float64(len(a.start)-1), b.low+b.width*float64(len(b.start)-1))
	const lines = 500
	step := (high - low) / lines
	sum := 0.0
	for k := range lines {
		y := low + (float64(k)+0.5)*step
		common := both(crossings(arcs, a, y), crossings(arcs, b, y))
		sum += common * math.Cos((y*ownScale[1]+ownTranslate[1])*math.Pi/180)
	}
	return sum * step * ownScale[0] * ownScale[1] * metresPerDegree * metresPerDegree
}

// both is the length that two lists of spans have in common.
func both(a, b []float64) (sum float64) {
	for i, j := 0, 0; i+1 < len(a) && j+1 < len(b); {
		if w := min(a[i+1], b[j+1]) - max(a[i], b[j]); w > 0 {
			sum += w
		}
		if a[i+1] < b[j+1] {
			i += 2
		} else {
			j += 2
		}
	}
	return sum
}

func squareMetres(m float64) string {
	if m < 100_000 {
		return fmt.Sprintf("%.0f m²", m)
	}
	return fmt.Sprintf("%.3g km²", m/1e6)
}

// gaps tells thin holes between areas: what is left out of all of them and has a
// border much longer than its area asks for.
func (b *Builder) gaps(t *topology, rs []Region, at map[int32]int, numbers []int) {
	var outside []int32 // arcs that one area has, in its direction
	for i := range rs {
		for _, ring := range rs[i].Rings {
			for _, ref := range ring {
				if len(t.users[index(ref)]) == 1 {
					outside = append(outside, ref)
				}
			}
		}
	}
	told := 0
	for _, ring := range t.around(outside) {
		area := t.doubleArea(ring) / 2
		if area <= 0 {
			continue // an outer ring
		}
		length, lat := 0.0, 0.0
		around := map[int]bool{}
		for _, ref := range ring {
			arc := t.arcs[index(ref)]
			lat = float64(arc[0].Y)*ownScale[1] + ownTranslate[1]
			shrink := math.Cos(lat * math.Pi / 180)
			for i := 1; i < len(arc); i++ {
				length += math.Hypot(float64(arc[i].X-arc[i-1].X)*ownScale[0]*shrink, float64(arc[i].Y-arc[i-1].Y)*ownScale[1])
			}
			for _, u := range t.users[index(ref)] {
				around[at[u]] = true
			}
		}
		area *= ownScale[0] * ownScale[1] * math.Cos(lat*math.Pi/180)
		if len(around) < 2 || 4*math.Pi*area > 0.1*length*length {
			continue
		}
		if told++; told > maxCompared {
			return
		}
		b.problems = append(b.problems, gap(around, numbers, area*metresPerDegree*metresPerDegree))
	}
}

func gap(around map[int]bool, numbers []int, area float64) Problem {
	var fs []int
	for i := range around {
		fs = append(fs, numbers[i])
	}
	slices.Sort(fs)
	return Problem{Feature: fs[0], Other: fs[1], Text: fmt.Sprintf("there is a thin gap of %s between it and feature %d; points in it lie in no area", squareMetres(area), fs[1])}
}

// around chains arcs that have an area on their right into the borders of what lies
// on their left. Where several go on, the one that turns left the most does.
func (t *topology) around(refs []int32) [][]int32 {
	starts := map[Vertex][]int32{}
	for _, ref := range refs {
		v := first(t.arcs, ref)
		starts[v] = append(starts[v], ref)
	}
	taken := map[int32]bool{}
	var out [][]int32
	for _, ref := range refs {
		var ring []int32
		for ok := true; ok && !taken[ref]; {
			taken[ref] = true
			ring = append(ring, ref)
			back := t.direction(^ref)
			best := math.Inf(1)
			ok = false
			for _, next := range starts[first(t.arcs, ^ref)] {
				turn := math.Mod(back-t.direction(next)+4*math.Pi, 2*math.Pi)
				if (!taken[next] || next == ring[0]) && turn < best {
					best, ref, ok = turn, next, next != ring[0]
				}
			}
		}
		if len(ring) > 0 && first(t.arcs, ring[0]) == first(t.arcs, ^ring[len(ring)-1]) {
			out = append(out, ring)
		}
	}
	return out
}

// direction is the angle at which an arc sets out.
func (t *topology) direction(ref int32) float64 {
	arc := t.arcs[index(ref)]
	v, w := arc[0], arc[1]
	if ref < 0 {
		v, w = arc[len(arc)-1], arc[len(arc)-2]
	}
	return math.Atan2(float64(w.Y-v.Y), float64(w.X-v.X))
}
