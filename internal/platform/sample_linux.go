package platform

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// processTable is a folder that has the kernel's files about processes: this
// process's own, or another namespace's.
type processTable string

// ownTable is that of the processes that this one can see.
const ownTable processTable = "/proc"

// others are the processes there, but one.
func (p processTable) others(but int) []int {
	f, err := os.Open(string(p))
	if err != nil {
		return nil
	}
	defer f.Close()
	names, _ := f.Readdirnames(-1) // what was read before an error counts
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil && pid != but {
			pids = append(pids, pid)
		}
	}
	return pids
}

// descendants are the processes that this one started, and those that they did.
func descendants() []int {
	children := map[int][]int{}
	for _, pid := range ownTable.others(os.Getpid()) {
		if parent := ownTable.status(pid).parent; parent > 0 {
			children[parent] = append(children[parent], pid)
		}
	}
	var found []int
	for next := []int{os.Getpid()}; len(next) > 0; {
		under := children[next[0]]
		delete(children, next[0])
		next = append(next[1:], under...)
		found = append(found, under...)
	}
	return found
}

// taken is what the kernel says of one process.
type taken struct {
	parent, threads, user int
	// memory is in bytes, pages that others share with it counted in full.
	memory int64
}

func (p processTable) status(pid int) taken {
	var t taken
	text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "status"))
	if err != nil {
		return t // it is gone
	}
	for line := range bytes.Lines(text) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		fields := bytes.Fields(value)
		if len(fields) == 0 {
			continue
		}
		n, _ := strconv.ParseInt(string(fields[0]), 10, 64) // other fields may be no number
		switch string(name) {
		case "PPid":
			t.parent = int(n)
		case "Uid":
			t.user = int(n)
		case "Threads":
			t.threads = int(n)
		case "RssAnon", "RssShmem":
			t.memory += n << 10
		}
	}
	return t
}

// over is the limit that these processes are over, or "". A limit of 0 is none.
func (p processTable) over(pids []int, processes int, memory int64) string {
	if processes > 0 && len(pids) > processes {
		return limitProcesses
	}
	threads, sum := 0, int64(0)
	for _, pid := range pids {
		t := p.status(pid)
		threads += max(t.threads, 1)
		sum += t.memory
	}
	switch {
	case processes > 0 && threads > processes:
		return limitProcesses
	case memory > 0 && sum > memory && p.proportional(pids, memory) > memory:
		return limitMemory
	}
	return ""
}

// proportional is the memory of processes, in bytes, shared pages counted once.
// The kernel walks page tables for that, so it is asked only when the quick sum
// is too high already.
func (p processTable) proportional(pids []int, enough int64) (sum int64) {
	for _, pid := range pids {
		text, err := os.ReadFile(filepath.Join(string(p), strconv.Itoa(pid), "smaps_rollup"))
		if err != nil {
			// Gone, or of another user: then the quick sum has to do.
			sum += p.status(pid).memory
			continue
		}
		for line := range bytes.Lines(text) {
			name, value, _ := bytes.Cut(line, []byte(":"))
			if fields := bytes.Fields(value); len(fields) > 0 && (string(name) == "Pss_Anon" || string(name) == "Pss_Shmem") {
				n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
				sum += n << 10
			}
		}
		if sum > enough {
			return sum
		}
	}
	return sum
}

// killing bounds how long killDescendants tries.
const killing = 5 * time.Second

// killDescendants ends all that this process started. What starts others all the
// time is stopped first, until nothing new comes.
func killDescendants() {
	if childless() {
		return
	}
	stopped := map[int]bool{}
	for end := time.Now().Add(killing); time.Now().Before(end); {
		before := len(stopped)
		for _, pid := range descendants() {
			if !stopped[pid] {
				stopped[pid] = true
				_ = unix.Kill(pid, unix.SIGSTOP)
			}
		}
		if len(stopped) == before {
			break
		}
	}
	// While processes change parents some are missed: that none is left only the
	// kernel knows.
	for end := time.Now().Add(killing); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, pid := range descendants() {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		if childless() {
			return
		}
	}
}

// childless reaps, and reports whether no child is left.
func childless() bool {
	for {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		if err == unix.EINTR {
			continue
		}
		if err != nil || pid == 0 {
			return err == unix.ECHILD
		}
	}
}
