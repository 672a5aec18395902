package interview_test

import (
	"testing"

	"sselandscape/survey"
	"sselandscape/survey/interview"
	"sselandscape/survey/surveytest"
	"sselandscape/survey/xform"
)

// attached makes an interview about a form with files beside it.
func attached(t *testing.T, md string, files map[string]string) *interview.Session {
	t.Helper()
	f := surveytest.Form(t, md)
	for _, name := range xform.Files(f) {
		if err := xform.Attach(f, name, []byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	p, ps := interview.Compile(f)
	if p == nil {
		t.Fatal(ps)
	}
	s, _ := p.Start(world())
	return s
}

func offered(s *interview.Session, f survey.Field) string {
	out := ""
	for _, o := range s.Choices(f, "") {
		out += o.Name + "=" + o.Label + " "
	}
	return out
}

func TestChoicesFromFiles(t *testing.T) {
	const form = `
| survey |
| | type                              | name   | label   | choice_filter      | parameters             | calculation                                  |
| | select_one_from_file land.csv     | land   | Land    |                    |                        |                                              |
| | select_one_from_file towns.csv    | town   | Town    | land = ${land}     | value=code label=title |                                              |
| | select_multiple_from_file s.xml   | sector | Sector  |                    |                        |                                              |
| | select_one_from_file spots.geojson| spot   | Spot    |                    |                        |                                              |
| | calculate                         | people |         |                    |                        | pulldata('towns', 'people', 'code', ${town}) |
| | calculate                         | where  |         |                    |                        | instance('spots')/root/item[id = ${spot}]/geometry |`
	s := attached(t, form, map[string]string{
		"land.csv":  "name,label\nnpl,Nepal\nkor,Korea\n",
		"towns.csv": "\ufeffcode;title;land;people\nktm;Kathmandu;npl;1003285\npkr;Pokhara;npl;414141\nsel;Seoul;kor;9411260\n",
		"s.xml":     "<root><item><name>farm</name><label>Farming</label></item><item><name>shop</name><label>Shop</label></item></root>",
		"spots.geojson": `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[85.3,27.7]},
			"properties":{"id":"a","title":"Durbar"}}]}`})
	if got := offered(s, "town"); got != "" {
		t.Errorf("before the land: %s", got)
	}
	set(t, s, "land", "npl")
	for field, want := range map[survey.Field]string{"land": "npl=Nepal kor=Korea ", "town": "ktm=Kathmandu pkr=Pokhara ", "sector": "farm=Farming shop=Shop ", "spot": "a=Durbar "} {
		if got := offered(s, field); got != want {
			t.Errorf("%s offers %q, want %q", field, got, want)
		}
	}
	set(t, s, "town", "pkr")
	set(t, s, "spot", "a")
	wantValue(t, s, "people", "414141")
	wantValue(t, s, "where", "27.7 85.3 0 0")
	set(t, s, "land", "kor")
	wantValue(t, s, "town", "")
	wantValue(t, s, "people", "")
}

func TestExternalChoices(t *testing.T) {
	s, _ := form(t, `
| survey |
| | type                     | name | label | choice_filter  |
| | text                     | land | Land  |                |
| | select_one_external town | town | Town  | land = ${land} |
| external_choices |
| | list_name | name | label     | land |
| | town      | ktm  | Kathmandu | npl  |
| | town      | sel  | Seoul     | kor  |`).Start(world())
	set(t, s, "land", "kor")
	if got := offered(s, "town"); got != "sel=Seoul " {
		t.Errorf("offers %q", got)
	}
}

func TestLastSaved(t *testing.T) {
	p := form(t, `
| survey |
| | type         | name  | label           | default              |
| | text         | town  | Town            | ${last-saved#town}   |
| | begin repeat | r     | R               |                      |
| | text         | who   | Who             |                      |
| | end repeat   |       |                 |                      |
| | note         | hint  | Last time: ${last-saved#town} |        |
| | text         | first | First last time | ${last-saved#who}    |`)
	w := world()
	s, _ := p.Start(w)
	wantValue(t, s, "town", "")
	w.LastSaved = func() map[survey.Field]survey.Value {
		return map[survey.Field]survey.Value{"town": survey.Of("Pokhara"), "r[1]": survey.Of("1"), "r[1]/who": survey.Of("Asha")}
	}
	s, _ = p.Start(w)
	wantValue(t, s, "town", "Pokhara")
	wantValue(t, s, "first", "Asha")
	set(t, s, "town", "Butwal")
	if got := s.Label("hint", ""); got != "Last time: Pokhara" {
		t.Errorf("label %q", got)
	}
}
