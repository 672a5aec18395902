package job

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sselandscape/maps/layer"
	"sselandscape/maps/tile"
	"sselandscape/storage/basemap"
	"sselandscape/storage/exchange"
)

// mapFile is an open base map, or a layer of one's own.
type mapFile struct {
	base   tile.Source
	shapes *layer.Shapes
	close  func() error
}

// keptTiles is how many tiles of a base map are kept in memory.
const keptTiles = 160

// mapFile opens a file for the map, or gives it if it is open.
func (s *Study) mapFile(path string) (*mapFile, error) {
	s.filesMu.Lock()
	defer s.filesMu.Unlock()
	if f := s.files[path]; f != nil {
		return f, nil
	}
	f, err := openMapFile(path)
	if err != nil {
		return nil, err
	}
	if s.files == nil {
		s.files = map[string]*mapFile{}
	}
	s.files[path] = f
	return f, nil
}

func openMapFile(path string) (*mapFile, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the map %q is not there; plug in its disk, or take it off the list", path)
	}
	if IsOverlay(path) {
		return readOverlay(path)
	}
	m, err := basemap.Open(path)
	if err != nil {
		return nil, err
	}
	return &mapFile{base: tile.Cached(m, keptTiles), close: m.Close}, nil
}

// IsOverlay says whether a file is a layer of one's own, by its name.
func IsOverlay(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".geojson", ".json", ".geojsons", ".geojsonl", ".ndjson":
		return true
	}
	return false
}

func readOverlay(path string) (*mapFile, error) {
	o, err := exchange.ReadOverlay(context.Background(), path)
	if err != nil {
		return nil, err
	}
	out := &layer.Shapes{}
	forms := map[exchange.OverlayKind]tile.Form{exchange.OverlayAreas: tile.Area, exchange.OverlayLines: tile.Line, exchange.OverlayPoints: tile.Label}
	for _, s := range o.Shapes {
		out.All = append(out.All, layer.OverlayShape{Form: forms[s.Kind], Paths: s.Paths, Name: s.Name})
	}
	return &mapFile{shapes: out, close: func() error { return nil }}, nil
}

// AddMapFile puts a base map or a layer of one's own on top of the others, after it was
// opened, and says what it is.
func (s *Study) AddMapFile(l *MapLook, path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	f, err := s.mapFile(path)
	if err != nil {
		return "", err
	}
	colors := 0
	for _, x := range l.Files {
		if IsOverlay(x.Path) {
			colors++
		}
	}
	at := 0
	if f.base != nil { // below the layers
		for at < len(l.Files) && IsOverlay(l.Files[at].Path) {
			at++
		}
	}
	l.Files = append(l.Files[:at:at], append([]FileLook{{Path: path, Color: colors % len(OverlayColors)}}, l.Files[at:]...)...)
	if f.base == nil {
		return fmt.Sprintf("%s: %s", filepath.Base(path), counted(len(f.shapes.All), "shape")), nil
	}
	a := f.base.About()
	kind := "pictures"
	if a.Vector {
		kind = "vector tiles"
	}
	return fmt.Sprintf("%s: %s, zooms %d to %d. %s", filepath.Base(path), kind, a.MinZoom, a.MaxZoom, a.Attribution), nil
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
