package job_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/survey"
)

const (
	idA = "5f0c8f9e-1111-4222-8333-9444555666aa"
	idB = "5f0c8f9e-1111-4222-8333-9444555666bb"
	idC = "5f0c8f9e-1111-4222-8333-9444555666cc"
)

// visitXML is a submission with answers as elements.
func visitXML(id, deprecated, answers string) string {
	if deprecated != "" {
		deprecated = "<orx:deprecatedID>uuid:" + deprecated + "</orx:deprecatedID>"
	}
	return `<data xmlns:orx="http://openrosa.org/xforms" id="visit" version="7">` + answers + `<orx:meta><orx:instanceID>uuid:` + id + `</orx:instanceID>` + deprecated + `</orx:meta></data>`
}

func who(name, people string) string {
	return "<who><name>" + name + "</name></who><what><people>" + people + "</people></what>"
}

// takeIn plans a file, wants a verdict for each interview, and takes them in.
func takeIn(t *testing.T, s *job.Study, file string, want ...job.InterviewVerdict) (*job.InterviewPlan, string) {
	t.Helper()
	p := planInterviews(t, s, file, job.InterviewOptions{})
	var got []job.InterviewVerdict
	for _, r := range p.Rows {
		got = append(got, r.Verdict)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("%s\n%+v\n%v", d, p.Rows, p.Problems)
	}
	batch, err := p.Apply(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p, batch
}

func text(t *testing.T, s *job.Study, interview string, f survey.Field) string {
	t.Helper()
	d, err := s.Document(interview)
	if err != nil || d == nil {
		t.Fatal(interview, err)
	}
	return d.Text(f)
}

// edit corrects an answer in the study.
func edit(t *testing.T, s *job.Study, interview string, f survey.Field, v string) {
	t.Helper()
	iv, err := s.Interview(interview)
	if err == nil {
		if err = iv.Set(f, survey.Of(v)); err == nil {
			err = iv.Finish(ctx, survey.Completed)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCorrectedSubmissions(t *testing.T) {
	s := visitStudy(t)
	first := write(t, "a.xml", visitXML(idA, "", who("Karuna", "12")))
	takeIn(t, s, first, job.InterviewNew)
	takeIn(t, s, first, job.InterviewSame)
	revs, _ := s.History(idA)
	if len(revs) != 1 {
		t.Fatalf("%d revisions", len(revs))
	}

	// A correction replaces what the import said, and nothing else.
	second := write(t, "b.xml", visitXML(idB, idA, who("Karuna", "15")))
	p, _ := takeIn(t, s, second, job.InterviewChanged)
	if d := cmp.Diff([]survey.Field{"double", "people"}, p.Rows[0].Changed); d != "" {
		t.Error(d)
	}
	if got := text(t, s, idA, "people") + " " + text(t, s, idA, "double"); got != "15 30" {
		t.Error(got)
	}
	takeIn(t, s, second, job.InterviewSame)
	takeIn(t, s, first, job.InterviewSame) // the older one does not come back
	if got := text(t, s, idA, "people"); got != "15" {
		t.Error(got)
	}

	// A third one, which names the second, finds the interview.
	third := write(t, "c.xml", visitXML(idC, idB, who("Karuna Group", "15")))
	takeIn(t, s, third, job.InterviewChanged)
	if got := text(t, s, idA, "name"); got != "Karuna Group" {
		t.Error(got)
	}
	if n := len(held(t, s, "visit")); n != 1 {
		t.Errorf("%d interviews", n)
	}

	// What was edited here since stays beside a correction of the same answer.
	edit(t, s, idA, "people", "99")
	takeIn(t, s, third, job.InterviewSame)
	fourth := write(t, "d.csv", "KEY,meta-instanceID,who-name,what-people\nuuid:"+idA+",uuid:"+idC+",Karuna Group,16\n")
	p, batch := takeIn(t, s, fourth, job.InterviewContested)
	if d := cmp.Diff([]survey.Field{"double", "people"}, p.Rows[0].Contested); d != "" {
		t.Error(d)
	}
	d, _ := s.Document(idA)
	if got := d.Contested(); len(got) != 2 || len(d.Heads["people"]) != 2 {
		t.Errorf("%v %v", got, d.Heads["people"])
	}
	takeIn(t, s, fourth, job.InterviewSame)
	start := filepath.Join(t.TempDir(), "start.ssepkg")
	if _, err := s.Package(ctx, start, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	other, err := job.Join(ctx, filepath.Join(t.TempDir(), "other"), start, "bo", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if d, _ := other.Document(idA); d == nil || len(d.Contested()) != 2 {
		t.Errorf("a colleague has %+v", d)
	}
	if err := s.Undo(ctx, batch); err != nil {
		t.Fatal(err)
	}
	if d, _ := s.Document(idA); len(d.Contested()) != 0 || d.Text("people") != "99" {
		t.Errorf("after undo: %v %s", d.Contested(), d.Text("people"))
	}
}

func TestCorrectionsInOneFile(t *testing.T) {
	for name, order := range map[string][2]string{"in order": {"1.xml", "2.xml"}, "the newer first": {"2.xml", "1.xml"}} {
		t.Run(name, func(t *testing.T) {
			s, dir := visitStudy(t), t.TempDir()
			for i, text := range []string{visitXML(idA, "", who("Karuna", "12")), visitXML(idB, idA, who("Karuna", "15"))} {
				if err := os.WriteFile(filepath.Join(dir, order[i]), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p := planInterviews(t, s, dir, job.InterviewOptions{})
			if p.Counts != (job.InterviewCounts{New: 1, Same: 1}) {
				t.Fatalf("%+v %+v", p.Counts, p.Rows)
			}
			if _, err := p.Apply(ctx, nil); err != nil {
				t.Fatal(err)
			}
			if got := text(t, s, idA, "people"); got != "15" || len(held(t, s, "visit")) != 1 {
				t.Error(got)
			}
			if p := planInterviews(t, s, dir, job.InterviewOptions{}); p.Counts != (job.InterviewCounts{Same: 2}) {
				t.Errorf("again: %+v", p.Counts)
			}
		})
	}
}

// The same interview twice in one file counts once; with other answers it is told.
func TestInterviewTwiceInOneFile(t *testing.T) {
	s := visitStudy(t)
	p := planInterviews(t, s, write(t, "k.csv", "_uuid,name,people\n"+idA+",Karuna,12\n"+idA+",Karuna,12\n"+idA+",Karuna,13\n"), job.InterviewOptions{})
	if p.Counts != (job.InterviewCounts{New: 1, Same: 1, Invalid: 1}) || p.Rows[2].Why != "it stands in row 2 already, with other answers" {
		t.Errorf("%+v %+v", p.Counts, p.Rows)
	}
}

// Ids that are none are no harm.
func TestStrangeIDs(t *testing.T) {
	s := visitStudy(t)
	file := write(t, "k.csv", "_uuid,name\nhttp://x/[1]/_note,A\n"+strings.Repeat("x", 30_000)+",B\nसंस्था १,C\n"+strings.ToUpper(idA)+",D\n")
	takeIn(t, s, file, job.InterviewNew, job.InterviewNew, job.InterviewNew, job.InterviewNew)
	takeIn(t, s, file, job.InterviewSame, job.InterviewSame, job.InterviewSame, job.InterviewSame)
	if got := text(t, s, idA, "name"); got != "D" || len(held(t, s, "visit")) != 4 {
		t.Error(got)
	}
}

// Answers and rows that a correction takes back are taken back; those of which a
// table says nothing stay.
func TestAnswersTakenBack(t *testing.T) {
	s := visitStudy(t)
	row := func(town string) string { return "<branch><town>" + town + "</town></branch>" }
	takeIn(t, s, write(t, "a.xml", visitXML(idA, "", who("Karuna", "12")+row("A")+row("B"))), job.InterviewNew)
	takeIn(t, s, write(t, "b.csv", "KEY,name\nuuid:"+idA+",Karuna 2\n"), job.InterviewChanged)
	d, _ := s.Document(idA)
	if d.Text("people") != "12" || d.Text("branch[2]/town") != "B" || d.Text("name") != "Karuna 2" {
		t.Error(d.Text("people"), d.Text("branch[2]/town"), d.Text("name"))
	}
	takeIn(t, s, write(t, "c.xml", visitXML(idB, idA, who("Karuna", "")+row("A"))), job.InterviewChanged)
	d, _ = s.Document(idA)
	if d.Text("people") != "" || d.Text("branch[2]/town") != "" || d.Text("branch[2]") != "" || d.Text("branch[1]/town") != "A" {
		t.Error(d.Fields())
	}
}

// Two laptops take in the same files, one of them what is corrected, too; merging
// makes one interview of them, and no conflict.
func TestInterviewsOnTwoLaptops(t *testing.T) {
	s := visitStudy(t)
	start := filepath.Join(t.TempDir(), "start.ssepkg")
	if _, err := s.Package(ctx, start, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	other, err := job.Join(ctx, filepath.Join(t.TempDir(), "other"), start, "bo", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	file := write(t, "kobo.csv", "_uuid,name,code,country,people\n"+idA+",Karuna,,NPL,12\nnot-a-uuid,Tara,,NPL,3\n")
	takeIn(t, s, file, job.InterviewNew, job.InterviewNew)
	takeIn(t, other, file, job.InterviewNew, job.InterviewNew)
	back := filepath.Join(t.TempDir(), "back.ssepkg")
	if _, err := other.Package(ctx, back, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	m, err := s.Merge(ctx, back, job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	if cs, err := s.Conflicts(); err != nil || len(cs) != 0 || len(held(t, s, "visit")) != 2 || len(us) != 2 {
		t.Errorf("%v %v, %d interviews, %d units", err, cs, len(held(t, s, "visit")), len(us))
	}
	takeIn(t, s, file, job.InterviewSame, job.InterviewSame)
}

func TestUnitOfInterview(t *testing.T) {
	s := visitStudy(t)
	apply(t, planned(t, s, write(t, "list.csv", "id,name,country\nN-1,Karuna Savings Group,NPL\nN-2,Tara Farmers,NPL\nT-1,Karuna Savings Group,THA\n")), job.ListTake{})
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	byCode := map[string]string{}
	for _, u := range us {
		byCode[u.Code] = u.ID
	}
	rows := []struct {
		about, code, name, country string
		unit                       string // code, or "" for a new one
		likely                     string
	}{
		{"its code", "N-1", "Karuna Savings Group", "NPL", "N-1", ""},
		{"its code, another spelling", "N-2", "Tara Farmers' Co-op", "NPL", "N-2", ""},
		{"the same name alone is no proof", "", "Tara Farmers", "NPL", "", "Tara Farmers"},
		{"a code of another organization", "N-2", "Blue Lake Health Mutual", "NPL", "", ""},
		{"a code in another country", "T-1", "Karuna Savings Group", "NPL", "", ""},
		{"the id in the study", byCode["N-2"], "Tara", "NPL", "N-2", ""},
		{"new", "X-9", "Asha Weavers", "NPL", "", ""},
	}
	file := "_uuid,name,code,country\n"
	for i, r := range rows {
		file += fmt.Sprintf("k%d,%s,%s,%s\n", i, r.name, r.code, r.country)
	}
	p := planInterviews(t, s, write(t, "kobo.csv", file), job.InterviewOptions{})
	for i, r := range rows {
		got := p.Rows[i]
		if r.unit != "" && (got.Unit != byCode[r.unit] || got.NewUnit) || r.unit == "" && !got.NewUnit || got.Likely != r.likely {
			t.Errorf("%s: %+v", r.about, got)
		}
	}
	if _, err := p.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	us, _ = s.Units()
	if len(us) != 3+4 {
		t.Errorf("%d units", len(us))
	}
	for _, u := range us {
		if u.Code == "N-2" && len(u.Interviews) != 2 {
			t.Errorf("%s has %d interviews", u.Name, len(u.Interviews))
		}
	}
}

// What is no answer is told with its place and kept as a note; what no question has
// the name of is named, and can be given to one.
func TestProblemsOfInterviews(t *testing.T) {
	s := visitStudy(t)
	file := write(t, "kobo.csv", `_uuid;name;people;share;since;opens;met;needs;country;gps;sure;strange;empty
a;One;twelve;0,5;2.3.2026;25:99;yesterday;water lava;XX;91 10 0 0;maybe;x;
b;Two;20000;1,5;1 March 2026;2.30 pm;2026-03-01 14:30:00+0545;Clean water, Other;Nepal;27,7172 85,324 0 0;TRUE;;
`)
	p := planInterviews(t, s, file, job.InterviewOptions{})
	var got []string
	for _, x := range p.Problems {
		got = append(got, fmt.Sprint(x.Row, " ", x.Column, " ", x.Severity == survey.Warning, " ", strings.SplitN(x.Text, ":", 2)[0]))
	}
	want := []string{
		`2 people false "twelve" is no answer`, `2 since false "2.3.2026" is no answer`, `2 opens false "25`, `2 met false "yesterday" is no answer`, `2 gps false "91 10 0 0" is no answer`, `2 sure false "maybe" is no answer`,
		`2 needs false "water lava" is not among the choices`, `2 country false "XX" is not among the choices`, `3 people true "20000"`,
	}
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || g == w
		}
		if !found {
			t.Errorf("%q is not among\n%s", w, strings.Join(got, "\n"))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d problems:\n%s", len(got), strings.Join(got, "\n"))
	}
	if u := p.Unknown(); len(u) != 1 || u[0].Name != "strange" || u[0].Filled != 1 {
		t.Errorf("%+v", u)
	}
	if _, err := p.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	var ds = map[string]*survey.Document{}
	for _, d := range held(t, s, "visit") {
		ds[d.Text("name")] = d
	}
	one, two := ds["One"], ds["Two"]
	for f, w := range map[survey.Field]string{"people": "", "people/_note": "twelve", "share": "0.5", "since/_note": "2.3.2026", "needs": "water lava", "country": "XX"} {
		if got := one.Text(f); got != w {
			t.Errorf("One: %s is %q, not %q", f, got, w)
		}
	}
	for f, w := range map[survey.Field]string{"people": "20000", "share": "1.5", "since": "2026-03-01", "opens": "14:30", "met": "2026-03-01T14:30:00+05:45", "needs": "water other", "country": "NPL",
		"gps": "27.7172 85.324 0.0 0.0", "sure": "OK", "double": "40000"} {
		if got := two.Text(f); got != w {
			t.Errorf("Two: %s is %q, not %q", f, got, w)
		}
	}
	mapped := planInterviews(t, s, file, job.InterviewOptions{Map: [][2]string{{"strange", "who/code"}, {"empty", job.LeftOutColumn}}})
	if len(mapped.Unknown()) != 0 || mapped.Rows[0].Verdict != job.InterviewChanged || len(mapped.Rows[0].Changed) != 1 || mapped.Rows[0].Changed[0] != "code" {
		t.Errorf("%+v", mapped.Rows[0])
	}
	xml := planInterviews(t, s, write(t, "a.xml", visitXML(idA, "", who("Karuna", "12")+"<branch><town>A</town><odd>B</odd></branch><village>C</village>")),
		job.InterviewOptions{Map: [][2]string{{"branch/odd", "town"}, {"branch/town", job.LeftOutColumn}, {"village", "code"}, {"who/name", job.UnitCodeColumn}}})
	if _, err := xml.Apply(ctx, nil); err != nil || text(t, s, idA, "branch[1]/town") != "B" || text(t, s, idA, "code") != "C" || text(t, s, idA, "name") != "" {
		t.Errorf("%v %+v", err, xml.Rows)
	}
	for _, m := range [][2]string{{"nowhere", "code"}, {"strange", "nothing"}, {"strange", "town"}} {
		if _, err := s.PlanInterviews(ctx, file, job.InterviewOptions{Map: [][2]string{m}}, nil); err == nil {
			t.Errorf("%v is taken", m)
		}
	}
}

func TestInterviewsThatAreBeingHeldOrGone(t *testing.T) {
	s := visitStudy(t)
	file := write(t, "a.xml", visitXML(idA, "", who("Karuna", "12")))
	takeIn(t, s, file, job.InterviewNew)
	iv, err := s.Interview(idA)
	if err == nil {
		err = iv.Set("people", survey.Of("13"))
	}
	if err != nil {
		t.Fatal(err)
	}
	other := write(t, "b.xml", visitXML(idB, idA, who("Karuna", "20")))
	p, _ := takeIn(t, s, other, job.InterviewInvalid)
	if !strings.Contains(p.Rows[0].Why, "working on it") {
		t.Error(p.Rows[0].Why)
	}
	if err := iv.Finish(ctx, survey.Completed); err != nil {
		t.Fatal(err)
	}
	takeIn(t, s, other, job.InterviewContested)
	// A file that calls an interview by the id of a unit harms neither.
	us, _ := s.Units()
	p, _ = takeIn(t, s, write(t, "c.xml", visitXML(us[0].ID, "", who("Mallory", "1"))), job.InterviewInvalid)
	if !strings.Contains(p.Rows[0].Why, "something else") {
		t.Error(p.Rows[0].Why)
	}
	// A plan that is old is not applied.
	plan := planInterviews(t, s, write(t, "d.xml", visitXML(idC, "", who("New", "1"))), job.InterviewOptions{})
	if _, err := plan.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := plan.Apply(ctx, nil); err == nil {
		t.Error("a plan is applied twice")
	}
}

// One laptop takes in a correction that the other has not seen. What contests it is
// settled by taking the correction in again, never by the older submission.
func TestCorrectionOnOneLaptop(t *testing.T) {
	s := visitStudy(t)
	start := filepath.Join(t.TempDir(), "start.ssepkg")
	if _, err := s.Package(ctx, start, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	other, err := job.Join(ctx, filepath.Join(t.TempDir(), "other"), start, "bo", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	first, second := write(t, "a.xml", visitXML(idA, "", who("Karuna", "12"))), write(t, "b.xml", visitXML(idB, idA, who("Karuna", "15")))
	takeIn(t, s, first, job.InterviewNew)
	takeIn(t, s, second, job.InterviewChanged)
	for i := range 5 { // so that the other's revision is the later one by its number
		takeIn(t, other, write(t, "x.xml", visitXML(fmt.Sprintf("5f0c8f9e-1111-4222-8333-94445556660%d", i), "", who("Other", "1"))), job.InterviewNew)
	}
	takeIn(t, other, first, job.InterviewNew)
	back := filepath.Join(t.TempDir(), "back.ssepkg")
	if _, err := other.Package(ctx, back, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	m, err := s.Merge(ctx, back, job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	contested := func() string {
		d, err := s.Document(idA)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(d.Contested(), d.Text("people"))
	}
	if got := contested(); !strings.HasPrefix(got, "[double people]") {
		t.Fatal(got)
	}
	takeIn(t, s, first, job.InterviewSame)
	takeIn(t, s, second, job.InterviewChanged)
	if got := contested(); got != "[]15" {
		t.Error(got)
	}
	takeIn(t, s, second, job.InterviewSame)
	takeIn(t, s, first, job.InterviewSame)
}

// What was erased does not come back by importing it again.
func TestErasedAnswersStayErased(t *testing.T) {
	s, dir := visitStudy(t), t.TempDir()
	for name, text := range map[string]string{"a.xml": visitXML(idA, "", "<who><name>Karuna</name></who><what><people>12</people><photo>p.jpg</photo></what>"), "p.jpg": "a face"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := takeIn(t, s, dir, job.InterviewNew)
	if p.Files != 1 {
		t.Fatalf("%d files", p.Files)
	}
	if _, err := s.Erase(ctx, job.Erasing{ID: idA, Fields: []survey.Field{"photo", "people"}, Reason: "withdrawn"}); err != nil {
		t.Fatal(err)
	}
	if p, _ = takeIn(t, s, dir, job.InterviewSame); p.Files != 0 {
		t.Errorf("%d files", p.Files)
	}
	second := write(t, "b.xml", visitXML(idB, idA, who("Karuna 2", "13")))
	p, _ = takeIn(t, s, second, job.InterviewChanged)
	if d, _ := s.Document(idA); d.Text("people") != "" || d.Text("photo") != "" || d.Text("name") != "Karuna 2" || p.Rows[0].Why == "" {
		t.Error(d.Fields(), p.Rows[0].Why)
	}
	if _, err := s.Erase(ctx, job.Erasing{ID: idA, Reason: "withdrawn"}); err != nil {
		t.Fatal(err)
	}
	takeIn(t, s, dir, job.InterviewSame)
	takeIn(t, s, second, job.InterviewSame)
	if ds := held(t, s, "visit"); len(ds) != 0 {
		t.Error(ds)
	}
}

// A conflict with a correction is settled like any other, and importing the same file
// again does not open it anew.
func TestConflictWithACorrectionIsSettled(t *testing.T) {
	for name, settle := range map[string]func(s *job.Study, ours, theirs string) error{
		"the file's": func(s *job.Study, _, theirs string) error {
			return s.Resolve(ctx, idA+"/people", theirs, nil, "called them")
		},
		"the study's": func(s *job.Study, ours, _ string) error {
			return s.Resolve(ctx, idA+"/people", ours, nil, "called them")
		},
		"both are true": func(s *job.Study, _, _ string) error {
			_, err := s.BothTrue(ctx, idA, "two visits")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := visitStudy(t)
			takeIn(t, s, write(t, "a.xml", visitXML(idA, "", who("Karuna", "12"))), job.InterviewNew)
			edit(t, s, idA, "people", "99")
			second := write(t, "b.xml", visitXML(idB, idA, who("Karuna", "15")))
			takeIn(t, s, second, job.InterviewContested)
			d, _ := s.Document(idA)
			ours, theirs := "", ""
			for _, h := range d.Heads["people"] {
				if h.Value.Text == "15" {
					theirs = h.Revision
				} else {
					ours = h.Revision
				}
			}
			if err := settle(s, ours, theirs); err != nil {
				t.Fatal(err)
			}
			takeIn(t, s, second, job.InterviewSame)
			if d, _ := s.Document(idA); len(d.Heads["people"]) != 1 {
				t.Error(d.Heads["people"])
			}
			n := 1
			if name == "both are true" {
				n = 2
			}
			if got := len(held(t, s, "visit")); got != n {
				t.Errorf("%d interviews", got)
			}
		})
	}
}

// Files of XML that are damaged, or made to do harm, end in a sentence; the others of
// the folder are read.
func TestHostileSubmissionXML(t *testing.T) {
	s, dir := visitStudy(t), t.TempDir()
	cases := map[string]struct{ text, want string }{
		"deep":         {strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), "nested"},
		"cut":          {"<data><a>", "ends inside"},
		"entities":     {`<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>`, "entities"},
		"elements":     {"<a>" + strings.Repeat("<b/>", 600_000) + "</a>", "more than 500000 elements"},
		"long tag":     {"<a b='" + strings.Repeat("x", 4<<20), "longer than"},
		"long text":    {"<a>" + strings.Repeat("x", 40<<20), "larger than"},
		"encrypted":    {`<data id="visit" encrypted="yes"/>`, "encrypted"},
		"another form": {`<data id="other"/>`, "does not have"},
		"no id":        {`<data id="visit"/>`, "has no id"},
		"blank form":   {`<h:html xmlns:h="http://www.w3.org/1999/xhtml"/>`, "blank form"},
		"sound":        {visitXML(idA, "", who("Karuna", "12")), ""},
	}
	for name, c := range cases {
		if err := os.WriteFile(filepath.Join(dir, name+".xml"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := planInterviews(t, s, dir, job.InterviewOptions{})
	if p.Counts != (job.InterviewCounts{New: 1, Invalid: len(cases) - 2}) {
		t.Errorf("%+v", p.Counts)
	}
	for name, c := range cases {
		told := ""
		for _, x := range p.Problems {
			if x.Sheet == name+".xml" {
				told += x.Text
			}
		}
		if (c.want == "") != (told == "") || !strings.Contains(told, c.want) {
			t.Errorf("%s: %q does not say %q", name, told, c.want)
		}
	}
}
