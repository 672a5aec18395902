package job_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// changeFile runs statements on a GeoPackage as a program would that has no spatial functions:
// the triggers that need them go first.
func changeFile(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'trigger'`)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	rows.Close()
	for _, n := range names {
		statements = append([]string{`DROP TRIGGER "` + n + `"`}, statements...)
	}
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
}

// TestPublished brings a GeoPackage back that was changed: cells, a point, a new unit and one
// that is gone, next to changes in the study.
func TestPublished(t *testing.T) {
	made := got[*job.ExampleMade](t)(job.Example(ctx, filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 8, Researchers: 1}))
	s := got[*job.Study](t)(job.Open(made.Study))
	path := filepath.Join(t.TempDir(), "units.gpkg")
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "gpkg"}, path))
	if !job.IsPublished(path) {
		t.Fatal("the file does not say of which study it is")
	}
	unchanged := got[*job.InterviewPlan](t)(s.PlanInterviews(ctx, path, job.InterviewOptions{}, nil))
	if c := unchanged.Counts; c.Changed+c.Contested+c.New+c.Invalid > 0 || c.Same != 8 || len(unchanged.Problems) != 1 || !strings.Contains(unchanged.Problems[0].Text, "rep_partner are not compared") {
		t.Fatalf("nothing was changed, and yet %+v %v %+v", c, unchanged.Problems, unchanged.Rows)
	}
	us := got[[]string](t)(unitsByRow(path))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	store := got[*study.Study](t)(study.Open(made.Study))
	here := func(row int, f survey.Field, text string) {
		t.Helper()
		for _, d := range got[[]*survey.Document](t)(store.Documents(survey.InterviewKind)) {
			if d.Text(survey.FieldUnit) == us[row] {
				got[[]survey.Revision](t)(store.Append(ctx, study.Change{Entity: d.Entity, Kind: survey.InterviewKind, Form: d.Form, FormVersion: d.FormVersion, Patch: map[survey.Field]survey.Value{f: survey.Of(text)}}))
			}
		}
	}
	here(1, "b_year", "1999") // the file says 2001
	here(2, "b_year", "2001") // so does the file
	here(3, "b_name", "Changed here alone")
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s = got[*job.Study](t)(job.Open(made.Study))
	defer func() { s.Close() }()
	changeFile(t, path,
		`UPDATE units SET b_year = 2001 WHERE fid IN (1, 2, 3)`,
		`UPDATE units SET b_status = 'asleep' WHERE fid = 5`,
		`UPDATE units SET b_name = 'सहकारी नयाँ नाम', l_comment = 'two
lines, "quoted"' WHERE fid = 5`,
		`UPDATE units SET geom = (SELECT geom FROM units WHERE fid = 1) WHERE fid = 6`,
		`INSERT INTO units (b_name, geom) SELECT 'Drawn on the map', geom FROM units WHERE fid = 2`,
		`INSERT INTO units (geom) SELECT geom FROM units WHERE fid = 2`,
		`INSERT INTO units (unit_id, b_name) SELECT unit_id, 'copied' FROM units WHERE fid = 2`,
		`INSERT INTO units (unit_id, b_name) VALUES ('nobody', 'x')`,
		`UPDATE units SET name = 'Another name', b_year = 1200 WHERE fid = 7`,
		`UPDATE units SET geom = NULL WHERE fid = 4`,
		`DELETE FROM units WHERE fid = 8`)
	p := got[*job.InterviewPlan](t)(s.PlanInterviews(ctx, path, job.InterviewOptions{}, nil))
	verdicts := map[int]job.InterviewVerdict{}
	for _, r := range p.Rows {
		verdicts[r.Row] = r.Verdict
	}
	want := map[int]job.InterviewVerdict{1: job.InterviewChanged, 2: job.InterviewContested, 3: job.InterviewSame, 4: job.InterviewSame, 5: job.InterviewChanged, 6: job.InterviewChanged, 7: job.InterviewChanged,
		8: job.InterviewNew, 9: job.InterviewInvalid, 10: job.InterviewInvalid, 11: job.InterviewInvalid}
	for row, v := range want {
		if verdicts[row] != v {
			t.Errorf("row %d is %q, want %q", row, verdicts[row], v)
		}
	}
	var problems []string
	for _, x := range p.Problems {
		problems = append(problems, job.SubmissionProblem(x))
	}
	text := strings.Join(problems, "\n")
	for _, wanted := range []string{`units row 5, b_status: `, "asleep", "units row 10: it has the unit_id of row 2", "units row 11: there is no unit", "1 unit is of the study not in the file", "units row 7, name: it is derived from the column b_name", "units row 7, b_year: ", "units row 4, geom: its place was taken away"} {
		if !strings.Contains(text, wanted) {
			t.Errorf("%q is not in\n%s", wanted, text)
		}
	}
	got[string](t)(p.Apply(ctx, nil))
	value := func(row int, f survey.Field) (texts []string) {
		for _, d := range got[[]*survey.Document](t)(s.Interviews()) {
			if d.Text(survey.FieldUnit) == us[row] {
				for _, h := range d.Heads[f] {
					texts = append(texts, h.Value.Text)
				}
			}
		}
		slices.Sort(texts)
		return texts
	}
	for _, c := range []struct {
		row  int
		f    survey.Field
		want []string
	}{{0, "b_year", []string{"2001"}}, {1, "b_year", []string{"1999", "2001"}}, {2, "b_year", []string{"2001"}}, {3, "b_name", []string{"Changed here alone"}}, {4, "b_name", []string{"सहकारी नयाँ नाम"}}, {4, "l_comment", []string{"two\nlines, \"quoted\""}}} {
		if got := value(c.row, c.f); !slices.Equal(got, c.want) {
			t.Errorf("row %d, %s: %q, want %q", c.row+1, c.f, got, c.want)
		}
	}
	if a, b := value(0, "c_gps"), value(5, "c_gps"); len(b) != 1 || strings.Fields(a[0])[0][:6] != strings.Fields(b[0])[0][:6] {
		t.Errorf("the point of row 6 is %v, want about %v", b, a)
	}
	again := got[*job.InterviewPlan](t)(s.PlanInterviews(ctx, path, job.InterviewOptions{}, nil))
	if c := again.Counts; c.Changed > 0 || c.New > 0 {
		t.Errorf("taken in once more: %+v", c)
	}
}

// unitsByRow are the units of a file in the order of its rows.
func unitsByRow(path string) (out []string, err error) {
	f, err := exchange.OpenPublished(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for r, err := range f.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		out = append(out, r.Unit)
	}
	return out, nil
}

// TestNotPublished refuses what cannot come back, in words.
func TestNotPublished(t *testing.T) {
	s, _ := exampleMap(t)
	other, _ := exampleMap(t)
	dir := t.TempDir()
	public := filepath.Join(dir, "public.gpkg")
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "gpkg", Profile: job.Public}, public))
	theirs := filepath.Join(dir, "theirs.gpkg")
	got[*job.Exported](t)(other.Export(ctx, job.ExportOptions{Format: "gpkg"}, theirs))
	lying := filepath.Join(dir, "lying.gpkg")
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "gpkg"}, lying))
	forged := filepath.Join(dir, "forged.gpkg")
	got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "gpkg"}, forged))
	changeFile(t, forged, `UPDATE gpkg_metadata SET metadata = replace(metadata, '"field":"b_year"', '"field":"zzz[<b>]/b_year"')`, `UPDATE units SET b_year = 1990`)
	p := got[*job.InterviewPlan](t)(s.PlanInterviews(ctx, forged, job.InterviewOptions{}, nil))
	for _, r := range p.Rows {
		for _, f := range r.Changed {
			if strings.Contains(string(f), "zzz") {
				t.Errorf("a field that no question has would be recorded: %s", f)
			}
		}
	}
	changeFile(t, lying, `UPDATE gpkg_metadata SET metadata = replace(metadata, '"seen":{', '"seen":{"zz":99,')`)
	cut := filepath.Join(dir, "cut.gpkg")
	if err := os.WriteFile(cut, got[[]byte](t)(os.ReadFile(theirs))[:9000], 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{public: "not exported from a study for its team", theirs: "another study", lying: "not here yet", cut: "damaged"} {
		if _, err := s.PlanInterviews(ctx, file, job.InterviewOptions{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(file), err, want)
		}
	}
}
