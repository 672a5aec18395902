package notation

import "fmt"

// nepaliMonths holds the lengths of the months of the Bikram Sambat years 2000 to
// 2083 (14 April 1943 to 13 April 2027), Baisakh first, as days above 29. Nepal
// publishes them year by year; no rule gives them.
//
// Source: the npm packages bikram-sambat 1.8.1 by Medic (Apache-2.0) and
// nepali-date-converter 3.4.0 (MIT). Taken are just the years in which both agree
// on every month, as three more published tables do (@sbmdkl/nepali-date-converter
// 2.0.5, @remotemerge/nepali-date-converter 1.2.1, nepali-datetime 1.6.0). From
// 2084 on and before 1999 published tables contradict each other, so those years
// are refused rather than guessed.
const nepaliMonths = "" +
	"132321110102223222101011223321101011232321110012" + // 2000
	"132321110102223222101011223321101011232321110012" + // 2004
	"222322011002223222101011223321101011232321110012" + // 2008
	"222322011011223222101011223321101011232321110012" + // 2012
	"222322011011223222101011232321101011232321110102" + // 2016
	"222322101011223222101011232321110011232321110102" + // 2020
	"222322101011223222101011232321110012132321110102" + // 2024
	"223222101011223231101011232321110012132321110102" + // 2028
	"223222101011223321101011232321110012132322011002" + // 2032
	"223222101011223321101011232321110012222322011011" + // 2036
	"223222101011223321101011232321110012222322011011" + // 2040
	"223222101011232321101011232321110012222322101011" + // 2044
	"223222101011232321110011232321110102222322101011" + // 2048
	"223222101011232321110011232321110102223222101011" + // 2052
	"223231101011232321110012132321110102223222101011" + // 2056
	"223321101011232321110012132322010102223222101011" + // 2060
	"223321101011232321110012222322011002223222101011" + // 2064
	"223321101011232321110012222322011011223222101011" + // 2068
	"232321101011232321110012222322101011223222101011" + // 2072
	"232321110011232321110102222322101011223222101011" + // 2076
	"232321110011232321110102223222101011223222101011" // 2080

const nepaliFirst, nepaliLast = 2000, 2083

// nepaliEpoch is 1 Baisakh 2000 BS as a day number: 14 April 1943.
var nepaliEpoch = dayNumber(1943, 4, 14)

var nepaliNames = []string{"Baisakh", "Jestha", "Ashadh", "Shrawan", "Bhadra", "Ashwin", "Kartik", "Mangsir", "Poush", "Magh", "Falgun", "Chaitra"}

// nepaliOther are other spellings and the names in Devanagari.
var nepaliOther = map[string]int{"vaisakh": 1, "baishakh": 1, "jeth": 2, "jesth": 2, "asar": 3, "asadh": 3, "ashad": 3, "asaar": 3, "saun": 4, "sawan": 4, "srawan": 4, "shravan": 4,
	"bhadau": 5, "bhadra": 5, "asoj": 6, "aswin": 6, "ashoj": 6, "kattik": 7, "mansir": 8, "marga": 8, "mangshir": 8, "pus": 9, "paush": 9, "push": 9, "phalgun": 11, "fagun": 11, "phagun": 11, "chait": 12, "chaitra": 12,
	"वैशाख": 1, "बैशाख": 1, "जेठ": 2, "जेष्ठ": 2, "असार": 3, "आषाढ": 3, "साउन": 4, "श्रावण": 4, "भदौ": 5, "भाद्र": 5, "असोज": 6, "आश्विन": 6, "कार्तिक": 7, "कात्तिक": 7, "मंसिर": 8, "मङ्सिर": 8, "पुस": 9, "पौष": 9, "माघ": 10, "फागुन": 11, "फाल्गुन": 11, "चैत": 12, "चैत्र": 12}

func nepaliLength(year, month int) int {
	return 29 + int(nepaliMonths[(year-nepaliFirst)*12+month-1]-'0')
}

func nepaliDay(year, month, day int) (int, error) {
	if year < nepaliFirst || year > nepaliLast {
		return 0, fmt.Errorf("the lengths of Nepali months are known for %d to %d BS only; write the date in the international calendar", nepaliFirst, nepaliLast)
	}
	if n := nepaliLength(year, month); day > n {
		return 0, fmt.Errorf("%s %d BS has %d days", nepaliNames[month-1], year, n)
	}
	n := nepaliEpoch + day - 1
	for i := 0; i < (year-nepaliFirst)*12+month-1; i++ {
		n += 29 + int(nepaliMonths[i]-'0')
	}
	return n, nil
}

func nepaliDate(n int) (year, month, day int, ok bool) {
	n -= nepaliEpoch
	if n < 0 {
		return 0, 0, 0, false
	}
	for i := range len(nepaliMonths) {
		length := 29 + int(nepaliMonths[i]-'0')
		if n < length {
			return nepaliFirst + i/12, i%12 + 1, n + 1, true
		}
		n -= length
	}
	return 0, 0, 0, false
}
