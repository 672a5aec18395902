package screen

import (
	"os"
	"testing"

	"sselandscape/storage/study"
)

// TestMain lets the test binary be the process that reads copies of studies.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == study.ReaderVerb {
		os.Exit(study.ReadCopy(os.Stdout))
	}
	os.Exit(m.Run())
}
