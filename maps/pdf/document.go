package pdf

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Info describes a document to those who look for it.
type Info struct {
	Title    string
	Author   string
	Language string    // BCP 47: "en", "ne"; "" says nothing
	Created  time.Time // the zero time is left out
}

// Document is being written. It is not safe for use by several goroutines.
type Document struct {
	info   Info
	signs  *signs
	pages  []*Page
	marks  []bookmark
	images []*Image
	looks  map[[2]uint8]int // opacity of areas and of lines → number of the graphics state
}

// bookmark is an entry of the outline.
type bookmark struct {
	level int
	title string
	to    Place
}

// Place is a spot that links and bookmarks lead to.
type Place struct {
	Page int     // from 0
	Y    float64 // points from the top
}

// New begins a document whose text is set in an OpenType font, the one that the
// layouts were made with. It fails where the font cannot be read or has no outlines
// in a table CFF.
func New(otf []byte, info Info) (*Document, error) {
	f, err := readOpenType(otf)
	if err != nil {
		return nil, fmt.Errorf("read font: %w", err)
	}
	return &Document{info: info, signs: newSigns(f), looks: map[[2]uint8]int{}}, nil
}

// Page adds a page of a width and height in points; A4 is 595 × 842.
func (d *Document) Page(w, h float64) *Page {
	p := &Page{doc: d, width: w, height: h, number: len(d.pages)}
	d.pages = append(d.pages, p)
	return p
}

// Pages is the number of pages so far.
func (d *Document) Pages() int { return len(d.pages) }

// PageAt returns a page that was added, from 0.
func (d *Document) PageAt(i int) *Page { return d.pages[i] }

// Bookmark adds an entry to the outline (ISO 32000-1, 12.3.3). Level 0 is the
// outermost; an entry deeper than one below the last is moved up.
func (d *Document) Bookmark(level int, title string, to Place) {
	most := 0
	if n := len(d.marks); n > 0 {
		most = d.marks[n-1].level + 1
	}
	d.marks = append(d.marks, bookmark{max(0, min(level, most)), title, to})
}

// Write writes the document. It may be called again, also after more was drawn.
func (d *Document) Write(out io.Writer) error {
	w := newWriter()
	catalog, pages, info, font := w.reserve(), w.reserve(), w.reserve(), w.reserve()
	images := d.writeImages(w)
	states := d.writeStates(w)
	numbers := make([]int, len(d.pages))
	for i := range numbers {
		numbers[i] = w.reserve()
	}
	var kids strings.Builder
	for i, p := range d.pages {
		content := w.stream("", p.body.Bytes())
		w.set(numbers[i], fmt.Sprintf("<</Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources<</Font<</F %d 0 R>>%s%s>>/Contents %d 0 R%s>>",
			pages, num(p.width), num(p.height), font, states, p.pictures(images), content, p.annotations(numbers)))
		fmt.Fprintf(&kids, "%d 0 R ", numbers[i])
	}
	w.set(pages, fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", strings.TrimSpace(kids.String()), len(d.pages)))
	if err := d.signs.add(w, font); err != nil {
		return err
	}
	root := fmt.Sprintf("<</Type/Catalog/Pages %d 0 R/ViewerPreferences<</DisplayDocTitle true>>", pages)
	if d.info.Language != "" {
		root += "/Lang" + literal(d.info.Language)
	}
	if n := d.outline(w, numbers); n > 0 {
		root += fmt.Sprintf("/Outlines %d 0 R/PageMode/UseOutlines", n)
	}
	w.set(catalog, root+">>")
	w.set(info, d.information())
	return w.finish(out, catalog, info)
}

// information is the document information dictionary (ISO 32000-1, 14.3.3).
func (d *Document) information() string {
	out := "<</Producer(SSE Landscape)"
	if d.info.Title != "" {
		out += "/Title" + literal(d.info.Title)
	}
	if d.info.Author != "" {
		out += "/Author" + literal(d.info.Author)
	}
	if t := d.info.Created; !t.IsZero() {
		out += "/CreationDate(" + t.UTC().Format("D:20060102150405Z") + ")"
	}
	return out + ">>"
}

// writeStates writes the graphics states that see-through areas and lines use
// (ISO 32000-1, 8.4.5) and returns them as an entry of the resources.
func (d *Document) writeStates(w *writer) string {
	if len(d.looks) == 0 {
		return ""
	}
	byNumber := make([][2]uint8, len(d.looks))
	for l, n := range d.looks {
		byNumber[n] = l
	}
	out := "/ExtGState<<"
	for n, l := range byNumber {
		out += fmt.Sprintf("/G%d %d 0 R", n, w.add(fmt.Sprintf("<</Type/ExtGState/ca %s/CA %s>>", num(float64(l[0])/255), num(float64(l[1])/255))))
	}
	return out + ">>"
}

// entry is a bookmark with its neighbours, which are named by their places among
// the bookmarks; -1 is none.
type entry struct{ parent, prev, next, first, last, below int }

// outline writes the bookmarks and returns the number of their root, 0 if there
// are none.
func (d *Document) outline(w *writer, pages []int) int {
	if len(d.marks) == 0 {
		return 0
	}
	es := d.tree()
	root := w.reserve()
	numbers := make([]int, len(es))
	for i := range numbers {
		numbers[i] = w.reserve()
	}
	first, last, top := -1, -1, 0
	for i, e := range es {
		m := d.marks[i]
		parent := root
		if e.parent >= 0 {
			parent = numbers[e.parent]
		} else {
			if first < 0 {
				first = i
			}
			last = i
			top++
		}
		out := fmt.Sprintf("<</Title%s/Parent %d 0 R/Dest%s", literal(m.title), parent, d.destination(m.to, pages))
		for _, l := range []struct {
			name string
			to   int
		}{{"Prev", e.prev}, {"Next", e.next}, {"First", e.first}, {"Last", e.last}} {
			if l.to >= 0 {
				out += fmt.Sprintf("/%s %d 0 R", l.name, numbers[l.to])
			}
		}
		if e.below > 0 {
			out += fmt.Sprintf("/Count %d", -e.below) // closed
		}
		w.set(numbers[i], out+">>")
	}
	w.set(root, fmt.Sprintf("<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>", numbers[first], numbers[last], top))
	return root
}

// tree links the bookmarks by their levels.
func (d *Document) tree() []entry {
	es := make([]entry, len(d.marks))
	var open []int // the last entry of each level
	for i, m := range d.marks {
		e := entry{-1, -1, -1, -1, -1, 0}
		if m.level > 0 {
			e.parent = open[m.level-1]
			up := &es[e.parent]
			if up.first < 0 {
				up.first = i
			}
			up.last = i
			up.below++
		}
		if m.level < len(open) {
			e.prev = open[m.level]
			es[e.prev].next = i
		}
		open = append(open[:min(m.level, len(open))], i)
		es[i] = e
	}
	return es
}

// destination is a place in the way of ISO 32000-1, 12.3.2.
func (d *Document) destination(to Place, pages []int) string {
	if to.Page < 0 || to.Page >= len(pages) {
		to = Place{}
	}
	return fmt.Sprintf("[%d 0 R/XYZ 0 %s 0]", pages[to.Page], num(d.pages[to.Page].height-to.Y))
}
