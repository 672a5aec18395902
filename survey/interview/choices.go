package interview

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Option is a choice that is offered now.
type Option struct {
	Name  string
	Label string
}

// choices says where the choices of a slot come from.
type choices struct {
	list     *survey.List  // where they are all of a list or some of them
	nodes    *expr.Program // one node per choice; nil: all of the list
	value    *expr.Program // of a node, where it is no item of the list
	label    *expr.Program
	filtered bool // what is offered depends on other answers
	shuffle  bool // by a seed of the interview's own
}

// choices compiles where a question's choices come from.
func (c *compilation) choices(s *slot) {
	q := s.q
	if q == nil || !q.Kind.Selects() {
		return
	}
	var nodes expr.Expr
	ch := &choices{list: c.program.Form.Lists[q.List]}
	if q.External {
		ch.list = c.program.Form.External[q.List]
	}
	code, label := "name", "label"
	var err error
	switch {
	case q.Itemset != nil:
		code, label = q.Itemset.Value, q.Itemset.Label
		nodes, err = expr.Parse(q.Itemset.Nodes)
	case strings.HasPrefix(q.List, "${"):
		var inner string
		nodes, inner, err = c.rowsAsChoices(s, q)
		code, label = inner, inner
	case q.ChoiceFilter != "" || q.File != "" || q.Parameters["randomize"] == "true":
		nodes, err = itemPath(q)
		if q.File != "" {
			code, label = fileColumns(q)
		}
	}
	if err != nil {
		c.problem(q.Row, "choice_filter", survey.Error, fmt.Errorf("the choices of %s cannot be found: %w", q.Name, err))
		return
	}
	s.choices = ch
	c.filter(s, q)
	if nodes == nil {
		return
	}
	if q.Parameters["randomize"] == "true" {
		nodes = c.shuffled(ch, q, nodes)
	}
	if ch.nodes, err = c.compile(s, nodes); err != nil {
		c.problem(q.Row, "choice_filter", survey.Error, fmt.Errorf("the choices of %s cannot be found: %w", q.Name, err))
		return
	}
	ch.value, ch.label = c.column(s, code), c.column(s, label)
	before := c.incoming[vertex(s, offer)]
	c.depend(s, vertex(s, offer), nodes)
	if ch.filtered = c.incoming[vertex(s, offer)] > before; ch.filtered {
		c.link(vertex(s, value), vertex(s, offer), len(s.repeats))
	}
}

// column compiles the path of a choice's value or label.
func (c *compilation) column(s *slot, path string) *expr.Program {
	if path == "" {
		return nil
	}
	e, err := expr.Parse(path)
	if err == nil {
		var p *expr.Program
		if p, err = c.compile(s, e); err == nil {
			return p
		}
	}
	c.problem(s.q.Row, "type", survey.Error, fmt.Errorf("the choices of %s have no column %s: %w", s.name(), path, err))
	return nil
}

// fileColumns are the columns of an attached file that hold code and label.
func fileColumns(q *survey.Question) (value, label string) {
	value, label = "name", "label"
	if strings.HasSuffix(q.File, ".geojson") {
		value, label = "id", "title"
	}
	if v := q.Parameters["value"]; v != "" {
		value = v
	}
	if v := q.Parameters["label"]; v != "" {
		label = v
	}
	return value, label
}

// itemPath is instance('list')/root/item[filter].
func itemPath(q *survey.Question) (expr.Expr, error) {
	p := &expr.Path{From: &expr.Call{Name: "instance", Args: []expr.Expr{&expr.String{Value: q.List}}},
		Steps: []expr.Step{{Axis: "child", Name: "root"}, {Axis: "child", Name: "item"}}}
	if q.ChoiceFilter == "" {
		return p, nil
	}
	f, err := expr.Parse(q.ChoiceFilter)
	if err == nil {
		p.Steps[1].Preds = []expr.Expr{f}
	}
	return p, err
}

// rowsAsChoices offers the rows of a repeat that answered a question. In the
// filter ${name} is the answer in the row at hand.
func (c *compilation) rowsAsChoices(s *slot, q *survey.Question) (nodes expr.Expr, inner string, err error) {
	name := strings.TrimSpace(strings.Trim(q.List, "${}"))
	t := c.program.byName[name]
	if t == nil || len(t.repeats) == 0 {
		return nil, "", fmt.Errorf("${%s} is no question in a repeat", name)
	}
	rep := t.repeats[len(t.repeats)-1]
	inner = way(rep, t)
	filter := expr.Expr(&expr.Binary{Op: "!=", L: stepsTo(inner), R: &expr.String{}})
	if q.ChoiceFilter != "" {
		if filter, err = expr.Parse(q.ChoiceFilter); err != nil {
			return nil, "", err
		}
		filter = expr.Rewrite(filter, func(e expr.Expr) expr.Expr {
			if r, ok := e.(*expr.Ref); ok && !r.LastSaved {
				if u := c.program.byName[r.Name]; u != nil && len(u.repeats) == len(t.repeats) && u.repeats[len(u.repeats)-1] == rep {
					return stepsTo(way(rep, u))
				}
			}
			return e
		})
	}
	return &expr.Filter{X: &expr.Ref{Name: rep.name()}, Preds: []expr.Expr{filter}}, inner, nil
}

// way writes the path from a repeat's row to a slot inside it.
func way(rep, t *slot) string {
	path := t.name()
	for up := t.parent; up != rep && up != nil; up = up.parent {
		if !up.flat {
			path = up.name() + "/" + path
		}
	}
	return path
}

func stepsTo(path string) *expr.Path {
	p := &expr.Path{}
	for _, name := range strings.Split(path, "/") {
		p.Steps = append(p.Steps, expr.Step{Axis: "child", Name: name})
	}
	return p
}

// shuffled asks for the nodes in an order of chance: by the seed of the form, or
// else by one of the interview, which stays the same when it is opened again.
func (c *compilation) shuffled(ch *choices, q *survey.Question, nodes expr.Expr) expr.Expr {
	seed := q.Parameters["seed"]
	if seed == "" {
		ch.shuffle = true
		return nodes
	}
	e, err := expr.Parse(seed)
	if err != nil {
		c.problem(q.Row, "parameters", survey.Error, fmt.Errorf("the seed of %s cannot be used: %w", q.Name, err))
		return nodes
	}
	return &expr.Call{Name: "randomize", Args: []expr.Expr{nodes, e}}
}

// Choices lists what a select or rank offers, given the answers so far. Choices
// are labelled in lang.
func (s *Session) Choices(f survey.Field, lang string) []Option {
	return s.FirstChoices(f, lang, math.MaxInt)
}

// FirstChoices are the first of Choices, at most so many.
func (s *Session) FirstChoices(f survey.Field, lang string, most int) []Option {
	n, err := s.node(f)
	if err != nil || n.slot.choices == nil {
		return nil
	}
	var out []Option
	s.eachChoice(n, func(name string, item expr.Node) bool {
		label := s.choiceLabel(n, item, lang)
		if label == "" {
			label = name
		}
		out = append(out, Option{name, label})
		return len(out) < most
	})
	return out
}

// eachChoice visits the choices that are offered.
func (s *Session) eachChoice(n *node, visit func(name string, item expr.Node) bool) {
	for _, it := range s.offered(n) {
		if !visit(s.choiceCode(n, it), it) {
			return
		}
	}
}

// offered lists the nodes of the choices that are offered.
func (s *Session) offered(n *node) []expr.Node {
	ch := n.slot.choices
	if ch == nil {
		return nil
	}
	if ch.nodes == nil {
		if root, ok := s.program.instances[n.slot.q.List].(*listNode); ok && ch.list != nil {
			return root.items()
		}
		return nil
	}
	v, ok := s.eval(n, ch.nodes)
	if !ok {
		return nil
	}
	items, _ := v.NodeSet()
	if ch.shuffle {
		sum := sha256.Sum256([]byte(s.world.Seed + "\x00" + string(n.field())))
		return expr.Shuffle(items, sum[:])
	}
	return items
}

func (s *Session) choiceCode(n *node, item expr.Node) string {
	if l, ok := item.(*listNode); ok && l.choice != nil {
		return l.choice.Name
	}
	return s.columnOf(n, n.slot.choices.value, item)
}

func (s *Session) columnOf(n *node, p *expr.Program, item expr.Node) string {
	if p == nil {
		return ""
	}
	v, err := p.Eval(&expr.Context{Node: item, Current: n, Env: s.env})
	if err != nil {
		s.note(n, err.Error())
	}
	return v.String()
}

func (s *Session) choiceLabel(n *node, item expr.Node, lang string) string {
	if l, ok := item.(*listNode); ok && l.choice != nil {
		return s.say(n, l.choice.Label, lang)
	}
	was := s.speaking
	s.speaking = lang
	defer func() { s.speaking = was }()
	return s.columnOf(n, n.slot.choices.label, item)
}

// offers says whether a code is among the choices now.
func (s *Session) offers(n *node, code string) bool {
	ch := n.slot.choices
	if ch == nil {
		return true
	}
	if ch.nodes == nil && ch.list != nil {
		_, ok := ch.list.Find(code)
		return ok
	}
	found := false
	s.eachChoice(n, func(name string, _ expr.Node) bool {
		found = name == code
		return !found
	})
	return found
}

// keepOffered returns the codes of a text that are offered; those of a
// select_multiple in the order of the choices.
func (s *Session) keepOffered(n *node, text string) string {
	ch := n.slot.choices
	if text == "" || ch == nil {
		return text
	}
	given := codes(n.slot.q, text)
	if len(given) == 1 {
		if s.offers(n, given[0]) {
			return given[0]
		}
		return ""
	}
	place := make(map[string]int, len(given))
	for _, c := range given {
		place[c] = -1
	}
	i := 0
	s.eachChoice(n, func(name string, _ expr.Node) bool {
		if at, wanted := place[name]; wanted && at < 0 {
			place[name] = i
		}
		i++
		return true
	})
	kept := slices.DeleteFunc(given, func(c string) bool { return place[c] < 0 })
	switch n.slot.q.Kind {
	case survey.Rank: // holds all there is to rank
		s.eachChoice(n, func(name string, _ expr.Node) bool {
			if !slices.Contains(kept, name) {
				kept = append(kept, name)
			}
			return true
		})
	case survey.SelectMultiple:
		slices.SortStableFunc(kept, func(a, b string) int { return place[a] - place[b] })
	}
	return strings.Join(kept, " ")
}

// choiceName is jr:choice-name: the label of a code among the choices of the
// question that the path names, in the language of the interview.
func (s *Session) choiceName(c *expr.Context, code, path string) string {
	t := s.program.named(path)
	if t == nil || t.choices == nil {
		return ""
	}
	at, ok := c.Current.(*node)
	if !ok {
		at = s.root
	}
	found := ""
	at.row(sharedRepeats(t, at.slot)).each(t, func(n *node) {
		if found != "" {
			return
		}
		if l := t.choices.list; l != nil && t.choices.nodes == nil {
			if ch, ok := l.Find(code); ok {
				found = s.say(n, ch.Label, s.language())
			}
			return
		}
		s.eachChoice(n, func(name string, item expr.Node) bool {
			if name == code {
				found = s.choiceLabel(n, item, s.language())
			}
			return name != code
		})
	})
	return found
}

// accept checks that a value has the form that the kind of question asks for and
// returns it as it is stored.
func (s *Session) accept(n *node, v survey.Value) (survey.Value, error) {
	q := n.slot.q
	if v.Special != "" {
		for _, sp := range q.Specials() {
			if sp == v.Special {
				return survey.Value{Special: v.Special}, nil
			}
		}
		return v, fmt.Errorf("%q is not offered here", v.String())
	}
	if strings.TrimSpace(v.Text) == "" {
		return survey.Value{}, nil
	}
	text, err := lexical(q, v.Text)
	if err != nil {
		return v, err
	}
	for _, code := range codes(q, text) {
		if !s.offers(n, code) {
			return v, fmt.Errorf("%q is not among the choices", code)
		}
	}
	if q.Kind == survey.SelectMultiple {
		text = s.keepOffered(n, text)
	}
	return survey.Of(text), nil
}

// codes splits the answer to a question with choices.
func codes(q *survey.Question, text string) []string {
	switch q.Kind {
	case survey.SelectOne:
		return []string{text}
	case survey.SelectMultiple, survey.Rank:
		return strings.Fields(text)
	default:
		return nil
	}
}
