package region_test

import (
	"compress/gzip"
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestAreasAreThoseOfTheSource compares the areas of countries with those of the
// TopoJSON that the pack is made of, read here anew.
func TestAreasAreThoseOfTheSource(t *testing.T) {
	f, err := os.Open("../../../shared/data-samples/maps/ap.topojson.gz")
	if err != nil {
		t.Skip("skipped: the source of the boundaries is not here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var src struct {
		Arcs      [][][2]float64
		Transform struct{ Scale, Translate [2]float64 }
		Objects   struct {
			Adm1 struct {
				Geometries []struct {
					Type       string
					Arcs       json.RawMessage
					Properties struct{ A3 string }
				}
			}
		}
	}
	if err := json.NewDecoder(z).Decode(&src); err != nil {
		t.Fatal(err)
	}
	parts := make([]float64, len(src.Arcs))
	for i, arc := range src.Arcs {
		var x, y float64
		for j, d := range arc {
			px, py := x, y
			x, y = x+d[0], y+d[1]
			if j > 0 {
				parts[i] += onCylinder(px*src.Transform.Scale[0], py*src.Transform.Scale[1]+src.Transform.Translate[1], x*src.Transform.Scale[0], y*src.Transform.Scale[1]+src.Transform.Translate[1])
			}
		}
	}
	want := map[string]float64{}
	for _, g := range src.Objects.Adm1.Geometries {
		var polygons [][][]int
		if g.Type == "Polygon" {
			polygons = make([][][]int, 1)
			err = json.Unmarshal(g.Arcs, &polygons[0])
		} else {
			err = json.Unmarshal(g.Arcs, &polygons)
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, rings := range polygons {
			for _, ring := range rings {
				for _, ref := range ring {
					if ref < 0 {
						want[g.Properties.A3] -= parts[^ref]
					} else {
						want[g.Properties.A3] += parts[ref]
					}
				}
			}
		}
	}
	a := atlas(t)
	seen := 0
	for _, c := range a.Countries {
		w := math.Abs(want[c.Code])
		if w == 0 || c.Code == "AUS" || c.Code == "PSE" { // made of several of the source's
			continue
		}
		got := 0.0
		for _, polygon := range a.Polygon(c.Code) {
			for _, ring := range polygon {
				for i := 1; i < len(ring); i++ {
					got += onCylinder(ring[i-1][0], ring[i-1][1], ring[i][0], ring[i][1])
				}
			}
		}
		if seen++; math.Abs(math.Abs(got)/w-1) > 0.001 {
			t.Errorf("%s has %.6f, the source %.6f", c.Code, math.Abs(got), w)
		}
	}
	t.Logf("%d countries", seen)
	if seen < 60 {
		t.Errorf("only %d countries were compared", seen)
	}
}

// onCylinder is a side's part of an area on the cylinder of the same area.
func onCylinder(x1, lat1, x2, lat2 float64) float64 {
	return (x2 - x1) * (math.Sin(lat1*math.Pi/180) + math.Sin(lat2*math.Pi/180)) / 2
}
