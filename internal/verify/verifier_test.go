package verify

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
)

// simple prepares, builds and tests.
var simple = Platform{
	Name: "here", Kind: Local,
	Prepare: [][]string{{"fetch"}}, Build: [][]string{{"make"}}, Test: [][]string{{"check"}},
}

func verifyOne(t *testing.T, v *Verifier, s Subject) backport.Run {
	t.Helper()
	runs, err := v.Verify(t.Context(), s)
	if err != nil || len(runs) != len(v.Platforms) {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs[0]
}

// TestRegression has what the tests of target and backport say, and what is made
// of it.
func TestRegression(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		// old and new are what "check" says on the trees; later runs of it on the
		// new one are in again, on the old one in oldAgain.
		old, new        string
		again, oldAgain []string
		state           backport.RunState
		changes         string // "kind test", one a line
		detail          string
		blamed          bool
		uncached        bool
	}{
		{name: "all pass", old: "+a +b", new: "+a +b", state: backport.RunPassed},
		{name: "fixed", old: "+a -b", new: "+a +b", state: backport.RunPassed, changes: "newly-passing b"},
		{name: "new test", old: "+a", new: "+a +b", state: backport.RunPassed, changes: "new b"},
		{name: "gone and skipped", old: "+a +b +c", new: "+a ~c", state: backport.RunPassed, changes: "gone b\nnewly-skipped c"},
		{name: "newly failing", old: "+a +b", new: "+a -b", state: backport.RunFailed, changes: "newly-failing b", detail: "b newly fails", blamed: true},
		{name: "new and failing", old: "+a", new: "+a -b", state: backport.RunFailed, changes: "new b", detail: "b newly fails", blamed: true},
		{
			name: "four newly failing", old: "+a +b +c +d", new: "-a -b -c -d", state: backport.RunFailed,
			changes: "newly-failing a\nnewly-failing b\nnewly-failing c\nnewly-failing d", detail: "a, b, c and 1 more newly fail", blamed: true,
		},
		{name: "fails on both", old: "+a -b", new: "+a -b", state: backport.RunPassed, detail: "b fails on the target as well"},
		{name: "fails on both and one more", old: "+a -b", new: "-a -b", state: backport.RunFailed, changes: "newly-failing a", detail: "a newly fails", blamed: true},
		{name: "fails on both and one is gone", old: "+a -b +c", new: "+a -b", state: backport.RunFailed, changes: "gone c", detail: "not seen any more", blamed: true},
		{name: "flaky with the backport", old: "+a +b", new: "+a -b", again: []string{"+a +b"}, state: backport.RunPassed, changes: "flaky b", uncached: true},
		{name: "flaky without it", old: "+a +b", new: "+a -b", oldAgain: []string{"+a +b", "+a -b"}, state: backport.RunPassed, changes: "flaky b", uncached: true},
		{name: "flaky beside a failing one", old: "+a +b", new: "-a -b", again: []string{"-a +b"}, state: backport.RunFailed, changes: "newly-failing a\nflaky b", detail: "a newly fails", blamed: true, uncached: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, command string, n int) (string, int) {
				if command != "check" {
					return "", 0
				}
				first, later := test.old, test.oldAgain
				if tree == "new" {
					first, later = test.new, test.again
				}
				if n > 1 && len(later) > 0 {
					first = later[min(n-2, len(later)-1)]
				}
				return tap(first), tapExit(first)
			}}
			v := l.verifier(t, simple)
			all, err := v.verify(t.Context(), onto, v.Platforms)
			if err != nil {
				t.Fatal(err)
			}
			run := all[0].Run
			var changes []string
			for _, c := range run.Changes {
				changes = append(changes, c.Kind+" "+c.Test)
				if c.Kind == "flaky" && (c.Text == "" || c.Reruns == 0) {
					t.Errorf("a flaky test says nothing: %+v", c)
				}
			}
			if run.State != test.state || !strings.Contains(run.Detail, test.detail) || test.detail == "" && run.Detail != "" || all[0].Blamed != test.blamed {
				t.Errorf("%s (%q), blamed %v; want %s (%q), %v", run.State, run.Detail, all[0].Blamed, test.state, test.detail, test.blamed)
			}
			if diff := cmp.Diff(test.changes, strings.Join(changes, "\n")); diff != "" {
				t.Errorf("changes: %s", diff)
			}
			l.commands()
			again := verifyOne(t, v, onto)
			if again.Cached == test.uncached || (len(l.commands()) > 0) != test.uncached {
				t.Errorf("a repeat is from the cache: %v", again.Cached)
			}
		})
	}
}

// TestExitCodes has commands that say nothing of single tests.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		fails  []string // "tree: command" or "tree: command 2" for the second run only
		state  backport.RunState
		detail string
		blamed bool
		ran    string // what ran, on old as upper case
	}{
		{name: "green", state: backport.RunPassed, ran: "fetch make check"},
		{name: "tests fail", fails: []string{"new: check"}, state: backport.RunFailed, detail: "check newly fails", blamed: true, ran: "fetch make check FETCH MAKE CHECK check check CHECK CHECK"},
		{name: "tests fail once", fails: []string{"new: check 1"}, state: backport.RunPassed, ran: "fetch make check FETCH MAKE CHECK check CHECK CHECK"},
		{name: "tests fail on both", fails: []string{"new: check", "old: check"}, state: backport.RunFailed, detail: "check fails on the target as well", ran: "fetch make check FETCH MAKE CHECK"},
		{name: "build fails", fails: []string{"new: make"}, state: backport.RunFailed, detail: "build fails", blamed: true, ran: "fetch make FETCH MAKE CHECK"},
		{name: "build fails on both", fails: []string{"new: make", "old: make"}, state: backport.RunFailed, detail: "build fails on the target as well", ran: "fetch make FETCH MAKE"},
		{name: "preparing fails on both", fails: []string{"new: fetch", "old: fetch"}, state: backport.RunFailed, detail: "prepare fails on the target as well", ran: "fetch FETCH"},
		{name: "target does not build", fails: []string{"new: check", "old: make"}, state: backport.RunFailed, detail: "the target could not be tested: build fails", blamed: true, ran: "fetch make check FETCH MAKE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, command string, n int) (string, int) {
				what := tree + ": " + command
				if slices.Contains(test.fails, what) || n == 1 && slices.Contains(test.fails, what+" 1") {
					return "line\nit fails\n", 2
				}
				return "fine\n", 0
			}}
			v := l.verifier(t, simple)
			all, err := v.verify(t.Context(), onto, v.Platforms)
			if err != nil {
				t.Fatal(err)
			}
			run := all[0].Run
			if run.State != test.state || run.Detail != test.detail || all[0].Blamed != test.blamed {
				t.Errorf("%s (%q), blamed %v; want %s (%q), %v", run.State, run.Detail, all[0].Blamed, test.state, test.detail, test.blamed)
			}
			if run.Tests != nil {
				t.Errorf("tests are counted: %v", run.Tests)
			}
			var ran []string
			for _, c := range l.commands() {
				tree, command, _ := strings.Cut(c, ": ")
				if tree == "old" {
					command = strings.ToUpper(command)
				}
				ran = append(ran, command)
			}
			if got := strings.Join(ran, " "); got != test.ran {
				t.Errorf("ran %s, want %s", got, test.ran)
			}
			if len(run.Steps) != len(ran) {
				t.Errorf("%d steps of %d commands", len(run.Steps), len(ran))
			}
			for _, s := range run.Steps {
				text, err := os.ReadFile(s.Log)
				if err != nil {
					t.Fatal(err)
				}
				tail := "line\nit fails"
				if s.On == onTarget && s.Name == testStep {
					tail = "" // it says nothing of the backport
				}
				if s.State == backport.RunFailed && (s.Tail != tail || s.Exit != 2 || string(text) != "line\nit fails\n") {
					t.Errorf("failed step %+v with log %q", s, text)
				}
				if s.State == backport.RunPassed && (s.Tail != "" || string(text) != "fine\n") {
					t.Errorf("step %+v with log %q", s, text)
				}
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	l := &lab{result: func(tree, command string, r *platform.Result) error {
		if command == "check" && tree == "new" {
			*r = platform.Result{State: backport.RunLimit, Exit: -1, Detail: "time: 1s"}
		}
		return nil
	}}
	v := l.verifier(t, simple)
	run := verifyOne(t, v, onto)
	if run.State != backport.RunLimit || run.Detail != "test (time: 1s) fails" {
		t.Errorf("run %s (%q)", run.State, run.Detail)
	}
	if again := verifyOne(t, v, onto); again.Cached {
		t.Error("a limit is cached")
	}
	l.result = func(tree, command string, r *platform.Result) error {
		if command == "check" {
			return errors.New("the engine is gone")
		}
		return nil
	}
	v = l.verifier(t, simple)
	run = verifyOne(t, v, onto)
	if run.State != backport.RunError || run.Detail != "the engine is gone" {
		t.Errorf("run %s (%q)", run.State, run.Detail)
	}
	run = verifyOne(t, v, Subject{Name: "x", Backport: Tip{"c", "missing"}})
	if run.State != backport.RunError || !strings.Contains(run.Detail, "no such tree") || run.Steps != nil {
		t.Errorf("run %+v", run)
	}
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	l := &lab{run: func(tree, command string, n int) (string, int) { return tap("+a"), 0 }}
	var platforms []Platform
	for _, name := range []string{"b", "a", "no", "ci", "../c"} {
		p := simple
		p.Name = name
		platforms = append(platforms, p)
	}
	platforms[3].Kind = CI
	v := l.verifier(t, platforms...)
	machine := v.Machine
	v.Machine = func(p Platform) (platform.Machine, error) {
		if p.Name == "no" {
			return nil, errors.New("no container engine")
		}
		return machine(p)
	}
	v.Jobs = 3
	var mu sync.Mutex
	var heard []Progress
	v.Progress = func(p Progress) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, p)
	}
	runs, err := v.Verify(t.Context(), onto)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range heard {
		if p.Done >= p.Total || p.Stage == "" || p.Total > 6 {
			t.Errorf("progress %+v", p)
		}
	}
	var got []string
	for _, r := range runs {
		got = append(got, r.Platform+" "+string(r.State)+" "+r.Detail)
	}
	want := []string{"b passed ", "a passed ", "no error no container engine", "ci error no forge is known", "../c passed "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if logs, _ := filepath.Glob(filepath.Join(v.Logs, "*")); len(logs) != 3*6 {
		t.Errorf("%d logs: %q", len(logs), logs)
	}
	l.commands()

	// Another backport onto the same target does not test the target again.
	other := onto
	other.Backport.Tree = "other"
	if run := verifyOne(t, v, other); run.State != backport.RunPassed || run.Cached {
		t.Errorf("run %+v", run)
	}
	for _, c := range l.commands() {
		if strings.HasPrefix(c, "old:") {
			t.Errorf("the target is tested again: %s", c)
		}
	}
}

func TestNoCache(t *testing.T) {
	t.Parallel()
	l := &lab{run: func(tree, command string, n int) (string, int) { return tap("+a"), 0 }}
	v := l.verifier(t, simple)
	verifyOne(t, v, onto)
	l.commands()
	v = &Verifier{Platforms: v.Platforms, Machine: v.Machine, Checkout: v.Checkout, Folder: v.Folder, Logs: v.Logs, Cache: v.Cache, NoCache: true}
	verifyOne(t, v, onto)
	if n := len(l.commands()); n != 6 {
		t.Errorf("%d commands ran, want all 6", n)
	}
	other := onto
	other.Backport.Tree = "other"
	verifyOne(t, v, other)
	if n := len(l.commands()); n != 3 {
		t.Errorf("%d commands ran for the second backport, want 3", n)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	l := &lab{run: func(tree, command string, n int) (string, int) {
		if command == "make" {
			cancel()
		}
		return "", 0
	}}
	second := simple
	second.Name = "there"
	v := l.verifier(t, simple, second)
	runs, err := v.Verify(ctx, onto)
	if !errors.Is(err, context.Canceled) || len(runs) != 2 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	if runs[0].State != backport.RunError || runs[0].Detail != "cancelled" || len(runs[0].Steps) == 0 {
		t.Errorf("the run that was cut off: %+v", runs[0])
	}
	if runs[1].State != backport.RunSkipped || runs[1].Platform != "there" {
		t.Errorf("the run that was not begun: %+v", runs[1])
	}
	if again := verifyOne(t, v, onto); again.Cached {
		t.Error("a cancelled run is cached")
	}
	late, stop := context.WithDeadlineCause(t.Context(), time.Unix(0, 0), errors.New("the day is over"))
	defer stop()
	runs, err = v.Verify(late, onto)
	if err == nil || runs[1].Detail != "cancelled: the day is over" {
		t.Errorf("%+v, %v", runs[1], err)
	}
}

// A test may print what looks like its passing. The command fails all the same.
func TestPrintedSuccess(t *testing.T) {
	t.Parallel()
	const liar = "--- PASS: TestA (0.00s)\n--- FAIL: TestA (0.00s)\nFAIL\nFAIL\tm/p\t0.01s\n"
	for name, again := range map[string]string{"always": liar, "flaky": "ok  \tm/p\t0.01s\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, _ string, n int) (string, int) {
				switch {
				case tree == "old":
					return "ok  \tm/p\t0.01s\n", 0
				case n > 1 && again != liar:
					return again, 0
				}
				return liar, 1
			}}
			v := l.verifier(t, Platform{Name: "here", Results: "go", Test: [][]string{{"run"}}})
			run := verifyOne(t, v, onto)
			if want := map[string]backport.RunState{"always": backport.RunFailed, "flaky": backport.RunPassed}[name]; run.State != want {
				t.Errorf("%s: %s, %+v", run.State, run.Detail, run.Changes)
			}
		})
	}
}
