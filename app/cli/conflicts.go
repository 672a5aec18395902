package cli

import (
	"fmt"
	"io"
	"strings"

	"sselandscape/app/job"
	"sselandscape/survey"
)

type conflictLine struct {
	ID        string         `json:"id"`
	Unit      string         `json:"unit"`
	Interview string         `json:"interview,omitempty"`
	Section   string         `json:"section,omitempty"`
	Question  string         `json:"question"`
	Kind      string         `json:"kind"` // answer, computed, deletion, unit, settled differently
	Values    []conflictHead `json:"values"`
}

type conflictHead struct {
	Revision string       `json:"revision"`
	Value    survey.Value `json:"value"`
	Label    string       `json:"label"`
	By       string       `json:"by"`
	At       string       `json:"at"`
	Device   string       `json:"device"`
	Settled  bool         `json:"settled,omitempty"`
	Reason   string       `json:"reason,omitempty"`
}

func conflicts(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		cs, err := s.Conflicts()
		if err != nil {
			return err
		}
		lines := []conflictLine{}
		for _, x := range cs {
			l := conflictLine{ID: x.ID, Unit: x.Unit, Interview: x.Interview, Section: x.Section, Question: x.Question, Kind: x.Sort()}
			for i, side := range x.Sides {
				l.Values = append(l.Values, conflictHead{side.Revision, x.Heads[i].Value, x.Values[i], side.Actor, side.Wall, side.Device, side.Settled, side.Reason})
			}
			lines = append(lines, l)
		}
		return c.print(lines, func(w io.Writer) {
			for _, l := range lines {
				fmt.Fprintf(w, "%s\n  %s: %s\n", l.ID, l.Unit, l.Question)
				for _, h := range l.Values {
					why := ""
					if h.Settled {
						why = ", settled"
					}
					if h.Reason != "" {
						why += ": " + h.Reason
					}
					fmt.Fprintf(w, "    %s  %q by %s, %s%s\n", h.Revision, h.Label, h.By, h.At, why)
				}
			}
		})
	})
}

func resolve(c *call, args []string) error {
	take := c.flags.String("take", "", "")
	value := c.flags.String("value", "", "")
	reason := c.flags.String("reason", "", "")
	whole := c.flags.String("interview", "", "")
	side := c.flags.String("side", "", "")
	both := c.flags.Bool("both", false, "")
	rest, err := c.studyArgs(args, 1, 2)
	if err != nil {
		return err
	}
	ways := 0
	for _, given := range []bool{*take != "", *value != "", *side != "", *both} {
		if given {
			ways++
		}
	}
	id := ""
	if len(rest) == 2 {
		id = rest[1]
	}
	switch {
	case ways != 1:
		return usage("give one of --take, --value, --side and --both")
	case (id == "") == (*whole == ""):
		return usage("give either a conflict or --interview")
	case *whole != "" && *side == "" && !*both:
		return usage("--interview goes with --side or --both")
	}
	return with(rest[0], func(s *job.Study) error {
		entity := *whole
		if entity == "" && (*both || *side != "") {
			if entity, err = s.EntityOf(id); err != nil {
				return err
			}
		}
		var made *job.Settlement
		switch {
		case *both:
			made, err = s.BothTrue(c.ctx, entity, *reason)
		case *side != "":
			made, err = s.SettleFor(c.ctx, entity, *side, *reason)
		default:
			var typed *survey.Value
			if *value != "" {
				v := survey.Of(*value)
				typed = &v
			}
			made, err = s.Settle(c.ctx, id, *take, typed, *reason)
		}
		if err != nil || len(made.Made) == 0 {
			return err
		}
		fmt.Fprintln(c.stdout, strings.Join(made.Made, "\n"))
		return nil
	})
}
