package exchange

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Instance is an interview as a client of ODK keeps it.
type Instance struct {
	Form, ID string
	XML      func(w io.Writer) error // the submission
	Files    []InstanceFile          // that its answers name
}

// InstanceFile is a photo or another file of an interview.
type InstanceFile struct {
	Name string // as the answer has it
	// Data gives its bytes, or fs.ErrNotExist: then it is left out.
	Data func() ([]byte, error)
}

// writeInstances writes interviews in the layout of ODK Collect and Briefcase: a folder for
// each, with its submission (OpenRosa) and the files that it names beside it.
func writeInstances(ctx context.Context, out io.Writer, d *Dataset) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.About.Interviews == nil {
		return errNoInterviews
	}
	z := zip.NewWriter(out)
	used := map[string]bool{}
	for x, err := range d.About.Interviews(ctx) {
		if err != nil {
			return err
		}
		folder := "instances/" + strings.Trim(fileName(x.Form+"_"+x.ID), ". ")
		if used[folder] {
			return fmt.Errorf("two interviews are called %q; a folder holds one", x.ID)
		}
		used[folder] = true
		if err := writeInstance(z, folder, x); err != nil {
			return fmt.Errorf("interview %s: %w", x.ID, err)
		}
	}
	return z.Close()
}

func writeInstance(z *zip.Writer, folder string, x *Instance) error {
	w, err := z.Create(folder + "/submission.xml")
	if err != nil {
		return err
	}
	if err := x.XML(w); err != nil {
		return err
	}
	for _, f := range x.Files {
		b, err := f.Data()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		// Photos are packed already.
		w, err := z.CreateHeader(&zip.FileHeader{Name: folder + "/" + fileName(f.Name), Method: zip.Store})
		if err != nil {
			return err
		}
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return nil
}
