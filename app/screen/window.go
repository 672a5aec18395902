package screen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/study"
)

// Window is the program's window: the welcome page, or a study.
type Window struct {
	win    fyne.Window
	study  *job.Study
	status *widget.Label
	kept   *widget.Label // when the last backup was made
	body   *fyne.Container
	rail   *fyne.Container
	page   string
	// interview is the page of the interview being held, nil if none.
	interview *interviewPage
	modeMarks []*fyne.MenuItem // of its modes in the menu
	actions   actions
	conflicts *conflictsPage // the page of conflicts as it was shown last
	// list is the list that is shown, nil if none; looks is how lists were left.
	list         *list
	looks        map[string]*listLook
	taking       *takePage     // the page that takes in packages, nil if it does not show
	exporting    *exportChoice // what is to be exported, nil if nothing was chosen yet
	exportFolder string        // into which one exported last
	tending      bool
	stopTending  context.CancelFunc // of the open study
	// only is the part of the interviews that is shown, nil for all.
	only *selection
}

// Show puts the program into a window; dir opens a study at once, "" shows the
// welcome page.
func Show(win fyne.Window, dir string) *Window {
	w := &Window{win: win, status: widget.NewLabel(""), kept: widget.NewLabel(""), body: container.NewStack(), rail: container.NewVBox()}
	w.status.Truncation = fyne.TextTruncateEllipsis
	win.SetMainMenu(w.menu())
	win.Canvas().SetOnTypedKey(w.unfocusedKey)
	win.SetContent(container.NewBorder(nil, container.NewVBox(widget.NewSeparator(), container.NewBorder(nil, nil, nil, w.kept, w.status)), w.rail, nil, w.body))
	win.Resize(fyne.NewSize(1200, 760))
	win.SetCloseIntercept(func() {
		w.close()
		win.Close()
	})
	if dir != "" {
		w.open(dir)
	} else {
		w.welcome()
	}
	return w
}

// unfocusedKey closes a dialog by Esc where nothing in it has the keys.
func (w *Window) unfocusedKey(e *fyne.KeyEvent) {
	if p, ok := w.win.Canvas().Overlays().Top().(*widget.PopUp); ok && e.Name == fyne.KeyEscape {
		p.Hide()
		return
	}
	w.functionKey(e.Name, view.ShiftHeld())
}

// otherColours changes between light and dark.
func (w *Window) otherColours() {
	p := fyne.CurrentApp().Preferences()
	p.SetBool("dark", !p.Bool("dark"))
	fyne.CurrentApp().Settings().SetTheme(view.NewTheme(p.Bool("dark")))
	if w.interview != nil {
		w.drawRail()
		w.interview.goTo(w.interview.at)
		w.interview.outline.Refresh()
		return
	}
	w.turnTo(w.page)
}

// asking says whether a dialog is open; the keys of the menu wait for it.
func (w *Window) asking() bool { return w.win.Canvas().Overlays().Top() != nil }

// page is an entry of the rail.
type page struct {
	name string
	icon fyne.Resource
	make func(w *Window) fyne.CanvasObject
}

// pages lists the rail; it is a function because icons need a running program.
func pages() []page {
	return []page{
		{"Overview", theme.InfoIcon(), (*Window).overviewPage},
		{"Interviews", theme.DocumentIcon(), (*Window).interviewsPage},
		{"Units", theme.HomeIcon(), (*Window).unitsPage},
		{"Map", theme.SearchIcon(), (*Window).mapPage},
		{"Merge", theme.ContentCopyIcon(), (*Window).mergePage},
		{"Conflicts", theme.WarningIcon(), (*Window).conflictsPage},
		{"Export", theme.UploadIcon(), (*Window).exportPage},
	}
}

// leaveInterview leaves what the page shows: what is being typed in an interview is
// committed, and how a list looks is remembered.
func (w *Window) leaveInterview() {
	w.leaveList()
	if w.taking != nil {
		w.taking.close()
		w.taking = nil
	}
	if w.interview != nil {
		w.interview.leave()
		if w.interview.apart != nil {
			w.interview.apart.Close()
		}
		if err := w.interview.iv.Close(context.Background()); err != nil {
			w.fail(err)
		}
		w.interview.forget()
		w.interview = nil
	}
}

// show puts a page into the window.
func (w *Window) show(name string) {
	w.only = nil
	w.turnTo(name)
}

// turnTo is show for a page that shows a part of its list.
func (w *Window) turnTo(name string) {
	if w.study == nil {
		return
	}
	w.leaveInterview()
	w.page = name
	w.drawRail()
	for _, p := range pages() {
		if p.name == name {
			w.put(p.make(w))
		}
	}
	if w.list != nil {
		w.list.focus(w.list.table)
	}
}

// attempts lists what became of an interview each time it ended.
func (w *Window) attempts(id string) []job.Attempt {
	as, err := w.study.Attempts(id)
	if err != nil {
		w.fail(err)
	}
	return as
}

// put shows an object in place of the page. What had the keys loses them: it would
// get them still when it shows no more.
func (w *Window) put(o fyne.CanvasObject) {
	w.win.Canvas().Unfocus()
	release(w.body.Objects...)
	w.body.Objects = []fyne.CanvasObject{container.NewPadded(o)}
	w.body.Refresh()
}

// release frees the pictures of what is shown no more. The window system would keep
// them for a minute, which is hundreds of megabytes where pages change fast.
func release(objects ...fyne.CanvasObject) {
	for _, o := range objects {
		canvas.Refresh(o)
	}
}

func (w *Window) drawRail() {
	w.rail.Objects = nil
	if w.study == nil {
		w.rail.Refresh()
		return
	}
	for _, p := range pages() {
		b := widget.NewButtonWithIcon(p.name, p.icon, func() { w.show(p.name) })
		b.Alignment = widget.ButtonAlignLeading
		b.Importance = widget.LowImportance
		if p.name == w.page {
			b.Importance = widget.HighImportance
		}
		w.rail.Add(b)
	}
	w.rail.Refresh()
}

// say writes the status line.
func (w *Window) say(format string, args ...any) { w.status.SetText(fmt.Sprintf(format, args...)) }

// fail shows an error as what happened.
func (w *Window) fail(err error) {
	if err == nil {
		return
	}
	text := err.Error()
	d := dialog.NewCustom("This did not work", "Close", wrapped(strings.ToUpper(text[:1])+text[1:]), w.win)
	d.Resize(fyne.NewSize(560, 220))
	d.Show()
}

func wrapped(s string) *widget.Label {
	l := widget.NewLabel(s)
	l.Wrapping = fyne.TextWrapWord
	return l
}

// background does work off the window and comes back with its result.
func background[T any](w *Window, what string, work func(context.Context) (T, error), done func(T)) {
	working(w, what, func(ctx context.Context, _ job.Progress) (T, error) { return work(ctx) }, done)
}

// saidEvery is how often a window shows how far work is.
const saidEvery = 50 * time.Millisecond

// working is background for work that says how far it is. Its dialog stays until the work
// has ended, as the study may be busy until then. Beside tend and quietly, it is the only
// place where screens start goroutines.
func working[T any](w *Window, what string, work func(context.Context, job.Progress) (T, error), done func(T)) {
	ctx, cancel := context.WithCancel(context.Background())
	said, endless, bar := widget.NewLabel(what+" …"), widget.NewProgressBarInfinite(), widget.NewProgressBar()
	said.Truncation = fyne.TextTruncateEllipsis
	bar.Hide()
	var stop *widget.Button
	stop = widget.NewButtonWithIcon("Cancel", theme.CancelIcon(), func() {
		cancel()
		stop.SetText("Stopping …")
		stop.Disable()
	})
	d := dialog.NewCustomWithoutButtons(what, container.NewVBox(said, endless, bar, container.NewCenter(stop)), w.win)
	d.Resize(fyne.NewSize(480, 0))
	d.Show()
	w.win.Canvas().Focus(stop)
	last := time.Time{}
	progress := func(what string, part, total int) {
		if now := time.Now(); now.Sub(last) < saidEvery {
			return
		}
		last = time.Now()
		fyne.Do(func() {
			said.SetText(what)
			if total > 0 {
				endless.Hide()
				bar.Show()
				bar.SetValue(float64(part) / float64(total))
			}
		})
	}
	go func() {
		v, err := work(ctx, progress)
		fyne.Do(func() {
			cancelled := ctx.Err() != nil
			cancel()
			endless.Stop()
			d.Hide()
			switch {
			case cancelled && err != nil:
				w.say("Cancelled: %s. Nothing was changed.", what)
			case err != nil:
				w.fail(err)
			default:
				done(v)
			}
		})
	}()
}

// quietly looks something up beside the window, for the page that is shown; where it is
// left meanwhile, nothing is done.
func quietly[T any](w *Window, look func(context.Context, *job.Study) (T, error), done func(T)) {
	s, page := w.study, w.page
	go func() {
		v, err := look(context.Background(), s)
		fyne.Do(func() {
			if err == nil && w.study == s && w.page == page {
				done(v)
			}
		})
	}()
}

// open opens a study and shows its interviews.
func (w *Window) open(dir string) {
	s, err := job.Open(dir)
	if err != nil {
		w.welcome()
		w.cannotOpen(dir, err)
		return
	}
	w.enter(s)
}

// cannotOpen says why, and offers what helps.
func (w *Window) cannotOpen(dir string, err error) {
	var place *study.PlaceError
	switch {
	case errors.As(err, &place):
		w.copyInDialog(dir, "This "+strings.TrimPrefix(place.Sentence(), "the ")+".\n\nThe study can be copied to a folder of this computer. Every file is read back, and the copy counts as a new laptop.")
	case errors.Is(err, study.ErrDamaged):
		w.recoverDialog(dir)
	default:
		w.fail(err)
	}
}

func (w *Window) enter(s *job.Study) {
	w.close()
	w.study, w.looks, w.exporting = s, nil, nil
	w.remember(s.Info().Dir)
	title := s.Info().Name
	w.win.SetTitle(title + " – SSE Landscape")
	w.say("Opened %s. Researcher: %s.", title, s.Info().Researcher)
	w.show("Interviews")
	if text := s.OpenedSentence(); text != "" {
		w.say("%s", text)
	}
	if w.tending {
		w.tend(s)
	}
}

func (w *Window) close() {
	w.leaveInterview()
	if w.study != nil {
		if w.stopTending != nil {
			w.stopTending()
		}
		w.kept.SetText("")
		if err := w.study.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		w.study = nil
	}
}

func (w *Window) leave() {
	w.close()
	w.welcome()
}

// remember keeps the list of recent studies, the newest first.
func (w *Window) remember(dir string) {
	p := fyne.CurrentApp().Preferences()
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	recent := []string{dir}
	for _, r := range p.StringList("recent") {
		if r != dir && len(recent) < 8 {
			recent = append(recent, r)
		}
	}
	p.SetStringList("recent", recent)
}

// home is the folder where studies are put unless another is named.
func home() string {
	h, err := os.UserHomeDir()
	if err != nil {
		h = os.TempDir()
	}
	return filepath.Join(h, "SSE Landscape")
}
