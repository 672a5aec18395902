package interview

import (
	"regexp"
	"slices"
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

type templateKey struct {
	slot int
	text string
}

// template takes a text apart, once for each place it is shown at; a reference
// that cannot be used stays as written.
func (p *Program) template(from *slot, text string) *template {
	key := templateKey{from.index, text}
	if t, ok := p.templates.Load(key); ok {
		return t.(*template)
	}
	t := &template{}
	for rest := text; ; {
		before, expression, after, found := survey.CutOutput(rest)
		t.references(p, from, before)
		if !found {
			break
		}
		if prog, err := p.compileText(from, expression); err == nil {
			t.parts = append(t.parts, part{program: prog})
		}
		rest = after
	}
	p.templates.Store(key, t)
	return t
}

func (p *Program) compileText(from *slot, text string) (*expr.Program, error) {
	e, err := expr.Parse(text)
	if err != nil {
		return nil, err
	}
	return expr.Compile(e, &scope{program: p, from: from})
}

// references adds a text with ${name} in it.
func (t *template) references(p *Program, from *slot, text string) {
	at := 0
	for _, m := range reference.FindAllStringSubmatchIndex(text, -1) {
		prog, err := p.compileText(from, text[m[0]:m[1]])
		if err != nil {
			continue
		}
		t.parts = append(t.parts, part{text: text[at:m[0]]}, part{program: prog})
		at = m[1]
	}
	t.parts = append(t.parts, part{text: text[at:]})
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
	if !strings.Contains(text, "${") && !strings.Contains(text, "<output ") {
		return text
	}
	was := s.speaking
	s.speaking = lang
	defer func() { s.speaking = was }()
	return s.render(n, s.program.template(n.slot, text))
}

// language is that of labels that expressions ask for.
func (s *Session) language() string {
	if s.speaking != "" {
		return s.speaking
	}
	return s.world.Language
}

// Speak changes the language of the interview: expressions that hold labels are
// computed again.
func (s *Session) Speak(lang string) []Change {
	s.world.Language = lang
	s.everything()
	return s.take()
}

// itext is jr:itext: a text of an XForm by its id.
func (s *Session) itext(id string) string {
	return s.say(s.root, s.program.Form.Texts[id], s.language())
}

// instance finds a secondary instance.
func (s *Session) instance(id string) (expr.Node, bool) {
	if id == lastSaved {
		return s.lastSaved(), true
	}
	n, ok := s.program.instances[id]
	return n, ok
}

// lastSaved is the id of the instance that holds the interview saved last (ODK
// XForms specification, secondary instances).
const lastSaved = "__last-saved"

// lastSaved gives the interview saved last as an instance, an empty one if there
// is none.
func (s *Session) lastSaved() *listNode {
	if s.last == nil {
		s.last = newTree(nil)
		if s.world.LastSaved == nil {
			return s.last
		}
		if answers := s.world.LastSaved(); answers != nil {
			s.last = newTree(s.program.Resume(World{Now: s.world.Now}, answers).Instance())
		}
	}
	return s.last
}

// below finds the nodes of a slot in another instance of the form.
func (t *slot) below(doc expr.Node) expr.Value {
	found := []expr.Node{doc}
	var way []string
	for at := t; at != nil; at = at.parent {
		if !at.flat {
			way = append(way, at.name())
		}
	}
	for _, name := range slices.Backward(way) {
		var next []expr.Node
		for _, n := range found {
			for _, k := range n.Children() {
				if k.NodeName() == name {
					next = append(next, k)
				}
			}
		}
		found = next
	}
	return expr.Nodes(found...)
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
