// Package tile is the arithmetic of web maps: Mercator positions, zooms and views.
//
// Start with three names: [View], what a map shows; [View.Project] and
// [View.Unproject], which lead from degrees to pixels and back.
//
// Zoom z draws the world 256·2^z pixels wide (OGC 17-083r2, annex D.1,
// WebMercatorQuad). Promise: latitudes beyond 85.06° are drawn at the edge.
package tile
