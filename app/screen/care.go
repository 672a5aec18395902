package screen

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"sselandscape/app/job"
	"sselandscape/app/view"
	"sselandscape/storage/study"
)

// tendEvery is how often an open study is looked after.
const tendEvery = 3 * time.Second

// Tend makes the window look after whatever study is open, from now on.
func (w *Window) Tend() {
	w.tending = true
	if w.study != nil {
		w.tend(w.study)
	}
}

// tend looks after a study until it is closed: backups, the log, room on the disk.
// It runs beside the window, because a backup of a large study takes its time.
func (w *Window) tend(s *job.Study) {
	ctx, stop := context.WithCancel(context.Background())
	w.stopTending = stop
	go func() {
		ticker := time.NewTicker(tendEvery)
		defer ticker.Stop()
		low := ""
		for {
			done, err := s.Tend(ctx)
			if ctx.Err() != nil {
				return
			}
			space := s.SpaceSentence()
			fyne.Do(func() {
				if w.study == s {
					w.tended(done, err, space, space != low)
				}
			})
			low = space
			if errors.Is(err, study.ErrDamaged) {
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
}

// tended says what was done, where a person should know it.
func (w *Window) tended(done study.Tended, err error, space string, news bool) {
	switch {
	case errors.Is(err, study.ErrDamaged):
		dir := w.study.Info().Dir
		w.leave()
		w.recoverDialog(dir)
	case err != nil:
		w.say("✗ %s", err)
	case space != "" && news:
		w.say("⚠ %s.", space)
	case done.Backup != nil:
		w.kept.SetText("Backed up " + done.Backup.At.Format("15:04"))
	}
}

// backupsDialog lists the backups; one is made, or restored, from here.
func (w *Window) backupsDialog() {
	dir := w.study.Info().Dir
	box := container.NewVBox()
	var d *dialog.CustomDialog
	bs := w.study.Backups()
	twice := map[string]bool{} // names in the study's folder that are in the second one too
	bs = slices.DeleteFunc(bs, func(b study.Backup) bool {
		own := filepath.Join(dir, "backups", filepath.Base(b.Path))
		again := b.Path != own && slices.ContainsFunc(bs, func(o study.Backup) bool { return o.Path == own && o.Problem == "" })
		if again {
			twice[own] = true
		}
		return again
	})
	for _, b := range bs {
		restore := widget.NewButtonWithIcon("Restore …", theme.HistoryIcon(), func() {
			d.Hide()
			w.restoreDialog(b.Path)
		})
		if b.Problem != "" {
			restore.Disable()
		}
		place := ""
		switch {
		case twice[b.Path]:
			place = "   (in the second folder too)"
		case filepath.Base(filepath.Dir(b.Path)) != "backups":
			place = "   (in the second folder)"
		}
		box.Add(container.NewBorder(nil, nil, nil, restore, wrapped(job.BackupSentence(b)+place)))
	}
	if len(bs) == 0 {
		box.Add(wrapped("There is no backup yet. One is made when a study is opened, after every 20 minutes of work, and before packages and lists are taken in."))
	}
	make := widget.NewButtonWithIcon("Back up now", theme.DocumentSaveIcon(), func() {
		d.Hide()
		w.backup()
	})
	make.Importance = widget.HighImportance
	second := "Second folder, on another disk: none"
	if f := w.study.BackupFolder(); f != "" {
		second = "Second folder: " + f
	}
	set := widget.NewButtonWithIcon("Set the second folder …", theme.FolderIcon(), func() {
		d.Hide()
		w.pathDialog("Second folder for backups, on another disk or a stick", "Keep backups there too", w.study.BackupFolder(), true, func(path string) {
			if err := w.study.SetBackupFolder(path); err != nil {
				w.fail(err)
				return
			}
			w.backup()
		})
	})
	other := widget.NewButtonWithIcon("Restore another file …", theme.FolderOpenIcon(), func() {
		d.Hide()
		w.restoreFileDialog()
	})
	head := wrapped("Ten recent backups are kept, and the newest of each of 14 days and 8 weeks. Restoring makes a new folder and leaves this study as it is.")
	foot := container.NewVBox(wrapped(second), container.NewHBox(make, set, other))
	d = dialog.NewCustom(fmt.Sprintf("%d backups of %s", len(bs), cut(w.study.Info().Name, 40)), "Close", container.NewBorder(head, foot, nil, nil, container.NewVScroll(box)), w.win)
	d.Resize(fyne.NewSize(860, 520))
	d.Show()
	w.win.Canvas().Focus(make)
}

// backup makes a backup and says where.
func (w *Window) backup() {
	s := w.study
	background(w, "Backing up", func(ctx context.Context) (string, error) {
		b, err := s.Backup(ctx)
		var second *study.SecondFolderError
		if errors.As(err, &second) {
			return fmt.Sprintf("✓ Backed up to %s. ✗ %s", b.Path, second), nil
		}
		if err != nil {
			return "", err
		}
		return "✓ Backed up to " + b.Path, nil
	}, func(text string) {
		if w.page == "Overview" && w.interview == nil {
			w.show("Overview")
		}
		w.say("%s", text)
	})
}

// restoreMenu lists the backups of the open study, or asks for a file.
func (w *Window) restoreMenu() {
	if w.asking() {
		return
	}
	if w.study != nil {
		w.backupsDialog()
		return
	}
	w.restoreFileDialog()
}

// restoreFileDialog asks which backup.
func (w *Window) restoreFileDialog() {
	w.pathDialog("Restore a backup", "Look at this backup", home(), false, w.restoreDialog)
}

// restoreDialog says what is in a backup and asks where it is to go.
func (w *Window) restoreDialog(file string) {
	b := study.LookAt(file)
	if b.Problem != "" {
		w.fail(fmt.Errorf("restore %q: %s", filepath.Base(file), b.Problem))
		return
	}
	where := filepath.Join(home(), folderName(b.Name+" restored "+b.At.Format("2006-01-02 1504")))
	w.intoNewFolder("Restore "+cut(b.Name, 40)+", backup of "+b.At.Format("2 Jan 15:04"), "Restore the backup", job.BackupSentence(b)+
		"\n\nThe backup is checked and put into a new folder. It counts as a new laptop, so that it and this study can both go on and be merged.", where,
		func(ctx context.Context, dir string) (*study.Restored, error) { return job.Restore(ctx, file, dir) })
}

// copyInDialog offers to copy a study from where it cannot be worked on.
func (w *Window) copyInDialog(from string, why string) {
	where := filepath.Join(home(), folderName(filepath.Base(from)))
	w.intoNewFolder("Copy the study in", "Copy the study", why, where, func(ctx context.Context, dir string) (*study.Restored, error) { return job.CopyIn(ctx, from, dir) })
}

// askCopyIn is copyInDialog for a folder that is typed or chosen.
func (w *Window) askCopyIn() {
	w.pathDialog("Copy a study in from a stick or a shared folder", "Choose where to", home(), true, func(from string) {
		w.copyInDialog(from, "The study in "+from+" is copied to a folder of this computer, every file is read back, and the copy counts as a new laptop.")
	})
}

// intoNewFolder asks for a folder, makes a study there and opens it.
func (w *Window) intoNewFolder(title, label, text, where string, work func(ctx context.Context, dir string) (*study.Restored, error)) {
	entry := view.NewField(false)
	entry.SetText(where)
	form := container.NewVBox(wrapped(text), widget.NewForm(widget.NewFormItem("New folder", entry)))
	d := dialog.NewCustomConfirm(title, label, "Not now", form, func(ok bool) {
		dir := strings.TrimSpace(entry.Text)
		if !ok || dir == "" {
			return
		}
		background(w, label, func(ctx context.Context) (*study.Restored, error) { return work(ctx, dir) }, func(r *study.Restored) {
			w.open(r.Dir)
			w.say("✓ %s", job.RestoredSentence(r))
		})
	}, w.win)
	entry.Keys = escape(d.Hide)
	entry.OnSubmitted = func(string) { d.Confirm() }
	d.Resize(fyne.NewSize(680, 300))
	d.Show()
	w.win.Canvas().Focus(entry)
}

// recoverDialog shows what of a damaged study can be recovered and does it on demand.
func (w *Window) recoverDialog(dir string) {
	background(w, "Looking at what can be recovered", func(ctx context.Context) (*study.Recovery, error) { return job.PlanRecovery(ctx, dir) }, func(r *study.Recovery) {
		if r.Healthy {
			d := dialog.NewCustom("Nothing to recover", "Close", wrapped(r.String()), w.win)
			d.Resize(fyne.NewSize(560, 180))
			d.Show()
			return
		}
		d := dialog.NewCustomConfirm("Recover the study?", "Recover the study", "Leave it", wrapped(r.String()), func(ok bool) {
			if ok {
				w.recover(dir, r)
			}
		}, w.win)
		d.Resize(fyne.NewSize(680, 340))
		d.Show()
	})
}

func (w *Window) recover(dir string, r *study.Recovery) {
	background(w, "Recovering the study", r.Apply, func(kept string) {
		w.open(dir)
		w.say("✓ Recovered. The damaged file is kept in %s.", kept)
	})
}

// askRecover is recoverDialog for a folder that is typed or chosen.
func (w *Window) askRecover() {
	w.pathDialog("Recover a damaged study", "See what can be recovered", home(), true, func(dir string) {
		if w.study != nil {
			w.leave()
		}
		w.recoverDialog(dir)
	})
}
