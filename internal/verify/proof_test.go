package verify

import (
	"context"
	"errors"
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/platform"
	"backstay.dev/backstay/internal/verify/tests"
)

const (
	testBefore = "package p\n\nimport \"testing\"\n\nfunc TestOld(t *testing.T) {}\n"
	testAfter  = testBefore + "\nfunc TestFix(t *testing.T) {\n\tfix()\n}\n"
)

// brings is a change that brings TestFix, and what it fixes.
var brings = []tests.Change{
	{Path: "p/p.go", Before: []byte("package p\n"), After: []byte("package p\n\nfunc fix() {}\n")},
	{Path: "p/p_test.go", Before: []byte(testBefore), After: []byte(testAfter)},
}

// labLayer lays the changes as tests: the target's tree gets "+tests" behind its
// name, the backport has them.
type labLayer struct {
	changes []tests.Change
	brings  tests.Brought
}

func (l labLayer) lay(_ context.Context, t tests.Trees) (tests.Laid, error) {
	if t.Target == "unlayable" {
		return tests.Laid{}, errors.New("a link is in the way")
	}
	return tests.Laid{Without: t.Target + "+tests", With: t.Backport, Changes: l.changes, Left: []tests.Left{{Path: "q_test.go", Why: "no folder"}}, Brings: l.brings}, nil
}

func (l labLayer) locate(context.Context, *tests.Selection, string) error { return nil }

// goTest is output of go test -json for tests as in tap.
func goTest(list string) string {
	var out strings.Builder
	result := "pass"
	for s := range strings.FieldsSeq(list) {
		action := map[byte]string{'+': "pass", '-': "fail", '~': "skip"}[s[0]]
		if action == "fail" {
			result = "fail"
		}
		out.WriteString(`{"Action":"run","Package":"m/p","Test":"` + s[1:] + `"}` + "\n")
		out.WriteString(`{"Action":"` + action + `","Package":"m/p","Test":"` + s[1:] + `","Elapsed":0.1}` + "\n")
	}
	out.WriteString(`{"Action":"` + result + `","Package":"m/p","Elapsed":0.1}` + "\n")
	return out.String()
}

const unbuiltGo = `{"ImportPath":"m/p [m/p.test]","Action":"build-output","Output":"# m/p [m/p.test]\n"}
{"ImportPath":"m/p [m/p.test]","Action":"build-output","Output":"p/p_test.go:8:2: undefined: fix\n"}
{"ImportPath":"m/p [m/p.test]","Action":"build-fail"}
{"Action":"start","Package":"m/p"}
{"Action":"output","Package":"m/p","Output":"FAIL\tm/p [build failed]\n"}
{"Action":"fail","Package":"m/p","Elapsed":0,"FailedBuild":"m/p [m/p.test]"}
`

// goPackage is a package that fails outside its tests.
func goPackage(output string) string {
	return `{"Action":"start","Package":"m/p"}
{"Action":"output","Package":"m/p","Output":"` + output + `"}
{"Action":"output","Package":"m/p","Output":"FAIL\tm/p\t0.01s\n"}
{"Action":"fail","Package":"m/p","Elapsed":0.01}
`
}

const ownTimeout = `{"Action":"run","Package":"m/p","Test":"TestFix"}
{"Action":"output","Package":"m/p","Test":"TestFix","Output":"panic: test timed out after 1s\n"}
{"Action":"fail","Package":"m/p","Test":"TestFix","Elapsed":1}
{"Action":"fail","Package":"m/p","Elapsed":1}
`

// TestProof has what the fix's test says with the fix and without, on the
// narrowed command; a second word is for the second run.
func TestProof(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		with, without  []string
		build          string // the tree that does not build
		own            []tests.Change
		test           string // the platform's command
		target, suite  string // what an unnarrowed command says on the target and on the target with the tests
		state          backport.ProofState
		text           string
		uncached       bool
		platformFailed bool
		limit          string // the tree whose test goes over a limit
	}{
		{name: "proven", with: []string{"+TestFix"}, without: []string{"-TestFix"}, own: brings, state: backport.Proven, text: "m/p.TestFix fails without the fix and passes with it"},
		{name: "not reproduced", with: []string{"+TestFix"}, without: []string{"+TestFix"}, own: brings, state: backport.NotReproduced, text: "may not be affected"},
		{name: "not fixed", with: []string{"-TestFix"}, without: []string{"-TestFix"}, own: brings, state: backport.NotFixed, text: "m/p.TestFix fails with the fix as without it"},
		{name: "breaks", with: []string{"-TestFix"}, without: []string{"+TestFix"}, own: brings, state: backport.NotFixed, text: "m/p.TestFix fails with the fix"},
		{name: "one of two", with: []string{"+TestA +TestFix"}, without: []string{"+TestA -TestFix"}, own: brings, state: backport.Proven, text: "m/p.TestFix fails"},
		{name: "does not build", with: []string{"+TestFix"}, without: []string{unbuiltGo}, own: brings, state: backport.TestDoesNotBuild, text: "p/p_test.go:8:2: undefined: fix"},
		{name: "does not build either way", with: []string{unbuiltGo}, without: []string{unbuiltGo}, own: brings, state: backport.TestDoesNotBuild, text: "with the fix either"},
		{name: "build fails", with: []string{"+TestFix"}, without: nil, build: "old+tests", own: brings, state: backport.TestDoesNotBuild, text: "x.c:3: error: no fix()"},
		{name: "backport does not build", build: "new", own: brings, state: backport.NotTried, text: "the backport could not be built", platformFailed: true},
		{name: "flaky without", with: []string{"+TestFix"}, without: []string{"-TestFix", "+TestFix"}, own: brings, state: backport.Unclear, text: "flaky", uncached: true},
		{name: "flaky with", with: []string{"-TestFix", "+TestFix"}, without: []string{"-TestFix"}, own: brings, state: backport.NotTried, text: "flaky", uncached: true},
		{name: "package fails", with: []string{"+TestFix"}, without: []string{goPackage("open x: no such file\\nexit status 1\\n")}, own: brings, state: backport.Unclear, text: "m/p fails without the fix and passes with it, but names no test: the package fails outside its tests"},
		{name: "package panics", with: []string{"+TestFix"}, without: []string{goPackage("panic: index out of range\\n")}, own: brings, state: backport.Proven, text: "m/p fails without the fix and passes with it: panic: index"},
		{name: "skipped", with: []string{"~TestFix"}, without: []string{"~TestFix"}, own: brings, state: backport.NotTried, text: "none of the fix's tests was run"},
		{name: "skipped with the fix", with: []string{"~TestFix +TestA"}, without: []string{"-TestFix +TestA"}, own: brings, state: backport.NotTried, text: "cannot be seen with it"},
		{name: "own timeout", with: []string{"+TestFix"}, without: []string{ownTimeout}, own: brings, state: backport.Unclear, text: "limit of time, which proves nothing"},
		{name: "limit without", with: []string{"+TestFix"}, limit: "old+tests", own: brings, state: backport.Unclear, text: "(time) without the fix, which proves nothing"},
		{name: "no test", own: brings[:1], state: backport.NoTest, text: "adds or alters no test"},
		{
			name: "helper alone", own: []tests.Change{{Path: "tests/helpers/util.go", Before: []byte("package h\n"), After: []byte("package h\n\nvar A = 1\n")}},
			state: backport.NoTest, text: "no test",
		},

		{name: "unknown runner", test: "run-all", own: brings, target: "+a", suite: "+a -b", with: []string{"+a +b"}, state: backport.Proven, text: "b fails without the fix and passes with it; it is not known how"},
		{name: "unknown runner, not reproduced", test: "run-all", own: brings, target: "+a", suite: "+a +b", with: []string{"+a +b"}, state: backport.NotReproduced, text: "may not be affected"},
		{name: "unknown runner, known to fail", test: "run-all", own: brings, target: "+a -c", suite: "+a -c", with: []string{"+a -c"}, state: backport.NotReproduced, text: "may not be affected"},
		{name: "nothing can be run", test: "go test ./x", with: []string{"go: no vendor"}, without: []string{"go: no vendor"}, own: brings, state: backport.NotTried, text: "nothing can be told", platformFailed: true},
		{name: "only the fix's tests name nothing", with: []string{"it fails"}, without: []string{"it fails"}, own: brings, state: backport.NotFixed, text: "fails with the fix as without it"},
		{name: "unknown runner, not fixed", test: "run-all", own: brings, target: "+a", suite: "+a -b", with: []string{"+a -b"}, state: backport.NotFixed, text: "b fails with the fix", platformFailed: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{}
			l.run = func(tree, command string, n int) (string, int) {
				switch {
				case command == "make" && tree == test.build:
					return "cc x.c\nx.c:3: error: no fix()\nmake: stop\n", 2
				case command == "make":
					return "", 0
				case command == "run-all":
					says := map[string]string{"old": test.target, "old+tests": test.suite, "new": ""}[tree]
					if tree == "new" {
						says = test.with[0]
					}
					return tap(says), tapExit(says)
				case command == "go test ./...":
					return goTest("+TestOld"), 0
				case command == "go test ./x":
					return "go: no vendor\n", 1
				}
				if command != "go test -json -count=1 -run ^(TestFix)$ ./p" {
					t.Errorf("%s runs %s", tree, command)
				}
				list := test.with
				if tree == "old+tests" {
					list = test.without
				}
				if list == nil {
					return "", 0
				}
				says := list[min(n, len(list))-1]
				if strings.ContainsAny(says, "{ ") && says[0] != '+' && says[0] != '-' && says[0] != '~' {
					return says, 1
				}
				return goTest(says), tapExit(says)
			}
			l.result = func(tree, command string, r *platform.Result) error {
				if tree == test.limit && strings.Contains(command, "test") {
					*r = platform.Result{State: backport.RunLimit, Exit: -1, Detail: "time"}
				}
				return nil
			}
			p := Platform{Name: "here", Build: [][]string{{"make"}}, Test: [][]string{strings.Fields("go test ./...")}}
			if test.test != "" {
				p.Test = [][]string{{test.test}}
			}
			v := l.verifier(t, p)
			v.layer = labLayer{changes: test.own}
			s := onto
			run := verifyOne(t, v, s)
			if run.Proof == nil || run.Proof.State != test.state || !strings.Contains(run.Proof.Text, test.text) {
				t.Fatalf("proof %+v, want %s: …%s…", run.Proof, test.state, test.text)
			}
			if ran := l.commands(); len(ran) != len(run.Steps) {
				t.Errorf("%d steps of %d commands: %q", len(run.Steps), len(ran), ran)
			}
			if failed := run.State != backport.RunPassed; failed != test.platformFailed {
				t.Errorf("run %s: %s", run.State, run.Detail)
			}
			if !strings.HasSuffix(run.Proof.Text, "left out: q_test.go: no folder") && test.build != "new" {
				t.Errorf("what was left out is not said: %s", run.Proof.Text)
			}
			if test.state == backport.Proven && test.test == "" && (len(run.Proof.Files) != 1 || len(run.Proof.Tests) != 1) {
				t.Errorf("proof %+v", run.Proof)
			}
			if again := verifyOne(t, v, s); again.Cached == test.uncached && test.limit == "" {
				t.Errorf("a repeat is from the cache: %v", again.Cached)
			}
		})
	}
}

func TestProofNotLaid(t *testing.T) {
	t.Parallel()
	l := &lab{run: func(tree, command string, n int) (string, int) { return goTest("+TestOld"), 0 }}
	v := l.verifier(t, Platform{Name: "here", Test: [][]string{{"go", "test", "./..."}}})
	v.layer = labLayer{changes: brings}
	s := onto
	s.Target.Tree = "unlayable"
	if run := verifyOne(t, v, s); run.Proof.State != backport.NotTried || !strings.Contains(run.Proof.Text, "a link is in the way") {
		t.Errorf("proof %+v", run.Proof)
	}
	v = l.verifier(t, Platform{Name: "here", Build: [][]string{{"true"}}})
	v.layer = labLayer{changes: brings}
	if run := verifyOne(t, v, onto); run.State != backport.RunPassed || run.Proof.State != backport.NotTried || !strings.Contains(run.Proof.Text, "no command that runs tests") {
		t.Errorf("run %+v with proof %+v", run, run.Proof)
	}
	// The platform says how chosen tests are run.
	v = l.verifier(t, Platform{Name: "here", Test: [][]string{{"make", "check"}}, Proof: []string{"go", "test", "-run", "{tests}"}})
	v.layer = labLayer{changes: brings}
	verifyOne(t, v, onto)
	if ran := l.commands(); !strings.HasSuffix(ran[len(ran)-1], "go test -run TestFix") {
		t.Errorf("ran %q", ran)
	}
	// Nothing is run twice for want of a cache.
	l.commands()
	v = l.verifier(t, Platform{Name: "here", Test: [][]string{{"run-all"}}})
	v.layer, v.Cache = labLayer{changes: brings}, ""
	verifyOne(t, v, onto)
	if ran := l.commands(); len(ran) != 3 {
		t.Errorf("ran %q", ran)
	}
	v = l.verifier(t, simple)
	if run := verifyOne(t, v, onto); run.Proof != nil {
		t.Errorf("without a store there is a proof: %+v", run.Proof)
	}
}

// TestProofByExitCode has a command that names no test: what it prints must tell
// a test that fails from one that is not there.
func TestProofByExitCode(t *testing.T) {
	t.Parallel()
	const (
		mute    = "check: 3 is not 4\nmake: *** [Makefile:2: check] Error 1\n"
		failing = "FAIL: 3 is not 4\nmake: *** [Makefile:2: check] Error 1\n"
	)
	one, pytest := []string{"one", "{files}"}, []string{"python3", "-m", "pytest", "-p", "quiet", "{files}"}
	for _, test := range []struct {
		name, with, without string // what is printed; passes without if ""
		exit                int
		proof               []string
		state               backport.ProofState
		text                string
	}{
		{"passes", "", "", 0, nil, backport.NotTried, "does not say whether the fix's tests are part of it"},
		{"passes, on its own", "", "", 0, one, backport.NotReproduced, "may not be affected"},
		{"says that a test failed", "", failing, 1, nil, backport.Proven, "make check fails without the fix and passes with it: FAIL: 3 is not 4"},
		{"says that a test failed, on its own", "", failing, 1, one, backport.Proven, "one p/p_test.go fails"},
		{"crashes", "", "killed\n", 139, one, backport.Proven, "by a crash"},
		{"says nothing", "", mute, 1, nil, backport.Unclear, "names no test: nothing that it prints tells"},
		{"says nothing, on its own", "", mute, 1, one, backport.Unclear, "names no test: nothing that it prints tells"},
		{"says nothing at all", "", " ", 1, one, backport.Unclear, "names no test: nothing that it prints tells"},
		{
			"cannot be compiled", "", "cc -c t.c\nt.c:3:5: error: implicit declaration of 'fix'\nmake: *** [Makefile:2: t.o] Error 1\n", 2, nil,
			backport.TestDoesNotBuild, "t.c:3:5: error: implicit declaration of 'fix'",
		},
		{"cannot be loaded, on its own", "", "Traceback (most recent call last):\nImportError: cannot import name 'fix'\n", 1, one, backport.TestDoesNotBuild, "ImportError: cannot import name 'fix'"},
		{"no rule", "", "make: *** No rule to make target 'fix.o', needed by 'check'.  Stop.\n", 2, nil, backport.TestDoesNotBuild, "No rule to make target"},
		{"no module", "", "FAIL ./a.test.js\n  ● Test suite failed to run\n\n    Cannot find module '../x' from 'a.test.js'\n", 1, one, backport.TestDoesNotBuild, "Test suite failed to run"},
		{"no program", "", "run: x: not found\n", 127, one, backport.TestDoesNotBuild, "a program is not there"},
		{"no right to run", "", "", 126, one, backport.TestDoesNotBuild, "a program cannot be run"},
		{"a missing file", "", "cat: data.txt: No such file or directory\n", 1, one, backport.Unclear, "cat: data.txt: No such file or directory"},
		{"a missing file beside a failure", "", "FAIL: a\ncat: data.txt: No such file or directory\n", 1, one, backport.Unclear, "may be of something that is missing"},
		{"a file that comes with the fix", "", "FAIL: a\ncat: fix.txt: No such file or directory\n", 1, one, backport.TestDoesNotBuild, "fix.txt comes with the fix"},
		{"missing with the fix, too", "cat: data.txt: No such file or directory\n", "FAIL: a\ncat: data.txt: No such file or directory\n", 1, one, backport.Proven, ": FAIL: a"},
		{"a complaint with the fix, too", "x.c:1: error: this is what is tested\n", "FAIL: a\nx.c:1: error: this is what is tested\n", 1, one, backport.Proven, ": FAIL: a"},
		{"says so with the fix, too", "FAIL: a (expected)\n", "FAIL: a (expected)\n", 1, one, backport.Unclear, "nothing that it prints tells"},
		{"ended by a timeout of its own", "", "FAIL: a\n", 124, one, backport.Unclear, "ends with 124"},
		{"skipped", "", "FAIL: a\n", 77, one, backport.Unclear, "ends with 77"},
		{"pytest cannot collect", "", "FAIL: quiet\n", 2, pytest, backport.TestDoesNotBuild, "pytest ends with 2"},
		{"pytest finds none", "", "FAIL: quiet\n", 5, pytest, backport.Unclear, "pytest ends with 5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, _ string, _ int) (string, int) {
				if tree == "old+tests" && (test.without != "" || test.exit != 0) {
					return test.without, test.exit
				}
				return test.with + "all is well\n", 0
			}}
			v := l.verifier(t, Platform{Name: "here", Test: [][]string{{"make", "check"}}, Proof: test.proof})
			v.layer = labLayer{changes: brings, brings: tests.Brought{"fix": true}}
			for range 2 { // from the cache, too
				run := verifyOne(t, v, onto)
				if run.Proof == nil || run.Proof.State != test.state || !strings.Contains(run.Proof.Text, test.text) {
					t.Errorf("proof %+v, want %s: …%s…", run.Proof, test.state, test.text)
				}
			}
		})
	}
}

// TestProofWants has tests that fail for want of what the fix brings: a compiler
// would not have built them.
func TestProofWants(t *testing.T) {
	t.Parallel()
	const passes = "TAP version 13\n1..2\nok 1 - a\nok 2 - b\n"
	for _, test := range []struct {
		name, without string
		state         backport.ProofState
		text          string
	}{
		{"of the fix", "TAP version 13\n1..2\nnot ok 1 - a\n# TypeError: m.fix is not a function\nok 2 - b\n", backport.TestDoesNotBuild, "a fails for want of m.fix, which comes with the fix"},
		{"of something else", "TAP version 13\n1..2\nnot ok 1 - a\n# TypeError: undefined has no x, m.other is not a function\nok 2 - b\n", backport.Proven, "a fails without the fix"},
		{"one of two", "TAP version 13\n1..2\nnot ok 1 - a\n# TypeError: m.fix is not a function\nnot ok 2 - b\n# 3 is not 4\n", backport.Proven, "b fails without the fix"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := &lab{run: func(tree, _ string, _ int) (string, int) {
				if tree == "old+tests" {
					return test.without, 1
				}
				return passes, 0
			}}
			v := l.verifier(t, Platform{Name: "here", Test: [][]string{{"make", "check"}}, Proof: []string{"one", "{files}"}})
			v.layer = labLayer{changes: brings, brings: tests.Brought{"fix": true}}
			if run := verifyOne(t, v, onto); run.Proof == nil || run.Proof.State != test.state || !strings.HasPrefix(run.Proof.Text, test.text) && !strings.Contains(run.Proof.Text, ": "+test.text) {
				t.Errorf("proof %+v, want %s: %s…", run.Proof, test.state, test.text)
			}
		})
	}
}
