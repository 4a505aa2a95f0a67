package cli

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	progressAfter = time.Second
	progressEvery = 100 * time.Millisecond
)

// progress shows on standard error how far a long command is. It shows nothing
// where that is no terminal, and nothing in the first second. It may be used
// by several goroutines at once.
type progress struct {
	app *app

	mu     sync.Mutex
	start  time.Time
	last   time.Time
	shown  bool
	closed bool
}

func (a *app) progress() *progress { return &progress{app: a, start: time.Now()} }

// update says that done of total things of a stage are done; a total of 0 is
// one that is not known.
func (p *progress) update(stage string, done, total int) {
	if p.app.ErrWidth == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.closed || now.Sub(p.start) < progressAfter || now.Sub(p.last) < progressEvery {
		return
	}
	p.last, p.shown = now, true
	fmt.Fprintf(p.app.Err, "\r%s\x1b[K", bar(stage, done, total, p.app.ErrWidth))
}

// done takes the bar away; nothing is shown afterwards.
func (p *progress) done() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown {
		fmt.Fprint(p.app.Err, "\r\x1b[K")
	}
	p.closed, p.shown = true, false
}

// barWidth is the length of the bar in columns.
const barWidth = 24

// bar draws one line that fits into width columns.
func bar(stage string, done, total, width int) string {
	line := fmt.Sprintf("%s  %d", stage, done)
	if total > 0 {
		done = min(max(done, 0), total)
		line = fmt.Sprintf("%s  %d of %d", stage, done, total)
		full := barWidth * done / total
		drawn := "  [" + strings.Repeat("#", full) + strings.Repeat(".", barWidth-full) + "]"
		if utf8.RuneCountInString(line)+len(drawn) < width {
			line += drawn
		}
	}
	if r := []rune(line); len(r) >= width {
		line = string(r[:max(width-1, 0)])
	}
	return line
}
