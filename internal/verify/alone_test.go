package verify

import (
	"strings"
	"testing"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

func TestAlone(t *testing.T) {
	t.Parallel()
	many := make([]string, maxAlone+1)
	for i := range many {
		many[i] = "p.Test" + strings.Repeat("x", i)
	}
	for _, test := range []struct {
		name   string
		test   string // the platform's commands, with " ; " in between
		format results.Format
		opaque []string
		ids    []string
		want   string
	}{
		{
			name: "go", test: "go test -race ./...", format: results.Go, ids: []string{"example.org/m/pkg.TestA/sub.name", "example.org/m.TestB"},
			want: "go test -race -json -count=1 -run ^(TestA|TestB)$ example.org/m example.org/m/pkg",
		},
		{name: "go package", test: "go test ./...", format: results.Go, ids: []string{"example.org/m/pkg"}, want: "go test ./..."},
		{name: "go behind another", test: "make lint ; go test ./...", format: results.GoJSON, ids: []string{"m.ExampleX"}, want: "go test -json -count=1 -run ^(ExampleX)$ m"},
		{name: "go by make", test: "make test", format: results.Go, ids: []string{"m.TestX"}, want: "make test"},
		{name: "go option", test: "go test ./...", format: results.Go, ids: []string{"-exec=x.TestX"}, want: "go test ./..."},
		{name: "too many", test: "go test ./...", format: results.Go, ids: many, want: "go test ./..."},
		{name: "commands", test: "make a ; make b ; make c", opaque: []string{"make a", "make b"}, ids: []string{"make b"}, want: "make b"},
		{name: "command and test", test: "make a ; go test ./...", format: results.Go, opaque: []string{"make a"}, ids: []string{"make a", "m.TestX"}, want: "make a ; go test ./..."},
		{name: "ctest", test: "ctest --test-dir b", format: results.CTest, ids: []string{"one", "two"}, want: "ctest --test-dir b -R ^(one|two)$"},
		{name: "junit by maven", test: "make lint ; mvn test", format: results.JUnit, ids: []string{"p.FooTest.a"}, want: "mvn -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false -Dtest=p.FooTest#a test"},
		{name: "unknown", test: "prove", format: results.TAP, ids: []string{"x"}, want: "prove"},
		{name: "pytest without a file", test: "pytest", format: results.Pytest, ids: []string{"x"}, want: "pytest"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var p Platform
			for c := range strings.SplitSeq(test.test, " ; ") {
				p.Test = append(p.Test, strings.Fields(c))
			}
			l := &lane{p: p}
			var got []string
			for _, c := range l.alone(test.ids, outcome{State: backport.RunFailed, Opaque: test.opaque, Report: results.Report{Format: test.format}}) {
				got = append(got, strings.Join(c, " "))
			}
			if strings.Join(got, " ; ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	l := &lane{p: Platform{Test: [][]string{{"pytest", "-q"}}}}
	got := l.alone([]string{"tests/test_a.py::TestA::test_b"}, outcome{Report: results.Report{Format: results.Pytest}})
	if len(got) != 1 || !strings.Contains(strings.Join(got[0], " "), "tests/test_a.py::TestA::test_b") {
		t.Errorf("pytest: %q", got)
	}
}

// TestRerunByName has a test that fails and, run again on its own, passes; fails;
// or is not run by that name, which shows nothing: then all are run again.
func TestRerunByName(t *testing.T) {
	t.Parallel()
	const rspecPasses, rspecNone = "Finished in 0.1 seconds\n1 example, 0 failures\n", "0 examples, 0 failures\n"
	const rspecFails = "Finished in 0.1 seconds\n2 examples, 1 failure\n\nFailed examples:\n\nrspec ./spec/a_spec.rb:4 # A works\n"
	for _, test := range []struct {
		name, command, all, alone string // what is printed with the backport
		again                     string // by all, the second time
		old                       string
		state                     backport.RunState
		commands                  int
	}{
		{"passes", "npx vitest run", tap("+b -a"), tap("+a"), "", tap("+a +b"), backport.RunPassed, 1},
		{"fails", "npx vitest run", tap("+b -a"), tap("-a"), "", tap("+a +b"), backport.RunFailed, 2},
		{"is another", "npx vitest run", tap("+b -a"), tap("+c"), tap("+b -a"), tap("+a +b"), backport.RunFailed, 3},
		{"is skipped", "npx vitest run", tap("+b -a"), tap("~a ~b"), tap("+b +a"), tap("+a +b"), backport.RunPassed, 2},
		{"passes without a word", "rspec", rspecFails, rspecPasses, "", rspecPasses, backport.RunPassed, 1},
		{"is not found", "rspec", rspecFails, rspecNone, rspecFails, rspecPasses, backport.RunFailed, 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			exit := func(text string) int {
				if strings.Contains(text, "not ok") || strings.Contains(text, "1 failure") {
					return 1
				}
				return 0
			}
			l := &lab{run: func(tree, command string, n int) (string, int) {
				says := test.old
				switch {
				case tree == "new" && command != test.command:
					says = test.alone
				case tree == "new" && n > 1:
					says = test.again
				case tree == "new":
					says = test.all
				}
				return says, exit(says)
			}}
			v := l.verifier(t, Platform{Name: "here", Test: [][]string{strings.Fields(test.command)}})
			run := verifyOne(t, v, onto)
			if run.State != test.state {
				t.Errorf("%s: %s, %+v", run.State, run.Detail, run.Changes)
			}
			reruns := -1 // the first is none
			for _, c := range l.commands() {
				if strings.HasPrefix(c, "new: ") {
					reruns++
				}
			}
			if reruns != test.commands {
				t.Errorf("%d runs again, want %d", reruns, test.commands)
			}
		})
	}
}
