package interview

import (
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Reason is one sentence of why a question stands as it does.
type Reason struct {
	About      Aspect
	Of         survey.Field // the group, repeat or question that has the condition
	Text       string       // "Skipped, because “Are there members?” is “No”, not “Yes”."
	Expression string       // as written in the form; "" where there is none
	Uses       []Used       // the answers that decided it, each once
}

// Aspect is what a Reason explains.
type Aspect string

// The aspects of a question that can be explained.
const (
	AboutAsked    Aspect = "asked"
	AboutSkipped  Aspect = "skipped"
	AboutRequired Aspect = "required"
	AboutWrong    Aspect = "wrong"    // the answer breaks a constraint
	AboutDoubt    Aspect = "doubt"    // the answer breaks a soft check
	AboutLost     Aspect = "lost"     // the answer is not among the choices any more
	AboutReadOnly Aspect = "readonly" // nobody can answer it
)

// Used is an answer that an explanation mentions.
type Used struct {
	Field    survey.Field
	Label    string
	Value    string // as shown: labels of choices, words for special answers; "" if blank
	Computed bool
}

// Why explains in the words of the form, in lang, why a question is asked or
// skipped, required, wrong or closed. Of an unknown field it is nil.
func (s *Session) Why(f survey.Field, lang string) []Reason {
	n, err := s.node(f)
	if err != nil || n.slot.item == nil {
		return nil
	}
	w := &why{session: s, lang: lang}
	if !n.relevant {
		w.skipped(n)
		return w.reasons
	}
	w.asked(n)
	w.required(n)
	if n.broken {
		w.add(n, AboutWrong, n.slot.constraint, "This answer is not allowed, because ", false)
	}
	if n.doubted {
		w.add(n, AboutDoubt, n.slot.warning, "This answer is unusual, because ", false)
	}
	if n.lost {
		w.reasons = append(w.reasons, Reason{About: AboutLost, Of: f, Text: "The answer is not among the choices any more, given other answers.",
			Expression: n.slot.q.ChoiceFilter, Uses: w.filterUses(n)})
	}
	w.closed(n)
	return w.reasons
}

type why struct {
	session *Session
	lang    string
	reasons []Reason
}

// above lists a node and what is around it, outermost first; of a repeat the row.
func above(n *node) []*node {
	var out []*node
	for ; n != nil && n.slot.item != nil; n = n.parent {
		if !n.whole() || len(out) == 0 {
			out = append(out, n)
		}
	}
	slices.Reverse(out)
	return out
}

// skipped explains the outermost condition that does not hold.
func (w *why) skipped(n *node) {
	for _, at := range above(n) {
		if at.slot.relevant == nil || w.session.truth(at, at.slot.relevant, true) {
			continue
		}
		lead := "Skipped, because "
		if at != n {
			lead = "Skipped together with " + quote(w.label(at)) + ", because "
		}
		w.add(at, AboutSkipped, at.slot.relevant, lead, false)
		return
	}
	w.reasons = append(w.reasons, Reason{About: AboutSkipped, Of: n.field(), Text: "Skipped, because the rows around it do not exist."})
}

func (w *why) asked(n *node) {
	before := len(w.reasons)
	for _, at := range above(n) {
		if at.slot.relevant == nil {
			continue
		}
		lead := "Asked, because "
		if at != n {
			lead = quote(w.label(at)) + " is asked, because "
		}
		w.add(at, AboutAsked, at.slot.relevant, lead, true)
	}
	if len(w.reasons) == before {
		w.reasons = append(w.reasons, Reason{About: AboutAsked, Of: n.field(), Text: "Asked always."})
	}
}

func (w *why) required(n *node) {
	if !n.required {
		return
	}
	if constant(n.slot.required.Source()) {
		w.reasons = append(w.reasons, Reason{About: AboutRequired, Of: n.field(), Text: "An answer is always needed here."})
		return
	}
	w.add(n, AboutRequired, n.slot.required, "An answer is needed, because ", true)
}

func (w *why) closed(n *node) {
	q := n.slot.q
	switch {
	case q == nil:
	case n.slot.calc != nil:
		w.reasons = append(w.reasons, Reason{About: AboutReadOnly, Of: n.field(), Text: "Computed from other answers.",
			Expression: q.Calculation, Uses: w.uses(n, n.slot.calc.Source())})
	case n.readOnly:
		for _, at := range above(n) {
			if at.slot.readOnly != nil && w.session.truth(at, at.slot.readOnly, false) {
				w.add(at, AboutReadOnly, at.slot.readOnly, "Closed, because ", true)
			}
		}
	}
}

func (w *why) filterUses(n *node) []Used {
	if n.slot.choices == nil || n.slot.choices.nodes == nil {
		return nil
	}
	return w.uses(n, n.slot.choices.nodes.Source())
}

// add explains a condition of a node that came out as holds.
func (w *why) add(n *node, about Aspect, p *expr.Program, lead string, holds bool) {
	text := lead + w.phrase(n, p.Source(), holds) + "."
	if constant(p.Source()) {
		text = strings.TrimSuffix(lead, ", because ") + " by the form."
	}
	w.reasons = append(w.reasons, Reason{About: about, Of: n.field(), Text: text, Expression: sourceOf(n.slot, about), Uses: w.uses(n, p.Source())})
}

func constant(e expr.Expr) bool {
	c, ok := e.(*expr.Call)
	return ok && (c.Name == "true" || c.Name == "false")
}

// sourceOf is the condition as the form's author wrote it.
func sourceOf(s *slot, about Aspect) string {
	switch n := s.item.Common(); about {
	case AboutAsked, AboutSkipped:
		return n.Relevant
	case AboutReadOnly:
		return n.ReadOnly
	case AboutDoubt:
		return n.Sse["warning"]
	case AboutRequired:
		if s.q != nil {
			return s.q.Required
		}
	case AboutWrong:
		if s.q != nil {
			return s.q.Constraint
		}
	}
	return ""
}

// phrase says why an expression came out as holds.
func (w *why) phrase(n *node, e expr.Expr, holds bool) string {
	switch x := e.(type) {
	case *expr.Binary:
		switch x.Op {
		case "and", "or":
			return w.joined(n, x, holds)
		case "=", "!=", "<", "<=", ">", ">=":
			return w.compared(n, x, holds)
		}
	case *expr.Call:
		switch {
		case x.Name == "not" && len(x.Args) == 1:
			return w.phrase(n, x.Args[0], !holds)
		case (x.Name == "selected" || x.Name == "is-selected") && len(x.Args) == 2:
			return w.selected(n, x, holds)
		case x.Name == "regex" && len(x.Args) == 2:
			return w.subject(n, x.Args[0]) + not(holds, " has the form ", " does not have the form ") + w.shown(n, x.Args[1], nil)
		}
	}
	return w.subject(n, e) + not(holds, " holds", " does not hold")
}

func not(holds bool, yes, no string) string {
	if holds {
		return yes
	}
	return no
}

// joined names the parts of an and/or that decided: where an "and" fails those
// that fail, where an "or" holds those that hold.
func (w *why) joined(n *node, x *expr.Binary, holds bool) string {
	var parts []string
	for _, e := range operands(x, x.Op) {
		if w.value(n, e).Bool() == holds {
			if p := w.phrase(n, e, holds); !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	return strings.Join(parts, " and ")
}

// operands lists what an operator joins, whatever the brackets.
func operands(e expr.Expr, op string) []expr.Expr {
	if b, ok := e.(*expr.Binary); ok && b.Op == op {
		return append(operands(b.L, op), operands(b.R, op)...)
	}
	return []expr.Expr{e}
}

var comparisons = map[string][2]string{"=": {"is", "is not"}, "!=": {"is not", "is"}, "<": {"is less than", "is not less than"},
	"<=": {"is at most", "is more than"}, ">": {"is more than", "is not more than"}, ">=": {"is at least", "is less than"}}

var turned = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

// compared says what a comparison found: “Age” is 12, less than 18.
func (w *why) compared(n *node, x *expr.Binary, holds bool) string {
	l, r, op := x.L, x.R, x.Op
	if _, literal := literalText(l); literal {
		l, r, op = r, l, turned[op]
	}
	subject, value := w.subject(n, l), w.shown(n, l, w.question(n, l))
	text, literal := literalText(r)
	equals := op == "=" && holds || op == "!=" && !holds
	differs := op == "!=" && holds || op == "=" && !holds
	switch {
	case literal && text == "" && equals:
		return subject + " has no answer"
	case literal && text == "" && differs:
		return subject + " has an answer"
	case value == "" && !equals:
		return subject + " has no answer"
	}
	other := w.shown(n, r, w.question(n, l))
	if !literal {
		other = w.subject(n, r)
		if v := w.shown(n, r, w.question(n, r)); v != "" && v != other {
			other += " (" + v + ")"
		}
	}
	switch words := comparisons[op]; {
	case equals:
		return subject + " is " + other
	case differs:
		return fmt.Sprintf("%s is %s, not %s", subject, value, other)
	case holds:
		return fmt.Sprintf("%s is %s, which %s %s", subject, value, words[0], other)
	default:
		return fmt.Sprintf("%s is %s, which %s %s", subject, value, words[1], other)
	}
}

func (w *why) selected(n *node, x *expr.Call, holds bool) string {
	subject, choice := w.subject(n, x.Args[0]), w.shown(n, x.Args[1], w.question(n, x.Args[0]))
	value := w.shown(n, x.Args[0], w.question(n, x.Args[0]))
	switch {
	case holds && value == choice:
		return subject + " is " + choice
	case holds:
		return subject + " includes " + choice
	case value == "":
		return subject + " has no answer"
	}
	return fmt.Sprintf("%s is %s, without %s", subject, value, choice)
}

// value computes a part of an expression where it stands.
func (w *why) value(n *node, e expr.Expr) expr.Value {
	p, err := expr.Compile(e, &scope{program: w.session.program, from: n.slot, anyRow: anyRow(e)})
	if err != nil {
		return expr.Value{}
	}
	v, err := p.Eval(&expr.Context{Node: n, Current: n, Env: w.session.env})
	if err != nil {
		return expr.Value{}
	}
	return v
}

// question finds the one question that an expression stands for.
func (w *why) question(n *node, e expr.Expr) *node {
	switch e.(type) {
	case *expr.Ref, *expr.Path, *expr.Filter:
	default:
		return nil
	}
	ns, _ := w.value(n, e).NodeSet()
	if len(ns) != 1 {
		return nil
	}
	q, _ := ns[0].(*node)
	if q == nil || q.slot.q == nil {
		return nil
	}
	return q
}

// subject names what an expression is about: the label of its question, or the
// expression with the names of the questions in it.
func (w *why) subject(n *node, e expr.Expr) string {
	if q := w.question(n, e); q != nil {
		if q == n {
			return "it"
		}
		return quote(w.label(q))
	}
	return expr.Print(e)
}

// shown writes a value as people see it: codes by the labels of the question of.
func (w *why) shown(n *node, e expr.Expr, of *node) string {
	text, literal := literalText(e)
	if !literal {
		if q := w.question(n, e); q != nil {
			return w.answer(q)
		}
		text = w.value(n, e).String()
	}
	if of != nil && of.slot.choices != nil {
		if label := w.session.choiceText(of, text, w.lang); label != "" {
			return quote(label)
		}
	}
	if _, isText := e.(*expr.String); isText {
		return quote(text)
	}
	return text
}

// answer writes an answer as people see it.
func (w *why) answer(q *node) string {
	if !q.relevant {
		return ""
	}
	v := q.answer()
	if v.Special != "" {
		return quote(v.String())
	}
	if q.slot.choices == nil {
		return v.Text
	}
	var labels []string
	for _, code := range codes(q.slot.q, v.Text) {
		if code == "" {
			continue
		}
		label := w.session.choiceText(q, code, w.lang)
		if label == "" {
			label = code
		}
		labels = append(labels, quote(label))
	}
	return strings.Join(labels, ", ")
}

func quote(s string) string { return "“" + s + "”" }

// label is the label of a node without line breaks, or its name.
func (w *why) label(n *node) string {
	label := strings.Join(strings.Fields(w.session.say(n, n.slot.item.Common().Label, w.lang)), " ")
	if label == "" {
		return n.slot.name()
	}
	return label
}

// uses lists the answers that an expression looks at, and for computed ones those
// that they were computed from.
func (w *why) uses(n *node, e expr.Expr) []Used {
	var out []Used
	seen := map[*node]bool{n: true}
	var visit func(n *node, e expr.Expr, depth int)
	visit = func(n *node, e expr.Expr, depth int) {
		expr.Walk(e, func(x expr.Expr) bool {
			q := w.question(n, x)
			if q == nil || seen[q] || len(out) >= maxUses {
				return true
			}
			seen[q] = true
			out = append(out, Used{q.field(), w.label(q), w.answer(q), q.slot.calc != nil})
			if q.slot.calc != nil && depth < 3 {
				visit(q, q.slot.calc.Source(), depth+1)
			}
			return true
		})
	}
	visit(n, e, 0)
	return out
}

// maxUses bounds how many answers an explanation mentions.
const maxUses = 50

// choiceText is the label of a code among a question's choices, offered now or
// not; "" if there is none.
func (s *Session) choiceText(n *node, code, lang string) string {
	ch := n.slot.choices
	if ch.list != nil {
		if c, ok := ch.list.Find(code); ok {
			return s.say(n, c.Label, lang)
		}
		return ""
	}
	found := ""
	s.eachChoice(n, func(name string, item expr.Node) bool {
		if name == code {
			found = s.choiceLabel(n, item, lang)
		}
		return name != code
	})
	return found
}
