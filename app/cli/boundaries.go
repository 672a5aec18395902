package cli

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// boundaryFlags are the flags of import that are for boundaries alone.
type boundaryFlags struct {
	level    int
	layer    string
	encoding string
	mapped   []string
	dry      bool
}

type boundaryLine struct {
	File       string            `json:"file"`
	Format     string            `json:"format"`
	Layer      string            `json:"layer,omitempty"`
	Encoding   string            `json:"encoding,omitempty"`
	Projection string            `json:"projection,omitempty"`
	Level      int               `json:"level"`
	Columns    map[string]string `json:"columns"`
	Features   int               `json:"features"`
	Areas      int               `json:"areas"`
	Points     int               `json:"points"`
	Shared     int               `json:"shared_borders"`
	Countries  []string          `json:"countries"`
	Replaced   int               `json:"replaced"`
	ByPlace    int               `json:"by_place"`
	Kept       bool              `json:"kept"`
	Problems   []listProblem     `json:"problems,omitempty"`
}

// eachRole splits code=COL,name=COL where a role begins; names of columns may have
// commas.
var eachRole = regexp.MustCompile(`,\s*(code|name|name:[\w-]+|parent|country|other)=`)

// mapRoles gives columns the roles that --map says.
func mapRoles(h *job.BoundaryHead, mapped []string) error {
	for _, m := range mapped {
		from := 0
		cuts := append(eachRole.FindAllStringIndex(m, -1), []int{len(m), len(m)})
		for _, cut := range cuts {
			role, column, ok := strings.Cut(m[from:cut[0]], "=")
			if !ok {
				return usage("--map %s is not written as code=COLUMN,name=COLUMN", m)
			}
			if err := h.Map(job.BoundaryRole(strings.TrimSpace(role)), column); err != nil {
				return &usageError{err.Error()}
			}
			from = cut[0] + 1
		}
	}
	return nil
}

// importBoundaries takes areas in for the study's maps.
func (c *call) importBoundaries(dir, file string, f boundaryFlags) error {
	if f.level < 0 || f.level > 6 {
		return usage("--level is 1 for regions, 2 for districts, 3 for communes, up to 6")
	}
	h, err := job.ReadBoundaryHead(c.ctx, file, f.level, exchange.BoundaryOptions{Layer: f.layer, Encoding: f.encoding})
	if err != nil {
		return err
	}
	if err := mapRoles(h, f.mapped); err != nil {
		return err
	}
	return with(dir, func(s *job.Study) error {
		p, err := s.PlanBoundaries(c.ctx, h, nil)
		if err != nil {
			return err
		}
		if !f.dry {
			if err := p.Apply(c.ctx); err != nil {
				return err
			}
		}
		l := boundaryLineOf(p, !f.dry)
		err = c.print(l, func(w io.Writer) { c.planned(w, p, l) })
		if err == nil && survey.Unusable(p.Problems) {
			err = errProblems
		}
		return err
	})
}

func boundaryLineOf(p *job.BoundaryPlan, kept bool) boundaryLine {
	h := p.Head
	l := boundaryLine{File: h.Name, Format: h.Format, Layer: h.Layer, Encoding: h.Encoding, Projection: h.Projection, Level: h.Level, Columns: map[string]string{},
		Features: p.Features, Areas: p.Areas, Points: p.Vertices, Shared: p.Shared, Countries: p.Countries, Replaced: p.Replaced, ByPlace: p.ByPlace, Kept: kept}
	for i, name := range h.Columns {
		l.Columns[name] = string(h.Roles[i])
	}
	for _, x := range p.Problems {
		l.Problems = append(l.Problems, listProblem{x.Row, x.Column, x.Text, x.Hint})
	}
	return l
}

// planned says how a file was read, what comes of it and what is wrong.
func (c *call) planned(w io.Writer, p *job.BoundaryPlan, l boundaryLine) {
	if !c.quiet {
		how := l.Format
		for _, s := range []string{l.Layer, l.Encoding} {
			if s != "" {
				how += ", " + s
			}
		}
		if l.Projection != "" {
			how += ", converted from " + l.Projection
		}
		fmt.Fprintf(w, "%s: %s\n", l.File, how)
		for i, name := range p.Head.Columns {
			fmt.Fprintf(w, "  %s=%s\n", p.Head.Roles[i], name)
		}
	}
	fmt.Fprintln(w, p.Sentence())
	for _, x := range p.Problems {
		fmt.Fprintln(w, job.FeatureProblem(x))
	}
	if l.Kept {
		fmt.Fprintf(w, "%d areas are kept in the study\n", l.Areas)
	} else {
		fmt.Fprintf(w, "%d areas would be kept in the study\n", l.Areas)
	}
}

type packLine struct {
	ID        string   `json:"id"`
	File      string   `json:"file"`
	Level     int      `json:"level"`
	Areas     int      `json:"areas"`
	Countries []string `json:"countries"`
	Use       bool     `json:"use"`
	By        string   `json:"by"`
	At        string   `json:"at"`
	Problem   string   `json:"problem,omitempty"`
}

// boundaries lists what own boundaries a study has; puts some aside, or takes them
// again.
func boundaries(c *call, args []string) error {
	aside := c.flags.String("aside", "", "")
	use := c.flags.String("use", "", "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		for id, use := range map[string]bool{*aside: false, *use: true} {
			if id == "" {
				continue
			}
			if err := s.UseBoundaries(c.ctx, id, use); err != nil {
				return err
			}
		}
		bs, err := s.Boundaries()
		if err != nil {
			return err
		}
		lines, wrong := []packLine{}, false
		for _, b := range bs {
			lines = append(lines, packLine{b.SHA256[:12], b.Name, b.Level, b.Areas, b.Countries, b.Use, b.By, b.At, b.Problem})
			wrong = wrong || b.Problem != ""
		}
		err = c.print(lines, func(w io.Writer) {
			for _, l := range lines {
				state := ""
				if !l.Use {
					state = "; put aside"
				}
				if l.Problem != "" {
					state += "; not used: " + l.Problem
				}
				fmt.Fprintf(w, "%s  %s: %d areas of level %d, %s%s\n", l.ID, l.File, l.Areas, l.Level, strings.Join(l.Countries, ", "), state)
			}
		})
		if err == nil && wrong {
			err = errProblems
		}
		return err
	})
}

// problems lists units whose point contradicts what is said of them.
func problems(c *call, args []string) error {
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	return with(rest[0], func(s *job.Study) error {
		ps, err := s.PlaceProblems()
		if err != nil {
			return err
		}
		if ps == nil {
			ps = []job.PlaceProblem{}
		}
		err = c.print(ps, func(w io.Writer) {
			for _, p := range ps {
				fmt.Fprintf(w, "%s  %s: %s\n", p.Unit, p.Name, p.Text)
			}
			if len(ps) == 0 && !c.quiet {
				fmt.Fprintln(w, "no point contradicts what is said of its unit")
			}
		})
		if err == nil && len(ps) > 0 {
			err = errProblems
		}
		return err
	})
}
