package screen

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"sselandscape/app/view"
)

var update = flag.Bool("update", false, "write new golden pictures")

// TestGolden compares whole windows with those in testdata, in both themes and
// two sizes.
func TestGolden(t *testing.T) {
	w := opened(t)
	w.newInterview()
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		at   string
	}{
		"choice-light": {fyne.NewSize(1024, 640), false, "a_language"},
		"choice-dark":  {fyne.NewSize(1024, 640), true, "a_language"},
		"note-light":   {fyne.NewSize(1280, 800), false, "a_script"},
		"text-dark":    {fyne.NewSize(1280, 800), true, "a_interviewer"},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.say("")
			found := w.interview.find(c.at)
			if len(found) == 0 {
				t.Fatal("no such question")
			}
			w.interview.goTo(found[0].Field)
			w.win.Canvas().Unfocus() // no blinking cursor
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}

// TestListGolden compares the lists of interviews and units with those in testdata.
func TestListGolden(t *testing.T) {
	w := opened(t)
	for name, c := range map[string]struct {
		size fyne.Size
		dark bool
		page string
		then func()
	}{
		"interviews-light": {fyne.NewSize(1280, 800), false, "Interviews", func() { w.press(fyne.KeyUp, fyne.KeyRight, fyne.KeyReturn, fyne.KeyDown, fyne.KeyDown) }},
		"interviews-dark":  {fyne.NewSize(1024, 640), true, "Interviews", func() { w.list.focus(w.list.chips); w.press(fyne.KeyReturn, fyne.KeyRight) }},
		"units-light":      {fyne.NewSize(1024, 640), false, "Units", func() { w.press(fyne.KeyDown) }},
		"nothing-found":    {fyne.NewSize(1024, 640), true, "Units", func() { w.list.search.SetText("협동"); w.list.search.SetText("협동 xyz") }},
	} {
		t.Run(name, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.win.Resize(c.size)
			w.looks = nil
			w.show(c.page)
			w.say("")
			c.then()
			compare(t, name, w.win.Canvas().Capture())
		})
	}
}

func compare(t *testing.T, name string, got image.Image) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	var b bytes.Buffer
	if err := png.Encode(&b, got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if n := differing(got, want); n > 0 {
		out := filepath.Join(os.TempDir(), "got-"+name+".png")
		if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%d pixels differ from %s; see got-%s.png in the folder for temporary files, or run with -update", n, file, name)
	}
}

// differing counts pixels that differ by more than rounding.
func differing(a, b image.Image) int {
	if a.Bounds().Size() != b.Bounds().Size() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, _ := a.At(x, y).RGBA()
			r2, g2, bl2, _ := b.At(x, y).RGBA()
			if max(r, r2)-min(r, r2) > 0x600 || max(g, g2)-min(g, g2) > 0x600 || max(bl, bl2)-min(bl, bl2) > 0x600 {
				n++
			}
		}
	}
	return n
}
