// Count reads what go test -json writes, prints what failed, and at the end how
// many tests passed, failed and were skipped, and why they were skipped.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"sort"
	"strings"
	"time"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

type key struct{ pkg, test string }

// A test that ran twice, with and without a window, counts once: a failure
// beats a pass, and a pass beats a skip.
var weight = map[string]int{"skip": 1, "pass": 2, "fail": 3}

// place is where a test logged something; what follows is the text.
var place = regexp.MustCompile(`^\s+\S+\.go:\d+: `)

func main() {
	os.Exit(count(os.Stdin, os.Stdout))
}

func count(in io.Reader, out io.Writer) int {
	output := map[key][]string{}
	results := map[key]string{}
	reasons := map[key]string{}
	broken := 0 // packages that failed without a failed test: they did not build, or died
	failedIn := map[string]bool{}
	started := time.Now()

	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadString('\n')
		if err != nil && line == "" {
			break
		}
		var e event
		if json.Unmarshal([]byte(line), &e) != nil {
			fmt.Fprint(out, line) // go's own words, such as a mistake in go.mod
			continue
		}
		k := key{e.Package, e.Test}
		switch e.Action {
		case "build-output":
			fmt.Fprint(out, e.Output)
		case "output":
			output[k] = append(output[k], e.Output)
		case "pass", "fail", "skip":
			if e.Test == "" {
				if e.Action == "fail" && !failedIn[e.Package] {
					broken++
					for _, u := range unfinished(output, e.Package) {
						fmt.Fprint(out, strings.Join(output[u], ""))
						delete(output, u)
					}
				}
				if e.Action != "skip" {
					fmt.Fprintf(out, "%-4s %s %.1fs\n", map[string]string{"pass": "ok", "fail": "FAIL"}[e.Action], e.Package, e.Elapsed)
				}
				delete(failedIn, e.Package)
			} else {
				if e.Action == "fail" {
					failedIn[e.Package] = true
					fmt.Fprintf(out, "FAIL %s %s\n%s", e.Package, e.Test, strings.Join(output[k], ""))
				}
				if e.Action == "skip" {
					reasons[k] = reason(output[k])
				}
				if weight[e.Action] > weight[results[k]] {
					results[k] = e.Action
				}
			}
			delete(output, k)
		}
	}

	n := map[string]int{}
	why := map[string]int{}
	for k, result := range results {
		n[result]++
		if result == "skip" {
			why[reasons[k]]++
		}
	}
	fmt.Fprintln(out)
	for _, r := range sorted(why) {
		fmt.Fprintf(out, "skipped: %s (%d)\n", r, why[r])
	}
	if broken > 0 {
		fmt.Fprintf(out, "packages that did not build or ended early: %d\n", broken)
	}
	fmt.Fprintf(out, "tests took %s\n", time.Since(started).Round(time.Second))
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", n["pass"], n["fail"]+broken, n["skip"])
	if n["fail"]+broken > 0 || len(results) == 0 {
		return 1
	}
	return 0
}

// unfinished lists what still has output in a package that is at its end: the
// tests it died in, and last the package itself.
func unfinished(output map[key][]string, pkg string) []key {
	var keys []key
	for k := range output {
		if k.pkg == pkg && k.test != "" {
			keys = append(keys, k)
		}
	}
	sort.Slice(keys, func(i, j int) bool { return keys[i].test < keys[j].test })
	return append(keys, key{pkg, ""})
}

// reason is what a skipped test said, in one line.
func reason(output []string) string {
	var said []string
	for _, line := range output {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.HasPrefix(trimmed, "=== ") || strings.HasPrefix(trimmed, "--- ") {
			continue
		}
		said = append(said, strings.TrimSpace(place.ReplaceAllString(line, "")))
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.TrimPrefix(strings.Join(said, " "), "skipped: ")
}

func sorted(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
