package xlsform

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
)

// Worksheets is a workbook that holds lists, not a form: its sheets are read row by
// row, so that memory does not grow with them.
type Worksheets struct {
	file *workbook
	c    *cells
}

// WorksheetRow is a row of a sheet. Cells are text as in ReadXLSX, but for dates,
// which are ISO 8601: "2020-01-02", "2020-01-02T10:30:00".
type WorksheetRow struct {
	Number int // 1-based, as the spreadsheet program shows it
	Cells  []string
	// Formulas are the columns, from 0, whose value was saved by the program that
	// computed it and may be old.
	Formulas []int
}

// OpenWorksheets reads what is in a workbook, but no sheet yet. Limits and errors
// are those of ReadXLSX.
func OpenWorksheets(r io.Reader) (*Worksheets, error) {
	file, size, err := source(r)
	if err != nil {
		return nil, err
	}
	if err := recognise(file, size); err != nil {
		return nil, err
	}
	a, err := openArchive(file, size)
	if err != nil {
		return nil, err
	}
	main, err := a.mainPart()
	if err != nil {
		return nil, err
	}
	w := &Worksheets{file: &workbook{archive: a}}
	if err := w.file.contents(main); err != nil {
		return nil, err
	}
	if len(w.file.sheets) == 0 {
		return nil, errors.New("the workbook has no sheet")
	}
	w.c = &cells{archive: a}
	w.c.dates.from1904 = w.file.from1904
	if w.file.shared != "" {
		if err := w.c.readShared(w.file.shared); err != nil {
			return nil, err
		}
	}
	if w.file.styles != "" && a.has(w.file.styles) {
		return w, w.c.dates.readStyles(a, w.file.styles)
	}
	return w, nil
}

// Sheets lists the names of the sheets in their order.
func (w *Worksheets) Sheets() []string {
	var out []string
	for _, s := range w.file.sheets {
		out = append(out, s.name)
	}
	return out
}

// Rows reads the rows of a sheet; a row may be kept, its cells may not be changed.
// Rows that are blank are left out. After an error nothing follows.
func (w *Worksheets) Rows(sheet string) iter.Seq2[WorksheetRow, error] {
	return func(yield func(WorksheetRow, error) bool) {
		for _, s := range w.file.sheets {
			if s.name == sheet {
				if err := w.read(s, func(r WorksheetRow) bool { return yield(r, nil) }); err != nil {
					yield(WorksheetRow{}, err)
				}
				return
			}
		}
		yield(WorksheetRow{}, fmt.Errorf("the workbook has no sheet %q", sheet))
	}
}

func (w *Worksheets) read(s sheetPart, each func(WorksheetRow) bool) error {
	p, err := w.c.archive.open(s.part)
	if err != nil {
		return fmt.Errorf("sheet %q: %w", s.name, err)
	}
	defer p.Close()
	r := &listReader{sheetReader: sheetReader{cells: w.c, x: newXMLReader(p), sheet: s.name}, each: each}
	err = r.readAll()
	switch {
	case errors.Is(err, errTooLong):
		return fmt.Errorf("sheet %q, row %d: a cell holds more than 1 MB of text; shorten it", s.name, max(r.row, 1))
	case errors.Is(err, errTooBig):
		return errTooBig
	case err != nil:
		return fmt.Errorf("sheet %q: %w", s.name, partError(s.part, err))
	}
	return nil
}

// listReader reads the rows of one sheet of a list.
type listReader struct {
	sheetReader
	each     func(WorksheetRow) bool
	formulas []int
}

func (r *listReader) readAll() error {
	for {
		tok, err := r.x.next()
		switch {
		case err != nil:
			return err
		case tok == xmlEOF, tok == xmlEnd && string(r.x.name) == "sheetData":
			return nil
		case tok == xmlStart && string(r.x.name) == "row":
			more, err := r.listRow()
			if err != nil || !more {
				return err
			}
		}
	}
}

// listRow reads the row that has begun and says whether more are wanted.
func (r *listReader) listRow() (more bool, err error) {
	at := r.row + 1
	if s := r.x.attr("r"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < at {
			return false, fmt.Errorf("the row number %.20q follows row %d", s, r.row)
		}
		at = n
	}
	r.row, r.line, r.formulas = at, nil, nil
	r.texts.size = 0 // rows are handed on, not kept
	if err := r.listCells(); err != nil {
		return false, err
	}
	if isBlank(r.line) {
		return true, nil
	}
	return r.each(WorksheetRow{Number: r.row, Cells: r.line, Formulas: r.formulas}), nil
}

func (r *listReader) listCells() error { return r.x.cells(r.listCell) }

// listCell reads the cell that has begun.
func (r *listReader) listCell(col int, kind string, style int) error {
	text, formula, err := r.listText(kind, style)
	if err != nil {
		return err
	}
	if formula {
		r.formulas = append(r.formulas, col)
	}
	if text == "" {
		return nil
	}
	if col >= maxColumns {
		return tooMuch("sheet %q has more than %d columns; delete those that are not part of the list", r.sheet, maxColumns)
	}
	for len(r.line) <= col {
		r.line = append(r.line, "")
	}
	r.line[col] = text
	return nil
}

// listText gives the text of the cell that has begun, and whether a formula gave it.
func (r *listReader) listText(kind string, style int) (text string, formula bool, err error) {
	r.buf = r.buf[:0]
	within := 0
	for at := r.x.depth; r.x.depth >= at; {
		tok, err := r.x.next()
		if err != nil {
			return "", formula, err
		}
		switch name := string(r.x.name); {
		case tok == xmlText && within == r.x.depth:
			if r.buf = append(r.buf, r.x.text...); len(r.buf) > maxToken {
				return "", formula, errTooLong
			}
		case tok != xmlStart:
		case name == "rPh" || name == "f":
			formula = formula || name == "f"
			if err := r.x.skip(); err != nil {
				return "", formula, err
			}
		case name == "v" && kind != "inlineStr" || name == "t" && kind == "inlineStr":
			within = r.x.depth
		default:
			within = 0
		}
	}
	if len(r.buf) == 0 {
		return "", formula, nil
	}
	text, err = r.value(kind, style)
	if kind == "" || kind == "n" {
		if day, clock, ok := strings.Cut(text, " "); ok && clock == "00:00:00" {
			text = day
		} else if ok && len(day) == len("2020-01-02") {
			text = day + "T" + clock
		}
	}
	return text, formula, err
}
