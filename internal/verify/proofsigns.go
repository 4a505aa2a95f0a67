package verify

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
	"backstay.dev/backstay/internal/verify/results"
)

// A cause is why a test fails without the fix, as far as it can be told.
type cause int

const (
	// byTest: a test was run and failed.
	byTest cause = iota
	// byBuild: what was to be run could not be built, loaded or begun.
	byBuild
	// byUnknown: it may be either.
	byUnknown
)

// causeOf tells why a test fails without the fix that passes with it.
//
// A runner that names the test says that it was run. It may have failed for want
// of a name that comes with the fix: in a compiled language that test could not
// have been built. A command that names no test has only its exit code, which a
// missing file makes as well as a bug. What it prints has to say that a test
// failed, and nothing that it does not print with the fix may say that something
// was missing: otherwise it proves nothing.
func (t *trialOfProof) causeOf(id string, with, without outcome) (cause, string) {
	if test := without.Report.Tests[id]; !slices.Contains(without.Opaque, id) {
		if f := without.Report.Format; (f == results.Go || f == results.GoJSON) && !goID.MatchString(id) {
			return ofPackage(id, test.Text)
		}
		if name := t.wants(test.Text); name != "" {
			return byBuild, fmt.Sprintf("%s fails for want of %s, which comes with the fix", id, name)
		}
		return byTest, ""
	}
	if c, why, ok := byExit(commandOf(without, id)); ok {
		return c, why
	}
	signs := without.Signs[id].Without(with.Signs[id])
	if len(signs.NotBuilt) > 0 {
		return byBuild, signs.NotBuilt[0]
	}
	for _, line := range signs.Missing {
		if name := t.wants(line); name != "" {
			return byBuild, fmt.Sprintf("%s (%s comes with the fix)", line, name)
		}
	}
	switch {
	case len(signs.Missing) > 0:
		return byUnknown, fmt.Sprintf("what it prints (%s) may be of something that is missing as well as of a test that fails", signs.Missing[0])
	case len(signs.Failed) > 0:
		return byTest, signs.Failed[0]
	}
	return byUnknown, "nothing that it prints tells a test that fails from one that could not be built or begun"
}

// ofPackage tells why a package of Go fails outside its tests: before the first,
// or because one ended the program. Only a panic is sure to be no missing file.
func ofPackage(id, text string) (cause, string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			if len(results.ReadSigns([]byte(line)).Missing) == 0 {
				return byTest, line
			}
		}
	}
	return byUnknown, "the package fails outside its tests, which may be for want of something"
}

// wants is a name that comes with the fix and that a text says is not there, ""
// for none.
func (t *trialOfProof) wants(text string) string {
	for _, name := range results.Lacks(text) {
		if t.brings.Has(name) {
			return name
		}
	}
	return ""
}

// commandOf is the test step of a command that names no test.
func commandOf(o outcome, id string) backport.RunStep {
	for _, s := range o.Steps {
		if s.Name == testStep && s.State == backport.RunFailed && strings.Join(s.Command, " ") == id {
			return s
		}
	}
	return backport.RunStep{}
}

// byExit tells by the exit code of a command that failed; ok is false where that
// says nothing. Codes of shells (POSIX.1-2024, Shell Command Language 2.8.2: 126
// and 127, more than 128 for a signal), of Automake's test drivers (77 and 99),
// of git bisect run (125), and of pytest.
func byExit(s backport.RunStep) (c cause, why string, ok bool) {
	if runsPytest(s.Command) {
		switch s.Exit {
		case 2, 3, 4:
			return byBuild, fmt.Sprintf("pytest ends with %d: it could not run the tests", s.Exit), true
		case 5:
			return byUnknown, "pytest ends with 5: it found no test", true
		}
	}
	switch s.Exit {
	case 126:
		return byBuild, "it ends with 126: a program cannot be run", true
	case 127:
		return byBuild, "it ends with 127: a program is not there", true
	case 124, 137, 143: // timeout, SIGKILL, SIGTERM
		return byUnknown, fmt.Sprintf("it ends with %d: it was ended, perhaps by a limit of time", s.Exit), true
	case 77, 99, 125:
		return byUnknown, fmt.Sprintf("it ends with %d, by which tests say that they were not run", s.Exit), true
	}
	// SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV on every Unix.
	for _, signal := range []int{4, 5, 6, 7, 8, 10, 11} {
		if s.Exit == 128+signal || s.Exit == -1 && strings.HasPrefix(s.Detail, fmt.Sprintf("ended by signal %d ", signal)) {
			return byTest, cmp.Or(s.Detail, fmt.Sprintf("it ends with %d, by a crash", s.Exit)), true
		}
	}
	return byTest, "", false
}

// runsPytest reports whether a command is pytest, or a shell's line that is.
func runsPytest(command []string) bool {
	for _, word := range command {
		for w := range strings.FieldsSeq(word) {
			if base := path.Base(w); base == "pytest" || base == "py.test" {
				return true
			}
		}
	}
	return false
}

// pardon is an outcome without the complaints that another, which passes, prints
// as well: they are not why it fails.
func pardon(o, passes outcome) outcome {
	if passes.State != backport.RunPassed || len(o.Opaque) == 0 {
		return o
	}
	tests := maps.Clone(o.Report.Tests)
	for _, id := range o.Opaque {
		t := tests[id]
		if len(o.Signs[id].NotBuilt) > 0 && len(o.Signs[id].Without(passes.Signs[id]).NotBuilt) == 0 {
			t.Quiet = false // it may well be a test that fails
			tests[id] = t
		}
	}
	o.Report.Tests = tests
	return o
}
