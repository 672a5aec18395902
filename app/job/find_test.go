package job_test

import (
	"path/filepath"
	"testing"

	"sselandscape/app/job"
)

// TestFindOnMap looks for positions, units, regions and towns in the example.
func TestFindOnMap(t *testing.T) {
	made, err := job.Example(ctx, filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 12, Researchers: 2})
	if err != nil {
		t.Fatal(err)
	}
	s, err := job.Open(made.Study)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	f := s.Finder(us)
	unit := us[0]
	for _, u := range us {
		if u.LocalName != "" && u.Point != nil {
			unit = u
		}
	}
	for name, c := range map[string]struct {
		query string
		kind  job.HitKind
		want  string // name
	}{
		"degrees":              {"27.7172, 85.324", job.HitPosition, "27.717200, 85.324000"},
		"degrees and minutes":  {"27°43′N 85°19′E", job.HitPosition, "27.716667, 85.316667"},
		"a unit":               {unit.Name, job.HitUnit, unit.Name},
		"a region":             {"Bagmati", job.HitRegion, "Bagmati"},
		"a town":               {"Ulan Bator", job.HitTown, "Ulan Bator"},
		"a town in its script": {"서울", job.HitTown, ""},
		"errors of typing":     {"ulanbatar", job.HitTown, "Ulan Bator"},
	} {
		t.Run(name, func(t *testing.T) {
			hits := f.Find(c.query, 8)
			if len(hits) == 0 || len(hits) > 8 {
				t.Fatal(hits)
			}
			got := hits[0]
			if c.want == "" { // any of the kind
				for _, h := range hits {
					if h.Kind == c.kind {
						return
					}
				}
			}
			if got.Kind != c.kind || got.Name != c.want {
				t.Errorf("%q: %+v", c.query, hits)
			}
			if got.Kind == job.HitTown && got.Detail != "Mongolia" {
				t.Errorf("%+v", got)
			}
			if got.Kind == job.HitUnit && (got.ID != unit.ID || got.At != *unit.Point) {
				t.Errorf("%+v", got)
			}
		})
	}
	if hits := f.Find("zzzzzz", 8); len(hits) > 0 {
		t.Error(hits)
	}
}
