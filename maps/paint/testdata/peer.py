"""Draws regions and units with QGIS or mapnik without a screen:

  peer.py qgis|mapnik REGIONS POINTS WIDTH HEIGHT DIAMETER WEST,SOUTH,EAST,NORTH OUT.png

REGIONS and POINTS are GeoPackages for QGIS, shapefiles for mapnik. Prints the seconds of
the best of three pictures, without reading the style and without writing the PNG, and
the memory in MiB."""
import json, os, resource, sys, time

engine, regions, points, out = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[8]
width, height, diameter = int(sys.argv[4]), int(sys.argv[5]), float(sys.argv[6])
west, south, east, north = (float(v) for v in sys.argv[7].split(","))


def qgis():
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from qgis.core import (QgsApplication, QgsFillSymbol, QgsMapRendererParallelJob, QgsMapRendererSequentialJob, QgsMapSettings,
                           QgsMarkerSymbol, QgsRectangle, QgsSingleSymbolRenderer, QgsVectorLayer)
    from qgis.PyQt.QtCore import QSize
    global app
    app = QgsApplication([], False)
    app.initQgis()
    r, p = QgsVectorLayer(regions, "regions", "ogr"), QgsVectorLayer(points, "points", "ogr")
    assert r.isValid() and p.isValid()
    r.setRenderer(QgsSingleSymbolRenderer(QgsFillSymbol.createSimple({"color": "#fdfcf8", "outline_color": "#bcb6ac", "outline_width": "1", "outline_width_unit": "Pixel"})))
    p.setRenderer(QgsSingleSymbolRenderer(QgsMarkerSymbol.createSimple({"name": "circle", "color": "#0072b2", "outline_color": "#ffffff", "outline_width": "0.5",
                                                                          "outline_width_unit": "Pixel", "size": str(diameter), "size_unit": "Pixel"})))
    s = QgsMapSettings()
    s.setOutputSize(QSize(width, height))
    s.setDestinationCrs(r.crs())
    s.setLayers([p, r])
    s.setExtent(QgsRectangle(west, south, east, north))
    best = 1e9
    for job in (QgsMapRendererSequentialJob, QgsMapRendererParallelJob):
        for _ in range(3):
            start = time.monotonic()
            j = job(s)
            j.start()
            j.waitForFinished()
            img = j.renderedImage()
            best = min(best, time.monotonic() - start)
    img.save(out)
    return best


def mapnik_():
    import mapnik
    m = mapnik.Map(width, height, "epsg:4326")
    mapnik.load_map_from_string(m, f"""<Map srs="epsg:4326" background-color="#d6e4ec">
      <Style name="r"><Rule><PolygonSymbolizer fill="#fdfcf8"/><LineSymbolizer stroke="#bcb6ac" stroke-width="1"/></Rule></Style>
      <Style name="p"><Rule><MarkersSymbolizer width="{diameter}" height="{diameter}" fill="#0072b2" stroke="#ffffff" stroke-width="0.5" allow-overlap="true" ignore-placement="true"/></Rule></Style>
      <Layer name="r" srs="epsg:4326"><StyleName>r</StyleName><Datasource><Parameter name="type">shape</Parameter><Parameter name="file">{regions}</Parameter></Datasource></Layer>
      <Layer name="p" srs="epsg:4326"><StyleName>p</StyleName><Datasource><Parameter name="type">shape</Parameter><Parameter name="file">{points}</Parameter></Datasource></Layer>
    </Map>""")
    m.zoom_to_box(mapnik.Box2d(west, south, east, north))
    best = 1e9
    for _ in range(3):
        img = mapnik.Image(width, height)
        start = time.monotonic()
        mapnik.render(m, img)
        best = min(best, time.monotonic() - start)
    img.save(out, "png")
    return best


seconds = qgis() if engine == "qgis" else mapnik_()
print(json.dumps({"seconds": seconds, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
sys.stdout.flush()
os._exit(0)
