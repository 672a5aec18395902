package expr

// unknownKind is the kind of an expression that may give values of several kinds.
const unknownKind = nodesKind + 1

// typeOf returns the kind of value that an expression gives, as far as its form
// settles it.
func typeOf(e Expr) kind {
	switch x := e.(type) {
	case *Number, *Negate:
		return numberKind
	case *String:
		return stringKind
	case *Path, *Filter, *Ref:
		return nodesKind
	case *Binary:
		switch x.Op {
		case "or", "and", "=", "!=", "<", "<=", ">", ">=":
			return booleanKind
		case "|":
			return nodesKind
		}
		return numberKind
	case *Call:
		if f, ok := library[x.Name]; ok {
			return f.gives
		}
	}
	return unknownKind
}

// contextual lists the functions that look at the context node or its place, some
// only where they have no argument.
var contextual = map[string]bool{"position": true, "last": true, "string": true, "number": true, "string-length": true,
	"normalize-space": true, "name": true, "local-name": true, "namespace-uri": true}

// alwaysContextual look at the context node or at chance whatever their arguments.
var alwaysContextual = map[string]bool{"once": true, "lang": true, "id": true, "jr:choice-name": true, "uuid": true, "random": true, "randomize": true}

// independent says whether an expression gives the same for every context node.
func independent(e Expr) bool {
	switch x := e.(type) {
	case *Number, *String, *Ref:
		return true
	case *Negate:
		return independent(x.X)
	case *Binary:
		return independent(x.L) && independent(x.R)
	case *Filter:
		return independent(x.X) // its conditions look at its own nodes
	case *Path:
		return x.Absolute || x.From != nil && independent(x.From)
	case *Call:
		if alwaysContextual[x.Name] || len(x.Args) == 0 && contextual[x.Name] {
			return false
		}
		for _, a := range x.Args {
			if !independent(a) {
				return false
			}
		}
		return true
	}
	return false
}

// positional says whether a condition depends on the place among the nodes that
// are filtered: it may be a number, or asks for position() or last().
func positional(e Expr) bool {
	if t := typeOf(e); t == numberKind || t == unknownKind {
		return true
	}
	found := false
	walkContext(e, func(x Expr) {
		found = found || isCall(x, "position") || isCall(x, "last")
	})
	return found
}

func anyPositional(es []Expr) bool {
	for _, e := range es {
		if positional(e) {
			return true
		}
	}
	return false
}

// walkContext visits the parts of an expression that share its context node: not
// what stands in [ ].
func walkContext(e Expr, visit func(Expr)) {
	Walk(e, func(x Expr) bool {
		visit(x)
		switch y := x.(type) {
		case *Filter:
			walkContext(y.X, visit)
			return false
		case *Path:
			if y.From != nil {
				walkContext(y.From, visit)
			}
			return false
		}
		return true
	})
}
