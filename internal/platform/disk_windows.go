package platform

import (
	"io/fs"

	"golang.org/x/sys/windows"
)

// free is how many bytes a folder's file system has left; 0 where it is not told,
// as the number of files never is.
func free(path string) (bytes, files int64) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, 0
	}
	var left uint64
	if windows.GetDiskFreeSpaceEx(name, &left, nil, nil) != nil {
		return 0, 0
	}
	return int64(left), 0
}

// allocated is how many bytes a file takes.
func allocated(info fs.FileInfo) int64 { return info.Size() }
