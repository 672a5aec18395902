package region

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// magic begins the unpacked stream; the digit is the version of the format.
const magic = "SSE regions 1\n"

// Limits of a pack that is read.
const (
	maxPack     = 512 << 20 // bytes unpacked
	maxHeader   = 64 << 20
	maxVertices = 20_000_000
)

// Pack is an atlas as it is stored. Arcs are in quantised units: a vertex (x, y)
// lies at longitude Translate[0] + x·Scale[0], latitude Translate[1] + y·Scale[1].
// Rings name arcs by number; ^n is arc n backwards (TopoJSON 1.0, section 2.1.4).
type Pack struct {
	Source    string     `json:"source"`
	Vintage   string     `json:"vintage"`
	Licence   string     `json:"licence"`
	Scale     [2]float64 `json:"scale"`
	Translate [2]float64 `json:"translate"`
	Countries []Country  `json:"countries"`
	Regions   []Region   `json:"regions"`
	Context   []Area     `json:"context"` // countries drawn around, without regions
	Lakes     []Area     `json:"lakes"`
	Rivers    []Area     `json:"rivers"` // open lines
	ArcCount  int        `json:"arcs"`

	Arcs  [][]Vertex `json:"-"`
	Ranks [][]uint8  `json:"-"` // by vertex: how much it matters, see Rank
}

// Vertex is a position in quantised units.
type Vertex struct{ X, Y int32 }

// Area is something with a border and little else.
type Area struct {
	Code  string    `json:"code,omitempty"`
	Name  string    `json:"name,omitempty"`
	Rings [][]int32 `json:"rings"`
}

// Write stores a pack, compressed. The same pack gives the same bytes.
func (p *Pack) Write(w io.Writer) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	p.ArcCount = len(p.Arcs)
	head, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write boundary pack: %w", err)
	}
	b := binary.AppendUvarint([]byte(magic), uint64(len(head)))
	b = append(b, head...)
	for i, arc := range p.Arcs {
		b = binary.AppendUvarint(b, uint64(len(arc)))
		var last Vertex
		for _, v := range arc {
			b = binary.AppendVarint(b, int64(v.X-last.X))
			b = binary.AppendVarint(b, int64(v.Y-last.Y))
			last = v
		}
		b = append(b, p.Ranks[i]...)
	}
	if _, err := z.Write(b); err != nil {
		return fmt.Errorf("write boundary pack: %w", err)
	}
	return z.Close()
}

// ErrPack means that bytes are no boundary pack of a known version.
var ErrPack = errors.New("this is no boundary pack that this program can read")

// ReadPack reads what Write stored and checks that all numbers fit together.
func ReadPack(r io.Reader) (*Pack, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, ErrPack
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(io.LimitReader(z, maxPack)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	}
	b, ok := bytes.CutPrefix(buf.Bytes(), []byte(magic))
	n, k := binary.Uvarint(b)
	if !ok || k <= 0 || n > maxHeader || n > uint64(len(b)-k) {
		return nil, ErrPack
	}
	p := &Pack{}
	if err := json.Unmarshal(b[k:k+int(n)], p); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	}
	if err := p.readArcs(b[k+int(n):]); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	}
	return p, p.check()
}

var errShort = errors.New("it ends too early")

func (p *Pack) readArcs(b []byte) error {
	if p.ArcCount < 0 || p.ArcCount > len(b) {
		return errors.New("too many arcs")
	}
	total := 0
	for range p.ArcCount {
		n, k := binary.Uvarint(b)
		if k <= 0 || n < 2 || n > maxVertices || n > uint64(len(b)) {
			return errShort
		}
		if b, total = b[k:], total+int(n); total > maxVertices {
			return errors.New("too many vertices")
		}
		arc := make([]Vertex, n)
		var at [2]int64
		for i := range arc {
			for axis := range at {
				d, k := binary.Varint(b)
				if k <= 0 {
					return errShort
				}
				b = b[k:]
				if at[axis] += d; at[axis] < 0 || at[axis] > math.MaxInt32/2 {
					return errors.New("a vertex outside the world")
				}
			}
			arc[i] = Vertex{int32(at[0]), int32(at[1])}
		}
		if uint64(len(b)) < n {
			return errShort
		}
		p.Arcs, p.Ranks = append(p.Arcs, arc), append(p.Ranks, b[:n:n])
		b = b[n:]
	}
	return nil
}

// check makes sure that rings name arcs that exist and follow on each other.
func (p *Pack) check() error {
	if !(p.Scale[0] > 0 && p.Scale[1] > 0) {
		return fmt.Errorf("%w: it has no scale", ErrPack)
	}
	areas := func(kind string, n int, at func(int) (string, [][]int32)) error {
		for i := range n {
			code, rings := at(i)
			for _, ring := range rings {
				for _, a := range ring {
					if j := index(a); j >= len(p.Arcs) {
						return fmt.Errorf("%w: %s %q names arc %d of %d", ErrPack, kind, code, j, len(p.Arcs))
					}
				}
				if len(ring) == 0 {
					return fmt.Errorf("%w: %s %q has an empty ring", ErrPack, kind, code)
				}
			}
		}
		return nil
	}
	area := func(as []Area) func(int) (string, [][]int32) {
		return func(i int) (string, [][]int32) { return as[i].Code, as[i].Rings }
	}
	return errors.Join(
		areas("region", len(p.Regions), func(i int) (string, [][]int32) { return p.Regions[i].Code, p.Regions[i].Rings }),
		areas("country", len(p.Context), area(p.Context)),
		areas("lake", len(p.Lakes), area(p.Lakes)),
		areas("river", len(p.Rivers), area(p.Rivers)))
}

// index is the number of an arc, whatever its direction.
func index(a int32) int {
	if a < 0 {
		return int(^a)
	}
	return int(a)
}
