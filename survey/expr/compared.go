package expr

import "iter"

// Comparison is a value of the form compared with a literal: ${consent} = 'yes',
// selected(${crops}, 'rice'), count-selected(${crops}) > 3. Whoever knows the
// questions and their choices can say whether it can hold.
type Comparison struct {
	Subject Expr   // *Ref, *Path or *Filter: where the value comes from
	Via     string // the function between the two: selected, count-selected, count, string-length …, "" for none
	Op      string // = != < <= > >=, read with the subject on the left
	Literal Expr   // *String or *Number; its Offset is where it stands
}

// Text is the literal as text.
func (c Comparison) Text() string {
	switch l := c.Literal.(type) {
	case *String:
		return l.Value
	case *Number:
		return FormatNumber(l.Value)
	}
	return ""
}

// Comparisons finds the comparisons with literals in an expression, from left to
// right, in conditions in [ ] too.
func Comparisons(e Expr) iter.Seq[Comparison] {
	return func(yield func(Comparison) bool) {
		on := true
		Walk(e, func(x Expr) bool {
			if c, ok := compared(x); ok && on {
				on = yield(c)
			}
			return on
		})
	}
}

func compared(e Expr) (Comparison, bool) {
	switch x := e.(type) {
	case *Call:
		if (x.Name == "selected" || x.Name == "is-selected") && len(x.Args) == 2 {
			return comparison(x.Args[0], x.Args[1], "selected", "=")
		}
	case *Binary:
		op, mirrored := mirror[x.Op]
		if !mirrored {
			return Comparison{}, false
		}
		if c, ok := comparison(x.L, x.R, "", x.Op); ok {
			return c, true
		}
		return comparison(x.R, x.L, "", op)
	}
	return Comparison{}, false
}

// mirror gives the operator that says the same with its sides exchanged.
var mirror = map[string]string{"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

func comparison(subject, literal Expr, via, op string) (Comparison, bool) {
	literal, ok := literalOf(literal)
	if !ok {
		return Comparison{}, false
	}
	for via == "" {
		c, isCall := subject.(*Call)
		if !isCall || len(c.Args) == 0 {
			break
		}
		switch c.Name {
		case "string", "number", "int", "boolean-from-string": // the value itself
			subject = c.Args[0]
			continue
		case "count", "count-selected", "count-non-empty", "string-length", "selected-at", "jr:choice-name":
			via, subject = c.Name, c.Args[0]
		default:
			return Comparison{}, false
		}
	}
	switch subject.(type) {
	case *Ref, *Path, *Filter:
		return Comparison{Subject: subject, Via: via, Op: op, Literal: literal}, true
	}
	return Comparison{}, false
}

// literalOf returns a literal, with the minus of a negative number drawn in.
func literalOf(e Expr) (Expr, bool) {
	switch x := e.(type) {
	case *String, *Number:
		return e, true
	case *Negate:
		if n, ok := x.X.(*Number); ok {
			return &Number{at: x.at, Value: -n.Value}, true
		}
	}
	return nil, false
}
