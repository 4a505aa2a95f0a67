package results

import (
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// prove reads what prove (TAP::Harness) says of files: "t/a.t .. ok",
// "t/a.t .. Failed 1/2 subtests", with -v the results between the dots and the
// verdict, on a line of its own; at the end "Result: PASS".
func (s *tap) prove(text string) bool {
	switch {
	case strings.HasPrefix(text, "Result: "):
		if s.file != "" {
			s.b.broken(cutOff)
		}
		s.file, s.files, s.told = "", true, true
		return true
	case s.file != "" && s.verdict(text):
		return true
	}
	name, rest, ok := dotted(text)
	if !ok {
		return false
	}
	s.stream()
	s.file, s.files, s.bad = name, true, false
	if rest != "" {
		s.verdict(rest)
	}
	return true
}

// dotted cuts "name ..... rest".
func dotted(text string) (name, rest string, ok bool) {
	i := strings.Index(text, " ..")
	if i <= 0 {
		return "", "", false
	}
	rest = strings.TrimLeft(text[i+1:], ".")
	if rest != "" && rest[0] != ' ' || strings.ContainsAny(text[:i], " \t") {
		return "", "", false
	}
	return text[:i], strings.TrimSpace(rest), true
}

// verdict takes what is said of the file; where tests of it were named, it adds
// a failure only that none of them has.
func (s *tap) verdict(text string) bool {
	file, tests := s.file, s.seen > 0
	t := Test{Text: text}
	switch {
	case text == "ok" || strings.HasPrefix(text, "ok "):
		t.State = backport.TestPassed
	case strings.HasPrefix(text, "skipped"):
		t.State = backport.TestSkipped
	case strings.HasPrefix(text, "Failed "), strings.HasPrefix(text, "Dubious"), strings.HasPrefix(text, "No subtests run"),
		strings.HasPrefix(text, "All "):
		t.State = backport.TestFailed
	default:
		return false
	}
	s.plan = -1 // the verdict has counted
	s.stream()
	s.file = ""
	if !tests {
		s.b.add(file, t)
	} else if t.State == backport.TestFailed && !s.bad {
		t.Quiet = true
		s.b.add(file, t)
	}
	return true
}
