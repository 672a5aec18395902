package paint

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strconv"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// entries are a layer's lines of the legend; some depend on the view.
func (c *canvas) entries(l layer.Layer) []layer.Entry {
	if d, ok := l.(*layer.Density); ok {
		return c.densities[d]
	}
	return l.Legend()
}

// entrySize is the room that a line of the legend takes.
func (c *canvas) entrySize(e layer.Entry) (w, h int) {
	if len(e.Circles) == 0 {
		l := c.entryLayout(entry{Entry: e})
		return l.Width + int(26*c.px), l.Height
	}
	largest := e.Circles[0].Radius * c.px
	for i, k := range e.Circles {
		l := c.sizeLayout(k)
		w = max(w, int(2*largest+20*c.px)+l.Width)
		if i == 0 {
			h = int(2*largest) + l.Height
		}
	}
	return w, max(h, int(float64(len(e.Circles))*14*c.px))
}

func (c *canvas) sizeLayout(k layer.Size) *text.Layout {
	return c.p.face.Layout(k.Text, text.Style{Size: float32(10.5 * c.px), Height: 1.3})
}

// circles draws sizes one within the other, each with a line to its number, and
// returns the height they take.
func (c *canvas) circles(e layer.Entry, x, y float64) float64 {
	_, h := c.entrySize(e)
	largest := e.Circles[0].Radius * c.px
	middle, bottom := x+largest, y+float64(h)-c.px*4
	for _, k := range e.Circles {
		c.circle(middle, bottom-k.Radius*c.px, k.Radius*c.px, e.Color)
	}
	free := bottom + 4*c.px // below the next number
	for i := len(e.Circles) - 1; i >= 0; i-- {
		k := e.Circles[i]
		l := c.sizeLayout(k)
		top := bottom - 2*k.Radius*c.px
		at := min(top, free-float64(l.Height)/2)
		free = at - float64(l.Height)/2
		from, to := xy{middle, top}, xy{x + 2*largest + 10*c.px, at}
		t := 0.4 * c.px
		c.polygon([]xy{{from.x, from.y - t}, {to.x, to.y - t}, {to.x, to.y + t}, {from.x, from.y + t}}, c.t.PanelText)
		c.text(l, to.x+3*c.px, at-float64(l.Height)/2, c.t.PanelText)
	}
	return float64(h)
}

// circle draws a proportional symbol: what lies below shows through, and a rim parts
// it from its neighbours.
func (c *canvas) circle(x, y, r float64, col color.RGBA) {
	rim := min(1.2*c.px, r/2)
	col.A = 190
	c.ring(x, y, r, r-rim, c.t.Marker)
	c.ring(x, y, r-rim, 0, premultiply(col))
}

// ring fills what lies between two circles.
func (c *canvas) ring(x, y, outer, inner float64, col color.RGBA) {
	n := 24 + int(outer)
	path := make([]xy, 0, 2*n+2)
	turn := func(r float64, way int) {
		for i := range n + 1 {
			a := 2 * math.Pi * float64(i*way) / float64(n)
			path = append(path, xy{x + r*math.Cos(a), y + r*math.Sin(a)})
		}
	}
	turn(outer, 1)
	if inner > 0 {
		turn(inner, -1)
	}
	c.polygon(path, col)
}

// symbols draws proportional symbols, the largest first.
func (c *canvas) symbols(s *layer.Symbols) {
	for _, k := range s.Symbols {
		mx, my := tile.Mercator(k.At)
		c.place(mx, my, k.Radius, func(x, y float64) { c.circle(x, y, k.Radius*c.px, s.Color) })
	}
}

// cells are counts of units in squares that lie still on the map when it is moved.
type cells struct {
	side, left, top float64 // pixels; left and top in sides from the corner of the world
	across          int
	counts          []int32
	most            int
}

func (c *canvas) cells(d *layer.Density) cells {
	k := cells{side: d.CellSide() * c.px}
	k.left, k.top, k.across = math.Floor(c.ox/k.side), math.Floor(c.oy/k.side), int(float64(c.s.View.Width)/k.side)+2
	down := int(float64(c.s.View.Height)/k.side) + 2
	k.counts = make([]int32, k.across*down)
	for _, s := range d.Units.Index().In(c.bound) {
		c.place(s.X, s.Y, 0, func(x, y float64) {
			i, j := int(math.Floor((x+c.ox)/k.side)-k.left), int(math.Floor((y+c.oy)/k.side)-k.top)
			if i >= 0 && j >= 0 && i < k.across && j < down {
				n := &k.counts[j*k.across+i]
				*n++
				k.most = max(k.most, int(*n))
			}
		})
	}
	return k
}

// density colours squares by how many units are in them.
func (c *canvas) density(d *layer.Density) {
	if d.Units == nil {
		return
	}
	k := c.cells(d)
	classes := d.Classes(k.most)
	colors := d.Scheme.Colors(len(classes))
	if c.s.Dark { // what is most stands out most
		slices.Reverse(colors)
	}
	edge := func(i int, from, origin float64) int { return int(math.Round((float64(i)+from)*k.side - origin)) }
	all := &squares{boxes: make([][]image.Rectangle, len(classes)), colors: colors}
	for at, n := range k.counts {
		if n == 0 {
			continue
		}
		class := len(classes) - 1
		for classes[class] > int(n) {
			class--
		}
		i, j := at%k.across, at/k.across
		r := image.Rect(edge(i, k.left, c.ox), edge(j, k.top, c.oy), edge(i+1, k.left, c.ox), edge(j+1, k.top, c.oy))
		all.boxes[class] = append(all.boxes[class], r.Intersect(c.size))
	}
	c.steps = append(c.steps, all)
	c.densities[d] = densityEntries(d, classes, colors, k.most, k.side*c.s.View.MetresPerPixel())
}

// squares are rectangles of whole pixels in the colours of their classes, through which
// what is below shows a little.
type squares struct {
	boxes  [][]image.Rectangle // by class
	colors []color.RGBA
}

func (*squares) step() {}

// squareCover is how much of what is below they cover, of 255.
const squareCover = 225

func (s *squares) draw(img *image.RGBA) {
	for class, boxes := range s.boxes {
		for _, r := range boxes {
			r = r.Intersect(img.Rect)
			for y := r.Min.Y; y < r.Max.Y; y++ {
				pix := img.Pix[img.PixOffset(r.Min.X, y):][:4*r.Dx()]
				for x := 0; x < len(pix); x += 4 {
					over(pix[x:x+4:x+4], s.colors[class], squareCover)
				}
			}
		}
	}
}

func densityEntries(d *layer.Density, classes []int, colors []color.RGBA, most int, metres float64) []layer.Entry {
	if len(classes) == 0 {
		return nil
	}
	size, unit := metres, " m"
	if size >= 1000 {
		size, unit = size/1000, " km"
	}
	two := math.Pow(10, math.Floor(math.Log10(size))-1) // two digits
	text := strconv.FormatFloat(math.Round(size/two)*two, 'f', int(max(0, -math.Log10(two))), 64) + unit
	out := []layer.Entry{{Text: d.Title, Heading: true}, {Text: "in squares of " + text, Heading: true}}
	for i, text := range d.ClassTexts(classes, most) {
		out = append(out, layer.Entry{Text: text, Color: colors[i], Shape: layer.Box})
	}
	return out
}
