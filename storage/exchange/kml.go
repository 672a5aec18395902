package exchange

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// featuresKML is the Placemarks of a KML file (OGC 07-147r2 and 12-007r2), or of all KML
// files in a ZIP archive (KMZ), in their order. What they link to elsewhere is not read.
type featuresKML struct {
	of    *geoFile
	files []*zip.File // nil: the file itself
}

func openKML(g *geoFile) (featureSource, error) {
	k := &featuresKML{of: g}
	head := make([]byte, 4)
	g.file.ReadAt(head, 0)
	if string(head) != "PK\x03\x04" && !strings.EqualFold(path.Ext(g.file.Name()), ".kmz") { // it may be called .kml
		return k, nil
	}
	z, err := openArchive(g.file, g.size)
	if err != nil {
		return nil, err
	}
	for _, f := range z.File {
		if _, ext, hidden := namedInArchive(f); ext == ".kml" && !hidden {
			k.files = append(k.files, f)
		}
	}
	if len(k.files) == 0 {
		return nil, errors.New("the archive holds no KML file (.kml)")
	}
	return k, nil
}

func (*featuresKML) fields() ([]string, bool) { return nil, false }
func (*featuresKML) close() error             { return nil }

func (k *featuresKML) features(ctx context.Context, each func(*geoFeature) error) error {
	n := 0
	if k.files == nil {
		if _, err := k.of.file.Seek(0, io.SeekStart); err != nil {
			return err
		}
		return k.read(contextReader{ctx, k.of.file}, &n, each)
	}
	left := int64(maxBoundaryFile)
	for _, f := range k.files {
		in, err := openArchived(f, &left)
		if err != nil {
			return err
		}
		err = k.read(contextReader{ctx, in}, &n, each)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *featuresKML) read(in io.Reader, n *int, each func(*geoFeature) error) error {
	s, encoding, err := newXMLScanner(in, k.of.encoding)
	if err != nil {
		return err
	}
	if k.files == nil {
		k.of.encoding = encoding
	}
	c := &kmlContainer{k: k, s: s, n: n, each: each}
	return s.root("kml", c.child)
}

// link says of a NetworkLink that it is not read, but where it is to a file of the
// archive.
func (k *featuresKML) link(s *xmlScanner) error {
	return s.children(func(name string) error {
		if name != "Link" && name != "Url" {
			return s.skip()
		}
		return s.children(func(name string) error {
			if name != "href" {
				return s.skip()
			}
			to, _, err := s.value()
			if !slices.ContainsFunc(k.files, func(f *zip.File) bool { return f.Name == path.Clean(to) }) {
				k.of.notice("it links to other files, which are not read; open it in the program that made it, and save what it shows")
			}
			return err
		})
	})
}

// kmlContainer is a Document or Folder that is being read.
type kmlContainer struct {
	k      *featuresKML
	s      *xmlScanner
	folder string // its name
	n      *int   // features so far
	each   func(*geoFeature) error
}

// child reads an element of a container.
func (c *kmlContainer) child(name string) error {
	switch name {
	case "Document", "Folder":
		inner := &kmlContainer{k: c.k, s: c.s, n: c.n, folder: c.folder, each: c.each}
		return c.s.children(func(child string) error {
			if child == "name" && name == "Folder" {
				text, _, err := c.s.value()
				inner.folder = cutTo(text, 200)
				return err
			}
			return inner.child(child)
		})
	case "Placemark":
		*c.n++
		p := &placemark{s: c.s, x: &geoFeature{number: *c.n, most: c.k.of.most}}
		if err := c.s.children(p.child); err != nil {
			return err
		}
		if c.folder != "" {
			p.x.add("folder", c.folder)
		}
		return c.each(p.x)
	case "NetworkLink":
		return c.k.link(c.s)
	}
	return c.s.skip()
}

// placemark is a Placemark that is being read.
type placemark struct {
	s *xmlScanner
	x *geoFeature
}

// value keeps the text of the element that was opened last, also if it is blank.
func (p *placemark) value(name string, blank bool) error {
	text, long, err := p.s.value()
	if long {
		text = ""
	}
	if text != "" || blank {
		p.x.add(name, text)
	}
	if long {
		p.x.tooLong(name)
	}
	return err
}

func (p *placemark) child(name string) error {
	switch name {
	case "name", "description", "address", "phoneNumber":
		return p.value(name, false)
	case "TimeStamp", "TimeSpan":
		return p.s.children(func(name string) error { return p.value(name, false) })
	case "ExtendedData":
		return p.s.children(p.extended)
	}
	return p.geometry(name)
}

// extended reads what stands in ExtendedData: Data, SchemaData, or elements of others.
func (p *placemark) extended(name string) error {
	switch name {
	case "Data":
		data := p.apart(p.s.attr("name"))
		return p.s.children(func(child string) error {
			if child == "value" {
				return p.value(data, true)
			}
			return p.s.skip()
		})
	case "SchemaData":
		return p.s.children(func(child string) error {
			if child == "SimpleData" {
				return p.value(p.apart(p.s.attr("name")), true)
			}
			return p.s.skip()
		})
	}
	return p.value(p.apart(name), true)
}

// apart is another name for a property of others that is called as one of KML which is
// there. Of two of others, the last one counts.
func (p *placemark) apart(name string) string {
	switch name {
	case "name", "description", "address", "phoneNumber", "when", "begin", "end":
		if slices.Contains(p.x.names, name) {
			return name + "_"
		}
	}
	return name
}

// geometry reads an element if it is a geometry.
func (p *placemark) geometry(name string) error {
	switch name {
	case "Point":
		p.x.join("Point")
		return p.s.children(p.coordinates(p.x.kind != "MultiPoint"))
	case "LineString", "LinearRing":
		p.x.join("LineString")
		return p.s.children(p.coordinates(true))
	case "Polygon":
		p.x.join("Polygon")
		return p.s.children(func(edge string) error {
			if edge != "outerBoundaryIs" && edge != "innerBoundaryIs" {
				return p.s.skip()
			}
			return p.s.children(func(string) error { return p.s.children(p.coordinates(true)) })
		})
	case "MultiGeometry", "MultiTrack":
		return p.s.children(p.geometry)
	case "Track":
		p.x.join("LineString")
		p.x.begin()
		return p.s.children(func(child string) error {
			if child != "coord" {
				return p.s.skip()
			}
			text, _, err := p.s.value()
			if fields := strings.Fields(text); len(fields) > 1 {
				p.x.put(orb.Point{p.degrees(fields[0]), p.degrees(fields[1])})
			}
			return err
		})
	}
	return p.s.skip()
}

// coordinates reads coordinates and passes over all else. Apart makes a line of its own
// of them.
func (p *placemark) coordinates(apart bool) func(string) error {
	return func(name string) error {
		if name != "coordinates" {
			return p.s.skip()
		}
		if apart {
			p.x.begin()
		}
		t := &tuples{p: p}
		err := p.s.pieces(t.read)
		t.end()
		return err
	}
}

// degrees reads a number of a position.
func (p *placemark) degrees(s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		p.x.bad = "a position of its geometry is no number: " + strconv.Quote(cutTo(strings.ToValidUTF8(s, "\ufffd"), 30))
	}
	return v
}

// tuples reads lon,lat[,height] with white space between them, and as people write them
// by hand also behind commas.
type tuples struct {
	p     *placemark
	text  []byte // of the number that is being read
	at    orb.Point
	n     int  // numbers of the tuple
	comma bool // a number of the same tuple follows
	space bool // was read since the last number
}

func (t *tuples) read(piece []byte) {
	for _, c := range piece {
		switch {
		case isXMLSpace(c):
			t.number()
			t.space = true
		case c == ',':
			t.number()
			t.comma = true
		default:
			if t.space && !t.comma {
				t.tuple()
			}
			t.space, t.comma = false, false
			if len(t.text) < 64 {
				t.text = append(t.text, c)
			}
		}
	}
}

// number ends a number.
func (t *tuples) number() {
	if len(t.text) == 0 {
		return
	}
	if t.n < 2 {
		t.at[t.n] = t.p.degrees(string(t.text))
	}
	t.n, t.text = t.n+1, t.text[:0]
}

// tuple ends a tuple.
func (t *tuples) tuple() {
	switch {
	case t.n == 1:
		t.p.x.bad = "a position of its geometry has one number alone"
	case t.n > 1:
		t.p.x.put(t.at)
	}
	t.n = 0
}

func (t *tuples) end() {
	t.number()
	t.tuple()
}
