package notation

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Position is a place on the Earth (WGS 84).
type Position struct {
	Lat, Lon float64 // degrees, north and east positive
	Alt      float64 // metres above the ellipsoid, 0 if unknown
	Accuracy float64 // metres, 0 if unknown
}

var (
	errPosition = errors.New("this is no position; write latitude and longitude, for example 27.7172, 85.3240 or 27°43′02″N 85°19′26″E")

	// addresses of web maps, the sought place before the middle of the map
	mapPlaces = []*regexp.Regexp{
		regexp.MustCompile(`!3d(-?[\d.]+)!4d(-?[\d.]+)`),
		regexp.MustCompile(`[?&]mlat=(-?[\d.]+)&mlon=(-?[\d.]+)`),
		regexp.MustCompile(`[?&](?:q|query|ll|center|destination|daddr)=(?:loc:)?(-?[\d.]+)(?:,|%2C|%2c)\+?(-?[\d.]+)`),
		regexp.MustCompile(`/@(-?[\d.]+),(-?[\d.]+)`),
		regexp.MustCompile(`#map=[\d.]+/(-?[\d.]+)/(-?[\d.]+)`),
	}
	geoURI  = regexp.MustCompile(`(?i)^geo:(-?[\d.]+),(-?[\d.]+)(?:,(-?[\d.]+))?(;.*)?$`)
	geoU    = regexp.MustCompile(`(?i);u=([\d.]+)`)
	address = regexp.MustCompile(`(?i)^(https?://|www\.)`)
)

// ParsePosition reads a position in any usual notation. The note is a sentence
// about what was understood where that is worth a look, as with longitude before
// latitude; else it is "".
func ParsePosition(s string) (p Position, note string, err error) {
	if len(s) > 2000 {
		return p, "", errPosition
	}
	s = tidy(s)
	switch {
	case s == "":
		return p, "", errPosition
	case address.MatchString(s):
		p, err = fromAddress(s)
	case len(s) > 4 && strings.EqualFold(s[:4], "geo:"):
		p, err = fromGeoURI(s)
	case strings.Contains(s, "+") && plusLike(s):
		p, err = DecodePlus(s)
	default:
		return fromDegrees(s)
	}
	return p, "", err
}

func fromAddress(s string) (Position, error) {
	for _, re := range mapPlaces {
		if m := re.FindStringSubmatch(s); m != nil {
			return decimals(m[1], m[2], "0")
		}
	}
	return Position{}, errors.New("this address holds no position; open it in the map and copy the address that has the numbers in it")
}

func fromGeoURI(s string) (Position, error) {
	m := geoURI.FindStringSubmatch(s)
	if m == nil {
		return Position{}, errors.New("this geo address cannot be read; write it as geo:27.7172,85.3240")
	}
	if m[3] == "" {
		m[3] = "0"
	}
	p, err := decimals(m[1], m[2], m[3])
	if u := geoU.FindStringSubmatch(m[4]); u != nil && err == nil {
		p.Accuracy, _ = strconv.ParseFloat(u[1], 64)
	}
	return p, err
}

func decimals(lat, lon, alt string) (p Position, err error) {
	if p.Lat, err = number(lat); err == nil {
		if p.Lon, err = number(lon); err == nil {
			p.Alt, err = number(alt)
		}
	}
	if err != nil {
		return Position{}, err
	}
	return p, p.check()
}

func number(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("%q in a position is no number", s)
	}
	return v + 0, nil // no negative zero
}

func (p Position) check() error {
	switch {
	case math.Abs(p.Lat) > 90:
		return fmt.Errorf("a latitude lies between -90 and 90, not at %s", short(p.Lat))
	case math.Abs(p.Lon) > 180:
		return fmt.Errorf("a longitude lies between -180 and 180, not at %s", short(p.Lon))
	case p.Accuracy < 0:
		return errors.New("an accuracy is no negative number")
	}
	return nil
}

func short(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Lexical writes the four numbers of an ODK geopoint: latitude, longitude,
// altitude, accuracy.
func (p Position) Lexical() string {
	parts := [4]float64{p.Lat, p.Lon, p.Alt, p.Accuracy}
	out := make([]string, 4)
	for i, v := range parts {
		if out[i] = short(v); !strings.Contains(out[i], ".") {
			out[i] += ".0"
		}
	}
	return strings.Join(out, " ")
}

// Decimal writes a position in degrees with six decimals, a tenth of a metre:
// "27.717200, 85.324000".
func (p Position) Decimal() string {
	return fmt.Sprintf("%.6f, %.6f", p.Lat+0, p.Lon+0)
}

// DMS writes a position in degrees, minutes and seconds: "27°43′01.9″N
// 85°19′26.4″E".
func (p Position) DMS() string { return dms(p.Lat, "N", "S") + " " + dms(p.Lon, "E", "W") }

func dms(v float64, plus, minus string) string {
	side := plus
	if v < 0 {
		side = minus
	}
	tenths := int64(math.Round(math.Abs(v) * 36000))
	return fmt.Sprintf("%d°%02d′%02d.%d″%s", tenths/36000, tenths/600%60, tenths/10%60, tenths%10, side)
}

// Words writes a position in three ways: "27.717200, 85.324000 ·
// 27°43′01.9″N 85°19′26.4″E · 7MV7P8…". It is what a page shows below the field.
func (p Position) Words() string {
	return p.Decimal() + " · " + p.DMS() + " · " + EncodePlus(p.Lat, p.Lon, 10)
}

// ParseTrace reads positions separated by semicolons or line breaks and returns
// an ODK geotrace, or a geoshape if closed: it then ends where it begins.
func ParseTrace(s string, closed bool) (string, error) {
	var ps []Position
	for i, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if strings.TrimSpace(part) == "" {
			continue
		}
		p, _, err := ParsePosition(part)
		if err != nil {
			return "", fmt.Errorf("point %d: %w", i+1, err)
		}
		ps = append(ps, p)
	}
	return trace(ps, closed)
}

func trace(ps []Position, closed bool) (string, error) {
	least, what := 2, "a line"
	if closed {
		least, what = 3, "an area"
		if n := len(ps); n > 0 && ps[0] != ps[n-1] {
			ps = append(ps[:n:n], ps[0])
		}
		least++
	}
	if len(ps) < least {
		if closed {
			least--
		}
		return "", fmt.Errorf("%s has at least %d points; write one below the other", what, least)
	}
	out := make([]string, len(ps))
	for i, p := range ps {
		out[i] = p.Lexical()
	}
	return strings.Join(out, ";"), nil
}
