package screen

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// printItems are the lines of the menu that print.
func (w *Window) printItems(inStudy func(func()) func(), inInterview func(func(*interviewPage)) func()) []*fyne.MenuItem {
	return []*fyne.MenuItem{
		fyne.NewMenuItemSeparator(),
		w.act("print.interview", "Print the interview …", chord{}, inInterview((*interviewPage).printDialog)),
		w.act("print.form", "Print the blank form …", chord{}, inStudy(w.printFormDialog)),
	}
}

// printDialog prints the interview that is held, in its language.
func (p *interviewPage) printDialog() {
	if !p.leave() {
		return
	}
	w, id, lang := p.w, p.iv.ID, p.lang
	name := p.iv.Session.Title()
	if name == "" {
		name = "interview"
	}
	w.pathDialog("Print the interview", "Write the PDF", filepath.Join(w.study.Info().Dir, fileName(name)+".pdf"), false, func(path string) {
		w.printing(func(ctx context.Context) (*job.Printed, error) {
			return w.study.PrintInterview(ctx, id, path, job.PrintOptions{Language: lang})
		})
	})
}

// printFormDialog prints the questionnaire of the interview that is held, or else
// the study's own, after asking for its languages where it has several.
func (w *Window) printFormDialog() {
	p, err := w.study.Program("", "")
	if err != nil {
		w.fail(err)
		return
	}
	form := p.Form
	if w.interview != nil {
		form = w.interview.iv.Session.Program().Form
	}
	if len(form.Languages) < 2 {
		w.printForm(form, job.PrintOptions{})
		return
	}
	const none = "none"
	first := widget.NewSelect(form.Languages, nil)
	first.SetSelectedIndex(max(0, slices.Index(form.Languages, form.DefaultLanguage)))
	second := widget.NewSelect(append([]string{none}, form.Languages...), nil)
	second.SetSelectedIndex(0)
	dialog.ShowForm("Print the blank form", "Go on", "Not now", []*widget.FormItem{
		widget.NewFormItem("Language", first), widget.NewFormItem("Beside it", second)}, func(ok bool) {
		if !ok {
			return
		}
		o := job.PrintOptions{Language: first.Selected}
		if second.Selected != none && second.Selected != first.Selected {
			o.Second = second.Selected
		}
		w.printForm(form, o)
	}, w.win)
}

func (w *Window) printForm(form *survey.Form, o job.PrintOptions) {
	w.pathDialog("Print the blank form", "Write the PDF", filepath.Join(w.study.Info().Dir, fileName(form.ID)+".pdf"), false, func(path string) {
		w.printing(func(ctx context.Context) (*job.Printed, error) { return w.study.PrintForm(ctx, form.ID, path, o) })
	})
}

func (w *Window) printing(work func(context.Context) (*job.Printed, error)) {
	background(w, "Printing", work, func(p *job.Printed) { w.say("✓ Wrote %d pages to %s.", p.Pages, p.Path) })
}

// fileName makes a name that every system takes as that of a file.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, s)
	if rs := []rune(s); len(rs) > 60 {
		s = string(rs[:60])
	}
	if s = strings.Trim(s, " .-"); s == "" {
		return "print"
	}
	return s
}
