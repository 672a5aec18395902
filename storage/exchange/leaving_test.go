package exchange_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// scripts are names as they are in the field.
var scripts = []string{"Karuna Savings", "करुणा बचत समूह", "สหกรณ์ออมทรัพย์", "한국 공제회", `<b>"A" & B</b>`, "two\nlines", "]]>", "50 %s", "合作社"}

// field is a dataset of n units with all types of columns; at gives the place of a unit, nil for
// none.
func field(n int, at func(i int) orb.Geometry) *trial {
	d := &trial{Dataset: exchange.Dataset{Name: "Field <1>"}, Fields: []exchange.Field{{Name: "unit_id", Kind: survey.String}, {Name: "name", Kind: survey.String, Label: "What is it called?"}, {Name: "members", Kind: survey.Integer, Label: "How many <members>?"}, {Name: "phone", Kind: survey.Integer}, {Name: "share", Kind: survey.Decimal},
		{Name: "founded", Kind: survey.Date}, {Name: "seen", Kind: survey.DateTime}, {Name: "form", Kind: survey.SelectOne, Label: "Form", Choices: []exchange.Choice{{Code: "coop", Label: "सहकारी"}, {Code: "mut", Label: "Mutual <society>"}}}}}
	for i := range n {
		x := exchange.Feature{ID: fmt.Sprint("0190-", i), Geometry: at(i), Values: []survey.Value{survey.Of(fmt.Sprint("0190-", i)), survey.Of(scripts[i%len(scripts)]), survey.Of(fmt.Sprint(i - 3)), survey.Of(fmt.Sprint(9779800000000 + i)),
			survey.Of(fmt.Sprintf("%d.%02d", i-1, i%100)), survey.Of(fmt.Sprintf("%d-%02d-%02d", 1950+i%70, 1+i%12, 1+i%28)), survey.Of("2026-03-02T10:15:00.000+05:45"), survey.Of([]string{"coop", "mut", ""}[i%3])}}
		if i%7 == 2 {
			x.Values[2], x.Values[4] = survey.Value{Special: survey.Refused}, survey.Value{}
		}
		d.Features = append(d.Features, x)
	}
	return d
}

// Places of units.
func pointAt(i int) orb.Geometry {
	if i%5 == 1 {
		return nil
	}
	return orb.Point{80 + float64(i%1009)/100, 26 + float64(i*7%997)/100}
}

func lineAt(i int) orb.Geometry {
	w := float64(i % 80)
	switch i % 4 {
	case 0:
		return nil
	case 1:
		return orb.MultiLineString{{{w, 0}, {w, 1}}, {{w, 2}, {w, 3}, {w + 1, 3}}}
	case 2:
		return orb.LineString{{179, w}, {181, w}}
	}
	return orb.LineString{{w, 0}, {w + 0.5, 1}}
}

func areaAt(i int) orb.Geometry {
	w := float64(i%50) * 3
	square := func(x, y, size float64) orb.Ring {
		return orb.Ring{{x, y}, {x, y + size}, {x + size, y + size}, {x + size, y}, {x, y}}
	}
	switch i % 4 {
	case 0:
		return orb.MultiPolygon{{square(w, 0, 2)}, {square(w, 5, 1)}}
	case 1:
		return orb.Polygon{square(w, 0, 2), square(w+0.5, 0.5, 1)}
	case 2:
		return orb.Polygon{square(179, float64(i%50), 2)}
	}
	return nil
}

// collected are the features of a file of GeoJSON by the column unit_id.
func collected(t testing.TB, path string) map[string]map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var c struct{ Features []map[string]any }
	if err := json.Unmarshal(b, &c); err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]any{}
	for _, f := range c.Features {
		out[fmt.Sprint(f["properties"].(map[string]any)["unit_id"])] = f
	}
	if len(out) != len(c.Features) {
		t.Errorf("%d of %d features are unlike each other", len(out), len(c.Features))
	}
	return out
}

// viaOGR lets GDAL turn a file into GeoJSON.
func viaOGR(t testing.TB, path string, args ...string) map[string]map[string]any {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.geojson")
	if filepath.Ext(path) == ".gpkg" {
		args = append(args, "units")
	}
	said, err := exec.Command("ogr2ogr", append([]string{"-f", "GeoJSON", "-lco", "RFC7946=YES", out, path}, args...)...).CombinedOutput()
	said = versionWarning.ReplaceAll(said, nil)
	if err != nil || strings.Contains(string(said), "ERROR") || strings.Contains(string(said), "Warning") {
		t.Fatalf("%v %s", err, said)
	}
	return collected(t, out)
}

func needsOGR(t testing.TB) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("skipped: ogr2ogr (package gdal-bin) is not installed")
	}
}

// shape writes a geometry of GeoJSON so that equal ones are alike: coordinates to seven
// decimals, rings from their least position on, parts in order.
func shape(g any) string {
	o, ok := g.(map[string]any)
	if !ok {
		return "none"
	}
	return fmt.Sprint(o["type"], " ", shapeCoordinates(o["coordinates"].([]any)))
}

func shapeCoordinates(c []any) string {
	if _, number := c[0].(float64); number {
		return fmt.Sprintf("%.6f,%.6f", c[0], c[1])
	}
	var parts []string
	for _, x := range c {
		parts = append(parts, shapeCoordinates(x.([]any)))
	}
	position := c[0].([]any)
	if _, line := position[0].(float64); line {
		if n := len(parts) - 1; n > 2 && parts[0] == parts[n] { // a ring
			least := slices.Index(parts, slices.Min(parts))
			parts = slices.Concat(parts[least:n], parts[:least], parts[least:least+1])
		}
	} else {
		slices.Sort(parts)
	}
	return "(" + strings.Join(parts, " ") + ")"
}

// alike says whether a value of GDAL is the one that we wrote: dates in its own writing.
func alike(ours, theirs any) bool {
	a, b := fmt.Sprint(ours), fmt.Sprint(theirs)
	if ours == nil && (theirs == nil || theirs == "") {
		return true
	}
	if x, ok := ours.(float64); ok {
		y, ok := theirs.(float64)
		return ok && math.Abs(x-y) < 1e-9*max(1, math.Abs(x))
	}
	if x, err := time.Parse(time.RFC3339, a); err == nil {
		y, err := time.Parse(time.RFC3339, b)
		return err == nil && x.Equal(y)
	}
	return a == b || a+"T00:00:00" == b // FlatGeobuf has no type for dates alone
}

// TestLeavingBreaksOff: where rows fail, or a person cancels when all are read, the files that
// were there stay, and nothing else is left.
func TestLeavingBreaksOff(t *testing.T) {
	broken := errors.New("the disk is gone")
	for _, format := range []string{"kml", "shp", "fgb"} {
		for name, want := range map[string]error{"rows": broken, "cancelled": context.Canceled} {
			dir := t.TempDir()
			f, _ := exchange.ByName(format)
			path := filepath.Join(dir, "units"+f.Ext)
			if err := os.WriteFile(path, []byte("as it was"), 0o600); err != nil {
				t.Fatal(err)
			}
			stopped, cancel := context.WithCancel(ctx)
			d := field(3000, pointAt).ready()
			rows := d.Rows
			d.Rows = func(ctx context.Context) iter.Seq2[*exchange.Feature, error] {
				return func(yield func(*exchange.Feature, error) bool) {
					for x := range rows(context.Background()) {
						if !yield(x, nil) {
							return
						}
					}
					if cancel(); name == "rows" || format == "kml" { // which does nothing after its rows
						yield(nil, want)
					}
				}
			}
			if _, err := f.WriteFile(stopped, path, d); !errors.Is(err, want) {
				t.Errorf("%s, %s: %v", format, name, err)
			}
			left, _ := os.ReadDir(dir)
			if b, err := os.ReadFile(path); len(left) != 1 || string(b) != "as it was" || err != nil {
				t.Errorf("%s, %s: %v are left, with %.20q", format, name, left, b)
			}
		}
	}
}

// TestOGRReadsTheSame lets GDAL turn each format into GeoJSON, and compares that feature for
// feature with the GeoJSON that we write of the same units.
func TestOGRReadsTheSame(t *testing.T) {
	needsOGR(t)
	for places, at := range map[string]func(int) orb.Geometry{"points": pointAt, "lines": lineAt, "areas": areaAt} {
		for _, n := range []int{1, 40} {
			d := field(n, at)
			want := collected(t, writtenAs(t, "geojson", d))
			for _, format := range []string{"geojsonseq", "gpkg", "kml", "shp", "fgb"} {
				got := viaOGR(t, writtenAs(t, format, d))
				if len(got) != n {
					t.Errorf("%s of %d %s: %d features", format, n, places, len(got))
				}
				for id, f := range want {
					if a, b := shape(f["geometry"]), shape(got[id]["geometry"]); a != b {
						t.Errorf("%s, %s: %s, want %s", format, id, b, a)
					}
					theirs, _ := got[id]["properties"].(map[string]any)
					for _, k := range slices.Sorted(maps.Keys(f["properties"].(map[string]any))) {
						theirs := theirs[k]
						if format == "kml" && k == "name" {
							theirs = got[id]["properties"].(map[string]any)["Name"] // that of the placemark
						}
						if ours := f["properties"].(map[string]any)[k]; !alike(ours, theirs) {
							t.Errorf("%s, %s: %s is %#v, want %#v", format, id, k, theirs, ours)
						}
					}
				}
			}
		}
	}
}

// TestExportsComeBack reads exports with our own readers of lists: the same texts, numbers and
// places.
func TestExportsComeBack(t *testing.T) {
	d := field(40, pointAt)
	for _, format := range []string{"csv", "xlsx", "geojson", "geojsonseq", "gpkg", "kml", "shp"} {
		l, err := exchange.OpenList(ctx, writtenAs(t, format, d), exchange.ListOptions{})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		rows := map[string]map[string]string{}
		for r, err := range l.Rows(ctx) {
			if err != nil || r.Bad != "" {
				t.Fatalf("%s: %v %s", format, err, r.Bad)
			}
			cells := map[string]string{}
			for i, name := range l.Columns {
				cells[name] = r.Cells[i]
			}
			rows[cells["unit_id"]] = cells
		}
		l.Close()
		for _, f := range d.Features {
			got := rows[f.ID]
			for i, field := range d.Fields {
				want := f.Values[i].Text
				a, err := strconv.ParseFloat(got[field.Name], 64)
				b, err2 := strconv.ParseFloat(want, 64)
				number := field.Kind.Numeric() && err == nil && err2 == nil && a == b
				if cell := strings.TrimSuffix(got[field.Name], " "); cell != want && !number && field.Kind != survey.DateTime {
					t.Errorf("%s, %s: %s is %q, want %q", format, f.ID, field.Name, cell, want)
				}
			}
			p, placed := f.Geometry.(orb.Point)
			at := got["geometry"]
			if format == "csv" || format == "xlsx" {
				at = strings.Trim(got["lat"]+", "+got["lon"], ", ")
			}
			var lat, lon float64
			if _, err := fmt.Sscanf(at, "%g, %g", &lat, &lon); (err == nil) != placed || placed && (math.Abs(lat-p[1]) > 1e-6 || math.Abs(lon-p[0]) > 1e-6) {
				t.Errorf("%s, %s: the place is %q, want %v", format, f.ID, at, p)
			}
		}
	}
}
