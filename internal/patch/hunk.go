package patch

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
)

// hunk is one region of a text change. Lines are counted from 1.
type hunk struct {
	oldStart, oldLines int
	newStart, newLines int
	body               []byte // its lines, each with its " ", "-", "+" or "\"
	line               int    // of its header in the patch
}

// firstOld is the number of old lines before the hunk. A hunk without old lines
// is counted from the line before it.
func (h hunk) firstOld() int {
	if h.oldLines == 0 {
		return h.oldStart
	}
	return h.oldStart - 1
}

// maxLine bounds line numbers, so that sums of them fit an int everywhere.
const maxLine = 1<<30 - 1

func isHunkHeader(line string) bool {
	_, ok := parseHunkHeader(line)
	return ok
}

// parseHunkHeader reads "@@ -<start>[,<lines>] +<start>[,<lines>] @@ …".
func parseHunkHeader(line string) (h hunk, ok bool) {
	ranges, ok1 := strings.CutPrefix(line, "@@ -")
	ranges, _, ok2 := strings.Cut(ranges, " @@")
	old, new, ok3 := strings.Cut(ranges, " +")
	if !ok1 || !ok2 || !ok3 {
		return h, false
	}
	h.oldStart, h.oldLines, ok1 = parseRange(old)
	h.newStart, h.newLines, ok2 = parseRange(new)
	return h, ok1 && ok2
}

func parseRange(s string) (start, lines int, ok bool) {
	first, count, has := strings.Cut(s, ",")
	if !has {
		count = "1"
	}
	if !isDigits(first) || !isDigits(count) || len(first) > 10 || len(count) > 10 {
		return 0, 0, false
	}
	start, err1 := strconv.Atoi(first)
	lines, err2 := strconv.Atoi(count)
	return start, lines, err1 == nil && err2 == nil && start <= maxLine && lines <= maxLine && (start > 0 || lines == 0)
}

// readHunk reads the hunk at c and checks it against its header.
func readHunk(c *cursor) (hunk, error) {
	h, ok := parseHunkHeader(string(c.peek()[:min(lineEnd(c.text), 100)]))
	if !ok {
		return h, c.errorf("hunk header is damaged")
	}
	h.line = c.line
	c.next()
	start := *c
	old, new := h.oldLines, h.newLines
	changed := false
	var ended [256]bool // by sign: a line without its newline was read
	for old > 0 || new > 0 || c.has(`\ `) {
		line := c.peek()
		if len(line) == 0 {
			return h, c.errorAt(h.line, "hunk is cut off: the input ends %s too early", lines(old, new))
		}
		sign := line[0]
		switch sign {
		case '\n': // a blank context line that lost its space
			sign = ' '
			old, new = old-1, new-1
		case ' ':
			old, new = old-1, new-1
		case '-':
			old--
		case '+':
			new--
		case '\\':
			last := lastSign(start.cut(*c).text)
			if len(line) < 12 || last == 0 || last == '\\' {
				return h, c.errorf("line that begins with a backslash is out of place")
			}
			ended[last] = true
			c.next()
			continue
		default:
			return h, c.errorf("hunk of line %d is cut off: %s before this line are missing", h.line, lines(old, new))
		}
		if old < 0 || new < 0 {
			return h, c.errorf("hunk of line %d has more lines than its header says", h.line)
		}
		if ended[' '] || ended[sign] || sign == ' ' && (ended['-'] || ended['+']) {
			return h, c.errorf("text goes on after the end of the file")
		}
		changed = changed || sign != ' '
		c.next()
	}
	if !changed {
		return h, c.errorAt(h.line, "hunk changes nothing")
	}
	h.body = start.cut(*c).text
	return h, nil
}

func lines(old, new int) string {
	return strconv.Itoa(max(old, 0)) + " old and " + strconv.Itoa(max(new, 0)) + " new lines"
}

// lastSign is the first byte of the last line of body; 0 if there is none.
func lastSign(body []byte) byte {
	if len(body) == 0 {
		return 0
	}
	if sign := body[bytes.LastIndexByte(body[:len(body)-1], '\n')+1]; sign != '\n' {
		return sign
	}
	return ' '
}

// all yields the lines of the hunk, each with its sign and as it stands in the
// file: without a newline where the file ends without one.
func (h hunk) all() iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for body := h.body; len(body) > 0; {
			n := lineEnd(body)
			line := body[:n]
			body = body[n:]
			sign, text := line[0], line[1:]
			if sign == '\n' {
				sign, text = ' ', line
			}
			if len(body) > 0 && body[0] == '\\' {
				body = body[lineEnd(body):]
				text = bytes.TrimSuffix(text, []byte("\n"))
			}
			if !yield(sign, text) {
				return
			}
		}
	}
}
