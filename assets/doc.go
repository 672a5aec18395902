// Package assets holds the files that are built into the program: the
// questionnaires, the boundaries and places of Asia and the Pacific, one font for
// all its scripts and the icon. SOURCES.md tells where each comes from, under what
// licence, and how to make it again.
package assets
