package exchange

import (
	"context"
	"io"
	"strings"

	"github.com/paulmach/orb"
)

// featuresGPX is the waypoints of a GPX file (GPX 1.1, also 1.0), with its tracks and
// routes as lines.
type featuresGPX struct{ of *geoFile }

func openGPX(g *geoFile) (featureSource, error) { return &featuresGPX{g}, nil }

func (*featuresGPX) fields() ([]string, bool) { return nil, false }
func (*featuresGPX) close() error             { return nil }

func (f *featuresGPX) features(ctx context.Context, each func(*geoFeature) error) error {
	if _, err := f.of.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s, encoding, err := newXMLScanner(contextReader{ctx, f.of.file}, f.of.encoding)
	if err != nil {
		return err
	}
	f.of.encoding = encoding
	n := 0
	return s.root("gpx", func(name string) error {
		p := &placemark{s: s, x: &geoFeature{most: f.of.most}}
		x := p.x
		switch name {
		case "wpt":
			x.kind = "Point"
			p.waypoint()
		case "trk":
			x.kind, x.aside = "MultiLineString", "track"
		case "rte":
			x.kind, x.aside = "LineString", "route"
		default:
			return s.skip()
		}
		n++
		x.number = n
		if err := s.children(p.gpx); err != nil {
			return err
		}
		return each(x)
	})
}

// waypoint takes the position of the element that was opened last.
func (p *placemark) waypoint() {
	p.x.put(orb.Point{p.degrees(strings.TrimSpace(p.s.attr("lon"))), p.degrees(strings.TrimSpace(p.s.attr("lat")))})
}

// gpx reads an element of a waypoint, a track or a route. Extensions of makers of
// receivers are left out.
func (p *placemark) gpx(name string) error {
	switch name {
	case "extensions":
		return p.s.skip()
	case "link":
		p.x.add("link", p.s.attr("href"))
		return p.s.skip()
	case "trkseg":
		p.x.begin()
		return p.s.children(p.gpx)
	case "trkpt", "rtept":
		p.waypoint()
		return p.s.skip()
	}
	return p.value(name, false)
}
