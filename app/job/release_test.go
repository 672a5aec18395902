package job_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/geojson"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// planted makes an example in which every interview has answers that identify somebody, and
// returns what must not be found in an export for others: texts, and coordinates.
func planted(t *testing.T) (s *job.Study, texts []string, numbers []float64) {
	t.Helper()
	made := got[*job.ExampleMade](t)(job.Example(ctx, filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 30, Researchers: 1}))
	store := got[*study.Study](t)(study.Open(made.Study))
	var changes []study.Change
	for i, d := range got[[]*survey.Document](t)(store.Documents(survey.InterviewKind)) {
		if d.Text(survey.FieldUnit) == "" {
			continue
		}
		patch := map[survey.Field]survey.Value{}
		plant := func(f survey.Field, text string) {
			patch[f] = survey.Of(text)
			texts = append(texts, text)
		}
		for _, f := range []survey.Field{"a_interviewer", "b_resp_name", "b_phone", "b_email", "l_photo", "l_comment", "d_reg_no", "c_locality", "c_admin2", "rep_partner[1]/pt_name", "unknown_field", "b_name/_note", "b_web"} {
			plant(f, fmt.Sprintf("planted %s %d", f, i))
		}
		lat, lon := 27.70003+float64(i)*1.234567e-4, 85.30007+float64(i)*2.345678e-4 // never of four decimals, as moved ones are
		plant("c_gps", fmt.Sprintf("%.7f %.7f 1300 5", lat, lon))
		plant("rep_branch[1]/br_gps", fmt.Sprintf("%.7f %.7f 0 0", lat+.01, lon+.01))
		numbers = append(numbers, lat, lon, lat+.01, lon+.01)
		switch i % 3 {
		case 0:
			patch["a_publish"] = survey.Of("stats_only")
			plant("b_name", fmt.Sprintf("planted unit %d", i))
			plant("b_name_local", fmt.Sprintf("लुकेको %d", i))
		case 1:
			patch["a_publish"], patch["b_name"] = survey.Of("name_location"), survey.Of(fmt.Sprintf("public unit %d", i))
		case 2:
			patch["a_consent"], patch["b_name"] = survey.Of("no"), survey.Of(fmt.Sprintf("refused unit %d", i))
			texts = append(texts, fmt.Sprintf("refused unit %d", i))
		}
		texts = append(texts, d.Text(survey.FieldUnit), d.Entity)
		changes = append(changes, study.Change{Entity: d.Entity, Kind: survey.InterviewKind, Form: d.Form, FormVersion: d.FormVersion, Patch: patch})
	}
	for _, u := range got[[]*survey.Document](t)(store.Documents(survey.UnitKind)) {
		p := map[survey.Field]survey.Value{survey.FieldPhone: survey.Of("planted phone"), survey.FieldAssigned: survey.Of("planted researcher"), survey.Listed("Contact"): survey.Of("planted contact"), survey.FieldAddress: survey.Of("planted address"), survey.FieldCode: survey.Of("planted code")}
		changes = append(changes, study.Change{Entity: u.Entity, Kind: survey.UnitKind, Patch: p})
	}
	texts = append(texts, "planted phone", "planted researcher", "planted contact", "planted address", "planted code", store.Info().Device)
	got[[]survey.Revision](t)(store.Append(ctx, changes...))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s = got[*job.Study](t)(job.Open(made.Study))
	t.Cleanup(func() { s.Close() })
	return s, texts, numbers
}

// contents are the bytes of a file and, of an archive, of what is in it.
func contents(t *testing.T, path string) []byte {
	t.Helper()
	b := got[[]byte](t)(os.ReadFile(path))
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File {
			r := got[io.ReadCloser](t)(f.Open())
			b = append(b, got[[]byte](t)(io.ReadAll(r))...)
			r.Close()
		}
	}
	return b
}

// finds says which of the planted things are in bytes: texts, and coordinates in decimals to
// a hundred metres or in binary.
func finds(b []byte, texts []string, numbers []float64) (found []string) {
	for _, s := range texts {
		if bytes.Contains(b, []byte(s)) {
			found = append(found, s)
		}
	}
	for _, v := range numbers {
		bits := math.Float64bits(v)
		for _, x := range [][]byte{[]byte(strconv.FormatFloat(v, 'f', 5, 64)[:8]), binary.LittleEndian.AppendUint64(nil, bits), binary.BigEndian.AppendUint64(nil, bits)} {
			if bytes.Contains(b, x) {
				found = append(found, fmt.Sprint(v))
			}
		}
	}
	return found
}

// TestDisclosure searches every byte of exports for others for what was planted.
func TestDisclosure(t *testing.T) {
	s, texts, numbers := planted(t)
	for _, f := range exchange.Formats() {
		for _, profile := range []job.Profile{job.Research, job.Public} {
			for _, o := range []job.ExportOptions{{}, {Wide: true, Labels: true}} {
				o.Format, o.Profile = f.Name, profile
				if f.Whole {
					if _, err := s.Export(ctx, o, filepath.Join(t.TempDir(), "units"+f.Ext)); err == nil {
						t.Errorf("%s for %s: interviews left whole", f.Name, profile)
					}
					continue
				}
				e, err := s.Export(ctx, o, filepath.Join(t.TempDir(), "units"+f.Ext))
				if err != nil {
					t.Fatal(f.Name, err)
				}
				if e.Rows == 0 || len(e.Files) == 0 {
					t.Errorf("%s, %s: nothing left; the test shows nothing", f.Name, profile)
				}
				for _, path := range e.Files {
					if found := finds(contents(t, path), texts, numbers); len(found) > 0 {
						t.Errorf("%s for %s: %s gives away %.5q", f.Name, profile, filepath.Base(path), found)
					}
				}
			}
		}
	}
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "geojson"}, filepath.Join(t.TempDir(), "units.geojson")))
	found := finds(contents(t, e.Path), texts, numbers)
	for _, want := range []string{"planted c_locality 1", "planted d_reg_no 1"} {
		if !slices.Contains(found, want) {
			t.Errorf("the team's export has not %q; a search that finds nothing shows nothing", want)
		}
	}
	for _, f := range found {
		if strings.HasPrefix(f, "planted b_phone") || strings.HasPrefix(f, "planted b_resp_name") || f == "planted phone" {
			t.Errorf("identifiers left without being asked for: %q", f)
		}
	}
	e = got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Identifiers: true}, filepath.Join(t.TempDir(), "units.csv")))
	if found := finds(contents(t, e.Path), texts, numbers); !slices.Contains(found, "planted b_phone 1") || !slices.Contains(found, "planted phone") {
		t.Error("identifiers were asked for, and did not leave")
	}
}

// placed are the points of an export by unit.
func placed(t *testing.T, s *job.Study, o job.ExportOptions) map[string]*geojson.Feature {
	t.Helper()
	o.Format = "geojson"
	e := got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(t.TempDir(), "units.geojson")))
	fc := got[*geojson.FeatureCollection](t)(geojson.UnmarshalFeatureCollection(got[[]byte](t)(os.ReadFile(e.Path))))
	out := map[string]*geojson.Feature{}
	for _, f := range fc.Features {
		out[f.ID.(string)] = f
	}
	return out
}

// TestDisplacement moves each unit once, within its region, and never by less than some
// hundred metres.
func TestDisplacement(t *testing.T) {
	s, _ := exampleMap(t)
	o := job.ExportOptions{Where: job.Displaced}
	first, second, exact := placed(t, s, o), placed(t, s, o), placed(t, s, job.ExportOptions{})
	if d := cmp.Diff(first, second); d != "" {
		t.Errorf("a second export tells more: %s", d)
	}
	moved := 0
	for id, f := range first {
		was, now := exact[id].Geometry.(orb.Point), f.Geometry.(orb.Point)
		if a, b := exact[id].Properties["region_code"], f.Properties["region_code"]; a != b {
			t.Errorf("%s: region %v became %v", id, a, b)
		}
		if code, _ := s.RegionAt(fmt.Sprint(now[1], " ", now[0])); code != exact[id].Properties["region_code"] {
			t.Errorf("%s lies in %s, not in %v", id, code, exact[id].Properties["region_code"])
		}
		if d := geo.Distance(was, now); d < 100 || d > 5100 {
			t.Errorf("%s was moved by %.0f m", id, d)
		} else {
			moved++
		}
	}
	if moved < 20 {
		t.Errorf("only %d units were moved", moved)
	}
}

// TestConsent lets out who agreed, by name who agreed to that, and says how many did not.
func TestConsent(t *testing.T) {
	s, _, _ := planted(t)
	public := got[*job.Exported](t)(s.PlanExport(ctx, job.ExportOptions{Format: "geojson", Profile: job.Public}))
	research := got[*job.Exported](t)(s.PlanExport(ctx, job.ExportOptions{Format: "geojson", Profile: job.Research}))
	team := got[*job.Exported](t)(s.PlanExport(ctx, job.ExportOptions{Format: "geojson"}))
	if !(0 < public.Rows && public.Rows < research.Rows && research.Rows < team.Rows) {
		t.Errorf("%d, %d and %d units", public.Rows, research.Rows, team.Rows)
	}
	withheld := func(e *job.Exported) (n int) {
		for _, k := range e.Withheld {
			n += k
		}
		return n
	}
	if public.Rows+withheld(public) != team.Rows || research.Rows+withheld(research) != team.Rows {
		t.Errorf("%+v %+v of %d", public, research, team.Rows)
	}
	for id, f := range placed(t, s, job.ExportOptions{Profile: job.Public}) {
		if name, _ := f.Properties["name"].(string); !strings.HasPrefix(name, "public unit") {
			t.Errorf("%s is called %q", id, name)
		}
	}
	if public.SmallCells == 0 {
		t.Error("units of the example are few; some stand out")
	}
}

// TestExportProfiles refuses what a profile does not allow.
func TestExportProfiles(t *testing.T) {
	s, _ := exampleMap(t)
	for name, o := range map[string]job.ExportOptions{
		"exact for the public":       {Profile: job.Public, Where: job.Exact},
		"exact for research":         {Profile: job.Research, Where: job.Exact},
		"displaced for the public":   {Profile: job.Public, Where: job.Displaced},
		"identifiers for the public": {Profile: job.Public, Identifiers: true},
		"no such profile":            {Profile: "friends"},
		"no such language":           {Language: "tlh"},
	} {
		o.Format = "csv"
		if _, err := s.Export(ctx, o, filepath.Join(t.TempDir(), "a.csv")); err == nil {
			t.Errorf("%s: it was exported", name)
		}
	}
}

// TestReleases notes each export with the hash of each file.
func TestReleases(t *testing.T) {
	s, _ := exampleMap(t)
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Profile: job.Public}, filepath.Join(t.TempDir(), "units.csv")))
	rs := got[[]job.Release](t)(s.Releases())
	if len(rs) != 1 || rs[0].Profile != job.Public || rs[0].Format != "csv" || rs[0].Rows != e.Rows || rs[0].By == "" || len(rs[0].Files) != len(e.Files) {
		t.Fatalf("%+v", rs)
	}
	sum := fmt.Sprintf("%x", sha(got[[]byte](t)(os.ReadFile(e.Path))))
	if rs[0].Files[0] != (job.ReleasedFile{Name: "units.csv", SHA256: sum}) {
		t.Errorf("%+v, want %s", rs[0].Files[0], sum)
	}
	if _, err := json.Marshal(rs); err != nil {
		t.Error(err)
	}
}

// csvRows are the rows of a file by the names of its columns.
func csvRows(t *testing.T, path string) (out []map[string]string) {
	t.Helper()
	rows := got[[][]string](t)(csv.NewReader(bytes.NewReader(bytes.TrimPrefix(got[[]byte](t)(os.ReadFile(path)), []byte("\ufeff")))).ReadAll())
	for _, r := range rows[1:] {
		m := map[string]string{}
		for i, name := range rows[0] {
			m[name] = r[i]
		}
		out = append(out, m)
	}
	return out
}

// TestRepeats writes rows of repeats long and wide: the same answers.
func TestRepeats(t *testing.T) {
	s, _ := exampleMap(t)
	dir := t.TempDir()
	long := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Columns: []string{"rep_partner", "b_name"}}, filepath.Join(dir, "long.csv")))
	wide := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Columns: []string{"rep_partner", "b_name"}, Wide: true}, filepath.Join(dir, "wide.csv")))
	i := slices.IndexFunc(long.Files, func(f string) bool { return strings.HasSuffix(f, "long-rep_partner.csv") })
	if i < 0 || len(wide.Files) != 2 {
		t.Fatalf("%v %v", long.Files, wide.Files)
	}
	of := map[string][]string{}
	for _, r := range csvRows(t, long.Files[i]) {
		of[r["parent_id"]] = append(of[r["parent_id"]], r["pt_kind"]+"|"+r["pt_tie"])
	}
	seen := 0
	for _, r := range csvRows(t, wide.Path) {
		var row []string
		for n := 1; ; n++ {
			cell, ok := r[fmt.Sprintf("rep_partner_%d_pt_kind", n)]
			if !ok {
				break
			}
			if kinds := r[fmt.Sprintf("rep_partner_%d_pt_tie", n)]; cell+kinds != "" {
				row = append(row, cell+"|"+kinds)
			}
		}
		seen += len(row)
		if d := cmp.Diff(of[r["unit_id"]], row); d != "" {
			t.Errorf("%s: %s", r["name"], d)
		}
	}
	if seen == 0 {
		t.Error("there are no rows of repeats; the test shows nothing")
	}
}

// TestExportByRegion writes a file for each region that together hold every unit once.
func TestExportByRegion(t *testing.T) {
	s, us := exampleMap(t)
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", PerRegion: true, Columns: []string{"b_name"}}, filepath.Join(t.TempDir(), "units.csv")))
	seen := map[string]bool{}
	for _, f := range e.Files {
		if !strings.HasSuffix(f, ".csv") {
			continue
		}
		for _, r := range csvRows(t, f) {
			if seen[r["unit_id"]] || !strings.HasSuffix(f, "-"+r["region_code"]+".csv") && r["region_code"] != "" {
				t.Errorf("%s: %s of %s", filepath.Base(f), r["name"], r["region_code"])
			}
			seen[r["unit_id"]] = true
		}
	}
	if len(seen) != len(us) || e.Rows != len(us) || len(e.Files) < 4 {
		t.Errorf("%d of %d units in %d files", len(seen), len(us), len(e.Files))
	}
}

// TestLabels writes words in place of codes.
func TestLabels(t *testing.T) {
	s, _ := exampleMap(t)
	codes := csvRows(t, got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv"}, filepath.Join(t.TempDir(), "a.csv"))).Path)
	words := csvRows(t, got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Labels: true, Language: "en"}, filepath.Join(t.TempDir(), "a.csv"))).Path)
	for i := range codes {
		if codes[i]["form"] == "cooperative" && words[i]["form"] != "Cooperative" || codes[i]["a_publish"] == "stats_only" && words[i]["a_publish"] != "Nothing: statistics only" {
			t.Errorf("%q is %q, %q is %q", codes[i]["form"], words[i]["form"], codes[i]["a_publish"], words[i]["a_publish"])
		}
	}
}

func sha(b []byte) [sha256.Size]byte { return sha256.Sum256(b) }
