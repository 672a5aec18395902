package region

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Viewpoint is the country as which borders are seen, ISO 3166-1 alpha-3; DeFacto is
// who administers an area, whoever says what of it.
type Viewpoint string

// DeFacto is the viewpoint of an atlas as it is read.
const DeFacto Viewpoint = ""

// Claim is a line that a country takes for its border, whatever runs there in fact.
type Claim struct {
	By    Viewpoint `json:"by"`
	Of    string    `json:"of"`   // the country on whose land it runs, alpha-3
	Name  string    `json:"name"` // as the source has it
	Lines [][]int32 `json:"lines"`
}

// Part is a piece of a first-level region that another country claims without the
// rest of it.
type Part struct {
	Of    string               `json:"of"`    // code of the region
	Views map[Viewpoint]string `json:"views"` // code of the region that it is part of, seen from there
	Rings [][]int32            `json:"rings"`
}

// Viewpoints lists the viewpoints from which something differs, by code; DeFacto is
// not among them.
func (a *Atlas) Viewpoints() []Viewpoint {
	seen := map[Viewpoint]bool{}
	root := a.root()
	for i := range root.Regions {
		for v := range root.Regions[i].Views {
			seen[v] = true
		}
	}
	for _, p := range root.Parts {
		for v := range p.Views {
			seen[v] = true
		}
	}
	for _, c := range root.Claims {
		seen[c.By] = true
	}
	delete(seen, DeFacto)
	return slices.Sorted(maps.Keys(seen))
}

// Viewpoint is the one that the atlas has.
func (a *Atlas) Viewpoint() Viewpoint { return a.viewpoint }

// root is the atlas de facto.
func (a *Atlas) root() *Atlas { return cmp.Or(a.defacto, a) }

// As returns the atlas seen from a viewpoint. What its country claims is its own: areas
// and parts of areas change their country, lines become international borders or those
// between its regions, and nothing that it has is disputed. What it does not recognise
// and does not claim is disputed. All else is as it is de facto. Arcs, positions and
// codes are the same in all viewpoints. The error says which viewpoints there are.
//
// The source says of areas who does not recognise them, and of lines who claims them,
// and no more: not what is claimed at sea, on islands that it does not mark, or what
// was agreed on.
func (a *Atlas) As(v Viewpoint) (*Atlas, error) {
	root := a.root()
	switch {
	case v == a.viewpoint:
		return a, nil
	case v == DeFacto:
		return root, nil
	case !slices.Contains(root.Viewpoints(), v):
		return nil, fmt.Errorf("no viewpoint %q is known; there are %s", v, join(root.Viewpoints()))
	}
	p := root.Pack
	p.Regions = slices.Clone(p.Regions)
	has := map[string]bool{}
	for i := range p.Regions {
		p.Regions[i].as(v)
		has[p.Regions[i].Country] = true
	}
	p.moveParts(v)
	p.follow()
	p.Countries = slices.DeleteFunc(slices.Clone(p.Countries), func(c Country) bool { return !has[c.Code] })
	out := &Atlas{Pack: p, viewpoint: v, defacto: root, bounds: root.bounds}
	out.build()
	return out, nil
}

func join(vs []Viewpoint) string {
	var out []string
	for _, v := range vs {
		out = append(out, string(v))
	}
	return strings.Join(out, ", ")
}

// as changes what a region is, seen from a viewpoint.
func (r *Region) as(v Viewpoint) {
	country, differs := r.Views[v]
	switch {
	case !differs:
		r.Disputed = r.Disputed && r.Country != string(v)
	case country == "":
		r.Disputed = true
	default:
		r.Country, r.Parent, r.Disputed = country, "", false
	}
}

// follow gives deeper areas the country of what they are part of.
func (p *Pack) follow() {
	above := p.Regions
	p.Levels = slices.Clone(p.Levels)
	for i := range p.Levels {
		country := make(map[string]string, len(above))
		for _, r := range above {
			country[r.Code] = r.Country
		}
		rs := slices.Clone(p.Levels[i].Regions)
		for j := range rs {
			rs[j].Country = cmp.Or(country[rs[j].Parent], rs[j].Country)
		}
		p.Levels[i].Regions, above = rs, rs
	}
}

// moveParts gives the pieces of regions that a viewpoint's country claims to its own
// regions. What cannot be moved stays.
func (p *Pack) moveParts(v Viewpoint) {
	at := make(map[string]int, len(p.Regions))
	for i := range p.Regions {
		at[p.Regions[i].Code] = i
	}
	for _, part := range p.Parts {
		from, ok := at[part.Of]
		to, ok2 := at[part.Views[v]]
		if !ok || !ok2 || from == to {
			continue
		}
		rest, ok := p.without(p.Regions[from].Rings, part.Rings)
		sum := Dissolve(p.Arcs, [][][]int32{p.Regions[to].Rings, part.Rings})
		if ok && p.closed(sum) {
			p.Regions[from].Rings, p.Regions[to].Rings = rest, sum
		}
	}
}

// without cuts a part off an area: arcs that both have go, and those of the part alone
// bound what is left. It fails if the part is none.
func (p *Pack) without(area, part [][]int32) ([][]int32, bool) {
	back := make([][]int32, len(part))
	for i, ring := range part {
		for j := len(ring) - 1; j >= 0; j-- {
			back[i] = append(back[i], ^ring[j])
		}
	}
	rest := Dissolve(p.Arcs, [][][]int32{area, back})
	return rest, len(rest) > 0 && p.closed(rest)
}

func (p *Pack) closed(rings [][]int32) bool {
	for _, ring := range rings {
		if first(p.Arcs, ring[0]) != first(p.Arcs, ^ring[len(ring)-1]) {
			return false
		}
	}
	return true
}

// claimed marks lines that countries claim and that part no areas. From a viewpoint
// nobody claims anything of its country, and of its own claims are left those that no
// area bears out.
func (a *Atlas) claimed() {
	for _, c := range a.Claims {
		if a.viewpoint != DeFacto && (c.Of == string(a.viewpoint) || c.By == a.viewpoint && a.bornOut(c)) {
			continue
		}
		eachRef(c.Lines, func(ref int32) {
			if b := &a.borders[index(ref)]; b.Class == Unused {
				*b = Border{Class: Claimed}
			}
		})
	}
}

// bornOut says whether a claimed line runs along areas.
func (a *Atlas) bornOut(c Claim) (along bool) {
	eachRef(c.Lines, func(ref int32) {
		class := a.borders[index(ref)].Class
		along = along || class != Unused && class != Claimed
	})
	return along
}

// agreed says whether two countries' common line is a border without question: by
// itself, or as one of them sees it.
func (a *Atlas) agreed(x, y string) bool {
	return !notAgreed(x, y) || a.viewpoint != DeFacto && (x == string(a.viewpoint) || y == string(a.viewpoint))
}
