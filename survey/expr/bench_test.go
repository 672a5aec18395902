package expr_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// list is a root with items; with an index it is an expr.Index.
type list struct {
	*element
	index map[string]map[string][]expr.Node // column → text → items
}

func (l *list) Lookup(child, column, value string) ([]expr.Node, bool) {
	if child != "item" {
		return nil, false
	}
	found, ok := l.index[column]
	return found[value], ok
}

// newList makes a document with n items: name n0…, group g0…g9, rank 0….
func newList(n int, indexed bool) expr.Node {
	doc := &element{kind: expr.DocumentNode}
	root := &element{name: "root", parent: doc}
	l := &list{element: root, index: map[string]map[string][]expr.Node{}}
	doc.children = []expr.Node{root}
	if indexed {
		doc.children = []expr.Node{l}
		l.index["name"], l.index["group"] = map[string][]expr.Node{}, map[string][]expr.Node{}
	}
	doc.all = doc.children
	for i := range n {
		it := root.add(&element{name: "item"})
		for _, c := range [][2]string{{"name", "n" + strconv.Itoa(i)}, {"group", "g" + strconv.Itoa(i%10)}, {"rank", strconv.Itoa(i)}} {
			it.add(&element{name: c[0], text: c[1]})
		}
		if indexed {
			name, group := it.children[0].Text(), it.children[1].Text()
			l.index["name"][name] = append(l.index["name"][name], it)
			l.index["group"][group] = append(l.index["group"][group], it)
		}
	}
	return doc
}

// listContext is a node beside which a list of n items is the instance 'list'.
func listContext(n int, indexed bool) *expr.Context {
	doc := newList(n, indexed)
	group := &element{name: "data"}
	here := group.add(&element{name: "here", text: ""})
	group.add(&element{name: "want", text: "n" + strconv.Itoa(n-1)})
	group.add(&element{name: "which", text: "g7"})
	env := &expr.Env{Now: func() time.Time { return noon }, Root: doc, Instance: func(id string) (expr.Node, bool) { return doc, id == "list" }}
	return &expr.Context{Node: here, Current: here, Env: env}
}

const longExpression = "if((${a}='written' or (${a}='practice' and ${b}='unregistered')), round(100 * count(${r}[kind = 'x']) div 3, 1), coalesce(${c}, substr(${d}, 0, 3)))"

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expr.Parse(longExpression); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	e := mustParse(b, longExpression)
	a := answers{"a": "", "b": "", "c": "", "d": "", "r": ""}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := expr.Compile(e, a); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEval(b *testing.B) {
	a := answers{"a": "practice", "b": "unregistered", "n": "12", "m": "5"}
	for _, c := range []struct{ name, expr string }{
		{"comparisons", "if((${a}='written' or (${a}='practice' and ${b}='unregistered')), 2, 1)"},
		{"arithmetic", "round(100 * ${n} div (${m} + 3), 1) - 1.5 * ${n}"},
		{"selected", "selected('a b c d practice', ${a}) and not(selected('x y', ${b}))"},
		{"texts", "concat(${a}, '-', substr(${b}, 0, 3), '-', string-length(${a}))"},
		{"dates", "'2026-02-28' <= date('2026-03-01') and format-date('2026-02-28', '%d.%m.%Y') != ''"},
		{"regex", "regex(${a}, '[a-z]{3,20}')"},
	} {
		b.Run(c.name, func(b *testing.B) {
			run(b, c.expr, a, &expr.Context{Env: &expr.Env{Now: func() time.Time { return noon }}})
		})
	}
}

func BenchmarkItems(b *testing.B) {
	for _, c := range []struct{ name, expr string }{
		{"equal", "count(instance('list')/root/item[name = current()/../want])"},
		{"two equal", "count(instance('list')/root/item[group = current()/../which and name = current()/../want])"},
		{"second equal", "count(instance('list')/root/item[string-length(rank) > 2 and name = current()/../want])"},
		{"number", "count(instance('list')/root/item[rank = 77])"},
		{"general", "count(instance('list')/root/item[rank mod 7 = 3])"},
		{"place", "string(instance('list')/root/item[5000]/name)"},
		{"last", "string(instance('list')/root/item[last()]/name)"},
		{"all", "join(' ', instance('list')/root/item/name)"},
		{"anywhere", "count(instance('list')//name)"},
		{"union", "count(instance('list')/root/item/name | instance('list')/root/item/rank)"},
	} {
		for _, indexed := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/indexed=%v", c.name, indexed), func(b *testing.B) { run(b, c.expr, nil, listContext(10000, indexed)) })
		}
	}
}

func BenchmarkSum(b *testing.B) {
	run(b, "sum(instance('list')/root/item/rank)", nil, listContext(1000, false))
}

func run(b *testing.B, text string, a answers, c *expr.Context) {
	p, err := expr.Compile(mustParse(b, text), a)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.Eval(c); err != nil {
			b.Fatal(err)
		}
	}
}
