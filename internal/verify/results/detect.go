package results

import (
	"bytes"
	"strings"
)

// maxDetect is how much of an output Detect looks at, from each end.
const maxDetect = 256 << 10

// Detect tells the format of an output, "" where it is none that Parse knows:
// the format that most lines are clearly of.
func Detect(output []byte) Format {
	parts := [][]byte{output}
	if len(output) > 2*maxDetect {
		parts = [][]byte{output[:maxDetect], output[len(output)-maxDetect:]}
	}
	head := bytes.TrimSpace(bytes.TrimPrefix(parts[0], []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(head, []byte("<?xml")) || bytes.HasPrefix(head, []byte("<testsuite")) {
		if bytes.Contains(parts[0], []byte("<testsuite")) || bytes.Contains(parts[0], []byte("<testcase")) {
			return JUnit
		}
		return ""
	}
	votes := map[Format]int{}
	for _, part := range parts {
		for l := newLines(bytes.NewReader(part)); l.next(); {
			if f := lineFormat(l.text); f != "" {
				votes[f]++
			}
		}
	}
	best := Format("")
	for _, f := range []Format{GoJSON, Go, Pytest, Unittest, Cargo, CTest, Meson, Tcl, Minitest, RSpec, TAP} {
		if votes[f] > votes[best] {
			best = f
		}
	}
	return best
}

// lineFormat is the format that a line is clearly of, "" for most lines.
func lineFormat(line string) Format {
	body := strings.TrimLeft(line, " ")
	has := func(s string) bool { return strings.HasPrefix(line, s) }
	switch {
	case has(`{"`) && strings.Contains(line, `"Action":"`) && (strings.Contains(line, `"Package":"`) || strings.Contains(line, `"ImportPath":"`)):
		return GoJSON
	case has("=== RUN "), has("ok  \t"), has("FAIL\t"), has("?   \t"), strings.HasPrefix(body, "--- ") && strings.HasSuffix(body, "s)"):
		return Go
	case has("test result: "), has("test ") && (strings.HasSuffix(line, " ... ok") || strings.HasSuffix(line, " ... FAILED")), has("error: could not compile"):
		return Cargo
	case has("[ok]: "), has("[err]: "), has("[exception]: "), has("[skip]: "), has("[ignore]: "), has(`\o/ All tests passed`):
		return Tcl
	case strings.Contains(line, "% tests passed, "), has("No tests were found"):
		return CTest
	case minitestSummary(line):
		return Minitest
	case has("Ran ") && strings.Contains(line, " in ") && strings.Contains(line, " test"):
		return Unittest
	case has("Result: PASS"), has("Result: FAIL"), has("TAP version "), has("ok ") && len(line) > 3 && line[3] >= '0' && line[3] <= '9',
		has("not ok "), has("1.."):
		return TAP
	case has("Ok:  ") && strings.Trim(line[len("Ok:  "):], " 0123456789") == "":
		return Meson
	case strings.Contains(line, " example") && strings.Contains(line, " failure") && line[0] >= '0' && line[0] <= '9':
		return RSpec
	}
	if _, _, _, ok := ctestLine(line); ok {
		return CTest
	}
	if _, _, _, _, ok := mesonLine(line); ok {
		return Meson
	}
	if _, _, ok := minitestLine(line); ok {
		return Minitest
	}
	if title, ok := banner(line, '='); ok && (title == "test session starts" || pytestEnd(title, &builder{})) {
		return Pytest
	}
	if _, _, _, _, ok := pytestLine(line); ok {
		return Pytest
	}
	if head, verdict, ok := cutLast(line, " ... "); ok && unittestID(head) != "" && unittestState(verdict) != "" {
		return Unittest
	}
	if _, _, ok := dotted(line); ok && (strings.HasSuffix(line, ".. ok") || strings.HasSuffix(line, "subtests") || strings.HasSuffix(line, " ..")) {
		return TAP
	}
	return ""
}
