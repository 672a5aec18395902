package study

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// When an open study is looked after.
const (
	idleAfter   = 5 * time.Second  // without a write: the log is put into the file
	backupEvery = 20 * time.Minute // of work
)

// care is what looking after an open study remembers.
type care struct {
	open   context.Context // ends when the study is closed
	ended  context.CancelFunc
	backup sync.Mutex // one backup at a time
	// unchecked says that the study was not closed, and is too large to be checked while
	// it is opened.
	unchecked atomic.Bool

	mu           sync.Mutex
	writes       int64     // how many rows were written when Tend last looked
	since        time.Time // when that was seen first
	checkpointed int64     // writes that are in the file, not in the log
	backedUp     int64     // writes that are in a backup
	lastBackup   time.Time
}

// Tended says what Tend did.
type Tended struct {
	Checkpoint bool
	Backup     *Backup // nil if none was due
}

// Tend does what is due: it puts the log into the file when nothing was written for
// some seconds, and backs up when the study was opened and after every 20 minutes of
// work. Call it every few seconds, off the window; answers are saved meanwhile. A
// damaged file is ErrDamaged: the copy that is made when the study is opened is
// checked, and with it the study.
func (s *Study) Tend(ctx context.Context) (done Tended, err error) {
	now := s.now()
	checkpoint, why, writes, err := s.due(now)
	if err != nil {
		return done, explain(err)
	}
	if checkpoint {
		if _, err := s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
			return done, explain(err)
		}
		done.Checkpoint = true
	}
	if why == "" {
		return done, nil
	}
	done.Backup, err = s.BackUp(ctx, why, nil)
	// A backup that fails is not tried again every few seconds.
	s.care.mu.Lock()
	defer s.care.mu.Unlock()
	s.care.lastBackup, s.care.backedUp = now, writes
	return done, err
}

// due says what is to be done at a time.
func (s *Study) due(now time.Time) (checkpoint bool, why string, writes int64, err error) {
	if err = s.db.QueryRow(`SELECT total_changes()`).Scan(&writes); err != nil {
		return false, "", 0, err
	}
	c := &s.care
	c.mu.Lock()
	defer c.mu.Unlock()
	if writes != c.writes || c.since.IsZero() {
		c.writes, c.since = writes, now
	}
	if writes != c.checkpointed && now.Sub(c.since) >= idleAfter {
		checkpoint, c.checkpointed = true, writes
	}
	switch {
	case c.lastBackup.IsZero():
		why = BackupStart
	case writes != c.backedUp && now.Sub(c.lastBackup) >= backupEvery:
		why = BackupWork
	}
	return checkpoint, why, writes, nil
}
