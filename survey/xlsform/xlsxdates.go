package xlsform

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// dates tells which numbers of a workbook are dates, and writes them.
type dates struct {
	from1904 bool
	styles   []dateKind // by the number of the cell's style
}

// dateKind says what a number format shows.
type dateKind uint8

const (
	noDate   dateKind = iota
	dateTime          // a date, a time or both
	elapsed           // hours, minutes or seconds beyond a day
)

const maxStyles = 100_000

// readStyles reads the number formats of the cell styles.
func (d *dates) readStyles(a *archive, name string) error {
	codes := map[string]string{} // of the workbook's own formats, by id
	inCells := 0
	return a.each(name, func(x *xmlReader) error {
		switch string(x.name) {
		case "numFmt":
			if len(codes) < maxStyles {
				codes[x.attr("numFmtId")] = x.attr("formatCode")
			}
		case "cellXfs":
			inCells = x.depth
		case "xf":
			if inCells == 0 || x.depth != inCells+1 {
				return nil
			}
			if len(d.styles) == maxStyles {
				return tooMuch("the workbook has more than %d cell styles; copy the form into a new workbook", maxStyles)
			}
			d.styles = append(d.styles, formatKind(x.attr("numFmtId"), codes))
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = 0
		}
		return nil
	})
}

// formatKind tells a format by its id: the workbook's own ones by their code,
// those built in (ECMA-376 part 1, 18.8.30) by number. 27 to 36 and 50 to 58 are
// dates and times of Chinese, Japanese and Korean workbooks.
func formatKind(id string, codes map[string]string) dateKind {
	if code, own := codes[id]; own {
		return codeKind(code)
	}
	switch n, _ := strconv.Atoi(id); {
	case n == 46:
		return elapsed
	case n >= 14 && n <= 22, n == 45, n == 47, n >= 27 && n <= 36, n >= 50 && n <= 58:
		return dateTime
	}
	return noDate
}

// codeKind reads a format code such as `[$-409]d/m/yy h:mm;@`: only its first
// section, without literals, colours, conditions and currencies.
func codeKind(code string) dateKind {
	kind := noDate
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; { // lower case
		case code[i] == ';':
			return kind
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++ // the next character is shown, or gives room
		case code[i] == '"':
			i += literal(code[i:], '"')
		case code[i] == '[':
			n := literal(code[i:], ']')
			if n > 0 && elapsedUnit(code[i+1:i+n]) {
				return elapsed
			}
			i += n
		case c == 'd' || c == 'm' || c == 'y' || c == 'h' || c == 's':
			kind = dateTime
		case c == 'g' && len(code) >= i+7 && code[i+1:i+7] == "eneral":
			return kind
		}
	}
	return kind
}

// literal returns how far the closing sign is, or the rest.
func literal(code string, closing byte) int {
	for n := 1; n < len(code); n++ {
		if code[n] == closing {
			return n
		}
	}
	return len(code) - 1
}

// elapsedUnit says whether brackets hold h, m or s, once or more.
func elapsedUnit(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c != 'h' && c != 'm' && c != 's' {
			return false
		}
	}
	return s != ""
}

// number writes a number, or the date that it is in its style.
func (d *dates) number(p []byte, style int) []byte {
	kind := noDate
	if style >= 0 && style < len(d.styles) {
		kind = d.styles[style]
	}
	f, err := strconv.ParseFloat(string(p), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return p // no number; the form's own checks speak of the text
	}
	switch {
	case kind == elapsed && math.Abs(f) < 1e9:
		return duration(p[:0], f)
	case kind == dateTime:
		if out, ok := d.moment(f); ok {
			return out
		}
	}
	return plainNumber(p, f)
}

// plainNumber writes a number without exponent: whole ones with all their digits,
// others as short as they can be told apart.
func plainNumber(p []byte, f float64) []byte {
	if digits := bytes.TrimPrefix(p, []byte("-")); isDigits(digits) && digits[0] != '0' {
		return p // more digits than a float holds, perhaps
	}
	if f == math.Trunc(f) {
		return strconv.AppendFloat(p[:0], f+0, 'f', 0, 64)
	}
	return strconv.AppendFloat(p[:0], f, 'f', -1, 64)
}

func isDigits(p []byte) bool {
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(p) > 0
}

// moment writes a count of days as pyxform does: below one day a time, else a
// date with its time. Workbooks that count from 1900 have a 29 February in that
// year, so days before March stand one day later. ok is false for years that
// have no four digits.
func (d *dates) moment(days float64) (text []byte, ok bool) {
	if days < -700_000 || days > 3_000_000 {
		return nil, false
	}
	whole := math.Floor(days)
	ms := math.RoundToEven((days - whole) * 86_400_000)
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if d.from1904 {
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	switch {
	case days >= 0 && days < 1 && ms < 86_400_000:
		return fraction(start.Add(time.Duration(ms)*time.Millisecond), "15:04:05"), true
	case days > 0 && days < 60 && !d.from1904:
		whole++
	}
	t := start.AddDate(0, 0, int(whole)).Add(time.Duration(ms) * time.Millisecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, false
	}
	return fraction(t, "2006-01-02 15:04:05"), true
}

// fraction writes a time in a layout, with microseconds where there are any.
func fraction(t time.Time, layout string) []byte {
	if t.Nanosecond() != 0 {
		layout += ".000000"
	}
	return t.AppendFormat(nil, layout)
}

// duration writes days as "26:30:00" is meant: "1 day, 2:30:00".
func duration(out []byte, days float64) []byte {
	ms := int64(math.RoundToEven(days * 86_400_000))
	whole := ms / 86_400_000
	if ms %= 86_400_000; ms < 0 {
		whole, ms = whole-1, ms+86_400_000
	}
	switch {
	case whole == 1 || whole == -1:
		out = fmt.Appendf(out, "%d day, ", whole)
	case whole != 0:
		out = fmt.Appendf(out, "%d days, ", whole)
	}
	out = fmt.Appendf(out, "%d:%02d:%02d", ms/3_600_000, ms/60_000%60, ms/1000%60)
	if ms%1000 != 0 {
		out = fmt.Appendf(out, ".%03d000", ms%1000)
	}
	return out
}

// isoDate writes a date that a cell holds as text in the same way.
func isoDate(p []byte) []byte {
	p = bytes.TrimSuffix(p, []byte("Z"))
	if n := bytes.IndexByte(p, 'T'); n > 0 {
		p[n] = ' '
	}
	if n := bytes.IndexByte(p, ':'); n > 0 && n+3 == len(p) {
		p = append(p, ":00"...)
	}
	return p
}
