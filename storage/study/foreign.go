package study

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
)

// Foreign is the study in the folder of somebody else, read into a private copy. Nothing
// in the folder is written, opened by SQLite or believed: see ReadFolder.
type Foreign struct {
	*Parcel
	Notices []string // what a person should know, in sentences
	dir     string   // private
}

// Close removes the copy.
func (f *Foreign) Close() error { return os.RemoveAll(f.dir) }

// Limits of a study's folder that is read.
const (
	maxForeign     = 8 << 30 // bytes of the database with its log
	maxForeignFile = 512 << 20
	maxStream      = 12 << 30 // bytes that the reading process may write
	maxFrame       = maxCopyLine + maxCopyText + 1<<10
	streamName     = "stream"
)

var (
	errReader   = errors.New("it could not be read: it is damaged, or made to do harm; ask for a package instead, nothing was changed")
	errTooSlow  = errors.New("reading it took too long; ask for a package instead, nothing was changed")
	errOwn      = errors.New("this is the study that is open; choose the folder of a colleague")
	errNotClean = errors.New("it is no ordinary file")
)

// ReadFolder reads the study in a folder of somebody else, which may be hostile: the
// database, with its log, is copied to a private folder within this study's, and a process
// of its own, bounded in memory and time, reads the copy. What that process says is
// checked like a package. The caller closes it.
func (s *Study) ReadFolder(ctx context.Context, dir string) (*Foreign, error) {
	f, err := s.readFolder(ctx, dir)
	if err != nil {
		return nil, fmt.Errorf("read the study in %q: %w", dir, explainForeign(err))
	}
	return f, nil
}

// explainForeign keeps apart what is wrong with the folder of somebody else from what is
// wrong with this one.
func explainForeign(err error) error {
	if errors.Is(err, ErrDamaged) {
		return fmt.Errorf("%w; recover it on the laptop it comes from", ErrDamaged)
	}
	return explain(err)
}

func (s *Study) readFolder(ctx context.Context, dir string) (_ *Foreign, err error) {
	live := filepath.Join(dir, FileName)
	st, err := os.Lstat(live)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotStudy
	} else if err != nil {
		return nil, err
	}
	if own, err := os.Stat(filepath.Join(s.dir, FileName)); err == nil && os.SameFile(own, st) {
		return nil, errOwn
	}
	tmp, err := os.MkdirTemp(s.dir, ".check-foreign-*") // sweep removes it after a crash
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(tmp)
		}
	}()
	f := &Foreign{dir: tmp}
	size, err := s.fetch(ctx, f, live)
	if err != nil {
		return nil, err
	}
	if err := runReader(ctx, tmp, size); err != nil {
		return nil, err
	}
	sum, err := hashFile(ctx, filepath.Join(tmp, FileName))
	if err != nil {
		return nil, err
	}
	os.Remove(filepath.Join(tmp, FileName))
	files, err := f.parcel(dir, st.ModTime(), hex.EncodeToString(sum[:]))
	if err != nil && len(f.Notices) > 0 {
		return nil, fmt.Errorf("%w. %s", err, f.Notices[0]) // without its log, all of it may be missing
	} else if err != nil {
		return nil, err
	}
	return f, s.offerFiles(f, filepath.Join(dir, "files"), files)
}

// fetch copies the database and its log, unless another program has it open.
func (s *Study) fetch(ctx context.Context, f *Foreign, live string) (size int64, err error) {
	file, before, err := openPlain(live)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	free := func() error {
		if used, err := inUse(file); err != nil || used {
			return errors.Join(err, ErrBusy)
		}
		return nil
	}
	if err := free(); err != nil {
		return 0, err
	}
	log, logged, err := openPlain(live + "-wal")
	size = before.Size()
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return 0, err
	default:
		defer log.Close()
		size += logged.Size()
	}
	if size > maxForeign {
		return 0, fmt.Errorf("it is larger than %s; ask for a package instead", Bytes(maxForeign))
	}
	if err := s.Room(3*uint64(size) + lowBackup); err != nil {
		return 0, err
	}
	if err := copyOpen(ctx, file, filepath.Join(f.dir, FileName), before.Size()); err != nil {
		return 0, err
	}
	if log != nil {
		if err := copyOpen(ctx, log, filepath.Join(f.dir, FileName)+"-wal", logged.Size()); err != nil {
			return 0, err
		}
	} else if inWAL(filepath.Join(f.dir, FileName)) {
		f.Notices = append(f.Notices, fmt.Sprintf("There is no %s-wal in the folder. That is right if the study was closed before the folder was copied; if it was not, its newest answers are missing.", FileName))
	}
	for path, was := range map[string]os.FileInfo{live: before, live + "-wal": logged} {
		now, err := os.Lstat(path)
		if (err == nil) != (was != nil) || err == nil && (now.Size() != was.Size() || !now.ModTime().Equal(was.ModTime())) {
			return 0, fmt.Errorf("it changed while it was copied; %w", ErrBusy)
		}
	}
	return size, free()
}

// openPlain opens an ordinary file: no link, device or pipe.
func openPlain(path string) (*os.File, os.FileInfo, error) {
	st, err := os.Lstat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s: %w", filepath.Base(path), errNotClean)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	now, err := f.Stat()
	if err == nil && !os.SameFile(st, now) {
		err = fmt.Errorf("%s: %w", filepath.Base(path), errNotClean)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, now, nil
}

// copyOpen copies so many bytes of an open file into a new one.
func copyOpen(ctx context.Context, from io.Reader, to string, size int64) error {
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(&contextReader{ctx, from}, size))
	if err == nil && n != size {
		err = fmt.Errorf("it changed while it was copied; %w", ErrBusy)
	}
	return errors.Join(err, f.Close())
}

// inWAL says whether the header of a database says that it has a log
// (sqlite.org/fileformat2, section 1.3.3).
func inWAL(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [2]byte
	_, err = f.ReadAt(b[:], 18)
	return err == nil && b[1] == 2
}

// frames visits what the process wrote. It was read from a hostile file, and is believed
// in nothing: whatever is not as it should be ends the visit.
func (f *Foreign) frames(visit func(kind byte, b []byte) error) error {
	in, err := os.Open(filepath.Join(f.dir, streamName))
	if err != nil {
		return err
	}
	defer in.Close()
	return readFrames(bufio.NewReaderSize(in, 1<<18), visit)
}

func readFrames(in io.Reader, visit func(kind byte, b []byte) error) error {
	for n := uint64(0); ; n++ {
		var head [5]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return errReader
		}
		size := binary.BigEndian.Uint32(head[1:])
		if size > maxFrame {
			return errReader
		}
		var b bytes.Buffer // grows with what is there, not with what is said to be
		if _, err := io.CopyN(&b, in, int64(size)); err != nil {
			return errReader
		}
		switch kind := head[0]; {
		case kind == frameEnd:
			if size != 8 || binary.BigEndian.Uint64(b.Bytes()) != n {
				return errReader
			}
			if _, err := io.ReadFull(in, head[:1]); err != io.EOF {
				return errReader
			}
			return nil
		case (kind == frameHead) != (n == 0) && kind != frameRefused:
			return errReader
		default:
			if err := visit(kind, b.Bytes()); err != nil {
				return err
			}
		}
	}
}

// parcel makes of the stream what is taken in, and lists the files that it says are there.
func (f *Foreign) parcel(dir string, at time.Time, sum string) (files []string, err error) {
	var h copyHead
	n := 0
	err = f.frames(func(kind byte, b []byte) error {
		switch kind {
		case frameRefused:
			return refusal(b)
		case frameHead:
			return json.Unmarshal(b, &h)
		case frameRevision, frameSpoilt:
			n++
		case frameFile:
			if len(b) != 32 || len(files) >= maxCopyFiles {
				return errReader
			}
			files = append(files, hex.EncodeToString(b))
		default:
			return errReader
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if n != h.Revisions || len(h.Devices) > maxCopyDevices {
		return nil, errReader
	}
	if h.Unfinished > 0 {
		f.Notices = append(f.Notices, fmt.Sprintf("Interviews that are not finished there: %d. Their answers do not come with the folder; they come when the interviews are finished, or in a package.", h.Unfinished))
	}
	from := cutText(h.Researcher, 100)
	f.Parcel = &Parcel{Study: h.Study, Name: cutText(h.Name, 200), Countries: strings.Fields(h.Countries), Fictional: h.Fictional, From: from,
		Made: at.UTC().Format(time.RFC3339), Source: fmt.Sprintf("folder %s, of %s", filepath.Base(filepath.Clean(dir)), from), SHA256: sum, Revisions: n, Lines: f.lines}
	for _, d := range h.Devices {
		if len(d.PublicKey) == ed25519.PublicKeySize && d.ID != "" {
			f.Devices = append(f.Devices, Device{d.ID, cutText(d.Label, 100), d.PublicKey})
		}
	}
	return files, nil
}

func refusal(b []byte) error {
	var x copyRefusal
	if json.Unmarshal(b, &x) != nil {
		return errReader
	}
	if err := refusals[x.Code]; err != nil {
		return err
	}
	return errors.New(cutText(x.Text, 300))
}

// cutText shortens a text of somebody else to one line of so many letters.
func cutText(s string, n int) string {
	out := []rune(strings.Join(strings.FieldsFunc(s, unicode.IsControl), " "))
	if len(out) > n {
		out = append(out[:n-1], '…')
	}
	return strings.ToValidUTF8(string(out), "")
}

func (f *Foreign) lines(visit func(Line) error) error {
	n := 0
	return f.frames(func(kind byte, b []byte) error {
		l := Line{}
		switch kind {
		case frameRevision:
			if len(b) < 98 || len(b) < 98+int(binary.BigEndian.Uint16(b[96:])) {
				return errReader
			}
			copy(l.Hash[:], b)
			text := 98 + int(binary.BigEndian.Uint16(b[96:]))
			l.Sig, l.Witness, l.Revision = b[32:96], string(b[98:text]), b[text:]
		case frameSpoilt:
			l.Invalid = cutText(string(b), 200)
		default:
			return nil
		}
		n++
		l.Number = n
		return visit(l)
	})
}

// offerFiles lets the parcel give those files of the folder that are not here. One that
// is not what its name says is left out.
func (s *Study) offerFiles(f *Foreign, dir string, sums []string) error {
	here, err := s.Files()
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, sum := range here {
		have[sum] = true
	}
	var offered []string
	var bytes uint64
	missing := 0
	for _, sum := range sums {
		st, err := os.Lstat(filepath.Join(dir, sum))
		switch {
		case have[sum]:
		case err != nil || !st.Mode().IsRegular() || st.Size() > maxForeignFile:
			missing++
		default:
			have[sum] = true
			offered, bytes = append(offered, sum), bytes+uint64(st.Size())
		}
	}
	if missing > 0 {
		f.Notices = append(f.Notices, fmt.Sprintf("Files that belong to it and are not in its folder: %d.", missing))
	}
	if err := s.Room(bytes + lowBackup); err != nil {
		return err
	}
	if len(offered) == 0 {
		return nil
	}
	f.Files = func(visit func(string, []byte) error) error {
		for _, sum := range offered {
			b, err := readPlain(filepath.Join(dir, sum))
			if h := sha256.Sum256(b); err != nil || hex.EncodeToString(h[:]) != sum {
				continue
			}
			if err := visit(sum, b); err != nil {
				return err
			}
		}
		return nil
	}
	return nil
}

func readPlain(path string) ([]byte, error) {
	f, _, err := openPlain(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxForeignFile+1))
	if err == nil && len(b) > maxForeignFile {
		err = errNotClean
	}
	return b, err
}
