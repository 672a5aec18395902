package expr_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// element is an XML element as an expr.Node.
type element struct {
	name     string
	text     string
	parent   *element
	children []expr.Node
	attrs    map[string]string
}

func (e *element) NodeName() string { return e.name }
func (e *element) Text() string {
	s := e.text
	for _, c := range e.children {
		s += c.Text()
	}
	return s
}
func (e *element) Parent() expr.Node {
	if e.parent == nil {
		return nil
	}
	return e.parent
}
func (e *element) Children() []expr.Node             { return e.children }
func (e *element) Attribute(n string) (string, bool) { v, ok := e.attrs[n]; return v, ok }

// parseXML reads a document; the result is its document node.
func parseXML(text string) (*element, error) {
	doc := &element{}
	at := doc
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	for {
		t, err := d.RawToken()
		if err != nil {
			return doc, nil
		}
		switch x := t.(type) {
		case xml.StartElement:
			e := &element{name: qualified(x.Name), parent: at, attrs: map[string]string{}}
			for _, a := range x.Attr {
				e.attrs[qualified(a.Name)] = a.Value
			}
			at.children = append(at.children, e)
			at = e
		case xml.EndElement:
			if at.parent == nil {
				return nil, fmt.Errorf("unbalanced")
			}
			at = at.parent
		case xml.CharData:
			at.text += string(x)
		}
	}
}

func qualified(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

type vector struct {
	ID, Expr, Context, Check, Root, Doc, TZ string
	Expected                                any
	Factor                                  float64
	Tags                                    []string
	NowMS                                   float64 `json:"now_ms"`
}

func vectorFile(t *testing.T) (vs []vector, docs map[string]string, syntax []struct {
	Expr  string
	Valid bool
}) {
	b, err := os.ReadFile("../../../shared/conformance/xpath-vectors.json")
	if err != nil {
		t.Skip("skipped: conformance vectors are not installed beside the project")
	}
	var f struct {
		Vectors   []vector
		Documents map[string]string
		Syntax    []struct {
			Expr  string
			Valid bool
		}
	}
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f.Vectors, f.Documents, f.Syntax
}

func TestSyntaxVectors(t *testing.T) {
	_, _, cases := vectorFile(t)
	passed := 0
	for _, c := range cases {
		if _, err := expr.Parse(c.Expr); (err == nil) == c.Valid {
			passed++
		} else {
			t.Logf("%q: valid %v, got %v", c.Expr, c.Valid, err)
		}
	}
	if passed < syntaxPassed {
		t.Errorf("%d of %d pass, fewer than %d", passed, len(cases), syntaxPassed)
	}
}

// syntaxPassed is how many of the recorded syntax cases hold; it may only rise.
// What is missing are XPath variables and operators glued to numbers (3mod4).
const syntaxPassed = 80

// vectorsPassed is how many of the recorded cases hold; it may only rise.
const vectorsPassed = 1700

func TestVectors(t *testing.T) {
	vs, docs, _ := vectorFile(t)
	passed, failed := 0, map[string]int{}
	for _, v := range vs {
		if slices.ContainsFunc(v.Tags, func(tag string) bool {
			return tag == "full-xpath1" || tag == "custom-function" || tag == "javarosa-limitation" || tag == "random" || tag == "engines-disagree" || tag == "tz"
		}) {
			continue
		}
		if why := holds(v, docs); why == "" {
			passed++
		} else {
			failed[v.Check]++
			if testing.Verbose() {
				t.Logf("%s %s: %s\n\tctx %s want %v (%s): %s", v.ID, strings.Join(v.Tags, ","), v.Expr, v.Context, v.Expected, v.Check, why)
			}
		}
	}
	t.Logf("%d pass; failing by check: %v", passed, failed)
	if passed < vectorsPassed {
		t.Errorf("%d vectors pass, fewer than %d", passed, vectorsPassed)
	}
}

func holds(v vector, docs map[string]string) (why string) {
	text := v.Doc
	if d, ok := docs[v.Doc]; ok {
		text = d
	}
	doc, err := parseXML(text)
	if err != nil {
		return err.Error()
	}
	zone, _ := time.LoadLocation("America/Phoenix")
	if v.TZ != "" {
		if z, err := time.LoadLocation(v.TZ); err == nil {
			zone = z
		}
	}
	env := &expr.Env{Root: doc, Now: func() time.Time { return time.UnixMilli(int64(v.NowMS)).In(zone) }}
	c := &expr.Context{Node: locate(env, doc, v.Context), Env: env}
	if v.Root != "" && v.Root != "/" {
		if r := locate(env, doc, v.Root); r != nil {
			env.Root = &element{children: []expr.Node{r}}
		}
	}
	c.Current = c.Node
	got, err := evaluate(v.Expr, c)
	if v.Check == "throws" {
		if err == nil {
			return "no error, but " + got.String()
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	return differs(v, got, zone)
}

func evaluate(text string, c *expr.Context) (expr.Value, error) {
	e, err := expr.Parse(text)
	if err != nil {
		return expr.Value{}, err
	}
	p, err := expr.Compile(e, nil)
	if err != nil {
		return expr.Value{}, err
	}
	return p.Eval(c)
}

func locate(env *expr.Env, doc *element, path string) expr.Node {
	if path == "" || path == "/" {
		return doc
	}
	v, err := evaluate(path, &expr.Context{Node: doc, Env: env})
	if ns, _ := v.NodeSet(); err == nil && len(ns) > 0 {
		return ns[0]
	}
	return doc
}

func differs(v vector, got expr.Value, zone *time.Location) string {
	switch v.Check {
	case "boolean":
		if got.Bool() != (v.Expected == true) {
			return fmt.Sprint(got.Bool())
		}
	case "string", "date":
		if got.String() != fmt.Sprint(v.Expected) {
			return got.String()
		}
	case "string-length":
		if float64(len([]rune(got.String()))) != v.Expected {
			return got.String()
		}
	case "number", "number-rounded":
		want, ok := v.Expected.(float64)
		if !ok {
			want = map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[fmt.Sprint(v.Expected)]
		}
		n := got.Number(zone)
		if v.Factor != 0 {
			n = math.Round(n*v.Factor) / v.Factor
		}
		if n != want && !(math.IsNaN(n) && math.IsNaN(want)) {
			return fmt.Sprint(n)
		}
	default:
		return "unchecked: " + v.Check
	}
	return ""
}
