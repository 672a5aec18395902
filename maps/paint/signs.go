package paint

import (
	"context"
	"image"
	"image/color"
)

// Corner is where a legend stands.
type Corner uint8

// The corners, as a legend prefers them.
const (
	TopLeft Corner = iota
	BottomLeft
	TopRight
	BottomRight
	corners4
)

// Signs are title, legend and source of a frame, apart from its map: for windows in which
// they stand still while the map moves. Nil where there is none.
type Signs struct {
	Size                  image.Point // of the picture on which they stand
	Title, Legend, Source *image.RGBA
	legendAt              [corners4]image.Point
}

// LegendAt is the box of the legend in a corner.
func (s *Signs) LegendAt(at Corner) image.Rectangle {
	if s.Legend == nil {
		return image.Rectangle{}
	}
	return s.Legend.Rect.Add(s.legendAt[at])
}

// SourceAt is where the source begins.
func (s *Signs) SourceAt() image.Point {
	if s.Source == nil {
		return image.Point{}
	}
	return image.Pt(0, s.Size.Y-s.Source.Rect.Dy())
}

// Signs draws the signs of a frame, for a picture of a size with a title. They explain
// what the frame shows, and name who made the base maps on it.
func (p *Painter) Signs(f *Frame, size image.Point, title string) Signs {
	s := f.scene
	s.View.Width, s.View.Height, s.Title, s.Furniture = size.X, size.Y, title, true
	c := p.canvas(&s)
	c.credits = f.credits
	out := Signs{Size: size}
	drawn := func(draw func() image.Rectangle) *image.RGBA {
		c.steps = nil
		box := draw()
		if box.Empty() {
			return nil
		}
		img := image.NewRGBA(box)
		_ = rasterize(context.Background(), img, color.RGBA{}, c.steps) // nothing ends this context
		img.Rect = img.Rect.Sub(box.Min)
		return img
	}
	out.Source, out.Title = drawn(c.sourceBar), drawn(c.titleBar)
	if need := c.legendSize(f.legend); need != (image.Point{}) {
		out.Legend = drawn(func() image.Rectangle {
			box := image.Rectangle{Max: need}
			c.bar(box)
			c.drawEntries(f.legend, box)
			return box
		})
		out.legendAt = c.legendCorners(need)
	}
	return out
}

// LegendCorner is the corner in which the legend of a scene hides least.
func (p *Painter) LegendCorner(ctx context.Context, s Scene) (Corner, error) {
	s.Furniture = true
	c := p.canvas(&s)
	if err := c.compose(ctx); err != nil {
		return 0, err
	}
	return c.corner, nil
}
