package platform

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// runs are the places below /run that programs need, and that no service listens
// at: name resolution, and the system's own programs where they are there.
func runs() []string {
	return []string{
		"/run/systemd/resolve", "/run/resolvconf", "/run/NetworkManager/resolv.conf", "/run/NetworkManager/no-stub-resolv.conf",
		"/run/current-system", "/run/booted-system", "/run/opengl-driver",
	}
}

// devices are the files of /dev that a build may use.
func devices() []string {
	return []string{"null", "zero", "full", "random", "urandom"}
}

// shmSize is the size of /dev/shm, in bytes.
const shmSize = 1 << 30

// furnish makes the mount namespace that this process was started in a room for
// a command: everything can be read only, /tmp, /dev, /run and /proc are its own,
// and what is hidden is empty. What was mounted below stays unreachable: mounts
// that a namespace got from a more privileged one cannot be taken apart, and the
// command has no privilege in this one.
func furnish(r room) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	kept, err := keep(r)
	if err != nil {
		return err
	}
	// A device file can be written on a read-only mount, too, and other systems'
	// folders have some.
	if err := restrict("/", unix.AT_RECURSIVE, unix.MOUNT_ATTR_RDONLY|unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV); err != nil {
		return fmt.Errorf("make mounts read-only: %w", err)
	}
	covers, err := cover(r)
	if err != nil {
		return err
	}
	if err := processes(); err != nil {
		return err
	}
	for _, k := range kept {
		if err := k.attach(); err != nil {
			return fmt.Errorf("mount %s: %w", k.path, err)
		}
	}
	for _, c := range covers {
		err := restrict(c, 0, unix.MOUNT_ATTR_RDONLY)
		if errors.Is(err, fs.ErrNotExist) {
			continue // below /tmp, whose own is not there any more
		}
		if err != nil {
			return fmt.Errorf("make %s read-only: %w", c, err)
		}
	}
	return os.Chdir("/")
}

func restrict(path string, flags uint, attributes uint64) error {
	return unix.MountSetattr(unix.AT_FDCWD, path, flags, &unix.MountAttr{Attr_set: attributes})
}

// mount is a copy of a file or folder's mount that is not attached anywhere yet.
type mount struct {
	path   string
	folder bool
	fd     int
}

// keep copies the mounts of what stays as it is, before everything around it
// changes. They are in the order in which they can be attached.
func keep(r room) ([]mount, error) {
	places := []place{}
	for _, to := range []string{"/tmp", "/var/tmp"} {
		if real, err := filepath.EvalSymlinks(to); err == nil && real == to {
			places = append(places, place{r.Temp, to, false})
		}
	}
	for to, from := range map[string]string{roomTree: r.Tree, roomHome: r.Home} {
		if from != "" {
			places = append(places, place{from, to, false})
		}
	}
	for _, path := range r.Writable {
		places = append(places, place{path, path, false})
	}
	for _, path := range slices.Concat(r.Readable, runs()) {
		places = append(places, place{path, path, true})
	}
	for _, name := range devices() {
		places = append(places, place{"/dev/" + name, "/dev/" + name, false})
	}
	var kept []mount
	for _, p := range places {
		m, err := p.copy()
		if errors.Is(err, fs.ErrNotExist) && p.readOnly {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("copy the mount of %s: %w", p.from, err)
		}
		kept = append(kept, m)
	}
	slices.SortStableFunc(kept, func(a, b mount) int { return len(a.path) - len(b.path) })
	return kept, nil
}

// place is a file or folder, and where a command finds it.
type place struct {
	from, to string
	readOnly bool
}

// copy copies a place's mount. On the way to one that may be written no link is
// followed: a command that ran before may have put it there.
func (p place) copy() (mount, error) {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC}
	if !p.readOnly {
		how.Resolve = unix.RESOLVE_NO_SYMLINKS
	}
	at, err := unix.Openat2(unix.AT_FDCWD, p.from, &how)
	if err != nil {
		return mount{}, err
	}
	defer func() { _ = unix.Close(at) }() // it was only looked at
	var info unix.Stat_t
	if err := unix.Fstat(at, &info); err != nil {
		return mount{}, err
	}
	fd, err := unix.OpenTree(at, "", unix.AT_EMPTY_PATH|unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return mount{}, err
	}
	m := mount{path: p.to, folder: info.Mode&unix.S_IFMT == unix.S_IFDIR, fd: fd}
	attributes := uint64(unix.MOUNT_ATTR_NOSUID)
	if p.readOnly {
		attributes |= unix.MOUNT_ATTR_RDONLY
	}
	if kind := info.Mode & unix.S_IFMT; kind != unix.S_IFCHR && kind != unix.S_IFBLK {
		attributes |= unix.MOUNT_ATTR_NODEV
	}
	return m, unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: attributes})
}

func (m mount) attach() error {
	defer func() { _ = unix.Close(m.fd) }() // the mount stays
	// The place is there, or it can be made: below it is /tmp, or a cover.
	if err := os.MkdirAll(filepath.Dir(m.path), 0o755); err != nil {
		return err
	}
	if _, err := os.Lstat(m.path); errors.Is(err, fs.ErrNotExist) {
		if m.folder {
			err = os.Mkdir(m.path, 0o755)
		} else {
			err = os.WriteFile(m.path, nil, 0o644)
		}
		if err != nil {
			return err
		}
	}
	return unix.MoveMount(m.fd, "", unix.AT_FDCWD, m.path, unix.MOVE_MOUNT_F_EMPTY_PATH)
}

// cover puts empty folders on what is not to be seen. They have to be made
// read-only when what is kept has been attached to them.
func cover(r room) (covers []string, err error) {
	empty := func(path, options string) error {
		if err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, options); err != nil {
			return fmt.Errorf("cover %s: %w", path, err)
		}
		return nil
	}
	hidden := slices.Clone(r.Hidden)
	slices.SortFunc(hidden, func(a, b string) int { return len(a) - len(b) })
	for _, path := range append([]string{"/run"}, hidden...) {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case info.IsDir():
			if err := empty(path, "mode=0755,size=1m,nr_inodes=1k"); err != nil {
				return nil, err
			}
			covers = append(covers, path)
		case info.Mode().IsRegular():
			if err := unix.Mount("/dev/null", path, "", unix.MS_BIND, ""); err != nil {
				return nil, fmt.Errorf("cover %s: %w", path, err)
			}
			// It is to be empty, and not closed.
			if err := unix.MountSetattr(unix.AT_FDCWD, path, 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_NODEV}); err != nil {
				return nil, fmt.Errorf("cover %s: %w", path, err)
			}
		}
	}
	if err := empty("/dev", "mode=0755,size=64k,nr_inodes=1k"); err != nil {
		return nil, err
	}
	for _, dir := range []string{"/dev/shm", "/dev/pts"} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
	}
	if err := empty("/dev/shm", "mode=1777,size="+strconv.Itoa(shmSize)); err != nil {
		return nil, err
	}
	if err := unix.Mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"); err != nil {
		return nil, fmt.Errorf("mount terminals: %w", err)
	}
	for _, link := range [][2]string{
		{"pts/ptmx", "ptmx"}, {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"}, {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"},
	} {
		if err := os.Symlink(link[0], filepath.Join("/dev", link[1])); err != nil {
			return nil, err
		}
	}
	return append(covers, "/dev"), nil
}

// processes mounts a /proc that has this namespace's processes, and in which
// nothing of the kernel can be set. The superuser needs no privilege for some of
// that, only the right to write: which files those are is the kernel's and its
// modules' choice.
func processes() error {
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("mount processes: %w", err)
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return fmt.Errorf("list the kernel's files: %w", err)
	}
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err == nil || e.Type()&fs.ModeSymlink != 0 {
			continue
		}
		path := "/proc/" + e.Name()
		info, err := e.Info()
		if err != nil || !info.IsDir() && info.Mode()&0o222 == 0 {
			continue
		}
		if err := unix.Mount(path, path, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount %s: %w", path, err)
		}
		if err := restrict(path, 0, unix.MOUNT_ATTR_RDONLY); err != nil {
			return fmt.Errorf("make %s read-only: %w", path, err)
		}
	}
	return nil
}

// loopback brings a new network's own device up: tests talk to 127.0.0.1.
func loopback() error {
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(s) }() // nothing was sent
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo)
}

// dropPrivileges leaves a superuser's command those privileges that builds and
// packages use on files and users of their own: those that container engines
// leave by default, but for raw sockets and device files.
func dropPrivileges() error {
	left := []int{
		unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_KILL, unix.CAP_SETGID, unix.CAP_SETUID,
		unix.CAP_SETPCAP, unix.CAP_NET_BIND_SERVICE, unix.CAP_SYS_CHROOT, unix.CAP_SETFCAP,
	}
	for c := 0; ; c++ {
		has, err := unix.PrctlRetInt(unix.PR_CAPBSET_READ, uintptr(c), 0, 0, 0)
		if err != nil {
			break // there are no more
		}
		if has == 0 || slices.Contains(left, c) {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0); err != nil {
			return fmt.Errorf("drop privilege %d: %w", c, err)
		}
	}
	// What is inheritable would be kept.
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("drop privileges: %w", err)
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&header, &caps[0]); err != nil {
		return fmt.Errorf("read privileges: %w", err)
	}
	caps[0].Inheritable, caps[1].Inheritable = 0, 0
	if err := unix.Capset(&header, &caps[0]); err != nil {
		return fmt.Errorf("drop privileges: %w", err)
	}
	return nil
}
