package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
	"sselandscape/storage/basemap"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// mapFile is an open base map, or a layer of one's own.
type mapFile struct {
	base   tile.Source
	shapes *layer.Shapes
	wrong  []survey.Problem // what of the shapes is not shown
	close  func() error
}

// keptTiles is how many tiles of a base map are kept in memory.
const keptTiles = 160

// layerIn names a layer of a file.
type layerIn struct{ path, layer string }

// mapFile opens a file for the map, or gives it if it is open.
func (s *Study) mapFile(ctx context.Context, in layerIn) (*mapFile, error) {
	s.filesMu.Lock()
	defer s.filesMu.Unlock()
	if f := s.files[in]; f != nil {
		return f, nil
	}
	f, err := openMapFile(ctx, in)
	if err != nil {
		return nil, err
	}
	if s.files == nil {
		s.files = map[layerIn]*mapFile{}
	}
	s.files[in] = f
	return f, nil
}

func openMapFile(ctx context.Context, in layerIn) (*mapFile, error) {
	path := in.path
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the map %q is not there; plug in its disk, or take it off the list", path)
	}
	if IsOverlay(path) {
		return readOverlay(ctx, in)
	}
	m, err := basemap.Open(path)
	if err != nil {
		return nil, err
	}
	return &mapFile{base: tile.Cached(m, keptTiles), close: m.Close}, nil
}

// IsOverlay says whether a file is a layer of one's own, by its name.
func IsOverlay(path string) bool {
	return slices.Contains(OverlayExts(), strings.ToLower(filepath.Ext(path)))
}

// OverlayExts are the endings of files that can be layers of one's own.
func OverlayExts() []string {
	var out []string
	for _, f := range exchange.OverlayFormats() {
		out = append(out, f.Exts...)
	}
	return out
}

// ListExts are the endings of files that can be lists of organizations.
func ListExts() []string {
	var out []string
	for _, f := range exchange.ListFormats() {
		out = append(out, f.Exts...)
	}
	return out
}

func readOverlay(ctx context.Context, in layerIn) (*mapFile, error) {
	o, err := exchange.ReadOverlay(ctx, in.path, exchange.OverlayOptions{Layer: in.layer})
	if err != nil {
		return nil, err
	}
	out := &mapFile{shapes: &layer.Shapes{}, close: func() error { return nil }}
	forms := map[exchange.OverlayKind]tile.Form{exchange.OverlayAreas: tile.Area, exchange.OverlayLines: tile.Line, exchange.OverlayPoints: tile.Label}
	for _, s := range o.Shapes {
		out.shapes.All = append(out.shapes.All, layer.OverlayShape{Form: forms[s.Kind], Paths: s.Paths, Name: s.Name})
	}
	for _, p := range o.Problems {
		out.wrong = append(out.wrong, survey.Problem{Severity: survey.Warning, Text: p.Text})
	}
	for _, l := range o.Left {
		out.wrong = append(out.wrong, survey.Problem{Row: l.Number, Text: l.Why, Hint: "the feature is not shown"})
	}
	return out, nil
}

// AddedFile is a file that was put on the map.
type AddedFile struct {
	Name     string // of the file, and of its layer
	About    string // what it holds, in words
	Shapes   int    // of a layer of one's own
	Problems []survey.Problem
}

// String says what was added, and what of it is not shown.
func (a AddedFile) String() string {
	text := a.Name + ": " + a.About
	if n := len(a.Problems); n > 0 {
		text += "; " + Counted(n, "problem") + ", the first: " + FeatureProblem(a.Problems[0])
	}
	return text
}

// AddMapFile puts a base map or a layer of one's own on top of the others, after it was
// opened, and says what it is. One that is there already stays where it is and is shown.
// It fails with an [exchange.LayerError] where the file has several layers and none is
// named.
func (s *Study) AddMapFile(ctx context.Context, l *MapLook, path, name string) (AddedFile, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return AddedFile{}, err
	}
	f, err := s.mapFile(ctx, layerIn{path, name})
	if err != nil {
		return AddedFile{}, err
	}
	if i := slices.IndexFunc(l.Files, func(x FileLook) bool { return x.Path == path && x.Layer == name }); i >= 0 {
		l.Files = slices.Clone(l.Files)
		l.Files[i].Hidden = false
	} else {
		l.put(FileLook{Path: path, Layer: name}, f.base != nil)
	}
	out := AddedFile{Name: FileLook{Path: path, Layer: name}.Title()}
	if f.base == nil {
		out.Shapes, out.Problems = len(f.shapes.All), f.wrong
		out.About = Counted(out.Shapes, "shape")
		return out, nil
	}
	a := f.base.About()
	kind := "pictures"
	if a.Vector {
		kind = "vector tiles"
	}
	out.About = fmt.Sprintf("%s, zooms %d to %d. %s", kind, a.MinZoom, a.MaxZoom, a.Attribution)
	return out, nil
}

// put puts a file on top of the others, a base map below the layers.
func (l *MapLook) put(f FileLook, base bool) {
	colors, at := 0, 0
	for _, x := range l.Files {
		if IsOverlay(x.Path) {
			colors++
		}
	}
	for base && at < len(l.Files) && IsOverlay(l.Files[at].Path) {
		at++
	}
	f.Color = colors % len(OverlayColors)
	l.Files = slices.Insert(slices.Clone(l.Files), at, f)
}

// Title is what the file is called on screen.
func (f FileLook) Title() string {
	title := filepath.Base(f.Path)
	if f.Layer != "" {
		title += ", " + f.Layer
	}
	return title
}

// closeMapFiles closes what the map opened.
func (s *Study) closeMapFiles() (err error) {
	s.filesMu.Lock()
	defer s.filesMu.Unlock()
	for _, f := range s.files {
		err = errors.Join(err, f.close())
	}
	s.files = nil
	return err
}
