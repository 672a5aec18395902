package notation

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strings"
)

// angle is one of the two numbers of a position as it is being read.
type angle struct {
	parts []string // degrees, minutes, seconds
	units int      // of the parts, how many have their sign
	neg   bool
	side  byte // N, S, E, W or 0
	done  bool
}

var (
	degreeToken = regexp.MustCompile(`^(?:([-+]?)(\d*\.?\d+)|([nsewNSEW])|([dm°:'"s])|([,;/])| )`)
	degreeSigns = strings.NewReplacer("º", "°", "˚", "°", "′", "'", "’", "'", "ʹ", "'", "`", "'", "″", `"`, "”", `"`, "ʺ", `"`, "''", `"`, "′′", `"`)
	wordSides   = regexp.MustCompile(`(?i)\b(north|south|east|west|latitude|longitude|lat|lon|long|lng|deg|degrees|min|minutes|sec|seconds)\b\.?[:=]?`)
	commaPair   = regexp.MustCompile(`^([-+]?\d{1,3}),(\d+)(?:[; ]|, ) ?([-+]?\d{1,3}),(\d+)$`)
	fourNumbers = regexp.MustCompile(`^(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) ([\d.]+)$`)
	commas      = regexp.MustCompile(`^[-+]?\d+,\d+,[-+]?\d+,\d+$`)
)

func plainSides(s string) string {
	return wordSides.ReplaceAllStringFunc(s, func(w string) string {
		switch w[0] | 0x20 {
		case 'n':
			return "N"
		case 'e':
			return "E"
		case 'w':
			return "W"
		case 'm':
			return "'"
		case 'd':
			return "°"
		case 's':
			if strings.EqualFold(w, "south") {
				return "S"
			}
			return `"`
		}
		return " " // latitude, longitude
	})
}

// fromDegrees reads degrees: decimal, with minutes, with seconds.
func fromDegrees(s string) (Position, string, error) {
	s = degreeSigns.Replace(s)
	if m := fourNumbers.FindStringSubmatch(s); m != nil {
		p, err := decimals(m[1], m[2], m[3])
		if err != nil {
			return swapped(m[1], m[2], err)
		}
		p.Accuracy, err = number(m[4])
		return p, "", err
	}
	if m := commaPair.FindStringSubmatch(s); m != nil {
		s = m[1] + "." + m[2] + " " + m[3] + "." + m[4]
	} else if commas.MatchString(s) {
		return Position{}, "", errors.New("these commas can be decimal signs or stand between numbers; write 27.7172, 85.3240")
	}
	as, err := angles(plainSides(s))
	if err != nil {
		return Position{}, "", err
	}
	return combine(as)
}

func swapped(first, second string, err error) (Position, string, error) {
	a, errA := number(first)
	b, errB := number(second)
	if errA != nil || errB != nil || math.Abs(a) <= 90 {
		return Position{}, "", err
	}
	return ordered(a, b, 0, 0)
}

// angles splits a text into its angles.
func angles(s string) ([]*angle, error) {
	r := &angleReader{cur: &angle{}, marked: strings.ContainsAny(s, `NSEWnewd°:'",;/`)}
	for s != "" {
		m := degreeToken.FindStringSubmatch(s)
		if m == nil {
			return nil, errPosition
		}
		s = s[len(m[0]):]
		r.token(m[1], m[2], m[3], m[4], m[5])
	}
	r.next()
	if !r.marked && len(r.out) == 6 { // degrees, minutes and seconds without a sign
		r.out = []*angle{joined(r.out[:3]), joined(r.out[3:])}
	}
	return r.out, nil
}

// angleReader puts tokens together to angles.
type angleReader struct {
	out    []*angle
	cur    *angle
	marked bool // the text has letters, signs or separators, so that spaces may stand inside an angle
}

func (r *angleReader) next() {
	if len(r.cur.parts) > 0 {
		r.out = append(r.out, r.cur)
		r.cur = &angle{}
	}
}

// token takes a number with its sign, a letter of a side or an s, the sign of a
// unit, or a separator; the others are "".
func (r *angleReader) token(sign, digits, letter, unit, separator string) {
	switch {
	case digits != "":
		n := len(r.cur.parts)
		if r.cur.done || n == 3 || n > 0 && (!r.marked || sign != "") {
			r.next()
		}
		r.cur.add(sign, digits)
	case letter != "" && !r.cur.seconds(letter):
		if r.cur.side != 0 { // N 27 E 85: a letter in front
			r.next()
		}
		r.cur.side, r.cur.done = letter[0]&^0x20, len(r.cur.parts) > 0
	case letter != "" || unit != "":
		// the degree sign of a second number opens the next angle
		if n := len(r.cur.parts); (unit == "d" || unit == "°") && n > 1 {
			last := r.cur.parts[n-1]
			r.cur.parts = r.cur.parts[:n-1]
			r.next()
			r.cur.add("", last)
		}
		r.cur.units = len(r.cur.parts)
	case separator != "":
		r.next()
	}
}

// seconds says whether an s stands for seconds rather than for south: behind a
// number that follows minutes.
func (a *angle) seconds(letter string) bool {
	return letter == "s" && len(a.parts) == 3 && a.units == 2
}

func (a *angle) add(sign, digits string) {
	if sign == "-" {
		a.neg = true
	}
	a.parts = append(a.parts, digits)
}

func joined(as []*angle) *angle {
	out := &angle{neg: as[0].neg}
	for _, a := range as {
		out.parts = append(out.parts, a.parts...)
	}
	return out
}

// degrees is the value of an angle. Only its last part may have decimals.
func (a *angle) degrees() (float64, error) {
	v, unit := 0.0, 1.0
	for i, part := range a.parts {
		n, err := number(part)
		if err != nil {
			return 0, err
		}
		if i < len(a.parts)-1 && n != math.Trunc(n) {
			return 0, errPosition
		}
		if i > 0 && n >= 60 {
			return 0, fmt.Errorf("minutes and seconds of a position stay below 60, not %s", part)
		}
		v += n / unit
		unit *= 60
	}
	if len(a.parts) > 1 { // a hundredth of a millimetre is enough for a quotient
		v = math.Round(v*1e10) / 1e10
	}
	if a.neg && a.side != 0 {
		return 0, errors.New("a position has a minus sign or a letter for its side, not both")
	}
	if a.neg || a.side == 'S' || a.side == 'W' {
		v = -v
	}
	return v + 0, nil
}

// combine makes a position of two angles, and of the altitude if there are three.
func combine(as []*angle) (Position, string, error) {
	if len(as) == 1 {
		return Position{}, "", errors.New("a position needs two numbers, latitude and longitude, for example 27.7172, 85.3240")
	}
	if len(as) < 2 || len(as) > 3 || len(as) == 3 && (as[2].side != 0 || len(as[2].parts) > 1) {
		return Position{}, "", errPosition
	}
	a, err := as[0].degrees()
	if err != nil {
		return Position{}, "", err
	}
	b, err := as[1].degrees()
	if err != nil {
		return Position{}, "", err
	}
	p, note, err := ordered(a, b, as[0].side, as[1].side)
	if err == nil && len(as) == 3 {
		p.Alt, err = as[2].degrees()
	}
	return p, note, err
}

// ordered decides which of two angles is the latitude.
func ordered(a, b float64, sideA, sideB byte) (p Position, note string, err error) {
	lonA, lonB := sideA == 'E' || sideA == 'W', sideB == 'E' || sideB == 'W'
	latA, latB := sideA == 'N' || sideA == 'S', sideB == 'N' || sideB == 'S'
	switch {
	case lonA && lonB || latA && latB:
		return p, "", errors.New("a position needs one letter N or S and one letter E or W")
	case lonA || latB:
		p = Position{Lat: b, Lon: a}
	case latA || lonB || math.Abs(a) <= 90 || math.Abs(b) > 90:
		p = Position{Lat: a, Lon: b}
	default:
		p = Position{Lat: b, Lon: a}
		note = fmt.Sprintf("The longitude was written first: %s cannot be a latitude.", short(a))
	}
	return p, note, p.check()
}
