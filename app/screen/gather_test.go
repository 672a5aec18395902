package screen

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// withStick shows the page that takes in packages with what was found on a stick: two
// packages, one of another study, one that is broken.
func withStick(t *testing.T) (*Window, *takePage) {
	t.Helper()
	root := t.TempDir()
	made, err := job.Example(t.Context(), filepath.Join(root, "s"), job.ExampleOptions{Units: 9, Researchers: 3, Seed: 5})
	if err != nil {
		t.Fatal(err)
	}
	stick := filepath.Join(root, "stick")
	if err := os.CopyFS(filepath.Join(stick, "2026-03-02"), os.DirFS(filepath.Dir(made.Packages[0]))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(stick, "notes.ssepkg"), []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := job.Create(t.Context(), filepath.Join(root, "o"), job.NewStudy{Name: "Mutuals of the hills 2025", Countries: []string{"NPL"}, Researcher: "oda"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Package(t.Context(), filepath.Join(stick, "hills.ssepkg"), job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	a := test.NewTempApp(t)
	a.Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(t, nil), made.Study)
	t.Cleanup(w.close)
	w.takePackages("")
	p := w.taking
	p.from = stick
	if p.g, err = w.study.Gather(t.Context(), []string{stick}, job.Keys{}, nil); err != nil {
		t.Fatal(err)
	}
	p.path.SetText("/media/ana/STICK")
	p.show()
	return w, p
}

func TestTakePage(t *testing.T) {
	w, p := withStick(t)
	if text := p.counts.Text; !strings.HasPrefix(text, "4 found, 1 cannot be opened, 1 of another study. ") || p.take.Disabled() {
		t.Error(text)
	}
	for by, want := range map[string]string{byPackage: "notes.ssepkg", byResearcher: "minji", byOrganization: "conflict", byDay: "20"} {
		p.by.SetSelected(by)
		columns, lines := p.lines()
		text := ""
		for _, l := range lines {
			if len(l.cells) != len(columns) {
				t.Errorf("%s: %d cells in %d columns", by, len(l.cells), len(columns))
			}
			for _, c := range l.cells {
				text += c.Text + " "
			}
		}
		if !strings.Contains(text, want) {
			t.Errorf("%s: %s", by, text)
		}
	}
	g := p.g
	if err := g.Apply(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	p.done = true
	p.show()
	if !strings.Contains(p.counts.Text, "2 taken in") || !p.take.Disabled() {
		t.Error(p.counts.Text)
	}
	w.show("Merge")
	if w.taking != nil {
		t.Error("the page is still there")
	}
}

// TestWorking shows how far work is, and waits for it after Cancel.
func TestWorking(t *testing.T) {
	w := opened(t)
	var stop *widget.Button
	reached, over := make(chan bool), make(chan error)
	working(w, "Counting", func(ctx context.Context, progress job.Progress) (int, error) {
		progress("Counting sheep", 3, 4)
		reached <- true
		<-ctx.Done()
		over <- ctx.Err()
		return 3, nil
	}, func(n int) { over <- nil })
	<-reached
	wantShown(t, w, "Counting sheep", "[Cancel]")
	for _, o := range test.LaidOutObjects(w.win.Canvas().Overlays().Top()) {
		if b, ok := o.(*widget.Button); ok && b.Text == "Cancel" {
			stop = b
		}
	}
	test.Tap(stop)
	wantShown(t, w, "[Stopping …]")
	if err := <-over; err != context.Canceled {
		t.Error(err)
	}
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestTakeGolden compares the page with pictures.
func TestTakeGolden(t *testing.T) {
	w, p := withStick(t)
	for _, x := range p.g.Found {
		x.Made = "2026-03-02T17:30:00+05:45"
	}
	for i := range p.g.Units {
		p.g.Units[i].Day = "2026-03-02"
	}
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		by   string
	}{
		"take-light":       {fyne.NewSize(1280, 800), false, byPackage},
		"take-dark":        {fyne.NewSize(1024, 640), true, byPackage},
		"take-units-light": {fyne.NewSize(1024, 640), false, byOrganization},
		"take-units-dark":  {fyne.NewSize(1280, 800), true, byOrganization},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			p.by.SetSelected(c.by)
			p.show()
			w.say("")
			w.win.Canvas().Unfocus()
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}
