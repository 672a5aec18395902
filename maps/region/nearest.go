package region

import (
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// metresPerDegree on a sphere of the earth's mean radius, 6,371,008.8 m.
const metresPerDegree = 6371008.8 * math.Pi / 180

// Nearest returns the first-level region whose border is nearest to a point (lon,
// lat in degrees), and how far it is in metres (0 inside). ok is false if none is
// within limit metres. Distances are those on the plane that touches the earth at
// the point: within 1 % up to some 200 km away from the poles.
func (a *Atlas) Nearest(p orb.Point, limit float64) (r *Region, metres float64, ok bool) {
	return a.NearestAt(p, 1, limit)
}

// NearestAt is Nearest at a level. What is nearest among the areas of the level and of
// deeper ones counts, the deepest where several are as near.
func (a *Atlas) NearestAt(p orb.Point, level int, limit float64) (r *Region, metres float64, ok bool) {
	if r, ok = a.LocateAt(p, level); ok {
		return r, 0, true
	}
	if !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return nil, 0, false
	}
	metres = limit
	for from := len(a.levels) - 1; from >= max(1, level); from-- {
		near, away, found := a.levels[from].nearest(a, p, metres)
		if !found || r != nil && away >= metres {
			continue
		}
		if near, found = a.above(near, level); found {
			r, metres = near, away
		}
	}
	return r, metres, r != nil
}

// nearest finds the region of a level whose border is nearest, also on the other
// side of the antimeridian.
func (l *level) nearest(a *Atlas, p orb.Point, limit float64) (r *Region, metres float64, ok bool) {
	if len(l.regions) == 0 {
		return nil, limit, false
	}
	l.grid.once.Do(func() { l.grid.build(a.Arcs, l.regions) })
	n := nearestSearch{a: a, l: l, metres: limit, shrink: math.Max(0.01, math.Cos(p[1]*math.Pi/180))}
	for _, turn := range [...]float64{0, -360, 360} {
		if q := (orb.Point{p[0] + turn, p[1]}); turn == 0 || math.Abs(q[0])-180 <= n.degrees()/n.shrink {
			n.around(q)
		}
	}
	return n.found, n.metres, n.found != nil
}

// nearestSearch keeps the best so far.
type nearestSearch struct {
	a      *Atlas
	l      *level
	shrink float64 // of a degree of longitude
	found  *Region
	metres float64
	seen   []int32
}

func (n *nearestSearch) degrees() float64 { return n.metres / metresPerDegree }

// around looks at the regions that have a part in the cells around a point.
func (n *nearestSearch) around(p orb.Point) {
	g, d := &n.l.grid, n.degrees()
	lowX, lowY := n.a.quantised(orb.Point{p[0] - d/n.shrink, p[1] - d})
	highX, highY := n.a.quantised(orb.Point{p[0] + d/n.shrink, p[1] + d})
	if highX < float64(g.low.X) || highY < float64(g.low.Y) || lowX > float64(g.high.X) || lowY > float64(g.high.Y) {
		return
	}
	n.seen = n.seen[:0]
	for r := g.row(lowY); r <= g.row(highY); r++ {
		for c := g.column(lowX); c <= g.column(highX); c++ {
			cell := r*g.columns + c
			for _, q := range g.parts[g.start[cell]:g.start[cell+1]] {
				if !q.all {
					n.seen = append(n.seen, q.region)
				}
			}
		}
	}
	slices.Sort(n.seen)
	for _, i := range slices.Compact(n.seen) {
		n.look(i, p)
	}
}

// look measures the edges of a region that are not too far north or south.
func (n *nearestSearch) look(i int32, p orb.Point) {
	e := &n.l.grid.edges[i]
	_, low := n.a.quantised(orb.Point{0, p[1] - n.degrees()})
	_, high := n.a.quantised(orb.Point{0, p[1] + n.degrees()})
	from, to := max(0, math.Floor((low-e.low)/e.width)), min(float64(len(e.start)-2), math.Floor((high-e.low)/e.width))
	for b := int(from); b <= int(to); b++ {
		for _, at := range e.edges[e.start[b]:e.start[b+1]] {
			arc := n.a.Arcs[at.arc][at.vertex:]
			d := toSegment(p, n.a.Position(arc[0]), n.a.Position(arc[1]), n.shrink)
			if d < n.metres || d == n.metres && n.found == nil {
				n.metres, n.found = d, &n.l.regions[i]
			}
		}
	}
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

// Distance returns how far a point is from the area of a level with the code, in
// metres (0 inside); ok is false if that is more than limit metres, or there is no
// such area.
func (a *Atlas) Distance(p orb.Point, level int, code string, limit float64) (metres float64, ok bool) {
	if level < 1 || level >= len(a.levels) || !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
		return 0, false
	}
	l := a.levels[level]
	i, ok := l.byCode[code]
	if !ok {
		return 0, false
	}
	l.grid.once.Do(func() { l.grid.build(a.Arcs, l.regions) })
	if x, y := a.quantised(p); l.grid.edges[i].holds(a.Arcs, x, y) {
		return 0, true
	}
	n := nearestSearch{a: a, l: l, metres: limit, shrink: math.Max(0.01, math.Cos(p[1]*math.Pi/180))}
	for _, turn := range [...]float64{0, -360, 360} {
		n.look(int32(i), orb.Point{p[0] + turn, p[1]})
	}
	return n.metres, n.found != nil
}
