package paint

import (
	"image"
	"image/color"
	"sync"

	"sselandscape/maps/layer"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

// Scene is what a map shows.
type Scene struct {
	View   tile.View
	Layers []layer.Layer
	// Panels makes a picture of small maps side by side, each with the layers of the scene
	// below its own. Choropleths side by side need the same classes: give them a style with
	// breaks.
	Panels   []Panel
	Focus    []string // countries of the study, ISO 3166-1 alpha-3; drawn stronger and labelled
	Language string   // BCP 47 of labels; "" is the romanised name
	Dark     bool
	Scale    float32 // device pixels per point; 0 is 1
	Selected string  // id of a unit, ringed
	Title    string
	Names    region.Profile // whose names of countries are written
	// OwnNames are names of countries that come before those of the profile, by code.
	OwnNames  map[string]string
	Furniture bool // legend, scale bar, north, source and disclaimer
	// EqualArea draws areas in true proportion, as maps that colour them need: Lambert's
	// azimuthal projection around the view's centre. The view's zoom holds there.
	EqualArea bool
	Graticule bool     // meridians and parallels
	NoWater   bool     // no lakes and rivers
	Lines     int      // deepest level of areas whose lines and names are drawn; 0 is all
	Notes     []string // said below the picture, before the source
	// Disclaimer is said of borders and names, in the reader's language; "" is
	// [Disclaimer].
	Disclaimer string
}

// Disclaimer is what a picture says of borders and names unless its scene has
// words of its own.
const Disclaimer = "Boundaries and names shown do not imply any opinion on the legal status of any country, territory or area."

// Theme is the colours of a map.
type Theme struct {
	Sea, Land, Focus, Lake, River                   color.RGBA
	Coast, Internal, International, Disputed        color.RGBA
	Text, Halo, PlaceText, Panel, PanelText, Marker color.RGBA
	Blank, Hatch                                    color.RGBA // areas that are not to be read as a value
	District, Casing, Contested, Graticule          color.RGBA
	WaterText                                       color.RGBA
}

var light = Theme{
	Sea: color.RGBA{214, 228, 236, 255}, Land: color.RGBA{243, 241, 235, 255}, Focus: color.RGBA{253, 252, 248, 255},
	Lake: color.RGBA{205, 222, 232, 255}, River: color.RGBA{170, 200, 216, 255},
	Coast: color.RGBA{120, 150, 168, 255}, Internal: color.RGBA{188, 182, 172, 255}, International: color.RGBA{110, 102, 96, 255}, Disputed: color.RGBA{130, 110, 110, 255},
	Text: color.RGBA{70, 66, 60, 255}, Halo: color.RGBA{255, 255, 255, 215}, PlaceText: color.RGBA{96, 92, 88, 255},
	Panel: color.RGBA{255, 255, 255, 238}, PanelText: color.RGBA{38, 38, 38, 255}, Marker: color.RGBA{255, 255, 255, 255},
	Blank: color.RGBA{226, 224, 220, 255}, Hatch: color.RGBA{176, 172, 166, 255},
	District: color.RGBA{206, 201, 192, 255}, Casing: color.RGBA{255, 255, 255, 150}, Contested: color.RGBA{120, 96, 96, 46}, Graticule: color.RGBA{110, 130, 145, 90},
	WaterText: color.RGBA{72, 112, 140, 255},
}

var dark = Theme{
	Sea: color.RGBA{27, 38, 46, 255}, Land: color.RGBA{45, 48, 50, 255}, Focus: color.RGBA{58, 62, 64, 255},
	Lake: color.RGBA{32, 46, 56, 255}, River: color.RGBA{48, 70, 84, 255},
	Coast: color.RGBA{98, 122, 138, 255}, Internal: color.RGBA{92, 92, 90, 255}, International: color.RGBA{168, 162, 154, 255}, Disputed: color.RGBA{170, 140, 140, 255},
	Text: color.RGBA{226, 222, 214, 255}, Halo: color.RGBA{20, 24, 28, 210}, PlaceText: color.RGBA{178, 176, 172, 255},
	Panel: color.RGBA{32, 36, 40, 238}, PanelText: color.RGBA{234, 234, 230, 255}, Marker: color.RGBA{24, 26, 28, 255},
	Blank: color.RGBA{66, 69, 72, 255}, Hatch: color.RGBA{104, 106, 108, 255},
	District: color.RGBA{80, 82, 84, 255}, Casing: color.RGBA{20, 22, 24, 140}, Contested: color.RGBA{214, 190, 190, 36}, Graticule: color.RGBA{150, 170, 185, 70},
	WaterText: color.RGBA{138, 178, 202, 255},
}

// Frame is a drawn map. That of small maps does not say what is where.
type Frame struct {
	Image   *image.RGBA
	Marks   []Mark
	plane   plane
	scene   Scene
	atlas   *region.Atlas
	legend  []entry
	credits []string // who made its base maps
}

// RegionAt returns the area of a level under a pixel: 0 countries, 1 regions, 2
// districts … ok is false at sea and where no areas of the level are known.
func (f *Frame) RegionAt(x, y float64, level int) (r *region.Region, ok bool) {
	if f.atlas == nil {
		return nil, false
	}
	return f.atlas.LocateAt(f.plane.unproject(x, y), level)
}

// Painter draws scenes of one atlas. It is safe for use by several goroutines.
type Painter struct {
	atlas   *region.Atlas
	face    *text.Face
	arcs    [][]point // Mercator, parts of the world
	land    []int32   // arcs around all land
	borders [region.Claimed + 1][]int32
	dashed  [][]int32 // disputed lines, as long as they run on
	dotted  [][]int32 // claimed lines
	seams   []int32   // where land of two sources meets
	inner   []innerLines
	sizes   map[sizeKey]float64 // of areas, in parts of the world
	sides   [][]float64         // of each, by level
	rivers  []waterName
	poles   sync.Map // by poleKey
}

// point is a vertex with its rank.
type point struct {
	x, y float64
	rank uint8
}

// New prepares an atlas for drawing.
func New(a *region.Atlas, f *text.Face) *Painter {
	p := &Painter{atlas: a, face: f, arcs: make([][]point, len(a.Arcs))}
	p.mercator()
	var land sides
	for i := range a.Regions {
		land.add(a.Regions[i].Rings)
	}
	for i := range a.Context {
		land.add(a.Context[i].Rings)
	}
	p.land = land.refs()
	p.sortLines()
	return p
}

// mercator projects all vertices, each row of the grid once.
func (p *Painter) mercator() {
	a := p.atlas
	rows := map[int32]float64{}
	for i, arc := range a.Arcs {
		ps := make([]point, len(arc))
		for j, v := range arc {
			y, ok := rows[v.Y]
			if !ok {
				_, y = tile.Mercator(a.Position(v))
				rows[v.Y] = y
			}
			ps[j] = point{a.Position(v)[0]/360 + 0.5, y, a.Ranks[i][j]}
		}
		p.arcs[i] = ps
	}
}

// premultiply is for the translucent colours of themes; color.RGBA holds
// premultiplied ones.
func premultiply(x color.RGBA) color.RGBA {
	a := uint32(x.A)
	return color.RGBA{uint8(uint32(x.R) * a / 255), uint8(uint32(x.G) * a / 255), uint8(uint32(x.B) * a / 255), x.A}
}
