package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/view"
	"sselandscape/maps/text"
)

var agree = []view.Choice{{Name: "1", Label: "Strongly disagree"}, {Name: "2", Label: "Disagree"}, {Name: "3", Label: "Neither agree nor disagree, or it does not concern the organization"}, {Name: "4", Label: "យល់ព្រម"}, {Name: "5", Label: "Strongly agree"}}

var forms = []view.Choice{{Name: "a", Label: "សហគ្រាសសង្គម"}, {Name: "b", Label: "सहकारी संस्था"}, {Name: "c", Label: "جمعية تعاونية"}, {Name: "d", Label: "Association or society that is registered under a law of its own and serves its members and the public"},
	{Name: "e", Label: "사회적기업"}, {Name: "f", Label: "မြန်မာ"}}

// choicePage shows lists of choices.
func choicePage(f *text.Face) fyne.CanvasObject {
	columns := view.NewChoices(f, forms, true, []string{"b", "d"})
	columns.SetLook(view.Look{Shape: view.Columns, Columns: 2, Count: true})
	columns.FocusGained()
	list := view.NewChoices(f, forms, false, []string{"c"})
	packed := view.NewChoices(f, items(9), false, []string{"c4"})
	packed.SetLook(view.Look{Shape: view.Packed})
	likert := view.NewChoices(f, agree, false, []string{"4"})
	likert.SetLook(view.Look{Shape: view.Likert})
	likert.FocusGained()
	search := view.NewChoiceSearch(f, villages(50_000), true, []string{"v2"})
	search.Field.SetText("កំពង់")
	search.List.Resize(fyne.NewSize(480, 200))
	rank := view.NewRank(f, forms[:4], []string{"c", "a"})
	rank.FocusGained()
	test.Type(rank, " ")
	left := container.New(&view.Column{Gap: 14}, columns, list, rank)
	arabic := view.NewChoices(f, []view.Choice{{Name: "y", Label: "نعم، يشاركون جميعًا في اتخاذ القرار"}, {Name: "n", Label: "لا (2026)"}}, false, []string{"y"})
	right := container.New(&view.Column{Gap: 14}, likert, packed, arabic, search.Object())
	return container.NewPadded(container.NewGridWithColumns(2, left, right))
}

// scalePage shows scales, typed fields, a grid and a pad.
func scalePage(f *text.Face) fyne.CanvasObject {
	whole := view.NewSlider(f, view.Scale{Start: 0, End: 100, Step: 5, Every: 25, Labels: map[string]string{"0": "not at all", "50": "अलि अलि", "100": "entirely"}}, "35")
	whole.FocusGained()
	blank := view.NewSlider(f, view.Scale{Start: 1, End: 7, Step: 1}, "")
	wrong := view.NewSlider(f, view.Scale{Start: 0, End: 10, Step: 2, NoTicks: true}, "")
	test.Type(wrong, "7")
	upright := view.NewSlider(f, view.Scale{Start: 0, End: 4, Step: 1, Vertical: true, Labels: map[string]string{"0": "ไม่เลย", "4": "มากที่สุด"}}, "3")
	stars := view.NewSlider(f, view.Scale{Start: 1, End: 5, Step: 1, Stars: true, Labels: map[string]string{"3": "fair"}}, "3")
	date := view.NewTyped(f, false, "1 mar 2026", func(string) view.Reading {
		return view.Reading{Words: "Sunday 1 March 2026 · 2082 Falgun 17 BS · 2569 BE · about 12 Ramadan 1447 AH"}
	})
	bad := view.NewTyped(f, false, "3/4/2026", func(string) view.Reading {
		return view.Reading{Problem: "3/4/2026 can be 3 April 2026 or 4 March 2026; write the month as a word."}
	})
	grid := view.NewGrid(f, agree[:3], []view.GridRow{{Label: "Members elect the board", Chosen: []string{"1"}}, {Label: "बोर्डले वार्षिक प्रतिवेदन प्रकाशित गर्छ र सदस्यहरूलाई पठाउँछ", Chosen: []string{"3"}}, {Label: "يشارك العمال في القرار"}}, false)
	grid.FocusGained()
	pad := view.NewPad(f)
	left := container.New(&view.Column{Gap: 12}, whole, blank, wrong, stars, date.Object(), bad.Object())
	right := container.New(&view.Column{Gap: 12}, grid, upright, pad)
	return container.NewPadded(container.NewGridWithColumns(2, left, right))
}

// leftPage shows what runs to the left.
func leftPage(f *text.Face) fyne.CanvasObject {
	forms := []view.Choice{{Name: "a", Label: "تعاونية"}, {Name: "b", Label: "جمعية أو مؤسسة مسجلة بموجب قانون خاص بها (رقم 12/345) تخدم أعضاءها والجمهور"}, {Name: "c", Label: "مجموعة Karuna (نيبال)"}, {Name: "d", Label: "NGO"}}
	columns := view.NewChoices(f, forms, true, []string{"b", "d"})
	columns.SetLook(view.Look{Shape: view.Columns, Columns: 2, Count: true})
	columns.FocusGained()
	list := view.NewChoices(f, forms, false, []string{"c"})
	packed := view.NewChoices(f, forms, false, nil)
	packed.SetLook(view.Look{Shape: view.Packed})
	likert := view.NewChoices(f, []view.Choice{{Name: "1", Label: "لا أوافق"}, {Name: "2", Label: "محايد"}, {Name: "3", Label: "أوافق بشدة"}}, false, []string{"3"})
	likert.SetLook(view.Look{Shape: view.Likert})
	rank := view.NewRank(f, forms, []string{"c", "a"})
	bar := view.NewBar(f, "جمعية (12)", 7, 10, func() {})
	outline := view.NewOutline(f, func() int { return 4 }, func(i int) view.OutlineLine {
		return []view.OutlineLine{{Text: "A. التعريف والاتصال", Bold: true}, {Text: "✓ 1. اسم المنظمة (Karuna) وتاريخ 2024-03-15", Depth: 1}, {Text: "○ کیا یہ ادارہ رجسٹرڈ ہے؟", Depth: 1}, {Text: "· B6a. Telephone", Depth: 2}}[i]
	})
	outline.Select(1)
	question := view.NewParagraph(f, "کیا یہ ادارہ **حکام کے پاس** رجسٹرڈ ہے، اور کب سے؟ سرٹیفکیٹ (نمبر 12/345-B) دیکھنے کو کہیں، پھر سوال نمبر 25 پر جائیں۔ *Karuna Savings Group بھی۔*", 18, false, theme.ColorNameForeground)
	typed := view.NewTyped(f, false, "ادارہ (Karuna) کے 25 ارکان، 2024-03-15 * سے * فون 0300-1234567", func(s string) view.Reading { return view.Reading{Stored: s} })
	left := container.New(&view.Column{Gap: 14}, question, typed.Object(), list, rank)
	right := container.New(&view.Column{Gap: 14}, likert, columns, packed, bar, outline)
	return container.NewPadded(container.NewGridWithColumns(2, left, right))
}

// TestGolden compares pages of widgets with those in testdata, in both themes.
func TestWidgetGolden(t *testing.T) {
	f := shipped
	pages := map[string]func(*text.Face) fyne.CanvasObject{"choices": choicePage, "scales": scalePage, "left": leftPage, "stills": stillPage}
	for name, page := range pages {
		for look, dark := range map[string]bool{"light": false, "dark": true} {
			t.Run(name+"-"+look, func(t *testing.T) {
				test.NewTempApp(t).Settings().SetTheme(view.NewTheme(dark))
				w := test.NewTempWindow(t, page(f))
				w.Resize(fyne.NewSize(1024, 700))
				w.Content().Refresh()
				w.Resize(fyne.NewSize(1024, 701)) // heights follow from widths
				w.Resize(fyne.NewSize(1024, 700))
				compare(t, name+"-"+look, w.Canvas().Capture())
			})
		}
	}
}
