package paint_test

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
)

// seoul is n units around Seoul.
func seoul(n int) *layer.Points {
	rng := rand.New(rand.NewPCG(7, 8))
	ps := &layer.Points{Title: "Form of organization", Classes: layer.Palette("Cooperative", "Mutual", "Association", "Foundation", "Social enterprise", "Self-help group", "Other"), Cluster: true}
	at := []orb.Point{{126.98, 37.57}, {127.05, 37.51}, {126.85, 37.53}, {127.14, 37.44}, {126.71, 37.46}, {127.01, 37.27}, {126.83, 37.66}}
	for i := range n {
		p, k := at[rng.IntN(1+i%len(at))], rng.IntN(7)
		if rng.IntN(3) > 0 {
			k = i % 2
		}
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint(i), At: orb.Point{p[0] + rng.NormFloat64()*0.06, p[1] + rng.NormFloat64()*0.05}, Class: k})
	}
	return ps
}

// members are figures for regions of countries, some without, some of too few units.
func members(a *region.Atlas, countries ...string) *layer.Figures {
	f := &layer.Figures{Title: "Members", Values: map[string]float64{}, Units: map[string]int{}, Least: 5}
	rng := rand.New(rand.NewPCG(9, 9))
	for _, k := range countries {
		for i, r := range a.In(k) {
			f.Codes = append(f.Codes, r.Code)
			if i%7 == 3 {
				continue
			}
			f.Values[r.Code], f.Units[r.Code] = float64(int(rng.ExpFloat64()*3000)), 5+i
			if i%9 == 4 {
				f.Units[r.Code] = 2
			}
		}
	}
	return f
}

func pole(a *region.Atlas) func(string) (orb.Point, bool) {
	return func(code string) (orb.Point, bool) {
		r, ok := a.Region(code)
		if !ok {
			return orb.Point{}, false
		}
		return a.Pole(r.Rings), true
	}
}

func thematic(a *region.Atlas) map[string]paint.Scene {
	bound := func(codes ...string) orb.Bound { b, _ := a.BoundOf(codes...); return b }
	view := func(w, h int, b orb.Bound) tile.View { return tile.View{Width: w, Height: h}.Fit(b, 30) }
	circles, gaps := members(a, "THA").Symbols(pole(a), 24, color.RGBA{0, 114, 178, 255})
	crowd := crowd(200_000)
	natural := members(a, "KHM", "LAO", "VNM").Choropleth(layer.Style{Method: layer.NaturalBreaks, Classes: 6, Scheme: layer.YlGnBu})
	change := members(a, "PHL", "IDN")
	change.Title = "Change of members, %"
	for k := range change.Values {
		change.Values[k] = float64(int(change.Values[k])%61 - 30)
	}
	return map[string]paint.Scene{
		"seoul":      {View: tile.View{Center: orb.Point{126.95, 37.5}, Zoom: 9.4, Width: 800, Height: 600}, Focus: []string{"KOR"}, Layers: []layer.Layer{seoul(5000)}, Furniture: true, Title: "Seoul", Language: "ko"},
		"choropleth": {View: view(640, 640, bound("KHM", "LAO", "VNM")), Focus: []string{"KHM", "LAO", "VNM"}, Layers: []layer.Layer{natural}, Furniture: true, Title: "Members of cooperatives"},
		"diverging":  {View: view(900, 500, bound("PHL", "IDN")), Focus: []string{"PHL", "IDN"}, Layers: []layer.Layer{change.Choropleth(layer.Style{Method: layer.Equal, Classes: 6, Scheme: layer.PuOr})}, Furniture: true},
		"symbols":    {View: view(560, 760, bound("THA")), Focus: []string{"THA"}, Layers: []layer.Layer{gaps, circles}, Furniture: true, Title: "Members of cooperatives"},
		"density":    {View: tile.View{Width: 900, Height: 600}.Fit(orb.Bound{Min: orb.Point{65, -10}, Max: orb.Point{150, 45}}, 0), Layers: []layer.Layer{&layer.Density{Title: "Units", Units: crowd, Side: 5, Scheme: layer.YlGnBu}}, Furniture: true, Title: "Where units are"},
		"crowd":      {View: tile.View{Width: 900, Height: 600}.Fit(orb.Bound{Min: orb.Point{65, -10}, Max: orb.Point{150, 45}}, 0), Layers: []layer.Layer{&layer.Points{Title: crowd.Title, Classes: crowd.Classes, Points: crowd.Points[:20_000]}}, Furniture: true},
	}
}

// TestThematicGolden compares pictures in light and dark with those in testdata.
func TestThematicGolden(t *testing.T) {
	p, a := painter(t)
	for name, s := range thematic(a) {
		for _, s.Dark = range []bool{false, true} {
			if s.Dark {
				name += "-dark"
			}
			t.Run(name, func(t *testing.T) {
				f, err := p.Paint(context.Background(), s)
				if err != nil {
					t.Fatal(err)
				}
				goldenImage(t, name, f.Image)
			})
		}
	}
}

// multiples has the units of each form on a map of their own.
func multiples(a *region.Atlas) paint.Scene {
	b, _ := a.BoundOf("NPL")
	ps := sample()
	rng := rand.New(rand.NewPCG(1, 5))
	for i := range 200 {
		r := a.In("NPL")[rng.IntN(7)]
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("v", i), At: orb.Point{r.Label[0] + rng.NormFloat64()*0.3, r.Label[1] + rng.NormFloat64()*0.2}, Class: rng.IntN(7)})
	}
	ps.Cluster = false
	var panels []paint.Panel
	for i, k := range ps.ByClass() {
		panels = append(panels, paint.Panel{Title: ps.Classes[i].Name, Note: fmt.Sprintf("%d units", len(k.Points)), Layers: []layer.Layer{k}})
	}
	return paint.Scene{View: tile.View{Width: 1100, Height: 760}.Fit(b, 30), Focus: []string{"NPL"}, Panels: panels, Furniture: true, Title: "Forms of organization in Nepal"}
}

// TestMultiplesGolden compares small maps with those in testdata.
func TestMultiplesGolden(t *testing.T) {
	p, a := painter(t)
	s := multiples(a)
	for _, name := range []string{"multiples", "multiples-dark"} {
		s.Dark = name == "multiples-dark"
		f, err := p.Paint(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		goldenImage(t, name, f.Image)
		if _, ok := f.RegionAt(300, 300, 1); ok || len(f.At(300, 300)) > 0 {
			t.Error("small maps say what is where in them")
		}
	}
}

// TestDensityCounts: the colours of the picture are those of the cells' counts, however
// the map is moved.
func TestDensityCounts(t *testing.T) {
	p, _ := painter(t)
	at := orb.Point{-140.01, -30.01} // at sea
	ps := &layer.Points{Points: []layer.Point{{At: at}, {At: at}, {At: at}, {At: orb.Point{-141, -30.01}}}}
	d := &layer.Density{Title: "Units", Units: ps, Side: 8}
	for _, pan := range []float64{0, 3, -11} {
		s := paint.Scene{View: tile.View{Center: orb.Point{-140.5, -30}, Zoom: 6, Width: 200, Height: 100}.Pan(pan, pan), Layers: []layer.Layer{d}}
		f, err := p.Paint(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		sea := f.Image.RGBAAt(0, 0)
		pixels := map[color.RGBA]int{}
		for y := range 100 {
			for x := range 200 {
				if k := f.Image.RGBAAt(x, y); k != sea {
					pixels[k]++
				}
			}
		}
		x, y := s.View.Project(at)
		three, one := f.Image.RGBAAt(int(x), int(y)), color.RGBA{}
		x, y = s.View.Project(orb.Point{-141, -30.01})
		one = f.Image.RGBAAt(int(x), int(y))
		if len(pixels) != 2 || pixels[one] != 64 || pixels[three] != 64 || one == three {
			t.Errorf("moved by %v: %v, one %v, three %v", pan, pixels, one, three)
		}
	}
}

// TestMultiplesOfAnySize draws more small maps than there is room for.
func TestMultiplesOfAnySize(t *testing.T) {
	p, a := painter(t)
	s := multiples(a)
	s.Panels = slices.Repeat(s.Panels, 5)
	for _, size := range []image.Point{{64, 64}, {64, 400}, {900, 70}} {
		s.View.Width, s.View.Height = size.X, size.Y
		if f, err := p.Paint(context.Background(), s); err != nil || f.Image.Rect.Size() != size {
			t.Errorf("%v: %v", size, err)
		}
	}
}

// TestSigns: the signs of a frame are those that the same picture would have.
func TestSigns(t *testing.T) {
	p, a := painter(t)
	s := thematic(a)["choropleth"]
	whole, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	corner, err := p.LegendCorner(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	title := s.Title
	s.Furniture, s.Title = false, ""
	f, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	signs := p.Signs(f, image.Pt(s.View.Width, s.View.Height), title)
	for name, c := range map[string]struct {
		sign *image.RGBA
		at   image.Point
	}{"title": {signs.Title, image.Point{}}, "source": {signs.Source, signs.SourceAt()}} {
		part := image.NewRGBA(c.sign.Rect)
		draw.Draw(part, part.Rect, whole.Image, c.at, draw.Src)
		if n := differing(part, c.sign); n > 0 {
			t.Errorf("%d pixels of the %s differ", n, name)
		}
	}
	box := signs.LegendAt(corner)
	if box.Empty() || corner != paint.BottomLeft || box.Min.X > 20 || box.Max.Y > s.View.Height-signs.Source.Rect.Dy() || box.Min.Y < s.View.Height/2 {
		t.Errorf("the legend stands in corner %d, %v", corner, box)
	}
}

func TestMultiplesCancel(t *testing.T) {
	p, _ := painter(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := paint.Scene{View: tile.View{Zoom: 3, Width: 300, Height: 200}, Panels: []paint.Panel{{Title: "a"}}}
	if _, err := p.Paint(ctx, s); err == nil {
		t.Error("a cancelled painter went on")
	}
}

// TestEveryLayer draws layers of each type with nothing in them, and units that have no
// class, no place and no name.
func TestEveryLayer(t *testing.T) {
	p, _ := painter(t)
	odd := []layer.Point{{Class: -1}, {Class: 99, At: orb.Point{math.NaN(), 0}}, {Class: 5, At: orb.Point{1e300, -1e300}}}
	for _, cluster := range []bool{false, true} {
		layers := append(slices.Clone(layer.All), &layer.Points{Points: odd, Cluster: cluster}, &layer.Density{Units: &layer.Points{Points: odd}})
		f, err := p.Paint(context.Background(), paint.Scene{View: tile.View{Zoom: 2, Width: 300, Height: 200}, Layers: layers, Furniture: true})
		if err != nil {
			t.Fatal(err)
		}
		if ids := f.At(150, 100); len(ids) != 1 {
			t.Errorf("under the unit at 0, 0: %v", ids)
		}
	}
}
