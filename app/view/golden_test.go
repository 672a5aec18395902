package view_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/view"
	"sselandscape/assets"
	"sselandscape/maps/text"
)

var update = flag.Bool("update", false, "write new golden pictures")

// shipped is the font that the program brings, read once.
var shipped = func() *text.Face {
	f, err := text.New(assets.Font())
	if err != nil {
		panic(err)
	}
	return f
}()

var mixed = [][]view.Cell{
	{{Text: "Green Valley Savings and Farmers' Cooperative, Kathmandu Valley"}, {Text: "Bagmati, NPL"}, {Text: "completed", Icon: "✓", Color: theme.ColorNameSuccess}, {Text: "1,204"}},
	{{Text: "생활협동조합 한살림 · 사회적 경제"}, {Text: "강원, KOR"}, {Text: "in progress", Icon: "◐", Color: theme.ColorNameWarning}, {Text: "87"}},
	{{Text: "बचत तथा कृषि सहकारी संस्था लिमिटेड, काठमाडौं"}, {Text: "बागमती, NPL"}, {Text: "broken off", Icon: "–", Color: theme.ColorNameError}, {Text: "12"}},
	{{Text: "กลุ่มออมทรัพย์เพื่อการผลิตบ้านน้ำเที่ยง"}, {Text: "เชียงใหม่, THA"}, {Text: "in", Icon: "●", Color: theme.ColorNameSuccess}, {Text: "340"}},
	{{Text: "សហគមន៍កសិកម្មសាមគ្គីមានជ័យ"}, {Text: "កំពត, KHM"}, {Text: "borderline", Icon: "◑", Color: theme.ColorNameWarning}, {Text: "56"}},
	{{Text: "تعاونية المزارعين (25) في الوادي الأخضر"}, {Text: "سندھ, PAK"}, {Text: "out", Icon: "○"}, {Text: "9"}},
	{{Text: "Two\nlines of a name"}, {Text: ""}, {}, {Text: ""}},
	{{Text: strings.Repeat("Ǵ Long ", 400)}, {Text: "ပြည်ထောင်စု, MMR"}, {Text: "2 in conflict", Icon: "⚠", Color: theme.ColorNameWarning, Bold: true}, {Text: "-3"}},
}

var mixedColumns = []view.TableColumn{{Title: "Organization", Width: 150, Share: 3}, {Title: "Place · 장소", Width: 120, Share: 1}, {Title: "Status", Width: 120}, {Title: "Members", Width: 84, Right: true}}

// TestTableGolden compares pictures of tables with those in testdata.
func TestTableGolden(t *testing.T) {
	bare := func(int) []view.Cell { return nil }
	rows := func(i int) []view.Cell {
		c := append([]view.Cell{}, mixed[i%len(mixed)]...)
		c[0].Text = fmt.Sprint(i, " ", c[0].Text)
		return c
	}
	for name, c := range map[string]struct {
		theme fyne.Theme
		size  fyne.Size
		n     int
		cells func(int) []view.Cell
		then  func(*view.Table)
	}{
		"table-light": {view.NewTheme(false), fyne.NewSize(640, 330), len(mixed), func(i int) []view.Cell { return mixed[i] }, func(t *view.Table) {
			t.SetSorted(3, true)
			key(t, fyne.KeyDown)
			t.TypedRune(' ')
			key(t, fyne.KeyDown)
		}},
		"table-dark":  {view.NewTheme(true), fyne.NewSize(640, 330), len(mixed), func(i int) []view.Cell { return mixed[i] }, func(t *view.Table) { t.SetSorted(0, false); t.MarkAll(); t.FocusLost() }},
		"table-end":   {view.NewTheme(false), fyne.NewSize(640, 330), many, rows, func(t *view.Table) { key(t, fyne.KeyEnd) }},
		"table-small": {view.NewTheme(true), fyne.NewSize(360, 300), many, rows, func(t *view.Table) { key(t, fyne.KeyUp, fyne.KeyEnd) }},
		"table-empty": {view.NewTheme(false), fyne.NewSize(480, 200), 0, bare, func(t *view.Table) { t.Empty = "Nothing matches “협동 xyz”. Esc clears the search." }},
		"table-large": {&large{view.NewTheme(false)}, fyne.NewSize(800, 330), many, rows, func(t *view.Table) { key(t, fyne.KeyPageDown) }},
	} {
		t.Run(name, func(t *testing.T) {
			table := view.NewTable(shipped, mixedColumns, view.Count(c.n), c.cells)
			table.OnMarks = func() {}
			w := window(t, table)
			fyne.CurrentApp().Settings().SetTheme(c.theme)
			w.SetPadded(false)
			w.Resize(c.size)
			w.Canvas().Focus(table)
			c.then(table)
			table.Refresh()
			compare(t, name, w.Canvas().Capture())
		})
	}
}

func key(f fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func compare(t *testing.T, name string, got image.Image) {
	t.Helper()
	file := filepath.Join("testdata", name+".png")
	var b bytes.Buffer
	if err := png.Encode(&b, got); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	if n := differing(got, want); n > 0 {
		out := filepath.Join(os.TempDir(), "got-"+name+".png")
		if err := os.WriteFile(out, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%d pixels differ from %s; see got-%s.png in the folder for temporary files, or run with -update", n, file, name)
	}
}

// differing counts pixels that differ by more than rounding.
func differing(a, b image.Image) int {
	if a.Bounds().Size() != b.Bounds().Size() {
		return a.Bounds().Dx() * a.Bounds().Dy()
	}
	n := 0
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			r, g, bl, _ := a.At(x, y).RGBA()
			r2, g2, bl2, _ := b.At(x, y).RGBA()
			if max(r, r2)-min(r, r2) > 0x600 || max(g, g2)-min(g, g2) > 0x600 || max(bl, bl2)-min(bl, bl2) > 0x600 {
				n++
			}
		}
	}
	return n
}
