package surveytest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// ConformanceFolder is where the recorded cases of other tools are: the folder
// that SSE_CONFORMANCE names, from the top of the project where it is relative, or
// else shared/conformance beside the project. Tests run in the folder of their
// package, which is two below the top.
func ConformanceFolder() string {
	top := filepath.Join("..", "..")
	dir := os.Getenv("SSE_CONFORMANCE")
	switch {
	case dir == "":
		return filepath.Join(top, "..", "shared", "conformance")
	case filepath.IsAbs(dir):
		return dir
	}
	return filepath.Join(top, dir)
}

// Recorded reads a file of recorded cases; without it the test is skipped.
func Recorded(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(ConformanceFolder(), filepath.FromSlash(name)))
	if err != nil {
		t.Skip("skipped: no conformance cases beside the project (" + name + ")")
	}
	return b
}

// Tally counts the cases of a suite. The zero Tally is ready.
type Tally struct {
	passed, failed int
	skipped        map[string]int
}

// Count notes a case: passed where why is blank. Failures are listed under -v.
func (c *Tally) Count(t *testing.T, id, why string) {
	t.Helper()
	if why == "" {
		c.passed++
		return
	}
	c.failed++
	if testing.Verbose() {
		t.Logf("%s: %s", id, why)
	}
}

// Skip notes a case that is left out.
func (c *Tally) Skip(reason string) {
	if c.skipped == nil {
		c.skipped = map[string]int{}
	}
	c.skipped[reason]++
}

// Report prints one line, such as
//
//	xpath-vectors: 2018 passed, 0 failed, 300 skipped (full-xpath1 255, random 13)
//
// and fails the test where less than the wanted share passed.
func (c *Tally) Report(t *testing.T, suite string, wanted float64) {
	t.Helper()
	n := 0
	var reasons []string
	for _, r := range slices.Sorted(maps.Keys(c.skipped)) {
		n += c.skipped[r]
		reasons = append(reasons, fmt.Sprintf("%s %d", r, c.skipped[r]))
	}
	line := fmt.Sprintf("%s: %d passed, %d failed, %d skipped", suite, c.passed, c.failed, n)
	if n > 0 {
		line += " (" + strings.Join(reasons, ", ") + ")"
	}
	fmt.Println(line)
	if total := c.passed + c.failed; total > 0 && float64(c.passed) < wanted*float64(total) {
		t.Errorf("%s: %d of %d, wanted %.0f %%", suite, c.passed, total, wanted*100)
	}
}
