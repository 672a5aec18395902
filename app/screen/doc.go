// Package screen holds the pages of the window, one file a page. Screens draw and
// forward; every rule lives below, in the package job.
//
// Start with [Show], which puts the program into a window.
package screen
