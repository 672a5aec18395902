package region

import (
	"math"
	"sync"

	"github.com/paulmach/orb"
)

// The grid that answers most points at once: cells of half a degree.
const (
	gridColumns = 720
	gridRows    = 360
)

// grid remembers, per cell, the regions that may hold its points. A cell that no
// border touches has one answer for all its points.
type grid struct {
	once  sync.Once
	cells []cell
}

type cell struct {
	touched    bool
	region     int32 // for cells that no border touches: the region, or -1
	candidates []int32
}

// edgeIndex holds a region's edges in bands of latitude. Quantised units; the
// lower end first, so that neighbours compute the same crossing.
type edgeIndex struct {
	once  sync.Once
	low   float64
	width float64
	bands [][]edge
}

type edge struct{ x1, y1, x2, y2 float64 }

// crosses says whether a ray from (x, y) to the east crosses the edge. Edges are
// half-open, so a point on a border belongs to exactly one side.
func crosses(x1, y1, x2, y2, x, y float64) bool {
	if y1 > y2 {
		x1, y1, x2, y2 = x2, y2, x1, y1
	}
	return y1 <= y && y < y2 && x < x1+(x2-x1)*((y-y1)/(y2-y1))
}

func (a *Atlas) quantised(p orb.Point) (x, y float64) {
	return (p[0] - a.Translate[0]) / a.Scale[0], (p[1] - a.Translate[1]) / a.Scale[1]
}

// Locate returns the region that holds a point (lon, lat in degrees); ok is false
// at sea and in countries whose regions are not known. A point on a border
// belongs to exactly one of its sides.
func (a *Atlas) Locate(p orb.Point) (r *Region, ok bool) {
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return nil, false
	}
	a.grid.once.Do(a.buildGrid)
	c := &a.grid.cells[cellOf(p)]
	if !c.touched {
		if c.region < 0 {
			return nil, false
		}
		return &a.Regions[c.region], true
	}
	x, y := a.quantised(p)
	for _, i := range c.candidates {
		if a.holds(int(i), x, y) {
			return &a.Regions[i], true
		}
	}
	return nil, false
}

func column(lon float64) int { return min(gridColumns-1, max(0, int((lon+180)*gridColumns/360))) }
func row(lat float64) int    { return min(gridRows-1, max(0, int((lat+90)*gridRows/180))) }
func cellOf(p orb.Point) int { return row(p[1])*gridColumns + column(p[0]) }

// holds counts the borders of a region to the east of a point.
func (a *Atlas) holds(i int, x, y float64) bool {
	e := &a.edges[i]
	e.once.Do(func() { a.buildEdges(i, e) })
	b := int(math.Floor((y - e.low) / e.width))
	if b < 0 || b >= len(e.bands) {
		return false
	}
	in := false
	for _, s := range e.bands[b] {
		if crosses(s.x1, s.y1, s.x2, s.y2, x, y) {
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

func (a *Atlas) buildEdges(i int, e *edgeIndex) {
	lo, hi, n := math.Inf(1), math.Inf(-1), 0
	a.eachEdge(a.Regions[i].Rings, func(p, q Vertex) {
		lo, hi, n = min(lo, float64(p.Y), float64(q.Y)), max(hi, float64(p.Y), float64(q.Y)), n+1
	})
	count := min(4096, 1+n/4)
	e.low, e.width = lo, math.Max(1, (hi-lo)/float64(count))
	e.bands = make([][]edge, int((hi-lo)/e.width)+1)
	a.eachEdge(a.Regions[i].Rings, func(p, q Vertex) {
		if p.Y == q.Y {
			return
		}
		if p.Y > q.Y {
			p, q = q, p
		}
		s := edge{float64(p.X), float64(p.Y), float64(q.X), float64(q.Y)}
		for b := int((s.y1 - lo) / e.width); b <= int((s.y2-lo)/e.width); b++ {
			e.bands[b] = append(e.bands[b], s)
		}
	})
}

// buildGrid marks the cells that borders touch and answers the others.
func (a *Atlas) buildGrid() {
	g := make([]cell, gridColumns*gridRows)
	for i := range a.Regions {
		b := a.Regions[i].Bound
		for r := row(b.Min[1]); r <= row(b.Max[1]); r++ {
			for c := column(b.Min[0]); c <= column(b.Max[0]); c++ {
				g[r*gridColumns+c].candidates = append(g[r*gridColumns+c].candidates, int32(i))
			}
		}
		a.eachEdge(a.Regions[i].Rings, func(p, q Vertex) { a.touch(g, a.Position(p), a.Position(q)) })
	}
	for i := range g {
		if c := &g[i]; !c.touched {
			c.region = a.cellRegion(i, c.candidates)
		}
	}
	a.grid.cells = g
}

// touch marks every cell in the box of an edge; edges are short, so few too many.
func (a *Atlas) touch(g []cell, p, q orb.Point) {
	for r := row(min(p[1], q[1])); r <= row(max(p[1], q[1])); r++ {
		for c := column(min(p[0], q[0])); c <= column(max(p[0], q[0])); c++ {
			g[r*gridColumns+c].touched = true
		}
	}
}

// cellRegion answers for the middle of a cell, and so for all of it.
func (a *Atlas) cellRegion(i int, candidates []int32) int32 {
	x, y := a.quantised(orb.Point{(float64(i%gridColumns)+0.5)*360/gridColumns - 180, (float64(i/gridColumns)+0.5)*180/gridRows - 90})
	for _, r := range candidates {
		if a.holds(int(r), x, y) {
			return r
		}
	}
	return -1
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
