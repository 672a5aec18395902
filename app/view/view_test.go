package view_test

import (
	"fmt"
	"image/color"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"

	"sselandscape/app/view"
	"sselandscape/maps/text"
)

func face(t testing.TB) *text.Face {
	t.Helper()
	f, err := text.New(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func items(n int) []view.Choice {
	var out []view.Choice
	for i := range n {
		out = append(out, view.Choice{Name: fmt.Sprint("c", i+1), Label: strings.Repeat(string(rune('a'+i%26)), 3)})
	}
	return out
}

// window shows an object on a screen in memory.
func window(t *testing.T, o fyne.CanvasObject) fyne.Window {
	t.Helper()
	a := test.NewTempApp(t)
	a.Settings().SetTheme(view.NewTheme(false))
	w := test.NewTempWindow(t, o)
	w.Resize(fyne.NewSize(400, 500))
	return w
}

func TestChoices(t *testing.T) {
	cases := map[string]struct {
		n        int
		multiple bool
		type_    string
		keys     []fyne.KeyName
		want     []string
	}{
		"digit":                      {5, false, "3", nil, []string{"c3"}},
		"digit beyond the list":      {5, false, "9", nil, nil},
		"another digit":              {5, false, "32", nil, []string{"c2"}},
		"two digits":                 {30, false, "12", nil, []string{"c12"}},
		"two digits of several":      {30, true, "12", nil, []string{"c12"}},
		"digits of several":          {5, true, "13", nil, []string{"c1", "c3"}},
		"taken back":                 {5, true, "131", nil, []string{"c3"}},
		"letter then space":          {5, false, "d ", nil, []string{"c4"}},
		"arrows stop at the end":     {3, false, "", []fyne.KeyName{fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyDown}, []string{"c3"}},
		"end and home of a long one": {50, false, "", []fyne.KeyName{fyne.KeyEnd, fyne.KeyHome}, []string{"c1"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			list := view.NewChoices(face(t), items(c.n), c.multiple, nil)
			w := window(t, container.NewVBox(list))
			w.Canvas().Focus(list)
			test.Type(list, c.type_)
			for _, k := range c.keys {
				list.TypedKey(&fyne.KeyEvent{Name: k})
			}
			if c.keys != nil {
				list.PickCursor()
			}
			if d := cmp.Diff(c.want, list.Chosen()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestChoicesByPointer(t *testing.T) {
	list := view.NewChoices(face(t), items(5), false, []string{"c5"})
	window(t, container.NewVBox(list))
	var told []string
	list.Changed = func(names []string) { told = names }
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(40, 32+10)})
	if !slices.Equal(told, []string{"c2"}) {
		t.Errorf("told %v", told)
	}
}

func TestFieldHandsKeysOn(t *testing.T) {
	f := view.NewField(false)
	w := window(t, f)
	var got []fyne.KeyName
	f.Keys = func(k fyne.KeyName, _ bool) bool { got = append(got, k); return true }
	w.Canvas().Focus(f)
	test.Type(f, "abc")
	for _, k := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyF4, fyne.KeyLeft, fyne.KeyPageDown} {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
	if d := cmp.Diff([]fyne.KeyName{fyne.KeyReturn, fyne.KeyF4, fyne.KeyPageDown}, got); d != "" || f.Text != "abc" {
		t.Error(d, f.Text)
	}
}

func TestParagraphGrowsWhenNarrow(t *testing.T) {
	p := view.NewParagraph(face(t), strings.Repeat("word ", 40), 16, false, theme.ColorNameForeground)
	col := container.New(&view.Column{Gap: 4}, p)
	window(t, col)
	col.Resize(fyne.NewSize(600, 100))
	wide := p.MinSize().Height
	col.Resize(fyne.NewSize(200, 100))
	if narrow := p.MinSize().Height; narrow < 2*wide {
		t.Errorf("%v high when narrow, %v when wide", narrow, wide)
	}
}

// TestContrast asks for 4.5:1 between text and background in both themes (WCAG
// 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	for _, dark := range []bool{false, true} {
		th := view.NewTheme(dark)
		back := luminance(th.Color(theme.ColorNameBackground, 0))
		for _, n := range []fyne.ThemeColorName{theme.ColorNameForeground, theme.ColorNamePlaceHolder, theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess, theme.ColorNamePrimary} {
			text := luminance(th.Color(n, 0))
			if c := (max(back, text) + 0.05) / (min(back, text) + 0.05); c < 4.5 {
				t.Errorf("dark %v: %s has a contrast of %.1f", dark, n, c)
			}
		}
	}
}

// over is a colour that lets others through, on a background.
func over(back, front color.Color) color.Color {
	r, g, b, _ := back.RGBA()
	fr, fg, fb, a := front.RGBA()
	mix := func(under, top uint32) uint16 { return uint16(top + under*(0xffff-a)/0xffff) }
	return color.RGBA64{mix(r, fr), mix(g, fg), mix(b, fb), 0xffff}
}

// TestTableContrast asks for 4.5:1 between words and what is behind them, also where
// a row is chosen or under the pointer, and for 3:1 of icons and edges (WCAG 2.2, 1.4.3
// and 1.4.11).
func TestTableContrast(t *testing.T) {
	for _, dark := range []bool{false, true} {
		th := view.NewTheme(dark)
		get := func(n fyne.ThemeColorName) color.Color { return th.Color(n, 0) }
		back := get(theme.ColorNameBackground)
		backs := map[string]color.Color{"plain": back, "chosen": over(back, get(theme.ColorNameSelection)), "hover": over(back, get(theme.ColorNameHover)), "header": get(theme.ColorNameButton), "header, hover": over(get(theme.ColorNameButton), get(theme.ColorNameHover))}
		check := func(what string, least float64, a, b color.Color) {
			x, y := luminance(a), luminance(b)
			if c := (max(x, y) + 0.05) / (min(x, y) + 0.05); c < least {
				t.Errorf("dark %v: %s has a contrast of %.1f, want %.1f", dark, what, c, least)
			}
		}
		for name, b := range backs {
			check("text on "+name, 4.5, get(theme.ColorNameForeground), b)
			for _, n := range []fyne.ThemeColorName{theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess, theme.ColorNamePrimary} {
				check(string(n)+" icon on "+name, 3, get(n), b)
			}
		}
		check("a chip that is on", 4.5, get(theme.ColorNameForegroundOnPrimary), get(theme.ColorNamePrimary))
		check("a chip that counts none", 4.5, get(theme.ColorNamePlaceHolder), back)
		check("the edge of a chip", 3, get(theme.ColorNameInputBorder), back)
	}
}

func Example() {
	f, _ := text.New(goregular.TTF)
	list := view.NewChoices(f, []view.Choice{{Name: "yes", Label: "Yes"}, {Name: "no", Label: "No"}}, false, []string{"no"})
	fmt.Println(list.Chosen(), list.Any())
	// Output: [no] true
}
