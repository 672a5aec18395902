package paint

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"reflect"
	"slices"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Panel is one of several small maps side by side.
type Panel struct {
	Title  string
	Note   string        // behind the title, whole where that is cut
	Layers []layer.Layer // above those of the scene
}

// ground is the colour below everything.
func (c *canvas) ground() color.RGBA {
	if len(c.s.Panels) > 0 {
		return c.t.Blank
	}
	return c.t.Sea
}

// multiples lists small maps of one area side by side, all at one scale, and one legend
// that explains what all of them show. The view says what area, and how large the whole
// picture is. What room legend and source need is known once the maps are there.
func (c *canvas) multiples(ctx context.Context) error {
	g := c.grid(0)
	maps, err := c.smallMaps(ctx, g)
	if err != nil {
		return err
	}
	legend := sharedLegend(maps)
	c.credits = maps[0].credits
	if next := c.grid(c.legendSize(legend).X); next != g {
		g = next
		if maps, err = c.smallMaps(ctx, g); err != nil {
			return err
		}
	}
	for i, m := range maps {
		c.panel(g.at(i), &c.s.Panels[i], m)
	}
	if c.s.Furniture {
		strip := c.frame()
		if len(legend) > 0 {
			at := image.Pt(g.right, g.area.Min.Y+int(50*c.px))
			c.drawEntries(legend, image.Rectangle{at, at.Add(c.legendSize(legend))})
		}
		c.scaleBar(maps[0].s.View, strip.Min.Y)
		c.plane.lambert = nil // north is up in the middle of each map
		c.north()
	}
	return ctx.Err()
}

// smallMaps composes the maps of all panels.
func (c *canvas) smallMaps(ctx context.Context, g grid) ([]*canvas, error) {
	var out []*canvas
	for _, k := range c.s.Panels {
		s := *c.s
		s.View, s.Title, s.Furniture, s.Panels, s.Layers = g.view(s.View), "", false, nil, slices.Concat(s.Layers, k.Layers)
		m := c.p.canvas(&s)
		m.closed = m.closed || c.closed
		if err := m.compose(ctx); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// sharedLegend has the lines of the legends of all maps, each once: what is drawn on them,
// then what explains borders.
func sharedLegend(maps []*canvas) []entry {
	var out, borders []entry
	for _, m := range maps {
		for _, e := range m.legend() {
			to := &out
			if e.dash > 0 || e.contested {
				to = &borders
			}
			if !slices.ContainsFunc(*to, func(o entry) bool { return reflect.DeepEqual(o, e) }) {
				*to = append(*to, e)
			}
		}
	}
	return append(out, borders...)
}

// panel puts a map below its title.
func (c *canvas) panel(r image.Rectangle, k *Panel, m *canvas) {
	style := text.Style{Size: float32(12.5 * c.px), Lines: 1, Align: text.Left, Height: 1.4}
	note := c.p.face.Layout(k.Note, style)
	style.Bold, style.Width = true, max(1, r.Dx()-note.Width-int(7*c.px))
	title := c.p.face.Layout(k.Title, style)
	x, y := float64(r.Min.X), float64(r.Min.Y)+1
	c.text(title, x, y, c.t.PanelText)
	c.text(note, x+float64(title.Width)+7*c.px, y, c.t.PanelText)
	c.steps = append(c.steps, &inset{image.Rectangle{r.Max.Sub(m.size.Size()), r.Max}, m})
}

// grid is where panels stand.
type grid struct {
	area          image.Rectangle
	columns, rows int
	gap, caption  int
	right         int // where the column of the legend begins
}

// grid finds the number of columns that gives the largest maps, beside a legend of a
// width.
func (c *canvas) grid(legend int) grid {
	n := len(c.s.Panels)
	g := grid{area: c.size, gap: int(6 * c.px), caption: int(22 * c.px)}
	if c.s.Furniture {
		g.area.Max.Y -= c.sourceLayout().Height + int(8*c.px)
		if c.s.Title != "" {
			g.area.Min.Y += int(36 * c.px)
		}
		g.area.Max.X -= max(legend, int(150*c.px)) + g.gap
	}
	g.right = g.area.Max.X
	best := math.Inf(-1)
	for columns := 1; columns <= n; columns++ {
		try := g
		try.columns, try.rows = columns, (n+columns-1)/columns
		b := try.room()
		if k := min(float64(b.Dx())/float64(c.s.View.Width), float64(b.Dy())/float64(c.s.View.Height)); k > best {
			best, g.columns, g.rows = k, try.columns, try.rows
		}
	}
	return g
}

// at is the room of a panel with its caption.
func (g *grid) at(i int) image.Rectangle {
	w, h := (g.area.Dx()-g.gap)/g.columns, (g.area.Dy()-g.gap)/g.rows
	x, y := g.area.Min.X+g.gap+i%g.columns*w, g.area.Min.Y+g.gap+i/g.columns*h
	return image.Rect(x, y, x+max(w-g.gap, 16), y+max(h-g.gap, g.caption+16))
}

// room is that of the map of a panel.
func (g *grid) room() image.Rectangle {
	r := g.at(0)
	r.Min.Y += g.caption
	return r
}

// view shows in a panel what the whole picture would show.
func (g *grid) view(v tile.View) tile.View {
	r := g.room()
	k := min(float64(r.Dx())/float64(v.Width), float64(r.Dy())/float64(v.Height))
	v.Zoom = max(v.Zoom+math.Log2(k), 0)
	v.Width, v.Height = r.Dx(), r.Dy()
	return v
}

// inset is a small map in a picture.
type inset struct {
	at    image.Rectangle
	small *canvas
}

func (*inset) step() {}

// draw puts what of the small map lies in a part of the picture there.
func (s *inset) draw(ctx context.Context, img *image.RGBA) error {
	seen := s.at.Intersect(img.Bounds())
	if seen.Empty() {
		return nil
	}
	part := image.NewRGBA(seen.Sub(s.at.Min))
	if err := rasterize(ctx, part, s.small.ground(), s.small.steps); err != nil {
		return err
	}
	draw.Draw(img, seen, part, part.Rect.Min, draw.Src)
	return nil
}

// onto draws the small map on a sheet.
func (s *inset) onto(on sheet) {
	room := [][]xy{corners(boxOf(s.at))}
	on.clip(room, func() {
		on.area(room, straight(s.small.ground()))
		s.small.onto(moved{on, float64(s.at.Min.X), float64(s.at.Min.Y)})
	})
}

// moved is a sheet with its origin elsewhere.
type moved struct {
	to     sheet
	dx, dy float64
}

func (m moved) paths(ps [][]xy) [][]xy {
	out := make([][]xy, len(ps))
	for i, p := range ps {
		out[i] = make([]xy, len(p))
		for j, v := range p {
			out[i][j] = xy{v.x + m.dx, v.y + m.dy}
		}
	}
	return out
}

func (m moved) area(rings [][]xy, col color.NRGBA) { m.to.area(m.paths(rings), col) }
func (m moved) hatch(rings [][]xy, h *hatching)    { m.to.hatch(m.paths(rings), h) }
func (m moved) clip(rings [][]xy, draw func())     { m.to.clip(m.paths(rings), draw) }
func (m moved) stroke(lines [][]xy, width float64, round bool, col color.NRGBA) {
	m.to.stroke(m.paths(lines), width, round, col)
}

func (m moved) words(w *words) {
	there := *w
	there.at = xy{w.at.x + m.dx, w.at.y + m.dy}
	m.to.words(&there)
}

func (m moved) picture(p *picture) {
	there := *p
	there.to = p.to.moved(m.dx, m.dy)
	m.to.picture(&there)
}
