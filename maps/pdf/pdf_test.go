package pdf_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/goregular"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
)

func Example() {
	font, _ := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	face, _ := text.New(font)
	d, _ := pdf.New(font, pdf.Info{Title: "A letter", Language: "en"})
	p := d.Page(595, 842)
	p.Text(face.Layout("Dear members,", text.Style{Size: 12}), 60, 60, color.Black)
	p.Line(60, 80, 300, 80, 0.5, color.Gray{128})
	var b bytes.Buffer
	err := d.Write(&b)
	fmt.Println(b.String()[:8], d.Pages(), err)
	// Output: %PDF-1.7 1 <nil>
}

// drawn is a document with everything that can be drawn.
func drawn(t testing.TB) *pdf.Document {
	t.Helper()
	font, face := shipped(t)
	d, err := pdf.New(font, pdf.Info{Title: "All (of it)", Author: "Tést", Language: "en", Created: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	p := d.Page(400, 300)
	red := color.NRGBA{200, 0, 0, 255}
	p.Rect(20, 20, 100, 60, pdf.Look{Fill: color.NRGBA{0, 90, 180, 90}, Stroke: red, Width: 2, Dash: []float64{6, 3}})
	p.Polygon([][][2]float64{{{150, 20}, {250, 20}, {250, 120}, {150, 120}}, {{180, 50}, {220, 50}, {220, 90}, {180, 90}}}, pdf.Look{Fill: red, EvenOdd: true})
	var path pdf.Path
	path.Circle(320, 70, 40)
	p.Draw(&path, pdf.Look{Stroke: red, Width: 1, Round: true})
	p.Clip(&path, false, func() { p.Rect(300, 30, 20, 80, pdf.Look{Fill: color.Black}) })
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	p.Image(d.Picture(img), 20, 150, 80, 80)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	photo, err := d.JPEG(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	p.Image(photo, 120, 150, 80, 80)
	p.Text(face.Spans(text.Markup("plain **bold** *leaning*"), text.Style{Size: 12}), 20, 250, color.NRGBA{0, 0, 0, 128})
	q := d.Page(400, 300)
	p.Link(20, 250, 100, 14, pdf.Place{Page: 1, Y: 20})
	d.Bookmark(0, "First", pdf.Place{})
	d.Bookmark(1, "Sëcond", pdf.Place{Page: q.Number(), Y: 30})
	d.Bookmark(9, "Third", pdf.Place{Page: 1})
	d.Bookmark(0, "Fourth", pdf.Place{Page: 7})
	return d
}

func TestOthersFindNoFaultInDrawings(t *testing.T) {
	out, err := exec.Command(tool(t, "qpdf"), "--check", written(t, drawn(t))).CombinedOutput()
	if err != nil || strings.Contains(string(out), "WARNING") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestSameCallsSameBytes also writes one document twice.
func TestSameCallsSameBytes(t *testing.T) {
	var a, b, c bytes.Buffer
	d := drawn(t)
	for _, err := range []error{d.Write(&a), d.Write(&b), drawn(t).Write(&c)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) || !bytes.Equal(a.Bytes(), c.Bytes()) {
		t.Error("the bytes differ")
	}
	for _, want := range []string{"/CreationDate(D:20260302090000Z)", `/Title(All \(of it\))`, "/Author<FEFF", "/Lang(en)", "/SMask", "/DCTDecode", "/ExtGState", "/PageMode/UseOutlines"} {
		if !bytes.Contains(a.Bytes(), []byte(want)) {
			t.Errorf("there is no %s", want)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	part, _ := shipped(t)
	for name, font := range map[string][]byte{"nothing": nil, "no font": []byte("hello, this is no font at all"), "a part": part[:5000], "no charstrings": goregular.TTF} {
		t.Run(name, func(t *testing.T) {
			if _, err := pdf.New(font, pdf.Info{}); err == nil {
				t.Error("it was taken as a font")
			}
		})
	}
	if _, err := drawn(t).JPEG([]byte("no picture")); err == nil {
		t.Error("it was taken as a picture")
	}
}

// TestFontIsSmall embeds no more of a font of 8 MB than a few lines need.
func TestFontIsSmall(t *testing.T) {
	var b bytes.Buffer
	if err := inScripts(t).Write(&b); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 60_000 {
		t.Errorf("%d bytes", b.Len())
	}
}

func BenchmarkWrite(b *testing.B) {
	d := inScripts(b)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := d.Write(&out); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPaths draws what a map has: areas of many corners.
func BenchmarkPaths(b *testing.B) {
	font, _ := shipped(b)
	ring := make([][2]float64, 100_000)
	for i := range ring {
		ring[i] = [2]float64{float64(i%977) / 3, float64(i%613) / 7}
	}
	b.ReportAllocs()
	for b.Loop() {
		d, err := pdf.New(font, pdf.Info{})
		if err != nil {
			b.Fatal(err)
		}
		d.Page(595, 842).Polygon([][][2]float64{ring}, pdf.Look{Fill: color.Black, EvenOdd: true})
		if err := d.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}
