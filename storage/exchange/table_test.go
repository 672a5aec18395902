package exchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"context"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// trial is a dataset in memory.
type trial struct {
	exchange.Dataset
	Fields   []exchange.Field
	Features []exchange.Feature
}

func (d *trial) ready() *exchange.Dataset {
	out := d.Dataset
	out.Table.Fields, out.Rows, out.Placed = d.Fields, exchange.RowsOf(d.Features...), true
	for _, f := range d.Features {
		if _, point := f.Geometry.(orb.Point); !point && f.Geometry != nil {
			out.Shapes = true
		}
	}
	return &out
}

// odd is a dataset of texts and numbers that formats have trouble with.
func odd() *trial {
	d := &trial{Dataset: exchange.Dataset{Name: "Odd"}, Fields: []exchange.Field{{Name: "name", Kind: survey.String, Label: "What is it called?"}, {Name: "members", Kind: survey.Integer}, {Name: "share", Kind: survey.Decimal},
		{Name: "form", Kind: survey.SelectOne, Label: "Form", Choices: []exchange.Choice{{Code: "coop", Label: "Cooperative"}, {Code: "mut", Label: "Mutual <society>"}}}}}
	for i, s := range []string{"Karuna", "करुणा बचत समूह", "สหกรณ์ & Co <1>", `say "hi", then`, "two\nlines\r\nthree", "=1+1", "-5", "+977", "@SUM(A1)", "\tx", " spaces ", "", "ends\x00\x0b\ufffe", "한국\U0001F600", "00123", "'quoted"} {
		x := exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{survey.Of(s), survey.Of(fmt.Sprint(i * 1000)), survey.Of(fmt.Sprintf("%d.5", -i)), survey.Of("coop")}}
		if i%3 > 0 {
			x.Geometry = orb.Point{85.123456789 + float64(i), -0.00000001}
		}
		if i == 5 {
			x.Values[1] = survey.Value{Special: survey.Refused}
			x.Values[2] = survey.Of("many")
		}
		d.Features = append(d.Features, x)
	}
	return d
}

func writtenAs(t testing.TB, format string, d *trial) string {
	t.Helper()
	f, ok := exchange.ByName(format)
	if !ok {
		t.Fatal("no format", format)
	}
	path := filepath.Join(t.TempDir(), "units"+f.Ext)
	if _, err := f.WriteFile(ctx, path, d.ready()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCSV(t *testing.T) {
	d := odd()
	path := writtenAs(t, "csv", d)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rest, marked := bytes.CutPrefix(b, []byte("\xef\xbb\xbf"))
	if !marked {
		t.Error("Excel takes it for another encoding")
	}
	rows, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil || len(rows) != len(d.Features)+1 {
		t.Fatal(len(rows), err)
	}
	if d := cmp.Diff([]string{"name", "members", "share", "form", "lon", "lat"}, rows[0]); d != "" {
		t.Error(d)
	}
	for i, f := range d.Features {
		want := strings.ReplaceAll(f.Values[0].Text, "\r\n", "\n") // as the reader does
		if want != "" && strings.ContainsRune("=+-@\t", rune(want[0])) {
			want = "'" + want
		}
		if got := rows[i+1]; got[0] != want || (got[4] == "") != (f.Geometry == nil) {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
	if got := rows[6][1:3]; !slices.Equal(got, []string{"", "many"}) {
		t.Errorf("%q", got)
	}
	if got := rows[2][4:]; !slices.Equal(got, []string{"86.1234568", "0"}) {
		t.Errorf("%q", got)
	}
	types, err := os.ReadFile(strings.TrimSuffix(path, "csv") + "csvt")
	if err != nil || strings.TrimSpace(string(types)) != `"String","Integer64","Real","String","CoordX","CoordY"` {
		t.Errorf("%s %v", types, err)
	}
}

// TestXLSX reads the workbook with another library: numbers are numbers, texts are texts and
// none is a formula, the header stays in view, and the columns are explained.
func TestXLSX(t *testing.T) {
	d := odd()
	x, err := excelize.OpenFile(writtenAs(t, "xlsx", d))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows("units", excelize.Options{RawCellValue: true})
	if err != nil || len(rows) != len(d.Features)+1 {
		t.Fatal(len(rows), err)
	}
	for i, f := range d.Features {
		want := strings.NewReplacer("\x00", "\ufffd", "\x0b", "\ufffd", "\ufffe", "\ufffd").Replace(f.Values[0].Text)
		cell := fmt.Sprintf("A%d", i+2)
		got, _ := x.GetCellValue("units", cell, excelize.Options{RawCellValue: true})
		formula, _ := x.GetCellFormula("units", cell)
		if got != want || formula != "" {
			t.Errorf("%s is %q, want %q; formula %q", cell, got, want, formula)
		}
		if kind, _ := x.GetCellType("units", fmt.Sprintf("B%d", i+2)); i != 5 && kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
			t.Errorf("the number in row %d is of type %v", i+2, kind)
		}
	}
	if kind, _ := x.GetCellType("units", "C7"); kind != excelize.CellTypeInlineString {
		t.Errorf("a text in a column of numbers is of type %v", kind)
	}
	if p, err := x.GetPanes("units"); err != nil || !p.Freeze && p.YSplit != 1 {
		t.Errorf("%+v %v", p, err)
	}
	about, err := x.GetRows("columns")
	if err != nil || len(about) != 5 || about[4][5] != "coop = Cooperative; mut = Mutual <society>" || about[1][2] != "What is it called?" {
		t.Errorf("%q %v", about, err)
	}
}

// TestTablesLaw writes random texts and reads them back with our own readers of lists.
func TestTablesLaw(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z0-9 ,";\n'=+@<>&é한한सक-]{0,12}`)
		d := &trial{Fields: []exchange.Field{{Name: "name", Kind: survey.String}, {Name: "second", Kind: survey.String}}}
		for i, row := range rapid.SliceOfN(rapid.SliceOfN(text, 2, 2), 1, 20).Draw(r, "rows") {
			d.Features = append(d.Features, exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{survey.Of("x" + row[0] + "x"), survey.Of("y" + row[1] + "y")}, Geometry: orb.Point{1, 2}})
		}
		for _, format := range []string{"csv", "xlsx"} {
			f, _ := exchange.ByName(format)
			path := filepath.Join(dir, "a"+f.Ext)
			if _, err := f.WriteFile(ctx, path, d.ready()); err != nil {
				r.Fatal(err)
			}
			l, err := exchange.OpenList(ctx, path, exchange.ListOptions{})
			if err != nil {
				r.Fatal(format, err)
			}
			i := 0
			for row, err := range l.Rows(ctx) {
				if err != nil {
					r.Fatal(format, err)
				}
				for c := range 2 {
					if want := d.Features[i].Values[c].Text; strings.TrimSpace(row.Cells[c]) != strings.TrimSpace(want) {
						r.Fatalf("%s, row %d: %q, want %q", format, i, row.Cells[c], want)
					}
				}
				i++
			}
			l.Close()
			if i != len(d.Features) {
				r.Fatalf("%s: %d rows of %d", format, i, len(d.Features))
			}
		}
	})
}

// TestGDALReadsTables lets GDAL read what was written.
func TestGDALReadsTables(t *testing.T) {
	ogrinfo, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("skipped: ogrinfo (package gdal-bin) is not installed")
	}
	d := odd()
	for format, want := range map[string][]string{
		"csv":        {"Feature Count: 16", "members: Integer64", "share: Real", "Geometry: Point"},
		"geojsonseq": {"Feature Count: 16", "members: Integer", "Geometry: Point"},
		"geojson":    {"Feature Count: 16", "Geometry: Point"},
		"xlsx":       {"Feature Count: 16", "members: "},
	} {
		path := writtenAs(t, format, d)
		layer := []string{"-so", "-al", path}
		if format == "xlsx" {
			layer = []string{"-so", path, "units"}
		}
		out, err := exec.Command(ogrinfo, layer...).CombinedOutput()
		for _, w := range want {
			if err != nil || !strings.Contains(string(out), w) {
				t.Errorf("%s: %q is not in %v %s", format, w, err, out)
			}
		}
	}
}

// TestTablesCancelled leaves nothing behind.
func TestTablesCancelled(t *testing.T) {
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	for _, f := range exchange.Formats() {
		dir := t.TempDir()
		if _, err := f.WriteFile(stopped, filepath.Join(dir, "a"+f.Ext), odd().ready()); !errors.Is(err, context.Canceled) {
			t.Error(f.Name, err)
		}
		if left, _ := os.ReadDir(dir); len(left) > 0 {
			t.Error(f.Name, "left", left)
		}
	}
}
