package cli

import (
	"errors"
	"fmt"
	"io"

	"sselandscape/app/job"
	"sselandscape/storage/study"
)

func backup(c *call, args []string) error {
	listed := c.flags.Bool("list", false, "")
	folder := c.flags.String("folder", "", "")
	none := c.flags.Bool("no-folder", false, "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	if *none && *folder != "" {
		return usage("give either --folder or --no-folder")
	}
	return with(rest[0], func(s *job.Study) error {
		if *folder != "" || *none {
			if err := s.SetBackupFolder(*folder); err != nil {
				return err
			}
		}
		if *listed {
			return c.backups(s)
		}
		b, err := s.Backup(c.ctx)
		if b == nil {
			return err
		}
		var second *study.SecondFolderError
		if errors.As(err, &second) {
			fmt.Fprintln(c.stderr, "warning:", second)
			err = errProblems
		}
		return errors.Join(err, c.print(backupLineOf(*b), func(w io.Writer) { fmt.Fprintln(w, b.Path) }))
	})
}

type backupLine struct {
	Path      string `json:"path"`
	At        string `json:"at"`
	Bytes     int64  `json:"bytes"`
	Why       string `json:"why"`
	Revisions int    `json:"revisions"`
	Answers   int    `json:"answers"`
	Problem   string `json:"problem,omitempty"`
}

func backupLineOf(b study.Backup) backupLine {
	return backupLine{b.Path, b.At.Format("2006-01-02T15:04:05-07:00"), b.Bytes, b.Why, b.Revisions, b.Answers, b.Problem}
}

func (c *call) backups(s *job.Study) error {
	lines := []backupLine{}
	bs := s.Backups()
	for _, b := range bs {
		lines = append(lines, backupLineOf(b))
	}
	return c.print(lines, func(w io.Writer) {
		for _, b := range bs {
			fmt.Fprintf(w, "%s\n  %s\n", b.Path, job.BackupSentence(b))
		}
	})
}

func restore(c *call, args []string) error {
	rest, err := c.parse(args, 2, 2)
	if err != nil {
		return err
	}
	r, err := job.Restore(c.ctx, rest[0], rest[1])
	return c.restored(r, err)
}

func copyIn(c *call, args []string) error {
	rest, err := c.parse(args, 2, 2)
	if err != nil {
		return err
	}
	r, err := job.CopyIn(c.ctx, rest[0], rest[1])
	return c.restored(r, err)
}

func (c *call) restored(r *study.Restored, err error) error {
	if err != nil {
		return err
	}
	line := map[string]any{"path": r.Dir, "revisions": r.Revisions, "answers": r.Answers, "files": r.Files, "missing": r.Missing}
	if err := c.print(line, func(w io.Writer) { fmt.Fprintln(w, job.RestoredSentence(r)) }); err != nil {
		return err
	}
	if r.Missing > 0 {
		return errProblems
	}
	return nil
}

func recoverVerb(c *call, args []string) error {
	dry := c.flags.Bool("dry-run", false, "")
	rest, err := c.studyArgs(args, 1, 1)
	if err != nil {
		return err
	}
	r, err := job.PlanRecovery(c.ctx, rest[0])
	if err != nil {
		return err
	}
	kept := ""
	if !*dry {
		if kept, err = r.Apply(c.ctx); err != nil {
			return err
		}
	}
	err = c.print(map[string]any{"plan": r, "damaged_file_kept_in": kept}, func(w io.Writer) {
		fmt.Fprintln(w, r)
		if kept != "" {
			fmt.Fprintf(w, "Done. The damaged file is in %s\n", kept)
		}
	})
	if err == nil && r.Spoilt+r.Missing+r.Orphans > 0 {
		err = errProblems
	}
	return err
}
