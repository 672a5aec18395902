package exchange_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// fgbFile reads as much of a file as the tests look at: by the tables of flatbuffers.dev and
// flatgeobuf.org, and not as the file is written.
type fgbFile struct {
	b      []byte
	header int // position of the table
	index  int // position of the first node
	data   int // position of the first feature
	count  int
	nodes  []int // on each level, from the root on
}

func (f *fgbFile) u32(at int) int { return int(binary.LittleEndian.Uint32(f.b[at:])) }
func (f *fgbFile) double(at int) float64 {
	return math.Float64frombits(binary.LittleEndian.Uint64(f.b[at:]))
}

// field is where a field of a table is, 0 if it is not there.
func (f *fgbFile) field(table, n int) int {
	vtable := table - int(int32(binary.LittleEndian.Uint32(f.b[table:])))
	if 4+2*n >= int(binary.LittleEndian.Uint16(f.b[vtable:])) {
		return 0
	}
	if at := int(binary.LittleEndian.Uint16(f.b[vtable+4+2*n:])); at > 0 {
		return table + at
	}
	return 0
}

func (f *fgbFile) target(at int) int { return at + f.u32(at) }

func (f *fgbFile) text(table, n int) string {
	at := f.field(table, n)
	if at == 0 {
		return ""
	}
	at = f.target(at)
	return string(f.b[at+4 : at+4+f.u32(at)])
}

func readFGB(t testing.TB, path string) *fgbFile {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) < 16 {
		t.Fatal(len(b), err)
	}
	f := &fgbFile{b: b}
	f.header = f.target(12)
	f.index = 12 + f.u32(8)
	f.count = int(binary.LittleEndian.Uint64(b[f.field(f.header, 8):]))
	f.data = f.index
	if size := f.field(f.header, 9); size == 0 || b[size] == 16 {
		for n := f.count; ; n = (n + 15) / 16 {
			f.nodes = append([]int{n}, f.nodes...)
			f.data += 40 * n
			if n == 1 && len(f.nodes) > 1 {
				break
			}
		}
	}
	return f
}

// search gives the offsets of the features whose boxes meet a box.
func (f *fgbFile) search(box orb.Bound) (offsets []int) {
	leaves := (f.data-f.index)/40 - f.nodes[len(f.nodes)-1]
	type span struct{ from, level int }
	for queue := []span{{0, 0}}; len(queue) > 0; queue = queue[1:] {
		q := queue[0]
		end := 0
		for _, n := range f.nodes[:q.level+1] {
			end += n
		}
		for i := q.from; i < min(q.from+16, end); i++ {
			at := f.index + 40*i
			if f.double(at) > box.Max[0] || f.double(at+8) > box.Max[1] || f.double(at+16) < box.Min[0] || f.double(at+24) < box.Min[1] {
				continue
			}
			to := int(binary.LittleEndian.Uint64(f.b[at+32:]))
			if i >= leaves {
				offsets = append(offsets, to)
			} else {
				queue = append(queue, span{to, q.level + 1})
			}
		}
	}
	return offsets
}

// id is the text of the first column of the feature at an offset.
func (f *fgbFile) id(offset int) string {
	at := f.data + offset
	properties := f.target(f.field(f.target(at+4), 1)) + 4
	return string(f.b[properties+6 : properties+6+f.u32(properties+2)])
}

// TestFlatGeobufBytes compares a file of one point with bytes made by hand.
func TestFlatGeobufBytes(t *testing.T) {
	d := &trial{Dataset: exchange.Dataset{Name: "S"}, Fields: []exchange.Field{{Name: "id", Kind: survey.String, Label: "Q"}, {Name: "n", Kind: survey.Integer}},
		Features: []exchange.Feature{{ID: "1", Geometry: orb.Point{1, -2}, Values: []survey.Value{survey.Of("é"), survey.Of("-1")}}}}
	f := readFGB(t, writtenAs(t, "fgb", d))
	if got := hex.EncodeToString(f.b[:8]); got != "6667620366676201" {
		t.Error(got)
	}
	box := "000000000000f03f" + "00000000000000c0" + "000000000000f03f" + "00000000000000c0"
	if got, want := hex.EncodeToString(f.b[f.index:f.data]), box+"0100000000000000"+box+"0000000000000000"; got != want {
		t.Errorf("the index is %s, want %s", got, want)
	}
	want := "64000000" + "0c000000" + // size, to the table of the feature
		"0800" + "0c00" + "0400" + "0800" + "08000000" + "1c000000" + "38000000" // fields: geometry, properties
	if got := hex.EncodeToString(f.b[f.data : f.data+28]); got != want {
		t.Errorf("the feature begins with %s, want %s", got, want)
	}
	feature := f.target(f.data + 4)
	geometry := f.target(f.field(feature, 0))
	xy := f.target(f.field(geometry, 1))
	if got := hex.EncodeToString(f.b[xy : xy+20]); got != "02000000"+"000000000000f03f00000000000000c0" || f.b[f.field(geometry, 6)] != 1 || (xy+4-f.data)%8 != 0 {
		t.Error(got, xy-f.data)
	}
	properties := f.target(f.field(feature, 1))
	if got := hex.EncodeToString(f.b[properties : properties+22]); got != "12000000"+"0000"+"02000000"+"c3a9"+"0100"+"ffffffffffffffff" {
		t.Error(got)
	}
	h := f.header
	crs := f.target(f.field(h, 10))
	columns := f.target(f.field(h, 7))
	first, second := f.target(columns+4), f.target(columns+8)
	if f.text(h, 0) != "units" || f.text(h, 11) != "S" || f.text(h, 12) != "" || f.b[f.field(h, 2)] != 1 || f.count != 1 || f.text(crs, 0) != "EPSG" || f.u32(f.field(crs, 1)) != 4326 ||
		f.text(first, 0) != "id" || f.b[f.field(first, 1)] != 11 || f.text(first, 2) != "Q" || f.text(second, 0) != "n" || f.b[f.field(second, 1)] != 7 || f.text(second, 2) != "" {
		t.Errorf("%q", f.b[:f.index])
	}
	envelope := f.target(f.field(h, 1))
	if got := hex.EncodeToString(f.b[envelope : envelope+36]); got != "04000000"+box {
		t.Error(got)
	}
}

// TestUnfitIsTold: answers that typed columns cannot hold are counted.
func TestUnfitIsTold(t *testing.T) {
	for _, format := range []string{"fgb", "gpkg"} {
		t.Run(format, func(t *testing.T) {
			d := field(4, pointAt)
			d.Features[1].Values[2], d.Features[3].Values[5] = survey.Of("many"), survey.Of("in May")
			d.Features[2].Values[2] = survey.Of("99999999999999999999") // more than 64 bits hold
			f, _ := exchange.ByName(format)
			w, err := f.WriteFile(ctx, filepath.Join(t.TempDir(), "a"+f.Ext), d.ready())
			if want := []string{"a" + f.Ext + ": 2 answers of members left out: no number or date that its column can hold.", "a" + f.Ext + ": 1 answer of founded left out: no number or date that its column can hold."}; err != nil || !slices.Equal(w.Notes, want) {
				t.Errorf("%q %v", w, err)
			}
		})
	}
}

// TestFlatGeobufLaw: what the index finds is what looking at every unit finds, whatever their
// number and places; units without a place are never found, and are there.
func TestFlatGeobufLaw(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(1, 40), rapid.SampledFrom([]int{256, 257, 300})).Draw(r, "n")
		degree := func(most int) float64 { return float64(rapid.IntRange(-most, most).Draw(r, "degree")) }
		d := &trial{Fields: []exchange.Field{{Name: "id", Kind: survey.String}}}
		for i := range n {
			x := exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{survey.Of(fmt.Sprint(i))}}
			switch at := (orb.Point{degree(170), degree(80)}); rapid.IntRange(0, 3).Draw(r, "kind") {
			case 0:
			case 1:
				x.Geometry = orb.LineString{at, {at[0] + 9, at[1] + 3}}
			default:
				x.Geometry = at
			}
			d.Features = append(d.Features, x)
		}
		w, _ := exchange.ByName("fgb")
		path := filepath.Join(dir, "a.fgb")
		if _, err := w.WriteFile(ctx, path, d.ready()); err != nil {
			r.Fatal(err)
		}
		f := readFGB(t, path)
		if f.nodes == nil { // nothing has a place
			return
		}
		corner := orb.Point{degree(180), degree(90)}
		box := orb.Bound{Min: corner, Max: orb.Point{corner[0] + 60, corner[1] + 60}}
		want, got := map[string]bool{}, map[string]bool{}
		for _, x := range d.Features {
			if x.Geometry != nil && x.Geometry.Bound().Intersects(box) {
				want[x.ID] = true
			}
		}
		for _, offset := range f.search(box) {
			got[f.id(offset)] = true
		}
		if !maps.Equal(got, want) {
			r.Fatalf("found %v, want %v", got, want)
		}
		seen := 0
		for at := f.data; at < len(f.b); at += 4 + f.u32(at) {
			seen++
		}
		if seen != n || f.count != n {
			r.Fatalf("%d features, %d said, of %d", seen, f.count, n)
		}
	})
}

// TestFlatGeobufOrder: units that lie together stand together, and those without a place last.
func TestFlatGeobufOrder(t *testing.T) {
	d := field(2000, func(i int) orb.Geometry {
		if i%100 == 0 {
			return nil
		}
		return orb.Point{80 + float64(i*7919%1999)/500, 26 + float64(i*104729%1997)/500}
	})
	f := readFGB(t, writtenAs(t, "fgb", d))
	way, jumps := 0.0, 0
	last, at := orb.Point{}, f.data
	for i := range 2000 {
		feature := f.target(at + 4)
		geometry := f.field(feature, 0)
		if (geometry == 0) != (i >= 1980) {
			t.Fatal("feature", i, "has a place:", geometry != 0)
		}
		if geometry != 0 {
			xy := f.target(f.field(f.target(geometry), 1))
			p := orb.Point{f.double(xy + 4), f.double(xy + 12)}
			if step := math.Hypot(p[0]-last[0], p[1]-last[1]); i > 0 {
				way += step
				if step > 1 {
					jumps++
				}
			}
			last = p
		}
		at += 4 + f.u32(at)
	}
	// 1,980 points spread evenly over 4 by 4 degrees are 0.09 apart; at random they are 2.1.
	if way/1980 > 0.15 || jumps > 10 {
		t.Errorf("a step is %.3f degrees, and %d are longer than one", way/1980, jumps)
	}
}

// TestOGRSearchesFlatGeobuf lets GDAL search by the index.
func TestOGRSearchesFlatGeobuf(t *testing.T) {
	needsOGR(t)
	for name, at := range map[string]func(int) orb.Geometry{"points": pointAt, "areas": areaAt} {
		d := field(500, at)
		path := writtenAs(t, "fgb", d)
		for _, box := range []orb.Bound{{Min: orb.Point{81, 27}, Max: orb.Point{83.5, 33}}, {Min: orb.Point{0, 0}, Max: orb.Point{100, 50}}, {Min: orb.Point{-50, -50}, Max: orb.Point{-40, -40}}, {Min: orb.Point{18.1, 0.1}, Max: orb.Point{18.4, 0.4}}} {
			var want []string
			for _, x := range d.Features {
				if x.Geometry == nil {
					continue
				}
				parts := []orb.Geometry{x.Geometry}
				if m, ok := x.Geometry.(orb.MultiPolygon); ok {
					parts = []orb.Geometry{m[0], m[1]}
				}
				// Those at longitude 180 are cut, and in no box here.
				if x.Geometry.Bound().Max[0] <= 180 && slices.ContainsFunc(parts, func(g orb.Geometry) bool { return g.Bound().Intersects(box) }) {
					want = append(want, x.ID)
				}
			}
			got := slices.Sorted(maps.Keys(viaOGR(t, path, "-spat", fmt.Sprint(box.Min[0]), fmt.Sprint(box.Min[1]), fmt.Sprint(box.Max[0]), fmt.Sprint(box.Max[1]))))
			if slices.Sort(want); !slices.Equal(got, want) {
				t.Errorf("%s in %v: %d, want %d", name, box, len(got), len(want))
			}
		}
	}
}

// TestOGRReadsSizes: none, one, many, and units of which none has a place.
func TestOGRReadsSizes(t *testing.T) {
	needsOGR(t)
	nowhere := func(int) orb.Geometry { return nil }
	for _, format := range []string{"kml", "shp", "fgb"} {
		for _, c := range []struct {
			n      int
			at     func(int) orb.Geometry
			placed bool
		}{{0, pointAt, true}, {1, pointAt, true}, {10_000, pointAt, true}, {17, nowhere, true}, {17, nowhere, false}} {
			d := field(c.n, c.at).ready()
			d.Placed, d.Fictional = c.placed, true
			f, _ := exchange.ByName(format)
			path := filepath.Join(t.TempDir(), "units"+f.Ext)
			if _, err := f.WriteFile(ctx, path, d); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("ogrinfo", "-al", "-so", path).CombinedOutput()
			if want := fmt.Sprintf("Feature Count: %d\n", c.n); err != nil || !strings.Contains(string(out), want) && (c.n > 0 || format != "kml") || strings.Contains(string(out), "Warning") || strings.Contains(string(out), "ERROR") {
				t.Errorf("%s of %d, placed %v: %v %s", format, c.n, c.placed, err, out)
			}
			if c.n == 10_000 {
				if got := len(viaOGR(t, path)); got != c.n {
					t.Errorf("%s: %d features of %d", format, got, c.n)
				}
			}
		}
	}
}
