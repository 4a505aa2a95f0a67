package fileclass

import (
	"bytes"
	"slices"
)

// insert gives the text with an entry added to the newest release of the
// branch that is not out.
func (c changes) insert(e added) []byte {
	from, to := c.open()
	if from == to {
		return c.begin(from, e)
	}
	if e.heading != nil {
		name := bytes.TrimSpace(e.heading)
		i := slices.IndexFunc(c.lines[from:to], func(l []byte) bool { return bytes.Equal(bytes.TrimSpace(l), name) })
		if i < 0 {
			at := c.first(from, to)
			return c.with(at, at, e.heading, bytes.TrimRight(e.text, "\n"), []byte("\n\n"))
		}
		from += i + 1
		to = from + c.until(c.lines[from:to])
	}
	at := c.first(from, to)
	if at < to && c.waits(at) {
		return c.with(at, at+1, e.text)
	}
	text := bytes.TrimRight(e.text, "\r\n")
	if e.last {
		at = c.end(at, to)
		return c.with(at, at, c.gap(from, to), text, []byte("\n"))
	}
	if at < to && c.entry(at) {
		return c.with(at, at, text, []byte("\n"), c.gap(from, to))
	}
	return c.with(at, at, e.text)
}

// gap is what stands between two entries of a section, or of the file where
// the section has fewer: a blank line, or nothing.
func (c changes) gap(from, to int) []byte {
	for _, span := range [][2]int{{from, to}, {0, len(c.lines)}} {
		inside := false
		for i := span[0]; i < span[1]; i++ {
			switch {
			case c.title(i), part.Match(c.lines[i]):
				inside = false
			case c.entry(i) && !inside:
				inside = true
			case c.entry(i) && c.blank(i-1):
				return []byte("\n")
			case c.entry(i):
				return nil
			}
		}
	}
	return nil
}

// begin gives the text with an entry where no section takes new ones yet: above
// all titles of releases that are out, under a title if that is one for every
// release that is to come ("Unreleased").
func (c changes) begin(at int, e added) []byte {
	var title []byte
	if e.title != nil && !bytes.ContainsAny(e.title, "0123456789") {
		title = slices.Concat(e.title, e.heading)
	}
	gap := []byte("\n")
	if next := c.nextTitle(c.nextTitle(at) + 1); next < len(c.lines) {
		// As many blank lines as stand above the title of the one before.
		blanks := 0
		for i := c.overline(next); i > at && c.blank(i-1); i-- {
			blanks++
		}
		gap = bytes.Repeat([]byte("\n"), max(1, blanks))
	}
	return c.with(at, at, title, bytes.TrimRight(e.text, "\r\n"), []byte("\n"), gap)
}

// open finds the lines of the section that takes new entries: those above the
// first title of a release, or below it if the release is not out. Where
// there is no such section, from and to are where it would begin.
func (c changes) open() (from, to int) {
	first := c.nextTitle(0)
	top := c.overline(first)
	for i := range c.lines[:top] {
		if c.entry(i) || opener.Match(c.lines[i]) {
			return 0, top
		}
	}
	if first == len(c.lines) {
		return 0, first
	}
	if dated.Match(c.lines[first]) {
		return top, top
	}
	return first + 1, c.overline(c.nextTitle(first + 1))
}

// nextTitle is the first title of a release from line i on, or the end.
func (c changes) nextTitle(i int) int {
	for i < len(c.lines) && !c.title(i) {
		i++
	}
	return i
}

// overline is where the title in line i begins: some have a rule above too.
func (c changes) overline(i int) int {
	if i > 0 && i < len(c.lines) && underline.Match(c.lines[i-1]) {
		return i - 1
	}
	return i
}

// until counts the lines before the next title of a part.
func (c changes) until(lines [][]byte) int {
	for i, l := range lines {
		if part.Match(l) {
			return i
		}
	}
	return len(lines)
}

// first is where the first entry of a section stands, or would.
func (c changes) first(from, to int) int {
	for i := from; i < to; i++ {
		if c.entry(i) {
			return i
		}
		if opener.Match(c.lines[i]) {
			return i + 1
		}
	}
	at := from
	for at < to && (c.blank(at) || underline.Match(c.lines[at])) {
		at++
	}
	return at
}

// end is where the entries of a section end that begin at a line.
func (c changes) end(at, to int) int {
	last := at
	for i := at; i < to && !closer.Match(c.lines[i]); i++ {
		if !c.blank(i) {
			last = i + 1
		}
	}
	return last
}

// with is the text with more in the place of the lines from at to end.
func (c changes) with(at, end int, more ...[]byte) []byte {
	return slices.Concat(bytes.Join(c.lines[:at], nil), bytes.Join(more, nil), bytes.Join(c.lines[end:], nil))
}
