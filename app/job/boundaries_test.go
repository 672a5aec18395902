package job_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/maps/region"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
)

// feature is a square of a quarter degree with properties.
func feature(lon, lat float64, properties string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":"Polygon","coordinates":[[[%[2]v,%[3]v],[%[4]v,%[3]v],[%[4]v,%[5]v],[%[2]v,%[5]v],[%[2]v,%[3]v]]]}}`,
		properties, lon, lat, lon+0.25, lat+0.25)
}

func areas(t *testing.T, features ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "areas.geojson")
	if err := os.WriteFile(path, []byte(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func nepal(t *testing.T) *job.Study {
	t.Helper()
	s, err := job.Create(context.Background(), filepath.Join(t.TempDir(), "study"), job.NewStudy{Name: "Trial", Countries: []string{"NPL"}, Researcher: "ana"}, study.AnyPlace())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// TestBoundaryColumns proposes roles for the columns of the usual sources.
func TestBoundaryColumns(t *testing.T) {
	for name, c := range map[string]struct {
		properties [2]string
		level      int
		want       string
	}{
		"UN OCHA, level 2": {[2]string{`"ADM2_EN":"Kaski","ADM2_NE":"कास्की","ADM2_PCODE":"NP0101","ADM1_EN":"Gandaki","ADM1_PCODE":"NP01","ADM0_PCODE":"NP"`, `"ADM2_EN":"Lamjung","ADM2_NE":"लमजुङ","ADM2_PCODE":"NP0102","ADM1_EN":"Gandaki","ADM1_PCODE":"NP01","ADM0_PCODE":"NP"`},
			2, "name name:ne code other parent country"},
		"UN OCHA, level 1": {[2]string{`"ADM1_EN":"Gandaki","ADM1_PCODE":"NP01","ADM0_EN":"Nepal","ADM0_PCODE":"NP"`, `"ADM1_EN":"Lumbini","ADM1_PCODE":"NP02","ADM0_EN":"Nepal","ADM0_PCODE":"NP"`},
			1, "name code other country"},
		"GADM": {[2]string{`"GID_2":"NPL.1.1_1","GID_0":"NPL","COUNTRY":"Nepal","GID_1":"NPL.1_1","NAME_1":"Central","NAME_2":"Bagmati"`, `"GID_2":"NPL.1.2_1","GID_0":"NPL","COUNTRY":"Nepal","GID_1":"NPL.1_1","NAME_1":"Central","NAME_2":"Janakpur"`},
			2, "code country other parent other name"},
		"geoBoundaries": {[2]string{`"shapeName":"A","shapeISO":"","shapeID":"1B","shapeGroup":"NPL","shapeType":"ADM3"`, `"shapeName":"B","shapeISO":"","shapeID":"2B","shapeGroup":"NPL","shapeType":"ADM3"`},
			3, "name other code country other"},
		"plain": {[2]string{`"id":"1","name":"A","name:hi":"अ"`, `"id":"2","name":"B","name:hi":"आ"`}, 1, "code name name:hi"},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := job.ReadBoundaryHead(context.Background(), areas(t, feature(84, 28, c.properties[0]), feature(85, 28, c.properties[1])), 0, exchange.BoundaryOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range h.Roles {
				got = append(got, string(r))
			}
			if s := strings.Join(got, " "); s != c.want || h.Level != c.level {
				t.Errorf("level %d, %v of %v; want level %d, %s", h.Level, s, h.Columns, c.level, c.want)
			}
		})
	}
}

// takeAreas takes areas of a level into a study.
func takeAreas(t *testing.T, s *job.Study, level int, features ...string) *job.BoundaryPlan {
	t.Helper()
	ctx := context.Background()
	h, err := job.ReadBoundaryHead(ctx, areas(t, features...), level, exchange.BoundaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.PlanBoundaries(ctx, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestBoundariesOfThreeLevels takes in districts and then communes; a unit's place is
// found at all of them, and they agree.
func TestBoundariesOfThreeLevels(t *testing.T) {
	ctx := context.Background()
	s := nepal(t)
	take := func(level int, features ...string) *job.BoundaryPlan { return takeAreas(t, s, level, features...) }
	p := take(2, feature(85.25, 27.5, `"code":"D1","name":"Kathmandu","parent":"Bagmati"`), feature(83.75, 28, `"code":"D2","name":"Kaski","parent":"XX"`))
	if p.Areas != 2 || p.ByPlace != 1 || len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Text, `"XX" is no area of level 1`) {
		t.Errorf("%s %+v", p.Sentence(), p.Problems)
	}
	take(3, feature(85.25, 27.5, `"code":"W1","name":"Ward 1","parent":"D1"`))
	a, err := s.Atlas()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range a.LocateAll([2]float64{85.3, 27.6}) {
		got = append(got, r.Code)
	}
	if strings.Join(got, " ") != "NPL NP-P3 D1 W1" {
		t.Errorf("%v", got)
	}
	// Districts of one province take the place of those of that province; the first pack
	// can be taken again.
	take(2, feature(85.25, 27.5, `"code":"E1","name":"Kathmandu","parent":"NP-P3"`))
	districts := func() (out []string) {
		if a, err = s.Atlas(); err != nil {
			t.Fatal(err)
		}
		for _, r := range a.At(2) {
			if r.Country == "NPL" {
				out = append(out, r.Code)
			}
		}
		return out
	}
	if ds := districts(); !slices.Equal(ds, []string{"D2", "E1"}) {
		t.Errorf("%v", ds)
	}
	bs, err := s.Boundaries()
	if err != nil || len(bs) != 3 {
		t.Fatal(bs, err)
	}
	if err := s.UseBoundaries(ctx, bs[2].SHA256, false); err != nil {
		t.Fatal(err)
	}
	if ds := districts(); len(ds) != 2 || ds[0] != "D1" {
		t.Errorf("districts after the last pack was put aside: %v", ds)
	}
}

// TestDamagedBoundariesAreTold: a pack whose file was changed is left out, with the
// reason, and all else goes on.
func TestDamagedBoundariesAreTold(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "study")
	s, err := job.Create(ctx, dir, job.NewStudy{Name: "Trial", Countries: []string{"NPL"}, Researcher: "ana"}, study.AnyPlace())
	if err != nil {
		t.Fatal(err)
	}
	takeAreas(t, s, 1, feature(85, 27.5, `"code":"D1","name":"X"`))
	bs, _ := s.Boundaries()
	if len(bs) != 1 || bs[0].Problem != "" {
		t.Fatalf("%+v", bs)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "files", bs[0].SHA256), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err = job.Open(dir, study.AnyPlace()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	bs, err = s.Boundaries()
	if err != nil || !strings.Contains(bs[0].Problem, "bytes were changed") {
		t.Errorf("%+v %v", bs, err)
	}
	if _, err := s.Units(); err != nil {
		t.Error(err)
	}
}

// TestAtlasIsMadeOnce counts the atlases that are made while the file of a pack is not
// here: one until it comes, one from then on.
func TestAtlasIsMadeOnce(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join(t.TempDir(), "study")
	s, err := job.Create(ctx, dir, job.NewStudy{Name: "Trial", Countries: []string{"NPL"}, Researcher: "ana"}, study.AnyPlace())
	if err != nil {
		t.Fatal(err)
	}
	takeAreas(t, s, 2, feature(85, 27.5, `"code":"D1","name":"X"`))
	takeAreas(t, s, 2, feature(84, 28, `"code":"D2","name":"Y"`))
	bs, err := s.Boundaries()
	if err != nil || len(bs) != 2 {
		t.Fatalf("%+v %v", bs, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "files", bs[1].SHA256)
	if err := os.Rename(file, file+".away"); err != nil {
		t.Fatal(err)
	}
	if s, err = job.Open(dir, study.AnyPlace()); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	made := func() int {
		seen := map[*region.Atlas]bool{}
		for i := range 20 {
			s.PlaceName(orb.Point{84 + float64(i)/100, 28})
			a, err := s.Atlas()
			if err != nil {
				t.Fatal(err)
			}
			seen[a] = true
		}
		return len(seen)
	}
	if n := made(); n != 1 {
		t.Errorf("while a file is away, %d atlases are made", n)
	}
	if bs, err = s.Boundaries(); err != nil || !strings.Contains(bs[1].Problem, "on another laptop") || strings.Contains(s.PlaceName(orb.Point{84.1, 28.1}), "Y") {
		t.Errorf("%+v %v", bs, err)
	}
	before := got[*region.Atlas](t)(s.Atlas())
	if err := os.Rename(file+".away", file); err != nil {
		t.Fatal(err)
	}
	if n := made(); n != 1 || got[*region.Atlas](t)(s.Atlas()) == before || !strings.Contains(s.PlaceName(orb.Point{84.1, 28.1}), "Y") {
		t.Errorf("once the file is here, %d atlases are made; %q", n, s.PlaceName(orb.Point{84.1, 28.1}))
	}
}

// TestCountriesOfOwnRegions: regions without a country are in the one where most lie;
// one at the edge does not take a neighbour's regions away, and a part of a country is
// told.
func TestCountriesOfOwnRegions(t *testing.T) {
	ctx := context.Background()
	s := nepal(t)
	h, err := job.ReadBoundaryHead(ctx, areas(t, feature(84, 28, `"code":"A"`), feature(85, 27.5, `"code":"B"`), feature(85.9, 25.9, `"code":"in Bihar"`)), 1, exchange.BoundaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.PlanBoundaries(ctx, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(p.Countries, " ") != "NPL" || p.Replaced != 7 {
		t.Errorf("%s", p.Sentence())
	}
	if len(p.Problems) != 1 || !strings.Contains(p.Problems[0].Text, "% of Nepal") {
		t.Errorf("%+v", p.Problems)
	}
}
