package results

import (
	"slices"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// parseMeson reads the output of meson test: " 2/3 suite / name   FAIL   0.01s
// exit status 1", behind them the counts and, with --print-errorlogs, what the
// failing ones printed.
func parseMeson(l *lines, b *builder) {
	done := false
	for l.next() {
		name, verdict, seconds, rest, ok := mesonLine(l.text)
		if !ok {
			done = done || strings.HasPrefix(l.text, "Ok: ")
			if strings.HasPrefix(l.text, "FAILED: ") || strings.HasPrefix(l.text, "ninja: build stopped") {
				b.building(l.text)
				b.notBuilt()
			} else if b.failed || strings.Contains(l.text, " error: ") {
				b.building(l.text)
			}
			continue
		}
		t := Test{State: backport.TestFailed, Seconds: seconds, Text: strings.TrimSpace(verdict + " " + rest)}
		switch verdict {
		case "OK":
			t.State = backport.TestPassed
		case "SKIP", "EXPECTEDFAIL":
			t.State = backport.TestSkipped
		}
		b.add(name, t)
	}
	if !done {
		b.broken(cutOff)
	}
}

func mesonLine(line string) (name, verdict string, seconds float64, rest string, ok bool) {
	counter, after, found := strings.Cut(strings.TrimLeft(line, " "), " ")
	done, all, slash := strings.Cut(counter, "/")
	if !found || !slash || done == "" || all == "" || strings.Trim(done+all, "0123456789") != "" {
		return
	}
	fields := strings.Fields(after)
	verdicts := []string{"OK", "FAIL", "SKIP", "TIMEOUT", "ERROR", "EXPECTEDFAIL", "UNEXPECTEDPASS", "INTERRUPT"}
	for i := 1; i+1 < len(fields); i++ {
		seconds, err := strconv.ParseFloat(strings.TrimSuffix(fields[i+1], "s"), 64)
		if err == nil && strings.HasSuffix(fields[i+1], "s") && slices.Contains(verdicts, fields[i]) {
			return strings.Join(fields[:i], " "), fields[i], seconds, strings.Join(fields[i+2:], " "), true
		}
	}
	return
}
