package survey

import "strings"

// Fields of a unit that a list of organizations gives, the frame of a survey.
const (
	FieldCode         Field = "_code"         // id of the unit in the list
	FieldLocalName    Field = "_name_local"   // name in the local script
	FieldPlace        Field = "_place"        // village, town
	FieldForm         Field = "_form"         // form of organization: a choice code, or in words
	FieldRegistration Field = "_registration" // registration number
	FieldPhone        Field = "_phone"
	FieldAddress      Field = "_address"
	FieldStratum      Field = "_stratum"  // part of the frame that it was sampled from
	FieldAssigned     Field = "_assigned" // researcher who is to interview it
	fieldListed             = "_list:"
	fieldTarget             = "_target:"
)

// Listed is the field of a unit for a column of a list that has no field of its
// own.
func Listed(column string) Field { return fieldListed + Field(column) }

// Column returns the column of a field made by Listed.
func (f Field) Column() (name string, ok bool) { return strings.CutPrefix(string(f), fieldListed) }

// SettingsEntity is the entity of what is settled for the whole study.
const SettingsEntity = "settings"

// Target is the field of the settings for how many interviews are wanted of units
// whose property by has a value; its own, so that two people who set different
// targets agree.
func Target(by, value string) Field { return fieldTarget + Field(by) + ":" + Field(value) }

// Target returns the property and the value of a field made by Target.
func (f Field) Target() (by, value string, ok bool) {
	rest, ok := strings.CutPrefix(string(f), fieldTarget)
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, ":")
}
