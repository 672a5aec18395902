package exchange_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
)

func overlayOf(t testing.TB, text string) (*exchange.Overlay, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.geojson")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return exchange.ReadOverlay(context.Background(), path, exchange.OverlayOptions{})
}

func TestOverlay(t *testing.T) {
	feature := func(kind, coordinates string) string {
		return fmt.Sprintf(`{"type":"Feature","properties":{"name":"N","x":[1,{"y":2}]},"geometry":{"type":%q,"coordinates":%s}}`, kind, coordinates)
	}
	got, err := overlayOf(t, `{"type":"FeatureCollection","features":[`+strings.Join([]string{
		feature("Point", `[85.3,27.7,1300]`), feature("MultiLineString", `[[[1,2],[3,4]],[[5,6],[7,8]]]`), feature("Polygon", `[[[0,0],[9,0],[9,9],[0,0]],[[1,1],[2,1],[2,2],[1,1]]]`),
		feature("Point", `[400000,3000000]`), feature("LineString", `[[1,2]]`), feature("GeometryCollection", `[]`), `{"type":"Feature","geometry":null,"properties":null}`, feature("MultiPoint", `[[1,2],[3,4]]`)}, ",")+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	want := &exchange.Overlay{Shapes: []exchange.OverlayShape{
		{Paths: [][]orb.Point{{{85.3, 27.7}}}, Kind: exchange.OverlayPoints, Name: "N"},
		{Paths: [][]orb.Point{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}, Kind: exchange.OverlayLines, Name: "N"},
		{Paths: [][]orb.Point{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}, {{1, 1}, {2, 1}, {2, 2}, {1, 1}}}, Kind: exchange.OverlayAreas, Name: "N"},
		{Paths: [][]orb.Point{{{1, 2}, {3, 4}}}, Kind: exchange.OverlayPoints, Name: "N"},
	}, Left: []exchange.Unreadable{{4, "its positions are no longitudes and latitudes in degrees"}, {5, "its geometry has too few positions"}, {6, "its geometry is a GeometryCollection"}, {7, "it has no geometry"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestNoOverlay(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"text":             {"hello", ""},
		"empty":            {"", "the file is empty"},
		"none to be shown": {`{"type":"Feature","geometry":null}`, "none of its 1 features"},
		"cut":              {`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}},{"ty`, "not have been copied whole"},
		"another system":   {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:3857"}},"features":[]}`, "WGS 84"},
		"deep":             {`{"type":"Feature","geometry":{"type":"Point","coordinates":` + strings.Repeat("[", 50000) + "1" + strings.Repeat("]", 50000) + "}}", "nested too deep"},
		"not a number":     {`{"type":"Feature","geometry":{"type":"Point","coordinates":[NaN,1]}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := overlayOf(t, c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v %v, want %q", o, err, c.want)
			}
		})
	}
}

func FuzzOverlay(f *testing.F) {
	f.Add([]byte(`{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,0]]]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := overlayOf(t, string(b))
		if err == nil && len(o.Shapes) == 0 {
			t.Error("neither shapes nor an error")
		}
	})
}
