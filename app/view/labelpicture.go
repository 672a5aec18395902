package view

import (
	"errors"
	"image"
	"image/color"
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/maps/text"
)

// labelPictureTall is the height of a picture below a label at the most, in points.
const labelPictureTall = 360

// LabelPicture is the picture below a question's label: as wide as its column at
// the most, never larger than it is. A click or Space shows it large; other keys go
// to the page. Like a paragraph it needs a width before a height.
type LabelPicture struct {
	picture
	// Enlarge shows the picture large; nil is a sheet over the window.
	Enlarge func()

	face  *text.Face
	small *Still
	large *Still
	width float32
}

// NewLabelPicture makes a picture of bytes that are asked for when it shows; large
// may be another, with more detail, or nil.
func NewLabelPicture(face *text.Face, small, large func() ([]byte, error)) *LabelPicture {
	p := &LabelPicture{face: face, small: NewStill(small), width: 400}
	p.large = p.small
	if large != nil {
		p.large = NewStill(large)
	}
	p.begin(p, p.draw)
	return p
}

// Still is the picture that shows.
func (p *LabelPicture) Still() *Still { return p.small }

// MinSize implements fyne.CanvasObject for the width it was given last.
func (p *LabelPicture) MinSize() fyne.Size {
	size, err := p.small.Size()
	if err != nil {
		return fyne.NewSize(40, float32(p.fault(err, 1).Height)+6)
	}
	_, h := fitted(size, p.width-6, labelPictureTall)
	return fyne.NewSize(40, h+6)
}

// Resize implements fyne.CanvasObject.
func (p *LabelPicture) Resize(s fyne.Size) {
	p.width = s.Width
	p.BaseWidget.Resize(s)
	p.changed()
}

func (p *LabelPicture) fault(err error, s float32) *text.Layout {
	return p.face.Layout("✗ "+err.Error(), text.Style{Size: 14 * s, Width: int(p.width * s), Height: 1.4})
}

// draw puts the picture to the left, in a frame where it has the focus.
func (p *LabelPicture) draw(img *image.RGBA, s float32) {
	c := colours()
	size, err := p.small.Size()
	if err != nil {
		p.fault(err, s).Draw(img, 0, 3*s, c.error)
		return
	}
	w, h := fitted(size, p.width-6, labelPictureTall)
	box := image.Rect(int(3*s), int(3*s), int((3+w)*s), int((3+h)*s))
	p.small.draw(img, box, s, p.changed)
	if p.small.img == nil {
		if p.small.err != nil {
			p.fault(p.small.err, s).Draw(img, 0, 3*s, c.error)
			return
		}
		frame(img, box, c.grey, max(1, int(s)))
	}
	if p.focused {
		frame(img, box.Inset(-int(3*s)), c.primary, max(2, int(2*s)))
	}
}

// Tapped implements fyne.Tappable.
func (p *LabelPicture) Tapped(*fyne.PointEvent) {
	p.focus()
	p.enlarge()
}

// TypedRune implements fyne.Focusable.
func (p *LabelPicture) TypedRune(r rune) {
	if r == ' ' {
		p.enlarge()
	}
}

// TypedKey implements fyne.Focusable.
func (p *LabelPicture) TypedKey(e *fyne.KeyEvent) { p.page(e.Name) }

func (p *LabelPicture) enlarge() {
	if _, err := p.small.Size(); err != nil {
		return
	}
	if p.Enlarge != nil {
		p.Enlarge()
		return
	}
	if cv := fyne.CurrentApp().Driver().CanvasForObject(p); cv != nil {
		showSheet(cv, p.large, p.small)
	}
}

// sheet is a picture over the whole window until a key or a click.
type sheet struct {
	picture
	close func()
}

// showSheet shows the first picture, or if it cannot be read the second.
func showSheet(cv fyne.Canvas, large, small *Still) {
	if _, err := large.Size(); err != nil {
		large = small
	}
	s := &sheet{}
	s.begin(s, func(img *image.RGBA, k float32) {
		large.draw(img, img.Bounds(), k, s.changed)
	})
	size := cv.Size()
	ground := canvas.NewRectangle(color.NRGBA{0, 0, 0, 230})
	pop := widget.NewModalPopUp(container.NewStack(ground, s), cv)
	before := cv.Focused()
	s.close = func() {
		pop.Hide()
		if before != nil {
			cv.Focus(before)
		}
	}
	pop.Resize(fyne.NewSize(size.Width*0.96, size.Height*0.96))
	pop.Show()
	cv.Focus(s)
}

// Tapped implements fyne.Tappable.
func (s *sheet) Tapped(*fyne.PointEvent) { s.close() }

// TypedRune implements fyne.Focusable.
func (s *sheet) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (s *sheet) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape, fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		s.close()
	}
}

// NewPlayButton is a button that opens a sound or film with the system's player;
// path says where it is, fail is told what went wrong.
func NewPlayButton(name string, film bool, path func() (string, error), fail func(error)) *widget.Button {
	icon := theme.VolumeUpIcon()
	if film {
		icon = theme.MediaVideoIcon()
	}
	return widget.NewButtonWithIcon("Play "+name, icon, func() {
		file, err := path()
		if err == nil {
			err = openFile(file)
		}
		if err != nil && fail != nil {
			fail(err)
		}
	})
}

func openFile(path string) error {
	u, err := url.Parse(storage.NewFileURI(path).String())
	if err != nil {
		return err
	}
	if fyne.CurrentApp().OpenURL(u) != nil {
		return errors.New("no program of this computer opens the file; install a player for it")
	}
	return nil
}
