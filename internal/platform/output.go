package platform

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// output takes what a command prints: all of it, so that the command never waits
// for its reader, but keeps only as much as it may.
type output struct {
	mu  sync.Mutex
	log io.Writer
	// err is the first error of the log.
	err               error
	limit, hard, seen int64
	tail              tail
	// full is closed when more than hard bytes came.
	full chan struct{}
}

func newOutput(log io.Writer, limit int64) *output {
	if limit <= 0 {
		limit = DefaultOutput
	}
	// The factor of a limit near the end of int64 is the end of int64.
	hard := limit * OutputFactor
	if hard/OutputFactor != limit {
		hard = 1<<63 - 1
	}
	return &output{log: log, limit: limit, hard: hard, full: make(chan struct{})}
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := int64(len(p))
	if o.seen < o.limit {
		o.write(p[:min(n, o.limit-o.seen)])
	}
	if o.seen <= o.limit && o.seen+n > o.limit {
		o.write(fmt.Appendf(nil, "\n[cut here: more than %d bytes]\n", o.limit))
	}
	if o.seen <= o.hard && o.seen+n > o.hard {
		close(o.full)
	}
	o.seen += n
	o.tail.add(p)
	return len(p), nil
}

func (o *output) write(p []byte) {
	if o.log == nil || o.err != nil {
		return
	}
	_, o.err = o.log.Write(p)
}

// close has nothing more written to the log, and returns the end of the output.
func (o *output) close() (tail string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.log = nil
	return o.tail.String(), o.err
}

// tail keeps the last MaxTail bytes that are added to it.
type tail struct {
	buf bytes.Buffer
	cut bool
}

func (t *tail) add(p []byte) {
	if len(p) > MaxTail {
		t.cut = true
		p = p[len(p)-MaxTail:]
	}
	// What is moved is as much as was added, at most.
	if over := t.buf.Len() + len(p) - MaxTail; over > MaxTail {
		t.cut = true
		t.buf.Next(over)
	}
	t.buf.Write(p)
}

// String begins with a whole line where something is missing before it.
func (t *tail) String() string {
	b := t.buf.Bytes()
	over := max(0, len(b)-MaxTail)
	if !t.cut && over == 0 {
		return string(b)
	}
	b = b[over:]
	if i := bytes.IndexByte(b, '\n'); i >= 0 && i+1 < len(b) {
		b = b[i+1:]
	}
	return string(b)
}
