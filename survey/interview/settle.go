package interview

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// maxCounted bounds the rows of a repeat that follows a count.
const maxCounted = 1000

// maxSteps bounds one settling, against expressions that never come to rest.
const maxSteps = 2_000_000

// agenda is a binary heap of the ranks of vertices that have nodes to compute.
type agenda []int32

func (a *agenda) push(rank int32) {
	h := append(*a, rank)
	i := len(h) - 1
	for up := (i - 1) / 2; i > 0 && h[i] < h[up]; up = (i - 1) / 2 {
		h[i], h[up] = h[up], h[i]
		i = up
	}
	*a = h
}

func (a *agenda) pop() int32 {
	h := *a
	lowest, last := h[0], len(h)-1
	h[0] = h[last]
	h = h[:last]
	for i := 0; ; {
		least := i
		for _, kid := range [...]int{2*i + 1, 2*i + 2} {
			if kid < last && h[kid] < h[least] {
				least = kid
			}
		}
		if least == i {
			break
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
	*a = h
	return lowest
}

// push marks a vertex of a node to be computed.
func (s *Session) push(n *node, v int) {
	bit := uint8(1) << (v % aspects)
	if n.waiting&bit != 0 {
		return
	}
	n.waiting |= bit
	rank := s.program.ranks[v]
	if len(s.dirty[rank]) == 0 {
		s.queue.push(int32(rank))
	}
	s.dirty[rank] = append(s.dirty[rank], n)
}

// spread marks what depends on an aspect of a node.
func (s *Session) spread(n *node, aspect int) {
	for _, e := range s.program.edges[vertex(n.slot, aspect)] {
		if e.shared < 0 || e.place {
			continue
		}
		t := s.program.slots[e.to/aspects]
		n.row(e.shared).eachPlace(t, func(m *node) {
			if m != n || e.to != vertex(n.slot, aspect) {
				s.push(m, e.to)
			}
		})
	}
}

// spreadRows marks what depends on which rows a repeat has; first is the first row
// whose place is new.
func (s *Session) spreadRows(n *node, first int) {
	s.spread(n, rows)
	for _, e := range s.program.edges[vertex(n.slot, rows)] {
		t := s.program.slots[e.to/aspects]
		switch {
		case !e.place:
			continue
		case t == n.slot: // the conditions of rows are computed together
			s.push(n, e.to)
			continue
		}
		for _, r := range n.rows[min(first, len(n.rows)):] {
			r.eachPlace(t, func(m *node) { s.push(m, e.to) })
		}
	}
}

// mark marks everything at and below a node.
func (s *Session) mark(n *node) {
	if n.slot.item != nil && !n.isRow {
		for a := 0; a < aspects; a++ {
			s.push(n, vertex(n.slot, a))
		}
	}
	for _, k := range n.kids {
		s.mark(k)
	}
	for _, r := range n.rows {
		s.mark(r)
	}
}

// everything computes the whole interview anew.
func (s *Session) everything() {
	s.mark(s.root)
	s.settle()
}

// settle computes what is marked, in the order of ranks.
func (s *Session) settle() {
	for steps := 0; ; {
		if len(s.queue) == 0 {
			if len(s.newRows) == 0 {
				return
			}
			r := s.newRows[0]
			s.newRows = s.newRows[1:]
			s.run(r.slot.fresh, r, true)
			continue
		}
		rank := s.queue.pop()
		aspect := s.program.byRank[rank] % aspects
		for i := 0; i < len(s.dirty[rank]); i++ { // rows that depend on each other add to it
			n := s.dirty[rank][i]
			if steps++; steps > maxSteps {
				s.note(n, "questions that depend on each other row by row never come to rest")
				s.giveUp()
				return
			}
			n.waiting &^= 1 << aspect
			s.compute(n, aspect)
		}
		s.dirty[rank] = s.dirty[rank][:0]
	}
}

// giveUp forgets what is still marked.
func (s *Session) giveUp() {
	s.reset()
	var clean func(n *node)
	clean = func(n *node) {
		n.waiting = 0
		for _, k := range n.kids {
			clean(k)
		}
		for _, r := range n.rows {
			clean(r)
		}
	}
	clean(s.root)
}

func (s *Session) compute(n *node, aspect int) {
	sl := n.slot
	switch aspect {
	case relevance:
		s.computeRelevance(n)
	case value:
		s.computeValue(n)
	case requirement:
		n.required = s.truth(n, sl.required, false)
	case readOnly:
		on := n.parent != nil && n.parent.readOnly || s.truth(n, sl.readOnly, false)
		if on != n.readOnly {
			n.readOnly = on
			for _, r := range n.rows {
				r.readOnly = on
			}
			s.spread(n, readOnly)
		}
	case offer:
		s.computeOffer(n)
	case validity:
		n.broken = n.relevant && n.current() != "" && !s.truth(n, sl.constraint, true)
	case doubt:
		n.doubted = n.relevant && n.current() != "" && !s.truth(n, sl.warning, true)
		if !n.doubted {
			s.remark(n, survey.RemarkBecause, "")
		}
	case rows:
		if sl.count != nil && !s.settled {
			s.computeRows(n)
		}
	}
}

func parentRelevant(n *node) bool { return n.parent == nil || n.parent.relevant }

// computeRelevance settles whether a node is relevant. The rows of a repeat have
// each their own condition; the repeat is relevant where one of them is.
func (s *Session) computeRelevance(n *node) {
	before := parentRelevant(n)
	on := before && s.truth(n, n.slot.relevant, true)
	if n.whole() && n.slot.relevant != nil && len(n.rows) > 0 {
		on = false
		for _, r := range n.rows {
			rowOn := before && s.truth(r, n.slot.relevant, true)
			if rowOn != r.relevant {
				r.relevant = rowOn
				s.spread(r, relevance)
				s.spreadRows(n, 0)
			}
			on = on || rowOn
		}
	}
	if on == n.relevant {
		return
	}
	n.relevant = on
	for _, r := range n.rows {
		if n.slot.relevant == nil {
			r.relevant = on
		}
	}
	s.spread(n, relevance)
	if n.whole() {
		s.spreadRows(n, 0)
		return
	}
	s.spread(n, value) // what others see of it changes too
	if c := n.slot.choices; c != nil && c.filtered {
		s.spread(n, offer)
	}
}

// computeOffer settles how much of an answer is among the choices.
func (s *Session) computeOffer(n *node) {
	if n.slot.q == nil || n.slot.choices == nil || !n.slot.choices.filtered {
		return
	}
	was := n.current()
	n.lost = false
	if n.value.Text != "" && n.value.Special == "" && n.relevant {
		n.kept = s.keepOffered(n, n.value.Text)
		n.lost = n.kept != n.value.Text
	}
	if n.current() != was {
		s.changed = append(s.changed, n)
		s.spread(n, offer)
	}
}

func (s *Session) computeValue(n *node) {
	if n.slot.attrs != nil {
		s.computeAttributes(n)
	}
	if n.slot.q == nil || n.slot.calc == nil || !n.relevant {
		return
	}
	v, ok := s.eval(n, n.slot.calc)
	if !ok {
		v = expr.Value{}
	}
	s.assign(n, v.String())
}

// cast brings a computed or given text into the form of the question's kind: the
// whole part of a number for integers, a date for dates computed as numbers of
// days. What has not that form is a blank.
func (s *Session) cast(q *survey.Question, text string) string {
	if text == "NaN" || text == "" {
		return ""
	}
	loc := s.world.Now().Location()
	switch q.Kind {
	case survey.Integer, survey.Decimal, survey.Range:
		f := expr.Text(text).Number(loc)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return ""
		}
		if q.Kind == survey.Integer {
			f = math.Trunc(f)
		}
		if q.Kind == survey.Range && !inRange(q, f) {
			return ""
		}
		return expr.FormatNumber(f)
	case survey.Geopoint, survey.Geotrace, survey.Geoshape:
		g, _ := line(text)
		return g
	case survey.Date, survey.DateTime:
		text = expr.DateText(text, q.Kind == survey.DateTime, loc)
		if !expr.IsDate(text) {
			return ""
		}
		if q.Kind == survey.Date {
			text, _, _ = strings.Cut(text, "T")
		}
	case survey.Acknowledge:
		if text != "OK" {
			return ""
		}
	}
	return text
}

// inRange says whether a number lies between the ends of a range.
func inRange(q *survey.Question, f float64) bool {
	low, err := strconv.ParseFloat(cmp.Or(q.Parameters["start"], "1"), 64)
	high, err2 := strconv.ParseFloat(cmp.Or(q.Parameters["end"], "10"), 64)
	return err != nil || err2 != nil || min(low, high) <= f && f <= max(low, high)
}

// computeRows makes as many rows as the count says; rows beyond it are put aside
// with their answers.
func (s *Session) computeRows(n *node) {
	if !parentRelevant(n) {
		return // rows stay as they are while nobody sees them
	}
	v, ok := s.eval(n, n.slot.count)
	if !ok || v.String() == "" {
		return // a blank count keeps them too
	}
	want := 0
	if f := v.Number(s.world.Now().Location()); f > 0 && !math.IsInf(f, 1) {
		want = min(int(f), maxCounted)
	}
	if want == len(n.rows) {
		return
	}
	first := min(want, len(n.rows))
	for len(n.rows) > want {
		last := len(n.rows) - 1
		n.spare = append(n.spare, n.rows[last])
		s.rows = append(s.rows, Change{Field: n.rows[last].field()})
		n.rows = n.rows[:last]
	}
	for len(n.rows) < want {
		s.restoreRow(n)
	}
	s.spreadRows(n, first)
}

func (s *Session) restoreRow(n *node) {
	if k := len(n.spare); k > 0 {
		r := n.spare[k-1]
		n.spare = n.spare[:k-1]
		r.at, r.relevant, r.readOnly = len(n.rows), n.relevant, n.readOnly
		n.rows = append(n.rows, r)
		s.push(n, vertex(n.slot, relevance))
		s.rows = append(s.rows, Change{r.field(), survey.Of("1")})
		s.mark(r)
		return
	}
	r := newRow(n, survey.RowKey(strconv.Itoa(len(n.rows)+1)))
	r.at = len(n.rows)
	n.rows = append(n.rows, r)
	s.beginRow(r)
	if len(r.slot.fresh) > 0 {
		s.newRows = append(s.newRows, r)
	}
}

func (s *Session) truth(n *node, p *expr.Program, without bool) bool {
	if p == nil {
		return without
	}
	v, ok := s.eval(n, p)
	if !ok {
		return without
	}
	return v.Bool()
}

// eval computes an expression for a node; failures are noted for the author.
func (s *Session) eval(n *node, p *expr.Program) (expr.Value, bool) {
	v, err := p.Eval(&expr.Context{Node: n, Current: n, Env: s.env})
	if err != nil {
		s.note(n, err.Error())
		return expr.Value{}, false
	}
	return v, true
}

func (s *Session) note(n *node, why string) {
	s.notes[fmt.Sprintf("%s: %s", n.slot.name(), why)] = true
}

// fill gives preloads and plain defaults to the questions below a node.
func (s *Session) fill(n *node) {
	n.questions(func(m *node) {
		q := m.slot.q
		v := s.preload(q.Kind)
		if given, is := s.program.Form.Initial[m.field()]; is && v == "" {
			v = given.Text
		} else if v == "" && !q.Dynamic {
			v = q.Default
		}
		v = s.cast(q, v)
		if v != "" {
			m.value = survey.Of(v)
			s.changed = append(s.changed, m)
		}
	})
}

func (s *Session) preload(k survey.Kind) string {
	now := s.world.Now()
	switch k {
	case survey.Start:
		return now.Format("2006-01-02T15:04:05.000-07:00")
	case survey.Today:
		return now.Format("2006-01-02")
	case survey.DeviceID:
		return s.world.DeviceID
	case survey.Username:
		return s.world.Username
	case survey.PhoneNumber:
		return s.world.Phone
	case survey.Email:
		return s.world.Email
	case survey.InstanceID:
		if s.world.UUID != nil {
			return "uuid:" + s.world.UUID()
		}
	}
	return ""
}

// End fills in the questions of type end, as the interview ends now.
func (s *Session) End() []Change {
	s.root.questions(func(n *node) {
		if n.slot.q.Kind == survey.End {
			s.store(n, survey.Of(s.world.Now().Format("2006-01-02T15:04:05.000-07:00")))
		}
	})
	s.settle()
	return s.take()
}
