package table_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"sselandscape/survey"
	"sselandscape/survey/table"
)

func question(name string, kind survey.Kind, role string) *survey.Question {
	q := &survey.Question{Kind: kind}
	q.Name = name
	if role != "" {
		q.Sse = map[string]string{"role": role}
	}
	return q
}

func trialForm() *survey.Form {
	g := &survey.Group{Items: []survey.Item{question("name", survey.String, "unit.name"), question("at", survey.Geopoint, "unit.point")}}
	g.Name = "who"
	r := &survey.Repeat{Items: []survey.Item{question("site", survey.String, "")}}
	r.Name = "sites"
	return &survey.Form{ID: "f", Items: []survey.Item{g, question("n", survey.Integer, ""), r}}
}

func doc(id string, lamport int64, values map[survey.Field]string) *survey.Document {
	d := &survey.Document{Entity: id, Kind: survey.InterviewKind, Form: "f", Heads: map[survey.Field][]survey.Head{}}
	for f, v := range values {
		d.Heads[f] = []survey.Head{{Revision: id, Value: survey.Of(v), Lamport: lamport}}
	}
	return d
}

func TestFrom(t *testing.T) {
	got := table.From(trialForm(), []*survey.Document{
		doc("i1", 1, map[survey.Field]string{"name": "A", "n": "3", "sites[1]": "1", "sites[1]/site": "x", "sites[10]/site": "z", "sites[2]/site": "y", "_unit": "u"}),
		doc("i2", 2, map[survey.Field]string{"name": "B", "later_question": "new"}),
	})
	var names []string
	for _, c := range got.Columns {
		names = append(names, c.Name)
	}
	if d := cmp.Diff([]string{"name", "at", "n", "later_question"}, names); d != "" {
		t.Error(d)
	}
	if len(got.Rows) != 2 || got.Rows[0].Values[2].Text != "3" || got.Rows[1].Values[3].Text != "new" {
		t.Errorf("rows %+v", got.Rows)
	}
	var sites []string
	for _, r := range got.Repeats[0].Rows {
		sites = append(sites, r.Parent+" "+r.Values[0].Text)
	}
	if d := cmp.Diff([]string{"i1 x", "i1 y", "i1 z"}, sites); d != "" {
		t.Error(d)
	}
}

func TestUnits(t *testing.T) {
	unit := doc("u", 1, map[survey.Field]string{survey.FieldName: "Old name", survey.FieldPoint: "10 20"})
	unit.Kind = survey.UnitKind
	us := table.Units([]*survey.Document{unit}, []*survey.Document{
		doc("i2", 9, map[survey.Field]string{"_unit": "u", "name": "Newer name"}),
		doc("i1", 5, map[survey.Field]string{"_unit": "u", "name": "Name", "at": "27.5 85.25 0 0"}),
		doc("i3", 6, map[survey.Field]string{"name": "Without unit"}),
	}, func(string, string) *survey.Form { return trialForm() })
	if len(us) != 2 {
		t.Fatalf("%d units", len(us))
	}
	u := us[0]
	if u.Name != "Newer name" || u.Point == nil || *u.Point != (orb.Point{85.25, 27.5}) || len(u.Interviews) != 2 || u.Interviews[0].Entity != "i2" {
		t.Errorf("%+v", u)
	}
	if us[1].ID != "i3" || us[1].Name != "Without unit" {
		t.Errorf("%+v", us[1])
	}
}

func TestPoint(t *testing.T) {
	for text, want := range map[string]bool{"1 2": true, "1 2 3 4": true, "1": false, "": false, "91 0": false, "0 181": false, "x y": false, "NaN 0": false} {
		if _, ok := table.Point(text); ok != want {
			t.Errorf("%q: %v", text, ok)
		}
	}
}

func Example() {
	t := table.From(trialForm(), []*survey.Document{doc("i1", 1, map[survey.Field]string{"name": "Karuna", "n": "12"})})
	for i, c := range t.Columns {
		fmt.Printf("%s=%s\n", c.Name, t.Rows[0].Values[i])
	}
	// Output:
	// name=Karuna
	// at=
	// n=12
}
