package expr

// Rewrite returns a copy of a tree in which every node is what replace makes of
// it, children first. Nodes of the original are not changed.
func Rewrite(e Expr, replace func(Expr) Expr) Expr {
	all := func(es []Expr) []Expr {
		if es == nil {
			return nil
		}
		out := make([]Expr, len(es))
		for i, x := range es {
			out[i] = Rewrite(x, replace)
		}
		return out
	}
	switch x := e.(type) {
	case nil:
		return nil
	case *Call:
		c := *x
		c.Args = all(x.Args)
		e = &c
	case *Binary:
		c := *x
		c.L, c.R = Rewrite(x.L, replace), Rewrite(x.R, replace)
		e = &c
	case *Negate:
		c := *x
		c.X = Rewrite(x.X, replace)
		e = &c
	case *Filter:
		c := *x
		c.X, c.Preds = Rewrite(x.X, replace), all(x.Preds)
		e = &c
	case *Path:
		c := *x
		if x.From != nil {
			c.From = Rewrite(x.From, replace)
		}
		c.Steps = append([]Step(nil), x.Steps...)
		for i := range c.Steps {
			c.Steps[i].Preds = all(c.Steps[i].Preds)
		}
		e = &c
	}
	return replace(e)
}
