package paint

import (
	"image"
	"image/color"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Scene is what a map shows.
type Scene struct {
	View      tile.View
	Layers    []layer.Layer
	Focus     []string // countries of the study, ISO 3166-1 alpha-3; drawn stronger and labelled
	Language  string   // BCP 47 of labels; "" is the romanised name
	Dark      bool
	Scale     float32 // device pixels per point; 0 is 1
	Selected  string  // id of a unit, ringed
	Title     string
	Furniture bool     // legend, scale bar, north, source and disclaimer
	Notes     []string // said below the picture, before the source
}

// Disclaimer is what every picture says of borders and names.
const Disclaimer = "Boundaries and names shown do not imply any opinion on the legal status of any country, territory or area."

// Theme is the colours of a map.
type Theme struct {
	Sea, Land, Focus, Lake, River                   color.RGBA
	Coast, Internal, International, Disputed        color.RGBA
	Text, Halo, PlaceText, Panel, PanelText, Marker color.RGBA
}

var light = Theme{
	Sea: color.RGBA{214, 228, 236, 255}, Land: color.RGBA{243, 241, 235, 255}, Focus: color.RGBA{253, 252, 248, 255},
	Lake: color.RGBA{205, 222, 232, 255}, River: color.RGBA{170, 200, 216, 255},
	Coast: color.RGBA{120, 150, 168, 255}, Internal: color.RGBA{188, 182, 172, 255}, International: color.RGBA{110, 102, 96, 255}, Disputed: color.RGBA{130, 110, 110, 255},
	Text: color.RGBA{70, 66, 60, 255}, Halo: color.RGBA{255, 255, 255, 215}, PlaceText: color.RGBA{96, 92, 88, 255},
	Panel: color.RGBA{255, 255, 255, 232}, PanelText: color.RGBA{38, 38, 38, 255}, Marker: color.RGBA{255, 255, 255, 255},
}

var dark = Theme{
	Sea: color.RGBA{27, 38, 46, 255}, Land: color.RGBA{45, 48, 50, 255}, Focus: color.RGBA{58, 62, 64, 255},
	Lake: color.RGBA{32, 46, 56, 255}, River: color.RGBA{48, 70, 84, 255},
	Coast: color.RGBA{98, 122, 138, 255}, Internal: color.RGBA{92, 92, 90, 255}, International: color.RGBA{168, 162, 154, 255}, Disputed: color.RGBA{170, 140, 140, 255},
	Text: color.RGBA{226, 222, 214, 255}, Halo: color.RGBA{20, 24, 28, 210}, PlaceText: color.RGBA{178, 176, 172, 255},
	Panel: color.RGBA{32, 36, 40, 236}, PanelText: color.RGBA{234, 234, 230, 255}, Marker: color.RGBA{24, 26, 28, 255},
}

// Frame is a drawn map.
type Frame struct {
	Image *image.RGBA
	Marks []Mark
}

// Mark is where a unit or a cluster was drawn, in pixels.
type Mark struct {
	X, Y, Radius float64
	IDs          []string
}

// At returns the ids of the mark under a pixel, the topmost first.
func (f *Frame) At(x, y float64) []string {
	for i := len(f.Marks) - 1; i >= 0; i-- {
		m := f.Marks[i]
		if dx, dy := x-m.X, y-m.Y; dx*dx+dy*dy <= (m.Radius+3)*(m.Radius+3) {
			return m.IDs
		}
	}
	return nil
}

// Painter draws scenes of one atlas. It is safe for use by several goroutines.
type Painter struct {
	atlas *region.Atlas
	face  *text.Face
	arcs  [][]point // Mercator, parts of the world
}

// point is a vertex with its rank.
type point struct {
	x, y float64
	rank uint8
}

// New prepares an atlas for drawing.
func New(a *region.Atlas, f *text.Face) *Painter {
	p := &Painter{atlas: a, face: f, arcs: make([][]point, len(a.Arcs))}
	for i, arc := range a.Arcs {
		ps := make([]point, len(arc))
		for j, v := range arc {
			x, y := tile.Mercator(a.Position(v))
			ps[j] = point{x, y, a.Ranks[i][j]}
		}
		p.arcs[i] = ps
	}
	return p
}

// premultiply is for the translucent colours of themes; color.RGBA holds
// premultiplied ones.
func premultiply(x color.RGBA) color.RGBA {
	a := uint32(x.A)
	return color.RGBA{uint8(uint32(x.R) * a / 255), uint8(uint32(x.G) * a / 255), uint8(uint32(x.B) * a / 255), x.A}
}
