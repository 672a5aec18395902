package expr

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"unicode"
)

// Finding is what looks wrong in an expression that can be computed all the same.
type Finding struct {
	Offset int    // bytes from the start of the text
	Text   string // what is wrong
	Hint   string // what may be meant, "" where that is not known
}

// Check looks for what can be seen without knowing the form: comparisons that
// always give the same, reckoning with text that is no number, names that are
// meant as true() or false(), patterns and formats that cannot be read, functions
// that do nothing here. The findings come in the order of the text.
func Check(e Expr) []Finding {
	c := &checker{}
	Walk(e, func(x Expr) bool {
		switch x := x.(type) {
		case *Binary:
			c.binary(x)
		case *Call:
			c.call(x)
		case *Path:
			c.path(x)
		}
		return true
	})
	sort.SliceStable(c.found, func(i, j int) bool { return c.found[i].Offset < c.found[j].Offset })
	return c.found
}

type checker struct{ found []Finding }

func (c *checker) add(e Expr, hint, format string, args ...any) {
	c.found = append(c.found, Finding{Offset: e.Offset(), Text: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *checker) binary(x *Binary) {
	switch x.Op {
	case "and", "or":
		for _, side := range []Expr{x.L, x.R} {
			if s, ok := side.(*String); ok {
				c.add(side, "write the whole comparison: … = '"+s.Value+"'", "a text alone is no condition: '%s' is always %v", s.Value, s.Value != "")
			}
		}
	case "=", "!=":
		if v, ok := Constant(x); ok {
			c.add(x, "", "%s is always %s", Print(x), v)
			return
		}
		c.sides(x, func(e Expr, other kind) {
			if n, isText := noNumber(e); isText && other == numberKind {
				c.add(e, "", "a number is never equal to the text '%s'", n)
			}
			if other == booleanKind {
				c.truth(x, e)
			}
		})
	case "<", "<=", ">", ">=":
		c.order(x)
	case "+", "-", "*", "div", "mod":
		c.reckoning(x)
	}
}

func (c *checker) order(x *Binary) {
	if v, ok := Constant(x); ok {
		c.add(x, "", "%s is always %s", Print(x), v)
		return
	}
	c.sides(x, func(e Expr, _ kind) {
		if s, isText := noNumber(e); isText {
			c.add(e, "compare codes with =", "'%s' is no number and no date, so that nothing is more or less", s)
		}
	})
	c.negative(x)
}

func (c *checker) reckoning(x *Binary) {
	c.sides(x, func(e Expr, _ kind) {
		if s, isText := noNumber(e); isText {
			c.add(e, "join texts with concat()", "'%s' is no number, so that nothing can be reckoned with it", s)
		}
	})
	if n, ok := x.R.(*Number); ok && n.Value == 0 && (x.Op == "div" || x.Op == "mod") {
		c.add(n, "", "nothing can be divided by 0")
	}
}

// sides calls f for each operand with the kind of the other one.
func (c *checker) sides(x *Binary, f func(e Expr, other kind)) {
	f(x.L, typeOf(x.R))
	f(x.R, typeOf(x.L))
}

// noNumber returns a literal text that is neither a number nor a date.
func noNumber(e Expr) (string, bool) {
	s, ok := e.(*String)
	return valueOf(s), ok && math.IsNaN(parseNumber(s.Value, zone{}))
}

func valueOf(s *String) string {
	if s == nil {
		return ""
	}
	return s.Value
}

// truth finds true() = 'yes': any text but the empty one is true.
func (c *checker) truth(x *Binary, e Expr) {
	if s, ok := e.(*String); ok {
		c.add(x, "write boolean-from-string(…), or compare with 'true' as text", "compared with true() or false() every text but '' is true, '%s' too", s.Value)
	}
}

// negative finds counts and lengths compared with what they never are.
func (c *checker) negative(x *Binary) {
	for _, cmp := range []struct {
		e, literal Expr
		op         string
	}{{x.L, x.R, x.Op}, {x.R, x.L, mirror[x.Op]}} {
		call, isCall := cmp.e.(*Call)
		lit, _ := literalOf(cmp.literal)
		n, isNumber := lit.(*Number)
		if !isCall || !isNumber || !strings.HasPrefix(call.Name, "count") && call.Name != "string-length" && call.Name != "position" {
			continue
		}
		if cmp.op == "<" && n.Value <= 0 || cmp.op == "<=" && n.Value < 0 {
			c.add(x, "", "%s() is never less than 0", call.Name)
		}
		if cmp.op == ">=" && n.Value <= 0 || cmp.op == ">" && n.Value < 0 {
			c.add(x, "", "%s() is never less than 0, so that this always holds", call.Name)
		}
	}
}

// ignored are functions that other clients fill and this one leaves blank.
var ignored = map[string]string{
	"property": "property() tells about the device in other clients; here it is blank",
	"version":  "version() is blank here",
	"depend":   "depend() gives its first argument; the rest is not looked at",
}

func (c *checker) call(x *Call) {
	if why, ok := ignored[x.Name]; ok {
		c.add(x, "", "%s", why)
	}
	literal := func(i int) (string, bool) {
		if i >= len(x.Args) {
			return "", false
		}
		s, ok := x.Args[i].(*String)
		return valueOf(s), ok
	}
	switch x.Name {
	case "regex":
		if s, ok := literal(1); ok {
			if err := compilePattern(s).err; err != nil {
				c.add(x.Args[1], "", "%v", err)
			}
		}
	case "format-date", "format-date-time":
		if s, ok := literal(1); ok && !strings.Contains(s, "%") {
			c.add(x.Args[1], "write for example '%Y-%m-%d'", "the format '%s' has no %% code, so that it shows no part of the date", s)
		}
	case "date", "date-time", "decimal-date-time":
		if s, ok := literal(0); ok && s != "" {
			if _, _, err := toMoment(Text(s), zone{env: &Env{}}); err != nil {
				c.add(x.Args[0], "write a date as 2026-03-01", "'%s' is no date", s)
			}
		}
	case "selected", "is-selected":
		if s, ok := literal(1); ok && strings.ContainsFunc(strings.TrimSpace(s), unicode.IsSpace) {
			c.add(x.Args[1], "ask for each code: selected(…) and selected(…)", "'%s' holds a space, and codes hold none", s)
		}
	}
}

// path finds the bare words true and false, which are names of nodes.
func (c *checker) path(x *Path) {
	if name := columnOf(x); name == "true" || name == "false" {
		c.add(x, "write "+name+"(), or '"+name+"' for a text", "%s is read as the name of a question", name)
	}
}

// changing lists the functions whose value the arguments alone do not settle.
var changing = map[string]bool{"today": true, "now": true, "instance": true, "current": true, "pulldata": true, "jr:itext": true,
	"format-date": true, "format-date-time": true, "date-time": true, "decimal-time": true, "decimal-date-time": true,
	"property": true, "version": true, "depend": true}

// Constant returns the value of an expression that has the same everywhere, such
// as 24 * 60 or 'a' = 'b'; ok is false if it depends on an answer, on the clock or
// on the form, or cannot be computed.
func Constant(e Expr) (v Value, ok bool) {
	if !constant(e) {
		return Value{}, false
	}
	p, err := Compile(e, nil)
	if err != nil {
		return Value{}, false
	}
	v, err = p.Eval(&Context{})
	return v, err == nil
}

func constant(e Expr) bool {
	ok := independent(e)
	Walk(e, func(x Expr) bool {
		switch y := x.(type) {
		case *Ref, *Variable, *Path, *Filter:
			ok = false
		case *Call:
			ok = ok && !changing[y.Name]
		}
		return ok
	})
	return ok
}
