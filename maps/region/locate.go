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

// edge is the one of an arc that begins at a vertex. Only where it is is kept: the
// vertices are in the arcs.
type edge struct{ arc, vertex int32 }

// crossed says whether a ray from (x, y) to the east crosses an edge. Edges are
// half-open, so a point on a border belongs to exactly one side; they are looked at
// from below, so that both sides compute the same.
func crossed(p, q Vertex, x, y float64) bool {
	if p.Y > q.Y {
		p, q = q, p
	}
	y1, y2 := float64(p.Y), float64(q.Y)
	if y < y1 || y >= y2 {
		return false
	}
	x1, x2 := float64(p.X), float64(q.X)
	switch {
	case x < min(x1, x2):
		return true
	case x >= max(x1, x2):
		return false
	}
	return x < x1+(y-y1)*((x2-x1)/(y2-y1))
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
		if q.all || a.holds(&a.grid.edges[q.region], x, y) {
			return &a.Regions[q.region], true
		}
	}
	return nil, false
}

func column(lon float64) int { return min(gridColumns-1, max(0, int((lon+180)*gridColumns/360))) }
func row(lat float64) int    { return min(gridRows-1, max(0, int((lat+90)*gridRows/180))) }

// holds counts the borders to the east of a point.
func (a *Atlas) holds(e *edgeIndex, x, y float64) bool {
	b := int(math.Floor((y - e.low) / e.width))
	if b < 0 || b+1 >= len(e.start) {
		return false
	}
	in := false
	for _, at := range e.edges[e.start[b]:e.start[b+1]] {
		arc := a.Arcs[at.arc][at.vertex:]
		if crossed(arc[0], arc[1], x, y) {
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
	lo, hi, climb := math.Inf(1), math.Inf(-1), 0.0
	each := func(visit func(e edge, y1, y2 float64)) {
		for _, ring := range rings {
			for _, ref := range ring {
				arc := a.Arcs[index(ref)]
				for i := 1; i < len(arc); i++ {
					if y1, y2 := float64(arc[i-1].Y), float64(arc[i].Y); y1 != y2 { // no ray crosses an edge along a parallel
						visit(edge{int32(index(ref)), int32(i - 1)}, min(y1, y2), max(y1, y2))
					}
				}
			}
		}
	}
	each(func(_ edge, y1, y2 float64) {
		lo, hi, climb = min(lo, y1), max(hi, y2), climb+y2-y1
		n++
	})
	if n == 0 {
		return edgeIndex{width: 1}
	}
	out := edgeIndex{low: lo, width: max(1, (hi-lo)/4096, climb/float64(n))}
	band := func(y float64) int { return int((y - lo) / out.width) }
	out.start = make([]int32, band(hi)+2)
	each(func(_ edge, y1, y2 float64) {
		for b := band(y1); b <= band(y2); b++ {
			out.start[b+1]++
		}
	})
	for b := 1; b < len(out.start); b++ {
		out.start[b] += out.start[b-1]
	}
	out.edges = make([]edge, out.start[len(out.start)-1])
	next := slices.Clone(out.start)
	each(func(e edge, y1, y2 float64) {
		for b := band(y1); b <= band(y2); b++ {
			out.edges[next[b]] = e
			next[b]++
		}
	})
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
			inside = a.holds(&a.grid.edges[i], x, y)
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
