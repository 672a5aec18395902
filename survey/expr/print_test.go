package expr_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sselandscape/survey/expr"
)

// shape writes a tree without its offsets.
func shape(e expr.Expr) string {
	list := func(es []expr.Expr) string {
		parts := make([]string, len(es))
		for i, x := range es {
			parts[i] = shape(x)
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	switch x := e.(type) {
	case nil:
		return "-"
	case *expr.Number:
		return strconv.FormatFloat(x.Value, 'g', -1, 64)
	case *expr.String:
		return strconv.Quote(x.Value)
	case *expr.Ref:
		return fmt.Sprintf("(ref %s %v)", x.Name, x.LastSaved)
	case *expr.Variable:
		return fmt.Sprintf("(variable %s)", x.Name)
	case *expr.Call:
		return fmt.Sprintf("(call %s %s)", x.Name, list(x.Args))
	case *expr.Binary:
		return fmt.Sprintf("(%s %s %s)", x.Op, shape(x.L), shape(x.R))
	case *expr.Negate:
		return fmt.Sprintf("(negate %s)", shape(x.X))
	case *expr.Filter:
		return fmt.Sprintf("(filter %s %s)", shape(x.X), list(x.Preds))
	case *expr.Path:
		s := fmt.Sprintf("(path %v %s", x.Absolute, shape(x.From))
		for _, st := range x.Steps {
			s += fmt.Sprintf(" {%s %s %s}", st.Axis, st.Name, list(st.Preds))
		}
		return s + ")"
	}
	return fmt.Sprintf("unknown %T", e)
}

// printsBack says how a text changes when it is read, written and read again, ""
// if the tree stays the same and the writing too.
func printsBack(text string) string {
	a, err := expr.Parse(text)
	if err != nil {
		return ""
	}
	printed := expr.Print(a)
	b, err := expr.Parse(printed)
	if err != nil {
		return fmt.Sprintf("%s is written %s, which cannot be read: %v", text, printed, err)
	}
	if shape(a) != shape(b) {
		return fmt.Sprintf("%s is written %s\n\twant %s\n\t got %s", text, printed, shape(a), shape(b))
	}
	if again := expr.Print(b); again != printed {
		return fmt.Sprintf("%s is written %s and then %s", text, printed, again)
	}
	return ""
}

func TestPrint(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"spaces":                 {"1+2 *3", "1 + 2 * 3"},
		"brackets that matter":   {"(1+2)*3", "(1 + 2) * 3"},
		"brackets that do not":   {"((1*2))+(3)", "1 * 2 + 3"},
		"left first":             {"1-(2-3)-4", "1 - (2 - 3) - 4"},
		"and in or":              {"(a and b) or c", "a and b or c"},
		"or in and":              {"a and (b or c)", "a and (b or c)"},
		"minus of a sum":         {"-(1+2)", "-(1 + 2)"},
		"minus of a union":       {"-(a|b)", "-a | b"},
		"minus of minus":         {"- -1", "--1"},
		"quotes":                 {`concat("it's", 'a "b"')`, `concat("it's", 'a "b"')`},
		"reference":              {"${ last-saved#a }[ 1 ]/b", "${last-saved#a}[1]/b"},
		"path from a path":       {"(a/b)/c", "(a/b)/c"},
		"filter of a path":       {"(a/b)[1]", "(a/b)[1]"},
		"abbreviations":          {"child::a/attribute::b/parent::node()/self::node()", "a/@b/../."},
		"descendants":            {"/descendant-or-self::node()/child::a", "//a"},
		"descendants of a call":  {"current()//a", "current()//a"},
		"descendants at the end": {"a/descendant-or-self::node()", "a/descendant-or-self::node()"},
		"conditions on self":     {"self::node()[1]", "self::node()[1]"},
		"the root in an or":      {"(/) or a", "(/) or a"},
		"glued operators":        {"3mod4", "3 mod 4"},
		"names like operators":   {"div div div", "div div div"},
		"an instruction":         {"processing-instruction( 'a' )", "processing-instruction('a')"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e, err := expr.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := expr.Print(e); got != c.want {
				t.Errorf("%s is written %s, want %s", c.text, got, c.want)
			}
			if why := printsBack(c.text); why != "" {
				t.Error(why)
			}
		})
	}
}

func TestPrintConformance(t *testing.T) {
	f := vectors(t)
	for _, v := range f.Vectors {
		if why := printsBack(v.Expr); why != "" {
			t.Errorf("%s: %s", v.ID, why)
		}
	}
	for _, s := range f.Syntax {
		if why := printsBack(s.Expr); why != "" {
			t.Error(why)
		}
	}
}

// trees draws trees that Parse can make.
type trees struct{ t *rapid.T }

var treeNames = []string{"a", "b-c", "or", "div", "mod", "x.y", "n:a", "text", "näme", "self"}

func (g trees) name() string { return rapid.SampledFrom(treeNames).Draw(g.t, "name") }

func (g trees) some(depth int, least int) []expr.Expr {
	out := make([]expr.Expr, rapid.IntRange(least, 2).Draw(g.t, "count"))
	for i := range out {
		out[i] = g.any(depth - 1)
	}
	return out
}

func (g trees) any(depth int) expr.Expr {
	top := 9
	if depth <= 0 {
		top = 4
	}
	switch rapid.IntRange(0, top).Draw(g.t, "kind") {
	case 0:
		return &expr.Number{Value: rapid.Float64Range(0, 1e9).Draw(g.t, "number")}
	case 1:
		return &expr.String{Value: rapid.SampledFrom([]string{"", "a b", "it's", `say "a"`, "${a}", "é"}).Draw(g.t, "text")}
	case 2:
		return &expr.Ref{Name: g.name(), LastSaved: rapid.Bool().Draw(g.t, "saved")}
	case 3:
		return &expr.Variable{Name: g.name()}
	case 4:
		return g.path(depth, nil)
	case 5:
		return &expr.Call{Name: "f-" + g.name(), Args: g.some(depth, 0)}
	case 6:
		return &expr.Negate{X: g.any(depth - 1)}
	case 7:
		if rapid.Bool().Draw(g.t, "union") {
			return &expr.Binary{Op: "|", L: g.nodes(depth - 1), R: g.nodes(depth - 1)}
		}
		op := rapid.SampledFrom([]string{"or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod"}).Draw(g.t, "op")
		return &expr.Binary{Op: op, L: g.any(depth - 1), R: g.any(depth - 1)}
	case 8:
		return &expr.Filter{X: g.any(depth - 1), Preds: g.some(depth, 1)}
	default:
		return g.path(depth, g.any(depth-1))
	}
}

// nodes draws what | can join.
func (g trees) nodes(depth int) expr.Expr {
	if depth > 0 && rapid.Bool().Draw(g.t, "filtered") {
		return &expr.Filter{X: g.any(depth - 1), Preds: g.some(depth, 1)}
	}
	return g.path(depth, nil)
}

func (g trees) path(depth int, from expr.Expr) *expr.Path {
	p := &expr.Path{From: from, Absolute: from == nil && rapid.Bool().Draw(g.t, "absolute")}
	least := 1
	if p.Absolute {
		least = 0
	}
	p.Steps = make([]expr.Step, rapid.IntRange(least, 3).Draw(g.t, "steps"))
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Axis = rapid.SampledFrom([]string{"child", "child", "self", "parent", "attribute", "descendant-or-self", "preceding-sibling"}).Draw(g.t, "axis")
		s.Name = rapid.SampledFrom([]string{"a", "or", "*", "n:*", "node()", "node()", "text()", "processing-instruction('x')"}).Draw(g.t, "test")
		if depth > 0 {
			s.Preds = g.some(depth-1, 0)
		}
	}
	return p
}

// What is written is read as the same tree.
func TestLawPrint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := trees{t}.any(4)
		printed := expr.Print(e)
		back, err := expr.Parse(printed)
		if err != nil {
			t.Fatalf("%s cannot be read: %v", printed, err)
		}
		if shape(e) != shape(back) {
			t.Fatalf("%s\n\twant %s\n\t got %s", printed, shape(e), shape(back))
		}
		if again := expr.Print(back); again != printed {
			t.Fatalf("%s becomes %s", printed, again)
		}
	})
}
