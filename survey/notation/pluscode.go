package notation

import (
	"errors"
	"math"
	"regexp"
	"strings"
)

// Plus codes follow the Open Location Code specification (Google, Apache-2.0):
// pairs of base-20 digits for latitude and longitude down to 1/8000 degree, then
// digits of a grid of five rows and four columns.
const (
	plusDigits = "23456789CFGHJMPQRVWX"
	plusGrid   = 5 // digits behind the tenth
	latFine    = 8000 * 5 * 5 * 5 * 5 * 5
	lonFine    = 8000 * 4 * 4 * 4 * 4 * 4
)

var plusCode = regexp.MustCompile(`(?i)^([23456789CFGHJMPQRVWX]{2,8}0*)\+([23456789CFGHJMPQRVWX]*)$`)

// plusLike says whether a text looks like a plus code, with a place behind it
// perhaps.
func plusLike(s string) bool {
	code, _, _ := strings.Cut(s, " ")
	return plusCode.MatchString(strings.TrimRight(code, ",")) && strings.IndexByte(code, '+') >= 2
}

// EncodePlus writes a position as a plus code of so many digits: 10 for a square
// of some 14 metres, 11 to 15 for smaller ones. Fewer than 10 are not written.
func EncodePlus(lat, lon float64, digits int) string {
	digits = max(10, min(digits, 10+plusGrid))
	y := int64(math.Floor(math.Round((lat+90)*latFine*1e6) / 1e6))
	y = max(0, min(y, 180*latFine-1))
	x := int64(math.Floor(math.Round((lon+180)*lonFine*1e6) / 1e6))
	x = (x%(360*lonFine) + 360*lonFine) % (360 * lonFine)
	code := make([]byte, 10+plusGrid)
	for i := len(code) - 1; i >= 10; i-- {
		code[i] = plusDigits[y%5*4+x%4]
		y, x = y/5, x/4
	}
	for i := 8; i >= 0; i -= 2 {
		code[i], code[i+1] = plusDigits[y%20], plusDigits[x%20]
		y, x = y/20, x/20
	}
	return string(code[:8]) + "+" + string(code[8:digits])
}

// DecodePlus reads a full plus code and returns the middle of its square. The
// accuracy is half of the square's longer side, in metres.
func DecodePlus(s string) (Position, error) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	m := plusCode.FindStringSubmatch(strings.TrimRight(strings.ToUpper(s), ","))
	if m == nil {
		return Position{}, errors.New("this is no plus code; one looks like 7MV7P8GF+VJ")
	}
	if len(m[1]) < 8 {
		return Position{}, errors.New("this plus code is short and holds only near its town; copy the full code, which has eight characters in front of the +")
	}
	digits := strings.TrimRight(m[1], "0")
	padded := len(digits) < 8
	if len(m[1]) != 8 || len(digits)%2 == 1 || padded && m[2] != "" || len(m[2]) == 1 {
		return Position{}, errors.New("this plus code has a wrong number of characters; one looks like 7MV7P8GF+VJ")
	}
	p, ok := decodeDigits(digits + m[2])
	if !ok {
		return Position{}, errors.New("this plus code lies outside of the Earth; check its first two characters")
	}
	return p, nil
}

func decodeDigits(digits string) (Position, bool) {
	if len(digits) > 10+plusGrid {
		digits = digits[:10+plusGrid]
	}
	var y, x int64
	h, w := int64(20*20*latFine), int64(20*20*lonFine)
	for i := 0; i < len(digits) && i < 10; i += 2 {
		h, w = h/20, w/20
		y += h * int64(strings.IndexByte(plusDigits, digits[i]))
		x += w * int64(strings.IndexByte(plusDigits, digits[i+1]))
	}
	for i := 10; i < len(digits); i++ {
		d := int64(strings.IndexByte(plusDigits, digits[i]))
		h, w = h/5, w/4
		y += h * (d / 4)
		x += w * (d % 4)
	}
	if y >= 180*latFine || x >= 360*lonFine {
		return Position{}, false
	}
	p := Position{Lat: (float64(y)+float64(h)/2)/latFine - 90, Lon: (float64(x)+float64(w)/2)/lonFine - 180}
	p.Lat, p.Lon = math.Round(p.Lat*1e9)/1e9, math.Round(p.Lon*1e9)/1e9
	p.Accuracy = math.Round(float64(max(h*1024/3125, w))/lonFine*111320/2*10) / 10
	return p, true
}
