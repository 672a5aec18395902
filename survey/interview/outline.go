package interview

import (
	"errors"

	"sselandscape/survey"
)

// Line is an item that is shown now, in reading order.
type Line struct {
	Field survey.Field
	Item  survey.Item
	Row   int // 1, 2 … for a row of a repeat, else 0
	Depth int // groups and repeats around it
}

// Question returns the question of a line, nil for groups, repeats and rows.
func (l Line) Question() *survey.Question { q, _ := l.Item.(*survey.Question); return q }

// Lines lists what is relevant and shown: groups, repeats, their rows, questions
// and notes; not what is computed.
func (s *Session) Lines() []Line {
	var out []Line
	var walk func(n *node, depth, row int)
	walk = func(n *node, depth, row int) {
		if !n.relevant || n.slot.q != nil && !shown(n.slot.q) {
			return
		}
		if n.slot.item != nil {
			out = append(out, Line{Field: n.field(), Item: n.slot.item, Row: row, Depth: depth})
			depth++
		}
		for _, k := range n.kids {
			walk(k, depth, 0)
		}
		for i, r := range n.rows {
			walk(r, depth, i+1)
		}
	}
	walk(s.root, 0, 0)
	return out
}

// Hidden lists the questions that are not relevant now, in reading order.
func (s *Session) Hidden() []survey.Field {
	var out []survey.Field
	s.root.questions(func(n *node) {
		if !n.relevant && shown(n.slot.q) {
			out = append(out, n.field())
		}
	})
	return out
}

func shown(q *survey.Question) bool { return q.Asked() || q.Kind == survey.Note }

// State is how a question stands.
type State struct {
	Value    survey.Value
	Relevant bool
	Required bool
	ReadOnly bool
	Passed   bool // answered, or passed without an answer
	Problem  *Problem
}

// Problem is what is wrong with an answer, or that it is missing.
type Problem struct {
	Field   survey.Field
	Missing bool // required and blank
	Soft    bool // a soft check that waits for a confirmation
	Text    string
}

// State returns how a question stands; of an unknown field it is the zero State.
func (s *Session) State(f survey.Field, lang string) State {
	n, err := s.node(f)
	if err != nil {
		return State{}
	}
	return State{Value: n.value, Relevant: n.relevant, Required: n.required, ReadOnly: n.readOnly, Passed: n.touched, Problem: s.problem(n, lang)}
}

// Value returns the value of a field, also of a calculation; what is not relevant
// is blank.
func (s *Session) Value(f survey.Field) survey.Value {
	n, err := s.node(f)
	if err != nil || !n.relevant {
		return survey.Value{}
	}
	return n.answer()
}

func (s *Session) problem(n *node, lang string) *Problem {
	q := n.slot.q
	if q == nil || !n.relevant || !q.Asked() {
		return nil
	}
	p := &Problem{Field: n.field()}
	switch {
	case q.SoftCheck() && n.value.Blank():
		p.Soft, p.Text = true, s.say(n, q.Label, lang)
	case n.required && n.value.Blank():
		p.Missing, p.Text = true, s.say(n, q.RequiredMessage, lang)
		if p.Text == "" {
			p.Text = "An answer is needed here."
		}
	case n.broken:
		p.Text = s.say(n, q.ConstraintMessage, lang)
		if p.Text == "" {
			p.Text = "This answer is not allowed here."
		}
	case n.doubted && n.remarks[survey.RemarkBecause] == "":
		p.Soft, p.Text = true, s.say(n, n.slot.warningText, lang)
		if p.Text == "" {
			p.Text = "This answer is unusual; please check it."
		}
	case n.lost:
		p.Text = "The answer is no longer among the choices, given other answers."
	default:
		return nil
	}
	return p
}

// Problems lists what is wrong or missing, in reading order. Required questions
// that were not reached yet count as missing.
func (s *Session) Problems(lang string) []Problem {
	var out []Problem
	s.root.questions(func(n *node) {
		if p := s.problem(n, lang); p != nil {
			out = append(out, *p)
		}
	})
	return out
}

// Pass notes that a question was left without an answer, so that the interview
// does not come back to it by itself. The change is to be stored.
func (s *Session) Pass(f survey.Field) ([]Change, error) {
	n, err := s.node(f)
	if err != nil {
		return nil, err
	}
	if n.slot.q == nil {
		return nil, errors.New("a group cannot be passed")
	}
	n.touched = true
	return []Change{{n.field(), n.value}}, nil
}

// FirstOpen returns the first question that is asked and was neither answered nor
// passed; ok is false if there is none.
func (s *Session) FirstOpen() (f survey.Field, ok bool) {
	s.root.questions(func(n *node) {
		if !ok && n.relevant && !n.touched && n.slot.asked() && !n.readOnly && n.value.Blank() {
			f, ok = n.field(), true
		}
	})
	return f, ok
}

// Progress counts the questions asked, given the answers so far, and how many of
// them were answered or passed.
func (s *Session) Progress() (done, total int) {
	s.root.questions(func(n *node) {
		if !n.relevant || !n.slot.asked() || n.readOnly {
			return
		}
		total++
		if n.touched || !n.value.Blank() {
			done++
		}
	})
	return done, total
}
