package job_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sselandscape/app/job"
	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// client is a program that people open exports with.
type client struct {
	name     string
	packages string
	formats  []string
	here     func() bool
	// read says what the program made of a file, or what is wrong.
	read func(t *testing.T, c *exported) (string, error)
}

// exported is a file that a client opens.
type exported struct {
	format  string
	path    string
	rows    int
	placed  int
	scripts []string // texts in Nepali, Thai and Korean that must be in it
}

func command(names ...string) func() bool {
	return func() bool {
		return !slices.ContainsFunc(names, func(n string) bool { _, err := exec.LookPath(n); return err != nil })
	}
}

// said is what a program prints; what it says of versions of GeoPackage is left out.
func said(home, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "HOME="+home, "XDG_RUNTIME_DIR="+home, "QT_QPA_PLATFORM=offscreen")
	out, err := cmd.CombinedOutput()
	var lines []string
	for l := range strings.Lines(string(out)) {
		if !strings.Contains(l, "This version of GeoPackage") {
			lines = append(lines, l)
		}
	}
	if err != nil {
		err = fmt.Errorf("%w: %.600s", err, strings.Join(lines, ""))
	}
	return strings.Join(lines, ""), err
}

// lacks says which texts are not in what a program said.
func (c *exported) lacks(text string) error {
	for _, s := range c.scripts {
		if !strings.Contains(text, s) {
			return fmt.Errorf("%q is not in %.600s", s, text)
		}
	}
	return nil
}

// clients are the programs, with what is looked at.
var clients = []client{
	{"QGIS", "qgis python3-qgis", []string{"csv", "geojson", "geojsonseq", "gpkg", "kml", "shp", "fgb"}, func() bool { return exec.Command("/usr/bin/python3", "-c", "import qgis.core").Run() == nil }, readByQGIS},
	{"GDAL", "gdal-bin", []string{"csv", "xlsx", "geojson", "geojsonseq", "gpkg", "kml", "shp", "fgb"}, command("ogrinfo"), readByGDAL},
	{"GDAL's validator", "python3-gdal", []string{"gpkg"}, func() bool {
		return exec.Command("/usr/bin/python3", "-c", "import osgeo_utils.samples.validate_gpkg").Run() == nil
	}, validatedByGDAL},
	{"R haven", "r-cran-haven", []string{"dta", "sav"}, func() bool { return exec.Command("Rscript", "-e", "library(haven)").Run() == nil }, readByHaven},
	{"PSPP", "pspp", []string{"sav"}, command("pspp"), readByPSPP},
	{"LibreOffice", "libreoffice-calc", []string{"csv", "xlsx"}, command("soffice"), readByLibreOffice},
	{"xmllint", "libxml2-utils", []string{"kml", "ddi"}, command("xmllint"), func(t *testing.T, c *exported) (string, error) {
		_, err := said(t.TempDir(), "xmllint", "--noout", c.path)
		return "well-formed", err
	}},
}

func readByQGIS(t *testing.T, c *exported) (string, error) {
	uri, provider := c.path, "ogr"
	switch c.format {
	case "gpkg":
		uri += "|layername=units"
	case "csv":
		uri, provider = "file://"+c.path+"?delimiter=,&xField=lon&yField=lat&crs=EPSG:4326", "delimitedtext"
	}
	out, err := said(t.TempDir(), "/usr/bin/python3", "testdata/layer.py", uri, provider)
	if err != nil {
		return "", err
	}
	_, text, _ := strings.Cut(out, "RESULT ")
	var r struct {
		Valid                   bool
		Count, Placed           int
		CRS, Renderer, Text     string
		Types, Aliases, Widgets map[string]string
	}
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return "", fmt.Errorf("%w: %.300s", err, out)
	}
	switch {
	case !r.Valid || r.Count != c.rows && (c.format != "csv" || r.Count != c.placed) || r.Placed != c.placed || r.CRS != "EPSG:4326":
		return "", fmt.Errorf("%d features, %d of them placed, %s, valid %v; want %d, %d", r.Count, r.Placed, r.CRS, r.Valid, c.rows, c.placed)
	case c.format == "gpkg" && (r.Renderer != "categorizedSymbol" || r.Widgets["a_consent"] != "ValueMap" || r.Aliases["a_consent"] == "" || r.Types["b_year"] != "Integer64" || r.Types["meta_today"] != "Date"):
		return "", fmt.Errorf("renderer %s, widget %s, alias %s, types %s %s", r.Renderer, r.Widgets["a_consent"], r.Aliases["a_consent"], r.Types["b_year"], r.Types["meta_today"])
	}
	what := fmt.Sprintf("%d features, %d columns", r.Count, len(r.Types))
	if c.format == "gpkg" {
		what += ", style, words of choices and questions"
	}
	return what, c.lacks(r.Text)
}

func readByGDAL(t *testing.T, c *exported) (string, error) {
	layer := []string{"-al"}
	switch c.format {
	case "gpkg", "xlsx":
		layer = []string{"units"}
	}
	out, err := said(t.TempDir(), "ogrinfo", append([]string{"-ro", c.path}, layer...)...)
	if err != nil || strings.Contains(out, "ERROR") || strings.Contains(out, "Warning") {
		return "", fmt.Errorf("%w %.600s", err, out)
	}
	if want := fmt.Sprintf("Feature Count: %d", c.rows); !strings.Contains(out, want) {
		return "", fmt.Errorf("%s is not in %.600s", want, out)
	}
	return fmt.Sprintf("%d features", c.rows), c.lacks(out)
}

// validatedByGDAL leaves out what the validator of GDAL 3.6 asks for that version 1.4 has no
// more: triggers of versions before.
func validatedByGDAL(t *testing.T, c *exported) (string, error) {
	out, _ := said(t.TempDir(), "/usr/bin/python3", "-m", "osgeo_utils.samples.validate_gpkg", "-k", "--extra", c.path)
	for line := range strings.Lines(out) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(line, "geom_update") && !strings.HasPrefix(line, "GPKG validation") {
			return "", fmt.Errorf("%s", line)
		}
	}
	return "valid", nil
}

func readByHaven(t *testing.T, c *exported) (string, error) {
	script := fmt.Sprintf(`library(haven); d <- read_%s(commandArgs(TRUE)[1]); cat(nrow(d), "rows\n"); cat(attr(d$a_consent, "label"), "\n", names(attr(d$a_consent, "labels")), "\n"); cat(unlist(lapply(d, as.character)))`, c.format)
	out, err := said(t.TempDir(), "Rscript", "-e", script, c.path)
	if err != nil {
		return "", err
	}
	for _, want := range []string{fmt.Sprintf("%d rows", c.rows), "Does the respondent agree", "Yes No"} {
		if !strings.Contains(out, want) {
			return "", fmt.Errorf("%q is not in %.600s", want, out)
		}
	}
	return fmt.Sprintf("%d rows, words of choices and questions", c.rows), c.lacks(out)
}

func readByPSPP(t *testing.T, c *exported) (string, error) {
	script := filepath.Join(t.TempDir(), "a.sps")
	if err := os.WriteFile(script, fmt.Appendf(nil, "GET FILE='%s'.\nFREQUENCIES a_consent.\nMRSETS /DISPLAY NAME=ALL.\nLIST name name_local b_name_local.\n", c.path), 0o600); err != nil {
		return "", err
	}
	out, err := said(t.TempDir(), "pspp", "-O", "format=csv", script)
	if err != nil || strings.Contains(out, "error") || strings.Contains(out, "warning") || !strings.Contains(out, "Does the respondent agree") || !strings.Contains(out, "$a_share") {
		return "", fmt.Errorf("%w %.600s", err, out)
	}
	return "words of choices and questions, sets of choices", c.lacks(out)
}

func readByLibreOffice(t *testing.T, c *exported) (string, error) {
	dir := t.TempDir()
	filter := "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1" // UTF-8, the first sheet
	args := []string{"--headless", "--convert-to", filter, "--outdir", filepath.Join(dir, "out")}
	if c.format == "csv" {
		args = append(args, "--infilter=CSV:44,34,76,1")
	}
	if _, err := said(dir, "soffice", append(args, c.path)...); err != nil {
		return "", err
	}
	files, _ := filepath.Glob(filepath.Join(dir, "out", "*.csv"))
	if len(files) == 0 {
		return "", fmt.Errorf("nothing was made of it")
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		return "", err
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff")))).ReadAll()
	if err != nil || len(rows) != c.rows+1 {
		return "", fmt.Errorf("%d rows, want %d %w", len(rows), c.rows+1, err)
	}
	return fmt.Sprintf("%d rows, %d columns", c.rows, len(rows[0])), c.lacks(string(b))
}

// TestClients opens exports in the programs that people use, as far as they are installed (make
// clients installs them), and prints a table.
func TestClients(t *testing.T) {
	made := got[*job.ExampleMade](t)(job.Example(ctx, filepath.Join(t.TempDir(), "s"), job.ExampleOptions{Units: 30, Researchers: 1}))
	store := got[*study.Study](t)(study.Open(made.Study))
	scripts := []string{"सहकारी संस्था", "สหกรณ์ออมทรัพย์", "협동조합 연합회"}
	var changes []study.Change
	n := 0
	for _, d := range got[[]*survey.Document](t)(store.Documents(survey.InterviewKind)) {
		if d.Text(survey.FieldUnit) != "" && n < len(scripts) {
			changes = append(changes, study.Change{Entity: d.Entity, Kind: survey.InterviewKind, Form: d.Form, FormVersion: d.FormVersion, Patch: map[survey.Field]survey.Value{"b_name_local": survey.Of(scripts[n]), "c_gps": survey.Of("27.7 85.3 0 0")}})
			n++
		}
	}
	changes = append(changes, study.Change{Entity: store.NewID(), Kind: survey.UnitKind, Patch: map[survey.Field]survey.Value{survey.FieldName: survey.Of("Without a place")}})
	got[[]survey.Revision](t)(store.Append(ctx, changes...))
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	s := got[*job.Study](t)(job.Open(made.Study))
	defer s.Close()
	dir := t.TempDir()
	files := map[string]*exported{}
	for _, f := range exchange.Formats() {
		if err := os.Mkdir(filepath.Join(dir, f.Name), 0o700); err != nil {
			t.Fatal(err)
		}
		e := got[*job.Exported](t)(s.Export(ctx, job.ExportOptions{Format: f.Name, Identifiers: f.Whole}, filepath.Join(dir, f.Name, "units"+f.Ext)))
		files[f.Name] = &exported{f.Name, e.Path, e.Rows, e.Rows - e.WithoutPlace, scripts}
	}
	var table strings.Builder
	for _, c := range clients {
		for _, format := range c.formats {
			file := files[format]
			if file == nil {
				continue
			}
			t.Run(c.name+"/"+format, func(t *testing.T) {
				if !c.here() {
					fmt.Fprintf(&table, "%-18s %-11s skipped: %s is not installed\n", c.name, format, c.packages)
					t.Skipf("skipped: %s (%s) is not installed", c.name, c.packages)
				}
				what, err := c.read(t, file)
				if err != nil {
					what = "FAILED"
					t.Error(err)
				}
				fmt.Fprintf(&table, "%-18s %-11s %s\n", c.name, format, what)
			})
		}
	}
	t.Logf("\n%s", table.String())
}
