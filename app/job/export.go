package job

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/tile"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// Exported says what an export wrote and what it left out, and why.
type Exported struct {
	Path         string
	Rows         int
	WithoutPlace int      // units written without a geometry
	LeftOut      []string // questions not written
}

// unitColumns are the columns that every export begins with.
var unitColumns = []exchange.Field{
	{Name: "unit_id"}, {Name: "name"}, {Name: "name_local"}, {Name: "country"}, {Name: "region_code"}, {Name: "region_name"},
	{Name: "form"}, {Name: "screening"}, {Name: "interviews", Kind: survey.Integer}, {Name: "interview_status"}, {Name: "contested", Kind: survey.Integer},
}

// Export writes the units with the answers of their newest interview. Questions
// that identify persons (bind::sse:pii = identifier) and repeats are left out.
func (s *Study) Export(ctx context.Context, format, file string) (*Exported, error) {
	f, ok := exchange.ByName(format)
	if !ok {
		var names []string
		for _, f := range exchange.Formats() {
			names = append(names, f.Name)
		}
		return nil, fmt.Errorf("there is no format %q; known are %s", format, strings.Join(names, ", "))
	}
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	d, left, err := s.dataset(us)
	if err != nil {
		return nil, err
	}
	if err := f.WriteFile(ctx, file, d); err != nil {
		return nil, err
	}
	out := &Exported{Path: file, Rows: len(d.Features), LeftOut: left}
	for _, x := range d.Features {
		if x.Geometry == nil {
			out.WithoutPlace++
		}
	}
	return out, nil
}

// given are the newest answers of units, without those that identify persons.
type given struct {
	form    *survey.Form
	columns []table.Column
	kept    []int // of the columns, what leaves the laptop
	left    []string
	rows    map[string]table.Row // by interview
}

func (s *Study) given(us []table.Unit) (*given, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, err
	}
	var newest []*survey.Document
	for _, u := range us {
		if len(u.Interviews) > 0 {
			newest = append(newest, u.Interviews[0])
		}
	}
	renamed, err := s.underNewNames(newest)
	if err != nil {
		return nil, err
	}
	t := table.From(p.Form, renamed)
	personal, err := s.identifiers(p.Form.ID)
	if err != nil {
		return nil, err
	}
	g := &given{form: p.Form, columns: t.Columns, rows: make(map[string]table.Row, len(t.Rows))}
	g.kept, g.left = columns(personal, t)
	for _, r := range t.Rows {
		g.rows[r.ID] = r
	}
	return g, nil
}

// by is a unit's answer in a column, blank if there is none.
func (g *given) by(u table.Unit, column int) survey.Value {
	if len(u.Interviews) > 0 {
		if vs := g.rows[u.Interviews[0].Entity].Values; column < len(vs) {
			return vs[column]
		}
	}
	return survey.Value{}
}

func (s *Study) dataset(us []table.Unit) (*exchange.Dataset, []string, error) {
	g, err := s.given(us)
	if err != nil {
		return nil, nil, err
	}
	d := &exchange.Dataset{Name: s.Info().Name, Fictional: s.Info().Fictional, Fields: slices.Clone(unitColumns)}
	if q := g.form.ByRole("unit.form"); q != nil {
		form := fieldOf(g.form, table.Column{Name: "form", Label: q.Label, List: q.List, Kind: survey.SelectOne})
		d.Fields[slices.IndexFunc(d.Fields, func(f exchange.Field) bool { return f.Name == "form" })] = form
	}
	region, deeper := s.RegionNames(), s.deeperRegions()
	d.Fields = append(d.Fields, deeper.fields...)
	for _, i := range g.kept {
		d.Fields = append(d.Fields, fieldOf(g.form, g.columns[i]))
	}
	for _, u := range us {
		x := exchange.Feature{ID: u.ID, Values: append(unitValues(u, region), deeper.of(u)...)}
		if u.Point != nil {
			x.Geometry = *u.Point
		}
		for _, i := range g.kept {
			x.Values = append(x.Values, g.by(u, i))
		}
		d.Features = append(d.Features, x)
	}
	return d, g.left, nil
}

// inPlain is a text of a questionnaire in its default language, without marks.
func inPlain(t survey.Text, f *survey.Form) string { return plainText(t.In(f.DefaultLanguage, "")) }

// labelOf is the label of a question, or its name where it has none.
func labelOf(q *survey.Question, f *survey.Form) string { return cmp.Or(inPlain(q.Label, f), q.Name) }

// fieldOf is a column with its question and what its codes stand for.
func fieldOf(f *survey.Form, c table.Column) exchange.Field {
	out := exchange.Field{Name: c.Name, Kind: c.Kind, Label: inPlain(c.Label, f)}
	if list := f.Lists[c.List]; list != nil {
		for _, x := range list.Choices {
			out.Choices = append(out.Choices, exchange.Choice{Code: x.Name, Label: inPlain(x.Label, f)})
		}
	}
	return out
}

// deeperRegions are the areas below regions in which points lie: districts, communes …
type deeperRegions struct {
	atlas  *region.Atlas
	levels []int
	fields []exchange.Field // a code and a name for each level
}

func (s *Study) deeperRegions() deeperRegions {
	d := deeperRegions{atlas: s.atlasOrBuiltIn()}
	for level := 2; level <= d.atlas.Depth(); level++ {
		if slices.ContainsFunc(d.atlas.At(level), func(r region.Region) bool { return slices.Contains(s.Info().Countries, r.Country) }) {
			d.levels = append(d.levels, level)
			d.fields = append(d.fields, exchange.Field{Name: fmt.Sprintf("level%d_code", level)}, exchange.Field{Name: fmt.Sprintf("level%d_name", level)})
		}
	}
	return d
}

// of are the areas of a unit, by where its point lies.
func (d *deeperRegions) of(u table.Unit) []survey.Value {
	out := make([]survey.Value, len(d.fields))
	if u.Point == nil {
		return out
	}
	for i, level := range d.levels {
		if r, ok := d.atlas.LocateAt(*u.Point, level); ok {
			out[2*i], out[2*i+1] = survey.Of(r.Code), survey.Of(r.Name)
		}
	}
	return out
}

// columns chooses what of a table leaves the laptop.
func columns(personal map[string]bool, t *table.Table) (kept []int, left []string) {
	for i, c := range t.Columns {
		if personal[c.Name] {
			left = append(left, c.Name)
		} else {
			kept = append(kept, i)
		}
	}
	for _, r := range t.Repeats {
		left = append(left, r.Name)
	}
	return kept, left
}

func unitValues(u table.Unit, name func(code string) string) []survey.Value {
	status := ""
	if len(u.Interviews) > 0 {
		status = u.Interviews[0].Text(survey.FieldStatus)
	}
	region := ""
	if u.Region != "" {
		region = name(u.Region)
	}
	var out []survey.Value
	for _, x := range []string{u.ID, u.Name, u.LocalName, u.Country, u.Region, region, u.Form, u.Screening,
		fmt.Sprint(len(u.Interviews)), status, fmt.Sprint(u.Contested)} {
		out = append(out, survey.Of(x))
	}
	return out
}

// FormLabel writes a form of organization in the words of the questionnaire.
func (s *Study) FormLabel(code string) string {
	p, err := s.Program("", "")
	if err != nil {
		return code
	}
	if q := p.Form.ByRole("unit.form"); q != nil && p.Form.Lists[q.List] != nil {
		if c, ok := p.Form.Lists[q.List].Find(code); ok {
			return c.Label.In(p.Form.DefaultLanguage, "")
		}
	}
	return code
}

// UnitLayer is the units as a map layer, classed by the form of organization.
func (s *Study) UnitLayer(us []table.Unit) *layer.Points {
	var codes, names []string
	if p, err := s.Program("", ""); err == nil {
		if q := p.Form.ByRole("unit.form"); q != nil && p.Form.Lists[q.List] != nil {
			for _, c := range p.Form.Lists[q.List].Choices {
				codes, names = append(codes, c.Name), append(names, c.Label.In(p.Form.DefaultLanguage, ""))
			}
		}
	}
	out := &layer.Points{Title: "Form of organization", Classes: layer.Palette(append(names, "not known yet")...), Cluster: true}
	for _, u := range us {
		if u.Point == nil {
			continue
		}
		class := slices.Index(codes, u.Form)
		if class < 0 {
			class = len(codes)
		}
		out.Points = append(out.Points, layer.Point{ID: u.ID, At: *u.Point, Class: class, Label: u.Name})
	}
	return out
}

// Scene is the study's map at a size in pixels: its countries with their units.
func (s *Study) Scene(us []table.Unit, width, height int) paint.Scene {
	focus := s.Info().Countries
	v := tile.View{Width: width, Height: height, Center: orb.Point{110, 20}, Zoom: 3}
	a := s.atlasOrBuiltIn()
	if b, ok := a.BoundOf(focus...); ok {
		v = v.Fit(b, 30+min(width, height)/12)
	}
	sc := paint.Scene{View: v, Focus: focus, Layers: []layer.Layer{s.UnitLayer(us), Places()}, Title: s.Info().Name, Furniture: true}
	if s.Info().Fictional {
		sc.Notes = append(sc.Notes, "All organizations on this map are fictional.")
	}
	for _, c := range focus {
		if k, ok := a.Country(c); ok && k.Note != "" {
			sc.Notes = append(sc.Notes, k.Name+": "+k.Note+".")
		}
	}
	return sc
}
