package region

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
)

// Pole returns the place within an area that is farthest from its border (the pole of
// inaccessibility; Garcia-Castellanos and Lombardo, Scottish Geographical Journal 123,
// 2007), lon and lat, to a hundredth of its distance. Distances are planar, longitudes
// shortened as at the middle of each polygon. It is false for areas without extent.
func Pole(m orb.MultiPolygon) (p orb.Point, ok bool) {
	s := poleSearch{}
	for _, polygon := range m {
		if len(polygon) > 0 && len(polygon[0]) > 2 {
			s.in(polygon)
		}
	}
	return s.best, s.reach > 0
}

// poleSearch looks at squares, first at those that may hold the farthest place.
type poleSearch struct {
	rings [][]orb.Point // x shortened
	queue poleQueue
	best  orb.Point
	reach float64 // of best, degrees of latitude
}

// poleCell is a square around a place.
type poleCell struct {
	x, y, half float64
	reach      float64 // from the border, negative outside
	most       float64 // that any place in it can have
}

type poleQueue []poleCell

func (q poleQueue) Len() int           { return len(q) }
func (q poleQueue) Less(i, j int) bool { return q[i].most > q[j].most }
func (q poleQueue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *poleQueue) Push(c any)        { *q = append(*q, c.(poleCell)) }
func (q *poleQueue) Pop() any {
	c := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return c
}

// poleCells is how many squares are looked at in a polygon at most; few need a
// hundredth of it.
const poleCells = 20_000

// in keeps the best place of a polygon if it is farther from the border than that of
// those before.
func (s *poleSearch) in(polygon orb.Polygon) {
	b := polygon[0].Bound()
	k := max(math.Cos((b.Min[1]+b.Max[1])/2*math.Pi/180), 0.01)
	s.rings, s.queue = s.rings[:0], s.queue[:0]
	for _, r := range polygon {
		ring := make([]orb.Point, len(r))
		for i, v := range r {
			ring[i] = orb.Point{v[0] * k, v[1]}
		}
		s.rings = append(s.rings, ring)
	}
	x0, x1, y0, y1 := b.Min[0]*k, b.Max[0]*k, b.Min[1], b.Max[1]
	side := min(x1-x0, y1-y0)
	if !(side > 0) || side/2 <= s.reach {
		return
	}
	side = max(side, max(x1-x0, y1-y0)/64)
	for x := x0; x < x1; x += side {
		for y := y0; y < y1; y += side {
			s.push(x+side/2, y+side/2, side/2, k)
		}
	}
	for n := 0; len(s.queue) > 0 && n < poleCells; n++ {
		c := heap.Pop(&s.queue).(poleCell)
		if c.most <= s.reach*1.01 {
			return
		}
		h := c.half / 2
		for _, d := range [4][2]float64{{-h, -h}, {h, -h}, {-h, h}, {h, h}} {
			s.push(c.x+d[0], c.y+d[1], h, k)
		}
	}
}

func (s *poleSearch) push(x, y, half, k float64) {
	c := poleCell{x: x, y: y, half: half, reach: s.toBorder(x, y)}
	c.most = c.reach + half*math.Sqrt2
	if c.reach > s.reach {
		s.reach, s.best = c.reach, orb.Point{x / k, y}
	}
	if c.most > s.reach*1.01 {
		heap.Push(&s.queue, c)
	}
}

// toBorder is the distance to the border, negative outside.
func (s *poleSearch) toBorder(x, y float64) float64 {
	inside, least := false, math.Inf(1)
	for _, r := range s.rings {
		a := r[len(r)-1]
		for _, b := range r {
			if (a[1] > y) != (b[1] > y) && x < (b[0]-a[0])*(y-a[1])/(b[1]-a[1])+a[0] {
				inside = !inside
			}
			least = min(least, squaredTo(x-a[0], y-a[1], b[0]-a[0], b[1]-a[1]))
			a = b
		}
	}
	if !inside {
		return -math.Sqrt(least)
	}
	return math.Sqrt(least)
}

// squaredTo is the squared distance from a place to a segment from the origin.
func squaredTo(x, y, dx, dy float64) float64 {
	if l := dx*dx + dy*dy; l > 0 {
		t := min(max((x*dx+y*dy)/l, 0), 1)
		x, y = x-t*dx, y-t*dy
	}
	return x*x + y*y
}
