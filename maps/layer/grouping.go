package layer

import (
	"math"
	"slices"

	"sselandscape/maps/tile"
)

// grouping makes a [ClusterIndex], from the highest zoom down.
type grouping struct {
	leaves  []spot // by canonical number; id is the number of the unit
	now     []spot // what there is at a zoom, in its rows; id is a node
	kept    []spot // what stays as it is at the next
	fresh   []spot // the groups made at a zoom
	row     []spot // of what is kept, two rows joined
	taken   []uint32
	shift   uint  // rows of this zoom are 1<<shift high
	radius  int64 // of this zoom
	sumX    int64
	sumY    int64
	sum     int64
	groups  []group
	at      []spot // of groups
	members []uint32
}

// topShift is that of zoom 0: 32 of 256 pixels, no less than the radius, so that what
// is near lies in the next row at most.
const topShift = 29

func newGrouping(points []Point) *grouping {
	g := &grouping{leaves: sortedSpots(points, topShift-tile.MaxZoom)}
	n := len(g.leaves)
	g.now, g.kept = make([]spot, n), make([]spot, 0, n)
	// As many as units in towns need; others grow.
	g.groups, g.at, g.members = make([]group, 0, n/2), make([]spot, 0, n/2), make([]uint32, 0, n+n/2)
	for i, s := range g.leaves {
		s.id = uint32(i)
		g.now[i] = s
	}
	return g
}

// level groups what there is at a zoom and puts it in the rows of the next lower.
func (g *grouping) level(zoom int) {
	g.shift, g.radius = uint(topShift-zoom), int64(ClusterRadius)<<(24-zoom)
	g.kept, g.fresh = g.kept[:0], g.fresh[:0]
	for a, b := 0, g.endOfRow(0); a < len(g.now); {
		c := g.endOfRow(b)
		below := g.now[b:c]
		if b < c && g.now[b].y>>g.shift != g.now[a].y>>g.shift+1 {
			below = nil
		}
		g.seeds(g.now[a:b], below, int8(zoom))
		a, b = b, c
	}
	if zoom > 0 {
		g.shift++
		g.join()
	} else {
		g.now = append(append(g.now[:0], g.kept...), g.fresh...)
	}
}

func (g *grouping) endOfRow(i int) int {
	if i >= len(g.now) {
		return len(g.now)
	}
	row := g.now[i].y >> g.shift
	for i < len(g.now) && g.now[i].y>>g.shift == row {
		i++
	}
	return i
}

// seeds goes along a row. All above it is in a cluster.
func (g *grouping) seeds(here, below []spot, zoom int8) {
	const world = 1 << 32
	p := 0
	for i := range here {
		s := here[i]
		if s.n == 0 {
			continue
		}
		x := int64(s.x)
		g.taken = g.taken[:0]
		if i+1 < len(here) && here[i+1].x-s.x <= uint32(g.radius) {
			g.take(s, here[i+1:], x)
		}
		for p < len(below) && int64(below[p].x) < x-g.radius {
			p++
		}
		if p < len(below) && int64(below[p].x) <= x+g.radius {
			g.take(s, below[p:], x)
		}
		if x < g.radius {
			g.takeLast(s, here[i+1:], x+world)
			g.takeLast(s, below, x+world)
		}
		if x >= world-g.radius {
			g.take(s, below, x-world)
		}
		if len(g.taken) == 0 {
			g.kept = append(g.kept, s)
		} else {
			g.group(s, zoom)
		}
	}
}

// take takes what is near from the beginning of a row.
func (g *grouping) take(s spot, row []spot, x int64) {
	for j := range row {
		if int64(row[j].x)-x > g.radius {
			return
		}
		g.takeNear(s, &row[j])
	}
}

// takeLast takes from its end.
func (g *grouping) takeLast(s spot, row []spot, x int64) {
	for j := len(row) - 1; j >= 0 && x-int64(row[j].x) <= g.radius; j-- {
		g.takeNear(s, &row[j])
	}
}

func (g *grouping) takeNear(s spot, o *spot) {
	dx, dy := int64(int32(o.x-s.x)), int64(o.y)-int64(s.y)
	if o.n == 0 || dy > g.radius || dy < -g.radius || dx*dx+dy*dy > g.radius*g.radius {
		return
	}
	if len(g.taken) == 0 {
		g.sumX, g.sumY, g.sum = 0, 0, int64(s.n)
	}
	n := int64(o.n)
	g.sumX, g.sumY, g.sum = g.sumX+n*dx, g.sumY+n*dy, g.sum+n
	g.taken = append(g.taken, o.id)
	o.n = 0
}

func (g *grouping) group(s spot, zoom int8) {
	from := uint32(len(g.members))
	g.members = append(append(g.members, s.id), g.taken...)
	g.groups = append(g.groups, group{n: uint32(g.sum), from: from, to: uint32(len(g.members)), zoom: zoom})
	s.x += uint32(int32(rounded(g.sumX, g.sum)))
	s.y = uint32(int64(s.y) + rounded(g.sumY, g.sum))
	s.n, s.id = uint32(g.sum), uint32(len(g.leaves)+len(g.groups)-1)
	g.at, g.fresh = append(g.at, s), append(g.fresh, s)
}

// rounded divides; halves are rounded up.
func rounded(sum, n int64) int64 {
	return int64(math.Floor(float64(sum)/float64(n) + 0.5))
}

// join puts what is kept and what is fresh into rows twice as high.
func (g *grouping) join() {
	slices.SortFunc(g.fresh, func(a, b spot) int { return before(a, b, g.shift) })
	g.now = g.now[:0]
	kept, fresh := g.kept, g.fresh
	for len(kept) > 0 {
		row := kept[0].y >> g.shift
		a := 0
		for a < len(kept) && kept[a].y>>(g.shift-1) == row<<1 {
			a++
		}
		b := a
		for b < len(kept) && kept[b].y>>g.shift == row {
			b++
		}
		f := 0
		for f < len(fresh) && fresh[f].y>>g.shift < row {
			f++
		}
		g.now, fresh = append(g.now, fresh[:f]...), fresh[f:]
		for f = 0; f < len(fresh) && fresh[f].y>>g.shift == row; {
			f++
		}
		two := kept[:b]
		if a > 0 && a < b {
			g.row = merge(g.row[:0], kept[:a], kept[a:b])
			two = g.row
		}
		g.now = merge(g.now, two, fresh[:f])
		kept, fresh = kept[b:], fresh[f:]
	}
	g.now = append(g.now, fresh...)
}

// merge joins two rows by x, then y.
func merge(to, a, b []spot) []spot {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		p, q := &a[i], &b[j]
		if p.x < q.x || p.x == q.x && (p.y < q.y || p.y == q.y && p.id < q.id) {
			to = append(to, *p)
			i++
		} else {
			to = append(to, *q)
			j++
		}
	}
	return append(append(to, a[i:]...), b[j:]...)
}

// index gives the units of every group places next to each other.
func (g *grouping) index(points []Point, classes int) *ClusterIndex {
	n := len(g.leaves)
	c := &ClusterIndex{classes: classes, groups: g.groups, members: g.members, order: make([]uint32, n), class: make([]int32, n),
		x: make([]uint32, n+len(g.groups)), y: make([]uint32, n+len(g.groups))}
	at := uint32(0)
	place := func(node *uint32, first uint32) uint32 { // of a unit or of a group's first
		if int(*node) >= n {
			k := &g.groups[int(*node)-n]
			k.first = first
			return first + k.n
		}
		s := g.leaves[*node]
		c.order[first], c.x[first], c.y[first], c.class[first] = s.id, s.x, s.y, -1
		if k := points[s.id].Class; k >= 0 && k < classes {
			c.class[first] = int32(k)
		}
		*node = first
		return first + 1
	}
	for _, s := range g.now {
		node := s.id
		at = place(&node, at)
		c.roots = append(c.roots, node)
	}
	for i := len(g.groups) - 1; i >= 0; i-- { // those that hold it come behind a group
		k := &g.groups[i]
		first := k.first
		for j := k.from; j < k.to; j++ {
			first = place(&g.members[j], first)
		}
		c.x[n+i], c.y[n+i] = g.at[i].x, g.at[i].y
	}
	c.reach()
	c.tally()
	return c
}

// reach finds how far groups reach, the inner ones first.
func (c *ClusterIndex) reach() {
	for i := range c.groups {
		g := &c.groups[i]
		x := c.x[len(c.order)+i]
		west, east := int64(math.MaxInt32), int64(math.MinInt32)
		g.north, g.south = math.MaxUint32, 0
		for _, m := range c.members[g.from:g.to] {
			d := int64(int32(c.x[m] - x))
			w, e, north, south := d, d, c.y[m], c.y[m]
			if k, ok := c.group(m); ok {
				w, e, north, south = d+int64(k.west), d+int64(k.east), k.north, k.south
			}
			west, east = min(west, w), max(east, e)
			g.north, g.south = min(g.north, north), max(g.south, south)
		}
		// A group that reaches around the world meets every window.
		g.west, g.east = int32(max(west, math.MinInt32)), int32(min(east, math.MaxInt32))
	}
}

func (c *ClusterIndex) tally() {
	counts := make([]uint32, c.classes)
	for i := 0; ; i += block {
		c.tallies = append(c.tallies, counts...)
		if i+block > len(c.class) {
			return
		}
		for _, k := range c.class[i : i+block] {
			if k >= 0 {
				counts[k]++
			}
		}
	}
}
