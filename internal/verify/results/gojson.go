package results

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// goEvent is a line of go test -json; see "go doc test2json". Since Go 1.24 the
// build says its part in the same stream, under ImportPath.
type goEvent struct {
	Action, Package, Test, Output, ImportPath, FailedBuild string
	Elapsed                                                float64
}

// goStream is what go test -json has said so far.
type goStream struct {
	b        *builder
	packages map[string]*goPackage
	open     int // tests, of all packages
}

// goPackage is what is known of a package while it runs.
type goPackage struct {
	open    map[string]*goTest
	output  excerpt // outside tests
	failed  bool    // some test failed
	unbuilt bool
}

// goTest is a test while it runs.
type goTest struct {
	output excerpt
	paused bool
}

// parseGoJSON reads go test -json. Lines that aren't JSON are those of a build
// before Go 1.24, or of go itself.
func parseGoJSON(l *lines, b *builder) {
	b.reruns = true
	s := goStream{b: b, packages: map[string]*goPackage{}}
	var build goBuild
	events := false
	for l.next() {
		var e goEvent
		if !strings.HasPrefix(l.text, "{") || json.Unmarshal([]byte(l.text), &e) != nil || e.Action == "" {
			build.line(l.text, b)
			continue
		}
		events = true
		switch e.Action {
		case "build-output":
			b.building(strings.TrimRight(e.Output, "\n"))
		case "build-fail":
			b.notBuilt()
		default:
			s.event(e)
		}
	}
	build.end(b)
	if len(s.packages) > 0 || !events && !b.failed {
		b.broken(cutOff)
	}
}

func (s *goStream) event(e goEvent) {
	p := s.packages[e.Package]
	if p == nil {
		if len(s.packages) >= maxOpen {
			s.b.broken("more packages than can be followed")
			return
		}
		p = &goPackage{open: map[string]*goTest{}}
		s.packages[e.Package] = p
	}
	switch {
	case e.Test != "":
		s.test(p, e)
	case e.Action == "output":
		p.output.write(e.Output)
		p.unbuilt = p.unbuilt || goUnbuilt(e.Output)
	case e.Action == "pass" || e.Action == "fail" || e.Action == "skip":
		s.end(p, e)
	}
}

// test takes an event of a test.
func (s *goStream) test(p *goPackage, e goEvent) {
	t, known := p.open[e.Test]
	if !known {
		t = &goTest{}
		if s.open >= maxOpen {
			s.b.broken("more tests at once than can be followed")
		} else {
			p.open[e.Test] = t
			s.open++
		}
	}
	var state backport.TestState
	switch e.Action {
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") {
			t.output.write(e.Output)
		}
	case "pause":
		t.paused = true
	case "cont":
		t.paused = false
	case "pass":
		state = backport.TestPassed
	case "skip":
		state = backport.TestSkipped
	case "fail":
		state = backport.TestFailed
		p.failed = true
	}
	if state == "" {
		return
	}
	if _, ok := p.open[e.Test]; ok {
		delete(p.open, e.Test)
		s.open--
	}
	s.b.add(e.Package+"."+e.Test, Test{State: state, Text: t.output.String(), Seconds: e.Elapsed})
}

// end takes the result of a package. One that fails beside its tests (it isn't
// built, TestMain exits, the process dies) is a quiet test of its own. Of the
// tests that still ran when the process died one is at fault: the one that
// failed, where go says so, else each that was not waiting.
func (s *goStream) end(p *goPackage, e goEvent) {
	delete(s.packages, e.Package)
	s.open -= len(p.open)
	if e.Action != "fail" {
		return
	}
	if e.FailedBuild != "" || p.unbuilt {
		s.b.notBuilt()
	}
	if len(p.open) > 0 {
		s.b.broken("a package ended before its tests did")
	}
	if !p.failed {
		for _, name := range slices.Sorted(maps.Keys(p.open)) {
			if t := p.open[name]; !t.paused {
				p.failed = true
				s.b.add(e.Package+"."+name, Test{State: backport.TestFailed, Text: t.output.String()})
			}
		}
	}
	if !p.failed {
		s.b.add(e.Package, Test{State: backport.TestFailed, Text: p.output.String(), Seconds: e.Elapsed, Quiet: true})
	}
}

func goUnbuilt(line string) bool {
	return strings.HasPrefix(line, "FAIL\t") && (strings.Contains(line, "[build failed]") || strings.Contains(line, "[setup failed]"))
}
