package job

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"sselandscape/survey/match"
	"sselandscape/survey/notation"
)

// ColumnRole is what a column of a list of organizations says of a unit.
type ColumnRole string

// The roles of columns.
const (
	ColumnName         ColumnRole = "name"
	ColumnLocalName    ColumnRole = "name_local"
	ColumnCode         ColumnRole = "id"
	ColumnCountry      ColumnRole = "country"
	ColumnRegion       ColumnRole = "region"
	ColumnPlace        ColumnRole = "place"
	ColumnLon          ColumnRole = "lon"
	ColumnLat          ColumnRole = "lat"
	ColumnPoint        ColumnRole = "point"
	ColumnForm         ColumnRole = "form"
	ColumnRegistration ColumnRole = "registration"
	ColumnPhone        ColumnRole = "phone"
	ColumnAddress      ColumnRole = "address"
	ColumnStratum      ColumnRole = "stratum"
	ColumnAssigned     ColumnRole = "assigned"
	ColumnOther        ColumnRole = "other" // kept with the unit under the name of the column
	ColumnLeftOut      ColumnRole = "leave_out"
)

// AllColumnRoles lists them, with what they are called on screen.
var AllColumnRoles = []struct {
	Role  ColumnRole
	Label string
}{
	{ColumnName, "Name"}, {ColumnLocalName, "Name in the local script"}, {ColumnCode, "Id in the list"}, {ColumnCountry, "Country"},
	{ColumnRegion, "Region"}, {ColumnPlace, "Place"}, {ColumnLon, "Longitude"}, {ColumnLat, "Latitude"}, {ColumnPoint, "Position"},
	{ColumnForm, "Form of organization"}, {ColumnRegistration, "Registration number"}, {ColumnPhone, "Telephone"}, {ColumnAddress, "Address"},
	{ColumnStratum, "Stratum"}, {ColumnAssigned, "Assigned to"}, {ColumnOther, "Keep as it is"}, {ColumnLeftOut, "Leave out"},
}

// headings are what columns are called, in small letters without accents. A
// heading may also begin or end with one of them.
var headings = map[ColumnRole][]string{
	ColumnName: {"name", "organization", "organisation", "unit", "unit name", "name of organization", "name of organisation", "name of unit", "organization name", "organisation name", "cooperative", "cooperative name", "society", "english name", "name en", "title", "nom", "nombre", "nome", "organisation nom", "nama", "nama organisasi", "nama koperasi", "pangalan", "ten", "ten to chuc", "ten hop tac xa", "ten don vi", "tên đơn vị",
		"नाम", "संस्थाको नाम", "संस्था", "नाम अंग्रेजी", "নাম", "নাম ইংরেজি", "பெயர்", "නම", "نام", "اسم", "اسم المنظمة", "名称", "名稱", "机构名称", "组织名称", "單位名稱", "名前", "団体名", "組織名", "組合名", "기관명", "조직명", "단체명", "이름", "명칭", "조합명", "ชื่อ", "ชื่อองค์กร", "ชื่อสหกรณ์", "ឈ្មោះ", "ຊື່", "အမည်", "название", "наименование", "организация", "нэр", "байгууллагын нэр"},
	ColumnLocalName:    {"local name", "name local", "name in local language", "name in local script", "native name", "vernacular name", "nom local", "nombre local", "name ne", "name ko", "name th", "name ja", "name zh", "name vi", "name bn", "name hi", "स्थानीय नाम", "नाम नेपाली", "नाम नेपालीमा", "स्थानीय", "本地名称", "当地名称", "現地名", "현지명", "한글명", "ชื่อไทย", "ชื่อภาษาไทย", "ten tieng viet", "নাম বাংলা", "name local script", "name nepali", "nepali name", "korean name", "thai name"},
	ColumnCode:         {"id", "code", "unit id", "uid", "uuid", "list id", "frame id", "frame no", "serial", "serial no", "serial number", "sn", "s n", "no", "nr", "number", "num", "ref", "reference", "identifiant", "codigo", "kode", "ma", "ma so", "stt", "क्रम", "क्र स", "सि नं", "ক্রমিক", "编号", "代码", "編號", "番号", "コード", "번호", "연번", "코드", "รหัส", "ลำดับ", "លេខ", "код", "номер", "дугаар", "رقم", "الرقم"},
	ColumnCountry:      {"country", "country code", "country name", "iso", "iso3", "iso2", "iso country", "pays", "pais", "negara", "bansa", "quoc gia", "nuoc", "देश", "দেশ", "நாடு", "රට", "ملک", "البلد", "国家", "國家", "国", "국가", "나라", "ประเทศ", "ប្រទេស", "ປະເທດ", "နိုင်ငံ", "страна", "улс"},
	ColumnRegion:       {"region", "region code", "region name", "province", "province name", "state", "division", "prefecture", "governorate", "admin1", "adm1", "adm1 name", "adm1 pcode", "admin 1", "first level area", "provincia", "departement", "provinsi", "rehiyon", "lalawigan", "tinh", "tinh thanh pho", "vung", "प्रदेश", "राज्य", "प्रान्त", "বিভাগ", "மாநிலம்", "පළාත", "صوبہ", "المحافظة", "省", "省份", "地区", "都道府県", "県", "시도", "광역", "지역", "จังหวัด", "ខេត្ត", "ແຂວງ", "တိုင်း", "область", "регион", "аймаг"},
	ColumnPlace:        {"place", "village", "town", "city", "municipality", "locality", "local level", "ward", "barangay", "commune", "district", "county", "upazila", "thana", "settlement", "lieu", "ville", "localite", "lugar", "ciudad", "desa", "kecamatan", "kabupaten", "kota", "lungsod", "bayan", "xa", "huyen", "quan", "गाउँ", "नगर", "नगरपालिका", "पालिका", "स्थानीय तह", "जिल्ला", "गाँव", "গ্রাম", "উপজেলা", "জেলা", "村", "镇", "县", "市", "市町村", "시군구", "읍면동", "อำเภอ", "ตำบล", "หมู่บ้าน", "ស្រុក", "ភូមិ", "город", "село", "сум"},
	ColumnLon:          {"lon", "long", "lng", "longitude", "x", "x coord", "easting", "longitud", "bujur", "kinh do", "kinh độ", "देशान्तर", "देशांतर", "দ্রাঘিমাংশ", "经度", "經度", "経度", "경도", "ลองจิจูด", "долгота", "уртраг", "خط الطول"},
	ColumnLat:          {"lat", "latitude", "y", "y coord", "northing", "latitud", "lintang", "vi do", "vĩ độ", "अक्षांश", "অক্ষাংশ", "纬度", "緯度", "위도", "ละติจูด", "широта", "өргөрөг", "خط العرض"},
	ColumnPoint:        {"point", "position", "gps", "gps point", "geopoint", "coordinates", "coordinate", "coords", "lat lon", "lat long", "latlon", "latlng", "location gps", "geometry", "plus code", "pluscode", "map link", "google maps", "coordonnees", "coordenadas", "koordinat", "toa do", "tọa độ", "निर्देशांक", "坐标", "座標", "좌표", "พิกัด", "координаты"},
	ColumnForm:         {"form", "form of organization", "form of organisation", "organizational form", "legal form", "type", "type of organization", "type of organisation", "organization type", "kind", "category", "forme", "forme juridique", "tipo", "forma", "jenis", "uri", "loai hinh", "प्रकार", "किसिम", "ধরন", "类型", "類型", "種別", "種類", "유형", "형태", "조직형태", "ประเภท", "ប្រភេទ", "тип", "форма", "төрөл", "النوع"},
	ColumnRegistration: {"registration", "registration no", "registration number", "reg no", "reg number", "registered no", "registry number", "licence no", "license no", "tax id", "numero d enregistrement", "numero de registro", "nomor registrasi", "so dang ky", "số đăng ký", "दर्ता नं", "दर्ता नम्बर", "নিবন্ধন নম্বর", "登记号", "注册号", "統一社會信用代碼", "统一社会信用代码", "登録番号", "등록번호", "인가번호", "사업자등록번호", "เลขทะเบียน", "регистрационный номер"},
	ColumnPhone:        {"phone", "telephone", "tel", "mobile", "contact", "contact number", "contact no", "phone number", "telefono", "telepon", "telepono", "dien thoai", "điện thoại", "số điện thoại", "फोन", "सम्पर्क नं", "मोबाइल", "ফোন", "মোবাইল", "电话", "電話", "電話番号", "전화", "전화번호", "연락처", "โทรศัพท์", "เบอร์โทร", "ទូរស័ព្ទ", "телефон", "утас", "هاتف"},
	ColumnAddress:      {"address", "street", "street address", "full address", "postal address", "adresse", "direccion", "alamat", "dia chi", "địa chỉ", "ठेगाना", "पता", "ঠিকানা", "முகவரி", "پتہ", "العنوان", "地址", "住所", "所在地", "주소", "소재지", "ที่อยู่", "អាសយដ្ឋាន", "адрес", "хаяг"},
	ColumnStratum:      {"stratum", "strata", "stratum name", "sample stratum", "strate", "estrato", "strata sampel", "tang", "स्तर", "স্তর", "层", "層", "층", "ชั้นภูมิ", "страта"},
	ColumnAssigned:     {"assigned", "assigned to", "researcher", "interviewer", "enumerator", "surveyor", "field worker", "fieldworker", "enqueteur", "encuestador", "pewawancara", "petugas", "nguoi phong van", "अनुसन्धानकर्ता", "सर्वेक्षक", "গবেষক", "调查员", "調査員", "조사원", "담당자", "ผู้สัมภาษณ์", "интервьюер", "судлаач"},
}

// byHeading finds roles by the keys of headings.
var byHeading = sync.OnceValue(func() map[string]ColumnRole {
	out := map[string]ColumnRole{}
	for role, names := range headings {
		for _, n := range names {
			out[match.Key(n)] = role
		}
	}
	return out
})

// GuessColumns says what the columns of a list are likely to be: by their names, and
// where these say nothing by what the sample of rows holds. Each role but
// ColumnOther is given once.
func GuessColumns(columns []string, sample [][]string) []ColumnRole {
	out := make([]ColumnRole, len(columns))
	taken := map[ColumnRole]bool{}
	give := func(i int, r ColumnRole) {
		if r != "" && out[i] == "" && !taken[r] {
			out[i], taken[r] = r, true
		}
	}
	name := func(i int, r ColumnRole) {
		if r == ColumnName && taken[r] { // names in two scripts
			r = ColumnLocalName
		}
		give(i, r)
	}
	for i, c := range columns {
		name(i, byHeading()[match.Key(c)])
	}
	for i, c := range columns {
		if out[i] == "" {
			give(i, nearHeading(match.Key(c)))
		}
	}
	for i := range columns {
		give(i, byContent(cellsOf(sample, i)))
	}
	if !taken[ColumnName] {
		if taken[ColumnLocalName] {
			i := slices.Index(out, ColumnLocalName)
			out[i], taken[ColumnLocalName] = ColumnName, false
		} else {
			give(wordiest(sample, out), ColumnName)
		}
	}
	if i, j := slices.Index(out, ColumnName), slices.Index(out, ColumnLocalName); i >= 0 && j >= 0 && !latin(columns[i], cellsOf(sample, i)) && latin(columns[j], cellsOf(sample, j)) {
		out[i], out[j] = ColumnLocalName, ColumnName
	}
	if taken[ColumnLon] != taken[ColumnLat] {
		for i := range out {
			if out[i] == ColumnLon || out[i] == ColumnLat {
				out[i] = ""
			}
		}
	}
	for i := range out {
		out[i] = cmp.Or(out[i], ColumnOther)
	}
	return out
}

// nearHeading finds a role by the beginning or the end of a heading: "name of the
// cooperative", "gps longitude".
func nearHeading(key string) ColumnRole {
	words := strings.Fields(key)
	for n := min(len(words)-1, 3); n > 0; n-- {
		if r := byHeading()[strings.Join(words[:n], " ")]; r != "" && r != ColumnCode {
			return r
		}
		if r := byHeading()[strings.Join(words[len(words)-n:], " ")]; r != "" && r != ColumnCode && r != ColumnName {
			return r
		}
	}
	return ""
}

func cellsOf(sample [][]string, i int) []string {
	var out []string
	for _, r := range sample {
		if i < len(r) && strings.TrimSpace(r[i]) != "" {
			out = append(out, strings.TrimSpace(r[i]))
		}
	}
	return out
}

// latin says whether the cells of a column, or its name if they are blank, are
// mostly in Latin letters.
func latin(name string, cells []string) bool {
	if len(cells) == 0 {
		cells = []string{name}
	}
	plain, other := 0, 0
	for _, c := range cells {
		for _, r := range c {
			switch {
			case unicode.Is(unicode.Latin, r):
				plain++
			case unicode.IsLetter(r):
				other++
			}
		}
	}
	return plain > other
}

// byContent recognises positions and countries.
func byContent(cells []string) ColumnRole {
	if len(cells) == 0 {
		return ""
	}
	share := func(ok func(string) bool) float64 {
		n := 0
		for _, c := range cells {
			if ok(c) {
				n++
			}
		}
		return float64(n) / float64(len(cells))
	}
	switch {
	case share(func(c string) bool { return CountryCode(c) != "" }) > 0.8:
		return ColumnCountry
	case share(func(c string) bool {
		_, _, err := notation.ParsePosition(c)
		return err == nil
	}) > 0.8:
		return ColumnPoint
	}
	return ""
}

// wordiest is the column whose cells hold the most different letters, of those
// without a role.
func wordiest(sample [][]string, roles []ColumnRole) int {
	best, most := 0, -1
	for i, r := range roles {
		if r != "" {
			continue
		}
		seen, n := map[string]bool{}, 0
		for _, c := range cellsOf(sample, i) {
			key := match.Key(c)
			if !seen[key] && strings.Trim(key, "0123456789 ") != "" {
				n += min(len([]rune(key)), 40)
			}
			seen[key] = true
		}
		if n > most {
			best, most = i, n
		}
	}
	return best
}

// CountryCode reads a country: an ISO 3166-1 code, or a name in English or one of
// the languages of Asia and some others. It returns the alpha-3 code, "" for none.
func CountryCode(s string) string {
	return countryKeys()[match.Key(s)]
}

var countryLanguages = []language.Tag{language.English, language.French, language.Spanish, language.Portuguese, language.Russian, language.Arabic, language.Chinese, language.TraditionalChinese,
	language.Japanese, language.Korean, language.Hindi, language.Nepali, language.Bengali, language.Tamil, language.Sinhala, language.Urdu, language.Persian, language.Thai, language.Lao, language.Khmer,
	language.Burmese, language.Vietnamese, language.Indonesian, language.Malay, language.Filipino, language.Mongolian, language.Kazakh, language.Kirghiz, language.Uzbek, language.German}

// otherNames are names of countries that no list of countries has.
var otherNames = map[string]string{"south korea": "KOR", "korea": "KOR", "north korea": "PRK", "laos": "LAO", "lao pdr": "LAO", "burma": "MMR", "viet nam": "VNM", "vietnam": "VNM", "iran": "IRN", "syria": "SYR",
	"russia": "RUS", "brunei": "BRN", "timor leste": "TLS", "east timor": "TLS", "uae": "ARE", "turkey": "TUR", "turkiye": "TUR", "한국": "KOR", "남한": "KOR", "prc": "CHN", "the philippines": "PHL", "the maldives": "MDV", "kyrgyz republic": "KGZ"}

var countryKeys = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	put := func(name, code string) {
		if key := match.Key(name); key != "" && out[key] == "" {
			out[key] = code
		}
	}
	var regions []language.Region
	for _, c := range Atlas().Countries {
		put(c.Code, c.Code)
		put(c.Name, c.Code)
		for _, n := range c.Names {
			put(n, c.Code)
		}
		for _, n := range c.Others {
			put(n, c.Code)
		}
		if r, err := language.ParseRegion(c.Code); err == nil {
			regions = append(regions, r)
			put(r.String(), c.Code)
		}
	}
	for _, tag := range countryLanguages {
		namer := display.Regions(tag)
		if namer == nil {
			continue
		}
		for _, r := range regions {
			put(namer.Name(r), r.ISO3())
		}
	}
	for n, c := range otherNames {
		put(n, c)
	}
	return out
})
