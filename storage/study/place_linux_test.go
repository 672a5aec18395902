package study

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMountOf(t *testing.T) {
	const table = `22 1 254:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /mnt rw,shared:2 - nfs4 server:/data rw
31 30 8:17 / /mnt/my\040stick rw shared:3 - vfat /dev/sdb1 rw
32 22 0:41 / /mnt rw - fuse.sshfs ana@host: rw
broken line`
	for path, want := range map[string]mount{
		"/home/ana":       {"/", "ext4", "/dev/sda1"},
		"/mnt/x":          {"/mnt", "fuse.sshfs", "ana@host:"}, // mounted over the other
		"/mnt/my stick/s": {"/mnt/my stick", "vfat", "/dev/sdb1"},
		"/mnt/my sticker": {"/mnt", "fuse.sshfs", "ana@host:"},
		"/mntx":           {"/", "ext4", "/dev/sda1"},
	} {
		if got := mountOf(table, path); got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
}

// TestRemovableDisk looks at a tree like /sys/class/block.
func TestRemovableDisk(t *testing.T) {
	sys := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(sys, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	link := func(name, to string) {
		t.Helper()
		p := filepath.Join(sys, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(sys, to), p); err != nil {
			t.Fatal(err)
		}
	}
	write("devices/sda/removable", "0\n")
	write("devices/sda/sda1/partition", "1\n")
	write("devices/usb/sdb/removable", "1\n")
	write("devices/usb/sdb/sdb1/partition", "1\n")
	write("devices/mmc0/removable", "0\n")
	write("devices/mmc0/device/type", "SD\n")
	write("devices/mmc0/p1/partition", "1\n")
	write("devices/mmc1/removable", "0\n")
	write("devices/mmc1/device/type", "MMC\n") // soldered in
	write("devices/dm-0/removable", "0\n")
	for name, to := range map[string]string{"sda1": "devices/sda/sda1", "sdb": "devices/usb/sdb", "sdb1": "devices/usb/sdb/sdb1", "mmcblk0p1": "devices/mmc0/p1", "mmcblk1": "devices/mmc1", "dm-0": "devices/dm-0"} {
		link("class/"+name, to)
	}
	link("devices/dm-0/slaves/sdb1", "devices/usb/sdb/sdb1") // an encrypted stick
	for name, want := range map[string]bool{"sda1": false, "sdb": true, "sdb1": true, "mmcblk0p1": true, "mmcblk1": false, "dm-0": true, "nothing": false} {
		if got := removableDisk(filepath.Join(sys, "class"), name, 0); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
}
