package basemap

import "sselandscape/maps/tile"

// Shapes are those of a vector tile.
func Shapes(b []byte) ([]tile.Shape, error) { return shapes(b) }

// Hilbert is the number of a tile.
func Hilbert(id tile.ID) uint64 { return hilbert(id) }

// DirectoryIDs are the numbers in a directory.
func DirectoryIDs(b []byte) (ids []uint64, err error) {
	es, err := parseDirectory(b)
	for _, e := range es {
		ids = append(ids, e.id)
	}
	return ids, err
}
