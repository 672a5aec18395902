package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sselandscape/app/job"
)

// hold is a program that has a study open until a file appears: hold DIR OPENED UNTIL.
func hold() {
	s, err := job.Open(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], nil, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	for range 3000 {
		if _, err := os.Stat(os.Args[3]); err == nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Close()
}

// waitFor waits for a file that another program makes: waitfor FILE.
func waitFor(ts *testscript.TestScript, _ bool, args []string) {
	for range 1000 {
		if _, err := os.Stat(ts.MkAbs(args[0])); err == nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s does not appear", args[0])
}

// condition adds [mounts]: whether a small disk can be mounted here.
func condition(name string) (bool, error) {
	if name != "mounts" {
		return false, fmt.Errorf("there is no condition %q", name)
	}
	if runtime.GOOS != "linux" || os.Getuid() != 0 {
		return false, nil
	}
	dir, err := os.MkdirTemp("", "mounts-*")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	if exec.Command("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", dir).Run() != nil {
		return false, nil
	}
	return true, exec.Command("umount", dir).Run()
}

// disk mounts a small disk in memory for the rest of the script: disk DIR SIZE.
func disk(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+args[1], "tmpfs", dir).CombinedOutput(); err != nil {
		ts.Fatalf("mount: %s", out)
	}
	ts.Defer(func() { exec.Command("umount", dir).Run() })
}

// readOnly lets nobody write on a disk any more, not even root: readonly DIR.
func readOnly(ts *testscript.TestScript, _ bool, args []string) {
	if out, err := exec.Command("mount", "-o", "remount,ro", ts.MkAbs(args[0])).CombinedOutput(); err != nil {
		ts.Fatalf("mount: %s", out)
	}
}

// fill writes a file until the disk is full: fill FILE.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	for size := 1 << 16; size > 0; size /= 2 { // to the last byte
		for {
			if _, err := f.Write(bytes.Repeat([]byte{1}, size)); err != nil {
				break
			}
		}
	}
}

// spoil overwrites the beginning of a file: spoil FILE.
func spoil(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(filepath.Clean(args[0])), os.O_RDWR, 0)
	ts.Check(err)
	_, err = f.WriteAt(bytes.Repeat([]byte("spoilt "), 580), 0)
	ts.Check(err)
	ts.Check(f.Close())
}
