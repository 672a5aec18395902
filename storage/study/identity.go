package study

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A study's folder knows where it is. If it was copied or restored without this
// program, two laptops would sign with one identity and number their revisions alike;
// so a folder that finds itself elsewhere gets a new one.
const metaPlace = "place"

// whereabouts tells a folder from its copies. A folder that was moved on the same
// laptop looks like a copy and gets a new identity too: that is harmless, because
// revisions keep the laptop that signed them, while an overlooked copy is not. A name
// given to the laptop, or to its network, changes it as well; the device number of a
// disk would change with every start and is left out. A disk that was cloned whole,
// with the laptop's name, is not found out.
type whereabouts struct {
	Host string `json:"host"`
	Path string `json:"path"`
	File string `json:"file"` // the number of the database file on its disk
}

func whereIs(dir string) whereabouts {
	host, _ := os.Hostname()
	host, _, _ = strings.Cut(host, ".") // networks add and change what follows
	path := dir
	if abs, err := filepath.Abs(dir); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return whereabouts{host, path, fileID(filepath.Join(path, FileName))}
}

// moved says in words how a place differs from the one before, "" if it does not.
func (w whereabouts) moved(before whereabouts) string {
	switch {
	case w.Host != before.Host:
		return fmt.Sprintf("it was last open on the laptop %s", before.Host)
	case w.Path != before.Path:
		return fmt.Sprintf("it was last open in %s", before.Path)
	case w.File != before.File:
		return "its file was put here as a copy"
	}
	return ""
}

// settle gives the study a new identity where it is not where it was, or was made of
// a backup by hand. Studies of versions that did not remember are believed once.
func (s *Study) settle() error {
	meta, err := readMeta(s.db)
	if err != nil {
		return err
	}
	here := whereIs(s.dir)
	var before whereabouts
	known := json.Unmarshal([]byte(meta[metaPlace]), &before) == nil
	if known {
		s.info.Moved = here.moved(before)
	}
	if _, ok := meta[metaBackup]; ok {
		s.info.Moved = "it was made of a backup"
	}
	if known && s.info.Moved == "" {
		return nil
	}
	return s.adopt(meta["researcher"], s.info.Moved != "", here)
}

// adopt writes where the study is, with a new identity if need be, in one commit.
func (s *Study) adopt(label string, anew bool, here whereabouts) error {
	b, err := json.Marshal(here)
	if err != nil {
		return err
	}
	return s.transact(func(tx *sql.Tx) error {
		if anew {
			if err := s.newDevice(tx, label); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`DELETE FROM meta WHERE key = ?`, metaBackup); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT OR REPLACE INTO meta VALUES (?, ?)`, metaPlace, string(b))
		return err
	})
}
