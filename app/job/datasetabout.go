package job

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"iter"
	"slices"
	"strings"
	"time"

	"sselandscape/storage/exchange"
	"sselandscape/survey"
	"sselandscape/survey/xform"
)

// about says of the dataset what its documentation needs.
func (x *dataset) about() exchange.About {
	info := x.study.Info()
	a := exchange.About{
		Profile: string(x.o.Profile), Places: placesInWords[x.o.Where],
		FormID: x.form.ID, FormVersion: x.form.Version, FormTitle: x.form.Title, Language: x.language(), Groups: x.groups(),
		Counted: func() exchange.Counted {
			return exchange.Counted{Withheld: x.said.withheld, First: x.said.first, Last: x.said.last}
		},
		Print:      printCodebook,
		Interviews: x.interviews,
	}
	for _, p := range AllProfiles {
		if p.Profile == x.o.Profile {
			a.Leaves = p.Leaves
		}
	}
	if x.o.Profile == Internal {
		if info.Researcher != "" {
			a.Producers = []string{info.Researcher}
		}
	} else {
		a.Least = x.o.Least
	}
	for _, code := range info.Countries {
		c, _ := x.place.atlas.Country(code)
		a.Countries = append(a.Countries, exchange.Country{Code: code, Name: c.Name})
	}
	for _, l := range x.left {
		a.LeftOut = append(a.LeftOut, exchange.LeftOut(l))
	}
	return a
}

var placesInWords = map[WhereIs]string{Exact: "exact", Displaced: "moved by 1 to 5 km within the region, or in the middle of it", Central: "in the middle of the region", Nowhere: "none"}

// language is the code of that in which labels are.
func (x *dataset) language() string {
	return languageTag(cmp.Or(x.o.Language, x.form.DefaultLanguage))
}

// groups are the sections of the questionnaire.
func (x *dataset) groups() (out []exchange.Group) {
	seen := map[string]bool{}
	x.form.Walk(func(it survey.Item, _ []survey.Item) bool {
		if g, ok := it.(*survey.Group); ok && !seen[g.Name] {
			seen[g.Name] = true
			out = append(out, exchange.Group{Name: g.Name, Label: x.words(g.Label), Others: x.others(g.Label)})
		}
		return true
	})
	return out
}

// others are a text in the languages of the questionnaire in which the export is not.
func (x *dataset) others(t survey.Text) (out []exchange.Translation) {
	in := cmp.Or(x.o.Language, x.form.DefaultLanguage)
	for _, lang := range x.form.Languages {
		if tag := languageTag(lang); lang != in && tag != "" && t.Has(lang) {
			out = append(out, exchange.Translation{Language: tag, Text: plainText(t[lang])})
		}
	}
	return out
}

// columnNotes say what columns are that no question gave.
var columnNotes = map[string]string{
	"unit_id":          "identifies the organization; for others than the team a number of its own",
	"name":             "name of the organization",
	"name_local":       "its name in the language of the place",
	"country":          "country, ISO 3166-1 alpha-3",
	"region_code":      "code of the region in which its point lies, else that was answered",
	"region_name":      "name of that region",
	"form":             "form of organization",
	"screening":        "whether it belongs to the social and solidarity economy",
	"interviews":       "how many interviews were held with it; the newest is in this row",
	"interview_status": "how far its newest interview is",
	"contested":        "how many of its answers two researchers gave differently",
	"code":             "from the list of organizations: its code there",
	"stratum":          "from the list of organizations: stratum of the sample",
	"assigned":         "to whom it is assigned",
	"place":            "from the list of organizations: place in words",
	"registration":     "from the list of organizations: registration number",
	"phone":            "from the list of organizations: telephone",
	"address":          "from the list of organizations: address",
}

// columnNote says what a column is that no question gave: known of each unit, of an area below
// regions, or of a list that the unit came from.
func columnNote(name string) string {
	if says, ok := columnNotes[name]; ok {
		return says
	}
	if level, ok := strings.CutPrefix(name, "level"); ok && (strings.HasSuffix(level, "_code") || strings.HasSuffix(level, "_name")) {
		return "area of level " + level[:strings.IndexByte(level, '_')] + " in which its point lies: its " + level[len(level)-len("code"):]
	}
	return "from the list of organizations, as it stands there"
}

// held notes the days on which interviews began.
func (t *tally) held(about []survey.Record) {
	for i := range about {
		day, _, _ := strings.Cut(about[i].Text(survey.FieldStarted), "T")
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			continue
		}
		if t.first == "" || day < t.first {
			t.first = day
		}
		t.last = max(t.last, day)
	}
}

// wholeOnly says why a format that holds interviews whole does not do what the options ask
// for, nil if it does.
func (o ExportOptions) wholeOnly() error {
	switch {
	case o.Profile != Internal:
		return errors.New("submissions hold interviews whole, so they leave in the profile internal only; choose another format for others")
	case o.Where != Exact:
		return errors.New("submissions hold interviews whole, with exact places; choose these, or another format")
	case o.Wide || o.Labels || len(o.Columns) > 0:
		return errors.New("submissions hold interviews whole, as they were answered; choose no columns, labels or wide rows, or another format")
	}
	return nil
}

// interviews gives every interview with the units that leave, as its client would send it.
func (x *dataset) interviews(ctx context.Context) iter.Seq2[*exchange.Instance, error] {
	return func(yield func(*exchange.Instance, error) bool) {
		x.said = newTally()
		err := x.each(ctx, x.said, func(u *unitRow) error {
			x.said.rows++
			if u.Point == nil {
				x.said.placeless++
			}
			for i := range u.about {
				in, err := x.instance(u.about[i].Entity)
				if err != nil {
					return err
				}
				if !yield(in, nil) {
					return errStop
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(nil, err)
		}
	}
}

func (x *dataset) instance(id string) (*exchange.Instance, error) {
	iv, err := x.study.Interview(id)
	if err != nil {
		return nil, err
	}
	form := iv.Session.Program().Form
	hidden := func(name string) bool { return !x.o.Identifiers && x.classes[name] == survey.ClassIdentifier }
	out := &exchange.Instance{Form: form.ID, ID: id, XML: func(w io.Writer) error {
		return xform.WriteSubmission(w, form, without(iv.Session.Instance(), hidden), id)
	}}
	for _, name := range iv.fileNames(hidden) {
		out.Files = append(out.Files, exchange.InstanceFile{Name: name, Data: func() ([]byte, error) {
			if sum, _, _ := strings.Cut(name, "."); len(sum) != hex.EncodedLen(sha256.Size) {
				x.leave(name, "the file is not in the study")
				return nil, fs.ErrNotExist
			}
			data, err := iv.File(name)
			if errors.Is(err, fs.ErrNotExist) {
				x.leave(name, "the file is on another laptop still")
			}
			return data, err
		}})
	}
	return out, nil
}

// without is an instance in which the answers to some questions are blank.
func without(e *survey.Element, hidden func(name string) bool) *survey.Element {
	out := *e
	if hidden(e.Name) {
		out.Text, out.Attrs, out.Children = "", nil, nil
		return &out
	}
	out.Children = make([]*survey.Element, len(e.Children))
	for i, k := range e.Children {
		out.Children[i] = without(k, hidden)
	}
	return &out
}

// fileNames are the photos and other files that answers name, each once, in order, but those
// of questions that are hidden.
func (iv *Interview) fileNames(hidden func(question string) bool) (names []string) {
	files := map[string]bool{} // patterns of questions
	for it, pattern := range iv.Session.Program().Form.Patterns() {
		if q, ok := it.(*survey.Question); ok && !hidden(q.Name) {
			switch q.Kind {
			case survey.Image, survey.Audio, survey.Video, survey.File, survey.BackgroundAudio:
				files[pattern] = true
			}
		}
	}
	for f, v := range iv.answers() {
		if files[f.Pattern()] && survey.MediaFile(v.Text) {
			names = append(names, v.Text)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
