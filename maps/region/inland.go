package region

import (
	"maps"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Where packs of two sources meet, their borders run beside each other. Outwards from
// a border these are the places that are looked at, in degrees of latitude: nearer than
// two sources agree, and farther than they differ.
var outwards = [...]float64{0.003, 0.01, 0.03, 0.06, 0.12}

// outwardsDeep is how many of them count below the first level.
const outwardsDeep = 3

// shortest is how long a part of a border is at least that differs from what is before
// it, in degrees: rivers' mouths and single vertices do not change its kind.
const shortest = 0.03

// splitInland looks at arcs from a number on that one area of their level alone names,
// and finds what of them lies inland. An arc that is partly coast is cut where the coast
// begins.
func (p *Pack) splitInland(first int32) {
	if int(first) == len(p.Arcs) {
		return
	}
	if p.Inland == nil {
		p.Inland = map[int32]bool{}
	}
	g := p.landAround(first)
	kinds := map[int32][]bool{}
	levels := append([]Level{{1, p.Regions}}, p.Levels...)
	for _, l := range levels {
		uses := map[int32]int{}
		for _, r := range l.Regions {
			eachRef(r.Rings, func(ref int32) { uses[int32(index(ref))]++ })
		}
		for i := range l.Regions {
			r := &l.Regions[i]
			eachRef(r.Rings, func(ref int32) {
				arc := int32(index(ref))
				if arc >= first && uses[arc] == 1 && kinds[arc] == nil {
					kinds[arc] = g.inland(p.Arcs[arc], ref < 0, r, l.Number)
				}
			})
		}
	}
	pieces := map[int32][]int32{}
	for _, arc := range slices.Sorted(maps.Keys(kinds)) {
		pieces[arc] = p.cut(arc, kinds[arc])
	}
	for _, l := range levels {
		for i := range l.Regions {
			// What was there before has none of these arcs, and others read it.
			if rings := l.Regions[i].Rings; len(rings) > 0 && int32(index(rings[0][0])) >= first {
				l.Regions[i].Rings = spliced(rings, pieces)
			}
		}
	}
}

func eachRef(rings [][]int32, visit func(ref int32)) {
	for _, ring := range rings {
		for _, ref := range ring {
			visit(ref)
		}
	}
}

// cut parts an arc where its kind changes and remembers which parts are inland: kinds
// are those of its edges. It returns the parts in order.
func (p *Pack) cut(arc int32, kinds []bool) []int32 {
	vs, ranks := p.Arcs[arc], p.Ranks[arc]
	out := []int32{arc}
	from := 0
	for i := 1; i <= len(kinds); i++ {
		if i < len(kinds) && kinds[i] == kinds[from] {
			continue
		}
		piece := slices.Clone(ranks[from : i+1])
		piece[0], piece[len(piece)-1] = 255, 255
		n := arc
		if from == 0 {
			p.Arcs[arc], p.Ranks[arc] = slices.Clip(vs[:i+1]), piece
		} else {
			n = int32(len(p.Arcs))
			p.Arcs, p.Ranks, out = append(p.Arcs, slices.Clip(vs[from:i+1])), append(p.Ranks, piece), append(out, n)
		}
		if kinds[from] {
			p.Inland[n] = true
		}
		from = i
	}
	return out
}

// spliced names the parts of arcs in their place.
func spliced(rings [][]int32, pieces map[int32][]int32) [][]int32 {
	out := make([][]int32, len(rings))
	for i, ring := range rings {
		for _, ref := range ring {
			parts := pieces[int32(index(ref))]
			switch {
			case len(parts) < 2:
				out[i] = append(out[i], ref)
			case ref >= 0:
				out[i] = append(out[i], parts...)
			default:
				for j := len(parts) - 1; j >= 0; j-- {
					out[i] = append(out[i], ^parts[j])
				}
			}
		}
	}
	return out
}

// maxLooks bounds how often areas are asked whether they hold a place beside a border:
// of packs whose areas lie upon each other, what is left counts as coast.
const maxLooks = 30_000_000

// land is what lies around borders: areas there are, countries around, and what was
// there before.
type land struct {
	atlas  *Atlas
	live   *level
	ground *level
	looks  int
}

// landAround gathers land near the arcs from a number on.
func (p *Pack) landAround(first int32) *land {
	a := &Atlas{Pack: *p, bounds: make([]orb.Bound, len(p.Arcs))}
	var near orb.Bound
	for i := range p.Arcs {
		a.bounds[i] = a.arcBound(i)
		if i == int(first) {
			near = a.bounds[i]
		} else if i > int(first) {
			near = near.Union(a.bounds[i])
		}
	}
	near = near.Pad(0.1)
	var live, ground []Region
	for _, r := range p.Regions {
		if a.RingsBound(r.Rings).Intersects(near) {
			live = append(live, r)
		}
	}
	for _, c := range p.Context {
		if a.RingsBound(c.Rings).Intersects(near) {
			live = append(live, Region{Code: c.Code, Country: c.Code, Rings: c.Rings})
		}
	}
	for _, r := range p.Ground {
		if a.RingsBound(r.Rings).Intersects(near) {
			ground = append(ground, r)
		}
	}
	return &land{atlas: a, live: a.newLevel(1, live), ground: a.newLevel(1, ground)}
}

// inland says of each edge of an area's arc whether land goes on behind it. Left is
// on which side the area lies, seen along the arc.
func (g *land) inland(arc []Vertex, left bool, r *Region, level int) []bool {
	out, length := make([]bool, len(arc)-1), make([]float64, len(arc)-1)
	for i := range out {
		v, w := g.atlas.Position(arc[i]), g.atlas.Position(arc[i+1])
		shrink := math.Max(0.01, math.Cos(v[1]*math.Pi/180))
		dx, dy := (w[0]-v[0])*shrink, w[1]-v[1]
		length[i] = math.Hypot(dx, dy)
		nx, ny := -dy/length[i], dx/length[i]
		if left {
			nx, ny = -nx, -ny
		}
		out[i] = g.goesOn(orb.Point{(v[0] + w[0]) / 2, (v[1] + w[1]) / 2}, nx/shrink, ny, r, level)
	}
	smooth(out, length)
	return out
}

// goesOn walks outwards from a border. At the first level it meets another area before
// the sea; deeper ones must not meet the sea at all.
func (g *land) goesOn(from orb.Point, nx, ny float64, r *Region, level int) bool {
	steps := outwards[:]
	if level > 1 {
		steps = steps[:outwardsDeep]
	}
	for _, d := range steps {
		q := orb.Point{from[0] + nx*d, from[1] + ny*d}
		q[0] = math.Mod(math.Mod(q[0]+180, 360)+360, 360) - 180
		live, ok := g.in(g.live, q)
		if ok && level == 1 && (live.Country != r.Country || live.Code != r.Code) {
			return true
		}
		if !ok {
			if _, ok = g.in(g.ground, q); !ok {
				return false
			}
		}
	}
	return level > 1
}

// in finds what holds a place while the work is not too much.
func (g *land) in(l *level, p orb.Point) (*Region, bool) {
	if g.looks > maxLooks {
		return nil, false
	}
	r, ok := l.locate(g.atlas, p)
	g.looks += 1 + l.crowd(g.atlas, p)
	return r, ok
}

// smooth gives short stretches the kind of what is before them, and a short first one
// that of what is behind it.
func smooth(kinds []bool, length []float64) {
	run := func(from int) (to int, sum float64) {
		for to = from; to < len(kinds) && kinds[to] == kinds[from]; to++ {
			sum += length[to]
		}
		return to, sum
	}
	for from := 0; from < len(kinds); {
		to, sum := run(from)
		if sum < shortest && from > 0 {
			for i := from; i < to; i++ {
				kinds[i] = kinds[from-1]
			}
		}
		from = to
	}
	if to, sum := run(0); sum < shortest && to < len(kinds) {
		for i := range to {
			kinds[i] = kinds[to]
		}
	}
}
