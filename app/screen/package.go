package screen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
)

// makePackage asks for whom a package is, and what goes in.
func (w *Window) makePackage() {
	team, err := w.study.Team()
	if err != nil {
		w.fail(err)
		return
	}
	forTeam := fmt.Sprintf("The team: %d keys", max(1, len(team)))
	const forNew, forAll = "A new colleague: a passphrase opens it", "Anybody: not encrypted"
	whom := widget.NewSelect([]string{forTeam, forNew, forAll}, nil)
	passphrase := widget.NewPasswordEntry()
	passphrase.SetPlaceHolder("several words; tell them by telephone")
	passphrase.Disable()
	whom.OnChanged = func(s string) {
		if s == forNew {
			passphrase.Enable()
		} else {
			passphrase.Disable()
		}
	}
	whom.SetSelected(forTeam)
	news := widget.NewCheck("Only what is new since the last package for them", nil)
	files := widget.NewCheck("With photos and other files", nil)
	files.SetChecked(true)
	path := widget.NewEntry()
	path.SetText(filepath.Join(home(), fmt.Sprintf("%s-%s%s", w.study.Info().Researcher, time.Now().Format("20060102-1504"), exchange.PackageExt)))
	d := dialog.NewForm("Make a package", "Make the package", "Not now", []*widget.FormItem{widget.NewFormItem("For", whom), widget.NewFormItem("Passphrase", passphrase),
		widget.NewFormItem("", news), widget.NewFormItem("", files), widget.NewFormItem("File", path)}, func(ok bool) {
		if !ok {
			return
		}
		o := job.PackageOptions{Clear: whom.Selected == forAll, News: news.Checked, WithoutFiles: !files.Checked}
		if whom.Selected == forNew {
			if o.Passphrase = passphrase.Text; len(o.Passphrase) < shortestPassphrase {
				w.fail(fmt.Errorf("the passphrase is too short to keep anybody out; take several words, %d letters or more", shortestPassphrase))
				return
			}
		}
		w.writePackage(path.Text, o)
	}, w.win)
	d.Resize(fyne.NewSize(680, 360))
	d.Show()
	w.win.Canvas().Focus(path)
}

const shortestPassphrase = 12 // letters

func (w *Window) writePackage(path string, o job.PackageOptions) {
	background(w, "Making the package", func(ctx context.Context) (*exchange.Packed, error) {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		return w.study.Package(ctx, path, o)
	}, func(p *exchange.Packed) {
		w.say("✓ Made %s: %d revisions, %d files.", p.Path, p.Revisions, p.Files)
	})
}

// unlocked does work with a package, and asks for its passphrase where it needs one.
func unlocked[T any](w *Window, what string, work func(context.Context, job.Keys) (T, error), done func(T)) {
	type outcome struct {
		value T
		asks  bool
	}
	var try func(k job.Keys)
	try = func(k job.Keys) {
		background(w, what, func(ctx context.Context) (outcome, error) {
			v, err := work(ctx, k)
			if errors.Is(err, exchange.ErrPassphrase) {
				return outcome{asks: true}, nil
			}
			return outcome{value: v}, err
		}, func(o outcome) {
			if !o.asks {
				done(o.value)
				return
			}
			w.askPassphrase(k.Passphrase != "", func(s string) { try(job.Keys{Passphrase: s}) })
		})
	}
	try(job.Keys{})
}

func (w *Window) askPassphrase(again bool, then func(string)) {
	entry := widget.NewPasswordEntry()
	text := "A passphrase opens this package. Ask the sender for it."
	if again {
		text = "That passphrase does not open it. Try once more."
	}
	d := dialog.NewForm("Passphrase", "Open the package", "Leave it", []*widget.FormItem{widget.NewFormItem("", widget.NewLabel(text)), widget.NewFormItem("Passphrase", entry)}, func(ok bool) {
		if ok {
			then(entry.Text)
		}
	}, w.win)
	entry.OnSubmitted = func(string) { d.Submit() }
	d.Resize(fyne.NewSize(560, 220))
	d.Show()
	w.win.Canvas().Focus(entry)
}

// teamBox lists who works on the study. What takes longer to find, which files are on
// other laptops, comes when it is known.
func (w *Window) teamBox() fyne.CanvasObject {
	team, err := w.study.Team()
	if err != nil {
		w.fail(err)
	}
	text := wrapped(teamText(team))
	quietly(w, func(ctx context.Context, s *job.Study) ([]job.Member, error) { return s.TeamWork(ctx) }, func(team []job.Member) { text.SetText(teamText(team)) })
	return text
}

func teamText(team []job.Member) string {
	text, missing := "", 0
	for _, m := range team {
		key := "key " + m.Sign
		if m.Key == "" {
			key = "no key yet"
		}
		if m.Me {
			key = "this laptop, " + key
		}
		text += fmt.Sprintf("%s (%s): %s.\n", m.Name, key, m.Sentence())
		missing += m.Missing
	}
	if text == "" {
		text = "Nobody has a key yet; the first package makes one for this laptop.\n"
	}
	if missing > 0 {
		text += "Photos and scans that are not here are on the laptop of who cites them: ask for a package with files.\n"
	}
	return text + "Packages are encrypted for these keys. Compare the short forms by telephone if you have to be sure."
}
