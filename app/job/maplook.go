package job

import (
	"cmp"
	"context"
	"encoding/json"
	"image/color"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// MapLook is what the map of a study shows, and how. It is kept with the study on this
// laptop, in backups but not in packages. The zero MapLook shows units by their form of
// organization, and towns.
type MapLook struct {
	Units     UnitsLook      `json:"units,omitzero"`
	Figures   FiguresLook    `json:"figures,omitzero"`
	Files     []FileLook     `json:"files,omitempty"` // base maps and layers of one's own, the topmost first
	NoTowns   bool           `json:"no_towns,omitempty"`
	NoWater   bool           `json:"no_water,omitempty"`
	Lines     int            `json:"lines,omitempty"` // deepest level of areas whose lines are drawn; 0 is all
	Graticule bool           `json:"graticule,omitempty"`
	Names     region.Profile `json:"names,omitempty"`
	// Viewpoint is the country as which borders are seen; "" is who administers an area.
	Viewpoint region.Viewpoint `json:"viewpoint,omitempty"`
}

// UnitsLook is how units are drawn.
type UnitsLook struct {
	Hidden bool   `json:"hidden,omitempty"`
	As     string `json:"as,omitempty"` // "" as one where they are crowded, "each", "density"
	By     string `json:"by,omitempty"` // name of the question that colours them; "" is the form of organization
}

// FiguresLook is a number for each region, in colours or circles.
type FiguresLook struct {
	Measure  string       `json:"measure,omitempty"`  // see Measures; "" shows none
	Question string       `json:"question,omitempty"` // whose answers are measured
	Choice   string       `json:"choice,omitempty"`   // of the share
	Circles  bool         `json:"circles,omitempty"`
	Level    int          `json:"level,omitempty"` // 0 is 1
	Method   layer.Method `json:"method,omitempty"`
	Classes  int          `json:"classes,omitempty"`
	Breaks   []float64    `json:"breaks,omitempty"` // of one's own
	Scheme   layer.Scheme `json:"scheme,omitempty"`
	Least    int          `json:"least,omitempty"` // units it takes to show a number
}

// FileLook is a file that is shown: a base map, or a layer of one's own.
type FileLook struct {
	Path    string  `json:"path"`
	Layer   string  `json:"layer,omitempty"` // of a file that has several
	Hidden  bool    `json:"hidden,omitempty"`
	Opacity float64 `json:"opacity,omitempty"` // 0 is 1
	Grey    bool    `json:"grey,omitempty"`    // of a base map
	Color   int     `json:"color,omitempty"`   // of a layer, number in OverlayColors
}

// OverlayColors are those of layers of one's own, apart from those of classes.
var OverlayColors = []color.RGBA{{170, 40, 110, 255}, {0, 120, 120, 255}, {190, 90, 0, 255}, {70, 70, 160, 255}, {60, 110, 30, 255}, {40, 40, 40, 255}}

// Measures are the numbers that regions may show.
var Measures = []struct{ Key, Words string }{
	{"count", "Number of units"},
	{"sum", "Sum of"},
	{"mean", "Mean of"},
	{"share", "Share of units that answer"},
}

// Methods say where the classes of numbers begin.
var Methods = []struct {
	Key   layer.Method
	Words string
}{{layer.Quantile, "As many regions in each class"}, {layer.Equal, "Classes of one width"}, {layer.NaturalBreaks, "Natural breaks"}}

// Schemes are the colours of classes.
var Schemes = []struct {
	Key   layer.Scheme
	Words string
}{{layer.Teal, "Teal"}, {layer.Blues, "Blues"}, {layer.YlGnBu, "Yellow to blue"}, {layer.YlOrBr, "Yellow to brown"}, {layer.Purples, "Purples"},
	{layer.PuOr, "Orange against purple"}, {layer.BrBG, "Brown against green"}, {layer.RdBu, "Red against blue"}}

// NameProfiles are those whose names of countries a map may write.
var NameProfiles = []region.Profile{region.ILO, region.UN, region.ISO}

// Viewpoints are the countries as which borders can be seen, with their names.
func (s *Study) Viewpoints() (codes []region.Viewpoint, names []string) {
	a := s.atlasOrBuiltIn()
	for _, v := range a.Viewpoints() {
		codes, names = append(codes, v), append(names, countryLabel(string(v)))
	}
	return codes, names
}

// Depth is the deepest level of areas that are known of the study's countries: 1 regions,
// 2 districts …
func (s *Study) Depth() int { return s.atlasOrBuiltIn().DepthIn(s.Info().Countries...) }

// PlaceName names where a place (lon, lat) lies: the areas of all levels around it, the
// smallest first; "" at sea and abroad.
func (s *Study) PlaceName(p orb.Point) string {
	var names []string
	for _, r := range s.atlasOrBuiltIn().LocateAll(p) {
		if r != nil && r.Level > 0 {
			names = append(names, r.Name)
		}
	}
	slices.Reverse(names)
	return strings.Join(names, ", ")
}

// RegionOutline is the outline of a region, or of a country, as a layer of the map, and the
// box around it; ok is false if it is not drawn.
func (s *Study) RegionOutline(code, title string) (l layer.Layer, b orb.Bound, ok bool) {
	a := s.atlasOrBuiltIn()
	codes := []string{code}
	if _, country := a.Country(code); country {
		codes = nil
		for _, r := range a.In(code) {
			codes = append(codes, r.Code)
		}
	}
	out := &layer.Shapes{}
	for _, c := range codes {
		for _, polygon := range a.Polygon(c) {
			var rings [][]orb.Point
			for _, r := range polygon {
				rings = append(rings, r)
			}
			if out.All = append(out.All, layer.OverlayShape{Form: tile.Area, Paths: rings}); len(out.All) == 1 {
				b = polygon.Bound()
			}
			b = b.Union(polygon.Bound())
		}
	}
	return &layer.Overlay{Title: title, Shapes: out, Color: OverlayColors[0]}, b, len(out.All) > 0
}

const lookKept = "map"

// MapLook returns how the map looks.
func (s *Study) MapLook() (l MapLook, err error) {
	kept, err := s.store.Kept(lookKept)
	if err == nil && kept[""] != "" {
		err = json.Unmarshal([]byte(kept[""]), &l)
	}
	return l, err
}

// KeepMapLook remembers how the map looks.
func (s *Study) KeepMapLook(l MapLook) error {
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	return s.store.Keep(lookKept, string(b))
}

// LookScene is what a look shows. What cannot be shown is left out, and said in sentences.
type LookScene struct {
	paint.Scene
	Wrong []string
}

// LookScene is the map of units as a look says, at a size in pixels.
func (s *Study) LookScene(us []table.Unit, l MapLook, width, height int) LookScene {
	sc := s.Scene(nil, width, height)
	sc.Layers, sc.Graticule, sc.Names, sc.NoWater, sc.Lines = nil, l.Graticule, l.Names, l.NoWater, l.Lines
	var wrong []string
	add := func(err error, ls ...layer.Layer) {
		if err != nil {
			wrong = append(wrong, err.Error())
			return
		}
		sc.Layers = append(sc.Layers, ls...)
	}
	for _, f := range slices.Backward(l.Files) {
		if !f.Hidden {
			x, err := s.fileLayer(f)
			add(err, x)
		}
	}
	if l.Figures.Measure != "" {
		ls, err := s.figureLayers(us, l.Figures)
		add(err, ls...)
	}
	if !l.NoTowns {
		add(nil, Places())
	}
	if !l.Units.Hidden {
		x, err := s.unitsLook(us, l.Units)
		add(err, x)
	}
	return LookScene{sc, wrong}
}

// unitsLook is the layer of units.
func (s *Study) unitsLook(us []table.Unit, l UnitsLook) (layer.Layer, error) {
	units, err := s.unitsBy(us, l.By)
	if err != nil {
		return nil, err
	}
	switch l.As {
	case "density":
		return &layer.Density{Title: "Units", Units: units}, nil
	case "each":
		units.Cluster = false
	}
	return units, nil
}

// symbolRadius is that of the largest circle, in points.
const symbolRadius = 26

// figureLayers are the regions in colours or circles.
func (s *Study) figureLayers(us []table.Unit, l FiguresLook) ([]layer.Layer, error) {
	f, err := s.Figures(us, l)
	if err != nil {
		return nil, err
	}
	level := max(1, l.Level)
	if l.Circles {
		symbols, gaps := f.Symbols(poles(s.atlasOrBuiltIn(), level), symbolRadius, color.RGBA{0, 104, 150, 255})
		gaps.Level = level
		return []layer.Layer{gaps, symbols}, nil
	}
	out := f.Choropleth(layer.Style{Method: l.Method, Classes: l.Classes, Scheme: l.Scheme, Breaks: l.Breaks})
	out.Level = level
	return []layer.Layer{out}, nil
}

// fileLayer opens a file that is shown, once while the study is open.
func (s *Study) fileLayer(f FileLook) (layer.Layer, error) {
	x, err := s.mapFile(context.Background(), layerIn{f.Path, f.Layer})
	if err != nil {
		return nil, err
	}
	if x.base != nil {
		return &layer.Base{Tiles: x.base, Opacity: f.Opacity, Grey: f.Grey}, nil
	}
	return &layer.Overlay{Title: cmp.Or(f.Layer, strings.TrimSuffix(filepath.Base(f.Path), filepath.Ext(f.Path))), Shapes: x.shapes, Opacity: f.Opacity,
		Color: OverlayColors[max(0, f.Color)%len(OverlayColors)]}, nil
}

// LookQuestion is a question whose answers can colour units or be measured.
type LookQuestion struct {
	Name    string
	Label   string
	Number  bool
	Choices []LookChoice // of a choice of one
}

// LookChoice is a choice of a question.
type LookChoice struct{ Name, Label string }

// LookQuestions lists the questions of the study's questionnaire that maps can show, in
// its order. Those that identify persons are not among them.
func (s *Study) LookQuestions() ([]LookQuestion, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, err
	}
	classes, err := s.classes()
	if err != nil {
		return nil, err
	}
	var out []LookQuestion
	p.Form.Walk(func(it survey.Item, above []survey.Item) bool {
		q, ok := it.(*survey.Question)
		if !ok || classes[q.Name] == survey.ClassIdentifier || slices.ContainsFunc(above, repeats) {
			return true
		}
		x := LookQuestion{Name: q.Name, Label: labelOf(q, p.Form), Number: q.Kind.Numeric()}
		if list := p.Form.Lists[q.List]; q.Kind == survey.SelectOne && list != nil {
			for _, c := range list.Choices {
				x.Choices = append(x.Choices, LookChoice{c.Name, cmp.Or(inPlain(c.Label, p.Form), c.Name)})
			}
		}
		if x.Number || len(x.Choices) > 0 {
			out = append(out, x)
		}
		return true
	})
	return out, nil
}

func repeats(it survey.Item) bool { _, ok := it.(*survey.Repeat); return ok }

// HomeView is the view of the study's countries.
func (s *Study) HomeView(width, height int) tile.View { return s.Scene(nil, width, height).View }
