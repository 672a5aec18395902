// Package paint draws maps into pictures: boundaries, units, labels, legend,
// scale and the line that says where the boundaries come from. It knows no window
// and no clock; the same scene gives the same pixels everywhere.
//
// Start with these names:
//
//   - [New] prepares an atlas and a font and gives a [Painter].
//   - [Scene] is what a map shows.
//   - [Painter.Paint] draws it and gives a [Frame], which also answers what is
//     under a pixel. [Painter.PNG], [Painter.SVG] and [Painter.Page], of a PDF, write
//     the same picture: all are drawn by the same steps. A scene with a [Panel] or more
//     is small maps side by side, with one legend.
//   - [Painter.Signs] draws title, legend and source of a frame apart from its map.
//
// Every arc is simplified once per zoom and drawn for both of its sides, so no
// gaps open between neighbours. Lines between areas of a level appear when those are
// large enough on the picture. Where the boundaries of two sources meet, the outer lines
// of the one that was added are drawn as inner ones, and land fills what is between.
//
// Areas whose status is disputed are hatched, lines that are not agreed on dashed and
// claimed ones dotted, with a word in the legend. An atlas that is seen from a country's
// viewpoint is drawn so, and the picture says it. Names stand at the poles of inaccessibility of areas and
// along rivers; letters of scripts that join are never set apart.
//
// Markers are drawn once for each class and quarter of a pixel and then copied; where
// units are many, they are smaller.
//
// Promise: a picture that leaves the program carries its source and disclaimer.
package paint
