package paint_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/maps/paint"
	"sselandscape/maps/pdf"
	"sselandscape/maps/tile"
)

func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("skipped: %s is not installed", name)
	}
	return path
}

// apart compares two pictures by squares of a few pixels: the mean difference of 255
// parts, and the share of squares that differ by more than an eighth.
func apart(a, b image.Image) (mean, far float64) {
	const side = 6
	squares := 0.0
	for y := 0; y+side <= a.Bounds().Dy(); y += side {
		for x := 0; x+side <= a.Bounds().Dx(); x += side {
			var sum [3]float64
			for j := range side {
				for i := range side {
					r, g, bl, _ := a.At(x+i, y+j).RGBA()
					r2, g2, bl2, _ := b.At(x+i, y+j).RGBA()
					sum[0] += (float64(r) - float64(r2)) / 257
					sum[1] += (float64(g) - float64(g2)) / 257
					sum[2] += (float64(bl) - float64(bl2)) / 257
				}
			}
			d := 0.0
			for _, s := range sum {
				d = max(d, max(s, -s)/(side*side))
			}
			mean += d
			if d > 32 {
				far++
			}
			squares++
		}
	}
	return mean / squares, far / squares
}

// checkAlike compares what another program draws with our pixels.
func checkAlike(t *testing.T, name string, ours, theirs image.Image) {
	t.Helper()
	if ours.Bounds().Size() != theirs.Bounds().Size() {
		t.Fatalf("their picture has %v, ours %v", theirs.Bounds().Size(), ours.Bounds().Size())
	}
	mean, far := apart(ours, theirs)
	t.Logf("%s: %.2f of 255 parts apart, %.2f %% of squares by more than 32", name, mean, 100*far)
	if mean > 2 || far > 0.003 {
		write(t, filepath.Join(os.TempDir(), "ours-"+name+".png"), ours)
		write(t, filepath.Join(os.TempDir(), "theirs-"+name+".png"), theirs)
		t.Errorf("%s differs: %.2f of 255 parts, %.2f %% of squares by more than 32; see ours- and theirs-%s.png in the folder for temporary files", name, mean, 100*far, name)
	}
}

// pictured is a scene and who paints it.
type pictured struct {
	painter *paint.Painter
	scene   paint.Scene
}

func drawnByOthers(t *testing.T) map[string]pictured {
	p, a := painter(t)
	all := scenes(a)
	out := map[string]pictured{"own-regions": {paint.New(halves(t, a), face(t)), paint.Scene{View: tile.View{Center: orb.Point{84, 27.5}, Zoom: 9, Width: 500, Height: 360}, Focus: []string{"NPL"}}}}
	for _, name := range []string{"nepal", "kashmir", "kashmir-dark", "pacific", "equal-area", "korea"} {
		out[name] = pictured{p, all[name]}
	}
	out["multiples"] = pictured{p, multiples(a)}
	return out
}

// TestSVGAsChromiumDrawsIt compares SVG pictures, as a browser draws them, with pixels.
func TestSVGAsChromiumDrawsIt(t *testing.T) {
	chromium := tool(t, "chromium")
	for name, pic := range drawnByOthers(t) {
		t.Run(name, func(t *testing.T) {
			p, s := pic.painter, pic.scene
			f, err := p.Paint(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			var b bytes.Buffer
			if err := p.SVG(context.Background(), &b, s); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "map.svg"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
			defer stop()
			shot := filepath.Join(dir, "shot.png")
			cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir="+filepath.Join(dir, "profile"),
				fmt.Sprintf("--window-size=%d,%d", s.View.Width, s.View.Height), "--screenshot="+shot, "file://"+filepath.Join(dir, "map.svg"))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Skipf("skipped: chromium does not run here: %v %.200s", err, out)
			}
			t.Logf("%s: %d bytes", name, b.Len())
			checkAlike(t, "svg-"+name, f.Image, read(t, shot))
		})
	}
}

// TestPDFAsPopplerDrawsIt compares pages, as pdftoppm draws them, with pixels.
func TestPDFAsPopplerDrawsIt(t *testing.T) {
	pdftoppm := tool(t, "pdftoppm")
	for name, pic := range drawnByOthers(t) {
		t.Run(name, func(t *testing.T) {
			p, s := pic.painter, pic.scene
			f, err := p.Paint(context.Background(), s)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := pdf.New(font(t), pdf.Info{Title: name})
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Page(context.Background(), doc, s); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := doc.Write(&b); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "map.pdf"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(pdftoppm, "-r", "72", "-png", "-singlefile", filepath.Join(dir, "map.pdf"), filepath.Join(dir, "page")).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
			t.Logf("%s: %d bytes", name, b.Len())
			checkAlike(t, "pdf-"+name, f.Image, read(t, filepath.Join(dir, "page.png")))
			if name == "nepal" {
				out, err := exec.Command("pdftotext", filepath.Join(dir, "map.pdf"), "-").Output()
				if err == nil && !strings.Contains(string(out), "Gandaki") {
					t.Errorf("the page's text has no Gandaki: %.300s", out)
				}
			}
		})
	}
}

// TestSVGIsWellFormed reads the picture of a scene whose words are hostile.
func TestSVGIsWellFormed(t *testing.T) {
	p, a := painter(t)
	s := scenes(a)["nepal"]
	s.Title = `<script>alert("&")</script>]]>`
	var b bytes.Buffer
	if err := p.SVG(context.Background(), &b, s); err != nil {
		t.Fatal(err)
	}
	labels := 0
	for d := xml.NewDecoder(&b); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "script" {
			t.Fatal("the title became an element")
		}
		for _, at := range e.Attr {
			if at.Name.Local == "aria-label" && at.Value == "Gandaki" {
				labels++
			}
		}
	}
	if labels != 1 {
		t.Errorf("Gandaki is a label %d times", labels)
	}
}

// TestBandsAreTheWhole compares a picture that is drawn band by band with one drawn at
// once.
func TestBandsAreTheWhole(t *testing.T) {
	p, a := painter(t)
	s := scenes(a)["kashmir"]
	s.View.Height, s.View.Width = 1300, 700
	for name, s := range map[string]paint.Scene{"kashmir": s, "multiples": multiples(a)} {
		f, err := p.Paint(context.Background(), s)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := p.PNG(context.Background(), &b, s); err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(&b)
		if err != nil {
			t.Fatal(err)
		}
		if n := differing(f.Image, img); n > 0 {
			t.Errorf("%s: %d pixels differ", name, n)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := p.PNG(ctx, io.Discard, s); err == nil {
		t.Error("a cancelled painter went on")
	}
}

// BenchmarkLargestPicture writes a picture of 10,000 × 10,000 pixels and tells how much
// memory it takes beside what is there before.
func BenchmarkLargestPicture(b *testing.B) {
	p, a := painter(b)
	bound, _ := a.BoundOf("IND", "IDN", "PHL", "NPL")
	s := paint.Scene{View: tile.View{Width: 10_000, Height: 10_000}.Fit(bound, 100), Focus: []string{"IND", "IDN", "PHL", "NPL"}, Scale: 4, Furniture: true}
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		if err := p.PNG(context.Background(), io.Discard, s); err != nil {
			b.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapSys-before.HeapSys)/(1<<20), "MB-more")
	}
}
