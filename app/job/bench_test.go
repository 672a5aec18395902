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
