// Package paint draws maps into pictures: boundaries, units, labels, legend,
// scale and the line that says where the boundaries come from. It knows no window
// and no clock; the same scene gives the same pixels everywhere.
//
// Start with three names:
//
//   - [New] prepares an atlas and a font and gives a [Painter].
//   - [Scene] is what a map shows.
//   - [Painter.Paint] draws it and gives a [Frame], which also answers what is
//     under a pixel. [Painter.Multiples] draws several small maps with one legend.
//
// Every arc is simplified once per zoom and drawn for both of its sides, so no
// gaps open between neighbours. Markers are drawn once for each class and quarter of a
// pixel and then copied; where units are many, they are smaller. Promise: a picture that leaves the program carries
// its source and disclaimer.
package paint
