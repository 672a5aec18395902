package screen

import (
	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/survey"
)

// addMedia shows the picture beside a label below it, and buttons for its sounds and
// films.
func (p *interviewPage) addMedia(q *survey.Question) {
	if p.media == nil || len(q.Media) == 0 {
		return
	}
	ms := p.media.Of(q.Media, p.lang)
	if small, large := job.Picture(ms); small != nil {
		picture := view.NewLabelPicture(job.Face(), small.Data, large.Data)
		picture.Keys = p.keys
		p.center.Add(picture)
	}
	for _, m := range ms {
		if m.Kind == "audio" || m.Kind == "video" {
			p.center.Add(view.NewPlayButton(m.Name, m.Kind == "video", m.Path, p.w.fail))
		}
	}
}

// illustrate puts the pictures beside the labels of choices into them.
func (p *interviewPage) illustrate(q *survey.Question, items []view.Choice) {
	list := p.iv.Session.Program().Form.Lists[q.List]
	if p.media == nil || list == nil {
		return
	}
	for i := range items {
		c, ok := list.Find(items[i].Name)
		if !ok || len(c.Media) == 0 {
			continue
		}
		if small, _ := job.Picture(p.media.Of(c.Media, p.lang)); small != nil {
			items[i].Picture = view.NewStill(small.Data)
		}
	}
}
