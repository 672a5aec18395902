package exchange

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Names of columns of positions, in small letters.
var (
	lonColumns = []string{"lon", "lng", "long", "longitude", "x", "point_x"}
	latColumns = []string{"lat", "latitude", "y", "point_y"}
	wktColumns = []string{"wkt", "wkt_geom", "geom", "the_geom", "geometry"}
)

// featuresText is text with separators, with a column of geometries as Well-Known Text,
// or columns of longitude and latitude in degrees.
type featuresText struct {
	of            *geoFile
	text          *textList
	comma         bool // numbers are written with a decimal comma
	names         []string
	lon, lat, wkt int // numbers of columns, -1 if there is none
}

func openFeaturesText(g *geoFile) (featureSource, error) {
	l := &List{}
	s, err := openText(context.Background(), g.file, g.size, l, ListOptions{Encoding: g.encoding})
	if err != nil {
		return nil, err
	}
	if g.encoding = l.Encoding; l.Guessed {
		g.notice("nothing says how its texts are encoded; %s is the likeliest", g.encoding)
	}
	t := &featuresText{of: g, text: s.(*textList), comma: l.Comma}
	t.text.most = maxRowBytes // an area is longer than a cell of a list may be
	for r, err := range t.text.rows(context.Background()) {
		if err != nil {
			return nil, err
		}
		t.names = l.named(r.Cells, r.Number)
		break
	}
	find := func(names []string) int {
		return slices.IndexFunc(t.names, func(n string) bool { return slices.Contains(names, strings.ToLower(n)) })
	}
	t.lon, t.lat, t.wkt = find(lonColumns), find(latColumns), find(wktColumns)
	if (t.lon < 0 || t.lat < 0) && t.wkt < 0 {
		return nil, errors.New("the first row names no columns of positions; call them lon and lat, or wkt if they are Well-Known Text")
	}
	return t, nil
}

func (t *featuresText) fields() ([]string, bool) { return t.names, true }
func (*featuresText) close() error               { return nil }

func (t *featuresText) features(ctx context.Context, each func(*geoFeature) error) error {
	first := true
	for r, err := range t.text.rows(ctx) {
		if err != nil {
			return err
		}
		if first || filled(r.Cells) == 0 && r.Bad == "" {
			first = false
			continue
		}
		x := &geoFeature{number: r.Number, most: t.of.most, bad: r.Bad}
		cell := func(i int) string {
			if i < 0 || i >= len(r.Cells) {
				return ""
			}
			return strings.TrimSpace(r.Cells[i])
		}
		for i, name := range t.names {
			if i != t.wkt {
				x.add(name, cell(i))
			}
		}
		switch text := cell(t.wkt); {
		case x.bad != "":
		case text != "":
			x.bad = x.readWKT(text)
		case cell(t.lon) != "" || cell(t.lat) != "":
			x.bad = t.point(x, cell(t.lon), cell(t.lat))
		}
		if err := each(x); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// point takes a position, or says why it cannot.
func (t *featuresText) point(x *geoFeature, lon, lat string) string {
	if t.comma {
		lon, lat = strings.Replace(lon, ",", ".", 1), strings.Replace(lat, ",", ".", 1)
	}
	a, err := strconv.ParseFloat(lon, 64)
	b, err2 := strconv.ParseFloat(lat, 64)
	if err != nil || err2 != nil {
		return "its longitude and latitude are no numbers"
	}
	x.kind = "Point"
	x.put(orb.Point{a, b})
	return ""
}
