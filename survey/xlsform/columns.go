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
}

// aliases maps other spellings of column names to the canonical ones.
var aliases = map[string]string{
	"relevance": "relevant", "read_only": "readonly", "caption": "label", "list name": "list_name", "value": "name",
	"repeat count": "repeat_count", "count": "repeat_count", "constraint message": "constraint_message",
	"required message": "required_message", "choice filter": "choice_filter", "calculate": "calculation",
	"guidance hint": "guidance_hint", "skip": "skip", "jr:count": "repeat_count", "command": "type",
	"media::image": "image", "media::audio": "audio", "media::video": "video", "media::big-image": "big-image",
	"bind::relevant": "relevant", "bind::required": "required", "bind::constraint": "constraint", "bind::calculate": "calculation",
	"bind::readonly": "readonly", "bind::jr:constraintmsg": "constraint_message", "bind::jr:requiredmsg": "required_message",
	"control::appearance": "appearance", "body::appearance": "appearance",
}

var surveyColumns = []string{"type", "name", "label", "hint", "guidance_hint", "required", "required_message", "relevant",
	"constraint", "constraint_message", "appearance", "choice_filter", "calculation", "repeat_count", "default", "readonly",
	"parameters", "trigger", "image", "audio", "video", "big-image", "autoplay", "note", "disabled", "rows", "save_to"}

// translated are the columns that may carry a language.
var translated = []string{"label", "hint", "guidance_hint", "required_message", "constraint_message", "image", "audio", "video", "big-image"}

// headers reads the header row. Headers that are a slip of the pen away from a
// known column are reported.
func headers(s Sheet, row []string, known []string) ([]column, []survey.Problem) {
	var cols []column
	var ps []survey.Problem
	seen := map[string]int{}
	for i, cell := range row {
		title := strings.Join(strings.Fields(strings.ReplaceAll(cell, "\u00a0", " ")), " ")
		if title == "" {
			continue
		}
		c := header(title)
		c.index = i
		key := c.name + "::" + c.lang
		if j, twice := seen[key]; twice {
			ps = append(ps, survey.Problem{Sheet: s.Name, Row: 1, Column: title, Cell: cellName(i, 1),
				Text: fmt.Sprintf("the column %q stands here and in %s", title, cellName(j, 1)), Hint: "keep one of them"})
			continue
		}
		seen[key] = i
		cols = append(cols, c)
		if near := slip(c.name, known); near != "" {
			ps = append(ps, survey.Problem{Sheet: s.Name, Row: 1, Column: title, Cell: cellName(i, 1), Severity: survey.Warning,
				Text: fmt.Sprintf("the column %q is kept but has no meaning here", title), Hint: fmt.Sprintf("did you mean %q?", near)})
		}
	}
	return cols, ps
}

func slip(name string, known []string) string {
	if slices.Contains(known, name) || strings.Contains(name, "::") {
		return ""
	}
	return expr.Nearest(name, known)
}

func header(title string) column {
	parts := strings.Split(title, "::")
	if len(parts) == 1 && strings.Count(title, ":") == 1 { // old separator
		if head, tail, _ := strings.Cut(title, ":"); slices.Contains(translated, strings.ToLower(strings.TrimSpace(head))) {
			parts = []string{head, tail}
		}
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	c := column{title: title, name: canonical(parts[0])}
	rest := parts[1:]
	if len(rest) > 0 {
		if joined := canonical(parts[0] + "::" + rest[0]); !strings.Contains(joined, "::") {
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

func canonical(name string) string {
	low := strings.ToLower(name)
	if a, ok := aliases[low]; ok {
		return a
	}
	return strings.ReplaceAll(low, " ", "_")
}

// cellName writes a cell as spreadsheets do: column 0, row 3 is "A3".
func cellName(col, row int) string {
	s := ""
	for n := col + 1; n > 0; n = (n - 1) / 26 {
		s = string(rune('A'+(n-1)%26)) + s
	}
	return fmt.Sprint(s, row)
}

// record is one row of a sheet, read through its columns.
type record struct {
	sheet string
	row   int // 1-based
	cells []string
	cols  []column
}

func (r record) cell(i int) string {
	if i >= len(r.cells) {
		return ""
	}
	return clean(r.cells[i])
}

// clean straightens quotes and takes out needless white space, keeping line
// breaks.
func clean(s string) string {
	if s == "" {
		return ""
	}
	s = straighten.Replace(s)
	if !strings.Contains(s, "\n") {
		return strings.Join(strings.Fields(s), " ")
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.Join(strings.Fields(l), " ")
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

var straighten = strings.NewReplacer("\u00a0", " ", "‘", "'", "’", "'", "“", `"`, "”", `"`, "\r\n", "\n")

// get returns the cell of the column without a language.
func (r record) get(name string) string {
	for _, c := range r.cols {
		if c.name == name && c.lang == "" {
			return r.cell(c.index)
		}
	}
	return ""
}

// text returns all languages of a column.
func (r record) text(name string) survey.Text {
	var t survey.Text
	for _, c := range r.cols {
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
