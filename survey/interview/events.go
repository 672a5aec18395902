package interview

import (
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// maxFired bounds the actions that one answer may set off, against actions that
// set off each other.
const maxFired = 10_000

// action sets a value when an event happens (ODK XForms specification, actions).
type action struct {
	target *slot
	nodes  *expr.Program // which nodes of the target; nil: those of the row at hand
	value  *expr.Program // nil: text
	text   string
}

// initial files an action that gives a first value: when the interview begins,
// and when a row around the question is made.
func (c *compilation) initial(a *action, s *slot) {
	c.program.firstLoad = append(c.program.firstLoad, a)
	if n := len(s.repeats); n > 0 {
		s.repeats[n-1].fresh = append(s.repeats[n-1].fresh, a)
	}
}

// triggered files the calculation of a question that others set off.
func (c *compilation) triggered(s *slot, q *survey.Question) {
	a := &action{target: s, value: c.parse(s, "calculation", q.Calculation)}
	for _, t := range q.Trigger {
		if from := c.program.byName[t]; from != nil {
			from.changed = append(from.changed, a)
		}
	}
}

// formAction files an action of an XForm by its events.
func (c *compilation) formAction(f *survey.Action) {
	target := c.program.byItem[f.Target]
	if target == nil {
		return
	}
	a := &action{target: target, value: c.parse(target, "setvalue", f.Value), text: f.Text}
	if f.Nodes != "" {
		a.nodes = c.parse(target, "setvalue", f.Nodes)
	}
	on := c.program.byItem[f.On]
	for _, ev := range f.Events {
		switch ev {
		case "odk-instance-first-load", "xforms-ready":
			c.program.firstLoad = append(c.program.firstLoad, a)
		case "odk-instance-load":
			c.program.load = append(c.program.load, a)
		case "odk-new-repeat":
			rep := on
			if n := len(target.repeats); (rep == nil || rep.repeat == nil) && n > 0 {
				rep = target.repeats[n-1]
			}
			if rep != nil && rep.repeat != nil {
				rep.fresh = append(rep.fresh, a)
			}
		case "xforms-value-changed":
			if on != nil {
				on.changed = append(on.changed, a)
			}
		}
	}
}

// run performs actions for the nodes that share a row with origin. When an
// interview or a row begins, what is not relevant gets no value.
func (s *Session) run(actions []*action, origin *node, relevantOnly bool) {
	for _, a := range actions {
		var only []expr.Node
		if a.nodes != nil {
			v, _ := s.eval(origin, a.nodes)
			only, _ = v.NodeSet()
		}
		shared := sharedRepeats(a.target, origin.slot)
		if origin.isRow && shared < len(a.target.repeats) && a.target.repeats[shared] == origin.slot {
			shared++
		}
		origin.row(shared).each(a.target, func(n *node) {
			if relevantOnly && !n.relevant || a.nodes != nil && !slices.Contains(only, expr.Node(n)) {
				return
			}
			if s.fired++; s.fired > maxFired {
				s.note(n, "actions set off each other without end")
				return
			}
			text := a.text
			if a.value != nil {
				v, _ := s.eval(n, a.value)
				text = v.String()
			}
			s.assign(n, text)
		})
	}
}

// assign stores what an action or calculation gives, in the form of the
// question's kind, and fires what hangs on it.
func (s *Session) assign(n *node, text string) {
	was := n.value
	s.store(n, survey.Of(s.cast(n.slot.q, text)))
	if n.value != was && len(n.slot.changed) > 0 {
		s.pending = append(s.pending, n)
	}
}

// fire settles and performs the actions of the nodes whose values changed.
func (s *Session) fire(n *node) {
	s.fired = 0
	s.pending = append(s.pending[:0], n)
	for len(s.pending) > 0 {
		s.settle()
		next := s.pending[0]
		s.pending = slices.Delete(s.pending, 0, 1)
		s.run(next.slot.changed, next, false)
	}
	s.settle()
}

// begin performs the actions of a new row and of the rows inside it.
func (s *Session) begin(row *node) {
	s.settle()
	s.run(row.slot.fresh, row, true)
	s.settle()
}
