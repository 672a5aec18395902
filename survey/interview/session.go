package interview

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// World is what an interview sees beside the answers.
type World struct {
	Now      func() time.Time // nil: time.Now
	Username string
	DeviceID string
	Phone    string
	Email    string
	Language string // of labels in expressions
	Random   func() float64
	UUID     func() string
	Seed     string        // makes the order of shuffled choices the interview's own
	Tail     func() string // random ending of the keys of rows added by hand
	// LastSaved gives the answers of the interview about this form that was saved
	// last on this laptop, for ${last-saved#name}; nil: there is none.
	LastSaved func() map[survey.Field]survey.Value
}

// Session is one interview. It is not safe for use by several goroutines.
type Session struct {
	program *Program
	world   World
	env     *expr.Env
	root    *node
	dirty   [][]*node // nodes to compute, by rank of the vertex
	queue   agenda
	changed []*node
	said    []remark // remarks that changed
	rows    []Change // rows made and taken out, in order
	notes   map[string]bool

	last     *listNode // the interview saved last, once it was asked for
	newRows  []*node   // rows that a count made, whose actions are to be performed
	pending  []*node   // whose actions are to be performed
	settled  bool      // the rows of repeats stay as they are
	fired    int       // actions that the answer at hand set off
	speaking string    // language of labels that expressions ask for, "" for the interview's
}

// Change is an answer or a row as it is to be stored; a blank value clears it.
type Change struct {
	Field survey.Field
	Value survey.Value
}

// Start begins a new interview: preloads and defaults are filled in. The changes
// are to be stored like those of Set.
func (p *Program) Start(w World) (*Session, []Change) {
	s := p.session(w)
	s.startRows(s.root)
	s.fill(s.root)
	s.everything()
	s.run(p.firstLoad, s.root, true)
	s.run(p.load, s.root, true)
	s.fire(s.root)
	return s, s.take()
}

// startRows makes the rows that a repeat begins with.
func (s *Session) startRows(n *node) {
	if n.whole() && n.slot.count == nil {
		for i := 1; ; i++ {
			key := survey.RowKey(strconv.Itoa(i))
			if _, is := s.program.Form.Initial[n.field()+survey.Field("["+string(key)+"]")]; !is {
				break
			}
			s.rows = append(s.rows, Change{n.insert(key).field(), survey.Of("1")})
		}
	}
	for _, k := range n.kids {
		s.startRows(k)
	}
	for _, r := range n.rows {
		s.startRows(r)
	}
}

// Resume continues an interview from its stored answers. Fields that the form
// does not know are left alone. A stored field, blank or not, counts as passed.
func (p *Program) Resume(w World, answers map[survey.Field]survey.Value) *Session {
	s := p.session(w)
	fields := make([]survey.Field, 0, len(answers))
	for f := range answers {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	for _, f := range fields {
		if q, k, ok := f.Remarked(); ok {
			if n := s.walk(q, nil); n != nil {
				n.remark(k, answers[f].Text)
			}
			continue
		}
		if n := s.make(f, answers); n != nil && n.slot.q != nil {
			n.value, n.touched = answers[f], true
		}
	}
	s.putAside(s.root, answers)
	s.settled = true // first what follows from the rows as they were
	s.everything()
	s.settled = false
	s.everything()
	s.run(p.load, s.root, true)
	s.fire(s.root)
	s.take()
	return s
}

// putAside takes the rows out that were beyond the count when they were stored;
// they come back with their answers when the count does.
func (s *Session) putAside(n *node, answers map[survey.Field]survey.Value) {
	for _, k := range n.kids {
		s.putAside(k, answers)
	}
	for i := len(n.rows) - 1; i >= 0; i-- {
		r := n.rows[i]
		s.putAside(r, answers)
		if v, stored := answers[r.field()]; stored && v.Blank() && n.slot.count != nil {
			n.spare = append(n.spare, r)
			n.rows = slices.Delete(n.rows, i, i+1)
		}
	}
	n.number(0)
}

func (p *Program) session(w World) *Session {
	if w.Now == nil {
		w.Now = time.Now
	}
	s := &Session{program: p, world: w, root: newNode(p.root, nil), notes: map[string]bool{}}
	s.env = &expr.Env{Now: w.Now, Root: document{s.root}, Random: w.Random, UUID: w.UUID, ChoiceName: s.choiceName, Text: s.itext,
		Instance: s.instance}
	s.reset()
	return s
}

// Recompute computes the whole interview anew and returns what changed: nothing,
// unless time or chance is in the form.
func (s *Session) Recompute() []Change {
	s.everything()
	return s.take()
}

func (s *Session) reset() {
	s.dirty, s.queue = make([][]*node, len(s.program.byRank)), nil
}

// Program returns the program of the interview.
func (s *Session) Program() *Program { return s.program }

// make finds a field's node and creates the rows on the way. A row added by hand
// whose stored value is blank was removed and is not made again.
func (s *Session) make(f survey.Field, answers map[survey.Field]survey.Value) *node {
	return s.walk(f, func(whole *node, key survey.RowKey) *node {
		row := whole.field() + survey.Field("["+string(key)+"]")
		if v, stored := answers[row]; stored && v.Blank() && whole.slot.count == nil {
			return nil
		}
		return whole.insert(key)
	})
}

// insert adds a row in the order of keys.
func (n *node) insert(key survey.RowKey) *node {
	r := newRow(n, key)
	i, _ := slices.BinarySearchFunc(n.rows, key, func(a *node, k survey.RowKey) int { return a.key.Compare(k) })
	n.rows = slices.Insert(n.rows, i, r)
	n.number(i)
	return r
}

// number tells the rows from i on their places.
func (n *node) number(i int) {
	for ; i < len(n.rows); i++ {
		n.rows[i].at = i
	}
}

// walk follows a field from the root; missing is asked for rows that do not exist.
func (s *Session) walk(f survey.Field, missing func(whole *node, key survey.RowKey) *node) *node {
	steps, err := f.Steps()
	if err != nil {
		return nil
	}
	at, name := s.root, ""
	for _, st := range steps {
		if name != "" {
			name += "/"
		}
		name += st.Name
		next := at.named(name)
		if next == nil {
			continue // perhaps a group in front of the name
		}
		name = ""
		if at = next; st.Row == "" {
			continue
		}
		if !at.whole() {
			return nil
		}
		if at = at.rowOf(st.Row, missing); at == nil {
			return nil
		}
	}
	if name != "" {
		return nil
	}
	return at
}

func (n *node) rowOf(key survey.RowKey, missing func(*node, survey.RowKey) *node) *node {
	for _, r := range n.rows {
		if r.key == key {
			return r
		}
	}
	if missing == nil {
		return nil
	}
	return missing(n, key)
}

// named finds the node below n whose step has the name, groups looked through.
func (n *node) named(step string) *node {
	for _, k := range n.kids {
		if k.slot.step == step {
			return k
		}
		if k.slot.repeat == nil && k.slot.q == nil {
			if found := k.named(step); found != nil {
				return found
			}
		}
	}
	return nil
}

// Resolve finds the field that a person means: a field as stored, or with rows by
// position ("members[1]/name" is the first row of members) and groups in front.
func (s *Session) Resolve(path string) (survey.Field, error) {
	f := survey.Field(path)
	if n := s.walk(f, nil); n != nil {
		return n.field(), nil
	}
	steps, err := f.Steps()
	if err != nil {
		return "", err
	}
	at := s.root
	for _, st := range steps {
		next := at.named(st.Name)
		if next == nil {
			if t := s.program.byName[st.Name]; t != nil && t.q == nil && t.repeat == nil {
				continue // a group
			}
			return "", s.unknown(path, st.Name)
		}
		at = next
		if !at.whole() || st.Row == "" {
			continue
		}
		i := int(st.Row.Number())
		if i < 1 || i > len(at.rows) {
			return "", fmt.Errorf("%s: the repeat %s has %d rows, not %s", path, st.Name, len(at.rows), st.Row)
		}
		at = at.rows[i-1]
	}
	return at.field(), nil
}

func (s *Session) unknown(path, name string) error {
	names := make([]string, 0, len(s.program.byName))
	for n := range s.program.byName {
		names = append(names, n)
	}
	slices.Sort(names)
	if near := expr.Nearest(name, names); near != "" {
		return fmt.Errorf("%s: there is no question %s; did you mean %s?", path, name, near)
	}
	return fmt.Errorf("%s: there is no question %s", path, name)
}

func (s *Session) node(f survey.Field) (*node, error) {
	if n := s.walk(f, nil); n != nil {
		return n, nil
	}
	return nil, fmt.Errorf("%s: there is no such question in this interview", f)
}

// ErrHidden is why a question that is not relevant takes no answer.
var ErrHidden = errors.New("the question is not asked, given the answers so far")

// Set answers a question. A blank value clears the answer. It fails, and changes
// nothing, where the question is not asked or is read-only or the value has not
// the form of an answer; a value that breaks a constraint is kept and marked (see
// Problems). The changes hold the answer first and then all that follows from it.
func (s *Session) Set(f survey.Field, v survey.Value) ([]Change, error) {
	n, err := s.node(f)
	if err != nil {
		return nil, err
	}
	q := n.slot.q
	switch {
	case q == nil:
		return nil, fmt.Errorf("%s: a group takes no answer", f)
	case !n.relevant:
		return nil, fmt.Errorf("%s: %w", f, ErrHidden)
	case n.readOnly || !n.slot.asked():
		return nil, fmt.Errorf("%s: the answer is computed and cannot be given", f)
	}
	v, err = s.accept(n, v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f, err)
	}
	n.touched = true
	s.changed = append(s.changed, n)
	was := n.value
	s.store(n, v)
	if n.value == was {
		return s.take(), nil
	}
	s.fire(n)
	return s.take(), nil
}

// Confirm notes why an answer is right although its soft check does not hold. The
// note goes when the answer changes or the check holds again. It fails where there
// is no such doubt.
func (s *Session) Confirm(f survey.Field, because string) ([]Change, error) {
	n, err := s.node(f)
	if err != nil {
		return nil, err
	}
	because = strings.TrimSpace(because)
	switch {
	case !n.doubted:
		return nil, fmt.Errorf("%s: there is no doubt about this answer", f)
	case because == "":
		return nil, fmt.Errorf("%s: a reason is needed", f)
	}
	s.remark(n, survey.RemarkBecause, because)
	return s.take(), nil
}

// store puts a value and marks what depends on it.
func (s *Session) store(n *node, v survey.Value) {
	if n.value == v {
		return
	}
	n.value = v
	s.changed = append(s.changed, n)
	s.remark(n, survey.RemarkBecause, "")
	n.lost = false
	s.spread(n, value)
	if c := n.slot.choices; c != nil && c.filtered {
		s.spread(n, offer)
	}
}

// take returns the changes since the last call, in the order they happened.
func (s *Session) take() []Change {
	var out []Change
	seen := map[*node]bool{}
	last := make(map[survey.Field]int, len(s.rows))
	for i, c := range s.rows {
		last[c.Field] = i
	}
	for i, c := range s.rows {
		if last[c.Field] == i { // a row may have come and gone
			out = append(out, c)
		}
	}
	for _, n := range s.changed {
		if !seen[n] && n.slot.q.Kind != survey.Note {
			seen[n] = true
			out = append(out, Change{n.field(), n.value})
		}
	}
	for _, r := range s.said {
		out = append(out, Change{r.node.field().Remark(r.kind), survey.Of(r.node.remarks[r.kind])})
	}
	s.changed, s.rows, s.said = nil, nil, nil
	return out
}

// AddRow adds a row at the end of a repeat that does not follow a count.
func (s *Session) AddRow(repeat survey.Field) (row survey.Field, changes []Change, err error) {
	n, err := s.node(repeat)
	if err != nil {
		return "", nil, err
	}
	if !n.whole() || n.slot.count != nil || n.slot.repeat.Fixed {
		return "", nil, fmt.Errorf("%s: rows cannot be added here", repeat)
	}
	next := 1.0
	if len(n.rows) > 0 {
		next = n.rows[len(n.rows)-1].key.Number() + 1
	}
	row, changes = s.newRow(n, next)
	return row, changes, nil
}

// newRow makes a row whose key begins with a number.
func (s *Session) newRow(whole *node, number float64) (survey.Field, []Change) {
	key := survey.RowKey(expr.FormatNumber(number))
	if s.world.Tail != nil {
		key += survey.RowKey("-" + s.world.Tail())
	}
	r := whole.insert(key)
	s.beginRow(r)
	s.spreadRows(r.parent, r.at)
	s.begin(r)
	return r.field(), s.take()
}

// InsertRow adds a row in front of another one, of a repeat that does not follow a
// count. Its key lies between those of its neighbours, so that other laptops show
// it at the same place.
func (s *Session) InsertRow(before survey.Field) (row survey.Field, changes []Change, err error) {
	r, err := s.node(before)
	if err != nil {
		return "", nil, err
	}
	if !r.isRow || r.slot.count != nil || r.slot.repeat.Fixed {
		return "", nil, fmt.Errorf("%s: rows cannot be added here", before)
	}
	low, high := 0.0, r.key.Number()
	for i := r.at - 1; i >= 0 && low == 0; i-- {
		if n := r.parent.rows[i].key.Number(); n < high { // rows of two laptops may share a number
			low = n
		}
	}
	middle := (low + high) / 2
	if middle <= low || middle >= high {
		return "", nil, fmt.Errorf("%s: there is no room for another row here; add it at the end", before)
	}
	row, changes = s.newRow(r.parent, middle)
	return row, changes, nil
}

// beginRow fills in a new row and marks all of it to be computed.
func (s *Session) beginRow(r *node) {
	s.rows = append(s.rows, Change{r.field(), survey.Of("1")})
	s.startRows(r)
	s.fill(r)
	s.mark(r)
	s.push(r.parent, vertex(r.slot, relevance))
}

// RemoveRow takes a row out of a repeat that does not follow a count.
func (s *Session) RemoveRow(row survey.Field) ([]Change, error) {
	n, err := s.node(row)
	if err != nil {
		return nil, err
	}
	if !n.isRow || n.slot.count != nil || n.slot.repeat.Fixed {
		return nil, fmt.Errorf("%s: this cannot be removed", row)
	}
	whole := n.parent
	s.rows = append(s.rows, Change{Field: n.field()})
	n.questions(func(q *node) {
		if !q.value.Blank() {
			s.rows = append(s.rows, Change{Field: q.field()})
		}
	})
	whole.rows = slices.Delete(whole.rows, n.at, n.at+1)
	whole.number(n.at)
	s.spreadRows(whole, n.at)
	s.settle()
	return s.take(), nil
}

// questions visits the questions below n in reading order.
func (n *node) questions(visit func(*node)) {
	if n.slot.q != nil {
		visit(n)
	}
	for _, k := range n.kids {
		k.questions(visit)
	}
	for _, r := range n.rows {
		r.questions(visit)
	}
}

// Answers returns what counts: the values of relevant questions that are not
// blank, calculations among them, and the rows. It is what a finished interview
// records.
func (s *Session) Answers() map[survey.Field]survey.Value {
	out := map[survey.Field]survey.Value{}
	var walk func(n *node)
	walk = func(n *node) {
		if !n.relevant {
			return
		}
		if n.isRow {
			out[n.field()] = survey.Of("1")
		}
		if n.slot.q != nil && n.slot.q.Kind != survey.Note && !n.answer().Blank() {
			out[n.field()] = n.answer()
		}
		for _, k := range append(n.kids[:len(n.kids):len(n.kids)], n.rows...) {
			walk(k)
		}
	}
	walk(s.root)
	s.root.questions(func(n *node) { // remarks stay, whether or not the question is asked
		for k, text := range n.remarks {
			out[n.field().Remark(k)] = survey.Of(text)
		}
	})
	return out
}

// answer is the value as it counts: without what is not among the choices.
func (n *node) answer() survey.Value {
	if n.lost {
		return survey.Of(n.kept)
	}
	return n.value
}

// Notes lists, for the form's author, the expressions that failed and why.
func (s *Session) Notes() []string {
	out := make([]string, 0, len(s.notes))
	for n := range s.notes {
		out = append(out, n)
	}
	slices.SortFunc(out, cmp.Compare[string])
	return out
}
