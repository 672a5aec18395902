package interview

import (
	"container/heap"
	"fmt"
	"math"
	"strconv"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// maxCounted bounds the rows of a repeat that follows a count.
const maxCounted = 1000

// maxSteps bounds one settling, against expressions that never come to rest.
const maxSteps = 2_000_000

// ranks is a heap of ranks.
type ranks []int

func (r ranks) Len() int           { return len(r) }
func (r ranks) Less(i, j int) bool { return r[i] < r[j] }
func (r ranks) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ranks) Push(x any)        { *r = append(*r, x.(int)) }
func (r *ranks) Pop() any {
	old := *r
	x := old[len(old)-1]
	*r = old[:len(old)-1]
	return x
}

// push marks a vertex of a node to be computed.
func (s *Session) push(n *node, v int) {
	bit := uint8(1) << (v % aspects)
	if n.waiting&bit != 0 {
		return
	}
	n.waiting |= bit
	if len(s.dirty[v]) == 0 {
		rank := s.program.ranks[v]
		if len(s.queued[rank]) == 0 {
			heap.Push((*ranks)(&s.queue), rank)
		}
		s.queued[rank] = append(s.queued[rank], v)
	}
	s.dirty[v] = append(s.dirty[v], n)
}

// spread marks what depends on an aspect of a node.
func (s *Session) spread(n *node, aspect int) {
	for _, e := range s.program.edges[vertex(n.slot, aspect)] {
		if e.shared == orderOnly {
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
	for steps := 0; len(s.queue) > 0; {
		rank := heap.Pop((*ranks)(&s.queue)).(int)
		vs := s.queued[rank]
		delete(s.queued, rank)
		for _, v := range vs {
			nodes := s.dirty[v]
			delete(s.dirty, v)
			for _, n := range nodes {
				if steps++; steps > maxSteps {
					s.note(n, "questions that depend on each other row by row never come to rest")
					s.giveUp()
					return
				}
				n.waiting &^= 1 << (v % aspects)
				s.compute(n, v%aspects)
			}
		}
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
		on := parentRelevant(n) && s.truth(n, sl.relevant, true)
		if on != n.relevant {
			n.relevant = on
			for _, r := range n.rows {
				r.relevant = on
			}
			s.spread(n, relevance)
			s.spread(n, value) // what others see of it changes too
		}
	case value:
		s.computeValue(n)
	case requirement:
		n.required = s.truth(n, sl.required, false)
	case readOnly:
		n.readOnly = s.truth(n, sl.readOnly, false)
	case validity:
		n.broken = n.relevant && n.Text() != "" && !s.truth(n, sl.constraint, true)
	case rows:
		if sl.count != nil {
			s.computeRows(n)
		}
	}
}

func parentRelevant(n *node) bool { return n.parent == nil || n.parent.relevant }

func (s *Session) computeValue(n *node) {
	q := n.slot.q
	if q == nil || n.slot.calc == nil || !n.relevant {
		return
	}
	if len(q.Trigger) > 0 && !s.triggered(n) {
		return
	}
	v, ok := s.eval(n, n.slot.calc)
	if !ok {
		v = expr.Value{}
	}
	text := v.String()
	if v.IsNumber() && text == "NaN" || text == "NaN" && q.Kind.Numeric() {
		text = ""
	}
	s.store(n, survey.Of(text))
}

// triggered says whether a question that sets this one has an answer or the
// calculation ran before.
func (s *Session) triggered(n *node) bool {
	for _, t := range n.slot.q.Trigger {
		if from := s.program.byName[t]; from != nil && n.reach(from, sharedRepeats(from, n.slot)).String() != "" {
			return true
		}
	}
	return !n.value.Blank()
}

// computeRows makes as many rows as the count says; rows beyond it are put aside
// with their answers.
func (s *Session) computeRows(n *node) {
	want := 0
	if v, ok := s.eval(n, n.slot.count); ok && n.relevant {
		if f := v.Number(s.world.Now().Location()); f > 0 && !math.IsInf(f, 1) {
			want = min(int(f), maxCounted)
		}
	}
	if !n.relevant {
		return // rows stay as they are while nobody sees them
	}
	if want == len(n.rows) {
		return
	}
	for len(n.rows) > want {
		last := len(n.rows) - 1
		n.spare = append(n.spare, n.rows[last])
		s.rowsOld = append(s.rowsOld, n.rows[last].field())
		n.rows = n.rows[:last]
	}
	for len(n.rows) < want {
		s.restoreRow(n)
	}
	s.spread(n, rows)
}

func (s *Session) restoreRow(n *node) {
	if k := len(n.spare); k > 0 {
		r := n.spare[k-1]
		n.spare = n.spare[:k-1]
		n.rows = append(n.rows, r)
		s.rowsNew = append(s.rowsNew, r.field())
		s.mark(r)
		return
	}
	r := newRow(n, survey.RowKey(strconv.Itoa(len(n.rows)+1)))
	n.rows = append(n.rows, r)
	s.beginRow(r)
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

// fill gives preloads and defaults to the questions below a node.
func (s *Session) fill(n *node) {
	n.questions(func(m *node) {
		q := m.slot.q
		v := s.preload(q.Kind)
		switch {
		case v != "":
		case m.slot.initial != nil:
			if x, ok := s.eval(m, m.slot.initial); ok {
				v = x.String()
			}
		default:
			v = q.Default
		}
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
