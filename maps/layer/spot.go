package layer

import (
	"math"
	"runtime"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/maps/tile"
)

// spot is a position on Mercator's square in parts of 2^-32 of its side (9 mm at
// the equator), x from the west, y from the north. West of the first x lies the last:
// differences of x are taken modulo 2^32.
type spot struct {
	x, y uint32
	id   uint32
	n    uint32 // units
}

// spotOf is false for what is no position.
func spotOf(p orb.Point) (x, y uint32, ok bool) {
	if !finite(p[0]) || !finite(p[1]) {
		return 0, 0, false
	}
	mx, my := tile.Mercator(p)
	mx -= math.Floor(mx)
	return uint32(uint64(mx * (1 << 32))), uint32(min(max(my, 0)*(1<<32), math.MaxUint32)), true
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func (s spot) at() orb.Point { return tile.Degrees(float64(s.x)/(1<<32), float64(s.y)/(1<<32)) }

// before is the order of spots in rows of 1<<shift: by row, then from west to east.
func before(a, b spot, shift uint) int {
	if p, q := keyOf(a.x, a.y, shift), keyOf(b.x, b.y, shift); p != q {
		if p < q {
			return -1
		}
		return 1
	}
	return int(int64(a.id) - int64(b.id))
}

func keyOf(x, y uint32, shift uint) uint64 {
	return uint64(y>>shift)<<(32+shift) | uint64(x)<<shift | uint64(y&(1<<shift-1))
}

// sortedSpots are the positions of units in rows of 1<<shift. Ids are numbers of the
// units; what has no position is left out.
func sortedSpots(points []Point, shift uint) []spot {
	keys, ids := make([]uint64, len(points)), make([]uint32, len(points))
	inParallel(len(points), func(from, to int) {
		for i := from; i < to; i++ {
			x, y, ok := spotOf(points[i].At)
			keys[i], ids[i] = keyOf(x, y, shift), uint32(i)
			if !ok {
				ids[i] = nowhere
			}
		}
	})
	n := 0
	for i, id := range ids {
		if id != nowhere {
			keys[n], ids[n] = keys[i], id
			n++
		}
	}
	keys, ids = keys[:n], ids[:n]
	radixSort(&keys, &ids)
	out := make([]spot, n)
	for i, k := range keys {
		row, low := uint32(k>>(32+shift)), uint32(k)&(1<<shift-1)
		out[i] = spot{x: uint32(k >> shift), y: row<<shift | low, id: ids[i], n: 1}
	}
	return out
}

const nowhere = math.MaxUint32

// radixSort sorts keys, and what belongs to them along. Equal keys keep their order.
func radixSort(keys *[]uint64, with *[]uint32) {
	const digit, passes = 11, 6
	var counts [passes][1 << digit]uint32
	for _, k := range *keys {
		for p := range passes {
			counts[p][k>>(p*digit)&(1<<digit-1)]++
		}
	}
	from, to := *keys, make([]uint64, len(*keys))
	fromWith, toWith := *with, make([]uint32, len(*with))
	for p := range passes {
		c := &counts[p]
		if len(from) == 0 || int(c[from[0]>>(p*digit)&(1<<digit-1)]) == len(from) {
			continue // they do not differ here
		}
		sum := uint32(0)
		for i, n := range c {
			c[i], sum = sum, sum+n
		}
		for i, k := range from {
			d := k >> (p * digit) & (1<<digit - 1)
			to[c[d]], toWith[c[d]] = k, fromWith[i]
			c[d]++
		}
		from, to, fromWith, toWith = to, from, toWith, fromWith
	}
	*keys, *with = from, fromWith
}

// inParallel splits n things among the processors.
func inParallel(n int, do func(from, to int)) {
	parts := min(runtime.GOMAXPROCS(0), n/4096+1)
	var wait sync.WaitGroup
	for i := range parts {
		wait.Go(func() { do(n*i/parts, n*(i+1)/parts) })
	}
	wait.Wait()
}

// window is a part of the square that a view shows.
type window struct {
	x, y0, y1 uint32
	width     uint64
}

// windowOf takes longitudes beyond ±180 as a view gives them.
func windowOf(b orb.Bound) window {
	x0, y0 := tile.Mercator(orb.Point{b.Min[0], b.Max[1]})
	x1, y1 := tile.Mercator(orb.Point{b.Max[0], b.Min[1]})
	whole := func(v float64) uint32 { return uint32(min(max(v, 0)*(1<<32), math.MaxUint32)) }
	w := window{y0: whole(y0), y1: whole(y1), width: math.MaxUint32}
	if x1-x0 < 1 {
		w.x = uint32(uint64((x0 - math.Floor(x0)) * (1 << 32)))
		w.width = uint64(max(x1-x0, 0) * (1 << 32))
	}
	return w
}

func (w *window) holds(x, y uint32) bool {
	return uint64(x-w.x) <= w.width && y >= w.y0 && y <= w.y1
}
