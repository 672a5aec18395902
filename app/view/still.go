package view

import (
	"bytes"
	"image"

	"fyne.io/fyne/v2"

	xdraw "golang.org/x/image/draw"
)

// stillPixels is the longest edge of a picture that is kept decoded.
const stillPixels = 1600

// Still is a picture of a questionnaire, read and decoded when it first shows. All
// its methods belong to the goroutine of the window.
type Still struct {
	load func() ([]byte, error)
	data []byte
	size image.Point // upright, in pixels; zero where there is no picture
	img  image.Image
	err  error
	read bool
	busy bool
	then []func() // called when it is decoded

	scaled *image.RGBA // as it was drawn last
}

// NewStill makes a picture of bytes that are asked for once.
func NewStill(load func() ([]byte, error)) *Still { return &Still{load: load} }

// Size is the size of the picture in pixels, without decoding it; the error says
// why there is none.
func (s *Still) Size() (image.Point, error) {
	if s.read {
		return s.size, s.err
	}
	s.read = true
	if s.data, s.err = s.load(); s.err != nil {
		return s.size, s.err
	}
	c, _, err := image.DecodeConfig(bytes.NewReader(s.data))
	if err != nil {
		_, _, s.err = Photo(s.data) // says what is wrong
		if s.err == nil {
			s.err = err
		}
		s.data = nil
		return s.size, s.err
	}
	s.size = image.Pt(c.Width, c.Height)
	if orientation(s.data) >= 5 {
		s.size = image.Pt(c.Height, c.Width)
	}
	return s.size, nil
}

// Image is the picture if it is decoded; if not, it is decoded beside, and then is
// called.
func (s *Still) Image(then func()) image.Image {
	if _, err := s.Size(); err != nil || s.img != nil {
		return s.img
	}
	s.then = append(s.then, then)
	if !s.busy {
		s.busy = true
		data := s.data
		go func() {
			img, err := decodeStill(data)
			fyne.Do(func() { s.decoded(img, err) })
		}()
	}
	return nil
}

// Decode decodes the picture at once.
func (s *Still) Decode() error {
	if _, err := s.Size(); err == nil && s.img == nil {
		s.decoded(decodeStill(s.data))
	}
	return s.err
}

func decodeStill(data []byte) (image.Image, error) {
	img, _, err := Photo(data)
	if err != nil {
		return nil, err
	}
	return Thumbnail(img, stillPixels), nil
}

func (s *Still) decoded(img image.Image, err error) {
	if s.img == nil {
		s.img, s.err, s.data, s.busy = img, err, nil, false
	}
	for _, f := range s.then {
		f()
	}
	s.then = nil
}

// draw puts the picture into the middle of a box, as large as fits but never larger
// than it is at a scale of so many pixels for one.
func (s *Still) draw(dst *image.RGBA, box image.Rectangle, scale float32, then func()) {
	img := s.Image(then)
	if img == nil || box.Empty() {
		return
	}
	w, h := fitted(s.size, float32(box.Dx())/scale, float32(box.Dy())/scale)
	size := image.Pt(max(1, int(w*scale)), max(1, int(h*scale)))
	if s.scaled == nil || s.scaled.Rect.Size() != size {
		s.scaled = image.NewRGBA(image.Rectangle{Max: size})
		xdraw.CatmullRom.Scale(s.scaled, s.scaled.Rect, img, img.Bounds(), xdraw.Src, nil)
	}
	at := box.Min.Add(box.Size().Sub(size).Div(2))
	xdraw.Draw(dst, image.Rectangle{Min: at, Max: at.Add(size)}, s.scaled, image.Point{}, xdraw.Over)
}

// fitted is the size of a picture within a room, in points: never above its own.
func fitted(size image.Point, w, h float32) (float32, float32) {
	pw, ph := float32(size.X), float32(size.Y)
	if pw <= 0 || ph <= 0 {
		return 0, 0
	}
	k := min(1, w/pw, h/ph)
	return pw * k, ph * k
}
