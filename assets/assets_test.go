package assets_test

import (
	"bufio"
	"bytes"
	"fmt"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sselandscape/assets"
)

func TestForms(t *testing.T) {
	for _, id := range assets.Forms() {
		built, err := assets.Form(id)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, sheet := range []string{"survey.csv", "choices.csv", "settings.csv"} {
			got, err := fs.ReadFile(built, sheet)
			if err != nil {
				t.Error(err)
				continue
			}
			want, err := os.ReadFile(filepath.Join("forms", id, sheet))
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s of %s is not built in as it is in its folder (%v)", sheet, id, err)
			}
		}
	}
	if _, err := assets.Form("none"); err == nil {
		t.Error("a questionnaire that does not exist")
	}
}

func TestPlaces(t *testing.T) {
	r, err := assets.Places()
	if err != nil {
		t.Fatal(err)
	}
	n, last := 0, 1<<40
	lines := bufio.NewScanner(r)
	for ; lines.Scan(); n++ {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 7 {
			t.Fatalf("line %d has %d columns", n+1, len(f))
		}
		lon, err := strconv.ParseFloat(f[3], 64)
		lat, err2 := strconv.ParseFloat(f[4], 64)
		people, err3 := strconv.Atoi(f[5])
		if err != nil || err2 != nil || err3 != nil || lon < -180 || lon > 180 || lat < -90 || lat > 90 || f[0] == "" || len(f[2]) != 3 {
			t.Fatalf("line %d: %q", n+1, lines.Text())
		}
		if people > last {
			t.Fatalf("line %d is larger than the one before: %q", n+1, lines.Text())
		}
		last = people
	}
	if err := lines.Err(); err != nil { // a cut or damaged file ends here
		t.Fatal(err)
	}
	if n < 30_000 {
		t.Errorf("only %d places", n)
	}
}

func TestFont(t *testing.T) {
	font := assets.Font()
	if !bytes.HasPrefix(font, []byte("OTTO")) {
		t.Errorf("the font has no charstrings: it begins with % x", font[:4])
	}
	if len(font) >= 10<<20 {
		t.Errorf("the font takes %d bytes, more than 10 MB", len(font))
	}
	licence, err := os.ReadFile("fonts/OFL.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"PREAMBLE", "DEFINITIONS", "5) The Font Software", "TERMINATION", "DISCLAIMER", "DEALINGS IN THE FONT SOFTWARE."} {
		if !bytes.Contains(licence, []byte(part)) {
			t.Errorf("the font's licence lacks %q", part)
		}
	}
}

func TestIcon(t *testing.T) {
	c, err := png.DecodeConfig(bytes.NewReader(assets.Icon()))
	if err != nil || c.Width != 256 || c.Height != 256 {
		t.Errorf("icon of %d by %d pixels (%v)", c.Width, c.Height, err)
	}
	if !bytes.HasPrefix(assets.IconSVG(), []byte("<svg")) {
		t.Error("the drawn icon is not SVG")
	}
}

// TestSources makes sure that every file that is built in has its origin written
// down, and that all together stay small.
func TestSources(t *testing.T) {
	text, err := os.ReadFile("SOURCES.md")
	if err != nil {
		t.Fatal(err)
	}
	total := int64(0)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && (d.Name() == "node_modules" || d.Name() == "tmp") { // left by the steps in build
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if err != nil || d.IsDir() || filepath.Ext(path) == ".go" {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		dir, _, _ := strings.Cut(filepath.ToSlash(path), "/")
		if !strings.Contains(string(text), "`"+dir+"/") && dir != "build" && dir != "SOURCES.md" {
			t.Errorf("SOURCES.md does not say where %s comes from", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 40<<20 {
		t.Errorf("the assets take %d MB, more than 40", total>>20)
	}
}

func Example() {
	dir, _ := assets.Form("sse_unit")
	names, _ := fs.Glob(dir, "s*.csv")
	fmt.Println(names)
	// Output: [screening-tests.csv settings.csv survey.csv]
}
