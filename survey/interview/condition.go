package interview

import (
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Condition says in the words of the form, in lang, when something holds for an
// item, whatever the answers will be: when it is asked (AboutAsked), required
// (AboutRequired) or closed (AboutReadOnly). It continues a sentence: "“Are there
// members?” is “Yes”". What holds always is "always", what never does "".
func (p *Program) Condition(item survey.Item, about Aspect, lang string) string {
	s := p.byItem[item]
	if s == nil {
		return ""
	}
	prog, unless := s.relevant, "always"
	switch about {
	case AboutAsked:
	case AboutRequired:
		prog, unless = s.required, ""
	case AboutReadOnly:
		prog, unless = s.readOnly, ""
	default:
		return ""
	}
	if prog == nil {
		return unless
	}
	if c, ok := prog.Source().(*expr.Call); ok && constant(c) {
		if c.Name == "true" {
			return "always"
		}
		return ""
	}
	t := terms{program: p, lang: lang, at: s}
	return t.phrase(prog.Source(), true)
}

// Wording gives a text of the form in lang as it stands before there are answers:
// an answer that it repeats is named in square brackets.
func (p *Program) Wording(t survey.Text, lang string) string {
	w := terms{program: p, lang: lang}
	var b strings.Builder
	for rest := t.In(lang, p.Form.DefaultLanguage); ; {
		before, expression, after, found := survey.CutOutput(rest)
		b.WriteString(reference.ReplaceAllStringFunc(before, func(ref string) string {
			return w.gap(strings.TrimSpace(strings.Trim(ref, "${}")))
		}))
		if !found {
			return b.String()
		}
		b.WriteString(w.gap(expression[strings.LastIndexByte(expression, '/')+1:]))
		rest = after
	}
}

// terms puts conditions into words.
type terms struct {
	program *Program
	lang    string
	at      *slot // that has the condition
}

// gap names an answer that is to stand at a place.
func (t terms) gap(name string) string {
	if s := t.program.named(name); s != nil {
		if label := t.label(s); len([]rune(label)) <= longestGap {
			return "[" + label + "]"
		}
	}
	return "[" + name + "]"
}

// The lengths, in letters, up to which labels are repeated in other texts.
const (
	longestGap  = 40
	longestName = 90
)

// phrase says when an expression comes out as holds.
func (t terms) phrase(e expr.Expr, holds bool) string {
	switch x := e.(type) {
	case *expr.Binary:
		switch x.Op {
		case "and", "or":
			return t.joined(x, holds)
		case "=", "!=", "<", "<=", ">", ">=":
			return t.compared(x, holds)
		}
	case *expr.Call:
		switch {
		case (x.Name == "not" || x.Name == "boolean") && len(x.Args) == 1:
			return t.phrase(x.Args[0], holds == (x.Name == "boolean"))
		case (x.Name == "selected" || x.Name == "is-selected") && len(x.Args) == 2:
			subject, verb, object := t.choice(x, holds)
			return subject + " " + verb + " " + object
		case x.Name == "regex" && len(x.Args) == 2:
			return t.subject(x.Args[0]) + not(holds, " has the form ", " does not have the form ") + t.shown(x.Args[1], nil)
		}
	}
	return t.subject(e) + not(holds, " holds", " does not hold")
}

// joined lists what an and/or joins. An "or" of answers to one question is one
// sentence; an "or" within an "and", or the other way round, stands in brackets.
func (t terms) joined(x *expr.Binary, holds bool) string {
	word := " and "
	if (x.Op == "or") == holds {
		word = " or "
	}
	type said struct{ subject, verb, text string }
	var parts []said
	for _, e := range operands(x, x.Op) {
		subject, verb, object, simple := t.simple(e, holds)
		if n := len(parts); simple && n > 0 && parts[n-1].subject == subject && parts[n-1].verb == verb && word == " or " {
			parts[n-1].text += "\x00" + object
			continue
		}
		if !simple {
			subject, verb, object = "", "", t.phrase(e, holds)
			if b, ok := e.(*expr.Binary); ok && (b.Op == "and" || b.Op == "or") && !t.oneSubject(b, holds) {
				object = "(" + object + ")"
			}
		}
		parts = append(parts, said{subject, verb, object})
	}
	var out []string
	for _, p := range parts {
		text := p.text
		if p.subject != "" {
			text = p.subject + " " + p.verb + " " + alternatives(strings.Split(p.text, "\x00"))
		}
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return strings.Join(out, word)
}

// oneSubject says whether all parts of an and/or are about one question in one way.
func (t terms) oneSubject(x *expr.Binary, holds bool) bool {
	first := ""
	for i, e := range operands(x, x.Op) {
		subject, verb, _, simple := t.simple(e, holds)
		if !simple || i > 0 && subject+verb != first {
			return false
		}
		first = subject + verb
	}
	return (x.Op == "or") == holds
}

func alternatives(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// simple takes apart a condition that a question has one answer.
func (t terms) simple(e expr.Expr, holds bool) (subject, verb, object string, ok bool) {
	switch x := e.(type) {
	case *expr.Call:
		if (x.Name == "selected" || x.Name == "is-selected") && len(x.Args) == 2 {
			subject, verb, object = t.choice(x, holds)
			return subject, verb, object, true
		}
	case *expr.Binary:
		if text, literal := literalText(x.R); literal && text != "" && (x.Op == "=" || x.Op == "!=") {
			return t.subject(x.L), not((x.Op == "=") == holds, "is", "is not"), t.shown(x.R, t.slot(x.L)), true
		}
	}
	return "", "", "", false
}

// choice takes apart that a choice is selected.
func (t terms) choice(x *expr.Call, holds bool) (subject, verb, object string) {
	s := t.slot(x.Args[0])
	verb = not(holds, "includes", "does not include")
	if s != nil && s.q != nil && s.q.Kind == survey.SelectOne {
		verb = not(holds, "is", "is not")
	}
	return t.subject(x.Args[0]), verb, t.shown(x.Args[1], s)
}

func (t terms) compared(x *expr.Binary, holds bool) string {
	l, r, op := x.L, x.R, x.Op
	if _, literal := literalText(l); literal {
		l, r, op = r, l, turned[op]
	}
	words := comparisons[op]
	verb := not(holds, words[0], words[1])
	text, literal := literalText(r)
	if literal && text == "" {
		return t.subject(l) + not(verb == "is", " has no answer", " has an answer")
	}
	if !literal {
		return t.subject(l) + " " + verb + " " + t.subject(r)
	}
	return t.subject(l) + " " + verb + " " + t.shown(r, t.slot(l))
}

// slot is the question that an expression stands for, nil if it is none.
func (t terms) slot(e expr.Expr) *slot {
	switch x := e.(type) {
	case *expr.Ref:
		return t.program.byName[x.Name]
	case *expr.Filter:
		return t.slot(x.X)
	case *expr.Call:
		if x.Name == "coalesce" && len(x.Args) > 0 {
			return t.slot(x.Args[0])
		}
	case *expr.Path:
		n := len(x.Steps)
		if n == 0 {
			return nil
		}
		if n == 1 && x.Steps[0].Axis == "self" && x.From == nil {
			return t.at
		}
		return t.program.byName[x.Steps[n-1].Name]
	}
	return nil
}

// subject names what an expression is about: its question, or the expression with
// labels in place of names.
func (t terms) subject(e expr.Expr) string {
	s := t.slot(e)
	switch {
	case s == nil:
	case s == t.at:
		return "it"
	default:
		return t.name(s)
	}
	if c, ok := e.(*expr.Call); ok && c.Name == "count-selected" && len(c.Args) == 1 {
		return "the number of answers to " + t.subject(c.Args[0])
	}
	return t.formula(e)
}

// name is how a question is called in a sentence.
func (t terms) name(s *slot) string {
	if label := t.label(s); label != s.name() {
		return quote(label)
	}
	if s.calc != nil {
		return s.name() + " (computed)"
	}
	return s.name()
}

// label is the label of an item on one line, cut where it is long, or its name.
func (t terms) label(s *slot) string {
	if s.item == nil {
		return s.name()
	}
	text := s.item.Common().Label.In(t.lang, t.program.Form.DefaultLanguage)
	words := strings.Fields(strings.ReplaceAll(reference.ReplaceAllString(text, "…"), "**", ""))
	label := strings.Join(words, " ")
	if rs := []rune(label); len(rs) > longestName {
		label = strings.TrimRight(string(rs[:longestName-1]), " ,;") + "…"
	}
	if label == "" {
		return s.name()
	}
	return label
}

// shown writes a literal as people see it: the label of a choice of a question, or
// else the text.
func (t terms) shown(e expr.Expr, of *slot) string {
	text, literal := literalText(e)
	if !literal {
		return t.subject(e)
	}
	if of != nil && of.choices != nil && of.choices.list != nil {
		if c, ok := of.choices.list.Find(text); ok {
			if label := strings.Join(strings.Fields(c.Label.In(t.lang, t.program.Form.DefaultLanguage)), " "); label != "" {
				return quote(label)
			}
		}
	}
	if _, isText := e.(*expr.String); isText {
		return quote(text)
	}
	return text
}

// Computation is a value that conditions ask for and that only a program computes.
type Computation struct {
	Name    string
	Formula string // with labels in place of the names of questions
}

// Computations lists what the conditions of the form's items (AboutAsked,
// AboutRequired) rest on and no person answers, in reading order, with what these
// values are computed from in turn.
func (p *Program) Computations(lang string) []Computation {
	t := terms{program: p, lang: lang}
	needed := map[*slot]bool{}
	var visit func(prog *expr.Program)
	visit = func(prog *expr.Program) {
		if prog == nil {
			return
		}
		expr.Walk(prog.Source(), func(e expr.Expr) bool {
			if s := t.slot(e); s != nil && s.calc != nil && !needed[s] {
				needed[s] = true
				visit(s.calc)
			}
			return true
		})
	}
	for _, s := range p.slots {
		if s.q == nil || !s.q.SoftCheck() {
			visit(s.relevant)
			visit(s.required)
		}
	}
	var out []Computation
	for _, s := range p.slots {
		if needed[s] {
			t.at = s
			out = append(out, Computation{s.name(), t.formula(s.calc.Source())})
		}
	}
	return out
}

// formula prints an expression with labels in place of names.
func (t terms) formula(e expr.Expr) string {
	return reference.ReplaceAllStringFunc(expr.Print(e), func(ref string) string {
		switch s := t.program.byName[strings.TrimSpace(strings.Trim(ref, "${}"))]; {
		case s == nil:
			return ref
		case s.calc != nil && t.label(s) == s.name():
			return s.name()
		default:
			return t.name(s)
		}
	})
}
