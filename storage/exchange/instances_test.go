package exchange_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sselandscape/storage/exchange"
)

// interviewsOf gives interviews that are in memory.
func interviewsOf(xs ...*exchange.Instance) func(context.Context) iter.Seq2[*exchange.Instance, error] {
	return func(context.Context) iter.Seq2[*exchange.Instance, error] {
		return func(yield func(*exchange.Instance, error) bool) {
			for _, x := range xs {
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}

// TestInstances writes a folder for each interview, in whose name nothing leads elsewhere, and
// leaves out files that are not here.
func TestInstances(t *testing.T) {
	xml := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	file := func(name string, b []byte, err error) exchange.InstanceFile {
		return exchange.InstanceFile{Name: name, Data: func() ([]byte, error) { return b, err }}
	}
	d := &exchange.Dataset{}
	d.About.Interviews = interviewsOf(
		&exchange.Instance{Form: "visit", ID: "1", XML: xml("<a/>"), Files: []exchange.InstanceFile{file("p.jpg", []byte("photo"), nil), file("q.jpg", nil, fs.ErrNotExist)}},
		&exchange.Instance{Form: `../../etc\x:`, ID: "..", XML: xml("<b/>"), Files: []exchange.InstanceFile{file("../../up", []byte("x"), nil)}})
	files := packageFiles(t, streamed(t, "xml", d))
	want := []string{"instances/_.._etc_x___/submission.xml", "instances/visit_1/p.jpg", "instances/visit_1/submission.xml"}
	got := slices.Sorted(maps.Keys(files))
	if len(got) != 4 || !bytes.Equal(files["instances/visit_1/p.jpg"], []byte("photo")) {
		t.Errorf("%q, want %q and one more", got, want)
	}
	for _, name := range got {
		if !fs.ValidPath(name) || strings.Contains(name, `\`) || strings.Count(name, "/") != 2 {
			t.Errorf("%q leads elsewhere", name)
		}
	}
	if d := cmp.Diff("<a/>", string(files["instances/visit_1/submission.xml"])); d != "" {
		t.Error(d)
	}
}

// TestInstancesTwice does not let one interview take the place of another.
func TestInstancesTwice(t *testing.T) {
	d := &exchange.Dataset{}
	x := &exchange.Instance{Form: "visit", ID: "1", XML: func(io.Writer) error { return nil }}
	d.About.Interviews = interviewsOf(x, x)
	f, _ := exchange.ByName("xml")
	dir := t.TempDir()
	if _, err := f.WriteFile(ctx, filepath.Join(dir, "a.zip"), d); err == nil {
		t.Error("two interviews stand in one folder")
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Error("left", left)
	}
}

// TestDocumentationWithout says in words what a dataset has not.
func TestDocumentationWithout(t *testing.T) {
	for format, ext := range map[string]string{"xml": ".zip", "codebook-pdf": ".pdf", "codebook": ".pdf"} {
		f, _ := exchange.ByName(format)
		path := filepath.Join(t.TempDir(), "a"+ext)
		if _, err := f.WriteFile(ctx, path, documented()); err == nil || !strings.Contains(fmt.Sprint(err), "from a study") {
			t.Errorf("%s: %v", format, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: a file is there", format)
		}
	}
}
