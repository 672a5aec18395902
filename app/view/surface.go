package view

import "image"

var surfaceMemory []uint8

// surface is an empty picture to draw a widget into. It is the same memory each
// time: pictures are drawn one after the other, by the window's goroutine, and the
// window has taken one over before it asks for the next. Pages that are gone then
// hold no pictures, and drawing makes no garbage.
func surface(w, h int) *image.RGBA {
	w, h = max(0, w), max(0, h)
	n := 4 * w * h
	if cap(surfaceMemory) < n {
		surfaceMemory = make([]uint8, n)
	}
	pix := surfaceMemory[:n]
	clear(pix)
	return &image.RGBA{Pix: pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
}
