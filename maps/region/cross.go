package region

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

const (
	// maxTests bounds the pairs of edges that are looked at.
	maxTests = 4_000_000_000
	// maxTouched bounds the cells that edges pass.
	maxTouched = 400_000_000
	// maxMeets bounds the places at which borders meet that should not.
	maxMeets = 200_000
	// besideUnits is how far beside an edge of a neighbour a vertex may lie to be
	// made a part of it.
	besideUnits = 3
)

// crossing is where borders meet otherwise than at their vertices.
type crossing struct {
	topology *topology
	inserts  map[edge][]Vertex // what is to be put into edges
	self     map[int32]bool    // areas whose own border does so
}

func (x *crossing) selves() []int32 {
	var out []int32
	for i := range x.self {
		out = append(out, i)
	}
	slices.Sort(out)
	return out
}

// meet is a pair of edges that come near each other.
type meet struct{ a, b edge }

// crossings looks for edges that cross, and for vertices on or beside edges. Edges
// are sorted into the cells of a grid; those in one cell are compared.
func (t *topology) crossings(ctx context.Context) (*crossing, error) {
	g, cells, err := t.bins()
	if err != nil {
		return nil, err
	}
	meets := make([][]meet, runtime.GOMAXPROCS(0))
	var tests, found atomic.Int64
	var wait sync.WaitGroup
	for w := range meets {
		wait.Go(func() {
			for c := w; c < g.columns*g.rows; c += len(meets) {
				in := cells.edges[cells.start[c]:cells.start[c+1]]
				if len(in) > 1 {
					if tests.Add(int64(len(in))*int64(len(in))/2) > maxTests || found.Load() > maxMeets || c%4096 < len(meets) && ctx.Err() != nil {
						return
					}
					before := len(meets[w])
					meets[w] = t.compareCell(in, meets[w])
					found.Add(int64(len(meets[w]) - before))
				}
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if tests.Load() > maxTests || found.Load() > maxMeets {
		return nil, fmt.Errorf("%w: they cross each other or lie upon each other more than %d times; the file may hold several levels at once, or lines that are no borders", ErrTooMuch, maxMeets)
	}
	x := &crossing{topology: t, inserts: map[edge][]Vertex{}, self: map[int32]bool{}}
	all := slices.Concat(meets...)
	slices.SortFunc(all, func(p, q meet) int { return cmp.Or(compareEdges(p.a, q.a), compareEdges(p.b, q.b)) })
	for _, m := range slices.Compact(all) {
		x.take(m)
	}
	return x, nil
}

func compareEdges(a, b edge) int {
	return cmp.Or(cmp.Compare(a.arc, b.arc), cmp.Compare(a.vertex, b.vertex))
}

// bins sorts all edges into cells.
func (t *topology) bins() (*grid, *edgeCells, error) {
	g, n := &grid{low: Vertex{math.MaxInt32, math.MaxInt32}}, 0
	for _, arc := range t.arcs {
		for _, v := range arc {
			g.low = Vertex{min(g.low.X, v.X), min(g.low.Y, v.Y)}
			g.high = Vertex{max(g.high.X, v.X), max(g.high.Y, v.Y)}
		}
		n += len(arc) - 1
	}
	if n == 0 {
		g.low = Vertex{}
	}
	side := int(math.Sqrt(float64(min(1<<24, max(16, n)))))
	g.columns, g.rows = side, side
	g.perX, g.perY = float64(side)/(float64(g.high.X)-float64(g.low.X)+1), float64(side)/(float64(g.high.Y)-float64(g.low.Y)+1)
	touched := 0.0
	for _, arc := range t.arcs {
		for i := 1; i < len(arc); i++ {
			touched += 1 + math.Abs(float64(arc[i].X-arc[i-1].X))*g.perX + math.Abs(float64(arc[i].Y-arc[i-1].Y))*g.perY
		}
	}
	if touched > maxTouched {
		return nil, nil, fmt.Errorf("%w: they are too long for their number", ErrTooMuch)
	}
	cells := &edgeCells{start: make([]int32, side*side+1)}
	t.eachTouched(g, func(cell int, _ edge) { cells.start[cell+1]++ })
	for i := 1; i < len(cells.start); i++ {
		cells.start[i] += cells.start[i-1]
	}
	cells.edges = make([]edge, cells.start[len(cells.start)-1])
	// Filled from behind, start ends where it has to be.
	next := cells.start[1:]
	t.eachTouched(g, func(cell int, e edge) {
		next[cell]--
		cells.edges[next[cell]] = e
	})
	copy(cells.start, next)
	cells.start[len(cells.start)-1] = int32(len(cells.edges))
	return g, cells, nil
}

// edgeCells holds the edges of cell i from start[i] to start[i+1].
type edgeCells struct {
	start []int32
	edges []edge
}

func (t *topology) eachTouched(g *grid, visit func(cell int, e edge)) {
	for i, arc := range t.arcs {
		for j := 1; j < len(arc); j++ {
			e := edge{int32(i), int32(j - 1)}
			g.touch(arc[j-1], arc[j], func(r, c int) { visit(r*g.columns+c, e) })
		}
	}
}

// compareCell lists the pairs of a cell that come near each other.
func (t *topology) compareCell(in []edge, out []meet) []meet {
	for i, a := range in {
		p, q := t.ends(a)
		ax, bx, ay, by := min(p.X, q.X)-besideUnits, max(p.X, q.X)+besideUnits, min(p.Y, q.Y)-besideUnits, max(p.Y, q.Y)+besideUnits
		for _, b := range in[i+1:] {
			r, s := t.ends(b)
			if max(r.X, s.X) < ax || min(r.X, s.X) > bx || max(r.Y, s.Y) < ay || min(r.Y, s.Y) > by || len(out) > maxMeets {
				continue
			}
			if a.arc == b.arc && a.vertex-b.vertex <= 1 && b.vertex-a.vertex <= 1 && !folded(p, q, r, s) {
				continue
			}
			if t.near(a, b) {
				m := meet{a, b}
				if compareEdges(a, b) > 0 {
					m = meet{b, a}
				}
				out = append(out, m)
			}
		}
	}
	return out
}

// folded says whether two edges that follow on each other lie in one line.
func folded(p, q, r, s Vertex) bool { return side(p, q, r) == 0 && side(p, q, s) == 0 }

func (t *topology) ends(e edge) (p, q Vertex) {
	arc := t.arcs[e.arc][e.vertex:]
	return arc[0], arc[1]
}

// side is positive where r lies to the left of the way from p to q, 0 on the line.
func side(p, q, r Vertex) int64 {
	return int64(q.X-p.X)*int64(r.Y-p.Y) - int64(r.X-p.X)*int64(q.Y-p.Y)
}

// cross says whether two edges cross inside of both.
func cross(p, q, r, s Vertex) bool {
	a, b, c, d := side(p, q, r), side(p, q, s), side(r, s, p), side(r, s, q)
	return (a < 0 && b > 0 || a > 0 && b < 0) && (c < 0 && d > 0 || c > 0 && d < 0)
}

// within says whether a vertex lies beside the inner part of an edge, at most so many
// units away.
func within(p, q, v Vertex, units float64) bool {
	if v == p || v == q {
		return false
	}
	dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
	along, length := float64(v.X-p.X)*dx+float64(v.Y-p.Y)*dy, dx*dx+dy*dy
	if along <= 0 || along >= length {
		return false
	}
	return math.Abs(float64(side(p, q, v))) <= units*math.Sqrt(length)
}

// related says what the areas on both edges have to do with each other: whether they
// are partly the same, and whether each edge is the border of one area only.
func (t *topology) related(a, b edge) (same, loose bool) {
	u, v := t.users[a.arc], t.users[b.arc]
	for _, i := range u {
		same = same || slices.Contains(v, i)
	}
	return same, len(u) == 1 && len(v) == 1 && !same
}

// tolerance is how far a vertex may lie beside an edge to belong to it, below 0 if it
// is none of its business.
func (t *topology) tolerance(a, b edge) float64 {
	switch same, loose := t.related(a, b); {
	case same:
		return 0
	case loose:
		return besideUnits
	}
	return -1
}

// near says whether edges cross, or an end of one lies on the other.
func (t *topology) near(a, b edge) bool {
	p, q := t.ends(a)
	r, s := t.ends(b)
	if cross(p, q, r, s) {
		return true
	}
	d := t.tolerance(a, b)
	return d >= 0 && (within(p, q, r, d) || within(p, q, s, d) || within(r, s, p, d) || within(r, s, q, d))
}

// take settles what is to be done about a pair.
func (x *crossing) take(m meet) {
	t := x.topology
	p, q := t.ends(m.a)
	r, s := t.ends(m.b)
	same, _ := t.related(m.a, m.b)
	d := t.tolerance(m.a, m.b)
	put := func(e edge, v Vertex) { x.inserts[e] = append(x.inserts[e], v) }
	touched := false
	if d >= 0 {
		for _, v := range [...]Vertex{r, s} {
			if within(p, q, v, d) {
				put(m.a, v)
				touched = true
			}
		}
		for _, v := range [...]Vertex{p, q} {
			if within(r, s, v, d) {
				put(m.b, v)
				touched = true
			}
		}
	}
	if !touched && cross(p, q, r, s) {
		if !same {
			return // an overlap, which is told and left
		}
		v := crossingOf(p, q, r, s)
		put(m.a, v)
		put(m.b, v)
	}
	if same {
		for _, i := range t.users[m.a.arc] {
			if slices.Contains(t.users[m.b.arc], i) {
				x.self[i] = true
			}
		}
	}
}

// crossingOf is the vertex nearest to where two edges cross.
func crossingOf(p, q, r, s Vertex) Vertex {
	f := float64(side(r, s, p)) / (float64(side(r, s, p)) - float64(side(r, s, q)))
	return Vertex{p.X + int32(math.Round(f*float64(q.X-p.X))), p.Y + int32(math.Round(f*float64(q.Y-p.Y)))}
}
