package study

import "fmt"

// LimitPages lets the database grow to so many pages and no further, which is how
// a full disk looks to it.
func (s *Study) LimitPages(n int) {
	if _, err := s.db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
		panic(err)
	}
}
