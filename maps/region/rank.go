package region

import (
	"container/heap"
	"math"
)

// Rank gives each vertex of an arc a number from 0 to 255 that says how much it
// matters: 6·log2 of one plus the effective area, in square quantised units, that
// vanishes with it (Visvalingam and Whyatt 1993). The ends of an arc, and three
// vertices of an arc that closes on itself, have 255, so they always stay and
// neighbours keep meeting.
func Rank(arc []Vertex) []uint8 {
	n := len(arc)
	ranks := make([]uint8, n)
	ranks[0], ranks[n-1] = 255, 255
	if n < 3 {
		return ranks
	}
	r := ranking{arc: arc, prev: make([]int, n), next: make([]int, n), area: make([]float64, n), place: make([]int, n)}
	for i := range arc {
		r.prev[i], r.next[i] = i-1, i+1
	}
	for i := 1; i < n-1; i++ {
		r.area[i] = r.triangle(i)
		r.place[i] = len(r.order)
		r.order = append(r.order, i)
	}
	heap.Init(&r)
	closed, last := arc[0] == arc[n-1], 0.0
	for r.Len() > 0 {
		if closed && r.Len() <= 3 {
			for _, i := range r.order {
				ranks[i] = 255
			}
			break
		}
		i := heap.Pop(&r).(int)
		last = max(last, r.area[i]) // never less than what vanished before
		ranks[i] = uint8(min(254, math.Round(6*math.Log2(1+last))))
		p, q := r.prev[i], r.next[i]
		r.next[p], r.prev[q] = q, p
		for _, j := range [...]int{p, q} {
			if j > 0 && j < n-1 {
				r.area[j] = r.triangle(j)
				heap.Fix(&r, r.place[j])
			}
		}
	}
	return ranks
}

// Threshold is the rank below which vertices vanish into less than area square
// quantised units.
func Threshold(area float64) uint8 {
	return uint8(math.Max(0, math.Min(255, math.Round(6*math.Log2(1+area)))))
}

type ranking struct {
	arc        []Vertex
	prev, next []int
	area       []float64
	order      []int // heap of vertices
	place      []int // of a vertex in the heap
}

func (r *ranking) triangle(i int) float64 {
	a, b, c := r.arc[r.prev[i]], r.arc[i], r.arc[r.next[i]]
	return math.Abs(float64(b.X-a.X)*float64(c.Y-a.Y)-float64(c.X-a.X)*float64(b.Y-a.Y)) / 2
}

func (r *ranking) Len() int { return len(r.order) }
func (r *ranking) Less(i, j int) bool {
	a, b := r.order[i], r.order[j]
	return r.area[a] < r.area[b] || r.area[a] == r.area[b] && a < b
}
func (r *ranking) Swap(i, j int) {
	r.order[i], r.order[j] = r.order[j], r.order[i]
	r.place[r.order[i]], r.place[r.order[j]] = i, j
}
func (r *ranking) Push(x any) { r.order = append(r.order, x.(int)) }
func (r *ranking) Pop() any {
	x := r.order[len(r.order)-1]
	r.order = r.order[:len(r.order)-1]
	return x
}
