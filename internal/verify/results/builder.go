package results

import (
	"fmt"
	"hash/fnv"
	"strings"

	"backstay.dev/backstay/internal/backport"
)

// The bounds of a report.
const (
	maxTests    = 500_000
	maxID       = 500     // bytes
	maxText     = 4 << 10 // bytes of one test
	maxTexts    = 64 << 20
	maxNotBuilt = 2 << 10
	maxReasons  = 5
	maxReason   = 200    // bytes
	maxOpen     = 10_000 // tests that run at the same time
)

// The reasons that several formats give.
const (
	cutOff = "the output ends before the tests do"
	noTest = "no test was seen"
)

// A builder makes a Report within the bounds.
type builder struct {
	r       Report
	texts   int
	reasons []string
	build   excerpt
	failed  bool
	tops    []string
	// reruns: the tool gives each test a name of its own, so that one that comes
	// twice was run twice.
	reruns bool
	// none: tests were run, and all that was said is that none of them failed.
	none bool
}

func newBuilder(f Format, tops []string) *builder {
	b := &builder{r: Report{Tests: map[string]Test{}, Format: f}}
	for _, top := range tops {
		if top = strings.TrimRight(top, "/\\"); top != "" {
			b.tops = append(b.tops, top+"/", top+"\\")
		}
	}
	return b
}

// add notes a result. Of several for one id the worst counts; where the names
// of a tool are unique (reruns), passed and failed is flaky.
func (b *builder) add(name string, t Test) {
	id := stable(name, b.tops)
	if id == "" {
		return
	}
	if t.State == backport.TestPassed {
		t.Text = ""
	}
	if old, ok := b.r.Tests[id]; ok {
		if b.reruns && id == name {
			t = again(old, t)
		} else {
			t = worse(old, t)
		}
	} else if len(b.r.Tests) >= maxTests {
		b.broken(fmt.Sprintf("more than %d tests", maxTests))
		return
	}
	if b.texts+len(t.Text) > maxTexts {
		t.Text = ""
	}
	b.texts += len(t.Text)
	b.r.Tests[id] = t
}

// broken notes why the report cannot be trusted.
func (b *builder) broken(reason string) {
	reason = clip(strings.ReplaceAll(reason, ";", ","), maxReason)
	for _, r := range b.reasons {
		if r == reason {
			return
		}
	}
	if len(b.reasons) < maxReasons {
		b.reasons = append(b.reasons, reason)
	}
}

// building notes a line of a compiler, which counts once notBuilt is said.
func (b *builder) building(line string) {
	if b.build.size < maxNotBuilt {
		b.build.line(line)
	}
}

// notBuilt says that something was not built.
func (b *builder) notBuilt() {
	b.failed = true
	b.broken("something was not built")
}

// report is the result.
func (b *builder) report() Report {
	if b.failed {
		b.r.NotBuilt = clip(strings.TrimSpace(b.build.String()), maxNotBuilt)
		if b.r.NotBuilt == "" {
			b.r.NotBuilt = "the tool does not say why"
		}
	}
	if len(b.r.Tests) == 0 && !b.none {
		b.broken(noTest)
	}
	b.r.Broken = joinReasons(b.reasons)
	return b.r
}

// clip cuts a text to n bytes, not within a UTF-8 character.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// An excerpt is the head and the tail of a text: the message of a failure stands
// at one of them.
type excerpt struct {
	head, tail []byte
	size       int // of the whole
}

const half = maxText/2 - 8

func (e *excerpt) line(s string) {
	e.write(s)
	e.write("\n")
}

func (e *excerpt) write(s string) {
	e.size += len(s)
	if n := min(half-len(e.head), len(s)); n > 0 {
		e.head = append(e.head, s[:n]...)
		s = s[n:]
	}
	if len(s) > half {
		s = s[len(s)-half:]
	}
	e.tail = append(e.tail, s...)
	if len(e.tail) > 4*half {
		e.tail = append(e.tail[:0], e.tail[len(e.tail)-half:]...)
	}
}

func (e *excerpt) String() string {
	tail := e.tail
	gap := ""
	if len(tail) > half {
		tail = tail[len(tail)-half:]
	}
	if len(e.head)+len(tail) < e.size {
		gap = "\n…\n"
	}
	return strings.ToValidUTF8(string(e.head)+gap+string(tail), "?")
}

// bound cuts an id that is too long, so that it stays one of its own.
func bound(id string) string {
	if len(id) <= maxID {
		return id
	}
	h := fnv.New64a()
	h.Write([]byte(id))
	return fmt.Sprintf("%s…%016x", clip(id, maxID-20), h.Sum64())
}
