package survey

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Field names one answer inside an interview: the question's name, with the row
// of each repeat around it: "b_name", "rep_partner[2]/pt_name",
// "rep_farm[1]/rep_crop[3-k2]/crop". Groups are left out unless two questions of
// the same repeat share a name, when the groups stand in front
// ("address/city"). A Field that ends with a row ("rep_partner[2]") records that
// the row exists; its value is "1".
//
// Fields are keys of revisions, so they stay the same for the life of a study.
type Field string

// Step is one part of a Field, split at slashes.
type Step struct {
	Name string
	Row  RowKey // "" outside repeats
}

// Steps splits a field. It fails on empty names and unclosed brackets.
func (f Field) Steps() ([]Step, error) {
	if f == "" {
		return nil, errors.New("field: empty")
	}
	parts := strings.Split(string(f), "/")
	steps := make([]Step, len(parts))
	for i, p := range parts {
		s := Step{Name: p}
		if j := strings.IndexByte(p, '['); j >= 0 {
			if !strings.HasSuffix(p, "]") {
				return nil, fmt.Errorf("field %q: missing ]", f)
			}
			s = Step{Name: p[:j], Row: RowKey(p[j+1 : len(p)-1])}
			if s.Row == "" || strings.ContainsAny(string(s.Row), "[]") {
				return nil, fmt.Errorf("field %q: bad row", f)
			}
		}
		if s.Name == "" || strings.ContainsAny(s.Name, "[]") {
			return nil, fmt.Errorf("field %q: empty or bad name", f)
		}
		steps[i] = s
	}
	return steps, nil
}

// RemarkKind says what a remark beside an answer is.
type RemarkKind string

// The kinds of remarks. Comments of reviewers have a kind each: see NewComment.
const (
	RemarkBecause RemarkKind = "because" // why an answer is right although a soft check doubts it
	RemarkNote    RemarkKind = "note"    // what the interviewer noted
	RemarkFlag    RemarkKind = "flag"    // "1": to be reviewed
	RemarkReason  RemarkKind = "reason"  // why the answer was changed after the interview was complete
	remarkComment            = "comment-"
)

// NewComment is the kind of a reviewer's comment; id keeps those of several
// laptops apart.
func NewComment(id string) RemarkKind { return RemarkKind(remarkComment + id) }

// Comment says whether a remark is a reviewer's comment.
func (k RemarkKind) Comment() bool { return strings.HasPrefix(string(k), remarkComment) }

// Remark names the field of a remark about a question: "b_year/_note".
func (f Field) Remark(k RemarkKind) Field { return f + "/_" + Field(k) }

// Remarked returns the question and the kind of a field made by Remark.
func (f Field) Remarked() (question Field, k RemarkKind, ok bool) {
	i := strings.LastIndex(string(f), "/_")
	if i <= 0 || strings.ContainsAny(string(f[i+2:]), "/[") {
		return "", "", false
	}
	switch k = RemarkKind(f[i+2:]); k {
	case RemarkBecause, RemarkNote, RemarkFlag, RemarkReason:
		return f[:i], k, true
	default:
		return f[:i], k, k.Comment()
	}
}

// RowKey names a row of a repeat for good. Rows are shown in the order of their
// keys: first by the number in front ("2", "2.5"), then by the rest ("2.5-k7q").
// Rows that follow a count are "1", "2", "3", so two laptops mean the same row;
// rows added by hand carry a random tail, so two laptops never do.
type RowKey string

// Compare orders row keys.
func (k RowKey) Compare(l RowKey) int {
	a, at := k.split()
	b, bt := l.split()
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return strings.Compare(at, bt)
}

// Number returns the number in front of the key, 0 if there is none.
func (k RowKey) Number() float64 { n, _ := k.split(); return n }

func (k RowKey) split() (float64, string) {
	head, tail, _ := strings.Cut(string(k), "-")
	n, err := strconv.ParseFloat(head, 64)
	if err != nil || n != n || n < 0 {
		return 0, string(k)
	}
	return n, tail
}
