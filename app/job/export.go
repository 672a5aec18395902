package job

import (
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

func (s *Study) dataset(us []table.Unit) (*exchange.Dataset, []string, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, nil, err
	}
	var newest []*survey.Document
	for _, u := range us {
		if len(u.Interviews) > 0 {
			newest = append(newest, u.Interviews[0])
		}
	}
	renamed, err := s.underNewNames(newest)
	if err != nil {
		return nil, nil, err
	}
	t := table.From(p.Form, renamed)
	rows := map[string]table.Row{}
	for _, r := range t.Rows {
		rows[r.ID] = r
	}
	personal, err := s.identifiers(p.Form.ID)
	if err != nil {
		return nil, nil, err
	}
	kept, left := columns(personal, t)
	d := &exchange.Dataset{Name: s.Info().Name, Fictional: s.Info().Fictional, Fields: slices.Clone(unitColumns)}
	if q := p.Form.ByRole("unit.form"); q != nil {
		form := fieldOf(p.Form, table.Column{Name: "form", Label: q.Label, List: q.List, Kind: survey.SelectOne})
		d.Fields[slices.IndexFunc(d.Fields, func(f exchange.Field) bool { return f.Name == "form" })] = form
	}
	region, deeper := s.RegionNames(), s.deeperRegions()
	d.Fields = append(d.Fields, deeper.fields...)
	for _, i := range kept {
		d.Fields = append(d.Fields, fieldOf(p.Form, t.Columns[i]))
	}
	for _, u := range us {
		x := exchange.Feature{ID: u.ID, Values: append(unitValues(u, region), deeper.of(u)...)}
		if u.Point != nil {
			x.Geometry = *u.Point
		}
		var row table.Row
		if len(u.Interviews) > 0 {
			row = rows[u.Interviews[0].Entity]
		}
		for _, i := range kept {
			v := survey.Value{}
			if i < len(row.Values) {
				v = row.Values[i]
			}
			x.Values = append(x.Values, v)
		}
		d.Features = append(d.Features, x)
	}
	return d, left, nil
}

// fieldOf is a column with its question and what its codes stand for.
func fieldOf(f *survey.Form, c table.Column) exchange.Field {
	out := exchange.Field{Name: c.Name, Kind: c.Kind, Label: plainText(c.Label.In(f.DefaultLanguage, ""))}
	if list := f.Lists[c.List]; list != nil {
		for _, x := range list.Choices {
			out.Choices = append(out.Choices, exchange.Choice{Code: x.Name, Label: plainText(x.Label.In(f.DefaultLanguage, ""))})
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
