package exchange

import (
	"context"
	"errors"
	"io"
	"iter"

	"sselandscape/survey"
)

// About says where a dataset comes from and what became of it on its way out. All of it
// may be blank.
type About struct {
	Profile   string   // who it is for: internal, research, public
	Leaves    string   // what leaves in it, a sentence
	Places    string   // how exact they are
	Producers []string // persons; nobody where the profile does not tell
	Countries []Country
	// The questionnaire of new interviews, and the language of the texts (BCP 47).
	FormID, FormVersion, FormTitle string
	Language                       string
	Groups                         []Group // of the questionnaire
	LeftOut                        []LeftOut
	// Least is how many units a count must have to be told; 0 tells all. Where it is more,
	// the smallest and the largest number are not told either.
	Least int
	// Counted is asked when all units were read.
	Counted func() Counted

	// Print writes a codebook as PDF, and Interviews gives interviews as they were held.
	// Fonts and questionnaires belong to the one who makes the dataset.
	Print      func(w io.Writer, c *Codebook) error
	Interviews func(ctx context.Context) iter.Seq2[*Instance, error]
}

// Country is one in which a study is made.
type Country struct{ Code, Name string } // ISO 3166-1 alpha-3

// Group is a section of a questionnaire.
type Group struct {
	Name, Label string
	Others      []Translation
}

// LeftOut is a column that was not written, and why.
type LeftOut struct{ Name, Why string }

// Counted is what is known once all units were read.
type Counted struct {
	Withheld    map[string]int // units that did not leave, by why
	First, Last string         // days of interviews, 2026-03-01
}

// Wording is how a question is put.
type Wording struct {
	Hint     string           // what the interviewer sees beside it
	Guidance string           // what the interviewer may look up
	Note     string           // what a column is that no question gave
	Others   []Translation    // of the label
	Specials []survey.Special // answers that are allowed in place of one
}

// Translation is a text in another language.
type Translation struct{ Language, Text string } // BCP 47

// counted asks for what is known once all units were read.
func (a *About) counted() Counted {
	if a.Counted == nil {
		return Counted{}
	}
	return a.Counted()
}

var errNoPrinter = errors.New("a codebook is printed from a study; write it as .html")
var errNoInterviews = errors.New("submissions are written from a study with its questionnaires; choose another format")
