package paint

import (
	"image/color"

	"sselandscape/maps/tile"
)

// areaLooks are the colours of areas of base maps, light and dark. Water and land have the
// map's own.
var areaLooks = map[tile.Class][2]color.RGBA{
	tile.Farmland: {{244, 240, 226, 255}, {48, 50, 49, 255}},
	tile.Grass:    {{229, 238, 219, 255}, {44, 53, 47, 255}},
	tile.Wood:     {{212, 229, 203, 255}, {39, 51, 43, 255}},
	tile.Sand:     {{244, 236, 213, 255}, {60, 57, 49, 255}},
	tile.Ice:      {{240, 247, 250, 255}, {74, 80, 85, 255}},
	tile.BuiltUp:  {{234, 230, 224, 255}, {55, 57, 60, 255}},
	tile.Building: {{218, 210, 201, 255}, {68, 70, 74, 255}},
}

// lineLook is how lines of a class are drawn: with a width in points that grows between
// two zooms, from a zoom on, and a casing from a zoom on.
type lineLook struct {
	light, dark        color.RGBA
	casing, casingDark color.RGBA
	from, cased        float64 // zooms; a casing at 0 is none
	thin, thick        float64 // points at zoom thinAt and below, at thickAt and above
	thinAt, thickAt    float64
	dash               float64
}

var lineLooks = map[tile.Class]lineLook{
	tile.Path:       {light: color.RGBA{196, 180, 156, 255}, dark: color.RGBA{92, 86, 77, 255}, from: 13.5, thin: 0.8, thick: 1.8, thinAt: 14, thickAt: 18, dash: 3},
	tile.MinorRoad:  {light: color.RGBA{255, 255, 255, 255}, dark: color.RGBA{80, 83, 87, 255}, casing: color.RGBA{214, 206, 196, 255}, casingDark: color.RGBA{44, 46, 49, 255}, from: 11.5, cased: 13, thin: 0.7, thick: 9, thinAt: 12, thickAt: 18},
	tile.MediumRoad: {light: color.RGBA{252, 236, 184, 255}, dark: color.RGBA{104, 97, 76, 255}, casing: color.RGBA{220, 198, 140, 255}, casingDark: color.RGBA{48, 47, 43, 255}, from: 7.5, cased: 10.5, thin: 0.8, thick: 12, thinAt: 9, thickAt: 18},
	tile.MajorRoad:  {light: color.RGBA{247, 205, 150, 255}, dark: color.RGBA{132, 106, 76, 255}, casing: color.RGBA{219, 166, 102, 255}, casingDark: color.RGBA{54, 47, 40, 255}, from: 5, cased: 9, thin: 0.9, thick: 14, thinAt: 7, thickAt: 18},
	tile.Rail:       {light: color.RGBA{168, 163, 158, 255}, dark: color.RGBA{104, 104, 106, 255}, from: 10, thin: 0.7, thick: 2, thinAt: 11, thickAt: 18},
}

// width is that of a line at a zoom, in points.
func (l *lineLook) width(zoom float64) float64 {
	t := min(1, max(0, (zoom-l.thinAt)/(l.thickAt-l.thinAt)))
	return l.thin + (l.thick-l.thin)*t*t // roads grow on maps as they are neared
}

// ofClass draws the shapes of a class.
func (c *canvas) ofClass(class tile.Class, lines []line, look func(color.RGBA) color.RGBA) []*drawing {
	dark, zoom := 0, c.s.View.Zoom
	if c.s.Dark {
		dark = 1
	}
	switch class {
	case tile.Earth:
		return nil // the ground of tiles
	case tile.Water:
		return []*drawing{{lines: lines, color: look(c.t.Lake)}}
	case tile.River, tile.Stream:
		half := 0.5
		if class == tile.River {
			half = 0.5 + max(0, zoom-9)*0.18
		} else if zoom < 11.5 {
			return nil
		}
		return []*drawing{{lines: lines, color: look(c.t.River), half: half * c.px}}
	case tile.Building:
		if zoom < 13 {
			return nil
		}
	}
	if a, ok := areaLooks[class]; ok {
		return []*drawing{{lines: lines, color: look(a[dark])}}
	}
	l, ok := lineLooks[class]
	if !ok || zoom < l.from {
		return nil
	}
	inner, casing := l.light, l.casing
	if c.s.Dark {
		inner, casing = l.dark, l.casingDark
	}
	half := l.width(zoom) * c.px / 2
	out := []*drawing{{lines: lines, color: look(inner), half: half, dash: l.dash * c.px}}
	if l.cased > 0 && zoom >= l.cased {
		out = append([]*drawing{{lines: lines, color: look(casing), half: half + 0.6*c.px}}, out...)
	}
	return out
}
