package expr_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sselandscape/survey/expr"
)

// At the node here of this document the cases below are computed; the clock shows
// noon of 2026-03-01 at +05:45.
const household = `<data><here/><blank/><yes>true</yes><many>rice  maize tea</many><born>1990-5-7</born>
<hours>2026-02-28T23:30:00.000+00:00</hours>
<member><name>Ana</name><age>41</age></member><member><name>Bo</name><age>7</age></member><member><name>Chi</name><age/></member>
<list><item><name>a</name><label>Apple</label></item><item><name>b</name><label>Bean</label></item></list></data>`

func householdContext(t testing.TB) *expr.Context {
	c := contextOf(t, household)
	c.Node = c.Env.Root.Children()[0].Children()[0]
	c.Current = c.Node
	r := rand.New(rand.NewPCG(1, 1))
	c.Env.Now = func() time.Time { return noon }
	c.Env.Random, c.Env.UUID = r.Float64, func() string { return "an-id" }
	c.Env.Instance = func(id string) (expr.Node, bool) {
		doc := &element{kind: expr.DocumentNode}
		ks := c.Env.Root.Children()[0].Children()
		doc.children = []expr.Node{ks[len(ks)-1]}
		return doc, id == "list"
	}
	c.Env.ChoiceName = func(_ *expr.Context, code, path string) string { return path + ":" + code }
	c.Env.Text = func(id string) string { return "text of " + id }
	return c
}

func TestFunctions(t *testing.T) {
	cases := map[string]map[string]string{ // kind → expression → text; "!" is an error
		"text": {
			"concat(../member/name, '-', 1)":                "AnaBoChi-1",
			"join(', ', ../member/name, 'x')":               "Ana, Bo, Chi, x",
			"substr('héllo', 1, 3)":                         "él",
			"substr('héllo', -2)":                           "lo",
			"substr('abc', 2, 1)":                           "",
			"substring('héllo', 2, 3)":                      "éll",
			"substring('12345', 1.5, 2.6)":                  "234",
			"substring('12345', 0 div 0, 3)":                "",
			"substring('12345', -42, 1 div 0)":              "12345",
			"substring('12345', -1 div 0, 1 div 0)":         "",
			"substring-before('a/b/c', '/')":                "a",
			"substring-after('a/b/c', '/')":                 "b/c",
			"translate('bar', 'abc', 'AB')":                 "BAr",
			"normalize-space('  a \n b ')":                  "a b",
			"string-length('नमस्ते')":                       "6",
			"string-length()":                               "0",
			"string(../member)":                             "Ana41",
			"uuid()":                                        "an-id",
			"string-length(uuid(12))":                       "12",
			"uuid('x')":                                     "!",
			"uuid(1e9)":                                     "!",
			"digest('abc', 'MD5', 'hex')":                   "900150983cd24fb0d6963f7d28e17f72",
			"digest('abc', 'MD6')":                          "!",
			"digest('abc', 'MD5', 'base32')":                "!",
			"base64-decode('SMOpbGxv')":                     "Héllo",
			"base64-decode('*')":                            "!",
			"pulldata('list', 'label', 'name', 'b')":        "Bean",
			"pulldata('list', 'label', 'name', 'z')":        "",
			"pulldata('none', 'label', 'name', 'b')":        "!",
			"jr:choice-name('a', '${x}')":                   "${x}:a",
			"jr:itext('q')":                                 "text of q",
			"name(..)":                                      "data",
			"local-name(../nothing)":                        "",
			"property('deviceid')":                          "",
			"version()":                                     "",
			"depend('a', 'b')":                              "a",
			"instance('list')/list/item[name='a']/label":    "Apple",
			"instance('none')/root/item":                    "!",
			"selected-at(../many, 1)":                       "maize",
			"selected-at(../many, 3)":                       "",
			"selected-at(../many, -1)":                      "",
			"coalesce(../blank, number('x'), 'c')":          "c",
			"coalesce(../blank, ../nothing)":                "",
			"if(../blank = '', 'empty', nothing-bad('!'))":  "empty",
			"once('new')":                                   "new",
			"concat(../blank/text(), ../yes/text())":        "true",
			"string(../member[2]/name/text())":              "Bo",
			"string(../member[last()]/name)":                "Chi",
			"string(../member[name = 'Bo']/@x)":             "",
			"indexed-repeat(../member/name, ../member, 2)":  "Bo",
			"indexed-repeat(../member/name, ../member, '')": "Ana",
			"indexed-repeat(../member/name, ../member, 9)":  "",
			"indexed-repeat(../member/name, 'x', 1)":        "!",
		},
		"truth": {
			"selected(../many, 'maize')":                      "true",
			"selected(../many, 'mai')":                        "false",
			"selected(../many, '')":                           "false",
			"selected(../blank, '')":                          "true",
			"boolean('false')":                                "true",
			"boolean-from-string('False')":                    "false",
			"boolean-from-string('TRUE')":                     "true",
			"boolean-from-string(1)":                          "true",
			"boolean(../blank)":                               "true",
			"boolean(../nothing)":                             "false",
			"checklist(2, 2, 1, 0, 'x')":                      "true",
			"checklist(-1, 1, 1, 1)":                          "false",
			"weighted-checklist(5, 9, 1, 2, 'x', 3)":          "true",
			"weighted-checklist(9, -1, 1, 2, '', 30)":         "false",
			"../member/age = 7 and ../member/age != 7":        "true",
			"../nothing = '' or ../nothing != ''":             "false",
			"../blank = ''":                                   "true",
			"number('x') = number('x')":                       "false",
			"0.1 + 0.2 = 0.3":                                 "true",
			"'b' > 'a'":                                       "false",
			"true() > false()":                                "true",
			"geofence('0.5 0.5', '0 0;0 1;1 1;1 0;0 0')":      "true",
			"geofence('2 2', '0 0;0 1;1 1;1 0;0 0')":          "false",
			"geofence('0 0', '')":                             "false",
			"geofence('', '0 0;0 1;1 1;0 0')":                 "!",
			"intersects('0 0;1 1;0 1;1 0')":                   "true",
			"intersects('0 0;1 0;1 1;0 1;0 0')":               "false",
			"intersects('0 0;1 0;0 0.5;1 1')":                 "false",
			"intersects('0 0;2 0;1 0')":                       "true",
			"intersects('0 0;1 1;0 1;1 0;0 0')":               "true",
			"intersects('')":                                  "false",
			"lang('en')":                                      "false",
			"false() and instance('none')/root":               "false",
			"count(../member) > 2 and not(../member[age=99])": "true",
		},
		"number": {
			"number(' -12.50 ')":           "-12.5",
			"number('12,5')":               "12.5",
			"number('1e3')":                "NaN",
			"number('+1')":                 "NaN",
			"number('1.2.3')":              "NaN",
			"number('Infinity')":           "NaN",
			"number('')":                   "NaN",
			"number(true())":               "1",
			"number('1970-01-02')":         "1",
			"int('-1.9')":                  "-1",
			"int('x')":                     "NaN",
			"round(2.5)":                   "3",
			"round(-2.5)":                  "-2",
			"round(-2.5, 0)":               "-3",
			"round(1.005, 2)":              "1.01",
			"round(1234.5, -2)":            "1200",
			"round(9.99, 1)":               "10",
			"round(0.05, 1)":               "0.1",
			"round(4, -1)":                 "0",
			"round(5, -1)":                 "10",
			"round(12.5, 'x')":             "NaN",
			"round(12.5, 999)":             "12.5",
			"7 mod -2":                     "1",
			"-7 mod 2":                     "-1",
			"5 div 0":                      "Infinity",
			"-5 div 0":                     "-Infinity",
			"1 div 3":                      "0.3333333333333333",
			"1000000000000000000000":       "1000000000000000000000",
			"0.0000001":                    "0.0000001",
			"7.5e-1":                       "0.75",
			"sum(../member[age]/age[.>0])": "48",
			"sum(../member/age)":           "NaN",
			"sum(../nothing)":              "0",
			"max(../member/age)":           "NaN",
			"max(3, '5', 4)":               "5",
			"min(../member[1]/age, 50)":    "41",
			"min(../nothing)":              "NaN",
			"count(../member)":             "3",
			"sum('x')":                     "!",
			"count('x')":                   "!",
			"count-non-empty(../*/age)":    "2",
			"count-selected(../many)":      "3",
			"position(../member[2])":       "2",
			"position()":                   "1",
			"last()":                       "1",
			"pow(2, 10)":                   "1024",
			"sqrt(16) + abs(-1)":           "5",
			"exp10(2) + log10(100)":        "102",
			"distance('0 0;0 1')":          "111318.85",
			"distance('95 0;0 1')":         "NaN",
			"distance('here')":             "0",
			"area('0 0;0 1')":              "0",
		},
		"date": {
			"today()":                 "2026-03-01",
			"now()":                   "2026-03-01T12:00:00.000+05:45",
			"date('2026-2-5')":        "2026-02-05",
			"date(../born + 1)":       "1990-05-08",
			"date(today() + 7)":       "2026-03-08",
			"date(../blank)":          "",
			"date(../blank + 1)":      "",
			"date(../hours)":          "2026-02-28",
			"date-time(../hours)":     "2026-03-01T05:15:00.000+05:45",
			"date-time('2026-03-01')": "2026-03-01",
			"date-time(decimal-date-time(../hours) + 0.5)": "2026-03-01T17:15:00.000+05:45",
			"date(decimal-date-time(../born) + 0.25)":      "1990-05-07",
			"today() - ../born":                            "13082",
			"decimal-date-time('1970-01-02T00:00:00Z')":    "1",
			"decimal-date-time(5)":                         "5",
			"decimal-time('06:00')":                        "0.25",
			"decimal-time('18:15:00.000Z')":                "0",
			"decimal-time('2026-03-01T12:00')":             "0.5",
			"decimal-time('25:00')":                        "NaN",
			"format-date(../born, '%d.%m.%Y %e.%n.%y')":    "07.05.1990 7.5.90",
			"format-date-time(now(), '%H:%M:%S.%3 %h %Z')": "12:00:00.000 12 +05:45",
			"format-date(today(), '%a %b %W 100%% %q %')":  "Sun Mar 9 100% %q %",
			"format-date('', '%Y')":                        "",
			"format-date('x', '%Y')":                       "",
			"format-date(20000, '%Y-%m-%d')":               "2024-10-04",
			"'2026-03-01T11:00' < now()":                   "true",
			"../hours < '2026-03-01'":                      "false",
			"'2026-03-01T06:14:59.000Z' < now()":           "true",
			"date('0001-01-01') + 0":                       "-719162",
			"'2024-02-29' - '2023-02-28'":                  "366",
			"number('2023-02-29')":                         "NaN",
			"date('2026-01-01T24:00')":                     "!",
		},
	}
	for kind, list := range cases {
		for text, want := range list {
			t.Run(kind+"/"+text, func(t *testing.T) {
				v, err := evaluate(text, householdContext(t))
				if (err != nil) != (want == "!") || err == nil && v.String() != want {
					t.Errorf("%s = %q, %v; want %q", text, v, err, want)
				}
			})
		}
	}
}

func TestArgumentCounts(t *testing.T) {
	refused := []string{"true(1)", "if(1, 2)", "coalesce('a')", "selected('a')", "regex('a')", "substr('a')", "substring('a', 1, 2, 3)",
		"round()", "round(1, 2, 3)", "pow(1)", "count()", "count(a, b)", "position(1, 2)", "last(1)", "today(1)", "date()", "format-date('a')",
		"indexed-repeat(a, b)", "indexed-repeat(a, b, 1, c)", "checklist(1, 2)", "weighted-checklist(1, 2, 3)", "weighted-checklist(1, 2, 3, 4, 5)",
		"digest('a')", "pulldata('a', 'b', 'c')", "jr:choice-name('a')", "uuid(1, 2)", "distance()", "area()", "geofence('a')", "randomize()", "once()"}
	for _, text := range refused {
		e := mustParse(t, text)
		if _, err := expr.Compile(e, nil); err == nil || !strings.Contains(err.Error(), "takes") {
			t.Errorf("%s: want a refusal of the number of arguments, got %v", text, err)
		}
		p, err := expr.CompileLate(e, nil)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if _, err := p.Eval(&expr.Context{}); err == nil {
			t.Errorf("%s: want an error when it is evaluated", text)
		}
	}
}

func TestVariable(t *testing.T) {
	_, err := expr.Compile(mustParse(t, "1 + $age"), nil)
	if err == nil || !strings.Contains(err.Error(), "${age}") {
		t.Errorf("want a refusal that names ${age}, got %v", err)
	}
}

// Month and day names follow the form.
func TestCalendar(t *testing.T) {
	c := householdContext(t)
	c.Env.Calendar = func() *expr.Calendar {
		return &expr.Calendar{Months: [12]string{2: "mars"}, Days: [7]string{0: "dim."}}
	}
	v, err := evaluate("format-date(today(), '%a %e %b')", c)
	if err != nil || v.String() != "dim. 1 mars" {
		t.Errorf("got %q, %v", v, err)
	}
}

func TestExtractSigned(t *testing.T) {
	public, private, err := ed25519.GenerateKey(strings.NewReader(strings.Repeat("k", 64)))
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	signed := append(ed25519.Sign(private, []byte("ward 7")), "ward 7"...)
	a := answers{"signed": encode(signed), "key": encode(public)}
	if got := compute(t, "extract-signed(${signed}, ${key})", a); got != "ward 7" {
		t.Errorf("got %q", got)
	}
	signed[65] ^= 1
	a["signed"] = encode(signed)
	if got := compute(t, "extract-signed(${signed}, ${key})", a); got != "" {
		t.Errorf("a changed message gives %q", got)
	}
}
