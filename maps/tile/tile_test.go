package tile_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/maps/tile"
)

func view(t *rapid.T) tile.View {
	return tile.View{Center: orb.Point{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-80, 80).Draw(t, "lat")},
		Zoom: rapid.Float64Range(tile.MinZoom, 14).Draw(t, "zoom"), Width: rapid.IntRange(10, 2000).Draw(t, "w"), Height: rapid.IntRange(10, 2000).Draw(t, "h")}
}

func TestThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := view(t)
		p := orb.Point{rapid.Float64Range(-180, 179.999).Draw(t, "x"), rapid.Float64Range(-84, 84).Draw(t, "y")}
		x, y := v.Project(p)
		q := v.Unproject(x, y)
		d := math.Abs(p[0] - q[0])
		if min(d, 360-d) > 1e-6 || math.Abs(p[1]-q[1]) > 1e-6 {
			t.Fatalf("%v came back as %v", p, q)
		}
	})
}

func TestZoomKeepsThePlaceUnderThePointer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := view(t)
		x, y := rapid.Float64Range(0, float64(v.Width)).Draw(t, "x"), rapid.Float64Range(0, float64(v.Height)).Draw(t, "y")
		p := v.Unproject(x, y)
		if math.Abs(p[1]) > 80 {
			t.Skip("at the edge of the world the centre stops")
		}
		w := v.ZoomAt(x, y, rapid.Float64Range(0, 2).Draw(t, "by"))
		gx, gy := w.Project(p)
		world := w.World()
		if d := math.Mod(math.Abs(gx-x), world); min(d, world-d) > 1e-3 || math.Abs(gy-y) > 1e-3 {
			t.Fatalf("%v moved from %v,%v to %v,%v", p, x, y, gx, gy)
		}
	})
}

func TestFitShowsAllOfIt(t *testing.T) {
	b := orb.Bound{Min: orb.Point{80, 26}, Max: orb.Point{88.2, 30.5}}
	v := tile.View{Width: 800, Height: 600}.Fit(b, 20)
	for _, p := range []orb.Point{b.Min, b.Max} {
		if x, y := v.Project(p); x < 19 || x > 781 || y < 19 || y > 581 {
			t.Errorf("%v is drawn at %v, %v", p, x, y)
		}
	}
}

func Example() {
	v := tile.View{Center: orb.Point{85.324, 27.717}, Zoom: 6, Width: 640, Height: 480}
	x, y := v.Project(v.Center)
	fmt.Printf("%.0f %.0f\n", x, y)
	// Output: 320 240
}
