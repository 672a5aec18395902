package job_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey"
)

const illustrated = `
| survey | | | | | | |
| | type | name | label | media::image::English (en) | media::image::Nepali (ne) | media::audio |
| | select_one forms | a | Which? | a.png | a-ne.png | a.ogg |
| | text | b | Outside | ../secret.png | | |
| | text | c | Absent | absent.png | | |
| choices | | | | | | |
| | list_name | name | label | media::image | | |
| | forms | x | Cooperative | x.png | | |
| | forms | y | Association | | | |
| settings | | | | | | |
| | form_id | version | | | | |
| | pictures | 1 | | | | |
`

// illustratedForm is a form with its files, some beside it, some in its folder.
func illustratedForm(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string]string{"f.md": illustrated, "a.png": "english", "f-media/a-ne.png": "nepali", "f-media/a.ogg": "sound", "f-media/x.png": "choice", "../secret.png": "no"} {
		path := filepath.Join(dir, "in", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "in", "f.md")
}

func TestMediaProblems(t *testing.T) {
	c, err := job.CheckForm(illustratedForm(t), 0)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, p := range c.Problems {
		said = append(said, p.String())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{`"../secret.png" is not the name of a file beside the form`, "absent.png does not stand beside the form"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
	if !c.Usable || len(c.Problems) != 2 {
		t.Errorf("usable %t:\n%s", c.Usable, all)
	}
}

func TestMedia(t *testing.T) {
	ctx := context.Background()
	s, err := job.Create(ctx, filepath.Join(t.TempDir(), "s"), job.NewStudy{Name: "Trial", Researcher: "ana", Form: illustratedForm(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	iv, err := s.NewInterview(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	m, err := iv.Media()
	if err != nil {
		t.Fatal(err)
	}
	form := iv.Session.Program().Form
	read := func(beside map[string]survey.Text, lang string) (out string) {
		for _, f := range m.Of(beside, lang) {
			b, err := f.Data()
			if err != nil {
				b = []byte(err.Error())
			}
			out += f.Kind + " " + string(b) + ";"
		}
		return out
	}
	for i, want := range []string{"image english;audio sound;", "", "image the file absent.png is not in this study; put it beside the questionnaire and read that in again;"} {
		if got := read(form.Items[i].Common().Media, "English (en)"); got != want {
			t.Errorf("question %d: %q, want %q", i, got, want)
		}
	}
	if got := read(form.Items[0].Common().Media, "Nepali (ne)"); got != "image nepali;audio sound;" {
		t.Errorf("in Nepali: %q", got)
	}
	choice, _ := form.Lists["forms"].Find("x")
	small, large := job.Picture(m.Of(choice.Media, ""))
	if small == nil || large != small || small.Name != "x.png" {
		t.Fatalf("%v %v", small, large)
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	program := *small
	program.Name = "x.desktop"
	if _, err := program.Path(); err == nil {
		t.Error("what may be a program is handed out")
	}
	path, err := small.Path()
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); string(b) != "choice" || filepath.Base(path) != "x.png" {
		t.Errorf("%s: %q, %v", path, b, err)
	}
}
