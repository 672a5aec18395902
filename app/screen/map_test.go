package screen

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/app/view"
)

// onMap makes the page Map of the example.
func onMap(t *testing.T) (*Window, *mapPage) {
	t.Helper()
	w := opened(t)
	w.show("Map")
	p := w.makeMapPage()
	w.put(p.page())
	return w, p
}

// beside are the texts to the right of the map.
func (p *mapPage) beside() string {
	var out []string
	for _, o := range test.LaidOutObjects(p.side) {
		switch o := o.(type) {
		case *widget.Label:
			out = append(out, o.Text)
		case *widget.Button:
			out = append(out, "["+o.Text+"]")
		}
	}
	return strings.Join(out, "\n")
}

func TestFindOnMapPage(t *testing.T) {
	_, p := onMap(t)
	for name, c := range map[string]struct{ query, want string }{
		"a town":      {"Bhaktapur", "[Bhaktapur]"},
		"coordinates": {"27.7, 85.3", "[27.700000, 85.300000]"},
		"a unit":      {p.us[0].Name, "[" + cut(p.us[0].Name, 40) + "]"},
		"nothing":     {"qqqqqqqq", "Nothing has this name"},
		"no more":     {"", "Click a unit"},
	} {
		p.search.SetText(c.query)
		if got := p.beside(); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	p.search.SetText("27.7, 85.3")
	p.search.OnSubmitted("")
	if v := p.m.Scene().View; p.m.Size().Width > 8 && (v.Center[1]-27.7 > 0.001 || v.Zoom < 11) {
		t.Error(v)
	}
}

// TestMapSelection takes what lies inside an area into the table of units.
func TestMapSelection(t *testing.T) {
	w, p := onMap(t)
	ids := []string{p.us[0].ID, p.us[1].ID}
	p.selected(ids)
	if got := p.beside(); !strings.Contains(got, "2 units lie inside") || !strings.Contains(got, cut(p.us[1].Name, 44)) {
		t.Error(got)
	}
	for _, o := range test.LaidOutObjects(p.side) {
		if b, ok := o.(*widget.Button); ok && b.Text == "Show them in the table" {
			test.Tap(b)
		}
	}
	if w.page != "Units" || len(w.list.rows) != 2 {
		t.Errorf("page %s with %d rows", w.page, len(w.list.rows))
	}
}

// TestMapTools: a tool that is in hand shows, by button and by key, and what is measured is
// said below the map.
func TestMapTools(t *testing.T) {
	w, p := onMap(t)
	p.m.Resize(fyne.NewSize(600, 400))
	inHand := func() (out []view.MapMode) {
		for mode, b := range p.tools {
			if b.Importance == widget.HighImportance {
				out = append(out, mode)
			}
		}
		return out
	}
	tapped(t, w, "Select")
	if got := inHand(); !slices.Equal(got, []view.MapMode{view.SelectRectangle}) {
		t.Errorf("after Select: %v", got)
	}
	p.m.TypedRune('p')
	if got := inHand(); !slices.Equal(got, []view.MapMode{view.SelectRectangle}) {
		t.Errorf("after P: %v", got)
	}
	p.m.TypedRune('m')
	for _, at := range []fyne.Position{{X: 100, Y: 100}, {X: 300, Y: 100}, {X: 300, Y: 300}} {
		p.m.Tapped(&fyne.PointEvent{Position: at})
	}
	if got := inHand(); !slices.Equal(got, []view.MapMode{view.MeasureWay}) || !regexp.MustCompile(`^Measured: [\d,]+ km$`).MatchString(p.place.Text) {
		t.Errorf("after M: %v, %q", got, p.place.Text)
	}
	p.hover(orb.Point{85.3, 27.7}, true)
	if !strings.Contains(p.place.Text, " km   27.7000, 85.3000") {
		t.Error(p.place.Text)
	}
	p.m.TypedRune('c')
	if !strings.Contains(p.place.Text, "km² · ") {
		t.Error(p.place.Text)
	}
	p.hover(orb.Point{}, false)
	p.m.SetMode(view.LookAround)
	if got := inHand(); len(got) > 0 || p.place.Text != "" {
		t.Errorf("at the end: %v, %q", got, p.place.Text)
	}
}

// TestSmallMapsOfTheMapPage draws the map as one, and as a small map for each form and
// for each result of the screening.
func TestSmallMapsOfTheMapPage(t *testing.T) {
	w, p := onMap(t)
	p.m.Resize(fyne.NewSize(600, 400))
	p.savePicture()
	if !w.asking() {
		t.Fatal("it does not ask where to save the picture")
	}
	for _, by := range []string{"", job.ByScreening} {
		p.look.Units.By = by
		o, as := p.pictureOptions()
		for at, titled := range []bool{false, true, false} {
			as.SetSelectedIndex(at % 2)
			file := filepath.Join(t.TempDir(), "map.svg")
			if err := w.study.Map(context.Background(), file, *o); err != nil {
				t.Fatal(err)
			}
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Contains(string(b), ` units"`); got != titled {
				t.Errorf("by %q, choice %d: small maps %v", by, at%2, got)
			}
		}
	}
}

// TestMapLayers chooses each number by region: the choices that follow fit it.
func TestMapLayers(t *testing.T) {
	w, p := onMap(t)
	p.fold()
	if len(p.panel.Objects) == 0 {
		t.Fatal("the layers do not show")
	}
	questions, err := w.study.LookQuestions()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range job.Measures {
		p.look.Figures = job.FiguresLook{Measure: m.Key}
		if m.Key != "count" {
			p.firstQuestion(questions)
		}
		p.layers()
		i := slices.IndexFunc(questions, func(q job.LookQuestion) bool { return q.Name == p.look.Figures.Question })
		switch {
		case m.Key == "count" && i >= 0, m.Key != "count" && i < 0:
			t.Error(m.Key, "has the question", p.look.Figures.Question)
		case i >= 0 && questions[i].Number == (m.Key == "share"):
			t.Error(m.Key, "is of", questions[i].Label)
		}
		if made := w.study.LookScene(p.us, p.look, 300, 200); len(made.Wrong) > 0 {
			t.Error(m.Key, made.Wrong)
		}
	}
	p.fold()
	if len(p.panel.Objects) > 0 {
		t.Error("the layers show still")
	}
}

func TestReadBreaks(t *testing.T) {
	for in, want := range map[string]string{"": "", "50, 10,200": "10, 50, 200", "1.5;1.5 3": "1.5, 3"} {
		got, err := readBreaks(in)
		if err != nil || writeBreaks(got) != want {
			t.Errorf("%q: %v %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"ten", "1,2,3,4,5,6,7,8,9,10"} {
		if got, err := readBreaks(in); err == nil {
			t.Errorf("%q: %v", in, got)
		}
	}
}

// TestPointsInDoubt shows a point with the region that was answered for it.
func TestPointsInDoubt(t *testing.T) {
	w, p := onMap(t)
	u := p.us[0]
	p.doubts([]job.PlaceProblem{{Unit: u.ID, Name: u.Name, Answered: "NP-P1", Text: "is said to be elsewhere", At: *u.Point}})
	if got := p.beside(); !strings.Contains(got, "is said to be elsewhere") {
		t.Error(got)
	}
	before := len(p.m.Scene().Layers)
	p.doubt(job.PlaceProblem{Unit: u.ID, Name: u.Name, Answered: "NP-P1", At: *u.Point})
	s := p.m.Scene()
	if len(s.Layers) != before+1 || s.Selected != u.ID || w.page != "Map" {
		t.Error(len(s.Layers), s.Selected)
	}
}
