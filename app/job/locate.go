package job

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/storage/exchange"
)

// Located counts the points of a file.
type Located struct{ Rows, Misses int }

// Locate reads a CSV file with the columns lon and lat and writes it again with
// region_code, region_name and country behind. Points in no region, and rows
// without a position, have them blank.
func Locate(ctx context.Context, in, out string) (*Located, error) {
	f, err := os.Open(in)
	if err != nil {
		return nil, fmt.Errorf("read points: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("read points %q: %w", in, err)
	}
	head = slices.Clone(head)
	column := func(name string) int {
		return slices.IndexFunc(head, func(h string) bool {
			return strings.EqualFold(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")), name)
		})
	}
	lon, lat := column("lon"), column("lat")
	if lon < 0 || lat < 0 {
		return nil, fmt.Errorf("read points %q: the first row must name the columns lon and lat", in)
	}
	res := &Located{}
	err = exchange.WriteWhole(out, func(w io.Writer) error {
		cw := csv.NewWriter(w)
		cw.Write(append(head, "region_code", "region_name", "country"))
		for {
			row, err := r.Read()
			if err == io.EOF {
				break
			}
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			res.Rows++
			code, name, country := locateRow(row[lon], row[lat])
			if code == "" {
				res.Misses++
			}
			cw.Write(append(row, code, name, country))
		}
		cw.Flush()
		return cw.Error()
	})
	return res, err
}

func locateRow(lon, lat string) (code, name, country string) {
	x, err := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if err != nil || err2 != nil {
		return "", "", ""
	}
	r, ok := Atlas().Locate(orb.Point{x, y})
	if !ok {
		return "", "", ""
	}
	return r.Code, r.Name, r.Country
}
