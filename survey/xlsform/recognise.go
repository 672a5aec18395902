package xlsform

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// recognise says what a file is that is no zip archive, and so no .xlsx workbook.
func recognise(r io.ReaderAt, size int64) error {
	head := make([]byte, min(size, 4096))
	if _, err := io.ReadFull(io.NewSectionReader(r, 0, size), head); err != nil {
		return fmt.Errorf("read workbook: %w", err)
	}
	start := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return nil
	case size == 0:
		return errors.New("the file is empty and not an .xlsx workbook; it may not have been copied whole")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return compound(io.NewSectionReader(r, 0, size))
	case strings.HasPrefix(start, "%pdf"):
		return errors.New("this is a PDF, not an .xlsx workbook; ask for the workbook that it was made from")
	case strings.HasPrefix(start, "<") && strings.Contains(start, "schemas-microsoft-com:office:spreadsheet"):
		return errors.New("this is a workbook of the format XML Spreadsheet 2003; " + saveAgain)
	case strings.HasPrefix(start, "<") && strings.Contains(start, "xforms"):
		return errors.New("this is an XForm (.xml), not an .xlsx workbook; open it as an .xml file")
	case strings.HasPrefix(start, "<html") || strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<table"):
		return errors.New("this is a web page with the name of a workbook; " + saveAgain)
	case plainText(head):
		return errText
	}
	return errors.New("this is not an .xlsx workbook; " + saveAgain)
}

var errText = errors.New("this is a text file, not an .xlsx workbook; if it holds sheets as CSV or as Markdown, name it .csv or .md")

// plainText says whether a file begins with lines of text.
func plainText(head []byte) bool {
	for n := 0; len(head) > 0 && n < utf8.UTFMax && !utf8.Valid(head); n++ {
		head = head[:len(head)-1] // a character may be cut at the end
	}
	return utf8.Valid(head) && bytes.IndexByte(head, 0) < 0 && bytes.ContainsAny(head, ",;\t|\n")
}

// compound says what an OLE2 file holds, by the names in its directory.
func compound(r *io.SectionReader) error {
	for _, k := range [...]struct{ stream, text string }{
		{"EncryptedPackage", "the workbook is protected by a password; open it in a spreadsheet program and save it as .xlsx without a password"},
		{"WordDocument", "this is an old text document (.doc), not a workbook; write the form in a spreadsheet program and save it as .xlsx"},
		{"PowerPoint Document", "this is an old presentation (.ppt), not a workbook; write the form in a spreadsheet program and save it as .xlsx"},
		{"Workbook", "this is an old .xls workbook; open it in a spreadsheet program and save it as .xlsx"},
		{"Book", "this is a very old .xls workbook; open it in a spreadsheet program and save it as .xlsx"},
	} {
		if found, err := contains(r, wide(k.stream)); err != nil || found {
			return errors.Join(err, errors.New(k.text))
		}
	}
	return errors.New("this is an old .xls file or is protected by a password; open it in a spreadsheet program and save it as .xlsx without a password")
}

// wide writes a name as UTF-16, as directories of OLE2 files do, with the zero
// that ends it.
func wide(name string) []byte {
	var out []byte
	for _, c := range []byte(name + "\x00") {
		out = append(out, c, 0)
	}
	return out
}

// contains searches a file in pieces.
func contains(r *io.SectionReader, what []byte) (bool, error) {
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return false, err
	}
	n, err := count(r, string(what))
	return n > 0, err
}
