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

// write makes the tree as a virtual table with minx, maxx, miny and maxy.
func (t *packedTree) write(e *engine, name string) error {
	if err := e.exec(`CREATE VIRTUAL TABLE ` + quoted(name) + ` USING rtree(id, minx, maxx, miny, maxy)`); err != nil {
		return err
	}
	if len(t.cells) == 0 {
		return nil
	}
	node, err := e.prepare(`REPLACE INTO ` + quoted(name+"_node") + ` VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer node.close()
	parent, err := e.prepare(`INSERT INTO ` + quoted(name+"_parent") + ` VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer parent.close()
	last, depth := int64(1), 0 // node 1 is the root
	put := func(number int64, cells []treeCell, depthOfTree int) error {
		for i := range cells {
			if depth == 0 {
				break // which rows are in it is written in the order of rows
			}
			if err := parent.exec(cells[i].id, number); err != nil {
				return err
			}
		}
		return node.exec(number, treeNode(cells, depthOfTree))
	}
	level := t.cells
	for ; len(level) > treeFill; depth++ {
		tile(level)
		above := make([]treeCell, 0, len(level)/treeFill+1)
		for part := range slices.Chunk(level, treeFill) {
			last++
			if err := put(last, part, 0); err != nil {
				return err
			}
			above = append(above, treeCell{last, boxOf(part)})
		}
		level = above
	}
	if err := put(1, level, depth); err != nil {
		return err
	}
	return t.rows(e, name, depth > 0)
}

// rows writes in which leaf each row is: the root, or by its place among the cells.
func (t *packedTree) rows(e *engine, name string, leaves bool) error {
	insert, err := e.prepare(`INSERT INTO ` + quoted(name+"_rowid") + ` VALUES (?, ?)`)
	if err != nil {
		return err
	}
	defer insert.close()
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
	for id, node := range in {
		if node > 0 {
			if err := insert.exec(id, int64(node)); err != nil {
				return err
			}
		}
	}
	return nil
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
