package screen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/exchange"
)

// panelWidth is that of the layers beside the map, in points at 100 %.
const panelWidth = 268

// fold shows the layers beside the map, or hides them.
func (p *mapPage) fold() {
	if len(p.panel.Objects) > 0 {
		p.panel.Objects = nil
	} else {
		p.layers()
	}
	p.panel.Refresh()
}

// layers fills the panel anew: what can be chosen depends on what is.
func (p *mapPage) layers() {
	questions, err := p.w.study.LookQuestions()
	if err != nil {
		p.w.fail(err)
	}
	box := container.NewVBox(heading("Units"))
	p.unitChoices(box, questions)
	box.Add(heading("Numbers by region"))
	p.figureChoices(box, questions)
	box.Add(heading("Base maps and layers"))
	p.fileChoices(box)
	box.Add(heading("Also"))
	p.otherChoices(box)
	wide := canvasWidth(panelWidth * textZoom())
	p.panel.Objects = []fyne.CanvasObject{container.NewStack(wide, container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 4, 14), box)))}
	p.panel.Refresh()
}

// canvasWidth is an object of a least width that shows nothing.
func canvasWidth(w float32) fyne.CanvasObject {
	return container.NewGridWrap(fyne.NewSize(w, 0), layout.NewSpacer())
}

// changed draws what is chosen; anew says that other choices follow from it.
func (p *mapPage) changed(anew bool) {
	if anew {
		p.layers()
	}
	p.redraw()
}

// pickOne is a choice of one by its number.
func pickOne(options []string, at int, chosen func(i int)) *widget.Select {
	s := widget.NewSelect(options, nil)
	if at >= 0 && at < len(options) {
		s.SetSelectedIndex(at)
	}
	s.OnChanged = func(string) { chosen(s.SelectedIndex()) }
	return s
}

// small is text that explains what stands beside it.
func small(s string) fyne.CanvasObject {
	return view.NewParagraph(job.Face(), s, 12, false, theme.ColorNamePlaceHolder)
}

func labelled(text string, o fyne.CanvasObject) fyne.CanvasObject {
	return container.New(layout.NewCustomPaddedVBoxLayout(2), small(text), o)
}

func (p *mapPage) unitChoices(box *fyne.Container, questions []job.LookQuestion) {
	l := &p.look.Units
	kinds := []string{"", "each", "density"}
	at := slices.Index(kinds, l.As)
	if l.Hidden {
		at = len(kinds)
	}
	box.Add(pickOne([]string{"Together where crowded", "Each", "As density", "Not shown"}, at, func(i int) {
		if l.Hidden = i == len(kinds); !l.Hidden {
			l.As = kinds[i]
		}
		p.changed(false)
	}))
	keys, words := colorings(questions)
	box.Add(labelled("Coloured by", pickOne(words, slices.Index(keys, l.By), func(i int) {
		l.By = keys[i]
		p.changed(false)
	})))
}

// colorings are what can colour units: names of questions, and what they are called.
func colorings(questions []job.LookQuestion) (keys, words []string) {
	keys, words = []string{"", job.ByScreening}, []string{"Form of organization", "Screening"}
	for _, q := range questions {
		keys, words = append(keys, q.Name), append(words, cut(oneLine(q.Label), 60))
	}
	return keys, words
}

func (p *mapPage) figureChoices(box *fyne.Container, questions []job.LookQuestion) {
	l := &p.look.Figures
	keys, words := []string{""}, []string{"None"}
	for _, m := range job.Measures {
		keys, words = append(keys, m.Key), append(words, m.Words)
	}
	box.Add(pickOne(words, slices.Index(keys, l.Measure), func(i int) {
		if l.Measure = keys[i]; l.Measure != "count" {
			p.firstQuestion(questions)
		}
		p.changed(true)
	}))
	if l.Measure == "" {
		return
	}
	if l.Measure != "count" {
		p.questionChoices(box, questions)
	}
	p.styleChoices(box)
}

// measurable are the questions that the measure is of.
func (p *mapPage) measurable(questions []job.LookQuestion) []job.LookQuestion {
	share := p.look.Figures.Measure == "share"
	return slices.DeleteFunc(slices.Clone(questions), func(q job.LookQuestion) bool { return share == q.Number })
}

// firstQuestion chooses a question that fits the measure, unless one is chosen.
func (p *mapPage) firstQuestion(questions []job.LookQuestion) {
	l := &p.look.Figures
	fit := p.measurable(questions)
	if len(fit) == 0 || slices.ContainsFunc(fit, func(q job.LookQuestion) bool { return q.Name == l.Question }) {
		return
	}
	p.ask(fit[0])
}

// ask measures the answers to a question, of its first choice.
func (p *mapPage) ask(q job.LookQuestion) {
	l := &p.look.Figures
	l.Question, l.Choice = q.Name, ""
	if len(q.Choices) > 0 {
		l.Choice = q.Choices[0].Name
	}
}

func (p *mapPage) questionChoices(box *fyne.Container, questions []job.LookQuestion) {
	l := &p.look.Figures
	fit := p.measurable(questions)
	var words []string
	at := -1
	for i, q := range fit {
		words = append(words, cut(oneLine(q.Label), 60))
		if q.Name == l.Question {
			at = i
		}
	}
	box.Add(pickOne(words, at, func(i int) {
		p.ask(fit[i])
		p.changed(true)
	}))
	if at < 0 || len(fit[at].Choices) == 0 {
		return
	}
	var choices []string
	chosen := -1
	for i, c := range fit[at].Choices {
		choices = append(choices, cut(oneLine(c.Label), 60))
		if c.Name == l.Choice {
			chosen = i
		}
	}
	box.Add(labelled("with", pickOne(choices, chosen, func(i int) {
		l.Choice = fit[at].Choices[i].Name
		p.changed(false)
	})))
}

// styleChoices say how numbers are drawn.
func (p *mapPage) styleChoices(box *fyne.Container) {
	l := &p.look.Figures
	circles := 0
	if l.Circles {
		circles = 1
	}
	box.Add(labelled("Drawn as", pickOne([]string{"Colours", "Circles"}, circles, func(i int) {
		l.Circles = i == 1
		p.changed(true)
	})))
	if depth := p.w.study.Depth(); depth > 1 {
		levels := []string{"Regions"}
		for i := 2; i <= depth; i++ {
			levels = append(levels, fmt.Sprintf("Areas of level %d", i))
		}
		box.Add(labelled("Of", pickOne(levels, max(1, l.Level)-1, func(i int) {
			l.Level = i + 1
			p.changed(false)
		})))
	}
	if !l.Circles {
		p.classChoices(box)
	}
	least := view.NewField(false)
	if l.Least > 0 {
		least.SetText(strconv.Itoa(l.Least))
	}
	least.SetPlaceHolder("0: show all")
	least.OnSubmitted = func(s string) {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		if strings.TrimSpace(s) != "" && (err != nil || n < 0) {
			p.w.fail(fmt.Errorf("%q is no number of units; type 5, for instance, or nothing", s))
			return
		}
		l.Least = n
		p.changed(false)
	}
	box.Add(labelled("Hidden where fewer units than (Enter)", least))
}

// classChoices say how numbers are classed and coloured.
func (p *mapPage) classChoices(box *fyne.Container) {
	l := &p.look.Figures
	var methods []string
	at := len(job.Methods)
	for i, m := range job.Methods {
		methods = append(methods, m.Words)
		if m.Key == l.Method && len(l.Breaks) == 0 {
			at = i
		}
	}
	breaks := view.NewField(false)
	breaks.SetText(writeBreaks(l.Breaks))
	breaks.SetPlaceHolder("10, 50, 200")
	breaks.OnSubmitted = func(s string) {
		bs, err := readBreaks(s)
		if err != nil {
			p.w.fail(err)
			return
		}
		l.Breaks = bs
		p.changed(true)
	}
	box.Add(labelled("Classes", pickOne(append(methods, "Of my own, below"), at, func(i int) {
		if i < len(job.Methods) {
			l.Method, l.Breaks = job.Methods[i].Key, nil
			p.changed(true)
			return
		}
		p.w.win.Canvas().Focus(breaks)
	})))
	box.Add(labelled("Begin at (Enter)", breaks))
	if len(l.Breaks) == 0 {
		numbers := []string{"3", "4", "5", "6", "7"}
		box.Add(labelled("How many", pickOne(numbers, cmp.Or(l.Classes, 5)-3, func(i int) {
			l.Classes = i + 3
			p.changed(false)
		})))
	}
	var schemes []string
	scheme := 0
	for i, s := range job.Schemes {
		schemes = append(schemes, s.Words)
		if s.Key == l.Scheme {
			scheme = i
		}
	}
	box.Add(labelled("Colours", pickOne(schemes, scheme, func(i int) {
		l.Scheme = job.Schemes[i].Key
		p.changed(false)
	})))
}

func writeBreaks(bs []float64) string {
	var out []string
	for _, b := range bs {
		out = append(out, strconv.FormatFloat(b, 'f', -1, 64))
	}
	return strings.Join(out, ", ")
}

// readBreaks reads where classes begin.
func readBreaks(s string) (out []float64, err error) {
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no number; write where classes begin as 10, 50, 200", part)
		}
		out = append(out, v)
	}
	if len(out) > 9 {
		return nil, fmt.Errorf("%d classes cannot be told apart on a map; write at most 9 numbers", len(out)+1)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// fileChoices lists base maps and layers, the topmost first.
func (p *mapPage) fileChoices(box *fyne.Container) {
	for i := range p.look.Files {
		p.fileRow(box, i)
	}
	if len(p.look.Files) == 0 {
		box.Add(wrapped("An MBTiles or PMTiles file as base map, or a GeoJSON, GeoPackage, KML, GPX, shapefile or CSV file as a layer."))
	}
	box.Add(widget.NewButtonWithIcon("Add a file …", theme.ContentAddIcon(), func() {
		p.w.pathDialog("Base map (.mbtiles, .pmtiles) or layer (.geojson, .gpkg, .kml, .gpx, .shp, .csv …)", "Show it", home(), false, func(path string) { p.addFile(path, "") })
	}))
	box.Add(widget.NewButtonWithIcon("Boundaries of one's own …", theme.GridIcon(), p.w.boundariesImport))
}

// addFile shows a file, or asks for its layer if it has several.
func (p *mapPage) addFile(path, layer string) {
	type added struct {
		look    job.MapLook
		said    job.AddedFile
		several *exchange.LayerError
	}
	look := p.look
	background(p.w, "Opening the file", func(ctx context.Context) (added, error) {
		said, err := p.w.study.AddMapFile(ctx, &look, path, layer)
		if several := (*exchange.LayerError)(nil); errors.As(err, &several) {
			return added{several: several}, nil
		}
		return added{look: look, said: said}, err
	}, func(a added) {
		if a.several != nil {
			p.askLayer(path, a.several.Layers)
			return
		}
		p.look = a.look
		p.w.say("✓ %s", a.said)
		p.changed(true)
	})
}

// askLayer asks which layer of a file is shown.
func (p *mapPage) askLayer(path string, layers []string) {
	chosen := layers[0]
	pick := pickOne(layers, 0, func(i int) { chosen = layers[i] })
	dialog.ShowForm("Which layer of "+cut(filepath.Base(path), 40)+"?", "Show it", "Not now", []*widget.FormItem{widget.NewFormItem("Layer", pick)}, func(ok bool) {
		if ok {
			p.addFile(path, chosen)
		}
	}, p.w.win)
	p.w.win.Canvas().Focus(pick)
}

func (p *mapPage) fileRow(box *fyne.Container, i int) {
	f := &p.look.Files[i]
	shown := widget.NewCheck(cut(f.Title(), 22), nil)
	shown.SetChecked(!f.Hidden)
	shown.OnChanged = func(on bool) {
		f.Hidden = !on
		p.changed(false)
	}
	up := widget.NewButtonWithIcon("", theme.MoveUpIcon(), func() {
		p.look.Files[i-1], p.look.Files[i] = p.look.Files[i], p.look.Files[i-1]
		p.changed(true)
	})
	if i == 0 {
		up.Disable()
	}
	off := widget.NewButtonWithIcon("", theme.DeleteIcon(), func() {
		p.look.Files = slices.Delete(p.look.Files, i, i+1)
		p.changed(true)
	})
	opacity := widget.NewSlider(10, 100)
	opacity.Step = 5
	opacity.Value = 100
	if f.Opacity > 0 {
		opacity.Value = f.Opacity * 100
	}
	opacity.OnChangeEnded = func(v float64) {
		f.Opacity = v / 100
		p.changed(false)
	}
	box.Add(container.NewBorder(nil, nil, nil, container.NewHBox(up, off), shown))
	row := fyne.CanvasObject(opacity)
	if !job.IsOverlay(f.Path) {
		grey := widget.NewCheck("Grey", nil)
		grey.SetChecked(f.Grey)
		grey.OnChanged = func(on bool) {
			f.Grey = on
			p.changed(false)
		}
		row = container.NewBorder(nil, nil, nil, grey, opacity)
	}
	box.Add(row)
}

// otherChoices are towns, water, lines and names.
func (p *mapPage) otherChoices(box *fyne.Container) {
	l := &p.look
	check := func(text string, on bool, set func(on bool)) {
		c := widget.NewCheck(text, nil)
		c.SetChecked(on)
		c.OnChanged = func(on bool) {
			set(on)
			p.changed(false)
		}
		box.Add(c)
	}
	check("Towns", !l.NoTowns, func(on bool) { l.NoTowns = !on })
	check("Lakes and rivers", !l.NoWater, func(on bool) { l.NoWater = !on })
	check("Meridians and parallels", l.Graticule, func(on bool) { l.Graticule = on })
	if depth := p.w.study.Depth(); depth > 1 {
		lines := []string{"All that fit"}
		for i := 1; i < depth; i++ {
			lines = append(lines, fmt.Sprintf("Down to level %d", i))
		}
		box.Add(labelled("Lines of areas", pickOne(lines, l.Lines, func(i int) {
			l.Lines = i
			p.changed(false)
		})))
	}
	codes, views := p.w.study.Viewpoints()
	box.Add(labelled("Borders as seen by", pickOne(append([]string{"who administers an area"}, views...), slices.Index(codes, l.Viewpoint)+1, func(i int) {
		if l.Viewpoint = ""; i > 0 {
			l.Viewpoint = codes[i-1]
		}
		p.m.SetPainter(p.w.study.PainterFrom(l.Viewpoint))
		p.changed(false)
	})))
	var names []string
	at := 0
	for i, n := range job.NameProfiles {
		names = append(names, cmp.Or(string(n), "ILO"))
		if n == l.Names {
			at = i
		}
	}
	box.Add(labelled("Names of countries as written by", pickOne(names, at, func(i int) {
		l.Names = job.NameProfiles[i]
		p.changed(false)
	})))
}
