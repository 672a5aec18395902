package view

import (
	"bytes"
	"context"
	"image"
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
)

// openSea is a place with nothing near that is drawn, lon, lat: the emptiest part of the
// South Pacific.
var openSea = orb.Point{-130, -50}

// openSeaZoom shows open sea only, on the largest screens too.
const openSeaZoom = 11

// Where the painter puts its scale bar and north, in points from the right; the map
// draws its own, which follow the view.
const (
	scaleBarWide = 170
	scaleBarHigh = 40
	northWide    = 40
	northHigh    = 50
)

// signs are title, legend and source: what stands still while the map moves below.
type signs struct {
	image  *image.RGBA
	runs   []run // where there is something
	top    int   // pixels that the title takes
	bottom int   // and the source
}

// run is a piece of a row.
type run struct{ x0, x1, y int }

// paintSigns draws title, legend and source of a scene as the painter does: they are
// what it adds to open sea.
func paintSigns(ctx context.Context, p *paint.Painter, s paint.Scene, title string) (signs, error) {
	s.Layers = slices.DeleteFunc(slices.Clone(s.Layers), func(l layer.Layer) bool { return len(l.Legend()) == 0 })
	s.Graticule = false
	sea, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	s.Furniture, s.Title = true, title
	f, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	return readSigns(f.Image, sea.Image, int(s.Scale*scaleBarWide), int(s.Scale*scaleBarHigh), int(s.Scale*northWide), int(s.Scale*northHigh)), nil
}

func readSigns(img, sea *image.RGBA, scaleWide, scaleHigh, northWide, northHigh int) signs {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := signs{image: img}
	full := func(y int) bool { // a bar from side to side
		a, b := img.Pix[img.PixOffset(0, y):img.PixOffset(0, y)+4], sea.Pix[sea.PixOffset(0, y):sea.PixOffset(0, y)+4]
		n := img.PixOffset(w-1, y)
		return !bytes.Equal(a, b) && !bytes.Equal(img.Pix[n:n+4], sea.Pix[n:n+4])
	}
	for out.top < h && full(out.top) {
		out.top++
	}
	for out.bottom < h-out.top && full(h-1-out.bottom) {
		out.bottom++
	}
	bar := image.Rect(w-scaleWide, h-out.bottom-scaleHigh, w, h-out.bottom)
	north := image.Rect(w-northWide, out.top, w, out.top+northHigh)
	for y := range h {
		a, b := img.Pix[img.PixOffset(0, y):][:4*w], sea.Pix[sea.PixOffset(0, y):][:4*w]
		if bytes.Equal(a, b) {
			continue
		}
		from := -1
		for x := range w + 1 {
			at := image.Pt(x, y)
			on := x < w && [4]byte(a[4*x:]) != [4]byte(b[4*x:]) && !at.In(bar) && !at.In(north)
			switch {
			case on && from < 0:
				from = x
			case !on && from >= 0:
				out.runs = append(out.runs, run{from, x, y})
				from = -1
			}
		}
	}
	return out
}

func (s *signs) draw(img *image.RGBA) {
	if s.image == nil || s.image.Rect.Size() != img.Rect.Size() {
		return
	}
	for _, r := range s.runs {
		copy(img.Pix[img.PixOffset(r.x0, r.y):img.PixOffset(r.x1, r.y)], s.image.Pix[s.image.PixOffset(r.x0, r.y):])
	}
}
