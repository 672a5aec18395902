package view

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // photos may be GIF
	"image/jpeg"
	"image/png"

	xdraw "golang.org/x/image/draw"
)

const (
	photoBytes  = 100 << 20
	photoPixels = 120_000_000
)

// Photo reads a JPEG, PNG or GIF picture and turns it upright as its EXIF
// orientation says.
func Photo(data []byte) (img image.Image, format string, err error) {
	if len(data) > photoBytes {
		return nil, "", fmt.Errorf("this picture is larger than %d megabytes", photoBytes>>20)
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", errors.New("this is no picture that can be shown; choose a JPEG, PNG or GIF file")
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > photoPixels/c.Height {
		return nil, "", fmt.Errorf("this picture of %d × %d pixels is too large", c.Width, c.Height)
	}
	img, format, err = image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("this picture is damaged: %w", err)
	}
	return upright(img, orientation(data)), format, nil
}

// Shrink makes a picture at most so many pixels long at its longest edge. It
// returns the data as they are if nothing has to be done; else a JPEG, or a PNG
// where it was none.
func Shrink(data []byte, longest int) ([]byte, error) {
	if c, _, err := image.DecodeConfig(bytes.NewReader(data)); longest <= 0 || err == nil && max(c.Width, c.Height) <= longest {
		return data, nil
	}
	img, format, err := Photo(data)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	small := Thumbnail(img, longest)
	if format == "jpeg" {
		err = jpeg.Encode(&b, small, &jpeg.Options{Quality: 88})
	} else {
		err = png.Encode(&b, small)
	}
	return b.Bytes(), err
}

// Thumbnail scales a picture down to an edge of so many pixels at the most.
func Thumbnail(img image.Image, longest int) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	if max(w, h) <= longest {
		return img
	}
	if w > h {
		w, h = longest, max(1, (h*longest+w/2)/w)
	} else {
		w, h = max(1, (w*longest+h/2)/h), longest
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	xdraw.CatmullRom.Scale(out, out.Bounds(), img, img.Bounds(), xdraw.Src, nil)
	return out
}

// orientation is the EXIF orientation of a JPEG, 1 to 8 (Exif 2.32, 4.6.4): how
// the camera was held.
func orientation(b []byte) int {
	if len(b) < 4 || b[0] != 0xff || b[1] != 0xd8 {
		return 1
	}
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		length := int(binary.BigEndian.Uint16(b[i+2:]))
		if length < 2 || i+2+length > len(b) || b[i+1] == 0xda {
			return 1
		}
		part := b[i+4 : i+2+length]
		if b[i+1] == 0xe1 && bytes.HasPrefix(part, []byte("Exif\x00\x00")) {
			return tiffOrientation(part[6:])
		}
		i += 2 + length
	}
	return 1
}

func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if b[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	for n, i := int64(order.Uint16(b[at:])), int64(0); i < n; i++ {
		e := at + 2 + 12*i
		if e+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[e:]) == 0x0112 {
			if v := int(order.Uint16(b[e+8:])); v >= 1 && v <= 8 {
				return v
			}
		}
	}
	return 1
}

// upright turns and mirrors a picture.
func upright(img image.Image, o int) image.Image {
	if o <= 1 {
		return img
	}
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	if o >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			sx, sy := x, y
			switch o {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, w-1-x
			case 7:
				sx, sy = h-1-y, w-1-x
			case 8:
				sx, sy = h-1-y, x
			}
			out.Set(x, y, img.At(r.Min.X+sx, r.Min.Y+sy))
		}
	}
	return out
}
