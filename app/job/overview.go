package job

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"sselandscape/survey"
	"sselandscape/survey/table"
)

// Overview says where a study stands.
type Overview struct {
	Units      int
	Interviews int
	Groups     []CountGroup
	Targets    []Target
	Attention  []Attention
}

// CountGroup counts interviews by one of their properties.
type CountGroup struct {
	Name   string // "Status", "Region" …
	Counts []Count
}

// Count is how many interviews have a value of a property.
type Count struct {
	Key, Label string
	Interviews []string // ids
}

// Attention is something that somebody should look at.
type Attention struct {
	Text       string
	Page       string   // the page that helps: "Conflicts", "Interviews"
	Interviews []string // ids; nil where the page says it all
}

// Thresholds of what needs attention.
const (
	unfinishedAfter = 3 * 24 * time.Hour
	backupAfter     = 7 * 24 * time.Hour
	speedShare      = 0.4 // of the median length
	speedSample     = 5   // completed interviews from which a median means something
)

// held is an interview with its unit.
type held struct {
	unit table.Unit
	doc  *survey.Document
}

// Overview counts the interviews of the study and lists what needs attention.
func (s *Study) Overview() (*Overview, error) {
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	var all []held
	for _, u := range us {
		for _, d := range u.Interviews {
			all = append(all, held{u, d})
		}
	}
	region := s.RegionNames()
	o := &Overview{Units: len(us), Interviews: len(all)}
	o.Groups = []CountGroup{
		countBy("Status", all, func(h held) (string, string) { v := h.doc.Text(survey.FieldStatus); return v, v }),
		countBy("Region", all, func(h held) (string, string) { return h.unit.Region, region(h.unit.Region) }),
		countBy("Form of organization", all, func(h held) (string, string) { return h.unit.Form, s.FormLabel(h.unit.Form) }),
		countBy("Researcher", all, func(h held) (string, string) { v := h.doc.Text(survey.FieldInterviewer); return v, v }),
		countBy("Day", all, func(h held) (string, string) { v := day(h.doc); return v, v }),
	}
	slices.SortFunc(o.Groups[4].Counts, func(a, b Count) int { return cmp.Compare(a.Key, b.Key) })
	if set, err := s.store.Document(survey.SettingsEntity); err != nil {
		return nil, err
	} else if set != nil {
		o.Targets = s.targetsOf(set, us)
	}
	o.Attention, err = s.attention(all)
	return o, err
}

func day(d *survey.Document) string { t := d.Text(survey.FieldStarted); return t[:min(10, len(t))] }

// countBy groups interviews, the largest group first.
func countBy(name string, all []held, of func(held) (key, label string)) CountGroup {
	byKey := map[string]*Count{}
	for _, h := range all {
		key, label := of(h)
		c := byKey[key]
		if c == nil {
			c = &Count{Key: key, Label: cmp.Or(label, key, "not known yet")}
			byKey[key] = c
		}
		c.Interviews = append(c.Interviews, h.doc.Entity)
	}
	g := CountGroup{Name: name}
	for _, c := range byKey {
		g.Counts = append(g.Counts, *c)
	}
	slices.SortFunc(g.Counts, func(a, b Count) int {
		return cmp.Or(cmp.Compare(len(b.Interviews), len(a.Interviews)), cmp.Compare(a.Label, b.Label))
	})
	return g
}

// attention lists conflicts, callbacks, unfinished and too fast interviews, and a
// backup that is old.
func (s *Study) attention(all []held) ([]Attention, error) {
	var out []Attention
	say := func(page string, ids []string, one, many string) {
		switch n := len(ids); {
		case n == 1:
			out = append(out, Attention{one, page, ids})
		case n > 1:
			out = append(out, Attention{fmt.Sprintf(many, n), page, ids})
		}
	}
	n, err := s.store.Disagreement()
	if err != nil {
		return nil, err
	}
	if n.Answers > 0 {
		out = append(out, Attention{Counted(n.Answers, "answer") + " in conflict", "Conflicts", nil})
	}
	if n.Deleted > 0 {
		out = append(out, Attention{Counted(n.Deleted, "record") + " deleted by one and edited by another", "Conflicts", nil})
	}
	now := s.store.Now()
	say("Interviews", those(all, func(d *survey.Document) bool {
		t, err := time.Parse(time.RFC3339, d.Text(survey.FieldCallback))
		return err == nil && d.Text(survey.FieldStatus) == string(survey.BrokenOff) && t.Before(now.Add(24*time.Hour))
	}), "One callback is due", "%d callbacks are due")
	say("Interviews", those(all, func(d *survey.Document) bool {
		t, err := time.Parse("2006-01-02T15:04:05-07:00", d.Text(survey.FieldStarted))
		return err == nil && d.Text(survey.FieldStatus) == string(survey.InProgress) && now.Sub(t) > unfinishedAfter
	}), "One interview has been unfinished for days", "%d interviews have been unfinished for days")
	say("Interviews", those(all, func(d *survey.Document) bool { return d.Text(survey.FieldStatus) == string(survey.Rejected) }),
		"One interview was given back", "%d interviews were given back")
	say("Interviews", speeders(all), "One interview was much faster than the others", "%d interviews were much faster than the others")
	if last := s.lastBackup(); len(all) > 0 && now.Sub(last) > backupAfter {
		text := "There is no backup yet; make one, and set a second folder on another disk"
		if !last.IsZero() {
			text = "The last backup is of " + last.Format("2 January")
		}
		out = append(out, Attention{text, "Backups", nil})
	}
	if _, err := os.Stat(s.recoveryFile()); err == nil && !s.Info().Fictional {
		out = append(out, Attention{"The recovery key lies in the study's folder; move it to a safe place", "Merge", nil})
	}
	if text := s.SpaceSentence(); text != "" {
		out = append(out, Attention{text, "Backups", nil})
	}
	return out, nil
}

func those(all []held, want func(d *survey.Document) bool) []string {
	var out []string
	for _, h := range all {
		if want(h.doc) {
			out = append(out, h.doc.Entity)
		}
	}
	return out
}

// minutes adds up what each laptop spent on an interview; 0 if that is not known.
func minutes(d *survey.Document) float64 {
	total := 0.0
	for _, f := range d.Fields() {
		if strings.HasPrefix(string(f), string(survey.FieldMinutes.On(""))) {
			m, _ := strconv.ParseFloat(d.Text(f), 64)
			total += m
		}
	}
	return total
}

// speeders are completed interviews that took much less time than the median one.
func speeders(all []held) []string {
	var took []float64
	for _, h := range all {
		if m := minutes(h.doc); m > 0 && h.doc.Text(survey.FieldStatus) == string(survey.Completed) {
			took = append(took, m)
		}
	}
	if len(took) < speedSample {
		return nil
	}
	slices.Sort(took)
	limit := took[len(took)/2] * speedShare
	return those(all, func(d *survey.Document) bool {
		m := minutes(d)
		return m > 0 && m < limit && d.Text(survey.FieldStatus) == string(survey.Completed)
	})
}

// lastBackup is when the newest backup that can be used was made, the zero time if
// there is none.
func (s *Study) lastBackup() time.Time {
	for _, b := range s.store.Backups() {
		if b.Problem == "" {
			return b.At
		}
	}
	return time.Time{}
}

// Callback is an interview that is to be taken up again.
type Callback struct {
	Interview, Unit string
	At              time.Time
	Remark          string
}

// Agenda lists the callbacks, the next first.
func (s *Study) Agenda() ([]Callback, error) {
	us, err := s.Units()
	if err != nil {
		return nil, err
	}
	var out []Callback
	for _, u := range us {
		for _, d := range u.Interviews {
			at, err := time.Parse(time.RFC3339, d.Text(survey.FieldCallback))
			if err == nil && d.Text(survey.FieldStatus) == string(survey.BrokenOff) {
				out = append(out, Callback{d.Entity, u.Name, at, d.Text(survey.FieldRemark)})
			}
		}
	}
	slices.SortFunc(out, func(a, b Callback) int { return a.At.Compare(b.At) })
	return out, nil
}
