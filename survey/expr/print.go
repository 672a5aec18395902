package expr

import (
	"math"
	"strconv"
	"strings"
)

// Print writes a tree as an expression with no more brackets than it needs, in the
// abbreviated syntax of XPath 1.0, 2.5. What Parse makes of it is the same tree,
// but for offsets, if Parse can make that tree at all: a negative number becomes
// its negation and a text with both kinds of quotes a concat().
func Print(e Expr) string {
	p := printer{}
	p.expr(e)
	return p.String()
}

type printer struct{ strings.Builder }

func (p *printer) expr(e Expr) {
	switch x := e.(type) {
	case *Number:
		p.WriteString(printNumber(x.Value))
	case *String:
		p.WriteString(quote(x.Value))
	case *Ref:
		p.ref(x)
	case *Variable:
		p.WriteString("$" + x.Name)
	case *Call:
		p.WriteString(x.Name)
		p.WriteByte('(')
		for i, a := range x.Args {
			if i > 0 {
				p.WriteString(", ")
			}
			p.expr(a)
		}
		p.WriteByte(')')
	case *Binary:
		n := binding(x)
		p.operand(x.L, n)
		p.WriteString(" " + x.Op + " ")
		p.operand(x.R, n+1)
	case *Negate:
		p.WriteByte('-')
		p.operand(x.X, negatePower)
	case *Path:
		p.path(x)
	case *Filter:
		p.primary(x.X)
		p.preds(x.Preds)
	}
}

func (p *printer) ref(r *Ref) {
	p.WriteString("${")
	if r.LastSaved {
		p.WriteString(lastSaved)
	}
	p.WriteString(r.Name + "}")
}

// operand writes an operand of an operator that binds with floor. The bare root
// takes brackets: in "/ or x" XPath would read the path /or.
func (p *printer) operand(e Expr, floor int) {
	x, isPath := e.(*Path)
	if binding(e) < floor || isPath && x.Absolute && len(x.Steps) == 0 {
		p.brackets(e)
		return
	}
	p.expr(e)
}

func (p *printer) brackets(e Expr) {
	p.WriteByte('(')
	p.expr(e)
	p.WriteByte(')')
}

// binding is the power of an expression's outermost operator, above all others
// where it has none.
func binding(e Expr) int {
	switch x := e.(type) {
	case *Binary:
		kind := tokSymbol
		if operatorName(x.Op) != "" {
			kind = tokName
		}
		return power(token{kind: kind, text: x.Op})
	case *Negate:
		return negatePower
	}
	return unionPower + 1
}

// primary writes what a predicate or a path may follow.
func (p *printer) primary(e Expr) {
	switch e.(type) {
	case *Ref, *Variable, *Call:
		p.expr(e)
	default:
		p.brackets(e)
	}
}

func (p *printer) preds(es []Expr) {
	for _, e := range es {
		p.WriteByte('[')
		p.expr(e)
		p.WriteByte(']')
	}
}

func (p *printer) path(x *Path) {
	slash := x.Absolute
	if x.From != nil {
		slash = true
		if f, ok := x.From.(*Filter); ok {
			p.expr(f)
		} else {
			p.primary(x.From)
		}
	}
	if x.Absolute && len(x.Steps) == 0 {
		p.WriteByte('/')
	}
	for i := 0; i < len(x.Steps); i++ {
		if slash {
			p.WriteByte('/')
			if deep(x.Steps[i]) && i+1 < len(x.Steps) {
				i++
				p.WriteByte('/')
			}
		}
		slash = true
		p.step(x.Steps[i])
	}
}

// deep says whether the step is what // stands for.
func deep(s Step) bool {
	return s.Axis == "descendant-or-self" && s.Name == "node()" && len(s.Preds) == 0
}

func (p *printer) step(s Step) {
	switch {
	case s.Axis == "self" && s.Name == "node()" && len(s.Preds) == 0:
		p.WriteByte('.')
		return
	case s.Axis == "parent" && s.Name == "node()" && len(s.Preds) == 0:
		p.WriteString("..")
		return
	case s.Axis == "attribute":
		p.WriteByte('@')
	case s.Axis != "child":
		p.WriteString(s.Axis + "::")
	}
	p.WriteString(s.Name)
	p.preds(s.Preds)
}

func printNumber(n float64) string {
	switch {
	case math.IsNaN(n):
		return "number('NaN')"
	case math.IsInf(n, 0):
		return strconv.Itoa(int(math.Copysign(1, n))) + " div 0"
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// quote writes a text in the quotes that it does not hold.
func quote(s string) string {
	switch {
	case !strings.Contains(s, "'"):
		return "'" + s + "'"
	case !strings.Contains(s, `"`):
		return `"` + s + `"`
	}
	return "concat('" + strings.ReplaceAll(s, "'", `', "'", '`) + "')"
}
