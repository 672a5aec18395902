package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/tile"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// ExportOptions say what leaves, for whom, and how it is written.
type ExportOptions struct {
	Format      string  `json:"format"`
	Profile     Profile `json:"profile"` // "" is Internal
	Where       WhereIs `json:"where"`   // "" is as exact as the profile lets places be
	Identifiers bool    `json:"identifiers,omitempty"`
	// Language is that of labels, "" that of the questionnaire.
	Language string `json:"language,omitempty"`
	Labels   bool   `json:"labels,omitempty"` // words in place of codes
	// Unmarked leaves out the byte order mark of CSV, which Excel needs and few others.
	Unmarked bool `json:"unmarked,omitempty"`
	// Columns are questions, groups or tags (column=value of the questionnaire); none are all.
	Columns []string `json:"columns,omitempty"`
	Wide    bool     `json:"wide,omitempty"` // rows of repeats as columns of their unit
	// PerRegion writes a file for each region; its code stands behind the name.
	PerRegion bool `json:"per_region,omitempty"`
	// Least is how many units have to be alike for none of them to stand out, 0 for 3.
	Least int `json:"least,omitempty"`
	// Units are those that leave; nil are all.
	Units map[string]bool `json:"-"`

	region string // of the file that is being written
}

// complete checks the options and fills in what is left open.
func (o ExportOptions) complete(form *survey.Form) (exchange.Format, ExportOptions, error) {
	f, ok := exchange.ByName(o.Format)
	if !ok {
		var names []string
		for _, f := range exchange.Formats() {
			names = append(names, f.Name)
		}
		return f, o, fmt.Errorf("there is no format %q; known are %s", o.Format, strings.Join(names, ", "))
	}
	if err := o.Profile.Take(string(o.Profile)); err != nil {
		return f, o, err
	}
	if err := o.Where.Take(string(o.Where), o.Profile); err != nil {
		return f, o, err
	}
	if o.Identifiers && o.Profile != Internal {
		return f, o, fmt.Errorf("what identifies persons leaves in the profile internal only")
	}
	if o.Least <= 0 {
		o.Least = leastAlike
	}
	if o.Least < leastAlike && o.Profile != Internal {
		return f, o, fmt.Errorf("fewer than %d alike stand out in the profile %s; choose %d or more", leastAlike, o.Profile, leastAlike)
	}
	if f.Whole {
		if err := o.wholeOnly(); err != nil {
			return f, o, err
		}
	}
	var err error
	o.Language, err = languageOf(form, o.Language)
	return f, o, err
}

// leastAlike is how many units are alike at least, for none of them to stand out.
const leastAlike = 3

// Exported says what an export wrote and what it left out, and why.
type Exported struct {
	Path         string // of the first file
	Files        []string
	Notes        []string // of what the format could not hold
	Rows         int
	WithoutPlace int       // units written without a geometry
	LeftOut      []LeftOut // questions not written
	// Withheld are units that did not leave, by why.
	Withheld map[string]int
	// SmallCells are units that stand out: fewer than Least are like them in region, form
	// and what else tells who they are.
	SmallCells, Least int
	Profile           Profile
	Where             WhereIs
}

// Export writes the units with the answers of their newest interview, as the profile lets
// them leave, and notes that in the release log.
func (s *Study) Export(ctx context.Context, o ExportOptions, file string) (*Exported, error) {
	return s.ExportWith(ctx, o, file, func(string, int, int) {})
}

// ExportWith is Export that says how far it is.
func (s *Study) ExportWith(ctx context.Context, o ExportOptions, file string, progress Progress) (*Exported, error) {
	progress("Reading the study", 0, 0)
	x, f, err := s.planExport(ctx, o)
	if err != nil {
		return nil, err
	}
	x.progress = progress
	out := &Exported{Notes: x.unasked(), LeftOut: x.left, Withheld: map[string]int{}, Least: x.o.Least, Profile: x.o.Profile, Where: x.o.Where}
	if x.o.Profile == Internal && x.o.Where == Exact {
		if x.publication, err = s.publication(); err != nil {
			return nil, err
		}
	}
	regions := []string{""}
	if o.PerRegion {
		if regions, err = x.regions(ctx); err != nil {
			return nil, err
		}
	}
	files := &exchange.Files{}
	defer files.Discard()
	for _, region := range regions {
		path := file
		if o.PerRegion {
			ext := filepath.Ext(file)
			path = strings.TrimSuffix(file, ext) + "-" + regionFile(region) + ext
			x.o.region = cmp.Or(region, noRegion)
		}
		if err := f.WriteTo(ctx, files, path, x.ready(f)); err != nil {
			return nil, err
		}
		out.add(x.said, x.o.Least)
	}
	written, err := files.Commit()
	out.Files, out.Notes = written.Files, append(out.Notes, written.Notes...)
	if len(out.Files) == 0 {
		return nil, cmp.Or(err, errors.New("there are no units to export"))
	}
	out.LeftOut = x.left // files of interviews are known now
	out.Path = out.Files[0]
	out.Notes = append(out.Notes, lyingBeside(file, out.Files)...)
	if !f.Specials && x.said.specials > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%s refused, not known or not applicable, which the format leaves blank; Stata, SPSS and Data Packages say which", areAnswers(x.said.specials)))
	}
	return out, errors.Join(err, s.logRelease(ctx, x.o, out)) // what is in its place has left
}

func areAnswers(n int) string {
	if n == 1 {
		return "1 answer is"
	}
	return fmt.Sprintf("%d answers are", n)
}

// regionFile is the name of a region in that of a file; regions have codes, and what somebody
// typed may be anything.
func regionFile(code string) string {
	return cmp.Or(strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, code), "no-region")
}

// lyingBeside tells of files of an earlier export that lie beside the new ones and were not
// written: they may hold what should not leave now.
func lyingBeside(file string, written []string) []string {
	base := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		path := filepath.Join(filepath.Dir(file), e.Name())
		ours := strings.HasPrefix(e.Name(), base+"-") && filepath.Ext(e.Name()) == filepath.Ext(file)
		if ours && !slices.Contains(written, path) {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return nil
	}
	more := ""
	if n := len(names) - 10; n > 0 {
		names, more = names[:10], fmt.Sprintf(" and %d more", n)
	}
	return []string{fmt.Sprintf("beside it lie files that this export did not write: %s%s; see that they do not leave with it", strings.Join(names, ", "), more)}
}

// unasked says which consents the questionnaire does not ask for.
func (x *dataset) unasked() (notes []string) {
	if x.o.Profile == Internal {
		return nil
	}
	if !x.asked.part {
		notes = append(notes, "the questionnaire has no question with the role consent, so nobody knows which units agreed; all leave")
	}
	if x.o.Profile == Public && !x.asked.publish {
		notes = append(notes, "the questionnaire has no question with the role consent.publish, so no unit is named")
	}
	return notes
}

// noRegion stands for the units that are in none.
const noRegion = "\x00"

func (e *Exported) add(t *tally, least int) {
	e.Rows += t.rows
	e.WithoutPlace += t.placeless
	e.SmallCells += t.smallCells(least)
	for why, n := range t.withheld {
		e.Withheld[why] += n
	}
}

// planExport finds out what would leave.
func (s *Study) planExport(ctx context.Context, o ExportOptions) (*dataset, exchange.Format, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, exchange.Format{}, err
	}
	f, o, err := o.complete(p.Form)
	if err != nil {
		return nil, f, err
	}
	x, err := s.newDataset(ctx, o)
	if err != nil {
		return nil, f, err
	}
	switch {
	case o.Wide:
		err = x.wide(ctx)
	case !f.Tables:
		for _, t := range x.repeats {
			x.leave(t.pattern, "repeats, and the format has no tables for its rows; export it wide")
		}
	}
	return x, f, err
}

// PlanExport says what an export would write and leave out.
func (s *Study) PlanExport(ctx context.Context, o ExportOptions) (*Exported, error) {
	x, _, err := s.planExport(ctx, o)
	if err != nil {
		return nil, err
	}
	out := &Exported{Notes: x.unasked(), LeftOut: x.left, Withheld: map[string]int{}, Least: x.o.Least, Profile: x.o.Profile, Where: x.o.Where}
	for _, err := range x.rows(ctx) {
		if err != nil {
			return nil, err
		}
	}
	out.add(x.said, x.o.Least)
	return out, nil
}

// regions lists the regions of the units that leave, by code; "" for those in none.
func (x *dataset) regions(ctx context.Context) ([]string, error) {
	in := map[string]bool{}
	err := x.each(ctx, newTally(), func(u *unitRow) error {
		in[u.Region] = true
		return nil
	})
	return slices.Sorted(maps.Keys(in)), err
}

// ready is the dataset as a format takes it.
func (x *dataset) ready(f exchange.Format) *exchange.Dataset {
	info := x.study.Info()
	d := &exchange.Dataset{Name: info.Name, Fictional: info.Fictional, Unmarked: x.o.Unmarked, Table: exchange.Table{Fields: x.fields, Placed: x.o.Where != Nowhere, Rows: x.rows}, About: x.about()}
	if f.Tables && !x.o.Wide {
		d.Repeats = x.tables()
	}
	d.Publication = x.publication
	if x.o.Labels && !f.Coded {
		return d.Labelled()
	}
	return d
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
	classes, err := s.classes()
	if err != nil {
		return nil, err
	}
	g := &given{form: p.Form, columns: t.Columns, rows: make(map[string]table.Row, len(t.Rows))}
	g.kept, g.left = columns(classes, t)
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

// inPlain is a text of a questionnaire in its default language, without marks.
func inPlain(t survey.Text, f *survey.Form) string { return plainText(t.In(f.DefaultLanguage, "")) }

// labelOf is the label of a question, or its name where it has none.
func labelOf(q *survey.Question, f *survey.Form) string { return cmp.Or(inPlain(q.Label, f), q.Name) }

// columns chooses what of a table leaves the laptop.
func columns(classes map[string]survey.Class, t *table.Table) (kept []int, left []string) {
	for i, c := range t.Columns {
		if classes[c.Name] == survey.ClassIdentifier {
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

// Sentences say what was written or would be, what was left out, and why.
func (e *Exported) Sentences() []string {
	done := "written"
	if len(e.Files) == 0 {
		done = "to be written"
	}
	out := []string{fmt.Sprintf("%s %s, %d of them without a place. Profile: %s, places: %s.", Counted(e.Rows, "unit"), done, e.WithoutPlace, e.Profile, e.Where)}
	for _, f := range e.Files {
		out = append(out, "file: "+f)
	}
	out = append(out, e.Notes...)
	for _, why := range slices.Sorted(maps.Keys(e.Withheld)) {
		out = append(out, fmt.Sprintf("withheld: %s (%s).", Counted(e.Withheld[why], "unit"), why))
	}
	byWhy := map[string][]string{}
	for _, l := range e.LeftOut {
		byWhy[l.Why] = append(byWhy[l.Why], l.Name)
	}
	for _, why := range slices.Sorted(maps.Keys(byWhy)) {
		out = append(out, fmt.Sprintf("left out (%s): %s.", why, strings.Join(byWhy[why], ", ")))
	}
	if e.SmallCells > 0 {
		out = append(out, fmt.Sprintf("%s out: fewer than %d are alike in region, form and what else tells them apart. Somebody who knows them may find them.", standOut(e.SmallCells), e.Least))
	}
	return out
}

func standOut(n int) string {
	if n == 1 {
		return "1 unit stands"
	}
	return fmt.Sprintf("%d units stand", n)
}
