// Package pdf writes PDF 1.7 documents (ISO 32000-1): text in any script, lines
// and areas, pictures, links and bookmarks. The one font is handed in and embedded
// with no more than the glyphs that are used.
//
// Start with three names:
//
//   - [New] begins a [Document] with a font.
//   - [Document.Page] adds a [Page], which takes text, paths and pictures.
//   - [Document.Write] writes it all.
//
// Lengths are in points, 1/72 inch. Pages are measured from their top left corner,
// x to the right and y down, as pictures are; the writer turns that into the PDF's
// own coordinates.
//
// Promise: what is drawn as text can be searched and copied as the text it is, and
// the same calls give the same bytes: there is no clock and no chance in here.
package pdf
