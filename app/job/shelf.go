package job

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/assets"
	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
	"sselandscape/maps/text"
	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/xlsform"
)

// Atlas is the embedded boundaries, read when first asked for.
var Atlas = sync.OnceValue(func() *region.Atlas {
	a, err := region.Read(assets.Boundaries())
	if err != nil {
		panic(fmt.Errorf("the built-in boundaries are damaged: %w", err))
	}
	return a
})

// Face is the embedded font.
var Face = sync.OnceValue(func() *text.Face {
	f, err := text.New(assets.Font())
	if err != nil {
		panic(fmt.Errorf("the built-in font is damaged: %w", err))
	}
	return f
})

// Painter draws the embedded boundaries.
var Painter = sync.OnceValue(func() *paint.Painter { return paint.New(Atlas(), Face()) })

// Places is the embedded gazetteer, the largest places first.
var Places = sync.OnceValue(func() *layer.Places {
	out := &layer.Places{}
	r, err := assets.Places()
	if err != nil {
		panic(fmt.Errorf("the built-in list of places is damaged: %w", err))
	}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		f := strings.Split(lines.Text(), "\t")
		if len(f) < 6 {
			continue
		}
		lon, _ := strconv.ParseFloat(f[3], 64)
		lat, _ := strconv.ParseFloat(f[4], 64)
		population, _ := strconv.Atoi(f[5])
		out.Places = append(out.Places, layer.Place{Name: f[0], Country: f[2], At: orb.Point{lon, lat}, Population: population})
	}
	return out
})

// ReadForm reads a questionnaire: an .xlsx workbook, a Markdown file or a folder
// of CSV sheets. The error is about the file, the problems about what it says.
func ReadForm(path string) (*survey.Form, []survey.Problem, error) {
	b, err := readBook(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read form %q: %w", filepath.Base(path), err)
	}
	p, ps := compileForm(b)
	if p == nil {
		return nil, ps, nil
	}
	return p.Form, ps, nil
}

// compileForm reads and compiles, so that cycles are found too.
func compileForm(b xlsform.Book) (*interview.Program, []survey.Problem) {
	f, ps := xlsform.Parse(b)
	if f == nil || survey.Unusable(ps) {
		return nil, ps
	}
	p, more := interview.Compile(f)
	return p, append(ps, more...)
}

func readBook(path string) (xlsform.Book, error) {
	st, err := os.Stat(path)
	if err != nil {
		return xlsform.Book{}, err
	}
	if st.IsDir() {
		return xlsform.ReadCSV(os.DirFS(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return xlsform.Book{}, err
	}
	defer f.Close()
	return decodeBook(path, f)
}

// decodeBook reads a form by the ending of its name.
func decodeBook(name string, r io.Reader) (xlsform.Book, error) {
	if strings.EqualFold(filepath.Ext(name), ".md") {
		b, err := io.ReadAll(io.LimitReader(r, 64<<20))
		if err != nil {
			return xlsform.Book{}, err
		}
		return xlsform.ReadMarkdown(string(b))
	}
	return xlsform.ReadXLSX(r)
}

// ShippedForm is the id of the questionnaire that studies use unless they bring
// their own.
const ShippedForm = "sse_unit"

// LandscapeForm is the id of the shipped record of a country's landscape.
const LandscapeForm = "sse_landscape"

// formSource returns a questionnaire as the workbook that a study keeps: the
// shipped one for "", else the file.
func formSource(path string) (name string, source []byte, f *survey.Form, err error) {
	if path == "" {
		return shippedSource(ShippedForm)
	}
	b, err := readBook(path)
	if err != nil {
		return "", nil, nil, fmt.Errorf("read form %q: %w", filepath.Base(path), err)
	}
	return workbook(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+".xlsx", b)
}

// shippedSource is formSource for a shipped questionnaire.
func shippedSource(id string) (name string, source []byte, f *survey.Form, err error) {
	dir, err := assets.Form(id)
	if err != nil {
		return "", nil, nil, err
	}
	b, err := xlsform.ReadCSV(dir)
	if err != nil {
		return "", nil, nil, err
	}
	b.Sheets = onlyFormSheets(b.Sheets)
	return workbook(id+".xlsx", b)
}

// workbook checks a form and writes it as a workbook.
func workbook(name string, b xlsform.Book) (string, []byte, *survey.Form, error) {
	p, ps := compileForm(b)
	if p == nil {
		return "", nil, nil, &FormError{Name: name, Problems: ps}
	}
	var buf bytes.Buffer
	if err := xlsform.WriteXLSX(&buf, b); err != nil {
		return "", nil, nil, err
	}
	return name, buf.Bytes(), p.Form, nil
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
