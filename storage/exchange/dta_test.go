package exchange_test

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// answers is a dataset with choices, several choices, special answers and a long text.
func answers() *trial {
	d := &trial{Dataset: exchange.Dataset{Name: "Mapping the SSE landscape, सहकारी"}, Fields: []exchange.Field{
		{Name: "name", Kind: survey.String, Label: "What is the organization called?"},
		{Name: "members", Kind: survey.Integer, Label: "How many members?"},
		{Name: "form", Kind: survey.SelectOne, Label: "Form", Choices: []exchange.Choice{{Code: "coop", Label: "सहकारी (cooperative)"}, {Code: "mut", Label: "공제회"}, {Code: "none", Label: "ไม่มี"}}},
		{Name: "rating", Kind: survey.SelectOne, Label: "Rating", Choices: []exchange.Choice{{Code: "3", Label: "good"}, {Code: "-1", Label: "bad"}}},
		{Name: "areas", Kind: survey.SelectMultiple, Label: "Areas", Choices: []exchange.Choice{{Code: "care", Label: "Care"}, {Code: "2nd", Label: "Second"}}},
		{Name: "story", Kind: survey.String},
		{Name: "if", Kind: survey.String}, {Name: strings.Repeat("long_name_", 5), Kind: survey.Decimal}, {Name: strings.Repeat("long_name_", 5) + "b", Kind: survey.Decimal},
	}}
	for i, row := range [][]survey.Value{
		{survey.Of("करुणा"), survey.Of("12"), survey.Of("coop"), survey.Of("3"), survey.Of("care 2nd"), survey.Of("short"), survey.Of("a"), survey.Of("1.5"), {}},
		{survey.Of("สหกรณ์"), {Special: survey.Refused}, {Special: survey.DontKnow}, survey.Of("-1"), survey.Of("2nd"), survey.Of(strings.Repeat("कथा ", 1000)), {}, {Special: survey.NotApplicable}, survey.Of("-2")},
		{survey.Of("한국"), {}, survey.Of("gone"), {}, {}, {}, {}, survey.Of("123456789.25"), survey.Of("x")},
	} {
		d.Features = append(d.Features, exchange.Feature{ID: fmt.Sprint(i), Values: row})
	}
	return d
}

// TestStataMap finds every part of the file where its map says.
func TestStataMap(t *testing.T) {
	for name, d := range map[string]*trial{"answers": answers(), "odd": odd(), "nothing": {Dataset: exchange.Dataset{Name: "Empty"}}} {
		b, err := os.ReadFile(writtenAs(t, "dta", d))
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(b, []byte("<map>"))
		places := make([]uint64, 14)
		if err := binary.Read(bytes.NewReader(b[at+5:]), binary.LittleEndian, places); err != nil {
			t.Fatal(err)
		}
		for i, part := range []string{"<stata_dta>", "<map>", "<variable_types>", "<varnames>", "<sortlist>", "<formats>", "<value_label_names>", "<variable_labels>", "<characteristics>", "<data>", "<strls>", "<value_labels>", "</stata_dta>"} {
			if p := places[i]; p >= uint64(len(b)) || !bytes.HasPrefix(b[p:], []byte(part)) {
				t.Errorf("%s: %s is not at %d", name, part, p)
			}
		}
		if places[13] != uint64(len(b)) {
			t.Errorf("%s: the file ends at %d, not at %d", name, len(b), places[13])
		}
	}
}

// TestStataRead lets ReadStat, which is what R's haven reads with, read the file.
func TestStataRead(t *testing.T) {
	readstat, err := exec.LookPath("readstat")
	if err != nil {
		t.Skip("skipped: readstat (package readstat) is not installed")
	}
	path := writtenAs(t, "dta", answers())
	out := filepath.Join(t.TempDir(), "out.csv")
	if said, err := exec.Command(readstat, path, out).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatal(rows, err)
	}
	long := strings.Repeat("long_name_", 5)[:32]
	want := [][]string{
		{"name", "members", "form", "rating", "areas_care", "areas_2nd", "story", "_if", long, long[:30] + "_2", "lon", "lat"},
		{"करुणा", "12", "1", "3", "1", "1", "short", "a", "1.5"},
		{"สหกรณ์", "", "", "-1", "0", "1", strings.Repeat("कथा ", 1000), "", "", "-2"},
		{"한국", "", "", "", "", "", "", "", "123456789.25"},
	}
	for i, row := range want {
		for k, cell := range row {
			got := rows[i][k]
			a, err1 := strconv.ParseFloat(got, 64)
			b, err2 := strconv.ParseFloat(cell, 64)
			if got != cell && (err1 != nil || err2 != nil || a != b) {
				t.Errorf("row %d, column %d: %q, want %q", i, k, got, cell)
			}
		}
	}
}

// TestHavenReads lets R read the file: words of questions and choices, and why an answer is
// missing.
func TestHavenReads(t *testing.T) {
	if err := exec.Command("Rscript", "-e", "library(haven)").Run(); err != nil {
		t.Skip("skipped: R with haven (package r-cran-haven) is not installed")
	}
	script := `library(haven); d <- read_dta(commandArgs(TRUE)[1]); for (n in names(d)) cat(n, "|", attr(d[[n]], "label"), "|", paste(names(attr(d[[n]], "labels")), attr(d[[n]], "labels"), sep = "=", collapse = "; "), "|", na_tag(as.double(unclass(d[[n]]))), "\n")`
	cmd := exec.Command("Rscript", "-e", script, writtenAs(t, "dta", answers()))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, _ := cmd.CombinedOutput()
	for _, want := range []string{
		"members | How many members? |  | NA r NA", "form | Form | सहकारी (cooperative)=1; 공제회=2; ไม่มี=3 | NA d NA", "rating | Rating | bad=-1; good=3 |", "areas_2nd | Second – Areas |",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}
