// Package region knows administrative areas: which there are, what they are
// called, where their borders run, and in which of them a point lies.
//
// Start with three names:
//
//   - [Read] reads a boundary pack and gives an [Atlas].
//   - [Atlas.Locate] finds the first-level region that holds a point.
//   - [Atlas.In] lists the first-level regions of a country.
//
// A pack is one topology: neighbours share their border as one arc, so lines drawn
// from it meet at every scale. Coordinates are longitude, latitude in degrees,
// WGS 84. Borders are those of the pack's source and say nothing about rights to
// an area.
//
// Promise: reading never panics, whatever the bytes.
package region
