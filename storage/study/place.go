package study

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ErrPlace is what every [PlaceError] is.
var ErrPlace = errors.New("a study cannot be worked on in this folder")

// PlaceError refuses a folder that may lose what was acknowledged: SQLite needs a
// disk of this computer that keeps what it says it keeps.
type PlaceError struct {
	Dir  string
	Kind string // "network", "cloud" or "stick"
	What string // "in a network or shared folder (nfs4)"
	New  bool   // there is no study in it yet
}

func (e *PlaceError) Error() string {
	if e.New {
		return e.Sentence() + ". Choose a folder on this computer's own disk, and give packages to others"
	}
	return fmt.Sprintf("%s. Copy the study to a folder of this computer's own disk (`sse copy %q NEW-FOLDER`, or File > Copy a study in) and give packages to others", e.Sentence(), e.Dir)
}

// Sentence says where the folder lies and why a study may not.
func (e *PlaceError) Sentence() string {
	why := map[string]string{
		"network": "a network connection can drop in the middle of an answer, and two computers could write at once",
		"cloud":   "the program that synchronises it copies the file while it is being written and mixes up the copies of two computers",
		"stick":   "sticks and cards report answers as kept before they are, and are pulled out",
	}[e.Kind]
	return fmt.Sprintf("the folder lies %s; %s", e.What, why)
}

// Is makes errors.Is(err, ErrPlace) true.
func (e *PlaceError) Is(target error) bool { return target == ErrPlace }

// AnyPlaceVariable, set to 1, lets studies lie on network drives, in synchronised
// folders and on sticks. It is for tests and for servers whose only disks are
// mounted that way; it gives up what the program promises about answers on disk.
const AnyPlaceVariable = "SSE_ALLOW_ANY_PLACE"

// AnyPlace is an option that does the same for one study.
func AnyPlace() Option { return func(s *Study) { s.anyPlace = true } }

// place is what the system says of a folder.
type place struct {
	system    string // as runtime.GOOS
	path      string // absolute, links followed, with forward slashes
	fs        string // type of the file system, such as ext4, nfs4, fuse.sshfs; "" where not known
	remote    bool   // the system says that it lies on another computer
	removable bool   // the system says that its disk can be taken out
	root      bool   // it is mounted at /: the whole system runs from it
	roots     []syncedRoot
	markers   []string // names found in the folder and those above it: dir + "/" + name
}

// syncedRoot is a folder that a program says it synchronises.
type syncedRoot struct{ dir, program string }

// remoteSystems are file systems of other computers; localFuse are those of FUSE
// that only change how files look on a local disk.
var (
	remoteSystems = []string{"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "afpfs", "ncpfs", "coda", "ceph", "glusterfs", "lustre", "webdav", "davfs", "ftp", "vboxsf", "vmhgfs", "virtiofs"}
	localFuse     = []string{"fuseblk", "fuse.ntfs-3g", "fuse.gocryptfs", "fuse.cryfs", "fuse.encfs", "fuse.veracrypt", "fuse.bindfs", "fuse.fuse-overlayfs", "fuse.mergerfs"}
	// A container or a virtual machine may have nothing else than these at /.
	hostSystems = []string{"9p", "virtiofs", "vboxsf", "vmhgfs"}
)

// judge says whether a study may lie in a place; nil is yes.
func (p place) judge() *PlaceError {
	refuse := func(kind, format string, args ...any) *PlaceError {
		return &PlaceError{Dir: p.path, Kind: kind, What: fmt.Sprintf(format, args...)}
	}
	own := p.root && (slices.Contains(hostSystems, p.fs) || strings.HasPrefix(p.fs, "fuse"))
	switch {
	case strings.HasPrefix(p.path, "//"):
		return refuse("network", "in the network folder %s", p.path)
	case own:
	case slices.Contains(remoteSystems, p.fs):
		return refuse("network", "in a network or shared folder (%s)", p.fs)
	case strings.HasPrefix(p.fs, "fuse") && !slices.Contains(localFuse, p.fs):
		return refuse("network", "in a folder that another program provides (%s)", p.fs)
	case p.remote:
		return refuse("network", "in a network folder")
	}
	if program := p.synchronised(); program != "" {
		return refuse("cloud", "in a folder that %s synchronises", program)
	}
	if p.removable && !p.root {
		return refuse("stick", "on a disk that can be taken out (stick, card)")
	}
	return nil
}

// marks are what synchronising programs leave in the folders they look after.
var marks = []struct{ name, program string }{
	{".dropbox.cache", "Dropbox"}, {".stfolder", "Syncthing"},
	{".nextcloudsync.log", "Nextcloud"}, {".owncloudsync.log", "ownCloud"}, {".sync_*.db", "Nextcloud"}, {"._sync_*.db", "Nextcloud"},
	{".tmp.drivedownload", "Google Drive"}, {".tmp.driveupload", "Google Drive"}, {".seafile-data", "Seafile"}, {".sync/ID", "Resilio Sync"},
	{".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"},
}

// synchronised names the program that synchronises the place, "" if none is known.
// Programs that leave no mark and say nothing in the environment are not found: nor
// are Documents and Desktop when iCloud is set to include them.
func (p place) synchronised() string {
	for _, r := range p.roots {
		if r.dir != "" && within(p.path, filepath.ToSlash(r.dir), p.system != "linux") {
			return r.program
		}
	}
	for _, m := range p.markers {
		for _, k := range marks {
			if ok, _ := path.Match(k.name, path.Base(m)); ok || strings.HasSuffix(m, "/"+k.name) {
				return k.program
			}
		}
	}
	if p.system == "darwin" {
		for _, k := range [...]syncedRoot{{"/Library/Mobile Documents/", "iCloud Drive"}, {"/Library/CloudStorage/", "a cloud service"}} {
			if strings.Contains(p.path+"/", k.dir) {
				return k.program
			}
		}
	}
	for _, part := range strings.Split(p.path, "/") {
		for _, name := range [...]string{"OneDrive", "Dropbox", "Google Drive", "GoogleDrive", "iCloudDrive", "iCloud Drive", "Nextcloud", "ownCloud", "pCloudDrive", "MEGAsync"} {
			if part == name || strings.HasPrefix(part, name+" - ") || strings.HasPrefix(part, name+" (") {
				return strings.ReplaceAll(strings.ReplaceAll(name, "iCloudDrive", "iCloud Drive"), "GoogleDrive", "Google Drive")
			}
		}
	}
	return ""
}

// within says whether a path is a folder or lies below it.
func within(p, dir string, fold bool) bool {
	if fold {
		p, dir = strings.ToLower(p), strings.ToLower(dir)
	}
	dir = strings.TrimSuffix(dir, "/")
	return dir != "" && (p == dir || strings.HasPrefix(p, dir+"/"))
}

// CheckPlace says whether a study may lie in a folder that need not exist yet; the
// error is a *PlaceError where it may not.
func CheckPlace(dir string) error {
	if os.Getenv(AnyPlaceVariable) == "1" {
		return nil
	}
	p, err := lookAt(dir)
	if err != nil {
		return err
	}
	if e := p.judge(); e != nil {
		e.Dir = dir
		if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
			e.New = true
		}
		return e
	}
	return nil
}

func (s *Study) checkPlace() error {
	if s.anyPlace {
		return nil
	}
	return CheckPlace(s.dir)
}

// lookAt gathers the facts about the deepest folder of a path that exists.
func lookAt(dir string) (place, error) {
	at, err := filepath.Abs(dir)
	if err != nil {
		return place{}, err
	}
	rest := ""
	for {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			at = real
			break
		}
		up := filepath.Dir(at)
		if up == at {
			break
		}
		rest, at = filepath.Join(filepath.Base(at), rest), up
	}
	p := place{path: filepath.ToSlash(filepath.Join(at, rest)), roots: syncedRoots(), markers: markersAbove(at)}
	p.ask(at)
	return p, nil
}

// markersAbove looks for marks in a folder and those above it.
func markersAbove(dir string) []string {
	var out []string
	for {
		for _, k := range marks {
			found, _ := filepath.Glob(filepath.Join(escapeGlob(dir), k.name))
			for _, f := range found {
				out = append(out, filepath.ToSlash(f))
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return out
		}
		dir = up
	}
}

func escapeGlob(s string) string {
	if filepath.Separator == '\\' {
		return s // Windows has no escapes in patterns, and no such names
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
