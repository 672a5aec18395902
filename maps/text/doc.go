// Package text draws text in any script: shaped, in the right order for
// right-to-left scripts, broken into lines where the script allows. The font is
// handed in, so the same text gives the same pixels on every machine.
//
// Start with three names:
//
//   - [New] reads a font and gives a [Face].
//   - [Face.Layout] measures text and breaks it into lines.
//   - [Layout.Draw] puts it into a picture.
//
// Lines end where Unicode Annex 14 lets them. For Thai, Lao, Khmer and Burmese, which
// write no spaces between words, it asks for a dictionary; here lines end between
// syllables as far as spelling tells, never within a cluster of letters.
//
// Promise: laying out never fails; what the font lacks shows as its empty box.
package text
