package paint

import (
	"cmp"
	"image"
	"image/color"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/text"
)

// label is a name that wants a place; the first come first.
type label struct {
	text   string
	at     xy
	size   float64
	width  float64 // lines are broken at, points; 0 never
	bold   bool
	italic bool
	dot    bool // beside the point, not on it
	within bool // in an area that it must not leave
	color  color.RGBA
}

// labels writes names where there is room: countries, then large places, then regions
// of the study's countries, then other places, then what is inside of regions, then
// water.
func (c *canvas) labels() {
	c.reserveFurniture()
	c.writeTicks()
	cities, towns := c.placeLabels()
	if ts := c.baseLabels(); len(ts) > 0 {
		cities, towns = nil, ts
	}
	ls := slices.Concat(c.countryLabels(), cities, c.regionLabels(1), towns, c.overlayLabels)
	for level := 2; level <= c.lines(); level++ {
		ls = append(ls, c.regionLabels(level)...)
	}
	if c.watered() {
		ls = append(ls, c.lakeLabels()...)
	}
	for _, l := range ls {
		c.label(l)
	}
	if c.watered() {
		c.riverLabels()
	}
}

func (c *canvas) layout(l label) *text.Layout {
	st := text.Style{Size: float32(l.size * c.px), Height: 1.25, Align: text.Center, Width: int(l.width * c.px)}
	return c.p.face.Spans([]text.Span{{Text: l.text, Bold: l.bold, Italic: l.italic}}, st)
}

// label tries the positions of a name one after the other.
func (c *canvas) label(l label) {
	lay := c.layout(l)
	w, h := float64(lay.Width), float64(lay.Height)
	positions := [][2]float64{{-w / 2, -h / 2}, {-w / 2, -1.5 * h}, {-w / 2, h / 2}, {-w / 2, -2.2 * h}, {-w / 2, 1.2 * h}}
	if l.within {
		positions = [][2]float64{{-w / 2, -h / 2}, {-w / 2, -1.1 * h}, {-w / 2, 0.1 * h}, {-w / 2, -1.5 * h}, {-w / 2, h / 2}}
	}
	dot := image.Rectangle{}
	if l.dot {
		at, gap, ok := c.dot(l.at)
		if !ok {
			return
		}
		if at == l.at {
			dot = around(at, 4*c.px)
		}
		l.at = at
		positions = [][2]float64{{gap, -h / 2}, {-w - gap, -h / 2}, {-w / 2, -h - gap}, {-w / 2, gap}}
	}
	for _, p := range positions {
		x, y := l.at.x+p[0], l.at.y+p[1]
		box := image.Rect(int(x)-2, int(y), int(x)+lay.Width+2, int(y)+lay.Height)
		if !box.In(c.size) || !c.free(box) {
			continue
		}
		if !dot.Empty() {
			c.shape(layer.Circle, l.at.x, l.at.y, 2*c.px, c.t.PlaceText)
		}
		c.haloed(lay, x, y, l.color)
		c.take(box)
		c.take(dot)
		return
	}
}

// dot is where a place is drawn and how far from it its name stands. A place under
// a unit is named beside the unit's marker, one for each; ok is false where there
// is no room.
func (c *canvas) dot(at xy) (_ xy, gap float64, ok bool) {
	for i, m := range c.marks {
		if math.Hypot(m.X-at.x, m.Y-at.y) < m.Radius+2*c.px {
			ok = !c.named[i]
			c.named[i] = true
			return xy{m.X, m.Y}, m.Radius + 4*c.px, ok
		}
	}
	return at, 5 * c.px, c.free(around(at, 4*c.px))
}

func around(at xy, r float64) image.Rectangle {
	return image.Rect(int(at.x-r), int(at.y-r), int(at.x+r), int(at.y+r))
}

// inLanguage is a name in the scene's language where it is known, else romanised.
func (c *canvas) inLanguage(name string, names map[string]string) string {
	local := names[c.s.Language]
	if c.s.Language == "" || local == "" || local == name {
		return name
	}
	return local
}

// countryLabels names countries that are wide enough, and those of the study; the
// widest first.
func (c *canvas) countryLabels() []label {
	a := c.p.atlas
	type country struct {
		label
		width float64
	}
	var found []country
	for i := range a.Countries {
		k := &a.Countries[i]
		b, ok := a.BoundOf(k.Code)
		at, in := c.project(k.Label)
		width := (b.Max[0] - b.Min[0]) / 360 * c.world
		focus := slices.Contains(c.s.Focus, k.Code)
		if !ok || !in || !focus && (width < 60*c.px || c.s.View.Zoom >= 5.6) {
			continue
		}
		// The regions of a country that is near say where one is.
		if regions := c.p.sizes[sizeKey{k.Code, 1}] * c.world; focus && c.s.View.Zoom > 5 && regions > 1.5*namedRegion*c.px {
			continue
		}
		name := cmp.Or(c.s.OwnNames[k.Code], k.NameBy(c.s.Names))
		if focus && c.s.OwnNames[k.Code] == "" {
			name = c.inLanguage(name, k.Names)
		}
		if focus {
			width += 1e6
		}
		size := 12.5
		if focus {
			size = 14
		}
		found = append(found, country{label{text: name, at: at, size: size, width: 150, bold: focus, color: c.t.Text}, width})
	}
	slices.SortStableFunc(found, func(a, b country) int { return cmp.Compare(b.width, a.width) })
	out := make([]label, len(found))
	for i, k := range found {
		out[i] = k.label
	}
	return out
}

// How wide areas of the first level and of deeper ones are, in points, to be named.
const (
	namedRegion   = 24
	namedDistrict = 34
)

// regionLabels names the areas of a level in the study's countries whose lines are
// drawn, the largest first.
func (c *canvas) regionLabels(level int) []label {
	type area struct {
		label
		wide float64
	}
	var found []area
	least, look := namedRegion*c.px, label{size: 11.5, width: 120, bold: true, within: true, color: c.t.Text}
	if level > 1 {
		least, look = namedDistrict*c.px, label{size: max(9.5, 11.5-0.5*float64(level)), width: 90, within: true, color: c.t.PlaceText}
	}
	for i := range c.p.atlas.At(level) {
		r := &c.p.atlas.At(level)[i]
		wide := c.p.sides[level][i] * c.world
		if wide < least || !slices.Contains(c.s.Focus, r.Country) || !c.shows(sizeKey{r.Country, level}) || !c.inView(r.Bound) {
			continue
		}
		at, in := c.project(c.p.pole(poleKey{level, i}, r.Rings))
		if !in {
			continue
		}
		look.text, look.at = c.inLanguage(r.Name, r.Names), at
		if float64(c.layout(look).Width) <= 2.6*wide {
			found = append(found, area{look, wide})
		}
	}
	slices.SortStableFunc(found, func(a, b area) int { return cmp.Compare(b.wide, a.wide) })
	out := make([]label, len(found))
	for i, k := range found {
		out[i] = k.label
	}
	return out
}

// poleKey names an area of a level, or a lake.
type poleKey struct{ level, i int }

// lakeLevel is that of lakes in a poleKey.
const lakeLevel = -1

// pole is where the name of an area stands.
func (p *Painter) pole(k poleKey, rings [][]int32) orb.Point {
	if at, ok := p.poles.Load(k); ok {
		return at.(orb.Point)
	}
	at := p.atlas.Pole(rings)
	p.poles.Store(k, at)
	return at
}

// placeLabels offers as many places as the zoom bears, the largest first. Outside
// of the study's countries only large ones count.
func (c *canvas) placeLabels() (cities, towns []label) {
	least := leastPopulation(c.s.View.Zoom)
	for _, l := range c.s.Layers {
		ps, ok := l.(*layer.Places)
		if !ok {
			continue
		}
		for _, p := range ps.Places {
			if len(cities)+len(towns) >= 60 {
				break
			}
			foreign := p.Country != "" && len(c.s.Focus) > 0 && !slices.Contains(c.s.Focus, p.Country)
			if p.Population < least || foreign && p.Population < 20*least || !boxHolds(c.bound, p.At) {
				continue
			}
			at, in := c.project(p.At)
			l := label{text: p.Name, at: at, size: 10.5, color: c.t.PlaceText, dot: true}
			switch {
			case in && !foreign && p.Population >= 5*least && p.Population >= cityPopulation:
				cities = append(cities, l)
			case in:
				towns = append(towns, l)
			}
		}
	}
	return cities, towns
}

// cityPopulation is from how many inhabitants on a place may come before its region.
const cityPopulation = 500_000

// lakeLabels names lakes that are wide enough.
func (c *canvas) lakeLabels() []label {
	var out []label
	for i, l := range c.p.atlas.Lakes {
		b := c.p.atlas.RingsBound(l.Rings)
		if l.Name == "" || (b.Max[0]-b.Min[0])/360*c.world < 36*c.px || !c.inView(b) {
			continue
		}
		if at, in := c.project(c.p.pole(poleKey{lakeLevel, i}, l.Rings)); in {
			out = append(out, label{text: l.Name, at: at, size: 10, width: 90, italic: leans(l.Name), color: c.t.WaterText})
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
