package results

import (
	"strconv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// tap is what a stream in the Test Anything Protocol (testanything.org, versions
// 12 to 14) has said: at each depth of nesting the results that have no parent
// yet, for a parent's name comes behind its children.
type tap struct {
	b      *builder
	levels [maxNesting][]tapTest
	kept   int
	last   *tapTest // whose diagnostics may follow
	plan   int      // of the top level; -1 unknown
	early  bool     // the plan stood before the first test
	seen   int      // results at the top level
	file   string   // of prove
	files  bool     // prove tells of files
	told   bool     // prove has said its last word
	bad    bool     // some test of the file failed
	yaml   int      // indentation of the YAML block inside, plus one; 0 outside
}

type tapTest struct {
	name string
	test Test
}

const (
	maxNesting = 32
	nested     = " > "
)

// parseTAP reads TAP, also several streams one after the other, and the output
// of prove.
func parseTAP(l *lines, b *builder) {
	s := tap{b: b, plan: -1}
	for l.next() {
		s.line(l.text)
	}
	s.finish()
}

func (s *tap) line(text string) {
	body := strings.TrimLeft(text, " \t")
	indent := len(text) - len(body)
	if s.yaml > 0 {
		end := body == "..." && indent+1 == s.yaml
		if end || body != "" && indent+1 < s.yaml {
			s.yaml = 0
		}
		if s.yaml > 0 && !strings.HasPrefix(body, "duration_ms:") {
			s.tell(body)
		}
		if s.yaml > 0 || end {
			return
		}
	}
	depth := indent / 4
	switch {
	case depth >= maxNesting:
		s.b.broken("subtests are nested too deeply")
	case s.result(body, depth):
	case body == "---" && indent >= 2:
		s.yaml = indent + 1
	case strings.HasPrefix(body, "Bail out!"):
		s.b.broken("bailed out: " + strings.TrimSpace(body[len("Bail out!"):]))
	case indent == 0 && strings.HasPrefix(body, "TAP version"):
		s.stream()
	case indent == 0 && strings.HasPrefix(body, "1.."):
		s.planned(body[3:])
	case indent == 0 && s.prove(body):
	case strings.HasPrefix(body, "#") && !strings.HasPrefix(body, "# Subtest"):
		s.tell(strings.TrimSpace(body[1:]))
	}
}

// result reads "ok 1 - name # SKIP reason".
func (s *tap) result(body string, depth int) bool {
	state := backport.TestPassed
	rest, ok := strings.CutPrefix(body, "ok")
	if !ok {
		rest, ok = strings.CutPrefix(body, "not ok")
		state = backport.TestFailed
	}
	if !ok || rest != "" && rest[0] != ' ' || s.files && rest == "" {
		return false
	}
	rest = strings.TrimSpace(rest)
	number := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	rest = strings.TrimSpace(rest[len(number):])
	name, directive := tapDirective(strings.TrimSpace(strings.TrimPrefix(rest, "- ")))
	if rest == "-" {
		name = ""
	}
	name = strings.TrimSpace(strings.TrimSuffix(name, " {")) // a block of TAP 14
	switch word, _, _ := strings.Cut(strings.ToLower(directive), " "); {
	case strings.HasPrefix(word, "skip"):
		state = backport.TestSkipped
	case word == "todo" && state == backport.TestFailed:
		// A failure that is expected is no failure, and no success either.
		state = backport.TestSkipped
	}
	if name == "" {
		name = "#" + number
		if number == "" {
			name = "#" + strconv.Itoa(len(s.levels[depth])+1)
		}
	}
	if depth == 0 {
		s.seen++
	}
	s.keep(depth, tapTest{clip(name, maxID), Test{State: state, Text: directive}})
	return true
}

// keep puts a result beside its siblings, with the deeper ones that were waiting
// for their parent.
func (s *tap) keep(depth int, t tapTest) {
	s.last = nil
	if s.kept >= maxTests {
		s.b.broken("more tests than can be followed")
		return
	}
	for below := depth + 1; below < maxNesting; below++ {
		for _, child := range s.levels[below] {
			child.name = clip(t.name+nested+child.name, 2*maxID)
			s.levels[depth] = append(s.levels[depth], child)
		}
		s.levels[below] = nil
	}
	s.levels[depth] = append(s.levels[depth], t)
	s.last = &s.levels[depth][len(s.levels[depth])-1]
	s.kept++
	s.bad = s.bad || t.test.State == backport.TestFailed
	if depth == 0 {
		s.flush(s.levels[0][:len(s.levels[0])-1])
		s.levels[0] = append(s.levels[0][:0], t)
		s.last = &s.levels[0][0]
	}
}

// flush hands over results that are complete.
func (s *tap) flush(tests []tapTest) {
	for _, t := range tests {
		name := t.name
		if s.file != "" {
			name = s.file + nested + name
		}
		s.b.add(name, t.test)
		s.kept--
	}
}

// tell adds to what the last test said.
func (s *tap) tell(text string) {
	if s.last != nil && s.last.test.State != backport.TestPassed && len(s.last.test.Text)+len(text) < maxText {
		s.last.test.Text = strings.TrimLeft(s.last.test.Text+"\n"+text, "\n")
	}
}

// planned takes "1..N", and "1..0 # SKIP reason".
func (s *tap) planned(rest string) {
	number, _, _ := strings.Cut(rest, "#")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 0 {
		return
	}
	if s.plan >= 0 {
		s.stream()
	}
	s.plan, s.early = n, s.seen == 0
	s.b.none = s.b.none || n == 0
}

// stream ends what may be one of several streams.
func (s *tap) stream() {
	if s.plan >= 0 && s.seen < s.plan {
		s.b.broken(cutOff)
	}
	if s.plan < 0 && s.seen > 0 && !s.files {
		s.b.broken("there is no plan, so the end may be missing")
	}
	s.flush(s.levels[0])
	for depth := range s.levels {
		s.kept -= len(s.levels[depth])
		s.levels[depth] = nil
	}
	s.kept, s.last, s.plan, s.seen, s.yaml = 0, nil, -1, 0, 0
}

func (s *tap) finish() {
	orphans := false
	for _, level := range s.levels[1:] {
		orphans = orphans || len(level) > 0
	}
	if orphans || s.files && !s.told {
		s.b.broken(cutOff)
	}
	s.stream()
}

// tapDirective cuts "name # SKIP reason" at a "#" that isn't escaped and that a
// directive follows.
func tapDirective(s string) (name, directive string) {
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] == '#' && (i == 0 || s[i-1] == ' '):
			d := strings.TrimSpace(s[i+1:])
			if word := strings.ToLower(d[:min(len(d), 4)]); word == "skip" || word == "todo" {
				return strings.TrimSpace(s[:i]), d
			}
			if strings.HasPrefix(d, "time=") {
				return strings.TrimSpace(s[:i]), ""
			}
		}
	}
	return s, ""
}
