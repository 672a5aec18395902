package screen

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/view"
)

// BenchmarkList100k shows 100,000 interviews, types a word letter by letter, switches
// a filter and sorts, all without painting.
func BenchmarkList100k(b *testing.B) {
	rows := make([]listRow, 100_000)
	status, screening, countries := []string{"in_progress", "completed", "broken_off"}, []string{"in", "out", "borderline", ""}, []string{"Nepal", "Philippines", "Republic of Korea"}
	for i := range rows {
		n := i * 7919 % len(rows)
		rows[i] = listRow{id: fmt.Sprint(n), cells: []view.Cell{{Text: fmt.Sprintf("Green Valley Cooperative %d · 생활협동조합 करुणा", n)}, {Text: "Bagmati, NPL"}, statusCell(status[n%3]), screeningCell(screening[n%4]),
			{Text: fmt.Sprint("researcher ", n%12)}, {Text: fmt.Sprintf("2026-%02d-%02d 10:40", 1+n%12, 1+n%28)}, {Text: countries[n%3]}}}
	}
	test.NewTempApp(b).Settings().SetTheme(view.NewTheme(false))
	show := func() *list {
		w := &Window{win: test.NewTempWindow(b, nil)}
		l := w.newList("Interviews", interviewColumns(), rows)
		w.win.SetContent(l.page(widget.NewLabel("")))
		w.win.Resize(fyne.NewSize(1200, 760))
		return l
	}
	b.Run("show", func(b *testing.B) {
		for b.Loop() {
			show().cool()
		}
	})
	l := show()
	l.index.Search("warm")
	l.index.Sort(0, false)
	each := func(name string, do func(i int)) {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				do(i)
			}
		})
	}
	typed := []string{"", "c", "co", "coo", "coop", "coop 9", "coop 99"}
	each("letter", func(i int) { l.search.SetText(typed[i%len(typed)]) })
	l.search.SetText("")
	each("filter", func(i int) { l.toggle(0, 0, i%2 == 0) })
	each("sort", func(i int) { l.table.OnSort(i%6, i%4 < 2) })
}
