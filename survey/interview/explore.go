package interview

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Exploration is what random interviews found out about a form.
type Exploration struct {
	Interviews int
	Answers    int
	Reached    int // questions that were asked at least once
	Questions  int // that people can be asked
	Problems   []survey.Problem
}

// Explore holds n interviews with random answers and reports, as warnings with
// their rows, questions that were never reached, constraints and soft checks that
// no answer satisfied, choices that were never offered, and texts missing in a
// language. Answers are drawn from what the form's expressions compare with, so
// that rare branches are found; the same seed gives the same interviews. What
// random interviews do not find may still exist: a warning is a place to look.
func Explore(p *Program, seed uint64, n int) Exploration {
	e := &explorer{program: p, chance: rand.New(rand.NewPCG(seed, 0x55e)), seen: map[*slot]*sighting{}}
	e.learn()
	for i := range n {
		e.hold(i)
	}
	return e.report(n)
}

// sighting is what was seen of a question.
type sighting struct {
	asked     int
	satisfied bool // some answer met the constraint
	refused   bool // some answer did not
	doubted   bool
	undoubted bool
	offered   map[string]bool
}

type explorer struct {
	program *Program
	chance  *rand.Rand
	seen    map[*slot]*sighting
	asked   []*slot            // questions that people can be asked
	pool    map[*slot][]string // answers worth trying
	hints   map[*slot][]hint   // answers that open a question, by the question
	answers int
}

// hint is an answer that may make a condition hold.
type hint struct {
	of   *slot
	text string
}

// learn reads the expressions for answers worth trying.
func (e *explorer) learn() {
	e.pool, e.hints = map[*slot][]string{}, map[*slot][]hint{}
	c := newCompilation(e.program)
	for _, s := range e.program.slots[1:] {
		if s.asked() {
			e.asked = append(e.asked, s)
			e.seen[s] = &sighting{offered: map[string]bool{}}
		}
		for _, p := range []*expr.Program{s.relevant, s.required, s.constraint, s.warning, s.calc, s.count} {
			if p != nil {
				e.literals(c, s, p.Source(), p == s.relevant)
			}
		}
		if s.choices != nil && s.choices.nodes != nil {
			e.literals(c, s, s.choices.nodes.Source(), false)
		}
	}
}

// literals files the answers that the comparisons of an expression mention.
func (e *explorer) literals(c *compilation, s *slot, x expr.Expr, opens bool) {
	file := func(question, literal expr.Expr) {
		text, ok := literalText(literal)
		if !ok {
			return
		}
		d := &dependencies{compilation: c, from: s, scope: scope{program: c.program, from: s}}
		for _, t := range d.nodes(question, d.self()) {
			if t.slot.q == nil {
				continue
			}
			for _, v := range around(t.slot.q, text) {
				e.pool[t.slot] = append(e.pool[t.slot], v)
				if opens {
					e.hints[s] = append(e.hints[s], hint{t.slot, v})
				}
			}
		}
	}
	expr.Walk(x, func(x expr.Expr) bool {
		switch t := x.(type) {
		case *expr.Binary:
			if comparisons[t.Op] != [2]string{} && plainNodes(t.L) {
				file(t.L, t.R)
			}
			if comparisons[t.Op] != [2]string{} && plainNodes(t.R) {
				file(t.R, t.L)
			}
		case *expr.Call:
			if len(t.Args) == 2 && plainNodes(t.Args[0]) {
				file(t.Args[0], t.Args[1])
			}
		}
		return true
	})
}

func plainNodes(e expr.Expr) bool {
	switch e.(type) {
	case *expr.Ref, *expr.Path:
		return true
	}
	return false
}

// around gives the answers at and next to a literal.
func around(q *survey.Question, text string) []string {
	if q.Kind == survey.Date || q.Kind == survey.DateTime {
		return []string{text}
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !q.Kind.Numeric() {
		return []string{text}
	}
	return []string{expr.FormatNumber(f), expr.FormatNumber(f - 1), expr.FormatNumber(f + 1)}
}

// hold holds one interview. Every other one aims at a question that was not
// reached yet, by the answers that may open it.
func (e *explorer) hold(i int) {
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(i) * 37 * time.Hour)
	rows := 0
	s, _ := e.program.Start(World{Now: func() time.Time { return now }, Username: "explorer", DeviceID: "explorer", Language: e.program.Form.DefaultLanguage,
		Seed: strconv.Itoa(i), Random: e.chance.Float64, UUID: func() string { return fmt.Sprintf("%016x", e.chance.Uint64()) },
		Tail: func() string { rows++; return strconv.Itoa(rows) }})
	aim := e.aim(i)
	for range maxExplored {
		e.grow(s)
		n := s.nextToExplore()
		if n == nil {
			break
		}
		e.answer(s, n, aim)
	}
	e.look(s)
}

// maxExplored bounds the answers of one interview.
const maxExplored = 5000

// nextToExplore finds the first question that was not tried yet.
func (s *Session) nextToExplore() *node {
	var found *node
	s.root.questions(func(n *node) {
		if found == nil && n.relevant && !n.touched && !n.readOnly && n.slot.asked() {
			found = n
		}
	})
	return found
}

// aim collects answers that lead to a question that was not reached yet.
func (e *explorer) aim(i int) map[*slot]string {
	var missing []*slot
	for _, s := range e.asked {
		if e.seen[s].asked == 0 {
			missing = append(missing, s)
		}
	}
	if i%2 == 0 || len(missing) == 0 {
		return nil
	}
	out := map[*slot]string{}
	var open func(s *slot, depth int)
	open = func(s *slot, depth int) {
		for ; s != nil && s.item != nil && depth < 20; s = s.parent {
			hs := e.hints[s]
			for range min(len(hs), 6) {
				h := hs[e.chance.IntN(len(hs))]
				if _, given := out[h.of]; !given {
					out[h.of] = h.text
					open(h.of, depth+1)
				}
			}
		}
	}
	open(missing[e.chance.IntN(len(missing))], 0)
	return out
}

// grow adds a row or two to repeats that people fill.
func (e *explorer) grow(s *Session) {
	var empty []*node
	var walk func(n *node)
	walk = func(n *node) {
		if !n.relevant {
			return
		}
		if n.whole() && n.slot.count == nil && !n.slot.repeat.Fixed && len(n.rows) == 0 && !n.touched {
			n.touched = true
			empty = append(empty, n)
		}
		for _, k := range append(n.kids[:len(n.kids):len(n.kids)], n.rows...) {
			walk(k)
		}
	}
	walk(s.root)
	for _, n := range empty {
		for range e.chance.IntN(3) {
			s.AddRow(n.field())
		}
	}
}

// answer gives one question an answer, one that its constraint allows if a few
// tries find it.
func (e *explorer) answer(s *Session, n *node, aim map[*slot]string) {
	seen := e.seen[n.slot]
	seen.asked++
	f := n.field()
	e.offers(s, n, seen)
	if aim[n.slot] == "" && e.chance.IntN(12) == 0 {
		s.Pass(f)
		return
	}
	for try := range 24 {
		text := e.draw(s, n)
		if v, aimed := aim[n.slot]; aimed && try == 0 {
			text = v
		}
		if _, err := s.Set(f, survey.Of(text)); err != nil {
			continue
		}
		e.answers++
		if n.slot.warning != nil {
			seen.doubted = seen.doubted || n.doubted
			seen.undoubted = seen.undoubted || !n.doubted
		}
		if !n.broken {
			seen.satisfied = true
			return
		}
		seen.refused = true
	}
	s.Set(f, survey.Value{})
	s.Pass(f)
}

// offers notes which choices a question offers.
func (e *explorer) offers(s *Session, n *node, seen *sighting) {
	if n.slot.choices == nil || n.slot.choices.list == nil || len(seen.offered) == len(n.slot.choices.list.Choices) {
		return
	}
	s.eachChoice(n, func(name string, _ expr.Node) bool {
		seen.offered[name] = true
		return true
	})
}

// draw makes up an answer.
func (e *explorer) draw(s *Session, n *node) string {
	q := n.slot.q
	pool := e.pool[n.slot]
	if q.Kind.Selects() {
		return e.choose(s, n)
	}
	if len(pool) > 0 && e.chance.IntN(2) == 0 {
		return pool[e.chance.IntN(len(pool))]
	}
	switch q.Kind {
	case survey.Integer, survey.Range:
		return e.integer(q)
	case survey.Decimal:
		return fmt.Sprintf("%.1f", e.chance.Float64()*100)
	case survey.Date:
		return e.day().Format("2006-01-02")
	case survey.DateTime:
		return e.day().Format("2006-01-02T15:04:05.000Z07:00")
	case survey.Time:
		return fmt.Sprintf("%02d:%02d:00.000", e.chance.IntN(24), e.chance.IntN(60))
	case survey.Geopoint:
		return e.point()
	case survey.Geotrace:
		return e.point() + ";" + e.point()
	case survey.Geoshape:
		a := e.point()
		return a + ";" + e.point() + ";" + e.point() + ";" + a
	case survey.Acknowledge:
		return "OK"
	default:
		return [...]string{"a", "Asha Tamang", "x@example.org", "0123456789", "12", "two words"}[e.chance.IntN(6)]
	}
}

func (e *explorer) integer(q *survey.Question) string {
	if q.Kind == survey.Range {
		low, _ := strconv.ParseFloat(cmp.Or(q.Parameters["start"], "1"), 64)
		high, _ := strconv.ParseFloat(cmp.Or(q.Parameters["end"], "10"), 64)
		step, _ := strconv.ParseFloat(cmp.Or(q.Parameters["step"], "1"), 64)
		if steps := int((high - low) / step); step != 0 && steps > 0 && steps < 1e6 {
			return expr.FormatNumber(low + float64(e.chance.IntN(steps+1))*step)
		}
		return expr.FormatNumber(low)
	}
	return strconv.Itoa([...]int{0, 1, 2, 3, e.chance.IntN(10), e.chance.IntN(100), e.chance.IntN(3000), 1900 + e.chance.IntN(140), -1}[e.chance.IntN(9)])
}

func (e *explorer) day() time.Time {
	return time.Date(2026, 3, 1, e.chance.IntN(24), 0, 0, 0, time.UTC).AddDate(0, 0, [...]int{0, -1, 1, -e.chance.IntN(400), -e.chance.IntN(30000), e.chance.IntN(800)}[e.chance.IntN(6)])
}

func (e *explorer) point() string {
	return fmt.Sprintf("%.4f %.4f 0 0", e.chance.Float64()*60-10, 60+e.chance.Float64()*90)
}

// choose picks among what is offered; of several choices up to three.
func (e *explorer) choose(s *Session, n *node) string {
	var names []string
	s.eachChoice(n, func(name string, _ expr.Node) bool {
		names = append(names, name)
		return len(names) < 10_000
	})
	if len(names) == 0 {
		return ""
	}
	e.chance.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	switch n.slot.q.Kind {
	case survey.SelectMultiple:
		return strings.Join(names[:min(len(names), 1+e.chance.IntN(3))], " ")
	case survey.Rank:
		return strings.Join(names, " ")
	default:
		return names[0]
	}
}

// look notes what is asked at the end of an interview.
func (e *explorer) look(s *Session) {
	s.root.questions(func(n *node) {
		if n.relevant && n.slot.asked() {
			e.seen[n.slot].asked++
		}
	})
}

func (e *explorer) report(n int) Exploration {
	out := Exploration{Interviews: n, Answers: e.answers, Questions: len(e.asked)}
	warn := func(s *slot, column, hint, format string, args ...any) {
		out.Problems = append(out.Problems, survey.Problem{Sheet: "survey", Row: s.item.Common().Row, Column: column, Severity: survey.Warning,
			Text: fmt.Sprintf(format, args...), Hint: hint})
	}
	for _, s := range e.asked {
		seen := e.seen[s]
		if seen.asked == 0 {
			warn(s, "relevant", "look at its condition and at those around it", "%s was never asked in %d random interviews", s.name(), n)
			continue
		}
		out.Reached++
		if s.constraint != nil && seen.refused && !seen.satisfied {
			warn(s, "constraint", "", "no answer of many satisfied the constraint of %s", s.name())
		}
		if s.warning != nil && seen.doubted && !seen.undoubted {
			warn(s, "bind::sse:warning", "", "no answer of many satisfied the soft check of %s", s.name())
		}
		if never := e.neverOffered(s); len(never) > 0 {
			warn(s, "choice_filter", "", "%s never offered %s", s.name(), abridged(never))
		}
	}
	out.Problems = append(out.Problems, MissingTexts(e.program.Form)...)
	return out
}

func (e *explorer) neverOffered(s *slot) []string {
	if s.choices == nil || s.choices.list == nil || s.choices.nodes == nil {
		return nil
	}
	var out []string
	for i := range s.choices.list.Choices {
		if c := &s.choices.list.Choices[i]; !e.seen[s].offered[c.Name] {
			out = append(out, c.Name)
		}
	}
	return out
}

// abridged writes the first few of many names.
func abridged(names []string) string {
	const most = 5
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// MissingTexts reports the labels, hints and messages that exist in some of the
// form's languages, but not in others: one warning for each text.
func MissingTexts(f *survey.Form) []survey.Problem {
	if len(f.Languages) == 0 {
		return nil
	}
	var out []survey.Problem
	check := func(sheet, column, name string, row int, t survey.Text) {
		var missing []string
		for _, lang := range f.Languages {
			if !t.Has(lang) {
				missing = append(missing, lang)
			}
		}
		if len(t) > 0 && t[""] == "" && len(missing) > 0 && len(missing) < len(f.Languages) {
			out = append(out, survey.Problem{Sheet: sheet, Row: row, Column: column, Severity: survey.Warning,
				Text: fmt.Sprintf("the %s of %s is missing in %s", column, name, strings.Join(missing, ", "))})
		}
	}
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		n := it.Common()
		check("survey", "label", n.Name, n.Row, n.Label)
		check("survey", "hint", n.Name, n.Row, n.Hint)
		check("survey", "guidance_hint", n.Name, n.Row, n.Guidance)
		if q, ok := it.(*survey.Question); ok {
			check("survey", "constraint_message", n.Name, n.Row, q.ConstraintMessage)
			check("survey", "required_message", n.Name, n.Row, q.RequiredMessage)
		}
		return true
	})
	for _, name := range slices.Sorted(maps.Keys(f.Lists)) {
		for i := range f.Lists[name].Choices {
			c := &f.Lists[name].Choices[i]
			check("choices", "label", name+" "+c.Name, c.Row, c.Label)
		}
	}
	return out
}
