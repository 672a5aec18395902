package xlsform

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// Read reads the sheets of a form from one file: a workbook, or a text with the
// sheets as Markdown tables or as CSV. What the file holds decides, then the
// ending of its name. The name without it becomes that of the book.
//
// A .csv file holds the sheet survey alone, or several sheets: then the first
// column names a sheet where it begins, as in Markdown.
func Read(name string, r io.Reader) (Book, error) {
	file, size, err := source(r)
	if err != nil {
		return Book{}, err
	}
	ext := strings.ToLower(path.Ext(name))
	var b Book
	switch err := recognise(file, size); {
	case err == nil:
		b, err = ReadXLSX(io.NewSectionReader(file, 0, size))
		if err != nil {
			return Book{}, err
		}
	case errors.Is(err, errText) || ext == ".csv" || ext == ".tsv" || ext == ".md":
		text, err := decodeText(io.NewSectionReader(file, 0, size))
		if err != nil {
			return Book{}, err
		}
		if b, err = readText(text, ext); err != nil {
			return Book{}, err
		}
	default:
		return Book{}, err
	}
	b.Name = strings.TrimSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), path.Ext(name))
	return b, nil
}

// readText reads Markdown or CSV.
func readText(text, ext string) (Book, error) {
	if ext == ".md" || strings.HasPrefix(strings.TrimSpace(text), "|") {
		return ReadMarkdown(text)
	}
	rows, err := csvRows(text)
	if err != nil {
		return Book{}, err
	}
	for _, row := range rows {
		if !isBlank(row) {
			if slices.Contains(formSheets, strings.ToLower(strings.TrimSpace(row[0]))) {
				return sheetsOf(rows)
			}
			break
		}
	}
	return Book{Sheets: []Sheet{{Name: "survey", Rows: rows}}}, nil
}

// ReadCSV reads survey.csv, choices.csv, settings.csv … from a folder. Of other
// tables only the names are kept; those that begin with _ are left out.
//
// Fields are separated by commas, semicolons or tabs; the text is UTF-8, or
// UTF-16 with a byte order mark.
func ReadCSV(dir fs.FS) (Book, error) {
	files, err := fs.ReadDir(dir, ".")
	if err != nil {
		return Book{}, err
	}
	files = slices.DeleteFunc(files, func(f fs.DirEntry) bool {
		return f.IsDir() || !strings.EqualFold(path.Ext(f.Name()), ".csv") || strings.HasPrefix(f.Name(), "_")
	})
	var b Book
	for _, f := range files {
		s := Sheet{Name: f.Name()[:len(f.Name())-len(".csv")]}
		if len(files) == 1 || slices.Contains(formSheets, strings.ToLower(s.Name)) {
			if s.Rows, err = csvFile(dir, f.Name()); err != nil {
				return Book{}, fmt.Errorf("read %s: %w", f.Name(), err)
			}
		}
		b.Sheets = append(b.Sheets, s)
	}
	if len(b.Sheets) == 0 {
		return Book{}, errors.New("the folder holds no .csv files; a form needs survey.csv, and mostly choices.csv and settings.csv")
	}
	return b, nil
}

func csvFile(dir fs.FS, name string) ([][]string, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := decodeText(f)
	if err != nil {
		return nil, err
	}
	return csvRows(text)
}

// decodeText reads a text file: UTF-8 with or without a byte order mark, or UTF-16
// with one.
func decodeText(r io.Reader) (string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	switch {
	case err != nil:
		return "", err
	case len(data) > maxTable:
		return "", errLargeText
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		data, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(data)
	case bytes.IndexByte(data[:min(len(data), 4096)], 0) >= 0:
		return "", errors.New("this is no text; save the sheets as CSV in UTF-8")
	}
	return strings.ToValidUTF8(strings.TrimPrefix(string(data), "\ufeff"), "\ufffd"), err
}

var errLargeText = fmt.Errorf("the file is larger than %d MB; take out what is not part of the form", maxTable>>20)

// csvRows reads a table. A first line such as sep=; names the separator, as Excel
// writes it; otherwise it is the sign that the header row has most of.
func csvRows(text string) ([][]string, error) {
	var rows [][]string
	separator := ','
	head, rest, _ := strings.Cut(text, "\n")
	if sign, ok := strings.CutPrefix(strings.TrimRight(head, "\r"), "sep="); ok && len(sign) == 1 {
		separator, text = rune(sign[0]), rest
		rows = append(rows, nil)
	} else {
		separator = mostly(strings.TrimLeft(text, "\r\n"))
	}
	tooLarge := tooMuch("the table has more than %d rows or %d million cells", maxRows, maxCells/1_000_000)
	if strings.Count(text, string(separator)) > maxCells {
		return nil, tooLarge
	}
	c := csv.NewReader(strings.NewReader(text))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = separator, -1, true
	for {
		row, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("the table cannot be read: %w", err)
		}
		if rows = append(rows, row); len(rows) > maxRows {
			return nil, tooLarge
		}
	}
}

// mostly finds the separator that the first line has most of, outside of quotes.
func mostly(text string) rune {
	count := map[rune]int{}
	quoted := false
	for _, r := range text {
		if r == '"' {
			quoted = !quoted
		}
		if r == '\n' && !quoted {
			break
		}
		if !quoted {
			count[r]++
		}
	}
	return slices.MaxFunc([]rune{',', ';', '\t'}, func(a, b rune) int { return cmp.Compare(count[a], count[b]) })
}

// ReadMarkdown reads sheets written as Markdown tables:
//
//	| survey |
//	|        | type | name | label |
//	|        | text | town | Town  |
//
// A row whose first cell is filled starts a sheet of that name.
func ReadMarkdown(text string) (Book, error) {
	if len(text) > maxTable {
		return Book{}, errLargeText
	}
	var rows [][]string
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.Trim(line, "|-: ") == "" && strings.Contains(line, "-") {
			continue
		}
		if n += strings.Count(line, "|"); len(rows) == maxRows || n > maxCells {
			return Book{}, tooMuch("the tables have more than %d rows or %d million cells", maxRows, maxCells/1_000_000)
		}
		rows = append(rows, splitRow(line))
	}
	return sheetsOf(rows)
}

// sheetsOf cuts a table into sheets: a row whose first cell is filled starts one.
func sheetsOf(rows [][]string) (Book, error) {
	var b Book
	for _, cells := range rows {
		if cells == nil {
			continue
		}
		if name := strings.TrimSpace(cells[0]); name != "" || len(b.Sheets) == 0 {
			b.Sheets = append(b.Sheets, Sheet{Name: name})
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
