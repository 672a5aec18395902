package xlsform

import (
	"slices"

	"sselandscape/survey"
)

// Locate completes problems that name a row and a column of the book with the
// cell, and puts them into reading order. Columns that the header row does not
// have stay without a cell.
func (b Book) Locate(ps []survey.Problem) []survey.Problem {
	p := &parser{form: &survey.Form{}}
	out := slices.Clone(ps)
	heads := map[string][]column{}
	for i := range out {
		x := &out[i]
		if x.Row == 0 || x.Column == "" || x.Cell != "" {
			continue
		}
		cols, known := heads[x.Sheet]
		if !known {
			cols = b.columns(x.Sheet)
			heads[x.Sheet] = cols
		}
		for _, c := range cols {
			if c.name == x.Column {
				x.Column, x.Cell = c.title, cellName(c.index, x.Row)
				break
			}
		}
	}
	p.problems = out
	return p.sorted()
}

// columns reads the header row of a sheet.
func (b Book) columns(sheet string) []column {
	s, ok := b.Sheet(sheet)
	if !ok && sheet == "survey" && len(b.Sheets) == 1 {
		s, ok = b.Sheets[0], true
	}
	kind, known := map[string]sheetKind{"survey": surveySheet, "choices": choiceSheet, "external_choices": choiceSheet,
		"settings": settingsSheet, "entities": entitySheet}[sheet]
	if !ok || !known {
		return nil
	}
	for i, row := range s.Rows {
		if !isBlank(row) {
			cols, _ := headers(s, i+1, row, kind)
			return cols
		}
	}
	return nil
}
