package study_test

import (
	"os"
	"os/exec"
	"testing"

	"sselandscape/storage/study"
)

// TestReaderMemory lets a process with the limits of the one that reads copies ask for
// more memory than it may have: it ends, and the peak stays below 512 MiB.
func TestReaderMemory(t *testing.T) {
	const eats = "SSE_TEST_EATS"
	if os.Getenv(eats) != "" {
		if err := study.LimitReader(); err != nil {
			os.Exit(3)
		}
		var all [][]byte
		for range 600 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			all = append(all, b)
		}
		os.Exit(len(all) - 600)
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^TestReaderMemory$")
	cmd.Env = append(os.Environ(), eats+"=1", "GOTRACEBACK=none")
	if err := cmd.Run(); err == nil || cmd.ProcessState.ExitCode() == 3 {
		t.Fatal("it got 600 MiB:", err)
	}
	if n := peak(cmd.ProcessState); n > 512<<20 || n < 200<<20 {
		t.Errorf("it used %d MiB", n>>20)
	}
}
