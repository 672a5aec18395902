package region

import (
	"cmp"
	"io"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Country is a country or territory whose regions are known.
type Country struct {
	Code  string            `json:"code"` // ISO 3166-1 alpha-3
	Name  string            `json:"name"` // in English, as the ILO writes it
	Names map[string]string `json:"names,omitempty"`
	// Note says where the drawn regions are not those in force, or "".
	Note  string    `json:"note,omitempty"`
	Label orb.Point `json:"label"` // lon, lat where the name stands
	// Others are English names that differ from Name, by profile.
	Others map[Profile]string `json:"others,omitempty"`
}

// Profile is an authority whose English names of countries are written.
type Profile string

// The profiles.
const (
	ILO Profile = "" // the default
	UN  Profile = "UN"
	ISO Profile = "ISO"
)

// NameBy returns the country's English name as a profile has it.
func (c *Country) NameBy(p Profile) string { return cmp.Or(c.Others[p], c.Name) }

// Region is an administrative area: a first-level one, or one of another level.
type Region struct {
	Code     string            `json:"code"`             // unique in its level; answer code of the questionnaire
	Country  string            `json:"country"`          // ISO 3166-1 alpha-3
	Parent   string            `json:"parent,omitempty"` // code in the level above; of the first level the country
	Level    int               `json:"-"`                // 0 country, 1 region, 2 district, 3 commune …
	ISO      string            `json:"iso,omitempty"`    // ISO 3166-2, where it fits the area
	Name     string            `json:"name"`             // romanised
	Names    map[string]string `json:"names,omitempty"`  // by BCP 47 language
	Kind     string            `json:"kind,omitempty"`   // Province, State …
	Disputed bool              `json:"disputed,omitempty"`
	// Views are the countries that the area is part of, seen from viewpoints that do not
	// recognise what it is de facto; "" is none.
	Views   map[Viewpoint]string `json:"views,omitempty"`
	Label   orb.Point            `json:"label"` // lon, lat where the name stands
	MinZoom float64              `json:"min_zoom,omitempty"`
	Rings   [][]int32            `json:"rings"`
	Bound   orb.Bound            `json:"-"` // lon, lat
}

// Atlas is a pack ready for use. It is safe for use by several goroutines.
type Atlas struct {
	Pack
	levels    []*level // by number; countries are the first
	byCountry map[string][]int
	bounds    []orb.Bound // by arc, lon, lat
	borders   []Border
	viewpoint Viewpoint
	defacto   *Atlas // that this one is another view of, or nil
}

// level is the areas of one level, ready to be found.
type level struct {
	regions []Region
	byCode  map[string]int
	grid    grid
}

// BorderClass is what lies on the two sides of an arc.
type BorderClass uint8

// The classes of borders.
const (
	Unused        BorderClass = iota // lakes, rivers
	Coast                            // land on one side only
	Internal                         // two regions of a country
	International                    // two countries
	Disputed                         // two countries: beside a disputed area, or not agreed on as a whole
	Claimed                          // a line that a country takes for its border and that parts no areas
)

// Border says what an arc separates.
type Border struct {
	Class   BorderClass
	Country string // of an internal border
	Level   int    // of the areas that an internal border separates: 1 regions, 2 districts …
}

// Read reads a boundary pack.
func Read(r io.Reader) (*Atlas, error) {
	p, err := ReadPack(r)
	if err != nil {
		return nil, err
	}
	return New(p), nil
}

// New makes an atlas of a pack that was checked or made here.
func New(p *Pack) *Atlas {
	a := &Atlas{Pack: *p, bounds: make([]orb.Bound, len(p.Arcs))}
	for i := range p.Arcs {
		a.bounds[i] = a.arcBound(i)
	}
	a.Regions = slices.Clone(p.Regions)
	a.build()
	return a
}

// build makes ready what follows from the areas. The regions are the atlas's own.
func (a *Atlas) build() {
	a.byCountry = map[string][]int{}
	a.levels = []*level{nil, a.newLevel(1, a.Regions)}
	for _, l := range a.Levels {
		for len(a.levels) <= l.Number {
			a.levels = append(a.levels, a.newLevel(len(a.levels), nil))
		}
		a.levels[l.Number] = a.newLevel(l.Number, slices.Clone(l.Regions))
	}
	a.levels[0] = a.newLevel(0, a.countryRegions())
	for i := range a.Regions {
		a.byCountry[a.Regions[i].Country] = append(a.byCountry[a.Regions[i].Country], i)
	}
	for _, is := range a.byCountry {
		slices.SortFunc(is, func(i, j int) int {
			return cmp.Or(cmp.Compare(a.Regions[i].Name, a.Regions[j].Name), cmp.Compare(i, j))
		})
	}
	a.classify()
	a.claimed()
}

func (a *Atlas) newLevel(number int, regions []Region) *level {
	l := &level{regions: regions, byCode: make(map[string]int, len(regions))}
	for i := range regions {
		r := &regions[i]
		r.Level, r.Bound = number, a.RingsBound(r.Rings)
		if number == 1 {
			r.Parent = r.Country
		}
		l.byCode[r.Code] = i
	}
	return l
}

// countryRegions are the countries as areas, without rings of their own.
func (a *Atlas) countryRegions() []Region {
	var out []Region
	seen := map[string]bool{}
	for _, c := range a.Countries {
		seen[c.Code] = true
		out = append(out, Region{Code: c.Code, Country: c.Code, Name: c.Name, Names: c.Names, Label: c.Label})
	}
	for i := range a.Regions {
		if c := a.Regions[i].Country; c != "" && !seen[c] {
			seen[c] = true
			out = append(out, Region{Code: c, Country: c, Name: c})
		}
	}
	return out
}

// Depth is the number of the deepest level of which areas are known.
func (a *Atlas) Depth() int { return len(a.levels) - 1 }

// DepthIn is the number of the deepest level of which areas are known in one of the
// countries; 1 at least.
func (a *Atlas) DepthIn(countries ...string) int {
	for level := a.Depth(); level > 1; level-- {
		if slices.ContainsFunc(a.levels[level].regions, func(r Region) bool { return slices.Contains(countries, r.Country) }) {
			return level
		}
	}
	return 1
}

// At lists the areas of a level in the order of the pack. They are not to be changed.
func (a *Atlas) At(level int) []Region {
	if level < 0 || level >= len(a.levels) {
		return nil
	}
	return a.levels[level].regions
}

// RegionAt returns the area of a level with the code.
func (a *Atlas) RegionAt(code string, level int) (*Region, bool) {
	if level < 0 || level >= len(a.levels) {
		return nil, false
	}
	i, ok := a.levels[level].byCode[code]
	if !ok {
		return nil, false
	}
	return &a.levels[level].regions[i], true
}

func (a *Atlas) arcBound(i int) orb.Bound {
	arc := a.Arcs[i]
	lo, hi := arc[0], arc[0]
	for _, v := range arc {
		lo.X, lo.Y, hi.X, hi.Y = min(lo.X, v.X), min(lo.Y, v.Y), max(hi.X, v.X), max(hi.Y, v.Y)
	}
	return orb.Bound{Min: a.Position(lo), Max: a.Position(hi)}
}

// Position returns a vertex as lon, lat.
func (a *Atlas) Position(v Vertex) orb.Point { return a.position(v) }

func (p *Pack) position(v Vertex) orb.Point {
	return orb.Point{p.Translate[0] + float64(v.X)*p.Scale[0], p.Translate[1] + float64(v.Y)*p.Scale[1]}
}

// ArcBound returns the box around an arc, whatever its direction.
func (a *Atlas) ArcBound(arc int32) orb.Bound { return a.bounds[index(arc)] }

// RingsBound returns the box around rings.
func (a *Atlas) RingsBound(rings [][]int32) orb.Bound {
	var out orb.Bound
	for i, ring := range rings {
		for j, arc := range ring {
			if i == 0 && j == 0 {
				out = a.ArcBound(arc)
			} else {
				out = out.Union(a.ArcBound(arc))
			}
		}
	}
	return out
}

// Border returns what an arc separates.
func (a *Atlas) Border(arc int) Border { return a.borders[arc] }

// flank is what lies on one side of an arc.
type flank struct {
	country  string
	disputed bool
}

// sides lists, by arc, the areas that name it.
func (a *Atlas) sides(regions []Region, areas []Area) [][]flank {
	out := make([][]flank, len(a.Arcs))
	see := func(rings [][]int32, s flank) {
		for _, ring := range rings {
			for _, arc := range ring {
				out[index(arc)] = append(out[index(arc)], s)
			}
		}
	}
	for i := range regions {
		see(regions[i].Rings, flank{regions[i].Country, regions[i].Disputed})
	}
	for _, c := range areas {
		see(c.Rings, flank{c.Code, false})
	}
	return out
}

// classify finds what is on the sides of each arc: at the first level, and of arcs
// that only deeper levels have, at those.
func (a *Atlas) classify() {
	a.borders = make([]Border, len(a.Arcs))
	ground := a.sides(a.Ground, nil)
	for i, ss := range a.sides(a.Regions, a.Context) {
		a.borders[i] = a.border(i, ss, ground[i])
	}
	for number := 2; number < len(a.levels); number++ {
		for i, ss := range a.sides(a.levels[number].regions, nil) {
			if a.borders[i].Class == Unused && (len(ss) > 1 || len(ss) == 1 && a.Inland[int32(i)]) {
				a.borders[i] = Border{Class: Internal, Country: ss[0].country, Level: number}
			}
		}
	}
}

// border says what an arc of the first level separates: the areas there are, and what
// was there before others took its place.
func (a *Atlas) border(i int, live, ground []flank) Border {
	ss := slices.Concat(live, ground)
	switch {
	case len(live) == 0 && (len(ss) < 2 || ss[0].country == ss[1].country):
		return Border{}
	case len(ss) == 1 && !a.Inland[int32(i)]:
		return Border{Class: Coast}
	case len(ss) == 1 || ss[0].country == ss[1].country:
		return Border{Class: Internal, Country: ss[0].country, Level: 1}
	case ss[0].disputed || ss[1].disputed || !a.agreed(ss[0].country, ss[1].country):
		return Border{Class: Disputed}
	}
	return Border{Class: International}
}

// notAgreed names pairs of countries whose common line is an armistice line or is
// disputed along its whole length.
func notAgreed(a, b string) bool {
	switch [2]string{min(a, b), max(a, b)} {
	case [2]string{"KOR", "PRK"}, [2]string{"CHN", "IND"}, [2]string{"ISR", "PSE"}, [2]string{"ISR", "SYR"}, [2]string{"CYN", "CYP"}:
		return true
	}
	return false
}

// Region returns the first-level region with the code.
func (a *Atlas) Region(code string) (*Region, bool) { return a.RegionAt(code, 1) }

// In lists the regions of a country, by name.
func (a *Atlas) In(country string) []*Region {
	var out []*Region
	for _, i := range a.byCountry[country] {
		out = append(out, &a.Regions[i])
	}
	return out
}

// Country returns the country with the code.
func (a *Atlas) Country(code string) (Country, bool) {
	for _, c := range a.Countries {
		if c.Code == code {
			return c, true
		}
	}
	return Country{}, false
}

// BoundOf returns the smallest box around countries, lon, lat. Its eastern side lies
// beyond 180° where they lie on both sides of the antimeridian; ok is false if none of
// the countries is known.
func (a *Atlas) BoundOf(countries ...string) (b orb.Bound, ok bool) {
	var parts []orb.Bound
	for _, c := range countries {
		for _, i := range a.byCountry[c] {
			parts = append(parts, a.ringBounds(a.Regions[i].Rings)...)
		}
	}
	return around(parts)
}

// around is the smallest box around boxes on the globe: all of it but the widest gap.
func around(parts []orb.Bound) (b orb.Bound, ok bool) {
	if len(parts) == 0 {
		return b, false
	}
	slices.SortFunc(parts, func(x, y orb.Bound) int { return cmp.Compare(x.Min[0], y.Min[0]) })
	b = parts[0]
	gap, west := -1.0, 0.0 // the widest gap, and where it ends
	for i, p := range parts {
		if i > 0 && p.Min[0]-b.Max[0] > gap {
			gap, west = p.Min[0]-b.Max[0], p.Min[0]
		}
		b = b.Union(p)
	}
	// The first gap is the one over the antimeridian.
	if gap <= b.Min[0]+360-b.Max[0] {
		return b, true
	}
	east := math.Inf(-1)
	for _, p := range parts {
		if p.Min[0] < west {
			east = max(east, p.Max[0]+360)
		} else {
			east = max(east, p.Max[0])
		}
	}
	b.Min[0], b.Max[0] = west, east
	return b, true
}

// Polygon returns the area of a first-level region or a country in full detail: lon,
// lat, outer rings counter-clockwise, holes after the ring that holds them; nil for
// a code that is not known.
func (a *Atlas) Polygon(code string) orb.MultiPolygon {
	rings := a.country(code)
	if r, ok := a.Region(code); ok {
		rings = r.Rings
	}
	return a.MultiPolygon(rings)
}

// MultiPolygon returns the area that rings of arcs bound, as Polygon does.
func (a *Atlas) MultiPolygon(rings [][]int32) orb.MultiPolygon {
	var outer orb.MultiPolygon
	var holes []orb.Ring
	for _, refs := range rings {
		ring := a.ring(refs)
		clockwise := ring.Orientation() == orb.CW // TopoJSON winds outer rings so
		slices.Reverse(ring)
		if clockwise {
			outer = append(outer, orb.Polygon{ring})
		} else {
			holes = append(holes, ring)
		}
	}
	for _, h := range holes {
		for i := range outer {
			if outer[i][0].Bound().Contains(h[0]) && InRing(outer[i][0], h[0]) {
				outer[i] = append(outer[i], h)
				break
			}
		}
	}
	return outer
}

// country gives the rings of a country: its regions, dissolved.
func (a *Atlas) country(code string) [][]int32 {
	var parts [][][]int32
	for _, i := range a.byCountry[code] {
		parts = append(parts, a.Regions[i].Rings)
	}
	return Dissolve(a.Arcs, parts)
}

func (a *Atlas) ring(refs []int32) orb.Ring {
	var out orb.Ring
	for _, ref := range refs {
		arc := a.Arcs[index(ref)]
		for i := range arc {
			v := arc[i]
			if ref < 0 {
				v = arc[len(arc)-1-i]
			}
			if p := a.Position(v); len(out) == 0 || out[len(out)-1] != p {
				out = append(out, p)
			}
		}
	}
	return out
}

// InRing says whether a point lies in a ring, by the even-odd rule; a ring that is not
// closed is taken for one. It counts the sides to the east.
func InRing(r orb.Ring, p orb.Point) (in bool) {
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if eastOf(a[0], a[1], b[0], b[1], p[0], p[1]) {
			in = !in
		}
	}
	return in
}

// eastOf says whether the side from a to b of a ring lies east of (x, y).
func eastOf(ax, ay, bx, by, x, y float64) bool {
	return (ay > y) != (by > y) && x < ax+(bx-ax)*(y-ay)/(by-ay)
}

// BoundOfRegion returns the smallest box around a region, as BoundOf does around
// countries; [Region.Bound] spans the world where a region lies on both sides of the
// antimeridian.
func (a *Atlas) BoundOfRegion(r *Region) orb.Bound {
	b, _ := around(a.ringBounds(r.Rings))
	return b
}

// ringBounds are the boxes of rings, each for itself.
func (a *Atlas) ringBounds(rings [][]int32) []orb.Bound {
	out := make([]orb.Bound, len(rings))
	for i := range rings {
		out[i] = a.RingsBound(rings[i : i+1])
	}
	return out
}
