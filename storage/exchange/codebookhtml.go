package exchange

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"strings"
)

//go:embed codebook.html
var codebookPage string

// codebookTemplate escapes by where a text stands; nothing that a text says becomes markup.
var codebookTemplate = template.Must(template.New("codebook").Funcs(template.FuncMap{
	"text":    shownText,
	"tag":     tagOf,
	"percent": percent,
	"title":   (*TableBook).Title,
	"kind":    (*Variable).KindName,
}).Parse(codebookPage))

// writeCodebook writes a page of HTML to read and to print: one file, without scripts.
func writeCodebook(ctx context.Context, out io.Writer, d *Dataset) error {
	c, err := CodebookOf(ctx, d)
	if err != nil {
		return err
	}
	return c.writeHTML(out)
}

func (c *Codebook) writeHTML(out io.Writer) error { return codebookTemplate.Execute(out, c) }

// printCodebook writes a codebook as PDF.
func printCodebook(ctx context.Context, out io.Writer, d *Dataset) error {
	c, err := CodebookOf(ctx, d)
	if err != nil {
		return err
	}
	if d.About.Print == nil {
		return errNoPrinter
	}
	return d.About.Print(out, c)
}

// writeCodebookFile writes what the name asks for: HTML or PDF.
func writeCodebookFile(ctx context.Context, out *Files, path string, d *Dataset) error {
	write := writeCodebook
	if strings.EqualFold(filepath.Ext(path), ".pdf") {
		write = printCodebook
	}
	return out.Write(path, func(f *os.File) error { return write(ctx, f, d) })
}

// Heading is the name of the study.
func (c *Codebook) Heading() string { return cmp.Or(c.Name, "untitled study") }

// Facts are what the head of a codebook says of the study, names and values.
func (c *Codebook) Facts() (out [][2]string) {
	add := func(name, value string) {
		if value != "" {
			out = append(out, [2]string{name, value})
		}
	}
	a := &c.About
	var names []string
	for _, k := range a.Countries {
		names = append(names, cmp.Or(k.Name, k.Code))
	}
	add("Producer", strings.Join(a.Producers, ", "))
	add("Countries", strings.Join(names, ", "))
	add("Interviews held", c.Collected())
	if a.FormID != "" {
		add("Questionnaire", strings.TrimSpace(a.FormTitle+" ("+a.FormID+") "+a.FormVersion))
	}
	for _, t := range c.Tables {
		add(t.Title(), fmt.Sprintf("%d rows, %d variables", t.Cases, len(t.Variables)))
	}
	return out
}

// KindName is the type of a variable for people.
func (v *Variable) KindName() string {
	switch v.role {
	case reasonRole:
		return "code"
	case fictionalRole:
		return "true or false"
	case rowRole, parentRole:
		return "identifier"
	}
	return v.Kind.String()
}

// percent is a share of the rows that have an answer, "" where either is not told.
func percent(c, of Count) string {
	if c.Suppressed || of.Suppressed || of.N == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(c.N)/float64(of.N))
}

// shownText is a text with U+FFFD in place of characters that no page shows.
func shownText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff {
			return 0xfffd
		}
		return r
	}, s)
}
