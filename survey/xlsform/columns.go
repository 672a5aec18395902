package xlsform

import (
	"fmt"
	"slices"
	"strings"

	"sselandscape/survey"
	"sselandscape/survey/expr"
)

// column is a header cell understood.
type column struct {
	index int    // 0-based
	title string // as written
	name  string // canonical: "label", "bind::sse:role", "image" …
	lang  string // language of a translated column, or ""
	own   bool   // XLSForm does not know it: kept as it stands
}

// aliases maps other spellings of column names to the canonical ones.
var aliases = map[string]string{
	"relevance": "relevant", "read_only": "readonly", "caption": "label", "value": "name", "tag": "name",
	"count": "repeat_count", "jr:count": "repeat_count", "calculate": "calculation", "command": "type", "noaddremove": "body::jr:noAddRemove",
	"media::image": "image", "media::audio": "audio", "media::video": "video", "media::big-image": "big-image", "big_image": "big-image",
	"bind::relevant": "relevant", "bind::required": "required", "bind::constraint": "constraint", "bind::calculate": "calculation",
	"bind::readonly": "readonly", "bind::jr:constraintmsg": "constraint_message", "bind::jr:requiredmsg": "required_message",
	"bind::entities:saveto": "save_to", "constraintmsg": "constraint_message", "requiredmsg": "required_message",
	"body::appearance": "appearance", "compact_tag": "instance::odk:tag", "intent": "body::intent", "autoplay": "body::autoplay", "rows": "body::rows",
	"body::jr:count": "repeat_count", "noapperrorstring": "bind::jr:noAppErrorString", "bind::jr:noapperrorstring": "bind::jr:noAppErrorString",
}

var choiceAliases = map[string]string{"caption": "label", "value": "name", "list": "list_name",
	"media::image": "image", "media::audio": "audio", "media::video": "video", "media::big-image": "big-image"}

var settingAliases = map[string]string{"set_form_title": "form_title", "title": "form_title", "id_string": "form_id", "set_form_id": "form_id",
	"form_name": "name"}

var entityAliases = map[string]string{"dataset": "list_name"}

var surveyColumns = []string{"type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant",
	"constraint", "constraint_message", "appearance", "choice_filter", "calculation", "repeat_count", "default", "readonly",
	"parameters", "trigger", "image", "audio", "video", "big-image", "note", "disabled", "save_to"}

// translated are the columns that may carry a language.
var translated = []string{"label", "hint", "guidance_hint", "required_message", "constraint_message", "image", "audio", "video", "big-image", "bind::jr:noAppErrorString"}

// sheetKind says how the headers of a sheet are read.
type sheetKind struct {
	known   []string
	aliases map[string]string
}

var (
	surveySheet   = sheetKind{surveyColumns, aliases}
	choiceSheet   = sheetKind{choiceColumns, choiceAliases}
	settingsSheet = sheetKind{settingsColumns, settingAliases}
	entitySheet   = sheetKind{entityColumns, entityAliases}
)

// headers reads the header row. Headers that are a slip of the pen away from a
// known column are reported.
func headers(s Sheet, at int, row []string, kind sheetKind) ([]column, []survey.Problem) {
	var cols []column
	var ps []survey.Problem
	seen := map[string]int{}
	for i, cell := range row {
		title := strings.Join(strings.Fields(strings.ReplaceAll(cell, "\u00a0", " ")), " ")
		if title == "" {
			continue
		}
		c := kind.header(title)
		c.index = i
		c.own = !slices.Contains(kind.known, c.name) && !strings.HasPrefix(c.name, "bind::") && !strings.HasPrefix(c.name, "body::") && !strings.HasPrefix(c.name, "instance::")
		key := c.name + "::" + c.lang
		if j, twice := seen[key]; twice {
			ps = append(ps, survey.Problem{Sheet: s.Name, Row: at, Column: title, Cell: cellName(i, at),
				Text: fmt.Sprintf("the column %q stands here and in %s", title, cellName(j, at)), Hint: "keep one of them"})
			continue
		}
		seen[key] = i
		cols = append(cols, c)
		if near := slip(c.name, kind.known); near != "" && !taken(near, row, kind) {
			ps = append(ps, survey.Problem{Sheet: s.Name, Row: at, Column: title, Cell: cellName(i, at), Severity: survey.Warning,
				Text: fmt.Sprintf("the column %q is kept but has no meaning here", title), Hint: fmt.Sprintf("did you mean %q?", near)})
		}
	}
	return cols, ps
}

// taken says whether the header row already has the column.
func taken(name string, row []string, kind sheetKind) bool {
	return slices.ContainsFunc(row, func(cell string) bool { return kind.header(cell).name == name })
}

func slip(name string, known []string) string {
	if slices.Contains(known, name) || strings.Contains(name, "::") || len(name) > maxGuess {
		return ""
	}
	return expr.Nearest(name, known)
}

// header takes a header apart: "label::English (en)", "media::image::French",
// "bind::jr:constraintMsg", "label:fr" (the old separator).
func (k sheetKind) header(title string) column {
	parts := strings.Split(title, "::")
	if len(parts) == 1 {
		if head, tail, found := strings.Cut(title, ":"); found {
			switch h := strings.ToLower(strings.TrimSpace(head)); {
			case slices.Contains(translated, k.canonical(h)), h == "bind", h == "control", h == "body", h == "instance":
				parts = []string{head, tail}
			case h == "media":
				parts = strings.SplitN(title, ":", 3)
			}
		}
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if strings.EqualFold(parts[0], "control") {
		parts[0] = "body"
	}
	c := column{title: title, name: k.canonical(parts[0])}
	rest := parts[1:]
	if len(rest) > 0 {
		if joined := k.canonical(parts[0] + "::" + rest[0]); !strings.Contains(joined, "::") || slices.Contains(translated, joined) {
			c.name, rest = joined, rest[1:]
		}
	}
	switch {
	case len(rest) == 0:
	case slices.Contains(translated, c.name):
		c.lang = strings.Join(rest, "::")
	default:
		c.name = strings.ToLower(parts[0]) + "::" + strings.Join(rest, "::")
	}
	return c
}

// canonical finds the known name of a column; names that are not known stay as
// they are, since expressions may use them.
func (k sheetKind) canonical(name string) string {
	low := strings.ToLower(name)
	for _, n := range [...]string{low, strings.ReplaceAll(low, " ", "_")} {
		if a, ok := k.aliases[n]; ok {
			return a
		}
		if slices.Contains(k.known, n) {
			return n
		}
	}
	return name
}

// cellName writes a cell as spreadsheets do: column 0, row 3 is "A3".
func cellName(col, row int) string {
	s := ""
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return fmt.Sprint(s, row)
}

// heading is what the rows of a sheet share.
type heading struct {
	sheet string
	cols  []column
	raw   bool // white space is kept
}

// record is one row of a sheet, read through its columns.
type record struct {
	*heading
	row   int // 1-based
	cells []string
}

func (r record) cell(i int) string {
	if i >= len(r.cells) {
		return ""
	}
	return clean(r.cells[i], r.raw)
}

// clean straightens quotes and takes out needless spaces, keeping line breaks.
func clean(s string, raw bool) string {
	if s == "" {
		return ""
	}
	if odd(s) {
		s = straighten.Replace(s)
	}
	s = strings.TrimSpace(s)
	for !raw && strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return s
}

// odd says whether straighten may have something to do, which is seldom.
func odd(s string) bool {
	for i := range len(s) - 1 {
		switch a, b := s[i], s[i+1]; {
		case a == 0xc2 && b == 0xa0, a == 0xe2 && b == 0x80, a == '\r' && b == '\n':
			return true
		}
	}
	return false
}

var straighten = strings.NewReplacer("\u00a0", " ", "‘", "'", "’", "'", "“", `"`, "”", `"`, "\r\n", "\n")

// get returns the cell of the column without a language.
func (r record) get(name string) string {
	for i := range r.cols {
		if c := &r.cols[i]; c.name == name && c.lang == "" {
			return r.cell(c.index)
		}
	}
	return ""
}

// text returns all languages of a column.
func (r record) text(name string) survey.Text {
	var t survey.Text
	for i := range r.cols {
		c := &r.cols[i]
		if c.name != name {
			continue
		}
		if s := r.cell(c.index); s != "" {
			if t == nil {
				t = survey.Text{}
			}
			t[c.lang] = s
		}
	}
	return t
}

// problem makes a problem in the cell of a column.
func (r record) problem(col, hint, format string, args ...any) survey.Problem {
	p := survey.Problem{Sheet: r.sheet, Row: r.row, Column: col, Text: fmt.Sprintf(format, args...), Hint: hint}
	for _, c := range r.cols {
		if c.name == col {
			p.Column, p.Cell = c.title, cellName(c.index, r.row)
			break
		}
	}
	return p
}

// problemIn makes a problem in the cell of a column named as written.
func (r record) problemIn(title, hint, format string, args ...any) survey.Problem {
	for _, c := range r.cols {
		if c.title == title {
			return survey.Problem{Sheet: r.sheet, Row: r.row, Column: title, Cell: cellName(c.index, r.row), Text: fmt.Sprintf(format, args...), Hint: hint}
		}
	}
	return r.problem(title, hint, format, args...)
}

// warning is a problem that does not stop the form from being used.
func (r record) warning(col, hint, format string, args ...any) survey.Problem {
	p := r.problem(col, hint, format, args...)
	p.Severity = survey.Warning
	return p
}
