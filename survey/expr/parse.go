package expr

import (
	"slices"
	"strconv"
	"strings"
)

// maxDepth and maxLength bound nesting and length, so that hostile text can exhaust
// neither the stack nor the memory. A cell of a workbook holds 32,767 characters.
const (
	maxDepth  = 500
	maxLength = 1 << 17
)

type parser struct {
	toks  []token
	i     int
	depth int
}

// Parse reads an expression of at most 128 KiB (XPath 1.0, with ${name} and the
// leniencies of JavaRosa). The error is an *Error.
func Parse(text string) (Expr, error) {
	if len(text) > maxLength {
		return nil, fail(0, "the expression is longer than %d characters", maxLength)
	}
	toks, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{toks: toks}
	if p.peek().kind == tokEnd {
		return nil, fail(0, "an expression was expected, and there is none")
	}
	e, err := p.binary(1)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, fail(t.at, "an operator or the end was expected, not %s", t)
	}
	return e, nil
}

func (p *parser) peek() token { return p.toks[p.i] }

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != tokEnd {
		p.i++
	}
	return t
}

func (p *parser) is(symbol string) bool {
	t := p.peek()
	return t.kind == tokSymbol && t.text == symbol
}

func (p *parser) accept(symbol string) bool {
	if p.is(symbol) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(symbol, after string) error {
	if p.accept(symbol) {
		return nil
	}
	return fail(p.peek().at, "%s was expected %s, not %s", symbol, after, p.peek())
}

// Unary minus binds tighter than * and looser than |.
const (
	negatePower = 7
	unionPower  = 8
)

// power gives the binding power of a binary operator (XPath 1.0, 3.5), 0 for
// anything else.
func power(t token) int {
	switch t.kind {
	case tokName:
		switch t.text {
		case "or":
			return 1
		case "and":
			return 2
		case "div", "mod":
			return 6
		}
	case tokSymbol:
		switch t.text {
		case "=", "!=":
			return 3
		case "<", "<=", ">", ">=":
			return 4
		case "+", "-":
			return 5
		case "*":
			return 6
		case "|":
			return unionPower
		}
	}
	return 0
}

// binary is the Pratt loop: operands joined by operators that bind at least as
// tightly as floor.
func (p *parser) binary(floor int) (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fail(p.peek().at, "the expression is nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.unary()
	if err != nil {
		return nil, err
	}
	for {
		t := p.peek()
		bp := power(t)
		if bp == 0 || bp < floor {
			return left, nil
		}
		p.next()
		right, err := p.binary(bp + 1)
		if err != nil {
			return nil, err
		}
		if t.text == "|" && (!locates(left) || !locates(right)) {
			return nil, fail(t.at, "| joins node-sets; one side is none")
		}
		left = &Binary{at: at(left.Offset()), Op: t.text, L: left, R: right}
	}
}

// locates says whether an expression can give nodes.
func locates(e Expr) bool {
	switch x := e.(type) {
	case *Path, *Ref, *Variable, *Filter, *Call:
		return true
	case *Binary:
		return x.Op == "|"
	}
	return false
}

func (p *parser) unary() (Expr, error) {
	t := p.peek()
	if !p.accept("-") {
		return p.path()
	}
	x, err := p.binary(negatePower)
	if err != nil {
		return nil, err
	}
	return &Negate{at: at(t.at), X: x}, nil
}

// path reads a location path or a primary expression with what follows it.
func (p *parser) path() (Expr, error) {
	t := p.peek()
	if !p.startsPrimary() {
		return p.location(&Path{at: at(t.at)})
	}
	x, err := p.primary()
	if err != nil {
		return nil, err
	}
	if p.is("[") {
		preds, err := p.predicates()
		if err != nil {
			return nil, err
		}
		x = &Filter{at: at(t.at), X: x, Preds: preds}
	}
	if !p.is("/") && !p.is("//") {
		return x, nil
	}
	if !locates(x) && !grouped(p, t) {
		return nil, fail(p.peek().at, "a path cannot follow %s", t)
	}
	return p.steps(&Path{at: at(t.at), From: x})
}

func grouped(p *parser, t token) bool { return t.kind == tokSymbol && t.text == "(" }

func (p *parser) startsPrimary() bool {
	t := p.peek()
	switch t.kind {
	case tokNumber, tokString, tokRef, tokVariable:
		return true
	case tokSymbol:
		return t.text == "("
	case tokName:
		n := p.toks[p.i+1]
		return n.kind == tokSymbol && n.text == "(" && !isNodeType(t.text)
	}
	return false
}

func isNodeType(name string) bool {
	return name == "node" || name == "text" || name == "comment" || name == "processing-instruction"
}

func (p *parser) primary() (Expr, error) {
	t := p.next()
	switch t.kind {
	case tokNumber:
		v, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return nil, fail(t.at, "%s is no number", t)
		}
		return &Number{at: at(t.at), Value: v}, nil
	case tokString:
		return &String{at: at(t.at), Value: t.text}, nil
	case tokRef:
		r := &Ref{at: at(t.at), Name: t.text}
		r.Name, r.LastSaved = strings.CutPrefix(t.text, lastSaved)
		return r, nil
	case tokVariable:
		return &Variable{at: at(t.at), Name: t.text}, nil
	case tokName:
		return p.call(t)
	}
	x, err := p.binary(1) // after "("
	if err != nil {
		return nil, err
	}
	return x, p.expect(")", "to close the bracket")
}

func (p *parser) call(name token) (Expr, error) {
	c := &Call{at: at(name.at), Name: name.text}
	p.next() // "("
	if p.accept(")") {
		return c, nil
	}
	for {
		a, err := p.binary(1)
		if err != nil {
			return nil, err
		}
		c.Args = append(c.Args, a)
		if p.accept(")") {
			return c, nil
		}
		if err := p.expect(",", "or ) in "+name.text+"()"); err != nil {
			return nil, err
		}
	}
}

func (p *parser) predicates() ([]Expr, error) {
	var out []Expr
	for p.accept("[") {
		x, err := p.binary(1)
		if err != nil {
			return nil, err
		}
		if err := p.expect("]", "to close the condition"); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// location reads a path that starts with "/", "//" or a step.
func (p *parser) location(x *Path) (Expr, error) {
	switch {
	case p.is("//"):
		x.Absolute = true
		return p.steps(x)
	case p.accept("/"):
		x.Absolute = true
		if !p.startsStep() {
			return x, nil
		}
	}
	s, err := p.step()
	if err != nil {
		return nil, err
	}
	x.Steps = append(x.Steps, s)
	return p.steps(x)
}

// steps reads what follows a path or a filter: "/step", "//step", ….
func (p *parser) steps(x *Path) (Expr, error) {
	for p.is("/") || p.is("//") {
		if p.next().text == "//" {
			x.Steps = append(x.Steps, Step{Axis: "descendant-or-self", Name: "node()"})
		}
		s, err := p.step()
		if err != nil {
			return nil, err
		}
		x.Steps = append(x.Steps, s)
	}
	return x, nil
}

func (p *parser) startsStep() bool {
	t := p.peek()
	return t.kind == tokName || t.kind == tokSymbol && (t.text == "." || t.text == ".." || t.text == "@" || t.text == "*")
}

var axes = []string{"ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self",
	"following", "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self"}

func (p *parser) step() (Step, error) {
	switch {
	case p.accept("."):
		return Step{Axis: "self", Name: "node()"}, nil
	case p.accept(".."):
		return Step{Axis: "parent", Name: "node()"}, nil
	}
	s := Step{Axis: "child"}
	if p.accept("@") {
		s.Axis = "attribute"
	} else if n := p.toks[min(p.i+1, len(p.toks)-1)]; p.peek().kind == tokName && n.kind == tokSymbol && n.text == "::" {
		t := p.next()
		if !slices.Contains(axes, t.text) {
			return s, fail(t.at, "%s is no axis; known are child, parent, self, descendant and others", t)
		}
		s.Axis = t.text
		p.next()
	}
	if err := p.nodeTest(&s); err != nil {
		return s, err
	}
	var err error
	s.Preds, err = p.predicates()
	return s, err
}

func (p *parser) nodeTest(s *Step) error {
	t := p.next()
	switch {
	case t.kind == tokSymbol && t.text == "*":
		s.Name = "*"
	case t.kind == tokName && isNodeType(t.text) && p.is("("):
		p.next()
		s.Name = t.text + "()"
		if t.text == "processing-instruction" && p.peek().kind == tokString {
			s.Name = t.text + "(" + quote(p.next().text) + ")"
		}
		return p.expect(")", "after "+t.text+"(")
	case t.kind == tokName:
		s.Name = t.text
	default:
		return fail(t.at, "a value, a name or a path was expected, not %s", t)
	}
	return nil
}
