// Package layer holds what is drawn on a map: units one by one, grouped or counted,
// regions coloured or with circles in them, places; with the classes and the legend
// that explain them.
//
// Start with these names:
//
//   - [Layer] is what painters draw.
//   - [Points] are units in classes of shape and colour; [ClusterIndex] groups them by
//     nearness at every zoom, [PointIndex] finds those in view, [Density] counts them.
//   - [Figures] are a number for each region, drawn as a choropleth in a [Style] or as
//     proportional [Symbols].
//
// Promise: a region without a value is drawn as such, never as zero, and one whose value
// may not be shown as another thing still; what may not be shown changes neither a class
// nor the legend.
package layer
