//go:build !ci

package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// strokes are the keys for one question: what the answer itself needs, and the
// others.
type strokes struct {
	field  survey.Field
	answer []string // typed one after the other; a list of ten or more waits between
	wait   bool
	other  []string // keys by their X name, after the answer
	first  []string // keys by their X name, before the answer
}

// typist holds an interview with the engine as the window does, in the same order,
// and notes which keys a person presses.
type typist struct {
	t     *testing.T
	iv    *job.Interview
	model *survey.Document
	keys  []strokes
}

func (w *typist) hold() {
	for done := map[survey.Field]bool{}; ; {
		f, q := w.next(done)
		if q == nil {
			return
		}
		done[f] = true
		w.one(f, q)
	}
}

// next is the first question after the one that was answered last.
func (w *typist) next(done map[survey.Field]bool) (survey.Field, *survey.Question) {
	passed := len(w.keys) == 0
	for _, l := range w.iv.Session.Lines() {
		if q := l.Question(); q != nil && passed && !done[l.Field] {
			return l.Field, q
		}
		passed = passed || l.Field == w.keys[len(w.keys)-1].field
	}
	return "", nil
}

func (w *typist) one(f survey.Field, q *survey.Question) {
	s, k := w.iv.Session, strokes{field: f, other: []string{"Return"}}
	lang := s.Program().Form.DefaultLanguage
	switch q.Kind {
	case survey.SelectOne, survey.SelectMultiple:
		w.choose(&k, q, lang)
	case survey.String, survey.Integer, survey.Decimal:
		w.write(&k, q)
	case survey.Acknowledge:
		k.answer = []string{" "}
		w.set(f, "OK")
	}
	if st := s.State(f, lang); st.Problem != nil && !st.Problem.Missing {
		k.other = append(k.other, "Return")
	} else if q.Kind != survey.Note && st.Value.Blank() && !st.Passed {
		if err := w.iv.Pass(f); err != nil {
			w.t.Fatal(err)
		}
	}
	w.keys = append(w.keys, k)
}

func (w *typist) set(f survey.Field, text string) {
	if err := w.iv.Set(f, survey.Value{Text: text}); err != nil {
		w.t.Fatalf("%s: %v", f, err)
	}
}

// choose picks by numbers what the model says, or the first choice where an answer
// is required; in a list that is searched it types the label.
func (w *typist) choose(k *strokes, q *survey.Question, lang string) {
	offered := w.iv.Session.Choices(k.field, lang)
	want := strings.Fields(w.model.Value(k.field).Text)
	if k.field == "a_version" {
		want = []string{"core"}
	}
	if len(want) == 0 && q.Required != "" && len(offered) > 0 {
		want = []string{offered[0].Name}
	}
	searched := len(offered) >= 60 || strings.Contains(q.Appearance, "autocomplete") || len(offered) > 9 && strings.Contains(q.Appearance, "minimal")
	var picked []string
	for i, o := range offered {
		switch {
		case !slices.Contains(want, o.Name):
			continue
		case searched && q.Kind == survey.SelectOne:
			k.answer = []string{o.Label}
		case searched: // several are searched one after the other
			continue
		default:
			k.answer = append(k.answer, fmt.Sprint(i+1))
		}
		picked = append(picked, o.Name)
	}
	k.wait = len(offered) > 9
	if len(picked) > 0 {
		w.set(k.field, strings.Join(picked, " "))
	}
}

// write types what the model says where its letters are on every keyboard.
func (w *typist) write(k *strokes, q *survey.Question) {
	text, was := w.model.Value(k.field).Text, w.iv.Session.Value(k.field).Text
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		text = "Name in letters of every keyboard"
	}
	if text == "" && q.Required != "" {
		text = "7"
	}
	if text == "" || text == was {
		return
	}
	if was != "" {
		k.first = []string{"ctrl+a"}
	}
	k.answer = []string{text}
	w.set(k.field, text)
}

// rehearse makes two equal studies and holds an interview with the core version in
// the first. The second is for the window.
func rehearse(t *testing.T, home string) (w *typist, study string) {
	t.Helper()
	ctx := context.Background()
	example := filepath.Join(home, "example")
	if _, err := job.Example(ctx, example, job.ExampleOptions{Units: 30}); err != nil {
		t.Fatal(err)
	}
	w = &typist{t: t, model: inScope(t, example)}
	for _, dir := range []string{"engine", "study"} {
		study = filepath.Join(home, dir)
		s, err := job.Create(ctx, study, job.NewStudy{Name: "Rehearsed", Countries: []string{"NPL", "PHL", "KOR"}, Researcher: "ana"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		if dir == "study" {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		} else if w.iv, err = s.NewInterview(ctx, ""); err != nil {
			t.Fatal(err)
		}
	}
	w.hold()
	return w, study
}

// inScope is an interview of a study with an organization in scope.
func inScope(t *testing.T, dir string) *survey.Document {
	t.Helper()
	ds := interviews(t, dir)
	i := slices.IndexFunc(ds, func(x *survey.Document) bool { return x.Text("e_result") == "in" && x.Text("b_name") != "" })
	if i < 0 {
		t.Fatal("the example has no interview that is in scope")
	}
	return ds[i]
}

// TestCoreQuestionnaireInTheWindow holds an interview with the core version of the
// shipped questionnaire in the real window, by keyboard alone. The study holds the
// same answers afterwards as one to which the engine gave them.
func TestCoreQuestionnaireInTheWindow(t *testing.T) {
	d, bin := newDesk(t)
	w, study := rehearse(t, d.home)
	d.begin(bin, study)
	others := 0
	for _, k := range w.keys {
		others += len(k.first) + len(k.other)
		d.strike(k)
	}
	d.pause()
	d.program.Process.Kill()
	d.program.Wait()
	if len(w.keys) < 60 {
		t.Errorf("only %d questions were asked", len(w.keys))
	}
	per := float64(others) / float64(len(w.keys))
	t.Logf("%d questions, %.2f keys each beyond the answers", len(w.keys), per)
	if per > 1.6 {
		t.Errorf("%.2f keys per question beyond the answers, 1.6 were promised", per)
	}
	compareNewest(t, study, given(w.iv.Session.Answers()))
}

// begin starts the program with a study and a new interview.
func (d *desk) begin(bin, study string) {
	d.launch(bin, study)
	d.title("Rehearsed")
	d.pause()
	d.key("ctrl+n")
	d.pause()
}

// TestKillsInTheWindow kills the program at random moments while keys are typed,
// opens the interview again and types on where it opens. Nothing that was there is
// lost, of what was typed at most the question under the keys, and in the end the
// answers are those of the engine. SSE_KILLS is the number of kills, 3 if it is not
// set.
func TestKillsInTheWindow(t *testing.T) {
	kills, err := strconv.Atoi(cmp.Or(os.Getenv("SSE_KILLS"), "3"))
	if err != nil {
		t.Fatal(err)
	}
	d, bin := newDesk(t)
	rng := rand.New(rand.NewPCG(7, uint64(kills)))
	w, study := rehearse(t, d.home)
	want := given(w.iv.Session.Answers())
	blank := study + "-blank"
	if err := os.CopyFS(blank, os.DirFS(study)); err != nil {
		t.Fatal(err)
	}
	d.begin(bin, study)
	at := 0
	for n := range kills {
		at = d.typeUntilKilled(w, at, time.Duration(rng.IntN(2500))*time.Millisecond)
		at = resume(t, w, study, at)
		if at >= len(w.keys)-1 || t.Failed() {
			compareNewest(t, study, want)
			study, at = fmt.Sprintf("%s-%d", blank, n), 0
			if err := os.CopyFS(study, os.DirFS(blank)); err != nil {
				t.Fatal(err)
			}
			d.begin(bin, study)
			continue
		}
		d.launch(bin, study)
		d.title("Rehearsed")
		d.pause()
		d.key("Return")
		d.pause()
	}
	t.Logf("killed %d times", kills)
}

// typeUntilKilled types the questions from one on until the program was killed, and
// returns the question that was under the keys.
func (d *desk) typeUntilKilled(w *typist, at int, after time.Duration) int {
	d.t.Helper()
	over := make(chan struct{})
	go func() {
		time.Sleep(after)
		d.program.Process.Kill()
		d.program.Wait()
		close(over)
	}()
	for ; at < len(w.keys); at++ {
		d.strike(w.keys[at])
		select {
		case <-over:
			return at
		default:
		}
	}
	<-over
	return at
}

// resume looks at what a kill left: everything before the question under the keys
// and the one before it, whose keys the window may not have had yet. It returns the
// question at which the interview opens. A choice that was half given is completed,
// as a person would who sees it.
func resume(t *testing.T, w *typist, dir string, under int) int {
	t.Helper()
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ds, err := s.Interviews()
	if err != nil || len(ds) != 1 {
		t.Fatal(err, len(ds))
	}
	iv, err := s.Interview(ds[0].Entity)
	if err != nil {
		t.Fatal(err)
	}
	defer iv.Close(context.Background())
	f, _ := iv.Session.FirstOpen()
	opens := slices.IndexFunc(w.keys, func(k strokes) bool { return k.field == f })
	if opens < 0 {
		opens = len(w.keys)
	}
	for i, k := range w.keys[:opens] {
		got, want := iv.Session.Value(k.field), w.iv.Session.Value(k.field)
		if got == want {
			continue
		}
		if i < under-1 {
			t.Errorf("after a kill at question %d (%s), question %d is %q instead of %q", under, w.keys[min(under, len(w.keys)-1)].field, i, got, want)
		}
		if err := iv.Set(k.field, want); err != nil {
			t.Fatal(err)
		}
	}
	if opens < under-2 {
		t.Errorf("after a kill at question %d the interview opens at question %d (%s)", under, opens, f)
	}
	return opens
}

// strike presses the keys of a question.
func (d *desk) strike(k strokes) {
	d.t.Helper()
	if len(k.first) > 0 {
		d.key(k.first...)
	}
	for i, a := range k.answer {
		if i > 0 && k.wait {
			time.Sleep(700 * time.Millisecond) // two digits within 0.6 s are one number
		}
		d.typed(a)
	}
	d.key(k.other...)
}

// given are the answers of a session without what the clock and the laptop say.
func given(answers map[survey.Field]survey.Value) map[survey.Field]string {
	out := map[survey.Field]string{}
	for f, v := range answers {
		if !strings.HasPrefix(string(f), "meta_") && !strings.HasPrefix(string(f), "_") {
			out[f] = v.Text
		}
	}
	maps.DeleteFunc(out, func(_ survey.Field, v string) bool { return v == "" })
	return out
}
