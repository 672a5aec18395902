package interview

import "sort"

// rank orders the vertices so that every edge leads to a higher rank, and returns
// the cycles that make this impossible (Tarjan's strongly connected components).
func rank(edges [][]edge) (ranks []int, cycles [][]int) {
	t := &tarjan{edges: edges, index: make([]int, len(edges)), low: make([]int, len(edges)), on: make([]bool, len(edges))}
	for v := range edges {
		if t.index[v] == 0 {
			t.visit(v)
		}
	}
	ranks = make([]int, len(edges))
	for i, comp := range t.components { // sinks come first
		for _, v := range comp {
			ranks[v] = len(t.components) - 1 - i
		}
		if len(comp) > 1 {
			sort.Ints(comp)
			cycles = append(cycles, comp)
		}
	}
	return ranks, cycles
}

type tarjan struct {
	edges      [][]edge
	index, low []int
	on         []bool
	stack      []int
	next       int
	components [][]int
}

// visit is recursive over the depth of dependencies, which is at most the number
// of questions times their aspects; Go's stacks grow.
func (t *tarjan) visit(v int) {
	t.next++
	t.index[v], t.low[v] = t.next, t.next
	t.stack, t.on[v] = append(t.stack, v), true
	for _, e := range t.edges[v] {
		switch {
		case e.to == v:
		case t.index[e.to] == 0:
			t.visit(e.to)
			t.low[v] = min(t.low[v], t.low[e.to])
		case t.on[e.to]:
			t.low[v] = min(t.low[v], t.index[e.to])
		}
	}
	if t.low[v] != t.index[v] {
		return
	}
	var comp []int
	for {
		w := t.stack[len(t.stack)-1]
		t.stack = t.stack[:len(t.stack)-1]
		t.on[w] = false
		comp = append(comp, w)
		if w == v {
			break
		}
	}
	t.components = append(t.components, comp)
}
