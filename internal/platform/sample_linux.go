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

// descendant is a process that this one, or one of its descendants, started.
type descendant struct{ pid, group int }

// descendants are the processes that this one started, and those that they did.
func descendants() []descendant {
	children := map[int][]descendant{}
	for _, pid := range ownTable.others(os.Getpid()) {
		if t := ownTable.status(pid); t.parent > 0 {
			children[t.parent] = append(children[t.parent], descendant{pid, t.group})
		}
	}
	var found []descendant
	for next := []int{os.Getpid()}; len(next) > 0; {
		under := children[next[0]]
		delete(children, next[0])
		next = next[1:]
		for _, d := range under {
			next = append(next, d.pid)
		}
		found = append(found, under...)
	}
	return found
}

// taken is what the kernel says of one process.
type taken struct {
	parent, group, threads, user int
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
		case "NSpgid":
			t.group = int(n)
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

// killing bounds how long killDescendants tries to stop and then to end them: long,
// because what it gives up lives on, and the machine may be a busy one.
const killing = 30 * time.Second

// killDescendants ends all that this process started. A process group is ended in
// one go, and none of it can start another meanwhile. What leaves its group and
// starts others all the time is stopped first, until nothing new comes.
func killDescendants() {
	if childless() {
		return
	}
	killAll(descendants())
	stopped := map[int]bool{}
	for end := time.Now().Add(killing); time.Now().Before(end) && !childless(); {
		before := len(stopped)
		for _, d := range descendants() {
			if !stopped[d.pid] {
				stopped[d.pid] = true
				_ = unix.Kill(d.pid, unix.SIGSTOP)
			}
		}
		if len(stopped) == before {
			break
		}
	}
	// While processes change parents some are missed: that none is left only the
	// kernel knows.
	for end := time.Now().Add(killing); time.Now().Before(end) && !childless(); time.Sleep(time.Millisecond) {
		killAll(descendants())
	}
}

// killAll ends processes with their process groups.
func killAll(all []descendant) {
	ended := map[int]bool{0: true, unix.Getpgrp(): true}
	for _, d := range all {
		if !ended[d.group] {
			ended[d.group] = true
			_ = unix.Kill(-d.group, unix.SIGKILL)
		}
	}
	for _, d := range all {
		_ = unix.Kill(d.pid, unix.SIGKILL)
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
