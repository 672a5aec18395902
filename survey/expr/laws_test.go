package expr_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sselandscape/survey/expr"
)

// names evaluates a path to items and lists their names.
func names(t *rapid.T, text string, c *expr.Context) string {
	e, err := expr.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	p, err := expr.Compile(e, nil)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	v, err := p.Eval(c)
	if err != nil {
		return err.Error()
	}
	ns, _ := v.NodeSet()
	var out []string
	for _, n := range ns {
		out = append(out, n.Children()[0].Text())
	}
	return strings.Join(out, " ")
}

// Shortcuts for places, columns and indexes keep the nodes that the conditions keep
// when each is evaluated for each node.
func TestLawConditions(t *testing.T) {
	plain, indexed := listContext(40, false), listContext(40, true)
	parts := []string{"name = 'n3'", "'n39' = name", "group = current()/../which", "group = 'g3'", "name = current()/../want", "rank = 7",
		"rank > 5", "group != 'g1'", "rank = ''", "name = current()/../*", "position() < 12", "last() > 3", "name", "true()", "@a = 'x'", "string-length(name) = 2"}
	alone := []string{"1", "40", "41", "0", "2.5", "last()", "last() - 1", "position() = 3", "last() = position()", "position() = current()/../want", "count(current()/../*)"}
	rapid.Check(t, func(t *rapid.T) {
		fast, slow := "instance('list')/root/item", "instance('list')/root/item"
		for range rapid.IntRange(1, 3).Draw(t, "conditions") {
			if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
				x := rapid.SampledFrom(alone).Draw(t, "place")
				fast += "[" + x + "]"
				if !strings.Contains(x, "position") {
					x = "position() + 0 = (" + x + ")"
				}
				slow += "[not(not(" + x + "))]"
				continue
			}
			some := rapid.SliceOfN(rapid.SampledFrom(parts), 1, 3).Draw(t, "parts")
			fast += "[" + strings.Join(some, " and ") + "]"
			slow += "[not(not(" + strings.Join(some, ")) and not(not(") + "))]"
		}
		want := names(t, slow, plain)
		for _, c := range []*expr.Context{plain, indexed} {
			if got := names(t, fast, c); got != want {
				t.Fatalf("%s\n\twant %s\n\t got %s", fast, want, got)
			}
		}
	})
}

const mixedDocument = `<r a="1"><b/>text<c x="2" y="3"><d>t</d><!--note--><d>u<e/></d></c><?pi data?><c><e z="4">v</e></c>tail</r>`

func contextOf(t testing.TB, text string) *expr.Context {
	t.Helper()
	doc, err := parseXML(text)
	if err != nil {
		t.Fatal(err)
	}
	return &expr.Context{Node: doc, Current: doc, Env: &expr.Env{Root: doc}}
}

func paths(t testing.TB, text string, c *expr.Context) []string {
	t.Helper()
	v, err := evaluate(text, c)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	ns, _ := v.NodeSet()
	var out []string
	for _, n := range ns {
		out = append(out, n.(*element).path())
	}
	return out
}

// From every node the axes ancestor, descendant, following, preceding and self are
// the document, each node once (XPath 1.0, 2.2).
func TestAxesPartition(t *testing.T) {
	c := contextOf(t, mixedDocument)
	all := paths(t, "/ | //node()", c)
	v, _ := evaluate("/ | //node()", c)
	ns, _ := v.NodeSet()
	for _, n := range ns {
		at := &expr.Context{Node: n, Current: n, Env: c.Env}
		var got []string
		for _, axis := range []string{"ancestor", "descendant", "following", "preceding", "self"} {
			got = append(got, paths(t, axis+"::node()", at)...)
		}
		slices.Sort(got)
		want := slices.Sorted(slices.Values(all))
		if !slices.Equal(got, want) {
			t.Errorf("from %s\n\twant %v\n\t got %v", n.(*element).path(), want, got)
		}
	}
}

// A union is in document order and has each node once, whatever its parts are.
func TestLawDocumentOrder(t *testing.T) {
	c := contextOf(t, mixedDocument)
	all := paths(t, "/ | //node() | //@*", c)
	parts := []string{"//d", "//c/@*", "/", "//text()", "//e/ancestor::*", "//e/preceding::*", "//d/..", "/r/b/following-sibling::*", "//comment()", "//*/@x", "/r//*[last()]", "//d/following::e"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 4).Draw(t, "parts"), " | ")
		at := -1
		v, err := evaluate(text, c)
		if err != nil {
			t.Fatal(err)
		}
		ns, _ := v.NodeSet()
		for _, n := range ns {
			i := slices.Index(all, n.(*element).path())
			if i <= at {
				t.Fatalf("%s: %s is out of order", text, n.(*element).path())
			}
			at = i
		}
	})
}

// Numbers are written so that they are read as the same number.
func TestLawNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Float64Range(-1e18, 1e18).Draw(t, "n")
		if got := expr.Text(expr.FormatNumber(n)).Number(noon.Location()); got != n {
			t.Fatalf("%v is written %s and read %v", n, expr.FormatNumber(n), got)
		}
	})
}

// round() to places is what is done on paper with the digits as they are written.
func TestLawRound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole, part, places := rapid.IntRange(0, 99999).Draw(t, "whole"), rapid.IntRange(0, 9999).Draw(t, "part"), rapid.IntRange(0, 3).Draw(t, "places")
		text := fmt.Sprintf("%d.%04d", whole, part)
		unit := []int{10000, 1000, 100, 10}[places]
		want := ((whole*10000+part)*2 + unit) / (2 * unit) * unit // halves up, in ten-thousandths
		v, err := evaluate(fmt.Sprintf("round(%s, %d)", text, places), &expr.Context{})
		if err != nil {
			t.Fatal(err)
		}
		if n := v.Number(nil); fmt.Sprintf("%.4f", n) != fmt.Sprintf("%d.%04d", want/10000, want%10000) {
			t.Fatalf("round(%s, %d) = %v, want %d ten-thousandths", text, places, n, want)
		}
	})
}

// A shuffle keeps the nodes, and its seed settles the order.
func TestLawRandomize(t *testing.T) {
	c := listContext(20, false)
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Int64().Draw(t, "seed")
		text := fmt.Sprintf("randomize(instance('list')/root/item, %d)", seed)
		a, b := strings.Fields(names(t, text, c)), strings.Fields(names(t, text, c))
		if !slices.Equal(a, b) {
			t.Fatal("the same seed gives another order")
		}
		slices.Sort(a)
		if len(slices.Compact(a)) != 20 {
			t.Fatalf("%d nodes of 20", len(a))
		}
	})
}
