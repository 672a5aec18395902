package pdf_test

import (
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/maps/pdf"
	"sselandscape/maps/text"
)

var scripts = []struct{ name, text string }{
	{"Latin", "Café Đà Nẵng ﬁne office"}, {"Hangul", "사회적 경제 조직"}, {"Han", "社会和团结经济"}, {"Kana", "協同組合のしらべ"},
	{"Thai", "เศรษฐกิจเพื่อสังคม น้ำ"}, {"Lao", "ເສດຖະກິດ"}, {"Khmer", "សេដ្ឋកិច្ច ប៉ុន្មាននាក់"}, {"Burmese", "လူမှုစီးပွား"},
	{"Devanagari", "सहकारी संस्था क्षि र्क"}, {"Bengali", "সমবায় সমিতি"}, {"Tamil", "கூட்டுறவு"}, {"Sinhala", "සමුපකාර"},
	{"Arabic", "الاقتصاد الاجتماعي"}, {"Urdu", "کیا یہ ادارہ رجسٹرڈ ہے"}, {"Cyrillic", "Хоршоо"}, {"Georgian", "კოოპერატივი"}, {"Tibetan", "མཉམ་ལས"},
	{"mixed", "Members: 25 सदस्य (회원)"},
}

// shipped is the program's font, as bytes and ready for layouts.
func shipped(t testing.TB) ([]byte, *text.Face) {
	t.Helper()
	b, err := os.ReadFile("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	f, err := text.New(b)
	if err != nil {
		t.Fatal(err)
	}
	return b, f
}

// tool finds a program that is no part of this one.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("skipped: %s is not installed", name)
	}
	return path
}

func written(t testing.TB, d *pdf.Document) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.pdf")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := d.Write(f); err != nil {
		t.Fatal(err)
	}
	return path
}

// inScripts is a document with a line in each script, also bold.
func inScripts(t testing.TB) *pdf.Document {
	font, face := shipped(t)
	d, err := pdf.New(font, pdf.Info{Title: "Scripts – सबै", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	p := d.Page(595, 842)
	for i, s := range scripts {
		y := 40 + 40*float64(i)
		p.Text(face.Layout(s.text, text.Style{Size: 14}), 40, y, color.Black)
		p.Halo(face.Layout(s.text, text.Style{Size: 14, Bold: true}), 300, y, 2, color.NRGBA{200, 230, 255, 255})
		p.Text(face.Layout(s.text, text.Style{Size: 14, Bold: true}), 300, y, color.NRGBA{120, 0, 0, 255})
		d.Bookmark(i%3, s.name, pdf.Place{Y: y})
	}
	return d
}

// TestTextComesBack asks another program for the text of a document.
func TestTextComesBack(t *testing.T) {
	pdftotext := tool(t, "pdftotext")
	out, err := exec.Command(pdftotext, "-layout", written(t, inScripts(t)), "-").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// Marks that say how to set what follows come with text to the left.
	got := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "").Replace(string(out))
	for _, s := range scripts {
		if n := strings.Count(got, s.text); n != 2 {
			t.Errorf("%s: %q was found %d times, want 2", s.name, s.text, n)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestOthersFindNoFault(t *testing.T) {
	out, err := exec.Command(tool(t, "qpdf"), "--check", written(t, inScripts(t))).CombinedOutput()
	if err != nil || strings.Contains(string(out), "WARNING") {
		t.Errorf("%v: %s", err, out)
	}
}
