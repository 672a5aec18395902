//go:build !ci

package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sselandscape/app/job"
	"sselandscape/survey"
)

// desk is a screen of its own with the program on it.
type desk struct {
	t       *testing.T
	display string
	home    string
	program *exec.Cmd
}

// need skips the test where a program is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("skipped: %s is not installed", p)
		}
	}
}

// newDesk builds the program and starts an X server with a window manager, which
// keys need for the focus.
func newDesk(t *testing.T) (*desk, string) {
	need(t, "Xvfb", "openbox", "xdotool", "go")
	dir := t.TempDir()
	bin := filepath.Join(dir, "sse")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Skipf("skipped: the window cannot be built here: %s", strings.SplitN(string(out), "\n", 2)[0])
	}
	d := &desk{t: t, home: filepath.Join(dir, "home")}
	if err := os.MkdirAll(d.home, 0o755); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	d.start(x)
	number := make([]byte, 8)
	n, err := r.Read(number)
	if err != nil {
		t.Fatal(err)
	}
	d.display = ":" + strings.TrimSpace(string(number[:n]))
	d.start(exec.Command("openbox"))
	return d, bin
}

func (d *desk) env() []string {
	return append(os.Environ(), "DISPLAY="+d.display, "HOME="+d.home, "XDG_CONFIG_HOME="+filepath.Join(d.home, ".config"), "LIBGL_ALWAYS_SOFTWARE=1")
}

func (d *desk) start(c *exec.Cmd) {
	d.t.Helper()
	c.Env = d.env()
	if err := c.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
}

// until waits for something to become true; what says what, if it never does.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
	}
	d.t.Fatalf("waited in vain for %s", what)
}

func (d *desk) xdotool(args ...string) (string, error) {
	c := exec.Command("xdotool", args...)
	c.Env = d.env()
	out, err := c.Output()
	return strings.TrimSpace(string(out)), err
}

// launch starts the program and waits for its window.
func (d *desk) launch(bin string, args ...string) {
	d.t.Helper()
	d.program = exec.Command(bin, args...)
	d.start(d.program)
	id := ""
	d.until("a window", func() bool {
		out, err := d.xdotool("search", "--onlyvisible", "--pid", fmt.Sprint(d.program.Process.Pid))
		id, _, _ = strings.Cut(out, "\n")
		return err == nil && id != ""
	})
	d.until("the focus", func() bool {
		d.xdotool("windowactivate", "--sync", id)
		out, err := d.xdotool("getwindowfocus")
		return err == nil && out != ""
	})
}

func (d *desk) key(keys ...string) {
	d.t.Helper()
	if _, err := d.xdotool(append([]string{"key", "--delay", "60"}, keys...)...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) typed(text string) {
	d.t.Helper()
	if _, err := d.xdotool("type", "--delay", "30", text); err != nil {
		d.t.Fatal(err)
	}
}

// title waits until the window's title holds a text.
func (d *desk) title(want string) {
	d.t.Helper()
	d.until("the title "+want, func() bool {
		out, _ := d.xdotool("search", "--onlyvisible", "--name", want)
		return out != ""
	})
}

// goTo goes to a question by F6 and its name.
func (d *desk) goTo(question string) {
	d.key("F6")
	d.pause()
	d.typed(question)
	d.key("Return")
	d.pause()
}

// pause lets the window draw: keys that come while it builds a page are lost.
func (d *desk) pause() { time.Sleep(350 * time.Millisecond) }

// answer types or picks an answer and confirms it.
func (d *desk) answer(text string) {
	if text != "" {
		d.typed(text)
	}
	d.key("Return")
	d.pause()
}

// TestWindow starts the real window, opens the example, holds ten questions of an
// interview by keyboard, kills the program and finds the answers in the study.
func TestWindow(t *testing.T) {
	d, bin := newDesk(t)
	d.launch(bin)
	d.key("ctrl+e")
	d.title("three countries")
	d.pause()
	d.key("ctrl+n")
	d.pause()
	for _, a := range []string{"", "WINDOW_1", "1", "REG-77", "1", "1", "", "1", "1", "1"} {
		d.answer(a)
	}
	d.goTo("b_name")
	d.answer("Window Weavers")
	d.goTo("b_year")
	d.answer("1987")
	d.program.Process.Kill()
	d.program.Wait()
	want := map[survey.Field]string{"a_version": "full", "a_interviewer": "WINDOW_1", "a_frame": "register", "a_frame_id": "REG-77", "a_consent": "yes",
		"a_consent_geo": "yes", "b_name": "Window Weavers", "b_year": "1987"}
	compareNewest(t, filepath.Join(d.home, "SSE Landscape", "Example"), want)
}

// interviews lists the interviews of a study that no program has open, the newest
// first. There is at least one.
func interviews(t *testing.T, dir string) []*survey.Document {
	t.Helper()
	s, err := job.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ds, err := s.Interviews()
	if err != nil || len(ds) == 0 {
		t.Fatal(err, len(ds))
	}
	return ds
}

// compareNewest looks into the newest interview of a study.
func compareNewest(t *testing.T, dir string, want map[survey.Field]string) {
	t.Helper()
	ds := interviews(t, dir)
	for f, v := range want {
		if got := ds[0].Text(f); got != v {
			t.Errorf("%s = %q, want %q", f, got, v)
		}
	}
}

// TestScreeningInTheWindow types three of the worked cases and looks at the result
// in the study file.
func TestScreeningInTheWindow(t *testing.T) {
	f, err := os.Open("../assets/forms/sse_unit/screening-tests.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	d, bin := newDesk(t)
	dir := filepath.Join(d.home, "study")
	var out bytes.Buffer
	c := exec.Command(bin, "new", dir, "--name", "Screening", "--country", "NPL", "--researcher", "ana")
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Fatal(err, out.String())
	}
	for _, i := range []int{1, 6, 10} { // in, borderline, out
		t.Run(rows[i][0], func(t *testing.T) { typeCase(t, d, bin, dir, rows[0], rows[i]) })
	}
}

func typeCase(t *testing.T, d *desk, bin, dir string, names, row []string) {
	d.launch(bin, dir)
	d.title("Screening")
	d.pause()
	d.key("ctrl+n")
	d.pause()
	choices := choiceNumbers(t)
	d.goTo("a_consent")
	d.answer("1")
	want := map[survey.Field]string{}
	for i, name := range names {
		if field, ok := strings.CutPrefix(name, "expect_"); ok {
			want[survey.Field(field)] = row[i]
		} else if i > 0 && row[i] != "" {
			d.goTo(name)
			d.answer(fmt.Sprint(choices(name, row[i])))
		}
	}
	d.program.Process.Kill()
	d.program.Wait()
	compareNewest(t, dir, want)
}

// choiceNumbers gives the digits that pick a choice.
func choiceNumbers(t *testing.T) func(question, code string) int {
	form, _, err := job.ReadForm("../assets/forms/sse_unit")
	if err != nil {
		t.Fatal(err)
	}
	return func(question, code string) int {
		n := 0
		form.Walk(func(it survey.Item, _ []survey.Item) bool {
			q, ok := it.(*survey.Question)
			if ok && q.Name == question {
				for i, c := range form.Lists[q.List].Choices {
					if c.Name == code {
						n = i + 1
					}
				}
			}
			return n == 0
		})
		if n == 0 {
			t.Fatalf("%s has no choice %s", question, code)
		}
		return n
	}
}
