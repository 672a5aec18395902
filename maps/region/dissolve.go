package region

// Dissolve joins areas that lie side by side: border arcs that two of them share
// disappear, and what is left is chained into rings.
func Dissolve(arcs [][]Vertex, areas [][][]int32) [][]int32 {
	uses := map[int]int{}
	for _, rings := range areas {
		for _, ring := range rings {
			for _, a := range ring {
				uses[index(a)]++
			}
		}
	}
	var left []int32
	starts := map[Vertex][]int32{}
	for _, rings := range areas {
		for _, ring := range rings {
			for _, a := range ring {
				if uses[index(a)] == 1 {
					left = append(left, a)
					starts[first(arcs, a)] = append(starts[first(arcs, a)], a)
				}
			}
		}
	}
	return chain(arcs, left, starts)
}

// chain joins arcs that follow on each other into rings.
func chain(arcs [][]Vertex, left []int32, starts map[Vertex][]int32) [][]int32 {
	var out [][]int32
	taken := map[int32]bool{}
	for _, a := range left {
		if taken[a] {
			continue
		}
		ring := []int32{a}
		taken[a] = true
		for end := first(arcs, ^a); end != first(arcs, ring[0]); {
			next, ok := untaken(starts[end], taken)
			if !ok {
				break
			}
			taken[next] = true
			ring = append(ring, next)
			end = first(arcs, ^next)
		}
		out = append(out, ring)
	}
	return out
}

func untaken(as []int32, taken map[int32]bool) (int32, bool) {
	for _, a := range as {
		if !taken[a] {
			return a, true
		}
	}
	return 0, false
}

// first is where an arc begins in its direction.
func first(arcs [][]Vertex, a int32) Vertex {
	arc := arcs[index(a)]
	if a < 0 {
		return arc[len(arc)-1]
	}
	return arc[0]
}
