package study

import (
	"path/filepath"

	"golang.org/x/sys/windows"
)

// writable does not ask: Windows answers when something is written.
func writable(string) error { return nil }

// diskFull is how the system says that a disk is full.
var diskFull = []error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL}

func (p *place) ask(dir string) {
	p.system = "windows"
	volume, err := windows.UTF16PtrFromString(filepath.VolumeName(dir) + `\`)
	if err != nil {
		return
	}
	switch windows.GetDriveType(volume) {
	case windows.DRIVE_REMOTE:
		p.remote = true
	case windows.DRIVE_REMOVABLE, windows.DRIVE_CDROM:
		p.removable = true
	}
}

// freeSpace says how many bytes a user may still write on the disk of a folder.
func freeSpace(dir string) (uint64, error) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, err
	}
	var free uint64
	return free, windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
}

// fileID tells a file from its copies: volume and index on it.
func fileID(path string) string {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return ""
	}
	h, err := windows.CreateFile(name, 0, windows.FILE_SHARE_READ|windows.FILE_SHARE_WRITE|windows.FILE_SHARE_DELETE, nil, windows.OPEN_EXISTING, 0, 0)
	if err != nil {
		return ""
	}
	defer windows.CloseHandle(h)
	var i windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(h, &i) != nil {
		return ""
	}
	return idText(uint64(i.FileIndexHigh)<<32 | uint64(i.FileIndexLow))
}
