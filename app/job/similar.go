package job

import (
	"cmp"

	"sselandscape/survey/match"
	"sselandscape/survey/table"
)

// Likeness is how like two names must be for their units to be shown as perhaps
// the same.
const Likeness = 0.55

// Lookout finds units that may be the one being entered.
type Lookout struct {
	units []table.Unit
	of    []int // index of the unit, by name
	names *match.Names
}

// Lookout reads the names of all units, also those in their own script.
func (s *Study) Lookout() (*Lookout, error) {
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	l := &Lookout{units: us}
	var names []string
	for i, u := range us {
		for _, n := range []string{u.Name, u.LocalName} {
			if n != "" {
				names, l.of = append(names, n), append(l.of, i)
			}
		}
	}
	l.names = match.NewNames(names)
	return l, nil
}

// Like lists up to three units whose names are like one, but for the unit at hand,
// the most similar first.
func (l *Lookout) Like(name, unit string) []table.Unit {
	if l.names == nil {
		return nil
	}
	var out []table.Unit
	seen := map[int]bool{}
	for _, h := range l.names.Like(name, Likeness, 12) {
		i := l.of[h.Index]
		if seen[i] || l.units[i].ID == unit || len(out) == 3 {
			continue
		}
		seen[i] = true
		out = append(out, l.units[i])
	}
	return out
}

// Where says where a unit is, in a few words.
func Where(u table.Unit) string { return cmp.Or(u.Place, RegionName(u.Region), u.Country) }
