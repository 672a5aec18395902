package survey

// Kind is the sort of answer a question takes; one kind serves all aliases of an
// XLSForm type.
type Kind uint8

// The kinds of XLSForm questions.
const (
	UnknownKind Kind = iota
	String
	Integer
	Decimal
	Range
	Date
	Time
	DateTime
	SelectOne
	SelectMultiple
	Rank
	Acknowledge
	Note
	Calculate
	Hidden
	Geopoint
	Geotrace
	Geoshape
	Image
	Audio
	Video
	File
	Barcode
	Start
	End
	Today
	DeviceID
	Username
	PhoneNumber
	Email
	Audit
	External // csv-external, xml-external
	StartGeopoint
	BackgroundGeopoint // filled in when its trigger changes
	BackgroundAudio
	OSM          // an OpenStreetMap object; kept, not asked
	SubscriberID // kept, always blank on laptops
	SimSerial
	InstanceID // identifies the interview (jr:preload="uid")
)

var kindNames = [...]string{"unknown", "text", "integer", "decimal", "range", "date", "time", "dateTime",
	"select_one", "select_multiple", "rank", "acknowledge", "note", "calculate", "hidden", "geopoint", "geotrace",
	"geoshape", "image", "audio", "video", "file", "barcode", "start", "end", "today", "deviceid", "username",
	"phonenumber", "email", "audit", "external", "start-geopoint", "background-geopoint", "background-audio", "osm",
	"subscriberid", "simserial", "instanceID"}

// String returns the XLSForm type name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return kindNames[0]
}

// Asked says whether a person answers questions of the kind.
func (k Kind) Asked() bool {
	switch k {
	case UnknownKind, Note, Calculate, Hidden, Start, End, Today, DeviceID, Username, PhoneNumber, Email, Audit, External, StartGeopoint,
		BackgroundGeopoint, BackgroundAudio, SubscriberID, SimSerial, InstanceID:
		return false
	}
	return true
}

// Selects says whether answers are codes of choices.
func (k Kind) Selects() bool { return k == SelectOne || k == SelectMultiple || k == Rank }

// Numeric says whether answers are numbers.
func (k Kind) Numeric() bool { return k == Integer || k == Decimal || k == Range }

// Preloaded says whether the value is filled in by the application as the
// interview starts or ends (XForms jr:preload).
func (k Kind) Preloaded() bool { return k >= Start && k <= Email }
