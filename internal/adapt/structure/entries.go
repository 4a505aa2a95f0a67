package structure

import (
	"bytes"
	"slices"
	"strings"

	"backstay.dev/backstay/internal/adapt/conflict"
	"backstay.dev/backstay/internal/adapt/fine"
	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// Entries merges what stands one below the other at one level: elements of a
// list over several lines, members of a type, cases of a switch, keys of a
// configuration file, functions. Each begins with a line at the outermost
// indentation; what is indented deeper, closing brackets and the comments above
// belong to it.
func Entries(c *conflict.Chunk) []conflict.Answer {
	if !open(c) || len(c.Theirs) == 0 && len(c.Ours) == 0 {
		return nil
	}
	level, ok := level(c.Base, c.Ours, c.Theirs)
	if !ok {
		return nil
	}
	var sides [3][]entry
	commas := endOfList(c)
	for i, text := range [3][]byte{c.Base, c.Ours, c.Theirs} {
		if sides[i], ok = entries(text, level); !ok {
			return nil
		}
		commas = commas || commaList(sides[i])
	}
	last := true
	if commas {
		last = lastComma(sides[1], sides[2])
		for _, s := range sides {
			dropCommas(s)
		}
	}
	if twice(sides[0]) || twice(sides[1]) || twice(sides[2]) {
		for _, s := range sides {
			wholeKeys(s)
		}
	}
	m, ok := merge(sides[0], sides[1], sides[2], nil, nil, fine.Merge)
	if !ok {
		return nil
	}
	m.tidy(around(c))
	if commas {
		addCommas(m.list, last)
	}
	text := texts(m.list)
	if !c.Fits(text) {
		return nil
	}
	rung, why := kind(c.File.Path, commas, m)
	return answer(rung, text, why)
}

// kind names the answer after what the entries are and how the added ones found
// their places: at an end for want of better, in order, with a blank line beside
// them; or that entries were merged inside. Else each has a neighbour that the
// target has too.
func kind(path string, commas bool, m merged) (rung, why string) {
	suffix := ""
	switch {
	case m.fresh:
		suffix = "-fresh"
	case m.moved:
		suffix = "-moved"
	case m.sorted:
		suffix = "-sorted"
	case m.lone:
		suffix = "-lone"
	case m.inner:
		suffix = "-inner"
	}
	switch outline.Detect(path, nil) {
	case "yaml", "json", "toml", "ini", "xml":
		return "keys" + suffix, "keys are merged one by one, wherever they stand"
	}
	if commas {
		return "list" + suffix, "the elements of the list are merged one by one"
	}
	return "entries" + suffix, "what stands at one level is merged entry by entry"
}

// level is the outermost indentation, which all sides that are not empty must
// have in common.
func level(sides ...[]byte) (string, bool) {
	found, any := "", false
	for _, text := range sides {
		least, some := "", false
		for _, l := range textdiff.Lines(text) {
			if in := indent(l); len(bytes.TrimSpace(l)) > 0 && (!some || len(in) < len(least)) {
				least, some = string(in), true
			}
		}
		if !some {
			continue
		}
		if any && least != found {
			return "", false
		}
		found, any = least, true
	}
	return found, any
}

func indent(line []byte) []byte {
	return line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
}

// entries cuts a text. It refuses one that begins in the middle of an entry, and
// one with lines that are not indented in the same way.
func entries(text []byte, level string) ([]entry, bool) {
	var out []entry
	var above []byte // comments that belong to what follows
	open := false    // the last entry may go on
	for _, l := range textdiff.Lines(text) {
		body := bytes.TrimSpace(l)
		switch {
		case len(body) == 0 && open && goesOn(out[len(out)-1].text):
			out[len(out)-1].text = append(out[len(out)-1].text, l...)
		case len(body) == 0:
			if len(above) > 0 {
				out = append(out, entry{text: above, void: true})
				above = nil
			}
			out = append(out, entry{text: l, void: true})
			open = false
		case !bytes.HasPrefix(l, []byte(level)):
			return nil, false
		case len(indent(l)) > len(level) || closes(body):
			if len(above) > 0 {
				above = append(above[:len(above):len(above)], l...)
				continue
			}
			// A blank line within an entry parts its lines.
			for !open && len(out) > 1 && out[len(out)-1].void {
				last := out[len(out)-1]
				out = out[:len(out)-1]
				e := &out[len(out)-1]
				e.text = slices.Concat(e.text, last.text)
				open = !e.void
			}
			if !open {
				return nil, false
			}
			e := &out[len(out)-1]
			e.text = append(e.text[:len(e.text):len(e.text)], l...)
		case comment(body):
			above = append(above[:len(above):len(above)], l...)
			open = false
		default:
			out = append(out, entry{key: name(body), text: slices.Concat(above, l)})
			above, open = nil, true
		}
	}
	if len(above) > 0 {
		out = append(out, entry{text: above, void: true})
	}
	return out, true
}

// goesOn says whether brackets of an entry are still open.
func goesOn(text []byte) bool {
	depth := 0
	for _, c := range text {
		switch c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		}
	}
	return depth > 0
}

// comment says whether a line is a comment, an annotation or a decorator, which
// belong to what follows.
func comment(body []byte) bool {
	for _, p := range [...]string{"//", "/*", "*", "#", "@", "--", ";", "<!--", "\"\"\""} {
		if bytes.HasPrefix(body, []byte(p)) {
			return !bytes.HasPrefix(body, []byte("#define")) && !bytes.HasPrefix(body, []byte("#include"))
		}
	}
	return false
}

// closes says whether a line at the outermost level ends what stands above, or
// goes on with it.
func closes(body []byte) bool {
	switch body[0] {
	case '}', ')', ']':
		return true
	}
	word := body
	if i := bytes.IndexFunc(body, func(r rune) bool { return r < 'a' || r > 'z' }); i >= 0 {
		word = body[:i]
	}
	switch string(word) {
	case "end", "else", "elif", "elsif", "elseif", "fi", "done", "esac", "except", "rescue", "ensure", "finally", "catch":
		return true
	}
	return bytes.HasPrefix(body, []byte("</")) || string(body) == "{"
}

// name is what tells an entry from others: what stands before a value, a list of
// parameters or a body, with the first string if that comes first.
func name(head []byte) string {
	s := strings.TrimRight(string(head), ",;{ \t")
	quote := strings.IndexAny(s, "\"'`")
	sign := strings.IndexAny(s, "=:(")
	switch {
	case quote >= 0 && (sign < 0 || quote < sign || strings.Trim(s[sign:quote], " \t(") == "" && s[sign] == '('):
		if end := strings.IndexByte(s[quote+1:], s[quote]); end >= 0 {
			return s[:quote+1+end+1]
		}
	case sign > 0 && s[sign] == '(':
		// A receiver is no list of parameters.
		if rest, ok := strings.CutPrefix(s, "func ("); ok {
			if i := strings.IndexByte(rest, '('); i > 0 {
				return s[:len("func (")+i]
			}
		}
		return s[:sign]
	case sign > 0 && !strings.HasPrefix(s, "case ") && !strings.HasPrefix(s, "default") && !strings.HasPrefix(s, "- "):
		return strings.TrimRight(s[:sign], " \t:?+")
	}
	return s
}

// wholeKeys takes the whole text of an entry for its key.
func wholeKeys(list []entry) {
	for i, e := range list {
		if !e.void {
			list[i].key = strings.TrimSpace(string(e.text))
		}
	}
}
