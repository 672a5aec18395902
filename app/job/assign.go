package job

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// Choose says which units are meant; what is blank leaves all of them.
type Choose struct {
	Country string
	Region  string // code or name
	Stratum string
	IDs     []string // ids of units, or their ids in the list
}

// Chosen lists the units that are meant, by country, region, place and name, so that
// neighbours stand beside each other.
func (s *Study) Chosen(c Choose) ([]table.Unit, error) {
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	region := ""
	if c.Region != "" {
		countries := s.Info().Countries
		if c.Country != "" {
			countries = []string{CountryCode(c.Country)}
		}
		var perhaps string
		if region, perhaps = regionKeys().find(c.Region, countries); region == "" {
			return nil, fmt.Errorf("there is no region %q%s", c.Region, orPerhaps(perhaps))
		}
	}
	country := CountryCode(c.Country)
	if c.Country != "" && country == "" {
		return nil, fmt.Errorf("there is no country %q; write its ISO code, such as NPL", c.Country)
	}
	wanted := map[string]bool{}
	for _, id := range c.IDs {
		wanted[id] = false
	}
	asked := func(id string) bool {
		_, ok := wanted[id]
		if ok {
			wanted[id] = true
		}
		return ok
	}
	us = slices.DeleteFunc(us, func(u table.Unit) bool {
		return region != "" && u.Region != region || country != "" && u.Country != country || c.Stratum != "" && u.Stratum != c.Stratum ||
			c.IDs != nil && !asked(u.ID) && (u.Code == "" || !asked(u.Code))
	})
	for _, id := range c.IDs {
		if !wanted[id] && region == "" && country == "" && c.Stratum == "" {
			return nil, fmt.Errorf("there is no unit with the id %q", id)
		}
	}
	slices.SortStableFunc(us, func(a, b table.Unit) int {
		return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Region, b.Region), cmp.Compare(a.Place, b.Place))
	})
	return us, nil
}

func orPerhaps(name string) string {
	if name == "" {
		return ""
	}
	return "; do you mean " + name + "?"
}

// ReadIDs reads ids, one a line; what stands behind the first comma or tab is left
// out.
func ReadIDs(r io.Reader) ([]string, error) {
	out := []string{}
	lines := bufio.NewScanner(io.LimitReader(r, 64<<20))
	for lines.Scan() {
		id, _, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "\ufeff"), ",")
		id, _, _ = strings.Cut(id, "\t")
		if id = strings.Trim(strings.TrimSpace(id), `"`); id != "" {
			out = append(out, id)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read ids: %w", err)
	}
	return out, nil
}

// Assigned says how many units a researcher has been given.
type Assigned struct {
	To    string `json:"to"`
	Units int    `json:"units"`
}

// Assign gives units to researchers, evenly in the order in which they come; to ""
// takes them back. It returns how many each has been given, and how many of all of
// them were changed.
func (s *Study) Assign(ctx context.Context, units []string, to ...string) (shares []Assigned, changed int, err error) {
	if len(to) == 0 {
		return nil, 0, errors.New("say to whom the units are assigned")
	}
	var changes []study.Change
	shares = make([]Assigned, len(to))
	for i, t := range to {
		shares[i].To = strings.TrimSpace(t)
	}
	document, err := s.finder(len(units))
	if err != nil {
		return nil, 0, err
	}
	for i, id := range units {
		d, err := document(id)
		if err != nil {
			return nil, 0, err
		}
		if d != nil && d.Kind != survey.UnitKind {
			return nil, 0, fmt.Errorf("%q is no unit", id)
		}
		share := &shares[i*len(to)/len(units)]
		share.Units++
		if d == nil && share.To == "" || d != nil && d.Text(survey.FieldAssigned) == share.To && len(d.Heads[survey.FieldAssigned]) < 2 {
			continue
		}
		changes = append(changes, study.Change{Entity: id, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldAssigned: survey.Of(share.To)}})
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, err
	}
	_, err = s.store.Append(ctx, changes...)
	return shares, len(changes), err
}

// finder finds documents: one by one, or, where many are wanted, all units at once.
func (s *Study) finder(wanted int) (func(id string) (*survey.Document, error), error) {
	if wanted < 500 {
		return s.store.Document, nil
	}
	ds, err := s.store.Documents(survey.UnitKind)
	byID := make(map[string]*survey.Document, len(ds))
	for _, d := range ds {
		byID[d.Entity] = d
	}
	return func(id string) (*survey.Document, error) {
		if d := byID[id]; d != nil {
			return d, nil
		}
		return s.store.Document(id)
	}, err
}

// UnitState says where a unit stands by its interviews: the furthest that one of
// them is; "" if there is none.
func UnitState(u table.Unit) survey.Status {
	order := []survey.Status{"", survey.BrokenOff, survey.InProgress, survey.Rejected, survey.Completed, survey.Approved}
	best := 0
	for _, d := range u.Interviews {
		best = max(best, slices.Index(order, survey.Status(d.Text(survey.FieldStatus))))
	}
	return order[best]
}
