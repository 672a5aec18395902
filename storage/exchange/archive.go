package exchange

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
)

// Limits of archives.
const (
	maxArchiveFiles = 10_000
	maxArchiveList  = 4 << 20 // bytes of what lists the files; it is kept in memory
)

var errArchive = errors.New("the archive cannot be opened; it may be damaged")

// openArchive opens a ZIP archive. Its files are read from it as they are; nothing is
// unpacked to the disk.
func openArchive(f io.ReaderAt, size int64) (*zip.Reader, error) {
	limited := &limitedReaderAt{f, maxArchiveList}
	z, err := zip.NewReader(limited, size)
	switch {
	case limited.left <= 0 || err == nil && len(z.File) > maxArchiveFiles:
		return nil, fmt.Errorf("the archive holds more than %d files", maxArchiveFiles)
	case err != nil:
		return nil, errArchive
	}
	limited.left = math.MaxInt64
	return z, nil
}

// limitedReaderAt reads no more than what is left.
type limitedReaderAt struct {
	io.ReaderAt
	left int64
}

func (l *limitedReaderAt) ReadAt(p []byte, at int64) (int, error) {
	if l.left <= 0 {
		return 0, errArchive
	}
	n, err := l.ReaderAt.ReadAt(p, at)
	l.left -= int64(n)
	return n, err
}

// namedInArchive splits the name of a file in an archive from its ending in small letters. Those
// that macOS puts beside others are hidden.
func namedInArchive(f *zip.File) (stem, ext string, hidden bool) {
	ext = path.Ext(f.Name)
	return strings.TrimSuffix(f.Name, ext), strings.ToLower(ext), strings.HasPrefix(path.Base(f.Name), "._")
}

// openArchived opens a file in an archive, of which no more than what is left may be read,
// whatever size the archive says.
func openArchived(f *zip.File, left *int64) (io.ReadCloser, error) {
	tooLarge := fmt.Errorf("what is read of the archive is larger than %d MB", maxBoundaryFile>>20)
	if f.UncompressedSize64 > maxBoundaryFile {
		return nil, tooLarge
	}
	r, err := f.Open()
	if err != nil {
		return nil, errors.New("the archive cannot be read; it may be damaged, or need a password")
	}
	return &archived{r, left, tooLarge}, nil
}

type archived struct {
	io.ReadCloser
	left     *int64
	tooLarge error
}

func (a *archived) Read(p []byte) (int, error) {
	if *a.left <= 0 {
		return 0, a.tooLarge
	}
	n, err := a.ReadCloser.Read(p[:min(int64(len(p)), *a.left)])
	if *a.left -= int64(n); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		err = errArchive
	}
	return n, err
}
