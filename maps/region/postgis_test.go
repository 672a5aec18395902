package region_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"sselandscape/maps/region"
)

// psql runs statements in the database that SSE_POSTGIS names (a connection string of
// libpq); what may be read from stdin comes behind.
func psql(t *testing.T, stdin []byte, statements ...string) string {
	t.Helper()
	db := os.Getenv("SSE_POSTGIS")
	if db == "" {
		t.Skip("skipped: SSE_POSTGIS names no database with PostGIS")
	}
	args := []string{"-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", db}
	for _, s := range statements {
		args = append(args, "-c", s)
	}
	cmd := exec.Command("psql", args...)
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatal(err, string(out[:min(len(out), 1000)]))
	}
	return string(out)
}

// TestPostGIS finds a million points in 4,000 regions with PostGIS, which has its
// index ready, and here with making the index; compares the answers and prints the
// times.
func TestPostGIS(t *testing.T) {
	psql(t, nil, "CREATE EXTENSION IF NOT EXISTS postgis", "DROP TABLE IF EXISTS regions, points", "CREATE TABLE regions(id int, g geometry)", "CREATE TABLE points(id int, g geometry)")
	p := tiled(t, 63, 32)
	a := region.New(p)
	var rows bytes.Buffer
	for _, r := range a.Regions {
		fmt.Fprintf(&rows, "%s\t%s\n", r.Code, wkt.MarshalString(a.MultiPolygon(r.Rings)))
	}
	psql(t, rows.Bytes(), "COPY regions FROM STDIN")
	rows.Reset()
	rng := rand.New(rand.NewPCG(1, 2))
	ps := make([]orb.Point, 1_000_000)
	for i := range ps {
		ps[i] = orb.Point{60 + rng.Float64()*90, -10 + rng.Float64()*60}
		fmt.Fprintf(&rows, "%d\tPOINT(%v %v)\n", i, ps[i][0], ps[i][1])
	}
	psql(t, rows.Bytes(), "COPY points FROM STDIN")
	psql(t, nil, "CREATE INDEX ON regions USING gist(g)", "VACUUM ANALYZE regions", "VACUUM ANALYZE points")
	join := "SELECT count(*) FROM points p JOIN regions r ON ST_Contains(r.g, p.g)"
	theirs, ours := time.Hour, time.Hour
	for range 3 {
		said := psql(t, nil, `\timing on`, "EXPLAIN (ANALYZE, TIMING OFF, SUMMARY ON) "+join)
		_, after, _ := strings.Cut(said, "Execution Time: ")
		ms, err := strconv.ParseFloat(strings.Fields(after)[0], 64)
		if err != nil {
			t.Fatal(said)
		}
		theirs = min(theirs, time.Duration(ms*float64(time.Millisecond)))
		fresh := region.New(p)
		start := time.Now()
		for _, q := range ps {
			fresh.Locate(q)
		}
		ours = min(ours, time.Since(start))
	}
	found := map[int]string{}
	for _, l := range strings.Fields(psql(t, nil, "SELECT p.id || ':' || r.id FROM points p JOIN regions r ON ST_Contains(r.g, p.g)")) {
		id, code, _ := strings.Cut(l, ":")
		n, _ := strconv.Atoi(id)
		found[n] = code
	}
	differ := 0
	for i, q := range ps {
		got := ""
		if r, ok := a.Locate(q); ok {
			got = r.Code
		}
		if got != found[i] {
			differ++
		}
	}
	if differ > 0 {
		t.Errorf("%d of %d points lie elsewhere", differ, len(ps))
	}
	t.Logf("PostGIS %v with its index ready, here %v with making it: %.1f times", theirs, ours, theirs.Seconds()/ours.Seconds())
}

// TestPostGISValid asks PostGIS whether what Build makes of the embedded regions, and
// of broken rings, is valid (OGC 06-103r4).
func TestPostGISValid(t *testing.T) {
	psql(t, nil, "CREATE EXTENSION IF NOT EXISTS postgis", "DROP TABLE IF EXISTS built", "CREATE TABLE built(id text, g geometry)")
	a := atlas(t)
	var shapes []orb.MultiPolygon
	for _, r := range a.Regions {
		shapes = append(shapes, a.Polygon(r.Code))
	}
	var rows bytes.Buffer
	check := func(shapes ...orb.MultiPolygon) {
		p, ps := build(t, 1, shapes...)
		if len(p.Regions) != len(shapes) {
			t.Fatal("a region was left out", len(ps))
		}
		own := region.New(p)
		for _, r := range own.Regions {
			fmt.Fprintf(&rows, "%s\t%s\n", r.Code, wkt.MarshalString(own.MultiPolygon(r.Rings)))
		}
	}
	check(shapes...)
	for i := range 500 { // stars that cross themselves
		rng := rand.New(rand.NewPCG(uint64(i), 1))
		var r orb.Ring
		for range 5 + rng.IntN(20) {
			r = append(r, orb.Point{170 + rng.Float64(), 60 + rng.Float64()})
		}
		check(orb.MultiPolygon{{r}})
	}
	psql(t, rows.Bytes(), "COPY built FROM STDIN")
	if said := psql(t, nil, "SELECT id, ST_IsValidReason(g) FROM built WHERE NOT ST_IsValid(g)"); strings.TrimSpace(said) != "" {
		t.Errorf("not valid:\n%s", said)
	}
	t.Log(psql(t, nil, "SELECT count(*) || ' areas are valid' FROM built WHERE ST_IsValid(g)"))
}
