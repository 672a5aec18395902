package table

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/survey"
)

// Unit is an organization as a study knows it: what was entered with it, and, by
// the roles of the questionnaire, what its newest interview says.
type Unit struct {
	ID        string
	Name      string
	LocalName string
	Country   string     // ISO 3166-1 alpha-3
	Region    string     // code of the first-level region, or ""
	Place     string     // village, town
	Point     *orb.Point // lon, lat in degrees; nil if unknown
	Form      string     // form of organization, a choice code
	Founded   string
	Status    string
	Screening string // in, borderline, out, or ""
	Reason    string
	Fictional bool
	Code      string // id in the list that it came from
	Stratum   string
	Assigned  string // researcher who is to interview it
	Contested int    // fields of the unit and its interviews that are in conflict
	// Interviews about the unit, newest first.
	Interviews []*survey.Document
}

// Forms finds the questionnaire of an interview; nil if it is not known.
type Forms func(id, version string) *survey.Form

// Units derives the units of a study, by name. Interviews without a unit of their
// own become units under their own id.
func Units(units, interviews []*survey.Document, forms Forms) []Unit {
	byID := map[string]*Unit{}
	var order []*Unit
	add := func(id string) *Unit {
		u := &Unit{ID: id}
		byID[id] = u
		order = append(order, u)
		return u
	}
	for _, d := range units {
		entered(add(d.Entity), d)
	}
	sorted := slices.Clone(interviews)
	slices.SortStableFunc(sorted, func(a, b *survey.Document) int { return cmp.Compare(newest(a), newest(b)) })
	for _, d := range sorted {
		id := d.Text(survey.FieldUnit)
		if id == "" {
			id = d.Entity
		}
		u := byID[id]
		if u == nil {
			u = add(id)
		}
		u.Interviews = append([]*survey.Document{d}, u.Interviews...)
		u.Contested += len(d.Contested())
		if f := forms(d.Form, d.FormVersion); f != nil {
			told(u, f, d)
		}
	}
	type named struct {
		lower string
		*Unit
	}
	all := make([]named, len(order))
	for i, u := range order {
		all[i] = named{strings.ToLower(u.Name), u}
	}
	slices.SortFunc(all, func(a, b named) int { return cmp.Or(cmp.Compare(a.lower, b.lower), cmp.Compare(a.ID, b.ID)) })
	out := make([]Unit, len(order))
	for i, u := range all {
		out[i] = *u.Unit
	}
	return out
}

// newest is the highest Lamport number in a document, which orders interviews
// without trusting clocks.
func newest(d *survey.Document) int64 {
	var n int64
	for _, hs := range d.Heads {
		for _, h := range hs {
			n = max(n, h.Lamport)
		}
	}
	return n
}

// entered takes over what was recorded with the unit itself.
func entered(u *Unit, d *survey.Document) {
	u.Name, u.Country, u.Region = d.Text(survey.FieldName), d.Text(survey.FieldCountry), d.Text(survey.FieldRegion)
	u.LocalName, u.Place, u.Form = d.Text(survey.FieldLocalName), d.Text(survey.FieldPlace), d.Text(survey.FieldForm)
	u.Code, u.Stratum, u.Assigned = d.Text(survey.FieldCode), d.Text(survey.FieldStratum), d.Text(survey.FieldAssigned)
	u.Fictional = d.Text(survey.FieldFictional) == "1"
	u.Contested = len(d.Contested())
	if p, ok := Point(d.Text(survey.FieldPoint)); ok {
		u.Point = &p
	}
}

// told takes over what an interview says, by the roles of its form. Blank answers
// leave what was known.
func told(u *Unit, f *survey.Form, d *survey.Document) {
	f.Walk(func(it survey.Item, within []survey.Item) bool {
		q, ok := it.(*survey.Question)
		if !ok || q.Sse["role"] == "" {
			return true
		}
		text := d.Text(survey.Field(q.Name))
		if text == "" {
			return true
		}
		u.Tell(q.Sse["role"], text)
		return true
	})
}

// Tell takes over what a question with a role says.
func (u *Unit) Tell(role, text string) {
	switch role {
	case "unit.name":
		u.Name = text
	case "unit.name.local":
		u.LocalName = text
	case "unit.country":
		u.Country = text
	case "unit.region":
		u.Region = text
	case "unit.place":
		u.Place = text
	case "unit.form":
		u.Form = text
	case "unit.founded":
		u.Founded = text
	case "unit.status":
		u.Status = text
	case "unit.screening":
		u.Screening = text
	case "unit.screening.reason":
		u.Reason = text
	case "unit.point":
		if p, ok := Point(text); ok {
			u.Point = &p
		}
	}
}

// Point reads an ODK geopoint, "lat lon alt acc" in degrees and metres, and
// returns it as lon, lat.
func Point(text string) (orb.Point, bool) {
	f := strings.Fields(text)
	if len(f) < 2 {
		return orb.Point{}, false
	}
	lat, err := strconv.ParseFloat(f[0], 64)
	lon, err2 := strconv.ParseFloat(f[1], 64)
	if err != nil || err2 != nil || !(math.Abs(lat) <= 90) || !(math.Abs(lon) <= 180) {
		return orb.Point{}, false
	}
	return orb.Point{lon, lat}, true
}
