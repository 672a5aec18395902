package notation

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Numbers reads and writes numbers.
type Numbers struct {
	// Grouped says that the field itself writes commas between thousands, so that
	// a comma never is a decimal sign.
	Grouped bool
}

const longest = 40 // digits of a number at the most

// Integer reads a whole number: "1,234,567", "12,34,567", "1 234", "1.234.567".
func (n Numbers) Integer(s string) (string, error) {
	sign, body, err := split(s)
	if err != nil {
		return "", err
	}
	whole, part, err := n.read(body, true)
	if err != nil {
		return "", err
	}
	if strings.Trim(part, "0") != "" {
		return "", fmt.Errorf("%s is no whole number; leave out what stands behind the point", strings.TrimSpace(s))
	}
	v, err := strconv.ParseInt(sign+whole, 10, 64)
	if err != nil {
		return "", errors.New("this number is too large to be stored")
	}
	return strconv.FormatInt(v, 10), nil
}

// Decimal reads a number: "1,234.5", "1.234,5", "0,5". A single comma before
// three digits can be either sign and is refused, unless the field is Grouped; a
// single point is the decimal sign, as in what is stored.
func (n Numbers) Decimal(s string) (string, error) {
	sign, body, err := split(s)
	if err != nil {
		return "", err
	}
	whole, part, err := n.read(body, false)
	if err != nil {
		return "", err
	}
	if trimmed := strings.TrimLeft(whole, "0"); trimmed != "" {
		whole = trimmed
	} else {
		whole = "0"
	}
	if part == "" {
		return sign + whole, nil
	}
	return sign + whole + "." + part, nil
}

var errNumber = errors.New("this is no number; write digits, for example 1234.5")

// split takes the sign away and checks that only digits and separators follow.
func split(s string) (sign, body string, err error) {
	s = strings.NewReplacer("٬", ",", "٫", ".", "’", "'").Replace(tidy(s))
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		sign, s = strings.TrimPrefix(s[:1], "+"), strings.TrimSpace(s[1:])
	}
	if strings.Trim(s, "0123456789.,' ") != "" || !strings.ContainsAny(s, "0123456789") {
		return "", "", errNumber
	}
	if len(s) > 2*longest {
		return "", "", errors.New("this number is too long")
	}
	return sign, s, nil
}

// read finds which of the separators are of thousands and which is the decimal
// sign.
func (n Numbers) read(s string, integer bool) (whole, part string, err error) {
	points, commas := strings.Count(s, "."), strings.Count(s, ",")
	mark := "" // decimal sign
	switch {
	case points > 0 && commas > 0:
		mark = ","
		if strings.LastIndex(s, ".") > strings.LastIndex(s, ",") {
			mark = "."
		}
	case points == 1:
		mark = "."
		if integer && groups(s, ".") {
			return "", "", both(s)
		}
	case commas == 1 && !n.Grouped && !integer:
		if groups(s, ",") {
			return "", "", both(s)
		}
		mark = ","
	}
	whole = s
	if mark != "" {
		whole, part, _ = strings.Cut(s, mark)
	}
	if part != "" && !allDigits(part) {
		return "", "", errNumber
	}
	if whole == "" {
		whole = "0"
	}
	whole, err = ungroup(whole)
	return whole, part, err
}

func both(s string) error {
	plain := strings.NewReplacer(".", "", ",", "", " ", "", "'", "").Replace(s)
	return fmt.Errorf("%s can be %s or %s; write it as one of these", s, plain, strings.ReplaceAll(s, ",", "."))
}

// groups says whether a text reads as thousands with one separator: 1.234.
func groups(s, sep string) bool {
	head, tail, _ := strings.Cut(s, sep)
	return allDigits(head) && len(head) <= 3 && head[0] != '0' && allDigits(tail) && len(tail) == 3
}

// ungroup joins groups of digits: threes, or twos before a last three as in India
// and Nepal.
func ungroup(s string) (string, error) {
	if allDigits(s) {
		return s, nil
	}
	i := strings.IndexAny(s, ".,' ")
	if i < 0 {
		return "", errNumber
	}
	parts := strings.Split(s, s[i:i+1])
	threes, twos := len(parts[0]) <= 3, len(parts[0]) <= 2
	for j, p := range parts {
		if !allDigits(p) {
			return "", fmt.Errorf("the signs between the digits of %s do not fit together; write 1234567 or 1,234,567", s)
		}
		last := j == len(parts)-1
		threes = threes && (j == 0 || len(p) == 3)
		twos = twos && (j == 0 || len(p) == 2 || last && len(p) == 3) && !(last && len(p) != 3)
	}
	if !threes && !twos {
		return "", fmt.Errorf("the digits of %s do not stand in threes; write 1234567, 1,234,567 or 12,34,567", s)
	}
	return strings.Join(parts, ""), nil
}

// Group writes commas between the thousands of a stored number: "1234567.5" is
// "1,234,567.5". Other texts stay.
func Group(s string) string {
	sign, body := "", s
	if strings.HasPrefix(s, "-") {
		sign, body = "-", s[1:]
	}
	whole, part, pointed := strings.Cut(body, ".")
	if !allDigits(whole) || part != "" && !allDigits(part) {
		return s
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if pointed {
		whole += "." + part
	}
	return sign + whole
}

// GroupTyped groups a number that is being typed and says where the caret goes:
// behind the same digit as before. Both carets count runes. Texts that are no
// plain number stay.
func GroupTyped(s string, caret int) (string, int) {
	r := []rune(s)
	caret = max(0, min(caret, len(r)))
	bare := strings.ReplaceAll(s, ",", "")
	before := caret - strings.Count(string(r[:caret]), ",")
	out := Group(Digits(bare))
	if out == bare && !strings.Contains(s, ",") {
		return s, caret
	}
	at := 0
	for n := 0; n < before && at < len(out); at++ {
		if out[at] != ',' {
			n++
		}
	}
	return out, at
}
