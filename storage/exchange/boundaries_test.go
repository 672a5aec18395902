package exchange_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/planar"

	"sselandscape/storage/exchange"
)

// twoAreas is a square with a hole and a triangle, in GeoJSON.
const twoAreas = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"code":"A1","name":"Ānanda"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}},
{"type":"Feature","properties":{"code":"A2","name":"Bến Tre"},"geometry":{"type":"MultiPolygon","coordinates":[[[[5,0],[6,0],[6,1],[5,0]]]]}}]}`

// shapeOf writes polygons as the main file of a shapefile.
func shapeOf(shapes ...[]orb.Ring) []byte {
	var body bytes.Buffer
	le := func(v any) { binary.Write(&body, binary.LittleEndian, v) }
	for i, rings := range shapes {
		points := 0
		for _, r := range rings {
			points += len(r)
		}
		binary.Write(&body, binary.BigEndian, []int32{int32(i + 1), int32(44+4*len(rings)+16*points) / 2})
		le(int32(5))
		le([4]float64{})
		le([]int32{int32(len(rings)), int32(points)})
		at := int32(0)
		for _, r := range rings {
			le(at)
			at += int32(len(r))
		}
		for _, r := range rings {
			for _, p := range r {
				le([2]float64(p))
			}
		}
	}
	head := make([]byte, 100)
	binary.BigEndian.PutUint32(head, 9994)
	binary.BigEndian.PutUint32(head[24:], uint32(100+body.Len())/2)
	binary.LittleEndian.PutUint32(head[28:], 1000)
	binary.LittleEndian.PutUint32(head[32:], 5)
	low, high := math.Inf(1), math.Inf(-1)
	for _, rings := range shapes {
		for _, r := range rings {
			b := r.Bound()
			low, high = min(low, b.Min[0]), max(high, b.Max[0])
		}
	}
	for i, v := range []float64{low, 0, high, 0} {
		binary.LittleEndian.PutUint64(head[36+8*i:], math.Float64bits(v))
	}
	return append(head, body.Bytes()...)
}

// tableOf writes a dBASE table with the columns code and name, ten bytes and twenty.
func tableOf(rows ...[2]string) []byte {
	head := make([]byte, 32+64+1)
	head[0] = 3
	binary.LittleEndian.PutUint32(head[4:], uint32(len(rows)))
	binary.LittleEndian.PutUint16(head[8:], uint16(len(head)))
	binary.LittleEndian.PutUint16(head[10:], 31)
	for i, f := range []struct {
		name   string
		length byte
	}{{"code", 10}, {"name", 20}} {
		at := head[32+32*i:]
		copy(at, f.name)
		at[11], at[16] = 'C', f.length
	}
	head[96] = 0x0d
	var b bytes.Buffer
	b.Write(head)
	for _, r := range rows {
		fmt.Fprintf(&b, " %s%s%s%s", r[0], strings.Repeat(" ", 10-len(r[0])), r[1], strings.Repeat(" ", 20-len(r[1])))
	}
	return b.Bytes()
}

// packageOf writes a GeoPackage with one layer.
func packageOf(t testing.TB, path string, srs int, blobs ...[]byte) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{
		`CREATE TABLE gpkg_contents(table_name TEXT, data_type TEXT)`,
		`CREATE TABLE gpkg_geometry_columns(table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER)`,
		`CREATE TABLE gpkg_spatial_ref_sys(srs_name TEXT, srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER, definition TEXT)`,
		`INSERT INTO gpkg_contents VALUES ('areas','features')`,
		`INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84',4326,'EPSG',4326,''),('other',3857,'EPSG',3857,''),('odd',2193,'EPSG',2193,'')`,
		`CREATE TABLE areas(fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, name TEXT)`,
	} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec(`INSERT INTO gpkg_geometry_columns VALUES ('areas','geom','MULTIPOLYGON',?,0,0)`, srs); err != nil {
		t.Fatal(err)
	}
	for i, b := range blobs {
		if _, err := db.Exec(`INSERT INTO areas(geom, code, name) VALUES (?,?,?)`, b, fmt.Sprint("A", i+1), []string{"Ānanda", "Bến Tre"}[i%2]); err != nil {
			t.Fatal(err)
		}
	}
}

func blobOf(g orb.Geometry) []byte {
	return append([]byte{'G', 'P', 0, 1, 0xe6, 0x10, 0, 0}, wkb.MustMarshal(g)...)
}

var (
	square   = orb.Polygon{{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}, {{1, 1}, {1, 2}, {2, 2}, {2, 1}, {1, 1}}}
	triangle = orb.MultiPolygon{{{{5, 0}, {6, 0}, {6, 1}, {5, 0}}}}
)

const wgs84 = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`

const topology = `{"type":"Topology","transform":{"scale":[0.5,0.5],"translate":[0,0]},"objects":{"areas":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","arcs":[[0],[1]],"properties":{"code":"A1","name":"Ānanda"}},{"type":"MultiPolygon","arcs":[[[2,-4]]],"properties":{"code":"A2","name":"Bến Tre"}}]}},
"arcs":[[[0,0],[8,0],[0,8],[-8,0],[0,-8]],[[2,2],[0,2],[2,0],[0,-2],[-2,0]],[[10,0],[2,0],[0,2]],[[10,0],[2,2]]]}`

// write puts files into a new folder and gives the path of the first.
func write(t testing.TB, files ...any) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		var b []byte
		switch x := files[i+1].(type) {
		case string:
			b = []byte(x)
		case []byte:
			b = x
		}
		if err := os.WriteFile(filepath.Join(dir, files[i].(string)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, files[0].(string))
}

func archive(t testing.TB, files ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i].(string))
		if err != nil {
			t.Fatal(err)
		}
		switch x := files[i+1].(type) {
		case string:
			io.WriteString(w, x)
		case []byte:
			w.Write(x)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readAreas(t testing.TB, path string, o exchange.BoundaryOptions) (*exchange.Boundaries, []*exchange.Area) {
	t.Helper()
	b, err := exchange.OpenBoundaries(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var out []*exchange.Area
	for a, err := range b.Areas(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, a)
	}
	return b, out
}

// evenOdd is the area of rings where holes are wound either way: each ring counts for
// what its depth says.
func evenOdd(rings []orb.Ring) (sum float64) {
	for i, r := range rings {
		depth := 0
		for j, s := range rings {
			if i != j && planar.RingContains(s, r[0]) {
				depth++
			}
		}
		if a := math.Abs(planar.Area(r)); depth%2 == 0 {
			sum += a
		} else {
			sum -= a
		}
	}
	return sum
}

// TestBoundaryFormats reads the same two areas from every format.
func TestBoundaryFormats(t *testing.T) {
	shp := shapeOf([]orb.Ring{square[0], square[1]}, []orb.Ring{triangle[0][0]})
	utf := tableOf([2]string{"A1", "Ānanda"}, [2]string{"A2", "Bến Tre"})
	gpkg := filepath.Join(t.TempDir(), "a.gpkg")
	packageOf(t, gpkg, 4326, blobOf(square), blobOf(triangle))
	for name, c := range map[string]struct {
		path, notice string
	}{
		"geojson":             {write(t, "a.geojson", twoAreas), ""},
		"geojson, named json": {write(t, "a.json", twoAreas), ""},
		"topojson":            {write(t, "a.topojson", topology), ""},
		"topojson, as json":   {write(t, "a.json", topology), ""},
		"shapefile":           {write(t, "a.shp", shp, "a.dbf", utf, "a.prj", wgs84, "a.cpg", "UTF-8"), ""},
		"in capitals":         {write(t, "A.shp", shp, "A.DBF", utf, "A.PRJ", wgs84, "A.CPG", "65001"), ""},
		"without a .prj":      {write(t, "a.shp", shp, "a.dbf", utf), "no .prj file"},
		"zipped":              {write(t, "a.zip", archive(t, "x/a.shp", shp, "x/a.dbf", utf, "x/a.prj", wgs84)), ""},
		"geopackage":          {gpkg, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, as := readAreas(t, c.path, exchange.BoundaryOptions{})
			if len(as) != 2 {
				t.Fatalf("%d areas", len(as))
			}
			at := map[string]int{}
			for i, n := range b.Columns {
				at[n] = i
			}
			for i, want := range []struct {
				code, name string
				area       float64
			}{{"A1", "Ānanda", 15}, {"A2", "Bến Tre", 0.5}} {
				if got := evenOdd(as[i].Rings); got != want.area || as[i].Bad != "" || as[i].Cells[at["code"]] != want.code || as[i].Cells[at["name"]] != want.name {
					t.Errorf("feature %d: area %v, %+v", i+1, got, as[i])
				}
			}
			if got := fmt.Sprint(b.Problems); !strings.Contains(got, c.notice) || c.notice == "" && len(b.Problems) > 0 {
				t.Errorf("notices %v", got)
			}
		})
	}
}

// TestBoundariesRefused looks at files that cannot be read, and at what is said.
func TestBoundariesRefused(t *testing.T) {
	shp := shapeOf([]orb.Ring{square[0]})
	metres := shapeOf([]orb.Ring{{{500000, 200000}, {600000, 200000}, {600000, 300000}, {500000, 200000}}})
	odd := filepath.Join(t.TempDir(), "a.gpkg")
	packageOf(t, odd, 2193, blobOf(square))
	open := filepath.Join(t.TempDir(), "b.gpkg")
	packageOf(t, open, 4326, blobOf(square))
	if err := os.WriteFile(open+"-wal", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	view := filepath.Join(t.TempDir(), "c.gpkg")
	packageOf(t, view, 4326, blobOf(square))
	db, _ := sql.Open("sqlite", "file:"+view)
	if _, err := db.Exec(`ALTER TABLE areas RENAME TO real; CREATE VIEW areas AS SELECT * FROM real`); err != nil {
		t.Fatal(err)
	}
	db.Close()
	for name, c := range map[string]struct{ path, said string }{
		"empty":              {write(t, "a.geojson", ""), "empty"},
		"another format":     {write(t, "a.kml", "<kml/>"), "no file of boundaries"},
		"no features":        {write(t, "a.geojson", `{"type":"FeatureCollection","features":[]}`), "no features"},
		"cut off":            {write(t, "a.topojson", topology[:200]), "ends in the middle"},
		"an arc not there":   {write(t, "a.topojson", strings.Replace(topology, "[[0],[1]]", "[[7]]", 1)), "do not fit together"},
		"another system":     {write(t, "a.geojson", strings.Replace(twoAreas, "{", `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2193"}},`, 1)), "EPSG:2193"},
		"another datum":      {write(t, "a.shp", shp, "a.prj", strings.ReplaceAll(wgs84, "D_WGS_1984", "D_Indian_1975")), "GCS_WGS_1984"},
		"unreadable .prj":    {write(t, "a.shp", shp, "a.prj", "GEOGCS["), "cannot be read"},
		"metres, no .prj":    {write(t, "a.shp", metres), "no .prj file"},
		"no shapefile":       {write(t, "a.shp", "hello, this is no shapefile"), "no shapefile"},
		"a damaged archive":  {write(t, "a.zip", "PK not"), "archive cannot be opened"},
		"several layers":     {write(t, "a.zip", archive(t, "a.shp", shp, "b.shp", shp)), "several layers; say which one: a, b"},
		"an empty archive":   {write(t, "a.zip", archive(t, "readme.txt", "x")), "no shapefile"},
		"no database":        {write(t, "a.gpkg", strings.Repeat("x", 200)), "no GeoPackage"},
		"gpkg, other system": {odd, "EPSG:2193"},
		"gpkg, not closed":   {open, "open in another program"},
		"gpkg, a view":       {view, "no layer of areas"},
		"points":             {write(t, "a.shp", append(bytes.Clone(shp[:32]), append([]byte{1, 0, 0, 0}, shp[36:]...)...)), "points; boundaries are polygons"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := exchange.OpenBoundaries(c.path, exchange.BoundaryOptions{})
			if err == nil {
				defer b.Close()
				for _, e := range b.Areas(context.Background()) {
					err = e
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.said) {
				t.Errorf("said %v, want %q", err, c.said)
			}
		})
	}
}

func TestFeaturesThatBoundNothing(t *testing.T) {
	gpkg := filepath.Join(t.TempDir(), "a.gpkg")
	packageOf(t, gpkg, 4326, blobOf(orb.Point{1, 2}), nil, []byte("GP"), blobOf(square)[:60])
	_, as := readAreas(t, gpkg, exchange.BoundaryOptions{})
	for i, want := range []string{"is a Point", "no geometry", "damaged", "damaged"} {
		if !strings.Contains(as[i].Bad, want) {
			t.Errorf("feature %d: %q, want %q", i+1, as[i].Bad, want)
		}
	}
	_, as = readAreas(t, write(t, "a.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":null},{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}}]}`), exchange.BoundaryOptions{})
	if !strings.Contains(as[0].Bad, "no geometry") || !strings.Contains(as[1].Bad, "is a Point") {
		t.Errorf("%+v %+v", as[0], as[1])
	}
}

// TestOverTheAntimeridian cuts what is given as 170 to 190.
func TestOverTheAntimeridian(t *testing.T) {
	_, as := readAreas(t, write(t, "a.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[170,-20],[190,-20],[190,-10],[170,-10],[170,-20]]]}}]}`), exchange.BoundaryOptions{})
	if len(as[0].Rings) != 2 || evenOdd(as[0].Rings) != 200 {
		t.Errorf("%v", as[0].Rings)
	}
	for _, r := range as[0].Rings {
		if b := r.Bound(); b.Min[0] < -180 || b.Max[0] > 180 {
			t.Errorf("%v", r)
		}
	}
}

// TestGDALAgrees lets GDAL write our areas in every format and coordinate system that
// is read, and compares counts, names and areas.
func TestGDALAgrees(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("skipped: GDAL is not installed")
	}
	var fs []string
	want := map[string]float64{}
	for i := range 200 {
		lon, lat := 84+float64(i%20)*0.09, 26+float64(i/20)*0.3
		code, n := fmt.Sprint("N", i), 8+i%30
		var r []string
		for k := range n + 1 {
			a := 2 * math.Pi * float64(k%n) / float64(n)
			r = append(r, fmt.Sprintf("[%.7f,%.7f]", lon+0.04*math.Cos(a), lat+0.1*math.Sin(a)))
		}
		fs = append(fs, fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"name":"प्रदेश %d"},"geometry":{"type":"Polygon","coordinates":[[%s]]}}`, code, i, strings.Join(r, ",")))
	}
	source := write(t, "in.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(fs, ",")+`]}`)
	_, as := readAreas(t, source, exchange.BoundaryOptions{})
	for _, a := range as {
		want[a.Cells[0]] = evenOdd(a.Rings)
	}
	for name, c := range map[string]struct {
		file, projection string
		args             []string
	}{
		"shapefile":       {"out.shp", "", []string{"-lco", "ENCODING=UTF-8"}},
		"geopackage":      {"out.gpkg", "", nil},
		"zipped":          {"out.shz", "", []string{"-f", "ESRI Shapefile", "-lco", "ENCODING=UTF-8"}},
		"mercator":        {"out.gpkg", "Web Mercator", []string{"-t_srs", "EPSG:3857"}},
		"mercator, .prj":  {"out.shp", "Web Mercator", []string{"-t_srs", "EPSG:3857", "-lco", "ENCODING=UTF-8"}},
		"utm, .prj":       {"out.shp", "UTM zone 45N", []string{"-t_srs", "EPSG:32645", "-lco", "ENCODING=UTF-8"}},
		"utm south, gpkg": {"out.gpkg", "UTM zone 45S", []string{"-t_srs", "EPSG:32745"}},
		"utm, geojson":    {"out.geojson", "UTM zone 45N", []string{"-t_srs", "EPSG:32645"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), c.file)
			if said, err := exec.Command("ogr2ogr", append(c.args, out, source)...).CombinedOutput(); err != nil {
				t.Fatal(err, string(said))
			}
			if strings.HasSuffix(out, ".shz") {
				if err := os.Rename(out, out[:len(out)-4]+".zip"); err != nil {
					t.Fatal(err)
				}
				out = out[:len(out)-4] + ".zip"
			}
			b, as := readAreas(t, out, exchange.BoundaryOptions{})
			if b.Projection != c.projection || len(as) != len(want) {
				t.Fatalf("projection %q, %d areas", b.Projection, len(as))
			}
			code := 0
			for i, n := range b.Columns {
				if n == "code" {
					code = i
				}
			}
			for i, a := range as {
				if got := evenOdd(a.Rings); math.Abs(got-want[a.Cells[code]]) > 1e-9 || a.Cells[code+1] != fmt.Sprintf("प्रदेश %d", i) {
					t.Fatalf("%+v: area %v, want %v", a.Cells, got, want[a.Cells[code]])
				}
			}
		})
	}
}

// TestGDALReadsTopoJSON compares the source of the embedded pack with what GDAL makes
// of it.
func TestGDALReadsTopoJSON(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("skipped: GDAL is not installed")
	}
	f, err := os.Open("../../../shared/data-samples/maps/ap.topojson.gz")
	if err != nil {
		t.Skip("skipped: the sample of boundaries is not here")
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	in := write(t, "ap.topojson", text)
	b, ours := readAreas(t, in, exchange.BoundaryOptions{Layer: "adm1"})
	out := filepath.Join(t.TempDir(), "adm1.geojson")
	if said, err := exec.Command("ogr2ogr", "-lco", "COORDINATE_PRECISION=15", out, in, "adm1").CombinedOutput(); err != nil {
		t.Fatal(err, string(said))
	}
	_, theirs := readAreas(t, out, exchange.BoundaryOptions{})
	if len(ours) != len(theirs) || len(ours) < 1300 {
		t.Fatalf("%d areas, GDAL reads %d", len(ours), len(theirs))
	}
	id := func(a *exchange.Area) string { return a.Cells[0] }
	t.Log(b.Columns)
	for i := range ours {
		x, y := 0.0, 0.0
		for _, r := range ours[i].Rings {
			x += planar.Area(r)
		}
		for _, r := range theirs[i].Rings {
			y += planar.Area(r)
		}
		if math.Abs(math.Abs(x)-math.Abs(y)) > 1e-9*(1+math.Abs(x)) {
			t.Fatalf("%s: area %v, GDAL has %v", id(ours[i]), x, y)
		}
	}
}

// readHostile reads a file to its end and fails on nothing but panics and hangs.
func readHostile(t *testing.T, path string) {
	b, err := exchange.OpenBoundaries(path, exchange.BoundaryOptions{})
	if err != nil {
		return
	}
	defer b.Close()
	for a, err := range b.Areas(context.Background()) {
		if err != nil {
			return
		}
		if len(a.Cells) < len(b.Columns) {
			t.Fatal("a feature has fewer cells than there are columns")
		}
	}
}

func FuzzAreasGeoJSON(f *testing.F) {
	f.Add([]byte(twoAreas))
	f.Fuzz(func(t *testing.T, b []byte) { readHostile(t, write(t, "a.geojson", b)) })
}

func FuzzAreasTopoJSON(f *testing.F) {
	f.Add([]byte(topology))
	f.Fuzz(func(t *testing.T, b []byte) { readHostile(t, write(t, "a.topojson", b)) })
}

func FuzzShapefile(f *testing.F) {
	f.Add(shapeOf([]orb.Ring{square[0]}), tableOf([2]string{"A1", "x"}), wgs84, "UTF-8")
	f.Fuzz(func(t *testing.T, shp, dbf []byte, prj, cpg string) {
		readHostile(t, write(t, "a.shp", shp, "a.dbf", dbf, "a.prj", prj, "a.cpg", cpg))
	})
}

func FuzzShapefileZip(f *testing.F) {
	f.Add(archive(f, "a.shp", shapeOf([]orb.Ring{square[0]}), "a.dbf", tableOf([2]string{"A1", "x"})))
	f.Fuzz(func(t *testing.T, b []byte) { readHostile(t, write(t, "a.zip", b)) })
}

func FuzzGeoPackage(f *testing.F) {
	path := filepath.Join(f.TempDir(), "a.gpkg")
	packageOf(f, path, 4326, blobOf(square), blobOf(triangle))
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) { readHostile(t, write(t, "a.gpkg", b)) })
}
