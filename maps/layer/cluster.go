package layer

import (
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/maps/tile"
)

// Units nearer than ClusterRadius pixels to the first of a cluster belong to it, at
// a whole zoom.
const ClusterRadius = 32

// ClusterIndex is units grouped by nearness at every zoom, from 0 to [tile.MaxZoom].
// What is one at a zoom is one at all lower ones. It does not depend on the order of
// the units, and 180° is a meridian like any other. It is safe for use by several
// goroutines.
//
// At each zoom, rows of 32 pixels are gone through from north to south and from west
// to east; what is not yet in a cluster takes what is not, and lies no farther than
// [ClusterRadius]. The cluster lies at the mean of its units.
type ClusterIndex struct {
	classes int
	order   []uint32 // numbers of units; those of a cluster stand together
	class   []int32  // in that order
	tallies []uint32 // of each class before every block of units
	x, y    []uint32 // of units in that order, then of groups
	groups  []group
	members []uint32 // of groups: units by place, then groups
	roots   []uint32
}

// group is a cluster with its members, which are units or groups.
type group struct {
	first, n   uint32 // its units
	from, to   uint32 // its members
	west, east int32  // how far its units reach from its x
	north      uint32
	south      uint32
	zoom       int8 // the highest at which it is one
}

// Cluster is units drawn as one, or a single unit.
type Cluster struct {
	At      orb.Point // lon, lat: the mean of its units
	N       int       // units
	Classes []int     // how many of each class; units without a class are not counted
	node    uint32
}

// NewClusterIndex makes the index of units whose classes are numbered below classes.
// Units without a position are left out.
func NewClusterIndex(points []Point, classes int) *ClusterIndex {
	g := newGrouping(points)
	for z := tile.MaxZoom; z >= 0; z-- {
		g.level(z)
	}
	return g.index(points, classes)
}

// Len is the number of units that have a position.
func (c *ClusterIndex) Len() int { return len(c.order) }

// In returns the clusters and single units of a zoom that lie in a box (lon, lat;
// longitudes may reach beyond ±180 as those of [tile.View.Bound] do), from north to
// south and from west to east. Zooms out of range count as the nearest.
func (c *ClusterIndex) In(b orb.Bound, zoom int) []Cluster {
	zoom = min(max(zoom, 0), tile.MaxZoom)
	w := windowOf(b)
	var found []spot
	stack := slices.Clone(c.roots)
	for len(stack) > 0 {
		node := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if g, ok := c.group(node); ok && int(g.zoom) < zoom {
			if g.meets(c.x[node], &w) {
				stack = append(stack, c.members[g.from:g.to]...)
			}
			continue
		}
		if w.holds(c.x[node], c.y[node]) {
			// relative to the window, so that west comes first across 180°
			found = append(found, spot{x: c.x[node] - w.x, y: c.y[node], id: node})
		}
	}
	slices.SortFunc(found, func(a, b spot) int { return before(a, b, 0) })
	out := make([]Cluster, len(found))
	counts := make([]int, len(found)*c.classes)
	for i, s := range found {
		out[i] = c.cluster(s.id, counts[i*c.classes:][:c.classes:c.classes])
	}
	return out
}

func (c *ClusterIndex) cluster(node uint32, counts []int) Cluster {
	first, n := c.units(node)
	c.count(counts, int(first), int(first+n))
	return Cluster{At: spot{x: c.x[node], y: c.y[node]}.at(), N: int(n), Classes: counts, node: node}
}

// Units are the numbers of a cluster's units, in order.
func (c *ClusterIndex) Units(k Cluster) []int {
	first, n := c.units(k.node)
	out := make([]int, n)
	for i, id := range c.order[first : first+n] {
		out[i] = int(id)
	}
	slices.Sort(out)
	return out
}

func (c *ClusterIndex) group(node uint32) (g *group, ok bool) {
	if int(node) < len(c.order) {
		return nil, false
	}
	return &c.groups[int(node)-len(c.order)], true
}

func (c *ClusterIndex) units(node uint32) (first, n uint32) {
	if g, ok := c.group(node); ok {
		return g.first, g.n
	}
	return node, 1
}

// meets says whether a unit of the group may lie in a window.
func (g *group) meets(x uint32, w *window) bool {
	if g.south < w.y0 || g.north > w.y1 {
		return false
	}
	west, width := x+uint32(g.west), uint64(int64(g.east)-int64(g.west))
	return uint64(w.x-west) <= width || uint64(west-w.x) <= w.width
}

// block is how many units have one tally.
const block = 256

// count adds up the classes of units that stand from one place to another.
func (c *ClusterIndex) count(counts []int, from, to int) {
	each := func(from, to int) {
		for _, k := range c.class[from:to] {
			if k >= 0 {
				counts[k]++
			}
		}
	}
	b0, b1 := (from+block-1)/block, to/block
	if b0 >= b1 {
		each(from, to)
		return
	}
	each(from, b0*block)
	for k := range counts {
		counts[k] += int(c.tallies[b1*c.classes+k] - c.tallies[b0*c.classes+k])
	}
	each(b1*block, to)
}
