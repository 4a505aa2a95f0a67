package results

import (
	"errors"
	"fmt"
	"io"

	"backstay.dev/backstay/internal/backport"
)

// Format is how results are written.
type Format string

// The formats. Where a tool can say more when asked (go test -json or -v,
// pytest -v, prove -v), more is read; what it says of failures alone is enough
// to compare two runs.
const (
	GoJSON   Format = "go-json"  // go test -json
	Go       Format = "go"       // go test, with or without -v
	JUnit    Format = "junit"    // XML as written by Surefire, Gradle, pytest, jest-junit, PHPUnit, CTest
	TAP      Format = "tap"      // Test Anything Protocol 12 to 14, node --test, and prove
	Pytest   Format = "pytest"   // pytest -v, -rA
	Unittest Format = "unittest" // python -m unittest -v
	CTest    Format = "ctest"
	Cargo    Format = "cargo" // cargo test
	Meson    Format = "meson" // meson test
	RSpec    Format = "rspec"
	Minitest Format = "minitest"
	Tcl      Format = "tcl" // the test suite of Redis: "[ok]: name (5 ms)"

	// Mixed is the format of reports merged from several.
	Mixed Format = "mixed"
)

// Report is what tests said.
type Report struct {
	// Tests by id; the package's doc says how ids look.
	Tests  map[string]Test
	Format Format
	// Broken says why the report cannot be trusted, in one sentence or several
	// joined by "; ": its end is missing, no test was seen, something was not
	// built. Empty where it can.
	Broken string
	// NotBuilt are the first lines of the compiler, or of what collects the
	// tests, where tests could not be built; Broken says so, too. At most 2 KiB.
	NotBuilt string
}

// Test is the result of one test.
type Test struct {
	State backport.TestState
	// Text is what it printed, at most 4 KiB; of a test that passed nothing is
	// kept.
	Text string
	// Seconds it took; 0 where the tool doesn't say.
	Seconds float64
	// Quiet says that tests of this kind are named only when they fail: where
	// one is missing from a report that isn't broken, it did not fail. It also
	// marks a package or file that failed outside its tests.
	Quiet bool
}

// Failed counts the tests that failed.
func (r Report) Failed() int {
	n := 0
	for _, t := range r.Tests {
		if t.State == backport.TestFailed {
			n++
		}
	}
	return n
}

// ErrFormat is that of an unknown format.
var ErrFormat = errors.New("unknown format of test results")

// Parse reads results to the end. What is wrong with them is in the report's
// Broken; the error is that of the reader, or ErrFormat. tops are folders that
// are cut off from the ids: a checkout is another folder each time.
func Parse(f Format, r io.Reader, tops ...string) (Report, error) {
	b := newBuilder(f, tops)
	if f == JUnit {
		err := parseJUnit(r, b)
		return b.report(), wrap(err)
	}
	parse, ok := parsers()[f]
	if !ok {
		return Report{}, fmt.Errorf("parse results: %w %q", ErrFormat, f)
	}
	l := newLines(r)
	parse(l, b)
	return b.report(), wrap(l.err)
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("read test results: %w", err)
}

// parsers are the formats made of lines.
func parsers() map[Format]func(*lines, *builder) {
	return map[Format]func(*lines, *builder){
		GoJSON: parseGoJSON, Go: parseGo, TAP: parseTAP, Pytest: parsePytest, Unittest: parseUnittest,
		CTest: parseCTest, Cargo: parseCargo, Meson: parseMeson, RSpec: parseRSpec, Minitest: parseMinitest, Tcl: parseTcl,
	}
}
