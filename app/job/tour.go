package job

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"sselandscape/survey"
)

// Tour does the main job by itself in a new folder: it makes a study, holds
// interviews from the answers of the example, takes in two colleagues' packages,
// settles a conflict and writes units.geojson and map.png. Each step is told in a
// sentence.
func Tour(ctx context.Context, dir string, say func(string)) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("the folder %q already holds something; name a new one for the tour", dir)
	}
	t := &tour{dir: dir, tell: func(format string, args ...any) { say(fmt.Sprintf(format, args...)) }}
	made, err := Example(ctx, filepath.Join(dir, "study"), ExampleOptions{})
	if err != nil {
		return err
	}
	s, err := Open(made.Study)
	if err != nil {
		return err
	}
	defer s.Close()
	us, err := s.Units()
	if err != nil {
		return err
	}
	t.tell("Made the study %q in %s. It holds %d organizations, all fictional, in Nepal, the Philippines and the Republic of Korea.", s.Info().Name, made.Study, len(us))
	for _, step := range []func(context.Context, *Study) error{t.interview, t.merge(made.Packages), t.settle, t.write} {
		if err := step(ctx, s); err != nil {
			return err
		}
	}
	return t.verify(s)
}

type tour struct {
	dir  string
	tell func(format string, args ...any)
}

// interview holds one interview, answer by answer, each on disk at once.
func (t *tour) interview(ctx context.Context, s *Study) error {
	iv, err := s.NewInterview(ctx, "")
	if err != nil {
		return err
	}
	m := &maker{rng: newRand(11)}
	org := exampleOrganizations(1, m.rng)[0]
	org.name, org.local = "Tour Weavers' Cooperative, Kathmandu", "यात्रा बुनकर सहकारी"
	scratch, _ := iv.Session.Program().Start(s.worldOf("", iv.Session.Program().Form.ID))
	m.fill(scratch, org.answers("tour", m.rng))
	n := 0
	for _, l := range scratch.Lines() {
		v := scratch.Value(l.Field)
		if q := l.Question(); q == nil || !q.Kind.Asked() || v.Blank() {
			continue
		}
		if err := iv.Set(l.Field, v); err != nil {
			return err
		}
		n++
	}
	if err := iv.Finish(ctx, survey.Completed); err != nil {
		return err
	}
	result, reason := iv.Screening()
	if reason != "" {
		reason = " (" + reason + ")"
	}
	t.tell("Held an interview with %q: %d answers, each on disk when it was given. Screening result: %s%s.", org.name, n, result, reason)
	return nil
}

func (t *tour) merge(files []string) func(context.Context, *Study) error {
	return func(ctx context.Context, s *Study) error {
		for _, f := range files {
			m, err := s.Merge(ctx, f, Keys{})
			if err != nil {
				return err
			}
			if _, err := m.Apply(ctx, nil); err != nil {
				return err
			}
			t.tell("Took in the package of %s: %s.", m.From, PlanSentence(m.Plan.Counts))
		}
		m, err := s.Merge(ctx, files[0], Keys{})
		if err != nil {
			return err
		}
		if m.Plan.Nothing() {
			t.tell("Looked at the package of %s once more: everything in it is already here, so nothing would change.", m.From)
		}
		return nil
	}
}

// settle takes the newest value of the first conflict.
func (t *tour) settle(ctx context.Context, s *Study) error {
	cs, err := s.Conflicts()
	if err != nil || len(cs) == 0 {
		return err
	}
	c := cs[0]
	if err := s.Resolve(ctx, c.ID, c.Heads[0].Revision, nil, "settled by the tour"); err != nil {
		return err
	}
	left, err := s.Conflicts()
	if err != nil {
		return err
	}
	var said []string
	for i, h := range c.Heads {
		said = append(said, fmt.Sprintf("%q by %s", c.Values[i], h.Actor))
	}
	t.tell("Found %d conflicts and settled one: %s, %q: %s. Took %q. The other value stays in the history; %d conflicts are left for you.",
		len(cs), c.Unit, c.Question, strings.Join(said, ", "), c.Values[0], len(left))
	return nil
}

func (t *tour) write(ctx context.Context, s *Study) error {
	e, err := s.Export(ctx, ExportOptions{Format: "geojson"}, filepath.Join(t.dir, "units.geojson"))
	if err != nil {
		return err
	}
	t.tell("Wrote %d organizations with their answers to %s; %d questions that identify persons, or repeat, were left out.", e.Rows, e.Path, len(e.LeftOut))
	file := filepath.Join(t.dir, "map.png")
	if err := s.Map(ctx, file, MapOptions{}); err != nil {
		return err
	}
	t.tell("Drew the map %s.", file)
	return nil
}

func (t *tour) verify(s *Study) error {
	r, err := s.Verify(false)
	if err != nil {
		return err
	}
	if len(r.Problems) > 0 {
		return fmt.Errorf("the study does not verify: %s", r.Problems[0])
	}
	t.tell("Checked the study: %d revisions, each as its author signed it. Open it with the folder %s.", r.Revisions, filepath.Join(t.dir, "study"))
	return nil
}
