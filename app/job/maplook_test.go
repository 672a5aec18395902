package job_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// exampleMap is the example with its units.
func exampleMap(t testing.TB) (*job.Study, []table.Unit) {
	t.Helper()
	made, err := job.Example(ctx, filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 40, Researchers: 1})
	if err != nil {
		t.Fatal(err)
	}
	s := got[*job.Study](t)(job.Open(made.Study))
	t.Cleanup(func() { s.Close() })
	return s, got[[]table.Unit](t)(s.Units())
}

// kinds are the types of a scene's layers.
func kinds(sc paint.Scene) (out []string) {
	for _, l := range sc.Layers {
		switch l := l.(type) {
		case *layer.Points:
			out = append(out, map[bool]string{true: "clusters", false: "units"}[l.Cluster])
		case *layer.Places:
			out = append(out, "towns")
		case *layer.Regions:
			out = append(out, "regions")
		case *layer.Symbols:
			out = append(out, "circles")
		case *layer.Density:
			out = append(out, "density")
		case *layer.Overlay:
			out = append(out, "overlay")
		case *layer.Base:
			out = append(out, "base")
		}
	}
	return out
}

func TestLookScene(t *testing.T) {
	s, us := exampleMap(t)
	trail := filepath.Join(t.TempDir(), "Trails.geojson")
	if err := os.WriteFile(trail, []byte(`{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[85,27],[86,28]]}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		look  job.MapLook
		want  []string
		wrong string
	}{
		"as it begins":     {job.MapLook{}, []string{"towns", "clusters"}, ""},
		"each":             {job.MapLook{Units: job.UnitsLook{As: "each"}, NoTowns: true}, []string{"units"}, ""},
		"density":          {job.MapLook{Units: job.UnitsLook{As: "density"}}, []string{"towns", "density"}, ""},
		"screening":        {job.MapLook{Units: job.UnitsLook{By: job.ByScreening}}, []string{"towns", "clusters"}, ""},
		"nothing":          {job.MapLook{Units: job.UnitsLook{Hidden: true}, NoTowns: true}, nil, ""},
		"count":            {job.MapLook{Figures: job.FiguresLook{Measure: "count"}}, []string{"regions", "towns", "clusters"}, ""},
		"circles":          {job.MapLook{Figures: job.FiguresLook{Measure: "count", Circles: true}}, []string{"regions", "circles", "towns", "clusters"}, ""},
		"no such question": {job.MapLook{Units: job.UnitsLook{By: "nobody"}}, []string{"towns"}, `no question "nobody"`},
		"no districts":     {job.MapLook{Figures: job.FiguresLook{Measure: "count", Level: 3}}, []string{"towns", "clusters"}, "no areas of level 3"},
		"persons":          {job.MapLook{Units: job.UnitsLook{By: "b_phone"}}, []string{"towns"}, "b_phone"},
		"a layer":          {job.MapLook{Files: []job.FileLook{{Path: trail}, {Path: trail, Hidden: true}}}, []string{"overlay", "towns", "clusters"}, ""},
		"a disk is gone":   {job.MapLook{Files: []job.FileLook{{Path: "/nowhere/nepal.mbtiles"}}}, []string{"towns", "clusters"}, "take it off the list"},
	} {
		t.Run(name, func(t *testing.T) {
			sc := s.LookScene(us, c.look, 640, 400)
			if d := cmp.Diff(c.want, kinds(sc.Scene)); d != "" {
				t.Error(d)
			}
			if got := strings.Join(sc.Wrong, "\n"); !strings.Contains(got, c.wrong) || (c.wrong == "") != (got == "") {
				t.Errorf("%q, want %q", got, c.wrong)
			}
			if _, err := s.Painter().Paint(ctx, sc.Scene); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestMapLookIsKept opens the study again and finds the look as it was left.
func TestMapLookIsKept(t *testing.T) {
	s, _ := exampleMap(t)
	if l := got[job.MapLook](t)(s.MapLook()); !cmp.Equal(l, job.MapLook{}) {
		t.Errorf("%+v", l)
	}
	want := job.MapLook{Units: job.UnitsLook{As: "each", By: "b_kind"}, Figures: job.FiguresLook{Measure: "mean", Question: "q", Breaks: []float64{1, 2.5}, Scheme: layer.Blues, Least: 5}, Files: []job.FileLook{{Path: "/a", Opacity: 0.4}}, Graticule: true, Viewpoint: "IND"}
	if err := s.KeepMapLook(want); err != nil {
		t.Fatal(err)
	}
	dir := s.Info().Dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = got[*job.Study](t)(job.Open(dir))
	defer s.Close()
	if d := cmp.Diff(want, got[job.MapLook](t)(s.MapLook())); d != "" {
		t.Error(d)
	}
}

// TestFigures compares sums, means and shares with those added up here.
func TestFigures(t *testing.T) {
	s, us := exampleMap(t)
	qs := got[[]job.LookQuestion](t)(s.LookQuestions())
	answer := func(u table.Unit, q string) string {
		if len(u.Interviews) == 0 {
			return ""
		}
		return u.Interviews[0].Text(survey.Field(q))
	}
	measured := 0
	for _, q := range qs {
		if q.Name == "b_phone" || q.Name == "a_respondent_name" {
			t.Error("a question that identifies persons is offered", q.Name)
		}
		measures := []string{"sum", "mean"}
		if len(q.Choices) > 0 {
			measures = []string{"share"}
		}
		for _, m := range measures {
			l := job.FiguresLook{Measure: m, Question: q.Name}
			if m == "share" {
				l.Choice = q.Choices[0].Name
			}
			f, err := s.Figures(us, l)
			if err != nil {
				t.Fatal(q.Name, err)
			}
			sums, n := map[string]float64{}, map[string]int{}
			for _, u := range us {
				text := answer(u, q.Name)
				v, err := strconv.ParseFloat(text, 64)
				if m == "share" {
					if v, err = 0, nil; text == l.Choice {
						v = 100
					}
				}
				if text != "" && err == nil && u.Region != "" {
					sums[u.Region] += v
					n[u.Region]++
				}
			}
			for code, k := range n {
				want := sums[code]
				if m != "sum" {
					want /= float64(k)
				}
				if got, ok := f.Values[code]; !ok || math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) || f.Units[code] != k {
					t.Errorf("%s of %s in %s: %v of %d units, want %v of %d", m, q.Name, code, got, f.Units[code], want, k)
				}
				measured++
			}
			if len(f.Values) != len(n) {
				t.Errorf("%s of %s: %d regions have a number, want %d", m, q.Name, len(f.Values), len(n))
			}
		}
	}
	if measured < 50 {
		t.Errorf("only %d numbers were compared", measured)
	}
	if _, err := s.Figures(us, job.FiguresLook{Measure: "sum", Question: "b_kind"}); err == nil {
		t.Error("a sum of choices")
	}
}

func TestAddMapFile(t *testing.T) {
	s, _ := exampleMap(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	point := `{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[85,27]}}`
	var l job.MapLook
	for _, name := range []string{"a.geojson", "b.geojson"} {
		if said, err := s.AddMapFile(context.Background(), &l, write(name, point), ""); err != nil || !strings.Contains(said.String(), "1 shape") {
			t.Fatal(said, err)
		}
	}
	if len(l.Files) != 2 || filepath.Base(l.Files[0].Path) != "b.geojson" || l.Files[0].Color == l.Files[1].Color {
		t.Errorf("%+v", l.Files)
	}
	for _, path := range []string{write("c.mbtiles", "no map"), write("d.geojson", "no layer"), filepath.Join(dir, "e.pmtiles")} {
		if _, err := s.AddMapFile(context.Background(), &l, path, ""); err == nil || len(l.Files) != 2 {
			t.Error(path, err, l.Files)
		}
	}
}
