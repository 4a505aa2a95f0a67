package results

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"backstay.dev/backstay/internal/backport"
)

// The bounds of a file in JUnit's format.
const (
	maxXML   = 256 << 20 // bytes
	maxDepth = 100       // elements
)

// parseJUnit reads XML in the format that Ant's JUnit task began and nobody
// specified. Entities of a DTD are not expanded: encoding/xml knows none.
func parseJUnit(r io.Reader, b *builder) error {
	limited := &io.LimitedReader{R: r, N: maxXML}
	clean := &characters{r: limited}
	d := xml.NewDecoder(clean)
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	s := junit{b: b}
	for {
		token, err := d.RawToken()
		switch {
		case limited.N <= 0:
			b.broken(fmt.Sprintf("the file is larger than %d MiB", maxXML>>20))
			return nil
		case errors.Is(err, io.EOF):
			if len(s.path) > 0 || !s.seen {
				b.broken("the file ends before its tests do")
			}
			return nil
		case clean.err != nil && !errors.Is(clean.err, io.EOF):
			return clean.err
		case err != nil:
			b.broken("the file is no XML: " + err.Error())
			return nil
		}
		switch t := token.(type) {
		case xml.StartElement:
			if len(s.path) >= maxDepth {
				b.broken("the file is nested too deeply")
				return nil
			}
			s.start(t)
		case xml.EndElement:
			s.end(t.Name.Local)
		case xml.CharData:
			if s.inside && s.message.size < maxText && s.telling() {
				s.message.write(string(t[:min(len(t), maxText)]))
			}
		}
	}
}

// junit is where in a file the reader is.
type junit struct {
	b       *builder
	path    []string // names of the open elements
	suites  []string // names of the open suites
	seen    bool     // a suite was seen
	inside  bool     // a test case
	name    string
	test    Test
	reruns  bool // some run of it failed and was repeated
	todo    bool // it is expected to fail
	message excerpt
}

func (s *junit) start(e xml.StartElement) {
	s.path = append(s.path, e.Name.Local)
	switch name := e.Name.Local; {
	case name == "testsuite" || name == "testsuites":
		s.seen = true
		s.suites = append(s.suites, attribute(e, "name"))
	case name == "testcase":
		s.seen, s.inside, s.reruns, s.todo = true, true, false, false
		seconds, _ := strconv.ParseFloat(strings.ReplaceAll(attribute(e, "time"), ",", ""), 64)
		if seconds < 0 || seconds != seconds {
			seconds = 0
		}
		s.test = Test{State: backport.TestPassed, Seconds: seconds}
		s.message = excerpt{}
		class, name := attribute(e, "classname"), attribute(e, "name")
		if class == "" {
			class = strings.Join(s.suites, ".")
		}
		s.name = strings.Trim(class+"."+name, ".")
		if name == class || strings.HasPrefix(name, class+" ") || strings.HasPrefix(name, class+":") { // CTest, Meson
			s.name = name
		}
		s.test.Quiet = name == "" // a class that fails as a whole
		switch attribute(e, "status") {
		case "notrun", "disabled", "skipped":
			s.test.State = backport.TestSkipped
		case "fail", "failed":
			s.test.State = backport.TestFailed
		}
		if attribute(e, "result") == "suppressed" {
			s.test.State = backport.TestSkipped
		}
	case s.inside:
		s.outcome(e)
	}
}

// outcome takes an element within a test case. Surefire tells of repeated runs:
// those of a test that passed in the end are flaky…, of one that never did
// rerun….
func (s *junit) outcome(e xml.StartElement) {
	switch e.Name.Local {
	case "failure", "error":
		s.test.State = backport.TestFailed
	case "skipped":
		if attribute(e, "message") == "Unable to find executable" { // CTest
			s.test.State, s.test.Quiet = backport.TestFailed, true
			s.b.building(s.name + ": unable to find executable")
			s.b.notBuilt()
		}
		if s.test.State == backport.TestPassed {
			s.test.State = backport.TestSkipped
		}
		s.todo = s.todo || attribute(e, "type") == "todo"
	case "flakyFailure", "flakyError":
		s.reruns = true
	default:
		return
	}
	if m := attribute(e, "message"); m != "" && s.message.size < maxText {
		s.message.line(clip(m, maxText))
	}
}

// telling says whether the text that comes is that of a failure.
func (s *junit) telling() bool {
	switch s.path[len(s.path)-1] {
	case "failure", "error", "skipped", "flakyFailure", "flakyError":
		return true
	}
	return false
}

// end closes an element, and all that were left open in it.
func (s *junit) end(name string) {
	for len(s.path) > 0 {
		last := s.path[len(s.path)-1]
		s.path = s.path[:len(s.path)-1]
		switch last {
		case "testcase":
			if s.todo {
				s.test.State = backport.TestSkipped
			}
			if s.reruns && s.test.State == backport.TestPassed {
				s.test.State = backport.TestFlaky
			}
			s.test.Text = strings.TrimSpace(s.message.String())
			if !s.test.Quiet || s.test.State == backport.TestFailed {
				s.b.add(s.name, s.test)
			}
			s.inside = false
		case "testsuite", "testsuites":
			s.suites = s.suites[:len(s.suites)-1]
		}
		if last == name {
			return
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return clip(a.Value, maxText)
		}
	}
	return ""
}

// characters reads what XML can hold: what programs print into a report often
// can't (XML 1.0 §2.2), and no reader should give up a report for that.
type characters struct {
	r    io.Reader
	rest []byte // the beginning of a character
	err  error
}

func (c *characters) Read(p []byte) (int, error) {
	if len(p) < 2*utf8.UTFMax {
		return 0, io.ErrShortBuffer
	}
	if c.err != nil {
		return 0, c.err
	}
	n := copy(p, c.rest)
	m, err := c.r.Read(p[n:])
	n += m
	c.rest, c.err = nil, err
	for i := 0; i < n; {
		if err == nil && !utf8.FullRune(p[i:n]) {
			c.rest = append(c.rest, p[i:n]...)
			return i, nil
		}
		r, size := utf8.DecodeRune(p[i:n])
		if r == utf8.RuneError && size == 1 || r == '\ufffe' || r == '\uffff' || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			for j := range size {
				p[i+j] = '?'
			}
		}
		i += size
	}
	return n, err
}
