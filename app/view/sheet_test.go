package view

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"golang.org/x/image/font/gofont/goregular"
	"pgregory.net/rapid"

	"sselandscape/maps/text"
)

func testFace(t testing.TB) *text.Face {
	t.Helper()
	f, err := text.New(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// cardOf is a card of a height.
func cardOf(h float32) fyne.CanvasObject {
	return container.New(&Column{}, &block{height: h})
}

type block struct {
	fyne.CanvasObject
	height float32
	size   fyne.Size
}

func (b *block) MinSize() fyne.Size      { return fyne.NewSize(20, b.height) }
func (b *block) Size() fyne.Size         { return b.size }
func (b *block) Resize(s fyne.Size)      { b.size = s }
func (b *block) Move(fyne.Position)      {}
func (b *block) Position() fyne.Position { return fyne.Position{} }
func (b *block) Visible() bool           { return true }
func (b *block) Refresh()                {}

// TestSheetLaws turns, scrolls and resizes a sheet at random: lines follow each
// other without a gap, space stays empty only behind the last line, and a card that
// was just put is in view.
func TestSheetLaws(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme(false))
	face := testFace(t)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "lines")
		lines := make([]SheetLine, n)
		for i := range lines {
			lines[i] = SheetLine{Key: fmt.Sprint(i), Heading: rapid.IntRange(0, 5).Draw(t, "kind") == 0, Text: rapid.SampledFrom([]string{"Short?", "A question that goes on and on until it has to be broken into at least two lines on any page that is not too wide", ""}).Draw(t, "text"),
				Answer: rapid.SampledFrom([]string{"", "yes"}).Draw(t, "answer")}
		}
		s := NewSheet(face)
		s.Resize(fyne.NewSize(600, 500))
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			put := false
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				s.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, float32(rapid.IntRange(-900, 900).Draw(t, "by")))})
			case 1:
				s.Resize(fyne.NewSize(float32(rapid.IntRange(300, 900).Draw(t, "w")), float32(rapid.IntRange(250, 800).Draw(t, "h"))))
			default:
				at := rapid.IntRange(0, n-1).Draw(t, "at")
				until := rapid.IntRange(at+1, min(n, at+3)).Draw(t, "until")
				s.Turn(SheetPage{Line: func(i int) SheetLine { return lines[i] }, Last: n, From: at, Until: until, Card: cardOf(float32(rapid.IntRange(20, 120).Draw(t, "card")))})
				put = true
			}
			if s.page.Line != nil {
				checkSheet(t, s, put)
			}
		}
	})
}

func checkSheet(t *rapid.T, s *Sheet, put bool) {
	h := s.Size().Height
	cardEnd := s.cardTop + s.cardHigh + 2*sheetPad
	if put && (s.cardTop < 0 || cardEnd > h) {
		t.Fatalf("the card is not in view: %v to %v of %v", s.cardTop, cardEnd, h)
	}
	top, end := s.cardTop, cardEnd+sheetGap
	first, last := s.page.From, s.page.Until
	for _, p := range s.placed {
		switch {
		case p.at < s.page.From:
			if d := p.top + p.high - top; p.at != first-1 || d > 0.01 || d < -0.01 {
				t.Fatalf("line %d ends at %v, the next begins at %v", p.at, p.top+p.high, top)
			}
			first, top = p.at, p.top
		default:
			if d := p.top - end; p.at != last || d > 0.01 || d < -0.01 {
				t.Fatalf("line %d begins at %v, the one before ends at %v", p.at, p.top, end)
			}
			last, end = p.at+1, p.top+p.high
		}
	}
	if top > sheetEdge+0.01 && (first > s.page.First || top > sheetEdge+sheetGap) {
		t.Fatalf("empty above: the first line in view is %d, at %v", first, top)
	}
	if end < h && last < s.page.Last {
		t.Fatalf("empty below: the last line in view is %d, ends at %v", last-1, end)
	}
	if end < h-2*sheetEdge && top < 0 {
		t.Fatalf("empty below at %v, while lines are scrolled away above", end)
	}
}

func TestSheetTap(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme(false))
	s := NewSheet(testFace(t))
	s.Resize(fyne.NewSize(600, 500))
	got := ""
	s.Tap = func(key string) { got = key }
	s.Turn(SheetPage{Line: func(i int) SheetLine { return SheetLine{Key: fmt.Sprint(i), Heading: i == 1, Text: "Line"} }, Last: 5, From: 2, Until: 3, Card: cardOf(40)})
	for _, p := range s.placed {
		got = ""
		s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(100, p.top+4)})
		want := fmt.Sprint(p.at)
		if p.at == 1 {
			want = "" // nothing is asked by a heading
		}
		if got != want {
			t.Errorf("a tap on line %d gave %q", p.at, got)
		}
	}
	if len(s.placed) != 4 {
		t.Errorf("%d lines are in view", len(s.placed))
	}
}

func TestRowTable(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme(false))
	asked := map[[2]int]bool{}
	titles := make([]string, 40)
	for i := range titles {
		titles[i] = fmt.Sprint("Question ", i)
	}
	r := NewRowTable(testFace(t), titles, 1000, func(row, col int) Cell {
		asked[[2]int{row, col}] = true
		return Cell{Text: fmt.Sprint(row, " ", col)}
	})
	win := test.NewTempWindow(t, r)
	win.Resize(fyne.NewSize(700, 400))
	r.Select(800, 30)
	clear(asked)
	win.Canvas().Capture()
	if !asked[[2]int{800, 30}] || len(asked) > 100 {
		t.Errorf("%d cells were asked for, the current one: %v", len(asked), asked[[2]int{800, 30}])
	}
	var row, col int
	r.Tap = func(a, b int) { row, col = a, b }
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(rowTableNumber+30*r.wide()-r.side+5, rowTableHead+800*rowTableLine-r.top+5)})
	if row != 800 || col != 30 {
		t.Errorf("a tap on the current cell gave %d, %d", row, col)
	}
	row = -1
	r.Tapped(&fyne.PointEvent{Position: fyne.NewPos(5, 5)})
	if row != -1 {
		t.Error("a tap on the corner was taken for a cell")
	}
}
