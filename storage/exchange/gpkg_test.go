package exchange_test

import (
	"context"
	"database/sql"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// visits is a dataset with the types of a GeoPackage.
func visits() *trial {
	d := odd()
	d.Fields = append(d.Fields, exchange.Field{Name: "seen", Kind: survey.DateTime}, exchange.Field{Name: "founded", Kind: survey.Date}, exchange.Field{Name: "Name", Kind: survey.String}, exchange.Field{Name: "fid", Kind: survey.Integer})
	for i := range d.Features {
		d.Features[i].Values = append(d.Features[i].Values, survey.Of("2026-03-02T10:15:00.000+05:45"), survey.Of("1998-07-01"), survey.Of("twice"), survey.Of("7"))
	}
	return d
}

func TestGeoPackage(t *testing.T) {
	d := visits()
	path := writtenAs(t, "gpkg", d)
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for query, want := range map[string]string{
		`PRAGMA integrity_check`:                                                                                             "ok",
		`SELECT count(*) FROM pragma_foreign_key_check`:                                                                      "0",
		`PRAGMA application_id`:                                                                                              fmt.Sprint(0x47504B47),
		`PRAGMA user_version`:                                                                                                "10400",
		`SELECT count(*) FROM units`:                                                                                         "16",
		`SELECT count(*) FROM rtree_units_geom`:                                                                              "10",
		`SELECT rtreecheck('rtree_units_geom')`:                                                                              "ok",
		`SELECT count(*) FROM sqlite_master WHERE type = 'trigger'`:                                                          "7",
		`SELECT group_concat(name || ' ' || type, ', ') FROM pragma_table_info('units')`:                                     "fid INTEGER, geom POINT, name TEXT, members INTEGER, share REAL, form TEXT, seen DATETIME, seen_local TEXT, founded DATE, Name_2 TEXT, fid_2 INTEGER",
		`SELECT seen || ' ' || seen_local FROM units WHERE fid = 1`:                                                          "2026-03-02T04:30:00.000Z 2026-03-02T10:15:00.000+05:45",
		`SELECT group_concat(value || '=' || description, '; ') FROM gpkg_data_column_constraints`:                           "coop=Cooperative; mut=Mutual <society>",
		`SELECT title FROM gpkg_data_columns WHERE column_name = 'name'`:                                                     "What is it called?",
		`SELECT typeof(members) || ' ' || ifnull(share, 'none') FROM units WHERE fid = 6`:                                    "null none",
		`SELECT min_x < 87 AND max_x > 99 AND min_y > -1 FROM gpkg_contents WHERE table_name = 'units'`:                      "1",
		`SELECT count(*) FROM layer_styles WHERE useAsDefault = 1 AND instr(styleQML, 'label="Mutual &lt;society&gt;"') > 0`: "1",
		`SELECT hex(substr(geom, 1, 8)) || ' ' || length(geom) FROM units WHERE fid = 2`:                                     "47500001E6100000 29",
	} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, want %q %v", query, got, want, err)
		}
	}
}

// TestGeoPackageTitles: a question keeps its words whatever its name ends in; the local text
// beside a time has none.
func TestGeoPackageTitles(t *testing.T) {
	d := &trial{Dataset: exchange.Dataset{Name: "Titles"}, Fields: []exchange.Field{{Name: "name_local", Kind: survey.String, Label: "In the local script"}, {Name: "seen", Kind: survey.DateTime, Label: "When"}}}
	db, err := sql.Open("sqlite", "file:"+writtenAs(t, "gpkg", d)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	const titles = `SELECT group_concat(column_name || ': ' || title, '; ') FROM (SELECT * FROM gpkg_data_columns ORDER BY column_name)`
	if err := db.QueryRow(titles).Scan(&got); err != nil || got != "name_local: In the local script; seen: When" {
		t.Errorf("%q %v", got, err)
	}
}

// TestGeoPackageReadBack takes areas back with our own reader of boundaries.
func TestGeoPackageReadBack(t *testing.T) {
	d := &trial{Dataset: exchange.Dataset{Name: "Areas"}, Fields: []exchange.Field{{Name: "code", Kind: survey.String}}}
	for i := range 3 {
		w := float64(i)
		d.Features = append(d.Features, exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{survey.Of(fmt.Sprint("A", i))}, Geometry: orb.Polygon{{{w, 0}, {w + 1, 0}, {w + 1, 1}, {w, 1}, {w, 0}}}})
	}
	b, err := exchange.OpenBoundaries(writtenAs(t, "gpkg", d), exchange.BoundaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	n := 0
	for a, err := range b.Areas(context.Background()) {
		if err != nil || a.Bad != "" || len(a.Rings) != 1 || a.Rings[0][0] != (orb.Point{float64(n), 0}) || a.Cells[len(a.Cells)-1] != fmt.Sprint("A", n) {
			t.Errorf("%+v %v", a, err)
		}
		n++
	}
	if n != 3 {
		t.Error(n, "areas")
	}
}

// TestSpatialIndex packs trees of many sizes: the engine finds them sound, and they find what a
// search of all finds.
func TestSpatialIndex(t *testing.T) {
	for _, n := range []int{0, 1, 51, 52, 2601, 2602, 20_000} {
		d := &trial{Dataset: exchange.Dataset{Name: "Many"}, Fields: []exchange.Field{{Name: "n", Kind: survey.Integer}}}
		for i := range n {
			f := exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{survey.Of(fmt.Sprint(i))}}
			if i%7 != 3 || n < 60 {
				f.Geometry = orb.Point{float64(i*7919%36000)/100 - 180, float64(i*104729%18000)/100 - 90}
			}
			d.Features = append(d.Features, f)
		}
		db, err := sql.Open("sqlite", "file:"+writtenAs(t, "gpkg", d)+"?mode=ro")
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for query, want := range map[string]string{`PRAGMA integrity_check`: "ok", `SELECT rtreecheck('rtree_units_geom')`: "ok", `SELECT count(*) FROM units`: fmt.Sprint(n), `SELECT coalesce(sum(n), 0) FROM units`: fmt.Sprint(n * (n - 1) / 2)} {
			var got string
			if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
				t.Errorf("%d units: %s: %q, want %q %v", n, query, got, want, err)
			}
		}
		for _, box := range []orb.Bound{{Min: orb.Point{-180, -90}, Max: orb.Point{180, 90}}, {Min: orb.Point{10, 10}, Max: orb.Point{60, 40}}, {Min: orb.Point{0, 0}, Max: orb.Point{0.5, 0.5}}} {
			want := 0
			for _, f := range d.Features {
				if p, ok := f.Geometry.(orb.Point); ok && p[0] > box.Min[0]-1e-5 && p[0] < box.Max[0]+1e-5 && p[1] > box.Min[1]-1e-5 && p[1] < box.Max[1]+1e-5 {
					want++
				}
			}
			var got int
			if err := db.QueryRow(`SELECT count(*) FROM rtree_units_geom WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?`, box.Min[0], box.Max[0], box.Min[1], box.Max[1]).Scan(&got); err != nil || got != want {
				t.Errorf("%d units in %v, want %d of %d %v", got, box, want, n, err)
			}
		}
	}
}

// versionWarning is what GDAL before 3.7 says of GeoPackages of version 1.4.
var versionWarning = regexp.MustCompile(`Warning 1: This version of GeoPackage user_version=0x000028A0.*`)

// TestGDALReadsGeoPackage lets GDAL read the layer, search its index, and change it.
func TestGDALReadsGeoPackage(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("skipped: ogrinfo (package gdal-bin) is not installed")
	}
	path := writtenAs(t, "gpkg", visits())
	said := func(args ...string) string {
		out, err := exec.Command(ogrinfo, args...).CombinedOutput()
		rest := versionWarning.ReplaceAllString(string(out), "")
		if err != nil || strings.Contains(rest, "Warning") || strings.Contains(rest, "ERROR") {
			t.Errorf("%v: %v %s", args, err, out)
		}
		return rest
	}
	about := said("-so", path, "units")
	for _, want := range []string{"Feature Count: 16", "Geometry: Point", "members: Integer64", "share: Real", "seen: DateTime", "founded: Date", "ID[\"EPSG\",4326]"} {
		if !strings.Contains(about, want) {
			t.Errorf("%q is not in %s", want, about)
		}
	}
	if got := said("-so", path, "units", "-spat", "86", "-1", "87.5", "1"); !strings.Contains(got, "Feature Count: 2") {
		t.Error(got)
	}
	said(path, "-sql", "UPDATE units SET members = 5, geom = NULL WHERE fid = 2")
	if got := said("-so", path, "units", "-spat", "86", "-1", "87.5", "1"); !strings.Contains(got, "Feature Count: 1") {
		t.Error("the index does not follow", got)
	}
}

// TestGeoPackageIsValid asks GDAL's validator. That of GDAL 3.6 wants the triggers of
// versions before 1.4, too, and says so.
func TestGeoPackageIsValid(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import osgeo_utils.samples.validate_gpkg").Run(); err != nil {
		t.Skip("skipped: GDAL's validator (packages gdal-bin, python3-gdal) is not installed")
	}
	out, _ := exec.Command(python, "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", writtenAs(t, "gpkg", visits())).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "rtree_units_geom_update") && !strings.HasPrefix(line, "GPKG validation") && !strings.HasPrefix(line, "Warning 1: This version") {
			t.Error(line)
		}
	}
	t.Logf("%s", out)
}
