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
	Note string `json:"note,omitempty"`
}

// Region is a first-level administrative area.
type Region struct {
	Code     string            `json:"code"`            // unique; answer code of the questionnaire
	Country  string            `json:"country"`         // ISO 3166-1 alpha-3
	ISO      string            `json:"iso,omitempty"`   // ISO 3166-2, where it fits the area
	Name     string            `json:"name"`            // romanised
	Names    map[string]string `json:"names,omitempty"` // by BCP 47 language
	Kind     string            `json:"kind,omitempty"`  // Province, State …
	Disputed bool              `json:"disputed,omitempty"`
	Label    orb.Point         `json:"label"` // lon, lat where the name stands
	MinZoom  float64           `json:"min_zoom,omitempty"`
	Rings    [][]int32         `json:"rings"`
	Bound    orb.Bound         `json:"-"` // lon, lat
}

// Atlas is a pack ready for use. It is safe for use by several goroutines.
type Atlas struct {
	Pack
	byCode    map[string]int
	byCountry map[string][]int
	bounds    []orb.Bound // by arc, lon, lat
	borders   []Border
	edges     []edgeIndex
	grid      grid
}

// BorderClass is what lies on the two sides of an arc.
type BorderClass uint8

// The classes of borders.
const (
	Unused        BorderClass = iota // lakes, rivers
	Coast                            // land on one side only
	Internal                         // two regions of a country
	International                    // two countries
	Disputed                         // a line that is not agreed on, or beside a disputed area
)

// Border says what an arc separates.
type Border struct {
	Class    BorderClass
	Detailed bool // false between countries of the context
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
	a := &Atlas{Pack: *p, byCode: map[string]int{}, byCountry: map[string][]int{}}
	a.bounds = make([]orb.Bound, len(p.Arcs))
	for i := range p.Arcs {
		a.bounds[i] = a.arcBound(i)
	}
	for i := range a.Regions {
		r := &a.Regions[i]
		r.Bound = a.RingsBound(r.Rings)
		a.byCode[r.Code] = i
		a.byCountry[r.Country] = append(a.byCountry[r.Country], i)
	}
	for _, is := range a.byCountry {
		slices.SortFunc(is, func(i, j int) int {
			return cmp.Or(cmp.Compare(a.Regions[i].Name, a.Regions[j].Name), cmp.Compare(i, j))
		})
	}
	a.classify()
	a.edges = make([]edgeIndex, len(a.Regions))
	return a
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
func (a *Atlas) Position(v Vertex) orb.Point {
	return orb.Point{a.Translate[0] + float64(v.X)*a.Scale[0], a.Translate[1] + float64(v.Y)*a.Scale[1]}
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

// classify finds what is on the sides of each arc.
func (a *Atlas) classify() {
	type side struct {
		country  string
		region   int
		disputed bool
	}
	sides := make([][]side, len(a.Arcs))
	see := func(rings [][]int32, s side) {
		for _, ring := range rings {
			for _, arc := range ring {
				sides[index(arc)] = append(sides[index(arc)], s)
			}
		}
	}
	for i := range a.Regions {
		see(a.Regions[i].Rings, side{a.Regions[i].Country, i, a.Regions[i].Disputed})
	}
	for _, c := range a.Context {
		see(c.Rings, side{c.Code, -1, false})
	}
	a.borders = make([]Border, len(a.Arcs))
	for i, ss := range sides {
		b := &a.borders[i]
		switch {
		case len(ss) == 0:
			continue
		case len(ss) == 1:
			b.Class = Coast
		case ss[0].disputed || ss[1].disputed:
			b.Class = Disputed
			if ss[0].country == ss[1].country && ss[0].disputed && ss[1].disputed {
				b.Class = Internal
			}
		case ss[0].country == ss[1].country:
			b.Class = Internal
		case agreedOtherwise(ss[0].country, ss[1].country):
			b.Class = Disputed
		default:
			b.Class = International
		}
		for _, s := range ss {
			b.Detailed = b.Detailed || s.region >= 0
		}
	}
}

// agreedOtherwise names pairs of countries whose common line is an armistice line
// or is disputed along its whole length.
func agreedOtherwise(a, b string) bool {
	if a > b {
		a, b = b, a
	}
	return a == "KOR" && b == "PRK" || a == "PRK" && b == "KOR" || a == "ISR" && b == "PSE" || a == "CYN" && b == "CYP"
}

// Region returns the region with the code.
func (a *Atlas) Region(code string) (*Region, bool) {
	i, ok := a.byCode[code]
	if !ok {
		return nil, false
	}
	return &a.Regions[i], true
}

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

// Bound returns the box around the countries, lon, lat. A country that reaches
// over the antimeridian is boxed by its part with positive longitudes, its larger
// one for all but Samoa's neighbours; ok is false if none is known.
func (a *Atlas) BoundOf(countries ...string) (b orb.Bound, ok bool) {
	for _, c := range countries {
		for _, i := range a.byCountry[c] {
			rb := a.Regions[i].Bound
			if rb.Max[0]-rb.Min[0] > 180 {
				continue
			}
			if !ok {
				b, ok = rb, true
				continue
			}
			if math.Abs(rb.Center()[0]-b.Center()[0]) < 180 {
				b = b.Union(rb)
			}
		}
	}
	return b, ok
}

// Polygon returns a region's area in full detail: lon, lat, outer rings
// counter-clockwise, holes after the ring that holds them.
func (a *Atlas) Polygon(code string) orb.MultiPolygon {
	r, ok := a.Region(code)
	if !ok {
		return nil
	}
	var outer orb.MultiPolygon
	var holes []orb.Ring
	for _, refs := range r.Rings {
		ring := a.ring(refs)
		// TopoJSON winds outer rings clockwise.
		if ring.Orientation() == orb.CW {
			slices.Reverse(ring)
			outer = append(outer, orb.Polygon{ring})
		} else {
			slices.Reverse(ring)
			holes = append(holes, ring)
		}
	}
	for _, h := range holes {
		for i := range outer {
			if outer[i][0].Bound().Contains(h[0]) && ringHolds(outer[i][0], h[0]) {
				outer[i] = append(outer[i], h)
				break
			}
		}
	}
	return outer
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

func ringHolds(r orb.Ring, p orb.Point) bool {
	in := false
	for i := 1; i < len(r); i++ {
		if crosses(r[i-1][0], r[i-1][1], r[i][0], r[i][1], p[0], p[1]) {
			in = !in
		}
	}
	return in
}
