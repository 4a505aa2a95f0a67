package tests

import (
	"bytes"

	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// module is a Rust module under #[cfg(test)] at the top of a file.
type module struct {
	name string
	span
}

// testModules finds them; ok is false where one shares a line with other code or
// a name with another, so that it cannot be cut out.
func testModules(name string, src []byte) (mods []module, ok bool) {
	if len(src) > maxText {
		return nil, false
	}
	c := read(outline.Rust, src)
	seen := map[string]bool{}
	end := 0
	for _, f := range list(name, c) {
		if !f.group || f.start < end {
			continue
		}
		past := c.at(f.end)
		if seen[f.fn] || !c.beginsModule(f.start) || past > 0 && (c.toks[past-1].last >= f.end || !c.is(past-1, "}")) {
			return nil, false
		}
		seen[f.fn], end = true, f.end
		mods = append(mods, module{f.fn, f.span})
	}
	return mods, true
}

// beginsModule reports whether a line begins with a module and its attributes.
func (c *code) beginsModule(line int) bool {
	i := c.at(line)
	if i > 0 && c.toks[i-1].last >= line {
		return false
	}
	for c.is(i, "#") && c.is(i+1, "[") {
		i = c.past(i + 1)
	}
	if c.is(i, "pub") {
		if i++; c.is(i, "(") {
			i = c.past(i)
		}
	}
	return c.is(i, "mod")
}

// splice gives the target's text with the test modules of the backport; nil
// where they are the same, or there are none. why says why it cannot be done.
func splice(name string, target, backport []byte) (text []byte, why string) {
	theirs, ok := testModules(name, backport)
	if !ok {
		return nil, "its test modules cannot be told from other code"
	}
	if len(theirs) == 0 {
		return nil, ""
	}
	if target == nil {
		return nil, "its tests stand in a file that the fix brings"
	}
	ours, ok := testModules(name, target)
	if !ok {
		return nil, "the target's test modules cannot be told from other code"
	}
	at := map[string]module{}
	for _, m := range ours {
		at[m.name] = m
	}
	a, b := textdiff.Lines(target), textdiff.Lines(backport)
	replaced := map[int]module{} // by the first line in the target
	var added []module
	for _, m := range theirs {
		if o, ok := at[m.name]; ok {
			replaced[o.start] = m
		} else {
			added = append(added, m)
		}
	}
	lines := func(all [][]byte, s span) []byte {
		return bytes.Join(all[min(s.start, len(all)):min(s.end, len(all))], nil)
	}
	var out bytes.Buffer
	for l := 0; l < len(a); l++ {
		m, ok := replaced[l]
		if !ok {
			out.Write(a[l])
			continue
		}
		out.Write(lines(b, m.span))
		l = at[m.name].end - 1
	}
	for _, m := range added {
		if n := out.Len(); n > 0 && out.Bytes()[n-1] != '\n' {
			out.WriteByte('\n')
		}
		out.WriteByte('\n')
		out.Write(lines(b, m.span))
	}
	if bytes.Equal(out.Bytes(), target) {
		return nil, ""
	}
	return out.Bytes(), ""
}
