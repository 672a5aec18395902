package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	xunicode "golang.org/x/text/encoding/unicode"
)

// namedEncoding is an encoding of text, by its names in the IANA registry and in
// programs.
type namedEncoding struct {
	name  string
	names []string
	encoding.Encoding
	score func([]rune) float64 // of text that is no ASCII, per character; nil: told by other means
}

var encodings = []namedEncoding{
	{"utf-8", []string{"utf8"}, xunicode.UTF8, nil},
	{"utf-16le", []string{"utf-16"}, xunicode.UTF16(xunicode.LittleEndian, xunicode.IgnoreBOM), nil},
	{"utf-16be", nil, xunicode.UTF16(xunicode.BigEndian, xunicode.IgnoreBOM), nil},
	{"windows-1252", []string{"cp1252", "latin1", "iso-8859-1"}, charmap.Windows1252, latinScore("éèêëàâäáãåæçíìîïñóòôöõøœúùûüßšž")},
	{"windows-1258", []string{"cp1258"}, charmap.Windows1258, latinScore("ăâêôơưđàáèéìíòóùúý\u0300\u0301\u0303\u0309\u0323")},
	{"windows-874", []string{"cp874", "tis-620"}, charmap.Windows874, thaiScore},
	{"windows-1251", []string{"cp1251"}, charmap.Windows1251, scriptScore(unicode.Cyrillic, "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфёөү")},
	{"windows-1256", []string{"cp1256"}, charmap.Windows1256, scriptScore(unicode.Arabic, "اليةمنروتبعسدفحقكهجشطخصغضزئءأإىذثظؤآ،ٹپچگکیےںہڑ")},
	{"shift_jis", []string{"shift-jis", "sjis", "cp932", "windows-31j"}, japanese.ShiftJIS, frequencyScore("のにはをたがでとしれさあいうおかきくけこすせそちつてなねひふほまみむめもやゆよらりるろわんァアイウエオカキクケコサシスセソタチツテトナニネノハヒフホマミムメモヤユヨラリルレロワンー日本会社人農協同組合県市町村区年法")},
	{"euc-kr", []string{"cp949", "uhc", "ks_c_5601-1987"}, korean.EUCKR, frequencyScore("이다는의가을에한고지사하기도로서자은대인해를리어정수나시아부전일들그있과원장구동성보주조합협회생활마을경제서울산광역시도군읍면길농업영농단체법인재센터공신용소비")},
	{"gb18030", []string{"gbk", "gb2312", "cp936"}, simplifiedchinese.GB18030, frequencyScore("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合作社农专业县市省区镇村乡路街号协会联盟有限公司北京上海云南")},
	{"big5", []string{"cp950"}, traditionalchinese.Big5, frequencyScore("的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經十三之進著等部度家電力裡如水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合社農專縣市省區鎮村鄉路街號協聯盟有限公司台灣北")},
}

// Encodings names the encodings of text that can be read.
func Encodings() []string {
	var out []string
	for _, e := range encodings {
		out = append(out, e.name)
	}
	return out
}

func encodingNamed(name string) (encoding.Encoding, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, e := range encodings {
		if e.name == name {
			return e.Encoding, nil
		}
		for _, n := range e.names {
			if n == name {
				return e.Encoding, nil
			}
		}
	}
	return nil, fmt.Errorf("the encoding %q is not known; there are %s", name, strings.Join(Encodings(), ", "))
}

// detectEncoding finds in which encoding a text is written: by its byte order mark;
// by its zeros, if it is UTF-16; as UTF-8, if all of it is valid; or as the one in
// which its letters make most sense, which is a guess.
func detectEncoding(f *os.File) (name string, guessed bool, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", false, err
	}
	buf := make([]byte, 1<<20)
	n, err := io.ReadFull(f, buf)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", false, err
	}
	head := buf[:n]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", false, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le", false, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be", false, nil
	}
	if name := wideOrder(head[:min(n, sampled)]); name != "" {
		return name, true, nil
	}
	sample, valid, err := foreign(f)
	switch {
	case err != nil:
		return "", false, err
	case valid:
		return "utf-8", false, nil
	}
	return likeliest(sample), true, nil
}

// wideOrder recognises UTF-16 without a byte order mark by the zeros of its ASCII
// characters, and by its line ends.
func wideOrder(b []byte) string {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	pairs := len(b) / 2
	switch {
	case zeros[1] > pairs/10 && zeros[0]*20 < zeros[1]:
		return "utf-16le"
	case zeros[0] > pairs/10 && zeros[1]*20 < zeros[0]:
		return "utf-16be"
	}
	return ""
}

// foreign reads the whole file and says whether it is valid UTF-8; the sample is
// what is around bytes that are no ASCII.
func foreign(f *os.File) (sample []byte, valid bool, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, false, err
	}
	buf := make([]byte, 256<<10)
	keep := 0
	valid = true
	for {
		n, err := f.Read(buf[keep:])
		b := buf[:keep+n]
		if errors.Is(err, io.EOF) || n == 0 && err == nil {
			if !utf8.Valid(b) {
				valid = false
			}
			return appendForeign(sample, b), valid, nil
		}
		if err != nil {
			return nil, false, err
		}
		cut := len(b)
		for k := 1; k < utf8.UTFMax && k <= len(b); k++ { // a character may go on behind the end
			if utf8.RuneStart(b[len(b)-k]) {
				if !utf8.FullRune(b[len(b)-k:]) {
					cut = len(b) - k
				}
				break
			}
		}
		valid = valid && utf8.Valid(b[:cut])
		sample = appendForeign(sample, b[:cut])
		if !valid && len(sample) >= 64<<10 {
			return sample, false, nil
		}
		keep = copy(buf, b[cut:])
	}
}

// appendForeign adds the lines that are not all ASCII.
func appendForeign(sample, b []byte) []byte {
	for _, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(sample) >= 64<<10 {
			return sample
		}
		for _, c := range line {
			if c >= 0x80 {
				sample = append(sample, line...)
				break
			}
		}
	}
	return sample
}

// likeliest is the encoding in which a sample makes most sense.
func likeliest(sample []byte) string {
	sample = sample[:min(len(sample), 64<<10)]
	best, most := "windows-1252", 0.0
	for _, e := range encodings {
		if e.score == nil {
			continue
		}
		text, err := e.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		rs := []rune(string(text))
		foreign, wrong := 0, 0
		for _, r := range rs {
			switch {
			case r == unicode.ReplacementChar || r >= 0x80 && r < 0xa0 || unicode.Is(unicode.Co, r):
				wrong++
			case r >= 0x80:
				foreign++
			}
		}
		if wrong*50 > foreign || foreign == 0 { // a file may be cut in the middle of a character
			continue
		}
		if s := e.score(rs) / float64(foreign+wrong*20); s > most {
			best, most = e.name, s
		}
	}
	return best
}

// latinScore likes single letters with accents between plain ones.
func latinScore(frequent string) func([]rune) float64 {
	set := setOf(frequent)
	return func(rs []rune) (score float64) {
		for i, r := range rs {
			if r < 0x80 {
				continue
			}
			beside := i > 0 && isPlain(rs[i-1]) || i+1 < len(rs) && isPlain(rs[i+1])
			low := unicode.ToLower(r)
			switch {
			case set[low] && beside:
				score += 0.9
			case unicode.Is(unicode.Mn, r) && i > 0 && unicode.IsLetter(rs[i-1]) && unicode.Is(unicode.Latin, rs[i-1]):
				score += 0.9
			case unicode.Is(unicode.Mn, r):
				score -= 1
			case unicode.IsPunct(r):
				score += 0.4
			case beside && unicode.IsLetter(r):
				score += 0.3
			case unicode.IsLetter(r):
				score -= 0.3
			default:
				score -= 0.3
			}
		}
		return score
	}
}

func isPlain(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func setOf(s string) map[rune]bool {
	set := map[rune]bool{}
	for _, r := range s {
		set[r] = true
	}
	return set
}

// scriptScore likes frequent letters of one script that stand in words of it, not
// beside Latin letters, and small ones behind capitals.
func scriptScore(script *unicode.RangeTable, frequent string) func([]rune) float64 {
	set := setOf(frequent)
	return func(rs []rune) (score float64) {
		for i, r := range rs {
			if r < 0x80 {
				continue
			}
			mixed := i > 0 && isPlain(rs[i-1]) || i+1 < len(rs) && isPlain(rs[i+1])
			odd := i > 0 && unicode.IsUpper(r) && unicode.IsLower(rs[i-1])
			switch {
			case mixed || odd:
				score--
			case set[unicode.ToLower(r)]:
				score++
			case unicode.Is(script, r):
				score += 0.4
			case unicode.IsPunct(r):
				score += 0.2
			default:
				score -= 0.6
			}
		}
		return score
	}
}

// thaiScore likes vowels and tones that follow consonants.
func thaiScore(rs []rune) (score float64) {
	consonant := func(r rune) bool { return r >= 'ก' && r <= 'ฮ' }
	for i, r := range rs {
		if r < 0x80 {
			continue
		}
		mark := r == 'ั' || r >= 'ิ' && r <= 'ฺ' || r >= '็' && r <= '๎'
		before := rune(0)
		if i > 0 {
			before = rs[i-1]
		}
		above := before == 'ั' || before >= 'ิ' && before <= 'ฺ'
		mixed := isPlain(before) || i+1 < len(rs) && isPlain(rs[i+1])
		switch {
		case mixed:
			score--
		case mark && (consonant(before) || above):
			score += 1.1
		case mark:
			score -= 2
		case consonant(r) || r == 'า' || r == 'ะ' || r == 'ำ' || r >= 'เ' && r <= 'ๆ':
			score += 0.9
		case unicode.IsPunct(r) || unicode.Is(unicode.Thai, r):
			score += 0.1
		default:
			score--
		}
	}
	return score
}

// frequencyScore likes the characters that are frequent in a language of many.
func frequencyScore(frequent string) func([]rune) float64 {
	set := setOf(frequent)
	return func(rs []rune) (score float64) {
		for _, r := range rs {
			switch {
			case r < 0x80:
			case set[r]:
				score += 1.4
			case unicode.Is(unicode.Hangul, r) && set['협'], unicode.In(r, unicode.Hiragana, unicode.Katakana) && r < 0xff00 && set['の']:
				score += 0.8
			case r >= 0xff61 && r <= 0xff9f: // half-width kana
				score -= 0.5
			case unicode.Is(unicode.Han, r) && !set['협']:
				score += 0.35
			case r >= 0x3000 && r <= 0x30ff || r >= 0xff00 && r <= 0xff5e:
				score += 0.3
			default:
				score -= 0.4
			}
		}
		return score
	}
}
