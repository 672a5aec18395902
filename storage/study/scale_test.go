package study_test

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"sselandscape/storage/study"
	"sselandscape/survey"
)

// scale is how many researchers and interviews each a benchmark has: 100 and 10,000 with
// SSE_SCALE=1, else a hundredth.
func scale() (researchers, interviews int) {
	if os.Getenv("SSE_SCALE") != "" {
		return 100, 10_000
	}
	return 10, 1000
}

// fieldwork makes what one researcher hands over: interviews of 60 answers, each about an
// organization of its own but for one in fifty, which others visit, too; one in twenty
// corrected afterwards.
func fieldwork(r, interviews int, shared []string) *study.Parcel {
	pub, key := keyOf(r)
	device, rng := fmt.Sprintf("device-%03d", r), rand.New(rand.NewPCG(uint64(r), 7))
	var lines []study.Line
	seq := int64(0)
	add := func(rev survey.Revision) {
		seq++
		rev.Device, rev.Seq, rev.Lamport, rev.Actor, rev.Wall, rev.TZ = device, seq, seq, fmt.Sprint("researcher ", r), "2026-03-02T10:00:00.000Z", "+05:45"
		rev.ID = fmt.Sprintf("01a21073-%04x-7a0b-%04x-%012x", seq>>16, r, uint64(seq)<<20|uint64(rng.IntN(1<<20)))
		b, err := rev.Canonical()
		if err != nil {
			panic(err)
		}
		h, _ := rev.Hash()
		lines = append(lines, study.Line{Number: len(lines) + 1, Revision: b, Hash: h, Sig: ed25519.Sign(key, h[:])})
	}
	for i := range interviews {
		entity := fmt.Sprintf("01a21073-%04x-7b0b-%04x-%012x", i, r, i)
		patch := map[survey.Field]survey.Value{survey.FieldUnit: survey.Of(entity), survey.FieldStatus: survey.Of("completed"), survey.FieldInterviewer: survey.Of(device)}
		if i%50 == 0 && len(shared) > 0 {
			entity = shared[rng.IntN(len(shared))]
		}
		for q := range 60 {
			patch[survey.Field(fmt.Sprintf("q%02d_question", q))] = survey.Of(fmt.Sprintf("answer %d", rng.IntN(1000)))
		}
		add(survey.Revision{Entity: entity, Kind: survey.InterviewKind, Form: "sse_unit", FormVersion: "2026", Patch: patch})
		if i%20 == 0 {
			before := lines[len(lines)-1]
			var raw survey.RawRevision
			survey.ScanRevision(before.Revision, &raw)
			add(survey.Revision{Entity: entity, Kind: survey.InterviewKind, Form: "sse_unit", FormVersion: "2026", Patch: map[survey.Field]survey.Value{"q07_question": survey.Of("corrected")},
				Replaces: map[survey.Field][]string{"q07_question": {raw.ID}}})
		}
	}
	return parcelOf(device, pub, lines)
}

// keyOf is the key of a laptop, always the same.
func keyOf(r int) (ed25519.PublicKey, ed25519.PrivateKey) {
	key := ed25519.NewKeyFromSeed(fmt.Appendf(nil, "laptop %25d", r))
	return key.Public().(ed25519.PublicKey), key
}

func parcelOf(device string, pub ed25519.PublicKey, lines []study.Line) *study.Parcel {
	return &study.Parcel{Study: "one", From: device, Source: device, SHA256: device, Devices: []study.Device{{ID: device, Label: device, PublicKey: pub}}, Revisions: len(lines),
		Lines: func(visit func(study.Line) error) error {
			for _, l := range lines {
				if err := visit(l); err != nil {
					return err
				}
			}
			return nil
		}}
}

// BenchmarkTakeIn takes in the work of all researchers, and then everything again.
func BenchmarkTakeIn(b *testing.B) {
	researchers, interviews := scale()
	var shared []string
	for i := range 2 * interviews / 100 {
		shared = append(shared, fmt.Sprintf("01a21073-ffff-7b0b-0000-%012x", i))
	}
	for b.Loop() {
		takeInAll(b, researchers, func(r int) *study.Parcel { return fieldwork(r, interviews, shared) })
	}
}

// BenchmarkTakeInSame takes in the same 200 organizations, entered anew by everybody.
func BenchmarkTakeInSame(b *testing.B) {
	researchers, _ := scale()
	for b.Loop() {
		takeInAll(b, researchers, func(r int) *study.Parcel {
			shared := make([]string, 200)
			for i := range shared {
				shared[i] = fmt.Sprintf("01a21073-ffff-7b0b-0000-%012x", i)
			}
			p := fieldwork(r, 0, nil)
			lines := []study.Line{}
			pub, key := keyOf(r)
			rng := rand.New(rand.NewPCG(uint64(r), 9))
			for i, e := range shared {
				patch := map[survey.Field]survey.Value{}
				for q := range 60 {
					patch[survey.Field(fmt.Sprintf("q%02d_question", q))] = survey.Of(fmt.Sprintf("answer %d", rng.IntN(1000)))
				}
				rev := survey.Revision{ID: fmt.Sprintf("rev-%d-%d", r, i), Entity: e, Kind: survey.UnitKind, Device: p.From, Seq: int64(i + 1), Lamport: int64(i + 1), Actor: p.From, Wall: "2026-03-02T10:00:00.000Z", TZ: "+05:45", Patch: patch}
				text, _ := rev.Canonical()
				h, _ := rev.Hash()
				lines = append(lines, study.Line{Number: i + 1, Revision: text, Hash: h, Sig: ed25519.Sign(key, h[:])})
			}
			return parcelOf(p.From, pub, lines)
		})
	}
}

func takeInAll(b *testing.B, researchers int, work func(r int) *study.Parcel) {
	b.StopTimer()
	dir := filepath.Join(b.TempDir(), "s")
	s := create(b, dir, "one", "coordinator")
	var took []time.Duration
	var sum time.Duration
	heap := uint64(0)
	for r := range researchers {
		p := work(r)
		runtime.GC()
		var before, m runtime.MemStats
		runtime.ReadMemStats(&before)
		b.StartTimer()
		begun := time.Now()
		if _, plan, err := s.Apply(ctx, p, func(done, _ int) {
			if done%8192 == 0 {
				runtime.ReadMemStats(&m)
				heap = max(heap, m.HeapInuse-min(m.HeapInuse, before.HeapInuse))
			}
		}); err != nil || plan.Counts.Invalid > 0 {
			b.Fatal(err, plan.Counts)
		}
		took = append(took, time.Since(begun))
		sum += took[r]
		b.StopTimer()
	}
	b.ReportMetric(sum.Seconds(), "all-s")
	b.ReportMetric(took[0].Seconds(), "first-s")
	b.ReportMetric(took[researchers-1].Seconds(), "last-s")
	b.ReportMetric(float64(heap)/(1<<20), "heap-MB")
	takeInAgain(b, s, researchers, work)
	appended := make([]time.Duration, 1000)
	for i := range appended {
		begun := time.Now()
		if _, err := s.Append(ctx, study.Change{Entity: fmt.Sprint("new", i), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of(strconv.Itoa(i))}}); err != nil {
			b.Fatal(err)
		}
		appended[i] = time.Since(begun)
	}
	slices.Sort(appended)
	b.ReportMetric(appended[500].Seconds()*1000, "append-p50-ms")
	b.ReportMetric(appended[990].Seconds()*1000, "append-p99-ms")
	s.Close()
	begun := time.Now()
	s, err := study.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(time.Since(begun).Seconds()*1000, "open-ms")
	s.Close()
	b.StartTimer()
	if st, err := os.Stat(filepath.Join(dir, study.FileName)); err == nil {
		b.ReportMetric(float64(st.Size())/(1<<20), "file-MB")
	}
}

// takeInAgain takes in everything a second time: the same packages, and packages that
// were made anew of the same, which have to be read.
func takeInAgain(b *testing.B, s *study.Study, researchers int, work func(r int) *study.Parcel) {
	var same, anew time.Duration
	for r := range researchers {
		p := work(r)
		for _, sum := range []string{p.SHA256, "made anew"} {
			p.SHA256 = sum
			begun := time.Now()
			if batch, plan, err := s.Apply(ctx, p, nil); err != nil || batch != "" || plan.New > 0 || plan.Known != p.Revisions {
				b.Fatal(err, batch, plan.Counts)
			}
			if sum == "made anew" {
				anew += time.Since(begun)
			} else {
				same += time.Since(begun)
			}
		}
	}
	b.ReportMetric(same.Seconds(), "again-s")
	b.ReportMetric(anew.Seconds(), "again-anew-s")
}
