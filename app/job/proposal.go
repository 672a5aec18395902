package job

import (
	"sselandscape/survey"
)

// proposedRoles are the questions that an interview with a unit of a list finds
// answered: what identifies the unit. The interviewer sees the answers and corrects
// them like any other. Not answered ahead are what the interview is to find out
// (the form of organization), what needs consent first (telephone) and the position,
// which is to be taken at the entrance: lists often have it from an address.
var proposedRoles = []struct {
	role  string
	field survey.Field
}{
	{"frame.id", survey.FieldCode}, {"unit.name", survey.FieldName}, {"unit.name.local", survey.FieldLocalName},
	{"unit.country", survey.FieldCountry}, {"unit.region", survey.FieldRegion}, {"unit.place", survey.FieldPlace}, {"unit.registration", survey.FieldRegistration},
}

// propose answers the questions that identify the unit by what its list says, those
// that are asked and that nobody has answered or passed. Questions that are asked
// only after others are answered when they come up.
func (iv *Interview) propose() error {
	if iv.proposing || iv.Unit == "" || iv.Status() != survey.InProgress {
		return nil
	}
	if iv.proposals == nil {
		if err := iv.readProposals(); err != nil {
			return err
		}
	}
	iv.proposing = true
	defer func() { iv.proposing = false }()
	for i := 0; i < len(iv.proposals); i++ {
		g := iv.proposals[i]
		st := iv.Session.State(survey.Field(g.Path), "")
		open := !st.Passed && st.Value.Blank()
		if open && (!st.Relevant || st.ReadOnly) {
			continue
		}
		iv.proposals = append(iv.proposals[:i:i], iv.proposals[i+1:]...)
		i = -1 // an answer may open a question before it
		if open {
			if _, err := iv.answer(g); err != nil {
				return err
			}
		}
	}
	return nil
}

// readProposals finds what the unit's list says.
func (iv *Interview) readProposals() error {
	iv.proposals = []Given{}
	d, err := iv.study.store.Document(iv.Unit)
	if err != nil || d == nil || d.Kind != survey.UnitKind {
		return err
	}
	form := iv.Session.Program().Form
	for _, p := range proposedRoles {
		if q := form.ByRole(p.role); q != nil && d.Text(p.field) != "" {
			iv.proposals = append(iv.proposals, Given{q.Name, survey.Of(d.Text(p.field))})
		}
	}
	return nil
}
