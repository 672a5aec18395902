package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sselandscape/storage/exchange"
	"sselandscape/storage/study"
	"sselandscape/survey"
)

// Fields of a member of the team, and of the settings.
const (
	memberPrefix              = "member:"
	memberName   survey.Field = "name"
	memberKey    survey.Field = "key"       // public
	recoveryKey  survey.Field = "_recovery" // public; of the settings
	identityKept              = "identity"
)

// RecoveryFile is the file of a new study's folder that holds its secret recovery key,
// until somebody moves it.
const RecoveryFile = "recovery-key.txt"

// Member is somebody who works on the study, with the key for which packages are
// encrypted.
type Member struct {
	Name string `json:"name"`
	Key  string `json:"key"`
	// Sign is a short form of the key, to compare by telephone.
	Sign string `json:"sign"`
	Me   bool   `json:"me,omitempty"`
	// Revisions of this researcher that are here, and the day of the newest.
	Revisions int    `json:"revisions"`
	Newest    string `json:"newest,omitempty"`
	// Sent is when something of this researcher came last, SentIn in what; "" for what was
	// made here.
	Sent   string `json:"sent,omitempty"`
	SentIn string `json:"sent_in,omitempty"`
	// Missing is how many files (photos, scans) this researcher cites that are not here.
	Missing int `json:"files_elsewhere"`
}

// Team lists the members, by name, with what is here of each.
func (s *Study) Team() ([]Member, error) {
	work, err := s.store.Work()
	if err != nil {
		return nil, err
	}
	return s.teamOf(work)
}

func (s *Study) teamOf(work []study.Work) ([]Member, error) {
	ds, err := s.store.Documents(survey.SettingsKind)
	if err != nil {
		return nil, err
	}
	own, err := s.identity()
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, d := range ds {
		if !strings.HasPrefix(d.Entity, memberPrefix) {
			continue
		}
		m := Member{Name: d.Text(memberName), Key: d.Text(memberKey)}
		m.Sign, m.Me = keySign(m.Key), m.Key == own && own != ""
		for _, w := range work {
			if w.Actor == m.Name {
				m.Revisions, m.Newest = w.Revisions, w.Newest
			}
		}
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Member) int { return strings.Compare(a.Name+a.Key, b.Name+b.Key) })
	return out, nil
}

// TeamWork is Team with what came last of each, how many files are still on their laptops,
// and those who have no key here.
func (s *Study) TeamWork(ctx context.Context) ([]Member, error) {
	work, err := s.store.Work()
	if err != nil {
		return nil, err
	}
	team, err := s.teamOf(work)
	if err != nil {
		return nil, err
	}
	missing, err := s.store.MissingFiles(ctx)
	if err != nil {
		return nil, err
	}
	came, err := s.store.Deliveries()
	if err != nil {
		return nil, err
	}
	for _, w := range work {
		if !slices.ContainsFunc(team, func(m Member) bool { return m.Name == w.Actor }) {
			team = append(team, Member{Name: w.Actor, Revisions: w.Revisions, Newest: w.Newest})
		}
	}
	for i := range team {
		m := &team[i]
		m.Sent, m.SentIn, m.Missing = came[m.Name].At, came[m.Name].Source, missing[m.Name]
	}
	return team, nil
}

// Sentence says what is here of a member, in words.
func (m Member) Sentence() string {
	text := fmt.Sprintf("%d revisions, newest of %s", m.Revisions, m.Newest)
	if m.Revisions == 0 {
		text = "nothing here yet"
	}
	if len(m.Sent) >= 10 {
		text += fmt.Sprintf("; came last on %s in %s", m.Sent[:10], m.SentIn)
	}
	switch {
	case m.Missing == 1:
		text += "; 1 file is not here"
	case m.Missing > 1:
		text += fmt.Sprintf("; %d files are not here", m.Missing)
	}
	return text
}

func keySign(key string) string {
	sum := sha256.Sum256([]byte(key))
	h := hex.EncodeToString(sum[:6])
	return h[:4] + "-" + h[4:8] + "-" + h[8:]
}

// secret is this laptop's secret key, "" if it has none yet.
func (s *Study) secret() (string, error) {
	kept, err := s.store.Kept(identityKept)
	return kept[""], err
}

// identity is this laptop's public key, "" if it has none yet.
func (s *Study) identity() (string, error) {
	secret, err := s.secret()
	if err != nil || secret == "" {
		return "", err
	}
	return exchange.PublicKey(secret)
}

// joinTeam gives this laptop a key, if it has none, and tells the team the public one.
func (s *Study) joinTeam(ctx context.Context) error {
	if key, err := s.identity(); err != nil || key != "" {
		return err
	}
	secret, public, err := exchange.NewIdentity()
	if err != nil {
		return err
	}
	if err := s.store.Keep(identityKept, secret); err != nil {
		return err
	}
	_, err = s.store.Append(ctx, study.Change{Entity: memberPrefix + keySign(public), Kind: survey.SettingsKind,
		Patch: map[survey.Field]survey.Value{memberName: survey.Of(s.Info().Researcher), memberKey: survey.Of(public)}})
	return err
}

// makeRecovery makes the key that opens every package of the study, and puts the secret
// one into a file beside the study, to be moved to a safe place.
func (s *Study) makeRecovery(ctx context.Context) error {
	secret, public, err := exchange.NewIdentity()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("# Recovery key of the study %q\n# It opens every package of the study. Print it, or move this file to a stick that is locked away;\n# whoever has it can read every answer in any package. Use: sse merge DIR PACKAGE --identity FILE\n# public key: %s\n%s\n", s.Info().Name, public, secret)
	if err := os.WriteFile(s.recoveryFile(), []byte(text), 0o600); err != nil {
		return err
	}
	_, err = s.store.Append(ctx, study.Change{Entity: survey.SettingsEntity, Kind: survey.SettingsKind, Patch: map[survey.Field]survey.Value{recoveryKey: survey.Of(public)}})
	return err
}

func (s *Study) recoveryFile() string { return filepath.Join(s.Info().Dir, RecoveryFile) }

// PackageOptions say what goes into a package and for whom. The zero value is everything,
// for the team.
type PackageOptions struct {
	To         []string // public keys, in place of the team's
	Passphrase string   // in place of the team's keys
	Clear      bool     // not encrypted
	// SinceFile leaves out what an earlier package holds, SinceDay what was made before a
	// day (YYYY-MM-DD), News what was here when the last package for the same people was
	// made.
	SinceFile, SinceDay string
	News                bool
	WithoutFiles        bool
}

// Package writes what the study holds into a package file, encrypted for the team unless
// the options say otherwise, and always for the study's recovery key, too. Unfinished
// interviews go in with the answers given so far.
func (s *Study) Package(ctx context.Context, file string, o PackageOptions) (*exchange.Packed, error) {
	if err := s.joinTeam(ctx); err != nil {
		return nil, err
	}
	if err := s.recordDrafts(ctx); err != nil {
		return nil, err
	}
	mark, err := s.store.Mark()
	if err != nil {
		return nil, err
	}
	p := exchange.Packing{WithoutFiles: o.WithoutFiles}
	if p.Lock, err = s.lock(o); err != nil {
		return nil, err
	}
	if p.Check, err = s.keys(Keys{Passphrase: o.Passphrase}); err != nil {
		return nil, err
	}
	if p.Part, err = s.part(o, p); err != nil {
		return nil, err
	}
	made, err := exchange.WritePackage(ctx, file, s.store, p)
	if err != nil {
		return nil, err
	}
	return made, s.store.Keep(sentTo(o), fmt.Sprint(mark))
}

// sentTo names where it is kept what was handed over last to the people of a package.
func sentTo(o PackageOptions) string {
	to := slices.Clone(o.To)
	slices.Sort(to)
	sum := sha256.Sum256([]byte(strings.Join(to, " ") + fmt.Sprint(o.Clear, o.Passphrase != "")))
	return "sent/" + hex.EncodeToString(sum[:8])
}

func (s *Study) lock(o PackageOptions) (l exchange.Lock, err error) {
	if o.Clear {
		return l, nil
	}
	l.Recipients, l.Passphrase = slices.Clone(o.To), o.Passphrase
	if len(o.To) == 0 && o.Passphrase == "" {
		team, err := s.Team()
		if err != nil {
			return l, err
		}
		for _, m := range team {
			l.Recipients = append(l.Recipients, m.Key)
		}
	}
	set, err := s.store.Document(survey.SettingsEntity)
	if err != nil {
		return l, err
	}
	if set != nil && set.Text(recoveryKey) != "" {
		l.Recipients = append(l.Recipients, set.Text(recoveryKey))
	}
	return l, nil
}

func (s *Study) part(o PackageOptions, p exchange.Packing) (study.Part, error) {
	part := study.Part{Since: o.SinceDay}
	if o.News {
		kept, err := s.store.Kept(sentTo(o))
		if err != nil {
			return part, err
		}
		fmt.Sscan(kept[""], &part.After)
	}
	if o.SinceFile == "" {
		return part, nil
	}
	earlier, err := exchange.ReadPackage(o.SinceFile, p.Check)
	if err != nil {
		return part, err
	}
	has := map[string]bool{}
	err = earlier.Lines(func(l study.Line) error {
		var raw survey.RawRevision
		if survey.ScanRevision(l.Revision, &raw) == nil {
			has[raw.ID] = true
		}
		return nil
	})
	part.Without = func(id string) bool { return has[id] }
	return part, err
}

// Keys open packages that are locked.
type Keys struct {
	Identities []string // secret keys, beside this laptop's own
	Passphrase string
}

func (s *Study) keys(k Keys) (exchange.Keys, error) {
	own, err := s.secret()
	if err != nil {
		return exchange.Keys{}, err
	}
	out := exchange.Keys{Identities: slices.Clone(k.Identities), Passphrase: k.Passphrase}
	if own != "" {
		out.Identities = append(out.Identities, own)
	}
	return out, nil
}
