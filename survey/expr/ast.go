package expr

// Expr is a node of a parsed expression: *Number, *String, *Ref, *Variable, *Call,
// *Binary, *Negate, *Path or *Filter.
type Expr interface {
	// Offset is where the node begins, in bytes from the start of the text.
	Offset() int
	expr()
}

// AllExprs has one node of each type, for tests of code that switches on them.
var AllExprs = []Expr{&Number{}, &String{}, &Ref{}, &Variable{}, &Call{}, &Binary{}, &Negate{}, &Path{}, &Filter{}}

type at int

func (a at) Offset() int { return int(a) }
func (at) expr()         {}

// Number is a literal number.
type Number struct {
	at
	Value float64
}

// String is a literal text.
type String struct {
	at
	Value string
}

// Ref is ${name}, or ${last-saved#name}.
type Ref struct {
	at
	Name      string
	LastSaved bool
}

// Variable is $name (XPath 1.0, 3.1). It can be read, but questionnaires bind no
// variables, so that Compile refuses it.
type Variable struct {
	at
	Name string
}

// Call is a function call.
type Call struct {
	at
	Name string
	Args []Expr
}

// Binary is an operator between two expressions: or and = != < <= > >= + - * div
// mod |.
type Binary struct {
	at
	Op   string
	L, R Expr
}

// Negate is unary minus.
type Negate struct {
	at
	X Expr
}

// Path is a location path. It starts at the root of the primary instance when
// Absolute, at the nodes of From when that is set, and else at the context node.
type Path struct {
	at
	Absolute bool
	From     Expr
	Steps    []Step
}

// Step is one step of a path.
type Step struct {
	Axis  string // child, parent, self, descendant-or-self, attribute …
	Name  string // a name, "*", "prefix:*", "node()", "text()", "comment()" or "processing-instruction(…)"
	Preds []Expr
}

// Filter is an expression with predicates: ${repeat}[1].
type Filter struct {
	at
	X     Expr
	Preds []Expr
}

// Walk visits e and everything below it, parents first, until visit returns
// false for a node, whose children are then left out.
func Walk(e Expr, visit func(Expr) bool) {
	if e == nil || !visit(e) {
		return
	}
	each := func(es []Expr) {
		for _, x := range es {
			Walk(x, visit)
		}
	}
	switch x := e.(type) {
	case *Call:
		each(x.Args)
	case *Binary:
		each([]Expr{x.L, x.R})
	case *Negate:
		Walk(x.X, visit)
	case *Filter:
		Walk(x.X, visit)
		each(x.Preds)
	case *Path:
		if x.From != nil {
			Walk(x.From, visit)
		}
		for _, s := range x.Steps {
			each(s.Preds)
		}
	}
}
