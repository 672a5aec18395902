package interview

import (
	"fmt"
	"maps"
	"strings"

	"sselandscape/survey"
)

// remark is a remark that changed.
type remark struct {
	node *node
	kind survey.RemarkKind
}

// remark puts a remark beside an answer, or takes it away.
func (n *node) remark(k survey.RemarkKind, text string) (changed bool) {
	if n.remarks[k] == text {
		return false
	}
	if text == "" {
		delete(n.remarks, k)
		return true
	}
	if n.remarks == nil {
		n.remarks = map[survey.RemarkKind]string{}
	}
	n.remarks[k] = text
	return true
}

func (s *Session) remark(n *node, k survey.RemarkKind, text string) {
	if n.remark(k, text) {
		s.said = append(s.said, remark{n, k})
	}
}

// Remark puts a remark beside an answer; blank text takes it away. A soft check is
// confirmed by Confirm.
func (s *Session) Remark(f survey.Field, k survey.RemarkKind, text string) ([]Change, error) {
	n, err := s.node(f)
	if err != nil {
		return nil, err
	}
	if n.slot.q == nil || k == survey.RemarkBecause {
		return nil, fmt.Errorf("%s: there is nothing to remark on", f)
	}
	s.remark(n, k, strings.TrimSpace(text))
	return s.take(), nil
}

// Remarks returns the remarks beside an answer, by kind.
func (s *Session) Remarks(f survey.Field) map[survey.RemarkKind]string {
	n, err := s.node(f)
	if err != nil {
		return nil
	}
	return maps.Clone(n.remarks)
}

// Remarked lists, in reading order, the questions that have a remark of a kind
// that want accepts.
func (s *Session) Remarked(want func(survey.RemarkKind) bool) []survey.Field {
	var out []survey.Field
	s.root.questions(func(n *node) {
		for k := range n.remarks {
			if want(k) {
				out = append(out, n.field())
				return
			}
		}
	})
	return out
}

// PutBack adds a row that RemoveRow took out, with its answers, at its place.
func (s *Session) PutBack(row survey.Field, answers map[survey.Field]survey.Value) ([]Change, error) {
	i := strings.LastIndexByte(string(row), '[')
	if i < 0 || !strings.HasSuffix(string(row), "]") {
		return nil, fmt.Errorf("%s: this is no row", row)
	}
	whole, err := s.node(row[:i])
	if err != nil {
		return nil, err
	}
	key := survey.RowKey(row[i+1 : len(row)-1])
	if !whole.whole() || whole.slot.count != nil || whole.rowOf(key, nil) != nil {
		return nil, fmt.Errorf("%s: the row cannot be put back", row)
	}
	r := whole.insert(key)
	s.rows = append(s.rows, Change{r.field(), survey.Of("1")})
	for f, v := range answers {
		if !strings.HasPrefix(string(f), string(row)+"/") {
			continue
		}
		if n := s.make(f, answers); n != nil && n.slot.q != nil {
			n.value, n.touched = v, true
			s.changed = append(s.changed, n)
		}
	}
	s.mark(r)
	s.push(whole, vertex(whole.slot, relevance))
	s.spreadRows(whole, r.at)
	s.settle()
	return s.take(), nil
}
