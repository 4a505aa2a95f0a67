package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// parseRSpec reads what any of RSpec's formatters says in the end: "3 examples,
// 1 failure" and "rspec ./spec/a_spec.rb:4 # A does something" for each that
// failed.
func parseRSpec(l *lines, b *builder) {
	done := false
	texts := map[string]*excerpt{}
	var text *excerpt
	for l.next() {
		line := l.text
		number, title, numbered := strings.Cut(strings.TrimLeft(line, " "), ") ")
		switch {
		case strings.HasPrefix(line, "  ") && numbered && number != "" && strings.Trim(number, "0123456789") == "":
			if text = nil; len(texts) < maxOpen {
				text = &excerpt{}
				texts[title] = text
			}
		case strings.HasPrefix(line, "rspec "):
			if _, name, ok := strings.Cut(line, " # "); ok {
				t := Test{State: backport.TestFailed, Quiet: true}
				if e := texts[name]; e != nil {
					t.Text = strings.TrimSpace(e.String())
				}
				b.add(name, t)
			}
		case strings.HasPrefix(line, "Finished in "):
			text = nil
		case strings.Contains(line, " example") && strings.Contains(line, " failure"):
			n, _ := strconv.Atoi(strings.SplitN(line, " ", 2)[0])
			done = true
			b.none = b.none || n > 0
			if strings.Contains(line, "occurred outside of examples") {
				b.notBuilt()
			}
		case strings.HasPrefix(line, "An error occurred while loading "):
			b.building(line)
			for i := 0; i < 10 && l.next(); i++ {
				b.building(l.text)
			}
		case text != nil:
			text.line(line)
		}
	}
	if !done {
		b.broken(cutOff)
	}
}

// parseMinitest reads minitest, as Rails runs it, with and without -v:
// "TestA#test_b = 0.00 s = ." and of a failure "Failure:" with
// "TestA#test_b [test/a_test.rb:4]:" behind it.
func parseMinitest(l *lines, b *builder) {
	done := false
	var failed string
	var text *excerpt
	flush := func() {
		if text != nil {
			b.add(failed, Test{State: backport.TestFailed, Text: text.String(), Quiet: true})
			text = nil
		}
	}
	for l.next() {
		line := strings.TrimSpace(l.text)
		kind := line[strings.LastIndexByte(line, ' ')+1:]
		switch {
		case kind == "Failure:" || kind == "Error:":
			flush()
			if !l.next() {
				break
			}
			if failed = minitestName(l.text); failed != "" {
				text = &excerpt{}
			} else {
				l.again()
			}
		case minitestSummary(line):
			flush()
			done = true
			b.none = b.none || !strings.HasPrefix(line, "0 ")
		case strings.HasSuffix(kind, ":") && kind == "Skipped:":
			flush()
		default:
			if name, t, ok := minitestLine(line); ok {
				flush()
				b.add(name, t)
			} else if text != nil {
				text.line(l.text)
			}
		}
	}
	flush()
	if !done {
		b.broken(cutOff)
	}
}

// minitestLine reads "TestA#test_b = 0.00 s = .".
func minitestLine(line string) (string, Test, bool) {
	head, mark, ok := cutLast(line, " s = ")
	name, seconds, found := cutLast(head, " = ")
	took, err := strconv.ParseFloat(seconds, 64)
	if !ok || !found || err != nil || !strings.Contains(name, "#") {
		return "", Test{}, false
	}
	t := Test{State: backport.TestFailed, Seconds: took}
	switch mark {
	case ".":
		t.State = backport.TestPassed
	case "S":
		t.State = backport.TestSkipped
	case "F", "E":
	default:
		return "", Test{}, false
	}
	return name, t, true
}

// minitestName reads "TestA#test_b [test/a_test.rb:4]:" and "TestA#test_b:".
func minitestName(line string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(line), " [")
	name = strings.TrimSuffix(name, ":")
	class, method, ok := strings.Cut(name, "#")
	if !ok || class == "" || strings.ContainsAny(class, " \t") || !strings.HasPrefix(method, "test_") {
		return ""
	}
	return name
}

func minitestSummary(line string) bool {
	return strings.Contains(line, " runs, ") && strings.Contains(line, " assertions, ") && strings.Contains(line, " errors")
}
