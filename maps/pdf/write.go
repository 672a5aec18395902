package pdf

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// writer gathers the objects of a file (ISO 32000-1, 7.5), numbered from 1.
type writer struct {
	objects [][]byte // by number less 1
	packed  bytes.Buffer
	zip     *zlib.Writer
}

func newWriter() *writer { return &writer{zip: zlib.NewWriter(nil)} }

func (w *writer) reserve() int {
	w.objects = append(w.objects, nil)
	return len(w.objects)
}

func (w *writer) set(n int, s string) { w.objects[n-1] = []byte(s) }

func (w *writer) add(s string) int {
	n := w.reserve()
	w.set(n, s)
	return n
}

// stream adds a stream, deflated; dict holds entries beside its length and filter.
func (w *writer) stream(dict string, data []byte) int {
	w.packed.Reset()
	w.zip.Reset(&w.packed)
	w.zip.Write(data) // writing to memory does not fail
	w.zip.Close()
	return w.raw(dict+"/Filter/FlateDecode", w.packed.Bytes())
}

func (w *writer) raw(dict string, data []byte) int {
	return w.add(fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

// finish writes header, objects, cross-reference table and trailer. The file's
// identifier is made from its content.
func (w *writer) finish(out io.Writer, catalog, info int) error {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(w.objects))
	for i, o := range w.objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	sum := sha256.Sum256(b.Bytes())
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(offsets)+1, catalog, info, sum[:16], sum[:16], start)
	_, err := b.WriteTo(out)
	return err
}

// num writes a number with three decimals at most; what is no number is 0.
func num(x float64) string { return string(appendNum(nil, x)) }

func appendNum(b []byte, x float64) []byte {
	x = math.Round(x*1000) / 1000
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return append(b, '0')
	}
	return strconv.AppendFloat(b, x, 'f', -1, 64)
}

// literal writes a text string (ISO 32000-1, 7.9.2.2): plain where it is ASCII,
// else as UTF-16 with its mark.
func literal(s string) string {
	for _, r := range s {
		if r < ' ' || r > '~' {
			return "<FEFF" + utf16Hex(s) + ">"
		}
	}
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
}
