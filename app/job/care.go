package job

import (
	"context"
	"errors"
	"fmt"

	"sselandscape/storage/study"
)

// Backup writes a verified copy of the study's database into its folder backups, and
// into the second folder if one is set; with an error about the second folder alone
// the backup is there all the same.
func (s *Study) Backup(ctx context.Context) (*study.Backup, error) {
	return s.store.BackUp(ctx, study.BackupAsked, nil)
}

// before backs up before something large changes, and sees that it fits on the disk.
// A second folder that is not there, a stick that is not in, does not hinder it.
func (s *Study) before(ctx context.Context, why string, need uint64) error {
	if err := s.store.Room(need); err != nil {
		return err
	}
	_, err := s.store.BackUp(ctx, why, nil)
	var second *study.SecondFolderError
	if errors.As(err, &second) {
		return nil
	}
	return err
}

// Backups lists the backups, the newest first.
func (s *Study) Backups() []study.Backup { return s.store.Backups() }

// BackupFolder is the second folder for backups, "" if none is set.
func (s *Study) BackupFolder() string { return s.store.BackupFolder() }

// SetBackupFolder sets a second folder for backups, "" for none.
func (s *Study) SetBackupFolder(dir string) error { return s.store.SetBackupFolder(dir) }

// Tend does what is due to keep the study safe: see study.Tend.
func (s *Study) Tend(ctx context.Context) (study.Tended, error) { return s.store.Tend(ctx) }

// SpaceSentence warns when the disk is nearly full; "" if it is not.
func (s *Study) SpaceSentence() string {
	free, low, err := s.store.Space()
	if err != nil || !low {
		return ""
	}
	return fmt.Sprintf("Only %s are free on the disk of the study; make room before it is full", study.Bytes(free))
}

// OpenedSentence says what a person should know of how the study was opened; "" if
// nothing was unusual.
func (s *Study) OpenedSentence() string {
	i := s.Info()
	text := ""
	if i.Unclean {
		text = "The study was not closed last time; every answer with a tick is there. "
	}
	if i.Moved != "" {
		text += fmt.Sprintf("This copy counts as a new laptop now: %s.", i.Moved)
	}
	return text
}

// BackupSentence describes a backup for a list.
func BackupSentence(b study.Backup) string {
	text := fmt.Sprintf("%s   %s   ", b.At.Format("Mon 2 Jan 2006 15:04"), study.Bytes(uint64(b.Bytes)))
	if b.Problem != "" {
		return text + "✗ cannot be used: " + b.Problem
	}
	text += fmt.Sprintf("%d revisions", b.Revisions)
	if b.Answers > 0 {
		text += fmt.Sprintf(", %d answers of unfinished interviews", b.Answers)
	}
	if b.Why == "" {
		return text + "   made by an earlier version"
	}
	return text + "   ✓ verified, made " + b.Why
}

// Restore makes a study out of a backup, in a new folder, as a new laptop.
func Restore(ctx context.Context, file, dir string) (*study.Restored, error) {
	return study.Restore(ctx, file, dir)
}

// CopyIn copies a study from a folder that it cannot be worked on in to a new one.
func CopyIn(ctx context.Context, from, to string) (*study.Restored, error) {
	return study.CopyIn(ctx, from, to)
}

// RestoredSentence says what is in a folder now.
func RestoredSentence(r *study.Restored) string {
	text := fmt.Sprintf("%s: %d revisions, %d answers of unfinished interviews, %d files", r.Dir, r.Revisions, r.Answers, r.Files)
	if r.Missing > 0 {
		text += fmt.Sprintf("; %d files were not found and are still elsewhere", r.Missing)
	}
	return text
}

// PlanRecovery says what of a damaged study could be recovered; Apply does it.
func PlanRecovery(ctx context.Context, dir string) (*study.Recovery, error) {
	return study.PlanRecovery(ctx, dir)
}
