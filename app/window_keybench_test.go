//go:build !ci

package main

import (
	"context"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"sselandscape/app/job"
	"sselandscape/app/screen"
)

// wideForm writes a form of 1,000 questions in sections of 20, with a list of 10,000
// choices.
func wideForm() string {
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label | relevant |\n")
	for i := range 1000 {
		if i%20 == 0 {
			fmt.Fprintf(&b, "| | begin group | g%d | Section %d | |\n", i/20, i/20)
		}
		kind := []string{"integer", "select_one place", "text", "date", "decimal"}[i%5]
		relevant := ""
		if i%5 == 2 {
			relevant = fmt.Sprintf("${q%d} != 3", i-2)
		}
		fmt.Fprintf(&b, "| | %s | q%d | What is said of activity number %d? | %s |\n", kind, i, i, relevant)
		if i%20 == 19 {
			b.WriteString("| | end group | | | |\n")
		}
	}
	b.WriteString("| choices |\n| | list_name | name | label |\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "| | place | p%d | Place number %d |\n", i, i)
	}
	return b.String()
}

// BenchmarkWindowKeys answers and presses Enter through the largest form, and waits
// each time until the window shows it.
func BenchmarkWindowKeys(b *testing.B) {
	needWindow(b)
	dir := b.TempDir()
	form := filepath.Join(dir, "wide.md")
	if err := os.WriteFile(form, []byte(wideForm()), 0o644); err != nil {
		b.Fatal(err)
	}
	s, err := job.Create(context.Background(), filepath.Join(dir, "s"), job.NewStudy{Name: "S", Countries: []string{"NPL"}, Researcher: "ana", Form: form})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	frame := make(chan struct{}, 1)
	probe := canvas.NewRasterWithPixels(func(x, y, w, h int) color.Color {
		select {
		case frame <- struct{}{}:
		default:
		}
		return color.Transparent
	})
	fyne.DoAndWait(func() {
		screen.Show(bench, filepath.Join(dir, "s"))
		bench.SetContent(container.NewStack(bench.Content(), container.NewWithoutLayout(probe)))
		probe.Resize(fyne.NewSize(1, 1))
		for _, m := range bench.MainMenu().Items {
			for _, it := range m.Items {
				if it.Label == "New interview" {
					it.Action()
				}
			}
		}
	})
	wait(b, frame)
	var took []time.Duration
	press := func(do func(f fyne.Focusable)) {
		begun := time.Now()
		fyne.DoAndWait(func() {
			do(bench.Canvas().Focused())
			probe.Refresh()
		})
		wait(b, frame)
		took = append(took, time.Since(begun))
	}
	for i := 0; b.Loop(); i++ {
		press(func(f fyne.Focusable) { f.TypedRune('7') })
		press(func(f fyne.Focusable) { f.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) })
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "key-to-screen-p95-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "key-to-screen-p50-ms")
}
