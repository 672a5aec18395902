package view_test

import (
	"fmt"
	"math"
	"os/exec"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/app/view"
)

// TestMapDistance compares with figures of GeographicLib and of the ellipsoid.
func TestMapDistance(t *testing.T) {
	cases := map[string]struct {
		a, b orb.Point
		want float64
		off  float64
	}{
		"Heathrow and Kennedy": {orb.Point{-73.8, 40.6}, orb.Point{-0.5, 51.6}, 5551759.400, 0.001},
		"a degree of equator":  {orb.Point{0, 0}, orb.Point{1, 0}, 111319.491, 0.001},
		"across 180°":          {orb.Point{179.5, 0}, orb.Point{-179.5, 0}, 111319.491, 0.001},
		"quarter of meridian":  {orb.Point{50, 0}, orb.Point{50, 90}, 10001965.729, 0.001},
		"nowhere":              {orb.Point{5, 5}, orb.Point{5, 5}, 0, 0},
		"longitude 365":        {orb.Point{5, 5}, orb.Point{365, 5}, 0, 0},
		"opposite":             {orb.Point{0, 0}, orb.Point{180, 0}, 20003931.459, 0.006 * 20003931},
		"nearly opposite":      {orb.Point{0, 0}, orb.Point{179.7, 0.3}, 19989590, 0.006 * 19989590},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := view.Distance(c.a, c.b); math.Abs(got-c.want) > c.off {
				t.Errorf("%.4f m, want %.4f", got, c.want)
			}
		})
	}
}

// TestMapDistanceAsProj compares with PROJ's geod.
func TestMapDistanceAsProj(t *testing.T) {
	geod, err := exec.LookPath("geod")
	if err != nil {
		t.Skip("skipped: geod, of PROJ, is not installed")
	}
	rapid.Check(t, func(t *rapid.T) {
		place := func(n string) orb.Point {
			return orb.Point{rapid.Float64Range(-180, 180).Draw(t, n+"lon"), rapid.Float64Range(-80, 80).Draw(t, n+"lat")}
		}
		a, b := place("a"), place("b")
		cmd := exec.Command(geod, "+ellps=WGS84", "-I", "-F", "%.4f")
		cmd.Stdin = strings.NewReader(fmt.Sprintf("%.10f %.10f %.10f %.10f\n", a[1], a[0], b[1], b[0]))
		out, err := cmd.Output()
		f := strings.Fields(string(out))
		if err != nil || len(f) < 3 {
			t.Fatal(err, string(out))
		}
		var want float64
		if _, err := fmt.Sscan(f[2], &want); err != nil {
			t.Fatal(err)
		}
		if got := view.Distance(a, b); math.Abs(got-want) > 0.001 && want < 19.8e6 {
			t.Fatalf("%v to %v: %v, geod says %v", a, b, got, want)
		}
	})
}

// TestMapArea compares with areas of the ellipsoid that are known: all of it has
// 510,065,621,724,088 m².
func TestMapArea(t *testing.T) {
	const all = 510065621724088.4
	cases := map[string]struct {
		ring []orb.Point
		want float64
	}{
		"an eighth":           {[]orb.Point{{0, 0}, {90, 0}, {0, 90}}, all / 8},
		"an eighth, reversed": {[]orb.Point{{0, 90}, {90, 0}, {0, 0}}, all / 8},
		"across 180°":         {[]orb.Point{{135, 0}, {-135, 0}, {180, 90}}, all / 8},
		"southern half":       {[]orb.Point{{0, 0}, {120, 0}, {240, 0}}, all / 2},
		"a sixteenth":         {[]orb.Point{{100, 0}, {145, 0}, {145, 90}}, all / 16},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := view.Area(c.ring); math.Abs(got-c.want) > 1e-9*all {
				t.Errorf("%.0f m², want %.0f", got, c.want)
			}
		})
	}
}

// TestMapAreaIsFlatNearby compares small squares with those of a plane.
func TestMapAreaIsFlatNearby(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat := rapid.Float64Range(-70, 70).Draw(t, "lat")
		lon := rapid.Float64Range(-180, 180).Draw(t, "lon")
		const d = 0.01
		ring := []orb.Point{{lon, lat}, {lon + d, lat}, {lon + d, lat + d}, {lon, lat + d}}
		wide := (view.Distance(ring[0], ring[1]) + view.Distance(ring[2], ring[3])) / 2
		want := wide * view.Distance(ring[1], ring[2])
		if got := view.Area(ring); math.Abs(got/want-1) > 1e-5 {
			t.Fatalf("%v m², want %v", got, want)
		}
	})
}

func TestMapFigures(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00 m", 12.34: "12.3 m", 850.4: "850 m", 999.6: "1.00 km", 12345: "12.3 km", 1234567: "1,235 km", 99.96: "100 m"} {
		if got := view.LengthText(v); got != want {
			t.Errorf("%v m is %q, want %q", v, got, want)
		}
	}
	for v, want := range map[float64]string{812: "812 m²", 9998: "9,998 m²", 12345: "1.23 ha", 5e6: "500 ha", 123e6: "123 km²", 4.5e12: "4,500,000 km²"} {
		if got := view.AreaText(v); got != want {
			t.Errorf("%v m² is %q, want %q", v, got, want)
		}
	}
}
