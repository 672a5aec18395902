// Package exchange writes and reads the formats in which data leaves and enters a
// study, one file per format.
//
// Start with these names:
//
//   - [Formats] is the registry; the menu, the command line and the help read it.
//   - [Dataset] is what is written: units with their place and their answers.
//   - [CodebookOf] counts a dataset for its documentation, and tells no small counts.
//   - [OpenList] reads a list of organizations from text, a workbook, or the features of
//     a GeoJSON, GeoPackage, KML, GPX or shapefile.
//   - [ReadOverlay] reads a layer that is shown on the map from the same, and from text.
//   - [OpenSubmissions] reads interviews held with ODK Collect or KoboCollect, as text,
//     workbooks, archives or folders; submission XML is opened for survey/xform to read.
//   - [OpenBoundaries] reads areas from GeoJSON, TopoJSON, a shapefile or a GeoPackage.
//   - [WritePackage] and [ReadPackage] are how studies travel between laptops.
//
// Promise: a file is written whole or not at all, and what is read from others is
// checked before anything is done with it.
package exchange
