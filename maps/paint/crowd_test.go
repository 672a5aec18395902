package paint_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

// crowd is n units in towns of Asia and the Pacific, in seven classes.
func crowd(n int) *layer.Points {
	rng := rand.New(rand.NewPCG(1, 2))
	at := make([]orb.Point, 2000)
	for i := range at {
		at[i] = orb.Point{65 + rng.Float64()*100, -35 + rng.Float64()*80}
	}
	ps := &layer.Points{Title: "Form of organization", Classes: layer.Palette("Cooperative", "Mutual", "Association", "Foundation", "Social enterprise", "Self-help group", "Other")}
	for i := range n {
		p := at[int(float64(len(at))*math.Pow(rng.Float64(), 2))]
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: orb.Point{p[0] + rng.NormFloat64(), p[1] + rng.NormFloat64()}, Class: rng.IntN(7)})
	}
	return ps
}

func crowdView() tile.View {
	return tile.View{Width: 1280, Height: 800}.Fit(orb.Bound{Min: orb.Point{60, -40}, Max: orb.Point{170, 50}}, 0)
}

// BenchmarkUnits draws units one by one above regions; the first picture makes the
// index.
func BenchmarkUnits(b *testing.B) {
	p, _ := painter(b)
	for _, n := range []int{100_000, 1_000_000} {
		for _, as := range []string{"units", "clusters"} {
			ps := crowd(n)
			ps.Cluster = as == "clusters"
			s := paint.Scene{View: crowdView(), Layers: []layer.Layer{ps}}
			draw := func(b *testing.B, s paint.Scene) {
				if _, err := p.Paint(context.Background(), s); err != nil {
					b.Fatal(err)
				}
			}
			b.Run(fmt.Sprint(as, "-first-", n), func(b *testing.B) {
				for b.Loop() {
					fresh := &layer.Points{Points: ps.Points, Classes: ps.Classes, Cluster: ps.Cluster}
					draw(b, paint.Scene{View: s.View, Layers: []layer.Layer{fresh}})
				}
			})
			b.Run(fmt.Sprint(as, "-next-", n), func(b *testing.B) {
				draw(b, s)
				for b.Loop() {
					draw(b, s)
				}
			})
		}
	}
}

// TestCrowdAnswersUnderAPixel: of units too many for marks, the one drawn last.
func TestCrowdAnswersUnderAPixel(t *testing.T) {
	p, _ := painter(t)
	ps := crowd(5000)
	ps.Points = append(ps.Points, layer.Point{ID: "alone", At: orb.Point{-150, -30}}, layer.Point{ID: "south", At: orb.Point{-140, -30.01}}, layer.Point{ID: "north", At: orb.Point{-140, -30}})
	s := paint.Scene{View: tile.View{Center: orb.Point{180, 0}, Zoom: 3, Width: 1500, Height: 800}, Layers: []layer.Layer{ps}}
	f, err := p.Paint(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at   orb.Point
		want []string
	}{
		"alone":              {orb.Point{-150, -30}, []string{"alone"}},
		"the southern hides": {orb.Point{-140, -30}, []string{"south"}},
		"nothing":            {orb.Point{-130, -30}, nil},
	} {
		x, y := s.View.Project(c.at)
		if got := f.At(x, y); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// TestCrowdIsDrawnInView: what is far out of the picture changes no pixel, and units
// on the other side of 180° are drawn.
func TestCrowdIsDrawnInView(t *testing.T) {
	p, _ := painter(t)
	picture := func(points ...layer.Point) []uint8 {
		ps := &layer.Points{Classes: layer.Palette("a"), Points: points}
		f, err := p.Paint(context.Background(), paint.Scene{View: tile.View{Center: orb.Point{179.9, -17}, Zoom: 6, Width: 300, Height: 200}, Layers: []layer.Layer{ps}})
		if err != nil {
			t.Fatal(err)
		}
		return f.Image.Pix
	}
	empty := picture()
	if !slices.Equal(empty, picture(layer.Point{At: orb.Point{0, 0}}, layer.Point{At: orb.Point{179.9, 60}})) {
		t.Error("units out of view were drawn")
	}
	east, west := picture(layer.Point{At: orb.Point{-179.5, -17}}), picture(layer.Point{At: orb.Point{180.5, -17}})
	if slices.Equal(empty, east) || !slices.Equal(east, west) {
		t.Error("a unit east of 180° is not drawn as one at 180.5°")
	}
}

// TestCrowdSamePixels draws a crowd on one processor and on several.
func TestCrowdSamePixels(t *testing.T) {
	p, a := painter(t)
	s := thematic(a)["crowd"]
	draw := func(processors int) []uint8 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		f, err := p.Paint(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		return f.Image.Pix
	}
	one := draw(1)
	for _, n := range []int{3, 8} {
		if !slices.Equal(one, draw(n)) {
			t.Errorf("the picture of %d processors differs", n)
		}
	}
}

// BenchmarkDensity counts units in cells.
func BenchmarkDensity(b *testing.B) {
	p, _ := painter(b)
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := paint.Scene{View: crowdView(), Layers: []layer.Layer{&layer.Density{Title: "Units", Units: crowd(n)}}}
			for b.Loop() {
				if _, err := p.Paint(context.Background(), s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
