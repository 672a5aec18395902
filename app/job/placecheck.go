package job

import (
	"fmt"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
	"sselandscape/survey/table"
)

// PlaceProblem is a unit whose point contradicts what is said of it.
type PlaceProblem struct {
	Unit     string    `json:"unit"`
	Name     string    `json:"name"`
	Answered string    `json:"answered"` // code of the region or country
	Found    string    `json:"found"`    // code of the region in which the point lies, or ""
	Text     string    `json:"text"`
	At       orb.Point `json:"-"` // lon, lat
}

// PlaceProblems lists the units whose point lies neither in the region that was
// answered for them, or in the country where no region was, nor within five
// kilometres of it.
func (s *Study) PlaceProblems() ([]PlaceProblem, error) {
	us, err := s.answered()
	if err != nil {
		return nil, err
	}
	a, err := s.Atlas()
	if err != nil {
		return nil, err
	}
	var out []PlaceProblem
	for _, u := range us {
		if u.Point == nil || u.Region == "" && u.Country == "" {
			continue
		}
		if p, ok := contradiction(a, &u); ok {
			out = append(out, p)
		}
	}
	return out, nil
}

func contradiction(a *region.Atlas, u *table.Unit) (p PlaceProblem, found bool) {
	answered, name := u.Region, u.Region
	if r, ok := a.Region(u.Region); ok {
		name = r.Name
		if _, ok := a.Distance(*u.Point, 1, u.Region, nearby); ok {
			return p, false
		}
	} else if c, ok := a.Country(u.Country); ok { // also where the region is one that is not drawn
		answered, name = u.Country, c.Name
		if inCountry(a, *u.Point, u.Country) {
			return p, false
		}
	} else {
		return p, false // nothing is known to compare with
	}
	p = PlaceProblem{Unit: u.ID, Name: u.Name, Answered: answered, At: *u.Point}
	where := "in no region that is known"
	if r, metres, ok := a.Nearest(*u.Point, nearby); ok {
		p.Found = r.Code
		where = "in " + r.Name
		if metres > 0 {
			where = fmt.Sprintf("%.0f m from %s", metres, r.Name)
		}
	}
	p.Text = fmt.Sprintf("is said to be in %s, but its point lies %s", name, where)
	return p, true
}

// inCountry says whether a point lies in a country, or so near that the drawn borders
// do not tell.
func inCountry(a *region.Atlas, p orb.Point, country string) bool {
	if r, ok := a.Locate(p); ok && r.Country == country {
		return true
	}
	for _, r := range a.In(country) {
		if _, ok := a.Distance(p, 1, r.Code, nearby); ok {
			return true
		}
	}
	return false
}
