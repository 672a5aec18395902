package exchange_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

// The part of DDI-Codebook 2.5 (schema of 2012-01-17, codebook.xsd) that is written: of each
// element what may be in it in this order, where * is any number, ? at most one and ! one; and
// its attributes with what they may be.
var ddiSchema = map[string]struct {
	holds      string
	attributes string // besides ID and xml:lang
}{
	"codeBook":  {"docDscr* stdyDscr* fileDscr* dataDscr* otherMat*", "version=2.5 schemaLocation xmlns xsi"},
	"docDscr":   {"citation? guide? docStatus? docSrc* controlledVocabUsed? notes*", ""},
	"citation":  {"titlStmt! rspStmt? prodStmt? distStmt? serStmt* verStmt* biblCit? holdings* notes*", "MARCURI"},
	"titlStmt":  {"titl! subTitl* altTitl* parTitl* IDNo*", ""},
	"rspStmt":   {"AuthEnty* othId*", ""},
	"prodStmt":  {"producer* copyright? prodDate* prodPlac* software* fundAg* grantNo*", ""},
	"verStmt":   {"version? verResp? notes*", ""},
	"stdyDscr":  {"citation* studyAuthorization* stdyInfo* studyDevelopment* method* dataAccs* othrStdyMat* notes*", "access"},
	"stdyInfo":  {"studyBudget* subject* abstract* sumDscr* qualityStatement? notes* exPostEvaluation*", ""},
	"sumDscr":   {"timePrd* collDate* nation* geogCover* geogUnit* geoBndBox? boundPoly? anlyUnit* universe* dataKind*", ""},
	"fileDscr":  {"fileTxt* locMap? notes*", "URI sdatrefs methrefs pubrefs access"},
	"fileTxt":   {"fileName? fileCitation? fileCont? fileStrc? dimensns? fileType? format? filePlac? dataChck* ProcStat? dataMsng? software* verStmt?", ""},
	"fileStrc":  {"recGrp* notes*", "type=rectangular,hierarchical,relational,nested,other otherType fileStrcRef"},
	"dimensns":  {"caseQnty* varQnty* logRecL* recPrCas* recNumTot*", ""},
	"dataDscr":  {"varGrp* nCubeGrp* var* nCube* notes*", ""},
	"varGrp":    {"labl* txt* concept* defntn? universe? notes*", "type=section,multipleResp,grid,display,repetition,subject,version,iteration,analysis,pragmatic,record,file,randomized,other otherType var varGrp name"},
	"var":       {"location* labl* imputation? security? embargo? respUnit? anlysUnit? qstn* valrng* invalrng* undocCod* universe* TotlResp? sumStat* txt* stdCatgry* catgryGrp* catgry* codInstr* verStmt* concept* derivation? varFormat? geoMap* catLevel* notes*", "name files intrvl=contin,discrete representationType=text,numeric,code,datetime,other"},
	"location":  {"", "StartPos EndPos width RecSegNo fileid locMap"},
	"qstn":      {"preQTxt* qstnLit* postQTxt* forward* backward* ivuInstr*", "qstn var seqNo sdatrefs responseDomainType=text,numeric,code,category,datetime,geographic,multiple,other"},
	"valrng":    {"range* key? notes*", ""},
	"range":     {"", "UNITS=INT,REAL min minExclusive max maxExclusive"},
	"catgry":    {"catValu? labl* txt* catStat* mrow?", "missing=Y,N missType country sdatrefs excls=true,false catgry level access"},
	"catStat":   {"#", "type=freq,percent,crosstab,other otherType URI"},
	"sumStat":   {"#", "type=mean,medn,mode,vald,invd,min,max,stdev,other otherType"},
	"varFormat": {"", "type=character,numeric formatname schema=SAS,SPSS,IBM,ANSI,ISO,XML-Data,other otherSchema category=date,time,currency,other URI"},
	"collDate":  {"#", "date event=start,end,single cycle"},
	"nation":    {"#", "abbr"},
	"version":   {"#", "date type"},
	"fileType":  {"#", "charset"},
	"notes":     {"#", "type subject level resp sdatrefs"},
	"titl":      {"#", ""}, "AuthEnty": {"#", "affiliation"}, "producer": {"#", "abbr affiliation role"}, "software": {"#", "date version"},
	"geogCover": {"#", ""}, "geogUnit": {"#", ""}, "anlyUnit": {"#", "unit"}, "dataKind": {"#", "type"}, "fileName": {"#", ""}, "fileCont": {"#", ""},
	"caseQnty": {"#", ""}, "varQnty": {"#", ""}, "format": {"#", ""}, "labl": {"#", "level vendor country"}, "qstnLit": {"#", ""}, "ivuInstr": {"#", ""},
	"txt": {"#", "level"}, "catValu": {"#", ""}, "concept": {"#", "vocab vocabURI"},
}

// node is an element.
type node struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Kids    []*node    `xml:",any"`
	Text    string     `xml:",chardata"`
}

func (n *node) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (n *node) all(name string) (out []*node) {
	if n.XMLName.Local == name {
		out = append(out, n)
	}
	for _, k := range n.Kids {
		out = append(out, k.all(name)...)
	}
	return out
}

// checkDDI checks a document by the schema, and that its references lead somewhere.
func checkDDI(t testing.TB, b []byte) *node {
	t.Helper()
	root := &node{}
	d := xml.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(root); err != nil {
		t.Fatal(err)
	}
	for x, err := d.Token(); !errors.Is(err, io.EOF); x, err = d.Token() {
		if text, ok := x.(xml.CharData); !ok || strings.TrimSpace(string(text)) != "" {
			t.Fatal("something stands behind the root", x, err)
		}
	}
	ids := map[string]bool{}
	var gather, check func(n *node)
	gather = func(n *node) {
		if id := n.attr("ID"); id != "" {
			if ids[id] {
				t.Errorf("the ID %s is there twice", id)
			}
			ids[id] = true
		}
		for _, k := range n.Kids {
			gather(k)
		}
	}
	gather(root)
	check = func(n *node) {
		checkElement(t, n)
		for _, ref := range []string{"files", "fileid", "var"} {
			for id := range strings.FieldsSeq(n.attr(ref)) {
				if !ids[id] {
					t.Errorf("%s refers to %s, which is not there", n.XMLName.Local, id)
				}
			}
		}
		for _, k := range n.Kids {
			check(k)
		}
	}
	check(root)
	return root
}

func checkElement(t testing.TB, n *node) {
	t.Helper()
	name := n.XMLName.Local
	s, ok := ddiSchema[name]
	if !ok || n.XMLName.Space != "ddi:codebook:2_5" {
		t.Errorf("there is no element %s in %q", name, n.XMLName.Space)
		return
	}
	if s.holds != "#" && strings.TrimSpace(n.Text) != "" {
		t.Errorf("%s holds the text %q", name, n.Text)
	}
	at := 0
	holds := strings.Fields(strings.TrimSuffix(s.holds, "#"))
	count := map[string]int{}
	for _, k := range n.Kids {
		i := slices.IndexFunc(holds, func(h string) bool { return h[:len(h)-1] == k.XMLName.Local })
		if i < at {
			t.Errorf("%s stands in %s where it may not", k.XMLName.Local, name)
			continue
		}
		at = i
		count[k.XMLName.Local]++
	}
	for _, h := range holds {
		c := count[h[:len(h)-1]]
		if h[len(h)-1] == '?' && c > 1 || h[len(h)-1] == '!' && c != 1 {
			t.Errorf("%s has %d of %s", name, c, h)
		}
	}
	for _, a := range n.Attrs {
		if a.Name.Local == "ID" || a.Name.Local == "lang" {
			continue
		}
		i := slices.IndexFunc(strings.Fields(s.attributes), func(d string) bool { d, _, _ = strings.Cut(d, "="); return d == a.Name.Local })
		if i < 0 {
			t.Errorf("%s has the attribute %s", name, a.Name.Local)
		} else if _, may, some := strings.Cut(strings.Fields(s.attributes)[i], "="); some && !slices.Contains(strings.Split(may, ","), a.Value) {
			t.Errorf("%s: %s is %q", name, a.Name.Local, a.Value)
		}
	}
}

// documented is a small dataset whose counts are reckoned by hand.
func documented() *exchange.Dataset {
	refused := survey.Value{Special: survey.Refused}
	fields := []exchange.Field{
		{Name: "unit_id", Kind: survey.String, Class: survey.ClassNone, Wording: exchange.Wording{Note: "identifies the unit"}},
		{Name: "form", Kind: survey.SelectOne, Label: "Which form?", Group: "a", Class: survey.ClassQuasi,
			Choices: []exchange.Choice{{Code: "coop", Label: "Cooperative", Others: []exchange.Translation{{Language: "ne", Text: "सहकारी"}}}, {Code: "mut", Label: "Mutual"}},
			Wording: exchange.Wording{Hint: "Classify by how it works.", Others: []exchange.Translation{{Language: "ne", Text: "कुन?"}, {Language: "ko", Text: "형태"}}}},
		{Name: "needs", Kind: survey.SelectMultiple, Label: "What is needed?", Group: "a", Choices: []exchange.Choice{{Code: "w", Label: "Water"}, {Code: "r", Label: "A road"}}},
		{Name: "members", Kind: survey.Integer, Label: "How many members?", Wording: exchange.Wording{Specials: []survey.Special{survey.DontKnow, survey.Refused}}},
	}
	row := func(id, form, needs string, members survey.Value) exchange.Feature {
		return exchange.Feature{ID: id, Geometry: orb.Point{85, 27}, Values: []survey.Value{survey.Of(id), survey.Of(form), survey.Of(needs), members}}
	}
	rows := []exchange.Feature{row("u1", "coop", "w r", survey.Of("10")), row("u2", "coop", "w", survey.Of("20")), row("u3", "mut", "", survey.Of("60")), row("u4", "old", "r x", refused), row("u5", "", "w", survey.Value{})}
	d := &exchange.Dataset{Name: "By hand", Table: exchange.Table{Fields: fields, Placed: true, Rows: exchange.RowsOf(rows...)}}
	d.Repeats = []*exchange.Table{{Name: "branch", Label: "Branches", Fields: []exchange.Field{{Name: "town", Kind: survey.String, Label: "Town"}},
		Rows: exchange.RowsOf(exchange.Feature{ID: "u1/branch[1]", Parent: "u1", Values: []survey.Value{survey.Of("Pokhara")}}, exchange.Feature{ID: "u3/branch[1]", Parent: "u3", Values: []survey.Value{{}}})}}
	d.About = exchange.About{Profile: "internal", Leaves: "All.", Places: "exact", Producers: []string{"asha"}, Countries: []exchange.Country{{Code: "NPL", Name: "Nepal"}},
		FormID: "f", FormVersion: "1", FormTitle: "The form", Language: "en", Groups: []exchange.Group{{Name: "a", Label: "A. First"}}, LeftOut: []exchange.LeftOut{{Name: "phone", Why: "identifies persons"}},
		Counted: func() exchange.Counted {
			return exchange.Counted{Withheld: map[string]int{"did not agree": 7}, First: "2026-03-01", Last: "2026-03-09"}
		}}
	return d
}

func streamed(t testing.TB, format string, d *exchange.Dataset) []byte {
	t.Helper()
	f, ok := exchange.ByName(format)
	if !ok {
		t.Fatal("no format", format)
	}
	var b bytes.Buffer
	if err := f.Write(ctx, &b, d); err != nil {
		t.Fatal(format, err)
	}
	return b.Bytes()
}

// TestDDI compares what is written of a small dataset with what was reckoned by hand.
func TestDDI(t *testing.T) {
	b := streamed(t, "ddi", documented())
	root := checkDDI(t, b)
	flat := strings.ReplaceAll(string(b), "\n", "")
	for _, want := range []string{
		`<titl>By hand</titl>`, `<AuthEnty>asha</AuthEnty>`, `<nation abbr="NPL">Nepal</nation>`,
		`<collDate date="2026-03-01" event="start">2026-03-01</collDate><collDate date="2026-03-09" event="end">2026-03-09</collDate>`,
		`<notes type="release">Left out (identifies persons): phone.</notes>`, `<notes type="release">Units withheld (did not agree): 7.</notes>`,
		`<caseQnty>5</caseQnty><varQnty>6</varQnty>`, `<caseQnty>2</caseQnty><varQnty>3</varQnty>`, `<version type="questionnaire">The form (f) 1</version>`,
		`<varGrp ID="G1.2" type="section" var="V2 V3" name="a"><labl xml:lang="en">A. First</labl></varGrp>`,
		`<var ID="V2" name="form" files="F1" intrvl="discrete" representationType="code"><location StartPos="2" fileid="F1"/>` +
			`<labl xml:lang="en">Which form?</labl><labl xml:lang="ne">कुन?</labl><labl xml:lang="ko">형태</labl>` +
			`<qstn responseDomainType="category"><qstnLit xml:lang="en">Which form?</qstnLit><qstnLit xml:lang="ne">कुन?</qstnLit><qstnLit xml:lang="ko">형태</qstnLit><ivuInstr xml:lang="en">Classify by how it works.</ivuInstr></qstn>` +
			`<sumStat type="vald">4</sumStat><sumStat type="invd">1</sumStat>` +
			`<catgry><catValu>coop</catValu><labl xml:lang="en">Cooperative</labl><labl xml:lang="ne">सहकारी</labl><catStat type="freq">2</catStat></catgry>` +
			`<catgry><catValu>mut</catValu><labl xml:lang="en">Mutual</labl><catStat type="freq">1</catStat></catgry>` +
			`<catgry><labl>codes that are no choices</labl><catStat type="freq">1</catStat></catgry>` +
			`<catgry missing="Y" missType="blank"><labl>no answer</labl><catStat type="freq">1</catStat></catgry>` +
			`<concept xml:lang="en">A. First</concept>`,
		`<catgry><catValu>w</catValu><labl xml:lang="en">Water</labl><catStat type="freq">3</catStat></catgry><catgry><catValu>r</catValu><labl xml:lang="en">A road</labl><catStat type="freq">2</catStat></catgry>`,
		`<valrng><range UNITS="INT" min="10" max="60"/></valrng><sumStat type="vald">3</sumStat><sumStat type="invd">2</sumStat>` +
			`<sumStat type="min">10</sumStat><sumStat type="max">60</sumStat><sumStat type="mean">30</sumStat><sumStat type="stdev">26.45751311</sumStat>` +
			`<catgry missing="Y" missType="blank"><labl>no answer</labl><catStat type="freq">1</catStat></catgry>` +
			`<catgry missing="Y" missType="dk"><catValu>dk</catValu><labl>don't know</labl><catStat type="freq">0</catStat></catgry>` +
			`<catgry missing="Y" missType="refused"><catValu>refused</catValu><labl>refused</labl><catStat type="freq">1</catStat></catgry>`,
		`<notes type="sensitivity">quasi</notes>`,
	} {
		if !strings.Contains(flat, want) {
			t.Errorf("it has not %s", want)
		}
	}
	if n := len(root.all("var")); n != 9 {
		t.Errorf("%d variables", n)
	}
	if t.Failed() {
		t.Logf("%s", b)
	}
}

// TestDDIForOthers has neither small counts, nor extremes, nor persons, nor days.
func TestDDIForOthers(t *testing.T) {
	d := documented()
	d.About.Profile, d.About.Producers, d.About.Least = "public", nil, 3
	b := streamed(t, "ddi", d)
	root := checkDDI(t, b)
	for _, v := range root.all("var") {
		for _, c := range slices.Concat(v.all("catStat"), v.all("sumStat")) {
			switch {
			case c.attr("type") == "min" || c.attr("type") == "max":
				t.Errorf("%s: %s is told", v.attr("name"), c.attr("type"))
			case c.attr("type") == "freq" && slices.Contains([]string{"0", "1", "2"}, c.Text):
				t.Errorf("%s: the count %s is told", v.attr("name"), c.Text)
			case c.attr("otherType") == "suppressed" && c.Text != "suppressed":
				t.Errorf("%s: %q", v.attr("name"), c.Text)
			}
		}
	}
	for _, no := range []string{"asha", "AuthEnty", "valrng", "2026-03-01", "2026-03-09"} {
		if bytes.Contains(b, []byte(no)) {
			t.Errorf("%s is told", no)
		}
	}
	if !bytes.Contains(b, []byte(`<collDate date="2026-03" event="single">2026-03</collDate>`)) {
		t.Error("the month is not told")
	}
}

// TestDDIChecker finds what is not in the schema, or not in its order.
func TestDDIChecker(t *testing.T) {
	for name, x := range map[string]string{
		"order": `<stdyInfo xmlns="ddi:codebook:2_5"><sumDscr/><abstract/></stdyInfo>`, "attribute": `<catgry xmlns="ddi:codebook:2_5" missing="maybe"/>`,
		"element": `<catgry xmlns="ddi:codebook:2_5"><count/></catgry>`, "text": `<catgry xmlns="ddi:codebook:2_5">x</catgry>`,
	} {
		n := &node{}
		if err := xml.Unmarshal([]byte(x), n); err != nil {
			t.Fatal(err)
		}
		found := &silent{TB: t}
		checkElement(found, n)
		if !found.failed {
			t.Error(name, "was not found")
		}
	}
}

// silent notes that a test failed.
type silent struct {
	testing.TB
	failed bool
}

func (s *silent) Errorf(string, ...any) { s.failed = true }

// TestDDIXMLLint lets another reader read it.
func TestDDIXMLLint(t *testing.T) {
	lint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("skipped: xmllint (package libxml2-utils) is not installed")
	}
	for i, d := range []*exchange.Dataset{documented(), hostileDataset()} {
		path := fmt.Sprintf("%s/%d.xml", t.TempDir(), i)
		if err := os.WriteFile(path, streamed(t, "ddi", d), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(lint, "--noout", "--nonet", path).CombinedOutput(); err != nil {
			t.Errorf("%d: %s", i, out)
		}
	}
}
