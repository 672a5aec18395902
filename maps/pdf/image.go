package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
)

// Image is a picture of a document; it may be drawn many times and is stored once.
type Image struct {
	doc           *Document
	number        int
	width, height int
	rgb           []byte // three bytes a pixel
	alpha         []byte // one byte a pixel, nil where all is opaque
	jpeg          []byte // as it came, instead of rgb
	gray          bool   // of a JPEG
}

// Picture takes a picture in.
func (d *Document) Picture(img image.Image) *Image {
	b := img.Bounds()
	im := &Image{doc: d, number: len(d.images), width: b.Dx(), height: b.Dy()}
	opaque := true
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
			im.rgb = append(im.rgb, c.R, c.G, c.B)
			im.alpha = append(im.alpha, c.A)
			opaque = opaque && c.A == 255
		}
	}
	if opaque {
		im.alpha = nil
	}
	d.images = append(d.images, im)
	return im
}

// JPEG takes a picture in as it is stored, without loss. It fails on what is no
// JPEG, or one in four colours.
func (d *Document) JPEG(data []byte) (*Image, error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	im := &Image{doc: d, number: len(d.images), width: c.Width, height: c.Height, jpeg: data}
	switch c.ColorModel {
	case color.GrayModel:
		im.gray = true
	case color.YCbCrModel:
	default:
		return nil, errors.New("read picture: a JPEG in these colours cannot be used")
	}
	d.images = append(d.images, im)
	return im, nil
}

// Size is the picture's width and height in pixels.
func (im *Image) Size() (w, h int) { return im.width, im.height }

// Image draws a picture into a rectangle.
func (p *Page) Image(im *Image, x, y, w, h float64) {
	p.use(im.number)
	fmt.Fprintf(&p.body, "q %s 0 0 %s %s %s cm/I%d Do Q\n", num(w), num(h), num(x), num(p.height-y-h), im.number)
}

// writeImages adds the pictures (ISO 32000-1, 8.9) and returns their object numbers.
func (d *Document) writeImages(w *writer) []int {
	var out []int
	for _, im := range d.images {
		head := fmt.Sprintf("/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 8", im.width, im.height)
		mask := ""
		if im.alpha != nil {
			mask = fmt.Sprintf("/SMask %d 0 R", w.stream(head+"/ColorSpace/DeviceGray", im.alpha))
		}
		space := "/ColorSpace/DeviceRGB"
		if im.gray {
			space = "/ColorSpace/DeviceGray"
		}
		n := 0
		if im.jpeg != nil {
			n = w.raw(head+space+"/Filter/DCTDecode", im.jpeg)
		} else {
			n = w.stream(head+space+mask, im.rgb)
		}
		out = append(out, n)
	}
	return out
}

// pictures are the page's own, as an entry of its resources.
func (p *Page) pictures(objects []int) string {
	if len(p.used) == 0 {
		return ""
	}
	out := "/XObject<<"
	for _, n := range p.used {
		out += fmt.Sprintf("/I%d %d 0 R", n, objects[n])
	}
	return out + ">>"
}
