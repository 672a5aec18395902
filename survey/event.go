package survey

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Event is something that happened while an interview was held (ODK audit log,
// https://docs.getodk.org/form-audit-log).
type Event struct {
	Kind       string // see the Event… constants
	Node       string // XPath of the question: "/data/r[1]/name"; "" for the form
	Start, End time.Time
	Old, New   string
	Actor      string
	Reason     string // why an answer was changed after the interview was complete
}

// Kinds of events, as ODK Collect names them.
const (
	EventStart      = "form start"
	EventResume     = "form resume"
	EventExit       = "form exit"
	EventFinalize   = "form finalize"
	EventQuestion   = "question"
	EventJump       = "jump"
	EventAddRow     = "add repeat"
	EventDeleteRow  = "delete repeat"
	EventEnd        = "end screen"
	EventConstraint = "constraint error"
)

var auditColumns = []string{"event", "node", "start", "end", "latitude", "longitude", "accuracy", "old-value", "new-value", "user", "change-reason"}

// WriteAudit writes events as audit.csv: times as milliseconds since 1970, no
// positions.
func WriteAudit(w io.Writer, es []Event) error {
	c := csv.NewWriter(w)
	if err := c.Write(auditColumns); err != nil {
		return err
	}
	for _, e := range es {
		end := ""
		if !e.End.IsZero() {
			end = strconv.FormatInt(e.End.UnixMilli(), 10)
		}
		if err := c.Write([]string{e.Kind, e.Node, strconv.FormatInt(e.Start.UnixMilli(), 10), end, "", "", "", e.Old, e.New, e.Actor, e.Reason}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// maxEvents bounds what is read of one audit log.
const maxEvents = 1_000_000

// ReadAudit reads audit.csv, whatever columns it has besides event and start.
func ReadAudit(r io.Reader) ([]Event, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	head, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("read audit log: %w", err)
	}
	at := map[string]int{}
	for i, h := range head {
		at[h] = i
	}
	if _, ok := at["event"]; !ok {
		return nil, errors.New("read audit log: there is no column event")
	}
	var out []Event
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read audit log: %w", err)
		}
		if len(out) == maxEvents {
			return nil, fmt.Errorf("read audit log: more than %d events", maxEvents)
		}
		cell := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return row[i]
			}
			return ""
		}
		out = append(out, Event{Kind: cell("event"), Node: cell("node"), Start: milliseconds(cell("start")), End: milliseconds(cell("end")),
			Old: cell("old-value"), New: cell("new-value"), Actor: cell("user"), Reason: cell("change-reason")})
	}
}

func milliseconds(s string) time.Time {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// Minutes adds up the time spent on questions, in minutes.
func Minutes(es []Event) float64 {
	var total time.Duration
	for _, e := range es {
		if d := e.End.Sub(e.Start); e.Kind == EventQuestion && !e.End.IsZero() && d > 0 && d < time.Hour {
			total += d
		}
	}
	return total.Minutes()
}
