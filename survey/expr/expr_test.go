package expr_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// answers binds ${name} to texts.
type answers map[string]string

func (a answers) Ref(r *expr.Ref) (func(*expr.Context) expr.Value, error) {
	text, ok := a[r.Name]
	if !ok {
		return nil, fmt.Errorf("there is no question %s", r.Name)
	}
	return func(*expr.Context) expr.Value { return expr.Nodes(&element{text: text}) }, nil
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.FixedZone("", 5*3600+45*60))

func compute(t *testing.T, text string, a answers) string {
	t.Helper()
	e, err := expr.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	p, err := expr.Compile(e, a)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	self := &element{text: a["."]}
	v, err := p.Eval(&expr.Context{Node: self, Current: self, Env: &expr.Env{Now: func() time.Time { return noon }}})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v.String()
}

func TestEval(t *testing.T) {
	a := answers{"n": "12", "blank": "", "many": "a b c", "day": "2026-02-28", ".": "1999"}
	cases := map[string]struct{ expr, want string }{
		"precedence":                 {"1 + 2 * 3 = 7 and not(false())", "true"},
		"minus binds to the operand": {"-2 + 5", "3"},
		"names may hold a minus":     {"count-selected(${many}) - 1", "2"},
		"blank is not a number":      {"${blank} + 1", "NaN"},
		"blank equals empty text":    {"${blank} = ''", "true"},
		"blank counts as nothing":    {"coalesce(${blank}, 0) + 1", "1"},
		"if is lazy":                 {"if(true(), 'yes', regex('a', '('))", "yes"},
		"and is lazy":                {"false() and regex('a', '(')", "false"},
		"regex wants all of it":      {"regex('abc', 'b')", "false"},
		"regex with look-ahead":      {"regex('abc', '(?=a)[a-c]+')", "true"},
		"the context":                {". >= 1800 and . <= number(format-date(today(), '%Y'))", "true"},
		"dates compare":              {"${day} < today()", "true"},
		"days between":               {"today() - ${day}", "1"},
		"a date from days":           {"date(${day} + 2)", "2026-03-02"},
		"no such day in a month":     {"format-date('2026-02-30', '%d')", ""},
		"rounding":                   {"round(100 * 2 div 3, 1)", "66.7"},
		"rounding halves up":         {"round(-2.5)", "-2"},
		"large numbers":              {"1000000 * 1000000000", "1000000000000000"},
		"selected":                   {"selected(${many}, 'b')", "true"},
		"selected wants whole codes": {"selected('ab', 'a')", "false"},
		"substr from the end":        {"substr('hello', -2)", "lo"},
		"concat of many":             {"concat(${n}, '-', 'x')", "12-x"},
		"distance of the equator":    {"distance('0 0 0 0; 0 1 0 0')", "111318.85"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := compute(t, c.expr, a); got != c.want {
				t.Errorf("%s = %q, want %q", c.expr, got, c.want)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	cases := map[string]struct {
		expr   string
		offset int
	}{
		"nothing":            {"  ", 0},
		"half an operator":   {"1 +", 3},
		"open text":          {"concat('a", 7},
		"open bracket":       {"(1 + 2", 6},
		"unknown function":   {"slected(., 'a')", 0},
		"too few arguments":  {"1 + if(1, 2)", 4},
		"unknown question":   {"1 + ${agee}", 4},
		"no name in a ref":   {"${}", 0},
		"stray character":    {"1 # 2", 2},
		"two values":         {"1 2", 2},
		"unknown axis":       {"sideways::a", 0},
		"path after a value": {"'a'/b", 3},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e, err := expr.Parse(c.expr)
			if err == nil {
				_, err = expr.Compile(e, answers{"age": ""})
			}
			var at *expr.Error
			if !errors.As(err, &at) {
				t.Fatalf("%s: want an *Error, got %v", c.expr, err)
			}
			if at.Offset != c.offset {
				t.Errorf("%s: %v, want offset %d", c.expr, err, c.offset)
			}
		})
	}
}

func Example() {
	e, _ := expr.Parse("if(${members} > 0, round(100 * ${women} div ${members}), '')")
	p, _ := expr.Compile(e, answers{"members": "40", "women": "25"})
	v, _ := p.Eval(&expr.Context{})
	fmt.Println(v)
	// Output: 63
}
