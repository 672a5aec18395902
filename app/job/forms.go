package job

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sselandscape/assets"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

// ShippedForm is the id of the questionnaire that studies use unless they bring
// their own.
const ShippedForm = "sse_unit"

// LandscapeForm is the id of the shipped record of a country's landscape.
const LandscapeForm = "sse_landscape"

// formFile is a questionnaire as it was read.
type formFile struct {
	name     string // without an ending
	book     xlsform.Book
	xml      []byte       // of an XForm, else nil
	form     *survey.Form // nil where the file holds none; it may be unusable
	problems []survey.Problem
	files    map[string][]byte // attached files that the form names, by name
}

// openForm reads a workbook, a Markdown or CSV file, a folder of CSV sheets, or an
// XForm. The error is about the file, the problems about what it says.
func openForm(path string) (*formFile, error) {
	f, err := readForm(path)
	if err != nil {
		return nil, fmt.Errorf("read form %q: %w", filepath.Base(path), err)
	}
	return f, nil
}

func readForm(path string) (*formFile, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	if st.IsDir() {
		b, err := xlsform.ReadCSV(os.DirFS(path))
		if err != nil {
			return nil, err
		}
		return parsedForm(name, b), nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f, err := decodeForm(path, file)
	if err == nil && f.form != nil {
		f.beside(filepath.Dir(path))
	}
	return f, err
}

// maxAttached bounds an attached file, in bytes.
const maxAttached = 64 << 20

// beside reads the attached files from the folder of the form, or from the folder
// NAME-media in it, as ODK keeps them.
func (f *formFile) beside(dir string) {
	for _, name := range xform.Files(f.form) {
		data, err := readLimited(filepath.Join(dir, name), maxAttached)
		if err != nil {
			data, err = readLimited(filepath.Join(dir, f.name+"-media", name), maxAttached)
		}
		if err == nil {
			err = f.attach(name, data)
		} else if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("the file %s does not stand beside the form; what comes from it stays blank", name)
		}
		if err != nil {
			f.problems = append(f.problems, survey.Problem{Sheet: "survey", Severity: survey.Warning, Text: err.Error(), Hint: "put it into the same folder"})
		}
	}
}

func (f *formFile) attach(name string, data []byte) error {
	if err := xform.Attach(f.form, name, data); err != nil {
		return err
	}
	if f.files == nil {
		f.files = map[string][]byte{}
	}
	f.files[name] = data
	return nil
}

func readLimited(path string, most int64) ([]byte, error) {
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case st.Size() > most:
		return nil, fmt.Errorf("the file %s is larger than %d MB", filepath.Base(path), most>>20)
	}
	return os.ReadFile(path)
}

// decodeForm reads a form from a file: an XForm if it begins as XML does, else
// sheets.
func decodeForm(path string, r io.Reader) (*formFile, error) {
	base := filepath.Base(path)
	name := strings.TrimSuffix(base, filepath.Ext(base))
	in := bufio.NewReader(r)
	if isXML(in) {
		var kept bytes.Buffer
		f, ps := xform.Read(io.TeeReader(in, &kept))
		return &formFile{name: name, xml: kept.Bytes(), form: f, problems: ps}, nil
	}
	b, err := xlsform.Read(base, in)
	if err != nil {
		return nil, err
	}
	return parsedForm(name, b), nil
}

func parsedForm(name string, b xlsform.Book) *formFile {
	f, ps := xlsform.Parse(b)
	return &formFile{name: name, book: b, form: f, problems: ps}
}

// isXML says whether a file begins as an XML document does; HTML is none.
func isXML(in *bufio.Reader) bool {
	head, _ := in.Peek(512)
	head = bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"))
	return bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<h:html"))
}

// compile gives the program, nil if the form cannot be used, and all problems.
func (f *formFile) compile() (*interview.Program, []survey.Problem) {
	if f.form == nil || survey.Unusable(f.problems) {
		return nil, f.problems
	}
	p, more := interview.Compile(f.form)
	return p, append(f.problems[:len(f.problems):len(f.problems)], f.book.Locate(more)...)
}

// keptForm is a form as a study keeps it: an XForm as it stands, sheets as a
// workbook.
type keptForm struct {
	study.Form
	source []byte
	files  map[string][]byte
}

// keep checks the form for a study.
func (f *formFile) keep() (*keptForm, error) {
	p, ps := f.compile()
	if p == nil {
		return nil, &FormError{Name: f.name, Problems: ps}
	}
	k := &keptForm{Form: study.Form{ID: f.form.ID, Version: f.form.Version, Title: f.form.Title, Name: f.name + ".xml"}, source: f.xml, files: f.files}
	if f.xml != nil {
		return k, nil
	}
	var buf bytes.Buffer
	err := xlsform.WriteXLSX(&buf, f.book)
	k.Name, k.source = f.name+".xlsx", buf.Bytes()
	return k, err
}

func (k *keptForm) add(ctx context.Context, st *study.Study) error {
	return st.AddForm(ctx, k.Form, k.source, k.files)
}

// ReadForm reads a questionnaire that is to be used; with an error among the
// problems the form is nil.
func ReadForm(path string) (*survey.Form, []survey.Problem, error) {
	f, err := openForm(path)
	if err != nil {
		return nil, nil, err
	}
	p, ps := f.compile()
	if p == nil {
		return nil, ps, nil
	}
	return f.form, ps, nil
}

// FormCheck is what a look at a questionnaire found.
type FormCheck struct {
	Form     *survey.Form // nil where the file holds none; it may be unusable
	Usable   bool
	Problems []survey.Problem
	Explored *interview.Exploration // nil unless it was asked for
}

// CheckForm reads a questionnaire and looks for what is wrong in it. With explore
// above 0 it holds as many random interviews too.
func CheckForm(path string, explore int) (*FormCheck, error) {
	f, err := openForm(path)
	if err != nil {
		return nil, err
	}
	p, ps := f.compile()
	c := &FormCheck{Form: f.form, Usable: p != nil, Problems: ps}
	if p != nil && explore > 0 {
		e := interview.Explore(p, 1, explore)
		c.Explored = &e
		c.Problems = append(c.Problems, f.book.Locate(e.Problems)...)
	}
	return c, nil
}

// WriteForm writes a questionnaire as an XForm, or as an XLSForm workbook where
// the name ends in .xlsx. The problems say what a workbook cannot hold.
func WriteForm(path string, f *survey.Form) ([]survey.Problem, error) {
	if !strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return nil, exchange.WriteWhole(path, func(w io.Writer) error { return xform.Write(w, f) })
	}
	b, ps := xlsform.BookOf(f)
	return ps, exchange.WriteWhole(path, func(w io.Writer) error { return xlsform.WriteXLSX(w, b) })
}

// formFor returns the questionnaire of a new study: the shipped one for "", else
// the file.
func formFor(path string) (*keptForm, error) {
	if path == "" {
		return shippedForm(ShippedForm)
	}
	f, err := openForm(path)
	if err != nil {
		return nil, err
	}
	return f.keep()
}

// shippedForm is a questionnaire that comes with the program.
func shippedForm(id string) (*keptForm, error) {
	dir, err := assets.Form(id)
	if err != nil {
		return nil, err
	}
	b, err := xlsform.ReadCSV(dir)
	if err != nil {
		return nil, err
	}
	b.Sheets = onlyFormSheets(b.Sheets)
	return parsedForm(id, b).keep()
}

// onlyFormSheets leaves out tables that stand beside a form, and puts the survey
// first.
func onlyFormSheets(all []xlsform.Sheet) []xlsform.Sheet {
	var out []xlsform.Sheet
	for _, want := range []string{"survey", "choices", "settings", "external_choices", "entities"} {
		for _, s := range all {
			if s.Name == want {
				out = append(out, s)
			}
		}
	}
	return out
}

// FormError means that a questionnaire cannot be used; its problems say why.
type FormError struct {
	Name     string
	Problems []survey.Problem
}

func (e *FormError) Error() string {
	n := 0
	for _, p := range e.Problems {
		if p.Severity == survey.Error {
			n++
		}
	}
	return fmt.Sprintf("the questionnaire %s cannot be used: %d problems, the first is %s", e.Name, n, e.Problems[0])
}
