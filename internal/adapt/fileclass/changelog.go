package fileclass

import (
	"bytes"
	"regexp"
	"slices"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// maxEntries bounds the places where a fix adds entries: each is a walk through
// the file.
const maxEntries = 20

// ChangelogEntry places what the fix adds to a changelog where this branch keeps
// the entries of its next release. It answers for fixes that only add whole
// entries; entries that git could place stay where git put them.
func ChangelogEntry(f *conflict.File) (text []byte, why string, ok bool) {
	if Class(f.Path) != Changelog || len(f.Chunks) == 0 {
		return nil, "", false
	}
	entries, all, clear := newChanges(f.Theirs).added(f)
	if !clear || len(entries) == 0 {
		return nil, "", false
	}
	text = f.Ours
	if !all {
		own := make([][]byte, len(f.Chunks))
		for i, c := range f.Chunks {
			own[i] = c.Ours
		}
		text = f.Text(own)
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; !bytes.Contains(text, bytes.TrimSpace(e.text)) {
			text = newChanges(text).insert(e)
		}
	}
	return text, "the entry of the fix was placed among those of the branch's next release", true
}

// ChangelogLeftOut leaves out what the fix adds to a changelog: the file stays as the
// branch has it.
func ChangelogLeftOut(f *conflict.File) (text []byte, why string, ok bool) {
	if Class(f.Path) != Changelog {
		return nil, "", false
	}
	return f.Ours, "the file stays as the branch has it: it tells of releases of another line", true
}

// An added is one run of lines that the fix adds, whole entries.
type added struct {
	text []byte
	// last says that other entries of the section stand above it and none
	// below.
	last bool
	// heading is the title of the part of a section that it stands under
	// ("### Fixed"), title that of the section, both with the blank lines below;
	// nil where there is none.
	heading, title []byte
}

// changes is a changelog in lines; html says that its entries are list items
// of HTML.
type changes struct {
	lines [][]byte
	html  bool
}

func newChanges(text []byte) changes {
	c := changes{lines: textdiff.Lines(text)}
	c.html = slices.ContainsFunc(c.lines, markup.Match)
	return c
}

// entry reports whether line i begins an entry.
func (c changes) entry(i int) bool {
	if c.html {
		return markup.Match(c.lines[i])
	}
	return bullet.Match(c.lines[i])
}

var (
	// bullet begins an entry, markup one in HTML.
	bullet = regexp.MustCompile(`^\s{0,6}([*+-]|\d+[.)])\s`)
	markup = regexp.MustCompile(`(?i)^\s*<li\b`)
	// release names a version, or the one that is to come.
	release = regexp.MustCompile(`(?i)(\d+\.[\dx]+|unreleased|\bnext\b|upcoming|trunk|\bhead\b|\bmaster\b|\bmain\b|in development)`)
	// plain is a title that nothing marks as one: "tool (1.0-2) …",
	// "Version 1.0", "v1.0".
	plain = regexp.MustCompile(`(?i)^([\w.+-]+ \(v?\d|((version|release|changes in|what's new in|[\w-]+)\s)?v?\d+\.\d|\[?(unreleased|next|upcoming)\b)`)
	// dated is a title whose release is out.
	dated = regexp.MustCompile(`(?i)\b(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{4}|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}|\d{1,2}(st|nd|rd|th)?\s+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)\b`)
	// opener begins a list in HTML, closer ends it; so does who made a
	// Debian release.
	opener = regexp.MustCompile(`(?i)^\s*<(ul|ol|dl)\b`)
	closer = regexp.MustCompile(`(?i)^(\s*</(ul|ol|dl)\b| -- \S.*<)`)
	// part is a title inside a section.
	part      = regexp.MustCompile(`^(#{2,5}\s|\*\*\w)`)
	htmlTitle = regexp.MustCompile(`(?i)^\s*<h\d`)
	underline = regexp.MustCompile(`^\s*([-=~*_^"+#])[-=~*_^"+#]{2,}\s*$`)
)

func (c changes) blank(i int) bool { return len(bytes.TrimSpace(c.lines[i])) == 0 }

// title reports whether line i is the title of a release: marked as a title,
// underlined, or a short line of its own that begins with the version.
func (c changes) title(i int) bool {
	line := c.lines[i]
	if c.entry(i) || !release.Match(line) || len(line) > 200 {
		return false
	}
	switch {
	case line[0] == '#', line[0] == '=', line[0] == '*', htmlTitle.Match(line):
		return true
	case i+1 < len(c.lines) && underline.Match(c.lines[i+1]):
		return true
	}
	return plain.Match(line) && (i == 0 || c.blank(i-1) || underline.Match(c.lines[i-1]))
}

// added gives what the fix adds where git found no place for it; all says that
// this is all it does. clear is false where the fix does more there than to
// add entries.
func (c changes) added(f *conflict.File) (out []added, all, clear bool) {
	base := newChanges(f.Base)
	all = true
	next := 0
	for _, h := range textdiff.Diff(f.Base, f.Theirs) {
		for next < len(f.Chunks) && f.Merge.Regions[f.Chunks[next].Region].Theirs.End < h.NewStart {
			next++
		}
		if next == len(f.Chunks) || f.Merge.Regions[f.Chunks[next].Region].Theirs.Start > h.NewStart+h.NewCount {
			all = false
			continue
		}
		for i := h.OldStart; i < h.OldStart+h.OldCount; i++ {
			if !base.blank(i) && !base.waits(i) {
				return nil, false, false
			}
		}
		from, to := c.slide(h.NewStart, h.NewStart+h.NewCount)
		for from < to && c.blank(from) {
			from++
		}
		if from == to {
			continue
		}
		if len(out) == maxEntries {
			return nil, false, false
		}
		e := added{text: trim(c.lines[from:to]), heading: c.heading(from)}
		for i := from - 1; i >= 0 && e.title == nil; i-- {
			if c.title(i) {
				e.title = c.withBlanks(i)
			}
		}
		e.last = c.isLast(from, to)
		out = append(out, e)
	}
	return out, all, true
}

// trim joins lines without the blanks at their ends, which editors remove; but
// for two after a word, which Markdown takes for a line break.
func trim(lines [][]byte) []byte {
	var out []byte
	for _, line := range lines {
		text := bytes.TrimRight(line, "\r\n")
		words := bytes.TrimRight(text, " \t")
		if len(words) == 0 || !bytes.HasPrefix(text[len(words):], []byte("  ")) {
			out = append(append(out, words...), line[len(text):]...)
			continue
		}
		out = append(out, line...)
	}
	return out
}

// placeholder is an item without a word, which waits for its text.
var placeholder = regexp.MustCompile(`(?i)^(<li[^>]*>|[*-])$`)

// waits reports whether line i is an item without a word.
func (c changes) waits(i int) bool {
	if !placeholder.Match(bytes.TrimSpace(c.lines[i])) {
		return false
	}
	for i++; i < len(c.lines) && c.blank(i); i++ {
	}
	return i == len(c.lines) || c.entry(i) || closer.Match(c.lines[i]) || c.title(i)
}

// slide moves a run of lines up where the line above it is its last one: a diff
// may show an entry from its second line to the first of the next.
func (c changes) slide(from, to int) (start, end int) {
	if from == to || c.entry(from) || c.title(from) {
		return from, to
	}
	i, j := from, to
	for i > 0 && bytes.Equal(c.lines[i-1], c.lines[j-1]) {
		i, j = i-1, j-1
		if c.entry(i) {
			return i, j
		}
	}
	return from, to
}

// isLast reports whether an entry stands at the end of a section that has
// others.
func (c changes) isLast(from, to int) bool {
	above := false
	for i := from - 1; i >= 0 && !c.title(i) && !opener.Match(c.lines[i]); i-- {
		above = above || c.entry(i)
	}
	for i := to; i < len(c.lines) && !c.title(i) && !closer.Match(c.lines[i]); i++ {
		if c.entry(i) {
			return false
		}
	}
	return above
}

// heading is the title of the part that line i stands in.
func (c changes) heading(i int) []byte {
	for i--; i >= 0 && !c.title(i); i-- {
		if part.Match(c.lines[i]) {
			return c.withBlanks(i)
		}
	}
	return nil
}

// withBlanks is line i with the blank lines below it.
func (c changes) withBlanks(i int) []byte {
	end := i + 1
	for end < len(c.lines) && c.blank(end) {
		end++
	}
	return bytes.Join(c.lines[i:end], nil)
}
