package exchange

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// fileTree is a folder or an archive with submissions and the files that they name.
type fileTree struct {
	dir    string // of a folder, or of a single file
	only   string // the single file
	names  []treeFile
	byName map[string]int
	closer io.Closer
	temp   []string // unpacked
}

// treeFile is a file by its name with slashes, below the folder or archive.
type treeFile struct {
	name string
	zip  *zip.File
}

func besideFile(file string) *fileTree {
	t := &fileTree{dir: filepath.Dir(file), only: filepath.Base(file)}
	t.add(treeFile{name: t.only})
	return t
}

func (t *fileTree) add(f treeFile) {
	if t.byName == nil {
		t.byName = map[string]int{}
	}
	t.byName[f.name] = len(t.names)
	t.names = append(t.names, f)
}

// openFolder lists the files of a folder. Links are not followed.
func openFolder(ctx context.Context, dir string) (*fileTree, error) {
	t := &fileTree{dir: dir}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && strings.Count(rel, "/") >= maxSubmissionDepth:
			return fs.SkipDir
		case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "."):
			return nil
		case len(t.names) == maxSubmissionFiles:
			return fmt.Errorf("the folder holds more than %d files; choose the one with the interviews", maxSubmissionFiles)
		}
		t.add(treeFile{name: rel})
		return nil
	})
	return t, err
}

// openZip lists the files of an archive.
func (s *Submissions) openZip(file string) error {
	f, size, err := openGiven(file)
	if f != nil {
		s.files = &fileTree{closer: f}
	}
	if err != nil {
		return err
	}
	if size > maxPackage {
		return fmt.Errorf("it is larger than %d GB; split it", maxPackage>>30)
	}
	// Counted before the directory is read into memory, which takes far more room
	// there than in the file.
	if n, err := countText(io.NewSectionReader(f, 0, size), "PK\x01\x02"); err != nil || n > maxSubmissionFiles {
		return errors.Join(err, fmt.Errorf("the archive holds more than %d files", maxSubmissionFiles))
	}
	z, err := zip.NewReader(f, size)
	if err != nil {
		return errors.New("the archive cannot be read; it may not have been copied whole")
	}
	for _, e := range z.File {
		name := strings.TrimPrefix(e.Name, "./")
		_, twice := s.files.byName[name]
		switch {
		case strings.HasSuffix(name, "/"):
			continue
		case !fs.ValidPath(name) || strings.Contains(name, `\`):
			return fmt.Errorf("the archive holds the file %q, which would lead out of its folder; ask for another one", e.Name)
		case twice:
			return fmt.Errorf("the archive holds the file %s twice", name)
		case strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/"):
			continue
		}
		s.files.add(treeFile{name, e})
	}
	return nil
}

// countText counts how often a short text occurs.
func countText(r io.Reader, what string) (n int, err error) {
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		part, err := b.Peek(64 << 10)
		n += bytes.Count(part, []byte(what))
		if err != nil || len(part) < len(what) {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return n, err
		}
		if _, err := b.Discard(len(part) - len(what) + 1); err != nil {
			return n, err
		}
	}
}

// inMedia says whether a file is one that answers name.
func inMedia(name string) bool {
	for _, part := range strings.Split(path.Dir(name), "/") {
		if part == "media" || part == "attachments" {
			return true
		}
	}
	return false
}

func (t *fileTree) ending(exts ...string) (out []treeFile) {
	for _, f := range t.names {
		if slices.Contains(exts, strings.ToLower(path.Ext(f.name))) && !inMedia(f.name) {
			out = append(out, f)
		}
	}
	slices.SortFunc(out, func(a, b treeFile) int { return strings.Compare(a.name, b.name) })
	return out
}

// tables are the files with tables. Logs of interviews, which Collect keeps beside
// them, are none.
func (t *fileTree) tables() []treeFile {
	return slices.DeleteFunc(t.ending(".csv", ".tsv"), func(f treeFile) bool { return path.Base(f.name) == "audit.csv" })
}

// documents are the submissions.
func (t *fileTree) documents() []treeFile { return t.ending(".xml") }

func (t *fileTree) close() error {
	for _, f := range t.temp {
		os.Remove(f)
	}
	t.temp = nil
	if t.closer == nil {
		return nil
	}
	return t.closer.Close()
}

func (t *fileTree) open(f treeFile) (io.ReadCloser, int64, error) {
	if f.zip == nil {
		r, size, err := openGiven(filepath.Join(t.dir, filepath.FromSlash(f.name)))
		if err != nil && r != nil {
			r.Close()
		}
		return r, size, err
	}
	if f.zip.Flags&1 != 0 {
		return nil, 0, errors.New("it is protected by a password; unpack the archive and choose the folder")
	}
	r, err := f.zip.Open()
	if err != nil {
		return nil, 0, errors.New("it cannot be unpacked; the archive may be damaged")
	}
	return r, int64(min(f.zip.UncompressedSize64, 1<<62)), nil
}

// Tables that unpack to more than unzipFloor bytes and maxUnzipRatio times what they
// are packed are none: each row has an id of its own.
const (
	unzipFloor    = 64 << 20
	maxUnzipRatio = 500
)

// onDisk is the path of a file; one of an archive is unpacked until the tree is
// closed. Left is how many bytes may be unpacked.
func (t *fileTree) onDisk(ctx context.Context, f treeFile, left *int64) (string, error) {
	if f.zip == nil {
		return filepath.Join(t.dir, filepath.FromSlash(f.name)), nil
	}
	r, _, err := t.open(f)
	if err != nil {
		return "", err
	}
	defer r.Close()
	out, err := os.CreateTemp("", "sse-interviews-*.csv")
	if err != nil {
		return "", err
	}
	t.temp = append(t.temp, out.Name())
	room := *left
	if packed := int64(min(f.zip.CompressedSize64, maxListFile)); packed < room/maxUnzipRatio {
		room = max(packed*maxUnzipRatio, unzipFloor)
	}
	n, err := io.Copy(out, contextReader{ctx, &atMost{r, room}})
	*left -= n
	if closing := out.Close(); err == nil {
		err = closing
	}
	var disk *fs.PathError
	if err != nil && ctx.Err() == nil && !errors.Is(err, errUnpacked) && !errors.As(err, &disk) {
		err = errors.New("it cannot be unpacked; the archive may be damaged")
	}
	return out.Name(), err
}

// document is a file by its name in the tree.
func (t *fileTree) document(name string) (io.ReadCloser, error) {
	i, is := t.byName[name]
	if !is {
		return nil, os.ErrNotExist
	}
	r, _, err := t.open(t.names[i])
	return r, err
}

// beside finds a file that a submission names: in its own folder, or in the folders
// of media.
func (t *fileTree) beside(file, name string) (io.ReadCloser, int64, error) {
	folder := path.Dir(file)
	for _, p := range []string{path.Join(folder, name), path.Join(folder, "media", name), path.Join("media", name)} {
		if t.only != "" {
			r, size, err := t.open(treeFile{name: p})
			if !errors.Is(err, fs.ErrNotExist) {
				return r, size, err
			}
			continue
		}
		if i, is := t.byName[p]; is {
			return t.open(t.names[i])
		}
	}
	return nil, 0, os.ErrNotExist
}

// documents lists submissions of XML, one after the other.
func (s *Submissions) documents(ctx context.Context, each func(*Submission) error) error {
	files := s.files.documents()
	if s.files.only != "" {
		files = s.files.names
	}
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		x := &Submission{File: f.name}
		if err := each(x); err != nil {
			return err
		}
	}
	return nil
}
