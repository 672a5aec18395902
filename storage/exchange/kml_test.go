package exchange_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// kmlFile is what the tests look at.
type kmlFile struct {
	XMLName  xml.Name `xml:"http://www.opengis.net/kml/2.2 kml"`
	Document struct {
		Name   string `xml:"name"`
		Styles []struct {
			ID    string `xml:"id,attr"`
			Color string `xml:"IconStyle>color"`
		} `xml:"Style"`
		Fields []struct {
			Type  string `xml:"type,attr"`
			Name  string `xml:"name,attr"`
			Words string `xml:"displayName"`
		} `xml:"Schema>SimpleField"`
		Placemarks []struct {
			ID    string `xml:"id,attr"`
			Name  string `xml:"name"`
			Style string `xml:"styleUrl"`
			Data  []struct {
				Name string `xml:"name,attr"`
				Text string `xml:",chardata"`
			} `xml:"ExtendedData>SchemaData>SimpleData"`
			Point    string   `xml:"Point>coordinates"`
			Outer    string   `xml:"Polygon>outerBoundaryIs>LinearRing>coordinates"`
			Inner    []string `xml:"Polygon>innerBoundaryIs>LinearRing>coordinates"`
			Polygons []string `xml:"MultiGeometry>Polygon>outerBoundaryIs>LinearRing>coordinates"`
			Points   []string `xml:"MultiGeometry>Point>coordinates"`
		} `xml:"Placemark"`
	}
}

func readKML(t testing.TB, path string) *kmlFile {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k := &kmlFile{}
	if err := xml.Unmarshal(b, k); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return k
}

func TestKML(t *testing.T) {
	d := field(12, pointAt)
	d.Features[3].Values[2] = survey.Of("about 5")
	d.Features[4].ID = "a/b_ é"
	k := readKML(t, writtenAs(t, "kml", d))
	var fields []string
	for _, f := range k.Document.Fields {
		fields = append(fields, f.Name+":"+f.Type)
	}
	if got := strings.Join(fields, " "); got != "unit_id:string name:string members:string phone:double share:double founded:string seen:string form:string" || k.Document.Fields[2].Words != "How many <members>?" {
		t.Error(got, k.Document.Fields)
	}
	if k.Document.Name != "Field <1>" || len(k.Document.Placemarks) != 12 {
		t.Error(k.Document.Name, len(k.Document.Placemarks))
	}
	p := k.Document.Placemarks
	if p[0].ID != "u.0190-0" || p[0].Point != "80,26" || p[1].Point != "" || p[4].ID != "u.a_2f_b_5f__20__e9_" || p[5].Name != "two\nlines" {
		t.Errorf("%+v", p)
	}
	if len(p[2].Data) != len(d.Fields)-3 { // refused, and two blank
		t.Errorf("%+v", p[2].Data)
	}
	// The first colour is 0, 114, 178; KML has alpha, blue, green, red.
	if s := k.Document.Styles; len(s) != 3 || s[0].ID != "form-1" || s[0].Color != "ffb27200" || s[2].ID != "form-unknown" || p[0].Style != "#form-1" || p[1].Style != "#form-2" || p[2].Style != "#form-unknown" {
		t.Errorf("%+v", s)
	}
	b, err := os.ReadFile(writtenAs(t, "kml", d))
	if err != nil || strings.Contains(string(b), "<description>") || strings.Count(string(b), "http") != 1 {
		t.Error("there is a description, or an address beside the namespace", err)
	}
}

// TestKMLLabelled: words in place of codes keep their colours.
func TestKMLLabelled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.kml")
	f, _ := exchange.ByName("kml")
	d := field(3, pointAt)
	d.Fields[7].Choices[0].Label = "" // the code stands for itself
	if _, err := f.WriteFile(ctx, path, d.ready().Labelled()); err != nil {
		t.Fatal(err)
	}
	k := readKML(t, path)
	if p := k.Document.Placemarks; p[0].Style != "#form-1" || p[1].Style != "#form-2" || !slices.ContainsFunc(p[1].Data, func(d struct {
		Name string `xml:"name,attr"`
		Text string `xml:",chardata"`
	}) bool {
		return d.Name == "form" && d.Text == "Mutual <society>"
	}) {
		t.Errorf("%+v", p[1])
	}
}

// TestKMLShapes: rings run to the right side, and what goes over longitude 180 is cut.
func TestKMLShapes(t *testing.T) {
	places := []orb.Geometry{
		orb.Polygon{{{0, 0}, {0, 2}, {2, 2}, {2, 0}, {0, 0}}, {{0.5, 0.5}, {1, 0.5}, {1, 1}, {0.5, 1}, {0.5, 0.5}}},
		orb.Polygon{{{179, 0}, {181, 0}, {181, 1}, {179, 1}, {179, 0}}},
		orb.MultiPoint{{1, 2}, {181, 4}},
	}
	p := readKML(t, writtenAs(t, "kml", field(3, func(i int) orb.Geometry { return places[i] }))).Document.Placemarks
	if p[0].Outer != "0,0 2,0 2,2 0,2 0,0" || p[0].Inner[0] != "0.5,0.5 0.5,1 1,1 1,0.5 0.5,0.5" {
		t.Errorf("%+v", p[0])
	}
	if len(p[1].Polygons) != 2 || !strings.Contains(p[1].Polygons[0], "180,0") || !strings.Contains(p[1].Polygons[1], "-180,1") {
		t.Errorf("%+v", p[1])
	}
	if fmt.Sprint(p[2].Points) != "[1,2 -179,4]" {
		t.Errorf("%+v", p[2])
	}
}

// TestKMLLaw: whatever a text says, an XML parser gives it back, and nothing else.
func TestKMLLaw(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[<>&"'/!\[\]a\-\r\n\t \x00-\x1f]{0,12}`))
		d := &trial{Dataset: exchange.Dataset{Name: text.Draw(r, "study")}, Fields: []exchange.Field{{Name: text.Draw(r, "field"), Kind: survey.String, Label: text.Draw(r, "label")}, {Name: "name", Kind: survey.String}}}
		said := text.Draw(r, "text")
		d.Features = []exchange.Feature{{ID: text.Draw(r, "id"), Values: []survey.Value{survey.Of(said), survey.Of(said)}}}
		f, _ := exchange.ByName("kml")
		path := filepath.Join(dir, "a.kml")
		if _, err := f.WriteFile(ctx, path, d.ready()); err != nil {
			r.Fatal(err)
		}
		p := readKML(t, path).Document.Placemarks
		want := strings.Map(func(c rune) rune {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff || c == utf8.RuneError {
				return '\ufffd'
			}
			return c
		}, said)
		if len(p) != 1 || p[0].Name != want || (said != "" && p[0].Data[0].Text != want) {
			r.Fatalf("%q: %+v", said, p)
		}
	})
}
