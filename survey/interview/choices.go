package interview

import (
	"fmt"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// Option is a choice that is offered now.
type Option struct {
	Name  string
	Label string
}

// Choices lists what a select or rank offers, given the answers so far. Choices
// are labelled in lang.
func (s *Session) Choices(f survey.Field, lang string) []Option {
	n, err := s.node(f)
	if err != nil || n.slot.q == nil {
		return nil
	}
	var out []Option
	s.eachChoice(n, func(c *survey.Choice) bool {
		label := s.say(n, c.Label, lang)
		if label == "" {
			label = c.Name
		}
		out = append(out, Option{c.Name, label})
		return true
	})
	return out
}

// eachChoice visits the choices that pass the filter.
func (s *Session) eachChoice(n *node, visit func(*survey.Choice) bool) {
	list := s.program.lists[n.slot.q.List]
	if list == nil {
		return
	}
	items := list.items()
	c := expr.Context{Current: n, Size: len(items), Env: s.env}
	for i, it := range items {
		if p := n.slot.filter; p != nil {
			c.Node, c.Position = it, i+1
			v, err := p.Eval(&c)
			if err != nil {
				s.note(n, err.Error())
				return
			}
			if !v.Bool() {
				continue
			}
		}
		if !visit(it.(*listNode).choice) {
			return
		}
	}
}

// offers says whether a code is among the choices now.
func (s *Session) offers(n *node, code string) bool {
	found := false
	s.eachChoice(n, func(c *survey.Choice) bool {
		found = c.Name == code
		return !found
	})
	return found
}

// choiceName is jr:choice-name: the label of a code in the list of the question
// that the path names, in the language of the interview.
func (s *Session) choiceName(c *expr.Context, code, path string) string {
	name := path[strings.LastIndexByte(path, '/')+1:]
	name = strings.TrimSpace(strings.Trim(name, "${} "))
	t := s.program.byName[name]
	if t == nil || t.q == nil {
		return code
	}
	l := s.program.Form.Lists[t.q.List]
	if l == nil {
		return code
	}
	if ch, ok := l.Find(code); ok {
		return ch.Label.In(s.world.Language, s.program.Form.DefaultLanguage)
	}
	return code
}

// accept checks that a value has the form that the kind of question asks for and
// returns it as it is stored.
func (s *Session) accept(n *node, v survey.Value) (survey.Value, error) {
	q := n.slot.q
	if v.Special != "" {
		for _, sp := range q.Specials() {
			if sp == v.Special {
				return survey.Value{Special: v.Special}, nil
			}
		}
		return v, fmt.Errorf("%q is not offered here", v.String())
	}
	if strings.TrimSpace(v.Text) == "" {
		return survey.Value{}, nil
	}
	text, err := lexical(q, v.Text)
	if err != nil {
		return v, err
	}
	for _, code := range codes(q, text) {
		if !s.offers(n, code) {
			return v, fmt.Errorf("%q is not among the choices", code)
		}
	}
	return survey.Of(text), nil
}

// codes splits the answer to a question with choices.
func codes(q *survey.Question, text string) []string {
	switch q.Kind {
	case survey.SelectOne:
		return []string{text}
	case survey.SelectMultiple, survey.Rank:
		return strings.Fields(text)
	default:
		return nil
	}
}
