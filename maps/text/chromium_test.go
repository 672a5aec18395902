package text

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var record = flag.Bool("record", false, "ask Chromium anew for testdata/chromium.json")

// laidOut is where a browser puts a text: the runes at which its lines begin, and
// the left and right edges of each rune in tenths of a pixel. Runes that it does not
// show, as spaces at the end of a line, have -1 twice.
type laidOut struct {
	Begins []int `json:"begins"`
	Left   []int `json:"left"`
	Right  []int `json:"right"`
}

// asked is a text that is laid out by both.
type asked struct {
	name, text string
	width      int     // pixels; 0: one line
	size       float32 // pixels; 0: 20
	// others says why lines may end at other places than Chromium's: it has
	// dictionaries of some languages.
	others string
}

const (
	dictionary = "Chromium breaks lines between words of a dictionary, we between syllables"
	ascii      = "Chromium has a table of its own for ASCII; Annex 14 breaks after / (LB13) and not between - and a digit (LB25)"
)

var compared = []asked{
	{name: "latin", text: "Is this organization registered?"},
	{name: "fraction", text: "Is this organization registered?", size: 14.5},
	{name: "fraction small", text: "Members: 25 सदस्य (회원)", size: 11.6},
	{name: "vietnamese", text: "Hợp tác xã Đà Nẵng được thành lập như thế nào ở Thừa Thiên Huế?"},
	{name: "vietnamese apart", text: "Ho\u031b\u0323p ta\u0301c xa\u0303 \u0110a\u0300 Na\u0306\u0303ng"},
	{name: "cyrillic", text: "Хоршооны гишүүд хэд вэ? Өнөөдөр"},
	{name: "greek", text: "Κοινωνική και αλληλέγγυα οικονομία"},
	{name: "georgian", text: "კოოპერატივი საქართველო"},
	{name: "armenian", text: "Սոցիալական տնտեսություն"},
	{name: "arabic", text: "الاقتصاد الاجتماعي والتضامني"},
	{name: "arabic vowels", text: "اَلْعَرَبِيَّةُ مُنَظَّمَة"},
	{name: "persian", text: "آیا این تعاونی ثبت شده است؟ می‌خواهیم ۱۲۳"},
	{name: "urdu", text: "کیا یہ ادارہ رجسٹرڈ ہے؟ ٹھیک ہے، ۴۵۶ ارکان"},
	{name: "hebrew", text: "האם הארגון רשום? שָׁלוֹם"},
	{name: "thaana", text: "ދިވެހިރާއްޖެ"},
	{name: "devanagari", text: "सहकारी संस्था क्षि र्क ज्ञान द्द्य"},
	{name: "nepali", text: "के यो संस्था दर्ता भएको छ? सङ्घ, श्री २०८२"},
	{name: "bengali", text: "সমবায় সমিতি ক্ষুদ্র ঋণ কর্মী"},
	{name: "gurmukhi", text: "ਸਹਿਕਾਰੀ ਸਭਾ ਪੰਜਾਬੀ"},
	{name: "gujarati", text: "સહકારી મંડળી ક્ષેત્ર"},
	{name: "oriya", text: "ସମବାୟ ସମିତି କ୍ଷୁଦ୍ର"},
	{name: "tamil", text: "கூட்டுறவு சங்கம் ஸ்ரீ கொண்டு"},
	{name: "telugu", text: "సహకార సంఘం క్షేత్రం స్త్రీ"},
	{name: "kannada", text: "ಸಹಕಾರಿ ಸಂಘ ಕ್ಷೇತ್ರ"},
	{name: "malayalam", text: "സഹകരണ സംഘം ക്ഷേത്രം"},
	{name: "sinhala", text: "සමුපකාර සමිතිය ශ්‍රී ක්‍රියා"},
	{name: "thai", text: "เศรษฐกิจเพื่อสังคม น้ำ ที่ ปี่ กลุ่ม"},
	{name: "lao", text: "ເສດຖະກິດ ກຸ່ມ ນໍ້າ ຫມູ່ ຊື່"},
	{name: "khmer", text: "សេដ្ឋកិច្ច ប៉ុន្មាននាក់ ស្ត្រី"},
	{name: "burmese", text: "လူမှုစီးပွား အဖွဲ့ ကျွန်ုပ် ဘဏ္ဍာ"},
	{name: "tibetan", text: "མཉམ་ལས་ཚོགས་པ། བཀྲ་ཤིས"},
	{name: "mongolian", text: "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ"},
	{name: "hangul", text: "사회적 경제 조직이 등록되어 있습니까?"},
	{name: "jamo", text: "\u1112\u1161\u11ab\u1100\u1173\u11af"},
	{name: "han", text: "社会和团结经济，合作社（25人）。"},
	{name: "kana", text: "協同組合のしらべ「カタカナ」ー。"},
	{name: "marks", text: "e\u0301\u0323 n\u0303 a\u0308\u0304 s\u0323\u0307 o\u0328\u0301"},
	{name: "joiners", text: "क्\u200dष क्\u200cष می\u200cخواهم"},

	{name: "arabic number", text: "العدد 25 عضو"},
	{name: "arabic brackets", text: "العدد (25) عضو [أ] {ب}"},
	{name: "arabic date", text: "تاريخ 2024-03-15 أو 15/03/2024."},
	{name: "arabic phone", text: "هاتف: +966 11 234-5678 (تحويلة 9)"},
	{name: "arabic latin", text: "منظمة Karuna Savings Group (نيبال) هي."},
	{name: "arabic percent", text: "النسبة 25% أو ٢٥٪ و $30 و -5"},
	{name: "arabic quotes", text: "قال: «هي منظمة \"NGO Forum\" كبيرة»!"},
	{name: "arabic address", text: "البريد info@example.org والموقع www.example.org/a?b=1"},
	{name: "arabic indic digits", text: "من ١٢٣٫٤٥ إلى ١٬٢٣٤ و ١٢/٠٣/١٤٤٥"},
	{name: "urdu mixed", text: "ادارہ (Karuna) کے 25 ارکان، 2024-03-15 سے؛ فون 0300-1234567۔"},
	{name: "hebrew mixed", text: "הארגון ABC (25) נוסד ב-1998, טל' 03-1234567!"},
	{name: "persian list", text: "۱. تعاونی؛ ۲. انجمن (NGO)؛ ۳. بنیاد..."},
	{name: "latin with arabic", text: "The name is العدد (25) عضو, founded 1998."},
	{name: "latin with hebrew", text: "Group אבג 12 דה (34) and more 5%"},
	{name: "latin end arabic", text: "Name: منظمة 25!"},
	{name: "number first", text: "25 عضو (ab) 30"},
	{name: "isolates", text: "اسم \u2068Karuna (25)\u2069 هنا \u2066ab\u2069."},
	{name: "embeddings", text: "ab \u202bجد 12 ef\u202c gh \u202eabc\u202c"},
	{name: "nested quotes", text: "“He said ‘العدد «25» هو’ again”"},
	{name: "arabic hangul", text: "منظمة 사회적 경제 (25명) في"},

	{name: "wrap latin", width: 260, text: "Is this organization registered with the authorities, and since when? Ask to see the certificate (no. 12/345-B), or “any other”, e.g. an extract; then go on [to the next]!"},
	{name: "wrap address", width: 260, others: ascii, text: "Look at http://example.org/a/long/path?with=query&and=more (2024-03-15)."},
	{name: "wrap hyphens", width: 140, text: "self-help well-known non\u00adbreak\u00ading co\u2011operative a/b/c and—dash 10–20 km/h US$ 1,234.56"},
	{name: "wrap long word", width: 160, text: "A Donaudampfschiffahrtsgesellschaftskapitänsmützenabzeichen here"},
	{name: "wrap vietnamese", width: 220, text: "Hợp tác xã nông nghiệp và dịch vụ tổng hợp Đà Nẵng được thành lập như thế nào ở Thừa Thiên Huế và do ai quản lý?"},
	{name: "wrap arabic", width: 240, text: "هل هذه المنظمة مسجلة لدى السلطات (رقم 12/345) ومنذ متى؟ اطلب رؤية شهادة Karuna Savings Group الأصلية، ثم انتقل إلى السؤال 25."},
	{name: "wrap urdu", width: 240, text: "کیا یہ ادارہ حکام کے پاس رجسٹرڈ ہے، اور کب سے؟ سرٹیفکیٹ (نمبر 12/345-B) دیکھنے کو کہیں، پھر سوال نمبر 25 پر جائیں۔ Karuna Savings Group بھی۔"},
	{name: "wrap hebrew", width: 200, text: "האם הארגון רשום אצל הרשויות, ומאיזו שנה? בקשו לראות את התעודה (מס' 12/345) של Karuna Group."},
	{name: "wrap nepali", width: 220, text: "के यो संस्था सम्बन्धित निकायमा दर्ता भएको छ र कहिलेदेखि? प्रमाणपत्र (नं. १२/३४५) हेर्न माग्नुहोस्। त्यसपछि अर्को प्रश्नमा जानुहोस्।"},
	{name: "wrap bengali", width: 200, text: "এই সংস্থাটি কি কর্তৃপক্ষের কাছে নিবন্ধিত এবং কবে থেকে? সনদপত্র দেখতে চান।"},
	{name: "wrap tamil", width: 220, text: "இந்த அமைப்பு அதிகாரிகளிடம் பதிவு செய்யப்பட்டுள்ளதா, எப்போதிலிருந்து? சான்றிதழைப் பார்க்கக் கேளுங்கள்."},
	{name: "wrap hangul", width: 200, text: "이 조직은 관계 당국에 등록되어 있습니까? 그렇다면 언제부터입니까? 등록증(제12-345호)을 보여 달라고 하십시오. ‘확인’ 후 다음 질문으로 가십시오."},
	{name: "wrap han", width: 170, text: "该组织是否已在有关部门登记？如果是，从何时开始？请出示证书（编号12/345），然后“回答”下一个问题。《合作社法》第25条：社员100人以上……"},
	{name: "wrap kana", width: 170, text: "この組織は登録されていますか？「はい」の場合、いつからですか。証明書を見せてもらってください。ちょっとチェックー、ファッション・データ々を。"},
	{name: "wrap han latin", width: 150, text: "请联系Karuna Savings Group（NGO）电话+977-1-4567890，人数25%以上，价格￥1,234元。"},
	{name: "wrap thai", width: 200, others: dictionary, text: "องค์กรนี้จดทะเบียนกับหน่วยงานของรัฐหรือไม่และตั้งแต่เมื่อใดโปรดขอดูใบรับรองแล้วไปยังคำถามถัดไปเกี่ยวกับสมาชิก"},
	{name: "wrap thai phrases", width: 200, others: dictionary, text: "องค์กรนี้จดทะเบียนแล้ว หรือยังไม่ได้จดทะเบียน กลุ่มออมทรัพย์ เพื่อการผลิต ๒๕๖๗ บ้านหนองแวง"},
	{name: "wrap lao", width: 200, others: dictionary, text: "ອົງການນີ້ໄດ້ຈົດທະບຽນກັບໜ່ວຍງານຂອງລັດແລ້ວບໍ່ແລະຕັ້ງແຕ່ເມື່ອໃດກະລຸນາຂໍເບິ່ງໃບຢັ້ງຢືນ"},
	{name: "wrap khmer", width: 200, others: dictionary, text: "តើអង្គការនេះបានចុះបញ្ជីជាមួយអាជ្ញាធរឬទេហើយតាំងពីពេលណាសូមសុំមើលវិញ្ញាបនបត្ររួចទៅសំណួរបន្ទាប់"},
	{name: "wrap burmese", width: 200, others: dictionary, text: "ဤအဖွဲ့အစည်းသည်အာဏာပိုင်များထံတွင်မှတ်ပုံတင်ထားပါသလားမည်သည့်အချိန်မှစ၍နည်းလက်မှတ်ကိုကြည့်ရန်တောင်းပါ"},
	{name: "wrap tibetan", width: 160, text: "ཚོགས་པ་འདི་དེབ་སྐྱེལ་བྱས་ཡོད་དམ། ནམ་ནས་བྱས་པ་ཡིན་ནམ། ལག་ཁྱེར་ལ་ལྟ་རོགས།"},
	{name: "wrap sinhala", width: 200, text: "මෙම සංවිධානය බලධාරීන් සමඟ ලියාපදිංචි කර තිබේද, කවදා සිටද? සහතිකය බලන්න ශ්‍රී ලංකා."},
	{name: "wrap mongolian", width: 180, text: "Энэ байгууллага төрийн байгууллагад бүртгэлтэй юу, хэзээнээс? Гэрчилгээг үзье."},
	{name: "wrap narrow", width: 40, text: "Narrow 사회적 经济学 คำ"},
}

func fontPath(t testing.TB) string {
	t.Helper()
	p, err := filepath.Abs("../../assets/fonts/sse-landscape-asia.otf")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func comparedFace(t testing.TB) *Face {
	t.Helper()
	b, err := os.ReadFile(fontPath(t))
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (a asked) style() Style {
	st := Style{Size: a.size, Width: a.width}
	if st.Size == 0 {
		st.Size = 20
	}
	return st
}

// ours lays out a text; it also says which runes make clusters: the first of each.
func (a asked) ours(f *Face) (out laidOut, clusters []int) {
	n := len([]rune(a.text))
	out = laidOut{Left: fill(n, -1), Right: fill(n, -1)}
	clusters = make([]int, n)
	for i := range clusters {
		clusters[i] = i
	}
	st := a.style()
	lines := f.lines([]Span{{Text: a.text}}, st)
	room := float32(a.width)
	if room == 0 {
		room = lines[0].width
	}
	for _, ln := range lines {
		out.Begins = append(out.Begins, ln.from)
		x := start(st, ln.of.rtl, room, ln.width)
		ps := ln.pieces(f)
		levels := make([]level, len(ps))
		for i, p := range ps {
			levels[i] = p.level
		}
		visualOrder(ps, levels)
		for _, p := range ps {
			for _, g := range p.glyphs {
				wide := g.advance * st.Size * f.scale
				if p.sign != 0 {
					x += wide
				}
				if p.sign != 0 || p.flat || int(g.from) < p.from || int(g.from) >= p.to {
					continue
				}
				for i := g.from; i < g.to; i++ {
					clusters[i] = int(g.from)
					if g.endCluster {
						out.Left[i] = tenths(x)
					}
					out.Right[i] = tenths(x + wide)
				}
				x += wide
			}
		}
	}
	return out, clusters
}

func fill(n, with int) []int { return slices.Repeat([]int{with}, n) }

func tenths(x float32) int { return int(math.Round(float64(x) * 10)) }

// TestAsChromium compares with what Chromium gave when it was asked last.
func TestAsChromium(t *testing.T) {
	if *record {
		write(t, ask(t))
	}
	compare(t, read(t))
}

// TestAsChromiumNow asks the Chromium of this machine.
func TestAsChromiumNow(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: starts a browser")
	}
	compare(t, ask(t))
}

func read(t *testing.T) map[string]laidOut {
	t.Helper()
	b, err := os.ReadFile("testdata/chromium.json")
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]laidOut
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, theirs map[string]laidOut) {
	t.Helper()
	var b strings.Builder
	for i, a := range compared {
		one, err := json.Marshal(theirs[a.name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n%q: %s", map[bool]string{true: "{", false: ","}[i == 0], a.name, one)
	}
	b.WriteString("\n}\n")
	if err := os.WriteFile("testdata/chromium.json", []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// compare looks at the edges of every cluster of letters, within a fifth of a pixel,
// and where lines begin.
func compare(t *testing.T, theirs map[string]laidOut) {
	f := comparedFace(t)
	worst, edges, sameLines, lines := 0, 0, 0, 0
	for _, a := range compared {
		t.Run(a.name, func(t *testing.T) {
			want, ok := theirs[a.name]
			if !ok {
				t.Fatal("not recorded")
			}
			got, clusters := a.ours(f)
			same := slices.Equal(got.Begins, want.Begins)
			lines += len(want.Begins)
			for _, b := range want.Begins {
				if slices.Contains(got.Begins, b) {
					sameLines++
				}
			}
			if !same {
				if a.others == "" {
					t.Errorf("lines %q, want %q", cutAt(a.text, got.Begins), cutAt(a.text, want.Begins))
				} else {
					t.Logf("%s:\n ours %q\n theirs %q", a.others, cutAt(a.text, got.Begins), cutAt(a.text, want.Begins))
				}
				return
			}
			rs := []rune(a.text)
			for i := 0; i < len(rs); {
				to := i + 1
				for to < len(rs) && clusters[to] == i {
					to++
				}
				left, right := span(want, i, to)
				gl, gr := span(got, i, to)
				if left >= 0 && gl >= 0 {
					edges += 2
					d := max(abs(left-gl), abs(right-gr))
					worst = max(worst, d)
					if d > 2 {
						t.Errorf("%q (rune %d) stands at %d to %d, want %d to %d tenths", string(rs[i:to]), i, gl, gr, left, right)
					}
				}
				i = to
			}
		})
	}
	t.Logf("%d texts, %d edges of clusters, the farthest %.1f pixels apart; %d of %d lines begin at the same place", len(compared), edges, float64(worst)/10, sameLines, lines)
}

func cutAt(s string, begins []int) []string {
	rs := []rune(s)
	var out []string
	for i, b := range begins {
		end := len(rs)
		if i+1 < len(begins) {
			end = begins[i+1]
		}
		out = append(out, string(rs[b:end]))
	}
	return out
}

// span is the room of some runes together.
func span(l laidOut, from, to int) (left, right int) {
	left, right = -1, -1
	for i := from; i < to; i++ {
		if l.Left[i] >= 0 && l.Right[i] > l.Left[i] {
			if left < 0 {
				left = l.Left[i]
			}
			left, right = min(left, l.Left[i]), max(right, l.Right[i])
		}
	}
	return left, right
}

func abs(n int) int { return max(n, -n) }

// ask lets Chromium lay out all texts.
func ask(t *testing.T) map[string]laidOut {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: chromium is not installed")
	}
	dir := t.TempDir()
	page := filepath.Join(dir, "page.html")
	if err := os.WriteFile(page, []byte(comparisonPage(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	out, err := exec.CommandContext(ctx, path, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--allow-file-access-from-files", "--user-data-dir="+filepath.Join(dir, "user"), "--virtual-time-budget=20000", "--dump-dom", "file://"+page).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, s, _ := strings.Cut(string(out), `<pre id="out">`)
	s, _, _ = strings.Cut(s, "</pre>")
	var list []laidOut
	if err := json.Unmarshal([]byte(html.UnescapeString(s)), &list); err != nil || len(list) != len(compared) {
		t.Fatalf("chromium answered with %d texts: %v", len(list), err)
	}
	answers := map[string]laidOut{}
	for i, a := range compared {
		answers[a.name] = list[i]
	}
	return answers
}

const pageScript = `document.fonts.load("20px shipped").then(() => {
  const out = [];
  for (const p of document.querySelectorAll("p")) {
    const box = p.getBoundingClientRect(), node = p.firstChild, s = node.data;
    const one = {begins: [], left: [], right: []};
    let line = -1, n = 0;
    for (let i = 0; i < s.length; n++) {
      const to = i + (s.codePointAt(i) > 0xffff ? 2 : 1);
      const r = document.createRange();
      r.setStart(node, i); r.setEnd(node, to);
      let left = -1, right = -1, top = -1;
      for (const c of r.getClientRects()) {
        if (c.width == 0) { if (top < 0) top = c.top; continue; }
        if (c.top > top + 1) left = right = -1; // a hyphen on the line before
        const l = Math.round((c.left - box.left) * 10), e = Math.round((c.right - box.left) * 10);
        left = left < 0 ? l : Math.min(left, l);
        right = Math.max(right, e);
        top = c.top;
      }
      if (top > line + 1 && right > left) { line = top; one.begins.push(n); }
      one.left.push(left); one.right.push(right);
      i = to;
    }
    if (one.begins.length) one.begins[0] = 0;
    out.push(one);
  }
  document.getElementById("out").textContent = JSON.stringify(out);
});`

func comparisonPage(t *testing.T) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<!doctype html><html lang="en"><meta charset="utf-8"><style>
@font-face { font-family: shipped; src: url("file://%s"); }
p { font-family: shipped; line-height: 2; margin: 0 0 10px; text-rendering: geometricPrecision; white-space: pre; width: max-content; }
p.wraps { white-space: normal; line-break: strict; overflow-wrap: anywhere; }
</style><body>`, fontPath(t))
	for _, a := range compared {
		class, st := "", a.style()
		css := fmt.Sprintf("font-size: %gpx", st.Size)
		if a.width > 0 {
			class = "wraps"
			css += fmt.Sprintf("; width: %dpx", a.width)
		}
		fmt.Fprintf(&b, `<p dir="auto" class="%s" style="%s">%s</p>`, class, css, html.EscapeString(a.text))
	}
	fmt.Fprintf(&b, `<pre id="out"></pre><script>%s</script>`, pageScript)
	return b.String()
}
