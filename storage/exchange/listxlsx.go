package exchange

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"sselandscape/survey"
	"sselandscape/survey/xlsform"
)

// workbookList is a sheet of a workbook.
type workbookList struct {
	book *xlsform.Worksheets
	list *List
}

// openWorkbook reads with the limits of xlsform; a library that keeps a whole sheet
// in memory needs 600 MB for 100,000 rows.
func openWorkbook(_ context.Context, f *os.File, _ int64, l *List, o ListOptions) (listSource, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	book, err := xlsform.OpenWorksheets(f)
	if err != nil {
		return nil, err
	}
	l.Sheets = book.Sheets()
	l.Sheet = l.Sheets[0]
	if o.Sheet != "" {
		if !slices.Contains(l.Sheets, o.Sheet) {
			return nil, fmt.Errorf("there is no sheet %q; there are %s", o.Sheet, strings.Join(l.Sheets, ", "))
		}
		l.Sheet = o.Sheet
	}
	return &workbookList{book: book, list: l}, nil
}

func (*workbookList) columns() []string { return nil }

func (w *workbookList) rows(ctx context.Context) iter.Seq2[ListRow, error] {
	return func(yield func(ListRow, error) bool) {
		told := false
		for r, err := range w.book.Rows(w.list.Sheet) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(ListRow{}, err)
				return
			}
			row := ListRow{Number: r.Number, Cells: r.Cells}
			for i, c := range r.Cells {
				if len(c) > maxCell && utf8.RuneCountInString(c) > maxCell {
					row.Bad = fmt.Sprintf("cell %s%d holds more than %d characters", letters(i), r.Number, maxCell)
				}
			}
			if len(r.Formulas) > 0 && !told {
				told = true // once; a column of formulas has one in each row
				w.list.note(survey.Problem{Row: r.Number, Cell: fmt.Sprint(letters(r.Formulas[0]), r.Number), Severity: survey.Warning,
					Text: "the cell holds a formula; of formulas the values are taken that were saved with the workbook", Hint: "open and save it in a spreadsheet program if they may be old"})
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}
