//go:build !ci

package main

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/paulmach/orb"

	"sselandscape/app/cli"
	"sselandscape/app/job"
	"sselandscape/app/screen"
	"sselandscape/app/view"
	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/tile"
)

// crowd is 100,000 units in three countries.
func crowd() *layer.Points {
	r := rand.New(rand.NewPCG(1, 2))
	ps := &layer.Points{Title: "Form of organization", Classes: layer.Palette("Cooperative", "Mutual", "Association", "Foundation", "Social enterprise"), Cluster: true}
	for i := range many {
		at := []orb.Point{{84, 28.2}, {122.5, 12}, {127.8, 36.3}}[i%3]
		ps.Points = append(ps.Points, layer.Point{ID: fmt.Sprint("u", i), At: orb.Point{at[0] + r.NormFloat64()*1.2, at[1] + r.NormFloat64()*0.6}, Class: i % 5})
	}
	return ps
}

// shown puts a map into the window.
func shown(ps *layer.Points) *view.Map {
	s := paint.Scene{Layers: []layer.Layer{ps, job.Places()}, Focus: []string{"NPL", "PHL", "KOR"}, Furniture: true}
	m := view.NewMap(job.Face(), job.Painter(), s, func(w, h int) tile.View {
		return tile.View{Center: orb.Point{84, 28.2}, Zoom: 7, Width: w, Height: h}
	})
	bench.SetContent(m)
	return m
}

// idle waits until a map shows all that is in view.
func idle(b *testing.B, m *view.Map) {
	for deadline := time.Now().Add(20 * time.Second); ; {
		busy := true
		fyne.DoAndWait(func() { busy = m.Busy() })
		if !busy {
			fyne.DoAndWait(func() {}) // the frame with it
			return
		}
		if time.Now().After(deadline) {
			b.Fatal("the map is not painted")
		}
		time.Sleep(time.Millisecond)
	}
}

// BenchmarkWindowMapFirst shows a map of 100,000 units.
func BenchmarkWindowMapFirst(b *testing.B) {
	needWindow(b)
	ps := crowd()
	for b.Loop() {
		var m *view.Map
		fyne.DoAndWait(func() { m = shown(ps) })
		idle(b, m)
	}
}

// BenchmarkWindowMapDrag drags a map of 100,000 units about, by twelve points a frame,
// while its pictures are painted.
func BenchmarkWindowMapDrag(b *testing.B) {
	mapFrames(b, func(m *view.Map, i int) {
		dx, dy := float32(12), float32(5)
		if i%240 >= 120 {
			dx, dy = -dx, -dy
		}
		m.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(600, 300)}, Dragged: fyne.NewDelta(dx, dy)})
	})
}

// BenchmarkWindowMapZoom turns the wheel over a map by a little each frame.
func BenchmarkWindowMapZoom(b *testing.B) {
	mapFrames(b, func(m *view.Map, i int) {
		dy := float32(3)
		if i%120 >= 60 {
			dy = -dy
		}
		m.Scrolled(&fyne.ScrollEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(500, 300)}, Scrolled: fyne.NewDelta(0, dy)})
	})
}

// BenchmarkWindowMapMeasure moves the pointer while a way is measured.
func BenchmarkWindowMapMeasure(b *testing.B) {
	mapFrames(b, func(m *view.Map, i int) {
		if m.Mode() != view.MeasureWay {
			m.SetMode(view.MeasureWay)
			for _, p := range []fyne.Position{{X: 100, Y: 100}, {X: 900, Y: 200}, {X: 300, Y: 600}} {
				m.Tapped(&fyne.PointEvent{Position: p})
			}
		}
		m.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(200+i%700), 400)}})
	})
}

// mapFrames takes steps and waits each time for the frame.
func mapFrames(b *testing.B, step func(m *view.Map, i int)) {
	needWindow(b)
	frame := make(chan struct{}, 1)
	probe := canvas.NewRasterWithPixels(func(x, y, w, h int) color.Color {
		select {
		case frame <- struct{}{}:
		default:
		}
		return color.Transparent
	})
	debug.FreeOSMemory()
	before := resident()
	var m *view.Map
	fyne.DoAndWait(func() {
		m = shown(crowd())
		bench.SetContent(container.NewStack(m, container.NewWithoutLayout(probe)))
		probe.Resize(fyne.NewSize(1, 1))
	})
	idle(b, m)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		select { // a frame that nobody waited for
		case <-frame:
		default:
		}
		begun := time.Now()
		fyne.DoAndWait(func() {
			step(m, i)
			probe.Refresh()
		})
		wait(b, frame)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "frames/s")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "frame-p95-ms")
	b.ReportMetric(resident(), "resident-MB")
	b.ReportMetric(resident()-before, "by-the-map-MB")
}

// resident is the memory of this process, 0 where the system does not tell.
func resident() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmRSS:")
	kB := 0.
	fmt.Sscan(after, &kB)
	return kB / 1024
}

// listed makes a study of as many units as a list of organizations gives it.
func listed(b *testing.B, n int) string {
	b.Helper()
	var t strings.Builder
	t.WriteString("code,name,longitude,latitude\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		at := []orb.Point{{84, 28.2}, {122.5, 12}, {127.8, 36.3}}[i%3]
		fmt.Fprintf(&t, "C%d,Unit %d,%.5f,%.5f\n", i, i, at[0]+r.NormFloat64()*1.2, at[1]+r.NormFloat64()*0.6)
	}
	dir, file := filepath.Join(b.TempDir(), "s"), filepath.Join(b.TempDir(), "list.csv")
	if err := os.WriteFile(file, []byte(t.String()), 0o600); err != nil {
		b.Fatal(err)
	}
	for _, args := range [][]string{{"new", dir, "--name", "Many", "--country", "NPL,PHL,KOR", "--researcher", "ana"}, {"import", dir, file, "--doubtful"}} {
		if code := cli.Main(context.Background(), args, strings.NewReader(""), io.Discard, io.Discard); code != 0 {
			b.Fatalf("sse %s: exit code %d", args[0], code)
		}
	}
	return dir
}

// BenchmarkWindowMapPage opens the map page of a study with many units, and tells how much
// memory the study takes when it is open, and how much more its map does: of one page with
// -benchtime 1x, as the toolkit forgets a page that was left after a minute.
func BenchmarkWindowMapPage(b *testing.B) {
	for _, n := range []int{300, many} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { mapPages(b, listed(b, n)) })
	}
}

func mapPages(b *testing.B, dir string) {
	needWindow(b)
	settled := func() float64 {
		debug.FreeOSMemory()
		return resident()
	}
	empty := settled()
	var w *screen.Window
	fyne.DoAndWait(func() { w = screen.Show(bench, dir) })
	if w == nil {
		b.Fatal("the study does not open")
	}
	page := func(label string) {
		for _, menu := range bench.MainMenu().Items {
			for _, it := range menu.Items {
				if it.Label == label {
					it.Action()
				}
			}
		}
	}
	fyne.DoAndWait(func() { page("Overview") })
	open := settled()
	var took []time.Duration
	for b.Loop() {
		fyne.DoAndWait(func() { page("Overview") })
		fyne.DoAndWait(func() {}) // its frame
		begun := time.Now()
		var m *view.Map
		fyne.DoAndWait(func() { page("Map") })
		fyne.DoAndWait(func() { m, _ = bench.Canvas().Focused().(*view.Map) })
		if m == nil {
			b.Fatal("there is no map")
		}
		idle(b, m)
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "map-p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "map-p95-ms")
	b.ReportMetric(empty, "empty-MB")
	b.ReportMetric(open-empty, "by-the-study-MB")
	b.ReportMetric(settled()-open, "by-the-map-MB")
}
