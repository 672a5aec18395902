package xlsform

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// ReadXLSX reads a workbook. It tells apart files that only look like one.
//
// Cells become text as pyxform reads them: numbers without exponent, TRUE and
// FALSE, dates as "2020-01-02 00:00:00", times as "10:30:00", formulas by the
// value that the spreadsheet program saved. Of sheets that XLSForm does not know
// only the names are kept; sheets whose names begin with _ are left out.
//
// A file that exceeds the limits, is damaged or is of another format gives an
// error that says what it is and what to do.
func ReadXLSX(r io.Reader) (Book, error) {
	file, size, err := source(r)
	if err != nil {
		return Book{}, err
	}
	if err := recognise(file, size); err != nil {
		return Book{}, err
	}
	a, err := openArchive(file, size)
	if err != nil {
		return Book{}, err
	}
	main, err := a.mainPart()
	if err != nil {
		return Book{}, err
	}
	w := &workbook{archive: a}
	if err := w.contents(main); err != nil {
		return Book{}, err
	}
	return w.book()
}

// source gives random access to a file: by itself where it can, else from memory.
func source(r io.Reader) (io.ReaderAt, int64, error) {
	type file interface {
		io.ReaderAt
		io.Seeker
	}
	if f, ok := r.(file); ok {
		at, err1 := f.Seek(0, io.SeekCurrent)
		end, err2 := f.Seek(0, io.SeekEnd)
		if err1 == nil && err2 == nil {
			return io.NewSectionReader(f, at, end-at), end - at, sizeError(end - at)
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, 0, fmt.Errorf("read workbook: %w", err)
	}
	return bytes.NewReader(data), int64(len(data)), sizeError(int64(len(data)))
}

func sizeError(size int64) error {
	if size > maxFile {
		return fmt.Errorf("the workbook is larger than %d MB; take out pictures and unused sheets", maxFile>>20)
	}
	return nil
}

// workbook is the parts of an .xlsx file that say what the others are.
type workbook struct {
	archive  *archive
	sheets   []sheetPart
	shared   string // name of the part with the shared strings, or ""
	styles   string // name of the part with the styles, or ""
	from1904 bool   // days are counted from 1904
}

type sheetPart struct{ name, part string }

// contents reads the workbook part: which sheets there are, in their order.
func (w *workbook) contents(main string) error {
	rels, err := w.archive.relations(main)
	if err != nil {
		return err
	}
	for _, r := range rels {
		switch r.kind {
		case "sharedStrings":
			w.shared = r.target
		case "styles":
			w.styles = r.target
		}
	}
	return w.archive.each(main, func(x *xmlReader) error {
		switch string(x.name) {
		case "workbookPr":
			d := x.attr("date1904")
			w.from1904 = d == "1" || d == "true" || d == "on"
		case "sheet":
			name, rel := x.attr("name"), rels[x.attr("id")]
			switch {
			case strings.HasPrefix(name, "_") || rel.kind == "chartsheet" || rel.kind == "dialogsheet" || rel.kind == "xlMacrosheet":
			case len(w.sheets) == maxSheets:
				return tooMuch("the workbook has more than %d sheets; keep those of the form", maxSheets)
			default:
				w.sheets = append(w.sheets, sheetPart{name, rel.target})
			}
		}
		return nil
	})
}

const maxSheets = 1000

// formSheets are the sheets of an XLSForm.
var formSheets = []string{"survey", "choices", "settings", "external_choices", "entities", "osm"}

// book reads the sheets.
func (w *workbook) book() (Book, error) {
	if len(w.sheets) == 0 {
		return Book{}, errors.New("the workbook has no sheet; a form needs a sheet survey, and mostly choices and settings")
	}
	c := &cells{archive: w.archive}
	c.dates.from1904 = w.from1904
	var err error
	if w.shared != "" {
		err = c.readShared(w.shared)
	}
	if err == nil && w.styles != "" && w.archive.has(w.styles) {
		err = c.dates.readStyles(w.archive, w.styles)
	}
	if err != nil {
		return Book{}, err
	}
	var b Book
	for _, s := range w.sheets {
		var rows [][]string
		if len(w.sheets) == 1 || slices.Contains(formSheets, strings.ToLower(strings.TrimSpace(s.name))) {
			if rows, err = c.sheet(s); err != nil {
				return Book{}, err
			}
		}
		b.Sheets = append(b.Sheets, Sheet{Name: s.name, Rows: rows})
	}
	return b, nil
}

// mainPart finds the part that describes the workbook, and says what the file is
// where there is none.
func (a *archive) mainPart() (string, error) {
	rels, err := a.relations("")
	if err != nil {
		return "", err
	}
	main := ""
	for _, r := range rels {
		if r.kind == "officeDocument" {
			main = r.target
		}
	}
	main = cmp.Or(main, "xl/workbook.xml")
	switch ext := strings.ToLower(path.Ext(main)); {
	case ext == ".bin":
		return "", errors.New("this is a binary workbook (.xlsb); " + saveAgain)
	case strings.HasPrefix(partName(main), "word/"):
		return "", errors.New("this is a text document (.docx), not a workbook; write the form in a spreadsheet program and save it as .xlsx")
	case strings.HasPrefix(partName(main), "ppt/"):
		return "", errors.New("this is a presentation (.pptx), not a workbook; write the form in a spreadsheet program and save it as .xlsx")
	case a.has(main):
		return main, nil
	case a.has("mimetype"):
		return "", a.openDocument()
	case a.has("xl/workbook.bin"):
		return "", errors.New("this is a binary workbook (.xlsb); " + saveAgain)
	case a.has("index/document.iwa"):
		return "", errors.New("this is a document of Numbers or Pages; export it as .xlsx")
	case a.has("[Content_Types].xml"):
		return "", damaged("its part %s is missing", main)
	}
	return "", errors.New("this is a zip archive, not an .xlsx workbook; unpack it and choose the workbook inside")
}

// openDocument says which OpenDocument file the archive is.
func (a *archive) openDocument() error {
	p, err := a.open("mimetype")
	if err != nil {
		return err
	}
	defer p.Close()
	kind, err := io.ReadAll(io.LimitReader(p, 200))
	switch {
	case err != nil:
		return partError("mimetype", err)
	case strings.Contains(string(kind), "opendocument.spreadsheet"):
		return errors.New("this is an OpenDocument spreadsheet (.ods); open it in a spreadsheet program and save it as .xlsx")
	case strings.Contains(string(kind), "opendocument"):
		return errors.New("this is an OpenDocument file, not a workbook; write the form in a spreadsheet program and save it as .xlsx")
	}
	return fmt.Errorf("this is a file of the kind %.60q, not an .xlsx workbook", kind)
}
