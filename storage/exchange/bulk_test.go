package exchange

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBulk fills tables of many sizes and lets the engine check and read them.
func TestBulk(t *testing.T) {
	for name, c := range map[string]struct {
		rows, width int
		step        int64
	}{
		"none": {0, 0, 1}, "one": {1, 10, 1}, "one page": {20, 100, 1}, "two pages": {60, 100, 1}, "three levels": {150_000, 200, 1}, "far apart": {5000, 10, 1 << 34},
		"over the page": {300, 9000, 3}, "just fitting": {40, bulkPage - 35 - 5, 1}, "of all lengths": {6000, -1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.sqlite")
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			err := withEngine(ctx, path, func(e *engine) error {
				return e.exec(`CREATE TABLE before (a); CREATE TABLE t (n INTEGER PRIMARY KEY, i INTEGER, r REAL, s TEXT, b BLOB, z TEXT); CREATE TABLE after (a); INSERT INTO after VALUES (1)`)
			})
			if err != nil {
				t.Fatal(err)
			}
			b, err := openBulk(path)
			if err != nil {
				t.Fatal(err)
			}
			table := b.table(3)
			long := strings.Repeat("कख", 20_000)
			want := [3]int64{}
			var r bulkRecord
			for i := range c.rows {
				width := c.width
				if width < 0 {
					width = i * 3
				}
				r.reset()
				r.null()
				v := int64(i-c.rows/2) * c.step * 7
				r.integer(v)
				r.real(float64(i) / 3)
				r.text(long[:width/6*6])
				r.blob([]byte{byte(i)})
				r.null()
				if err := table.add(int64(i)*c.step+1, r.bytes()); err != nil {
					t.Fatal(err)
				}
				want[0], want[1], want[2] = want[0]+1, want[1]+v, want[2]+int64(width/6*6)
			}
			if err := table.finish(); err != nil {
				t.Fatal(err)
			}
			if err := b.close(); err != nil {
				t.Fatal(err)
			}
			db, err := sql.Open("sqlite", "file:"+path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var ok string
			if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&ok); err != nil || ok != "ok" {
				t.Fatal(ok, err)
			}
			var got [3]int64
			if err := db.QueryRow(`SELECT count(*), coalesce(sum(i), 0), coalesce(sum(length(CAST(s AS BLOB))), 0) FROM t`).Scan(&got[0], &got[1], &got[2]); err != nil || got != want {
				t.Errorf("%v, want %v %v", got, want, err)
			}
			for _, i := range []int{0, c.rows / 2, c.rows - 1} {
				var n int64
				if err := db.QueryRow(`SELECT n FROM t WHERE n = ? AND r = ? AND b = ? AND z IS NULL`, int64(i)*c.step+1, float64(i)/3, []byte{byte(i)}).Scan(&n); err != nil && c.rows > 0 {
					t.Errorf("row %d: %v", i, err)
				}
			}
			if _, err := db.Exec(`INSERT INTO t (s) VALUES ('one more'); DELETE FROM t WHERE n = 1; UPDATE t SET s = 'shorter' WHERE n % 3 = 0; VACUUM`); err != nil {
				t.Error(err)
			}
			if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&ok); err != nil || ok != "ok" {
				t.Fatal(ok, err)
			}
		})
	}
	b := &bulkFile{}
	table := b.table(2)
	if err := table.add(2, []byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := table.add(2, []byte{1}); err == nil {
		t.Error("a row came twice")
	}
}
