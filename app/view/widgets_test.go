package view_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sselandscape/app/view"
)

// press gives keys to a widget.
func press(f fyne.Focusable, keys ...fyne.KeyName) {
	for _, k := range keys {
		f.TypedKey(&fyne.KeyEvent{Name: k})
	}
}

func times(k fyne.KeyName, n int) []fyne.KeyName { return slices.Repeat([]fyne.KeyName{k}, n) }

func TestChoicesInShapes(t *testing.T) {
	cases := map[string]struct {
		look  view.Look
		n     int
		keys  []fyne.KeyName
		want  string
		lines float32 // height at 400 points in lines of 32 at the most
	}{
		"list, right does nothing": {view.Look{}, 6, []fyne.KeyName{fyne.KeyRight, fyne.KeyDown}, "c2", 6},
		"three columns, down":      {view.Look{Shape: view.Columns, Columns: 3}, 7, []fyne.KeyName{fyne.KeyDown, fyne.KeyRight}, "c5", 3},
		"three columns, last row":  {view.Look{Shape: view.Columns, Columns: 3}, 7, times(fyne.KeyDown, 5), "c7", 3},
		"columns by room":          {view.Look{Shape: view.Columns}, 6, []fyne.KeyName{fyne.KeyDown}, "c2", 6},
		"packed, right":            {view.Look{Shape: view.Packed}, 6, []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyUp}, "c3", 2},
		"packed, down":             {view.Look{Shape: view.Packed}, 6, []fyne.KeyName{fyne.KeyDown}, "c4", 2},
		"likert, right":            {view.Look{Shape: view.Likert}, 5, []fyne.KeyName{fyne.KeyRight, fyne.KeyRight, fyne.KeyLeft}, "c2", 3},
		"likert, down":             {view.Look{Shape: view.Likert}, 5, []fyne.KeyName{fyne.KeyDown}, "c2", 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			list := view.NewChoices(face(t), items(c.n), false, nil)
			list.SetLook(c.look)
			window(t, container.NewWithoutLayout(list))
			list.Resize(fyne.NewSize(400, 60))
			list.Resize(fyne.NewSize(400, list.MinSize().Height))
			press(list, c.keys...)
			list.PickCursor()
			if got := list.Chosen()[0]; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if h := list.MinSize().Height; h > c.lines*32+4 {
				t.Errorf("%v high", h)
			}
		})
	}
}

func TestLongLabelsBreak(t *testing.T) {
	list := view.NewChoices(face(t), []view.Choice{{Name: "a", Label: strings.Repeat("a long label ", 9)}, {Name: "b", Label: "b"}}, false, nil)
	window(t, container.NewWithoutLayout(list))
	list.Resize(fyne.NewSize(400, 300))
	high := list.MinSize().Height
	if high < 80 || high > 200 {
		t.Errorf("%v high", high)
	}
	list.Tapped(&fyne.PointEvent{Position: fyne.NewPos(80, high-10)})
	if got := list.Chosen(); !slices.Equal(got, []string{"b"}) {
		t.Errorf("%v", got)
	}
}

// TestQuick: one key picks and goes on, unless a second digit could follow.
func TestQuick(t *testing.T) {
	for name, c := range map[string]struct {
		n     int
		type_ string
		want  int
	}{"one digit": {5, "3", 1}, "could go on": {30, "2", 0}, "cannot go on": {30, "4", 1}, "two digits": {30, "12", 1}, "space": {30, " ", 1}, "letter only moves": {5, "c", 0}} {
		t.Run(name, func(t *testing.T) {
			list := view.NewChoices(face(t), items(c.n), false, nil)
			n := 0
			list.Picked = func() { n++ }
			window(t, list)
			test.Type(list, c.type_)
			if n != c.want {
				t.Errorf("%d times", n)
			}
		})
	}
}

func villages(n int) []view.Choice {
	a := []string{"Saint Étienne", "Phnom Penh", "កំពង់ចាម", "काठमाडौं", "الرباط", "Tashkent", "Bandung", "Quezon", "Ulan Bator", "서울"}
	out := make([]view.Choice, n)
	for i := range out {
		out[i] = view.Choice{Name: fmt.Sprint("v", i), Label: fmt.Sprintf("%s %d ward", a[i%len(a)], i)}
	}
	return out
}

func TestSearch(t *testing.T) {
	list := append(villages(3000), view.Choice{Name: "x", Label: "Ward of the north"})
	cases := map[string]struct{ typed, want string }{
		"beginning":      {"tash", "v5"},
		"two words":      {"tashkent 25", "v25"},
		"no accents":     {"saint etienne 10", "v10"},
		"Khmer":          {"កំពង់ 12", "v12"},
		"Devanagari":     {"काठ", "v3"},
		"Arabic":         {"الر", "v4"},
		"Hangul":         {"서울", "v9"},
		"beginning wins": {"ward", "x"},
		"code":           {"v77", "v77"},
		"wrong letter":   {"tashkant 5", "v5"},
		"letter missing": {"bndung", "v6"},
		"swapped":        {"quzeon", "v7"},
		"one too many":   {"bandungg", "v6"},
		"nothing":        {"zzzz", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := view.NewChoiceSearch(face(t), list, false, nil)
			window(t, s.Object())
			returned := 0
			s.Keys = func(k fyne.KeyName, _ bool) bool { returned++; return true }
			test.Type(s.Field, c.typed)
			press(s.Field, fyne.KeyReturn)
			got := strings.Join(s.List.Chosen(), " ")
			if got != c.want || (returned == 1) != (c.want != "") {
				t.Errorf("%q, Return came %d times", got, returned)
			}
		})
	}
}

func TestSearchSeveral(t *testing.T) {
	s := view.NewChoiceSearch(face(t), villages(200), true, []string{"v3"})
	window(t, s.Object())
	returned := 0
	s.Keys = func(fyne.KeyName, bool) bool { returned++; return true }
	for _, typed := range []string{"tash", "band"} {
		test.Type(s.Field, typed)
		press(s.Field, fyne.KeyDown, fyne.KeyReturn)
	}
	if d := cmp.Diff([]string{"v3", "v15", "v16"}, s.List.Chosen()); d != "" || returned != 0 {
		t.Error(d, returned)
	}
	test.Type(s.Field, "x")
	press(s.Field, fyne.KeyEscape)
	if s.Field.Text != "" || returned != 0 {
		t.Error("Esc did not clear the text first")
	}
	press(s.Field, fyne.KeyReturn)
	if returned != 1 {
		t.Error("Return without text did not go on")
	}
}

// TestSearchTypedOn: narrowing a search letter by letter finds what a fresh one
// finds.
func TestSearchTypedOn(t *testing.T) {
	all := villages(300)
	rapid.Check(t, func(rt *rapid.T) {
		words := rapid.SampledFrom([]string{"tashkent 25 ward", "saint etienne", "ward 12", "កំពង់ចាម", "v12"}).Draw(rt, "words")
		cut := rapid.IntRange(1, len([]rune(words))).Draw(rt, "cut")
		on, fresh := view.NewChoiceSearch(face(t), all, false, nil), view.NewChoiceSearch(face(t), all, false, nil)
		for i := range []rune(words)[:cut] {
			on.Field.SetText(string([]rune(words)[:i+1]))
		}
		fresh.Field.SetText(string([]rune(words)[:cut]))
		on.List.PickCursor()
		fresh.List.PickCursor()
		if !slices.Equal(on.List.Chosen(), fresh.List.Chosen()) {
			rt.Fatalf("%v, afresh %v", on.List.Chosen(), fresh.List.Chosen())
		}
	})
}

func TestRank(t *testing.T) {
	cases := map[string]struct {
		order string
		keys  []fyne.KeyName
		type_ string
		want  string
	}{
		"blank until touched": {"", nil, "", ""},
		"the order as it is":  {"", nil, "  ", "c1 c2 c3 c4"},
		"given":               {"c3 c1", nil, "", "c3 c1 c2 c4"},
		"digit places":        {"", []fyne.KeyName{fyne.KeyEnd}, "1", "c4 c1 c2 c3"},
		"digit beyond":        {"", nil, "9", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := view.NewRank(face(t), items(4), strings.Fields(c.order))
			window(t, r)
			press(r, c.keys...)
			test.Type(r, c.type_)
			if got := strings.Join(r.Order(), " "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	r := view.NewRank(face(t), items(4), nil)
	window(t, container.NewVBox(r))
	page := 0
	r.Keys = func(fyne.KeyName, bool) bool { page++; return true }
	test.Type(r, " ")
	press(r, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn) // puts down
	if got := strings.Join(r.Order(), " "); got != "c2 c3 c1 c4" || page != 0 {
		t.Error(got, page)
	}
	press(r, fyne.KeyDown, fyne.KeyReturn)
	if got := strings.Join(r.Order(), " "); got != "c2 c3 c1 c4" || page != 1 {
		t.Error("moved without being picked up", got, page)
	}
	r.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(60, 34*3+20)}, Dragged: fyne.NewDelta(0, 34*3)})
	r.DragEnd()
	if got := strings.Join(r.Order(), " "); got != "c3 c1 c4 c2" {
		t.Error("dragged:", got)
	}
}

func TestSlider(t *testing.T) {
	whole := view.Scale{Start: 0, End: 100, Step: 5}
	cases := map[string]struct {
		scale   view.Scale
		begin   string
		keys    []fyne.KeyName
		type_   string
		want    string
		problem string
	}{
		"blank":              {whole, "", nil, "", "", ""},
		"first touch":        {whole, "", []fyne.KeyName{fyne.KeyRight}, "", "0", ""},
		"end at once":        {whole, "", []fyne.KeyName{fyne.KeyEnd}, "", "100", ""},
		"steps":              {whole, "10", []fyne.KeyName{fyne.KeyUp, fyne.KeyRight, fyne.KeyLeft}, "", "15", ""},
		"ten steps":          {whole, "10", []fyne.KeyName{fyne.KeyPageUp}, "", "60", ""},
		"not beyond":         {whole, "10", []fyne.KeyName{fyne.KeyPageDown}, "", "0", ""},
		"home":               {whole, "50", []fyne.KeyName{fyne.KeyHome}, "", "0", ""},
		"typed":              {whole, "", nil, "85", "85", ""},
		"typed between":      {whole, "50", nil, "7", "", "steps of 5"},
		"typed and erased":   {whole, "", []fyne.KeyName{fyne.KeyBackspace}, "85", "", "8 is no value"},
		"erased":             {whole, "50", []fyne.KeyName{fyne.KeyDelete}, "", "", ""},
		"decimals":           {view.Scale{Start: -1, End: 1, Step: 0.1}, "", nil, "0,3", "0.3", ""},
		"decimals by arrows": {view.Scale{Start: -1, End: 1, Step: 0.1}, "-0.1", []fyne.KeyName{fyne.KeyRight}, "", "0.0", ""},
		"downwards":          {view.Scale{Start: 10, End: 0, Step: 2}, "10", []fyne.KeyName{fyne.KeyRight}, "", "8", ""},
		"no step":            {view.Scale{Start: 1, End: 3}, "2", nil, "", "2", ""},
		"stars":              {view.Scale{Start: 1, End: 5, Step: 1, Stars: true}, "", nil, "34", "4", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s := view.NewSlider(face(t), c.scale, c.begin)
			window(t, s)
			test.Type(s, c.type_)
			press(s, c.keys...)
			if s.Value() != c.want || !strings.Contains(s.Problem(), c.problem) || (s.Problem() == "") != (c.problem == "") {
				t.Errorf("%q %q, want %q", s.Value(), s.Problem(), c.want)
			}
		})
	}
	s := view.NewSlider(face(t), whole, "")
	window(t, container.NewWithoutLayout(s))
	s.Resize(fyne.NewSize(468, 100))
	s.Tapped(&fyne.PointEvent{Position: fyne.NewPos(34+200, 50)})
	if s.Value() != "50" {
		t.Errorf("tapped in the middle: %s", s.Value())
	}
}

func TestGrid(t *testing.T) {
	g := view.NewGrid(face(t), items(3), []view.GridRow{{Label: "one"}, {Label: "two", Chosen: []string{"c3"}}, {Label: "three"}}, false)
	window(t, container.NewWithoutLayout(g))
	g.Resize(fyne.NewSize(600, 200))
	var told []string
	g.Changed = func(row int, names []string) { told = append(told, fmt.Sprint(row, names)) }
	test.Type(g, "23") // goes on to the next row
	press(g, fyne.KeyRight, fyne.KeyUp)
	test.Type(g, " ")
	g.Tapped(&fyne.PointEvent{Position: fyne.NewPos(590, 190)})
	if d := cmp.Diff([]string{"0 [c2]", "1 [c3]", "1 [c3]"}, told); d != "" {
		t.Error(d)
	}
	several := view.NewGrid(face(t), items(3), []view.GridRow{{Label: "one"}}, true)
	test.Type(several, "311")
	if got := several.Chosen(0); !slices.Equal(got, []string{"c3"}) {
		t.Errorf("%v", got)
	}
}

func TestTyped(t *testing.T) {
	read := func(s string) view.Reading {
		if s == "bad" {
			return view.Reading{Problem: "This is bad."}
		}
		return view.Reading{Stored: strings.ToUpper(s), Words: "big " + s}
	}
	f := view.NewTyped(face(t), false, "a", read)
	window(t, f.Object())
	told := 0
	f.Changed = func(view.Reading) { told++ }
	if r := f.Reading(); r.Stored != "A" || told != 0 {
		t.Error(r, told)
	}
	f.Field.SetText("")
	if f.Reading() != (view.Reading{}) {
		t.Error("a blank text has a reading")
	}
	test.Type(f.Field, "bad")
	if f.Reading().Problem == "" || told != 4 {
		t.Error(f.Reading(), told)
	}
}

// TestGroupingKeepsTheCaret types, moves and deletes in a field that rewrites its
// text.
func TestGroupingKeepsTheCaret(t *testing.T) {
	f := view.NewTyped(face(t), false, "", func(s string) view.Reading { return view.Reading{Stored: s} })
	f.Group = func(s string, caret int) (string, int) { // a dot behind every second letter
		bare := strings.ReplaceAll(s, ".", "")
		at := caret - strings.Count(s[:caret], ".")
		out, place := "", 0
		for i, r := range bare {
			if i > 0 && i%2 == 0 {
				out += "."
			}
			out += string(r)
			if i < at {
				place = len(out)
			}
		}
		return out, place
	}
	window(t, f.Object())
	test.Type(f.Field, "abcd")
	if f.Field.Text != "ab.cd" || f.Field.CursorColumn != 5 {
		t.Error(f.Field.Text, f.Field.CursorColumn)
	}
	press(f.Field, fyne.KeyHome, fyne.KeyRight)
	test.Type(f.Field, "x")
	if f.Field.Text != "ax.bc.d" || f.Field.CursorColumn != 2 {
		t.Error(f.Field.Text, f.Field.CursorColumn)
	}
	press(f.Field, fyne.KeyBackspace)
	if f.Field.Text != "ab.cd" || f.Field.CursorColumn != 1 {
		t.Error(f.Field.Text, f.Field.CursorColumn)
	}
}

func TestAltReturnBeginsALine(t *testing.T) {
	f := view.NewField(true)
	window(t, f)
	f.Keys = func(fyne.KeyName, bool) bool { return true }
	test.Type(f, "a")
	f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierAlt})
	test.Type(f, "b")
	if f.Text != "a\nb" {
		t.Errorf("%q", f.Text)
	}
}

func TestPad(t *testing.T) {
	p := view.NewPad(face(t))
	window(t, container.NewWithoutLayout(p))
	p.Resize(fyne.NewSize(300, 180))
	if _, err := p.PNG(); err == nil {
		t.Error("a blank pad gave a picture")
	}
	for x := range 10 {
		p.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(float32(50+10*x), 90)}, Dragged: fyne.NewDelta(10, 0)})
	}
	p.DragEnd()
	data, err := p.PNG()
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil || img.Bounds().Dx() != 600 {
		t.Fatal(err, img.Bounds())
	}
	if dark, paper := color.GrayModel.Convert(img.At(180, 180)).(color.Gray).Y, color.GrayModel.Convert(img.At(20, 20)).(color.Gray).Y; dark > 60 || paper != 255 {
		t.Error(dark, paper)
	}
	press(p, fyne.KeyBackspace)
	if !p.Blank() {
		t.Error("the line was not taken back")
	}
}

// photo is a JPEG of a picture with a white upper left quarter; the camera's
// orientation goes into an EXIF part.
func photo(t testing.TB, w, h int, orientation byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.Gray{Y: map[bool]uint8{true: 255, false: 40}[x < w/2 && y < h/2]})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[4+6+8+2+8+1] = orientation
	return append(append([]byte("\xff\xd8"), exif...), b.Bytes()[2:]...)
}

func TestShrink(t *testing.T) {
	for name, c := range map[string]struct {
		orientation byte
		longest     int
		w, h        int
		white       image.Point // a pixel that is white
	}{
		"upright":       {1, 100, 100, 50, image.Pt(10, 10)},
		"upside down":   {3, 100, 100, 50, image.Pt(90, 40)},
		"turned right":  {6, 100, 50, 100, image.Pt(40, 10)},
		"turned left":   {8, 100, 50, 100, image.Pt(10, 90)},
		"mirrored":      {2, 100, 100, 50, image.Pt(90, 10)},
		"small already": {1, 500, 400, 200, image.Pt(10, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := view.Shrink(photo(t, 400, 200, c.orientation), c.longest)
			if err != nil {
				t.Fatal(err)
			}
			img, _, err := view.Photo(out)
			if err != nil || img.Bounds().Dx() != c.w || img.Bounds().Dy() != c.h {
				t.Fatal(err, img.Bounds())
			}
			if g := color.GrayModel.Convert(img.At(c.white.X, c.white.Y)).(color.Gray).Y; g < 200 {
				t.Errorf("%v is %d", c.white, g)
			}
		})
	}
	if _, err := view.Shrink([]byte("no picture"), 100); err == nil {
		t.Error("text was taken for a picture")
	}
}

func FuzzPhoto(f *testing.F) {
	f.Add(photo(f, 8, 4, 6))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if img, _, err := view.Photo(b); err == nil && img.Bounds().Empty() {
			t.Error("an empty picture")
		}
	})
}

// BenchmarkSearch types into 50,000 choices: the first paint, then each key with
// its paint.
func BenchmarkSearch(b *testing.B) {
	test.NewTempApp(b).Settings().SetTheme(view.NewTheme(false))
	all := villages(50_000)
	f := face(b)
	for name, typed := range map[string][]string{"first paint": {""}, "first key": {"t"}, "keys": {"t", "ta", "tas", "tash", "tashkent 4", "tashkent 45"}, "nearly": {"tashkant"}, "nothing": {"zzzz"}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			s := view.NewChoiceSearch(f, all, false, nil)
			w := test.NewTempWindow(b, s.Object())
			w.Resize(fyne.NewSize(700, 560))
			w.Canvas().Capture()
			for b.Loop() {
				if name == "first paint" || name == "first key" {
					s = view.NewChoiceSearch(f, all, false, nil)
					w.SetContent(s.Object())
				}
				for _, t := range typed {
					s.Field.SetText(t)
					w.Canvas().Capture()
				}
				s.Field.SetText("")
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N*len(typed)), "ms/key")
		})
	}
}
