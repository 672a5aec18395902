package job

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/merge"
	"sselandscape/survey/table"
)

// Conflict is a contested field in the words of the questionnaire.
type Conflict struct {
	merge.Conflict
	Unit      string // name of the organization
	UnitID    string // "" where it is about none
	Interview string // what the interview is called; "" for what is said of the organization itself
	Section   string // labels of the groups and repeats around the question
	Question  string // label, or the name of the field
	Values    []string
	Sides     []merge.Side // one a head
	Laptops   []string     // one a head, in words
	Computed  bool         // follows from other answers: it is settled when those are
	place     int          // of the question in the questionnaire
}

// Settled says whether several people settled the conflict before, differently.
func (c *Conflict) Settled() bool {
	n := 0
	for _, s := range c.Sides {
		if s.Settled {
			n++
		}
	}
	return n > 1
}

// Deleted says whether the conflict is about a deletion.
func (c *Conflict) Deleted() bool { return c.Field == survey.FieldDeleted }

// The sorts of conflicts.
const (
	ConflictAnswer   = "answer"
	ConflictComputed = "computed"
	ConflictDeletion = "deletion"
	ConflictUnit     = "organization"
	ConflictStudy    = "study"
	ConflictSettled  = "settled differently"
)

// Sort says what a conflict is about, for filters.
func (c *Conflict) Sort() string {
	switch {
	case c.Deleted():
		return ConflictDeletion
	case c.Settled():
		return ConflictSettled
	case c.Computed:
		return ConflictComputed
	case c.Kind == survey.UnitKind:
		return ConflictUnit
	case c.Kind != survey.InterviewKind:
		return ConflictStudy
	}
	return ConflictAnswer
}

// SettledBy names who settled the conflict differently: "Ana and Ben".
func (c *Conflict) SettledBy() string {
	var names []string
	for _, s := range c.Sides {
		if s.Settled && !slices.Contains(names, s.Actor) {
			names = append(names, s.Actor)
		}
	}
	if len(names) == 1 {
		return names[0] + ", twice"
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Conflicts lists the contested fields, by organization, then interview, then in the
// order of the questionnaire.
func (s *Study) Conflicts() ([]Conflict, error) {
	var out []Conflict
	docs := map[string]*survey.Document{}
	err := s.store.Contested(func(cs []merge.Conflict, revs []survey.Revision) error {
		docs[cs[0].Entity] = merge.Entity(revs)
		for _, c := range cs {
			out = append(out, Conflict{Conflict: c, Sides: merge.Sides(c, revs)})
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return s.described(out, docs)
}

// ConflictsIn lists the contested fields of a unit or an interview.
func (s *Study) ConflictsIn(entity string) ([]Conflict, error) {
	cs, revs, err := s.store.ContestedIn(entity)
	if err != nil || len(cs) == 0 {
		return nil, err
	}
	var out []Conflict
	for _, c := range cs {
		out = append(out, Conflict{Conflict: c, Sides: merge.Sides(c, revs)})
	}
	return s.described(out, map[string]*survey.Document{entity: merge.Entity(revs)})
}

// EntityOf is the unit or interview of a conflict.
func (s *Study) EntityOf(conflict string) (string, error) {
	c, err := s.store.FindConflict(conflict)
	return c.Entity, err
}

// described puts conflicts into words and in order.
func (s *Study) described(out []Conflict, docs map[string]*survey.Document) ([]Conflict, error) {
	w := &describing{Study: s, docs: docs, questions: map[[2]string]map[string]*questionAt{}, laptops: map[string]string{}}
	if err := w.read(); err != nil {
		return nil, err
	}
	for i := range out {
		w.describe(&out[i])
	}
	slices.SortStableFunc(out, func(a, b Conflict) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.UnitID, b.UnitID), cmp.Compare(b.Kind, a.Kind), cmp.Compare(a.Entity, b.Entity),
			compareBool(a.Computed, b.Computed), cmp.Compare(a.place, b.place), cmp.Compare(a.Field, b.Field))
	})
	return out, nil
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// questionAt is a question with its place in its questionnaire.
type questionAt struct {
	q       *survey.Question
	section string
	place   int
	form    *survey.Form
}

// describing is what is read to put conflicts into words.
type describing struct {
	*Study
	docs      map[string]*survey.Document
	units     map[string]table.Unit
	questions map[[2]string]map[string]*questionAt // by form and version, then pattern
	laptops   map[string]string
}

// unitsOfDocs are the units of the documents: of one alone without reading all others.
func (w *describing) unitsOfDocs() ([]table.Unit, error) {
	if len(w.docs) != 1 {
		return w.Units()
	}
	for _, d := range w.docs {
		if d.Kind != survey.InterviewKind || d.Text(survey.FieldUnit) == "" {
			break
		}
		u, err := w.store.Document(d.Text(survey.FieldUnit))
		if err != nil {
			return nil, err
		}
		var us []*survey.Document
		if u != nil {
			us = append(us, u)
		}
		return table.Units(us, []*survey.Document{d}, w.form), nil
	}
	return w.Units()
}

func (w *describing) read() error {
	us, err := w.unitsOfDocs()
	if err != nil {
		return err
	}
	w.units = make(map[string]table.Unit, len(us))
	for _, u := range us {
		w.units[u.ID] = u
	}
	ds, err := w.store.Devices()
	for _, d := range ds {
		w.laptops[d.ID] = d.Label
	}
	return err
}

// of are the questions of the questionnaire of an interview.
func (w *describing) of(form, version string) map[string]*questionAt {
	key := [2]string{form, version}
	if qs, known := w.questions[key]; known {
		return qs
	}
	qs := map[string]*questionAt{}
	w.questions[key] = qs
	f := w.form(form, version)
	if f == nil {
		return qs
	}
	patterns := f.Patterns()
	n := 0
	f.Walk(func(it survey.Item, within []survey.Item) bool {
		n++
		var names []string
		for _, g := range within {
			if l := inPlain(g.Common().Label, f); l != "" {
				names = append(names, l)
			}
		}
		q, _ := it.(*survey.Question)
		if q == nil { // the row of a repeat
			q = &survey.Question{Node: *it.Common()}
		}
		qs[patterns[it]] = &questionAt{q, strings.Join(names, " › "), n, f}
		return true
	})
	return qs
}

func (w *describing) describe(c *Conflict) {
	d := w.docs[c.Entity]
	c.Question = string(c.Field)
	for _, h := range c.Heads {
		c.Values = append(c.Values, h.Value.String())
	}
	for _, s := range c.Sides {
		label := w.laptops[s.Device]
		if tail := s.Device[max(0, len(s.Device)-4):]; label == "" {
			label = tail
		} else {
			label += " …" + tail
		}
		c.Laptops = append(c.Laptops, label)
	}
	switch by, value, target := c.Field.Target(); {
	case target:
		c.Unit, c.Question = "(the study)", fmt.Sprintf("How many interviews are wanted: %s %s", by, w.partLabel(by, value))
	case d.Kind == survey.UnitKind:
		c.Unit, c.UnitID = w.units[c.Entity].Name, c.Entity
		c.Question = unitFieldLabel(c.Field)
	case d.Kind == survey.FormKind:
		c.Unit, c.Question = "(the study)", fmt.Sprintf("Questionnaire %s, version %s: %s", d.Form, d.FormVersion, c.Field)
	case d.Kind == survey.InterviewKind:
		w.interview(c, d)
	default:
		c.Unit = "(the study)"
	}
	if c.Deleted() {
		c.Question = "Deleted by one, edited by another"
		for i, h := range c.Heads {
			c.Values[i] = "Keep it deleted"
			if h.Value.Blank() {
				c.Values[i] = "Bring it back"
			}
		}
	}
	if c.Unit == "" {
		c.Unit = cmp.Or(d.Text(survey.FieldName), "(without a name)")
	}
}

// interview puts the question's words and the choices' labels in.
func (w *describing) interview(c *Conflict, d *survey.Document) {
	c.UnitID = d.Text(survey.FieldUnit)
	c.Unit = w.units[c.UnitID].Name
	started := d.Text(survey.FieldStarted)
	c.Interview = strings.TrimSpace(fmt.Sprintf("Interview %s %s", d.Text(survey.FieldInterviewer), started[:min(10, len(started))]))
	if c.UnitID == "" {
		c.Unit, c.Interview = w.Title(d), "Record"
	}
	about, remark, isRemark := c.Field.Remarked()
	if !isRemark {
		about = c.Field
	}
	at := w.of(d.Form, d.FormVersion)[about.Pattern()]
	if l, ok := interviewFieldLabels[c.Field]; ok {
		c.Question = l
	}
	if at == nil {
		return
	}
	c.place, c.Section = at.place, at.section
	c.Computed = at.q.Kind == survey.Calculate || at.q.Calculation != ""
	if l := inPlain(at.q.Label, at.form); l != "" {
		c.Question = l
	}
	if steps, err := about.Steps(); err == nil {
		for _, s := range steps {
			if s.Row != "" {
				c.Section += fmt.Sprintf(" (row %g)", s.Row.Number())
			}
		}
	}
	if isRemark {
		c.Question = fmt.Sprintf("%s: %s", remark, c.Question)
		return
	}
	for i, h := range c.Heads {
		c.Values[i] = w.inWords(at, h.Value)
	}
}

// inWords writes an answer as people read it.
func (w *describing) inWords(at *questionAt, v survey.Value) string {
	switch l := at.form.Lists[at.q.List]; {
	case v.Blank():
		return "no answer"
	case v.Special != "":
		return v.String()
	case l != nil:
		return labels(l, v.Text, at.form.DefaultLanguage)
	case at.q.Kind == survey.Geopoint:
		out := position(v.Text)
		if _, name := w.RegionAt(v.Text); name != "" {
			out += "; " + name
		}
		return out
	}
	return v.Text
}

var interviewFieldLabels = map[survey.Field]string{survey.FieldStatus: "Status of the interview", survey.FieldEnded: "When the interview ended", survey.FieldStarted: "When the interview began",
	survey.FieldInterviewer: "Interviewer", survey.FieldLanguage: "Language of the interview", survey.FieldOutcome: "Why the interview stopped", survey.FieldCallback: "When to call again",
	survey.FieldRemark: "Remark on the visit", survey.FieldUnit: "Organization", survey.FieldDeleted: "Deleted"}
