package study

import (
	"cmp"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Snapshot is the units of a study with their interviews as they were when it was taken.
// It is read as often as one likes, and reading needs as much memory as some hundred of
// them, and 16 bytes for each interview. The study may be written meanwhile: what comes
// later is not in it. Merges that are undone and answers that are erased later are.
type Snapshot struct {
	study            *Study
	revision, entity int64 // the newest that it knows
	seed             maphash.Seed
	links            []unitLink
	forms            map[FormVersion]map[string]bool // names of fields by questionnaire
	about            map[FormVersion]bool            // that interviews about units are held with
	unitFields       map[string]bool
	begun            map[string][]survey.Record // interviews without a revision, by unit
}

// FormVersion is a version of a questionnaire.
type FormVersion struct{ ID, Version string }

// unitLink says that an interview may be about a unit; whether it is, it says itself.
type unitLink struct {
	unit      uint64 // hash of the id
	interview int64  // current.n
}

// snapshotAtOnce is how many units are read at a time.
const snapshotAtOnce = 512

// Snapshot reads which interviews are about which units, and which fields they have.
func (s *Study) Snapshot(ctx context.Context) (*Snapshot, error) {
	p := &Snapshot{study: s, seed: maphash.MakeSeed(), forms: map[FormVersion]map[string]bool{}, about: map[FormVersion]bool{}, unitFields: map[string]bool{}, begun: map[string][]survey.Record{}}
	if err := s.db.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(n), 0) FROM revision), (SELECT coalesce(max(n), 0) FROM current)`).Scan(&p.revision, &p.entity); err != nil {
		return nil, explain(err)
	}
	begun, err := s.begun(`1`)
	if err != nil {
		return nil, err
	}
	for _, d := range begun {
		unit := d.Text(survey.FieldUnit)
		p.begun[unit] = append(p.begun[unit], survey.RecordOf(d))
	}
	if err := p.link(ctx); err != nil {
		return nil, explain(err)
	}
	slices.SortFunc(p.links, func(a, b unitLink) int {
		return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.interview, b.interview))
	})
	p.links = slices.Compact(p.links)
	return p, nil
}

// link reads all revisions of units and interviews once.
func (p *Snapshot) link(ctx context.Context) error {
	var fields []survey.RecordField
	var last FormVersion
	names := map[string]bool{}
	p.forms[last] = names
	for from := int64(0); from < p.revision; {
		if err := ctx.Err(); err != nil {
			return err
		}
		to := min(from+8*snapshotAtOnce, p.revision)
		err := p.study.direct(`SELECT entity_n, form, form_version, patch, kind = 'interview' FROM revision WHERE n > ? AND n <= ? AND kind IN ('interview', 'unit')`, func(row []driver.Value) (err error) {
			if fields, err = survey.AppendFields(fields[:0], text(row[3])); err != nil {
				return err
			}
			if row[4].(int64) == 0 {
				note(p.unitFields, fields)
				return nil
			}
			if v := (FormVersion{text(row[1]), text(row[2])}); v != last {
				last = v
				if names = p.forms[v]; names == nil {
					names = map[string]bool{}
					p.forms[v] = names
				}
			}
			note(names, fields)
			for i := range fields {
				if fields[i].Name == string(survey.FieldUnit) {
					p.about[last] = true
					p.links = append(p.links, unitLink{maphash.String(p.seed, fields[i].Value.Text), row[0].(int64)})
				}
			}
			return nil
		}, from, to)
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

// note notes fields without the keys of rows, of which there is no end.
func note(names map[string]bool, fields []survey.RecordField) {
	for i := range fields {
		name := fields[i].Name
		if strings.IndexByte(name, '[') >= 0 {
			name = ofAnyRow(name)
		}
		if !names[name] {
			names[strings.Clone(name)] = true
		}
	}
}

// ofAnyRow is a field with [] in place of the rows of repeats.
func ofAnyRow(name string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(name, '[')
		if open < 0 {
			return b.String() + name
		}
		b.WriteString(name[:open] + "[]")
		end := strings.IndexByte(name[open:], ']')
		if end < 0 {
			return b.String()
		}
		name = name[open+end+1:]
	}
}

// UnitFields lists the fields that revisions of units gave a value, as Fields does.
func (p *Snapshot) UnitFields() []string { return slices.Sorted(maps.Keys(p.unitFields)) }

// Fields lists the fields that revisions of interviews about units gave a value, by
// questionnaire. Some of them may have none any more; [] stands for any row of a repeat.
func (p *Snapshot) Fields() map[FormVersion][]string {
	out := map[FormVersion][]string{}
	for v, names := range p.forms {
		if p.about[v] {
			out[v] = slices.Sorted(maps.Keys(names))
		}
	}
	for _, rs := range p.begun {
		for _, r := range rs {
			v := FormVersion{r.Form, r.FormVersion}
			for _, f := range r.Fields {
				if name := ofAnyRow(f.Name); !slices.Contains(out[v], name) {
					out[v] = append(out[v], name)
				}
			}
		}
	}
	return out
}

// Units visits the units that are not deleted, in the order in which they were made, with
// the interviews about each, oldest first. What is visited is valid until visit returns.
// Units are read ahead while others are visited.
func (p *Snapshot) Units(ctx context.Context, visit func(unit *survey.Record, interviews []survey.Record) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type read struct {
		part *snapshotPart
		err  error
	}
	ready := make(chan read)
	spare := make(chan *snapshotPart, 2)
	spare <- &snapshotPart{}
	spare <- &snapshotPart{}
	go func() {
		defer close(ready)
		for after := ""; ; {
			var r read
			select {
			case r.part = <-spare:
			case <-ctx.Done():
				return
			}
			r.err = r.part.read(p, after)
			if r.err == nil && r.part.last == "" {
				return
			}
			after = r.part.last
			select {
			case ready <- r:
			case <-ctx.Done():
				return
			}
			if r.err != nil {
				return
			}
		}
	}()
	for r := range ready {
		if r.err != nil {
			return explain(r.err)
		}
		if err := r.part.visit(p, visit); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		spare <- r.part
	}
	return ctx.Err()
}

// snapshotPart is some units with their interviews.
type snapshotPart struct {
	units, interviews records
	numbers           []int64 // of the interviews, unit by unit
	of                []int   // where the interviews of a unit begin
	last              string  // entity of the last unit read; "" where there was none
	scratch           []survey.Record
}

// records are entities by number.
type records struct {
	list   []survey.Record
	at     map[int64]int // place in the list
	fields []survey.RecordField
	from   []int // where the fields of a record begin
}

// read reads the units after one.
func (t *snapshotPart) read(p *Snapshot, after string) error {
	t.last = ""
	var units []int64
	err := p.study.direct(`SELECT n, entity FROM current WHERE +kind = 'unit' AND entity > ? AND n <= ? ORDER BY entity LIMIT ?`, func(row []driver.Value) error {
		units, t.last = append(units, row[0].(int64)), text(row[1])
		return nil
	}, after, p.entity, int64(snapshotAtOnce))
	if err != nil {
		return err
	}
	if err := t.units.read(p, units); err != nil {
		return err
	}
	t.numbers, t.of = t.numbers[:0], t.of[:0]
	for i := range t.units.list {
		h := maphash.String(p.seed, t.units.list[i].Entity)
		t.of = append(t.of, len(t.numbers))
		at, _ := slices.BinarySearchFunc(p.links, h, func(l unitLink, h uint64) int { return cmp.Compare(l.unit, h) })
		for ; at < len(p.links) && p.links[at].unit == h; at++ {
			t.numbers = append(t.numbers, p.links[at].interview)
		}
	}
	t.of = append(t.of, len(t.numbers))
	wanted := slices.Clone(t.numbers) // an interview that moved to another unit has two links
	slices.Sort(wanted)
	return t.interviews.read(p, slices.Compact(wanted))
}

// read reads the state of entities; those that are deleted, or of which nothing counts, are
// left out.
func (r *records) read(p *Snapshot, numbers []int64) error {
	r.list, r.fields, r.from = r.list[:0], r.fields[:0], r.from[:0]
	if r.at == nil {
		r.at = make(map[int64]int, len(numbers))
	}
	clear(r.at)
	if len(numbers) == 0 {
		return nil
	}
	var several []int64
	err := p.study.direct(`SELECT current.n, current.entity, current.form, current.form_version, current.revisions, current.deleted, revision.lamport, revision.patch
		FROM json_each(?) AS wanted CROSS JOIN current ON current.n = wanted.value CROSS JOIN revision ON revision.entity_n = current.n
		WHERE revision.n <= ? AND current.revisions > 0 AND `+visible, func(row []driver.Value) (err error) {
		n := row[0].(int64)
		if row[4].(int64) != 1 || row[5].(int64) != 0 {
			if len(several) == 0 || several[len(several)-1] != n {
				several = append(several, n)
			}
			return nil
		}
		r.from = append(r.from, len(r.fields))
		if r.fields, err = survey.AppendFields(r.fields, text(row[7])); err != nil {
			return fmt.Errorf("%s: %w", text(row[1]), err)
		}
		r.at[n] = len(r.list)
		r.list = append(r.list, survey.Record{Entity: text(row[1]), Form: text(row[2]), FormVersion: text(row[3]), Lamport: row[6].(int64)})
		return nil
	}, numberList(numbers), p.revision)
	if err != nil {
		return err
	}
	r.from = append(r.from, len(r.fields))
	for i := range r.list {
		r.list[i].Fields = r.fields[r.from[i]:r.from[i+1]:r.from[i+1]]
	}
	return r.fold(p, several, numbers)
}

// fold adds the entities that have several revisions, and puts all in the order of numbers.
func (r *records) fold(p *Snapshot, several, numbers []int64) error {
	if len(several) == 0 {
		return nil
	}
	ds, err := documentsUpTo(p.study.db, several, p.revision)
	if err != nil {
		return err
	}
	byEntity := map[string]*survey.Document{}
	for _, d := range ds {
		byEntity[d.Entity] = d
	}
	for _, n := range several {
		var entity string
		if err := p.study.db.QueryRow(`SELECT entity FROM current WHERE n = ?`, n).Scan(&entity); err != nil {
			return err
		}
		if d := byEntity[entity]; d != nil && !d.Deleted() {
			r.at[n] = len(r.list)
			r.list = append(r.list, survey.RecordOf(d))
		}
	}
	sorted := make([]survey.Record, 0, len(r.list))
	for _, n := range numbers {
		if i, ok := r.at[n]; ok {
			r.at[n] = len(sorted)
			sorted = append(sorted, r.list[i])
		}
	}
	r.list = sorted
	return nil
}

func (t *snapshotPart) visit(p *Snapshot, visit func(unit *survey.Record, interviews []survey.Record) error) error {
	for i := range t.units.list {
		u := &t.units.list[i]
		about := t.scratch[:0]
		for _, n := range t.numbers[t.of[i]:t.of[i+1]] {
			if k, ok := t.interviews.at[n]; ok && t.interviews.list[k].Text(survey.FieldUnit) == u.Entity {
				about = append(about, t.interviews.list[k])
			}
		}
		about = append(about, p.begun[u.Entity]...)
		if len(about) > 1 {
			slices.SortStableFunc(about, func(a, b survey.Record) int { return cmp.Compare(a.Lamport, b.Lamport) })
		}
		t.scratch = about
		if err := visit(u, about); err != nil {
			return err
		}
	}
	return nil
}

// direct runs a query on the engine itself: layers above it take more time for a row than
// it does. Integers come as int64, texts as string. A row is valid until visit returns, its
// texts for good.
func (s *Study) direct(query string, visit func(row []driver.Value) error, args ...any) error {
	ctx := context.Background()
	c, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return c.Raw(func(conn any) error {
		q, ok := conn.(driver.QueryerContext)
		if !ok {
			return errors.New("the database driver takes no queries")
		}
		rows, err := q.QueryContext(ctx, query, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		row := make([]driver.Value, len(rows.Columns()))
		for {
			switch err := rows.Next(row); {
			case err == io.EOF:
				return nil
			case err != nil:
				return err
			}
			if err := visit(row); err != nil {
				return err
			}
		}
	})
}

// text is a column of text.
func text(v driver.Value) string {
	s, _ := v.(string)
	return s
}
