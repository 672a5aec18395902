package job

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/table"
)

func itoa(n int) string { return strconv.Itoa(n) }

// repeatTable is the rows of a repeat.
type repeatTable struct {
	pattern string // as survey.Field.Pattern
	label   string
	about   *repeatTable // the repeat around it
	fields  []exchange.Field
	columns map[string]int // by name inside the repeat
}

// repeatRow is a row of a repeat in an interview.
type repeatRow struct {
	table    *repeatTable
	path     string // as in a field: rep_farm[1]/rep_crop[3]
	parent   string // the row around it, or ""
	keys     []survey.RowKey
	ordinals []int // places among the rows of each repeat, from 1
	values   []survey.Value
}

// rowsIn lists the rows of repeats of an interview, those of a repeat in their order.
func (x *dataset) rowsIn(d *survey.Record, plan *formPlan) []*repeatRow {
	var rows []*repeatRow
	at := map[string]*repeatRow{}
	for i := range d.Fields {
		name := d.Fields[i].Name
		if strings.IndexByte(name, '[') < 0 || name[0] == '_' {
			continue
		}
		f := survey.Field(name)
		if to, ok := plan.renamed[f.Pattern()]; ok {
			f, _ = renamedField(f, f.Pattern(), to)
		}
		steps, err := f.Steps()
		if err != nil {
			continue
		}
		if r, rest := x.rowOf(steps, at, &rows); r != nil && rest != "" {
			if c, ok := r.table.columns[rest]; ok {
				r.values[c] = d.Fields[i].Value
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b *repeatRow) int { return slices.CompareFunc(a.keys, b.keys, survey.RowKey.Compare) })
	count := map[string]int{}
	for _, r := range rows {
		key := r.parent + "\x00" + r.table.pattern
		count[key]++
		if p := at[r.parent]; p != nil {
			r.ordinals = slices.Clone(p.ordinals) // rows around it have fewer keys and come first
		}
		r.ordinals = append(r.ordinals, count[key])
	}
	return rows
}

// rowOf finds the row of a field, and those around it, and the field's name in it; nil if its
// repeat does not leave.
func (x *dataset) rowOf(steps []survey.Step, at map[string]*repeatRow, rows *[]*repeatRow) (row *repeatRow, rest string) {
	var path, pattern, inside []string
	var keys []survey.RowKey
	parent := ""
	for _, st := range steps {
		pattern = append(pattern, st.Name)
		if st.Row == "" {
			path, inside = append(path, st.Name), append(inside, st.Name)
			continue
		}
		path = append(path, st.Name+"["+string(st.Row)+"]")
		keys, inside = append(keys, st.Row), nil
		here := strings.Join(path, "/")
		if row = at[here]; row == nil {
			t := x.repeatNamed(strings.Join(pattern, "/"))
			if t == nil {
				return nil, ""
			}
			row = &repeatRow{table: t, path: here, parent: parent, keys: slices.Clone(keys), values: make([]survey.Value, len(t.fields))}
			at[here] = row
			*rows = append(*rows, row)
		}
		parent = here
	}
	return row, strings.Join(inside, "/")
}

func (x *dataset) repeatNamed(pattern string) *repeatTable {
	for _, t := range x.repeats {
		if t.pattern == pattern {
			return t
		}
	}
	return nil
}

// tables are the repeats as tables of their own.
func (x *dataset) tables() (out []*exchange.Table) {
	made := map[*repeatTable]*exchange.Table{}
	for _, t := range x.repeats {
		place := -1
		if x.o.Where == Exact {
			place = slices.IndexFunc(t.fields, func(f exchange.Field) bool { return f.Kind == survey.Geopoint })
		}
		e := &exchange.Table{Name: strings.ReplaceAll(t.pattern, "/", "_"), Label: t.label, Fields: t.fields, Placed: place >= 0, About: made[t.about],
			Rows: func(ctx context.Context) iter.Seq2[*exchange.Feature, error] { return x.repeatRows(ctx, t, place) }}
		made[t] = e
		out = append(out, e)
	}
	return out
}

// repeatRows gives the rows of a repeat; place is the column that says where they are, or -1.
func (x *dataset) repeatRows(ctx context.Context, t *repeatTable, place int) iter.Seq2[*exchange.Feature, error] {
	return func(yield func(*exchange.Feature, error) bool) {
		err := x.each(ctx, newTally(), func(u *unitRow) error {
			n := len(u.about)
			if n == 0 {
				return nil
			}
			d := &u.about[n-1]
			for _, r := range x.rowsIn(d, x.plan(d.Form, d.FormVersion)) {
				if r.table != t {
					continue
				}
				f := &exchange.Feature{ID: x.id(u.Entity + "/" + r.path), Parent: x.id(u.Entity), Values: r.values}
				if r.parent != "" {
					f.Parent = x.id(u.Entity + "/" + r.parent)
				}
				if place >= 0 {
					if p, ok := table.Point(r.values[place].Text); ok {
						f.Geometry = p
					}
				}
				if !yield(f, nil) {
					return errStop
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

// wide makes columns of the rows of repeats: partners_1_name, partners_2_name …
func (x *dataset) wide(ctx context.Context) error {
	type set struct {
		table    *repeatTable
		ordinals []int
	}
	sets := map[string]set{}
	err := x.each(ctx, newTally(), func(u *unitRow) error {
		if n := len(u.about); n > 0 {
			d := &u.about[n-1]
			for _, r := range x.rowsIn(d, x.plan(d.Form, d.FormVersion)) {
				if name := r.wideName(); len(sets) < mostWide {
					sets[name] = set{r.table, r.ordinals}
				} else if _, ok := sets[name]; !ok {
					return errTooWide
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	var names []string
	for n := range sets {
		names = append(names, n)
	}
	slices.SortFunc(names, func(a, b string) int {
		s, t := sets[a], sets[b]
		return cmp.Or(cmp.Compare(slices.Index(x.repeats, s.table.top()), slices.Index(x.repeats, t.table.top())), slices.Compare(s.ordinals, t.ordinals), cmp.Compare(a, b))
	})
	x.wideAt = map[string]int{}
	used := map[string]bool{}
	for _, f := range x.fields {
		used[strings.ToLower(f.Name)] = true
	}
	for _, n := range names {
		x.wideAt[n] = len(x.fields)
		for _, f := range sets[n].table.fields {
			f.Label = strings.TrimSpace(f.Label + " (" + n + ")")
			f.Name = columnName(n+"_"+f.Name, used)
			x.fields = append(x.fields, f)
		}
	}
	return nil
}

// columnName is a name with a number behind it if there is one like it, in small letters too.
func columnName(name string, used map[string]bool) string {
	out := name
	for n := 2; used[strings.ToLower(out)]; n++ {
		out = name + "_" + itoa(n)
	}
	used[strings.ToLower(out)] = true
	return out
}

// mostWide is how many rows of one interview may become columns.
const mostWide = 5000

var errTooWide = errors.New("repeats have too many rows to be columns; export them long, as tables of their own")

func (t *repeatTable) top() *repeatTable {
	for t.about != nil {
		t = t.about
	}
	return t
}

// wideName is what the columns of a row begin with.
func (r *repeatRow) wideName() string {
	name, prefix := "", ""
	var chain []*repeatTable
	for t := r.table; t != nil; t = t.about {
		chain = append([]*repeatTable{t}, chain...)
	}
	for i, t := range chain {
		name += strings.ReplaceAll(strings.TrimPrefix(t.pattern, prefix), "/", "_") + "_" + itoa(r.ordinals[i])
		prefix = t.pattern + "/"
		if i < len(chain)-1 {
			name += "_"
		}
	}
	return name
}

// fillWide writes the rows of repeats into their columns.
func (x *dataset) fillWide(f *exchange.Feature, d *survey.Record, plan *formPlan) {
	if x.wideAt == nil {
		return
	}
	for _, r := range x.rowsIn(d, plan) {
		if at, ok := x.wideAt[r.wideName()]; ok {
			copy(f.Values[at:], r.values)
		}
	}
}
