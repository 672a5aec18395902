package interview

import (
	"strings"

	"sselandscape/survey"
)

// Fits says whether the stored text of an answer is an answer of a question as it
// stands, by the form of its type. Special and blank answers fit every question;
// whether codes are among the choices is another matter.
func Fits(q *survey.Question, v survey.Value) bool {
	if v.Special != "" || v.Text == "" {
		return true
	}
	if q.Kind == survey.SelectOne && len(strings.Fields(v.Text)) > 1 {
		return false
	}
	_, err := lexical(q, v.Text)
	return err == nil
}

// Lexical brings the text of an answer into the form in which an answer to the
// question is stored, or says why it is none. Whether codes are among the choices is
// another matter.
func Lexical(q *survey.Question, text string) (string, error) { return lexical(q, text) }
