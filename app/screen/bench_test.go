package screen

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"sselandscape/app/view"
)

// largeForm writes a form of 1,000 questions, a list of 10,000 choices and a repeat.
func largeForm() string {
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label | relevant | calculation |\n| | begin repeat | person | Person | | |\n| | text | who | Who is person ${age}? | | |\n| | integer | age | How old? | | |\n| | end repeat | | | | |\n")
	for i := range 1000 {
		if i%20 == 0 {
			fmt.Fprintf(&b, "| | begin group | g%d | Section %d | | |\n", i/20, i/20)
		}
		switch i % 5 {
		case 0:
			fmt.Fprintf(&b, "| | integer | q%d | How many members take part in activity %d? | | |\n", i, i)
		case 1:
			fmt.Fprintf(&b, "| | select_one place | q%d | Where does activity %d take place? | | |\n", i, i)
		case 2:
			fmt.Fprintf(&b, "| | text | q%d | What is said of ${q%d}? | ${q%d} > 3 | |\n", i, i-2, i-2)
		case 3:
			fmt.Fprintf(&b, "| | calculate | q%d | | | coalesce(${q%d}, 0) + count(${person}) |\n", i, i-3)
		default:
			fmt.Fprintf(&b, "| | date | q%d | When did activity %d begin? | | |\n", i, i)
		}
		if i%20 == 19 {
			b.WriteString("| | end group | | | | |\n")
		}
	}
	b.WriteString("| choices |\n| | list_name | name | label |\n")
	for i := range 10_000 {
		fmt.Fprintf(&b, "| | place | p%d | Place number %d |\n", i, i)
	}
	return b.String()
}

// BenchmarkLargeInterview presses Enter through the largest form, with 100 rows in
// a repeat, and paints the window after each key.
func BenchmarkLargeInterview(b *testing.B) {
	form := filepath.Join(b.TempDir(), "large.md")
	if err := os.WriteFile(form, []byte(largeForm()), 0o644); err != nil {
		b.Fatal(err)
	}
	test.NewTempApp(b).Settings().SetTheme(view.NewTheme(false))
	w := Show(test.NewTempWindow(b, nil), "")
	b.Cleanup(w.close)
	w.win.Resize(fyne.NewSize(1280, 800))
	w.enter(studyOf(b, form))
	begun := time.Now()
	w.newInterview()
	w.win.Canvas().Capture()
	b.Logf("opened in %v", time.Since(begun))
	p := w.interview
	for range 100 {
		if _, err := p.iv.AddRow("person"); err != nil {
			b.Fatal(err)
		}
	}
	p.goTo("q0")
	var keys, paints []time.Duration
	for i := 0; b.Loop(); i++ {
		if p.at == "q995" {
			p.goTo("q0")
		}
		t := time.Now()
		if i%2 == 0 {
			test.Type(p.editor.focus(), "7")
		}
		p.press(fyne.KeyReturn)
		keys = append(keys, time.Since(t))
		w.win.Canvas().Capture()
		paints = append(paints, time.Since(t))
	}
	for name, ds := range map[string][]time.Duration{"key": keys, "painted": paints} {
		slices.Sort(ds)
		b.ReportMetric(float64(ds[len(ds)*95/100].Microseconds())/1000, name+"-p95-ms")
	}
}
