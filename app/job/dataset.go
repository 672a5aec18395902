package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

// dataset is a study on its way out. Its rows are read from a snapshot each time they are
// asked for, so that a million of them need no more memory than some hundred.
type dataset struct {
	study  *Study
	snap   *study.Snapshot
	o      ExportOptions
	form   *survey.Form // that new interviews take
	place  displacement
	drafts map[string]bool // interviews with answers that are not recorded yet
	key    []byte          // the study's secret, where the profile needs it
	asked  consentAsked

	fields  []exchange.Field
	columns []unitColumn // of the first fields, what the unit says
	plans   map[study.FormVersion]*formPlan
	repeats []*repeatTable
	wideAt  map[string]int // first columns of rows of repeats
	left    []LeftOut
	classes map[string]survey.Class // of questions, by name

	said     *tally   // of the last reading of all units
	progress Progress // may be nil
	// publication lets changes come back; nil where not all leaves as it is.
	publication *exchange.Publication
}

// unitColumn is a column of what is known of a unit.
type unitColumn struct {
	field exchange.Field
	of    func(x *unitRow) string
}

// unitRow is a unit while its row is made.
type unitRow struct {
	survey.Record
	table.Unit
	about   []survey.Record // its interviews, oldest first
	consent consent
	named   bool
	levels  []*region.Region // in which its point lies, from the second level on
}

// formPlan says what becomes of the fields of interviews held with a version of a
// questionnaire.
type formPlan struct {
	columns map[string]int // by field
	roles   map[string]string
	renamed map[string]string // patterns that stand under another name
}

// LeftOut is something that did not leave, and why.
type LeftOut struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// tally is what was counted while units were read.
type tally struct {
	rows, placeless int
	withheld        map[string]int // units, by why
	cells           map[string]int // units by what tells them apart
	first, last     string         // days of interviews
}

func newTally() *tally { return &tally{withheld: map[string]int{}, cells: map[string]int{}} }

// newDataset finds out what leaves.
func (s *Study) newDataset(ctx context.Context, o ExportOptions) (*dataset, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, err
	}
	x := &dataset{study: s, o: o, form: p.Form, asked: consentsOf(p.Form), drafts: map[string]bool{}, plans: map[study.FormVersion]*formPlan{}}
	if x.snap, err = s.store.Snapshot(ctx); err != nil {
		return nil, err
	}
	drafts, err := s.store.Drafts()
	if err != nil {
		return nil, err
	}
	for _, id := range drafts {
		x.drafts[id] = true
	}
	if x.place.atlas, err = s.Atlas(); err != nil {
		return nil, err
	}
	x.place.poles = map[string]orb.Point{}
	for level := 1; level <= x.place.atlas.Depth(); level++ {
		if slices.ContainsFunc(x.place.atlas.At(level), func(r region.Region) bool { return slices.Contains(s.Info().Countries, r.Country) }) {
			x.place.levels = append(x.place.levels, level)
		}
	}
	if o.Profile != Internal || o.Where == Displaced {
		if x.key, err = s.releaseSecret(ctx); err != nil {
			return nil, err
		}
		x.place.key = x.key
	}
	x.unitColumns()
	return x, x.questions()
}

// unitColumns chooses the columns of what is known of units.
func (x *dataset) unitColumns() {
	add := func(name string, kind survey.Kind, of func(u *unitRow) string) {
		x.columns = append(x.columns, unitColumn{exchange.Field{Name: name, Kind: kind, Class: survey.ClassNone}, of})
	}
	names := x.study.RegionNames()
	ifNamed := func(name func(u *unitRow) string) func(u *unitRow) string {
		return func(u *unitRow) string {
			if !u.named {
				return ""
			}
			return name(u)
		}
	}
	add("unit_id", survey.String, func(u *unitRow) string { return x.id(u.Entity) })
	add("name", survey.String, ifNamed(func(u *unitRow) string { return u.Name }))
	add("name_local", survey.String, ifNamed(func(u *unitRow) string { return u.LocalName }))
	add("country", survey.String, func(u *unitRow) string { return u.Country })
	add("region_code", survey.String, func(u *unitRow) string { return u.Region })
	add("region_name", survey.String, func(u *unitRow) string {
		if u.Region == "" {
			return ""
		}
		return names(u.Region)
	})
	add("form", survey.String, func(u *unitRow) string { return u.Unit.Form })
	if q := x.form.ByRole("unit.form"); q != nil {
		x.columns[len(x.columns)-1].field = x.fieldOf(q, "form")
	}
	add("screening", survey.String, func(u *unitRow) string { return u.Screening })
	add("interviews", survey.Integer, func(u *unitRow) string { return itoa(len(u.about)) })
	add("interview_status", survey.String, func(u *unitRow) string {
		if n := len(u.about); n > 0 {
			return u.about[n-1].Text(survey.FieldStatus)
		}
		return ""
	})
	add("contested", survey.Integer, func(u *unitRow) string { return itoa(u.Unit.Contested) })
	if x.o.Where == Exact || x.o.Where == Displaced {
		x.levelColumns()
	}
	x.frameColumns()
	for _, c := range x.columns {
		if c.field.Label == "" {
			c.field.Note = columnNote(c.field.Name)
		}
		x.fields = append(x.fields, c.field)
	}
}

// levelColumns are the areas below regions in which units lie: districts, communes …
func (x *dataset) levelColumns() {
	k := 0
	for _, level := range x.place.levels {
		if level < 2 {
			continue
		}
		at := k
		k++
		for name, of := range map[string]func(r *region.Region) string{"code": func(r *region.Region) string { return r.Code }, "name": func(r *region.Region) string { return r.Name }} {
			x.columns = append(x.columns, unitColumn{exchange.Field{Name: fmt.Sprintf("level%d_%s", level, name), Class: survey.ClassLocation}, func(u *unitRow) string {
				if at < len(u.levels) && u.levels[at] != nil {
					return of(u.levels[at])
				}
				return ""
			}})
		}
		if n := len(x.columns); x.columns[n-1].field.Name < x.columns[n-2].field.Name {
			x.columns[n-1], x.columns[n-2] = x.columns[n-2], x.columns[n-1]
		}
	}
}

// frameClasses are the columns that lists of organizations give beside names and places.
var frameClasses = []struct {
	field survey.Field
	name  string
	class survey.Class
}{
	{survey.FieldCode, "code", survey.ClassText}, {survey.FieldStratum, "stratum", survey.ClassNone}, {survey.FieldAssigned, "assigned", survey.ClassIdentifier},
	{survey.FieldPlace, "place", survey.ClassLocation}, {survey.FieldRegistration, "registration", survey.ClassText}, {survey.FieldPhone, "phone", survey.ClassIdentifier}, {survey.FieldAddress, "address", survey.ClassLocation},
}

// frameColumns are the columns of lists from which units came, as far as any has them.
func (x *dataset) frameColumns() {
	add := func(f survey.Field, name string, class survey.Class) {
		if why := x.o.Profile.leaves(class, x.o.Identifiers); why != "" {
			x.leave(name, why)
			return
		}
		x.columns = append(x.columns, unitColumn{exchange.Field{Name: name, Kind: survey.String, Class: class}, func(u *unitRow) string { return u.Record.Text(f) }})
	}
	known := x.snap.UnitFields()
	for _, c := range frameClasses {
		if slices.Contains(known, string(c.field)) {
			add(c.field, c.name, c.class)
		}
	}
	for _, f := range known {
		if column, ok := survey.Field(f).Column(); ok {
			add(survey.Field(f), column, survey.ClassText)
		}
	}
}

func (x *dataset) leave(name, why string) { x.left = append(x.left, LeftOut{name, why}) }

// id is how a unit, or a row of a repeat, is called in the export.
func (x *dataset) id(id string) string {
	if x.o.Profile == Internal {
		return id
	}
	unit, rest, _ := strings.Cut(id, "/")
	if rest == "" {
		return pseudonym(x.key, unit)
	}
	return pseudonym(x.key, unit) + "/" + rest
}

// fieldOf is a column with its question and what its codes stand for.
func (x *dataset) fieldOf(q *survey.Question, name string) exchange.Field {
	out := exchange.Field{Name: name, Kind: q.Kind, Label: x.words(q.Label), Class: q.Class(),
		Wording: exchange.Wording{Hint: x.words(q.Hint), Guidance: x.words(q.Guidance), Others: x.others(q.Label), Specials: q.Specials()}}
	if list := x.form.Lists[q.List]; list != nil {
		for i := range list.Choices {
			c := &list.Choices[i]
			out.Choices = append(out.Choices, exchange.Choice{Code: c.Name, Label: cmp.Or(x.words(c.Label), c.Name), Others: x.others(c.Label)})
		}
	}
	return out
}

// words are a text of the questionnaire in the language of the export, without marks.
func (x *dataset) words(t survey.Text) string {
	return plainText(t.In(cmp.Or(x.o.Language, x.form.DefaultLanguage), x.form.DefaultLanguage))
}

// errStop ends a reading that nobody wants to go on with.
var errStop = errors.New("stop")

// each visits the units that leave, and counts those that do not.
func (x *dataset) each(ctx context.Context, said *tally, visit func(u *unitRow) error) error {
	var row unitRow
	return x.snap.Units(ctx, func(u *survey.Record, about []survey.Record) error {
		if x.o.Units != nil && !x.o.Units[u.Entity] {
			return nil
		}
		row = unitRow{Record: *u, about: about, levels: row.levels[:0]}
		if err := x.read(&row); err != nil {
			return err
		}
		if x.o.region != "" && cmp.Or(row.Region, noRegion) != x.o.region {
			return nil
		}
		leaves, named := x.o.Profile.allows(row.consent, x.asked)
		if !leaves {
			said.withheld[x.whyWithheld(&row)]++
			return nil
		}
		row.named = named
		return visit(&row)
	})
}

func (x *dataset) whyWithheld(u *unitRow) string {
	switch {
	case len(u.about) == 0:
		return "not interviewed, so nobody was asked"
	case x.asked.part && u.consent.part != "yes":
		return "did not agree to take part"
	}
	return "did not agree to be shown"
}

// read finds out what is known of a unit.
func (x *dataset) read(u *unitRow) error {
	u.enter()
	for i := range u.about {
		d := &u.about[i]
		if x.drafts[d.Entity] {
			full, err := x.study.Document(d.Entity)
			if err != nil {
				return err
			}
			*d = survey.RecordOf(full)
		}
		u.Unit.Contested += d.Contested
		u.tell(d, x.plan(d.Form, d.FormVersion))
	}
	if n := len(u.about); n > 1 && len(x.drafts) > 0 {
		slices.SortStableFunc(u.about, func(a, b survey.Record) int { return cmp.Compare(a.Lamport, b.Lamport) })
	}
	if u.Point == nil {
		return nil
	}
	if r, _, ok := x.place.atlas.Nearest(*u.Point, nearby); ok {
		u.Region, u.Country = r.Code, r.Country
	}
	for _, level := range x.place.levels {
		if level > 1 {
			r, _ := x.place.atlas.LocateAt(*u.Point, level)
			u.levels = append(u.levels, r)
		}
	}
	return nil
}

// rows gives the rows of units.
func (x *dataset) rows(ctx context.Context) iter.Seq2[*exchange.Feature, error] {
	return func(yield func(*exchange.Feature, error) bool) {
		f := &exchange.Feature{}
		x.said = newTally()
		err := x.each(ctx, x.said, func(u *unitRow) error {
			x.fill(f, u)
			if !yield(f, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// fill makes the row of a unit.
func (x *dataset) fill(f *exchange.Feature, u *unitRow) {
	f.ID = x.id(u.Entity)
	f.Geometry = nil
	if p, ok := x.placeOf(u); ok {
		f.Geometry = p
	}
	if cap(f.Values) < len(x.fields) {
		f.Values = make([]survey.Value, len(x.fields))
	}
	f.Values = f.Values[:len(x.fields)]
	clear(f.Values)
	for i := range x.columns {
		f.Values[i].Text = x.columns[i].of(u)
	}
	x.said.held(u.about)
	if n := len(u.about); n > 0 {
		d := &u.about[n-1]
		plan := x.plan(d.Form, d.FormVersion)
		for i := range d.Fields {
			if at, ok := plan.columns[d.Fields[i].Name]; ok {
				f.Values[at] = d.Fields[i].Value
			}
		}
		x.fillWide(f, d, plan)
	}
	if x.said.rows++; x.progress != nil && x.said.rows%1000 == 0 {
		x.progress(fmt.Sprintf("%d units", x.said.rows), x.said.rows, x.snap.Len())
	}
	if f.Geometry == nil {
		x.said.placeless++
	}
	if x.o.Profile != Internal {
		x.said.cells[x.cell(f)]++
	}
}

// placeOf is where a unit is shown.
func (x *dataset) placeOf(u *unitRow) (orb.Point, bool) {
	switch x.o.Where {
	case Exact:
		if u.Point != nil {
			return *u.Point, true
		}
	case Displaced:
		if u.Point != nil {
			if p, ok := x.place.displaced(*u.Point, u.Entity, u.Region); ok {
				return p, true
			}
			return x.place.pole(u.Region)
		}
	case Central:
		return x.place.pole(u.Region)
	}
	return orb.Point{}, false
}

// cell is what tells units apart in what leaves: where they are, their form, and answers
// that together with others tell who it is.
func (x *dataset) cell(f *exchange.Feature) string {
	var b strings.Builder
	for i := range x.fields {
		if n := x.fields[i].Name; n == "region_code" || n == "form" || x.fields[i].Class == survey.ClassQuasi {
			b.WriteString(f.Values[i].String())
			b.WriteByte(0)
		}
	}
	return b.String()
}

// smallCells counts the units that fewer than a number of others are like in what tells
// them apart.
func (t *tally) smallCells(least int) (units int) {
	for _, n := range t.cells {
		if n < least {
			units += n
		}
	}
	return units
}

// enter takes over what was recorded with the unit itself.
func (u *unitRow) enter() {
	u.Unit.ID = u.Entity
	for i := range u.Record.Fields {
		text := u.Record.Fields[i].Value.Text
		switch survey.Field(u.Record.Fields[i].Name) {
		case survey.FieldName:
			u.Name = text
		case survey.FieldLocalName:
			u.LocalName = text
		case survey.FieldCountry:
			u.Country = text
		case survey.FieldRegion:
			u.Region = text
		case survey.FieldForm:
			u.Unit.Form = text
		case survey.FieldPoint:
			if p, ok := table.Point(text); ok {
				u.Point = &p
			}
		}
	}
	u.Unit.Contested = u.Record.Contested
}

// tell takes over what an interview says, by the roles of its questionnaire. Blank answers
// leave what was known.
func (u *unitRow) tell(d *survey.Record, plan *formPlan) {
	for i := range d.Fields {
		text := d.Fields[i].Value.Text
		role := plan.roles[d.Fields[i].Name]
		if role == "" || text == "" {
			continue
		}
		switch role {
		case "consent":
			u.consent.part = text
		case "consent.publish":
			u.consent.publish = text
		default:
			u.Unit.Tell(role, text)
		}
	}
}
