package xlsform

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey"
	"sselandscape/survey/expr"
	"sselandscape/survey/interview"
	"sselandscape/survey/xform"
)

var update = flag.Bool("update", false, "write the table of the README anew")

// supported is a line of the support matrix. Its status is "works"; "kept": read,
// kept and written, but not acted upon here; or "refused".
type supported struct{ area, name, status, note string }

func supportMatrix(t *testing.T) []supported {
	t.Helper()
	f, err := os.Open("support.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []supported
	for _, r := range rows[1:] {
		s := supported{r[0], r[1], r[2], r[3]}
		if slices.ContainsFunc(out, func(o supported) bool { return o.area == s.area && o.name == s.name }) {
			t.Errorf("%s %s stands twice", s.area, s.name)
		}
		out = append(out, s)
	}
	return out
}

// namesOf lists what the matrix says of an area, in order.
func namesOf(all []supported, area string) []string {
	var out []string
	for _, s := range all {
		if s.area == area {
			out = append(out, s.name)
		}
	}
	slices.Sort(out)
	return out
}

// TestSupportOfTypes makes a form with a question of every type of the matrix and
// takes it through all of the engine; and every type that is read is in the matrix.
func TestSupportOfTypes(t *testing.T) {
	all := supportMatrix(t)
	for _, s := range all {
		if s.area != "type" || strings.HasPrefix(s.name, "end ") && s.name != "end time" {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			f, ps := Parse(formOfType(s.name))
			if f == nil || survey.Unusable(ps) {
				t.Fatal(ps)
			}
			if said := strings.Contains(fmt.Sprint(ps), "stay"); said && s.status != "kept" {
				t.Errorf("the matrix says %s, the reader %v", s.status, ps)
			}
			p, ps := interview.Compile(f)
			if p == nil {
				t.Fatal(ps)
			}
			p.Start(interview.World{})
			var w strings.Builder
			if err := xform.Write(&w, f); err != nil {
				t.Fatal(err)
			}
			again, ps := xform.Read(strings.NewReader(w.String()))
			if again == nil || survey.Unusable(ps) {
				t.Fatal(ps)
			}
		})
	}
	listed := namesOf(all, "type")
	for k := range kinds {
		if !slices.Contains(listed, k) && !slices.Contains(listed, strings.ReplaceAll(k, "_", " ")) {
			t.Errorf("the type %q is read, but not in the matrix", k)
		}
	}
	for k := range selects {
		if !slices.Contains(listed, k) {
			t.Errorf("the type %q is read, but not in the matrix", k)
		}
	}
}

// formOfType is a form with one question of a type and what that needs.
func formOfType(name string) Book {
	row := map[string]string{"type": name, "name": "q", "label": "Q"}
	kind := strings.TrimSuffix(name, " … or_other")
	_, selects := selects[kind]
	switch {
	case strings.Contains(name, "or_other"):
		row["type"] = kind + " l or_other"
	case strings.Contains(name, "from_file") || strings.Contains(name, "from file"):
		row["type"] = name + " towns.csv"
	case selects:
		row["type"] = name + " l"
	case strings.HasSuffix(name, "loop"):
		row["type"] = name + " over l"
	case name == "calculate":
		row["calculation"] = "1"
	case name == "background-geopoint":
		row["trigger"] = "${first}"
	case name == "audit":
		row["name"] = "audit"
	}
	heads := []string{"type", "name", "label", "calculation", "trigger"}
	line := func(m map[string]string) []string {
		var out []string
		for _, h := range heads {
			out = append(out, m[h])
		}
		return out
	}
	rows := [][]string{heads, {"text", "first", "First"}, line(row)}
	if rest, begins := strings.CutPrefix(name, "begin "); begins {
		rows = append(rows, []string{"text", "inside", "Inside"}, []string{"end " + rest})
	}
	list := [][]string{{"list_name", "name", "label"}, {"l", "a", "A"}, {"l", "b", "B"}}
	return Book{Name: "types", Sheets: []Sheet{{Name: "survey", Rows: rows}, {Name: "choices", Rows: list}, {Name: "external_choices", Rows: list}}}
}

// TestSupportOfNames holds the matrix against what the reader and the expression
// language know.
func TestSupportOfNames(t *testing.T) {
	all := supportMatrix(t)
	if d := cmp.Diff(expr.Functions(), namesOf(all, "function")); d != "" {
		t.Errorf("functions (-known +matrix):\n%s", d)
	}
	for area, known := range map[string][]string{"column": surveyColumns, "choices column": choiceColumns, "setting": settingsColumns} {
		listed := namesOf(all, area)
		for _, k := range known {
			if !slices.Contains(listed, k) {
				t.Errorf("the %s %s is read, but not in the matrix", area, k)
			}
		}
	}
	for _, s := range all {
		if s.area != "column" || strings.HasSuffix(s.name, "::x") {
			continue
		}
		if c := surveySheet.header(s.name); !slices.Contains(surveyColumns, c.name) && !strings.Contains(c.name, "::") {
			t.Errorf("the column %s of the matrix is not known", s.name)
		}
	}
	for _, s := range all {
		if s.status != "works" && s.status != "kept" && s.status != "refused" {
			t.Errorf("%s %s has the status %q", s.area, s.name, s.status)
		}
	}
}

const (
	tableBegins = "<!-- support: made by go test ./survey/xlsform -run Support -update -->\n"
	tableEnds   = "<!-- end of support -->"
)

// TestSupportInReadme compares the README's table with the matrix.
func TestSupportInReadme(t *testing.T) {
	const file = "../../README.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), tableBegins)
	old, after, ok2 := strings.Cut(rest, tableEnds)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	want := supportTable(supportMatrix(t))
	if *update {
		if err := os.WriteFile(file, []byte(before+tableBegins+want+tableEnds+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, old); d != "" {
		t.Errorf("the README is behind the matrix; write it anew with -update (-matrix +readme):\n%s", d)
	}
}

// supportTable writes a line per area and status.
func supportTable(all []supported) string {
	var keys []supported
	lists := map[supported][]string{}
	for _, s := range all {
		k := supported{area: s.area, status: s.status, note: s.note}
		if lists[k] == nil {
			keys = append(keys, k)
		}
		lists[k] = append(lists[k], "`"+s.name+"`")
	}
	var b strings.Builder
	b.WriteString("| | | |\n| --- | --- | --- |\n")
	for _, k := range keys {
		status := k.status
		if k.note != "" {
			status += ": " + k.note
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", k.area, status, strings.Join(lists[k], " "))
	}
	return b.String()
}
