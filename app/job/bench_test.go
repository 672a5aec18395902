package job_test

import (
	"testing"

	"sselandscape/app/job"
)

func BenchmarkUnits(b *testing.B) {
	s, _ := example(b, job.ExampleOptions{Units: 60, Researchers: 1})
	for b.Loop() {
		if _, err := s.Units(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInterviews200 compares 200 interviews of the shipped questionnaire, as
// submission XML, with an empty study.
func BenchmarkInterviews200(b *testing.B) {
	dir := submissionsOf(b, exampleOf(b, 200))
	to := studyAt(b, b.TempDir()+"/to", "asha", "NPL", "PHL", "KOR")
	b.ReportAllocs()
	for b.Loop() {
		if p := planInterviews(b, to, dir, job.InterviewOptions{}); p.Counts.New != 200 {
			b.Fatalf("%+v", p.Counts)
		}
	}
}
