package study

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/survey"
)

// Fields of form entities.
const (
	fieldFormID  survey.Field = "id"
	fieldVersion survey.Field = "version"
	fieldTitle   survey.Field = "title"
	fieldName    survey.Field = "name"
	fieldSHA256  survey.Field = "sha256"
	fieldUse     survey.Field = "use" // "1": given again to new interviews
)

// Form is a questionnaire kept in the study.
type Form struct {
	ID, Version, Title string
	Name               string // file name, which tells how to read it
	SHA256             string
	Files              map[string]string // attached files: name to SHA-256
	// Was says of questions what they are called in the version before, where a
	// person confirmed that they are the same: patterns of fields, new to old.
	Was     map[string]string
	By, At  string // who added it, and when: RFC 3339
	Added   int64  // Lamport number of that revision; the same on every laptop
	settled int64  // Lamport number of the revision by which new interviews take it
}

// What begins fields of a form: the names of its attached files, and patterns of
// questions that had another name.
const (
	attached = "file:"
	named    = "was:"
)

// AddFile keeps bytes under their SHA-256; a file that is here is left alone.
func (s *Study) AddFile(data []byte, mime string) (sum string, err error) {
	h := sha256.Sum256(data)
	sum = hex.EncodeToString(h[:])
	path := s.filePath(sum)
	if _, err := os.Stat(path); err != nil {
		if err := writeWhole(path, bytes.NewReader(data)); err != nil {
			return "", fmt.Errorf("keep file: %w", explain(err))
		}
	}
	_, err = s.db.Exec(`INSERT INTO file VALUES (?,?,?,1) ON CONFLICT DO UPDATE SET have = 1`, sum, mime, len(data))
	return sum, explain(err)
}

func (s *Study) filePath(sum string) string { return filepath.Join(s.dir, "files", sum) }

// HasFile says whether a kept file is on this laptop, whatever is in it.
func (s *Study) HasFile(sum string) bool {
	_, err := os.Stat(s.filePath(sum))
	return len(sum) == 64 && err == nil
}

// File returns the bytes of a kept file after checking their hash.
func (s *Study) File(sum string) ([]byte, error) {
	if len(sum) != 64 {
		return nil, fmt.Errorf("file %q: no SHA-256", sum)
	}
	b, err := os.ReadFile(s.filePath(sum))
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", sum[:12], err)
	}
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
		return nil, fmt.Errorf("file %s: its bytes were changed; take it over from another laptop", sum[:12])
	}
	return b, nil
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(path string, r io.Reader) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = io.Copy(f, r); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// AddForm keeps a questionnaire with its attached files, by name, and records it,
// so that it travels in packages.
func (s *Study) AddForm(ctx context.Context, f Form, source []byte, files map[string][]byte) error {
	sum, err := s.AddFile(source, "application/octet-stream")
	if err != nil {
		return err
	}
	patch := map[survey.Field]survey.Value{fieldFormID: survey.Of(f.ID), fieldVersion: survey.Of(f.Version), fieldTitle: survey.Of(f.Title),
		fieldName: survey.Of(f.Name), fieldSHA256: survey.Of(sum)}
	for name, data := range files {
		sum, err := s.AddFile(data, "application/octet-stream")
		if err != nil {
			return err
		}
		patch[survey.Field(attached+name)] = survey.Of(sum)
	}
	_, err = s.Append(ctx, formChange(f, patch))
	return err
}

// UseForm lets new interviews take a version that is here already.
func (s *Study) UseForm(ctx context.Context, f Form) error {
	_, err := s.Append(ctx, formChange(f, map[survey.Field]survey.Value{fieldUse: survey.Of("1")}))
	return err
}

func formChange(f Form, patch map[survey.Field]survey.Value) Change {
	for now, was := range f.Was {
		patch[survey.Field(named+now)] = survey.Of(was)
	}
	return Change{Entity: "form:" + f.ID + "@" + f.Version, Kind: survey.FormKind, Form: f.ID, FormVersion: f.Version, Patch: patch}
}

// Forms lists the questionnaires of the study in the order in which they were added,
// or given again to new interviews, on every laptop the same: by the Lamport number of
// that revision, which is larger than that of all that its author had seen, then by id
// and version. The last version of a form is the one that new interviews take.
func (s *Study) Forms() ([]Form, error) {
	ds, err := s.Documents(survey.FormKind)
	var out []Form
	for _, d := range ds {
		out = append(out, formOf(d))
	}
	slices.SortStableFunc(out, func(a, b Form) int {
		return cmp.Or(cmp.Compare(a.settled, b.settled), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Version, b.Version))
	})
	return out, err
}

func formOf(d *survey.Document) Form {
	f := Form{ID: d.Text(fieldFormID), Version: d.Text(fieldVersion), Title: d.Text(fieldTitle), Name: d.Text(fieldName), SHA256: d.Text(fieldSHA256),
		Files: map[string]string{}, Was: map[string]string{}}
	if hs := d.Heads[fieldFormID]; len(hs) > 0 {
		f.By, f.At, f.Added = hs[0].Actor, hs[0].Wall, hs[0].Lamport
	}
	f.settled = f.Added
	if hs := d.Heads[fieldUse]; len(hs) > 0 {
		f.settled = max(f.settled, hs[0].Lamport)
	}
	for _, field := range d.Fields() {
		if name, ok := strings.CutPrefix(string(field), attached); ok {
			f.Files[name] = d.Text(field)
		}
		if now, ok := strings.CutPrefix(string(field), named); ok {
			f.Was[now] = d.Text(field)
		}
	}
	return f
}

// Files lists the hashes of files that are here.
func (s *Study) Files() ([]string, error) {
	rows, err := s.db.Query(`SELECT sha256 FROM file WHERE have = 1 ORDER BY sha256`)
	if err != nil {
		return nil, explain(err)
	}
	return scanStrings(rows)
}

func scanStrings(rows *sql.Rows) ([]string, error) { return scanAll[string](rows) }

func scanNumbers(rows *sql.Rows) ([]int64, error) { return scanAll[int64](rows) }

// scanAll reads rows of one column, and closes them.
func scanAll[T any](rows *sql.Rows) ([]T, error) {
	defer rows.Close()
	var out []T
	for rows.Next() {
		var x T
		if err := rows.Scan(&x); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, explain(rows.Err())
}
