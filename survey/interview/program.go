package interview

import (
	"errors"
	"fmt"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Program is a form made ready for interviews. It is immutable and may be shared.
type Program struct {
	Form   *survey.Form
	root   *slot
	slots  []*slot // in reading order; slots[0] is root
	byName map[string]*slot
	edges  [][]edge // by vertex
	ranks  []int    // by vertex
	lists  map[string]*listNode
	title  *template // instance_name
}

// slot is the place of an item in the form; every node of a session has one.
type slot struct {
	index   int
	item    survey.Item // nil for the root
	q       *survey.Question
	repeat  *survey.Repeat
	parent  *slot
	kids    []*slot
	place   int     // among the parent's kids
	repeats []*slot // repeats around it, outermost first
	step    string  // its name in a Field

	relevant, required, constraint, readOnly, calc, count, filter, initial *expr.Program
}

func (s *slot) name() string {
	if s.item == nil {
		return "data"
	}
	return s.item.Common().Name
}

// Compile prepares a form. Problems of severity Error mean that there is no
// program.
func Compile(f *survey.Form) (*Program, []survey.Problem) {
	p := &Program{Form: f, byName: map[string]*slot{}, lists: map[string]*listNode{}}
	p.root = &slot{}
	p.slots = []*slot{p.root}
	p.build(p.root, f.Items)
	p.nameSteps()
	for name, l := range f.Lists {
		p.lists[name] = newList(l)
	}
	c := &compilation{program: p}
	c.edges = make([][]edge, len(p.slots)*aspects)
	for _, s := range p.slots[1:] {
		c.slot(s)
	}
	if f.InstanceName != "" {
		p.title = c.instanceName(f.InstanceName)
	}
	p.edges = c.edges
	ranks, cycles := rank(p.edges)
	for _, cycle := range cycles {
		c.problems = append(c.problems, p.cycleProblem(cycle))
	}
	p.ranks = ranks
	if survey.Unusable(c.problems) {
		return nil, c.problems
	}
	return p, c.problems
}

func (p *Program) build(parent *slot, items []survey.Item) {
	around := parent.repeats
	if parent.repeat != nil {
		around = append(around[:len(around):len(around)], parent)
	}
	for _, it := range items {
		s := &slot{index: len(p.slots), item: it, parent: parent, place: len(parent.kids), repeats: around}
		p.slots = append(p.slots, s)
		parent.kids = append(parent.kids, s)
		if _, taken := p.byName[s.name()]; !taken {
			p.byName[s.name()] = s
		}
		switch t := it.(type) {
		case *survey.Question:
			s.q = t
		case *survey.Group:
			p.build(s, t.Items)
		case *survey.Repeat:
			s.repeat = t
			p.build(s, t.Items)
		}
	}
}

// nameSteps settles how fields are written: by name, with the groups in front
// where a name stands twice in the same repeat.
func (p *Program) nameSteps() {
	type scope struct {
		repeat *slot
		name   string
	}
	owner := func(s *slot) *slot {
		if n := len(s.repeats); n > 0 {
			return s.repeats[n-1]
		}
		return p.root
	}
	uses := map[scope]int{}
	for _, s := range p.slots[1:] {
		uses[scope{owner(s), s.name()}]++
	}
	for _, s := range p.slots[1:] {
		s.step = s.name()
		if uses[scope{owner(s), s.name()}] == 1 {
			continue
		}
		for g := s.parent; g != owner(s) && g != nil; g = g.parent {
			s.step = g.name() + "/" + s.step
		}
	}
}

// Aspects are what a slot's vertices stand for.
const (
	relevance = iota
	value
	requirement
	validity
	readOnly
	rows
	aspects
)

func vertex(s *slot, aspect int) int { return s.index*aspects + aspect }

// edge says that a change at one vertex concerns another.
type edge struct {
	to     int
	shared int // number of repeats whose row the two have in common, or orderOnly
}

// orderOnly marks edges that rank vertices but carry no change.
const orderOnly = -1

// compilation gathers edges and problems.
type compilation struct {
	program  *Program
	edges    [][]edge
	problems []survey.Problem
}

func (c *compilation) link(from, to, shared int) {
	c.edges[from] = append(c.edges[from], edge{to, shared})
}

func (c *compilation) slot(s *slot) {
	n := s.item.Common()
	own := len(s.repeats)
	if s.parent.item != nil {
		c.link(vertex(s.parent, relevance), vertex(s, relevance), len(s.parent.repeats))
	}
	c.link(vertex(s, relevance), vertex(s, value), own)
	s.relevant = c.expression(s, relevance, "relevant", n.Relevant)
	if s.parent.repeat != nil {
		c.link(vertex(s.parent, rows), vertex(s, relevance), orderOnly) // new rows are marked whole
	}
	if s.repeat != nil {
		c.link(vertex(s, relevance), vertex(s, rows), own)
		s.count = c.expression(s, rows, "repeat_count", s.repeat.Count)
	}
	if q := s.q; q != nil {
		c.question(s, q)
	}
}

func (c *compilation) question(s *slot, q *survey.Question) {
	own := len(s.repeats)
	s.required = c.expression(s, requirement, "required", q.Required)
	s.constraint = c.expression(s, validity, "constraint", q.Constraint)
	s.readOnly = c.expression(s, readOnly, "readonly", q.ReadOnly)
	c.link(vertex(s, value), vertex(s, validity), own)
	if len(q.Trigger) > 0 {
		s.calc = c.parse(s, "calculation", q.Calculation)
		for _, t := range q.Trigger {
			if from := c.program.byName[t]; from != nil {
				c.link(vertex(from, value), vertex(s, value), sharedRepeats(from, s))
			}
		}
	} else {
		s.calc = c.expression(s, value, "calculation", q.Calculation)
	}
	if s.calc != nil && s.calc.Volatile() && len(q.Trigger) == 0 && !strings.Contains(q.Calculation, "once(") {
		c.problem(q.Row, "calculation", survey.Warning, fmt.Errorf("the calculation of %s gives another result each time it is computed; wrap it in once()", q.Name))
	}
	s.filter = c.parse(s, "choice_filter", q.ChoiceFilter)
	if q.Dynamic {
		s.initial = c.parse(s, "default", q.Default)
	}
}

func (c *compilation) problem(row int, column string, sev survey.Severity, err error) {
	c.problems = append(c.problems, survey.Problem{Sheet: "survey", Row: row, Column: column, Severity: sev, Text: err.Error()})
}

// parse compiles an expression without edges.
func (c *compilation) parse(s *slot, column, text string) *expr.Program {
	if text == "" {
		return nil
	}
	e, err := expr.Parse(text)
	var p *expr.Program
	if err == nil {
		p, err = expr.Compile(e, &scope{program: c.program, from: s, anyRow: anyRow(e)})
	}
	if err != nil {
		c.problem(s.item.Common().Row, column, survey.Error, fmt.Errorf("the expression cannot be used: %w", err))
		return nil
	}
	return p
}

// expression compiles an expression whose references become edges to a vertex.
func (c *compilation) expression(s *slot, aspect int, column, text string) *expr.Program {
	p := c.parse(s, column, text)
	if p == nil {
		return nil
	}
	to := vertex(s, aspect)
	absolute := anyRow(p.Source())
	expr.Walk(p.Source(), func(e expr.Expr) bool {
		switch x := e.(type) {
		case *expr.Ref:
			if t := c.program.byName[x.Name]; t != nil && !x.LastSaved {
				shared := sharedRepeats(t, s)
				if absolute[x] {
					shared = 0
				}
				c.reads(t, to, shared)
			}
		case *expr.Path:
			for _, t := range c.program.reachable(s, x) {
				c.reads(t, to, 0)
			}
		}
		return true
	})
	return p
}

// reads adds the edges for an expression that looks at a slot.
func (c *compilation) reads(t *slot, to, shared int) {
	if from := vertex(t, value); from != to {
		c.link(from, to, shared)
	}
	for i := shared; i < len(t.repeats); i++ {
		c.link(vertex(t.repeats[i], rows), to, min(shared, i))
	}
	if t.repeat != nil {
		c.link(vertex(t, rows), to, shared)
	}
}

// sharedRepeats counts the repeats that two slots have in common.
func sharedRepeats(a, b *slot) int {
	n := 0
	for n < len(a.repeats) && n < len(b.repeats) && a.repeats[n] == b.repeats[n] {
		n++
	}
	return n
}

// scope binds the references of one slot's expressions.
type scope struct {
	program *Program
	from    *slot
	anyRow  map[*expr.Ref]bool
}

// Ref finds the nodes of ${name}: inside the row that both share, else all.
func (s *scope) Ref(r *expr.Ref) (func(*expr.Context) expr.Value, error) {
	if r.LastSaved || r.Name == "instanceID" {
		return func(*expr.Context) expr.Value { return expr.Value{} }, nil
	}
	t := s.program.byName[r.Name]
	if t == nil {
		return nil, fmt.Errorf("there is no question ${%s}", r.Name)
	}
	shared := sharedRepeats(t, s.from)
	if s.anyRow[r] {
		shared = 0
	}
	return func(c *expr.Context) expr.Value {
		n, ok := c.Current.(*node)
		if !ok {
			return expr.Value{}
		}
		return n.reach(t, shared)
	}, nil
}

// anyRow marks the references that mean all rows even inside their own repeat:
// the arguments of indexed-repeat().
func anyRow(e expr.Expr) map[*expr.Ref]bool {
	out := map[*expr.Ref]bool{}
	expr.Walk(e, func(x expr.Expr) bool {
		if c, ok := x.(*expr.Call); ok && c.Name == "indexed-repeat" {
			for i, a := range c.Args {
				if r, ok := a.(*expr.Ref); ok && (i < 2 || i%2 == 1) {
					out[r] = true
				}
			}
		}
		return true
	})
	return out
}

// reachable finds the slots that a location path may touch.
func (p *Program) reachable(from *slot, x *expr.Path) []*slot {
	if x.From != nil {
		return nil // its start has edges of its own
	}
	at := []*slot{from}
	steps := x.Steps
	if x.Absolute {
		at = []*slot{p.root}
		if len(steps) > 0 && steps[0].Axis == "child" {
			steps = steps[1:] // the root element
		}
	}
	for _, st := range steps {
		var next []*slot
		for _, s := range at {
			next = append(next, stepFrom(p, s, st)...)
		}
		at = next
	}
	out := at[:0:0]
	for _, s := range at {
		if s.item != nil && s != from {
			out = append(out, s)
		}
	}
	return out
}

func stepFrom(p *Program, s *slot, st expr.Step) []*slot {
	switch st.Axis {
	case "self":
		return []*slot{s}
	case "parent":
		if s.parent != nil {
			return []*slot{s.parent}
		}
		return nil
	case "child":
		var out []*slot
		for _, k := range s.kids {
			if st.Name == "*" || st.Name == "node()" || st.Name == k.name() {
				out = append(out, k)
			}
		}
		return out
	case "attribute":
		return nil
	}
	return p.slots[1:]
}

func (p *Program) cycleProblem(cycle []int) survey.Problem {
	seen := map[*slot]bool{}
	var names []string
	row := 0
	for _, v := range cycle {
		s := p.slots[v/aspects]
		if seen[s] || s.item == nil {
			continue
		}
		seen[s] = true
		n := s.item.Common()
		names = append(names, fmt.Sprintf("%s (row %d)", n.Name, n.Row))
		if row == 0 || n.Row < row {
			row = n.Row
		}
	}
	return survey.Problem{Sheet: "survey", Row: row, Text: "these questions depend on each other in a circle: " + strings.Join(names, ", "),
		Hint: "let one of them depend on something else"}
}

func (c *compilation) instanceName(text string) *template {
	e, err := expr.Parse(text)
	if err == nil {
		var p *expr.Program
		if p, err = expr.Compile(e, &scope{program: c.program, from: c.program.root}); err == nil {
			return &template{parts: []part{{program: p}}}
		}
	}
	var at *expr.Error
	if errors.As(err, &at) {
		c.problems = append(c.problems, survey.Problem{Sheet: "settings", Column: "instance_name", Text: at.Error()})
	}
	return nil
}
