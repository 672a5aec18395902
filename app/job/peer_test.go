package job_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// bigForm asks what makes 20 columns with those of units.
const bigForm = `
| survey |
| | type | name | label | bind::sse:role |
| | text | b_name | Name | unit.name |
| | text | b_local | Name in the local script | unit.name.local |
| | select_one form | b_form | Form of organization | unit.form |
| | geopoint | b_point | Place | unit.point |
| | integer | g_members | Members | |
| | decimal | i_income | Income | |
| | date | b_founded | Founded | unit.founded |
| | select_multiple area | f_areas | Areas | |
| | select_one yes_no | k_union | Union | |
| choices |
| | list_name | name | label |
| | form | cooperative | Cooperative |
| | form | mutual | Mutual society |
| | form | association | Association |
| | form | foundation | Foundation |
| | area | care | Care |
| | area | food | Food |
| | area | money | Saving and credit |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| settings |
| | form_id | form_title | version |
| | big | Big | 1 |
`

// bigStudy is a study of n units, each with an interview; it is kept in SSE_PEERS for the
// next time.
func bigStudy(b *testing.B, n int) string {
	b.Helper()
	root := os.Getenv("SSE_PEERS")
	if root == "" {
		root = b.TempDir()
	}
	dir := filepath.Join(root, fmt.Sprint("study-", n))
	if _, err := os.Stat(filepath.Join(dir, study.FileName)); err == nil {
		return dir
	}
	form := filepath.Join(b.TempDir(), "big.md")
	if err := os.WriteFile(form, []byte(bigForm), 0o600); err != nil {
		b.Fatal(err)
	}
	s := got[*job.Study](b)(job.Create(ctx, dir, job.NewStudy{Name: "Big", Countries: []string{"NPL"}, Researcher: "asha", Form: form}))
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	store := got[*study.Study](b)(study.Open(dir))
	defer store.Close()
	var changes []study.Change
	for i := range n {
		u := store.NewID()
		of := survey.Of
		point := fmt.Sprintf("%.6f %.6f 0 0", 26.5+float64(i%1009)/1009*3, 81+float64(i%9973)/9973*6)
		changes = append(changes, study.Change{Entity: u, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: of(fmt.Sprint("Unit ", i)), survey.FieldCountry: of("NPL"), survey.FieldPoint: of(point)}},
			study.Change{Entity: store.NewID(), Kind: survey.InterviewKind, Form: "big", FormVersion: "1", Patch: map[survey.Field]survey.Value{
				survey.FieldUnit: of(u), survey.FieldStatus: of("completed"), "b_name": of(fmt.Sprintf("Savings group %d of Ward %d", i, i%33)), "b_local": of(fmt.Sprintf("बचत समूह %d", i)),
				"b_form": of([]string{"cooperative", "mutual", "association", "foundation"}[i%4]), "b_point": of(point), "g_members": of(strconv.Itoa(i % 977)), "i_income": of(fmt.Sprintf("%d.%02d", i*37, i%100)),
				"b_founded": of(fmt.Sprintf("%d-%02d-%02d", 1950+i%70, 1+i%12, 1+i%28)), "f_areas": of([]string{"care", "care food", "money"}[i%3]), "k_union": of([]string{"yes", "no"}[i%2])}})
		if len(changes) >= 4000 || i == n-1 {
			got[[]survey.Revision](b)(store.Append(ctx, changes...))
			changes = changes[:0]
		}
	}
	return dir
}

// BenchmarkBesideOGR exports a study, and lets OGR make the same format from the GeoPackage of
// the same units, in the same sitting, both as programs of their own: the best of three.
// SSE_SCALE=1 does so with a million units, too.
func BenchmarkBesideOGR(b *testing.B) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		b.Skip("skipped: ogr2ogr (package gdal-bin) is not installed")
	}
	dir := b.TempDir()
	here := filepath.Join(dir, "sse")
	if out, err := exec.Command("go", "build", "-o", here, "../headless").CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	sizes := []int{100_000}
	if os.Getenv("SSE_SCALE") != "" {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		study := bigStudy(b, n)
		source := filepath.Join(dir, fmt.Sprint(n, ".gpkg"))
		run := func(name string, args ...string) (best, cpu float64, mib int64) {
			for range 3 {
				os.Remove(args[1])
				cmd := exec.Command(name, args[2:]...)
				start := time.Now()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v %s", err, out)
				}
				if took := time.Since(start).Seconds(); best == 0 || took < best {
					best, cpu = took, (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
				}
				mib = max(mib, peak(cmd.ProcessState)>>20)
			}
			return best, cpu, mib
		}
		export := func(format, path string) (float64, float64, int64) {
			return run(here, "", path, "export", study, "--format", format, "-o", path)
		}
		_, _, idle := run(here, "", filepath.Join(dir, "none"), "releases", study)
		export("gpkg", source)
		for _, f := range []struct{ format, driver, ext string }{{"geojson", "GeoJSON", ".geojson"}, {"geojsonseq", "GeoJSONSeq", ".geojsonl"}, {"csv", "CSV", ".csv"}, {"gpkg", "GPKG", ".gpkg"}, {"xlsx", "XLSX", ".xlsx"}, {"kml", "KML", ".kml"}, {"shp", "ESRI Shapefile", ".shp"}, {"fgb", "FlatGeobuf", ".fgb"}, {"dta", "", ".dta"}} {
			b.Run(fmt.Sprint(f.format, "-", n), func(b *testing.B) {
				if n > 1e5 && f.format == "xlsx" {
					b.Skip("skipped: a sheet holds 1,048,576 rows, and OGR needs gigabytes for them")
				}
				ours, cpu, mib := export(f.format, filepath.Join(dir, "ours"+f.ext))
				if f.driver == "" {
					b.Logf("%d units: %s %.2f s (cpu %.2f), %d MiB, idle %d", n, f.format, ours, cpu, mib, idle)
					return
				}
				theirs := filepath.Join(dir, "theirs"+f.ext)
				args := []string{"", theirs, "-f", f.driver, theirs, source, "units"}
				if f.driver == "CSV" {
					args = append(args, "-lco", "GEOMETRY=AS_XY")
				}
				took, their, theirMiB := run(ogr, args...)
				b.Logf("%d units: %s here %.2f s (cpu %.2f), %d MiB, idle %d; OGR %.2f s (cpu %.2f), %d MiB: %.1f times, cpu %.1f", n, f.format, ours, cpu, mib, idle, took, their, theirMiB, took/ours, their/cpu)
				b.ReportMetric(took/ours, "times-OGR")
			})
		}
	}
}

// BenchmarkExport exports 100,000 units.
func BenchmarkExport(b *testing.B) {
	s := got[*job.Study](b)(job.Open(bigStudy(b, 100_000)))
	defer s.Close()
	for _, f := range exchange.Formats() {
		b.Run(f.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got[*job.Exported](b)(s.Export(ctx, job.ExportOptions{Format: f.Name, Identifiers: f.Whole}, filepath.Join(b.TempDir(), "units"+f.Ext)))
			}
		})
	}
}
