package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// parseCTest reads the output of ctest, also with -V or --output-on-failure:
// "2/3 Test #2: name ....***Failed    0.01 sec".
func parseCTest(l *lines, b *builder) {
	done := false
	texts := map[string]*excerpt{} // -V: what a test prints, by its number
	name := ""                     // of the test that failed last
	var text excerpt
	flush := func() {
		if name != "" && text.size > 0 {
			b.add(name, Test{State: backport.TestFailed, Text: text.String()})
		}
		name, text = "", excerpt{}
	}
	for l.next() {
		line := l.text
		number, test, verdict, ok := ctestLine(line)
		switch {
		case ok:
			flush()
			state, seconds := ctestVerdict(verdict)
			t := Test{State: state, Seconds: seconds}
			if e := texts[number]; e != nil {
				t.Text = e.String()
				delete(texts, number)
			}
			if strings.HasPrefix(verdict, "***Not Run") && state == backport.TestFailed {
				t.Quiet = true // its program is not there
				b.notBuilt()
			}
			b.add(test, t)
			if state == backport.TestFailed {
				name = test
			}
		case strings.Contains(line, "% tests passed, ") && strings.Contains(line, " tests failed out of "), strings.HasPrefix(line, "No tests were found"):
			flush()
			done = true
		case strings.HasPrefix(strings.TrimSpace(line), "Start "), strings.HasPrefix(line, "test "):
			flush()
		case strings.HasPrefix(line, "Could not find executable "):
			b.building(line)
		case name != "":
			text.line(line)
		default:
			if number, rest, found := strings.Cut(line, ": "); found && strings.Trim(number, "0123456789") == "" && number != "" {
				if texts[number] == nil && len(texts) < maxOpen {
					texts[number] = &excerpt{}
				}
				if e := texts[number]; e != nil {
					e.line(rest)
				}
			}
		}
	}
	if !done {
		b.broken(cutOff)
	}
}

// ctestLine cuts "1/3 Test  #1: name ....   Passed    0.00 sec".
func ctestLine(line string) (number, name, verdict string, ok bool) {
	head, rest, ok := strings.Cut(line, "Test ")
	if !ok || !strings.Contains(head, "/") || strings.Trim(head, "0123456789/ ") != "" {
		return "", "", "", false
	}
	rest, ok = strings.CutPrefix(strings.TrimSpace(rest), "#")
	number, rest, found := strings.Cut(rest, ": ")
	// The dots reach to a column; at least three of them stand there.
	i := strings.LastIndex(rest, " ..")
	if !ok || !found || i < 0 {
		return "", "", "", false
	}
	return number, strings.TrimSpace(rest[:i]), strings.TrimSpace(strings.TrimLeft(rest[i:], " .")), true
}

func ctestVerdict(s string) (backport.TestState, float64) {
	fields := strings.Fields(s)
	seconds := 0.0
	if n := len(fields); n > 2 && fields[n-1] == "sec" {
		seconds, _ = strconv.ParseFloat(fields[n-2], 64)
	}
	switch {
	case strings.HasPrefix(s, "Passed"):
		return backport.TestPassed, seconds
	case strings.HasPrefix(s, "***Skipped"), strings.Contains(s, "(Disabled)"):
		return backport.TestSkipped, seconds
	}
	return backport.TestFailed, seconds
}
