package study

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	for name, c := range map[string]struct {
		place
		want string // kind, "" is allowed
	}{
		"a laptop's disk":            {place{system: "linux", path: "/home/ana/s", fs: "ext4"}, ""},
		"an encrypted home":          {place{system: "linux", path: "/home/ana/s", fs: "fuse.gocryptfs"}, ""},
		"a Windows disk under Linux": {place{system: "linux", path: "/data/s", fs: "fuseblk"}, ""},
		"NFS":                        {place{system: "linux", path: "/mnt/s", fs: "nfs4"}, "network"},
		"NFS at the root":            {place{system: "linux", path: "/s", fs: "nfs", root: true}, "network"},
		"a Windows share":            {place{system: "linux", path: "/mnt/s", fs: "cifs"}, "network"},
		"sshfs":                      {place{system: "linux", path: "/mnt/s", fs: "fuse.sshfs"}, "network"},
		"GNOME's places":             {place{system: "linux", path: "/run/user/1000/gvfs/s", fs: "fuse.gvfsd-fuse"}, "network"},
		"WSL's view of Windows":      {place{system: "linux", path: "/mnt/c/s", fs: "9p"}, "network"},
		"a container on 9p":          {place{system: "linux", path: "/s", fs: "9p", root: true}, ""},
		"a stick":                    {place{system: "linux", path: "/media/ana/STICK/s", fs: "vfat", removable: true}, "stick"},
		"a system on a stick":        {place{system: "linux", path: "/home/ana/s", fs: "ext4", removable: true, root: true}, ""},
		"Syncthing":                  {place{system: "linux", path: "/home/ana/sync/s", fs: "ext4", markers: []string{"/home/ana/sync/.stfolder"}}, "cloud"},
		"Nextcloud":                  {place{system: "linux", path: "/home/ana/nc/s", fs: "btrfs", markers: []string{"/home/ana/nc/.sync_ab12.db"}}, "cloud"},
		"Google Drive, mirrored":     {place{system: "windows", path: "C:/Users/ana/g/s", markers: []string{"C:/Users/ana/g/.tmp.drivedownload"}}, "cloud"},
		"Resilio Sync":               {place{system: "linux", path: "/home/ana/r/s", fs: "ext4", markers: []string{"/home/ana/r/.sync/ID"}}, "cloud"},
		"Dropbox by its info":        {place{system: "linux", path: "/home/ana/Box/s", fs: "ext4", roots: []syncedRoot{{"/home/ana/Box", "Dropbox"}}}, "cloud"},
		"beside Dropbox":             {place{system: "linux", path: "/home/ana/Boxes/s", fs: "ext4", roots: []syncedRoot{{"/home/ana/Box", "Dropbox"}}}, ""},
		"no OneDrive here":           {place{system: "windows", path: "C:/Users/ana/s", roots: []syncedRoot{{"", "OneDrive"}}}, ""},
		"OneDrive, other capitals":   {place{system: "windows", path: "c:/users/ana/onedrive/s", roots: []syncedRoot{{"C:/Users/ana/OneDrive", "OneDrive"}}}, "cloud"},
		"OneDrive of a firm":         {place{system: "windows", path: "C:/Users/ana/OneDrive - ILO/s"}, "cloud"},
		"a name like Dropbox":        {place{system: "linux", path: "/home/ana/Dropboxes/s", fs: "ext4"}, ""},
		"a share by its name":        {place{system: "windows", path: "//server/share/s"}, "network"},
		"a mapped drive":             {place{system: "windows", path: "Z:/s", remote: true}, "network"},
		"a stick on Windows":         {place{system: "windows", path: "E:/s", removable: true}, "stick"},
		"a Mac's disk":               {place{system: "darwin", path: "/Users/ana/s", fs: "apfs"}, ""},
		"a Mac's server":             {place{system: "darwin", path: "/Volumes/team/s", fs: "smbfs", remote: true}, "network"},
		"iCloud Drive":               {place{system: "darwin", path: "/Users/ana/Library/Mobile Documents/com~apple~CloudDocs/s", fs: "apfs"}, "cloud"},
		"Dropbox on a new Mac":       {place{system: "darwin", path: "/Users/ana/Library/CloudStorage/Dropbox/s", fs: "apfs"}, "cloud"},
		"a stick on a Mac":           {place{system: "darwin", path: "/Volumes/STICK/s", fs: "exfat", removable: true}, "stick"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.judge()
			switch {
			case (err == nil) != (c.want == ""), err != nil && err.Kind != c.want:
				t.Errorf("got %v, want %q", err, c.want)
			case err != nil && !errors.Is(err, ErrPlace):
				t.Error("it is no ErrPlace")
			}
		})
	}
}

// TestSynchronisedFolder refuses a real folder, in Create and Open, and takes it when
// it is told to.
func TestSynchronisedFolder(t *testing.T) {
	t.Setenv(AnyPlaceVariable, "")
	root := t.TempDir()
	dir := filepath.Join(root, "a", "s")
	if err := CheckPlace(root); err != nil {
		t.Skip("skipped: temporary files lie in a place where no study may: ", err)
	}
	s, err := Create(dir, Settings{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := os.Mkdir(filepath.Join(root, ".stfolder"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(root, "other"), Settings{Name: "x"}); !errors.Is(err, ErrPlace) {
		t.Errorf("Create: %v", err)
	}
	if _, err := os.Stat(filepath.Join(root, "other")); err == nil {
		t.Error("it left a folder behind")
	}
	_, err = Open(dir)
	if !errors.Is(err, ErrPlace) || !strings.Contains(err.Error(), "Syncthing") {
		t.Errorf("Open: %v", err)
	}
	if s, err = Open(dir, AnyPlace()); err != nil {
		t.Fatal(err)
	}
	s.Close()
	to := filepath.Join(t.TempDir(), "copy")
	if _, err := CopyIn(t.Context(), dir, to); err != nil {
		t.Error(err)
	}
}

func TestMountTable(t *testing.T) {
	if _, err := os.Stat("/proc/self/mountinfo"); err != nil {
		t.Skip("skipped: this system has no /proc/self/mountinfo")
	}
	var p place
	p.ask(t.TempDir())
	if p.fs == "" {
		t.Error("the file system of the temporary folder is not known")
	}
}

func TestDropboxInfo(t *testing.T) {
	got := dropboxRoots([]byte(`{"personal": {"path": "/home/ana/Dropbox", "host": 1}}`))
	if len(got) != 1 || got[0].dir != "/home/ana/Dropbox" {
		t.Error(got)
	}
	if got := dropboxRoots([]byte("no JSON")); got != nil {
		t.Error(got)
	}
}
