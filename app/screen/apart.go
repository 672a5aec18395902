package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"sselandscape/app/view"
)

// showApart opens a second window with the question in large letters, turned to the
// respondent, or closes it.
func (p *interviewPage) showApart() {
	if p.apart != nil {
		p.apart.Close()
		return
	}
	p.apart = fyne.CurrentApp().NewWindow("For the respondent")
	p.apart.SetOnClosed(func() { p.apart = nil })
	p.apart.Resize(fyne.NewSize(900, 560))
	p.drawApart()
	p.apart.Show()
}

func (p *interviewPage) drawApart() {
	if p.apart == nil {
		return
	}
	s := p.iv.Session
	box := container.New(&view.Column{Gap: 14}, p.paragraph(s.Label(p.at, p.lang), 34, true, theme.ColorNameForeground))
	for i, o := range s.Choices(p.at, p.lang) {
		if i == 20 {
			break // nobody reads more from a screen across the table
		}
		box.Add(p.paragraph("○ "+o.Label, 26, false, theme.ColorNameForeground))
	}
	p.apart.SetContent(container.NewVScroll(container.NewPadded(box)))
}
