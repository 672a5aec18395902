package job

import (
	"cmp"
	"context"
	"encoding/binary"
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
	levels []int // below regions, of which areas leave

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
	told    []survey.Value   // by role, while an interview is read
}

// formPlan says what becomes of the fields of interviews held with a version of a
// questionnaire.
type formPlan struct {
	columns map[string]int    // by field
	roles   map[string]int    // by field: places in order
	order   []string          // roles, as the questions stand
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
	specials        int            // answers that are special
}

func newTally() *tally { return &tally{withheld: map[string]int{}, cells: map[string]int{}} }

// newDataset finds out what leaves.
func (s *Study) newDataset(ctx context.Context, o ExportOptions) (*dataset, error) {
	p, err := s.Program("", "")
	if err != nil {
		return nil, err
	}
	x := &dataset{study: s, o: o, form: p.Form, drafts: map[string]bool{}, plans: map[study.FormVersion]*formPlan{}}
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
	for level := 2; level <= x.place.atlas.Depth() && o.Where == Exact; level++ {
		if slices.ContainsFunc(x.place.atlas.At(level), func(r region.Region) bool { return slices.Contains(s.Info().Countries, r.Country) }) {
			x.levels = append(x.levels, level)
		}
	}
	if o.Profile != Internal || o.Where == Displaced {
		if x.key, err = s.releaseSecret(ctx); err != nil {
			return nil, err
		}
		x.place.key = x.key
	}
	if o.Profile != Internal {
		// The order in which units came would tell which they are in another export.
		x.snap.Shuffle(func(n uint32) uint64 {
			sum := keyed(x.key, "order "+string(o.Profile), itoa(int(n)))
			return binary.BigEndian.Uint64(sum[:])
		})
	}
	if x.classes, err = s.classes(); err != nil {
		return nil, err
	}
	if err := x.findConsents(); err != nil {
		return nil, err
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
	add = x.declared(add)
	add("country", survey.String, func(u *unitRow) string { return u.Country })
	add("region_code", survey.String, func(u *unitRow) string { return u.Region })
	add("region_name", survey.String, func(u *unitRow) string {
		if u.Region == "" {
			return ""
		}
		return names(u.Region)
	})
	add("form", survey.String, func(u *unitRow) string { return u.Unit.Form })
	if q := x.form.ByRole("unit.form"); q != nil && x.columns[len(x.columns)-1].field.Name == "form" {
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
	x.levelColumns()
	x.frameColumns()
	for _, c := range x.columns {
		if c.field.Label == "" {
			c.field.Note = columnNote(c.field.Name)
		}
		x.fields = append(x.fields, c.field)
	}
}

// declared leaves out columns of units whose question is of a class that does not leave, if
// the questionnaire says so.
func (x *dataset) declared(add func(string, survey.Kind, func(*unitRow) string)) func(string, survey.Kind, func(*unitRow) string) {
	roles := map[string]string{"country": "unit.country", "region_code": "unit.region", "region_name": "unit.region", "form": "unit.form", "screening": "unit.screening"}
	return func(name string, kind survey.Kind, of func(*unitRow) string) {
		why := ""
		x.study.eachForm(func(f *survey.Form) {
			if q := f.ByRole(roles[name]); roles[name] != "" && q != nil && q.DeclaredClass() != "" && why == "" {
				why = x.withheld(x.classes[q.Name])
			}
		})
		if why != "" {
			x.leave(name, why)
			return
		}
		add(name, kind, of)
	}
}

// levelColumns are the areas below regions in which units lie: districts, communes …
func (x *dataset) levelColumns() {
	k := 0
	for _, level := range x.levels {
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
		if why := x.withheld(class); why != "" {
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

// withheld says why answers of a class do not leave, "" if they do.
func (x *dataset) withheld(c survey.Class) string {
	if why := x.o.Profile.leaves(c, x.o.Identifiers); why != "" {
		return why
	}
	if c == survey.ClassLocation && x.o.Where != Exact {
		return "says where the unit is, and places are not exact"
	}
	return ""
}

// findConsents finds out whether any questionnaire of the study asks for consent.
func (x *dataset) findConsents() error {
	return x.study.eachForm(func(f *survey.Form) {
		x.asked.part = x.asked.part || f.ByRole("consent") != nil
		x.asked.publish = x.asked.publish || f.ByRole("consent.publish") != nil
	})
}

func (x *dataset) leave(name, why string) { x.left = append(x.left, LeftOut{name, why}) }

// id is how a unit, or a row of a repeat, is called in the export.
func (x *dataset) id(id string) string {
	if x.o.Profile == Internal {
		return id
	}
	unit, rest, _ := strings.Cut(id, "/")
	if rest == "" {
		return pseudonym(x.key, x.o.Profile, unit)
	}
	return pseudonym(x.key, x.o.Profile, unit) + "/" + rest
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
		row = unitRow{Record: *u, about: about, levels: row.levels[:0], told: row.told}
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
		return "no complete interview, so nobody was asked"
	case x.asked.part && u.consent.part != "yes":
		return "did not agree to take part"
	}
	return "did not agree to be shown"
}

// read finds out what is known of a unit.
func (x *dataset) read(u *unitRow) error {
	u.enter()
	if x.o.Profile != Internal {
		u.about = slices.DeleteFunc(slices.Clone(u.about), func(d survey.Record) bool {
			status := survey.Status(d.Text(survey.FieldStatus))
			return status != "" && status != survey.Completed && status != survey.Approved
		})
	}
	for i := range u.about {
		d := &u.about[i]
		if x.drafts[d.Entity] {
			full, err := x.study.Document(d.Entity)
			if err != nil {
				return err
			}
			*d = survey.RecordOf(full)
		}
		u.Unit.Contested += len(d.Contested)
		u.tell(d, x.plan(d.Form, d.FormVersion))
	}
	if n := len(u.about); n > 1 && len(x.drafts) > 0 {
		slices.SortStableFunc(u.about, func(a, b survey.Record) int { return cmp.Compare(a.Lamport, b.Lamport) })
	}
	if x.o.Profile != Internal { // what somebody typed is not what the atlas knows
		if _, ok := x.place.atlas.Region(u.Region); !ok {
			u.Region = ""
		}
		if _, ok := x.place.atlas.Country(u.Country); !ok {
			u.Country = ""
		}
	}
	if u.Point == nil {
		return nil
	}
	if r, _, ok := x.place.atlas.Nearest(*u.Point, nearby); ok {
		u.Region, u.Country = r.Code, r.Country
	}
	for _, level := range x.levels {
		r, _ := x.place.atlas.LocateAt(*u.Point, level)
		u.levels = append(u.levels, r)
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
				if d.Fields[i].Value.Special != "" {
					x.said.specials++
				}
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
	u.Unit.Contested = len(u.Record.Contested)
}

// tell takes over what an interview says, by the roles of its questionnaire. Blank answers
// leave what was known.
func (u *unitRow) tell(d *survey.Record, plan *formPlan) {
	if len(plan.order) == 0 {
		return
	}
	u.told = append(u.told[:0], make([]survey.Value, len(plan.order))...)
	for i := range d.Fields {
		if at, ok := plan.roles[d.Fields[i].Name]; ok {
			u.told[at] = d.Fields[i].Value
		}
	}
	for _, f := range d.Contested {
		if at, ok := plan.roles[string(f)]; ok && strings.HasPrefix(plan.order[at], "consent") {
			u.told[at] = survey.Value{Special: survey.DontKnow} // nobody knows which of the answers holds
		}
	}
	var parts, publishes []survey.Value
	for at, v := range u.told {
		switch role := plan.order[at]; {
		case v.Blank():
		case role == "consent":
			parts = append(parts, v)
		case role == "consent.publish":
			publishes = append(publishes, v)
		case v.Text != "":
			u.Unit.Tell(role, v.Text)
		}
	}
	u.consent.hear(parts, publishes)
}
