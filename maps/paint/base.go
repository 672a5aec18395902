package paint

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"image/draw"
	"maps"
	"math"
	"slices"
	"sync"

	xdraw "golang.org/x/image/draw"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
)

// picture is an image that is stretched over a box.
type picture struct {
	img     image.Image
	from    image.Rectangle // the part of it that is shown
	to      box
	opacity float64
	grey    bool
}

func (*picture) step() {}

// rect is the box in pixels; boxes that touch have rectangles that do.
func (p *picture) rect() image.Rectangle {
	return image.Rect(int(math.Round(p.to.x0)), int(math.Round(p.to.y0)), int(math.Round(p.to.x1)), int(math.Round(p.to.y1)))
}

func (p *picture) draw(img *image.RGBA) {
	r := p.rect()
	if !r.Overlaps(img.Bounds()) {
		return
	}
	if r.Size() == p.from.Size() && p.opacity >= 1 {
		draw.Draw(img, r, p.shown(), p.from.Min, draw.Over)
		return
	}
	o := &xdraw.Options{DstMask: image.NewUniform(color.Alpha{uint8(math.Round(255 * p.opacity))})}
	if p.opacity >= 1 {
		o = nil
	}
	xdraw.ApproxBiLinear.Scale(img, r, p.shown(), p.from, draw.Over, o)
}

// shown is the picture, or its lightness alone.
func (p *picture) shown() image.Image {
	if !p.grey {
		return p.img
	}
	out := image.NewGray(p.from)
	draw.Draw(out, p.from, p.img, p.from.Min, draw.Src)
	return out
}

// Tiles of pictures are made for this many pixels, vector tiles for twice as many.
const tilePixels = 256

// How many zooms the tiles shown may be above those wanted, where these are missing, and
// how many tiles a picture may have.
const (
	mostAbove = 6
	mostTiles = 400
)

// laid is a tile in its place.
type laid struct {
	id    tile.ID
	tile  *tile.Tile
	at    box // of the tile that it is shown for, where it is a part
	whole bool
}

// base draws base maps.
func (c *canvas) base(ctx context.Context) error {
	if c.plane.lambert != nil {
		return nil
	}
	for _, l := range c.s.Layers {
		b, ok := l.(*layer.Base)
		if !ok || b.Tiles == nil {
			continue
		}
		tiles, err := c.lay(ctx, b.Tiles)
		if err != nil {
			return err
		}
		if len(tiles) == 0 {
			continue
		}
		c.based = true
		about := b.Tiles.About()
		c.credits = append(c.credits, cmp.Or(about.Attribution, about.Name))
		if about.Vector {
			c.vectorTiles(b, tiles)
		} else {
			c.pictureTiles(b, tiles)
		}
	}
	return nil
}

// zoomOf is the zoom of tiles that fits the view.
func (c *canvas) zoomOf(a tile.About) int {
	z := c.s.View.Zoom + 0.5
	if a.Vector {
		z -= 1 + math.Log2(c.px)
	}
	return max(0, min(int(math.Floor(z)), int(a.MaxZoom)))
}

// lay finds the tiles of a view. Those that are missing are replaced by a part of one
// above; below the lowest zoom there is none.
func (c *canvas) lay(ctx context.Context, s tile.Source) ([]laid, error) {
	about := s.About()
	z := c.zoomOf(about)
	if z < int(about.MinZoom) {
		if z+2 < int(about.MinZoom) {
			return nil, nil
		}
		z = int(about.MinZoom)
	}
	n := int(1) << z
	side := c.world / float64(n)
	x0, x1 := int(math.Floor(c.ox/side)), int(math.Floor((c.ox+float64(c.size.Max.X))/side))
	y0, y1 := max(0, int(math.Floor(c.oy/side))), min(n-1, int(math.Floor((c.oy+float64(c.size.Max.Y))/side)))
	if (x1-x0+1)*(y1-y0+1) > mostTiles {
		return nil, nil
	}
	var out []laid
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			at := box{float64(x)*side - c.ox, float64(y)*side - c.oy, float64(x+1)*side - c.ox, float64(y+1)*side - c.oy}
			out = append(out, laid{id: tile.ID{Z: uint32(z), X: uint32(((x % n) + n) % n), Y: uint32(y)}, at: at})
		}
	}
	var wait sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wait.Go(func() {
			for i := range next {
				out[i].fetch(ctx, s)
			}
		})
	}
	for i := range out {
		next <- i
	}
	close(next)
	wait.Wait()
	return slices.DeleteFunc(out, func(l laid) bool { return l.tile == nil }), ctx.Err()
}

// fetch gets the tile, or the next one above.
func (l *laid) fetch(ctx context.Context, s tile.Source) {
	least := s.About().MinZoom
	want := l.id
	for up := range uint32(mostAbove + 1) {
		if want.Z < up || want.Z-up < least || ctx.Err() != nil {
			return
		}
		l.id = want.Up(up)
		if t, err := s.Tile(ctx, l.id); err == nil {
			l.tile, l.whole = t, up == 0
			if up > 0 {
				l.above(want, up)
			}
			return
		}
	}
}

// above makes the box that of the whole tile above.
func (l *laid) above(want tile.ID, up uint32) {
	side, k := l.at.x1-l.at.x0, math.Exp2(float64(up))
	dx, dy := float64(want.X-l.id.X<<up), float64(want.Y-l.id.Y<<up)
	l.at = box{l.at.x0 - dx*side, l.at.y0 - dy*side, l.at.x0 + (k-dx)*side, l.at.y0 + (k-dy)*side}
}

// inOrder are the tiles, each once, those above first.
func inOrder(tiles []laid) []laid {
	type key struct {
		id   tile.ID
		x, y float64
	}
	seen := map[key]bool{}
	out := slices.DeleteFunc(slices.Clone(tiles), func(l laid) bool {
		k := key{l.id, math.Round(l.at.x0), math.Round(l.at.y0)}
		was := seen[k]
		seen[k] = true
		return was
	})
	slices.SortStableFunc(out, func(a, b laid) int { return cmp.Compare(a.id.Z, b.id.Z) })
	return out
}

func (c *canvas) pictureTiles(b *layer.Base, tiles []laid) {
	for _, l := range inOrder(tiles) {
		c.steps = append(c.steps, &picture{img: l.tile.Picture, from: l.tile.Picture.Bounds(), to: l.at, opacity: opacity(b.Opacity), grey: b.Grey})
	}
}

// opacity of a layer: 0 is whole.
func opacity(v float64) float64 {
	if v <= 0 || v > 1 {
		return 1
	}
	return v
}

// faded is a colour at an opacity, premultiplied.
func faded(col color.RGBA, o float64) color.RGBA {
	col.A = uint8(math.Round(float64(col.A) * o))
	return premultiply(col)
}

// vectorTiles draws the shapes of tiles, class by class over all tiles of a zoom, so that
// those that reach over the rim of one look whole.
func (c *canvas) vectorTiles(b *layer.Base, tiles []laid) {
	o := opacity(b.Opacity)
	look := func(col color.RGBA) color.RGBA {
		if b.Grey {
			y := color.GrayModel.Convert(col).(color.Gray).Y
			col = color.RGBA{y, y, y, col.A}
		}
		return faded(col, o)
	}
	ordered := inOrder(tiles)
	for len(ordered) > 0 {
		n := 1
		for n < len(ordered) && ordered[n].id.Z == ordered[0].id.Z {
			n++
		}
		c.zoomOfTiles(ordered[:n], look)
		ordered = ordered[n:]
	}
}

// zoomOfTiles draws the tiles of one zoom.
func (c *canvas) zoomOfTiles(tiles []laid, look func(color.RGBA) color.RGBA) {
	ground := &drawing{color: look(c.t.Land)}
	byClass := map[tile.Class][]line{}
	for _, l := range tiles {
		ground.lines = append(ground.lines, closedLine(corners(boxOf((&picture{to: l.at}).rect()))))
		for i := range l.tile.Shapes {
			s := &l.tile.Shapes[i]
			if s.Form == tile.Label {
				c.townLabel(l, s)
				continue
			}
			byClass[s.Class] = append(byClass[s.Class], l.lines(s)...)
		}
	}
	c.add(ground)
	for _, class := range slices.Sorted(maps.Keys(byClass)) {
		c.add(c.ofClass(class, byClass[class], look)...)
	}
}

// lines are the paths of a shape in pixels.
func (l *laid) lines(s *tile.Shape) []line {
	w, h := l.at.x1-l.at.x0, l.at.y1-l.at.y0
	out := make([]line, 0, len(s.Paths))
	for _, p := range s.Paths {
		path := make([]xy, 0, len(p)+1)
		for _, v := range p {
			at := xy{l.at.x0 + float64(v.X)*w, l.at.y0 + float64(v.Y)*h}
			if n := len(path); n > 0 && n < len(p)-1 && math.Abs(at.x-path[n-1].x) < 0.3 && math.Abs(at.y-path[n-1].y) < 0.3 {
				continue
			}
			path = append(path, at)
		}
		if s.Form == tile.Area {
			out = append(out, closedLine(path))
			continue
		}
		// A neighbour has what runs on over the rim of the tile, and lines that lie on one
		// another are darker at their edges.
		for _, piece := range piecesIn(path, l.at) {
			out = append(out, lineOf(piece))
		}
	}
	return out
}

// townLabel notes the name of a town on a tile.
func (c *canvas) townLabel(l laid, s *tile.Shape) {
	name := c.nameOf(s.Names)
	if name == "" || len(s.Paths) == 0 || len(s.Paths[0]) == 0 {
		return
	}
	v := s.Paths[0][0]
	if v.X < 0 || v.X >= 1 || v.Y < 0 || v.Y >= 1 { // of the rim: a neighbour has it, too
		return
	}
	at := xy{l.at.x0 + float64(v.X)*(l.at.x1-l.at.x0), l.at.y0 + float64(v.Y)*(l.at.y1-l.at.y0)}
	if !c.near(at) {
		return
	}
	lab := label{text: name, at: at, size: max(9.5, 13-float64(s.Rank/10)), color: c.t.PlaceText, dot: s.Class == tile.Settlement}
	if s.Class == tile.WaterName {
		lab.italic, lab.color, lab.width, lab.size = leans(name), c.t.WaterText, 90, 10
	}
	c.townLabels = append(c.townLabels, ranked{lab, s.Rank})
}

// ranked is a label with its rank on its tile.
type ranked struct {
	label
	rank int
}

// nameOf is the name in the scene's language, else one in Latin letters if romanised names
// are wanted, else the local one.
func (c *canvas) nameOf(names map[string]string) string {
	keys := []string{c.s.Language, ""}
	if c.s.Language == "" {
		keys = []string{"en", "latin", "int", "int_name", ""}
	}
	for _, k := range keys {
		if n := names[k]; n != "" {
			return n
		}
	}
	return ""
}

// baseLabels are the names on base maps, the most important first.
func (c *canvas) baseLabels() []label {
	slices.SortStableFunc(c.townLabels, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out []label
	for _, l := range c.townLabels[:min(len(c.townLabels), 120)] {
		out = append(out, l.label)
	}
	return out
}
