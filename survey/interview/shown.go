package interview

import "sselandscape/survey"

// Shown gives an answer as people see it in lang: labels of choices, one for each
// that was chosen, special answers in words, else the text. Of a blank answer, one
// that is not asked for and an unknown field it is nil.
func (s *Session) Shown(f survey.Field, lang string) []string {
	n, err := s.node(f)
	if err != nil || n.slot.q == nil || !n.relevant {
		return nil
	}
	v := n.answer()
	switch {
	case v.Blank():
		return nil
	case v.Special != "":
		return []string{v.String()}
	case n.slot.choices == nil:
		return []string{v.Text}
	}
	var out []string
	for _, code := range codes(n.slot.q, v.Text) {
		label := s.choiceText(n, code, lang)
		if label == "" {
			label = code
		}
		out = append(out, label)
	}
	return out
}
