package exchange_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// evil are texts that are markup, formulas or no characters.
var evil = []string{`</labl><script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `]]>`, `&amp;&#0;`, "nul\x00bell\x07\ufffe", `=cmd|'/c calc'!A1`, "{{.}}", "*/</style><script>", "\xff\xfe", "\u202eabc", "-->"}

// hostileDataset has such texts wherever a text may stand.
func hostileDataset() *exchange.Dataset {
	d := &exchange.Dataset{Name: strings.Join(evil, " ")}
	var values []survey.Value
	for i, s := range evil {
		w := exchange.Wording{Hint: s, Guidance: s, Note: s, Others: []exchange.Translation{{Language: s, Text: s}, {Language: "ne", Text: s}}, Specials: []survey.Special{survey.Refused}}
		f := exchange.Field{Name: s, Label: s, Group: s, Class: survey.Class(s), Wording: w, Kind: survey.String}
		values = append(values, survey.Of(s))
		if i%2 == 0 {
			f.Kind, f.Choices = survey.SelectOne, []exchange.Choice{{Code: s, Label: s, Others: w.Others}, {Code: s, Label: "twice"}}
		}
		d.Fields = append(d.Fields, f)
		d.About.Groups = append(d.About.Groups, exchange.Group{Name: s, Label: s, Others: w.Others})
		d.About.Countries = append(d.About.Countries, exchange.Country{Code: s, Name: s})
		d.About.LeftOut = append(d.About.LeftOut, exchange.LeftOut{Name: s, Why: s})
	}
	all := strings.Join(evil, "")
	a := &d.About
	a.Profile, a.Leaves, a.Places, a.FormID, a.FormTitle, a.FormVersion, a.Language, a.Producers = all, all, all, all, all, all, all, evil
	a.Counted = func() exchange.Counted {
		return exchange.Counted{First: all, Last: all + "2", Withheld: map[string]int{all: 1}}
	}
	d.Rows = exchange.RowsOf(exchange.Feature{ID: "1", Values: values})
	d.Repeats = []*exchange.Table{{Name: all, Label: all, Fields: d.Fields, Rows: exchange.RowsOf(exchange.Feature{ID: all, Parent: all, Values: values})}}
	return d
}

// TestDocumentationHostile lets no text become markup, and no character break a file.
func TestDocumentationHostile(t *testing.T) {
	d := hostileDataset()
	b := streamed(t, "ddi", d)
	root := checkDDI(t, b)
	if got := root.all("titl")[1].Text; !strings.Contains(got, evil[0]) || strings.ContainsRune(got, 0) {
		t.Errorf("the title is %q", got)
	}
	page := string(streamed(t, "codebook", d))
	for _, tag := range regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) {
		if strings.Contains(tag, "script") || strings.Contains(tag, "<img") || regexp.MustCompile(`\son[a-z]+=`).MatchString(tag) {
			t.Errorf("a text became %s", tag)
		}
	}
	if !strings.Contains(page, "&lt;script&gt;") || strings.ContainsAny(page, "\x00\x07") {
		t.Error("texts are lost, or control characters stayed")
	}
	for name, b := range packageFiles(t, streamed(t, "datapackage", d)) {
		if strings.HasPrefix(name, "/") || strings.Contains(name, "..") || strings.Contains(name, `\`) {
			t.Errorf("the file %q leads out of the package", name)
		}
		if !utf8.Valid(b) {
			t.Errorf("%q is not in UTF-8", name)
		}
	}
	checkPackage(t, streamed(t, "datapackage", d))
}

func packageFiles(t testing.TB, b []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return out
}

// drawn is a random dataset.
func drawn(r *rapid.T) *exchange.Dataset {
	codes := []string{"a", "b", "c", "d"}
	var choices []exchange.Choice
	for _, c := range codes {
		choices = append(choices, exchange.Choice{Code: c, Label: "Choice " + c})
	}
	d := &exchange.Dataset{Name: "Drawn"}
	d.Fields = []exchange.Field{{Name: "one", Kind: survey.SelectOne, Choices: choices}, {Name: "many", Kind: survey.SelectMultiple, Choices: choices}, {Name: "n", Kind: survey.Decimal}, {Name: "text", Kind: survey.String}}
	special := rapid.SampledFrom([]survey.Value{{}, {Special: survey.DontKnow}, {Special: survey.Refused}, {Special: survey.NotApplicable}})
	one := rapid.OneOf(rapid.Map(rapid.SampledFrom(append(codes, "old")), survey.Of), special)
	many := rapid.OneOf(rapid.Map(rapid.SliceOfNDistinct(rapid.SampledFrom(append(codes, "old")), 1, 4, rapid.ID), func(s []string) survey.Value { return survey.Of(strings.Join(s, " ")) }), special)
	number := rapid.OneOf(rapid.Map(rapid.IntRange(-50, 50), func(n int) survey.Value { return survey.Of(strconv.FormatFloat(float64(n)/4, 'f', -1, 64)) }), special, rapid.Just(survey.Of("much")))
	text := rapid.OneOf(rapid.Just(survey.Of("x")), special)
	var rows []exchange.Feature
	for i := range rapid.IntRange(0, 60).Draw(r, "rows") {
		rows = append(rows, exchange.Feature{ID: fmt.Sprint(i), Values: []survey.Value{one.Draw(r, "one"), many.Draw(r, "many"), number.Draw(r, "n"), text.Draw(r, "text")}})
	}
	d.Rows = exchange.RowsOf(rows...)
	return d
}

// column lists the answers in a column.
func column(t interface{ Fatal(...any) }, d *exchange.Dataset, i int) (out []survey.Value) {
	for f, err := range d.Rows(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f.Values[i])
	}
	return out
}

// TestCodebookLaw compares counts with those of reckoning each by itself.
func TestCodebookLaw(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		d := drawn(r)
		c, err := exchange.CodebookOf(ctx, d)
		if err != nil {
			r.Fatal(err)
		}
		for i, v := range c.Tables[0].Variables {
			vs := column(r, d, i)
			count := func(is func(v survey.Value) bool) (n int) {
				for _, v := range vs {
					if is(v) {
						n++
					}
				}
				return n
			}
			answered := func(v survey.Value) bool { return v.Special == "" && v.Text != "" }
			if v.Valid.N != count(answered) || v.Missing.N != len(vs)-count(answered) {
				r.Fatalf("%s: %v valid, %v missing", v.Name, v.Valid, v.Missing)
			}
			for _, f := range v.Codes {
				want := count(func(v survey.Value) bool {
					fields := strings.Fields(v.Text)
					return v.Special == "" && (slices.Contains(fields, f.Code) || f.Code == "" && slices.Contains(fields, "old"))
				})
				if f.N != want {
					r.Fatalf("%s: %s has %d rows, want %d", v.Name, f.Code, f.N, want)
				}
			}
			sum := 0
			for _, f := range v.Reasons {
				if want := count(func(v survey.Value) bool { return string(v.Special) == f.Code && !answered(v) }); f.N != want {
					r.Fatalf("%s: missing %s has %d rows, want %d", v.Name, f.Code, f.N, want)
				}
				sum += f.N
			}
			if sum != v.Missing.N {
				r.Fatalf("%s: reasons of %d of %d", v.Name, sum, v.Missing.N)
			}
			if v.Name == "n" {
				checkSummary(r, v.Summary, vs)
			}
		}
	})
}

func checkSummary(r *rapid.T, s *exchange.Summary, vs []survey.Value) {
	var xs []float64
	for _, v := range vs {
		if x, err := strconv.ParseFloat(v.Text, 64); err == nil && v.Special == "" {
			xs = append(xs, x)
		}
	}
	if len(xs) == 0 {
		if s != nil {
			r.Fatal("a summary of nothing")
		}
		return
	}
	mean, squares := 0.0, 0.0
	for _, x := range xs {
		mean += x / float64(len(xs))
	}
	for _, x := range xs {
		squares += (x - mean) * (x - mean)
	}
	want := exchange.Summary{Mean: mean, Min: slices.Min(xs), Max: slices.Max(xs), Extremes: true}
	if len(xs) > 1 {
		want.Deviation = math.Sqrt(squares / float64(len(xs)-1))
	}
	if math.Abs(s.Mean-want.Mean) > 1e-9 || math.Abs(s.Deviation-want.Deviation) > 1e-9 || s.Min != want.Min || s.Max != want.Max || !s.Extremes {
		r.Fatalf("%+v, want %+v", *s, want)
	}
}

// TestSuppressionLaw tells no count of fewer than three rows, nor lets one be reckoned: the
// parts of a sum that is told are all told, or at least two are not, with three rows or none.
func TestSuppressionLaw(t *testing.T) {
	const least = 3
	rapid.Check(t, func(r *rapid.T) {
		d := drawn(r)
		whole, err := exchange.CodebookOf(ctx, d)
		if err != nil {
			r.Fatal(err)
		}
		d.About.Least = least
		c, err := exchange.CodebookOf(ctx, d)
		if err != nil {
			r.Fatal(err)
		}
		for i, v := range c.Tables[0].Variables {
			w := whole.Tables[0].Variables[i]
			if v.Summary != nil && (v.Summary.Extremes || v.Summary.Min != 0 || v.Summary.Max != 0) {
				r.Fatal("extremes are told")
			}
			hidden, hiddenRows := 0, 0
			part := func(told, is exchange.Count) {
				if told.Suppressed {
					hidden, hiddenRows = hidden+1, hiddenRows+is.N
					if told.N != 0 {
						r.Fatal("a suppressed count is kept")
					}
				} else if told.N != is.N || 0 < told.N && told.N < least {
					r.Fatalf("%s: %v of %v is told", v.Name, told, is)
				}
			}
			sumTold := func() {
				// The number of all rows is told; of fewer than least nothing else is.
				if c.Tables[0].Cases >= least && hiddenRows > 0 && (hidden < 2 || hiddenRows < least) {
					r.Fatalf("%s: %d counts of together %d rows can be reckoned", v.Name, hidden, hiddenRows)
				}
				hidden, hiddenRows = 0, 0
			}
			if v.Valid.Suppressed != v.Missing.Suppressed {
				r.Fatal("one total tells the other")
			}
			switch {
			case w.Name == "many": // each choice is a table of two by itself
				for k, f := range v.Codes {
					if n := w.Codes[k].N; !f.Suppressed && (n < least || 0 < w.Valid.N-n && w.Valid.N-n < least) {
						r.Fatalf("%s of %d is told with %d others", f.Code, n, w.Valid.N-n)
					}
				}
			case len(v.Codes) > 0:
				for k := range v.Codes {
					part(v.Codes[k].Count, w.Codes[k].Count)
				}
			case v.Valid.Suppressed:
				hidden, hiddenRows = 1, w.Valid.N
			}
			if !v.Valid.Suppressed {
				part(v.Valid, w.Valid)
				part(v.Missing, w.Missing)
				sumTold()
			}
			for k := range v.Reasons {
				part(v.Reasons[k].Count, w.Reasons[k].Count)
			}
			if w.Name != "many" || !v.Valid.Suppressed {
				sumTold()
			}
		}
	})
}

// packageJSON is the descriptor of a package.
type packageJSON struct {
	Schema       string `json:"$schema"`
	Name         string
	Resources    []packageResource
	Contributors []struct{ Title string }
}

type packageResource struct {
	Name, Path, Type, Hash, Mediatype string
	Bytes                             int
	Schema                            *packageSchema
}

type packageSchema struct {
	Fields []struct {
		Name, Type, Title string
		Categories        []struct{ Value, Label string }
		Choices           []struct{ Value, Label string }
	}
	PrimaryKey  []string
	ForeignKeys []struct {
		Fields    []string
		Reference struct {
			Resource string
			Fields   []string
		}
	}
}

// checkPackage checks the descriptor of a package against its files: sizes, hashes, columns,
// keys. It returns the rows of each table, too.
func checkPackage(t testing.TB, b []byte) (p packageJSON, files map[string][]byte, tables map[string][][]string) {
	t.Helper()
	files, tables = packageFiles(t, b), map[string][][]string{}
	if err := json.Unmarshal(files["datapackage.json"], &p); err != nil {
		t.Fatal(err)
	}
	for _, r := range p.Resources {
		b := files[r.Path]
		sum := sha256.Sum256(b)
		if len(b) == 0 || len(b) != r.Bytes || r.Hash != "sha256:"+hex.EncodeToString(sum[:]) || r.Mediatype == "" {
			t.Errorf("%s: %d bytes, %+v", r.Path, len(b), r)
		}
		if r.Schema == nil {
			continue
		}
		rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		tables[r.Name] = rows
		var columns []string
		for _, f := range r.Schema.Fields {
			columns = append(columns, f.Name)
		}
		if d := cmp.Diff(columns, rows[0]); d != "" {
			t.Errorf("%s: %s", r.Path, d)
		}
	}
	for _, r := range p.Resources {
		if r.Schema == nil {
			continue
		}
		for _, k := range r.Schema.ForeignKeys {
			there := cells(tables[k.Reference.Resource], k.Reference.Fields[0])
			for _, c := range cells(tables[r.Name], k.Fields[0]) {
				if !slices.Contains(there, c) {
					t.Errorf("%s: %q is not in %s", r.Path, c, k.Reference.Resource)
				}
			}
		}
	}
	return p, files, tables
}

// cells are those of a column.
func cells(rows [][]string, name string) (out []string) {
	at := slices.Index(rows[0], name)
	for _, r := range rows[1:] {
		out = append(out, r[at])
	}
	return out
}

// TestDataPackage compares a package with what it should be.
func TestDataPackage(t *testing.T) {
	d := documented()
	first := streamed(t, "datapackage", d)
	if !bytes.Equal(first, streamed(t, "datapackage", d)) {
		t.Error("a second package is another one")
	}
	p, files, tables := checkPackage(t, first)
	if p.Schema != "https://datapackage.org/profiles/2.0/datapackage.json" || p.Name != "by-hand" || len(p.Contributors) != 1 {
		t.Errorf("%+v", p)
	}
	var names []string
	for _, r := range p.Resources {
		names = append(names, r.Path)
	}
	if d := cmp.Diff([]string{"data/units.csv", "data/branch.csv", "data/units.geojson", "codebook.html", "ddi.xml"}, names); d != "" {
		t.Error(d)
	}
	units := p.Resources[0].Schema
	if d := cmp.Diff([][]string{{"unit_id", "form", "needs", "members", "members_missing", "lon", "lat"}, {"u1", "coop", "w r", "10", "", "85", "27"}}, tables["units"][:2]); d != "" {
		t.Error(d)
	}
	if got := tables["units"][4][3:5]; !slices.Equal(got, []string{"", "refused"}) {
		t.Errorf("the refused answer is %q", got)
	}
	var types []string
	for _, f := range units.Fields {
		types = append(types, f.Type)
	}
	if d := cmp.Diff([]string{"string", "string", "list", "integer", "string", "number", "number"}, types); d != "" {
		t.Error(d)
	}
	if f := units.Fields[1]; f.Title != "Which form?" || len(f.Categories) != 0 || len(f.Choices) != 2 {
		t.Errorf("a question with a code that is no choice: %+v", f)
	}
	branch := p.Resources[1].Schema
	k := branch.ForeignKeys[0]
	if !slices.Equal(units.PrimaryKey, []string{"unit_id"}) || !slices.Equal(branch.PrimaryKey, []string{"row_id"}) || k.Fields[0] != "parent_id" || k.Reference.Resource != "units" || k.Reference.Fields[0] != "unit_id" {
		t.Errorf("%+v", branch)
	}
	root := checkDDI(t, files["ddi.xml"])
	for _, v := range root.all("var") {
		at, err := strconv.Atoi(v.all("location")[0].attr("StartPos"))
		table := tables["units"]
		if v.attr("files") == "F2" {
			table = tables["branch"]
		}
		if err != nil || table[0][at-1] != v.attr("name") {
			t.Errorf("%s does not stand in column %d", v.attr("name"), at)
		}
	}
	if got := root.all("fileName")[1].Text; got != "data/branch.csv" {
		t.Error(got)
	}
}

// TestDataPackageCategories are the choices where every answer is one of them.
func TestDataPackageCategories(t *testing.T) {
	d := documented()
	d.Fields = slices.Clone(d.Fields)
	d.Fields[1].Choices = append(slices.Clone(d.Fields[1].Choices), exchange.Choice{Code: "old", Label: "Old"})
	text := string(packageFiles(t, streamed(t, "datapackage", d))["datapackage.json"])
	flat := strings.Join(strings.Fields(text), "")
	if want := `"type":"string","categories":[{"value":"coop","label":"Cooperative"},{"value":"mut","label":"Mutual"},{"value":"old","label":"Old"}],"constraints":{"enum":["coop","mut","old"]}`; !strings.Contains(flat, want) {
		t.Error(text)
	}
}

// TestDocumentationSizes writes nothing, one row and ten thousand.
func TestDocumentationSizes(t *testing.T) {
	for _, n := range []int{0, 1, 10_000} {
		d := documented()
		d.Rows = many(n, nil)
		root := checkDDI(t, streamed(t, "ddi", d))
		if got := root.all("caseQnty")[0].Text; got != fmt.Sprint(n) {
			t.Errorf("%d rows: %s cases", n, got)
		}
		if page := streamed(t, "codebook", d); !bytes.Contains(page, fmt.Appendf(nil, "<p class=\"soft\">%d rows, 6 variables.</p>", n)) || !bytes.HasSuffix(page, []byte("</html>\n")) {
			t.Errorf("%d rows: the page does not say so", n)
		}
		rows, err := csv.NewReader(bytes.NewReader(packageFiles(t, streamed(t, "datapackage", d))["data/units.csv"])).ReadAll()
		if err != nil || len(rows) != n+1 {
			t.Errorf("%d rows: %d in the package, %v", n, len(rows), err)
		}
	}
	checkDDI(t, streamed(t, "ddi", &exchange.Dataset{Table: exchange.Table{Rows: exchange.RowsOf()}}))
}

// many gives rows that are made as they are asked for; after the last of them last is called.
func many(n int, last func()) exchange.Rows {
	return func(ctx context.Context) iter.Seq2[*exchange.Feature, error] {
		return func(yield func(*exchange.Feature, error) bool) {
			for i := range n {
				id := fmt.Sprintf("unit %d with a name that takes some room", i)
				f := &exchange.Feature{ID: id, Geometry: orb.Point{85, 27}, Values: []survey.Value{survey.Of(id), survey.Of([]string{"coop", "mut"}[i%2]), survey.Of("w"), survey.Of(fmt.Sprint(i))}}
				if !yield(f, ctx.Err()) {
					return
				}
			}
			if last != nil {
				last()
			}
		}
	}
}

// TestDocumentationMemory keeps no rows: as much is in use after many as after few.
func TestDocumentationMemory(t *testing.T) {
	for _, format := range []string{"ddi", "codebook", "datapackage"} {
		f, _ := exchange.ByName(format)
		use := func(n int) (most uint64) {
			d := documented()
			d.Rows = many(n, func() {
				runtime.GC()
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			})
			if err := f.Write(ctx, io.Discard, d); err != nil {
				t.Fatal(err)
			}
			return most
		}
		few, lots := use(100), use(100_000)
		if lots > few+2<<20 {
			t.Errorf("%s: %d KiB are in use after 100 rows, %d after 100,000", format, few>>10, lots>>10)
		}
	}
}

func BenchmarkDocumentation(b *testing.B) {
	for _, format := range []string{"ddi", "codebook", "datapackage", "csv"} {
		b.Run(format, func(b *testing.B) {
			f, _ := exchange.ByName(format)
			d := documented()
			d.Rows = many(100_000, nil)
			for b.Loop() {
				if err := f.Write(ctx, io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
