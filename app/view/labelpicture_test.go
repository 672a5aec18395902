package view_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/view"
	"sselandscape/maps/text"
)

// painted is a PNG file of a size: a disc on a ground.
func painted(w, h int, ground color.RGBA) func() ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := ground
			if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < min(w, h)*min(w, h)/9 {
				c = color.RGBA{240, 240, 230, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	png.Encode(&b, img)
	return func() ([]byte, error) { return b.Bytes(), nil }
}

func absent() ([]byte, error) {
	return nil, errors.New("the file absent.png is not in this study; put it beside the questionnaire and read that in again")
}

func TestLabelPictureSize(t *testing.T) {
	test.NewTempApp(t)
	for name, c := range map[string]struct {
		w, h  int
		width float32
		want  float32 // height
	}{
		"never above its own size": {100, 80, 500, 86},
		"as wide as the column":    {1000, 400, 506, 206},
		"not too tall":             {500, 1000, 800, 366},
	} {
		t.Run(name, func(t *testing.T) {
			p := view.NewLabelPicture(shipped, painted(c.w, c.h, color.RGBA{A: 255}), nil)
			p.Resize(fyne.NewSize(c.width, 10))
			if got := p.MinSize().Height; got != c.want {
				t.Errorf("%v high, want %v", got, c.want)
			}
		})
	}
}

func TestLabelPictureKeys(t *testing.T) {
	test.NewTempApp(t)
	small, large := painted(40, 40, color.RGBA{A: 255}), painted(400, 400, color.RGBA{A: 255})
	asked := 0
	p := view.NewLabelPicture(shipped, small, func() ([]byte, error) { asked++; return large() })
	var page []fyne.KeyName
	p.Keys = func(k fyne.KeyName, _ bool) bool { page = append(page, k); return true }
	w := test.NewTempWindow(t, p)
	w.Resize(fyne.NewSize(600, 400))
	w.Canvas().Focus(p)
	p.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if len(page) != 1 || asked != 0 {
		t.Fatalf("the page was given %v, and the large picture was asked for %d times", page, asked)
	}
	test.Type(p, " ")
	over, ok := w.Canvas().Focused().(fyne.Focusable)
	if !ok || over == fyne.Focusable(p) || w.Canvas().Overlays().Top() == nil || asked != 1 {
		t.Fatalf("Space does not show it large: %T, asked %d times", w.Canvas().Focused(), asked)
	}
	over.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.Canvas().Focused() != fyne.Focusable(p) {
		t.Errorf("the focus is on %T", w.Canvas().Focused())
	}
}

func TestStillOfHostileBytes(t *testing.T) {
	for name, load := range map[string]func() ([]byte, error){
		"absent": absent,
		"text":   func() ([]byte, error) { return []byte("no picture"), nil },
		"cut":    func() ([]byte, error) { b, _ := painted(50, 50, color.RGBA{})(); return b[:60], nil },
	} {
		if err := view.NewStill(load).Decode(); err == nil {
			t.Errorf("%s: it was taken as a picture", name)
		}
	}
}

func TestPlayButton(t *testing.T) {
	test.NewTempApp(t)
	said := ""
	b := view.NewPlayButton("a.ogg", false, func() (string, error) { return "", errors.New("gone") }, func(err error) { said = err.Error() })
	test.Tap(b)
	if said != "gone" {
		t.Errorf("it says %q", said)
	}
}

// stillPage shows pictures below a label and at choices.
func stillPage(f *text.Face) fyne.CanvasObject {
	blue, red, green := color.RGBA{40, 90, 160, 255}, color.RGBA{170, 60, 50, 255}, color.RGBA{60, 130, 70, 255}
	items := []view.Choice{{Name: "a", Label: "Cooperative", Picture: still(400, 300, blue)}, {Name: "b", Label: "Association or society that is registered under a law of its own and serves its members", Picture: still(200, 300, red)},
		{Name: "c", Label: "สหกรณ์", Picture: still(30, 20, green)}, {Name: "d", Label: "Without a picture"}, {Name: "e", Label: "Absent", Picture: view.NewStill(absent)}}
	list := view.NewChoices(f, items, false, []string{"b"})
	list.FocusGained()
	tiles := view.NewChoices(f, items, true, []string{"b", "c"})
	tiles.SetLook(view.Look{Shape: view.Packed})
	bare := view.NewChoices(f, items[:3], false, []string{"a"})
	bare.SetLook(view.Look{Shape: view.Columns, Bare: true})
	p := view.NewLabelPicture(f, painted(900, 300, green), nil)
	p.Still().Decode()
	p.FocusGained()
	gone := view.NewLabelPicture(f, absent, nil)
	play := view.NewPlayButton("anthem.ogg", false, nil, nil)
	left := container.New(&view.Column{Gap: 12}, p, gone, container.NewHBox(play), list)
	return container.NewPadded(container.NewGridWithColumns(2, left, container.New(&view.Column{Gap: 12}, tiles, bare)))
}

func still(w, h int, c color.RGBA) *view.Still {
	s := view.NewStill(painted(w, h, c))
	s.Decode()
	return s
}
