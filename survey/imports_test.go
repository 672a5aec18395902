package survey_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "sselandscape/"

// rooms says which of our packages each may import. A package that is not listed
// must not exist.
var rooms = map[string][]string{
	"survey":           {},
	"survey/expr":      {"survey"},
	"survey/xlsform":   {"survey", "survey/expr"},
	"survey/interview": {"survey", "survey/expr"},
	"survey/xform":     {"survey", "survey/expr"},
	"survey/merge":     {"survey"},
	"survey/match":     {},
	"survey/notation":  {"survey"},
	// of tests only: no package below lists it
	"survey/surveytest": {"survey", "survey/xlsform", "survey/interview"},
	"survey/table":      {"survey"},

	"maps/region":    {},
	"maps/tile":      {},
	"maps/text":      {},
	"maps/gazetteer": {"maps/text"},
	"maps/layer":     {"maps/region", "maps/tile"},
	"maps/pdf":       {"maps/text"},
	"maps/paint":     {"maps/region", "maps/tile", "maps/layer", "maps/text", "maps/pdf"}, // pages of maps are drawn by the steps of pictures

	"storage/study":    {"survey", "survey/merge", "survey/table"},
	"storage/basemap":  {"maps/tile", "storage/study"},
	"storage/exchange": {"survey", "survey/merge", "survey/table", "survey/xlsform", "storage/study"},

	"assets":                  {},
	"assets/build/boundaries": {"maps/region"},

	"app/job": {"survey", "survey/expr", "survey/xlsform", "survey/xform", "survey/interview", "survey/merge", "survey/match", "survey/notation", "survey/table",
		"maps/region", "maps/tile", "maps/text", "maps/gazetteer", "maps/layer", "maps/paint", "maps/pdf", "storage/study", "storage/exchange", "storage/basemap", "assets"},
	"app/cli":      {"app/job", "survey", "survey/merge", "storage/study", "storage/exchange"},
	"app/view":     {"maps/tile", "maps/text", "maps/paint", "maps/layer", "assets"},
	"app/screen":   {"app/job", "app/view", "survey", "survey/interview", "survey/notation", "survey/table", "maps/tile", "storage/study", "storage/exchange", "assets"},
	"app/headless": {"app/cli"},
	"app":          {"app/cli", "app/screen", "app/view", "assets"},
}

// outside says where packages of others may be imported, by the beginning of
// their path.
var outside = map[string]func(room string) bool{
	"fyne.io/fyne/v2/app":             func(r string) bool { return r == "app" },
	"fyne.io/":                        func(r string) bool { return r == "app" || r == "app/view" || r == "app/screen" },
	"database/sql":                    func(r string) bool { return strings.HasPrefix(r, "storage/") },
	"modernc.org/":                    func(r string) bool { return strings.HasPrefix(r, "storage/") },
	"filippo.io/age":                  func(r string) bool { return r == "storage/exchange" },
	"github.com/paulmach/orb/geojson": func(r string) bool { return r == "storage/exchange" },
	"github.com/xuri/excelize":        func(r string) bool { return r == "survey/xlsform" || r == "storage/exchange" },
	"net":                             func(string) bool { return false },
	"net/url":                         func(string) bool { return true }, // writes file: URIs
	"net/http":                        func(string) bool { return false },
	"os/exec":                         func(string) bool { return false },
	"golang.org/x/net":                func(string) bool { return false },
	"github.com/google/go-cmp":        func(string) bool { return false },
	"pgregory.net/rapid":              func(r string) bool { return r == "survey/surveytest" },
	"github.com/rogpeppe/go-internal": func(string) bool { return false },
}

// startsReader is the one file that may start a process, which is this program itself: it
// reads the databases of others, which may be hostile, in a process of its own.
const startsReader = "../storage/study/readerprocess.go"

// TestRooms walks the tree, reads every import of every system's files and fails
// on any arrow that the plan does not have.
func TestRooms(t *testing.T) {
	files := 0
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != ".." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		files++
		room, _ := filepath.Rel("..", filepath.Dir(file))
		checkFile(t, filepath.ToSlash(room), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 50 {
		t.Errorf("only %d files were found; the test looks in the wrong place", files)
	}
}

func checkFile(t *testing.T, room, file string) {
	t.Helper()
	allowed, known := rooms[room]
	if !known {
		t.Errorf("%s: the package %s is not in the plan", file, room)
		return
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	test := strings.HasSuffix(file, "_test.go")
	for _, im := range f.Imports {
		imported, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if ours, ok := strings.CutPrefix(imported, module); ok {
			if !slices.Contains(allowed, ours) && ours != room && !(test && testMay(room, ours)) {
				t.Errorf("%s: %s may not import %s", file, room, ours)
			}
			continue
		}
		if imported == "os/exec" && filepath.ToSlash(file) == startsReader {
			continue
		}
		if may := rule(imported); may != nil && !test && !may(room) {
			t.Errorf("%s: %s may not import %s", file, room, imported)
		}
	}
}

// testMay lets tests of a room use packages of the same room, and tests of the app make
// maps by hand (app → maps is an arrow of the plan).
func testMay(room, ours string) bool {
	if (room == "app" || strings.HasPrefix(room, "app/")) && strings.HasPrefix(ours, "maps/") {
		return true
	}
	return path.Dir(room) == path.Dir(ours) || strings.Split(room, "/")[0] == strings.Split(ours, "/")[0]
}

// rule finds the longest rule for an import.
func rule(imported string) func(string) bool {
	best := ""
	for prefix := range outside {
		if (imported == prefix || strings.HasPrefix(imported, strings.TrimSuffix(prefix, "/")+"/")) && len(prefix) > len(best) {
			best = prefix
		}
	}
	return outside[best]
}
