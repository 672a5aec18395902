package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/merge"
	"sselandscape/survey/table"
)

// IsPublished says whether a file is a GeoPackage that was exported from a study, so that its
// changes can come back.
func IsPublished(file string) bool {
	if !strings.EqualFold(filepath.Ext(file), ".gpkg") {
		return false
	}
	f, err := exchange.OpenPublished(file)
	if err == nil {
		f.Close()
	}
	return err == nil
}

// publication says of which state of the study an export is.
func (s *Study) publication() (*exchange.Publication, error) {
	seen, err := s.store.Seen()
	return &exchange.Publication{Study: s.Info().ID, Seen: seen}, err
}

// PlanPublished reads a GeoPackage that was exported for the team and changed since, in QGIS
// for example, and compares it with what was published: each cell that differs, each point
// that was moved and each unit that was added is a proposed change. What was changed here
// meanwhile, too, stays beside it as a conflict. Units and columns that are missing in the
// file say nothing. Nothing is written.
func (s *Study) PlanPublished(ctx context.Context, file string, progress func(read int)) (*InterviewPlan, error) {
	f, err := exchange.OpenPublished(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p := &InterviewPlan{Name: f.Name, Format: "gpkg", study: s, file: file}
	c, err := s.newPublishedComparer(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("read %q: %w", f.Name, err)
	}
	p.Form, p.Version = c.form.ID, c.form.Version
	for r, err := range f.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		row := c.compare(r)
		room := max(0, maxInterviewProblems-len(p.Problems))
		p.Problems = append(p.Problems, c.problems[:min(room, len(c.problems))]...)
		c.problems = c.problems[:0]
		p.Rows = append(p.Rows, row)
		p.Counts.add(&row)
		if progress != nil && len(p.Rows)%1000 == 0 {
			progress(len(p.Rows))
		}
	}
	if n := len(c.units) - len(c.met); n > 0 {
		p.Problems = append(p.Problems, survey.Problem{Severity: survey.Warning, Text: fmt.Sprintf("%s of the study not in the file; nothing is deleted", areOfUnits(n))})
	}
	if len(f.Tables) > 0 {
		p.Problems = append(p.Problems, survey.Problem{Severity: survey.Warning, Text: fmt.Sprintf("the tables %s are not compared; change rows of repeats in the study", strings.Join(f.Tables, ", "))})
	}
	p.sum, err = submissionsSum(file)
	return p, err
}

func areOfUnits(n int) string {
	if n == 1 {
		return "1 unit is"
	}
	return fmt.Sprintf("%d units are", n)
}

// publishedComparer compares rows of a file with the study.
type publishedComparer struct {
	study    *Study
	file     *exchange.Published
	form     *survey.Form
	values   *submittedValues
	point    survey.Field                // the question of the unit's place, or ""
	name     string                      // the column of its name, or ""
	asked    map[string]*survey.Question // by field, outside repeats
	program  *interview.Program
	units    map[string]*publishedUnit
	drafts   map[string]bool
	met      map[string]int // rows by unit
	problems []survey.Problem
}

// publishedUnit is a unit of the study with its interviews.
type publishedUnit struct {
	record     survey.Record
	interviews []string
}

func (s *Study) newPublishedComparer(ctx context.Context, f *exchange.Published) (*publishedComparer, error) {
	if f.Study != s.Info().ID {
		return nil, errors.New("it was exported from another study; open that study, or import it as a list of units")
	}
	seen, err := s.store.Seen()
	if err != nil {
		return nil, err
	}
	for device, seq := range f.Seen {
		if seen[device] < seq {
			return nil, fmt.Errorf("it shows answers that are not here yet; take in a package of the laptop that exported it first")
		}
	}
	p, err := s.Program("", "")
	if err != nil {
		return nil, err
	}
	c := &publishedComparer{study: s, file: f, form: p.Form, values: &submittedValues{form: p.Form}, program: p, asked: map[string]*survey.Question{}, units: map[string]*publishedUnit{}, drafts: map[string]bool{}, met: map[string]int{}}
	if q := p.Form.ByRole("unit.point"); q != nil {
		c.point = survey.Field(q.Name)
	}
	for it, pattern := range p.Form.Patterns() {
		if q, ok := it.(*survey.Question); ok {
			c.asked[pattern] = q
		}
	}
	for column, x := range f.Columns {
		if q := c.question(x.Field); q != nil && q.Sse["role"] == "unit.name" {
			c.name = column
		}
	}
	drafts, err := s.store.Drafts()
	if err != nil {
		return nil, err
	}
	for _, id := range drafts {
		c.drafts[id] = true
	}
	snap, err := s.store.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return c, snap.Units(ctx, func(u *survey.Record, about []survey.Record) error {
		x := &publishedUnit{record: survey.Record{Entity: u.Entity}}
		for i := range about {
			x.interviews = append(x.interviews, about[i].Entity)
		}
		c.units[u.Entity] = x
		return nil
	})
}

// published is the state of an entity as it was exported.
func (c *publishedComparer) published(entity string) (*survey.Document, error) {
	revs, err := c.study.store.Revisions(entity)
	if err != nil {
		return nil, err
	}
	revs = slices.DeleteFunc(revs, func(r survey.Revision) bool { return r.Seq > c.file.Seen[r.Device] })
	if len(revs) == 0 {
		return nil, nil
	}
	return merge.Entity(revs), nil
}

func (c *publishedComparer) problem(r *exchange.PublishedRow, column string, format string, args ...any) {
	c.problems = append(c.problems, survey.Problem{Sheet: "units", Row: r.Number, Column: column, Text: fmt.Sprintf(format, args...), Hint: "the cell is left as it is in the study"})
}

// compare gives the verdict on a row.
func (c *publishedComparer) compare(r *exchange.PublishedRow) InterviewRow {
	out := InterviewRow{Sheet: "units", Row: r.Number, Verdict: InterviewInvalid, Interview: r.Unit, Name: r.Cells[c.name]}
	why := ""
	switch before := c.met[r.Unit]; {
	case r.Bad != "":
		why = r.Bad
	case r.Unit == "":
		return c.added(out, r)
	case before > 0:
		why = fmt.Sprintf("it has the unit_id of row %d; empty it, and it becomes a unit of its own", before)
	case c.units[r.Unit] == nil:
		why = "there is no unit with this unit_id in the study"
	}
	if why != "" {
		out.Why = why
		c.problems = append(c.problems, survey.Problem{Sheet: "units", Row: r.Number, Text: why, Hint: "the row is left out"})
		return out
	}
	c.met[r.Unit] = r.Number
	out.Unit = r.Unit
	if err := c.decide(&out, r, c.units[r.Unit]); err != nil {
		out.Verdict, out.Why = InterviewInvalid, err.Error()
		c.problems = append(c.problems, survey.Problem{Sheet: "units", Row: r.Number, Text: out.Why, Hint: "the row is left out"})
	}
	return out
}

// added is a row without a unit: somebody drew a new one.
func (c *publishedComparer) added(out InterviewRow, r *exchange.PublishedRow) InterviewRow {
	name := cmp.Or(r.Cells[c.name], r.Others["name"])
	if name == "" {
		out.Why = "it has no unit_id and no name"
		c.problems = append(c.problems, survey.Problem{Sheet: "units", Row: r.Number, Text: out.Why, Hint: "give it a name, and it becomes a new unit"})
		return out
	}
	patch := map[survey.Field]survey.Value{survey.FieldName: survey.Of(name)}
	if r.Point != nil {
		patch[survey.FieldPoint] = survey.Of(geopoint(*r.Point))
	}
	id := c.study.entityOf("drawn\n" + name + "\n" + patch[survey.FieldPoint].Text) // the same when it is taken in again
	if c.units[id] != nil {
		c.met[id] = r.Number
		out.Verdict, out.Name, out.Interview, out.Unit, out.Why = InterviewSame, name, "", id, "it was added before"
		return out
	}
	for _, column := range slices.Sorted(maps.Keys(r.Cells)) {
		if column != c.name && r.Cells[column] != "" {
			c.problem(r, column, "a unit that was drawn has a name and a place only; hold an interview for the answers")
		}
	}
	out.Verdict, out.Name, out.Interview, out.Unit, out.NewUnit = InterviewNew, name, "", id, true
	out.unit = &study.Change{Entity: id, Kind: survey.UnitKind, Patch: patch}
	return out
}

// geopoint writes a point as an answer.
func geopoint(p orb.Point) string {
	return fmt.Sprintf("%s %s 0 0", degreesText(p[1]), degreesText(p[0]))
}

func degreesText(v float64) string {
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.7f", v), "0"), ".")
}

// question is that of a field; fields are what the file says, so any other is none.
func (c *publishedComparer) question(field string) *survey.Question { return c.asked[field] }

// decide finds what was changed in the file, against what was published.
func (c *publishedComparer) decide(out *InterviewRow, r *exchange.PublishedRow, u *publishedUnit) error {
	interview, base, err := c.newest(u)
	if err != nil {
		return err
	}
	if base == nil {
		return c.decideUnit(out, r, u)
	}
	out.Interview = interview
	patch := map[survey.Field]survey.Value{}
	for _, column := range slices.Sorted(maps.Keys(c.file.Columns)) {
		x := c.file.Columns[column]
		f := survey.Field(x.Field)
		if x.Same(r.Cells[column], base.Value(f)) {
			continue
		}
		q := c.question(x.Field)
		if q == nil {
			c.problem(r, column, "the questionnaire has no question %q any more", x.Field)
			continue
		}
		v, err := c.values.read(q, r.Cells[column])
		if err != nil {
			c.problem(r, column, "%s", err)
			continue
		}
		if q.Kind.Selects() && c.values.choices(q) != nil && v.Special == "" && !c.values.allKnown(q, v.Text) {
			c.problem(r, column, "%q is none of the choices", r.Cells[column])
			continue
		}
		patch[f] = v
	}
	c.moved(r, base, patch)
	c.derived(r, base)
	c.check(r, base, patch)
	return c.propose(out, interview, base, patch)
}

// newest is the interview whose answers were published.
func (c *publishedComparer) newest(u *publishedUnit) (id string, base *survey.Document, err error) {
	last := int64(-1)
	for _, iv := range u.interviews {
		d, err := c.published(iv)
		if err != nil {
			return "", nil, err
		}
		if d == nil || d.Deleted() {
			continue
		}
		if r := survey.RecordOf(d); r.Lamport > last {
			id, base, last = iv, d, r.Lamport
		}
	}
	if c.drafts[id] {
		return "", nil, errors.New("its interview is being held on this laptop; finish it first")
	}
	return id, base, nil
}

// moved proposes another place if the point was moved, by more than what is lost in writing.
func (c *publishedComparer) moved(r *exchange.PublishedRow, base *survey.Document, patch map[survey.Field]survey.Value) {
	f := c.point
	if base.Kind == survey.UnitKind {
		f = survey.FieldPoint
	}
	if r.Point == nil {
		if _, had := table.Point(base.Text(f)); f != "" && had {
			c.problem(r, "geom", "its place was taken away; a place is changed, not taken away")
		}
		return
	}
	if f == "" {
		c.problem(r, "geom", "the questionnaire has no question for the place")
		return
	}
	if _, typed := patch[f]; typed {
		return
	}
	was, ok := table.Point(base.Text(f))
	if ok && geo.Distance(was, *r.Point) < 1 {
		return
	}
	if !ok && base.Kind != survey.UnitKind && base.Text(survey.FieldUnit) != "" {
		if u, err := c.published(base.Text(survey.FieldUnit)); err == nil && u != nil {
			if at, has := table.Point(u.Text(survey.FieldPoint)); has && geo.Distance(at, *r.Point) < 1 {
				return // it is where the list says
			}
		}
	}
	patch[f] = survey.Of(geopoint(*r.Point))
}

// derivedColumns are columns that say what other columns say first, by the roles of these.
var derivedColumns = map[string]string{"name": "unit.name", "name_local": "unit.name.local", "form": "unit.form"}

// derived tells of changes in columns that are not taken from the file.
func (c *publishedComparer) derived(r *exchange.PublishedRow, base *survey.Document) {
	for _, column := range slices.Sorted(maps.Keys(derivedColumns)) {
		q := c.form.ByRole(derivedColumns[column])
		cell, has := r.Others[column]
		if q == nil || !has {
			continue
		}
		was := base.Text(survey.Field(q.Name))
		if was != "" && cell != was && cell != r.Cells[q.Name] {
			c.problem(r, column, "it is derived from the column %s; change that one", q.Name)
		}
	}
}

// check tells which of the changes break a constraint of the questionnaire.
func (c *publishedComparer) check(r *exchange.PublishedRow, base *survey.Document, patch map[survey.Field]survey.Value) {
	if len(patch) == 0 {
		return
	}
	values := map[survey.Field]survey.Value{}
	for _, f := range base.Fields() {
		values[f] = base.Value(f)
	}
	maps.Copy(values, patch)
	session := c.program.Resume(interview.World{Now: c.study.store.Now}, values)
	for _, p := range session.Problems(c.form.DefaultLanguage) {
		if _, changed := patch[p.Field]; changed && !p.Soft && !p.Missing {
			c.problems = append(c.problems, survey.Problem{Sheet: "units", Row: r.Number, Column: string(p.Field), Severity: survey.Warning, Text: p.Text, Hint: "the answer is taken as it is"})
		}
	}
}

// decideUnit is decide for a unit without an interview: its place may be moved.
func (c *publishedComparer) decideUnit(out *InterviewRow, r *exchange.PublishedRow, u *publishedUnit) error {
	base, err := c.published(u.record.Entity)
	if err != nil || base == nil {
		return err
	}
	for _, column := range slices.Sorted(maps.Keys(c.file.Columns)) {
		if r.Cells[column] != "" {
			c.problem(r, column, "the unit has no interview that could take the answer; hold one")
		}
	}
	patch := map[survey.Field]survey.Value{}
	c.moved(r, base, patch)
	out.Interview = u.record.Entity
	return c.propose(out, u.record.Entity, base, patch)
}

// propose makes a change of what differs. It replaces what was published; what was said since
// stays beside it.
func (c *publishedComparer) propose(out *InterviewRow, entity string, base *survey.Document, patch map[survey.Field]survey.Value) error {
	now, err := c.study.store.Document(entity)
	if err != nil {
		return err
	}
	if now == nil || now.Deleted() {
		return errors.New("it was deleted in the study since")
	}
	for f, v := range patch {
		if now.Value(f) == v && len(now.Heads[f]) < 2 {
			delete(patch, f) // somebody changed it here in the same way
			continue
		}
		if now.Value(f) != base.Value(f) {
			out.Contested = append(out.Contested, f)
		}
	}
	if len(patch) == 0 {
		out.Verdict = InterviewSame
		return nil
	}
	out.Verdict = InterviewChanged
	if len(out.Contested) > 0 {
		out.Verdict = InterviewContested
		slices.Sort(out.Contested)
	}
	out.Changed = slices.Sorted(maps.Keys(patch))
	out.seen = merge.Replaces(now, patch)
	out.change = study.Change{Entity: entity, Kind: base.Kind, Form: base.Form, FormVersion: base.FormVersion, Patch: patch, Replaces: merge.Replaces(base, patch)}
	return nil
}
