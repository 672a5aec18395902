package match_test

import (
	"fmt"
	"testing"

	"sselandscape/survey/match"
)

func TestIndex(t *testing.T) {
	x := match.NewIndex()
	for i := range 500 {
		x.Add("NPL", fmt.Sprintf("Green Valley Savings Cooperative %d", i))
	}
	names := []string{"Blue Lake Mothers' Group", "한살림생활협동조합", "綠色農業合作社", "काठमाडौं बचत सहकारी"}
	for _, n := range names {
		x.Add("NPL", n)
	}
	for name, want := range map[string]int{"Blue Lak Mothers Group": 500, "한살림 생활협동조합 본점": 501, "綠色農業合作社 ": 502, "काठमाडौं बचत": 503, "Green Valley Savings Cooperative 77": 77, "Rainbow Weavers": -1, "": -1} {
		got := x.Like("NPL", name, 0.6, 1)
		if want < 0 && len(got) > 0 || want >= 0 && (len(got) != 1 || got[0].Index != want) {
			t.Errorf("%q: %v", name, got)
		}
		if got := x.Like("KOR", name, 0.6, 1); len(got) > 0 {
			t.Errorf("%q is found in another block: %v", name, got)
		}
	}
}
