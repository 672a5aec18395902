package cli

import (
	"fmt"
	"io"

	"sselandscape/app/job"
	"sselandscape/survey"
)

type layerLine struct {
	File     string        `json:"file"`
	Layer    string        `json:"layer,omitempty"`
	About    string        `json:"about"`
	Shapes   int           `json:"shapes"`
	Kept     bool          `json:"kept"`
	Problems []listProblem `json:"problems,omitempty"`
}

// importLayer puts a layer of one's own, or a base map, on the study's map.
func (c *call) importLayer(dir, file, layer string, dry bool) error {
	return with(dir, func(s *job.Study) error {
		look, err := s.MapLook()
		if err != nil {
			return err
		}
		a, err := s.AddMapFile(c.ctx, &look, file, layer)
		if err != nil {
			return err
		}
		if !dry {
			if err := s.KeepMapLook(look); err != nil {
				return err
			}
		}
		l := layerLine{File: file, Layer: layer, About: a.About, Shapes: a.Shapes, Kept: !dry}
		for _, x := range a.Problems {
			l.Problems = append(l.Problems, listProblem{x.Row, x.Column, x.Text, x.Hint})
		}
		err = c.print(l, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %s\n", a.Name, a.About)
			for _, x := range a.Problems {
				fmt.Fprintln(w, job.FeatureProblem(x))
			}
			if dry {
				fmt.Fprintln(w, "nothing was changed")
			} else {
				fmt.Fprintln(w, "it is shown on the study's map, from where the file is")
			}
		})
		if err == nil && survey.Unusable(a.Problems) {
			err = errProblems
		}
		return err
	})
}
