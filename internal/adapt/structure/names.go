package structure

import (
	"bytes"
	"regexp"

	"backstay.dev/backstay/internal/adapt/fine"
)

// listed finds the list of names in a statement: in braces, or behind "import".
func listed(text []byte) (start, end int, ok bool) {
	line := bytes.TrimRight(text, "\r\n")
	if bytes.IndexByte(line, '\n') >= 0 {
		return 0, 0, false
	}
	if i, j := bytes.IndexByte(line, '{'), bytes.LastIndexByte(line, '}'); i >= 0 && j > i {
		return i + 1, j, bytes.IndexByte(line[i+1:j], '{') < 0
	}
	if m := pythonNames.FindSubmatchIndex(line); m != nil {
		return m[2], m[3], true
	}
	return 0, 0, false
}

var pythonNames = regexp.MustCompile(`^\s*from\s+[\w.]+\s+import\s+\(?([\w.*, ]+?)\)?\s*$`)

// mergeNames merges a statement that both sides changed: the names that it lists
// as a set, all else word by word.
func mergeNames(base, ours, theirs []byte) ([]byte, bool) {
	if text, ok := fine.Merge(base, ours, theirs); ok {
		return text, true
	}
	var lists [3][]entry
	var rest [3][]byte
	var at int
	for i, text := range [3][]byte{base, ours, theirs} {
		start, end, ok := listed(text)
		if !ok {
			return nil, false
		}
		lists[i] = nameEntries(text[start:end])
		rest[i] = append(append([]byte{}, text[:start]...), text[end:]...)
		if i == 1 {
			at = start
		}
	}
	if !bytes.Equal(rest[0], rest[1]) || !bytes.Equal(rest[0], rest[2]) {
		return nil, false
	}
	m, ok := merge(lists[0], lists[1], lists[2], nil, nil, nil)
	if !ok {
		return nil, false
	}
	names := make([][]byte, len(m.list))
	for i, e := range m.list {
		names[i] = e.text
	}
	list := bytes.Join(names, []byte(", "))
	start, end, _ := listed(ours)
	pad := ours[start:end]
	list = append(append(append([]byte{}, pad[:len(pad)-len(bytes.TrimLeft(pad, " "))]...), list...), pad[len(bytes.TrimRight(pad, " ")):]...)
	return append(append(append([]byte{}, rest[1][:at]...), list...), rest[1][at:]...), true
}

func nameEntries(list []byte) []entry {
	var out []entry
	for _, n := range bytes.Split(list, []byte{','}) {
		if n = bytes.TrimSpace(n); len(n) > 0 {
			out = append(out, entry{key: string(n), text: n})
		}
	}
	return out
}
