package job

import (
	"time"

	"sselandscape/survey"
)

// Edit is one act that gave an answer a value.
type Edit struct {
	At     time.Time
	Actor  string
	Device string
	From   survey.Value // the value before it, as the revisions were made
	To     survey.Value
	Reason string
}

// Edits lists what was recorded of an answer, the first act first. Answers that
// were given since the interview was recorded last are not among it.
func (s *Study) Edits(interview string, f survey.Field) ([]Edit, error) {
	revs, err := s.History(interview)
	if err != nil {
		return nil, err
	}
	var out []Edit
	var now survey.Value
	for _, r := range revs {
		v, ok := r.Patch[f]
		if !ok {
			continue
		}
		e := Edit{At: r.Time(), Actor: r.Actor, Device: r.Device, From: now, To: v}
		for _, reason := range []survey.Field{f.Remark(survey.RemarkReason), survey.FieldReason + ":" + f} {
			if why, ok := r.Patch[reason]; ok && e.Reason == "" {
				e.Reason = why.Text
			}
		}
		out = append(out, e)
		now = v
	}
	return out, nil
}

// NextToReview returns the oldest interview that is finished and neither approved
// nor given back, but for one; "" if there is none.
func (s *Study) NextToReview(not string) (id string, err error) {
	ds, err := s.Interviews()
	if err != nil {
		return "", err
	}
	for _, d := range ds { // the newest first
		if d.Entity != not && d.Text(survey.FieldStatus) == string(survey.Completed) {
			id = d.Entity
		}
	}
	return id, nil
}
