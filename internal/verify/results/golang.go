package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// goText is what the plain output of go test has said of the package that runs:
// its name comes last.
type goText struct {
	b       *builder
	tests   []namedTest
	output  excerpt // since the last test
	running string
	failed  bool
	verbose bool
	result  bool // PASS or FAIL was said, so that only the line of the package is due
}

type namedTest struct {
	name string
	test Test
}

// parseGo reads go test with or without -v. Without it only failing tests are
// named, and packages stand for those that pass.
func parseGo(l *lines, b *builder) {
	b.reruns = true
	s := goText{b: b}
	var build goBuild
	for l.next() {
		if !build.line(l.text, b) {
			s.line(l.text)
		}
	}
	build.end(b)
	switch {
	case s.result: // a test binary that was run without go
		s.end("", "", 0)
	case len(s.tests) > 0 || s.running != "":
		b.broken(cutOff)
	}
}

func (s *goText) line(text string) {
	trimmed := strings.TrimLeft(text, " ")
	switch {
	case strings.HasPrefix(text, "=== RUN "):
		s.verbose, s.running = true, strings.TrimSpace(text[len("=== RUN "):])
	case strings.HasPrefix(text, "=== "):
		s.verbose = true
	case strings.HasPrefix(trimmed, "--- "):
		if !s.test(trimmed) {
			s.output.line(text)
		}
	case text == "PASS" || text == "FAIL":
		s.result = true
	case strings.HasPrefix(text, "ok  \t"), strings.HasPrefix(text, "FAIL\t"), strings.HasPrefix(text, "?   \t"), strings.HasPrefix(text, "---\t"):
		status, rest, _ := strings.Cut(text, "\t")
		name, rest, _ := strings.Cut(rest, "\t")
		name, _, unbuilt := strings.Cut(name, " [")
		if unbuilt && goUnbuilt(text) {
			s.b.notBuilt()
		}
		if strings.Contains(rest, "[no test") { // files, or any that was chosen
			status = "?"
		}
		seconds, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSuffix(rest, "s"), " "), 64)
		s.end(strings.TrimSpace(status), name, seconds)
	default:
		s.output.line(text)
		if n := len(s.tests); n > 0 && s.running == "" && s.tests[n-1].test.State == backport.TestFailed && len(s.tests[n-1].test.Text)+len(text) < maxText {
			s.tests[n-1].test.Text += text + "\n"
		}
	}
}

// test reads "--- FAIL: TestA/sub (0.01s)"; what the test printed stands before
// it with -v, behind it without.
func (s *goText) test(line string) bool {
	verdict, rest, ok := strings.Cut(line[len("--- "):], ": ")
	var state backport.TestState
	switch verdict {
	case "PASS":
		state = backport.TestPassed
	case "FAIL":
		state = backport.TestFailed
	case "SKIP":
		state = backport.TestSkipped
	}
	i := strings.LastIndex(rest, " (")
	if !ok || state == "" || i < 0 || !strings.HasSuffix(rest, "s)") || len(s.tests) >= maxTests {
		return false
	}
	seconds, err := strconv.ParseFloat(rest[i+2:len(rest)-2], 64)
	if err != nil {
		return false
	}
	t := Test{State: state, Seconds: seconds, Quiet: !s.verbose}
	if state == backport.TestFailed {
		s.failed = true
		if s.verbose {
			t.Text = clip(s.output.String(), half)
		}
	}
	s.tests = append(s.tests, namedTest{rest[:i], t})
	s.output = excerpt{}
	s.running = ""
	return true
}

// end takes the line of a package.
func (s *goText) end(status, name string, seconds float64) {
	for _, t := range s.tests {
		id := t.name
		if name != "" {
			id = name + "." + id
		}
		s.b.add(id, t.test)
	}
	switch {
	case status == "ok" && !s.verbose:
		s.b.add(name, Test{State: backport.TestPassed, Seconds: seconds})
	case status == "FAIL" && s.verbose && !s.failed && s.running != "":
		s.b.broken("a package ended before its tests did")
		s.b.add(name+"."+s.running, Test{State: backport.TestFailed, Text: s.output.String()})
	case status == "FAIL" && !s.failed:
		s.b.add(name, Test{State: backport.TestFailed, Text: s.output.String(), Seconds: seconds, Quiet: true})
	case status == "FAIL" && !s.verbose:
		s.b.add(name, Test{State: backport.TestFailed, Seconds: seconds})
	}
	*s = goText{b: s.b}
}

// goBuild finds what the compiler says in the output of go test: "# package"
// and the lines behind it.
type goBuild struct{ inside, said bool }

// line says whether the line was one of the compiler.
func (g *goBuild) line(text string, b *builder) bool {
	switch {
	case strings.HasPrefix(text, "# "), strings.HasPrefix(text, "go: ") && len(b.r.Tests) == 0, strings.HasPrefix(text, "go build "):
		g.inside = true
	case text == "", strings.HasPrefix(text, "FAIL"), strings.HasPrefix(text, "ok  \t"), strings.HasPrefix(text, "?   \t"),
		strings.HasPrefix(text, "=== "), strings.HasPrefix(text, "--- "), strings.HasPrefix(text, "{"), strings.HasPrefix(text, "PASS"):
		if goUnbuilt(text) {
			b.notBuilt()
		}
		g.inside = false
	}
	if g.inside && !strings.HasPrefix(text, "go: downloading ") {
		g.said = true
		b.building(text)
	}
	return g.inside
}

// end: where nothing but a compiler said something, it failed.
func (g *goBuild) end(b *builder) {
	if g.said && len(b.r.Tests) == 0 {
		b.notBuilt()
	}
}
