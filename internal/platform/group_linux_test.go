package platform

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOwnGroups(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, groups, mounts string
		want                 map[string]string
	}{
		{
			"version 1", "8:pids:/a\n4:memory:/b/c\n2:cpu,cpuacct:/\n0::/\n",
			"30 24 0:26 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n" +
				"31 24 0:27 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n" +
				"32 24 0:28 / /sys/fs/cgroup/cpu rw - cgroup none rw,cpu,cpuacct\n",
			map[string]string{"pids": "/sys/fs/cgroup/pids/a", "memory": "/sys/fs/cgroup/memory/b/c", "cpu": "/sys/fs/cgroup/cpu", "cpuacct": "/sys/fs/cgroup/cpu"},
		},
		{
			"version 2", "0::/user.slice/user@1000.service/app.slice/x:y.scope\n",
			"35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
			map[string]string{"": "/sys/fs/cgroup/user.slice/user@1000.service/app.slice/x:y.scope"},
		},
		{
			"a container's part", "8:pids:/docker/1234\n", "30 24 0:26 /docker/1234 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n",
			map[string]string{"pids": "/sys/fs/cgroup/pids"},
		},
		{
			"another's part", "8:pids:/docker/1234\n", "30 24 0:26 /docker/5678 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n",
			map[string]string{},
		},
		{"nonsense", "8\n::\n\n", "1 2 3\n - \n - cgroup2\n", map[string]string{}},
	} {
		dir := t.TempDir()
		groups, mounts := filepath.Join(dir, "cgroup"), filepath.Join(dir, "mountinfo")
		for path, text := range map[string]string{groups: c.groups, mounts: c.mounts} {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if got := ownGroups(groups, mounts); !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := ownGroups("/nothing", "/nothing"); len(got) > 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// A group beside this process's own is none that frees it from a limit.
func TestUnifiedParents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		memory, pids string
		beside       bool
	}{{"max\n", "max\n", true}, {"max\n", "100\n", false}, {"1000\n", "max\n", false}, {"", "", false}} {
		own := filepath.Join(t.TempDir(), "own")
		if err := os.Mkdir(own, 0o700); err != nil {
			t.Fatal(err)
		}
		for name, limit := range map[string]string{"memory.max": c.memory, "pids.max": c.pids} {
			if limit == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(own, name), []byte(limit), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want := []string{own}
		if c.beside {
			want = append(want, filepath.Dir(own))
		}
		if got := unifiedParents(own); !slices.Equal(got, want) {
			t.Errorf("%q, %q: %v, want %v", c.memory, c.pids, got, want)
		}
	}
}

// Groups of who is alive stay, those of the dead go, also one within another.
func TestGroupsAreSwept(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	alive := &group{}
	if !alive.make(root, held{}) {
		t.Fatal("no group")
	}
	dead := filepath.Join(root, groupPrefix+"1")
	if err := os.MkdirAll(filepath.Join(dead, groupPrefix+"2"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "mine"), 0o700); err != nil {
		t.Fatal(err)
	}
	next := &group{}
	if next.make(root, held{}, setting{file: "not-there", value: "1"}) || !next.make(root, held{}, setting{"not-there", "1", true}) {
		t.Error("settings that must be")
	}
	left, err := os.ReadDir(root)
	if err != nil || len(left) != 3 {
		t.Errorf("%v, %v", left, err)
	}
	next.remove()
	alive.remove()
	if left, err := os.ReadDir(root); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
	var none *group
	none.remove()
	if none.over() != "" || none.add(1).processes {
		t.Error("no group does something")
	}
}

// What looking finds, where no control group counts.
func TestOver(t *testing.T) {
	t.Parallel()
	self := []int{os.Getpid()}
	for _, c := range []struct {
		pids      []int
		processes int
		memory    int64
		want      string
	}{
		{self, 0, 0, ""},
		{self, 1000, 1 << 40, ""},
		{self, 1, 0, limitProcesses},
		{self, 0, 1 << 10, limitMemory},
		{[]int{1, 2, 3}, 2, 0, limitProcesses},
		{[]int{1 << 30}, 1, 1, ""},
	} {
		if got := ownTable.over(c.pids, c.processes, c.memory); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
