package exchange_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

var ctx = context.Background()

func create(t testing.TB, id, researcher string) *study.Study {
	t.Helper()
	s, err := study.Create(filepath.Join(t.TempDir(), researcher), study.Settings{ID: id, Name: "Trial", Researcher: researcher})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func unit(t testing.TB, s *study.Study, name string) string {
	t.Helper()
	id, err := s.NewUnit(ctx, map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func rename(t testing.TB, s *study.Study, id, name string) {
	t.Helper()
	if _, err := s.Append(ctx, study.Change{Entity: id, Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)}}); err != nil {
		t.Fatal(err)
	}
}

func pack(t testing.TB, s *study.Study) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), s.Info().Researcher+exchange.PackageExt)
	if _, err := exchange.WritePackage(ctx, file, s, exchange.Packing{}); err != nil {
		t.Fatal(err)
	}
	return file
}

func take(t testing.TB, s *study.Study, file string) (batch string) {
	t.Helper()
	p, err := exchange.ReadPackage(file, exchange.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := s.Plan(ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	if plan.Counts.Invalid > 0 {
		t.Fatalf("%+v", plan.Items)
	}
	if batch, _, err = s.Apply(ctx, p, nil); err != nil {
		t.Fatal(err)
	}
	return batch
}

func digest(t testing.TB, s *study.Study) string {
	t.Helper()
	r, err := s.Verify(false)
	if err != nil || len(r.Problems) > 0 {
		t.Fatal(err, r)
	}
	return r.Digest
}

// TestMergeInAnyOrder lets three laptops change the same unit and takes their
// packages in different orders, twice.
func TestMergeInAnyOrder(t *testing.T) {
	ana, ben, chi := create(t, "one", "ana"), create(t, "one", "ben"), create(t, "one", "chi")
	id := unit(t, ana, "First")
	start := pack(t, ana)
	take(t, ben, start)
	take(t, chi, start)
	rename(t, ana, id, "Ana's name")
	rename(t, ben, id, "Ben's name")
	rename(t, chi, id, "Ben's name") // agreement, not conflict
	unit(t, chi, "Second")
	a, b, c := pack(t, ana), pack(t, ben), pack(t, chi)
	for _, f := range []string{b, c, b} {
		take(t, ana, f)
	}
	for _, f := range []string{c, a} {
		take(t, ben, f)
	}
	for _, f := range []string{a, b, start} {
		take(t, chi, f)
	}
	if digest(t, ana) != digest(t, ben) || digest(t, ben) != digest(t, chi) {
		t.Error("the laptops differ")
	}
	cs, err := ana.Conflicts()
	if err != nil || len(cs) != 1 || len(cs[0].Heads) != 3 {
		t.Fatalf("conflicts %+v %v", cs, err)
	}
	if err := ana.Resolve(ctx, cs[0].ID, cs[0].Heads[1].Revision, nil, "asked the chairperson"); err != nil {
		t.Fatal(err)
	}
	take(t, ben, pack(t, ana))
	if cs, _ := ben.Conflicts(); len(cs) != 0 {
		t.Errorf("the resolution did not travel: %+v", cs)
	}
	if digest(t, ana) != digest(t, ben) {
		t.Error("the laptops differ after the resolution")
	}
}

func TestUndo(t *testing.T) {
	ana, ben := create(t, "one", "ana"), create(t, "one", "ben")
	unit(t, ana, "A")
	unit(t, ben, "B")
	before := digest(t, ana)
	batch := take(t, ana, pack(t, ben))
	after := digest(t, ana)
	if err := ana.Undo(batch); err != nil {
		t.Fatal(err)
	}
	if digest(t, ana) != before {
		t.Error("undo did not lead back")
	}
	take(t, ana, pack(t, ben))
	if digest(t, ana) != after {
		t.Error("taking it in again did not lead forward")
	}
}

func TestPackagesThatAreRefused(t *testing.T) {
	ana := create(t, "one", "ana")
	unit(t, ana, "A")
	good, err := os.ReadFile(pack(t, ana))
	if err != nil {
		t.Fatal(err)
	}
	repack := func(change func(name string, b []byte) (string, []byte)) []byte {
		z, err := gzip.NewReader(bytes.NewReader(good))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		zw, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed)
		w := tar.NewWriter(zw)
		for r := tar.NewReader(z); ; {
			h, err := r.Next()
			if err != nil {
				break
			}
			var b bytes.Buffer
			b.ReadFrom(r)
			name, data := change(h.Name, b.Bytes())
			if name == "" {
				continue
			}
			w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644})
			w.Write(data)
		}
		w.Close()
		zw.Close()
		return out.Bytes()
	}
	cases := map[string]struct {
		data []byte
		want error
	}{
		"truncated": {good[:len(good)-30], exchange.ErrAltered},
		"text":      {[]byte("hello"), exchange.ErrNotPackage},
		"empty":     {nil, exchange.ErrNotPackage},
		"altered": {repack(func(n string, b []byte) (string, []byte) {
			return n, bytes.ReplaceAll(b, []byte(`"_name":"A"`), []byte(`"_name":"B"`))
		}), exchange.ErrAltered},
		"newer": {repack(func(n string, b []byte) (string, []byte) {
			return n, bytes.Replace(b, []byte(`"format": 2`), []byte(`"format": 99`), 1)
		}), exchange.ErrNewerPackage},
		"escape":         {repack(func(n string, b []byte) (string, []byte) { return strings.Replace(n, "revisions/", "../x", 1), b }), exchange.ErrAltered},
		"without a seal": {repack(func(n string, b []byte) (string, []byte) { return strings.TrimPrefix(n, "seal.json"), b }), exchange.ErrAltered},
		"without its revisions": {repack(func(n string, b []byte) (string, []byte) {
			if strings.HasPrefix(n, "revisions/") {
				return "", nil
			}
			return n, b
		}), exchange.ErrAltered},
		"the first format": {append([]byte("PK\x03\x04"), good...), exchange.ErrOlderPackage},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "x"+exchange.PackageExt)
			if err := os.WriteFile(file, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			p, err := exchange.ReadPackage(file, exchange.Keys{})
			if err == nil {
				_, err = ana.Plan(ctx, p)
			}
			if !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	t.Run("another study", func(t *testing.T) {
		p, err := exchange.ReadPackage(pack(t, create(t, "two", "ben")), exchange.Keys{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ana.Plan(ctx, p); err == nil || !strings.Contains(err.Error(), "another study") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("forged", func(t *testing.T) {
		p, err := exchange.ReadPackage(pack(t, create(t, "one", "eve")), exchange.Keys{})
		if err != nil {
			t.Fatal(err)
		}
		eve := create(t, "one", "eve2")
		unit(t, eve, "forged")
		q, err := exchange.ReadPackage(pack(t, eve), exchange.Keys{})
		if err != nil {
			t.Fatal(err)
		}
		q.Devices = p.Devices
		plan, err := ana.Plan(ctx, q)
		if err != nil || plan.Counts.Invalid != 1 || plan.New != 0 {
			t.Errorf("%+v %v", plan, err)
		}
	})
}

func FuzzReadPackage(f *testing.F) {
	s := create(f, "one", "ana")
	unit(f, s, "A")
	b, err := os.ReadFile(pack(f, s))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		file := filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := exchange.ReadPackage(file, exchange.Keys{}); err == nil {
			s.Plan(ctx, p)
		}
	})
}

// sample has every kind of geometry, wound the wrong way and over the antimeridian.
func sample() *trial {
	return &trial{Dataset: exchange.Dataset{Name: "Trial \"one\"", Fictional: true},
		Fields: []exchange.Field{{Name: "name", Kind: survey.String}, {Name: "members", Kind: survey.Integer}, {Name: "code", Kind: survey.String}},
		Features: []exchange.Feature{
			{ID: "p", Geometry: orb.Point{85.32400001234, 27.7172}, Values: []survey.Value{survey.Of("करुणा\n<b>"), survey.Of("12"), survey.Of("007")}},
			{ID: "none", Geometry: nil, Values: []survey.Value{{}, {Special: survey.Refused}, {}}},
			{ID: "poly", Geometry: orb.Polygon{{{0, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 0}}, {{.2, .2}, {.4, .2}, {.4, .4}, {.2, .4}, {.2, .2}}}, Values: []survey.Value{survey.Of("x"), survey.Of("1e5"), {}}},
			{ID: "fiji", Geometry: orb.Polygon{{{178, -19}, {182, -19}, {182, -16}, {178, -16}, {178, -19}}}, Values: []survey.Value{{}, survey.Of("-0.5"), {}}},
			{ID: "line", Geometry: orb.LineString{{170, 0}, {190, 10}, {170, 20}}, Values: []survey.Value{{}, {}, {}}},
		}}
}

func TestGeoJSON(t *testing.T) {
	f, _ := exchange.ByName("geojson")
	var b bytes.Buffer
	if err := f.Write(ctx, &b, sample().ready()); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `"crs"`) || !json.Valid(b.Bytes()) {
		t.Fatalf("%s", b.String())
	}
	fc, err := geojson.UnmarshalFeatureCollection(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, ft := range fc.Features {
		g := "null"
		if ft.Geometry != nil {
			g = ft.Geometry.GeoJSONType()
		}
		got[ft.ID.(string)] = fmt.Sprint(g, " ", ft.Properties["members"], " ", ft.Properties["code"])
	}
	want := map[string]string{"p": "Point 12 007", "none": "null <nil> <nil>", "poly": "Polygon 1e5 <nil>", "fiji": "MultiPolygon -0.5 <nil>", "line": "MultiLineString <nil> <nil>"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	poly := fc.Features[2].Geometry.(orb.Polygon)
	if poly[0].Orientation() != orb.CCW || poly[1].Orientation() != orb.CW {
		t.Error("rings do not follow the right-hand rule")
	}
	for _, p := range fc.Features[3].Geometry.(orb.MultiPolygon) {
		if b := p.Bound(); b.Min[0] < -180 || b.Max[0] > 180 || p[0].Orientation() != orb.CCW {
			t.Errorf("part %v", p)
		}
	}
	if p := fc.Features[0].Geometry.(orb.Point); p != (orb.Point{85.324, 27.7172}) {
		t.Errorf("coordinates %v keep more than seven decimals", p)
	}
}

func TestOGRReadsGeoJSON(t *testing.T) {
	tool, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("skipped: ogrinfo (Debian package gdal-bin) is not installed")
	}
	f, _ := exchange.ByName("geojson")
	file := filepath.Join(t.TempDir(), "x.geojson")
	if _, err := f.WriteFile(ctx, file, sample().ready()); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-ro", "-al", file).CombinedOutput()
	if err != nil || strings.Contains(string(out), "Warning") || strings.Contains(string(out), "ERROR") {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"Feature Count: 5", "करुणा", `GEOGCRS["WGS 84"`, "= 12", "code (String) = 007"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("ogrinfo does not say %q:\n%s", want, out)
		}
	}
}

func TestCancelledWriteLeavesNothing(t *testing.T) {
	done, cancel := context.WithCancel(ctx)
	cancel()
	dir := t.TempDir()
	f, _ := exchange.ByName("geojson")
	if _, err := f.WriteFile(done, filepath.Join(dir, "x.geojson"), sample().ready()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func Example() {
	f, _ := exchange.ByName("geojson")
	f.Write(context.Background(), os.Stdout, &exchange.Dataset{Name: "Trial", Table: exchange.Table{Fields: []exchange.Field{{Name: "name", Kind: survey.String}},
		Rows: exchange.RowsOf(exchange.Feature{ID: "u1", Geometry: orb.Point{85.324, 27.7172}, Values: []survey.Value{survey.Of("Karuna")}})}})
	// Output:
	// {"type":"FeatureCollection","name":"Trial","features":[
	// {"type":"Feature","id":"u1","geometry":{"type":"Point","coordinates":[85.324,27.7172]},"properties":{"name":"Karuna"}}
	// ],"bbox":[85.324,27.7172,85.324,27.7172]}
}

func BenchmarkGeoJSON(b *testing.B) {
	d := sample()
	one := d.Features[0]
	d.Features = nil
	for range 100_000 {
		d.Features = append(d.Features, one)
	}
	f, _ := exchange.ByName("geojson")
	b.ReportAllocs()
	for b.Loop() {
		var w bytes.Buffer
		if err := f.Write(ctx, &w, d.ready()); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(w.Len()))
	}
}
