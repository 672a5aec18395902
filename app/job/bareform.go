package job

import (
	"fmt"
	"slices"

	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// bareProgram is a questionnaire made of the answers of an interview whose own is not
// on this laptop: questions show their names, and nothing can be changed.
func bareProgram(d *survey.Document, draft map[survey.Field]survey.Value) (*interview.Program, error) {
	f := &survey.Form{ID: d.Form, Version: d.FormVersion, Title: d.Form}
	f.Items = append(f.Items, &survey.Question{Kind: survey.Note, Type: "note", Node: survey.Node{Name: "form_not_here", Label: survey.Text{"": fmt.Sprintf(
		"The questionnaire %s, version %s, is not on this laptop. Questions show their names, and nothing can be changed here. Take in a package from a laptop that has it.", d.Form, d.FormVersion)}}})
	fields := make([]survey.Field, 0, len(d.Heads)+len(draft))
	for x := range d.Heads {
		fields = append(fields, x)
	}
	for x := range draft {
		fields = append(fields, x)
	}
	slices.Sort(fields)
	for _, x := range fields {
		if q, _, ok := x.Remarked(); ok {
			x = q
		}
		steps, err := x.Steps()
		if err != nil || x[0] == '_' {
			continue
		}
		grow(&f.Items, steps)
	}
	p, ps := interview.Compile(f)
	if p == nil {
		return nil, &FormError{Name: d.Form, Problems: ps}
	}
	return p, nil
}

// grow makes what a field goes through: a repeat where it has a row, a group before
// other steps, a question at the end.
func grow(items *[]survey.Item, steps []survey.Step) {
	s := steps[0]
	i := slices.IndexFunc(*items, func(it survey.Item) bool { return it.Common().Name == s.Name })
	if i < 0 {
		node := survey.Node{Name: s.Name, Label: survey.Text{"": s.Name}}
		var it survey.Item
		switch {
		case s.Row != "":
			it = &survey.Repeat{Node: node, Fixed: true}
		case len(steps) > 1:
			it = &survey.Group{Node: node}
		default:
			node.ReadOnly = "true()"
			it = &survey.Question{Node: node, Kind: survey.String, Type: "text"}
		}
		i = len(*items)
		*items = append(*items, it)
	}
	if len(steps) == 1 {
		return
	}
	switch t := (*items)[i].(type) {
	case *survey.Group:
		grow(&t.Items, steps[1:])
	case *survey.Repeat:
		grow(&t.Items, steps[1:])
	case *survey.Question: // a question and a group of one name: kept, not shown
	}
}
