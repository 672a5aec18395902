package exchange

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sselandscape/storage/study"
)

// PackageExt is the ending of package files.
const PackageExt = ".ssepkg"

// A package is a gzip stream (RFC 1952) of a tar archive (POSIX.1-2001), to be written and
// read from beginning to end:
//
//	manifest.json          whose study, from whom, how much
//	revisions/000001.jsonl lines of revisions with hash and signature, up to 1 MB each
//	files/SHA256           attached files
//	seal.json              a signature over the names and hashes of all before it
//
// It is usually encrypted: see Lock.
//
// packageFormat is raised when older programs could not read a package any more.
const packageFormat = 2

// Limits of a package that is read.
const (
	maxPackage  = 8 << 30 // bytes of the file
	maxUnpacked = 32 << 30
	maxManifest = 16 << 20  // bytes
	maxLines    = 64 << 20  // bytes of an entry of revisions
	maxLine     = 16 << 20  // bytes of one line
	maxAttached = 512 << 20 // bytes of one file
	maxEntries  = 1_000_000
	linesEntry  = 1 << 20 // bytes after which a new entry is begun
)

// ErrAltered means that a package is not as it was written.
var ErrAltered = errors.New("the package is damaged or was altered; ask the sender for it again")

// ErrNotPackage means that a file is something else.
var ErrNotPackage = errors.New("the file is no study package")

// ErrNewerPackage means that a later version wrote the package.
var ErrNewerPackage = errors.New("the package was made by a newer version of this program; install the newer version to take it in")

// ErrOlderPackage means that the package is from before the first release.
var ErrOlderPackage = errors.New("the package was made by an early trial version; ask the sender to make it again with this version")

// manifest is the first entry of a package.
type manifest struct {
	Format    int              `json:"format"`
	Study     string           `json:"study"`
	Name      string           `json:"name"`
	Countries []string         `json:"countries"`
	Fictional bool             `json:"fictional,omitempty"`
	From      string           `json:"from"`
	Device    string           `json:"device"`
	Made      string           `json:"made"` // RFC 3339
	Revisions int              `json:"revisions"`
	Files     int              `json:"files"`
	Devices   []manifestDevice `json:"devices"`
}

type manifestDevice struct {
	ID        string `json:"id"`
	Label     string `json:"label"`
	PublicKey []byte `json:"public_key"`
}

// seal is the last entry of a package.
type seal struct {
	Entries int    `json:"entries"`
	SHA256  string `json:"sha256"` // of the names and hashes of all entries before
	Sig     []byte `json:"sig"`    // Ed25519 by the device of the manifest
}

// line is a revision in a package.
type line struct {
	Revision json.RawMessage `json:"revision"`
	Hash     string          `json:"hash"`
	Sig      []byte          `json:"sig"`
	Witness  string          `json:"witness,omitempty"` // of a redacted revision
}

// Packed says what went into a package.
type Packed struct {
	Path      string
	Bytes     int64
	Revisions int
	Files     int
	SHA256    string
}

// Packing says what goes into a package, and for whom.
type Packing struct {
	study.Part
	WithoutFiles bool
	Lock         Lock
	Check        Keys // opens the package, to verify it
}

// WritePackage writes what a study holds into a new package file and reads it back to
// verify it, if a key is at hand that opens it.
func WritePackage(ctx context.Context, file string, s *study.Study, o Packing) (*Packed, error) {
	m, files, err := manifestOf(s, o)
	if err != nil {
		return nil, err
	}
	err = WriteWhole(file, func(w io.Writer) error {
		locked, err := encrypt(w, o.Lock)
		if err != nil {
			return err
		}
		z, _ := gzip.NewWriterLevel(locked, gzip.BestSpeed)
		p := &packer{tar: tar.NewWriter(z), sum: sha256.New()}
		if err := p.everything(ctx, s, m, files, o.Part); err != nil {
			return err
		}
		return errors.Join(z.Close(), locked.Close())
	})
	if err != nil {
		return nil, err
	}
	p, err := ReadPackage(file, o.Check)
	if errors.Is(err, ErrLocked) || errors.Is(err, ErrPassphrase) {
		p, err = &study.Parcel{}, nil // made for others alone
	} else if err == nil {
		err = drain(p, m.Revisions)
	}
	if err != nil {
		return nil, fmt.Errorf("the package was written but cannot be read back; the disk may be faulty: %w", err)
	}
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return &Packed{Path: file, Bytes: st.Size(), Revisions: m.Revisions, Files: m.Files, SHA256: p.SHA256}, nil
}

// drain reads a whole package and counts its revisions.
func drain(p *study.Parcel, want int) error {
	n := 0
	err := p.Lines(func(study.Line) error { n++; return nil })
	if err == nil && n != want {
		err = ErrAltered
	}
	return err
}

func manifestOf(s *study.Study, o Packing) (m manifest, files []string, err error) {
	info := s.Info()
	m = manifest{Format: packageFormat, Study: info.ID, Name: info.Name, Countries: info.Countries, Fictional: info.Fictional,
		From: info.Researcher, Device: info.Device, Made: s.Now().Format(time.RFC3339)}
	ds, err := s.Devices()
	if err != nil {
		return m, nil, err
	}
	for _, d := range ds {
		m.Devices = append(m.Devices, manifestDevice(d))
	}
	if m.Revisions, err = s.CountRevisions(o.Part); err != nil || o.WithoutFiles {
		return m, nil, err
	}
	files, err = s.Files()
	m.Files = len(files)
	return m, files, err
}

// packer writes the entries of a package.
type packer struct {
	tar     *tar.Writer
	sum     hash.Hash
	entries int
}

func (p *packer) entry(name string, b []byte) error {
	sum := sha256.Sum256(b)
	fmt.Fprintf(p.sum, "%s\x00%x\n", name, sum)
	p.entries++
	return p.write(name, b)
}

func (p *packer) write(name string, b []byte) error {
	if err := p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(b)), Mode: 0o644, Format: tar.FormatPAX}); err != nil {
		return err
	}
	_, err := p.tar.Write(b)
	return err
}

func (p *packer) everything(ctx context.Context, s *study.Study, m manifest, files []string, part study.Part) error {
	head, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return err
	}
	if err := p.entry("manifest.json", append(head, '\n')); err != nil {
		return err
	}
	if err := p.revisions(ctx, s, part); err != nil {
		return err
	}
	for _, sum := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := s.File(sum)
		if err != nil {
			return err
		}
		if err := p.entry("files/"+sum, b); err != nil {
			return err
		}
	}
	digest := p.sum.Sum(nil)
	end, err := json.Marshal(seal{p.entries, hex.EncodeToString(digest), s.Sign(digest)})
	if err != nil {
		return err
	}
	if err := p.write("seal.json", append(end, '\n')); err != nil {
		return err
	}
	return p.tar.Close()
}

func (p *packer) revisions(ctx context.Context, s *study.Study, part study.Part) error {
	var lines bytes.Buffer
	n := 0
	flush := func() error {
		if lines.Len() == 0 {
			return ctx.Err()
		}
		n++
		err := p.entry(fmt.Sprintf("revisions/%06d.jsonl", n), lines.Bytes())
		lines.Reset()
		return errors.Join(err, ctx.Err())
	}
	err := s.EachRevision(part, func(l study.Line) error {
		fmt.Fprintf(&lines, `{"revision":%s,"hash":"%x","sig":`, l.Revision, l.Hash)
		sig, err := json.Marshal(l.Sig)
		if err != nil {
			return err
		}
		lines.Write(sig)
		if l.Witness != "" {
			w, _ := json.Marshal(l.Witness)
			lines.WriteString(`,"witness":` + string(w))
		}
		lines.WriteString("}\n")
		if lines.Len() < linesEntry {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// ReadPackage opens a package: it reads the manifest and the file's hash. What is in it
// is read and checked by the parcel's Lines and Files.
func ReadPackage(file string, keys Keys) (*study.Parcel, error) {
	p, err := readPackage(file, keys)
	if err != nil {
		return nil, fmt.Errorf("read package %q: %w", filepath.Base(file), err)
	}
	return p, nil
}

func readPackage(file string, keys Keys) (*study.Parcel, error) {
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
	k := &opened{Keys: keys}
	u, err := unpack(file, k)
	if err != nil {
		return nil, err
	}
	defer u.close()
	m := u.manifest
	p := &study.Parcel{Study: m.Study, Name: m.Name, Countries: m.Countries, Fictional: m.Fictional, From: m.From, Made: m.Made, Revisions: m.Revisions,
		Source: fmt.Sprintf("%s, from %s", filepath.Base(file), m.From), SHA256: hex.EncodeToString(h.Sum(nil))}
	for _, d := range m.Devices {
		p.Devices = append(p.Devices, study.Device(d))
	}
	p.Lines = func(visit func(study.Line) error) error { return visitPackage(file, k, visit, nil) }
	if m.Files > 0 {
		p.Files = func(visit func(string, []byte) error) error { return visitPackage(file, k, nil, visit) }
	}
	return p, nil
}

// unpacker reads the entries of a package.
type unpacker struct {
	file     *os.File
	in       *bufio.Reader // behind encryption
	gzip     *gzip.Reader
	tar      *tar.Reader
	sum      hash.Hash
	entries  int
	manifest manifest
	lines    int
	files    int
}

func (u *unpacker) close() { u.file.Close() }

// unpack opens a package behind its manifest.
func unpack(file string, k *opened) (_ *unpacker, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	in := bufio.NewReaderSize(f, 1<<16)
	if head, _ := in.Peek(2); string(head) == "PK" {
		return nil, ErrOlderPackage
	}
	if in, err = decrypt(in, k); err != nil {
		return nil, err
	}
	head, _ := in.Peek(len(gzipHead))
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, ErrNotPackage
	}
	odd := string(head) != gzipHead
	z.Multistream(false)
	u := &unpacker{file: f, in: in, gzip: z, tar: tar.NewReader(io.LimitReader(z, maxUnpacked)), sum: sha256.New()}
	name, b, err := u.next()
	if err != nil || name != "manifest.json" {
		return nil, ErrNotPackage
	}
	if err := json.Unmarshal(b, &u.manifest); err != nil {
		return nil, ErrAltered
	}
	if u.manifest.Format != packageFormat {
		return nil, ErrNewerPackage
	}
	if odd {
		return nil, ErrAltered
	}
	return u, nil
}

// next reads an entry.
func (u *unpacker) next() (name string, b []byte, err error) {
	h, err := u.tar.Next()
	if err != nil {
		return "", nil, ErrAltered
	}
	limit := int64(maxManifest)
	switch {
	case strings.HasPrefix(h.Name, "revisions/"):
		limit = maxLines
	case strings.HasPrefix(h.Name, "files/"):
		limit = maxAttached
	}
	if h.Typeflag != tar.TypeReg || h.Size > limit || u.entries > maxEntries {
		return "", nil, ErrAltered
	}
	if b, err = io.ReadAll(io.LimitReader(u.tar, limit+1)); err != nil || int64(len(b)) != h.Size {
		return "", nil, ErrAltered
	}
	if h.Name != "seal.json" {
		fmt.Fprintf(u.sum, "%s\x00%x\n", h.Name, sha256.Sum256(b))
		u.entries++
	}
	return h.Name, b, nil
}

// visitPackage reads a package to its end and checks it; either visit may be nil.
func visitPackage(file string, k *opened, lines func(study.Line) error, files func(string, []byte) error) error {
	u, err := unpack(file, k)
	if err != nil {
		return err
	}
	defer u.close()
	for {
		name, b, err := u.next()
		switch {
		case err != nil:
			return err
		case name == "seal.json":
			return u.end(b)
		case name == fmt.Sprintf("revisions/%06d.jsonl", u.entries-1) && u.files == 0:
			err = u.visitLines(b, lines)
		case strings.HasPrefix(name, "files/"):
			err = u.visitFile(strings.TrimPrefix(name, "files/"), b, files)
		default:
			return ErrAltered
		}
		if err != nil {
			return err
		}
	}
}

func (u *unpacker) visitLines(b []byte, visit func(study.Line) error) error {
	for len(b) > 0 {
		text, rest, _ := bytes.Cut(b, []byte("\n"))
		b = rest
		if u.lines++; u.lines > u.manifest.Revisions {
			return ErrAltered
		}
		if visit == nil {
			continue
		}
		if err := visit(parseLine(text, u.lines)); err != nil {
			return err
		}
	}
	return nil
}

func (u *unpacker) visitFile(sum string, b []byte, visit func(string, []byte) error) error {
	if h := sha256.Sum256(b); hex.EncodeToString(h[:]) != sum {
		return ErrAltered
	}
	if u.files++; visit == nil {
		return nil
	}
	return visit(sum, b)
}

// end checks the seal, and that nothing is missing and nothing follows.
func (u *unpacker) end(b []byte) error {
	var s seal
	if err := json.Unmarshal(b, &s); err != nil {
		return ErrAltered
	}
	digest := u.sum.Sum(nil)
	var key ed25519.PublicKey
	for _, d := range u.manifest.Devices {
		if d.ID == u.manifest.Device {
			key = d.PublicKey
		}
	}
	if s.Entries != u.entries || s.SHA256 != hex.EncodeToString(digest) || u.lines != u.manifest.Revisions || u.files != u.manifest.Files ||
		len(key) != ed25519.PublicKeySize || len(s.Sig) != ed25519.SignatureSize || !ed25519.Verify(key, digest, s.Sig) {
		return ErrAltered
	}
	if _, err := u.tar.Next(); err != io.EOF {
		return ErrAltered
	}
	// The check sum of the stream, or what age wants, stands at its very end.
	if _, err := io.Copy(io.Discard, u.gzip); err != nil {
		return ErrAltered
	}
	if _, err := u.in.Peek(1); err != io.EOF {
		return ErrAltered
	}
	return nil
}

// gzipHead begins every package that is not locked: no name, no time, fastest
// compression, an unknown system. Nothing checks these bytes but we.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x04\xff"

// parseLine reads a revision as it stands in a package. Its bytes are kept as they are:
// whether they are canonical is for the study to check.
func parseLine(b []byte, n int) study.Line {
	l := study.Line{Number: n}
	if len(b) > maxLine {
		l.Invalid = "the line is too long"
		return l
	}
	rest, ok := bytes.CutPrefix(b, []byte(`{"revision":`))
	at := bytes.LastIndex(rest, []byte(`,"hash":"`))
	if !ok || at < 0 {
		l.Invalid = "the line cannot be read"
		return l
	}
	var tail line
	if err := json.Unmarshal(append([]byte("{"), rest[at+1:]...), &tail); err != nil || len(tail.Hash) != 64 {
		l.Invalid = "the line cannot be read"
		return l
	}
	sum, err := hex.DecodeString(tail.Hash)
	if err != nil {
		l.Invalid = "the line cannot be read"
		return l
	}
	l.Revision, l.Sig, l.Witness = rest[:at], tail.Sig, tail.Witness
	copy(l.Hash[:], sum)
	return l
}
