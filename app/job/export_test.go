package job_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
)

// TestExportDistricts writes the district in which each point lies, once the study knows
// districts.
func TestExportDistricts(t *testing.T) {
	s, us := exampleMap(t)
	exported := func() (out []map[string]any) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "units.geojson")
		got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "geojson"}, path))
		var fc struct {
			Features []struct{ Properties map[string]any }
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &fc); err != nil {
			t.Fatal(err)
		}
		for _, f := range fc.Features {
			out = append(out, f.Properties)
		}
		return out
	}
	if _, has := exported()[0]["level2_code"]; has {
		t.Error("there are no districts yet")
	}
	file := filepath.Join(t.TempDir(), "districts.geojson")
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"ADM2_PCODE":"D1","ADM2_EN":"Valley","ADM1_EN":"Bagmati"},"geometry":{"type":"Polygon","coordinates":[[[85,27.5],[85.6,27.5],[85.6,27.9],[85,27.9],[85,27.5]]]}}]}`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	plan := got[*job.BoundaryPlan](t)(s.PlanBoundaries(ctx, got[*job.BoundaryHead](t)(job.ReadBoundaryHead(ctx, file, 0, exchange.BoundaryOptions{})), nil))
	if err := plan.Apply(ctx); err != nil {
		t.Fatal(err)
	}
	inside := map[string]bool{}
	for _, u := range us {
		inside[u.ID] = u.Point != nil && u.Point[0] > 85 && u.Point[0] < 85.6 && u.Point[1] > 27.5 && u.Point[1] < 27.9
	}
	found := 0
	for _, p := range exported() {
		name, _ := p["level2_name"].(string)
		if (name == "Valley") != inside[p["unit_id"].(string)] {
			t.Errorf("%v lies in %q", p["name"], name)
		}
		if name != "" {
			found++
		}
	}
	if found == 0 {
		t.Error("no unit lies in the district; the test shows nothing")
	}
	for at, want := range map[orb.Point]string{{85.3, 27.7}: "Valley, Bagmati", {84.5, 27.6}: "Bagmati", {90, 5}: ""} {
		if got := s.PlaceName(at); got != want {
			t.Errorf("%v lies in %q, want %q", at, got, want)
		}
	}
	for _, u := range us {
		if want := "Valley, Bagmati"; inside[u.ID] && s.PlaceName(*u.Point) != want {
			t.Errorf("the point of %s lies in %q, want %q", u.Name, s.PlaceName(*u.Point), want)
		}
	}
}

// TestExportNotes: what a format cannot hold is said after an export, and not before.
func TestExportNotes(t *testing.T) {
	s, _ := exampleMap(t)
	o := job.ExportOptions{Format: "shp"}
	if e := got[*job.Exported](t)(s.PlanExport(ctx, o)); len(e.Notes) > 0 {
		t.Error(e.Notes)
	}
	e := got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(t.TempDir(), "units.shp")))
	said := strings.Join(e.Sentences(), "\n")
	for _, want := range []string{"units-loss.txt", "region_code → region_cod"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in %s", want, said)
		}
	}
}
