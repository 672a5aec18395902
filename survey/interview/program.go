package interview

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Program is a form made ready for interviews. It is immutable and may be shared.
type Program struct {
	Form      *survey.Form
	root      *slot
	slots     []*slot // in reading order; slots[0] is root
	byName    map[string]*slot
	byItem    map[survey.Item]*slot
	edges     [][]edge // by vertex
	ranks     []int    // by vertex; no two are the same
	byRank    []int    // vertices
	instances map[string]expr.Node
	title     *template // instance_name
	firstLoad []*action // in document order
	load      []*action
	templates sync.Map // templateKey → *template
}

// slot is the place of an item in the form; every node of a session has one.
type slot struct {
	index   int
	item    survey.Item // nil for the root
	q       *survey.Question
	repeat  *survey.Repeat
	flat    bool // a frame without a node in the instance
	parent  *slot
	kids    []*slot
	place   int     // among the parent's kids
	repeats []*slot // repeats around it, outermost first
	step    string  // its name in a Field
	label   string  // its name

	relevant, required, constraint, warning, readOnly, calc, count *expr.Program
	warningText                                                    survey.Text
	choices                                                        *choices
	attrs                                                          []*expr.Program // by attribute; nil where nothing is computed
	changed                                                        []*action       // when its value changes
	fresh                                                          []*action       // of a repeat: when a row is made
}

func (s *slot) name() string { return s.label }

// asked says whether people answer the question of the slot.
func (s *slot) asked() bool { return s.q != nil && s.q.Asked() }

// Compile prepares a form. Problems of severity Error mean that there is no
// program.
func Compile(f *survey.Form) (*Program, []survey.Problem) {
	p := &Program{Form: f, byName: map[string]*slot{}, byItem: map[survey.Item]*slot{}, instances: map[string]expr.Node{}}
	p.root = &slot{label: f.RootName()}
	p.slots = []*slot{p.root}
	p.build(p.root, f.Items)
	p.nameSteps()
	p.secondary()
	c := newCompilation(p)
	for _, s := range p.slots[1:] {
		c.choices(s) // first, since values are read through them
	}
	for _, s := range p.slots[1:] {
		c.slot(s)
	}
	for i := range f.Actions {
		c.formAction(&f.Actions[i])
	}
	if f.InstanceName != "" {
		p.title = c.instanceName(f.InstanceName)
	}
	p.edges = c.edges
	ranks, cycles := rank(c.edgesToRank(nil))
	if len(cycles) > 0 { // a count may depend on what is in its rows: it is looked at again
		ranks, cycles = rank(c.edgesToRank(cycles))
	}
	for _, cycle := range cycles {
		c.problems = append(c.problems, p.cycleProblem(cycle))
	}
	slices.SortStableFunc(c.problems, func(a, b survey.Problem) int { return a.Row - b.Row })
	p.ranks, p.byRank = ranks, make([]int, len(ranks))
	for v, r := range ranks {
		p.byRank[r] = v
	}
	if survey.Unusable(c.problems) {
		return nil, c.problems
	}
	return p, c.problems
}

// edgesToRank lists the edges that settle the order of computing. Inside cycles
// the edges that lead to the number of rows are left out, and those that only
// make a better order.
func (c *compilation) edgesToRank(cycles [][]int) [][]edge {
	if cycles == nil {
		return c.edges
	}
	within := make(map[int]int, len(cycles))
	for i, cycle := range cycles {
		for _, v := range cycle {
			within[v] = i + 1
		}
	}
	out := make([][]edge, len(c.edges))
	for from, es := range c.edges {
		for _, e := range es {
			if (e.to%aspects == rows || e.shared == better) && within[from] != 0 && within[from] == within[e.to] {
				continue
			}
			out[from] = append(out[from], e)
		}
	}
	return out
}

func (p *Program) build(parent *slot, items []survey.Item) {
	around := parent.repeats
	if parent.repeat != nil {
		around = append(around[:len(around):len(around)], parent)
	}
	for _, it := range items {
		s := &slot{index: len(p.slots), item: it, parent: parent, place: len(parent.kids), repeats: around, label: it.Common().Name}
		p.slots = append(p.slots, s)
		parent.kids = append(parent.kids, s)
		p.byItem[it] = s
		if _, taken := p.byName[s.name()]; !taken {
			p.byName[s.name()] = s
		}
		switch t := it.(type) {
		case *survey.Question:
			s.q = t
		case *survey.Group:
			s.flat = t.Flat
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

// secondary makes the lists and instances of the form reachable by instance().
func (p *Program) secondary() {
	for name, l := range p.Form.External {
		p.instances[name] = newList(l)
	}
	for name, l := range p.Form.Lists {
		p.instances[name] = newList(l)
	}
	for id, in := range p.Form.Instances {
		p.instances[id] = newTree(in.Root)
	}
}

// Aspects are what a slot's vertices stand for.
const (
	relevance = iota
	value
	offer // the value less the choices that are not offered
	requirement
	validity
	doubt // a soft check
	readOnly
	rows
	aspects
)

func vertex(s *slot, aspect int) int { return s.index*aspects + aspect }

// edge says that a change at one vertex concerns another.
type edge struct {
	to     int
	shared int  // number of repeats whose row the two have in common, or orderOnly
	place  bool // from the rows of a repeat to what only asks for the place of its own row
}

// Edges that rank vertices but carry no change.
const (
	orderOnly = -1
	better    = -2 // an order that is left out where it would close a circle
)

// compilation gathers edges and problems.
type compilation struct {
	program  *Program
	edges    [][]edge // by vertex
	known    map[link]bool
	incoming []int // edges that lead to a vertex
	problems []survey.Problem
	warnings int
	where    string // column of the expression at hand
}

// link is an edge with the vertex it comes from.
type link struct {
	from int
	edge edge
}

func newCompilation(p *Program) *compilation {
	n := len(p.slots) * aspects
	return &compilation{program: p, edges: make([][]edge, n), known: map[link]bool{}, incoming: make([]int, n)}
}

func (c *compilation) link(from, to, shared int) {
	c.add(from, edge{to: to, shared: shared})
}

func (c *compilation) add(from int, e edge) {
	if l := (link{from, e}); !c.known[l] {
		c.known[l] = true
		c.incoming[e.to]++
		c.edges[from] = append(c.edges[from], e)
	}
}

func (c *compilation) slot(s *slot) {
	n := s.item.Common()
	own := len(s.repeats)
	if s.parent.item != nil {
		c.link(vertex(s.parent, relevance), vertex(s, relevance), len(s.parent.repeats))
		c.link(vertex(s.parent, readOnly), vertex(s, readOnly), len(s.parent.repeats))
	}
	c.link(vertex(s, relevance), vertex(s, value), own)
	s.relevant = c.expression(s, relevance, "relevant", n.Relevant)
	s.readOnly = c.expression(s, readOnly, "readonly", n.ReadOnly)
	if s.parent.repeat != nil {
		c.link(vertex(s.parent, rows), vertex(s, relevance), orderOnly) // new rows are marked whole
	}
	if s.repeat != nil {
		c.link(vertex(s, rows), vertex(s, relevance), own) // each row has its own
		s.count = c.expression(s, rows, "repeat_count", s.repeat.Count)
		if s.parent.item != nil {
			c.link(vertex(s.parent, relevance), vertex(s, rows), len(s.parent.repeats))
		}
	}
	c.attributes(s)
	if s.q == nil {
		s.required = c.expression(s, requirement, "required", n.Bind["required"])
	}
	if q := s.q; q != nil {
		c.question(s, q)
	}
}

func (c *compilation) question(s *slot, q *survey.Question) {
	own := len(s.repeats)
	s.required = c.expression(s, requirement, "required", q.Required)
	s.constraint = c.expression(s, validity, "constraint", q.Constraint)
	c.link(vertex(s, valueOf(s)), vertex(s, validity), own)
	if s.warning = c.expression(s, doubt, "bind::sse:warning", q.Sse["warning"]); s.warning != nil {
		c.link(vertex(s, valueOf(s)), vertex(s, doubt), own)
		s.warningText = q.WarningMessage()
	}
	switch {
	case len(q.Trigger) > 0:
		c.triggered(s, q)
	default:
		s.calc = c.expression(s, value, "calculation", q.Calculation)
	}
	if s.calc != nil && s.calc.Volatile() && !strings.Contains(q.Calculation, "once(") {
		c.problem(q.Row, "calculation", survey.Warning, fmt.Errorf("the calculation of %s gives another result each time it is computed; wrap it in once()", q.Name))
	}
	if q.Dynamic {
		if p := c.parse(s, "default", q.Default); p != nil {
			c.initial(&action{target: s, value: p}, s)
		}
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
	if err == nil {
		var p *expr.Program
		if p, err = c.compile(s, e); err == nil {
			return p
		}
	}
	c.problem(s.item.Common().Row, column, survey.Error, fmt.Errorf("the expression of %s cannot be used: %w", s.name(), err))
	return nil
}

func (c *compilation) compile(s *slot, e expr.Expr) (*expr.Program, error) {
	return expr.Compile(e, &scope{program: c.program, from: s, anyRow: anyRow(e)})
}

// expression compiles an expression whose references become edges to a vertex.
func (c *compilation) expression(s *slot, aspect int, column, text string) *expr.Program {
	p := c.parse(s, column, text)
	if p != nil {
		c.where = column
		c.depend(s, vertex(s, aspect), p.Source())
		c.inspect(s, column, p.Source())
	}
	return p
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
	t := s.program.byName[r.Name]
	switch {
	case r.LastSaved && t != nil:
		return func(c *expr.Context) expr.Value {
			doc, _ := c.Env.Instance(lastSaved)
			return t.below(doc)
		}, nil
	case t == nil && r.Name == s.program.root.name():
		t = s.program.root
	case t == nil && r.Name == "instanceID":
		return func(c *expr.Context) expr.Value { return expr.Value{} }, nil
	case t == nil:
		return nil, fmt.Errorf("there is no question ${%s}", r.Name)
	}
	shared := s.shared(t, r)
	return func(c *expr.Context) expr.Value {
		n, ok := c.Current.(*node)
		if !ok {
			return expr.Value{}
		}
		return n.reach(t, shared)
	}, nil
}

// shared counts the repeats whose row a reference stays in.
func (s *scope) shared(t *slot, r *expr.Ref) int {
	if s.anyRow[r] {
		return 0
	}
	return sharedRepeats(t, s.from)
}

// anyRow marks the references that mean all rows even inside their own repeat:
// the arguments of indexed-repeat().
func anyRow(e expr.Expr) map[*expr.Ref]bool {
	var out map[*expr.Ref]bool
	expr.Walk(e, func(x expr.Expr) bool {
		if c, ok := x.(*expr.Call); ok && c.Name == "indexed-repeat" {
			for i, a := range c.Args {
				if r, ok := a.(*expr.Ref); ok && (i < 2 || i%2 == 1) {
					if out == nil {
						out = map[*expr.Ref]bool{}
					}
					out[r] = true
				}
			}
		}
		return true
	})
	return out
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
		if p, err = c.compile(c.program.root, e); err == nil {
			return &template{parts: []part{{program: p}}}
		}
	}
	var at *expr.Error
	if errors.As(err, &at) {
		c.problems = append(c.problems, survey.Problem{Sheet: "settings", Column: "instance_name", Text: at.Error()})
	}
	return nil
}
