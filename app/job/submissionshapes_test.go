package job_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// visitForm has groups, repeats within repeats and answers of every kind, in four
// languages.
const visitForm = `
| survey |
| | type                       | name     | label::English (en) | label::Thai (th) | label::Nepali (ne) | label::Korean (ko) | constraint | bind::sse:role | bind::sse:special | calculation |
| | start                      | start    |                     |              |               |              |           |              | |
| | end                        | end      |                     |              |               |              |           |              | |
| | begin group                | who      | Who                 | ใคร          | को            | 누구         |           |              | |
| | text                       | name     | Name of the group   | ชื่อกลุ่ม       | समूहको नाम     | 단체 이름    |           | unit.name    | |
| | text                       | code     | Code                | รหัส          | कोड           | 코드         |           | frame.id     | |
| | select_one country         | country  | Country             | ประเทศ        | देश            | 국가         |           | unit.country | |
| | end group                  |          |                     |              |               |              |           |              | |
| | begin group                | what     | What                | อะไร          | के            | 무엇         |           |              | |
| | integer                    | people   | How many members?   | สมาชิกกี่คน     | कति सदस्य?     | 회원 수      | . < 10000 |              | dk refused |
| | decimal                    | share    | Share               | หุ้น           | सेयर           | 지분         |           |              | |
| | date                       | since    | Since when?         | ตั้งแต่เมื่อไร    | कहिलेदेखि?     | 언제부터     |           |              | |
| | time                       | opens    | Opens at            | เปิดเมื่อ       | खुल्ने समय      | 여는 시간    |           |              | |
| | dateTime                   | met      | Last met            | พบกันครั้งล่าสุด  | अन्तिम भेट     | 마지막 모임  |           |              | |
| | select_multiple need       | needs    | What is needed?     | ต้องการอะไร    | के चाहिन्छ?     | 필요한 것    |           |              | |
| | geopoint                   | gps      | Position            | ตำแหน่ง        | स्थान          | 위치         |           | unit.point   | |
| | geotrace                   | way      | The way there       | เส้นทาง        | बाटो          | 가는 길      |           |              | |
| | image                      | photo    | Photo               | ภาพถ่าย        | फोटो          | 사진         |           |              | |
| | end group                  |          |                     |              |               |              |           |              | |
| | begin repeat               | branch   | Branches            | สาขา          | शाखा          | 지점         |           |              | |
| | text                       | town     | Town                | เมือง          | सहर           | 도시         |           |              | |
| | begin group                | place    | Place               | สถานที่         | ठाउँ           | 장소         |           |              | |
| | geopoint                   | spot     | Spot                | จุด           | बिन्दु         | 지점 위치    |           |              | |
| | end group                  |          |                     |              |               |              |           |              | |
| | begin repeat               | worker   | Workers             | คนงาน         | कामदार        | 직원         |           |              | |
| | text                       | call     | Called              | เรียกว่า        | नाम           | 이름         |           |              | |
| | select_multiple need       | wants    | Wants               | อยากได้        | चाहना         | 원하는 것    |           |              | |
| | end repeat                 |          |                     |              |               |              |           |              | |
| | end repeat                 |          |                     |              |               |              |           |              | |
| | calculate | double | | | | | | | | ${people} * 2 |
| | acknowledge                | sure     | Sure?               | แน่ใจไหม       | पक्का?         | 확실합니까?  |           |              | |
| choices |
| | list_name | name  | label::English (en) | label::Thai (th) | label::Nepali (ne) | label::Korean (ko) |
| | country   | THA   | Thailand            | ไทย              | थाइल्यान्ड          | 태국               |
| | country   | NPL   | Nepal               | เนปาล            | नेपाल              | 네팔               |
| | country   | KOR   | Republic of Korea   | เกาหลีใต้          | दक्षिण कोरिया       | 대한민국           |
| | need      | water | Clean water         | น้ำสะอาด          | सफा पानी           | 깨끗한 물          |
| | need      | clean | Clean               | สะอาด            | सफा               | 깨끗한             |
| | need      | road  | A road, or a path   | ถนน              | सडक वा बाटो        | 도로 또는 길       |
| | need      | other | Other               | อื่นๆ              | अन्य               | 기타               |
| settings |
| | form_title | form_id | version | namespaces |
| | Visits     | visit   | 7       | sse="urn:sse-landscape:xlsform:1" |
`

func visitStudy(t testing.TB) *job.Study {
	t.Helper()

	s, err := job.Create(ctx, filepath.Join(t.TempDir(), "study"), job.NewStudy{Name: "Visits", Countries: []string{"THA", "NPL", "KOR"}, Researcher: "asha", Form: write(t, "visit.md", visitForm)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// visits are interviews held here.
func visits(t testing.TB, s *job.Study, photo string) []*survey.Document {
	t.Helper()
	given := [][]job.Given{
		{{"name", survey.Of("กลุ่มออมทรัพย์ \"บ้านนา\", จำกัด")}, {"code", survey.Of("T-01")}, {"country", survey.Of("THA")}, {"people", survey.Of("120")}, {"share", survey.Of("0.5")},
			{"since", survey.Of("2019-02-28")}, {"opens", survey.Of("08:30:00.000+07:00")}, {"met", survey.Of("2026-03-01T14:30:00.000+07:00")}, {"needs", survey.Of("water road other")},
			{"gps", survey.Of("13.7563 100.5018 2.5 4.0")}, {"way", survey.Of("13.7 100.5 0 0;13.8 100.6 1 2")}, {"photo", survey.Of(photo)},
			{"branch[1]/town", survey.Of("ลำพูน")}, {"branch[1]/spot", survey.Of("18.58 99.0 300 5")}, {"branch[1]/worker[1]/call", survey.Of("สมชาย")}, {"branch[1]/worker[1]/wants", survey.Of("clean")},
			{"branch[1]/worker[2]/call", survey.Of("มาลี")}, {"branch[1]/worker[2]/wants", survey.Of("water clean road")}, {"branch[2]/town", survey.Of("ลำปาง")}, {"sure", survey.Of("OK")}},
		{{"name", survey.Of("सहकारी; एक\nदोस्रो लाइन")}, {"country", survey.Of("NPL")}, {"people", survey.Value{Special: survey.Refused}}, {"share", survey.Of("12345.25")}, {"since", survey.Of("2001-12-01")},
			{"needs", survey.Of("clean")}, {"gps", survey.Of("27.7172 85.324 1350 0")}, {"branch[1]/town", survey.Of("भक्तपुर")}, {"branch[1]/worker[1]/call", survey.Of("राम")}},
		{{"name", survey.Of("협동조합 '하나'")}, {"country", survey.Of("KOR")}, {"people", survey.Of("0")}, {"needs", survey.Of("road other")}, {"met", survey.Of("2026-03-02T09:05:00.000+09:00")}},
	}
	for _, g := range given {
		iv, err := s.NewInterview(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		refused, err := iv.Answer(g)
		if err != nil || len(refused) > 0 {
			t.Fatal(err, refused)
		}
		if err := iv.Finish(ctx, survey.Completed); err != nil {
			t.Fatal(err)
		}
	}
	return held(t, s, "visit")
}

// shape is how a server writes interviews.
type shape struct {
	sep    string // between the names of groups; "" leaves groups out
	lang   string // of labels in place of names and codes; "" for none
	whole  bool   // select_multiple in one column
	split  bool   // select_multiple in a column for each choice
	points bool   // positions in four columns
	point  bool   // positions in one column
	kobo   bool
}

// sheet is a table as the shape has it.
type sheet struct {
	name string
	rows [][]string
}

// shaper writes interviews in a shape.
type shaper struct {
	shape
	form   *survey.Form
	sheets []*sheet
}

func (w *shaper) sheet(name string) *sheet {
	for _, s := range w.sheets {
		if s.name == name {
			return s
		}
	}
	s := &sheet{name: name}
	w.sheets = append(w.sheets, s)
	return s
}

func (w *shaper) word(names []string, items []survey.Item) string {
	parts := append([]string{}, names...)
	if w.lang != "" {
		for i, it := range items {
			if l := it.Common().Label[w.lang]; l != "" {
				parts[i] = l
			}
		}
	}
	if w.sep == "" {
		return parts[len(parts)-1]
	}
	return strings.Join(parts, w.sep)
}

func (w *shaper) choice(list, code string) string {
	if c, ok := w.form.Lists[list].Find(code); ok && w.lang != "" {
		return c.Label[w.lang]
	}
	return code
}

// columns gives each column with a function of a row's answers.
func (w *shaper) columns(items []survey.Item, names []string, around []survey.Item, each func(header string, of func(get func(name string) survey.Value) string)) {
	for _, it := range items {
		ns, is := append(names[:len(names):len(names)], it.Common().Name), append(around[:len(around):len(around)], it)
		switch x := it.(type) {
		case *survey.Group:
			w.columns(x.Items, ns, is, each)
		case *survey.Question:
			header := w.word(ns, is)
			value := func(get func(string) survey.Value) string {
				v := get(x.Name)
				if v.Special != "" {
					return v.String()
				}
				if !x.Kind.Selects() {
					return v.Text
				}
				var out []string
				for _, c := range strings.Fields(v.Text) {
					out = append(out, w.choice(x.List, c))
				}
				return strings.Join(out, " ")
			}
			if x.Kind == survey.SelectMultiple && w.whole || x.Kind == survey.Geopoint && w.point || x.Kind != survey.SelectMultiple && x.Kind != survey.Geopoint {
				each(header, value)
			}
			if x.Kind == survey.SelectMultiple && w.split {
				for _, c := range w.form.Lists[x.List].Choices {
					each(header+"/"+w.choice(x.List, c.Name), func(get func(string) survey.Value) string {
						switch text := get(x.Name).Text; {
						case text == "":
							return ""
						case strings.Contains(" "+text+" ", " "+c.Name+" "):
							return "1"
						}
						return "0"
					})
				}
			}
			if x.Kind == survey.Geopoint && w.points {
				for i, part := range []string{"Latitude", "Longitude", "Altitude", "Accuracy"} {
					h := header + "-" + part
					if w.kobo {
						h = "_" + header + "_" + []string{"latitude", "longitude", "altitude", "precision"}[i]
					}
					each(h, func(get func(string) survey.Value) string {
						if f := strings.Fields(get(x.Name).Text); len(f) == 4 {
							return f[i]
						}
						return ""
					})
				}
			}
		}
	}
}

// table writes a row, after the names of the columns where it is the first.
func (w *shaper) table(name string, items []survey.Item, d *survey.Document, row survey.Field, names []string, around []survey.Item, links [][2]string) {
	sh := w.sheet(name)
	var head, cells []string
	w.columns(items, names, around, func(header string, of func(func(string) survey.Value) string) {
		head = append(head, header)
		cells = append(cells, of(func(name string) survey.Value {
			f := survey.Field(name)
			if row != "" {
				f = row + "/" + f
			}
			return d.Value(f)
		}))
	})
	for _, l := range links {
		head, cells = append(head, l[0]), append(cells, l[1])
	}
	if len(sh.rows) == 0 {
		sh.rows = append(sh.rows, head)
	}
	sh.rows = append(sh.rows, cells)
}

// below writes the rows of repeats.
func (w *shaper) below(items []survey.Item, d *survey.Document, row survey.Field, key, table string, index int, names []string, around []survey.Item) {
	for _, it := range items {
		ns, is := append(names[:len(names):len(names)], it.Common().Name), append(around[:len(around):len(around)], it)
		if g, ok := it.(*survey.Group); ok {
			w.below(g.Items, d, row, key, table, index, ns, is)
		}
		r, ok := it.(*survey.Repeat)
		if !ok {
			continue
		}
		for n, f := range rowsOf(d, row, r.Name) {
			name := "visit-" + r.Name
			if w.kobo {
				name = r.Name
			}
			k := fmt.Sprintf("%s/%s[%d]", key, r.Name, n+1)
			at := len(w.sheet(name).rows)
			if at == 0 {
				at = 1
			}
			links := [][2]string{{"PARENT_KEY", key}, {"KEY", k}, {"SET-OF-" + r.Name, key + "/" + r.Name}}
			if w.kobo {
				links = [][2]string{{"_index", fmt.Sprint(at)}, {"_parent_table_name", table}, {"_parent_index", fmt.Sprint(index)}, {"_submission__uuid", d.Entity}}
			}
			if !w.kobo { // ODK begins the names in the repeat anew
				ns, is = nil, nil
			}
			w.table(name, r.Items, d, f, ns, is, links)
			w.below(r.Items, d, f, k, name, at, ns, is)
		}
	}
}

// rowsOf are the rows of a repeat.
func rowsOf(d *survey.Document, row survey.Field, repeat string) []survey.Field {
	prefix := survey.Field(repeat + "[")
	if row != "" {
		prefix = row + "/" + prefix
	}
	var out []survey.Field
	for _, f := range d.Fields() {
		if strings.HasPrefix(string(f), string(prefix)) && !strings.Contains(string(f[len(prefix):]), "/") {
			out = append(out, f)
		}
	}
	key := func(f survey.Field) survey.RowKey {
		return survey.RowKey(strings.TrimSuffix(string(f[len(prefix):]), "]"))
	}
	slices.SortFunc(out, func(a, b survey.Field) int { return key(a).Compare(key(b)) })
	return out
}

func (w *shaper) write(ds []*survey.Document) {
	for i, d := range ds {
		id := "uuid:" + d.Entity
		links := [][2]string{{"SubmissionDate", "2026-03-05T10:00:00.000Z"}, {"KEY", id}, {"meta-instanceID", id}, {"ReviewState", ""}, {"FormVersion", "7"}}
		main := "visit"
		if w.kobo {
			main = "Visits ไทย"
			links = [][2]string{{"_id", fmt.Sprint(100 + i)}, {"_uuid", d.Entity}, {"_submission_time", "2026-03-05T10:00:00"}, {"_validation_status", ""}, {"_index", fmt.Sprint(i + 1)}}
		}
		w.table(main, w.form.Items, d, "", nil, nil, links)
		w.below(w.form.Items, d, "", id, main, i+1, nil, nil)
	}
}

func csvText(rows [][]string, comma rune) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	c := csv.NewWriter(&b)
	c.Comma = comma
	c.WriteAll(rows)
	return b.Bytes()
}

func (w *shaper) zip(t testing.TB, media map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "visit.csv.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z := zip.NewWriter(f)
	put := func(name string, b []byte) {
		e, err := z.Create(name)
		if err == nil {
			_, err = e.Write(b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range w.sheets {
		put(s.name+".csv", csvText(s.rows, ','))
	}
	for name, b := range media {
		put("media/"+name, b)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w *shaper) workbook(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "visit.xlsx")
	x := excelize.NewFile()
	for i, s := range w.sheets {
		if i == 0 {
			x.SetSheetName("Sheet1", s.name)
		} else if _, err := x.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		for n, row := range s.rows {
			for c, cell := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, n+1)
				if err := x.SetCellStr(s.name, at, cell); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Interviews come back as they were from every shape in which servers and phones
// give them.
func TestInterviewsComeBackFromEveryShape(t *testing.T) {
	from := visitStudy(t)
	picture := []byte("\x89PNG a photo of a meeting")
	ds := visits(t, from, "meeting.JPG")
	prog, err := from.Program("", "")
	if err != nil {
		t.Fatal(err)
	}
	form := prog.Form
	central := shape{sep: "-", whole: true, points: true}
	kobo := shape{sep: "/", whole: true, split: true, point: true, points: true, kobo: true}
	cases := map[string]struct {
		shape
		file func(w *shaper) string
		// what the shape cannot hold
		noRepeats, noPhoto bool
	}{
		"ODK Central, archive":        {central, func(w *shaper) string { return w.zip(t, map[string][]byte{"meeting.JPG": picture}) }, false, false},
		"ODK Central, choices split":  {shape{sep: "-", whole: true, split: true, points: true}, func(w *shaper) string { return w.zip(t, nil) }, false, true},
		"ODK Central, without groups": {shape{whole: true, points: true}, func(w *shaper) string { return w.zip(t, nil) }, false, true},
		"ODK Central, one table":      {central, func(w *shaper) string { return write(t, "visit.csv", string(csvText(w.sheets[0].rows, ','))) }, true, true},
		"ODK Briefcase, positions with a colon": {central, func(w *shaper) string {
			return write(t, "v.csv", strings.NewReplacer("gps-L", "gps:L", "gps-A", "gps:A").Replace(string(csvText(w.sheets[0].rows, ','))))
		}, true, true},
		"KoboToolbox, workbook, names":             {kobo, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, workbook, choices apart":     {shape{sep: "/", split: true, points: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, workbook, no groups":         {shape{whole: true, point: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, workbook, Thai labels":       {shape{sep: "/", lang: "Thai (th)", whole: true, split: true, point: true, points: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, workbook, Korean, no groups": {shape{lang: "Korean (ko)", whole: true, point: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, workbook, English labels":    {shape{lang: "English (en)", sep: "/", split: true, point: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }, false, true},
		"KoboToolbox, text with ;, Nepali labels":  {shape{lang: "Nepali (ne)", sep: "/", whole: true, point: true, kobo: true}, func(w *shaper) string { return write(t, "v.csv", string(csvText(w.sheets[0].rows, ';'))) }, true, true},
		"KoboToolbox, text with ; and decimal comma": {shape{sep: "/", whole: true, point: true, kobo: true}, func(w *shaper) string {
			return write(t, "v.csv", strings.NewReplacer("12345.25", "12345,25", "0.5;", "0,5;").Replace(string(csvText(w.sheets[0].rows, ';'))))
		}, true, true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := &shaper{shape: c.shape, form: form}
			w.write(ds)
			to := visitStudy(t)
			p := planInterviews(t, to, c.file(w), job.InterviewOptions{})
			if p.Counts.New != len(ds) || len(p.Unknown()) > 0 {
				t.Fatalf("%+v, unknown %+v, problems %v", p.Counts, p.Unknown(), p.Problems)
			}
			missing := 0
			for _, x := range p.Problems {
				if !strings.Contains(x.Text, "is missing") {
					t.Errorf("problem: %s %s", x, x.Column)
				}
				missing++
			}
			if want := map[bool]int{true: 1, false: 0}[c.noPhoto]; missing != want || p.Files != 1-want {
				t.Errorf("%d files missing, %d come along", missing, p.Files)
			}
			if _, err := p.Apply(ctx, nil); err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, l := range tableLines(form, ds) {
				if !c.noRepeats || l[0] == ' ' {
					want = append(want, l)
				}
			}
			byID := map[string]*survey.Document{}
			for _, d := range held(t, to, "visit") {
				byID[d.Entity] = d
			}
			var back []*survey.Document
			for _, d := range ds {
				back = append(back, byID[d.Entity])
			}
			for _, l := range tableLines(form, back) {
				if i := strings.Index(l, "photo="); i >= 0 && !c.noPhoto {
					sum, _, _ := strings.Cut(l[i+len("photo="):], ".")
					iv, err := to.Interview(ds[len(ds)-1].Entity)
					if err != nil {
						t.Fatal(err)
					}
					if b, err := iv.File(strings.TrimSpace(l[i+len("photo="):])); err != nil || !bytes.Equal(b, picture) {
						t.Errorf("photo %s: %q %v", sum, b, err)
					}
					l = l[:i] + "photo=meeting.JPG "
				}
				got = append(got, l)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
			if again := planInterviews(t, to, c.file(w), job.InterviewOptions{}); again.Counts != (job.InterviewCounts{Same: len(ds)}) {
				t.Errorf("the second time: %+v", again.Counts)
			}
		})
	}
}

// The shipped questionnaire comes back from tables, too.
func TestExampleComesBackFromTables(t *testing.T) {
	from := exampleOf(t, 50)
	ds := held(t, from, job.ShippedForm)
	prog, err := from.Program("", "")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		shape
		file func(w *shaper) string
	}{
		"ODK Central":                 {shape{sep: "-", whole: true, split: true, points: true}, func(w *shaper) string { return w.zip(t, nil) }},
		"KoboToolbox, names":          {shape{sep: "/", whole: true, point: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }},
		"KoboToolbox, English labels": {shape{sep: "/", lang: "English (en)", whole: true, split: true, point: true, kobo: true}, func(w *shaper) string { return w.workbook(t) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := &shaper{shape: c.shape, form: prog.Form}
			w.write(ds)
			to := studyAt(t, t.TempDir()+"/to", "asha", "NPL", "PHL", "KOR")
			p := planInterviews(t, to, c.file(w), job.InterviewOptions{})
			if len(p.Unknown()) > 0 || p.Counts.New != len(ds) {
				t.Errorf("%+v %+v", p.Counts, p.Unknown())
			}
			if _, err := p.Apply(ctx, nil); err != nil {
				t.Fatal(err)
			}
			byID := map[string]*survey.Document{}
			for _, d := range held(t, to, job.ShippedForm) {
				byID[d.Entity] = d
			}
			var back []*survey.Document
			for _, d := range ds {
				back = append(back, byID[d.Entity])
			}
			if d := cmp.Diff(sortedChoices(prog.Form, tableLines(prog.Form, ds)), sortedChoices(prog.Form, tableLines(prog.Form, back))); d != "" {
				t.Error(d)
			}
		})
	}
}

// sortedChoices puts what was chosen of a list into one order, which columns of their
// own do not keep.
func sortedChoices(f *survey.Form, lines []string) []string {
	multiple := map[string]bool{}
	f.Walk(func(it survey.Item, _ []survey.Item) bool {
		if q, ok := it.(*survey.Question); ok && q.Kind == survey.SelectMultiple {
			multiple[q.Name] = true
		}
		return true
	})
	var out []string
	for _, l := range lines {
		head, codes, _ := strings.Cut(l, "=")
		if i := strings.LastIndexByte(head, ' '); i >= 0 && multiple[head[i+1:]] {
			cs := strings.Fields(codes)
			slices.Sort(cs)
			l = head + "=" + strings.Join(cs, " ")
		}
		out = append(out, l)
	}
	return out
}
