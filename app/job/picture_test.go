package job_test

import (
	"bytes"
	"context"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/maps/layer"
)

// picture draws a study's map and reads what was written.
func picture(t *testing.T, s *job.Study, name string, o job.MapOptions) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := s.Map(context.Background(), file, o); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestMapOfOwnBoundaries takes regions in: maps, names and places are theirs from then
// on, and the built-in ones again when they are put aside.
func TestMapOfOwnBoundaries(t *testing.T) {
	ctx := context.Background()
	s := nepal(t)
	before := picture(t, s, "map.svg", job.MapOptions{})
	if !strings.Contains(before, `aria-label="Gandaki"`) {
		t.Error("the built-in regions are not named")
	}
	builtIn := s.Painter()
	takeAreas(t, s, 1, feature(84, 28, `"code":"W","name":"Westland","country":"NPL"`), feature(84.25, 28, `"code":"E","name":"Eastland","country":"NPL"`))
	after := picture(t, s, "map.svg", job.MapOptions{})
	if !strings.Contains(after, `aria-label="Westland"`) || strings.Contains(after, `aria-label="Gandaki"`) {
		t.Error("the study's own regions are not those that are named")
	}
	if code, name := s.RegionAt("28.1 84.1 0 0"); code != "W" || name != "Westland" {
		t.Errorf("the point lies in %q, %q", code, name)
	}
	if s.RegionName("E") != "Eastland" || s.RegionNames()("NP-P3") != "Bagmati" {
		t.Errorf("regions are named %q, %q", s.RegionName("E"), s.RegionName("NP-P3"))
	}
	own := s.Painter()
	if own == builtIn || own != s.Painter() {
		t.Error("the painter is not made once for the study's atlas")
	}
	if seen := s.PainterFrom("IND"); seen == own || seen != s.PainterFrom("ind") {
		t.Error("the painter is not made once for a viewpoint")
	}
	if s.PainterFrom("FJI") != s.Painter() {
		t.Error("a viewpoint that is not known does not show borders as they are")
	}
	bs, err := s.Boundaries()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.UseBoundaries(ctx, bs[0].SHA256, false); err != nil {
		t.Fatal(err)
	}
	if s.Painter() != builtIn || picture(t, s, "map.svg", job.MapOptions{}) != before {
		t.Error("the map is not what it was")
	}
}

func TestMapPictures(t *testing.T) {
	s := nepal(t)
	if img, err := png.Decode(strings.NewReader(picture(t, s, "map.PNG", job.MapOptions{Width: 300, Height: 200}))); err != nil || img.Bounds().Dx() != 300 {
		t.Errorf("%v", err)
	}
	atlas := picture(t, s, "map.pdf", job.MapOptions{Width: 842, Height: 595, Atlas: true})
	if n := strings.Count(atlas, "/MediaBox"); n != 8 { // one page and one for each province
		t.Errorf("the atlas has %d pages", n)
	}
	if !bytes.HasPrefix([]byte(atlas), []byte("%PDF-")) {
		t.Error("the atlas is no PDF")
	}
	over := picture(t, s, "map.svg", job.MapOptions{Bound: &orb.Bound{Min: orb.Point{175, -20}, Max: orb.Point{-175, -10}}, Layers: []string{"graticule"}})
	if !strings.Contains(over, `aria-label="180°"`) {
		t.Error("a box over the antimeridian is not drawn around it")
	}
	for name, c := range map[string]struct {
		file string
		o    job.MapOptions
		want string
	}{
		"no picture":    {"map.gif", job.MapOptions{}, "ends in none of"},
		"too large":     {"map.png", job.MapOptions{Width: 10_001, Height: 100}, "not possible"},
		"no layer":      {"map.png", job.MapOptions{Layers: []string{"sea"}}, "known are"},
		"no question":   {"map.png", job.MapOptions{Color: "nothing"}, "has no question"},
		"a text":        {"map.png", job.MapOptions{Color: "b_name"}, "neither"},
		"small of text": {"map.png", job.MapOptions{Multiples: "b_name"}, "neither"},
		"atlas as PNG":  {"map.png", job.MapOptions{Atlas: true}, "many pages"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), c.file)
			if err := s.Map(context.Background(), file, c.o); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
			if _, err := os.Stat(file); err == nil {
				t.Error("a file was left")
			}
		})
	}
}

// TestSmallMaps draws a map for each choice: the numbers in their titles are those of the
// units with a point, the legend stands once, and what is not shown is said.
func TestSmallMaps(t *testing.T) {
	s, us := exampleMap(t)
	units := s.UnitLayer(us)
	forms := make([]int, len(units.Classes))
	for _, u := range units.Points {
		forms[u.Class]++
	}
	for _, c := range []struct{ question, look string }{{job.ByForm, ""}, {job.ByForm, "density"}, {"a_mode", ""}, {job.ByScreening, ""}} {
		o := job.MapOptions{Width: 900, Height: 600, Multiples: c.question}
		if c.look != "" {
			o.Look = &job.MapLook{Units: job.UnitsLook{As: c.look}}
		}
		svg := picture(t, s, "map.svg", o)
		total, shown := 0, []int(nil)
		for _, m := range regexp.MustCompile(`aria-label="(\d+) units?"`).FindAllStringSubmatch(svg, -1) {
			n, _ := strconv.Atoi(m[1])
			total += n
			shown = append(shown, n)
		}
		if total != len(units.Points) {
			t.Errorf("%s: %d units in the titles, %d have a point", c.question, total, len(units.Points))
		}
		if c.question == job.ByForm && !slices.Equal(shown, forms[:len(shown)]) {
			t.Errorf("small maps of %v units, want %v", shown, forms)
		}
		if without := len(us) - len(units.Points); strings.Contains(svg, "without a point not shown") != (without > 0) {
			t.Errorf("%s: %d units have no point", c.question, without)
		}
	}
}

// TestUnitsByNumber: classes of numbers are worded as those of regions are.
func TestUnitsByNumber(t *testing.T) {
	s, us := exampleMap(t)
	shape := regexp.MustCompile(`^−?[\d.]+( – <?−?[\d.]+)?$`)
	numbers := 0
	for _, q := range got[[]job.LookQuestion](t)(s.LookQuestions()) {
		if !q.Number {
			continue
		}
		numbers++
		for _, l := range s.LookScene(us, job.MapLook{Units: job.UnitsLook{By: q.Name}}, 300, 200).Layers {
			ps, ok := l.(*layer.Points)
			if !ok {
				continue
			}
			last := len(ps.Classes) - 1
			for _, k := range ps.Classes[:last] {
				if !shape.MatchString(k.Name) && !strings.HasPrefix(k.Name, "<") {
					t.Errorf("%s: class %q", q.Name, k.Name)
				}
			}
			if ps.Classes[last].Name != "no answer" {
				t.Errorf("%s: the last class is %q", q.Name, ps.Classes[last].Name)
			}
		}
	}
	if numbers == 0 {
		t.Error("no question has numbers")
	}
}

func TestNamesFromATable(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"good":      {"code,name\nNPL,Nepal Himal\n", ""},
		"byte mark": {"\ufeffnpl,Nepal Himal\n", ""},
		"unknown":   {"NPL,A\nXXX,B\n", `row 2: there is no country "XXX"`},
		"columns":   {"NPL,A,B\n", "a code and a name"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, "names.csv")
			if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var o job.MapOptions
			err := o.TakeNames(file)
			switch {
			case c.want == "" && (err != nil || o.OwnNames["NPL"] != "Nepal Himal"):
				t.Errorf("%v %v", o.OwnNames, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
	var o job.MapOptions
	if err := o.TakeNames("un"); err != nil || o.Names != "UN" {
		t.Errorf("%q %v", o.Names, err)
	}
	if err := o.TakeNames("CIA"); err == nil {
		t.Error("CIA is taken for a profile")
	}
}

// TestCountByDistricts colours the areas of level 2 that a study has taken in.
func TestCountByDistricts(t *testing.T) {
	ctx := context.Background()
	s := nepal(t)
	o := job.MapOptions{Layers: []string{"count"}, Level: 2}
	if err := s.Map(ctx, filepath.Join(t.TempDir(), "map.svg"), o); err == nil || !strings.Contains(err.Error(), "no areas of level 2") {
		t.Errorf("without districts: %v", err)
	}
	takeAreas(t, s, 2, feature(84, 28, `"code":"D1","name":"Kaski","parent":"Gandaki"`), feature(84.25, 28, `"code":"D2","name":"Lamjung","parent":"Gandaki"`))
	o.Bound = &orb.Bound{Min: orb.Point{83.9, 27.9}, Max: orb.Point{84.6, 28.4}}
	svg := picture(t, s, "map.svg", o)
	for _, want := range []string{`aria-label="Kaski"`, `aria-label="Lamjung"`, "equal-area"} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture has no %s", want)
		}
	}
}
