package fileclass

import (
	"bytes"
	"regexp"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/textdiff"
)

// Pins merges lines that differ in version numbers: in build files, workflows,
// scripts. The name before the number says which lines belong together; lines
// of one name are merged number by number, lists item by item. There is an
// answer for each preference, equal ones once; none where the fix does more
// than to change numbers, nor for vendored code, which comes whole.
func Pins(c *conflict.Chunk) []conflict.Answer {
	class := Class(c.File.Path)
	edits, ok := pinEdits(c)
	if !ok || class == Vendor {
		return nil
	}
	var out []conflict.Answer
	order := []Prefer{Line, Fix, Branch, Higher}
	if class == Version {
		// This is the version of the branch itself.
		order = []Prefer{Branch, Line, Fix}
	}
	for _, p := range order {
		if text, ok := edits.apply(c, p); ok && !given(out, text) {
			out = append(out, conflict.Answer{Rung: "pins-" + p.String(), Text: text, Why: "the sides differ in version numbers; " + p.because()})
		}
	}
	return out
}

func given(answers []conflict.Answer, text []byte) bool {
	for _, a := range answers {
		if bytes.Equal(a.Text, text) {
			return true
		}
	}
	return false
}

// number is a version, a date, the id of a commit.
var number = regexp.MustCompile(`\b(v?\d[\w.+~-]*|[0-9a-f]{40}|[0-9a-f]{64})\b`)

// A pin is one line with versions, taken apart.
type pin struct {
	// name is what stands before the first number, without blanks and quotes.
	name string
	line []byte
	// items are the numbers of a line, or what stands in brackets.
	items []item
	// list says that items stand in brackets.
	list bool
}

type item struct{ start, end int }

// maxPin bounds a line with pins in bytes, and with it the items of a list.
const maxPin = 1000

func newPin(line []byte) (pin, bool) {
	if len(line) > maxPin {
		return pin{}, false
	}
	at := number.FindAllIndex(line, 16)
	open, close := bytes.LastIndexByte(line, '['), len(bytes.TrimRight(line, " \t\r\n,"))-1
	if open >= 0 && close > open && line[close] == ']' {
		p := pin{name: pinName(line[:open]), line: line, list: true}
		for start := open + 1; start <= close; {
			end := close
			if i := bytes.IndexByte(line[start:close], ','); i >= 0 {
				end = start + i
			}
			word := bytes.TrimSpace(line[start:end])
			if len(word) > 0 {
				from := start + bytes.Index(line[start:end], word)
				p.items = append(p.items, item{from, from + len(word)})
			}
			start = end + 1
		}
		return p, len(p.items) > 0
	}
	if len(at) == 0 {
		return pin{}, false
	}
	p := pin{name: pinName(line[:at[0][0]]), line: line}
	for _, m := range at {
		p.items = append(p.items, item{m[0], m[1]})
	}
	return p, p.name != ""
}

// pinName is what is left of the text before a number without blanks, quotes
// and what compares: `"a": "^1` and `a >= 1` are both about a.
func pinName(head []byte) string {
	name := bytes.Map(func(r rune) rune {
		if r == ' ' || r == '\t' || r == '"' || r == '\'' {
			return -1
		}
		return r
	}, head)
	return string(bytes.TrimRight(name, "<>=~!^([{,:@"))
}

func (p pin) item(i int) string { return string(p.line[p.items[i].start:p.items[i].end]) }

// shape is the line with its numbers masked.
func (p pin) shape() string {
	var out []byte
	from := 0
	for _, it := range p.items {
		out = append(append(out, p.line[from:it.start]...), 0)
		from = it.end
	}
	return string(append(out, p.line[from:]...))
}

// with is the line with other items.
func (p pin) with(items []string) []byte {
	var out []byte
	from := 0
	for i, it := range p.items {
		out = append(append(out, p.line[from:it.start]...), items[i]...)
		from = it.end
	}
	return append(out, p.line[from:]...)
}

// A pinEdit is what the fix does to one line: nothing where base and theirs
// are equal.
type pinEdit struct{ base, theirs pin }

// edits are those of a fix, by name; of each name in the order of lines.
type edits map[string][]pinEdit

// pinEdits reads the fix's way from base to theirs. ok is false where a changed
// line has no counterpart of the same name.
func pinEdits(c *conflict.Chunk) (edits, bool) {
	out := edits{}
	base, theirs := textdiff.Lines(c.Base), textdiff.Lines(c.Theirs)
	changed, at := 0, 0
	same := func(lines [][]byte) {
		for _, l := range lines {
			if p, ok := newPin(l); ok {
				out[p.name] = append(out[p.name], pinEdit{p, p})
			}
		}
	}
	for _, h := range textdiff.Diff(c.Base, c.Theirs) {
		same(base[at:h.OldStart])
		at = h.OldStart + h.OldCount
		if h.OldCount != h.NewCount {
			return nil, false
		}
		for i := range h.OldCount {
			b, ok1 := newPin(base[h.OldStart+i])
			t, ok2 := newPin(theirs[h.NewStart+i])
			if !ok1 || !ok2 || b.name != t.name || b.list != t.list {
				return nil, false
			}
			out[b.name] = append(out[b.name], pinEdit{b, t})
			changed++
		}
	}
	same(base[at:])
	return out, changed > 0
}

// apply makes the edits to the branch's lines. ok is false where none of them
// is there.
func (e edits) apply(c *conflict.Chunk, p Prefer) (text []byte, ok bool) {
	seen := map[string]int{}
	for _, line := range textdiff.Lines(c.Ours) {
		if o, is := newPin(line); is {
			if of := e[o.name]; seen[o.name] < len(of) {
				edit := of[seen[o.name]]
				seen[o.name]++
				if !bytes.Equal(edit.base.line, edit.theirs.line) {
					line, ok = edit.merge(o, p), true
				}
			}
		}
		text = append(text, line...)
	}
	return text, ok
}

// merge makes one edit to the branch's line.
func (e pinEdit) merge(o pin, p Prefer) []byte {
	if text := threeWay(e.base.line, o.line, e.theirs.line); text != nil {
		return text
	}
	switch {
	case e.base.list && o.list:
		return e.mergeList(o, p)
	case e.base.shape() == e.theirs.shape() && len(o.items) == len(e.base.items) && !o.fixed() && !e.theirs.fixed():
		items := make([]string, len(o.items))
		for i := range items {
			items[i] = p.choose(e.base.item(i), o.item(i), e.theirs.item(i))
		}
		return o.with(items)
	case p.takesOurs(o.version(), e.theirs.version()):
		return o.line
	}
	return e.theirs.line
}

// fixed reports whether a line names its version by the id of a commit, which
// nobody can choose apart from the rest of the line.
func (p pin) fixed() bool {
	for i := range p.items {
		if it := p.items[i]; it.end-it.start >= 40 {
			return true
		}
	}
	return false
}

// version is the first number of a line that is no id.
func (p pin) version() string {
	for i := range p.items {
		if it := p.items[i]; it.end-it.start < 40 {
			return p.item(i)
		}
	}
	return ""
}
