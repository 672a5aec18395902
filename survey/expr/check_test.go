package expr_test

import (
	"fmt"
	"strings"
	"testing"

	"sselandscape/survey/expr"
)

func mustParse(t testing.TB, text string) expr.Expr {
	t.Helper()
	e, err := expr.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func TestComparisons(t *testing.T) {
	cases := map[string]struct{ expr, want string }{
		"equal":                 {"${a} = 'x'", "${a}  = x @7"},
		"mirrored":              {"3 < ${a}", "${a}  > 3 @0"},
		"not equal":             {"'x' != ${a}", "${a}  != x @0"},
		"selected":              {"selected(${a}, 'x')", "${a} selected = x @15"},
		"count-selected":        {"count-selected(${a}) >= 2", "${a} count-selected >= 2 @24"},
		"length":                {"string-length(.) < 5", ". string-length < 5 @19"},
		"at a place":            {"selected-at(${a}, 0) = 'x'", "${a} selected-at = x @23"},
		"through number()":      {"number(${a}) = -1", "${a}  = -1 @15"},
		"of a path":             {"../a = 'x'", "../a  = x @7"},
		"of a filter":           {"${r}[1]/a = 'x' or ${r}[1] = 'y'", "${r}[1]/a  = x @12; ${r}[1]  = y @29"},
		"in a condition":        {"count(${r}[kind = 'x']) > 0", "${r}[kind = 'x'] count > 0 @26; kind  = x @18"},
		"everywhere":            {"if(${a} = 'x', ${b} = 'y', not(${c} = 'z'))", "${a}  = x @10; ${b}  = y @22; ${c}  = z @38"},
		"two answers":           {"${a} = ${b}", ""},
		"reckoned":              {"${a} + 1 = 2", ""},
		"other functions":       {"round(${a}) = 2", ""},
		"selected of an answer": {"selected(${a}, ${b})", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for x := range expr.Comparisons(mustParse(t, c.expr)) {
				got = append(got, fmt.Sprintf("%s %s %s %s @%d", expr.Print(x.Subject), x.Via, x.Op, x.Text(), x.Literal.Offset()))
			}
			if g := strings.Join(got, "; "); g != c.want {
				t.Errorf("%s\n\twant %s\n\t got %s", c.expr, c.want, g)
			}
		})
	}
	for range expr.Comparisons(mustParse(t, "a = 1 or a = 2")) {
		break // stopping early must not go on
	}
}

func TestCheck(t *testing.T) {
	cases := map[string]struct {
		expr   string
		offset int // of the only finding, -1 for none
		part   string
	}{
		"fine":                    {"${a} = 'x' and ${b} > 3 and . >= '2026-01-01'", -1, ""},
		"texts":                   {"${a} = 1 or 'a' = 'b'", 12, "always false"},
		"numbers":                 {"1 + 1 < 3", 0, "always true"},
		"a number and a text":     {"count(${r}) = 'many'", 14, "never equal to the text 'many'"},
		"a number and a digit":    {"count(${r}) = '3'", -1, ""},
		"more than a text":        {"${a} > 'abc'", 7, "is no number and no date"},
		"a sum with a text":       {"${a} + 'x'", 7, "nothing can be reckoned"},
		"less than nothing":       {"count-selected(${a}) < 0", 0, "never less than 0"},
		"at least nothing":        {"0 <= string-length(.)", 0, "always holds"},
		"true without brackets":   {"${a} = true", 7, "name of a question"},
		"true of a text":          {"true() = 'false'", 0, "always"},
		"a truth and a text":      {"selected(${a}, 'x') = 'no'", 0, "is true, 'no' too"},
		"a text for a condition":  {"${a} = 'x' or 'y'", 14, "always true"},
		"a pattern":               {"regex(., '[a-z')", 9, "cannot be read"},
		"a pattern with look":     {"regex(., '(?=a)[a-z]++')", -1, ""},
		"a format":                {"format-date(., 'YYYY')", 15, "no % code"},
		"an impossible date":      {"date('2026-02-30')", 5, "no date"},
		"two codes":               {"selected(${a}, 'x y')", 15, "holds a space"},
		"a function of a device":  {"property('deviceid')", 0, "blank"},
		"division by zero":        {"${a} div 0", 9, "divided by 0"},
		"the clock is not known":  {"today() = '2026-01-01'", -1, ""},
		"the seed is not known":   {"random() < 0.5", -1, ""},
		"an answer in a constant": {"concat('a', ${b}) = 'ab'", -1, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := expr.Check(mustParse(t, c.expr))
			if c.offset < 0 {
				if len(got) > 0 {
					t.Errorf("%s: want nothing, got %v", c.expr, got)
				}
				return
			}
			if len(got) != 1 || got[0].Offset != c.offset || !strings.Contains(got[0].Text, c.part) {
				t.Errorf("%s: want %q at %d, got %v", c.expr, c.part, c.offset, got)
			}
		})
	}
}

func TestConstant(t *testing.T) {
	cases := map[string]struct {
		expr, want string
		ok         bool
	}{
		"a product":      {"24 * 60", "1440", true},
		"texts":          {"concat('a', 'b')", "ab", true},
		"an answer":      {"${a}", "", false},
		"the clock":      {"today()", "", false},
		"chance":         {"random()", "", false},
		"the place":      {"position()", "", false},
		"an error":       {"date('nonsense')", "", false},
		"no function":    {"nonsense()", "", false},
		"nodes":          {"count(/a)", "", false},
		"a deep formula": {"round(pow(2, 3) div 3, 2)", "2.67", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v, ok := expr.Constant(mustParse(t, c.expr))
			if ok != c.ok || v.String() != c.want {
				t.Errorf("%s = %q %v, want %q %v", c.expr, v, ok, c.want, c.ok)
			}
		})
	}
}

func TestVolatile(t *testing.T) {
	cases := map[string]bool{
		"1 + 1": false, "today()": false, "now()": true, "random()": true, "uuid()": true, "once(random())": false,
		"once(uuid()) + random()": true, "random() + once(uuid())": true, "if(${a} = 1, now(), '')": true, "${a}[. = now()]": true,
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			p, err := expr.Compile(mustParse(t, text), answers{"a": "1"})
			if err != nil {
				t.Fatal(err)
			}
			if p.Volatile() != want {
				t.Errorf("%s: volatile %v, want %v", text, p.Volatile(), want)
			}
		})
	}
}

func ExampleComparisons() {
	e, _ := expr.Parse("selected(${crops}, 'ryce') and ${age} >= 18")
	for c := range expr.Comparisons(e) {
		fmt.Println(expr.Print(c.Subject), c.Op, c.Text(), "at", c.Literal.Offset())
	}
	// Output:
	// ${crops} = ryce at 19
	// ${age} >= 18 at 41
}
