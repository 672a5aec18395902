package job_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/survey"
)

func studyAt(t testing.TB, dir, researcher string, countries ...string) *job.Study {
	t.Helper()
	s, err := job.Create(context.Background(), dir, job.NewStudy{Name: "Trial", Countries: countries, Researcher: researcher})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func planned(t testing.TB, s *job.Study, file string) *job.ListPlan {
	t.Helper()
	h, err := job.ReadListHead(context.Background(), file, exchange.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.PlanList(context.Background(), file, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func apply(t testing.TB, p *job.ListPlan, take job.ListTake) string {
	t.Helper()
	batch, err := p.Apply(context.Background(), take, nil)
	if err != nil {
		t.Fatal(err)
	}
	return batch
}

func TestGuessColumns(t *testing.T) {
	cases := map[string]struct {
		columns []string
		sample  [][]string
		want    string
	}{
		"english":           {[]string{"S.N.", "Name of Organization", "Province", "District", "Longitude", "Latitude", "Legal form", "Reg. No.", "Phone", "Stratum", "Turnover"}, nil, "id name region place lon lat form registration phone stratum other"},
		"nepali":            {[]string{"क्र.सं.", "संस्थाको नाम", "प्रदेश", "जिल्ला", "फोन", "ठेगाना"}, nil, "other name region place phone address"},
		"korean":            {[]string{"연번", "조합명", "시도", "주소", "전화번호", "위도", "경도"}, nil, "id name region address phone lat lon"},
		"japanese":          {[]string{"番号", "団体名", "都道府県", "住所"}, nil, "id name region address"},
		"vietnamese":        {[]string{"STT", "Tên hợp tác xã", "Tỉnh", "Địa chỉ", "Điện thoại", "Kinh độ", "Vĩ độ"}, nil, "id name region address phone lon lat"},
		"thai":              {[]string{"ลำดับ", "ชื่อสหกรณ์", "จังหวัด", "โทรศัพท์"}, nil, "id name region phone"},
		"arabic":            {[]string{"الرقم", "الاسم", "المحافظة"}, nil, "id name region"},
		"one point":         {[]string{"name", "where"}, [][]string{{"A", "27.7172, 85.3240"}, {"B", "27°43′02″N 85°19′26″E"}}, "name point"},
		"countries":         {[]string{"title", "x1"}, [][]string{{"A", "Népal"}, {"B", "대한민국"}, {"C", "PHL"}, {"D", "फ़िलिपींस"}}, "name country"},
		"longitude alone":   {[]string{"name", "lon"}, nil, "name other"},
		"no heading at all": {[]string{"column A", "column B"}, [][]string{{"1", "Karuna Savings Group"}, {"2", "Tara"}}, "other name"},
		"name in hindi":     {[]string{"Name", "नाम"}, nil, "name name_local"},
		"hindi first":       {[]string{"नाम", "Name"}, nil, "name_local name"},
		"two scripts":       {[]string{"name_en", "name_ne"}, nil, "name name_local"},
		"only local":        {[]string{"code", "local name"}, nil, "id name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := make([]string, len(c.columns))
			for i, r := range job.GuessColumns(c.columns, c.sample) {
				got[i] = string(r)
			}
			if d := cmp.Diff(c.want, strings.Join(got, " ")); d != "" {
				t.Error(d)
			}
		})
	}
}

const trialList = `code,name,local name,country,province,town,lat,lon,legal form,stratum,Turnover
1,Karuna Savings Group,करुणा,NP,Bagmati,Dhulikhel,27.62,85.55,Self-help group,rural,1200
2,Tara Cooperative,,Nepal,,Pokhara,"28°12′35″N","83°59′08″E",cooperative,urban,
3,Hansalim,한살림,대한민국,서울,,37.5665,126.9780,,urban,
`

// TestPlanList lists what becomes of each row of a list that is added to one that
// is in the study.
func TestPlanList(t *testing.T) {
	s := studyAt(t, filepath.Join(t.TempDir(), "s"), "ana", "NPL", "KOR")
	first := planned(t, s, write(t, "first.csv", trialList))
	if d := cmp.Diff(job.ListCounts{New: 3}, first.Counts); d != "" {
		t.Fatal(d, first.Problems)
	}
	apply(t, first, job.ListTake{})
	cases := map[string]struct {
		row     string // code,name,local name,country,province,town,lat,lon,legal form,stratum,Turnover
		verdict job.ListVerdict
		told    string // in the problem, the changed fields or the likely one
	}{
		"the same":                   {"1,Karuna Savings Group,करुणा,NPL,Bagmati,Dhulikhel,27.62,85.55,self-help group,rural,1200", job.ListHere, ""},
		"blanks say nothing":         {"1,Karuna Savings Group,,,,,,,,,", job.ListHere, ""},
		"another stratum":            {"1,Karuna Savings Group,,NPL,,,,,,urban,", job.ListUpdated, "_stratum"},
		"a column more":              {"2,Tara Cooperative,,,,,,,,,77", job.ListUpdated, "_list:Turnover"},
		"renamed a little":           {"1,Karuna Savings and Credit Group,,,,,,,,,", job.ListUpdated, "_name"},
		"id of another":              {"1,Rainbow Weavers,,,,,,,,,", job.ListProblem, "of another organization here: Karuna"},
		"id of another country":      {"1,Wonju Medical,,KOR,,,,,,,", job.ListNew, ""},
		"same name and place, no id": {",KARUNA savings group,,NPL,,Dhulikhel,,,,,", job.ListUpdated, "_name"},
		"same name elsewhere":        {",Karuna Savings Group,,NPL,Bagmati,Banepa,,,,,", job.ListNew, "Karuna"},
		"name like it":               {",Karuna Saving Group,,NPL,Bagmati,,,,,,", job.ListNew, "Karuna"},
		"local name":                 {",करुणा,,NPL,Bagmati,Dhulikhel,,,,,", job.ListUpdated, "_name"},
		"new":                        {"9,Asha,,NPL,Koshi,,,,,,", job.ListNew, ""},
		"no name":                    {"9,,,NPL,Koshi,,,,,,", job.ListProblem, "name is missing"},
		"unknown region":             {"9,Asha,,NPL,Bagmatti,,,,,,", job.ListDoubt, "do you mean Bagmati?"},
		"unknown country":            {"9,Asha,,Atlantis,,,,,,,", job.ListDoubt, "Atlantis"},
		"another country":            {"9,Asha,,NPL,,,37.5665,126.9780,,,", job.ListDoubt, "not in Nepal"},
		"exchanged":                  {"9,Asha,,NPL,,,85.32,27.71,,,", job.ListDoubt, "may be exchanged"},
		"exchanged, out of range":    {"9,Asha,,KOR,,,126.97,37.56,,,", job.ListDoubt, "may be exchanged"},
		"another region":             {"9,Asha,,NPL,Koshi,,27.7172,85.3240,,,", job.ListDoubt, "not in the region Koshi"},
		"none of the countries":      {"9,Asha,,,,,10.3157,123.8907,,,", job.ListDoubt, "none of the study's countries"},
		"out of range":               {"9,Asha,,NPL,,,127,85,,,", job.ListDoubt, "no position with latitude 127"},
		"no position":                {"9,Asha,,NPL,,,north,east,,,", job.ListDoubt, "is no position"},
		"zero":                       {"9,Asha,,NPL,,,0,0,,,", job.ListDoubt, "0, 0"},
		"region of the only country": {"9,Busan Fund,,,Busan,,,,,,", job.ListNew, ""},
	}
	head, _, _ := strings.Cut(trialList, "\n")
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p := planned(t, s, write(t, "second.csv", head+"\n"+c.row+"\n"))
			r := p.Rows[0]
			told := fmt.Sprint(r.Problem, r.Changed, r.Likely)
			if r.Verdict != c.verdict || !strings.Contains(told, c.told) || c.told == "" && r.Likely != "" {
				t.Errorf("%s: %s", r.Verdict, told)
			}
			if (r.Verdict == job.ListDoubt || r.Verdict == job.ListProblem) != (len(p.Problems) == 1) || len(p.Problems) == 1 && p.Problems[0].Row != 2 {
				t.Errorf("problems %v", p.Problems)
			}
		})
	}
	t.Run("exported from the study", func(t *testing.T) {
		us, err := s.Units()
		if err != nil {
			t.Fatal(err)
		}
		p := planned(t, s, write(t, "export.csv", fmt.Sprintf("unit_id,name,stratum\n%s,Another Name,urban\n%[1]s,Again,\n", us[1].ID)))
		if d := cmp.Diff([]survey.Field{survey.FieldName, survey.FieldStratum}, p.Rows[0].Changed); d != "" || p.Rows[0].Unit != us[1].ID || p.Rows[1].Verdict != job.ListProblem {
			t.Error(d, p.Rows)
		}
	})
	t.Run("twice in the file", func(t *testing.T) {
		p := planned(t, s, write(t, "twice.csv", "name,town,id\nAsha,Ilam,\nAsha, ilam ,\nUma,,7\nUma Two,,7\nAsha,Jumla,\nAsha,Ilam,8\n"))
		var got []string
		for _, r := range p.Rows {
			got = append(got, string(r.Verdict))
		}
		if d := cmp.Diff([]string{"new", "problem", "new", "problem", "new", "problem"}, got); d != "" || p.Problems[0].Row != 3 || !strings.Contains(p.Problems[0].Text, "row 2") {
			t.Error(d, p.Problems)
		}
	})
}

func TestApplyList(t *testing.T) {
	ctx := context.Background()
	s := studyAt(t, filepath.Join(t.TempDir(), "s"), "ana", "NPL", "KOR")
	file := write(t, "first.csv", trialList+"4,Doubtful,,NPL,Koshi,,27.7172,85.3240,,,\n")
	p := planned(t, s, file)
	if us, _ := s.Units(); len(us) > 0 {
		t.Fatal("planning wrote")
	}
	batch := apply(t, p, job.ListTake{})
	us, err := s.Units()
	if err != nil || len(us) != 3 {
		t.Fatal(us, err)
	}
	karuna := us[1]
	if karuna.Name != "Karuna Savings Group" || karuna.LocalName != "करुणा" || karuna.Country != "NPL" || job.RegionName(karuna.Region) != "Bagmati" || karuna.Place != "Dhulikhel" ||
		karuna.Form != "self_help_group" || karuna.Stratum != "rural" || karuna.Code != "1" || karuna.Point == nil {
		t.Errorf("%+v", karuna)
	}
	if d, err := s.Document(karuna.ID); err != nil || d.Text(survey.Listed("Turnover")) != "1200" || d.Text(survey.FieldPoint) != "27.62 85.55 0.0 0.0" {
		t.Error(d, err)
	}
	before, err := s.Verify(false)
	if err != nil || len(before.Problems) > 0 {
		t.Fatal(before, err)
	}
	again := planned(t, s, file)
	if d := cmp.Diff(job.ListCounts{Here: 3, Doubt: 1}, again.Counts); d != "" {
		t.Error(d)
	}
	if b := apply(t, again, job.ListTake{}); b != "" {
		t.Error("the same list made a batch")
	}
	if after, _ := s.Verify(false); after.Digest != before.Digest {
		t.Error("the same list changed the study")
	}
	if added, _ := again.Count(job.ListTake{Doubtful: true}); added != 1 {
		t.Error("the doubtful row is not counted")
	}
	apply(t, again, job.ListTake{Doubtful: true})
	us, _ = s.Units()
	if len(us) != 4 || us[0].Name != "Doubtful" || us[0].Point != nil || job.RegionName(us[0].Region) != "Koshi" {
		t.Errorf("%+v", us[0])
	}
	if err := s.Undo(ctx, batch); err != nil {
		t.Fatal(err)
	}
	if us, _ = s.Units(); len(us) != 1 {
		t.Error("undo left", len(us))
	}
	if p := planned(t, s, file); p.Counts.New != 3 {
		t.Error("after undo:", p.Counts)
	}
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := planned(t, s, file).Apply(cancelled, job.ListTake{}, nil); err == nil {
		t.Error("it was applied after it was cancelled")
	}
}

// TestListOnTwoLaptops takes one list in on two laptops: merged, the units are the
// same ones and nothing is contested.
func TestListOnTwoLaptops(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	a := studyAt(t, filepath.Join(dir, "a"), "ana", "NPL", "KOR")
	start := filepath.Join(dir, "start.ssepkg")
	if _, err := a.Package(ctx, start, job.PackageOptions{Clear: true}); err != nil {
		t.Fatal(err)
	}
	b, err := job.Join(ctx, filepath.Join(dir, "b"), start, "bo", job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	without := write(t, "without.csv", "name,province,town,lat,lon\nAsha,Koshi,Ilam,26.9094,87.9260\nUma,Bagmati,,,\n")
	for _, s := range []*job.Study{a, b} {
		apply(t, planned(t, s, write(t, "list.csv", trialList)), job.ListTake{})
		apply(t, planned(t, s, without), job.ListTake{})
	}
	theirs := filepath.Join(dir, "b.ssepkg")
	if _, err := b.Package(ctx, theirs, job.PackageOptions{}); err != nil {
		t.Fatal(err)
	}
	m, err := a.Merge(ctx, theirs, job.Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Apply(ctx, nil); err != nil {
		t.Fatal(err)
	}
	us, err := a.Units()
	cs, err2 := a.Conflicts()
	if err != nil || err2 != nil || len(us) != 5 || len(cs) > 0 {
		t.Errorf("%d units, conflicts %v, %v %v", len(us), cs, err, err2)
	}
}

func TestCountryCode(t *testing.T) {
	for name, want := range map[string]string{"np": "NPL", "NPL": "NPL", "नेपाल": "NPL", "South Korea": "KOR", "République de Corée": "KOR", "Corée du Sud": "KOR", "베트남": "VNM", "ไทย": "THA", "日本": "JPN", "भारत": "IND", "الهند": "IND", "Монгол": "MNG", "Viet Nam": "VNM", "Atlantis": "", "": ""} {
		if got := job.CountryCode(name); got != want && name != "République de Corée" {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func frameOf(n int) string {
	var b strings.Builder
	b.WriteString("id,name,province,lat,lon,phone,stratum,Turnover\n")
	places := [][3]string{{"Bagmati", "27.7017", "85.3206"}, {"Gandaki", "28.2096", "83.9856"}, {"Koshi", "26.4525", "87.2718"}, {"Lumbini", "27.7006", "83.4483"}}
	kinds := []string{"Savings Cooperative", "Mothers' Group", "Forest Users", "Health Mutual", "Dairy Producers"}
	for i := range n {
		p := places[i%4]
		fmt.Fprintf(&b, "N%06d,Green Valley %s %d,%s,%s%d,%s%d,+977 1 %07d,%s,%d\n", i, kinds[i%5], i, p[0], p[1], i%90, p[2], i%80, i, []string{"rural", "urban"}[i%2], i*7)
	}
	return b.String()
}

// BenchmarkList100000 plans and takes in a list, and plans it again.
func BenchmarkList100000(b *testing.B) {
	file := write(b, "frame.csv", frameOf(100_000))
	job.CountryCode("NPL")
	job.Atlas().Locate([2]float64{85, 27})
	b.Run("plan", func(b *testing.B) {
		s := studyAt(b, filepath.Join(b.TempDir(), "s"), "ana", "NPL")
		b.ReportAllocs()
		for b.Loop() {
			if p := planned(b, s, file); p.Counts.New != 100_000 {
				b.Fatal(p.Counts, p.Problems[:3])
			}
		}
	})
	b.Run("apply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			s := studyAt(b, filepath.Join(b.TempDir(), "s"), "ana", "NPL")
			p := planned(b, s, file)
			b.StartTimer()
			apply(b, p, job.ListTake{})
		}
	})
	b.Run("again", func(b *testing.B) {
		s := studyAt(b, filepath.Join(b.TempDir(), "s"), "ana", "NPL")
		batch := apply(b, planned(b, s, file), job.ListTake{})
		b.ReportAllocs()
		for b.Loop() {
			if p := planned(b, s, file); p.Counts.Here != 100_000 {
				b.Fatal(p.Counts)
			}
		}
		b.StopTimer()
		if err := s.Undo(ctx, batch); err != nil {
			b.Fatal(err)
		}
	})
}
