package cli

import (
	"fmt"
	"io"
	"strings"

	"sselandscape/app/job"
	"sselandscape/survey"
)

func erase(c *call, args []string) error {
	var e job.Erasing
	c.flags.Func("field", "", func(f string) error {
		e.Fields = append(e.Fields, survey.Field(f))
		return nil
	})
	c.flags.StringVar(&e.Reason, "reason", "", "")
	c.flags.BoolVar(&e.Backups, "backups", false, "")
	dry := c.flags.Bool("dry-run", false, "")
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	if e.ID = rest[1]; strings.TrimSpace(e.Reason) == "" && !*dry {
		return usage("give a --reason: it is what stays in place of what is erased")
	}
	return with(rest[0], func(s *job.Study) error {
		do, said := s.Erase, "erased for good"
		if *dry {
			do, said = s.PlanErase, "would be erased for good"
		}
		p, err := do(c.ctx, e)
		if err != nil {
			return err
		}
		return c.print(p, func(w io.Writer) {
			fmt.Fprintf(w, "%s %s\n", job.ErasureSentence(p), said)
			if !*dry && !e.Backups {
				fmt.Fprintln(w, "backups and packages made before still hold it; --backups deletes the backups of this laptop")
			}
		})
	})
}
