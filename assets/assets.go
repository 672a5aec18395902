package assets

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
)

// The folder build says what each step needs: Node for the first two, Python for
// the font.
//go:generate sh -c "cd build/boundaries && npm ci --ignore-scripts && node build-pack.mjs && go run ."
//go:generate sh -c "cd build/places && npm install --ignore-scripts && node build.mjs ../../places/asia-pacific.tsv.gz"
//go:generate python3 build/fonts/build.py fonts/sse-landscape-asia.otf
//go:generate sh -c "for n in 32 64 128 256 512; do rsvg-convert -w $n -h $n icons/icon.svg -o icons/icon-$n.png; done"

//go:embed forms
var forms embed.FS

//go:embed records
var records embed.FS

//go:embed boundaries/asia-pacific.sser
var boundaries []byte

//go:embed places/asia-pacific.tsv.gz
var places []byte

//go:embed fonts/sse-landscape-asia.otf
var font []byte

//go:embed icons/icon-256.png
var icon []byte

//go:embed icons/icon.svg
var iconSVG []byte

//go:embed guide
var guide embed.FS

// Guide returns the guide: chapters in Markdown with their pictures.
func Guide() fs.FS {
	dir, err := fs.Sub(guide, "guide")
	if err != nil {
		panic(err) // the name is valid
	}
	return dir
}

// Forms lists the ids of the shipped questionnaires.
func Forms() []string { return []string{"sse_unit", "sse_landscape"} }

// Form returns the sheets of a shipped questionnaire as a folder of survey.csv,
// choices.csv and settings.csv.
func Form(id string) (fs.FS, error) {
	dir, err := fs.Sub(forms, "forms/"+id)
	if err == nil {
		_, err = fs.Stat(dir, "survey.csv")
	}
	if err != nil {
		return nil, fmt.Errorf("there is no shipped questionnaire %q: %w", id, err)
	}
	return dir, nil
}

// Records lists the countries whose landscape record is shipped with the example,
// ISO 3166-1 alpha-3.
func Records() []string { return []string{"KOR", "THA"} }

// Record returns a landscape record as answers in JSON.
func Record(country string) ([]byte, error) { return records.ReadFile("records/" + country + ".json") }

// Boundaries returns the boundary pack of Asia and the Pacific.
func Boundaries() io.Reader { return bytes.NewReader(boundaries) }

// Places returns the gazetteer: lines of name, local name, country (ISO 3166-1
// alpha-3), longitude, latitude, population and GeoNames admin1 code, parted by
// tabs, the largest first. Local name and admin1 code may be empty.
func Places() (io.Reader, error) { return gzip.NewReader(bytes.NewReader(places)) }

// Font returns the font of the window and of maps: OpenType with charstrings, every script of Asia.
func Font() []byte { return font }

// Icon returns the program's icon, a PNG of 256 pixels.
func Icon() []byte { return icon }

// IconSVG returns the icon as a drawing.
func IconSVG() []byte { return iconSVG }
