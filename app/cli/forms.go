package cli

import (
	"fmt"
	"io"

	"sselandscape/app/job"
	"sselandscape/survey"
)

type versionLine struct {
	ID         string `json:"id"`
	Version    string `json:"version"`
	Title      string `json:"title"`
	By         string `json:"by"`
	At         string `json:"at"`
	Interviews int    `json:"interviews"`
	Current    bool   `json:"current"`
}

func forms(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		vs, err := s.Versions()
		if err != nil {
			return err
		}
		lines := []versionLine{}
		for _, v := range vs {
			lines = append(lines, versionLine{v.ID, v.Version, v.Title, v.By, v.At, v.Interviews, v.Current})
		}
		return c.print(lines, func(w io.Writer) {
			for _, l := range lines {
				now := ""
				if l.Current {
					now = ", new interviews take it"
				}
				fmt.Fprintf(w, "%s %s: %s, by %s, %d interviews%s\n", l.ID, l.Version, l.Title, l.By, l.Interviews, now)
			}
		})
	})
}

type formPlanLine struct {
	ID         string       `json:"id"`
	Version    string       `json:"version"`
	Was        string       `json:"was"`
	Interviews int          `json:"interviews"`
	InProgress int          `json:"in_progress"`
	Changes    []formChange `json:"changes"`
	Used       bool         `json:"used"`
}

type formChange struct {
	Kind     survey.ChangeKind `json:"kind"`
	Outcome  job.FormOutcome   `json:"outcome"`
	Old      string            `json:"old,omitempty"`
	New      string            `json:"new,omitempty"`
	List     string            `json:"list,omitempty"`
	Code     string            `json:"code,omitempty"`
	From     string            `json:"from,omitempty"`
	To       string            `json:"to,omitempty"`
	Reason   string            `json:"reason,omitempty"`
	Answers  int               `json:"answers"`
	Affected int               `json:"affected"`
	Text     string            `json:"text"`
}

func formVerb(c *call, args []string) error {
	var renamed list
	dry := c.flags.Bool("dry-run", false, "")
	c.flags.Var(&renamed, "renamed", "")
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		p, err := s.PlanForm(c.ctx, rest[1])
		if err != nil {
			return err
		}
		used := !*dry && !p.Current
		if used {
			if err := p.Use(c.ctx, renamed...); err != nil {
				return err
			}
		}
		l := formPlanLine{ID: p.ID, Version: p.Version, Was: p.Was, Interviews: p.Interviews, InProgress: p.InProgress, Changes: []formChange{}, Used: used}
		for _, x := range p.Lines {
			l.Changes = append(l.Changes, formChange{x.Kind, x.Outcome, x.OldField, x.NewField, x.List, x.Code, x.From, x.To, x.Reason, x.Answers, x.Affected, x.Subject + ": " + x.What + ". " + x.Effect})
		}
		return c.print(l, func(w io.Writer) { c.compared(w, p, used) })
	})
}

// compared lists the changes by what happens to the answers.
func (c *call) compared(w io.Writer, p *job.FormPlan, used bool) {
	fmt.Fprintln(w, p.Sentence())
	last := job.FormOutcome("")
	for _, l := range p.Lines {
		if l.Outcome != last {
			last = l.Outcome
			fmt.Fprintf(w, "\n%s\n", last)
		}
		fmt.Fprintf(w, "  %s: %s\n    %s\n", l.Subject, l.What, l.Effect)
	}
	if c.quiet {
		return
	}
	fmt.Fprintln(w, "\n"+p.Interviewed())
	if used {
		fmt.Fprintf(w, "New interviews take version %s from now on.\n", p.Version)
	}
}
