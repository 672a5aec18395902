package job

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sselandscape/storage/exchange"
)

// BoundaryRole is what a column of a file of boundaries says of an area.
type BoundaryRole string

// The roles. Names in other languages are written name:LANGUAGE, as name:ne.
const (
	BoundaryCode    BoundaryRole = "code"
	BoundaryName    BoundaryRole = "name"
	BoundaryParent  BoundaryRole = "parent"  // code or name of the area of the level above
	BoundaryCountry BoundaryRole = "country" // code or name
	BoundaryOther   BoundaryRole = "other"   // left out
)

// language returns the language of a role name:LANGUAGE.
func (r BoundaryRole) language() (string, bool) {
	return strings.CutPrefix(string(r), string(BoundaryName)+":")
}

var boundaryRole = regexp.MustCompile(`^(code|name(:[A-Za-z]{2,3}(-[A-Za-z0-9]+)*)?|parent|country|other)$`)

// BoundaryHead is the beginning of a file of boundaries, with what its columns are
// likely to be.
type BoundaryHead struct {
	File       string
	Name       string // of the file
	Format     string
	Layer      string
	Layers     []string
	Encoding   string // of a shapefile
	Projection string // that is converted, in words
	Columns    []string
	Rows       [][]string // the first ones
	Roles      []BoundaryRole
	Level      int // that it is likely to hold
	options    exchange.BoundaryOptions
}

// ReadBoundaryHead reads the beginning of a file of boundaries. Level 0 finds out
// which level it holds.
func ReadBoundaryHead(ctx context.Context, file string, level int, o exchange.BoundaryOptions) (*BoundaryHead, error) {
	b, err := exchange.OpenBoundaries(file, o)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	h := &BoundaryHead{File: file, Name: b.Name, Format: b.Format, Layer: b.Layer, Layers: b.Layers, Encoding: b.Encoding, Projection: b.Projection, Columns: b.Columns, Level: level, options: o}
	for a, err := range b.Areas(ctx) {
		if err != nil {
			return nil, err
		}
		if h.Rows = append(h.Rows, a.Cells); len(h.Rows) == sampleRows {
			break
		}
	}
	if len(h.Rows) == 0 {
		return nil, fmt.Errorf("read boundaries %q: it holds no features", b.Name)
	}
	if h.Level == 0 {
		h.Level = guessLevel(h.Columns, h.Rows)
	}
	h.Roles = guessBoundaryColumns(h.Columns, h.Rows, h.Level)
	return h, nil
}

// Map gives a column a role; the one that had it is left out.
func (h *BoundaryHead) Map(role BoundaryRole, column string) error {
	if !boundaryRole.MatchString(string(role)) {
		return fmt.Errorf("a column cannot be %q; it can be code, name, name:LANGUAGE, parent, country or other", role)
	}
	i := slices.IndexFunc(h.Columns, func(c string) bool { return strings.EqualFold(c, strings.TrimSpace(column)) })
	if i < 0 {
		return fmt.Errorf("the file has no column %q; it has %s", column, strings.Join(h.Columns, ", "))
	}
	for j, r := range h.Roles {
		if r == role {
			h.Roles[j] = BoundaryOther
		}
	}
	h.Roles[i] = role
	return nil
}

// column returns the place of the column with a role, -1 if there is none.
func (h *BoundaryHead) column(r BoundaryRole) int { return slices.Index(h.Roles, r) }

// bareColumn is a name of a column without case and signs: ADM1_PCODE is adm1pcode.
func bareColumn(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127 {
			return r
		}
		return -1
	}, strings.ToLower(name))
}

var levelColumn = regexp.MustCompile(`^(?:adm|admin|gid|name|id)([1-6])(?:pcode|code|en|name|)$`)

// guessLevel finds the deepest level that columns or cells name, 1 if none does:
// ADM2_PCODE (UN OCHA), GID_2 (GADM), shapeType ADM2 (geoBoundaries).
func guessLevel(columns []string, rows [][]string) int {
	level := 1
	for i, c := range columns {
		if m := levelColumn.FindStringSubmatch(bareColumn(c)); m != nil && cellsFilled(rows, i) {
			n, _ := strconv.Atoi(m[1])
			level = max(level, n)
		}
		if bareColumn(c) == "shapetype" && len(rows[0][i]) == 4 {
			if n, err := strconv.Atoi(rows[0][i][3:]); err == nil && n >= 1 && n <= 6 {
				return n
			}
		}
	}
	return level
}

func cellsFilled(rows [][]string, i int) bool {
	return slices.ContainsFunc(rows, func(r []string) bool { return strings.TrimSpace(r[i]) != "" })
}

// cellsApart says whether most rows have a text in a column, and most of them another
// one: an area may be several features.
func cellsApart(rows [][]string, i int) bool {
	seen, n := map[string]bool{}, 0
	for _, r := range rows {
		if c := strings.TrimSpace(r[i]); c != "" {
			seen[c] = true
			n++
		}
	}
	return n*10 >= len(rows)*6 && len(seen)*2 > n
}

// guessBoundaryColumns proposes what columns are, by the names that sources of
// boundaries give them.
func guessBoundaryColumns(columns []string, rows [][]string, level int) []BoundaryRole {
	out := make([]BoundaryRole, len(columns))
	for i := range out {
		out[i] = BoundaryOther
	}
	n, up := strconv.Itoa(level), strconv.Itoa(level-1)
	choose := func(role BoundaryRole, fits func(i int) bool, names ...string) {
		for _, name := range names {
			for i, c := range columns {
				if out[i] == BoundaryOther && bareColumn(c) == name && cellsFilled(rows, i) && fits(i) {
					out[i] = role
					return
				}
			}
		}
	}
	always := func(int) bool { return true }
	apart := func(i int) bool { return cellsApart(rows, i) }
	choose(BoundaryCode, apart, "adm"+n+"pcode", "admin"+n+"pcode", "adm"+n+"code", "gid"+n, "pcode", "code", "geocode", "iso31662", "shapeiso", "adm1code", "shapeid", "id", "hasc"+n, "gid", "fid", "objectid")
	choose(BoundaryName, always, "adm"+n+"en", "admin"+n+"en", "adm"+n+"name", "admin"+n+"name", "name"+n, "nameen", "shapename", "name", "district", "municipality", "commune", "province", "region", "state", "label")
	if level > 1 {
		choose(BoundaryParent, always, "parent", "parentcode", "adm"+up+"pcode", "admin"+up+"pcode", "adm"+up+"code", "gid"+up, "adm"+up+"en", "name"+up, "province", "region", "state")
	} else {
		choose(BoundaryCountry, always, "parent")
	}
	choose(BoundaryCountry, always, "adm0pcode", "admin0pcode", "gid0", "shapegroup", "iso3", "adm0a3", "countrycode", "country", "adm0en", "name0")
	for i, c := range columns {
		if m := localName(level).FindStringSubmatch(strings.ToLower(c)); m != nil && out[i] == BoundaryOther && cellsFilled(rows, i) {
			if role := BoundaryName + ":" + BoundaryRole(m[1]); !slices.Contains(out, role) {
				out[i] = role
			}
		}
	}
	return out
}

// localName matches columns of names in a language: name:ne, name_ne, ADM2_NE.
func localName(level int) *regexp.Regexp {
	return regexp.MustCompile(fmt.Sprintf(`^(?:name|adm%d)[:_](ar|bn|dv|dz|en|fa|fil|fr|hi|hy|id|ja|ka|kk|km|ko|ky|lo|mn|ms|my|ne|ps|pt|ru|si|ta|tet|tg|th|tk|tr|ur|uz|vi|zh)$`, level))
}
