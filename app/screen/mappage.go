package screen

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/paulmach/orb"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey/table"
)

// mapPage is the page Map: layers to the left, the map with its tools, and what was
// clicked, found or selected to the right.
type mapPage struct {
	w        *Window
	us       []table.Unit
	at       map[string]int32 // places in us by id
	look     job.MapLook
	finder   *job.Finder
	m        *view.Map
	search   *view.Search
	side     *fyne.Container // to the right, below the search
	panel    *fyne.Container // to the left, hidden or shown
	place    *widget.Label   // under the pointer, and what is measured
	pointed  string          // in words
	measured string
	tools    map[view.MapMode]*widget.Button
	wrong    *widget.Label // what cannot be shown
	hits     []job.Hit
	doubtful []job.PlaceProblem // points that contradict the answer
	shown    int                // number of the newest look that was asked for
}

func (w *Window) mapPage() fyne.CanvasObject { return w.makeMapPage().page() }

func (w *Window) makeMapPage() *mapPage {
	us, err := w.study.Units()
	if err != nil {
		w.fail(err)
	}
	look, err := w.study.MapLook()
	if err != nil {
		w.fail(err)
	}
	p := &mapPage{w: w, us: us, at: make(map[string]int32, len(us)), look: look, side: container.NewStack(), panel: container.NewStack(), place: widget.NewLabel(""), wrong: wrapped("")}
	without := 0
	for i, u := range us {
		p.at[u.ID] = int32(i)
		if u.Point == nil {
			without++
		}
	}
	p.place.Truncation = fyne.TextTruncateEllipsis
	p.wrong.Importance = widget.WarningImportance
	p.makeMap()
	p.aside(p.hint())
	w.say("%d units on the map, %d without a point. Drag, wheel, arrows, + and -, Home; R, P and M select and measure.%s", len(us)-without, without, w.fictional())
	if len(us) == without {
		p.aside(wrapped("Units appear here as soon as they have a point."))
	}
	return p
}

// page lays the parts out.
func (p *mapPage) page() fyne.CanvasObject {
	content := container.NewHSplit(container.NewBorder(p.bar(), p.place, nil, nil, p.m), container.NewBorder(p.makeSearch(), nil, nil, nil, p.side))
	content.Offset = 0.74
	p.w.focusSoon(p.m)
	quietly(p.w, func(_ context.Context, s *job.Study) ([]job.PlaceProblem, error) { return s.PlaceProblems() }, func(all []job.PlaceProblem) {
		if p.doubtful = all; len(all) > 0 && p.search.Text == "" && p.m.Scene().Selected == "" {
			p.aside(p.hint())
		}
	})
	return container.NewBorder(nil, nil, p.panel, nil, content)
}

// makeMap makes the map with the scene of the look.
func (p *mapPage) makeMap() {
	made := p.w.study.LookScene(p.us, p.look, 800, 600)
	made.Title = ""
	p.say(made.Wrong)
	p.m = view.NewMap(job.Face(), p.w.study.PainterFrom(p.look.Viewpoint), made.Scene, p.w.study.HomeView)
	p.m.OnTapped = p.tap
	p.m.OnSelected = p.selected
	p.m.OnGoTo = func() { p.w.win.Canvas().Focus(p.search) }
	p.m.OnHover = func(at orb.Point, over bool) { p.hover(at, over) }
	p.m.OnError = p.w.fail
	p.m.OnMode = p.mode
	p.m.OnMeasured = func(d view.Measured) {
		p.measured = d.String()
		p.tell()
	}
}

func (p *mapPage) hint() fyne.CanvasObject {
	box := container.NewVBox(wrapped("Click a unit to see its card, or search for a place."))
	if n := p.doubtful; len(n) > 0 {
		b := widget.NewButtonWithIcon(fmt.Sprintf("%d points contradict the answer", len(n)), theme.WarningIcon(), func() { p.doubts(n) })
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	box.Add(p.wrong)
	return box
}

// aside shows something to the right.
func (p *mapPage) aside(o fyne.CanvasObject) {
	p.side.Objects = []fyne.CanvasObject{container.NewVScroll(o)}
	p.side.Refresh()
}

// makeSearch makes the field above what is found.
func (p *mapPage) makeSearch() fyne.CanvasObject {
	p.search = view.NewSearch("Search the map (G)")
	p.search.OnChanged = p.find
	p.search.OnSubmitted = func(string) {
		if len(p.hits) > 0 {
			p.goTo(p.hits[0])
		}
	}
	p.search.Keys = escape(func() { p.w.win.Canvas().Focus(p.m) })
	return p.search
}

// bar has the tools.
func (p *mapPage) bar() fyne.CanvasObject {
	button := func(icon fyne.Resource, text string, do func()) *widget.Button {
		return widget.NewButtonWithIcon(text, icon, func() {
			do()
			p.w.win.Canvas().Focus(p.m)
		})
	}
	p.tools = map[view.MapMode]*widget.Button{
		view.SelectRectangle: button(theme.CheckButtonIcon(), "Select", func() { p.toggle(view.SelectRectangle) }),
		view.MeasureWay:      button(theme.MoreHorizontalIcon(), "Measure", func() { p.toggle(view.MeasureWay) }),
	}
	return container.NewHBox(widget.NewButtonWithIcon("Layers", theme.ListIcon(), p.fold), button(theme.ZoomOutIcon(), "", p.m.ZoomOut), button(theme.ZoomInIcon(), "", p.m.ZoomIn), button(theme.ZoomFitIcon(), "Fit", p.m.Home),
		p.tools[view.SelectRectangle], p.tools[view.MeasureWay], widget.NewButtonWithIcon("Save …", theme.DocumentSaveIcon(), p.savePicture))
}

// mode shows which tool is in hand, and forgets what was measured by the one before.
func (p *mapPage) mode(now view.MapMode) {
	for mode, b := range p.tools {
		b.Importance = widget.MediumImportance
		if mode == now || mode == view.SelectRectangle && now == view.SelectPolygon {
			b.Importance = widget.HighImportance
		}
		b.Refresh()
	}
	p.measured = ""
	p.tell()
}

func (p *mapPage) toggle(mode view.MapMode) {
	if p.m.Mode() == mode {
		mode = view.LookAround
	}
	p.m.SetMode(mode)
}

// hover says where the pointer is.
func (p *mapPage) hover(at orb.Point, over bool) {
	if p.pointed = ""; over {
		p.pointed = fmt.Sprintf("%.4f, %.4f", at[1], at[0])
		if name := p.w.study.PlaceName(at); name != "" {
			p.pointed += "   " + name
		}
	}
	p.tell()
}

// tell writes below the map what is measured and where the pointer is.
func (p *mapPage) tell() {
	text := p.pointed
	if p.measured != "" {
		text = strings.TrimSpace("Measured: " + p.measured + "   " + text)
	}
	p.place.SetText(text)
}

// tap shows what was clicked.
func (p *mapPage) tap(ids []string) {
	if len(ids) == 0 {
		p.aside(p.hint())
	} else {
		p.aside(p.tapped(ids))
	}
	s := p.m.Scene()
	s.Selected = ""
	if len(ids) == 1 {
		s.Selected = ids[0]
	}
	p.m.SetScene(s)
}

// selected shows what lies in the area that was drawn.
func (p *mapPage) selected(ids []string) {
	if ids == nil {
		p.aside(p.hint())
		return
	}
	name := fmt.Sprintf("%d units of an area of the map", len(ids))
	table := widget.NewButtonWithIcon("Show them in the table", theme.ListIcon(), func() {
		p.w.only = &selection{name, ids}
		p.w.turnTo("Units")
	})
	if len(ids) == 0 {
		table.Disable()
	}
	p.aside(container.NewVBox(wrapped(fmt.Sprintf("%d units lie inside.", len(ids))), table, p.tapped(ids[:min(len(ids), mostTapped)])))
}

// mostTapped is how many units are listed beside the map.
const mostTapped = 200

// find looks for what is typed.
func (p *mapPage) find(query string) {
	if p.finder == nil {
		p.finder = p.w.study.Finder(p.us)
	}
	if p.hits = p.finder.Find(query, 12); strings.TrimSpace(query) == "" {
		p.aside(p.hint())
		return
	}
	box := container.NewVBox()
	for _, h := range p.hits {
		b := widget.NewButtonWithIcon(cut(h.Name, 40), hitIcon(h.Kind), func() { p.goTo(h) })
		b.Alignment = widget.ButtonAlignLeading
		b.Importance = widget.LowImportance
		box.Add(b)
		if h.Detail != "" {
			box.Add(container.New(layout.NewCustomPaddedLayout(0, 6, 34, 4), small(h.Detail)))
		}
	}
	if len(p.hits) == 0 {
		box.Add(wrapped("Nothing has this name. Villages that are not in the built-in list are found by their coordinates."))
	}
	p.aside(box)
}

func hitIcon(k job.HitKind) fyne.Resource {
	switch k {
	case job.HitUnit:
		return theme.HomeIcon()
	case job.HitRegion:
		return theme.GridIcon()
	case job.HitPosition:
		return theme.RadioButtonCheckedIcon()
	}
	return theme.RadioButtonIcon()
}

// goTo shows what was found.
func (p *mapPage) goTo(h job.Hit) {
	if h.Bound != nil {
		p.m.Fit(*h.Bound)
	} else {
		p.m.LookAt(h.At, max(p.m.Scene().View.Zoom, 11))
	}
	if h.Kind == job.HitUnit {
		p.tap([]string{h.ID})
	}
	p.w.win.Canvas().Focus(p.m)
}

// doubts lists points that contradict what was answered; one that is chosen is shown with
// the region of the answer.
func (p *mapPage) doubts(all []job.PlaceProblem) {
	box := container.NewVBox(wrapped("Choose one to see its point and the region that was answered."))
	for _, d := range all[:min(len(all), mostTapped)] {
		b := widget.NewButtonWithIcon(cut(d.Name, 40), theme.WarningIcon(), func() { p.doubt(d) })
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
		box.Add(wrapped(d.Name + " " + d.Text + "."))
	}
	p.aside(box)
}

func (p *mapPage) doubt(d job.PlaceProblem) {
	s := p.m.Scene()
	s.Selected = d.Unit
	box := orb.Bound{Min: d.At, Max: d.At}
	if o, b, ok := p.w.study.RegionOutline(d.Answered, "Region that was answered"); ok {
		s.Layers = append(slices.Clone(s.Layers), o)
		box = box.Union(b)
	}
	p.m.SetScene(s)
	p.m.Fit(box.Pad(0.05))
}

// redraw shows the look, keeps it, and says what cannot be shown. The scene is made off
// the window, as it reads all answers.
func (p *mapPage) redraw() {
	p.shown++
	n, look, us := p.shown, p.look, p.us
	look.Files, look.Figures.Breaks = slices.Clone(look.Files), slices.Clone(look.Figures.Breaks)
	quietly(p.w, func(_ context.Context, s *job.Study) (job.LookScene, error) {
		return s.LookScene(us, look, 800, 600), s.KeepMapLook(look)
	}, func(made job.LookScene) {
		if n != p.shown {
			return
		}
		made.Title, made.Selected = "", p.m.Scene().Selected
		p.m.SetScene(made.Scene)
		p.say(made.Wrong)
	})
}

func (p *mapPage) say(wrong []string) {
	p.wrong.SetText(strings.Join(wrong, "\n\n"))
	p.wrong.Hidden = len(wrong) == 0
	if len(wrong) > 0 && p.m != nil {
		p.aside(p.hint())
	}
}

// focusSoon gives a widget the focus once it is on the canvas.
func (w *Window) focusSoon(f fyne.Focusable) {
	fyne.Do(func() { w.win.Canvas().Focus(f) })
}

// tapped shows the card of one unit, or the list of several.
func (p *mapPage) tapped(ids []string) fyne.CanvasObject {
	unit := func(id string) (u table.Unit) {
		if i, ok := p.at[id]; ok {
			u = p.us[i]
		}
		return u
	}
	if len(ids) == 1 {
		return p.w.card(unit(ids[0]))
	}
	box := container.NewVBox()
	if len(ids) > 1 {
		box.Add(widget.NewLabel(fmt.Sprintf("%d units stand here", len(ids))))
	}
	stack := container.NewStack(box)
	for _, id := range ids[:min(len(ids), mostTapped)] {
		b := widget.NewButton(cut(unit(id).Name, 44), func() {
			stack.Objects = []fyne.CanvasObject{p.w.card(unit(id))}
			stack.Refresh()
		})
		b.Alignment = widget.ButtonAlignLeading
		box.Add(b)
	}
	return stack
}

// savePicture asks for a file, whose ending says what kind of picture it is, and draws
// what the map shows, as one map or as small ones.
func (p *mapPage) savePicture() {
	w := p.w
	o, as := p.pictureOptions()
	w.pathDialog("Save as picture (.png, .svg or .pdf)", "Save the picture", filepath.Join(w.study.Info().Dir, "map.png"), false, func(path string) {
		if !job.IsPicture(path) {
			w.fail(fmt.Errorf("the name of the picture %q ends in none of .png, .svg and .pdf; choose one of them", filepath.Base(path)))
			return
		}
		background(w, "Drawing the map", func(ctx context.Context) (string, error) {
			return path, w.study.Map(ctx, path, *o)
		}, func(path string) { w.say("✓ Drew %s", path) })
	}, widget.NewFormItem("As", as))
}

// pictureOptions are those of what the map shows, with a choice that makes it small maps
// by what colours the units.
func (p *mapPage) pictureOptions() (*job.MapOptions, *widget.Select) {
	v, look := p.m.Scene().View, p.look
	o := &job.MapOptions{View: &v, Scale: float32(v.Width) / max(1, p.m.Size().Width), Look: &look}
	questions, err := p.w.study.LookQuestions()
	if err != nil {
		p.w.fail(err)
	}
	keys, words := colorings(questions)
	by := words[max(0, slices.Index(keys, look.Units.By))]
	return o, pickOne([]string{"One map", "Small maps by: " + cut(by, 40)}, 0, func(i int) {
		if o.Multiples = ""; i == 1 {
			o.Multiples = cmp.Or(look.Units.By, job.ByForm)
		}
	})
}
