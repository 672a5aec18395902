package xlsform

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Limits of what is read, so that a hostile file cannot exhaust memory.
const (
	maxRows    = 200_000
	maxColumns = 1000
	maxFile    = 64 << 20 // bytes of a workbook
	maxTable   = 32 << 20 // bytes of a text with tables
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

// maxCellText is how many UTF-16 units a cell of a workbook holds.
const maxCellText = 32_767

// WriteXLSX writes a book as a workbook with its header rows frozen. A text that
// no cell can hold gives an error that names the cell.
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
			if len(c) > maxCellText && len(utf16.Encode([]rune(c))) > maxCellText {
				return fmt.Errorf("cell %s: a cell of a workbook holds %d characters at most; shorten its text", cellName(j, i+1), maxCellText)
			}
			if c != "" {
				cells[j] = c
			}
		}
		if err := w.SetRow(fmt.Sprint("A", i+1), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}
