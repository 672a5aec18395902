package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"sselandscape/survey"
)

// menu makes the menu: whatever can be done stands in it, with its key.
func (w *Window) menu() *fyne.MainMenu {
	w.actions = actions{}
	inStudy := func(f func()) func() {
		return func() {
			if w.study != nil && !w.asking() {
				f()
			}
		}
	}
	none := chord{}
	file := fyne.NewMenu("File",
		w.act("study.new", "New study …", ctrl(fyne.KeyT), w.newStudyDialog),
		w.act("study.open", "Open a study …", ctrl(fyne.KeyO), w.openDialog),
		w.act("study.example", "Open the example", ctrl(fyne.KeyE), w.example),
		w.act("study.join", "Join a study from a package …", ctrl(fyne.KeyJ), w.joinDialog),
		fyne.NewMenuItemSeparator(),
		w.act("study.backups", "Backups …", ctrlShift(fyne.KeyB), inStudy(w.backupsDialog)),
		w.act("study.restore", "Restore a backup …", ctrlShift(fyne.KeyO), w.restoreMenu),
		w.act("study.copyin", "Copy a study in …", none, w.askCopyIn),
		w.act("study.recover", "Recover a damaged study …", none, w.askRecover),
		w.act("study.version", "New version of the questionnaire …", ctrlShift(fyne.KeyV), inStudy(w.versionPage)),
		w.act("study.interviews", "Import interviews …", none, inStudy(w.submissionsPage)),
		w.act("study.boundaries", "Boundaries of one's own …", none, inStudy(w.boundariesImport)),
		w.act("study.erase", "Erase for good …", none, inStudy(w.eraseDialog)),
		fyne.NewMenuItemSeparator(),
		w.act("study.close", "Close the study", ctrl(fyne.KeyW), inStudy(w.leave)))
	goTo := fyne.NewMenu("Go")
	for i, p := range pages() {
		goTo.Items = append(goTo.Items, w.act("page."+strings.ToLower(p.name), p.name, ctrl(fyne.KeyName(fmt.Sprint(i+1))), inStudy(func() { w.show(p.name) })))
	}
	list := w.listMenu()
	interview := w.interviewMenu(inStudy)
	conflicts := fyne.NewMenu("Conflicts", w.conflictItems()...)
	look := fyne.NewMenu("View", w.act("view.colours", "Light or dark colours", ctrl(fyne.KeyL), w.otherColours))
	look.Items = append(append(look.Items, w.zoomItems()...), fyne.NewMenuItemSeparator())
	look.Items = append(look.Items, w.modeItems()...)
	help := fyne.NewMenu("Help", w.act("help.keys", "Keys …", function(fyne.KeyF1), w.keysDialog),
		w.act("help.guide", "Guide: your first interview", ctrl(fyne.KeyH), w.showGuide),
		w.act("help.guide.together", "Guide: Friday, putting it together", none, func() { w.showChapter(togetherChapter) }),
		w.act("help.about", "About", none, w.aboutDialog))
	m := fyne.NewMainMenu(file, goTo, list, interview, conflicts, look, help)
	w.actions.name(m)
	w.actions.recallKeys()
	return m
}

func (w *Window) interviewMenu(inStudy func(func()) func()) *fyne.Menu {
	in := func(f func(p *interviewPage)) func() {
		return func() {
			if w.interview != nil && !w.asking() {
				f(w.interview)
			}
		}
	}
	special := func(s survey.Special) func() { return in(func(p *interviewPage) { p.special(s) }) }
	m := fyne.NewMenu("Interview",
		w.act("interview.new", "New interview", ctrl(fyne.KeyN), inStudy(w.newInterview)),
		w.act("interview.required", "Next required question that is open", ctrl(fyne.KeyReturn), in((*interviewPage).nextRequired)),
		w.act("interview.goto", "Go to question …", function(fyne.KeyF6), in((*interviewPage).goToDialog)),
		w.act("interview.back", "Back to where I was", function(fyne.KeyF7), in((*interviewPage).back)),
		w.act("interview.problem", "Next problem", function(fyne.KeyF8), in(func(p *interviewPage) { p.nextProblem(1) })),
		w.act("interview.problem.before", "Problem before", chord{key: fyne.KeyF8, shift: true}, in(func(p *interviewPage) { p.nextProblem(-1) })),
		fyne.NewMenuItemSeparator(),
		w.act("interview.row.add", "Add a row to this repeat", ctrl(fyne.KeyD), in((*interviewPage).addRow)),
		w.act("interview.row.next", "Same question, next row", ctrl(fyne.KeyDown), in(func(p *interviewPage) { p.acrossRows(1) })),
		w.act("interview.row.before", "Same question, row before", ctrl(fyne.KeyUp), in(func(p *interviewPage) { p.acrossRows(-1) })),
		fyne.NewMenuItemSeparator(),
		w.act("interview.note", "Note on this question …", function(fyne.KeyF2), in((*interviewPage).noteDialog)),
		w.act("interview.flag", "Flag for review", function(fyne.KeyF3), in((*interviewPage).flag)),
		w.act("interview.dontknow", "Don't know", function(fyne.KeyF4), special(survey.DontKnow)),
		w.act("interview.refused", "Refused", function(fyne.KeyF5), special(survey.Refused)),
		w.act("interview.notapplicable", "Not applicable", chord{key: fyne.KeyF5, shift: true}, special(survey.NotApplicable)),
		w.act("interview.undo", "Take the last answer or decision back", ctrl(fyne.KeyZ), w.undoLast),
		w.act("interview.redo", "Do it again", ctrlShift(fyne.KeyZ), in((*interviewPage).redo)),
		w.act("interview.language", "Next language", function(fyne.KeyF9), in((*interviewPage).nextLanguage)),
		w.act("interview.respondent", "Question in large letters for the respondent", ctrl(fyne.KeyP), in((*interviewPage).showApart)),
		fyne.NewMenuItemSeparator(),
		w.act("interview.stop", "Stop here …", ctrl(fyne.KeyB), in((*interviewPage).stopDialog)),
		w.act("interview.few", "Only what is flagged, changed or in doubt", ctrl(fyne.KeyU), in((*interviewPage).showFew)),
		w.act("interview.history", "History of this answer …", ctrl(fyne.KeyY), in((*interviewPage).historyDialog)),
		w.act("interview.review", "Review …", ctrl(fyne.KeyR), in((*interviewPage).reviewDialog)),
		w.act("interview.review.next", "Next interview to review", ctrlShift(fyne.KeyR), in((*interviewPage).nextReview)),
		w.act("interview.finish", "Finish …", ctrlShift(fyne.KeyF), in((*interviewPage).finishDialog)))
	m.Items = append(m.Items, w.printItems(inStudy, in)...)
	return m
}
