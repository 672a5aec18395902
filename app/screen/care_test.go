package screen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sselandscape/storage/study"
)

// inDialog gathers the texts of what is over the page.
func inDialog(t *testing.T, w *Window) string {
	t.Helper()
	top := w.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no dialog is open")
	}
	var out strings.Builder
	for _, o := range test.LaidOutObjects(top) {
		switch x := o.(type) {
		case *widget.Label:
			fmt.Fprintln(&out, x.Text)
		case *widget.Button:
			fmt.Fprintln(&out, "["+x.Text+"]")
		case *widget.RichText:
			fmt.Fprintln(&out, x.String())
		case interface{ Text() string }:
			fmt.Fprintln(&out, x.Text())
		}
	}
	return out.String()
}

func wantShown(t *testing.T, w *Window, texts ...string) {
	t.Helper()
	got := inDialog(t, w)
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%q is not shown in\n%s", text, got)
		}
	}
}

func TestBackupsDialog(t *testing.T) {
	w := opened(t)
	w.backupsDialog()
	wantShown(t, w, "There is no backup yet", "[Back up now]")
	w.win.Canvas().Overlays().Top().Hide()
	b, err := w.study.Backup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(b.Path), "20200101-000000.000.sqlite"), []byte("cut off"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.backupsDialog()
	wantShown(t, w, "verified, made on request", "cannot be used: it is no backup of a study", "[Restore …]")
	w.win.Canvas().Overlays().Top().Hide()
	w.restoreDialog(b.Path)
	wantShown(t, w, "counts as a new laptop", "[Restore the backup]")
}

func TestPlaceAndDamageOffers(t *testing.T) {
	w := opened(t)
	dir := w.study.Info().Dir
	if _, err := w.study.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.leave()
	w.cannotOpen(dir, fmt.Errorf("open study: %w", &study.PlaceError{Dir: dir, Kind: "stick", What: "on a disk that can be taken out (stick, card)"}))
	wantShown(t, w, "This folder lies on a disk that can be taken out", "are pulled out", "[Copy the study]")
	w.win.Canvas().Overlays().Top().Hide()
	w.cannotOpen(dir, errors.New("something else"))
	wantShown(t, w, "Something else")
}

func TestTended(t *testing.T) {
	w := opened(t)
	done, err := w.study.Tend(t.Context())
	if err != nil || done.Backup == nil {
		t.Fatal(done, err)
	}
	w.tended(done, nil, "", false)
	if !strings.HasPrefix(w.kept.Text, "Backed up ") {
		t.Errorf("%q", w.kept.Text)
	}
	w.tended(study.Tended{}, nil, "Only 3 KB are free", true)
	if !strings.Contains(w.status.Text, "Only 3 KB are free") {
		t.Errorf("%q", w.status.Text)
	}
	w.tended(study.Tended{}, study.ErrFull, "", false)
	if !strings.Contains(w.status.Text, "disk is full") {
		t.Errorf("%q", w.status.Text)
	}
}
