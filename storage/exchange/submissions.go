package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"sselandscape/survey"
)

// Limits of a file of interviews, so that none exhausts memory or time.
const (
	maxSubmissions     = 300_000   // their revisions have to fit into a package
	maxSubmissionRows  = 2_000_000 // of repeats
	maxSubmissionCols  = 20_000    // choices that were answered may have a column each
	maxSubmissionText  = 256 << 20 // bytes that the rows of repeats take in memory
	maxSubmissionFiles = 200_000   // in a folder or an archive
	maxSubmissionDepth = 12        // folders within folders
	maxAttachment      = 128 << 20 // bytes of a photo or another file
	maxRowsBelow       = 20        // repeats within repeats
)

// Submissions are interviews that were held with ODK Collect, KoboCollect or
// another client of that family, as servers and phones give them:
//
//   - "csv": a file of ODK Central, Briefcase or KoboToolbox, or an archive or a
//     folder with one file for the interviews and one for each repeat;
//   - "xlsx": a workbook of KoboToolbox, with a sheet for each repeat;
//   - "xml": a submission (OpenRosa), or a folder or an archive of them.
type Submissions struct {
	Name   string // of the file or folder
	Format string // csv, xlsx or xml
	// Tables are that of the interviews and one for each repeat; none of XML.
	Tables    []*SubmissionTable
	Encoding  string // of text
	Guessed   bool   // the encoding is likely, not certain
	Delimiter string // of text
	// Problems are complete when all interviews were read.
	Problems []survey.Problem

	files   *fileTree
	closers []func() error
	fixed   int // problems that are no interview's
	dropped int
}

// SubmissionTable is a sheet or a file with a row for each interview, or for each
// row of a repeat.
type SubmissionTable struct {
	Name    string
	Columns []string // as written; two may be called the same
	Comma   bool     // numbers are likely to be written with a decimal comma
	file    string   // its name in the folder or archive
	source  listSource
	list    *List
	head    int // row with the names of the columns
	links   links
}

// Submission is an interview as a file gives it: a file of XML, which Document opens,
// or a row of the first table with the rows of repeats below.
type Submission struct {
	TableRow
	File string // its name in the folder or archive
	Bad  string // why it cannot be used, or ""
}

// TableRow is a row of a table.
type TableRow struct {
	Table int // index in Tables
	Row   int // 1-based row of the sheet or file
	Cells []TableCell
	Below []*TableRow // rows of repeats, in their order
}

// TableCell is a cell that is not blank.
type TableCell struct {
	Column int // index in Columns
	Text   string
}

// Cell is the text in a column, "" if it is blank.
func (r *TableRow) Cell(column int) string {
	for _, c := range r.Cells {
		if c.Column == column {
			return c.Text
		}
	}
	return ""
}

// SubmissionOptions override what is found out about a file; "" finds it out.
type SubmissionOptions struct {
	Encoding  string // of text: a name by IANA
	Delimiter string // of text: one character
}

// OpenSubmissions opens a file or folder of interviews and reads what its columns
// are. Close it.
func OpenSubmissions(ctx context.Context, path string, o SubmissionOptions) (_ *Submissions, err error) {
	s := &Submissions{Name: filepath.Base(path)}
	defer func() {
		if err != nil {
			s.Close()
			err = fmt.Errorf("read interviews %q: %w", s.Name, err)
		}
	}()
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	ext := strings.ToLower(filepath.Ext(path))
	switch {
	case st.IsDir():
		if s.files, err = openFolder(ctx, path); err == nil {
			err = s.openTree(ctx, o)
		}
	case ext == ".zip":
		if err = s.openZip(path); err == nil {
			err = s.openTree(ctx, o)
		}
	case ext == ".xml":
		s.Format, s.files = "xml", besideFile(path)
	case ext == ".xlsx" || ext == ".xlsm":
		s.files = besideFile(path)
		err = s.openSheets(ctx, path)
	case ext == ".csv" || ext == ".tsv" || ext == ".tab" || ext == ".txt":
		s.files = besideFile(path)
		if err = s.openTable(ctx, path, filepath.Base(path), o); err == nil {
			err = s.arrange("csv")
		}
	default:
		err = fmt.Errorf("%q is no file of interviews that can be read; choose what ODK Central or KoboToolbox gives as .zip, .csv or .xlsx, a submission as .xml, or a folder of these", ext)
	}
	if err != nil {
		return nil, err
	}
	s.fixed = len(s.Problems)
	return s, nil
}

// openTree reads a folder or archive: the tables in it, or else its submissions.
func (s *Submissions) openTree(ctx context.Context, o SubmissionOptions) error {
	tables := s.files.tables()
	if len(tables) == 0 {
		s.Format = "xml"
		if len(s.files.documents()) == 0 {
			return errors.New("it holds no interviews; there should be .csv files, or submissions as .xml")
		}
		return nil
	}
	left := int64(maxListFile / 2)
	for _, f := range tables {
		path, err := s.files.onDisk(ctx, f, &left)
		if err == nil {
			err = s.openTable(ctx, path, f.name, o)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return s.arrange("csv")
}

// Close closes the files and takes away what was unpacked.
func (s *Submissions) Close() error {
	var errs []error
	for _, c := range s.closers {
		errs = append(errs, c())
	}
	s.closers = nil
	if s.files != nil {
		errs = append(errs, s.files.close())
	}
	return errors.Join(errs...)
}

// note adds a problem.
func (s *Submissions) note(p survey.Problem) {
	if len(s.Problems) >= maxListNotes {
		s.dropped++
		return
	}
	s.Problems = append(s.Problems, p)
}

// All reads the interviews; it may be called again. One that cannot be used comes
// with the reason. An error ends it: the rest cannot be read.
func (s *Submissions) All(ctx context.Context) iter.Seq2[*Submission, error] {
	return func(yield func(*Submission, error) bool) {
		s.Problems, s.dropped = s.Problems[:s.fixed:s.fixed], 0
		read := s.rows
		if s.Format == "xml" {
			read = s.documents
		}
		n, stopped := 0, false
		err := read(ctx, func(x *Submission) error {
			if n++; n > maxSubmissions {
				return fmt.Errorf("it has more than %d interviews; split it", maxSubmissions)
			}
			if stopped = !yield(x, nil); stopped {
				return errStop
			}
			return ctx.Err()
		})
		switch {
		case stopped:
			return
		case err != nil:
			yield(nil, fmt.Errorf("read interviews %q: %w", s.Name, err))
		case s.dropped > 0:
			s.Problems = append(s.Problems, survey.Problem{Severity: survey.Error, Text: fmt.Sprintf("… and %d more problems", s.dropped)})
		}
	}
}

// Document opens a submission of XML.
func (s *Submissions) Document(x *Submission) (io.ReadCloser, error) { return s.files.document(x.File) }

// Attachment opens a file that an answer names: in the folder of the submission, or
// in the folder media beside the table. It is os.ErrNotExist where there is none.
func (s *Submissions) Attachment(x *Submission, name string) (io.ReadCloser, error) {
	if !survey.MediaFile(name) {
		return nil, os.ErrNotExist
	}
	r, size, err := s.files.beside(x.File, name)
	if err != nil {
		return nil, err
	}
	if size > maxAttachment {
		r.Close()
		return nil, fmt.Errorf("it is larger than %d MB", maxAttachment>>20)
	}
	return struct {
		io.Reader
		io.Closer
	}{&atMost{r, maxAttachment}, r}, nil
}

// atMost fails where a reader gives more than it should, whatever size was stated.
type atMost struct {
	r    io.Reader
	left int64
}

func (a *atMost) Read(p []byte) (int, error) {
	n, err := a.r.Read(p)
	if a.left -= int64(n); a.left < 0 {
		return 0, errUnpacked
	}
	return n, err
}

// errUnpacked means that something unpacks to more than it may.
var errUnpacked = errors.New("it unpacks to more than can be read; it may have been made to do harm")
