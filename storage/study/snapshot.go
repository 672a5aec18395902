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
// them, and some 16 bytes for each unit and interview. The study may be written meanwhile:
// what comes later is not in it. Merges that are undone and answers that are erased later
// are.
type Snapshot struct {
	study  *Study
	pages  *pages
	leaves *tableLeaves // of the table of revisions
	at     []int        // places of revisionColumns in its rows
	last   int64        // revision
	writes int64        // how often revisions had been written anew
	undone map[int64]bool
	seed   maphash.Seed

	state []uint32 // by entity: its revision, or of what sort it is
	units []uint32 // entities, in the order in which they came
	links []uint64 // which interviews may be about which units: half of the hash of its id, and the interview's entity

	forms      map[FormVersion]map[string]bool // names of fields by questionnaire
	about      map[FormVersion]bool            // that interviews about units are held with
	unitFields map[string]bool
	begun      map[string][]survey.Record // interviews without a revision, by unit
}

// FormVersion is a version of a questionnaire.
type FormVersion struct{ ID, Version string }

// revisionColumns are the columns that a snapshot reads, in the order in which they are in
// the table.
var revisionColumns = []string{"entity", "kind", "form", "form_version", "lamport", "patch", "batch", "entity_n"}

// Their places in what is read.
const (
	atEntity = iota
	atKind
	atForm
	atVersion
	atLamport
	atPatch
	atBatch
	atNumber
	revisionWidth
)

// What state says of entities other than which is their only revision.
const (
	stateNone    = 0
	stateSeveral = 1<<31 - 1 // several revisions, or it may be deleted: to be folded
	stateUnit    = 1 << 31   // beside the others
)

// snapshotRow is a revision as a snapshot reads it.
type snapshotRow struct {
	n       int64
	texts   [revisionWidth]string
	numbers [revisionWidth]int64
	null    [revisionWidth]bool
}

// Snapshot reads which interviews are about which units, and which fields they have.
func (s *Study) Snapshot(ctx context.Context) (*Snapshot, error) {
	defer s.sparing()()
	p := &Snapshot{study: s, seed: maphash.MakeSeed(), undone: map[int64]bool{}, forms: map[FormVersion]map[string]bool{}, about: map[FormVersion]bool{}, unitFields: map[string]bool{}, begun: map[string][]survey.Record{}}
	for _, step := range []func() error{p.prepare, p.readBegun, func() error { return p.link(ctx) }} {
		if err := step(); err != nil {
			return nil, cmp.Or(p.unwritten(), explain(err))
		}
	}
	p.order()
	slices.Sort(p.links)
	p.links = slices.Compact(p.links)
	return p, nil
}

// prepare finds the table of revisions, and what does not count.
func (p *Snapshot) prepare() (err error) {
	p.writes = p.study.rewritten.Load()
	var entities int64
	if err := p.study.db.QueryRow(`SELECT (SELECT coalesce(max(n), 0) FROM revision), (SELECT coalesce(max(n), 0) FROM current)`).Scan(&p.last, &entities); err != nil {
		return err
	}
	if p.last >= stateSeveral || entities >= stateSeveral {
		return errors.New("the study has more revisions than can be exported at once")
	}
	p.state = make([]uint32, entities+1)
	if p.pages, err = newPages(p.study); err != nil {
		return err
	}
	columns, err := p.pages.columns("revision")
	if err != nil {
		return err
	}
	for _, c := range revisionColumns {
		p.at = append(p.at, columns[c])
	}
	root, err := p.pages.root("revision")
	if err != nil {
		return err
	}
	if p.leaves, err = p.pages.leaves(root); err != nil {
		return err
	}
	return p.study.direct(`SELECT n FROM batch WHERE state <> 'applied'`, func(row []driver.Value) error {
		p.undone[row[0].(int64)] = true
		return nil
	})
}

func (p *Snapshot) readBegun() error {
	begun, err := p.study.begun(`1`)
	for _, d := range begun {
		unit := d.Text(survey.FieldUnit)
		p.begun[unit] = append(p.begun[unit], survey.RecordOf(d))
	}
	return err
}

// order lists the units.
func (p *Snapshot) order() {
	for n, s := range p.state {
		if s&stateUnit != 0 {
			p.units = append(p.units, uint32(n))
		}
	}
}

// read reads a row of the table of revisions. One that is not all on its page is read by the
// engine, later: it is not ok.
func (r *snapshotRow) read(p *Snapshot, row tableRow) (ok bool, err error) {
	if r.n = row.number; row.record == "" {
		return false, nil
	}
	return true, readColumns(row.record, p.at, r.texts[:], r.numbers[:], r.null[:])
}

// readLong reads rows that are not all on their pages.
func (p *Snapshot) readLong(numbers []int64, visit func(r *snapshotRow) error) error {
	if len(numbers) == 0 {
		return nil
	}
	var r snapshotRow
	return p.study.direct(`SELECT revision.n, `+strings.Join(revisionColumns, ", ")+` FROM json_each(?) AS wanted CROSS JOIN revision ON revision.n = wanted.value`, func(row []driver.Value) error {
		r.n = row[0].(int64)
		for i := range revisionWidth {
			r.texts[i] = text(row[i+1])
			r.numbers[i], _ = row[i+1].(int64)
			r.null[i] = row[i+1] == nil
		}
		return visit(&r)
	}, numberList(numbers))
}

// counts says whether a revision does: not if it is known only from merges that were undone.
func (p *Snapshot) counts(r *snapshotRow) bool {
	return r.null[atBatch] || !p.undone[r.numbers[atBatch]]
}

// pagesAtOnce is how many pages are read before others get at the study.
const pagesAtOnce = 128

// link reads all revisions of units and interviews once. Pages are read ahead.
func (p *Snapshot) link(ctx context.Context) error {
	l := &linking{Snapshot: p, from: p.tailFrom(), tail: map[int64]bool{}}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	type read struct {
		pages []string
		err   error
	}
	ready := make(chan read, 1)
	go func() {
		defer close(ready)
		for part := range slices.Chunk(p.leaves.page, pagesAtOnce) {
			r := read{pages: make([]string, 0, len(part))}
			r.err = p.pages.each(part, func(_ int, page string) error { r.pages = append(r.pages, page); return nil })
			select {
			case ready <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	for r := range ready {
		if r.err != nil {
			return r.err
		}
		l.long = l.long[:0]
		for _, page := range r.pages {
			if err := p.pages.rows(page, l.row); err != nil {
				return err
			}
		}
		if err := p.readLong(l.long, l.take); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := l.readTail(); err != nil {
		return err
	}
	return cmp.Or(p.readHidden(l), p.unwritten())
}

// errRewritten means that pages may have moved while they were read.
var errRewritten = errors.New("answers were erased while the study was read; do it again")

func (p *Snapshot) unwritten() error {
	if p.study.rewritten.Load() != p.writes {
		return errRewritten
	}
	return nil
}

// readTail reads the last revisions that were not on the last leaves: while revisions come,
// pages at the end move.
func (l *linking) readTail() error {
	var missing []int64
	err := l.study.direct(`SELECT n FROM revision WHERE n > ? AND n <= ?`, func(row []driver.Value) error {
		if n := row[0].(int64); !l.tail[n] {
			missing = append(missing, n)
		}
		return nil
	}, l.tailFrom(), l.last)
	if err != nil {
		return err
	}
	return l.readLong(missing, l.take)
}

// tailFrom is the revision from which on those that were read are remembered.
func (p *Snapshot) tailFrom() int64 {
	const leaves = 6
	if n := len(p.leaves.last); n > leaves {
		return p.leaves.last[n-leaves]
	}
	return 0
}

// linking is reading all revisions.
type linking struct {
	*Snapshot
	long   []int64 // rows to be read by the engine
	hidden []int64 // rows of merges that were undone; others may have brought them, too
	r      snapshotRow
	fields []survey.RecordField
	form   FormVersion
	names  map[string]bool // of fields of the form
	before [2][]string     // names of the fields of the interview and the unit before
	from   int64           // where the tail begins
	tail   map[int64]bool  // the last revisions that were read
}

func (l *linking) row(row tableRow) error {
	if row.number > l.last {
		return nil
	}
	if row.number > l.from {
		l.tail[row.number] = true
	}
	ok, err := l.r.read(l.Snapshot, row)
	if err != nil {
		return err
	}
	if !ok {
		l.long = append(l.long, row.number)
		return nil
	}
	return l.take(&l.r)
}

// take notes what a revision is about.
func (l *linking) take(r *snapshotRow) error {
	unit := r.texts[atKind] == string(survey.UnitKind)
	if !unit && r.texts[atKind] != string(survey.InterviewKind) {
		return nil
	}
	if !l.counts(r) {
		l.hidden = append(l.hidden, r.n)
		return nil
	}
	return l.note(r, unit)
}

func (l *linking) note(r *snapshotRow, unit bool) (err error) {
	n := r.numbers[atNumber]
	if n <= 0 || n >= int64(len(l.state)) {
		return nil // made later
	}
	if l.fields, err = survey.AppendFields(l.fields[:0], r.texts[atPatch]); err != nil {
		return err
	}
	state := uint32(r.n)
	if l.state[n] != stateNone {
		state = stateSeveral
	}
	for i := range l.fields {
		switch survey.Field(l.fields[i].Name) {
		case survey.FieldDeleted, survey.FieldErased:
			state = stateSeveral
		case survey.FieldUnit:
			if !unit {
				l.links = append(l.links, uint64(l.hash(l.fields[i].Value.Text))<<32|uint64(n))
				l.about[FormVersion{r.texts[atForm], r.texts[atVersion]}] = true
			}
		}
	}
	if unit {
		l.state[n] = state | stateUnit
		l.noteNames(l.unitFields, &l.before[1])
		return nil
	}
	l.state[n] = state
	if v := (FormVersion{r.texts[atForm], r.texts[atVersion]}); l.names == nil || v != l.form {
		l.form = FormVersion{strings.Clone(v.ID), strings.Clone(v.Version)}
		l.before[0] = nil
		if l.names = l.forms[v]; l.names == nil {
			l.names = map[string]bool{}
			l.forms[l.form] = l.names
		}
	}
	l.noteNames(l.names, &l.before[0])
	return nil
}

// noteNames notes the names of the fields, but where they are those of the one before.
func (l *linking) noteNames(names map[string]bool, before *[]string) {
	if slices.EqualFunc(*before, l.fields, func(name string, f survey.RecordField) bool { return name == f.Name }) {
		return
	}
	*before = (*before)[:0]
	for i := range l.fields {
		*before = append(*before, l.fields[i].Name)
	}
	note(names, l.fields)
}

// readHidden takes in revisions of merges that were undone which others brought, too.
func (p *Snapshot) readHidden(l *linking) error {
	for part := range slices.Chunk(l.hidden, snapshotAtOnce) {
		var known []int64
		err := p.study.direct(`SELECT revision.n FROM json_each(?) AS wanted CROSS JOIN revision ON revision.n = wanted.value WHERE `+visible, func(row []driver.Value) error {
			known = append(known, row[0].(int64))
			return nil
		}, numberList(part))
		if err != nil {
			return err
		}
		if err := p.readLong(known, func(r *snapshotRow) error { return l.note(r, r.texts[atKind] == string(survey.UnitKind)) }); err != nil {
			return err
		}
	}
	return nil
}

// hash is half of the hash of a unit's id. Two units have the same once in some thousand
// million; which one an interview is about, it says itself.
func (p *Snapshot) hash(id string) uint32 { return uint32(maphash.String(p.seed, id)) }

// snapshotAtOnce is how many units are read at a time.
const snapshotAtOnce = 256

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

// Shuffle puts the units into the order of what by gives for each.
func (p *Snapshot) Shuffle(by func(n uint32) uint64) {
	type keyed struct {
		key  uint64
		unit uint32
	}
	all := make([]keyed, len(p.units))
	for i, u := range p.units {
		all[i] = keyed{by(u), u}
	}
	slices.SortFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i := range all {
		p.units[i] = all[i].unit
	}
}

// Len is how many units there are, those that are deleted among them.
func (p *Snapshot) Len() int { return len(p.units) }

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

// Units visits the units that are not deleted, in the order in which they came to this laptop,
// with the interviews about each, oldest first. What is visited is valid until visit returns.
// Units are read ahead while others are visited.
func (p *Snapshot) Units(ctx context.Context, visit func(unit *survey.Record, interviews []survey.Record) error) error {
	defer p.study.sparing()()
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
		for part := range slices.Chunk(p.units, snapshotAtOnce) {
			var r read
			select {
			case r.part = <-spare:
			case <-ctx.Done():
				return
			}
			r.err = r.part.read(p, part)
			select {
			case ready <- r:
			case <-ctx.Done():
				return
			}
		}
	}()
	for r := range ready {
		if r.err != nil {
			return cmp.Or(p.unwritten(), explain(r.err))
		}
		if err := r.part.visit(p, visit); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		spare <- r.part
	}
	return cmp.Or(ctx.Err(), p.unwritten())
}

// sparing lets the engine keep few pages in memory until what it returns is called: who reads
// everything once has no use for them.
func (s *Study) sparing() (end func()) {
	set := func(kib int) {
		s.db.Exec(fmt.Sprintf("PRAGMA cache_size = -%d", kib)) // a wish; without it there is more memory in use
	}
	set(1024)
	return func() { set(cacheSize) }
}

// snapshotPart is some units with their interviews.
type snapshotPart struct {
	units, interviews records
	numbers           []uint32 // of the interviews, unit by unit
	of                []int    // where the interviews of a unit begin
	pages             map[uint32]string
	scratch           []survey.Record
}

// records are entities by number.
type records struct {
	list   []survey.Record
	at     map[uint32]int // place in the list
	fields []survey.RecordField
	from   []int // where the fields of a record begin
}

// read reads units.
func (t *snapshotPart) read(p *Snapshot, units []uint32) error {
	if err := t.units.read(p, t, units); err != nil {
		return err
	}
	t.numbers, t.of = t.numbers[:0], t.of[:0]
	for i := range t.units.list {
		h := uint64(p.hash(t.units.list[i].Entity)) << 32
		t.of = append(t.of, len(t.numbers))
		at, _ := slices.BinarySearch(p.links, h)
		for ; at < len(p.links) && p.links[at]>>32 == h>>32; at++ {
			t.numbers = append(t.numbers, uint32(p.links[at]))
		}
	}
	t.of = append(t.of, len(t.numbers))
	wanted := slices.Clone(t.numbers) // an interview that moved to another unit has two links
	slices.Sort(wanted)
	return t.interviews.read(p, t, slices.Compact(wanted))
}

// load reads the pages on which the only revisions of entities are, but for those that are
// here from before.
func (t *snapshotPart) load(p *Snapshot, numbers []uint32) error {
	wanted := map[uint32]bool{}
	for _, n := range numbers {
		if r := p.state[n] &^ stateUnit; r != stateNone && r != stateSeveral {
			wanted[p.leaves.page[p.leaves.of(int64(r))]] = true
		}
	}
	for n := range t.pages {
		if !wanted[n] && len(t.pages) > 2*pagesAtOnce {
			delete(t.pages, n)
		}
	}
	var list []uint32
	for n := range wanted {
		if _, here := t.pages[n]; !here {
			list = append(list, n)
		}
	}
	slices.Sort(list)
	if t.pages == nil {
		t.pages = map[uint32]string{}
	}
	return p.pages.each(list, func(i int, page string) error { t.pages[list[i]] = page; return nil })
}

// read reads the state of entities; those that are deleted, or of which nothing counts, are
// left out.
func (r *records) read(p *Snapshot, t *snapshotPart, numbers []uint32) error {
	r.list, r.fields, r.from = r.list[:0], r.fields[:0], r.from[:0]
	if r.at == nil {
		r.at = make(map[uint32]int, len(numbers))
	}
	clear(r.at)
	if err := t.load(p, numbers); err != nil {
		return err
	}
	var several, long []int64
	var row snapshotRow
	for _, n := range numbers {
		revision := int64(p.state[n] &^ stateUnit)
		switch revision {
		case stateNone:
			continue
		case stateSeveral:
			several = append(several, int64(n))
			continue
		}
		found, ok := p.pages.find(t.pages[p.leaves.page[p.leaves.of(revision)]], revision)
		if ok {
			var err error
			if ok, err = row.read(p, found); err != nil {
				return err
			}
		}
		if !ok || row.numbers[atNumber] != int64(n) {
			long = append(long, revision) // not all on its page, or moved to another since
			continue
		}
		if err := r.add(&row); err != nil {
			return err
		}
	}
	if err := p.readLong(long, r.add); err != nil {
		return err
	}
	r.from = append(r.from, len(r.fields))
	for i := range r.list {
		r.list[i].Fields = r.fields[r.from[i]:r.from[i+1]:r.from[i+1]]
	}
	return r.fold(p, several, len(long) > 0, numbers)
}

// add adds an entity with one revision.
func (r *records) add(row *snapshotRow) (err error) {
	r.from = append(r.from, len(r.fields))
	if r.fields, err = survey.AppendFields(r.fields, row.texts[atPatch]); err != nil {
		return fmt.Errorf("%s: %w", row.texts[atEntity], err)
	}
	r.at[uint32(row.numbers[atNumber])] = len(r.list)
	r.list = append(r.list, survey.Record{Entity: row.texts[atEntity], Form: row.texts[atForm], FormVersion: row.texts[atVersion], Lamport: row.numbers[atLamport]})
	return nil
}

// fold adds the entities that have several revisions, and puts all in the order of numbers
// if that is not so already.
func (r *records) fold(p *Snapshot, several []int64, mixed bool, numbers []uint32) error {
	if len(several) == 0 && !mixed {
		return nil
	}
	ds, err := documentsUpTo(p.study.db, several, p.last)
	if err != nil {
		return err
	}
	byEntity := map[string]*survey.Document{}
	for _, d := range ds {
		byEntity[d.Entity] = d
	}
	err = p.study.direct(`SELECT n, entity FROM json_each(?) AS wanted CROSS JOIN current ON current.n = wanted.value`, func(row []driver.Value) error {
		if d := byEntity[text(row[1])]; d != nil && !d.Deleted() {
			r.at[uint32(row[0].(int64))] = len(r.list)
			r.list = append(r.list, survey.RecordOf(d))
		}
		return nil
	}, numberList(several))
	if err != nil {
		return err
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

// Seen is the newest revision of each laptop that is here, by device.
func (s *Study) Seen() (map[string]int64, error) {
	out := map[string]int64{}
	return out, explain(s.direct(`SELECT device, max(seq) FROM revision GROUP BY device`, func(row []driver.Value) error {
		out[text(row[0])] = row[1].(int64)
		return nil
	}))
}
