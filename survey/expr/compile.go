package expr

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Context is where an expression is evaluated. Node is the context node ("."),
// Position and Size its place among the nodes being filtered, Current the node
// that the whole expression belongs to (current(), and where ${name} starts from).
type Context struct {
	Node           Node
	Current        Node
	Position, Size int
	Env            *Env

	work *int // nodes looked at inside of conditions, so that hostile ones end
}

// maxWork bounds the nodes that the conditions of one path look at: a second or
// two. Honest forms need thousands.
const maxWork = 20_000_000

var errTooMuch = errors.New("this takes too long; conditions inside of conditions look at each node again and again")

// working returns a context that counts the nodes looked at.
func (k *Context) working() *Context {
	if k.work != nil {
		return k
	}
	c := *k
	c.work = new(int)
	return &c
}

// look counts nodes that are looked at.
func (k *Context) look(n int) {
	if k.work != nil {
		*k.work += n
	}
}

// exhausted says whether too many nodes have been looked at.
func (k *Context) exhausted() bool { return k.work != nil && *k.work > maxWork }

// Env is what expressions see of the world; nil functions give blanks.
type Env struct {
	Now        func() time.Time // in the location whose days count
	Root       Node             // document node of the primary instance
	Instance   func(id string) (Node, bool)
	Random     func() float64
	UUID       func() string
	ChoiceName func(c *Context, code, path string) string // jr:choice-name
	Text       func(id string) string                     // jr:itext
	TextNodes  func(id string) []Node                     // jr:itext as nodes, instead of Text
	Calendar   func() *Calendar                           // names of months and days, for format-date
	Namespaces map[string]string                          // prefix → URI; "" is for elements named without one
}

// Calendar names the months and days in the language of a form.
type Calendar struct {
	Months [12]string // short, from January: Jan
	Days   [7]string  // short, from Sunday: Sun
}

func (e *Env) location() *time.Location {
	if e == nil || e.Now == nil {
		return time.UTC
	}
	return e.Now().Location()
}

// Scope binds the names of a form at compile time.
type Scope interface {
	// Ref gives the function that finds the nodes of ${name} for a context; an
	// error says why the name cannot be used.
	Ref(r *Ref) (func(*Context) Value, error)
}

// Program is a compiled expression. It is safe for use by several goroutines.
type Program struct {
	eval     eval
	source   Expr
	volatile bool
}

type eval func(*Context) (Value, error)

// Compile binds references by scope and functions by name. It fails with an
// *Error on unknown functions, wrong argument counts and unknown references.
func Compile(e Expr, scope Scope) (*Program, error) {
	return compile(e, &compiler{scope: scope, done: map[Expr]eval{}})
}

// CompileLate is Compile for expressions that other engines accept: an unknown
// function or a wrong number of arguments is an error only where it is evaluated.
func CompileLate(e Expr, scope Scope) (*Program, error) {
	return compile(e, &compiler{scope: scope, late: true, done: map[Expr]eval{}})
}

func compile(e Expr, c *compiler) (*Program, error) {
	f, err := c.expr(e)
	if err != nil {
		return nil, err
	}
	return &Program{eval: f, source: e, volatile: c.volatile}, nil
}

// Eval computes the expression. An error is about the values at hand, not about
// the text; an interview shows a blank then.
func (p *Program) Eval(c *Context) (Value, error) { return p.eval(c) }

// Source returns the tree that was compiled.
func (p *Program) Source() Expr { return p.source }

// Volatile says whether the result depends on more than the answers: now(),
// random(), uuid().
func (p *Program) Volatile() bool { return p.volatile }

type compiler struct {
	scope    Scope
	late     bool // calls that cannot be are errors of evaluation
	volatile bool
	depth    int
	inside   int           // conditions around what is being compiled
	done     map[Expr]eval // inside of conditions, where parts are used in two ways
}

func (c *compiler) expr(e Expr) (eval, error) {
	if f, ok := c.done[e]; ok {
		return f, nil
	}
	if c.depth++; c.depth > maxLength {
		return nil, fail(e.Offset(), "the expression is nested more than %d deep", maxLength)
	}
	defer func() { c.depth-- }()
	f, err := c.compile(e)
	if err == nil && c.inside > 0 {
		c.done[e] = f
	}
	return f, err
}

func (c *compiler) compile(e Expr) (eval, error) {
	switch x := e.(type) {
	case *Number:
		v := Num(x.Value)
		return func(*Context) (Value, error) { return v, nil }, nil
	case *String:
		v := Text(x.Value)
		return func(*Context) (Value, error) { return v, nil }, nil
	case *Ref:
		return c.ref(x)
	case *Variable:
		return nil, fail(x.Offset(), "there is no variable $%s: questionnaires bind none; an answer is written ${%s}", x.Name, x.Name)
	case *Call:
		return c.call(x)
	case *Binary:
		return c.binary(x)
	case *Negate:
		f, err := c.expr(x.X)
		return func(k *Context) (Value, error) {
			v, err := f(k)
			return Num(-v.number(k.Env.zone())), err
		}, err
	case *Path:
		return c.path(x)
	case *Filter:
		return c.filter(x)
	}
	return nil, fmt.Errorf("expression of unknown type %T", e)
}

func (c *compiler) exprs(es []Expr) ([]eval, error) {
	out := make([]eval, len(es))
	for i, e := range es {
		f, err := c.expr(e)
		if err != nil {
			return nil, err
		}
		out[i] = f
	}
	return out, nil
}

func (c *compiler) ref(r *Ref) (eval, error) {
	if c.scope == nil {
		return nil, fail(r.Offset(), "${%s} cannot be used here", r.Name)
	}
	f, err := c.scope.Ref(r)
	if err != nil {
		return nil, &Error{Offset: r.Offset(), Text: err.Error()}
	}
	return func(k *Context) (Value, error) { return f(k), nil }, nil
}

func (c *compiler) binary(x *Binary) (eval, error) {
	l, err := c.expr(x.L)
	if err != nil {
		return nil, err
	}
	r, err := c.expr(x.R)
	if err != nil {
		return nil, err
	}
	switch x.Op {
	case "or":
		return logical(l, r, true), nil
	case "and":
		return logical(l, r, false), nil
	case "|":
		return union(l, r), nil
	}
	return both(l, r, operator(x.Op)), nil
}

// logical evaluates the right side only where the left does not decide.
func logical(l, r eval, decides bool) eval {
	return func(k *Context) (Value, error) {
		a, err := l(k)
		if err != nil || a.Bool() == decides {
			return Bool(a.Bool()), err
		}
		b, err := r(k)
		return Bool(b.Bool()), err
	}
}

func both(l, r eval, op func(a, b Value, z zone) Value) eval {
	return func(k *Context) (Value, error) {
		a, err := l(k)
		if err != nil {
			return Value{}, err
		}
		b, err := r(k)
		if err != nil {
			return Value{}, err
		}
		return op(a, b, k.Env.zone()), nil
	}
}

func operator(op string) func(a, b Value, z zone) Value {
	number := func(f func(x, y float64) float64) func(a, b Value, z zone) Value {
		return func(a, b Value, z zone) Value { return Num(f(a.number(z), b.number(z))) }
	}
	switch op {
	case "=":
		return func(a, b Value, z zone) Value { return Bool(equal(a, b, true, z)) }
	case "!=":
		return func(a, b Value, z zone) Value { return Bool(equal(a, b, false, z)) }
	case "<":
		return func(a, b Value, z zone) Value { return Bool(less(a, b, false, z)) }
	case "<=":
		return func(a, b Value, z zone) Value { return Bool(less(a, b, true, z)) }
	case ">":
		return func(a, b Value, z zone) Value { return Bool(less(b, a, false, z)) }
	case ">=":
		return func(a, b Value, z zone) Value { return Bool(less(b, a, true, z)) }
	case "+":
		return number(func(x, y float64) float64 { return x + y })
	case "-":
		return number(func(x, y float64) float64 { return x - y })
	case "*":
		return number(func(x, y float64) float64 { return x * y })
	case "div":
		return number(func(x, y float64) float64 { return x / y })
	}
	return number(math.Mod)
}
