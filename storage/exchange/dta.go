package exchange

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"sselandscape/survey"
)

// Limits and types of the Stata format 118 (StataCorp, "Description of the .dta file
// format 118"): characters of names and labels, bytes of texts.
const (
	dtaName, dtaLabel, dtaText          = 32, 80, 2045
	dtaValueLabel                       = 32000 // bytes
	dtaVariables                        = 32767
	dtaLong, dtaDouble, dtaStrL         = 65528, 65526, 32768
	dtaNameField, dtaFormatField        = 129, 57
	dtaLabelField                       = 321
	dtaMissingLong                      = 2147483621
	dtaMissingDouble             uint64 = 0x7fe0000000000000
	dtaMissingStep               uint64 = 0x0000010000000000
	dtaEpoch                            = 3653 // days from 1960 to 1970
)

// dtaSpecials are the letters of missing values that special answers become: .d, .r, .n.
var dtaSpecials = map[survey.Special]int{survey.DontKnow: 'd' - 'a' + 1, survey.Refused: 'r' - 'a' + 1, survey.NotApplicable: 'n' - 'a' + 1}

// dtaFile is a table as Stata has it.
type dtaFile struct {
	*statistics
	w     *bufio.Writer
	err   error
	name  string // of the dataset
	table *Table
	long  int64 // bytes of long texts
}

// writeDTA writes Stata's format 118 (Stata 14 and later): numbers as numbers, a choice as a
// number with its words, each choice of several as 0 or 1, dates as days, and special answers
// as .d (don't know), .r (refused) and .n (not applicable).
func writeDTA(ctx context.Context, out io.Writer, d *Dataset) error {
	return writeDTATable(ctx, out, d, &d.Table)
}

func writeDTAFiles(ctx context.Context, out *Files, path string, d *Dataset) error {
	return eachTable(out, path, ".dta", d, func(f *os.File, t *Table) error { return writeDTATable(ctx, f, d, t) })
}

// eachTable writes a file for each table.
func eachTable(out *Files, path, ext string, d *Dataset, write func(f *os.File, t *Table) error) error {
	for _, t := range append([]*Table{&d.Table}, d.Repeats...) {
		if err := out.Write(sibling(path, t.Name, ext), func(f *os.File) error { return write(f, t) }); err != nil {
			return err
		}
	}
	return nil
}

func writeDTATable(ctx context.Context, out io.Writer, d *Dataset, t *Table) error {
	s, err := statisticsOf(ctx, d, t, false, stataName)
	if err != nil {
		return err
	}
	if len(s.vars) > dtaVariables {
		return fmt.Errorf("a Stata file holds %d variables, and there are %d", dtaVariables, len(s.vars))
	}
	f := &dtaFile{statistics: s, w: bufio.NewWriterSize(out, 1<<16), name: d.Name, table: t}
	if err := f.measureLong(ctx); err != nil {
		return err
	}
	f.write(ctx)
	if f.err != nil {
		return f.err
	}
	return f.w.Flush()
}

// type is the type of a variable.
func (v *variable) dtaType() uint16 {
	switch {
	case v.kind == codeVariable:
		return dtaLong
	case v.kind != textVariable:
		return dtaDouble
	case v.width > dtaText:
		return dtaStrL
	}
	return uint16(max(1, v.width))
}

// stataName makes a name that Stata takes: 32 characters.
func stataName(s string, used map[string]bool) string {
	return statName(s, "_", reservedInStata, used, func(s string, less int) string { return cutRunes(s, dtaName-less) })
}

// reservedInStata are names that Stata keeps for itself (User's Guide, 11.3).
var reservedInStata = map[string]bool{"_all": true, "_b": true, "byte": true, "_coef": true, "_cons": true, "double": true, "float": true, "if": true, "in": true, "int": true, "long": true, "_n": true, "_N": true, "_pi": true, "_pred": true, "_rc": true, "_skip": true, "str": true, "strL": true, "using": true, "with": true}
