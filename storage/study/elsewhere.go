package study

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
)

// citedAtOnce is how many revisions are read between two acts of others.
const citedAtOnce = 5000

// MissingFiles counts the files that revisions cite and that are not here, by the
// researcher who cited them first, who has them. It reads every revision, a few thousand
// at a time, and answers are saved meanwhile.
func (s *Study) MissingFiles(ctx context.Context) (map[string]int, error) {
	here, err := s.Files()
	if err != nil {
		return nil, err
	}
	have := map[string]bool{}
	for _, sum := range here {
		have[sum] = true
	}
	first := map[string]citation{}
	for last := int64(0); ; {
		n, err := s.citations(&last, have, first)
		if err != nil {
			return nil, fmt.Errorf("look for missing files: %w", explain(err))
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if n < citedAtOnce {
			break
		}
	}
	out := map[string]int{}
	for _, c := range first {
		out[c.actor]++
	}
	return out, nil
}

// citation is who cited a file; the first is the same on every laptop.
type citation struct {
	lamport int64
	id      string
	actor   string
}

func (c citation) before(o citation) bool {
	return c.lamport < o.lamport || c.lamport == o.lamport && c.id < o.id
}

// citations reads the revisions behind one.
func (s *Study) citations(last *int64, have map[string]bool, first map[string]citation) (n int, err error) {
	rows, err := s.db.Query(`SELECT n, `+visible+`, id, lamport, actor, patch FROM revision WHERE n > ? ORDER BY n LIMIT ?`, *last, citedAtOnce)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var c citation
		var counts bool
		var patch []byte
		if err := rows.Scan(last, &counts, &c.id, &c.lamport, &c.actor, &patch); err != nil {
			return 0, err
		}
		if n++; !counts {
			continue
		}
		citedIn(patch, func(sum string) {
			if old, ok := first[sum]; !have[sum] && (!ok || c.before(old)) {
				first[sum] = c
			}
		})
	}
	return n, rows.Err()
}

// citedIn visits the files that values of a patch cite: a value that is a SHA-256, or
// begins with one and a full stop before the ending of the file.
func citedIn(patch []byte, visit func(sum string)) {
	for {
		at := bytes.Index(patch, []byte(`:"`))
		if at < 0 {
			return
		}
		patch = patch[at+2:]
		if len(patch) < 65 || patch[64] != '"' && patch[64] != '.' || !isSum(patch[:64]) {
			continue
		}
		visit(string(patch[:64]))
	}
}

// citedBy lists the files that values cite, as canonical JSON or plain text, once each.
func citedBy(values []string) (sums []string) {
	for _, v := range values {
		citedIn([]byte(`:"`+strings.Trim(v, `"`)+`"`), func(sum string) { sums = append(sums, sum) })
	}
	slices.Sort(sums)
	return slices.Compact(sums)
}

func isSum(b []byte) bool {
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(b) == 64
}

// Delivery is the newest batch that brought something of a researcher.
type Delivery struct{ At, Source string }

// Deliveries says of each researcher when something of hers came last, and how.
func (s *Study) Deliveries() (map[string]Delivery, error) {
	// Of the other columns SQLite takes those of the row with the maximum
	// (sqlite.org/lang_select.html, section 2.5).
	rows, err := s.db.Query(`SELECT actor, max(batch.n), batch.at, batch.source FROM revision JOIN batch ON batch.n = revision.batch WHERE batch.state = 'applied' GROUP BY actor`)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	out := map[string]Delivery{}
	for rows.Next() {
		var actor string
		var n int64
		var d Delivery
		if err := rows.Scan(&actor, &n, &d.At, &d.Source); err != nil {
			return nil, err
		}
		out[actor] = d
	}
	return out, explain(rows.Err())
}
