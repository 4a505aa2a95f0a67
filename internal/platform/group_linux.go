package platform

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// group is the control groups that bound one command's processes, below this
// process's own where that can be: what bounds Backstay bounds them, too. A nil
// group bounds nothing.
type group struct {
	mu      sync.Mutex
	folders []groupFolder
	// last is what over said before the folders were removed.
	last string
}

// groupFolder is one control group. Its folder is locked for as long as this
// process lives, so that others can tell what was left behind.
type groupFolder struct {
	path string
	lock *os.File
	held held
}

// held says which limits are seen to.
type held struct{ processes, memory bool }

// setting is a limit as the kernel takes it.
type setting struct {
	file, value string
	// optional settings may fail.
	optional bool
}

// newGroup makes control groups where they can be made: of version 1, one for
// each controller, or of version 2. A memory of 0 is no limit.
func newGroup(processes int, memory int64) *group {
	g := &group{}
	own := ownGroups("/proc/self/cgroup", "/proc/self/mountinfo")
	pids := setting{file: "pids.max", value: strconv.Itoa(processes + ownThreads)}
	bytes := strconv.FormatInt(memory, 10)
	if parent := own["pids"]; parent != "" {
		g.make(parent, held{processes: true}, pids)
	}
	if parent := own["memory"]; parent != "" && memory > 0 {
		g.make(parent, held{memory: true},
			setting{file: "memory.limit_in_bytes", value: bytes}, setting{"memory.memsw.limit_in_bytes", bytes, true})
	}
	if own[""] == "" || own["pids"] != "" || own["memory"] != "" {
		return g
	}
	settings, holds := []setting{pids}, held{true, memory > 0}
	if memory > 0 {
		settings = append(settings, setting{file: "memory.max", value: bytes},
			setting{"memory.swap.max", "0", true}, setting{"memory.oom.group", "1", true})
	}
	for _, parent := range unifiedParents(own[""]) {
		if g.make(parent, holds, settings...) {
			break
		}
	}
	return g
}

// unifiedParents are where a group of version 2 can be: below this process's
// own, or beside it where that has no limits of its own. The kernel gives no
// limits to groups below one that has processes.
func unifiedParents(own string) []string {
	parents := []string{own}
	for _, file := range []string{"memory.max", "pids.max"} {
		if limit, err := os.ReadFile(filepath.Join(own, file)); err != nil || string(bytes.TrimSpace(limit)) != "max" {
			return parents
		}
	}
	return append(parents, filepath.Dir(own))
}

// ownGroups are the folders of this process's control groups by controller, ""
// for version 2. The arguments are the kernel's files that tell.
func ownGroups(groups, mounts string) map[string]string {
	paths, own := map[string]string{}, map[string]string{}
	text, err := os.ReadFile(groups)
	if err != nil {
		return own
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3); len(f) == 3 {
			for controller := range strings.SplitSeq(f[1], ",") {
				paths[controller] = f[2]
			}
		}
	}
	if text, err = os.ReadFile(mounts); err != nil {
		return own
	}
	for line := range strings.Lines(string(text)) {
		left, right, _ := strings.Cut(line, " - ")
		l, r := strings.Fields(left), strings.Fields(right)
		if len(l) < 5 || len(r) < 3 {
			continue
		}
		controllers := []string{}
		switch r[0] {
		case "cgroup":
			controllers = strings.Split(r[2], ",")
		case "cgroup2":
			controllers = []string{""}
		}
		for _, c := range controllers {
			path, ok := paths[c]
			// A container may have only its own part of the hierarchy mounted.
			if below, err := filepath.Rel(l[3], path); ok && err == nil && filepath.IsLocal(below) {
				own[c] = filepath.Join(l[4], below)
			}
		}
	}
	return own
}

// make makes one control group and reports whether it did.
func (g *group) make(parent string, holds held, settings ...setting) bool {
	sweepGroups(parent)
	for range 3 {
		path, err := os.MkdirTemp(parent, groupPrefix)
		if err != nil {
			return false
		}
		lock := lockGroup(path)
		if lock == nil {
			continue // another process took it for one that was left behind
		}
		for _, s := range settings {
			if err := setGroup(path, s); err != nil {
				_ = os.Remove(path)
				_ = lock.Close()
				return false
			}
		}
		g.folders = append(g.folders, groupFolder{path, lock, holds})
		return true
	}
	return false
}

// groupPrefix begins the names of control groups.
const groupPrefix = "backstay-"

// lockGroup locks a folder that is there, or gives nil.
func lockGroup(path string) *os.File {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	locked, err := f.Stat()
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	there, statErr := os.Stat(path)
	if err != nil || statErr != nil || !os.SameFile(locked, there) {
		_ = f.Close()
		return nil
	}
	return f
}

// sweepGroups removes control groups that dead processes left below another.
func sweepGroups(parent string) {
	left, _ := filepath.Glob(filepath.Join(parent, groupPrefix+"*")) // the pattern is one
	for _, path := range left {
		if lock := lockGroup(path); lock != nil {
			_ = removeGroup(path) // fails where processes are still ending
			_ = lock.Close()
		}
	}
}

// removeGroup removes a control group, with those that a Backstay in it left, and
// ends the processes that are still in it. The last ones may need a while.
func removeGroup(path string) error {
	sweepGroups(path)
	_ = setGroup(path, setting{file: "pids.max", value: "0"}) // it may be another controller's
	if setGroup(path, setting{file: "cgroup.kill", value: "1"}) != nil {
		left, _ := os.ReadFile(filepath.Join(path, "cgroup.procs")) // no process, or gone
		for word := range strings.FieldsSeq(string(left)) {
			if pid, err := strconv.Atoi(word); err == nil && pid > 0 && pid != os.Getpid() {
				_ = unix.Kill(pid, unix.SIGKILL)
			}
		}
	}
	return os.Remove(path)
}

func setGroup(path string, s setting) error {
	f, err := os.OpenFile(filepath.Join(path, s.file), os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(s.value)
		_ = f.Close() // the kernel has answered
	}
	if s.optional {
		return nil
	}
	return err
}

// add puts a process into the groups, and says what they see to.
func (g *group) add(pid int) (all held) {
	if g == nil {
		return all
	}
	for _, f := range g.folders {
		if setGroup(f.path, setting{file: "cgroup.procs", value: strconv.Itoa(pid)}) == nil {
			all.processes = all.processes || f.held.processes
			all.memory = all.memory || f.held.memory
		}
	}
	return all
}

// over is the limit that the kernel has refused to go over, or "".
func (g *group) over() string {
	if g == nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.refused()
}

func (g *group) refused() string {
	for _, f := range g.folders {
		switch {
		case f.held.memory && (counter(f.path, "memory.events", "oom_kill") > 0 || counter(f.path, "memory.oom_control", "oom_kill") > 0):
			return limitMemory
		case f.held.processes && counter(f.path, "pids.events", "max") > 0:
			return limitProcesses
		}
	}
	return g.last
}

// counter is a number in one of the kernel's files, 0 where it is not there.
func counter(folder, file, name string) int64 {
	text, err := os.ReadFile(filepath.Join(folder, file))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == name {
			n, _ := strconv.ParseInt(f[1], 10, 64) // the kernel writes numbers
			return n
		}
	}
	return 0
}

// remove removes the groups; their processes have ended.
func (g *group) remove() {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = g.refused()
	for _, f := range g.folders {
		// The kernel may not have counted the last process out yet.
		for wait := time.Millisecond; removeGroup(f.path) != nil && wait < time.Second; wait *= 2 {
			time.Sleep(wait)
		}
		_ = f.lock.Close() // what is still there is swept later
	}
	g.folders = nil
}
