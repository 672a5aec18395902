package notation

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Place is a waypoint of a GPX file, or a track or route with all its points.
type Place struct {
	Name   string
	Points []Position
}

// Limits of a GPX file, so that a hostile one does no harm.
const (
	gpxBytes  = 32 << 20
	gpxPoints = 200_000
	gpxPlaces = 10_000
	gpxDepth  = 32
	gpxName   = 200 // bytes
)

// GPX reads the waypoints, routes and tracks of a GPX file (GPX 1.1), in the
// order of the file. A track's segments become one line.
func GPX(r io.Reader) ([]Place, error) {
	limited := &io.LimitedReader{R: r, N: gpxBytes + 1}
	g := &gpx{d: xml.NewDecoder(limited)}
	err := g.read()
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("this GPX file is larger than %d megabytes; export a part of it", gpxBytes>>20)
	case err != nil:
		return nil, err
	case !g.seen:
		return nil, errors.New("this is no GPX file; export the waypoints as GPX")
	case len(g.out) == 0:
		return nil, errors.New("this GPX file holds no waypoint, route or track")
	}
	return g.out, nil
}

type gpx struct {
	d      *xml.Decoder
	path   []string
	out    []Place
	open   *Place
	points int
	seen   bool
	text   strings.Builder
}

func (g *gpx) read() error {
	for {
		t, err := g.d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("this GPX file cannot be read: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			err = g.start(t)
		case xml.CharData:
			if g.text.Len() < gpxName {
				g.text.Write(t)
			}
		case xml.EndElement:
			g.end(t.Name.Local)
		}
		if err != nil {
			return err
		}
	}
}

func (g *gpx) start(e xml.StartElement) error {
	if len(g.path) >= gpxDepth {
		return errors.New("this GPX file is nested too deeply")
	}
	if len(g.path) == 0 {
		g.seen = e.Name.Local == "gpx"
		if !g.seen {
			return nil
		}
	}
	g.path = append(g.path, e.Name.Local)
	g.text.Reset()
	switch e.Name.Local {
	case "wpt", "trk", "rte":
		if len(g.out) >= gpxPlaces {
			return fmt.Errorf("this GPX file holds more than %d places; export a part of it", gpxPlaces)
		}
		g.open = &Place{}
	}
	switch e.Name.Local {
	case "wpt", "trkpt", "rtept":
		return g.point(e.Attr)
	}
	return nil
}

func (g *gpx) point(attrs []xml.Attr) error {
	if g.points++; g.points > gpxPoints {
		return fmt.Errorf("this GPX file holds more than %d points; export a part of it", gpxPoints)
	}
	lat, lon := "", ""
	for _, a := range attrs {
		switch a.Name.Local {
		case "lat":
			lat = strings.TrimSpace(a.Value)
		case "lon":
			lon = strings.TrimSpace(a.Value)
		}
	}
	p, err := decimals(lat, lon, "0")
	if err != nil {
		return fmt.Errorf("point %d of this GPX file: %w", g.points, err)
	}
	if g.open != nil {
		g.open.Points = append(g.open.Points, p)
	}
	return nil
}

func (g *gpx) end(name string) {
	if len(g.path) == 0 {
		return
	}
	g.path = g.path[:len(g.path)-1]
	parent := ""
	if len(g.path) > 0 {
		parent = g.path[len(g.path)-1]
	}
	switch {
	case g.open == nil:
	case name == "name" && (parent == "wpt" || parent == "trk" || parent == "rte"):
		g.open.Name = strings.ToValidUTF8(strings.Join(strings.Fields(g.text.String()), " "), "")
	case name == "ele" && len(g.open.Points) > 0 && strings.HasSuffix(parent, "pt"):
		if v, err := number(strings.TrimSpace(g.text.String())); err == nil {
			g.open.Points[len(g.open.Points)-1].Alt = v
		}
	case name == "wpt" || name == "trk" || name == "rte":
		if len(g.open.Points) > 0 {
			g.out = append(g.out, *g.open)
		}
		g.open = nil
	}
	g.text.Reset()
}

// Lexical writes a place as an ODK geopoint if it is one point, else as a
// geotrace.
func (p Place) Lexical() string {
	out := make([]string, len(p.Points))
	for i, q := range p.Points {
		out[i] = q.Lexical()
	}
	return strings.Join(out, ";")
}
