package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// parseTcl reads the test suite of Redis and Valkey: "[ok]: name (5 ms)",
// "[err]: name in tests/unit/a.tcl" with what went wrong behind it. Several
// files run at once and their lines mix, so that a name is all that is known of
// a test.
func parseTcl(l *lines, b *builder) {
	done := false
	failed := ""
	var text excerpt
	flush := func() {
		if failed != "" {
			b.add(failed, Test{State: backport.TestFailed, Text: text.String(), Quiet: failed == tclException})
		}
		failed, text = "", excerpt{}
	}
	for l.next() {
		word, rest, ok := tclLine(l.text)
		if !ok {
			switch {
			case strings.HasPrefix(l.text, `\o/ All tests passed`), strings.HasPrefix(l.text, "!!! WARNING The following tests failed"):
				done = true
				flush()
			case strings.HasPrefix(l.text, "cc: error"), strings.HasPrefix(l.text, "make"), strings.Contains(l.text, " error: "):
				b.building(l.text)
				if strings.HasPrefix(l.text, "make") && strings.Contains(l.text, " Error ") {
					b.notBuilt()
				}
			}
			if failed != "" {
				text.line(l.text)
			}
			continue
		}
		flush()
		switch word {
		case "ok":
			name, seconds := tclTime(rest)
			b.add(name, Test{State: backport.TestPassed, Seconds: seconds})
		case "skip", "ignore":
			name, reason := rest, ""
			if i := strings.LastIndex(rest, ": "); i > 0 && word == "ignore" {
				name, reason = rest[:i], rest[i+2:]
			}
			b.add(name, Test{State: backport.TestSkipped, Text: reason})
		case "err":
			if i := strings.LastIndex(rest, " in "); i > 0 && strings.HasSuffix(rest, ".tcl") {
				rest = rest[:i]
			}
			failed = rest
		case "exception", "timeout":
			failed = tclException
			text.line(l.text)
			b.broken("the test suite died: " + rest)
		}
	}
	flush()
	if !done {
		b.broken(cutOff)
	}
}

const tclException = "exception"

// tclLine cuts "[word]: rest".
func tclLine(line string) (word, rest string, ok bool) {
	after, found := strings.CutPrefix(strings.TrimLeft(line, " "), "[")
	word, rest, ok = strings.Cut(after, "]: ")
	if !found || !ok || len(word) > 12 || strings.Contains(word, " ") {
		return "", "", false
	}
	return word, rest, true
}

func tclTime(rest string) (string, float64) {
	name, took, ok := cutLast(rest, " (")
	ms, err := strconv.ParseFloat(strings.TrimSuffix(took, " ms)"), 64)
	if !ok || err != nil || !strings.HasSuffix(took, " ms)") {
		return rest, 0
	}
	return name, ms / 1000
}
