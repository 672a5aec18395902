package screen

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/survey"
)

// TestWholeInterviewByKeyboard holds the whole shipped questionnaire by keyboard,
// with the answers of an interview of the example, and finds the same answers.
func TestWholeInterviewByKeyboard(t *testing.T) {
	w := opened(t)
	ds, err := w.study.Interviews()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(ds, func(d *survey.Document) bool { return d.Text("e_result") == "in" && d.Text("b_name") != "" })
	if i < 0 {
		t.Fatal("the example has no interview that is in scope")
	}
	model := ds[i]
	w.newInterview()
	p := w.interview
	asked := 0
	for last := survey.Field(""); p.at != last; asked++ {
		last = p.at
		p.typeAnswer(model.Value(p.at))
		if asked > 400 {
			t.Fatalf("no end in sight at %s", p.at)
		}
	}
	if asked < 150 {
		t.Errorf("only %d questions were asked; stopped at %s", asked, p.at)
	}
	for f, v := range p.iv.Session.Answers() {
		if strings.HasPrefix(string(f), "meta_") {
			continue
		}
		want := model.Value(f)
		if v.Special != want.Special || !slices.Equal(sorted(v), sorted(want)) {
			t.Errorf("%s = %v, the model says %v", f, v, want)
		}
	}
	t.Logf("%d questions by keyboard", asked)
}

// sorted splits a value at spaces: choices are in the order of the list on screen.
func sorted(v survey.Value) []string {
	return slices.Sorted(slices.Values(strings.Fields(v.Text)))
}

// typeAnswer gives an answer to the question that is shown, and confirms it.
func (p *interviewPage) typeAnswer(v survey.Value) {
	switch e := p.editor.(type) {
	case *choiceEditor:
		want := strings.Fields(v.Text)
		for i, o := range p.iv.Session.Choices(p.at, p.lang) {
			if slices.Contains(want, o.Name) != slices.Contains(e.list.Chosen(), o.Name) {
				e.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyHome})
				for range i {
					e.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
				}
				e.list.TypedRune(' ')
			}
		}
		if q := p.question(); q.Kind == survey.Acknowledge && v.Text == "OK" && !e.list.Any() {
			e.list.TypedRune(' ')
		}
	case *searchEditor:
		for _, o := range p.options() {
			if slices.Contains(strings.Fields(v.Text), o.Name) != slices.Contains(e.search.List.Chosen(), o.Name) {
				test.Type(e.search.Field, o.Label)
				e.search.List.PickCursor()
				e.search.Field.SetText("")
			}
		}
	case *textEditor:
		if v.Special == "" && e.field.Text != v.Text {
			e.field.SetText("")
			test.Type(e.field, v.Text)
		}
	}
	switch v.Special {
	case survey.DontKnow:
		p.press(fyne.KeyF4)
	case survey.Refused:
		p.press(fyne.KeyF5)
	default:
		p.press(fyne.KeyReturn)
	}
}
