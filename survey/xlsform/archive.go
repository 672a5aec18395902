package xlsform

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// Limits of a workbook's zip archive, so that a hostile file cannot exhaust
// memory or time.
const (
	maxUnzipped = 160 << 20 // bytes of all parts that are read
	maxParts    = 10_000    // files in the archive
	maxRatio    = 300       // bytes unpacked per byte packed, of parts above 8 MB
)

const saveAgain = "open it in a spreadsheet program and save it again as .xlsx"

// damaged is the error of a workbook that breaks the rules of the format.
func damaged(format string, args ...any) error {
	return fmt.Errorf("the workbook is damaged: %w; "+saveAgain, fmt.Errorf(format, args...))
}

// archive is the zip file of a workbook.
type archive struct {
	parts map[string]*zip.File // by name in lower case
	left  int64                // bytes that may still be unpacked
}

// openArchive reads the directory of a zip file of size bytes.
func openArchive(r io.ReaderAt, size int64) (*archive, error) {
	// Counted before the directory is read into memory, which takes far more room
	// there than in the file.
	n, err := count(io.NewSectionReader(r, 0, size), "PK\x01\x02")
	if err != nil {
		return nil, fmt.Errorf("read workbook: %w", err)
	}
	if n > maxParts {
		return nil, fmt.Errorf("the file is an archive of more than %d files and no workbook; %s", maxParts, saveAgain)
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged("its archive cannot be read (%w)", err)
	}
	a := &archive{parts: make(map[string]*zip.File, len(z.File)), left: maxUnzipped}
	for _, f := range z.File {
		name := partName(f.Name)
		if _, twice := a.parts[name]; twice {
			return nil, damaged("it holds the part %s twice", f.Name)
		}
		a.parts[name] = f
	}
	return a, nil
}

// count counts how often a text of four bytes occurs.
func count(r io.Reader, what string) (int, error) {
	buf := make([]byte, 64<<10)
	n, have := 0, 0
	for {
		k, err := r.Read(buf[have:])
		have += k
		n += bytes.Count(buf[:have], []byte(what))
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		keep := min(have, len(what)-1)
		have = copy(buf, buf[have-keep:have])
	}
}

// partName brings a name of the archive into one form: without a leading slash,
// in lower case, since spreadsheet programs take names so.
func partName(name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+name), "/"))
}

func (a *archive) has(name string) bool { return a.parts[partName(name)] != nil }

// open unpacks a part.
func (a *archive) open(name string) (*part, error) {
	f := a.parts[partName(name)]
	switch {
	case f == nil:
		return nil, damaged("its part %s is missing", name)
	case f.Flags&1 != 0:
		return nil, errors.New("the workbook is protected by a password; open it in a spreadsheet program and save it without one")
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged("its part %s cannot be unpacked (%w)", name, err)
	}
	return &part{ReadCloser: r, archive: a, packed: int64(min(f.CompressedSize64, 1<<40))}, nil
}

// part is a file of the archive being unpacked.
type part struct {
	io.ReadCloser
	archive      *archive
	packed, read int64
}

// errTooBig means that unpacking went beyond the limits, whatever sizes the
// archive states.
var errTooBig = fmt.Errorf("the workbook unpacks to more than %d MB, or to more than %d times its size; delete unused rows, columns and sheets", maxUnzipped>>20, maxRatio)

func (p *part) Read(b []byte) (int, error) {
	n, err := p.ReadCloser.Read(b)
	p.read += int64(n)
	p.archive.left -= int64(n)
	if p.archive.left < 0 || p.read > 8<<20 && p.read > maxRatio*p.packed {
		return 0, errTooBig
	}
	return n, err
}

// relation is an entry of a .rels part.
type relation struct{ kind, target string }

// relations reads the .rels part that belongs to another part, by id. Targets
// become names of parts; those outside of the archive are left out.
func (a *archive) relations(of string) (map[string]relation, error) {
	dir, file := path.Split(of)
	name := path.Join(dir, "_rels", file+".rels")
	out := map[string]relation{}
	if !a.has(name) {
		return out, nil
	}
	err := a.each(name, func(x *xmlReader) error {
		if string(x.name) != "Relationship" || strings.EqualFold(x.attr("TargetMode"), "External") {
			return nil
		}
		if len(out) == maxParts {
			return tooMuch("the workbook refers to more than %d parts; "+saveAgain, maxParts)
		}
		target := strings.ReplaceAll(x.attr("Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		out[x.attr("Id")] = relation{kind: path.Base(x.attr("Type")), target: strings.TrimPrefix(path.Clean(target), "/")}
		return nil
	})
	return out, err
}

// each visits the beginning of every element of a part.
func (a *archive) each(name string, visit func(*xmlReader) error) error {
	p, err := a.open(name)
	if err != nil {
		return err
	}
	defer p.Close()
	x := newXMLReader(p)
	for {
		tok, err := x.next()
		if err == nil && tok == xmlStart {
			err = visit(x)
		}
		if err != nil {
			return partError(name, err)
		}
		if tok == xmlEOF {
			return nil
		}
	}
}

// partError says which part an error is about.
func partError(name string, err error) error {
	var own *limitError
	if errors.Is(err, errTooBig) {
		return errTooBig
	}
	if errors.As(err, &own) {
		return own
	}
	return damaged("its part %s cannot be read: %w", name, err)
}

// limitError means that a workbook is whole, but exceeds a limit.
type limitError struct{ text string }

func (e *limitError) Error() string { return e.text }

func tooMuch(format string, args ...any) error { return &limitError{fmt.Sprintf(format, args...)} }
