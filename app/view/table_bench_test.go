package view_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/view"
	"sselandscape/assets"
	"sselandscape/maps/text"
)

const many = 100_000

// study makes the texts of n rows in several scripts: name, place, status, members,
// day.
func study(n int) [][]string {
	names := []string{"Green Valley Savings Cooperative, Kathmandu %d · बचत तथा कृषि सहकारी", "Hill Top Living Cooperative, Wonju %d · 생활협동조합 원주", "Open Hand Fisherfolk Association %d",
		"กลุ่มออมทรัพย์เพื่อการผลิต %d", "សហគមន៍កសិកម្ម %d", "تعاونية المزارعين %d"}
	places := []string{"Bagmati, NPL", "Gangwon, KOR", "Bicol, PHL", "Chiang Mai, THA", "Kampot, KHM", "Sindh, PAK"}
	status := []string{"completed", "in progress", "broken off"}
	out := make([][]string, 5)
	for i := range n {
		r := i * 7919 % n // no order that a sort could use
		for c, s := range []string{fmt.Sprintf(names[r%6], r), places[r%6], status[r%3], fmt.Sprint(r * 31 % 5000), fmt.Sprintf("2026-%02d-%02d 10:%02d", 1+r%12, 1+r%28, r%60)} {
			out[c] = append(out[c], s)
		}
	}
	return out
}

func indexOf(data [][]string) *view.Index {
	var columns []view.IndexColumn
	for c, d := range data {
		columns = append(columns, column(c == 3, d...))
	}
	return view.NewIndex(len(data[0]), columns...)
}

func BenchmarkNewIndex100k(b *testing.B) {
	data := study(many)
	b.ReportAllocs()
	for b.Loop() {
		indexOf(data)
	}
}

// BenchmarkFirstSort100k sorts by names that no one has sorted before, which
// takes the keys of all; usually Warm has prepared them.
func BenchmarkFirstSort100k(b *testing.B) {
	data := study(many)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		x := indexOf(data)
		b.StartTimer()
		x.Sort(0, false)
	}
}

func BenchmarkSort100k(b *testing.B) {
	x := indexOf(study(many))
	for c, name := range []string{"name", "place", "status", "number", "day"} {
		x.Sort(c, false)
		b.Run(name, func(b *testing.B) {
			desc := false
			b.ReportAllocs()
			for b.Loop() {
				desc = !desc
				x.Sort(c, desc)
			}
		})
	}
}

func BenchmarkFirstSearch100k(b *testing.B) {
	data := study(many)
	for b.Loop() {
		b.StopTimer()
		x := indexOf(data)
		b.StartTimer()
		x.Search("valley")
	}
}

func BenchmarkSearch100k(b *testing.B) {
	x := indexOf(study(many))
	x.Search("x")
	for name, typed := range map[string][]string{"one word": {"v", "va", "val", "vall", "valle", "valley"}, "two words": {"coop 99"}, "hangul": {"협동"}, "nothing": {"nowhere"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, s := range typed {
					x.Search(s)
				}
				x.Search("")
			}
		})
	}
}

func BenchmarkFacets100k(b *testing.B) {
	x := indexOf(study(many))
	x.Filter(2, "completed", true)
	b.ReportAllocs()
	for b.Loop() {
		x.Facets(1)
		x.Facets(2)
	}
}

// tableOf shows 100,000 rows on a screen in memory, at 1200 × 760.
func tableOf(b *testing.B, data [][]string, x *view.Index) (*view.Table, fyne.Canvas) {
	test.NewTempApp(b).Settings().SetTheme(view.NewTheme(false))
	columns := []view.TableColumn{{Title: "Name", Width: 200, Share: 4}, {Title: "Place", Width: 100, Share: 2}, {Title: "Status", Width: 110}, {Title: "Members", Width: 80, Right: true}, {Title: "Day", Width: 140}}
	t := view.NewTable(shipped, columns, x, func(row int) []view.Cell {
		return []view.Cell{{Text: data[0][row]}, {Text: data[1][row]}, {Text: data[2][row], Icon: "✓", Color: theme.ColorNameSuccess}, {Text: data[3][row]}, {Text: data[4][row]}}
	})
	c := software.NewCanvas()
	c.SetPadded(false)
	c.SetContent(t)
	c.Resize(fyne.NewSize(1200, 760))
	return t, c
}

// BenchmarkFirstPaint100k indexes, lays out and paints a table with glyphs and
// texts that were never seen.
func BenchmarkFirstPaint100k(b *testing.B) {
	data := study(many)
	for b.Loop() {
		b.StopTimer()
		f, err := text.New(assets.Font())
		if err != nil {
			b.Fatal(err)
		}
		was := shipped
		shipped = f
		b.StartTimer()
		_, c := tableOf(b, data, indexOf(data))
		c.Capture()
		b.StopTimer()
		shipped = was
		b.StartTimer()
	}
}

// BenchmarkScroll100k scrolls by a notch of the wheel, BenchmarkJump100k to rows
// that were never shown.
func BenchmarkScroll100k(b *testing.B) {
	data := study(many)
	t, _ := tableOf(b, data, indexOf(data))
	b.ReportAllocs()
	for b.Loop() {
		t.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
		paint(t)
	}
}

func BenchmarkJump100k(b *testing.B) {
	data := study(many)
	t, _ := tableOf(b, data, indexOf(data))
	b.ReportAllocs()
	for b.Loop() {
		t.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
		paint(t)
	}
}

// paint draws a table as a window would, without what the screen in memory does
// with the picture.
func paint(t *view.Table) {
	for _, o := range test.WidgetRenderer(t).Objects() {
		if r, ok := o.(*canvas.Raster); ok {
			r.Generator(1200, 760)
		}
	}
}
