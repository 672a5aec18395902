package main

// country gives the ISO 3166-1 alpha-3 code of a Natural Earth code; areas that
// have none keep Natural Earth's.
func country(a3 string) string {
	switch a3 {
	case "PSX":
		return "PSE"
	case "IOA": // Indian Ocean Territories of Australia
		return "AUS"
	case "ATC", "CSI":
		return "AUS"
	}
	return a3
}

// disputed marks areas that Natural Earth keeps apart, or counts to another
// country than ISO 3166-2 does.
func disputed(a3, iso, id, name string) bool {
	switch a3 {
	case "KAS", "PGA", "KAB", "CYN", "PSX", "ESB", "WSB":
		return true
	}
	switch iso {
	case "UA-40", "UA-43", // counted to RUS by Natural Earth
		"IN-JK", "IN-LA", "IN-AR", "PK-GB", "PK-JK", "PK-NA":
		return true
	}
	return id == "PFA+00?" || name == "UNDOF"
}

// renamed corrects names that are dated or missing.
var renamed = map[string]string{
	"NP-P1": "Koshi", "NP-P2": "Madhesh", "NP-P3": "Bagmati", "NP-P4": "Gandaki", "NP-P5": "Lumbini", "NP-P6": "Karnali", "NP-P7": "Sudurpashchim",
	"TJ-SU": "Sughd", "KR-42": "Gangwon", "KR-45": "North Jeolla",
}

// dissolved gives code (ISO 3166-2) and name of the regions that are made of
// several source areas.
var dissolved = map[string][2]string{
	"PK-KP":                                       {"PK-KP", "Khyber Pakhtunkhwa"},
	"Basnāhira paḷāta":                            {"LK-1", "Western"},
	"Madhyama paḷāta":                             {"LK-2", "Central"},
	"Dakuṇu paḷāta":                               {"LK-3", "Southern"},
	"Uturu paḷāta":                                {"LK-4", "Northern"},
	"Næ̆gĕnahira paḷāta":                          {"LK-5", "Eastern"},
	"Vayamba paḷāta":                              {"LK-6", "North Western"},
	"Uturumæ̆da paḷāta":                           {"LK-7", "North Central"},
	"Ūva paḷāta":                                  {"LK-8", "Uva"},
	"Sabaragamuva paḷāta":                         {"LK-9", "Sabaragamuwa"},
	"National Capital Region":                     {"PH-00", "National Capital Region"},
	"Ilocos (Region I)":                           {"PH-01", "Ilocos"},
	"Cagayan Valley (Region II)":                  {"PH-02", "Cagayan Valley"},
	"Central Luzon (Region III)":                  {"PH-03", "Central Luzon"},
	"Bicol (Region V)":                            {"PH-05", "Bicol"},
	"Western Visayas (Region VI)":                 {"PH-06", "Western Visayas"},
	"Central Visayas (Region VII)":                {"PH-07", "Central Visayas"},
	"Eastern Visayas (Region VIII)":               {"PH-08", "Eastern Visayas"},
	"Zamboanga Peninsula (Region IX)":             {"PH-09", "Zamboanga Peninsula"},
	"Northern Mindanao (Region X)":                {"PH-10", "Northern Mindanao"},
	"Davao (Region XI)":                           {"PH-11", "Davao"},
	"SOCCSKSARGEN (Region XII)":                   {"PH-12", "Soccsksargen"},
	"Dinagat Islands (Region XIII)":               {"PH-13", "Caraga"},
	"Autonomous Region in Muslim Mindanao (ARMM)": {"PH-14", "Bangsamoro"},
	"Cordillera Administrative Region (CAR)":      {"PH-15", "Cordillera"},
	"CALABARZON (Region IV-A)":                    {"PH-40", "Calabarzon"},
	"MIMAROPA (Region IV-B)":                      {"PH-41", "Mimaropa"},
}

// countryText is what is said of a country: its name in English as the ILO writes
// it, in its own languages, and where the drawn regions are not those in force.
type countryText struct {
	name  string
	names map[string]string
	note  string
}

var countries = map[string]countryText{
	"AFG": {name: "Afghanistan"}, "ARM": {name: "Armenia", names: map[string]string{"hy": "Հայաստան"}}, "AUS": {name: "Australia"},
	"AZE": {name: "Azerbaijan"}, "BGD": {name: "Bangladesh", names: map[string]string{"bn": "বাংলাদেশ"}, note: "7 of 8 divisions can be drawn; Mymensingh is drawn as part of Dhaka"},
	"BTN": {name: "Bhutan", names: map[string]string{"dz": "འབྲུག"}}, "BRN": {name: "Brunei Darussalam"},
	"KHM": {name: "Cambodia", names: map[string]string{"km": "កម្ពុជា"}, note: "24 of 25 provinces can be drawn; Tboung Khmum is drawn as part of Kampong Cham"},
	"CHN": {name: "China", names: map[string]string{"zh": "中国"}}, "COK": {name: "Cook Islands"}, "PRK": {name: "Democratic People's Republic of Korea", names: map[string]string{"ko": "조선민주주의인민공화국"}, note: "11 of 13 units can be drawn"},
	"FJI": {name: "Fiji"}, "GEO": {name: "Georgia", names: map[string]string{"ka": "საქართველო"}}, "HKG": {name: "Hong Kong, China", names: map[string]string{"zh": "香港"}},
	"IND": {name: "India", names: map[string]string{"hi": "भारत"}}, "IDN": {name: "Indonesia", note: "33 of 38 provinces can be drawn; North Kalimantan and four provinces of Papua are drawn as part of their neighbours"},
	"IRN": {name: "Iran, Islamic Republic of", names: map[string]string{"fa": "ایران"}}, "JPN": {name: "Japan", names: map[string]string{"ja": "日本"}},
	"KAZ": {name: "Kazakhstan", names: map[string]string{"kk": "Қазақстан"}, note: "16 of 20 units can be drawn; Abai, Ulytau, Zhetysu and Shymkent are drawn as part of others"},
	"KIR": {name: "Kiribati"}, "KGZ": {name: "Kyrgyzstan", names: map[string]string{"ky": "Кыргызстан"}, note: "8 of 9 units can be drawn; Osh city is drawn as part of its region"},
	"LAO": {name: "Lao People's Democratic Republic", names: map[string]string{"lo": "ລາວ"}, note: "17 of 18 provinces can be drawn; Xaisomboun is drawn as part of its neighbours"},
	"MAC": {name: "Macau, China", names: map[string]string{"zh": "澳門"}}, "MYS": {name: "Malaysia"}, "MDV": {name: "Maldives", names: map[string]string{"dv": "ދިވެހިރާއްޖެ"}},
	"MHL": {name: "Marshall Islands"}, "FSM": {name: "Micronesia, Federated States of"}, "MNG": {name: "Mongolia", names: map[string]string{"mn": "Монгол Улс"}},
	"MMR": {name: "Myanmar", names: map[string]string{"my": "မြန်မာ"}, note: "14 of 15 units can be drawn; Nay Pyi Taw is drawn as part of Mandalay"},
	"NRU": {name: "Nauru"}, "NPL": {name: "Nepal", names: map[string]string{"ne": "नेपाल"}, note: "the 7 provinces come from a package that does not say where it has them from"},
	"NCL": {name: "New Caledonia"}, "NZL": {name: "New Zealand"}, "NIU": {name: "Niue"}, "PAK": {name: "Pakistan", names: map[string]string{"ur": "پاکستان"}},
	"PLW": {name: "Palau"}, "PNG": {name: "Papua New Guinea", note: "20 of 22 provinces can be drawn; Hela and Jiwaka are drawn as part of others"},
	"PHL": {name: "Philippines", names: map[string]string{"fil": "Pilipinas"}, note: "17 of 18 regions can be drawn; the Negros Island Region of 2024 is drawn as part of its neighbours"},
	"PYF": {name: "French Polynesia"}, "KOR": {name: "Republic of Korea", names: map[string]string{"ko": "대한민국"}}, "RUS": {name: "Russian Federation"},
	"WSM": {name: "Samoa"}, "SGP": {name: "Singapore"}, "SLB": {name: "Solomon Islands"}, "LKA": {name: "Sri Lanka", names: map[string]string{"si": "ශ්‍රී ලංකා", "ta": "இலங்கை"}},
	"TJK": {name: "Tajikistan", names: map[string]string{"tg": "Тоҷикистон"}}, "THA": {name: "Thailand", names: map[string]string{"th": "ประเทศไทย"}},
	"TLS": {name: "Timor-Leste", note: "13 of 14 municipalities can be drawn; Atauro is drawn as part of Dili"}, "TON": {name: "Tonga"}, "TUR": {name: "Türkiye"},
	"TKM": {name: "Turkmenistan"}, "TUV": {name: "Tuvalu", note: "its islands are drawn as one unit"}, "UZB": {name: "Uzbekistan"}, "VUT": {name: "Vanuatu"},
	"VNM": {name: "Viet Nam", names: map[string]string{"vi": "Việt Nam"}}, "TWN": {name: "Taiwan, China", names: map[string]string{"zh": "臺灣"}},
	"NFK": {name: "Norfolk Island"}, "GUM": {name: "Guam"}, "ASM": {name: "American Samoa"}, "MNP": {name: "Northern Mariana Islands"},
	"WLF": {name: "Wallis and Futuna"}, "PCN": {name: "Pitcairn"}, "SAU": {name: "Saudi Arabia"}, "ARE": {name: "United Arab Emirates"},
	"QAT": {name: "Qatar"}, "KWT": {name: "Kuwait"}, "OMN": {name: "Oman"}, "YEM": {name: "Yemen"}, "IRQ": {name: "Iraq"}, "JOR": {name: "Jordan"},
	"LBN": {name: "Lebanon"}, "SYR": {name: "Syrian Arab Republic"}, "ISR": {name: "Israel"}, "PSE": {name: "Occupied Palestinian Territory"},
	"BHR": {name: "Bahrain"}, "CYP": {name: "Cyprus"}, "CYN": {name: "northern part of Cyprus"}, "KAS": {name: "Siachen Glacier area"},
	"PGA": {name: "Spratly Islands"}, "KAB": {name: "Baikonur area"}, "ESB": {name: "Dhekelia"}, "WSB": {name: "Akrotiri"},
}
