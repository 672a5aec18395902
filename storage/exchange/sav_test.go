package exchange_test

import (
	"bytes"
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

// longAnswers is answers with texts of many lengths, dates, and numbers at the edge of what
// special answers are.
func longAnswers() *trial {
	d := answers()
	d.Fields = append(d.Fields, exchange.Field{Name: "founded", Kind: survey.Date, Label: "When?"}, exchange.Field{Name: "low", Kind: survey.Integer, Label: "Low"})
	for i := range 3 {
		d.Features[i].Values = append(d.Features[i].Values, survey.Of([]string{"1844-12-21", "2026-03-02", "never"}[i]), survey.Of([]string{"-97", "250", "-1234567.5"}[i]))
	}
	d.Features[2].Values[len(d.Fields)-1] = survey.Value{Special: survey.NotApplicable}
	for n := 1; n < 600; n += 41 {
		d.Fields = append(d.Fields, exchange.Field{Name: fmt.Sprint("text", n), Kind: survey.String})
		for i := range d.Features {
			d.Features[i].Values = append(d.Features[i].Values, survey.Of(strings.Repeat("कa", n)[:n/4*4+i]))
		}
	}
	return d
}

// TestSPSSRead lets ReadStat, which is what R's haven reads with, read the file: every value
// comes back.
func TestSPSSRead(t *testing.T) {
	readstat, err := exec.LookPath("readstat")
	if err != nil {
		t.Skip("skipped: readstat (package readstat) is not installed")
	}
	d := longAnswers()
	out := filepath.Join(t.TempDir(), "out.csv")
	if said, err := exec.Command(readstat, writtenAs(t, "sav", d), out).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, said)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatal(len(rows), err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for i, f := range d.Features {
		for k, field := range d.Fields {
			c, ok := column[field.Name]
			if !ok || field.Kind == survey.SelectOne || field.Kind == survey.Date || f.Values[k].Special != "" {
				continue
			}
			got, want := rows[i+1][c], f.Values[k].Text
			a, err1 := strconv.ParseFloat(got, 64)
			b, err2 := strconv.ParseFloat(want, 64)
			if strings.TrimRight(got, " ") != strings.TrimRight(strings.ToValidUTF8(want, "\ufffd"), " ") && (err1 != nil || err2 != nil || a != b) && err2 == nil {
				t.Errorf("%s, row %d: %q, want %q", field.Name, i, got, want)
			}
			if field.Kind == survey.String && strings.TrimRight(got, " ") != strings.TrimRight(strings.ToValidUTF8(want, "\ufffd"), " ") {
				t.Errorf("%s, row %d: %q, want %q", field.Name, i, got, want)
			}
		}
	}
}

// TestHavenReadsSPSS: words of questions and choices, dates, and special answers that are
// declared missing, below the least number.
func TestHavenReadsSPSS(t *testing.T) {
	if err := exec.Command("Rscript", "-e", "library(haven)").Run(); err != nil {
		t.Skip("skipped: R with haven (package r-cran-haven) is not installed")
	}
	script := `library(haven); d <- read_sav(commandArgs(TRUE)[1], user_na = TRUE); for (n in names(d)) cat(n, "|", attr(d[[n]], "label"), "|", paste(names(attr(d[[n]], "labels")), attr(d[[n]], "labels"), sep = "=", collapse = "; "), "|", paste(attr(d[[n]], "na_values"), collapse = " "), "|", if (is.numeric(d[[n]])) paste(unclass(d[[n]]), collapse = " ") else paste(d[[n]], collapse = " "), "\n"); cat("founded", format(d$founded), "\n")`
	cmd := exec.Command("Rscript", "-e", script, writtenAs(t, "sav", longAnswers()))
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, _ := cmd.CombinedOutput()
	for _, want := range []string{
		"members | How many members? | don't know=-97; refused=-98; not applicable=-99 | -97 -98 -99 | 12 -98 NA",
		"form | Form | सहकारी (cooperative)=1; 공제회=2; ไม่มี=3; don't know=-97; refused=-98; not applicable=-99 | -97 -98 -99 | 1 -97 NA",
		"low | Low | don't know=-977; refused=-978; not applicable=-979 | -977 -978 -979 | -97 250 -979",
		"rating | Rating | bad=-1; good=3 |", "areas_2nd | Second – Areas |", "founded 1844-12-21 2026-03-02 NA",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// TestPSPPReads lets PSPP read the file, with its texts, words and sets of choices.
func TestPSPPReads(t *testing.T) {
	pspp, err := exec.LookPath("pspp")
	if err != nil {
		t.Skip("skipped: pspp (package pspp) is not installed")
	}
	dir := t.TempDir()
	script := filepath.Join(dir, "a.sps")
	path := writtenAs(t, "sav", longAnswers())
	text := fmt.Sprintf("GET FILE='%s'.\nDISPLAY DICTIONARY.\nMRSETS /DISPLAY NAME=ALL.\nFREQUENCIES form members.\nLIST name story.\n", path)
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(pspp, "-O", "format=csv", script)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil || bytes.Contains(out, []byte("error")) || bytes.Contains(out, []byte("warning")) {
		t.Errorf("%v %s", err, out)
	}
	for _, want := range []string{"सहकारी (cooperative)", "공제회", "สหกรณ์", "$areas", "don't know", "How many members?"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
}
