//go:build unix

package verify

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/git"
	"backstay.dev/backstay/internal/gittest"
	"backstay.dev/backstay/internal/platform"
)

// realVerifier runs on this machine, on checkouts of a repository.
func realVerifier(t *testing.T, r *gittest.Repo, o platform.LocalOptions, platforms ...Platform) *Verifier {
	t.Helper()
	repo, err := git.Open(t.Context(), r.Dir, git.Options{Env: gittest.Env(), Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	store, err := repo.NewStore(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	yard, err := platform.OpenYard(t.Context(), root, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.Scratch, err = yard.Folder("homes"); err != nil {
		t.Fatal(err)
	}
	if o.Path == "" {
		o.Path = "/usr/bin:/bin"
	}
	o.Lang = "C.UTF-8"
	var folders []string
	t.Cleanup(func() {
		for _, f := range folders {
			if _, err := os.Stat(f); !os.IsNotExist(err) {
				t.Errorf("%s is left: %v", f, err)
			}
		}
		if err := errors.Join(yard.Close(), store.Close()); err != nil {
			t.Error(err)
		}
	})
	m := platform.NewLocal(o)
	return &Verifier{
		Platforms: platforms,
		Machine:   func(Platform) (platform.Machine, error) { return m, nil },
		Checkout: func(ctx context.Context, dir, commit, tree string) error {
			return repo.Checkout(ctx, store, dir, commit, tree)
		},
		Store: store,
		Folder: func(name string) (string, error) {
			f, err := yard.Folder(name)
			folders = append(folders, f)
			return f, err
		},
		Logs: t.TempDir(), Cache: t.TempDir(),
	}
}

// onBranch is the backport that a branch is on what it stands on.
func onBranch(t *testing.T, r *gittest.Repo, target, branch, fix string) Subject {
	t.Helper()
	s := Subject{Name: branch, Target: tipOf(t, r, r.ID(target)), Backport: tipOf(t, r, r.ID(branch))}
	if fix != "" {
		s.Base, s.Original = tipOf(t, r, r.ID(fix)+"^").Tree, tipOf(t, r, r.ID(fix)).Tree
	}
	return s
}

func tipOf(t *testing.T, r *gittest.Repo, commit string) Tip {
	t.Helper()
	return Tip{commit, strings.TrimSpace(r.Git(t, "rev-parse", commit+"^{tree}"))}
}

const shellProject = `
-- commit on main: start --
-- file run.sh 755 --
#!/bin/sh
# Runs the tests given, or all.
[ $# -gt 0 ] || set -- tests/*.t
echo "TAP version 13"
n=0 bad=0
for t in "$@"; do
	n=$((n + 1))
	if sh "$t"; then echo "ok $n - $t"; else echo "not ok $n - $t"; bad=1; fi
done
echo "1..$n"
exit $bad
-- file value --
wrong
-- file tests/old.t --
test -f value
-- file tests/broken.t --
exit 1
-- branch release from main --
-- commit fix on main: the value is right --
-- file value --
right
-- file tests/value.t --
test "$(cat value)" = right
-- branch good from release --
-- commit on good: the value is right --
-- pick fix --
-- branch lone from release --
-- commit on lone: the value is right, without its test --
-- file value --
right
-- branch bad from release --
-- commit on bad: the value is another --
-- file value --
other
-- delete tests/old.t --
-- branch breaks from release --
-- commit on breaks: the value is right, elsewhere --
-- pick fix --
-- rename value -> elsewhere --
-- branch flaky from release --
-- commit on flaky: a test that fails once --
-- pick fix --
-- file tests/once.t --
test -f ran || { touch ran; exit 1; }
`

func TestRealShell(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, shellProject)
	before := r.State(t)
	p := Platform{Name: "sh", Test: [][]string{{"./run.sh"}}, Proof: []string{"./run.sh", "{files}"}}
	v := realVerifier(t, r, platform.LocalOptions{}, p)
	for _, test := range []struct {
		branch  string
		state   backport.RunState
		proof   backport.ProofState
		changes string
	}{
		{"good", backport.RunPassed, backport.Proven, "new tests/value.t"},
		{"lone", backport.RunPassed, backport.Proven, ""},
		{"bad", backport.RunFailed, backport.NotFixed, "gone tests/old.t"},
		{"breaks", backport.RunFailed, backport.NotFixed, "newly-failing tests/old.t, new tests/value.t"},
		{"flaky", backport.RunPassed, backport.Proven, "flaky tests/once.t, new tests/value.t"},
	} {
		run := verifyOne(t, v, onBranch(t, r, "release", test.branch, "fix"))
		var changes []string
		for _, c := range run.Changes {
			changes = append(changes, c.Kind+" "+c.Test)
		}
		if run.State != test.state || run.Proof.State != test.proof || strings.Join(changes, ", ") != test.changes {
			t.Errorf("%s: %s (%s), proof %s (%s), changes %q", test.branch, run.State, run.Detail, run.Proof.State, run.Proof.Text, changes)
		}
	}
	if run := verifyOne(t, v, onBranch(t, r, "release", "good", "fix")); !run.Cached || run.Proof.State != backport.Proven || run.Tests[backport.TestFailed] != 1 {
		t.Errorf("repeated: %+v", run)
	}
	if r.State(t) != before {
		t.Error("the user's repository is another now")
	}
}

func TestRealCancel(t *testing.T) {
	t.Parallel()
	r := gittest.New(t, "-- commit on main: start --\n-- file wait.sh 755 --\n#!/bin/sh\necho started\nsleep 1000 &\nwait\n")
	v := realVerifier(t, r, platform.LocalOptions{}, Platform{Name: "sh", Test: [][]string{{"./wait.sh"}}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
			logs, _ := filepath.Glob(filepath.Join(v.Logs, "*"+logSuffix))
			if len(logs) > 0 {
				if text, _ := os.ReadFile(logs[0]); string(text) == "started\n" {
					break
				}
			}
		}
		cancel()
	}()
	main := tipOf(t, r, r.ID("main"))
	runs, err := v.Verify(ctx, Subject{Name: "main", Target: main, Backport: main})
	if !errors.Is(err, context.Canceled) || len(runs) != 1 || runs[0].State != backport.RunError || runs[0].Detail != "cancelled" {
		t.Errorf("%+v, %v", runs, err)
	}
}

const goProject = `
-- commit on main: start --
-- file go.mod --
module example.org/m

go 1.21
-- file calc/calc.go --
package calc

func Half(n int) int { return n / 3 }
-- file calc/calc_test.go --
package calc

import "testing"

func TestZero(t *testing.T) {
	if Half(0) != 0 {
		t.Fatal("no zero")
	}
}
-- branch release from main --
-- commit fix on main: calc: a half is a half --
-- file calc/calc.go --
package calc

func Half(n int) int { return n / 2 }
-- edit calc/calc_test.go --
 		t.Fatal("no zero")
 	}
 }
+
+func TestHalf(t *testing.T) {
+	if Half(4) != 2 {
+		t.Fatal("no half")
+	}
+}
-- branch good from release --
-- commit on good: calc: a half is a half --
-- pick fix --
-- branch more from release --
-- commit on more: calc: a half is a half, and so is Part --
-- file calc/calc.go --
package calc

func Half(n int) int { return Part(n, 2) }

func Part(n, of int) int { return n/of + 1 }
-- edit calc/calc_test.go --
 		t.Fatal("no zero")
 	}
 }
+
+func TestPart(t *testing.T) {
+	if Part(4, 4) != 2 {
+		t.Fatal("no part")
+	}
+}
`

func TestRealGo(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go: ", err)
	}
	shared, err := exec.CommandContext(t.Context(), tool, "env", "GOCACHE").Output()
	if err != nil {
		t.Skip("no cache of go: ", err)
	}
	gocache := strings.TrimSpace(string(shared))
	r := gittest.New(t, goProject)
	p := Platform{
		Name: "go", Test: [][]string{{"go", "test", "./..."}}, Reruns: 1,
		Env: []string{"GOCACHE=" + gocache, "GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0"},
	}
	v := realVerifier(t, r, platform.LocalOptions{Path: filepath.Dir(tool) + ":/usr/bin:/bin", Writable: []string{gocache}}, p)

	run := verifyOne(t, v, onBranch(t, r, "release", "good", "fix"))
	if run.State != backport.RunPassed || run.Proof.State != backport.Proven || run.Tests[backport.TestPassed] == 0 {
		t.Errorf("good: %s (%s), tests %v, proof %+v", run.State, run.Detail, run.Tests, run.Proof)
		for _, s := range run.Steps {
			t.Logf("%s on %s: %q %s %s\n%s", s.Name, s.On, s.Command, s.State, s.Detail, s.Tail)
		}
	}
	run = verifyOne(t, v, onBranch(t, r, "release", "more", ""))
	if run.State != backport.RunFailed || run.Detail != "example.org/m/calc.TestZero newly fails" && !strings.HasPrefix(run.Detail, "example.org/m/calc") ||
		run.Proof.State != backport.TestDoesNotBuild || !strings.Contains(run.Proof.Text, "undefined: Part") {
		t.Errorf("more: %s (%s), changes %+v, proof %+v", run.State, run.Detail, run.Changes, run.Proof)
	}
}
