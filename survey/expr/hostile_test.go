package expr_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// Hostile text is refused or computed; it exhausts neither the stack nor patience.
func TestHostileText(t *testing.T) {
	many := func(s string, n int) string { return strings.Repeat(s, n) }
	cases := map[string]struct {
		text string
		read bool
	}{
		"brackets":            {many("(", 100000) + "1" + many(")", 100000), false},
		"some brackets":       {many("(", 400) + "1" + many(")", 400), true},
		"conditions":          {many("a[", 40000), false},
		"calls":               {many("not(", 30000) + "1" + many(")", 30000), false},
		"minuses":             {many("-", 100000) + "1", false},
		"a long sum":          {"1" + many("+1", 60000), true},
		"a long or":           {"a" + many(" or a", 20000), true},
		"a long path":         {"a" + many("/a", 60000), true},
		"a long union":        {"a" + many("|a", 60000), true},
		"many conditions":     {"a" + many("[1]", 40000), true},
		"nested conditions":   {many("a[b = ", 100) + "1" + many("]", 100), true},
		"nested columns":      {many("/a[b = ", 100) + "1" + many("]", 100), true},
		"too long":            {many("1", 200000), false},
		"a number too large":  {many("9", 1000), false},
		"a number with zeros": {"0." + many("0", 100000) + "1", true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			e, err := expr.Parse(c.text)
			if (err == nil) != c.read {
				t.Fatalf("read: %v, want %v", err, c.read)
			}
			if err != nil {
				return
			}
			if _, err := expr.Parse(expr.Print(e)); err != nil && !strings.Contains(err.Error(), "longer") {
				t.Fatal(err)
			}
			expr.Check(e)
			p, err := expr.Compile(e, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = p.Eval(listContext(10, false))
		})
	}
}

func TestEndlessConditions(t *testing.T) {
	for name, text := range map[string]string{
		"nested":    "count(//*[count(//*[count(//*[count(//*[name = 'x']) > 0]) > 0]) > 0])",
		"preceding": "count(//*[preceding::*[preceding::*[preceding::* = 'x'] = 'y'] = 'z'])",
	} {
		t.Run(name, func(t *testing.T) {
			p, err := expr.Compile(mustParse(t, text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err = p.Eval(listContext(100, false)); err == nil {
				t.Error("want an error: it takes too long")
			}
		})
	}
}

func TestPatterns(t *testing.T) {
	cases := map[string]struct {
		text, pattern string
		want          bool
		fails         bool
	}{
		"all of it":                {"abc", "[a-c]+", true, false},
		"not a part":               {"abc", "b", false, false},
		"alternatives are bounded": {"ac", "a|b", false, false},
		"line ends count":          {"a\n", "a", false, false},
		"look-ahead":               {"ab1", "(?=.*[0-9])[a-z0-9]+", true, false},
		"look-behind":              {"ab", "a(?<=a)b", true, false},
		"back reference":           {"abab", `(ab)\1`, true, false},
		"possessive":               {"123", "[0-9]{3}+", true, false},
		"possessive gives nothing": {"aaa", "a++a", false, false},
		"possessive group":         {"abab", "(?:ab)*+", true, false},
		"possessive class":         {"]+]", `[\]+]++`, true, false},
		"a plus in a class":        {"++", "(?=.)[*+]+", true, false},
		"an escaped plus":          {"+++", `(?=.)\++`, true, false},
		"unclosed class":           {"a", "[a-z", false, true},
		"unclosed bracket":         {"a", "(a", false, true},
		"closing our bracket":      {"a", "a)(", false, true},
		"too long":                 {"a", strings.Repeat("a", 20000), false, true},
		"scripts":                  {"नमस्ते", `[\p{L}\p{M}]+`, true, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := expr.Compile(mustParse(t, "regex(${text}, ${pattern})"), answers{"text": c.text, "pattern": c.pattern})
			if err != nil {
				t.Fatal(err)
			}
			v, err := p.Eval(&expr.Context{})
			if (err != nil) != c.fails || v.Bool() != c.want {
				t.Errorf("regex(%q, %q) = %v, %v", c.text, c.pattern, v.Bool(), err)
			}
		})
	}
}

// A pattern that never ends gives an error and leaves nothing running.
func TestEndlessPattern(t *testing.T) {
	before := runtime.NumGoroutine()
	p, err := expr.Compile(mustParse(t, "regex(${text}, '(?=a)(a+)+b')"), answers{"text": strings.Repeat("a", 5000)})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err = p.Eval(&expr.Context{}); err == nil {
			t.Fatal("want an error: the pattern takes too long")
		}
	}
	for range 100 { // the matcher's clock ends by itself; give it its turn
		if runtime.NumGoroutine() <= before+1 {
			return
		}
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before+1 {
		t.Errorf("%d goroutines are left, from %d", n, before)
	}
}

func TestManyPatterns(t *testing.T) {
	p, err := expr.Compile(mustParse(t, "regex('aaa', ${pattern})"), answers{"pattern": ""})
	if err != nil {
		t.Fatal(err)
	}
	_ = p
	for n := range 2000 {
		p, err := expr.Compile(mustParse(t, "regex('x', ${pattern})"), answers{"pattern": "x|" + strings.Repeat("y", n%1500)})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := p.Eval(&expr.Context{}); err != nil || !v.Bool() {
			t.Fatalf("%d: %v, %v", n, v, err)
		}
	}
}

func TestNoDate(t *testing.T) {
	for _, text := range []string{"date('2026-02-30')", "date-time('x')", "decimal-date-time('-1000')", "date(true())", "date(9e9)"} {
		p, err := expr.Compile(mustParse(t, text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := p.Eval(&expr.Context{Env: &expr.Env{Now: func() time.Time { return noon }}}); !errors.Is(err, expr.ErrNoDate) {
			t.Errorf("%s = %q, %v; want ErrNoDate", text, v, err)
		}
	}
}
