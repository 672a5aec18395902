package exchange

import (
	"cmp"
	"fmt"
	"strings"
)

// styleColors tell classes apart for colour-blind readers (Okabe and Ito 2008), as on the
// map of the study.
var styleColors = []string{"0,114,178", "213,94,0", "0,158,115", "204,121,167", "230,159,0", "86,180,233", "110,110,110"}

// styleUnknown is the colour of what is not known yet.
const styleUnknown = "150,150,150"

// styleShapes are the markers of QGIS that come nearest to those of the map.
var styleShapes = []string{"circle", "square", "triangle", "diamond", "pentagon", "star", "cross_fill"}

// qml is a style of QGIS 3: markers by the column "form", and questions as aliases.
func (l *gpkgLayer) qml() string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'><qgis version="3.22" styleCategories="Symbology|Fields|Forms">`)
	classes := formChoices(l.Fields)
	fmt.Fprintf(&b, `<renderer-v2 type="categorizedSymbol" attr="form" symbollevels="0" enableorderby="0" forceraster="0"><categories>`)
	for i, c := range classes {
		fmt.Fprintf(&b, `<category render="true" symbol="%d" value="%s" label="%s"/>`, i, xmlText(c.Code), xmlText(c.Label))
	}
	fmt.Fprintf(&b, `<category render="true" symbol="%d" value="" label="not known yet"/></categories><symbols>`, len(classes))
	for i := range len(classes) + 1 {
		color, shape := styleColors[i%len(styleColors)], styleShapes[i%len(styleShapes)]
		if i == len(classes) {
			color, shape = styleUnknown, "circle"
		}
		fmt.Fprintf(&b, `<symbol type="marker" name="%d" alpha="1" clip_to_extent="1" force_rhr="0"><layer class="SimpleMarker" enabled="1" locked="0" pass="0"><prop k="color" v="%s,255"/><prop k="name" v="%s"/><prop k="outline_color" v="255,255,255,255"/><prop k="outline_width" v="0.3"/><prop k="size" v="2.6"/><prop k="size_unit" v="MM"/></layer></symbol>`, i, color, shape)
	}
	b.WriteString(`</symbols></renderer-v2><aliases>`)
	for i, c := range l.columns {
		if c.field >= 0 && l.Fields[c.field].Label != "" {
			fmt.Fprintf(&b, `<alias index="%d" field="%s" name="%s"/>`, i+1, xmlText(c.name), xmlText(l.Fields[c.field].Label))
		}
	}
	b.WriteString(`</aliases></qgis>`)
	return b.String()
}

// formChoices are the choices of the column "form" as they stand in it: by their codes, or by
// their words where these are in place of codes.
func formChoices(fields []Field) (out []Choice) {
	for _, f := range fields {
		if f.Name == "form" {
			for _, c := range f.labelled {
				words := cmp.Or(c.Label, c.Code)
				out = append(out, Choice{Code: words, Label: words})
			}
			return append(out, f.Choices...)
		}
	}
	return nil
}

// xmlText is a text as the value of an attribute.
func xmlText(s string) string { return inAttribute.Replace(string(appendXML(nil, s))) }

var inAttribute = strings.NewReplacer(`"`, "&quot;", "\n", "&#10;", "\t", "&#9;")
