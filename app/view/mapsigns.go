package view

import (
	"context"
	"image"

	"sselandscape/maps/paint"
)

// signs are title, legend and source: what stands still while the map moves below.
type signs struct {
	image  *image.RGBA
	boxes  []image.Rectangle // where they are
	top    int               // pixels that the title takes
	bottom int               // and the source
}

// paintSigns draws title, legend and source of a scene as the painter does: they are
// what it adds to the view to which the map returns, so the legend stands where it hides
// least there. Scale and north are drawn anew with each view.
func paintSigns(ctx context.Context, p *paint.Painter, s paint.Scene, title string) (signs, error) {
	without, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	s.Furniture, s.Title = true, title
	with, err := p.Paint(ctx, s)
	if err != nil {
		return signs{}, err
	}
	d := difference{with.Image, without.Image}
	return d.signs(float64(s.Scale)), nil
}

// difference is two pictures of the same size.
type difference struct{ a, b *image.RGBA }

func (d difference) at(x, y int) bool {
	i := d.a.PixOffset(x, y)
	return pixelOf(d.a.Pix, i) != pixelOf(d.b.Pix, i)
}

// signs finds bars from side to side above and below, and the panel of the legend at the
// left or right, at k pixels by point. Names that have made way for these differ, too; they
// fill no panel.
func (d difference) signs(k float64) signs {
	w, h := d.a.Rect.Dx(), d.a.Rect.Dy()
	out := signs{image: d.a}
	for out.top < h && d.bar(out.top) {
		out.top++
	}
	for out.bottom < h-out.top && d.bar(h-1-out.bottom) {
		out.bottom++
	}
	out.boxes = []image.Rectangle{image.Rect(0, 0, w, out.top), image.Rect(0, h-out.bottom, w, h)}
	const edge, least = 13, 30 // points: a line on which a panel is met, and how high it is
	for _, x := range []int{int(edge * k), w - 1 - int(edge*k)} {
		if x < 0 || x >= w {
			continue
		}
		from := out.top
		for y := out.top; y <= h-out.bottom; y++ {
			if y < h-out.bottom && d.at(x, y) {
				continue
			}
			if float64(y-from) >= least*k {
				out.boxes = append(out.boxes, d.panel(x, from, y))
			}
			from = y + 1
		}
	}
	return out
}

// bar says whether a row differs from side to side.
func (d difference) bar(y int) bool {
	const probes = 24
	w := d.a.Rect.Dx()
	same := 0
	for i := range probes {
		if !d.at(i*(w-1)/(probes-1), y) {
			same++
		}
	}
	return same < 3 // letters may have the colours that are below
}

// panel is the box around a piece of a column that differs, as wide as its rim does.
func (d difference) panel(x, y0, y1 int) image.Rectangle {
	side := func(by int) int {
		to := x
		for n := to + by; n >= 0 && n < d.a.Rect.Dx() && d.at(n, y0+1) && d.at(n, y1-2); n += by {
			to = n
		}
		return to
	}
	return image.Rect(side(-1), y0, side(1)+1, y1)
}

func (s *signs) draw(img *image.RGBA) {
	if s.image == nil || s.image.Rect.Size() != img.Rect.Size() {
		return
	}
	for _, r := range s.boxes {
		stretch(img, r, s.image, 0, 0, 1)
	}
}
