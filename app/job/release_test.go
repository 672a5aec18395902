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
	"maps"
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

// byways asks what leads to what identifies persons on other ways than by its own column.
const byways = `
| survey |
| | type | name | label | calculation | repeat_count | bind::sse:pii | bind::sse:role |
| | select_one yes_no | agree | Agree? | | | | consent |
| | select_one level | show | Show? | | | | consent.publish |
| | text | called | Name | | | quasi | unit.name |
| | select_one kind | kind | Kind | | | sensitive | unit.form |
| | text | person | Person | | | identifier | |
| | begin_group | g | Group | | | identifier | |
| | integer | phone | Phone | | | | |
| | end_group | | | | | | |
| | integer | income | Income | | | sensitive | |
| | calculate | absolute | | string(/data/person) | | | |
| | calculate | relative | | concat('x', ../person) | | | |
| | calculate | twice | | ${income} * 2 | | | |
| | calculate | thrice | | ${twice} + ${income} | | | |
| | begin_repeat | memb | Members | | | | |
| | text | mname | Name | | | identifier | |
| | integer | age | Age | | | | |
| | end_repeat | | | | | | |
| | select_one ${mname} | chair | Chair | | | | |
| | integer | memb_1_age | Age of the first | | | | |
| choices |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | level | name_location | All |
| | level | stats_only | Nothing |
| | kind | coop | Cooperative |
| | kind | mut | Mutual |
| settings |
| | form_id | form_title | version |
| | ways | Ways | 1 |
`

// waysStudy is a study of that questionnaire with units, each with interviews.
func waysStudy(t *testing.T, units map[string][]map[survey.Field]survey.Value) *job.Study {
	t.Helper()
	dir := t.TempDir()
	form := filepath.Join(dir, "ways.md")
	if err := os.WriteFile(form, []byte(byways), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "s")
	s := got[*job.Study](t)(job.Create(ctx, path, job.NewStudy{Name: "chosen", Countries: []string{"NPL"}, Researcher: "asha", Form: form}))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	store := got[*study.Study](t)(study.Open(path))
	for _, name := range slices.Sorted(maps.Keys(units)) {
		u := got[string](t)(store.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(name), survey.FieldRegion: survey.Of("../../evil"), survey.FieldCountry: survey.Of("TYPED")}))
		for _, answers := range units[name] {
			patch := maps.Clone(answers)
			patch[survey.FieldUnit] = survey.Of(u)
			if patch[survey.FieldStatus].Blank() {
				patch[survey.FieldStatus] = survey.Of("completed")
			}
			got[[]survey.Revision](t)(store.Append(ctx, study.Change{Entity: store.NewID(), Kind: survey.InterviewKind, Form: "ways", FormVersion: "1", Patch: patch}))
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s = got[*job.Study](t)(job.Open(path))
	t.Cleanup(func() { s.Close() })
	return s
}

func of(pairs ...string) map[survey.Field]survey.Value {
	out := map[survey.Field]survey.Value{}
	for i := 0; i < len(pairs); i += 2 {
		out[survey.Field(pairs[i])] = survey.Of(pairs[i+1])
	}
	return out
}

// TestDisclosureByways searches exports for what leads to what identifies persons: groups,
// paths, choices from answers, sums, names of files.
func TestDisclosureByways(t *testing.T) {
	s := waysStudy(t, map[string][]map[survey.Field]survey.Value{"A": {of("agree", "yes", "show", "name_location", "called", "Called A", "kind", "coop", "person", "PERSON", "phone", "9841555", "income", "777123",
		"absolute", "PERSON", "relative", "xPERSON", "twice", "1554246", "thrice", "2331369", "memb[1]", "1", "memb[1]/mname", "MNAME", "memb[1]/age", "41", "chair", "MNAME", "memb_1_age", "99")}})
	secret := []string{"PERSON", "9841555", "777123", "1554246", "2331369", "MNAME", "coop", "TYPED", "evil"}
	for _, f := range exchange.Formats() {
		for _, o := range []job.ExportOptions{{Format: f.Name, Profile: job.Public}, {Format: f.Name, Profile: job.Public, PerRegion: true, Wide: true}} {
			dir := t.TempDir()
			e, err := s.Export(ctx, o, filepath.Join(dir, "units"+f.Ext))
			if f.Whole {
				if err == nil {
					t.Errorf("%s left for everybody", f.Name)
				}
				continue
			}
			if err != nil {
				t.Error(f.Name, err)
				continue
			}
			for _, file := range e.Files {
				if found := finds(append(contents(t, file), filepath.Base(file)...), secret[:6], nil); len(found) > 0 {
					t.Errorf("%s gives away %q", f.Name, found)
				}
				if found := finds(append(contents(t, file), filepath.Base(file)...), secret[7:], nil); len(found) > 0 {
					t.Errorf("%s has what somebody typed: %q", f.Name, found)
				}
				if filepath.Dir(file) != dir {
					t.Errorf("%s is not in its folder", file)
				}
			}
		}
	}
	if rows := csvRows(t, got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Profile: job.Public}, filepath.Join(t.TempDir(), "a.csv"))).Path); rows[0]["name"] != "Called A" || rows[0]["form"] != "" {
		t.Errorf("%v", rows[0])
	}
	wide := csvRows(t, got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Wide: true}, filepath.Join(t.TempDir(), "a.csv"))).Path)
	if wide[0]["memb_1_age"] != "99" || wide[0]["memb_1_age_2"] != "41" {
		t.Errorf("%v", wide[0])
	}
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "gpkg"}, filepath.Join(t.TempDir(), "a.gpkg"))) // of a study called as one of its tables
}

// TestConsentTakenBack: the newest word counts, also where it is none, and of several the one
// that allows least; an interview that is being held says nothing yet.
func TestConsentTakenBack(t *testing.T) {
	yes := of("agree", "yes", "show", "name_location", "called", "x")
	refused := of()
	refused["agree"] = survey.Value{Special: survey.Refused}
	begun := maps.Clone(yes)
	begun[survey.FieldStatus] = survey.Of("in_progress")
	for name, c := range map[string]struct {
		interviews []map[survey.Field]survey.Value
		leaves     bool
	}{
		"agreed":           {[]map[survey.Field]survey.Value{yes}, true},
		"agreed, then no":  {[]map[survey.Field]survey.Value{yes, of("agree", "no")}, false},
		"agreed, then not": {[]map[survey.Field]survey.Value{yes, refused}, false},
		"no, then agreed":  {[]map[survey.Field]survey.Value{of("agree", "no"), yes}, true},
		"not asked":        {[]map[survey.Field]survey.Value{of("called", "x")}, false},
		"being held":       {[]map[survey.Field]survey.Value{begun}, false},
	} {
		s := waysStudy(t, map[string][]map[survey.Field]survey.Value{"A": c.interviews})
		for _, p := range []job.Profile{job.Research, job.Public} {
			if e := got[*job.Exported](t)(s.PlanExport(ctx, job.ExportOptions{Format: "csv", Profile: p})); (e.Rows == 1) != c.leaves {
				t.Errorf("%s, %s: %d units leave, %v", name, p, e.Rows, e.Withheld)
			}
		}
	}
}

// TestExportsDoNotJoin: units have other numbers and stand in another order in exports for
// others, so that one does not tell what the other leaves out.
func TestExportsDoNotJoin(t *testing.T) {
	s, _ := exampleMap(t)
	column := func(o job.ExportOptions, name string) (out []string) {
		o.Format = "csv"
		for _, r := range csvRows(t, got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(t.TempDir(), "a.csv"))).Path) {
			out = append(out, r[name])
		}
		return out
	}
	research, public := job.ExportOptions{Profile: job.Research}, job.ExportOptions{Profile: job.Public}
	for _, id := range column(research, "unit_id") {
		if slices.Contains(column(public, "unit_id"), id) {
			t.Errorf("%s is in both", id)
		}
	}
	if slices.Equal(column(research, "g_total"), column(job.ExportOptions{}, "g_total")) {
		t.Error("units for research stand in the order of the study")
	}
	if !slices.Equal(column(research, "unit_id"), column(research, "unit_id")) {
		t.Error("a second export has other numbers")
	}
}

// TestLyingBeside tells of files of an earlier export.
func TestLyingBeside(t *testing.T) {
	s, _ := exampleMap(t)
	path := filepath.Join(t.TempDir(), "units.csv")
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv"}, path))
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "csv", Profile: job.Public, Wide: true}, path))
	if !slices.ContainsFunc(e.Notes, func(n string) bool { return strings.Contains(n, "units-rep_partner.csv") }) {
		t.Errorf("%q", e.Notes)
	}
}

// TestRenamedKeepsItsClass: an answer that identified somebody under an earlier name does
// so under the new one, and a questionnaire that asks for no consent does not take that of
// an earlier one away.
func TestRenamedKeepsItsClass(t *testing.T) {
	first := `
| survey |
| | type | name | label | bind::sse:pii | bind::sse:role |
| | text | called | Name | quasi | unit.name |
| | integer | owner | Owner's number | identifier | |
| | select_one yes_no | agree | Agree? | | consent |
| choices |
| | list_name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| settings |
| | form_id | form_title | version |
| | own | Own | 1 |
`
	path := filepath.Join(t.TempDir(), "s")
	s := got[*job.Study](t)(job.Create(ctx, path, job.NewStudy{Name: "Own", Countries: []string{"NPL"}, Researcher: "asha", Form: written(t, first)}))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	store := got[*study.Study](t)(study.Open(path))
	for _, agree := range []string{"yes", "no"} {
		u := got[string](t)(store.NewUnit(ctx, of(string(survey.FieldName), "unit "+agree)))
		patch := of(string(survey.FieldUnit), u, string(survey.FieldStatus), "completed", "owner", "9812345", "agree", agree)
		got[[]survey.Revision](t)(store.Append(ctx, study.Change{Entity: store.NewID(), Kind: survey.InterviewKind, Form: "own", FormVersion: "1", Patch: patch}))
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s = got[*job.Study](t)(job.Open(path))
	defer s.Close()
	second := strings.Replace(strings.Replace(first, "| | integer | owner | Owner's number | identifier |", "| | integer | contact | Owner's number | none |", 1), "| own | Own | 1 |", "| own | Own | 2 |", 1)
	second = strings.Replace(second, "| | select_one yes_no | agree | Agree? | | consent |\n", "", 1)
	newVersion(t, s, second, "contact")
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "geojson", Profile: job.Research}, filepath.Join(t.TempDir(), "a.geojson")))
	if b := contents(t, e.Path); bytes.Contains(b, []byte("9812345")) || e.Rows != 1 {
		t.Errorf("%d units: %s", e.Rows, b)
	}
	e = got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "geojson", Identifiers: true}, filepath.Join(t.TempDir(), "a.geojson")))
	if b := contents(t, e.Path); !bytes.Contains(b, []byte(`"contact":9812345`)) {
		t.Errorf("the answer is not under its new name; the test shows nothing: %s", b)
	}
}
