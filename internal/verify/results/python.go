package results

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// pytestState is the state for a word of pytest -v and -rA, "" for all other
// words. What is expected to fail and does has not passed; a strict xpass is
// reported as FAILED.
func pytestState(word string) backport.TestState {
	switch word {
	case "PASSED", "XPASS":
		return backport.TestPassed
	case "FAILED", "ERROR":
		return backport.TestFailed
	case "SKIPPED", "XFAIL":
		return backport.TestSkipped
	}
	return ""
}

// parsePytest reads pytest -v, -rA, or what it says of failures alone.
func parsePytest(l *lines, b *builder) {
	texts := map[string]*excerpt{} // of failures, by the last part of their names
	var text *excerpt
	done, collecting, verbose := false, false, false
	room := maxOpen
	for l.next() {
		line := l.text
		if title, ok := banner(line, '_'); ok {
			if collecting = strings.HasPrefix(title, "ERROR collecting "); collecting {
				b.building(strings.TrimPrefix(title, "ERROR collecting "))
			}
			text = nil
			if room--; room > 0 {
				text = &excerpt{}
				texts[title] = text
			}
			continue
		}
		if title, ok := banner(line, '='); ok {
			text, collecting = nil, false
			done = done || pytestEnd(title, b)
			continue
		}
		if strings.HasPrefix(line, "E  ") && collecting {
			b.building(line)
		}
		if text != nil {
			text.line(line)
			continue
		}
		if id, state, reason, short, ok := pytestLine(line); ok {
			t := Test{State: state, Text: reason, Quiet: short && !verbose && state == backport.TestFailed}
			verbose = verbose || !short || state == backport.TestPassed
			if !strings.Contains(id, "::") { // a file that could not be collected
				t.Quiet = true
				b.notBuilt()
			}
			if e := texts[pytestTitle(id)]; e != nil && t.State == backport.TestFailed {
				t.Text = clip(e.String(), maxText)
			}
			b.add(id, t)
		} else if pytestEnd(line, b) { // -q
			done = true
		}
	}
	if !done {
		b.broken(cutOff)
	}
}

// pytestLine reads "path::test PASSED [ 50%]", "[gw0] [ 50%] PASSED path::test"
// and, of the summary, "FAILED path::test - reason" (short).
func pytestLine(line string) (id string, state backport.TestState, reason string, short, ok bool) {
	rest := line
	worker := strings.HasPrefix(rest, "[gw")
	for worker && strings.HasPrefix(rest, "[") {
		_, after, _ := strings.Cut(rest, "]")
		rest = strings.TrimSpace(after)
	}
	word, after, _ := strings.Cut(rest, " ")
	if state = pytestState(word); state != "" {
		id, reason = pytestReason(after)
		isFile := word == "ERROR" && strings.HasSuffix(id, ".py")
		return id, state, reason, !worker, id != "" && (strings.Contains(id, "::") || isFile)
	}
	if !strings.Contains(line, "::") {
		return
	}
	// The id may hold blanks within brackets: the word is the last.
	rest = strings.TrimRight(rest, " ")
	if i := strings.LastIndexByte(rest, '['); i >= 0 && strings.HasSuffix(rest, "%]") {
		rest = strings.TrimRight(rest[:i], " ")
	}
	if strings.HasSuffix(rest, ")") {
		if i := strings.Index(rest, " ("); i > 0 && pytestState(lastWord(rest[:i])) != "" {
			reason = strings.TrimSuffix(rest[i+2:], ")")
			rest = rest[:i]
		}
	}
	word = lastWord(rest)
	if state = pytestState(word); state == "" {
		return
	}
	id = strings.TrimSpace(strings.TrimSuffix(rest, word))
	path, _, _ := strings.Cut(id, "::")
	return id, state, reason, false, id != "" && !strings.ContainsAny(path, " \t")
}

// pytestReason cuts "path::test[a - b] - reason".
func pytestReason(s string) (id, reason string) {
	from := 0
	if open := strings.IndexByte(s, '['); open >= 0 && open < strings.Index(s+" - ", " - ") {
		from = max(strings.Index(s, "] - "), 0)
		if from == 0 && strings.HasSuffix(strings.TrimSpace(s), "]") {
			return strings.TrimSpace(s), ""
		}
	}
	if i := strings.Index(s[from:], " - "); i >= 0 {
		return strings.TrimSpace(s[:from+i]), s[from+i+3:]
	}
	return strings.TrimSpace(s), ""
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }

// pytestTitle is what the block of a failure is headed by: "TestA.test_b".
func pytestTitle(id string) string {
	_, rest, _ := strings.Cut(id, "::")
	return strings.ReplaceAll(rest, "::", ".")
}

// banner reads "==== title ====".
func banner(line string, of byte) (string, bool) {
	const least = 3
	s := string(of)
	trimmed := strings.Trim(line, s)
	if len(line)-len(trimmed) < 2*least || !strings.HasPrefix(line, s+s+s) {
		return "", false
	}
	return strings.TrimSpace(trimmed), true
}

// pytestEnd reads "1 failed, 2 passed in 0.03s".
func pytestEnd(title string, b *builder) bool {
	counts, seconds, ok := strings.Cut(title, " in ")
	if !ok || !strings.Contains(seconds, "s") || seconds[0] < '0' || seconds[0] > '9' {
		return false
	}
	number, rest, _ := strings.Cut(counts, " ")
	n, err := strconv.Atoi(number)
	if counts == "no tests ran" {
		return true
	}
	if err != nil || n == 0 || rest == "" {
		return false
	}
	b.none = strings.Contains(counts, "passed") || strings.Contains(counts, "skipped")
	return true
}

// parseUnittest reads python -m unittest -v: "test_a (mod.Case.test_a) ... ok".
func parseUnittest(l *lines, b *builder) {
	var text *excerpt
	done := false
	failed := map[string]*excerpt{}
	waiting := ""
	for l.next() {
		line := l.text
		title, isFailure := strings.CutPrefix(line, "FAIL: ")
		if !isFailure {
			title, isFailure = strings.CutPrefix(line, "ERROR: ")
		}
		switch {
		case isFailure:
			text = nil
			if name := unittestID(title); name != "" && len(failed) < maxOpen {
				text = &excerpt{}
				failed[name] = text
			}
		case strings.HasPrefix(line, "Ran ") && strings.Contains(line, " test"):
			done = true
			text = nil
			b.none = !strings.HasPrefix(line, "Ran 0 ")
		case banners(line):
		case text != nil:
			text.line(line)
		default:
			head, verdict, ok := cutLast(line, " ... ")
			if !ok {
				if name := unittestID(line); name != "" {
					waiting = name
				}
				continue
			}
			id := unittestID(strings.TrimLeft(head, " "))
			if id == "" {
				id = waiting // its docstring stands on a line of its own
			}
			waiting = ""
			if state := unittestState(verdict); state != "" && id != "" {
				b.add(id, Test{State: state, Text: verdict})
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(failed)) {
		e := failed[id]
		t := b.r.Tests[stable(id, b.tops)]
		unbuilt := strings.HasPrefix(id, "unittest.loader._FailedTest.")
		t.Quiet = t.Quiet || t.State == "" || unbuilt
		t.State, t.Text = backport.TestFailed, clip(e.String(), maxText)
		if outer, _, sub := strings.Cut(id, " "); sub {
			b.add(outer, Test{State: backport.TestFailed})
			t.Quiet = true
		}
		b.r.Tests[stable(id, b.tops)] = t
		if unbuilt {
			b.building(e.String())
			b.notBuilt()
		}
	}
	if !done {
		b.broken(cutOff)
	}
}

func banners(line string) bool {
	return len(line) > 20 && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "")
}

func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// unittestID reads "test_a (mod.Case.test_a)", before Python 3.11 "test_a
// (mod.Case)", with what tells a subtest behind.
func unittestID(s string) string {
	name, rest, ok := strings.Cut(s, " (")
	class, sub, closed := strings.Cut(rest, ")")
	if !ok || !closed || name == "" || strings.ContainsAny(name, " \t") || strings.ContainsAny(class, " \t") || !strings.Contains(class, ".") {
		return ""
	}
	if name != class && !strings.HasSuffix(class, "."+name) {
		class += "." + name
	}
	return strings.TrimSpace(class + sub)
}

func unittestState(verdict string) backport.TestState {
	switch {
	case verdict == "ok":
		return backport.TestPassed
	case verdict == "FAIL", verdict == "ERROR", verdict == "unexpected success":
		return backport.TestFailed
	case strings.HasPrefix(verdict, "skipped"), verdict == "expected failure":
		return backport.TestSkipped
	}
	return ""
}
