package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/interview"
)

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// formLines says in words what differs between two versions.
func formLines(old, new *survey.Form) []FormLine {
	var out []FormLine
	for _, c := range survey.CompareForms(old, new) {
		l := FormLine{FormChange: c, Outcome: OutcomeKept}
		switch {
		case c.List != "":
			l.Subject = fmt.Sprintf("%s (%s) in the list %s", cmp.Or(c.From, c.To, c.Code), c.Code, c.List)
		case c.New != nil:
			l.Subject = nameOf(c.New, c.NewField, new)
		default:
			l.Subject = nameOf(c.Old, c.OldField, old)
		}
		l.What, l.Outcome = changeWords(c)
		out = append(out, l)
	}
	return out
}

// nameOf is what an item is called: its label and its name.
func nameOf(it survey.Item, field string, f *survey.Form) string {
	label := inPlain(it.Common().Label, f)
	if label == "" {
		return field
	}
	return label + " (" + field + ")"
}

func sortOf(it survey.Item) string {
	switch it.(type) {
	case *survey.Group:
		return "group"
	case *survey.Repeat:
		return "repeat"
	}
	return "question"
}

// changeWords says what changed, and what becomes of answers while none is counted.
func changeWords(c survey.FormChange) (string, FormOutcome) {
	switch c.Kind {
	case survey.ItemAdded:
		return "new " + sortOf(c.New), OutcomeAsked
	case survey.ItemGone:
		return sortOf(c.Old) + " is gone", OutcomeOldName
	case survey.ItemRenamed:
		return fmt.Sprintf("seems to be %s under another name: %s", c.From, c.Reason), OutcomeConfirm
	case survey.ItemMoved:
		if c.OldField != c.NewField {
			return fmt.Sprintf("moved from %s to %s", within(c.From), within(c.To)), OutcomeOldName
		}
		return fmt.Sprintf("moved from %s to %s", within(c.From), within(c.To)), OutcomeKept
	case survey.TypeChanged:
		return fmt.Sprintf("type %s, was %s", c.To, c.From), OutcomeKept
	case survey.ListChanged:
		return fmt.Sprintf("choices from the list %s, were from %s", c.To, c.From), OutcomeKept
	case survey.ChoiceAdded:
		return "new choice", OutcomeAsked
	case survey.ChoiceGone:
		return "choice is gone", OutcomeKept
	case survey.ChoiceRenamed:
		return fmt.Sprintf("choice is called %s now: %s", c.To, c.Reason), OutcomeKept
	case survey.ChoiceRelabelled, survey.LabelChanged:
		return fmt.Sprintf("says “%s”, said “%s”", plainText(c.To), plainText(c.From)), OutcomeKept
	case survey.RelevantChanged:
		return expressionWords("asked if", c, "always"), OutcomeKept
	case survey.RequiredChanged:
		return expressionWords("required", c, "no"), OutcomeKept
	case survey.ConstraintMoved:
		return expressionWords("constraint", c, "none"), OutcomeKept
	case survey.Recalculated:
		return expressionWords("calculation", c, "none"), OutcomeKept
	case survey.CountChanged:
		return expressionWords("number of rows", c, "by hand"), OutcomeKept
	}
	return string(c.Kind), OutcomeKept
}

func expressionWords(what string, c survey.FormChange, none string) string {
	return fmt.Sprintf("%s: %s; was: %s", what, cmp.Or(c.To, none), cmp.Or(c.From, none))
}

func within(path string) string {
	if path == "" {
		return "the top"
	}
	return path
}

// count counts the answers that each change concerns.
func (p *FormPlan) count(ctx context.Context, old, new *survey.Form) error {
	ds, err := p.study.Interviews()
	if err != nil {
		return err
	}
	about := map[string][]*FormLine{} // lines by the pattern of the fields they concern
	for i := range p.Lines {
		for _, f := range concerns(p.Lines[i].FormChange, old) {
			about[f] = append(about[f], &p.Lines[i])
		}
	}
	for _, d := range ds {
		if err := ctx.Err(); err != nil {
			return err
		}
		if d.Form != p.ID || d.FormVersion == p.Version {
			continue
		}
		p.Interviews++
		if d.Text(survey.FieldStatus) == string(survey.InProgress) {
			p.InProgress++
		}
		for f := range d.Heads {
			for _, l := range about[f.Pattern()] {
				if v := d.Value(f); !v.Blank() {
					l.Answers++
					if !l.fits(v, new) {
						l.Affected++
					}
				}
			}
		}
	}
	for i := range p.Lines {
		p.Lines[i].effect()
	}
	slices.SortStableFunc(p.Lines, func(a, b FormLine) int {
		return cmp.Compare(slices.Index(AllFormOutcomes, a.Outcome), slices.Index(AllFormOutcomes, b.Outcome))
	})
	return nil
}

// concerns are the patterns of the answers that a change is about: of all questions
// that use a list for its choices.
func concerns(c survey.FormChange, old *survey.Form) []string {
	if c.List == "" {
		return []string{c.OldField}
	}
	fields := old.Patterns()
	var out []string
	old.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Kind.Selects() && q.List == c.List {
			out = append(out, fields[it])
		}
		return true
	})
	return out
}

// fits says whether an answer fits what the change makes of the question.
func (l *FormLine) fits(v survey.Value, new *survey.Form) bool {
	codes := strings.Fields(v.Text)
	switch l.Kind {
	case survey.ChoiceGone, survey.ChoiceRenamed:
		return v.Special != "" || !slices.Contains(codes, l.Code)
	case survey.TypeChanged, survey.ListChanged:
		q, ok := l.New.(*survey.Question)
		if !ok || v.Special != "" {
			return true
		}
		if l.Kind == survey.TypeChanged && (l.Fits == survey.FitNever || !interview.Fits(q, v)) {
			return false
		}
		list := new.Lists[q.List]
		return !q.Kind.Selects() || list == nil || !slices.ContainsFunc(codes, func(c string) bool { _, ok := list.Find(c); return !ok })
	default:
		return true
	}
}

// effect says what happens to the answers.
func (l *FormLine) effect() {
	n := Counted(l.Answers, "answer")
	switch l.Kind {
	case survey.ItemAdded:
		l.Effect = "Asked in new interviews; those held before have no answer to it."
	case survey.ChoiceAdded:
		l.Effect = "Offered in new interviews."
	case survey.ItemGone:
		l.Effect = n + ": kept as given, exported under the old name."
	case survey.ItemRenamed:
		l.Effect = n + ": kept as given. Confirmed, they are exported under the new name; else under the old one."
	case survey.ItemMoved:
		l.Effect = n + ": kept as given."
		if l.OldField != l.NewField {
			l.Effect = n + ": kept as given, exported under the old name: one answer and one a row are different things."
		}
	case survey.TypeChanged:
		l.Effect = fmt.Sprintf("%s: kept as given; each is one of the new type as it stands.", n)
		if l.Affected > 0 {
			l.Effect = fmt.Sprintf("%d of %s not of the new type as they stand: kept as given, exported as text.", l.Affected, areOf(l.Answers))
		}
	case survey.ChoiceGone, survey.ChoiceRenamed, survey.ListChanged:
		l.Effect = "No answer uses it."
		if l.Kind == survey.ListChanged {
			l.Effect = n + ": kept; all are among the new choices."
		}
		if l.Affected > 0 {
			l.Effect = fmt.Sprintf("%d of %s not among the choices any more: kept, shown as they were asked, exported with the old code.", l.Affected, areOf(l.Answers))
		}
	case survey.Recalculated:
		l.Effect = n + ": interviews keep what was computed with their own version."
	default:
		l.Effect = n + ": kept as they are."
	}
	if l.Affected > 0 {
		l.Outcome = OutcomeMarked
	}
	if l.Kind != survey.ItemGone {
		return
	}
	switch {
	case l.Answers == 0:
		l.Outcome, l.Effect = OutcomeNothing, "No answer is given to it."
	case l.Old.Common().Sse["pii"] == "identifier":
		l.Effect = n + ": kept as given; it identifies persons and is not exported."
	}
}

func areOf(n int) string {
	if n == 1 {
		return "1 answer is"
	}
	return fmt.Sprintf("%d answers are", n)
}
