package job

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/maps/gazetteer"
	"sselandscape/survey/notation"
	"sselandscape/survey/table"
)

// HitKind says what was found.
type HitKind uint8

// The kinds of what is found on the map.
const (
	HitPosition HitKind = iota // the coordinates that were typed
	HitUnit
	HitRegion
	HitTown
)

// Hit is something on the map that was looked for.
type Hit struct {
	Kind   HitKind
	Name   string
	Detail string     // where it is, in words
	At     orb.Point  // lon, lat
	Bound  *orb.Bound // of a region
	ID     string     // of a unit
	off    int        // errors of typing
	fit    gazetteer.Fit
}

// Finder looks for places on the map by name or position.
type Finder struct {
	units, regions     []Hit
	unitsBy, regionsBy *gazetteer.Index
}

// townsBy finds towns.
var townsBy = sync.OnceValue(func() *gazetteer.Index {
	ts := gazette()
	es := make([]gazetteer.Entry, len(ts))
	for i, t := range ts {
		es[i] = gazetteer.Entry{Names: []string{t.Name, t.local}, Weight: t.Population}
	}
	return gazetteer.New(es)
})

// Finder prepares the search of a study's map: its units that have a point, the regions of
// its countries at every level, and towns.
func (s *Study) Finder(us []table.Unit) *Finder {
	f := &Finder{}
	var es []gazetteer.Entry
	for _, u := range us {
		if u.Point == nil {
			continue
		}
		country, _ := Atlas().Country(u.Country)
		f.units = append(f.units, Hit{Kind: HitUnit, Name: u.Name, Detail: strings.TrimPrefix(u.Place+", "+country.Name, ", "), At: *u.Point, ID: u.ID})
		es = append(es, gazetteer.Entry{Names: []string{u.Name, u.LocalName, u.Code}})
	}
	f.unitsBy, es = gazetteer.New(es), nil
	a := s.atlasOrBuiltIn()
	for level := range a.Depth() + 1 {
		for _, r := range a.At(level) {
			if level > 0 && !slices.Contains(s.Info().Countries, r.Country) {
				continue
			}
			names := []string{r.Name}
			for _, n := range r.Names {
				names = append(names, n)
			}
			slices.Sort(names[1:])
			name, _ := a.Country(r.Country)
			b := r.Bound
			f.regions = append(f.regions, Hit{Kind: HitRegion, Name: r.Name, Detail: strings.TrimPrefix(strings.Join([]string{r.Kind, name.Name}, ", "), ", "), At: r.Label, Bound: &b})
			es = append(es, gazetteer.Entry{Names: names, Weight: -level})
		}
	}
	f.regionsBy = gazetteer.New(es)
	return f
}

// Find returns what fits best, at most limit of it: a position that can be read, then
// units, regions and towns by how well their names fit.
func (f *Finder) Find(query string, limit int) []Hit {
	var out []Hit
	if p, _, err := notation.ParsePosition(query); err == nil {
		out = append(out, Hit{Kind: HitPosition, Name: p.Decimal(), Detail: p.DMS(), At: orb.Point{p.Lon, p.Lat}})
	}
	add := func(x *gazetteer.Index, hit func(i int) Hit) {
		for _, g := range x.Find(query, limit) {
			h := hit(g.Entry)
			h.fit, h.off = g.Fit, g.Off
			if g.Name != h.Name {
				h.Name = g.Name + " · " + h.Name
			}
			out = append(out, h)
		}
	}
	add(f.unitsBy, func(i int) Hit { return f.units[i] })
	add(f.regionsBy, func(i int) Hit { return f.regions[i] })
	add(townsBy(), func(i int) Hit {
		t := gazette()[i]
		country, _ := Atlas().Country(t.Country)
		return Hit{Kind: HitTown, Name: t.Name, Detail: cmp.Or(country.Name, t.Country), At: t.At}
	})
	slices.SortStableFunc(out, func(a, b Hit) int {
		better := func(h Hit) int { // what is spelled right, from its beginning, before the rest
			switch {
			case h.Kind == HitPosition:
				return -1
			case h.off > 0:
				return 1 + h.off
			case h.fit == gazetteer.Within:
				return 1
			}
			return 0
		}
		return cmp.Compare(better(a), better(b))
	})
	return out[:min(len(out), limit)]
}
