package paint

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
)

// bandHeight is how many rows of a large picture are in memory at a time.
const bandHeight = 2 * tileSide

// PNG writes a scene as a PNG picture. However large it is, only some rows of it are in
// memory at a time.
func (p *Painter) PNG(ctx context.Context, w io.Writer, s Scene) error {
	c := p.canvas(&s)
	if err := c.compose(ctx); err != nil {
		return err
	}
	img := &banded{ctx: ctx, canvas: c, band: image.NewRGBA(image.Rectangle{})}
	if err := png.Encode(w, img); err != nil {
		return err
	}
	return ctx.Err()
}

// banded is a picture that is drawn as its rows are read, from above.
type banded struct {
	ctx    context.Context
	canvas *canvas
	band   *image.RGBA
}

// ColorModel implements image.Image.
func (b *banded) ColorModel() color.Model { return color.RGBAModel }

// Bounds implements image.Image.
func (b *banded) Bounds() image.Rectangle { return b.canvas.size }

// Opaque says that all pixels are, without drawing them.
func (b *banded) Opaque() bool { return true }

// At implements image.Image.
func (b *banded) At(x, y int) color.Color {
	if r := b.band.Rect; y < r.Min.Y || y >= r.Max.Y {
		top := y - y%bandHeight
		b.band = image.NewRGBA(image.Rect(0, top, b.canvas.size.Max.X, min(top+bandHeight, b.canvas.size.Max.Y)))
		if rasterize(b.ctx, b.band, b.canvas.ground(), b.canvas.steps) != nil {
			return color.RGBA{} // the context ended, which PNG tells
		}
	}
	return b.band.RGBAAt(x, y)
}
