package study

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestThin(t *testing.T) {
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC) // a Wednesday
	every := func(n int, step time.Duration) []Backup {
		var bs []Backup
		for i := range n {
			bs = append(bs, Backup{At: noon.Add(-time.Duration(i) * step)})
		}
		return bs
	}
	for name, c := range map[string]struct {
		bs   []Backup
		kept int
	}{
		"none":                   {nil, 0},
		"ten in an hour":         {every(10, time.Minute), 10},
		"a hundred in two hours": {every(100, time.Minute), 10},
		"a day, every 20 min":    {every(72, 20*time.Minute), 11},         // and the newest of the day before
		"one a day for a month":  {every(30, 24*time.Hour), 14 + 2},       // and the Sundays 8 and 1 November
		"one a week for a year":  {every(52, 7*24*time.Hour), 14},         // as many days
		"three a day for a year": {every(1095, 8*time.Hour), 10 + 10 + 5}, // the ten newest are of 4 days
	} {
		t.Run(name, func(t *testing.T) {
			got := len(c.bs) - len(thin(c.bs))
			if got != c.kept {
				t.Errorf("%d are kept, want %d", got, c.kept)
			}
		})
	}
	bad := every(30, time.Minute)
	for i := range 29 {
		bad[i].Problem = "damaged"
	}
	if got := thin(bad); len(got) != 0 {
		t.Errorf("with one good backup, %v would go", got)
	}
}

// TestThinLaws: the only good one and the ten newest good ones stay, no more than 32
// stay, every day among the newest 14 keeps its newest, and thinning twice does no
// more than once.
func TestThinLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		n := rapid.IntRange(0, 120).Draw(t, "n")
		bs := make([]Backup, n)
		for i := range bs {
			bs[i].At = start.Add(time.Duration(rapid.Int64Range(0, int64(200*24*time.Hour)).Draw(t, "at")))
			if rapid.IntRange(0, 4).Draw(t, "bad") == 0 {
				bs[i].Problem = "damaged"
			}
		}
		sortBackups(bs)
		remove := thin(bs)
		var left []Backup
		good, seen := 0, map[string]bool{}
		for i, b := range bs {
			gone := slices.Contains(remove, i)
			if !gone {
				left = append(left, b)
			}
			if b.Problem != "" {
				continue
			}
			good++
			day := b.At.Format("060102")
			if gone && (good <= 10 || !seen[day] && len(seen) < 14) {
				t.Fatalf("number %d of %s is gone", good, b.At)
			}
			seen[day] = true
		}
		if again := thin(left); len(again) > 0 {
			t.Fatalf("thinned again, %d more go", len(again))
		}
		kept := 0
		for _, b := range left {
			if b.Problem == "" {
				kept++
			}
		}
		if good > 0 && kept == 0 || kept > 32 {
			t.Fatalf("%d of %d good ones are kept", kept, good)
		}
	})
}
