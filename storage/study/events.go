package study

import (
	"database/sql"
	"time"

	"sselandscape/survey"
)

// AddEvents notes what happened, in one commit.
func (s *Study) AddEvents(interview string, es []survey.Event) error {
	if len(es) == 0 {
		return nil
	}
	return s.transact(func(tx *sql.Tx) error {
		for _, e := range es {
			var ended int64
			if !e.End.IsZero() {
				ended = e.End.UnixMilli()
			}
			if _, err := tx.Exec(`INSERT INTO event VALUES (?,?,?,?,?,?,?,?,?)`, interview, e.Start.UnixMilli(), ended, e.Kind, e.Node, e.Old, e.New, e.Actor, e.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// Events lists what happened in an interview on this laptop, in order.
func (s *Study) Events(interview string) ([]survey.Event, error) {
	rows, err := s.db.Query(`SELECT started, ended, kind, node, old, new, actor, reason FROM event WHERE interview = ? ORDER BY rowid`, interview)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []survey.Event
	for rows.Next() {
		var e survey.Event
		var started, ended int64
		if err := rows.Scan(&started, &ended, &e.Kind, &e.Node, &e.Old, &e.New, &e.Actor, &e.Reason); err != nil {
			return nil, explain(err)
		}
		e.Start = time.UnixMilli(started)
		if ended != 0 {
			e.End = time.UnixMilli(ended)
		}
		out = append(out, e)
	}
	return out, explain(rows.Err())
}
