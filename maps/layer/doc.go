// Package layer holds what is drawn on a map: coloured regions, units, places,
// with the classes and the legend that explain them.
//
// Start with three names: [Layer], what painters draw; [Points], units in classes
// of shape and colour; [Choropleth], regions coloured by a number.
//
// Promise: a region without a value is drawn as such, never as zero.
package layer
