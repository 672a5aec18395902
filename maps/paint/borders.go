package paint

import (
	"cmp"
	"math"
	"slices"

	"sselandscape/maps/region"
)

// sizeKey names the areas of a level in a country.
type sizeKey struct {
	country string
	level   int
}

// innerLines are the borders between the areas of a level in a country.
type innerLines struct {
	sizeKey
	refs []int32
}

// How wide areas are on the picture, in points, when lines between them appear: those
// of the first level in a country of the study and elsewhere, and those of deeper levels.
const (
	ownLines     = 9
	foreignLines = 46
	deepLines    = 15
)

// sortLines sorts arcs by what they separate.
func (p *Painter) sortLines() {
	a := p.atlas
	inner := map[sizeKey][]int32{}
	for i := range a.Arcs {
		b := a.Border(i)
		p.borders[b.Class] = append(p.borders[b.Class], int32(i))
		if b.Class == region.Internal {
			k := sizeKey{b.Country, b.Level}
			inner[k] = append(inner[k], int32(i))
		}
	}
	for k, refs := range inner {
		p.inner = append(p.inner, innerLines{k, refs})
	}
	slices.SortFunc(p.inner, func(a, b innerLines) int {
		return cmp.Or(-cmp.Compare(a.level, b.level), cmp.Compare(a.country, b.country)) // higher levels above deeper ones
	})
	p.measure()
	p.dashed, p.dotted = p.joined(p.borders[region.Disputed]), p.joined(p.borders[region.Claimed])
	p.findSeams()
	for _, r := range a.Rivers {
		if r.Name == "" {
			continue
		}
		for _, refs := range r.Rings {
			p.rivers = append(p.rivers, waterName{r.Name, refs})
		}
	}
}

// findSeams lists the arcs at which land of two sources meets: there the one may not
// reach as far as the other.
func (p *Painter) findSeams() {
	a := p.atlas
	for arc := range a.Inland {
		if a.Border(int(arc)).Level <= 1 {
			p.seams = append(p.seams, arc)
		}
	}
	for _, g := range a.Ground {
		for _, ring := range g.Rings {
			for _, ref := range ring {
				if c := a.Border(arcIndex(ref)).Class; c == region.International || c == region.Disputed {
					p.seams = append(p.seams, int32(arcIndex(ref)))
				}
			}
		}
	}
	slices.Sort(p.seams)
	p.seams = slices.Compact(p.seams)
}

// measure finds how large the areas of a level are in a country: the side of a square
// as large as the middle one, in parts of the world; and of each. Half of a country's land
// lies in areas that are as large as the middle one or larger.
func (p *Painter) measure() {
	parts := make([]float64, len(p.arcs))
	for i, arc := range p.arcs {
		for j := 1; j < len(arc); j++ {
			u, v := arc[j-1], arc[j]
			parts[i] += (u.x*v.y - v.x*u.y) / 2
		}
	}
	found := map[sizeKey][]float64{}
	p.sides = make([][]float64, p.atlas.Depth()+1)
	for level := 1; level <= p.atlas.Depth(); level++ {
		for _, r := range p.atlas.At(level) {
			sum := 0.0
			for _, ring := range r.Rings {
				for _, ref := range ring {
					if ref < 0 {
						sum -= parts[^ref]
					} else {
						sum += parts[ref]
					}
				}
			}
			k, side := sizeKey{r.Country, level}, math.Sqrt(math.Abs(sum))
			found[k], p.sides[level] = append(found[k], side), append(p.sides[level], side)
		}
	}
	p.sizes = map[sizeKey]float64{}
	for k, all := range found {
		p.sizes[k] = middle(all)
	}
}

// middle is the side of the middle one of areas, by their land.
func middle(sides []float64) float64 {
	slices.Sort(sides)
	total, sum := 0.0, 0.0
	for _, s := range sides {
		total += s * s
	}
	for _, s := range sides {
		if sum += s * s; sum >= total/2 {
			return s
		}
	}
	return 0
}

// joined chains arcs at whose ends no third one begins, so that a pattern runs on.
func (p *Painter) joined(refs []int32) [][]int32 {
	ends := map[region.Vertex][]int32{} // references that begin there
	for _, ref := range refs {
		ends[p.start(ref)] = append(ends[p.start(ref)], ref)
		ends[p.start(^ref)] = append(ends[p.start(^ref)], ^ref)
	}
	used := map[int]bool{}
	follow := func(line []int32) []int32 {
		for {
			end := p.start(^line[len(line)-1])
			next := ends[end]
			if len(next) != 2 {
				return line
			}
			ref := next[0]
			if arcIndex(ref) == arcIndex(line[len(line)-1]) {
				ref = next[1]
			}
			if used[arcIndex(ref)] {
				return line
			}
			used[arcIndex(ref)] = true
			line = append(line, ref)
		}
	}
	var out [][]int32
	for _, ref := range refs {
		if used[arcIndex(ref)] {
			continue
		}
		used[arcIndex(ref)] = true
		back := follow([]int32{^ref})
		line := make([]int32, 0, len(back))
		for i := len(back) - 1; i >= 0; i-- {
			line = append(line, ^back[i])
		}
		out = append(out, follow(line))
	}
	return out
}

// start is where an arc begins in its direction.
func (p *Painter) start(ref int32) region.Vertex {
	if ref < 0 {
		arc := p.atlas.Arcs[^ref]
		return arc[len(arc)-1]
	}
	return p.atlas.Arcs[ref][0]
}

// shows says whether lines between the areas of a level in a country are drawn.
func (c *canvas) shows(k sizeKey) bool {
	wide := c.p.sizes[k] * c.world / c.px
	switch {
	case k.level > 1:
		return wide >= deepLines
	case slices.Contains(c.s.Focus, k.country):
		return wide >= ownLines
	}
	return wide >= foreignLines
}

// borders draws each arc once, by what it separates.
func (c *canvas) borders() []*drawing {
	// Lines are thinner where countries are small.
	thin := min(1, max(0.6, c.s.View.Zoom/6)) * c.px / 2
	var byLevel [8][]int32
	for _, k := range c.p.inner {
		if c.shows(k.sizeKey) && k.level <= max(1, c.lines()) {
			level := min(k.level, len(byLevel)-1)
			byLevel[level] = append(byLevel[level], k.refs...)
		}
	}
	var out []*drawing
	for level := len(byLevel) - 1; level >= 1; level-- {
		d := &drawing{lines: c.along(byLevel[level]), color: c.t.Internal, half: 0.9 * thin}
		if level > 1 {
			d.color, d.half = c.t.District, max(0.5, 0.95-0.1*float64(level))*thin
		}
		out = append(out, d)
	}
	var coast []line
	if !c.based { // a base map has a better one
		coast = c.along(c.p.borders[region.Coast])
	}
	between, dashed := c.along(c.p.borders[region.International]), c.whole(c.p.dashed)
	return append(out,
		&drawing{lines: slices.Concat(between, dashed), color: c.t.Casing, half: 3.6 * thin},
		&drawing{lines: coast, color: c.t.Coast, half: 0.9 * thin},
		&drawing{lines: c.whole(c.p.dotted), color: c.t.Disputed, half: 0.9 * thin, dash: 1.8 * c.px},
		&drawing{lines: between, color: c.t.International, half: 1.3 * thin},
		&drawing{lines: dashed, color: c.t.Disputed, half: 1.3 * thin, dash: 4 * c.px},
	)
}

// whole gives lines of several arcs, each in one piece.
func (c *canvas) whole(chains [][]int32) []line {
	var out []line
	for _, refs := range chains {
		for _, shift := range c.shifts {
			if !slices.ContainsFunc(refs, func(ref int32) bool { return c.sees(c.p.atlas.ArcBound(ref), shift) }) {
				continue
			}
			out = append(out, line{path: c.chained(refs), dx: shift * c.world})
			out[len(out)-1].box = boxAround(out[len(out)-1].path)
		}
	}
	return out
}

// chained is the path of arcs that follow on each other.
func (c *canvas) chained(refs []int32) []xy {
	var path []xy
	for _, ref := range refs {
		arc := slices.Clone(c.arc(arcIndex(ref)).path)
		if ref < 0 {
			slices.Reverse(arc)
		}
		if len(path) > 0 {
			arc = arc[1:]
		}
		path = append(path, arc...)
	}
	return path
}
