package cli_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"sselandscape/app/cli"
	"sselandscape/storage/study"
)

// TestMain makes the command line a command of the scripts in testdata, and the test
// binary the process that reads copies of studies.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == study.ReaderVerb {
		os.Exit(study.ReadCopy(os.Stdout))
	}
	testscript.Main(m, map[string]func(){
		"sse":  func() { os.Exit(cli.Main(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
		"hold": hold,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
		"exits": exits, "disk": disk, "readonly": readOnly, "fill": fill, "spoil": spoil, "waitfor": waitFor,
	}, Condition: condition, Setup: func(e *testscript.Env) error {
		e.Setenv(study.AnyPlaceVariable, os.Getenv(study.AnyPlaceVariable))
		return nil
	}})
}

// exits runs a command and compares its exit code: exits CODE COMMAND ARG….
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		c, ok := err.(interface{ ExitCode() int })
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = fmt.Sprint(c.ExitCode())
	}
	if got != want {
		ts.Fatalf("exit code %s, want %s", got, want)
	}
}

func Example() {
	cli.Main(context.Background(), []string{"formats"}, os.Stdin, os.Stdout, os.Stderr)
	// Output:
	// csv          CSV, for Excel and R
	// xlsx         Excel workbook
	// geojson      GeoJSON (RFC 7946)
	// gpkg         GeoPackage, for QGIS
	// dta          Stata (14 and later)
	// sav          SPSS
	// kml          KML, for Google Earth
	// shp          Shapefile, with a report of what it loses
	// fgb          FlatGeobuf, for maps on the web
	// geojsonseq   GeoJSON, a line each (RFC 8142)
	// ddi          DDI-Codebook 2.5, for data catalogues
	// codebook     Codebook to read, with counts
	// codebook-pdf Codebook to print (PDF)
	// datapackage  Data Package: CSV, GeoJSON and codebook
	// xml          Submissions (XML of ODK), whole
}
