package fileclass

import (
	"bytes"
	"strings"

	"backstay.dev/backstay/internal/textdiff"
)

// outlineEntries takes an indented text (JSON, YAML) apart at its second level:
// the members of the objects and lists that the top level names. ok is false
// for JSON that is not laid out in lines. In JSON the commas that part members
// are left out; commas puts them back.
func outlineEntries(text []byte) (list []entry, ok bool) {
	lines := textdiff.Lines(text)
	curly := bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{"))
	if curly && len(lines) < 3 {
		return nil, false
	}
	first, second := levels(lines, curly)
	var out cutter
	section := ""
	open := false // an entry that deeper lines belong to
	for _, line := range lines {
		in := indent(line)
		words := bytes.TrimSpace(line)
		closes := len(words) > 0 && (words[0] == '}' || words[0] == ']')
		if curly && (in == second && len(words) > 0 || in == first && (closes || isScalar(words))) {
			line = dropComma(line)
		}
		switch {
		case open && (len(words) == 0 || in > second || in == second && closes):
			out.extend(line)
			if last := &out.list[len(out.list)-1]; last.key == "" {
				last.key = memberName(section, words)
			}
		case len(words) > 0 && in == second && section != "":
			e := entry{section: section, text: line}
			if name := outlineName(words); name != "" {
				e.key = section + "\x01" + name
			}
			out.add(e)
			open = true
		default:
			open = false
			e := entry{text: line}
			if in == first && len(words) > 0 && !closes {
				section = outlineName(words)
				if isScalar(words) {
					e.section, e.key = "top", "top\x01"+section
				}
			}
			out.add(e)
		}
	}
	return out.list, true
}

// levels finds the indentation of the first two levels that have names.
func levels(lines [][]byte, curly bool) (first, second int) {
	if curly {
		first = 1 << 20
		for _, l := range lines {
			if in := indent(l); in > 0 && len(bytes.TrimSpace(l)) > 0 {
				first = in
				break
			}
		}
	}
	second = 1 << 20
	for _, l := range lines {
		if in := indent(l); in > first && in < second && len(bytes.TrimSpace(l)) > 0 {
			second = in
		}
	}
	return first, second
}

func indent(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " \t")) }

// isScalar reports whether a line names a value that does not go on below it.
func isScalar(words []byte) bool {
	words = bytes.TrimRight(words, ",")
	return len(words) > 0 && words[len(words)-1] != '{' && words[len(words)-1] != '[' && words[len(words)-1] != ':'
}

// outlineName is the key of a line: `"a": …`, `a: …`, `'/a@1': …`; a list item
// is its own.
func outlineName(words []byte) string {
	s := strings.TrimRight(string(words), ",")
	if s == "" || s[0] == '{' || s[0] == '[' {
		return ""
	}
	if q := s[0]; q == '"' || q == '\'' {
		if i := strings.IndexByte(s[1:], q); i >= 0 {
			return s[1 : 1+i]
		}
	}
	name, _, _ := strings.Cut(s, ": ")
	return strings.TrimSuffix(name, ":")
}

// memberName is the key of a member of a list, which its own name tells.
func memberName(section string, words []byte) string {
	if outlineName(words) != "name" {
		return ""
	}
	_, value, _ := bytes.Cut(words, []byte(":"))
	return section + "\x01" + strings.Trim(string(value), ` ",`)
}

func dropComma(line []byte) []byte {
	words := bytes.TrimRight(line, " \t\r\n")
	if len(words) == 0 || words[len(words)-1] != ',' {
		return line
	}
	return append(bytes.Clone(words[:len(words)-1]), line[len(words):]...)
}

// commas puts a comma after each member of JSON that another one follows.
func commas(text []byte) []byte {
	lines := textdiff.Lines(text)
	var out []byte
	for i, line := range lines {
		words := bytes.TrimRight(line, " \t\r\n")
		next := i + 1
		for next < len(lines) && len(bytes.TrimSpace(lines[next])) == 0 {
			next++
		}
		out = append(out, words...)
		if last := len(words) - 1; last >= 0 && next < len(lines) && !bytes.ContainsAny(words[last:], ",{[:") {
			if follows := bytes.TrimSpace(lines[next])[0]; follows != '}' && follows != ']' {
				out = append(out, ',')
			}
		}
		out = append(out, line[len(words):]...)
	}
	return out
}
