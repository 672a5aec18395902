package expr_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the cases name zones, which not every machine has

	"sselandscape/survey/expr"
	"sselandscape/survey/surveytest"
)

// vector is a recorded case: an expression at a node of a document, and what it
// gives.
type vector struct {
	ID, Expr, Context, Check, Root, Doc, TZ, Lang string
	Expected                                      any
	Factor                                        float64
	Tags, Src                                     []string
	NS                                            map[string]string
	NowMS                                         float64 `json:"now_ms"`
}

func (v vector) tagged(tag string) bool { return slices.Contains(v.Tags, tag) }

type vectorFile struct {
	Conventions struct{ TZ string }
	Vectors     []vector
	Documents   map[string]string
	Syntax      []struct {
		Expr  string
		Valid bool
	}
}

// vectors reads the recorded cases; without them the test skips.
func vectors(t *testing.T) vectorFile {
	t.Helper()
	var f vectorFile
	if err := json.Unmarshal(surveytest.Recorded(t, "xpath-vectors.json"), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestConformanceSyntax(t *testing.T) {
	var c surveytest.Tally
	for _, s := range vectors(t).Syntax {
		why := ""
		if _, err := expr.Parse(s.Expr); (err == nil) != s.Valid {
			why = fmt.Sprintf("valid %v, got %v", s.Valid, err)
		}
		c.Count(t, s.Expr, why)
	}
	c.Report(t, "xpath-syntax", 1)
}

func TestConformanceVectors(t *testing.T) {
	f := vectors(t)
	var forms, full surveytest.Tally
	for _, v := range f.Vectors {
		if reason := skipped(v); reason != "" {
			forms.Skip(reason)
			continue
		}
		why := f.differs(v)
		if why != "" {
			why = fmt.Sprintf("%v %s\n\tat %s, want %v (%s): %s", v.Tags, v.Expr, v.Context, v.Expected, v.Check, why)
		}
		switch {
		case v.tagged("full-xpath1"):
			forms.Skip("full-xpath1")
			full.Count(t, v.ID, why)
		case why != "" && followsJavaRosa(v):
			forms.Skip("follows JavaRosa")
		default:
			forms.Count(t, v.ID, why)
		}
	}
	forms.Report(t, "xpath-vectors", 1)
	full.Report(t, "xpath-vectors-full-xpath1", 0.8)
}

func skipped(v vector) string {
	for _, tag := range []string{"custom-function", "javarosa-limitation", "random"} {
		if v.tagged(tag) {
			return tag
		}
	}
	return ""
}

// followsJavaRosa says whether a case may differ because the engines do: it asks
// for what this project decides with JavaRosa, and JavaRosa does not ask for it.
//
//   - tz: a date as a number with the fraction of a UTC day, or a whole number as a
//     moment at midnight UTC; here both are whole local days.
//   - engines-disagree: where JavaRosa or XPath decides otherwise.
//   - regex() with a pattern that matches a part of the text: here it must match all.
func followsJavaRosa(v vector) bool {
	return (v.tagged("tz") || v.tagged("engines-disagree") || strings.HasPrefix(v.Expr, "regex(")) && !slices.Contains(v.Src, "javarosa")
}

// differs evaluates a case; it returns how the result differs, "" if it does not.
func (f vectorFile) differs(v vector) string {
	text := v.Doc
	if d, ok := f.Documents[v.Doc]; ok {
		text = d
	}
	if text == "" {
		text = `<span xmlns="http://www.w3.org/1999/xhtml"/>` // any will do; the recorder had this one
	}
	doc, err := parseXML(text)
	if err != nil {
		return err.Error()
	}
	c := f.context(v, doc)
	got, err := evaluate(v.Expr, c)
	switch {
	case v.Check == "throws" && err == nil:
		return "no error, but " + got.String()
	case v.Check == "throws":
		return ""
	case errors.Is(err, expr.ErrNoDate) && (v.Expected == "Invalid Date" || v.Expected == false || v.Expected == "NaN"):
		return "" // JavaScript's ways to say what is an error in JavaRosa and here
	case err != nil:
		return err.Error()
	}
	return v.compare(got, c)
}

// context makes the world of a case. Cases of JavaRosa without a document have no
// context node either.
func (f vectorFile) context(v vector, doc *element) *expr.Context {
	name := f.Conventions.TZ
	if v.TZ != "" {
		name, _, _ = strings.Cut(v.TZ, " ")
	}
	loc, err := time.LoadLocation(strings.Fields(name)[0])
	if err != nil {
		loc = time.FixedZone(name, -7*3600)
	}
	env := &expr.Env{Root: doc, Now: func() time.Time { return time.UnixMilli(int64(v.NowMS)).In(loc) },
		Random: rand.New(rand.NewPCG(1, 2)).Float64, UUID: func() string { return "00000000-0000-4000-8000-000000000000" }}
	if v.NS != nil {
		env.Namespaces = map[string]string{"": "http://www.w3.org/2002/xforms"}
		for p, uri := range v.NS {
			env.Namespaces[p] = uri
		}
	}
	c := &expr.Context{Node: locate(env, doc, v.Context), Env: env}
	if v.Root != "" {
		env.Root = locate(env, doc, v.Root)
	}
	if v.Doc == "" && slices.Contains(v.Src, "javarosa") {
		c.Node = nil
	}
	c.Current = c.Node
	env.Instance = func(id string) (expr.Node, bool) { return find(doc, "instance", "id", id) }
	env.TextNodes = func(id string) []expr.Node { return translation(doc, v.Lang, id) }
	return c
}

// find returns the first element with a local name and an attribute.
func find(e *element, name, attr, value string) (expr.Node, bool) {
	_, local, ok := strings.Cut(e.name, ":")
	if !ok {
		local = e.name
	}
	if a, ok := e.Attribute(attr); ok && a == value && local == name {
		return e, true
	}
	for _, c := range e.children {
		if n, ok := find(c.(*element), name, attr, value); ok {
			return n, true
		}
	}
	return nil, false
}

// translation returns the values of a text in a language, or in the default one.
func translation(doc *element, lang, id string) []expr.Node {
	in, ok := find(doc, "translation", "lang", lang)
	if !ok {
		if in, ok = find(doc, "translation", "default", ""); !ok {
			if in, ok = first(doc, "translation"); !ok {
				return nil
			}
		}
	}
	text, ok := find(in.(*element), "text", "id", id)
	if !ok {
		return nil
	}
	return text.Children()
}

func first(e *element, name string) (expr.Node, bool) {
	if e.name == name {
		return e, true
	}
	for _, c := range e.children {
		if n, ok := first(c.(*element), name); ok {
			return n, true
		}
	}
	return nil, false
}

func evaluate(text string, c *expr.Context) (expr.Value, error) {
	e, err := expr.Parse(text)
	if err != nil {
		return expr.Value{}, err
	}
	p, err := expr.CompileLate(e, nil)
	if err != nil {
		return expr.Value{}, err
	}
	return p.Eval(c)
}

func locate(env *expr.Env, doc *element, path string) expr.Node {
	v, err := evaluate(path, &expr.Context{Node: doc, Env: env})
	if ns, _ := v.NodeSet(); err == nil && len(ns) > 0 {
		return ns[0]
	}
	return doc
}

// compare checks a value in the way that the case asks for.
func (v vector) compare(got expr.Value, c *expr.Context) string {
	loc := c.Env.Now().Location()
	ok, shown := false, got.String()
	switch v.Check {
	case "boolean":
		ok, shown = got.Bool() == (v.Expected == true), fmt.Sprint(got.Bool())
	case "string", "date":
		ok = shown == fmt.Sprint(v.Expected)
	case "string-length":
		ok = float64(len([]rune(shown))) == v.Expected
	case "string-matches":
		ok = regexp.MustCompile(fmt.Sprint(v.Expected)).MatchString(shown)
	case "number":
		n := got.Number(loc)
		ok, shown = sameNumber(n, v.number()), fmt.Sprint(n)
	case "number-rounded":
		n := math.Floor(got.Number(loc)*v.Factor+0.5) / v.Factor // as JavaScript rounds
		ok, shown = n == v.number(), fmt.Sprint(n)
	case "nodes", "nodes-unordered", "first-node":
		ok, shown = v.compareNodes(got)
	default:
		shown = "unknown check"
	}
	if ok {
		return ""
	}
	return shown
}

func (v vector) compareNodes(got expr.Value) (ok bool, shown string) {
	nodes, isSet := got.NodeSet()
	if !isSet {
		return false, "no nodes"
	}
	paths, want := []string{}, []string{}
	for _, n := range nodes {
		paths = append(paths, n.(*element).path())
	}
	if v.Check == "first-node" {
		paths = paths[:min(1, len(paths))]
		if v.Expected != nil {
			want = []string{fmt.Sprint(v.Expected)}
		}
		return slices.Equal(paths, want), fmt.Sprint(paths)
	}
	list, _ := v.Expected.([]any)
	for _, w := range list {
		want = append(want, fmt.Sprint(w))
	}
	if v.Check == "nodes-unordered" {
		sort.Strings(want)
		sort.Strings(paths)
	}
	return slices.Equal(paths, want), fmt.Sprint(paths)
}

func (v vector) number() float64 {
	switch v.Expected {
	case "NaN":
		return math.NaN()
	case "Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	case "-0":
		return math.Copysign(0, -1)
	}
	n, _ := v.Expected.(float64)
	return n
}

// sameNumber compares as = does, with the tolerance of JavaRosa; a negative zero
// that is asked for must be one.
func sameNumber(got, want float64) bool {
	switch {
	case math.IsNaN(want):
		return math.IsNaN(got)
	case want == 0 && math.Signbit(want):
		return got == 0 && math.Signbit(got)
	}
	return got == want || math.Abs(got-want) < 1e-12
}
