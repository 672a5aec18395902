package xlsform

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Limits of what is read, so that a hostile file cannot exhaust memory.
const (
	maxRows    = 200_000
	maxColumns = 1000
	maxFile    = 64 << 20 // bytes of one file
)

// Book is the cells of a workbook, as text.
type Book struct {
	Name   string // of the file, without its extension; the form's id where the settings give none
	Sheets []Sheet
}

// Sheet is a table of cells; Rows[0] is the header row unless rows above it are
// blank. Row and column numbers of problems count from the first row of the file.
type Sheet struct {
	Name string
	Rows [][]string
}

// Sheet returns the sheet with the name, whatever its case.
func (b Book) Sheet(name string) (Sheet, bool) {
	for _, s := range b.Sheets {
		if strings.EqualFold(strings.TrimSpace(s.Name), name) {
			return s, true
		}
	}
	return Sheet{}, false
}

func isBlank(cells []string) bool {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return true
}

// ReadCSV reads survey.csv, choices.csv, settings.csv … from a folder.
func ReadCSV(dir fs.FS) (Book, error) {
	names, err := fs.Glob(dir, "*.csv")
	if err != nil {
		return Book{}, err
	}
	var b Book
	for _, n := range names {
		f, err := dir.Open(n)
		if err != nil {
			return Book{}, fmt.Errorf("read %s: %w", n, err)
		}
		rows, err := csvRows(f)
		f.Close()
		if err != nil {
			return Book{}, fmt.Errorf("read %s: %w", n, err)
		}
		b.Sheets = append(b.Sheets, Sheet{Name: strings.TrimSuffix(path.Base(n), ".csv"), Rows: rows})
	}
	if len(b.Sheets) == 0 {
		return Book{}, errors.New("the folder holds no .csv files; a form needs survey.csv, and mostly choices.csv and settings.csv")
	}
	return b, nil
}

func csvRows(r io.Reader) ([][]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	c := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	c.FieldsPerRecord = -1
	c.LazyQuotes = true
	return c.ReadAll()
}

// ReadMarkdown reads sheets written as Markdown tables:
//
//	| survey |
//	|        | type | name | label |
//	|        | text | town | Town  |
//
// A row whose first cell is filled starts a sheet of that name.
func ReadMarkdown(text string) (Book, error) {
	if len(text) > maxFile {
		return Book{}, fmt.Errorf("larger than %d MB", maxFile>>20)
	}
	var b Book
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.Trim(line, "|-: ") == "" && strings.Contains(line, "-") {
			continue
		}
		cells := splitRow(line)
		if cells[0] != "" || len(b.Sheets) == 0 {
			b.Sheets = append(b.Sheets, Sheet{Name: cells[0]})
			if isBlank(cells[1:]) {
				continue
			}
		}
		s := &b.Sheets[len(b.Sheets)-1]
		s.Rows = append(s.Rows, cells[1:])
	}
	if len(b.Sheets) == 0 {
		return Book{}, errors.New("there is no table in the text")
	}
	return b, nil
}

func splitRow(line string) []string {
	const bar = "\x00"
	parts := strings.Split(strings.Trim(strings.ReplaceAll(line, `\|`, bar), "|"), "|")
	if strings.HasPrefix(line, "||") {
		parts = append([]string{""}, parts...)
	}
	for i, p := range parts {
		parts[i] = strings.TrimSpace(strings.ReplaceAll(p, bar, "|"))
	}
	return parts
}

// WriteXLSX writes a book as a workbook with its header rows frozen.
func WriteXLSX(w io.Writer, b Book) error {
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range b.Sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.Name); err != nil {
				return fmt.Errorf("write workbook: %w", err)
			}
		} else if _, err := f.NewSheet(s.Name); err != nil {
			return fmt.Errorf("write workbook: %w", err)
		}
		if err := writeSheet(f, s); err != nil {
			return fmt.Errorf("write sheet %q: %w", s.Name, err)
		}
	}
	return f.Write(w)
}

// writeSheet writes every cell as text, so that nothing is taken for a formula.
func writeSheet(f *excelize.File, s Sheet) error {
	w, err := f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	for i, row := range s.Rows {
		cells := make([]any, len(row))
		for j, c := range row {
			cells[j] = c
		}
		if err := w.SetRow(fmt.Sprint("A", i+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}
