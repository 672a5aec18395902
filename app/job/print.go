package job

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/interview"
)

// PrintOptions say how something is printed. Languages are named as the form does,
// "Nepali (ne)", or by the name or the code alone.
type PrintOptions struct {
	Language string // "" is the form's own
	Second   string // stands beside the first on blank forms; "" is none
}

// Printed says what was printed.
type Printed struct {
	Path  string `json:"path"`
	Pages int    `json:"pages"`
}

// PrintForm writes a questionnaire that is read from a file as a blank form on
// paper, in PDF. A form that cannot be used is a FormError.
func PrintForm(ctx context.Context, form, out string, o PrintOptions) (*Printed, error) {
	f, err := openForm(form)
	if err != nil {
		return nil, err
	}
	p, ps := f.compile()
	if p == nil {
		return nil, &FormError{Name: f.name, Problems: ps}
	}
	return printBlank(ctx, p, out, o)
}

// PrintForm writes a questionnaire of the study as a blank form; id "" is the
// study's own.
func (s *Study) PrintForm(ctx context.Context, id, out string, o PrintOptions) (*Printed, error) {
	p, err := s.Program(id, "")
	if err != nil {
		return nil, err
	}
	return printBlank(ctx, p, out, o)
}

// PrintInterview writes an interview with its answers, remarks and result as a PDF.
func (s *Study) PrintInterview(ctx context.Context, id, out string, o PrintOptions) (*Printed, error) {
	iv, err := s.Interview(id)
	if err != nil {
		return nil, err
	}
	if o.Language, err = languageOf(iv.Session.Program().Form, o.Language); err != nil {
		return nil, err
	}
	sh, err := printFilled(s, iv, o.Language)
	if err != nil {
		return nil, err
	}
	return save(ctx, sh, out)
}

func printBlank(ctx context.Context, p *interview.Program, out string, o PrintOptions) (*Printed, error) {
	var err error
	if o.Language, err = languageOf(p.Form, o.Language); err != nil {
		return nil, err
	}
	langs := []string{o.Language}
	if o.Second != "" {
		if o.Second, err = languageOf(p.Form, o.Second); err != nil {
			return nil, err
		}
		if o.Second != o.Language {
			langs = append(langs, o.Second)
		}
	}
	sh, err := blankSheet(p, langs)
	if err != nil {
		return nil, err
	}
	return save(ctx, sh, out)
}

func save(ctx context.Context, sh *sheet, out string) (*Printed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := exchange.WriteWhole(out, func(w io.Writer) error { return sh.write(w) }); err != nil {
		return nil, err
	}
	return &Printed{Path: out, Pages: sh.doc.Pages()}, nil
}

// languageOf finds a language of a form by its name as the form writes it, by the
// name before the brackets or by the code within them; "" is the form's own.
func languageOf(f *survey.Form, want string) (string, error) {
	if want == "" {
		if f.DefaultLanguage == "" && len(f.Languages) > 0 {
			return f.Languages[0], nil
		}
		return f.DefaultLanguage, nil
	}
	i := slices.IndexFunc(f.Languages, func(l string) bool {
		name, _, _ := strings.Cut(l, "(")
		return strings.EqualFold(l, want) || strings.EqualFold(survey.LanguageCode(l), want) || strings.EqualFold(strings.TrimSpace(name), want)
	})
	if i < 0 {
		has := strings.Join(f.Languages, ", ")
		if has == "" {
			has = "no languages by name"
		}
		return "", fmt.Errorf("the form does not have the language %q; it has %s", want, has)
	}
	return f.Languages[i], nil
}

// languageTag is the code of a language where it has the shape of one (BCP 47).
func languageTag(lang string) string {
	code := survey.LanguageCode(lang)
	if len(code) < 2 || len(code) > 11 || strings.ContainsAny(code, " /") {
		return ""
	}
	return code
}

// identity is what the foot of each page says of a form.
func identity(f *survey.Form) string {
	if f.Version == "" {
		return f.ID
	}
	return f.ID + ", version " + f.Version
}
