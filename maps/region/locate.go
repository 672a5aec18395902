package region

import (
	"cmp"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// The grid that answers most points at once: cells of half a degree.
const (
	gridColumns = 720
	gridRows    = 360
)

// grid lists, per cell, the regions that have a part in it, in their order: those
// of cell i from start[i] to start[i+1]. It is made when first needed.
type grid struct {
	once  sync.Once
	start []int32
	parts []part
	edges []edgeIndex // by region
}

// part is a region's part in a cell: all of it, or what its borders leave.
type part struct {
	region int32
	all    bool
}

// edgeIndex holds a region's edges in bands of latitude, in quantised units: those
// of band i from start[i] to start[i+1].
type edgeIndex struct {
	low, width float64
	start      []int32
	edges      []edge
}

// edge runs up from (x1, y1) to y2, so that both its sides compute the same.
type edge struct{ x1, y1, y2, slope float64 }

// newEdge is false for edges along a parallel, which no ray crosses.
func newEdge(p, q Vertex) (edge, bool) {
	if p.Y > q.Y {
		p, q = q, p
	}
	e := edge{x1: float64(p.X), y1: float64(p.Y), y2: float64(q.Y)}
	e.slope = (float64(q.X) - e.x1) / (e.y2 - e.y1)
	return e, p.Y != q.Y
}

// crossed says whether a ray from (x, y) to the east crosses the edge. Edges are
// half-open, so a point on a border belongs to exactly one side.
func (e *edge) crossed(x, y float64) bool {
	return e.y1 <= y && y < e.y2 && x < e.x1+(y-e.y1)*e.slope
}

func (a *Atlas) quantised(p orb.Point) (x, y float64) {
	return (p[0] - a.Translate[0]) / a.Scale[0], (p[1] - a.Translate[1]) / a.Scale[1]
}

// Locate returns the region that holds a point (lon, lat in degrees); ok is false
// at sea and in countries whose regions are not known. A point on a border
// belongs to exactly one of its sides; where regions overlap, the first counts.
func (a *Atlas) Locate(p orb.Point) (r *Region, ok bool) {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return nil, false
	}
	a.grid.once.Do(a.buildGrid)
	x, y := a.quantised(p)
	c := row(p[1])*gridColumns + column(p[0])
	for _, q := range a.grid.parts[a.grid.start[c]:a.grid.start[c+1]] {
		if q.all || a.grid.edges[q.region].holds(x, y) {
			return &a.Regions[q.region], true
		}
	}
	return nil, false
}

func column(lon float64) int { return min(gridColumns-1, max(0, int((lon+180)*gridColumns/360))) }
func row(lat float64) int    { return min(gridRows-1, max(0, int((lat+90)*gridRows/180))) }

// holds counts the borders to the east of a point.
func (e *edgeIndex) holds(x, y float64) bool {
	b := int(math.Floor((y - e.low) / e.width))
	if b < 0 || b+1 >= len(e.start) {
		return false
	}
	in := false
	bs := e.edges[e.start[b]:e.start[b+1]]
	for i := range bs {
		if bs[i].crossed(x, y) {
			in = !in
		}
	}
	return in
}

// eachEdge visits the edges of rings in quantised units.
func (a *Atlas) eachEdge(rings [][]int32, visit func(p, q Vertex)) {
	for _, ring := range rings {
		for _, ref := range ring {
			arc := a.Arcs[index(ref)]
			for i := 1; i < len(arc); i++ {
				visit(arc[i-1], arc[i])
			}
		}
	}
}

// indexEdges sorts a region's edges into bands. There are as many bands as keep
// the index within a few times the number of edges.
func (a *Atlas) indexEdges(rings [][]int32) edgeIndex {
	n := 0
	for _, ring := range rings {
		for _, ref := range ring {
			n += len(a.Arcs[index(ref)])
		}
	}
	all := make([]edge, 0, n)
	lo, hi, climb := math.Inf(1), math.Inf(-1), 0.0
	a.eachEdge(rings, func(p, q Vertex) {
		if e, ok := newEdge(p, q); ok {
			all = append(all, e)
			lo, hi, climb = min(lo, e.y1), max(hi, e.y2), climb+e.y2-e.y1
		}
	})
	if len(all) == 0 {
		return edgeIndex{width: 1}
	}
	out := edgeIndex{low: lo, width: max(1, (hi-lo)/4096, climb/float64(len(all)))}
	band := func(y float64) int { return int((y - lo) / out.width) }
	out.start = make([]int32, band(hi)+2)
	for _, e := range all {
		for b := band(e.y1); b <= band(e.y2); b++ {
			out.start[b+1]++
		}
	}
	for b := 1; b < len(out.start); b++ {
		out.start[b] += out.start[b-1]
	}
	out.edges = make([]edge, out.start[len(out.start)-1])
	next := slices.Clone(out.start)
	for _, e := range all {
		for b := band(e.y1); b <= band(e.y2); b++ {
			out.edges[next[b]] = e
			next[b]++
		}
	}
	return out
}

// cellPart is a region's part in one cell.
type cellPart struct {
	cell int32
	part part
}

// buildGrid finds which regions have a part in which cells.
func (a *Atlas) buildGrid() {
	n := len(a.Regions)
	a.grid.edges = make([]edgeIndex, n)
	found := make([][]cellPart, n)
	workers := min(n, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				a.grid.edges[i] = a.indexEdges(a.Regions[i].Rings)
				found[i] = a.cells(int32(i))
			}
		})
	}
	wait.Wait()
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(p, q cellPart) int { return cmp.Compare(p.cell, q.cell) })
	a.grid.start = make([]int32, gridColumns*gridRows+1)
	a.grid.parts = make([]part, len(all))
	for i, p := range all {
		a.grid.start[p.cell+1]++
		a.grid.parts[i] = p.part
	}
	for i := 1; i < len(a.grid.start); i++ {
		a.grid.start[i] += a.grid.start[i-1]
	}
}

// cells lists the cells in which a region has a part. Between cells that its
// borders touch, all cells of a row are alike.
func (a *Atlas) cells(i int32) []cellPart {
	b := a.Regions[i].Bound
	c0, r0 := column(b.Min[0]), row(b.Min[1])
	width := column(b.Max[0]) - c0 + 1
	touched := make([]bool, width*(row(b.Max[1])-r0+1))
	a.eachEdge(a.Regions[i].Rings, func(p, q Vertex) {
		touch(a.Position(p), a.Position(q), func(row, column int) { touched[(row-r0)*width+column-c0] = true })
	})
	var out []cellPart
	inside := false
	for j, t := range touched {
		c, r := c0+j%width, r0+j/width
		if !t && (j%width == 0 || touched[j-1]) {
			x, y := a.quantised(orb.Point{(float64(c)+0.5)*360/gridColumns - 180, (float64(r)+0.5)*180/gridRows - 90})
			inside = a.grid.edges[i].holds(x, y)
		}
		if t || inside {
			out = append(out, cellPart{int32(r*gridColumns + c), part{i, !t}})
		}
	}
	return out
}

// touch visits the cells that an edge passes, and at times one beside it: row by
// row, those between where it enters and where it leaves.
func touch(p, q orb.Point, visit func(row, column int)) {
	if p[1] > q[1] {
		p, q = q, p
	}
	x := p[0]
	for r := row(p[1]); r <= row(q[1]); r++ {
		next := q[0]
		if top := float64(r+1)*180/gridRows - 90; top < q[1] {
			next = p[0] + (q[0]-p[0])*(top-p[1])/(q[1]-p[1])
		}
		// Rounding may put a crossing a hair to the wrong side of a column.
		for c := column(min(x, next) - 1e-9); c <= column(max(x, next)+1e-9); c++ {
			visit(r, max(column(min(p[0], q[0])), min(column(max(p[0], q[0])), c)))
		}
		x = next
	}
}

// metresPerDegree on a sphere of the earth's mean radius, 6,371,008.8 m.
const metresPerDegree = 6371008.8 * math.Pi / 180

// Nearest returns the region whose border is nearest to a point, and how far it
// is in metres (0 inside). ok is false if none is within limit metres.
func (a *Atlas) Nearest(p orb.Point, limit float64) (r *Region, metres float64, ok bool) {
	if r, ok = a.Locate(p); ok {
		return r, 0, true
	}
	shrink := math.Max(0.01, math.Cos(p[1]*math.Pi/180))
	best := limit
	for i := range a.Regions {
		b := a.Regions[i].Bound
		dx := math.Max(0, math.Max(b.Min[0]-p[0], p[0]-b.Max[0])) * shrink
		dy := math.Max(0, math.Max(b.Min[1]-p[1], p[1]-b.Max[1]))
		if math.Hypot(dx, dy)*metresPerDegree > best {
			continue
		}
		a.eachEdge(a.Regions[i].Rings, func(v, w Vertex) {
			if d := toSegment(p, a.Position(v), a.Position(w), shrink); d <= best {
				best, r, ok = d, &a.Regions[i], true
			}
		})
	}
	return r, best, ok
}

// toSegment is the distance in metres from a point to a segment on the plane that
// touches the earth at the point.
func toSegment(p, a, b orb.Point, shrink float64) float64 {
	ax, ay := (a[0]-p[0])*shrink, a[1]-p[1]
	bx, by := (b[0]-p[0])*shrink, b[1]-p[1]
	dx, dy := bx-ax, by-ay
	t := 0.0
	if l := dx*dx + dy*dy; l > 0 {
		t = math.Max(0, math.Min(1, -(ax*dx+ay*dy)/l))
	}
	return math.Hypot(ax+t*dx, ay+t*dy) * metresPerDegree
}
