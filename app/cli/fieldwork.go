package cli

import (
	"fmt"
	"io"

	"sselandscape/app/job"
	"sselandscape/survey"
)

func audit(c *call, args []string) error {
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		es, err := s.Audit(rest[1])
		if err != nil {
			return err
		}
		if c.json {
			return c.print(es, nil)
		}
		return survey.WriteAudit(c.stdout, es)
	})
}

func overview(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		o, err := s.Overview()
		if err != nil {
			return err
		}
		return c.print(o, func(w io.Writer) {
			fmt.Fprintf(w, "%d units, %d interviews\n", o.Units, o.Interviews)
			for _, a := range o.Attention {
				fmt.Fprintln(w, "!", a.Text)
			}
			if len(o.Targets) > 0 {
				fmt.Fprintln(w, "\nTargets")
				printTargets(w, o.Targets)
			}
			for _, g := range o.Groups {
				fmt.Fprintf(w, "\n%s\n", g.Name)
				for _, n := range g.Counts {
					fmt.Fprintf(w, "%6d  %s\n", len(n.Interviews), n.Label)
				}
			}
		})
	})
}
