//go:build !ci

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sselandscape/app/job"
	"sselandscape/survey"
)

const contestedForm = `
| survey |
| | type          | name   | label | bind::sse:role |
| | text          | name   | Name of the organization | unit.name |
| | begin group   | size   | How large is it, and how is it run? | |
| | integer       | people | How many people work here on a usual day, members and others together, in the season with the most work? | |
| | select_one yn | fair   | Is it fair? | |
| | text          | town   | गाउँ वा टोल | |
| | end group     |        | | |
| choices |
| | list_name | name | label |
| | yn | y | Yes |
| | yn | n | No |
| settings |
| | form_title   | form_id | version | namespaces |
| | Cooperatives | coop    | 1       | sse="urn:sse" |
`

// disagreed makes a study in which two people answered eight interviews differently:
// 24 conflicts.
func disagreed(t *testing.T, home string) string {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	file, form := filepath.Join(home, "p.ssepkg"), filepath.Join(home, "form.md")
	must(os.WriteFile(form, []byte(contestedForm), 0o644))
	ana, err := job.Create(ctx, filepath.Join(home, "ana"), job.NewStudy{Name: "Contested", Researcher: "Ana", Form: form})
	must(err)
	defer ana.Close()
	names := []string{"Karuna Savings", "करुणा बचत तथा कृषि सहकारी संस्था", "원주 생활협동조합", "สหกรณ์ออมทรัพย์บ้านดอนมูล จำกัด"}
	var ids []string
	for i := range 8 {
		iv, err := ana.NewInterview(ctx, "")
		must(err)
		must(iv.Set("name", survey.Of(fmt.Sprint(names[i%4], " ", i+1))))
		must(iv.Finish(ctx, survey.Completed))
		ids = append(ids, iv.ID)
	}
	_, err = ana.Package(ctx, file, job.PackageOptions{Clear: true})
	must(err)
	ben, err := job.Join(ctx, filepath.Join(home, "ben"), file, "Ben", job.Keys{})
	must(err)
	defer ben.Close()
	for who, s := range []*job.Study{ana, ben} {
		for i, id := range ids {
			iv, err := s.Interview(id)
			must(err)
			must(iv.Set("people", survey.Of(fmt.Sprint(10+i+who*100))))
			must(iv.Set("fair", survey.Of([]string{"y", "n"}[who])))
			must(iv.Set("town", survey.Of([]string{"Jumla", "जुम्ला, बजारको माथिल्लो टोल, विद्यालयको छेउमा"}[who])))
			must(iv.Finish(ctx, survey.Completed))
		}
	}
	_, err = ben.Package(ctx, file, job.PackageOptions{Clear: true})
	must(err)
	m, err := ana.Merge(ctx, file, job.Keys{})
	must(err)
	_, err = m.Apply(ctx, nil)
	must(err)
	return ana.Info().Dir
}

// conflictsLeft opens the study that the window has closed and counts.
func conflictsLeft(t *testing.T, dir string) (left int, s *job.Study) {
	t.Helper()
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	cs, err := s.Conflicts()
	if err != nil {
		t.Fatal(err)
	}
	return len(cs), s
}

// TestConflictsInTheWindow settles 24 conflicts in the real window by keyboard alone.
func TestConflictsInTheWindow(t *testing.T) {
	d, bin := newDesk(t)
	dir := disagreed(t, d.home)
	d.launch(bin, dir)
	d.title("Contested")
	d.pause()
	d.key("ctrl+6")
	d.pause()
	d.picture("conflicts")
	for range 6 {
		d.key("Right", "Return")
	}
	d.pause()
	d.key("r")
	d.typed("asked the chair again")
	d.key("Return")
	d.pause()
	d.picture("seven settled")
	d.key("ctrl+z")
	d.pause()
	for range 3 {
		d.key("Return")
	}
	d.pause()
	d.key("t") // the first of the fourth interview: how many people
	d.pause()
	d.typed("4,321")
	d.pause()
	d.picture("another typed")
	d.key("Return")
	d.pause()
	d.key("s")
	d.pause()
	d.picture("one side")
	d.key("1")
	d.pause()
	d.key("b")
	d.pause()
	d.picture("both")
	d.key("Return")
	d.pause()
	d.picture("both kept")
	for range 9 {
		d.key("Left", "Return")
	}
	d.pause()
	d.picture("all settled")
	d.key("ctrl+w")
	d.until("a closed study", func() bool {
		s, err := job.Open(dir)
		if err == nil {
			s.Close()
		}
		return err == nil
	})
	left, s := conflictsLeft(t, dir)
	us, err := s.Units()
	if err != nil {
		t.Fatal(err)
	}
	two, typed := 0, false
	for _, u := range us {
		if len(u.Interviews) == 2 {
			two++
		}
		for _, iv := range u.Interviews {
			typed = typed || iv.Text("people") == "4321"
		}
	}
	if left != 0 || two != 1 || !typed {
		t.Errorf("%d conflicts left, %d units with two interviews, typed %v", left, two, typed)
	}
}

// picture keeps what the screen shows in the folder SSE_PICTURES, if that is set.
func (d *desk) picture(name string) {
	d.t.Helper()
	dir := os.Getenv("SSE_PICTURES")
	if dir == "" {
		return
	}
	c := exec.Command("import", "-window", "root", filepath.Join(dir, name+".png"))
	c.Env = d.env()
	if out, err := c.CombinedOutput(); err != nil {
		d.t.Logf("%v: %s", err, out)
	}
}
