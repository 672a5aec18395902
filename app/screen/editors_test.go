package screen

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
	"sselandscape/survey/notation"
)

// everyKind has a question of each kind and appearance that has a widget.
const everyKind = `
| survey | | | | | |
| | type | name | label | appearance | parameters | bind::sse:special | unit |
| | integer | members | How many members are there? | thousands-sep | | dk | people |
| | integer | visits | How many visits? | counter | | | |
| | decimal | turnover | What was the turnover? | | | | |
| | date | founded | When was it founded? | bikram-sambat | | | |
| | date | month | In which month? | month-year | | | |
| | date | year | In which year? | year | | | |
| | time | opens | When does it open? | | | | |
| | datetime | met | When did you meet? | | | | |
| | geopoint | where | Where is the office? | placement-map | | | |
| | geotrace | path | Which way does the canal run? | | | | |
| | geoshape | land | Where is the land? | | | | |
| | text | story | What does it do? | multiline | | | |
| | text | pin | PIN | masked | | | |
| | barcode | code | Code on the card | | | | |
| | select_one yn | quick | Is it registered? | quick | | | |
| | select_one agree | likert | The members decide. | likert | | | |
| | select_multiple agree | packed | Which of these hold? | columns-pack | | | |
| | select_one ward | ward | In which ward is it? | autocomplete | | | |
| | rank agree | rank | What matters most? | | | | |
| | range | scale | How much? | | start=0 end=100 step=5 tick_interval=25 tick_labelset=ends | | |
| | range | stars | How good? | rating | start=1 end=5 step=1 | | |
| | range | pick | Which number? | picker | start=1 end=50 step=1 | | |
| | image | photo | A photo of the office | | max-pixels=100 | | |
| | image | sign | Please sign. | signature | | | |
| | note | done | Thank you. | | | | |
| choices | | | |
| | list_name | name | label |
| | yn | yes | Yes |
| | yn | no | No |
| | agree | 1 | Strongly disagree |
| | agree | 2 | अलि असहमत |
| | agree | 3 | យល់ព្រម |
| | agree | 4 | Agrees with all that was said and would say so again to anybody who asks |
| | ends | 0 | not at all |
| | ends | 100 | entirely |
%s| settings | | |
| | form_id | version |
| | kinds | 1 |
`

// kinds holds an interview of a form with every kind of question.
func kinds(t *testing.T) *interviewPage {
	t.Helper()
	wards := ""
	for i := range 400 {
		wards += fmt.Sprintf("| | ward | w%d | Kathmandu-%d ward |\n", i, i)
	}
	dir := t.TempDir()
	form := filepath.Join(dir, "kinds.md")
	if err := os.WriteFile(form, fmt.Appendf(nil, everyKind, wards), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := job.Create(context.Background(), filepath.Join(dir, "s"), job.NewStudy{Name: "Kinds", Researcher: "R1", Countries: []string{"NPL"}, Form: form})
	if err != nil {
		t.Fatal(err)
	}
	test.NewTempApp(t).Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), "")
	t.Cleanup(w.close)
	w.enter(s)
	w.newInterview()
	if w.interview == nil {
		t.Fatal("no interview")
	}
	return w.interview
}

// strike types runes and keys: {down} is a key, anything else a rune.
func strike(p *interviewPage, s string) {
	keys := map[string]fyne.KeyName{"down": fyne.KeyDown, "up": fyne.KeyUp, "right": fyne.KeyRight, "return": fyne.KeyReturn, "back": fyne.KeyBackspace, "end": fyne.KeyEnd, "home": fyne.KeyHome, "pgup": fyne.KeyPageUp, "f4": fyne.KeyF4}
	for s != "" {
		f := p.editor.focus()
		if name, rest, ok := strings.Cut(s[1:], "}"); s[0] == '{' && ok {
			f.TypedKey(&fyne.KeyEvent{Name: keys[name]})
			s = rest
			continue
		}
		r := []rune(s)[0]
		f.TypedRune(r)
		s = s[len(string(r)):]
	}
}

func TestEveryKindByKeyboard(t *testing.T) {
	p := kinds(t)
	cases := []struct {
		at    survey.Field
		keys  string // the last is Return, unless one key settles the answer
		want  string
		shown string // in the field when the question is shown again
	}{
		{"members", "1234567{return}", "1234567", "1,234,567"},
		{"visits", "2{up}{up}{down}{return}", "3", "3"},
		{"turnover", "1.234.567,8{return}", "1234567.8", "1234567.8"},
		{"founded", "2082-11-17 BS{return}", "2026-03-01", "2026-03-01"},
		{"month", "mar 2026{return}", "2026-03-01", "2026-03"},
		{"year", "2569 BE{return}", "2026-01-01", "2026"},
		{"opens", "2.30 pm{return}", "14:30", "14:30"},
		{"met", "1 mar 2026 1430{return}", "2026-03-01T14:30", "2026-03-01 14:30"},
		{"where", "27°43′30″N 85°19′30″E{return}", "27.725 85.325 0.0 0.0", "27.725, 85.325"},
		{"path", "1 2;3 4{return}", "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0", "1.0 2.0 0.0 0.0\n3.0 4.0 0.0 0.0"},
		{"land", "1 2;3 4;5 6{return}", "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0;5.0 6.0 0.0 0.0;1.0 2.0 0.0 0.0", ""},
		{"story", "a, b{return}", "a, b", "a, b"},
		{"pin", "0042{return}", "0042", "0042"},
		{"code", "9789{return}", "9789", "9789"},
		{"quick", "2", "no", ""},
		{"likert", "3{return}", "3", ""},
		{"packed", "13{return}", "1 3", ""},
		{"ward", "kathmnadu-77{return}", "w77", ""},
		{"rank", "{end}1{return}", "4 1 2 3", ""},
		{"scale", "35{right}{return}", "40", ""},
		{"stars", "4{return}", "4", ""},
		{"pick", "42{return}", "42", ""},
	}
	for _, c := range cases {
		t.Run(string(c.at), func(t *testing.T) {
			p.goTo(c.at)
			if v := p.iv.Session.Value(c.at); v.Text != "" {
				t.Errorf("begins with %q", v.Text)
			}
			strike(p, c.keys)
			if p.at == c.at {
				t.Errorf("the page did not go on: %s", p.w.status.Text)
			}
			if v := p.iv.Session.Value(c.at).Text; v != c.want {
				t.Errorf("stored %q, want %q", v, c.want)
			}
			p.goTo(c.at)
			if e, ok := p.editor.(*textEditor); ok && c.shown != "" && e.field.Text != c.shown {
				t.Errorf("shows %q, want %q", e.field.Text, c.shown)
			}
			before := p.iv.Session.Value(c.at)
			strike(p, "{return}")
			if v := p.iv.Session.Value(c.at); v != before {
				t.Errorf("looking at it changed it to %v", v)
			}
		})
	}
}

// TestUnreadableIsKept: what cannot be read stays as it was typed, with the
// sentence below, also when another question was looked at in between.
func TestUnreadableIsKept(t *testing.T) {
	for at, c := range map[survey.Field]struct{ typed, sentence string }{
		"founded":  {"3/4/2026", "3 April 2026 or 4 March 2026"},
		"where":    {"27,71,85,32", "commas can be"},
		"turnover": {"1,234", "1234 or 1.234"},
		"opens":    {"9", "09:00 or 21:00"},
	} {
		t.Run(string(at), func(t *testing.T) {
			p := kinds(t)
			p.goTo(at)
			strike(p, c.typed)
			problem := p.editor.(refuser).refused()
			if !strings.Contains(problem, c.sentence) {
				t.Errorf("%q", problem)
			}
			strike(p, "{return}")
			if p.at != at || p.iv.Session.Value(at).Text != "" || !strings.Contains(p.w.status.Text, "Not stored") {
				t.Errorf("at %s, stored %q, says %s", p.at, p.iv.Session.Value(at).Text, p.w.status.Text)
			}
			p.outline.Tap(1)
			p.goTo(at)
			e := p.editor.(*textEditor)
			if e.field.Text != c.typed || !p.editing {
				t.Errorf("shows %q", e.field.Text)
			}
			e.field.SetText("")
			if !p.leave() {
				t.Error("a blank answer was refused")
			}
			p.goTo(at)
			if text := p.editor.(*textEditor).field.Text; text != "" {
				t.Errorf("shows %q although it was cleared", text)
			}
		})
	}
}

func TestScaleKeepsWhatIsNoValue(t *testing.T) {
	p := kinds(t)
	p.goTo("scale")
	strike(p, "37{return}")
	p.outline.Tap(1)
	p.goTo("scale")
	if s := p.editor.(*rangeEditor).slider; s.Typed() != "37" || s.Problem() == "" || p.iv.Session.Value("scale").Text != "" {
		t.Errorf("%q %q", s.Typed(), s.Problem())
	}
}

// TestDontKnowForgetsTheDraft: another answer given since is what counts.
func TestDontKnowForgetsTheDraft(t *testing.T) {
	p := kinds(t)
	p.goTo("members")
	strike(p, "12x{f4}")
	p.goTo("members")
	if v := p.iv.Session.Value("members"); v.Special != survey.DontKnow || p.editor.(*textEditor).field.Text != "" {
		t.Errorf("%v, shows %q", v, p.editor.(*textEditor).field.Text)
	}
}

func TestWaypoints(t *testing.T) {
	p := kinds(t)
	places := []notation.Place{{Name: "Office", Points: []notation.Position{{Lat: 27.7, Lon: 85.3, Alt: 1400}}}, {Name: "Walk", Points: []notation.Position{{Lat: 1, Lon: 2}, {Lat: 3, Lon: 4}}}}
	for at, want := range map[survey.Field]string{"where": "27.7 85.3 1400.0 0.0", "path": "1.0 2.0 0.0 0.0;3.0 4.0 0.0 0.0"} {
		p.goTo(at)
		p.choosePlace(p.question(), p.editor.(*textEditor), places)
		strike(p, "{return}")
		if v := p.iv.Session.Value(at).Text; v != want {
			t.Errorf("%s: %q", at, v)
		}
	}
}

func TestPickOnMap(t *testing.T) {
	p := kinds(t)
	p.typing.pickOnMap = func(start string, done func(string)) { done("27.7 85.3 0.0 0.0") }
	p.goTo("where")
	p.typing.pickOnMap("", func(s string) { p.editor.(*textEditor).typed.Say(position(s)) })
	if text := p.editor.(*textEditor).field.Text; text != "27.7, 85.3" || !p.leave() {
		t.Error(text)
	}
}

// TestFiles keeps a photo that is made smaller, and a signature.
func TestFiles(t *testing.T) {
	p := kinds(t)
	file := filepath.Join(t.TempDir(), "office.png")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, 400, 200))
	img.Set(3, 3, color.White)
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	f.Close()
	p.goTo("photo")
	p.editor.(*fileEditor).take(file)
	if v := p.iv.Session.Value("photo").Text; !strings.HasSuffix(v, ".png") {
		t.Errorf("%q", v)
	}
	if s := p.editor.(*fileEditor).name.Text(); !strings.Contains(s, "office.png") {
		t.Error(s)
	}
	if b := p.editor.(*fileEditor).small.Image.Bounds(); b.Dx() != 100 || b.Dy() != 50 {
		t.Error(b)
	}
	p.typing.file = func(string) ([]byte, error) { return os.ReadFile(file) }
	p.goTo("photo")
	if e := p.editor.(*fileEditor); !strings.HasPrefix(e.name.Text(), "Kept in the study") || e.small.Image == nil {
		t.Error(e.name.Text())
	}
	p.goTo("sign")
	pad := p.editor.(*padEditor).pad
	pad.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(90, 50)}, Dragged: fyne.NewDelta(40, 0)})
	pad.DragEnd()
	strike(p, "{return}")
	if v := p.iv.Session.Value("sign").Text; !strings.HasSuffix(v, ".png") {
		t.Errorf("%q", v)
	}
}

func TestGoldenEditors(t *testing.T) {
	for name, c := range map[string]struct {
		at   survey.Field
		keys string
		size fyne.Size
		dark bool
	}{
		"date-light":     {"founded", "2082-11-17 BS", fyne.NewSize(1024, 640), false},
		"position-dark":  {"where", "27°43′30″N 85°19′30″E", fyne.NewSize(1024, 640), true},
		"ambiguous-dark": {"turnover", "1,234", fyne.NewSize(1024, 640), true},
		"search-light":   {"ward", "kathmandu-7", fyne.NewSize(1280, 800), false},
		"likert-light":   {"likert", "3", fyne.NewSize(1024, 640), false},
		"range-dark":     {"scale", "35", fyne.NewSize(1280, 800), true},
		"number-light":   {"members", "1234567", fyne.NewSize(1024, 640), false},
	} {
		t.Run(name, func(t *testing.T) {
			p := kinds(t)
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			p.w.win.Resize(c.size)
			p.goTo(c.at)
			strike(p, c.keys)
			p.w.win.Canvas().Unfocus() // no blinking cursor
			p.w.say("")
			compare(t, name, p.w.win.Canvas().Capture())
		})
	}
}
