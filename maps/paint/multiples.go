package paint

import (
	"context"
	"image"
	"math"
	"slices"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Panel is one of several maps side by side.
type Panel struct {
	Title  string
	Layers []layer.Layer // above those of the scene
}

// Multiples draws small maps of one area side by side, all at one scale, with one
// legend that explains what all of them show. The scene's view says what area, and how
// large the whole picture is. Choropleths side by side need the same classes: give them
// a style with breaks.
func (p *Painter) Multiples(ctx context.Context, s Scene, panels []Panel) (*image.RGBA, error) {
	c := p.canvas(&s)
	legend := c.shared(panels)
	g := c.grid(len(panels), c.legendSize(legend).X)
	small := s
	small.View, small.Title, small.Furniture = g.view(s.View), "", false
	for i, k := range panels {
		small.Layers = slices.Concat(s.Layers, k.Layers)
		f, err := p.Paint(ctx, small)
		if err != nil {
			return nil, err
		}
		c.panelAt(g.at(i), k.Title, f.Image)
	}
	if s.Furniture {
		c.s.View.Zoom = small.View.Zoom // the scale of the bar
		c.s.Layers = nil                // the legend is drawn here
		c.furniture()
		if len(legend) > 0 {
			at := image.Pt(g.right, g.area.Min.Y+int(50*c.px))
			c.drawEntries(legend, image.Rectangle{at, at.Add(c.legendSize(legend))})
		}
	}
	img := image.NewRGBA(c.size)
	return img, rasterize(ctx, img, c.t.Blank, c.steps)
}

// shared gathers the lines of all legends, each once.
func (c *canvas) shared(panels []Panel) []entry {
	var out []entry
	add := func(layers []layer.Layer) {
		for _, l := range layers {
			for _, e := range l.Legend() {
				same := func(o entry) bool {
					return o.Text == e.Text && o.Color == e.Color && o.Shape == e.Shape && o.Heading == e.Heading && len(o.Circles) == len(e.Circles)
				}
				if !slices.ContainsFunc(out, same) {
					out = append(out, entry{Entry: e})
				}
			}
		}
	}
	add(c.s.Layers)
	for _, k := range panels {
		add(k.Layers)
	}
	for _, e := range c.legend() {
		if e.dash > 0 || e.contested {
			out = append(out, e)
		}
	}
	return out
}

// grid is where panels stand.
type grid struct {
	area          image.Rectangle
	columns, rows int
	gap, caption  int
	right         int // where the column of the legend begins
}

// grid finds the number of columns that gives the largest maps.
func (c *canvas) grid(n, legend int) grid {
	g := grid{area: c.size, gap: int(6 * c.px), caption: int(22 * c.px)}
	if c.s.Furniture {
		g.area.Max.Y -= c.sourceLayout().Height + int(8*c.px)
		if c.s.Title != "" {
			g.area.Min.Y += int(36 * c.px)
		}
		g.area.Max.X -= max(legend, int(150*c.px)) + g.gap
	}
	g.right = g.area.Max.X
	best := -1.0
	for columns := 1; columns <= max(n, 1); columns++ {
		try := g
		try.columns, try.rows = columns, (n+columns-1)/columns
		b := try.room(0)
		if k := min(float64(b.Dx())/float64(c.s.View.Width), float64(b.Dy())/float64(c.s.View.Height)); k > best {
			best, g.columns, g.rows = k, columns, max(try.rows, 1)
		}
	}
	return g
}

// at is the room of a panel with its caption.
func (g *grid) at(i int) image.Rectangle {
	w, h := (g.area.Dx()-g.gap)/g.columns, (g.area.Dy()-g.gap)/max(g.rows, 1)
	x, y := g.area.Min.X+g.gap+i%g.columns*w, g.area.Min.Y+g.gap+i/g.columns*h
	return image.Rect(x, y, x+max(w-g.gap, 16), y+max(h-g.gap, g.caption+16))
}

// room is the room of its map.
func (g *grid) room(i int) image.Rectangle {
	r := g.at(i)
	r.Min.Y += g.caption
	return r
}

// view shows in a panel what the whole picture would show.
func (g *grid) view(v tile.View) tile.View {
	r := g.room(0)
	k := min(float64(r.Dx())/float64(v.Width), float64(r.Dy())/float64(v.Height))
	v.Zoom = max(v.Zoom+math.Log2(k), 0)
	v.Width, v.Height = r.Dx(), r.Dy()
	return v
}

func (c *canvas) panelAt(r image.Rectangle, title string, img *image.RGBA) {
	l := c.p.face.Layout(title, text.Style{Size: float32(12.5 * c.px), Bold: true, Width: r.Dx(), Lines: 1, Align: text.Left, Height: 1.4})
	c.text(l, float64(r.Min.X), float64(r.Min.Y)+1, c.t.PanelText)
	at := r.Max.Sub(img.Rect.Size())
	c.steps = append(c.steps, &picture{img: img, from: img.Rect, to: box{float64(at.X), float64(at.Y), float64(r.Max.X), float64(r.Max.Y)}, opacity: 1})
}
