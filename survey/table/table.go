package table

import (
	"slices"
	"strings"

	"sselandscape/survey"
)

// Column is a column of a table.
type Column struct {
	Name  string
	Label survey.Text
	Kind  survey.Kind
	List  string // of a select, else ""
}

// Table is rectangular; Rows hold a value per column.
type Table struct {
	Name    string // "" for the main table, else the repeat
	Columns []Column
	Rows    []Row
	Repeats []*Table
}

// Row is a line of a table.
type Row struct {
	ID     string // interview, or interview and row of a repeat
	Parent string // ID of the row above, in a repeat
	Values []survey.Value
}

// From makes the table of the interviews of one form. Repeats become child
// tables; fields that the form does not know become columns at the end, as text.
func From(f *survey.Form, interviews []*survey.Document) *Table {
	main := shape(f.Items, &Table{})
	for _, d := range interviews {
		fill(main, d)
	}
	pad(main)
	return main
}

// shape gives a table the columns of the items.
func shape(items []survey.Item, t *Table) *Table {
	for _, it := range items {
		switch x := it.(type) {
		case *survey.Question:
			if x.Kind != survey.Note && x.Kind != survey.Audit && x.Kind != survey.External {
				t.Columns = append(t.Columns, Column{x.Name, x.Label, x.Kind, x.List})
			}
		case *survey.Group:
			shape(x.Items, t)
		case *survey.Repeat:
			t.Repeats = append(t.Repeats, shape(x.Items, &Table{Name: x.Name}))
		}
	}
	return t
}

func (t *Table) column(name string) int {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		i = len(t.Columns)
		t.Columns = append(t.Columns, Column{Name: name, Kind: survey.String})
	}
	return i
}

func (t *Table) repeat(name string) *Table {
	for _, r := range t.Repeats {
		if r.Name == name {
			return r
		}
	}
	r := &Table{Name: name}
	t.Repeats = append(t.Repeats, r)
	return r
}

func (t *Table) row(id, parent string) *Row {
	for i := len(t.Rows) - 1; i >= 0 && i >= len(t.Rows)-64; i-- {
		if t.Rows[i].ID == id {
			return &t.Rows[i]
		}
	}
	t.Rows = append(t.Rows, Row{ID: id, Parent: parent})
	return &t.Rows[len(t.Rows)-1]
}

func (r *Row) set(i int, v survey.Value) {
	for len(r.Values) <= i {
		r.Values = append(r.Values, survey.Value{})
	}
	r.Values[i] = v
}

// fill adds one interview.
func fill(main *Table, d *survey.Document) {
	main.row(d.Entity, "")
	fields := d.Fields()
	slices.SortStableFunc(fields, byRow)
	for _, f := range fields {
		if f[0] == '_' {
			continue
		}
		steps, err := f.Steps()
		if err != nil {
			continue
		}
		t, id, parent := main, d.Entity, ""
		var name []string
		for _, st := range steps {
			name = append(name, st.Name)
			if st.Row == "" {
				continue
			}
			t = t.repeat(strings.Join(name, "/"))
			id, parent, name = id+"/"+st.Name+"["+string(st.Row)+"]", id, nil
		}
		r := t.row(id, parent)
		if len(name) > 0 {
			r.set(t.column(strings.Join(name, "/")), d.Value(f))
		}
	}
}

// byRow orders fields so that rows of repeats come in the order of their keys.
func byRow(a, b survey.Field) int {
	x, err := a.Steps()
	y, err2 := b.Steps()
	if err != nil || err2 != nil {
		return strings.Compare(string(a), string(b))
	}
	for i := range min(len(x), len(y)) {
		if x[i].Name != y[i].Name {
			return 0
		}
		if c := x[i].Row.Compare(y[i].Row); c != 0 {
			return c
		}
	}
	return 0
}

// pad gives every row a value per column.
func pad(t *Table) {
	for i := range t.Rows {
		if len(t.Columns) > 0 {
			r := &t.Rows[i]
			for len(r.Values) < len(t.Columns) {
				r.Values = append(r.Values, survey.Value{})
			}
		}
	}
	for _, r := range t.Repeats {
		pad(r)
	}
}
