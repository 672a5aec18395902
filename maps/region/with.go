package region

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// With returns an atlas in which packs replace or add levels: at each level of a
// pack, its areas take the place of those that are part of the same areas above; of
// the first level, of those of the same countries, whose deeper areas go too unless a
// pack brought them. Later packs come before earlier
// ones. The atlas itself stays as it is. Areas of a pack have the viewpoint of its
// author; what is made is de facto.
func (a *Atlas) With(own ...*Pack) (*Atlas, error) {
	p := a.root().Pack
	p.Parts = slices.Clone(p.Parts)
	p.Regions, p.Countries, p.Context = slices.Clone(p.Regions), slices.Clone(p.Countries), slices.Clone(p.Context)
	p.Levels = slices.Clone(p.Levels)
	p.Arcs, p.Ranks = slices.Clip(p.Arcs), slices.Clip(p.Ranks)
	p.Ground, p.Inland = slices.Clip(p.Ground), maps.Clone(p.Inland)
	if p.Own = maps.Clone(p.Own); p.Own == nil {
		p.Own = map[AreaKey]bool{}
	}
	first := int32(len(p.Arcs))
	for _, o := range own {
		if p.Scale != o.Scale || p.Translate != o.Translate {
			p.regrid()
			q := *o
			q.regrid()
			o = &q
		}
		if err := p.take(o); err != nil {
			return nil, err
		}
	}
	p.splitInland(first)
	p.ArcCount = len(p.Arcs)
	return New(&p), nil
}

// regrid puts a pack on the grid of packs that are made here. Ranks grow as areas
// do, by the same for all.
func (p *Pack) regrid() {
	if p.Scale == ownScale && p.Translate == ownTranslate {
		return
	}
	finer := 6 * math.Log2(p.Scale[0]/ownScale[0]*p.Scale[1]/ownScale[1])
	arcs, ranks := make([][]Vertex, len(p.Arcs)), make([][]uint8, len(p.Arcs))
	for i, arc := range p.Arcs {
		arcs[i], ranks[i] = make([]Vertex, len(arc)), make([]uint8, len(arc))
		for j, v := range arc {
			arcs[i][j] = onGrid(p.position(v))
			if ranks[i][j] = p.Ranks[i][j]; ranks[i][j] < 255 {
				ranks[i][j] = uint8(min(254, max(0, math.Round(float64(p.Ranks[i][j])+finer))))
			}
		}
	}
	p.Arcs, p.Ranks, p.Scale, p.Translate = arcs, ranks, ownScale, ownTranslate
}

// take replaces and adds the levels of a pack on the same grid.
func (p *Pack) take(o *Pack) error {
	offset := int32(len(p.Arcs))
	p.Arcs, p.Ranks = append(p.Arcs, o.Arcs...), append(p.Ranks, o.Ranks...)
	covered, err := p.takeRegions(o, offset)
	if err != nil {
		return fmt.Errorf("level 1: %w", err)
	}
	for i := range p.Countries {
		if covered[p.Countries[i].Code] {
			p.Countries[i].Note = "" // about regions that are not drawn any more
		}
		delete(covered, p.Countries[i].Code)
	}
	for _, r := range o.Regions {
		if covered[r.Country] {
			delete(covered, r.Country)
			p.Countries = append(p.Countries, Country{Code: r.Country, Name: r.Country, Label: r.Label})
		}
	}
	for _, l := range o.Levels {
		if err := p.takeLevel(l, offset); err != nil {
			return fmt.Errorf("level %d: %w", l.Number, err)
		}
	}
	if o.Source != "" && !strings.Contains(p.Source, o.Source) {
		p.Source = o.Source + "; " + p.Source // its vintage is said behind
	}
	return nil
}

// takeRegions replaces those of the first level, and tells in which countries.
func (p *Pack) takeRegions(o *Pack, offset int32) (covered map[string]bool, err error) {
	covered = map[string]bool{}
	if len(o.Regions) == 0 {
		return covered, nil
	}
	var gone []Region
	if p.Regions, gone, err = joined(p.Regions, o.Regions, offset); err != nil {
		return nil, err
	}
	p.Ground = append(p.Ground, gone...)
	for _, r := range o.Regions {
		covered[r.Country] = true
	}
	p.dropParts(gone)
	for i := range p.Levels {
		l := &p.Levels[i]
		l.Regions = slices.DeleteFunc(slices.Clone(l.Regions), func(r Region) bool {
			return covered[r.Country] && !p.Own[AreaKey{l.Number, r.Code}]
		})
	}
	p.Context = slices.DeleteFunc(p.Context, func(c Area) bool {
		if covered[c.Code] {
			p.Ground = append(p.Ground, Region{Code: c.Code, Country: c.Code, Rings: c.Rings})
		}
		return covered[c.Code]
	})
	return covered, nil
}

// dropParts drops the pieces of regions that are gone, and those that such regions
// would get: their arcs bound nothing any more.
func (p *Pack) dropParts(gone []Region) {
	codes := make(map[string]bool, len(gone))
	for _, r := range gone {
		codes[r.Code] = true
	}
	p.Parts = slices.DeleteFunc(p.Parts, func(x Part) bool {
		if codes[x.Of] {
			return true
		}
		for _, to := range x.Views {
			if codes[to] {
				return true
			}
		}
		return false
	})
}

// above is what a region is part of: a country of the first level, and else an area
// of it.
func (r *Region) above() [2]string {
	if r.Parent == "" || r.Parent == r.Country {
		return [2]string{r.Country, ""}
	}
	return [2]string{r.Country, r.Parent}
}

func (p *Pack) takeLevel(l Level, offset int32) (err error) {
	i := slices.IndexFunc(p.Levels, func(x Level) bool { return x.Number >= l.Number })
	if i < 0 {
		i = len(p.Levels)
	}
	if i == len(p.Levels) || p.Levels[i].Number != l.Number {
		p.Levels = slices.Insert(p.Levels, i, Level{Number: l.Number})
	}
	for _, r := range l.Regions {
		p.Own[AreaKey{l.Number, r.Code}] = true
	}
	p.Levels[i].Regions, _, err = joined(p.Levels[i].Regions, l.Regions, offset)
	return err
}

// joined puts regions, whose arcs are offset, in the place of those that are part of
// the same, which are gone.
func joined(base, own []Region, offset int32) (out, gone []Region, err error) {
	above, codes := map[[2]string]bool{}, map[string]string{}
	for _, r := range own {
		above[r.above()], codes[r.Code] = true, r.Country
	}
	out = make([]Region, 0, len(base)+len(own))
	for _, r := range base {
		country, known := codes[r.Code]
		switch {
		case above[r.above()], known && country == r.Country:
			gone = append(gone, r)
			continue
		case known:
			return nil, nil, fmt.Errorf("the code %q is that of an area of %s already", r.Code, r.Country)
		}
		out = append(out, r)
	}
	for _, r := range own {
		rings := make([][]int32, len(r.Rings))
		for j, ring := range r.Rings {
			rings[j] = make([]int32, len(ring))
			for k, ref := range ring {
				if ref < 0 {
					rings[j][k] = ref - offset
				} else {
					rings[j][k] = ref + offset
				}
			}
		}
		r.Rings = rings
		out = append(out, r)
	}
	return out, gone, nil
}
