package job

import (
	"fmt"
	"slices"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/survey/table"
)

// mostPanels is how many small maps a picture has.
const mostPanels = 30

// multiples gives a scene a small map for each choice of a question, or for each class of
// numbers, with its units one by one and their number. Units without an answer have one if
// there are any.
func (s *Study) multiples(sc *paint.Scene, us []table.Unit, question string) error {
	if question == ByForm {
		question = ""
	}
	units, err := s.unitsBy(us, question)
	if err != nil {
		return err
	}
	sc.Layers = slices.DeleteFunc(sc.Layers, func(l layer.Layer) bool {
		switch l.(type) {
		case *layer.Points, *layer.Density:
			return true
		}
		return false
	})
	last := len(units.Classes) - 1 // those without an answer
	for i, k := range units.ByClass() {
		if n := len(k.Points); i < last || n > 0 {
			sc.Panels = append(sc.Panels, paint.Panel{Title: units.Classes[i].Name, Note: Counted(n, "unit"), Layers: []layer.Layer{k}})
		}
	}
	switch n := len(sc.Panels); {
	case n > mostPanels:
		return fmt.Errorf("%q has %d choices, and %d small maps are the most that can be read side by side; colour the units of one map by it, or choose another question", units.Title, n, mostPanels)
	case n == 0:
		return fmt.Errorf("no unit has an answer to %q", units.Title)
	}
	if without := len(us) - len(units.Points); without > 0 {
		sc.Notes = append(sc.Notes, Counted(without, "unit")+" without a point not shown.")
	}
	return nil
}
