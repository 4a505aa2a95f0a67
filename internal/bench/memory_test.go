package bench

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what a tree of processes holds, in bytes (proc_pid_smaps(5)).
// Several processes of git map the same pack: proportional counts it once,
// resident in each; anonymous is what was allocated.
type usage struct{ proportional, anonymous, resident int64 }

func (u usage) max(o usage) usage {
	return usage{max(u.proportional, o.proportional), max(u.anonymous, o.anonymous), max(u.resident, o.resident)}
}

// watch looks at a child of a process and all its descendants every 20 ms until
// ctx ends, and then tells the peaks. On systems without /proc they are 0.
func watch(ctx context.Context, parent int, binary string) <-chan usage {
	out := make(chan usage, 1)
	go func() {
		var most usage
		for ctx.Err() == nil {
			var now usage
			for _, pid := range family(parent, binary) {
				now.add(pid)
			}
			most = most.max(now)
			time.Sleep(20 * time.Millisecond)
		}
		out <- most
	}()
	return out
}

// family lists the children of a process that run a program, and their
// descendants.
func family(parent int, binary string) []int {
	children := map[int][]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		f := strings.Fields(rest)
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if len(f) < 2 || err != nil {
			continue
		}
		if ppid, err := strconv.Atoi(f[1]); err == nil {
			children[ppid] = append(children[ppid], pid)
		}
	}
	var out, open []int
	for _, pid := range children[parent] {
		if exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil && exe == binary {
			open = append(open, pid)
		}
	}
	for len(open) > 0 {
		pid := open[0]
		open = append(open[1:], children[pid]...)
		out = append(out, pid)
	}
	return out
}

func (u *usage) add(pid int) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var key string
		var kilobytes int64
		if n, _ := fmt.Sscan(lines.Text(), &key, &kilobytes); n < 2 {
			continue
		}
		switch key {
		case "Rss:":
			u.resident += kilobytes << 10
		case "Pss:":
			u.proportional += kilobytes << 10
		case "Anonymous:":
			u.anonymous += kilobytes << 10
		}
	}
}
