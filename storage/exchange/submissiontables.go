package exchange

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"sselandscape/survey"
)

// links are the columns by which rows of tables find each other, -1 if there is
// none: KEY and PARENT_KEY of ODK, _index and _parent_index of KoboToolbox.
type links struct {
	key, parentKey, index, parentIndex, parentTable int
}

func linksOf(columns []string) links {
	at := func(name string) int { return slices.Index(columns, name) }
	return links{at("KEY"), at("PARENT_KEY"), at("_index"), at("_parent_index"), at("_parent_table_name")}
}

// below says whether the table holds rows of a repeat.
func (l links) below() bool { return l.parentKey >= 0 || l.parentIndex >= 0 }

// openTable opens text with separators.
func (s *Submissions) openTable(ctx context.Context, file, name string, o SubmissionOptions) error {
	f, size, err := openGiven(file)
	if f != nil {
		s.closers = append(s.closers, f.Close)
	}
	if err != nil {
		return err
	}
	if size > maxListFile {
		return fmt.Errorf("it is larger than %d GB; split it", maxListFile>>30)
	}
	l := &List{}
	source, err := openText(ctx, f, size, l, ListOptions{Encoding: o.Encoding, Delimiter: o.Delimiter})
	if err != nil {
		return err
	}
	source.(*textList).cells = maxSubmissionCols
	s.Encoding, s.Guessed, s.Delimiter = l.Encoding, s.Guessed || l.Guessed, l.Delimiter
	return s.addTable(ctx, &SubmissionTable{Name: strings.TrimSuffix(path.Base(name), path.Ext(name)), file: name, Comma: l.Comma, source: source, list: l})
}

// openSheets opens the sheets of a workbook.
func (s *Submissions) openSheets(ctx context.Context, file string) error {
	f, size, err := openGiven(file)
	if f != nil {
		s.closers = append(s.closers, f.Close)
	}
	if err != nil {
		return err
	}
	l := &List{}
	source, err := openWorkbook(ctx, f, size, l, ListOptions{})
	if err != nil {
		return err
	}
	book := source.(*workbookList).book
	for _, sheet := range l.Sheets {
		l := &List{Sheet: sheet}
		if err := s.addTable(ctx, &SubmissionTable{Name: sheet, source: &workbookList{book: book, list: l}, list: l}); err != nil {
			return err
		}
	}
	return s.arrange("xlsx")
}

// addTable reads the names of the columns: the first row that is not blank. A table
// without rows is left out.
func (s *Submissions) addTable(ctx context.Context, t *SubmissionTable) error {
	for r, err := range t.source.rows(ctx) {
		if err != nil {
			return err
		}
		if r.Bad != "" {
			return fmt.Errorf("row %d must name the columns, but %s", r.Number, r.Bad)
		}
		if filled(r.Cells) == 0 {
			continue
		}
		t.head = r.Number
		for _, c := range r.Cells {
			if why := unfit(c); why != "" {
				return fmt.Errorf("row %d must name the columns, but one %s", r.Number, why)
			}
			t.Columns = append(t.Columns, strings.Join(strings.Fields(c), " "))
		}
		t.links = linksOf(t.Columns)
		s.Tables = append(s.Tables, t)
		return nil
	}
	s.note(survey.Problem{Sheet: t.Name, Severity: survey.Warning, Text: "it holds no rows and is left out"})
	return nil
}

// arrange puts the table of the interviews first.
func (s *Submissions) arrange(format string) error {
	s.Format = format
	main, names := -1, []string{}
	for i, t := range s.Tables {
		if !t.links.below() {
			main, names = i, append(names, t.Name)
		}
	}
	switch {
	case len(s.Tables) == 0:
		return errors.New("it holds no rows; the first row must name the columns")
	case main < 0:
		return errors.New("it holds rows of repeats alone; choose the archive, the folder or the workbook with the interviews, too")
	case len(names) > 1 && format == "xlsx":
		main = slices.IndexFunc(s.Tables, func(t *SubmissionTable) bool { return !t.links.below() })
		for _, name := range names[1:] {
			s.note(survey.Problem{Sheet: name, Severity: survey.Warning, Text: "the sheet does not say which interviews its rows belong to and is left out"})
		}
	case len(names) > 1:
		return fmt.Errorf("it holds several tables of interviews: %s; choose one of them, or put each into a folder of its own with its repeats", strings.Join(names, ", "))
	}
	first := s.Tables[main]
	s.Tables = slices.DeleteFunc(s.Tables, func(t *SubmissionTable) bool { return !t.links.below() })
	s.Tables = slices.Insert(s.Tables, 0, first)
	return nil
}

// each visits the rows of a table that are not blank.
func (s *Submissions) each(ctx context.Context, t *SubmissionTable, visit func(r *TableRow, bad string) error) error {
	t.list.Problems, t.list.dropped = nil, 0
	at := slices.Index(s.Tables, t)
	for r, err := range t.source.rows(ctx) {
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if r.Number <= t.head || filled(r.Cells) == 0 && r.Bad == "" {
			continue
		}
		row := &TableRow{Table: at, Row: r.Number}
		bad := r.Bad
		for i, c := range r.Cells {
			if strings.TrimSpace(c) == "" {
				continue
			}
			switch why := unfit(c); {
			case i >= len(t.Columns) && bad == "":
				bad = fmt.Sprintf("it has %d cells, but there are %d columns", len(r.Cells), len(t.Columns))
			case i >= len(t.Columns):
			case why != "" && bad == "":
				bad = fmt.Sprintf("the cell of %s %s", t.Columns[i], why)
			default:
				row.Cells = append(row.Cells, TableCell{i, c})
			}
		}
		if err := visit(row, bad); err != nil {
			return err
		}
	}
	for _, p := range t.list.Problems {
		p.Sheet = t.Name
		s.note(p)
	}
	return nil
}

// repeats are the rows of repeats that are waiting for the row above them.
type repeats struct {
	rows map[string][]*TableRow
	n    int
	size int
}

// rows joins the tables: the rows of repeats are read into memory, those of the
// interviews one after the other.
func (s *Submissions) rows(ctx context.Context, visit func(*Submission) error) error {
	w := repeats{rows: map[string][]*TableRow{}}
	for _, t := range s.Tables[1:] {
		if err := s.each(ctx, t, func(r *TableRow, bad string) error { return s.wait(&w, t, r, bad) }); err != nil {
			return err
		}
	}
	err := s.each(ctx, s.Tables[0], func(r *TableRow, bad string) error {
		if err := s.join(&w, r, 0); err != nil {
			return err
		}
		return visit(&Submission{TableRow: *r, File: s.Tables[0].file, Bad: bad})
	})
	if err != nil {
		return err
	}
	var lost []*TableRow
	for _, rs := range w.rows {
		lost = append(lost, rs...)
	}
	slices.SortFunc(lost, func(a, b *TableRow) int { return (a.Table-b.Table)<<32 + a.Row - b.Row })
	for _, r := range lost {
		s.note(survey.Problem{Sheet: s.Tables[r.Table].Name, Row: r.Row, Text: "the row belongs to an interview that is not in the file", Hint: "the row is left out"})
	}
	return nil
}

// wait keeps a row of a repeat by the key of the row above.
func (s *Submissions) wait(w *repeats, t *SubmissionTable, r *TableRow, bad string) error {
	if bad != "" {
		s.note(survey.Problem{Sheet: t.Name, Row: r.Row, Text: bad, Hint: "the row is left out"})
		return nil
	}
	w.n++
	for _, c := range r.Cells {
		w.size += 24 + len(c.Text)
	}
	w.size += 128
	if w.n > maxSubmissionRows || w.size > maxSubmissionText {
		return fmt.Errorf("%s: there are more than %d rows of repeats, or they hold more than %d MB; split the file", t.Name, maxSubmissionRows, maxSubmissionText>>20)
	}
	key := "k\x00" + r.Cell(t.links.parentKey)
	if t.links.parentKey < 0 {
		above := s.Tables[0].Name
		if name := r.Cell(t.links.parentTable); name != "" {
			above = name
		}
		key = "i\x00" + above + "\x00" + r.Cell(t.links.parentIndex)
	}
	w.rows[key] = append(w.rows[key], r)
	return nil
}

// join takes the rows that wait for one, and for those in turn.
func (s *Submissions) join(w *repeats, r *TableRow, depth int) error {
	if depth > maxRowsBelow {
		return fmt.Errorf("repeats are nested more than %d deep", maxRowsBelow)
	}
	t := s.Tables[r.Table]
	var keys []string
	if k := r.Cell(t.links.key); k != "" {
		keys = append(keys, "k\x00"+k)
	}
	if k := r.Cell(t.links.index); k != "" {
		keys = append(keys, "i\x00"+t.Name+"\x00"+k)
	}
	for _, k := range keys {
		r.Below = append(r.Below, w.rows[k]...)
		delete(w.rows, k)
	}
	for _, b := range r.Below {
		if err := s.join(w, b, depth+1); err != nil {
			return err
		}
	}
	return nil
}
