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
	maxPack     = 384 << 20 // bytes unpacked
	maxHeader   = 64 << 20
	maxVertices = 20_000_000
	maxUnit     = 1 << 30    // of a vertex
	maxWork     = 40_000_000 // vertices and degrees of all rings
	maxLevel    = 6
	maxPieces   = 1000
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
	Regions   []Region   `json:"regions"`          // of the first level
	Levels    []Level    `json:"levels,omitempty"` // deeper ones, by number
	Context   []Area     `json:"context"`          // countries drawn around, without regions
	Lakes     []Area     `json:"lakes"`
	Rivers    []Area     `json:"rivers"`           // open lines
	Claims    []Claim    `json:"claims,omitempty"` // lines; these and Parts may be left out
	Parts     []Part     `json:"parts,omitempty"`
	ArcCount  int        `json:"arcs"`

	Arcs  [][]Vertex `json:"-"`
	Ranks [][]uint8  `json:"-"` // by vertex: how much it matters, see Rank

	// Ground is regions of the first level whose place those of other packs have taken.
	// They are no areas any more; their borders still say where a neighbour's land ends.
	Ground []Region `json:"-"`
	// Inland are arcs that one area alone names and behind which there is land all the
	// same: where packs of two sources meet.
	Inland map[int32]bool `json:"-"`
	// Own are areas below the first level that other packs brought.
	Own map[AreaKey]bool `json:"-"`
}

// Vertex is a position in quantised units.
type Vertex struct{ X, Y int32 }

// AreaKey names an area among those of all levels.
type AreaKey struct {
	Level int
	Code  string
}

// Level is the areas of a level below the first.
type Level struct {
	Number  int      `json:"level"` // 2 districts, 3 communes …
	Regions []Region `json:"regions"`
}

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
	if n, err := buf.ReadFrom(io.LimitReader(z, maxPack+1)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	} else if n > maxPack {
		return nil, fmt.Errorf("%w: it holds more than %d MB", ErrPack, maxPack>>20)
	}
	b, ok := bytes.CutPrefix(buf.Bytes(), []byte(magic))
	n, k := binary.Uvarint(b)
	if !ok || k <= 0 || n > maxHeader || n > uint64(len(b)-k) {
		return nil, ErrPack
	}
	p := &Pack{}
	arcs := make(chan error, 1)
	var shapes Pack
	go func() { arcs <- shapes.readArcs(b[k+int(n):]) }()
	head := json.Unmarshal(b[k:k+int(n)], p)
	if err := errors.Join(head, <-arcs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	}
	p.Arcs, p.Ranks = shapes.Arcs, shapes.Ranks
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPack, err)
	}
	return p, nil
}

var errShort = errors.New("it ends too early")

// readArcs reads arcs to the end of the bytes.
func (p *Pack) readArcs(b []byte) error {
	all := make([]Vertex, 0, len(b)/4)
	for len(b) > 0 {
		n, k := binary.Uvarint(b)
		if k <= 0 || n < 2 || n > maxVertices || 3*n > uint64(len(b)) {
			return errShort
		}
		if b = b[k:]; len(all)+int(n) > maxVertices {
			return errors.New("it has too many vertices")
		}
		from := len(all)
		var at [2]int64
		for range n {
			for axis := range at {
				d, k := binary.Varint(b)
				if k <= 0 {
					return errShort
				}
				b = b[k:]
				if at[axis] += d; at[axis] < 0 || at[axis] > maxUnit {
					return errors.New("a vertex lies outside of the world")
				}
			}
			all = append(all, Vertex{int32(at[0]), int32(at[1])})
		}
		if uint64(len(b)) < n {
			return errShort
		}
		p.Arcs, p.Ranks = append(p.Arcs, all[from:len(all):len(all)]), append(p.Ranks, b[:n:n])
		b[0], b[n-1] = 255, 255 // whatever it says: neighbours meet at the ends
		b = b[n:]
	}
	return nil
}

// check makes sure that the world is where it is, and that rings name arcs that
// exist and follow on each other.
func (p *Pack) check() error {
	if p.ArcCount != len(p.Arcs) {
		return fmt.Errorf("it has %d arcs and should have %d", len(p.Arcs), p.ArcCount)
	}
	for axis, far := range [2]float64{180, 90} {
		if s, t := p.Scale[axis], p.Translate[axis]; !(s > 0 && t >= -far-1e-6 && t+s*p.greatest(axis) <= far+1e-6) {
			return fmt.Errorf("its vertices lie outside of ±%v degrees", far)
		}
	}
	rs := newRingCheck(p)
	if err := rs.regions(p.Regions); err != nil {
		return err
	}
	for i, l := range p.Levels {
		if l.Number < 2 || l.Number > maxLevel || i > 0 && l.Number <= p.Levels[i-1].Number {
			return fmt.Errorf("level %d is none of 2 to %d, or out of order", l.Number, maxLevel)
		}
		if err := rs.regions(l.Regions); err != nil {
			return err
		}
	}
	for i, as := range [][]Area{p.Context, p.Lakes, p.Rivers} {
		for _, a := range as {
			if err := rs.check([]string{"country", "lake", "river"}[i], a.Code, a.Rings, i < 2); err != nil {
				return err
			}
		}
	}
	for _, c := range p.Claims {
		if err := rs.check("line claimed by", string(c.By), c.Lines, false); err != nil {
			return err
		}
	}
	if len(p.Parts) > maxPieces {
		return fmt.Errorf("it has %d parts of regions, more than %d", len(p.Parts), maxPieces)
	}
	for _, part := range p.Parts {
		if err := rs.check("part of", part.Of, part.Rings, true); err != nil {
			return err
		}
	}
	return nil
}

func (p *Pack) greatest(axis int) float64 {
	out := int32(0)
	for _, arc := range p.Arcs {
		for _, v := range arc {
			out = max(out, [2]int32{v.X, v.Y}[axis])
		}
	}
	return float64(out)
}

// ringCheck keeps count of the work that rings will be: vertices, and degrees
// that borders run.
type ringCheck struct {
	p    *Pack
	arcs []float64 // work by arc
	work float64
}

func newRingCheck(p *Pack) *ringCheck {
	c := &ringCheck{p: p, arcs: make([]float64, len(p.Arcs))}
	for i, arc := range p.Arcs {
		c.arcs[i] = float64(len(arc))
		for j := 1; j < len(arc); j++ {
			c.arcs[i] += math.Abs(float64(arc[j].X-arc[j-1].X))*p.Scale[0] + math.Abs(float64(arc[j].Y-arc[j-1].Y))*p.Scale[1]
		}
	}
	return c
}

// regions checks the areas of a level.
func (c *ringCheck) regions(rs []Region) error {
	seen := make(map[string]bool, len(rs))
	for i := range rs {
		r := &rs[i]
		if r.Code == "" || seen[r.Code] {
			return fmt.Errorf("the region code %q is empty or given twice", r.Code)
		}
		seen[r.Code] = true
		if err := c.check("region", r.Code, r.Rings, true); err != nil {
			return err
		}
	}
	return nil
}

func (c *ringCheck) check(kind, code string, rings [][]int32, closed bool) error {
	for _, ring := range rings {
		if len(ring) == 0 {
			return fmt.Errorf("%s %q has an empty ring", kind, code)
		}
		for i, a := range ring {
			if index(a) >= len(c.p.Arcs) {
				return fmt.Errorf("%s %q names arc %d of %d", kind, code, index(a), len(c.p.Arcs))
			}
			if i > 0 && first(c.p.Arcs, a) != first(c.p.Arcs, ^ring[i-1]) {
				return fmt.Errorf("%s %q has arcs that do not meet", kind, code)
			}
			if c.work += c.arcs[index(a)]; c.work > maxWork {
				return fmt.Errorf("its borders are too long, up to %s %q", kind, code)
			}
		}
		if closed && first(c.p.Arcs, ring[0]) != first(c.p.Arcs, ^ring[len(ring)-1]) {
			return fmt.Errorf("%s %q has a ring that is open", kind, code)
		}
	}
	return nil
}

// index is the number of an arc, whatever its direction.
func index(a int32) int {
	if a < 0 {
		return int(^a)
	}
	return int(a)
}
