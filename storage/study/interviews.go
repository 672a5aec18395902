package study

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"

	"sselandscape/survey"
)

// stamp is how times of interviews are written: RFC 3339 with the local offset.
const stamp = "2006-01-02T15:04:05-07:00"

// NewUnit records a new organization with what is known of it.
func (s *Study) NewUnit(ctx context.Context, patch map[survey.Field]survey.Value) (id string, err error) {
	id = s.newID()
	_, err = s.Append(ctx, Change{Entity: id, Kind: survey.UnitKind, Patch: patch})
	return id, err
}

// StartInterview notes that an interview about a unit begins. It stays on this laptop
// until the first revision of the interview is made, which takes it in.
func (s *Study) StartInterview(_ context.Context, unit, form, version string) (id string, err error) {
	id = s.newID()
	patch, err := survey.MarshalPlain(map[survey.Field]survey.Value{
		survey.FieldUnit: survey.Of(unit), survey.FieldStatus: survey.Of(string(survey.InProgress)),
		survey.FieldStarted: survey.Of(s.now().Format(stamp)), survey.FieldInterviewer: survey.Of(s.info.Researcher)})
	if err != nil {
		return "", err
	}
	_, err = s.db.Exec(`INSERT INTO begun VALUES (?,?,?,?)`, id, form, version, string(patch))
	return id, explain(err)
}

// takeBegun puts what was begun on an interview into its first revision.
func (r *recorder) takeBegun(c *Change) error {
	if c.Kind != survey.InterviewKind {
		return nil
	}
	var form, version, text string
	err := r.q.QueryRow(`SELECT form, form_version, patch FROM begun WHERE interview = ?`, c.Entity).Scan(&form, &version, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	patch := map[survey.Field]survey.Value{}
	if err := json.Unmarshal([]byte(text), &patch); err != nil {
		return fmt.Errorf("interview %s: %w", c.Entity, err)
	}
	maps.Copy(patch, c.Patch)
	c.Patch = patch
	if c.Form == "" {
		c.Form, c.FormVersion = form, version
	}
	_, err = r.q.Exec(`DELETE FROM begun WHERE interview = ?`, c.Entity)
	return err
}

// Answer is a field of an interview as it is being answered.
type Answer struct {
	Field survey.Field
	Value survey.Value
}

// SaveAnswer puts one answer on disk. When it returns without an error, the
// answer outlives a crash and a power cut.
func (s *Study) SaveAnswer(interview string, f survey.Field, v survey.Value) error {
	return s.SaveAnswers(interview, []Answer{{f, v}})
}

// SaveAnswers puts answers on disk in one commit.
func (s *Study) SaveAnswers(interview string, as []Answer) error {
	if len(as) == 0 {
		return nil
	}
	at := s.now().UTC().Format(time.RFC3339Nano)
	err := s.transact(func(tx *sql.Tx) error {
		for _, a := range as {
			v, err := json.Marshal(a.Value)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO draft VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at`, interview, string(a.Field), string(v), at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("save answer: %w", err)
	}
	return nil
}

// Draft returns the answers of an interview that are not recorded as a revision
// yet; a blank value means that the question was passed.
func (s *Study) Draft(interview string) (map[survey.Field]survey.Value, error) {
	rows, err := s.db.Query(`SELECT field, value FROM draft WHERE interview = ?`, interview)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	out := map[survey.Field]survey.Value{}
	for rows.Next() {
		var f, v string
		if err := rows.Scan(&f, &v); err != nil {
			return nil, err
		}
		var val survey.Value
		if err := json.Unmarshal([]byte(v), &val); err != nil {
			return nil, fmt.Errorf("draft of %s, %s: %w", interview, f, err)
		}
		out[survey.Field(f)] = val
	}
	return out, explain(rows.Err())
}

// Drafts lists the interviews that have answers not recorded yet.
func (s *Study) Drafts() ([]string, error) {
	rows, err := s.db.Query(`SELECT DISTINCT interview FROM draft ORDER BY interview`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, explain(rows.Err())
}

// Record turns a draft into one revision: the answers that count now, and the
// status. Answers recorded before that are gone now become blank. The draft is
// kept only while the interview is in progress, because it also remembers what
// was passed.
func (s *Study) Record(ctx context.Context, interview string, status survey.Status, answers map[survey.Field]survey.Value) error {
	d, err := s.Document(interview)
	if err != nil {
		return err
	}
	if d == nil {
		return fmt.Errorf("record interview %s: there is no such interview", interview)
	}
	patch := difference(d, answers)
	if d.Text(survey.FieldStatus) != string(status) {
		patch[survey.FieldStatus] = survey.Of(string(status))
		if status != survey.InProgress {
			patch[survey.FieldEnded] = survey.Of(s.now().Format(stamp))
		}
	}
	return s.transact(func(tx *sql.Tx) error {
		begun := len(d.Heads) > 0 && d.Revisions == 0
		if len(patch) > 0 || begun {
			c := Change{Entity: interview, Kind: survey.InterviewKind, Form: d.Form, FormVersion: d.FormVersion, Patch: patch}
			if _, err := s.append(tx, []Change{c}); err != nil {
				return err
			}
		}
		if status == survey.InProgress {
			return nil
		}
		_, err := tx.Exec(`DELETE FROM draft WHERE interview = ?`, interview)
		return err
	})
}

// difference is what has to be recorded so that a document holds the answers.
func difference(d *survey.Document, answers map[survey.Field]survey.Value) map[survey.Field]survey.Value {
	patch := map[survey.Field]survey.Value{}
	for f, v := range answers {
		if d.Value(f) != v {
			patch[f] = v
		}
	}
	for f := range d.Heads {
		if _, kept := answers[f]; !kept && f[0] != '_' && !d.Value(f).Blank() {
			patch[f] = survey.Value{}
		}
	}
	return patch
}
