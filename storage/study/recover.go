package study

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sselandscape/survey"
)

// Recovery is how a damaged study would be made anew: of its newest good backup and of
// every revision and answer that can still be read. Nothing is changed before Apply.
type Recovery struct {
	Dir       string
	Healthy   bool    // the file is in order; there is nothing to recover
	Damage    string  // what is wrong with it
	Backup    *Backup // nil if there is no good one
	Revisions int     // that are read from the damaged file beside the backup
	Answers   int     // of unfinished interviews, likewise
	Spoilt    int     // rows of revisions that are not what their signature says
	Missing   int     // numbers of this laptop's revisions that are nowhere
	Orphans   int     // answers of interviews whose beginning can be read nowhere

	opts  []Option
	found *salvaged
	add   []*incoming
}

// PlanRecovery looks at a study that is open nowhere and says what could be recovered.
func PlanRecovery(ctx context.Context, dir string, opts ...Option) (*Recovery, error) {
	r := &Recovery{Dir: dir, opts: opts}
	if err := r.plan(ctx); err != nil {
		return nil, fmt.Errorf("recover study %q: %w", dir, explain(err))
	}
	return r, nil
}

func (r *Recovery) plan(ctx context.Context) (err error) {
	live := filepath.Join(r.Dir, FileName)
	if _, err := os.Stat(live); err != nil && len(Backups(r.Dir)) == 0 {
		return ErrNotStudy
	}
	if err := busy(live); err != nil {
		return err
	}
	if r.Healthy, err = r.sound(ctx, live); err != nil || r.Healthy {
		return err
	}
	if r.found, err = salvage(live); err != nil {
		return err
	}
	if err := r.chooseBackup(ctx); err != nil {
		return err
	}
	if r.Backup == nil && r.found.meta["study"] == "" {
		return fmt.Errorf("there is no backup in it that can be used, and the damaged file does not say any more which study it was; %w", ErrDamaged)
	}
	return r.compare()
}

// sound checks a copy of the study, because opening it would write on it.
func (r *Recovery) sound(ctx context.Context, live string) (bool, error) {
	s := newStudy(r.Dir, r.opts)
	if err := s.Room(2*s.size() + lowBackup); err != nil {
		return false, err
	}
	tmp, err := os.MkdirTemp(r.Dir, ".check-*")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(tmp)
	for _, end := range [...]string{"", "-wal"} {
		if err := copyFile(ctx, live+end, filepath.Join(tmp, FileName)+end); err != nil && !(errors.Is(err, fs.ErrNotExist)) {
			return false, err
		}
	}
	trial := newStudy(tmp, nil)
	err = trial.connect("rw")
	if trial.db != nil {
		defer trial.db.Close()
	}
	if err == nil {
		err = ours(trial.db)
	}
	if err == nil {
		err = checkFile(ctx, trial.db, "integrity_check")
	}
	if err == nil {
		err = trial.load()
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if errors.Is(err, ErrNewer) {
		return false, err
	}
	if err != nil {
		r.Damage = strings.Trim(strings.TrimPrefix(explain(err).Error(), ErrDamaged.Error()), " ()")
		if errors.Is(explain(err), ErrNotStudy) {
			r.Damage = noDatabase
		}
	}
	return err == nil, nil
}

// chooseBackup takes the newest backup whose every page is in order.
func (r *Recovery) chooseBackup(ctx context.Context) error {
	bs := Backups(r.Dir)
	if second := r.found.meta[keptPrefix+keptFolder]; second != "" {
		folders, _ := filepath.Glob(filepath.Join(escapeGlob(second), r.found.meta["study"]+" *"))
		for _, f := range folders {
			bs = append(bs, backupsIn(f)...)
		}
		sortBackups(bs)
	}
	for i := range bs {
		if err := ctx.Err(); err != nil {
			return err
		}
		if bs[i].Problem == "" && checkCopy(ctx, bs[i].Path) == nil {
			r.Backup = &bs[i]
			return nil
		}
	}
	return nil
}

// compare finds what the damaged file has beyond the backup.
func (r *Recovery) compare() error {
	have, answered := map[string]bool{}, map[[2]string]string{}
	entities := map[string]bool{}
	seqs := map[string][]int64{}
	keys := map[string]ed25519.PublicKey{}
	for id, d := range r.found.devices {
		keys[id] = d.PublicKey
	}
	if r.Backup != nil {
		if err := r.readBackup(have, entities, answered, seqs, keys); err != nil {
			return err
		}
	}
	for id, in := range r.found.revisions {
		if in.verify(keys); in.invalid != "" {
			r.Spoilt++
			continue
		}
		seqs[in.raw.Device] = append(seqs[in.raw.Device], in.raw.Seq)
		entities[in.raw.Entity] = true
		if !have[id] || in.raw.Redacted { // what was erased since the backup stays so
			r.add = append(r.add, in)
		}
	}
	slices.SortFunc(r.add, func(a, b *incoming) int { return strings.Compare(a.raw.ID, b.raw.ID) })
	r.Revisions, r.Spoilt = len(r.add), r.Spoilt+r.found.spoilt
	for id := range r.found.begun {
		entities[id] = true
	}
	for k, d := range r.found.drafts {
		if d.at > answered[k] {
			r.Answers++
			if !entities[k[0]] {
				r.Orphans++
			}
		}
	}
	own := seqs[r.found.own]
	slices.Sort(own)
	if own = slices.Compact(own); len(own) > 0 {
		r.Missing = int(own[len(own)-1]) - len(own)
	}
	return nil
}

func (r *Recovery) readBackup(have, entities map[string]bool, answered map[[2]string]string, seqs map[string][]int64, keys map[string]ed25519.PublicKey) error {
	db, err := openCopy(r.Backup.Path)
	if err != nil {
		return err
	}
	defer db.Close()
	if r.found.own == "" {
		db.QueryRow(`SELECT id FROM own_device`).Scan(&r.found.own)
	}
	each := func(query string, scan func(rows *sql.Rows) error) {
		if err != nil {
			return
		}
		var rows *sql.Rows
		if rows, err = db.Query(query); err != nil {
			return
		}
		defer rows.Close()
		for err == nil && rows.Next() {
			err = scan(rows)
		}
		err = errors.Join(err, rows.Err())
	}
	each(`SELECT id, entity, device, seq FROM revision`, func(rows *sql.Rows) error {
		var id, entity, device string
		var seq int64
		err := rows.Scan(&id, &entity, &device, &seq)
		have[id], entities[entity], seqs[device] = true, true, append(seqs[device], seq)
		return err
	})
	each(`SELECT interview, field, at FROM draft`, func(rows *sql.Rows) error {
		var interview, field, at string
		err := rows.Scan(&interview, &field, &at)
		answered[[2]string{interview, field}] = at
		return err
	})
	each(`SELECT id, pubkey FROM device`, func(rows *sql.Rows) error {
		var id string
		var key []byte
		err := rows.Scan(&id, &key)
		keys[id] = key
		return err
	})
	return err
}

// String says in words what Apply would do.
func (r *Recovery) String() string {
	if r.Healthy {
		return "The study's file is in order; there is nothing to recover."
	}
	text := fmt.Sprintf("The study's file is damaged (%s). ", strings.TrimSuffix(r.Damage, "."))
	if r.Backup != nil {
		text += fmt.Sprintf("Recovering restores the backup of %s with %d revisions and %d answers of unfinished interviews, and %d revisions and %d answers made since.",
			r.Backup.At.Format("Mon 2 Jan 2006 15:04"), r.Backup.Revisions, r.Backup.Answers, r.Revisions, r.Answers)
	} else {
		text += fmt.Sprintf("There is no backup that can be used. Recovering restores %d revisions and %d answers of unfinished interviews that can still be read.", r.Revisions, r.Answers)
	}
	if r.Spoilt > 0 {
		text += fmt.Sprintf(" %d revisions are not as they were signed and are left out.", r.Spoilt)
	}
	if r.Orphans > 0 {
		text += fmt.Sprintf(" %d of the answers belong to interviews whose beginning cannot be read; they are kept in the file but do not show.", r.Orphans)
	}
	if r.Missing > 0 {
		text += fmt.Sprintf(" %d revisions of this laptop can be read nowhere; a colleague who took in your package has them.", r.Missing)
	}
	return text + " The damaged file is kept beside it. The study counts as a new laptop afterwards."
}

// Apply makes the study anew and keeps the damaged file in a folder beside it, which
// it returns. If it fails or is broken off, the study is as it was, or whole.
func (r *Recovery) Apply(ctx context.Context) (kept string, err error) {
	if r.Healthy {
		return "", nil
	}
	kept, err = r.apply(ctx)
	if err != nil {
		return "", fmt.Errorf("recover study %q: %w", r.Dir, explain(err))
	}
	return kept, nil
}

func (r *Recovery) apply(ctx context.Context) (kept string, err error) {
	tmp, err := os.MkdirTemp(r.Dir, ".recover-*")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	s := newStudy(tmp, r.opts)
	if err := s.Room(4*newStudy(r.Dir, nil).size() + lowBackup); err != nil {
		return "", err
	}
	err = r.make(ctx, s)
	if s.db != nil {
		err = errors.Join(err, s.Close())
	}
	if err != nil {
		return "", err
	}
	live, made := filepath.Join(r.Dir, FileName), filepath.Join(tmp, FileName)
	if err := syncFile(made); err != nil {
		return "", err
	}
	kept = filepath.Join(r.Dir, "damaged-"+s.now().UTC().Format(backupStamp))
	if err := os.Mkdir(kept, 0o755); err != nil {
		return "", err
	}
	for _, end := range [...]string{"", "-wal"} {
		if err := copyFile(ctx, live+end, filepath.Join(kept, FileName)+end); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
	}
	if err := os.Rename(made, filepath.Join(r.Dir, recoveredName)); err != nil {
		return "", err
	}
	if err := syncFolder(r.Dir); err != nil {
		return "", err
	}
	return kept, finishRecovery(r.Dir)
}

// make builds the study in a folder beside the damaged one and verifies it.
func (r *Recovery) make(ctx context.Context, s *Study) error {
	mode := "rwc"
	if r.Backup != nil {
		mode = "rw"
		if err := copyFile(ctx, r.Backup.Path, filepath.Join(s.dir, FileName)); err != nil {
			return err
		}
	}
	if err := s.connect(mode); err != nil {
		return err
	}
	if err := s.migrate(); err != nil {
		return err
	}
	if err := s.transact(func(tx *sql.Tx) error { return r.put(ctx, tx) }); err != nil {
		return err
	}
	if err := s.rebuild(); err != nil {
		return err
	}
	if err := s.dropRecorded(); err != nil {
		return err
	}
	here := whereIs(r.Dir)
	here.File = fileID(filepath.Join(s.dir, FileName)) // it is renamed, not copied
	var researcher string
	if err := s.db.QueryRow(`SELECT value FROM meta WHERE key = 'researcher'`).Scan(&researcher); err != nil {
		return err
	}
	if err := s.adopt(researcher, true, here); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	// The backup may hold in full what was cut since.
	cut := slices.ContainsFunc(r.add, func(in *incoming) bool { return in.raw.Redacted })
	if err := s.eraseAgain(cut); err != nil {
		return err
	}
	rep, err := s.Verify(false)
	if err == nil && len(rep.Problems) > 0 {
		err = errors.New(strings.Join(rep.Problems[:min(3, len(rep.Problems))], "; "))
	}
	return err
}

// put writes what was read from the damaged file into the new one.
func (r *Recovery) put(ctx context.Context, tx *sql.Tx) error {
	f := r.found
	if r.Backup == nil {
		f.meta["name"] = cmp.Or(f.meta["name"], "Recovered study")
		for _, k := range [...]string{"study", "researcher", "name", "countries", "fictional"} {
			if _, err := tx.Exec(`INSERT INTO meta VALUES (?, ?)`, k, f.meta[k]); err != nil {
				return err
			}
		}
	}
	for _, d := range f.devices {
		if _, err := tx.Exec(`INSERT INTO device VALUES (?,?,?) ON CONFLICT DO NOTHING`, d.ID, d.Label, d.PublicKey); err != nil {
			return err
		}
	}
	q := prepare(tx)
	defer q.close()
	rows := newFolding(q)
	for _, in := range r.add {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := q.Exec(`DELETE FROM revision WHERE id = ?`, in.raw.ID); err != nil {
			return err
		}
		if _, err := rows.store(in, 0, nil); err != nil { // what is derived is made anew
			return err
		}
	}
	for id, b := range f.begun {
		if _, err := tx.Exec(`INSERT INTO begun SELECT ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM revision WHERE entity = ?) ON CONFLICT DO NOTHING`, id, b[0], b[1], b[2], id); err != nil {
			return err
		}
	}
	for k, d := range f.drafts {
		if _, err := tx.Exec(`INSERT INTO draft VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at WHERE excluded.at > draft.at`, k[0], k[1], d.value, d.at); err != nil {
			return err
		}
	}
	for sum, x := range f.files {
		_, err := os.Stat(filepath.Join(r.Dir, "files", sum))
		if _, err := tx.Exec(`INSERT INTO file VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET have = excluded.have`, sum, x.mime, x.bytes, err == nil); err != nil {
			return err
		}
	}
	return nil
}

// dropRecorded removes drafts that were recorded since: those of interviews that are
// not in progress any more and were recorded after the answer was given.
func (s *Study) dropRecorded() error {
	ids, err := s.Drafts()
	if err != nil {
		return err
	}
	for _, id := range ids {
		d, err := s.Document(id)
		if err != nil {
			return err
		}
		if d == nil || d.Text(survey.FieldStatus) == string(survey.InProgress) {
			continue
		}
		var newest time.Time
		for _, hs := range d.Heads {
			for _, h := range hs {
				if t, err := time.Parse(time.RFC3339, h.Wall); err == nil && t.After(newest) {
					newest = t
				}
			}
		}
		if _, err := s.db.Exec(`DELETE FROM draft WHERE interview = ? AND at <= ?`, id, newest.UTC().Format(time.RFC3339Nano)); err != nil {
			return err
		}
	}
	return nil
}

// MarshalJSON writes the plan for machines.
func (r *Recovery) MarshalJSON() ([]byte, error) {
	out := map[string]any{"healthy": r.Healthy, "damage": r.Damage, "revisions": r.Revisions, "answers": r.Answers, "spoilt": r.Spoilt, "missing": r.Missing, "orphans": r.Orphans}
	if r.Backup != nil {
		out["backup"] = r.Backup.Path
	}
	return json.Marshal(out)
}
