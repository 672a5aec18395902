package job

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"sselandscape/maps/region"
	"sselandscape/storage/exchange"
)

// Located counts the points of a file.
type Located struct {
	Rows    int
	Misses  int // in no region, and none nearby
	Nearest int // in no region, but near one
}

// Regions are the areas in which points are looked for: those of a file, else those
// of a study, else the embedded ones. Problems are those of the file.
func Regions(ctx context.Context, dir, file string) (a *region.Atlas, problems []string, err error) {
	switch {
	case file != "":
		return regionsOf(ctx, file)
	case dir != "":
		s, err := Open(dir)
		if err != nil {
			return nil, nil, err
		}
		a, err := s.Atlas()
		return a, nil, errors.Join(err, s.Close())
	}
	return Atlas(), nil, nil
}

// PackExt is the ending of boundary packs.
const PackExt = ".sser"

// regionsOf makes an atlas of the areas of a file, whatever their level, or reads a
// boundary pack.
func regionsOf(ctx context.Context, file string) (*region.Atlas, []string, error) {
	if strings.EqualFold(filepath.Ext(file), PackExt) {
		f, err := os.Open(file)
		if err != nil {
			return nil, nil, err
		}
		defer f.Close()
		a, err := region.Read(f)
		if err != nil {
			err = fmt.Errorf("read boundaries %q: %w", file, err)
		}
		return a, nil, err
	}
	h, err := ReadBoundaryHead(ctx, file, 0, exchange.BoundaryOptions{})
	if err != nil {
		return nil, nil, err
	}
	h.Level = 1
	p := &BoundaryPlan{Head: h, parents: map[string]string{}}
	if err := p.read(ctx, nil); err != nil {
		return nil, nil, err
	}
	var said []string
	for _, x := range p.Problems {
		said = append(said, FeatureProblem(x))
	}
	return region.New(p.pack), said, nil
}

// Locate reads a CSV file with the columns lon and lat and writes it again with
// region_code, region_name and country behind, with code and name for each deeper
// level of the regions, and with region_metres: how far the nearest region is, at most
// five kilometres, where the point lies in none. Other points, and rows without a
// position, have all of them blank.
func Locate(ctx context.Context, a *region.Atlas, in, out string) (*Located, error) {
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
		cw.Write(append(head, locatedColumns(a)...))
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
			cw.Write(append(row, res.cells(a, row[lon], row[lat])...))
		}
		cw.Flush()
		return cw.Error()
	})
	return res, err
}

// locatedColumns names what is written of a point.
func locatedColumns(a *region.Atlas) []string {
	out := []string{"region_code", "region_name", "country"}
	for level := 2; level <= a.Depth(); level++ {
		out = append(out, fmt.Sprintf("level%d_code", level), fmt.Sprintf("level%d_name", level))
	}
	return append(out, "region_metres")
}

// cells finds a point and gives what is written of it.
func (res *Located) cells(a *region.Atlas, lon, lat string) []string {
	out := make([]string, 4+2*(a.Depth()-1)) // as locatedColumns
	res.Rows++
	x, err := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	if err != nil || err2 != nil {
		res.Misses++
		return out
	}
	p := orb.Point{x, y}
	all := a.LocateAll(p)
	if all[1] == nil {
		r, metres, ok := a.Nearest(p, nearby)
		if !ok {
			res.Misses++
			return out
		}
		res.Nearest++
		out[len(out)-1] = strconv.FormatFloat(metres, 'f', 0, 64)
		all[1] = r
	}
	for level, r := range all[1:] {
		if r == nil {
			continue
		}
		at := 0
		if level > 0 {
			at = 1 + 2*level
		}
		out[at], out[at+1] = safeCell(r.Code), safeCell(r.Name)
	}
	out[2] = safeCell(all[1].Country)
	return out
}

// safeCell defuses what a spreadsheet program would take for a formula: codes and
// names may come from somebody's file.
func safeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return "'" + s
	}
	return s
}
