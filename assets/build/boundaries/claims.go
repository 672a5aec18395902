package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sselandscape/maps/region"
)

// views reads Natural Earth's marks of who does not recognise an area as what it is:
// what it is from there. A mark says nothing of whose it is then; claimedBy does.
func views(marks, country, iso string) map[region.Viewpoint]string {
	out := map[region.Viewpoint]string{}
	for _, m := range strings.Fields(marks) {
		v, known := viewpoints[m[:len(m)-1]]
		switch {
		case !known:
		case m[len(m)-1] == 'A': // counted to the viewpoint's own country, as areas of the second level
			out[v] = string(v)
		default:
			out[v] = ""
		}
	}
	for _, v := range claimedBy[cmp.Or(iso, country)] {
		out[v] = string(v)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// addClaims adds what can be left out: lines that countries claim, and the parts of
// regions on their side of them.
func addClaims(p *region.Pack, t *topology) error {
	for _, g := range t.Objects["claims"].Geometries {
		if g.Type == "" {
			continue // shorter than the grid
		}
		lines, err := g.rings()
		if err != nil {
			return err
		}
		q := g.Properties
		p.Claims = append(p.Claims, region.Claim{By: region.Viewpoint(q.By), Of: q.Of, Name: q.Name, Lines: lines})
	}
	for i := range t.Objects["adm1"].Geometries {
		g := &t.Objects["adm1"].Geometries[i]
		if g.Properties.Part == "" {
			continue
		}
		rings, err := g.rings()
		if err != nil {
			return err
		}
		by := region.Viewpoint(g.Properties.Part)
		if partOf[by] == "" {
			return fmt.Errorf("%s: %s claims a part, and it is not known for which region", g.Properties.ISO, by)
		}
		p.Parts = append(p.Parts, region.Part{Of: g.Properties.ISO, Views: map[region.Viewpoint]string{by: partOf[by]}, Rings: rings})
	}
	slices.SortFunc(p.Parts, func(a, b region.Part) int { return cmp.Compare(a.Of, b.Of) })
	return nil
}

// addDistricts adds the areas of the second level: those of Sri Lanka, which are what
// the source has in the place of provinces. They have the names of the country's own
// languages: more make the pack slower to read.
func addDistricts(p *region.Pack, t *topology) error {
	l := region.Level{Number: 2}
	for i := range t.Objects["adm1"].Geometries {
		g := &t.Objects["adm1"].Geometries[i]
		q := g.Properties
		if q.A3 != "LKA" {
			continue
		}
		rings, err := g.rings()
		if err != nil {
			return err
		}
		r := region.Region{Code: q.ISO, ISO: q.ISO, Country: q.A3, Parent: dissolved[q.G][0], Name: cmp.Or(renamed[q.ISO], q.N), Kind: "District",
			Names: map[string]string{}, Label: [2]float64{q.X, q.Y}, MinZoom: q.Z, Rings: rings}
		for language, names := range inScript {
			if n := names[r.Code]; n != "" {
				r.Names[language] = n
			}
		}
		l.Regions = append(l.Regions, r)
	}
	slices.SortFunc(l.Regions, func(a, b region.Region) int { return cmp.Compare(a.Code, b.Code) })
	p.Levels = append(p.Levels, l)
	return nil
}

// dropUnused leaves out arcs that nothing names: borders of areas that were joined.
func dropUnused(p *region.Pack) {
	to := make([]int32, len(p.Arcs))
	each(p, func(ref *int32) { to[max(*ref, ^*ref)] = 1 })
	arcs, ranks := p.Arcs[:0], p.Ranks[:0]
	for i, used := range to {
		if used != 0 {
			to[i] = int32(len(arcs))
			arcs, ranks = append(arcs, p.Arcs[i]), append(ranks, p.Ranks[i])
		}
	}
	p.Arcs, p.Ranks = arcs, ranks
	each(p, func(ref *int32) {
		if *ref < 0 {
			*ref = ^to[^*ref]
		} else {
			*ref = to[*ref]
		}
	})
}

// each visits what names arcs.
func each(p *region.Pack, visit func(ref *int32)) {
	all := func(rings [][]int32) {
		for _, ring := range rings {
			for i := range ring {
				visit(&ring[i])
			}
		}
	}
	for i := range p.Regions {
		all(p.Regions[i].Rings)
	}
	for _, l := range p.Levels {
		for i := range l.Regions {
			all(l.Regions[i].Rings)
		}
	}
	for _, as := range [][]region.Area{p.Context, p.Lakes, p.Rivers} {
		for i := range as {
			all(as[i].Rings)
		}
	}
	for _, c := range p.Claims {
		all(c.Lines)
	}
	for _, x := range p.Parts {
		all(x.Rings)
	}
}
