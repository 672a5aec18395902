package paint_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/paulmach/orb"
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
	ttf, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	f, err := text.New(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return paint.New(a, f), a
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
	return map[string]paint.Scene{
		"nepal":      {View: view(640, 400, bound("NPL")), Focus: []string{"NPL"}, Layers: []layer.Layer{sample(), places}, Furniture: true, Title: "Nepal"},
		"nepal-dark": {View: view(640, 400, bound("NPL")), Focus: []string{"NPL"}, Layers: []layer.Layer{layer.Choropleth("Units", codes, values, layer.Quantile), sample()}, Dark: true},
		"korea":      {View: view(400, 500, bound("KOR")), Focus: []string{"KOR"}, Layers: []layer.Layer{sample()}, Language: "ko", Scale: 1.25},
		"three":      {View: view(900, 600, bound("NPL", "KOR", "PHL")), Focus: []string{"NPL", "KOR", "PHL"}, Layers: []layer.Layer{sample()}, Furniture: true, Title: "Three countries", Notes: []string{"All organizations on this map are fictional."}},
		"fiji":       {View: tile.View{Center: orb.Point{179.5, -17.5}, Zoom: 6.5, Width: 400, Height: 300}, Focus: []string{"FJI"}},
		"deep":       {View: tile.View{Center: orb.Point{85.3, 27.7}, Zoom: 12, Width: 400, Height: 300}, Focus: []string{"NPL"}},
	}
}

// TestGolden compares pictures with those in testdata, pixel for pixel.
func TestGolden(t *testing.T) {
	p, a := painter(t)
	for name, s := range scenes(a) {
		t.Run(name, func(t *testing.T) {
			f, err := p.Paint(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".png")
			if *update {
				write(t, file, f.Image)
				return
			}
			if n := differing(f.Image, read(t, file)); n > 0 {
				write(t, filepath.Join(os.TempDir(), "got-"+name+".png"), f.Image)
				t.Errorf("%d pixels differ from %s; see got-%s.png in the folder for temporary files, or run with -update", n, file, name)
			}
		})
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
		if got, ok := f.RegionAt(s.View.Project(r.Label)); !ok || got.Code != want {
			t.Errorf("under the name of %s: %v", want, got)
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
