package view_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"

	"sselandscape/app/view"
)

func chipGroups() []view.ChipGroup {
	researchers := view.ChipGroup{Title: "By"}
	for i := range 12 {
		researchers.Chips = append(researchers.Chips, view.Chip{Text: fmt.Sprint("researcher ", i), Count: i})
	}
	return []view.ChipGroup{
		{Title: "Status", Chips: []view.Chip{{Text: "completed", Icon: "✓", Color: theme.ColorNameSuccess, Count: 31}, {Text: "in progress", Icon: "◐", Color: theme.ColorNameWarning, Count: 4, On: true}}},
		{},
		{Title: "나라", Chips: []view.Chip{{Text: "대한민국", Count: 20}, {Text: "नेपाल", Count: 15, On: true}, {Text: "پاکستان", Count: 0}}},
		researchers,
	}
}

// chipWindow shows chips in a window of 400 points and writes down what happens.
func chipWindow(t *testing.T) (*view.Chips, *[]string) {
	c, log := view.NewChips(shipped, chipGroups()), &[]string{}
	c.OnToggle = func(group, chip int, on bool) { *log = append(*log, fmt.Sprint(group, " ", chip, " ", on)) }
	c.Keys = func(k fyne.KeyName, _ bool) bool { *log = append(*log, string(k)); return true }
	w := window(t, c)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 500))
	w.Canvas().Focus(c)
	return c, log
}

func TestChipsByKeyboard(t *testing.T) {
	const left, right, up, down = fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown
	cases := map[string]struct {
		keys []fyne.KeyName
		want []string
	}{
		"first on":            {[]fyne.KeyName{fyne.KeyReturn}, []string{"0 0 true"}},
		"second off":          {[]fyne.KeyName{right, fyne.KeyReturn}, []string{"0 1 false"}},
		"twice":               {[]fyne.KeyName{fyne.KeyReturn, fyne.KeyReturn}, []string{"0 0 true", "0 0 false"}},
		"next group":          {[]fyne.KeyName{right, right, fyne.KeyReturn}, []string{"2 0 true"}},
		"back, not too far":   {[]fyne.KeyName{right, left, left, fyne.KeyReturn}, []string{"0 0 true"}},
		"out at the top":      {[]fyne.KeyName{up}, []string{"Up"}},
		"line down":           {[]fyne.KeyName{down, fyne.KeyReturn}, []string{"2 0 true"}},
		"line down and up":    {[]fyne.KeyName{down, up, fyne.KeyReturn}, []string{"0 0 true"}},
		"out at the bottom":   {[]fyne.KeyName{fyne.KeyEnd, down}, []string{"Down"}},
		"more, then the last": {[]fyne.KeyName{fyne.KeyEnd, fyne.KeyReturn, fyne.KeyEnd, left, fyne.KeyReturn}, []string{"3 11 true"}},
		"fewer again":         {[]fyne.KeyName{fyne.KeyEnd, fyne.KeyReturn, fyne.KeyEnd, fyne.KeyReturn, fyne.KeyEnd, left, fyne.KeyReturn}, []string{"3 5 true"}},
		"other keys go on":    {[]fyne.KeyName{fyne.KeyEscape}, []string{"Escape"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			chips, log := chipWindow(t)
			key(chips, c.keys...)
			if d := cmp.Diff(c.want, *log); d != "" {
				t.Error(d)
			}
		})
	}
	chips, log := chipWindow(t)
	test.Type(chips, " x")
	if d := cmp.Diff([]string{"0 0 true"}, *log); d != "" {
		t.Error(d)
	}
}

func TestChipsByPointer(t *testing.T) {
	chips, log := chipWindow(t)
	heights := 0
	chips.OnNeeds = func() { heights++ }
	before := chips.Needs(400)
	chips.Tapped(&fyne.PointEvent{Position: fyne.NewPos(80, 14)})
	chips.Tapped(&fyne.PointEvent{Position: fyne.NewPos(8, 14)}) // the title
	key(chips, fyne.KeyEnd, fyne.KeyReturn)
	if d := cmp.Diff([]string{"0 0 true"}, *log); d != "" || heights == 0 || chips.Needs(400) <= before {
		t.Error(d, heights, before, chips.Needs(400))
	}
}

func TestChipsGolden(t *testing.T) {
	for name, c := range map[string]struct {
		dark bool
		size fyne.Size
		keys []fyne.KeyName
	}{
		"chips-light": {false, fyne.NewSize(560, 130), []fyne.KeyName{fyne.KeyRight}},
		"chips-dark":  {true, fyne.NewSize(560, 130), []fyne.KeyName{fyne.KeyRight}},
		"chips-low":   {false, fyne.NewSize(400, 60), []fyne.KeyName{fyne.KeyEnd}},
	} {
		t.Run(name, func(t *testing.T) {
			chips := view.NewChips(shipped, chipGroups())
			w := window(t, chips)
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(c.dark))
			w.SetPadded(false)
			w.Resize(c.size)
			w.Canvas().Focus(chips)
			key(chips, c.keys...)
			compare(t, name, w.Canvas().Capture())
		})
	}
}

// TestChipsScroll shows one line of several: the wheel and the arrows bring the
// others.
func TestChipsScroll(t *testing.T) {
	chips, log := chipWindow(t)
	chips.Resize(fyne.NewSize(400, chips.MinSize().Height))
	chips.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	chips.Tapped(&fyne.PointEvent{Position: fyne.NewPos(80, 14)})
	key(chips, fyne.KeyHome)
	chips.Tapped(&fyne.PointEvent{Position: fyne.NewPos(80, 14)})
	chips.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -2500)})
	chips.Tapped(&fyne.PointEvent{Position: fyne.NewPos(40, 14)})
	if d := cmp.Diff([]string{"2 0 true", "0 0 true"}, (*log)[:2]); d != "" || len(*log) < 3 || (*log)[2][0] != '3' {
		t.Error(d, *log)
	}
}
