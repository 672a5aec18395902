// Package basemap reads the base maps that people bring: MBTiles and PMTiles files, with
// pictures or vector tiles.
//
// Start with two names:
//
//   - [Open] opens a file and gives a [Map], which is a tile.Source.
//   - [Map.About] says what is in it, and who made it.
//
// The files are somebody else's: what they say of sizes is not believed, tiles are limited
// in bytes, pixels and points, and nothing but tables that hold tiles is read. Promise: a
// damaged tile is an error of that tile, never of the program.
package basemap
