package survey

// Class says how much an answer gives away, and so who may have it (column bind::sse:pii).
type Class string

// The classes, from harmless to harmful. A question without one says nothing about
// persons, unless its kind does.
const (
	ClassNone       Class = "none"
	ClassQuasi      Class = "quasi"      // together with others tells who it is
	ClassSensitive  Class = "sensitive"  // harms if it is known
	ClassText       Class = "text"       // may hold anything
	ClassLocation   Class = "location"   // a place
	ClassIdentifier Class = "identifier" // tells who it is
)

// AllClasses lists them.
var AllClasses = []Class{ClassNone, ClassQuasi, ClassSensitive, ClassText, ClassLocation, ClassIdentifier}

// Class is the class of the question's answers: as the questionnaire says, else by its
// kind: places and what names a laptop or its user are never harmless, and nobody knows what
// people write as text or photograph.
func (q *Question) Class() Class {
	if c := q.DeclaredClass(); c != "" {
		return c
	}
	switch q.Kind {
	case Geopoint, Geotrace, Geoshape, StartGeopoint, BackgroundGeopoint, OSM:
		return ClassLocation
	case DeviceID, Username, PhoneNumber, Email, SubscriberID, SimSerial, InstanceID, Audit:
		return ClassIdentifier
	case String, Barcode, Image, Audio, Video, File, BackgroundAudio:
		return ClassText
	case Start, End, Today:
		return ClassQuasi
	}
	return ClassNone
}

// DeclaredClass is the class that the questionnaire gives a question, or all that is in a
// group or repeat; "" if it gives none. A word that is not known counts as identifier.
func (n *Node) DeclaredClass() Class {
	switch c := Class(n.Sse["pii"]); c {
	case "", ClassNone, ClassQuasi, ClassSensitive, ClassText, ClassLocation, ClassIdentifier:
		return c
	}
	return ClassIdentifier
}
