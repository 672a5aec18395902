package survey

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"
)

// EntityKind says what a revision is about.
type EntityKind string

// The kinds of entities that a study records.
const (
	UnitKind      EntityKind = "unit"
	InterviewKind EntityKind = "interview"
	LinkKind      EntityKind = "link"
	FormKind      EntityKind = "form"
	FileKind      EntityKind = "file"
	FactKind      EntityKind = "fact"
	RedactKind    EntityKind = "redact"
	SettingsKind  EntityKind = "settings"
)

// AllEntityKinds lists them.
var AllEntityKinds = []EntityKind{UnitKind, InterviewKind, LinkKind, FormKind, FileKind, FactKind, RedactKind, SettingsKind}

// Fields that are no questions begin with an underscore.
const (
	FieldDeleted     Field = "_deleted"         // "1": the entity is gone
	FieldUnit        Field = "_unit"            // interview: id of its unit
	FieldStatus      Field = "_status"          // interview: see Status
	FieldStarted     Field = "_started"         // interview: RFC 3339 time with offset
	FieldEnded       Field = "_ended"           // interview: RFC 3339 time with offset
	FieldInterviewer Field = "_interviewer"     // interview: who held it
	FieldLanguage    Field = "_language"        // interview: language of the form in which it is held
	FieldReason      Field = "_reason"          // why a value was changed or a conflict settled
	FieldErased      Field = "_erased"          // "1": all that is or will be said of the entity is erased, for good
	FieldErases      Field = "_erases"          // with ":" and a revision: the fields erased from it, one a line
	FieldErasesFile  Field = "_erases_file"     // with ":" and a SHA-256: the file is erased
	FieldWhyErased   Field = "_reason:_erase"   // with ":" and an id: why something was erased; stays
	FieldRestores    Field = "_reason_restores" // with ":" and a field: the revision whose value was put back when a resolution was taken back
	FieldSplit       Field = "_split_from"      // interview: the one of which it was a side, before both were taken for true
	FieldOutcome     Field = "_outcome"         // interview: see Outcome
	FieldCallback    Field = "_callback"        // interview: when to call again, RFC 3339
	FieldRemark      Field = "_remark"          // interview: what was noted when it stopped
	FieldAudit       Field = "_audit"           // interview: SHA-256 of its audit.csv; see On
	FieldMinutes     Field = "_minutes"         // interview: minutes spent on its questions; see On
	FieldName        Field = "_name"            // unit: name given when it was entered
	FieldCountry     Field = "_country"         // unit: ISO 3166-1 alpha-3
	FieldRegion      Field = "_region"          // unit: code of its first-level region
	FieldPoint       Field = "_point"           // unit: geopoint "lat lon alt acc"
	FieldFictional   Field = "_fictional"       // "1": example data
)

// submittedPrefix begins the fields of an interview for the submissions that it was taken
// from.
const submittedPrefix = "_instance:"

// Submitted is the field of an interview for a submission that it was taken from, by its
// instanceID. Its value is the submission that this one corrects, or "1". Each revision
// that takes answers from a submission has it; two submissions never contest it.
func Submitted(id string) Field { return submittedPrefix + Field(id) }

// Submission returns the instanceID of a field made by Submitted.
func (f Field) Submission() (id string, ok bool) {
	return strings.CutPrefix(string(f), submittedPrefix)
}

// On names a field that each laptop has its own of, so that two never contest it.
func (f Field) On(device string) Field { return f + ":" + Field(device) }

// Status is where an interview stands.
type Status string

// The states of an interview.
const (
	InProgress Status = "in_progress"
	Completed  Status = "completed"
	BrokenOff  Status = "broken_off"
	Rejected   Status = "rejected"
	Approved   Status = "approved"
)

// Outcome is why an interview stopped before its end (after the outcome codes of
// AAPOR, Standard Definitions, for establishments).
type Outcome string

// The outcomes of an interview that stopped.
const (
	OutcomeCallback   Outcome = "callback"
	OutcomeRefused    Outcome = "refused"
	OutcomePartial    Outcome = "partial"
	OutcomeNotFound   Outcome = "not_found"
	OutcomeNobody     Outcome = "nobody_there"
	OutcomeClosed     Outcome = "closed"
	OutcomeIneligible Outcome = "ineligible"
	OutcomeLanguage   Outcome = "language"
	OutcomeOther      Outcome = "other"
)

// AllOutcomes lists them.
var AllOutcomes = []Outcome{OutcomeCallback, OutcomeRefused, OutcomePartial, OutcomeNotFound, OutcomeNobody, OutcomeClosed, OutcomeIneligible, OutcomeLanguage, OutcomeOther}

// Revision is one immutable act: fields of one entity set to values by one
// person on one device. Replaces names, per field, the revisions whose values it
// replaces (the heads its author saw). A value is current while no revision of
// the set replaces it.
type Revision struct {
	ID          string             `json:"id"` // UUIDv7
	Entity      string             `json:"entity"`
	Kind        EntityKind         `json:"kind"`
	Form        string             `json:"form,omitempty"`
	FormVersion string             `json:"form_version,omitempty"`
	Device      string             `json:"device"`
	Seq         int64              `json:"seq"` // 1, 2, 3 … per device
	Actor       string             `json:"actor"`
	Wall        string             `json:"wall"` // RFC 3339 UTC, milliseconds; shown, never decides
	TZ          string             `json:"tz"`   // offset of the device, "+05:45"
	Lamport     int64              `json:"lamport"`
	Patch       map[Field]Value    `json:"patch"`
	Replaces    map[Field][]string `json:"replaces,omitempty"`
	// Redacted says that answers were erased from the patch. Hash and signature are not
	// those of its author then, but of the laptop that erased them.
	Redacted bool `json:"redacted,omitempty"`
}

// Erases says whether the field is an order to erase. Nothing replaces such a field.
func (f Field) Erases() bool { return strings.HasPrefix(string(f), "_erase") }

// OfErasure says whether the field is about what was erased: the order, or why. It stays
// when everything is erased.
func (f Field) OfErasure() bool {
	return f.Erases() || strings.HasPrefix(string(f), string(FieldWhyErased)+":")
}

// Beside says whether values of the field stand beside each other and never contest it.
func (f Field) Beside() bool { return strings.HasPrefix(string(f), string(FieldReason)) || f.Erases() }

// Canonical returns the bytes that are hashed and signed: JSON with the fields in
// the order of the struct, map keys sorted, no white space and no HTML escapes.
func (r *Revision) Canonical() ([]byte, error) {
	b, err := MarshalPlain(r)
	if err != nil {
		return nil, fmt.Errorf("revision %s: %w", r.ID, err)
	}
	return b, nil
}

// Hash returns the SHA-256 of the canonical bytes.
func (r *Revision) Hash() ([32]byte, error) {
	b, err := r.Canonical()
	if err != nil {
		return [32]byte{}, err
	}
	return sha256.Sum256(b), nil
}

// Time returns the wall clock of the device that made the revision, in its own
// time zone where that is known. The zero time means it could not be read.
func (r *Revision) Time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, r.Wall)
	if err != nil {
		return time.Time{}
	}
	if z, err := time.Parse("-07:00", r.TZ); err == nil {
		return t.In(z.Location())
	}
	return t
}
