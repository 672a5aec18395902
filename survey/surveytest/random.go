package surveytest

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/xlsform"
)

// RandomForm draws a form: groups and repeats in each other, conditions,
// calculations over rows, filtered choices, constraints. Expressions mention
// questions that stand before, so that there are no cycles. What comes out can
// always be compiled.
func RandomForm(t *rapid.T) xlsform.Book {
	g := &generator{t: t, rows: [][]string{{"type", "name", "label", "relevant", "calculation", "constraint", "required", "repeat_count", "choice_filter", "default", "readonly"}}}
	g.items(rapid.IntRange(2, 7).Draw(t, "items"), 0)
	return xlsform.Book{Name: "random", Sheets: []xlsform.Sheet{{Name: "survey", Rows: g.rows}, {Name: "choices", Rows: [][]string{
		{"list_name", "name", "label", "town"}, {"yn", "yes", "Yes", ""}, {"yn", "no", "No", ""},
		{"spot", "a", "A", "yes"}, {"spot", "b", "B", "no"}, {"spot", "c", "C", "yes"}}}}}
}

// known is a question that later expressions may mention.
type known struct {
	name    string
	kind    string // integer, text, yn, spots, repeat
	repeats int    // how many repeats are around it
	within  string // innermost repeat
}

type generator struct {
	t      *rapid.T
	rows   [][]string
	seen   []known
	stack  []string // repeats around
	next   int
	groups int
}

func (g *generator) pick(label string, options ...string) string {
	return rapid.SampledFrom(options).Draw(g.t, label)
}

func (g *generator) chance(percent int, label string) bool {
	return rapid.IntRange(0, 99).Draw(g.t, label) < percent
}

func (g *generator) items(n, depth int) {
	for range n {
		switch what := rapid.IntRange(0, 9).Draw(g.t, "what"); {
		case what == 0 && depth < 3:
			g.group(depth)
		case what <= 2 && depth < 3:
			g.repeat(depth)
		case what <= 5:
			g.calculation()
		default:
			g.question()
		}
	}
}

func (g *generator) name(prefix string) string {
	g.next++
	return fmt.Sprint(prefix, g.next)
}

// row adds a row of cells by column.
func (g *generator) row(cells map[string]string) {
	row := make([]string, len(g.rows[0]))
	for i, col := range g.rows[0] {
		row[i] = cells[col]
	}
	g.rows = append(g.rows, row)
}

func (g *generator) know(name, kind string) {
	k := known{name: name, kind: kind, repeats: len(g.stack)}
	if k.repeats > 0 {
		k.within = g.stack[k.repeats-1]
	}
	g.seen = append(g.seen, k)
}

func (g *generator) group(depth int) {
	name := g.name("g")
	g.row(map[string]string{"type": "begin group", "name": name, "label": name, "relevant": g.condition(50)})
	g.items(rapid.IntRange(1, 3).Draw(g.t, "inside"), depth+1)
	g.row(map[string]string{"type": "end group"})
}

func (g *generator) repeat(depth int) {
	name := g.name("r")
	cells := map[string]string{"type": "begin repeat", "name": name, "label": name, "relevant": g.condition(20)}
	if n, ok := g.one("integer"); ok && g.chance(50, "counted") {
		cells["repeat_count"] = "if(" + n + " > 2, 3, " + n + ")" // rows in rows in rows stay few
	}
	g.row(cells)
	g.stack = append(g.stack, name)
	g.items(rapid.IntRange(1, 4).Draw(g.t, "inside"), depth+1)
	g.stack = g.stack[:len(g.stack)-1]
	g.row(map[string]string{"type": "end repeat"})
	g.know(name, "repeat")
}

func (g *generator) question() {
	name := g.name("q")
	kind := g.pick("kind", "integer", "integer", "text", "yn", "spots")
	cells := map[string]string{"type": kind, "name": name, "label": "Question " + name, "relevant": g.condition(40)}
	switch kind {
	case "yn":
		cells["type"] = "select_one yn"
	case "spots":
		cells["type"] = "select_multiple spot"
		if n, ok := g.one("yn"); ok && g.chance(60, "filtered") {
			cells["choice_filter"] = "town = " + n
		}
	case "integer":
		if g.chance(40, "constrained") {
			cells["constraint"] = g.pick("constraint", ". < 5", ". != "+g.number(), ". >= 0 and . <= "+g.number())
		}
		if g.chance(30, "default") {
			cells["default"] = g.pick("value", "2", "1 + 1", g.number())
		}
	}
	if g.chance(30, "required") {
		cells["required"] = g.pick("when", "yes", g.condition(100))
	}
	if g.chance(10, "closed") {
		cells["readonly"] = g.condition(100)
	}
	g.row(cells)
	g.know(name, kind)
}

func (g *generator) calculation() {
	name := g.name("c")
	g.row(map[string]string{"type": "calculate", "name": name, "calculation": g.number(), "relevant": g.condition(20)})
	g.know(name, "integer")
}

// one picks a question of a kind that stands in one row with what is written now.
func (g *generator) one(kind string) (string, bool) {
	var fit []string
	for _, k := range g.seen {
		if k.kind == kind && k.repeats <= len(g.stack) && (k.repeats == 0 || g.stack[k.repeats-1] == k.within) {
			fit = append(fit, "${"+k.name+"}")
		}
	}
	if len(fit) == 0 {
		return "", false
	}
	return rapid.SampledFrom(fit).Draw(g.t, kind), true
}

// many picks a question of a kind in rows of a repeat that is closed.
func (g *generator) many(kind string) (string, bool) {
	var fit []string
	for _, k := range g.seen {
		if k.kind == kind && (kind == "repeat" || k.repeats > len(g.stack)) {
			fit = append(fit, "${"+k.name+"}")
		}
	}
	if len(fit) == 0 {
		return "", false
	}
	return rapid.SampledFrom(fit).Draw(g.t, "all "+kind), true
}

// number draws an expression that gives a number.
func (g *generator) number() string {
	n, one := g.one("integer")
	all, many := g.many("integer")
	rows, repeat := g.many("repeat")
	spots, several := g.one("spots")
	switch how := rapid.IntRange(0, 9).Draw(g.t, "how"); {
	case how == 0 && many:
		return "sum(" + all + ")"
	case how == 1 && many:
		return "coalesce(max(" + all + "), 0)"
	case how == 2 && repeat:
		return "count(" + rows + ")"
	case how == 3 && several:
		return "count-selected(" + spots + ")"
	case how == 4 && len(g.stack) > 0:
		return "position(..)"
	case how == 5 && one:
		return "if(" + n + " > 2, " + n + " - 1, 3)"
	case how == 6 && many:
		return "count-non-empty(" + all + ")"
	case one:
		return "coalesce(" + n + ", 1) + " + g.pick("plus", "0", "1", "2")
	}
	return g.pick("number", "0", "1", "2", "3")
}

// condition draws a condition in percent of the cases, else none.
func (g *generator) condition(percent int) string {
	if !g.chance(percent, "conditional") {
		return ""
	}
	yn, is := g.one("yn")
	spots, several := g.one("spots")
	text, written := g.one("text")
	switch how := rapid.IntRange(0, 5).Draw(g.t, "condition"); {
	case how == 0 && is:
		return yn + " = 'yes'"
	case how == 1 && several:
		return "selected(" + spots + ", 'b')"
	case how == 2 && written:
		return text + " != ''"
	case how == 3:
		return g.number() + " > 1 or " + g.number() + " = 0"
	}
	return g.number() + " >= " + g.number()
}

// RandomAct answers, clears or passes a question at random, or adds or removes a
// row, and returns what is to be stored.
func RandomAct(t *rapid.T, s *interview.Session) []interview.Change {
	all := s.Lines()
	if len(all) == 0 {
		return nil
	}
	l := all[rapid.IntRange(0, len(all)-1).Draw(t, "line")]
	q := l.Question()
	if q == nil {
		if l.Row > 0 && rapid.Bool().Draw(t, "remove") {
			cs, _ := s.RemoveRow(l.Field)
			return cs
		}
		if l.Row > 0 {
			_, cs, _ := s.InsertRow(l.Field)
			return cs
		}
		_, cs, _ := s.AddRow(l.Field)
		return cs
	}
	v := rapid.SampledFrom([]string{"", "1", "3", "12", "yes", "OK", "2020-02-03", "10 20"}).Draw(t, "value")
	if opts := s.Choices(l.Field, ""); len(opts) > 0 {
		v = rapid.SampledFrom(opts).Draw(t, "choice").Name
		if more := rapid.SampledFrom(opts).Draw(t, "second choice").Name; q.Kind == survey.SelectMultiple && more != v {
			v = strings.Join([]string{v, more}, " ")
		}
	}
	cs, err := s.Set(l.Field, survey.Of(v))
	if err != nil {
		cs, _ = s.Pass(l.Field)
	}
	return cs
}
