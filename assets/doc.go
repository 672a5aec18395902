// Package assets holds the files that are built into the program: the font,
// the gazetteer of populated places, the icon and the questionnaires.
package assets
