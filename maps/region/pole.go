package region

import (
	"container/heap"
	"math"

	"github.com/paulmach/orb"
)

// maxCells bounds the search for a pole, less of an area with many sides: of so many
// it is a hundredth.
const (
	maxCells = 4000
	maxSides = 20_000
)

// Pole returns the pole of inaccessibility of an area: the point of its largest part
// that lies farthest from the border, to a twentieth of that distance (Garcia-Castellanos
// and Lombardo 2007; by halving squares). Names stand there. Distances are those on a
// plane that is true at the middle of the part. It is lon, lat; 0, 0 of no rings.
func (a *Atlas) Pole(rings [][]int32) orb.Point {
	s := a.poleSearch(rings)
	if s == nil {
		return orb.Point{}
	}
	w, h := s.hi.x-s.lo.x, s.hi.y-s.lo.y
	side := math.Max(math.Min(w, h), math.Max(w, h)/32)
	if side <= 0 {
		return s.back(s.lo)
	}
	best := s.cell(flat{(s.lo.x + s.hi.x) / 2, (s.lo.y + s.hi.y) / 2}, 0)
	for x := s.lo.x; x < s.hi.x; x += side {
		for y := s.lo.y; y < s.hi.y; y += side {
			s.Push(s.cell(flat{x + side/2, y + side/2}, side/2))
		}
	}
	heap.Init(s)
	most := maxCells
	for _, ring := range s.rings {
		most -= maxCells * len(ring) / maxSides
	}
	for n := 0; s.Len() > 0 && n < max(most, maxCells/100); n++ {
		c := heap.Pop(s).(cell)
		if c.depth > best.depth {
			best = c
		}
		if c.most-best.depth <= 0.05*math.Abs(best.depth) {
			break
		}
		for _, d := range [4]flat{{-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
			heap.Push(s, s.cell(flat{c.at.x + d.x*c.half/2, c.at.y + d.y*c.half/2}, c.half/2))
		}
	}
	return s.back(best.at)
}

// flat is a position on the plane, in degrees of latitude.
type flat struct{ x, y float64 }

// cell is a square: how deep in the area its middle lies, negative outside, and the
// most that any place of it can.
type cell struct {
	at          flat
	half        float64
	depth, most float64
}

// poleSearch is the largest part of an area with what lies in its box, and a heap of
// the squares that promise most.
type poleSearch struct {
	shrink float64
	lo, hi flat
	rings  [][]flat
	cells  []cell
}

func (a *Atlas) poleSearch(rings [][]int32) *poleSearch {
	var large orb.Bound
	most := -1.0
	for _, ring := range rings {
		if area := a.ringArea(ring); area > most {
			most, large = area, a.RingsBound([][]int32{ring})
		}
	}
	if most < 0 {
		return nil
	}
	s := &poleSearch{shrink: math.Max(0.01, math.Cos(large.Center()[1]*math.Pi/180))}
	s.lo, s.hi = s.flat(large.Min), s.flat(large.Max)
	// Vertices that move the border by less than a hundredth of the box do not count.
	w, h := (large.Max[0]-large.Min[0])/a.Scale[0], (large.Max[1]-large.Min[1])/a.Scale[1]
	least := Threshold(w * h * 1e-4)
	for _, ring := range rings {
		if !a.RingsBound([][]int32{ring}).Intersects(large) {
			continue
		}
		var path []flat
		for _, ref := range ring {
			arc, ranks := a.Arcs[index(ref)], a.Ranks[index(ref)]
			for i := range arc {
				if ref < 0 {
					i = len(arc) - 1 - i
				}
				if ranks[i] >= least {
					path = append(path, s.flat(a.Position(arc[i])))
				}
			}
		}
		s.rings = append(s.rings, path)
	}
	return s
}

// ringArea is that of a ring on the plane of lon and lat, without its sign.
func (a *Atlas) ringArea(ring []int32) float64 {
	sum := 0.0
	for _, ref := range ring {
		arc := a.Arcs[index(ref)]
		part := 0.0
		for i := 1; i < len(arc); i++ {
			p, q := arc[i-1], arc[i]
			part += float64(p.X)*float64(q.Y) - float64(q.X)*float64(p.Y)
		}
		if ref < 0 {
			part = -part
		}
		sum += part
	}
	return math.Abs(sum)
}

func (s *poleSearch) flat(p orb.Point) flat { return flat{p[0] * s.shrink, p[1]} }
func (s *poleSearch) back(p flat) orb.Point { return orb.Point{p.x / s.shrink, p.y} }
func (s *poleSearch) Len() int              { return len(s.cells) }
func (s *poleSearch) Less(i, j int) bool    { return s.cells[i].most > s.cells[j].most }
func (s *poleSearch) Swap(i, j int)         { s.cells[i], s.cells[j] = s.cells[j], s.cells[i] }
func (s *poleSearch) Push(x any)            { s.cells = append(s.cells, x.(cell)) }
func (s *poleSearch) cell(p flat, h float64) cell {
	d := s.depth(p)
	return cell{p, h, d, d + h*math.Sqrt2}
}

func (s *poleSearch) Pop() any {
	last := len(s.cells) - 1
	c := s.cells[last]
	s.cells = s.cells[:last]
	return c
}

// depth is the distance to the border, negative outside.
func (s *poleSearch) depth(p flat) float64 {
	near, in := math.Inf(1), false
	for _, ring := range s.rings {
		for i := range ring {
			a, b := ring[i], ring[(i+1)%len(ring)]
			if eastOf(a.x, a.y, b.x, b.y, p.x, p.y) {
				in = !in
			}
			dx, dy, t := b.x-a.x, b.y-a.y, 0.0
			if l := dx*dx + dy*dy; l > 0 {
				t = math.Max(0, math.Min(1, ((p.x-a.x)*dx+(p.y-a.y)*dy)/l))
			}
			near = math.Min(near, math.Hypot(a.x+t*dx-p.x, a.y+t*dy-p.y))
		}
	}
	if in {
		return near
	}
	return -near
}

// RingHolds says whether a point (lon, lat) lies in a ring of arcs.
func (a *Atlas) RingHolds(ring []int32, p orb.Point) bool {
	return a.RingsBound([][]int32{ring}).Contains(p) && InRing(a.ring(ring), p)
}
