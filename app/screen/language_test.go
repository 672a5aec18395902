package screen

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"sselandscape/app/view"
)

// languages is a form in six languages; one text is not translated into Urdu.
const languages = `
| survey |
| | type | name | label::English (en) | label::Nepali (ne) | label::Thai (th) | label::Korean (ko) | label::Khmer (km) | label::Urdu (ur) | hint::English (en) |
| | begin group | org | The organization | संस्था | องค์กร | 조직 | អង្គការ | تنظیم | |
| | text | name | What is the name of the organization? | संस्थाको नाम के हो? | องค์กรชื่ออะไร | 조직의 이름은 무엇입니까? | តើអង្គការឈ្មោះអ្វី? | تنظیم کا نام کیا ہے؟ | As it is written on its sign |
| | select_one kind | kind | Which form does it have? Read all answers aloud. | यसको स्वरूप के हो? सबै उत्तर पढेर सुनाउनुहोस्। | องค์กรมีรูปแบบใด โปรดอ่านคำตอบทั้งหมดให้ฟัง | 어떤 형태입니까? 모든 답을 읽어 주십시오. | តើវាមានទម្រង់អ្វី? សូមអានចម្លើយទាំងអស់ឱ្យឮៗ។ | اس کی شکل کیا ہے؟ تمام جواب (1 سے 3) بلند آواز سے پڑھیں۔ | |
| | integer | members | How many members does it have? | यसमा कति सदस्य छन्? | มีสมาชิกกี่คน | 조합원은 몇 명입니까? | តើមានសមាជិកប៉ុន្មាននាក់? | - | |
| | end group | | | | | | | | |
| choices |
| | list_name | name | label::English (en) | label::Nepali (ne) | label::Thai (th) | label::Korean (ko) | label::Khmer (km) | label::Urdu (ur) |
| | kind | coop | Cooperative | सहकारी संस्था | สหกรณ์ | 협동조합 | សហករណ៍ | کوآپریٹو (امداد باہمی) |
| | kind | mutual | Mutual society | पारस्परिक समाज | สมาคมสงเคราะห์ | 공제회 | សមាគមជួយគ្នា | باہمی انجمن |
| | kind | shg | Self-help group | स्वावलम्बन समूह | กลุ่มช่วยเหลือตนเอง | 자조 모임 | ក្រុមជួយខ្លួនឯង | خود امدادی گروپ 2024 |
`

func languageInterview(t *testing.T) (*Window, *interviewPage) {
	return formInterview(t, languages, fyne.NewSize(1024, 640))
}

// TestLanguageOfAnInterview changes the language, and finds it again when the interview
// is opened; another interview begins in the form's own.
func TestLanguageOfAnInterview(t *testing.T) {
	w, p := languageInterview(t)
	for _, want := range []string{"Nepali (ne)", "Thai (th)", "Korean (ko)", "Khmer (km)", "Urdu (ur)"} {
		p.press(fyne.KeyF9)
		if p.lang != want {
			t.Fatalf("language %s, want %s", p.lang, want)
		}
	}
	if s := w.status.Text; !strings.Contains(s, "6 of 8 texts") {
		t.Errorf("said %q", s)
	}
	id := p.iv.ID
	w.newInterview()
	if got := w.interview.lang; got != "English (en)" {
		t.Errorf("a new interview is in %s", got)
	}
	iv, err := w.study.Interview(id)
	if err != nil {
		t.Fatal(err)
	}
	w.hold(iv, false)
	if got := w.interview.lang; got != "Urdu (ur)" {
		t.Errorf("opened again in %s", got)
	}
}

// TestLanguageGolden shows a question in six languages.
func TestLanguageGolden(t *testing.T) {
	w, p := languageInterview(t)
	for i, code := range []string{"en", "ne", "th", "ko", "km", "ur"} {
		t.Run(code, func(t *testing.T) {
			fyne.CurrentApp().Settings().SetTheme(view.NewTheme(i%2 == 1))
			if i > 0 {
				p.press(fyne.KeyF9)
			}
			p.goTo("kind")
			w.say("")
			compare(t, "language-"+code, w.win.Canvas().Capture())
		})
	}
}
