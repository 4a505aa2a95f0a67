package verify

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
)

// junitFile is a file of results in which tests pass or fail as in tap.
func junitFile(list string) []byte {
	var out strings.Builder
	out.WriteString(`<testsuite name="s">`)
	for s := range strings.FieldsSeq(list) {
		fmt.Fprintf(&out, `<testcase classname="c" name="%s">`, s[1:])
		if s[0] == '-' {
			out.WriteString(`<failure message="no"/>`)
		}
		out.WriteString(`</testcase>`)
	}
	out.WriteString("</testsuite>\n")
	return []byte(out.String())
}

func TestResultFiles(t *testing.T) {
	t.Parallel()
	written := map[string]map[string][]byte{}
	l := &lab{files: func(tree string) map[string][]byte {
		found := map[string][]byte{"build/stale.xml": junitFile("-stale")} // the repository has it
		for name, text := range written[tree] {
			found[name] = text
		}
		return found
	}}
	l.run = func(tree, command string, n int) (string, int) {
		say := func(name, list string) { written[tree] = map[string][]byte{name: junitFile(list)} }
		switch {
		case strings.HasPrefix(command, "one"):
			// What runs the fix's test alone leaves the other file as it is.
			files := written[tree]
			say("build/p.xml", map[string]string{"old+tests": "-fix", "new": "+fix"}[tree])
			for name, text := range files {
				written[tree][name] = text
			}
			return "", map[string]int{"old+tests": 1}[tree]
		case tree == "old":
			say("build/all.xml", "+a -known")
		case tree == "new":
			say("build/all.xml", "+a -known")
		}
		return "", 1
	}
	p := Platform{Name: "here", Test: [][]string{{"check"}}, Proof: []string{"one", "{tests}"}, Results: "junit:build/*.xml"}
	v := l.verifier(t, p)
	v.layer = labLayer{changes: brings}
	run := verifyOne(t, v, onto)
	if run.State != backport.RunPassed || run.Tests[backport.TestFailed] != 1 || run.Tests[backport.TestPassed] != 1 || !strings.Contains(run.Detail, "known fails on the target as well") {
		t.Errorf("%s (%s) with %v", run.State, run.Detail, run.Tests)
	}
	if run.Proof.State != backport.Proven {
		t.Errorf("proof %+v", run.Proof)
	}

	for _, test := range []struct{ name, results, detail string }{
		{"no file", "junit:build/*.xml", "no file was written that matches build/*.xml"},
		{"not readable", "junit:forbidden", "forbidden"},
		{"unknown format", "odd", `unknown format of test results "odd"`},
		{"nothing in it", "tap", "no test was seen"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(string, string, int) (string, int) { return "hello\n", 0 }}
			p := Platform{Name: "here", Test: [][]string{{"check"}}, Results: test.results}
			run := verifyOne(t, l.verifier(t, p), onto)
			if run.State != backport.RunPassed || run.Tests != nil || !strings.Contains(run.Detail, test.detail) {
				t.Errorf("%s (%s) with %v", run.State, run.Detail, run.Tests)
			}
		})
	}
}

// TestSeveralCommands has one that says nothing of single tests, and one that
// does.
func TestSeveralCommands(t *testing.T) {
	t.Parallel()
	p := Platform{Name: "here", Test: [][]string{{"lint"}, {"check"}}}
	for _, test := range []struct {
		name     string
		old, new string // what check says
		lint     map[string]int
		state    backport.RunState
		detail   string
	}{
		{name: "all well", old: "+a", new: "+a", state: backport.RunPassed},
		{name: "lint newly fails", old: "+a", new: "+a", lint: map[string]int{"new": 1}, state: backport.RunFailed, detail: "lint newly fails"},
		{name: "lint fails on both", old: "+a", new: "+a", lint: map[string]int{"new": 1, "old": 1}, state: backport.RunFailed, detail: "lint fails on the target as well"},
		{name: "lint fails on both, and a test newly", old: "+a", new: "-a", lint: map[string]int{"new": 1, "old": 1}, state: backport.RunFailed, detail: "a newly fails"},
		{name: "test fails on both", old: "-a", new: "-a", state: backport.RunPassed, detail: "a fails on the target as well"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, command string, _ int) (string, int) {
				if command == "lint" {
					return "looking\n", test.lint[tree]
				}
				says := map[string]string{"old": test.old, "new": test.new}[tree]
				return tap(says), tapExit(says)
			}}
			run := verifyOne(t, l.verifier(t, p), onto)
			if run.State != test.state || run.Detail != test.detail {
				t.Errorf("%s (%s), want %s (%s)", run.State, run.Detail, test.state, test.detail)
			}
			n := 0
			for _, c := range run.Tests {
				n += c
			}
			if n != 1 {
				t.Errorf("%d tests are counted: %v", n, run.Tests)
			}
		})
	}
}

// TestUntold has output that doesn't explain the exit code, or ends too soon.
func TestUntold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		old, new string
		exits    map[string]int
		state    backport.RunState
		detail   string
		changes  string
	}{
		{name: "the first tests", old: "?   \tm/p\t[no test files]\n", new: goTest("+A"), state: backport.RunPassed, changes: "new m/p.A"},
		{name: "falls over", old: goTest("+A"), new: "oh\n", exits: map[string]int{"new": 1}, state: backport.RunFailed, detail: "check newly fails", changes: "new check"},
		{name: "stands up", old: "oh\n", new: goTest("+A"), exits: map[string]int{"old": 1}, state: backport.RunPassed, changes: "none"},
		{name: "exit code alone", old: tap("+a"), new: tap("+a"), exits: map[string]int{"new": 3}, state: backport.RunFailed, detail: "check ends with 3 although no test is seen to fail"},
		{name: "exit code on both", old: tap("+a"), new: tap("+a"), exits: map[string]int{"new": 3, "old": 3}, state: backport.RunFailed, detail: "check ends with 3 although no test is seen to fail, on the target as well"},
		{name: "a test fails, the command does not", old: tap("+a"), new: tap("-a"), state: backport.RunFailed, detail: "a newly fails"},
		{name: "cut off", old: tap("+a +b"), new: "TAP version 13\n1..2\nok 1 - a\n", exits: map[string]int{"new": 1}, state: backport.RunFailed, detail: "the output ends before the tests do"},
		{name: "cut off but green", old: tap("+a +b"), new: "TAP version 13\n1..2\nok 1 - a\n", state: backport.RunPassed, detail: "not all was read"},
		{name: "not built", old: goTest("+A"), new: unbuiltGo, exits: map[string]int{"new": 1}, state: backport.RunFailed, detail: "undefined: fix"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, _ string, _ int) (string, int) {
				return map[string]string{"old": test.old, "new": test.new}[tree], test.exits[tree]
			}}
			run := verifyOne(t, l.verifier(t, Platform{Name: "here", Test: [][]string{{"check"}}}), onto)
			if run.State != test.state || !strings.Contains(run.Detail, test.detail) {
				t.Errorf("%s (%s), want %s (%s)", run.State, run.Detail, test.state, test.detail)
			}
			var changes []string
			for _, c := range run.Changes {
				changes = append(changes, c.Kind+" "+c.Test)
			}
			if got := cmp.Or(strings.Join(changes, ", "), "none"); test.changes != "" && got != test.changes {
				t.Errorf("changes %s, want %s", got, test.changes)
			}
		})
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := map[string]bool{}
	for range 3 {
		f, err := createLog(dir, logName("../a b\n", "0123456789abcdef", "test"))
		if err != nil {
			t.Fatal(err)
		}
		f.Close()
		names[strings.TrimPrefix(f.Name(), dir+"/")] = true
	}
	for _, want := range []string{"_a_b_-0123456789ab-test-1.log", "_a_b_-0123456789ab-test-2.log", "_a_b_-0123456789ab-test-3.log"} {
		if !names[want] {
			t.Errorf("no %s in %v", want, names)
		}
	}
	if _, err := createLog(dir+"/_a_b_-0123456789ab-test-1.log", "x"); err == nil {
		t.Error("a log in a file is no error")
	}
	l := &lab{}
	v := l.verifier(t, simple)
	v.Logs = dir + "/_a_b_-0123456789ab-test-1.log"
	if run := verifyOne(t, v, onto); run.State != backport.RunError || run.Detail == "" {
		t.Errorf("without logs: %+v", run)
	}
	// A log that is removed is not named any more.
	v = l.verifier(t, simple)
	verifyOne(t, v, onto)
	prune(v.Logs, logSuffix, 1, logBytes)
	named := 0
	for _, s := range verifyOne(t, v, onto).Steps {
		if s.Log != "" {
			named++
		}
	}
	if named != 1 {
		t.Errorf("%d logs are named, and one is there", named)
	}
}
