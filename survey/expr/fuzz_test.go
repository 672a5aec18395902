package expr_test

import (
	"strings"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// seeds are expressions of each kind that forms hold.
var seeds = []string{
	"1+1", "${a}[position()=2]/b", "if(a,'b',-c)", "//x[@y='z']|..", "((((", "$", "3mod4", "$v", "5or2",
	"selected(${a}, 'x') and not(selected(${b}, 'y'))", "${a} >= 18 and . != ''", "regex(., '^[A-Z]{2}[0-9]+$')",
	"count(${r}[kind = 'x' and size > 3])", "instance('list')/root/item[name = current()/../want]/label",
	"indexed-repeat(${a}, ${r}, position(..) - 1)", "sum(${r}/a) div count(${r})", "coalesce(${a}, ${b}, 'none')",
	"format-date(today(), '%Y-%m-%d %H:%M:%S %3 %a %b %e %W %Z %%')", "date(decimal-date-time('2026-02-28T12:00:00Z') + 1.5)",
	"round(${a} div 3, 2)", "substr(${a}, -3, -1)", "substring('héllo', 2, 3)", "translate(., 'abc', 'AB')",
	"jr:choice-name(${a}, '${a}')", "jr:itext('x')", "pulldata('list', 'label', 'name', ${a})", "once(random())",
	"digest('a', 'SHA-256', 'hex')", "base64-decode('SGVsbG8=')", "extract-signed('AAAA', 'AAAA')",
	"area('0 0;0 1;1 1;0 0')", "distance(${a})", "geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')", "intersects('0 0;1 1;0 1;1 0')",
	"checklist(1, 2, ${a}, ${b})", "weighted-checklist(1, 9, ${a}, 3, ${b}, 4)", "randomize(/root/item, 42)",
	"ancestor-or-self::*/following::node()[last()] | preceding-sibling::text()", "id('x')", "lang('en')", "name(..)", "local-name(@a)",
	"-(-1) * - 2 mod .5", "'a' < \"b\" != (1 >= 2)", "processing-instruction('x')", "uuid(6)", "pow(2, 0.5) + exp10(2) + atan2(1, 2)",
	"boolean-from-string('TRUE')", "string-length(normalize-space('  a  b '))", "min(1, ${a}) | max(//rank)", "e1e1 = 1e1", "${last-saved#a}",
	"property('x') + version() + depend(1, 2)", "/root/item[rank = 3][2]/../item[1]/name", "now() - today()", "decimal-time('10:00')",
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if why := printsBack(s); why != "" {
			t.Error(why)
		}
		if e, err := expr.Parse(s); err == nil {
			expr.Check(e)
			for range expr.Comparisons(e) {
				continue
			}
		}
	})
}

// FuzzEval adds a call of every function to the seeds.
func FuzzEval(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, "x 1")
	}
	for _, name := range expr.Functions() {
		f.Add(name+"(${a})", "2026-02-28")
		f.Add(name+"(${a}, //rank, 'x', -1, /root, 2, .)", "3")
	}
	f.Fuzz(func(t *testing.T, s, answer string) {
		if len(s) > 500 || strings.Count(s, "[") > 3 {
			return // long ones take time, not other ways
		}
		e, err := expr.Parse(s)
		if err != nil {
			return
		}
		p, err := expr.CompileLate(e, answers{"a": answer, "b": "", "r": answer})
		if err != nil {
			return
		}
		c := listContext(3, true)
		c.Env.Random, c.Env.UUID = func() float64 { return 0.5 }, func() string { return "0" }
		c.Env.Text = func(id string) string { return id }
		v, err := p.Eval(c)
		if err == nil {
			_, _, _ = v.String(), v.Bool(), v.Number(time.UTC)
		}
		c.Node, c.Current, c.Env = nil, nil, nil
		_, _ = p.Eval(c)
	})
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"a++", "[a-z]{2,3}+", `(?=a)\d*+`, "(a|b)?+", `[]\]]++`, "(?<!x)a", "{", "a{1,}+"} {
		f.Add(s, "aab")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := expr.Compile(mustParse(t, "regex(${a}, ${b})"), answers{"a": text, "b": pattern})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = p.Eval(&expr.Context{})
	})
}
