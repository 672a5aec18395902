package exchange

import (
	"bufio"
	"cmp"
	"context"
	"io"
	"regexp"
	"strconv"
	"strings"

	"sselandscape/survey"
)

// writeDDI writes the documentation of a dataset as DDI-Codebook 2.5 (DDI Alliance, schema
// of 2012-01-17), which catalogues of data read: the study, its files, and each variable with
// its question, codes and counts.
func writeDDI(ctx context.Context, out io.Writer, d *Dataset) error {
	c, err := CodebookOf(ctx, d)
	if err != nil {
		return err
	}
	return c.writeDDI(out, func(t *TableBook) string { return t.FileName() + ".csv" })
}

// writeDDI writes what was counted; file is the name of a table's file.
func (c *Codebook) writeDDI(out io.Writer, file func(t *TableBook) string) error {
	x := &ddiWriter{Codebook: c, w: bufio.NewWriter(out)}
	x.w.WriteString(xmlHead)
	x.open("codeBook", "xmlns", "ddi:codebook:2_5", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
		"xsi:schemaLocation", "ddi:codebook:2_5 http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd",
		"version", "2.5", "xml:lang", "en") // what is not of the questionnaire is in English
	x.document()
	x.study()
	for i, t := range c.Tables {
		x.file(i, t, file(t))
	}
	x.open("dataDscr")
	for i, t := range c.Tables {
		x.groups(i, t)
	}
	for i, t := range c.Tables {
		for k, v := range t.Variables {
			x.variable(i, k, v)
		}
	}
	x.close("dataDscr")
	x.close("codeBook")
	return x.w.Flush()
}

// ddiWriter writes elements, each on a line of its own. The first error stays in w.
type ddiWriter struct {
	*Codebook
	w *bufio.Writer
}

// tag writes a tag; attributes are names and values in turn, blank ones are left out.
func (x *ddiWriter) tag(name, end string, attrs []string) {
	x.w.WriteString("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			x.w.WriteString(" " + attrs[i] + `="` + xmlText(attrs[i+1]) + `"`)
		}
	}
	x.w.WriteString(end)
}

func (x *ddiWriter) open(name string, attrs ...string) { x.tag(name, ">\n", attrs) }

func (x *ddiWriter) close(name string) { x.w.WriteString("</" + name + ">\n") }

func (x *ddiWriter) empty(name string, attrs ...string) { x.tag(name, "/>\n", attrs) }

// leaf writes an element with a text, nothing where that is blank.
func (x *ddiWriter) leaf(name, text string, attrs ...string) {
	if text != "" {
		x.tag(name, ">", attrs)
		x.w.WriteString(xmlText(text))
		x.close(name)
	}
}

// inAll writes a text in the language of the export and in the others.
func (x *ddiWriter) inAll(name, text string, others []Translation) {
	x.inOne(name, text)
	for _, o := range others {
		if t := tagOf(o.Language); t != "" && text != "" {
			x.leaf(name, o.Text, "xml:lang", t)
		}
	}
}

// inOne writes a text of the questionnaire in the language of the export.
func (x *ddiWriter) inOne(name, text string) {
	x.leaf(name, text, "xml:lang", tagOf(x.About.Language))
}

var languageTags = regexp.MustCompile(`^[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*$`)

// tagOf is a language as xs:language takes it, "" if it is none.
func tagOf(language string) string {
	if languageTags.MatchString(language) {
		return language
	}
	return ""
}

// document describes this file.
func (x *ddiWriter) document() {
	x.open("docDscr")
	x.open("citation")
	x.open("titlStmt")
	x.leaf("titl", "Codebook: "+cmp.Or(x.Name, "untitled study"))
	x.close("titlStmt")
	x.open("prodStmt")
	x.leaf("software", "SSE Landscape")
	x.close("prodStmt")
	x.close("citation")
	x.close("docDscr")
}

func (x *ddiWriter) study() {
	a := &x.About
	x.open("stdyDscr")
	x.open("citation")
	x.open("titlStmt")
	x.leaf("titl", cmp.Or(x.Name, "untitled study"))
	x.close("titlStmt")
	if len(a.Producers) > 0 {
		x.open("rspStmt")
		for _, p := range a.Producers {
			x.leaf("AuthEnty", p)
		}
		x.close("rspStmt")
		x.open("prodStmt")
		for _, p := range a.Producers {
			x.leaf("producer", p)
		}
		x.close("prodStmt")
	}
	if a.FormID != "" {
		x.open("verStmt")
		x.leaf("version", strings.TrimSpace(a.FormTitle+" ("+a.FormID+") "+a.FormVersion), "type", "questionnaire")
		x.close("verStmt")
	}
	x.close("citation")
	x.open("stdyInfo")
	x.scope()
	x.close("stdyInfo")
	for _, n := range x.Notes() {
		x.leaf("notes", n, "type", "release")
	}
	x.close("stdyDscr")
}

// scope says when and where interviews were held, and about what.
func (x *ddiWriter) scope() {
	x.open("sumDscr")
	first, last := x.span()
	if first == last {
		x.leaf("collDate", first, "date", first, "event", "single")
	} else {
		x.leaf("collDate", first, "date", first, "event", "start")
		x.leaf("collDate", last, "date", last, "event", "end")
	}
	var names []string
	for _, k := range x.About.Countries {
		x.leaf("nation", cmp.Or(k.Name, k.Code), "abbr", k.Code)
		names = append(names, cmp.Or(k.Name, k.Code))
	}
	x.leaf("geogCover", strings.Join(names, ", "))
	x.leaf("geogUnit", x.About.Places)
	x.leaf("anlyUnit", "organization of the social and solidarity economy")
	x.leaf("dataKind", "survey data")
	x.close("sumDscr")
}

func fileID(i int) string { return "F" + strconv.Itoa(i+1) }

func (x *ddiWriter) file(i int, t *TableBook, name string) {
	x.open("fileDscr", "ID", fileID(i), "URI", name)
	x.open("fileTxt")
	x.leaf("fileName", name)
	x.leaf("fileCont", t.Title())
	kind := "rectangular"
	if i > 0 {
		kind = "relational"
	}
	x.empty("fileStrc", "type", kind)
	x.open("dimensns")
	x.leaf("caseQnty", strconv.Itoa(t.Cases))
	x.leaf("varQnty", strconv.Itoa(len(t.Variables)))
	x.close("dimensns")
	x.leaf("fileType", "text", "charset", "UTF-8")
	x.leaf("format", "comma-delimited")
	x.close("fileTxt")
	if i > 0 {
		about := "units"
		for _, u := range x.Tables {
			if u.source == t.About {
				about = u.FileName()
			}
		}
		x.leaf("notes", parentColumn+" is the row of "+about+" that a row is about.", "type", "relation")
	}
	x.close("fileDscr")
}

func (x *ddiWriter) groups(i int, t *TableBook) {
	for k, s := range x.Sections(t) {
		if s.Name == "" {
			continue
		}
		var ids []string
		for _, v := range s.Variables {
			ids = append(ids, v.ID)
		}
		x.open("varGrp", "ID", "G"+strconv.Itoa(i+1)+"."+strconv.Itoa(k+1), "type", "section", "var", strings.Join(ids, " "), "name", s.Name)
		x.inAll("labl", s.Label, s.Others)
		x.close("varGrp")
	}
}

// variable describes a column; k is its place in the file, from 0.
func (x *ddiWriter) variable(file, k int, v *Variable) {
	interval, representation := "discrete", v.representation()
	if representation == "numeric" {
		interval = "contin"
	}
	x.open("var", "ID", v.ID, "name", v.Name, "files", fileID(file), "intrvl", interval, "representationType", representation)
	// The place is the ordinal in a file of free format.
	x.empty("location", "StartPos", strconv.Itoa(k+1), "fileid", fileID(file))
	x.inAll("labl", v.Label, v.Others)
	x.question(v)
	x.summary(v)
	x.leaf("txt", v.Note)
	for i := range v.Codes {
		x.category(&v.Codes[i], "")
	}
	for i := range v.Reasons {
		x.category(&v.Reasons[i], "Y")
	}
	for _, g := range x.About.Groups {
		if g.Name == v.Group && v.Group != "" {
			x.inOne("concept", cmp.Or(g.Label, g.Name))
		}
	}
	x.format(v, representation)
	if v.Class != "" && v.Class != survey.ClassNone {
		x.leaf("notes", string(v.Class), "type", "sensitivity")
	}
	if v.Strange {
		x.leaf("notes", "Some answers are not of this type, or no choices.", "type", "quality")
	}
	x.close("var")
}

// summary writes the range of numbers, and how many answers there are.
func (x *ddiWriter) summary(v *Variable) {
	if s := v.Summary; s != nil && s.Extremes {
		units := "REAL"
		if v.Kind == survey.Integer {
			units = "INT"
		}
		x.open("valrng")
		x.empty("range", "UNITS", units, "min", s.number(s.Min), "max", s.number(s.Max))
		x.close("valrng")
	}
	x.statistic("sumStat", "vald", v.Valid)
	x.statistic("sumStat", "invd", v.Missing)
	if v.Summary != nil {
		for _, l := range v.Summary.Lines() {
			x.leaf("sumStat", l[1], "type", l[0])
		}
	}
}

// statistic writes a count, or that it is not told.
func (x *ddiWriter) statistic(name, kind string, c Count) {
	if c.Suppressed {
		x.leaf(name, c.String(), "type", "other", "otherType", "suppressed")
	} else {
		x.leaf(name, c.String(), "type", kind)
	}
}

func (x *ddiWriter) category(f *Frequency, missing string) {
	kind := ""
	if missing != "" {
		kind = cmp.Or(f.Code, "blank")
	}
	x.open("catgry", "missing", missing, "missType", kind)
	x.leaf("catValu", f.Code)
	if missing != "" || f.Code == "" {
		x.leaf("labl", f.Label)
	} else {
		x.inAll("labl", f.Label, f.Others)
	}
	x.statistic("catStat", "freq", f.Count)
	x.close("catgry")
}

// question writes how it was asked.
func (x *ddiWriter) question(v *Variable) {
	if v.Label == "" {
		return
	}
	kind := map[string]string{"numeric": "numeric", "code": "category", "datetime": "datetime", "text": "text"}[v.representation()]
	switch {
	case v.several():
		kind = "multiple"
	case v.Kind == survey.Geopoint || v.Kind == survey.Geotrace || v.Kind == survey.Geoshape:
		kind = "geographic"
	}
	x.open("qstn", "responseDomainType", kind)
	x.inAll("qstnLit", v.Label, v.Others)
	x.inOne("ivuInstr", v.Hint)
	x.inOne("ivuInstr", v.Guidance)
	x.close("qstn")
}

// representation is how a column says what it says, in DDI's terms.
func (v *Variable) representation() string {
	switch {
	case v.Kind.Selects() && len(v.Choices) > 0 || v.role == reasonRole:
		return "code"
	case v.Kind.Numeric() || v.Kind == survey.Calculate && v.Summary != nil:
		return "numeric"
	}
	switch v.Kind {
	case survey.Date, survey.Today, survey.Time, survey.DateTime, survey.Start, survey.End:
		return "datetime"
	}
	return "text"
}

func (x *ddiWriter) format(v *Variable, representation string) {
	kind, category := "character", ""
	switch {
	case representation == "numeric":
		kind = "numeric"
	case v.Kind == survey.Time:
		category = "time"
	case representation == "datetime":
		category = "date"
	}
	x.empty("varFormat", "type", kind, "formatname", v.Kind.String(), "schema", "other", "otherSchema", "XLSForm", "category", category)
}
