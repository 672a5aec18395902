package exchange

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"sselandscape/survey"
)

// writeDataPackage writes a Frictionless Data Package 2.0 (datapackage.org, June 2024): a
// CSV file with its Table Schema for the units and for each repeat, the units as GeoJSON, and
// the codebook as HTML and DDI. Why an answer is missing stands in a column of its own, named
// after the question with _missing behind: readers take the numbers as numbers and lose
// nothing. Rows are written as they come.
func writeDataPackage(ctx context.Context, out io.Writer, d *Dataset) error {
	book, err := CodebookOf(ctx, d)
	if err != nil {
		return err
	}
	book.withReasons()
	p := &dataPackage{Codebook: book, zip: zip.NewWriter(out)}
	p.name()
	for _, t := range book.Tables {
		if err := p.table(ctx, t); err != nil {
			return err
		}
	}
	if d.Placed {
		if err := p.file("units-geojson", "Units on the map", "data/units.geojson", "geojson", "application/geo+json", func(w io.Writer) error { return writeGeoJSON(ctx, w, d) }); err != nil {
			return err
		}
	}
	if err := p.file("codebook", "Codebook to read and print", "codebook.html", "html", "text/html", book.writeHTML); err != nil {
		return err
	}
	err = p.file("ddi", "Codebook as DDI-Codebook 2.5", "ddi.xml", "xml", "application/xml", func(w io.Writer) error { return book.writeDDI(w, p.pathOf) })
	if err != nil {
		return err
	}
	w, err := p.zip.Create("datapackage.json")
	if err != nil {
		return err
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(p.descriptor()); err != nil {
		return err
	}
	return p.zip.Close()
}

// dataPackage is being written.
type dataPackage struct {
	*Codebook
	zip       *zip.Writer
	names     map[*Table]string // of resources
	resources []packageResource
}

type packageDescriptor struct {
	Schema       string               `json:"$schema"`
	Name         string               `json:"name"`
	Title        string               `json:"title"`
	Description  string               `json:"description,omitempty"`
	Contributors []packageContributor `json:"contributors,omitempty"`
	Sources      []packageSource      `json:"sources,omitempty"`
	Resources    []packageResource    `json:"resources"`
}

type packageContributor struct {
	Title string   `json:"title"`
	Roles []string `json:"roles"`
}

type packageSource struct {
	Title   string `json:"title"`
	Version string `json:"version,omitempty"`
}

type packageResource struct {
	Name      string       `json:"name"`
	Title     string       `json:"title,omitempty"`
	Path      string       `json:"path"`
	Type      string       `json:"type,omitempty"`
	Format    string       `json:"format"`
	MediaType string       `json:"mediatype"`
	Encoding  string       `json:"encoding"`
	Bytes     int64        `json:"bytes"`
	Hash      string       `json:"hash"`
	Schema    *tableSchema `json:"schema,omitempty"`
}

type tableSchema struct {
	Schema        string       `json:"$schema"`
	Fields        []tableField `json:"fields"`
	MissingValues []string     `json:"missingValues"`
	PrimaryKey    []string     `json:"primaryKey,omitempty"`
	ForeignKeys   []foreignKey `json:"foreignKeys,omitempty"`
}

type tableField struct {
	Name        string            `json:"name"`
	Title       string            `json:"title,omitempty"`
	Description string            `json:"description,omitempty"`
	Type        string            `json:"type"`
	Format      string            `json:"format,omitempty"`
	Delimiter   string            `json:"delimiter,omitempty"`
	Categories  []tableCategory   `json:"categories,omitempty"`
	Choices     []tableCategory   `json:"choices,omitempty"` // of several: lists have no categories
	Constraints *tableConstraints `json:"constraints,omitempty"`
}

type tableCategory struct {
	Value string `json:"value"`
	Label string `json:"label,omitempty"`
}

type tableConstraints struct {
	Required bool     `json:"required,omitempty"`
	Unique   bool     `json:"unique,omitempty"`
	Enum     []string `json:"enum,omitempty"`
}

type foreignKey struct {
	Fields    []string `json:"fields"`
	Reference struct {
		Resource string   `json:"resource"`
		Fields   []string `json:"fields"`
	} `json:"reference"`
}

func (p *dataPackage) descriptor() *packageDescriptor {
	out := &packageDescriptor{Schema: "https://datapackage.org/profiles/2.0/datapackage.json", Name: cmp.Or(slug(p.Name), "study"), Title: p.Heading(), Resources: p.resources}
	says := append(p.Notes(), "Texts that a spreadsheet would take for a formula begin with an apostrophe.",
		"Columns that end in _missing say why there is no answer in the column before them: dk (don't know), refused, na (not applicable).")
	out.Description = strings.Join(says, "\n\n")
	for _, c := range p.About.Producers {
		out.Contributors = append(out.Contributors, packageContributor{c, []string{"creator"}})
	}
	if a := &p.About; a.FormID != "" {
		out.Sources = []packageSource{{Title: strings.TrimSpace("Interviews with the questionnaire " + a.FormTitle + " (" + a.FormID + ")"), Version: a.FormVersion}}
	}
	return out
}

// name gives each table the name of its resource.
func (p *dataPackage) name() {
	p.names = map[*Table]string{}
	used := map[string]bool{"units-geojson": true, "codebook": true, "ddi": true}
	for _, t := range p.Tables {
		base := cmp.Or(slug(t.FileName()), "table")
		name := base
		for n := 2; used[name]; n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		used[name] = true
		p.names[t.source] = name
	}
}

// pathOf is where a table stands in the package.
func (p *dataPackage) pathOf(t *TableBook) string { return "data/" + p.names[t.source] + ".csv" }

// slug is a name of small letters, digits, "-", "_" and ".".
func slug(s string) string {
	s = strings.Map(func(r rune) rune {
		switch r = unicode.ToLower(r); {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '.':
			return r
		}
		return '-'
	}, s)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	return strings.Trim(s, "-.")
}

// file writes a file and remembers what it is.
func (p *dataPackage) file(name, title, path, format, media string, write func(w io.Writer) error) error {
	f, err := p.zip.Create(path)
	if err != nil {
		return err
	}
	m := &measured{w: f, sum: sha256.New()}
	if err := write(m); err != nil {
		return err
	}
	p.resources = append(p.resources, packageResource{Name: name, Title: title, Path: path, Format: format, MediaType: media, Encoding: "utf-8", Bytes: m.n, Hash: "sha256:" + hex.EncodeToString(m.sum.Sum(nil))})
	return nil
}

// measured counts and hashes what is written.
type measured struct {
	w   io.Writer
	sum hash.Hash
	n   int64
}

func (m *measured) Write(b []byte) (int, error) {
	n, err := m.w.Write(b)
	m.sum.Write(b[:n])
	m.n += int64(n)
	return n, err
}

func (p *dataPackage) table(ctx context.Context, t *TableBook) error {
	err := p.file(p.names[t.source], t.Title(), p.pathOf(t), "csv", "text/csv", func(w io.Writer) error { return p.rows(ctx, w, t) })
	if err != nil {
		return err
	}
	r := &p.resources[len(p.resources)-1]
	r.Type, r.Schema = "table", p.schema(t)
	return nil
}

// rows writes CSV without the byte order mark, which readers of packages do not expect.
func (p *dataPackage) rows(ctx context.Context, out io.Writer, t *TableBook) error {
	w := bufio.NewWriterSize(out, 1<<16)
	c := csvTable{Table: t.Table, fictional: p.Fictional, repeat: t.source != &p.Dataset.Table}
	b := append(c.appendHead(nil), "\r\n"...)
	for f, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		b = c.appendRow(b, f)
		if _, err := w.Write(b); err != nil {
			return err
		}
		b = b[:0]
	}
	w.Write(b)
	return w.Flush()
}

// unitKey is the column by which rows of repeats find their unit.
const unitKey = "unit_id"

func (p *dataPackage) schema(t *TableBook) *tableSchema {
	s := &tableSchema{Schema: "https://datapackage.org/profiles/2.0/tableschema.json", MissingValues: []string{""}}
	for _, v := range t.Variables {
		s.Fields = append(s.Fields, v.tableField())
	}
	units := &p.Dataset.Table
	hasKey := slices.ContainsFunc(units.Fields, func(f Field) bool { return f.Name == unitKey })
	if t.source == units {
		if hasKey {
			s.PrimaryKey = []string{unitKey}
		}
		return s
	}
	s.PrimaryKey = []string{rowColumn}
	key := foreignKey{Fields: []string{parentColumn}}
	about, column := t.About, rowColumn
	if about == nil || about == units {
		about, column = units, unitKey
	}
	if column == rowColumn || hasKey {
		key.Reference.Resource, key.Reference.Fields = p.names[about], []string{column}
		s.ForeignKeys = []foreignKey{key}
	}
	return s
}

// tableField is a column as Table Schema has it. Columns with answers that are not of their
// type are strings: nothing that was answered is an error of the file.
func (v *Variable) tableField() tableField {
	f := tableField{Name: defused(v.Name), Title: v.Label, Type: "string"}
	f.Description = strings.TrimSpace(strings.Join(slices.DeleteFunc([]string{v.Note, v.Hint, v.Guidance}, func(s string) bool { return s == "" }), " "))
	var choices []tableCategory
	var codes []string
	seen := map[string]bool{}
	for _, c := range v.Choices {
		if code := defused(valid(c.Code)); code != "" && !seen[code] {
			seen[code] = true
			choices, codes = append(choices, tableCategory{code, c.Label}), append(codes, code)
		}
	}
	switch {
	case v.role == rowRole, v.role == answerRole && v.Name == unitKey:
		f.Constraints = &tableConstraints{Required: true, Unique: true}
	case v.role == parentRole:
		f.Constraints = &tableConstraints{Required: true}
	case v.role == fictionalRole:
		f.Type = "boolean"
	case v.role == coordinateRole:
		f.Type = "number"
	case v.several() && len(choices) > 0 || v.Kind == survey.SelectMultiple:
		f.Type, f.Delimiter, f.Choices = "list", " ", choices
	case len(choices) > 0 && !v.Strange:
		f.Categories, f.Constraints = choices, &tableConstraints{Enum: codes}
	case len(choices) > 0:
		f.Choices = choices
	case v.Strange:
	case v.Kind == survey.Integer && !v.raw.numbers.broken:
		f.Type = "integer"
	case v.Kind.Numeric() || v.Kind == survey.Calculate && v.raw.numbers.n > 0:
		f.Type = "number"
	case v.Kind == survey.Date || v.Kind == survey.Today:
		f.Type = "date"
	case v.Kind == survey.DateTime || v.Kind == survey.Start || v.Kind == survey.End:
		f.Type = "datetime"
	}
	return f
}

// withReasons puts, behind each column in which answers are missing for a reason or may be,
// one that says which.
func (c *Codebook) withReasons() {
	for _, t := range c.Tables {
		used := map[string]bool{}
		for _, v := range t.Variables {
			used[v.Name] = true
		}
		out := *t.Table
		out.Fields = nil
		var followed []bool // fields, by a column with the reason
		var vs []*Variable
		for _, v := range t.Variables {
			vs = append(vs, v)
			if v.role != answerRole {
				continue
			}
			f := *v.Field
			f.Name = valid(f.Name)
			v.Field = &f
			out.Fields = append(out.Fields, f)
			r := v.reason(t.Cases, used)
			followed = append(followed, r != nil)
			if r != nil {
				out.Fields = append(out.Fields, *r.Field)
				vs = append(vs, r)
			}
		}
		rows := t.Rows
		out.Rows = func(ctx context.Context) iter.Seq2[*Feature, error] { return rowsWithReasons(rows(ctx), followed) }
		t.Table, t.Variables = &out, vs
	}
	c.number()
}

func rowsWithReasons(rows iter.Seq2[*Feature, error], followed []bool) iter.Seq2[*Feature, error] {
	return func(yield func(*Feature, error) bool) {
		row := &Feature{}
		for f, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			row.ID, row.Parent, row.Geometry, row.Values = valid(f.ID), valid(f.Parent), f.Geometry, row.Values[:0]
			for i, v := range f.Values {
				v.Text = valid(v.Text)
				row.Values = append(row.Values, v)
				if followed[i] {
					row.Values = append(row.Values, survey.Of(string(v.Special)))
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// valid is a text in UTF-8, which a package says that it is in.
func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }

// reason is the column that says why answers are missing; nil where none is for a reason.
func (v *Variable) reason(cases int, used map[string]bool) *Variable {
	f := &Field{Name: v.Name + "_missing", Kind: survey.String, Group: v.Group, Class: v.Class, Wording: Wording{Note: "why there is no answer in " + v.Name}}
	for n := 2; used[f.Name]; n++ {
		f.Name = v.Name + "_missing_" + strconv.Itoa(n)
	}
	out := &Variable{Field: f, role: reasonRole}
	for _, r := range v.Reasons {
		if r.Code == "" {
			continue
		}
		out.Codes = append(out.Codes, r)
		out.Valid.N += r.N
		out.Valid.Suppressed = out.Valid.Suppressed || r.Suppressed
	}
	if len(out.Codes) == 0 {
		return nil
	}
	used[f.Name] = true
	for i, special := range specials {
		f.Choices = append(f.Choices, Choice{Code: string(special), Label: reasonWords[i+1]})
	}
	out.Missing = Count{N: cases - out.Valid.N}
	if out.Valid.Suppressed {
		out.Valid, out.Missing = Count{Suppressed: true}, Count{Suppressed: true}
	}
	return out
}
