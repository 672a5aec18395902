package pdf

import (
	"bytes"
	"fmt"
	"image/color"
)

// Path is a drawing without a look: moves, lines and curves, in points from the
// page's top left corner. The zero Path is empty.
type Path struct {
	ops []byte    // operators of ISO 32000-1, table 59: m l c h
	at  []float64 // their coordinates, x and y by turns
}

// MoveTo begins a part of the path.
func (p *Path) MoveTo(x, y float64) { p.ops, p.at = append(p.ops, 'm'), append(p.at, x, y) }

// LineTo goes on in a straight line.
func (p *Path) LineTo(x, y float64) { p.ops, p.at = append(p.ops, 'l'), append(p.at, x, y) }

// CurveTo goes on to (x, y) in a cubic Bézier curve.
func (p *Path) CurveTo(ax, ay, bx, by, x, y float64) {
	p.ops, p.at = append(p.ops, 'c'), append(p.at, ax, ay, bx, by, x, y)
}

// Close ends a part of the path where it began.
func (p *Path) Close() { p.ops = append(p.ops, 'h') }

// Rect adds a rectangle.
func (p *Path) Rect(x, y, w, h float64) {
	p.MoveTo(x, y)
	p.LineTo(x+w, y)
	p.LineTo(x+w, y+h)
	p.LineTo(x, y+h)
	p.Close()
}

// Circle adds a circle around (x, y), as four curves.
func (p *Path) Circle(x, y, r float64) {
	const k = 0.5522847498 // 4/3·(√2−1): the curve that is nearest a quarter
	p.MoveTo(x+r, y)
	p.CurveTo(x+r, y+k*r, x+k*r, y+r, x, y+r)
	p.CurveTo(x-k*r, y+r, x-r, y+k*r, x-r, y)
	p.CurveTo(x-r, y-k*r, x-k*r, y-r, x, y-r)
	p.CurveTo(x+k*r, y-r, x+r, y-k*r, x+r, y)
	p.Close()
}

// Ring adds a closed line through points.
func (p *Path) Ring(points [][2]float64) {
	for i, pt := range points {
		if i == 0 {
			p.MoveTo(pt[0], pt[1])
		} else {
			p.LineTo(pt[0], pt[1])
		}
	}
	if len(points) > 0 {
		p.Close()
	}
}

func (p *Path) write(b *bytes.Buffer, height float64) {
	at := p.at
	var line []byte
	for _, op := range p.ops {
		line = line[:0]
		n := 2
		switch op {
		case 'h':
			n = 0
		case 'c':
			n = 6
		}
		for i := 0; i < n; i += 2 {
			line = append(appendNum(line, at[i]), ' ')
			line = append(appendNum(line, height-at[i+1]), ' ')
		}
		at = at[n:]
		b.Write(append(line, op, '\n'))
	}
}

// Look says how a path is drawn. The opacity of areas and lines is that of their
// colours.
type Look struct {
	Fill    color.Color // of areas; nil: none
	Stroke  color.Color // of lines; nil: none
	Width   float64     // of lines, points; 0: as fine as can be
	Dash    []float64   // lengths drawn and left out by turns; nil: none left out
	EvenOdd bool        // areas by the even-odd rule, else by the nonzero winding number (ISO 32000-1, 8.5.3.3)
	Round   bool        // ends and corners of lines
}

// Draw draws a path (ISO 32000-1, 8.5).
func (p *Page) Draw(path *Path, l Look) {
	if len(path.ops) == 0 || l.Fill == nil && l.Stroke == nil {
		return
	}
	p.body.WriteString("q\n")
	p.paints(rgba(l.Fill), rgba(l.Stroke))
	if l.Stroke != nil {
		fmt.Fprintf(&p.body, "%s w\n", num(l.Width))
		if l.Round {
			p.body.WriteString("1 J 1 j\n")
		}
		if len(l.Dash) > 0 {
			p.body.WriteByte('[')
			for _, d := range l.Dash {
				p.body.WriteString(num(d) + " ")
			}
			p.body.WriteString("]0 d\n")
		}
	}
	path.write(&p.body, p.height)
	p.body.WriteString(painting(l) + " Q\n")
}

// painting is the operator that paints a path (ISO 32000-1, table 60).
func painting(l Look) string {
	op := "S"
	switch {
	case l.Fill != nil && l.Stroke != nil:
		op = "B"
	case l.Fill != nil:
		op = "f"
	}
	if l.EvenOdd && l.Fill != nil {
		op += "*"
	}
	return op
}

// Clip lets what draw draws be seen inside a path alone (ISO 32000-1, 8.5.4).
func (p *Page) Clip(path *Path, evenOdd bool, draw func()) {
	op := "W n\n"
	if evenOdd {
		op = "W* n\n"
	}
	p.body.WriteString("q\n")
	path.write(&p.body, p.height)
	p.body.WriteString(op)
	draw()
	p.body.WriteString("Q\n")
}

// Line draws a straight line.
func (p *Page) Line(x0, y0, x1, y1, width float64, c color.Color) {
	var path Path
	path.MoveTo(x0, y0)
	path.LineTo(x1, y1)
	p.Draw(&path, Look{Stroke: c, Width: width})
}

// Rect draws a rectangle.
func (p *Page) Rect(x, y, w, h float64, l Look) {
	var path Path
	path.Rect(x, y, w, h)
	p.Draw(&path, l)
}

// Polygon draws an area of rings: outlines and holes.
func (p *Page) Polygon(rings [][][2]float64, l Look) {
	var path Path
	for _, r := range rings {
		path.Ring(r)
	}
	p.Draw(&path, l)
}
