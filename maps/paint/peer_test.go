package paint_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb/encoding/wkt"

	"sselandscape/maps/layer"
	"sselandscape/maps/paint"
	"sselandscape/maps/region"
)

// python is the system's, for which the peers are packaged.
const python = "/usr/bin/python3"

// peerOf skips where a peer is not installed; module is its package in Python.
func peerOf(b *testing.B, module, packages string) {
	b.Helper()
	if err := exec.Command(python, "-c", "import "+module).Run(); err != nil {
		skip(b, "skipped: "+packages+" are not installed")
	}
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		skip(b, "skipped: ogr2ogr is not installed")
	}
}

// skip says why: reasons of benchmarks are not printed otherwise.
func skip(b *testing.B, why string) {
	b.Helper()
	fmt.Println(b.Name(), why)
	b.Skip(why)
}

// sources are the regions and units as files of a format.
func sources(b *testing.B, a *region.Atlas, ps *layer.Points, format, ending string) (regions, points string) {
	b.Helper()
	dir := b.TempDir()
	table := func(name, head string, rows func(w *bufio.Writer), options ...string) string {
		f, err := os.Create(filepath.Join(dir, name+".csv"))
		if err != nil {
			b.Fatal(err)
		}
		w := bufio.NewWriter(f)
		fmt.Fprintln(w, head)
		rows(w)
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
		out := filepath.Join(dir, name+ending)
		args := append([]string{"-q", "-f", format, "-a_srs", "EPSG:4326", out, f.Name(), "-oo", "KEEP_GEOM_COLUMNS=NO"}, options...)
		if said, err := exec.Command("ogr2ogr", args...).CombinedOutput(); err != nil {
			b.Fatal(err, string(said))
		}
		if ending == ".shp" {
			_ = exec.Command("shapeindex", out).Run() // faster with an index, where there is the tool
		}
		return out
	}
	regions = table("regions", "id,WKT", func(w *bufio.Writer) {
		for i := range a.Regions {
			fmt.Fprintf(w, "%d,\"%s\"\n", i, wkt.MarshalString(a.Polygon(a.Regions[i].Code)))
		}
	}, "-oo", "GEOM_POSSIBLE_NAMES=WKT")
	points = table("points", "id,lon,lat", func(w *bufio.Writer) {
		for i, p := range ps.Points {
			fmt.Fprintf(w, "%d,%.6f,%.6f\n", i, p.At[0], p.At[1])
		}
	}, "-oo", "X_POSSIBLE_NAMES=lon", "-oo", "Y_POSSIBLE_NAMES=lat")
	return regions, points
}

// beside draws the same regions and units with a peer and here. SSE_PICTURES names a
// folder for both pictures.
func beside(b *testing.B, engine, format, ending string) {
	p, a := painter(b)
	all := &layer.Regions{Fill: map[string]layer.Fill{}}
	for i := range a.Regions {
		all.Fill[a.Regions[i].Code] = layer.Fill{Color: layer.Teal.Colors(5)[i%5]}
	}
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			ps, dir := crowd(n), os.Getenv("SSE_PICTURES")
			if dir == "" {
				dir = b.TempDir()
			}
			regions, points := sources(b, a, ps, format, ending)
			v := crowdView()
			diameter := map[int]string{100_000: "7", 1_000_000: "5"}[n] // as here
			bound := v.Bound()
			out, err := exec.Command(python, "testdata/peer.py", engine, regions, points, fmt.Sprint(v.Width), fmt.Sprint(v.Height), diameter,
				strings.Trim(strings.ReplaceAll(fmt.Sprint(bound.Min[0], bound.Min[1], bound.Max[0], bound.Max[1]), " ", ","), "[]"), filepath.Join(dir, fmt.Sprint(engine, "-", n, ".png"))).Output()
			if err != nil {
				b.Fatal(err, string(out))
			}
			var theirs struct{ Seconds, MiB float64 }
			if err := json.Unmarshal(out, &theirs); err != nil {
				b.Fatal(err, string(out))
			}
			s := paint.Scene{View: v, Layers: []layer.Layer{all, ps}}
			draw := func() float64 {
				start := time.Now()
				f, err := p.Paint(context.Background(), s)
				took := time.Since(start).Seconds()
				if err != nil {
					b.Fatal(err)
				}
				write(b, filepath.Join(dir, fmt.Sprint("here-", n, ".png")), f.Image)
				return took
			}
			first, next := draw(), draw()
			for range 4 {
				next = min(next, draw())
			}
			b.Logf("%d units: %s %.3f s (%.0f MiB), here %.3f s, the first picture with its index %.3f s: %.1f and %.1f times", n, engine, theirs.Seconds, theirs.MiB, next, first, theirs.Seconds/next, theirs.Seconds/first)
			b.ReportMetric(theirs.Seconds/next, "times-"+engine)
		})
	}
}

func BenchmarkBesideQGIS(b *testing.B) {
	peerOf(b, "qgis.core", "qgis-providers and python3-qgis")
	beside(b, "qgis", "GPKG", ".gpkg")
}

func BenchmarkBesideMapnik(b *testing.B) {
	peerOf(b, "mapnik", "python3-mapnik and mapnik-utils")
	beside(b, "mapnik", "ESRI Shapefile", ".shp")
}
