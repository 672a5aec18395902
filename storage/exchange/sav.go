package exchange

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"sselandscape/survey"
)

// Limits and marks of SPSS system files (PSPP Developers Guide, "System File Format"): bytes
// of names, labels and texts.
const (
	savName, savLabel, savValueLabel = 64, 255, 120
	savText                          = 32767
	savSegment                       = 255 // bytes of a very long text in one segment
	savSegmentWidth                  = 252 // by which segments are counted
	savBias                          = 100
	savEpoch                         = 141428 // days from 14 October 1582 to 1970
	savFormatText, savFormatNumber   = 1, 5
	savFormatDate                    = 39 // SDATE, yyyy/mm/dd
)

// savFile is a table as SPSS has it.
type savFile struct {
	*statistics
	w     *bufio.Writer
	err   error
	name  string
	table *Table
	short []string // 8 byte names, in the order of variables
	place []int32  // numbers of variables in the dictionary, segments of texts counted
	codes savCompressor
}

// writeSAV writes a system file of SPSS in UTF-8, compressed by its byte codes: numbers as
// numbers, a choice as a number with its words, several choices as a multiple response set of
// variables that are 0 or 1, dates as dates, and special answers as values that are declared
// missing and have words.
func writeSAV(ctx context.Context, out io.Writer, d *Dataset) error {
	return writeSAVTable(ctx, out, d, &d.Table)
}

func writeSAVFiles(ctx context.Context, out *Files, path string, d *Dataset) error {
	return eachTable(out, path, ".sav", d, func(f *os.File, t *Table) error { return writeSAVTable(ctx, f, d, t) })
}

func writeSAVTable(ctx context.Context, out io.Writer, d *Dataset, t *Table) error {
	s, err := statisticsOf(ctx, d, t, true, spssName)
	if err != nil {
		return err
	}
	for i := range s.vars {
		if v := &s.vars[i]; v.width > savText {
			return fmt.Errorf("a text of %s has %d bytes, and SPSS holds %d; leave the column out, or export Stata", v.name, v.width, savText)
		}
	}
	f := &savFile{statistics: s, w: bufio.NewWriterSize(out, 1<<16), name: d.Name, table: t}
	f.codes.out = f.w
	f.number()
	f.header()
	f.variables()
	f.valueLabels()
	f.information()
	f.data(ctx)
	if f.err != nil {
		return f.err
	}
	return f.w.Flush()
}

// spssName makes a name that SPSS takes: 64 bytes, not beginning with _.
func spssName(s string, used map[string]bool) string {
	return statName(s, "v", reservedInSPSS, used, func(s string, less int) string { return cutBytes(s, savName-less) })
}

// reservedInSPSS are words of its language (Command Syntax Reference, "Variable names").
var reservedInSPSS = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields("all and by eq ge gt le lt ne not or to with") {
		m[w], m[strings.ToUpper(w)] = true, true
	}
	return m
}()

// savMissing is what a special answer is in a variable: a number below all others, -97, -98
// or -99 where that will do.
func (v *variable) savMissing(s survey.Special) float64 {
	base := -97.0
	for v.least <= base {
		base = base*10 - 7 // -977, -9777 …
	}
	switch s {
	case survey.DontKnow:
		return base
	case survey.Refused:
		return base - 1
	}
	return base - 2
}

// savSpecials are the special answers that SPSS is told of, in words.
var savSpecials = []struct {
	special survey.Special
	words   string
}{{survey.DontKnow, "don't know"}, {survey.Refused, "refused"}, {survey.NotApplicable, "not applicable"}}

// savWidth is the bytes of a text: at least one.
func (v *variable) savWidth() int { return max(1, v.width) }

// decimals are how many are shown; all are kept.
func (v *variable) decimals() int {
	if v.broken {
		return 2
	}
	return 0
}

// segments are the widths of the variables that a text is stored as.
func (v *variable) segments() []int {
	w := v.savWidth()
	if w <= savSegment {
		return []int{w}
	}
	n := (w + savSegmentWidth - 1) / savSegmentWidth
	out := make([]int, n)
	for i := range out {
		out[i] = savSegment
	}
	out[n-1] = w - (n-1)*savSegmentWidth
	return out
}

// number gives the variables their places.
func (f *savFile) number() {
	at := int32(1)
	for i := range f.vars {
		f.short = append(f.short, savShort(i, 0))
		f.place = append(f.place, at)
		if f.vars[i].kind != textVariable {
			at++
			continue
		}
		for _, w := range f.vars[i].segments() {
			at += int32((w + 7) / 8)
		}
	}
}

// savShort is a name of 8 bytes: of a variable, and of a segment of it from the second on.
func savShort(i, segment int) string {
	if segment == 0 {
		return fmt.Sprintf("V%d", i+1)
	}
	return fmt.Sprintf("S%03X%04X", segment, i)
}

func (f *savFile) raw(b []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
}

func (f *savFile) ints(ns ...int32) {
	for _, n := range ns {
		f.raw(binary.LittleEndian.AppendUint32(nil, uint32(n)))
	}
}

func (f *savFile) double(v float64) {
	f.raw(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
}

// padded writes a text in a field of bytes.
func (f *savFile) padded(s string, size int) {
	f.raw(appendPadded(nil, cutBytes(s, size), size, ' '))
}

func (f *savFile) header() {
	size := int32(0)
	for i := range f.vars {
		if v := &f.vars[i]; v.kind != textVariable {
			size++
		} else {
			for _, w := range v.segments() {
				size += int32((w + 7) / 8)
			}
		}
	}
	f.padded("$FL2", 4)
	f.padded("@(#) SPSS DATA FILE SSE Landscape", 60)
	f.ints(2, size, 1, 0, int32(f.rows))
	f.double(savBias)
	f.padded("01 Jan 70", 9) // no clock: the same data give the same file
	f.padded("00:00:00", 8)
	f.padded(f.name, 64)
	f.padded("", 3)
}

func savFormat(kind, width, decimals int) int32 { return int32(kind<<16 | width<<8 | decimals) }

func (f *savFile) variables() {
	for i := range f.vars {
		v := &f.vars[i]
		if v.kind == textVariable {
			for k, w := range v.segments() {
				label := ""
				if k == 0 {
					label = v.label
				}
				f.variable(savShort(i, k), label, int32(w), savFormat(savFormatText, w, 0), nil)
				for range (w+7)/8 - 1 {
					f.ints(2, -1, 0, 0, savFormat(savFormatText, 29, 1), savFormat(savFormatText, 29, 1))
					f.padded("", 8)
				}
			}
			continue
		}
		format := savFormat(savFormatNumber, 12, 0)
		switch v.kind {
		case numberVariable:
			format = savFormat(savFormatNumber, 16, v.decimals())
		case dateVariable:
			format = savFormat(savFormatDate, 10, 0)
		}
		var missing []float64
		if v.special {
			for _, s := range savSpecials {
				missing = append(missing, v.savMissing(s.special))
			}
		}
		f.variable(f.short[i], v.label, 0, format, missing)
	}
}

func (f *savFile) variable(name, label string, width, format int32, missing []float64) {
	label = cutBytes(strings.ReplaceAll(label, "\x00", " "), savLabel)
	has := int32(0)
	if label != "" {
		has = 1
	}
	f.ints(2, width, has, int32(len(missing)), format, format)
	f.padded(name, 8)
	if label != "" {
		f.ints(int32(len(label)))
		f.padded(label, (len(label)+3)/4*4)
	}
	for _, m := range missing {
		f.double(m)
	}
}

func (f *savFile) valueLabels() {
	for i := range f.vars {
		v := &f.vars[i]
		if v.kind == textVariable || len(v.labels) == 0 && !v.special {
			continue
		}
		labels := map[float64]string{}
		var order []float64
		for _, l := range v.labels {
			order = append(order, float64(l.number))
			labels[float64(l.number)] = l.label
		}
		for _, s := range savSpecials {
			if v.special {
				order = append(order, v.savMissing(s.special))
				labels[v.savMissing(s.special)] = s.words
			}
		}
		f.ints(3, int32(len(order)))
		for _, n := range order {
			label := cutBytes(strings.ReplaceAll(labels[n], "\x00", " "), savValueLabel)
			f.double(n)
			f.raw(appendPadded([]byte{byte(len(label))}, label, (len(label)+8)/8*8-1, ' '))
		}
		f.ints(4, 1, f.place[i])
	}
}

// information writes the records that say how the file is to be read, and more about
// variables.
func (f *savFile) information() {
	f.ints(7, 3, 4, 8, 1, 0, 0, -1, 1, 1, 2, 65001) // IEEE, little-endian, UTF-8
	f.ints(7, 4, 8, 3)
	for _, v := range []float64{-math.MaxFloat64, math.MaxFloat64, math.Nextafter(-math.MaxFloat64, 0)} {
		f.double(v)
	}
	if sets := f.responseSets(); sets != "" {
		f.extension(7, sets)
	}
	f.display()
	var long, veryLong []string
	for i := range f.vars {
		v := &f.vars[i]
		long = append(long, f.short[i]+"="+v.name)
		if v.kind == textVariable && v.savWidth() > savSegment {
			veryLong = append(veryLong, fmt.Sprintf("%s=%05d\x00\t", f.short[i], v.savWidth()))
		}
	}
	f.extension(13, strings.Join(long, "\t"))
	if len(veryLong) > 0 {
		f.extension(14, strings.Join(veryLong, ""))
	}
	f.ints(7, 16, 8, 2)
	f.raw(binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, 1), uint64(f.rows)))
	f.extension(20, "UTF-8")
	f.ints(999, 0)
}

// extension writes a record of text.
func (f *savFile) extension(kind int32, s string) {
	f.ints(7, kind, 1, int32(len(s)))
	f.raw([]byte(s))
}

// display says for each variable what it measures, how wide it is shown, and on which side.
func (f *savFile) display() {
	var ns []int32
	for i := range f.vars {
		switch v := &f.vars[i]; {
		case v.kind == textVariable:
			for _, w := range v.segments() {
				ns = append(ns, 1, int32(min(w, 30)), 0) // nominal
			}
		case v.kind == codeVariable:
			ns = append(ns, 1, 8, 1)
		default:
			ns = append(ns, 3, 12, 1) // scale
		}
	}
	f.ints(7, 11, 4, int32(len(ns)))
	f.ints(ns...)
}

// responseSets are the questions of several choices: sets of variables of which 1 is counted.
func (f *savFile) responseSets() string {
	var b strings.Builder
	for i := 0; i < len(f.vars); {
		set := f.vars[i].set
		if set == "" {
			i++
			continue
		}
		first := i
		var names []string
		for ; i < len(f.vars) && f.vars[i].set == set; i++ {
			names = append(names, strings.ToLower(f.short[i]))
		}
		label := cutBytes(f.vars[first].setLabel, savValueLabel)
		fmt.Fprintf(&b, "$%s=D1 1 %d %s %s\n", spssName(set, map[string]bool{}), len(label), label, strings.Join(names, " "))
	}
	return b.String()
}

func (f *savFile) data(ctx context.Context) {
	if f.err != nil {
		return
	}
	f.err = f.eachRow(ctx, f.table, func(_ int, x *Feature) error {
		for i := range f.vars {
			if err := f.value(&f.vars[i], x); err != nil {
				return err
			}
		}
		return nil
	})
	if f.err == nil {
		f.err = f.codes.end()
	}
}

func (f *savFile) value(v *variable, x *Feature) error {
	if v.kind != textVariable {
		n, ok, why := v.number(x)
		if v.kind == dateVariable {
			n = (n + savEpoch) * 24 * 60 * 60
		}
		switch {
		case ok:
			return f.codes.number(n)
		case why != "":
			return f.codes.number(v.savMissing(why))
		}
		return f.codes.missing()
	}
	s := v.text(x)
	if len(s) > v.savWidth() {
		return errChanged
	}
	for _, w := range v.segments() {
		part := s[:min(len(s), savSegment)]
		if w < savSegment {
			part = s[:min(len(s), (w+7)/8*8)]
		}
		s = s[len(part):]
		if err := f.codes.text(part, (w+7)/8); err != nil {
			return err
		}
	}
	return nil
}

// savCompressor writes values by the byte codes of compressed files: eight codes, then what
// they do not say by themselves.
type savCompressor struct {
	out   *bufio.Writer
	codes [8]byte
	n     int
	rest  []byte
}

// Codes that are no small whole numbers.
const (
	savEnd     = 252
	savRaw     = 253
	savSpaces  = 254
	savNothing = 255
)

func (c *savCompressor) put(code byte, rest ...byte) error {
	c.codes[c.n] = code
	c.rest = append(c.rest, rest...)
	if c.n++; c.n == len(c.codes) {
		return c.flush()
	}
	return nil
}

func (c *savCompressor) flush() error {
	if _, err := c.out.Write(c.codes[:]); err != nil {
		return err
	}
	_, err := c.out.Write(c.rest)
	c.codes, c.n, c.rest = [8]byte{}, 0, c.rest[:0]
	return err
}

func (c *savCompressor) end() error {
	if err := c.put(savEnd); err != nil || c.n == 0 {
		return err
	}
	return c.flush()
}

func (c *savCompressor) missing() error { return c.put(savNothing) }

func (c *savCompressor) number(v float64) error {
	if code := v + savBias; v == math.Trunc(v) && code >= 1 && code <= 251 {
		return c.put(byte(code))
	}
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
	return c.put(savRaw, b[:]...)
}

// text writes a text in so many eights of bytes.
func (c *savCompressor) text(s string, eights int) error {
	for range eights {
		part := s[:min(8, len(s))]
		s = s[len(part):]
		err := error(nil)
		if strings.Trim(part, " ") == "" {
			err = c.put(savSpaces)
		} else {
			var b [8]byte
			copy(b[:], "        ")
			copy(b[:], part)
			err = c.put(savRaw, b[:]...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
