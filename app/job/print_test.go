package job_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey"
)

const shippedForm = "../../assets/forms/sse_unit"

// textOf reads a PDF with another program, which the test needs.
func textOf(t *testing.T, path string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("skipped: pdftotext is not installed")
	}
	out, err := exec.Command(tool, "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// inOrder looks for texts, each behind the one before; what stands between words
// does not matter.
func inOrder(t *testing.T, in string, wants ...string) {
	t.Helper()
	rest := strings.Join(strings.Fields(in), " ")
	for _, w := range wants {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Errorf("%q does not stand where it should", w)
			continue
		}
		rest = after
	}
}

func TestPrintShippedForm(t *testing.T) {
	dir := t.TempDir()
	var files [2][]byte
	for i, name := range []string{"a.pdf", "b.pdf"} {
		p, err := job.PrintForm(ctx, shippedForm, filepath.Join(dir, name), job.PrintOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if p.Pages < 10 || p.Pages > 60 {
			t.Errorf("%d pages", p.Pages)
		}
		if files[i], err = os.ReadFile(p.Path); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("the same form gave other bytes")
	}
	if n := len(files[0]); n > 300_000 {
		t.Errorf("%d bytes", n)
	}
	inOrder(t, textOf(t, filepath.Join(dir, "a.pdf")), "SSE unit questionnaire", "Version 0.1.0", "A. Interview and consent",
		"A1 * Which version of the questionnaire is used?", "Core version core", "Full version full",
		"→ Only if “A6. Does the respondent agree to take part?” is “No”.", "A6a Main reason for refusal",
		"C1 * Country", "… and 4 more; see the list in the program.", "C2", "One of 662",
		"C7b. Name of the", "Take another sheet for more rows.", "Thank the respondent", "What the program computes", "e_go")
}

const paperForm = `
| survey |
| | type | name | label::English (en) | label::Nepali (ne) | label::Thai (th) | label::Korean (ko) | relevant | required | appearance | bind::sse:special |
| | text | name | What is the name? | नाम के हो? | ชื่ออะไร | 이름은 무엇입니까? | | yes | multiline | |
| | select_one yn | m | Are there members? | सदस्यहरू छन्? | มีสมาชิกหรือไม่ | 회원이 있습니까? | | | | |
| | integer | n | How many at ${name}? | कति? | กี่คน | 몇 명? | ${m} = 'yes' | | | dk refused |
| | image | photo | A photo | | | | | | | |
| | begin repeat | p | Partners | साझेदार | พันธมิตร | 협력자 | | | | |
| | text | pn | Partner | साझेदारको नाम | ชื่อ | 이름 | | | | |
| | select_multiple yn | pf | Formal? | औपचारिक? | เป็นทางการ? | 공식적? | | | | |
| | end repeat | | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Nepali (ne) | label::Thai (th) | label::Korean (ko) |
| | yn | yes | Yes | छ | ใช่ | 예 |
| | yn | no | No | छैन | ไม่ | 아니오 |
| settings |
| | form_title | form_id | version | default_language |
| | Paper form | paper | 7 | English (en) |
`

func paperFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "paper.md")
	if err := os.WriteFile(path, []byte(paperForm), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPrintInLanguages(t *testing.T) {
	form, out := paperFile(t), filepath.Join(t.TempDir(), "out.pdf")
	for name, c := range map[string]struct {
		o     job.PrintOptions
		wants []string
	}{
		"its own": {job.PrintOptions{}, []string{"1 * What is the name?", "2 Are there members?", "Yes yes", "No no", "Only if “Are there members?” is “Yes”.",
			"3 How many at [What is the name?]?", "don't know", "refused", "A photo", "To be taken with the program.", "Partners", "Partner", "Formal?: yes = Yes; no = No.", "paper, version 7"}},
		"Nepali":          {job.PrintOptions{Language: "ne"}, []string{"नाम के हो?", "सदस्यहरू छन्?", "छ yes", "छैन no", "कति?", "साझेदारको नाम"}},
		"Thai and Korean": {job.PrintOptions{Language: "th", Second: "ko"}, []string{"ชื่ออะไร", "이름은 무엇입니까?", "มีสมาชิกหรือไม่", "회원이 있습니까?", "ใช่ yes", "예"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := job.PrintForm(ctx, form, out, c.o); err != nil {
				t.Fatal(err)
			}
			inOrder(t, textOf(t, out), c.wants...)
		})
	}
}

func TestPrintWhatCannotBe(t *testing.T) {
	dir := t.TempDir()
	bad, out := filepath.Join(dir, "bad.md"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(bad, []byte("| survey |\n| | type | name | label |\n| | wish | a | A |\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var unusable *job.FormError
	if _, err := job.PrintForm(ctx, bad, out, job.PrintOptions{}); !errors.As(err, &unusable) {
		t.Errorf("a form that cannot be used: %v", err)
	}
	for name, o := range map[string]job.PrintOptions{"first language": {Language: "fr"}, "second language": {Second: "fr"}} {
		if _, err := job.PrintForm(ctx, paperFile(t), out, o); err == nil {
			t.Errorf("%s: a language that is not there was printed", name)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a file was left")
	}
}

// TestPrintInterview holds an interview with remarks and prints it.
func TestPrintInterview(t *testing.T) {
	s, err := job.Create(ctx, filepath.Join(t.TempDir(), "s"), job.NewStudy{Name: "Paper", Countries: []string{"NPL"}, Researcher: "ana", Form: paperFile(t), Fictional: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	iv, err := s.NewInterview(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("A long story of a small cooperative. ", 150)
	refused, err := iv.Answer([]job.Given{{Path: "name", Value: survey.Of(long)}, {Path: "m", Value: survey.Of("yes")},
		{Path: "n", Value: survey.Value{Special: survey.Refused}}, {Path: "p[1]/pn", Value: survey.Of("करुणा")}, {Path: "p[1]/pf", Value: survey.Of("yes no")}})
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	photo := filepath.Join(t.TempDir(), "photo.jpg")
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 60, 40)), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(photo, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	name, err := iv.Attach(photo)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{iv.Set("photo", survey.Of(name)), iv.Remark("n", survey.RemarkNote, "They were in a hurry"), iv.Remark("n", survey.RemarkFlag, "1"),
		iv.Comment("m", "Ask again"), iv.Say(ctx, "A good talk"), iv.Finish(ctx, survey.Completed)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	out := filepath.Join(t.TempDir(), "out.pdf")
	p, err := s.PrintInterview(ctx, iv.ID, out, job.PrintOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p.Pages < 2 {
		t.Errorf("%d pages", p.Pages)
	}
	blank := filepath.Join(t.TempDir(), "blank.pdf")
	if p, err := s.PrintForm(ctx, "", blank, job.PrintOptions{Second: "en"}); err != nil || p.Pages != 1 {
		t.Errorf("the study's own form: %+v, %v", p, err)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.PrintForm(cancelled, "", filepath.Join(t.TempDir(), "no.pdf"), job.PrintOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a print that was cancelled: %v", err)
	}
	if _, err := s.PrintInterview(ctx, "nobody", out, job.PrintOptions{}); err == nil {
		t.Error("an interview that is not there was printed")
	}
	if file, err := os.ReadFile(out); err != nil || !bytes.Contains(file, b.Bytes()) {
		t.Errorf("the photo is not in the print: %v", err)
	}
	got := textOf(t, out)
	inOrder(t, got, "Fictional data", "Paper form", "Study Paper", "Status complete", "Interviewer ana", "“A good talk”, by ana", "What is the name?", "A long story",
		"Are there members? Yes", "Comment by ana", "Ask again", "How many at", "refused", "Flagged for review", "Note: They were in a hurry",
		"Partners – 1", "करुणा", "– Yes", "– No")
	if n := strings.Count(got, "Fictional data"); n != p.Pages {
		t.Errorf("%d of %d pages say that the data are fictional", n, p.Pages)
	}
}

// TestPrintExample prints an interview of the shipped example and a landscape
// record.
func TestPrintExample(t *testing.T) {
	s, _ := example(t, job.ExampleOptions{Units: 2, Researchers: 1})
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	records, err := s.Records()
	if err != nil {
		t.Fatal(err)
	}
	for name, id := range map[string]string{"unit": us[0].Interviews[0].Entity, "record": records[0].Entity} {
		out := filepath.Join(t.TempDir(), name+".pdf")
		p, err := s.PrintInterview(ctx, id, out, job.PrintOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if st, err := os.Stat(out); err != nil || st.Size() > 150_000 || p.Pages < 2 {
			t.Errorf("%s: %d pages, %v", name, p.Pages, err)
		}
	}
}

func BenchmarkPrintShippedForm(b *testing.B) {
	out := filepath.Join(b.TempDir(), "out.pdf")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := job.PrintForm(ctx, shippedForm, out, job.PrintOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrintInterview(b *testing.B) {
	s, _ := example(b, job.ExampleOptions{Units: 1, Researchers: 1})
	us, err := s.Units()
	if err != nil {
		b.Fatal(err)
	}
	out := filepath.Join(b.TempDir(), "out.pdf")
	for b.Loop() {
		if _, err := s.PrintInterview(ctx, us[0].Interviews[0].Entity, out, job.PrintOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
