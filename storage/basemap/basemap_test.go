package basemap_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"
	"pgregory.net/rapid"

	"sselandscape/maps/tile"
	"sselandscape/storage/basemap"
)

// zip packs bytes as gzip.
func zip(t testing.TB, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// colored is a picture of one colour.
func colored(c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range 16 {
		img.Set(i%4, i/4, c)
	}
	return img
}

func asPNG(t testing.TB, c color.Color) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, colored(c)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// mbtiles writes an MBTiles file by statements; tiles are put into the table that
// statements made.
func mbtiles(t testing.TB, statements []string, tiles map[tile.ID][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mbtiles")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(s, err)
		}
	}
	for id, b := range tiles {
		if _, err := db.Exec(`INSERT INTO tiles VALUES (?,?,?,?)`, id.Z, id.X, 1<<id.Z-1-id.Y, b); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// flat are the statements of an MBTiles file with one table of tiles.
func flat(meta ...string) []string {
	out := []string{`CREATE TABLE metadata (name text, value text)`, `CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)`}
	for i := 0; i < len(meta); i += 2 {
		out = append(out, fmt.Sprintf(`INSERT INTO metadata VALUES ('%s', '%s')`, meta[i], meta[i+1]))
	}
	return out
}

func opened(t testing.TB, path string) *basemap.Map {
	t.Helper()
	m, err := basemap.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// corner is the colour of a tile's picture.
func corner(t testing.TB, m *basemap.Map, id tile.ID) color.Color {
	t.Helper()
	got, err := m.Tile(t.Context(), id)
	if err != nil {
		t.Fatal(id, err)
	}
	r, g, b, a := got.Picture.At(1, 1).RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}
}

func TestMBTilesPictures(t *testing.T) {
	red, blue := color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}
	north, south := tile.ID{Z: 1, X: 1, Y: 0}, tile.ID{Z: 1, X: 1, Y: 1}
	view := []string{`CREATE TABLE metadata (name text, value text)`, `CREATE TABLE map (zoom_level integer, tile_column integer, tile_row integer, tile_id text)`, `CREATE TABLE images (tile_data blob, tile_id text)`,
		`CREATE VIEW tiles AS SELECT map.zoom_level AS zoom_level, map.tile_column AS tile_column, map.tile_row AS tile_row, images.tile_data AS tile_data FROM map JOIN images ON images.tile_id = map.tile_id`,
		fmt.Sprintf(`INSERT INTO images VALUES (x'%x', 'red'), (x'%x', 'blue')`, asPNG(t, red), asPNG(t, blue)),
		`INSERT INTO map VALUES (1, 1, 1, 'red'), (1, 1, 0, 'blue')`}
	for name, path := range map[string]string{
		"a table": mbtiles(t, flat("name", "Town & hills", "format", "png", "minzoom", "1", "maxzoom", "1", "bounds", "80,26,89,31", "attribution", `<a href="x">&copy; OpenStreetMap</a>  contributors`),
			map[tile.ID][]byte{north: asPNG(t, red), south: asPNG(t, blue)}),
		"a view": mbtiles(t, view, nil),
	} {
		t.Run(name, func(t *testing.T) {
			m := opened(t, path)
			if corner(t, m, north) != red || corner(t, m, south) != blue {
				t.Error("rows do not count from the south")
			}
			for _, id := range []tile.ID{{Z: 1, X: 0, Y: 0}, {Z: 2, X: 0, Y: 0}, {Z: 1, X: 7, Y: 0}} {
				if _, err := m.Tile(t.Context(), id); !errors.Is(err, tile.ErrNone) {
					t.Error(id, err)
				}
			}
			a := m.About()
			if a.MinZoom != 1 || a.MaxZoom != 1 || a.Vector {
				t.Errorf("%+v", a)
			}
			if name == "a table" && (a.Name != "Town & hills" || a.Attribution != "© OpenStreetMap contributors" || a.Bound != (orb.Bound{Min: orb.Point{80, 26}, Max: orb.Point{89, 31}})) {
				t.Errorf("%+v", a)
			}
		})
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, colored(blue), nil); err != nil {
		t.Fatal(err)
	}
	m := opened(t, mbtiles(t, flat("format", "jpg"), map[tile.ID][]byte{{}: b.Bytes()}))
	if _, _, blue, _ := corner(t, m, tile.ID{}).RGBA(); blue < 0xf000 {
		t.Error("a JPEG is not read")
	}
}

// town is a vector tile as OpenMapTiles makes them, written by another encoder.
func town(t testing.TB) []byte {
	t.Helper()
	feature := func(g orb.Geometry, properties geojson.Properties) *geojson.Feature {
		f := geojson.NewFeature(g)
		f.Properties = properties
		return f
	}
	layer := func(name string, fs ...*geojson.Feature) *mvt.Layer {
		return &mvt.Layer{Name: name, Version: 2, Extent: 4096, Features: fs}
	}
	lake := orb.Polygon{{{0, 0}, {2048, 0}, {2048, 2048}, {0, 2048}, {0, 0}}, {{512, 512}, {512, 1024}, {1024, 1024}, {1024, 512}, {512, 512}}}
	b, err := mvt.Marshal(mvt.Layers{
		layer("place", feature(orb.Point{1024, 3072}, geojson.Properties{"class": "city", "name": "भक्तपुर", "name:en": "Bhaktapur", "rank": 4.0}),
			feature(orb.Point{10, 10}, geojson.Properties{"class": "country", "name": "Nepal"})),
		layer("transportation", feature(orb.MultiLineString{{{0, 0}, {4096, 4096}}, {{-64, 0}, {0, -64}}}, geojson.Properties{"class": "motorway"}),
			feature(orb.LineString{{0, 9}, {9, 9}}, geojson.Properties{"class": "ferry"})),
		layer("water", feature(lake, geojson.Properties{"class": "lake"})),
		layer("waterway", feature(orb.LineString{{0, 0}, {4096, 0}}, geojson.Properties{"class": "river"})),
		layer("landcover", feature(orb.MultiPolygon{{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}}, {{{20, 20}, {29, 20}, {29, 29}, {20, 20}}}}, geojson.Properties{"class": "wood"})),
		layer("boundary", feature(orb.LineString{{0, 0}, {4096, 0}}, geojson.Properties{"admin_level": 2.0})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectorTiles(t *testing.T) {
	for name, b := range map[string][]byte{"packed": zip(t, town(t)), "not packed": town(t)} {
		m := opened(t, mbtiles(t, flat("format", "pbf"), map[tile.ID][]byte{{}: b}))
		got, err := m.Tile(t.Context(), tile.ID{})
		if err != nil {
			t.Fatal(name, err)
		}
		want := []tile.Shape{
			{Class: tile.Wood, Form: tile.Area, Paths: [][]tile.Spot{{{X: 0, Y: 0}, {X: 9. / 4096, Y: 0}, {X: 9. / 4096, Y: 9. / 4096}}, {{X: 20. / 4096, Y: 20. / 4096}, {X: 29. / 4096, Y: 20. / 4096}, {X: 29. / 4096, Y: 29. / 4096}}}},
			{Class: tile.Water, Form: tile.Area, Paths: [][]tile.Spot{{{X: 0, Y: 0}, {X: 0.5, Y: 0}, {X: 0.5, Y: 0.5}, {X: 0, Y: 0.5}}, {{X: 0.125, Y: 0.125}, {X: 0.125, Y: 0.25}, {X: 0.25, Y: 0.25}, {X: 0.25, Y: 0.125}}}},
			{Class: tile.River, Form: tile.Line, Paths: [][]tile.Spot{{{X: 0, Y: 0}, {X: 1, Y: 0}}}},
			{Class: tile.MajorRoad, Form: tile.Line, Paths: [][]tile.Spot{{{X: 0, Y: 0}, {X: 1, Y: 1}}, {{X: -64. / 4096, Y: 0}, {X: 0, Y: -64. / 4096}}}},
			{Class: tile.Settlement, Form: tile.Label, Paths: [][]tile.Spot{{{X: 0.25, Y: 0.75}}}, Names: map[string]string{"": "भक्तपुर", "en": "Bhaktapur"}, Rank: 4},
		}
		if d := cmp.Diff(want, got.Shapes); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestSchemas puts features of the four schemas into classes.
func TestSchemas(t *testing.T) {
	area, line, point := orb.Polygon{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}}, orb.LineString{{0, 0}, {9, 9}}, orb.Point{5, 5}
	for _, c := range []struct {
		schema, layer string
		g             orb.Geometry
		p             geojson.Properties
		want          tile.Class
	}{
		{"Shortbread", "ocean", area, nil, tile.Water},
		{"Shortbread", "land", area, geojson.Properties{"kind": "forest"}, tile.Wood},
		{"Shortbread", "land", area, geojson.Properties{"kind": "residential"}, tile.BuiltUp},
		{"Shortbread", "water_lines", line, geojson.Properties{"kind": "canal"}, tile.River},
		{"Shortbread", "streets", line, geojson.Properties{"kind": "trunk"}, tile.MajorRoad},
		{"Shortbread", "streets", line, geojson.Properties{"kind": "track"}, tile.Path},
		{"Shortbread", "place_labels", point, geojson.Properties{"kind": "village", "name": "Ghandruk"}, tile.Settlement},
		{"Shortbread", "boundaries", line, geojson.Properties{"admin_level": 2}, tile.Nothing},
		{"Protomaps", "earth", area, nil, tile.Earth},
		{"Protomaps", "roads", line, geojson.Properties{"kind": "highway"}, tile.MajorRoad},
		{"Protomaps", "roads", line, geojson.Properties{"pmap:kind": "minor_road"}, tile.MinorRoad},
		{"Protomaps", "water", line, geojson.Properties{"kind": "river"}, tile.River},
		{"Protomaps", "water", area, geojson.Properties{"kind": "river"}, tile.Water},
		{"Protomaps", "places", point, geojson.Properties{"kind": "locality", "name": "Pokhara"}, tile.Settlement},
		{"Protomaps", "places", point, geojson.Properties{"kind": "country", "name": "Nepal"}, tile.Nothing},
		{"Mapbox", "road", line, geojson.Properties{"class": "main"}, tile.MediumRoad},
		{"Mapbox", "landuse", area, geojson.Properties{"class": "park"}, tile.Grass},
		{"Mapbox", "place_label", point, geojson.Properties{"type": "town", "name": "Hetauda"}, tile.Settlement},
		{"Mapbox", "admin", line, nil, tile.Nothing},
		{"OpenMapTiles", "building", area, nil, tile.Building},
		{"OpenMapTiles", "transportation", line, geojson.Properties{"class": "rail"}, tile.Rail},
		{"OpenMapTiles", "transportation", area, geojson.Properties{"class": "minor"}, tile.Nothing},
		{"OpenMapTiles", "water_name", point, geojson.Properties{"name": "Phewa"}, tile.WaterName},
		{"any", "place", point, geojson.Properties{"class": "city"}, tile.Nothing}, // no name
	} {
		f := geojson.NewFeature(c.g)
		f.Properties = c.p
		b, err := mvt.Marshal(mvt.Layers{{Name: c.layer, Version: 2, Extent: 4096, Features: []*geojson.Feature{f}}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := basemap.Shapes(b)
		class := tile.Nothing
		if len(got) == 1 {
			class = got[0].Class
		}
		if err != nil || class != c.want {
			t.Errorf("%s, %s %v: class %d, want %d %v", c.schema, c.layer, c.p, class, c.want, err)
		}
	}
}

// TestHilbert compares numbers of tiles with those of the library pmtiles 4.5.0, and finds
// that each zoom is one walk from tile to neighbour.
func TestHilbert(t *testing.T) {
	for id, want := range map[tile.ID]uint64{
		{}: 0, {Z: 1, X: 0, Y: 0}: 1, {Z: 1, X: 0, Y: 1}: 2, {Z: 1, X: 1, Y: 1}: 3, {Z: 1, X: 1, Y: 0}: 4, {Z: 2, X: 0, Y: 0}: 5, {Z: 2, X: 3, Y: 0}: 20, {Z: 3, X: 5, Y: 2}: 76, {Z: 5, X: 17, Y: 9}: 1213,
		{Z: 8, X: 201, Y: 113}: 74941, {Z: 12, X: 3191, Y: 1894}: 19191510, {Z: 16, X: 51733, Y: 27800}: 4864589352, {Z: 20, X: 1048575, Y: 0}: 1466015503700,
		{Z: 24, X: 16777215, Y: 16777215}: 281474976710655, {Z: 24, X: 12345678, Y: 7654321}: 323487335593132,
	} {
		if got := basemap.Hilbert(id); got != want {
			t.Errorf("%v: %d, want %d", id, got, want)
		}
	}
	base := uint64(0)
	for z := range uint32(7) {
		n := uint64(1) << (2 * z)
		at := make([]*tile.ID, n)
		for x := range uint32(1) << z {
			for y := range uint32(1) << z {
				at[basemap.Hilbert(tile.ID{Z: z, X: x, Y: y})-base] = &tile.ID{Z: z, X: x, Y: y}
			}
		}
		for i := range n {
			if at[i] == nil {
				t.Fatalf("zoom %d: no tile has the number %d", z, i)
			}
			if i > 0 && abs(at[i].X, at[i-1].X)+abs(at[i].Y, at[i-1].Y) != 1 {
				t.Fatalf("zoom %d: %v is no neighbour of %v", z, at[i], at[i-1])
			}
		}
		base += n
	}
}

func abs(a, b uint32) uint32 { return max(a, b) - min(a, b) }

// pmtiles writes a PMTiles file of tiles; leaf is how many entries a directory has.
func pmtiles(t testing.TB, kind byte, meta map[string]any, tiles map[tile.ID][]byte, leaf int, packed bool) []byte {
	t.Helper()
	type entry struct{ id, at, length, run uint64 }
	pack := func(b []byte) []byte {
		if packed {
			return zip(t, b)
		}
		return b
	}
	directory := func(es []entry) []byte {
		b := binary.AppendUvarint(nil, uint64(len(es)))
		last := uint64(0)
		for _, e := range es {
			b, last = binary.AppendUvarint(b, e.id-last), e.id
		}
		for _, e := range es {
			b = binary.AppendUvarint(b, e.run)
		}
		for _, e := range es {
			b = binary.AppendUvarint(b, e.length)
		}
		for i, e := range es {
			if i > 0 && e.at == es[i-1].at+es[i-1].length {
				b = binary.AppendUvarint(b, 0)
			} else {
				b = binary.AppendUvarint(b, e.at+1)
			}
		}
		return pack(b)
	}
	ids := map[uint64][]byte{}
	for id, b := range tiles {
		ids[basemap.Hilbert(id)] = b
	}
	var all []entry
	var data []byte
	lo, hi := uint32(99), uint32(0)
	for id := range tiles {
		lo, hi = min(lo, id.Z), max(hi, id.Z)
	}
	var before []byte
	for _, id := range slices.Sorted(func(yield func(uint64) bool) {
		for id := range ids {
			if !yield(id) {
				return
			}
		}
	}) {
		b := ids[id]
		if n := len(all); n > 0 && all[n-1].id+all[n-1].run == id && bytes.Equal(before, b) {
			all[n-1].run++ // the same tile again
			continue
		}
		all, before = append(all, entry{id, uint64(len(data)), uint64(len(b)), 1}), b
		data = append(data, b...)
	}
	root, leaves := all, []byte(nil)
	if len(all) > leaf {
		root = nil
		for part := range slices.Chunk(all, leaf) {
			d := directory(part)
			root = append(root, entry{part[0].id, uint64(len(leaves)), uint64(len(d)), 0})
			leaves = append(leaves, d...)
		}
	}
	rootBytes := directory(root)
	about, _ := json.Marshal(meta)
	about = pack(about)
	compression := byte(1)
	if packed {
		compression = 2
	}
	tileCompression := compression
	if kind != 1 {
		tileCompression = 1
	}
	h := append([]byte("PMTiles"), 3)
	at := uint64(127)
	for _, n := range []int{len(rootBytes), len(about), len(leaves), len(data)} {
		h = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(h, at), uint64(n))
		at += uint64(n)
	}
	for range 3 {
		h = binary.LittleEndian.AppendUint64(h, uint64(len(all)))
	}
	h = append(h, 1, compression, tileCompression, kind, byte(lo), byte(hi))
	for _, v := range []int32{800000000, 260000000, 890000000, 310000000} {
		h = binary.LittleEndian.AppendUint32(h, uint32(v))
	}
	h = append(h, make([]byte, 9)...)
	return slices.Concat(h, rootBytes, about, leaves, data)
}

func saved(t testing.TB, b []byte, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPMTiles(t *testing.T) {
	for _, packed := range []bool{false, true} {
		b := town(t)
		if packed {
			b = zip(t, b)
		}
		m := opened(t, saved(t, pmtiles(t, 1, map[string]any{"name": "Valley", "attribution": "© <b>OSM</b>"}, map[tile.ID][]byte{{Z: 3, X: 6, Y: 3}: b}, 10, packed), "a.pmtiles"))
		if a := m.About(); a.Name != "Valley" || a.Attribution != "© OSM" || !a.Vector || a.MinZoom != 3 || a.Bound != (orb.Bound{Min: orb.Point{80, 26}, Max: orb.Point{89, 31}}) {
			t.Errorf("%+v", a)
		}
		got, err := m.Tile(t.Context(), tile.ID{Z: 3, X: 6, Y: 3})
		if err != nil || len(got.Shapes) != 5 {
			t.Error(got, err)
		}
		if _, err := m.Tile(t.Context(), tile.ID{Z: 3, X: 6, Y: 4}); !errors.Is(err, tile.ErrNone) {
			t.Error(err)
		}
	}
}

// TestPMTilesLaw finds every tile of random files, with runs and with leaves, and no other.
func TestPMTilesLaw(t *testing.T) {
	dir := t.TempDir()
	colors := []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}}
	var pictures [][]byte
	for _, c := range colors {
		pictures = append(pictures, asPNG(t, c))
	}
	rapid.Check(t, func(r *rapid.T) {
		id := rapid.Custom(func(r *rapid.T) tile.ID {
			z := rapid.Uint32Range(0, 6).Draw(r, "z")
			return tile.ID{Z: z, X: rapid.Uint32Range(0, 1<<z-1).Draw(r, "x"), Y: rapid.Uint32Range(0, 1<<z-1).Draw(r, "y")}
		})
		in := rapid.MapOfN(id, rapid.IntRange(0, 2), 1, 300).Draw(r, "tiles")
		tiles := map[tile.ID][]byte{}
		for id, i := range in {
			tiles[id] = pictures[i]
		}
		path := filepath.Join(dir, "a.pmtiles")
		if err := os.WriteFile(path, pmtiles(t, 2, nil, tiles, rapid.IntRange(3, 200).Draw(r, "leaf"), rapid.Bool().Draw(r, "packed")), 0o600); err != nil {
			r.Fatal(err)
		}
		m, err := basemap.Open(path)
		if err != nil {
			r.Fatal(err)
		}
		defer m.Close()
		for z := range uint32(7) {
			for x := range uint32(1) << z {
				for y := range uint32(1) << z {
					id := tile.ID{Z: z, X: x, Y: y}
					i, here := in[id]
					got, err := m.Tile(context.Background(), id)
					if here != (err == nil) || err != nil && !errors.Is(err, tile.ErrNone) {
						r.Fatal(id, here, err)
					}
					if here && got.Picture.At(1, 1) != colors[i] {
						r.Fatal(id, "is another tile")
					}
				}
			}
		}
	})
}

func TestNoBaseMap(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for name, c := range map[string]struct{ path, want string }{
		"text":         {saved(t, []byte("hello, this is no map of anything"), "a.txt"), "neither an MBTiles nor a PMTiles"},
		"empty":        {saved(t, nil, "a.txt"), "empty"},
		"short":        {saved(t, []byte("PMTiles\x03"), "a.pmtiles"), "not copied whole"},
		"version 2":    {saved(t, append([]byte("PMTiles\x02"), make([]byte, 200)...), "a.pmtiles"), "version 2"},
		"zstd":         {saved(t, append(append([]byte("PMTiles\x03"), make([]byte, 89)...), append([]byte{4, 4, 1}, make([]byte, 30)...)...), "a.pmtiles"), "convert it with gzip"},
		"no tables":    {mbtiles(t, []string{`CREATE TABLE x (a)`}, nil), "damaged"},
		"no tiles":     {mbtiles(t, flat("format", "png"), nil), "no tiles"},
		"odd pictures": {mbtiles(t, flat("format", "tiff"), nil), "tiff"},
		"recursive": {mbtiles(t, []string{`CREATE TABLE metadata (name, value)`,
			`CREATE VIEW tiles AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS zoom_level, x AS tile_column, x AS tile_row, x AS tile_data FROM c`}, nil), "damaged"},
		"a function": {mbtiles(t, []string{`CREATE TABLE metadata (name, value)`, `CREATE VIEW tiles AS SELECT 1 AS zoom_level, 1 AS tile_column, 1 AS tile_row, randomblob(900000000) AS tile_data`}, nil), ""},
		"long":       {mbtiles(t, append(flat("name", long), `INSERT INTO metadata VALUES ('format', 'png')`), nil), "no tiles"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := basemap.Open(c.path)
			if err == nil {
				defer m.Close()
				_, err = m.Tile(t.Context(), tile.ID{Z: 1, X: 1, Y: 0})
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// TestTooLarge refuses tiles that say they are, or would become, too large, by what they say.
func TestTooLarge(t *testing.T) {
	huge := asPNG(t, color.White)
	binary.BigEndian.PutUint32(huge[16:], 60000) // its width
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	points := binary.AppendUvarint(nil, 1|1000<<3)
	for range 1000 {
		points = append(points, 2, 2)
	}
	lies := binary.AppendUvarint(nil, 1|(1<<28)<<3)
	for name, c := range map[string]struct {
		vector bool
		b      []byte
		want   string
	}{
		"pixels":          {false, huge, "60000"},
		"no picture":      {false, []byte("hello"), "no picture"},
		"a bomb":          {true, zip(t, make([]byte, 40<<20)), "larger than"},
		"bytes":           {true, make([]byte, 9<<20), "the most is 8"},
		"no tile":         {true, []byte{0xff, 0xff, 0xff}, "no vector tile"},
		"a count of lies": {true, vectorOf("water", lies), "damaged"},
		"half a position": {true, vectorOf("water", append(binary.AppendUvarint(nil, 1|2<<3), 2)), "damaged"},
		"no command":      {true, vectorOf("water", []byte{3}), "damaged"},
		"enough":          {true, vectorOf("water", points), ""},
	} {
		t.Run(name, func(t *testing.T) {
			format := "png"
			if c.vector {
				format = "pbf"
			}
			m := opened(t, mbtiles(t, flat("format", format), map[tile.ID][]byte{{}: c.b}))
			_, err := m.Tile(t.Context(), tile.ID{})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

// vectorOf is a vector tile with one polygon of these commands.
func vectorOf(layer string, geometry []byte) []byte {
	field := func(n byte, b []byte) []byte {
		return append(binary.AppendUvarint([]byte{n<<3 | 2}, uint64(len(b))), b...)
	}
	feature := append([]byte{3 << 3, 3}, field(4, geometry)...)
	return field(3, append(field(1, []byte(layer)), field(2, feature)...))
}

// TestCancelled stops waiting for a tile.
func TestCancelled(t *testing.T) {
	m := opened(t, mbtiles(t, flat("format", "png"), map[tile.ID][]byte{{}: asPNG(t, color.White)}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Tile(ctx, tile.ID{}); err == nil {
		t.Error("it went on")
	}
}

// TestDamaged cuts files and changes bytes of them: a tile or an error, never a crash.
func TestDamaged(t *testing.T) {
	tiles := map[tile.ID][]byte{}
	for x := range uint32(8) {
		for y := range uint32(8) {
			tiles[tile.ID{Z: 3, X: x, Y: y}] = zip(t, town(t))
		}
	}
	db, err := os.ReadFile(mbtiles(t, flat("format", "pbf"), tiles))
	if err != nil {
		t.Fatal(err)
	}
	for name, whole := range map[string][]byte{"a.mbtiles": db, "a.pmtiles": pmtiles(t, 1, nil, tiles, 5, true)} {
		path, read, refused := filepath.Join(t.TempDir(), name), 0, 0
		try := func(b []byte) {
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			m, err := basemap.Open(path)
			if err != nil {
				refused++
				return
			}
			defer m.Close()
			for id := range tiles {
				if _, err := m.Tile(t.Context(), id); err != nil {
					refused++
				} else {
					read++
				}
			}
		}
		for i := range 100 {
			try(whole[:len(whole)*i/100])
		}
		for i := range 300 {
			b := bytes.Clone(whole)
			for k := range 4 {
				b[(i*7919+k*104729+i*k*31)%min(len(b), 1<<(7+i%12))] ^= byte(1 + i*37 + k)
			}
			try(b)
		}
		if read == 0 || refused == 0 {
			t.Errorf("%s: %d read, %d refused; the test shows nothing", name, read, refused)
		}
	}
}

// TestGDALTiles reads the tiles that GDAL makes of a lake, and looks where the lake is.
func TestGDALTiles(t *testing.T) {
	ogr, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("skipped: ogr2ogr (package gdal-bin) is not installed")
	}
	dir := t.TempDir()
	lake := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"class":"lake"},"geometry":{"type":"Polygon","coordinates":[[[80,20],[90,20],[90,30],[80,30],[80,20]]]}}]}`
	in, out := saved(t, []byte(lake), "lake.geojson"), filepath.Join(dir, "lake.mbtiles")
	if b, err := exec.Command(ogr, "-f", "MBTILES", out, in, "-nln", "water", "-dsco", "MINZOOM=0", "-dsco", "MAXZOOM=6", "-dsco", "NAME=Lake").CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, b)
	}
	m := opened(t, out)
	if a := m.About(); a.Name != "Lake" || !a.Vector || a.MaxZoom != 6 {
		t.Errorf("%+v", a)
	}
	for z := range uint32(7) {
		for _, p := range []orb.Point{{85, 25}, {81, 21}, {89.5, 29.5}, {79, 25}, {91, 25}, {85, 19}, {85, 31}} {
			x, y := tile.Mercator(p)
			n := float64(uint32(1) << z)
			id := tile.ID{Z: z, X: uint32(x * n), Y: uint32(y * n)}
			got, err := m.Tile(t.Context(), id)
			if err != nil && !errors.Is(err, tile.ErrNone) {
				t.Fatal(id, err)
			}
			inside := false
			if got != nil {
				for _, s := range got.Shapes {
					for _, path := range s.Paths {
						inside = inside != within(path, float32(x*n-float64(id.X)), float32(y*n-float64(id.Y)))
					}
				}
			}
			if want := p[0] > 80 && p[0] < 90 && p[1] > 20 && p[1] < 30; inside != want {
				t.Errorf("%v at zoom %d: in the lake %v, want %v", p, z, inside, want)
			}
		}
	}
}

// within says whether a position is in a ring, by the even-odd rule.
func within(ring []tile.Spot, x, y float32) (in bool) {
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.Y > y) != (b.Y > y) && x < (b.X-a.X)*(y-a.Y)/(b.Y-a.Y)+a.X {
			in = !in
		}
	}
	return in
}

func FuzzShapes(f *testing.F) {
	f.Add(town(f))
	f.Add(vectorOf("water", []byte{9, 2, 2, 18, 4, 4, 0, 9, 15}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := basemap.Shapes(b)
		if err != nil && s != nil {
			t.Error("shapes and an error")
		}
		for _, x := range s {
			if x.Class == tile.Nothing || len(x.Paths) == 0 {
				t.Errorf("%+v", x)
			}
		}
	})
}

func FuzzDirectory(f *testing.F) {
	f.Add([]byte{2, 1, 1, 1, 1, 5, 5, 1, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		ids, err := basemap.DirectoryIDs(b)
		if err == nil && !slices.IsSorted(ids) {
			t.Error("not in order")
		}
	})
}
