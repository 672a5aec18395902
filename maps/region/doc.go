// Package region knows administrative areas: which there are, what they are
// called, where their borders run, and in which of them a point lies.
//
// Start with three names:
//
//   - [Read] reads a boundary pack and gives an [Atlas].
//   - [Atlas.Locate] finds the first-level region that holds a point, and
//     [Atlas.LocateAll] the areas of all levels.
//   - [Builder] makes a pack of somebody's polygons; [Atlas.With] puts it in the place
//     of what an atlas has.
//
// Levels are counted from 0: countries, regions, districts, communes … Every area
// knows the code of what it is part of. The deepest level decides: the region of a
// point is what its district is part of, wherever the borders of another source run.
//
// Where areas of another source take the place of those of a country, a border that only
// one of the two sources has is no coast if land goes on behind it: [Atlas.Border] says
// so, and arcs are cut where it changes.
//
// Borders are those in fact; [Atlas.As] gives them as a country sees them, as far as the
// source says so.
//
// A pack is one topology: neighbours share their border as one arc, so lines drawn
// from it meet at every scale. Coordinates are longitude, latitude in degrees,
// WGS 84. Borders are those of the pack's source and say nothing about rights to
// an area.
//
// Promise: reading never panics, whatever the bytes.
package region
