package exchange_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
)

// three are organizations with their places, as GeoJSON.
const three = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"name":"สหกรณ์การเกษตร","tel":"02 1"},"geometry":{"type":"Point","coordinates":[100.5,13.75]}},
{"type":"Feature","properties":{"name":"बचत तथा ऋण सहकारी","tel":"01 2"},"geometry":{"type":"Point","coordinates":[85.32,27.7125]}},
{"type":"Feature","properties":{"name":"협동조합 \u0026 <마을>","tel":"051 3"},"geometry":{"type":"Point","coordinates":[129.075,35.18]}}]}`

const threeKML = `<?xml version="1.0" encoding="UTF-8"?>
<!-- by hand --><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>List</name><Schema name="s" id="s"><SimpleField type="string" name="tel"/></Schema>
<Placemark><name>สหกรณ์การเกษตร</name><ExtendedData><Data name="tel"><displayName>x</displayName><value>02 1</value></Data></ExtendedData><Point><coordinates>100.5,13.75,0</coordinates></Point></Placemark>
<Folder><Style id="a"><LabelStyle/></Style><Placemark id='2'><name> <![CDATA[बचत तथा ऋण]]> सहकारी
</name><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="tel">01 2</SimpleData></SchemaData></ExtendedData><Point><coordinates>
 85.32 , 27.7125 </coordinates></Point></Placemark></Folder>
<Placemark><name>협동조합 &#38; &lt;&#xb9c8;을&gt;</name><ExtendedData><Data name="tel"><value>051 3</value></Data></ExtendedData><MultiGeometry><Point><coordinates>129.075,35.18</coordinates></Point></MultiGeometry></Placemark>
</Document></kml>`

const threeGPX = "\ufeff" + `<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><metadata><name>x</name></metadata>
<wpt lat="13.75" lon="100.5"><name>สหกรณ์การเกษตร</name><tel>02 1</tel><extensions><a><b>c</b></a></extensions></wpt>
<wpt lat="27.7125" lon='85.32'><name>बचत तथा ऋण सहकारी</name><tel>01 2</tel></wpt>
<wpt lon="129.075" lat="35.18"><name>협동조합 &amp; &lt;마을></name><tel>051 3</tel></wpt>
<trk><name>way</name><trkseg><trkpt lat="1" lon="2"/><trkpt lat="3" lon="4"/></trkseg><trkseg><trkpt lat="5" lon="6"/><trkpt lat="7" lon="8"/></trkseg></trk></gpx>`

// threeRows are their rows: name, tel and place.
var threeRows = []string{"สหกรณ์การเกษตร|02 1|13.7500000, 100.5000000", "बचत तथा ऋण सहकारी|01 2|27.7125000, 85.3200000", "협동조합 & <마을>|051 3|35.1800000, 129.0750000"}

var threePoints = []orb.Point{{100.5, 13.75}, {85.32, 27.7125}, {129.075, 35.18}}

// shapesOf writes records as the main file of a shapefile.
func shapesOf(kind uint32, records ...[]byte) []byte {
	out := make([]byte, 100)
	binary.BigEndian.PutUint32(out, 9994)
	binary.LittleEndian.PutUint32(out[32:], kind)
	for i, r := range records {
		out = binary.BigEndian.AppendUint32(out, uint32(i+1))
		out = binary.BigEndian.AppendUint32(out, uint32(4+len(r))/2)
		out = append(binary.LittleEndian.AppendUint32(out, kind), r...)
	}
	return out
}

// doubles writes numbers as shapefiles have them.
func doubles(vs ...float64) (out []byte) {
	for _, v := range vs {
		out = binary.LittleEndian.AppendUint64(out, math.Float64bits(v))
	}
	return out
}

// tableWith writes a dBASE table of texts, as long as they are.
func tableWith(names []string, rows ...[]string) []byte {
	const length = 60
	out := make([]byte, 32+32*len(names)+1)
	out[0] = 3
	binary.LittleEndian.PutUint32(out[4:], uint32(len(rows)))
	binary.LittleEndian.PutUint16(out[8:], uint16(len(out)))
	binary.LittleEndian.PutUint16(out[10:], uint16(1+length*len(names)))
	for i, n := range names {
		copy(out[32+32*i:], n)
		out[32+32*i+11], out[32+32*i+16] = 'C', length
	}
	out[len(out)-1] = 0x0d
	for _, r := range rows {
		out = append(out, ' ')
		for _, c := range r {
			out = append(out, c+strings.Repeat(" ", length-len(c))...)
		}
	}
	return out
}

// threeParts are the parts of a shapefile of the three, of points or of points with heights.
func threeParts(kind uint32) (shp, dbf []byte) {
	var records [][]byte
	var rows [][]string
	for i, p := range threePoints {
		switch at := doubles(p[0], p[1]); kind {
		case 8:
			records = append(records, bytes.Join([][]byte{doubles(p[0], p[1], p[0], p[1]), {1, 0, 0, 0}, at}, nil))
		case 11:
			records = append(records, append(at, doubles(5, 0)...))
		default:
			records = append(records, at)
		}
		rows = append(rows, strings.Split(threeRows[i], "|")[:2])
	}
	return shapesOf(kind, records...), tableWith([]string{"name", "tel"}, rows...)
}

// tablesOf writes a GeoPackage by statements; %s is nothing.
func tablesOf(t testing.TB, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.gpkg")
	packageOf(t, path, 4326)
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range statements {
		if _, err := db.Exec(s); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// threeTables are statements that put the three into a layer, in a coordinate system.
func threeTables(layer string, srs int, point func(orb.Point) orb.Point) []string {
	out := []string{fmt.Sprintf(`CREATE TABLE %s(id INTEGER PRIMARY KEY, pos BLOB, name TEXT, tel TEXT, photo BLOB)`, layer), fmt.Sprintf(`INSERT INTO gpkg_contents VALUES ('%s','features')`, layer),
		fmt.Sprintf(`INSERT INTO gpkg_geometry_columns VALUES ('%s','pos','POINT',%d,0,0)`, layer, srs)}
	for i, p := range threePoints {
		r := strings.Split(threeRows[i], "|")
		out = append(out, fmt.Sprintf(`INSERT INTO %s(pos, name, tel, photo) VALUES (x'%x', '%s', '%s', zeroblob(5000000))`, layer, blobOf(point(p)), r[0], r[1]))
	}
	return out
}

func same(p orb.Point) orb.Point { return p }

// mercator is EPSG:3857 (its definition, not our inverse).
func mercator(p orb.Point) orb.Point {
	return orb.Point{p[0] * 6378137 * math.Pi / 180, 6378137 * math.Log(math.Tan(math.Pi/4+p[1]*math.Pi/360))}
}

// formatsOfThree are the three in every format; the boundary layer of the GeoPackage is
// dropped so that they are alone.
func formatsOfThree(t testing.TB) map[string]string {
	shp, dbf := threeParts(1)
	high, _ := threeParts(11)
	many, _ := threeParts(8)
	wide := append([]byte("\xff\xfe"), 0)[:2]
	for _, r := range strings.Replace(threeKML, "UTF-8", "UTF-16", 1) {
		wide = binary.LittleEndian.AppendUint16(wide, uint16(r))
	}
	alone := []string{`DELETE FROM gpkg_contents`, `DELETE FROM gpkg_geometry_columns`}
	return map[string]string{
		"geojson":         write(t, "a.geojson", three),
		"kml":             write(t, "a.kml", threeKML),
		"kml, UTF-16":     write(t, "a.kml", wide),
		"kmz":             write(t, "a.kmz", archive(t, "files/photo.jpg", "x", "doc.kml", threeKML)),
		"kmz called kml":  write(t, "a.kml", archive(t, "doc.kml", strings.ReplaceAll(threeKML, "\n", "\r\n"))),
		"kmz of parts":    write(t, "a.kmz", archive(t, "doc.kml", "<kml><NetworkLink><Link><href>layers/a.kml</href></Link></NetworkLink></kml>", "layers/a.kml", threeKML)),
		"gpx":             write(t, "a.gpx", threeGPX),
		"gpkg":            tablesOf(t, append(alone, threeTables("orgs", 4326, same)...)...),
		"gpkg, mercator":  tablesOf(t, append(alone, threeTables("orgs", 3857, mercator)...)...),
		"shapefile":       write(t, "a.shp", shp, "a.dbf", dbf, "a.cpg", "UTF-8", "a.prj", wgs84),
		"shapefile, high": write(t, "a.shp", high, "a.dbf", dbf, "a.cpg", "UTF-8", "a.prj", wgs84),
		"multipoints":     write(t, "a.shp", many, "a.dbf", dbf, "a.prj", wgs84),
		"zipped":          write(t, "a.zip", archive(t, "x/a.shp", shp, "x/a.dbf", dbf, "x/a.cpg", "65001", "x/a.prj", wgs84, "__MACOSX/x/._a.shp", "x")),
	}
}

// columnsOf joins the cells of some columns.
func columnsOf(l *exchange.List, r exchange.ListRow, names ...string) string {
	var out []string
	for _, n := range names {
		for i, c := range l.Columns {
			if c == n {
				out = append(out, r.Cells[i])
			}
		}
	}
	return strings.Join(out, "|")
}

// TestListsOfAllFormats reads the same three organizations from every format.
func TestListsOfAllFormats(t *testing.T) {
	for name, path := range formatsOfThree(t) {
		t.Run(name, func(t *testing.T) {
			l, rows := readList(t, path, exchange.ListOptions{})
			var got []string
			for _, r := range rows {
				got = append(got, columnsOf(l, r, "name", "tel", "geometry"))
			}
			if d := cmp.Diff(threeRows, got); d != "" {
				t.Error(d, l.Columns, l.Problems)
			}
			told := fmt.Sprint(l.Problems)
			if tracks := strings.Contains(told, "tracks are left out"); tracks != (name == "gpx") || !tracks && len(l.Problems) > 0 {
				t.Error(told)
			}
			if want := map[bool]string{true: "Web Mercator"}[name == "gpkg, mercator"]; l.Projection != want {
				t.Errorf("converted from %q", l.Projection)
			}
		})
	}
}

// TestLayersOfAllFormats shows them on the map.
func TestLayersOfAllFormats(t *testing.T) {
	paths := formatsOfThree(t)
	paths["csv"] = write(t, "a.csv", "Name;tel;LON;lat\nสหกรณ์การเกษตร;1;100,5;13,75\nबचत तथा ऋण सहकारी;2;85,32;27,7125\n협동조합 & <마을>;3;129,075;35,18\n")
	paths["wkt"] = write(t, "a.csv", "name,WKT\nสหกรณ์การเกษตร,POINT (100.5 13.75)\nबचत तथा ऋण सहकारी,\"SRID=4326; pointz(85.32 27.7125 1300)\"\n협동조합 & <마을>,MULTIPOINT Z ((129.075 35.18 5))\n")
	for name, path := range paths {
		t.Run(name, func(t *testing.T) {
			o, err := exchange.ReadOverlay(context.Background(), path, exchange.OverlayOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if name == "gpx" {
				if way := o.Shapes[3]; way.Kind != exchange.OverlayLines || len(way.Paths) != 2 || way.Name != "way" {
					t.Errorf("%+v", way)
				}
				o.Shapes = o.Shapes[:3]
			}
			for i, s := range o.Shapes {
				p, want := s.Paths[0][0], threePoints[i]
				if s.Kind != exchange.OverlayPoints || s.Name != strings.Split(threeRows[i], "|")[0] || math.Abs(p[0]-want[0]) > 1e-9 || math.Abs(p[1]-want[1]) > 1e-9 {
					t.Errorf("%+v, want %v", s, want)
				}
			}
			if len(o.Shapes) != 3 || len(o.Left)+len(o.Problems) > 0 {
				t.Errorf("%d shapes, %v %v", len(o.Shapes), o.Left, o.Problems)
			}
		})
	}
}

// TestShapesOfLayers reads lines, areas and what cannot be shown, from KML and Well-Known
// Text.
func TestShapesOfLayers(t *testing.T) {
	kml := `<kml><Folder><name>Trails</name>
<Placemark><name>line</name><LineString><coordinates>1,2 3,4,100
	5,6</coordinates></LineString></Placemark>
<Placemark><name>area</name><Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 9,0 9,9 0,0</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark>
<Placemark><name>both</name><MultiGeometry><Point><coordinates>1,2</coordinates></Point><LineString><coordinates>1,2 3,4</coordinates></LineString></MultiGeometry></Placemark>
<Placemark><name>walk</name><gx:Track><when>2020</when><gx:coord>1 2 3</gx:coord><gx:coord>4 5 6</gx:coord></gx:Track></Placemark>
<Placemark><name>odd</name><Point><coordinates>x,2</coordinates></Point></Placemark>
<Placemark><name>half</name><Point><coordinates>1</coordinates></Point></Placemark>
<Placemark><name>away</name><Point><coordinates>NaN,95</coordinates></Point></Placemark>
<Placemark><name>none</name></Placemark><NetworkLink><Link><href>http://example.org/a.kml</href></Link></NetworkLink></Folder></kml>`
	text := "WKT,name\n\"LINESTRING(1 2,3 4,5 6)\",line\n\"POLYGON((0 0,9 0,9 9,0 0),(1 1,2 1,2 2,1 1))\",area\nGEOMETRYCOLLECTION(POINT(1 2)),both\n\"LINESTRING M (1 2 3, 4 5 6)\",walk\nPOINT(x 2),odd\nPOINT(1),half\nPOINT(NaN 95),away\nPOINT EMPTY,none\nSRID=3857;POINT(1 2),metres\n\"POLYGON((0 0,1 1\",open\n"
	want := []exchange.OverlayShape{
		{Paths: [][]orb.Point{{{1, 2}, {3, 4}, {5, 6}}}, Kind: exchange.OverlayLines, Name: "line"},
		{Paths: [][]orb.Point{{{0, 0}, {9, 0}, {9, 9}, {0, 0}}, {{1, 1}, {2, 1}, {2, 2}, {1, 1}}}, Kind: exchange.OverlayAreas, Name: "area"},
		{Paths: [][]orb.Point{{{1, 2}, {4, 5}}}, Kind: exchange.OverlayLines, Name: "walk"},
	}
	for file, c := range map[string]struct {
		text string
		left []exchange.Unreadable
		told string
	}{
		"a.kml": {kml, []exchange.Unreadable{{3, "its geometry is a GeometryCollection"}, {5, `a position of its geometry is no number: "x"`}, {6, "a position of its geometry has one number alone"},
			{7, "its positions are no longitudes and latitudes in degrees"}, {8, "it has no geometry"}}, "links to other files"},
		"a.csv": {text, []exchange.Unreadable{{4, "its geometry is a GeometryCollection"}, {6, "its geometry is no Well-Known Text"}, {7, "its geometry is no Well-Known Text"},
			{8, "its positions are no longitudes and latitudes in degrees"}, {9, "its geometry is empty"}, {10, `its geometry is in the coordinate system "SRID=3857", not in WGS 84`}, {11, "its geometry is no Well-Known Text"}}, ""},
	} {
		t.Run(file, func(t *testing.T) {
			o, err := exchange.ReadOverlay(context.Background(), write(t, file, c.text), exchange.OverlayOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, o.Shapes); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.left, o.Left); d != "" {
				t.Error(d)
			}
			if told := fmt.Sprint(o.Problems); !strings.Contains(told, c.told) || (c.told == "") != (len(o.Problems) == 0) {
				t.Error(told)
			}
		})
	}
}

// TestPlacesOfFeatures takes a point of what is no point, as of GeoJSON, and says so.
func TestPlacesOfFeatures(t *testing.T) {
	l, rows := readList(t, write(t, "a.kml", `<kml><Folder><name>Villages</name>
<Placemark><name>a</name><description>d</description><TimeStamp><when>2020-01-01</when></TimeStamp><ExtendedData><Data name="name"><value>b</value></Data><x:size xmlns:x="y">5</x:size></ExtendedData>
<Polygon><outerBoundaryIs><LinearRing><coordinates>0,0 4,0 4,4 0,4 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>
<Placemark><name>c</name><LineString><coordinates>1,1 2,2 3,3</coordinates></LineString></Placemark>
<Placemark><name>d</name><Point><coordinates>NaN,2</coordinates></Point></Placemark>
<Placemark><name>e</name><Point><coordinates>400,95</coordinates></Point></Placemark></Folder></kml>`), exchange.ListOptions{})
	var got []string
	for _, r := range rows {
		got = append(got, strings.Join(r.Cells, "|"))
	}
	if d := cmp.Diff([]string{"a|d|2020-01-01|b|5|Villages|2.0000004, 2.0000000", "c|||||Villages|2.0000000, 2.0000000", "d|||||Villages|", "e|||||Villages|95.0000000, 400.0000000"}, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff("name description when name_ size folder geometry", strings.Join(l.Columns, " ")); d != "" {
		t.Error(d)
	}
	for i, want := range []string{"a point inside is taken", "the middle one of its points is taken", "no number"} {
		if i >= len(l.Problems) || l.Problems[i].Row != i+1 || !strings.Contains(l.Problems[i].Text, want) {
			t.Errorf("%v, want %q", l.Problems, want)
		}
	}
}

// TestLayersAreChosen wants to be told which layer, where there are several.
func TestLayersAreChosen(t *testing.T) {
	shp, dbf := threeParts(1)
	attributes := []string{`CREATE TABLE notes(name TEXT)`, `INSERT INTO gpkg_contents VALUES ('notes','attributes')`, `INSERT INTO notes VALUES ('x')`}
	two := tablesOf(t, append(threeTables("orgs", 4326, same), attributes...)...)
	one := tablesOf(t, append([]string{`DELETE FROM gpkg_contents`}, attributes...)...)
	zipped := write(t, "a.zip", archive(t, "a.shp", shp, "a.dbf", dbf, "b.shp", shp))
	for name, c := range map[string]struct {
		path, layer string
		rows        int
		columns     string
		said        string
	}{
		"two layers":       {two, "", 0, "", "several layers; say which one: areas, orgs"},
		"one of them":      {two, "orgs", 3, "id name tel geometry", ""},
		"a table":          {two, "notes", 1, "name", ""},
		"only a table":     {one, "", 1, "name", ""},
		"no such":          {two, "other", 0, "", `no layer "other"; it has areas, orgs, notes`},
		"two shapefiles":   {zipped, "", 0, "", "several layers; say which one: a, b"},
		"one of these":     {zipped, "b", 3, "geometry", ""},
		"without a table":  {write(t, "a.shp", shp), "", 3, "geometry", ""},
		"another a system": {tablesOf(t, append([]string{`DELETE FROM gpkg_contents`, `DELETE FROM gpkg_geometry_columns`}, threeTables("orgs", 2193, same)...)...), "", 0, "", "EPSG:2193"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := exchange.OpenList(context.Background(), c.path, exchange.ListOptions{Layer: c.layer})
			if err != nil {
				if c.said == "" || !strings.Contains(err.Error(), c.said) {
					t.Errorf("%v, want %q", err, c.said)
				}
				return
			}
			l.Close()
			l, rows := readList(t, c.path, exchange.ListOptions{Layer: c.layer})
			if c.said != "" || len(rows) != c.rows || strings.Join(l.Columns, " ") != c.columns {
				t.Errorf("%d rows, columns %v", len(rows), l.Columns)
			}
		})
	}
}

// TestEncodingsOfFeatures reads tables and XML that are not in UTF-8.
func TestEncodingsOfFeatures(t *testing.T) {
	shp, _ := threeParts(1)
	thai := "\xca\xcb\xa1\xc3\xb3\xec" // สหกรณ์ in windows-874
	dbf := tableWith([]string{"name"}, []string{thai + " 1"}, []string{thai + " 2"}, []string{thai + " 3"})
	kml := `<kml><Placemark><name>` + thai + ` 1</name></Placemark><Placemark><name>` + thai + ` 2</name></Placemark><Placemark><name>` + thai + ` 3</name></Placemark></kml>`
	for name, c := range map[string]struct {
		path, encoding, told string
		bad                  bool
	}{
		"as .cpg says":  {write(t, "a.shp", shp, "a.dbf", dbf, "a.cpg", "ANSI 874", "a.prj", wgs84), "", "", false},
		"a guess":       {write(t, "a.shp", shp, "a.dbf", dbf, "a.prj", wgs84), "", "windows-874 is the likeliest", false},
		"asked for":     {write(t, "a.shp", shp, "a.dbf", dbf, "a.prj", wgs84), "tis-620", "", false},
		"as XML says":   {write(t, "a.kml", `<?xml version="1.0" encoding="TIS-620"?>`+kml), "", "", false},
		"asked of XML":  {write(t, "a.kml", kml), "windows-874", "", false},
		"XML that lies": {write(t, "a.kml", kml), "", "no text in this encoding", true},
	} {
		t.Run(name, func(t *testing.T) {
			l, rows := readList(t, c.path, exchange.ListOptions{Encoding: c.encoding})
			for i, r := range rows {
				if want := fmt.Sprint("สหกรณ์ ", i+1); (r.Bad != "") != c.bad || !c.bad && r.Cells[0] != want {
					t.Errorf("%+v, want %s", r, want)
				}
			}
			if told := fmt.Sprint(l.Problems); len(rows) != 3 || !strings.Contains(told, c.told) || c.told == "" && len(l.Problems) > 0 {
				t.Error(len(rows), told)
			}
		})
	}
}

// TestHostileFeatures wants a sentence for each file.
func TestHostileFeatures(t *testing.T) {
	shp, dbf := threeParts(1)
	gpkg, err := os.ReadFile(tablesOf(t, append([]string{`DELETE FROM gpkg_contents`}, threeTables("orgs", 4326, same)...)...))
	if err != nil {
		t.Fatal(err)
	}
	lying := bytes.Clone(shp)
	binary.BigEndian.PutUint32(lying[104:], 1<<30)
	long := bytes.Clone(shp)
	binary.BigEndian.PutUint32(long[104:], 200<<20)
	var names []any
	for i := range 10_001 {
		names = append(names, fmt.Sprint(i), "")
	}
	bomb := make([]byte, 513<<20)
	copy(bomb, "<kml>")
	bombed := archive(t, "doc.kml", bomb)
	smaller := bytes.Clone(bombed) // it says that it is small
	at := bytes.LastIndex(smaller, []byte("doc.kml")) - 46
	binary.LittleEndian.PutUint32(smaller[at+24:], 1000)
	for name, c := range map[string]struct{ file, text, want string }{
		"cut kml":           {"a.kml", threeKML[:len(threeKML)/2], "ends in the middle"},
		"cut in a tag":      {"a.kml", "<kml><Placemark", "ends in the middle"},
		"cut gpx":           {"a.gpx", threeGPX[:len(threeGPX)-4], "ends in the middle"},
		"another root":      {"a.kml", "<html></html>", "first element is <html>, not <kml>"},
		"text":              {"a.gpx", "name,lon,lat\n", "line 1: it is no XML"},
		"wrongly nested":    {"a.kml", "<kml>\n<Placemark><name>x</Placemark></name></kml>", "line 2: </Placemark> closes nothing"},
		"entities":          {"a.kml", `<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><kml><Placemark><name>&b;</name></Placemark></kml>`, "declares names of its own"},
		"an entity":         {"a.kml", `<!DOCTYPE kml><kml><Placemark><name>&lol;</name></Placemark></kml>`, "&lol; is no character"},
		"deep":              {"a.kml", "<kml>" + strings.Repeat("<Folder>", 100_000), "nested more than 64 deep"},
		"deep in a name":    {"a.gpx", "<gpx><wpt><name>" + strings.Repeat("<a>", 100_000), "nested more than 64 deep"},
		"a long tag":        {"a.kml", "<kml><" + strings.Repeat("x", 1<<20), "longer than 256 bytes"},
		"a long attribute":  {"a.kml", `<kml a="` + strings.Repeat("x", 1<<20), "longer than 64 KB"},
		"no placemarks":     {"a.kml", "<kml><Document/></kml>", "no features"},
		"only tracks":       {"a.gpx", "<gpx><trk><trkseg/></trk></gpx>", "only tracks or routes"},
		"unknown encoding":  {"a.kml", `<?xml version="1.0" encoding="klingon"?><kml/>`, `"klingon" is not known`},
		"empty kml":         {"a.kml", "  ", "it holds nothing"},
		"no archive":        {"a.kmz", "PK", "archive cannot be opened"},
		"no kml in it":      {"a.kmz", string(archive(t, "a.txt", "x")), "no KML file"},
		"cut kmz":           {"a.kmz", string(archive(t, "doc.kml", threeKML)[:300]), "archive cannot be opened"},
		"too many files":    {"a.kmz", string(archive(t, names...)), "more than 10000 files"},
		"a bomb":            {"a.kmz", string(bombed), "larger than 512 MB"},
		"a bomb that lies":  {"a.kmz", string(smaller), "archive cannot be opened"},
		"shp cut":           {"a.shp", string(shp[:len(shp)-5]), "no shapefile, or damaged"},
		"shp, size lies":    {"a.shp", string(lying), "no shapefile, or damaged"},
		"shp, long record":  {"a.shp", string(long), "no shapefile, or damaged"},
		"shp of nothing":    {"a.shp", string(shp[:100]), "no features"},
		"a zip of a table":  {"a.zip", string(archive(t, "a.dbf", dbf)), "no shapefile"},
		"gpkg cut":          {"a.gpkg", string(gpkg[:len(gpkg)/2]), "no GeoPackage, or damaged"},
		"no database":       {"a.gpkg", strings.Repeat("x", 200), "no GeoPackage, or damaged"},
		"empty geopackage":  {"a.gpkg", "", "the file is empty"},
		"another extension": {"a.fgb", "x", "no list that can be read"},
	} {
		t.Run(name, func(t *testing.T) {
			path := write(t, c.file, c.text)
			l, err := exchange.OpenList(context.Background(), path, exchange.ListOptions{})
			if err == nil {
				defer l.Close()
				for _, e := range l.Rows(context.Background()) {
					err = e
				}
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: not %q", err, c.want)
			}
			if o, err := exchange.ReadOverlay(context.Background(), path, exchange.OverlayOptions{}); err == nil && name != "only tracks" {
				t.Errorf("a layer of %d shapes was read", len(o.Shapes))
			}
		})
	}
}

// TestMain reads a file in a process of its own, of which the memory is told.
func TestMain(m *testing.M) {
	if path := os.Getenv("SSE_READ_LIST"); path != "" {
		readAll(path)
		fmt.Println(peak())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// readAll reads a list to its end, whatever it is.
func readAll(path string) {
	l, err := exchange.OpenList(context.Background(), path, exchange.ListOptions{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer l.Close()
	n, bad := 0, 0
	for r, err := range l.Rows(context.Background()) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		if n++; r.Bad != "" {
			bad++
		}
	}
	fmt.Fprintf(os.Stderr, "%d rows, %d bad\n", n, bad)
}

// peak is how much memory this process held at most, in bytes; 0 where the system does
// not tell.
func peak() int {
	b, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(b), "VmHWM:")
	kb, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, _ := strconv.Atoi(kb)
	return n << 10
}

// memoryOf is how much memory reading a list takes at most, in bytes, and what is said of it.
func memoryOf(t *testing.T, path string) (int, string) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "SSE_READ_LIST="+path)
	var said bytes.Buffer
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatal(err, said.String())
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Skip("skipped: the system does not tell how much memory a process takes")
	}
	return n, strings.TrimSpace(said.String())
}

// sparse writes a file with a hole of zeros in the middle.
func sparse(t *testing.T, name, head string, hole int64, tail string) string {
	t.Helper()
	path := write(t, name, head)
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(int64(len(head)) + hole); err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(tail), int64(len(head))+hole); err != nil {
		t.Fatal(err)
	}
	return path
}

// long writes a file of one thing again and again.
func long(t *testing.T, name, head, each string, n int, tail string) string {
	t.Helper()
	path := write(t, name, head)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	some := strings.Repeat(each, 1000)
	for ; n > 0 && err == nil; n -= 1000 {
		_, err = f.WriteString(some)
	}
	if _, err2 := f.WriteString(strings.TrimPrefix(tail, ",")); err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	return path
}

// largeList is a file, and what is said when it is read.
type largeList struct {
	file func(t *testing.T) string
	want string
}

// largeLists are large, or made to take memory. Those of one element are 100 MiB, or so
// many as SSE_LARGE says.
func largeLists() map[string]largeList {
	hole := int64(100 << 20)
	if n, err := strconv.ParseInt(os.Getenv("SSE_LARGE"), 10, 32); err == nil {
		hole = n << 20
	}
	record := min(hole, 400<<20) // no file of a shapefile may be larger
	text := strings.Repeat("ข้อความ ", 20)
	feature := `{"type":"Feature","properties":{"name":"` + text + `"},"geometry":{"type":"LineString","coordinates":[[85.1,27.1],[85.2,27.2],[85.3,27.3]]}},`
	line := strings.Repeat("85.1234567,27.1234567 ", 10)
	const mb = 1 << 20
	var many []string
	for i := range 500 {
		many = append(many, fmt.Sprintf("c%d TEXT", i))
	}
	wide := []string{`DELETE FROM gpkg_contents`, `CREATE TABLE wide(` + strings.Join(many, ",") + `)`, `INSERT INTO gpkg_contents VALUES ('wide','attributes')`,
		`INSERT INTO wide VALUES (` + strings.TrimSuffix(strings.Repeat(`hex(zeroblob(60000)),`, 500), ",") + `)`, `INSERT INTO wide(c0) VALUES ('fine'), (hex(zeroblob(30000000)))`}
	orgs := func(change string) []string {
		return append(append([]string{`DELETE FROM gpkg_contents`, `DELETE FROM gpkg_geometry_columns`}, threeTables("orgs", 4326, same)...), change)
	}
	return map[string]largeList{
		"geojson": {func(t *testing.T) string {
			return long(t, "a.geojson", `{"type":"FeatureCollection","features":[`, feature, 100*mb/1000, `{"type":"Feature"}]}`)
		}, " bad"},
		"one text, geojson": {func(t *testing.T) string {
			return long(t, "a.geojson", `{"type":"Feature","properties":{"a":"`, strings.Repeat("x", 1000), int(hole/1000), `"}}`)
		}, "1 rows, 1 bad"},
		"one position a ring": {func(t *testing.T) string {
			return long(t, "a.geojson", `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[`, "[[1,2]],", 3*mb, `[[1,2]]]}}`)
		}, "1 rows, 1 bad"},
		"names without end": {func(t *testing.T) string {
			return long(t, "a.geojson", `{"type":"Feature","properties":{`, `"`+strings.Repeat("x", 100_000)+`":"`+strings.Repeat("y", 100_000)+`",`, 1000, `"a":1}}`)
		}, "1 rows, 1 bad"},
		"kml": {func(t *testing.T) string {
			return long(t, "a.kml", "<kml>", "<Placemark><name>"+text+"</name><LineString><coordinates>"+line+"</coordinates></LineString></Placemark>", 60*mb/1000, "</kml>")
		}, "0 bad"},
		"one name, kml": {func(t *testing.T) string {
			return sparse(t, "a.kml", "<kml><Placemark><name>", hole, "</name></Placemark></kml>")
		}, "1 rows, 1 bad"},
		"one coordinate": {func(t *testing.T) string {
			return sparse(t, "a.kml", "<kml><Placemark><Point><coordinates>", hole, ",1</coordinates></Point></Placemark></kml>")
		}, "1 rows, 1 bad"},
		"coordinates without end": {func(t *testing.T) string {
			return long(t, "a.kml", "<kml><Placemark><LineString><coordinates>", line, 400*mb/1000, "</coordinates></LineString></Placemark></kml>")
		}, "1 rows, 1 bad"},
		"properties without end": {func(t *testing.T) string {
			return long(t, "a.kml", "<kml><Placemark><ExtendedData>", "<Data name='x'><value>y</value></Data>", 2*mb, "</ExtendedData></Placemark></kml>")
		}, "1 rows, 1 bad"},
		"gpx": {func(t *testing.T) string {
			return long(t, "a.gpx", "<gpx>", "<wpt lat='27' lon='85'><name>"+text+"</name></wpt>", 100*mb/1000, "</gpx>")
		}, "0 bad"},
		"a track without end": {func(t *testing.T) string {
			return long(t, "a.gpx", "<gpx><wpt lat='1' lon='2'/><trk><trkseg>", "<trkpt lat='1' lon='2'/>", 2*mb, "</trkseg></trk></gpx>")
		}, "1 rows, 0 bad"},
		"one record, shapefile": {func(t *testing.T) string { return sparse(t, "a.shp", string(longRecord(record)), record, "") }, "1 rows, 1 bad"},
		"500 long texts, gpkg":  {func(t *testing.T) string { return tablesOf(t, wide...) }, "3 rows, 2 bad"},
		"a long definition, gpkg": {func(t *testing.T) string {
			return tablesOf(t, orgs(`UPDATE gpkg_spatial_ref_sys SET definition = hex(zeroblob(30000000))`)...)
		}, "no GeoPackage, or damaged"},
		"a long name, gpkg": {func(t *testing.T) string {
			return tablesOf(t, orgs(`INSERT INTO gpkg_contents VALUES (hex(zeroblob(30000000)), 'features')`)...)
		}, "no GeoPackage, or damaged"},
		"a long geometry, gpkg": {func(t *testing.T) string {
			return tablesOf(t, orgs(`UPDATE orgs SET pos = zeroblob(60000000) WHERE id = 1`)...)
		}, "3 rows, 1 bad"},
		"photos, gpkg": {func(t *testing.T) string {
			return tablesOf(t, orgs(`UPDATE orgs SET photo = zeroblob(60000000) WHERE id = 1`)...)
		}, "3 rows, 0 bad"},
	}
}

// TestMemoryOfLists reads large and hostile files within 64 MiB above what a small one
// takes.
func TestMemoryOfLists(t *testing.T) {
	idle, _ := memoryOf(t, write(t, "a.geojson", three))
	for name, c := range largeLists() {
		t.Run(name, func(t *testing.T) {
			got, said := memoryOf(t, c.file(t))
			t.Logf("%3d MiB above idle: %s", (got-idle)>>20, said)
			if got-idle > 64<<20 {
				t.Errorf("%d MiB above idle", (got-idle)>>20)
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("%q, not %q", said, c.want)
			}
		})
	}
}

// longRecord is the beginning of a shapefile whose record is as long as a hole.
func longRecord(hole int64) []byte {
	out := shapesOf(8, doubles(0, 0, 0, 0))
	out = append(out, 0, 0, 0, 0)
	binary.BigEndian.PutUint32(out[104:], uint32(hole+int64(len(out))-108)/2)
	binary.LittleEndian.PutUint32(out[len(out)-4:], uint32(hole/16))
	return out
}

// TestGDALAgreesOnFeatures lets GDAL write the same features in every format and several
// coordinate systems, and compares what is read with what is read of their GeoJSON.
func TestGDALAgreesOnFeatures(t *testing.T) {
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("skipped: GDAL is not installed")
	}
	names := []string{"สหกรณ์การเกษตรบ้านนา", "महिला बचत तथा ऋण सहकारी", "마을 협동조합"}
	collection := func(geometry func(x, y float64) string) string {
		var fs []string
		for i := range 60 {
			x, y := 84+float64(i%10)*0.31234567, 26+float64(i/10)*0.41234567
			fs = append(fs, fmt.Sprintf(`{"type":"Feature","properties":{"name":"%s %d","cmt":"c&<%d>"},"geometry":%s}`, names[i%3], i, i, geometry(x, y)))
		}
		return write(t, "in.geojson", `{"type":"FeatureCollection","features":[`+strings.Join(fs, ",")+`]}`)
	}
	sources := map[string]string{
		"points": collection(func(x, y float64) string { return fmt.Sprintf(`{"type":"Point","coordinates":[%.7f,%.7f]}`, x, y) }),
		"multipoints": collection(func(x, y float64) string {
			return fmt.Sprintf(`{"type":"MultiPoint","coordinates":[[%.7f,%.7f],[%.7f,%.7f]]}`, x, y, x+0.1, y)
		}),
		"lines": collection(func(x, y float64) string {
			return fmt.Sprintf(`{"type":"LineString","coordinates":[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]}`, x, y, x+0.1, y, x+0.1, y+0.05)
		}),
		"areas": collection(func(x, y float64) string {
			return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}`, x, y, x+0.1, y, x+0.1, y+0.05, x, y)
		}),
	}
	utf8 := []string{"-lco", "ENCODING=UTF-8"}
	for _, c := range []struct {
		sources, file, system string
		args                  []string
	}{
		{"points multipoints lines areas", "out.gpkg", "", nil},
		{"points multipoints lines areas", "out.gpkg", "Web Mercator", []string{"-t_srs", "EPSG:3857"}},
		{"points lines areas", "out.gpkg", "UTM zone 45N", []string{"-t_srs", "EPSG:32645"}},
		{"points multipoints lines areas", "out.kml", "", []string{"-f", "KML"}},
		{"points multipoints lines areas", "out.kml", "", []string{"-f", "LIBKML"}},
		{"points lines areas", "out.kmz", "", []string{"-f", "LIBKML"}},
		{"points multipoints lines areas", "out.shp", "", utf8},
		{"points", "out.shp", "UTM zone 45N", append([]string{"-t_srs", "EPSG:32645"}, utf8...)},
		{"points areas", "out.shz", "", append([]string{"-f", "ESRI Shapefile"}, utf8...)},
		{"points", "out.gpx", "", []string{"-f", "GPX"}},
		{"points multipoints lines areas", "out.csv", "", []string{"-lco", "GEOMETRY=AS_WKT"}},
		{"points", "out.csv", "", []string{"-lco", "GEOMETRY=AS_XY"}},
	} {
		for _, source := range strings.Fields(c.sources) {
			t.Run(strings.Join(append([]string{source, c.file}, c.args...), " "), func(t *testing.T) {
				out := filepath.Join(t.TempDir(), c.file)
				if said, err := exec.Command("ogr2ogr", append(c.args, out, sources[source])...).CombinedOutput(); err != nil {
					t.Fatal(err, string(said))
				}
				if strings.HasSuffix(out, ".shz") {
					if err := os.Rename(out, out+".zip"); err != nil {
						t.Fatal(err)
					}
					out += ".zip"
				}
				sameShapes(t, sources[source], out)
				if c.file != "out.csv" {
					sameList(t, sources[source], out, c.system)
				}
			})
		}
	}
}

// sameShapes compares two files as layers: names, kinds, how many positions, and the box
// around them.
func sameShapes(t *testing.T, ours, theirs string) {
	t.Helper()
	read := func(path string) *exchange.Overlay {
		o, err := exchange.ReadOverlay(context.Background(), path, exchange.OverlayOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	a, b := read(ours), read(theirs)
	if len(a.Shapes) != 60 || len(b.Shapes) != 60 || len(b.Left)+len(b.Problems) > 0 {
		t.Fatalf("%d and %d shapes, %v %v", len(a.Shapes), len(b.Shapes), b.Left, b.Problems)
	}
	for i := range a.Shapes {
		x, y := a.Shapes[i], b.Shapes[i]
		p, q := orb.MultiPoint(x.Paths[0]), orb.MultiPoint(y.Paths[0])
		far := 0.0
		for k, v := range []float64{p.Bound().Min[0], p.Bound().Min[1], p.Bound().Max[0], p.Bound().Max[1]} {
			far = max(far, math.Abs(v-[]float64{q.Bound().Min[0], q.Bound().Min[1], q.Bound().Max[0], q.Bound().Max[1]}[k]))
		}
		if x.Name != y.Name || x.Kind != y.Kind || len(p) != len(q) || len(y.Paths) != 1 || far > 2e-8 {
			t.Fatalf("shape %d: %+v, want %+v", i+1, y, x)
		}
	}
}

// sameList compares two files as lists: name, another property and place.
func sameList(t *testing.T, ours, theirs, system string) {
	t.Helper()
	a, want := readList(t, ours, exchange.ListOptions{})
	b, got := readList(t, theirs, exchange.ListOptions{})
	if b.Projection != system || len(got) != len(want) || len(want) != 60 {
		t.Fatalf("%d rows, converted from %q", len(got), b.Projection)
	}
	place := func(l *exchange.List, r exchange.ListRow) (lat, lon float64) {
		fmt.Sscanf(columnsOf(l, r, "geometry"), "%f, %f", &lat, &lon)
		return lat, lon
	}
	for i := range want {
		lat, lon := place(a, want[i])
		y, x := place(b, got[i])
		if columnsOf(a, want[i], "name", "cmt") != columnsOf(b, got[i], "name", "cmt") || math.Abs(lat-y) > 2e-7 || math.Abs(lon-x) > 2e-7 || got[i].Bad != "" {
			t.Fatalf("%+v, want %+v", got[i], want[i])
		}
	}
}

// fuzzFeatures reads anything as a list and as a layer.
func fuzzFeatures(f *testing.F, name string) {
	f.Fuzz(func(t *testing.T, b []byte) {
		path := listFile(t, name, b)
		if o, err := exchange.ReadOverlay(context.Background(), path, exchange.OverlayOptions{}); err == nil && len(o.Shapes) == 0 {
			t.Error("neither shapes nor an error")
		}
		l, err := exchange.OpenList(context.Background(), path, exchange.ListOptions{})
		if err != nil {
			return
		}
		defer l.Close()
		for r, err := range l.Rows(context.Background()) {
			if err == nil && len(r.Cells) != len(l.Columns) {
				t.Fatalf("row %d has %d cells of %d", r.Number, len(r.Cells), len(l.Columns))
			}
		}
	})
}

func FuzzKML(f *testing.F) {
	f.Add([]byte(threeKML))
	f.Add([]byte("\xff\xfe<\x00k\x00m\x00l\x00/\x00>\x00"))
	f.Add([]byte("<kml><Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>1,,2 3 , 4,5,6</coordinates></LinearRing></outerBoundaryIs></Polygon><gx:Track><coord>1 2</coord></gx:Track></Placemark></kml>"))
	fuzzFeatures(f, "a.kml")
}

func FuzzKMZ(f *testing.F) {
	f.Add(archive(f, "doc.kml", threeKML))
	fuzzFeatures(f, "a.kmz")
}

func FuzzGPX(f *testing.F) {
	f.Add([]byte(threeGPX))
	f.Add([]byte("<gpx><rte><rtept lat='1' lon='2'/></rte><wpt lat='&#49;' lon=''><link href='x'/></wpt><!-- --- --><?x ??></gpx>"))
	fuzzFeatures(f, "a.gpx")
}

func FuzzFeaturesText(f *testing.F) {
	f.Add([]byte("wkt,lon,lat\n\"MULTIPOLYGON(((0 0,1 0,1 1,0 0)),EMPTY)\",,\n,1,2\nSRID=4326;MULTIPOINT Z((1 2 3),4 5 6),,\n"))
	fuzzFeatures(f, "a.csv")
}

func FuzzListGeoPackage(f *testing.F) {
	b, err := os.ReadFile(tablesOf(f, append([]string{`DELETE FROM gpkg_contents`}, threeTables("orgs", 4326, same)...)...))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[:min(len(b), 200_000)])
	fuzzFeatures(f, "a.gpkg")
}

func FuzzListShapefile(f *testing.F) {
	shp, dbf := threeParts(8)
	f.Add(archive(f, "a.shp", shp, "a.dbf", dbf))
	shp, dbf = threeParts(1)
	f.Add(archive(f, "a.shp", shp, "a.dbf", dbf))
	fuzzFeatures(f, "a.zip")
}
