package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"sselandscape/app/cli"
)

// sse runs the command line and wants an exit code.
func sse(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, errs bytes.Buffer
	if code := cli.Main(context.Background(), args, strings.NewReader(""), &out, &errs); code != want {
		t.Fatalf("sse %s: exit code %d, want %d\n%s", strings.Join(args, " "), code, want, errs.String())
	}
	return out.String()
}

type listed struct {
	ID, Unit, Question, Kind string
	Values                   []struct{ Revision, Label, By string }
}

func conflictsOf(t *testing.T, dir string) (out []listed) {
	t.Helper()
	if err := json.Unmarshal([]byte(sse(t, 0, "conflicts", dir, "--json")), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestResolve settles the conflicts of the example in every way there is.
func TestResolve(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "one")
	sse(t, 0, "example", dir)
	for _, p := range []string{"minji", "ramon"} {
		sse(t, 0, "merge", dir, filepath.Join(dir, "packages", p+".ssepkg"))
	}
	cs := conflictsOf(t, dir)
	if len(cs) != 5 {
		t.Fatalf("%d conflicts", len(cs))
	}
	sse(t, 1, "resolve", dir, cs[0].ID, "--take", "nothing")
	sse(t, 0, "resolve", dir, cs[0].ID, "--take", cs[0].Values[1].Revision, "--reason", "seen")
	sse(t, 1, "resolve", dir, cs[0].ID, "--take", cs[0].Values[1].Revision)
	if got := conflictsOf(t, dir); len(got) != 4 {
		t.Fatalf("%d conflicts after one was settled", len(got))
	}
	made := strings.Fields(sse(t, 0, "resolve", dir, cs[1].ID, "--both"))
	if len(made) != 1 || !strings.Contains(sse(t, 0, "show", dir, made[0]), "_split_from") {
		t.Errorf("both made %v", made)
	}
	entity, _, _ := strings.Cut(cs[2].ID, "/")
	sse(t, 0, "resolve", dir, "--interview", entity, "--side", cs[2].Values[0].By)
	left := conflictsOf(t, dir)
	for len(left) > 0 {
		sse(t, 0, "resolve", dir, left[0].ID, "--take", left[0].Values[0].Revision)
		left = conflictsOf(t, dir)
	}
}
