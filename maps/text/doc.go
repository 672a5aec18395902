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
// Promise: laying out never fails; what the font lacks shows as its empty box.
package text
