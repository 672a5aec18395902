package main

import (
	"strings"

	"sselandscape/maps/region"
)

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

// isoOf settles ISO 3166-2 codes that Natural Earth gives to two areas.
var isoOf = map[string]string{
	"AFG-1752": "AF-URU", "AFG-1753": "AF-DAY", "AFG-1769": "AF-PAN", "AFG-1772": "AF-PAR", "AUS-2654": "AU-NSW", "IRN-3216": "IR-07", "IRN-5490": "IR-32",
	"KAZ-3207": "KZ-ALM", "KAZ-4829": "KZ-ALA", "LAO-3283": "LA-VT", "LAO-3284": "LA-VI", "MDV-5234": "MV-MLE", "MDV-5236": "MV-12", "SLB-3507": "SB-WE", "SLB-3508": "SB-CH",
	"TJK-368": "TJ-RA", "RUS-2364": "RU-MOS", "RUS-2365": "RU-MOW",
}

// renamed corrects names that are wrong, dated, short for something or missing.
var renamed = table(`
AF-DAY Daykundi; AF-PAN Panjshir
AZ-GYG Göygöl; AZ-SBN Şabran; AZ-XA Xankəndi
BD-A Barishal; BD-B Chattogram
BN-BM Brunei-Muara
BT-13 Haa; BT-14 Samtse; BT-21 Tsirang; BT-22 Dagana; BT-24 Wangdue Phodrang; BT-31 Sarpang; BT-32 Trongsa; BT-34 Zhemgang; BT-41 Trashigang; BT-43 Pemagatshel; BT-44 Lhuentse; BT-TY Trashiyangtse
CN-NM Inner Mongolia
IQ-TS Kirkuk
IR-03 Ardabil
KH-1 Banteay Meanchey; KH-2 Battambang; KH-3 Kampong Cham; KH-4 Kampong Chhnang; KH-5 Kampong Speu; KH-6 Kampong Thom; KH-7 Kampot; KH-8 Kandal; KH-9 Koh Kong; KH-10 Kratie; KH-11 Mondul Kiri; KH-13 Preah Vihear; KH-14 Prey Veng; KH-15 Pursat; KH-16 Ratanak Kiri; KH-17 Siem Reap; KH-18 Preah Sihanouk; KH-19 Stung Treng; KH-21 Takeo; KH-22 Oddar Meanchey; KH-24 Pailin
KR-42 Gangwon; KR-45 North Jeolla
LK-11 Colombo; LK-12 Gampaha; LK-13 Kalutara; LK-21 Kandy; LK-22 Matale; LK-23 Nuwara Eliya; LK-31 Galle; LK-32 Matara; LK-33 Hambantota; LK-41 Jaffna; LK-42 Kilinochchi; LK-43 Mannar; LK-44 Vavuniya; LK-45 Mullaitivu; LK-51 Batticaloa; LK-52 Ampara; LK-53 Trincomalee; LK-61 Kurunegala; LK-62 Puttalam; LK-71 Anuradhapura; LK-72 Polonnaruwa; LK-81 Badulla; LK-82 Monaragala; LK-91 Ratnapura; LK-92 Kegalle
LA-AT Attapeu; LA-BL Bolikhamxay; LA-HO Houaphanh; LA-KH Khammouane; LA-LM Luang Namtha; LA-LP Luang Prabang; LA-OU Oudomxay; LA-PH Phongsaly; LA-SL Salavan; LA-SV Savannakhet; LA-VI Vientiane Province; LA-VT Vientiane Capital; LA-XA Xayaboury; LA-XE Sekong; LA-XI Xiengkhouang
MN-035 Orkhon; MN-037 Darkhan-Uul; MN-039 Khentii; MN-041 Khövsgöl; MN-043 Khovd; MN-051 Sükhbaatar; MN-053 Ömnögovi; MN-055 Övörkhangai; MN-057 Zavkhan; MN-064 Govisümber; MN-065 Govi-Altai; MN-069 Bayankhongor; MN-071 Bayan-Ölgii; MN-073 Arkhangai
NP-P1 Koshi; NP-P2 Madhesh; NP-P3 Bagmati; NP-P4 Gandaki; NP-P5 Lumbini; NP-P6 Karnali; NP-P7 Sudurpashchim
PG-NPP Oro; PG-NSB Bougainville
PK-BA Balochistan; PK-GB Gilgit-Baltistan; PK-IS Islamabad Capital Territory; PK-KP Khyber Pakhtunkhwa; PK-JK Azad Jammu and Kashmir; PK-SD Sindh
RU-MAG Magadan; RU-ZAB Zabaykalsky; RU-MOS Moscow Oblast; RU-MOW Moscow
TH-10 Bangkok
TJ-RA Districts of Republican Subordination; TJ-SU Sughd
TL-CO Covalima; TL-OE Oecusse
TM-D Dashoguz; TM-L Lebap
TR-02 Adıyaman; TR-04 Ağrı; TR-09 Aydın; TR-10 Balıkesir; TR-18 Çankırı; TR-21 Diyarbakır; TR-23 Elazığ; TR-26 Eskişehir; TR-29 Gümüşhane; TR-30 Hakkâri; TR-34 İstanbul; TR-35 İzmir; TR-39 Kırklareli; TR-40 Kırşehir; TR-46 Kahramanmaraş; TR-48 Muğla; TR-49 Muş; TR-50 Nevşehir; TR-51 Niğde; TR-59 Tekirdağ; TR-63 Şanlıurfa; TR-64 Uşak; TR-71 Kırıkkale; TR-73 Şırnak; TR-76 Iğdır
UZ-TK Tashkent City; UZ-TO Tashkent Region
KAS+00? Siachen Glacier; KIR+99? Kiribati (small islands); RUS+99? Russian Federation (small islands)
`)

// inScript gives names in local scripts that Natural Earth lacks, by language.
var inScript = map[string]map[string]string{
	"ne": table(`NP-P1 कोशी; NP-P2 मधेश; NP-P3 बागमती; NP-P4 गण्डकी; NP-P5 लुम्बिनी; NP-P6 कर्णाली; NP-P7 सुदूरपश्चिम`),
	"si": table(`LK-1 බස්නාහිර; LK-2 මධ්‍යම; LK-3 දකුණු; LK-4 උතුරු; LK-5 නැගෙනහිර; LK-6 වයඹ; LK-7 උතුරු මැද; LK-8 ඌව; LK-9 සබරගමුව
LK-11 කොළඹ; LK-12 ගම්පහ; LK-13 කළුතර; LK-21 මහනුවර; LK-22 මාතලේ; LK-23 නුවරඑළිය; LK-31 ගාල්ල; LK-32 මාතර; LK-33 හම්බන්තොට; LK-41 යාපනය; LK-42 කිලිනොච්චි; LK-43 මන්නාරම; LK-44 වවුනියාව; LK-45 මුලතිව්; LK-51 මඩකලපුව; LK-52 අම්පාර; LK-53 ත්‍රිකුණාමලය; LK-61 කුරුණෑගල; LK-62 පුත්තලම; LK-71 අනුරාධපුර; LK-72 පොළොන්නරුව; LK-81 බදුල්ල; LK-82 මොණරාගල; LK-91 රත්නපුර; LK-92 කෑගල්ල`),
	"ta": table(`LK-1 மேல்; LK-2 மத்திய; LK-3 தென்; LK-4 வட; LK-5 கிழக்கு; LK-6 வடமேல்; LK-7 வடமத்திய; LK-8 ஊவா; LK-9 சபரகமுவ
LK-11 கொழும்பு; LK-12 கம்பகா; LK-13 களுத்துறை; LK-21 கண்டி; LK-22 மாத்தளை; LK-23 நுவரெலியா; LK-31 காலி; LK-32 மாத்தறை; LK-33 அம்பாந்தோட்டை; LK-41 யாழ்ப்பாணம்; LK-42 கிளிநொச்சி; LK-43 மன்னார்; LK-44 வவுனியா; LK-45 முல்லைத்தீவு; LK-51 மட்டக்களப்பு; LK-52 அம்பாறை; LK-53 திருகோணமலை; LK-61 குருணாகல்; LK-62 புத்தளம்; LK-71 அனுராதபுரம்; LK-72 பொலன்னறுவை; LK-81 பதுளை; LK-82 மொணராகலை; LK-91 இரத்தினபுரி; LK-92 கேகாலை`),
	"ur": table(`PK-KP خیبر پختونخوا`),
	"ru": table(`KZ-AST Астана; TJ-SU Согдийская область`),
	"ko": table(`KR-42 강원특별자치도; KR-45 전북특별자치도`),
}

// dated lists regions whose names in other languages are those of the past.
var dated = map[string]bool{"KZ-AST": true, "TJ-SU": true}

// table reads lines of "code name; code name".
func table(s string) map[string]string {
	out := map[string]string{}
	for _, e := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		code, name, _ := strings.Cut(strings.TrimSpace(e), " ")
		out[code] = name
	}
	return out
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

// otherNames are English names of countries where the UN's (M49) or ISO 3166-1's
// are not those of the ILO.
var otherNames = map[region.Profile]map[string]string{
	region.UN: table(`HKG China, Hong Kong Special Administrative Region; IRN Iran (Islamic Republic of); MAC China, Macao Special Administrative Region
FSM Micronesia (Federated States of); PSE State of Palestine; TWN Taiwan, Province of China`),
	region.ISO: table(`HKG Hong Kong; KOR Korea, Republic of; PRK Korea, Democratic People's Republic of; MAC Macao; FSM Micronesia, Federated States of; PSE Palestine, State of
TWN Taiwan, Province of China; IRN Iran, Islamic Republic of`),
}

var countries = map[string]countryText{
	"AFG": {name: "Afghanistan"}, "ARM": {name: "Armenia", names: map[string]string{"hy": "Հայաստան"}}, "AUS": {name: "Australia"},
	"AZE": {name: "Azerbaijan"}, "BGD": {name: "Bangladesh", names: map[string]string{"bn": "বাংলাদেশ"}, note: "7 of 8 divisions can be drawn; Mymensingh is drawn as part of Dhaka"},
	"BTN": {name: "Bhutan", names: map[string]string{"dz": "འབྲུག"}}, "BRN": {name: "Brunei Darussalam"},
	"KHM": {name: "Cambodia", names: map[string]string{"km": "កម្ពុជា"}, note: "24 of 25 provinces can be drawn; Tboung Khmum is drawn as part of Kampong Cham"},
	"CHN": {name: "China", names: map[string]string{"zh": "中国"}}, "COK": {name: "Cook Islands"}, "PRK": {name: "Democratic People's Republic of Korea", names: map[string]string{"ko": "조선민주주의인민공화국"}, note: "11 of 13 units can be drawn; Nampo and Kaesong are drawn as part of others"},
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

// viewpoints are the points of view of Natural Earth's FCLASS fields that are those of
// one country, by what the field's name ends in.
var viewpoints = map[string]region.Viewpoint{
	"US": "USA", "FR": "FRA", "RU": "RUS", "ES": "ESP", "CN": "CHN", "TW": "TWN", "IN": "IND", "NP": "NPL", "PK": "PAK", "DE": "DEU", "GB": "GBR",
	"BR": "BRA", "IL": "ISR", "PS": "PSE", "SA": "SAU", "EG": "EGY", "MA": "MAR", "PT": "PRT", "AR": "ARG", "JP": "JPN", "KO": "KOR", "VN": "VNM",
	"TR": "TUR", "ID": "IDN", "PL": "POL", "GR": "GRC", "IT": "ITA", "NL": "NLD", "SE": "SWE", "BD": "BGD", "UA": "UKR",
}

// claimedBy says whose an area is, seen from viewpoints that do not recognise what it
// is de facto: those that Natural Earth marks so and that claim it, and those whose
// claimed lines of Natural Earth run around it.
var claimedBy = map[string][]region.Viewpoint{
	"IN-AR": {"CHN"}, "IN-LA": {"PAK"}, "PK-GB": {"IND"}, "KAS": {"IND", "PAK"}, // marked
	"IN-JK": {"PAK"}, "PK-JK": {"IND"}, // by lines
}

// partOf is the region that pieces of other countries' regions belong to for those
// who claim them.
var partOf = map[region.Viewpoint]string{"IND": "IN-LA", "CHN": "CN-XZ", "JPN": "JP-01"}

// waters corrects names of rivers: letters with a bar above became ones with dots.
var waters = map[string]string{"Mahäna Nadï": "Mahanadi", "Godävari": "Godavari"}
