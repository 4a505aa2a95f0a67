package reuse

import (
	"bytes"

	"backstay.dev/backstay/internal/textdiff"
)

// fit turns the result of a resolution into what stands in the place of a
// chunk with the same key: with that chunk's blank lines at the ends, blanks
// at the ends of lines and kind of line end. exact says that the chunks are
// the same byte for byte. ok is false where it is not plain how the result
// would look.
func (r Resolution) fit(base, ours, theirs []byte) (result []byte, exact, ok bool) {
	sides := [][]byte{ours, theirs, base}
	made := [][]byte{r.Ours, r.Theirs, r.Base}
	if r.TwoSided {
		if sides = sides[:2]; !bytes.Equal(normal(ours), normal(r.Ours)) {
			made = [][]byte{r.Theirs, r.Ours}
		}
		made = made[:2]
	}
	exact = true
	for i := range sides {
		exact = exact && bytes.Equal(sides[i], made[i])
	}
	if exact {
		return r.Result, true, true
	}
	lines := textdiff.Lines(r.Result)
	from, to := inner(lines)
	top, topOK := ends(sides, made, from, func(lines [][]byte) [][]byte { i, _ := inner(lines); return lines[:i] })
	bottom, bottomOK := ends(sides, made, len(lines)-to, func(lines [][]byte) [][]byte { _, i := inner(lines); return lines[i:] })
	if from == to || !topOK || !bottomOK {
		return nil, false, from == to && len(lines) == 0 // nothing is nothing everywhere
	}
	known := map[string][]byte{}
	kept := map[string]bool{}
	for i := len(sides) - 1; i >= 0; i-- { // the target's own line counts
		for _, line := range textdiff.Lines(sides[i]) {
			known[string(trimmed(line))] = line
			kept[string(line)] = true
		}
	}
	crlf := bytes.Contains(bytes.Join(sides, nil), []byte("\r\n"))
	out := bytes.Join(top, nil)
	for i, line := range lines[from:to] {
		if like, ok := known[string(trimmed(line))]; ok && !kept[string(line)] {
			line = like
		} else if bytes.HasSuffix(line, []byte("\n")) {
			line = ended(line, crlf)
		}
		if i < to-from-1 && !bytes.HasSuffix(line, []byte("\n")) {
			line = ended(append(bytes.Clone(line), '\n'), crlf)
		}
		out = append(out, line...)
	}
	return append(out, bytes.Join(bottom, nil)...), false, true
}

// plain reports whether a result has nothing that nobody would have left in a
// text, unless a side has it too: conflict markers, NUL.
func plain(result []byte, sides ...[]byte) bool {
	own := map[string]bool{}
	for _, line := range textdiff.Lines(bytes.Join(sides, nil)) {
		own[string(trimmed(line))] = true
	}
	for _, line := range textdiff.Lines(result) {
		if (marked(line) || bytes.IndexByte(line, 0) >= 0) && !own[string(trimmed(line))] {
			return false
		}
	}
	return true
}

// ended is a line with this kind of line end.
func ended(line []byte, crlf bool) []byte {
	text := bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
	end := "\n"
	if crlf {
		end = "\r\n"
	}
	return append(bytes.Clone(text), end...)
}

// inner are the lines without blank ones at the ends.
func inner(lines [][]byte) (from, to int) {
	to = len(lines)
	for from < to && len(trimmed(lines[from])) == 0 {
		from++
	}
	for to > from && len(trimmed(lines[to-1])) == 0 {
		to--
	}
	return from, to
}

// ends are the blank lines that the result has at one end: those of the side
// that had as many there when the resolution was made. ok is false where two
// sides did that now differ, or none did.
func ends(sides, made [][]byte, count int, of func([][]byte) [][]byte) (blank [][]byte, ok bool) {
	for i := range sides {
		was, is := of(textdiff.Lines(made[i])), of(textdiff.Lines(sides[i]))
		if len(was) != count || len(trimmed(made[i])) == 0 {
			continue
		}
		if ok && len(is) != len(blank) {
			return nil, false
		}
		if !ok {
			blank, ok = is, true
		}
	}
	return blank, ok
}
