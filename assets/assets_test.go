package assets_test

import (
	"bufio"
	"fmt"
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
		if _, err := assets.Form(id); err != nil {
			t.Error(err)
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
	n := 0
	for lines := bufio.NewScanner(r); lines.Scan(); n++ {
		f := strings.Split(lines.Text(), "\t")
		if len(f) != 6 {
			t.Fatalf("line %d has %d columns", n+1, len(f))
		}
		lon, err := strconv.ParseFloat(f[3], 64)
		lat, err2 := strconv.ParseFloat(f[4], 64)
		if err != nil || err2 != nil || lon < -180 || lon > 180 || lat < -90 || lat > 90 || len(f[2]) != 3 {
			t.Fatalf("line %d: %q", n+1, lines.Text())
		}
	}
	if n < 30_000 {
		t.Errorf("only %d places", n)
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
