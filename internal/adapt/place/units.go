package place

import (
	"bytes"
	"slices"

	"backstay.dev/backstay/internal/outline"
	"backstay.dev/backstay/internal/textdiff"
)

// unit is one definition that moves as a whole: a function, a macro, a type
// without functions, a table. With it go the comment and decorators that stand
// directly above. Lines are half open.
type unit struct {
	name, parent string
	kind         outline.SymbolKind
	start, end   int
	lines        print // its telling lines
}

// source is a text with its units, in order and disjoint.
type source struct {
	text  []byte
	lines [][]byte
	units []unit
	full  []known // see dense
}

func sourceOf(path string, text []byte) *source {
	s := &source{text: text, lines: textdiff.Lines(text)}
	o := outline.Parse(outline.Detect(path, text), text)
	end := 0
	for i, sym := range o.Symbols {
		if sym.Start < end || sym.End > len(s.lines) || !whole(o.Symbols[i:]) {
			continue
		}
		u := unit{name: sym.Name, parent: sym.Parent, kind: sym.Kind, start: sym.Start, end: sym.End}
		for u.start > end && !blank(s.lines[u.start-1]) && lead(s.lines[u.start-1], s.lines[sym.Start]) {
			u.start--
		}
		u.lines = printOf(bytes.Join(s.lines[u.start:u.end], nil))
		s.units = append(s.units, u)
		end = u.end
	}
	return s
}

// whole reports whether the first symbol is a unit: what it encloses follows
// it.
func whole(symbols []outline.Symbol) bool {
	s := symbols[0]
	switch s.Kind {
	case outline.Function, outline.Method, outline.Macro:
		return true
	case outline.Constant, outline.Variable:
		return s.End-s.Start >= 3
	case outline.Type, outline.Section:
		for _, inner := range symbols[1:] {
			if inner.Start >= s.End {
				break
			}
			switch inner.Kind {
			case outline.Function, outline.Method, outline.Section, outline.Type:
				return false
			}
		}
		return true
	}
	return false
}

// lead reports whether a line above a definition belongs to it: it is a
// comment, a decorator or an attribute, as deep as the definition.
func lead(line, definition []byte) bool {
	text := bytes.TrimLeft(line, " \t")
	if len(line)-len(text) < len(definition)-len(bytes.TrimLeft(definition, " \t")) {
		return false
	}
	for _, sign := range []string{"//", "/*", "*", "#", "@", "--", ";", "%"} {
		if bytes.HasPrefix(text, []byte(sign)) {
			return !bytes.HasPrefix(text, []byte("#include")) && !bytes.HasPrefix(text, []byte("#endif"))
		}
	}
	return false
}

func blank(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }

// touched gives the first and last unit that a hunk changes, -1 for none; fresh
// are its new lines. What is inserted before the first line of a unit or after
// its last lies outside, unless it is deeper than the unit's head: where blocks
// are made by indentation, that is its end. A unit that goes as a whole is not
// touched.
func (s *source) touched(h textdiff.Hunk, fresh [][]byte) (first, last int) {
	first, last = -1, -1
	end := h.OldStart + h.OldCount
	for i, u := range s.units {
		if u.start >= end {
			break
		}
		if h.OldCount == 0 && u.end == h.OldStart && len(indent(fresh)) > len(indent(s.lines[u.start:])) {
			return i, i
		}
		if u.end <= h.OldStart || h.OldStart <= u.start && u.end <= end {
			continue
		}
		if first < 0 {
			first = i
		}
		last = i
	}
	return first, last
}

// defines reports whether there is a unit of this name.
func (s *source) defines(name string) bool {
	return slices.ContainsFunc(s.units, func(u unit) bool { return u.name == name })
}

// match finds the counterpart of a unit: the one of the same name and parent;
// else the one of the same name that is like it; else, where the name is gone,
// one that is clearly like it and whose name the other text does not know. -1
// for none, or where several are as good.
func match(from *source, u unit, to *source, least float64) (index int, like float64) {
	best, second := candidates(u, to, func(v unit) bool { return v.name == u.name && v.parent == u.parent && kindred(u, v) })
	if best.index >= 0 && best.like >= least && (best.like >= second.like+0.1 || second.index < 0) {
		return best.index, best.like
	}
	if best.index >= 0 {
		return -1, 0
	}
	best, second = candidates(u, to, func(v unit) bool { return v.name == u.name && kindred(u, v) })
	if best.index >= 0 && best.like >= max(least, 0.4) && best.like >= second.like+0.1 {
		return best.index, best.like
	}
	if best.index >= 0 {
		return -1, 0
	}
	known := map[string]bool{}
	for _, v := range from.units {
		known[v.name] = true
	}
	best, second = candidates(u, to, func(v unit) bool {
		return !known[v.name] && kindred(u, v) && len(v.lines) < 3*len(u.lines) && len(u.lines) < 3*len(v.lines)
	})
	if best.like >= 0.6 && best.like >= second.like+0.15 && len(u.lines) >= 3 {
		return best.index, best.like
	}
	return -1, 0
}

// kindred reports whether one may have become the other: a method a function,
// but not a type.
func kindred(u, v unit) bool {
	called := func(k outline.SymbolKind) bool {
		return k == outline.Function || k == outline.Method || k == outline.Macro
	}
	return u.kind == v.kind || called(u.kind) && called(v.kind)
}

type rated struct {
	index int
	like  float64
}

// maxAlike is how many units are compared; where more have one name, it tells
// nothing.
const maxAlike = 1000

// candidates gives the two units of a text that are most like u.
func candidates(u unit, to *source, ok func(unit) bool) (best, second rated) {
	best, second = rated{-1, -1}, rated{-1, -1}
	n := 0
	for i, v := range to.units {
		if !ok(v) {
			continue
		}
		if n++; n > maxAlike {
			return best, best
		}
		r := rated{i, alike(u.lines, v.lines)}
		switch {
		case r.like > best.like:
			best, second = r, best
		case r.like > second.like:
			second = r
		}
	}
	return best, second
}

// alike is the share of lines that two texts have in common, 0 to 1 (Dice).
func alike(a, b print) float64 {
	if len(a)+len(b) == 0 {
		return 1
	}
	return 2 * share(a, b) * float64(len(a)) / float64(len(a)+len(b))
}

// after maps a line of the old text to the new one, where no hunk has it
// inside; inserted says whether what is inserted at this line comes before it.
func after(hunks []textdiff.Hunk, line int, inserted bool) int {
	shift := 0
	for _, h := range hunks {
		if h.OldStart > line || h.OldStart == line && (h.OldCount > 0 || !inserted) {
			break
		}
		shift += h.NewCount - h.OldCount
	}
	return line + shift
}

// indent is the white space that a unit's first line begins with.
func indent(lines [][]byte) []byte {
	for _, l := range lines {
		if !blank(l) {
			return l[:len(l)-len(bytes.TrimLeft(l, " \t"))]
		}
	}
	return nil
}

// shifted gives lines indented as deep as the target has them: each that begins
// with one indent begins with the other instead.
func shifted(lines [][]byte, from, to []byte) []byte {
	if bytes.Equal(from, to) {
		return bytes.Join(lines, nil)
	}
	var out []byte
	for _, l := range lines {
		if !blank(l) && bytes.HasPrefix(l, from) {
			out = append(append(out, to...), l[len(from):]...)
			continue
		}
		out = append(out, l...)
	}
	return out
}
