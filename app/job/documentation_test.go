package job_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// TestSubmissionsComeBack writes interviews as submissions, and takes them into an empty
// study: they are as they were, with their photos. The file is the same each time.
func TestSubmissionsComeBack(t *testing.T) {
	from := exampleOf(t, 20)
	ds := held(t, from, job.ShippedForm)
	photo := filepath.Join(t.TempDir(), "meeting.JPG")
	if err := os.WriteFile(photo, []byte("a photo of a meeting"), 0o600); err != nil {
		t.Fatal(err)
	}
	iv := got[*job.Interview](t)(from.Interview(ds[0].Entity))
	name := got[string](t)(iv.Attach(photo))
	answers := []job.Given{{Path: "a_consent_photo", Value: survey.Of("yes")}, {Path: "l_photo", Value: survey.Of(name)}}
	if refused, err := iv.Answer(answers); err != nil || len(refused) > 0 {
		t.Fatal(refused, err)
	}
	if err := iv.Finish(ctx, survey.Completed); err != nil {
		t.Fatal(err)
	}
	ds = held(t, from, job.ShippedForm)
	dir := t.TempDir()
	o := job.ExportOptions{Format: "xml", Identifiers: true}
	e := got[*job.Exported](t)(from.Export(ctx, o, filepath.Join(dir, "a.zip")))
	again := got[*job.Exported](t)(from.Export(ctx, o, filepath.Join(dir, "b.zip")))
	if !bytes.Equal(got[[]byte](t)(os.ReadFile(e.Path)), got[[]byte](t)(os.ReadFile(again.Path))) {
		t.Error("a second file is another one")
	}
	z := got[*zip.ReadCloser](t)(zip.OpenReader(e.Path))
	defer z.Close()
	at := slices.IndexFunc(z.File, func(f *zip.File) bool { return strings.HasSuffix(f.Name, name) })
	if at < 0 || !regexp.MustCompile(`^instances/sse_unit_[0-9a-f-]{36}/[0-9a-f]{64}\.jpg$`).MatchString(z.File[at].Name) {
		t.Fatalf("the photo is not beside its submission: %d", at)
	}
	to := studyAt(t, t.TempDir()+"/to", "asha", "NPL", "PHL", "KOR")
	p := planInterviews(t, to, e.Path, job.InterviewOptions{})
	if len(ds) < 20 || p.Counts != (job.InterviewCounts{New: len(ds), Likely: p.Counts.Likely}) || slices.ContainsFunc(p.Problems, func(p survey.Problem) bool { return p.Severity == survey.Error }) || p.Files != 1 {
		t.Fatalf("%d interviews: %+v, %d files, %v", len(ds), p.Counts, p.Files, p.Problems)
	}
	if _, err := p.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	byID := map[string]*survey.Document{}
	for _, d := range held(t, to, job.ShippedForm) {
		byID[d.Entity] = d
	}
	var back []*survey.Document
	for _, d := range ds {
		back = append(back, byID[d.Entity])
	}
	prog, err := to.Program("", "")
	if err != nil {
		t.Fatal(err)
	}
	lines := tableLines(prog.Form, ds)
	if d := cmp.Diff(lines, tableLines(prog.Form, back)); d != "" {
		t.Error(d)
	}
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "l_photo="+name) }) || !slices.ContainsFunc(lines, func(l string) bool { return strings.HasSuffix(l, "= dk") }) {
		t.Error("the photo and the special answer are not among the answers; the test shows less")
	}
	if b := got[[]byte](t)(got[*job.Interview](t)(to.Interview(ds[0].Entity)).File(name)); string(b) != "a photo of a meeting" {
		t.Errorf("the photo is %q", b)
	}
}

// TestSubmissionsWhole refuses what would not be whole, and what would give it to others.
func TestSubmissionsWhole(t *testing.T) {
	s, _ := exampleMap(t)
	for name, o := range map[string]job.ExportOptions{
		"for research":   {Profile: job.Research},
		"for the public": {Profile: job.Public},
		"moved places":   {Identifiers: true, Where: job.Displaced},
		"some columns":   {Identifiers: true, Columns: []string{"b_name"}},
		"wide":           {Identifiers: true, Wide: true},
	} {
		o.Format = "xml"
		path := filepath.Join(t.TempDir(), "a.zip")
		if _, err := s.Export(ctx, o, path); err == nil || !strings.Contains(err.Error(), "whole") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file was written", name)
		}
	}
}

// TestSubmissionsWithoutIdentifiers leaves out of submissions what identifies persons, with
// photos, unless it is asked for.
func TestSubmissionsWithoutIdentifiers(t *testing.T) {
	s, _, _ := planted(t)
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "xml"}, filepath.Join(t.TempDir(), "a.zip")))
	b := contents(t, e.Path)
	if found := finds(b, []string{"planted b_phone", "planted b_resp_name", "planted b_email", "planted l_photo", "planted a_interviewer"}, nil); len(found) > 0 {
		t.Errorf("%q", found)
	}
	if !bytes.Contains(b, []byte("planted c_locality")) || !slices.ContainsFunc(e.LeftOut, func(l job.LeftOut) bool { return l.Name == "b_phone" }) {
		t.Errorf("%+v", e.LeftOut)
	}
}

// TestSubmissionsWithoutFile names a photo that is on another laptop.
func TestSubmissionsWithoutFile(t *testing.T) {
	s := visitStudy(t)
	missing := strings.Repeat("ab", 32) + ".jpg"
	visits(t, s, missing)
	e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: "xml", Identifiers: true}, filepath.Join(t.TempDir(), "a.zip")))
	if !slices.Contains(e.LeftOut, job.LeftOut{Name: missing, Why: "the file is on another laptop still"}) {
		t.Errorf("%+v", e.LeftOut)
	}
}

// TestDocumentationOfStudy says in all languages of the questionnaire what was asked, and who
// made the study only to the team.
func TestDocumentationOfStudy(t *testing.T) {
	s := visitStudy(t)
	visits(t, s, "a.jpg")
	documentation := func(o job.ExportOptions) string {
		e := got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(t.TempDir(), "a.xml")))
		return string(got[[]byte](t)(os.ReadFile(e.Path)))
	}
	text := documentation(job.ExportOptions{Format: "ddi", Language: "Korean (ko)"})
	for _, want := range []string{
		`<AuthEnty>asha</AuthEnty>`, `<nation abbr="THA">Thailand</nation>`, `<version type="questionnaire">Visits (visit) 7</version>`, `version="2.5" xml:lang="en"`,
		`<labl xml:lang="ko">회원 수</labl>`, `<labl xml:lang="en">How many members?</labl>`, `<labl xml:lang="ne">कति सदस्य?</labl>`, `<labl xml:lang="th">สมาชิกกี่คน</labl>`,
		`<catValu>refused</catValu>`, `<labl xml:lang="th">น้ำสะอาด</labl>`, `<txt>name of the organization</txt>`, `<fileName>branch_worker.csv</fileName>`,
		`event="single"`, `<concept xml:lang="ko">무엇</concept>`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it has not %s", want)
		}
	}
	public := documentation(job.ExportOptions{Format: "ddi", Profile: job.Public})
	for _, no := range []string{"asha", `type="min"`, `type="max"`, "valrng"} {
		if strings.Contains(public, no) {
			t.Errorf("the public is told %s", no)
		}
	}
	// Nobody was asked here, so all three leave.
	if m := regexp.MustCompile(`<catStat type="freq">[012]<`).FindString(public); m != "" || !strings.Contains(public, `otherType="suppressed"`) {
		t.Errorf("small counts are told: %q", m)
	}
	if !strings.Contains(public, "Left out (says where the unit is): ") {
		t.Error("what was left out is not said")
	}
}

// TestCodebookPDF prints every variable, in every script, with a contents whose pages are
// right.
func TestCodebookPDF(t *testing.T) {
	s := visitStudy(t)
	visits(t, s, "a.jpg")
	dir := t.TempDir()
	for _, o := range []job.ExportOptions{{Format: "codebook-pdf", Language: "Nepali (ne)"}, {Format: "codebook", Language: "Nepali (ne)"}} {
		e := got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(dir, o.Format+".pdf")))
		b := got[[]byte](t)(os.ReadFile(e.Path))
		if !bytes.HasPrefix(b, []byte("%PDF-")) {
			t.Fatalf("%s is no PDF: %.20q", o.Format, b)
		}
		again := got[*job.Exported](t)(s.Export(ctx, o, filepath.Join(dir, "again.pdf")))
		if !bytes.Equal(b, got[[]byte](t)(os.ReadFile(again.Path))) {
			t.Errorf("%s: a second file is another one", o.Format)
		}
		text := textOf(t, e.Path)
		inOrder(t, text, "Visits", "Contents", "Units", "को", "unit_id", "people", "कति सदस्य?", "Type: integer.", "refused", "min 0; max 120; mean 60; stdev 84.85", "needs", "water", "सफा पानी", "शाखा", "town", "कामदार", "call", "wants")
		pages := strings.Split(text, "\f")
		m := regexp.MustCompile(`(?m)^कामदार\s+(\d+)$`).FindStringSubmatch(text)
		if m == nil {
			t.Fatal("the contents do not name the last table")
		}
		n := 0
		fmt.Sscan(m[1], &n)
		if n < 1 || n > len(pages) || !strings.Contains(pages[n-1], "wants") {
			t.Errorf("the last table does not begin on page %d", n)
		}
	}
}
