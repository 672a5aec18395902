//go:build !ci

package main

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// bench is the window that benchmarks draw into, nil without a display.
var bench fyne.Window

// TestMain gives the main thread to a window if benchmarks run on a display:
//
//	xvfb-run -a go test ./app -run '^$' -bench Window
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" || os.Getenv("DISPLAY") == "" {
		os.Exit(m.Run())
	}
	a, code := app.NewWithID("org.sselandscape.bench"), 0
	a.Settings().SetTheme(view.NewTheme(false))
	bench = a.NewWindow("bench")
	bench.SetPadded(false)
	bench.Resize(fyne.NewSize(1200, 720))
	a.Lifecycle().SetOnStarted(func() {
		go func() {
			code = m.Run()
			fyne.Do(a.Quit)
		}()
	})
	bench.ShowAndRun()
	os.Exit(code)
}

const many = 100_000

// tableRows are 100,000 rows in several scripts.
func tableRows() [][]view.Cell {
	names := []string{"Green Valley Savings Cooperative, Kathmandu %d · बचत तथा कृषि सहकारी", "Hill Top Living Cooperative %d · 생활협동조합", "กลุ่มออมทรัพย์เพื่อการผลิต %d", "សហគមន៍កសិកម្ម %d", "تعاونية المزارعين %d"}
	rows := make([][]view.Cell, many)
	for i := range rows {
		rows[i] = []view.Cell{{Text: fmt.Sprintf(names[i%5], i)}, {Text: "Bagmati, NPL"}, {Icon: "✓", Text: "completed", Color: theme.ColorNameSuccess}, {Text: fmt.Sprint(i * 7919 % 5000)}, {Text: "2026-03-02 10:40"}}
	}
	return rows
}

// drawn makes a table, with all that a page does, that says when a frame begins to
// be drawn.
func drawn(rows [][]view.Cell) (t *view.Table, frame chan struct{}, stop func()) {
	frame = make(chan struct{}, 1)
	var columns []view.IndexColumn
	for c := range rows[0] {
		columns = append(columns, view.IndexColumn{Text: func(row int) string { return rows[row][c].Text }, Number: c == 3})
	}
	x := view.NewIndex(len(rows), columns...)
	stop = x.Warm()
	x.Facets(1)
	x.Facets(2)
	shown := []view.TableColumn{{Title: "Organization", Width: 200, Share: 4}, {Title: "Place", Width: 120, Share: 1}, {Title: "Status", Width: 122}, {Title: "Members", Width: 100, Right: true}, {Title: "Started", Width: 150}}
	t = view.NewTable(job.Face(), shown, x, func(row int) []view.Cell {
		select {
		case frame <- struct{}{}:
		default:
		}
		return rows[row]
	})
	return t, frame, stop
}

// wait waits until a frame that has begun is on the screen: the main thread takes up
// work between frames.
func wait(b *testing.B, frame chan struct{}) {
	select {
	case <-frame:
		fyne.DoAndWait(func() {})
	case <-time.After(5 * time.Second):
		b.Fatal("no frame is drawn")
	}
}

func needWindow(b *testing.B) {
	if bench == nil {
		b.Skip("skipped: there is no display")
	}
}

// BenchmarkWindowFirstPaint indexes 100,000 rows and shows them.
func BenchmarkWindowFirstPaint(b *testing.B) {
	needWindow(b)
	rows := tableRows()
	for b.Loop() {
		var frame chan struct{}
		var stop func()
		fyne.DoAndWait(func() {
			var t *view.Table
			t, frame, stop = drawn(rows)
			bench.SetContent(t)
		})
		wait(b, frame)
		stop()
	}
}

// BenchmarkWindowScroll turns the wheel by a notch and waits for the frame, again and
// again; BenchmarkWindowPages goes through fresh rows by PgDn.
func BenchmarkWindowScroll(b *testing.B) {
	benchmarkFrames(b, func(t *view.Table) {
		t.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	})
}

func BenchmarkWindowPages(b *testing.B) {
	benchmarkFrames(b, func(t *view.Table) { t.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown}) })
}

func benchmarkFrames(b *testing.B, step func(t *view.Table)) {
	needWindow(b)
	var t *view.Table
	var frame chan struct{}
	fyne.DoAndWait(func() {
		t, frame, _ = drawn(tableRows())
		bench.SetContent(t)
	})
	wait(b, frame)
	n := 0
	for b.Loop() {
		select { // a frame that nobody waited for
		case <-frame:
		default:
		}
		fyne.DoAndWait(func() { step(t) })
		wait(b, frame)
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "frames/s")
}
