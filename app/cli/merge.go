package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"time"

	"sselandscape/app/job"
	"sselandscape/survey/merge"
)

type mergeLine struct {
	Package     string                 `json:"package"`
	From        string                 `json:"from"`
	Counts      mergeCounts            `json:"counts"`
	Researchers map[string]mergeCounts `json:"researchers,omitempty"`
	Batch       string                 `json:"batch,omitempty"`
	Taken       bool                   `json:"taken"`
	Skipped     string                 `json:"skipped,omitempty"` // the other study it belongs to
	Error       string                 `json:"error,omitempty"`
	Invalid     []merge.Item           `json:"invalid,omitempty"`
	Notices     []string               `json:"notices,omitempty"`
}

type mergeCounts struct {
	New      int `json:"new"`
	Same     int `json:"same"`
	Updated  int `json:"updated"`
	Conflict int `json:"conflict"`
	Invalid  int `json:"invalid"`
}

func mergeVerb(c *call, args []string) error {
	dry := c.flags.Bool("dry-run", false, "")
	keys := c.keyFlags()
	rest, err := c.studyArgs(args, 2, -1)
	if err != nil {
		return err
	}
	k, err := keys()
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		progress, clear := c.progress()
		g, err := s.Gather(c.ctx, rest[1:], k, progress)
		if err != nil {
			clear()
			return err
		}
		defer g.Close()
		if !*dry {
			err = g.Apply(c.ctx, progress)
		}
		clear()
		done := c.mergeDone(g)
		return cmp.Or(err, done)
	})
}

// mergeDone says what became of each package. One package that cannot be opened is the
// error; of several, those that cannot be opened are problems.
func (c *call) mergeDone(g *job.Gathering) error {
	if len(g.Found) == 1 && g.Found[0].Err != nil {
		return g.Found[0].Err
	}
	lines, problems := []mergeLine{}, false
	for _, x := range g.Found {
		l := gatheredLine(x)
		problems = problems || l.Error != "" || len(l.Invalid) > 0
		lines = append(lines, l)
	}
	err := c.print(lines, func(w io.Writer) {
		for _, l := range lines {
			l.write(w)
		}
		if len(g.Found) > 1 && g.Plan != nil && !c.quiet {
			writeTogether(w, g)
		}
	})
	switch {
	case err != nil:
		return err
	case g.Cancelled:
		done := 0
		for _, x := range g.Found {
			if x.Taken {
				done++
			}
		}
		return &cancelled{done, g.Usable()}
	case problems:
		return errProblems
	}
	return nil
}

func gatheredLine(x *job.Gathered) mergeLine {
	l := mergeLine{Package: x.Name, From: x.From, Batch: x.Batch, Taken: x.Taken, Skipped: x.Other}
	switch {
	case x.Other != "":
	case x.Err != nil:
		l.Error = x.Err.Error()
	case x.Plan != nil:
		l.Counts, l.Notices, l.Researchers = mergeCounts(x.Plan.Counts), x.Plan.Notices, map[string]mergeCounts{}
		for who, v := range x.Plan.ByActor {
			l.Researchers[who] = mergeCounts(v)
		}
		for _, it := range x.Plan.Items {
			if it.Verdict == merge.Invalid {
				l.Invalid = append(l.Invalid, it)
			}
		}
	}
	return l
}

func (l mergeLine) write(w io.Writer) {
	switch {
	case l.Skipped != "":
		fmt.Fprintf(w, "%s: skipped, it belongs to another study, %q\n", l.Package, l.Skipped)
		return
	case l.Error != "":
		fmt.Fprintf(w, "%s: not taken in: %s\n", l.Package, l.Error)
		return
	}
	fmt.Fprintf(w, "%s, from %s: %s\n", l.Package, l.From, job.PlanSentence(merge.Verdicts(l.Counts)))
	for _, it := range l.Invalid {
		fmt.Fprintf(w, "  line %d: %s\n", it.Line, it.Reason)
	}
	for _, n := range l.Notices {
		fmt.Fprintf(w, "  %s\n", n)
	}
}

// writeTogether says what all packages do together.
func writeTogether(w io.Writer, g *job.Gathering) {
	fmt.Fprintf(w, "together: %s\n", job.PlanSentence(g.Plan.Counts))
	for _, who := range slices.Sorted(maps.Keys(g.Plan.ByActor)) {
		fmt.Fprintf(w, "  by %s: %s\n", who, job.PlanSentence(g.Plan.ByActor[who]))
	}
	for _, d := range g.Days {
		fmt.Fprintf(w, "  on %s: %s\n", d.Day, job.PlanSentence(d.Verdicts))
	}
}

// cancelled is a merge that was broken off.
type cancelled struct{ done, all int }

// Is makes it a context.Canceled.
func (*cancelled) Is(target error) bool { return target == context.Canceled }

func (e *cancelled) Error() string {
	return fmt.Sprintf("cancelled: %d of %d packages were taken in and stay; the others can be taken in later", e.done, e.all)
}

// progress writes how far work is to standard error, if it is a terminal; clear removes
// the line.
func (c *call) progress() (p job.Progress, clear func()) {
	f, ok := c.stderr.(*os.File)
	if !ok || c.quiet || !isTerminal(f) {
		return nil, func() {}
	}
	var last time.Time
	return func(what string, done, total int) {
		if now := time.Now(); now.Sub(last) > 100*time.Millisecond {
			last = now
			fmt.Fprintf(f, "\r\x1b[K%s: %d of %d", what, done, total)
		}
	}, func() { fmt.Fprint(f, "\r\x1b[K") }
}

func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
