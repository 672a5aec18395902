package study

import (
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// strange is what a parcel shows of laptops: two that write under one name, and clocks.
type strange struct {
	doubles map[string]bool    // devices under whose name two laptops write
	clocks  map[clock]string   // what is to be said of clocks, with a time
	latest  map[string]stamped // of devices
	began   time.Time          // when the study was made; the zero time where that is not known
}

// clock is something to be said of the clock of a device, once.
type clock struct {
	device string
	what   string // one of clockAhead and so on
}

// stamped is when a laptop made a revision, by its clock.
type stamped struct {
	seq int64
	at  time.Time
}

// What is said of the clock of a laptop, %[1]s, when it wrote, %[2]s.
const (
	clockAhead  = "The clock of %[1]s is ahead: it wrote on %[2]s. Its answers are taken in as any other; set the clock right."
	clockBehind = "The clock of %[1]s is behind, or the one by which the study was made was ahead: it wrote on %[2]s, before the study was made. Its answers are taken in as any other."
	clockBack   = "The clock of %[1]s went back: it wrote on %[2]s. The order of its answers is right all the same; their days may not be."
)

// clockSlack is by how much clocks may be wrong without a word.
const clockSlack = 26 * time.Hour

func (s *Study) newStrange() strange {
	return strange{doubles: map[string]bool{}, clocks: map[clock]string{}, latest: map[string]stamped{}, began: s.began()}
}

// began is when the study was made, by the clock of the laptop that made it; the zero
// time where its id does not say.
func (s *Study) began() time.Time {
	id, err := uuid.Parse(s.info.ID)
	if err != nil || id.Version() != 7 {
		return time.Time{}
	}
	return time.Unix(id.Time().UnixTime())
}

// begunAt makes the UUIDv7 one of a time (RFC 9562, section 5.7: the first 48 bits are
// milliseconds).
func begunAt(id string, at time.Time) string {
	u, err := uuid.Parse(id)
	if err != nil {
		return id
	}
	for i, ms := range binary.BigEndian.AppendUint64(nil, uint64(at.UnixMilli()))[2:] {
		u[i] = ms
	}
	return u.String()
}

// notice sees what is strange in a revision that is not here yet.
func (t *taking) notice(in *incoming) error {
	r := &in.raw
	var double bool
	if err := t.q.QueryRow(`SELECT EXISTS (SELECT 1 FROM revision WHERE device = ? AND seq = ?)`, r.Device, r.Seq).Scan(&double); err != nil {
		return err
	}
	if double || r.Device == t.info.Device {
		t.strange.doubles[r.Device] = true
		t.copied = t.copied || r.Device == t.info.Device
	}
	if at := r.Time(); !at.IsZero() {
		t.strange.clock(r.Device, r.Seq, at, t.now())
	}
	return nil
}

// clock compares the clock of a device with ours, with the making of the study, and with
// itself.
func (x *strange) clock(device string, seq int64, at, now time.Time) {
	const day = "2 January 2006"
	if at.Sub(now) > clockSlack {
		x.clocks[clock{device, clockAhead}] = at.Format(day)
	}
	if x.began.Sub(at) > clockSlack {
		x.clocks[clock{device, clockBehind}] = at.Format(day)
	}
	switch before := x.latest[device]; {
	case seq < before.seq:
	case before.at.Sub(at) > clockSlack:
		x.clocks[clock{device, clockBack}] = before.at.Format(day) + " and then on " + at.Format(day)
	case at.After(before.at):
		x.latest[device] = stamped{seq, at}
	}
}

// notices puts what is strange into the plan.
func (t *taking) notices() {
	label := func(device string) string {
		for _, d := range t.parcel.Devices {
			if d.ID == device {
				return d.Label
			}
		}
		return device
	}
	say := func(words string) { t.plan.Notices = append(t.plan.Notices, words) }
	for d := range t.strange.doubles {
		if d == t.info.Device {
			say("A copy of this laptop's study was used on another one. Nothing is lost; this laptop writes under a new name from now on.")
			continue
		}
		say(fmt.Sprintf("The study of %s was copied or restored: two laptops write under one name. Nothing is lost; open it there again with this version, and it gets a name of its own.", label(d)))
	}
	for c, when := range t.strange.clocks {
		say(fmt.Sprintf(c.what, label(c.device), when))
	}
	for _, words := range t.erase.notices {
		say(words)
	}
	slices.Sort(t.plan.Notices)
}
