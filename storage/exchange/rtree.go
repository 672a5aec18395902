package exchange

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// packedTree is an R-tree as SQLite keeps it (sqlite.org/rtree.html, and the comment that
// begins its source file rtree.c), packed from all boxes at once: sorted into strips and
// tiles (Leutenegger, Lopez and Edgington 1997, STR), so that boxes which lie together are
// in one node. It takes a fraction of the time of putting boxes in one by one.
type packedTree struct {
	cells []treeCell
}

// treeCell is a box with the number of its row, or of a node. The box is of single
// precision and not smaller than that of the geometry: minx, maxx, miny, maxy.
type treeCell struct {
	id  int64
	box [4]float32
}

// Sizes of nodes of trees of two dimensions.
const (
	treeCellSize = 8 + 4*4
	treeFill     = 51 // cells of a node
	treeNodeSize = 4 + treeFill*treeCellSize
)

func (t *packedTree) add(id int64, b orb.Bound) {
	t.cells = append(t.cells, treeCell{id, [4]float32{roundDown(b.Min[0]), roundUp(b.Max[0]), roundDown(b.Min[1]), roundUp(b.Max[1])}})
}

// roundDown and roundUp are the nearest numbers of single precision on one side.
func roundDown(v float64) float32 {
	f := float32(v)
	if float64(f) > v {
		return math.Nextafter32(f, float32(math.Inf(-1)))
	}
	return f
}

func roundUp(v float64) float32 {
	f := float32(v)
	if float64(f) < v {
		return math.Nextafter32(f, float32(math.Inf(1)))
	}
	return f
}

// write fills the tables behind a virtual table with minx, maxx, miny and maxy that is empty.
func (t *packedTree) write(b *bulkFile, roots map[string]uint32, name string) error {
	if len(t.cells) == 0 {
		return nil
	}
	// The root is node 1, and has to be written first; which depth it has, the numbers of
	// rows say.
	depth := 0
	for n := len(t.cells); n > treeFill; n = (n + treeFill - 1) / treeFill {
		depth++
	}
	levels := [][]treeCell{t.cells}
	above := []int64{0, 0} // by node
	for k := range depth {
		tile(levels[k])
		var next []treeCell
		for part := range slices.Chunk(levels[k], treeFill) {
			node := int64(len(above))
			above = append(above, 1)
			for i := range part {
				if k > 0 {
					above[part[i].id] = node
				}
			}
			next = append(next, treeCell{node, boxOf(part)})
		}
		levels = append(levels, next)
	}
	nodes := b.table(roots[name+"_node"])
	if err := nodes.add(1, treeRow(treeNode(levels[depth], depth))); err != nil {
		return err
	}
	number := int64(2)
	for _, level := range levels[:depth] {
		for part := range slices.Chunk(level, treeFill) {
			if err := nodes.add(number, treeRow(treeNode(part, 0))); err != nil {
				return err
			}
			number++
		}
	}
	if err := nodes.finish(); err != nil {
		return err
	}
	parents := b.table(roots[name+"_parent"])
	var r bulkRecord
	for node := int64(2); node < int64(len(above)); node++ {
		if err := parents.add(node, pairRow(&r, above[node])); err != nil {
			return err
		}
	}
	if err := parents.finish(); err != nil {
		return err
	}
	return t.rows(b.table(roots[name+"_rowid"]), depth > 0)
}

// treeRow is a row of the table of nodes.
func treeRow(node []byte) []byte {
	var r bulkRecord
	r.null()
	r.blob(node)
	return r.bytes()
}

// pairRow is a row of a table whose other column is a number.
func pairRow(r *bulkRecord, v int64) []byte {
	r.reset()
	r.null()
	r.integer(v)
	return r.bytes()
}

// rows writes in which leaf each row is: the root, or by its place among the cells.
func (t *packedTree) rows(out *bulkTable, leaves bool) error {
	most := int64(0)
	for i := range t.cells {
		most = max(most, t.cells[i].id)
	}
	in := make([]int32, most+1)
	for i := range t.cells {
		in[t.cells[i].id] = 1
		if leaves {
			in[t.cells[i].id] = int32(2 + i/treeFill)
		}
	}
	var r bulkRecord
	for id, node := range in {
		if node > 0 {
			if err := out.add(int64(id), pairRow(&r, int64(node))); err != nil {
				return err
			}
		}
	}
	return out.finish()
}

// tile sorts cells so that each run of treeFill lies together: by strips from west to east,
// and in these from south to north.
func tile(cells []treeCell) {
	nodes := (len(cells) + treeFill - 1) / treeFill
	strips := int(math.Ceil(math.Sqrt(float64(nodes))))
	strip := (nodes + strips - 1) / strips * treeFill
	middle := func(k int) func(a, b treeCell) int {
		return func(a, b treeCell) int {
			return cmp.Or(cmp.Compare(a.box[k]+a.box[k+1], b.box[k]+b.box[k+1]), cmp.Compare(a.id, b.id))
		}
	}
	slices.SortFunc(cells, middle(0))
	for part := range slices.Chunk(cells, strip) {
		slices.SortFunc(part, middle(2))
	}
}

func boxOf(cells []treeCell) [4]float32 {
	b := cells[0].box
	for _, c := range cells[1:] {
		b = [4]float32{min(b[0], c.box[0]), max(b[1], c.box[1]), min(b[2], c.box[2]), max(b[3], c.box[3])}
	}
	return b
}

// treeNode is a node as it is stored, big endian: the depth of the tree if it is the root,
// how many cells, and these.
func treeNode(cells []treeCell, depth int) []byte {
	b := make([]byte, 0, treeNodeSize)
	b = binary.BigEndian.AppendUint16(b, uint16(depth))
	b = binary.BigEndian.AppendUint16(b, uint16(len(cells)))
	for i := range cells {
		b = binary.BigEndian.AppendUint64(b, uint64(cells[i].id))
		for _, v := range cells[i].box {
			b = binary.BigEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	return b[:treeNodeSize]
}
