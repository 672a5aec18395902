package job

import (
	"fmt"
	"math/rand/v2"
)

// organization is a fictional organization of the example, at a real town.
type organization struct {
	name, local string
	country     string
	town        town
	form        string
	kind        int // how it answers the screening, see answers
	number      int
}

// town is a real town with its position and its region.
type town struct {
	name, local string
	lon, lat    float64
}

var exampleTowns = map[string][]town{
	"NPL": {{"Kathmandu", "काठमाडौं", 85.3206, 27.7017}, {"Pokhara", "पोखरा", 83.9856, 28.2096}, {"Biratnagar", "विराटनगर", 87.2718, 26.4525}, {"Janakpur", "जनकपुर", 85.9230, 26.7288},
		{"Butwal", "बुटवल", 83.4483, 27.7006}, {"Nepalgunj", "नेपालगञ्ज", 81.6167, 28.0500}, {"Dhangadhi", "धनगढी", 80.5961, 28.7014}, {"Surkhet", "सुर्खेत", 81.6339, 28.6019},
		{"Dhulikhel", "धुलिखेल", 85.5500, 27.6200}, {"Ilam", "इलाम", 87.9260, 26.9094}, {"Jumla", "जुम्ला", 82.1838, 29.2747}},
	"PHL": {{"Quezon City", "Lungsod Quezon", 121.0437, 14.6760}, {"Baguio", "Baguio", 120.5960, 16.4023}, {"Naga", "Naga", 123.1814, 13.6192}, {"Iloilo", "Iloilo", 122.5644, 10.7202},
		{"Cebu", "Sugbo", 123.8907, 10.3157}, {"Tacloban", "Tacloban", 125.0039, 11.2447}, {"Davao", "Dabaw", 125.6128, 7.0731}, {"Cagayan de Oro", "Cagayan de Oro", 124.6319, 8.4542},
		{"Zamboanga", "Zamboanga", 122.0790, 6.9214}, {"Lucena", "Lucena", 121.6170, 13.9373}, {"Cotabato", "Kutawatu", 124.2464, 7.2236}},
	"KOR": {{"Seoul", "서울", 126.9780, 37.5665}, {"Busan", "부산", 129.0403, 35.1028}, {"Wonju", "원주", 127.9201, 37.3422}, {"Jeonju", "전주", 127.1480, 35.8242},
		{"Gwangju", "광주", 126.8526, 35.1595}, {"Daegu", "대구", 128.5911, 35.8714}, {"Daejeon", "대전", 127.3845, 36.3504}, {"Hongseong", "홍성", 126.6650, 36.6009},
		{"Jeju", "제주", 126.5312, 33.4996}, {"Chuncheon", "춘천", 127.7298, 37.8813}, {"Suwon", "수원", 127.0286, 37.2636}},
}

// stems are what organizations of a form are called, with the local word.
var stems = map[string]map[string][2]string{
	"cooperative":       {"NPL": {"Savings and Farmers' Cooperative", "बचत तथा कृषि सहकारी"}, "PHL": {"Multi-Purpose Cooperative", "Kooperatiba"}, "KOR": {"Living Cooperative", "생활협동조합"}},
	"mutual":            {"NPL": {"Health Mutual", "स्वास्थ्य पारस्परिक"}, "PHL": {"Mutual Benefit Association", "Damayan"}, "KOR": {"Mutual Aid Society", "공제회"}},
	"association":       {"NPL": {"Community Forest Users", "सामुदायिक वन उपभोक्ता"}, "PHL": {"Fisherfolk Association", "Samahan ng Mangingisda"}, "KOR": {"Village Association", "마을협회"}},
	"foundation":        {"NPL": {"Education Foundation", "शिक्षा प्रतिष्ठान"}, "PHL": {"Livelihood Foundation", "Pundasyon"}, "KOR": {"Care Foundation", "돌봄재단"}},
	"social_enterprise": {"NPL": {"Craft Enterprise", "हस्तकला उद्यम"}, "PHL": {"Coconut Social Enterprise", "Negosyong Panlipunan"}, "KOR": {"Repair Social Enterprise", "사회적기업 수리"}},
	"self_help_group":   {"NPL": {"Mothers' Group", "आमा समूह"}, "PHL": {"Savings Group", "Paluwagan"}, "KOR": {"Neighbours' Fund", "이웃기금"}},
	"other":             {"NPL": {"Producers' Company", "उत्पादक कम्पनी"}, "PHL": {"Producers' Company", "Kompanya"}, "KOR": {"Producers' Company", "생산자회사"}},
}

var exampleForms = []string{"cooperative", "self_help_group", "association", "cooperative", "social_enterprise", "foundation", "mutual", "cooperative", "self_help_group", "association", "other"}

var firsts = []string{"Green Valley", "Rising Sun", "Bright Path", "River Stone", "New Dawn", "Golden Field", "Open Hand", "Hill Top", "Blue Lake", "Common Table"}

// exampleOrganizations makes n organizations, country by country in turn.
func exampleOrganizations(n int, rng *rand.Rand) []organization {
	countries := []string{"NPL", "PHL", "KOR"}
	out := make([]organization, n)
	for i := range out {
		c := countries[i%len(countries)]
		form := exampleForms[(i/len(countries))%len(exampleForms)]
		t := exampleTowns[c][(i/len(countries)+i/33)%len(exampleTowns[c])]
		t.lon += (rng.Float64() - 0.5) * 0.03
		t.lat += (rng.Float64() - 0.5) * 0.02
		stem := stems[form][c]
		out[i] = organization{name: fmt.Sprintf("%s %s, %s", firsts[rng.IntN(len(firsts))], stem[0], t.name), local: t.local + " " + stem[1],
			country: c, town: t, form: form, kind: rng.IntN(10), number: i + 1}
		if i < 12 {
			out[i].kind = 0
		}
	}
	return out
}

// screens says whether the organization passes the screening.
func (o organization) screens() bool { return o.kind < 7 }

// answers are what the organization says of itself; the screening follows from
// them. Kinds 0 to 6 are in, 7 and 8 in doubt, 9 out.
func (o organization) answers(researcher string, rng *rand.Rand) map[string]string {
	a := map[string]string{
		"a_version": "full", "a_interviewer": researcher, "a_consent": "yes", "a_consent_geo": "yes", "a_publish": "name_location", "a_recontact": "no",
		"b_name": o.name, "b_name_local": o.local, "b_year": fmt.Sprint(1985 + rng.IntN(38)), "b_phone": "", "b_email": "", "b_web": "", "b_resp_name": "",
		"c_country": o.country, "c_locality": o.town.name, "c_admin2": o.town.name, "c_gps": fmt.Sprintf("%.5f %.5f 0 8", o.town.lat, o.town.lon),
		"d_form": o.form, "d_reg": "registered", "d_legal": "ANY_OTHER", "d_legal_other": "form of the example",
		"e_entity": "unit", "e_econ": "sells", "e_purpose": "members", "e_purpose_basis": "written", "e_join": "free", "e_mutual": "regular",
		"e_vote": "one_member", "e_assembly": "m12", "e_particip": "seats", "e_control": "own", "e_approval": "legal",
		"e_surplus": "patronage", "e_surplus_basis": "written", "e_assets": "similar", "e_view": "agree",
		"i_mode": "bands", "l_n_partners": "1",
	}
	if r := regionOf(o.town); r != "" {
		a["c_admin1"] = r
	}
	switch {
	case o.form == "self_help_group":
		a["d_reg"], a["e_purpose_basis"], a["e_surplus_basis"], a["e_econ"] = "unregistered", "practice", "practice", "financial"
	case o.form == "foundation":
		a["e_purpose"], a["e_join"], a["e_vote"], a["e_particip"], a["e_surplus"] = "community", "no_members", "appointed", "consulted", "prohibited"
	}
	switch o.kind {
	case 7:
		a["e_control"], a["e_approval"] = "government", "daily"
	case 8:
		a["e_mutual"], a["e_assembly"], a["e_purpose_basis"], a["e_surplus_basis"] = "never", "never", "practice", "practice"
	case 9:
		a["e_vote"], a["e_particip"], a["e_surplus"], a["e_control"], a["e_continue"] = "capital", "none", "unlimited", "company", "no"
	}
	return a
}

func regionOf(t town) string {
	r, _, ok := Atlas().Nearest([2]float64{t.lon, t.lat}, nearby)
	if !ok {
		return ""
	}
	return r.Code
}
