package screen

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/view"
	"sselandscape/survey"
)

// board is a form with a table of questions and rows of a repeat.
const board = `
| survey |
| | type | name | label | hint | appearance | constraint | relevant | repeat_count |
| | begin group | gov | Governance | | | | | |
| | text | who | Who answers? | Name of the person | | | | |
| | begin group | views | How far do you agree with these sentences? | | table-list | | | |
| | select_one agree | v1 | Members decide on what matters most. | | | | | |
| | select_one agree | v2 | Any person who works here may become a member after a time of trial and is told so in writing. | | | | | |
| | select_one agree | v3 | Profits are shared fairly. | | | | | |
| | end group | | | | | | | |
| | integer | n | How many members are on the board? | | | . < 30 | | |
| | end group | | | | | | | |
| | begin repeat | member | Board member | | | | | ${n} |
| | text | name | Name | | | | | |
| | select_one sex | sex | Sex | | | | | |
| | integer | age | Age in years | | | . < 120 | | |
| | text | role | What does she or he do? | | | | ${age} > 17 | |
| | end repeat | | | | | | | |
| choices |
| | list_name | name | label |
| | agree | 1 | Not at all |
| | agree | 2 | A little |
| | agree | 3 | Mostly |
| | agree | 4 | Fully |
| | sex | f | Woman |
| | sex | m | Man |
`

// boardInterview begins an interview with that form.
func boardInterview(t *testing.T) (*Window, *interviewPage) {
	return formInterview(t, board, fyne.NewSize(1280, 800))
}

// formInterview begins an interview with a form, written as Markdown, in a window of a
// size.
func formInterview(t *testing.T, text string, size fyne.Size) (*Window, *interviewPage) {
	t.Helper()
	form := filepath.Join(t.TempDir(), "form.md")
	if err := os.WriteFile(form, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), "")
	t.Cleanup(w.close)
	w.win.Resize(size)
	w.enter(studyOf(t, form))
	w.newInterview()
	return w, w.interview
}

// TestModes holds one interview by the same keys in each mode and finds the same
// answers.
func TestModes(t *testing.T) {
	for _, m := range modes {
		t.Run(string(m.mode), func(t *testing.T) {
			w, p := boardInterview(t)
			w.setMode(m.mode)
			typed(w, "Asha")
			test.Type(focused(w), "344")
			if p.at != "v3" {
				t.Fatalf("after the table at %s", p.at)
			}
			p.press(fyne.KeyReturn)
			typed(w, "2")
			typed(w, "Mina")
			test.Type(focused(w), "1")
			p.press(fyne.KeyReturn)
			typed(w, "44")
			typed(w, "chair")
			typed(w, "Hari")
			if p.at != survey.Field(strings.Replace(string(p.at), "name", "sex", 1)) || p.row().number != 2 {
				t.Fatalf("at %s", p.at)
			}
			var got []string
			for _, l := range p.lines {
				if q := l.Question(); q != nil {
					got = append(got, q.Name+"="+p.iv.Session.Value(l.Field).Text)
				}
			}
			want := "who=Asha v1=3 v2=4 v3=4 n=2 name=Mina sex=f age=44 role=chair name=Hari sex= age="
			if s := strings.Join(got, " "); s != want {
				t.Errorf("%s\nwant %s", s, want)
			}
		})
	}
}

// TestModeKeys goes through the modes by Ctrl+M, comes back to the mode of the last
// interview, and across rows.
func TestModeKeys(t *testing.T) {
	w, p := boardInterview(t)
	p.goTo("n")
	test.Type(focused(w), "3")
	p.press(fyne.KeyReturn)
	p.press(fyne.KeyReturn) // to the sex in row 1
	for _, want := range []mode{questionMode, tableMode, sectionMode, questionMode, tableMode} {
		w.nextMode()
		if got := modeNow(); got != want {
			t.Fatalf("mode %s, want %s", got, want)
		}
		for i, m := range w.modeMarks {
			if m.Checked != (modes[i].mode == want) {
				t.Errorf("%s: the menu has a wrong tick at %s", want, m.Label)
			}
		}
		if focused(w) != p.editor.focus() {
			t.Errorf("%s: the question has lost the keys", want)
		}
		_, sheet := p.stage.Objects[0].(*view.Sheet)
		if sheet != (want == sectionMode) {
			t.Errorf("%s: shows a sheet: %v", want, sheet)
		}
	}
	p.acrossRows(1)
	p.acrossRows(1)
	p.acrossRows(1) // there is no fourth
	if r := p.row(); r.number != 3 || leaf(p.at) != "/sex" {
		t.Errorf("at %s, row %d", p.at, r.number)
	}
	w.show("Interviews")
	w.newInterview()
	if _, scroll := w.interview.stage.Objects[0].(fyne.Scrollable); modeNow() != tableMode || !scroll {
		t.Errorf("a new interview shows in mode %s", modeNow())
	}
}

// TestSheetLines reads what stands on the page of a section.
func TestSheetLines(t *testing.T) {
	w, p := boardInterview(t)
	typed(w, "Asha *K*")
	p.goTo("n")
	test.Type(focused(w), "31")
	p.press(fyne.KeyReturn)
	var got []string
	for _, l := range p.lines {
		s := p.sheetLine(l)
		got = append(got, fmt.Sprintf("%d%v|%s|%s|%s|%s|%s", s.Depth, map[bool]string{true: "h"}[s.Heading], s.Mark, oneLine(s.Text), s.Answer, s.Faint, s.Problem))
	}
	want := []string{
		"0h||Governance|||",
		"0|✓|Who answers?|Asha *K*||",
		"0h||How far do you agree with these sentences?|||",
		"1|○|Members decide on what matters most.||○ Not at all   ○ A little   ○ Mostly   ○ Fully|",
		"1|○|Any person who works here may become a member after a time of trial and is told so in writing.||○ Not at all   ○ A little   ○ Mostly   ○ Fully|",
		"1|○|Profits are shared fairly.||○ Not at all   ○ A little   ○ Mostly   ○ Fully|",
		"0|✗|How many members are on the board?|31||This answer is not allowed here.",
	}
	if len(got) < len(want) || strings.Join(got[:len(want)], "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestModeGolden compares the modes with pictures.
func TestModeGolden(t *testing.T) {
	w, p := boardInterview(t)
	typed(w, "Asha")
	test.Type(focused(w), "34")
	p.goTo("n")
	test.Type(focused(w), "4")
	p.press(fyne.KeyReturn)
	typed(w, "Mina 미나")
	test.Type(focused(w), "1")
	p.press(fyne.KeyReturn)
	typed(w, "150")
	for name, c := range map[string]struct {
		mode mode
		size fyne.Size
		dark bool
		at   string
	}{
		"mode-grid-light":     {sectionMode, fyne.NewSize(1024, 640), false, "v3"},
		"mode-question-light": {questionMode, fyne.NewSize(1280, 800), false, "v1"},
		"mode-question-dark":  {questionMode, fyne.NewSize(1024, 640), true, "sex"},
		"mode-section-dark":   {sectionMode, fyne.NewSize(1024, 640), true, "sex"},
		"mode-table-light":    {tableMode, fyne.NewSize(1024, 640), false, "sex"},
		"mode-table-dark":     {tableMode, fyne.NewSize(1280, 800), true, "age"},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.setMode(c.mode)
			for _, l := range p.lines {
				if l.Question() != nil && l.Question().Name == c.at {
					p.goTo(l.Field)
					break
				}
			}
			w.say("")
			if c.at == "age" {
				w.win.Canvas().Unfocus() // no blinking cursor
			}
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}

// TestPicturesOfLabels shows a picture below a label and pictures of choices, and keeps
// the choice at the cursor in view on a page that is too low for the card.
func TestPicturesOfLabels(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "farm-media"), 0o755); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"farm.png", "rice.png"} {
		if err := os.WriteFile(filepath.Join(dir, "farm-media", name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	form := filepath.Join(dir, "farm.md")
	text := "| survey |\n| | type | name | label | media::image |\n| | select_one farm | f | Which is like yours? | farm.png |\n| choices |\n| | list_name | name | label | media::image |\n" +
		"| | farm | a | Rice | rice.png |\n| | farm | b | Both | |\n| | farm | c | Neither | rice.png |\n"
	if err := os.WriteFile(form, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), "")
	t.Cleanup(w.close)
	w.win.Resize(fyne.NewSize(900, 500))
	w.enter(studyOf(t, form))
	w.newInterview()
	p := w.interview
	var pictures int
	for _, o := range p.center.Objects {
		if _, ok := o.(*view.LabelPicture); ok {
			pictures++
		}
	}
	items := p.options()
	p.illustrate(p.question(), items)
	if pictures != 1 || items[0].Picture == nil || items[1].Picture != nil || items[2].Picture == nil {
		t.Errorf("%d pictures, choices %v", pictures, items)
	}
	for _, m := range []mode{sectionMode, questionMode} {
		w.setMode(m)
		before := w.win.Canvas().Capture()
		focused(w).TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
		list := p.editor.(*choiceEditor).list
		d := fyne.CurrentApp().Driver()
		end := d.AbsolutePositionForObject(list).Y + list.Size().Height
		if bottom := d.AbsolutePositionForObject(p.stage).Y + p.stage.Size().Height; end > bottom+1 {
			t.Errorf("%s: the last choice ends at %v, the page at %v", m, end, bottom)
		}
		if fmt.Sprint(before) == fmt.Sprint(w.win.Canvas().Capture()) {
			t.Errorf("%s: nothing moved", m)
		}
	}
}

// TestPageShrinks gives answers that take away what stands behind them, at the end of
// the form: on a page and in a table of questions.
func TestPageShrinks(t *testing.T) {
	text := "| survey |\n| | type | name | label | appearance | relevant |\n| | begin group | all | All | | |\n| | select_one yn | go | Shall we go on? | | |\n| | text | a | A? | | ${go} != 'n' |\n| | text | b | B? | | ${go} != 'n' |\n" +
		"| | begin group | g | Table | table-list | |\n| | select_one yn | t1 | One | | |\n| | select_one yn | t2 | Two | | |\n| | select_one yn | t3 | Three | | |\n| | end group | | | | |\n" +
		"| | text | y | Y? | | ${t1} != 'n' |\n| | text | z | Z? | | ${t2} != 'n' |\n| | end group | | | | |\n" +
		"| choices |\n| | list_name | name | label |\n| | yn | y | Yes |\n| | yn | n | No |\n"
	w, p := formInterview(t, text, fyne.NewSize(1280, 800))
	test.Type(focused(w), "2")
	p.press(fyne.KeyReturn)
	if p.at != "t1" {
		t.Fatalf("at %s", p.at)
	}
	test.Type(focused(w), "2")
	w.win.Canvas().Capture()
	if p.at != "t2" || focused(w) != p.editor.focus() {
		t.Fatalf("after the first row at %s", p.at)
	}
	test.Type(focused(w), "21")
	w.win.Canvas().Capture()
	if p.at != "t3" {
		t.Errorf("after the second row at %s", p.at)
	}
	for f, want := range map[survey.Field]string{"go": "n", "t1": "n", "t2": "n", "t3": "y"} {
		if got := p.iv.Session.Value(f).Text; got != want {
			t.Errorf("%s is %q, want %q", f, got, want)
		}
	}
}
