package survey

import (
	"fmt"
	"strings"
)

// Problem is something wrong in a file that someone gave us, with its place.
// Problems are gathered and shown together.
type Problem struct {
	Sheet    string // sheet or file name; "" if there is just one
	Row      int    // 1-based; 0 if the problem is not about a row
	Column   string // name of the column, or ""
	Cell     string // "C12" where the file has cells, else ""
	Severity Severity
	Text     string // what is wrong
	Hint     string // what to do about it, or ""
}

// Severity tells errors, which make a file unusable, from warnings.
type Severity uint8

// The severities.
const (
	Error Severity = iota
	Warning
)

// String writes "sheet!cell: text (hint)".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Place())
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Severity == Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(p.Text)
	if p.Hint != "" {
		fmt.Fprintf(&b, " (%s)", p.Hint)
	}
	return b.String()
}

// Place writes where the problem is: "survey!C12", "survey!12", "choices".
func (p Problem) Place() string {
	at := p.Cell
	if at == "" && p.Row > 0 {
		at = fmt.Sprint(p.Row)
	}
	switch {
	case p.Sheet == "":
		return at
	case at == "":
		return p.Sheet
	}
	return p.Sheet + "!" + at
}

// Unusable says whether any problem is an error.
func Unusable(ps []Problem) bool {
	for _, p := range ps {
		if p.Severity == Error {
			return true
		}
	}
	return false
}
