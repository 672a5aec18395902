package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// pairs is a flag NAME=VALUE that may be given several times.
type pairs [][2]string

func (p *pairs) String() string { return "" }
func (p *pairs) Set(s string) error {
	i := strings.LastIndexByte(s, '=')
	if i < 1 {
		return fmt.Errorf("%q is not written as NAME=VALUE", s)
	}
	*p = append(*p, [2]string{strings.TrimSpace(s[:i]), strings.TrimSpace(s[i+1:])})
	return nil
}

// raws is a flag that may be given several times.
type raws []string

func (r *raws) String() string     { return "" }
func (r *raws) Set(s string) error { *r = append(*r, s); return nil }

type listLine struct {
	File      string            `json:"file"`
	Format    string            `json:"format"`
	Encoding  string            `json:"encoding,omitempty"`
	Guessed   bool              `json:"encoding_guessed,omitempty"`
	Delimiter string            `json:"delimiter,omitempty"`
	Sheet     string            `json:"sheet,omitempty"`
	Layer     string            `json:"layer,omitempty"`
	From      string            `json:"projection,omitempty"`
	Columns   map[string]string `json:"columns"`
	Counts    listCounts        `json:"counts"`
	Batch     string            `json:"batch,omitempty"`
	Added     int               `json:"added"`
	Changed   int               `json:"changed"`
	Rows      []listRowLine     `json:"rows,omitempty"`
	Problems  []listProblem     `json:"problems,omitempty"`
}

type listCounts struct {
	New     int `json:"new"`
	Here    int `json:"here"`
	Updated int `json:"updated"`
	Doubt   int `json:"doubt"`
	Problem int `json:"problem"`
	Likely  int `json:"likely"`
}

type listRowLine struct {
	Row     int            `json:"row"`
	Name    string         `json:"name"`
	Verdict string         `json:"verdict"`
	Unit    string         `json:"unit,omitempty"`
	Changed []survey.Field `json:"changed,omitempty"`
	Likely  string         `json:"likely,omitempty"`
}

type listProblem struct {
	Row    int    `json:"row,omitempty"`
	Column string `json:"column,omitempty"`
	Text   string `json:"text"`
	Hint   string `json:"hint,omitempty"`
}

func importList(c *call, args []string) error {
	var given raws
	var mapped pairs
	var o exchange.ListOptions
	var take job.ListTake
	as := c.flags.String("as", "units", "")
	dry := c.flags.Bool("dry-run", false, "")
	c.flags.Var(&given, "map", "")
	level := c.flags.Int("level", 0, "")
	c.flags.StringVar(&o.Layer, "layer", "", "")
	c.flags.StringVar(&o.Encoding, "encoding", "", "")
	c.flags.StringVar(&o.Delimiter, "delimiter", "", "")
	c.flags.StringVar(&o.Sheet, "sheet", "", "")
	form := c.flags.String("form", "", "")
	c.flags.BoolVar(&take.NotLikely, "skip-likely", false, "")
	c.flags.BoolVar(&take.Doubtful, "doubtful", false, "")
	rest, err := c.studyArgs(args, 2, 2)
	if err != nil {
		return err
	}
	switch *as {
	case "units":
		if given := false; job.IsPublished(rest[1]) {
			c.flags.Visit(func(f *flag.Flag) { given = given || f.Name == "as" })
			if !given {
				*as = "interviews" // it comes back
			}
		}
	case "boundaries":
		return c.importBoundaries(rest[0], rest[1], boundaryFlags{*level, o.Layer, o.Encoding, given, *dry})
	case "layer":
		return c.importLayer(rest[0], rest[1], o.Layer, *dry)
	case "interviews":
	default:
		return usage("--as %s is not there yet; units, interviews, boundaries and a layer can be taken in", *as)
	}
	for _, m := range given {
		if err := mapped.Set(m); err != nil {
			return &usageError{err.Error()}
		}
	}
	if *as == "interviews" {
		return c.importInterviews(rest[0], rest[1], job.InterviewOptions{Form: *form, Map: mapped, Encoding: o.Encoding, Delimiter: o.Delimiter}, *dry)
	}
	h, err := job.ReadListHead(c.ctx, rest[1], o)
	if err != nil {
		return err
	}
	for _, m := range mapped {
		if err := h.Map(m[0], job.ColumnRole(m[1])); err != nil {
			return &usageError{err.Error()}
		}
	}
	return with(rest[0], func(s *job.Study) error {
		p, err := s.PlanList(c.ctx, rest[1], h, nil)
		if err != nil {
			return err
		}
		l := lineOf(p)
		if !*dry {
			if l.Batch, err = p.Apply(c.ctx, take, nil); err != nil {
				return err
			}
		}
		l.Added, l.Changed = p.Count(take)
		err = c.print(l, func(w io.Writer) { c.listed(w, p, l, *dry) })
		if err == nil && survey.Unusable(p.Problems) || err == nil && p.Counts.Doubt > 0 && !take.Doubtful {
			err = errProblems
		}
		return err
	})
}

func lineOf(p *job.ListPlan) listLine {
	l := listLine{File: p.Head.Name, Format: p.Head.Format, Encoding: p.Head.Encoding, Guessed: p.Head.Guessed, Delimiter: p.Head.Delimiter, Sheet: p.Head.Sheet, Layer: p.Head.Layer, From: p.Head.Projection,
		Columns: map[string]string{}, Counts: listCounts(p.Counts)}
	for i, name := range p.Head.Columns {
		l.Columns[name] = string(p.Head.Roles[i])
	}
	for _, r := range p.Rows {
		if r.Verdict != job.ListHere {
			l.Rows = append(l.Rows, listRowLine{r.Row, r.Name, string(r.Verdict), r.Unit, r.Changed, r.Likely})
		}
	}
	for _, x := range p.Problems {
		l.Problems = append(l.Problems, listProblem{x.Row, x.Column, x.Text, x.Hint})
	}
	return l
}

// listed says how a list was read, what becomes of it and what is wrong.
func (c *call) listed(w io.Writer, p *job.ListPlan, l listLine, dry bool) {
	if !c.quiet {
		how := l.Format
		for _, s := range []string{l.Layer, l.Encoding} {
			if s != "" {
				how += ", " + s
			}
		}
		if l.Guessed {
			how += " (a guess; --encoding says another)"
		}
		if l.Delimiter != "" {
			how += fmt.Sprintf(", between cells %q", l.Delimiter)
		}
		if l.From != "" {
			how += ", converted from " + l.From
		}
		fmt.Fprintf(w, "%s: %s\n", l.File, how)
		for i, name := range p.Head.Columns {
			fmt.Fprintf(w, "  %s=%s\n", name, p.Head.Roles[i])
		}
	}
	fmt.Fprintln(w, job.ListSentence(p.Counts))
	for _, r := range p.Rows {
		if r.Likely != "" && !c.quiet {
			fmt.Fprintf(w, "row %d: %s may be here as %s\n", r.Row, r.Name, r.Likely)
		}
	}
	for _, x := range p.Problems {
		fmt.Fprintln(w, rowProblem(x))
	}
	switch {
	case dry:
		fmt.Fprintf(w, "%d units would be added, %d changed\n", l.Added, l.Changed)
	case l.Batch == "":
		fmt.Fprintln(w, "nothing was changed")
	default:
		fmt.Fprintf(w, "%d units added, %d changed; batch %s\n", l.Added, l.Changed, l.Batch)
	}
}

func rowProblem(p survey.Problem) string {
	text := ""
	if p.Row > 0 {
		text = fmt.Sprintf("row %d", p.Row)
	}
	if p.Column != "" {
		text += ", " + p.Column
	}
	p.Row, p.Cell = 0, ""
	if text == "" {
		return p.String()
	}
	p.Sheet = ""
	return text + ": " + p.String()
}

func assign(c *call, args []string) error {
	var o job.Choose
	var share list
	to := c.flags.String("to", "", "")
	ids := c.flags.String("ids", "", "")
	none := c.flags.Bool("none", false, "")
	c.flags.StringVar(&o.Region, "region", "", "")
	c.flags.StringVar(&o.Stratum, "stratum", "", "")
	c.flags.StringVar(&o.Country, "country", "", "")
	c.flags.Var(&share, "share", "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	if n := len(share); (*to != "") == (n > 0) && !*none || *none && (*to != "" || n > 0) {
		return usage("give one of --to, --share and --none")
	}
	if *to != "" || *none {
		share = list{*to}
	}
	if *ids != "" {
		f := c.stdin
		if *ids != "-" {
			file, err := os.Open(*ids)
			if err != nil {
				return err
			}
			defer file.Close()
			f = file
		}
		if o.IDs, err = job.ReadIDs(f); err != nil {
			return err
		}
	}
	return with(rest[0], func(s *job.Study) error {
		us, err := s.Chosen(o)
		if err != nil {
			return err
		}
		var units []string
		for _, u := range us {
			units = append(units, u.ID)
		}
		shares, changed, err := s.Assign(c.ctx, units, share...)
		if err != nil {
			return err
		}
		return c.print(map[string]any{"shares": shares, "changed": changed}, func(w io.Writer) {
			for _, x := range shares {
				who := x.To
				if who == "" {
					who = "nobody"
				}
				fmt.Fprintf(w, "%s: %d units\n", who, x.Units)
			}
			fmt.Fprintf(w, "%d changed\n", changed)
		})
	})
}

func targets(c *call, args []string) error {
	var set pairs
	by := c.flags.String("by", job.ByStratum, "")
	c.flags.Var(&set, "set", "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	wanted := map[string]int{}
	for _, p := range set {
		n, err := strconv.Atoi(p[1])
		if err != nil || n < 0 {
			return usage("--set %s=%s: a target is a number of interviews", p[0], p[1])
		}
		wanted[p[0]] = n
	}
	return with(rest[0], func(s *job.Study) error {
		if err := s.SetTargets(c.ctx, *by, wanted); err != nil {
			return err
		}
		ts, err := s.Targets()
		if err != nil {
			return err
		}
		if ts == nil {
			ts = []job.Target{}
		}
		return c.print(ts, func(w io.Writer) { printTargets(w, ts) })
	})
}

// printTargets writes each target with a bar of twenty signs.
func printTargets(w io.Writer, ts []job.Target) {
	for _, t := range ts {
		full := min(20, 20*t.Done/t.Target)
		fmt.Fprintf(w, "%s%s  %s %s: %s\n", strings.Repeat("#", full), strings.Repeat(".", 20-full), t.By, t.Label, t.Sentence())
	}
}
