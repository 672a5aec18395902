//go:build !linux

package study_test

import "os"

func peak(*os.ProcessState) int64 { return 0 }
