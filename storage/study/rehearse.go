package study

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// convert brings a study of an earlier version to this one: first a verified backup,
// then the scripts run on a copy, which is checked, and only then on the study. If
// the copy does not come out as it should, the study stays as it was.
func (s *Study) convert(version int) error {
	if version == len(scripts()) {
		return nil
	}
	ctx := context.Background()
	if err := s.roomIn(s.dir, 3*s.size()+lowBackup); err != nil {
		return err
	}
	folder := filepath.Join(s.dir, backupFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	now := s.now()
	backup, err := s.copyVerified(ctx, filepath.Join(folder, now.UTC().Format(backupStamp)+backupExt),
		backupMark{At: now.Format(time.RFC3339Nano), Why: BackupMigration}, nil)
	if err != nil {
		return fmt.Errorf("back up before the file is converted: %w", err)
	}
	before, err := revisionsDigest(s.db)
	if err != nil {
		return err
	}
	if err := s.rehearse(ctx, backup.Path, before); err != nil {
		return fmt.Errorf("the file is of an earlier version, and converting a copy of it failed; the study is as it was, and a backup is in %s: %w", backup.Path, err)
	}
	if err := s.migrate(); err != nil {
		return err
	}
	if after, err := revisionsDigest(s.db); err != nil || after != before {
		return errors.Join(err, fmt.Errorf("converting the file changed its revisions; restore the backup %s", backup.Path))
	}
	return thinFolder(folder)
}

// rehearse converts a copy and checks it.
func (s *Study) rehearse(ctx context.Context, backup, want string) error {
	dir, err := os.MkdirTemp(s.dir, ".convert-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := copyFile(ctx, backup, filepath.Join(dir, FileName)); err != nil {
		return err
	}
	trial := newStudy(dir, nil)
	if err := trial.connect("rw"); err != nil {
		return err
	}
	defer trial.db.Close()
	if err := trial.migrate(); err != nil {
		return err
	}
	if err := checkFile(ctx, trial.db, "integrity_check"); err != nil {
		return err
	}
	got, err := revisionsDigest(trial.db)
	if err != nil {
		return err
	}
	if got != want {
		return errors.New("the revisions are not the same afterwards")
	}
	return trial.checkDerived()
}

// verifyUpTo is up to how many revisions a converted copy is verified one by one;
// more would keep a person waiting for minutes.
const verifyUpTo = 20_000

func (s *Study) checkDerived() error {
	var n int
	if err := s.db.QueryRow(`SELECT count(*) FROM revision`).Scan(&n); err != nil || n > verifyUpTo {
		return err
	}
	rep, err := s.Verify(false)
	if err != nil {
		return err
	}
	if len(rep.Problems) > 0 {
		return errors.New(strings.Join(rep.Problems[:min(3, len(rep.Problems))], "; "))
	}
	return nil
}

// revisionsDigest is the same for the same revisions, whatever the version of the
// file: SHA-256 over ids and hashes in the order of ids.
func revisionsDigest(db *sql.DB) (string, error) {
	rows, err := db.Query(`SELECT id, hash FROM revision ORDER BY id`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	h := sha256.New()
	for rows.Next() {
		var id string
		var hash []byte
		if err := rows.Scan(&id, &hash); err != nil {
			return "", err
		}
		fmt.Fprintln(h, id)
		h.Write(hash)
	}
	return hex.EncodeToString(h.Sum(nil)), rows.Err()
}
