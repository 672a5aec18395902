// Package cli is the command line: verbs, flags, exit codes. It only calls the
// package job.
//
// Start with [Main]. Exit codes: 0 done; 1 done with problems that are listed;
// 2 wrong call; 3 cannot open (busy, newer, damaged, no permission); 4 cancelled.
package cli
