package results

import (
	"bufio"
	"errors"
	"io"
	"strings"
)

// maxLine is how much of a line is looked at, in bytes; go test -json splits
// output before that.
const maxLine = 64 << 10

// lines are the lines of a stream without their ends and without the escape
// sequences of a terminal. What of a line is beyond maxLine is left out.
type lines struct {
	r    *bufio.Reader
	text string
	err  error // of the reader, but for io.EOF
	held bool
	raw  bool // escape sequences stay
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 32<<10)} }

// next moves on to the next line.
func (l *lines) next() bool {
	if l.held {
		l.held = false
		return true
	}
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine-len(line))]...)
		switch {
		case err == nil:
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case !errors.Is(err, io.EOF):
			l.err = err
			return false
		case len(line) == 0:
			return false
		}
		break
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
	if !l.raw {
		s = plain(s)
	}
	l.text = s
	return true
}

// again makes next give the same line once more.
func (l *lines) again() { l.held = true }

// plain takes escape sequences out of a line, and what a carriage return
// overwrites.
func plain(s string) string {
	if strings.IndexByte(s, '\x1b') >= 0 {
		var out strings.Builder
		for {
			before, rest, found := strings.Cut(s, "\x1b")
			out.WriteString(before)
			if !found {
				break
			}
			s = escape(rest)
		}
		s = out.String()
	}
	if i := strings.LastIndexByte(s, '\r'); i >= 0 {
		s = s[i+1:]
	}
	return s
}

// escape skips the rest of an escape sequence: "[" parameters and a final
// letter (ECMA-48 §5.4), "]" up to a bell, or one character.
func escape(s string) string {
	switch {
	case s == "":
		return s
	case s[0] == '[':
		for i := 1; i < len(s); i++ {
			if s[i] >= 0x40 && s[i] <= 0x7e {
				return s[i+1:]
			}
		}
		return ""
	case s[0] == ']':
		if i := strings.IndexByte(s, '\a'); i >= 0 {
			return s[i+1:]
		}
		return s
	}
	return s[1:]
}
