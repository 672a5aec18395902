package cli

import (
	"cmp"
	"fmt"
	"io"

	"sselandscape/app/job"
	"sselandscape/survey"
)

type interviewsLine struct {
	File      string             `json:"file"`
	Format    string             `json:"format"`
	Encoding  string             `json:"encoding,omitempty"`
	Guessed   bool               `json:"encoding_guessed,omitempty"`
	Delimiter string             `json:"delimiter,omitempty"`
	Form      string             `json:"form"`
	Version   string             `json:"form_version"`
	Columns   []columnLine       `json:"columns"`
	Counts    interviewCounts    `json:"counts"`
	Files     int                `json:"files"`
	Batch     string             `json:"batch,omitempty"`
	Rows      []submittedLine    `json:"rows,omitempty"`
	Problems  []interviewTrouble `json:"problems,omitempty"`
}

type columnLine struct {
	Table    string `json:"table,omitempty"`
	Name     string `json:"name"`
	Use      string `json:"use"`
	Question string `json:"question,omitempty"`
	Choice   string `json:"choice,omitempty"`
	Why      string `json:"why,omitempty"`
	Filled   int    `json:"filled"`
}

type interviewCounts struct {
	New       int `json:"new"`
	Same      int `json:"same"`
	Changed   int `json:"changed"`
	Contested int `json:"contested"`
	Invalid   int `json:"invalid"`
	Likely    int `json:"likely"`
}

type submittedLine struct {
	Sheet     string         `json:"sheet,omitempty"`
	Row       int            `json:"row,omitempty"`
	Name      string         `json:"name,omitempty"`
	Verdict   string         `json:"verdict"`
	Interview string         `json:"interview,omitempty"`
	Unit      string         `json:"unit,omitempty"`
	NewUnit   bool           `json:"new_unit,omitempty"`
	Likely    string         `json:"likely,omitempty"`
	Changed   []survey.Field `json:"changed,omitempty"`
	Contested []survey.Field `json:"contested,omitempty"`
	Why       string         `json:"why,omitempty"`
}

type interviewTrouble struct {
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	Warning bool   `json:"warning,omitempty"`
	Text    string `json:"text"`
	Hint    string `json:"hint,omitempty"`
}

// importInterviews takes in interviews that were held with ODK Collect or
// KoboCollect.
func (c *call) importInterviews(dir, file string, o job.InterviewOptions, dry bool) error {
	return with(dir, func(s *job.Study) error {
		p, err := s.PlanInterviews(c.ctx, file, o, nil)
		if err != nil {
			return err
		}
		l := interviewsLineOf(p)
		if !dry {
			if l.Batch, err = p.Apply(c.ctx, nil); err != nil {
				return err
			}
		}
		err = c.print(l, func(w io.Writer) { c.submitted(w, p, l, dry) })
		if err == nil && (survey.Unusable(p.Problems) || p.Counts.Contested > 0) {
			err = errProblems
		}
		return err
	})
}

func interviewsLineOf(p *job.InterviewPlan) interviewsLine {
	l := interviewsLine{File: p.Name, Format: p.Format, Encoding: p.Encoding, Guessed: p.Guessed, Delimiter: p.Delimiter, Form: p.Form, Version: p.Version,
		Counts: interviewCounts(p.Counts), Files: p.Files}
	for _, x := range p.Columns {
		l.Columns = append(l.Columns, columnLine{x.Table, x.Name, string(x.Use), x.Question, x.Choice, x.Why, x.Filled})
	}
	for _, r := range p.Rows {
		if r.Verdict != job.InterviewSame || r.Why != "" {
			l.Rows = append(l.Rows, submittedLine{r.Sheet, r.Row, r.Name, string(r.Verdict), r.Interview, r.Unit, r.NewUnit, r.Likely, r.Changed, r.Contested, r.Why})
		}
	}
	for _, x := range p.Problems {
		l.Problems = append(l.Problems, interviewTrouble{x.Sheet, x.Row, x.Column, x.Severity == survey.Warning, x.Text, x.Hint})
	}
	return l
}

// submitted says how a file of interviews was read, what becomes of them and what is
// wrong.
func (c *call) submitted(w io.Writer, p *job.InterviewPlan, l interviewsLine, dry bool) {
	if !c.quiet {
		fmt.Fprintf(w, "%s: %s, read with the questionnaire %s %s\n", l.File, l.Format, l.Form, l.Version)
		for _, x := range p.Columns {
			if x.Use != job.UseMeta {
				fmt.Fprintf(w, "  %s=%s\n", tabled(x), cmp.Or(x.Question, string(x.Use)))
			}
		}
	}
	for _, x := range p.Unknown() {
		fmt.Fprintf(w, "left out: %s, in %d rows", tabled(x), x.Filled)
		if x.Why != "" {
			fmt.Fprintf(w, " (%s)", x.Why)
		}
		fmt.Fprintf(w, "; --map %q says which question it is\n", x.Name+"=QUESTION")
	}
	fmt.Fprintln(w, job.InterviewSentence(p.Counts))
	for _, r := range p.Rows {
		if r.Likely != "" && !c.quiet {
			fmt.Fprintf(w, "%s: %s may be here as %s\n", r.Place(), r.Name, r.Likely)
		}
		if len(r.Contested) > 0 {
			fmt.Fprintf(w, "%s: %s was edited here: %s; both stay, as a conflict\n", r.Place(), r.Interview, job.FieldLabels(r.Contested))
		}
		if r.Verdict == job.InterviewSame && r.Why != "" && !c.quiet {
			fmt.Fprintf(w, "%s: %s\n", r.Place(), r.Why)
		}
	}
	for _, x := range p.Problems {
		fmt.Fprintln(w, job.SubmissionProblem(x))
	}
	switch {
	case dry:
		fmt.Fprintln(w, "nothing was changed; leave out --dry-run to take them in")
	case l.Batch == "":
		fmt.Fprintln(w, "nothing was changed")
	default:
		fmt.Fprintf(w, "%d interviews added, %d corrected, %d files; batch %s\n", p.Counts.New, p.Counts.Changed+p.Counts.Contested, p.Files, l.Batch)
	}
}

func tabled(x job.SubmissionColumn) string {
	if x.Table == "" {
		return x.Name
	}
	return x.Table + "!" + x.Name
}
