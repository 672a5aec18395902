package cli

import (
	"fmt"
	"io"

	"sselandscape/app/job"
)

// printVerb writes a blank form, or with the id of an interview that interview.
func printVerb(c *call, args []string) error {
	out := c.flags.String("o", "", "")
	var o job.PrintOptions
	c.flags.StringVar(&o.Language, "lang", "", "")
	c.flags.StringVar(&o.Second, "second-lang", "", "")
	rest, err := c.parse(args, 1, 2)
	if err != nil {
		return err
	}
	switch {
	case *out == "":
		return usage("-o is needed")
	case len(rest) == 2 && o.Second != "":
		return usage("an interview is printed in one language")
	case len(rest) == 1:
		p, err := job.PrintForm(c.ctx, rest[0], *out, o)
		if err != nil {
			return err
		}
		return c.printed(p)
	}
	return with(rest[0], func(s *job.Study) error {
		p, err := s.PrintInterview(c.ctx, rest[1], *out, o)
		if err != nil {
			return err
		}
		return c.printed(p)
	})
}

func (c *call) printed(p *job.Printed) error {
	return c.print(p, func(w io.Writer) { fmt.Fprintf(w, "%s: %d pages\n", p.Path, p.Pages) })
}
