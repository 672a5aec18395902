package exchange_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// asShapefile writes a dataset and gives the files by their endings, and the notes.
func asShapefile(t testing.TB, d *trial) (path string, files map[string][]byte, notes string) {
	t.Helper()
	f, _ := exchange.ByName("shp")
	path = filepath.Join(t.TempDir(), "units.shp")
	w, err := f.WriteFile(ctx, path, d.ready())
	if err != nil {
		t.Fatal(err)
	}
	if w.Files[0] != path || len(w.Files) != 6 {
		t.Error(w.Files)
	}
	files = map[string][]byte{}
	for _, p := range w.Files {
		if files[strings.TrimPrefix(filepath.Base(p), "units")], err = os.ReadFile(p); err != nil {
			t.Fatal(err)
		}
	}
	return path, files, strings.Join(w.Notes, "\n")
}

// TestShapefileBytes compares files with bytes that were made by hand after the description of
// ESRI and of dBASE III.
func TestShapefileBytes(t *testing.T) {
	d := &trial{Fields: []exchange.Field{{Name: "n", Kind: survey.String}, {Name: "m", Kind: survey.Decimal}, {Name: "d", Kind: survey.Date}}, Features: []exchange.Feature{
		{ID: "1", Geometry: orb.Point{1, -2}, Values: []survey.Value{survey.Of("é"), survey.Of("12.5"), survey.Of("1998-07-01")}},
		{ID: "2", Values: []survey.Value{survey.Of("ab "), survey.Of("-3"), {}}},
	}}
	_, files, notes := asShapefile(t, d)
	box := "000000000000f03f" + "00000000000000c0" + "000000000000f03f" + "00000000000000c0" + strings.Repeat("00", 32)
	head := func(words string) string {
		return "0000270a" + strings.Repeat("00", 20) + words + "e8030000" + "01000000" + box
	}
	for ext, want := range map[string]string{
		".shp": head("00000046") + "00000001" + "0000000a" + "01000000" + "000000000000f03f" + "00000000000000c0" + "00000002" + "00000002" + "00000000",
		".shx": head("0000003a") + "00000032" + "0000000a" + "00000040" + "00000002",
		".dbf": "03460101" + "02000000" + "8100" + "1000" + strings.Repeat("00", 20) +
			"6e" + strings.Repeat("00", 10) + "43" + "00000000" + "03" + "00" + strings.Repeat("00", 14) +
			"6d" + strings.Repeat("00", 10) + "4e" + "00000000" + "04" + "01" + strings.Repeat("00", 14) +
			"64" + strings.Repeat("00", 10) + "44" + "00000000" + "08" + "00" + strings.Repeat("00", 14) + "0d" +
			hex.EncodeToString([]byte(" é 12.519980701 ab -3.0        \x1a")),
		".cpg": hex.EncodeToString([]byte("UTF-8")),
	} {
		if got := hex.EncodeToString(files[ext]); got != want {
			t.Errorf("%s is\n%s, want\n%s", ext, got, want)
		}
	}
	if !strings.HasPrefix(string(files[".prj"]), `GEOGCS["GCS_WGS_1984"`) || notes != "" || !strings.Contains(string(files["-loss.txt"]), "Nothing is lost") {
		t.Errorf("%s %q %s", files[".prj"], notes, files["-loss.txt"])
	}
}

// TestShapefileLosses: what the format cannot hold is said, and the rest is kept.
func TestShapefileLosses(t *testing.T) {
	long := strings.Repeat("कथा ", 40)
	d := &trial{Fields: []exchange.Field{{Name: "b_organization_name", Kind: survey.String, Label: "What is\nit called?"}, {Name: "b_organization_name_local", Kind: survey.String}, {Name: "नाम", Kind: survey.String}, {Name: "members", Kind: survey.Integer}, {Name: "income", Kind: survey.Decimal}, {Name: "founded", Kind: survey.Date}},
		Features: []exchange.Feature{
			{ID: "1", Geometry: orb.Point{1, 2}, Values: []survey.Value{survey.Of(long), survey.Of("x"), survey.Of("y"), {Special: survey.Refused}, survey.Of("123456789012345.123456"), survey.Of("in May")}},
			{ID: "2", Geometry: orb.Point{1, 2}, Values: []survey.Value{survey.Of("short"), survey.Of(long + long), survey.Of("y"), survey.Of("many"), survey.Of("-1.5"), survey.Of("2001-02-03")}},
		}}
	for i := range 260 {
		d.Fields = append(d.Fields, exchange.Field{Name: fmt.Sprint("q", i), Kind: survey.String})
		for k := range d.Features {
			d.Features[k].Values = append(d.Features[k].Values, survey.Of("1"))
		}
	}
	path, files, notes := asShapefile(t, d)
	for _, want := range []string{
		"columns that got shorter names: b_organization_name → b_organiza, b_organization_name_local → b_organi_2, नाम → c____.",
		fmt.Sprintf("texts that were cut to 254 bytes, the longest of %d: b_organization_name (1), b_organization_name_local (1).", 2*len(long)),
		"special answers (refused, don't know, not applicable) that became blank: members (1).", "because they are no number or date: members (1), founded (1).", "numbers that were rounded: income (1).",
		"columns that were left out, because a shapefile holds 255: q249, q250, q251, q252, q253, q254 and 5 more.",
	} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in %s", want, notes)
		}
		if want, _, _ = strings.Cut(want, " and 5 more"); !strings.Contains(string(files["-loss.txt"]), want) {
			t.Errorf("%q is not in %s", want, files["-loss.txt"])
		}
	}
	if !strings.Contains(string(files["-loss.txt"]), "b_organiza  C 253     b_organization_name  What is it called?\n") {
		t.Errorf("%s", files["-loss.txt"])
	}
	b := files[".dbf"]
	if n := (int(binary.LittleEndian.Uint16(b[8:])) - 33) / 32; n != 255 {
		t.Error(n, "columns")
	}
	row := b[binary.LittleEndian.Uint16(b[8:]):]
	if text := bytes.TrimRight(row[1:254], " "); !utf8.Valid(text) || !strings.HasPrefix(long, string(text)) || len(text) < 251 {
		t.Errorf("%q", text)
	}
	if !bytes.Contains(row, []byte("123456789012345.1235")) || !bytes.Contains(row, []byte("             -1.5000")) {
		t.Errorf("%q", row[:600])
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}

// TestShapefileTypes: what has no type of its own is said.
func TestShapefileTypes(t *testing.T) {
	_, _, notes := asShapefile(t, field(3, pointAt))
	for _, want := range []string{"units.shp: times that became texts, because there is no type for them: seen.", "codes that stand without their words, unless labels are exported: form."} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in %s", want, notes)
		}
	}
}

// TestShapefileRefuses what it cannot hold, and leaves nothing.
func TestShapefileRefuses(t *testing.T) {
	f, _ := exchange.ByName("shp")
	both := field(4, pointAt)
	both.Features[3].Geometry = orb.LineString{{0, 0}, {1, 1}}
	large := (&trial{}).ready()
	wide := &exchange.Feature{}
	for i := range 255 {
		large.Fields = append(large.Fields, exchange.Field{Name: fmt.Sprint("q", i), Kind: survey.String})
		wide.Values = append(wide.Values, survey.Of(strings.Repeat("x", 254)))
	}
	short := &exchange.Feature{Values: make([]survey.Value, 255)}
	large.Rows = func(ctx context.Context) iter.Seq2[*exchange.Feature, error] {
		return func(yield func(*exchange.Feature, error) bool) {
			for x := wide; yield(x, nil); x = short { // the writer has to stop
			}
		}
	}
	for want, d := range map[string]*exchange.Dataset{"points as well as lines; export GeoPackage": both.ready(), "table of this shapefile would have more than 2,048 MB": large} {
		dir := t.TempDir()
		_, err := f.WriteFile(ctx, filepath.Join(dir, "units.shp"), d)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Error("left", left)
		}
	}
}

// TestShapefileReadBack takes areas back with our own reader of boundaries.
func TestShapefileReadBack(t *testing.T) {
	d := field(40, areaAt)
	b, err := exchange.OpenBoundaries(writtenAs(t, "shp", d), exchange.BoundaryOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	n := 0
	for a, err := range b.Areas(ctx) {
		x := d.Features[n]
		if err != nil || (a.Bad == "") != (x.Geometry != nil) || a.Cells[1] != strings.TrimSpace(x.Values[1].Text) || a.Cells[3] != x.Values[3].Text {
			t.Errorf("%d: %+v %v", n, a, err)
		}
		want := map[int]int{0: 2, 1: 2, 2: 2, 3: 0}[n%4] // two parts, a hole, cut at 180
		if len(a.Rings) != want {
			t.Errorf("%d: %d rings, want %d", n, len(a.Rings), want)
		}
		n++
	}
	if n != 40 || len(b.Problems) > 0 {
		t.Error(n, "areas", b.Problems)
	}
}

// TestShapefileLaw: whatever texts say and however long they are, our own reader gives back
// their beginnings, cut between characters, and whole where they fit.
func TestShapefileLaw(t *testing.T) {
	dir := t.TempDir()
	f, _ := exchange.ByName("shp")
	rapid.Check(t, func(r *rapid.T) {
		d := &trial{Fields: []exchange.Field{{Name: "story", Kind: survey.String}, {Name: "n", Kind: survey.Decimal}}}
		numbers := rapid.StringMatching(`(-?(0|[1-9][0-9]{0,4})(\.[0-9]{1,3})?)?`)
		for i := range rapid.IntRange(1, 5).Draw(r, "rows") {
			text := rapid.StringMatching(`x[a कि\x{e01}\x{1f600}]{0,130}x`).Draw(r, "text")
			d.Features = append(d.Features, exchange.Feature{ID: fmt.Sprint(i), Geometry: areaAt(0), Values: []survey.Value{survey.Of(text), survey.Of(numbers.Draw(r, "number"))}})
		}
		path := filepath.Join(dir, "a.shp")
		if _, err := f.WriteFile(ctx, path, d.ready()); err != nil {
			r.Fatal(err)
		}
		b, err := exchange.OpenBoundaries(path, exchange.BoundaryOptions{})
		if err != nil {
			r.Fatal(err)
		}
		defer b.Close()
		i := 0
		for a, err := range b.Areas(ctx) {
			if err != nil {
				r.Fatal(err)
			}
			text, number := d.Features[i].Values[0].Text, d.Features[i].Values[1].Text
			want := ""
			for _, c := range text {
				if len(want)+utf8.RuneLen(c) > 254 {
					break
				}
				want += string(c)
			}
			if got := a.Cells[0]; got != strings.TrimSpace(want) {
				r.Fatalf("%q of %q", got, text)
			}
			x, err1 := strconv.ParseFloat(number, 64)
			y, err2 := strconv.ParseFloat(a.Cells[1], 64)
			if (number == "") != (a.Cells[1] == "") || number != "" && (err1 != nil || err2 != nil || x != y) {
				r.Fatalf("%q of %q", a.Cells[1], number)
			}
			i++
		}
		if i != len(d.Features) {
			r.Fatal(i)
		}
	})
}
