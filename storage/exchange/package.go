package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"sselandscape/storage/study"
	"sselandscape/survey"
	"sselandscape/survey/merge"
)

// PackageExt is the ending of package files.
const PackageExt = ".ssepkg"

// packageFormat is raised when older programs could not read a package any more.
const packageFormat = 1

// Limits of a package that is read.
const (
	maxPackage   = 2 << 30   // bytes of the file
	maxManifest  = 16 << 20  // bytes
	maxRevisions = 512 << 20 // bytes of revisions.jsonl
	maxRevision  = 16 << 20  // bytes of one line
	maxAttached  = 512 << 20 // bytes of one file
	maxEntries   = 100_000
)

// ErrAltered means that a package is not as it was written.
var ErrAltered = errors.New("the package is damaged or was altered; ask the sender for it again")

// ErrNotPackage means that a file is something else.
var ErrNotPackage = errors.New("the file is no study package")

// ErrNewerPackage means that a later version wrote the package.
var ErrNewerPackage = errors.New("the package was made by a newer version of this program; install the newer version to take it in")

// manifest is the first entry of a package.
type manifest struct {
	Format    int              `json:"format"`
	Study     string           `json:"study"`
	Name      string           `json:"name"`
	Countries []string         `json:"countries"`
	Fictional bool             `json:"fictional,omitempty"`
	From      string           `json:"from"`
	Made      string           `json:"made"` // RFC 3339
	Revisions int              `json:"revisions"`
	Devices   []manifestDevice `json:"devices"`
	Entries   []manifestEntry  `json:"entries"`
}

type manifestDevice struct {
	ID        string `json:"id"`
	Label     string `json:"label"`
	PublicKey []byte `json:"public_key"`
}

type manifestEntry struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// line is a revision in revisions.jsonl.
type line struct {
	Revision json.RawMessage `json:"revision"`
	Hash     string          `json:"hash"`
	Sig      []byte          `json:"sig"`
}

// Packed says what went into a package.
type Packed struct {
	Path      string
	Bytes     int64
	Revisions int
	Files     int
	SHA256    string
}

// WritePackage writes everything that a study holds into a new package file and
// reads it back to verify it.
func WritePackage(ctx context.Context, file string, s *study.Study) (*Packed, error) {
	revs, devices, files, err := s.Everything()
	if err != nil {
		return nil, err
	}
	var lines bytes.Buffer
	for _, in := range revs {
		b, err := in.Revision.Canonical()
		if err != nil {
			return nil, err
		}
		l, err := survey.MarshalPlain(line{b, hex.EncodeToString(in.Hash[:]), in.Sig})
		if err != nil {
			return nil, err
		}
		lines.Write(append(l, '\n'))
	}
	info := s.Info()
	m := manifest{Format: packageFormat, Study: info.ID, Name: info.Name, Countries: info.Countries, Fictional: info.Fictional,
		From: info.Researcher, Made: s.Now().Format(time.RFC3339), Revisions: len(revs)}
	for _, d := range devices {
		m.Devices = append(m.Devices, manifestDevice(d))
	}
	contents := []content{{"revisions.jsonl", func() ([]byte, error) { return lines.Bytes(), nil }}}
	for _, sum := range files {
		contents = append(contents, content{"files/" + sum, func() ([]byte, error) { return s.File(sum) }})
	}
	if err := WriteWhole(file, func(w io.Writer) error { return writeZip(ctx, w, m, contents) }); err != nil {
		return nil, err
	}
	p, err := ReadPackage(file)
	if err != nil || len(p.Revisions) != len(revs) {
		return nil, fmt.Errorf("the package was written but cannot be read back; the disk may be faulty: %w", err)
	}
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return &Packed{Path: file, Bytes: st.Size(), Revisions: len(revs), Files: len(files), SHA256: p.SHA256}, nil
}

// content is an entry to be written; its bytes are fetched when their turn comes.
type content struct {
	name  string
	bytes func() ([]byte, error)
}

func writeZip(ctx context.Context, w io.Writer, m manifest, contents []content) error {
	for _, c := range contents {
		b, err := c.bytes()
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		m.Entries = append(m.Entries, manifestEntry{c.name, hex.EncodeToString(sum[:]), int64(len(b))})
	}
	head, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	contents = append([]content{{"manifest.json", func() ([]byte, error) { return head, nil }}}, contents...)
	for _, c := range contents {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := c.bytes()
		if err != nil {
			return err
		}
		e, err := z.Create(c.name)
		if err != nil {
			return err
		}
		if _, err := e.Write(b); err != nil {
			return err
		}
	}
	return z.Close()
}

// ReadPackage reads a package and checks every hash. A revision that is not sound
// is returned with the reason; anything else that does not fit refuses the whole.
func ReadPackage(file string) (*study.Parcel, error) {
	p, err := readPackage(file)
	if err != nil {
		return nil, fmt.Errorf("read package %q: %w", filepath.Base(file), err)
	}
	return p, nil
}

func readPackage(file string) (*study.Parcel, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() > maxPackage {
		return nil, fmt.Errorf("it is larger than %d GB", maxPackage>>30)
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	p, err := parsePackage(f, st.Size())
	if err != nil {
		return nil, err
	}
	p.SHA256 = hex.EncodeToString(h.Sum(nil))
	p.Source = fmt.Sprintf("%s, %s", filepath.Base(file), p.Source)
	return p, nil
}

func parsePackage(r io.ReaderAt, size int64) (*study.Parcel, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		head := make([]byte, 2)
		if _, e := r.ReadAt(head, 0); e == nil && string(head) == "PK" {
			return nil, ErrAltered
		}
		return nil, ErrNotPackage
	}
	if len(z.File) == 0 || len(z.File) > maxEntries || z.File[0].Name != "manifest.json" {
		return nil, ErrNotPackage
	}
	var m manifest
	b, err := entry(z.File[0], maxManifest)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, ErrAltered
	}
	if m.Format > packageFormat {
		return nil, ErrNewerPackage
	}
	p := &study.Parcel{Study: m.Study, Name: m.Name, Countries: m.Countries, Fictional: m.Fictional, Source: "from " + m.From, From: m.From, Made: m.Made, Files: map[string][]byte{}}
	for _, d := range m.Devices {
		p.Devices = append(p.Devices, study.Device(d))
	}
	if err := readEntries(p, z.File[1:], m); err != nil {
		return nil, err
	}
	if len(p.Revisions) != m.Revisions {
		return nil, ErrAltered
	}
	return p, nil
}

// readEntries checks each entry against the manifest, one for one.
func readEntries(p *study.Parcel, files []*zip.File, m manifest) error {
	if len(files) != len(m.Entries) {
		return ErrAltered
	}
	for i, f := range files {
		want := m.Entries[i]
		limit := int64(maxAttached)
		if f.Name == "revisions.jsonl" {
			limit = maxRevisions
		}
		if f.Name != want.Name || !safeName(f.Name) || want.Bytes > limit {
			return ErrAltered
		}
		b, err := entry(f, limit)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(b); int64(len(b)) != want.Bytes || hex.EncodeToString(sum[:]) != want.SHA256 {
			return ErrAltered
		}
		if sum, ok := strings.CutPrefix(f.Name, "files/"); ok {
			if sum != want.SHA256 {
				return ErrAltered
			}
			p.Files[sum] = b
			continue
		}
		if err := readRevisions(p, b); err != nil {
			return err
		}
	}
	return nil
}

// safeName admits the names that packages hold, and no paths out of them.
func safeName(name string) bool {
	if name == "revisions.jsonl" {
		return true
	}
	base := strings.TrimPrefix(name, "files/")
	_, err := hex.DecodeString(base)
	return name == path.Join("files", base) && len(base) == 64 && err == nil
}

// entry reads an entry up to a limit, whatever its header says of its size.
func entry(f *zip.File, limit int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, ErrAltered
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil || int64(len(b)) > limit {
		return nil, ErrAltered
	}
	return b, nil
}

func readRevisions(p *study.Parcel, b []byte) error {
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, maxRevision)
	for n := 1; lines.Scan(); n++ {
		p.Revisions = append(p.Revisions, parseLine(lines.Bytes(), n))
	}
	if lines.Err() != nil {
		return ErrAltered
	}
	return nil
}

// parseLine reads a revision and recomputes its hash from its canonical bytes.
func parseLine(b []byte, n int) merge.Incoming {
	in := merge.Incoming{Line: n}
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		in.Invalid = "the line cannot be read"
		return in
	}
	if err := json.Unmarshal(l.Revision, &in.Revision); err != nil {
		in.Invalid = "the revision cannot be read: " + err.Error()
		return in
	}
	in.Sig = l.Sig
	h, err := in.Revision.Hash()
	r := &in.Revision
	switch {
	case err != nil:
		in.Invalid = err.Error()
	case hex.EncodeToString(h[:]) != l.Hash:
		in.Invalid = "its content does not fit its hash"
	case r.ID == "" || r.Entity == "" || r.Device == "" || r.Kind == "":
		in.Invalid = "it does not say what it is about"
	}
	in.Hash = h
	return in
}
