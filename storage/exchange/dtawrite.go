package exchange

import (
	"context"
	"encoding/binary"
	"math"
	"strconv"
)

// The parts of a file of format 118, in order. Each begins at a place that the map lists.
var dtaParts = []string{"stata_dta", "map", "variable_types", "varnames", "sortlist", "formats", "value_label_names", "variable_labels", "characteristics", "data", "strls", "value_labels"}

// write writes the parts. What the map says of places is counted first: all but the long
// texts and the labels are of known size.
func (f *dtaFile) write(ctx context.Context) {
	head := f.head()
	places := f.places(int64(len(head)))
	f.raw(head)
	f.part("map", func() {
		for _, p := range places {
			f.put(uint64(p))
		}
	})
	f.part("variable_types", func() {
		for _, v := range f.vars {
			f.put(v.kind)
		}
	})
	f.part("varnames", func() {
		for _, v := range f.vars {
			f.fixed(v.name, dtaNameField)
		}
	})
	f.part("sortlist", func() { f.raw(make([]byte, 2*(len(f.vars)+1))) })
	f.part("formats", func() {
		for _, v := range f.vars {
			f.fixed(v.format(), dtaFormatField)
		}
	})
	f.part("value_label_names", func() {
		for _, v := range f.vars {
			f.fixed(v.labelName(), dtaNameField)
		}
	})
	f.part("variable_labels", func() {
		for _, v := range f.vars {
			f.fixed(cutBytes(v.label, dtaLabelField-1), dtaLabelField)
		}
	})
	f.part("characteristics", func() {})
	f.part("data", func() { f.rows(ctx) })
	f.part("strls", f.strls)
	f.part("value_labels", f.valueLabels)
	f.raw([]byte("</stata_dta>"))
	if f.err == nil {
		f.err = ctx.Err()
	}
}

// head is everything before the map.
func (f *dtaFile) head() []byte {
	b := []byte("<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(f.vars)))
	b = append(b, "</K><N>"...)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(f.d.Features)))
	label := cutBytes(cutRunes(f.d.Name, dtaLabel), 4*dtaLabel)
	b = append(b, "</N><label>"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(label)))
	b = append(append(b, label...), "</label><timestamp>\x00</timestamp></header>"...)
	return b
}

// places are where the parts begin, the end of the last, and the end of the file.
func (f *dtaFile) places(head int64) []int64 {
	k := int64(len(f.vars))
	row := int64(0)
	for _, v := range f.vars {
		row += v.size()
	}
	long := int64(0)
	for i := range f.d.Features {
		for _, v := range f.vars {
			if v.kind == dtaStrL {
				if s := v.text(&f.d.Features[i]); s != "" {
					long += int64(len("GSO")) + 4 + 8 + 1 + 4 + int64(len(s)) + 1
				}
			}
		}
	}
	labels := int64(0)
	for _, set := range f.labels {
		labels += int64(len("<lbl></lbl>")) + 4 + dtaNameField + 3 + int64(len(labelTable(set)))
	}
	sizes := []int64{14 * 8, 2 * k, dtaNameField * k, 2 * (k + 1), dtaFormatField * k, dtaNameField * k, dtaLabelField * k, 0, row * int64(len(f.d.Features)), long, labels}
	out := []int64{0}
	at := head
	for i, size := range sizes {
		out = append(out, at)
		at += size + int64(2*len(dtaParts[i+1])+len("<></>"))
	}
	return append(out, at, at+int64(len("</stata_dta>")))
}

// size is the bytes of a variable in a row.
func (v *dtaVariable) size() int64 {
	switch v.kind {
	case dtaLong:
		return 4
	case dtaDouble, dtaStrL:
		return 8
	}
	return int64(v.kind)
}

func (v *dtaVariable) format() string {
	switch v.kind {
	case dtaLong:
		return "%12.0g"
	case dtaDouble:
		return "%10.0g"
	case dtaStrL:
		return "%-20s"
	}
	return "%-" + strconv.Itoa(min(int(v.kind), 40)) + "s"
}

func (v *dtaVariable) labelName() string {
	if v.labels < 0 {
		return ""
	}
	return "choices" + strconv.Itoa(v.labels+1)
}

func (f *dtaFile) raw(b []byte) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
}

func (f *dtaFile) put(v any) {
	if f.err == nil {
		f.err = binary.Write(f.w, binary.LittleEndian, v)
	}
}

// fixed writes a text in a field of bytes, ended by at least one 0.
func (f *dtaFile) fixed(s string, size int) {
	b := make([]byte, size)
	copy(b[:size-1], s)
	f.raw(b)
}

func (f *dtaFile) part(name string, write func()) {
	f.raw([]byte("<" + name + ">"))
	write()
	f.raw([]byte("</" + name + ">"))
}

// rows writes the units. A long text is named by its variable and row.
func (f *dtaFile) rows(ctx context.Context) {
	var b []byte
	for i := range f.d.Features {
		if f.err != nil || i%1024 == 0 && ctx.Err() != nil {
			return
		}
		b = b[:0]
		for k := range f.vars {
			b = f.vars[k].appendTo(b, &f.d.Features[i], k, i)
		}
		f.raw(b)
	}
}

func (v *dtaVariable) appendTo(b []byte, r *Feature, variable, row int) []byte {
	switch v.kind {
	case dtaLong:
		n, missing := v.long(r)
		if missing >= 0 {
			n = dtaMissingLong + int32(missing)
		}
		return binary.LittleEndian.AppendUint32(b, uint32(n))
	case dtaDouble:
		n, missing := v.double(r)
		bits := math.Float64bits(n)
		if missing >= 0 {
			bits = dtaMissingDouble + uint64(missing)*dtaMissingStep
		}
		return binary.LittleEndian.AppendUint64(b, bits)
	case dtaStrL:
		if v.text(r) == "" {
			return append(b, make([]byte, 8)...)
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(variable+1))
		var o [8]byte
		binary.LittleEndian.PutUint64(o[:], uint64(row+1))
		return append(b, o[:6]...)
	}
	s := v.text(r)
	b = append(b, s...)
	return append(b, make([]byte, int(v.kind)-len(s))...)
}

// strls writes the long texts.
func (f *dtaFile) strls() {
	for i := range f.d.Features {
		for k, v := range f.vars {
			if v.kind != dtaStrL {
				continue
			}
			if s := v.text(&f.d.Features[i]); s != "" {
				b := binary.LittleEndian.AppendUint32([]byte("GSO"), uint32(k+1))
				b = binary.LittleEndian.AppendUint64(b, uint64(i+1))
				b = binary.LittleEndian.AppendUint32(append(b, 130), uint32(len(s)+1))
				f.raw(append(append(b, s...), 0))
			}
		}
	}
}

// valueLabels writes the sets of value labels.
func (f *dtaFile) valueLabels() {
	for i, set := range f.labels {
		table := labelTable(set)
		f.raw([]byte("<lbl>"))
		f.put(uint32(len(table)))
		f.fixed((&dtaVariable{labels: i}).labelName(), dtaNameField)
		f.raw(make([]byte, 3))
		f.raw(table)
		f.raw([]byte("</lbl>"))
	}
}

// labelTable is a set of value labels: how many, the bytes of their texts, where each text
// begins, the values, the texts.
func labelTable(set []dtaValue) []byte {
	var texts []byte
	offsets, values := []uint32{}, []uint32{}
	for _, v := range set {
		offsets, values = append(offsets, uint32(len(texts))), append(values, uint32(v.number))
		texts = append(append(texts, v.label...), 0)
	}
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(set)))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(texts)))
	for _, list := range [][]uint32{offsets, values} {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
	}
	return append(b, texts...)
}
