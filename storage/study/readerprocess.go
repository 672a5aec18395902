package study

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// This file alone starts a process, and only this program itself: a hostile database may
// bring down whatever reads it. survey/imports_test.go allows it here and nowhere else.

// readerEnded is told how the reading process ended; tests look at what it used.
var readerEnded = func(*os.ProcessState) {}

// runReader lets a process read the copy in a folder and keeps what it writes.
func runReader(ctx context.Context, dir string, size int64) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(filepath.Join(dir, streamName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer out.Close()
	limited, stop := context.WithTimeout(ctx, readTime(size))
	defer stop()
	cmd := exec.CommandContext(limited, program, ReaderVerb)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprintf("GOMEMLIMIT=%d", readerHeap), "GOTRACEBACK=none", "TMPDIR="+dir, "SQLITE_TMPDIR="+dir, "TMP="+dir, "TEMP="+dir)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the process that reads it: %w", err)
	}
	n, copying := io.Copy(out, io.LimitReader(pipe, maxStream+1))
	if n > maxStream || copying != nil {
		stop()
	}
	ended := cmd.Wait()
	readerEnded(cmd.ProcessState)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() == context.DeadlineExceeded:
		return errTooSlow
	case copying != nil:
		return copying
	case ended != nil || n > maxStream:
		return errReader
	}
	return out.Close()
}
