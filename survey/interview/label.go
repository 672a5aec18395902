package interview

import (
	"regexp"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// template is a text with ${references}.
type template struct{ parts []part }

type part struct {
	text    string
	program *expr.Program // or nil
}

var reference = regexp.MustCompile(`\$\{\s*([^}]*?)\s*\}`)

// template takes a text apart; a reference that cannot be used stays as written.
func (p *Program) template(from *slot, text string) *template {
	t := &template{}
	at := 0
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		e, err := expr.Parse(text[m[0]:m[1]])
		if err != nil {
			continue
		}
		prog, err := expr.Compile(e, &scope{program: p, from: from})
		if err != nil {
			continue
		}
		t.parts = append(t.parts, part{text: text[at:m[0]]}, part{program: prog})
		at = m[1]
	}
	t.parts = append(t.parts, part{text: text[at:]})
	return t
}

func (s *Session) render(n *node, t *template) string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.program == nil {
			b.WriteString(p.text)
			continue
		}
		if v, ok := s.eval(n, p.program); ok {
			b.WriteString(v.String())
		}
	}
	return b.String()
}

// say gives a text of the form in a language, with its references filled in.
func (s *Session) say(n *node, t survey.Text, lang string) string {
	text := t.In(lang, s.program.Form.DefaultLanguage)
	if !strings.Contains(text, "${") {
		return text
	}
	return s.render(n, s.program.template(n.slot, text))
}

// Label is the question's label in a language, references filled in. Of a field
// that does not exist it is blank, like all texts here.
func (s *Session) Label(f survey.Field, lang string) string {
	return s.textOf(f, lang, func(n *survey.Node) survey.Text { return n.Label })
}

// Hint is the question's hint.
func (s *Session) Hint(f survey.Field, lang string) string {
	return s.textOf(f, lang, func(n *survey.Node) survey.Text { return n.Hint })
}

// Guidance is the question's guidance for the interviewer.
func (s *Session) Guidance(f survey.Field, lang string) string {
	return s.textOf(f, lang, func(n *survey.Node) survey.Text { return n.Guidance })
}

func (s *Session) textOf(f survey.Field, lang string, pick func(*survey.Node) survey.Text) string {
	n, err := s.node(f)
	if err != nil || n.slot.item == nil {
		return ""
	}
	return s.say(n, pick(n.slot.item.Common()), lang)
}

// Title is the interview's name by the setting instance_name, or "".
func (s *Session) Title() string {
	if s.program.title == nil {
		return ""
	}
	return s.render(s.root, s.program.title)
}
