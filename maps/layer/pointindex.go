package layer

import (
	"iter"
	"sort"

	"github.com/paulmach/orb"
)

// PointIndex finds the units of a view. It is safe for use by several goroutines.
type PointIndex struct {
	spots []spot // n is the class
	rows  [1<<(32-rowShift) + 1]uint32
}

// rowShift makes 4,096 rows.
const rowShift = 20

// Spot is a unit's place in parts of Mercator's square, as [tile.Mercator] gives it.
type Spot struct {
	X, Y  float64
	Class int
}

// NewPointIndex makes the index of units. Those without a position are left out.
func NewPointIndex(points []Point) *PointIndex {
	x := &PointIndex{spots: sortedSpots(points, rowShift)}
	for i := range x.spots {
		s := &x.spots[i]
		s.n = uint32(points[s.id].Class)
		x.rows[s.y>>rowShift+1]++
	}
	for i := 1; i < len(x.rows); i++ {
		x.rows[i] += x.rows[i-1]
	}
	return x
}

// Len is the number of units that have a position.
func (x *PointIndex) Len() int { return len(x.spots) }

// In gives the units in a box (lon, lat; longitudes may reach beyond ±180) by their
// numbers: rows from north to south, in them from west to east, units in one place in
// the order of their numbers.
func (x *PointIndex) In(b orb.Bound) iter.Seq2[int, Spot] {
	w := windowOf(b)
	return func(yield func(int, Spot) bool) {
		for row := w.y0 >> rowShift; row <= w.y1>>rowShift; row++ {
			spots := x.spots[x.rows[row]:x.rows[row+1]]
			for _, part := range w.cut(spots) {
				for i := range part {
					s := &part[i]
					if s.y >= w.y0 && s.y <= w.y1 && !yield(int(s.id), Spot{float64(s.x) / (1 << 32), float64(s.y) / (1 << 32), int(int32(s.n))}) {
						return
					}
				}
			}
		}
	}
}

// cut gives what of a row lies between the window's sides, which 180° may part.
func (w *window) cut(row []spot) [2][]spot {
	at := func(x uint64) int {
		return sort.Search(len(row), func(i int) bool { return uint64(row[i].x) >= x })
	}
	east := uint64(w.x) + w.width + 1
	if east <= 1<<32 {
		return [2][]spot{row[at(uint64(w.x)):at(east)]}
	}
	from := at(uint64(w.x))
	return [2][]spot{row[from:], row[:min(at(east-1<<32), from)]}
}
