package basemap

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"sync"

	"github.com/paulmach/orb"

	"sselandscape/maps/tile"
)

// pmTiles is a PMTiles file, version 3 (Protomaps, PMTiles Version 3 Specification):
// a header of 127 bytes, directories that list tiles by their place on a Hilbert curve,
// and the tiles.
type pmTiles struct {
	file   *os.File
	size   uint64
	head   pmHeader
	root   []pmEntry
	mu     sync.Mutex
	leaves map[uint64][]pmEntry // by offset; a few
}

// pmHeader is what the header says; offsets and lengths in bytes.
type pmHeader struct {
	RootAt, RootLen, MetaAt, MetaLen, LeafAt, LeafLen, DataAt, DataLen uint64
	_, _, _                                                            uint64 // counts
	_                                                                  uint8  // clustered
	Inner, Packed                                                      uint8  // compression of directories, of tiles
	Kind                                                               uint8
	MinZoom, MaxZoom                                                   uint8
	West, South, East, North                                           int32 // 1e-7 degrees
	_                                                                  uint8
	_, _                                                               int32
}

// pmEntry is a run of tiles that are alike, or a leaf directory where run is 0.
type pmEntry struct {
	id, at      uint64
	length, run uint32
}

// Compressions and kinds of tiles (section 3 of the specification).
const (
	pmNone, pmGzip                   = 1, 2
	pmVector, pmPNG, pmJPEG, pmWebP  = 1, 2, 3, 4
	pmHeaderSize                     = 127
	maxDirectory, maxEntries, leaves = 16 << 20, 1 << 21, 64
	maxDepth                         = 4
)

var errPMTiles = errors.New("the PMTiles file is damaged, or was not copied whole")

func openPMTiles(f *os.File) (store, tile.About, error) {
	p := &pmTiles{file: f, leaves: map[uint64][]pmEntry{}}
	about, err := p.open()
	if err != nil {
		f.Close()
		return nil, about, err
	}
	return p, about, nil
}

func (p *pmTiles) open() (about tile.About, err error) {
	st, err := p.file.Stat()
	if err != nil {
		return about, err
	}
	p.size = uint64(st.Size())
	var raw [pmHeaderSize]byte
	if _, err := p.file.ReadAt(raw[:], 0); err != nil {
		return about, errPMTiles
	}
	if raw[7] != 3 {
		return about, fmt.Errorf("it is of version %d of PMTiles; only version 3 can be read", raw[7])
	}
	if _, err := binary.Decode(raw[8:], binary.LittleEndian, &p.head); err != nil {
		return about, errPMTiles
	}
	h := &p.head
	switch {
	case h.Inner != pmNone && h.Inner != pmGzip || h.Packed > pmGzip:
		return about, errors.New("its tiles are packed in a way that cannot be read; convert it with gzip")
	case h.Kind < pmVector || h.Kind > pmWebP:
		return about, errors.New("its tiles are of a kind that cannot be read; vector tiles (MVT), PNG, JPEG and WebP can")
	case h.MinZoom > h.MaxZoom || h.MaxZoom > tile.MaxTileZoom:
		return about, errPMTiles
	}
	if p.root, err = p.directory(h.RootAt, h.RootLen); err != nil {
		return about, err
	}
	const unit = 1e7
	about = tile.About{Vector: h.Kind == pmVector, MinZoom: uint32(h.MinZoom), MaxZoom: uint32(h.MaxZoom),
		Bound: worldBound(float64(h.West)/unit, float64(h.South)/unit, float64(h.East)/unit, float64(h.North)/unit)}
	if b, err := p.section(h.MetaAt, h.MetaLen, maxText); err == nil {
		var m struct{ Name, Attribution, Description string }
		if json.Unmarshal(b, &m) == nil {
			about.Name, about.Attribution = plain(m.Name), plain(m.Attribution)
		}
	}
	return about, nil
}

// worldBound is a box in the world; nonsense is the world.
func worldBound(w, s, e, n float64) orb.Bound {
	b := orb.Bound{Min: orb.Point{w, s}, Max: orb.Point{e, n}}
	if !(w >= -180 && e <= 180 && s >= -90 && n <= 90 && w < e && s < n) {
		b = orb.Bound{Min: orb.Point{-180, -tile.MaxLatitude}, Max: orb.Point{180, tile.MaxLatitude}}
	}
	return b
}

// section reads a part of the file and unpacks it.
func (p *pmTiles) section(at, length uint64, most int64) ([]byte, error) {
	if length > uint64(most) || at > p.size || length > p.size-at {
		return nil, errPMTiles
	}
	b := make([]byte, length)
	if _, err := p.file.ReadAt(b, int64(at)); err != nil {
		return nil, errPMTiles
	}
	if p.head.Inner == pmNone {
		return b, nil
	}
	b, err := unpacked(b, most)
	if err != nil {
		return nil, errPMTiles
	}
	return b, nil
}

// directory reads a directory.
func (p *pmTiles) directory(at, length uint64) ([]pmEntry, error) {
	b, err := p.section(at, length, maxDirectory)
	if err != nil {
		return nil, err
	}
	return parseDirectory(b)
}

// parseDirectory reads four columns of varints: ids as differences, runs, lengths, and
// offsets, where 0 follows the entry before (section 4).
func parseDirectory(b []byte) ([]pmEntry, error) {
	bad := false
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			bad = true
			return 0
		}
		b = b[n:]
		return v
	}
	n := next()
	if bad || n > maxEntries || n > uint64(len(b)) {
		return nil, errPMTiles
	}
	es := make([]pmEntry, n)
	id := uint64(0)
	for i := range es {
		d := next()
		if bad || id+d < id || i > 0 && d == 0 {
			return nil, errPMTiles
		}
		id += d
		es[i].id = id
	}
	for i := range es {
		es[i].run = uint32(min(next(), 1<<32-1))
	}
	for i := range es {
		es[i].length = uint32(min(next(), 1<<32-1))
	}
	for i := range es {
		switch v := next(); {
		case v > 0:
			es[i].at = v - 1
		case i > 0:
			es[i].at = es[i-1].at + uint64(es[i-1].length)
		}
	}
	if bad {
		return nil, errPMTiles
	}
	return es, nil
}

// tile implements store.
func (p *pmTiles) tile(ctx context.Context, id tile.ID) ([]byte, error) {
	want, es := hilbert(id), p.root
	for range maxDepth {
		i := sort.Search(len(es), func(i int) bool { return es[i].id > want }) - 1
		if i < 0 {
			return nil, tile.ErrNone
		}
		e := es[i]
		if e.run > 0 {
			if want-e.id >= uint64(e.run) {
				return nil, tile.ErrNone
			}
			return p.data(e)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if es, err = p.leaf(e); err != nil {
			return nil, err
		}
	}
	return nil, errPMTiles
}

// leaf reads a leaf directory, or remembers it.
func (p *pmTiles) leaf(e pmEntry) ([]pmEntry, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if es, ok := p.leaves[e.at]; ok {
		return es, nil
	}
	if e.at > p.head.LeafLen || uint64(e.length) > p.head.LeafLen-e.at || p.head.LeafAt+e.at < e.at {
		return nil, errPMTiles
	}
	es, err := p.directory(p.head.LeafAt+e.at, uint64(e.length))
	if err != nil {
		return nil, err
	}
	if len(p.leaves) >= leaves {
		clear(p.leaves)
	}
	p.leaves[e.at] = es
	return es, nil
}

func (p *pmTiles) data(e pmEntry) ([]byte, error) {
	at := p.head.DataAt + e.at
	switch {
	case e.length == 0:
		return nil, tile.ErrNone
	case e.length > maxPacked:
		return nil, fmt.Errorf("it is of %d MB; the most is %d", e.length>>20, maxPacked>>20)
	case at < e.at || at > p.size || uint64(e.length) > p.size-at:
		return nil, errPMTiles
	}
	b := make([]byte, e.length)
	if _, err := p.file.ReadAt(b, int64(at)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if p.head.Kind != pmVector {
		return b, nil
	}
	return unpacked(b, maxTile)
}

// Close implements store.
func (p *pmTiles) Close() error { return p.file.Close() }

// hilbert is the number of a tile: tiles of the zooms above, then its place on the Hilbert
// curve of its own (section 4.1 of the specification; Skilling's way over two axes).
func hilbert(id tile.ID) uint64 {
	acc := uint64(0)
	for z := range id.Z {
		acc += 1 << (2 * z)
	}
	x, y := id.X, id.Y
	d := uint64(0)
	for s := uint32(1) << id.Z >> 1; s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s > 0 {
			rx = 1
		}
		if y&s > 0 {
			ry = 1
		}
		d += uint64(s) * uint64(s) * uint64((3*rx)^ry)
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x&(s-1), s-1-y&(s-1)
			}
			x, y = y, x
		}
	}
	return acc + d
}
