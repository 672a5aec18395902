"""Says what QGIS makes of a layer, without a screen: layer.py URI PROVIDER"""
import json, os, sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsVectorLayer

app = QgsApplication([], False)
app.initQgis()
l = QgsVectorLayer(sys.argv[1], "x", sys.argv[2])
out = {"valid": l.isValid()}
if l.isValid():
    features = list(l.getFeatures())
    at = {f.name(): i for i, f in enumerate(l.fields())}
    out.update(
        count=len(features), placed=sum(1 for f in features if f.hasGeometry() and not f.geometry().isNull()), crs=l.crs().authid(),
        renderer=l.renderer().type() if l.renderer() else "", types={f.name(): f.typeName() for f in l.fields()},
        aliases={f.name(): f.alias() for f in l.fields() if f.alias()},
        widgets={n: l.editorWidgetSetup(i).type() for n, i in at.items() if l.editorWidgetSetup(i).type()},
        text=" ".join(str(v) for f in features for v in f.attributes()))
print("RESULT " + json.dumps(out))
sys.stdout.flush()
os._exit(0)
