package job_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/job"
)

// fuzzInterviews plans whatever is in a file. It may be refused; it may not panic, and
// a plan that is made can be made again and says the same.
func fuzzInterviews(f *testing.F, name string) {
	s, err := job.Create(ctx, filepath.Join(f.TempDir(), "study"), job.NewStudy{Name: "Visits", Countries: []string{"NPL"}, Researcher: "asha", Form: write(f, "visit.md", visitForm)})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		p, err := s.PlanInterviews(ctx, path, job.InterviewOptions{}, nil)
		if err != nil {
			return
		}
		if n := p.Counts.New + p.Counts.Same + p.Counts.Invalid; n != len(p.Rows) {
			t.Errorf("%d rows, %+v", len(p.Rows), p.Counts)
		}
		q, err := s.PlanInterviews(ctx, path, job.InterviewOptions{}, nil)
		if err != nil || q.Counts != p.Counts || len(q.Problems) != len(p.Problems) {
			t.Errorf("%+v, then %+v: %v", p.Counts, q.Counts, err)
		}
	})
}

func FuzzInterviewsXML(f *testing.F) {
	f.Add([]byte(visitXML(idA, idB, who("Karuna", "12")+"<branch><town>A</town><worker><call>x</call><wants>water lava</wants></worker></branch><strange>x</strange>")))
	f.Add([]byte(visitXML("x", "", `<what><people xmlns:sse="urn:sse-landscape:xlsform:1" sse:special="dk"/><gps>27,7 85,3</gps><since>2.3.2026</since></what>`)))
	fuzzInterviews(f, "a.xml")
}

func FuzzInterviewsTable(f *testing.F) {
	f.Add([]byte("_uuid;name;people;share;since;opens;met;needs;country;gps;sure;strange\na;One;twelve;0,5;2.3.2026;25:99;yesterday;water lava;XX;91 10 0 0;maybe;x\n"))
	f.Add([]byte("KEY,who-name,needs/water,needs/Other,gps-Latitude,gps-Longitude,_gps_altitude,meta-instanceID\nuuid:1,x,1,0,27.7,85.3,,uuid:2\n"))
	f.Add([]byte("_uuid,Name of the group,단체 이름,What/What is needed?/Clean water\n1,A,B,1\n" + strings.Repeat("1,A,B,1\n", 3)))
	fuzzInterviews(f, "a.csv")
}
