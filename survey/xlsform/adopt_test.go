package xlsform_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/survey"
	"sselandscape/survey/xform"
	"sselandscape/survey/xlsform"
)

// document is an XForm with the given primary instance, rest of the model and
// body.
func document(instance, model, body string) string {
	return `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:jr="http://openrosa.org/javarosa" xmlns:odk="http://www.opendatakit.org/xforms">` +
		`<h:head><h:title>T</h:title><model><instance><data id="f" version="2">` + instance + `<meta><instanceID/></meta></data></instance>` + model +
		`<bind nodeset="/data/meta/instanceID" type="string" jr:preload="uid"/></model></h:head><h:body>` + body + `</h:body></h:html>`
}

func input(name, more string) string {
	return `<input ref="/data/` + name + `"><label>L ` + name + `</label>` + more + `</input>`
}

// laid writes the sheets of a book but settings, one row a line.
func laid(b xlsform.Book) string {
	var out strings.Builder
	for _, s := range b.Sheets {
		for _, row := range s.Rows {
			if s.Name != "settings" {
				fmt.Fprintf(&out, "%s: %s\n", s.Name, strings.Join(row, " | "))
			}
		}
	}
	return out.String()
}

const towns = `<instance id="towns"><root><item><itextId>t0</itextId><name>a</name><country>x</country></item><item><itextId>t1</itextId><name>b</name></item></root></instance>` +
	`<itext><translation lang="en"><text id="t0"><value>Aye</value></text><text id="t1"><value>Bee</value></text></translation></itext>`

func TestXFormsBecomeSheets(t *testing.T) {
	for name, c := range map[string]struct{ xml, want, lost string }{
		"paths become references": {
			document(`<a/><g><b/></g>`, `<bind nodeset="/data/a" type="int" constraint=". &lt; /data/g/b"/><bind nodeset="/data/g/b" relevant="/data/a &gt; 1 and ../../a != 2"/>`,
				input("a", "")+`<group ref="/data/g"><label>G</label>`+input("g/b", "")+`</group>`),
			"survey: type | name | label | relevant | constraint\nsurvey: integer | a | L a |  | . < ${b}\nsurvey: begin group | g | G |  | \n" +
				"survey: text | b | L g/b | ${a} > 1 and ../../a != 2 | \nsurvey: end group |  |  |  | \n", ""},
		"a list with a filter": {
			document(`<a/><b/>`, towns+`<bind nodeset="/data/a" type="string"/>`,
				input("a", "")+`<select1 ref="/data/b"><label>B</label><itemset nodeset="instance('towns')/root/item[country= /data/a ]"><value ref="name"/><label ref="jr:itext(itextId)"/></itemset></select1>`),
			"survey: type | name | label | label::en | choice_filter\nsurvey: text | a | L a |  | \nsurvey: select_one towns | b | B |  | country= ${a}\n" +
				"choices: list_name | name | label::en | country\nchoices: towns | a | Aye | x\nchoices: towns | b | Bee | \n", ""},
		"a file, shuffled": {
			document(`<b/>`, `<instance id="t" src="jr://file-csv/t.csv"/>`,
				`<select ref="/data/b"><label>B</label><itemset nodeset="randomize(instance('t')/root/item, 7)"><value ref="code"/><label ref="label"/></itemset></select>`),
			"survey: type | name | label | parameters\nsurvey: select_multiple_from_file t.csv | b | B | randomize=true seed=7 value=code\n", ""},
		"defaults and triggers": {
			document(`<a/><b/><c/>`, `<setvalue ref="/data/b" event="odk-instance-first-load" value="now()"/><bind nodeset="/data/c" type="int"/>`,
				input("a", `<setvalue ref="/data/c" event="xforms-value-changed" value="/data/a * 2"/>`)+input("b", "")),
			"survey: type | name | label | calculation | default | trigger\nsurvey: text | a | L a |  |  | \nsurvey: text | b | L b |  | now() | \nsurvey: hidden | c |  | ${a} * 2 |  | ${a}\n", "bind::type"},
		"a computed text": {
			document(`<a/>`, ``, `<input ref="/data/a"><label>One <output value=" /data/a "/> and <output value="1 + 1"/></label></input>`),
			"survey: type | name | label\nsurvey: text | a | One ${a} and <output value=\"1 + 1\"/>\n", `warning: a: its text shows "1 + 1"`},
		"several rows": {
			document(`<r jr:template=""><a/></r><r><a/></r><r><a/></r>`, ``, `<group ref="/data/r"><label>R</label><repeat nodeset="/data/r">`+input("r/a", "")+`</repeat></group>`),
			"survey: type | name | label\nsurvey: begin repeat | r | R\nsurvey: text | a | L r/a\nsurvey: end repeat |  | \n", "the repeat r begins with several rows"},
		"rows of a repeat as choices": {
			document(`<r><a/></r><b/>`, ``, `<group ref="/data/r"><label>R</label><repeat nodeset="/data/r">`+input("r/a", "")+`</repeat></group>`+
				`<select1 ref="/data/b"><label>B</label><itemset nodeset="/data/r[./a != '']"><value ref="a"/><label ref="a"/></itemset></select1>`),
			"survey: type | name | label\nsurvey: begin repeat | r | R\nsurvey: text | a | L r/a\nsurvey: end repeat |  | \nsurvey: select_one ${a} | b | B\n", ""},
		"no list": {
			document(`<b/>`, `<instance id="t"><root><thing/></root></instance>`,
				`<select1 ref="/data/b"><label>B</label><itemset nodeset="instance('t')/root/thing"><value ref="x"/><label ref="y"/></itemset></select1>`),
			"survey: type | name | label\nsurvey: text | b | B\n", "asked as a text"},
	} {
		t.Run(name, func(t *testing.T) {
			f, ps := xform.Read(strings.NewReader(c.xml))
			if f == nil || survey.Unusable(ps) {
				t.Fatal(ps)
			}
			b, lost := xlsform.BookOf(f)
			if c.lost == "bind::type" {
				c.lost = ""
				for i := range b.Sheets { // the type of the bind stands in a column of its own
					b.Sheets[i].Rows = without(b.Sheets[i].Rows, "bind::type")
				}
			}
			if d := cmp.Diff(c.want, laid(b)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got := fmt.Sprint(lost); c.lost == "" && len(lost) > 0 || !strings.Contains(got, c.lost) {
				t.Errorf("lost %s, want …%s…", got, c.lost)
			}
			if _, ps := xlsform.Parse(b); survey.Unusable(ps) {
				t.Errorf("the sheets cannot be used: %v", ps)
			}
		})
	}
}

// without takes a column out of rows.
func without(rows [][]string, title string) [][]string {
	for j := range rows[0] {
		if rows[0][j] != title {
			continue
		}
		for i, r := range rows {
			rows[i] = append(r[:j:j], r[j+1:]...)
		}
		break
	}
	return rows
}
