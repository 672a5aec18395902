package job

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/assets"
	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/pdf"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// MapOptions say what a map picture shows.
type MapOptions struct {
	Width, Height int               // pixels; 0 is 1280 × 800
	Bound         *orb.Bound        // lon, lat; nil fits the study's countries
	View          *tile.View        // instead of all three
	Scale         float32           // pixels by point; 0 is 1
	Look          *MapLook          // in place of Layers and Color
	Figures       FiguresLook       // a number for each region
	Layers        []string          // among MapLayers, or files that are shown; none is units and places
	Level         int               // of the areas that are coloured: 1 regions, 2 districts …; 0 is 1
	Color         string            // name of the question by whose answers units are coloured
	Multiples     string            // draws a small map for each choice of a question, of this name, or for each [ByForm]
	Language      string            // BCP 47 of labels
	Names         region.Profile    // whose names of countries are written
	OwnNames      map[string]string // names of countries of one's own, by ISO 3166-1 alpha-3
	Viewpoint     region.Viewpoint  // as which country sees borders; "" is who administers an area
	Dark          bool
	Atlas         bool // PDF: a page for each region, behind one for all
}

// TakeNames reads whose names of countries are written: UN, ILO, ISO, or a CSV file with
// a code and a name in each row.
func (o *MapOptions) TakeNames(whose string) error {
	switch p := region.Profile(strings.ToUpper(whose)); {
	case p == "ILO":
		o.Names = region.ILO
		return nil
	case p == region.UN || p == region.ISO:
		o.Names = p
		return nil
	case strings.ToLower(filepath.Ext(whose)) != ".csv":
		return fmt.Errorf("names of countries are those of UN, ILO or ISO, or of a .csv file with codes and names, not of %q", whose)
	}
	f, err := os.Open(whose)
	if err != nil {
		return fmt.Errorf("read names of countries: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(io.LimitReader(f, maxNamesFile))
	r.FieldsPerRecord = 2
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("read names of countries %q: %w; each row has a code and a name", filepath.Base(whose), err)
	}
	o.OwnNames = map[string]string{}
	for i, row := range rows {
		code := strings.ToUpper(strings.TrimSpace(strings.TrimPrefix(row[0], "\ufeff")))
		if _, ok := Atlas().Country(code); !ok && i > 0 {
			return fmt.Errorf("read names of countries %q: row %d: there is no country %q", filepath.Base(whose), i+1, code)
		} else if ok {
			o.OwnNames[code] = cleanCell(row[1])
		}
	}
	return nil
}

// maxNamesFile bounds a file of names, in bytes.
const maxNamesFile = 1 << 20

// TakeFigure reads what is measured: "count", "sum:QUESTION", "mean:QUESTION" or
// "share:QUESTION=CHOICE".
func (o *MapOptions) TakeFigure(s string) error {
	measure, rest, _ := strings.Cut(s, ":")
	question, choice, chosen := strings.Cut(rest, "=")
	o.Figures.Measure, o.Figures.Question, o.Figures.Choice = measure, question, choice
	switch {
	case measure == "count" && rest == "", (measure == "sum" || measure == "mean") && question != "" && !chosen, measure == "share" && question != "" && choice != "":
		return nil
	}
	return fmt.Errorf("a figure is count, sum:QUESTION, mean:QUESTION or share:QUESTION=CHOICE, not %q", s)
}

// MapLayers are the layers of map pictures: units as points, towns, regions coloured by
// their number of units, meridians and parallels.
var MapLayers = []string{"units", "places", "count", "graticule"}

// IsPicture says whether a file's name is that of a picture that can be written.
func IsPicture(file string) bool {
	return slices.Contains([]string{".png", ".svg", ".pdf"}, strings.ToLower(filepath.Ext(file)))
}

// Map writes the study's map as a PNG, SVG or PDF, by the ending of the file's name. Maps
// that colour regions are of equal area.
func (s *Study) Map(ctx context.Context, file string, o MapOptions) error {
	kind := strings.ToLower(filepath.Ext(file))
	switch {
	case !IsPicture(file):
		return fmt.Errorf("draw the map: %q ends in none of .png, .svg and .pdf", filepath.Base(file))
	case o.Atlas && kind != ".pdf":
		return fmt.Errorf("draw the map: an atlas has many pages, so it is a .pdf, not %s", kind)
	}
	us, err := s.Units()
	if err != nil {
		return err
	}
	if o.Look != nil {
		o.Viewpoint = cmp.Or(o.Viewpoint, o.Look.Viewpoint)
	}
	d, err := s.seenFrom(o.Viewpoint)
	if err != nil {
		return fmt.Errorf("draw the map: %w", err)
	}
	sc, err := s.mapScene(us, &o, d.atlas)
	if err != nil {
		return err
	}
	return exchange.WriteWhole(file, func(w io.Writer) error {
		switch kind {
		case ".svg":
			return d.painter.SVG(ctx, w, sc)
		case ".pdf":
			return d.mapPages(ctx, w, sc, o.Atlas)
		}
		return d.painter.PNG(ctx, w, sc)
	})
}

// mapScene is what a map picture shows.
func (s *Study) mapScene(us []table.Unit, o *MapOptions, a *region.Atlas) (paint.Scene, error) {
	if o.View != nil {
		o.Width, o.Height = o.View.Width, o.View.Height
	}
	o.Width, o.Height = cmp.Or(o.Width, 1280), cmp.Or(o.Height, 800)
	if o.Width < 64 || o.Height < 64 || o.Width > 10_000 || o.Height > 10_000 {
		return paint.Scene{}, fmt.Errorf("a picture of %d×%d is not possible; sides may have 64 to 10000 pixels", o.Width, o.Height)
	}
	sc, err := s.layered(us, o)
	if err != nil {
		return sc, err
	}
	sc.Language, sc.Dark, sc.Scale, sc.OwnNames = o.Language, o.Dark, o.Scale, o.OwnNames
	sc.Names = cmp.Or(o.Names, sc.Names)
	if o.Multiples != "" {
		if err := s.multiples(&sc, us, o.Multiples); err != nil {
			return sc, fmt.Errorf("draw small maps: %w", err)
		}
	}
	switch b, ok := a.BoundOf(sc.Focus...); {
	case o.View != nil:
		sc.View = *o.View
	case o.Bound != nil:
		b = *o.Bound
		if b.Max[0] < b.Min[0] { // over the antimeridian, RFC 7946, section 5.2
			b.Max[0] += 360
		}
		sc.View = sc.Fit(b, 20)
	case ok && (sc.EqualArea || o.Viewpoint != region.DeFacto):
		sc.View = sc.Fit(b, 30+min(o.Width, o.Height)/12)
	}
	return sc, nil
}

// layered is the scene with its layers.
func (s *Study) layered(us []table.Unit, o *MapOptions) (paint.Scene, error) {
	if o.Look != nil {
		made := s.LookScene(us, *o.Look, o.Width, o.Height)
		sc := made.Scene
		if len(made.Wrong) > 0 {
			return sc, errors.New("draw the map: " + strings.Join(made.Wrong, "; "))
		}
		sc.EqualArea = o.View == nil && o.Look.Figures.Measure != "" && len(o.Look.Files) == 0
		return sc, nil
	}
	sc := s.Scene(nil, o.Width, o.Height)
	sc.Layers = nil
	return sc, s.addLayers(&sc, us, o)
}

// addLayers gives a scene the layers that are asked for.
func (s *Study) addLayers(sc *paint.Scene, us []table.Unit, o *MapOptions) error {
	layers := o.Layers
	if len(layers) == 0 && o.Multiples == "" { // small maps have little room for names of towns
		layers = []string{"units", "places"}
	}
	if o.Figures.Measure != "" {
		o.Figures.Level = o.Level
		ls, err := s.figureLayers(us, o.Figures)
		if err != nil {
			return err
		}
		sc.Layers, sc.EqualArea = append(sc.Layers, ls...), true
	}
	for _, l := range layers {
		switch l {
		case "units":
			units, err := s.unitsBy(us, o.Color)
			if err != nil {
				return err
			}
			sc.Layers = append(sc.Layers, units)
		case "places":
			sc.Layers = append(sc.Layers, Places())
		case "count":
			count, err := s.figureLayers(us, FiguresLook{Measure: "count", Level: o.Level})
			if err != nil {
				return err
			}
			sc.Layers, sc.EqualArea = append(sc.Layers, count...), true
		case "graticule":
			sc.Graticule = true
		default:
			if _, err := os.Stat(l); err != nil {
				return fmt.Errorf("there is no layer %q; known are %s, and base maps and layers by the names of their files", l, strings.Join(MapLayers, ", "))
			}
			x, err := s.fileLayer(FileLook{Path: l})
			if err != nil {
				return err
			}
			sc.Layers = append(sc.Layers, x)
		}
	}
	return nil
}

// unitsBy is the units coloured by the newest answers to a question: to a choice by
// what is chosen, to a number in classes with as many units each. "" is the form of
// organization.
func (s *Study) unitsBy(us []table.Unit, question string) (*layer.Points, error) {
	out := s.UnitLayer(us)
	switch question {
	case "":
		return out, nil
	case ByScreening:
		screened(out, us)
		return out, nil
	}
	q, err := s.asked(us, question)
	if err != nil {
		return nil, err
	}
	classOf, names := q.classes()
	if classOf == nil {
		return nil, fmt.Errorf("units are coloured by a choice of one or by a number, and %q is neither", question)
	}
	out.Title, out.Classes = q.label, layer.Palette(append(names, "no answer")...)
	for i := range out.Points {
		if out.Points[i].Class = classOf(q.answers[out.Points[i].ID]); out.Points[i].Class < 0 {
			out.Points[i].Class = len(names)
		}
	}
	return out, nil
}

// ByScreening colours units by the result of their screening, in place of a question.
const ByScreening = "_screening"

// screened classes units by their screening.
func screened(ps *layer.Points, us []table.Unit) {
	results := map[string]int{}
	for _, u := range us {
		results[u.ID] = slices.Index([]string{"in", "borderline", "out"}, u.Screening)
	}
	ps.Title, ps.Classes = "Screening", layer.Palette("in", "borderline", "out", "not screened")
	for i := range ps.Points {
		if ps.Points[i].Class = results[ps.Points[i].ID]; ps.Points[i].Class < 0 {
			ps.Points[i].Class = 3
		}
	}
}

func questionNamed(f *survey.Form, name string) (found *survey.Question) {
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Name == name && found == nil {
			found = q
		}
		return found == nil
	})
	return found
}

// classes sorts answers to a question; a class below 0 is none. It gives nil where a
// question has no classes.
func (q *asked) classes() (classOf func(survey.Value) int, names []string) {
	switch list := q.form.Lists[q.List]; {
	case q.Kind == survey.SelectOne && list != nil:
		var codes []string
		for _, c := range list.Choices {
			codes, names = append(codes, c.Name), append(names, c.Label.In(q.form.DefaultLanguage, ""))
		}
		return func(v survey.Value) int { return slices.Index(codes, v.Text) }, names
	case q.Kind.Numeric():
		return numberClasses(q.answers)
	}
	return nil, nil
}

// mostClasses is how many classes of numbers a map tells apart.
const mostClasses = 5

// numberClasses sorts numbers into classes with as many answers each.
func numberClasses(answers map[string]survey.Value) (classOf func(survey.Value) int, names []string) {
	var all []float64
	for _, v := range answers {
		if n, ok := numberIn(v); ok {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	if len(all) == 0 {
		return func(survey.Value) int { return -1 }, nil
	}
	breaks := layer.Breaks(all, mostClasses, layer.Quantile)
	return func(v survey.Value) int {
		n, ok := numberIn(v)
		if !ok {
			return -1
		}
		return layer.ClassOf(n, breaks)
	}, layer.RangeTexts(all, breaks)
}

// maxPages bounds an atlas.
const maxPages = 1000

// mapPages writes a map as a page and, of an atlas, a page for each region.
func (d drawnAtlas) mapPages(ctx context.Context, w io.Writer, sc paint.Scene, atlas bool) error {
	doc, err := pdf.New(assets.Font(), pdf.Info{Title: sc.Title, Language: sc.Language})
	if err != nil {
		return err
	}
	doc.Bookmark(0, sc.Title, pdf.Place{})
	if err := d.painter.Page(ctx, doc, sc); err != nil {
		return err
	}
	if atlas {
		for _, c := range sc.Focus {
			rs := d.atlas.In(c)
			if doc.Pages()+len(rs) > maxPages {
				return fmt.Errorf("draw the atlas: there are more than %d regions; choose fewer countries", maxPages)
			}
			for i, r := range rs {
				if i == 0 {
					doc.Bookmark(1, countryLabel(c), pdf.Place{Page: doc.Pages()})
				}
				doc.Bookmark(2, r.Name, pdf.Place{Page: doc.Pages()})
				if err := d.painter.Page(ctx, doc, regionPage(d.atlas, sc, r)); err != nil {
					return err
				}
			}
		}
	}
	return doc.Write(w)
}

// regionPage is a scene around a region.
func regionPage(a *region.Atlas, sc paint.Scene, r *region.Region) paint.Scene {
	sc.Title = sc.Title + ": " + r.Name + ", " + countryLabel(r.Country)
	sc.View = sc.Fit(a.BoundOfRegion(r), 50)
	return sc
}
