package study

import (
	"fmt"
	"slices"
)

// How many backups are kept.
const (
	keepRecent = 10
	keepDays   = 14
	keepWeeks  = 8
)

// thin says which of the backups, the newest first, may go. Kept are the ten newest,
// the newest of each of the last 14 days and of each of the last 8 weeks on which
// there was one. Damaged ones take no place, and go when ten good ones are newer.
func thin(bs []Backup) (remove []int) {
	days, weeks := map[string]bool{}, map[string]bool{}
	good := 0
	for i, b := range bs {
		if b.Problem != "" {
			if good >= keepRecent {
				remove = append(remove, i)
			}
			continue
		}
		good++
		year, week := b.At.ISOWeek()
		keepDay := first(days, b.At.Format("2006-01-02"), keepDays)
		keepWeek := first(weeks, fmt.Sprint(year, "W", week), keepWeeks)
		if good > keepRecent && !keepDay && !keepWeek {
			remove = append(remove, i)
		}
	}
	slices.Sort(remove)
	return remove
}

// first says whether a day or week comes up for the first time and is one of the
// first so many.
func first(seen map[string]bool, key string, limit int) bool {
	if seen[key] || len(seen) >= limit {
		return false
	}
	seen[key] = true
	return true
}
