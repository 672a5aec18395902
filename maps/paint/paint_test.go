package paint_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"github.com/paulmach/orb/planar"
	"github.com/paulmach/orb/simplify"
	"golang.org/x/image/font/gofont/goregular"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/maps/tile"
)

var update = flag.Bool("update", false, "write new golden pictures")

func painter(t testing.TB) (*paint.Painter, *region.Atlas) {
	t.Helper()
	b, err := os.ReadFile("../../assets/boundaries/asia-pacific.sser")
	if err != nil {
		t.Fatal(err)
	}
	a, err := region.Read(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return paint.New(a, face(t)), a
}

func font(t testing.TB) []byte {
	t.Helper()
	ttf, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	return ttf
}

func face(t testing.TB) *text.Face {
	t.Helper()
	f, err := text.New(font(t))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func sample() *layer.Points {
	ps := &layer.Points{Title: "Form of organization", Classes: layer.Palette("Cooperative", "Mutual", "Association", "Foundation", "Social enterprise", "Self-help group", "Other"), Cluster: true}
	for i, at := range []orb.Point{{85.32, 27.71}, {85.33, 27.70}, {83.98, 28.21}, {87.27, 26.45}, {81.62, 28.05}, {80.58, 28.70}, {126.98, 37.57}, {129.04, 35.10}, {126.53, 33.50}, {120.98, 14.6}, {125.61, 7.07}, {123.9, 10.3}} {
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: at, Class: i % 7})
	}
	return ps
}

func scenes(a *region.Atlas) map[string]paint.Scene {
	bound := func(codes ...string) orb.Bound { b, _ := a.BoundOf(codes...); return b }
	view := func(w, h int, b orb.Bound) tile.View { return tile.View{Width: w, Height: h}.Fit(b, 40) }
	places := &layer.Places{Places: []layer.Place{{Name: "Kathmandu", At: orb.Point{85.32, 27.70}, Population: 1442271}, {Name: "Pokhara", At: orb.Point{83.97, 28.27}, Population: 200000}}}
	values := map[string]float64{"NP-P1": 3, "NP-P3": 12, "NP-P4": 7, "NP-P5": 1}
	var codes []string
	for _, r := range a.In("NPL") {
		codes = append(codes, r.Code)
	}
	regions := func(countries ...string) (out []string) {
		for _, c := range countries {
			for _, r := range a.In(c) {
				out = append(out, r.Code)
			}
		}
		return out
	}
	count := map[string]float64{}
	for i, code := range regions("IDN", "PHL", "JPN", "IND") {
		if i%7 > 0 {
			count[code] = float64(i * 7919 % 100)
		}
	}
	near := paint.Scene{View: tile.View{Width: 500, Height: 400}, EqualArea: true}
	equal := paint.Scene{View: tile.View{Width: 800, Height: 600}, EqualArea: true}
	return map[string]paint.Scene{
		"nepal":              {View: view(640, 400, bound("NPL")), Focus: []string{"NPL"}, Layers: []layer.Layer{sample(), places}, Furniture: true, Title: "Nepal"},
		"nepal-dark":         {View: view(640, 400, bound("NPL")), Focus: []string{"NPL"}, Layers: []layer.Layer{(&layer.Figures{Title: "Units", Codes: codes, Values: values}).Choropleth(layer.Style{}), sample()}, Dark: true},
		"korea":              {View: view(400, 500, bound("KOR")), Focus: []string{"KOR"}, Layers: []layer.Layer{sample()}, Language: "ko", Scale: 1.25},
		"three":              {View: view(900, 600, bound("NPL", "KOR", "PHL")), Focus: []string{"NPL", "KOR", "PHL"}, Layers: []layer.Layer{sample()}, Furniture: true, Title: "Three countries", Notes: []string{"All organizations on this map are fictional."}},
		"fiji":               {View: tile.View{Center: orb.Point{179.5, -17.5}, Zoom: 6.5, Width: 400, Height: 300}, Focus: []string{"FJI"}},
		"east-asia":          {View: tile.View{Center: orb.Point{122, 36}, Zoom: 4, Width: 800, Height: 560}, Focus: []string{"CHN", "JPN", "KOR", "MNG"}, Furniture: true, Title: "East Asia"},
		"south-east-asia":    {View: tile.View{Center: orb.Point{112, 8}, Zoom: 4.2, Width: 800, Height: 620}, Focus: []string{"IDN", "PHL", "VNM", "THA", "MYS"}},
		"pacific":            {View: tile.View{Width: 800, Height: 520}.Fit(bound("FJI", "TON", "WSM", "KIR", "TUV", "NZL"), 20), Focus: []string{"FJI", "TON", "WSM", "KIR", "TUV", "NZL"}, Graticule: true, Furniture: true},
		"kashmir":            {View: tile.View{Center: orb.Point{76, 34}, Zoom: 6, Width: 700, Height: 500}, Focus: []string{"IND", "PAK"}, Furniture: true, Title: "Kashmir"},
		"kashmir-dark":       {View: tile.View{Center: orb.Point{76, 34}, Zoom: 6, Width: 500, Height: 360}, Focus: []string{"IND", "PAK"}, Furniture: true, Dark: true, Scale: 1.25},
		"chukotka":           {View: tile.View{Center: orb.Point{180, 67}, Zoom: 4.5, Width: 500, Height: 360}, Focus: []string{"RUS"}},
		"equal-area":         {View: equal.Fit(bound("IDN", "PHL", "JPN", "IND"), 20), EqualArea: true, Graticule: true, Focus: []string{"IDN", "PHL", "JPN", "IND"}, Layers: []layer.Layer{(&layer.Figures{Title: "Units", Codes: regions("IDN", "PHL", "JPN", "IND"), Values: count}).Choropleth(layer.Style{})}, Furniture: true, Title: "Equal areas"},
		"pacific-equal-area": {View: near.Fit(bound("FJI", "TON", "WSM", "TUV"), 40), EqualArea: true, Graticule: true, Focus: []string{"FJI", "TON", "WSM", "TUV"}},
		"deep":               {View: tile.View{Center: orb.Point{85.3, 27.7}, Zoom: 12, Width: 400, Height: 300}, Focus: []string{"NPL"}},
	}
}

// districts are areas of level 2 of another source: cells of a degree or so, cut out of
// Nepal's provinces, a little off their borders.
func districts(t testing.TB, a *region.Atlas) *region.Atlas {
	t.Helper()
	b := &region.Builder{Level: 2, Source: "cells of the test"}
	n := 0
	for _, r := range a.In("NPL") {
		for x := 80.0; x < 88.5; x += 0.7 {
			for y := 26.3; y < 30.5; y += 0.6 {
				area := clip.MultiPolygon(orb.Bound{Min: orb.Point{x, y}, Max: orb.Point{x + 0.7, y + 0.6}}, a.MultiPolygon(r.Rings))
				if planar.Area(area) < 0.02 {
					continue
				}
				for _, p := range area {
					for _, ring := range p {
						for i := range ring {
							ring[i][0] += 0.004
						}
					}
				}
				n++
				if err := b.Add(n, region.Region{Code: fmt.Sprint(r.Code, "-", n), Country: "NPL", Parent: r.Code, Name: fmt.Sprint("District ", n)}, area); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return with(t, a, b)
}

func with(t testing.TB, a *region.Atlas, b *region.Builder) *region.Atlas {
	t.Helper()
	p, problems, err := b.Build(context.Background())
	if err != nil {
		t.Fatal(err, problems)
	}
	out, err := a.With(p)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// halves puts two regions of another source, whose border is drawn more simply, in the
// place of Nepal's provinces.
func halves(t testing.TB, a *region.Atlas) *region.Atlas {
	t.Helper()
	b := &region.Builder{Level: 1, Source: "halves of the test"}
	for i, box := range []orb.Bound{{Min: orb.Point{79, 25}, Max: orb.Point{84, 31}}, {Min: orb.Point{84, 25}, Max: orb.Point{89, 31}}} {
		area := clip.MultiPolygon(box, a.Polygon("NPL"))
		area = simplify.DouglasPeucker(0.05).MultiPolygon(area)
		if err := b.Add(i+1, region.Region{Code: []string{"west", "east"}[i], Country: "NPL", Parent: "NPL", Name: []string{"West", "East"}[i]}, area); err != nil {
			t.Fatal(err)
		}
	}
	return with(t, a, b)
}

// TestGoldenOfOwnPacks compares pictures of atlases with packs of a study.
func TestGoldenOfOwnPacks(t *testing.T) {
	_, a := painter(t)
	nepal, _ := a.BoundOf("NPL")
	v := tile.View{Width: 640, Height: 400}
	for name, c := range map[string]struct {
		atlas *region.Atlas
		scene paint.Scene
	}{
		"own-districts":      {districts(t, a), paint.Scene{View: v.Fit(nepal, 20), Focus: []string{"NPL"}}},
		"own-districts-near": {districts(t, a), paint.Scene{View: tile.View{Center: orb.Point{85.3, 27.7}, Zoom: 8.5, Width: 500, Height: 360}, Focus: []string{"NPL"}}},
		"own-regions":        {halves(t, a), paint.Scene{View: v.Fit(nepal, 20), Focus: []string{"NPL"}}},
		"own-regions-near":   {halves(t, a), paint.Scene{View: tile.View{Center: orb.Point{84, 27.5}, Zoom: 9, Width: 500, Height: 360}, Focus: []string{"NPL"}}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, paint.New(c.atlas, face(t)), name, c.scene) })
	}
}

// TestNoSeaWhereSourcesMeet looks along the border of Nepal, whose regions are of another
// source than its neighbours': nowhere does the sea show through.
func TestNoSeaWhereSourcesMeet(t *testing.T) {
	_, a := painter(t)
	p := paint.New(halves(t, a), face(t))
	sea := color.RGBA{214, 228, 236, 255}
	for _, at := range []orb.Point{{80.1, 28.9}, {81.9, 30.3}, {83.4, 27.4}, {85.1, 28.3}, {86.7, 27.9}, {88.1, 27}, {84.1, 27.4}} {
		for zoom := 5.0; zoom <= 11; zoom++ {
			f, err := p.Paint(context.Background(), paint.Scene{View: tile.View{Center: at, Zoom: zoom, Width: 200, Height: 200}, Focus: []string{"NPL"}})
			if err != nil {
				t.Fatal(err)
			}
			for y := range 200 {
				for x := range 200 {
					if f.Image.RGBAAt(x, y) == sea {
						t.Fatalf("at %v, zoom %v, there is sea at %d, %d", at, zoom, x, y)
					}
				}
			}
		}
	}
}

// TestGoldenScripts compares a picture with names in eight scripts, along rivers too.
func TestGoldenScripts(t *testing.T) {
	_, a := painter(t)
	for i := range a.Rivers {
		a.Rivers[i].Name = ""
	}
	for at, name := range map[orb.Point]string{{82, 25.4}: "गंगा नदी", {92.5, 26.4}: "ব্রহ্মপুত্র নদ", {110, 30.5}: "長江", {104.4, 17.4}: "แม่น้ำโขง", {95.1, 22}: "Ayeyarwady", {71, 30}: "دریائے سندھ", {114, 35}: "Хуанхэ", {75, 31}: "Sutlej"} {
		if i := nearestRiver(a, at); i >= 0 {
			a.Rivers[i].Name = name
		}
	}
	places := &layer.Places{}
	for at, name := range map[orb.Point]string{{85.32, 27.70}: "काठमाडौं", {90.4, 23.8}: "ঢাকা", {96.1, 16.8}: "ရန်ကုန်", {100.5, 13.75}: "กรุงเทพฯ", {104.9, 11.55}: "ភ្នំពេញ", {80.27, 13.08}: "சென்னை", {74.35, 31.55}: "لاہور", {116.4, 39.9}: "北京", {79.86, 6.93}: "කොළඹ", {102.6, 17.97}: "ວຽງຈັນ", {105.85, 21.03}: "Hà Nội", {91.1, 29.65}: "ལྷ་ས", {106.9, 47.9}: "Улаанбаатар"} {
		places.Places = append(places.Places, layer.Place{Name: name, At: at, Population: 5_000_000})
	}
	slices.SortFunc(places.Places, func(a, b layer.Place) int { return strings.Compare(a.Name, b.Name) })
	p := paint.New(a, face(t))
	golden(t, p, "scripts", paint.Scene{View: tile.View{Center: orb.Point{94, 25}, Zoom: 5.2, Width: 1100, Height: 760}, Focus: []string{"IND", "BGD", "NPL"}, Language: "hi", Layers: []layer.Layer{places}})
	golden(t, p, "scripts-dark", paint.Scene{View: tile.View{Center: orb.Point{94, 24}, Zoom: 6, Width: 700, Height: 500}, Focus: []string{"BGD", "IND"}, Language: "bn", Layers: []layer.Layer{places}, Dark: true})
}

func nearestRiver(a *region.Atlas, at orb.Point) int {
	best, near := -1, 1.5
	for i, r := range a.Rivers {
		for _, refs := range r.Rings {
			for _, ref := range refs {
				arc := ref
				if arc < 0 {
					arc = ^arc
				}
				for _, v := range a.Arcs[arc] {
					if d := planar.Distance(a.Position(v), at); d < near && r.Name == "" {
						best, near = i, d
					}
				}
			}
		}
	}
	return best
}

// TestGolden compares pictures with those in testdata, pixel for pixel.
func TestGolden(t *testing.T) {
	p, a := painter(t)
	for name, s := range scenes(a) {
		t.Run(name, func(t *testing.T) {
			golden(t, p, name, s)
		})
	}
}

// TestGoldenViewpoints draws Kashmir as three countries see it.
func TestGoldenViewpoints(t *testing.T) {
	_, a := painter(t)
	for name, from := range map[string]region.Viewpoint{"kashmir-from-india": "IND", "kashmir-from-pakistan": "PAK", "kashmir-from-china": "CHN"} {
		t.Run(name, func(t *testing.T) {
			seen, err := a.As(from)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, paint.New(seen, face(t)), name, paint.Scene{View: tile.View{Center: orb.Point{77.2, 34}, Zoom: 6, Width: 640, Height: 500}, Focus: []string{string(from)}, Furniture: true, Title: "Kashmir"})
		})
	}
}

func golden(t *testing.T, p *paint.Painter, name string, s paint.Scene) {
	t.Helper()
	f, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	goldenImage(t, name, f.Image)
}

func goldenImage(t *testing.T, name string, img *image.RGBA) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	if *update {
		write(t, file, img)
		return
	}
	if n := differing(img, read(t, file)); n > 0 {
		write(t, filepath.Join(os.TempDir(), "got-"+name+".png"), img)
		t.Errorf("%d pixels differ from %s; see got-%s.png in the folder for temporary files, or run with -update", n, file, name)
	}
}

func write(t testing.TB, file string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) image.Image {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// differing counts pixels that differ by more than rounding.
func differing(a, b image.Image) int {
	if a.Bounds() != b.Bounds() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, _ := a.At(x, y).RGBA()
			r2, g2, bl2, _ := b.At(x, y).RGBA()
			if far(r, r2) || far(g, g2) || far(bl, bl2) {
				n++
			}
		}
	}
	return n
}

func far(a, b uint32) bool { return max(a, b)-min(a, b) > 3*257 }

func TestMarksAnswerWhatIsUnderAPixel(t *testing.T) {
	p, a := painter(t)
	s := scenes(a)["nepal"]
	f, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	x, y := s.View.Project(orb.Point{83.98, 28.21})
	if ids := f.At(x, y); len(ids) != 1 || ids[0] != "u2" {
		t.Errorf("under Pokhara: %v", ids)
	}
	x, y = s.View.Project(orb.Point{85.325, 27.705})
	if ids := f.At(x, y); len(ids) != 2 {
		t.Errorf("under Kathmandu: %v", ids)
	}
	if ids := f.At(1, 1); ids != nil {
		t.Errorf("in the corner: %v", ids)
	}
}

func TestRegionUnderAPixel(t *testing.T) {
	p, a := painter(t)
	s := scenes(a)["nepal"]
	f, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"NP-P3", "NP-P6"} {
		r, _ := a.Region(want)
		if got, ok := at(f, s.View, r.Label); !ok || got.Code != want {
			t.Errorf("under the name of %s: %v", want, got)
		}
	}
}

func at(f *paint.Frame, v tile.View, p orb.Point) (*region.Region, bool) {
	x, y := v.Project(p)
	return f.RegionAt(x, y, 1)
}

// TestRegionAtALevel asks for areas of all levels under a pixel, in both projections.
func TestRegionAtALevel(t *testing.T) {
	_, a := painter(t)
	a = districts(t, a)
	p := paint.New(a, face(t))
	b, _ := a.BoundOf("NPL")
	for _, equal := range []bool{false, true} {
		s := paint.Scene{View: tile.View{Width: 640, Height: 400}, Focus: []string{"NPL"}, EqualArea: equal}
		s.View = s.Fit(b, 20)
		f, err := p.Paint(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		x, y := 320.0, 200.0
		want := "NP-P4"
		district, ok := f.RegionAt(x, y, 2)
		if !ok || district.Parent != want || district.Level != 2 {
			t.Errorf("district %v", district)
		}
		if r, ok := f.RegionAt(x, y, 1); !ok || r.Code != want {
			t.Errorf("region %v", r)
		}
		if r, ok := f.RegionAt(x, y, 0); !ok || r.Code != "NPL" {
			t.Errorf("country %v", r)
		}
		if r, ok := f.RegionAt(x, y, 3); ok {
			t.Errorf("there is no level 3, but %v", r)
		}
	}
}

// TestLegendTellsOfWhatIsInView looks for what is disputed in the words of pictures.
func TestLegendTellsOfWhatIsInView(t *testing.T) {
	p, a := painter(t)
	all := scenes(a)
	fiji := all["fiji"]
	fiji.Furniture = true
	for name, c := range map[string]struct {
		scene       paint.Scene
		line, areas bool
	}{"kashmir": {all["kashmir"], true, true}, "nepal": {all["nepal"], true, false}, "fiji": {fiji, false, false}} {
		var b bytes.Buffer
		if err := p.SVG(context.Background(), &b, c.scene); err != nil {
			t.Fatal(err)
		}
		for word, want := range map[string]bool{"line that is not agreed on": c.line, "area whose status is disputed": c.areas} {
			if got := strings.Contains(b.String(), `aria-label="`+word+`"`); got != want {
				t.Errorf("the legend of %s has %q: %v", name, word, got)
			}
		}
	}
}

// TestNamesOfCountries writes them as profiles and authors have them.
func TestNamesOfCountries(t *testing.T) {
	p, _ := painter(t)
	s := paint.Scene{View: tile.View{Center: orb.Point{60, 30}, Zoom: 4, Width: 700, Height: 500}, Furniture: true}
	for _, c := range []struct {
		names region.Profile
		own   map[string]string
		want  []string
	}{
		{region.ILO, nil, []string{"Iran, Islamic Republic of", "Names of countries: ILO."}},
		{region.UN, nil, []string{"Iran (Islamic Republic of)", "Names of countries: UN."}},
		{region.UN, map[string]string{"IRN": "Iran"}, []string{`"Iran"`, "Names of countries: UN, some by the authors."}},
	} {
		s.Names, s.OwnNames = c.names, c.own
		var b bytes.Buffer
		if err := p.SVG(context.Background(), &b, s); err != nil {
			t.Fatal(err)
		}
		for _, w := range c.want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("profile %q, own %v: the picture lacks %q", c.names, c.own, w)
			}
		}
	}
}

// TestSamePixels paints on one processor and on all.
func TestSamePixels(t *testing.T) {
	p, a := painter(t)
	s := scenes(a)["three"]
	one := runtime.GOMAXPROCS(1)
	f, err := p.Paint(context.Background(), s)
	runtime.GOMAXPROCS(max(one, 4))
	defer runtime.GOMAXPROCS(one)
	if err != nil {
		t.Fatal(err)
	}
	g, err := p.Paint(context.Background(), s)
	if err != nil || !bytes.Equal(f.Image.Pix, g.Image.Pix) {
		t.Errorf("the pictures differ (%v)", err)
	}
}

func TestCancel(t *testing.T) {
	p, a := painter(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.Paint(ctx, scenes(a)["nepal"]); err == nil {
		t.Error("a cancelled painter went on")
	}
}

func Example() {
	f, _ := text.New(goregular.TTF)
	a := region.New(&region.Pack{Scale: [2]float64{1, 1}})
	frame, _ := paint.New(a, f).Paint(context.Background(), paint.Scene{View: tile.View{Zoom: 2, Width: 64, Height: 32}})
	fmt.Println(frame.Image.Bounds())
	// Output: (0,0)-(64,32)
}

func BenchmarkFirstPicture(b *testing.B) {
	for b.Loop() {
		p, a := painter(b)
		bound, _ := a.BoundOf("NPL", "KOR", "PHL")
		if _, err := p.Paint(context.Background(), paint.Scene{View: tile.View{Width: 1280, Height: 800}.Fit(bound, 40), Focus: []string{"NPL", "KOR", "PHL"}, Layers: []layer.Layer{sample()}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	p, a := painter(b)
	for _, k := range []struct {
		name  string
		focus []string
	}{{"country", []string{"NPL"}}, {"region", []string{"NPL", "KOR", "PHL", "AUS"}}} {
		b.Run(k.name, func(b *testing.B) {
			bound, _ := a.BoundOf(k.focus...)
			s := paint.Scene{View: tile.View{Width: 1280, Height: 800}.Fit(bound, 40), Focus: k.focus, Layers: []layer.Layer{sample()}}
			for i := 0; b.Loop(); i++ {
				s.View = s.View.Pan(float64(i%2*2-1), 0)
				if _, err := p.Paint(context.Background(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
