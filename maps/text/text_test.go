package text_test

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"

	"sselandscape/maps/text"
)

func shipped(t testing.TB) *text.Face {
	t.Helper()
	b, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	f, err := text.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ink is the box of pixels that are not white.
func ink(img *image.RGBA) image.Rectangle {
	var out image.Rectangle
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			if img.RGBAAt(x, y) != (color.RGBA{255, 255, 255, 255}) {
				out = out.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return out
}

func canvas(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	return img
}

var scripts = map[string]string{
	"Latin": "Café Đà Nẵng", "Hangul": "사회적 경제 조직", "Han": "社会和团结经济", "Kana": "協同組合のしらべ", "Thai": "เศรษฐกิจเพื่อสังคม",
	"Lao": "ເສດຖະກິດ", "Khmer": "សេដ្ឋកិច្ច", "Burmese": "လူမှုစီးပွား", "Devanagari": "सहकारी संस्था", "Bengali": "সমবায় সমিতি",
	"Tamil": "கூட்டுறவு", "Sinhala": "සමුපකාර", "Arabic": "الاقتصاد الاجتماعي", "Cyrillic": "Хоршоо", "Georgian": "კოოპერატივი", "Tibetan": "མཉམ་ལས",
}

func TestScriptsLeaveInkInsideTheirBox(t *testing.T) {
	f := shipped(t)
	for name, s := range scripts {
		t.Run(name, func(t *testing.T) {
			l := f.Layout(s, text.Style{Size: 24})
			img := canvas(l.Width+20, l.Height+20)
			l.Draw(img, 10, 10, color.Black)
			b := ink(img)
			if b.Empty() || b.Dx() < l.Width/2 {
				t.Errorf("ink %v of a layout of %d×%d", b, l.Width, l.Height)
			}
			if !b.In(image.Rect(6, 6, l.Width+14, l.Height+14)) {
				t.Errorf("ink %v outside of %d×%d at 10,10", b, l.Width, l.Height)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	f := shipped(t)
	for name, s := range scripts {
		long := strings.Repeat(s+" ", 12)
		l := f.Layout(long, text.Style{Size: 16, Width: 200})
		if l.Lines() < 3 || l.Width > 200 {
			t.Errorf("%s: %d lines, %d wide", name, l.Lines(), l.Width)
		}
		if l = f.Layout(long, text.Style{Size: 16, Width: 200, Lines: 2}); l.Lines() != 2 {
			t.Errorf("%s: %d lines, want 2", name, l.Lines())
		}
	}
	if l := f.Layout("a\nb\n\nc", text.Style{Size: 16}); l.Lines() != 4 {
		t.Errorf("%d lines, want 4", l.Lines())
	}
}

func TestRightToLeftStandsRight(t *testing.T) {
	f := shipped(t)
	img := canvas(300, 40)
	f.Layout("العدد (25) عضو", text.Style{Size: 18, Width: 300}).Draw(img, 0, 0, color.Black)
	if b := ink(img); b.Min.X < 100 || b.Max.X < 280 {
		t.Errorf("ink %v of 300 is not on the right", b)
	}
}

// TestCutText looks for dots where cut text ends: at the right, or at the left of
// text that runs there. They are low, letters are not.
func TestCutText(t *testing.T) {
	f := shipped(t)
	dots := f.Layout("…", text.Style{Size: 16}).Width
	for name, s := range scripts {
		t.Run(name, func(t *testing.T) {
			l := f.Layout(strings.Repeat(s+" ", 12), text.Style{Size: 16, Width: 150, Lines: 1})
			if l.Lines() != 1 || l.Width > 150 {
				t.Fatalf("%d lines, %d wide", l.Lines(), l.Width)
			}
			img := canvas(150, 40)
			l.Draw(img, 0, 0, color.Black)
			b := ink(img)
			end := image.Rect(b.Max.X-dots/2, 0, b.Max.X, 40)
			if name == "Arabic" {
				end = image.Rect(b.Min.X, 0, b.Min.X+dots/2, 40)
			}
			last := canvas(150, 40)
			draw.Draw(last, end, img, end.Min, draw.Src)
			if got := ink(last); got.Dy() > 5 {
				t.Errorf("the end holds ink %v, higher than dots", got)
			}
		})
	}
}

func TestBoldIsWiderInk(t *testing.T) {
	f := shipped(t)
	sum := func(bold bool) (n int) {
		img := canvas(200, 40)
		f.Layout("Members", text.Style{Size: 18, Bold: bold}).Draw(img, 5, 5, color.Black)
		for _, p := range img.Pix {
			n += 255 - int(p)
		}
		return n
	}
	if a, b := sum(false), sum(true); b*10 < a*11 {
		t.Errorf("bold %d is not darker than regular %d", b, a)
	}
}

func TestMarkup(t *testing.T) {
	cases := map[string][]text.Span{
		"plain":            {{Text: "plain"}},
		"a **b** c":        {{Text: "a "}, {Text: "b", Bold: true}, {Text: " c"}},
		"*do not* read":    {{Text: "do not", Italic: true}, {Text: " read"}},
		"2 * 3 * 4":        {{Text: "2 *"}, {Text: " 3 *"}, {Text: " 4"}},
		"":                 {{}},
		"**never closed":   {{Text: "**"}, {Text: "never closed"}},
		"**नमस्ते** world": {{Text: "नमस्ते", Bold: true}, {Text: " world"}},
	}
	for in, want := range cases {
		if d := cmp.Diff(want, text.Markup(in)); d != "" {
			t.Errorf("%q (-want +got):\n%s", in, d)
		}
	}
}

func FuzzLayout(f *testing.F) {
	face, err := text.New(goregular.TTF)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("abc **d** العدد (25)\n", 50)
	f.Add("*00\x1e", 153) // a separator ends a paragraph for the bidi algorithm, and only for it
	f.Fuzz(func(t *testing.T, s string, w int) {
		l := face.Spans(text.Markup(s), text.Style{Size: 12, Width: w % 1000, Lines: 3})
		l.Draw(canvas(100, 30), 0, 0, color.Black)
	})
}

func Example() {
	f, _ := text.New(goregular.TTF)
	l := f.Layout("one two three", text.Style{Size: 16, Width: 60})
	fmt.Println(l.Lines(), l.Width <= 60)
	// Output: 2 true
}

func BenchmarkDrawCell(b *testing.B) {
	f := shipped(b)
	img := canvas(300, 40)
	b.ReportAllocs()
	for b.Loop() {
		f.Layout("Karuna Savings Group करुणा", text.Style{Size: 14, Lines: 1, Width: 280}).Draw(img, 4, 4, color.Black)
	}
}

// BenchmarkLayout lays out texts that were never seen before.
func BenchmarkLayout(b *testing.B) {
	const para = "Is this organization registered with the authorities, and since when? Ask to see the certificate. "
	for _, c := range []struct{ name, text string }{
		{"Latin", para}, {"Devanagari", strings.Repeat("सहकारी संस्था ", 7)}, {"Arabic", strings.Repeat("هل المنظمة مسجلة (25)؟ ", 5)},
		{"Han", strings.Repeat("社会和团结经济", 14)}, {"Khmer", strings.Repeat("សេដ្ឋកិច្ចសង្គម", 7)},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := shipped(b)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f.Layout(fmt.Sprint(c.text, i), text.Style{Size: 14.5, Width: 400})
			}
		})
	}
}

func BenchmarkNew(b *testing.B) {
	data, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := text.New(data); err != nil {
			b.Fatal(err)
		}
	}
}
