package layer_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"sselandscape/maps/layer"
)

// peers is a folder with the peers of npm: SSE_PEERS names it.
func peers(t testing.TB, name string) string {
	t.Helper()
	dir := os.Getenv("SSE_PEERS")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", name)); dir == "" || err != nil {
		skip(t, "skipped: SSE_PEERS names no folder in which `npm install "+name+"` was run")
	}
	if _, err := exec.LookPath("node"); err != nil {
		skip(t, "skipped: node is not installed")
	}
	return dir
}

// skip says why also for benchmarks, whose reasons are not printed otherwise.
func skip(t testing.TB, why string) {
	t.Helper()
	if _, ok := t.(*testing.B); ok {
		fmt.Println(t.Name(), why)
	}
	t.Skip(why)
}

// node runs a script of testdata and reads the JSON it prints.
func node(t testing.TB, v any, args ...string) {
	t.Helper()
	cmd := exec.Command("node", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, v); err != nil {
		t.Fatal(err, string(out))
	}
}

// BenchmarkBesideSupercluster measures npm supercluster and the index here on the
// same units with the same radius and zooms.
func BenchmarkBesideSupercluster(b *testing.B) {
	dir := peers(b, "supercluster")
	for _, n := range []int{100_000, 1_000_000} {
		for name, points := range map[string][]layer.Point{"towns": towns(n), "scattered": scattered(n)} {
			b.Run(fmt.Sprint(name, "-", n), func(b *testing.B) {
				var buf bytes.Buffer
				for _, p := range points {
					_ = binary.Write(&buf, binary.LittleEndian, p.At[:])
				}
				file := filepath.Join(b.TempDir(), "points")
				if err := os.WriteFile(file, buf.Bytes(), 0o600); err != nil {
					b.Fatal(err)
				}
				var theirs struct{ Load, View, MiB, Clusters float64 }
				node(b, &theirs, "testdata/supercluster.mjs", dir, file)
				load, view := time.Hour, time.Hour
				var x *layer.ClusterIndex
				for range 3 {
					start := time.Now()
					x = layer.NewClusterIndex(points, 7)
					load = min(load, time.Since(start))
				}
				for range 20 {
					start := time.Now()
					x.In(orb.Bound{Min: orb.Point{70, -5}, Max: orb.Point{130, 40}}, 6)
					view = min(view, time.Since(start))
				}
				b.Logf("%s, %d: supercluster %.3f s (%.0f MiB), here %.3f s: %.1f times; a view %.3f ms and %.3f ms; clusters of zoom 6: %.0f and %d",
					name, n, theirs.Load, theirs.MiB, load.Seconds(), theirs.Load/load.Seconds(), theirs.View*1e3, view.Seconds()*1e3, theirs.Clusters, len(x.In(world, 6)))
				b.ReportMetric(theirs.Load/load.Seconds(), "times-supercluster")
			})
		}
	}
}
