package exchange

import (
	"context"
	"encoding/binary"
	"math"
	"slices"
	"strconv"
	"strings"
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
			f.put(v.dtaType())
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
			f.fixed(v.dtaFormat(), dtaFormatField)
		}
	})
	f.part("value_label_names", func() {
		for i := range f.vars {
			f.fixed(f.labelName(i), dtaNameField)
		}
	})
	f.part("variable_labels", func() {
		for _, v := range f.vars {
			f.fixed(cutBytes(cutRunes(v.label, dtaLabel), dtaLabelField-1), dtaLabelField)
		}
	})
	f.part("characteristics", func() {})
	f.part("data", func() { f.data(ctx) })
	f.part("strls", func() { f.strls(ctx) })
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
	b = binary.LittleEndian.AppendUint64(b, uint64(f.rows))
	label := cutBytes(cutRunes(f.name, dtaLabel), 4*dtaLabel)
	b = append(b, "</N><label>"...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(label)))
	b = append(append(b, label...), "</label><timestamp>\x00</timestamp></header>"...)
	return b
}

// places are where the parts begin, the end of the last, and the end of the file.
func (f *dtaFile) places(head int64) []int64 {
	k := int64(len(f.vars))
	row := int64(0)
	labels := int64(0)
	for i := range f.vars {
		v := &f.vars[i]
		row += v.dtaSize()
		if len(v.labels) > 0 {
			labels += int64(len("<lbl></lbl>")) + 4 + dtaNameField + 3 + int64(len(labelTable(v.labels)))
		}
	}
	sizes := []int64{14 * 8, 2 * k, dtaNameField * k, 2 * (k + 1), dtaFormatField * k, dtaNameField * k, dtaLabelField * k, 0, row * int64(f.rows), f.long, labels}
	out := []int64{0}
	at := head
	for i, size := range sizes {
		out = append(out, at)
		at += size + int64(2*len(dtaParts[i+1])+len("<></>"))
	}
	return append(out, at, at+int64(len("</stata_dta>")))
}

// measureLong counts the bytes of long texts.
func (f *dtaFile) measureLong(ctx context.Context) error {
	if !slices.ContainsFunc(f.vars, func(v variable) bool { return v.dtaType() == dtaStrL }) {
		return nil
	}
	return f.longTexts(ctx, func(_, _ int, text string) {
		f.long += int64(len("GSO")) + 4 + 8 + 1 + 4 + int64(len(text)) + 1
	})
}

// longTexts visits the long texts with the numbers of their variables and rows, from 0.
func (f *dtaFile) longTexts(ctx context.Context, visit func(variable, row int, text string)) error {
	row := 0
	for x, err := range f.table.Rows(ctx) {
		if err != nil {
			return err
		}
		for k := range f.vars {
			if v := &f.vars[k]; v.dtaType() == dtaStrL {
				if s := v.text(x); s != "" {
					visit(k, row, s)
				}
			}
		}
		row++
	}
	return nil
}

// dtaSize is the bytes of a variable in a row.
func (v *variable) dtaSize() int64 {
	switch k := v.dtaType(); k {
	case dtaLong:
		return 4
	case dtaDouble, dtaStrL:
		return 8
	default:
		return int64(k)
	}
}

func (v *variable) dtaFormat() string {
	switch k := v.dtaType(); {
	case v.kind == dateVariable:
		return "%td"
	case k == dtaLong:
		return "%12.0g"
	case k == dtaDouble:
		return "%10.0g"
	case k == dtaStrL:
		return "%-20s"
	default:
		return "%-" + strconv.Itoa(min(int(k), 40)) + "s"
	}
}

// labelName is the name of the value labels of a variable.
func (f *dtaFile) labelName(i int) string {
	if len(f.vars[i].labels) == 0 {
		return ""
	}
	return "choices" + strconv.Itoa(i+1)
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

// data writes the rows. A long text is named by its variable and row.
func (f *dtaFile) data(ctx context.Context) {
	if f.err != nil {
		return
	}
	var b []byte
	f.err = f.eachRow(ctx, f.table, func(row int, x *Feature) (err error) {
		b = b[:0]
		for k := range f.vars {
			if b, err = f.vars[k].appendDTA(b, x, k, row); err != nil {
				return err
			}
		}
		f.raw(b)
		return f.err
	})
}

func (v *variable) appendDTA(b []byte, f *Feature, variable, row int) ([]byte, error) {
	switch k := v.dtaType(); {
	case v.kind == codeVariable:
		n, ok, why := v.number(f)
		code := int32(n)
		if !ok {
			code = dtaMissingLong + int32(dtaSpecials[why])
		}
		return binary.LittleEndian.AppendUint32(b, uint32(code)), nil
	case k == dtaDouble:
		n, ok, why := v.number(f)
		if v.kind == dateVariable {
			n += dtaEpoch
		}
		bits := math.Float64bits(n)
		if !ok {
			bits = dtaMissingDouble + uint64(dtaSpecials[why])*dtaMissingStep
		}
		return binary.LittleEndian.AppendUint64(b, bits), nil
	case k == dtaStrL:
		if v.text(f) == "" {
			return append(b, make([]byte, 8)...), nil
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(variable+1))
		var o [8]byte
		binary.LittleEndian.PutUint64(o[:], uint64(row))
		return append(b, o[:6]...), nil
	default:
		s := v.text(f)
		if len(s) > int(k) {
			return b, errChanged
		}
		return appendPadded(b, s, int(k), 0), nil
	}
}

// appendPadded writes a text in a field of bytes.
func appendPadded(b []byte, s string, size int, pad byte) []byte {
	b = append(b, s...)
	for range size - len(s) {
		b = append(b, pad)
	}
	return b
}

// strls writes the long texts.
func (f *dtaFile) strls(ctx context.Context) {
	if f.long == 0 || f.err != nil {
		return
	}
	written := int64(0)
	err := f.longTexts(ctx, func(variable, row int, s string) {
		b := binary.LittleEndian.AppendUint32([]byte("GSO"), uint32(variable+1))
		b = binary.LittleEndian.AppendUint64(b, uint64(row+1))
		b = binary.LittleEndian.AppendUint32(append(b, 130), uint32(len(s)+1))
		b = append(append(b, s...), 0)
		written += int64(len(b))
		f.raw(b)
	})
	if err == nil && written != f.long {
		err = errChanged
	}
	if f.err == nil {
		f.err = err
	}
}

// valueLabels writes the sets of value labels.
func (f *dtaFile) valueLabels() {
	for i := range f.vars {
		if len(f.vars[i].labels) == 0 {
			continue
		}
		table := labelTable(f.vars[i].labels)
		f.raw([]byte("<lbl>"))
		f.put(uint32(len(table)))
		f.fixed(f.labelName(i), dtaNameField)
		f.raw(make([]byte, 3))
		f.raw(table)
		f.raw([]byte("</lbl>"))
	}
}

// labelTable is a set of value labels: how many, the bytes of their texts, where each text
// begins, the values, the texts.
func labelTable(set []valueLabel) []byte {
	var texts []byte
	offsets, values := []uint32{}, []uint32{}
	for _, v := range set {
		offsets, values = append(offsets, uint32(len(texts))), append(values, uint32(v.number))
		texts = append(append(texts, cutBytes(strings.ReplaceAll(v.label, "\x00", " "), dtaValueLabel)...), 0)
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
