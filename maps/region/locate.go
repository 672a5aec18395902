package region

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/paulmach/orb"
)

// The finest grid that answers most points at once. Levels with few borders have
// fewer cells.
const (
	gridColumns = 1024
	gridRows    = 768
	maxParts    = 50_000_000 // of regions in cells, at most
)

// grid lists, per cell, the regions that have a part in it, in their order: those
// of cell i from start[i] to start[i+1]. It spans the regions of a level and is made
// when first needed.
type grid struct {
	once          sync.Once
	low, high     Vertex // corners, quantised
	columns, rows int
	perX, perY    float64 // cells by quantised unit
	start         []int32
	parts         []part
	edges         []edgeIndex // by region
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

// Locate returns the first-level region that holds a point (lon, lat in degrees); ok
// is false at sea and in countries whose regions are not known. A point on a border
// belongs to exactly one of its sides: of a point on an edge that is not level, the
// side to the east; of one on an edge along a parallel, the side to the north. Where
// regions overlap, the first counts. Where areas of deeper levels are known, the one
// that holds the point decides by what it is part of.
func (a *Atlas) Locate(p orb.Point) (r *Region, ok bool) { return a.LocateAt(p, 1) }

// LocateAt is Locate at a level: 0 countries, 1 regions, 2 districts …
func (a *Atlas) LocateAt(p orb.Point, level int) (r *Region, ok bool) {
	for from := len(a.levels) - 1; from >= max(1, level); from-- {
		if r, ok = a.levels[from].locate(a, p); !ok {
			continue
		}
		if r, ok = a.above(r, level); ok {
			return r, true
		}
	}
	return nil, false
}

// LocateAll returns the areas that hold a point by level, nil where none is known:
// the first is the country.
func (a *Atlas) LocateAll(p orb.Point) []*Region {
	out := make([]*Region, len(a.levels))
	for level := len(a.levels) - 1; level >= 0; level-- {
		if level < len(a.levels)-1 && out[level+1] != nil {
			if out[level], _ = a.above(out[level+1], level); out[level] != nil {
				continue
			}
		}
		out[level], _ = a.LocateAt(p, level)
	}
	return out
}

// above climbs from an area to what it is part of at a level.
func (a *Atlas) above(r *Region, level int) (*Region, bool) {
	for at := r.Level; at > level; at-- {
		up, ok := a.RegionAt(r.Parent, at-1)
		if !ok {
			return nil, false
		}
		r = up
	}
	return r, true
}

// locate finds the region of the level that holds a point, by its own borders.
func (l *level) locate(a *Atlas, p orb.Point) (r *Region, ok bool) {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) || len(l.regions) == 0 {
		return nil, false
	}
	g := &l.grid
	g.once.Do(func() { g.build(a.Arcs, l.regions) })
	x, y := a.quantised(p)
	if x < float64(g.low.X) || y < float64(g.low.Y) || x > float64(g.high.X) || y > float64(g.high.Y) {
		return nil, false
	}
	c := g.row(y)*g.columns + g.column(x)
	for _, q := range g.parts[g.start[c]:g.start[c+1]] {
		if q.all || g.edges[q.region].holds(a.Arcs, x, y) {
			return &l.regions[q.region], true
		}
	}
	return nil, false
}

// crowd is how many regions have a part in the cell of a place.
func (l *level) crowd(a *Atlas, p orb.Point) int {
	g := &l.grid
	if len(g.start) == 0 {
		return 0
	}
	x, y := a.quantised(p)
	c := g.row(y)*g.columns + g.column(x)
	return int(g.start[c+1] - g.start[c])
}

func (g *grid) column(x float64) int {
	return min(g.columns-1, max(0, int((x-float64(g.low.X))*g.perX)))
}
func (g *grid) row(y float64) int { return min(g.rows-1, max(0, int((y-float64(g.low.Y))*g.perY))) }

// holds counts the borders to the east of a point.
func (e *edgeIndex) holds(arcs [][]Vertex, x, y float64) bool {
	b := int(math.Floor((y - e.low) / e.width))
	if b < 0 || b+1 >= len(e.start) {
		return false
	}
	in := false
	for _, at := range e.edges[e.start[b]:e.start[b+1]] {
		arc := arcs[at.arc][at.vertex:]
		if crossed(arc[0], arc[1], x, y) {
			in = !in
		}
	}
	return in
}

// eachEdge visits the edges of rings in quantised units.
func eachEdge(arcs [][]Vertex, rings [][]int32, visit func(e edge, p, q Vertex)) {
	for _, ring := range rings {
		for _, ref := range ring {
			arc := arcs[index(ref)]
			for i := 1; i < len(arc); i++ {
				visit(edge{int32(index(ref)), int32(i - 1)}, arc[i-1], arc[i])
			}
		}
	}
}

// indexEdges sorts a region's edges into bands. There are as many bands as keep
// the index within a few times the number of edges.
func indexEdges(arcs [][]Vertex, rings [][]int32) edgeIndex {
	n := 0
	lo, hi, climb := math.Inf(1), math.Inf(-1), 0.0
	each := func(visit func(e edge, y1, y2 float64)) {
		eachEdge(arcs, rings, func(e edge, p, q Vertex) {
			visit(e, float64(min(p.Y, q.Y)), float64(max(p.Y, q.Y)))
		})
	}
	each(func(_ edge, y1, y2 float64) {
		lo, hi, climb = min(lo, y1), max(hi, y2), climb+y2-y1
		n++
	})
	if n == 0 {
		return edgeIndex{width: 1}
	}
	out := edgeIndex{low: lo, width: max(1, (hi-lo)/4096, climb/float64(2*n))}
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

// span sets the extent and the number of cells.
func (g *grid) span(arcs [][]Vertex, regions []Region) {
	edges := 0
	g.low, g.high = Vertex{math.MaxInt32, math.MaxInt32}, Vertex{math.MinInt32, math.MinInt32}
	for i := range regions {
		eachEdge(arcs, regions[i].Rings, func(_ edge, p, q Vertex) {
			edges++
			g.low = Vertex{min(g.low.X, p.X, q.X), min(g.low.Y, p.Y, q.Y)}
			g.high = Vertex{max(g.high.X, p.X, q.X), max(g.high.Y, p.Y, q.Y)}
		})
	}
	if edges == 0 {
		g.low, g.high = Vertex{}, Vertex{}
	}
	g.columns = min(gridColumns, max(4, int(math.Sqrt(4*float64(edges)))))
	// Regions that lie upon each other would fill all cells many times.
	w, h, boxes := float64(g.high.X)-float64(g.low.X)+1, float64(g.high.Y)-float64(g.low.Y)+1, 0.0
	for i := range regions {
		lo, hi := vertexBound(arcs, regions[i].Rings)
		boxes += (float64(hi.X) - float64(lo.X)) / w * (float64(hi.Y) - float64(lo.Y)) / h
	}
	for g.columns > 4 && boxes*float64(g.columns)*float64(g.columns) > maxParts {
		g.columns /= 2
	}
	g.rows = g.columns * gridRows / gridColumns
	g.perX = float64(g.columns) / (float64(g.high.X) - float64(g.low.X) + 1)
	g.perY = float64(g.rows) / (float64(g.high.Y) - float64(g.low.Y) + 1)
}

// build finds which regions have a part in which cells, and sorts their edges.
func (g *grid) build(arcs [][]Vertex, regions []Region) {
	g.edges = make([]edgeIndex, len(regions))
	g.sort(arcs, regions, func(i int, e edgeIndex) { g.edges[i] = e })
}

// sort finds which regions have a part in which cells. What it finds out of the edges of
// each, it hands over, on several goroutines.
func (g *grid) sort(arcs [][]Vertex, regions []Region, take func(i int, e edgeIndex)) {
	n := len(regions)
	g.span(arcs, regions)
	found := make([][]cellPart, n)
	workers := min(n, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				e := indexEdges(arcs, regions[i].Rings)
				found[i] = g.cells(arcs, regions[i].Rings, int32(i), &e)
				take(i, e)
			}
		})
	}
	wait.Wait()
	g.start = make([]int32, g.columns*g.rows+1)
	for _, ps := range found {
		for _, p := range ps {
			g.start[p.cell+1]++
		}
	}
	for i := 1; i < len(g.start); i++ {
		g.start[i] += g.start[i-1]
	}
	g.parts = make([]part, g.start[len(g.start)-1])
	next := slices.Clone(g.start)
	for _, ps := range found {
		for _, p := range ps {
			g.parts[next[p.cell]] = p.part
			next[p.cell]++
		}
	}
}

// cells lists the cells in which a region has a part. Between cells that its
// borders touch, all cells of a row are alike.
func (g *grid) cells(arcs [][]Vertex, rings [][]int32, i int32, e *edgeIndex) []cellPart {
	lo, hi := vertexBound(arcs, rings)
	c0, r0 := g.column(float64(lo.X)), g.row(float64(lo.Y))
	width := g.column(float64(hi.X)) - c0 + 1
	touched := make([]bool, width*(g.row(float64(hi.Y))-r0+1))
	eachEdge(arcs, rings, func(_ edge, p, q Vertex) {
		g.touch(p, q, func(row, column int) { touched[(row-r0)*width+column-c0] = true })
	})
	var out []cellPart
	inside := false
	for j, t := range touched {
		c, r := c0+j%width, r0+j/width
		if !t && (j%width == 0 || touched[j-1]) {
			inside = e.holds(arcs, float64(g.low.X)+(float64(c)+0.5)/g.perX, float64(g.low.Y)+(float64(r)+0.5)/g.perY)
		}
		if t || inside {
			out = append(out, cellPart{int32(r*g.columns + c), part{i, !t}})
		}
	}
	return out
}

// vertexBound is the box around rings; of none it is empty at 0, 0.
func vertexBound(arcs [][]Vertex, rings [][]int32) (lo, hi Vertex) {
	first := true
	eachEdge(arcs, rings, func(_ edge, p, q Vertex) {
		if first {
			lo, hi, first = p, p, false
		}
		lo = Vertex{min(lo.X, p.X, q.X), min(lo.Y, p.Y, q.Y)}
		hi = Vertex{max(hi.X, p.X, q.X), max(hi.Y, p.Y, q.Y)}
	})
	return lo, hi
}

// touch visits the cells that an edge passes, and at times one beside it: row by
// row, those between where it enters and where it leaves.
func (g *grid) touch(p, q Vertex, visit func(row, column int)) {
	if p.Y > q.Y {
		p, q = q, p
	}
	px, py, qx, qy := float64(p.X), float64(p.Y), float64(q.X), float64(q.Y)
	west, east := g.column(min(px, qx)), g.column(max(px, qx))
	x := px
	for r := g.row(py); r <= g.row(qy); r++ {
		next := qx
		if top := float64(g.low.Y) + float64(r+1)/g.perY; top < qy {
			next = px + (qx-px)*(top-py)/(qy-py)
		}
		// Rounding may put a crossing a hair to the wrong side of a column.
		for c := max(west, g.column(min(x, next)-1e-3)); c <= min(east, g.column(max(x, next)+1e-3)); c++ {
			visit(r, c)
		}
		x = next
	}
}
