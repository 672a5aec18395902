package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// Erasing is what is to be erased for good: of an interview or a unit some answers, or
// everything; with a unit go its interviews.
type Erasing struct {
	ID      string
	Fields  []survey.Field // none: everything
	Reason  string
	Backups bool // delete the backups made before, too
}

// PlanErase says what Erase would take away. It changes nothing.
func (s *Study) PlanErase(ctx context.Context, e Erasing) (*study.ErasurePlan, error) {
	orders, err := s.orders(e)
	if err != nil {
		return nil, err
	}
	p, err := s.store.PlanErase(ctx, orders...)
	if err != nil {
		return nil, err
	}
	if p.Answers == 0 {
		return nil, fmt.Errorf("there is nothing to erase: %s has no answer to %s; check the id and the names of the fields with sse show", e.ID, fieldNames(e.Fields))
	}
	return p, nil
}

// Erase erases here and, with the next package, on the laptops of the others. It cannot
// be taken back.
func (s *Study) Erase(ctx context.Context, e Erasing) (*study.ErasurePlan, error) {
	if _, err := s.PlanErase(ctx, e); err != nil {
		return nil, err
	}
	orders, err := s.orders(e)
	if err != nil {
		return nil, err
	}
	p, err := s.store.Erase(ctx, orders...)
	if err != nil || !e.Backups {
		return p, err
	}
	return p, s.store.DropBackups(ctx)
}

func (s *Study) orders(e Erasing) ([]study.Erasure, error) {
	orders := []study.Erasure{{Entity: e.ID, Fields: e.Fields, Reason: e.Reason}}
	d, err := s.store.Document(e.ID)
	if err != nil || d == nil || d.Kind != survey.UnitKind || len(e.Fields) > 0 {
		return orders, err
	}
	ds, err := s.store.Documents(survey.InterviewKind)
	if err != nil {
		return nil, err
	}
	for _, d := range ds {
		if d.Text(survey.FieldUnit) == e.ID {
			orders = append(orders, study.Erasure{Entity: d.Entity, Reason: e.Reason})
		}
	}
	return orders, nil
}

// fieldNames names fields for people.
func fieldNames(fs []survey.Field) string {
	if len(fs) == 0 {
		return "anything"
	}
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = fmt.Sprintf("%q", f)
	}
	return strings.Join(out, ", ")
}

// ErasedLines says of a record what was erased from it and why, a line each.
func ErasedLines(d *survey.Document) (lines []string) {
	for _, f := range d.Fields() {
		if f.OfErasure() {
			lines = append(lines, erasedLine(f, d.Text(f)))
		}
	}
	return lines
}

func erasedLine(f survey.Field, text string) string {
	name, id, _ := strings.Cut(strings.TrimPrefix(string(f), string(survey.FieldReason)+":"), ":")
	switch survey.Field(name) {
	case survey.FieldErased:
		return "everything was erased, for good"
	case survey.FieldErases:
		return fmt.Sprintf("erased from %s: %s", id, strings.ReplaceAll(text, "\n", ", "))
	case survey.FieldErasesFile:
		return "erased file " + id
	}
	return "erased because: " + text
}

// Said are the fields of a record but for those of ErasedLines.
func Said(d *survey.Document) []survey.Field {
	return slices.DeleteFunc(d.Fields(), survey.Field.OfErasure)
}

// ErasureSentence says what an erasure takes away.
func ErasureSentence(p *study.ErasurePlan) string {
	text := Counted(p.Answers, "answer") + " in " + Counted(p.Revisions, "revision")
	if p.Files > 0 {
		text += ", and " + Counted(p.Files, "file") + " (photos, recordings, the log of the interview)"
	}
	return text
}
