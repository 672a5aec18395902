package paint

import (
	"cmp"
	"image"
	"image/color"
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
)

// label is a name that wants a place; the first come first.
type label struct {
	text  string
	at    xy
	size  float64
	bold  bool
	color color.RGBA
	right bool // beside the point, not on it
}

// labels writes names where there is room: countries, then regions of the study's
// countries, then places.
func (c *canvas) labels() {
	c.reserveFurniture()
	var ls []label
	if c.s.View.Zoom < 5.6 {
		ls = append(ls, c.countryLabels()...)
	}
	ls = append(ls, c.regionLabels()...)
	ls = append(ls, c.placeLabels()...)
	for _, l := range ls {
		c.label(l)
	}
}

func (c *canvas) label(l label) {
	lay := c.p.face.Layout(l.text, text.Style{Size: float32(l.size * c.px), Bold: l.bold, Height: 1.25, Align: text.Center})
	x, y := l.at.x-float64(lay.Width)/2, l.at.y-float64(lay.Height)/2
	if l.right {
		x = l.at.x + 5*c.px
	}
	box := image.Rect(int(x)-2, int(y), int(x)+lay.Width+2, int(y)+lay.Height)
	if !box.In(c.img.Bounds()) || !c.free(box) {
		return
	}
	if l.right {
		c.shape(layer.Circle, l.at.x, l.at.y, 2*c.px, c.t.PlaceText)
	}
	lay.DrawHalo(c.img, float32(x), float32(y), l.color, c.t.Halo, uint8(min(3, 1+c.px)))
	c.take(box)
}

// named is a name in the scene's language, and where that is another than the
// romanised one both.
func (c *canvas) named(name string, names map[string]string) string {
	local := names[c.s.Language]
	if c.s.Language == "" || local == "" || local == name {
		return name
	}
	return local
}

func (c *canvas) countryLabels() []label {
	a := c.p.atlas
	var out []label
	for _, k := range a.Countries {
		b, ok := a.BoundOf(k.Code)
		if !ok {
			continue
		}
		at, in := c.project(b.Center())
		width := (b.Max[0] - b.Min[0]) / 360 * c.world
		focus := slices.Contains(c.s.Focus, k.Code)
		if !in || width < 60*c.px || focus && c.s.View.Zoom > 5 {
			continue
		}
		name := k.Name
		if focus {
			name = c.named(k.Name, k.Names)
		}
		out = append(out, label{text: name, at: at, size: 12.5, bold: focus, color: c.t.Text})
	}
	slices.SortStableFunc(out, func(a, b label) int {
		if a.bold != b.bold {
			return cmp.Compare(map[bool]int{true: 0, false: 1}[a.bold], map[bool]int{true: 0, false: 1}[b.bold])
		}
		return cmp.Compare(a.text, b.text)
	})
	return out
}

func (c *canvas) regionLabels() []label {
	if c.s.View.Zoom < 4.6 {
		return nil
	}
	a := c.p.atlas
	var out []label
	for _, f := range c.s.Focus {
		for _, r := range a.In(f) {
			at, in := c.project(r.Label)
			if !in || (r.Bound.Max[0]-r.Bound.Min[0])/360*c.world < 22*c.px {
				continue
			}
			out = append(out, label{text: c.named(r.Name, r.Names), at: at, size: 11.5, bold: true, color: c.t.Text})
		}
	}
	return out
}

// placeLabels offers as many places as the zoom bears, the largest first.
func (c *canvas) placeLabels() []label {
	var out []label
	for _, l := range c.s.Layers {
		ps, ok := l.(*layer.Places)
		if !ok {
			continue
		}
		for _, p := range ps.Places {
			if len(out) >= 60 {
				break
			}
			if p.Population < leastPopulation(c.s.View.Zoom) || !boxHolds(c.bound, p.At) {
				continue
			}
			if at, in := c.project(p.At); in {
				out = append(out, label{text: p.Name, at: at, size: 10.5, color: c.t.PlaceText, right: true})
			}
		}
	}
	return out
}

func boxHolds(b orb.Bound, p orb.Point) bool {
	for _, turn := range [...]float64{-360, 0, 360} {
		if b.Contains(orb.Point{p[0] + turn, p[1]}) {
			return true
		}
	}
	return false
}

func leastPopulation(zoom float64) int {
	switch {
	case zoom < 4.5:
		return 3_000_000
	case zoom < 5.5:
		return 800_000
	case zoom < 6.5:
		return 200_000
	case zoom < 7.5:
		return 50_000
	case zoom < 9:
		return 10_000
	}
	return 0
}
