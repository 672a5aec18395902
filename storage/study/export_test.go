package study

import "fmt"

// LimitPages lets the database grow to so many pages and no further, which is how
// a full disk looks to it.
func (s *Study) LimitPages(n int) {
	if _, err := s.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
		panic(err)
	}
}

// DoNotSync lets laws run fast: they are not about crashes.
func (s *Study) DoNotSync() {
	if _, err := s.db.Exec("PRAGMA synchronous = OFF"); err != nil {
		panic(err)
	}
}

// Derived writes down what is derived, without numbers that belong to this file.
func (s *Study) Derived() []string {
	var out []string
	for _, q := range []string{
		`SELECT 'current ' || entity || ' ' || kind || ' ' || form || ' ' || form_version || ' ' || form_lamport || ' ' || form_revision || ' ' || revisions || ' ' || contested || ' ' || deleted FROM current ORDER BY entity`,
		`SELECT 'head ' || current.entity || ' ' || field.name || ' ' || revision.id || ' ' || head.value || ' ' || head.replaced FROM head JOIN current ON current.n = head.entity JOIN field ON field.n = head.field JOIN revision ON revision.n = head.revision ORDER BY 1`,
		`SELECT 'absent ' || current.entity || ' ' || field.name || ' ' || absent.revision FROM absent JOIN current ON current.n = absent.entity JOIN field ON field.n = absent.field ORDER BY 1`,
	} {
		rows, err := s.db.Query(q)
		if err != nil {
			panic(err)
		}
		lines, err := scanStrings(rows)
		if err != nil {
			panic(err)
		}
		out = append(out, lines...)
	}
	return out
}
