package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// act is something that Undo takes back.
type act struct {
	field  survey.Field // of an answer or a row
	before survey.Value
	after  survey.Value
	row    bool                          // a row was added or taken out
	added  bool                          // it was added
	gone   map[survey.Field]survey.Value // the answers of a row that is out
}

// did remembers an act; what was undone before cannot be done again then.
func (iv *Interview) did(a act) { iv.done, iv.undone = append(iv.done, a), nil }

// Undo takes the last act back and returns the question or row it was about; ok is
// false if there is none.
func (iv *Interview) Undo() (f survey.Field, ok bool, err error) {
	return iv.replay(&iv.done, &iv.undone, func(a act) survey.Value { return a.before }, func(a act) bool { return a.added })
}

// Redo does again what Undo took back.
func (iv *Interview) Redo() (f survey.Field, ok bool, err error) {
	return iv.replay(&iv.undone, &iv.done, func(a act) survey.Value { return a.after }, func(a act) bool { return !a.added })
}

func (iv *Interview) replay(from, to *[]act, value func(act) survey.Value, remove func(act) bool) (survey.Field, bool, error) {
	for len(*from) > 0 {
		a := (*from)[len(*from)-1]
		*from = (*from)[:len(*from)-1]
		var err error
		switch {
		case !a.row:
			err = iv.put(a.field, value(a))
		case remove(a):
			err = iv.takeOut(&a)
		default:
			err = iv.putBack(a)
		}
		if err != nil {
			continue // other answers closed the question since
		}
		*to = append(*to, a)
		return a.field, true, nil
	}
	return "", false, nil
}

func (iv *Interview) put(f survey.Field, v survey.Value) error {
	changes, err := iv.Session.Set(f, v)
	if err != nil {
		return err
	}
	return iv.save(changes)
}

func (iv *Interview) takeOut(a *act) error {
	answers := map[survey.Field]survey.Value{}
	for f, v := range iv.Session.Answers() {
		if strings.HasPrefix(string(f), string(a.field)+"/") {
			answers[f] = v
		}
	}
	changes, err := iv.Session.RemoveRow(a.field)
	if err != nil {
		return err
	}
	a.gone = answers
	return iv.save(changes)
}

func (iv *Interview) putBack(a act) error {
	changes, err := iv.Session.PutBack(a.field, a.gone)
	if err != nil {
		return err
	}
	return iv.save(changes)
}

// Remark puts a note, a flag or a reason beside an answer; blank takes it away.
func (iv *Interview) Remark(f survey.Field, k survey.RemarkKind, text string) error {
	changes, err := iv.Session.Remark(f, k, text)
	if err != nil {
		return err
	}
	return iv.save(changes)
}

// Confirm notes why an answer is right although a soft check doubts it.
func (iv *Interview) Confirm(f survey.Field, because string) error {
	changes, err := iv.Session.Confirm(f, because)
	if err != nil {
		return err
	}
	return iv.save(changes)
}

// Comment adds a reviewer's comment to a question.
func (iv *Interview) Comment(f survey.Field, text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("a comment needs words")
	}
	return iv.Remark(f, survey.NewComment(uuid.NewString()[:8]), text)
}

// Comment is what a reviewer said about a question.
type Comment struct {
	Field    survey.Field
	Text     string
	Actor    string // "" while it is not recorded yet: it is by the person on this laptop
	At       time.Time
	Question string // label of the question
}

// Comments lists the comments of an interview, in reading order of the questions
// and for each question in the order of time.
func (iv *Interview) Comments(lang string) []Comment {
	var out []Comment
	for _, f := range iv.Session.Remarked(survey.RemarkKind.Comment) {
		from := len(out)
		for k, text := range iv.Session.Remarks(f) {
			if !k.Comment() {
				continue
			}
			c := Comment{Field: f, Text: text, Question: iv.Session.Label(f, lang)}
			if hs := iv.doc.Heads[f.Remark(k)]; len(hs) > 0 {
				c.Actor = hs[0].Actor
				c.At, _ = time.Parse(time.RFC3339Nano, hs[0].Wall)
			}
			out = append(out, c)
		}
		slices.SortFunc(out[from:], func(a, b Comment) int { return a.At.Compare(b.At) })
	}
	return out
}

// Stop ends an interview before its end: with an outcome, for a callback its time,
// and a remark.
func (iv *Interview) Stop(ctx context.Context, outcome survey.Outcome, callback time.Time, remark string) error {
	patch := map[survey.Field]survey.Value{survey.FieldOutcome: survey.Of(string(outcome)), survey.FieldRemark: survey.Of(strings.TrimSpace(remark))}
	if outcome == survey.OutcomeCallback {
		if callback.IsZero() {
			return errors.New("a callback needs a day")
		}
		patch[survey.FieldCallback] = survey.Of(callback.Format(time.RFC3339))
	}
	if err := iv.note(ctx, patch); err != nil {
		return err
	}
	return iv.Finish(ctx, survey.BrokenOff)
}

// Review approves an interview or gives it back.
func (iv *Interview) Review(ctx context.Context, status survey.Status, remark string) error {
	switch {
	case status != survey.Approved && status != survey.Rejected:
		return fmt.Errorf("an interview cannot be reviewed as %s", status)
	case iv.Status() == survey.InProgress:
		return errors.New("the interview is not finished yet")
	case status == survey.Rejected && strings.TrimSpace(remark) == "":
		return errors.New("an interview that is given back needs a word on why")
	}
	if err := iv.note(ctx, map[survey.Field]survey.Value{survey.FieldRemark: survey.Of(strings.TrimSpace(remark))}); err != nil {
		return err
	}
	return iv.Finish(ctx, status)
}

// note records fields of the interview itself.
func (iv *Interview) note(ctx context.Context, patch map[survey.Field]survey.Value) error {
	_, err := iv.study.store.Append(ctx, study.Change{Entity: iv.ID, Kind: survey.InterviewKind, Form: iv.doc.Form, FormVersion: iv.doc.FormVersion, Patch: patch})
	return err
}

// Attempt is one visit that an interview took.
type Attempt struct {
	At       time.Time
	Actor    string
	Status   survey.Status
	Outcome  survey.Outcome
	Callback time.Time
	Remark   string
}

// Attempts lists what became of an interview each time it was ended, in order.
func (s *Study) Attempts(id string) ([]Attempt, error) {
	revs, err := s.History(id)
	if err != nil {
		return nil, err
	}
	var out []Attempt
	var last Attempt
	for _, r := range revs {
		for f, into := range map[survey.Field]func(string){
			survey.FieldOutcome:  func(v string) { last.Outcome = survey.Outcome(v) },
			survey.FieldRemark:   func(v string) { last.Remark = v },
			survey.FieldCallback: func(v string) { last.Callback, _ = time.Parse(time.RFC3339, v) },
		} {
			if v, ok := r.Patch[f]; ok {
				into(v.Text)
			}
		}
		if v, ok := r.Patch[survey.FieldStatus]; ok && survey.Status(v.Text) != survey.InProgress {
			last.At, last.Actor, last.Status = r.Time(), r.Actor, survey.Status(v.Text)
			out = append(out, last)
			last = Attempt{}
		}
	}
	return out, nil
}

// Enter notes that a question is on screen now, and how long the one before was.
func (iv *Interview) Enter(f survey.Field) error {
	events := iv.left()
	iv.at, iv.since, iv.was = f, iv.study.store.Now(), iv.Session.Value(f)
	return iv.study.store.AddEvents(iv.ID, events)
}

// left is the event of the question that was on screen.
func (iv *Interview) left() []survey.Event {
	if iv.at == "" {
		return nil
	}
	e := iv.event(survey.EventQuestion)
	e.Node, e.Start, e.End = iv.Session.Path(iv.at), iv.since, iv.study.store.Now()
	if now := iv.Session.Value(iv.at); now != iv.was {
		e.Old, e.New = iv.was.String(), now.String()
	}
	e.Reason = iv.Session.Remarks(iv.at)[survey.RemarkReason]
	iv.at = ""
	return []survey.Event{e}
}

func (iv *Interview) event(kind string) survey.Event {
	return survey.Event{Kind: kind, Start: iv.study.store.Now(), Actor: iv.study.Info().Researcher}
}

// Reviewable says whether the interview is finished: it can be reviewed, and what
// is changed wants a reason.
func (iv *Interview) Reviewable() bool {
	switch iv.Status() {
	case survey.Completed, survey.Approved, survey.Rejected:
		return true
	}
	return false
}

// Say notes a remark about the whole interview; blank says nothing.
func (iv *Interview) Say(ctx context.Context, remark string) error {
	if remark = strings.TrimSpace(remark); remark == "" {
		return nil
	}
	return iv.note(ctx, map[survey.Field]survey.Value{survey.FieldRemark: survey.Of(remark)})
}

// Close notes that the interview leaves the screen. What was changed in one that
// was finished is recorded; one that was broken off is in progress again if it got
// answers.
func (iv *Interview) Close(ctx context.Context) error {
	if err := iv.study.store.AddEvents(iv.ID, append(iv.left(), iv.event(survey.EventExit))); err != nil {
		return err
	}
	switch {
	case !iv.changed:
		return nil
	case iv.Reviewable():
		return iv.Finish(ctx, iv.Status())
	case iv.Status() == survey.BrokenOff:
		return iv.note(ctx, map[survey.Field]survey.Value{survey.FieldStatus: survey.Of(string(survey.InProgress))})
	}
	return nil
}

// Audit lists what happened while an interview was held: on this laptop, or else
// on those that sent it.
func (s *Study) Audit(id string) ([]survey.Event, error) {
	es, err := s.store.Events(id)
	if err != nil || len(es) > 0 {
		return es, err
	}
	d, err := s.store.Document(id)
	switch {
	case err != nil:
		return nil, err
	case d == nil || d.Kind != survey.InterviewKind:
		return nil, fmt.Errorf("there is no interview %q", id)
	}
	for _, f := range d.Fields() {
		if !strings.HasPrefix(string(f), string(survey.FieldAudit.On(""))) {
			continue
		}
		b, err := s.store.File(d.Text(f))
		if err != nil {
			return nil, err
		}
		more, err := survey.ReadAudit(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		es = append(es, more...)
	}
	slices.SortStableFunc(es, func(a, b survey.Event) int { return a.Start.Compare(b.Start) })
	return es, nil
}

// keepAudit writes the audit log into a file of the study when an interview ends,
// so that it travels with it, and puts what cites it into the answers to be recorded.
func (iv *Interview) keepAudit(answers map[survey.Field]survey.Value) error {
	if err := iv.study.store.AddEvents(iv.ID, append(iv.left(), iv.event(survey.EventFinalize))); err != nil {
		return err
	}
	es, err := iv.study.store.Events(iv.ID)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := survey.WriteAudit(&b, es); err != nil {
		return err
	}
	sum, err := iv.study.store.AddFile(b.Bytes(), "text/csv")
	if err != nil {
		return err
	}
	device := iv.study.Info().Device
	answers[survey.FieldAudit.On(device)] = survey.Of(sum)
	answers[survey.FieldMinutes.On(device)] = survey.Of(fmt.Sprintf("%.1f", survey.Minutes(es)))
	return nil
}

// Language is the language in which the interview is held: the one chosen last, or
// else the form's own.
func (iv *Interview) Language() string {
	f := iv.Session.Program().Form
	if l := iv.doc.Text(survey.FieldLanguage); slices.Contains(f.Languages, l) {
		return l
	}
	return f.DefaultLanguage
}

// Speak holds the interview in another language of its form from now on.
func (iv *Interview) Speak(ctx context.Context, lang string) error {
	if err := iv.save(iv.Session.Speak(lang)); err != nil {
		return err
	}
	_, err := iv.study.store.Append(ctx, study.Change{Entity: iv.ID, Kind: survey.InterviewKind, Form: iv.doc.Form, FormVersion: iv.doc.FormVersion,
		Patch: map[survey.Field]survey.Value{survey.FieldLanguage: survey.Of(lang)}})
	if err != nil {
		return err
	}
	d, err := iv.study.store.Document(iv.ID)
	if err == nil {
		iv.doc = d
	}
	return err
}
