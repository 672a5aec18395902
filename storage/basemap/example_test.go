package basemap_test

import (
	"fmt"

	"sselandscape/storage/basemap"
)

func ExampleOpen() {
	_, err := basemap.Open("doc.go")
	fmt.Println(err)
	// Output: base map "doc.go": it is neither an MBTiles nor a PMTiles file; QGIS makes MBTiles with "Generate XYZ tiles (MBTiles)"
}
